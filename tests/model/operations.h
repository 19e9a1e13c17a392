/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random machines, random operations, and running them on the library and the reference together.
 */
#ifndef TESTS_MODEL_OPERATIONS_H
#define TESTS_MODEL_OPERATIONS_H

#include "reference.h"

#include <stdio.h>

enum {
    PAIR_MAX_CPUS = 8,
    MAX_HOT = 10,
    WHY_SIZE = 512
};

/** xorshift64*: small, and the same on every machine. */
typedef struct Random {
    uint64_t state;
} Random;

uint64_t random_next(Random *random);
/** 0 to @p limit - 1. */
uint32_t random_below(Random *random, uint32_t limit);
/** True @p percent times in a hundred. */
bool random_percent(Random *random, uint32_t percent);

/** A configuration with its arrays. */
typedef struct Machine {
    VgicConfig config;
    uint64_t affinities[PAIR_MAX_CPUS];
    uint32_t regions[PAIR_MAX_CPUS];
} Machine;

/** Points the configuration at the arrays beside it. */
const VgicConfig *machine_config(Machine *machine);
void machine_random(Machine *machine, Random *random);
void machine_print(const Machine *machine, FILE *out);

typedef enum OperationKind {
    OP_FRAME_READ,
    OP_FRAME_WRITE,
    OP_SYSREG_READ,
    OP_SYSREG_WRITE,
    OP_SPI_LEVEL,
    OP_SPI_PULSE,
    OP_PPI_LEVEL,
    OP_PPI_PULSE,
    OP_STATE,
    OP_RESET,
    OP_CPU_RESET,
    OP_FIRMWARE,
    OP_KIND_END
} OperationKind;

/** One call, complete in itself: nothing in it depends on what came before. */
typedef struct Operation {
    OperationKind kind;
    uint32_t cpu, intid;
    bool level;
    VgicReset reset;
    char frame[8];
    VgicAttrs attrs;
    uint64_t offset, value;
    uint32_t size;
    uint32_t encoding;
    VgicCpuState state;
} Operation;

void operation_print(const Operation *operation, FILE *out);

/** What the generator of one machine's operations remembers. */
typedef struct Generator {
    Random *random;
    const VgicConfig *config;
    uint32_t hot[MAX_HOT], hot_count; /* the INTIDs that most operations are about */
    uint8_t levels[4];                /* the priorities that most interrupts get */
    bool may_set_ds, legal_traps;
    uint32_t acked[PAIR_MAX_CPUS][32], depth[PAIR_MAX_CPUS];
    uint32_t start; /* operations of the opening still to come */
} Generator;

void generator_init(Generator *generator, Random *random, const VgicConfig *config);
/** The next operation, biased by what @p ref shows so that much happens. */
void generator_next(Generator *generator, RefGic *ref, Operation *operation);
/** Tells the generator how @p operation ended. */
void generator_note(Generator *generator, const Operation *operation, uint64_t value);

/** The library's GIC and the reference. */
typedef struct Pair {
    Vgic *gic;
    RefGic *ref;
    uint32_t told; /* PEs of which lines_changed told during the operation, as bits */
    uint64_t reports;
} Pair;

bool pair_open(Pair *pair, Machine *machine, uint64_t *count, char *why);
void pair_close(Pair *pair);
/** Runs @p operation on both and compares results, values and output lines. */
bool pair_run(Pair *pair, const Operation *operation, uint64_t *value, char *why);
/** Compares what is told of every interrupt. */
bool pair_compare_interrupts(Pair *pair, char *why);
/** Compares every register that can be read without consequence. */
bool pair_compare_registers(Pair *pair, char *why);

#endif
