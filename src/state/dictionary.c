/* SPDX-License-Identifier: BSD-2-Clause */
/* Dictionaries of a saved state: writing, and reading what may come from anywhere. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/state.h"

void vgic_state_put_u32(VgicStateWriter *writer, const char *key, uint32_t value)
{
    g_variant_builder_add(writer, "{sv}", key, g_variant_new_uint32(value));
}

void vgic_state_put_u64(VgicStateWriter *writer, const char *key, uint64_t value)
{
    g_variant_builder_add(writer, "{sv}", key, g_variant_new_uint64(value));
}

void vgic_state_put_array(VgicStateWriter *writer, const char *key, const char *type,
                          const void *elements, size_t count, size_t size)
{
    g_variant_builder_add(
        writer, "{sv}", key,
        g_variant_new_fixed_array((const GVariantType *)type, elements, count, size));
}

void vgic_state_give_array(VgicStateWriter *writer, const char *key, const char *type,
                           void *elements, size_t count, size_t size)
{
    GVariantType *array = g_variant_type_new_array((const GVariantType *)type);

    g_variant_builder_add(
        writer, "{sv}", key,
        g_variant_new_from_data(array, elements, count * size, TRUE, g_free, elements));
    g_variant_type_free(array);
}

/* Notes the first error: "GICR[3].GICR_WAKER" and what is wrong with it. */
static void refuse(VgicStateReader *reader, const char *key, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
static void refuse(VgicStateReader *reader, const char *key, const char *format, va_list args)
{
    char text[160], index[16] = "";

    if (reader->load->failed) {
        return;
    }
    reader->load->failed = true;
    vsnprintf(text, sizeof(text), format, args);
    if (reader->index != UINT32_MAX) {
        snprintf(index, sizeof(index), "[%" PRIu32 "]", reader->index);
    }
    vgic_error_set(reader->load->error, VGIC_ERROR_STATE, "saved state: %s%s%s%.64s %s",
                   reader->name, index, *reader->name ? "." : "", key, text);
}

void vgic_state_refuse(VgicStateReader *reader, const char *key, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    refuse(reader, key, format, args);
    va_end(args);
}

/* The value of entry @p i if that is @p key's; a new reference. */
static GVariant *value_at(VgicStateReader *reader, size_t i, const char *key)
{
    g_autoptr(GVariant) entry = g_variant_get_child_value(reader->dictionary, i);
    g_autoptr(GVariant) name = g_variant_get_child_value(entry, 0);
    g_autoptr(GVariant) variant = NULL;

    if (strcmp(g_variant_get_string(name, NULL), key) != 0) {
        return NULL;
    }
    variant = g_variant_get_child_value(entry, 1);
    return g_variant_get_variant(variant);
}

/* The value of @p key, a new reference, or NULL. Where it is expected first, then everywhere. */
static GVariant *find(VgicStateReader *reader, const char *key)
{
    for (size_t i = 0; i < reader->count; i++) {
        size_t at =
            reader->next + i < reader->count ? reader->next + i : reader->next + i - reader->count;
        GVariant *value = value_at(reader, at, key);

        if (value) {
            reader->next = at + 1 < reader->count ? at + 1 : 0;
            return value;
        }
    }
    return NULL;
}

/* The value of @p key, if it has @p type; it lives until the load ends. */
static GVariant *get(VgicStateReader *reader, const char *key, const char *type)
{
    GVariant *value = reader->load->failed ? NULL : find(reader, key);

    if (!value) {
        vgic_state_refuse(reader, key, "is missing");
        return NULL;
    }
    g_ptr_array_add(reader->load->kept, value);
    reader->used++;
    if (strcmp(g_variant_get_type_string(value), type) != 0) {
        vgic_state_refuse(reader, key, "has type %.20s, needed is %s",
                          g_variant_get_type_string(value), type);
        return NULL;
    }
    /* Arrays are looked into by whoever asked; this way of checking them is slow. */
    if (*type != 'a' && !g_variant_is_normal_form(value)) {
        vgic_state_refuse(reader, key, "is damaged");
        return NULL;
    }
    return value;
}

bool vgic_state_has(VgicStateReader *reader, const char *key)
{
    g_autoptr(GVariant) value = reader->load->failed ? NULL : find(reader, key);

    if (value) {
        /* It is asked for next. */
        reader->next = (reader->next ? reader->next : reader->count) - 1;
    }
    return value;
}

uint32_t vgic_state_u32(VgicStateReader *reader, const char *key, uint32_t allowed)
{
    GVariant *variant = get(reader, key, "u");
    uint32_t value = variant ? g_variant_get_uint32(variant) : 0;

    if (value & ~allowed) {
        vgic_state_refuse(reader, key, "is %#" PRIx32 ", allowed are the bits %#" PRIx32, value,
                          allowed);
    }
    return value;
}

uint64_t vgic_state_u64(VgicStateReader *reader, const char *key, uint64_t allowed)
{
    GVariant *variant = get(reader, key, "t");
    uint64_t value = variant ? g_variant_get_uint64(variant) : 0;

    if (value & ~allowed) {
        vgic_state_refuse(reader, key, "is %#" PRIx64 ", allowed are the bits %#" PRIx64, value,
                          allowed);
    }
    return value;
}

const void *vgic_state_list(VgicStateReader *reader, const char *key, const char *type,
                            size_t limit, size_t size, size_t *count)
{
    char array[16];
    GVariant *value;
    const void *elements;

    *count = 0;
    snprintf(array, sizeof(array), "a%s", type);
    value = get(reader, key, array);
    if (!value) {
        return NULL;
    }
    elements = g_variant_get_fixed_array(value, count, size);
    /* A number of bytes that is no multiple of the size counts as none. */
    if (*count * size != g_variant_get_size(value)) {
        vgic_state_refuse(reader, key, "is cut off in an element");
        *count = 0;
    } else if (*count > limit) {
        vgic_state_refuse(reader, key, "has %zu elements, allowed are %zu", *count, limit);
        *count = 0;
    }
    return elements;
}

const void *vgic_state_array(VgicStateReader *reader, const char *key, const char *type,
                             size_t count, size_t size)
{
    size_t got;
    const void *elements = vgic_state_list(reader, key, type, SIZE_MAX, size, &got);

    if (got != count) {
        vgic_state_refuse(reader, key, "has %zu elements, needed are %zu", got, count);
        return NULL;
    }
    return reader->load->failed ? NULL : elements;
}

static void start(VgicStateReader *outer, VgicStateReader *inner, const char *name, uint32_t index,
                  GVariant *dictionary)
{
    *inner = (VgicStateReader){.load = outer->load,
                               .dictionary = dictionary,
                               .name = name,
                               .index = index,
                               .count = dictionary ? g_variant_n_children(dictionary) : 0};
}

void vgic_state_open(VgicStateReader *outer, const char *key, VgicStateReader *inner)
{
    start(outer, inner, key, UINT32_MAX, get(outer, key, "a{sv}"));
}

void vgic_state_open_element(VgicStateReader *outer, const char *key, uint32_t index,
                             uint32_t count, VgicStateReader *inner)
{
    GVariant *array = get(outer, key, "aa{sv}"), *dictionary = NULL;

    if (index) {
        outer->used--; /* one entry, opened element by element */
    }
    if (array && g_variant_n_children(array) != count) {
        vgic_state_refuse(outer, key, "has %zu elements, needed are %" PRIu32,
                          g_variant_n_children(array), count);
    } else if (array) {
        dictionary = g_variant_get_child_value(array, index);
        g_ptr_array_add(outer->load->kept, dictionary);
    }
    start(outer, inner, key, index, dictionary);
}

/* Says which entry nobody asked for: a name that is unknown, or there twice. As all others are
 * there, it is enough to find one that is not where the reading order has it. */
static void refuse_unused(VgicStateReader *reader)
{
    vgic_state_refuse(reader, "(dictionary)",
                      "has %zu entries, known are %zu: a name is unknown here, or there twice",
                      reader->count, reader->used);
}

void vgic_state_close(VgicStateReader *reader)
{
    if (!reader->load->failed && reader->used != reader->count) {
        refuse_unused(reader);
    }
}
