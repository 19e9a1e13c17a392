/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random sequences on random GICv5 machines: after every step the library must look like the
 * reference. On a difference, the shortest history that still shows it is printed.
 */
#include "operations.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    LONGEST = 3000,
    DEFAULT_STEPS = 200000,
    REGISTERS_EACH = 500 /* steps, on average */
};

/* What has to be equal for a replay to count as equal. */
typedef enum Depth {
    DEPTH_STEP,
    DEPTH_REGISTERS
} Depth;

typedef struct History {
    Machine machine;
    Operation operations[LONGEST];
    uint32_t count;
} History;

typedef struct Totals {
    uint64_t count[COUNT_END];
    uint64_t kinds[OP_KIND_END];
    uint64_t steps, machines;
} Totals;

static const char *const kind_names[OP_KIND_END] = {
    "frame read", "frame write", "sysreg read", "sysreg write", "SPI level", "SPI pulse",
    "PPI level",  "PPI pulse",   "state",       "reset",        "PE reset",  "firmware",
    "memory",     "fault",       "heal",        "save",         "MSI",       "wire"};

/* The name of a register, from the tables that the library gives out. */
static const char *sysreg_name(const Vgic *gic, uint32_t encoding)
{
    const VgicSysreg *reg;
    for (uint32_t i = 0; gic && (reg = vgic_sysreg_at(gic, i)); i++) {
        if (reg->encoding == encoding) {
            return reg->name;
        }
    }
    return "?";
}

static const char *register_name(const Vgic *gic, const Operation *op)
{
    const VgicFrame *frame = gic ? vgic_frame(gic, op->frame) : NULL;
    const VgicRegister *reg;
    for (uint32_t i = 0; frame && (reg = vgic_frame_register(frame, i)); i++) {
        uint32_t end = reg->offset + (reg->count > 1 ? reg->count * reg->stride : reg->width / 8u);
        if (op->offset >= reg->offset && op->offset < end) {
            return reg->name;
        }
    }
    return "?";
}

static void print_operation(const Vgic *gic, const Operation *op, FILE *out)
{
    fprintf(out, "%s ", kind_names[op->kind]);
    switch (op->kind) {
    case OP_FRAME_READ:
    case OP_FRAME_WRITE:
        fprintf(out, "%s %s (+0x%" PRIx64 ") attrs 0x%" PRIx64 " size %u value 0x%" PRIx64,
                op->frame, register_name(gic, op), op->offset, op->attrs, op->size, op->value);
        break;
    case OP_SYSREG_READ:
    case OP_SYSREG_WRITE:
        fprintf(out,
                "PE %u EL%u space %u scr 0x%" PRIx64 " sctlr 0x%" PRIx64 "%s: %s (0x%x) 0x%" PRIx64,
                op->cpu, op->state.el, op->state.space, op->state.scr_el3, op->state.sctlr,
                op->state.aarch32 ? " aarch32" : "", sysreg_name(gic, op->encoding), op->encoding,
                op->value);
        break;
    case OP_STATE:
        fprintf(out, "PE %u: EL%u space %u", op->cpu, op->state.el, op->state.space);
        break;
    case OP_MEMORY:
        fprintf(out, "space %u 0x%" PRIx64 " = 0x%016" PRIx64, op->space, op->address, op->value);
        break;
    case OP_FAULT:
        fprintf(out, "space %u 0x%" PRIx64 ": %u", op->space, op->address, op->faults);
        break;
    case OP_MSI:
        fprintf(out, "%s device 0x%x event 0x%x", op->frame, op->device, op->event);
        break;
    default:
        fprintf(out, "%s PE %u id %u level %d reset %d", op->frame, op->cpu, op->id, op->level,
                op->reset);
        break;
    }
    fputc('\n', out);
}

/* Runs a history on a new pair; true if the two still differ. */
static bool differs(History *history, const bool *dropped, Depth depth, char *why)
{
    uint64_t count[COUNT_END] = {0};
    Pair pair;
    if (!pair_open(&pair, &history->machine, count, why)) {
        return true;
    }
    bool equal = true;
    for (uint32_t i = 0; i < history->count && equal; i++) {
        if (!dropped[i]) {
            equal = pair_run(&pair, &history->operations[i], why) &&
                    pair_compare_interrupts(&pair, why);
        }
    }
    if (equal && depth == DEPTH_REGISTERS) {
        equal = pair_compare_registers(&pair, why);
    }
    pair_close(&pair);
    return !equal;
}

/* A history that fails in another way is another story. */
static bool same_kind(const char *a, const char *b)
{
    static const char digits[] = "0123456789abcdefx";
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
    uint64_t count[COUNT_END] = {0};
    char found[WHY_SIZE], ignored[WHY_SIZE];
    Pair pair;
    memset(dropped, 0, sizeof(dropped));
    fprintf(stderr, "after %u operations: %s\nshrinking ...\n", history->count, why);
    if (differs(history, dropped, depth, found)) {
        memcpy(why, found, WHY_SIZE);
        shrink(history, depth, dropped, why);
    } else {
        fprintf(stderr, "a replay does not show it: the library's answers are not determined\n");
    }
    machine_print(&history->machine, stderr);
    bool open = pair_open(&pair, &history->machine, count, ignored);
    for (uint32_t i = 0, n = 1; i < history->count; i++) {
        if (!dropped[i]) {
            fprintf(stderr, "%3u. ", n++);
            print_operation(open ? pair.lib->gic : NULL, &history->operations[i], stderr);
        }
    }
    fprintf(stderr, "=> %s\n", why);
    if (open) {
        pair_close(&pair);
    }
}

/* One machine from reset to the end of its history. */
static bool run_machine(History *history, Random *random, uint32_t kind, uint32_t steps,
                        Totals *totals)
{
    char why[WHY_SIZE];
    Pair pair;
    static Generator generator;
    machine_random(&history->machine, random, kind);
    history->count = 0;
    if (!pair_open(&pair, &history->machine, totals->count, why)) {
        fprintf(stderr, "%s\n", why);
        machine_print(&history->machine, stderr);
        return false;
    }
    generator_init(&generator, random, &history->machine, pair.ref);
    bool equal = pair_compare_registers(&pair, why);
    Depth depth = equal ? DEPTH_STEP : DEPTH_REGISTERS;
    while (equal && history->count < steps) {
        Operation *operation = &history->operations[history->count++];
        generator_next(&generator, operation);
        equal = pair_run(&pair, operation, why);
        generator_note(&generator, operation);
        totals->kinds[operation->kind]++;
        if (equal && random_percent(random, 10)) {
            equal = pair_compare_interrupts(&pair, why);
        }
        if (equal && (random_below(random, REGISTERS_EACH) == 0 || history->count == steps)) {
            equal = pair_compare_registers(&pair, why);
            depth = equal ? DEPTH_STEP : DEPTH_REGISTERS;
        }
    }
    totals->steps += history->count;
    totals->machines++;
    pair_close(&pair);
    if (!equal) {
        report(history, depth, why);
    }
    return equal;
}

/* A test that never met a case did not test it. */
static bool print_totals(const Totals *totals, bool all_wanted)
{
    bool complete = true;
    printf("%" PRIu64 " steps on %" PRIu64 " machines\n", totals->steps, totals->machines);
    for (int i = 0; i < OP_KIND_END; i++) {
        printf("  %-32s %10" PRIu64 "\n", kind_names[i], totals->kinds[i]);
        complete &= totals->kinds[i] != 0;
    }
    for (int i = 0; i < COUNT_END; i++) {
        printf("  %-32s %10" PRIu64 "%s\n", count_name((Count)i), totals->count[i],
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
            "Usage: test_model5 [--kind NAME] [--seed N] [--steps N] [--machine-steps N]\n"
            "Compares the library's GICv5 with the reference over random sequences.\n"
            "  --kind NAME        this kind of machine only:\n"
            "                    ");
    for (uint32_t i = 0; i < machine_kinds; i++) {
        fprintf(status ? stderr : stdout, " %s", machine_kind_name(i));
    }
    fprintf(status ? stderr : stdout,
            "\n"
            "  --seed N           start of the random numbers (default 1)\n"
            "  --steps N          operations in all (default %d; by hand 10000000)\n"
            "  --machine-steps N  operations a machine, at most %d (default: random)\n",
            DEFAULT_STEPS, LONGEST);
    exit(status);
}

static uint32_t kind_called(const char *name)
{
    for (uint32_t i = 0; i < machine_kinds; i++) {
        if (!strcmp(name, machine_kind_name(i))) {
            return i;
        }
    }
    usage(1);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"seed", required_argument, NULL, 's'},
                                            {"steps", required_argument, NULL, 'n'},
                                            {"machine-steps", required_argument, NULL, 'm'},
                                            {"kind", required_argument, NULL, 'k'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    uint64_t seed = 1, steps = DEFAULT_STEPS, fixed = 0;
    uint32_t kind = machine_kinds;
    for (int c; (c = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        switch (c) {
        case 's':
            seed = strtoull(optarg, NULL, 0);
            break;
        case 'n':
            steps = strtoull(optarg, NULL, 0);
            break;
        case 'k':
            kind = kind_called(optarg);
            break;
        case 'm':
            fixed = strtoull(optarg, NULL, 0);
            break;
        default:
            usage(c != 'h');
        }
    }
    static History history;
    static Totals totals;
    printf("seed %" PRIu64 "\n", seed);
    for (uint64_t machine = 0; totals.steps < steps; machine++) {
        /* each machine from a seed of its own, so that one can be run again alone */
        uint32_t this_kind =
            kind < machine_kinds ? kind : (uint32_t)((seed + machine) % machine_kinds);
        Random random = {((seed + machine) * 64 + this_kind) * 0x9E3779B97F4A7C15 | 1};
        for (uint32_t i = 0; i < 16; i++) {
            random_next(&random);
        }
        uint32_t length = 300 + random_below(&random, LONGEST - 300);
        length = fixed && fixed < LONGEST ? (uint32_t)fixed : length;
        if (!run_machine(&history, &random, this_kind, length, &totals)) {
            fprintf(stderr, "again: test_model5 --kind %s --seed %" PRIu64 " --steps 1\n",
                    machine_kind_name(this_kind), seed + machine);
            return 1;
        }
        if (steps >= 1000000 && machine % 100 == 99) {
            fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " steps", totals.steps, steps);
        }
    }
    return print_totals(&totals, kind == machine_kinds && steps >= DEFAULT_STEPS) ? 0 : 1;
}
