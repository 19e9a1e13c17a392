/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers with a field for each interrupt. The Distributor and the Redistributor show the same
 * properties of their interrupts at different offsets; here is each property once, and the one loop
 * over the interrupts of an access.
 */
#include "v3/v3.h"

#include <glib.h>

bool vgic_v3_ns_allowed(const Vgic *gic, const VgicIrq *irq, unsigned need)
{
    unsigned nsacr = (irq->group & VGIC_GROUP_NSACR) >> VGIC_GROUP_NSACR_SHIFT;

    if (vgic_irq_queue(gic, irq) == VGIC_G1NS) {
        return true;
    }
    /* GICR_NSACR is about generating SGIs only. */
    return need != VGIC_NS_GROUP1 && !vgic_irq_is_local(irq) && nsacr >= need;
}

/* The interrupt that field @p i of the access belongs to, NULL if this GIC has none. */
static VgicIrq *irq_of_field(const VgicAccess *access, uint32_t i)
{
    const VgicFrameRow *row = access->row;
    uint32_t first = row->first + (access->offset - row->info.offset) * 8 / row->bits;

    return vgic_irq_find(access->gic, access->cpu, first + i);
}

uint64_t vgic_irq_row_read(VgicAccess *access)
{
    const VgicFrameRow *row = access->row;
    uint64_t value = 0;

    for (uint32_t i = 0; i < access->size * 8 / row->bits; i++) {
        VgicIrq *irq = irq_of_field(access, i);
        VgicCpu *home;

        if (!irq) {
            continue;
        }
        home = vgic_irq_lock_settled(access->gic, irq);
        if (!access->ns || vgic_v3_ns_allowed(access->gic, irq, row->ns_read)) {
            value |= (uint64_t)row->get(home, irq, access->ns) << i * row->bits;
        }
        vgic_unlock(&home->lock);
    }
    return value;
}

static bool is_idle(const VgicIrq *irq)
{
    return !(irq->flags & VGIC_IRQ_ACTIVE) && !vgic_irq_is_pending(irq);
}

void vgic_v3_changed_unlock(VgicCpu *home, VgicIrq *irq, uint32_t before)
{
    const VgicIrq old = {.flags = (uint16_t)before};
    bool mapped = irq->flags & VGIC_IRQ_MAPPED, ended;

    if (G_LIKELY(!mapped)) {
        vgic_irq_update_unlock(home, irq);
        return;
    }
    ended = !is_idle(&old) && (is_idle(irq) || before & ~(uint32_t)irq->flags & VGIC_IRQ_ACTIVE);
    vgic_irq_update_unlock(home, irq);
    if (ended) {
        home->gic->backend->deactivated(home, irq, before);
    }
}

static void write_field(VgicAccess *access, uint32_t i, uint32_t field)
{
    const VgicFrameRow *row = access->row;
    VgicIrq *irq = irq_of_field(access, i);
    uint32_t before;
    VgicCpu *home;

    if (!irq) {
        if (field) {
            vgic_access_report(access, VGIC_RULE_NO_INTERRUPT, UINT32_MAX);
        }
        return;
    }
    home = vgic_irq_lock_settled(access->gic, irq);
    if (access->ns && !vgic_v3_ns_allowed(access->gic, irq, row->ns_write)) {
        vgic_unlock(&home->lock);
        return;
    }
    before = irq->flags;
    row->set(access, home, irq, field);
    vgic_v3_changed_unlock(home, irq, before);
}

void vgic_irq_row_write(VgicAccess *access, uint64_t value)
{
    const VgicFrameRow *row = access->row;
    uint32_t mask = (1u << row->bits) - 1;

    for (uint32_t i = 0; i < access->size * 8 / row->bits; i++) {
        uint32_t field = (uint32_t)(value >> i * row->bits) & mask;

        if (field || !row->write_one) {
            write_field(access, i, field);
        }
    }
}

/* Groups. With one Security state there is no modifier and no NSACR [3.6, GICD_IGRPMODR]. */

uint32_t vgic_v3_get_group(const VgicCpu *home, const VgicIrq *irq, bool ns)
{
    (void)home, (void)ns;
    return irq->group & VGIC_GROUP_BIT;
}

void vgic_v3_set_group(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value)
{
    (void)access, (void)home;
    irq->group = (uint8_t)((irq->group & ~VGIC_GROUP_BIT) | (value ? VGIC_GROUP_BIT : 0));
}

uint32_t vgic_v3_get_modifier(const VgicCpu *home, const VgicIrq *irq, bool ns)
{
    (void)ns;
    return irq->group & VGIC_GROUP_MODIFIER && !vgic_ds(home->gic);
}

void vgic_v3_set_modifier(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value)
{
    (void)home;
    if (!vgic_ds(access->gic)) {
        irq->group =
            (uint8_t)((irq->group & ~VGIC_GROUP_MODIFIER) | (value ? VGIC_GROUP_MODIFIER : 0));
    }
}

uint32_t vgic_v3_get_nsacr(const VgicCpu *home, const VgicIrq *irq, bool ns)
{
    (void)ns;
    return vgic_ds(home->gic) ? 0 : (irq->group & VGIC_GROUP_NSACR) >> VGIC_GROUP_NSACR_SHIFT;
}

void vgic_v3_set_nsacr(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value)
{
    bool has_field = !vgic_irq_is_local(irq) || irq->slot < VGIC_INTID_PPI;

    (void)home;
    if (has_field && !vgic_ds(access->gic)) {
        irq->group =
            (uint8_t)((irq->group & (uint8_t)~VGIC_GROUP_NSACR) | value << VGIC_GROUP_NSACR_SHIFT);
    }
}

/* Enable, pending, active. */

uint32_t vgic_v3_get_enabled(const VgicCpu *home, const VgicIrq *irq, bool ns)
{
    (void)home, (void)ns;
    return !!(irq->flags & VGIC_IRQ_ENABLED);
}

void vgic_v3_enable(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value)
{
    (void)access, (void)home, (void)value;
    vgic_irq_set(irq, VGIC_IRQ_ENABLED, true);
}

void vgic_v3_disable(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value)
{
    (void)access, (void)home, (void)value;
    vgic_irq_set(irq, VGIC_IRQ_ENABLED, false);
}

uint32_t vgic_v3_get_pending(const VgicCpu *home, const VgicIrq *irq, bool ns)
{
    (void)home, (void)ns;
    return vgic_irq_is_pending(irq);
}

void vgic_v3_pend(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value)
{
    (void)access, (void)home, (void)value;
    vgic_irq_set(irq, VGIC_IRQ_LATCH, true);
}

void vgic_v3_unpend(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value)
{
    (void)access, (void)home, (void)value;
    vgic_irq_set(irq, VGIC_IRQ_LATCH, false);
}

uint32_t vgic_v3_get_active(const VgicCpu *home, const VgicIrq *irq, bool ns)
{
    (void)home, (void)ns;
    return !!(irq->flags & VGIC_IRQ_ACTIVE);
}

void vgic_v3_activate(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value)
{
    (void)access, (void)home, (void)value;
    vgic_irq_set(irq, VGIC_IRQ_ACTIVE, true);
}

void vgic_v3_deactivate(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value)
{
    (void)access, (void)home, (void)value;
    vgic_irq_set(irq, VGIC_IRQ_ACTIVE, false);
}

/* Priority: Non-secure software sees the lower half of the scale as a whole one [9.3]. */

uint32_t vgic_v3_get_priority(const VgicCpu *home, const VgicIrq *irq, bool ns)
{
    (void)home;
    return ns ? (uint32_t)irq->priority << 1 & 0xFF : irq->priority;
}

void vgic_v3_set_priority(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value)
{
    irq->priority = vgic_bank_priority(&home->bank, access->ns ? value >> 1 | 0x80 : value);
}

/* Trigger: bit 1 of the field says edge; SGIs are edge-triggered for good. */

uint32_t vgic_v3_get_trigger(const VgicCpu *home, const VgicIrq *irq, bool ns)
{
    (void)home, (void)ns;
    return irq->flags & VGIC_IRQ_LEVEL ? 0 : 2u;
}

void vgic_v3_set_trigger(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value)
{
    bool level = !(value & 2);

    (void)home;
    if (irq->slot < VGIC_INTID_PPI || level == !!(irq->flags & VGIC_IRQ_LEVEL)) {
        return;
    }
    if (irq->flags & VGIC_IRQ_ENABLED) {
        vgic_access_report(access, VGIC_RULE_TRIGGER_ENABLED, vgic_intid_of(irq->slot));
    }
    vgic_irq_set(irq, VGIC_IRQ_LEVEL, level);
}

/* NMIs. Bits of Group 0 interrupts are kept, and mean nothing [9.5]. */

bool vgic_v3_has_nmi(const Vgic *gic)
{
    return gic->nmi;
}

uint32_t vgic_v3_get_nmi(const VgicCpu *home, const VgicIrq *irq, bool ns)
{
    (void)home, (void)ns;
    return !!(irq->flags & VGIC_IRQ_NMI);
}

void vgic_v3_set_nmi(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value)
{
    (void)access, (void)home;
    vgic_irq_set(irq, VGIC_IRQ_NMI, value);
}
