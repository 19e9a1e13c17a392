/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables of LPIs in guest memory [GICv5 3.5].
 *
 * While a table is valid its memory is the IRS's: an entry is read when its LPI is first used,
 * lives in the LPI's record from then on, and is written back when the table becomes invalid.
 * Memory is read and written with no lock held, so what was read counts only if the table's epoch
 * is the same under the lock of the record's home: whoever makes a table invalid counts first, and
 * takes each record's lock afterwards. A thread that makes a table valid or invalid sets `busy`;
 * software that writes IRS_IST_BASER meanwhile, which it must not, is ignored.
 */
#include <glib.h>

#include "v5/v5.h"

enum {
    BLOCK = 4096, /* bytes that are read at once */
};

static bool read_word(VgicIrs *irs, unsigned domain, uint64_t address, uint32_t *word)
{
    uint32_t raw;

    if (!vgic_read_memory_in(irs->gic, vgic_v5_space_of(irs->gic->v5, domain), address, &raw,
                             sizeof(raw))) {
        return false;
    }
    *word = GUINT32_FROM_LE(raw);
    return true;
}

static bool read_entry1(VgicIrs *irs, unsigned domain, uint64_t address, uint64_t *entry)
{
    uint64_t raw;

    if (!vgic_read_memory_in(irs->gic, vgic_v5_space_of(irs->gic->v5, domain), address, &raw,
                             sizeof(raw))) {
        return false;
    }
    *entry = GUINT64_FROM_LE(raw);
    return true;
}

static uint64_t entry1_address(const VgicIstLayout *layout, uint32_t id)
{
    return layout->base + 8 * (uint64_t)(id >> layout->l2_bits);
}

static uint64_t l2_table(uint64_t entry1)
{
    return entry1 & VGIC_MASK(l1_iste, L2_ADDR);
}

static uint64_t entry2_address(const VgicIstLayout *layout, uint64_t table, uint32_t id)
{
    uint32_t index = layout->l2_bits ? id & ((1u << layout->l2_bits) - 1) : id;

    return table + ((uint64_t)index << layout->entry_shift);
}

/* Where the entry of an LPI is. */
static VgicRule find_entry(VgicIrs *irs, unsigned domain, const VgicIstLayout *layout, uint32_t id,
                           uint64_t *address)
{
    uint64_t entry1, at = entry1_address(layout, id);

    if (!layout->l2_bits) {
        *address = entry2_address(layout, layout->base, id);
        return VGIC_RULE_NONE;
    }
    if (!read_entry1(irs, domain, at, &entry1)) {
        vgic_irs_note_error(irs, domain, VGIC_SWERR_L1, id, at);
        return VGIC_RULE_IST_BUS;
    }
    if (!VGIC_GET(entry1, l1_iste, VALID)) {
        return VGIC_RULE_IST_ENTRY;
    }
    *address = entry2_address(layout, l2_table(entry1), id);
    return VGIC_RULE_NONE;
}

/* A consistent copy of the table's layout with its epoch; false: not valid. */
static bool snapshot(VgicV5 *v5, VgicIst *ist, VgicIstLayout *layout, uint64_t *epoch)
{
    bool valid;

    vgic_lock(&v5->lock);
    *epoch = atomic_load(&ist->epoch);
    *layout = ist->layout;
    valid = atomic_load(&ist->end) != 0;
    vgic_unlock(&v5->lock);
    return valid;
}

/* The record of an LPI and its entry in memory. */

static void unpack(const VgicV5 *v5, VgicCpu *home, VgicIrq *irq, uint32_t iste)
{
    vgic_v5_set_iste(irq, iste);
    vgic_v5_set_priority(v5, irq, VGIC_GET(iste, l2_iste, Priority));
    vgic_v5_route(home, irq, VGIC_GET(iste, l2_iste, IRM),
                  (uint16_t)VGIC_GET(iste, l2_iste, IAFFID));
}

uint32_t vgic_v5_iste_fields(const VgicV5 *v5)
{
    return (uint32_t)(VGIC_MASK(l2_iste, Pending) | VGIC_MASK(l2_iste, Active) |
                      VGIC_MASK(l2_iste, HM) | VGIC_MASK(l2_iste, Enable) |
                      (v5->one_of_n ? VGIC_MASK(l2_iste, IRM) : 0) | VGIC_MASK(l2_iste, Priority) |
                      VGIC_MASK(l2_iste, IAFFID));
}

/* The record is made last: an LPI whose entry cannot be read costs no memory. */
VgicRule vgic_v5_ist_load(VgicIrs *irs, unsigned domain, uint32_t id)
{
    Vgic *gic = irs->gic;
    VgicIst *ist = &gic->v5->ist[domain];
    uint32_t number = vgic_v5_lpi_number(domain, id), word;
    VgicIrq *irq;
    VgicIstLayout layout;
    uint64_t epoch, address;
    VgicCpu *home;
    VgicRule rule;

    if (!snapshot(gic->v5, ist, &layout, &epoch)) {
        return VGIC_RULE_IST_INVALID;
    }
    if (id >> layout.id_bits) {
        return VGIC_RULE_IRQ_RANGE;
    }
    rule = find_entry(irs, domain, &layout, id, &address);
    if (rule) {
        return rule;
    }
    if (!read_word(irs, domain, address, &word)) {
        vgic_irs_note_error(irs, domain, VGIC_SWERR_L2, id, address);
        return VGIC_RULE_IST_BUS;
    }
    irq = vgic_lpi_get(gic, &gic->lpis, number);
    if (!irq) {
        return VGIC_RULE_LPI_LIMIT;
    }
    home = vgic_irq_lock_settled(gic, irq);
    if (atomic_load(&ist->epoch) == epoch && irq->slot == (VGIC_SLOT_LPI | number) &&
        !(irq->flags & VGIC_IRQ_CONFIGURED)) {
        unpack(gic->v5, home, irq, word);
    }
    vgic_irq_update_unlock(home, irq);
    return VGIC_RULE_NONE;
}

/* Takes over what is pending or active in the entries of LPIs @p first to @p end - 1, which are at
 * @p address on. What ends it: memory cannot be read, or there is no room for more. */
static VgicRule take_over(VgicIrs *irs, unsigned domain, const VgicIstLayout *layout,
                          uint64_t address, uint32_t first, uint32_t end)
{
    unsigned shift = layout->entry_shift;
    uint8_t block[BLOCK];

    for (uint32_t id = first; id < end; id += (uint32_t)BLOCK >> shift) {
        uint32_t count = MIN(end - id, (uint32_t)BLOCK >> shift);
        uint64_t at = address + ((uint64_t)(id - first) << shift);

        if (!vgic_read_memory_in(irs->gic, vgic_v5_space_of(irs->gic->v5, domain), at, block,
                                 (size_t)count << shift)) {
            vgic_irs_note_error(irs, domain, VGIC_SWERR_L2, id, at);
            return VGIC_RULE_IST_BUS;
        }
        for (uint32_t i = 0; i < count; i++) {
            VgicRule rule;
            VgicCpu *home;
            VgicIrq *irq;

            if (!(block[i << shift] & (VGIC_MASK(l2_iste, Pending) | VGIC_MASK(l2_iste, Active)))) {
                continue;
            }
            rule = vgic_v5_irq_lock(irs, domain, VGIC_V5_LPI(id + i), &home, &irq);
            if (rule) {
                return rule;
            }
            vgic_unlock(&home->lock);
        }
    }
    return VGIC_RULE_NONE;
}

/* All entries of a table that has just become valid. A table of level 2 whose memory cannot be read
 * is skipped: its LPIs fail one by one. Returns the first rule that was broken. */
static VgicRule take_over_all(VgicIrs *irs, unsigned domain, const VgicIstLayout *layout)
{
    uint32_t end = 1u << layout->id_bits, step;
    VgicRule first = VGIC_RULE_NONE;

    if (!layout->l2_bits) {
        return take_over(irs, domain, layout, layout->base, 0, end);
    }
    step = 1u << layout->l2_bits;
    for (uint32_t id = 0; id < end; id += MIN(step, end - id)) {
        uint64_t entry1, at = entry1_address(layout, id);

        if (!read_entry1(irs, domain, at, &entry1)) {
            vgic_irs_note_error(irs, domain, VGIC_SWERR_L1, id, at);
            return first ? first : VGIC_RULE_IST_BUS;
        }
        if (VGIC_GET(entry1, l1_iste, VALID)) {
            VgicRule rule =
                take_over(irs, domain, layout, l2_table(entry1), id, MIN(end, id + step));

            first = first ? first : rule;
        }
    }
    return first;
}

/* A cache of the last entry of level 1, for entries that are written in the order of their IDs. */
typedef struct Writer {
    VgicIrs *irs;
    unsigned domain;
    VgicIstLayout layout;
    uint32_t block; /* whose table is known: ID >> l2_bits */
    bool known;
    VgicRule rule;
    uint64_t table;
    VgicRule failed; /* the first rule that was broken */
} Writer;

static void write_back(Writer *writer, uint32_t id, uint32_t word)
{
    const VgicIstLayout *layout = &writer->layout;
    uint32_t raw = GUINT32_TO_LE(word);
    uint64_t address;

    if (!layout->l2_bits) {
        writer->table = layout->base;
    } else if (!writer->known || id >> layout->l2_bits != writer->block) {
        writer->known = true;
        writer->block = id >> layout->l2_bits;
        writer->rule = find_entry(writer->irs, writer->domain, layout, id & ~0u << layout->l2_bits,
                                  &writer->table);
    }
    if (!writer->rule) {
        address = entry2_address(layout, writer->table, id);
        if (!vgic_write_memory_in(writer->irs->gic,
                                  vgic_v5_space_of(writer->irs->gic->v5, writer->domain), address,
                                  &raw, sizeof(raw))) {
            vgic_irs_note_error(writer->irs, writer->domain, VGIC_SWERR_L2, id, address);
            writer->failed = VGIC_RULE_IST_BUS;
        }
    } else if (!writer->failed) {
        writer->failed = writer->rule;
    }
}

/* Forgets an LPI. True if there was something to forget: its entry goes to @p word. */
static bool forget(Vgic *gic, VgicIrq *irq, uint32_t *word)
{
    VgicCpu *home = vgic_irq_lock_settled(gic, irq);
    bool known = irq->flags & VGIC_IRQ_CONFIGURED;

    if (!known) {
        vgic_unlock(&home->lock);
        return false;
    }
    *word = vgic_v5_iste(irq);
    irq->flags = 0;
    irq->priority = 0;
    irq->target = gic->v5->no_iaffid;
    vgic_irq_update_unlock(home, irq);
    return true;
}

/* Forgets the LPIs of a domain whose table is invalid already, and writes their entries. */
static void forget_all(Vgic *gic, unsigned domain, Writer *writer)
{
    uint32_t first = vgic_v5_lpi_number(domain, 0) >> VGIC_LPI_CHUNK_BITS;
    uint32_t bits = MAX(gic->lpis.bits, VGIC_LPI_CHUNK_BITS), word;
    uint32_t count = gic->lpis.bits ? 1u << (bits - VGIC_LPI_CHUNK_BITS) : 0;

    for (uint32_t number = first; number < first + count; number++) {
        VgicIrq *irq = vgic_lpi_find_settled(gic, number << VGIC_LPI_CHUNK_BITS);

        for (uint32_t i = 0; irq && i < VGIC_LPI_CHUNK; i++) {
            if (forget(gic, &irq[i], &word) && writer) {
                write_back(writer, (irq[i].slot & VGIC_INTID_MASK), word);
            }
        }
        if (irq) {
            vgic_lpi_retire_chunk(gic, number);
        }
    }
}

/* What IRS_IST_CFGR means when the table becomes valid: values that are not supported count as the
 * nearest that are. */
static VgicIstLayout layout_of(const VgicV5 *v5, uint64_t baser, uint32_t cfgr)
{
    unsigned bits = (unsigned)VGIC_GET(cfgr, irs_ist_cfgr, LPI_ID_BITS);
    unsigned entry = (unsigned)VGIC_GET(cfgr, irs_ist_cfgr, ISTSZ);
    unsigned l2 = (unsigned)VGIC_GET(cfgr, irs_ist_cfgr, L2SZ);
    VgicIstLayout layout = {.base = baser & VGIC_MASK(irs_ist_baser, ADDR)};

    layout.id_bits = (uint8_t)CLAMP(bits, v5->min_lpi_bits, v5->lpi_bits);
    layout.entry_shift = (uint8_t)(2 + (entry == 3 ? 0 : entry));
    if (VGIC_GET(cfgr, irs_ist_cfgr, STRUCTURE)) {
        if (!(v5->l2_sizes >> l2 & 1)) {
            l2 = (unsigned)__builtin_ctz(v5->l2_sizes);
        }
        layout.l2_bits = (uint8_t)(12 + 2 * l2 - layout.entry_shift);
    }
    return layout;
}

static VgicRule make_valid(VgicIrs *irs, unsigned domain, VgicIst *ist, uint64_t baser)
{
    VgicV5 *v5 = irs->gic->v5;
    VgicIstLayout layout = layout_of(v5, baser, atomic_load(&ist->cfgr));
    VgicRule rule;

    atomic_store(&ist->baser, baser);
    ist->layout = layout;
    atomic_fetch_add(&ist->epoch, 1);
    atomic_store(&ist->busy, true);
    atomic_store(&ist->end, 1u << layout.id_bits);
    vgic_unlock(&v5->lock);
    rule = take_over_all(irs, domain, &layout);
    atomic_store(&ist->busy, false);
    return rule;
}

static VgicRule make_invalid(VgicIrs *irs, unsigned domain, VgicIst *ist)
{
    VgicV5 *v5 = irs->gic->v5;
    Writer writer = {.irs = irs, .domain = domain, .layout = ist->layout};

    atomic_store(&ist->baser, atomic_load(&ist->baser) & ~VGIC_MASK(irs_ist_baser, VALID));
    atomic_store(&ist->end, 0);
    atomic_fetch_add(&ist->epoch, 1);
    atomic_store(&ist->busy, true);
    vgic_unlock(&v5->lock);
    forget_all(irs->gic, domain, &writer);
    atomic_store(&ist->busy, false);
    return writer.failed;
}

VgicRule vgic_v5_ist_write_baser(VgicIrs *irs, unsigned domain, uint64_t value, uint64_t mask)
{
    VgicV5 *v5 = irs->gic->v5;
    VgicIst *ist = &v5->ist[domain];
    uint64_t old, new;
    bool was, is;

    vgic_lock(&v5->lock);
    old = atomic_load(&ist->baser);
    new = ((old & ~mask) | (value & mask)) & (VGIC_MASK(irs_ist_baser, ADDR) | 1);
    was = VGIC_GET(old, irs_ist_baser, VALID);
    is = VGIC_GET(new, irs_ist_baser, VALID);
    if (atomic_load(&ist->busy)) {
        vgic_unlock(&v5->lock);
        return VGIC_RULE_IST_VALID;
    }
    if (was && !is) {
        return make_invalid(irs, domain, ist);
    }
    if (!was && is) {
        return make_valid(irs, domain, ist, new);
    }
    if (!was) {
        atomic_store(&ist->baser, new);
    }
    vgic_unlock(&v5->lock);
    return was && new != old ? VGIC_RULE_IST_VALID : VGIC_RULE_NONE;
}

uint32_t vgic_v5_ist_cfgr_fields(const VgicV5 *v5)
{
    return (uint32_t)(VGIC_MASK(irs_ist_cfgr, LPI_ID_BITS) | VGIC_MASK(irs_ist_cfgr, L2SZ) |
                      VGIC_MASK(irs_ist_cfgr, ISTSZ) |
                      (v5->two_level ? VGIC_MASK(irs_ist_cfgr, STRUCTURE) : 0));
}

VgicRule vgic_v5_ist_write_cfgr(VgicIrs *irs, unsigned domain, uint32_t value)
{
    VgicV5 *v5 = irs->gic->v5;
    VgicIst *ist = &v5->ist[domain];
    bool fixed;

    vgic_lock(&v5->lock);
    fixed = atomic_load(&ist->end) || atomic_load(&ist->busy);
    if (!fixed) {
        atomic_store(&ist->cfgr, value & vgic_v5_ist_cfgr_fields(v5));
    }
    vgic_unlock(&v5->lock);
    return fixed ? VGIC_RULE_IST_VALID : VGIC_RULE_NONE;
}

VgicRule vgic_v5_ist_map_l2(VgicIrs *irs, unsigned domain, uint32_t id)
{
    VgicV5 *v5 = irs->gic->v5;
    VgicIstLayout layout;
    uint64_t epoch, entry1, raw, at;
    uint32_t first, end;

    if (!snapshot(v5, &v5->ist[domain], &layout, &epoch) || !layout.l2_bits ||
        id >> layout.id_bits) {
        return VGIC_RULE_IST_MAP;
    }
    at = entry1_address(&layout, id);
    if (!read_entry1(irs, domain, at, &entry1)) {
        vgic_irs_note_error(irs, domain, VGIC_SWERR_MAP_L2, id, at);
        return VGIC_RULE_IST_BUS;
    }
    if (VGIC_GET(entry1, l1_iste, VALID)) {
        return VGIC_RULE_NONE;
    }
    raw = GUINT64_TO_LE(entry1 | VGIC_MASK(l1_iste, VALID));
    if (!vgic_write_memory_in(irs->gic, vgic_v5_space_of(v5, domain), at, &raw, sizeof(raw))) {
        vgic_irs_note_error(irs, domain, VGIC_SWERR_MAP_L2, id, at);
        return VGIC_RULE_IST_BUS;
    }
    first = id & ~0u << layout.l2_bits;
    end = MIN(1u << layout.id_bits, first + (1u << layout.l2_bits));
    return take_over(irs, domain, &layout, l2_table(entry1), first, end);
}

void vgic_v5_ist_reset(Vgic *gic)
{
    VgicV5 *v5 = gic->v5;

    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        VgicIst *ist = &v5->ist[domain];

        vgic_lock(&v5->lock);
        atomic_store(&ist->baser, 0);
        atomic_store(&ist->cfgr, 0);
        atomic_store(&ist->end, 0);
        atomic_fetch_add(&ist->epoch, 1);
        vgic_unlock(&v5->lock);
        if (vgic_v5_has_domain(v5, domain)) {
            forget_all(gic, domain, NULL);
        }
    }
}

uint32_t vgic_v5_ist_end(const VgicV5 *v5, uint64_t baser, uint32_t cfgr)
{
    return VGIC_GET(baser, irs_ist_baser, VALID) ? 1u << layout_of(v5, baser, cfgr).id_bits : 0;
}

void vgic_v5_ist_restore(VgicV5 *v5, unsigned domain, uint64_t baser, uint32_t cfgr)
{
    VgicIst *ist = &v5->ist[domain];

    vgic_lock(&v5->lock);
    atomic_store(&ist->baser, baser);
    atomic_store(&ist->cfgr, cfgr);
    ist->layout = layout_of(v5, baser, cfgr);
    atomic_store(&ist->end, vgic_v5_ist_end(v5, baser, cfgr));
    atomic_fetch_add(&ist->epoch, 1);
    vgic_unlock(&v5->lock);
}
