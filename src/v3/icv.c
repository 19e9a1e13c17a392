/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual CPU interface as a guest sees it: the ICV registers, behind the names of the ICC
 * registers [8.5]. */
#include <glib.h>

#include "v3/ich.h"

static uint32_t intid_of(uint64_t lr)
{
    return (uint32_t)VGIC_GET(lr, ich_lr, vINTID) & VGIC_INTID_MASK;
}

/* Acknowledge */

/* Does a read of IAR<n> or NMIAR1 take the best list register, @p lr? What it reads otherwise is
 * put into *special. */
static bool takes(const VgicAccess *access, uint64_t lr, bool nmiar, uint32_t *special)
{
    bool nmi = vgic_ich_is_nmi(lr);

    *special = VGIC_INTID_SPURIOUS;
    if (vgic_ich_group(lr) != vgic_ich_row_group(access) || (nmiar && !nmi)) {
        return false;
    }
    if (nmi && !nmiar && VGIC_GET(access->state->sctlr, sctlr, NMI)) {
        *special = VGIC_INTID_NMI_OR_GROUP1;
        return false;
    }
    return true;
}

/* The hypervisor must not list an interrupt twice. */
static void check_duplicates(VgicAccess *access, unsigned n, uint32_t intid)
{
    const VgicIch *ich = &access->cpu->ich;

    for (uint32_t left = vgic_load32(&ich->valid) & ~(1u << n); left; left &= left - 1) {
        if (G_UNLIKELY(intid_of(vgic_load64(&ich->lr[__builtin_ctz(left)])) == intid)) {
            vgic_access_report(access, VGIC_RULE_LR_DUPLICATE, intid);
        }
    }
}

/* A special INTID goes to the guest as it is, and nothing becomes active. */
static void activate(VgicAccess *access, unsigned n, uint64_t lr)
{
    VgicCpu *cpu = access->cpu;
    uint32_t intid = intid_of(lr);
    bool special = vgic_intid_is_special(intid);
    uint64_t state = special ? VGIC_LR_INVALID : VGIC_LR_ACTIVE;

    if (special) {
        vgic_access_report(access, VGIC_RULE_LR_SPECIAL, intid);
    } else {
        check_duplicates(access, n, intid);
        vgic_bank_activate(&cpu->ich.bank, vgic_ich_group(lr), vgic_ich_priority(lr),
                           vgic_ich_is_nmi(lr));
    }
    vgic_ich_set_lr(cpu, n, (lr & ~VGIC_MASK(ich_lr, State)) | VGIC_PUT(ich_lr, State, state));
}

static inline uint64_t acknowledge(VgicAccess *access, bool nmiar)
{
    VgicCpu *cpu = access->cpu;
    VgicIch *ich = &cpu->ich;
    uint32_t intid = VGIC_INTID_SPURIOUS;
    uint64_t lr;
    int16_t best;

    if (atomic_load_explicit(&ich->best, memory_order_relaxed) == VGIC_RANK_NONE) {
        return VGIC_INTID_SPURIOUS;
    }
    vgic_lock(&cpu->lock);
    best = atomic_load_explicit(&ich->best, memory_order_relaxed);
    lr = best == VGIC_RANK_NONE ? 0 : vgic_load64(&ich->lr[best % VGIC_MAX_LIST_REGISTERS]);
    if (best == VGIC_RANK_NONE || !vgic_ich_signals(ich, lr) || !takes(access, lr, nmiar, &intid)) {
        vgic_unlock(&cpu->lock);
        return intid;
    }
    activate(access, (unsigned)best % VGIC_MAX_LIST_REGISTERS, lr);
    vgic_ich_present_unlock(cpu);
    return intid_of(lr);
}

uint64_t vgic_icv_iar_read(VgicAccess *access)
{
    return acknowledge(access, false);
}

uint64_t vgic_icv_nmiar1_read(VgicAccess *access)
{
    return acknowledge(access, true);
}

uint64_t vgic_icv_hppir_read(VgicAccess *access)
{
    VgicCpu *cpu = access->cpu;
    uint32_t intid = VGIC_INTID_SPURIOUS;
    int16_t best;

    vgic_lock(&cpu->lock);
    best = atomic_load_explicit(&cpu->ich.best, memory_order_relaxed);
    if (best != VGIC_RANK_NONE) {
        uint64_t lr = vgic_load64(&cpu->ich.lr[best % VGIC_MAX_LIST_REGISTERS]);

        intid =
            vgic_ich_group(lr) == vgic_ich_row_group(access) ? intid_of(lr) : VGIC_INTID_SPURIOUS;
    }
    vgic_unlock(&cpu->lock);
    return intid;
}

/* End of interrupt, deactivate */

/* The list register in which @p intid is active, or -1. */
static int find_active(const VgicIch *ich, uint32_t intid)
{
    for (uint32_t left = vgic_load32(&ich->active); left; left &= left - 1) {
        int n = __builtin_ctz(left);

        if (intid_of(vgic_load64(&ich->lr[n])) == intid) {
            return n;
        }
    }
    return -1;
}

/* The physical interrupt that ends together with the one in @p lr: NULL if there is none. SGIs and
 * LPIs cannot be. */
static VgicIrq *physical_irq(VgicAccess *access, uint64_t lr)
{
    uint32_t intid = (uint32_t)VGIC_GET(lr, ich_lr, pINTID);
    VgicIrq *irq;

    if (!VGIC_GET(lr, ich_lr, HW)) {
        return NULL;
    }
    irq = intid < VGIC_INTID_PPI ? NULL : vgic_irq_find(access->gic, access->cpu, intid);
    if (!irq) {
        vgic_access_report(access, VGIC_RULE_LR_HW_PINTID, intid);
    }
    return irq;
}

/* Ends the active state in list register @p n; returns physical_irq(). */
static VgicIrq *deactivate(VgicAccess *access, unsigned n)
{
    uint64_t lr = vgic_load64(&access->cpu->ich.lr[n]);

    vgic_ich_set_lr(access->cpu, n, lr & ~VGIC_PUT(ich_lr, State, VGIC_LR_ACTIVE));
    return physical_irq(access, lr);
}

/* Is @p lr what the priority drop was for, by the guest's register and by its priority? */
static bool matches(const VgicAccess *access, uint64_t lr, VgicDropped dropped)
{
    unsigned group = vgic_ich_group(lr);

    if (group != vgic_ich_row_group(access) || vgic_ich_is_nmi(lr) != dropped.nmi) {
        return false;
    }
    return dropped.nmi ||
           (vgic_ich_priority(lr) & access->cpu->ich.bank.group_mask[group]) == dropped.priority;
}

/* What follows for @p intid from a priority drop. Counted is what would have been deactivated, had
 * a list register held it. */
static VgicIrq *end(VgicAccess *access, uint32_t intid, VgicDropped dropped)
{
    VgicIch *ich = &access->cpu->ich;
    bool is_lpi = intid >= VGIC_INTID_LPI, split = vgic_load8(&ich->eoimode);
    int n = find_active(ich, intid);

    if (n < 0) {
        if (!split && !is_lpi) {
            vgic_ich_count_eoi(ich);
        }
        return NULL;
    }
    if ((split && !is_lpi) || !matches(access, vgic_load64(&ich->lr[n]), dropped)) {
        return NULL;
    }
    return deactivate(access, (unsigned)n);
}

void vgic_icv_eoir_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;
    uint32_t intid = (uint32_t)value & VGIC_INTID_MASK;
    VgicIrq *irq;
    int top;

    if (vgic_intid_is_special(intid)) {
        vgic_access_report(access, VGIC_RULE_EOI_SPECIAL, intid);
        return;
    }
    vgic_lock(&cpu->lock);
    top = vgic_bank_top_group(&cpu->ich.bank);
    if (top < 0) {
        vgic_unlock(&cpu->lock);
        vgic_access_report(access, VGIC_RULE_EOI_IDLE, intid);
        return;
    }
    irq = end(access, intid, vgic_bank_drop(&cpu->ich.bank, (unsigned)top));
    vgic_ich_refresh(cpu);
    vgic_icc_present_and_end_unlock(access, irq);
}

void vgic_icv_dir_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;
    VgicIch *ich = &cpu->ich;
    uint32_t intid = (uint32_t)value & VGIC_INTID_MASK;
    VgicIrq *irq = NULL;
    int n;

    if (!vgic_load8(&ich->eoimode)) {
        vgic_access_report(access, VGIC_RULE_DIR_EOIMODE, intid);
        return;
    }
    if (vgic_intid_is_special(intid) || intid >= VGIC_INTID_LPI) {
        vgic_access_report(access, VGIC_RULE_DIR_TARGET, intid);
        return;
    }
    vgic_lock(&cpu->lock);
    n = find_active(ich, intid);
    if (n < 0) {
        vgic_ich_count_eoi(ich);
    } else {
        irq = deactivate(access, (unsigned)n);
    }
    vgic_ich_refresh(cpu);
    vgic_icc_present_and_end_unlock(access, irq);
}

/* Views of ICH_VMCR_EL2 */

uint64_t vgic_icv_rpr_read(VgicAccess *access)
{
    const VgicBank *bank = &access->cpu->ich.bank;
    uint64_t value = vgic_load8(&bank->running);

    if (vgic_icc_is_wide(access)) {
        value |= VGIC_PUT(icc_rpr, NMI, vgic_bank_nmi_is_active(bank, VGIC_G1NS));
    }
    return value;
}

uint64_t vgic_icv_pmr_read(VgicAccess *access)
{
    return vgic_load8(&access->cpu->ich.bank.pmr);
}

void vgic_icv_pmr_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    vgic_store8(&cpu->ich.bank.pmr, vgic_bank_priority(&cpu->ich.bank, value));
    vgic_ich_present_unlock(cpu);
}

uint64_t vgic_icv_bpr0_read(VgicAccess *access)
{
    return vgic_load8(&access->cpu->ich.bank.bpr[VGIC_G0]);
}

void vgic_icv_bpr0_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    vgic_bank_set_bpr(&cpu->ich.bank, VGIC_G0, value);
    vgic_ich_present_unlock(cpu);
}

/* With VCBPR, BPR1 is a view of BPR0, one more and read-only. */

uint64_t vgic_icv_bpr1_read(VgicAccess *access)
{
    const VgicBank *bank = &access->cpu->ich.bank;

    if (vgic_load8(&bank->cbpr[VGIC_G1NS])) {
        return MIN(vgic_load8(&bank->bpr[VGIC_G0]) + 1u, 7u);
    }
    return vgic_load8(&bank->bpr[VGIC_G1NS]);
}

void vgic_icv_bpr1_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    if (!vgic_load8(&cpu->ich.bank.cbpr[VGIC_G1NS])) {
        vgic_bank_set_bpr(&cpu->ich.bank, VGIC_G1NS, value);
    }
    vgic_ich_present_unlock(cpu);
}

uint64_t vgic_icv_ctlr_read(VgicAccess *access)
{
    const VgicIch *ich = &access->cpu->ich;

    return VGIC_PUT(icc_ctlr_el1, CBPR, vgic_load8(&ich->bank.cbpr[VGIC_G1NS])) |
           VGIC_PUT(icc_ctlr_el1, EOImode, vgic_load8(&ich->eoimode)) |
           vgic_icv_ctlr_constants(access->gic->ich.vtr);
}

void vgic_icv_ctlr_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    vgic_bank_set_cbpr(&cpu->ich.bank, VGIC_G1NS, VGIC_GET(value, icc_ctlr_el1, CBPR));
    vgic_store8(&cpu->ich.eoimode, VGIC_GET(value, icc_ctlr_el1, EOImode));
    vgic_ich_present_unlock(cpu);
}

uint64_t vgic_icv_igrpen_read(VgicAccess *access)
{
    return vgic_load8(&access->cpu->ich.igrpen[vgic_ich_row_group(access)]);
}

void vgic_icv_igrpen_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    vgic_ich_set_igrpen(&cpu->ich, vgic_ich_row_group(access), value & 1);
    vgic_ich_present_unlock(cpu);
}
