/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pending queue: one bucket for each priority, each a list in order of arrival, and a bitmap of
 * the buckets that hold something. Insert, remove and find-best take the same few steps whatever
 * number of interrupts exists or is pending.
 *
 * A bucket's key orders it: priority level times two, plus one unless the interrupt has the NMI
 * property, which is better than any other interrupt of the same priority (GICv3.3).
 *
 * Always true: bit b of `nonempty[w]` is set if and only if bucket 64 w + b has a head, bit w of
 * `words` if and only if `nonempty[w]` is not 0; heads have no predecessor and tails no successor.
 * The owner's lock guards it all.
 */
#ifndef VGIC_CORE_QUEUE_H
#define VGIC_CORE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/irq.h"

enum {
    VGIC_KEY_NONE = UINT16_MAX,
    VGIC_QUEUE_WORDS = 8, /* 256 priorities, with and without NMI */
};

typedef struct VgicBucket {
    uint32_t head, tail; /* slots */
} VgicBucket;

typedef struct VgicQueue {
    uint32_t words;
    uint64_t nonempty[VGIC_QUEUE_WORDS];
    VgicBucket *buckets;
} VgicQueue;

static inline uint16_t vgic_queue_key(unsigned priority_bits, uint8_t priority, bool nmi)
{
    return (uint16_t)((priority >> (8 - priority_bits)) << 1 | !nmi);
}

static inline uint8_t vgic_queue_key_priority(unsigned priority_bits, uint16_t key)
{
    return (uint8_t)(key >> 1 << (8 - priority_bits));
}

/** The key of the best interrupt, VGIC_KEY_NONE if the queue is empty. */
static inline uint16_t vgic_queue_best_key(const VgicQueue *queue)
{
    if (!queue->words) {
        return VGIC_KEY_NONE;
    }
    unsigned word = (unsigned)__builtin_ctz(queue->words);

    return (uint16_t)(64 * word + (unsigned)__builtin_ctzll(queue->nonempty[word]));
}

/** Appends @p irq to the bucket @p key; queue number @p number of @p cpu. */
void vgic_queue_push(VgicCpu *cpu, unsigned number, uint16_t key, VgicIrq *irq);

/** The same before all others of the bucket. */
void vgic_queue_push_front(VgicCpu *cpu, unsigned number, uint16_t key, VgicIrq *irq);

/** The interrupt that follows @p irq, which is in a queue of @p cpu, in the order of that queue;
 * NULL: none. */
VgicIrq *vgic_queue_next(const VgicCpu *cpu, const VgicIrq *irq);

/** Takes @p irq out of the queue that it is in. */
void vgic_queue_remove(VgicCpu *cpu, VgicIrq *irq);

/** Empties a queue of @p buckets buckets without looking at the interrupts in it. */
void vgic_queue_reset(VgicQueue *queue, unsigned buckets);

#endif
