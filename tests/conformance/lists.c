/* SPDX-License-Identifier: BSD-2-Clause */
#include "lists.h"

#include <string.h>

#include "csv.h"

static Csv *read_list(const char *folder, const char *file)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);

    return csv_read(path);
}

static guint8 access_of(const char *text)
{
    if (g_str_equal(text, "RO")) {
        return VGIC_READABLE;
    }
    if (g_str_equal(text, "WO")) {
        return VGIC_WRITABLE;
    }
    g_assert_cmpstr(text, ==, "RW");
    return VGIC_READABLE | VGIC_WRITABLE;
}

/* Access sizes follow from the kind of register; the notes say which kind. */
static guint8 sizes_of(const ListedRegister *reg)
{
    if (strstr(reg->note, "byte access legal") || strstr(reg->note, "byte per") ||
        strstr(reg->name, "_IPRIORITYR<n>")) {
        return 1 | 4;
    }
    if (strstr(reg->name, "M_SETSPI_") || strstr(reg->name, "M_CLRSPI_") ||
        strstr(reg->note, "16 or 32-bit") || strstr(reg->name, "D_SETSPI_SR") ||
        strstr(reg->name, "D_CLRSPI_SR")) {
        return 2 | 4;
    }
    return reg->width == 64 ? 4 | 8 : 4;
}

static void clear_register(gpointer data)
{
    ListedRegister *reg = data;

    g_free(reg->name);
    g_free(reg->since);
    g_free(reg->note);
}

static gint by_offset(gconstpointer a, gconstpointer b)
{
    const ListedRegister *x = a, *y = b;

    return (x->offset > y->offset) - (x->offset < y->offset);
}

GArray *listed_registers(const char *folder, const char *file)
{
    g_autoptr(Csv) csv = read_list(folder, file);
    GArray *list = g_array_new(FALSE, TRUE, sizeof(ListedRegister));

    g_array_set_clear_func(list, clear_register);
    for (guint i = 0; i < csv->rows->len; i++) {
        ListedRegister reg = {
            .name = g_strdup(csv_cell(csv, i, "name")),
            .offset = (guint32)csv_number(csv, i, "offset"),
            .count = (guint32)csv_number(csv, i, "count"),
            .stride = (guint32)csv_number(csv, i, "stride"),
            .width = (guint8)csv_number(csv, i, "width_bits"),
            .access = access_of(csv_cell(csv, i, "access")),
            .since = g_strdup(csv_cell(csv, i, "since")),
            .note = g_strstrip(g_strdup(csv_cell(csv, i, "note"))),
        };

        reg.sizes = sizes_of(&reg);
        if (strstr(reg.note, "Secure")) {
            reg.access |= VGIC_SECURE_ONLY;
        }
        g_array_append_val(list, reg);
    }
    g_array_sort(list, by_offset);
    return list;
}

static void clear_sysreg(gpointer data)
{
    ListedSysreg *reg = data;

    g_free(reg->name);
    g_free(reg->since);
    g_free(reg->note);
    g_free(reg->icv);
}

/* Lists of AArch32 forms do not repeat what their AArch64 twins say. */
static bool has_column(const Csv *csv, const char *column)
{
    return g_strv_contains((const gchar *const *)csv->columns, column);
}

static guint32 encoding_of(const Csv *csv, guint row)
{
    guint op1 = 0;

    if (has_column(csv, "op0")) {
        return VGIC_SYSREG(csv_number(csv, row, "op0"), csv_number(csv, row, "op1"),
                           csv_number(csv, row, "crn"), csv_number(csv, row, "crm"),
                           csv_number(csv, row, "op2"));
    }
    g_assert_cmpuint(csv_number(csv, row, "coproc"), ==, 15);
    op1 = (guint)csv_number(csv, row, "opc1");
    if (csv_cell(csv, row, "crn")[0] == '\0') {
        return VGIC_CP15_64(op1, csv_number(csv, row, "crm"));
    }
    return VGIC_CP15(op1, csv_number(csv, row, "crn"), csv_number(csv, row, "crm"),
                     csv_number(csv, row, "opc2"));
}

GArray *listed_sysregs(const char *folder, const char *file)
{
    g_autoptr(Csv) csv = read_list(folder, file);
    GArray *list = g_array_new(FALSE, TRUE, sizeof(ListedSysreg));

    g_array_set_clear_func(list, clear_sysreg);
    for (guint i = 0; i < csv->rows->len; i++) {
        ListedSysreg reg = {
            .name = g_strdup(csv_cell(csv, i, "name")),
            .encoding = encoding_of(csv, i),
            .access = access_of(csv_cell(csv, i, "access")),
            .min_el = (guint8)csv_number(csv, i, "min_el"),
            .since = g_strdup(csv_cell(csv, i, "since")),
            .note = g_strstrip(g_strdup(csv_cell(csv, i, "note"))),
            .icv = g_strdup(has_column(csv, "icv") ? csv_cell(csv, i, "icv") : ""),
        };

        /* MRS and MSR transfer 64 bits, MRC and MCR 32, MCRR 64. */
        reg.width = reg.encoding >> 16 == 1 ? 32 : 64;
        g_array_append_val(list, reg);
    }
    return list;
}

GHashTable *missing_registers(const char *folder)
{
    g_autofree char *parent = g_path_get_dirname(folder);
    g_autoptr(Csv) csv = read_list(parent, "missing.csv");
    GHashTable *missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (guint i = 0; i < csv->rows->len; i++) {
        const char *reason = csv_cell(csv, i, "reason");

        g_assert_cmpuint(strlen(reason), >, 10);
        if (!g_hash_table_insert(missing, g_strdup(csv_cell(csv, i, "name")), g_strdup(reason))) {
            g_error("missing.csv names %s twice", csv_cell(csv, i, "name"));
        }
    }
    return missing;
}

GHashTable *documented_differences(const char *folder)
{
    g_autofree char *parent = g_path_get_dirname(folder);
    g_autoptr(Csv) csv = read_list(parent, "differences.csv");
    GHashTable *differences = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (guint i = 0; i < csv->rows->len; i++) {
        g_hash_table_insert(differences,
                            g_strdup_printf("%s %s %s", csv_cell(csv, i, "name"),
                                            csv_cell(csv, i, "what"), csv_cell(csv, i, "ours")),
                            g_strdup(csv_cell(csv, i, "reason")));
    }
    return differences;
}

void full_config(VgicConfig *config)
{
    vgic_config_init(config, VGIC_V3);
    config->cpus = 2;
    config->spis = VGIC_MAX_SPIS;
    config->espis = VGIC_MAX_ESPIS;
    config->eppis = VGIC_MAX_EPPIS;
    config->security_states = 2;
    config->el2 = true;
    config->el3 = true;
    config->nmi = true;
    config->ich_options.list_registers = 16;
    config->ich_options.priority_bits = 8;
    config->ich_options.preemption_bits = 7;
    config->ich_options.seis = true;
    config->ich_options.dvim = true;
    config->priority_bits = 8;
    config->message_frame = true;
    config->statusr = true;
    config->sre_enable_writable = true;
    config->lpi_bits = VGIC_MAX_LPI_BITS;
    config->direct_lpi = true;
    config->its = 1;
    config->its_options.umsi = true;
}

static bool no_memory_read(void *machine, VgicSpace space, uint64_t address, void *buffer,
                           size_t length)
{
    (void)machine, (void)space, (void)address, (void)buffer, (void)length;
    return false;
}

static bool no_memory_write(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                            size_t length)
{
    (void)machine, (void)space, (void)address, (void)buffer, (void)length;
    return false;
}

void full_host(VgicHost *host)
{
    *host =
        (VgicHost)VGIC_HOST_INIT(.memory_read = no_memory_read, .memory_write = no_memory_write);
}
