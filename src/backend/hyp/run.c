/* SPDX-License-Identifier: BSD-2-Clause */
/* A vCPU's way into its guest and out of it [1.4, 1.6, 1.7, 1.9]. */
#include <glib.h>

#include <vgic/registers.h>

#include "backend/hyp/hyp.h"
#include "v3/ich.h"

/* The CPU interface's registers */

uint64_t vgic_hyp_vmcr(const VgicCpu *cpu)
{
    return vgic_vmcr_of(&cpu->bank, cpu->icc.igrpen, &cpu->icc.eoimode[VGIC_G1NS]);
}

uint32_t vgic_hyp_set_vmcr(VgicCpu *cpu, uint64_t value)
{
    bool group0 = VGIC_GET(value, ich_vmcr, VENG0), group1 = VGIC_GET(value, ich_vmcr, VENG1);
    bool changed = vgic_load8(&cpu->icc.igrpen[VGIC_G0]) != group0 ||
                   vgic_load8(&cpu->icc.igrpen[VGIC_G1NS]) != group1;

    vgic_vmcr_to(&cpu->bank, &cpu->icc.eoimode[VGIC_G1NS], value);
    vgic_store8(&cpu->icc.igrpen[VGIC_G0], group0);
    vgic_store8(&cpu->icc.igrpen[VGIC_G1NS], group1);
    return changed ? vgic_cpu_configure(cpu) : 0;
}

void vgic_hyp_read_priorities(VgicCpu *cpu, VgicBank *bank)
{
    unsigned words = vgic_hyp_of(cpu->gic)->ap_words;
    uint64_t group0[VGIC_AP_WORDS] = {0}, group1[VGIC_AP_WORDS] = {0};

    for (unsigned i = 0; i < words; i++) {
        group0[i] = vgic_hyp_read(cpu, ICH_AP0R0_EL2 + i);
        group1[i] = vgic_hyp_read(cpu, ICH_AP1R0_EL2 + i);
    }
    vgic_lock(&cpu->lock);
    for (unsigned i = 0; i < words; i++) {
        vgic_bank_set_apr(bank, VGIC_G0, i, (uint32_t)group0[i]);
        vgic_bank_set_apr(bank, VGIC_G1NS, i, (uint32_t)group1[i]);
    }
    vgic_bank_set_nmi_active(bank, VGIC_G1NS, VGIC_GET(group1[0], icc_ap1r0, NMI));
    vgic_unlock(&cpu->lock);
}

void vgic_hyp_write_priorities(const VgicCpu *cpu, const VgicBank *bank)
{
    for (unsigned i = 0; i < vgic_hyp_of(cpu->gic)->ap_words; i++) {
        vgic_hyp_write(cpu, ICH_AP0R0_EL2 + i, vgic_load32(&bank->apr[VGIC_G0][i]));
        vgic_hyp_write(cpu, ICH_AP1R0_EL2 + i, vgic_hyp_ap1(bank, i));
    }
}

/* Flush */

/* The best interrupt of these queues, NULL if they are empty. */
static VgicIrq *best_of(const VgicCpu *cpu, uint32_t queues)
{
    const VgicQueue *best = NULL;
    uint16_t best_key = VGIC_KEY_NONE;

    for (; queues; queues &= queues - 1) {
        const VgicQueue *queue = &cpu->queues[__builtin_ctz(queues)];
        uint16_t key = vgic_queue_best_key(queue);

        if (key < best_key) {
            best = queue;
            best_key = key;
        }
    }
    return best ? vgic_cpu_irq(cpu, best->buckets[best_key].head) : NULL;
}

/* What is pending and active, and does not go into a list register as both: a level is looked at
 * anew when it is ended, and so is where 1-of-N gives an interrupt to; the pending state of what
 * hardware deactivates is in the physical GIC. */
static bool stays_pending_here(const VgicIrq *irq, uint32_t mapped)
{
    return irq->flags & (VGIC_IRQ_LEVEL | VGIC_IRQ_ONE_OF_N) || vgic_hyp_is_hw(mapped);
}

/* It may have been disabled since it became active. */
static bool pends_too(const VgicCpu *cpu, const VgicIrq *irq, uint32_t mapped)
{
    return irq->flags & VGIC_IRQ_ENABLED && vgic_irq_is_pending(irq) &&
           !stays_pending_here(irq, mapped) &&
           vgic_hyp_groups(cpu) >> vgic_irq_queue(cpu->gic, irq) & 1;
}

/* Was it made pending again by software, or by an edge, since it became active? */
static bool is_pending_again(const VgicIrq *irq)
{
    return irq->flags & VGIC_IRQ_ACTIVE && irq->flags & (VGIC_IRQ_LATCH | VGIC_IRQ_MESSAGE);
}

/* Must its end be an exit? */
static bool tells_its_end(const VgicIrq *irq)
{
    return irq->flags & VGIC_IRQ_LEVEL ||
           (irq->flags & (VGIC_IRQ_ONE_OF_N | VGIC_IRQ_MAPPED) && is_pending_again(irq));
}

/* Does hardware end the physical interrupt with it? Its end must be an exit if it is pending here,
 * and such a list register tells of none. */
static bool goes_with_hw(const VgicIrq *irq, uint32_t mapped)
{
    return vgic_hyp_is_hw(mapped) && !is_pending_again(irq);
}

static uint64_t encode(const VgicCpu *cpu, const VgicIrq *irq, uint32_t mapped)
{
    unsigned queue = vgic_irq_queue(cpu->gic, irq);
    bool nmi = vgic_irq_is_nmi(irq, queue), hw = goes_with_hw(irq, mapped);
    uint64_t state = VGIC_LR_PENDING;

    if (irq->flags & VGIC_IRQ_ACTIVE) {
        state = pends_too(cpu, irq, mapped) ? VGIC_LR_ACTIVE_PENDING : VGIC_LR_ACTIVE;
    }
    return VGIC_PUT(ich_lr, vINTID, vgic_intid_of(irq->slot)) |
           VGIC_PUT(ich_lr, Priority, nmi ? 0 : irq->priority) | VGIC_PUT(ich_lr, NMI, nmi) |
           VGIC_PUT(ich_lr, Group, queue != VGIC_G0) | VGIC_PUT(ich_lr, State, state) |
           (hw ? VGIC_PUT(ich_lr, HW, 1) | VGIC_PUT(ich_lr, pINTID, vgic_hyp_pintid(mapped))
               : VGIC_PUT(ich_lr, EOI, tells_its_end(irq)));
}

/* May another vCPU end it? */
static bool has_shared_end(const VgicIrq *irq)
{
    return !vgic_irq_is_local(irq) && !(irq->flags & VGIC_IRQ_NO_ACTIVE);
}

/* The record of what goes into a list register: what pends there no longer pends here. */
static void hand_over(VgicCpu *cpu, VgicIrq *irq, uint32_t mapped, uint64_t lr)
{
    VgicHyp *hyp = vgic_hyp_of(cpu->gic);

    if (VGIC_GET(lr, ich_lr, State) & VGIC_LR_PENDING) {
        vgic_irq_set(irq, VGIC_IRQ_LR_LATCH,
                     irq->flags & VGIC_IRQ_LEVEL && irq->flags & VGIC_IRQ_LATCH);
        vgic_irq_set(irq, VGIC_IRQ_LATCH, false);
        if (mapped) {
            vgic_irq_set(irq, VGIC_IRQ_WIRE, false); /* so that a new rise is seen */
        }
    }
    if (has_shared_end(irq)) {
        atomic_fetch_add(&hyp->shared_in_lr, 1);
        vgic_hyp_note_in_flight(hyp);
    }
    vgic_irq_set(irq, VGIC_IRQ_ON_LR, true);
    vgic_irq_requeue(cpu, irq);
}

/* Interrupts of @p queues into list registers while there are some; how many. */
static unsigned fill_from(VgicCpu *cpu, VgicHypCpu *own, uint32_t queues)
{
    unsigned limit = vgic_hyp_of(cpu->gic)->list_registers, before = own->used;

    while (own->used < limit) {
        VgicIrq *irq = best_of(cpu, queues);
        uint32_t mapped;

        if (!irq) {
            break;
        }
        mapped = vgic_hyp_mapped(cpu, irq);
        own->lr[own->used] = encode(cpu, irq, mapped);
        own->irq[own->used] = irq;
        hand_over(cpu, irq, mapped, own->lr[own->used]);
        own->used++;
    }
    return own->used - before;
}

/* The active ones that the guest may end although no list register has them, in the order in which
 * it will: EOIcount tells how many it did. */
static void note_outside(VgicCpu *cpu, VgicHypCpu *own)
{
    VgicIrq *irq = best_of(cpu, 1u << VGIC_QUEUE_ACTIVE);

    while (irq && own->outside_count < VGIC_HYP_WALK) {
        own->outside[own->outside_count++] = irq;
        irq = vgic_queue_next(cpu, irq);
    }
}

/* Forgets that there are some once there are none; whoever makes the first one tells all. */
static bool is_in_flight(Vgic *gic)
{
    VgicHyp *hyp = vgic_hyp_of(gic);

    if (!vgic_hyp_is_in_flight(gic)) {
        if (atomic_load(&hyp->in_flight)) {
            atomic_store(&hyp->in_flight, false);
        }
        if (!vgic_hyp_is_in_flight(gic)) {
            return false;
        }
    }
    vgic_hyp_note_in_flight(hyp);
    return true;
}

/* What the guest has to come back for [1.4]: @p pending, something that it may take found no list
 * register; @p others, something else did not. */
static uint64_t overflow_enables(VgicCpu *cpu, bool pending, bool any_active, bool others)
{
    bool always = !VGIC_GET(vgic_hyp_of(cpu->gic)->vtr, ich_vtr, TDS); /* by TC: without kicks */
    uint64_t hcr = is_in_flight(cpu->gic) || always ? VGIC_MASK(ich_hcr, TDIR) : 0;

    if (pending) {
        hcr |= VGIC_MASK(ich_hcr, NPIE);
    }
    if (!pending && !others) {
        return hcr;
    }
    if (any_active) {
        hcr |= VGIC_MASK(ich_hcr, LRENPIE) | VGIC_MASK(ich_hcr, TDIR);
    }
    /* With one list register at most one is ever valid. */
    return vgic_hyp_of(cpu->gic)->list_registers > 1 ? hcr | VGIC_MASK(ich_hcr, UIE) : hcr;
}

/* First what may be taken, then what may be ended, then what waits for its group. */
static uint64_t fill(VgicCpu *cpu, VgicHypCpu *own)
{
    uint32_t off = vgic_hyp_groups(cpu) & ~cpu->groups_on;
    bool any_active, active_left;

    own->used = 0;
    own->outside_count = 0;
    fill_from(cpu, own, cpu->groups_on);
    any_active = fill_from(cpu, own, 1u << VGIC_QUEUE_ACTIVE);
    fill_from(cpu, own, off);

    active_left = cpu->queues[VGIC_QUEUE_ACTIVE].words;
    if (active_left) {
        note_outside(cpu, own);
    }
    vgic_cpu_refresh(cpu);
    own->waiting = vgic_cpu_candidate(cpu).key;
    return overflow_enables(cpu, own->waiting != VGIC_KEY_NONE, any_active || active_left,
                            active_left || best_of(cpu, off));
}

/* What is in the list registers depends on the group enables, so their change is an exit. */
static uint64_t watch_groups(const VgicCpu *cpu)
{
    bool group0 = vgic_load8(&cpu->icc.igrpen[VGIC_G0]);
    bool group1 = vgic_load8(&cpu->icc.igrpen[VGIC_G1NS]);

    return VGIC_PUT(ich_hcr, VGrp0EIE, !group0) | VGIC_PUT(ich_hcr, VGrp0DIE, group0) |
           VGIC_PUT(ich_hcr, VGrp1EIE, !group1) | VGIC_PUT(ich_hcr, VGrp1DIE, group1);
}

static void flush_guest(VgicCpu *cpu)
{
    const VgicHyp *hyp = vgic_hyp_of(cpu->gic);
    VgicHypCpu *own = vgic_hyp_cpu(cpu);

    vgic_hyp_import_vncr(cpu);
    vgic_lock(&cpu->lock);
    own->hcr = vgic_hyp_traps(hyp, VGIC_MASK(ich_hcr, En) | watch_groups(cpu) | fill(cpu, own));
    own->groups = vgic_hyp_groups(cpu);
    own->kicked = false;
    own->where = VGIC_HYP_IS_FLUSHED;
    vgic_cpu_release(cpu); /* its own thread needs no kick to hear of its lines */
    for (unsigned n = 0; n < own->used; n++) {
        vgic_hyp_write(cpu, ICH_LR_EL2(n), own->lr[n]);
    }
    vgic_hyp_write(cpu, ICH_HCR_EL2, own->hcr);
    vgic_hyp_follow_up(cpu->gic);
}

/* Somebody is about to look at what was in a list register: let them. */
static void wait_for_recalls(const VgicHypCpu *own)
{
    while (G_UNLIKELY(atomic_load(&own->recalls))) {
        g_thread_yield();
    }
}

VgicHypEntry vgic_hyp_flush(Vgic *gic, uint32_t cpu)
{
    VgicHypCpu *own;

    if (!vgic_check_cpu(gic, __func__, cpu) || !vgic_hyp_check(gic, __func__)) {
        return VGIC_HYP_NOT_LOADED;
    }
    own = &vgic_hyp_of(gic)->cpus[cpu];
    if (own->where == VGIC_HYP_IS_OUT) {
        vgic_host_error(gic, __func__, "vCPU %u is not loaded: call vgic_hyp_load() first", cpu);
        return VGIC_HYP_NOT_LOADED;
    }
    if (own->where == VGIC_HYP_IS_FLUSHED) {
        if (!(vgic_cpu_lines(gic, cpu) & VGIC_LINE_KICK)) {
            return VGIC_HYP_ENTER;
        }
        vgic_hyp_sync(gic, cpu);
    }
    wait_for_recalls(own);
    if (own->context == VGIC_HYP_NESTED) {
        return vgic_hyp_nested_flush(&gic->cpus[cpu]);
    }
    flush_guest(&gic->cpus[cpu]);
    return VGIC_HYP_ENTER;
}

/* Sync */

/* What the guest left in the list registers, which are 0 afterwards, and in @p vmcr; how many ends
 * no list register saw. */
static uint64_t read_back(VgicCpu *cpu, VgicHypCpu *own, uint64_t *vmcr)
{
    uint64_t count = 0;
    uint32_t empty = own->used ? (uint32_t)vgic_hyp_read(cpu, ICH_ELRSR_EL2) : 0;

    for (unsigned n = 0; n < own->used; n++) {
        own->lr[n] = empty >> n & 1 ? own->lr[n] & ~VGIC_MASK(ich_lr, State)
                                    : vgic_hyp_read(cpu, ICH_LR_EL2(n));
        vgic_hyp_write(cpu, ICH_LR_EL2(n), 0);
    }
    *vmcr = vgic_hyp_read(cpu, ICH_VMCR_EL2);
    if (VGIC_GET(own->hcr, ich_hcr, LRENPIE)) {
        count = VGIC_GET(vgic_hyp_read(cpu, ICH_HCR_EL2), ich_hcr, EOIcount);
    }
    vgic_hyp_write(cpu, ICH_HCR_EL2, 0);
    return count;
}

/* The record of what was in a list register, which was @p lr at the exit. */
static VgicHypEnd fold(VgicCpu *cpu, VgicIrq *irq, uint64_t lr)
{
    uint32_t mapped = vgic_hyp_mapped(cpu, irq);
    unsigned state = (unsigned)VGIC_GET(lr, ich_lr, State);
    bool was_active = irq->flags & VGIC_IRQ_ACTIVE, level = irq->flags & VGIC_IRQ_LEVEL;
    bool pending = state & VGIC_LR_PENDING, active = state & VGIC_LR_ACTIVE, resample;

    active &= !(irq->flags & VGIC_IRQ_NO_ACTIVE);
    vgic_irq_set(irq, VGIC_IRQ_ACTIVE, active);
    if (pending && (!level || irq->flags & VGIC_IRQ_LR_LATCH)) {
        vgic_irq_set(irq, VGIC_IRQ_LATCH, true);
    }
    vgic_irq_set(irq, VGIC_IRQ_LR_LATCH, false);
    vgic_irq_set(irq, VGIC_IRQ_ON_LR, false);
    resample = mapped & VGIC_HYP_RESAMPLE
                   ? !(irq->flags & (VGIC_IRQ_ACTIVE | VGIC_IRQ_LATCH))
                   : pending || (was_active && !active && irq->flags & VGIC_IRQ_WIRE);
    return (VgicHypEnd){.irq = irq,
                        .mapped = mapped,
                        .ended = vgic_ich_is_ended(lr) && level && !vgic_irq_is_local(irq),
                        .deactivate = vgic_hyp_is_hw(mapped) && !VGIC_GET(lr, ich_lr, HW) &&
                                      was_active && !active,
                        .resample = mapped && (level || mapped & VGIC_HYP_RESAMPLE) && resample};
}

/* Interrupts that may have to leave: another PE's by now, or 1-of-N and to be given away anew. */
typedef struct Leaving {
    unsigned count;
    VgicIrq *irq[VGIC_MAX_LIST_REGISTERS + VGIC_HYP_WALK];
} Leaving;

/* Back into its queue; what nobody touched, at @p front, before what arrived since. */
static void queue_again(VgicCpu *cpu, VgicIrq *irq, bool front, Leaving *leaving)
{
    unsigned queue = vgic_irq_queue(cpu->gic, irq);
    bool candidate = vgic_irq_is_candidate(irq);

    if (!vgic_irq_is_local(irq)) {
        leaving->irq[leaving->count++] = irq;
    }
    if (candidate && front) {
        vgic_queue_push_front(cpu, queue, vgic_irq_key(cpu->gic, irq, queue), irq);
    } else if (!candidate || !(irq->flags & VGIC_IRQ_ONE_OF_N)) {
        vgic_irq_requeue(cpu, irq);
    }
}

static void fold_all(VgicCpu *cpu, VgicHypCpu *own, VgicHypEnds *ends, Leaving *leaving)
{
    VgicHyp *hyp = vgic_hyp_of(cpu->gic);

    for (unsigned n = own->used; n-- > 0;) {
        unsigned state = (unsigned)VGIC_GET(own->lr[n], ich_lr, State);
        VgicIrq *irq = own->irq[n];
        /* What was active and pending, and was ended, has arrived anew. */
        bool untouched = state == VGIC_LR_PENDING && !(irq->flags & VGIC_IRQ_ACTIVE);

        vgic_hyp_add_end(ends, fold(cpu, irq, own->lr[n]));
        queue_again(cpu, irq, untouched, leaving);
        if (has_shared_end(irq)) {
            atomic_fetch_sub(&hyp->shared_in_lr, 1);
        }
    }
}

/* EOIs of what no list register held, without a name: with EOImode 0 the order of acknowledge
 * says which [1.7]. */
static void walk_outside(VgicCpu *cpu, VgicHypCpu *own, uint64_t count, VgicHypEnds *ends,
                         Leaving *leaving)
{
    for (unsigned i = 0; i < own->outside_count && i < count; i++) {
        VgicIrq *irq = own->outside[i];
        uint32_t flags;

        if (atomic_load_explicit(&irq->home, memory_order_acquire) != cpu->index ||
            !vgic_irq_is_held_active(irq)) {
            continue; /* ended by somebody else as well */
        }
        flags = irq->flags;
        vgic_irq_set(irq, VGIC_IRQ_ACTIVE, false);
        vgic_irq_unlist_active(cpu, irq);
        queue_again(cpu, irq, false, leaving);
        vgic_hyp_add_end(ends, vgic_hyp_end_of(cpu, irq, flags, false));
    }
}

static void send_off(Vgic *gic, const Leaving *leaving)
{
    for (unsigned i = 0; i < leaving->count; i++) {
        vgic_irq_update_unlock(vgic_irq_lock_home(gic, leaving->irq[i]), leaving->irq[i]);
    }
}

static void sync_guest(VgicCpu *cpu)
{
    VgicHypCpu *own = vgic_hyp_cpu(cpu);
    bool was_split = vgic_load8(&cpu->icc.eoimode[VGIC_G1NS]);
    Leaving leaving;
    VgicHypEnds ends;
    uint64_t vmcr, count = read_back(cpu, own, &vmcr);
    uint32_t left;

    ends.count = 0;
    leaving.count = 0;
    vgic_lock(&cpu->lock);
    left = vmcr == vgic_hyp_vmcr(cpu) ? 0 : vgic_hyp_set_vmcr(cpu, vmcr);
    fold_all(cpu, own, &ends, &leaving);
    if (!was_split || !VGIC_GET(vmcr, ich_vmcr, VEOIM)) {
        walk_outside(cpu, own, count, &ends, &leaving);
    }
    own->where = VGIC_HYP_IS_LOADED;
    vgic_cpu_present_unlock(cpu);
    if (left) {
        vgic_one_of_n_reconsider(cpu->gic, cpu);
    }
    own->used = 0;
    send_off(cpu->gic, &leaving);
    vgic_hyp_do_ends(cpu, &ends);
    vgic_hyp_import_vncr(cpu);
}

void vgic_hyp_sync(Vgic *gic, uint32_t cpu)
{
    VgicHypCpu *own;

    if (!vgic_check_cpu(gic, __func__, cpu) || !vgic_hyp_check(gic, __func__)) {
        return;
    }
    own = &vgic_hyp_of(gic)->cpus[cpu];
    if (own->context == VGIC_HYP_NESTED && own->where != VGIC_HYP_IS_OUT) {
        vgic_hyp_nested_sync(&gic->cpus[cpu]);
    } else if (own->where == VGIC_HYP_IS_FLUSHED) {
        sync_guest(&gic->cpus[cpu]);
    }
}

/* Load and put */

bool vgic_hyp_load(Vgic *gic, uint32_t cpu, VgicHypContext context)
{
    VgicHypCpu *own;

    if (!vgic_check_cpu(gic, __func__, cpu) || !vgic_hyp_check(gic, __func__)) {
        return false;
    }
    if (context != VGIC_HYP_GUEST && (context != VGIC_HYP_NESTED || !gic->el2)) {
        vgic_host_error(gic, __func__,
                        "context is %d, allowed are VGIC_HYP_GUEST and, with VgicConfig.el2, "
                        "VGIC_HYP_NESTED",
                        (int)context);
        return false;
    }
    vgic_hyp_put(gic, cpu);
    own = &vgic_hyp_of(gic)->cpus[cpu];
    vgic_hyp_import_vncr(&gic->cpus[cpu]);
    vgic_lock(&gic->cpus[cpu].lock);
    own->context = context;
    own->where = VGIC_HYP_IS_LOADED;
    vgic_cpu_present_unlock(&gic->cpus[cpu]);
    if (context == VGIC_HYP_NESTED) {
        vgic_hyp_nested_load(&gic->cpus[cpu]);
        return true;
    }
    vgic_hyp_write(&gic->cpus[cpu], ICH_VMCR_EL2, vgic_hyp_vmcr(&gic->cpus[cpu]));
    vgic_hyp_write_priorities(&gic->cpus[cpu], &gic->cpus[cpu].bank);
    return true;
}

void vgic_hyp_put(Vgic *gic, uint32_t cpu)
{
    VgicHypCpu *own;

    if (!vgic_check_cpu(gic, __func__, cpu) || !vgic_hyp_check(gic, __func__)) {
        return;
    }
    own = &vgic_hyp_of(gic)->cpus[cpu];
    if (own->where == VGIC_HYP_IS_OUT) {
        return;
    }
    vgic_hyp_sync(gic, cpu);
    if (own->context == VGIC_HYP_NESTED) {
        vgic_hyp_nested_put(&gic->cpus[cpu]);
    } else {
        vgic_hyp_read_priorities(&gic->cpus[cpu], &gic->cpus[cpu].bank);
    }
    vgic_lock(&gic->cpus[cpu].lock);
    own->where = VGIC_HYP_IS_OUT;
    own->context = VGIC_HYP_GUEST;
    vgic_cpu_present_unlock(&gic->cpus[cpu]);
}
