/* SPDX-License-Identifier: BSD-2-Clause */
/* States of every format version (tests/golden) load, and mean what they meant. */
#include "edit.h"

#include "v5.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder;

static State read_state(const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    State state = {.bytes = NULL};
    gchar *bytes;
    gsize size;

    if (!g_file_get_contents(path, &bytes, &size, NULL)) {
        fail_msg("%s cannot be read", path);
    }
    state.bytes = malloc(size);
    assert_non_null(state.bytes);
    memcpy(state.bytes, bytes, size);
    state.size = size;
    g_free(bytes);
    return state;
}

static guint32 option_of(const State *state, const char *name)
{
    g_autoptr(GVariant) value = value_at(state, (Place){"config", -1, name});

    return value ? g_variant_get_uint32(value) : 0;
}

/* A machine around a GIC that was made from a state. */
static Machine machine_of(Vgic *gic, const State *state)
{
    Machine m = {.name = "golden", .gic = gic, .os = ns_el1};

    vgic_config_init(&m.config, (VgicModel)option_of(state, "model"));
    m.config.cpus = vgic_cpu_count(gic);
    m.config.v5.domains = option_of(state, "v5.domains");
    m.config.security_states = option_of(state, "security_states");
    m.config.el3 = option_of(state, "el3");
    m.config.el2 = option_of(state, "el2");
    m.config.nmi = option_of(state, "nmi");
    m.features = machine_features(&m.config);
    if (m.config.model == VGIC_V5) {
        return m;
    }
    if (has(&m, WORLDS)) {
        m.os.scr_el3 = SCR_NS | SCR_FIQ;
    }
    m.top = has(&m, EL3) ? el3 : m.os;
    return m;
}

static void compare_one(Place place, GVariant *value, void *data)
{
    const State *again = data;
    g_autoptr(GVariant) other = value_at(again, place);

    /* What a later release adds is not in an old state; what was in it is still there. */
    if (!place.key && strcmp(place.part, "LPI") != 0) {
        assert_non_null(other);
        return;
    }
    if (!other || !g_variant_equal(value, other)) {
        expect(1, 0, "%s changed", place_name(place));
    }
}

static void check_interrupts(Machine *m, const char *name)
{
    static uint32_t intids[MAX_DRAINED];
    g_autofree char *base = g_strndup(name, strlen(name) - strlen(".state"));
    g_autofree char *path = g_strdup_printf("%s/%s.interrupts", folder, base);
    g_autofree char *text = NULL;
    const unsigned count = drain(m, intids, MAX_DRAINED);
    char *at;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        fail_msg("%s cannot be read", path);
    }
    at = text;
    for (unsigned i = 0; i < count; i++) {
        expect(intids[i], strtoul(at, &at, 10), "%s: interrupt %u in turn", name, i);
    }
    assert_string_equal(at, "\n");
}

static void check_state(const char *name)
{
    State state = read_state(name), again = {.size = 0};
    VgicError *error = NULL;
    Vgic *gic = vgic_new_from_state(state.bytes, state.size, NULL, NULL, &error);

    if (!gic) {
        fail_msg("%s: %s", name, vgic_error_message(error));
    }
    again.bytes = vgic_save(gic, &again.size, NULL);
    assert_non_null(again.bytes);
    for_each_value(&state, compare_one, &again);
    Machine m = machine_of(gic, &state);
    check_interrupts(&m, name);
    vgic_state_free(again.bytes);
    state_free(&state);
    vgic_free(gic);
}

static void every_kept_state_means_what_it_meant(Machine *unused)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    unsigned count = 0;

    (void)unused;
    assert_non_null(dir);
    while ((name = g_dir_read_name(dir))) {
        if (g_str_has_suffix(name, ".state")) {
            check_state(name);
            count++;
        }
    }
    g_dir_close(dir);
    assert_true(count >= 75);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST_ALONE(every_kept_state_means_what_it_meant),
    };

    if (argc < 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 1;
    }
    folder = argv[1];
    return RUN(1, argv, "golden", tests);
}
