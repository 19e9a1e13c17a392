/* SPDX-License-Identifier: BSD-2-Clause */
/* Saved states in tests: taking them, moving a machine to a new instance, bringing one into a state
 * that is worth saving. */
#ifndef TESTS_STATE_STATES_H
#define TESTS_STATE_STATES_H

#include "its.h"
#include "suite.h"

#include <vgic/state.h>

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
 * left in the queue.
 */
enum {
    MAKE_STEPS = 8,
    MAX_DRAINED = 640,
};
void make_busy(Machine *m, unsigned steps);

/** Takes and ends everything that is deliverable at every PE, in turn; notes the INTIDs. */
unsigned drain(Machine *m, uint32_t *intids, unsigned room);

#endif
