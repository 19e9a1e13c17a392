/* SPDX-License-Identifier: BSD-2-Clause */
/* What a generation of the architecture (v2, v3, v4, v5) gives the core. One constant table each,
 * chosen once. */
#ifndef VGIC_CORE_MODEL_H
#define VGIC_CORE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include <vgic/config.h>
#include <vgic/error.h>

#include "core/cpu.h"
#include "core/state.h"
#include "reg/frame.h"
#include "reg/sysreg.h"

enum {
    VGIC_SYSREG_TABLES = 2,
};

typedef struct VgicSysregTable {
    const VgicSysregRow *rows;
    const uint32_t *count;
} VgicSysregTable;

typedef struct VgicModelOps {
    const char *name;
    /** Checks what of the configuration is this model's; false sets the error. */
    bool (*check_config)(const VgicConfig *config, VgicError **error);
    /** Fills in what the model keeps constant, its frames included; interrupts and PEs exist
     * already. */
    bool (*init)(Vgic *gic, const VgicConfig *config, VgicError **error);
    /** Resets the model's registers, interrupt records excluded. No lock is held. */
    void (*reset)(Vgic *gic);
    /** Gives one interrupt its reset values; its home's lock is held. */
    void (*reset_irq)(VgicCpu *home, VgicIrq *irq);
    /** Resets the CPU interface of a PE; its lock is held. */
    void (*reset_cpu)(VgicCpu *cpu);
    /** Recomputes groups_on, line_of_queue and the result, the groups in which the PE takes part in
     * 1-of-N. The lock is held. */
    uint32_t (*configure_cpu)(VgicCpu *cpu);
    /** The output lines that follow from the candidate and the CPU interface; the lock is held. */
    uint32_t (*lines)(const VgicCpu *cpu);
    /** Why @p irq, the candidate of its PE, is not signalled: a few words, or NULL. The lock is
     * held. */
    const char *(*held_by)(const VgicCpu *cpu, const VgicIrq *irq);
    /** vgic_cpu_set_state(). No lock is held. */
    void (*set_cpu_state)(VgicCpu *cpu, const VgicCpuState *state);
    /** Notes a refused access in the frame's status register, if it has one. No lock is held. */
    void (*note_status)(const VgicAccess *access, bool write);
    /** vgic_act_as_firmware(). No lock is held. */
    void (*act_as_firmware)(Vgic *gic);
    /** Recomputes what the model derives of a PE, and aborts if it is not what is there. For debug
     * builds; the lock is held. */
    void (*check_cpu)(const VgicCpu *cpu);
    /** The system registers, present or not: tables up to one without rows. */
    VgicSysregTable sysregs[VGIC_SYSREG_TABLES];
    /** Is the row present in this GIC? Makes @p row, a copy, what it is here. */
    bool (*select_sysreg)(const Vgic *gic, VgicSysregRow *row);
    /**
     * May the PE access the row in its state? Called after direction and register width were
     * checked. Sets @p redirected if it is the row's twin in the virtual CPU interface.
     */
    VgicResult (*check_sysreg)(const Vgic *gic, const VgicCpu *cpu, const VgicCpuState *state,
                               const VgicSysregRow *row, bool write, bool *redirected);
    /** Saved state: the model's own registers. */
    const VgicStateOps *state;
} VgicModelOps;

extern const VgicModelOps vgic_v3_model;

#endif
