/* SPDX-License-Identifier: BSD-2-Clause */
/* Which interrupt a PE is shown: the highest-priority pending one of each domain, and the lines
 * that follow [GICv5 1.8 to 1.10]. PPIs and their wires. */
#include <glib.h>

#include "v5/v5.h"

/* PPIs that are candidates, 64 of them, whoever they belong to. */
static inline uint64_t ready_ppis(const VgicV5 *v5, const VgicV5Cpu *cpu, unsigned word)
{
    return vgic_v5_pending_ppis(v5, cpu, word) & vgic_load64(&cpu->enabled[word]) &
           ~vgic_load64(&cpu->active[word]);
}

/* The best PPI of the domain: the lowest number among equals. At most 128 look like it, and nearly
 * always none or one. */
static G_GNUC_NO_INLINE uint64_t best_ppi(const VgicV5 *v5, const VgicV5Cpu *cpu, unsigned domain)
{
    unsigned best = VGIC_PRIORITY_NONE;
    uint64_t hppi = 0;

    for (unsigned word = 0; word < VGIC_PPI_WORDS; word++) {
        uint64_t ready = ready_ppis(v5, cpu, word) & vgic_load64(&cpu->of_domain[domain][word]);

        for (; ready; ready &= ready - 1) {
            unsigned ppi = 64 * word + (unsigned)__builtin_ctzll(ready);
            unsigned priority = vgic_load8(&cpu->priority[ppi]);

            if (priority < best) {
                best = priority;
                hppi = VGIC_HPPI_VALID | (uint64_t)priority << VGIC_HPPI_PRIORITY_SHIFT |
                       VGIC_V5_PPI(ppi);
            }
        }
    }
    return hppi;
}

/* The best SPI or LPI, unless it is worse than @p ppi or equal to it: then that. */
static inline uint64_t better(const VgicCpu *cpu, unsigned domain, uint64_t ppi)
{
    uint16_t key = vgic_queue_best_key(&cpu->queues[domain]);
    unsigned priority = key >> 1;
    uint32_t slot;

    if (key == VGIC_KEY_NONE || (ppi && vgic_v5_hppi_priority(ppi) <= priority)) {
        return ppi;
    }
    slot = cpu->queues[domain].buckets[key].head;
    return VGIC_HPPI_VALID | (uint64_t)priority << VGIC_HPPI_PRIORITY_SHIFT |
           vgic_v5_intid_of(slot);
}

/* @p ppis: there are PPIs to choose among. */
static inline uint64_t compute(const VgicCpu *cpu, unsigned domain, bool ppis)
{
    const VgicV5Cpu *v5 = cpu->v5;
    uint64_t hppi;

    if (!VGIC_GET(vgic_load64(&v5->cr0[domain]), icc5_cr0, EN)) {
        return 0;
    }
    hppi = G_UNLIKELY(ppis) ? best_ppi(cpu->gic->v5, v5, domain) : 0;
    return v5->irs_on >> domain & 1 ? better(cpu, domain, hppi) : hppi;
}

/* May an interrupt of @p domain interrupt another one? EL3's has no threshold [GICv5 1.10]. */
static bool preempts(const VgicV5Cpu *v5, unsigned domain, uint64_t hppi)
{
    uint64_t cr0 = vgic_load64(&v5->cr0[domain]);

    if (domain == VGIC_EL3) {
        return !(VGIC_GET(cr0, icc5_cr0_el3, PID) & 1);
    }
    return !VGIC_GET(cr0, icc5_cr0, PID) &&
           vgic_v5_hppi_priority(hppi) < VGIC_GET(cr0, icc5_cr0, IPPT);
}

/* FIQ: what a PE is to take out of its domain, and all of EL3's. */
static bool signals_fiq(const VgicCpu *cpu)
{
    const VgicV5Cpu *v5 = cpu->v5;

    for (uint32_t domains = cpu->gic->v5->domains; domains; domains &= domains - 1) {
        unsigned domain = (unsigned)__builtin_ctz(domains);
        uint64_t hppi = vgic_load64(&v5->hppi[domain]);

        if ((domain != v5->domain || domain == VGIC_EL3) &&
            vgic_v5_is_sufficient(v5, domain, hppi) && preempts(v5, domain, hppi)) {
            return true;
        }
    }
    return false;
}

/* The line for the interrupt of the current domain. */
static inline uint32_t own_line(const VgicCpu *cpu, unsigned domain, uint64_t hppi)
{
    if (!vgic_v5_is_sufficient(cpu->v5, domain, hppi)) {
        return 0;
    }
    return cpu->gic->nmi && vgic_v5_hppi_priority(hppi) == 0 ? VGIC_LINE_NMI : VGIC_LINE_IRQ;
}

static G_GNUC_NO_INLINE uint32_t refresh_domains(VgicCpu *cpu, bool ppis)
{
    VgicV5Cpu *own = cpu->v5;

    for (uint32_t domains = cpu->gic->v5->domains; domains; domains &= domains - 1) {
        unsigned domain = (unsigned)__builtin_ctz(domains);

        vgic_store64(&own->hppi[domain], compute(cpu, domain, ppis));
    }
    if (signals_fiq(cpu)) {
        return VGIC_LINE_FIQ;
    }
    return own->domain == VGIC_EL3
               ? 0
               : own_line(cpu, own->domain, vgic_load64(&own->hppi[own->domain]));
}

/* This runs at each change of a PE. */
uint32_t vgic_v5_refresh(VgicCpu *cpu)
{
    const VgicV5 *v5 = cpu->gic->v5;
    VgicV5Cpu *own = cpu->v5;
    uint64_t hppi;
    bool ppis;

    if (own->hppi_stays && !cpu->gic->el3) {
        own->hppi_stays = false;
        return own_line(cpu, VGIC_NS, vgic_load64(&own->hppi[VGIC_NS]));
    }
    own->hppi_stays = false;
    ppis = ready_ppis(v5, own, 0) | ready_ppis(v5, own, 1);
    if (cpu->gic->el3) {
        return refresh_domains(cpu, ppis);
    }
    hppi = compute(cpu, VGIC_NS, ppis);
    vgic_store64(&own->hppi[VGIC_NS], hppi);
    return own_line(cpu, VGIC_NS, hppi);
}

/* A PPI's wire. */
static bool drive_ppi(const char *function, VgicCpu *cpu, uint32_t id, VgicWireChange change)
{
    const VgicV5 *v5 = cpu->gic->v5;
    VgicV5Cpu *own = cpu->v5;
    uint64_t bit = UINT64_C(1) << id % 64, wire;
    unsigned word = id / 64;
    bool high = change == VGIC_WIRE_HIGH;

    if (id >= VGIC_V5_PPIS || !(v5->ppis[word] & bit)) {
        vgic_host_error(cpu->gic, function,
                        "intid is %u, allowed are the PPIs of VgicConfig.v5.ppis, %#llx and %#llx",
                        id, (unsigned long long)v5->ppis[0], (unsigned long long)v5->ppis[1]);
        return false;
    }
    vgic_lock(&cpu->lock);
    wire = vgic_load64(&own->wire[word]);
    if (!(wire & bit) == !high && change != VGIC_WIRE_PULSE) {
        vgic_unlock(&cpu->lock);
        return true;
    }
    if (change != VGIC_WIRE_LOW && !(wire & bit) && !(v5->level_ppis[word] & bit)) {
        vgic_store64(&own->latch[word], vgic_load64(&own->latch[word]) | bit);
    }
    vgic_store64(&own->wire[word], high ? wire | bit : wire & ~bit);
    vgic_cpu_present_unlock(cpu);
    return true;
}

/* What a change of an SPI's wire does to it; its lock is held. */
static void change_spi(VgicIrq *irq, bool high)
{
    bool was = irq->flags & VGIC_IRQ_WIRE;

    if (was == high) {
        return;
    }
    vgic_irq_set(irq, VGIC_IRQ_WIRE, high);
    vgic_v5_apply_event(irq, vgic_v5_wire_event(irq->flags & VGIC_IRQ_LEVEL_TRIGGER, high));
}

bool vgic_v5_drive(Vgic *gic, const char *function, VgicCpu *cpu, uint32_t id,
                   VgicWireChange change)
{
    VgicIrq *irq;

    if (cpu) {
        return drive_ppi(function, cpu, id, change);
    }
    if (id >= gic->spis) {
        vgic_host_error(gic, function, "intid is %u, allowed are the %u SPIs from 0 on", id,
                        gic->spis);
        return false;
    }
    irq = &gic->shared[id];
    cpu = vgic_v5_lock_home(gic, irq);
    if (change != VGIC_WIRE_LOW) {
        change_spi(irq, true);
    }
    if (change != VGIC_WIRE_HIGH) {
        change_spi(irq, false);
    }
    vgic_irq_update_unlock(cpu, irq);
    return true;
}
