/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system-register table against the architecture's lists of ICC and ICH registers, AArch64 and
 * AArch32, and of GIC instructions, and the dispatcher against the table: directions and exception
 * levels hold, every other encoding is UNDEFINED.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "csv.h"
#include "lists.h"

typedef struct Fixture {
    const Generation *generation;
    Vgic *gic;
    GHashTable *missing;
} Fixture;

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

    f->generation = *state;
    f->generation->full_config(&config);
    f->gic = new_gic(&config);
    assert_non_null(f->gic);
    f->missing = missing_registers(REGISTER_LISTS, f->generation);
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

static void without_el2(VgicConfig *config)
{
    config->el2 = false;
    memset(&config->ich_options, 0, sizeof(config->ich_options));
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

static void compare_text(const char *name, const char *what, const char *ours, const char *theirs)
{
    g_autoptr(GHashTable) differences = documented_differences(REGISTER_LISTS);

    if (theirs && !is_as_documented(differences, name, what, ours, theirs)) {
        print_error("%s: %s: '%s', the architecture's list says '%s'\n", name, what, ours, theirs);
        wrong++;
    }
}

static void compare_row(const VgicSysreg *row, const ListedSysreg *listed)
{
    g_autofree char *ours = g_strdup_printf("%u", row->min_el);
    g_autofree char *theirs = g_strdup_printf("%u", listed->min_el);
    g_autofree char *fields = fields_text(row->fields, row->field_count);

    compare(row->name, "encoding", row->encoding, listed->encoding);
    compare(row->name, "width", row->width, listed->width);
    compare(row->name, "access", row->access, listed->access);
    compare_text(row->name, "min_el", ours, theirs);
    compare_text(row->name, "fields", fields, listed->fields);
}

static void every_listed_register_has_an_equal_row_or_a_documented_reason(void **state)
{
    Fixture *f = *state;

    wrong = 0;
    for (guint i = 0; i < f->generation->sysreg_count; i++) {
        g_autoptr(GArray) list = listed_sysregs(REGISTER_LISTS, f->generation->sysregs[i].file);

        assert_true(list->len > 20);
        for (guint n = 0; n < list->len; n++) {
            const ListedSysreg *listed = &g_array_index(list, ListedSysreg, n);
            const VgicSysreg *row = row_named(f->gic, listed->name);
            bool documented = g_hash_table_contains(f->missing, listed->name);

            if (!row == !documented) {
                print_error("%s: %s %s\n", listed->name,
                            row ? "modelled, in spite of the reason in" : "neither modelled nor in",
                            f->generation->missing);
                wrong++;
            }
            if (row) {
                compare_row(row, listed);
            }
        }
    }
    assert_int_equal(wrong, 0);
}

static void every_row_is_an_architected_register_and_there_once(void **state)
{
    Fixture *f = *state;
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    const VgicSysreg *row;
    uint32_t count = 0, modelled = 0;

    for (guint i = 0; i < f->generation->sysreg_count; i++) {
        g_autoptr(GArray) list = listed_sysregs(REGISTER_LISTS, f->generation->sysregs[i].file);

        for (guint n = 0; n < list->len; n++) {
            const char *name = g_array_index(list, ListedSysreg, n).name;

            g_hash_table_add(known, g_strdup(name));
            modelled += !g_hash_table_contains(f->missing, name);
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
    assert_int_equal(count, modelled);
    assert_true(count > 60);
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

/* In every state but EL1 with EL2 enabled. */
static void check_stateless(const Vgic *gic, const VgicSysreg *row, bool el2, bool el3)
{
    for (unsigned bits = 0; bits < 1 << 11; bits++) {
        VgicCpuState cpu = {
            .space = (uint8_t)(bits & 3),
            .scr_el3 = bits >> 2 & 7, /* NS, IRQ, FIQ */
            .hcr_el2 =
                (uint64_t)(bits >> 5 & 3) << 3 | (bits >> 7 & 1 ? 1ull << 42 | 1ull << 45 : 0),
            .hfgrtr_el2 = bits >> 8 & 1 ? UINT64_MAX : 0,
            .hfgwtr_el2 = bits >> 8 & 1 ? UINT64_MAX : 0,
            .sctlr = bits >> 9 & 1 ? UINT64_MAX : 0,
            .aarch32 = is_aarch32(row->encoding),
        };

        for (unsigned el = row->min_el; el <= (el3 ? 3u : el2 ? 2u : 1u); el++) {
            if (el == 2 && !el2) {
                continue;
            }
            cpu.el = (uint8_t)el;
            cpu.el2_enabled = el == 2;
            cpu.monitor = cpu.aarch32 && el == 3 && !(bits >> 10 & 1);
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

/* The full configuration with some of the exception levels; NULL if there is no such GIC. */
static Vgic *gic_with_levels(const Generation *generation, bool el2, bool el3)
{
    VgicConfig config;

    generation->full_config(&config);
    config.el3 = el3;
    if (generation == &gicv5) {
        config.v5.domains = el3 ? config.v5.domains : 1u << VGIC_NS;
        return el2 ? NULL : new_gic(&config);
    }
    config.security_states = el3 ? 2 : 1;
    if (!el2) {
        without_el2(&config);
    }
    return new_gic(&config);
}

static void stateless_rows_answer_the_same_in_every_state(void **state)
{
    Fixture *f = *state;
    unsigned stateless = 0;

    for (unsigned levels = 0; levels < 4; levels++) {
        const bool el2 = levels & 1, el3 = levels & 2;
        const VgicSysreg *row;
        Vgic *gic = gic_with_levels(f->generation, el2, el3);

        if (!gic) {
            assert_true(f->generation == &gicv5 && el2);
            continue;
        }
        for (uint32_t i = 0; (row = vgic_sysreg_at(gic, i)); i++) {
            if (row->stateless) {
                stateless++;
                check_stateless(gic, row, el2, el3);
            }
        }
        vgic_free(gic);
    }
    assert_true(stateless > 40);
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
            if (field->lsb + field->width > row->width) {
                fail_msg("%s.%s is not in its %u bits", row->name, field->name, row->width);
            }
            /* Bit 41 of a list register is a part of pINTID or EOI, as HW says. */
            if (used & mask &&
                !(g_str_has_prefix(row->name, "ICH_LR") && g_str_equal(field->name, "EOI"))) {
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

        gicv3.full_config(&config);
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

/* The same for the virtual CPU interface, and as many list registers as ICH_VTR_EL2 says. */
static void absent_registers_of_the_virtual_interface_are_undefined(void **state)
{
    (void)state;

    for (uint32_t bits = 5; bits <= 7; bits++) {
        for (uint32_t lrs = 1; lrs <= 16; lrs++) {
            const unsigned present = bits == 5 ? 1 : bits == 6 ? 2 : 4;
            VgicConfig config;
            Vgic *gic;

            gicv3.full_config(&config);
            config.ich_options.preemption_bits = bits;
            config.ich_options.list_registers = lrs;
            gic = new_gic(&config);
            assert_non_null(gic);
            for (unsigned n = 0; n < 16; n++) {
                const unsigned crm = n / 8, op2 = n % 8;
                const VgicCpuState cpu = cpu_state(2, false), cpu32 = cpu_state(2, true);
                const VgicResult lr = n < lrs ? VGIC_OK : VGIC_UNDEFINED,
                                 ap = n % 4 < present ? VGIC_OK : VGIC_UNDEFINED;

                assert_int_equal(
                    vgic_sysreg_check(gic, 0, &cpu, VGIC_SYSREG(3, 4, 12, 12 + crm, op2), n & 1),
                    lr);
                assert_int_equal(
                    vgic_sysreg_check(gic, 0, &cpu32, VGIC_CP15(4, 12, 12 + crm, op2), n & 1), lr);
                assert_int_equal(
                    vgic_sysreg_check(gic, 0, &cpu32, VGIC_CP15(4, 12, 14 + crm, op2), n & 1), lr);
                assert_int_equal(vgic_sysreg_check(gic, 0, &cpu,
                                                   VGIC_SYSREG(3, 4, 12, 8 + n / 4 % 2, n % 4),
                                                   n & 1),
                                 ap);
            }
            vgic_free(gic);
        }
    }
}

/* ICV registers have the encodings of ICC registers: an access at EL1 gets there, and so past every
 * SCR_EL3 trap, while HCR_EL2 has one of the bits that the list names. */
static VgicResult virtual_result(const ListedSysreg *listed, bool imo, bool fmo)
{
    if (g_str_equal(listed->icv, "trap")) {
        return imo || fmo ? VGIC_TRAP_EL2 : VGIC_TRAP_EL3;
    }
    return (imo && strstr(listed->icv, "IMO")) || (fmo && strstr(listed->icv, "FMO"))
               ? VGIC_OK
               : VGIC_TRAP_EL3;
}

static guint check_virtual_register(Fixture *f, const ListedSysreg *listed, uint32_t encoding,
                                    bool aarch32)
{
    const uint8_t direction[2] = {VGIC_READABLE, VGIC_WRITABLE};

    for (unsigned bits = 0; bits < 4; bits++) {
        VgicCpuState cpu = cpu_state(1, aarch32);

        cpu.space = VGIC_NS;
        cpu.scr_el3 = 7; /* NS, IRQ, FIQ */
        cpu.el2_enabled = true;
        cpu.hcr_el2 = (uint64_t)bits << 3;
        for (unsigned write = 0; write < 2; write++) {
            const VgicResult expected = listed->access & direction[write]
                                            ? virtual_result(listed, bits & 2, bits & 1)
                                            : VGIC_UNDEFINED;

            compare(listed->name, write ? "a write at EL1" : "a read at EL1",
                    vgic_sysreg_check(f->gic, 0, &cpu, encoding, write), expected);
        }
    }
    return 1;
}

static void each_virtual_register_is_behind_its_name_as_hcr_el2_says(void **state)
{
    Fixture *f = *state;
    g_autoptr(GArray) list = listed_sysregs(REGISTER_LISTS, "icc.csv");
    guint checked = 0;

    wrong = 0;
    for (guint i = 0; i < list->len; i++) {
        const ListedSysreg *listed = &g_array_index(list, ListedSysreg, i);
        g_autofree char *name32 = g_strdup(listed->name);
        const VgicSysreg *row32;

        if (listed->icv[0] == '\0') {
            continue;
        }
        checked += check_virtual_register(f, listed, listed->encoding, false);
        name32[strlen(name32) - strlen("_EL1")] = '\0';
        row32 = row_named(f->gic, name32);
        if (row32) {
            check_virtual_register(f, listed, row32->encoding, true);
        } else {
            assert_string_equal(listed->name, "ICC_NMIAR1_EL1");
        }
    }
    assert_int_equal(checked, 26);
    assert_int_equal(wrong, 0);
}

/* Registers of EL2 are RES0 at EL3 on PEs that have EL3 and no EL2. */
static void registers_of_el2_need_el2_or_el3(void **state)
{
    (void)state;

    for (unsigned el3 = 0; el3 < 2; el3++) {
        VgicConfig config;
        const VgicSysreg *row;
        guint found = 0;
        Vgic *gic;

        gicv3.full_config(&config);
        without_el2(&config);
        config.el3 = el3;
        config.security_states = 1 + el3;
        gic = new_gic(&config);
        assert_non_null(gic);
        for (uint32_t i = 0; (row = vgic_sysreg_at(gic, i)); i++) {
            const VgicCpuState cpu = cpu_state(3, is_aarch32(row->encoding));
            uint64_t value;

            if (!g_str_has_prefix(row->name, "ICH_") &&
                !g_str_has_prefix(row->name, "ICC_SRE_EL2") &&
                !g_str_has_prefix(row->name, "ICC_HSRE")) {
                continue;
            }
            found++;
            assert_int_equal(row->min_el, 3);
            if (row->access & VGIC_WRITABLE) {
                assert_int_equal(vgic_sysreg_write(gic, 0, &cpu, row->encoding, UINT64_MAX),
                                 VGIC_OK);
            }
            assert_int_equal(vgic_sysreg_read(gic, 0, &cpu, row->encoding, &value), VGIC_OK);
            assert_int_equal(value, 0);
        }
        if (el3) {
            assert_true(found > 60);
        } else {
            assert_int_equal(found, 0);
        }
        vgic_free(gic);
    }
}

/* Registers of EL3 exist only on PEs that have it. */
static void registers_of_el3_need_el3(void **state)
{
    Fixture *f = *state;
    Vgic *gic = gic_with_levels(f->generation, f->generation == &gicv3, false);
    const VgicSysreg *row;
    uint32_t count = 0, of_el3 = 0, all = 0;

    assert_non_null(gic);
    for (; (row = vgic_sysreg_at(f->gic, all)); all++) {
        of_el3 += row->min_el == 3;
    }
    while ((row = vgic_sysreg_at(gic, count))) {
        assert_true(row->min_el < 3);
        count++;
    }
    assert_true(of_el3 > 2);
    assert_int_equal(count, all - of_el3);
    vgic_free(gic);
}

static void registers_have_their_reset_values(void **state)
{
    Fixture *f = *state;
    g_autoptr(GHashTable) values = reset_values(REGISTER_LISTS, f->generation);
    const VgicSysreg *row;

    wrong = 0;
    for (uint32_t i = 0; (row = vgic_sysreg_at(f->gic, i)); i++) {
        VgicCpuState cpu = cpu_state(3, is_aarch32(row->encoding));
        const guint64 *expected = g_hash_table_lookup(values, row->name);
        uint64_t value;

        if (row->access & VGIC_READABLE) {
            assert_int_equal(vgic_sysreg_read(f->gic, 0, &cpu, row->encoding, &value), VGIC_OK);
            compare(row->name, "the reset value", value, expected ? *expected : 0);
        }
    }
    assert_int_equal(wrong, 0);
}

/* Nothing of the list is there, at whatever exception level and with whatever HCR_EL2. */
static void check_undefined(const Vgic *gic, const char *file, const char *prefix)
{
    g_autoptr(GArray) list = listed_sysregs(REGISTER_LISTS, file);
    guint checked = 0;

    for (guint n = 0; n < list->len; n++) {
        const ListedSysreg *listed = &g_array_index(list, ListedSysreg, n);

        if (!g_str_has_prefix(listed->name, prefix)) {
            continue;
        }
        checked++;
        for (unsigned bits = 0; bits < 4 * 2 * 2; bits++) {
            VgicCpuState cpu = cpu_state(bits & 3, false);

            cpu.el2_enabled = bits >> 2 & 1;
            cpu.hcr_el2 = bits >> 3 ? 1ull << 4 | 1ull << 42 | 1ull << 45 : 0; /* IMO, NV, NV2 */
            if (vgic_sysreg_check(gic, 0, &cpu, listed->encoding, false) != VGIC_UNDEFINED ||
                vgic_sysreg_check(gic, 0, &cpu, listed->encoding, true) != VGIC_UNDEFINED) {
                fail_msg("%s is not UNDEFINED at EL%u", listed->name, bits & 3);
            }
        }
    }
    assert_true(checked > 0);
}

static void virtualization_of_a_gicv5_is_undefined(void **state)
{
    Fixture *f = *state;

    check_undefined(f->gic, "ich5.csv", "ICH_");
    check_undefined(f->gic, "gic-insn.csv", "GIC VD");
    check_undefined(f->gic, "icc5.csv", "ICC_HAPR_EL1");
}

/* A PE has the CPU interface of one generation: GCIE_LEGACY is 0, and there is no ICC_SRE_EL1. */
static void each_generation_has_its_own_registers(void **state)
{
    Fixture *f = *state;

    if (f->generation == &gicv5) {
        check_undefined(f->gic, "icc.csv", "ICC_");
        check_undefined(f->gic, "ich.csv", "ICH_");
    } else {
        check_undefined(f->gic, "icc5.csv", "ICC_");
        check_undefined(f->gic, "gic-insn.csv", "G");
    }
}

#define TEST(f, generation)                                                                        \
    {                                                                                              \
#f " (" #generation ")", f, set_up, tear_down, (void *)&(generation)                       \
    }
#define BOTH(f) TEST(f, gicv3), TEST(f, gicv5)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(every_listed_register_has_an_equal_row_or_a_documented_reason),
        BOTH(every_row_is_an_architected_register_and_there_once),
        BOTH(access_directions_hold),
        BOTH(an_access_answers_what_the_check_said),
        BOTH(exception_levels_below_the_lowest_are_undefined),
        BOTH(stateless_rows_answer_the_same_in_every_state),
        BOTH(every_other_encoding_is_undefined),
        BOTH(each_execution_state_has_its_own_registers),
        BOTH(fields_fit_their_register_and_do_not_overlap),
        TEST(absent_active_priority_registers_are_undefined, gicv3),
        TEST(absent_registers_of_the_virtual_interface_are_undefined, gicv3),
        TEST(each_virtual_register_is_behind_its_name_as_hcr_el2_says, gicv3),
        TEST(registers_of_el2_need_el2_or_el3, gicv3),
        TEST(virtualization_of_a_gicv5_is_undefined, gicv5),
        BOTH(each_generation_has_its_own_registers),
        BOTH(registers_of_el3_need_el3),
        BOTH(registers_have_their_reset_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
