/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the saved states that tests/golden keeps of each format version: run it when the format
 * gets a new version, never to make a test of old states pass.
 *
 *     make-golden FOLDER VERSION
 *
 * For each machine NAME and moment: FOLDER/vVERSION-NAME-MOMENT.state, and beside it in
 * .interrupts what its PEs then take, in turn, a line each.
 */
#include "states.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
    "v3-1cpu",
    "v3-4cpu",
    "v3-4cpu-secure",
    "v3-2cpu-secure-noel3",
    "v3-4bit",
    "v3-8bit-secure",
    "v3-ext-secure",
    "v3-odd-affinity",
    "v3-5cpu-options-secure",
    "v3-2cpu-plain",
    "v3-2cpu-lpi-direct",
    "v3-4cpu-its",
    "v3-3cpu-its-options",
};

typedef struct Moment {
    const char *name;
    unsigned steps;
} Moment;

static const Moment moments[] = {{"reset", 0}, {"pending", 4}, {"busy", MAKE_STEPS}};

static FILE *create(const char *folder, const char *version, const Machine *m, const Moment *moment,
                    const char *kind)
{
    char path[1000];

    snprintf(path, sizeof(path), "%s/v%s-%s-%s.%s", folder, version, m->name, moment->name, kind);
    FILE *file = fopen(path, "wb");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static void write_one(const char *folder, const char *version, const MachineType *type,
                      const Moment *moment)
{
    Machine *m = machine_new_of_type(type);
    static uint32_t intids[MAX_DRAINED];

    make_busy(m, moment->steps);
    State state = state_of(m);
    FILE *file = create(folder, version, m, moment, "state");
    fwrite(state.bytes, 1, state.size, file);
    fclose(file);
    file = create(folder, version, m, moment, "interrupts");
    const unsigned count = drain(m, intids, MAX_DRAINED);
    for (unsigned i = 0; i < count; i++) {
        fprintf(file, "%" PRIu32 "\n", intids[i]);
    }
    fclose(file);
    state_free(&state);
    machine_free(m);
}

static void write_all(const char *folder, const char *version)
{
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        for (unsigned j = 0; j < machine_type_count; j++) {
            for (unsigned k = 0; k < 3 && !strcmp(names[i], machine_types[j].name); k++) {
                write_one(folder, version, &machine_types[j], &moments[k]);
            }
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s FOLDER VERSION\n", argv[0]);
        return 1;
    }
    write_all(argv[1], argv[2]);
    return 0;
}
