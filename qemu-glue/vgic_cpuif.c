/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The GIC's system registers on QEMU's Arm CPUs, from libvgic's table.
 *
 * They run without the big QEMU lock; only a change of an output line takes it (vgic_pe_drive).
 */
#include "qemu/osdep.h"

#include "cpu.h"

#include "system/cpu-timers.h"
#include "target/arm/cpregs.h"
#include "target/arm/cpu-features.h"
#include "target/arm/internals.h"
#include "vgic_device.h"

#include <vgic/registers.h>
#include <vgic/registers5.h>

/* Without EL2 and EL3 a PE in AArch64 accesses its GIC from Non-secure EL1 and nowhere else. */
static const VgicCpuState only_el1 = {.el = 1, .space = VGIC_NS};

/* Where the PE executes. */
static void pe_place(CPUARMState *env, VgicCpuState *state)
{
    bool aarch32 = !is_a64(env);

    *state = (VgicCpuState){.el = arm_current_el(env), .space = VGIC_NS, .aarch32 = aarch32};
    if (arm_feature(env, ARM_FEATURE_EL3)) {
        state->space = (VgicSpace)arm_security_space(env);
        state->monitor = aarch32 && (env->uncached_cpsr & CPSR_M) == ARM_CPU_MODE_MON;
    }
}

/*
 * What the library looks at, and no more: every access asks. HFGRTR_EL2 and HFGWTR_EL2 stay 0: QEMU
 * does these traps, see register_info().
 */
static void pe_state(CPUARMState *env, VgicCpuState *state)
{
    pe_place(env, state);
    if (arm_feature(env, ARM_FEATURE_EL3)) {
        state->el2_enabled = arm_is_el2_enabled(env);
        state->scr_el3 = env->cp15.scr_el3;
    } else {
        state->el2_enabled = arm_feature(env, ARM_FEATURE_EL2);
    }
    if (state->el == 1 && state->el2_enabled) {
        state->hcr_el2 = arm_hcr_el2_eff(env);
    }
    if (!state->aarch32) {
        state->sctlr = env->cp15.sctlr_el[state->el];
    }
}

static void pe_tell_state(VgicPe *pe, const VgicCpuState *state)
{
    pe->state_unknown = false;
    vgic_cpu_set_state(pe->gic, pe->index, state);
}

static void el_changed(ARMCPU *cpu, void *opaque)
{
    VgicCpuState state;

    pe_place(&cpu->env, &state);
    pe_tell_state(opaque, &state);
}

static uint64_t read_as(const VgicPe *pe, const ARMCPRegInfo *ri, const VgicCpuState *state)
{
    const VgicSysreg *row = ri->opaque;
    uint64_t value;

    vgic_sysreg_read(pe->gic, pe->index, state, row->encoding, &value);
    return value;
}

static void write_as(const VgicPe *pe, const ARMCPRegInfo *ri, const VgicCpuState *state,
                     uint64_t value)
{
    const VgicSysreg *row = ri->opaque;

    vgic_sysreg_write(pe->gic, pe->index, state, row->encoding, value);
}

static uint64_t read_at_el1(CPUARMState *env, const ARMCPRegInfo *ri)
{
    return read_as(env->gicv3state, ri, &only_el1);
}

static void write_at_el1(CPUARMState *env, const ARMCPRegInfo *ri, uint64_t value)
{
    write_as(env->gicv3state, ri, &only_el1, value);
}

/*
 * A CPU reset leaves the PE where firmware would, and calls no EL-change hook. Until the guest has
 * written a GIC system register no line can rise, so the first access is early enough to tell.
 */
static void pe_state_for_access(CPUARMState *env, VgicPe *pe, VgicCpuState *state)
{
    pe_state(env, state);
    if (unlikely(pe->state_unknown)) {
        pe_tell_state(pe, state);
    }
}

/* Rows with an access function: check_access() has just left the state. */
static const VgicCpuState *checked_state(VgicPe *pe)
{
    if (unlikely(pe->state_unknown)) {
        pe_tell_state(pe, &pe->checked);
    }
    return &pe->checked;
}

static uint64_t read_checked(CPUARMState *env, const ARMCPRegInfo *ri)
{
    return read_as(env->gicv3state, ri, checked_state(env->gicv3state));
}

static void write_checked(CPUARMState *env, const ARMCPRegInfo *ri, uint64_t value)
{
    write_as(env->gicv3state, ri, checked_state(env->gicv3state), value);
}

static uint64_t read_anywhere(CPUARMState *env, const ARMCPRegInfo *ri)
{
    VgicCpuState state;

    pe_state_for_access(env, env->gicv3state, &state);
    return read_as(env->gicv3state, ri, &state);
}

static void write_anywhere(CPUARMState *env, const ARMCPRegInfo *ri, uint64_t value)
{
    VgicCpuState state;

    pe_state_for_access(env, env->gicv3state, &state);
    write_as(env->gicv3state, ri, &state, value);
}

static CPAccessResult access_result(VgicResult result)
{
    switch (result) {
    case VGIC_OK:
    case VGIC_VNCR: /* QEMU has found the offset in the row, and goes to memory next. */
        return CP_ACCESS_OK;
    case VGIC_TRAP_EL1:
        return CP_ACCESS_TRAP_EL1;
    case VGIC_TRAP_EL2:
        return CP_ACCESS_TRAP_EL2;
    case VGIC_TRAP_EL3:
        return CP_ACCESS_TRAP_EL3;
    default:
        return CP_ACCESS_UNDEFINED;
    }
}

static CPAccessResult check_access(CPUARMState *env, const ARMCPRegInfo *ri, bool isread)
{
    VgicPe *pe = env->gicv3state;
    const VgicSysreg *row = ri->opaque;
    VgicCpuState *state = &pe->checked;

    pe_state(env, state);
    if (row->stateless && (state->el > 1 || !state->el2_enabled)) {
        return CP_ACCESS_OK;
    }
    return access_result(vgic_sysreg_check(pe->gic, pe->index, state, row->encoding, !isread));
}

/* Every reset of the CPU, PSCI CPU_ON too, with the BQL held. */
static void cpu_was_reset(CPUARMState *env, const ARMCPRegInfo *ri)
{
    VgicPe *pe = env->gicv3state;

    pe->state_unknown = true;
    /* The reset has cleared the CPU's inputs behind our back; the maintenance interrupt is none. */
    pe->driven &= VGIC_LINE_MAINTENANCE;
    vgic_cpu_reset(pe->gic, pe->index);
    if (pe->device->no_firmware && VGIC_DEVICE_GET_CLASS(pe->device)->firmware_at_cpu_reset) {
        vgic_act_as_firmware(pe->gic);
    }
    vgic_pe_drive(pe);
}

static CPAccessRights access_rights(const VgicSysreg *row)
{
    static const CPAccessRights rights[4][2] = {
        [1] = {PL1_R, PL1_W},
        [2] = {PL2_R, PL2_W},
        [3] = {PL3_R, PL3_W},
    };

    return (row->access & VGIC_READABLE ? rights[row->min_el][0] : 0) |
           (row->access & VGIC_WRITABLE ? rights[row->min_el][1] : 0);
}

static bool is_el1_only(ARMCPU *cpu)
{
    return !arm_feature(&cpu->env, ARM_FEATURE_EL2) && !arm_feature(&cpu->env, ARM_FEATURE_EL3);
}

/*
 * With icount an access that may change an interrupt must be marked as I/O, which brings the BQL
 * with it. Otherwise a write need not end the translation block: a line that rises ends it.
 */
static int register_type(const VgicSysreg *row)
{
    int type = ARM_CP_NO_RAW | ARM_CP_EL3_NO_EL2_KEEP;

    /* What an instruction does is done when it is over. */
    if (row->encoding == GSB_SYS || row->encoding == GSB_ACK) {
        return type | ARM_CP_NOP;
    }
    type |= icount_enabled() ? ARM_CP_IO : ARM_CP_SUPPRESS_TB_END;
    return row->encoding >> 16 == 2 ? type | ARM_CP_64BIT : type;
}

/* Can an access that QEMU's table of rights allows have another end than VGIC_OK? */
static bool needs_check(const VgicSysreg *row, ARMCPU *cpu)
{
    return !row->stateless || (row->min_el == 1 && arm_feature(&cpu->env, ARM_FEATURE_EL2));
}

/* With NMIs, what an acknowledge reads depends on SCTLR_EL1. */
static bool needs_state(const VgicSysreg *row, ARMCPU *cpu, bool has_nmi)
{
    bool acknowledge =
        row->encoding == ICC_IAR1_EL1 || row->encoding == GICR_CDIA || row->encoding == GICR_CDNMIA;

    return !is_el1_only(cpu) || row->encoding >> 16 || (has_nmi && acknowledge);
}

/* A register that every GIC of its generation has: its reset stands for the CPU's. */
static bool stands_for_reset(const VgicSysreg *row)
{
    return row->encoding == ICC_PMR_EL1 || row->encoding == ICC_PCR_EL1;
}

static ARMCPRegInfo register_info(const VgicSysreg *row, ARMCPU *cpu, bool has_nmi)
{
    bool aarch32 = row->encoding >> 16 != 0;
    bool check = needs_check(row, cpu);
    bool fast = !needs_state(row, cpu, has_nmi);
    bool fine_grained = row->encoding == ICC_IGRPEN0_EL1 || row->encoding == ICC_IGRPEN1_EL1;

    return (ARMCPRegInfo){
        .name = row->name,
        .state = aarch32 ? ARM_CP_STATE_AA32 : ARM_CP_STATE_AA64,
        .cp = aarch32 ? 15 : 0,
        .opc0 = extract32(row->encoding, 14, 2),
        .opc1 = extract32(row->encoding, 11, 3),
        .crn = extract32(row->encoding, 7, 4),
        .crm = extract32(row->encoding, 3, 4),
        .opc2 = extract32(row->encoding, 0, 3),
        .type = register_type(row),
        .access = access_rights(row),
        .accessfn = check ? check_access : NULL,
        .fgt = fine_grained ? FGT_ICC_IGRPENN_EL1 : 0,
        .nv2_redirect_offset = row->vncr_offset,
        .readfn = check  ? read_checked
                  : fast ? read_at_el1
                         : read_anywhere,
        .writefn = check  ? write_checked
                   : fast ? write_at_el1
                          : write_anywhere,
        .resetfn = stands_for_reset(row) ? cpu_was_reset : NULL,
        .opaque = (void *)row,
    };
}

/*
 * A CPU with FEAT_NMI has ICC_NMIAR1_EL1, also in front of a GIC without NMIs, for which the
 * library has no row: always spurious.
 */
static void define_nmiar1(ARMCPU *cpu, ARMCPRegInfo info)
{
    info.name = "ICC_NMIAR1_EL1";
    info.crm = 9;
    info.opc2 = 5;
    info.type = ARM_CP_CONST | ARM_CP_NO_RAW;
    info.resetvalue = VGIC_INTID_SPURIOUS;
    define_one_arm_cp_reg(cpu, &info);
}

/*
 * QEMU looks a register up at each access, in a GHashTable that is nearly full once ours are in: to
 * find one that came last takes 220 host instructions instead of 70. Keys that no register has make
 * it grow; it stays so when they are gone, for GLib shrinks a table only below a quarter.
 */
static void spread_register_table(ARMCPU *cpu)
{
    const uint32_t no_register = 3u << 30;
    uint32_t count = g_hash_table_size(cpu->cp_regs);

    for (uint32_t i = 0; i < count; i++) {
        g_hash_table_insert(cpu->cp_regs, GUINT_TO_POINTER(no_register | i), NULL);
    }
    for (uint32_t i = 0; i < count; i++) {
        g_hash_table_remove(cpu->cp_regs, GUINT_TO_POINTER(no_register | i));
    }
}

/* The library keeps the PE's state in its own; this is for the CPUs that were in another one since.
 */
void vgic_cpuif_loaded(VgicPe *pe, ARMCPU *cpu)
{
    if (arm_feature(&cpu->env, ARM_FEATURE_EL3)) {
        el_changed(cpu, pe);
    }
}

void vgic_cpuif_init(VgicPe *pe, ARMCPU *cpu, bool has_nmi)
{
    CPUARMState *env = &cpu->env;
    const VgicSysreg *row;

    env->gicv3state = pe;
    for (uint32_t i = 0; (row = vgic_sysreg_at(pe->gic, i)); i++) {
        ARMCPRegInfo info = register_info(row, cpu, has_nmi);

        define_one_arm_cp_reg(cpu, &info);
        if (row->encoding == ICC_IAR1_EL1 && !has_nmi && cpu_isar_feature(aa64_nmi, cpu)) {
            define_nmiar1(cpu, info);
        }
    }
    spread_register_table(cpu);
    if (arm_feature(env, ARM_FEATURE_EL3)) {
        arm_register_el_change_hook(cpu, el_changed, pe);
    }
}
