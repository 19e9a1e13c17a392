/* SPDX-License-Identifier: BSD-2-Clause */
/* Highest priority pending interrupt, masks, active priorities, preemption, Superpriority. */
#include "suite.h"
#include "v5.h"

enum {
    SPI = 4,
    OTHER = 5
};

static void make_pending(Machine *m, uint32_t spi, uint32_t priority)
{
    v5_configure(m, 0, VGIC_V5_SPI(spi), priority, 0);
    v5_cdpend(m, 0, VGIC_V5_SPI(spi), true);
}

static void the_numerically_lowest_priority_is_first(Machine *m)
{
    static const uint32_t priorities[] = {24, 8, 16, 0, 28, 12};

    v5_start(m);
    for (uint32_t i = 0; i < 6; i++) {
        make_pending(m, i, priorities[i]);
    }
    static const uint32_t order[] = {3, 1, 5, 2, 0, 4};
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(v5_hppir(m, 0), INTID_VALID | VGIC_V5_SPI(order[i]));
        assert_true(v5_takes(m, 0, VGIC_V5_SPI(order[i])));
    }
    assert_int_equal(v5_hppir(m, 0), 0);
    assert_int_equal(v5_cdia(m, 0), 0);
}

static void pcr_lets_equal_and_higher_priorities_through(Machine *m)
{
    v5_start(m);
    for (uint32_t priority = 0; priority < 32; priority++) {
        make_pending(m, SPI, priority);
        const uint32_t kept = v5_priority(m, priority);
        for (uint32_t pcr = 0; pcr < 32; pcr++) {
            const bool through = kept <= pcr;
            v5_set_icc(m, 0, ICC_PCR_EL1, pcr);
            expect(irq(m, 0) || v5_nmi(m, 0), through, "line, priority %u, PCR %u", kept, pcr);
            expect(v5_hppir(m, 0), through ? INTID_VALID | VGIC_V5_SPI(SPI) : 0,
                   "HPPIR, priority %u, PCR %u", kept, pcr);
            if (!through) {
                expect(v5_cdia(m, 0), 0, "CDIA, priority %u, PCR %u", kept, pcr);
            }
        }
        assert_true(v5_takes(m, 0, VGIC_V5_SPI(SPI)));
    }
}

static void en_0_means_nothing_to_acknowledge(Machine *m)
{
    v5_start(m);
    make_pending(m, SPI, P_MID);
    v5_configure_ppi(m, 0, PPI_CNTV, P_HIGH);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    assert_true(irq(m, 0));
    v5_set_icc(m, 0, ICC_CR0_EL1, 0);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), 0);
    assert_int_equal(v5_hppir(m, 0), 0);
    assert_int_equal(v5_cdia(m, 0), 0);
    assert_int_equal(v5_cdnmia(m, 0), 0);
    v5_set_icc(m, 0, ICC_CR0_EL1, v5_icc(m, 0, ICC_CR0_EL1) | 1);
    assert_true(irq(m, 0));
    assert_true(v5_takes(m, 0, VGIC_V5_PPI(PPI_CNTV)));
}

/* An all-zero record of "no interrupt" would be one of priority 0. */
static void enabling_with_nothing_configured_signals_nothing(Machine *m)
{
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        v5_enter(m, cpu, DOMAIN_NS);
        v5_set_icc(m, cpu, ICC_CR0_EL1, 1);
        for (uint32_t pcr = 0; pcr < 32; pcr += 31) {
            v5_set_icc(m, cpu, ICC_PCR_EL1, pcr);
            expect(v5_hppir(m, cpu), 0, "HPPIR of PE %u", cpu);
            expect(v5_cdia(m, cpu), 0, "CDIA of PE %u", cpu);
            expect(v5_cdnmia(m, cpu), 0, "CDNMIA of PE %u", cpu);
            expect(vgic_cpu_lines(m->gic, cpu), 0, "lines of PE %u", cpu);
            expect(v5_icc(m, cpu, ICC_APR_EL1), 0, "APR of PE %u", cpu);
        }
    }
    no_report(m, "nothing");
}

static void only_a_higher_priority_preempts(Machine *m)
{
    v5_start(m);
    for (uint32_t running = 0; running < 32; running++) {
        for (uint32_t priority = 0; priority < 32; priority++) {
            make_pending(m, SPI, priority);
            const uint32_t kept = v5_priority(m, priority);
            const bool preempts = kept < running;
            v5_set_icc(m, 0, ICC_APR_EL1, 1u << running);
            expect(irq(m, 0) || v5_nmi(m, 0), preempts, "line, priority %u over %u", kept, running);
            expect(v5_cdia(m, 0), preempts ? INTID_VALID | VGIC_V5_SPI(SPI) : 0,
                   "CDIA, priority %u over %u", kept, running);
            expect(v5_icc(m, 0, ICC_APR_EL1), preempts ? 1u << running | 1u << kept : 1u << running,
                   "APR, priority %u over %u", kept, running);
            v5_cdpend(m, 0, VGIC_V5_SPI(SPI), false);
            v5_cddi(m, 0, VGIC_V5_SPI(SPI));
        }
    }
    v5_set_icc(m, 0, ICC_APR_EL1, 0);
}

static void interrupts_nest_and_end_from_the_highest(Machine *m)
{
    static const uint32_t priorities[] = {28, 20, 12, 4, 0};
    uint32_t apr = 0;

    v5_start(m);
    for (uint32_t i = 0; i < 5; i++) {
        make_pending(m, i, priorities[i]);
        expect(v5_cdia(m, 0), INTID_VALID | VGIC_V5_SPI(i), "CDIA %u", i);
        apr |= 1u << priorities[i];
        expect(v5_icc(m, 0, ICC_APR_EL1), apr, "APR %u", i);
    }
    make_pending(m, 7, 16);
    for (unsigned i = 5; i-- > 0;) {
        expect(irq(m, 0), false, "IRQ before end %u", i);
        v5_cdeoi(m, 0);
        apr &= ~(1u << priorities[i]);
        expect(v5_icc(m, 0, ICC_APR_EL1), apr, "APR after end %u", i);
        if (priorities[i] == 12) {
            expect(v5_takes(m, 0, VGIC_V5_SPI(7)), true, "16 preempts 20");
        }
    }
    for (uint32_t i = 0; i < 5; i++) {
        expect(!!(v5_cdrcfg(m, 0, VGIC_V5_SPI(i)) & ICSR_ACTIVE), true, "SPI %u is active", i);
        v5_cddi(m, 0, VGIC_V5_SPI(i));
    }
}

static void apr_decides_what_is_sufficient(Machine *m)
{
    v5_start(m);
    make_pending(m, SPI, P_MID);
    v5_set_icc(m, 0, ICC_APR_EL1, 1u << P_HIGH);
    assert_false(irq(m, 0));
    assert_int_equal(v5_hppir(m, 0), 0);
    v5_set_icc(m, 0, ICC_APR_EL1, 1u << P_LOW);
    assert_true(irq(m, 0));
    v5_set_icc(m, 0, ICC_APR_EL1, 1u << P_LOW | 1u << P_MID);
    assert_false(irq(m, 0));
    v5_set_icc(m, 0, ICC_APR_EL1, 0);
    assert_true(irq(m, 0));
    v5_set_icc(m, 0, ICC_APR_EL1, 1u << 31);
    assert_true(irq(m, 0));
}

static void hppir_changes_nothing(Machine *m)
{
    v5_start(m);
    make_pending(m, SPI, P_MID);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(v5_hppir(m, 0), INTID_VALID | VGIC_V5_SPI(SPI));
    }
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
    assert_false(v5_cdrcfg(m, 0, VGIC_V5_SPI(SPI)) & ICSR_ACTIVE);
    assert_true(irq(m, 0));
}

static void a_ppi_comes_before_an_spi_of_equal_priority(Machine *m)
{
    v5_start(m);
    make_pending(m, SPI, P_MID);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | VGIC_V5_PPI(PPI_CNTV));
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID + 1);
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | VGIC_V5_SPI(SPI));
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID - 1);
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | VGIC_V5_PPI(PPI_CNTV));
}

static void among_spis_of_equal_priority_the_earliest_is_first(Machine *m)
{
    v5_start(m);
    make_pending(m, OTHER, P_MID);
    make_pending(m, SPI, P_MID);
    make_pending(m, 6, P_MID);
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(OTHER)));
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(SPI)));
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(6)));
}

/* Superpriority. */
static void set_sctlr_nmi(Machine *m, bool on)
{
    VgicCpuState state = v5_state(m, DOMAIN_NS);

    state.sctlr = on ? SCTLR_NMI : 0;
    v5_run(m, 0, state);
}

static void priority_0_drives_the_nmi_line(Machine *m)
{
    v5_start(m);
    for (unsigned on = 0; on < 2; on++) {
        set_sctlr_nmi(m, on);
        make_pending(m, SPI, 0);
        assert_int_equal(vgic_cpu_lines(m->gic, 0), VGIC_LINE_NMI);
        v5_cdpri(m, 0, VGIC_V5_SPI(SPI), 8);
        assert_int_equal(vgic_cpu_lines(m->gic, 0), VGIC_LINE_IRQ);
        v5_cdpend(m, 0, VGIC_V5_SPI(SPI), false);
        assert_int_equal(vgic_cpu_lines(m->gic, 0), 0);
        v5_configure_ppi(m, 0, PPI_CNTV, 0);
        v5_ppi_wire(m, 0, PPI_CNTV, true);
        assert_int_equal(vgic_cpu_lines(m->gic, 0), VGIC_LINE_NMI);
        v5_ppi_wire(m, 0, PPI_CNTV, false);
    }
}

static void with_sctlr_nmi_only_cdnmia_takes_priority_0(Machine *m)
{
    v5_start(m);
    set_sctlr_nmi(m, true);
    make_pending(m, SPI, 0);
    assert_int_equal(v5_cdia(m, 0), 0);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
    assert_int_equal(v5_cdnmia(m, 0), INTID_VALID | VGIC_V5_SPI(SPI));
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 1);
    assert_true(v5_cdrcfg(m, 0, VGIC_V5_SPI(SPI)) & ICSR_ACTIVE);
    make_pending(m, OTHER, 8);
    assert_int_equal(v5_cdnmia(m, 0), 0);
    assert_int_equal(v5_cdia(m, 0), 0); /* 8 does not preempt 0 */
    v5_cdeoi(m, 0);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
    v5_cddi(m, 0, VGIC_V5_SPI(SPI));
    assert_int_equal(v5_cdnmia(m, 0), 0);
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(OTHER)));
}

static void without_sctlr_nmi_priority_0_is_an_ordinary_one(Machine *m)
{
    v5_start(m);
    set_sctlr_nmi(m, false);
    make_pending(m, SPI, 0);
    assert_int_equal(v5_cdnmia(m, 0), 0);
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(SPI)));
}

static void superpriority_hides_nothing_behind_it(Machine *m)
{
    v5_start(m);
    set_sctlr_nmi(m, true);
    make_pending(m, SPI, 0);
    make_pending(m, OTHER, 8);
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | VGIC_V5_SPI(SPI));
    assert_int_equal(v5_cdia(m, 0), 0); /* the HPPI is not for CDIA */
    assert_int_equal(v5_cdnmia(m, 0), INTID_VALID | VGIC_V5_SPI(SPI));
    v5_cdeoi(m, 0);
    v5_cddi(m, 0, VGIC_V5_SPI(SPI));
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(OTHER)));
}

static void without_feat_nmi_there_is_no_superpriority(Machine *m)
{
    v5_start(m);
    set_sctlr_nmi(m, true);
    make_pending(m, SPI, 0);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), VGIC_LINE_IRQ);
    assert_int_equal(v5_cdnmia(m, 0), 0);
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(SPI)));
}

static void pcr_0_lets_priority_0_through(Machine *m)
{
    v5_start(m);
    v5_set_icc(m, 0, ICC_PCR_EL1, 0);
    make_pending(m, SPI, 4);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), 0);
    v5_cdpri(m, 0, VGIC_V5_SPI(SPI), 0);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), has(m, V5_NMI) ? VGIC_LINE_NMI : VGIC_LINE_IRQ);
}

static const Test tests[] = {
    TEST(the_numerically_lowest_priority_is_first, 0),
    TEST(pcr_lets_equal_and_higher_priorities_through, 0),
    TEST(en_0_means_nothing_to_acknowledge, 0),
    TEST(enabling_with_nothing_configured_signals_nothing, 0),
    TEST(only_a_higher_priority_preempts, 0),
    TEST(interrupts_nest_and_end_from_the_highest, 0),
    TEST(apr_decides_what_is_sufficient, 0),
    TEST(hppir_changes_nothing, 0),
    TEST(a_ppi_comes_before_an_spi_of_equal_priority, 0),
    TEST(among_spis_of_equal_priority_the_earliest_is_first, 0),
    TEST(priority_0_drives_the_nmi_line, V5_NMI),
    TEST(with_sctlr_nmi_only_cdnmia_takes_priority_0, V5_NMI),
    TEST(without_sctlr_nmi_priority_0_is_an_ordinary_one, V5_NMI),
    TEST(superpriority_hides_nothing_behind_it, V5_NMI),
    TEST(without_feat_nmi_there_is_no_superpriority, V5_NO_NMI),
    TEST(pcr_0_lets_priority_0_through, 0),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "priority", tests);
}
