/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SPIs and LPIs of a GICv5 in a saved state, and the order in which they wait. Checking makes the
 * records that the GIC will have, so that nothing is left to do but to take them over.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "v5/state.h"

/* One LPI, of type (uuqq). */
typedef struct SavedLpi {
    uint32_t intid;
    uint32_t iste; /* L2_ISTE as it would be in memory, HWU 0 */
    uint16_t pe;
    uint16_t chosen;
} SavedLpi;

static_assert(sizeof(SavedLpi) == 12, "as GVariant lays out (uuqq)");

#define LPI_TYPE "(uuqq)"

/* Where an interrupt is: as in GICv3's states. */

static uint16_t number_of(const Vgic *gic, uint32_t cpu)
{
    return cpu < gic->cpu_count ? (uint16_t)cpu : VGIC_NO_PE;
}

static uint16_t cpu_of(const Vgic *gic, uint16_t number)
{
    return (uint16_t)(number == VGIC_NO_PE ? gic->cpu_count : number);
}

/* Its home says more than its IAFFID: it is active there, or 1-of-N gave it to that PE. */
static bool has_place(const VgicIrq *irq)
{
    return irq->flags & (VGIC_IRQ_ACTIVE | VGIC_IRQ_ONE_OF_N);
}

static uint16_t place_of(const Vgic *gic, const VgicIrq *irq)
{
    return has_place(irq) ? number_of(gic, irq->home) : VGIC_NO_PE;
}

static uint16_t chosen_of(const Vgic *gic, const VgicIrq *irq)
{
    return irq->flags & VGIC_IRQ_ONE_OF_N ? number_of(gic, irq->target) : VGIC_NO_PE;
}

/* Places a record whose flags are set; what is wrong, or NULL. */
static inline const char *place(const Vgic *gic, VgicIrq *irq, uint16_t iaffid, uint16_t pe,
                                uint16_t chosen)
{
    bool one_of_n = irq->flags & VGIC_IRQ_ONE_OF_N;

    if (G_LIKELY(!has_place(irq) && (pe & chosen) == VGIC_NO_PE)) {
        irq->target = iaffid;
        irq->home = gic->pe_of_iaffid[iaffid];
        return NULL;
    }
    if (one_of_n && iaffid) {
        return "has IRM and an IAFFID";
    }
    if (pe != VGIC_NO_PE && (pe >= gic->cpu_count || !has_place(irq))) {
        return "is at a PE where it cannot be";
    }
    if (chosen != VGIC_NO_PE && (chosen >= gic->cpu_count || !one_of_n)) {
        return "has a chosen PE that it cannot have";
    }
    irq->target = one_of_n ? cpu_of(gic, chosen) : iaffid;
    irq->home = has_place(irq) ? cpu_of(gic, pe) : gic->pe_of_iaffid[iaffid];
    return NULL;
}

/* SPIs: an array an attribute. */

typedef struct Attribute {
    const char *key;
    uint32_t flag;
} Attribute;

static const Attribute attributes[] = {
    {"Pending", VGIC_IRQ_LATCH},  {"Active", VGIC_IRQ_ACTIVE}, {"HM", VGIC_IRQ_LEVEL_HANDLING},
    {"Enable", VGIC_IRQ_ENABLED}, {"IRM", VGIC_IRQ_ONE_OF_N},  {"TM", VGIC_IRQ_LEVEL_TRIGGER},
    {"wire", VGIC_IRQ_WIRE},
};

typedef struct Flagged {
    const VgicIrq *irqs;
    uint32_t flag;
} Flagged;

static uint32_t flag_field(const void *from, uint32_t index)
{
    const Flagged *flagged = from;

    return !!(flagged->irqs[index].flags & flagged->flag);
}

static uint32_t domain_field(const void *from, uint32_t index)
{
    const VgicIrq *irqs = from;

    return irqs[index].group;
}

static void save_numbers(const Vgic *gic, VgicStateWriter *writer)
{
    uint32_t count = gic->spis;
    uint8_t *priorities = g_new(uint8_t, count);
    uint16_t *iaffids = g_new(uint16_t, count), *pes = g_new(uint16_t, count);
    uint16_t *chosen = g_new(uint16_t, count);

    for (uint32_t i = 0; i < count; i++) {
        const VgicIrq *irq = &gic->shared[i];

        priorities[i] = (uint8_t)vgic_v5_priority(irq);
        iaffids[i] = vgic_v5_iaffid(irq);
        pes[i] = place_of(gic, irq);
        chosen[i] = chosen_of(gic, irq);
    }
    vgic_state_give_array(writer, "Priority", "y", priorities, count, 1);
    vgic_state_give_array(writer, "IAFFID", "q", iaffids, count, sizeof(iaffids[0]));
    vgic_state_give_array(writer, "pe", "q", pes, count, sizeof(pes[0]));
    vgic_state_give_array(writer, "chosen", "q", chosen, count, sizeof(chosen[0]));
}

void vgic_v5_save_spis(const Vgic *gic, VgicStateWriter *state)
{
    VgicStateWriter writer;

    g_variant_builder_init(&writer, G_VARIANT_TYPE_VARDICT);
    for (unsigned i = 0; i < G_N_ELEMENTS(attributes); i++) {
        Flagged flagged = {gic->shared, attributes[i].flag};

        vgic_v5_save_bits(&writer, attributes[i].key, gic->spis, 1, flag_field, &flagged);
    }
    if (gic->el3) {
        vgic_v5_save_bits(&writer, "DOMAIN", gic->spis, 2, domain_field, gic->shared);
    }
    save_numbers(gic, &writer);
    g_variant_builder_add(state, "{sv}", "SPI", g_variant_builder_end(&writer));
}

static void check_flags(const Vgic *gic, VgicStateReader *reader, VgicStagedIrqs *staged)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(attributes); i++) {
        const uint32_t *words = vgic_v5_check_bits(reader, attributes[i].key, gic->spis);
        bool allowed = attributes[i].flag != VGIC_IRQ_ONE_OF_N || gic->v5->one_of_n;

        for (uint32_t j = 0; words && j < gic->spis; j++) {
            if (!vgic_v5_bits(words, j, 1)) {
                continue;
            }
            vgic_irq_set(&staged->spis[j], attributes[i].flag, true);
            if (!allowed) {
                vgic_state_refuse(reader, attributes[i].key,
                                  "is 1 of SPI %" PRIu32 ", allowed is 0", j);
            }
        }
    }
}

static void check_spi_domains(const Vgic *gic, VgicStateReader *reader, VgicStagedIrqs *staged)
{
    const uint32_t *domains =
        gic->el3 ? vgic_v5_check_domains(gic->v5, reader, "DOMAIN", gic->spis, VGIC_EL3) : NULL;

    for (uint32_t i = 0; i < gic->spis; i++) {
        staged->spis[i].group = (uint8_t)(domains ? vgic_v5_bits(domains, i, 2) : VGIC_NS);
    }
}

/* True: it is one that the IRSs have. */
static bool is_priority(const Vgic *gic, uint32_t priority)
{
    return !(priority & ~(0x1Fu << (5 - gic->v5->irs_priority_bits) & 0x1Fu));
}

static void check_numbers(const Vgic *gic, VgicStateReader *reader, VgicStagedIrqs *staged)
{
    uint32_t count = gic->spis;
    const uint8_t *priorities = vgic_state_array(reader, "Priority", "y", count, 1);
    const uint16_t *iaffids = vgic_state_array(reader, "IAFFID", "q", count, sizeof(*iaffids));
    const uint16_t *pes = vgic_state_array(reader, "pe", "q", count, sizeof(*pes));
    const uint16_t *chosen = vgic_state_array(reader, "chosen", "q", count, sizeof(*chosen));

    for (uint32_t i = 0; chosen && i < count; i++) {
        VgicIrq *irq = &staged->spis[i];
        const char *fault = place(gic, irq, iaffids[i], pes[i], chosen[i]);

        if (fault) {
            vgic_state_refuse(reader, "pe", "[%" PRIu32 "] is %u: this SPI %s", i, pes[i], fault);
        }
        if (!is_priority(gic, priorities[i])) {
            vgic_state_refuse(reader, "Priority", "[%" PRIu32 "] is %#x, which is none of this GIC",
                              i, priorities[i]);
        }
        irq->priority = (uint8_t)(priorities[i] << VGIC_PRIORITY_SHIFT);
        staged->one_of_n |= irq->flags & VGIC_IRQ_ONE_OF_N;
    }
}

void vgic_v5_check_spis(const Vgic *gic, VgicStateReader *state, VgicStagedIrqs *staged)
{
    VgicStateReader reader;

    staged->spi_count = gic->spis;
    staged->spis = g_try_new0(VgicIrq, (size_t)gic->spis + 1);
    vgic_state_open(state, "SPI", &reader);
    if (!staged->spis) {
        vgic_state_refuse(state, "SPI", "does not fit in memory");
        return;
    }
    for (uint32_t i = 0; i < gic->spis; i++) {
        staged->spis[i].slot = VGIC_SLOT_SHARED + i;
        staged->spis[i].queue = VGIC_NOT_QUEUED;
    }
    check_flags(gic, &reader, staged);
    check_spi_domains(gic, &reader, staged);
    check_numbers(gic, &reader, staged);
    vgic_state_close(&reader);
}

/* LPIs */

static const VgicLpiChunk *chunk_at(const Vgic *gic, uint32_t number)
{
    return atomic_load_explicit(&gic->lpis.chunks[number], memory_order_acquire);
}

static SavedLpi saved(const Vgic *gic, const VgicIrq *irq)
{
    return (SavedLpi){
        .intid = VGIC_V5_LPI(irq->slot & ~VGIC_SLOT_LPI),
        .iste = vgic_v5_iste(irq),
        .pe = place_of(gic, irq),
        .chosen = chosen_of(gic, irq),
    };
}

/* Appends those of a chunk that are known; returns how many. */
static size_t save_chunk(const Vgic *gic, const VgicLpiChunk *chunk, SavedLpi *lpis)
{
    size_t count = 0;

    for (uint32_t i = 0; i < VGIC_LPI_CHUNK; i++) {
        if (chunk->irq[i].flags & VGIC_IRQ_CONFIGURED) {
            lpis[count++] = saved(gic, &chunk->irq[i]);
        }
    }
    return count;
}

bool vgic_v5_save_lpis(const Vgic *gic, VgicStateWriter *state)
{
    size_t count = 0;
    SavedLpi *lpis = g_try_new(SavedLpi, ((size_t)gic->lpis.made << VGIC_LPI_CHUNK_BITS) + 1);

    if (!lpis) {
        return false;
    }
    for (uint32_t i = 0; i < gic->lpis.chunk_count; i++) {
        const VgicLpiChunk *chunk = chunk_at(gic, i);

        if (chunk) {
            count += save_chunk(gic, chunk, lpis + count);
        }
    }
    vgic_state_give_array(state, "LPI", LPI_TYPE, lpis, count, sizeof(lpis[0]));
    return true;
}

/* What is wrong with an element, or NULL. */
static const char *fault_of(const Vgic *gic, const VgicStagedIrqs *staged, const SavedLpi *lpi)
{
    uint32_t number = lpi->intid ^ VGIC_V5_LPI(0);
    unsigned domain = (number >> 24 & 3) ^ VGIC_NS;

    if (number >> 26 || !vgic_v5_has_domain(gic->v5, domain)) {
        return "is no LPI";
    }
    if ((number & VGIC_INTID_MASK) >= staged->end[domain]) {
        return "is beyond the table of its domain";
    }
    if (lpi->iste & ~staged->iste_fields ||
        !is_priority(gic, (uint32_t)VGIC_GET(lpi->iste, l2_iste, Priority))) {
        return "has a state that does not exist";
    }
    return NULL;
}

/* @return what is wrong, or NULL */
static const char *stage(const Vgic *gic, VgicStagedIrqs *staged, VgicIrq *irq, const SavedLpi *lpi)
{
    const char *fault;

    vgic_v5_set_iste(irq, lpi->iste);
    fault = place(gic, irq, (uint16_t)VGIC_GET(lpi->iste, l2_iste, IAFFID), lpi->pe, lpi->chosen);
    staged->lpis_waiting += vgic_irq_is_candidate(irq);
    staged->one_of_n |= irq->flags & VGIC_IRQ_ONE_OF_N;
    return fault;
}

/* @p chunk has the records of the chunk of the element before, NULL if there are none. */
static void check_lpi(const Vgic *gic, VgicStateReader *state, VgicStagedIrqs *staged,
                      const SavedLpi *lpi, VgicIrq **chunk)
{
    uint32_t number = lpi->intid ^ VGIC_V5_LPI(0), first = number & ~(VGIC_LPI_CHUNK - 1u);
    const char *fault = fault_of(gic, staged, lpi);

    if (!fault && (!*chunk || (*chunk)->slot != (VGIC_SLOT_LPI | first))) {
        *chunk = vgic_state_stage_lpi(&staged->lpis, state, first);
    }
    if (!fault && *chunk) {
        fault = stage(gic, staged, *chunk + number % VGIC_LPI_CHUNK, lpi);
    }
    if (fault) {
        vgic_state_refuse(state, "LPI", "has INTID %#" PRIx32 ", which %s", lpi->intid, fault);
    }
}

void vgic_v5_check_lpis(const Vgic *gic, VgicStateReader *state, VgicStagedIrqs *staged)
{
    size_t count;
    const SavedLpi *lpis =
        vgic_state_list(state, "LPI", LPI_TYPE, (size_t)gic->lpis.limit << VGIC_LPI_CHUNK_BITS,
                        sizeof(*lpis), &count);
    VgicIrq *chunk = NULL;

    if (!vgic_state_begin_lpis(&staged->lpis, gic, state)) {
        return;
    }
    staged->iste_fields = vgic_v5_iste_fields(gic->v5);
    for (size_t i = 0; i < count && !state->load->failed; i++) {
        if (i && lpis[i].intid <= lpis[i - 1].intid) {
            vgic_state_refuse(state, "LPI", "[%zu] is not in ascending order", i);
        } else {
            check_lpi(gic, state, staged, &lpis[i], &chunk);
        }
    }
}

/* The order of a PE */

void vgic_v5_save_order(const VgicCpu *cpu, VgicStateWriter *icc, VgicStateScratch *scratch)
{
    size_t count = vgic_state_list_queues(cpu, scratch);
    uint32_t *intids = scratch->slots;

    for (size_t i = 0; i < count; i++) {
        uint32_t slot = scratch->slots[i];

        intids[i] = slot & VGIC_SLOT_LPI ? VGIC_V5_LPI(slot & ~VGIC_SLOT_LPI)
                                         : VGIC_V5_SPI(slot - VGIC_SLOT_SHARED);
    }
    vgic_state_put_array(icc, "order", "u", intids, count, sizeof(intids[0]));
}

void vgic_v5_read_order(const Vgic *gic, VgicStateReader *icc, VgicStagedOrder *order)
{
    size_t limit = gic->spis + ((size_t)gic->lpis.limit << VGIC_LPI_CHUNK_BITS);

    if (vgic_state_has(icc, "order")) {
        order->intids =
            vgic_state_list(icc, "order", "u", limit, sizeof(*order->intids), &order->count);
    }
}

static bool is_lpi(uint32_t intid)
{
    return intid >> 29 == VGIC_TYPE_LPI;
}

/* The staged record of an SPI or LPI, NULL if there is none. */
static VgicIrq *staged_irq(const VgicStagedIrqs *staged, uint32_t intid)
{
    uint32_t number = intid & 0x1FFFFFFF;

    if (is_lpi(intid)) {
        return vgic_state_staged_lpi(&staged->lpis, number);
    }
    return intid >> 29 == VGIC_TYPE_SPI && number < staged->spi_count ? &staged->spis[number]
                                                                      : NULL;
}

/* A record is not in use yet: its neighbour marks it as seen. */
static bool mark(VgicIrq *irq, uint32_t cpu)
{
    if (!irq || irq->next || irq->home != cpu || !vgic_irq_is_candidate(irq)) {
        return false;
    }
    irq->next = 1;
    return true;
}

void vgic_v5_check_order(const VgicStagedIrqs *staged, uint32_t cpu, VgicStateReader *icc,
                         const VgicStagedOrder *order)
{
    for (size_t i = 0; i < order->count && !icc->load->failed; i++) {
        uint32_t intid = order->intids[i];

        if (!mark(staged_irq(staged, intid), cpu)) {
            vgic_state_refuse(icc, "order",
                              "[%zu] is %#" PRIx32 ", which does not wait there, or twice", i,
                              intid);
        }
    }
}

/* Applying */

void vgic_v5_apply_irqs(Vgic *gic, VgicStagedIrqs *staged)
{
    memcpy(gic->shared, staged->spis, gic->spis * sizeof(*gic->shared));
    if (gic->lpis.bits) {
        vgic_state_apply_lpis(gic, &staged->lpis);
    }
    atomic_store(&gic->v5->one_of_n_used, staged->one_of_n);
}

size_t vgic_v5_queue_order(VgicCpu *cpu, const VgicStagedOrder *order)
{
    size_t lpis = 0;

    for (size_t i = 0; i < order->count; i++) {
        uint32_t intid = order->intids[i], number = intid & 0x1FFFFFFF;
        uint32_t slot = is_lpi(intid) ? VGIC_SLOT_LPI | number : VGIC_SLOT_SHARED + number;

        VgicIrq *irq = vgic_cpu_irq(cpu, slot);
        unsigned queue = vgic_irq_queue(cpu->gic, irq);

        vgic_queue_push(cpu, queue, vgic_irq_key(cpu->gic, irq, queue), irq);
        lpis += is_lpi(intid);
    }
    return lpis;
}

void vgic_v5_queue_others(Vgic *gic, const VgicStagedIrqs *staged, size_t lpis_queued)
{
    vgic_state_queue_rest(gic, gic->shared, gic->spis);
    vgic_state_queue_other_lpis(gic, lpis_queued, staged->lpis_waiting);
}

void vgic_v5_drop_irqs(VgicStagedIrqs *staged)
{
    vgic_state_drop_lpis(&staged->lpis);
    g_free(staged->spis);
}
