/* SPDX-License-Identifier: BSD-2-Clause */
#include "lists.h"

#include <stdlib.h>
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
    g_free(reg->fields);
    g_free(reg->since);
    g_free(reg->note);
}

static gint by_offset(gconstpointer a, gconstpointer b)
{
    const ListedRegister *x = a, *y = b;

    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Some lists have columns that others do not need. */
static bool has_column(const Csv *csv, const char *column)
{
    return g_strv_contains((const gchar *const *)csv->columns, column);
}

static char *cell_or(const Csv *csv, guint row, const char *column, const char *otherwise)
{
    return g_strstrip(g_strdup(has_column(csv, column) ? csv_cell(csv, row, column) : otherwise));
}

/* Where the field "NAME[7:4]" or "NAME[4]" begins. */
static gint lowest_bit(gconstpointer field)
{
    const char *bits = strrchr(field, '[');

    g_assert_nonnull(bits);
    bits = strchr(bits, ':') ? strchr(bits, ':') : bits;
    return atoi(bits + 1);
}

static gint by_bit(gconstpointer a, gconstpointer b)
{
    return lowest_bit(*(const gpointer *)a) - lowest_bit(*(const gpointer *)b);
}

/* The cell of a list that has fields, in the order of bits; else NULL. */
static char *fields_of(const Csv *csv, guint row)
{
    g_auto(GStrv) names = NULL;
    guint count = 0;

    if (!has_column(csv, "fields")) {
        return NULL;
    }
    names = g_strsplit(csv_cell(csv, row, "fields"), " ", -1);
    count = g_strv_length(names);
    if (count > 1) {
        qsort(names, count, sizeof(names[0]), by_bit);
    }
    return g_strjoinv(" ", names);
}

char *fields_text(const VgicField *fields, guint count)
{
    g_auto(GStrv) names = g_new0(char *, count + 1);

    for (guint i = 0; i < count; i++) {
        const VgicField *field = &fields[i];

        names[i] = field->width == 1 ? g_strdup_printf("%s[%u]", field->name, field->lsb)
                                     : g_strdup_printf("%s[%u:%u]", field->name,
                                                       field->lsb + field->width - 1u, field->lsb);
    }
    if (count > 1) {
        qsort(names, count, sizeof(names[0]), by_bit);
    }
    return g_strjoinv(" ", names);
}

/* Is the row one of the frame's? A file can list several frames. */
static bool is_part(const char *note, const char *part)
{
    g_autofree char *mark = g_strconcat("frame=", part, NULL);

    return part ? g_str_has_prefix(note, mark) : !g_str_has_prefix(note, "frame=");
}

GArray *listed_registers(const char *folder, const ListedFrame *frame)
{
    g_autoptr(Csv) csv = read_list(folder, frame->file);
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
            .fields = fields_of(csv, i),
            .since = cell_or(csv, i, "since", "v5"),
            .note = cell_or(csv, i, "note", ""),
        };

        reg.sizes = sizes_of(&reg);
        if (strstr(reg.note, "Secure")) {
            reg.access |= VGIC_SECURE_ONLY;
        }
        if (is_part(reg.note, frame->part)) {
            g_array_append_val(list, reg);
        } else {
            clear_register(&reg);
        }
    }
    g_array_sort(list, by_offset);
    return list;
}

static void clear_sysreg(gpointer data)
{
    ListedSysreg *reg = data;

    g_free(reg->name);
    g_free(reg->fields);
    g_free(reg->since);
    g_free(reg->note);
    g_free(reg->icv);
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
            .fields = fields_of(csv, i),
            .since = cell_or(csv, i, "since", "v5"),
            .note = cell_or(csv, i, "note", ""),
            /* Lists of AArch32 forms do not repeat what their AArch64 twins say. */
            .icv = cell_or(csv, i, "icv", ""),
        };

        /* MRS and MSR transfer 64 bits, MRC and MCR 32, MCRR 64. */
        reg.width = reg.encoding >> 16 == 1 ? 32 : 64;
        g_array_append_val(list, reg);
    }
    return list;
}

/* A file beside the folder of lists. */
static Csv *read_beside(const char *folder, const char *file)
{
    g_autofree char *parent = g_path_get_dirname(folder);

    return read_list(parent, file);
}

GHashTable *missing_registers(const char *folder, const Generation *generation)
{
    g_autoptr(Csv) csv = read_beside(folder, generation->missing);
    GHashTable *missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (guint i = 0; i < csv->rows->len; i++) {
        const char *reason = csv_cell(csv, i, "reason");

        g_assert_cmpuint(strlen(reason), >, 10);
        if (!g_hash_table_insert(missing, g_strdup(csv_cell(csv, i, "name")), g_strdup(reason))) {
            g_error("%s names %s twice", generation->missing, csv_cell(csv, i, "name"));
        }
    }
    return missing;
}

GHashTable *reset_values(const char *folder, const Generation *generation)
{
    g_autoptr(Csv) csv = read_beside(folder, generation->resets);
    GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (guint i = 0; i < csv->rows->len; i++) {
        guint64 value = csv_number(csv, i, "value");

        if (!g_hash_table_insert(values, g_strdup(csv_cell(csv, i, "name")),
                                 g_memdup2(&value, sizeof(value)))) {
            g_error("%s names %s twice", generation->resets, csv_cell(csv, i, "name"));
        }
    }
    return values;
}

GHashTable *documented_differences(const char *folder)
{
    g_autoptr(Csv) csv = read_beside(folder, "differences.csv");
    GHashTable *differences =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);

    for (guint i = 0; i < csv->rows->len; i++) {
        const char *const pair[] = {csv_cell(csv, i, "ours"), csv_cell(csv, i, "reason"), NULL};

        g_assert_cmpuint(strlen(pair[1]), >, 10);
        g_hash_table_insert(
            differences,
            g_strdup_printf("%s %s", csv_cell(csv, i, "name"), csv_cell(csv, i, "what")),
            g_strdupv((char **)pair));
    }
    return differences;
}

static GStrv find_difference(GHashTable *differences, const char *name, const char *what)
{
    g_autofree char *key = g_strdup_printf("%s %s", name, what);

    return g_hash_table_lookup(differences, key);
}

bool is_as_documented(GHashTable *differences, const char *name, const char *what, const char *ours,
                      const char *theirs)
{
    GStrv difference = find_difference(differences, name, what);

    return difference ? g_str_equal(ours, difference[0]) && !g_str_equal(ours, theirs)
                      : g_str_equal(ours, theirs);
}

const char *reason_of_difference(GHashTable *differences, const char *name, const char *what)
{
    GStrv difference = find_difference(differences, name, what);

    return difference ? difference[1] : NULL;
}

static void full_config3(VgicConfig *config)
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

static void full_config5(VgicConfig *config)
{
    static const VgicIwbOptions iwb = {.wires = VGIC_V5_MAX_WIRES, .device = 7};

    vgic_config_init(config, VGIC_V5);
    config->cpus = 2;
    config->spis = 1024;
    config->el3 = true;
    config->nmi = true;
    config->lpi_bits = VGIC_MAX_LPI_BITS;
    config->its = 1;
    config->v5.domains = 1u << VGIC_S | 1u << VGIC_NS | 1u << VGIC_ROOT | 1u << VGIC_REALM;
    config->v5.iwbs = 1;
    config->v5.iwb = &iwb;
}

static const ListedFrame frames3[] = {
    {"GICD", "gicd.csv", NULL, "Distributor", VGIC_S},
    {"GICR", "gicr.csv", NULL, "Redistributor", VGIC_S},
    {"GICM", "gicm.csv", NULL, "Message-based SPIs", VGIC_S},
    {"GITS", "gits.csv", NULL, "Interrupt Translation Service", VGIC_S},
};

static const ListedFile sysregs3[] = {
    {"icc.csv", "CPU interface, AArch64"},
    {"icc-aarch32.csv", "CPU interface, AArch32"},
    {"ich.csv", "Virtual CPU interface control, AArch64"},
    {"ich-aarch32.csv", "Virtual CPU interface control, AArch32"},
};

const Generation gicv3 = {
    .name = "GICv3",
    .full_config = full_config3,
    .frames = frames3,
    .frame_count = G_N_ELEMENTS(frames3),
    .sysregs = sysregs3,
    .sysreg_count = G_N_ELEMENTS(sysregs3),
    .missing = "missing.csv",
    .resets = "resets.csv",
};

/* The frames of a domain. */
#define DOMAIN(suffix, attrs, irs, setlpi, its, translate)                                         \
    {"IRS" suffix, "irs.csv", NULL, irs, attrs},                                                   \
        {"IRS_SETLPI" suffix, "irs.csv", "SETLPI", setlpi, attrs},                                 \
        {"ITS" suffix, "its5.csv", NULL, its, attrs},                                              \
    {                                                                                              \
        "ITS_TRANSLATE" suffix, "its5.csv", "TRANSLATE", translate, attrs                          \
    }

static const ListedFrame frames5[] = {
    DOMAIN("", VGIC_NS, "Interrupt Routing Service", "Interrupt Routing Service, SETLPI frame",
           "Interrupt Translation Service", "Interrupt Translation Service, translate frame"),
    DOMAIN("_S", VGIC_S, NULL, NULL, NULL, NULL),
    DOMAIN("_EL3", VGIC_ROOT, NULL, NULL, NULL, NULL),
    DOMAIN("_RL", VGIC_REALM, NULL, NULL, NULL, NULL),
    {"IWB", "iwb.csv", NULL, "Interrupt Wire Bridge", VGIC_ROOT},
};

static const ListedFile sysregs5[] = {
    {"icc5.csv", "CPU interface"},
    {"gic-insn.csv", "Instructions"},
    {"ich5.csv", "Virtual CPU interface control"},
};

const Generation gicv5 = {
    .name = "GICv5",
    .full_config = full_config5,
    .frames = frames5,
    .frame_count = G_N_ELEMENTS(frames5),
    .sysregs = sysregs5,
    .sysreg_count = G_N_ELEMENTS(sysregs5),
    .missing = "missing5.csv",
    .resets = "resets5.csv",
};

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
