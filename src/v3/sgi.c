/* SPDX-License-Identifier: BSD-2-Clause */
/* Software-generated interrupts [7.7]. */
#include "v3/icc.h"

/* May @p reg make an SGI pending whose group at the target is @p group, with the target's
 * GICR_NSACR field @p nsacr? */
static bool allowed_with_ds(VgicSgiRegister reg, unsigned group)
{
    return group == VGIC_G0 || reg == VGIC_SGI1R;
}

static bool allowed_from_secure(VgicSgiRegister reg, unsigned group)
{
    static const uint8_t group_of[] = {
        [VGIC_SGI0R] = VGIC_G0, [VGIC_SGI1R] = VGIC_G1S, [VGIC_ASGI1R] = VGIC_G1NS};

    return group == group_of[reg];
}

static bool allowed_from_ns(VgicSgiRegister reg, unsigned group, unsigned nsacr)
{
    switch (group) {
    case VGIC_G0:
        return nsacr >= 1;
    case VGIC_G1S:
        return nsacr >= 2 && reg != VGIC_SGI0R;
    default:
        return reg == VGIC_SGI1R;
    }
}

/* The group that the SGI is configured for at its target, whatever a PE without EL3 is shown. */
static unsigned configured_group(const Vgic *gic, const VgicIrq *irq)
{
    bool secure1 = (irq->group & VGIC_GROUP_MASK) == VGIC_GROUP_MODIFIER;

    return secure1 && !vgic_ds(gic) ? VGIC_G1S : vgic_irq_queue(gic, irq);
}

static bool is_allowed(const VgicAccess *access, const VgicIrq *irq)
{
    VgicSgiRegister reg = (VgicSgiRegister)access->sysreg->group;
    unsigned group = configured_group(access->gic, irq);
    unsigned nsacr = (irq->group & VGIC_GROUP_NSACR) >> VGIC_GROUP_NSACR_SHIFT;

    if (vgic_ds(access->gic)) {
        return allowed_with_ds(reg, group);
    }
    if (vgic_icc_who(access) != VGIC_WHO_NS) {
        return allowed_from_secure(reg, group);
    }
    return allowed_from_ns(reg, group, nsacr);
}

static void send(VgicAccess *access, VgicCpu *target, uint32_t intid)
{
    VgicIrq *irq = &target->local[intid];

    vgic_lock(&target->lock);
    if (is_allowed(access, irq)) {
        vgic_irq_set(irq, VGIC_IRQ_LATCH, true);
        vgic_irq_update_unlock(target, irq);
        return;
    }
    vgic_unlock(&target->lock);
    vgic_access_report(access, VGIC_RULE_SGI_DENIED, intid);
}

static void send_to_list(VgicAccess *access, uint64_t value, uint32_t intid)
{
    Vgic *gic = access->gic;
    uint64_t key = VGIC_GET(value, icc_sgir, Aff3) << 28 | VGIC_GET(value, icc_sgir, Aff2) << 12 |
                   VGIC_GET(value, icc_sgir, Aff1) << 4 | VGIC_GET(value, icc_sgir, RS);
    const VgicCluster *cluster = vgic_cluster(gic, key);

    for (uint32_t list = (uint32_t)VGIC_GET(value, icc_sgir, TargetList); list; list &= list - 1) {
        unsigned target = cluster ? cluster->cpu[__builtin_ctz(list)] : gic->cpu_count;

        if (target < gic->cpu_count) {
            send(access, &gic->cpus[target], intid);
        } else {
            vgic_access_report(access, VGIC_RULE_SGI_NO_TARGET, intid);
        }
    }
}

void vgic_icc_sgi_write(VgicAccess *access, uint64_t value)
{
    Vgic *gic = access->gic;
    uint32_t intid = (uint32_t)VGIC_GET(value, icc_sgir, INTID);

    if (!VGIC_GET(value, icc_sgir, IRM)) {
        send_to_list(access, value, intid);
        return;
    }
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        if (&gic->cpus[i] != access->cpu) {
            send(access, &gic->cpus[i], intid);
        }
    }
}
