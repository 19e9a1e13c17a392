/* SPDX-License-Identifier: BSD-2-Clause */
#include "edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

GVariant *state_tree(const State *state)
{
    gpointer copy = memcpy(g_malloc(state->size), state->bytes, state->size);
    GVariant *tree = g_variant_new_from_data(G_VARIANT_TYPE("(sua{sv})"), copy, state->size, FALSE,
                                             g_free, copy);

    if (G_BYTE_ORDER == G_BIG_ENDIAN) {
        GVariant *swapped = g_variant_byteswap(tree);
        g_variant_unref(g_variant_ref_sink(tree));
        return swapped;
    }
    return g_variant_ref_sink(tree);
}

State tree_state(GVariant *tree)
{
    GVariant *little =
        G_BYTE_ORDER == G_BIG_ENDIAN ? g_variant_byteswap(tree) : g_variant_ref(tree);
    State state = {.size = g_variant_get_size(little)};

    state.bytes = malloc(state.size);
    assert_non_null(state.bytes);
    g_variant_store(little, state.bytes);
    g_variant_unref(little);
    return state;
}

static GVariant *lookup(GVariant *dictionary, const char *key)
{
    return g_variant_lookup_value(dictionary, key, NULL);
}

GVariant *value_at(const State *state, Place place)
{
    g_autoptr(GVariant) tree = state_tree(state);
    g_autoptr(GVariant) all = g_variant_get_child_value(tree, 2);
    g_autoptr(GVariant) part = lookup(all, place.part);
    g_autoptr(GVariant) one = NULL;

    if (!part || !place.key) {
        return part ? g_steal_pointer(&part) : NULL;
    }
    one =
        place.index < 0 ? g_variant_ref(part) : g_variant_get_child_value(part, (gsize)place.index);
    return lookup(one, place.key);
}

/* A dictionary with one entry changed. */
static GVariant *edit_dictionary(GVariant *dictionary, const char *key, Edit edit, GVariant *value)
{
    GVariantBuilder builder;
    GVariantIter iter;
    const char *name;
    GVariant *old;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    g_variant_iter_init(&iter, dictionary);
    while (g_variant_iter_loop(&iter, "{&sv}", &name, &old)) {
        if (strcmp(name, key) != 0 || edit == ADD) {
            g_variant_builder_add(&builder, "{sv}", name, old);
        } else if (edit == REPLACE) {
            g_variant_builder_add(&builder, "{sv}", name, value);
        }
    }
    if (edit == ADD) {
        g_variant_builder_add(&builder, "{sv}", key, value);
    }
    return g_variant_builder_end(&builder);
}

static GVariant *edit_element(GVariant *array, int index, const char *key, Edit edit,
                              GVariant *value)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (gsize i = 0; i < g_variant_n_children(array); i++) {
        GVariant *element = g_variant_get_child_value(array, i);

        if (i == (gsize)index) {
            g_variant_builder_add_value(&builder, edit_dictionary(element, key, edit, value));
        } else {
            g_variant_builder_add_value(&builder, element);
        }
        g_variant_unref(element);
    }
    return g_variant_builder_end(&builder);
}

State edited(const State *state, Place place, Edit edit, GVariant *value)
{
    g_autoptr(GVariant) tree = state_tree(state);
    g_autoptr(GVariant) all = g_variant_get_child_value(tree, 2);
    g_autoptr(GVariant) part = lookup(all, place.part);
    g_autoptr(GVariant) result = NULL;
    const char *magic;
    guint32 version;

    g_variant_get_child(tree, 0, "&s", &magic);
    g_variant_get_child(tree, 1, "u", &version);
    if (place.key) {
        assert_non_null(part);
        value = place.index < 0 ? edit_dictionary(part, place.key, edit, value)
                                : edit_element(part, place.index, place.key, edit, value);
        edit = REPLACE;
    }
    result = g_variant_ref_sink(
        g_variant_new("(su@a{sv})", magic, version, edit_dictionary(all, place.part, edit, value)));
    return tree_state(result);
}

static void visit_dictionary(Place place, GVariant *dictionary,
                             void (*visit)(Place place, GVariant *value, void *data), void *data)
{
    GVariantIter iter;
    GVariant *value;

    g_variant_iter_init(&iter, dictionary);
    while (g_variant_iter_loop(&iter, "{&sv}", &place.key, &value)) {
        visit(place, value, data);
    }
}

void for_each_value(const State *state, void (*visit)(Place place, GVariant *value, void *data),
                    void *data)
{
    g_autoptr(GVariant) tree = state_tree(state);
    g_autoptr(GVariant) all = g_variant_get_child_value(tree, 2);
    GVariantIter iter;
    const char *part;
    GVariant *value;

    g_variant_iter_init(&iter, all);
    while (g_variant_iter_loop(&iter, "{&sv}", &part, &value)) {
        Place place = {part, -1, NULL};

        visit(place, value, data);
        if (g_variant_is_of_type(value, G_VARIANT_TYPE_VARDICT)) {
            visit_dictionary(place, value, visit, data);
        } else if (g_variant_is_of_type(value, G_VARIANT_TYPE("aa{sv}"))) {
            for (gsize i = 0; i < g_variant_n_children(value); i++) {
                g_autoptr(GVariant) element = g_variant_get_child_value(value, i);

                place.index = (int)i;
                visit_dictionary(place, element, visit, data);
            }
        }
    }
}

const char *place_name(Place place)
{
    static char name[200];
    char index[16] = "";

    if (place.index >= 0) {
        snprintf(index, sizeof(index), "[%d]", place.index);
    }
    snprintf(name, sizeof(name), "%s%s%s%s", place.part, index, place.key ? "." : "",
             place.key ? place.key : "");
    return name;
}
