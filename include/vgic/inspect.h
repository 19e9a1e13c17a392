/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking at a GIC from outside: for tests, monitors and debuggers. Nothing here changes anything.
 *
 * Thread-safety: any thread, any time; the answer is consistent for one interrupt.
 */
#ifndef VGIC_INSPECT_H
#define VGIC_INSPECT_H

#include <vgic/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The state of one interrupt. Where a GICv5 differs, its members say so. */
typedef struct VgicIrqInfo {
    uint32_t intid;   /**< the interrupt; GICv5: with its type, an LPI's as VGIC_V5_LPI_OF() */
    uint32_t target;  /**< the PE it goes to now; UINT32_MAX: none (no such PE, or 1-of-N without a
                         candidate) */
    uint8_t priority; /**< as stored: the Secure view, unimplemented bits zero; GICv5: 0 to 31 */
    uint8_t group; /**< effective group: 0 Group 0, 1 Secure Group 1, 2 Non-secure Group 1 or Group
                      1; GICv5: the domain, a VgicSpace */
    bool enabled;  /**< ISENABLER */
    bool pending;  /**< latch, or for level-sensitive ones also wire or message level */
    bool active;   /**< ISACTIVER */
    bool level;    /**< level-sensitive (ICFGR); GICv5: the handling mode */
    bool latch; /**< pending latch: an edge, or ISPENDR; GICv5: Pending of what is no level PPI */
    bool wire;  /**< the input wire is high */
    bool one_of_n; /**< IROUTER.IRM; GICv5: IRM */
    bool nmi;      /**< INMIR (GICv3.3) */
    /** Why it is not being delivered, in a few words; NULL if it is the interrupt that its PE would
     * acknowledge now. */
    const char *held_by;
    /** Room for what later releases tell: 0. */
    uint64_t reserved[4];
} VgicIrqInfo;

/**
 * Describes interrupt @p intid; for SGIs and PPIs that of PE @p cpu, which is ignored for others.
 * An LPI is there if vgic_lpi_next() finds it; its `enabled` and `priority` are what the GIC has
 * cached of its configuration, which is read when it first becomes pending.
 *
 * @return false if there is no such interrupt, which is no mistake to ask, or no such PE; @p info
 * is then unchanged
 */
VGIC_API bool vgic_irq_info(Vgic *gic, uint32_t cpu, uint32_t intid, VgicIrqInfo *info);

/**
 * The first LPI from @p intid on that this GIC knows more of than its tables in guest memory: one
 * that was pending, mapped or configured since the last reset. For loops over LPIs:
 *
 *     for (uint32_t id = vgic_lpi_next(gic, 0); id != UINT32_MAX; id = vgic_lpi_next(gic, id + 1))
 *
 * @return its INTID; UINT32_MAX if there is none
 */
VGIC_API uint32_t vgic_lpi_next(const Vgic *gic, uint32_t intid);

#ifdef __cplusplus
}
#endif

#endif
