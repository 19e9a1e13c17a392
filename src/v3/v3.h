/* SPDX-License-Identifier: BSD-2-Clause */
/* GICv3: what its files share. */
#ifndef VGIC_V3_V3_H
#define VGIC_V3_V3_H

#include "core/gic.h"
#include "reg/frame.h"
#include "reg/sysreg.h"

/** What Non-secure software needs, beside the interrupt being Non-secure Group 1, to touch a field
 * of it [3.6]. */
enum {
    VGIC_NS_GROUP1 = 0, /* nothing else will do */
    VGIC_NS_NSACR1 = 1, /* GICD_NSACR of 1 or more */
    VGIC_NS_NSACR2 = 2,
    VGIC_NS_NSACR3 = 3,
};

/** Is @p irq open to a Non-secure access that needs @p need? The lock of its home is held. */
bool vgic_v3_ns_allowed(const Vgic *gic, const VgicIrq *irq, unsigned need);

/** vgic_irq_update_unlock() after a register changed @p irq, whose flags were @p before. What
 * stands for a physical interrupt lets it go if nothing is left of its pending or active state. */
void vgic_v3_changed_unlock(VgicCpu *home, VgicIrq *irq, uint32_t before);

/* Getters and setters of an interrupt's properties, for rows of the Distributor and of the
 * Redistributor alike (v3/rows.h). */
uint32_t vgic_v3_get_group(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_modifier(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_enabled(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_pending(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_active(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_priority(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_trigger(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_nsacr(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_nmi(const VgicCpu *home, const VgicIrq *irq, bool ns);

void vgic_v3_set_group(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_set_modifier(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_enable(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_disable(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_pend(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_unpend(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_activate(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_deactivate(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_set_priority(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_set_trigger(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_set_nsacr(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_set_nmi(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);

/** Has this GIC NMIs, and with them GICD_INMIR<n> and GICR_INMIR0? */
bool vgic_v3_has_nmi(const Vgic *gic);

/** Sets what follows from GICD_CTLR.DS: the group of each combination of IGROUPR and IGRPMODR
 * [1.2]. */
void vgic_v3_refresh_groups(Vgic *gic);

/** Sets what depends on DS and on the PE's state: which line a candidate of each group raises, and
 * the priority of a Non-secure NMI. The lock is held. */
void vgic_v3_refresh_lines(VgicCpu *cpu);

/** GICD_STATUSR or GICR_STATUSR: notes what an access that was refused did [3.1]. */
/** The bits of a STATUSR register, GITS_STATUSR's too, for an access that broke @p rule. */
uint32_t vgic_v3_status_bits(VgicRule rule, bool write);
void vgic_v3_note_status(const VgicAccess *access, bool write);

/* Message-based SPIs, in GICD and GICM [3.5]. */
void vgic_v3_setspi_write(VgicAccess *access, uint64_t value);
void vgic_v3_clrspi_write(VgicAccess *access, uint64_t value);

/* Tables. */
extern const VgicFrameRow vgic_v3_dist_rows[];
extern const uint32_t vgic_v3_dist_row_count;
extern const VgicFrameRow vgic_v3_redist_rows[];
extern const uint32_t vgic_v3_redist_row_count;
extern const VgicFrameRow vgic_v3_message_rows[];
extern const uint32_t vgic_v3_message_row_count;

/** The model's registers in a saved state (v3/state.c). */
extern const VgicStateOps vgic_v3_state;

#endif
