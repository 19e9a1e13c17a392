/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The yardstick of the benchmark: how cheap inject, acknowledge and EOI can be behind a C function
 * API. A queue of 32 priorities with a bitmap and intrusive lists, one uncontended spinlock a call,
 * and nothing of a GIC around it: no registers, groups, security, targets, or state machine.
 */
#ifndef BENCH_LIMIT_H
#define BENCH_LIMIT_H

#include <stdint.h>

enum {
    LIMIT_MAX = 65536, /* interrupts of one queue */
    LIMIT_PRIORITIES = 32,
};

typedef struct LimitCpu LimitCpu;

/* One CPU with interrupts 0 to LIMIT_MAX - 1, all enabled. */
LimitCpu *limit_new(void);
void limit_free(LimitCpu *cpu);
void limit_set_priority(LimitCpu *cpu, uint32_t id, uint32_t priority);

/* The three operations of the first row; limit_ack() answers UINT32_MAX if nothing is pending. */
void limit_inject(LimitCpu *cpu, uint32_t id);
uint32_t limit_ack(LimitCpu *cpu);
void limit_eoi(LimitCpu *cpu, uint32_t id);

/* What the lock alone costs: taken and let go. */
void limit_touch(LimitCpu *cpu);

#endif
