/* SPDX-License-Identifier: BSD-2-Clause */
/* The lists that the library hands out as data: frames, their registers, system registers. */
#include "guest.h"
#include "suite.h"

#include <string.h>

static void frames_are_listed_once_and_found_by_name(Machine *m)
{
    const uint32_t regions = m->config.redist_regions ? m->config.redist_region_count : 1;
    const VgicFrame *frame;
    uint32_t count = 0;

    for (; (frame = vgic_frame_at(m->gic, count)); count++) {
        const char *name = vgic_frame_name(frame);
        assert_ptr_equal(vgic_frame(m->gic, name), frame);
        const uint64_t unit = strncmp(name, "GICR", 4) ? 0x10000 : 0x20000;
        assert_int_equal(vgic_frame_size(frame) % unit, 0);
        assert_true(vgic_frame_size(frame) >= unit);
    }
    assert_int_equal(count, 1 + regions + has(m, GICM) + m->config.its);
    assert_int_equal(vgic_frame_size(vgic_frame(m->gic, "GICD")), 0x10000);
    assert_int_equal(vgic_frame(m->gic, "GICM") != NULL, has(m, GICM));
    assert_null(vgic_frame_at(m->gic, count + 1));
}

static void check_row(const char *frame, const VgicRegister *row, uint32_t *end)
{
    expect(strncmp(row->name, frame, 4), 0, "%s is a register of %s", row->name, frame);
    expect(row->offset >= *end, 1, "%s comes after the row before", row->name);
    expect(row->count >= 1, 1, "count of %s", row->name);
    expect(row->width == 32 || row->width == 64, 1, "width of %s", row->name);
    expect(row->count == 1 || row->stride * 8 == row->width, 1, "stride of %s", row->name);
    expect(row->sizes && !(row->sizes & ~15u), 1, "sizes of %s", row->name);
    expect((row->sizes & row->width / 8u) != 0, 1, "%s can be accessed whole", row->name);
    expect((row->access & (VGIC_READABLE | VGIC_WRITABLE)) != 0, 1, "access of %s", row->name);
    expect((strstr(row->name, "<n>") != NULL), row->count > 1, "name of %s", row->name);
    expect((row->fields != NULL), row->field_count != 0, "fields of %s", row->name);
    for (unsigned f = 0; f < row->field_count; f++) {
        expect(row->fields[f].lsb + row->fields[f].width <= row->width, 1, "%s.%s fits", row->name,
               row->fields[f].name);
        expect(row->fields[f].width > 0, 1, "%s.%s has bits", row->name, row->fields[f].name);
    }
    *end = row->offset + (row->count - 1) * row->stride + row->width / 8u;
}

static void registers_are_listed_in_order_and_do_not_overlap(Machine *m)
{
    const VgicFrame *frame;

    for (uint32_t f = 0; (frame = vgic_frame_at(m->gic, f)); f++) {
        const VgicRegister *row;
        uint32_t end = 0, rows = 0;
        for (; (row = vgic_frame_register(frame, rows)); rows++) {
            check_row(vgic_frame_name(frame), row, &end);
        }
        expect(rows > 10, 1, "rows of %s", vgic_frame_name(frame));
        expect(end <= vgic_frame_size(frame), 1, "end of %s", vgic_frame_name(frame));
        if (strncmp(vgic_frame_name(frame), "GICR", 4) == 0) {
            expect(end <= 0x20000, 1, "one PE in %s", vgic_frame_name(frame));
        }
    }
}

/* What a row promises is what an access finds. */
static void check_promise(Machine *m, const VgicFrame *frame, const VgicRegister *row,
                          uint32_t element)
{
    static const uint32_t sizes[] = {1, 2, 4, 8};
    const uint64_t offset = row->offset + element * row->stride;

    for (unsigned s = 0; s < 4; s++) {
        uint64_t value;
        if (offset + sizes[s] > vgic_frame_size(frame)) {
            continue;
        }
        host_forget(&m->host);
        const VgicResult result = vgic_frame_read(m->gic, frame, VGIC_S, offset, sizes[s], &value);
        const bool legal = row->sizes & sizes[s];
        const char *rule = m->host.report_count ? host_last_report(&m->host)->rule : "none";
        if (!legal) {
            expect(result, VGIC_RAZ_WI, "%s, read of %u", row->name, sizes[s]);
            expect(strcmp(rule, "access-size"), 0, "%s, read of %u: %s", row->name, sizes[s], rule);
        } else if (row->access & VGIC_UNMODELLED) {
            expect(strcmp(rule, "unmodelled"), 0, "%s, read of %u: %s", row->name, sizes[s], rule);
            expect(value, 0, "%s, read of %u", row->name, sizes[s]);
        } else if (!(row->access & VGIC_READABLE)) {
            expect(strcmp(rule, "write-only"), 0, "%s, read of %u: %s", row->name, sizes[s], rule);
            expect(value, 0, "%s, read of %u", row->name, sizes[s]);
        } else {
            expect(result, VGIC_OK, "%s, read of %u", row->name, sizes[s]);
            expect(m->host.report_count, 0, "%s, read of %u: %s", row->name, sizes[s], rule);
        }
    }
}

static void every_listed_register_is_as_its_row_says(Machine *m)
{
    const VgicFrame *frame;
    const VgicRegister *row;

    for (uint32_t f = 0; (frame = vgic_frame_at(m->gic, f)); f++) {
        for (uint32_t r = 0; (row = vgic_frame_register(frame, r)); r++) {
            check_promise(m, frame, row, 0);
            check_promise(m, frame, row, row->count - 1);
        }
    }
}

static void secure_rows_are_raz_wi_for_non_secure_accesses(Machine *m)
{
    const VgicFrame *frame = vgic_frame(m->gic, "GICR");
    const VgicRegister *row;
    unsigned found = 0;

    for (uint32_t r = 0; (row = vgic_frame_register(frame, r)); r++) {
        if (row->access & VGIC_SECURE_ONLY) {
            uint64_t value;
            expect(vgic_frame_read(m->gic, frame, VGIC_NS, row->offset, 4, &value),
                   has(m, TWO_STATES) ? VGIC_RAZ_WI : VGIC_OK, "%s", row->name);
            found++;
        }
    }
    assert_true(found >= 4);
}

typedef struct Known {
    const char *name;
    uint32_t encoding;
    uint8_t access, min_el, width;
    uint8_t preemption_bits; /**< the least that it needs; 0 if always there */
    bool el3;
} Known;

enum {
    RO = VGIC_READABLE,
    WO = VGIC_WRITABLE,
    RW = RO | WO
};

#define BOTH(name, access, el, width32, bits, el3)                                                 \
    {#name "_EL1", name##_EL1, access, el, 64, bits, el3},                                         \
    {                                                                                              \
#name, name, access, el, width32, bits, el3                                                \
    }

static const Known known[] = {
    BOTH(ICC_PMR, RW, 1, 32, 0, false),
    BOTH(ICC_IAR0, RO, 1, 32, 0, false),
    BOTH(ICC_EOIR0, WO, 1, 32, 0, false),
    BOTH(ICC_HPPIR0, RO, 1, 32, 0, false),
    BOTH(ICC_BPR0, RW, 1, 32, 0, false),
    BOTH(ICC_AP0R0, RW, 1, 32, 0, false),
    BOTH(ICC_AP0R1, RW, 1, 32, 6, false),
    BOTH(ICC_AP0R2, RW, 1, 32, 7, false),
    BOTH(ICC_AP0R3, RW, 1, 32, 7, false),
    BOTH(ICC_AP1R0, RW, 1, 32, 0, false),
    BOTH(ICC_AP1R1, RW, 1, 32, 6, false),
    BOTH(ICC_AP1R2, RW, 1, 32, 7, false),
    BOTH(ICC_AP1R3, RW, 1, 32, 7, false),
    BOTH(ICC_DIR, WO, 1, 32, 0, false),
    BOTH(ICC_RPR, RO, 1, 32, 0, false),
    BOTH(ICC_SGI1R, WO, 1, 64, 0, false),
    BOTH(ICC_ASGI1R, WO, 1, 64, 0, false),
    BOTH(ICC_SGI0R, WO, 1, 64, 0, false),
    BOTH(ICC_IAR1, RO, 1, 32, 0, false),
    BOTH(ICC_EOIR1, WO, 1, 32, 0, false),
    BOTH(ICC_HPPIR1, RO, 1, 32, 0, false),
    BOTH(ICC_BPR1, RW, 1, 32, 0, false),
    BOTH(ICC_CTLR, RW, 1, 32, 0, false),
    BOTH(ICC_SRE, RW, 1, 32, 0, false),
    BOTH(ICC_IGRPEN0, RW, 1, 32, 0, false),
    BOTH(ICC_IGRPEN1, RW, 1, 32, 0, false),
    {"ICC_CTLR_EL3", ICC_CTLR_EL3, RW, 3, 64, 0, true},
    {"ICC_MCTLR", ICC_MCTLR, RW, 3, 32, 0, true},
    {"ICC_SRE_EL3", ICC_SRE_EL3, RW, 3, 64, 0, true},
    {"ICC_MSRE", ICC_MSRE, RW, 3, 32, 0, true},
    {"ICC_IGRPEN1_EL3", ICC_IGRPEN1_EL3, RW, 3, 64, 0, true},
    {"ICC_MGRPEN1", ICC_MGRPEN1, RW, 3, 32, 0, true},
};
enum {
    KNOWN = sizeof(known) / sizeof(known[0])
};

static const VgicSysreg *find_sysreg(Machine *m, const char *name)
{
    const VgicSysreg *row;

    for (uint32_t i = 0; (row = vgic_sysreg_at(m->gic, i)); i++) {
        if (strcmp(row->name, name) == 0) {
            return row;
        }
    }
    return NULL;
}

static void the_system_registers_are_listed_with_encoding_and_access(Machine *m)
{
    for (unsigned k = 0; k < KNOWN; k++) {
        const bool there = machine_preemption_bits(m) >= known[k].preemption_bits &&
                           (!known[k].el3 || has(m, EL3));
        const VgicSysreg *row = find_sysreg(m, known[k].name);
        expect(row != NULL, there, "%s is listed", known[k].name);
        if (row && there) {
            expect(row->encoding, known[k].encoding, "encoding of %s", row->name);
            expect(row->access, known[k].access, "access of %s", row->name);
            expect(row->min_el, known[k].min_el, "lowest EL of %s", row->name);
            expect(row->width, known[k].width, "width of %s", row->name);
            expect((row->fields != NULL), row->field_count != 0, "fields of %s", row->name);
        }
    }
}

static void each_system_register_is_listed_once(Machine *m)
{
    const VgicSysreg *row, *other;
    uint32_t count = 0;

    for (; (row = vgic_sysreg_at(m->gic, count)); count++) {
        for (uint32_t i = 0; i < count; i++) {
            other = vgic_sysreg_at(m->gic, i);
            expect(other->encoding != row->encoding, 1, "%s and %s", other->name, row->name);
        }
    }
    assert_true(count >= 40);
}

static void a_listed_register_can_be_accessed_as_listed(Machine *m)
{
    const VgicSysreg *row;

    allow_sre(m, 0);
    for (uint32_t i = 0; (row = vgic_sysreg_at(m->gic, i)); i++) {
        VgicCpuState state = m->top;
        state.aarch32 = row->encoding >> 16 != 0;
        state.monitor = state.aarch32 && state.el == 3;
        if (state.el < row->min_el) {
            continue;
        }
        expect(vgic_sysreg_check(m->gic, 0, &state, row->encoding, false),
               row->access & VGIC_READABLE ? VGIC_OK : VGIC_UNDEFINED, "read of %s", row->name);
        expect(vgic_sysreg_check(m->gic, 0, &state, row->encoding, true),
               row->access & VGIC_WRITABLE ? VGIC_OK : VGIC_UNDEFINED, "write of %s", row->name);
    }
}

static void a_stateless_register_is_ok_in_every_state(Machine *m)
{
    static const VgicCpuState *const states[] = {&ns_el1, &ns_el2, &s_el1, &s_el2, &el3};
    const VgicSysreg *row;

    for (uint32_t i = 0; (row = vgic_sysreg_at(m->gic, i)); i++) {
        for (unsigned s = 0; row->stateless && s < (has(m, EL3) ? 5 : 2); s++) {
            for (uint64_t scr = 0; scr < 4; scr++) {
                VgicCpuState state = with_scr(*states[s], scr << 1);
                state.el2_enabled = false;
                state.aarch32 = row->encoding >> 16 != 0;
                if (state.el < row->min_el) {
                    continue;
                }
                if (row->access & VGIC_READABLE) {
                    expect(vgic_sysreg_check(m->gic, 0, &state, row->encoding, false), VGIC_OK,
                           "read of %s at %s", row->name, state_name(&state));
                }
                if (row->access & VGIC_WRITABLE) {
                    expect(vgic_sysreg_check(m->gic, 0, &state, row->encoding, true), VGIC_OK,
                           "write of %s at %s", row->name, state_name(&state));
                }
            }
        }
    }
}

static void an_interface_without_el3_is_stateless(Machine *m)
{
    const VgicSysreg *pmr = find_sysreg(m, "ICC_PMR_EL1");

    assert_non_null(pmr);
    assert_true(pmr->stateless);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(frames_are_listed_once_and_found_by_name, 0),
        TEST(registers_are_listed_in_order_and_do_not_overlap, 0),
        TEST(every_listed_register_is_as_its_row_says, 0),
        TEST(secure_rows_are_raz_wi_for_non_secure_accesses, 0),
        TEST(the_system_registers_are_listed_with_encoding_and_access, 0),
        TEST(each_system_register_is_listed_once, 0),
        TEST(a_listed_register_can_be_accessed_as_listed, 0),
        TEST(a_stateless_register_is_ok_in_every_state, 0),
        TEST(an_interface_without_el3_is_stateless, NO_EL3),
    };
    return RUN(argc, argv, "lists", tests);
}
