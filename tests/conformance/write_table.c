/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes docs/conformance.md: the register tables of a GIC with everything, as the library gives
 * them out, and from the architecture's lists what is missing in them and why.
 */
#include <stdio.h>
#include <string.h>

#include "lists.h"

static const char *access_text(unsigned access)
{
    switch (access & (VGIC_READABLE | VGIC_WRITABLE)) {
    case VGIC_READABLE:
        return "RO";
    case VGIC_WRITABLE:
        return "WO";
    default:
        return "RW";
    }
}

static void print_sizes(unsigned sizes)
{
    const char *separator = "";

    for (unsigned size = 1; size <= 8; size *= 2) {
        if (sizes & size) {
            printf("%s%u", separator, 8 * size);
            separator = ", ";
        }
    }
}

/* Names contain "<n>", which Markdown would take for HTML, and field lists can be long: one cell
 * each. */
static void print_fields(const VgicField *fields, unsigned count)
{
    for (unsigned i = count; i > 0; i--) {
        const VgicField *field = &fields[i - 1];

        printf("%s`%s` [%u", i == count ? "" : ", ", field->name, field->lsb + field->width - 1u);
        if (field->width > 1) {
            printf(":%u", field->lsb);
        }
        printf("]");
    }
}

static const ListedRegister *listed_as(const GArray *list, const char *name)
{
    for (guint i = 0; i < list->len; i++) {
        const ListedRegister *listed = &g_array_index(list, ListedRegister, i);

        if (g_str_equal(listed->name, name)) {
            return listed;
        }
    }
    return NULL;
}

static void write_row(const VgicRegister *row, const char *since, GHashTable *differences)
{
    const char *reason = reason_of_difference(differences, row->name, "fields");
    const char *note = row->note ? row->note : reason;

    printf("| 0x%0*X | `%s` | ", row->offset > 0xFFFF ? 5 : 4, row->offset, row->name);
    if (row->count > 1) {
        printf("%u, every %u bytes", row->count, row->stride);
    }
    printf(" | %s%s | ", access_text(row->access),
           row->access & VGIC_SECURE_ONLY ? ", Secure" : "");
    print_sizes(row->sizes);
    printf(" | %s | ", since);
    print_fields(row->fields, row->field_count);
    printf("%s%s |\n", row->field_count && note ? "; " : "", note ? note : "");
}

static void write_frame(const VgicFrame *frame, const Generation *generation, const char *title,
                        const GArray *list, GHashTable *missing, GHashTable *differences)
{
    g_autoptr(GHashTable) modelled = g_hash_table_new(g_str_hash, g_str_equal);
    const VgicRegister *row;
    guint absent = 0;

    printf("\n## %s: %s (%s)\n\n", generation->name, title, vgic_frame_name(frame));
    printf("| Offset | Register | Elements | Access | Sizes | Since | Fields and notes |\n");
    printf("| --- | --- | --- | --- | --- | --- | --- |\n");
    for (uint32_t i = 0; (row = vgic_frame_register(frame, i)); i++) {
        const ListedRegister *listed = listed_as(list, row->name);

        if (!(row->access & VGIC_UNMODELLED)) {
            g_hash_table_add(modelled, (gpointer)row->name);
            write_row(row, listed ? listed->since : "", differences);
        }
    }
    for (guint i = 0; i < list->len; i++) {
        const ListedRegister *listed = &g_array_index(list, ListedRegister, i);

        if (g_hash_table_contains(modelled, listed->name)) {
            continue;
        }
        if (absent++ == 0) {
            printf("\nNot modelled, so RES0 and reported:\n\n");
            printf("| Offset | Register | Since | Why |\n| --- | --- | --- | --- |\n");
        }
        printf("| 0x%0*X | `%s` | %s | %s |\n", listed->offset > 0xFFFF ? 5 : 4, listed->offset,
               listed->name, listed->since,
               (const char *)g_hash_table_lookup(missing, listed->name));
    }
}

static void print_encoding(uint32_t encoding)
{
    unsigned op0 = encoding >> 14 & 3, op1 = encoding >> 11 & 7, crn = encoding >> 7 & 15,
             crm = encoding >> 3 & 15, op2 = encoding & 7;

    switch (encoding >> 16) {
    case 0:
        printf("%u, %u, c%u, c%u, %u", op0, op1, crn, crm, op2);
        break;
    case 1:
        printf("p15, %u, c%u, c%u, %u", op1, crn, crm, op2);
        break;
    default:
        printf("p15, %u, c%u (64-bit)", op1, crm);
        break;
    }
}

static const VgicSysreg *sysreg_named(const Vgic *gic, const char *name)
{
    const VgicSysreg *row;

    for (uint32_t i = 0; (row = vgic_sysreg_at(gic, i)); i++) {
        if (g_str_equal(row->name, name)) {
            return row;
        }
    }
    return NULL;
}

/* The rows of a list that are not there. */
static void write_absent(const Vgic *gic, const GArray *list, GHashTable *missing)
{
    printf("Not modelled, so UNDEFINED:\n\n");
    printf("| Encoding | Register | Since | Why |\n| --- | --- | --- | --- |\n");
    for (guint i = 0; i < list->len; i++) {
        const ListedSysreg *listed = &g_array_index(list, ListedSysreg, i);

        if (!sysreg_named(gic, listed->name)) {
            printf("| ");
            print_encoding(listed->encoding);
            printf(" | `%s` | %s | %s |\n", listed->name, listed->since,
                   (const char *)g_hash_table_lookup(missing, listed->name));
        }
    }
}

static void print_difference(GHashTable *differences, const char *name, const char *what)
{
    const char *reason = reason_of_difference(differences, name, what);

    if (reason) {
        printf("; %s", reason);
    }
}

static void write_sysreg(const VgicSysreg *row, const char *since, GHashTable *differences)
{
    printf("| ");
    print_encoding(row->encoding);
    printf(" | `%s` | %u | %s | %u | %s | ", row->name, row->width, access_text(row->access),
           row->min_el, since);
    print_fields(row->fields, row->field_count);
    print_difference(differences, row->name, "min_el");
    print_difference(differences, row->name, "fields");
    printf(" |\n");
}

static void write_sysregs(const Vgic *gic, const Generation *generation, const char *title,
                          const GArray *list, GHashTable *missing, GHashTable *differences)
{
    guint absent = 0;

    printf("\n## %s: %s\n\n", generation->name, title);
    for (guint i = 0; i < list->len; i++) {
        absent += !sysreg_named(gic, g_array_index(list, ListedSysreg, i).name);
    }
    if (absent == list->len) {
        write_absent(gic, list, missing);
        return;
    }
    printf("| Encoding | Register | Bits | Access | From EL | Since | Fields and notes |\n");
    printf("| --- | --- | --- | --- | --- | --- | --- |\n");
    for (guint i = 0; i < list->len; i++) {
        const ListedSysreg *listed = &g_array_index(list, ListedSysreg, i);
        const VgicSysreg *row = sysreg_named(gic, listed->name);

        if (row) {
            write_sysreg(row, listed->since, differences);
        }
    }
    if (absent) {
        printf("\n");
        write_absent(gic, list, missing);
    }
}

/* What is behind the names of ICC registers at EL1. */
static void write_virtual(const Vgic *gic, const GArray *list)
{
    printf(
        "\n## GICv3: Virtual CPU interface (ICV)\n\n"
        "An access at EL1 reaches the virtual CPU interface instead, in AArch64 and AArch32, while "
        "EL2 is enabled and a bit of HCR_EL2 in the last column is 1.\n\n"
        "| Register | Under the name | Access | HCR_EL2 |\n| --- | --- | --- | --- |\n");
    for (guint i = 0; i < list->len; i++) {
        const ListedSysreg *listed = &g_array_index(list, ListedSysreg, i);
        const VgicSysreg *row = sysreg_named(gic, listed->name);
        g_auto(GStrv) bits = g_strsplit(listed->icv, "|", -1);

        if (row && bits[0] && !g_str_equal(listed->icv, "trap")) {
            g_autofree char *text = g_strjoinv(", ", bits);

            printf("| `ICV%s` | `%s` | %s | %s |\n", row->name + strlen("ICC"), row->name,
                   access_text(row->access), text);
        }
    }
}

static void write_generation(const Vgic *gic, const Generation *generation, const char *lists)
{
    g_autoptr(GHashTable) missing = missing_registers(lists, generation);
    g_autoptr(GHashTable) differences = documented_differences(lists);

    for (guint i = 0; i < generation->frame_count; i++) {
        const ListedFrame *frame = &generation->frames[i];
        g_autoptr(GArray) list = listed_registers(lists, frame);

        if (frame->title) {
            write_frame(vgic_frame(gic, frame->frame), generation, frame->title, list, missing,
                        differences);
        }
    }
    for (guint i = 0; i < generation->sysreg_count; i++) {
        const ListedFile *file = &generation->sysregs[i];
        g_autoptr(GArray) list = listed_sysregs(lists, file->file);

        write_sysregs(gic, generation, file->title, list, missing, differences);
        if (g_str_equal(file->file, "icc-aarch32.csv")) {
            g_autoptr(GArray) icc = listed_sysregs(lists, "icc.csv");

            write_virtual(gic, icc);
        }
    }
}

static Vgic *new_gic(const Generation *generation)
{
    VgicError *error = NULL;
    VgicConfig config;
    VgicHost host;
    Vgic *gic;

    generation->full_config(&config);
    full_host(&host);
    gic = vgic_new(&config, &host, NULL, &error);
    if (!gic) {
        fprintf(stderr, "%s\n", vgic_error_message(error));
        vgic_error_free(error);
    }
    return gic;
}

int main(int argc, char **argv)
{
    static const Generation *const generations[] = {&gicv3, &gicv5};
    g_autofree char *lists = NULL;

    if (argc != 2 || g_str_equal(argv[1], "--help")) {
        fprintf(stderr, "usage: %s FOLDER (tests/conformance): prints docs/conformance.md\n",
                argv[0]);
        return 2;
    }
    printf("<!-- SPDX-License-Identifier: BSD-2-Clause -->\n"
           "<!-- Written by scripts/docs --tables from the register tables: do not edit. -->\n"
           "# Conformance: the registers\n\n"
           "What libvgic models of each register frame and system-register file, and what it does "
           "not, with the reason. The tables are those that `vgic_frame_register()` and "
           "`vgic_sysreg_at()` give out for a GIC with everything. GICv3: all ranges, two Security "
           "states, EL2, EL3, NMIs, 8 priority bits, 16 list registers, GICM, LPIs, an ITS. GICv5: "
           "all domains, LPIs of 24 bits, an ITS, an IWB; the frames of other domains have the "
           "same registers as those of the Non-secure one, which are listed, and what has no list, "
           "FEAT_GCIE_LEGACY and the frame of the performance monitor, is not modelled. "
           "`tests/conformance` holds the tables against the architecture's lists. Accesses in "
           "other sizes, and to offsets that are not listed, are RAZ/WI and reported.\n");
    lists = g_build_filename(argv[1], "registers", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(generations); i++) {
        Vgic *gic = new_gic(generations[i]);

        if (!gic) {
            return 1;
        }
        write_generation(gic, generations[i], lists);
        vgic_free(gic);
    }
    return 0;
}
