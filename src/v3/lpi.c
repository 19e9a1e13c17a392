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
        [VGIC_LPI_ARRIVED] = VGIC_RULE_NONE,
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
    config->read = true;
    config->tries++;
    config->byte = 0;
    config->count = configuration_count(cpu->gic);
    config->failed =
        !vgic_read_memory(cpu->gic, vgic_lpi_config_address(cpu, intid), &config->byte, 1);
    if (config->failed) {
        config->byte = 0;
    }
}

static bool is_good(const Vgic *gic, const VgicLpiConfig *config)
{
    return config->read &&
           (config->count == configuration_count(gic) || config->tries > VGIC_LPI_TRIES);
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

/* A reset may have given the record to another LPI before it was locked. */
static bool is_its_record(const Vgic *gic, const VgicIrq *irq, uint32_t intid)
{
    return vgic_lpi_find(&gic->lpis, intid) == irq;
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

/*
 * The record of an LPI that something is known of, locked; NULL if nothing is. Even to see that
 * nothing is, a lock is taken: an MSI that begins to use the LPI does so under the same one, so
 * either it is seen here, or it sees what was counted before.
 */
static VgicIrq *lock_known(Vgic *gic, uint32_t intid, VgicCpu **home)
{
    VgicIrq *irq;

    if (intid < VGIC_INTID_LPI || intid >> gic->lpis.bits) {
        return NULL;
    }
    irq = vgic_lpi_find_settled(gic, intid);
    if (!irq) {
        return NULL;
    }
    *home = vgic_irq_lock_settled(gic, irq);
    if (!vgic_lpi_is_known(gic, irq) || !is_its_record(gic, irq, intid)) {
        vgic_unlock(&(*home)->lock);
        return NULL;
    }
    return irq;
}

/* Drops the cached configuration of an LPI; if it is pending, reads the new one. */
static VgicLpiResult refresh(Vgic *gic, uint32_t intid)
{
    VgicLpiConfig config = {.read = false};
    VgicCpu *home;
    VgicIrq *irq;

    while ((irq = lock_known(gic, intid, &home))) {
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
    return VGIC_LPI_OK;
}

/* Makes @p irq, whose home's lock is held and released, pending at @p cpu. What another PE cached
 * of its configuration may be older than this one's last invalidation. */
static void pend_unlock(VgicCpu *home, VgicCpu *cpu, VgicIrq *irq, const VgicLpiConfig *config)
{
    if (G_UNLIKELY(config)) {
        vgic_lpi_configure(home, irq, config->byte);
        irq->target = (uint16_t)cpu->index;
    }
    vgic_irq_set(irq, VGIC_IRQ_LATCH, true);
    vgic_irq_update_unlock(home, irq);
}

/* After it arrived at @p cpu: what was seen under its former home's lock may have changed. */
static void look_again(VgicCpu *cpu, uint32_t intid, const VgicLpiConfig *config)
{
    if (!is_good(cpu->gic, config)) {
        refresh(cpu->gic, intid);
    }
    vgic_lpi_leave(cpu, intid);
}

/*
 * Guard, what the PE takes, and the LPI's state are seen, and the LPI is made pending, under one
 * lock, that of its home. If that is another PE, the LPI moves, and look_again() where it arrived.
 */
VgicLpiResult vgic_lpi_pend_with(VgicCpu *cpu, uint32_t intid, const VgicLpiGuard *guard,
                                 VgicLpiConfig *config)
{
    VgicLpiResult result = check_taken(cpu, intid);
    VgicIrq *irq = result ? NULL : vgic_lpi_get(cpu->gic, &cpu->gic->lpis, intid);

    if (G_UNLIKELY(!irq)) {
        result = result ? result : VGIC_LPI_LIMIT;
        return is_current(guard) ? result : VGIC_LPI_STALE;
    }
    for (;;) {
        VgicCpu *home = vgic_irq_lock_home(cpu->gic, irq);
        bool known;

        if (G_UNLIKELY(irq->flags & VGIC_IRQ_ON_LR && home != cpu)) {
            home = vgic_irq_recall(home, irq);
        }
        known = home == cpu && irq->flags & VGIC_IRQ_CONFIGURED;
        result = check_taken(cpu, intid);
        if (!is_current(guard) || !is_its_record(cpu->gic, irq, intid)) {
            result = VGIC_LPI_STALE;
        }
        if (G_UNLIKELY(result)) {
            vgic_unlock(&home->lock);
            return result;
        }
        if (G_LIKELY(known) || is_good(cpu->gic, config)) {
            pend_unlock(home, cpu, irq, known ? NULL : config);
            if (G_UNLIKELY(home != cpu)) {
                look_again(cpu, intid, config);
                /* A MOVALL meanwhile did not see it there. */
                if (!is_current(guard)) {
                    return VGIC_LPI_ARRIVED;
                }
            }
            return !known && config->failed ? VGIC_LPI_TABLE : VGIC_LPI_OK;
        }
        vgic_unlock(&home->lock);
        read_config(cpu, intid, config);
    }
}

VgicLpiResult vgic_lpi_pend(VgicCpu *cpu, uint32_t intid, const VgicLpiGuard *guard)
{
    VgicLpiConfig config;
    VgicLpiResult result;

    do {
        config.read = false;
        config.tries = 0;
        result = vgic_lpi_pend_with(cpu, intid, guard, &config);
    } while (result == VGIC_LPI_STALE && !guard);
    return result;
}

void vgic_lpi_unpend(Vgic *gic, const VgicCpu *at, uint32_t intid)
{
    VgicCpu *home;
    VgicIrq *irq = lock_known(gic, intid, &home);

    if (!irq) {
        return;
    }
    if (!at || home == at) {
        vgic_irq_set(irq, VGIC_IRQ_LATCH, false);
    }
    vgic_irq_update_unlock(home, irq);
}

VgicLpiResult vgic_lpi_invalidate(Vgic *gic, uint32_t intid)
{
    atomic_fetch_add_explicit(&gic->lpis.configuration, 1, memory_order_acq_rel);
    return refresh(gic, intid);
}

void vgic_lpi_leave(VgicCpu *cpu, uint32_t intid)
{
    if (G_UNLIKELY(check_taken(cpu, intid) != VGIC_LPI_OK)) {
        vgic_lpi_unpend(cpu->gic, cpu, intid);
    }
}

VgicLpiResult vgic_lpi_move(VgicCpu *cpu, uint32_t intid)
{
    VgicLpiResult result = VGIC_LPI_OK, refreshed;
    VgicCpu *home;
    VgicIrq *irq = lock_known(cpu->gic, intid, &home);

    if (!irq || home == cpu) {
        if (irq) {
            vgic_unlock(&home->lock);
        }
        return VGIC_LPI_OK;
    }
    if (irq->flags & VGIC_IRQ_LATCH) {
        /* Where LPIs are disabled, none is pending. */
        result = check_taken(cpu, intid);
        vgic_irq_set(irq, VGIC_IRQ_LATCH, result == VGIC_LPI_OK);
    }
    irq->target = (uint16_t)cpu->index;
    vgic_irq_update_unlock(home, irq);
    refreshed = refresh(cpu->gic, intid);
    vgic_lpi_leave(cpu, intid);
    return result ? result : refreshed;
}
