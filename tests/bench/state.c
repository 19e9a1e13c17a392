/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole GIC saved and loaded with 65,536 LPIs pending, beside a copy of the saved bytes. */
#include "its.h"
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPERATIONS = 3, /* of one round */
};

/* `its` is saved, and loaded into. */
typedef struct Saved {
    void *bytes, *copy;
    size_t size;
} Saved;

static Saved saved;

static void *save(ItsMachine *machine, size_t *size)
{
    VgicError *error = NULL;
    void *bytes = vgic_save(machine->gic, size, &error);

    if (!bytes) {
        machine_die("%s", vgic_error_message(error));
    }
    return bytes;
}

static void load(ItsMachine *machine)
{
    VgicError *error = NULL;

    if (!vgic_load(machine->gic, saved.bytes, saved.size, &error)) {
        machine_die("%s", vgic_error_message(error));
    }
}

static void copy_loop(Subject *subject, uint32_t n)
{
    (void)subject;
    while (n--) {
        memcpy(saved.copy, saved.bytes, saved.size);
        __asm__ volatile("" ::"r"(saved.copy) : "memory");
    }
}

static void save_loop(Subject *subject, uint32_t n)
{
    size_t size;

    while (n--) {
        vgic_state_free(save(subject->its, &size));
    }
}

static void load_loop(Subject *subject, uint32_t n)
{
    while (n--) {
        load(subject->its);
    }
}

static ItsMachine *set_up(ItsMachineOptions options)
{
    ItsMachine *machine = its_machine_new(4096, 16, options);

    for (uint32_t i = 0; i < machine->lpis; i++) {
        its_machine_msi(machine, its_machine_scattered(machine, i));
    }
    saved.bytes = save(machine, &saved.size);
    saved.copy = malloc(saved.size);
    if (!saved.copy) {
        machine_die("not enough memory");
    }
    memcpy(saved.copy, saved.bytes, saved.size);
    return machine;
}

static void tear_down(ItsMachine *machine)
{
    free(saved.copy);
    vgic_state_free(saved.bytes);
    its_machine_free(machine);
}

/* What was loaded is what was saved. */
static void check(ItsMachine *loaded)
{
    size_t size;
    void *again = save(loaded, &size);

    if (size != saved.size || memcmp(again, saved.bytes, size) != 0) {
        machine_die("a loaded state is not the saved one when it is saved again");
    }
    vgic_state_free(again);
}

static void time_of(const char *row, ItsMachineOptions options)
{
    ItsMachine *machine = set_up(options), *twin = its_machine_twin(machine);
    Contender contenders[] = {
        {"memcpy", copy_loop, {0}, 0},
        {"save", save_loop, {.its = machine}, 0},
        {"load", load_loop, {.its = twin}, 0},
    };

    load(twin);
    check(twin);
    contend(row, contenders, 3, OPERATIONS);
    check(twin);
    print(row, "saved", "bytes", (double)saved.size);
    its_machine_free(twin);
    tear_down(machine);
}

/* @p operation without the generation's prefix. */
static bool count_of(const char *operation, ItsMachineOptions options, uint32_t n)
{
    ItsMachine *machine;
    Subject subject;
    Loop *loop = strcmp(operation, "state memcpy") == 0 ? copy_loop
                 : strcmp(operation, "state save") == 0 ? save_loop
                 : strcmp(operation, "state load") == 0 ? load_loop
                                                        : NULL;

    if (!loop) {
        return false;
    }
    machine = set_up(options);
    subject = (Subject){.its = machine};
    loop(&subject, n);
    tear_down(machine);
    return true;
}

void state_time(void)
{
    time_of("state", ITS_MACHINE);
}

void state5_time(void)
{
    time_of("v5 state", ITS_V5);
}

bool state_count(const char *operation, uint32_t n)
{
    return count_of(operation, ITS_MACHINE, n);
}

bool state5_count(const char *operation, uint32_t n)
{
    return strncmp(operation, "v5 ", 3) == 0 && count_of(operation + 3, ITS_V5, n);
}

void state_list(void)
{
    printf("2 12 state memcpy\n2 12 state save\n2 12 state load\n");
}

void state5_list(void)
{
    printf("2 12 v5 state memcpy\n2 12 v5 state save\n2 12 v5 state load\n");
}
