/* SPDX-License-Identifier: BSD-2-Clause */
/* Pending queues: insert and remove. */
#include "core/queue.h"

#include <string.h>

#include "core/cpu.h"

void vgic_queue_push(VgicCpu *cpu, unsigned number, uint16_t key, VgicIrq *irq)
{
    VgicQueue *queue = &cpu->queues[number];
    VgicBucket *bucket = &queue->buckets[key];

    cpu->stale = true;
    irq->key = key;
    irq->queue = (uint8_t)number;
    irq->next = VGIC_SLOT_NONE;
    if (queue->nonempty[key / 64] >> key % 64 & 1) {
        irq->prev = bucket->tail;
        vgic_cpu_irq(cpu, bucket->tail)->next = irq->slot;
    } else {
        irq->prev = VGIC_SLOT_NONE;
        bucket->head = irq->slot;
        queue->nonempty[key / 64] |= UINT64_C(1) << key % 64;
        queue->words |= 1u << key / 64;
    }
    bucket->tail = irq->slot;
}

void vgic_queue_push_front(VgicCpu *cpu, unsigned number, uint16_t key, VgicIrq *irq)
{
    VgicQueue *queue = &cpu->queues[number];
    VgicBucket *bucket = &queue->buckets[key];
    uint32_t head = bucket->head;

    if (!(queue->nonempty[key / 64] >> key % 64 & 1)) {
        vgic_queue_push(cpu, number, key, irq);
        return;
    }
    cpu->stale = true;
    irq->key = key;
    irq->queue = (uint8_t)number;
    irq->prev = VGIC_SLOT_NONE;
    irq->next = head;
    vgic_cpu_irq(cpu, head)->prev = irq->slot;
    bucket->head = irq->slot;
}

VgicIrq *vgic_queue_next(const VgicCpu *cpu, const VgicIrq *irq)
{
    const VgicQueue *queue = &cpu->queues[irq->queue];
    unsigned word = irq->key / 64;
    uint64_t after = irq->key % 64 == 63 ? 0 : UINT64_MAX << (irq->key % 64 + 1);

    if (irq->next != VGIC_SLOT_NONE) {
        return vgic_cpu_irq(cpu, irq->next);
    }
    for (uint64_t left = queue->nonempty[word] & after;; left = queue->nonempty[word]) {
        if (left) {
            return vgic_cpu_irq(cpu,
                                queue->buckets[64 * word + (unsigned)__builtin_ctzll(left)].head);
        }
        if (++word == VGIC_QUEUE_WORDS) {
            return NULL;
        }
    }
}

void vgic_queue_remove(VgicCpu *cpu, VgicIrq *irq)
{
    VgicQueue *queue = &cpu->queues[irq->queue];
    VgicBucket *bucket = &queue->buckets[irq->key];
    unsigned word = irq->key / 64;

    cpu->stale = true;
    if (irq->next != VGIC_SLOT_NONE) {
        vgic_cpu_irq(cpu, irq->next)->prev = irq->prev;
    } else {
        bucket->tail = irq->prev;
    }
    if (irq->prev != VGIC_SLOT_NONE) {
        vgic_cpu_irq(cpu, irq->prev)->next = irq->next;
    } else if (irq->next != VGIC_SLOT_NONE) {
        bucket->head = irq->next;
    } else {
        queue->nonempty[word] &= ~(UINT64_C(1) << irq->key % 64);
        if (!queue->nonempty[word]) {
            queue->words &= ~(1u << word);
        }
    }
    irq->queue = VGIC_NOT_QUEUED;
}

void vgic_queue_reset(VgicQueue *queue, unsigned buckets)
{
    queue->words = 0;
    memset(queue->nonempty, 0, sizeof(queue->nonempty));
    memset(queue->buckets, 0xFF, buckets * sizeof(queue->buckets[0]));
}
