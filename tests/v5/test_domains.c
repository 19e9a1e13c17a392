/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt domains of PEs with EL3: who owns what, what a PE is told of the interrupts of its own
 * domain (IRQ) and of others (FIQ), and what only the owner sees.
 */
#include "suite.h"
#include "v5.h"

#include <string.h>

enum {
    SPI = 6
};
#define INTID VGIC_V5_SPI(SPI)

/* Pends SPI 6 at PE 0 as an interrupt of @p domain. PE 0 executes there then. */
static void pend_in(Machine *m, V5Domain domain, uint32_t priority)
{
    v5_spi_domain(m, SPI, domain);
    v5_enter(m, 0, domain);
    v5_configure(m, 0, INTID, priority, 0);
    v5_cdpend(m, 0, INTID, true);
}

static void withdraw(Machine *m, V5Domain domain)
{
    v5_enter(m, 0, domain);
    v5_cdpend(m, 0, INTID, false);
    v5_cddi(m, 0, INTID);
}

static uint32_t lines(const Machine *m)
{
    return vgic_cpu_lines(m->gic, 0) & (VGIC_LINE_IRQ | VGIC_LINE_FIQ | VGIC_LINE_NMI);
}

static void spis_reset_to_the_most_privileged_domain(Machine *m)
{
    const V5Domain want = has(m, V5_EL3) ? DOMAIN_EL3 : DOMAIN_NS;

    for (uint32_t spi = 0; spi < m->config.spis; spi++) {
        expect(info(m, 0, VGIC_V5_SPI(spi)).group, want, "SPI %u", spi);
    }
}

static void ppis_reset_to_secure_with_el3(Machine *m)
{
    for (uint32_t ppi = 0; ppi < 128; ppi++) {
        if (v5_ppis(m, ppi / 64) >> ppi % 64 & 1) {
            expect(info(m, 0, VGIC_V5_PPI(ppi)).group, has(m, V5_EL3) ? DOMAIN_S : DOMAIN_NS,
                   "PPI %u", ppi);
        }
    }
}

static void firmware_gives_everything_to_the_non_secure_domain(Machine *m)
{
    vgic_act_as_firmware(m->gic);
    for (uint32_t spi = 0; spi < m->config.spis; spi++) {
        expect(info(m, 0, VGIC_V5_SPI(spi)).group, DOMAIN_NS, "SPI %u", spi);
    }
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        for (uint32_t ppi = 0; ppi < 128; ppi++) {
            if (v5_ppis(m, ppi / 64) >> ppi % 64 & 1) {
                expect(info(m, cpu, VGIC_V5_PPI(ppi)).group, DOMAIN_NS, "PPI %u of PE %u", ppi,
                       cpu);
            }
        }
    }
    no_report(m, "vgic_act_as_firmware");
}

static void domainr_moves_an_spi_and_what_is_pending(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_NS, P_MID);
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
    v5_spi_domain(m, SPI, DOMAIN_S);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    assert_int_equal(v5_hppir(m, 0), 0);
    assert_true(v5_takes(m, 0, 0));
    v5_enter(m, 0, DOMAIN_S);
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | INTID);
    v5_spi_domain(m, SPI, DOMAIN_NS);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    v5_enter(m, 0, DOMAIN_NS);
    assert_true(v5_takes(m, 0, INTID));
}

static void domainr_is_for_el3_alone(Machine *m)
{
    const unsigned irs = v5_irs_of_spi(m, SPI);

    v5_start_all(m);
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        if (v5_has_domain(m, d)) {
            v5_spi_domain(m, SPI, d);
            irs_write(m, irs, DOMAIN_EL3, IRS_SPI_SELR, SPI);
            expect(irs_read(m, irs, DOMAIN_EL3, IRS_SPI_DOMAINR), d, "DOMAINR");
            if (d != DOMAIN_EL3) {
                irs_write(m, irs, d, IRS_SPI_SELR, SPI);
                expect(irs_read(m, irs, d, IRS_SPI_STATUSR), IDLE | SELECTED, "STATUSR, %s",
                       v5_domain_name(d));
                expect(irs_read(m, irs, d, IRS_SPI_DOMAINR), 0, "DOMAINR in the %s frame",
                       v5_domain_name(d));
                irs_write(m, irs, d, IRS_SPI_DOMAINR, DOMAIN_EL3);
                expect(info(m, 0, INTID).group, d, "domain after a write in the %s frame",
                       v5_domain_name(d));
            }
        }
    }
}

static void a_domain_that_does_not_exist_takes_no_spi(Machine *m)
{
    v5_start_all(m);
    const uint8_t before = info(m, 0, INTID).group;
    irs_write(m, 0, DOMAIN_EL3, IRS_SPI_SELR, SPI);
    irs_write(m, 0, DOMAIN_EL3, IRS_SPI_DOMAINR, DOMAIN_RL);
    assert_int_equal(info(m, 0, INTID).group, before);
}

static void firmware_can_assign_spis_before_anything_is_enabled(Machine *m)
{
    v5_spi_domain(m, SPI, DOMAIN_NS);
    assert_int_equal(info(m, 0, INTID).group, DOMAIN_NS);
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_SELR, SPI);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_SPI_STATUSR), IDLE | SELECTED);
}

static void an_spi_of_another_domain_cannot_be_selected_nor_resampled(Machine *m)
{
    v5_start_all(m);
    v5_spi_domain(m, SPI, DOMAIN_S);
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_SELR, SPI);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_SPI_STATUSR), IDLE);
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_CFGR, 1);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_SPI_CFGR), 0);
    irs_write(m, 0, DOMAIN_S, IRS_SPI_SELR, SPI);
    assert_int_equal(irs_read(m, 0, DOMAIN_S, IRS_SPI_CFGR), 0);
    v5_spi_wire(m, SPI, true);
    v5_enter(m, 0, DOMAIN_S);
    v5_cdpend(m, 0, INTID, false);
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_RESAMPLER, SPI);
    assert_false(info(m, 0, INTID).pending);
    irs_write(m, 0, DOMAIN_S, IRS_SPI_RESAMPLER, SPI);
    assert_true(info(m, 0, INTID).pending);
    /* EL3 may select any. */
    irs_write(m, 0, DOMAIN_EL3, IRS_SPI_SELR, SPI);
    assert_int_equal(irs_read(m, 0, DOMAIN_EL3, IRS_SPI_STATUSR), IDLE | SELECTED);
}

static void a_selection_ends_when_the_spi_leaves_the_domain(Machine *m)
{
    v5_start_all(m);
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_SELR, SPI);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_SPI_STATUSR), IDLE | SELECTED);
    v5_spi_domain(m, SPI, DOMAIN_S);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_SPI_STATUSR), IDLE);
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_CFGR, 1);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_SPI_CFGR), 0);
    irs_write(m, 0, DOMAIN_S, IRS_SPI_SELR, SPI);
    assert_int_equal(irs_read(m, 0, DOMAIN_S, IRS_SPI_CFGR), 0);
}

static void dps_is_each_domains_own(Machine *m)
{
    v5_start_all(m);
    irs_write(m, 0, DOMAIN_S, IRS_PE_SELR, v5_iaffid(m, 0));
    irs_write(m, 0, DOMAIN_S, IRS_PE_CR0, 1);
    irs_write(m, 0, DOMAIN_NS, IRS_PE_SELR, v5_iaffid(m, 0));
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_PE_CR0), 0);
    v5_configure(m, 0, INTID, P_MID, 0);
    v5_cdaff_one_of_n(m, 0, INTID);
    unsigned seen = 0;
    for (unsigned i = 0; i < 2 * m->config.cpus; i++) {
        v5_cdpend(m, 0, INTID, true);
        for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
            if (irq(m, cpu)) {
                seen |= 1u << cpu;
                assert_true(v5_takes(m, cpu, INTID));
            }
        }
    }
    assert_true(seen & 1);
}

static void firmware_moves_what_is_pending_and_active(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_EL3, P_MID);
    v5_spi_domain(m, SPI + 1, DOMAIN_S);
    v5_enter(m, 0, DOMAIN_S);
    v5_configure(m, 0, VGIC_V5_SPI(SPI + 1), P_HIGH, 0);
    v5_cdpend(m, 0, VGIC_V5_SPI(SPI + 1), true);
    assert_true(v5_takes_active(m, 0, VGIC_V5_SPI(SPI + 1)));
    vgic_act_as_firmware(m->gic);
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
    assert_true(v5_takes(m, 0, INTID));
    assert_true(info(m, 0, VGIC_V5_SPI(SPI + 1)).active);
    v5_cddi(m, 0, VGIC_V5_SPI(SPI + 1));
    assert_false(info(m, 0, VGIC_V5_SPI(SPI + 1)).active);
}

static void an_active_spi_that_moves_is_its_new_domains_to_deactivate(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_S, P_MID);
    assert_true(v5_takes_active(m, 0, INTID));
    v5_spi_domain(m, SPI, DOMAIN_NS);
    v5_cddi(m, 0, INTID);
    assert_true(info(m, 0, INTID).active);
    v5_enter(m, 0, DOMAIN_NS);
    v5_cddi(m, 0, INTID);
    assert_false(info(m, 0, INTID).active);
}

/* States that no PE of this machine can be in: whatever they mean, nothing breaks. */
static void odd_states_are_harmless(Machine *m)
{
    v5_start_all(m);
    pend_in(m, has(m, V5_EL3) ? DOMAIN_S : DOMAIN_NS, P_MID);
    for (unsigned i = 0; i < 4 * 4 * 4; i++) {
        const VgicCpuState odd = {.el = (uint8_t)(i & 3),
                                  .space = (uint8_t)(i >> 2 & 3),
                                  .scr_el3 = (i & 16 ? SCR_NS : 0) | (i & 32 ? SCR_NSE : 0)};
        v5_run(m, 0, odd);
        for (uint32_t n = 0; vgic_sysreg_at(m->gic, n); n++) {
            const uint32_t encoding = vgic_sysreg_at(m->gic, n)->encoding;
            uint64_t value;
            vgic_sysreg_check(m->gic, 0, &odd, encoding, false);
            vgic_sysreg_read(m->gic, 0, &odd, encoding, &value);
            vgic_sysreg_write(m->gic, 0, &odd, encoding, INTID | 1);
        }
    }
    vgic_reset(m->gic, VGIC_RESET_WARM);
    v5_start(m);
    v5_configure(m, 0, INTID, P_MID, 0);
    v5_cdpend(m, 0, INTID, true);
    assert_true(v5_takes(m, 0, INTID));
}

/* Each domain's interrupt, seen from each domain. */
static void own_interrupts_are_irqs_and_others_fiqs(Machine *m)
{
    v5_start_all(m);
    for (V5Domain owner = DOMAIN_S; owner < DOMAINS; owner++) {
        if (!v5_has_domain(m, owner)) {
            continue;
        }
        pend_in(m, owner, P_MID);
        for (V5Domain current = DOMAIN_S; current < DOMAINS; current++) {
            if (!v5_has_domain(m, current)) {
                continue;
            }
            const bool fiq = owner != current || owner == DOMAIN_EL3;
            v5_enter(m, 0, current);
            expect(lines(m), fiq ? VGIC_LINE_FIQ : VGIC_LINE_IRQ, "a %s interrupt in %s",
                   v5_domain_name(owner), v5_domain_name(current));
            const uint64_t hppi =
                v5_icc(m, 0, current == DOMAIN_EL3 ? ICC_HPPIR_EL3 : ICC_HPPIR_EL1);
            expect(hppi, owner == current ? INTID_VALID | INTID : 0, "HPPIR of %s, a %s interrupt",
                   v5_domain_name(current), v5_domain_name(owner));
            if (owner != current) {
                expect(v5_cdia(m, 0), 0, "CDIA in %s of a %s interrupt", v5_domain_name(current),
                       v5_domain_name(owner));
            }
        }
        v5_enter(m, 0, owner);
        expect(v5_cdia(m, 0), INTID_VALID | INTID, "CDIA of its own, %s", v5_domain_name(owner));
        expect(lines(m), 0, "lines after CDIA, %s", v5_domain_name(owner));
        v5_cdeoi(m, 0);
        withdraw(m, owner);
    }
}

static void ppis_of_each_domain_are_irqs_and_fiqs_too(Machine *m)
{
    v5_start_all(m);
    for (V5Domain owner = DOMAIN_S; owner < DOMAINS; owner++) {
        if (!v5_has_domain(m, owner)) {
            continue;
        }
        v5_ppi_domain(m, 0, PPI_CNTV, owner);
        v5_enter(m, 0, owner);
        v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
        v5_ppi_wire(m, 0, PPI_CNTV, true);
        for (V5Domain current = DOMAIN_S; current < DOMAINS; current++) {
            if (v5_has_domain(m, current)) {
                v5_enter(m, 0, current);
                expect(lines(m),
                       owner != current || owner == DOMAIN_EL3 ? VGIC_LINE_FIQ : VGIC_LINE_IRQ,
                       "a %s PPI in %s", v5_domain_name(owner), v5_domain_name(current));
            }
        }
        v5_enter(m, 0, owner);
        expect(v5_takes(m, 0, VGIC_V5_PPI(PPI_CNTV)), true, "CDIA of a %s PPI",
               v5_domain_name(owner));
        v5_ppi_wire(m, 0, PPI_CNTV, false);
    }
}

static void an_fiq_comes_before_an_irq(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_S, P_LOW);
    v5_enter(m, 0, DOMAIN_NS);
    v5_configure_ppi(m, 0, PPI_CNTV, P_HIGH);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    /* The current domain's can be acknowledged all the same. */
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | VGIC_V5_PPI(PPI_CNTV));
    assert_true(v5_takes(m, 0, VGIC_V5_PPI(PPI_CNTV)));
    withdraw(m, DOMAIN_S);
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
}

static void masks_of_the_owner_count_for_an_fiq(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_S, P_MID);
    v5_run(m, 0, v5_el3(m, DOMAIN_S));
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    v5_set_icc(m, 0, ICC_PCR_EL1, P_MID - 1);
    assert_int_equal(lines(m), 0);
    v5_set_icc(m, 0, ICC_PCR_EL1, P_MID);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    v5_set_icc(m, 0, ICC_APR_EL1, 1u << P_MID);
    assert_int_equal(lines(m), 0);
    v5_set_icc(m, 0, ICC_APR_EL1, 1u << P_LOW);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    v5_set_icc(m, 0, ICC_CR0_EL1, v5_icc(m, 0, ICC_CR0_EL1) & ~1ull);
    assert_int_equal(lines(m), 0);
    v5_set_icc(m, 0, ICC_CR0_EL1, v5_icc(m, 0, ICC_CR0_EL1) | 1);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    /* Those of the current domain do not. */
    v5_enter(m, 0, DOMAIN_NS);
    v5_set_icc(m, 0, ICC_PCR_EL1, 0);
    v5_set_icc(m, 0, ICC_APR_EL1, 1);
    v5_set_icc(m, 0, ICC_CR0_EL1, v5_icc(m, 0, ICC_CR0_EL1) & ~1ull);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
}

static void masks_of_the_el3_domain_count_for_its_fiq(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_EL3, P_MID);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    v5_set_icc(m, 0, ICC_PCR_EL3, P_MID - 1);
    assert_int_equal(lines(m), 0);
    assert_int_equal(v5_icc(m, 0, ICC_HPPIR_EL3), 0);
    assert_int_equal(v5_cdia(m, 0), 0);
    v5_set_icc(m, 0, ICC_PCR_EL3, P_MID);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    v5_set_icc(m, 0, ICC_APR_EL3, 1u << P_MID);
    assert_int_equal(lines(m), 0);
    v5_set_icc(m, 0, ICC_APR_EL3, 1u << P_LOW);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    v5_set_icc(m, 0, ICC_CR0_EL3, 0);
    assert_int_equal(lines(m), 0);
    assert_int_equal(v5_cdia(m, 0), 0);
    v5_set_icc(m, 0, ICC_CR0_EL3, 1);
    assert_int_equal(v5_cdia(m, 0), INTID_VALID | INTID);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL3), 1u << P_LOW | 1u << P_MID);
}

#define CR0_PID (1ull << 38)
#define CR0_IPPT(n) ((uint64_t)(n) << 32)

static void pid_keeps_a_domain_from_preempting(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_S, P_MID);
    const uint64_t cr0 = v5_icc(m, 0, ICC_CR0_EL1);
    v5_set_icc(m, 0, ICC_CR0_EL1, cr0 | CR0_PID);
    assert_int_equal(lines(m), VGIC_LINE_IRQ); /* it is its own domain */
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(lines(m), 0);
    v5_run(m, 0, v5_el3(m, DOMAIN_S));
    assert_int_equal(lines(m), 0);
    v5_set_icc(m, 0, ICC_CR0_EL1, cr0);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
}

static void ippt_is_the_lowest_priority_that_does_not_preempt(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_S, P_MID);
    const uint64_t cr0 = v5_icc(m, 0, ICC_CR0_EL1) & ~CR0_IPPT(63);
    v5_run(m, 0, v5_el3(m, DOMAIN_S));
    for (unsigned ippt = 0; ippt < 64; ippt++) {
        v5_set_icc(m, 0, ICC_CR0_EL1, cr0 | CR0_IPPT(ippt));
        expect(lines(m), P_MID < ippt ? VGIC_LINE_FIQ : 0, "IPPT %u", ippt);
    }
}

static void pid_of_the_el3_domain_is_bit_32(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_EL3, P_MID);
    const uint64_t cr0 = v5_icc(m, 0, ICC_CR0_EL3);
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    v5_enter(m, 0, DOMAIN_EL3);
    v5_set_icc(m, 0, ICC_CR0_EL3, cr0 | 1ull << 32);
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(lines(m), 0);
    v5_enter(m, 0, DOMAIN_EL3);
    v5_set_icc(m, 0, ICC_CR0_EL3, cr0);
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
}

static void the_lines_follow_the_state_of_the_pe(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_NS, P_MID);
    host_forget(&m->host);
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
    v5_run(m, 0, v5_el3(m, DOMAIN_NS));
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    assert_int_equal(m->host.line_calls[0], 1);
    v5_run(m, 0, v5_el3(m, DOMAIN_S)); /* SCR_EL3 alone: still at EL3 */
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    assert_int_equal(m->host.line_calls[0], 1);
    v5_enter(m, 0, DOMAIN_S);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
    assert_int_equal(m->host.line_calls[0], 2);
    VgicCpuState el2 = v5_state(m, DOMAIN_NS);
    el2.el = 2;
    el2.el2_enabled = true;
    v5_run(m, 0, el2);
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
    assert_int_equal(m->host.line_calls[0], 2);
}

static void from_reset_a_pe_counts_as_at_el3(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_NS, P_MID);
    vgic_cpu_reset(m->gic, 0);
    v5_run(m, 0, v5_el3(m, DOMAIN_NS));
    v5_set_icc(m, 0, ICC_PCR_EL1, 31);
    v5_set_icc(m, 0, ICC_CR0_EL1, v5_icc(m, 0, ICC_CR0_EL1) | 1);
    const uint32_t at_el3 = lines(m);
    assert_int_equal(at_el3, VGIC_LINE_FIQ);
    vgic_cpu_reset(m->gic, 0);
    const VgicCpuState state = v5_el3(m, DOMAIN_NS);
    assert_int_equal(vgic_sysreg_write(m->gic, 0, &state, ICC_PCR_EL1, 31), VGIC_OK);
    assert_int_equal(vgic_sysreg_write(m->gic, 0, &state, ICC_CR0_EL1, 32ull << 32 | 1), VGIC_OK);
    assert_int_equal(lines(m), VGIC_LINE_FIQ); /* without vgic_cpu_set_state() */
}

static void domhppir_tells_which_domains_have_an_interrupt(Machine *m)
{
    static const unsigned bits[] = {1, 0, 3, 2};

    v5_start_all(m);
    for (V5Domain owner = DOMAIN_S; owner < DOMAINS; owner++) {
        if (!v5_has_domain(m, owner)) {
            continue;
        }
        v5_run(m, 0, v5_el3(m, DOMAIN_NS));
        expect(v5_icc(m, 0, ICC_DOMHPPIR_EL3), 0, "DOMHPPIR with nothing");
        pend_in(m, owner, P_MID);
        for (V5Domain logical = DOMAIN_S; logical < DOMAINS; logical++) {
            if (logical != DOMAIN_EL3 && v5_has_domain(m, logical)) {
                v5_run(m, 0, v5_el3(m, logical));
                const uint64_t mask = owner == DOMAIN_EL3 ? 15 : 7;
                expect(v5_icc(m, 0, ICC_DOMHPPIR_EL3) & mask, 1u << bits[owner],
                       "DOMHPPIR, a %s interrupt, logical %s", v5_domain_name(owner),
                       v5_domain_name(logical));
            }
        }
        withdraw(m, owner);
    }
    /* One that its domain's PCR masks is not told. */
    pend_in(m, DOMAIN_NS, P_MID);
    v5_set_icc(m, 0, ICC_PCR_EL1, P_HIGH);
    v5_run(m, 0, v5_el3(m, DOMAIN_NS));
    assert_int_equal(v5_icc(m, 0, ICC_DOMHPPIR_EL3), 0);
}

static void hppir_el1_is_the_logical_domains(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_S, P_MID);
    v5_run(m, 0, v5_el3(m, DOMAIN_S));
    assert_int_equal(v5_icc(m, 0, ICC_HPPIR_EL1), INTID_VALID | INTID);
    assert_int_equal(v5_icc(m, 0, ICC_HPPIR_EL3), 0);
    v5_run(m, 0, v5_el3(m, DOMAIN_NS));
    assert_int_equal(v5_icc(m, 0, ICC_HPPIR_EL1), 0);
    withdraw(m, DOMAIN_S);
    pend_in(m, DOMAIN_EL3, P_MID);
    assert_int_equal(v5_icc(m, 0, ICC_HPPIR_EL1), 0);
    assert_int_equal(v5_icc(m, 0, ICC_HPPIR_EL3), INTID_VALID | INTID);
}

static void cdia_and_cdeoi_at_el3_use_the_el3_domain(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_EL3, P_MID);
    assert_int_equal(v5_cdia(m, 0), INTID_VALID | INTID);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL3), 1u << P_MID);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
    v5_cdeoi(m, 0);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL3), 0);
    v5_cddi(m, 0, INTID);
    assert_false(info(m, 0, INTID).active);
}

static void active_priorities_are_each_domains_own(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_S, P_MID);
    assert_int_equal(v5_cdia(m, 0), INTID_VALID | INTID);
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
    v5_cdeoi(m, 0);
    v5_cddi(m, 0, INTID); /* not its to deactivate */
    assert_true(info(m, 0, INTID).active);
    v5_enter(m, 0, DOMAIN_S);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 1u << P_MID);
    v5_cdeoi(m, 0);
    v5_cddi(m, 0, INTID);
    assert_false(info(m, 0, INTID).active);
}

static void ppis_of_other_domains_are_raz_wi(Machine *m)
{
    const uint64_t bit = 1ull << PPI_CNTV;

    v5_start_all(m);
    v5_ppi_domain(m, 0, PPI_CNTV, DOMAIN_S);
    v5_enter(m, 0, DOMAIN_S);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    v5_set_icc(m, 0, ICC_PPI_SACTIVER0_EL1, bit);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_HMR0_EL1), bit); /* the only one that is Secure */
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_HMR0_EL1) & bit, 0);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_ENABLER0_EL1) & bit, 0);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_SPENDR0_EL1) & bit, 0);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_CPENDR0_EL1) & bit, 0);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_SACTIVER0_EL1) & bit, 0);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_CACTIVER0_EL1) & bit, 0);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_PRIORITYR3_EL1) >> 24 & 0xFF, 0);
    v5_set_icc(m, 0, ICC_PPI_ENABLER0_EL1, 0);
    v5_set_icc(m, 0, ICC_PPI_CACTIVER0_EL1, ~0ull);
    v5_set_icc(m, 0, ICC_PPI_PRIORITYR3_EL1, ~0ull);
    v5_cddi(m, 0, VGIC_V5_PPI(PPI_CNTV));
    const VgicIrqInfo i = info(m, 0, VGIC_V5_PPI(PPI_CNTV));
    assert_true(i.enabled && i.active && i.pending);
    assert_int_equal(i.priority, P_MID);
    v5_set_icc(m, 0, ICC_PPI_SPENDR0_EL1, ~0ull);
    v5_ppi_domain(m, 0, SW_PPI, DOMAIN_S);
    v5_set_icc(m, 0, ICC_PPI_CPENDR0_EL1, ~0ull);
    v5_enter(m, 0, DOMAIN_S);
    assert_true(v5_ppi_pending(m, 0, SW_PPI));
}

static void cddi_of_another_domains_ppi_is_reported(Machine *m)
{
    v5_start_all(m);
    v5_ppi_domain(m, 0, PPI_CNTV, DOMAIN_S);
    v5_cddi(m, 0, VGIC_V5_PPI(PPI_CNTV));
    one_report(m, "irq-domain", "CDDI");
}

static void el3_sees_ppis_of_the_logical_and_of_its_own_domain(Machine *m)
{
    v5_start_all(m);
    v5_ppi_domain(m, 0, PPI_CNTV, DOMAIN_S);
    v5_ppi_domain(m, 0, PPI_CNTP, DOMAIN_EL3);
    v5_run(m, 0, v5_el3(m, DOMAIN_S));
    assert_int_equal(v5_icc(m, 0, ICC_PPI_HMR0_EL1), 1ull << PPI_CNTV | 1ull << PPI_CNTP);
    v5_set_icc(m, 0, ICC_PPI_ENABLER0_EL1, ~0ull);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_ENABLER0_EL1), 1ull << PPI_CNTV | 1ull << PPI_CNTP);
    v5_run(m, 0, v5_el3(m, DOMAIN_NS));
    assert_int_equal(v5_icc(m, 0, ICC_PPI_ENABLER0_EL1), 1ull << PPI_CNTP);
    v5_enter(m, 0, DOMAIN_S);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_ENABLER0_EL1), 1ull << PPI_CNTV);
}

static void moving_a_ppi_moves_what_is_pending(Machine *m)
{
    v5_start_all(m);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
    v5_ppi_domain(m, 0, PPI_CNTV, DOMAIN_S);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    v5_ppi_domain(m, 0, PPI_CNTV, DOMAIN_NS);
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
    assert_int_equal(info(m, 0, VGIC_V5_PPI(PPI_CNTV)).group, DOMAIN_NS);
}

static void domains_of_ppis_are_each_pes_own(Machine *m)
{
    vgic_act_as_firmware(m->gic);
    v5_ppi_domain(m, 0, PPI_CNTV, DOMAIN_S);
    assert_int_equal(info(m, 0, VGIC_V5_PPI(PPI_CNTV)).group, DOMAIN_S);
    assert_int_equal(info(m, 1, VGIC_V5_PPI(PPI_CNTV)).group, DOMAIN_NS);
}

static void frames_answer_in_the_space_of_their_domain_only(Machine *m)
{
    static const char *const kinds[] = {"IRS", "ITS"};

    v5_start_all(m);
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        for (unsigned k = 0; k < 2; k++) {
            const VgicFrame *frame = v5_frame(m, kinds[k], 0, "", d);
            if (!v5_has_domain(m, d)) {
                assert_null(frame);
                continue;
            }
            assert_non_null(frame);
            for (VgicAttrs space = 0; space < 4; space++) {
                uint64_t value;
                host_forget(&m->host);
                const VgicResult result =
                    vgic_frame_read(m->gic, frame, space, IRS_IIDR, 4, &value);
                const bool mine = space == v5_space(m, d);
                expect(result, mine ? VGIC_OK : VGIC_RAZ_WI, "%s of %s in space %u", kinds[k],
                       v5_domain_name(d), (unsigned)space);
                if (!mine) {
                    expect(value, 0, "value");
                    one_report(m, "secure", kinds[k]);
                    expect(vgic_frame_write(m->gic, frame, space, IRS_CR0, 4, 0), VGIC_RAZ_WI,
                           "write");
                    one_report(m, "secure", kinds[k]);
                }
            }
            expect(v5_frame_read(m, frame, v5_space(m, d), IRS_CR0, 4) & 1, k == 0, "enable of %s",
                   kinds[k]);
        }
    }
}

static void setlpi_and_msi_of_a_domain_answer_in_its_space_only(Machine *m)
{
    v5_start_all(m);
    const VgicFrame *frame = v5_frame(m, "IRS", 0, "_SETLPI", DOMAIN_S);
    v5_enter(m, 0, DOMAIN_S);
    v5_configure(m, 0, VGIC_V5_LPI(4), P_MID, 0);
    v5_frame_write(m, frame, VGIC_NS, IRS_SETLPIR, 4, 4);
    one_report(m, "secure", "SETLPI");
    assert_int_equal(lines(m), 0);
    v5_frame_write(m, frame, VGIC_S, IRS_SETLPIR, 4, 4);
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
    const VgicFrame *translate = v5_frame(m, "ITS", 0, "_TRANSLATE", DOMAIN_S);
    host_forget(&m->host);
    v5_frame_write(m, translate, VGIC_NS, ITS_TRANSLATER, 4, 4);
    one_report(m, "secure", "ITS_TRANSLATER");
}

static void irsen_is_each_domains_own(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_S, P_MID);
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        irs_write(m, irs, DOMAIN_NS, IRS_CR0, 0);
    }
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        irs_write(m, irs, DOMAIN_S, IRS_CR0, 0);
    }
    assert_int_equal(lines(m), 0);
}

static void superpriority_of_another_domain_is_a_plain_fiq(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_S, 0);
    assert_int_equal(lines(m), VGIC_LINE_NMI);
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
}

static void superpriority_at_el3_is_for_cdnmia(Machine *m)
{
    v5_start_all(m);
    pend_in(m, DOMAIN_EL3, 0);
    VgicCpuState state = v5_el3(m, DOMAIN_NS);
    state.sctlr = SCTLR_NMI;
    v5_run(m, 0, state);
    assert_int_equal(lines(m), VGIC_LINE_FIQ);
    assert_int_equal(v5_cdia(m, 0), 0);
    assert_int_equal(v5_cdnmia(m, 0), INTID_VALID | INTID);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL3), 1);
}

static void without_el3_there_is_no_fiq_and_one_domain(Machine *m)
{
    v5_start(m);
    v5_configure(m, 0, INTID, P_MID, 0);
    v5_cdpend(m, 0, INTID, true);
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
    VgicCpuState el2 = v5_state(m, DOMAIN_NS);
    el2.el = 2;
    el2.el2_enabled = true;
    el2.scr_el3 = 0; /* ignored */
    v5_run(m, 0, el2);
    assert_int_equal(lines(m), VGIC_LINE_IRQ);
    assert_true(v5_takes(m, 0, INTID));
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_SELR, SPI);
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_DOMAINR, DOMAIN_S);
    assert_int_equal(info(m, 0, INTID).group, DOMAIN_NS);
    assert_null(vgic_frame(m->gic, "IRS_S"));
    assert_null(vgic_frame(m->gic, "IRS_EL3"));
    assert_null(vgic_frame(m->gic, "IRS_RL"));
}

static const Test tests[] = {
    TEST(spis_reset_to_the_most_privileged_domain, 0),
    TEST(ppis_reset_to_secure_with_el3, 0),
    TEST(firmware_gives_everything_to_the_non_secure_domain, 0),
    TEST(domainr_moves_an_spi_and_what_is_pending, V5_EL3),
    TEST(domainr_is_for_el3_alone, V5_EL3),
    TEST(a_domain_that_does_not_exist_takes_no_spi, V5_NO_REALM),
    TEST(firmware_can_assign_spis_before_anything_is_enabled, V5_EL3),
    TEST(an_spi_of_another_domain_cannot_be_selected_nor_resampled, V5_EL3),
    TEST(own_interrupts_are_irqs_and_others_fiqs, V5_EL3),
    TEST(ppis_of_each_domain_are_irqs_and_fiqs_too, V5_EL3),
    TEST(an_fiq_comes_before_an_irq, V5_EL3),
    TEST(masks_of_the_owner_count_for_an_fiq, V5_EL3),
    TEST(pid_keeps_a_domain_from_preempting, V5_EL3),
    TEST(ippt_is_the_lowest_priority_that_does_not_preempt, V5_EL3),
    TEST(pid_of_the_el3_domain_is_bit_32, V5_EL3),
    TEST(the_lines_follow_the_state_of_the_pe, V5_EL3),
    TEST(from_reset_a_pe_counts_as_at_el3, V5_EL3),
    TEST(domhppir_tells_which_domains_have_an_interrupt, V5_EL3),
    TEST(hppir_el1_is_the_logical_domains, V5_EL3),
    TEST(cdia_and_cdeoi_at_el3_use_the_el3_domain, V5_EL3),
    TEST(active_priorities_are_each_domains_own, V5_EL3),
    TEST(ppis_of_other_domains_are_raz_wi, V5_EL3),
    TEST(cddi_of_another_domains_ppi_is_reported, V5_EL3),
    TEST(el3_sees_ppis_of_the_logical_and_of_its_own_domain, V5_EL3),
    TEST(moving_a_ppi_moves_what_is_pending, V5_EL3),
    TEST(domains_of_ppis_are_each_pes_own, V5_EL3 | V5_SMP),
    TEST(frames_answer_in_the_space_of_their_domain_only, V5_EL3 | V5_ITS),
    TEST(setlpi_and_msi_of_a_domain_answer_in_its_space_only, V5_EL3 | V5_ITS),
    TEST(irsen_is_each_domains_own, V5_EL3),
    TEST(superpriority_of_another_domain_is_a_plain_fiq, V5_EL3 | V5_NMI),
    TEST(without_el3_there_is_no_fiq_and_one_domain, V5_NO_EL3),
    TEST(a_selection_ends_when_the_spi_leaves_the_domain, V5_EL3),
    TEST(dps_is_each_domains_own, V5_EL3 | V5_ONE_OF_N),
    TEST(firmware_moves_what_is_pending_and_active, V5_EL3),
    TEST(an_active_spi_that_moves_is_its_new_domains_to_deactivate, V5_EL3),
    TEST(odd_states_are_harmless, 0),
    TEST(superpriority_at_el3_is_for_cdnmia, V5_EL3 | V5_NMI),
    TEST(masks_of_the_el3_domain_count_for_its_fiq, V5_EL3),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "domains", tests);
}
