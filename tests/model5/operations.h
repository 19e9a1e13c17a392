/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random machines, random operations, and running them on the library and the reference together.
 */
#ifndef TESTS_MODEL5_OPERATIONS_H
#define TESTS_MODEL5_OPERATIONS_H

#include "reference.h"

#include <stdio.h>

#include <vgic/state.h>

enum {
    WHY_SIZE = 512,
    MAX_PLAN = 256,
    HOT_LPIS = 18,
    HOT_DEVICES = 6,
    HOT_EVENTS = 9,
    MAX_L1 = 64,
    FRAME_NAME = 24
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
    const char *name;
    VgicConfig config;
    uint32_t irs_cpus[R5_MAX_IRS], irs_spis[R5_MAX_IRS];
    uint16_t iaffids[R5_MAX_CPUS];
    VgicIwbOptions iwb[R5_MAX_IWB];
} Machine;

/** Kinds of machine: 0 to this - 1. */
extern const uint32_t machine_kinds;

void machine_random(Machine *machine, Random *random, uint32_t kind);
/** Points the configuration at the arrays beside it. */
const VgicConfig *machine_config(Machine *machine);
void machine_print(const Machine *machine, FILE *out);
const char *machine_kind_name(uint32_t kind);

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
    OP_MEMORY, /* the guest writes 8 bytes of its memory */
    OP_FAULT,
    OP_HEAL,
    OP_SAVE, /* and go on with what was loaded */
    OP_MSI,
    OP_IWB_LEVEL,
    OP_KIND_END
} OperationKind;

/** One call, complete in itself: nothing in it depends on what came before. */
typedef struct Operation {
    OperationKind kind;
    uint32_t cpu, id; /* PE; SPI, PPI or wire */
    bool level;
    VgicReset reset;
    char frame[FRAME_NAME];
    VgicAttrs attrs;
    uint64_t offset, value;
    uint32_t size, encoding;
    VgicCpuState state;
    uint32_t device, event;
    VgicSpace space;
    uint64_t address;
    unsigned faults;
} Operation;

/** What the generator remembers of a device's ITT. */
typedef struct DevicePlan {
    bool two_level;
    uint32_t l2sz, event_bits;
    bool mapped[HOT_EVENTS];
} DevicePlan;

/** Of the tables of one ITS in one domain. */
typedef struct ItsPlan {
    bool two_level;
    uint32_t l2sz, bits;
    uint32_t devices[HOT_DEVICES];
    DevicePlan device[HOT_DEVICES];
} ItsPlan;

/** Of the IST of one domain. */
typedef struct IstPlan {
    uint64_t l1[MAX_L1]; /* addresses of the level 1 entries that were written */
    uint32_t l1_count;
} IstPlan;

typedef struct Generator {
    Random *random;
    Machine *machine;
    Ref *ref;
    VgicCpuState state[R5_MAX_CPUS]; /* what each PE executes in */
    uint32_t lpis[HOT_LPIS];
    uint32_t events[HOT_EVENTS];
    uint8_t levels[5]; /* the priorities that most interrupts get */
    bool faulty;
    uint32_t start; /* parts of the opening that were planned */
    IstPlan ist[R5_DOMAINS];
    ItsPlan its[R5_MAX_ITS][R5_DOMAINS];
    Operation todo[MAX_PLAN]; /* made together, handed out one by one */
    uint32_t todo_count, todo_next;
} Generator;

void generator_init(Generator *generator, Random *random, Machine *machine, Ref *ref);
/** The next operation, biased by what the reference shows so that much happens. */
void generator_next(Generator *generator, Operation *operation);
/** Tells the generator that @p operation was carried out. */
void generator_note(Generator *generator, const Operation *operation);

/* generator.c, for its_generator.c */
Operation *generator_plan(Generator *generator, OperationKind kind);
void plan_memory(Generator *generator, VgicSpace space, uint64_t address, uint64_t value);
void plan_frame(Generator *generator, const char *frame, uint8_t domain, uint64_t offset,
                uint32_t size, uint64_t value);
uint8_t any_domain(Generator *generator);
uint32_t any_lpi(Generator *generator);
void frame_name(char *name, const char *kind, uint32_t number, const char *rest, uint8_t domain);

/* its_generator.c */
void its_generator_init(Generator *generator);
/** Makes the tables of every ITS, mostly. */
void plan_its(Generator *generator, uint32_t its, uint8_t domain);
void its_generator_next(Generator *generator, Operation *operation);
void iwb_generator_next(Generator *generator, Operation *operation);

/** A GIC of the library, and what its host was told. */
typedef struct Side {
    Vgic *gic;
    Memory *memory[R5_SPACES];
    uint32_t lines[R5_MAX_CPUS]; /* as lines_changed last found them */
    uint32_t rules;              /* reported during the operation, as bits by Rule */
    char unknown[48];            /* one that is none of these */
    char mistake[WHY_SIZE];      /* of this test: vgic_host_error */
} Side;

/** The library's GIC and the reference. */
typedef struct Pair {
    Side *lib;
    Ref *ref;
    Machine *machine;
    Memory *memory[R5_SPACES]; /* the reference's */
    uint64_t *count;
} Pair;

bool pair_open(Pair *pair, Machine *machine, uint64_t *count, char *why);
void pair_close(Pair *pair);
/** Runs @p operation on both and compares results, values, reports, memory and output lines. */
bool pair_run(Pair *pair, const Operation *operation, char *why);
/** Compares what is told of every interrupt. */
bool pair_compare_interrupts(Pair *pair, char *why);
/** Compares every register that can be read without consequence, and CDRCFG of every interrupt. */
bool pair_compare_registers(Pair *pair, char *why);

#endif
