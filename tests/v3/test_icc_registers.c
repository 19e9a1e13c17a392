/* SPDX-License-Identifier: BSD-2-Clause */
/* ICC control registers: reset values, banks, fields, and aliases between EL1 and EL3. */
#include "guest.h"
#include "suite.h"

enum {
    CTLR_CBPR = 1 << 0,
    CTLR_EOIMODE = 1 << 1,
    CTLR_PMHE = 1 << 6,
};
enum {
    EL3_CBPR_S = 1 << 0,
    EL3_CBPR_NS = 1 << 1,
    EL3_EOIMODE_EL3 = 1 << 2,
    EL3_EOIMODE_S = 1 << 3,
    EL3_EOIMODE_NS = 1 << 4,
    EL3_RM = 1 << 5,
    EL3_PMHE = 1 << 6,
    EL3_NDS = 1 << 17,
};

static void check_reset_values(Machine *m, uint32_t cpu)
{
    static const uint32_t zero[] = {ICC_PMR_EL1, ICC_IGRPEN0_EL1, ICC_IGRPEN1_EL1, ICC_AP0R0_EL1,
                                    ICC_AP1R0_EL1};

    for (unsigned i = 0; i < 5; i++) {
        expect(icc_read(m, cpu, &m->top, zero[i]), 0, "PE %u, register 0x%x", cpu, zero[i]);
    }
    const unsigned minimum = 7 - machine_preemption_bits(m);
    expect(icc_read(m, cpu, &m->top, ICC_BPR0_EL1), minimum, "PE %u, BPR0", cpu);
    expect(icc_read(m, cpu, &m->os, ICC_BPR1_EL1), minimum + 1, "PE %u, BPR1", cpu);
    expect(icc_read(m, cpu, &m->top, ICC_RPR_EL1), 0xFF, "PE %u, RPR", cpu);
    allow_sre(m, cpu);
    expect(icc_read(m, cpu, &m->os, ICC_SRE_EL1), 7, "PE %u, SRE_EL1", cpu);
    expect(icc_read(m, cpu, &m->os, ICC_CTLR_EL1) & 0x43, 0, "PE %u, CTLR_EL1", cpu);
    if (has(m, EL3)) {
        expect(icc_read(m, cpu, &el3, ICC_IGRPEN1_EL3), 0, "PE %u, IGRPEN1_EL3", cpu);
        expect(icc_read(m, cpu, &el3_ns, ICC_IGRPEN1_EL1), 0, "PE %u, IGRPEN1_EL1(NS)", cpu);
        expect(icc_read(m, cpu, &el3, ICC_CTLR_EL3) & 0x7F, 0, "PE %u, CTLR_EL3", cpu);
    }
    if (has(m, WORLDS)) {
        expect(icc_read(m, cpu, &el3, ICC_BPR1_EL1), minimum, "PE %u, BPR1(S)", cpu);
    }
}

static void registers_come_out_of_reset_with_architected_values(Machine *m)
{
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        check_reset_values(m, cpu);
    }
}

static void registers_have_their_reset_values_again_after_each_kind_of_reset(Machine *m)
{
    for (int kind = 0; kind < 3; kind++) {
        start(m);
        icc_write(m, 0, &m->top, ICC_BPR0_EL1, 7);
        icc_write(m, 0, &m->os, ICC_BPR1_EL1, 7);
        icc_write(m, 0, &m->top, ICC_AP0R0_EL1, 2);
        icc_write(m, 0, &m->os, ICC_CTLR_EL1, 2);
        if (kind == 2) {
            vgic_cpu_reset(m->gic, 0);
        } else {
            vgic_reset(m->gic, kind ? VGIC_RESET_WARM : VGIC_RESET_COLD);
        }
        check_reset_values(m, 0);
    }
}

static void ctlr_tells_what_the_pe_has(Machine *m)
{
    const bool extended = has(m, ESPIS) || has(m, EPPIS);
    const uint64_t ctlr = icc_read(m, 0, &m->os, ICC_CTLR_EL1);

    assert_int_equal(ctlr >> 8 & 7, priority_bits(m) - 1);
    assert_int_equal(ctlr >> 11 & 7, m->config.lpi_bits > 16); /* IDbits: 16 or 24 */
    assert_int_equal(ctlr >> 14 & 1, 0);                       /* SEIS */
    assert_int_equal(ctlr >> 15 & 1, 1);                       /* A3V */
    assert_int_equal(ctlr >> 18 & 1, 1);                       /* RSS */
    if (extended) {
        assert_int_equal(ctlr >> 19 & 1, 1); /* ExtRange */
    }
    assert_int_equal(ctlr >> 20, 0);
    if (has(m, EL3)) {
        const uint64_t ctlr_el3 = icc_read(m, 0, &el3, ICC_CTLR_EL3);
        assert_int_equal(ctlr_el3 & 0xDFF80, ctlr & 0xDFF80);
        assert_int_equal(ctlr_el3 & EL3_NDS, m->config.ds_fixed ? EL3_NDS : 0);
        assert_int_equal(ctlr_el3 >> 20, 0);
    }
}

static void ctlr_stores_only_its_writable_fields(Machine *m)
{
    const uint64_t before = icc_read(m, 0, &m->os, ICC_CTLR_EL1);

    icc_write(m, 0, &m->os, ICC_CTLR_EL1, 0xFFFFFFFF);
    const uint64_t want = has(m, WORLDS) ? CTLR_EOIMODE : CTLR_CBPR | CTLR_EOIMODE | CTLR_PMHE;
    assert_int_equal(icc_read(m, 0, &m->os, ICC_CTLR_EL1), before | want);

    icc_write(m, 0, &m->os, ICC_CTLR_EL1, 0);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_CTLR_EL1), before);
}

static void below_el3_cbpr_and_pmhe_are_read_only_with_two_states(Machine *m)
{
    static const VgicCpuState *const below[] = {&ns_el1, &ns_el2, &s_el1, &s_el2};

    for (unsigned i = 0; i < 4; i++) {
        icc_write(m, 0, &el3, ICC_CTLR_EL3, 0);
        icc_write(m, 0, below[i], ICC_CTLR_EL1, CTLR_CBPR | CTLR_PMHE | CTLR_EOIMODE);
        expect(icc_read(m, 0, below[i], ICC_CTLR_EL1) & 0x43, CTLR_EOIMODE, "CTLR_EL1 at %s",
               state_name(below[i]));
        icc_write(m, 0, &el3, ICC_CTLR_EL3, EL3_CBPR_NS | EL3_CBPR_S | EL3_PMHE);
        icc_write(m, 0, below[i], ICC_CTLR_EL1, 0);
        expect(icc_read(m, 0, below[i], ICC_CTLR_EL1) & 0x43, CTLR_CBPR | CTLR_PMHE,
               "CTLR_EL1 at %s after CTLR_EL3", state_name(below[i]));
    }
}

static void ctlr_el3_and_the_banked_ctlr_el1_are_aliases(Machine *m)
{
    static const struct {
        uint64_t el3_bit, s, ns;
    } aliases[] = {
        {EL3_CBPR_S, CTLR_CBPR, 0},        {EL3_CBPR_NS, 0, CTLR_CBPR},
        {EL3_EOIMODE_EL3, 0, 0},           {EL3_EOIMODE_S, CTLR_EOIMODE, 0},
        {EL3_EOIMODE_NS, 0, CTLR_EOIMODE}, {EL3_PMHE, CTLR_PMHE, CTLR_PMHE},
    };

    for (unsigned i = 0; i < 6; i++) {
        icc_write(m, 0, &el3, ICC_CTLR_EL3, aliases[i].el3_bit);
        expect(icc_read(m, 0, &el3, ICC_CTLR_EL3) & 0x7F, aliases[i].el3_bit, "CTLR_EL3, row %u",
               i);
        expect(icc_read(m, 0, &s_el1, ICC_CTLR_EL1) & 0x7F, aliases[i].s, "S, row %u", i);
        expect(icc_read(m, 0, &s_el2, ICC_CTLR_EL1) & 0x7F, aliases[i].s, "S EL2, row %u", i);
        expect(icc_read(m, 0, &ns_el1, ICC_CTLR_EL1) & 0x7F, aliases[i].ns, "NS, row %u", i);
        expect(icc_read(m, 0, &el3, ICC_CTLR_EL1) & 0x7F, aliases[i].s, "EL3 NS=0, row %u", i);
        expect(icc_read(m, 0, &el3_ns, ICC_CTLR_EL1) & 0x7F, aliases[i].ns, "EL3 NS=1, row %u", i);
    }
    icc_write(m, 0, &el3, ICC_CTLR_EL3, 0);
    icc_write(m, 0, &s_el1, ICC_CTLR_EL1, CTLR_EOIMODE);
    assert_int_equal(icc_read(m, 0, &el3, ICC_CTLR_EL3) & 0x7F, EL3_EOIMODE_S);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_CTLR_EL1) & 0x7F, 0);
    icc_write(m, 0, &s_el1, ICC_CTLR_EL1, 0);
    icc_write(m, 0, &ns_el1, ICC_CTLR_EL1, CTLR_EOIMODE);
    assert_int_equal(icc_read(m, 0, &el3, ICC_CTLR_EL3) & 0x7F, EL3_EOIMODE_NS);
}

static void ctlr_el1_at_el3_is_banked_by_scr_ns(Machine *m)
{
    icc_write(m, 0, &el3, ICC_CTLR_EL1, CTLR_EOIMODE);
    assert_int_equal(icc_read(m, 0, &el3, ICC_CTLR_EL3) & 0x1C, EL3_EOIMODE_S);
    icc_write(m, 0, &el3, ICC_CTLR_EL1, 0);
    icc_write(m, 0, &el3_ns, ICC_CTLR_EL1, CTLR_EOIMODE);
    assert_int_equal(icc_read(m, 0, &el3, ICC_CTLR_EL3) & 0x1C, EL3_EOIMODE_NS);
}

static void ctlr_el3_stores_only_its_writable_fields(Machine *m)
{
    const uint64_t before = icc_read(m, 0, &el3, ICC_CTLR_EL3);

    icc_write(m, 0, &el3, ICC_CTLR_EL3, 0xFFFFFFFF);

    /* RM is RES0: the Secure ICC_SRE_EL1.SRE is RAO/WI. */
    assert_int_equal(icc_read(m, 0, &el3, ICC_CTLR_EL3), before | (0x7F & ~EL3_RM));
}

static void pmhe_is_stored(Machine *m)
{
    icc_write(m, 0, &m->os, ICC_CTLR_EL1, CTLR_PMHE);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_CTLR_EL1) & 0x43, CTLR_PMHE);
}

static void igrpen1_is_banked_and_el3_sees_both_banks(Machine *m)
{
    for (uint64_t value = 0; value < 4; value++) {
        icc_write(m, 0, &el3, ICC_IGRPEN1_EL3, value);
        expect(icc_read(m, 0, &el3, ICC_IGRPEN1_EL3), value, "IGRPEN1_EL3");
        expect(icc_read(m, 0, &ns_el1, ICC_IGRPEN1_EL1), value & 1, "NS, %u", (unsigned)value);
        expect(icc_read(m, 0, &ns_el2, ICC_IGRPEN1_EL1), value & 1, "NS EL2, %u", (unsigned)value);
        expect(icc_read(m, 0, &s_el1, ICC_IGRPEN1_EL1), value >> 1, "S, %u", (unsigned)value);
        expect(icc_read(m, 0, &el3, ICC_IGRPEN1_EL1), value >> 1, "EL3 NS=0, %u", (unsigned)value);
        expect(icc_read(m, 0, &el3_ns, ICC_IGRPEN1_EL1), value & 1, "EL3 NS=1, %u",
               (unsigned)value);
    }
    icc_write(m, 0, &el3, ICC_IGRPEN1_EL3, 0);
    icc_write(m, 0, &s_el1, ICC_IGRPEN1_EL1, 1);
    assert_int_equal(icc_read(m, 0, &el3, ICC_IGRPEN1_EL3), 2);
    icc_write(m, 0, &ns_el1, ICC_IGRPEN1_EL1, 1);
    assert_int_equal(icc_read(m, 0, &el3, ICC_IGRPEN1_EL3), 3);
    icc_write(m, 0, &el3, ICC_IGRPEN1_EL1, 0);
    assert_int_equal(icc_read(m, 0, &el3, ICC_IGRPEN1_EL3), 1);
    icc_write(m, 0, &el3_ns, ICC_IGRPEN1_EL1, 0);
    assert_int_equal(icc_read(m, 0, &el3, ICC_IGRPEN1_EL3), 0);
}

static void igrpen_stores_one_bit(Machine *m)
{
    icc_write(m, 0, &m->top, ICC_IGRPEN0_EL1, 0xFFFFFFFF);
    assert_int_equal(icc_read(m, 0, &m->top, ICC_IGRPEN0_EL1), 1);
    icc_write(m, 0, &m->os, ICC_IGRPEN1_EL1, 0xFFFFFFFF);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_IGRPEN1_EL1), 1);
    icc_write(m, 0, &m->os, ICC_IGRPEN1_EL1, 0xFFFFFFFE);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_IGRPEN1_EL1), 0);
    if (has(m, EL3)) {
        icc_write(m, 0, &el3, ICC_IGRPEN1_EL3, 0xFFFFFFFF);
        assert_int_equal(icc_read(m, 0, &el3, ICC_IGRPEN1_EL3), 3);
    }
}

static void bpr1_and_ap1r_are_banked_by_security_state(Machine *m)
{
    icc_write(m, 0, &s_el1, ICC_BPR1_EL1, 5);
    icc_write(m, 0, &ns_el1, ICC_BPR1_EL1, 6);
    assert_int_equal(icc_read(m, 0, &s_el1, ICC_BPR1_EL1), 5);
    assert_int_equal(icc_read(m, 0, &s_el2, ICC_BPR1_EL1), 5);
    assert_int_equal(icc_read(m, 0, &el3, ICC_BPR1_EL1), 5);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_BPR1_EL1), 6);
    assert_int_equal(icc_read(m, 0, &ns_el2, ICC_BPR1_EL1), 6);
    assert_int_equal(icc_read(m, 0, &el3_ns, ICC_BPR1_EL1), 6);

    icc_write(m, 0, &s_el1, ICC_AP1R0_EL1, 4);
    icc_write(m, 0, &el3_ns, ICC_AP1R0_EL1, 8);
    assert_int_equal(icc_read(m, 0, &el3, ICC_AP1R0_EL1), 4);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_AP1R0_EL1), 8);
}

static void pmr_bpr0_ap0r_and_igrpen0_are_not_banked(Machine *m)
{
    static const struct {
        uint32_t reg;
        uint64_t value;
    } shared[] = {{ICC_PMR_EL1, 0xC0}, {ICC_BPR0_EL1, 6}, {ICC_AP0R0_EL1, 4}, {ICC_IGRPEN0_EL1, 1}};

    for (unsigned i = 0; i < 4; i++) {
        icc_write(m, 0, &s_el1, shared[i].reg, shared[i].value);
        expect(icc_read(m, 0, &ns_el1, shared[i].reg), shared[i].value, "NS, row %u", i);
        expect(icc_read(m, 0, &el3_ns, shared[i].reg), shared[i].value, "EL3, row %u", i);
    }
}

static void sre_is_all_ones(Machine *m)
{
    static const VgicCpuState *const el1_states[] = {&ns_el1, &ns_el2, &s_el1, &el3, &el3_ns};

    allow_sre(m, 0);
    for (unsigned i = 0; i < (has(m, EL3) ? 5 : 2); i++) {
        icc_write(m, 0, el1_states[i], ICC_SRE_EL1, 0);
        expect(icc_read(m, 0, el1_states[i], ICC_SRE_EL1), 7, "SRE_EL1 at %s",
               state_name(el1_states[i]));
    }
    if (has(m, EL3)) {
        icc_write(m, 0, &el3, ICC_SRE_EL3, 8);
        assert_int_equal(icc_read(m, 0, &el3, ICC_SRE_EL3), 0xF);
    }
}

static void sre_enable_is_rao_wi_by_default(Machine *m)
{
    if (has(m, SRE_TRAPS)) {
        return;
    }
    icc_write(m, 0, &el3, ICC_SRE_EL3, 0);
    assert_int_equal(icc_read(m, 0, &el3, ICC_SRE_EL3), 0xF);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_SRE_EL1), 7);
}

static void each_pe_has_a_cpu_interface_of_its_own(Machine *m)
{
    const uint32_t last = last_cpu(m);

    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0x80);
    icc_write(m, last, &m->top, ICC_PMR_EL1, 0xC0);
    icc_write(m, last, &m->os, ICC_IGRPEN1_EL1, 1);

    assert_int_equal(icc_read(m, 0, &m->top, ICC_PMR_EL1), 0x80);
    assert_int_equal(icc_read(m, last, &m->top, ICC_PMR_EL1), 0xC0);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_IGRPEN1_EL1), 0);
}

static void with_ds_set_cbpr_and_pmhe_become_writable_below_el3(Machine *m)
{
    gicd_write(m, VGIC_S, GICD_CTLR, gicd_read(m, VGIC_S, GICD_CTLR) | 1u << 6);

    icc_write(m, 0, &ns_el1, ICC_CTLR_EL1, CTLR_CBPR | CTLR_PMHE);

    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_CTLR_EL1) & 0x43, CTLR_CBPR | CTLR_PMHE);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(registers_come_out_of_reset_with_architected_values, 0),
        TEST(registers_have_their_reset_values_again_after_each_kind_of_reset, 0),
        TEST(ctlr_tells_what_the_pe_has, 0),
        TEST(ctlr_stores_only_its_writable_fields, 0),
        TEST(below_el3_cbpr_and_pmhe_are_read_only_with_two_states, WORLDS),
        TEST(ctlr_el3_and_the_banked_ctlr_el1_are_aliases, WORLDS),
        TEST(ctlr_el1_at_el3_is_banked_by_scr_ns, EL3),
        TEST(ctlr_el3_stores_only_its_writable_fields, WORLDS),
        TEST(pmhe_is_stored, ONE_STATE),
        TEST(igrpen1_is_banked_and_el3_sees_both_banks, EL3),
        TEST(igrpen_stores_one_bit, 0),
        TEST(bpr1_and_ap1r_are_banked_by_security_state, WORLDS),
        TEST(pmr_bpr0_ap0r_and_igrpen0_are_not_banked, WORLDS),
        TEST(sre_is_all_ones, 0),
        TEST(sre_enable_is_rao_wi_by_default, EL3),
        TEST(each_pe_has_a_cpu_interface_of_its_own, SMP),
        TEST(with_ds_set_cbpr_and_pmhe_become_writable_below_el3, SETTABLE_DS | EL3),
    };
    return RUN(argc, argv, "ICC registers", tests);
}
