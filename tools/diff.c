/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What differs between two saved states: a line a difference, the architected path first. Arrays of
 * interrupts are compared by INTID, LPIs by theirs.
 */
#include <inttypes.h>
#include <string.h>

#include "tool.h"

typedef struct Diff {
    const Vgic *gics[2]; /* whose register tables name the fields: each may have others */
    unsigned count;      /* of differences */
} Diff;

static void G_GNUC_PRINTF(2, 3) differ(Diff *diff, const char *format, ...)
{
    va_list args;

    diff->count++;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

/* The fields that are different: " (EnableGrp0 0 -> 1)"; to be freed. */
static char *fields_text(const Fields *fields, uint64_t a, uint64_t b)
{
    GString *text = g_string_new(NULL);

    for (uint32_t i = 0; i < fields->count; i++) {
        uint64_t x = field_value(&fields->fields[i], a), y = field_value(&fields->fields[i], b);

        if (x != y && (field_applies(fields, i, a) || field_applies(fields, i, b))) {
            g_string_append_printf(text, "%s%s %#" PRIx64 " -> %#" PRIx64, text->len ? ", " : " (",
                                   fields->fields[i].name, x, y);
        }
    }
    if (text->len) {
        g_string_append_c(text, ')');
    }
    return g_string_free(text, FALSE);
}

/* Registers and addresses are told in hexadecimal, other numbers in decimal. */
static void compare_numbers(Diff *diff, const char *path, const char *key, uint64_t a, uint64_t b)
{
    g_autofree char *name = state_register_name(key), *text = NULL;
    Fields fields;

    if (a == b) {
        return;
    }
    if (find_register(diff->gics[0], name, &fields) ||
        find_register(diff->gics[1], name, &fields)) {
        text = fields_text(&fields, a, b);
        differ(diff, "%s%s: %#" PRIx64 " -> %#" PRIx64 "%s", path, key, a, b, text);
    } else if (MAX(a, b) > UINT32_MAX || g_str_has_suffix(key, "iidr")) {
        differ(diff, "%s%s: %#" PRIx64 " -> %#" PRIx64, path, key, a, b);
    } else {
        differ(diff, "%s%s: %" PRIu64 " -> %" PRIu64, path, key, a, b);
    }
}

/* Numbers of elements that are different are told; what both have is compared. */
static size_t common_length(Diff *diff, const char *path, const char *key, GVariant *a, GVariant *b)
{
    size_t x = g_variant_n_children(a), y = g_variant_n_children(b);

    if (x != y) {
        differ(diff, "%s%s: %zu elements -> %zu", path, key, x, y);
    }
    return MIN(x, y);
}

static uint64_t property(GVariant *array, unsigned bits, size_t i)
{
    if (!bits) {
        return state_element(array, i);
    }
    return state_element(array, i * bits / 32) >> i * bits % 32 & ((1u << bits) - 1);
}

/* Masks and priorities in hexadecimal, PEs and IAFFIDs in decimal. */
static void value_text(char *text, size_t size, const char *key, GVariant *array, uint64_t value)
{
    bool is_cpu = g_variant_is_of_type(array, G_VARIANT_TYPE("aq"));

    if (is_cpu && value == STATE_NO_CPU && strcmp(key, "IAFFID") != 0) {
        snprintf(text, size, "none");
    } else {
        snprintf(text, size, is_cpu ? "%" PRIu64 : "%#" PRIx64, value);
    }
}

static void compare_property(Diff *diff, const char *path, const char *part, const char *key,
                             GVariant *a, GVariant *b, uint32_t first, unsigned bits)
{
    const char *what = strcmp(part, "SPI") == 0   ? "SPI"
                       : strcmp(part, "IWB") == 0 ? "wire"
                                                  : "INTID";
    size_t count = common_length(diff, path, key, a, b) * (bits ? 32 / bits : 1);

    for (size_t i = 0; i < count; i++) {
        uint64_t x = property(a, bits, i), y = property(b, bits, i);

        if (x != y) {
            char before[24], after[24];

            value_text(before, sizeof(before), key, a, x);
            value_text(after, sizeof(after), key, b, y);
            differ(diff, "%s%s %s %zu: %s -> %s", path, key, what, first + i, before, after);
        }
    }
}

static void compare_elements(Diff *diff, const char *path, const char *key, GVariant *a,
                             GVariant *b)
{
    size_t count = common_length(diff, path, key, a, b);

    for (size_t i = 0; i < count; i++) {
        g_autofree char *name = state_element_name(key, i);
        uint64_t x = state_element(a, i), y = state_element(b, i);

        if (x != y && g_variant_is_of_type(a, G_VARIANT_TYPE("aq"))) {
            char before[24], after[24];

            value_text(before, sizeof(before), key, a, x);
            value_text(after, sizeof(after), key, b, y);
            differ(diff, "%s%s: %s -> %s", path, name, before, after);
        } else {
            compare_numbers(diff, path, name, x, y);
        }
    }
}

/* The first place where two orders part, and what comes from there on. */
static char *order_text(GVariant *order, size_t from)
{
    size_t count = g_variant_n_children(order);
    GString *text = g_string_new(from ? "..." : NULL);

    for (size_t i = from; i < count && i < from + 8; i++) {
        uint32_t intid = (uint32_t)state_element(order, i);

        if (intid >> 29) { /* a GICv5's */
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", intid_name(intid).text);
        } else {
            g_string_append_printf(text, "%s%" PRIu32, text->len ? " " : "", intid);
        }
    }
    if (count > from + 8) {
        g_string_append(text, " ...");
    }
    return g_string_free(text, FALSE);
}

static void compare_order(Diff *diff, const char *path, GVariant *a, GVariant *b)
{
    size_t x = g_variant_n_children(a), y = g_variant_n_children(b), i = 0;
    g_autofree char *before = NULL, *after = NULL;

    while (i < MIN(x, y) && state_element(a, i) == state_element(b, i)) {
        i++;
    }
    if (i < MAX(x, y)) {
        before = order_text(a, i);
        after = order_text(b, i);
        differ(diff, "%sorder: %zu waiting [%s] -> %zu [%s]", path, x, before, y, after);
    }
}

static void describe_lpi(char *text, size_t size, const StateLpi *lpi)
{
    if (!lpi) {
        snprintf(text, size, "unused");
        return;
    }
    snprintf(text, size, "%s at PE %u, priority %#x%s%s",
             lpi->flags & STATE_LPI_PENDING ? "pending" : "idle", lpi->cpu, lpi->priority,
             lpi->flags & STATE_LPI_ENABLED ? ", enabled" : "",
             lpi->flags & STATE_LPI_CONFIGURED ? "" : ", configuration not read");
}

static void lpi_differs(Diff *diff, const StateLpi *a, const StateLpi *b)
{
    char before[96], after[96];

    describe_lpi(before, sizeof(before), a);
    describe_lpi(after, sizeof(after), b);
    differ(diff, "LPI INTID %" PRIu32 ": %s -> %s", a ? a->intid : b->intid, before, after);
}

/* Both are in the order of their INTIDs. */
static void compare_lpis(Diff *diff, GVariant *a, GVariant *b)
{
    size_t x = g_variant_n_children(a), y = g_variant_n_children(b), i = 0, j = 0;

    while (i < x || j < y) {
        StateLpi in_a = {.intid = UINT32_MAX}, in_b = {.intid = UINT32_MAX};

        if (i < x) {
            in_a = state_lpi(a, i);
        }
        if (j < y) {
            in_b = state_lpi(b, j);
        }
        if (in_a.intid == in_b.intid) {
            if (memcmp(&in_a, &in_b, sizeof(in_a)) != 0) {
                lpi_differs(diff, &in_a, &in_b);
            }
        } else if (in_a.intid < in_b.intid) {
            lpi_differs(diff, &in_a, NULL);
        } else {
            lpi_differs(diff, NULL, &in_b);
        }
        i += in_a.intid <= in_b.intid;
        j += in_b.intid <= in_a.intid;
    }
}

/* GICv5 */

static void describe_lpi5(char *text, size_t size, const StateLpi5 *lpi)
{
    if (!lpi) {
        snprintf(text, size, "as in memory");
        return;
    }
    snprintf(text, size, "%s%s%s%s%s, priority %u, IAFFID %u", lpi->iste & 1 ? "pending" : "idle",
             lpi->iste & 2 ? ", active" : "", lpi->iste & 4 ? ", level" : "",
             lpi->iste & 8 ? ", enabled" : "", lpi->iste & 16 ? ", 1-of-N" : "",
             lpi->iste >> 11 & 31, lpi->iste >> 16);
    if (lpi->cpu != STATE_NO_CPU) {
        size_t length = strlen(text);

        snprintf(text + length, size - length, ", at PE %u", lpi->cpu);
    }
}

static void lpi5_differs(Diff *diff, const StateLpi5 *a, const StateLpi5 *b)
{
    char before[96], after[96];

    describe_lpi5(before, sizeof(before), a);
    describe_lpi5(after, sizeof(after), b);
    differ(diff, "%s: %s -> %s", intid_name(a ? a->intid : b->intid).text, before, after);
}

/* Both are in the order of their INTIDs. */
static void compare_lpis5(Diff *diff, GVariant *a, GVariant *b)
{
    size_t x = g_variant_n_children(a), y = g_variant_n_children(b), i = 0, j = 0;

    while (i < x || j < y) {
        StateLpi5 in_a = {.intid = UINT32_MAX}, in_b = {.intid = UINT32_MAX};

        if (i < x) {
            in_a = state_lpi5(a, i);
        }
        if (j < y) {
            in_b = state_lpi5(b, j);
        }
        if (in_a.intid != in_b.intid) {
            lpi5_differs(diff, in_a.intid < in_b.intid ? &in_a : NULL,
                         in_a.intid < in_b.intid ? NULL : &in_b);
        } else if (memcmp(&in_a, &in_b, sizeof(in_a)) != 0) {
            lpi5_differs(diff, &in_a, &in_b);
        }
        i += in_a.intid <= in_b.intid;
        j += in_b.intid <= in_a.intid;
    }
}

static void compare_dictionaries(Diff *diff, const char *path, const char *part, GVariant *a,
                                 GVariant *b);

/* A dictionary for each PE or ITS. */
static void compare_all(Diff *diff, const char *part, GVariant *a, GVariant *b)
{
    size_t count = common_length(diff, "", part, a, b);

    for (size_t i = 0; i < count; i++) {
        g_autoptr(GVariant) x = g_variant_get_child_value(a, i);
        g_autoptr(GVariant) y = g_variant_get_child_value(b, i);
        g_autofree char *path = g_strdup_printf("%s[%zu].", part, i);

        compare_dictionaries(diff, path, part, x, y);
    }
}

static void compare_arrays(Diff *diff, const char *path, const char *part, const char *key,
                           GVariant *a, GVariant *b)
{
    uint32_t first;
    unsigned bits;

    if (strcmp(key, "order") == 0) {
        compare_order(diff, path, a, b);
    } else if (state_is_property(part, key, &first, &bits)) {
        compare_property(diff, path, part, key, a, b, first, bits);
    } else {
        compare_elements(diff, path, key, a, b);
    }
}

static bool is(GVariant *value, const char *type)
{
    return strcmp(g_variant_get_type_string(value), type) == 0;
}

static void compare_values(Diff *diff, const char *path, const char *part, const char *key,
                           GVariant *a, GVariant *b)
{
    g_autofree char *inner = g_strdup_printf("%s%s.", path, key);

    if (is(a, "a{sv}")) {
        compare_dictionaries(diff, inner, key, a, b);
    } else if (is(a, "aa{sv}")) {
        compare_all(diff, key, a, b);
    } else if (is(a, "a(uqyy)")) {
        compare_lpis(diff, a, b);
    } else if (is(a, "a(uuqq)")) {
        compare_lpis5(diff, a, b);
    } else if (is(a, "u")) {
        compare_numbers(diff, path, key, g_variant_get_uint32(a), g_variant_get_uint32(b));
    } else if (is(a, "t")) {
        compare_numbers(diff, path, key, g_variant_get_uint64(a), g_variant_get_uint64(b));
    } else {
        compare_arrays(diff, path, part, key, a, b);
    }
}

static void compare_dictionaries(Diff *diff, const char *path, const char *part, GVariant *a,
                                 GVariant *b)
{
    GVariantIter iter;
    const char *key;
    GVariant *value;

    g_variant_iter_init(&iter, a);
    while (g_variant_iter_loop(&iter, "{&sv}", &key, &value)) {
        g_autoptr(GVariant) other = g_variant_lookup_value(b, key, g_variant_get_type(value));

        if (other) {
            compare_values(diff, path, part, key, value, other);
        } else {
            differ(diff, "%s%s: only in the first", path, key);
        }
    }
    g_variant_iter_init(&iter, b);
    while (g_variant_iter_loop(&iter, "{&sv}", &key, &value)) {
        g_autoptr(GVariant) other = g_variant_lookup_value(a, key, g_variant_get_type(value));

        if (!other) {
            differ(diff, "%s%s: only in the second", path, key);
        }
    }
}

int command_diff(const char *a, const char *b)
{
    State first, second;
    Diff diff = {.count = 0};

    if (!state_open(&first, a, NULL)) {
        return 2;
    }
    if (!state_open(&second, b, NULL)) {
        state_close(&first);
        return 2;
    }
    diff.gics[0] = first.gic;
    diff.gics[1] = second.gic;
    compare_dictionaries(&diff, "", "", first.dictionary, second.dictionary);
    state_close(&first);
    state_close(&second);
    return diff.count != 0;
}
