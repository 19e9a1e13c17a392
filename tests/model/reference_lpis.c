/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference: LPIs, their tables in guest memory, and the registers that a PE has for them. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

enum {
    SETLPIR = 0x40,
    CLRLPIR = 0x48,
    PROPBASER = 0x70,
    PENDBASER = 0x78,
    INVLPIR = 0xA0,
    INVALLR = 0xB0
};

static const uint64_t propbaser_mask = 0x070FFFFFFFFFFF9F;
static const uint64_t pendbaser_mask = 0x470FFFFFFFFF0F80;
static const uint64_t ptz = (uint64_t)1 << 62;

void ref_report(RefGic *gic, const char *rule)
{
    if (gic->rule_count < REF_MAX_RULES) {
        gic->rules[gic->rule_count++] = rule;
    }
}

bool ref_direct_lpi(const RefGic *gic)
{
    return gic->config.lpi_bits && (!gic->config.its || gic->config.direct_lpi);
}

RefIrq *ref_lpi(const RefGic *gic, uint32_t intid)
{
    for (uint32_t i = 0; i < gic->lpi_count; i++) {
        if (gic->lpis[i]->intid == intid) {
            return gic->lpis[i];
        }
    }
    return NULL;
}

/* Of all that goes wrong in one go, the last is reported. */
static const char *later(const char *before, const char *rule)
{
    return rule ? rule : before;
}

static void report_any(RefGic *gic, const char *rule)
{
    if (rule) {
        ref_report(gic, rule);
    }
}

/* Records come in chunks, and not more of them than the host allows. */
static bool has_room(RefGic *gic, uint32_t intid)
{
    bool *used = &gic->chunks[intid / REF_LPI_CHUNK];
    uint32_t limit = (gic->config.lpi_limit + REF_LPI_CHUNK - 1) / REF_LPI_CHUNK;
    if (*used) {
        return true;
    }
    if (limit && gic->chunks_used == limit) {
        return false;
    }
    gic->chunks_used++;
    *used = true;
    return true;
}

static RefIrq *make_lpi(RefGic *gic, uint32_t intid)
{
    RefIrq *irq = ref_lpi(gic, intid);
    if (irq || !has_room(gic, intid)) {
        return irq;
    }
    irq = calloc(1, sizeof(*irq));
    gic->lpis = realloc(gic->lpis, (gic->lpi_count + 1) * sizeof(*gic->lpis));
    *irq = (RefIrq){.intid = intid,
                    .owner = REF_NO_CPU,
                    .lpi = true,
                    .edge = true,
                    .group_bit = true,
                    .home = REF_NO_CPU,
                    .target = REF_NO_CPU,
                    .chosen = REF_NO_CPU};
    uint32_t at = gic->lpi_count++;
    for (; at && gic->lpis[at - 1]->intid > intid; at--) {
        gic->lpis[at] = gic->lpis[at - 1];
    }
    gic->lpis[at] = irq;
    return irq;
}

void ref_lpi_reset(RefGic *gic)
{
    for (uint32_t i = 0; i < gic->lpi_count; i++) {
        free(gic->lpis[i]);
    }
    free(gic->lpis);
    gic->lpis = NULL;
    gic->lpi_count = gic->chunks_used = 0;
    memset(gic->chunks, 0, (1u << VGIC_MAX_LPI_BITS) / REF_LPI_CHUNK * sizeof(*gic->chunks));
    for (uint32_t i = 0; i < gic->cpus; i++) {
        gic->cpu[i].lpis = false;
        gic->cpu[i].propbaser = gic->cpu[i].pendbaser = 0;
    }
}

/* The first INTID beyond the tables of a PE. */
static uint64_t end_of(const RefGic *gic, uint32_t cpu)
{
    uint64_t bits = (gic->cpu[cpu].propbaser & 31) + 1;
    uint64_t most = gic->config.lpi_bits;
    return bits < 14 ? 0 : (uint64_t)1 << (bits < most ? bits : most);
}

bool ref_takes_lpis(const RefGic *gic, uint32_t cpu)
{
    return gic->cpu[cpu].lpis && end_of(gic, cpu);
}

static bool in_tables(const RefGic *gic, uint32_t cpu, uint32_t intid)
{
    return intid >= REF_FIRST_LPI && intid < end_of(gic, cpu);
}

void ref_lpi_configuration(const RefGic *gic, RefIrq *irq)
{
    uint8_t priority = irq->byte & 0xFC;
    if (!gic->ds) {
        priority = (uint8_t)(priority >> 1 | 0x80);
    }
    irq->enabled = irq->byte & 1;
    irq->priority = priority & ref_priority_mask(gic);
}

/* Reads the configuration byte; one that cannot be read counts as 0 until the next invalidation. */
static const char *configure(RefGic *gic, RefIrq *irq, uint32_t cpu)
{
    uint64_t table = gic->cpu[cpu].propbaser & 0x000FFFFFFFFFF000;
    uint8_t old = irq->byte;
    irq->byte = 0;
    irq->configured = true;
    bool good = memory_read(gic->memory, table + irq->intid - REF_FIRST_LPI, &irq->byte, 1);
    gic->count[REF_LPI_RECONFIGURED] += irq->latch && old != irq->byte;
    return good ? NULL : "lpi-table";
}

static bool is_stale(const RefGic *gic, const RefIrq *irq, uint32_t cpu)
{
    uint64_t table = gic->cpu[cpu].propbaser & 0x000FFFFFFFFFF000;
    uint8_t byte;
    return memory_read(gic->memory, table + irq->intid - REF_FIRST_LPI, &byte, 1) &&
           byte != irq->byte;
}

/* An LPI is pending at a PE from now on. Another PE may have another table, or have had an
 * invalidation. */
static const char *settle(RefGic *gic, RefIrq *irq, uint32_t cpu)
{
    bool comes = irq->home != (int)cpu;
    irq->latch = true;
    irq->home = (int)cpu;
    if (!irq->configured || comes) {
        return configure(gic, irq, cpu);
    }
    gic->count[REF_LPI_STALE] += is_stale(gic, irq, cpu);
    return NULL;
}

/* Makes an LPI pending that is in the tables of an enabled PE. */
static const char *pend(RefGic *gic, uint32_t cpu, uint32_t intid)
{
    RefIrq *irq = make_lpi(gic, intid);
    if (!irq) {
        gic->count[REF_LPI_DROPPED]++;
        return "lpi-limit";
    }
    gic->count[irq->latch ? REF_LPI_MERGED : REF_LPI_PENDED]++;
    gic->count[REF_LPI_MOVED] += irq->latch && irq->home != (int)cpu;
    return settle(gic, irq, cpu);
}

/* An LPI reaches a Redistributor. */
static bool arrive(RefGic *gic, uint32_t cpu, uint32_t intid)
{
    if (gic->cpu[cpu].lpis && in_tables(gic, cpu, intid)) {
        return true;
    }
    ref_report(gic, gic->cpu[cpu].lpis ? "lpi-range" : "lpi-disabled");
    gic->count[REF_LPI_DROPPED]++;
    return false;
}

void ref_lpi_pend(RefGic *gic, uint32_t cpu, uint32_t intid)
{
    if (arrive(gic, cpu, intid)) {
        report_any(gic, pend(gic, cpu, intid));
    }
}

void ref_lpi_clear(RefGic *gic, uint32_t intid, int cpu)
{
    RefIrq *irq = ref_lpi(gic, intid);
    if (irq && irq->latch && (cpu == REF_NO_CPU || irq->home == cpu)) {
        gic->count[REF_LPI_CLEARED]++;
        irq->latch = false;
    }
}

/* A PE that takes no such LPI loses it. */
void ref_lpi_move(RefGic *gic, uint32_t intid, uint32_t to)
{
    RefIrq *irq = ref_lpi(gic, intid);
    if (!irq || irq->home == (int)to) {
        return;
    }
    if (!irq->latch) {
        irq->home = (int)to;
        irq->configured = false;
        return;
    }
    if (arrive(gic, to, intid)) {
        gic->count[REF_LPI_MOVED]++;
        report_any(gic, settle(gic, irq, to));
    } else {
        irq->latch = false;
        irq->home = (int)to;
    }
}

static bool moves(const RefGic *gic, const RefIrq *irq, uint32_t from, uint32_t to, uint32_t chunk)
{
    return irq->intid / REF_LPI_CHUNK == chunk && irq->latch && irq->home == (int)from &&
           in_tables(gic, to, irq->intid);
}

/* The LPIs of a chunk move with the bytes that they have; then all that is pending there has its
 * byte read anew. */
static const char *move_chunk(RefGic *gic, uint32_t from, uint32_t to, uint32_t chunk)
{
    const char *rule = NULL;
    bool any = false;
    for (uint32_t i = 0; i < gic->lpi_count; i++) {
        if (moves(gic, gic->lpis[i], from, to, chunk)) {
            gic->count[REF_LPI_MOVED]++;
            gic->lpis[i]->home = (int)to;
            any = true;
        }
    }
    ref_look(gic);
    for (uint32_t i = 0; any && i < gic->lpi_count; i++) {
        RefIrq *irq = gic->lpis[i];
        if (irq->intid / REF_LPI_CHUNK == chunk && irq->latch && irq->home == (int)to) {
            rule = later(rule, configure(gic, irq, to));
        }
    }
    ref_look(gic);
    return rule;
}

/* MOVALL leaves behind what the PE would lose. */
void ref_lpi_move_all(RefGic *gic, uint32_t from, uint32_t to)
{
    const char *rule = NULL;
    for (uint32_t chunk = 0; chunk < 1u << gic->config.lpi_bits >> 10; chunk++) {
        if (gic->chunks[chunk]) {
            rule = later(rule, move_chunk(gic, from, to, chunk));
        }
    }
    report_any(gic, rule);
}

/* What is not pending is read when it is pended again. */
static const char *invalidate(RefGic *gic, RefIrq *irq)
{
    irq->configured = false;
    return irq->latch ? configure(gic, irq, (uint32_t)irq->home) : NULL;
}

void ref_lpi_invalidate(RefGic *gic, uint32_t intid)
{
    RefIrq *irq = ref_lpi(gic, intid);
    report_any(gic, irq ? invalidate(gic, irq) : NULL);
}

void ref_lpi_invalidate_all(RefGic *gic, uint32_t cpu)
{
    const char *rule = NULL;
    for (uint32_t i = 0; i < gic->lpi_count; i++) {
        if (gic->lpis[i]->home == (int)cpu) {
            rule = later(rule, invalidate(gic, gic->lpis[i]));
        }
    }
    report_any(gic, rule);
}

/* ---- The pending table ---- */

static uint64_t pending_table(const RefGic *gic, uint32_t cpu)
{
    return gic->cpu[cpu].pendbaser & 0x000FFFFFFFFF0000;
}

static const char *read_pending_table(RefGic *gic, uint32_t cpu)
{
    uint64_t table = pending_table(gic, cpu), end = end_of(gic, cpu);
    const char *rule = NULL;
    for (uint32_t first = REF_FIRST_LPI; first < end; first += 64) {
        bool ok;
        uint64_t bits = memory_read64(gic->memory, table + first / 8, &ok);
        rule = ok ? rule : "lpi-table";
        for (uint32_t bit = 0; bit < 64; bit++) {
            if (bits >> bit & 1) {
                gic->count[REF_LPI_TABLE_READ]++;
                rule = later(rule, pend(gic, cpu, first + bit));
            }
        }
    }
    return rule;
}

static void write_pending_table(RefGic *gic, uint32_t cpu)
{
    uint64_t table = pending_table(gic, cpu), end = end_of(gic, cpu);
    bool ok = true;
    uint32_t next = 0;
    for (uint32_t first = REF_FIRST_LPI; first < end; first += 64) {
        uint64_t bits = 0;
        for (; next < gic->lpi_count && gic->lpis[next]->intid < first + 64; next++) {
            const RefIrq *irq = gic->lpis[next];
            bits |= (uint64_t)(irq->latch && irq->home == (int)cpu) << (irq->intid % 64);
        }
        gic->count[REF_LPI_TABLE_WRITTEN] += bits != 0;
        /* elsewhere the table is as it was read, or the guest lied with PTZ */
        if (gic->chunks[first / REF_LPI_CHUNK]) {
            ok &= memory_write64(gic->memory, table + first / 8, bits);
        }
    }
    if (!ok) {
        ref_report(gic, "lpi-table");
    }
    for (uint32_t i = 0; i < gic->lpi_count; i++) {
        if (gic->lpis[i]->home == (int)cpu) {
            gic->lpis[i]->latch = false;
            gic->lpis[i]->configured = false;
        }
    }
}

void ref_lpi_enable(RefGic *gic, uint32_t cpu, bool on)
{
    RefCpu *c = &gic->cpu[cpu];
    if (on == c->lpis) {
        return;
    }
    c->lpis = on;
    if (!on) {
        write_pending_table(gic, cpu);
        return;
    }
    const char *rule = c->pendbaser & ptz ? NULL : read_pending_table(gic, cpu);
    uint32_t bits = (c->propbaser & 31) + 1;
    bool fits = bits >= 14 && bits <= gic->config.lpi_bits;
    report_any(gic, fits ? rule : "lpi-idbits");
    c->pendbaser &= ~ptz; /* it was said of the table as it was then */
}

/* ---- Registers ---- */

uint64_t ref_lpi_read(const RefGic *gic, uint32_t cpu, uint32_t offset, uint32_t size)
{
    uint64_t value = 0;
    if ((offset & ~7u) == PROPBASER) {
        value = gic->cpu[cpu].propbaser;
    } else if ((offset & ~7u) == PENDBASER) {
        value = gic->cpu[cpu].pendbaser & ~ptz;
    }
    return size == 8 ? value : offset & 4 ? value >> 32 : value & UINT32_MAX;
}

static void write_base(RefGic *gic, uint32_t cpu, uint64_t *base, uint64_t mask, uint32_t offset,
                       uint32_t size, uint64_t value)
{
    if (gic->cpu[cpu].lpis) {
        ref_report(gic, "lpi-base-enabled");
        return;
    }
    if (size == 4) {
        value = offset & 4 ? value << 32 | (*base & UINT32_MAX)
                           : (*base & ~(uint64_t)UINT32_MAX) | value;
    }
    *base = value & mask;
}

/* SETLPIR and CLRLPIR. */
static void write_direct(RefGic *gic, uint32_t cpu, bool set, uint32_t intid)
{
    if (!arrive(gic, cpu, intid)) {
        return;
    }
    gic->count[REF_LPI_DIRECT]++;
    if (set) {
        report_any(gic, pend(gic, cpu, intid));
    } else {
        ref_lpi_clear(gic, intid, (int)cpu);
    }
}

void ref_lpi_write(RefGic *gic, uint32_t cpu, uint32_t offset, uint32_t size, uint64_t value)
{
    RefCpu *c = &gic->cpu[cpu];
    switch (offset & ~7u) {
    case PROPBASER:
        write_base(gic, cpu, &c->propbaser, propbaser_mask, offset, size, value);
        return;
    case PENDBASER:
        write_base(gic, cpu, &c->pendbaser, pendbaser_mask, offset, size, value);
        return;
    default:
        break;
    }
    bool direct = (offset & ~7u) == SETLPIR || (offset & ~7u) == CLRLPIR;
    if (direct && !ref_direct_lpi(gic)) {
        ref_report(gic, "lpi-direct");
        return;
    }
    if (offset & 4) {
        return; /* the upper half of a number says nothing */
    }
    switch (offset & ~7u) {
    case SETLPIR:
    case CLRLPIR:
        write_direct(gic, cpu, offset == SETLPIR, (uint32_t)value);
        break;
    case INVLPIR:
        if (arrive(gic, cpu, (uint32_t)value)) {
            ref_lpi_invalidate(gic, (uint32_t)value);
        }
        break;
    case INVALLR:
        if (c->lpis) {
            ref_lpi_invalidate_all(gic, cpu);
        } else {
            ref_report(gic, "lpi-disabled");
        }
        break;
    default:
        break;
    }
}
