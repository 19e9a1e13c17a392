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

#include <vgic/registers5.h>

typedef struct Fixture {
    const Generation *generation;
    Vgic *gic;
    GHashTable *missing;
    const ListedFrame *listed; /* the frame that a check is about */
    guint reports, host_errors;
    char rule[32]; /* of the last report */
} Fixture;

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
    g_strlcpy(f->rule, report->rule, sizeof(f->rule));
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

    f->generation = *state;
    f->generation->full_config(&config);
    full_host(&host);
    host.guest_error = on_guest_error;
    host.host_error = on_host_error;
    f->gic = vgic_new(&config, &host, f, NULL);
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

static VgicResult read_as(Fixture *f, const VgicFrame *frame, VgicAttrs attrs, uint64_t offset,
                          uint32_t size, uint64_t *value)
{
    *value = UINT64_MAX;
    f->reports = f->host_errors = 0;
    return vgic_frame_read(f->gic, frame, attrs, offset, size, value);
}

static VgicResult write_as(Fixture *f, const VgicFrame *frame, VgicAttrs attrs, uint64_t offset,
                           uint32_t size, uint64_t value)
{
    f->reports = f->host_errors = 0;
    return vgic_frame_write(f->gic, frame, attrs, offset, size, value);
}

/* By the software that the frame answers in full. */
static VgicResult read_at(Fixture *f, const VgicFrame *frame, uint64_t offset, uint32_t size,
                          uint64_t *value)
{
    return read_as(f, frame, f->listed->attrs, offset, size, value);
}

static VgicResult write_at(Fixture *f, const VgicFrame *frame, uint64_t offset, uint32_t size,
                           uint64_t value)
{
    return write_as(f, frame, f->listed->attrs, offset, size, value);
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

/* The value of an element as the most privileged software sees it. */
static uint64_t value_at(Fixture *f, const VgicFrame *frame, const VgicRegister *row,
                         uint64_t offset)
{
    uint64_t value;

    assert_int_equal(read_at(f, frame, offset, row->width / 8u, &value), VGIC_OK);
    return value;
}

typedef void (*RowCheck)(Fixture *f, const VgicFrame *frame, const VgicRegister *row);
typedef void (*ListCheck)(Fixture *f, const VgicFrame *frame, const ListedRegister *listed,
                          const VgicRegister *row);

/* The frames, one after the other; f->listed is the one at hand. */
static const VgicFrame *first_frame(Fixture *f)
{
    f->listed = f->generation->frames;
    return vgic_frame(f->gic, f->listed->frame);
}

static const VgicFrame *next_frame(Fixture *f)
{
    f->listed++;
    return f->listed < f->generation->frames + f->generation->frame_count
               ? vgic_frame(f->gic, f->listed->frame)
               : NULL;
}

#define FOR_EACH_FRAME(f, frame)                                                                   \
    for (const VgicFrame *frame = first_frame(f); frame; frame = next_frame(f))

static void for_each_row(Fixture *f, RowCheck check)
{
    guint frames = 0;

    FOR_EACH_FRAME(f, frame)
    {
        const VgicRegister *row;
        uint32_t n = 0;

        while ((row = vgic_frame_register(frame, n))) {
            check(f, frame, row);
            n++;
        }
        assert_true(n > (f->listed->part ? 0u : 10u));
        frames++;
    }
    assert_int_equal(frames, f->generation->frame_count);
}

static void for_each_listed(Fixture *f, ListCheck check)
{
    guint frames = 0;

    FOR_EACH_FRAME(f, frame)
    {
        g_autoptr(GArray) list = listed_registers(REGISTER_LISTS, f->listed);

        assert_true(list->len > 0);
        for (guint n = 0; n < list->len; n++) {
            const ListedRegister *listed = &g_array_index(list, ListedRegister, n);

            check(f, frame, listed, row_named(frame, listed->name));
        }
        frames++;
    }
    assert_int_equal(frames, f->generation->frame_count);
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

static void compare_fields(const VgicRegister *row, const ListedRegister *listed)
{
    g_autoptr(GHashTable) differences = documented_differences(REGISTER_LISTS);
    g_autofree char *ours = fields_text(row->fields, row->field_count);

    if (listed->fields &&
        !is_as_documented(differences, row->name, "fields", ours, listed->fields)) {
        print_error("%s: fields are '%s', the architecture's list says '%s'\n", row->name, ours,
                    listed->fields);
        wrong++;
    }
}

/* Also of a row that is there only to say that the register is not modelled. */
static void compare_row(const VgicRegister *row, const ListedRegister *listed)
{
    compare(row->name, "offset", row->offset, listed->offset);
    compare(row->name, "count", row->count, listed->count);
    compare(row->name, "stride", row->count > 1 ? row->stride : 0, listed->stride);
    compare(row->name, "width", row->width, listed->width);
    compare(row->name, "access", row->access & ~(uint64_t)VGIC_UNMODELLED, listed->access);
    compare(row->name, "sizes", row->sizes, listed->sizes);
    if (is_modelled(row)) {
        compare_fields(row, listed);
    }
}

static void check_has_row(Fixture *f, const VgicFrame *frame, const ListedRegister *listed,
                          const VgicRegister *row)
{
    bool documented = g_hash_table_contains(f->missing, listed->name);

    if (!is_modelled(row) && !documented) {
        print_error("%s of %s: neither modelled nor in %s\n", listed->name, vgic_frame_name(frame),
                    f->generation->missing);
        wrong++;
    }
    if (is_modelled(row) && documented) {
        print_error("%s: modelled, yet %s gives a reason why not\n", listed->name,
                    f->generation->missing);
        wrong++;
    }
    if (row) {
        compare_row(row, listed);
    }
}

static void every_listed_register_has_an_equal_row_or_a_documented_reason(void **state)
{
    wrong = 0;
    for_each_listed(*state, check_has_row);
    assert_int_equal(wrong, 0);
}

static void check_is_listed(Fixture *f, const VgicFrame *frame, const VgicRegister *row)
{
    g_autoptr(GArray) list = listed_registers(REGISTER_LISTS, f->listed);
    bool found = false;

    for (guint n = 0; n < list->len; n++) {
        found |= g_str_equal(g_array_index(list, ListedRegister, n).name, row->name);
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
}

static void every_row_is_an_architected_register(void **state)
{
    wrong = 0;
    for_each_row(*state, check_is_listed);
    assert_int_equal(wrong, 0);
}

static void add_names(GHashTable *known, const char *file)
{
    g_autofree char *path = g_build_filename(REGISTER_LISTS, file, NULL);
    g_autoptr(Csv) csv = csv_read(path);

    for (guint n = 0; n < csv->rows->len; n++) {
        g_hash_table_add(known, g_strdup(csv_cell(csv, n, "name")));
    }
}

static void every_reason_names_an_architected_register(void **state)
{
    Fixture *f = *state;
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer name;

    for (guint i = 0; i < f->generation->frame_count; i++) {
        add_names(known, f->generation->frames[i].file);
    }
    for (guint i = 0; i < f->generation->sysreg_count; i++) {
        add_names(known, f->generation->sysregs[i].file);
    }
    g_hash_table_iter_init(&iter, f->missing);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        if (!g_hash_table_contains(known, name)) {
            fail_msg("%s names %s, which no list has", f->generation->missing, (char *)name);
        }
    }
}

static void rows_are_sorted_aligned_and_do_not_overlap(void **state)
{
    Fixture *f = *state;

    FOR_EACH_FRAME(f, frame)
    {
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

    FOR_EACH_FRAME(f, frame)
    {
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

            if (read_at(f, frame, offset + at, size, &value) != want) {
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

/* Registers about an SPI that is selected report if there is none. */
static void select_spis(Fixture *f)
{
    if (f->generation == &gicv5) {
        vgic_act_as_firmware(f->gic);
        for (uint32_t domain = 0; domain < 4; domain++) {
            const VgicFrame *el3 = vgic_frame(f->gic, "IRS_EL3");

            vgic_frame_write(f->gic, el3, VGIC_ROOT, IRS_SPI_SELR, 4, domain);
            vgic_frame_write(f->gic, el3, VGIC_ROOT, IRS_SPI_DOMAINR, 4, domain);
        }
        FOR_EACH_FRAME(f, frame)
        {
            if (g_str_has_prefix(f->listed->frame, "IRS") && !f->listed->part) {
                uint64_t idr0;

                assert_int_equal(read_at(f, frame, IRS_IDR0, 4, &idr0), VGIC_OK);
                assert_int_equal(write_at(f, frame, IRS_SPI_SELR, 4, idr0 & 3), VGIC_OK);
            }
        }
    }
}

static void every_register_reads_in_its_sizes_and_in_no_other(void **state)
{
    select_spis(*state);
    for_each_row(*state, check_reads);
}

static void check_element_writes(Fixture *f, const VgicFrame *frame, const VgicRegister *row,
                                 uint64_t offset)
{
    for (uint32_t size = 1; size <= 8; size *= 2) {
        for (uint64_t at = 0; at < row->width / 8u; at += size) {
            VgicResult want = expected(frame, row, offset, at, size, VGIC_WRITABLE);

            if (write_at(f, frame, offset + at, size, 0) != want) {
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
    const VgicFrame *frame = first_frame(f); /* the Distributor */
    uint64_t value;

    assert_string_equal(vgic_frame_name(frame), "GICD");

    assert_int_equal(read_at(f, frame, 0x102, 4, &value), VGIC_RAZ_WI);
    assert_int_equal(f->reports, 1);
    assert_int_equal(write_at(f, frame, 0x102, 4, UINT32_MAX), VGIC_RAZ_WI);
    assert_int_equal(f->reports, 1);
    assert_int_equal(read_at(f, frame, 0x6104, 8, &value), VGIC_RAZ_WI);
    assert_int_equal(f->reports, 1);
    assert_int_equal(write_at(f, frame, 0x41, 2, 40), VGIC_RAZ_WI);
    assert_int_equal(f->reports, 1);
}

static void every_gap_is_res0_and_reported(void **state)
{
    Fixture *f = *state;

    FOR_EACH_FRAME(f, frame)
    {
        guint gaps = 0;

        for (uint64_t offset = 0; offset < registers_end(frame); offset += 4) {
            bool starts;
            uint64_t value;

            if (row_at(frame, offset, &starts)) {
                continue;
            }
            gaps++;
            assert_int_equal(read_at(f, frame, offset, 4, &value), VGIC_RAZ_WI);
            assert_int_equal(value, 0);
            if (f->reports != 1) {
                fail_msg("%s+%#x: a read of a gap makes %u reports", f->listed->frame,
                         (unsigned)offset, f->reports);
            }
            assert_int_equal(write_at(f, frame, offset, 4, UINT32_MAX), VGIC_RAZ_WI);
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

        write_at(f, frame, offset, row->width / 8u, ~before);
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

        write_at(f, frame, offset, row->width / 8u, UINT64_MAX);
        secure = value_at(f, frame, row, offset);
        read_as(f, frame, VGIC_NS, offset, row->width / 8u, &value);
        assert_int_equal(value, 0);
        read_as(f, frame, VGIC_REALM, offset, row->width / 8u, &value);
        assert_int_equal(value, 0);
        write_as(f, frame, VGIC_NS, offset, row->width / 8u, 0);
        assert_int_equal(value_at(f, frame, row, offset), secure);
        read_as(f, frame, VGIC_ROOT, offset, row->width / 8u, &value);
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
        write_at(f, frame, offset, 4, 0);
        assert_int_equal(value_at(f, frame, row, offset), before);
        write_at(f, frame, offset, 4, UINT32_MAX);
        assert_int_equal(value_at(f, frame, row, offset), sets ? implemented(row, n) : 0);
    }
}

static void ones_set_or_clear_and_zeros_change_nothing(void **state)
{
    for_each_listed(*state, check_set_and_clear);
}

/* A row of resets.csv is for all elements of a register ("<n>"), for one ("<0>"), or for all in one
 * frame ("@IRS"). */
static const guint64 *reset_of_element(const Fixture *f, GHashTable *values, const char *name,
                                       uint32_t n)
{
    g_auto(GStrv) parts = g_strsplit(name, "<n>", 2);
    g_autofree char *number = g_strdup_printf("<%u>", n);
    g_autofree char *element = g_strjoinv(number, parts);
    g_autofree char *here = g_strdup_printf("%s@%s", name, f->listed->frame);
    const guint64 *value = g_hash_table_lookup(values, here);

    value = value ? value : g_hash_table_lookup(values, element);
    return value ? value : g_hash_table_lookup(values, name);
}

/* Reset values that are not 0 are in a list ("reset 0x..") or in resets.csv; all else of the full
 * configuration reads 0. */
static void check_reset(Fixture *f, const VgicFrame *frame, const ListedRegister *listed,
                        const VgicRegister *row)
{
    g_autoptr(GHashTable) values = reset_values(REGISTER_LISTS, f->generation);
    const char *noted = strstr(listed->note, "reset 0x");

    if (!is_modelled(row) || !(row->access & VGIC_READABLE)) {
        return;
    }
    for (uint32_t n = 0; n < row->count; n++) {
        const guint64 *other = reset_of_element(f, values, listed->name, n);
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
        write_at(f, frame, row->offset + (uint64_t)n * row->stride, row->width / 8u, UINT64_MAX);
    }
}

static int check_write_ones(void **state)
{
    for_each_row(*state, write_ones);
    return 0;
}

static void misaligned_accesses_of_a_gicv5_are_res0_and_reported(void **state)
{
    Fixture *f = *state;
    const VgicFrame *frame = first_frame(f);
    uint64_t value;

    assert_string_equal(vgic_frame_name(frame), "IRS");
    assert_int_equal(read_at(f, frame, IRS_CR1 + 2, 4, &value), VGIC_RAZ_WI);
    assert_int_equal(f->reports, 1);
    assert_int_equal(write_at(f, frame, IRS_CR1 + 2, 4, UINT32_MAX), VGIC_RAZ_WI);
    assert_int_equal(f->reports, 1);
    assert_int_equal(read_at(f, frame, IRS_IST_BASER + 4, 8, &value), VGIC_RAZ_WI);
    assert_int_equal(f->reports, 1);
    assert_int_equal(write_at(f, frame, IRS_IST_BASER + 4, 8, UINT64_MAX), VGIC_RAZ_WI);
    assert_int_equal(f->reports, 1);
    /* Two registers of 32 bits are not one of 64. */
    assert_int_equal(read_at(f, frame, IRS_IDR0, 8, &value), VGIC_RAZ_WI);
    assert_string_equal(f->rule, "access-size");
}

/* Domains have their frames in address spaces of their own; the IWB's is in all of them. */
static bool is_for_all_domains(const Fixture *f)
{
    return g_str_equal(f->listed->frame, "IWB");
}

static void check_space(Fixture *f, const VgicFrame *frame, const VgicRegister *row)
{
    uint64_t before = 0, value;

    if (is_for_all_domains(f) || !is_modelled(row)) {
        return;
    }
    if (row->access & VGIC_READABLE) {
        before = value_at(f, frame, row, row->offset);
    }
    for (VgicAttrs space = 0; space < 4; space++) {
        if (space == f->listed->attrs) {
            continue;
        }
        assert_int_equal(read_as(f, frame, space, row->offset, row->width / 8u, &value),
                         VGIC_RAZ_WI);
        assert_int_equal(value, 0);
        assert_int_equal(f->reports, 1);
        assert_string_equal(f->rule, "secure");
        assert_int_equal(write_as(f, frame, space, row->offset, row->width / 8u, ~before),
                         VGIC_RAZ_WI);
        assert_int_equal(f->reports, 1);
        assert_string_equal(f->rule, "secure");
    }
    if (row->access & VGIC_READABLE) {
        assert_int_equal(value_at(f, frame, row, row->offset), before);
    }
}

static void frames_answer_in_the_space_of_their_domain_only(void **state)
{
    Fixture *f = *state;

    for_each_row(f, check_space);
}

/* All ones in what a frame can write change nothing in the frames of the same kind that other
 * domains have. */
static void check_alone(Fixture *f, const VgicFrame *frame, const ListedFrame *written)
{
    const VgicRegister *row;

    for (uint32_t n = 0; (row = vgic_frame_register(frame, n)); n++) {
        g_autoptr(GHashTable) values = reset_values(REGISTER_LISTS, f->generation);
        const guint64 *other = reset_of_element(f, values, row->name, 0);

        if (row->access & VGIC_READABLE && row->access & VGIC_WRITABLE && is_modelled(row) &&
            value_at(f, frame, row, row->offset) != (other ? *other : 0)) {
            fail_msg("%s of %s changed by a write to %s", row->name, f->listed->frame,
                     written->frame);
        }
    }
}

static void each_domain_has_registers_of_its_own(void **state)
{
    Fixture *f = *state;
    const ListedFrame *frames = f->generation->frames;

    for (guint i = 0; i < f->generation->frame_count; i++) {
        const VgicFrame *written = vgic_frame(f->gic, frames[i].frame);
        const VgicRegister *row;

        f->listed = &frames[i];
        if (frames[i].part || is_for_all_domains(f)) {
            continue;
        }
        vgic_reset(f->gic, VGIC_RESET_COLD);
        for (uint32_t n = 0; (row = vgic_frame_register(written, n)); n++) {
            /* SPIs belong to all, and go elsewhere by IRS_SPI_DOMAINR. */
            if (row->offset != IRS_SPI_DOMAINR) {
                write_at(f, written, row->offset, row->width / 8u, UINT64_MAX);
            }
        }
        FOR_EACH_FRAME(f, frame)
        {
            if (frame != written && g_str_equal(f->listed->file, frames[i].file) &&
                !f->listed->part) {
                check_alone(f, frame, &frames[i]);
            }
        }
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
        BOTH(every_row_is_an_architected_register),
        BOTH(every_reason_names_an_architected_register),
        BOTH(rows_are_sorted_aligned_and_do_not_overlap),
        BOTH(fields_fit_their_register_and_do_not_overlap),
        BOTH(every_register_reads_in_its_sizes_and_in_no_other),
        BOTH(every_register_writes_in_its_sizes_and_in_no_other),
        TEST(misaligned_accesses_are_res0_and_reported, gicv3),
        TEST(misaligned_accesses_of_a_gicv5_are_res0_and_reported, gicv5),
        BOTH(every_gap_is_res0_and_reported),
        BOTH(read_only_registers_keep_their_value),
        TEST(secure_registers_hide_from_non_secure_accesses, gicv3),
        TEST(ones_set_or_clear_and_zeros_change_nothing, gicv3),
        TEST(frames_answer_in_the_space_of_their_domain_only, gicv5),
        TEST(each_domain_has_registers_of_its_own, gicv5),
        BOTH(registers_have_their_reset_values),
        BOTH(a_cold_reset_brings_the_reset_values_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
