/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of an ITS of GICv5 in guest memory: where an entry is, and what it says [GICv5 5.3].
 */
#include <glib.h>

#include "v5/its.h"

/* A device table or a translation table. */
typedef struct Table {
    uint64_t base;
    unsigned bits;    /* of an index */
    unsigned l2_bits; /* of an index in a table of level 2; 0: the table is linear */
    unsigned code;    /* of its faults */
} Table;

/* Index bits of a table of level 2 with 8-byte entries; size 3 is reserved. */
static unsigned l2_bits(uint64_t l2sz)
{
    return 9 + 2 * (unsigned)(l2sz == 3 ? 0 : l2sz);
}

static bool read64(const VgicV5ItsDomain *domain, uint64_t address, uint64_t *value)
{
    uint64_t raw;
    bool good = vgic_read_memory_in(domain->its->gic, domain->space, address, &raw, sizeof(raw));

    *value = good ? GUINT64_FROM_LE(raw) : 0;
    return good;
}

static VgicRule fault_at(const Table *table, uint64_t address, VgicItsFault *fault)
{
    *fault = (VgicItsFault){.address = address, .code = table->code};
    return VGIC_RULE_ITS_BUS;
}

static VgicRule read_entry(const VgicV5ItsDomain *domain, const Table *table, uint32_t index,
                           uint64_t *entry, VgicItsFault *fault)
{
    uint64_t address = table->base + (uint64_t)index * ITS_ENTRY_SIZE, level1;

    if ((uint64_t)index >> table->bits) {
        return VGIC_RULE_ITS_MSI;
    }
    if (table->l2_bits) {
        uint64_t inner = index & ((UINT64_C(1) << table->l2_bits) - 1);
        unsigned span;

        address = table->base + (uint64_t)(index >> table->l2_bits) * ITS_ENTRY_SIZE;
        if (!read64(domain, address, &level1)) {
            return fault_at(table, address, fault);
        }
        span = (unsigned)VGIC_GET(level1, its_l1, SPAN);
        if (!VGIC_GET(level1, its_l1, VALID) || inner >> MIN(span, table->l2_bits)) {
            return VGIC_RULE_ITS_MSI;
        }
        address = (level1 & VGIC_MASK(its_l1, L2_ADDR)) + inner * ITS_ENTRY_SIZE;
    }
    return read64(domain, address, entry) ? VGIC_RULE_NONE : fault_at(table, address, fault);
}

/* ITS_DT_BASER and ITS_DT_CFGR may be in the middle of a change; then nothing comes of it. */
static Table device_table(const VgicV5ItsDomain *domain)
{
    uint64_t baser = atomic_load(&domain->dt_baser);
    uint32_t cfgr = atomic_load(&domain->dt_cfgr);
    Table table = {
        .base = baser & VGIC_MASK(its_dt_baser, ADDR),
        .bits = MIN((unsigned)VGIC_GET(cfgr, its_dt_cfgr, DEVICEID_BITS), domain->its->device_bits),
        .code = VGIC_SWERR_DTE,
    };

    if (VGIC_GET(cfgr, its_dt_cfgr, STRUCTURE)) {
        table.l2_bits = l2_bits(VGIC_GET(cfgr, its_dt_cfgr, L2SZ));
    }
    return table;
}

/* A device's. Two levels are taken although ITS_IDR1.ITT_LEVELS does not offer them. */
static Table translation_table(const VgicV5Its *its, uint64_t dte)
{
    Table table = {
        .base = dte & VGIC_MASK(l2_dte, ITT_ADDR),
        .bits = MIN((unsigned)VGIC_GET(dte, l2_dte, EVENTID_BITS), its->event_bits),
        .code = VGIC_SWERR_ITTE,
    };

    if (VGIC_GET(dte, l2_dte, ITT_STRUCTURE)) {
        table.l2_bits = l2_bits(VGIC_GET(dte, l2_dte, ITT_L2SZ));
    }
    return table;
}

VgicRule vgic_v5_its_walk(const VgicV5ItsDomain *domain, uint32_t device, uint32_t event,
                          uint64_t *itte, VgicItsFault *fault)
{
    Table table = device_table(domain);
    uint64_t dte;
    VgicRule rule = read_entry(domain, &table, device, &dte, fault);

    if (rule) {
        return rule;
    }
    if (!VGIC_GET(dte, l2_dte, VALID)) {
        return VGIC_RULE_ITS_MSI;
    }
    table = translation_table(domain->its, dte);
    rule = read_entry(domain, &table, event, itte, fault);
    if (rule) {
        return rule;
    }
    return VGIC_GET(*itte, l2_itte, VALID) ? VGIC_RULE_NONE : VGIC_RULE_ITS_MSI;
}
