/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference against the architecture's tables, so that it may be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reference.h"

#include <vgic/registers.h>

static uint64_t counts[REF_COUNT_END];

static const VgicCpuState el3 = {.el = 3, .space = VGIC_S};
static const VgicCpuState el3_ns = {.el = 3, .space = VGIC_S, .scr_el3 = 1};
static const VgicCpuState s_el1 = {.el = 1, .space = VGIC_S};
static const VgicCpuState ns_el1 = {.el = 1, .space = VGIC_NS, .scr_el3 = 1};
static const VgicCpuState ns_el1_fiq = {.el = 1, .space = VGIC_NS, .scr_el3 = 5};

static void sys_write(RefGic *gic, const VgicCpuState *state, uint32_t encoding, uint64_t value)
{
    assert_int_equal(ref_sysreg_write(gic, 0, state, encoding, value), VGIC_OK);
}

static uint64_t sys_read(RefGic *gic, const VgicCpuState *state, uint32_t encoding)
{
    uint64_t value;
    assert_int_equal(ref_sysreg_read(gic, 0, state, encoding, &value), VGIC_OK);
    return value;
}

static void dist_write(RefGic *gic, VgicAttrs space, uint32_t offset, uint32_t size, uint64_t value)
{
    assert_int_equal(ref_frame_write(gic, "GICD", space, offset, size, value), VGIC_OK);
}

static uint64_t dist_read(RefGic *gic, VgicAttrs space, uint32_t offset, uint32_t size)
{
    uint64_t value;
    assert_int_equal(ref_frame_read(gic, "GICD", space, offset, size, &value), VGIC_OK);
    return value;
}

static void set_group(RefGic *gic, uint32_t intid, RefGroup group)
{
    uint32_t n = intid / 32, bit = 1u << (intid % 32);
    uint64_t groups = dist_read(gic, VGIC_S, GICD_IGROUPR(n), 4);
    dist_write(gic, VGIC_S, GICD_IGROUPR(n), 4, group == REF_G1NS ? groups | bit : groups & ~bit);
    if (!gic->ds) {
        uint64_t mods = dist_read(gic, VGIC_S, GICD_IGRPMODR(n), 4);
        dist_write(gic, VGIC_S, GICD_IGRPMODR(n), 4,
                   group == REF_G1S ? mods | bit : mods & ~(uint64_t)bit);
    }
}

static void make_pending(RefGic *gic, uint32_t intid, RefGroup group, uint8_t priority)
{
    set_group(gic, intid, group);
    dist_write(gic, VGIC_S, GICD_IPRIORITYR(0) + intid, 1, priority);
    dist_write(gic, VGIC_S, GICD_ISENABLER(intid / 32), 4, 1u << (intid % 32));
    dist_write(gic, VGIC_S, GICD_ISPENDR(intid / 32), 4, 1u << (intid % 32));
}

/* One PE, everything enabled and unmasked. */
static RefGic *open_gic(uint32_t security_states, bool ds)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32, .el3 = true,
                                         .security_states = security_states);
    RefGic *gic = ref_new(&config, NULL, counts);
    dist_write(gic, VGIC_S, GICD_CTLR, 4, ds ? 0x47 : 0x7);
    sys_write(gic, &el3, ICC_IGRPEN0_EL1, 1);
    sys_write(gic, &el3, ICC_IGRPEN1_EL3, 3);
    sys_write(gic, &el3, ICC_PMR_EL1, 0xFF);
    return gic;
}

typedef struct Outcome {
    RefGroup group;
    bool ds;
    uint64_t iar0[3], iar1[3]; /* EL3, S, NS; 0: the INTID */
} Outcome;

/* Section 7.6 of the architecture's sheet: who reads what. */
static const Outcome outcomes[] = {
    {REF_G0, false, {0, 0, 1023}, {1023, 1023, 1023}},
    {REF_G1S, false, {1020, 1023, 1023}, {0, 0, 1023}},
    {REF_G1NS, false, {1021, 1023, 1023}, {0, 1023, 0}},
    {REF_G0, true, {0, 0, 0}, {1023, 1023, 1023}},
    {REF_G1NS, true, {1021, 1023, 1023}, {0, 1023, 0}},
};

static void test_special_intids(void **unused)
{
    (void)unused;
    const VgicCpuState *states[] = {&el3, &s_el1, &ns_el1};
    for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
        for (int s = 0; s < 3; s++) {
            for (int group1 = 0; group1 < 2; group1++) {
                RefGic *gic = open_gic(2, outcomes[i].ds);
                make_pending(gic, 40, outcomes[i].group, 0xA0);
                uint64_t want = group1 ? outcomes[i].iar1[s] : outcomes[i].iar0[s];
                want = want ? want : 40;
                assert_int_equal(sys_read(gic, states[s], group1 ? ICC_HPPIR1_EL1 : ICC_HPPIR0_EL1),
                                 want);
                assert_int_equal(sys_read(gic, states[s], group1 ? ICC_IAR1_EL1 : ICC_IAR0_EL1),
                                 want);
                assert_int_equal(dist_read(gic, VGIC_S, GICD_ISACTIVER(1), 4),
                                 want == 40 ? 1u << 8 : 0);
                ref_free(gic);
            }
        }
    }
}

/* Section 9.2: the group priority field of each binary point. */
static void test_group_masks(void **unused)
{
    (void)unused;
    VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .el3 = true, .security_states = 2, .priority_bits = 8);
    static const uint8_t own[8] = {0xFE, 0xFC, 0xF8, 0xF0, 0xE0, 0xC0, 0x80, 0x00};
    static const uint8_t ns[8] = {0xFE, 0xFE, 0xFC, 0xF8, 0xF0, 0xE0, 0xC0, 0x80};
    RefGic *gic = ref_new(&config, NULL, counts);
    for (uint64_t bpr = 0; bpr < 8; bpr++) {
        sys_write(gic, &el3, ICC_BPR0_EL1, bpr);
        sys_write(gic, &el3, ICC_BPR1_EL1, bpr);
        sys_write(gic, &el3_ns, ICC_BPR1_EL1, bpr);
        assert_int_equal(ref_group_mask(gic, &gic->cpu[0], REF_G0), own[bpr]);
        assert_int_equal(ref_group_mask(gic, &gic->cpu[0], REF_G1S), own[bpr]);
        assert_int_equal(ref_group_mask(gic, &gic->cpu[0], REF_G1NS), ns[bpr]);
        sys_write(gic, &el3, ICC_CTLR_EL3, 3);
        assert_int_equal(ref_group_mask(gic, &gic->cpu[0], REF_G1NS), own[bpr]);
        assert_int_equal(sys_read(gic, &ns_el1, ICC_BPR1_EL1), bpr < 7 ? bpr + 1 : 7);
        assert_int_equal(sys_read(gic, &s_el1, ICC_BPR1_EL1), bpr);
        sys_write(gic, &el3, ICC_CTLR_EL3, 0);
    }
    ref_free(gic);
}

static void test_minimum_binary_points(void **unused)
{
    (void)unused;
    for (uint32_t bits = 4; bits <= 8; bits++) {
        VgicConfig config =
            VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .el3 = true, .priority_bits = bits);
        RefGic *gic = ref_new(&config, NULL, counts);
        uint64_t minimum = 7 - (bits < 7 ? bits : 7);
        assert_int_equal(sys_read(gic, &el3, ICC_BPR0_EL1), minimum);
        assert_int_equal(sys_read(gic, &el3, ICC_BPR1_EL1), minimum);
        assert_int_equal(sys_read(gic, &el3_ns, ICC_BPR1_EL1), minimum + 1);
        sys_write(gic, &el3, ICC_BPR0_EL1, 0);
        assert_int_equal(sys_read(gic, &el3, ICC_BPR0_EL1), minimum);
        ref_free(gic);
    }
}

/* Section 9.3: what Non-secure software sees of PMR and IPRIORITYR. */
static void test_nonsecure_view(void **unused)
{
    (void)unused;
    RefGic *gic = open_gic(2, false);
    sys_write(gic, &el3, ICC_PMR_EL1, 0x40);
    assert_int_equal(sys_read(gic, &ns_el1_fiq, ICC_PMR_EL1), 0);
    sys_write(gic, &ns_el1_fiq, ICC_PMR_EL1, 0xFF);
    assert_int_equal(sys_read(gic, &el3, ICC_PMR_EL1), 0x40);
    sys_write(gic, &el3, ICC_PMR_EL1, 0x80);
    sys_write(gic, &ns_el1_fiq, ICC_PMR_EL1, 0xFF);
    assert_int_equal(sys_read(gic, &el3, ICC_PMR_EL1), 0xF8);
    assert_int_equal(sys_read(gic, &ns_el1_fiq, ICC_PMR_EL1), 0xF0);
    assert_int_equal(sys_read(gic, &ns_el1, ICC_PMR_EL1), 0xF8);

    set_group(gic, 40, REF_G1NS);
    dist_write(gic, VGIC_NS, GICD_IPRIORITYR(0) + 40, 1, 0x50);
    assert_int_equal(dist_read(gic, VGIC_S, GICD_IPRIORITYR(0) + 40, 1), 0xA8);
    assert_int_equal(dist_read(gic, VGIC_NS, GICD_IPRIORITYR(0) + 40, 1), 0x50);
    dist_write(gic, VGIC_NS, GICD_IPRIORITYR(0) + 41, 1, 0x50); /* Group 0 */
    assert_int_equal(dist_read(gic, VGIC_S, GICD_IPRIORITYR(0) + 41, 1), 0);
    ref_free(gic);
}

/* Section 3.6: each step of NSACR lets Non-secure software do a little more. */
static void test_nsacr(void **unused)
{
    (void)unused;
    for (uint32_t nsacr = 0; nsacr < 4; nsacr++) {
        RefGic *gic = open_gic(2, false);
        dist_write(gic, VGIC_S, GICD_NSACR(2), 4, nsacr << 16);
        dist_write(gic, VGIC_NS, GICD_ISPENDR(1), 4, 1u << 8);
        bool pends = dist_read(gic, VGIC_S, GICD_ISPENDR(1), 4);
        assert_int_equal(pends, nsacr >= 1);
        dist_write(gic, VGIC_S, GICD_ISPENDR(1), 4, 1u << 8);
        dist_write(gic, VGIC_NS, GICD_ICPENDR(1), 4, 1u << 8);
        bool cleared = !dist_read(gic, VGIC_S, GICD_ISPENDR(1), 4);
        assert_int_equal(cleared, nsacr >= 2);
        dist_write(gic, VGIC_S, GICD_ISACTIVER(1), 4, 1u << 8);
        assert_int_equal(dist_read(gic, VGIC_NS, GICD_ISACTIVER(1), 4) != 0, nsacr >= 2);
        dist_write(gic, VGIC_NS, GICD_ICACTIVER(1), 4, 1u << 8);
        assert_int_equal(dist_read(gic, VGIC_S, GICD_ISACTIVER(1), 4), 1u << 8);
        dist_write(gic, VGIC_NS, GICD_IROUTER(40), 8, 1);
        assert_int_equal(dist_read(gic, VGIC_S, GICD_IROUTER(40), 8), nsacr == 3);
        ref_free(gic);
    }
}

/* Section 11: level against latch. */
static void test_level_and_latch(void **unused)
{
    (void)unused;
    RefGic *gic = open_gic(1, false);
    make_pending(gic, 40, REF_G1NS, 0xA0);
    ref_spi_set_level(gic, 40, true);
    dist_write(gic, VGIC_S, GICD_ICPENDR(1), 4, 1u << 8);
    assert_int_equal(dist_read(gic, VGIC_S, GICD_ISPENDR(1), 4), 1u << 8);
    assert_int_equal(sys_read(gic, &ns_el1, ICC_IAR1_EL1), 40);
    assert_int_equal(ref_cpu_lines(gic, 0), 0); /* active and pending */
    sys_write(gic, &ns_el1, ICC_EOIR1_EL1, 40);
    assert_int_equal(ref_cpu_lines(gic, 0), VGIC_LINE_IRQ);
    ref_spi_set_level(gic, 40, false);
    assert_int_equal(ref_cpu_lines(gic, 0), 0);

    dist_write(gic, VGIC_S, GICD_ICFGR(2), 4, 2u << 16);
    ref_spi_set_level(gic, 40, true);
    ref_spi_set_level(gic, 40, false);
    assert_int_equal(ref_cpu_lines(gic, 0), VGIC_LINE_IRQ);
    assert_int_equal(sys_read(gic, &ns_el1, ICC_IAR1_EL1), 40);
    assert_int_equal(dist_read(gic, VGIC_S, GICD_ISPENDR(1), 4), 0);
    ref_free(gic);
}

/* Sections 9.4 and 7.5: nesting, and EOI in any order of groups. */
static void test_preemption(void **unused)
{
    (void)unused;
    RefGic *gic = open_gic(2, false);
    make_pending(gic, 40, REF_G1NS, 0xC0);
    assert_int_equal(sys_read(gic, &ns_el1, ICC_IAR1_EL1), 40);
    make_pending(gic, 41, REF_G1NS, 0xC0);
    assert_int_equal(sys_read(gic, &ns_el1, ICC_IAR1_EL1), 1023);
    make_pending(gic, 42, REF_G0, 0x40);
    assert_int_equal(ref_cpu_lines(gic, 0), VGIC_LINE_FIQ);
    assert_int_equal(sys_read(gic, &el3, ICC_IAR0_EL1), 42);
    assert_int_equal(sys_read(gic, &el3, ICC_RPR_EL1), 0x40);
    sys_write(gic, &ns_el1, ICC_EOIR1_EL1, 40); /* Group 0 runs: refused */
    assert_int_equal(sys_read(gic, &el3, ICC_RPR_EL1), 0x40);
    sys_write(gic, &el3, ICC_EOIR0_EL1, 42);
    assert_int_equal(sys_read(gic, &el3, ICC_RPR_EL1), 0xC0);
    sys_write(gic, &ns_el1, ICC_EOIR1_EL1, 40);
    assert_int_equal(sys_read(gic, &el3, ICC_RPR_EL1), 0xFF);
    assert_int_equal(sys_read(gic, &ns_el1, ICC_IAR1_EL1), 41);
    ref_free(gic);
}

static void test_arrival(void **unused)
{
    (void)unused;
    RefGic *gic = open_gic(1, false);
    make_pending(gic, 42, REF_G1NS, 0xA0);
    make_pending(gic, 40, REF_G1NS, 0xA0);
    make_pending(gic, 41, REF_G1NS, 0xA0);
    make_pending(gic, 42, REF_G1NS, 0xA0); /* changes nothing */
    dist_write(gic, VGIC_S, GICD_IPRIORITYR(0) + 40, 1, 0xB0);
    dist_write(gic, VGIC_S, GICD_IPRIORITYR(0) + 40, 1, 0xA0); /* comes anew */
    assert_int_equal(sys_read(gic, &ns_el1, ICC_IAR1_EL1), 42);
    sys_write(gic, &ns_el1, ICC_EOIR1_EL1, 42);
    assert_int_equal(sys_read(gic, &ns_el1, ICC_IAR1_EL1), 41);
    sys_write(gic, &ns_el1, ICC_EOIR1_EL1, 41);
    assert_int_equal(sys_read(gic, &ns_el1, ICC_IAR1_EL1), 40);
    ref_free(gic);
}

/* Section 7.7; rows: SGI0R, SGI1R, ASGI1R; columns: Group 0, Secure Group 1, Non-secure Group 1. */
static const uint8_t sgi_secure[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
static const uint8_t sgi_nonsecure[4][3][3] = {
    {{0, 0, 0}, {0, 0, 1}, {0, 0, 0}},
    {{1, 0, 0}, {1, 0, 1}, {1, 0, 0}},
    {{1, 0, 0}, {1, 1, 1}, {1, 1, 0}},
    {{1, 0, 0}, {1, 1, 1}, {1, 1, 0}},
};
static const uint8_t sgi_one_state[3][3] = {{1, 1, 0}, {1, 1, 1}, {1, 1, 0}};

static bool sgi_arrives(bool ds, const VgicCpuState *state, uint32_t nsacr, int reg, int group)
{
    static const uint32_t encodings[] = {ICC_SGI0R_EL1, ICC_SGI1R_EL1, ICC_ASGI1R_EL1};
    RefGic *gic = open_gic(2, false);
    assert_int_equal(ref_frame_write(gic, "GICR", VGIC_S, GICR_NSACR + 0x20000, 4, nsacr << 6), 0);
    assert_int_equal(
        ref_frame_write(gic, "GICR", VGIC_S, GICR_IGROUPR0 + 0x20000, 4, group == REF_G1NS ? 8 : 0),
        0);
    assert_int_equal(
        ref_frame_write(gic, "GICR", VGIC_S, GICR_IGRPMODR0 + 0x20000, 4, group == REF_G1S ? 8 : 0),
        0);
    if (ds) {
        dist_write(gic, VGIC_S, GICD_CTLR, 4, 0x47);
    }
    sys_write(gic, state, encodings[reg], 3u << 24 | 2); /* SGI 3 to PE 1 */
    bool pends = ref_irq(gic, 1, 3)->latch;
    assert_false(ref_irq(gic, 0, 3)->latch);
    ref_free(gic);
    return pends;
}

static void test_sgi_matrix(void **unused)
{
    (void)unused;
    for (int reg = 0; reg < 3; reg++) {
        for (int group = 0; group < 3; group++) {
            for (uint32_t nsacr = 0; nsacr < 4; nsacr++) {
                assert_int_equal(sgi_arrives(false, &s_el1, nsacr, reg, group),
                                 sgi_secure[reg][group]);
                assert_int_equal(sgi_arrives(false, &el3_ns, nsacr, reg, group),
                                 sgi_secure[reg][group]);
                assert_int_equal(sgi_arrives(false, &ns_el1, nsacr, reg, group),
                                 sgi_nonsecure[nsacr][reg][group]);
                assert_int_equal(sgi_arrives(true, &ns_el1, nsacr, reg, group),
                                 sgi_one_state[reg][group]);
            }
        }
    }
}

typedef struct EoiCase {
    RefGroup active;
    bool ds;
    uint8_t eoir0[3], eoir1[3]; /* EL3, S, NS */
} EoiCase;

/* Section 7.5: which EOIR drops what. */
static const EoiCase eoi_cases[] = {
    {REF_G0, false, {1, 1, 0}, {0, 0, 0}},  {REF_G0, true, {1, 1, 1}, {0, 0, 0}},
    {REF_G1S, false, {0, 0, 0}, {1, 1, 0}}, {REF_G1NS, false, {0, 0, 0}, {1, 0, 1}},
    {REF_G1NS, true, {0, 0, 0}, {1, 1, 1}},
};

static void test_eoi_matrix(void **unused)
{
    (void)unused;
    const VgicCpuState *states[] = {&el3, &s_el1, &ns_el1};
    for (size_t i = 0; i < sizeof(eoi_cases) / sizeof(eoi_cases[0]); i++) {
        for (int s = 0; s < 3; s++) {
            for (int group1 = 0; group1 < 2; group1++) {
                RefGic *gic = open_gic(2, eoi_cases[i].ds);
                RefGroup group = eoi_cases[i].active;
                make_pending(gic, 40, group, 0xA0);
                assert_int_equal(sys_read(gic, &el3, group == REF_G0 ? ICC_IAR0_EL1 : ICC_IAR1_EL1),
                                 40);
                sys_write(gic, states[s], group1 ? ICC_EOIR1_EL1 : ICC_EOIR0_EL1, 40);
                bool drops = group1 ? eoi_cases[i].eoir1[s] : eoi_cases[i].eoir0[s];
                assert_int_equal(sys_read(gic, &el3, ICC_RPR_EL1), drops ? 0xFF : 0xA0);
                assert_int_equal(dist_read(gic, VGIC_S, GICD_ISACTIVER(1), 4), drops ? 0 : 1 << 8);
                ref_free(gic);
            }
        }
    }
}

/* Section 7.8: IRQ or FIQ. */
static void test_signal_kinds(void **unused)
{
    (void)unused;
    const VgicCpuState *states[] = {&el3, &s_el1, &ns_el1};
    static const uint32_t kinds[3][3] = {{VGIC_LINE_FIQ, VGIC_LINE_FIQ, VGIC_LINE_FIQ},
                                         {VGIC_LINE_FIQ, VGIC_LINE_IRQ, VGIC_LINE_FIQ},
                                         {VGIC_LINE_FIQ, VGIC_LINE_FIQ, VGIC_LINE_IRQ}};
    for (int group = 0; group < 3; group++) {
        RefGic *gic = open_gic(2, false);
        make_pending(gic, 40, (RefGroup)group, 0xA0);
        for (int s = 0; s < 3; s++) {
            ref_cpu_set_state(gic, 0, states[s]);
            assert_int_equal(ref_cpu_lines(gic, 0), kinds[group][s]);
        }
        ref_free(gic);
    }
}

/* docs/implementation-defined.md: PEs take turns, and a PE that stops hands on. */
static void test_one_of_n(void **unused)
{
    (void)unused;
    RefGic *gic = open_gic(1, false);
    uint64_t value = 0xFF;
    assert_int_equal(ref_sysreg_write(gic, 1, &ns_el1, ICC_PMR_EL1, value), VGIC_OK);
    for (uint32_t intid = 40; intid < 44; intid++) {
        make_pending(gic, intid, REF_G1NS, 0xA0);
        dist_write(gic, VGIC_S, GICD_ICENABLER(1), 4, 1u << (intid % 32));
        dist_write(gic, VGIC_S, GICD_IROUTER(intid), 8, 1u << 31);
        dist_write(gic, VGIC_S, GICD_ISENABLER(1), 4, 1u << (intid % 32));
    }
    assert_int_equal(ref_irq(gic, 0, 40)->target, 0);
    assert_int_equal(ref_irq(gic, 0, 43)->target, 0);
    assert_int_equal(ref_sysreg_write(gic, 1, &ns_el1, ICC_IGRPEN1_EL1, 1), VGIC_OK);
    assert_int_equal(ref_irq(gic, 0, 43)->target, 0); /* nothing moves without need */
    sys_write(gic, &el3, ICC_IGRPEN1_EL3, 0);
    assert_int_equal(ref_irq(gic, 0, 40)->target, 1);
    assert_int_equal(ref_sysreg_read(gic, 1, &ns_el1, ICC_IAR1_EL1, &value), VGIC_OK);
    assert_int_equal(value, 40);
    ref_free(gic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_special_intids),
        cmocka_unit_test(test_group_masks),
        cmocka_unit_test(test_minimum_binary_points),
        cmocka_unit_test(test_nonsecure_view),
        cmocka_unit_test(test_nsacr),
        cmocka_unit_test(test_level_and_latch),
        cmocka_unit_test(test_preemption),
        cmocka_unit_test(test_arrival),
        cmocka_unit_test(test_sgi_matrix),
        cmocka_unit_test(test_eoi_matrix),
        cmocka_unit_test(test_signal_kinds),
        cmocka_unit_test(test_one_of_n),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
