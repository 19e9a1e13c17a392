/* SPDX-License-Identifier: BSD-2-Clause */
/* 1-of-N, and PEs that do not take part. */
#include "suite.h"
#include "v5.h"

enum {
    SPI = 2
};
#define INTID VGIC_V5_SPI(SPI)

static unsigned irs_of_cpu(const Machine *m, uint32_t cpu)
{
    unsigned irs = 0;

    while (cpu >= v5_first_cpu(m, irs) + v5_irs_cpus(m, irs)) {
        irs++;
    }
    return irs;
}

static void set_dps(Machine *m, uint32_t cpu, bool dps)
{
    const unsigned irs = irs_of_cpu(m, cpu);

    irs_write(m, irs, DOMAIN_NS, IRS_PE_SELR, v5_iaffid(m, cpu));
    irs_write(m, irs, DOMAIN_NS, IRS_PE_CR0, dps);
}

static void start_one_of_n(Machine *m, uint32_t intid)
{
    v5_cdpri(m, 0, intid, P_MID);
    v5_cdaff_one_of_n(m, 0, intid);
    v5_cden(m, 0, intid);
}

/* The PE with an IRQ; UINT32_MAX: none. More than one is a difference. */
static uint32_t whose(Machine *m)
{
    uint32_t found = UINT32_MAX;

    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        if (irq(m, cpu)) {
            expect(found, UINT32_MAX, "another PE than %u has an IRQ", cpu);
            found = cpu;
        }
    }
    return found;
}

static void one_pe_gets_it_and_all_get_their_turn(Machine *m)
{
    uint32_t seen = 0;

    v5_start(m);
    start_one_of_n(m, INTID);
    for (unsigned i = 0; i < 2 * m->config.cpus; i++) {
        v5_cdpend(m, 0, INTID, true);
        const uint32_t cpu = whose(m);
        assert_true(cpu < m->config.cpus);
        assert_int_equal(info(m, 0, INTID).target, cpu);
        seen |= 1u << cpu;
        assert_true(v5_takes(m, cpu, INTID));
        assert_int_equal(whose(m), UINT32_MAX);
    }
    assert_int_equal(seen, (1u << m->config.cpus) - 1);
}

static void dps_takes_a_pe_out(Machine *m)
{
    v5_start(m);
    start_one_of_n(m, INTID);
    for (uint32_t left = 0; left < m->config.cpus; left++) {
        for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
            set_dps(m, cpu, cpu != left);
        }
        for (unsigned i = 0; i < 3; i++) {
            v5_cdpend(m, 0, INTID, true);
            assert_int_equal(whose(m), left);
            assert_true(v5_takes(m, left, INTID));
        }
    }
}

static void dps_does_not_keep_targeted_interrupts_away(Machine *m)
{
    v5_start(m);
    set_dps(m, 0, true);
    v5_configure(m, 0, INTID, P_MID, 0);
    v5_cdpend(m, 0, INTID, true);
    assert_true(v5_takes(m, 0, INTID));
}

static void with_all_pes_out_it_waits(Machine *m)
{
    v5_start(m);
    start_one_of_n(m, INTID);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        set_dps(m, cpu, true);
    }
    v5_cdpend(m, 0, INTID, true);
    assert_int_equal(whose(m), UINT32_MAX);
    assert_true(info(m, 0, INTID).pending);
    set_dps(m, m->config.cpus - 1, false);
    assert_int_equal(whose(m), m->config.cpus - 1);
    assert_true(v5_takes(m, m->config.cpus - 1, INTID));
}

static void a_pe_with_its_domain_off_is_not_chosen(Machine *m)
{
    v5_start(m);
    start_one_of_n(m, INTID);
    v5_set_icc(m, 0, ICC_CR0_EL1, 0);
    for (unsigned i = 0; i < 2 * m->config.cpus; i++) {
        v5_cdpend(m, 0, INTID, true);
        const uint32_t cpu = whose(m);
        assert_true(cpu > 0 && cpu < m->config.cpus);
        assert_true(v5_takes(m, cpu, INTID));
    }
}

static void an_irs_that_is_off_has_no_pes_to_choose(Machine *m)
{
    v5_start(m);
    start_one_of_n(m, INTID);
    irs_write(m, 0, DOMAIN_NS, IRS_CR0, 0);
    for (unsigned i = 0; i < 2 * m->config.cpus; i++) {
        v5_cdpend(m, 0, INTID, true);
        const uint32_t cpu = whose(m);
        assert_true(cpu >= v5_first_cpu(m, 1) && cpu < m->config.cpus);
        assert_true(v5_takes(m, cpu, INTID));
    }
}

static void what_waits_at_a_pe_that_leaves_goes_to_another(Machine *m)
{
    v5_start(m);
    start_one_of_n(m, INTID);
    for (unsigned how = 0; how < 2; how++) {
        v5_cdpend(m, 0, INTID, true);
        const uint32_t first = whose(m);
        assert_true(first < m->config.cpus);
        if (how) {
            set_dps(m, first, true);
        } else {
            v5_set_icc(m, first, ICC_CR0_EL1, 0);
        }
        const uint32_t second = whose(m);
        assert_true(second < m->config.cpus && second != first);
        assert_true(v5_takes(m, second, INTID));
        v5_set_icc(m, first, ICC_CR0_EL1, v5_icc(m, first, ICC_CR0_EL1) | 1);
    }
}

static void what_waits_at_a_pe_that_is_reset_goes_to_another(Machine *m)
{
    v5_start(m);
    start_one_of_n(m, INTID);
    v5_cdpend(m, 0, INTID, true);
    const uint32_t first = whose(m);
    vgic_cpu_reset(m->gic, first);
    const uint32_t second = whose(m);
    assert_true(second < m->config.cpus && second != first);
    v5_enter(m, second, DOMAIN_NS);
    assert_true(v5_takes(m, second, INTID));
}

/* PCR and active priorities do not make a PE less of a choice: it is where the interrupt waits. */
static void an_active_one_of_n_interrupt_stays_active_for_all(Machine *m)
{
    v5_start(m);
    start_one_of_n(m, INTID);
    v5_cdpend(m, 0, INTID, true);
    const uint32_t cpu = whose(m);
    assert_true(v5_takes_active(m, cpu, INTID));
    v5_cdpend(m, 0, INTID, true);
    assert_int_equal(whose(m), UINT32_MAX);
    v5_cddi(m, (cpu + 1) % m->config.cpus, INTID);
    assert_true(whose(m) < m->config.cpus);
}

static void lpis_can_be_one_of_n_too(Machine *m)
{
    v5_start(m);
    start_one_of_n(m, VGIC_V5_LPI(3));
    v5_cdpend(m, 0, VGIC_V5_LPI(3), true);
    const uint32_t cpu = whose(m);
    assert_true(cpu < m->config.cpus);
    assert_true(v5_takes(m, cpu, VGIC_V5_LPI(3)));
    assert_int_equal(v5_cdrcfg(m, 0, VGIC_V5_LPI(3)),
                     ICSR_ENABLED | ICSR_IRM | ICSR_PRIORITY(P_MID));
    v5_ist_off(m, DOMAIN_NS);
    assert_int_equal(v5_iste(m, IST_AT(DOMAIN_NS) + 12),
                     ISTE_ENABLE | ISTE_IRM | ISTE_PRIORITY(P_MID));
}

static void routing_back_to_a_pe_ends_it(Machine *m)
{
    v5_start(m);
    start_one_of_n(m, INTID);
    assert_true(info(m, 0, INTID).one_of_n);
    v5_cdpend(m, 0, INTID, true);
    v5_cdaff(m, 0, INTID, v5_iaffid(m, 1));
    assert_int_equal(whose(m), 1);
    assert_false(info(m, 0, INTID).one_of_n);
    assert_true(v5_takes(m, 1, INTID));
    v5_cdaff_one_of_n(m, 0, INTID);
    v5_cdpend(m, 0, INTID, true);
    assert_true(whose(m) < m->config.cpus);
}

static const Test tests[] = {
    TEST(one_pe_gets_it_and_all_get_their_turn, V5_ONE_OF_N),
    TEST(dps_takes_a_pe_out, V5_ONE_OF_N),
    TEST(dps_does_not_keep_targeted_interrupts_away, V5_ONE_OF_N),
    TEST(with_all_pes_out_it_waits, V5_ONE_OF_N),
    TEST(a_pe_with_its_domain_off_is_not_chosen, V5_ONE_OF_N | V5_SMP),
    TEST(an_irs_that_is_off_has_no_pes_to_choose, V5_ONE_OF_N | V5_TWO_IRS),
    TEST(what_waits_at_a_pe_that_leaves_goes_to_another, V5_ONE_OF_N | V5_SMP),
    TEST(lpis_can_be_one_of_n_too, V5_ONE_OF_N | V5_LPIS),
    TEST(routing_back_to_a_pe_ends_it, V5_ONE_OF_N | V5_SMP),
    TEST(what_waits_at_a_pe_that_is_reset_goes_to_another, V5_ONE_OF_N | V5_SMP),
    TEST(an_active_one_of_n_interrupt_stays_active_for_all, V5_ONE_OF_N | V5_SMP),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "routing", tests);
}
