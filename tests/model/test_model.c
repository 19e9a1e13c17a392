/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random sequences on random machines: after every step the library must look like the reference.
 * On a difference, the shortest history that still shows it is printed.
 */
#include "operations.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONGEST = 3000,
    DEFAULT_STEPS = 100000
};

/* What has to be equal for a replay to count as equal. */
typedef enum Depth {
    DEPTH_STEP,
    DEPTH_REGISTERS
} Depth;

typedef enum Mode {
    MODE_PLAIN,
    MODE_LPIS,
    MODE_VIRTUAL
} Mode;

typedef struct History {
    Machine machine;
    Operation operations[LONGEST];
    uint32_t count;
} History;

typedef struct Totals {
    uint64_t count[REF_COUNT_END];
    uint64_t kinds[OP_KIND_END];
    uint64_t steps, machines, reports;
} Totals;

static bool compare_all(Pair *pair, char *why)
{
    return pair_compare_registers(pair, why) && pair_compare_states(pair, why);
}

/* Runs a history on a new pair; true if the two still differ. */
static bool differs(History *history, const bool *dropped, Depth depth, char *why)
{
    uint64_t count[REF_COUNT_END] = {0}, value;
    Pair pair;
    if (!pair_open(&pair, &history->machine, count, why)) {
        return true;
    }
    /* also before: looking sets GICD_STATUSR */
    bool equal = depth == DEPTH_STEP || pair_compare_registers(&pair, why);
    for (uint32_t i = 0; i < history->count && equal; i++) {
        if (!dropped[i]) {
            equal = pair_run(&pair, &history->operations[i], &value, why) &&
                    pair_compare_interrupts(&pair, why) && pair_compare_translations(&pair, why);
        }
    }
    if (equal && depth == DEPTH_REGISTERS) {
        equal = compare_all(&pair, why);
    }
    pair_close(&pair);
    return !equal;
}

/* A history that fails in another way is another story. */
static bool same_kind(const char *a, const char *b)
{
    static const char digits[] = "0123456789";
    while (*a && *b) {
        a += strspn(a, digits);
        b += strspn(b, digits);
        if (*a != *b) {
            return false;
        }
        a += *a != '\0';
        b += *b != '\0';
    }
    return *a == *b;
}

/* Drops ever smaller runs of operations while the difference remains. */
static void shrink(History *history, Depth depth, bool *dropped, char *why)
{
    char attempt[WHY_SIZE];
    bool again = true;
    while (again) {
        again = false;
        for (uint32_t run = history->count; run; run /= 2) {
            for (uint32_t first = 0; first < history->count; first += run) {
                bool saved[LONGEST];
                memcpy(saved, dropped, sizeof(saved));
                bool any = false;
                for (uint32_t i = first; i < first + run && i < history->count; i++) {
                    any |= !dropped[i];
                    dropped[i] = true;
                }
                if (any && differs(history, dropped, depth, attempt) && same_kind(why, attempt)) {
                    memcpy(why, attempt, WHY_SIZE);
                    again = true;
                } else {
                    memcpy(dropped, saved, sizeof(saved));
                }
            }
        }
    }
}

static void report(History *history, Depth depth, char *why)
{
    static bool dropped[LONGEST];
    memset(dropped, 0, sizeof(dropped));
    fprintf(stderr, "after %u operations: %s\nshrinking ...\n", history->count, why);
    char found[WHY_SIZE];
    if (differs(history, dropped, depth, found)) {
        memcpy(why, found, WHY_SIZE);
        shrink(history, depth, dropped, why);
    } else {
        fprintf(stderr, "a replay does not show it: the library's answers are not determined\n");
    }
    machine_print(&history->machine, stderr);
    for (uint32_t i = 0, n = 1; i < history->count; i++) {
        if (!dropped[i]) {
            fprintf(stderr, "%3u. ", n++);
            operation_print(&history->operations[i], stderr);
        }
    }
    fprintf(stderr, "=> %s\n", why);
}

/* One machine from reset to the end of its history. */
static bool run_machine(History *history, Random *random, uint32_t steps, Mode mode, Totals *totals)
{
    char why[WHY_SIZE];
    Pair pair;
    Generator generator;
    machine_random(&history->machine, random);
    if (mode == MODE_LPIS) {
        machine_random_lpis(&history->machine, random);
    } else if (mode == MODE_VIRTUAL) {
        machine_random_virtual(&history->machine, random);
    }
    history->count = 0;
    if (!pair_open(&pair, &history->machine, totals->count, why)) {
        report(history, DEPTH_STEP, why);
        return false;
    }
    generator_init(&generator, random, machine_config(&history->machine));
    bool equal = pair_compare_registers(&pair, why);
    Depth depth = equal ? DEPTH_STEP : DEPTH_REGISTERS;
    while (equal && history->count < steps) {
        Operation *operation = &history->operations[history->count++];
        uint64_t value;
        generator_next(&generator, pair.ref, operation);
        equal = pair_run(&pair, operation, &value, why);
        generator_note(&generator, operation, value);
        totals->kinds[operation->kind]++;
        if (equal && random_percent(random, 10)) {
            equal = pair_compare_interrupts(&pair, why) && pair_compare_translations(&pair, why);
        }
        if (equal && (random_below(random, 1000) == 0 || history->count == steps)) {
            equal = compare_all(&pair, why);
            depth = equal ? DEPTH_STEP : DEPTH_REGISTERS;
        }
    }
    totals->steps += history->count;
    totals->machines++;
    totals->reports += pair.lib.reports;
    pair_close(&pair);
    if (!equal) {
        report(history, depth, why);
    }
    return equal;
}

/* What can happen on the machines of a mode. */

static bool wants_kind(int kind, Mode mode)
{
    return kind < OP_LPIS || mode == MODE_LPIS || (kind == OP_SAVE && mode == MODE_VIRTUAL);
}

static bool wants_count(int count, Mode mode)
{
    if (count < REF_COUNT_VIRTUAL) {
        return true;
    }
    if (count < REF_COUNT_LPIS || count == REF_STATES_LOADED) {
        return mode == MODE_VIRTUAL || (count == REF_STATES_LOADED && mode == MODE_LPIS);
    }
    return mode == MODE_LPIS;
}

/* A test that never met a case did not test it. */
static bool print_totals(const Totals *totals, Mode mode, bool all_wanted)
{
    static const char *const kinds[] = {
        "frame reads",    "frame writes", "sysreg reads", "sysreg writes", "SPI levels",
        "SPI pulses",     "PPI levels",   "PPI pulses",   "state changes", "resets",
        "PE resets",      "firmware",     "MSIs",         "memory writes", "memory faults",
        "memory repairs", "saves"};
    bool complete = true;
    printf("%" PRIu64 " steps on %" PRIu64 " machines, %" PRIu64 " guest errors reported\n",
           totals->steps, totals->machines, totals->reports);
    for (int i = 0; i < OP_KIND_END; i++) {
        if (!wants_kind(i, mode)) {
            continue;
        }
        printf("  %-32s %10" PRIu64 "\n", kinds[i], totals->kinds[i]);
        complete &= totals->kinds[i] != 0;
    }
    for (int i = 0; i < REF_COUNT_END; i++) {
        if (!wants_count(i, mode)) {
            continue;
        }
        printf("  %-32s %10" PRIu64 "%s\n", ref_count_name((RefCount)i), totals->count[i],
               totals->count[i] ? "" : "  <- never");
        complete &= totals->count[i] != 0;
    }
    if (all_wanted && !complete) {
        fprintf(stderr, "some cases never happened: change the generator or the seed\n");
    }
    return complete || !all_wanted;
}

static _Noreturn void usage(int status)
{
    fprintf(status ? stderr : stdout,
            "Usage: test_model [--lpis | --virtual] [--seed N] [--steps N] [--machine-steps N]\n"
            "Compares the library with the reference over random sequences.\n"
            "  --lpis             machines with LPIs and ITSs\n"
            "  --virtual          machines with EL2: hypervisors and their guests\n"
            "  --seed N           start of the random numbers (default 1)\n"
            "  --steps N          operations in all (default %d; by hand 10000000)\n"
            "  --machine-steps N  operations a machine, at most %d (default: random)\n",
            DEFAULT_STEPS, LONGEST);
    exit(status);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"seed", required_argument, NULL, 's'},
                                            {"steps", required_argument, NULL, 'n'},
                                            {"machine-steps", required_argument, NULL, 'm'},
                                            {"lpis", no_argument, NULL, 'l'},
                                            {"virtual", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    uint64_t seed = 1, steps = DEFAULT_STEPS, fixed = 0;
    Mode mode = MODE_PLAIN;
    for (int c; (c = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        switch (c) {
        case 's':
            seed = strtoull(optarg, NULL, 0);
            break;
        case 'n':
            steps = strtoull(optarg, NULL, 0);
            break;
        case 'l':
            mode = MODE_LPIS;
            break;
        case 'v':
            mode = MODE_VIRTUAL;
            break;
        case 'm':
            fixed = strtoull(optarg, NULL, 0);
            break;
        default:
            usage(c != 'h');
        }
    }
    static const char *const arguments[] = {"", " --lpis", " --virtual"};
    static History history;
    static Totals totals;
    printf("seed %" PRIu64 "\n", seed);
    for (uint64_t machine = 0; totals.steps < steps; machine++) {
        /* each machine from a seed of its own, so that one can be run again alone */
        Random random = {(seed + machine) * 0x9E3779B97F4A7C15 | 1};
        random_next(&random);
        uint32_t length = 300 + random_below(&random, LONGEST - 300);
        length = fixed && fixed < LONGEST ? (uint32_t)fixed : length;
        if (!run_machine(&history, &random, length, mode, &totals)) {
            fprintf(stderr, "again: test_model%s --seed %" PRIu64 " --steps 1\n", arguments[mode],
                    seed + machine);
            return 1;
        }
        if (steps >= 1000000 && machine % 100 == 99) {
            fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " steps", totals.steps, steps);
        }
    }
    return print_totals(&totals, mode, steps >= DEFAULT_STEPS) ? 0 : 1;
}
