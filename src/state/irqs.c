/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SGIs, PPIs and SPIs in a saved state: for each range of INTIDs one array a property, named after
 * its register, or in lower case where there is none.
 */
#include <inttypes.h>
#include <string.h>

#include "defs/field.h"
#include "defs/gicd.h"
#include "state/state.h"

enum {
    NO_PE = UINT16_MAX,
    MAX_RANGE = VGIC_MAX_ESPIS,
};

/* A range of INTIDs, and the names of its arrays: those of properties that all have, and of others
 * or NULL. */
typedef struct Range {
    uint32_t first;
    const char *words[VGIC_PROPERTIES];
    const char *priority, *route, *pe, *chosen;
} Range;

#define PROPERTIES(frame, n, e)                                                                    \
    [VGIC_P_GROUP] = frame "_IGROUPR" n e, [VGIC_P_MODIFIER] = frame "_IGRPMODR" n e,              \
    [VGIC_P_ENABLED] = frame "_ISENABLER" n e, [VGIC_P_LATCH] = frame "_ISPENDR" n e,              \
    [VGIC_P_ACTIVE] = frame "_ISACTIVER" n e, [VGIC_P_TRIGGER] = frame "_ICFGR<n>" e,              \
    [VGIC_P_NMI] = frame "_INMIR" n e, [VGIC_P_WIRE] = "wire" e

static const Range local_range = {
    0,
    {PROPERTIES("GICR", "0", ""), [VGIC_P_NSACR] = "GICR_NSACR"},
    .priority = "GICR_IPRIORITYR<n>",
};
static const Range eppi_range = {
    VGIC_INTID_EPPI,
    {PROPERTIES("GICR", "<n>", "E")},
    .priority = "GICR_IPRIORITYR<n>E",
};
static const Range spi_range = {
    VGIC_INTID_SPI,
    {PROPERTIES("GICD", "<n>", ""), [VGIC_P_NSACR] = "GICD_NSACR<n>", [VGIC_P_MESSAGE] = "message"},
    .priority = "GICD_IPRIORITYR<n>",
    .route = "GICD_IROUTER<n>",
    .pe = "pe",
    .chosen = "chosen",
};
static const Range espi_range = {
    VGIC_INTID_ESPI,
    {PROPERTIES("GICD", "<n>", "E"), [VGIC_P_NSACR] = "GICD_NSACR<n>E",
     [VGIC_P_MESSAGE] = "messageE"},
    .priority = "GICD_IPRIORITYR<n>E",
    .route = "GICD_IROUTER<n>E",
    .pe = "peE",
    .chosen = "chosenE",
};

/* Has the range such an array? */
static bool is_saved(const Vgic *gic, const Range *range, VgicProperty property)
{
    return range->words[property] && (property != VGIC_P_NMI || gic->nmi);
}

static unsigned bits_of(VgicProperty property)
{
    return property == VGIC_P_TRIGGER || property == VGIC_P_NSACR ? 2 : 1;
}

static uint32_t flag_of(VgicProperty property)
{
    static const uint32_t flags[VGIC_PROPERTIES] = {
        [VGIC_P_ENABLED] = VGIC_IRQ_ENABLED, [VGIC_P_LATCH] = VGIC_IRQ_LATCH,
        [VGIC_P_ACTIVE] = VGIC_IRQ_ACTIVE,   [VGIC_P_TRIGGER] = VGIC_IRQ_LEVEL,
        [VGIC_P_NMI] = VGIC_IRQ_NMI,         [VGIC_P_WIRE] = VGIC_IRQ_WIRE,
        [VGIC_P_MESSAGE] = VGIC_IRQ_MESSAGE,
    };

    return flags[property];
}

static uint32_t field_of(const VgicIrq *irq, VgicProperty property)
{
    switch (property) {
    case VGIC_P_GROUP:
        return !!(irq->group & VGIC_GROUP_BIT);
    case VGIC_P_MODIFIER:
        return !!(irq->group & VGIC_GROUP_MODIFIER);
    case VGIC_P_NSACR:
        return (irq->group & VGIC_GROUP_NSACR) >> VGIC_GROUP_NSACR_SHIFT;
    case VGIC_P_TRIGGER:
        return irq->flags & VGIC_IRQ_LEVEL ? 0 : 2;
    default:
        return !!(irq->flags & flag_of(property));
    }
}

static void set_field(VgicIrq *irq, VgicProperty property, uint32_t value)
{
    switch (property) {
    case VGIC_P_GROUP:
        irq->group = (uint8_t)(irq->group | value * VGIC_GROUP_BIT);
        break;
    case VGIC_P_MODIFIER:
        irq->group = (uint8_t)(irq->group | value * VGIC_GROUP_MODIFIER);
        break;
    case VGIC_P_NSACR:
        irq->group = (uint8_t)(irq->group | value << VGIC_GROUP_NSACR_SHIFT);
        break;
    case VGIC_P_TRIGGER:
        vgic_irq_set(irq, VGIC_IRQ_LEVEL, !value);
        break;
    default:
        vgic_irq_set(irq, flag_of(property), value);
    }
}

/* Which values of the field exist for interrupt @p i of the range, as a mask. */
static uint32_t allowed(const Vgic *gic, const Range *range, VgicProperty property, uint32_t i)
{
    bool sgi = range == &local_range && i < VGIC_INTID_PPI;

    switch (property) {
    case VGIC_P_MODIFIER:
        return gic->two_states;
    case VGIC_P_NSACR:
        return gic->two_states && (range != &local_range || sgi) ? 3 : 0;
    case VGIC_P_TRIGGER:
        return 2;
    case VGIC_P_WIRE:
        return !sgi;
    case VGIC_P_MESSAGE:
        return gic->message_spis;
    default:
        return 1;
    }
}

static size_t word_count(VgicProperty property, const Range *range, uint32_t count)
{
    /* GICR_NSACR is about SGIs. */
    uint32_t fields = property == VGIC_P_NSACR && range == &local_range ? VGIC_INTID_PPI : count;

    return (fields * bits_of(property) + 31) / 32;
}

/* Writing. */

static void save_words(const Range *range, VgicProperty property, const VgicIrq *irqs,
                       uint32_t count, VgicStateWriter *writer)
{
    unsigned bits = bits_of(property);
    uint32_t words[MAX_RANGE * 2 / 32] = {0};

    for (uint32_t i = 0; i < count; i++) {
        words[i * bits / 32] |= field_of(&irqs[i], property) << i * bits % 32;
    }
    vgic_state_put_array(writer, range->words[property], "u", words,
                         word_count(property, range, count), sizeof(words[0]));
}

static void save_range(const Vgic *gic, const Range *range, const VgicIrq *irqs, uint32_t count,
                       VgicStateWriter *writer)
{
    uint8_t priorities[MAX_RANGE];

    for (unsigned property = 0; property < VGIC_PROPERTIES; property++) {
        if (is_saved(gic, range, (VgicProperty)property)) {
            save_words(range, (VgicProperty)property, irqs, count, writer);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        priorities[i] = irqs[i].priority;
    }
    vgic_state_put_array(writer, range->priority, "y", priorities, count, 1);
}

/* Its home says more than its route: it is active there, or 1-of-N gave it to that PE. */
static bool has_place(const VgicIrq *irq)
{
    return irq->flags & (VGIC_IRQ_ACTIVE | VGIC_IRQ_ONE_OF_N);
}

static uint16_t number_of(const Vgic *gic, uint32_t cpu)
{
    return cpu < gic->cpu_count ? (uint16_t)cpu : NO_PE;
}

static void save_routes(const Vgic *gic, const Range *range, const VgicIrq *irqs, uint32_t count,
                        VgicStateWriter *writer)
{
    uint64_t routes[MAX_RANGE];
    uint16_t pes[MAX_RANGE], chosen[MAX_RANGE];

    for (uint32_t i = 0; i < count; i++) {
        const VgicIrq *irq = &irqs[i];

        routes[i] = gic->dist.router[irq->slot - VGIC_SLOT_SHARED];
        pes[i] = has_place(irq) ? number_of(gic, irq->home) : NO_PE;
        chosen[i] = irq->flags & VGIC_IRQ_ONE_OF_N ? number_of(gic, irq->target) : NO_PE;
    }
    vgic_state_put_array(writer, range->route, "t", routes, count, sizeof(routes[0]));
    vgic_state_put_array(writer, range->pe, "q", pes, count, sizeof(pes[0]));
    vgic_state_put_array(writer, range->chosen, "q", chosen, count, sizeof(chosen[0]));
}

static VgicIrq *espis_of(const Vgic *gic)
{
    return gic->espis ? &gic->shared[VGIC_SLOT_ESPI - VGIC_SLOT_SHARED] : NULL;
}

void vgic_state_save_spis(const Vgic *gic, VgicStateWriter *gicd)
{
    save_range(gic, &spi_range, gic->shared, gic->spis, gicd);
    save_routes(gic, &spi_range, gic->shared, gic->spis, gicd);
    if (gic->espis) {
        save_range(gic, &espi_range, espis_of(gic), gic->espis, gicd);
        save_routes(gic, &espi_range, espis_of(gic), gic->espis, gicd);
    }
}

void vgic_state_save_local(const VgicCpu *cpu, VgicStateWriter *gicr)
{
    const Vgic *gic = cpu->gic;

    save_range(gic, &local_range, cpu->local, VGIC_INTID_SPI, gicr);
    if (gic->eppis) {
        save_range(gic, &eppi_range, &cpu->local[VGIC_SLOT_EPPI], gic->eppis, gicr);
    }
}

/*
 * Lists a bucket from both ends at once: most of the time goes by waiting for memory, and so two
 * records are waited for together. The second half is collected at the end of the scratch memory.
 */
static size_t list_bucket(const VgicCpu *cpu, const VgicBucket *bucket, VgicStateScratch *scratch,
                          size_t count)
{
    uint32_t head = bucket->head, tail = bucket->tail;
    size_t end = scratch->size;

    for (;;) {
        const VgicIrq *first = vgic_cpu_irq(cpu, head), *last = vgic_cpu_irq(cpu, tail);

        scratch->slots[count++] = head;
        if (head == tail) {
            break;
        }
        scratch->slots[--end] = tail;
        if (first->next == tail) {
            break;
        }
        head = first->next;
        tail = last->prev;
    }
    memmove(&scratch->slots[count], &scratch->slots[end],
            (scratch->size - end) * sizeof(scratch->slots[0]));
    return count + scratch->size - end;
}

VgicStateScratch vgic_state_new_scratch(const Vgic *gic)
{
    size_t lpis = (size_t)gic->lpis.made << VGIC_LPI_CHUNK_BITS;
    size_t size = VGIC_SLOT_EPPI + gic->eppis + gic->shared_count + lpis + 1;

    return (VgicStateScratch){.slots = g_try_new(uint32_t, size), .size = size};
}

size_t vgic_state_list_queues(const VgicCpu *cpu, VgicStateScratch *scratch)
{
    size_t count = 0;

    for (unsigned number = 0; number < VGIC_QUEUES; number++) {
        const VgicQueue *queue = &cpu->queues[number];

        if (number == VGIC_QUEUE_ACTIVE && cpu->gic->lists_active) {
            continue; /* follows from the active states */
        }
        for (unsigned word = 0; word < VGIC_QUEUE_WORDS; word++) {
            for (uint64_t keys = queue->nonempty[word]; keys; keys &= keys - 1) {
                unsigned key = 64 * word + (unsigned)__builtin_ctzll(keys);

                count = list_bucket(cpu, &queue->buckets[key], scratch, count);
            }
        }
    }
    return count;
}

void vgic_state_save_order(const VgicCpu *cpu, VgicStateWriter *gicr, VgicStateScratch *scratch)
{
    size_t count = vgic_state_list_queues(cpu, scratch);
    uint32_t *intids = scratch->slots;

    for (size_t i = 0; i < count; i++) {
        intids[i] = vgic_intid_of(scratch->slots[i]);
    }
    vgic_state_put_array(gicr, "order", "u", intids, count, sizeof(intids[0]));
}

/* Checking. */

static void check_words(const Vgic *gic, const Range *range, VgicProperty property, uint32_t count,
                        VgicStateReader *reader, const uint32_t **words)
{
    size_t number = word_count(property, range, count);
    unsigned bits = bits_of(property), fields = 32 / bits;

    *words = vgic_state_array(reader, range->words[property], "u", number, sizeof(**words));
    for (uint32_t i = 0; *words && i < number; i++) {
        uint32_t mask = 0;

        for (uint32_t j = 0; j < fields && i * fields + j < count; j++) {
            mask |= allowed(gic, range, property, i * fields + j) << j * bits;
        }
        if ((*words)[i] & ~mask) {
            vgic_state_refuse(reader, range->words[property],
                              "[%" PRIu32 "] is %#" PRIx32 ", allowed are the bits %#" PRIx32, i,
                              (*words)[i], mask);
        }
    }
}

static void check_range(const Vgic *gic, const Range *range, uint32_t count,
                        VgicStateReader *reader, VgicStagedRange *staged)
{
    uint8_t mask = (uint8_t)(0xFFu << (8 - gic->priority_bits));

    for (unsigned property = 0; property < VGIC_PROPERTIES; property++) {
        if (is_saved(gic, range, (VgicProperty)property)) {
            check_words(gic, range, (VgicProperty)property, count, reader,
                        &staged->words[property]);
        }
    }
    staged->count = count;
    staged->nsacr_fields = range == &local_range ? VGIC_INTID_PPI : count;
    staged->priority = vgic_state_array(reader, range->priority, "y", count, 1);
    for (uint32_t i = 0; staged->priority && i < count; i++) {
        if (staged->priority[i] & ~mask) {
            vgic_state_refuse(reader, range->priority,
                              "[%" PRIu32 "] is %#x, allowed are the bits %#x", i,
                              staged->priority[i], mask);
        }
    }
}

static uint32_t staged_field(const VgicStagedRange *staged, VgicProperty property, uint32_t i)
{
    const uint32_t *words = staged->words[property];
    unsigned bits = bits_of(property);

    if (!words || (property == VGIC_P_NSACR && staged->nsacr_fields <= i)) {
        return 0;
    }
    return words[i * bits / 32] >> i * bits % 32 & ((1u << bits) - 1);
}

/* Will it be in a queue? As vgic_irq_is_candidate(). */
static bool is_candidate(const VgicStagedRange *staged, uint32_t i)
{
    bool level = !staged_field(staged, VGIC_P_TRIGGER, i);

    return staged_field(staged, VGIC_P_ENABLED, i) && !staged_field(staged, VGIC_P_ACTIVE, i) &&
           (staged_field(staged, VGIC_P_LATCH, i) ||
            (level &&
             (staged_field(staged, VGIC_P_WIRE, i) || staged_field(staged, VGIC_P_MESSAGE, i))));
}

static bool is_one_of_n(const VgicStagedRange *staged, uint32_t i)
{
    return staged->route && VGIC_GET(staged->route[i], gicd_irouter, Interrupt_Routing_Mode);
}

static uint16_t cpu_of(const Vgic *gic, uint16_t number)
{
    return (uint16_t)(number == NO_PE ? gic->cpu_count : number);
}

static void check_pe(const Vgic *gic, VgicStateReader *reader, const char *key, uint32_t i,
                     uint16_t pe, bool meant)
{
    if (pe != NO_PE && (pe >= gic->cpu_count || !meant)) {
        vgic_state_refuse(reader, key, "[%" PRIu32 "] is %u, allowed are %s65535 (none)", i, pe,
                          meant ? "the PEs and " : "");
    }
}

static void check_routes(const Vgic *gic, const Range *range, uint32_t count,
                         VgicStateReader *reader, VgicStagedRange *staged)
{
    uint64_t mask = VGIC_MASK(gicd_irouter, Aff3) | VGIC_MASK(gicd_irouter, Aff2) |
                    VGIC_MASK(gicd_irouter, Aff1) | VGIC_MASK(gicd_irouter, Aff0);

    if (gic->one_of_n_supported) {
        mask |= VGIC_MASK(gicd_irouter, Interrupt_Routing_Mode);
    }
    staged->route = vgic_state_array(reader, range->route, "t", count, sizeof(*staged->route));
    staged->pe = vgic_state_array(reader, range->pe, "q", count, sizeof(*staged->pe));
    staged->chosen = vgic_state_array(reader, range->chosen, "q", count, sizeof(*staged->chosen));
    for (uint32_t i = 0; staged->chosen && i < count; i++) {
        bool one_of_n = is_one_of_n(staged, i);

        if (staged->route[i] & ~mask) {
            vgic_state_refuse(reader, range->route,
                              "[%" PRIu32 "] is %#" PRIx64 ", allowed are the bits %#" PRIx64, i,
                              staged->route[i], mask);
        }
        check_pe(gic, reader, range->pe, i, staged->pe[i],
                 one_of_n || staged_field(staged, VGIC_P_ACTIVE, i));
        check_pe(gic, reader, range->chosen, i, staged->chosen[i], one_of_n);
    }
}

void vgic_state_check_spis(VgicStaged *staged, VgicStateReader *gicd)
{
    const Vgic *gic = staged->gic;

    check_range(gic, &spi_range, gic->spis, gicd, &staged->spis);
    check_routes(gic, &spi_range, gic->spis, gicd, &staged->spis);
    if (gic->espis) {
        check_range(gic, &espi_range, gic->espis, gicd, &staged->espis);
        check_routes(gic, &espi_range, gic->espis, gicd, &staged->espis);
    }
}

/* SGIs are edge-triggered for good. */
static void check_sgis(const VgicStagedRange *local, VgicStateReader *gicr)
{
    uint32_t icfgr0 = local->words[VGIC_P_TRIGGER] ? local->words[VGIC_P_TRIGGER][0] : 0;

    if (icfgr0 != 0xAAAAAAAA) {
        vgic_state_refuse(gicr, local_range.words[VGIC_P_TRIGGER],
                          "[0] is %#" PRIx32 ", allowed is 0xaaaaaaaa", icfgr0);
    }
}

void vgic_state_check_local(VgicStaged *staged, uint32_t cpu, VgicStateReader *gicr)
{
    const Vgic *gic = staged->gic;
    VgicStagedCpu *own = &staged->cpus[cpu];
    size_t limit = VGIC_INTID_SPI + gic->eppis + gic->spis + gic->espis +
                   ((size_t)gic->lpis.limit << VGIC_LPI_CHUNK_BITS);

    check_range(gic, &local_range, VGIC_INTID_SPI, gicr, &own->local);
    check_sgis(&own->local, gicr);
    if (gic->eppis) {
        check_range(gic, &eppi_range, gic->eppis, gicr, &own->eppis);
    }
    if (vgic_state_has(gicr, "order")) {
        own->order =
            vgic_state_list(gicr, "order", "u", limit, sizeof(*own->order), &own->order_count);
    }
}

/* The PE that SPI @p i is at. */
static uint32_t staged_home(const Vgic *gic, const VgicStagedRange *staged, uint32_t i)
{
    if (is_one_of_n(staged, i) || staged_field(staged, VGIC_P_ACTIVE, i)) {
        return cpu_of(gic, staged->pe[i]);
    }
    return vgic_cpu_with_affinity(gic, staged->route[i]);
}

/* Does SPI or PPI @p intid, found in range @p staged from @p first on, wait at @p cpu? */
static bool waits_in(const Vgic *gic, const VgicStagedRange *staged, uint32_t first, uint32_t intid,
                     uint32_t cpu)
{
    uint32_t i = intid - first;

    return i < staged->count && is_candidate(staged, i) &&
           (!staged->route || staged_home(gic, staged, i) == cpu);
}

static bool waits(const VgicStaged *staged, uint32_t cpu, uint32_t intid)
{
    const Vgic *gic = staged->gic;
    const VgicStagedCpu *own = &staged->cpus[cpu];

    return waits_in(gic, &own->local, 0, intid, cpu) ||
           waits_in(gic, &own->eppis, VGIC_INTID_EPPI, intid, cpu) ||
           waits_in(gic, &staged->spis, VGIC_INTID_SPI, intid, cpu) ||
           waits_in(gic, &staged->espis, VGIC_INTID_ESPI, intid, cpu);
}

/* The record is not in use yet: its neighbour marks it as seen. */
static bool mark_lpi(const VgicStaged *staged, uint32_t cpu, uint32_t intid)
{
    VgicIrq *irq = vgic_state_staged_lpi(&staged->lpis, intid);

    if (!irq || irq->next || irq->home != cpu || !vgic_irq_is_candidate(irq)) {
        return false;
    }
    irq->next = 1;
    return true;
}

void vgic_state_check_order(const VgicStaged *staged, uint32_t cpu, VgicStateReader *gicr)
{
    const VgicStagedCpu *own = &staged->cpus[cpu];
    uint64_t seen[VGIC_INTID_LPI / 64] = {0};

    for (size_t i = 0; i < own->order_count && !gicr->load->failed; i++) {
        uint32_t intid = own->order[i];
        bool good;

        if (intid >= VGIC_INTID_LPI) {
            good = mark_lpi(staged, cpu, intid);
        } else {
            good = !(seen[intid / 64] >> intid % 64 & 1) && waits(staged, cpu, intid);
            seen[intid / 64] |= UINT64_C(1) << intid % 64;
        }
        if (!good) {
            vgic_state_refuse(gicr, "order",
                              "[%zu] is %" PRIu32 ", which does not wait there, or twice", i,
                              intid);
        }
    }
}

/* Applying: nothing is queued yet. */

static void apply_irq(VgicIrq *irq, const VgicStagedRange *staged, uint32_t i)
{
    irq->flags &= VGIC_IRQ_MAPPED;
    irq->group = 0;
    irq->queue = VGIC_NOT_QUEUED;
    irq->priority = staged->priority[i];
    for (unsigned property = 0; property < VGIC_PROPERTIES; property++) {
        set_field(irq, (VgicProperty)property, staged_field(staged, (VgicProperty)property, i));
    }
}

static void apply_local(VgicCpu *cpu, const VgicStagedCpu *staged)
{
    for (uint32_t i = 0; i < VGIC_INTID_SPI; i++) {
        apply_irq(&cpu->local[i], &staged->local, i);
    }
    for (uint32_t i = 0; i < cpu->gic->eppis; i++) {
        apply_irq(&cpu->local[VGIC_SLOT_EPPI + i], &staged->eppis, i);
    }
}

static void apply_spi(Vgic *gic, VgicIrq *irq, const VgicStagedRange *staged, uint32_t i)
{
    uint64_t affinity = staged->route[i] & ~VGIC_MASK(gicd_irouter, Interrupt_Routing_Mode);

    apply_irq(irq, staged, i);
    gic->dist.router[irq->slot - VGIC_SLOT_SHARED] = staged->route[i];
    if (is_one_of_n(staged, i)) {
        vgic_irq_set(irq, VGIC_IRQ_ONE_OF_N, true);
        vgic_one_of_n_set(gic, irq, true);
        irq->target = cpu_of(gic, staged->chosen[i]);
    } else {
        irq->target = (uint16_t)vgic_cpu_with_affinity(gic, affinity);
    }
    irq->home = has_place(irq) ? cpu_of(gic, staged->pe[i]) : irq->target;
}

void vgic_state_apply_irqs(Vgic *gic, const VgicStaged *staged)
{
    atomic_store(&gic->one_of_n_used, 0);
    for (uint32_t i = 0; i < VGIC_SHARED_WORDS; i++) {
        atomic_store(&gic->one_of_n[i], 0);
    }
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        apply_local(&gic->cpus[i], &staged->cpus[i]);
    }
    for (uint32_t i = 0; i < gic->spis; i++) {
        apply_spi(gic, &gic->shared[i], &staged->spis, i);
    }
    for (uint32_t i = 0; i < gic->espis; i++) {
        apply_spi(gic, &espis_of(gic)[i], &staged->espis, i);
    }
}

/* Queues. */

static bool waits_at(const VgicCpu *cpu, const VgicIrq *irq)
{
    return irq->home == cpu->index && irq->queue == VGIC_NOT_QUEUED && vgic_irq_is_candidate(irq);
}

static VgicIrq *find(Vgic *gic, VgicCpu *cpu, uint32_t intid)
{
    return intid >= VGIC_INTID_LPI ? vgic_lpi_find(&gic->lpis, intid)
                                   : vgic_irq_find(gic, cpu, intid);
}

void vgic_state_queue(VgicCpu *cpu, VgicIrq *irq)
{
    unsigned queue = vgic_irq_queue(cpu->gic, irq);

    vgic_queue_push(cpu, queue, vgic_irq_key(cpu->gic, irq, queue), irq);
}

void vgic_state_queue_rest(Vgic *gic, VgicIrq *irqs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        VgicCpu *home = &gic->cpus[irqs[i].home];

        if (waits_at(home, &irqs[i])) {
            vgic_state_queue(home, &irqs[i]);
        } else if (gic->lists_active && vgic_irq_is_held_active(&irqs[i])) {
            vgic_irq_requeue(home, &irqs[i]);
        }
    }
}

/* Mostly there is none, and looking for it is a long way. */
void vgic_state_queue_other_lpis(Vgic *gic, size_t queued, size_t waiting)
{
    for (uint32_t i = 0; queued != waiting && i < gic->lpis.chunk_count; i++) {
        VgicLpiChunk *chunk = atomic_load(&gic->lpis.chunks[i]);

        if (chunk) {
            vgic_state_queue_rest(gic, chunk->irq, VGIC_LPI_CHUNK);
        }
    }
}

void vgic_state_queue_all(Vgic *gic, const VgicStaged *staged)
{
    size_t lpis = 0;

    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        VgicCpu *cpu = &gic->cpus[i];
        const VgicStagedCpu *own = &staged->cpus[i];

        /* vgic_state_check_order() saw that each waits there, and is named once. */
        for (size_t j = 0; j < own->order_count; j++) {
            vgic_state_queue(cpu, find(gic, cpu, own->order[j]));
            lpis += own->order[j] >= VGIC_INTID_LPI;
        }
        vgic_state_queue_rest(gic, cpu->local, VGIC_SLOT_EPPI + gic->eppis);
    }
    vgic_state_queue_rest(gic, gic->shared, gic->spis);
    vgic_state_queue_rest(gic, espis_of(gic), gic->espis);
    vgic_state_queue_other_lpis(gic, lpis, staged->lpis_waiting);
}
