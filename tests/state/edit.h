/* SPDX-License-Identifier: BSD-2-Clause */
/* Changing single values of a saved state. */
#ifndef TESTS_STATE_EDIT_H
#define TESTS_STATE_EDIT_H

#include "states.h"

#include <glib.h>

/** Where a value is: "GICD" "GICD_CTLR", or "GICR" 3 "GICR_CTLR"; `key` NULL: the whole of the
 * outermost entry. */
typedef struct Place {
    const char *part;
    int index; /* -1: not an array of dictionaries */
    const char *key;
} Place;

/** The state as a GVariant of type (sua{sv}). */
GVariant *state_tree(const State *state);
State tree_state(GVariant *tree);

/** The value at a place; NULL if there is none. */
GVariant *value_at(const State *state, Place place);

typedef enum Edit {
    REPLACE,
    REMOVE,
    ADD, /**< one more entry, of the name that is there or not */
} Edit;

/** A copy with one value changed; takes over a floating @p value. */
State edited(const State *state, Place place, Edit edit, GVariant *value);

/** Calls @p visit for every value of a state that has a key. */
void for_each_value(const State *state, void (*visit)(Place place, GVariant *value, void *data),
                    void *data);

const char *place_name(Place place);

#endif
