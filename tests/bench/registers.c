/* SPDX-License-Identifier: BSD-2-Clause */
/* One access to a register of the CPU interface. */
#include "rows.h"

#include <stdio.h>
#include <string.h>
#include <vgic/registers.h>

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

static Subject register_subject(Vgic *gic, const RegisterOperation *op)
{
    return (Subject){
        .gic = gic, .encoding = op->encoding, .values = {op->values[0], op->values[1]}};
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
    contend(row, contenders, REGISTER_OPERATIONS + 3, ROUND_OPERATIONS);
    limit_free(limit);
    vgic_free(gic);
}

static bool count_one(const RegisterOperation *op, const char *operation, uint32_t n)
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

bool register_count(const char *operation, uint32_t n)
{
    if (count_one(&empty_read, operation, n) || count_one(&empty_write, operation, n)) {
        return true;
    }
    for (uint32_t i = 0; i < REGISTER_OPERATIONS; i++) {
        if (count_one(&register_operations[i], operation, n)) {
            return true;
        }
    }
    return false;
}

void register_list(void)
{
    printf("2000 22000 %s\n2000 22000 %s\n", empty_read.name, empty_write.name);
    for (uint32_t i = 0; i < REGISTER_OPERATIONS; i++) {
        printf("2000 22000 %s\n", register_operations[i].name);
    }
}

void register_time(void)
{
    time_registers("register", false);
    time_registers("register, single-threaded", true);
}
