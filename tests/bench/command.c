/* SPDX-License-Identifier: BSD-2-Clause */
/* ITS commands: 65,536 events of 4,096 devices are mapped, 4,096 LPIs pend. For information. */
#include "its.h"
#include "rows.h"

#include <stdio.h>
#include <string.h>

enum {
    DEVICES = 4096,
    EVENTS = 16,
    PENDING = 4096,
    MOVI = 0x01,
    INT = 0x03,
    CLEAR = 0x04,
    SYNC = 0x05,
    MAPTI = 0x0A,
    INV = 0x0C,
    INVALL = 0x0D,
    DISCARD = 0x0F,
};

/* Kinds of command; those with two opcodes alternate, so that each does its work. */
static const struct Kind {
    const char *name;
    uint32_t opcode[2];
    uint32_t operations; /* of one round */
} kinds[] = {
    {"SYNC", {SYNC, SYNC}, 20000},
    {"INT, CLEAR", {INT, CLEAR}, 20000},
    {"MAPTI, DISCARD", {DISCARD, MAPTI}, 20000},
    {"MOVI", {MOVI, MOVI}, 20000},
    {"INV", {INV, INV}, 20000},
    {"INVALL", {INVALL, INVALL}, 10},
};

enum {
    KINDS = sizeof(kinds) / sizeof(kinds[0]),
};

/* Every other LPI, the second time with the other opcode. Those of injected LPIs stay out of it:
 * they have even numbers. */
static void command(ItsMachine *machine, uint32_t opcode, uint32_t lpi, uint32_t collection)
{
    uint64_t device = its_machine_device(machine, lpi), event = its_machine_event(machine, lpi);

    its_machine_command(machine, opcode | (opcode == SYNC || opcode == INVALL ? 0 : device << 32),
                        opcode == SYNC || opcode == INVALL
                            ? 0
                            : event | (uint64_t)(opcode == MAPTI ? ITS_FIRST_LPI + lpi : 0) << 32,
                        collection);
}

static void command_loop(Subject *subject, uint32_t n)
{
    const struct Kind *kind = &kinds[subject->encoding];

    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = subject->next++, step = at % 2, lpi = at / 2 * 2 % ITS_MAX_LPIS + 1;
        /* To collection 1 and back again. */
        uint32_t collection = kind->opcode[0] == MOVI ? !step : 0;

        command(subject->its, kind->opcode[step], lpi, collection);
    }
    its_machine_run(subject->its);
}

static Subject command_subject(uint32_t kind)
{
    ItsMachine *machine = its_machine_new(DEVICES, EVENTS, ITS_MACHINE);

    for (uint32_t i = 0; i < PENDING; i++) {
        its_machine_msi(machine, i * 2 % ITS_MAX_LPIS);
    }
    return (Subject){.its = machine, .encoding = kind};
}

void command_time(void)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        Contender contender = {kinds[i].name, command_loop, command_subject(i), 0};

        contend("command", &contender, 1, kinds[i].operations);
        its_machine_free(contender.subject.its);
    }
}

bool command_count(const char *operation, uint32_t n)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        char name[64];

        snprintf(name, sizeof(name), "command %s", kinds[i].name);
        if (strcmp(operation, name) == 0) {
            Subject subject = command_subject(i);

            command_loop(&subject, n);
            its_machine_free(subject.its);
            return true;
        }
    }
    return false;
}

void command_list(void)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        printf("%u %u command %s\n", kinds[i].operations / 10, kinds[i].operations, kinds[i].name);
    }
}
