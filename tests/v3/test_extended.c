/* SPDX-License-Identifier: BSD-2-Clause */
/* The extended ranges of GICv3.1: PPIs 1056 to 1119 and SPIs 4096 to 5119. */
#include "guest.h"
#include "suite.h"

static void every_extended_spi_is_delivered(Machine *m)
{
    start(m);
    for (uint32_t intid = 4096; intid < 4096 + m->config.espis; intid++) {
        const uint32_t cpu = intid % m->config.cpus;
        os_configure(m, cpu, intid, EDGE);
        assert_true(vgic_spi_pulse(m->gic, intid));
        expect(ack(m, cpu), intid, "extended SPI %u", intid);
        expect(is_active(m, cpu, intid), 1, "extended SPI %u active", intid);
        eoi(m, cpu, intid);
        expect(is_active(m, cpu, intid), 0, "extended SPI %u active", intid);
    }
}

static void every_extended_ppi_is_delivered_at_every_pe(Machine *m)
{
    start(m);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        for (uint32_t intid = 1056; intid < 1056 + m->config.eppis; intid++) {
            os_configure(m, cpu, intid, EDGE);
            assert_true(vgic_ppi_pulse(m->gic, cpu, intid));
            expect(ack(m, cpu), intid, "extended PPI %u at PE %u", intid, cpu);
            eoi(m, cpu, intid);
        }
    }
}

static void extended_interrupts_use_registers_of_their_own(Machine *m)
{
    const uint32_t intid = 4096 + 37;

    bit_write(m, VGIC_S, 0, intid, ISENABLER);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_ISENABLERnE(1)), 1u << 5);
    priority_write(m, VGIC_S, 0, intid, 0x60);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_IPRIORITYRnE(9)), 0x6000);
    trigger_write(m, VGIC_S, 0, intid, EDGE);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_ICFGRnE(2)), 2u << 10);
    route_to(m, intid, 1);
    assert_true(gicd_read64(m, VGIC_S, 0x8000 + 8 * 37) == machine_affinity(m, 1));
    /* The SPI with the same place in the ordinary range is another one. */
    assert_false(bit_read(m, VGIC_S, 0, 37, ISENABLER));
    assert_int_equal(priority_read(m, VGIC_S, 0, 37), 0);
}

static void extended_ppis_use_registers_of_their_own(Machine *m)
{
    const uint32_t intid = 1056 + m->config.eppis - 1, n = m->config.eppis / 32;

    bit_write(m, VGIC_S, 1, intid, ISENABLER);
    assert_int_equal(gicr_read(m, 1, VGIC_S, GICR_ISENABLER0 + 4 * n), 1u << 31);
    priority_write(m, VGIC_S, 1, intid, 0x60);
    assert_int_equal(gicr_read(m, 1, VGIC_S, GICR_IPRIORITYR(7 + 8 * n)), 0x60000000);
    trigger_write(m, VGIC_S, 1, intid, EDGE);
    assert_int_equal(gicr_read(m, 1, VGIC_S, GICR_ICFGRnE(2 * n + 1)), 2u << 30);
    assert_int_equal(gicr_read(m, 1, VGIC_S, GICR_ISENABLER0), 0);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ISENABLER0 + 4 * n), 0);
}

static void extended_ppis_that_are_not_there_are_raz_wi(Machine *m)
{
    static const uint32_t registers[] = {0x10084, 0x10104, 0x10204, 0x10304,
                                         0x10420, 0x10C08, 0x10D04};

    for (uint32_t block = m->config.eppis / 32; block < 2; block++) {
        for (unsigned r = 0; r < 7; r++) {
            const uint32_t step = r == 4 ? 32 : r == 5 ? 8 : 4;
            const uint32_t offset = registers[r] + block * step;
            gicr_write(m, 0, VGIC_S, offset, 0xFFFFFFFF);
            expect(gicr_read(m, 0, VGIC_S, offset), 0, "GICR+0x%x", offset);
        }
    }
}

static void extended_spis_that_are_not_there_are_raz_wi(Machine *m)
{
    for (uint32_t n = m->config.espis / 32; n < 32; n++) {
        gicd_write(m, VGIC_S, GICD_ISENABLERnE(n), 0xFFFFFFFF);
        expect(gicd_read(m, VGIC_S, GICD_ISENABLERnE(n)), 0, "ISENABLER%uE", n);
        gicd_write(m, VGIC_S, GICD_IPRIORITYRnE(8 * n), 0xFFFFFFFF);
        expect(gicd_read(m, VGIC_S, GICD_IPRIORITYRnE(8 * n)), 0, "IPRIORITYR%uE", 8 * n);
        gicd_write64(m, VGIC_S, GICD_IROUTERnE(32 * n), 1);
        expect(gicd_read64(m, VGIC_S, GICD_IROUTERnE(32 * n)), 0, "IROUTER%uE", 32 * n);
    }
    assert_false(vgic_spi_set_level(m->gic, 4096 + m->config.espis, true));
    host_forget(&m->host);
}

static void extended_spis_share_one_of_n(Machine *m)
{
    start(m);
    os_configure(m, 0, 4096, LEVEL);
    route_write(m, VGIC_S, 4096, 1ull << 31);
    cpu_group(m, 0, GROUP_1NS, false);
    wire(m, 0, 4096, true);
    assert_int_equal(ack(m, 1), 4096);
}

static void an_extended_interrupt_is_deactivated_by_dir(Machine *m)
{
    start(m);
    set_eoi_mode(m, 0, true);
    const uint32_t intids[] = {1056, 4096};
    for (unsigned i = 0; i < 2; i++) {
        os_configure(m, 0, intids[i], EDGE);
        pend(m, 0, intids[i]);
        assert_int_equal(ack(m, 0), intids[i]);
        eoi(m, 0, intids[i]);
        assert_true(is_active(m, 0, intids[i]));
        dir(m, 0, &m->os, intids[i]);
        assert_false(is_active(m, 0, intids[i]));
    }
}

static void extended_groups_and_nsacr_work_as_the_ordinary_ones(Machine *m)
{
    set_group(m, 0, 4097, GROUP_1S);
    assert_int_equal(info(m, 0, 4097).group, GROUP_1S);
    bit_write(m, VGIC_NS, 0, 4097, ISPENDR);
    assert_false(is_pending(m, 0, 4097));
    nsacr_write(m, 0, 4097, 1);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_NSACRnE(0)), 1u << 2);
    bit_write(m, VGIC_NS, 0, 4097, ISPENDR);
    assert_true(is_pending(m, 0, 4097));
    gicd_write(m, VGIC_NS, GICD_SETSPI_NSR, 4097);
    nsacr_write(m, 0, 4097, 2);
    gicd_write(m, VGIC_NS, GICD_CLRSPI_NSR, 4097);
    bit_write(m, VGIC_NS, 0, 4097, ICPENDR);
    assert_false(is_pending(m, 0, 4097));
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(every_extended_spi_is_delivered, ESPIS),
        TEST(every_extended_ppi_is_delivered_at_every_pe, EPPIS),
        TEST(extended_interrupts_use_registers_of_their_own, ESPIS | SMP),
        TEST(extended_ppis_use_registers_of_their_own, EPPIS | SMP),
        TEST(extended_ppis_that_are_not_there_are_raz_wi, 0),
        TEST(extended_spis_that_are_not_there_are_raz_wi, 0),
        TEST(extended_spis_share_one_of_n, ESPIS | SMP | ONE_OF_N),
        TEST(an_extended_interrupt_is_deactivated_by_dir, ESPIS | EPPIS),
        TEST(extended_groups_and_nsacr_work_as_the_ordinary_ones, ESPIS | WORLDS),
    };
    return RUN(argc, argv, "extended ranges", tests);
}
