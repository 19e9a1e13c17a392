/* SPDX-License-Identifier: BSD-2-Clause */
/* Loops in two threads at once, each on a core of its own. */
#ifndef BENCH_THREADS_H
#define BENCH_THREADS_H

#include "timing.h"

#include <pthread.h>

enum {
    SLICES = 4000,
    SLICE_OPERATIONS = 1000,
    TURNS = 400,
};

/*
 * Each thread notes when it was where, in short slices. Only slices count that were not interrupted
 * by another thread of the host, and with two threads only those that lie within such slices of the
 * other thread: both were on a core for all of it. So the figures hold on a busy host too.
 */
typedef struct Slice {
    double began, ended;
    bool whole;
} Slice;

typedef struct Runner {
    Loop *loop;
    Subject subject;
    int host_cpu;
    uint32_t slice_count; /* at most SLICES, which 0 means */
    pthread_barrier_t *barrier;
    Slice slices[SLICES];
} Runner;

/* Two CPUs of the host that this process may use; false if there are none. */
bool host_cpus(int cpus[2]);

/* Runs the first @p n runners to their end, at once. */
void run_together(Runner *runners, uint32_t n);

/* Time spent in slices that count, and their number. */
typedef struct Tally {
    double ns, slices;
} Tally;

/* Adds the slices that count; @p others: those of the other thread, or NULL if it ran alone. */
void tally(Tally *tally, const Slice *slices, const Slice *others);

/* Two threads on two cores that never run at once: what one of them left in its core's caches, the
 * other one fetches. Times are of whole turns, without the wait for the other thread's. */
typedef struct Turn {
    Loop *loop;
    Subject subject;
    double ns[TURNS]; /* an operation, of the turns that were not interrupted */
    uint32_t whole;   /* their number */
} Turn;

/* Both run @p operations in each of TURNS turns. */
void take_turns(Turn turns[2], const int cpus[2], uint32_t operations);

/* One thread alone, then two, of the same kind. */
typedef struct Scaling {
    Tally alone, together[2];
} Scaling;

/* One round of both; scaling_print() says how much more two threads do. */
void scaling_round(Scaling *scaling, Runner runners[2]);
void scaling_print(const char *row, const char *name, const Scaling *scaling);

#endif
