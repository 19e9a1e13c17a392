/* SPDX-License-Identifier: BSD-2-Clause */
#include "damage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Loads a state that must be refused: nothing changes, and the message names @p name. */
void refused(Machine *m, const State *state, const char *name, const char *what)
{
    State before = state_of(m), after;
    VgicError *error = NULL;

    host_forget(&m->host);
    if (vgic_load(m->gic, state->bytes, state->size, &error)) {
        expect(1, 0, "%s %s: loaded", name, what);
        state_load(m, &before);
    } else {
        assert_non_null(error);
        expect(vgic_error_code(error), VGIC_ERROR_STATE, "%s %s: code", name, what);
        if (name && !strstr(vgic_error_message(error), name)) {
            expect(0, 1, "%s %s: the message is: %s", name, what, vgic_error_message(error));
        }
        after = state_of(m);
        expect(state_equal(&before, &after), true, "%s %s: nothing changed", name, what);
        expect(m->host.line_calls_total, 0, "%s %s: calls of lines_changed", name, what);
        state_free(&after);
    }
    vgic_error_free(error);
    state_free(&before);
}

void refused_edit(Machine *m, const State *state, Place place, Edit edit, GVariant *value,
                  const char *name, const char *what)
{
    State bad = edited(state, place, edit, value);

    refused(m, &bad, name, what);
    state_free(&bad);
}

typedef struct Walk {
    Machine *m;
    const State *state;
    unsigned count;
} Walk;

void on_machines(const char *const *names, unsigned count, void (*test)(Machine *m))
{
    for (unsigned i = 0; i < count; i++) {
        Machine *m = machine_new_of_type(state_machine(names[i]));
        test(m);
        machine_free(m);
    }
}

/* A busy machine, and its state. */
State busy_state(Machine *m)
{
    make_busy(m, MAKE_STEPS);
    return state_of(m);
}

static bool is_optional(Place place)
{
    return place.key && (!strcmp(place.key, "order") || !strcmp(place.key, "redist_addresses"));
}

static void remove_one(Place place, GVariant *value, void *data)
{
    Walk *walk = data;

    (void)value;
    if (!is_optional(place)) {
        /* Without el2, what belongs to it is unknown. */
        const bool el2 = place.key && !strcmp(place.key, "el2");

        refused_edit(walk->m, walk->state, place, REMOVE, NULL,
                     el2         ? "config"
                     : place.key ? place.key
                                 : place.part,
                     "missing");
        walk->count++;
    }
}

void check_every_value_is_needed(Machine *m)
{
    State state = busy_state(m);
    Walk walk = {m, &state, 0};

    for_each_value(&state, remove_one, &walk);
    assert_true(walk.count > 50);
    state_free(&state);
}

static void retype_one(Place place, GVariant *value, void *data)
{
    Walk *walk = data;
    const bool is_string = g_variant_is_of_type(value, G_VARIANT_TYPE_STRING);

    refused_edit(walk->m, walk->state, place, REPLACE,
                 is_string ? g_variant_new_uint32(0) : g_variant_new_string("?"),
                 place.key ? place.key : place.part, "of another type");
}

void check_every_type_is_checked(Machine *m)
{
    State state = busy_state(m);
    Walk walk = {m, &state, 0};

    for_each_value(&state, retype_one, &walk);
    state_free(&state);
}

/* An array with an element more, which is a copy of its first bytes. */
static void lengthen_one(Place place, GVariant *value, void *data)
{
    Walk *walk = data;
    const char *type = g_variant_get_type_string(value);
    gsize count;
    g_autofree uint8_t *bytes = NULL;
    gsize size = !strcmp(type, "au")   ? 4
                 : !strcmp(type, "at") ? 8
                 : !strcmp(type, "aq") ? 2
                 : !strcmp(type, "ay") ? 1
                                       : 0;

    if (!size || !strcmp(place.key, "order") || !strcmp(place.key, "redist_regions")) {
        return;
    }
    const void *elements = g_variant_get_fixed_array(value, &count, size);
    bytes = g_malloc0((count + 1) * size);
    if (count) {
        memcpy(bytes, elements, count * size);
    }
    refused_edit(walk->m, walk->state, place, REPLACE,
                 g_variant_new_fixed_array(G_VARIANT_TYPE(type + 1), bytes, count + 1, size),
                 place.key, "too long");
    if (count) {
        refused_edit(walk->m, walk->state, place, REPLACE,
                     g_variant_new_fixed_array(G_VARIANT_TYPE(type + 1), bytes, count - 1, size),
                     place.key, "too short");
    }
    walk->count++;
}

void check_every_length_is_checked(Machine *m)
{
    State state = busy_state(m);
    Walk walk = {m, &state, 0};

    for_each_value(&state, lengthen_one, &walk);
    assert_true(walk.count > 10);
    state_free(&state);
}

static void add_to_one(Place place, GVariant *value, void *data)
{
    Walk *walk = data;

    if (g_variant_is_of_type(value, G_VARIANT_TYPE_VARDICT)) {
        place.key = "surprise";
    } else if (g_variant_is_of_type(value, G_VARIANT_TYPE("aa{sv}"))) {
        place.key = "surprise";
        place.index = 0;
    }
    if (place.key && !strcmp(place.key, "surprise")) {
        refused_edit(walk->m, walk->state, place, ADD, g_variant_new_uint32(0), NULL,
                     place_name(place));
        walk->count++;
    }
}

void check_unknown_names_are_refused(Machine *m)
{
    const Place outermost = {"surprise", -1, NULL};
    State state = busy_state(m);
    Walk walk = {m, &state, 0};

    for_each_value(&state, add_to_one, &walk);
    assert_true(walk.count >= 4);
    refused_edit(m, &state, outermost, ADD, g_variant_new_uint32(0), NULL, "unknown name");
    state_free(&state);
}

static void double_one(Place place, GVariant *value, void *data)
{
    Walk *walk = data;

    refused_edit(walk->m, walk->state, place, ADD, value, NULL, place_name(place));
}

void check_names_that_are_there_twice_are_refused(Machine *m)
{
    State state = busy_state(m);
    Walk walk = {m, &state, 0};

    for_each_value(&state, double_one, &walk);
    state_free(&state);
}

void check_bad_values(const VgicConfig *config, const BadValue *values, unsigned count)
{
    Machine *m = machine_new("full", config, false);
    State state = state_of(m);

    for (unsigned i = 0; i < count; i++) {
        const BadValue *bad = &values[i];
        char what[100];

        snprintf(what, sizeof(what), "%s = %.60s", place_name(bad->place), bad->value);
        if (!bad->message) {
            continue; /* one that can be: see below */
        }
        refused_edit(m, &state, bad->place, REPLACE, g_variant_new_parsed(bad->value), bad->message,
                     what);
    }
    state_free(&state);
    machine_free(m);
}

void check_good_values(const VgicConfig *config, const BadValue *values, unsigned count)
{
    Machine *m = machine_new("full", config, false);
    State state = state_of(m);

    for (unsigned i = 0; i < count; i++) {
        State changed =
                  edited(&state, values[i].place, REPLACE, g_variant_new_parsed(values[i].value)),
              after;

        state_load(m, &changed);
        after = state_of(m);
        expect(state_equal(&changed, &after), true, "%s = %s is saved again",
               place_name(values[i].place), values[i].value);
        state_free(&changed);
        state_free(&after);
    }
    state_free(&state);
    machine_free(m);
}

void check_every_truncation_is_refused(Machine *m)
{
    State state = busy_state(m);
    uint8_t *copy = malloc(state.size);

    assert_non_null(copy);
    for (size_t size = 0; size < state.size; size += 1 + size % 7) {
        /* At the end of its memory, so that a read beyond it is noticed. */
        State cut = {.bytes = copy + state.size - size, .size = size};
        memcpy(cut.bytes, state.bytes, size);
        VgicError *error = NULL;
        if (vgic_load(m->gic, cut.bytes, size, &error)) {
            expect(1, 0, "loaded with %zu of %zu bytes", size, state.size);
        } else {
            assert_int_equal(vgic_error_code(error), VGIC_ERROR_STATE);
        }
        vgic_error_free(error);
    }
    State after = state_of(m);
    assert_true(state_equal(&state, &after));
    free(copy);
    state_free(&state);
    state_free(&after);
}

/* A changed byte is refused, or makes another state that is as good as any. */
void check_every_changed_byte_is_refused_or_loads(Machine *m)
{
    State state = busy_state(m), copy = {malloc(state.size), state.size};
    unsigned loaded = 0, refusals = 0;

    assert_non_null(copy.bytes);
    /* Every byte of a small state, and every fifth of others. */
    for (size_t at = 0; at < state.size; at += state.size < 4000 ? 1 : 5) {
        VgicError *error = NULL;
        memcpy(copy.bytes, state.bytes, state.size);
        copy.bytes[at] ^= (uint8_t)(1u << at % 8);
        if (!vgic_load(m->gic, copy.bytes, copy.size, &error)) {
            refusals++;
            vgic_error_free(error);
            continue;
        }
        State first = state_of(m), second;
        loaded++;
        state_load(m, &first);
        second = state_of(m);
        expect(state_equal(&first, &second), true, "byte %zu: what was loaded loads again", at);
        state_free(&first);
        state_free(&second);
        state_load(m, &state);
    }
    State after = state_of(m);
    assert_true(state_equal(&state, &after));
    assert_true(loaded > 20 && refusals > 500);
    free(copy.bytes);
    state_free(&after);
    state_free(&state);
}
