/* SPDX-License-Identifier: BSD-2-Clause */
/* One LPI: its configuration, pending, moving [5]. The tables as a whole: lpi_tables.c. */
#include "v3/lpi.h"

#include <glib.h>

#include "defs/gicr.h"

VgicRule vgic_lpi_rule(VgicLpiResult result)
{
    static const VgicRule rules[] = {
        [VGIC_LPI_DISABLED] = VGIC_RULE_LPI_DISABLED,
        [VGIC_LPI_RANGE] = VGIC_RULE_LPI_RANGE,
        [VGIC_LPI_LIMIT] = VGIC_RULE_LPI_LIMIT,
        [VGIC_LPI_TABLE] = VGIC_RULE_LPI_TABLE,
        [VGIC_LPI_STALE] = VGIC_RULE_NONE,
    };

    return rules[result];
}

static uint64_t configuration_count(const Vgic *gic)
{
    return atomic_load_explicit(&gic->lpis.configuration, memory_order_acquire);
}

static bool is_current(const VgicLpiGuard *guard)
{
    return !guard || atomic_load_explicit(guard->counter, memory_order_acquire) == guard->value;
}

static void read_config(const VgicCpu *cpu, uint32_t intid, VgicLpiConfig *config)
{
    uint64_t propbaser = atomic_load_explicit(&cpu->redist.propbaser, memory_order_relaxed);
    uint64_t base = propbaser & VGIC_MASK(gicr_propbaser, Physical_Address);

    config->read = true;
    config->byte = 0;
    config->count = configuration_count(cpu->gic);
    config->failed = !vgic_read_memory(cpu->gic, base + intid - VGIC_INTID_LPI, &config->byte, 1);
    if (config->failed) {
        config->byte = 0;
    }
}

static bool is_good(const Vgic *gic, const VgicLpiConfig *config)
{
    return config->read && config->count == configuration_count(gic);
}

/* The priority is Non-secure software's view of it while there are two Security states [9.3]. */
void vgic_lpi_configure(const VgicCpu *home, VgicIrq *irq, uint8_t byte)
{
    uint8_t priority = byte & 0xFC;

    if (!vgic_ds(home->gic)) {
        priority = (uint8_t)(priority >> 1 | 0x80);
    }
    irq->priority = vgic_bank_priority(&home->bank, priority);
    vgic_irq_set(irq, VGIC_IRQ_ENABLED, byte & 1);
    vgic_irq_set(irq, VGIC_IRQ_CONFIGURED, true);
}

/*
 * Locks @p irq at @p cpu, its target from now on, with its configuration known. NULL: the guard
 * changed. Moving it first means that what follows happens under the lock of that PE.
 */
static VgicCpu *lock_at(VgicCpu *cpu, VgicIrq *irq, const VgicLpiGuard *guard, VgicLpiConfig config,
                        bool *failed)
{
    for (;;) {
        VgicCpu *home = vgic_irq_lock_home(cpu->gic, irq);

        if (!is_current(guard)) {
            vgic_unlock(&home->lock);
            return NULL;
        }
        if (G_UNLIKELY(home != cpu)) {
            if (irq->flags & VGIC_IRQ_ON_LR) {
                cpu->gic->backend->recall(home, irq);
            }
            irq->target = (uint16_t)cpu->index;
            vgic_irq_update_unlock(home, irq);
        } else if (G_LIKELY(irq->flags & VGIC_IRQ_CONFIGURED)) {
            return home;
        } else if (is_good(cpu->gic, &config)) {
            vgic_lpi_configure(home, irq, config.byte);
            *failed = config.failed;
            return home;
        } else {
            vgic_unlock(&home->lock);
            read_config(cpu, vgic_intid_of(irq->slot), &config);
        }
    }
}

/* Would @p cpu take it now? Certain only under the PE's lock. */
static VgicLpiResult check_taken(const VgicCpu *cpu, uint32_t intid)
{
    uint32_t end = atomic_load_explicit(&cpu->redist.lpi_end, memory_order_relaxed);

    if (G_LIKELY(intid < end)) {
        return intid >= VGIC_INTID_LPI ? VGIC_LPI_OK : VGIC_LPI_RANGE;
    }
    return cpu->redist.enable_lpis ? VGIC_LPI_RANGE : VGIC_LPI_DISABLED;
}

VgicLpiResult vgic_lpi_pend_with(VgicCpu *cpu, uint32_t intid, const VgicLpiGuard *guard,
                                 VgicLpiConfig config)
{
    VgicLpiResult result = check_taken(cpu, intid);
    bool failed = false;
    VgicIrq *irq;

    if (G_UNLIKELY(result != VGIC_LPI_OK)) {
        return is_current(guard) ? result : VGIC_LPI_STALE;
    }
    irq = vgic_lpi_get(cpu->gic, intid);
    if (G_UNLIKELY(!irq)) {
        return VGIC_LPI_LIMIT;
    }
    if (!lock_at(cpu, irq, guard, config, &failed)) {
        return VGIC_LPI_STALE;
    }
    result = check_taken(cpu, intid);
    if (G_UNLIKELY(result != VGIC_LPI_OK)) {
        vgic_unlock(&cpu->lock);
        return result;
    }
    vgic_irq_set(irq, VGIC_IRQ_LATCH, true);
    vgic_irq_update_unlock(cpu, irq);
    return failed ? VGIC_LPI_TABLE : VGIC_LPI_OK;
}

VgicLpiResult vgic_lpi_pend(VgicCpu *cpu, uint32_t intid, const VgicLpiGuard *guard)
{
    return vgic_lpi_pend_with(cpu, intid, guard, (VgicLpiConfig){.read = false});
}

static VgicIrq *find(const Vgic *gic, uint32_t intid)
{
    if (intid < VGIC_INTID_LPI || intid >> gic->lpis.bits) {
        return NULL;
    }
    return vgic_lpi_find(&gic->lpis, intid);
}

void vgic_lpi_unpend(Vgic *gic, const VgicCpu *at, uint32_t intid)
{
    VgicIrq *irq = find(gic, intid);
    VgicCpu *home;

    if (!irq) {
        return;
    }
    home = vgic_irq_lock_settled(gic, irq);
    if (!at || home == at) {
        vgic_irq_set(irq, VGIC_IRQ_LATCH, false);
    }
    vgic_irq_update_unlock(home, irq);
}

VgicLpiResult vgic_lpi_move(VgicCpu *cpu, uint32_t intid)
{
    VgicIrq *irq = find(cpu->gic, intid);
    VgicLpiResult result = VGIC_LPI_OK;
    VgicCpu *home;

    if (!irq || !vgic_lpi_is_known(cpu->gic, irq)) {
        return VGIC_LPI_OK;
    }
    home = vgic_irq_lock_settled(cpu->gic, irq);
    if (irq->flags & VGIC_IRQ_LATCH) {
        /* Where LPIs are disabled, none is pending. */
        result = check_taken(cpu, intid);
        vgic_irq_set(irq, VGIC_IRQ_LATCH, result == VGIC_LPI_OK);
    }
    irq->target = (uint16_t)cpu->index;
    vgic_irq_update_unlock(home, irq);
    return result;
}

VgicLpiResult vgic_lpi_invalidate(Vgic *gic, uint32_t intid)
{
    VgicLpiConfig config = {.read = false};
    VgicIrq *irq = find(gic, intid);

    atomic_fetch_add_explicit(&gic->lpis.configuration, 1, memory_order_acq_rel);
    if (!irq || !vgic_lpi_is_known(gic, irq)) {
        return VGIC_LPI_OK;
    }
    for (;;) {
        VgicCpu *home = vgic_irq_lock_settled(gic, irq);

        /* What is not pending is read when it becomes so. */
        if (!(irq->flags & VGIC_IRQ_LATCH)) {
            vgic_irq_set(irq, VGIC_IRQ_CONFIGURED, false);
            vgic_unlock(&home->lock);
            return VGIC_LPI_OK;
        }
        if (is_good(gic, &config) && home->index < gic->cpu_count) {
            vgic_lpi_configure(home, irq, config.byte);
            vgic_irq_update_unlock(home, irq);
            return config.failed ? VGIC_LPI_TABLE : VGIC_LPI_OK;
        }
        vgic_unlock(&home->lock);
        read_config(home, intid, &config);
    }
}
