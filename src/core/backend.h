/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A backend: who runs the CPU interface. `tcg` (src/backend/tcg.c): the library does, in software.
 * `hyp`: list registers of a virtual CPU interface, filled from the queues before guest entry and
 * folded back after exit. `kvm`: Linux's in-kernel vGIC.
 *
 * What each asks of this table (every operation may be NULL unless its comment says otherwise):
 *
 *     tcg   present
 *     hyp   start, stop, present (a running vCPU whose list registers no longer hold the best is to
 *           leave its guest), recall (so is one in whose list registers an interrupt is before
 *           anybody else looks at it or changes it), touched, deactivated, follow_up, busy
 *     kvm   start, stop, drive (wires go to the kernel), recall (registers are read from the kernel
 *           first)
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
     * its home @p cpu is held and may be released meanwhile; returns the home that the interrupt
     * has then, locked.
     */
    VgicCpu *(*recall)(VgicCpu *cpu, VgicIrq *irq);
    /** Keep what is active in VGIC_QUEUE_ACTIVE. */
    bool lists_active;
    /** With lists_active, and mandatory then: the record of @p irq changed, which is in a list
     * register of its home @p cpu. The lock is held. */
    void (*touched)(VgicCpu *cpu, const VgicIrq *irq);
    /** With lists_active, and mandatory then: the CPU interface in software ended the active state
     * of @p irq, whose flags were @p flags, for PE @p cpu; or a register of the Distributor did,
     * or cleared the pending state, of one that is VGIC_IRQ_MAPPED. No lock is held. */
    void (*deactivated)(VgicCpu *cpu, VgicIrq *irq, uint32_t flags);
    /** After present() said true, and the host was told. No lock is held. */
    void (*follow_up)(Vgic *gic);
    /** Is a part of what belongs to @p cpu in hardware, so that it cannot be reset, saved or
     * loaded now? */
    bool (*busy)(const VgicCpu *cpu);
} VgicBackendOps;

extern const VgicBackendOps vgic_tcg_backend;

#endif
