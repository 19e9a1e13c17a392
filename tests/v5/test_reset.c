/* SPDX-License-Identifier: BSD-2-Clause */
/* Cold and warm resets, and that of one PE. */
#include "suite.h"
#include "v5.h"

enum {
    SPI = 5
};
#define INTID VGIC_V5_SPI(SPI)

/* Something everywhere: registers, an SPI, a PPI and an LPI pending. */
static void make_busy(Machine *m)
{
    v5_start(m);
    v5_configure(m, 0, INTID, P_MID, 0);
    v5_spi_trigger(m, DOMAIN_NS, SPI, LEVEL);
    v5_spi_wire(m, SPI, true);
    v5_configure_ppi(m, 0, PPI_CNTV, P_LOW);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    if (has(m, V5_LPIS)) {
        v5_configure(m, 0, VGIC_V5_LPI(5), P_HIGH, 0);
        v5_cdpend(m, 0, VGIC_V5_LPI(5), true);
        assert_true(v5_takes_active(m, 0, VGIC_V5_LPI(5)));
    }
    assert_int_equal(v5_cdia(m, 0), INTID_VALID | INTID);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 1u << P_MID);
    irs_write(m, 0, DOMAIN_NS, IRS_CR1, 0xFFFF);
}

static void check_reset(Machine *m, bool wires)
{
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        expect(vgic_cpu_lines(m->gic, cpu), 0, "lines of PE %u", cpu);
        v5_enter(m, cpu, DOMAIN_NS);
        expect(v5_icc(m, cpu, ICC_APR_EL1), 0, "APR of PE %u", cpu);
        expect(v5_icc(m, cpu, ICC_PCR_EL1), 0, "PCR of PE %u", cpu);
        expect(v5_icc(m, cpu, ICC_CR0_EL1) & 1, 0, "CR0.EN of PE %u", cpu);
        expect(v5_icc(m, cpu, ICC_ICSR_EL1), 0, "ICSR of PE %u", cpu);
    }
    expect(irs_read(m, 0, DOMAIN_NS, IRS_CR0), CR0_IDLE, "IRS_CR0");
    expect(irs_read(m, 0, DOMAIN_NS, IRS_CR1), 0, "IRS_CR1");
    expect(irs_read64(m, 0, DOMAIN_NS, IRS_IST_BASER), 0, "IRS_IST_BASER");
    const VgicIrqInfo spi = info(m, 0, INTID);
    expect(spi.enabled || spi.pending || spi.active || spi.level, 0, "SPI");
    expect(spi.priority, 0, "priority of the SPI");
    expect(spi.wire, wires, "wire of the SPI");
    const VgicIrqInfo ppi = info(m, 0, VGIC_V5_PPI(PPI_CNTV));
    expect(ppi.enabled || ppi.active, 0, "PPI");
    expect(ppi.priority, 0, "priority of the PPI");
    expect(ppi.wire, wires, "wire of the PPI");
    expect(ppi.pending, wires, "pending of the PPI");
    expect(vgic_lpi_next(m->gic, 0), UINT32_MAX, "LPIs");
}

static void a_cold_reset_forgets_wires_too(Machine *m)
{
    make_busy(m);
    vgic_reset(m->gic, VGIC_RESET_COLD);
    check_reset(m, false);
}

static void a_warm_reset_keeps_the_levels_of_wires(Machine *m)
{
    make_busy(m);
    vgic_reset(m->gic, VGIC_RESET_WARM);
    check_reset(m, true);
    /* The PPI is pending by its wire; the SPI waits for an event. */
    v5_start(m);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    assert_true(v5_takes_active(m, 0, VGIC_V5_PPI(PPI_CNTV)));
    v5_configure(m, 0, INTID, P_MID, 0);
    assert_true(v5_takes(m, 0, 0));
    v5_spi_trigger(m, DOMAIN_NS, SPI, LEVEL); /* edge after reset, and the wire is high */
    assert_true(v5_takes(m, 0, INTID));
}

static void everything_works_after_a_reset(Machine *m)
{
    for (unsigned i = 0; i < 3; i++) {
        make_busy(m);
        vgic_reset(m->gic, i % 2 ? VGIC_RESET_WARM : VGIC_RESET_COLD);
        v5_spi_wire(m, SPI, false);
        v5_ppi_wire(m, 0, PPI_CNTV, false);
        ram_clear(&m->host.ram);
    }
    make_busy(m);
}

static void resetting_a_pe_leaves_the_irs_alone(Machine *m)
{
    make_busy(m);
    v5_ppi_wire(m, 0, PPI_CNTV, false);
    vgic_cpu_reset(m->gic, 0);
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
    assert_int_equal(v5_icc(m, 0, ICC_PCR_EL1), 0);
    assert_int_equal(v5_icc(m, 0, ICC_CR0_EL1) & 1, 0);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_ENABLER0_EL1), 0);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_SACTIVER0_EL1), 0);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_SPENDR0_EL1), 0);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_CR0), CR0_EN | CR0_IDLE);
    const VgicIrqInfo spi = info(m, 0, INTID);
    assert_true(spi.enabled && spi.active && spi.pending);
    assert_int_equal(spi.priority, P_MID);
    if (has(m, V5_LPIS)) {
        assert_true(info(m, 0, VGIC_V5_LPI(5)).active);
        assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_IST_BASER) & 1, 1);
    }
    /* The SPI can be deactivated and is there again. */
    vgic_act_as_firmware(m->gic);
    v5_set_icc(m, 0, ICC_PCR_EL1, 31);
    v5_set_icc(m, 0, ICC_CR0_EL1, v5_icc(m, 0, ICC_CR0_EL1) | 1);
    v5_cddi(m, 0, INTID);
    assert_true(v5_takes(m, 0, INTID));
}

static void resetting_a_pe_leaves_other_pes_alone(Machine *m)
{
    v5_start(m);
    v5_configure_ppi(m, 1, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 1, PPI_CNTV, true);
    assert_true(irq(m, 1));
    vgic_cpu_reset(m->gic, 0);
    assert_true(irq(m, 1));
    assert_int_equal(v5_icc(m, 1, ICC_PCR_EL1), 31);
    assert_true(v5_takes_active(m, 1, VGIC_V5_PPI(PPI_CNTV)));
}

static void resetting_a_pe_that_does_not_exist_is_the_hosts_mistake(Machine *m)
{
    vgic_cpu_reset(m->gic, m->config.cpus);
    assert_int_equal(m->host.error_count, 1);
    assert_string_equal(host_last_error(&m->host)->function, "vgic_cpu_reset");
    const VgicCpuState state = v5_state(m, DOMAIN_NS);
    vgic_cpu_set_state(m->gic, m->config.cpus, &state);
    assert_int_equal(m->host.error_count, 2);
    host_forget(&m->host);
}

static const Test tests[] = {
    TEST(a_cold_reset_forgets_wires_too, 0),
    TEST(a_warm_reset_keeps_the_levels_of_wires, 0),
    TEST(everything_works_after_a_reset, 0),
    TEST(resetting_a_pe_leaves_the_irs_alone, 0),
    TEST(resetting_a_pe_leaves_other_pes_alone, V5_SMP),
    TEST(resetting_a_pe_that_does_not_exist_is_the_hosts_mistake, 0),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "reset", tests);
}
