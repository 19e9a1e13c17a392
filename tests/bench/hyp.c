/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Backend hyp: what a hypervisor pays for an exit and an entry (sync and flush), by the number of
 * interrupts that wait for its guest. The virtual CPU interface is an array, the cheapest there is:
 * what is measured is the library. The guest does nothing meanwhile.
 */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vgic/hyp.h>
#include <vgic/registers.h>

enum {
    LIST_REGISTERS = 4,
    ENCODINGS = 64, /* ICH registers have op0, op1 and CRn in common */
};

static const uint32_t candidates[] = {0, 1, 4, 16, 1000};

enum {
    KINDS = sizeof(candidates) / sizeof(candidates[0]),
};

/* The interface of one physical CPU */

static uint64_t registers[ENCODINGS];

static uint64_t read_register(void *machine, uint32_t cpu, uint32_t encoding)
{
    (void)machine, (void)cpu;
    return registers[(encoding - ICH_AP0R0_EL2) % ENCODINGS];
}

static void write_register(void *machine, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    (void)machine, (void)cpu;
    registers[(encoding - ICH_AP0R0_EL2) % ENCODINGS] = value;
}

static void stop(void *machine, uint32_t cpu)
{
    machine_die("vCPU %u is in its guest, and has %p", cpu, machine);
}

/* A vCPU with @p pending SPIs that pend, in its guest. */
static Subject hyp_subject(uint32_t pending, bool single_threaded)
{
    VgicConfig config = machine_config(1, single_threaded);
    VgicHypHost hyp =
        VGIC_HYP_HOST_INIT(.read = read_register, .write = write_register, .stop = stop);
    VgicError *error = NULL;
    Vgic *gic;

    write_register(NULL, 0, ICH_VTR_EL2, 4ull << 29 | 4ull << 26 | 1 << 19 | (LIST_REGISTERS - 1));
    gic = vgic_hyp_new(&config, NULL, &hyp, NULL, &error);
    if (!gic) {
        machine_die("%s", vgic_error_message(error));
    }
    machine_set_up(gic, 1, DEAL_ONE);
    for (uint32_t i = 0; i < pending; i++) {
        vgic_spi_pulse(gic, machine_intid(machine_scattered(DEAL_ONE, 0, i)));
    }
    vgic_hyp_load(gic, 0, VGIC_HYP_GUEST);
    vgic_hyp_flush(gic, 0);
    return (Subject){.gic = gic};
}

/* An exit and an entry. */
static void hyp_loop(Subject *subject, uint32_t n)
{
    Vgic *gic = subject->gic;

    while (n--) {
        vgic_hyp_sync(gic, 0);
        vgic_hyp_flush(gic, 0);
    }
}

static void free_subject(Subject *subject)
{
    vgic_hyp_put(subject->gic, 0);
    vgic_free(subject->gic);
}

void hyp_time(void)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        LimitCpu *limit = machine_limit();
        Contender contenders[] = {
            {"yardstick", limit_loop, spi_injected(NULL, limit, DEAL_ONE, 0, 1), 0},
            {"libvgic", hyp_loop, hyp_subject(candidates[i], false), 0},
            {"single-threaded", hyp_loop, hyp_subject(candidates[i], true), 0},
        };
        char row[64];

        snprintf(row, sizeof(row), "hyp, %u candidates", candidates[i]);
        contend(row, contenders, 3, ROUND_OPERATIONS / 4);
        limit_free(limit);
        free_subject(&contenders[1].subject);
        free_subject(&contenders[2].subject);
    }
}

bool hyp_count(const char *operation, uint32_t n)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        char name[64];

        snprintf(name, sizeof(name), "exit and entry, %u candidates", candidates[i]);
        if (strcmp(operation, name) == 0) {
            Subject subject = hyp_subject(candidates[i], false);

            hyp_loop(&subject, n);
            free_subject(&subject);
            return true;
        }
    }
    return false;
}

void hyp_list(void)
{
    printf("2000 22000 yardstick of 1 list registers\n");
    for (uint32_t i = 0; i < KINDS; i++) {
        printf("2000 22000 exit and entry, %u candidates\n", candidates[i]);
    }
}
