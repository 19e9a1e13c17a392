/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LPIs in a saved state: one array of all that were used since the last reset. Its elements are
 * laid out as in memory, and checking them makes the chunks of records that the GIC will have: a
 * state with 65,536 of them loads in about the time that it takes to look at each once.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "state/state.h"

/* One element, of type (uqyy). */
typedef struct SavedLpi {
    uint32_t intid;
    uint16_t pe;
    uint8_t priority;
    uint8_t flags; /* LPI_* */
} SavedLpi;

static_assert(sizeof(SavedLpi) == 8, "as GVariant lays out (uqyy)");

enum {
    LPI_PENDING = 1 << 0,
    LPI_ENABLED = 1 << 1,
    LPI_CONFIGURED = 1 << 2, /* enable and priority are those of the configuration table */
    LPI_FLAGS = 7,
};

#define LPI_TYPE "(uqyy)"

static VgicLpiChunk *chunk_at(const Vgic *gic, uint32_t number)
{
    return atomic_load_explicit(&gic->lpis.chunks[number], memory_order_acquire);
}

static SavedLpi saved(const VgicIrq *irq, uint16_t pe)
{
    uint32_t flags = irq->flags;

    return (SavedLpi){
        .intid = vgic_intid_of(irq->slot),
        .pe = pe,
        .priority = irq->priority,
        .flags = (uint8_t)((flags & VGIC_IRQ_LATCH ? LPI_PENDING : 0) |
                           (flags & VGIC_IRQ_ENABLED ? LPI_ENABLED : 0) |
                           (flags & VGIC_IRQ_CONFIGURED ? LPI_CONFIGURED : 0)),
    };
}

/* Appends those of a chunk that are known; returns how many. */
static size_t save_chunk(const Vgic *gic, const VgicLpiChunk *chunk, SavedLpi *lpis)
{
    size_t count = 0;

    for (uint32_t i = 0; i < VGIC_LPI_CHUNK; i++) {
        const VgicIrq *irq = &chunk->irq[i];
        uint16_t home = atomic_load_explicit(&irq->home, memory_order_relaxed);

        if (home != gic->cpu_count) {
            lpis[count++] = saved(irq, home);
        }
    }
    return count;
}

bool vgic_state_save_lpis(const Vgic *gic, VgicStateWriter *state)
{
    size_t count = 0;
    SavedLpi *lpis;
    uint32_t made = 0;

    for (uint32_t i = 0; i < gic->lpis.chunk_count; i++) {
        made += !!chunk_at(gic, i);
    }
    lpis = g_try_new(SavedLpi, ((size_t)made << VGIC_LPI_CHUNK_BITS) + 1);
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

static VgicLpiChunk *new_chunk(const Vgic *gic, uint32_t number)
{
    VgicLpiChunk *chunk = calloc(1, sizeof(*chunk));

    if (chunk) {
        vgic_lpi_init_chunk(gic, chunk, number);
    }
    return chunk;
}

/* What is wrong with an element, or NULL. */
static const char *fault_of(const VgicStaged *staged, const SavedLpi *lpi)
{
    const Vgic *gic = staged->gic;
    uint8_t priorities = (uint8_t)(0xFFu << (8 - gic->priority_bits));

    if (lpi->intid < VGIC_INTID_LPI || lpi->intid >> gic->lpis.bits) {
        return "is no LPI";
    }
    if (lpi->pe >= gic->cpu_count) {
        return "is at a PE that does not exist";
    }
    if (lpi->priority & ~priorities) {
        return "has a priority that does not exist";
    }
    if (lpi->flags & ~LPI_FLAGS) {
        return "has flags that do not exist";
    }
    if (lpi->flags & LPI_PENDING && lpi->intid >= staged->cpus[lpi->pe].lpi_end) {
        return "is pending at a PE that does not take it";
    }
    return NULL;
}

static void stage(VgicStaged *staged, VgicIrq *irq, const SavedLpi *lpi)
{
    atomic_init(&irq->home, lpi->pe);
    irq->target = lpi->pe;
    irq->priority = lpi->priority;
    irq->flags = (uint16_t)(VGIC_IRQ_NO_ACTIVE | (lpi->flags & LPI_PENDING ? VGIC_IRQ_LATCH : 0) |
                            (lpi->flags & LPI_ENABLED ? VGIC_IRQ_ENABLED : 0) |
                            (lpi->flags & LPI_CONFIGURED ? VGIC_IRQ_CONFIGURED : 0));
    staged->lpis_waiting += vgic_irq_is_candidate(irq);
}

bool vgic_state_begin_lpis(VgicStagedLpis *lpis, const Vgic *gic, VgicStateReader *reader)
{
    *lpis = (VgicStagedLpis){.gic = gic,
                             .chunks = calloc(gic->lpis.chunk_count, sizeof(VgicLpiChunk *))};
    if (!lpis->chunks) {
        vgic_state_refuse(reader, "LPI", "does not fit in memory");
    }
    lpis->chunk_count = lpis->chunks ? gic->lpis.chunk_count : 0;
    return lpis->chunks;
}

/* The chunk, new if an LPI is the first there; NULL if that is one too many. */
static VgicLpiChunk *chunk_for(VgicStagedLpis *lpis, VgicStateReader *reader, uint32_t number)
{
    if (lpis->chunks[number]) {
        return lpis->chunks[number];
    }
    if (lpis->made == lpis->gic->lpis.limit) {
        vgic_state_refuse(reader, "LPI", "has more LPIs than VgicConfig.lpi_limit allows here");
        return NULL;
    }
    lpis->chunks[number] = new_chunk(lpis->gic, number);
    if (!lpis->chunks[number]) {
        vgic_state_refuse(reader, "LPI", "does not fit in memory");
        return NULL;
    }
    lpis->made++;
    return lpis->chunks[number];
}

VgicIrq *vgic_state_stage_lpi(VgicStagedLpis *lpis, VgicStateReader *reader, uint32_t number)
{
    VgicLpiChunk *chunk = chunk_for(lpis, reader, number >> VGIC_LPI_CHUNK_BITS);

    return chunk ? &chunk->irq[number % VGIC_LPI_CHUNK] : NULL;
}

void vgic_state_check_lpis(VgicStaged *staged, VgicStateReader *state)
{
    size_t count;
    const SavedLpi *saved_lpis = vgic_state_list(
        state, "LPI", LPI_TYPE, (size_t)staged->gic->lpis.limit << VGIC_LPI_CHUNK_BITS,
        sizeof(SavedLpi), &count);

    if (!vgic_state_begin_lpis(&staged->lpis, staged->gic, state)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const SavedLpi *lpi = &saved_lpis[i];
        const char *fault =
            i && lpi->intid <= lpi[-1].intid ? "is not in ascending order" : fault_of(staged, lpi);
        VgicIrq *irq = NULL;

        if (fault) {
            vgic_state_refuse(state, "LPI", "[%zu] (INTID %" PRIu32 ") %s", i, lpi->intid, fault);
        } else {
            irq = vgic_state_stage_lpi(&staged->lpis, state, lpi->intid);
        }
        if (!irq) {
            return;
        }
        stage(staged, irq, lpi);
    }
}

void vgic_state_apply_lpis(Vgic *gic, VgicStagedLpis *staged)
{
    VgicLpis *lpis = &gic->lpis;

    atomic_fetch_add(&lpis->configuration, 1);
    for (uint32_t i = 0; i < lpis->chunk_count; i++) {
        VgicLpiChunk *old = chunk_at(gic, i);

        if (old != staged->chunks[i]) {
            atomic_store(&lpis->chunks[i], staged->chunks[i]);
            staged->chunks[i] = old;
        }
    }
    vgic_lpi_free_spare(gic);
    lpis->made = staged->made;
}

void vgic_state_drop_lpis(VgicStagedLpis *lpis)
{
    for (uint32_t i = 0; lpis->chunks && i < lpis->gic->lpis.chunk_count; i++) {
        free(lpis->chunks[i]);
    }
    free(lpis->chunks);
}
