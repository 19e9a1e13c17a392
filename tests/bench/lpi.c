/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inject, acknowledge, EOI of LPIs: by an MSI that the ITS translates, or by SETLPIR; in one
 * thread, and with the MSIs in another thread than the PE. On a GICv3 and, with the deactivation
 * that it needs, on a GICv5.
 */
#include "its.h"
#include "rows.h"
#include "threads.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TURN_OPERATIONS = 256,
    AT_ONCE_SLICES = 400,
    PATIENCE = 2000, /* looks at what another thread is to do, before it is given the core */
};

/* The first rows: 4,096 devices of 16 events. */
static const uint32_t pendings[] = {1, 4096, 65536};

/* Translation: what is mapped. As many LPIs circulate in each. */
static const struct Mapped {
    const char *name;
    uint32_t devices, events;
} mapped[] = {
    {"1 device of 4096 events", 1, 4096},
    {"1 device of 65536 events", 1, 65536},
    {"4096 devices of 16 events", 4096, 16},
};

enum {
    PENDINGS = sizeof(pendings) / sizeof(pendings[0]),
    MAPPED = sizeof(mapped) / sizeof(mapped[0]),
    CIRCULATING = 4096,
};

/* The generations: names of their figures, and the queue alone with as many calls. */
typedef struct Generation {
    const char *prefix;
    ItsMachineOptions options;
    Loop *yardstick, *take_yardstick;
} Generation;

/* --- The operations; `next` is the number of an LPI --- */

static void msi_loop(Subject *subject, uint32_t n)
{
    while (n--) {
        its_machine_msi(subject->its, subject->next);
        subject->next = its_machine_take(subject->its);
    }
}

static void setlpir_loop(Subject *subject, uint32_t n)
{
    while (n--) {
        its_machine_setlpi(subject->its, subject->next);
        subject->next = its_machine_take(subject->its);
    }
}

/* Makes @p pending LPIs pend, the last one of them in the loop. */
static Subject injected(ItsMachine *machine, uint32_t pending)
{
    Subject subject = {.gic = machine->gic, .its = machine};

    for (uint32_t i = 0; i + 1 < pending; i++) {
        its_machine_msi(machine, its_machine_scattered(machine, i));
    }
    subject.next = its_machine_scattered(machine, pending - 1);
    return subject;
}

Subject lpi_yardstick(uint32_t pending, uint32_t lpis, uint32_t priorities)
{
    Subject subject = {.limit = limit_new()};

    for (uint32_t lpi = 0; lpi < lpis; lpi++) {
        limit_set_priority(subject.limit, lpi, machine_priority(lpi) % priorities);
    }
    for (uint32_t i = 0; i < pending; i++) {
        subject.next = i * 40507u % lpis;
        if (i + 1 < pending) {
            limit_inject(subject.limit, subject.next);
        }
    }
    return subject;
}

/* --- One thread --- */

static void time_pending(const Generation *of, uint32_t pending)
{
    char row[64];
    ItsMachine *machine = its_machine_new(4096, 16, of->options);
    ItsMachine *direct = its_machine_new(4096, 16, of->options);
    ItsMachine *bare = its_machine_new(4096, 16, of->options | ITS_SINGLE_THREADED);
    Contender contenders[] = {
        {"yardstick", of->yardstick, lpi_yardstick(pending, LIMIT_MAX, 32), 0},
        {"libvgic", msi_loop, injected(machine, pending), 0},
        {"setlpir", setlpir_loop, injected(direct, pending), 0},
        {"single-threaded", msi_loop, injected(bare, pending), 0},
    };

    snprintf(row, sizeof(row), "%slpi, %u pending", of->prefix, pending);
    contend(row, contenders, 4, ROUND_OPERATIONS);
    limit_free(contenders[0].subject.limit);
    its_machine_free(machine);
    its_machine_free(direct);
    its_machine_free(bare);
}

/* The same LPIs in the same order, without translation and with it. */
static void time_mapped(const Generation *of, const struct Mapped *what)
{
    ItsMachineOptions options = of->options | ITS_ONE_PRIORITY;
    ItsMachine *direct = its_machine_new(what->devices, what->events, options);
    ItsMachine *machine = its_machine_new(what->devices, what->events, options);
    char row[80];
    Contender contenders[] = {
        {"first row", setlpir_loop, injected(direct, CIRCULATING), 0},
        {"libvgic", msi_loop, injected(machine, CIRCULATING), 0},
    };

    snprintf(row, sizeof(row), "%stranslation, %s", of->prefix, what->name);
    contend(row, contenders, 2, ROUND_OPERATIONS);
    its_machine_free(direct);
    its_machine_free(machine);
}

/* --- MSIs in another thread --- */

/* What the PE took goes back to the thread that sends: each LPI that circulates is in here or
 * pending. */
struct Tokens {
    uint32_t lpis[2 * CIRCULATING];
    _Alignas(128) atomic_uint sent;
    _Alignas(128) atomic_uint taken;
};

static Tokens *tokens_new(void)
{
    Tokens *tokens = aligned_alloc(128, sizeof(*tokens));

    if (!tokens) {
        machine_die("not enough memory");
    }
    memset(tokens, 0, sizeof(*tokens));
    return tokens;
}

/* In turns: `next` is where in the tokens this thread goes on. */
static void msi_turn(Subject *subject, uint32_t n)
{
    while (n--) {
        its_machine_msi(subject->its, subject->tokens->lpis[subject->next++ % CIRCULATING]);
    }
}

static void take_turn(Subject *subject, uint32_t n)
{
    while (n--) {
        subject->tokens->lpis[subject->next++ % CIRCULATING] = its_machine_take(subject->its);
    }
}

static void limit_send_turn(Subject *subject, uint32_t n)
{
    while (n--) {
        limit_inject(subject->limit, subject->tokens->lpis[subject->next++ % CIRCULATING]);
    }
}

static void limit_take_turn(Subject *subject, uint32_t n)
{
    while (n--) {
        uint32_t lpi = limit_ack(subject->limit);

        limit_eoi(subject->limit, lpi);
        subject->tokens->lpis[subject->next++ % CIRCULATING] = lpi;
    }
}

static void limit5_take_turn(Subject *subject, uint32_t n)
{
    while (n--) {
        uint32_t lpi = limit_ack(subject->limit);

        limit_eoi(subject->limit, lpi);
        limit_touch(subject->limit);
        subject->tokens->lpis[subject->next++ % CIRCULATING] = lpi;
    }
}

/* At once: each waits for the other where it must. */
static void give_way(uint32_t looks)
{
    if (looks % PATIENCE == 0) {
        sched_yield(); /* where it lets others run it counts as a preemption: such slices go */
    }
}

static void msi_loop_at_once(Subject *subject, uint32_t n)
{
    Tokens *tokens = subject->tokens;
    unsigned at = atomic_load_explicit(&tokens->sent, memory_order_relaxed);

    while (n--) {
        for (uint32_t looks = 1; atomic_load_explicit(&tokens->taken, memory_order_acquire) == at;
             looks++) {
            give_way(looks);
        }
        its_machine_msi(subject->its, tokens->lpis[at % (2 * CIRCULATING)]);
        atomic_store_explicit(&tokens->sent, ++at, memory_order_release);
    }
}

static void take_loop_at_once(Subject *subject, uint32_t n)
{
    Tokens *tokens = subject->tokens;
    unsigned at = atomic_load_explicit(&tokens->taken, memory_order_relaxed);

    while (n--) {
        for (uint32_t looks = 1; !(vgic_cpu_lines(subject->gic, 0) & VGIC_LINE_IRQ); looks++) {
            give_way(looks);
        }
        tokens->lpis[at % (2 * CIRCULATING)] = its_machine_take(subject->its);
        atomic_store_explicit(&tokens->taken, ++at, memory_order_release);
    }
}

static void limit_loop_at_once(Subject *subject, uint32_t n)
{
    Tokens *tokens = subject->tokens;
    unsigned at = atomic_load_explicit(&tokens->sent, memory_order_relaxed);

    while (n--) {
        for (uint32_t looks = 1; atomic_load_explicit(&tokens->taken, memory_order_acquire) == at;
             looks++) {
            give_way(looks);
        }
        limit_inject(subject->limit, tokens->lpis[at % (2 * CIRCULATING)]);
        atomic_store_explicit(&tokens->sent, ++at, memory_order_release);
    }
}

static void limit_take_at_once(Subject *subject, uint32_t n)
{
    Tokens *tokens = subject->tokens;
    unsigned at = atomic_load_explicit(&tokens->taken, memory_order_relaxed);

    while (n--) {
        uint32_t lpi, looks = 1;

        while ((lpi = limit_ack(subject->limit)) == UINT32_MAX) {
            give_way(looks++);
        }
        limit_eoi(subject->limit, lpi);
        tokens->lpis[at % (2 * CIRCULATING)] = lpi;
        atomic_store_explicit(&tokens->taken, ++at, memory_order_release);
    }
}

/* The sum of both threads' turns. */
static void print_turns(const char *row, const char *name, Turn turns[2])
{
    print(row, name, "slices", turns[0].whole + turns[1].whole);
    if (turns[0].whole > 0 && turns[1].whole > 0) {
        double take = median(turns[0].ns, turns[0].whole);
        double send = median(turns[1].ns, turns[1].whole);

        print(row, name, "take", take);
        print(row, name, "send", send);
        print(row, name, "ns", take + send);
    }
}

/* The other thread's turn where one thread does both parts. */
static void idle_turn(Subject *subject, uint32_t n)
{
    (void)subject;
    (void)n;
}

static void time_turns(const char *row, Subject subject, Loop *take_loop, Loop *send_loop,
                       const char *name, const int cpus[2])
{
    static Turn turns[2];

    turns[0].loop = take_loop;
    turns[1].loop = send_loop;
    turns[0].subject = turns[1].subject = subject;
    take_turns(turns, cpus, TURN_OPERATIONS);
    print_turns(row, name, turns);
}

static void time_at_once(const char *row, Subject subject, Loop *take_loop, Loop *send_loop,
                         const char *name, const int cpus[2])
{
    static Runner runners[2];
    Tally together = {0};

    runners[0].loop = take_loop;
    runners[1].loop = send_loop;
    for (uint32_t i = 0; i < 2; i++) {
        runners[i].subject = subject;
        runners[i].host_cpu = cpus[i];
        runners[i].slice_count = AT_ONCE_SLICES;
    }
    run_together(runners, 2);
    tally(&together, runners[0].slices, runners[1].slices);
    print(row, name, "at once, slices", together.slices);
    if (together.slices > 0) {
        print(row, name, "at once, ns", together.ns / together.slices / (double)SLICE_OPERATIONS);
    }
}

static void time_shared(const Generation *of, const struct Mapped *what, const int cpus[2])
{
    char row[80];
    uint32_t lpis = what->devices * what->events;
    ItsMachine *machine =
        its_machine_new(what->devices, what->events, of->options | ITS_ONE_PRIORITY);
    Subject gic = injected(machine, CIRCULATING + 1);
    Subject limit = lpi_yardstick(CIRCULATING + 1, lpis, 1);

    snprintf(row, sizeof(row), "%sanother thread, %s", of->prefix, what->name);
    gic.tokens = tokens_new();
    limit.tokens = tokens_new();
    time_turns(row, gic, setlpir_loop, idle_turn, "first row", cpus);
    time_turns(row, gic, take_turn, msi_turn, "libvgic", cpus);
    time_at_once(row, gic, take_loop_at_once, msi_loop_at_once, "libvgic", cpus);
    time_turns(row, limit, of->yardstick, idle_turn, "yardstick alone", cpus);
    time_turns(row, limit, of->take_yardstick, limit_send_turn, "yardstick", cpus);
    time_at_once(row, limit, limit_take_at_once, limit_loop_at_once, "yardstick", cpus);
    free(gic.tokens);
    free(limit.tokens);
    limit_free(limit.limit);
    its_machine_free(machine);
}

static const Generation v3 = {"", ITS_MACHINE, limit_loop, limit_take_turn};
static const Generation v5 = {"v5 ", ITS_V5, limit5_loop, limit5_take_turn};

static void time_all(const Generation *of)
{
    int cpus[2];

    for (uint32_t i = 0; i < PENDINGS; i++) {
        time_pending(of, pendings[i]);
    }
    for (uint32_t i = 0; i < MAPPED; i++) {
        time_mapped(of, &mapped[i]);
    }
    if (!host_cpus(cpus)) {
        fprintf(stderr, "bench: two threads: not measured, this process has one CPU\n");
        return;
    }
    for (uint32_t i = 0; i < MAPPED; i++) {
        time_shared(of, &mapped[i], cpus);
    }
}

void lpi_time(void)
{
    time_all(&v3);
}

void msi5_time(void)
{
    time_all(&v5);
}

/* --- Counting --- */

static void count_on(Loop *loop, ItsMachine *machine, uint32_t pending, uint32_t n)
{
    Subject subject = injected(machine, pending);

    loop(&subject, n);
    its_machine_free(machine);
}

static bool count_of(const Generation *of, const char *operation, uint32_t n)
{
    char name[64];

    for (uint32_t i = 0; i < PENDINGS; i++) {
        snprintf(name, sizeof(name), "%syardstick of LPIs, %u pending", of->prefix, pendings[i]);
        if (strcmp(operation, name) == 0) {
            Subject subject = lpi_yardstick(pendings[i], LIMIT_MAX, 32);

            of->yardstick(&subject, n);
            limit_free(subject.limit);
            return true;
        }
        snprintf(name, sizeof(name), "%sLPI by MSI, %u pending", of->prefix, pendings[i]);
        if (strcmp(operation, name) == 0) {
            count_on(msi_loop, its_machine_new(4096, 16, of->options), pendings[i], n);
            return true;
        }
        snprintf(name, sizeof(name), "%sLPI by SETLPIR, %u pending", of->prefix, pendings[i]);
        if (strcmp(operation, name) == 0) {
            count_on(setlpir_loop, its_machine_new(4096, 16, of->options), pendings[i], n);
            return true;
        }
    }
    for (uint32_t i = 0; i < MAPPED; i++) {
        snprintf(name, sizeof(name), "%sMSI, %s", of->prefix, mapped[i].name);
        if (strcmp(operation, name) == 0) {
            ItsMachineOptions options = of->options | ITS_ONE_PRIORITY;

            count_on(msi_loop, its_machine_new(mapped[i].devices, mapped[i].events, options),
                     CIRCULATING, n);
            return true;
        }
    }
    return false;
}

static void list_of(const Generation *of)
{
    for (uint32_t i = 0; i < PENDINGS; i++) {
        printf("2000 22000 %syardstick of LPIs, %u pending\n", of->prefix, pendings[i]);
        printf("2000 22000 %sLPI by MSI, %u pending\n", of->prefix, pendings[i]);
        printf("2000 22000 %sLPI by SETLPIR, %u pending\n", of->prefix, pendings[i]);
    }
    for (uint32_t i = 0; i < MAPPED; i++) {
        printf("6000 26000 %sMSI, %s\n", of->prefix, mapped[i].name);
    }
}

bool lpi_count(const char *operation, uint32_t n)
{
    return count_of(&v3, operation, n);
}

bool msi5_count(const char *operation, uint32_t n)
{
    return count_of(&v5, operation, n);
}

void lpi_list(void)
{
    list_of(&v3);
}

void msi5_list(void)
{
    list_of(&v5);
}
