/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The register tables of the frames against the architecture's lists, in both directions, and the
 * dispatcher against the tables: every listed offset decodes, every gap is RES0 and reported, RO
 * and WO hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "csv.h"
#include "lists.h"

typedef struct Fixture {
    Vgic *gic;
    GHashTable *missing;
    guint reports, host_errors;
} Fixture;

static const struct {
    const char *frame, *file;
} lists[] = {
    {"GICD", "gicd.csv"}, {"GICR", "gicr.csv"}, {"GICM", "gicm.csv"}, {"GITS", "gits.csv"}};

/* A Redistributor region repeats its registers for each PE. */
static uint64_t registers_end(const VgicFrame *frame)
{
    return g_str_has_prefix(vgic_frame_name(frame), "GICR") ? 0x20000 : vgic_frame_size(frame);
}

static void on_guest_error(void *machine, const VgicReport *report)
{
    Fixture *f = machine;

    f->reports++;
    assert_non_null(report->rule);
    assert_non_null(report->message);
}

static void on_host_error(void *machine, const char *function, const char *message)
{
    Fixture *f = machine;

    f->host_errors++;
    assert_non_null(function);
    assert_non_null(message);
}

static int set_up(void **state)
{
    Fixture *f = g_new0(Fixture, 1);
    VgicHost host;
    VgicConfig config;

    full_config(&config);
    full_host(&host);
    host.guest_error = on_guest_error;
    host.host_error = on_host_error;
    f->gic = vgic_new(&config, &host, f, NULL);
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

static const VgicRegister *row_named(const VgicFrame *frame, const char *name)
{
    const VgicRegister *row;

    for (uint32_t i = 0; (row = vgic_frame_register(frame, i)); i++) {
        if (g_str_equal(row->name, name)) {
            return row;
        }
    }
    return NULL;
}

static bool is_modelled(const VgicRegister *row)
{
    return row && !(row->access & VGIC_UNMODELLED);
}

/* The row whose element begins at @p offset, or covers it. */
static const VgicRegister *row_at(const VgicFrame *frame, uint64_t offset, bool *starts)
{
    const VgicRegister *row;

    for (uint32_t i = 0; (row = vgic_frame_register(frame, i)); i++) {
        uint64_t stride = row->count > 1 ? row->stride : row->width / 8u;

        if (offset >= row->offset && offset < row->offset + stride * row->count &&
            (offset - row->offset) % stride < row->width / 8u) {
            *starts = (offset - row->offset) % stride == 0;
            return row;
        }
    }
    return NULL;
}

static VgicResult read_at(Fixture *f, const VgicFrame *frame, VgicAttrs attrs, uint64_t offset,
                          uint32_t size, uint64_t *value)
{
    *value = UINT64_MAX;
    f->reports = f->host_errors = 0;
    return vgic_frame_read(f->gic, frame, attrs, offset, size, value);
}

static VgicResult write_at(Fixture *f, const VgicFrame *frame, VgicAttrs attrs, uint64_t offset,
                           uint32_t size, uint64_t value)
{
    f->reports = f->host_errors = 0;
    return vgic_frame_write(f->gic, frame, attrs, offset, size, value);
}

/* What an access of @p size at byte @p at of an element must answer. */
static VgicResult expected(const VgicFrame *frame, const VgicRegister *row, uint64_t offset,
                           uint64_t at, uint32_t size, unsigned direction)
{
    /* Registers that take 16 bits take their low half. */
    bool aligned = (offset + at) % size == 0 && !(size == 2 && at != 0);

    if (offset + at + size > vgic_frame_size(frame)) {
        return VGIC_INVALID;
    }
    return aligned && row->sizes & size && row->access & direction && is_modelled(row)
               ? VGIC_OK
               : VGIC_RAZ_WI;
}

/* The value of an element as Secure software sees it. */
static uint64_t value_at(Fixture *f, const VgicFrame *frame, const VgicRegister *row,
                         uint64_t offset)
{
    uint64_t value;

    assert_int_equal(read_at(f, frame, VGIC_S, offset, row->width / 8u, &value), VGIC_OK);
    return value;
}

typedef void (*RowCheck)(Fixture *f, const VgicFrame *frame, const VgicRegister *row);
typedef void (*ListCheck)(Fixture *f, const VgicFrame *frame, const ListedRegister *listed,
                          const VgicRegister *row);

static void for_each_row(Fixture *f, RowCheck check)
{
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        const VgicFrame *frame = vgic_frame(f->gic, lists[i].frame);
        const VgicRegister *row;
        uint32_t n = 0;

        assert_non_null(frame);
        while ((row = vgic_frame_register(frame, n))) {
            check(f, frame, row);
            n++;
        }
        assert_true(n > 10);
    }
}

static void for_each_listed(Fixture *f, ListCheck check)
{
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        const VgicFrame *frame = vgic_frame(f->gic, lists[i].frame);
        g_autoptr(GArray) list = listed_registers(REGISTER_LISTS, lists[i].file);

        for (guint n = 0; n < list->len; n++) {
            const ListedRegister *listed = &g_array_index(list, ListedRegister, n);

            check(f, frame, listed, row_named(frame, listed->name));
        }
    }
}

static guint wrong;

static void mismatch(const char *name, const char *what, uint64_t ours, uint64_t theirs)
{
    print_error("%s: %s is %#" G_GINT64_MODIFIER
                "x, the architecture's list says %#" G_GINT64_MODIFIER "x\n",
                name, what, ours, theirs);
    wrong++;
}

static void compare(const char *name, const char *what, uint64_t ours, uint64_t theirs)
{
    if (ours != theirs) {
        mismatch(name, what, ours, theirs);
    }
}

static void check_has_row(Fixture *f, const VgicFrame *frame, const ListedRegister *listed,
                          const VgicRegister *row)
{
    bool documented = g_hash_table_contains(f->missing, listed->name);

    if (!is_modelled(row)) {
        if (!documented) {
            print_error("%s of %s: neither modelled nor in missing.csv\n", listed->name,
                        vgic_frame_name(frame));
            wrong++;
        }
        return;
    }
    if (documented) {
        print_error("%s: modelled, yet missing.csv gives a reason why not\n", listed->name);
        wrong++;
    }
    compare(row->name, "offset", row->offset, listed->offset);
    compare(row->name, "count", row->count, listed->count);
    compare(row->name, "stride", row->count > 1 ? row->stride : 0, listed->stride);
    compare(row->name, "width", row->width, listed->width);
    compare(row->name, "access", row->access, listed->access);
    compare(row->name, "sizes", row->sizes, listed->sizes);
}

static void every_listed_register_has_an_equal_row_or_a_documented_reason(void **state)
{
    wrong = 0;
    for_each_listed(*state, check_has_row);
    assert_int_equal(wrong, 0);
}

static void check_is_listed(Fixture *f, const VgicFrame *frame, const VgicRegister *row)
{
    bool found = false;

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autoptr(GArray) list = NULL;

        if (!g_str_equal(lists[i].frame, vgic_frame_name(frame))) {
            continue;
        }
        list = listed_registers(REGISTER_LISTS, lists[i].file);
        for (guint n = 0; n < list->len; n++) {
            found |= g_str_equal(g_array_index(list, ListedRegister, n).name, row->name);
        }
    }
    if (!found) {
        print_error("%s: no such register in the architecture's list of %s\n", row->name,
                    vgic_frame_name(frame));
        wrong++;
    }
    if ((row->access & VGIC_UNMODELLED) && !row->note) {
        print_error("%s: not modelled, and its row does not say why\n", row->name);
        wrong++;
    }
    (void)f;
}

static void every_row_is_an_architected_register(void **state)
{
    wrong = 0;
    for_each_row(*state, check_is_listed);
    assert_int_equal(wrong, 0);
}

static void every_reason_names_an_architected_register(void **state)
{
    static const char *const files[] = {"gicd.csv", "gicr.csv", "gicm.csv",
                                        "gits.csv", "icc.csv",  "icc-aarch32.csv"};
    Fixture *f = *state;
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer name;

    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(REGISTER_LISTS, files[i], NULL);
        g_autoptr(Csv) csv = csv_read(path);

        for (guint n = 0; n < csv->rows->len; n++) {
            g_hash_table_add(known, g_strdup(csv_cell(csv, n, "name")));
        }
    }
    g_hash_table_iter_init(&iter, f->missing);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        if (!g_hash_table_contains(known, name)) {
            fail_msg("missing.csv names %s, which no list has", (char *)name);
        }
    }
}

static void rows_are_sorted_aligned_and_do_not_overlap(void **state)
{
    Fixture *f = *state;

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        const VgicFrame *frame = vgic_frame(f->gic, lists[i].frame);
        const VgicRegister *row;
        uint64_t end = 0;

        for (uint32_t n = 0; (row = vgic_frame_register(frame, n)); n++) {
            uint64_t size = row->width / 8u;

            assert_true(row->width == 32 || row->width == 64);
            assert_int_equal(row->offset % size, 0);
            assert_true(row->count >= 1);
            assert_true(row->count == 1 || row->stride >= size);
            assert_true((row->sizes & size) != 0 || row->access & VGIC_UNMODELLED);
            if (row->offset < end) {
                fail_msg("%s overlaps the row before it, which ends at %#x", row->name,
                         (unsigned)end);
            }
            end = row->offset + (row->count - 1) * (uint64_t)row->stride + size;
            assert_true(end <= registers_end(frame));
        }
    }
}

static void fields_fit_their_register_and_do_not_overlap(void **state)
{
    Fixture *f = *state;

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        const VgicFrame *frame = vgic_frame(f->gic, lists[i].frame);
        const VgicRegister *row;

        for (uint32_t n = 0; (row = vgic_frame_register(frame, n)); n++) {
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
}

static void check_element_reads(Fixture *f, const VgicFrame *frame, const VgicRegister *row,
                                uint64_t offset)
{
    for (uint32_t size = 1; size <= 8; size *= 2) {
        for (uint64_t at = 0; at < row->width / 8u; at += size) {
            VgicResult want = expected(frame, row, offset, at, size, VGIC_READABLE);
            uint64_t value;

            if (read_at(f, frame, VGIC_S, offset + at, size, &value) != want) {
                fail_msg("%s at %#x: a read of %u bytes does not answer %d", row->name,
                         (unsigned)(offset + at), size, want);
            }
            assert_int_equal(f->reports, want == VGIC_RAZ_WI);
            assert_int_equal(f->host_errors, want == VGIC_INVALID);
            assert_true(want == VGIC_OK || value == 0);
            assert_true(size == 8 || value >> 8 * size == 0);
        }
    }
}

static void check_reads(Fixture *f, const VgicFrame *frame, const VgicRegister *row)
{
    for (uint32_t n = 0; n < row->count; n++) {
        check_element_reads(f, frame, row, row->offset + (uint64_t)n * row->stride);
    }
}

static void every_register_reads_in_its_sizes_and_in_no_other(void **state)
{
    for_each_row(*state, check_reads);
}

static void check_element_writes(Fixture *f, const VgicFrame *frame, const VgicRegister *row,
                                 uint64_t offset)
{
    for (uint32_t size = 1; size <= 8; size *= 2) {
        for (uint64_t at = 0; at < row->width / 8u; at += size) {
            VgicResult want = expected(frame, row, offset, at, size, VGIC_WRITABLE);

            if (write_at(f, frame, VGIC_S, offset + at, size, 0) != want) {
                fail_msg("%s at %#x: a write of %u bytes does not answer %d", row->name,
                         (unsigned)(offset + at), size, want);
            }
            assert_true(want != VGIC_RAZ_WI || f->reports == 1);
            assert_int_equal(f->host_errors, want == VGIC_INVALID);
        }
    }
}

static void check_writes(Fixture *f, const VgicFrame *frame, const VgicRegister *row)
{
    for (uint32_t n = 0; n < row->count; n++) {
        check_element_writes(f, frame, row, row->offset + (uint64_t)n * row->stride);
    }
}

static void every_register_writes_in_its_sizes_and_in_no_other(void **state)
{
    for_each_row(*state, check_writes);
}

static void misaligned_accesses_are_res0_and_reported(void **state)
{
    Fixture *f = *state;
    const VgicFrame *frame = vgic_frame(f->gic, "GICD");
    uint64_t value;

    assert_int_equal(read_at(f, frame, VGIC_S, 0x102, 4, &value), VGIC_RAZ_WI);
    assert_int_equal(f->reports, 1);
    assert_int_equal(write_at(f, frame, VGIC_S, 0x102, 4, UINT32_MAX), VGIC_RAZ_WI);
    assert_int_equal(f->reports, 1);
    assert_int_equal(read_at(f, frame, VGIC_S, 0x6104, 8, &value), VGIC_RAZ_WI);
    assert_int_equal(f->reports, 1);
    assert_int_equal(write_at(f, frame, VGIC_S, 0x41, 2, 40), VGIC_RAZ_WI);
    assert_int_equal(f->reports, 1);
}

static void every_gap_is_res0_and_reported(void **state)
{
    Fixture *f = *state;

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        const VgicFrame *frame = vgic_frame(f->gic, lists[i].frame);
        guint gaps = 0;

        for (uint64_t offset = 0; offset < registers_end(frame); offset += 4) {
            bool starts;
            uint64_t value;

            if (row_at(frame, offset, &starts)) {
                continue;
            }
            gaps++;
            assert_int_equal(read_at(f, frame, VGIC_S, offset, 4, &value), VGIC_RAZ_WI);
            assert_int_equal(value, 0);
            if (f->reports != 1) {
                fail_msg("%s+%#x: a read of a gap makes %u reports", lists[i].frame,
                         (unsigned)offset, f->reports);
            }
            assert_int_equal(write_at(f, frame, VGIC_S, offset, 4, UINT32_MAX), VGIC_RAZ_WI);
            assert_int_equal(f->reports, 1);
        }
        assert_true(gaps > 100);
    }
}

static void check_read_only(Fixture *f, const VgicFrame *frame, const VgicRegister *row)
{
    if (row->access & VGIC_WRITABLE || !is_modelled(row)) {
        return;
    }
    for (uint32_t n = 0; n < row->count; n++) {
        uint64_t offset = row->offset + (uint64_t)n * row->stride;
        uint64_t before = value_at(f, frame, row, offset);

        write_at(f, frame, VGIC_S, offset, row->width / 8u, ~before);
        assert_int_equal(value_at(f, frame, row, offset), before);
    }
}

static void read_only_registers_keep_their_value(void **state)
{
    for_each_row(*state, check_read_only);
}

static void check_secure(Fixture *f, const VgicFrame *frame, const VgicRegister *row)
{
    if (!(row->access & VGIC_SECURE_ONLY) || !(row->access & VGIC_READABLE)) {
        return;
    }
    for (uint32_t n = 0; n < row->count; n++) {
        uint64_t offset = row->offset + (uint64_t)n * row->stride;
        uint64_t secure, value;

        write_at(f, frame, VGIC_S, offset, row->width / 8u, UINT64_MAX);
        secure = value_at(f, frame, row, offset);
        read_at(f, frame, VGIC_NS, offset, row->width / 8u, &value);
        assert_int_equal(value, 0);
        read_at(f, frame, VGIC_REALM, offset, row->width / 8u, &value);
        assert_int_equal(value, 0);
        write_at(f, frame, VGIC_NS, offset, row->width / 8u, 0);
        assert_int_equal(value_at(f, frame, row, offset), secure);
        read_at(f, frame, VGIC_ROOT, offset, row->width / 8u, &value);
        assert_int_equal(value, secure);
    }
}

static void secure_registers_hide_from_non_secure_accesses(void **state)
{
    for_each_row(*state, check_secure);
}

/* The bits of element @p n of a register of one bit an interrupt: INTIDs 0 to 31 are the
 * Redistributor's, 1019 is the last SPI. */
static uint32_t implemented(const VgicRegister *row, uint32_t n)
{
    if (!g_str_has_prefix(row->name, "GICD_") || g_str_has_suffix(row->name, "E")) {
        return UINT32_MAX;
    }
    return n == 0 ? 0 : n == 31 ? UINT32_MAX >> 4 : UINT32_MAX;
}

/* The lists are in offset order, so that each ISxxx comes just before the ICxxx that clears what it
 * has set. */
static void check_set_and_clear(Fixture *f, const VgicFrame *frame, const ListedRegister *listed,
                                const VgicRegister *row)
{
    bool sets = strstr(listed->note, "W1S");

    if (!is_modelled(row) || strstr(listed->note, "RES0 with ARE") ||
        strstr(row->name, "STATUSR") || (!sets && !strstr(listed->note, "W1C"))) {
        return;
    }
    for (uint32_t n = 0; n < row->count; n++) {
        uint64_t offset = row->offset + (uint64_t)n * row->stride;
        uint64_t before = sets ? 0 : implemented(row, n);

        assert_int_equal(value_at(f, frame, row, offset), before);
        write_at(f, frame, VGIC_S, offset, 4, 0);
        assert_int_equal(value_at(f, frame, row, offset), before);
        write_at(f, frame, VGIC_S, offset, 4, UINT32_MAX);
        assert_int_equal(value_at(f, frame, row, offset), sets ? implemented(row, n) : 0);
    }
}

static void ones_set_or_clear_and_zeros_change_nothing(void **state)
{
    for_each_listed(*state, check_set_and_clear);
}

/* Reset values that are not 0: "reset 0x.." in the lists and resets.csv; all else of the full
 * configuration reads 0. */
static GHashTable *reset_values(void)
{
    g_autofree char *parent = g_path_get_dirname(REGISTER_LISTS);
    g_autofree char *path = g_build_filename(parent, "resets.csv", NULL);
    g_autoptr(Csv) csv = csv_read(path);
    GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (guint i = 0; i < csv->rows->len; i++) {
        guint64 value = csv_number(csv, i, "value");

        g_hash_table_insert(values, g_strdup(csv_cell(csv, i, "name")),
                            g_memdup2(&value, sizeof(value)));
    }
    return values;
}

/* A row of resets.csv is for all elements of a register ("<n>") or for one ("<0>"). */
static const guint64 *reset_of_element(GHashTable *values, const char *name, uint32_t n)
{
    g_auto(GStrv) parts = g_strsplit(name, "<n>", 2);
    g_autofree char *number = g_strdup_printf("<%u>", n);
    g_autofree char *element = g_strjoinv(number, parts);
    const guint64 *value = g_hash_table_lookup(values, element);

    return value ? value : g_hash_table_lookup(values, name);
}

static void check_reset(Fixture *f, const VgicFrame *frame, const ListedRegister *listed,
                        const VgicRegister *row)
{
    g_autoptr(GHashTable) values = reset_values();
    const char *noted = strstr(listed->note, "reset 0x");

    if (!is_modelled(row) || !(row->access & VGIC_READABLE)) {
        return;
    }
    for (uint32_t n = 0; n < row->count; n++) {
        const guint64 *other = reset_of_element(values, listed->name, n);
        guint64 expected = other ? *other : noted ? g_ascii_strtoull(noted + 6, NULL, 16) : 0;

        compare(row->name, "the reset value",
                value_at(f, frame, row, row->offset + (uint64_t)n * row->stride), expected);
    }
}

static void registers_have_their_reset_values(void **state)
{
    wrong = 0;
    for_each_listed(*state, check_reset);
    assert_int_equal(wrong, 0);
}

static int check_write_ones(void **state);

static void a_cold_reset_brings_the_reset_values_back(void **state)
{
    Fixture *f = *state;

    check_write_ones(state);
    vgic_reset(f->gic, VGIC_RESET_COLD);
    wrong = 0;
    for_each_listed(f, check_reset);
    assert_int_equal(wrong, 0);
}

static void write_ones(Fixture *f, const VgicFrame *frame, const VgicRegister *row)
{
    for (uint32_t n = 0; n < row->count; n++) {
        write_at(f, frame, VGIC_S, row->offset + (uint64_t)n * row->stride, row->width / 8u,
                 UINT64_MAX);
    }
}

static int check_write_ones(void **state)
{
    for_each_row(*state, write_ones);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_listed_register_has_an_equal_row_or_a_documented_reason),
        TEST(every_row_is_an_architected_register),
        TEST(every_reason_names_an_architected_register),
        TEST(rows_are_sorted_aligned_and_do_not_overlap),
        TEST(fields_fit_their_register_and_do_not_overlap),
        TEST(every_register_reads_in_its_sizes_and_in_no_other),
        TEST(every_register_writes_in_its_sizes_and_in_no_other),
        TEST(misaligned_accesses_are_res0_and_reported),
        TEST(every_gap_is_res0_and_reported),
        TEST(read_only_registers_keep_their_value),
        TEST(secure_registers_hide_from_non_secure_accesses),
        TEST(ones_set_or_clear_and_zeros_change_nothing),
        TEST(registers_have_their_reset_values),
        TEST(a_cold_reset_brings_the_reset_values_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
