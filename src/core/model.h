/* SPDX-License-Identifier: BSD-2-Clause */
/* What a generation of the architecture (v2, v3, v4, v5) gives the core. One constant table each,
 * chosen once. */
#ifndef VGIC_CORE_MODEL_H
#define VGIC_CORE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include <vgic/config.h>
#include <vgic/error.h>
#include <vgic/gic.h>
#include <vgic/inspect.h>

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

/** What happens to a wire. */
typedef enum VgicWireChange {
    VGIC_WIRE_LOW,
    VGIC_WIRE_HIGH,
    VGIC_WIRE_PULSE, /* rises and falls */
} VgicWireChange;

/** Operations that may be NULL say so. */
typedef struct VgicModelOps {
    const char *name;
    /** Checks what of the configuration is this model's; false sets the error. */
    bool (*check_config)(const VgicConfig *config, VgicError **error);
    /** Fills in what the model keeps constant, its frames included; interrupts and PEs exist
     * already. */
    bool (*init)(Vgic *gic, const VgicConfig *config, VgicError **error);
    /** Frees what init() made, also after it failed. May be NULL. */
    void (*free)(Vgic *gic);
    /** Resets the model's registers, interrupt records excluded. No lock is held. */
    void (*reset)(Vgic *gic, VgicReset kind);
    /** Gives one interrupt its reset values; its home's lock is held. */
    void (*reset_irq)(VgicCpu *home, VgicIrq *irq);
    /** Forgets all LPIs, whose reset is not vgic_lpi_reset(). May be NULL. No lock is held. */
    void (*reset_lpis)(Vgic *gic);
    /** Gives a new record, whose slot is set, the values of an LPI of which nothing is known. May
     * be NULL: vgic_lpi_init_chunk() has done all. */
    void (*init_lpi)(const Vgic *gic, VgicIrq *irq);
    /** vgic_one_of_n_reconsider(), where the bitmaps of Vgic.one_of_n are not used. May be NULL. */
    void (*reconsider_one_of_n)(Vgic *gic, const VgicCpu *cpu);
    /** A wire of SPI @p id, or of PPI @p id of @p cpu, for @p function of the API; false if there
     * is no such wire. May be NULL: INTIDs and records are those of GICv3. No lock is held. */
    bool (*drive)(Vgic *gic, const char *function, VgicCpu *cpu, uint32_t id,
                  VgicWireChange change);
    /** vgic_irq_info() and vgic_lpi_next(). May be NULL, the same. No lock is held. */
    bool (*irq_info)(Vgic *gic, uint32_t cpu, uint32_t intid, VgicIrqInfo *info);
    uint32_t (*lpi_next)(const Vgic *gic, uint32_t intid);
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
    /** Saved state: the model's own registers, or all of it. One of the two is NULL. */
    const VgicStateOps *state;
    const VgicWholeStateOps *whole_state;
} VgicModelOps;

extern const VgicModelOps vgic_v3_model;
extern const VgicModelOps vgic_v5_model;

#endif
