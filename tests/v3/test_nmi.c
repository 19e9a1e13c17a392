/* SPDX-License-Identifier: BSD-2-Clause */
/* Non-maskable interrupts: INMIR, ICC_NMIAR1, the NMI bits of AP1R and RPR, order, lines. */
#include "guest.h"
#include "suite.h"

enum {
    PPI = 20,
    OTHER = 21,
    SGI = 5,
    SPI = 40,
    SPI2 = 41
};
#define NMI_BIT (1ull << 63)
#define NMI_NS_BIT (1ull << 62)

static uint32_t lines(const Machine *m, uint32_t cpu)
{
    return vgic_cpu_lines(m->gic, cpu);
}

static uint32_t nmiar(Machine *m, uint32_t cpu, const VgicCpuState *state)
{
    return (uint32_t)icc_read(m, cpu, state, ICC_NMIAR1_EL1);
}

static VgicCpuState with_sctlr_nmi(VgicCpuState state)
{
    state.sctlr = SCTLR_NMI;
    return state;
}

/* Configures an NMI of the operating system's group. */
static void os_nmi(Machine *m, uint32_t cpu, uint32_t intid, Trigger trigger)
{
    os_configure(m, cpu, intid, trigger);
    set_nmi(m, cpu, intid, true);
}

static uint64_t ap1r0(Machine *m, uint32_t cpu, Group group)
{
    return icc_read(m, cpu, group == GROUP_1NS && has(m, EL3) ? &el3_ns : &m->top, ICC_AP1R0_EL1);
}

/* Registers */

static void typer_says_whether_there_are_nmis(Machine *m)
{
    assert_int_equal(gicd_read(m, VGIC_S, GICD_TYPER) >> 9 & 1, has(m, NMIS));
}

static void without_nmis_inmir_is_res0(Machine *m)
{
    const uint32_t offsets[] = {GICD_INMIR(1), GICD_INMIRnE(0)};
    uint64_t value = UINT32_MAX;

    for (unsigned i = 0; i < 2; i++) {
        gicd_write(m, VGIC_S, offsets[i], UINT32_MAX);
        assert_int_equal(gicd_read(m, VGIC_S, offsets[i]), 0);
    }
    gicr_access(m, 0, VGIC_S, GICR_INMIR0, 4, true, &value);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_INMIR0), 0);
}

static void without_nmis_sctlr_does_not_matter(Machine *m)
{
    const VgicCpuState state = with_sctlr_nmi(m->os);

    start(m);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(iar(m, 0, &state, 1), PPI);
    assert_int_equal(ap1r0(m, 0, GROUP_1NS) >> 62, 0);
}

static void inmir_has_a_bit_for_each_interrupt_that_exists(Machine *m)
{
    const uint32_t spis = m->config.spis, espis = m->config.espis, eppis = m->config.eppis;

    for (unsigned n = 1; n < 32; n++) {
        const uint32_t first = 32 * n - 32;
        const uint32_t there = spis <= first        ? 0
                               : spis >= first + 32 ? UINT32_MAX
                                                    : (1u << (spis - first)) - 1;
        gicd_write(m, VGIC_S, GICD_INMIR(n), UINT32_MAX);
        expect(gicd_read(m, VGIC_S, GICD_INMIR(n)), there, "GICD_INMIR%u", n);
        gicd_write(m, VGIC_S, GICD_INMIR(n), 0);
        expect(gicd_read(m, VGIC_S, GICD_INMIR(n)), 0, "GICD_INMIR%u cleared", n);
    }
    for (unsigned n = 0; n < 32; n++) {
        gicd_write(m, VGIC_S, GICD_INMIRnE(n), UINT32_MAX);
        expect(gicd_read(m, VGIC_S, GICD_INMIRnE(n)), 32 * n < espis ? UINT32_MAX : 0,
               "GICD_INMIR%uE", n);
    }
    gicd_write(m, VGIC_S, GICD_INMIR(0), UINT32_MAX); /* SGIs and PPIs are the Redistributor's */
    expect(gicd_read(m, VGIC_S, GICD_INMIR(0)), 0, "GICD_INMIR0");
    gicr_write(m, 0, VGIC_S, GICR_INMIR0, UINT32_MAX);
    expect(gicr_read(m, 0, VGIC_S, GICR_INMIR0), UINT32_MAX, "GICR_INMIR0");
    expect(gicr_read(m, last_cpu(m), VGIC_S, GICR_INMIR0), 0, "GICR_INMIR0 of another PE");
    for (unsigned n = 1; n < 3; n++) {
        gicr_write(m, 0, VGIC_S, GICR_INMIRnE(n), UINT32_MAX);
        expect(gicr_read(m, 0, VGIC_S, GICR_INMIRnE(n)), 32 * n <= eppis ? UINT32_MAX : 0,
               "GICR_INMIR%uE", n);
    }
}

static void inmir_resets_to_0(Machine *m)
{
    for (unsigned i = 0; i < 2; i++) {
        set_nmi(m, 0, PPI, true);
        set_nmi(m, 0, SPI, true);
        vgic_reset(m->gic, i ? VGIC_RESET_COLD : VGIC_RESET_WARM);
        assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_INMIR0), 0);
        assert_int_equal(gicd_read(m, VGIC_S, GICD_INMIR(1)), 0);
    }
}

static void non_secure_software_sees_the_bits_of_its_own_interrupts(Machine *m)
{
    static const uint32_t ids[] = {SGI, PPI, SPI};

    for (unsigned i = 0; i < 3; i++) {
        for (int group = GROUP_0; group <= GROUP_1NS; group++) {
            const bool own = group == GROUP_1NS;
            restart(m);
            set_group(m, 0, ids[i], (Group)group);
            set_nmi(m, 0, ids[i], true);
            expect(bit_read(m, VGIC_NS, 0, ids[i], INMIR), own, "INTID %u of %s, Non-secure read",
                   ids[i], group_name((Group)group));
            const uint32_t none = 0;
            if (is_private(ids[i])) {
                gicr_write(m, 0, VGIC_NS, GICR_INMIR0, none);
            } else {
                gicd_write(m, VGIC_NS, GICD_INMIR(1), none);
            }
            expect(bit_read(m, VGIC_S, 0, ids[i], INMIR), !own,
                   "INTID %u of %s after a Non-secure clear", ids[i], group_name((Group)group));
            set_nmi(m, 0, ids[i], false);
            if (is_private(ids[i])) {
                gicr_write(m, 0, VGIC_NS, GICR_INMIR0, UINT32_MAX);
            } else {
                gicd_write(m, VGIC_NS, GICD_INMIR(1), UINT32_MAX);
            }
            expect(bit_read(m, VGIC_S, 0, ids[i], INMIR), own,
                   "INTID %u of %s after a Non-secure set", ids[i], group_name((Group)group));
        }
    }
}

static void the_priority_of_an_nmi_is_kept(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    set_nmi(m, 0, PPI, true);
    assert_int_equal(priority_read(m, VGIC_S, 0, PPI), OS_PRIORITY);
    set_nmi(m, 0, PPI, false);
    pend(m, 0, PPI);
    ack(m, 0);
    assert_int_equal(running_priority(m, 0), OS_PRIORITY);
}

/* Acknowledge */

static void with_sctlr_nmi_iar1_sends_to_nmiar1(Machine *m)
{
    const VgicCpuState state = with_sctlr_nmi(m->os);

    start(m);
    os_nmi(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(iar(m, 0, &state, 1), 1022);
    }
    assert_true(is_pending(m, 0, PPI));
    assert_false(is_active(m, 0, PPI));
    assert_int_equal(hppir(m, 0, &state, 1), PPI);
    assert_int_equal(nmiar(m, 0, &state), PPI);
    assert_true(is_active(m, 0, PPI));
    assert_int_equal(nmiar(m, 0, &state), 1023);
    eoir(m, 0, &state, 1, PPI);
    assert_false(is_active(m, 0, PPI));
}

static void without_sctlr_nmi_iar1_takes_an_nmi(Machine *m)
{
    start(m);
    os_nmi(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
    assert_int_equal(ap1r0(m, 0, GROUP_1NS), NMI_BIT);
    eoi(m, 0, PPI);
    assert_int_equal(ap1r0(m, 0, GROUP_1NS), 0);
}

static void nmiar1_takes_nothing_else(Machine *m)
{
    start(m);
    assert_int_equal(nmiar(m, 0, &m->os), 1023);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(nmiar(m, 0, &m->os), 1023);
    assert_true(is_pending(m, 0, PPI));
    assert_int_equal(
        iar(m, 0,
            &(VgicCpuState){
                .el = m->os.el, .space = m->os.space, .scr_el3 = m->os.scr_el3, .sctlr = SCTLR_NMI},
            1),
        PPI);
}

static void pmr_does_not_hold_an_nmi_of_its_own_state(Machine *m)
{
    start(m);
    os_nmi(m, 0, PPI, LEVEL);
    /* With two states a Non-secure PMR cannot get below 0x80, which would hold it. */
    icc_write(m, 0, &m->os, ICC_PMR_EL1, 0);
    wire(m, 0, PPI, true);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    os_configure(m, 0, OTHER, EDGE);
    pend(m, 0, OTHER);
    assert_int_equal(ack(m, 0), PPI);
    assert_int_equal(lines(m, 0), 0);
    eoi(m, 0, PPI);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    wire(m, 0, PPI, false);
    assert_int_equal(lines(m, 0), 0);
}

static void secure_software_masks_non_secure_nmis_by_pmr(Machine *m)
{
    start(m);
    os_nmi(m, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    icc_write(m, 0, &el3, ICC_PMR_EL1, 0x78);
    assert_int_equal(lines(m, 0), 0);
    icc_write(m, 0, &el3, ICC_PMR_EL1, 0x80);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    vgic_cpu_set_state(m->gic, 0, &s_el1); /* there it is masked, */
    assert_int_equal(lines(m, 0), 0);
    vgic_cpu_set_state(m->gic, 0, &ns_el1);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    icc_write(m, 0, &el3, ICC_PMR_EL1, 0x88);
    vgic_cpu_set_state(m->gic, 0, &s_el1); /* here an FIQ */
    assert_int_equal(lines(m, 0), VGIC_LINE_FIQ);
}

/* Priority drop and the running priority */

static void rpr_shows_nmis_with_one_state(Machine *m)
{
    start(m);
    os_nmi(m, 0, PPI, EDGE);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_RPR_EL1), 0xFF);
    pend(m, 0, PPI);
    ack(m, 0);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_RPR_EL1), NMI_BIT);
    assert_int_equal(icc_read(m, 0, &ns_svc32, ICC_RPR), 0);
    eoi(m, 0, PPI);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_RPR_EL1), 0xFF);
}

static void rpr_shows_the_nmis_of_each_state(Machine *m)
{
    const VgicCpuState ns = with_scr(ns_el1, SCR_FIQ);
    static const struct {
        uint64_t ns_bank, s_bank, ns_rpr, s_rpr;
    } rows[] = {
        {NMI_BIT, 0, NMI_BIT | 0x00, NMI_NS_BIT | 0x80},
        {0, NMI_BIT, 0x00, NMI_BIT | 0x00},
        {NMI_BIT, NMI_BIT, NMI_BIT | 0x00, NMI_BIT | NMI_NS_BIT | 0x00},
        {0, 0, 0xFF, 0xFF},
    };

    start(m);
    for (unsigned i = 0; i < 4; i++) {
        icc_write(m, 0, &el3_ns, ICC_AP1R0_EL1, rows[i].ns_bank);
        icc_write(m, 0, &el3, ICC_AP1R0_EL1, rows[i].s_bank);
        expect(icc_read(m, 0, &ns, ICC_RPR_EL1), rows[i].ns_rpr, "Non-secure RPR, row %u", i);
        expect(icc_read(m, 0, &s_el1, ICC_RPR_EL1), rows[i].s_rpr, "Secure RPR, row %u", i);
        expect(icc_read(m, 0, &el3, ICC_RPR_EL1), rows[i].s_rpr, "EL3's RPR, row %u", i);
    }
}

/* The bits tell what is active, [7:0] what runs. */
static void rpr_shows_an_nmi_that_something_preempted(Machine *m)
{
    start(m);
    os_nmi(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    ack(m, 0);
    configure(m, 0, OTHER, GROUP_0, 0x40, EDGE);
    pend(m, 0, OTHER);
    assert_int_equal(take(m, 0, GROUP_0), OTHER);
    assert_int_equal(icc_read(m, 0, &el3, ICC_RPR_EL1), NMI_NS_BIT | 0x40);

    /* The Non-secure end is not for what runs now. */
    host_forget(&m->host);
    eoi(m, 0, PPI);
    assert_int_equal(ap1r0(m, 0, GROUP_1NS), NMI_BIT);
    assert_true(is_active(m, 0, PPI));
    assert_string_equal(host_last_report(&m->host)->rule, "eoi-group");
    finish(m, 0, GROUP_0, OTHER);
    eoi(m, 0, PPI);
    assert_int_equal(icc_read(m, 0, &el3, ICC_RPR_EL1), 0xFF);
    assert_false(is_active(m, 0, PPI));
}

/* Secure Group 1 is Group 0 to a PE without EL3, and Group 0 has no NMIs. */
static void without_el3_a_secure_interrupt_is_no_nmi(Machine *none)
{
    const VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .security_states = 2, .nmi = true);
    Machine *m = machine_new("two states, no EL3", &config, false);
    (void)none;

    assert_non_null(m);
    start(m);
    configure(m, 0, PPI, GROUP_1S, 0x40, LEVEL);
    set_nmi(m, 0, PPI, true);
    wire(m, 0, PPI, true);
    assert_int_equal(lines(m, 0), VGIC_LINE_FIQ);
    icc_write(m, 0, &m->os, ICC_PMR_EL1, 0x40);
    assert_int_equal(lines(m, 0), 0);
    os_nmi(m, 0, OTHER, LEVEL);
    icc_write(m, 0, &m->os, ICC_PMR_EL1, 0x88);
    wire(m, 0, PPI, false);
    wire(m, 0, OTHER, true);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    assert_int_equal(ack(m, 0), OTHER);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_RPR_EL1) & 0xFF, 0x80);
    assert_true(machine_is_consistent(m));
    machine_free(m);
}

static void an_nmi_sets_the_nmi_bit_of_its_bank_alone(Machine *m)
{
    for (int group = GROUP_1S; group <= GROUP_1NS; group++) {
        restart(m);
        configure(m, 0, PPI, (Group)group, 0x40, EDGE);
        set_nmi(m, 0, PPI, true);
        pend(m, 0, PPI);
        assert_int_equal(take(m, 0, (Group)group), PPI);
        assert_int_equal(ap1r0(m, 0, GROUP_1S), group == GROUP_1S ? NMI_BIT : 0);
        assert_int_equal(ap1r0(m, 0, GROUP_1NS), group == GROUP_1NS ? NMI_BIT : 0);
        finish(m, 0, (Group)group, PPI);
        assert_int_equal(ap1r0(m, 0, GROUP_1S) | ap1r0(m, 0, GROUP_1NS), 0);
        assert_false(is_active(m, 0, PPI));
    }
}

static void the_nmi_bit_is_dropped_first(Machine *m)
{
    start(m);
    os_configure(m, 0, OTHER, EDGE);
    os_nmi(m, 0, PPI, EDGE);
    pend(m, 0, OTHER);
    assert_int_equal(ack(m, 0), OTHER);
    const uint64_t normal = ap1r0(m, 0, GROUP_1NS);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
    assert_int_equal(ap1r0(m, 0, GROUP_1NS), normal | NMI_BIT);
    eoi(m, 0, PPI);
    assert_int_equal(ap1r0(m, 0, GROUP_1NS), normal);
    assert_int_equal(running_priority(m, 0), OS_PRIORITY);
    eoi(m, 0, OTHER);
    assert_int_equal(running_priority(m, 0), 0xFF);
}

static void an_nmi_ends_in_two_steps(Machine *m)
{
    start(m);
    set_eoi_mode(m, 0, true);
    os_nmi(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    ack(m, 0);
    eoi(m, 0, PPI);
    assert_int_equal(ap1r0(m, 0, GROUP_1NS), 0);
    assert_true(is_active(m, 0, PPI));
    dir(m, 0, &m->os, PPI);
    assert_false(is_active(m, 0, PPI));
}

static void ap1r0_keeps_the_nmi_bit_of_aarch64(Machine *m)
{
    const VgicCpuState svc32 = {
        .el = 1, .space = VGIC_NS, .aarch32 = true, .scr_el3 = m->os.scr_el3};
    const uint64_t bit = has(m, WORLDS) ? 1u << 31 : 0x100; /* of a Non-secure priority */

    icc_write(m, 0, &m->os, ICC_AP1R0_EL1, UINT64_MAX);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_AP1R0_EL1) >> 62, 2);
    if (machine_preemption_bits(m) != 5 && has(m, WORLDS)) {
        return; /* its priorities are in other registers */
    }
    icc_write(m, 0, &svc32, ICC_AP1R0, bit);
    assert_int_equal(icc_read(m, 0, &svc32, ICC_AP1R0), bit);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_AP1R0_EL1), NMI_BIT | bit);
    icc_write(m, 0, &m->os, ICC_AP1R0_EL1, bit);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_AP1R0_EL1), bit);
    icc_write(m, 0, &m->os, ICC_AP0R0_EL1, 0);
}

static void only_the_first_register_of_group_1_has_the_bit(Machine *m)
{
    static const uint32_t others[] = {ICC_AP1R1_EL1, ICC_AP1R2_EL1, ICC_AP1R3_EL1};
    const unsigned count = 1u << (machine_preemption_bits(m) - 5);

    for (unsigned n = 1; n < count; n++) {
        icc_write(m, 0, &m->top, others[n - 1], UINT64_MAX);
        expect(icc_read(m, 0, &m->top, others[n - 1]), UINT32_MAX, "AP1R%u", n);
    }
    icc_write(m, 0, &m->top, ICC_AP0R0_EL1, UINT64_MAX);
    expect(icc_read(m, 0, &m->top, ICC_AP0R0_EL1), UINT32_MAX, "AP0R0");
}

static void a_pe_reset_forgets_an_active_nmi(Machine *m)
{
    start(m);
    os_nmi(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    ack(m, 0);
    vgic_cpu_reset(m->gic, 0);
    assert_int_equal(ap1r0(m, 0, GROUP_1NS), 0);
    assert_int_equal(running_priority(m, 0), 0xFF);
    assert_true(is_active(m, 0, PPI));
}

/* Order */

static void an_nmi_is_first_of_equals(Machine *m)
{
    const uint8_t best = has(m, WORLDS) ? 0x80 : 0x00;

    start(m);
    configure(m, 0, PPI, GROUP_1NS, best, EDGE);
    configure(m, 0, OTHER, GROUP_1NS, 0xE0, EDGE);
    set_nmi(m, 0, OTHER, true);
    pend(m, 0, PPI); /* lower, and first */
    pend(m, 0, OTHER);
    assert_int_equal(hppir(m, 0, &m->os, 1), OTHER);
    assert_int_equal(ack(m, 0), OTHER);
    assert_int_equal(lines(m, 0), 0);
    eoi(m, 0, OTHER);
    assert_int_equal(ack(m, 0), PPI);
}

static void an_nmi_preempts_its_equal_and_not_an_nmi(Machine *m)
{
    const uint8_t best = has(m, WORLDS) ? 0x80 : 0x00;

    start(m);
    configure(m, 0, PPI, GROUP_1NS, best, EDGE);
    os_nmi(m, 0, OTHER, EDGE);
    os_nmi(m, 0, SGI, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
    pend(m, 0, OTHER);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    assert_int_equal(ack(m, 0), OTHER);
    pend(m, 0, SGI);
    assert_int_equal(lines(m, 0), 0);
    assert_int_equal(ack(m, 0), 1023);
    assert_int_equal(hppir(m, 0, &m->os, 1), SGI);
    eoi(m, 0, OTHER);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    assert_int_equal(ack(m, 0), SGI);
    eoi(m, 0, SGI);
    eoi(m, 0, PPI);
    assert_int_equal(running_priority(m, 0), 0xFF);
}

static void nmis_come_first_of_all_before_normal_ones_in_order(Machine *m)
{
    start(m);
    for (uint32_t id = 16; id < 31; id++) {
        os_configure(m, 0, id, EDGE);
        set_nmi(m, 0, id, id % 2);
    }
    for (uint32_t id = 16; id < 31; id++) {
        pend(m, 0, id);
    }
    for (uint32_t id = 17; id < 31; id += 2) {
        expect(ack(m, 0), id, "the NMI %u", id);
        eoi(m, 0, id);
    }
    for (uint32_t id = 16; id < 31; id += 2) {
        expect(ack(m, 0), id, "the normal %u", id);
        eoi(m, 0, id);
    }
    expect(ack(m, 0), 1023, "nothing");
}

static void a_secure_interrupt_goes_before_a_non_secure_nmi(Machine *m)
{
    start(m);
    os_nmi(m, 0, PPI, EDGE);
    configure(m, 0, OTHER, GROUP_1S, 0x70, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
    pend(m, 0, OTHER);
    assert_int_equal(lines(m, 0), VGIC_LINE_FIQ);
    assert_int_equal(take(m, 0, GROUP_1S), OTHER);
    finish(m, 0, GROUP_1S, OTHER);
    eoi(m, 0, PPI);
    assert_int_equal(running_priority(m, 0), 0xFF);
}

static void a_secure_nmi_goes_before_everything(Machine *m)
{
    start(m);
    configure(m, 0, OTHER, GROUP_1S, 0xF0, EDGE);
    set_nmi(m, 0, OTHER, true);
    configure(m, 0, PPI, GROUP_0, 0x00, EDGE);
    os_nmi(m, 0, SGI, EDGE);
    pend(m, 0, PPI);
    pend(m, 0, SGI);
    pend(m, 0, OTHER);
    assert_int_equal(hppir(m, 0, &el3, 1), OTHER);
    assert_int_equal(take(m, 0, GROUP_1S), OTHER);
    assert_int_equal(lines(m, 0), 0);
    finish(m, 0, GROUP_1S, OTHER);
    assert_int_equal(take(m, 0, GROUP_0), PPI);
    finish(m, 0, GROUP_0, PPI);
    assert_int_equal(ack(m, 0), SGI);
}

/* Causes that change while it is pending */

static void inmir_takes_effect_at_once(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    icc_write(m, 0, &m->os, ICC_PMR_EL1, 0);
    wire(m, 0, PPI, true);
    assert_int_equal(lines(m, 0), 0);
    set_nmi(m, 0, PPI, true);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    set_nmi(m, 0, PPI, false);
    assert_int_equal(lines(m, 0), 0);
    icc_write(m, 0, &m->os, ICC_PMR_EL1, 0xFF);
    assert_int_equal(lines(m, 0), VGIC_LINE_IRQ);
    set_nmi(m, 0, PPI, true);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
}

static void a_group_0_interrupt_is_none_whatever_its_bit(Machine *m)
{
    const VgicCpuState state = has(m, EL3) ? el3 : with_sctlr_nmi(m->os);

    start(m);
    configure(m, 0, PPI, GROUP_0, 0x40, LEVEL);
    set_nmi(m, 0, PPI, true);
    assert_true(bit_read(m, VGIC_S, 0, PPI, INMIR));
    wire(m, 0, PPI, true);
    assert_int_equal(lines(m, 0), VGIC_LINE_FIQ);
    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0x40);
    assert_int_equal(lines(m, 0), 0);
    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0xFF);
    assert_int_equal(nmiar(m, 0, &state), 1023);
    assert_int_equal(iar(m, 0, &state, 0), PPI);
    assert_int_equal(ap1r0(m, 0, GROUP_1NS), 0);
    assert_int_equal(running_priority(m, 0), 0x40);
    eoir(m, 0, &state, 0, PPI);
    /* The bit is there when the interrupt comes to Group 1. */
    set_group(m, 0, PPI, GROUP_1NS);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
}

static void each_enable_on_the_way_holds_an_nmi(Machine *m)
{
    start(m);
    os_nmi(m, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    cpu_group(m, 0, GROUP_1NS, false);
    assert_int_equal(lines(m, 0), 0);
    cpu_group(m, 0, GROUP_1NS, true);
    distributor_groups(m, false);
    assert_int_equal(lines(m, 0), 0);
    distributor_groups(m, true);
    bit_write(m, VGIC_S, 0, PPI, ICENABLER);
    assert_int_equal(lines(m, 0), 0);
    bit_write(m, VGIC_S, 0, PPI, ISENABLER);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
}

static void an_nmi_is_not_hidden_by_a_masked_normal_one(Machine *m)
{
    start(m);
    os_nmi(m, 0, PPI, EDGE);
    os_configure(m, 0, OTHER, EDGE);
    pend(m, 0, OTHER);
    assert_int_equal(lines(m, 0), VGIC_LINE_IRQ);
    pend(m, 0, PPI);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    assert_int_equal(ack(m, 0), PPI);
    eoi(m, 0, PPI);
    assert_int_equal(lines(m, 0), VGIC_LINE_IRQ);
}

static void ds_changes_what_pending_nmis_are(Machine *m)
{
    start(m);
    distributor_groups(m, false);
    os_nmi(m, 0, PPI, EDGE);
    configure(m, 0, OTHER, GROUP_1S, 0x40, EDGE);
    set_nmi(m, 0, OTHER, true);
    pend(m, 0, PPI);
    pend(m, 0, OTHER);
    gicd_write(m, VGIC_S, GICD_CTLR, 1u << 6);
    gicd_write(m, VGIC_S, GICD_CTLR, 1u << 6 | 3);
    /* What was Secure Group 1 is Group 0 now, and no NMI; the other is best at priority 0. */
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    assert_int_equal(iar(m, 0, &ns_el1, 1), PPI);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_RPR_EL1), NMI_BIT);
    assert_int_equal(lines(m, 0), 0);
    eoir(m, 0, &ns_el1, 1, PPI);
    assert_int_equal(lines(m, 0), VGIC_LINE_FIQ);
    assert_int_equal(iar(m, 0, &ns_el1, 0), OTHER);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_RPR_EL1), 0x40);
}

/* Kinds of interrupt */

static void spis_sgis_and_extended_ones_can_be_nmis(Machine *m)
{
    uint32_t ids[5] = {SGI, PPI, SPI};
    unsigned count = 3;

    if (m->config.eppis) {
        ids[count++] = 1056;
    }
    if (m->config.espis) {
        ids[count++] = 4096;
    }
    start(m);
    for (unsigned i = 0; i < count; i++) {
        os_nmi(m, 0, ids[i], EDGE);
        pend(m, 0, ids[i]);
        expect(lines(m, 0), VGIC_LINE_NMI, "lines, INTID %u", ids[i]);
        expect(nmiar(m, 0, &m->os), ids[i], "NMIAR1, INTID %u", ids[i]);
        eoi(m, 0, ids[i]);
        expect(is_active(m, 0, ids[i]), false, "active, INTID %u", ids[i]);
    }
}

static void an_sgi_is_an_nmi_where_the_target_says_so(Machine *m)
{
    start(m);
    os_configure(m, 0, SGI, EDGE);
    os_nmi(m, 1, SGI, EDGE);
    icc_write(m, 0, &m->os, ICC_SGI1R_EL1, SGI << 24 | 3); /* affinities 0 and 1 */
    assert_int_equal(lines(m, 0), VGIC_LINE_IRQ);
    assert_int_equal(lines(m, 1), VGIC_LINE_NMI);
}

static void an_nmi_follows_its_route(Machine *m)
{
    start(m);
    os_nmi(m, 0, SPI, LEVEL);
    wire(m, 0, SPI, true);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    route_to(m, SPI, 1);
    assert_int_equal(lines(m, 0), 0);
    assert_int_equal(lines(m, 1), VGIC_LINE_NMI);
    assert_int_equal(nmiar(m, 1, &m->os), SPI);
    eoi(m, 1, SPI);
    assert_int_equal(lines(m, 1), VGIC_LINE_NMI);
}

static void one_of_n_nmis_go_to_a_pe_that_takes_part(Machine *m)
{
    start(m);
    os_nmi(m, 0, SPI, EDGE);
    os_nmi(m, 0, SPI2, EDGE);
    route_write(m, VGIC_S, SPI, 1ull << 31);
    route_write(m, VGIC_S, SPI2, 1ull << 31);
    for (uint32_t cpu = 1; cpu < m->config.cpus; cpu++) {
        cpu_group(m, cpu, GROUP_1NS, false);
    }
    pend(m, 0, SPI);
    pend(m, 0, SPI2);
    assert_int_equal(lines(m, 0), VGIC_LINE_NMI);
    cpu_group(m, 0, GROUP_1NS, false);
    cpu_group(m, 1, GROUP_1NS, true);
    assert_int_equal(lines(m, 0), 0);
    assert_int_equal(lines(m, 1), VGIC_LINE_NMI);
    assert_int_equal(nmiar(m, 1, &m->os), SPI);
    eoi(m, 1, SPI);
    assert_int_equal(nmiar(m, 1, &m->os), SPI2);
}

/* Lines */

static void each_change_between_irq_and_nmi_is_told(Machine *m)
{
    start(m);
    os_configure(m, 0, OTHER, EDGE);
    os_nmi(m, 0, PPI, LEVEL);
    pend(m, 0, OTHER);
    host_forget(&m->host);
    wire(m, 0, PPI, true);
    assert_int_equal(m->host.line_calls[0], 1);
    assert_int_equal(m->host.lines[0], VGIC_LINE_NMI);
    wire(m, 0, PPI, false);
    assert_int_equal(m->host.line_calls[0], 2);
    assert_int_equal(m->host.lines[0], VGIC_LINE_IRQ);
}

static void an_nmi_of_the_other_state_is_an_fiq(Machine *m)
{
    start(m);
    os_nmi(m, 0, PPI, LEVEL);
    configure(m, 1, PPI, GROUP_1S, 0x40, LEVEL);
    set_nmi(m, 1, PPI, true);
    wire(m, 0, PPI, true);
    wire(m, 1, PPI, true);
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        vgic_cpu_set_state(m->gic, cpu, &ns_el1);
        expect(lines(m, cpu), cpu == 0 ? VGIC_LINE_NMI : VGIC_LINE_FIQ, "Non-secure, PE %u", cpu);
        vgic_cpu_set_state(m->gic, cpu, &s_el1);
        expect(lines(m, cpu), cpu == 1 ? VGIC_LINE_NMI : VGIC_LINE_FIQ, "Secure, PE %u", cpu);
        vgic_cpu_set_state(m->gic, cpu, &el3);
        expect(lines(m, cpu), VGIC_LINE_FIQ, "EL3, PE %u", cpu);
    }
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(typer_says_whether_there_are_nmis, 0),
        TEST(without_nmis_inmir_is_res0, NO_NMIS),
        TEST(without_nmis_sctlr_does_not_matter, NO_NMIS),
        TEST(inmir_has_a_bit_for_each_interrupt_that_exists, NMIS | SMP),
        TEST(inmir_resets_to_0, NMIS | SPIS),
        TEST(non_secure_software_sees_the_bits_of_its_own_interrupts, NMIS | TWO_STATES),
        TEST(the_priority_of_an_nmi_is_kept, NMIS),
        TEST(with_sctlr_nmi_iar1_sends_to_nmiar1, NMIS),
        TEST(without_sctlr_nmi_iar1_takes_an_nmi, NMIS),
        TEST(nmiar1_takes_nothing_else, NMIS),
        TEST(pmr_does_not_hold_an_nmi_of_its_own_state, NMIS),
        TEST(secure_software_masks_non_secure_nmis_by_pmr, NMIS | WORLDS),
        TEST(rpr_shows_nmis_with_one_state, NMIS | ONE_STATE),
        TEST(rpr_shows_the_nmis_of_each_state, NMIS | WORLDS),
        TEST(rpr_shows_an_nmi_that_something_preempted, NMIS | WORLDS),
        TEST_ALONE(without_el3_a_secure_interrupt_is_no_nmi),
        TEST(an_nmi_sets_the_nmi_bit_of_its_bank_alone, NMIS | WORLDS),
        TEST(the_nmi_bit_is_dropped_first, NMIS),
        TEST(an_nmi_ends_in_two_steps, NMIS),
        TEST(ap1r0_keeps_the_nmi_bit_of_aarch64, NMIS),
        TEST(only_the_first_register_of_group_1_has_the_bit, NMIS),
        TEST(a_pe_reset_forgets_an_active_nmi, NMIS),
        TEST(an_nmi_is_first_of_equals, NMIS),
        TEST(an_nmi_preempts_its_equal_and_not_an_nmi, NMIS),
        TEST(nmis_come_first_of_all_before_normal_ones_in_order, NMIS),
        TEST(a_secure_interrupt_goes_before_a_non_secure_nmi, NMIS | WORLDS),
        TEST(a_secure_nmi_goes_before_everything, NMIS | WORLDS),
        TEST(inmir_takes_effect_at_once, NMIS),
        TEST(a_group_0_interrupt_is_none_whatever_its_bit, NMIS),
        TEST(each_enable_on_the_way_holds_an_nmi, NMIS),
        TEST(an_nmi_is_not_hidden_by_a_masked_normal_one, NMIS),
        TEST(ds_changes_what_pending_nmis_are, NMIS | WORLDS | SETTABLE_DS),
        TEST(spis_sgis_and_extended_ones_can_be_nmis, NMIS | SPIS),
        TEST(an_sgi_is_an_nmi_where_the_target_says_so, NMIS | SMP),
        TEST(an_nmi_follows_its_route, NMIS | SMP | SPIS),
        TEST(one_of_n_nmis_go_to_a_pe_that_takes_part, NMIS | SMP | SPIS | ONE_OF_N),
        TEST(each_change_between_irq_and_nmi_is_told, NMIS),
        TEST(an_nmi_of_the_other_state_is_an_fiq, NMIS | WORLDS | SMP),
    };
    return RUN(argc, argv, "NMI", tests);
}
