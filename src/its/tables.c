/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of an ITS in guest memory: where an entry is, and what it says [6.1]. */
#include <glib.h>

#include "its/its.h"

static uint64_t page_size(uint64_t baser)
{
    static const uint32_t sizes[] = {0x1000, 0x4000, 0x10000, 0x10000};

    return sizes[VGIC_GET(baser, gits_baser, Page_Size)];
}

/* With 64 KiB pages the lowest bits of the field are bits 51 to 48 of the address. */
static uint64_t table_address(uint64_t baser)
{
    uint64_t address = baser & VGIC_MASK(gits_baser, Physical_Address);

    if (page_size(baser) == 0x10000) {
        address = (address & ~UINT64_C(0xF000)) | (address & 0xF000) << 36;
    }
    return address & ~(page_size(baser) - 1);
}

static uint64_t table_bytes(uint64_t baser)
{
    return (VGIC_GET(baser, gits_baser, Size) + 1) * page_size(baser);
}

uint64_t vgic_its_entries(uint64_t baser)
{
    uint64_t entries = table_bytes(baser) / GITS_ENTRY_SIZE;

    return VGIC_GET(baser, gits_baser, Indirect) ? entries * (page_size(baser) / GITS_ENTRY_SIZE)
                                                 : entries;
}

static bool read64(const VgicIts *its, uint64_t address, uint64_t *value)
{
    uint64_t raw;
    bool good = vgic_read_memory(its->gic, address, &raw, sizeof(raw));

    *value = good ? GUINT64_FROM_LE(raw) : 0;
    return good;
}

static bool write64(const VgicIts *its, uint64_t address, uint64_t value)
{
    uint64_t raw = GUINT64_TO_LE(value);

    return vgic_write_memory(its->gic, address, &raw, sizeof(raw));
}

VgicRule vgic_its_entry(const VgicIts *its, uint64_t baser, uint64_t index, VgicRule missing,
                        uint64_t *address)
{
    uint64_t in_page = page_size(baser) / GITS_ENTRY_SIZE, level1;

    if (!VGIC_GET(baser, gits_baser, Valid) || index >= vgic_its_entries(baser)) {
        return missing;
    }
    if (!VGIC_GET(baser, gits_baser, Indirect)) {
        *address = table_address(baser) + index * GITS_ENTRY_SIZE;
        return VGIC_RULE_NONE;
    }
    if (!read64(its, table_address(baser) + index / in_page * GITS_ENTRY_SIZE, &level1)) {
        return VGIC_RULE_ITS_BUS;
    }
    if (!VGIC_GET(level1, gits_l1, Valid)) {
        return missing;
    }
    *address = (level1 & VGIC_MASK(gits_l1, Physical_Address) & ~(page_size(baser) - 1)) +
               index % in_page * GITS_ENTRY_SIZE;
    return VGIC_RULE_NONE;
}

/* Devices */

static VgicRule device_address(const VgicIts *its, uint32_t device, uint64_t *address)
{
    uint64_t baser = atomic_load(&its->baser[VGIC_ITS_DEVICES]);

    if ((uint64_t)device >> its->device_bits) {
        return VGIC_RULE_ITS_DEVICE;
    }
    return vgic_its_entry(its, baser, device, VGIC_RULE_ITS_DEVICE, address);
}

VgicRule vgic_its_read_device(const VgicIts *its, uint32_t device, VgicDte *dte)
{
    uint64_t address, entry;
    VgicRule rule = device_address(its, device, &address);

    if (rule) {
        return rule;
    }
    if (!read64(its, address, &entry)) {
        return VGIC_RULE_ITS_BUS;
    }
    dte->itt = VGIC_GET(entry, gits_dte, ITT_addr) << gits_dw2_ITT_addr_lsb;
    /* The guest could have written the entry itself. */
    dte->event_bits = MIN((uint32_t)VGIC_GET(entry, gits_dte, Size) + 1, its->event_bits);
    return VGIC_GET(entry, gits_dte, Valid) ? VGIC_RULE_NONE : VGIC_RULE_ITS_DEVICE;
}

VgicRule vgic_its_write_device(const VgicIts *its, uint32_t device, const VgicDte *dte)
{
    uint64_t address, entry = 0;
    VgicRule rule = device_address(its, device, &address);

    if (rule) {
        return rule;
    }
    /* The next entry may be a valid one: whoever follows the distances looks at each. */
    if (dte) {
        bool last = (uint64_t)device + 1 == UINT64_C(1) << its->device_bits;

        entry = VGIC_PUT(gits_dte, Valid, 1) | VGIC_PUT(gits_dte, Next, !last) |
                VGIC_PUT(gits_dte, ITT_addr, dte->itt >> gits_dw2_ITT_addr_lsb) |
                VGIC_PUT(gits_dte, Size, dte->event_bits - 1);
    }
    return write64(its, address, entry) ? VGIC_RULE_NONE : VGIC_RULE_ITS_BUS;
}

/* Events */

VgicRule vgic_its_read_event(const VgicIts *its, const VgicDte *dte, uint32_t event, VgicIte *ite)
{
    uint64_t entry;

    if ((uint64_t)event >> dte->event_bits) {
        return VGIC_RULE_ITS_EVENT;
    }
    if (!read64(its, dte->itt + (uint64_t)event * GITS_ENTRY_SIZE, &entry)) {
        return VGIC_RULE_ITS_BUS;
    }
    ite->intid = (uint32_t)VGIC_GET(entry, gits_ite, pINTID);
    ite->collection = (uint32_t)VGIC_GET(entry, gits_ite, ICID);
    /* What is no LPI was written by the guest. */
    return ite->intid >= VGIC_INTID_LPI && !(ite->intid >> its->gic->lpis.bits)
               ? VGIC_RULE_NONE
               : VGIC_RULE_ITS_EVENT;
}

VgicRule vgic_its_write_event(const VgicIts *its, const VgicDte *dte, uint32_t event,
                              const VgicIte *ite)
{
    uint64_t entry = 0;

    if ((uint64_t)event >> dte->event_bits) {
        return VGIC_RULE_ITS_EVENT;
    }
    if (ite) {
        bool last = (uint64_t)event + 1 == UINT64_C(1) << dte->event_bits;

        entry = VGIC_PUT(gits_ite, pINTID, ite->intid) | VGIC_PUT(gits_ite, ICID, ite->collection) |
                VGIC_PUT(gits_ite, Next, !last);
    }
    return write64(its, dte->itt + (uint64_t)event * GITS_ENTRY_SIZE, entry) ? VGIC_RULE_NONE
                                                                             : VGIC_RULE_ITS_BUS;
}

VgicRule vgic_its_find(const VgicIts *its, uint32_t device, uint32_t event, VgicDte *dte,
                       VgicIte *ite)
{
    VgicRule rule = vgic_its_read_device(its, device, dte);

    return rule ? rule : vgic_its_read_event(its, dte, event, ite);
}

/* Collections */

static VgicRule collection_address(const VgicIts *its, uint32_t icid, uint64_t *address)
{
    uint64_t baser = atomic_load(&its->baser[VGIC_ITS_COLLECTIONS]);

    if (icid >> its->collection_bits) {
        return VGIC_RULE_ITS_COLLECTION;
    }
    return vgic_its_entry(its, baser, icid - its->hardware_collections, VGIC_RULE_ITS_COLLECTION,
                          address);
}

VgicRule vgic_its_check_collection(const VgicIts *its, uint32_t icid)
{
    uint64_t address;

    return icid < its->hardware_collections ? VGIC_RULE_NONE
                                            : collection_address(its, icid, &address);
}

/* Reads a collection's entry: the value for VgicIts.collections. */
static VgicRule read_collection(const VgicIts *its, uint32_t icid, uint16_t *pe)
{
    uint64_t address, entry;
    VgicRule rule = collection_address(its, icid, &address);

    *pe = VGIC_COLLECTION_UNMAPPED;
    if (rule) {
        return rule;
    }
    if (!read64(its, address, &entry)) {
        return VGIC_RULE_ITS_BUS;
    }
    if (VGIC_GET(entry, gits_cte, Valid) && VGIC_GET(entry, gits_cte, ICID) == icid &&
        VGIC_GET(entry, gits_cte, RDbase) < its->gic->cpu_count) {
        *pe = (uint16_t)VGIC_GET(entry, gits_cte, RDbase);
    }
    return VGIC_RULE_NONE;
}

/* Caches what was read, unless the table or the mapping changed meanwhile. */
static void keep_collection(VgicIts *its, uint32_t icid, uint16_t pe, uint64_t generation)
{
    vgic_lock(&its->lock);
    if (vgic_its_generation(its) == generation &&
        its->collections[icid] == VGIC_COLLECTION_UNKNOWN) {
        its->collections[icid] = pe;
    }
    vgic_unlock(&its->lock);
}

VgicRule vgic_its_look_up_collection(VgicIts *its, uint32_t icid, VgicCpu **cpu)
{
    uint64_t generation = vgic_its_generation(its);
    uint16_t pe;
    VgicRule rule = read_collection(its, icid, &pe);

    if (rule == VGIC_RULE_ITS_BUS) {
        return rule;
    }
    keep_collection(its, icid, pe, generation);
    *cpu = pe < its->gic->cpu_count ? &its->gic->cpus[pe] : NULL;
    return *cpu ? VGIC_RULE_NONE : VGIC_RULE_ITS_COLLECTION;
}

static VgicRule write_collection(const VgicIts *its, uint32_t icid, const VgicCpu *cpu)
{
    uint64_t address, entry = 0;
    VgicRule rule = collection_address(its, icid, &address);

    if (rule) {
        return rule;
    }
    if (cpu) {
        entry = VGIC_PUT(gits_cte, Valid, 1) | VGIC_PUT(gits_cte, RDbase, cpu->index) |
                VGIC_PUT(gits_cte, ICID, icid);
    }
    return write64(its, address, entry) ? VGIC_RULE_NONE : VGIC_RULE_ITS_BUS;
}

VgicRule vgic_its_map_collection(VgicIts *its, uint32_t icid, const VgicCpu *cpu, uint32_t epoch)
{
    if (icid >= its->hardware_collections) {
        VgicRule rule = write_collection(its, icid, cpu);

        if (rule) {
            return rule;
        }
    }
    vgic_its_count(its);
    vgic_lock(&its->lock);
    if (its->epoch == epoch) {
        its->collections[icid] = cpu ? (uint16_t)cpu->index : VGIC_COLLECTION_UNMAPPED;
    }
    vgic_unlock(&its->lock);
    vgic_its_count(its);
    return VGIC_RULE_NONE;
}

void vgic_its_forget_collections(VgicIts *its)
{
    vgic_its_count(its);
    for (uint32_t icid = its->hardware_collections; icid < 1u << its->collection_bits; icid++) {
        atomic_store_explicit(&its->collections[icid], VGIC_COLLECTION_UNKNOWN,
                              memory_order_relaxed);
    }
    vgic_its_count(its);
}

VgicCpu *vgic_its_redistributor(const VgicIts *its, uint64_t rdbase)
{
    Vgic *gic = its->gic;

    if (!its->redist_addresses) {
        return rdbase < gic->cpu_count ? &gic->cpus[rdbase] : NULL;
    }
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        if (its->redist_addresses[i] >> gits_dw2_RDbase_lsb == rdbase) {
            return &gic->cpus[i];
        }
    }
    return NULL;
}
