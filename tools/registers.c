/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers and their fields. There is no list here: everything comes from the register tables of a
 * GIC.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Nothing reads these tables in memory. */
static bool no_read(void *machine, VgicSpace space, uint64_t address, void *buffer, size_t length)
{
    (void)machine, (void)space, (void)address, (void)buffer, (void)length;
    return false;
}

static bool no_write(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                     size_t length)
{
    (void)machine, (void)space, (void)address, (void)buffer, (void)length;
    return false;
}

/* GICs with everything that there is, so that every register has its row: a GICv3 and a GICv5. */
enum {
    GICS = 2,
};

static Vgic *make_gic(unsigned number)
{
    static const VgicIwbOptions iwb[] = {{.wires = VGIC_V5_MAX_WIRES}};
    VgicConfig v5 = VGIC_CONFIG_INIT(VGIC_V5, .cpus = 1, .spis = 1, .el3 = true, .lpi_bits = 16,
                                     .its = 1, .v5 = {.domains = 15, .iwbs = 1, .iwb = iwb});
    VgicConfig v3 = VGIC_CONFIG_INIT(
        VGIC_V3, .cpus = 1, .spis = VGIC_MAX_SPIS, .espis = VGIC_MAX_ESPIS, .eppis = VGIC_MAX_EPPIS,
        .security_states = 2, .el3 = true, .el2 = true, .nmi = true, .priority_bits = 8,
        .ich_options = {.list_registers = 16, .priority_bits = 8}, .message_frame = true,
        .lpi_bits = 16, .its = 1, .its_options = {.umsi = true}, .statusr = true);
    VgicHost host = VGIC_HOST_INIT(.memory_read = no_read, .memory_write = no_write);

    return vgic_new(number ? &v5 : &v3, &host, NULL, NULL);
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

/* Those whose names begin with @p kind: "ICC", "ICH". */
static void list_sysregs(const Vgic *gic, const char *kind)
{
    const VgicSysreg *reg;

    for (uint32_t i = 0; (reg = vgic_sysreg_at(gic, i)); i++) {
        uint32_t e = reg->encoding;

        if (!g_str_has_prefix(reg->name, kind)) {
            continue;
        }
        printf("%-22s %s op0=%u op1=%u CRn=%u CRm=%u op2=%u  %u bits", reg->name,
               e >> 16 ? "cp15" : "    ", e >> 14 & 3, e >> 11 & 7, e >> 7 & 15, e >> 3 & 15, e & 7,
               reg->width);
        print_access(reg->access, NULL);
    }
}

/* Each domain of a GICv5 has the same frames: those of the Non-secure one stand for all. */
static bool is_of_other_domain(const char *name)
{
    return g_str_has_suffix(name, "_S") || g_str_has_suffix(name, "_EL3") ||
           g_str_has_suffix(name, "_RL");
}

static bool list(const Vgic *gic, const char *name)
{
    static const char *const kinds[] = {"ICC", "ICH", "GIC"};
    const VgicFrame *frame;
    bool found = false;

    for (uint32_t i = 0; (frame = vgic_frame_at(gic, i)); i++) {
        const char *own = vgic_frame_name(frame);

        if (name ? g_ascii_strcasecmp(name, own) == 0 : !is_of_other_domain(own)) {
            list_frame(frame);
            found = true;
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!name || g_ascii_strcasecmp(name, kinds[i]) == 0) {
            list_sysregs(gic, kinds[i]);
            found = true;
        }
    }
    return found;
}

int command_registers(const char *frame)
{
    bool found = false;

    for (unsigned i = 0; i < GICS; i++) {
        Vgic *gic = make_gic(i);

        found |= list(gic, frame);
        vgic_free(gic);
    }
    if (!found) {
        fprintf(stderr,
                "vgic: there is no frame '%s': known are GICD, GICR, GICM, GITS, IRS, IRS_SETLPI, "
                "ITS, ITS_TRANSLATE, IWB, ICC, ICH and GIC\n",
                frame);
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

bool find_register(const Vgic *gic, const char *name, Fields *found)
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

static uint64_t mask_of(const VgicField *field)
{
    return UINT64_MAX >> (64 - field->width) << field->lsb;
}

uint64_t field_value(const VgicField *field, uint64_t value)
{
    return (value & mask_of(field)) >> field->lsb;
}

uint64_t named_field(const Fields *fields, const char *name, uint64_t value)
{
    for (uint32_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->fields[i].name, name) == 0) {
            return field_value(&fields->fields[i], value);
        }
    }
    return 0;
}

bool field_applies(const Fields *fields, uint32_t i, uint64_t value)
{
    const char *name = fields->fields[i].name;
    bool hw = named_field(fields, "HW", value);

    return !(strcmp(name, "pINTID") == 0 && !hw) && !(strcmp(name, "EOI") == 0 && hw);
}

static void print_fields(const Fields *fields, uint64_t value)
{
    uint64_t rest = value;

    for (uint32_t i = 0; i < fields->count; i++) {
        const VgicField *field = &fields->fields[i];

        if (!field_applies(fields, i, value)) {
            continue;
        }
        printf("  [%2d:%2d] %-24s %#" PRIx64 "\n", field->lsb + field->width - 1, field->lsb,
               field->name, field_value(field, value));
        rest &= ~mask_of(field);
    }
    if (rest && fields->count) {
        printf("  reserved bits set: %#" PRIx64 "\n", rest);
    }
}

static bool decode(Vgic *const *gics, const char *name, const char *text)
{
    Fields fields;
    char *end;
    uint64_t value;

    errno = 0;
    value = strtoull(text, &end, 0);
    if (errno || *end || end == text) {
        fprintf(stderr, "vgic: '%s' is no number: write 42 or 0x2a\n", text);
        return false;
    }
    if (!find_register(gics[0], name, &fields) && !find_register(gics[1], name, &fields)) {
        fprintf(stderr, "vgic: there is no register '%s': see 'vgic registers'\n", name);
        return false;
    }
    if (fields.width == 32 && value > UINT32_MAX) {
        fprintf(stderr, "vgic: %s has 32 bits, %s does not fit\n", name, text);
        return false;
    }
    printf("%s = %#" PRIx64 "\n", name, value);
    print_fields(&fields, value);
    return true;
}

int command_decode(const char *name, const char *text)
{
    Vgic *gics[GICS] = {make_gic(0), make_gic(1)};
    bool good = decode(gics, name, text);

    for (unsigned i = 0; i < GICS; i++) {
        vgic_free(gics[i]);
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
