/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt State Tables in guest memory, and the LPIs that are cached of them. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

#define IST_ADDR UINT64_C(0x00FFFFFFFFFFFFC0)
#define L2_ADDR UINT64_C(0x00FFFFFFFFFFF000)
#define SWERR_ADDR UINT64_C(0x00FFFFFFFFFFFFF8)

/* Software errors of an IRS. */
enum {
    EC_MAP = 0,
    EC_L1 = 1,
    EC_L2 = 2
};

/* Bits of an L2_ISTE. */
enum {
    ISTE_PENDING = 1,
    ISTE_ACTIVE = 2,
    ISTE_HM = 4,
    ISTE_ENABLE = 8,
    ISTE_IRM = 16
};

static Memory *memory_of(Ref *ref, uint8_t domain)
{
    return ref->memory[ref5_space(ref, domain)];
}

static bool load32(Ref *ref, uint8_t domain, uint64_t address, uint32_t *value)
{
    uint8_t b[4];
    bool ok = memory_read(memory_of(ref, domain), address, b, 4);
    *value = ok ? b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24 : 0;
    return ok;
}

static bool store32(Ref *ref, uint8_t domain, uint64_t address, uint32_t value)
{
    uint8_t b[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                    (uint8_t)(value >> 24)};
    return memory_write(memory_of(ref, domain), address, b, 4);
}

/* The first error stays. */
static void software_error(Ref *ref, uint32_t irs, uint8_t domain, uint8_t ec, uint32_t id,
                           uint64_t address)
{
    Swerr *swerr = &ref->irs[irs].domain[domain].swerr;
    if (ref->config.v5.no_software_errors) {
        return;
    }
    count5(ref, ec == EC_MAP ? COUNT_SWERR_0 : ec == EC_L1 ? COUNT_SWERR_1 : COUNT_SWERR_2);
    if (swerr->v) {
        swerr->of = true;
        count5(ref, COUNT_SWERR_OVERFLOW);
        return;
    }
    *swerr = (Swerr){.v = true,
                     .s0v = true,
                     .s1v = true,
                     .ec = ec,
                     .syndrome0 = (uint64_t)id << 32 | (uint64_t)TYPE_LPI << 60,
                     .syndrome1 = address & SWERR_ADDR};
}

Irq *ref5_cached_lpi(Ref *ref, uint8_t domain, uint32_t id)
{
    Ist *ist = &ref->ist[domain];
    for (uint32_t i = 0; i < ist->count; i++) {
        if (ist->lpi[i].id == id) {
            return &ist->lpi[i];
        }
    }
    return NULL;
}

/* Records are made in chunks of 1,024 LPIs, and the host limits how many. */
static bool has_room(Ref *ref, uint8_t domain, uint32_t id)
{
    uint32_t limit = ref->config.lpi_limit ? (ref->config.lpi_limit - 1) / 1024 + 1 : UINT32_MAX;
    uint32_t used = 0;
    Ist *ist = &ref->ist[domain];
    for (uint32_t i = 0; i < ist->chunks; i++) {
        if (ist->chunk[i] == id / 1024) {
            return true;
        }
    }
    for (uint32_t d = 0; d < R5_DOMAINS; d++) {
        used += ref->ist[d].chunks;
    }
    if (used >= limit) {
        return false;
    }
    if (ist->chunks == R5_MAX_CHUNKS) {
        abort(); /* the generator uses fewer */
    }
    ist->chunk[ist->chunks++] = id / 1024;
    return true;
}

static Irq *insert(Ist *ist, const Irq *irq)
{
    if (ist->count == ist->room) {
        ist->room = ist->room ? ist->room * 2 : 64;
        ist->lpi = realloc(ist->lpi, ist->room * sizeof(*ist->lpi));
        if (!ist->lpi) {
            abort();
        }
    }
    uint32_t at = 0;
    while (at < ist->count && ist->lpi[at].id < irq->id) {
        at++;
    }
    memmove(&ist->lpi[at + 1], &ist->lpi[at], (ist->count - at) * sizeof(*ist->lpi));
    ist->lpi[at] = *irq;
    ist->count++;
    return &ist->lpi[at];
}

static Irq *take(Ref *ref, uint8_t domain, uint32_t id, uint32_t word)
{
    Irq irq = {
        .id = id,
        .type = TYPE_LPI,
        .domain = domain,
        .pending = word & ISTE_PENDING,
        .active = word & ISTE_ACTIVE,
        .level = word & ISTE_HM,
        .enabled = word & ISTE_ENABLE,
        .one_of_n = ref->one_of_n && word & ISTE_IRM,
        .priority = (uint8_t)(word >> 11 & ref->priority_mask),
        .iaffid = (uint16_t)(word >> 16),
        .pe = R5_NOBODY,
        .last = R5_NOBODY,
        .home = R5_NOBODY,
    };
    if (irq.one_of_n) {
        irq.iaffid = 0;
    } else if (!irq.active) {
        irq.home = irq.last = pe_with5(ref, irq.iaffid);
    }
    return insert(&ref->ist[domain], &irq);
}

static uint32_t iste_of(const Irq *irq)
{
    return (irq->pending ? ISTE_PENDING : 0) | (irq->active ? ISTE_ACTIVE : 0) |
           (irq->level ? ISTE_HM : 0) | (irq->enabled ? ISTE_ENABLE : 0) |
           (irq->one_of_n ? ISTE_IRM : 0) | (uint32_t)irq->priority << 11 |
           (uint32_t)irq->iaffid << 16;
}

/* The address of the level 1 entry that covers an LPI. */
static uint64_t l1_address(const Ist *ist, uint32_t id)
{
    return ist->addr + 8 * (uint64_t)(id >> ist->l2_bits);
}

typedef enum Found {
    FOUND,
    FOUND_INVALID, /* the level 1 entry is */
    FOUND_ERROR
} Found;

/* The address of an LPI's entry, or of the level 1 entry that stands in the way. */
static Found entry_address(Ref *ref, uint8_t domain, uint32_t id, uint64_t *address)
{
    const Ist *ist = &ref->ist[domain];
    bool ok;
    if (!ist->structure) {
        *address = ist->addr + (uint64_t)id * ist->entry_size;
        return FOUND;
    }
    *address = l1_address(ist, id);
    uint64_t l1 = memory_read64(memory_of(ref, domain), *address, &ok);
    if (!ok || !(l1 & 1)) {
        return ok ? FOUND_INVALID : FOUND_ERROR;
    }
    *address = (l1 & L2_ADDR) + (id & ((1u << ist->l2_bits) - 1)) * (uint64_t)ist->entry_size;
    return FOUND;
}

Irq *lpi5(Ref *ref, uint32_t irs, uint8_t domain, uint32_t id)
{
    const Ist *ist = &ref->ist[domain];
    uint64_t address;
    uint32_t word;
    if (!ist->valid) {
        report5(ref, RULE_IST_INVALID);
        return NULL;
    }
    if (id >= 1u << ist->id_bits) {
        report5(ref, RULE_IRQ_RANGE);
        return NULL;
    }
    Irq *irq = ref5_cached_lpi(ref, domain, id);
    if (irq) {
        return irq;
    }
    Found found = entry_address(ref, domain, id, &address);
    if (found != FOUND) {
        if (found == FOUND_ERROR) {
            software_error(ref, irs, domain, EC_L1, id, address);
        }
        report5(ref, found == FOUND_ERROR ? RULE_IST_BUS : RULE_IST_ENTRY);
        return NULL;
    }
    if (!load32(ref, domain, address, &word)) {
        software_error(ref, irs, domain, EC_L2, id, address);
        report5(ref, RULE_IST_BUS);
        return NULL;
    }
    if (!has_room(ref, domain, id)) {
        report5(ref, RULE_LPI_LIMIT);
        return NULL;
    }
    return take(ref, domain, id, word);
}

static void first_rule(Rule *failed, Rule rule)
{
    *failed = *failed == RULE_END ? rule : *failed;
}

/*
 * Takes over what is pending or active of the LPIs from `first` to `last`, which have one level 2
 * table in common if there are two levels. A bus error ends it; false: one of the level 1 table,
 * which ends it for all. The first rule that is broken goes to `failed`.
 */
static bool take_over(Ref *ref, uint32_t irs, uint8_t domain, uint32_t first, uint32_t last,
                      Rule *failed)
{
    uint64_t address;
    Found found = entry_address(ref, domain, first, &address);
    if (found == FOUND_ERROR) {
        software_error(ref, irs, domain, EC_L1, first, address);
        first_rule(failed, RULE_IST_BUS);
    }
    if (found != FOUND) {
        return found == FOUND_INVALID;
    }
    for (uint32_t id = first; id <= last; id++, address += ref->ist[domain].entry_size) {
        uint32_t word;
        if (!load32(ref, domain, address, &word)) {
            software_error(ref, irs, domain, EC_L2, id, address);
            first_rule(failed, RULE_IST_BUS);
            return true;
        }
        if (word & (ISTE_PENDING | ISTE_ACTIVE) && !ref5_cached_lpi(ref, domain, id)) {
            if (!has_room(ref, domain, id)) {
                first_rule(failed, RULE_LPI_LIMIT);
                return true;
            }
            take(ref, domain, id, word);
            settle5(ref);
            count5(ref, COUNT_IST_TAKEN_OVER);
        }
    }
    return true;
}

/* Fields of IRS_IST_CFGR that exist. */
uint64_t ist_mask5(const Ref *ref)
{
    return ref->config.v5.linear_ist_only ? 0x1FF : 0x101FF;
}

/* What a table that becomes valid looks like. */
static void latch_configuration(Ref *ref, Ist *ist)
{
    uint32_t least = ref->config.v5.min_lpi_bits ? ref->config.v5.min_lpi_bits : 1;
    uint32_t sizes = ref->config.v5.ist_l2_sizes ? ref->config.v5.ist_l2_sizes : 7;
    uint32_t istsz = ist->cfgr >> 7 & 3, l2sz = ist->cfgr >> 5 & 3, bits = ist->cfgr & 0x1F;
    ist->id_bits = bits < least ? least : bits > ref->config.lpi_bits ? ref->config.lpi_bits : bits;
    if (ist->id_bits != bits) {
        count5(ref, COUNT_IST_CLAMPED);
    }
    istsz = istsz == 3 ? 0 : istsz;
    if (l2sz == 3 || !(sizes >> l2sz & 1)) {
        l2sz = (uint32_t)__builtin_ctz(sizes);
    }
    ist->structure = ist->cfgr >> 16 & 1;
    ist->entry_size = 4u << istsz;
    ist->l2_bits = 10 - istsz + 2 * l2sz;
    count5(ref, !ist->structure ? COUNT_IST_LINEAR : COUNT_IST_TWO_LEVEL_4K + l2sz);
    if (istsz) {
        count5(ref, istsz == 1 ? COUNT_IST_8_BYTES : COUNT_IST_16_BYTES);
    }
}

static void make_valid(Ref *ref, uint32_t irs, uint8_t domain)
{
    Ist *ist = &ref->ist[domain];
    latch_configuration(ref, ist);
    ist->valid = true;
    uint32_t end = 1u << ist->id_bits;
    uint32_t block = ist->structure ? 1u << ist->l2_bits : end;
    bool readable = true;
    Rule failed = RULE_END;
    for (uint32_t first = 0; first < end && readable; first += block) {
        readable =
            take_over(ref, irs, domain, first, first + (block < end ? block : end) - 1, &failed);
    }
    if (failed != RULE_END) {
        report5(ref, failed);
    }
}

void ist_forget5(Ist *ist)
{
    ist->valid = false;
    ist->count = 0;
    ist->chunks = 0;
}

/* Writes one entry; an error of its level 1 entry is one error for all that it covers. */
static void write_back(Ref *ref, uint32_t irs, uint8_t domain, const Irq *irq, uint32_t *failed)
{
    const Ist *ist = &ref->ist[domain];
    uint64_t address;
    Found found = entry_address(ref, domain, irq->id, &address);
    if (found != FOUND) {
        uint32_t first = irq->id >> ist->l2_bits << ist->l2_bits;
        if (first != *failed) {
            *failed = first;
            software_error(ref, irs, domain, EC_L1, first, address);
            report5(ref, found == FOUND_INVALID ? RULE_IST_ENTRY : RULE_IST_BUS);
        }
    } else if (!store32(ref, domain, address, iste_of(irq))) {
        software_error(ref, irs, domain, EC_L2, irq->id, address);
        report5(ref, RULE_IST_BUS);
    } else {
        count5(ref, COUNT_IST_WRITTEN_BACK);
        if (irq->candidate) {
            count5(ref, COUNT_IST_PENDING_WHEN_INVALIDATED);
        }
    }
}

static void make_invalid(Ref *ref, uint32_t irs, uint8_t domain)
{
    Ist *ist = &ref->ist[domain];
    uint32_t failed = UINT32_MAX;
    for (uint32_t i = 0; i < ist->count; i++) {
        write_back(ref, irs, domain, &ist->lpi[i], &failed);
    }
    ist_forget5(ist);
}

void ist_set_valid5(Ref *ref, uint32_t irs, uint8_t domain, bool valid)
{
    if (valid) {
        make_valid(ref, irs, domain);
    } else {
        make_invalid(ref, irs, domain);
    }
    settle5(ref);
}

void ist_map5(Ref *ref, uint32_t irs, uint8_t domain, uint32_t id)
{
    const Ist *ist = &ref->ist[domain];
    bool ok;
    if (!ist->valid || !ist->structure || id >= 1u << ist->id_bits) {
        report5(ref, RULE_IST_MAP);
        return;
    }
    Memory *memory = memory_of(ref, domain);
    uint64_t address = l1_address(ist, id);
    uint64_t l1 = memory_read64(memory, address, &ok);
    if (ok && l1 & 1) {
        return; /* it is mapped */
    }
    if (!ok || !memory_write64(memory, address, l1 | 1)) {
        software_error(ref, irs, domain, EC_MAP, id, address);
        report5(ref, RULE_IST_BUS);
        return;
    }
    count5(ref, COUNT_IST_MAPPED);
    uint32_t block = 1u << ist->l2_bits, end = 1u << ist->id_bits;
    uint32_t first = id & ~(block - 1);
    Rule failed = RULE_END;
    take_over(ref, irs, domain, first, (first + block < end ? first + block : end) - 1, &failed);
    if (failed != RULE_END) {
        report5(ref, failed);
    }
    settle5(ref);
}
