/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPU interface's registers, acknowledge, SGIs and traps apart [7, 9]. */
#include "v3/icc.h"

#include <glib.h>

#include <vgic/registers.h>

#include "v3/ich.h"
#include "v3/sysrows.h"

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

/* The NMI bits of ICC_RPR: NMI is the state's own, NMI_NS what Secure software sees of the
 * Non-secure one [9.5]. AArch32 has no room for them. */
static uint64_t rpr_nmi_bits(const VgicAccess *access)
{
    const VgicBank *bank = &access->cpu->bank;
    bool ns = vgic_bank_nmi_is_active(bank, VGIC_G1NS);

    if (vgic_ds(access->gic) || vgic_icc_who(access) == VGIC_WHO_NS) {
        return VGIC_PUT(icc_rpr, NMI, ns);
    }
    return VGIC_PUT(icc_rpr, NMI, vgic_bank_nmi_is_active(bank, VGIC_G1S)) |
           VGIC_PUT(icc_rpr, NMI_NS, ns);
}

static uint64_t icc_rpr_read(VgicAccess *access)
{
    uint8_t running = vgic_load8(&access->cpu->bank.running);
    uint64_t value = sees_half_scale(access) ? half_scale(running) : running;

    return vgic_icc_is_wide(access) ? value | rpr_nmi_bits(access) : value;
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

/* The NMI bit is in AP1R0 only, whatever the number of preemption bits. */
static bool has_nmi_bit(const VgicAccess *access)
{
    const VgicSysregRow *row = access->sysreg;

    return access->gic->nmi && row->group == 1 && row->word == 0 && vgic_icc_is_wide(access);
}

uint64_t vgic_icc_ap_value(const VgicAccess *access, const VgicBank *bank, unsigned group)
{
    uint64_t value = vgic_load32(&bank->apr[group][access->sysreg->word]);

    if (has_nmi_bit(access)) {
        value |= VGIC_PUT(icc_ap1r0, NMI, vgic_bank_nmi_is_active(bank, group));
    }
    return value;
}

void vgic_icc_set_ap(const VgicAccess *access, VgicBank *bank, unsigned group, uint32_t keep,
                     uint64_t value)
{
    unsigned word = access->sysreg->word;
    uint32_t levels = (vgic_load32(&bank->apr[group][word]) & keep) | ((uint32_t)value & ~keep);

    vgic_bank_set_apr(bank, group, word, levels);
    if (has_nmi_bit(access)) {
        vgic_bank_set_nmi_active(bank, group, VGIC_GET(value, icc_ap1r0, NMI));
    }
}

static uint64_t icc_ap_read(VgicAccess *access)
{
    return vgic_icc_ap_value(access, &access->cpu->bank, ap_group(access));
}

static void icc_ap_write(VgicAccess *access, uint64_t value)
{
    VgicBank *bank = &access->cpu->bank;
    unsigned group = ap_group(access);
    uint32_t keep = 0;

    if (group == VGIC_G1NS && access->gic->el3 && vgic_icc_who(access) == VGIC_WHO_NS &&
        !vgic_ds(access->gic)) {
        keep = secure_levels(bank, access->sysreg->word);
    }
    vgic_lock(&access->cpu->lock);
    vgic_icc_set_ap(access, bank, group, keep, value);
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

static void icc_sre_el1_write(VgicAccess *access, uint64_t value)
{
    (void)access, (void)value;
}

/* ICC_SRE_EL2 and ICC_SRE_EL3: `group` of the row is the EL. */

static atomic_bool *sre_enable(const VgicAccess *access)
{
    return access->sysreg->group == 2 ? &access->cpu->icc.sre_el2_enable
                                      : &access->cpu->icc.sre_el3_enable;
}

static uint64_t icc_sre_read(VgicAccess *access)
{
    bool enable = atomic_load_explicit(sre_enable(access), memory_order_relaxed);

    return icc_sre_el1_read(access) | VGIC_PUT(icc_sre_el3, Enable, enable);
}

static void icc_sre_write(VgicAccess *access, uint64_t value)
{
    if (access->gic->sre_enable_writable) {
        atomic_store_explicit(sre_enable(access), VGIC_GET(value, icc_sre_el3, Enable),
                              memory_order_relaxed);
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

/* clang-format off */
#define READ VGIC_READABLE
#define WRITE VGIC_WRITABLE
#define RW (VGIC_READABLE | VGIC_WRITABLE)
#define ICV(read_, write_) .virtual_read = (read_), .virtual_write = (write_)
#define SGI(reg64, reg32, which)                                                                   \
    VGIC_FORM(#reg64, reg64, 64, WRITE, 1, VGIC_TRAPS_SGI, VGIC_FIELD_ROWS(icc_sgir), .group = (which),    \
              .write = vgic_icc_sgi_write),                                                        \
    VGIC_FORM(#reg32, reg32, 64, WRITE, 1, VGIC_TRAPS_SGI, VGIC_FIELD_ROWS(icc_sgir), .group = (which),    \
              .write = vgic_icc_sgi_write)
#define ACTIVE_PRIORITIES(g, n)                                                                    \
    VGIC_BOTH(ICC_AP##g##R##n##_EL1, ICC_AP##g##R##n, RW, 1, GROUP##g | VGIC_TRAPS_AP,             \
              .group = (g), .word = (n), .read = icc_ap_read, .write = icc_ap_write,               \
              ICV(vgic_icv_ap_read, vgic_icv_ap_write))

/* A register, its twin in the virtual CPU interface, and the AArch32 forms of both. */
const VgicSysregRow vgic_icc_rows[] = {
    VGIC_BOTH(ICC_PMR_EL1, ICC_PMR, RW, 1, COMMON, .read = icc_pmr_read, .write = icc_pmr_write,
              ICV(vgic_icv_pmr_read, vgic_icv_pmr_write)),
    VGIC_FIELDED(ICC_IAR0_EL1, ICC_IAR0, READ, 1, GROUP0, icc_intid, .group = 0, .read = vgic_icc_iar_read,
              ICV(vgic_icv_iar_read, NULL)),
    VGIC_FIELDED(ICC_EOIR0_EL1, ICC_EOIR0, WRITE, 1, GROUP0, icc_intid, .group = 0, .write = vgic_icc_eoir_write,
              ICV(NULL, vgic_icv_eoir_write)),
    VGIC_FIELDED(ICC_HPPIR0_EL1, ICC_HPPIR0, READ, 1, GROUP0, icc_intid, .group = 0, .read = vgic_icc_hppir_read,
              ICV(vgic_icv_hppir_read, NULL)),
    VGIC_BOTH(ICC_BPR0_EL1, ICC_BPR0, RW, 1, GROUP0, .read = icc_bpr0_read, .write = icc_bpr0_write,
              ICV(vgic_icv_bpr0_read, vgic_icv_bpr0_write)),
    ACTIVE_PRIORITIES(0, 0), ACTIVE_PRIORITIES(0, 1), ACTIVE_PRIORITIES(0, 2), ACTIVE_PRIORITIES(0, 3),
    ACTIVE_PRIORITIES(1, 0), ACTIVE_PRIORITIES(1, 1), ACTIVE_PRIORITIES(1, 2), ACTIVE_PRIORITIES(1, 3),
    VGIC_FORM("ICC_NMIAR1_EL1", ICC_NMIAR1_EL1, 64, READ, 1, VGIC_TRAPS_GROUP1, VGIC_FIELD_ROWS(icc_intid), .group = 1,
              .read = vgic_icc_nmiar1_read, ICV(vgic_icv_nmiar1_read, NULL)),
    VGIC_FIELDED(ICC_DIR_EL1, ICC_DIR, WRITE, 1, COMMON | VGIC_TRAPS_DIR, icc_intid, .write = vgic_icc_dir_write,
              ICV(NULL, vgic_icv_dir_write)),
    VGIC_FORM("ICC_RPR_EL1", ICC_RPR_EL1, 64, READ, 1, VGIC_TRAPS_COMMON, VGIC_FIELD_ROWS(icc_rpr),
              .read = icc_rpr_read, ICV(vgic_icv_rpr_read, NULL)),
    VGIC_FORM("ICC_RPR", ICC_RPR, 32, READ, 1, VGIC_TRAPS_COMMON, .fields = NULL, .read = icc_rpr_read,
              ICV(vgic_icv_rpr_read, NULL)),
    SGI(ICC_SGI1R_EL1, ICC_SGI1R, VGIC_SGI1R),
    SGI(ICC_ASGI1R_EL1, ICC_ASGI1R, VGIC_ASGI1R),
    SGI(ICC_SGI0R_EL1, ICC_SGI0R, VGIC_SGI0R),
    VGIC_FIELDED(ICC_IAR1_EL1, ICC_IAR1, READ, 1, GROUP1, icc_intid, .group = 1, .read = vgic_icc_iar_read,
              ICV(vgic_icv_iar_read, NULL)),
    VGIC_FIELDED(ICC_EOIR1_EL1, ICC_EOIR1, WRITE, 1, GROUP1, icc_intid, .group = 1, .write = vgic_icc_eoir_write,
              ICV(NULL, vgic_icv_eoir_write)),
    VGIC_FIELDED(ICC_HPPIR1_EL1, ICC_HPPIR1, READ, 1, GROUP1, icc_intid, .group = 1, .read = vgic_icc_hppir_read,
              ICV(vgic_icv_hppir_read, NULL)),
    VGIC_BOTH(ICC_BPR1_EL1, ICC_BPR1, RW, 1, GROUP1, .read = icc_bpr1_read, .write = icc_bpr1_write,
              ICV(vgic_icv_bpr1_read, vgic_icv_bpr1_write)),
    VGIC_FIELDED(ICC_CTLR_EL1, ICC_CTLR, RW, 1, COMMON, icc_ctlr_el1, .read = icc_ctlr_el1_read, .write = icc_ctlr_el1_write,
              ICV(vgic_icv_ctlr_read, vgic_icv_ctlr_write)),
    VGIC_FIELDED(ICC_SRE_EL1, ICC_SRE, RW, 1, SRE, icc_sre_el1, .read = icc_sre_el1_read, .write = icc_sre_el1_write),
    VGIC_BOTH(ICC_IGRPEN0_EL1, ICC_IGRPEN0, RW, 1, GROUP0 | VGIC_TRAPS_IGRPEN, .group = 0, .read = icc_igrpen_read, .write = icc_igrpen_write,
              ICV(vgic_icv_igrpen_read, vgic_icv_igrpen_write)),
    VGIC_BOTH(ICC_IGRPEN1_EL1, ICC_IGRPEN1, RW, 1, GROUP1 | VGIC_TRAPS_IGRPEN, .group = 1, .read = icc_igrpen_read, .write = icc_igrpen_write,
              ICV(vgic_icv_igrpen_read, vgic_icv_igrpen_write)),
    VGIC_FIELDED(ICC_SRE_EL2, ICC_HSRE, RW, 2, SRE, icc_sre_el3, .group = 2, .read = icc_sre_read, .write = icc_sre_write),
    VGIC_FIELDED(ICC_CTLR_EL3, ICC_MCTLR, RW, 3, NONE, icc_ctlr_el3, .read = icc_ctlr_el3_read, .write = icc_ctlr_el3_write),
    VGIC_FIELDED(ICC_SRE_EL3, ICC_MSRE, RW, 3, NONE, icc_sre_el3, .group = 3, .read = icc_sre_read, .write = icc_sre_write),
    VGIC_FIELDED(ICC_IGRPEN1_EL3, ICC_MGRPEN1, RW, 3, NONE, icc_igrpen1_el3, .read = icc_igrpen1_el3_read, .write = icc_igrpen1_el3_write),
};
/* clang-format on */
const uint32_t vgic_icc_row_count = G_N_ELEMENTS(vgic_icc_rows);
