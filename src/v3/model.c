/* SPDX-License-Identifier: BSD-2-Clause */
/* GICv3 as the core sees it: what exists, reset, and what a PE is shown. */
#include <glib.h>
#include <stdio.h>

#include "core/error.h"
#include "defs/gicr.h"
#include "v3/icc.h"
#include "v3/ich.h"
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

    gic->nmi = config->nmi;
    gic->el2 = config->el2;
    gic->maintenance_intid = config->maintenance_intid;
    if (gic->el2) {
        vgic_ich_init(gic, config);
    }

    gic->direct_lpi = config->lpi_bits && (config->direct_lpi || !config->its);

    add_frame(gic, "GICD", vgic_v3_dist_rows, vgic_v3_dist_row_count)->has_status = gic->statusr;
    add_regions(gic, config);
    if (config->message_frame) {
        add_frame(gic, "GICM", vgic_v3_message_rows, vgic_v3_message_row_count);
    }
    return true;
}

static void v3_reset(Vgic *gic, VgicReset kind)
{
    (void)kind;
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
    vgic_bank_set_ns_nmi_priority(&cpu->bank, vgic_nmi_priority(cpu->gic, VGIC_G1NS));
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
    cpu->icc.sre_el2_enable = !gic->sre_enable_writable;
    cpu->icc.sre_el3_enable = !gic->sre_enable_writable;
    cpu->icc.el3 = gic->el3;
    cpu->icc.secure = gic->el3;
    vgic_v3_refresh_lines(cpu);
    if (gic->el2) {
        vgic_ich_reset(cpu);
    }
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

/* NMIs are IRQs with superpriority; as FIQs they have none to the PE [7.8]. */
static uint32_t candidate_line(const VgicCpu *cpu, const VgicCandidate *candidate)
{
    uint32_t line = cpu->line_of_queue[candidate->queue];

    return G_UNLIKELY(vgic_candidate_is_nmi(candidate)) && line == VGIC_LINE_IRQ ? VGIC_LINE_NMI
                                                                                 : line;
}

static uint32_t v3_lines(const VgicCpu *cpu)
{
    const VgicCandidate candidate = vgic_cpu_candidate(cpu);
    uint32_t lines = cpu->ich.lines;

    if (candidate.slot != VGIC_SLOT_NONE) {
        return vgic_icc_signals(cpu, &candidate, cpu->icc.secure)
                   ? lines | candidate_line(cpu, &candidate)
                   : lines;
    }
    return G_UNLIKELY(cpu->wakes_on) && wants_wake(cpu) ? lines | VGIC_LINE_WAKE : lines;
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
    if (vgic_icc_signals(cpu, &candidate, cpu->icc.secure)) {
        return NULL;
    }
    if (vgic_candidate_is_nmi(&candidate) ? vgic_icc_masks_nmi(cpu, &candidate, cpu->icc.secure)
                                          : irq->priority >= vgic_load8(&cpu->bank.pmr)) {
        return "masked by ICC_PMR";
    }
    return "does not preempt the running priority";
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

static void v3_check_cpu(const VgicCpu *cpu)
{
    if (cpu->gic->el2 && cpu->index < cpu->gic->cpu_count) {
        vgic_ich_check(cpu);
    }
}

static uint64_t read_res0(VgicAccess *access)
{
    (void)access;
    return 0;
}

static void write_res0(VgicAccess *access, uint64_t value)
{
    (void)access, (void)value;
}

/* EL2's registers on a PE without EL2: RES0 from EL3, UNDEFINED below. */
static bool select_without_el2(const Vgic *gic, VgicSysregRow *row)
{
    row->info.min_el = 3;
    row->traps = VGIC_TRAPS_NONE;
    row->read = read_res0;
    row->write = write_res0;
    return gic->el3;
}

/* How many registers of an array there are at most; accesses are checked for whose they are. */
static unsigned words(const Vgic *gic, const VgicSysregRow *row)
{
    unsigned icc = vgic_bank_ap_words(&gic->cpus[0].bank);
    unsigned ich = gic->el2 ? vgic_bank_ap_words(&gic->cpus[0].ich.bank) : 0;

    if (row->traps & VGIC_TRAPS_LR) {
        return gic->ich.list_registers;
    }
    if (row->traps & VGIC_TRAPS_AP) {
        return row->info.min_el == 2 ? ich : MAX(icc, ich);
    }
    return 1;
}

static bool v3_select_sysreg(const Vgic *gic, VgicSysregRow *row)
{
    row->info.stateless = !gic->el3;
    if (row->info.encoding >> 16) {
        row->info.vncr_offset = 0;
    }
    if (row->info.min_el == 2 && !gic->el2) {
        return select_without_el2(gic, row);
    }
    if (row->info.min_el == 1 && row->traps & VGIC_TRAPS_AP) {
        row->info.stateless &= row->word < vgic_bank_ap_words(&gic->cpus[0].bank);
    }
    if (row->read == vgic_icc_nmiar1_read) {
        return gic->nmi;
    }
    return row->word < words(gic, row) && (row->info.min_el < 3 || gic->el3);
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
    .check_cpu = v3_check_cpu,
    .sysregs = {{vgic_icc_rows, &vgic_icc_row_count}, {vgic_ich_rows, &vgic_ich_row_count}},
    .select_sysreg = v3_select_sysreg,
    .check_sysreg = vgic_v3_check_sysreg,
    .state = &vgic_v3_state,
};
