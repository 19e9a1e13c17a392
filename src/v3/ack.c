/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPU interface: acknowledge, end of interrupt, deactivate [7.5, 7.6]. */
#include <glib.h>

#include "v3/icc.h"

/* What IAR0 and HPPIR0 return for the candidate, apart from its own INTID [7.6]. */
static uint32_t outcome_group0(const VgicAccess *access, const VgicCandidate *candidate,
                               uint32_t intid)
{
    VgicWho who = vgic_icc_who(access);

    switch (candidate->queue) {
    case VGIC_G0:
        return vgic_ds(access->gic) || who != VGIC_WHO_NS ? intid : VGIC_INTID_SPURIOUS;
    case VGIC_G1S:
        return who == VGIC_WHO_EL3 ? VGIC_INTID_SECURE : VGIC_INTID_SPURIOUS;
    default:
        return who == VGIC_WHO_EL3 ? VGIC_INTID_NONSECURE : VGIC_INTID_SPURIOUS;
    }
}

/* The same for IAR1 and HPPIR1. */
static uint32_t outcome_group1(const VgicAccess *access, const VgicCandidate *candidate,
                               uint32_t intid)
{
    switch (candidate->queue) {
    case VGIC_G0:
        return VGIC_INTID_SPURIOUS;
    case VGIC_G1S:
        return vgic_icc_who(access) != VGIC_WHO_NS ? intid : VGIC_INTID_SPURIOUS;
    default:
        return vgic_icc_who(access) != VGIC_WHO_S ? intid : VGIC_INTID_SPURIOUS;
    }
}

static inline uint32_t outcome(const VgicAccess *access, const VgicCandidate *candidate)
{
    uint32_t intid;

    if (candidate->slot == VGIC_SLOT_NONE) {
        return VGIC_INTID_SPURIOUS;
    }
    intid = vgic_intid_of(candidate->slot);
    return access->sysreg->group == 0 ? outcome_group0(access, candidate, intid)
                                      : outcome_group1(access, candidate, intid);
}

uint64_t vgic_icc_hppir_read(VgicAccess *access)
{
    VgicCandidate candidate = vgic_cpu_candidate(access->cpu);

    return outcome(access, &candidate);
}

/* What IAR1 and NMIAR1 make of an NMI and of what is none [7.6]. */
static inline uint32_t outcome_with_nmi(const VgicAccess *access, const VgicCandidate *candidate,
                                        bool nmiar)
{
    uint32_t intid = outcome(access, candidate);

    if (G_LIKELY(vgic_candidate_is_nmi(candidate) == nmiar) || vgic_intid_is_special(intid)) {
        return intid;
    }
    if (nmiar) {
        return VGIC_INTID_SPURIOUS;
    }
    return VGIC_GET(access->state->sctlr, sctlr, NMI) ? VGIC_INTID_NMI_OR_GROUP1 : intid;
}

static inline uint64_t acknowledge(VgicAccess *access, bool nmiar)
{
    VgicCpu *cpu = access->cpu;
    VgicCandidate candidate = vgic_cpu_candidate(cpu);
    uint32_t intid = VGIC_INTID_SPURIOUS;

    if (candidate.slot == VGIC_SLOT_NONE && !access->gic->hold_while_asleep) {
        return VGIC_INTID_SPURIOUS;
    }
    vgic_lock(&cpu->lock);
    candidate = vgic_cpu_candidate(cpu);
    if (G_UNLIKELY(cpu->redist.asleep) && access->gic->hold_while_asleep) {
        vgic_access_report(access, VGIC_RULE_ASLEEP, UINT32_MAX);
    }
    if (candidate.slot != VGIC_SLOT_NONE &&
        vgic_icc_signals(cpu, &candidate, vgic_icc_who(access) != VGIC_WHO_NS)) {
        intid = outcome_with_nmi(access, &candidate, nmiar);
    }
    if (vgic_intid_is_special(intid)) {
        vgic_unlock(&cpu->lock);
        return intid;
    }
    vgic_bank_activate(&cpu->bank, candidate.queue, candidate.priority,
                       vgic_candidate_is_nmi(&candidate));
    vgic_irq_activate(cpu, vgic_cpu_irq(cpu, candidate.slot));
    vgic_cpu_present_unlock(cpu);
    return intid;
}

uint64_t vgic_icc_iar_read(VgicAccess *access)
{
    return acknowledge(access, false);
}

uint64_t vgic_icc_nmiar1_read(VgicAccess *access)
{
    return acknowledge(access, true);
}

static bool eoimode(const VgicAccess *access)
{
    static const uint8_t copy_of[] = {
        [VGIC_WHO_NS] = VGIC_G1NS, [VGIC_WHO_S] = VGIC_G1S, [VGIC_WHO_EL3] = VGIC_G0};

    return vgic_load8(&access->cpu->icc.eoimode[copy_of[vgic_icc_who(access)]]);
}

/* May EOIR0 or EOIR1 drop the running priority, which belongs to @p top? [7.5] */
static bool may_drop(const VgicAccess *access, int top)
{
    VgicWho who = vgic_icc_who(access);
    bool ds = vgic_ds(access->gic);

    if (access->sysreg->group == 0) {
        return top == VGIC_G0 && (ds || who != VGIC_WHO_NS);
    }
    if (top == VGIC_G1S) {
        return who != VGIC_WHO_NS;
    }
    return top == VGIC_G1NS && (ds || who != VGIC_WHO_S);
}

/* A Secure interrupt is never ended by a Non-secure write that merely names it. */
static bool may_end(const VgicAccess *access, const VgicIrq *irq)
{
    return vgic_icc_who(access) != VGIC_WHO_NS || vgic_ds(access->gic) ||
           vgic_irq_queue(access->gic, irq) == VGIC_G1NS;
}

static __attribute__((noinline, cold)) void tell_backend_unlock(VgicCpu *cpu, VgicCpu *home,
                                                                VgicIrq *irq)
{
    uint32_t flags = irq->flags;

    vgic_irq_set(irq, VGIC_IRQ_ACTIVE, false);
    vgic_irq_update_unlock(home, irq);
    if (flags & VGIC_IRQ_ACTIVE) {
        cpu->gic->backend->deactivated(cpu, irq, flags);
    }
}

/* Ends the active state, if there is one; the lock of the interrupt's home @p home is held and
 * released. */
static inline void deactivate_unlock(VgicAccess *access, VgicCpu *home, VgicIrq *irq)
{
    if (G_UNLIKELY(access->gic->lists_active)) {
        tell_backend_unlock(access->cpu, home, irq);
        return;
    }
    vgic_irq_set(irq, VGIC_IRQ_ACTIVE, false);
    vgic_irq_update_unlock(home, irq);
}

/* Ends the active state if the write may; the lock of the interrupt's home @p home is held and
 * released. A guest that may not leaves its hypervisor with an interrupt that stays active. */
static void end_unlock(VgicAccess *access, VgicCpu *home, VgicIrq *irq)
{
    if (may_end(access, irq)) {
        deactivate_unlock(access, home, irq);
        return;
    }
    if (access->redirected) {
        vgic_access_report(access, VGIC_RULE_DIR_DENIED, vgic_intid_of(irq->slot));
    }
    vgic_irq_update_unlock(home, irq);
}

static inline void present_and_end_unlock(VgicAccess *access, VgicIrq *irq)
{
    VgicCpu *cpu = access->cpu;

    if (irq && vgic_irq_is_settled_at(irq, cpu)) {
        end_unlock(access, cpu, irq);
        return;
    }
    vgic_cpu_present_unlock(cpu);
    if (irq) {
        end_unlock(access, vgic_irq_lock_settled(access->gic, irq), irq);
    }
}

void vgic_icc_present_and_end_unlock(VgicAccess *access, VgicIrq *irq)
{
    present_and_end_unlock(access, irq);
}

void vgic_icc_eoir_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;
    uint32_t intid = (uint32_t)value & VGIC_INTID_MASK;
    int top;

    if (vgic_intid_is_special(intid)) {
        vgic_access_report(access, VGIC_RULE_EOI_SPECIAL, intid);
        return;
    }
    vgic_lock(&cpu->lock);
    top = vgic_bank_top_group(&cpu->bank);
    if (!may_drop(access, top)) {
        vgic_unlock(&cpu->lock);
        vgic_access_report(access, top < 0 ? VGIC_RULE_EOI_IDLE : VGIC_RULE_EOI_GROUP, intid);
        return;
    }
    vgic_bank_drop(&cpu->bank, (unsigned)top);
    present_and_end_unlock(access, eoimode(access) ? NULL : vgic_irq_find(access->gic, cpu, intid));
}

/* The last table of 7.5: by the group that the interrupt is configured for, not the one it was
 * acknowledged in. */
static bool may_deactivate(const VgicAccess *access, const VgicIrq *irq)
{
    unsigned group = vgic_irq_queue(access->gic, irq);
    bool trapped = group == VGIC_G0 ? vgic_icc_fiq_to_el3(access) : vgic_icc_irq_to_el3(access);

    switch (vgic_icc_who(access)) {
    case VGIC_WHO_EL3:
        return true;
    case VGIC_WHO_S:
        return !trapped;
    default:
        return !trapped && (group == VGIC_G1NS || (group == VGIC_G0 && vgic_ds(access->gic)));
    }
}

/* Notes why a deactivation has no effect; the home of @p irq is locked. */
static bool check_deactivation(VgicAccess *access, const VgicIrq *irq, uint32_t intid)
{
    if (!may_deactivate(access, irq)) {
        vgic_access_report(access, VGIC_RULE_DIR_DENIED, intid);
        return false;
    }
    if (!(irq->flags & VGIC_IRQ_ACTIVE)) {
        vgic_access_report(access, VGIC_RULE_DIR_INACTIVE, intid);
        return false;
    }
    return true;
}

void vgic_icc_dir_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu, *home;
    uint32_t intid = (uint32_t)value & VGIC_INTID_MASK;
    VgicIrq *irq = vgic_irq_find(access->gic, cpu, intid);

    if (!eoimode(access)) {
        vgic_access_report(access, VGIC_RULE_DIR_EOIMODE, intid);
        return;
    }
    if (!irq) {
        vgic_access_report(access, VGIC_RULE_DIR_TARGET, intid);
        return;
    }
    home = vgic_irq_lock_settled(access->gic, irq);
    if (check_deactivation(access, irq, intid)) {
        deactivate_unlock(access, home, irq);
    } else {
        vgic_unlock(&home->lock);
    }
}
