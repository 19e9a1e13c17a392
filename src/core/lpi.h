/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The records of LPIs: chunks, made when an LPI of the chunk is first used, and never freed before
 * the instance, so that no lock is needed to find one. A reset makes chunks spare, and they may
 * then become those of other LPIs: whoever makes something of a record that it found without its
 * lock looks again whether it is still that LPI's, with the lock held.
 */
#ifndef VGIC_CORE_LPI_H
#define VGIC_CORE_LPI_H

#include <glib.h>
#include <stdatomic.h>
#include <stdint.h>

#include <vgic/config.h>
#include <vgic/error.h>

#include "core/irq.h"

enum {
    VGIC_LPI_CHUNK_BITS = 10,
    VGIC_LPI_CHUNK = 1 << VGIC_LPI_CHUNK_BITS,
};

typedef struct VgicLpiChunk {
    VgicIrq irq[VGIC_LPI_CHUNK];
    struct VgicLpiChunk *next_spare;
} VgicLpiChunk;

typedef struct VgicLpis {
    uint32_t bits;        /* VgicConfig.lpi_bits; 0: no LPIs. Constant */
    uint32_t limit;       /* chunks that may be made; constant */
    uint32_t chunk_count; /* entries in `chunks`; constant */
    uint32_t made;        /* chunks that were made; under the lock of the home of none */
    /* Counts every event after which cached configuration may be stale. Who read a configuration
     * byte under an earlier count reads it again. */
    _Atomic uint64_t configuration;
    _Atomic(VgicLpiChunk *) *chunks; /* by INTID / VGIC_LPI_CHUNK; the first ones are never made */
    VgicLpiChunk *spare;             /* of LPIs before the last reset; under the same lock */
} VgicLpis;

/** The record of LPI @p intid, below 2^bits; NULL if it was never used. GICv5: [25:24] are the
 * domain (VGIC_V5_LPI_OF). */
static inline VgicIrq *vgic_lpi_find(const VgicLpis *lpis, uint32_t intid)
{
    VgicLpiChunk *chunk =
        atomic_load_explicit(&lpis->chunks[intid >> VGIC_LPI_CHUNK_BITS], memory_order_acquire);

    return G_LIKELY(chunk) ? &chunk->irq[intid % VGIC_LPI_CHUNK] : NULL;
}

/** Makes the record of LPI @p intid if there is none; NULL if VgicConfig.lpi_limit is reached or
 * memory is out. */
VgicIrq *vgic_lpi_make(Vgic *gic, uint32_t intid);

static inline VgicIrq *vgic_lpi_get(Vgic *gic, const VgicLpis *lpis, uint32_t intid)
{
    VgicIrq *irq = vgic_lpi_find(lpis, intid);

    return G_LIKELY(irq) ? irq : vgic_lpi_make(gic, intid);
}

/** Gives the records of the new chunk @p number the values of LPIs of which nothing is known. */
void vgic_lpi_init_chunk(const Vgic *gic, VgicLpiChunk *chunk, uint32_t number);

/** vgic_lpi_find() for who concludes something from there being none: in order with whoever makes
 * it. */
VgicIrq *vgic_lpi_find_settled(Vgic *gic, uint32_t intid);

/** Is anything known of it: was it used since the last reset? Needs no lock. */
bool vgic_lpi_is_known(const Vgic *gic, const VgicIrq *irq);

/** Makes a chunk spare, unless somebody uses an LPI of it already: a record leaves its home under
 * that home's lock only, and what an LPI at home nowhere is configured for is guarded by the lock
 * of nowhere. No lock is held. */
void vgic_lpi_retire_chunk(Vgic *gic, uint32_t number);

/** All LPIs as if they had never been used. No lock is held. */
void vgic_lpi_reset(Vgic *gic);

bool vgic_lpi_init(Vgic *gic, const VgicConfig *config, VgicError **error);
void vgic_lpi_free(Vgic *gic);

/** Frees the chunks that a reset left; no other thread is inside. */
void vgic_lpi_free_spare(Vgic *gic);

#endif
