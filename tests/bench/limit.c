/* SPDX-License-Identifier: BSD-2-Clause */
#include "limit.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

typedef struct Link {
    uint32_t next, prev;
} Link;

enum {
    ENABLED = 1,
    PENDING = 2,
};

typedef struct Record {
    uint8_t priority, flags;
} Record;

struct LimitCpu {
    atomic_flag lock;
    bool line;
    uint8_t running, pmr;
    uint32_t apr, nonempty;
    uint32_t head[LIMIT_PRIORITIES], tail[LIMIT_PRIORITIES];
    Record record[LIMIT_MAX];
    Link link[LIMIT_MAX];
};

static inline void lock(LimitCpu *cpu)
{
    while (atomic_flag_test_and_set_explicit(&cpu->lock, memory_order_acquire)) {
    }
}

static inline void unlock(LimitCpu *cpu)
{
    atomic_flag_clear_explicit(&cpu->lock, memory_order_release);
}

static inline void line_update(LimitCpu *cpu)
{
    uint32_t n = cpu->nonempty;
    bool line =
        n && (uint32_t)__builtin_ctz(n) < cpu->running && (uint32_t)__builtin_ctz(n) < cpu->pmr;

    if (line != cpu->line) {
        cpu->line = line;
    }
}

void limit_inject(LimitCpu *cpu, uint32_t id)
{
    Record *record = &cpu->record[id];

    lock(cpu);
    if ((record->flags & (ENABLED | PENDING)) == ENABLED) {
        uint32_t p = record->priority, last = cpu->tail[p];

        record->flags |= PENDING;
        cpu->link[id] = (Link){.next = NONE, .prev = last};
        if (last == NONE) {
            cpu->head[p] = id;
            cpu->nonempty |= 1u << p;
        } else {
            cpu->link[last].next = id;
        }
        cpu->tail[p] = id;
        line_update(cpu);
    }
    unlock(cpu);
}

uint32_t limit_ack(LimitCpu *cpu)
{
    uint32_t id = NONE;

    lock(cpu);
    if (cpu->line) {
        uint32_t p = (uint32_t)__builtin_ctz(cpu->nonempty), next;

        id = cpu->head[p];
        next = cpu->link[id].next;
        cpu->head[p] = next;
        if (next == NONE) {
            cpu->tail[p] = NONE;
            cpu->nonempty &= ~(1u << p);
        } else {
            cpu->link[next].prev = NONE;
        }
        cpu->record[id].flags &= (uint8_t)~PENDING;
        cpu->apr |= 1u << p;
        cpu->running = (uint8_t)p;
        line_update(cpu);
    }
    unlock(cpu);
    return id;
}

void limit_eoi(LimitCpu *cpu, uint32_t id)
{
    (void)id;
    lock(cpu);
    cpu->apr &= cpu->apr - 1;
    cpu->running = cpu->apr ? (uint8_t)__builtin_ctz(cpu->apr) : LIMIT_PRIORITIES;
    line_update(cpu);
    unlock(cpu);
}

void limit_touch(LimitCpu *cpu)
{
    lock(cpu);
    unlock(cpu);
}

LimitCpu *limit_new(void)
{
    /* On a line of its own, so that two of them share none. */
    LimitCpu *cpu = aligned_alloc(128, (sizeof(*cpu) + 127) / 128 * 128);

    if (!cpu) {
        abort();
    }
    memset(cpu, 0, sizeof(*cpu));
    atomic_flag_clear(&cpu->lock);
    cpu->running = cpu->pmr = LIMIT_PRIORITIES;
    for (uint32_t p = 0; p < LIMIT_PRIORITIES; p++) {
        cpu->head[p] = cpu->tail[p] = NONE;
    }
    for (uint32_t id = 0; id < LIMIT_MAX; id++) {
        cpu->record[id].flags = ENABLED;
    }
    return cpu;
}

void limit_free(LimitCpu *cpu)
{
    free(cpu);
}

void limit_set_priority(LimitCpu *cpu, uint32_t id, uint32_t priority)
{
    cpu->record[id].priority = (uint8_t)(priority % LIMIT_PRIORITIES);
}
