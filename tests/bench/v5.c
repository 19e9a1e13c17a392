/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A GICv5: inject, acknowledge (CDIA), EOI (CDEOI) and deactivate (CDDI) of PPIs, SPIs and LPIs, in
 * one thread and in two on two PEs; accesses to registers and instructions.
 *
 * The yardstick has no deactivation. What CDDI costs is found by a loop that does it twice: the
 * second one finds the interrupt inactive, and does the same all the same.
 */
#include "its.h"
#include "registers.h"
#include "rows.h"
#include "threads.h"

#include <stdio.h>
#include <string.h>

enum {
    THREAD_ROUNDS = 5,
    PPI = 23, /* PMUIRQ, edge-triggered on this machine */
    ID_MASK = 0xFFFFFF,
};

static const uint32_t pendings[] = {1, 65536};

enum {
    PENDINGS = sizeof(pendings) / sizeof(pendings[0]),
};

typedef enum Kind {
    KIND_PPI, /* one of it; the LPIs that pend beside it have lower priority */
    KIND_SPI,
    KIND_LPI,
    KINDS,
} Kind;

static const char *const names[KINDS] = {"PPI", "SPI", "LPI"};

/* --- The operations; `next` is an INTID with its type --- */

static inline void inject(Vgic *gic, uint32_t cpu, Kind kind, uint64_t intid)
{
    switch (kind) {
    case KIND_PPI:
        vgic_ppi_pulse(gic, cpu, (uint32_t)intid & ID_MASK);
        break;
    case KIND_SPI:
        vgic_spi_pulse(gic, (uint32_t)intid & ID_MASK);
        break;
    default:
        vgic_sysreg_write(gic, cpu, &machine_el1, GIC_CDPEND, (uint32_t)intid | 1ull << 32);
        break;
    }
}

static inline void handle(Subject *subject, uint32_t n, Kind kind, bool twice)
{
    Vgic *gic = subject->gic;
    uint32_t cpu = subject->cpu;
    uint64_t intid = subject->next;

    while (n--) {
        inject(gic, cpu, kind, intid);
        vgic_sysreg_read(gic, cpu, &machine_el1, GICR_CDIA, &intid);
        vgic_sysreg_write(gic, cpu, &machine_el1, GIC_CDEOI, 0);
        vgic_sysreg_write(gic, cpu, &machine_el1, GIC_CDDI, intid);
        if (twice) {
            vgic_sysreg_write(gic, cpu, &machine_el1, GIC_CDDI, intid);
        }
    }
    subject->next = (uint32_t)intid;
    if (!intid || subject->next >> 29 != (kind == KIND_PPI ? 1 : kind == KIND_LPI ? 2 : 3)) {
        machine_die("an acknowledge answered 0x%x", subject->next);
    }
}

static void ppi_loop(Subject *subject, uint32_t n)
{
    handle(subject, n, KIND_PPI, false);
}

static void ppi_twice_loop(Subject *subject, uint32_t n)
{
    handle(subject, n, KIND_PPI, true);
}

static void spi5_loop(Subject *subject, uint32_t n)
{
    handle(subject, n, KIND_SPI, false);
}

static void spi5_twice_loop(Subject *subject, uint32_t n)
{
    handle(subject, n, KIND_SPI, true);
}

static void lpi5_loop(Subject *subject, uint32_t n)
{
    handle(subject, n, KIND_LPI, false);
}

static void lpi5_twice_loop(Subject *subject, uint32_t n)
{
    handle(subject, n, KIND_LPI, true);
}

static Loop *const loops[KINDS] = {ppi_loop, spi5_loop, lpi5_loop};
static Loop *const twice_loops[KINDS] = {ppi_twice_loop, spi5_twice_loop, lpi5_twice_loop};

void limit5_loop(Subject *subject, uint32_t n)
{
    LimitCpu *limit = subject->limit;
    uint32_t next = subject->next;

    while (n--) {
        limit_inject(limit, next);
        next = limit_ack(limit);
        limit_eoi(limit, next);
        limit_touch(limit);
    }
    subject->next = next;
    if (next == UINT32_MAX) {
        machine_die("the yardstick lost an interrupt");
    }
}

/* The number of one of PE @p cpu's, scattered; a prime that divides none of the counts. */
static uint32_t scattered(ItsMachineOptions options, uint32_t cpu, uint32_t i)
{
    uint32_t n = options & (ITS_HALVES | ITS_ALTERNATING) ? ITS_MAX_LPIS / 2 : ITS_MAX_LPIS;
    uint32_t at = i * 40507u % n;

    return options & ITS_ALTERNATING ? 2 * at + cpu : cpu * n + at;
}

/* Makes @p pending of @p kind pend at PE @p cpu, the last one of them in the loop. PPIs: LPIs pend
 * in their place. */
static Subject injected(ItsMachine *machine, ItsMachineOptions options, Kind kind, uint32_t cpu,
                        uint32_t pending)
{
    Subject subject = {.gic = machine->gic, .its = machine, .cpu = cpu};

    for (uint32_t i = 0; i < pending; i++) {
        uint32_t number = scattered(options, cpu, i);

        subject.next = kind == KIND_SPI ? VGIC_V5_SPI(number) : VGIC_V5_LPI(number);
        if (i + 1 < pending) {
            inject(machine->gic, cpu, kind == KIND_SPI ? KIND_SPI : KIND_LPI, subject.next);
        }
    }
    if (kind == KIND_PPI) {
        subject.next = VGIC_V5_PPI(PPI);
    }
    return subject;
}

static ItsMachine *machine_of(Kind kind, ItsMachineOptions options)
{
    return its_machine_new(1, 16, ITS_V5 | options | (kind == KIND_SPI ? ITS_SPIS : 0));
}

/* --- One thread --- */

static void time_kind(Kind kind, uint32_t pending)
{
    char row[64];
    ItsMachine *machine = machine_of(kind, 0), *twice = machine_of(kind, 0);
    ItsMachine *bare = machine_of(kind, ITS_SINGLE_THREADED);
    Contender contenders[] = {
        {"yardstick", limit_loop, lpi_yardstick(pending, LIMIT_MAX, 32), 0},
        {"yardstick of 4", limit5_loop, lpi_yardstick(pending, LIMIT_MAX, 32), 0},
        {"libvgic", loops[kind], injected(machine, 0, kind, 0, pending), 1},
        {"twice", twice_loops[kind], injected(twice, 0, kind, 0, pending), 0},
        {"single-threaded", loops[kind], injected(bare, 0, kind, 0, pending), 1},
    };

    snprintf(row, sizeof(row), "v5 %s, %u pending", names[kind], pending);
    contend(row, contenders, 5, ROUND_OPERATIONS);
    limit_free(contenders[0].subject.limit);
    limit_free(contenders[1].subject.limit);
    its_machine_free(machine);
    its_machine_free(twice);
    its_machine_free(bare);
}

/* --- Two threads --- */

static void time_threads(Kind kind, ItsMachineOptions options, uint32_t pending)
{
    static Runner gics[2], yardsticks[2];
    char row[64];
    int cpus[2];
    ItsMachine *machine;
    Scaling scaling = {0}, control = {0};

    if (!host_cpus(cpus)) {
        fprintf(stderr, "bench: two threads: not measured, this process has one CPU\n");
        return;
    }
    machine = machine_of(kind, options);
    for (uint32_t i = 0; i < 2; i++) {
        gics[i].loop = loops[kind];
        gics[i].subject = injected(machine, options, kind, i, pending);
        yardsticks[i].loop = limit5_loop;
        yardsticks[i].subject = lpi_yardstick(pending, LIMIT_MAX, 32);
        gics[i].host_cpu = yardsticks[i].host_cpu = cpus[i];
    }
    for (uint32_t round = 0; round < THREAD_ROUNDS; round++) {
        scaling_round(&control, yardsticks);
        scaling_round(&scaling, gics);
    }
    snprintf(row, sizeof(row), "v5 two threads, %s, %s, %u pending each", names[kind],
             options & ITS_HALVES ? "halves" : "alternating", pending);
    scaling_print(row, "libvgic", &scaling);
    scaling_print(row, "yardstick", &control);
    limit_free(yardsticks[0].subject.limit);
    limit_free(yardsticks[1].subject.limit);
    its_machine_free(machine);
}

void v5_time(void)
{
    for (Kind kind = 0; kind < KINDS; kind++) {
        for (uint32_t i = 0; i < PENDINGS; i++) {
            time_kind(kind, pendings[i]);
        }
    }
    time_threads(KIND_PPI, ITS_HALVES, 1);
    time_threads(KIND_SPI, ITS_ALTERNATING, 256);
    time_threads(KIND_LPI, ITS_HALVES, 1);
    time_threads(KIND_LPI, ITS_HALVES, 256);
    time_threads(KIND_LPI, ITS_ALTERNATING, 256);
}

/* --- Counting --- */

static void count_kind(Loop *const which[KINDS], Kind kind, uint32_t pending, uint32_t n)
{
    ItsMachine *machine = machine_of(kind, 0);
    Subject subject = injected(machine, 0, kind, 0, pending);

    which[kind](&subject, n);
    its_machine_free(machine);
}

bool v5_count(const char *operation, uint32_t n)
{
    for (uint32_t i = 0; i < PENDINGS * KINDS; i++) {
        uint32_t pending = pendings[i / KINDS];
        Kind kind = i % KINDS;
        char name[64];

        snprintf(name, sizeof(name), "v5 %s, %u pending", names[kind], pending);
        if (strcmp(operation, name) == 0) {
            count_kind(loops, kind, pending, n);
            return true;
        }
        snprintf(name, sizeof(name), "v5 %s deactivated twice, %u pending", names[kind], pending);
        if (strcmp(operation, name) == 0) {
            count_kind(twice_loops, kind, pending, n);
            return true;
        }
    }
    return false;
}

/* The yardsticks are those of the rows for MSIs and, of the three calls, of a GICv3's. */
void v5_list(void)
{
    for (uint32_t i = 0; i < PENDINGS; i++) {
        printf("2000 22000 yardstick of LPIs, %u pending\n", pendings[i]);
        printf("2000 22000 v5 yardstick of LPIs, %u pending\n", pendings[i]);
        for (Kind kind = 0; kind < KINDS; kind++) {
            printf("2000 22000 v5 %s, %u pending\n", names[kind], pendings[i]);
            printf("2000 22000 v5 %s deactivated twice, %u pending\n", names[kind], pendings[i]);
        }
    }
}

/* --- Registers and instructions --- */

static const RegisterOperation operations[] = {
    {"ICC_IAFFIDR_EL1 read", ICC_IAFFIDR_EL1, false, {0}, NULL},
    {"GSB SYS write", GSB_SYS, true, {0}, NULL},
    {"ICC_PCR_EL1 read", ICC_PCR_EL1, false, {0}, NULL},
    {"ICC_PCR_EL1 write", ICC_PCR_EL1, true, {31, 20}, NULL},
    {"ICC_APR_EL1 read", ICC_APR_EL1, false, {0}, NULL},
    {"ICC_APR_EL1 write", ICC_APR_EL1, true, {0, 1 << 16}, NULL},
    {"ICC_CR0_EL1 read", ICC_CR0_EL1, false, {0}, NULL},
    {"ICC_HPPIR_EL1 read", ICC_HPPIR_EL1, false, {0}, NULL},
    {"ICC_ICSR_EL1 read", ICC_ICSR_EL1, false, {0}, NULL},
    {"ICC_PPI_ENABLER0_EL1 read", ICC_PPI_ENABLER0_EL1, false, {0}, NULL},
    {"ICC_PPI_ENABLER0_EL1 write", ICC_PPI_ENABLER0_EL1, true, {3 << 22, 1 << 27}, NULL},
    {"GICR CDIA read, nothing pending", GICR_CDIA, false, {0}, NULL},
    {"GIC CDEOI write, nothing active", GIC_CDEOI, true, {0}, NULL},
    {"GIC CDEN write, an SPI", GIC_CDEN, true, {VGIC_V5_SPI(5), VGIC_V5_SPI(6)}, NULL},
    {"GIC CDEN write, an LPI", GIC_CDEN, true, {VGIC_V5_LPI(5), VGIC_V5_LPI(6)}, NULL},
    {"GIC CDDI write, a PPI", GIC_CDDI, true, {VGIC_V5_PPI(PPI), VGIC_V5_PPI(PPI)}, NULL},
    {"GIC CDDI write, an LPI", GIC_CDDI, true, {VGIC_V5_LPI(5), VGIC_V5_LPI(6)}, NULL},
    {"GIC CDRCFG write, an LPI", GIC_CDRCFG, true, {VGIC_V5_LPI(5), VGIC_V5_LPI(6)}, NULL},
};

static Vgic *new_machine(bool single_threaded)
{
    ItsMachine *machine = machine_of(KIND_LPI, single_threaded ? ITS_SINGLE_THREADED : 0);

    /* Read from their table while there is RAM. */
    for (uint32_t lpi = 5; lpi <= 6; lpi++) {
        machine_write(machine->gic, 0, &machine_el1, GIC_CDRCFG, VGIC_V5_LPI(lpi));
    }
    return its_machine_release(machine);
}

static const RegisterSet set = {
    .row = "v5 register",
    .state = &machine_el1,
    .machine = new_machine,
    .operations = operations,
    .count = sizeof(operations) / sizeof(operations[0]),
};

bool register5_count(const char *operation, uint32_t n)
{
    return registers_count(&set, operation, n);
}

void register5_list(void)
{
    registers_list(&set);
}

void register5_time(void)
{
    registers_time(&set);
}
