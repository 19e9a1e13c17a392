/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking at interrupts of a GICv5 from outside. */
#include <glib.h>

#include <vgic/inspect.h>

#include "v5/v5.h"

/* Why the interrupt that software calls @p intid, a candidate at @p cpu, is not signalled; NULL: it
 * is. The lock is held. */
static const char *held_at(const VgicCpu *cpu, unsigned domain, uint32_t intid)
{
    const VgicV5Cpu *v5 = cpu->v5;
    uint64_t hppi = vgic_load64(&v5->hppi[domain]);

    if (!VGIC_GET(vgic_load64(&v5->cr0[domain]), icc5_cr0, EN)) {
        return "ICC_CR0.EN is 0";
    }
    if (intid >> 29 != VGIC_TYPE_PPI && !(v5->irs_on >> domain & 1)) {
        return "IRS_CR0.IRSEN is 0";
    }
    if ((uint32_t)hppi != intid) {
        return "another interrupt comes first";
    }
    if (vgic_v5_is_sufficient(v5, domain, hppi)) {
        return NULL;
    }
    return vgic_v5_hppi_priority(hppi) > vgic_load8(&v5->pcr[domain])
               ? "masked by ICC_PCR"
               : "does not preempt the running priority";
}

static const char *held_by(const VgicIrqInfo *info, const VgicCpu *cpu, unsigned domain,
                           uint32_t intid)
{
    if (!info->pending) {
        return "not pending";
    }
    if (info->active) {
        return "active";
    }
    if (!info->enabled) {
        return "not enabled";
    }
    if (!cpu) {
        return info->one_of_n ? "no PE takes part in 1-of-N for its domain" : "routed to no PE";
    }
    return held_at(cpu, domain, intid);
}

static bool ppi_info(VgicCpu *cpu, uint32_t id, VgicIrqInfo *info)
{
    const VgicV5 *v5 = cpu->gic->v5;
    const VgicV5Cpu *own = cpu->v5;
    unsigned word = id / 64, shift = id % 64, domain;

    if (id >= VGIC_V5_PPIS || !(v5->ppis[word] >> shift & 1)) {
        return false;
    }
    vgic_lock(&cpu->lock);
    domain = vgic_v5_ppi_domain(own, id);
    *info = (VgicIrqInfo){
        .intid = VGIC_V5_PPI(id),
        .target = cpu->index,
        .priority = vgic_load8(&own->priority[id]),
        .group = (uint8_t)domain,
        .enabled = vgic_load64(&own->enabled[word]) >> shift & 1,
        .pending = vgic_v5_pending_ppis(v5, own, word) >> shift & 1,
        .active = vgic_load64(&own->active[word]) >> shift & 1,
        .level = v5->level_ppis[word] >> shift & 1,
        .latch = vgic_load64(&own->latch[word]) >> shift & 1,
        .wire = vgic_load64(&own->wire[word]) >> shift & 1,
    };
    info->held_by = held_by(info, cpu, domain, info->intid);
    vgic_unlock(&cpu->lock);
    return true;
}

/* Where it goes; its home is locked. */
static uint32_t target_of(const VgicCpu *home, const VgicIrq *irq)
{
    uint32_t pe = irq->flags & VGIC_IRQ_ONE_OF_N ? home->index : vgic_irq_target_pe(home->gic, irq);

    return pe < home->gic->cpu_count ? pe : UINT32_MAX;
}

static void record_info(const VgicCpu *home, const VgicIrq *irq, uint32_t intid, VgicIrqInfo *info)
{
    *info = (VgicIrqInfo){
        .intid = intid,
        .target = target_of(home, irq),
        .priority = (uint8_t)vgic_v5_priority(irq),
        .group = irq->group,
        .enabled = irq->flags & VGIC_IRQ_ENABLED,
        .pending = irq->flags & VGIC_IRQ_LATCH,
        .active = irq->flags & VGIC_IRQ_ACTIVE,
        .level = irq->flags & VGIC_IRQ_LEVEL_HANDLING,
        .latch = irq->flags & VGIC_IRQ_LATCH,
        .wire = irq->flags & VGIC_IRQ_WIRE,
        .one_of_n = irq->flags & VGIC_IRQ_ONE_OF_N,
    };
    info->held_by = held_by(info, home->index < home->gic->cpu_count ? home : NULL, irq->group,
                            vgic_v5_intid_of(irq->slot));
}

/* The LPI with this number, if more is known of it than its table says. Its home is locked then. */
static VgicIrq *lock_known_lpi(Vgic *gic, uint32_t number, VgicCpu **home)
{
    VgicIrq *irq = gic->lpis.bits ? vgic_lpi_find(&gic->lpis, number) : NULL;

    if (!irq) {
        return NULL;
    }
    *home = vgic_irq_lock_settled(gic, irq);
    if (irq->flags & VGIC_IRQ_CONFIGURED && irq->slot == (VGIC_SLOT_LPI | number)) {
        return irq;
    }
    vgic_unlock(&(*home)->lock);
    return NULL;
}

bool vgic_v5_irq_info(Vgic *gic, uint32_t cpu, uint32_t intid, VgicIrqInfo *info)
{
    uint32_t id = intid & VGIC_INTID_MASK;
    VgicCpu *home;
    VgicIrq *irq = NULL;

    switch (intid >> 29) {
    case VGIC_TYPE_PPI:
        return vgic_check_cpu(gic, "vgic_irq_info", cpu) &&
               ppi_info(&gic->cpus[cpu], intid & 0x1FFFFFFF, info);
    case VGIC_TYPE_SPI:
        if ((intid & 0x1FFFFFFF) < gic->spis) {
            irq = &gic->shared[id];
            home = vgic_irq_lock_settled(gic, irq);
        }
        break;
    case VGIC_TYPE_LPI:
        if (!(intid >> 26 & 7)) {
            irq = lock_known_lpi(gic, intid & 0x3FFFFFF, &home);
        }
        break;
    default:
        break;
    }
    if (!irq) {
        return false;
    }
    record_info(home, irq, intid, info);
    vgic_unlock(&home->lock);
    return true;
}

uint32_t vgic_v5_lpi_next(const Vgic *gic, uint32_t intid)
{
    uint32_t number = intid >> 29 == VGIC_TYPE_LPI ? intid & 0x1FFFFFFF : 0;

    if (intid >> 29 > VGIC_TYPE_LPI) {
        return UINT32_MAX;
    }
    while (number >> VGIC_LPI_CHUNK_BITS < gic->lpis.chunk_count) {
        VgicCpu *home;

        if (!vgic_lpi_find(&gic->lpis, number)) {
            number = (number | (VGIC_LPI_CHUNK - 1)) + 1;
            continue;
        }
        if (lock_known_lpi((Vgic *)gic, number, &home)) {
            vgic_unlock(&home->lock);
            return VGIC_V5_LPI(number);
        }
        number++;
    }
    return UINT32_MAX;
}
