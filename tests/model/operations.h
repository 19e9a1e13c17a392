/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random machines, random operations, and running them on the library and the reference together.
 */
#ifndef TESTS_MODEL_OPERATIONS_H
#define TESTS_MODEL_OPERATIONS_H

#include "memory.h"
#include "reference.h"

#include <stdio.h>

#include <vgic/state.h>

enum {
    PAIR_MAX_CPUS = 8,
    MAX_HOT = 10,
    MAX_PLAN = 256,
    MAX_ITS = 3,
    MAX_PLACES = 32,
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
    uint64_t redist_addresses[PAIR_MAX_CPUS];
    bool sliced; /* the host offers to call vgic_work() */
    bool saved_each_step;
} Machine;

/** Points the configuration at the arrays beside it. */
const VgicConfig *machine_config(Machine *machine);
void machine_random(Machine *machine, Random *random);
/** Gives a random machine LPIs, and mostly ITSs. */
void machine_random_lpis(Machine *machine, Random *random);
/** Gives a random machine EL2. */
void machine_random_virtual(Machine *machine, Random *random);
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
    OP_LPIS, /* from here on with LPIs only */
    OP_MSI = OP_LPIS,
    OP_MEMORY, /* the guest writes its memory */
    OP_FAULT,
    OP_HEAL,
    OP_SAVE, /* and go on with what was saved beside the original; with EL2, too */
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
    uint32_t its, device, event;
    uint64_t address, words[4];
    unsigned faults;
    bool save_midway; /* if it leaves commands for vgic_work() */
} Operation;

void operation_print(const Operation *operation, FILE *out);

/** What the generator remembers of one ITS. */
typedef struct ItsPlan {
    uint32_t devices[6], events[8], collections[6];
    uint32_t itt[6];             /* which of its two places a device's ITT is in */
    bool itt_high;               /* that of the first device is beyond 48 bits */
    uint32_t level2;             /* level-2 pages given out */
    uint64_t level1[MAX_PLACES]; /* addresses of the level-1 entries that were written */
    uint32_t level1_count;
} ItsPlan;

typedef struct ItsGenerator {
    ItsPlan plan[MAX_ITS];
    uint32_t lpis[MAX_HOT];
    uint32_t pending_place[PAIR_MAX_CPUS];
    bool faulty;
    Operation todo[MAX_PLAN]; /* made together, handed out one by one */
    uint32_t todo_count, todo_next;
} ItsGenerator;

/** What the generator of one machine's operations remembers. */
typedef struct Generator {
    Random *random;
    const VgicConfig *config;
    uint32_t hot[MAX_HOT], hot_count; /* the INTIDs that most operations are about */
    uint8_t levels[4];                /* the priorities that most interrupts get */
    bool may_set_ds, legal_traps;
    uint32_t acked[PAIR_MAX_CPUS][32], depth[PAIR_MAX_CPUS];
    uint32_t start; /* operations of the opening still to come */
    uint32_t vintids[MAX_HOT];
    ItsGenerator its;
} Generator;

void generator_init(Generator *generator, Random *random, const VgicConfig *config);
/** The next operation, biased by what @p ref shows so that much happens. */
void generator_next(Generator *generator, RefGic *ref, Operation *operation);
/** Tells the generator how @p operation ended. */
void generator_note(Generator *generator, const Operation *operation, uint64_t value);

/* its_generator.c */
void generator_init_its(Generator *generator);
void generator_start_its(Generator *generator, const RefGic *ref);
void generator_next_its(Generator *generator, RefGic *ref, Operation *operation);
bool generator_planned(Generator *generator, Operation *operation);
void generator_aim(Generator *generator, Operation *operation, uint32_t cpu, uint64_t offset);

/* virtual_generator.c */
void generator_init_virtual(Generator *generator);
void generator_next_virtual(Generator *generator, RefGic *ref, Operation *operation);
/** A hypervisor switches its virtual interface on. */
void generator_open_virtual(Generator *generator, const RefGic *ref, Operation *operation);

/* generator.c */
uint32_t generator_hot(Generator *generator);
uint32_t generator_cpu(Generator *generator);
uint8_t generator_priority(Generator *generator);
uint32_t generator_width(const VgicCpuState *state, uint32_t aarch64, uint32_t aarch32);

/** A GIC of the library, and what its host was told. */
typedef struct Side {
    const char *name;
    Vgic *gic;
    Memory *memory;
    uint32_t told; /* PEs of which lines_changed told during the operation, as bits */
    uint64_t reports;
    const char *rules[REF_MAX_RULES]; /* those compared, during the operation */
    uint32_t rule_count;
    bool work;         /* vgic_work() is due */
    uint64_t commands; /* of ITSs, during the operation */
} Side;

/** An event that the two are asked about. */
typedef struct Place {
    uint32_t its, device, event;
} Place;

/** The library's GIC and the reference. */
typedef struct Pair {
    Side lib, twin; /* the twin was loaded from a state of the other; its gic may be NULL */
    RefGic *ref;
    Machine *machine;
    Place places[MAX_PLACES];
    uint32_t place_count;
    bool faulty;
    bool twin_is_new; /* made in this operation, and had its part of it already */
} Pair;

bool pair_open(Pair *pair, Machine *machine, uint64_t *count, char *why);
void pair_close(Pair *pair);
/** Runs @p operation on both and compares results, values and output lines. */
bool pair_run(Pair *pair, const Operation *operation, uint64_t *value, char *why);
/** Compares what is told of every interrupt. */
bool pair_compare_interrupts(Pair *pair, char *why);
/** Compares every register that can be read without consequence. */
bool pair_compare_registers(Pair *pair, char *why);
/** Compares what would become of MSIs. */
bool pair_compare_translations(Pair *pair, char *why);
/** Saves both GICs of the library, which must be the same. */
bool pair_compare_states(Pair *pair, char *why);

#endif
