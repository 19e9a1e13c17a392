/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the hot paths cost through the public API, beside the yardstick (limit.h) in the same run.
 *
 *     bench time                 measures everything, prints "name <TAB> value" lines; times in ns
 *     bench count OPERATION N    runs one operation N times and measures nothing: for callgrind
 *     bench operations           lists the operations of `count`
 *
 * Each figure is the median of many short rounds in which everything that is compared runs one
 * after the other, so that what else the machine does hits all of them.
 */
#define _GNU_SOURCE /* CPU affinity, RUSAGE_THREAD */

#include "machine.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <vgic/registers.h>

enum {
    ROUNDS = 41,
    ROUND_OPERATIONS = 100000,
    THREAD_ROUNDS = 5,
    SLICES = 4000,
    SLICE_OPERATIONS = 1000,
    MAX_CONTENDERS = 24,
};

/* --- The operations --- */

/* What one operation works on. Two loops of one round never share a Subject. */
typedef struct Subject {
    Vgic *gic;
    LimitCpu *limit;
    uint32_t cpu;
    uint32_t next;      /* the SPI (number or, for the GIC, INTID) to inject next */
    uint32_t encoding;  /* of a register operation */
    uint64_t values[2]; /* written in turn */
} Subject;

typedef void Loop(Subject *subject, uint32_t n);

/* Inject one, acknowledge the best, end it; what was acknowledged is injected next, so that the
 * number that pend stays as it is. */
static void gic_loop(Subject *subject, uint32_t n)
{
    Vgic *gic = subject->gic;
    uint32_t cpu = subject->cpu, next = subject->next;
    uint64_t intid = 0;

    while (n--) {
        vgic_spi_pulse(gic, next);
        vgic_sysreg_read(gic, cpu, &machine_el1, ICC_IAR1_EL1, &intid);
        vgic_sysreg_write(gic, cpu, &machine_el1, ICC_EOIR1_EL1, intid);
        next = (uint32_t)intid;
    }
    subject->next = next;
    if (next >= VGIC_INTID_SECURE && next <= VGIC_INTID_SPURIOUS) {
        machine_die("an acknowledge answered %u with interrupts pending", next);
    }
}

static void limit_loop(Subject *subject, uint32_t n)
{
    LimitCpu *limit = subject->limit;
    uint32_t next = subject->next;

    while (n--) {
        limit_inject(limit, next);
        next = limit_ack(limit);
        limit_eoi(limit, next);
    }
    subject->next = next;
    if (next == UINT32_MAX) {
        machine_die("the yardstick lost an interrupt");
    }
}

static void lock_loop(Subject *subject, uint32_t n)
{
    while (n--) {
        limit_touch(subject->limit);
    }
}

static void read_loop(Subject *subject, uint32_t n)
{
    uint64_t value;

    while (n--) {
        vgic_sysreg_read(subject->gic, subject->cpu, &machine_el1, subject->encoding, &value);
    }
}

static void write_loop(Subject *subject, uint32_t n)
{
    while (n--) {
        vgic_sysreg_write(subject->gic, subject->cpu, &machine_el1, subject->encoding,
                          subject->values[n & 1]);
    }
}

/* Makes @p pending SPIs pend, the last one of them in the loop. */
static Subject injected(Vgic *gic, LimitCpu *limit, Deal deal, uint32_t cpu, uint32_t pending)
{
    Subject subject = {.gic = gic, .limit = limit, .cpu = cpu};

    for (uint32_t i = 0; i < pending; i++) {
        uint32_t spi = machine_scattered(deal, cpu, i);

        subject.next = gic ? machine_intid(spi) : spi;
        if (i + 1 == pending) {
            break;
        }
        if (gic) {
            vgic_spi_pulse(gic, subject.next);
        } else {
            limit_inject(limit, subject.next);
        }
    }
    return subject;
}

/* --- The list of operations --- */

/* One register operation. The empty call that the others are held against is a read of ICC_SRE_EL1:
 * it takes the whole way (encoding look-up, access check, handler), and its handler has nothing to
 * do but answer a constant, since SRE, DFB and DIB are RAO/WI. */
typedef struct RegisterOperation {
    const char *name;
    uint32_t encoding;
    bool write;
    uint64_t values[2];
} RegisterOperation;

static const RegisterOperation empty_read = {"ICC_SRE_EL1 read", ICC_SRE_EL1, false, {0}};
static const RegisterOperation empty_write = {"ICC_SRE_EL1 write", ICC_SRE_EL1, true, {7, 7}};

static const RegisterOperation register_operations[] = {
    {"ICC_PMR_EL1 read", ICC_PMR_EL1, false, {0}},
    {"ICC_PMR_EL1 write", ICC_PMR_EL1, true, {0xF0, 0xA0}},
    {"ICC_RPR_EL1 read", ICC_RPR_EL1, false, {0}},
    {"ICC_HPPIR1_EL1 read", ICC_HPPIR1_EL1, false, {0}},
    {"ICC_IAR1_EL1 read, spurious", ICC_IAR1_EL1, false, {0}},
    {"ICC_BPR1_EL1 read", ICC_BPR1_EL1, false, {0}},
    {"ICC_BPR1_EL1 write", ICC_BPR1_EL1, true, {3, 5}},
    {"ICC_CTLR_EL1 read", ICC_CTLR_EL1, false, {0}},
    {"ICC_CTLR_EL1 write", ICC_CTLR_EL1, true, {0, 2}},
    {"ICC_IGRPEN1_EL1 read", ICC_IGRPEN1_EL1, false, {0}},
    {"ICC_IGRPEN1_EL1 write", ICC_IGRPEN1_EL1, true, {1, 0}},
    {"ICC_AP1R0_EL1 read", ICC_AP1R0_EL1, false, {0}},
};

enum {
    REGISTER_OPERATIONS = sizeof(register_operations) / sizeof(register_operations[0]),
};

static const uint32_t pendings[] = {1, 256, MACHINE_SPIS};

enum {
    PENDINGS = sizeof(pendings) / sizeof(pendings[0]),
};

static Subject register_subject(Vgic *gic, const RegisterOperation *op)
{
    return (Subject){
        .gic = gic, .encoding = op->encoding, .values = {op->values[0], op->values[1]}};
}

/* --- Time --- */

static double clock_ns(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, uint32_t n)
{
    qsort(values, n, sizeof(*values), compare_doubles);
    return values[n / 2];
}

typedef struct Contender {
    const char *name;
    Loop *loop;
    Subject subject;
    uint32_t reference; /* the contender that it is held against */
} Contender;

static void print(const char *row, const char *name, const char *what, double value)
{
    printf("%s/%s/%s\t%.4f\n", row, name, what, value);
}

/* Runs all contenders in turn, many times. CPU time of the thread: not what others of the machine
 * take from it. */
static void contend(const char *row, Contender *contenders, uint32_t n)
{
    static double ns[MAX_CONTENDERS][ROUNDS], ratio[MAX_CONTENDERS][ROUNDS];

    if (n > MAX_CONTENDERS) {
        machine_die("more contenders in row %s than there is room for", row);
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < n; i++) {
            double began = clock_ns(CLOCK_THREAD_CPUTIME_ID);

            contenders[i].loop(&contenders[i].subject, ROUND_OPERATIONS);
            ns[i][round] = (clock_ns(CLOCK_THREAD_CPUTIME_ID) - began) / (double)ROUND_OPERATIONS;
        }
        for (uint32_t i = 0; i < n; i++) {
            ratio[i][round] = ns[i][round] / ns[contenders[i].reference][round];
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        print(row, contenders[i].name, "ns", median(ns[i], ROUNDS));
        if (contenders[i].reference != i) {
            print(row, contenders[i].name, "ratio", median(ratio[i], ROUNDS));
        }
    }
}

static void time_inject(void)
{
    for (uint32_t i = 0; i < PENDINGS; i++) {
        char row[64];
        Vgic *gic = machine_new(1, DEAL_ONE, false), *bare = machine_new(1, DEAL_ONE, true);
        LimitCpu *limit = machine_limit();
        Contender contenders[] = {
            {"yardstick", limit_loop, injected(NULL, limit, DEAL_ONE, 0, pendings[i]), 0},
            {"libvgic", gic_loop, injected(gic, NULL, DEAL_ONE, 0, pendings[i]), 0},
            {"single-threaded", gic_loop, injected(bare, NULL, DEAL_ONE, 0, pendings[i]), 0},
        };

        snprintf(row, sizeof(row), "inject-acknowledge-eoi, %u pending", pendings[i]);
        contend(row, contenders, 3);
        limit_free(limit);
        vgic_free(bare);
        vgic_free(gic);
    }
}

static void time_registers(const char *row, bool single_threaded)
{
    Vgic *gic = machine_new(1, DEAL_ONE, single_threaded);
    LimitCpu *limit = machine_limit();
    Contender contenders[REGISTER_OPERATIONS + 3] = {
        {empty_read.name, read_loop, register_subject(gic, &empty_read), 0},
        {empty_write.name, write_loop, register_subject(gic, &empty_write), 1},
        {"lock", lock_loop, {.limit = limit}, 2},
    };

    for (uint32_t i = 0; i < REGISTER_OPERATIONS; i++) {
        const RegisterOperation *op = &register_operations[i];

        contenders[i + 3] = (Contender){op->name, op->write ? write_loop : read_loop,
                                        register_subject(gic, op), op->write};
    }
    contend(row, contenders, REGISTER_OPERATIONS + 3);
    limit_free(limit);
    vgic_free(gic);
}

/* --- Two threads --- */

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
    pthread_barrier_t *barrier;
    Slice slices[SLICES];
} Runner;

static long preemptions(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
}

static void *run(void *data)
{
    Runner *runner = data;
    cpu_set_t set;
    long before;

    CPU_ZERO(&set);
    CPU_SET((size_t)runner->host_cpu, &set);
    sched_setaffinity(0, sizeof(set), &set);
    pthread_barrier_wait(runner->barrier);
    before = preemptions();
    for (uint32_t i = 0; i < SLICES; i++) {
        Slice *slice = &runner->slices[i];
        long after;

        slice->began = clock_ns(CLOCK_MONOTONIC);
        runner->loop(&runner->subject, SLICE_OPERATIONS);
        slice->ended = clock_ns(CLOCK_MONOTONIC);
        after = preemptions();
        /* The first ones warm the caches. */
        slice->whole = after == before && i >= SLICES / 20;
        before = after;
    }
    return NULL;
}

static void run_together(Runner *runners, uint32_t n)
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

/* Time spent in slices that count, and their number. */
typedef struct Tally {
    double ns, slices;
} Tally;

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

static void tally(Tally *tally, const Slice *slices, const Slice *others)
{
    uint32_t at = 0;

    for (uint32_t i = 0; i < SLICES; i++) {
        if (slices[i].whole && (!others || accompanied(&slices[i], others, &at))) {
            tally->ns += slices[i].ended - slices[i].began;
            tally->slices++;
        }
    }
}

/* One thread alone, then two, of the same kind. */
typedef struct Scaling {
    Tally alone, together[2];
} Scaling;

static void scaling_round(Scaling *scaling, Runner runners[2])
{
    run_together(runners, 1);
    tally(&scaling->alone, runners[0].slices, NULL);
    run_together(runners, 2);
    for (uint32_t i = 0; i < 2; i++) {
        tally(&scaling->together[i], runners[i].slices, runners[!i].slices);
    }
}

static void scaling_print(const char *row, const char *name, const Scaling *scaling)
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

/* Two CPUs of the host that this process may use; false if there are none. */
static bool host_cpus(int cpus[2])
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

/* The control is the yardstick, whose two CPUs share nothing: it says what the host's cores give.
 */
static void time_threads(Deal deal, uint32_t pending)
{
    static Runner gics[2], yardsticks[2];
    char row[64];
    int cpus[2];
    Vgic *gic;
    LimitCpu *limits[2];
    Scaling scaling = {0}, control = {0};

    if (!host_cpus(cpus)) {
        fprintf(stderr, "bench: two threads: not measured, this process has one CPU\n");
        return;
    }
    gic = machine_new(2, deal, false);
    for (uint32_t i = 0; i < 2; i++) {
        limits[i] = machine_limit();
        gics[i].loop = gic_loop;
        gics[i].subject = injected(gic, NULL, deal, i, pending);
        yardsticks[i].loop = limit_loop;
        yardsticks[i].subject = injected(NULL, limits[i], deal, i, pending);
        gics[i].host_cpu = yardsticks[i].host_cpu = cpus[i];
    }
    for (uint32_t round = 0; round < THREAD_ROUNDS; round++) {
        scaling_round(&control, yardsticks);
        scaling_round(&scaling, gics);
    }
    snprintf(row, sizeof(row), "two threads, %s, %u pending each",
             deal == DEAL_HALVES ? "halves" : "alternating", pending);
    scaling_print(row, "libvgic", &scaling);
    scaling_print(row, "yardstick", &control);
    limit_free(limits[0]);
    limit_free(limits[1]);
    vgic_free(gic);
}

/* --- Counting: one operation alone --- */

static bool count_inject(const char *operation, uint32_t n)
{
    for (uint32_t i = 0; i < PENDINGS; i++) {
        char gic[64], limit[64];

        snprintf(gic, sizeof(gic), "libvgic, %u pending", pendings[i]);
        snprintf(limit, sizeof(limit), "yardstick, %u pending", pendings[i]);
        if (strcmp(operation, gic) == 0) {
            Subject subject =
                injected(machine_new(1, DEAL_ONE, false), NULL, DEAL_ONE, 0, pendings[i]);

            gic_loop(&subject, n);
            vgic_free(subject.gic);
            return true;
        }
        if (strcmp(operation, limit) == 0) {
            Subject subject = injected(NULL, machine_limit(), DEAL_ONE, 0, pendings[i]);

            limit_loop(&subject, n);
            limit_free(subject.limit);
            return true;
        }
    }
    return false;
}

static bool count_register(const RegisterOperation *op, const char *operation, uint32_t n)
{
    Vgic *gic;
    Subject subject;

    if (strcmp(operation, op->name) != 0) {
        return false;
    }
    gic = machine_new(1, DEAL_ONE, false);
    subject = register_subject(gic, op);
    (op->write ? write_loop : read_loop)(&subject, n);
    vgic_free(gic);
    return true;
}

static bool count(const char *operation, uint32_t n)
{
    if (count_inject(operation, n) || count_register(&empty_read, operation, n) ||
        count_register(&empty_write, operation, n)) {
        return true;
    }
    for (uint32_t i = 0; i < REGISTER_OPERATIONS; i++) {
        if (count_register(&register_operations[i], operation, n)) {
            return true;
        }
    }
    return false;
}

static void list_operations(void)
{
    for (uint32_t i = 0; i < PENDINGS; i++) {
        printf("yardstick, %u pending\nlibvgic, %u pending\n", pendings[i], pendings[i]);
    }
    printf("%s\n%s\n", empty_read.name, empty_write.name);
    for (uint32_t i = 0; i < REGISTER_OPERATIONS; i++) {
        printf("%s\n", register_operations[i].name);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "time") == 0) {
        time_inject();
        time_registers("register", false);
        time_registers("register, single-threaded", true);
        time_threads(DEAL_HALVES, 1);
        time_threads(DEAL_HALVES, 256);
        time_threads(DEAL_ALTERNATING, 256);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "operations") == 0) {
        list_operations();
        return 0;
    }
    if (argc == 4 && strcmp(argv[1], "count") == 0) {
        if (!count(argv[2], (uint32_t)strtoul(argv[3], NULL, 10))) {
            machine_die("no operation '%s': 'bench operations' lists them", argv[2]);
        }
        return 0;
    }
    fprintf(stderr, "usage: bench time | bench operations | bench count OPERATION N\n");
    return 2;
}
