/* SPDX-License-Identifier: BSD-2-Clause */
/* A PE: its candidate, its part in 1-of-N, and what the host is told. */
#include "core/cpu.h"

#include <glib.h>

#include "core/gic.h"

void vgic_cpu_recompute(VgicCpu *cpu)
{
    VgicCandidate best = {.slot = VGIC_SLOT_NONE, .key = VGIC_KEY_NONE};

    cpu->stale = false;
    for (uint32_t on = cpu->groups_on; on; on &= on - 1) {
        unsigned number = (unsigned)__builtin_ctz(on);
        uint16_t key = vgic_queue_best_key(&cpu->queues[number]);

        if (key < best.key) {
            best.key = key;
            best.queue = (uint8_t)number;
        }
    }
    if (best.key != VGIC_KEY_NONE) {
        best.slot = cpu->queues[best.queue].buckets[best.key].head;
        best.priority = vgic_queue_key_priority(cpu->bank.priority_bits, best.key);
    }
    atomic_store_explicit(&cpu->candidate, best, memory_order_relaxed);
}

void vgic_cpu_notify(VgicCpu *cpu)
{
    const VgicHost *host = &cpu->gic->host;

    if (G_UNLIKELY(host->trace)) {
        VgicTrace event = {
            .kind = VGIC_TRACE_LINES,
            .cpu = cpu->index,
            .value = atomic_load_explicit(&cpu->lines, memory_order_relaxed),
        };
        host->trace(cpu->gic->machine, &event);
    }
    if (host->lines_changed) {
        host->lines_changed(cpu->gic->machine, cpu->index);
    }
    if (G_UNLIKELY(cpu->gic->backend->follow_up)) {
        cpu->gic->backend->follow_up(cpu->gic);
    }
}

bool vgic_cpu_release(VgicCpu *cpu)
{
    bool changed = cpu->gic->backend->present(cpu);

#ifdef VGIC_INVARIANTS
    vgic_cpu_check(cpu);
#endif
    vgic_unlock(&cpu->lock);
    return changed;
}

void vgic_cpu_present_unlock(VgicCpu *cpu)
{
    if (vgic_cpu_release(cpu)) {
        vgic_cpu_notify(cpu);
    }
}

uint32_t vgic_cpu_configure(VgicCpu *cpu)
{
    Vgic *gic = cpu->gic;
    uint32_t before = cpu->participates;
    uint32_t after = gic->model->configure_cpu(cpu);
    uint64_t bit = UINT64_C(1) << cpu->index % 64;

    cpu->participates = after;
    cpu->stale = true;
    for (uint32_t changed = before ^ after; changed; changed &= changed - 1) {
        unsigned group = (unsigned)__builtin_ctz(changed);
        _Atomic uint64_t *word = &gic->participants[group][cpu->index / 64];

        if (after >> group & 1) {
            atomic_fetch_or(word, bit);
        } else {
            atomic_fetch_and(word, ~bit);
        }
    }
    return before ^ after;
}

void vgic_cpu_reconfigure_unlock(VgicCpu *cpu)
{
    Vgic *gic = cpu->gic;
    uint32_t changed = vgic_cpu_configure(cpu);

    vgic_cpu_present_unlock(cpu);
    if (changed) {
        vgic_one_of_n_reconsider(gic, cpu);
    }
}

#ifdef VGIC_INVARIANTS

static void check_irq(const VgicCpu *cpu, const VgicIrq *irq)
{
    bool queued = irq->queue != VGIC_NOT_QUEUED;

    if (cpu->gic->lists_active && vgic_irq_is_held_active(irq)) {
        g_assert(!vgic_irq_is_local(irq) || irq->queue == VGIC_QUEUE_ACTIVE);
        return;
    }
    if (vgic_irq_is_local(irq) && queued != vgic_irq_is_candidate(irq)) {
        g_error("PE %u: slot %u is %squeued, flags %#x", cpu->index, irq->slot,
                queued ? "" : "not ", irq->flags);
    }
    /* All NMIs get another priority with GICD_CTLR.DS, one after the other. */
    if (queued &&
        (!vgic_irq_is_candidate(irq) || (!vgic_irq_is_nmi(irq, irq->queue) &&
                                         irq->key != vgic_irq_key(cpu->gic, irq, irq->queue)))) {
        g_error("PE %u: slot %u is queued with key %u, flags %#x, priority %#x", cpu->index,
                irq->slot, irq->key, irq->flags, irq->priority);
    }
}

enum {
    CHECKED = 64, /* of a bucket: thousands of LPIs may be pending */
};

/* Every interrupt in a bucket is one that belongs there. */
static void check_queue(const VgicCpu *cpu, const VgicQueue *queue)
{
    for (unsigned key = 0; key < cpu->gic->bucket_count; key++) {
        uint32_t slot, previous = VGIC_SLOT_NONE, seen = 0;

        if (!(queue->nonempty[key / 64] >> key % 64 & 1)) {
            continue;
        }
        slot = queue->buckets[key].head;
        while (slot != VGIC_SLOT_NONE && seen++ < CHECKED) {
            const VgicIrq *irq = vgic_cpu_irq(cpu, slot);

            g_assert(irq->home == cpu->index && irq->key == key && irq->prev == previous);
            check_irq(cpu, irq);
            previous = slot;
            slot = irq->next;
        }
        g_assert(slot != VGIC_SLOT_NONE || queue->buckets[key].tail == previous);
    }
}

#endif

void vgic_cpu_check(VgicCpu *cpu)
{
#ifdef VGIC_INVARIANTS
    VgicCandidate before = vgic_cpu_candidate(cpu), after;

    g_assert(vgic_bank_is_consistent(&cpu->bank));
    if (cpu->gic->model->check_cpu) {
        cpu->gic->model->check_cpu(cpu);
    }
    for (unsigned i = 0; i < VGIC_QUEUES; i++) {
        check_queue(cpu, &cpu->queues[i]);
    }
    if (cpu->local) {
        for (uint32_t slot = 0; slot < VGIC_SLOT_EPPI + cpu->gic->eppis; slot++) {
            check_irq(cpu, &cpu->local[slot]);
        }
    }
    g_assert(!cpu->stale);
    vgic_cpu_recompute(cpu);
    after = vgic_cpu_candidate(cpu);
    g_assert(before.slot == after.slot && before.key == after.key);
#else
    (void)cpu;
#endif
}
