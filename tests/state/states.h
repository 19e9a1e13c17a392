/* SPDX-License-Identifier: BSD-2-Clause */
/* Saved states in tests: taking them, moving a machine to a new instance, bringing one into a state
 * that is worth saving. */
#ifndef TESTS_STATE_STATES_H
#define TESTS_STATE_STATES_H

#include "its.h"
#include "suite.h"

#include <vgic/state.h>

/** Machines beside those of machine_types, which only tests of saved states have. */
extern const MachineType state_machines[];
extern const unsigned state_machine_count;

/** The machine of this name, whoever has it; the test ends if there is none. */
const MachineType *state_machine(const char *name);

typedef struct State {
    uint8_t *bytes;
    size_t size;
} State;

/** Saves; the test ends if that does not work. */
State state_of(Machine *m);
void state_free(State *state);
bool state_equal(const State *a, const State *b);

/** Loads; the test ends if that does not work. */
void state_load(Machine *m, const State *state);

/** The callbacks that machines of this type have. */
VgicHost callbacks_of(const Machine *m);

/** Saves, and goes on with a new instance that loaded it. Guest memory stays where it is. */
void move(Machine *m);

/**
 * Something of everything, on any machine, in @p steps steps (MAKE_STEPS: all): interrupts of every
 * kind pending, active and waiting, two levels of preemption, routes, 1-of-N, LPIs, ITS commands
 * left in the queue, NMIs, list registers of every state under a guest that handles two interrupts.
 */
enum {
    MAKE_STEPS = 10,
    MAX_DRAINED = 640,
};
void make_busy(Machine *m, unsigned steps);

/** The same on a GICv5: PPIs, SPIs and LPIs of every domain, two-level tables, software errors,
 * ITSs and IWBs (busy5.c). */
void make_busy5(Machine *m, unsigned steps);

/** The guest of a hypervisor, whose interrupts are virtual. */
VgicCpuState guest_of(const Machine *m);

/** A list register: @p state 1 pending, 2 active, 3 both. */
uint64_t list_register(unsigned state, uint32_t vintid, unsigned group, uint8_t priority);

enum {
    LR_PENDING = 1,
    LR_ACTIVE = 2,
    FIRST_VINTID = 48,
};
#define LR_EOI (1ull << 41)
#define LR_NMI (1ull << 59)
#define LR_HW(pintid) (1ull << 61 | (uint64_t)(pintid) << 32)

/** Bits of ICH_HCR_EL2 and ICH_VMCR_EL2. */
#define HCR_EN 1u
#define HCR_UIE 2u
#define HCR_LRENPIE 4u
#define HCR_NPIE 8u
#define HCR_EOICOUNT(n) ((uint64_t)(n) << 27)
#define VMCR(pmr, fields) ((uint64_t)(pmr) << 24 | (fields))
#define VMCR_VEOIM (1u << 9)
#define VMCR_VENG (3u)

/** Hands PE @p cpu's virtual CPU interface to a guest: both groups on, VPMR open. */
void start_guest(Machine *m, uint32_t cpu);
unsigned list_registers(const Machine *m);

/** Takes and ends everything that is deliverable at every PE, in turn, then what is to every guest;
 * notes the INTIDs. */
unsigned drain(Machine *m, uint32_t *intids, unsigned room);

/** The same on a GICv5, in every domain; 0: nothing. */
unsigned drain5(Machine *m, uint32_t *intids, unsigned room);

#endif
