/* SPDX-License-Identifier: BSD-2-Clause */
/* Inject, acknowledge, EOI of SPIs: in one thread, and in two on two CPUs. */
#include "rows.h"
#include "threads.h"

#include <stdio.h>
#include <string.h>
#include <vgic/registers.h>

enum {
    THREAD_ROUNDS = 5,
};

static const uint32_t pendings[] = {1, 256, MACHINE_SPIS};

enum {
    PENDINGS = sizeof(pendings) / sizeof(pendings[0]),
};

/* Inject one, acknowledge the best, end it; what was acknowledged is injected next, so that the
 * number that pend stays as it is. */
void spi_loop(Subject *subject, uint32_t n)
{
    Vgic *gic = subject->gic;
    const VgicCpuState *state = subject->state;
    uint32_t cpu = subject->cpu, next = subject->next;
    uint64_t intid = 0;

    while (n--) {
        vgic_spi_pulse(gic, next);
        vgic_sysreg_read(gic, cpu, state, ICC_IAR1_EL1, &intid);
        vgic_sysreg_write(gic, cpu, state, ICC_EOIR1_EL1, intid);
        next = (uint32_t)intid;
    }
    subject->next = next;
    if (next >= VGIC_INTID_SECURE && next <= VGIC_INTID_SPURIOUS) {
        machine_die("an acknowledge answered %u with interrupts pending", next);
    }
}

void limit_loop(Subject *subject, uint32_t n)
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

Subject spi_injected(Vgic *gic, LimitCpu *limit, Deal deal, uint32_t cpu, uint32_t pending)
{
    Subject subject = {.gic = gic, .limit = limit, .cpu = cpu, .state = &machine_el1};

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

static void time_inject(void)
{
    for (uint32_t i = 0; i < PENDINGS; i++) {
        char row[64];
        Vgic *gic = machine_new(1, DEAL_ONE, false), *bare = machine_new(1, DEAL_ONE, true);
        LimitCpu *limit = machine_limit();
        Contender contenders[] = {
            {"yardstick", limit_loop, spi_injected(NULL, limit, DEAL_ONE, 0, pendings[i]), 0},
            {"libvgic", spi_loop, spi_injected(gic, NULL, DEAL_ONE, 0, pendings[i]), 0},
            {"single-threaded", spi_loop, spi_injected(bare, NULL, DEAL_ONE, 0, pendings[i]), 0},
        };

        snprintf(row, sizeof(row), "inject-acknowledge-eoi, %u pending", pendings[i]);
        contend(row, contenders, 3, ROUND_OPERATIONS);
        limit_free(limit);
        vgic_free(bare);
        vgic_free(gic);
    }
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
        gics[i].loop = spi_loop;
        gics[i].subject = spi_injected(gic, NULL, deal, i, pending);
        yardsticks[i].loop = limit_loop;
        yardsticks[i].subject = spi_injected(NULL, limits[i], deal, i, pending);
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

bool spi_count(const char *operation, uint32_t n)
{
    for (uint32_t i = 0; i < PENDINGS; i++) {
        char gic[64], limit[64];

        snprintf(gic, sizeof(gic), "libvgic, %u pending", pendings[i]);
        snprintf(limit, sizeof(limit), "yardstick, %u pending", pendings[i]);
        if (strcmp(operation, gic) == 0) {
            Subject subject =
                spi_injected(machine_new(1, DEAL_ONE, false), NULL, DEAL_ONE, 0, pendings[i]);

            spi_loop(&subject, n);
            vgic_free(subject.gic);
            return true;
        }
        if (strcmp(operation, limit) == 0) {
            Subject subject = spi_injected(NULL, machine_limit(), DEAL_ONE, 0, pendings[i]);

            limit_loop(&subject, n);
            limit_free(subject.limit);
            return true;
        }
    }
    return false;
}

void spi_list(void)
{
    for (uint32_t i = 0; i < PENDINGS; i++) {
        printf("2000 22000 yardstick, %u pending\n", pendings[i]);
        printf("2000 22000 libvgic, %u pending\n", pendings[i]);
    }
}

void spi_time(void)
{
    time_inject();
    time_threads(DEAL_HALVES, 1);
    time_threads(DEAL_HALVES, 256);
    time_threads(DEAL_ALTERNATING, 256);
}
