/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reference: ITSs. Nothing is cached: every command and every MSI walks the tables in guest
 * memory, which have the layout of docs/its.md.
 */
#include "reference.h"

#include <string.h>

enum {
    CTLR = 0x00,
    IIDR = 0x04,
    TYPER = 0x08,
    STATUSR = 0x40,
    UMSIR = 0x48,
    CBASER = 0x80,
    CWRITER = 0x88,
    CREADR = 0x90,
    BASER = 0x100,
    TRANSLATER = 0x10040,
    STATUSR_UMSI = 1 << 4,
    STATUSR_OVERFLOW = 1 << 5
};

enum {
    DEVICES,
    COLLECTIONS
};

#define VALID ((uint64_t)1 << 63)

static const uint64_t cbaser_mask = 0xB8EFFFFFFFFFFCFF;
static const uint64_t baser_mask = 0xF8E0FFFFFFFFFFFF;
static const uint64_t baser_fixed[2] = {(uint64_t)1 << 56 | (uint64_t)7 << 48,
                                        (uint64_t)4 << 56 | (uint64_t)7 << 48};

/* How a step on the way to an interrupt ended. */
typedef enum Step {
    STEP_OK,
    STEP_MISSING, /* out of range, or not mapped */
    STEP_BUS
} Step;

typedef struct Device {
    uint64_t itt;
    uint32_t size; /* EventID bits */
} Device;

typedef struct Event {
    Device device;
    uint64_t at; /* of its entry */
    uint32_t intid, icid;
} Event;

static const VgicItsOptions *options_of(const RefGic *gic)
{
    return &gic->config.its_options;
}

static uint64_t field(uint64_t word, uint32_t high, uint32_t low)
{
    return word >> low & (((uint64_t)1 << (high - low) << 1) - 1);
}

/* ---- Tables ---- */

static uint64_t page_size(uint64_t baser)
{
    uint64_t kind = field(baser, 9, 8);
    return kind == 0 ? 0x1000 : kind == 1 ? 0x4000 : 0x10000;
}

static uint64_t table_address(uint64_t baser)
{
    uint64_t address = field(baser, 47, 12) << 12;
    if (page_size(baser) == 0x10000) {
        address = field(baser, 47, 16) << 16 | field(baser, 15, 12) << 48;
    }
    return address & ~(page_size(baser) - 1);
}

static uint64_t table_bytes(uint64_t baser)
{
    return (field(baser, 7, 0) + 1) * page_size(baser);
}

/* Where entry @p index of a table is. */
static Step find_entry(RefGic *gic, const RefIts *its, int table, uint64_t index, uint64_t *at)
{
    uint64_t baser = its->baser[table], page = page_size(baser), each = page / 8;
    if (!(baser & VALID)) {
        return STEP_MISSING;
    }
    bool indirect = baser >> 62 & 1;
    uint64_t first = indirect ? index / each : index;
    *at = table_address(baser) + first * 8;
    if (first * 8 >= table_bytes(baser)) {
        return STEP_MISSING;
    }
    if (indirect) {
        bool ok;
        uint64_t level1 = memory_read64(gic->memory, *at, &ok);
        if (!ok || !(level1 & VALID)) {
            return ok ? STEP_MISSING : STEP_BUS;
        }
        gic->count[REF_ITS_INDIRECT]++;
        *at = (level1 & 0x000FFFFFFFFFF000 & ~(page - 1)) + index % each * 8;
    }
    return STEP_OK;
}

static Step find_device(RefGic *gic, const RefIts *its, uint32_t number, uint64_t *at)
{
    if ((uint64_t)number >> options_of(gic)->device_bits) {
        return STEP_MISSING;
    }
    return find_entry(gic, its, DEVICES, number, at);
}

static Step read_device(RefGic *gic, const RefIts *its, uint32_t number, Device *device)
{
    uint64_t at;
    Step step = find_device(gic, its, number, &at);
    if (step != STEP_OK) {
        return step;
    }
    bool ok;
    uint64_t entry = memory_read64(gic->memory, at, &ok);
    device->itt = field(entry, 48, 5) << 8;
    device->size = (uint32_t)field(entry, 4, 0) + 1;
    return !ok ? STEP_BUS : entry & VALID ? STEP_OK : STEP_MISSING;
}

/* The entry of an event; STEP_MISSING with intid 0 if there is one but it maps nothing. */
static Step read_event(RefGic *gic, const Device *device, uint32_t number, Event *event)
{
    event->device = *device;
    event->intid = UINT32_MAX;
    if ((uint64_t)number >> device->size) {
        return STEP_MISSING;
    }
    event->at = device->itt + (uint64_t)number * 8;
    bool ok;
    uint64_t entry = memory_read64(gic->memory, event->at, &ok);
    if (!ok) {
        return STEP_BUS;
    }
    event->intid = (uint32_t)field(entry, 47, 16);
    event->icid = (uint32_t)field(entry, 15, 0);
    return event->intid ? STEP_OK : STEP_MISSING;
}

static uint32_t collection_bits(const RefGic *gic)
{
    return options_of(gic)->collection_bits ? options_of(gic)->collection_bits : 16;
}

/* Whether @p icid can be mapped; @p at is UINT64_MAX if it is held in the ITS. */
static Step find_collection(RefGic *gic, const RefIts *its, uint32_t icid, uint64_t *at)
{
    if (icid >> collection_bits(gic)) {
        return STEP_MISSING;
    }
    uint32_t held = options_of(gic)->hardware_collections;
    if (icid < held) {
        *at = UINT64_MAX;
        return STEP_OK;
    }
    return find_entry(gic, its, COLLECTIONS, icid - held, at); /* GITS_TYPER.CCT */
}

static bool cpu_of_rdbase(const RefGic *gic, uint64_t rdbase, uint32_t *cpu)
{
    for (uint32_t i = 0; i < gic->cpus; i++) {
        uint64_t own =
            options_of(gic)->rdbase_is_address ? gic->config.redist_addresses[i] >> 16 : i;
        if (rdbase == own) {
            *cpu = i;
            return true;
        }
    }
    return false;
}

/* The PE that a collection is mapped to. */
static Step read_collection(RefGic *gic, const RefIts *its, uint32_t icid, uint32_t *cpu)
{
    uint64_t at, entry;
    bool ok = true;
    Step step = find_collection(gic, its, icid, &at);
    if (step != STEP_OK) {
        return step;
    }
    if (at == UINT64_MAX) {
        entry = its->held[icid].valid ? VALID | (uint64_t)its->held[icid].cpu << 16 : 0;
    } else {
        entry = memory_read64(gic->memory, at, &ok);
    }
    if (!ok) {
        return STEP_BUS;
    }
    *cpu = (uint32_t)field(entry, 47, 16);
    return entry & VALID && field(entry, 51, 16) < gic->cpus ? STEP_OK : STEP_MISSING;
}

/* ---- Commands ---- */

/* How a command ended. */
typedef enum End {
    END_DONE,
    END_IGNORED, /* its parameters are wrong */
    END_BUS
} End;

static End wrong(RefGic *gic, const char *rule)
{
    ref_report(gic, rule);
    return END_IGNORED;
}

static End bus_error(RefGic *gic)
{
    gic->count[REF_ITS_BUS]++;
    ref_report(gic, "its-bus");
    return END_BUS;
}

static End failed(RefGic *gic, Step step, const char *rule)
{
    return step == STEP_BUS ? bus_error(gic) : wrong(gic, rule);
}

static End write_entry(RefGic *gic, uint64_t at, uint64_t entry)
{
    return memory_write64(gic->memory, at, entry) ? END_DONE : bus_error(gic);
}

typedef struct Command {
    RefIts *its;
    uint64_t word[4];
    uint32_t device, event, icid;
} Command;

static End mapd(RefGic *gic, const Command *c)
{
    uint64_t at, entry = 0, size = field(c->word[1], 4, 0);
    bool valid = c->word[2] & VALID;
    if (valid && size + 1 > options_of(gic)->event_bits) {
        return wrong(gic, "its-itt-size");
    }
    Step step = find_device(gic, c->its, c->device, &at);
    if (step != STEP_OK) {
        return failed(gic, step, "its-device");
    }
    if (valid) {
        bool last = c->device == ((uint64_t)1 << options_of(gic)->device_bits) - 1;
        entry = VALID | (uint64_t)!last << 49 | field(c->word[2], 51, 8) << 5 | size;
    }
    gic->count[valid ? REF_ITS_MAPD : REF_ITS_UNMAPD]++;
    return write_entry(gic, at, entry);
}

static End mapc(RefGic *gic, const Command *c)
{
    uint64_t at, rdbase = field(c->word[2], 51, 16);
    uint32_t cpu = 0;
    Step step = find_collection(gic, c->its, c->icid, &at);
    if (step != STEP_OK) {
        return failed(gic, step, "its-collection");
    }
    bool valid = c->word[2] & VALID;
    if (valid && !cpu_of_rdbase(gic, rdbase, &cpu)) {
        return wrong(gic, "its-rdbase");
    }
    gic->count[valid ? REF_ITS_MAPC : REF_ITS_UNMAPC]++;
    if (at == UINT64_MAX) {
        gic->count[REF_ITS_HELD]++;
        c->its->held[c->icid].valid = valid;
        c->its->held[c->icid].cpu = cpu;
        return END_DONE;
    }
    return write_entry(gic, at, valid ? VALID | (uint64_t)cpu << 16 | c->icid : 0);
}

static uint64_t event_entry(const Event *event, uint32_t number, uint32_t intid, uint32_t icid)
{
    bool last = number == ((uint64_t)1 << event->device.size) - 1;
    return (uint64_t)!last << 48 | (uint64_t)intid << 16 | icid;
}

static End mapti(RefGic *gic, const Command *c, uint32_t intid)
{
    Device device;
    Event event;
    uint64_t at;
    Step step = read_device(gic, c->its, c->device, &device);
    if (step != STEP_OK) {
        return failed(gic, step, "its-device");
    }
    Step old = read_event(gic, &device, c->event, &event);
    if (old == STEP_BUS || event.intid == UINT32_MAX) {
        return failed(gic, old, "its-event");
    }
    if (intid < REF_FIRST_LPI || (uint64_t)intid >> gic->config.lpi_bits) {
        return wrong(gic, "its-intid");
    }
    step = find_collection(gic, c->its, c->icid, &at);
    if (step != STEP_OK) {
        return failed(gic, step, "its-collection");
    }
    if (old == STEP_OK) {
        ref_report(gic, "its-remapped");
    }
    return write_entry(gic, event.at, event_entry(&event, c->event, intid, c->icid));
}

/* What most commands need: a mapped event in a mapped collection. */
static End find_mapped(RefGic *gic, const Command *c, Event *event, uint32_t *cpu)
{
    Device device;
    Step step = read_device(gic, c->its, c->device, &device);
    if (step != STEP_OK) {
        return failed(gic, step, "its-device");
    }
    step = read_event(gic, &device, c->event, event);
    if (step != STEP_OK) {
        return failed(gic, step, "its-event");
    }
    step = read_collection(gic, c->its, event->icid, cpu);
    return step == STEP_OK ? END_DONE : failed(gic, step, "its-collection");
}

static End movi(RefGic *gic, const Command *c)
{
    Event event;
    uint32_t from, to;
    End end = find_mapped(gic, c, &event, &from);
    if (end != END_DONE) {
        return end;
    }
    Step step = read_collection(gic, c->its, c->icid, &to);
    if (step != STEP_OK) {
        return failed(gic, step, "its-collection");
    }
    end = write_entry(gic, event.at, event_entry(&event, c->event, event.intid, c->icid));
    if (end == END_DONE) {
        ref_lpi_move(gic, event.intid, to);
    }
    return end;
}

static End movall(RefGic *gic, const Command *c)
{
    uint32_t from, to;
    if (!cpu_of_rdbase(gic, field(c->word[2], 51, 16), &from) ||
        !cpu_of_rdbase(gic, field(c->word[3], 51, 16), &to)) {
        return wrong(gic, "its-rdbase");
    }
    if (from != to && !(ref_takes_lpis(gic, from) && ref_takes_lpis(gic, to))) {
        ref_report(gic, "lpi-disabled");
        return END_DONE;
    }
    if (from != to) {
        ref_lpi_move_all(gic, from, to);
    }
    return END_DONE;
}

static End on_event(RefGic *gic, const Command *c, RefCount kind)
{
    Event event;
    uint32_t cpu;
    End end = find_mapped(gic, c, &event, &cpu);
    if (end != END_DONE) {
        return end;
    }
    switch (kind) {
    case REF_ITS_INT:
        ref_lpi_pend(gic, cpu, event.intid);
        break;
    case REF_ITS_INV:
        ref_lpi_invalidate(gic, event.intid);
        break;
    case REF_ITS_DISCARD:
        end = write_entry(gic, event.at, 0);
        if (end != END_DONE) {
            return end;
        }
        ref_lpi_clear(gic, event.intid, REF_NO_CPU);
        break;
    default:
        ref_lpi_clear(gic, event.intid, REF_NO_CPU);
        break;
    }
    return end;
}

static End invall(RefGic *gic, const Command *c)
{
    uint32_t cpu;
    Step step = read_collection(gic, c->its, c->icid, &cpu);
    if (step != STEP_OK) {
        return failed(gic, step, "its-collection");
    }
    ref_lpi_invalidate_all(gic, cpu);
    return END_DONE;
}

static End sync_with(RefGic *gic, const Command *c)
{
    uint32_t cpu;
    bool known = cpu_of_rdbase(gic, field(c->word[2], 51, 16), &cpu);
    return known ? END_DONE : wrong(gic, "its-rdbase");
}

static End counted(RefGic *gic, RefCount kind, End end)
{
    gic->count[kind] += end == END_DONE;
    return end;
}

static End execute(RefGic *gic, const Command *c)
{
    switch (c->word[0] & 0xFF) {
    case 0x01:
        return counted(gic, REF_ITS_MOVI, movi(gic, c));
    case 0x03:
        return counted(gic, REF_ITS_INT, on_event(gic, c, REF_ITS_INT));
    case 0x04:
        return counted(gic, REF_ITS_CLEAR, on_event(gic, c, REF_ITS_CLEAR));
    case 0x05:
        return counted(gic, REF_ITS_SYNC, sync_with(gic, c));
    case 0x08:
        return mapd(gic, c);
    case 0x09:
        return mapc(gic, c);
    case 0x0A:
        return counted(gic, REF_ITS_MAPTI, mapti(gic, c, (uint32_t)(c->word[1] >> 32)));
    case 0x0B:
        return counted(gic, REF_ITS_MAPI, mapti(gic, c, c->event));
    case 0x0C:
        return counted(gic, REF_ITS_INV, on_event(gic, c, REF_ITS_INV));
    case 0x0D:
        return counted(gic, REF_ITS_INVALL, invall(gic, c));
    case 0x0E:
        return counted(gic, REF_ITS_MOVALL, movall(gic, c));
    case 0x0F:
        return counted(gic, REF_ITS_DISCARD, on_event(gic, c, REF_ITS_DISCARD));
    default:
        return wrong(gic, "its-unknown-command");
    }
}

static bool runs(const RefIts *its)
{
    return its->enabled && !its->stalled && (its->cbaser & VALID) && its->creadr != its->cwriter;
}

static End next_command(RefGic *gic, RefIts *its)
{
    Command c = {.its = its};
    uint64_t at = (field(its->cbaser, 51, 12) << 12) + its->creadr;
    uint8_t bytes[32];
    if (!memory_read(gic->memory, at, bytes, sizeof(bytes))) {
        return bus_error(gic);
    }
    for (int i = 31; i >= 0; i--) {
        c.word[i / 8] = c.word[i / 8] << 8 | bytes[i];
    }
    c.device = (uint32_t)(c.word[0] >> 32);
    c.event = (uint32_t)c.word[1];
    c.icid = (uint32_t)field(c.word[2], 15, 0);
    return execute(gic, &c);
}

static bool stalls(const RefGic *gic, End end)
{
    switch (options_of(gic)->errors) {
    case VGIC_ITS_ERRORS_CONTINUE:
        return false;
    case VGIC_ITS_ERRORS_STALL:
        return end != END_DONE;
    default:
        return end == END_BUS;
    }
}

static uint32_t ring_bytes(const RefIts *its)
{
    return (uint32_t)(field(its->cbaser, 7, 0) + 1) * 0x1000;
}

static void work_off(RefGic *gic, RefIts *its)
{
    while (runs(its)) {
        End end = next_command(gic, its);
        gic->commands++;
        ref_look(gic);
        gic->count[end == END_DONE ? REF_ITS_DONE : REF_ITS_IGNORED]++;
        if (stalls(gic, end)) {
            gic->count[REF_ITS_STALLED]++;
            its->stalled = true;
            break;
        }
        its->creadr += 32;
        if (its->creadr >= ring_bytes(its)) {
            gic->count[REF_ITS_WRAPPED]++;
            its->creadr = 0;
        }
    }
}

/* ---- MSIs ---- */

/* What an MSI comes to, whether the ITS is enabled or not. */
static Step translate(RefGic *gic, const RefIts *its, uint32_t number, uint32_t event_number,
                      Event *event)
{
    Device device;
    Step step = read_device(gic, its, number, &device);
    if (step == STEP_OK) {
        step = read_event(gic, &device, event_number, event);
    }
    return step;
}

/* The PE that an event goes to, UINT32_MAX if its collection is not mapped. */
static Step find_target(RefGic *gic, const RefIts *its, const Event *event, uint32_t *cpu)
{
    Step step = read_collection(gic, its, event->icid, cpu);
    if (step != STEP_OK) {
        *cpu = UINT32_MAX;
    }
    return step;
}

static void note_unmapped(RefGic *gic, RefIts *its, uint32_t device, uint32_t event)
{
    if (!options_of(gic)->umsi) {
        return;
    }
    if (its->statusr & STATUSR_UMSI) {
        its->statusr |= STATUSR_OVERFLOW;
        return;
    }
    its->statusr |= STATUSR_UMSI;
    its->umsir = (uint64_t)device << 32 | event;
}

bool ref_msi(RefGic *gic, uint32_t number, uint32_t device, uint32_t event)
{
    if (number >= gic->config.its) {
        return false;
    }
    RefIts *its = &gic->its[number];
    Event found;
    uint32_t cpu;
    if (!its->enabled) {
        ref_report(gic, "its-disabled");
        return true;
    }
    Step step = translate(gic, its, device, event, &found);
    if (step == STEP_OK) {
        step = find_target(gic, its, &found, &cpu);
    }
    if (step != STEP_OK) {
        ref_report(gic, step == STEP_BUS ? "its-bus" : "its-msi");
        if (step == STEP_MISSING) {
            note_unmapped(gic, its, device, event);
        }
        return true;
    }
    gic->count[REF_ITS_MSI]++;
    ref_lpi_pend(gic, cpu, found.intid);
    ref_look(gic);
    return true;
}

bool ref_its_translate(RefGic *gic, uint32_t number, uint32_t device, uint32_t event,
                       VgicTranslation *translation)
{
    Event found;
    uint32_t cpu;
    if (number >= gic->config.its ||
        translate(gic, &gic->its[number], device, event, &found) != STEP_OK) {
        return false;
    }
    find_target(gic, &gic->its[number], &found, &cpu);
    *translation = (VgicTranslation){.intid = found.intid, .collection = found.icid, .cpu = cpu};
    return true;
}

/* ---- Registers ---- */

void ref_its_reset(RefGic *gic)
{
    memset(gic->its, 0, sizeof(gic->its));
    for (uint32_t i = 0; i < gic->config.its; i++) {
        gic->its[i].baser[DEVICES] = baser_fixed[DEVICES];
        gic->its[i].baser[COLLECTIONS] = baser_fixed[COLLECTIONS];
    }
}

static uint64_t typer(const RefGic *gic)
{
    const VgicItsOptions *o = options_of(gic);
    uint64_t value = 1 | 7 << 4 | (uint64_t)(o->event_bits - 1) << 8 |
                     (uint64_t)(o->device_bits - 1) << 13 | (uint64_t)o->rdbase_is_address << 19 |
                     (uint64_t)(o->hardware_collections != 0) << 2 |
                     (uint64_t)o->hardware_collections << 24 | (uint64_t)o->umsi << 44;
    if (o->collection_bits) {
        value |= (uint64_t)(o->collection_bits - 1) << 32 | (uint64_t)1 << 36;
    }
    return value;
}

/* Whether an optional register is there. */
bool ref_its_has(const RefGic *gic, uint32_t offset)
{
    bool umsi = options_of(gic)->umsi;
    return offset == STATUSR ? gic->config.statusr || umsi : offset == UMSIR ? umsi : true;
}

static uint64_t read_whole(RefGic *gic, RefIts *its, uint32_t offset)
{
    switch (offset) {
    case TYPER:
        return typer(gic);
    case UMSIR:
        return options_of(gic)->umsi ? its->umsir : 0;
    case CBASER:
        return its->cbaser;
    case CWRITER:
        return its->cwriter;
    case CREADR:
        return its->creadr | its->stalled;
    case BASER:
        return its->baser[DEVICES];
    case BASER + 8:
        return its->baser[COLLECTIONS];
    default:
        return 0;
    }
}

uint64_t ref_its_read(RefGic *gic, uint32_t number, uint32_t offset, uint32_t size)
{
    RefIts *its = &gic->its[number];
    switch (offset) {
    case CTLR:
        return its->enabled | (uint64_t)!its->enabled << 31;
    case IIDR:
        return options_of(gic)->iidr;
    case STATUSR:
        return its->statusr;
    default:
        break;
    }
    uint64_t value = read_whole(gic, its, offset & ~7u);
    return size == 8 ? value : offset & 4 ? value >> 32 : value & UINT32_MAX;
}

static void write_ctlr(RefGic *gic, RefIts *its, bool enable)
{
    bool held = options_of(gic)->hardware_collections; /* so there need be no table */
    bool lacks = !(its->cbaser & VALID) || !(its->baser[DEVICES] & VALID) ||
                 (!held && !(its->baser[COLLECTIONS] & VALID));
    bool wrong = enable && !its->enabled && lacks;
    its->enabled = enable;
    work_off(gic, its);
    if (wrong) {
        ref_report(gic, "its-enable");
    }
}

static void write_cwriter(RefGic *gic, RefIts *its, uint64_t value)
{
    uint32_t offset = value & 0xFFFE0;
    bool beyond = offset >= ring_bytes(its);
    if (!beyond) {
        its->cwriter = offset;
        gic->count[REF_ITS_RETRIED] += its->stalled && (value & 1);
        its->stalled &= !(value & 1);
    }
    work_off(gic, its);
    if (beyond) {
        ref_report(gic, "its-cwriter");
    }
}

/* A 32-bit write to half of a register. */
static uint64_t merged(uint64_t old, uint32_t offset, uint32_t size, uint64_t value)
{
    if (size == 8) {
        return value;
    }
    return offset & 4 ? value << 32 | (old & UINT32_MAX) : (old & ~(uint64_t)UINT32_MAX) | value;
}

static void write_base(RefGic *gic, RefIts *its, uint32_t offset, uint32_t size, uint64_t value)
{
    if (its->enabled) {
        ref_report(gic, "its-base-enabled");
        return;
    }
    if ((offset & ~7u) == CBASER) {
        its->cbaser = merged(its->cbaser, offset, size, value) & cbaser_mask;
        its->creadr = 0;
        its->stalled = false;
        return;
    }
    int table = (offset & ~7u) == BASER ? DEVICES : COLLECTIONS;
    uint64_t mask = baser_mask & ~((uint64_t)0x1F << 48 | (uint64_t)7 << 56);
    if (options_of(gic)->flat_tables_only) {
        mask &= ~((uint64_t)1 << 62);
    }
    value = (merged(its->baser[table], offset, size, value) & mask) | baser_fixed[table];
    its->baser[table] = field(value, 9, 8) == 3 ? value & ~((uint64_t)1 << 8) : value;
}

void ref_its_write(RefGic *gic, uint32_t number, VgicAttrs attrs, uint32_t offset, uint32_t size,
                   uint64_t value)
{
    RefIts *its = &gic->its[number];
    switch (offset & ~7u) {
    case CTLR:
        if (offset == CTLR) {
            write_ctlr(gic, its, value & 1);
        }
        break;
    case STATUSR:
        its->statusr &= (uint8_t)~value;
        break;
    case CBASER:
    case BASER:
    case BASER + 8:
        write_base(gic, its, offset, size, value);
        break;
    case CWRITER:
        if (!(offset & 4)) {
            write_cwriter(gic, its, value);
        }
        break;
    case TRANSLATER:
        ref_msi(gic, number, (uint32_t)(attrs >> 32), (uint32_t)value);
        break;
    default:
        break;
    }
}
