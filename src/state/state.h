/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of saved state share: the parts that the core itself saves. */
#ifndef VGIC_STATE_STATE_H
#define VGIC_STATE_STATE_H

#include "core/gic.h"
#include "core/state.h"

/** The properties of interrupts that a saved state has as arrays. */
typedef enum VgicProperty {
    VGIC_P_GROUP,
    VGIC_P_MODIFIER,
    VGIC_P_ENABLED,
    VGIC_P_LATCH,
    VGIC_P_ACTIVE,
    VGIC_P_TRIGGER,
    VGIC_P_NSACR,
    VGIC_P_NMI,
    VGIC_P_WIRE,
    VGIC_P_MESSAGE,
    VGIC_PROPERTIES,
} VgicProperty;

/** A range of interrupts as it is in the bytes; pointers that are NULL: nothing was saved. */
typedef struct VgicStagedRange {
    uint32_t count, nsacr_fields;
    const uint32_t *words[VGIC_PROPERTIES];
    const uint8_t *priority;
    const uint64_t *route;  /* SPIs: IROUTER */
    const uint16_t *pe;     /* SPIs: where it is, if that does not follow from its route */
    const uint16_t *chosen; /* SPIs: the PE that 1-of-N chose last */
} VgicStagedRange;

typedef struct VgicStagedCpu {
    VgicStagedRange local, eppis;
    uint32_t lpi_end;      /* LPIs below it may be pending there */
    const uint32_t *order; /* INTIDs of its queues in order of arrival; NULL: not saved */
    size_t order_count;
} VgicStagedCpu;

typedef struct VgicStaged {
    const Vgic *gic;
    VgicStagedRange spis, espis;
    VgicStagedCpu *cpus;
    VgicStagedLpis lpis;
    size_t lpis_waiting;                /* pending and enabled */
    uint8_t *model, *model_cpus, *part; /* what the model and the ITSs staged */
} VgicStaged;

/** A configuration that was read, with arrays of its own. */
typedef struct VgicStateConfig {
    VgicConfig config;
    VgicIwbOptions iwb[VGIC_V5_MAX_IWBS];
} VgicStateConfig;

/* The configuration (config.c). */
void vgic_state_save_config(const Vgic *gic, VgicStateWriter *state);
void vgic_state_check_config(const Vgic *gic, VgicStateReader *state);
/** Reads a configuration as such; the arrays that it points to live as long as the load and @p
 * read. */
void vgic_state_read_config(VgicStateReader *state, VgicStateConfig *read);

/* SGIs, PPIs and SPIs, and the queues (irqs.c). */
void vgic_state_save_spis(const Vgic *gic, VgicStateWriter *gicd);
void vgic_state_save_local(const VgicCpu *cpu, VgicStateWriter *gicr);
void vgic_state_save_order(const VgicCpu *cpu, VgicStateWriter *gicr, VgicStateScratch *scratch);
void vgic_state_check_spis(VgicStaged *staged, VgicStateReader *gicd);
void vgic_state_check_local(VgicStaged *staged, uint32_t cpu, VgicStateReader *gicr);
/** Does the order name candidates of the PE, each once? After all interrupts were checked. */
void vgic_state_check_order(const VgicStaged *staged, uint32_t cpu, VgicStateReader *gicr);
void vgic_state_apply_irqs(Vgic *gic, const VgicStaged *staged);

/** Puts every candidate into its queue: in the saved order what that names, all others after it. */
void vgic_state_queue_all(Vgic *gic, const VgicStaged *staged);

/* LPIs (lpis.c). */
/** False: out of memory. */
bool vgic_state_save_lpis(const Vgic *gic, VgicStateWriter *state);
void vgic_state_check_lpis(VgicStaged *staged, VgicStateReader *state);

#endif
