/* SPDX-License-Identifier: BSD-2-Clause */
/* One access to a register of the CPU interface. */
#include "registers.h"
#include "rows.h"

#include <stdio.h>
#include <string.h>
#include <vgic/registers.h>

static const RegisterOperation operations[] = {
    {"ICC_SRE_EL1 read", ICC_SRE_EL1, false, {0}, NULL},
    {"ICC_SRE_EL1 write", ICC_SRE_EL1, true, {7, 7}, NULL},
    {"ICC_PMR_EL1 read", ICC_PMR_EL1, false, {0}, NULL},
    {"ICC_PMR_EL1 write", ICC_PMR_EL1, true, {0xF0, 0xA0}, NULL},
    {"ICC_RPR_EL1 read", ICC_RPR_EL1, false, {0}, NULL},
    {"ICC_HPPIR1_EL1 read", ICC_HPPIR1_EL1, false, {0}, NULL},
    {"ICC_IAR1_EL1 read, spurious", ICC_IAR1_EL1, false, {0}, NULL},
    {"ICC_BPR1_EL1 read", ICC_BPR1_EL1, false, {0}, NULL},
    {"ICC_BPR1_EL1 write", ICC_BPR1_EL1, true, {3, 5}, NULL},
    {"ICC_CTLR_EL1 read", ICC_CTLR_EL1, false, {0}, NULL},
    {"ICC_CTLR_EL1 write", ICC_CTLR_EL1, true, {0, 2}, NULL},
    {"ICC_IGRPEN1_EL1 read", ICC_IGRPEN1_EL1, false, {0}, NULL},
    {"ICC_IGRPEN1_EL1 write", ICC_IGRPEN1_EL1, true, {1, 0}, NULL},
    {"ICC_AP1R0_EL1 read", ICC_AP1R0_EL1, false, {0}, NULL},
};

static Vgic *new_machine(bool single_threaded)
{
    return machine_new(1, DEAL_ONE, single_threaded);
}

static const RegisterSet set = {
    .row = "register",
    .state = &machine_el1,
    .machine = new_machine,
    .operations = operations,
    .count = sizeof(operations) / sizeof(operations[0]),
};

static void lock_loop(Subject *subject, uint32_t n)
{
    while (n--) {
        limit_touch(subject->limit);
    }
}

static void read_loop(Subject *subject, uint32_t n)
{
    const VgicCpuState *state = subject->state;
    uint64_t value;

    while (n--) {
        vgic_sysreg_read(subject->gic, subject->cpu, state, subject->encoding, &value);
    }
}

static void write_loop(Subject *subject, uint32_t n)
{
    const VgicCpuState *state = subject->state;

    while (n--) {
        vgic_sysreg_write(subject->gic, subject->cpu, state, subject->encoding,
                          subject->values[n & 1]);
    }
}

static Contender contender_of(const RegisterSet *which, Vgic *gic, uint32_t i)
{
    const RegisterOperation *op = &which->operations[i];
    Subject subject = {.gic = gic,
                       .state = op->state ? op->state : which->state,
                       .encoding = op->encoding,
                       .values = {op->values[0], op->values[1]}};

    return (Contender){op->name, op->write ? write_loop : read_loop, subject, op->write};
}

static void time_registers(const RegisterSet *which, bool single_threaded)
{
    Vgic *gic = which->machine(single_threaded);
    LimitCpu *limit = machine_limit();
    Contender contenders[MAX_CONTENDERS];
    char row[64];

    for (uint32_t i = 0; i < which->count; i++) {
        contenders[i] = contender_of(which, gic, i);
    }
    contenders[which->count] = (Contender){"lock", lock_loop, {.limit = limit}, which->count};
    snprintf(row, sizeof(row), "%s%s", which->row, single_threaded ? ", single-threaded" : "");
    contend(row, contenders, which->count + 1, ROUND_OPERATIONS);
    limit_free(limit);
    vgic_free(gic);
}

void registers_time(const RegisterSet *which)
{
    time_registers(which, false);
    time_registers(which, true);
}

bool registers_count(const RegisterSet *which, const char *operation, uint32_t n)
{
    for (uint32_t i = 0; i < which->count; i++) {
        if (strcmp(operation, which->operations[i].name) == 0) {
            Contender contender = contender_of(which, which->machine(false), i);

            contender.loop(&contender.subject, n);
            vgic_free(contender.subject.gic);
            return true;
        }
    }
    return false;
}

void registers_list(const RegisterSet *which)
{
    for (uint32_t i = 0; i < which->count; i++) {
        printf("2000 22000 %s\n", which->operations[i].name);
    }
}

bool register_count(const char *operation, uint32_t n)
{
    return registers_count(&set, operation, n);
}

void register_list(void)
{
    registers_list(&set);
}

void register_time(void)
{
    registers_time(&set);
}
