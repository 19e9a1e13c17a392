/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system-register table against the architecture's lists of ICC registers, AArch64 and AArch32,
 * and the dispatcher against the table: directions and exception levels hold, every other encoding
 * is UNDEFINED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "csv.h"
#include "lists.h"

typedef struct Fixture {
    Vgic *gic;
    GHashTable *missing;
} Fixture;

static const char *const files[] = {"icc.csv", "icc-aarch32.csv"};

static Vgic *new_gic(const VgicConfig *config)
{
    VgicHost host;

    full_host(&host);
    return vgic_new(config, &host, NULL, NULL);
}

static int set_up(void **state)
{
    Fixture *f = g_new0(Fixture, 1);
    VgicConfig config;

    full_config(&config);
    f->gic = new_gic(&config);
    assert_non_null(f->gic);
    f->missing = missing_registers(REGISTER_LISTS);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;

    vgic_free(f->gic);
    g_hash_table_unref(f->missing);
    g_free(f);
    return 0;
}

static bool is_aarch32(uint32_t encoding)
{
    return encoding >> 16 != 0;
}

/* A PE at @p el in the Secure state (EL1, EL3) or the Non-secure one (EL2), nothing trapped. */
static VgicCpuState cpu_state(unsigned el, bool aarch32)
{
    return (VgicCpuState){
        .el = (uint8_t)el,
        .space = el == 2 ? VGIC_NS : VGIC_S,
        .aarch32 = aarch32,
        .monitor = aarch32 && el == 3,
        .el2_enabled = el == 2,
        .scr_el3 = el == 2 ? 1 : 0,
    };
}

static const VgicSysreg *row_named(const Vgic *gic, const char *name)
{
    const VgicSysreg *row;

    for (uint32_t i = 0; (row = vgic_sysreg_at(gic, i)); i++) {
        if (g_str_equal(row->name, name)) {
            return row;
        }
    }
    return NULL;
}

static guint wrong;

static void compare(const char *name, const char *what, uint64_t ours, uint64_t theirs)
{
    if (ours != theirs) {
        print_error("%s: %s is %#" G_GINT64_MODIFIER
                    "x, the architecture's list says %#" G_GINT64_MODIFIER "x\n",
                    name, what, ours, theirs);
        wrong++;
    }
}

static void every_listed_register_has_an_equal_row_or_a_documented_reason(void **state)
{
    Fixture *f = *state;
    g_autoptr(GHashTable) differences = documented_differences(REGISTER_LISTS);
    guint used = 0;

    wrong = 0;
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GArray) list = listed_sysregs(REGISTER_LISTS, files[i]);

        for (guint n = 0; n < list->len; n++) {
            const ListedSysreg *listed = &g_array_index(list, ListedSysreg, n);
            const VgicSysreg *row = row_named(f->gic, listed->name);
            bool documented = g_hash_table_contains(f->missing, listed->name);

            if (!row == !documented) {
                print_error("%s: %s\n", listed->name,
                            row ? "modelled, yet missing.csv gives a reason why not"
                                : "neither modelled nor in missing.csv");
                wrong++;
            }
            if (row) {
                compare(row->name, "encoding", row->encoding, listed->encoding);
                compare(row->name, "width", row->width, listed->width);
                compare(row->name, "access", row->access, listed->access);
                if (row->min_el != listed->min_el) {
                    g_autofree char *key = g_strdup_printf("%s min_el %u", row->name, row->min_el);

                    if (g_hash_table_contains(differences, key)) {
                        used++;
                    } else {
                        compare(row->name, "the lowest EL", row->min_el, listed->min_el);
                    }
                }
            }
        }
    }
    assert_int_equal(used, g_hash_table_size(differences));
    assert_int_equal(wrong, 0);
}

static void every_row_is_an_architected_register_and_there_once(void **state)
{
    Fixture *f = *state;
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    const VgicSysreg *row;
    uint32_t count = 0;

    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GArray) list = listed_sysregs(REGISTER_LISTS, files[i]);

        for (guint n = 0; n < list->len; n++) {
            g_hash_table_add(known, g_strdup(g_array_index(list, ListedSysreg, n).name));
        }
    }
    while ((row = vgic_sysreg_at(f->gic, count))) {
        count++;
        if (!g_hash_table_contains(known, row->name)) {
            fail_msg("%s: no such register in the architecture's lists", row->name);
        }
        if (!g_hash_table_add(seen, GUINT_TO_POINTER(row->encoding))) {
            fail_msg("%s: a second row with the same encoding", row->name);
        }
    }
    assert_true(count > 50);
}

static void access_directions_hold(void **state)
{
    Fixture *f = *state;
    const VgicSysreg *row;

    for (uint32_t i = 0; (row = vgic_sysreg_at(f->gic, i)); i++) {
        VgicCpuState cpu = cpu_state(3, is_aarch32(row->encoding));

        for (int write = 0; write < 2; write++) {
            bool legal = row->access & (write ? VGIC_WRITABLE : VGIC_READABLE);
            VgicResult result = vgic_sysreg_check(f->gic, 0, &cpu, row->encoding, write);

            if (result != (legal ? VGIC_OK : VGIC_UNDEFINED)) {
                fail_msg("%s: %s at EL3 answers %d", row->name, write ? "write" : "read", result);
            }
        }
    }
}

static void an_access_answers_what_the_check_said(void **state)
{
    Fixture *f = *state;
    const VgicSysreg *row;

    for (uint32_t i = 0; (row = vgic_sysreg_at(f->gic, i)); i++) {
        for (unsigned el = 0; el <= 3; el++) {
            VgicCpuState cpu = cpu_state(el, is_aarch32(row->encoding));
            VgicResult said;
            uint64_t value = UINT64_MAX;

            said = vgic_sysreg_check(f->gic, 1, &cpu, row->encoding, false);
            assert_int_equal(vgic_sysreg_read(f->gic, 1, &cpu, row->encoding, &value), said);
            if (said != VGIC_OK) {
                assert_int_equal(value, 0);
            } else if (row->width == 32) {
                assert_int_equal(value >> 32, 0);
            }
            said = vgic_sysreg_check(f->gic, 1, &cpu, row->encoding, true);
            assert_int_equal(vgic_sysreg_write(f->gic, 1, &cpu, row->encoding, 0), said);
        }
    }
}

static void exception_levels_below_the_lowest_are_undefined(void **state)
{
    Fixture *f = *state;
    const VgicSysreg *row;

    for (uint32_t i = 0; (row = vgic_sysreg_at(f->gic, i)); i++) {
        for (unsigned el = 0; el < row->min_el; el++) {
            VgicCpuState cpu = cpu_state(el, is_aarch32(row->encoding));

            assert_int_equal(vgic_sysreg_check(f->gic, 0, &cpu, row->encoding, false),
                             VGIC_UNDEFINED);
            assert_int_equal(vgic_sysreg_check(f->gic, 0, &cpu, row->encoding, true),
                             VGIC_UNDEFINED);
        }
    }
}

static void check_stateless(const Vgic *gic, const VgicSysreg *row, unsigned last_el)
{
    for (unsigned bits = 0; bits < 1 << 7; bits++) {
        VgicCpuState cpu = {
            .space = (uint8_t)(bits & 3),
            .scr_el3 = bits >> 2 & 7,                  /* NS, IRQ, FIQ */
            .hcr_el2 = (uint64_t)(bits >> 5 & 3) << 3, /* FMO, IMO */
            .aarch32 = is_aarch32(row->encoding),
        };

        for (unsigned el = row->min_el; el <= last_el; el += 2) {
            cpu.el = (uint8_t)el;
            cpu.monitor = cpu.aarch32 && el == 3;
            for (int write = 0; write < 2; write++) {
                bool legal = row->access & (write ? VGIC_WRITABLE : VGIC_READABLE);
                VgicResult result = vgic_sysreg_check(gic, 0, &cpu, row->encoding, write);

                if (result != (legal ? VGIC_OK : VGIC_UNDEFINED)) {
                    fail_msg("%s: stateless, yet a %s at EL%u answers %d (state %#x)", row->name,
                             write ? "write" : "read", el, result, bits);
                }
            }
        }
    }
}

/* Without EL2, that is; traps depend on the PE's state only where EL3 can ask for them. */
static void stateless_rows_answer_the_same_in_every_state(void **state)
{
    unsigned stateless = 0;
    (void)state;

    for (unsigned el3 = 0; el3 < 2; el3++) {
        const VgicSysreg *row;
        VgicConfig config;
        Vgic *gic;

        full_config(&config);
        config.el3 = el3;
        config.security_states = el3 ? 2 : 1;
        gic = new_gic(&config);
        assert_non_null(gic);
        for (uint32_t i = 0; (row = vgic_sysreg_at(gic, i)); i++) {
            if (row->stateless) {
                stateless++;
                check_stateless(gic, row, el3 ? 3 : 1);
            }
        }
        vgic_free(gic);
    }
    assert_true(stateless > 20);
}

static void every_other_encoding_is_undefined(void **state)
{
    Fixture *f = *state;
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    const VgicSysreg *row;
    guint others = 0;

    for (uint32_t i = 0; (row = vgic_sysreg_at(f->gic, i)); i++) {
        g_hash_table_add(known, GUINT_TO_POINTER(row->encoding));
    }
    for (uint32_t encoding = 0; encoding < 3u << 16; encoding++) {
        VgicCpuState cpu = cpu_state(3, is_aarch32(encoding));
        uint64_t value = 1;

        if (g_hash_table_contains(known, GUINT_TO_POINTER(encoding))) {
            continue;
        }
        others++;
        if (vgic_sysreg_check(f->gic, 0, &cpu, encoding, false) != VGIC_UNDEFINED ||
            vgic_sysreg_check(f->gic, 0, &cpu, encoding, true) != VGIC_UNDEFINED) {
            fail_msg("encoding %#x has no row, and is not UNDEFINED", encoding);
        }
        assert_int_equal(vgic_sysreg_read(f->gic, 0, &cpu, encoding, &value), VGIC_UNDEFINED);
        assert_int_equal(value, 0);
        assert_int_equal(vgic_sysreg_write(f->gic, 0, &cpu, encoding, UINT64_MAX), VGIC_UNDEFINED);
    }
    assert_true(others > 190000);
}

static void each_execution_state_has_its_own_registers(void **state)
{
    Fixture *f = *state;
    const VgicSysreg *row;

    for (uint32_t i = 0; (row = vgic_sysreg_at(f->gic, i)); i++) {
        VgicCpuState cpu = cpu_state(3, !is_aarch32(row->encoding));

        assert_int_equal(
            vgic_sysreg_check(f->gic, 0, &cpu, row->encoding, !(row->access & VGIC_READABLE)),
            VGIC_UNDEFINED);
    }
}

static void fields_fit_their_register_and_do_not_overlap(void **state)
{
    Fixture *f = *state;
    const VgicSysreg *row;

    for (uint32_t i = 0; (row = vgic_sysreg_at(f->gic, i)); i++) {
        uint64_t used = 0;

        for (unsigned k = 0; k < row->field_count; k++) {
            const VgicField *field = &row->fields[k];
            uint64_t mask = UINT64_MAX >> (64 - field->width) << field->lsb;

            assert_true(field->width >= 1);
            assert_true(field->lsb + field->width <= row->width);
            if (used & mask) {
                fail_msg("%s.%s overlaps another field", row->name, field->name);
            }
            used |= mask;
        }
    }
}

/* 5, 6 and 7 preemption bits: one, two and four active-priority registers of each group exist. */
static void absent_active_priority_registers_are_undefined(void **state)
{
    static const uint32_t ap0r[] = {VGIC_SYSREG(3, 0, 12, 8, 4), VGIC_SYSREG(3, 0, 12, 8, 5),
                                    VGIC_SYSREG(3, 0, 12, 8, 6), VGIC_SYSREG(3, 0, 12, 8, 7)};
    (void)state;

    for (uint32_t bits = 5; bits <= 8; bits++) {
        unsigned present = bits == 5 ? 1 : bits == 6 ? 2 : 4;
        VgicCpuState cpu = cpu_state(3, false);
        VgicConfig config;
        Vgic *gic;

        full_config(&config);
        config.priority_bits = bits;
        gic = new_gic(&config);
        assert_non_null(gic);
        for (unsigned n = 0; n < 4; n++) {
            VgicResult expected = n < present ? VGIC_OK : VGIC_UNDEFINED;
            uint32_t ap1r = ap0r[n] + VGIC_SYSREG(0, 0, 0, 1, 0) - 4;

            assert_int_equal(vgic_sysreg_check(gic, 0, &cpu, ap0r[n], true), expected);
            assert_int_equal(vgic_sysreg_check(gic, 0, &cpu, ap1r, true), expected);
        }
        vgic_free(gic);
    }
}

/* Registers of EL3 exist only on PEs that have it. */
static void registers_of_el3_need_el3(void **state)
{
    VgicConfig config;
    const VgicSysreg *row;
    uint32_t count = 0;
    Vgic *gic;
    (void)state;

    full_config(&config);
    config.el3 = false;
    config.security_states = 1;
    gic = new_gic(&config);
    assert_non_null(gic);
    while ((row = vgic_sysreg_at(gic, count))) {
        assert_true(row->min_el < 3);
        count++;
    }
    assert_true(count > 40);
    vgic_free(gic);
}

static void registers_have_their_reset_values(void **state)
{
    Fixture *f = *state;
    g_autofree char *parent = g_path_get_dirname(REGISTER_LISTS);
    g_autofree char *path = g_build_filename(parent, "resets.csv", NULL);
    g_autoptr(Csv) csv = csv_read(path);
    const VgicSysreg *row;

    wrong = 0;
    for (uint32_t i = 0; (row = vgic_sysreg_at(f->gic, i)); i++) {
        VgicCpuState cpu = cpu_state(3, is_aarch32(row->encoding));
        uint64_t expected = 0, value;

        if (!(row->access & VGIC_READABLE)) {
            continue;
        }
        for (guint n = 0; n < csv->rows->len; n++) {
            if (g_str_equal(csv_cell(csv, n, "name"), row->name)) {
                expected = csv_number(csv, n, "value");
            }
        }
        assert_int_equal(vgic_sysreg_read(f->gic, 0, &cpu, row->encoding, &value), VGIC_OK);
        compare(row->name, "the reset value", value, expected);
    }
    assert_int_equal(wrong, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_listed_register_has_an_equal_row_or_a_documented_reason),
        TEST(every_row_is_an_architected_register_and_there_once),
        TEST(access_directions_hold),
        TEST(an_access_answers_what_the_check_said),
        TEST(exception_levels_below_the_lowest_are_undefined),
        TEST(stateless_rows_answer_the_same_in_every_state),
        TEST(every_other_encoding_is_undefined),
        TEST(each_execution_state_has_its_own_registers),
        TEST(fields_fit_their_register_and_do_not_overlap),
        TEST(absent_active_priority_registers_are_undefined),
        TEST(registers_of_el3_need_el3),
        TEST(registers_have_their_reset_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
