/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random operations for LPIs and ITSs.
 *
 * Every table, queue and ITT has places of its own in guest memory, so that what the architecture
 * leaves open (a table changed behind the ITS's back, overlapping tables) does not happen here.
 * Places outside RAM do, and memory that fails for a while: reads of queues, configuration and
 * pending tables, and writes of all of them. Reads of tables that the library may have in its cache
 * only fail from the beginning.
 */
#include "operations.h"

#include <string.h>

#include <vgic/registers.h>

#define VALID ((uint64_t)1 << 63)
#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)

/* Places, from MEMORY_LOW on. */
#define CONFIGURATION MIB(0)
#define PENDING(cpu, place) (MIB(16) + ((uint64_t)(cpu)*2 + (place)) * MIB(2))
#define ITS(its) (MIB(64) + MIB(16) * (uint64_t)(its))
#define QUEUE(place) (MIB(1) * (uint64_t)(place))
#define FLAT_DEVICES(place) (MIB(2) + MIB(1) * (uint64_t)(place))
#define LEVEL1_DEVICES(place) (MIB(4) + KIB(64) * (uint64_t)(place))
#define FLAT_COLLECTIONS(place) (MIB(4) + KIB(512) + KIB(512) * (uint64_t)(place))
#define LEVEL1_COLLECTIONS(place) (MIB(5) + KIB(512) + KIB(64) * (uint64_t)(place))
#define LEVEL2(n) (MIB(6) + KIB(64) * (uint64_t)(n))
#define ITT(device, place) (MIB(9) + ((uint64_t)(device)*2 + (place)) * KIB(512))
#define OUTSIDE ((uint64_t)0x0E0000000000)

enum {
    DEVICES = 6,
    EVENTS = 8,
    COLLECTIONS = 6,
    LEVEL2_PAGES = 48,
    CONFIGURATION_MAX_BITS = 24
};

static uint32_t below(Generator *g, uint32_t limit)
{
    return random_below(g->random, limit);
}

static bool percent(Generator *g, uint32_t percentage)
{
    return random_percent(g->random, percentage);
}

static const VgicItsOptions *options(const Generator *g)
{
    return &g->config->its_options;
}

static uint32_t device_bits(const Generator *g)
{
    return options(g)->device_bits ? options(g)->device_bits : 16;
}

static uint32_t event_bits(const Generator *g)
{
    return options(g)->event_bits ? options(g)->event_bits : 16;
}

static uint32_t limited(uint64_t value, uint32_t bits)
{
    return (uint32_t)(value & (((uint64_t)1 << bits) - 1));
}

/* ---- What a run is about ---- */

static void pick_lpis(Generator *g)
{
    for (int i = 0; i < MAX_HOT; i++) {
        uint32_t kind = below(g, 10), last = (1u << g->config->lpi_bits) - 1;
        g->its.lpis[i] = kind < 6   ? REF_FIRST_LPI + below(g, 24)
                         : kind < 8 ? REF_FIRST_LPI + below(g, 8192)
                         : kind < 9 ? last - below(g, 2)
                                    : REF_FIRST_LPI + below(g, last - REF_FIRST_LPI);
    }
}

static void pick_plan(Generator *g, ItsPlan *plan)
{
    for (int i = 0; i < DEVICES; i++) {
        uint64_t any = random_next(g->random);
        uint64_t device = i < 4 ? below(g, 40) : percent(g, 50) ? UINT32_MAX : any;
        plan->devices[i] = limited(device, device_bits(g));
        if (i == 5 && percent(g, 50)) {
            plan->devices[i] = (uint32_t)any; /* there may be no such device */
        }
    }
    plan->itt_high = percent(g, 20);
    for (int i = 0; i < EVENTS; i++) {
        uint32_t kind = below(g, 10);
        plan->events[i] = kind < 6   ? below(g, 8)
                          : kind < 9 ? REF_FIRST_LPI + below(g, 8)
                                     : below(g, 0x10000);
    }
    for (int i = 0; i < COLLECTIONS; i++) {
        plan->collections[i] = i < 4 ? below(g, 8) : below(g, percent(g, 50) ? 512 : 0x10000);
    }
}

void generator_init_its(Generator *g)
{
    pick_lpis(g);
    for (uint32_t i = 0; i < g->config->its; i++) {
        pick_plan(g, &g->its.plan[i]);
    }
}

static uint32_t pick_lpi(Generator *g)
{
    if (percent(g, 95)) {
        return g->its.lpis[below(g, MAX_HOT)];
    }
    return percent(g, 50) ? below(g, 0x4000) : (uint32_t)random_next(g->random);
}

/* ---- Operations in a row ---- */

static Operation *plan_next(Generator *g)
{
    static Operation lost;
    ItsGenerator *i = &g->its;
    Operation *op = i->todo_count < MAX_PLAN ? &i->todo[i->todo_count++] : &lost;
    memset(op, 0, sizeof(*op));
    return op;
}

bool generator_planned(Generator *g, Operation *op)
{
    ItsGenerator *i = &g->its;
    if (i->todo_next == i->todo_count) {
        i->todo_next = i->todo_count = 0;
        return false;
    }
    *op = i->todo[i->todo_next++];
    return true;
}

static void plan_memory(Generator *g, uint64_t address, uint64_t value, uint32_t size)
{
    Operation *op = plan_next(g);
    op->kind = OP_MEMORY;
    op->address = address;
    op->words[0] = value;
    op->size = size;
}

static void plan_its_write(Generator *g, uint32_t its, uint32_t offset, uint32_t size,
                           uint64_t value)
{
    Operation *op = plan_next(g);
    op->kind = OP_FRAME_WRITE;
    snprintf(op->frame, sizeof(op->frame), its ? "GITS%u" : "GITS", its % 100);
    op->attrs = percent(g, 80) ? VGIC_NS : VGIC_S;
    op->offset = offset;
    op->size = size;
    op->value = value;
}

/* All of a register, now and then in two halves. */
static void plan_its_base(Generator *g, uint32_t its, uint32_t offset, uint64_t value)
{
    if (percent(g, 80)) {
        plan_its_write(g, its, offset, 8, value);
        return;
    }
    plan_its_write(g, its, offset, 4, value & UINT32_MAX);
    plan_its_write(g, its, offset + 4, 4, value >> 32);
}

static void plan_redist_write(Generator *g, uint32_t cpu, uint32_t offset, uint32_t size,
                              uint64_t value)
{
    Operation *op = plan_next(g);
    op->kind = OP_FRAME_WRITE;
    op->attrs = percent(g, 50) ? VGIC_NS : VGIC_S;
    op->size = size;
    op->value = value;
    generator_aim(g, op, cpu, offset);
}

/* ---- Redistributors ---- */

static void plan_configuration(Generator *g, uint32_t intid)
{
    uint8_t byte = (uint8_t)((g->levels[below(g, 4)] & 0xFC) | 2 | percent(g, 85));
    if (percent(g, 5)) {
        byte = (uint8_t)random_next(g->random);
    }
    if (intid >= REF_FIRST_LPI && intid < 1u << CONFIGURATION_MAX_BITS) {
        plan_memory(g, MEMORY_LOW + CONFIGURATION + intid - REF_FIRST_LPI, byte, 1);
    }
}

static void plan_pending_bits(Generator *g, uint32_t cpu)
{
    uint64_t table = MEMORY_LOW + PENDING(cpu, g->its.pending_place[cpu]);
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t intid = pick_lpi(g);
        intid = intid < 1u << 24 ? intid : 0;
        plan_memory(g, table + intid / 8, percent(g, 80) ? 1u << intid % 8 : 0, 1);
    }
}

static uint64_t idbits(Generator *g)
{
    uint32_t kind = below(g, 20);
    return kind < 16 ? g->config->lpi_bits - 1 : kind < 18 ? 13 : kind < 19 ? 31 : below(g, 32);
}

static void plan_tables(Generator *g, uint32_t cpu)
{
    uint64_t attributes = percent(g, 50) ? 0 : random_next(g->random) & 0x0700000000000F80;
    uint64_t configuration = MEMORY_LOW + CONFIGURATION;
    plan_redist_write(g, cpu, GICR_PROPBASER, 8, configuration | idbits(g) | attributes);
    uint64_t pending = MEMORY_LOW + PENDING(cpu, g->its.pending_place[cpu]);
    if (percent(g, 4)) {
        pending = OUTSIDE;
    }
    uint64_t ptz = percent(g, 30) ? (uint64_t)1 << 62 : 0;
    plan_redist_write(g, cpu, GICR_PENDBASER, 8, pending | ptz | attributes);
}

static void plan_enable_lpis(Generator *g, const RefGic *ref, uint32_t cpu, bool on)
{
    if (on && !ref->cpu[cpu].lpis && percent(g, 60)) {
        g->its.pending_place[cpu] = below(g, 2);
        plan_pending_bits(g, cpu);
        plan_tables(g, cpu);
    }
    plan_redist_write(g, cpu, GICR_CTLR, 4, on | (percent(g, 90) ? 0 : 7u << 24));
}

/* INVLPIR and what else deals with LPIs without an ITS. */
static void plan_direct(Generator *g, uint32_t cpu)
{
    static const uint32_t offsets[] = {GICR_SETLPIR, GICR_SETLPIR, GICR_SETLPIR,
                                       GICR_CLRLPIR, GICR_INVLPIR, GICR_INVALLR};
    uint32_t offset = offsets[below(g, 6)], intid = pick_lpi(g);
    if (offset == GICR_INVLPIR && percent(g, 60)) {
        plan_configuration(g, intid);
    }
    uint32_t size = percent(g, 90) ? 8 : 4;
    uint64_t value = percent(g, 95) ? intid : intid | random_next(g->random) << 32;
    plan_redist_write(g, cpu, offset + (size == 4 && percent(g, 10) ? 4 : 0), size, value);
}

/* ---- Tables of an ITS ---- */

static uint64_t its_base(uint32_t its)
{
    return MEMORY_LOW + ITS(its);
}

/* Makes sure that a device's or collection's level-1 entry exists, as software does. */
static void plan_level1(Generator *g, uint32_t its, uint64_t table, uint64_t page, uint64_t index)
{
    ItsPlan *plan = &g->its.plan[its];
    uint64_t at = table + index / (page / 8) * 8;
    if (at >= table + KIB(64) || plan->level1_count == MAX_PLACES || plan->level2 == LEVEL2_PAGES) {
        return;
    }
    for (uint32_t i = 0; i < plan->level1_count; i++) {
        if (plan->level1[i] == at) {
            return;
        }
    }
    plan->level1[plan->level1_count++] = at;
    uint64_t level2 = percent(g, 95) ? its_base(its) + LEVEL2(plan->level2++) : OUTSIDE;
    plan_memory(g, at, VALID | level2, 8);
}

static uint64_t page_bytes(uint64_t kind)
{
    return kind == 0 ? KIB(4) : kind == 1 ? KIB(16) : KIB(64);
}

/* Where the entry of a collection is: those that the ITS holds have none. */
static uint32_t collection_at(const Generator *g, const ItsPlan *plan, int i)
{
    uint32_t held = options(g)->hardware_collections;
    return plan->collections[i] < held ? 0 : plan->collections[i] - held;
}

static void plan_baser(Generator *g, uint32_t its, bool devices)
{
    ItsPlan *plan = &g->its.plan[its];
    uint64_t kind = below(g, 100) < 97 ? below(g, 3) : 3, page = page_bytes(kind);
    bool indirect = !options(g)->flat_tables_only && percent(g, 40);
    uint32_t place = below(g, 2);
    uint64_t room = indirect ? KIB(64) : devices ? MIB(1) : KIB(512);
    uint64_t table =
        its_base(its) + (indirect ? (devices ? LEVEL1_DEVICES(place) : LEVEL1_COLLECTIONS(place))
                                  : (devices ? FLAT_DEVICES(place) : FLAT_COLLECTIONS(place)));
    uint64_t pages = room / page < 256 ? room / page : 256;
    pages = percent(g, 50) ? pages : 1 + below(g, (uint32_t)pages);
    table = percent(g, 4) ? OUTSIDE : table;
    for (int i = 0; indirect && table != OUTSIDE && i < (devices ? DEVICES : COLLECTIONS); i++) {
        if (percent(g, 80)) {
            plan_level1(g, its, table, page,
                        devices ? plan->devices[i] : collection_at(g, plan, i));
        }
    }
    uint64_t value = table | kind << 8 | (pages - 1) | (uint64_t)indirect << 62;
    value |= percent(g, 97) ? VALID : 0;
    value |= percent(g, 70) ? 0 : random_next(g->random) & 0x3FFF000000000C00;
    if (kind >= 2 && percent(g, 5)) {
        value = (value & ~(uint64_t)0xFFFFFFFFF000) | (uint64_t)3 << 12; /* beyond 48 bits */
        value &= ~((uint64_t)1 << 62);
        value |= (uint64_t)(its * 8 + place * 4 + devices) << 16;
        value = (value & ~(uint64_t)0xFF) | 0;
    }
    plan_its_base(g, its, devices ? GITS_BASER(0) : GITS_BASER(1), value);
}

static void plan_queue(Generator *g, uint32_t its)
{
    uint64_t value = its_base(its) + QUEUE(below(g, 2));
    value = percent(g, 3) ? OUTSIDE : value;
    value |= percent(g, 80) ? 0 : below(g, 4);
    value |= percent(g, 98) ? VALID : 0;
    value |= percent(g, 80) ? 0 : random_next(g->random) & 0x38E0000000000C00;
    plan_its_base(g, its, GITS_CBASER, value);
    plan_its_write(g, its, GITS_CWRITER, 8, 0); /* what it was may be beyond this queue */
}

/* A new beginning, or parts of one. */
static void plan_setup(Generator *g, uint32_t its)
{
    uint32_t parts = percent(g, 50) ? 7 : below(g, 8);
    if (percent(g, 95)) {
        plan_its_write(g, its, GITS_CTLR, 4, 0);
    }
    if (parts & 1) {
        plan_baser(g, its, true);
    }
    if (parts & 2) {
        plan_baser(g, its, false);
    }
    if (parts & 4) {
        plan_queue(g, its);
    }
    plan_its_write(g, its, GITS_CTLR, 4, percent(g, 95) ? 1 : random_next(g->random));
}

/* ---- Commands ---- */

static uint64_t pick_rdbase(Generator *g, const RefGic *ref)
{
    uint32_t cpu = below(g, ref->cpus);
    if (percent(g, 3)) {
        return random_next(g->random) & 0x000FFFFFFFFF0000;
    }
    cpu += percent(g, 2) ? ref->cpus : 0;
    bool address = options(g)->rdbase_is_address && cpu < ref->cpus;
    return address ? g->config->redist_addresses[cpu] : (uint64_t)cpu << 16;
}

static uint32_t pick_icid(Generator *g, const ItsPlan *plan)
{
    return percent(g, 97) ? plan->collections[percent(g, 75) ? below(g, 4) : below(g, COLLECTIONS)]
                          : below(g, 0x10000);
}

static void fill_mapd(Generator *g, uint32_t its, uint32_t device, uint64_t *word)
{
    ItsPlan *plan = &g->its.plan[its];
    uint32_t bits = percent(g, 90) ? event_bits(g) : event_bits(g) + 1;
    uint32_t most = bits < 16 ? bits : 16;
    uint32_t size = percent(g, 60) ? most : 1 + below(g, most);
    uint64_t itt = OUTSIDE;
    for (uint32_t i = 0; i < DEVICES; i++) {
        if (plan->devices[i] == device) {
            plan->itt[i] ^= percent(g, 20);
            itt = its_base(its) + ITT(i, plan->itt[i]);
            itt = i == 0 && plan->itt_high ? MEMORY_HIGH + MIB(2) + KIB(512) * its : itt;
            break;
        }
    }
    if (percent(g, 5)) { /* larger than any place: where there is no memory */
        size = 17 + below(g, 16);
        itt = OUTSIDE;
    }
    itt = percent(g, 3) ? OUTSIDE : itt;
    word[1] |= size - 1;
    word[2] |= itt | (percent(g, 85) ? VALID : 0);
}

static void fill_command(Generator *g, const RefGic *ref, uint32_t its, Operation *op)
{
    static const uint8_t opcodes[] = {
        0x08, 0x08, 0x09, 0x09, 0x09, 0x0A, 0x0A, 0x0A, 0x0A, 0x0A, 0x0B, 0x0B, 0x01,
        0x01, 0x0E, 0x0F, 0x0F, 0x03, 0x03, 0x03, 0x04, 0x0C, 0x0C, 0x0D, 0x05,
    };
    ItsPlan *plan = &g->its.plan[its];
    uint64_t *word = op->words;
    uint32_t device = plan->devices[percent(g, 80) ? below(g, 4) : below(g, DEVICES)];
    uint32_t event = plan->events[below(g, EVENTS)];
    device = percent(g, 98) ? device : (uint32_t)random_next(g->random);
    event = percent(g, 98) ? event : below(g, 0x10000);
    uint32_t opcode = opcodes[below(g, sizeof(opcodes))];
    opcode = percent(g, 98) ? opcode : below(g, 256);
    word[0] = opcode | (uint64_t)device << 32;
    word[1] = opcode == 0x08 ? 0 : event;
    word[2] = opcode == 0x08 ? 0 : pick_icid(g, plan);
    switch (opcode) {
    case 0x08:
        fill_mapd(g, its, device, word);
        break;
    case 0x09:
        word[1] = 0;
        word[2] |= pick_rdbase(g, ref) | (percent(g, 85) ? VALID : 0);
        break;
    case 0x0A:
        word[1] |= (uint64_t)pick_lpi(g) << 32;
        break;
    case 0x0E:
        word[2] = pick_rdbase(g, ref);
        word[3] = pick_rdbase(g, ref);
        break;
    case 0x05:
        word[2] = pick_rdbase(g, ref);
        break;
    default:
        break;
    }
    if (percent(g, 3)) { /* what is reserved everywhere */
        word[0] |= random_next(g->random) & 0xFFFFFF00;
        word[3] |= random_next(g->random) << 52;
    }
    op->its = its;
    op->device = device;
    op->event = event;
}

static uint64_t queue_address(const RefIts *its)
{
    return its->cbaser & 0x000FFFFFFFFFF000;
}

static uint32_t queue_bytes(const RefIts *its)
{
    return ((uint32_t)(its->cbaser & 0xFF) + 1) * 4096;
}

static uint32_t pick_batch(Generator *g)
{
    uint32_t kind = below(g, 100);
    return kind < 60 ? 1 : kind < 95 ? 1 + below(g, 8) : 1 + below(g, 200);
}

/* Configuration bytes change before an INV makes it known, or without one. */
static void plan_commands(Generator *g, const RefGic *ref, uint32_t its)
{
    const RefIts *r = &ref->its[its];
    uint32_t at = r->cwriter, bytes = queue_bytes(r);
    uint32_t room = (r->creadr + bytes - r->cwriter - 32) % bytes / 32;
    uint32_t count = pick_batch(g);
    count = count < room ? count : room;
    for (uint32_t i = 0; i < count; i++) {
        if (percent(g, 10)) {
            plan_configuration(g, pick_lpi(g));
        }
        Operation *op = plan_next(g);
        op->kind = OP_MEMORY;
        op->size = 32;
        op->address = queue_address(r) + at;
        fill_command(g, ref, its, op);
        at = (at + 32) % bytes;
    }
    uint64_t value = at;
    if (percent(g, 2)) {
        value = random_next(g->random) & 0xFFFFFFFE;
        value = percent(g, 50) ? value : bytes + (value & 0xFE0);
    }
    value |= percent(g, 5); /* Retry */
    uint32_t size = percent(g, 70) ? 8 : 4;
    plan_its_write(g, its, GITS_CWRITER, size, value);
    g->its.todo[g->its.todo_count - 1].save_midway = percent(g, 10);
    if (percent(g, 30)) {
        Operation *op = plan_next(g);
        op->kind = OP_FRAME_READ;
        snprintf(op->frame, sizeof(op->frame), its ? "GITS%u" : "GITS", its % 100);
        op->attrs = VGIC_NS;
        op->offset = GITS_CREADR;
        op->size = 8;
    }
}

static void plan_heal(Generator *g)
{
    plan_next(g)->kind = OP_HEAL;
    g->its.faulty = false;
}

/* Software that finds the queue stalled repairs the command, or begins anew. */
static void plan_unstall(Generator *g, const RefGic *ref, uint32_t its)
{
    const RefIts *r = &ref->its[its];
    if (percent(g, 60) && g->its.faulty) {
        plan_heal(g);
    }
    if (percent(g, 15)) {
        plan_setup(g, its);
        return;
    }
    if (percent(g, 70)) {
        Operation *op = plan_next(g);
        op->kind = OP_MEMORY;
        op->size = 32;
        op->address = queue_address(r) + r->creadr;
        fill_command(g, ref, its, op);
    }
    plan_its_write(g, its, GITS_CWRITER, 8, r->cwriter | percent(g, 90));
}

/* ---- Devices ---- */

static void plan_msi(Generator *g, uint32_t its)
{
    const ItsPlan *plan = &g->its.plan[its];
    Operation *op = plan_next(g);
    uint32_t device = plan->devices[percent(g, 80) ? below(g, 4) : below(g, DEVICES)];
    uint32_t event = plan->events[below(g, EVENTS)];
    device = percent(g, 98) ? device : (uint32_t)random_next(g->random);
    event = percent(g, 98) ? event : below(g, 0x10000);
    if (percent(g, 60)) {
        op->kind = OP_MSI;
        op->its = its;
        op->device = device;
        op->event = event;
        return;
    }
    op->kind = OP_FRAME_WRITE;
    snprintf(op->frame, sizeof(op->frame), its ? "GITS%u" : "GITS", its % 100);
    op->attrs = VGIC_NS | VGIC_FROM_DEVICE(device);
    op->offset = GITS_TRANSLATER;
    op->size = event < 0x10000 && percent(g, 40) ? 2 : 4;
    op->value = event;
}

/* ---- Memory that fails ---- */

static void plan_fault_at(Generator *g, uint64_t address, unsigned kinds)
{
    Operation *op = plan_next(g);
    op->kind = OP_FAULT;
    op->address = address;
    op->faults = kinds;
    g->its.faulty = true;
}

/* All of a pending table: how much of one is done before the error is not architected. */
static void plan_pending_fault(Generator *g, uint32_t cpu, unsigned kinds)
{
    uint64_t table = MEMORY_LOW + PENDING(cpu, g->its.pending_place[cpu]);
    uint64_t bytes = ((uint64_t)1 << g->config->lpi_bits) / 8;
    for (uint64_t at = 0; at < bytes && bytes <= KIB(32); at += MEMORY_PAGE) {
        plan_fault_at(g, table + at, kinds);
    }
}

static void plan_fault(Generator *g, const RefGic *ref)
{
    uint32_t its = g->config->its ? below(g, g->config->its) : 0;
    unsigned kinds = 1 + below(g, 3);
    switch (below(g, 6)) {
    case 0:
        plan_pending_fault(g, below(g, ref->cpus), kinds);
        break;
    case 1:
        plan_fault_at(g, MEMORY_LOW + CONFIGURATION + pick_lpi(g) - REF_FIRST_LPI, kinds);
        break;
    case 2:
        plan_fault_at(g, its_base(its) + ITT(below(g, DEVICES), below(g, 2)), MEMORY_NO_WRITE);
        break;
    case 3:
        plan_fault_at(g, its_base(its) + FLAT_DEVICES(below(g, 2)), MEMORY_NO_WRITE);
        plan_fault_at(g, its_base(its) + FLAT_COLLECTIONS(below(g, 2)), MEMORY_NO_WRITE);
        break;
    default:
        if (g->config->its) {
            plan_fault_at(g, queue_address(&ref->its[its]) + ref->its[its].cwriter, kinds);
        }
        break;
    }
}

/* ---- All of it ---- */

/* What a system does first: tables for everyone. */
void generator_start_its(Generator *g, const RefGic *ref)
{
    for (int i = 0; i < MAX_HOT; i++) {
        plan_configuration(g, g->its.lpis[i]);
    }
    for (uint32_t cpu = 0; cpu < ref->cpus; cpu++) {
        plan_tables(g, cpu);
        plan_enable_lpis(g, ref, cpu, percent(g, 95));
    }
    for (uint32_t its = 0; its < g->config->its; its++) {
        plan_baser(g, its, true);
        plan_baser(g, its, false);
        plan_queue(g, its);
        plan_its_write(g, its, GITS_CTLR, 4, 1);
    }
}

static void plan_its(Generator *g, const RefGic *ref)
{
    uint32_t its = below(g, g->config->its), kind = below(g, 100);
    if (ref->its[its].stalled && percent(g, 30)) {
        plan_unstall(g, ref, its);
    } else if (kind < 48) {
        plan_commands(g, ref, its);
    } else if (kind < 97) {
        plan_msi(g, its);
    } else {
        plan_setup(g, its);
    }
}

void generator_next_its(Generator *g, RefGic *ref, Operation *op)
{
    uint32_t kind = below(g, 1000), cpu = below(g, ref->cpus);
    if (g->its.faulty && percent(g, 15)) {
        plan_heal(g);
    } else if (kind < 700 && g->config->its) {
        plan_its(g, ref);
    } else if (kind < 880) {
        plan_direct(g, cpu);
    } else if (kind < 930) {
        plan_configuration(g, pick_lpi(g));
    } else if (kind < 960) {
        plan_enable_lpis(g, ref, cpu, !ref->cpu[cpu].lpis || percent(g, 50));
    } else if (kind < 970) {
        plan_tables(g, cpu);
    } else if (kind < 985) {
        plan_fault(g, ref);
    } else if (kind < 990) {
        plan_next(g)->kind = OP_SAVE;
    } else {
        plan_heal(g);
    }
    if (!generator_planned(g, op)) {
        op->kind = OP_HEAL; /* a fault that there is no page for */
    }
}
