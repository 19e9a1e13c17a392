/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A backend: who runs the CPU interface. `tcg` (src/backend/tcg.c): the library does, in software.
 * `hyp`: list registers of a virtual CPU interface, filled from the queues before guest entry and
 * folded back after exit. `kvm`: Linux's in-kernel vGIC.
 *
 * What each asks of this table (every operation may be NULL unless its comment says otherwise):
 *
 *     tcg   present
 *     hyp   present (kicks a running vCPU whose list registers no longer hold the best), recall (an
 * interrupt that is in a list register of a running vCPU is stopped and folded before anybody else
 * looks at it or changes it) kvm   start, stop, drive (wires go to the kernel), recall (registers
 * are read from the kernel first)
 */
#ifndef VGIC_CORE_BACKEND_H
#define VGIC_CORE_BACKEND_H

#include <stdbool.h>

#include <vgic/error.h>

#include "core/cpu.h"

typedef struct VgicBackendOps {
    const char *name;
    /** Called once the instance is complete and reset; false sets the error, and the instance is
     * freed. No lock is held. */
    bool (*start)(Vgic *gic, VgicError **error);
    /** The instance goes away. */
    void (*stop)(Vgic *gic);
    /**
     * Mandatory. The queues, the CPU interface or the configuration of @p cpu changed: compute what
     * it is shown now. True if its output lines are different from before. The PE's lock is held;
     * no callback of the host may run.
     */
    bool (*present)(VgicCpu *cpu);
    /**
     * A wire changed. True: the backend has dealt with it, and the record is not touched. @p cpu is
     * NULL for shared interrupts. No lock is held.
     */
    bool (*drive)(Vgic *gic, VgicCpu *cpu, VgicIrq *irq, bool level);
    /**
     * Somebody other than the guest's own CPU interface is about to look at or change @p irq, whose
     * flags say that its truth is elsewhere (VGIC_IRQ_ON_LR): bring it into the record. The lock of
     * its home @p cpu is held, and held again on return.
     */
    void (*recall)(VgicCpu *cpu, VgicIrq *irq);
} VgicBackendOps;

extern const VgicBackendOps vgic_tcg_backend;

#endif
