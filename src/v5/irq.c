/* SPDX-License-Identifier: BSD-2-Clause */
/* SPIs and LPIs by their INTIDs, and events for them [GICv5 1.2, 1.6]. */
#include <glib.h>

#include "v5/v5.h"

static VgicRule lock_spi(Vgic *gic, unsigned domain, uint32_t id, VgicCpu **home, VgicIrq **irq)
{
    if (id >= gic->spis) {
        return VGIC_RULE_IRQ_RANGE;
    }
    *irq = &gic->shared[id];
    *home = vgic_v5_lock_home(gic, *irq);
    if (G_UNLIKELY((*irq)->group != domain)) {
        vgic_unlock(&(*home)->lock);
        return VGIC_RULE_IRQ_DOMAIN;
    }
    return VGIC_RULE_NONE;
}

/* Takes the lock of an LPI's home; false, and nothing is locked, if the record does not say all of
 * it, or has become another LPI's. */
static bool lock_loaded(Vgic *gic, VgicIrq *irq, uint32_t slot, VgicCpu **home)
{
    *home = vgic_v5_lock_home(gic, irq);
    if (G_LIKELY(irq->flags & VGIC_IRQ_CONFIGURED && irq->slot == slot)) {
        return true;
    }
    vgic_unlock(&(*home)->lock);
    return false;
}

enum {
    TRIES = 100, /* for who makes tables valid and not, over and over */
};

static VgicRule lock_lpi(VgicIrs *irs, unsigned domain, uint32_t id, VgicCpu **home, VgicIrq **irq)
{
    Vgic *gic = irs->gic;
    VgicIst *ist = &gic->v5->ist[domain];
    uint32_t number = vgic_v5_lpi_number(domain, id);

    for (unsigned tries = 0; tries < TRIES; tries++) {
        uint32_t end = atomic_load_explicit(&ist->end, memory_order_acquire);
        VgicRule rule;

        if (G_UNLIKELY(id >= end)) {
            return end ? VGIC_RULE_IRQ_RANGE : VGIC_RULE_IST_INVALID;
        }
        *irq = vgic_lpi_find(&gic->lpis, number);
        if (G_LIKELY(*irq && lock_loaded(gic, *irq, VGIC_SLOT_LPI | number, home))) {
            return VGIC_RULE_NONE;
        }
        rule = vgic_v5_ist_load(irs, domain, id);
        if (rule) {
            return rule;
        }
    }
    return VGIC_RULE_IST_INVALID;
}

VgicRule vgic_v5_irq_lock(VgicIrs *irs, unsigned domain, uint32_t intid, VgicCpu **home,
                          VgicIrq **irq)
{
    uint32_t id = intid & VGIC_INTID_MASK;

    switch (intid >> 29) {
    case VGIC_TYPE_LPI:
        return lock_lpi(irs, domain, id, home, irq);
    case VGIC_TYPE_SPI:
        return lock_spi(irs->gic, domain, id, home, irq);
    default:
        return VGIC_RULE_IRQ_TYPE;
    }
}

void vgic_v5_route(VgicCpu *home, VgicIrq *irq, bool one_of_n, uint16_t iaffid)
{
    VgicV5 *v5 = home->gic->v5;

    one_of_n &= v5->one_of_n;
    vgic_irq_set(irq, VGIC_IRQ_ONE_OF_N, one_of_n);
    irq->target = iaffid;
    if (one_of_n) {
        /* Round robin goes on behind the PE where it is. */
        irq->target = (uint16_t)home->index;
        atomic_store_explicit(&v5->one_of_n_used, true, memory_order_relaxed);
    }
}

VgicRule vgic_v5_lpi_event(VgicIrs *irs, unsigned domain, uint32_t id, VgicV5Event event,
                           uint32_t *pe)
{
    VgicCpu *home;
    VgicIrq *irq;
    VgicRule rule = lock_lpi(irs, domain, id, &home, &irq);

    if (pe) {
        *pe = UINT32_MAX;
    }
    if (rule) {
        return rule;
    }
    if (pe && home->index < irs->gic->cpu_count) {
        *pe = home->index;
    }
    vgic_v5_apply_event(irq, event);
    vgic_irq_update_unlock(home, irq);
    return VGIC_RULE_NONE;
}
