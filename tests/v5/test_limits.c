/* SPDX-License-Identifier: BSD-2-Clause */
/* The largest machines, the most that a guest can ask for, and values at the end of their range. */
#include "suite.h"
#include "v5.h"

#include <string.h>

enum {
    MANY_REPORTS = 100
};

static void the_largest_machine_delivers_everywhere(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 512, .spis = 1 << 20, .lpi_bits = 24, .v5 = {.irs = 64});

    (void)none;
    v5_start(m);
    for (uint32_t cpu = 0; cpu < 512; cpu += 73) {
        const uint32_t spi = (1u << 20) - 1 - cpu, lpi = 8 * cpu;
        const uint32_t other = 511 - cpu;
        v5_configure(m, cpu, VGIC_V5_SPI(spi), P_MID, other);
        assert_true(vgic_spi_pulse(m->gic, spi));
        expect(v5_takes(m, other, VGIC_V5_SPI(spi)), true, "SPI %u at PE %u", spi, other);
        v5_configure(m, cpu, VGIC_V5_LPI(lpi), P_MID, other);
        v5_cdpend(m, cpu, VGIC_V5_LPI(lpi), true);
        expect(v5_takes(m, other, VGIC_V5_LPI(lpi)), true, "LPI %u at PE %u", lpi, other);
        irs_write(m, other / 8, DOMAIN_NS, IRS_PE_SELR, other);
        expect(irs_read(m, other / 8, DOMAIN_NS, IRS_PE_STATUSR), 7, "PE %u", other);
        irs_write(m, (other / 8 + 1) % 64, DOMAIN_NS, IRS_PE_SELR, other);
        expect(irs_read(m, (other / 8 + 1) % 64, DOMAIN_NS, IRS_PE_STATUSR), IDLE, "PE %u", other);
    }
    assert_int_equal(irs_read(m, 63, DOMAIN_NS, IRS_IDR7), 63 << 14);
    assert_int_equal(irs_read(m, 63, DOMAIN_NS, IRS_IDR6), 1 << 14);
    assert_int_equal(irs_read(m, 63, DOMAIN_NS, IRS_IDR5), 1 << 20);
    assert_true(machine_is_consistent(m));
    machine_free(m);
}

static void the_largest_bridge_has_65536_wires(Machine *none)
{
    static const VgicIwbOptions bridge[] = {{.wires = 65536, .device = 1}};
    Machine *m = V5_MACHINE(.cpus = 1, .lpi_bits = 24, .its = 1, .v5 = {.iwbs = 1, .iwb = bridge});
    static const uint32_t wires[] = {0, 31, 32, 4095, 32768, 65504, 65535};

    (void)none;
    v5_start(m);
    v5_its_start(m, 0, DOMAIN_NS, 5);
    v5_device(m, 0, DOMAIN_NS, 1, 16, ITT_AT(1));
    assert_int_equal(iwb_read(m, 0, VGIC_NS, IWB_IDR0) & 0x7FF, 0x7FF);
    for (uint32_t i = 0; i < 7; i++) {
        const uint32_t wire = wires[i];
        v5_event(m, 0, DOMAIN_NS, 1, wire, ITT_AT(1), i);
        v5_configure(m, 0, VGIC_V5_LPI(i), P_MID, 0);
        iwb_write(m, 0, VGIC_NS, IWB_WENABLER(wire / 32), 1u << wire % 32);
        assert_true(vgic_iwb_set_level(m->gic, vgic_frame(m->gic, "IWB"), wire, true));
        expect(v5_takes(m, 0, VGIC_V5_LPI(i)), true, "wire %u", wire);
        expect(iwb_read(m, 0, VGIC_NS, IWB_WDOMAINR(wire / 16)), 0x55555555, "WDOMAINR");
    }
    assert_true(machine_is_consistent(m));
    machine_free(m);
}

static void a_gicv5_without_spis_and_lpis_has_ppis(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 2);

    (void)none;
    v5_start(m);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IDR5), 0);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IDR6), 0);
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_SELR, 0);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_SPI_STATUSR), IDLE);
    assert_int_equal(v5_cdrcfg(m, 0, VGIC_V5_SPI(0)), ICSR_F);
    assert_false(vgic_spi_set_level(m->gic, 0, true));
    v5_configure_ppi(m, 1, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 1, PPI_CNTV, true);
    assert_true(v5_takes_active(m, 1, VGIC_V5_PPI(PPI_CNTV)));
    machine_free(m);
}

/* EL3, but no Secure domain: software of the others has what firmware gives it. */
static void a_gicv5_can_be_without_a_secure_domain(Machine *none)
{
    static const VgicIwbOptions bridge[] = {{.wires = 32}};

    (void)none;
    for (uint32_t domains = 6; domains <= 14; domains += 8) {
        Machine *m = V5_MACHINE(.cpus = 1, .spis = 32, .el3 = true, .lpi_bits = 14, .its = 1,
                                .v5 = {.domains = domains, .iwbs = 1, .iwb = bridge});
        assert_null(vgic_frame(m->gic, "IRS_S"));
        assert_non_null(vgic_frame(m->gic, "IRS_EL3"));
        assert_int_equal(vgic_frame(m->gic, "IRS_RL") != NULL, domains == 14);
        v5_spi_domain(m, 3, DOMAIN_S);
        assert_int_equal(info(m, 0, VGIC_V5_SPI(3)).group, DOMAIN_EL3);
        v5_start(m);
        v5_configure(m, 0, VGIC_V5_SPI(3), P_MID, 0);
        v5_cdpend(m, 0, VGIC_V5_SPI(3), true);
        assert_true(v5_takes(m, 0, VGIC_V5_SPI(3)));
        v5_enter(m, 0, DOMAIN_S); /* its instructions find nothing */
        v5_cden(m, 0, VGIC_V5_SPI(3));
        v5_cden(m, 0, VGIC_V5_LPI(3));
        assert_int_equal(v5_cdrcfg(m, 0, VGIC_V5_LPI(3)), ICSR_F);
        assert_int_equal(v5_cdia(m, 0), 0);
        machine_free(m);
    }
}

/* What a guest gets for making a table valid that is nowhere, or that has everything pending, is
 * bounded in reports and in time. */
static void check_scan(Machine *m, uint64_t base, uint32_t cfgr, const char *name)
{
    host_forget(&m->host);
    v5_ist(m, DOMAIN_NS, base, cfgr);
    expect(m->host.report_count <= MANY_REPORTS, true, "%u reports: %s", m->host.report_count,
           name);
    expect(m->host.ram.longest <= 65536, true, "%zu bytes in one access: %s", m->host.ram.longest,
           name);
    host_forget(&m->host);
    v5_ist_off(m, DOMAIN_NS);
    expect(m->host.report_count <= MANY_REPORTS, true, "%u reports at its end: %s",
           m->host.report_count, name);
    expect(m->host.ram.writes <= 2048, true, "%u writes: %s", (unsigned)m->host.ram.writes, name);
}

static void tables_of_2_to_the_24_entries_are_bounded(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1, .lpi_bits = 24, .lpi_limit = 1024);

    (void)none;
    v5_start(m);
    v5_ist_off(m, DOMAIN_NS);
    check_scan(m, 0x1000, 24, "linear, nowhere");
    check_scan(m, RAM_END - 0x100000, 24 | 2u << 7, "linear, at the end of memory");
    check_scan(m, 0x00FFFFFFFFFFFFC0, 24 | 2u << 7, "linear, at the end of the address space");
    check_scan(m, IST_AT(DOMAIN_NS), 24, "linear, empty");
    for (uint32_t i = 0; i < 1024; i++) {
        v5_put_iste(m, L2_IST_AT(0) + 4 * i, ISTE_PENDING | ISTE_ENABLE | ISTE_IAFFID(0));
    }
    for (uint32_t i = 0; i < 16384; i++) {
        ram_put64(&m->host.ram, IST_AT(DOMAIN_NS) + 8 * i, L2_IST_AT(0) | IST_VALID);
    }
    check_scan(m, IST_AT(DOMAIN_NS), 24 | IST_TWO_LEVEL, "all of them pending");
    for (uint32_t i = 0; i < 16384; i++) {
        ram_put64(&m->host.ram, IST_AT(DOMAIN_NS) + 8 * i, 0x00FFFFFFFFFFF000 | IST_VALID);
    }
    check_scan(m, IST_AT(DOMAIN_NS), 24 | IST_TWO_LEVEL, "L2 tables nowhere");
    for (uint32_t i = 0; i < 16384; i++) {
        ram_put64(&m->host.ram, IST_AT(DOMAIN_NS) + 8 * i, IST_AT(DOMAIN_NS) | IST_VALID);
    }
    check_scan(m, IST_AT(DOMAIN_NS), 24 | IST_TWO_LEVEL, "L2 tables in the L1 table");
    machine_free(m);
}

static void the_limit_is_for_all_domains_together(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1, .lpi_bits = 14, .lpi_limit = 2048, .el3 = true);

    (void)none;
    v5_start_all(m);
    v5_enter(m, 0, DOMAIN_S);
    v5_cden(m, 0, VGIC_V5_LPI(0));
    v5_enter(m, 0, DOMAIN_NS);
    v5_cden(m, 0, VGIC_V5_LPI(0));
    no_report(m, "two chunks");
    v5_enter(m, 0, DOMAIN_EL3);
    v5_cden(m, 0, VGIC_V5_LPI(0));
    one_report(m, "lpi-limit", "a third one");
    /* What one domain gives back another may have. */
    v5_ist_off(m, DOMAIN_S);
    v5_cden(m, 0, VGIC_V5_LPI(0));
    no_report(m, "after the Secure IST went away");
    assert_true(info(m, 0, VGIC_V5_LPI_OF(VGIC_ROOT, 0)).enabled);
    machine_free(m);
}

static void pending_entries_beyond_the_limit_are_reported(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1, .lpi_bits = 14, .lpi_limit = 1024);
    const uint32_t pending = 1 | 1 << 3 | 0x10u << 11; /* enabled, priority 16 */

    (void)none;
    v5_start_without_ist(m);
    for (uint32_t id = 0; id < 4096; id += 1024) {
        ram_write(&m->host.ram, IST_AT(DOMAIN_NS) + 4 * id, &pending, sizeof(pending));
    }
    host_forget(&m->host);
    v5_ist(m, DOMAIN_NS, IST_AT(DOMAIN_NS), IST_CFGR(14, 0, 0));
    one_report(m, "lpi-limit", "the second chunk");
    assert_true(info(m, 0, VGIC_V5_LPI(0)).pending);
    machine_free(m);
}

static void operands_at_the_ends_of_their_ranges_are_harmless(Machine *m)
{
    static const uint32_t instructions[] = {GIC_CDDIS,  GIC_CDEN,   GIC_CDPRI, GIC_CDAFF,
                                            GIC_CDPEND, GIC_CDRCFG, GIC_CDDI,  GIC_CDHM,
                                            GIC_CDEOI,  GSB_SYS,    GSB_ACK};
    static const uint64_t ids[] = {0,      1,      0x3F,    0x40,     0x7F,     0x80,    0x3FFF,
                                   0x4000, 0xFFFF, 0x10000, 0x7FFFFF, 0x800000, 0xFFFFFF};

    v5_start(m);
    for (unsigned i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++) {
        for (unsigned id = 0; id < sizeof(ids) / sizeof(ids[0]); id++) {
            for (uint64_t type = 0; type < 8; type++) {
                v5_gic(m, 0, instructions[i], ids[id] | type << 29);
                v5_gic(m, 0, instructions[i], ~0xE0FFFFFFull | ids[id] | type << 29);
            }
        }
    }
    /* Everything can be taken that this made pending. */
    for (unsigned i = 0; i < 100000 && v5_hppir(m, 0); i++) {
        const uint64_t got = v5_cdia(m, 0);
        v5_cdeoi(m, 0);
        v5_cdhm(m, 0, (uint32_t)got, false);
        v5_cdpend(m, 0, (uint32_t)got, false);
        v5_cddi(m, 0, (uint32_t)got);
    }
    assert_true(v5_takes(m, 0, 0));
}

static void registers_take_any_value_in_any_frame(Machine *m)
{
    static const uint64_t values[] = {
        0, ~0ull, 0x5555555555555555, 0xAAAAAAAAAAAAAAAA, 0x8000000080000000, 0x1};

    v5_start_all(m);
    for (uint32_t f = 0; vgic_frame_at(m->gic, f); f++) {
        const VgicFrame *frame = vgic_frame_at(m->gic, f);
        for (unsigned v = 0; v < 6; v++) {
            for (VgicAttrs space = 0; space < 4; space++) {
                for (uint32_t i = 0; vgic_frame_register(frame, i); i++) {
                    const VgicRegister *r = vgic_frame_register(frame, i);
                    const uint32_t last = r->offset + (r->count - 1) * r->stride;
                    uint64_t value;
                    vgic_frame_write(m->gic, frame, space, r->offset, r->width / 8, values[v]);
                    vgic_frame_write(m->gic, frame, space, last, r->width / 8, values[v]);
                    vgic_frame_read(m->gic, frame, space, last, r->width / 8, &value);
                }
            }
        }
    }
    for (uint32_t i = 0; vgic_sysreg_at(m->gic, i); i++) {
        for (unsigned v = 0; v < 6; v++) {
            uint64_t value;
            v5_try_write(m, 0, vgic_sysreg_at(m->gic, i)->encoding, values[v]);
            v5_try_read(m, 0, vgic_sysreg_at(m->gic, i)->encoding, &value);
        }
    }
    vgic_reset(m->gic, VGIC_RESET_COLD);
    ram_clear(&m->host.ram);
    v5_start(m);
    v5_configure(m, 0, VGIC_V5_SPI(3), P_MID, 0);
    v5_cdpend(m, 0, VGIC_V5_SPI(3), true);
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(3)));
}

static void its_tables_at_the_ends_of_their_ranges_are_harmless(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1, .lpi_bits = 24, .its = 1,
                            .its_options = {.device_bits = 32, .event_bits = 31});
    static const uint32_t ids[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    static const uint64_t dtes[] = {~0ull, ~0ull & ~(1ull << 58), 1 | 31ull << 59,
                                    1 | 31ull << 59 | 1ull << 58 | 0x00FFFFFFFFFFFFF8,
                                    0x1001 | 1ull << 58};

    (void)none;
    v5_start(m);
    for (unsigned bits = 0; bits < 64; bits += 9) {
        for (unsigned structure = 0; structure < 2; structure++) {
            its5_write(m, 0, DOMAIN_NS, ITS_CR0, 0);
            its5_write(m, 0, DOMAIN_NS, ITS_DT_CFGR, bits | structure << 16 | (bits & 3) << 6);
            its5_write64(m, 0, DOMAIN_NS, ITS_DT_BASER, bits & 1 ? DT_AT(1) : ~0ull);
            its5_write(m, 0, DOMAIN_NS, ITS_CR0, 1);
            for (unsigned e = 0; e < 5; e++) {
                for (unsigned i = 0; i < 25; i++) {
                    ram_put64(&m->host.ram, DT_AT(1) + 8ull * ids[i / 5], dtes[e]);
                    v5_inv_device(m, 0, DOMAIN_NS, ids[i / 5]);
                    v5_msi(m, 0, DOMAIN_NS, ids[i / 5], ids[i % 5]);
                    v5_read_event(m, 0, DOMAIN_NS, ids[i / 5], ids[i % 5]);
                }
            }
        }
    }
    /* The last device and the last event. */
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, 0);
    its5_write(m, 0, DOMAIN_NS, ITS_DT_CFGR, 32);
    its5_write64(m, 0, DOMAIN_NS, ITS_DT_BASER, 0x200000000000);
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, 1);
    ram_put64(&m->host.ram, 0x200000000000 + 8ull * UINT32_MAX, 0x300000000000 | 31ull << 59 | 1);
    ram_put64(&m->host.ram, 0x300000000000 + 8ull * INT32_MAX, 1ull << 31 | 7);
    v5_configure(m, 0, VGIC_V5_LPI(7), P_MID, 0);
    host_forget(&m->host);
    v5_msi(m, 0, DOMAIN_NS, UINT32_MAX, INT32_MAX);
    no_report(m, "the last event");
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(7)));
    assert_int_equal(its5_read(m, 0, DOMAIN_NS, ITS_IDR1) & 0x3F, 32);
    assert_int_equal(its5_read(m, 0, DOMAIN_NS, ITS_IDR2) & 0x1F, 31);
    machine_free(m);
}

static void lpis_of_all_domains_are_listed_once_and_in_order(Machine *m)
{
    uint32_t last = 0, count = 0, want = 0;
    static const uint32_t ids[] = {0, 5, 1023, 1024, 5000};

    v5_start_all(m);
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        if (v5_has_domain(m, d)) {
            v5_enter(m, 0, d);
            for (unsigned i = 0; i < 5; i++) {
                v5_configure(m, 0, VGIC_V5_LPI(ids[i]), P_MID, 0);
                want++;
            }
        }
    }
    for (uint32_t id = vgic_lpi_next(m->gic, 0); id != UINT32_MAX;
         id = vgic_lpi_next(m->gic, id + 1)) {
        assert_true(id > last);
        assert_int_equal(id >> 29, 2);
        last = id;
        count += info(m, 0, id).enabled;
        assert_int_equal(info(m, 0, id).group, (id >> 24 & 3) ^ 1);
    }
    assert_int_equal(count, want);
}

static const Test tests[] = {
    TEST_ALONE(the_largest_machine_delivers_everywhere),
    TEST_ALONE(the_largest_bridge_has_65536_wires),
    TEST_ALONE(tables_of_2_to_the_24_entries_are_bounded),
    TEST_ALONE(the_limit_is_for_all_domains_together),
    TEST_ALONE(pending_entries_beyond_the_limit_are_reported),
    TEST(operands_at_the_ends_of_their_ranges_are_harmless, 0),
    TEST(registers_take_any_value_in_any_frame, 0),
    TEST_ALONE(its_tables_at_the_ends_of_their_ranges_are_harmless),
    TEST(lpis_of_all_domains_are_listed_once_and_in_order, V5_LPIS),
    TEST_ALONE(a_gicv5_without_spis_and_lpis_has_ppis),
    TEST_ALONE(a_gicv5_can_be_without_a_secure_domain),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "limits", tests);
}
