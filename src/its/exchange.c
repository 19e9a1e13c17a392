/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables as KVM's in-kernel ITS saves and restores them: distances from each valid entry to the
 * next, and a packed list of collections. Nothing here runs while the guest does.
 */
#include <glib.h>

#include <vgic/its.h>

#include "core/report.h"
#include "its/its.h"
#include "v3/lpi.h"

enum {
    BLOCK = 512,         /* entries that are read at once */
    KVM_EVENT_BITS = 16, /* devices with more are not KVM's, and stay as they are */
};

/*
 * A table, or part of one, whose valid entries are being linked: the last valid one waits for the
 * next, because its distance is not known before.
 */
typedef struct Chain {
    const VgicIts *its;
    unsigned shift; /* of the distance in an entry */
    uint64_t most;  /* the largest distance */
    uint64_t last, last_address, last_entry;
    bool any, good;
} Chain;

static bool store(const VgicIts *its, uint64_t address, uint64_t entry)
{
    uint64_t raw = GUINT64_TO_LE(entry);

    return vgic_write_memory(its->gic, address, &raw, sizeof(raw));
}

static void end_chain(Chain *chain, uint64_t distance)
{
    uint64_t mask = chain->most << chain->shift;
    uint64_t entry = (chain->last_entry & ~mask) | MIN(distance, chain->most) << chain->shift;

    if (chain->any) {
        chain->good &= store(chain->its, chain->last_address, entry);
    }
}

static void link_entry(Chain *chain, uint64_t index, uint64_t address, uint64_t entry)
{
    end_chain(chain, index - chain->last);
    chain->any = true;
    chain->last = index;
    chain->last_address = address;
    chain->last_entry = entry;
}

/* Visits the entries of a piece of a table, block by block. */
typedef void EntryVisitor(void *data, uint64_t index, uint64_t address, uint64_t entry);

static bool visit_entries(const VgicIts *its, uint64_t address, uint64_t first, uint64_t count,
                          EntryVisitor *visit, void *data)
{
    for (uint64_t at = 0; at < count; at += BLOCK) {
        uint64_t entries[BLOCK];
        uint64_t here = MIN(BLOCK, count - at);

        if (!vgic_read_memory(its->gic, address + at * GITS_ENTRY_SIZE, entries,
                              here * GITS_ENTRY_SIZE)) {
            return false;
        }
        for (uint64_t i = 0; i < here; i++) {
            if (entries[i]) {
                visit(data, first + at + i, address + (at + i) * GITS_ENTRY_SIZE,
                      GUINT64_FROM_LE(entries[i]));
            }
        }
    }
    return true;
}

/* Visits a whole table, as far as its second level is there: a page's worth of entries at a time.
 */
static bool visit_table(const VgicIts *its, uint64_t baser, uint64_t count, EntryVisitor *visit,
                        void *data)
{
    uint64_t piece = 0x1000 / GITS_ENTRY_SIZE;
    bool good = true;

    count = MIN(count, vgic_its_entries(baser));
    for (uint64_t first = 0; first < count;) {
        uint64_t address, here = MIN(piece, count - first);
        VgicRule rule = vgic_its_entry(its, baser, first, VGIC_RULE_ITS_DEVICE, &address);

        if (!rule) {
            good &= visit_entries(its, address, first, here, visit, data);
        }
        good &= rule != VGIC_RULE_ITS_BUS;
        first += here;
    }
    return good;
}

/* Export */

typedef struct Export {
    VgicIts *its;
    Chain devices;
    Chain events; /* of the device at hand */
    bool good;
} Export;

/* An event of no collection is saved as none. */
static void export_event(void *data, uint64_t event, uint64_t address, uint64_t entry)
{
    Export *export = data;
    VgicCpu *cpu;

    if (!VGIC_GET(entry, gits_ite, pINTID)) {
        return;
    }
    if (vgic_its_collection(export->its, (uint32_t)VGIC_GET(entry, gits_ite, ICID), &cpu)) {
        export->good &= store(export->its, address, 0);
        vgic_its_count(export->its);
        return;
    }
    link_entry(&export->events, event, address, entry);
}

static void export_device(void *data, uint64_t device, uint64_t address, uint64_t entry)
{
    Export *export = data;
    uint64_t itt = VGIC_GET(entry, gits_dte, ITT_addr) << gits_dw2_ITT_addr_lsb;
    uint64_t bits = VGIC_GET(entry, gits_dte, Size) + 1;

    if (!VGIC_GET(entry, gits_dte, Valid)) {
        return;
    }
    link_entry(&export->devices, device, address, entry);
    if (bits > KVM_EVENT_BITS) {
        return;
    }
    export->events = (Chain){.its = export->its,
                             .shift = gits_ite_Next_lsb,
                             .most = (UINT64_C(1) << gits_ite_Next_width) - 1,
                             .good = true};
    export->good &= visit_entries(export->its, itt, 0, UINT64_C(1) << bits, export_event, export);
    end_chain(&export->events, 0);
    export->good &= export->events.good;
}

static bool export_devices(VgicIts *its)
{
    uint64_t baser = its->baser[VGIC_ITS_DEVICES];
    Export export = {
        .its = its,
        .devices = {.its = its,
                    .shift = gits_dte_Next_lsb,
                    .most = (UINT64_C(1) << gits_dte_Next_width) - 1,
                    .good = true},
        .good = true,
    };

    if (!VGIC_GET(baser, gits_baser, Valid)) {
        return true;
    }
    export.good &= visit_table(its, baser, UINT64_C(1) << its->device_bits, export_device, &export);
    end_chain(&export.devices, 0);
    vgic_cache_drop_all(&its->cache);
    return export.good && export.devices.good;
}

/* Is the collection table one that is packed: flat, and all collections in it? */
static bool is_packed(const VgicIts *its)
{
    uint64_t baser = its->baser[VGIC_ITS_COLLECTIONS];

    return VGIC_GET(baser, gits_baser, Valid) && !VGIC_GET(baser, gits_baser, Indirect) &&
           !its->hardware_collections;
}

/* The numbers of collections that the flat table has room for. */
static uint32_t room(const VgicIts *its)
{
    uint64_t entries = vgic_its_entries(its->baser[VGIC_ITS_COLLECTIONS]);

    return (uint32_t)MIN(entries, UINT64_C(1) << its->collection_bits);
}

static bool store_collection(const VgicIts *its, uint32_t index, uint64_t entry)
{
    uint64_t address;

    return vgic_its_entry(its, its->baser[VGIC_ITS_COLLECTIONS], index, VGIC_RULE_ITS_COLLECTION,
                          &address) == VGIC_RULE_NONE &&
           store(its, address, entry);
}

static uint64_t collection_entry(uint32_t icid, uint32_t pe)
{
    return VGIC_PUT(gits_cte, Valid, 1) | VGIC_PUT(gits_cte, RDbase, pe) |
           VGIC_PUT(gits_cte, ICID, icid);
}

/* Each is read, so that the cache knows it, before the first is overwritten. */
static bool export_collections(VgicIts *its)
{
    uint32_t count = room(its), packed = 0;
    bool good = true;

    if (!is_packed(its)) {
        return true;
    }
    for (uint32_t icid = 0; icid < count; icid++) {
        VgicCpu *cpu;

        good &= vgic_its_collection(its, icid, &cpu) != VGIC_RULE_ITS_BUS;
    }
    for (uint32_t icid = 0; icid < count; icid++) {
        uint16_t pe = its->collections[icid];

        if (pe < its->gic->cpu_count) {
            good &= store_collection(its, packed++, collection_entry(icid, pe));
        }
    }
    return good && (packed == count || store_collection(its, packed, 0));
}

/* @p cpu: UINT32_MAX for an ITS. */
static void report(const Vgic *gic, const char *frame, uint32_t cpu, VgicRule rule)
{
    VgicReport told = {.rule = vgic_rule_name(rule),
                       .frame = frame,
                       .cpu = cpu,
                       .intid = UINT32_MAX,
                       .device = UINT32_MAX,
                       .event = UINT32_MAX};

    vgic_report(gic, &told, vgic_rule_text(rule));
}

/* Does @p exchange with the pending table of each PE that has its LPIs enabled. */
static bool with_pending_tables(Vgic *gic, bool (*exchange)(VgicCpu *cpu))
{
    bool good = true;

    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        VgicCpu *cpu = &gic->cpus[i];

        if (cpu->redist.enable_lpis && !exchange(cpu)) {
            report(gic, "GICR", cpu->index, VGIC_RULE_LPI_TABLE);
            good = false;
        }
    }
    return good;
}

/* Linux has a layout for the tables of GICv3's ITS only. */
static bool has_kvm_layout(const Vgic *gic, const char *function)
{
    if (gic->v5) {
        vgic_host_error(gic, function, "the GIC is a GICv5, whose tables need no exchange");
    }
    return !gic->v5;
}

bool vgic_export_tables(Vgic *gic)
{
    bool good = true;

    if (!vgic_check_gic(gic, __func__) || !has_kvm_layout(gic, __func__)) {
        return false;
    }
    for (uint32_t i = 0; i < gic->its_count; i++) {
        VgicIts *its = &gic->its[i];

        /* Events need to know which collections are mapped: devices first. */
        bool devices = export_devices(its), collections = export_collections(its);

        if (!devices || !collections) {
            report(gic, its->name, UINT32_MAX, VGIC_RULE_ITS_BUS);
            good = false;
        }
    }
    return with_pending_tables(gic, vgic_lpi_write_pending) && good;
}

/* Import */

/* The collection table as it is in memory, by index: its valid entries, the others 0. */
typedef struct CollectionTable {
    uint32_t count;
    uint64_t *entries;
} CollectionTable;

static void note_collection(void *data, uint64_t index, uint64_t address, uint64_t entry)
{
    const CollectionTable *table = data;

    (void)address;
    if (VGIC_GET(entry, gits_cte, Valid)) {
        table->entries[index] = entry;
    }
}

/* The library's own form: each at its index, and not one after the other, as in a list. */
static bool is_indexed(const CollectionTable *table)
{
    bool gap = false, after_gap = false;

    for (uint32_t i = 0; i < table->count; i++) {
        if (!table->entries[i]) {
            gap = true;
        } else if (VGIC_GET(table->entries[i], gits_cte, ICID) != i) {
            return false;
        } else {
            after_gap |= gap;
        }
    }
    return after_gap;
}

/* Takes a list's entry into @p pes, by ICID; the rule says why not. */
static VgicRule take_entry(const VgicIts *its, uint64_t entry, uint32_t count, uint16_t *pes)
{
    uint32_t icid = (uint32_t)VGIC_GET(entry, gits_cte, ICID);
    uint64_t rdbase = VGIC_GET(entry, gits_cte, RDbase);

    /* KVM's number for a collection without a PE. */
    if ((uint32_t)rdbase == UINT32_MAX) {
        return VGIC_RULE_NONE;
    }
    if (icid >= count || pes[icid] != VGIC_COLLECTION_UNMAPPED) {
        return VGIC_RULE_ITS_COLLECTION;
    }
    if (rdbase >= its->gic->cpu_count) {
        return VGIC_RULE_ITS_RDBASE;
    }
    pes[icid] = (uint16_t)rdbase;
    return VGIC_RULE_NONE;
}

/* From a list to a place for each. */
static VgicRule spread(VgicIts *its, const CollectionTable *table)
{
    uint16_t *pes = g_new(uint16_t, table->count);
    VgicRule rule = VGIC_RULE_NONE;

    for (uint32_t i = 0; i < table->count; i++) {
        pes[i] = VGIC_COLLECTION_UNMAPPED;
    }
    for (uint32_t i = 0; i < table->count && table->entries[i]; i++) {
        VgicRule one = take_entry(its, table->entries[i], table->count, pes);

        rule = rule ? rule : one;
    }
    for (uint32_t icid = 0; icid < table->count; icid++) {
        bool mapped = pes[icid] != VGIC_COLLECTION_UNMAPPED;

        if (!store_collection(its, icid, mapped ? collection_entry(icid, pes[icid]) : 0)) {
            rule = VGIC_RULE_ITS_BUS;
        }
        its->collections[icid] = pes[icid];
    }
    g_free(pes);
    return rule;
}

static VgicRule import_collections(VgicIts *its)
{
    CollectionTable table = {.count = is_packed(its) ? room(its) : 0};
    VgicRule rule = VGIC_RULE_NONE;

    if (!table.count) {
        return VGIC_RULE_NONE;
    }
    table.entries = g_new0(uint64_t, table.count);
    if (!visit_table(its, its->baser[VGIC_ITS_COLLECTIONS], table.count, note_collection, &table)) {
        rule = VGIC_RULE_ITS_BUS;
    } else if (!is_indexed(&table)) {
        rule = spread(its, &table);
    }
    g_free(table.entries);
    return rule;
}

/* What KVM refuses, the first mistake of a table; such an entry translates nothing here either, or
 * nothing that KVM would translate. */
typedef struct Check {
    VgicIts *its;
    uint64_t events; /* of the device at hand */
    VgicRule rule;
    bool good;
} Check;

static void check_event(void *data, uint64_t event, uint64_t address, uint64_t entry)
{
    Check *check = data;
    uint64_t intid = VGIC_GET(entry, gits_ite, pINTID);
    VgicRule rule = VGIC_RULE_NONE;
    VgicCpu *cpu;

    (void)address;
    if (!intid || check->rule) {
        return;
    }
    if (intid < VGIC_INTID_LPI || intid >> check->its->gic->lpis.bits) {
        rule = VGIC_RULE_ITS_INTID;
    } else if (event + VGIC_GET(entry, gits_ite, Next) >= check->events) {
        rule = VGIC_RULE_ITS_EVENT;
    } else {
        rule = vgic_its_collection(check->its, (uint32_t)VGIC_GET(entry, gits_ite, ICID), &cpu);
    }
    check->rule = rule;
}

static void check_device(void *data, uint64_t device, uint64_t address, uint64_t entry)
{
    Check *check = data;
    uint64_t itt = VGIC_GET(entry, gits_dte, ITT_addr) << gits_dw2_ITT_addr_lsb;
    uint64_t bits = VGIC_GET(entry, gits_dte, Size) + 1;

    (void)device, (void)address;
    if (!VGIC_GET(entry, gits_dte, Valid) || check->rule) {
        return;
    }
    if (bits > MIN(KVM_EVENT_BITS, check->its->event_bits)) {
        check->rule = VGIC_RULE_ITS_ITT_SIZE;
        return;
    }
    check->events = UINT64_C(1) << bits;
    check->good &= visit_entries(check->its, itt, 0, check->events, check_event, check);
}

static VgicRule check_devices(VgicIts *its)
{
    uint64_t baser = its->baser[VGIC_ITS_DEVICES];
    Check check = {.its = its, .good = true};

    if (!VGIC_GET(baser, gits_baser, Valid)) {
        return VGIC_RULE_NONE;
    }
    check.good &= visit_table(its, baser, UINT64_C(1) << its->device_bits, check_device, &check);
    return check.good ? check.rule : VGIC_RULE_ITS_BUS;
}

static VgicRule import_its(VgicIts *its)
{
    VgicRule rule;

    vgic_lock(&its->lock);
    vgic_its_forget_collections(its);
    vgic_cache_drop_all(&its->cache);
    vgic_its_count(its);
    vgic_unlock(&its->lock);
    rule = import_collections(its);
    vgic_its_count(its);
    return rule ? rule : check_devices(its);
}

bool vgic_import_tables(Vgic *gic)
{
    bool good = true;

    if (!vgic_check_gic(gic, __func__) || !has_kvm_layout(gic, __func__)) {
        return false;
    }
    for (uint32_t i = 0; i < gic->its_count; i++) {
        VgicRule rule = import_its(&gic->its[i]);

        if (rule) {
            report(gic, gic->its[i].name, UINT32_MAX, rule);
            good = false;
        }
    }
    return with_pending_tables(gic, vgic_lpi_take_pending) && good;
}
