/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPU interface's registers, acknowledge and SGIs apart [7, 9]. */
#include "v3/icc.h"

#include <glib.h>

#include <vgic/registers.h>

/*
 * Does the access see priorities as Non-secure software does? Only while there are two Security
 * states and Group 0 belongs to EL3, so that Non-secure software owns the lower half of the scale
 * [9.3].
 */
static bool sees_half_scale(const VgicAccess *access)
{
    return vgic_icc_fiq_to_el3(access) && vgic_icc_who(access) == VGIC_WHO_NS &&
           !vgic_ds(access->gic);
}

static uint8_t half_scale(uint8_t priority)
{
    if (priority < 0x80) {
        return 0;
    }
    return (uint8_t)(priority == VGIC_PRIORITY_IDLE ? priority : priority << 1);
}

static uint64_t icc_pmr_read(VgicAccess *access)
{
    uint8_t pmr = vgic_load8(&access->cpu->bank.pmr);

    return sees_half_scale(access) ? half_scale(pmr) : pmr;
}

static void icc_pmr_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;
    bool half = sees_half_scale(access);

    vgic_lock(&cpu->lock);
    if (half && vgic_load8(&cpu->bank.pmr) < 0x80) {
        vgic_unlock(&cpu->lock);
        return;
    }
    if (half) {
        value = (value & 0xFF) >> 1 | 0x80;
    }
    vgic_store8(&cpu->bank.pmr, vgic_bank_priority(&cpu->bank, value));
    vgic_cpu_present_unlock(cpu);
}

static uint64_t icc_rpr_read(VgicAccess *access)
{
    uint8_t running = vgic_load8(&access->cpu->bank.running);

    return sees_half_scale(access) ? half_scale(running) : running;
}

static uint64_t icc_bpr0_read(VgicAccess *access)
{
    return vgic_load8(&access->cpu->bank.bpr[VGIC_G0]);
}

static void icc_bpr0_write(VgicAccess *access, uint64_t value)
{
    vgic_lock(&access->cpu->lock);
    vgic_bank_set_bpr(&access->cpu->bank, VGIC_G0, value);
    vgic_cpu_present_unlock(access->cpu);
}

/* With CBPR, BPR1 is a view of BPR0: as it is for Secure software, one more and read-only for
 * Non-secure; EL3 sees the real one [9.2]. */

static uint64_t icc_bpr1_read(VgicAccess *access)
{
    const VgicBank *bank = &access->cpu->bank;
    unsigned group = vgic_icc_bank(access), bpr0 = vgic_load8(&bank->bpr[VGIC_G0]);

    if (!vgic_load8(&bank->cbpr[group]) || vgic_icc_who(access) == VGIC_WHO_EL3) {
        return vgic_load8(&bank->bpr[group]);
    }
    return group == VGIC_G1NS ? MIN(bpr0 + 1, 7) : bpr0;
}

static void icc_bpr1_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;
    unsigned group = vgic_icc_bank(access);

    vgic_lock(&cpu->lock);
    if (!vgic_load8(&cpu->bank.cbpr[group]) || vgic_icc_who(access) == VGIC_WHO_EL3) {
        vgic_bank_set_bpr(&cpu->bank, group, value);
    } else if (group == VGIC_G1S) {
        vgic_bank_set_bpr(&cpu->bank, VGIC_G0, value);
    }
    vgic_cpu_present_unlock(cpu);
}

/* Active priorities: row group 0 is AP0R, 1 is the bank of AP1R. */

static unsigned ap_group(const VgicAccess *access)
{
    return access->sysreg->group == 0 ? VGIC_G0 : vgic_icc_bank(access);
}

/* The levels of a word that belong to Secure software: Non-secure writes must not make them active,
 * or idle [9.3]. */
static uint32_t secure_levels(const VgicBank *bank, unsigned word)
{
    unsigned boundary = 0x80u >> (8 - bank->preemption_bits);

    if (boundary >= 32 * (word + 1)) {
        return UINT32_MAX;
    }
    return boundary <= 32 * word ? 0 : (1u << boundary % 32) - 1;
}

static uint64_t icc_ap_read(VgicAccess *access)
{
    return vgic_load32(&access->cpu->bank.apr[ap_group(access)][access->sysreg->word]);
}

static void icc_ap_write(VgicAccess *access, uint64_t value)
{
    VgicBank *bank = &access->cpu->bank;
    unsigned group = ap_group(access), word = access->sysreg->word;
    uint32_t keep = 0;

    if (group == VGIC_G1NS && access->gic->el3 && vgic_icc_who(access) == VGIC_WHO_NS &&
        !vgic_ds(access->gic)) {
        keep = secure_levels(bank, word);
    }
    vgic_lock(&access->cpu->lock);
    value = (vgic_load32(&bank->apr[group][word]) & keep) | ((uint32_t)value & ~keep);
    vgic_bank_set_apr(bank, group, word, (uint32_t)value);
    vgic_cpu_present_unlock(access->cpu);
}

/* ICC_CTLR: the copies of EL1 are views of the state that EL3 has too [7.2]. */

static uint64_t ctlr_constants(const VgicAccess *access)
{
    const Vgic *gic = access->gic;

    return VGIC_PUT(icc_ctlr_el1, PRIbits, gic->priority_bits - 1) |
           VGIC_PUT(icc_ctlr_el1, IDbits, gic->lpis.bits > 16) | VGIC_PUT(icc_ctlr_el1, A3V, 1) |
           VGIC_PUT(icc_ctlr_el1, RSS, 1) |
           VGIC_PUT(icc_ctlr_el1, ExtRange, gic->espis || gic->eppis);
}

static uint64_t icc_ctlr_el1_read(VgicAccess *access)
{
    const VgicCpu *cpu = access->cpu;
    unsigned group = vgic_icc_bank(access);

    return VGIC_PUT(icc_ctlr_el1, CBPR, vgic_load8(&cpu->bank.cbpr[group])) |
           VGIC_PUT(icc_ctlr_el1, EOImode, vgic_load8(&cpu->icc.eoimode[group])) |
           VGIC_PUT(icc_ctlr_el1, PMHE, vgic_load8(&cpu->icc.pmhe)) | ctlr_constants(access);
}

static void icc_ctlr_el1_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;
    unsigned group = vgic_icc_bank(access);

    vgic_lock(&cpu->lock);
    vgic_store8(&cpu->icc.eoimode[group], VGIC_GET(value, icc_ctlr_el1, EOImode));
    if (access->gic->el3 && !vgic_ds(access->gic)) {
        vgic_unlock(
            &cpu->lock); /* the rest is EL3's: nothing that is presented depends on EOImode */
        return;
    }
    vgic_bank_set_cbpr(&cpu->bank, group, VGIC_GET(value, icc_ctlr_el1, CBPR));
    vgic_store8(&cpu->icc.pmhe, VGIC_GET(value, icc_ctlr_el1, PMHE));
    vgic_cpu_present_unlock(cpu);
}

static uint64_t icc_ctlr_el3_read(VgicAccess *access)
{
    const VgicCpu *cpu = access->cpu;
    const VgicShared8 *cbpr = cpu->bank.cbpr, *eoimode = cpu->icc.eoimode;

    return VGIC_PUT(icc_ctlr_el3, CBPR_EL1S, vgic_load8(&cbpr[VGIC_G1S])) |
           VGIC_PUT(icc_ctlr_el3, CBPR_EL1NS, vgic_load8(&cbpr[VGIC_G1NS])) |
           VGIC_PUT(icc_ctlr_el3, EOImode_EL3, vgic_load8(&eoimode[VGIC_G0])) |
           VGIC_PUT(icc_ctlr_el3, EOImode_EL1S, vgic_load8(&eoimode[VGIC_G1S])) |
           VGIC_PUT(icc_ctlr_el3, EOImode_EL1NS, vgic_load8(&eoimode[VGIC_G1NS])) |
           VGIC_PUT(icc_ctlr_el3, PMHE, vgic_load8(&cpu->icc.pmhe)) | ctlr_constants(access) |
           VGIC_PUT(icc_ctlr_el3, nDS, access->gic->ds_fixed);
}

static void icc_ctlr_el3_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    vgic_bank_set_cbpr(&cpu->bank, VGIC_G1S, VGIC_GET(value, icc_ctlr_el3, CBPR_EL1S));
    vgic_bank_set_cbpr(&cpu->bank, VGIC_G1NS, VGIC_GET(value, icc_ctlr_el3, CBPR_EL1NS));
    vgic_store8(&cpu->icc.eoimode[VGIC_G0], VGIC_GET(value, icc_ctlr_el3, EOImode_EL3));
    vgic_store8(&cpu->icc.eoimode[VGIC_G1S], VGIC_GET(value, icc_ctlr_el3, EOImode_EL1S));
    vgic_store8(&cpu->icc.eoimode[VGIC_G1NS], VGIC_GET(value, icc_ctlr_el3, EOImode_EL1NS));
    vgic_store8(&cpu->icc.pmhe, VGIC_GET(value, icc_ctlr_el3, PMHE));
    vgic_cpu_present_unlock(cpu);
}

/* ICC_SRE: system registers are always on; only EL3's permission for lower levels can be
 * configurable [7.3]. */

static uint64_t icc_sre_el1_read(VgicAccess *access)
{
    (void)access;
    return VGIC_PUT(icc_sre_el1, SRE, 1) | VGIC_PUT(icc_sre_el1, DFB, 1) |
           VGIC_PUT(icc_sre_el1, DIB, 1);
}

/* The PEs have no EL2 yet, and EL3 finds its registers RES0 then. */
static uint64_t icc_sre_el2_read(VgicAccess *access)
{
    (void)access;
    return 0;
}

static void icc_sre_ignore(VgicAccess *access, uint64_t value)
{
    (void)access, (void)value;
}

static uint64_t icc_sre_el3_read(VgicAccess *access)
{
    bool enable = atomic_load_explicit(&access->cpu->icc.sre_el3_enable, memory_order_relaxed);

    return icc_sre_el1_read(access) | VGIC_PUT(icc_sre_el3, Enable, enable);
}

static void icc_sre_el3_write(VgicAccess *access, uint64_t value)
{
    if (access->gic->sre_enable_writable) {
        atomic_store_explicit(&access->cpu->icc.sre_el3_enable,
                              VGIC_GET(value, icc_sre_el3, Enable), memory_order_relaxed);
    }
}

/* Group enables: row group 0 is IGRPEN0, 1 is the bank of IGRPEN1. */

static unsigned igrpen_group(const VgicAccess *access)
{
    return access->sysreg->group == 0 ? VGIC_G0 : vgic_icc_bank(access);
}

static uint64_t icc_igrpen_read(VgicAccess *access)
{
    return vgic_load8(&access->cpu->icc.igrpen[igrpen_group(access)]);
}

static void icc_igrpen_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    if (value & 1 && cpu->redist.asleep && access->gic->hold_while_asleep) {
        vgic_access_report(access, VGIC_RULE_ASLEEP, UINT32_MAX);
    }
    vgic_store8(&cpu->icc.igrpen[igrpen_group(access)], value & 1);
    vgic_cpu_reconfigure_unlock(cpu);
}

static uint64_t icc_igrpen1_el3_read(VgicAccess *access)
{
    const VgicShared8 *igrpen = access->cpu->icc.igrpen;

    return VGIC_PUT(icc_igrpen1_el3, EnableGrp1S, vgic_load8(&igrpen[VGIC_G1S])) |
           VGIC_PUT(icc_igrpen1_el3, EnableGrp1NS, vgic_load8(&igrpen[VGIC_G1NS]));
}

static void icc_igrpen1_el3_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    vgic_store8(&cpu->icc.igrpen[VGIC_G1S], VGIC_GET(value, icc_igrpen1_el3, EnableGrp1S));
    vgic_store8(&cpu->icc.igrpen[VGIC_G1NS], VGIC_GET(value, icc_igrpen1_el3, EnableGrp1NS));
    vgic_cpu_reconfigure_unlock(cpu);
}

/* Traps [7.4]. */

/*
 * What EL2 takes from EL1. The virtual CPU interface (ICV), to which HCR_EL2.IMO and FMO redirect
 * most registers, is not modelled yet: those are UNDEFINED then. ICH_HCR_EL2's traps belong before
 * this.
 */
static VgicResult check_el2(const VgicCpuState *state, const VgicSysregRow *row)
{
    bool imo = VGIC_GET(state->hcr_el2, hcr, IMO), fmo = VGIC_GET(state->hcr_el2, hcr, FMO);

    switch (row->trap_class) {
    case VGIC_TRAPS_SGI:
        return imo || fmo ? VGIC_TRAP_EL2 : VGIC_OK;
    case VGIC_TRAPS_GROUP0:
        return fmo ? VGIC_UNDEFINED : VGIC_OK;
    case VGIC_TRAPS_GROUP1:
        return imo ? VGIC_UNDEFINED : VGIC_OK;
    case VGIC_TRAPS_COMMON:
        return imo || fmo ? VGIC_UNDEFINED : VGIC_OK;
    default:
        return VGIC_OK;
    }
}

static bool traps_to_el3(const VgicCpu *cpu, const VgicCpuState *state, const VgicSysregRow *row)
{
    bool irq = VGIC_GET(state->scr_el3, scr, IRQ), fiq = VGIC_GET(state->scr_el3, scr, FIQ);

    switch (row->trap_class) {
    case VGIC_TRAPS_GROUP0:
        return fiq;
    case VGIC_TRAPS_GROUP1:
        return irq;
    case VGIC_TRAPS_COMMON:
    case VGIC_TRAPS_SGI:
        return irq && fiq;
    case VGIC_TRAPS_SRE:
        return state->el < 3 &&
               !atomic_load_explicit(&cpu->icc.sre_el3_enable, memory_order_relaxed);
    default:
        return false;
    }
}

VgicResult vgic_icc_check(const Vgic *gic, const VgicCpu *cpu, const VgicCpuState *state,
                          const VgicSysregRow *row)
{
    if (state->el < row->info.min_el) {
        return VGIC_UNDEFINED;
    }
    if (state->el == 1 && state->el2_enabled) {
        VgicResult result = check_el2(state, row);

        if (result != VGIC_OK) {
            return result;
        }
    }
    if (!gic->el3 || (state->el == 3 && (!state->aarch32 || state->monitor))) {
        return VGIC_OK;
    }
    return traps_to_el3(cpu, state, row) ? VGIC_TRAP_EL3 : VGIC_OK;
}

/* clang-format off */
#define READ VGIC_READABLE
#define WRITE VGIC_WRITABLE
#define RW (VGIC_READABLE | VGIC_WRITABLE)
/* An AArch64 register and its AArch32 form: the same row twice, with an encoding and a width each. */
#define FORM(name_, encoding_, width_, access_, el_, traps_, fields_, ...)                         \
    {.info = {.name = (name_), .encoding = (encoding_), .width = (width_), .access = (access_),    \
              .min_el = (el_), fields_},                                                           \
     .trap_class = VGIC_TRAPS_##traps_, __VA_ARGS__}
#define BOTH(reg64, reg32, access_, el_, traps_, ...)                                              \
    FORM(#reg64, reg64, 64, access_, el_, traps_, .fields = NULL, __VA_ARGS__),                    \
    FORM(#reg32, reg32, 32, access_, el_, traps_, .fields = NULL, __VA_ARGS__)
#define FIELDS(reg64, reg32, access_, el_, traps_, list, ...)                                      \
    FORM(#reg64, reg64, 64, access_, el_, traps_, VGIC_FIELD_ROWS(list), __VA_ARGS__),             \
    FORM(#reg32, reg32, 32, access_, el_, traps_, VGIC_FIELD_ROWS(list), __VA_ARGS__)
#define SGI(reg64, reg32, which)                                                                   \
    FORM(#reg64, reg64, 64, WRITE, 1, SGI, VGIC_FIELD_ROWS(icc_sgir), .group = (which),            \
         .write = vgic_icc_sgi_write),                                                             \
    FORM(#reg32, reg32, 64, WRITE, 1, SGI, VGIC_FIELD_ROWS(icc_sgir), .group = (which),            \
         .write = vgic_icc_sgi_write)
#define ACTIVE_PRIORITIES(g, n)                                                                    \
    BOTH(ICC_AP##g##R##n##_EL1, ICC_AP##g##R##n, RW, 1, GROUP##g, .group = (g), .word = (n),       \
         .read = icc_ap_read, .write = icc_ap_write)

const VgicSysregRow vgic_v3_sysregs[] = {
    BOTH(ICC_PMR_EL1, ICC_PMR, RW, 1, COMMON, .read = icc_pmr_read, .write = icc_pmr_write),
    FIELDS(ICC_IAR0_EL1, ICC_IAR0, READ, 1, GROUP0, icc_intid, .group = 0, .read = vgic_icc_iar_read),
    FIELDS(ICC_EOIR0_EL1, ICC_EOIR0, WRITE, 1, GROUP0, icc_intid, .group = 0, .write = vgic_icc_eoir_write),
    FIELDS(ICC_HPPIR0_EL1, ICC_HPPIR0, READ, 1, GROUP0, icc_intid, .group = 0, .read = vgic_icc_hppir_read),
    BOTH(ICC_BPR0_EL1, ICC_BPR0, RW, 1, GROUP0, .read = icc_bpr0_read, .write = icc_bpr0_write),
    ACTIVE_PRIORITIES(0, 0), ACTIVE_PRIORITIES(0, 1), ACTIVE_PRIORITIES(0, 2), ACTIVE_PRIORITIES(0, 3),
    ACTIVE_PRIORITIES(1, 0), ACTIVE_PRIORITIES(1, 1), ACTIVE_PRIORITIES(1, 2), ACTIVE_PRIORITIES(1, 3),
    FIELDS(ICC_DIR_EL1, ICC_DIR, WRITE, 1, COMMON, icc_intid, .write = vgic_icc_dir_write),
    BOTH(ICC_RPR_EL1, ICC_RPR, READ, 1, COMMON, .read = icc_rpr_read),
    SGI(ICC_SGI1R_EL1, ICC_SGI1R, VGIC_SGI1R),
    SGI(ICC_ASGI1R_EL1, ICC_ASGI1R, VGIC_ASGI1R),
    SGI(ICC_SGI0R_EL1, ICC_SGI0R, VGIC_SGI0R),
    FIELDS(ICC_IAR1_EL1, ICC_IAR1, READ, 1, GROUP1, icc_intid, .group = 1, .read = vgic_icc_iar_read),
    FIELDS(ICC_EOIR1_EL1, ICC_EOIR1, WRITE, 1, GROUP1, icc_intid, .group = 1, .write = vgic_icc_eoir_write),
    FIELDS(ICC_HPPIR1_EL1, ICC_HPPIR1, READ, 1, GROUP1, icc_intid, .group = 1, .read = vgic_icc_hppir_read),
    BOTH(ICC_BPR1_EL1, ICC_BPR1, RW, 1, GROUP1, .read = icc_bpr1_read, .write = icc_bpr1_write),
    FIELDS(ICC_CTLR_EL1, ICC_CTLR, RW, 1, COMMON, icc_ctlr_el1, .read = icc_ctlr_el1_read, .write = icc_ctlr_el1_write),
    FIELDS(ICC_SRE_EL1, ICC_SRE, RW, 1, SRE, icc_sre_el1, .read = icc_sre_el1_read, .write = icc_sre_ignore),
    BOTH(ICC_IGRPEN0_EL1, ICC_IGRPEN0, RW, 1, GROUP0, .group = 0, .read = icc_igrpen_read, .write = icc_igrpen_write),
    BOTH(ICC_IGRPEN1_EL1, ICC_IGRPEN1, RW, 1, GROUP1, .group = 1, .read = icc_igrpen_read, .write = icc_igrpen_write),
    FIELDS(ICC_CTLR_EL3, ICC_MCTLR, RW, 3, NONE, icc_ctlr_el3, .read = icc_ctlr_el3_read, .write = icc_ctlr_el3_write),
    FIELDS(ICC_SRE_EL2, ICC_HSRE, RW, 3, NONE, icc_sre_el3, .read = icc_sre_el2_read, .write = icc_sre_ignore),
    FIELDS(ICC_SRE_EL3, ICC_MSRE, RW, 3, NONE, icc_sre_el3, .read = icc_sre_el3_read, .write = icc_sre_el3_write),
    FIELDS(ICC_IGRPEN1_EL3, ICC_MGRPEN1, RW, 3, NONE, icc_igrpen1_el3, .read = icc_igrpen1_el3_read, .write = icc_igrpen1_el3_write),
};
/* clang-format on */
const uint32_t vgic_v3_sysreg_count = G_N_ELEMENTS(vgic_v3_sysregs);
