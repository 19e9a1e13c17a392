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

void vgic_lpi_init_irq(const Vgic *gic, VgicIrq *irq, uint32_t intid)
{
    irq->slot = VGIC_SLOT_LPI | intid;
    atomic_init(&irq->home, (uint16_t)gic->cpu_count);
    irq->target = (uint16_t)gic->cpu_count;
    irq->queue = VGIC_NOT_QUEUED;
    irq->group = VGIC_GROUP_BIT; /* always Non-secure Group 1, or Group 1 [1.2] */
    irq->flags = VGIC_IRQ_NO_ACTIVE;
}

/* One more chunk, if that is allowed. */
static VgicLpiChunk *make_chunk(Vgic *gic, uint32_t number)
{
    VgicLpis *lpis = &gic->lpis;
    VgicLpiChunk *chunk;

    if (atomic_fetch_add_explicit(&lpis->made, 1, memory_order_relaxed) >= lpis->limit ||
        !(chunk = calloc(1, sizeof(*chunk)))) {
        atomic_fetch_sub_explicit(&lpis->made, 1, memory_order_relaxed);
        return NULL;
    }
    for (uint32_t i = 0; i < VGIC_LPI_CHUNK; i++) {
        vgic_lpi_init_irq(gic, &chunk->irq[i], number << VGIC_LPI_CHUNK_BITS | i);
    }
    return chunk;
}

VgicIrq *vgic_lpi_get(Vgic *gic, uint32_t intid)
{
    VgicLpis *lpis = &gic->lpis;
    uint32_t number = intid >> VGIC_LPI_CHUNK_BITS;
    VgicIrq *irq = vgic_lpi_find(lpis, intid);
    VgicLpiChunk *chunk, *other = NULL;

    if (G_LIKELY(irq)) {
        return irq;
    }
    chunk = make_chunk(gic, number);
    if (!chunk) {
        return vgic_lpi_find(lpis, intid); /* another thread may have made the last one */
    }
    if (!atomic_compare_exchange_strong(&lpis->chunks[number], &other, chunk)) {
        free(chunk);
        atomic_fetch_sub_explicit(&lpis->made, 1, memory_order_relaxed);
        chunk = other;
    }
    return &chunk->irq[intid % VGIC_LPI_CHUNK];
}

bool vgic_lpi_is_known(const Vgic *gic, const VgicIrq *irq)
{
    return atomic_load_explicit(&irq->home, memory_order_relaxed) != gic->cpu_count;
}

void vgic_lpi_reset(Vgic *gic)
{
    atomic_fetch_add(&gic->lpis.configuration, 1);
    for (uint32_t number = 0; number < gic->lpis.chunk_count; number++) {
        VgicLpiChunk *chunk = atomic_load(&gic->lpis.chunks[number]);

        for (uint32_t i = 0; chunk && i < VGIC_LPI_CHUNK; i++) {
            VgicIrq *irq = &chunk->irq[i];
            VgicCpu *home;

            if (!vgic_lpi_is_known(gic, irq)) {
                continue;
            }
            home = vgic_irq_lock_settled(gic, irq);
            irq->flags = VGIC_IRQ_NO_ACTIVE;
            irq->priority = 0;
            irq->target = (uint16_t)gic->cpu_count;
            vgic_irq_update_unlock(home, irq);
        }
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
    lpis->chunk_count = 1u << (lpis->bits - VGIC_LPI_CHUNK_BITS);
    all = lpis->chunk_count - VGIC_INTID_LPI / VGIC_LPI_CHUNK;
    limit = config->lpi_limit ? config->lpi_limit : DEFAULT_LIMIT;
    lpis->limit = MIN(all, (limit - 1) / VGIC_LPI_CHUNK + 1);
    lpis->chunks = calloc(lpis->chunk_count, sizeof(*lpis->chunks));
    if (!lpis->chunks) {
        return vgic_error_set(error, VGIC_ERROR_MEMORY, "out of memory for LPIs of %u bits",
                              lpis->bits);
    }
    return true;
}

void vgic_lpi_free(Vgic *gic)
{
    for (uint32_t i = 0; gic->lpis.chunks && i < gic->lpis.chunk_count; i++) {
        free(atomic_load(&gic->lpis.chunks[i]));
    }
    free(gic->lpis.chunks);
}

uint32_t vgic_lpi_next(const Vgic *gic, uint32_t intid)
{
    const VgicLpis *lpis;

    if (!vgic_check_gic(gic, __func__)) {
        return UINT32_MAX;
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
