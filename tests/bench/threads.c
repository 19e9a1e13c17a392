/* SPDX-License-Identifier: BSD-2-Clause */
#include "threads.h"

#include <sched.h>
#include <stdatomic.h>
#include <sys/resource.h>

bool host_cpus(int cpus[2])
{
    cpu_set_t set;
    int found = 0;

    if (sched_getaffinity(0, sizeof(set), &set)) {
        return false;
    }
    for (int cpu = 0; cpu < CPU_SETSIZE && found < 2; cpu++) {
        if (CPU_ISSET((size_t)cpu, &set)) {
            cpus[found++] = cpu;
        }
    }
    return found == 2;
}

static long preemptions(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
}

static void pin(int host_cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((size_t)host_cpu, &set);
    sched_setaffinity(0, sizeof(set), &set);
}

static void *run(void *data)
{
    Runner *runner = data;
    uint32_t count = runner->slice_count ? runner->slice_count : SLICES;
    long before;

    pin(runner->host_cpu);
    for (uint32_t i = count; i < SLICES; i++) {
        runner->slices[i] = (Slice){0}; /* not whole: counts for nothing */
    }
    pthread_barrier_wait(runner->barrier);
    before = preemptions();
    for (uint32_t i = 0; i < count; i++) {
        Slice *slice = &runner->slices[i];
        long after;

        slice->began = clock_ns(CLOCK_MONOTONIC);
        runner->loop(&runner->subject, SLICE_OPERATIONS);
        slice->ended = clock_ns(CLOCK_MONOTONIC);
        after = preemptions();
        /* The first ones warm the caches. */
        slice->whole = after == before && i >= count / 20;
        before = after;
    }
    return NULL;
}

void run_together(Runner *runners, uint32_t n)
{
    pthread_barrier_t barrier;
    pthread_t threads[2];

    pthread_barrier_init(&barrier, NULL, n);
    for (uint32_t i = 0; i < n; i++) {
        runners[i].barrier = &barrier;
        if (pthread_create(&threads[i], NULL, run, &runners[i])) {
            machine_die("cannot start a thread");
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&barrier);
}

/* One of two threads that take turns. */
typedef struct Player {
    Turn *turn;
    atomic_uint *now; /* the number of the turn that is on; even ones are player 0's */
    uint32_t first, operations;
    int host_cpu;
} Player;

static void *play(void *data)
{
    Player *player = data;
    Turn *turn = player->turn;

    pin(player->host_cpu);
    turn->whole = 0;
    for (uint32_t i = 0; i < TURNS; i++) {
        uint32_t number = 2 * i + player->first, looks = 0;
        double began;
        long before;

        while (atomic_load_explicit(player->now, memory_order_acquire) != number) {
            if (++looks % 2000 == 0) {
                sched_yield();
            }
        }
        before = preemptions();
        began = clock_ns(CLOCK_MONOTONIC);
        turn->loop(&turn->subject, player->operations);
        turn->ns[turn->whole] = (clock_ns(CLOCK_MONOTONIC) - began) / (double)player->operations;
        /* The first ones warm the caches. */
        turn->whole += preemptions() == before && i >= TURNS / 20;
        atomic_store_explicit(player->now, number + 1, memory_order_release);
    }
    return NULL;
}

void take_turns(Turn turns[2], const int cpus[2], uint32_t operations)
{
    atomic_uint now = 0;
    Player players[2];
    pthread_t threads[2];

    for (uint32_t i = 0; i < 2; i++) {
        players[i] = (Player){&turns[i], &now, i, operations, cpus[i]};
        if (pthread_create(&threads[i], NULL, play, &players[i])) {
            machine_die("cannot start a thread");
        }
    }
    for (uint32_t i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
}

/* Was the other thread on its core, undisturbed, all through this slice? @p at moves on. */
static bool accompanied(const Slice *slice, const Slice *others, uint32_t *at)
{
    while (*at < SLICES && others[*at].ended < slice->began) {
        ++*at;
    }
    if (*at == SLICES || others[*at].began > slice->began) {
        return false;
    }
    for (uint32_t i = *at; i < SLICES && others[i].whole; i++) {
        if (others[i].ended >= slice->ended) {
            return true;
        }
    }
    return false;
}

void tally(Tally *tally, const Slice *slices, const Slice *others)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < SLICES; i++) {
        if (slices[i].whole && (!others || accompanied(&slices[i], others, &at))) {
            tally->ns += slices[i].ended - slices[i].began;
            tally->slices++;
        }
    }
}

void scaling_round(Scaling *scaling, Runner runners[2])
{
    run_together(runners, 1);
    tally(&scaling->alone, runners[0].slices, NULL);
    run_together(runners, 2);
    for (uint32_t i = 0; i < 2; i++) {
        tally(&scaling->together[i], runners[i].slices, runners[!i].slices);
    }
}

void scaling_print(const char *row, const char *name, const Scaling *scaling)
{
    const Tally *two = scaling->together;
    double alone = scaling->alone.ns / scaling->alone.slices;

    print(row, name, "slices", two[0].slices + two[1].slices);
    print(row, name, "ns", alone / (double)SLICE_OPERATIONS);
    if (two[0].slices > 0 && two[1].slices > 0) {
        print(row, name, "scaling",
              alone * two[0].slices / two[0].ns + alone * two[1].slices / two[1].ns);
    }
}
