/* SPDX-License-Identifier: BSD-2-Clause */
/* What may happen to an interrupt: each event changes a cause, then the one decision is made and
 * acted on. */
#include "core/irq.h"

#include "core/gic.h"

VgicCpu *vgic_irq_lock_home(Vgic *gic, VgicIrq *irq)
{
    for (;;) {
        unsigned home = atomic_load_explicit(&irq->home, memory_order_acquire);
        VgicCpu *cpu = &gic->cpus[home];

        vgic_lock(&cpu->lock);
        /* Acquire again: it may have gone and come back, under locks that this thread never held.
         */
        if (G_LIKELY(atomic_load_explicit(&irq->home, memory_order_acquire) == home)) {
            return cpu;
        }
        vgic_unlock(&cpu->lock);
    }
}

VgicCpu *vgic_irq_lock_settled(Vgic *gic, VgicIrq *irq)
{
    VgicCpu *cpu = vgic_irq_lock_home(gic, irq);

    return G_UNLIKELY(irq->flags & VGIC_IRQ_ON_LR) ? vgic_irq_recall(cpu, irq) : cpu;
}

VgicCpu *vgic_irq_recall(VgicCpu *cpu, VgicIrq *irq)
{
    return cpu->gic->backend->recall(cpu, irq);
}

/* Does @p cpu still take 1-of-N interrupts of this one's group? */
static bool participates(const VgicCpu *cpu, const VgicIrq *irq)
{
    return cpu->participates >> vgic_irq_queue(cpu->gic, irq) & 1;
}

/* Is it in a pending queue? */
static bool waits(const VgicCpu *cpu, const VgicIrq *irq)
{
    return irq->queue != VGIC_NOT_QUEUED &&
           !(irq->queue == VGIC_QUEUE_ACTIVE && cpu->gic->lists_active);
}

/*
 * The PE where the interrupt belongs: where it is active, else where it is routed. 1-of-N is chosen
 * when there is something to deliver, and stays as long as that PE takes part; @p arrived: it was
 * just handed to this home.
 */
static VgicCpu *owner_of(VgicCpu *home, VgicIrq *irq, bool candidate, bool arrived)
{
    const uint32_t special = VGIC_IRQ_ACTIVE | VGIC_IRQ_ON_LR | VGIC_IRQ_ONE_OF_N;
    Vgic *gic = home->gic;
    unsigned chosen;

    if (vgic_irq_is_local(irq)) {
        return home;
    }
    if (G_LIKELY(!(irq->flags & special))) {
        unsigned target = vgic_irq_target_pe(gic, irq);

        return G_LIKELY(target == home->index) ? home : &gic->cpus[target];
    }
    if (irq->flags & (VGIC_IRQ_ACTIVE | VGIC_IRQ_ON_LR)) {
        return home;
    }
    if (!candidate || ((waits(home, irq) || arrived) && participates(home, irq))) {
        return home;
    }
    chosen = vgic_one_of_n_choose(gic, vgic_irq_queue(gic, irq), irq->target);
    if (chosen < gic->cpu_count) {
        irq->target = (uint16_t)chosen;
    }
    return &gic->cpus[chosen];
}

/* SPIs in queues of active ones are counted. */
static __attribute__((noinline, cold)) void count_active(Vgic *gic, const VgicIrq *irq, int change)
{
    if (gic->lists_active && !vgic_irq_is_local(irq)) {
        atomic_fetch_add(&gic->shared_active, (uint32_t)change);
    }
}

static inline void unqueue(VgicCpu *cpu, VgicIrq *irq)
{
    if (G_UNLIKELY(irq->queue == VGIC_QUEUE_ACTIVE)) {
        count_active(cpu->gic, irq, -1);
    }
    vgic_queue_remove(cpu, irq);
}

/* Into the queue of what is active, where it may be already. */
static __attribute__((noinline, cold)) void enqueue_active(VgicCpu *cpu, VgicIrq *irq)
{
    uint16_t key = vgic_irq_key(cpu->gic, irq, vgic_irq_queue(cpu->gic, irq));

    if (irq->queue == VGIC_QUEUE_ACTIVE && irq->key == key) {
        return;
    }
    if (irq->queue != VGIC_NOT_QUEUED) {
        unqueue(cpu, irq);
    }
    vgic_queue_push(cpu, VGIC_QUEUE_ACTIVE, key, irq);
    count_active(cpu->gic, irq, 1);
}

/* What is no candidate, where the backend wants to know more. */
static __attribute__((noinline, cold)) void enqueue_idle(VgicCpu *cpu, VgicIrq *irq)
{
    if (vgic_irq_is_held_active(irq)) {
        enqueue_active(cpu, irq);
        return;
    }
    if (irq->queue != VGIC_NOT_QUEUED) {
        unqueue(cpu, irq);
    }
    if (irq->flags & VGIC_IRQ_ON_LR) {
        cpu->gic->backend->touched(cpu, irq);
    }
}

static inline void enqueue(VgicCpu *cpu, VgicIrq *irq, bool candidate)
{
    unsigned queue = vgic_irq_queue(cpu->gic, irq);
    uint16_t key;

    if (!candidate) {
        if (G_UNLIKELY(cpu->gic->lists_active)) {
            enqueue_idle(cpu, irq);
        } else if (irq->queue != VGIC_NOT_QUEUED) {
            unqueue(cpu, irq);
        }
        return;
    }
    key = vgic_irq_key(cpu->gic, irq, queue);
    if (irq->queue != VGIC_NOT_QUEUED) {
        if (irq->queue == queue && irq->key == key) {
            return;
        }
        unqueue(cpu, irq);
    }
    vgic_queue_push(cpu, queue, key, irq);
}

void vgic_irq_unlist_active(VgicCpu *cpu, VgicIrq *irq)
{
    if (irq->queue != VGIC_NOT_QUEUED) {
        unqueue(cpu, irq);
    }
}

void vgic_irq_requeue(VgicCpu *cpu, VgicIrq *irq)
{
    enqueue(cpu, irq, vgic_irq_is_candidate(irq));
}

/* @p presented: the PE that it is at is shown what it is shown already, as long as it keeps its
 * queues. */
static inline __attribute__((always_inline)) void update_unlock(VgicCpu *cpu, VgicIrq *irq,
                                                                bool presented)
{
    VgicCpu *left = NULL; /* a PE whose lines changed when the interrupt left it */

    for (bool arrived = false;; arrived = true) {
        bool candidate = vgic_irq_is_candidate(irq);
        VgicCpu *owner = owner_of(cpu, irq, candidate, arrived);

        if (G_LIKELY(owner == cpu)) {
            bool changed;

            enqueue(cpu, irq, candidate);
            changed = presented && !cpu->stale ? vgic_cpu_leave(cpu) : vgic_cpu_release(cpu);
            /* The host hears of it when the interrupt has arrived, not while it is nowhere. */
            if (left) {
                vgic_cpu_notify(left);
            }
            if (changed) {
                vgic_cpu_notify(cpu);
            }
            return;
        }
        /* Hand it over: from the store on, whoever wants it takes the new home's lock, and finds it
         * in no queue. */
        enqueue(cpu, irq, false);
        atomic_store_explicit(&irq->home, (uint16_t)owner->index, memory_order_release);
        if (vgic_cpu_release(cpu)) {
            if (left && left != cpu) {
                vgic_cpu_notify(left);
            }
            left = cpu;
        }
        cpu = vgic_irq_lock_home(owner->gic, irq);
    }
}

void vgic_irq_update_unlock(VgicCpu *cpu, VgicIrq *irq)
{
    update_unlock(cpu, irq, false);
}

void vgic_irq_settle_unlock(VgicCpu *cpu, VgicIrq *irq)
{
    update_unlock(cpu, irq, true);
}

bool vgic_irq_set_wire(VgicIrq *irq, bool level)
{
    bool was = irq->flags & VGIC_IRQ_WIRE;

    if (was == level) {
        return false;
    }
    vgic_irq_set(irq, VGIC_IRQ_WIRE, level);
    if (level && !(irq->flags & VGIC_IRQ_LEVEL)) {
        vgic_irq_set(irq, VGIC_IRQ_LATCH, true);
    }
    return true;
}

void vgic_irq_drive(Vgic *gic, VgicIrq *irq, bool level)
{
    VgicCpu *cpu = vgic_irq_lock_home(gic, irq);

    if (vgic_irq_set_wire(irq, level)) {
        vgic_irq_update_unlock(cpu, irq);
    } else {
        vgic_unlock(&cpu->lock);
    }
}

void vgic_irq_pulse(Vgic *gic, VgicIrq *irq)
{
    VgicCpu *cpu = vgic_irq_lock_home(gic, irq);

    /* The wire ends low; what was high already does not rise. */
    if (!(irq->flags & (VGIC_IRQ_LEVEL | VGIC_IRQ_WIRE))) {
        vgic_irq_set(irq, VGIC_IRQ_LATCH, true);
    }
    vgic_irq_set(irq, VGIC_IRQ_WIRE, false);
    vgic_irq_update_unlock(cpu, irq);
}

void vgic_irq_activate(VgicCpu *cpu, VgicIrq *irq)
{
    vgic_irq_set(irq, VGIC_IRQ_LATCH, false);
    if (!(irq->flags & VGIC_IRQ_NO_ACTIVE)) {
        vgic_irq_set(irq, VGIC_IRQ_ACTIVE, true);
    }
    vgic_irq_requeue(cpu, irq);
}
