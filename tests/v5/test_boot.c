/* SPDX-License-Identifier: BSD-2-Clause */
/* What operating systems and firmware do from the start, in their order and with their values. */
#include "suite.h"
#include "v5.h"

enum {
    CPUS = 4,
    IPIS = 8
};
#define LPI(id) VGIC_V5_LPI(id)

static void bring_up(Machine *m, uint32_t cpu)
{
    v5_enter(m, cpu, DOMAIN_NS);
    assert_int_equal(v5_icc(m, cpu, ICC_IDR0_EL1), 0x41);
    v5_set_icc(m, cpu, ICC_PPI_ENABLER0_EL1, 0);
    v5_set_icc(m, cpu, ICC_PPI_ENABLER1_EL1, 0);
    for (unsigned i = 0; i < 8; i++) {
        v5_set_icc(m, cpu, ICC_PPI_PRIORITYR0_EL1 + i, 0x1F1F1F1F1F1F1F1F);
        v5_set_icc(m, cpu, ICC_PPI_PRIORITYR8_EL1 + i, 0x1F1F1F1F1F1F1F1F);
    }
    v5_set_icc(m, cpu, ICC_PCR_EL1, 0x1F);
    v5_set_icc(m, cpu, ICC_CR0_EL1, v5_icc(m, cpu, ICC_CR0_EL1) | 1);
    irs_write(m, 0, DOMAIN_NS, IRS_PE_SELR, (uint32_t)v5_icc(m, cpu, ICC_IAFFIDR_EL1));
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_PE_STATUSR), 7);
    irs_write(m, 0, DOMAIN_NS, IRS_PE_CR0, 1);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_PE_STATUSR) & IDLE, IDLE);
}

static void map_ipis(Machine *m)
{
    v5_map_l2(m, DOMAIN_NS, IST_AT(DOMAIN_NS), 0, L2_IST_AT(0), 0);
    assert_int_equal(ram_get64(&m->host.ram, IST_AT(DOMAIN_NS)) & 1, 1);
    for (uint32_t id = 0; id < CPUS * IPIS; id++) {
        v5_cdpri(m, 0, LPI(id), 31);
        v5_cdhm(m, 0, LPI(id), false);
        v5_cdpend(m, 0, LPI(id), false);
    }
    for (uint32_t ipi = 0; ipi < IPIS; ipi++) {
        for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
            v5_cdaff(m, 0, LPI(IPIS * cpu + ipi), v5_iaffid(m, cpu));
        }
    }
}

static Machine *boot(bool with_el3)
{
    Machine *m = V5_MACHINE(.cpus = CPUS, .spis = 256, .lpi_bits = 24, .its = 1, .el3 = with_el3);

    vgic_act_as_firmware(m->gic);
    irs_write(m, 0, DOMAIN_NS, IRS_CR1, 0xF5D7);
    irs_write(m, 0, DOMAIN_NS, IRS_CR0, 1);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_CR0), 3);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IDR2) >> 5 & 1, 1);
    bring_up(m, 0);
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_IST_BASER) & 1, 0);
    v5_ist(m, DOMAIN_NS, IST_AT(DOMAIN_NS), 0x10018);
    map_ipis(m);
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        if (cpu) {
            bring_up(m, cpu);
        }
        for (uint32_t ipi = 0; ipi < IPIS; ipi++) {
            v5_cden(m, cpu, LPI(IPIS * cpu + ipi));
        }
    }
    no_report(m, "the boot of a kernel");
    return m;
}

/* As a kernel's exception handler takes an interrupt. */
static uint64_t handle(Machine *m, uint32_t cpu)
{
    const uint64_t got = v5_cdia(m, cpu);

    if (got & INTID_VALID) {
        v5_gic(m, cpu, GSB_ACK, 0);
        v5_cdeoi(m, cpu);
    }
    return got;
}

static void a_kernel_boots_and_sends_ipis(Machine *none)
{
    (void)none;
    for (unsigned with_el3 = 0; with_el3 < 2; with_el3++) {
        Machine *m = boot(with_el3);
        for (uint32_t from = 0; from < CPUS; from++) {
            for (uint32_t to = 0; to < CPUS; to++) {
                v5_cdpend(m, from, LPI(IPIS * to + 1), true);
                assert_true(irq(m, to));
                assert_int_equal(handle(m, to), INTID_VALID | LPI(IPIS * to + 1));
                assert_false(irq(m, to));
                v5_cddi(m, to, LPI(IPIS * to + 1));
            }
        }
        no_report(m, "IPIs");
        machine_free(m);
    }
}

static void its_timer_ticks(Machine *none)
{
    Machine *m = boot(false);

    (void)none;
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        v5_set_icc(m, cpu, ICC_PPI_ENABLER0_EL1,
                   v5_icc(m, cpu, ICC_PPI_ENABLER0_EL1) | 1ull << PPI_CNTV);
        for (unsigned i = 0; i < 5; i++) {
            v5_ppi_wire(m, cpu, PPI_CNTV, true);
            assert_true(irq(m, cpu));
            assert_int_equal(handle(m, cpu), INTID_VALID | VGIC_V5_PPI(PPI_CNTV));
            v5_ppi_wire(m, cpu, PPI_CNTV, false);
            v5_cddi(m, cpu, VGIC_V5_PPI(PPI_CNTV));
            assert_false(irq(m, cpu));
        }
    }
    no_report(m, "ticks");
    machine_free(m);
}

static void its_devices_interrupt(Machine *none)
{
    Machine *m = boot(true);
    const uint32_t intid = VGIC_V5_SPI(33);

    (void)none;
    v5_cdpri(m, 0, intid, 31);
    v5_spi_trigger(m, DOMAIN_NS, 33, LEVEL);
    v5_cdaff(m, 0, intid, 2);
    v5_cden(m, 0, intid);
    v5_spi_wire(m, 33, true);
    assert_int_equal(handle(m, 2), INTID_VALID | intid);
    v5_cddis(m, 2, intid); /* masked: a threaded handler */
    v5_gic(m, 2, GSB_SYS, 0);
    v5_cddi(m, 2, intid);
    assert_false(irq(m, 2));
    v5_spi_wire(m, 33, false);
    v5_cden(m, 0, intid);
    assert_false(irq(m, 2));
    no_report(m, "a device");
    machine_free(m);
}

/* A PCI function with 5 vectors. */
static void its_msis_arrive(Machine *none)
{
    Machine *m = boot(false);
    const uint32_t device = 0x0308, first = 64;

    (void)none;
    its5_write(m, 0, DOMAIN_NS, ITS_CR1, 0xD7);
    its5_write(m, 0, DOMAIN_NS, ITS_DT_CFGR, 16 | 1u << 16);
    its5_write64(m, 0, DOMAIN_NS, ITS_DT_BASER, DT_AT(1));
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, 1);
    assert_int_equal(its5_read(m, 0, DOMAIN_NS, ITS_CR0), 3);
    for (unsigned i = 0; i < 128; i++) {
        ram_put64(&m->host.ram, DT_AT(1) + 8 * i, 9ull << 60); /* SPAN, not valid */
    }
    ram_put64(&m->host.ram, DT_AT(1) + 8, L2_DT_AT(1) | 9ull << 60 | 1);
    ram_put64(&m->host.ram, L2_DT_AT(1) + 0x840, ITT_AT(1) | 3ull << 59 | 1);
    its5_write64(m, 0, DOMAIN_NS, ITS_DIDR, device);
    its5_write(m, 0, DOMAIN_NS, ITS_INV_DEVICER, 1u << 31 | 3u << 1);
    assert_int_equal(its5_read(m, 0, DOMAIN_NS, ITS_STATUSR), IDLE);
    for (uint32_t i = 0; i < 5; i++) {
        v5_cdpri(m, 0, LPI(first + i), 31);
        v5_cdhm(m, 0, LPI(first + i), false);
        v5_cdpend(m, 0, LPI(first + i), false);
        v5_event(m, 0, DOMAIN_NS, device, i, ITT_AT(1), first + i);
        v5_cdaff(m, 0, LPI(first + i), i % CPUS);
        v5_cden(m, 0, LPI(first + i));
    }
    for (uint32_t i = 0; i < 5; i++) {
        v5_msi(m, 0, DOMAIN_NS, device, i);
        assert_true(irq(m, i % CPUS));
        assert_int_equal(handle(m, i % CPUS), INTID_VALID | LPI(first + i));
        v5_cddi(m, i % CPUS, LPI(first + i));
    }
    its5_write64(m, 0, DOMAIN_NS, ITS_SYNCR, 1ull << 63 | device);
    irs_write(m, 0, DOMAIN_NS, IRS_SYNCR, 1u << 31);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_SYNC_STATUSR), IDLE);
    no_report(m, "MSIs");
    machine_free(m);
}

/* As Trusted Firmware-A does at EL3, before any IRS is enabled. */
static void firmware_at_el3_gives_a_kernel_its_interrupts(Machine *none)
{
    static const VgicIwbOptions bridge[] = {{.wires = 64, .starts_disabled = true}};
    Machine *m = V5_MACHINE(.cpus = 1, .spis = 48, .lpi_bits = 14, .its = 1, .el3 = true,
                            .v5 = {.iwbs = 1, .iwb = bridge});

    (void)none;
    assert_int_equal(iwb_read(m, 0, VGIC_S, IWB_AIDR), 0x200);
    for (unsigned n = 0; n < 2; n++) {
        iwb_write(m, 0, VGIC_S, IWB_WENABLER(n), 0);
    }
    for (unsigned n = 0; n < 4; n++) {
        iwb_write(m, 0, VGIC_S, IWB_WDOMAINR(n), 0x55555555);
    }
    iwb_write(m, 0, VGIC_S, IWB_CR0, 1);
    assert_int_equal(iwb_read(m, 0, VGIC_S, IWB_CR0), 3);
    const uint32_t first = irs_read(m, 0, DOMAIN_EL3, IRS_IDR7);
    const uint32_t count = irs_read(m, 0, DOMAIN_EL3, IRS_IDR6);
    assert_int_equal(count, 48);
    for (uint32_t spi = first; spi < first + count; spi++) {
        irs_write(m, 0, DOMAIN_EL3, IRS_SPI_SELR, spi);
        assert_int_equal(irs_read(m, 0, DOMAIN_EL3, IRS_SPI_STATUSR) & IDLE, IDLE);
        irs_write(m, 0, DOMAIN_EL3, IRS_SPI_DOMAINR, DOMAIN_NS);
    }
    v5_run(m, 0, v5_el3(m, DOMAIN_NS));
    v5_set_icc(m, 0, ICC_PPI_DOMAINR0_EL3,
               1ull << 46 | 1ull << 50 | 1ull << 52 | 1ull << 54 | 1ull << 58 | 1ull << 60);
    v5_start_domain(m, DOMAIN_NS);
    v5_set_icc(m, 0, ICC_PPI_ENABLER0_EL1, ~0ull);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_ENABLER0_EL1),
                     1u << 23 | 1u << 25 | 1u << 26 | 1u << 27 | 1u << 29 | 1u << 30);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    assert_true(v5_takes_active(m, 0, VGIC_V5_PPI(PPI_CNTV)));
    v5_configure(m, 0, VGIC_V5_SPI(47), P_MID, 0);
    v5_spi_wire(m, 47, true);
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(47)));
    no_report(m, "firmware and kernel");
    machine_free(m);
}

static const Test tests[] = {
    TEST_ALONE(a_kernel_boots_and_sends_ipis),
    TEST_ALONE(its_timer_ticks),
    TEST_ALONE(its_devices_interrupt),
    TEST_ALONE(its_msis_arrive),
    TEST_ALONE(firmware_at_el3_gives_a_kernel_its_interrupts),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "boot", tests);
}
