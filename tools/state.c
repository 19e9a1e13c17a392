/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Saved states: reading a file, and what the tool needs to know of the format beyond what is in it.
 * The library checks the whole state before anything here looks into it, so that the rest may rely
 * on names and types.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

enum {
    LARGEST = 512 << 20, /* no state of any GIC is as long */
};

/* Nothing here changes guest memory. */
static bool write_nothing(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                          size_t length)
{
    (void)machine, (void)space, (void)address, (void)buffer, (void)length;
    return true;
}

/* Commands that were left stay left. */
static void no_work(void *machine)
{
    (void)machine;
}

/* Reads a whole file; not much more than LARGEST bytes, whatever it is. */
static GBytes *read_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    GByteArray *bytes;
    uint8_t block[65536];
    size_t length;
    int failed;

    if (!file) {
        fprintf(stderr, "vgic: cannot open '%s': %s\n", name, g_strerror(errno));
        return NULL;
    }
    bytes = g_byte_array_new();
    while (bytes->len <= LARGEST && (length = fread(block, 1, sizeof(block), file))) {
        g_byte_array_append(bytes, block, (guint)length);
    }
    failed = ferror(file) ? errno : 0;
    fclose(file);
    if (failed) {
        fprintf(stderr, "vgic: cannot read '%s': %s\n", name, g_strerror(failed));
        g_byte_array_unref(bytes);
        return NULL;
    }
    return g_byte_array_free_to_bytes(bytes);
}

/* The outermost dictionary of a state that the library accepted. */
static GVariant *dictionary_of(GBytes *bytes)
{
    g_autoptr(GVariant) whole =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE("(sua{sv})"), bytes, FALSE));

#if G_BYTE_ORDER == G_BIG_ENDIAN
    GVariant *swapped = g_variant_byteswap(whole);

    g_variant_unref(whole);
    whole = swapped;
#endif
    return g_variant_get_child_value(whole, 2);
}

bool state_open(State *state, const char *file, char **memory)
{
    VgicHost host =
        VGIC_HOST_INIT(.memory_read = memory_read, .memory_write = write_nothing, .work = no_work);
    g_autoptr(GBytes) bytes = read_file(file);
    VgicError *error = NULL;
    const void *data;

    *state = (State){.file = file};
    if (!bytes) {
        return false;
    }
    data = g_bytes_get_data(bytes, &state->size);
    if (state->size > LARGEST) {
        fprintf(stderr, "vgic: %s: too long for a saved state\n", file);
        return false;
    }
    state->memory = memory_new(memory);
    if (!state->memory) {
        return false;
    }
    state->gic = vgic_new_from_state(data ? data : "", state->size, &host, state->memory, &error);
    if (!state->gic) {
        fprintf(stderr, "vgic: %s: %s\n", file, vgic_error_message(error));
        vgic_error_free(error);
        memory_free(state->memory);
        return false;
    }
    state->dictionary = dictionary_of(bytes);
    return true;
}

void state_close(State *state)
{
    vgic_free(state->gic);
    memory_free(state->memory);
    g_variant_unref(state->dictionary);
}

uint64_t state_number(GVariant *dictionary, const char *key)
{
    g_autoptr(GVariant) value = g_variant_lookup_value(dictionary, key, NULL);

    if (!value) {
        return 0;
    }
    return g_variant_is_of_type(value, G_VARIANT_TYPE_UINT64) ? g_variant_get_uint64(value)
                                                              : g_variant_get_uint32(value);
}

/* "ISENABLER" of "GICR_ISENABLER<n>E"; whether it is of an extended range. To be freed. */
static char *stem_of(const char *key, bool *extended)
{
    size_t length = strlen(key);
    bool of_frame = g_str_has_prefix(key, "GICD_") || g_str_has_prefix(key, "GICR_");

    *extended = length && key[length - 1] == 'E';
    length -= *extended;
    if (length > 3 && memcmp(key + length - 3, "<n>", 3) == 0) {
        length -= 3;
    } else if (length && key[length - 1] == '0') {
        length--;
    }
    return of_frame ? g_strndup(key + 5, length - 5) : g_strndup(key, length);
}

/* The arrays of SPIs of a GICv5, and of the wires of an IWB. */
static bool is_v5_property(const char *key, unsigned *bits)
{
    static const struct {
        const char *key;
        unsigned bits;
    } properties[] = {
        {"Pending", 1},
        {"Active", 1},
        {"HM", 1},
        {"Enable", 1},
        {"IRM", 1},
        {"TM", 1},
        {"wire", 1},
        {"DOMAIN", 2},
        {"pe", 0},
        {"chosen", 0},
        {"IAFFID", 0},
        {"Priority", 0},
        {"IWB_WENABLER<n>", 1},
        {"IWB_WTMR<n>", 1},
        {"IWB_WDOMAINR<n>", 2},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(properties); i++) {
        if (strcmp(key, properties[i].key) == 0) {
            *bits = properties[i].bits;
            return true;
        }
    }
    return false;
}

bool state_is_property(const char *part, const char *key, uint32_t *first, unsigned *bits)
{
    static const struct {
        const char *stem;
        unsigned bits;
    } properties[] = {
        {"IGROUPR", 1}, {"IGRPMODR", 1}, {"ISENABLER", 1}, {"ISPENDR", 1},    {"ISACTIVER", 1},
        {"ICFGR", 2},   {"NSACR", 2},    {"INMIR", 1},     {"IPRIORITYR", 0}, {"IROUTER", 0},
        {"wire", 1},    {"message", 1},  {"pe", 0},        {"chosen", 0},
    };
    bool local = strcmp(part, "GICR") == 0, extended;
    g_autofree char *stem = stem_of(key, &extended);

    if (strcmp(part, "SPI") == 0 || strcmp(part, "IWB") == 0) {
        *first = 0;
        return is_v5_property(key, bits);
    }
    if (!local && strcmp(part, "GICD") != 0) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(properties); i++) {
        if (strcmp(stem, properties[i].stem) == 0) {
            *first = local ? (extended ? 1056 : 0) : (extended ? 4096 : 32);
            *bits = properties[i].bits;
            return true;
        }
    }
    return false;
}

uint64_t state_element(GVariant *array, size_t i)
{
    g_autoptr(GVariant) element = g_variant_get_child_value(array, i);

    switch (g_variant_classify(element)) {
    case G_VARIANT_CLASS_BYTE:
        return g_variant_get_byte(element);
    case G_VARIANT_CLASS_UINT16:
        return g_variant_get_uint16(element);
    case G_VARIANT_CLASS_UINT32:
        return g_variant_get_uint32(element);
    default:
        return g_variant_get_uint64(element);
    }
}

char *state_element_name(const char *key, size_t i)
{
    const char *n = strstr(key, "<n>");

    if (!n) {
        return g_strdup_printf("%s[%zu]", key, i);
    }
    return g_strdup_printf("%.*s%zu%s", (int)(n - key), key, i, n + 3);
}

char *state_register_name(const char *key)
{
    return g_strndup(key, strcspn(key, "("));
}

StateLpi state_lpi(GVariant *array, size_t i)
{
    g_autoptr(GVariant) element = g_variant_get_child_value(array, i);
    StateLpi lpi;

    g_variant_get(element, "(uqyy)", &lpi.intid, &lpi.cpu, &lpi.priority, &lpi.flags);
    return lpi;
}

StateLpi5 state_lpi5(GVariant *array, size_t i)
{
    g_autoptr(GVariant) element = g_variant_get_child_value(array, i);
    StateLpi5 lpi;

    g_variant_get(element, "(uuqq)", &lpi.intid, &lpi.iste, &lpi.cpu, &lpi.chosen);
    return lpi;
}

bool state_is_v5(GVariant *dictionary)
{
    g_autoptr(GVariant) config = g_variant_lookup_value(dictionary, "config", NULL);

    return state_number(config, "model") == VGIC_V5;
}

IntidName intid_name(uint32_t intid)
{
    static const char *const types[] = {"0", "PPI", "LPI", "SPI", "4", "5", "6", "7"};
    static const char *const domains[] = {"", " (S)", " (RL)", " (EL3)"}; /* of LPIs */
    IntidName name;

    snprintf(name.text, sizeof(name.text), "%s %u%s", types[intid >> 29], intid & 0xFFFFFF,
             domains[intid >> 24 & 3]);
    return name;
}
