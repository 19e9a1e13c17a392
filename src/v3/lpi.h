/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * LPIs at a Redistributor [5]: their tables in guest memory, and what MSIs and ITS commands do to
 * them.
 *
 * An LPI has one record for the whole GIC and is pending at one PE at a time, its target. While a
 * PE's LPIs are enabled, the records hold what is pending there; its pending table in memory is
 * read when they are enabled and written when they are disabled. A record's configuration is a
 * cached copy of its byte in the table (VGIC_IRQ_CONFIGURED), read when the LPI first becomes
 * pending and after an INV.
 *
 * Memory is read with no lock held. So that no old byte is kept when another thread invalidates it
 * meanwhile, whoever reads a byte notes VgicLpis.configuration first and compares it under the
 * lock.
 */
#ifndef VGIC_V3_LPI_H
#define VGIC_V3_LPI_H

#include "core/gic.h"
#include "defs/gicr.h"

enum {
    VGIC_LPI_TRIES = 1000, /* of what another thread's command made void, before it stands */
};

/** Where the configuration byte of an LPI is. */
static inline uint64_t vgic_lpi_config_address(const VgicCpu *cpu, uint32_t intid)
{
    uint64_t propbaser = atomic_load_explicit(&cpu->redist.propbaser, memory_order_relaxed);

    return (propbaser & VGIC_MASK(gicr_propbaser, Physical_Address)) + intid - VGIC_INTID_LPI;
}

/** How it went. */
typedef enum VgicLpiResult {
    VGIC_LPI_OK,
    VGIC_LPI_DISABLED, /* EnableLPIs is 0 at the PE: dropped */
    VGIC_LPI_RANGE,    /* no LPI, or beyond the PE's tables: dropped */
    VGIC_LPI_LIMIT,    /* VgicConfig.lpi_limit: dropped */
    VGIC_LPI_TABLE,    /* the configuration table cannot be read: pending, and not enabled */
    VGIC_LPI_STALE,    /* the guard changed: nothing was done */
    VGIC_LPI_ARRIVED,  /* pending, and the guard changed on its way: it may belong to another PE */
} VgicLpiResult;

/** What the caller concluded its request from, still true as long as the counter has this value. */
typedef struct VgicLpiGuard {
    const _Atomic uint64_t *counter;
    uint64_t value;
} VgicLpiGuard;

/**
 * A configuration byte on its way from memory to a record. It is read with no lock held, and good
 * as long as VgicLpis.configuration is `count`.
 */
typedef struct VgicLpiConfig {
    bool read;
    bool failed;
    uint8_t byte;
    uint32_t tries; /* how often it was read: memory that is a GIC itself could go on for ever */
    uint64_t count;
} VgicLpiConfig;

/** The rule that @p result breaks, VGIC_RULE_NONE if none. */
VgicRule vgic_lpi_rule(VgicLpiResult result);

/** Gives @p irq the configuration that its byte in the table says; the lock of its home is held. */
void vgic_lpi_configure(const VgicCpu *home, VgicIrq *irq, uint8_t byte);

/** Makes LPI @p intid pending at @p cpu; @p guard may be NULL. No lock is held. */
VgicLpiResult vgic_lpi_pend(VgicCpu *cpu, uint32_t intid, const VgicLpiGuard *guard);

/** The same for a caller that may have read its configuration, and whose place to read it is
 * @p config. */
VgicLpiResult vgic_lpi_pend_with(VgicCpu *cpu, uint32_t intid, const VgicLpiGuard *guard,
                                 VgicLpiConfig *config);

/** Makes it no longer pending; @p at: only if it is pending at that PE, NULL: wherever. */
void vgic_lpi_unpend(Vgic *gic, const VgicCpu *at, uint32_t intid);

/** After it was moved to @p cpu: it is not pending there if the PE's LPIs were disabled meanwhile.
 */
void vgic_lpi_leave(VgicCpu *cpu, uint32_t intid);

/** Moves it, and what is pending of it, to @p cpu. */
VgicLpiResult vgic_lpi_move(VgicCpu *cpu, uint32_t intid);

/** Drops the cached configuration of one LPI. VGIC_LPI_OK or VGIC_LPI_TABLE. */
VgicLpiResult vgic_lpi_invalidate(Vgic *gic, uint32_t intid);

/*
 * Work on all LPIs of a PE, a chunk of records a call: `number` counts the chunks, from
 * vgic_lpi_first_chunk() on, to VgicLpis.chunk_count.
 */
static inline uint32_t vgic_lpi_first_chunk(void)
{
    return VGIC_INTID_LPI >> VGIC_LPI_CHUNK_BITS;
}

/** Drops the cached configuration of what @p cpu has in the chunk. */
VgicLpiResult vgic_lpi_invalidate_chunk(VgicCpu *cpu, uint32_t number);

/** Moves what is pending at @p from in the chunk to @p to, another PE. VGIC_LPI_DISABLED: nothing
 * moves, because not both have their LPIs enabled. */
VgicLpiResult vgic_lpi_move_chunk(VgicCpu *from, VgicCpu *to, uint32_t number);

/** All chunks at once. */
VgicLpiResult vgic_lpi_invalidate_all(VgicCpu *cpu);

/** The first INTID that tables of the size that GICR_PROPBASER.IDbits says do not hold; 0: too
 * small [5].
 */
uint32_t vgic_lpi_table_end(const Vgic *gic, uint64_t propbaser);

/** GICR_CTLR.EnableLPIs: reads, or writes and empties, what the change asks for. No lock is held.
 */
VgicLpiResult vgic_lpi_enable(VgicCpu *cpu, bool on);

/** Writes what is pending at @p cpu to its pending table, and keeps it. For vgic_export_tables().
 */
bool vgic_lpi_write_pending(VgicCpu *cpu);

/** Reads the pending table and clears it, as far as the PE's LPIs are enabled. */
bool vgic_lpi_take_pending(VgicCpu *cpu);

#endif
