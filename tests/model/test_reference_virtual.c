/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference's virtual CPU interface against the architecture's rules, so that it may be
 * believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reference.h"

#include <vgic/registers.h>

#define LR_PENDING ((uint64_t)1 << 62)
#define LR_ACTIVE ((uint64_t)2 << 62)
#define LR_HW ((uint64_t)1 << 61)
#define LR_G1 ((uint64_t)1 << 60)
#define LR_NMI ((uint64_t)1 << 59)
#define LR_EOI ((uint64_t)1 << 41)
#define LR(intid, priority) ((uint64_t)(priority) << 48 | (intid))

static uint64_t counts[REF_COUNT_END];

static const VgicCpuState hyp = {.el = 2, .space = VGIC_NS, .el2_enabled = true};
static const VgicCpuState guest = {.el = 1, .space = VGIC_NS, .el2_enabled = true, .hcr_el2 = 0x18};

static void put(RefGic *gic, const VgicCpuState *state, uint32_t encoding, uint64_t value)
{
    assert_int_equal(ref_sysreg_write(gic, 0, state, encoding, value), VGIC_OK);
}

static uint64_t get(RefGic *gic, const VgicCpuState *state, uint32_t encoding)
{
    uint64_t value;
    assert_int_equal(ref_sysreg_read(gic, 0, state, encoding, &value), VGIC_OK);
    return value;
}

/* Both groups on, nothing masked. */
static RefGic *open_gic(void)
{
    const VgicConfig config = VGIC_CONFIG_INIT(
        VGIC_V3, .cpus = 2, .spis = 32, .el2 = true, .nmi = true, .maintenance_intid = 25,
        .ich_options = {.list_registers = 4, .priority_bits = 5});
    RefGic *gic = ref_new(&config, NULL, counts);
    put(gic, &hyp, ICH_VMCR_EL2, 0xFF000003);
    put(gic, &hyp, ICH_HCR_EL2, 1);
    return gic;
}

/* What a list register goes through in both modes [8.5]. */
static void test_life(void **unused)
{
    (void)unused;
    for (uint64_t split = 0; split < 2; split++) {
        RefGic *gic = open_gic();
        put(gic, &guest, ICC_CTLR_EL1, split << 1);
        put(gic, &hyp, ICH_LR_EL2(0), LR_PENDING | LR_G1 | LR(40, 0xA0));
        assert_int_equal(ref_cpu_lines(gic, 0), VGIC_LINE_VIRQ);
        assert_int_equal(get(gic, &guest, ICC_IAR0_EL1), 1023);
        assert_int_equal(get(gic, &guest, ICC_IAR1_EL1), 40);
        assert_int_equal(get(gic, &hyp, ICH_LR_EL2(0)), LR_ACTIVE | LR_G1 | LR(40, 0xA0));
        assert_int_equal(get(gic, &hyp, ICH_AP1R0_EL2), 1u << (0xA0 >> 3));
        assert_int_equal(get(gic, &guest, ICC_RPR_EL1), 0xA0);
        put(gic, &guest, ICC_EOIR1_EL1, 40);
        assert_int_equal(get(gic, &guest, ICC_RPR_EL1), 0xFF);
        assert_int_equal(get(gic, &hyp, ICH_LR_EL2(0)) >> 62, split ? 2 : 0);
        put(gic, &guest, ICC_DIR_EL1, 40);
        assert_int_equal(get(gic, &hyp, ICH_LR_EL2(0)) >> 62, 0);
        assert_int_equal(get(gic, &hyp, ICH_HCR_EL2) >> 27, 0);
        ref_free(gic);
    }
}

/* EOIcount: an EOIR with VEOIM 0, a DIR with VEOIM 1, never an LPI [8.1]. */
static void test_eoicount(void **unused)
{
    (void)unused;
    static const struct {
        bool split, dir;
        uint32_t intid, counted;
    } cases[] = {{false, false, 50, 1}, {false, true, 50, 0},    {true, false, 50, 0},
                 {true, true, 50, 1},   {false, false, 8192, 0}, {true, true, 8192, 0},
                 {true, true, 1023, 0}, {false, false, 1020, 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        RefGic *gic = open_gic();
        put(gic, &guest, ICC_CTLR_EL1, (uint64_t)cases[i].split << 1);
        put(gic, &hyp, ICH_AP1R0_EL2, 1);
        put(gic, &hyp, ICH_HCR_EL2, 0xF8000001);
        put(gic, &guest, cases[i].dir ? ICC_DIR_EL1 : ICC_EOIR1_EL1, cases[i].intid);
        assert_int_equal(get(gic, &hyp, ICH_HCR_EL2) >> 27, cases[i].counted ? 0 : 31);
        ref_free(gic);
    }
}

/* Each maintenance condition alone [8.6]; the bit of MISR is that of the enable, but for EOI. */
static void test_maintenance(void **unused)
{
    (void)unused;
    static const struct {
        uint64_t hcr, vmcr, lr[4];
        uint32_t misr;
    } cases[] = {
        {0, 3, {LR_EOI}, 1 << 0},
        {0, 3, {LR_EOI | LR_HW}, 0},
        {2, 3, {0, LR_PENDING}, 1 << 1},
        {2, 3, {0, LR_PENDING, LR_ACTIVE}, 0},
        {4 | 1u << 27, 3, {0}, 1 << 2},
        {4, 3, {0}, 0},
        {8, 3, {LR_PENDING | LR_ACTIVE, LR_ACTIVE}, 1 << 3},
        {8, 3, {LR_PENDING, LR_ACTIVE}, 0},
        {0x10, 1, {0}, 1 << 4},
        {0x20, 2, {0}, 1 << 5},
        {0x20, 1, {0}, 0},
        {0x40, 2, {0}, 1 << 6},
        {0x80, 1, {0}, 1 << 7},
        {0xFE, 0, {LR_EOI}, 0xAB},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        RefGic *gic = open_gic();
        for (uint32_t n = 0; n < 4; n++) {
            put(gic, &hyp, ICH_LR_EL2(n), cases[i].lr[n]);
        }
        put(gic, &hyp, ICH_VMCR_EL2, cases[i].vmcr);
        put(gic, &hyp, ICH_HCR_EL2, cases[i].hcr);
        assert_int_equal(get(gic, &hyp, ICH_MISR_EL2), cases[i].misr);
        assert_int_equal(ref_cpu_lines(gic, 0), 0);
        assert_false(ref_irq(gic, 0, 25)->wire);
        put(gic, &hyp, ICH_HCR_EL2, cases[i].hcr | 1);
        assert_int_equal(ref_cpu_lines(gic, 0), cases[i].misr ? VGIC_LINE_MAINTENANCE : 0);
        assert_int_equal(ref_irq(gic, 0, 25)->wire, cases[i].misr != 0);
        ref_free(gic);
    }
}

static void test_empty(void **unused)
{
    (void)unused;
    RefGic *gic = open_gic();
    put(gic, &hyp, ICH_LR_EL2(0), LR_EOI);
    put(gic, &hyp, ICH_LR_EL2(1), LR_EOI | LR_HW);
    put(gic, &hyp, ICH_LR_EL2(2), LR_PENDING);
    assert_int_equal(get(gic, &hyp, ICH_EISR_EL2), 1);
    assert_int_equal(get(gic, &hyp, ICH_ELRSR_EL2), 10);
    ref_free(gic);
}

/* The physical interrupt of a list register, at this PE or anywhere. */
static void test_hardware(void **unused)
{
    (void)unused;
    static const uint32_t pintids[] = {20, 40};
    for (int i = 0; i < 2; i++) {
        RefGic *gic = open_gic();
        RefIrq *irq = ref_irq(gic, 0, pintids[i]);
        irq->active = irq->group_bit = true;
        put(gic, &hyp, ICH_LR_EL2(3),
            LR_PENDING | LR_HW | LR_G1 | (uint64_t)pintids[i] << 32 | LR(27, 0x80));
        assert_int_equal(get(gic, &guest, ICC_IAR1_EL1), 27);
        assert_true(irq->active);
        put(gic, &guest, ICC_EOIR1_EL1, 27);
        assert_false(irq->active);
        ref_free(gic);
    }
}

/* Of an NMI [9.5]: first of all, past VPMR, through NMIAR1 when the guest says so. */
static void test_nmi(void **unused)
{
    (void)unused;
    VgicCpuState aware = guest;
    aware.sctlr = (uint64_t)1 << 61;
    RefGic *gic = open_gic();
    put(gic, &hyp, ICH_LR_EL2(0), LR_PENDING | LR_G1 | LR(40, 0));
    put(gic, &hyp, ICH_LR_EL2(1), LR_PENDING | LR_G1 | LR_NMI | LR(44, 0xF8));
    put(gic, &guest, ICC_PMR_EL1, 0);
    assert_int_equal(ref_cpu_lines(gic, 0), VGIC_LINE_VNMI);
    assert_int_equal(get(gic, &aware, ICC_IAR1_EL1), 1022);
    assert_int_equal(get(gic, &aware, ICC_NMIAR1_EL1), 44);
    assert_true(get(gic, &hyp, ICH_AP1R0_EL2) == REF_NMI_BIT);
    assert_true(get(gic, &guest, ICC_RPR_EL1) == REF_NMI_BIT);
    put(gic, &guest, ICC_EOIR1_EL1, 44);
    assert_int_equal(get(gic, &hyp, ICH_LR_EL2(1)) >> 62, 0);
    assert_int_equal(get(gic, &guest, ICC_IAR1_EL1), 1023);
    ref_free(gic);
}

static void test_traps(void **unused)
{
    (void)unused;
    static const struct {
        uint64_t ich_hcr, hcr;
        uint32_t encoding;
        VgicResult result;
    } cases[] = {
        {1 << 11, 0x18, ICC_BPR0_EL1, VGIC_TRAP_EL2},
        {1 << 11, 0x18, ICC_BPR1_EL1, VGIC_OK},
        {1 << 12, 0, ICC_BPR1_EL1, VGIC_TRAP_EL2},
        {1 << 10, 0, ICC_PMR_EL1, VGIC_TRAP_EL2},
        {1 << 10, 0, ICC_DIR_EL1, VGIC_TRAP_EL2},
        {1 << 14, 0, ICC_DIR_EL1, VGIC_TRAP_EL2},
        {1 << 14, 0, ICC_PMR_EL1, VGIC_OK},
        {0, 8, ICC_SGI1R_EL1, VGIC_TRAP_EL2},
        {0, 0, ICC_SGI1R_EL1, VGIC_OK},
        {0, 0, ICH_HCR_EL2, VGIC_UNDEFINED},
        {0, (uint64_t)1 << 42, ICH_HCR_EL2, VGIC_TRAP_EL2},
        {0, (uint64_t)9 << 42, ICH_HCR_EL2, VGIC_VNCR},
        {0, (uint64_t)9 << 42, ICC_SRE_EL2, VGIC_TRAP_EL2},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        RefGic *gic = open_gic();
        VgicCpuState state = guest;
        state.hcr_el2 = cases[i].hcr;
        put(gic, &hyp, ICH_HCR_EL2, cases[i].ich_hcr);
        assert_int_equal(ref_sysreg_check(gic, 0, &state, cases[i].encoding, true),
                         cases[i].result);
        ref_free(gic);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),        cmocka_unit_test(test_eoicount),
        cmocka_unit_test(test_maintenance), cmocka_unit_test(test_empty),
        cmocka_unit_test(test_hardware),    cmocka_unit_test(test_nmi),
        cmocka_unit_test(test_traps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
