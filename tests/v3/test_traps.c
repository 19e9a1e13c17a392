/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every trap of the CPU interface's registers, with EL2 and without, against a table of its own:
 * HCR_EL2, HFGRTR_EL2, HFGWTR_EL2, ICH_HCR_EL2, ICC_SRE_ELx, SCR_EL3, in every state of a PE.
 */
#include "suite.h"
#include "virt.h"

typedef enum Class {
    GROUP0,
    GROUP1,
    COMMON,
    SGI,
    SRE1,
    OF_EL2,
    OF_EL3
} Class;
enum {
    R = 1,
    W = 2,
    RW = R | W
};

typedef struct Row {
    const char *name;
    uint32_t reg, reg32; /* 0: no AArch32 form */
    Class class;
    unsigned access;
    uint16_t vncr;
    bool needs_nmi;
} Row;

#define EL1_ROW(name, class, access)                                                               \
    {                                                                                              \
#name, name##_EL1, name, class, access, 0, false                                           \
    }
#define EL2_ROW(name, access, vncr)                                                                \
    {                                                                                              \
#name, name##_EL2, name, OF_EL2, access, vncr, false                                       \
    }

/* Present in every machine of this test, which have one list register or more. */
static const Row rows[] = {
    EL1_ROW(ICC_IAR0, GROUP0, R),
    EL1_ROW(ICC_EOIR0, GROUP0, W),
    EL1_ROW(ICC_HPPIR0, GROUP0, R),
    EL1_ROW(ICC_BPR0, GROUP0, RW),
    EL1_ROW(ICC_AP0R0, GROUP0, RW),
    EL1_ROW(ICC_IGRPEN0, GROUP0, RW),
    EL1_ROW(ICC_IAR1, GROUP1, R),
    {"ICC_NMIAR1", ICC_NMIAR1_EL1, 0, GROUP1, R, 0, true},
    EL1_ROW(ICC_EOIR1, GROUP1, W),
    EL1_ROW(ICC_HPPIR1, GROUP1, R),
    EL1_ROW(ICC_BPR1, GROUP1, RW),
    EL1_ROW(ICC_AP1R0, GROUP1, RW),
    EL1_ROW(ICC_IGRPEN1, GROUP1, RW),
    EL1_ROW(ICC_PMR, COMMON, RW),
    EL1_ROW(ICC_RPR, COMMON, R),
    EL1_ROW(ICC_CTLR, COMMON, RW),
    EL1_ROW(ICC_DIR, COMMON, W),
    EL1_ROW(ICC_SGI0R, SGI, W),
    EL1_ROW(ICC_SGI1R, SGI, W),
    EL1_ROW(ICC_ASGI1R, SGI, W),
    EL1_ROW(ICC_SRE, SRE1, RW),
    {"ICC_SRE_EL2", ICC_SRE_EL2, ICC_HSRE, OF_EL2, RW, 0, false},
    EL2_ROW(ICH_AP0R0, RW, 0x480),
    EL2_ROW(ICH_AP1R0, RW, 0x4A0),
    EL2_ROW(ICH_HCR, RW, 0x4C0),
    EL2_ROW(ICH_VTR, R, 0),
    EL2_ROW(ICH_MISR, R, 0),
    EL2_ROW(ICH_EISR, R, 0),
    EL2_ROW(ICH_ELRSR, R, 0),
    EL2_ROW(ICH_VMCR, RW, 0x4C8),
    {"ICH_LR0", ICH_LR_EL2(0), ICH_LR(0), OF_EL2, RW, 0x400, false},
    {"ICH_LRC0", 0, ICH_LRC(0), OF_EL2, RW, 0, false},
    {"ICC_CTLR_EL3", ICC_CTLR_EL3, ICC_MCTLR, OF_EL3, RW, 0, false},
    {"ICC_SRE_EL3", ICC_SRE_EL3, ICC_MSRE, OF_EL3, RW, 0, false},
    {"ICC_IGRPEN1_EL3", ICC_IGRPEN1_EL3, ICC_MGRPEN1, OF_EL3, RW, 0, false},
};
enum {
    ROWS = sizeof(rows) / sizeof(rows[0])
};

/* What the machine's registers hold that traps depend on. */
typedef struct Controls {
    uint32_t ich_hcr;
    bool enable2, enable3; /* ICC_SRE_EL2.Enable, ICC_SRE_EL3.Enable */
} Controls;

static bool is_igrpen(const Row *row)
{
    return row->reg == ICC_IGRPEN0_EL1 || row->reg == ICC_IGRPEN1_EL1;
}

static bool trapped_by_ich_hcr(const Row *row, uint32_t ich_hcr)
{
    switch (row->class) {
    case GROUP0:
        return ich_hcr & ICH_TALL0;
    case GROUP1:
        return ich_hcr & ICH_TALL1;
    case COMMON:
        return ich_hcr & ICH_TC || (row->reg == ICC_DIR_EL1 && ich_hcr & ICH_TDIR);
    default:
        return row->class == SGI && ich_hcr & ICH_TC;
    }
}

static bool is_virtual(const Row *row, uint64_t hcr)
{
    switch (row->class) {
    case GROUP0:
        return hcr & HCR_FMO;
    case GROUP1:
        return hcr & HCR_IMO;
    default:
        return row->class == COMMON && hcr & (HCR_IMO | HCR_FMO);
    }
}

/* The traps of SCR_EL3 at EL1, EL2, and AArch32 EL3 outside Monitor mode. */
static VgicResult el3_traps(const Machine *m, const VgicCpuState *s, const Row *row,
                            const Controls *controls)
{
    const bool irq3 = s->scr_el3 & SCR_IRQ, fiq3 = s->scr_el3 & SCR_FIQ;
    bool trap = false;

    if (!has(m, EL3) || (s->el == 3 && (!s->aarch32 || s->monitor))) {
        return VGIC_OK;
    }
    switch (row->class) {
    case GROUP0:
        trap = fiq3;
        break;
    case GROUP1:
        trap = irq3;
        break;
    case COMMON:
    case SGI:
        trap = irq3 && fiq3;
        break;
    default:
        trap = !controls->enable3 && s->el < 3;
        break;
    }
    return trap ? VGIC_TRAP_EL3 : VGIC_OK;
}

static VgicResult el1_with_el2(const Machine *m, const VgicCpuState *s, const Row *row, bool write,
                               const Controls *controls)
{
    const uint64_t hfg = write ? s->hfgwtr_el2 : s->hfgrtr_el2;

    if (is_igrpen(row) && !s->aarch32 && hfg & HFG_ICC_IGRPEN) {
        return VGIC_TRAP_EL2;
    }
    if (trapped_by_ich_hcr(row, controls->ich_hcr) || (row->class == SRE1 && !controls->enable2) ||
        (row->class == SGI && s->hcr_el2 & (HCR_IMO | HCR_FMO))) {
        return VGIC_TRAP_EL2;
    }
    return is_virtual(row, s->hcr_el2) ? VGIC_OK : el3_traps(m, s, row, controls);
}

static VgicResult expected(const Machine *m, const VgicCpuState *s, const Row *row, bool write,
                           const Controls *controls)
{
    if (!(row->access & (write ? W : R)) || s->el == 0 || (row->needs_nmi && !has(m, NMIS))) {
        return VGIC_UNDEFINED;
    }
    if (row->class == OF_EL3) {
        return has(m, EL3) && s->el == 3 ? VGIC_OK : VGIC_UNDEFINED;
    }
    if (row->class == OF_EL2) {
        const uint8_t least = has(m, EL2) ? 2 : 3;
        if (s->el >= least && (s->el < 3 || has(m, EL3))) {
            return row->reg == ICC_SRE_EL2 && has(m, EL2) ? el3_traps(m, s, row, controls)
                                                          : VGIC_OK;
        }
        if (has(m, EL2) && s->el == 1 && s->el2_enabled && !s->aarch32 && s->hcr_el2 & HCR_NV) {
            return s->hcr_el2 & HCR_NV2 && row->vncr ? VGIC_VNCR : VGIC_TRAP_EL2;
        }
        return VGIC_UNDEFINED;
    }
    return s->el == 1 && s->el2_enabled ? el1_with_el2(m, s, row, write, controls)
                                        : el3_traps(m, s, row, controls);
}

static void check_access(Machine *m, const VgicCpuState *s, const Row *row, bool write,
                         const Controls *controls)
{
    const uint32_t reg = s->aarch32 ? row->reg32 : row->reg;
    uint64_t value = 0;

    if (!reg) {
        return;
    }
    const VgicResult want = expected(m, s, row, write, controls);
    VgicResult got = vgic_sysreg_check(m->gic, 0, s, reg, write);
    if (want != VGIC_OK && got == want) { /* as done it changes nothing, and answers the same */
        got = write ? icc_try_write(m, 0, s, reg, UINT64_MAX) : icc_try_read(m, 0, s, reg, &value);
    }
    if (got != want || value != 0) {
        expect(got, want,
               "%s: %s of %s at %s%s, HCR 0x%llx, SCR 0x%llx, HFGR %d, HFGW %d, ICH_HCR 0x%x, "
               "Enable %d, %d",
               m->name, write ? "write" : "read", row->name, state_name(s),
               s->el2_enabled ? " with EL2" : "", (unsigned long long)s->hcr_el2,
               (unsigned long long)s->scr_el3, s->hfgrtr_el2 != 0, s->hfgwtr_el2 != 0,
               controls->ich_hcr, controls->enable2, controls->enable3);
        expect(value, 0, "value of %s", row->name);
    }
}

static void check_rows(Machine *m, const VgicCpuState *s, const Controls *controls)
{
    for (unsigned r = 0; r < ROWS; r++) {
        check_access(m, s, &rows[r], false, controls);
        check_access(m, s, &rows[r], true, controls);
    }
}

/* All that a state can say that traps look at. */
static void check_state(Machine *m, VgicCpuState s, const Controls *controls)
{
    const unsigned hcrs = s.el2_enabled && s.el == 1 ? 16 : 1;

    for (unsigned h = 0; h < hcrs; h++) {
        s.hcr_el2 = (h & 1 ? HCR_IMO : 0) | (h & 2 ? HCR_FMO : 0) | (h & 4 ? HCR_NV : 0) |
                    (h & 8 ? HCR_NV2 : 0);
        for (uint64_t scr = 0; scr < 4; scr++) {
            s.scr_el3 = (s.scr_el3 & SCR_NS) | scr << 1;
            for (unsigned hfg = 0; hfg < (hcrs > 1 ? 4 : 1); hfg++) {
                s.hfgrtr_el2 = hfg & 1 ? HFG_ICC_IGRPEN : 0;
                s.hfgwtr_el2 = hfg & 2 ? HFG_ICC_IGRPEN : 0;
                check_rows(m, &s, controls);
            }
        }
    }
}

static const VgicCpuState *const states[] = {&ns_el1, &s_el1,  &ns_svc32, &ns_el2,     &s_el2,
                                             &el3,    &el3_ns, &monitor,  &monitor_ns, &svc32_el3};
enum {
    STATES = sizeof(states) / sizeof(states[0])
};

static bool machine_has_state(const Machine *m, const VgicCpuState *s)
{
    return (s->el < 3 || has(m, EL3)) && (s->el != 2 || has(m, EL2)) &&
           (s->space != VGIC_S || has(m, EL3));
}

static void check_states(Machine *m, const Controls *controls)
{
    for (unsigned i = 0; i < STATES; i++) {
        VgicCpuState s = *states[i];

        if (!machine_has_state(m, &s)) {
            continue;
        }
        check_state(m, s, controls);
        if (s.el == 1 && has(m, EL2)) {
            s.el2_enabled = true; /* in the Secure state, too: FEAT_SEL2 */
            check_state(m, s, controls);
        }
        s.el = 0;
        check_rows(m, &s, controls);
    }
}

static void set_controls(Machine *m, const Controls *controls)
{
    const VgicCpuState *top = has(m, EL3) ? &el3 : &ns_el2;

    if (has(m, EL3)) {
        icc_write(m, 0, top, ICC_SRE_EL3, controls->enable3 ? 0xF : 7);
    }
    if (has(m, EL2)) {
        icc_write(m, 0, top, ICC_SRE_EL2, controls->enable2 ? 0xF : 7);
        icc_write(m, 0, top, ICH_HCR_EL2, controls->ich_hcr);
    }
}

static Machine *trap_machine(const char *name, bool el2, bool el3_there, uint32_t states_,
                             bool writable)
{
    const VgicConfig config = VGIC_CONFIG_INIT(
        VGIC_V3, .cpus = 1, .spis = 32, .el2 = el2, .el3 = el3_there, .security_states = states_,
        .sre_enable_writable = writable, .nmi = writable || !el3_there);
    Machine *m = machine_new(name, &config, false);

    assert_non_null(m);
    return m;
}

/* All trap bits of ICH_HCR_EL2, En on or off with them, and the Enable bits where they can change.
 */
static void check_machine(Machine *m)
{
    for (unsigned bits = 0; bits < (has(m, EL2) ? 16u : 1u); bits++) {
        const uint32_t ich_hcr = (bits & 1 ? ICH_TC : 0) | (bits & 2 ? ICH_TALL0 : 0) |
                                 (bits & 4 ? ICH_TALL1 : 0) | (bits & 8 ? ICH_TDIR : 0);
        for (unsigned enables = has(m, SRE_TRAPS) ? 0 : 3; enables < 4; enables++) {
            const Controls controls = {.ich_hcr = ich_hcr | (bits % 3 == 0 ? ICH_EN : 0),
                                       .enable2 = enables & 1,
                                       .enable3 = enables & 2};
            if (enables != 3 && bits % 5 != 0) {
                continue; /* the two have nothing to do with each other */
            }
            set_controls(m, &controls);
            check_states(m, &controls);
        }
    }
    machine_free(m);
}

static void every_access_with_el2_answers_as_the_table_says(Machine *m)
{
    (void)m;
    check_machine(trap_machine("EL2", true, false, 1, false));
}

static void every_access_with_el2_and_el3_answers_as_the_table_says(Machine *m)
{
    (void)m;
    check_machine(trap_machine("EL2, EL3, two states", true, true, 2, true));
}

static void every_access_with_el2_and_el3_and_one_state_answers_as_the_table_says(Machine *m)
{
    (void)m;
    check_machine(trap_machine("EL2, EL3, one state", true, true, 1, false));
}

static void every_access_with_el3_alone_answers_as_the_table_says(Machine *m)
{
    (void)m;
    check_machine(trap_machine("EL3, two states", false, true, 2, true));
    check_machine(trap_machine("EL3, one state", false, true, 1, false));
}

static void every_access_with_el1_alone_answers_as_the_table_says(Machine *m)
{
    (void)m;
    check_machine(trap_machine("EL1", false, false, 1, false));
}

/* Every list register and every active-priority register has its place in the page of VNCR_EL2. */
static void nested_accesses_name_their_place_in_memory(Machine *m)
{
    const VgicCpuState nested = with_hcr(ns_el1, HCR_NV | HCR_NV2);
    const VgicSysreg *row;
    unsigned found = 0;

    for (uint32_t i = 0; (row = vgic_sysreg_at(m->gic, i)); i++) {
        uint16_t want = 0;

        for (unsigned n = 0; n < 16; n++) {
            if (row->encoding == ICH_LR_EL2(n)) {
                want = (uint16_t)(0x400 + 8 * n);
            }
        }
        for (unsigned n = 0; n < 4; n++) {
            want = row->encoding == VGIC_SYSREG(3, 4, 12, 8, n)   ? (uint16_t)(0x480 + 8 * n)
                   : row->encoding == VGIC_SYSREG(3, 4, 12, 9, n) ? (uint16_t)(0x4A0 + 8 * n)
                                                                  : want;
        }
        want = row->encoding == ICH_HCR_EL2 ? 0x4C0 : row->encoding == ICH_VMCR_EL2 ? 0x4C8 : want;
        found += want != 0;
        expect(row->vncr_offset, want, "VNCR offset of %s", row->name);
        if (want) {
            uint64_t value;
            expect(icc_try_read(m, 0, &nested, row->encoding, &value), VGIC_VNCR, "read of %s",
                   row->name);
            expect(value, 0, "value of %s", row->name);
            expect(icc_try_write(m, 0, &nested, row->encoding, 1), VGIC_VNCR, "write of %s",
                   row->name);
        }
    }
    assert_int_equal(found, list_registers(m) + 2 * (1u << (vpreemption_bits(m) - 5)) + 2);
}

static void a_redirected_access_changes_nothing(Machine *m)
{
    const VgicCpuState nested = with_hcr(ns_el1, HCR_NV | HCR_NV2 | HCR_IMO | HCR_FMO);

    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x80, 40));
    const uint64_t vmcr = ich(m, ICH_VMCR_EL2), lr = ich(m, ICH_LR_EL2(0));

    assert_int_equal(icc_try_write(m, 0, &nested, ICH_LR_EL2(0), 0), VGIC_VNCR);
    assert_int_equal(icc_try_write(m, 0, &nested, ICH_VMCR_EL2, 0), VGIC_VNCR);
    assert_int_equal(icc_try_write(m, 0, &nested, ICH_HCR_EL2, 0), VGIC_VNCR);

    assert_int_equal(ich(m, ICH_LR_EL2(0)), lr);
    assert_int_equal(ich(m, ICH_VMCR_EL2), vmcr);
    assert_int_equal(ich(m, ICH_HCR_EL2), ICH_EN);
    assert_int_equal(vlines(m), VGIC_LINE_VIRQ);
}

static void a_trapped_access_of_a_guest_changes_nothing(Machine *m)
{
    uint64_t value;

    start_vm(m, ICH_TC | ICH_TALL0 | ICH_TALL1, 0);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x80, 40));

    assert_int_equal(icc_try_read(m, 0, &vm_el1, ICC_IAR1_EL1, &value), VGIC_TRAP_EL2);
    assert_int_equal(value, 0);
    assert_int_equal(icc_try_write(m, 0, &vm_el1, ICC_PMR_EL1, 0), VGIC_TRAP_EL2);
    assert_int_equal(icc_try_write(m, 0, &vm_el1, ICC_IGRPEN1_EL1, 0), VGIC_TRAP_EL2);

    assert_int_equal(state_of_lr(m, 0), LR_PENDING);
    assert_int_equal(vlines(m), VGIC_LINE_VIRQ);
}

/* Linux reads and writes at EL2 with E2H under the EL1 names; they are the physical ones. */
static void at_el2_the_names_of_el1_are_physical(Machine *m)
{
    VgicCpuState hyp = with_hcr(ns_el2, HCR_IMO | HCR_FMO | 1ull << 34 | 1ull << 27);

    start_vm(m, ICH_TC | ICH_TALL0 | ICH_TALL1 | ICH_TDIR, 0);
    icc_write(m, 0, &hyp, ICC_PMR_EL1, 0xC0);
    assert_int_equal(icc_read(m, 0, &hyp, ICC_PMR_EL1), 0xC0);
    assert_int_equal(ich(m, ICH_VMCR_EL2) >> VPMR_SHIFT, vpriority(m, 0xFF));
    hyp.hfgrtr_el2 = hyp.hfgwtr_el2 = HFG_ICC_IGRPEN;
    icc_write(m, 0, &hyp, ICC_IGRPEN1_EL1, 1);
    assert_int_equal(icc_read(m, 0, &hyp, ICC_IGRPEN1_EL1), 1);
}

static void without_tds_there_is_no_trap_of_dir(Machine *m)
{
    Machine *own = machine_with_ich((VgicIchOptions){.no_tds = true});

    (void)m;
    start_vm(own, ICH_TDIR, 0);
    assert_int_equal(vgic_sysreg_check(own->gic, 0, &vm_el1, ICC_DIR_EL1, true), VGIC_OK);
    set_ich(own, ICH_HCR_EL2, ICH_TC);
    assert_int_equal(vgic_sysreg_check(own->gic, 0, &vm_el1, ICC_DIR_EL1, true), VGIC_TRAP_EL2);
    machine_free(own);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST_ALONE(every_access_with_el2_answers_as_the_table_says),
        TEST_ALONE(every_access_with_el2_and_el3_answers_as_the_table_says),
        TEST_ALONE(every_access_with_el2_and_el3_and_one_state_answers_as_the_table_says),
        TEST_ALONE(every_access_with_el3_alone_answers_as_the_table_says),
        TEST_ALONE(every_access_with_el1_alone_answers_as_the_table_says),
        TEST(nested_accesses_name_their_place_in_memory, EL2),
        TEST(a_redirected_access_changes_nothing, EL2),
        TEST(a_trapped_access_of_a_guest_changes_nothing, EL2),
        TEST(at_el2_the_names_of_el1_are_physical, EL2),
        TEST_ALONE(without_tds_there_is_no_trap_of_dir),
    };
    return RUN(argc, argv, "traps", tests);
}
