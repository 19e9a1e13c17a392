/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may access which system register: presence, direction, and traps to EL1, EL2 and EL3. */
#include "guest.h"
#include "suite.h"

/* Classes of section "access control": which SCR_EL3 bits trap them. */
typedef enum Class {
    GROUP0_CLASS,
    GROUP1_CLASS,
    COMMON_CLASS,
    SGI_CLASS
} Class;

typedef struct Row {
    const char *name;
    uint32_t reg, reg32;
    Class class;
    bool read, write;
} Row;

#define ROW(name, class, read, write)                                                              \
    {                                                                                              \
#name, name##_EL1, name, class, read, write                                                \
    }

static const Row rows[] = {
    ROW(ICC_IAR0, GROUP0_CLASS, true, false),   ROW(ICC_EOIR0, GROUP0_CLASS, false, true),
    ROW(ICC_HPPIR0, GROUP0_CLASS, true, false), ROW(ICC_BPR0, GROUP0_CLASS, true, true),
    ROW(ICC_AP0R0, GROUP0_CLASS, true, true),   ROW(ICC_IGRPEN0, GROUP0_CLASS, true, true),
    ROW(ICC_IAR1, GROUP1_CLASS, true, false),   ROW(ICC_EOIR1, GROUP1_CLASS, false, true),
    ROW(ICC_HPPIR1, GROUP1_CLASS, true, false), ROW(ICC_BPR1, GROUP1_CLASS, true, true),
    ROW(ICC_AP1R0, GROUP1_CLASS, true, true),   ROW(ICC_IGRPEN1, GROUP1_CLASS, true, true),
    ROW(ICC_PMR, COMMON_CLASS, true, true),     ROW(ICC_RPR, COMMON_CLASS, true, false),
    ROW(ICC_CTLR, COMMON_CLASS, true, true),    ROW(ICC_DIR, COMMON_CLASS, false, true),
    ROW(ICC_SGI0R, SGI_CLASS, false, true),     ROW(ICC_SGI1R, SGI_CLASS, false, true),
    ROW(ICC_ASGI1R, SGI_CLASS, false, true),
};
enum {
    ROWS = sizeof(rows) / sizeof(rows[0])
};

static bool trapped_by(Class class, uint64_t scr)
{
    switch (class) {
    case GROUP0_CLASS:
        return scr & SCR_FIQ;
    case GROUP1_CLASS:
        return scr & SCR_IRQ;
    default:
        return scr & SCR_FIQ && scr & SCR_IRQ;
    }
}

/* The result of one access, as done and as asked about; the value must be 0 unless it is OK. */
static void check_access(Machine *m, const VgicCpuState *state, uint32_t reg, bool write,
                         VgicResult want, const char *name)
{
    const unsigned scr = (unsigned)state->scr_el3, hcr = (unsigned)state->hcr_el2;
    uint64_t value = 0;

    expect(vgic_sysreg_check(m->gic, 0, state, reg, write), want,
           "check of %s of %s at %s, SCR_EL3 0x%x, HCR_EL2 0x%x", write ? "write" : "read", name,
           state_name(state), scr, hcr);
    const VgicResult got =
        write ? icc_try_write(m, 0, state, reg, 0) : icc_try_read(m, 0, state, reg, &value);
    expect(got, want, "%s of %s at %s, SCR_EL3 0x%x, HCR_EL2 0x%x", write ? "write" : "read", name,
           state_name(state), scr, hcr);
    if (want != VGIC_OK) {
        expect(value, 0, "value of %s at %s", name, state_name(state));
    }
}

static void check_row(Machine *m, const VgicCpuState *state, const Row *row, VgicResult want)
{
    const uint32_t reg = state->aarch32 ? row->reg32 : row->reg;

    check_access(m, state, reg, false, row->read ? want : VGIC_UNDEFINED, row->name);
    check_access(m, state, reg, true, row->write ? want : VGIC_UNDEFINED, row->name);
}

static void scr_el3_traps_by_class_and_exception_level(Machine *m)
{
    static const VgicCpuState *const states[] = {&ns_el1, &ns_el2, &s_el1, &s_el2, &ns_svc32};

    for (unsigned s = 0; s < 5; s++) {
        for (uint64_t scr = 0; scr < 4; scr++) {
            const VgicCpuState state = with_scr(*states[s], scr << 1);
            for (unsigned r = 0; r < ROWS; r++) {
                check_row(m, &state, &rows[r],
                          trapped_by(rows[r].class, scr << 1) ? VGIC_TRAP_EL3 : VGIC_OK);
            }
        }
    }
}

static void nothing_traps_at_el3_and_in_monitor_mode(Machine *m)
{
    static const VgicCpuState *const states[] = {&el3, &el3_ns, &monitor, &monitor_ns};

    for (unsigned s = 0; s < 4; s++) {
        const VgicCpuState state = with_scr(*states[s], SCR_FIQ | SCR_IRQ);
        for (unsigned r = 0; r < ROWS; r++) {
            check_row(m, &state, &rows[r], VGIC_OK);
        }
    }
}

static void aarch32_el3_outside_monitor_mode_traps_to_monitor(Machine *m)
{
    for (uint64_t scr = 0; scr < 4; scr++) {
        const VgicCpuState state = with_scr(svc32_el3, scr << 1);
        for (unsigned r = 0; r < ROWS; r++) {
            check_row(m, &state, &rows[r],
                      trapped_by(rows[r].class, scr << 1) ? VGIC_TRAP_EL3 : VGIC_OK);
        }
    }
}

static void without_el3_scr_is_ignored(Machine *m)
{
    const VgicCpuState state = with_scr(ns_el1, SCR_FIQ | SCR_IRQ);

    for (unsigned r = 0; r < ROWS; r++) {
        check_row(m, &state, &rows[r], VGIC_OK);
    }
}

static void sgi_registers_trap_to_el2_when_it_takes_irqs_or_fiqs(Machine *m)
{
    static const uint64_t hcrs[] = {HCR_IMO, HCR_FMO, HCR_IMO | HCR_FMO};

    for (unsigned h = 0; h < 3; h++) {
        for (uint64_t scr = 0; scr < 4; scr++) {
            /* Traps to EL2 win over traps to EL3. */
            const VgicCpuState state = with_scr(with_hcr(ns_el1, hcrs[h]), scr << 1);
            for (unsigned r = 0; r < ROWS; r++) {
                if (rows[r].class == SGI_CLASS) {
                    check_row(m, &state, &rows[r], VGIC_TRAP_EL2);
                }
            }
        }
    }
}

/* An enabled EL2 is a mistake of the host there: whatever it says counts for nothing. */
static void without_el2_hcr_el2_is_ignored(Machine *m)
{
    allow_sre(m, 0);
    for (uint64_t hcr = 0; hcr < 4; hcr++) {
        for (uint64_t scr = 0; scr < 4; scr++) {
            const VgicCpuState state = with_scr(with_hcr(ns_el1, hcr << 3), scr << 1);
            check_access(m, &state, ICC_SRE_EL1, false, VGIC_OK, "ICC_SRE_EL1");
            for (unsigned r = 0; r < ROWS; r++) {
                check_row(m, &state, &rows[r],
                          has(m, EL3) && trapped_by(rows[r].class, scr << 1) ? VGIC_TRAP_EL3
                                                                             : VGIC_OK);
            }
        }
    }
}

static void hcr_el2_does_not_matter_at_el2_or_without_el2(Machine *m)
{
    VgicCpuState at_el2 = with_hcr(ns_el2, HCR_IMO | HCR_FMO);
    VgicCpuState no_el2 = with_hcr(ns_el1, HCR_IMO | HCR_FMO);

    no_el2.el2_enabled = false;
    for (unsigned r = 0; r < ROWS; r++) {
        check_row(m, &at_el2, &rows[r], VGIC_OK);
        check_row(m, &no_el2, &rows[r], VGIC_OK);
    }
}

static void an_enabled_el2_that_takes_nothing_traps_nothing(Machine *m)
{
    const VgicCpuState state = with_hcr(ns_el1, 0);

    for (unsigned r = 0; r < ROWS; r++) {
        check_row(m, &state, &rows[r], VGIC_OK);
    }
}

static void every_access_at_el0_is_undefined(Machine *m)
{
    VgicCpuState el0 = m->os;

    el0.el = 0;
    for (unsigned r = 0; r < ROWS; r++) {
        check_row(m, &el0, &rows[r], VGIC_UNDEFINED);
    }
    check_access(m, &el0, ICC_SRE_EL1, false, VGIC_UNDEFINED, "ICC_SRE_EL1");
}

static void registers_of_a_higher_el_are_undefined(Machine *m)
{
    static const uint32_t el3_registers[] = {ICC_CTLR_EL3, ICC_SRE_EL3, ICC_IGRPEN1_EL3};
    static const VgicCpuState *const below[] = {&ns_el1, &s_el1, &ns_el2, &s_el2};

    allow_sre(m, 0);
    for (unsigned write = 0; write < 2; write++) {
        for (unsigned s = 0; s < 4; s++) {
            for (unsigned r = 0; r < 3; r++) {
                check_access(m, below[s], el3_registers[r], write, VGIC_UNDEFINED, "EL3 register");
            }
        }
        check_access(m, &ns_el1, ICC_SRE_EL2, write, VGIC_UNDEFINED, "ICC_SRE_EL2");
        check_access(m, &s_el1, ICC_SRE_EL2, write, VGIC_UNDEFINED, "ICC_SRE_EL2");
        check_access(m, &ns_el2, ICC_SRE_EL2, write, has(m, EL2) ? VGIC_OK : VGIC_UNDEFINED,
                     "ICC_SRE_EL2");
    }
}

static void el3_registers_do_not_exist_without_el3(Machine *m)
{
    static const uint32_t registers[] = {ICC_CTLR_EL3, ICC_SRE_EL3, ICC_IGRPEN1_EL3};

    for (unsigned r = 0; r < 3; r++) {
        check_access(m, &ns_el1, registers[r], false, VGIC_UNDEFINED, "EL3 register");
        check_access(m, &ns_el2, registers[r], true, VGIC_UNDEFINED, "EL3 register");
        check_access(m, &el3, registers[r], false, VGIC_UNDEFINED, "EL3 register");
    }
}

static void el3_registers_are_there_at_el3(Machine *m)
{
    static const uint32_t registers[] = {ICC_CTLR_EL3, ICC_SRE_EL3, ICC_IGRPEN1_EL3};

    allow_sre(m, 0);
    for (unsigned r = 0; r < 3; r++) {
        for (unsigned write = 0; write < 2; write++) {
            check_access(m, &el3, registers[r], write, VGIC_OK, "EL3 register");
            check_access(m, &el3_ns, registers[r], write, VGIC_OK, "EL3 register");
        }
    }
}

static void encodings_that_name_nothing_are_undefined(Machine *m)
{
    static const uint32_t nothing[] = {
        VGIC_SYSREG(3, 0, 12, 11, 2),
        VGIC_SYSREG(3, 0, 12, 8, 0) ^ 1u << 7,
        VGIC_SYSREG(3, 3, 12, 12, 0),
        VGIC_SYSREG(2, 0, 12, 12, 0),
        VGIC_SYSREG(0, 0, 0, 0, 0),
        VGIC_CP15(1, 12, 12, 0),
        VGIC_CP15_64(3, 12),
        0xFFFFFFFF,
        1u << 18,
    };

    for (unsigned i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
        check_access(m, &m->top, nothing[i], false, VGIC_UNDEFINED, "nothing");
        check_access(m, &m->top, nothing[i], true, VGIC_UNDEFINED, "nothing");
    }
}

static void the_nmi_acknowledge_register_is_undefined_before_v3_3(Machine *m)
{
    check_access(m, &m->top, ICC_NMIAR1_EL1, false, VGIC_UNDEFINED, "ICC_NMIAR1_EL1");
    check_access(m, &m->top, ICC_NMIAR1_EL1, true, VGIC_UNDEFINED, "ICC_NMIAR1_EL1");
}

static void a_trapped_access_changes_nothing(Machine *m)
{
    const VgicCpuState trapped = with_scr(ns_el1, SCR_FIQ | SCR_IRQ);
    uint64_t value;

    start(m);
    os_configure(m, 0, 20, EDGE);
    pend(m, 0, 20);

    assert_int_equal(icc_try_read(m, 0, &trapped, ICC_IAR1_EL1, &value), VGIC_TRAP_EL3);
    assert_int_equal(icc_try_write(m, 0, &trapped, ICC_PMR_EL1, 0), VGIC_TRAP_EL3);
    assert_int_equal(icc_try_write(m, 0, &trapped, ICC_IGRPEN1_EL1, 0), VGIC_TRAP_EL3);
    assert_int_equal(icc_try_write(m, 0, &trapped, ICC_SGI1R_EL1, 1), VGIC_TRAP_EL3);

    assert_true(is_pending(m, 0, 20));
    assert_false(is_active(m, 0, 20));
    assert_false(is_pending(m, 0, 0));
    assert_true(irq(m, 0));
}

static void asking_about_an_access_does_not_make_it(Machine *m)
{
    start(m);
    os_configure(m, 0, 20, EDGE);
    pend(m, 0, 20);

    assert_int_equal(vgic_sysreg_check(m->gic, 0, &m->os, ICC_IAR1_EL1, false), VGIC_OK);
    assert_int_equal(vgic_sysreg_check(m->gic, 0, &m->os, ICC_SGI1R_EL1, true), VGIC_OK);

    assert_true(is_pending(m, 0, 20));
    assert_int_equal(ack(m, 0), 20);
}

static void sre_el1_traps_to_el3_while_its_enable_is_clear(Machine *m)
{
    static const VgicCpuState *const trapped[] = {&ns_el1, &s_el1, &ns_el2, &s_el2};

    allow_sre(m, 0);
    for (unsigned i = 0; i < 4; i++) {
        check_access(m, trapped[i], ICC_SRE_EL1, false, VGIC_OK, "ICC_SRE_EL1");
    }
    icc_write(m, 0, &el3, ICC_SRE_EL3, 7);
    assert_int_equal(icc_read(m, 0, &el3, ICC_SRE_EL3), 7);
    for (unsigned i = 0; i < 4; i++) {
        check_access(m, trapped[i], ICC_SRE_EL1, false, VGIC_TRAP_EL3, "ICC_SRE_EL1");
        check_access(m, trapped[i], ICC_SRE_EL1, true, VGIC_TRAP_EL3, "ICC_SRE_EL1");
        check_access(m, trapped[i], ICC_PMR_EL1, false, VGIC_OK, "ICC_PMR_EL1");
    }
    check_access(m, &el3, ICC_SRE_EL1, false, VGIC_OK, "ICC_SRE_EL1");

    icc_write(m, 0, &el3, ICC_SRE_EL3, 0xF);
    check_access(m, &ns_el1, ICC_SRE_EL1, false, VGIC_OK, "ICC_SRE_EL1");
}

static void sre_el2_is_res0_at_el3(Machine *m)
{
    for (unsigned write = 0; write < 2; write++) {
        check_access(m, &el3, ICC_SRE_EL2, write, VGIC_OK, "ICC_SRE_EL2");
        check_access(m, &el3_ns, ICC_SRE_EL2, write, VGIC_OK, "ICC_SRE_EL2");
        check_access(m, &monitor, ICC_HSRE, write, VGIC_OK, "ICC_HSRE");
    }
    icc_write(m, 0, &el3_ns, ICC_SRE_EL2, 0xF);
    assert_int_equal(icc_read(m, 0, &el3_ns, ICC_SRE_EL2), 0);
}

static void sre_is_not_subject_to_scr_routing(Machine *m)
{
    const VgicCpuState state = with_scr(ns_el1, SCR_FIQ | SCR_IRQ);

    allow_sre(m, 0);
    check_access(m, &state, ICC_SRE_EL1, false, VGIC_OK, "ICC_SRE_EL1");
    check_access(m, &state, ICC_SRE_EL1, true, VGIC_OK, "ICC_SRE_EL1");
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(scr_el3_traps_by_class_and_exception_level, EL3),
        TEST(nothing_traps_at_el3_and_in_monitor_mode, EL3),
        TEST(aarch32_el3_outside_monitor_mode_traps_to_monitor, EL3),
        TEST(without_el3_scr_is_ignored, NO_EL3),
        TEST(sgi_registers_trap_to_el2_when_it_takes_irqs_or_fiqs, EL2),
        TEST(hcr_el2_does_not_matter_at_el2_or_without_el2, 0),
        TEST(an_enabled_el2_that_takes_nothing_traps_nothing, 0),
        TEST(every_access_at_el0_is_undefined, 0),
        TEST(registers_of_a_higher_el_are_undefined, EL3),
        TEST(el3_registers_do_not_exist_without_el3, NO_EL3),
        TEST(el3_registers_are_there_at_el3, EL3),
        TEST(encodings_that_name_nothing_are_undefined, 0),
        TEST(the_nmi_acknowledge_register_is_undefined_before_v3_3, NO_NMIS),
        TEST(a_trapped_access_changes_nothing, EL3),
        TEST(asking_about_an_access_does_not_make_it, 0),
        TEST(sre_el1_traps_to_el3_while_its_enable_is_clear, SRE_TRAPS | EL3),
        TEST(sre_el2_is_res0_at_el3, EL3 | NO_EL2),
        TEST(without_el2_hcr_el2_is_ignored, NO_EL2),
        TEST(sre_is_not_subject_to_scr_routing, 0),
    };
    return RUN(argc, argv, "ICC access control", tests);
}
