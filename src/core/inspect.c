/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking at interrupts from outside. */
#include <vgic/inspect.h>

#include "core/gic.h"

/* Why it is not delivered; the lock of its home is held. */
static const char *held_by(const VgicCpu *home, const VgicIrq *irq)
{
    if (!vgic_irq_is_pending(irq)) {
        return "not pending";
    }
    if (irq->flags & VGIC_IRQ_ACTIVE) {
        return "active";
    }
    if (!(irq->flags & VGIC_IRQ_ENABLED)) {
        return "not enabled";
    }
    if (home->index == home->gic->cpu_count) {
        return irq->flags & VGIC_IRQ_ONE_OF_N ? "no PE takes part in 1-of-N for its group"
                                              : "routed to no PE";
    }
    return home->gic->model->held_by(home, irq);
}

/* The PE that the interrupt goes to. */
static uint32_t target_of(const VgicCpu *home, const VgicIrq *irq)
{
    uint32_t target = irq->flags & VGIC_IRQ_ONE_OF_N ? home->index : irq->target;

    return target < home->gic->cpu_count ? target : UINT32_MAX;
}

/* Only one that something is known of. */
static VgicIrq *find_lpi(const Vgic *gic, uint32_t intid)
{
    VgicIrq *irq = (uint64_t)intid >> gic->lpis.bits ? NULL : vgic_lpi_find(&gic->lpis, intid);

    return irq && vgic_lpi_is_known(gic, irq) ? irq : NULL;
}

bool vgic_irq_info(Vgic *gic, uint32_t cpu, uint32_t intid, VgicIrqInfo *info)
{
    bool local =
        intid < VGIC_INTID_SPI || (intid >= VGIC_INTID_EPPI && intid < VGIC_INTID_EPPI_END);
    VgicIrq *irq;
    VgicCpu *home;

    if (gic && gic->model->irq_info) {
        return vgic_check_pointer(gic, __func__, info, "info") &&
               gic->model->irq_info(gic, cpu, intid, info);
    }
    if (!vgic_check_gic(gic, __func__) || (local && !vgic_check_cpu(gic, __func__, cpu)) ||
        !vgic_check_pointer(gic, __func__, info, "info")) {
        return false;
    }
    irq = intid >= VGIC_INTID_LPI ? find_lpi(gic, intid)
                                  : vgic_irq_find(gic, local ? &gic->cpus[cpu] : NULL, intid);
    if (!irq) {
        return false;
    }
    home = vgic_irq_lock_settled(gic, irq);
    if (intid >= VGIC_INTID_LPI && find_lpi(gic, intid) != irq) {
        vgic_unlock(&home->lock); /* reset meanwhile */
        return false;
    }
    *info = (VgicIrqInfo){
        .intid = intid,
        .target = target_of(home, irq),
        .priority = irq->priority,
        .group = (uint8_t)vgic_irq_queue(gic, irq),
        .enabled = irq->flags & VGIC_IRQ_ENABLED,
        .pending = vgic_irq_is_pending(irq),
        .active = irq->flags & VGIC_IRQ_ACTIVE,
        .level = irq->flags & VGIC_IRQ_LEVEL,
        .latch = irq->flags & VGIC_IRQ_LATCH,
        .wire = irq->flags & VGIC_IRQ_WIRE,
        .one_of_n = irq->flags & VGIC_IRQ_ONE_OF_N,
        .nmi = irq->flags & VGIC_IRQ_NMI,
        .held_by = held_by(home, irq),
    };
    vgic_unlock(&home->lock);
    return true;
}
