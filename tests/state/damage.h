/* SPDX-License-Identifier: BSD-2-Clause */
/* States that are damaged: what every machine's must refuse, whatever it is. */
#ifndef TESTS_STATE_DAMAGE_H
#define TESTS_STATE_DAMAGE_H

#include "edit.h"

/** Loads a state that must be refused: nothing changes, and the message names @p name. */
void refused(Machine *m, const State *state, const char *name, const char *what);
/** The same with one value changed. */
void refused_edit(Machine *m, const State *state, Place place, Edit edit, GVariant *value,
                  const char *name, const char *what);

/** Runs a test on these machines. */
void on_machines(const char *const *names, unsigned count, void (*test)(Machine *m));

/** A busy machine's state. */
State busy_state(Machine *m);

/* Every value, every name and every byte of a busy machine's state. */
void check_every_value_is_needed(Machine *m);
void check_every_type_is_checked(Machine *m);
void check_every_length_is_checked(Machine *m);
void check_unknown_names_are_refused(Machine *m);
void check_names_that_are_there_twice_are_refused(Machine *m);
void check_every_truncation_is_refused(Machine *m);
void check_every_changed_byte_is_refused_or_loads(Machine *m);

/** A value at a place, as g_variant_new_parsed() reads it. */
typedef struct BadValue {
    Place place;
    const char *value;
    const char *message; /**< NULL: one that can be */
} BadValue;

/** On a new machine of @p config: values that are refused with their messages; values that load
 * and are saved again. */
void check_bad_values(const VgicConfig *config, const BadValue *values, unsigned count);
void check_good_values(const VgicConfig *config, const BadValue *values, unsigned count);

/** Defines a test that runs check_NAME() on the machines of the array `some_machines`. */
#define ON_SOME_MACHINES(name)                                                                     \
    static void name(Machine *unused)                                                              \
    {                                                                                              \
        (void)unused;                                                                              \
        on_machines(some_machines, G_N_ELEMENTS(some_machines), check_##name);                     \
    }

#endif
