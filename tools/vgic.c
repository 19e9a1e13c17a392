/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vgic: what the library knows about registers, on the command line. It has no list of its own:
 * everything comes from the register tables of a GIC that it makes.
 */
#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vgic/vgic.h>

static const char description[] =
    "Commands:\n"
    "  registers [FRAME]      list the registers of a frame (GICD, GICR, GICM) or of the CPU\n"
    "                         interface (ICC); without FRAME all\n"
    "  decode REGISTER VALUE  split a value into its fields: vgic decode GICD_TYPER 0x37a0007\n";

/* A GIC with everything that there is, so that every register has its row. */
static Vgic *make_gic(void)
{
    VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = VGIC_MAX_SPIS, .espis = VGIC_MAX_ESPIS,
                         .eppis = VGIC_MAX_EPPIS, .security_states = 2, .el3 = true,
                         .priority_bits = 8, .message_frame = true, .statusr = true);

    return vgic_new(&config, NULL, NULL, NULL);
}

static void print_access(uint8_t access, const char *note)
{
    printf("  %s%s%s%s%s\n", access & VGIC_READABLE ? "R" : "-", access & VGIC_WRITABLE ? "W" : "-",
           access & VGIC_SECURE_ONLY ? " Secure" : "", note ? "  " : "", note ? note : "");
}

static void list_frame(const VgicFrame *frame)
{
    const VgicRegister *reg;

    for (uint32_t i = 0; (reg = vgic_frame_register(frame, i)); i++) {
        printf("%-22s 0x%05x  %u bits  x%-4u", reg->name, reg->offset, reg->width, reg->count);
        print_access(reg->access, reg->note);
    }
}

static void list_sysregs(const Vgic *gic)
{
    const VgicSysreg *reg;

    for (uint32_t i = 0; (reg = vgic_sysreg_at(gic, i)); i++) {
        uint32_t e = reg->encoding;

        printf("%-22s %s op0=%u op1=%u CRn=%u CRm=%u op2=%u  %u bits", reg->name,
               e >> 16 ? "cp15" : "    ", e >> 14 & 3, e >> 11 & 7, e >> 7 & 15, e >> 3 & 15, e & 7,
               reg->width);
        print_access(reg->access, NULL);
    }
}

static int list(const Vgic *gic, const char *name)
{
    const VgicFrame *frame;
    bool found = false;

    for (uint32_t i = 0; (frame = vgic_frame_at(gic, i)); i++) {
        if (!name || g_ascii_strcasecmp(name, vgic_frame_name(frame)) == 0) {
            list_frame(frame);
            found = true;
        }
    }
    if (!name || g_ascii_strcasecmp(name, "ICC") == 0) {
        list_sysregs(gic);
        found = true;
    }
    if (!found) {
        fprintf(stderr, "vgic: there is no frame '%s': known are GICD, GICR, GICM and ICC\n", name);
    }
    return found ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* "GICD_IROUTER42" and "GICD_IROUTER<n>" name the same row, and so does the "E" form. */
static bool names_row(const char *asked, const char *row)
{
    const char *n = strstr(row, "<n>");
    size_t head = n ? (size_t)(n - row) : 0;

    if (g_ascii_strcasecmp(asked, row) == 0) {
        return true;
    }
    if (!n || g_ascii_strncasecmp(asked, row, head) != 0) {
        return false;
    }
    asked += head;
    asked += strspn(asked, "0123456789");
    return g_ascii_strcasecmp(asked, n + 3) == 0;
}

typedef struct Fields {
    const VgicField *fields;
    uint32_t count;
    uint8_t width;
} Fields;

static bool find(const Vgic *gic, const char *name, Fields *found)
{
    const VgicFrame *frame;
    const VgicRegister *reg;
    const VgicSysreg *sysreg;

    for (uint32_t f = 0; (frame = vgic_frame_at(gic, f)); f++) {
        for (uint32_t i = 0; (reg = vgic_frame_register(frame, i)); i++) {
            if (names_row(name, reg->name)) {
                *found = (Fields){reg->fields, reg->field_count, reg->width};
                return true;
            }
        }
    }
    for (uint32_t i = 0; (sysreg = vgic_sysreg_at(gic, i)); i++) {
        if (names_row(name, sysreg->name)) {
            *found = (Fields){sysreg->fields, sysreg->field_count, sysreg->width};
            return true;
        }
    }
    return false;
}

static void print_fields(const Fields *fields, uint64_t value)
{
    uint64_t rest = value;

    for (uint32_t i = 0; i < fields->count; i++) {
        const VgicField *field = &fields->fields[i];
        uint64_t mask = UINT64_MAX >> (64 - field->width) << field->lsb;

        printf("  [%2d:%2d] %-24s %#" PRIx64 "\n", field->lsb + field->width - 1, field->lsb,
               field->name, (value & mask) >> field->lsb);
        rest &= ~mask;
    }
    if (rest && fields->count) {
        printf("  reserved bits set: %#" PRIx64 "\n", rest);
    }
}

static int decode(const Vgic *gic, const char *name, const char *text)
{
    Fields fields;
    char *end;
    uint64_t value;

    errno = 0;
    value = strtoull(text, &end, 0);
    if (errno || *end || end == text) {
        fprintf(stderr, "vgic: '%s' is no number: write 42 or 0x2a\n", text);
        return EXIT_FAILURE;
    }
    if (!find(gic, name, &fields)) {
        fprintf(stderr, "vgic: there is no register '%s': see 'vgic registers'\n", name);
        return EXIT_FAILURE;
    }
    if (fields.width == 32 && value > UINT32_MAX) {
        fprintf(stderr, "vgic: %s has 32 bits, %s does not fit\n", name, text);
        return EXIT_FAILURE;
    }
    printf("%s = %#" PRIx64 "\n", name, value);
    print_fields(&fields, value);
    return EXIT_SUCCESS;
}

static int run(int argc, char **argv)
{
    Vgic *gic = make_gic();
    int status = EXIT_FAILURE;

    if (argc >= 2 && argc <= 3 && strcmp(argv[1], "registers") == 0) {
        status = list(gic, argc == 3 ? argv[2] : NULL);
    } else if (argc == 4 && strcmp(argv[1], "decode") == 0) {
        status = decode(gic, argv[2], argv[3]);
    } else {
        fprintf(stderr, "vgic: no such command: see 'vgic --help'\n");
    }
    vgic_free(gic);
    return status;
}

int main(int argc, char **argv)
{
    gboolean version = FALSE;
    const GOptionEntry entries[] = {
        {"version", 0, 0, G_OPTION_ARG_NONE, &version, "print the version", NULL},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("COMMAND");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_description(context, description);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "vgic: %s\n", error->message);
        return EXIT_FAILURE;
    }
    if (version) {
        printf("vgic %s\n", vgic_version());
        return EXIT_SUCCESS;
    }
    return run(argc, argv);
}
