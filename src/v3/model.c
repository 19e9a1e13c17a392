/* SPDX-License-Identifier: BSD-2-Clause */
/* GICv3 as the core sees it: what exists, reset, and what a PE is shown. */
#include <glib.h>
#include <stdio.h>

#include "core/error.h"
#include "defs/gicr.h"
#include "v3/icc.h"
#include "v3/v3.h"

static bool v3_check_config(const VgicConfig *config, VgicError **error)
{
    uint32_t base = config->message_frame_base, count = config->message_frame_spis;

    if ((base || count) && !config->message_frame) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.message_frame_base is %u and message_frame_spis %u "
                              "although message_frame is not set",
                              base, count);
    }
    if (config->message_frame && config->no_message_spis) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.message_frame and VgicConfig.no_message_spis are both "
                              "set: only one is allowed");
    }
    if ((base || count) &&
        (base < VGIC_INTID_SPI || (uint64_t)base + count > VGIC_INTID_SPI + config->spis)) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.message_frame_base is %u and message_frame_spis %u, "
                              "allowed are SPIs 32 to %u",
                              base, count, VGIC_INTID_SPI + config->spis - 1);
    }
    return true;
}

/* The regions share one table. */
static void add_regions(Vgic *gic, const VgicConfig *config)
{
    uint32_t regions = config->redist_regions ? config->redist_region_count : 1;
    VgicFrameTable *table =
        vgic_add_table(gic, vgic_v3_redist_rows, vgic_v3_redist_row_count, GICR_FRAMES_SIZE);
    uint32_t first = 0;

    for (uint32_t i = 0; i < regions; i++) {
        uint32_t cpus = config->redist_regions ? config->redist_regions[i] : config->cpus;
        struct VgicFrame *frame =
            vgic_add_frame(gic, i ? g_strdup_printf("GICR%u", i) : g_strdup("GICR"),
                           (uint64_t)cpus * GICR_FRAMES_SIZE, table);

        frame->has_status = gic->statusr;
        frame->first_cpu = first;
        frame->cpu_stride = GICR_FRAMES_SIZE;
        first += cpus;
    }
}

/* GICD and GICM: 64 KiB each. */
static struct VgicFrame *add_frame(Vgic *gic, const char *name, const VgicFrameRow *rows,
                                   uint32_t row_count)
{
    return vgic_add_frame(gic, g_strdup(name), 0x10000,
                          vgic_add_table(gic, rows, row_count, 0x10000));
}

static bool v3_init(Vgic *gic, const VgicConfig *config, VgicError **error)
{
    (void)error;
    gic->el3 = config->el3;
    gic->two_states = config->security_states == 2;
    gic->ds_fixed = config->ds_fixed;
    gic->one_of_n_supported = !config->no_one_of_n;
    gic->message_spis = !config->no_message_spis;
    gic->statusr = config->statusr;
    gic->hold_while_asleep = config->hold_while_asleep;
    gic->sre_enable_writable = config->sre_enable_writable;
    gic->iidr = config->iidr ? config->iidr : 0x5600043B;
    gic->message_base = config->message_frame_base ? config->message_frame_base : VGIC_INTID_SPI;
    gic->message_count = config->message_frame_base ? config->message_frame_spis : config->spis;

    gic->direct_lpi = config->lpi_bits && (config->direct_lpi || !config->its);

    add_frame(gic, "GICD", vgic_v3_dist_rows, vgic_v3_dist_row_count)->has_status = gic->statusr;
    add_regions(gic, config);
    if (config->message_frame) {
        add_frame(gic, "GICM", vgic_v3_message_rows, vgic_v3_message_row_count);
    }
    return true;
}

static void v3_reset(Vgic *gic)
{
    vgic_lock(&gic->dist.lock);
    atomic_store_explicit(&gic->dist.ctlr, gic->two_states ? 0 : VGIC_DIST_DS,
                          memory_order_relaxed);
    vgic_v3_refresh_groups(gic);
    vgic_unlock(&gic->dist.lock);
    gic->dist.statusr[0] = 0;
    gic->dist.statusr[1] = 0;
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        VgicCpu *cpu = &gic->cpus[i];

        vgic_lock(&cpu->lock);
        cpu->redist.asleep = true;
        cpu->redist.dpg = 0;
        cpu->redist.statusr[0] = 0;
        cpu->redist.statusr[1] = 0;
        cpu->redist.enable_lpis = false;
        cpu->redist.lpis_changing = false;
        cpu->redist.lpi_end = 0;
        cpu->redist.propbaser = 0;
        cpu->redist.pendbaser = 0;
        vgic_cpu_reconfigure_unlock(cpu);
    }
}

static void v3_reset_irq(VgicCpu *home, VgicIrq *irq)
{
    Vgic *gic = home->gic;

    if (vgic_irq_is_local(irq)) {
        vgic_irq_set(irq, VGIC_IRQ_LEVEL, irq->slot >= VGIC_INTID_PPI);
        return;
    }
    /* Level-sensitive, and routed to affinity 0.0.0.0, as IROUTER says then. */
    vgic_irq_set(irq, VGIC_IRQ_LEVEL, true);
    gic->dist.router[irq->slot - VGIC_SLOT_SHARED] = 0;
    irq->target = (uint16_t)vgic_cpu_with_affinity(gic, 0);
}

/* Group 0 is an FIQ; Group 1 an IRQ, if it belongs to the state that the PE executes in, and an FIQ
 * to be taken out of it otherwise [7.8]. */
void vgic_v3_refresh_lines(VgicCpu *cpu)
{
    bool own_s = cpu->icc.secure && !cpu->icc.el3;
    bool own_ns = !cpu->icc.secure;

    cpu->line_of_queue[VGIC_G0] = VGIC_LINE_FIQ;
    cpu->line_of_queue[VGIC_G1S] = own_s ? VGIC_LINE_IRQ : VGIC_LINE_FIQ;
    cpu->line_of_queue[VGIC_G1NS] = own_ns || vgic_ds(cpu->gic) ? VGIC_LINE_IRQ : VGIC_LINE_FIQ;
}

static void v3_reset_cpu(VgicCpu *cpu)
{
    const Vgic *gic = cpu->gic;

    vgic_bank_reset(&cpu->bank);
    for (unsigned group = 0; group < VGIC_GROUPS; group++) {
        vgic_store8(&cpu->icc.igrpen[group], false);
        vgic_store8(&cpu->icc.eoimode[group], false);
    }
    vgic_store8(&cpu->icc.pmhe, false);
    cpu->icc.sre_el3_enable = !gic->sre_enable_writable;
    cpu->icc.el3 = gic->el3;
    cpu->icc.secure = gic->el3;
    vgic_v3_refresh_lines(cpu);
}

static uint32_t v3_configure_cpu(VgicCpu *cpu)
{
    /* GICR_CTLR.DPG bits are not in the order of the groups. */
    static const uint64_t dpg_of[] = {[VGIC_G0] = VGIC_MASK(gicr_ctlr, DPG0),
                                      [VGIC_G1S] = VGIC_MASK(gicr_ctlr, DPG1S),
                                      [VGIC_G1NS] = VGIC_MASK(gicr_ctlr, DPG1NS)};
    const Vgic *gic = cpu->gic;
    uint32_t ctlr = atomic_load_explicit(&gic->dist.ctlr, memory_order_relaxed);
    bool held = gic->hold_while_asleep && cpu->redist.asleep;
    uint32_t enabled = 0, participates = 0;

    for (unsigned group = 0; group < VGIC_GROUPS; group++) {
        if (!vgic_load8(&cpu->icc.igrpen[group])) {
            continue;
        }
        enabled |= 1u << group;
        if (!(cpu->redist.dpg & dpg_of[group]) && (!held || ctlr & VGIC_DIST_E1NWF)) {
            participates |= 1u << group;
        }
    }
    cpu->groups_on = held ? 0 : enabled & ctlr & VGIC_DIST_GROUPS;
    cpu->wakes_on = held ? ctlr & VGIC_DIST_GROUPS : 0;
    return participates;
}

/* A PE that sleeps is woken by what waits for it: the Distributor's enables count, its own are off
 * by then [4.3]. */
static bool wants_wake(const VgicCpu *cpu)
{
    for (uint32_t on = cpu->wakes_on; on; on &= on - 1) {
        if (cpu->queues[__builtin_ctz(on)].words) {
            return true;
        }
    }
    return false;
}

static uint32_t v3_lines(const VgicCpu *cpu)
{
    const VgicCandidate candidate = vgic_cpu_candidate(cpu);

    if (candidate.slot != VGIC_SLOT_NONE) {
        return vgic_bank_signals(&cpu->bank, candidate.queue, candidate.priority)
                   ? cpu->line_of_queue[candidate.queue]
                   : 0;
    }
    return G_UNLIKELY(cpu->wakes_on) && wants_wake(cpu) ? VGIC_LINE_WAKE : 0;
}

static const char *v3_held_by(const VgicCpu *cpu, const VgicIrq *irq)
{
    const VgicCandidate candidate = vgic_cpu_candidate(cpu);
    unsigned group = vgic_irq_queue(cpu->gic, irq);

    if (cpu->gic->hold_while_asleep && cpu->redist.asleep) {
        return "its PE sleeps (GICR_WAKER)";
    }
    if (!(atomic_load_explicit(&cpu->gic->dist.ctlr, memory_order_relaxed) >> group & 1)) {
        return "its group is disabled in GICD_CTLR";
    }
    if (!vgic_load8(&cpu->icc.igrpen[group])) {
        return "its group is disabled in ICC_IGRPEN";
    }
    if (candidate.slot != irq->slot) {
        return "another interrupt comes first";
    }
    if (irq->priority >= vgic_load8(&cpu->bank.pmr)) {
        return "masked by ICC_PMR";
    }
    return vgic_bank_signals(&cpu->bank, candidate.queue, candidate.priority)
               ? NULL
               : "does not preempt the running priority";
}

static void make_group1(VgicCpu *home, VgicIrq *irq, void *data)
{
    (void)home, (void)data;
    irq->group |= VGIC_GROUP_BIT;
}

static void v3_set_cpu_state(VgicCpu *cpu, const VgicCpuState *state)
{
    bool el3 = state->el == 3 && !state->aarch32;
    bool secure = state->el == 3 || state->space == VGIC_S || state->space == VGIC_ROOT;

    if (!cpu->gic->el3) {
        return;
    }
    vgic_lock(&cpu->lock);
    if (cpu->icc.el3 == el3 && cpu->icc.secure == secure) {
        vgic_unlock(&cpu->lock);
        return;
    }
    cpu->icc.el3 = el3;
    cpu->icc.secure = secure;
    vgic_v3_refresh_lines(cpu);
    vgic_cpu_present_unlock(cpu);
}

static void v3_act_as_firmware(Vgic *gic)
{
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        VgicCpu *cpu = &gic->cpus[i];

        vgic_lock(&cpu->lock);
        cpu->redist.asleep = false;
        vgic_cpu_reconfigure_unlock(cpu);
    }
    if (!vgic_ds(gic)) {
        vgic_for_each_irq(gic, make_group1, NULL);
    }
}

static bool v3_has_sysreg(const Vgic *gic, const VgicSysregRow *row)
{
    if (row->info.min_el == 3) {
        return gic->el3;
    }
    return row->word < vgic_bank_ap_words(&gic->cpus[0].bank);
}

const VgicModelOps vgic_v3_model = {
    .name = "GICv3",
    .check_config = v3_check_config,
    .init = v3_init,
    .reset = v3_reset,
    .reset_irq = v3_reset_irq,
    .reset_cpu = v3_reset_cpu,
    .configure_cpu = v3_configure_cpu,
    .lines = v3_lines,
    .held_by = v3_held_by,
    .set_cpu_state = v3_set_cpu_state,
    .note_status = vgic_v3_note_status,
    .act_as_firmware = v3_act_as_firmware,
    .sysregs = vgic_v3_sysregs,
    .sysreg_count = &vgic_v3_sysreg_count,
    .has_sysreg = v3_has_sysreg,
    .check_sysreg = vgic_icc_check,
    .state = &vgic_v3_state,
};
