/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the saved states that tests/golden keeps of each format version: run it when the format
 * gets a new version, or with a MACHINE for one that was added to the list below; never to make a
 * test of old states pass.
 *
 *     make-golden FOLDER VERSION [MACHINE]
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
    "v3-2cpu-el2",
    "v3-2cpu-nmi",
    "v3-2cpu-el2-nmi-8bit",
    "v3-4cpu-el2-el3-secure",
    "v3-3cpu-el2-el3-nmi-secure",
    "v3-2cpu-el2-ppi25",
    "v3-2cpu-el2-nmi-ppi25-secure",
    "v5-1cpu",
    "v5-2cpu-el3",
    "v5-4cpu-realm",
    "v5-4cpu-two-irs",
    "v5-2cpu-options",
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

static void write_machine(const char *folder, const char *version, const char *name)
{
    for (unsigned i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        write_one(folder, version, state_machine(name), &moments[i]);
    }
}

int main(int argc, char **argv)
{
    bool found = false;

    if (argc != 3 && argc != 4) {
        fprintf(stderr, "usage: %s FOLDER VERSION [MACHINE]\n", argv[0]);
        return 1;
    }
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (argc == 3 || !strcmp(argv[3], names[i])) {
            write_machine(argv[1], argv[2], names[i]);
            found = true;
        }
    }
    if (!found) {
        fprintf(stderr, "%s: no machine '%s' in its list\n", argv[0], argv[3]);
    }
    return !found;
}
