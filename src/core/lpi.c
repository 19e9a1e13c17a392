/* SPDX-License-Identifier: BSD-2-Clause */
/* Records of LPIs: made in chunks, walked, reset. */
#include "core/lpi.h"

#include <stdlib.h>

#include <vgic/inspect.h>

#include "core/error.h"
#include "core/gic.h"

enum {
    DEFAULT_LIMIT = 1 << 20, /* VgicConfig.lpi_limit */
};

static void init_irq(const Vgic *gic, VgicIrq *irq, uint32_t intid)
{
    irq->slot = VGIC_SLOT_LPI | intid;
    atomic_store_explicit(&irq->home, (uint16_t)gic->cpu_count, memory_order_relaxed);
    irq->target = (uint16_t)gic->cpu_count;
    irq->queue = VGIC_NOT_QUEUED;
    irq->group = VGIC_GROUP_BIT; /* always Non-secure Group 1, or Group 1 [1.2] */
    irq->flags = VGIC_IRQ_NO_ACTIVE;
    irq->priority = 0;
    if (gic->model->init_lpi) {
        gic->model->init_lpi(gic, irq);
    }
}

/* All LPIs of a chunk begin alike. */
void vgic_lpi_init_chunk(const Vgic *gic, VgicLpiChunk *chunk, uint32_t number)
{
    const VgicIrq *first = &chunk->irq[0];

    init_irq(gic, &chunk->irq[0], number << VGIC_LPI_CHUNK_BITS);
    for (uint32_t i = 1; i < VGIC_LPI_CHUNK; i++) {
        VgicIrq *irq = &chunk->irq[i];

        irq->slot = first->slot + i;
        atomic_store_explicit(&irq->home, (uint16_t)gic->cpu_count, memory_order_relaxed);
        irq->target = first->target;
        irq->queue = first->queue;
        irq->group = first->group;
        irq->flags = first->flags;
        irq->priority = first->priority;
    }
}

static VgicCpu *nowhere(Vgic *gic)
{
    return &gic->cpus[gic->cpu_count];
}

/* A chunk that a reset left, or one more, if that is allowed. The lock of nowhere is held. */
static VgicLpiChunk *take_chunk(VgicLpis *lpis)
{
    VgicLpiChunk *chunk = lpis->spare;

    if (chunk) {
        lpis->spare = chunk->next_spare;
        return chunk;
    }
    if (lpis->made >= lpis->limit) {
        return NULL;
    }
    chunk = calloc(1, sizeof(*chunk));
    lpis->made += chunk != NULL;
    return chunk;
}

VgicIrq *vgic_lpi_make(Vgic *gic, uint32_t intid)
{
    VgicLpis *lpis = &gic->lpis;
    uint32_t number = intid >> VGIC_LPI_CHUNK_BITS;
    VgicLpiChunk *chunk;
    VgicIrq *irq;

    vgic_lock(&nowhere(gic)->lock);
    irq = vgic_lpi_find(lpis, intid); /* another thread may have made it */
    chunk = irq ? NULL : take_chunk(lpis);
    if (chunk) {
        vgic_lpi_init_chunk(gic, chunk, number);
        atomic_store_explicit(&lpis->chunks[number], chunk, memory_order_release);
        irq = &chunk->irq[intid % VGIC_LPI_CHUNK];
    }
    vgic_unlock(&nowhere(gic)->lock);
    return irq;
}

VgicIrq *vgic_lpi_find_settled(Vgic *gic, uint32_t intid)
{
    VgicIrq *irq = vgic_lpi_find(&gic->lpis, intid);

    if (!irq) {
        vgic_lock(&nowhere(gic)->lock);
        irq = vgic_lpi_find(&gic->lpis, intid);
        vgic_unlock(&nowhere(gic)->lock);
    }
    return irq;
}

bool vgic_lpi_is_known(const Vgic *gic, const VgicIrq *irq)
{
    return atomic_load_explicit(&irq->home, memory_order_acquire) != gic->cpu_count;
}

static void reset_irq(Vgic *gic, VgicIrq *irq)
{
    VgicCpu *home = vgic_irq_lock_settled(gic, irq);

    irq->flags = VGIC_IRQ_NO_ACTIVE;
    irq->priority = 0;
    irq->target = (uint16_t)gic->cpu_count;
    vgic_irq_update_unlock(home, irq);
}

void vgic_lpi_retire_chunk(Vgic *gic, uint32_t number)
{
    VgicLpis *lpis = &gic->lpis;
    VgicLpiChunk *chunk;
    bool used = false;

    vgic_lock(&nowhere(gic)->lock);
    chunk = atomic_load(&lpis->chunks[number]);
    for (uint32_t i = 0; chunk && i < VGIC_LPI_CHUNK; i++) {
        used |= vgic_lpi_is_known(gic, &chunk->irq[i]) || chunk->irq[i].flags & VGIC_IRQ_CONFIGURED;
    }
    if (chunk && !used) {
        atomic_store(&lpis->chunks[number], NULL);
        chunk->next_spare = lpis->spare;
        lpis->spare = chunk;
    }
    vgic_unlock(&nowhere(gic)->lock);
}

void vgic_lpi_reset(Vgic *gic)
{
    atomic_fetch_add(&gic->lpis.configuration, 1);
    for (uint32_t number = 0; number < gic->lpis.chunk_count; number++) {
        VgicLpiChunk *chunk = atomic_load(&gic->lpis.chunks[number]);

        if (!chunk) {
            continue;
        }
        for (uint32_t i = 0; i < VGIC_LPI_CHUNK; i++) {
            if (vgic_lpi_is_known(gic, &chunk->irq[i])) {
                reset_irq(gic, &chunk->irq[i]);
            }
        }
        vgic_lpi_retire_chunk(gic, number);
    }
}

bool vgic_lpi_init(Vgic *gic, const VgicConfig *config, VgicError **error)
{
    VgicLpis *lpis = &gic->lpis;
    uint32_t all, limit;

    if (!config->lpi_bits) {
        return true;
    }
    lpis->bits = config->lpi_bits;
    if (config->model == VGIC_V5) {
        /* Each domain has LPIs of its own, from 0 on. */
        lpis->chunk_count = VGIC_QUEUES << (VGIC_MAX_LPI_BITS - VGIC_LPI_CHUNK_BITS);
        all = lpis->chunk_count;
    } else {
        lpis->chunk_count = 1u << (lpis->bits - VGIC_LPI_CHUNK_BITS);
        all = lpis->chunk_count - VGIC_INTID_LPI / VGIC_LPI_CHUNK;
    }
    limit = config->lpi_limit ? config->lpi_limit : DEFAULT_LIMIT;
    lpis->limit = MIN(all, (limit - 1) / VGIC_LPI_CHUNK + 1);
    lpis->chunks = calloc(lpis->chunk_count, sizeof(*lpis->chunks));
    if (!lpis->chunks) {
        return vgic_error_set(error, VGIC_ERROR_MEMORY, "out of memory for LPIs of %u bits",
                              lpis->bits);
    }
    return true;
}

void vgic_lpi_free_spare(Vgic *gic)
{
    while (gic->lpis.spare) {
        VgicLpiChunk *next = gic->lpis.spare->next_spare;

        free(gic->lpis.spare);
        gic->lpis.spare = next;
    }
}

void vgic_lpi_free(Vgic *gic)
{
    for (uint32_t i = 0; gic->lpis.chunks && i < gic->lpis.chunk_count; i++) {
        free(atomic_load(&gic->lpis.chunks[i]));
    }
    vgic_lpi_free_spare(gic);
    free(gic->lpis.chunks);
}

uint32_t vgic_lpi_next(const Vgic *gic, uint32_t intid)
{
    const VgicLpis *lpis;

    if (!vgic_check_gic(gic, __func__)) {
        return UINT32_MAX;
    }
    if (gic->model->lpi_next) {
        return gic->model->lpi_next(gic, intid);
    }
    lpis = &gic->lpis;
    for (intid = MAX(intid, VGIC_INTID_LPI); intid >> VGIC_LPI_CHUNK_BITS < lpis->chunk_count;) {
        const VgicIrq *irq = vgic_lpi_find(lpis, intid);

        if (irq && vgic_lpi_is_known(gic, irq)) {
            return intid;
        }
        intid = irq ? intid + 1 : (intid | (VGIC_LPI_CHUNK - 1)) + 1;
    }
    return UINT32_MAX;
}
