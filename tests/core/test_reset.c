/* SPDX-License-Identifier: BSD-2-Clause */
/* Resets: cold, warm and of one PE, and what acting as firmware does. */
#include "guest.h"
#include "suite.h"

enum {
    PPI = 20,
    SPI = 40
};

/* Changes something in every part of the GIC. */
static void disturb(Machine *m)
{
    start(m);
    for (uint32_t cpu = 0; cpu < m->config.cpus && cpu < 8; cpu++) {
        os_configure(m, cpu, PPI, EDGE);
        pend(m, cpu, PPI);
        assert_int_equal(ack(m, cpu), PPI);
        pend(m, cpu, 5);
        gicr_write(m, cpu, VGIC_S, GICR_CTLR, 1 << 24);
        gicr_write(m, cpu, VGIC_S, GICR_NSACR, 0xFFFFFFFF);
    }
    if (has(m, SPIS)) {
        os_configure(m, last_cpu(m), SPI, EDGE);
        pend(m, 0, SPI);
        bit_write(m, VGIC_S, 0, SPI, ISACTIVER);
        nsacr_write(m, 0, SPI, 3);
        gicd_write(m, VGIC_S, GICD_SETSPI_NSR, SPI + 1);
    }
}

static void expect_reset_state(Machine *m)
{
    expect(gicd_read(m, VGIC_S, GICD_CTLR), has(m, ONE_STATE) ? 0x50 : 0x30, "GICD_CTLR");
    for (uint32_t n = 1; n < 32; n++) {
        static const uint32_t registers[] = {GICD_IGROUPR(0), GICD_ISENABLER(0), GICD_ISPENDR(0),
                                             GICD_ISACTIVER(0), GICD_IGRPMODR(0)};
        for (unsigned r = 0; r < 5; r++) {
            expect(gicd_read(m, VGIC_S, registers[r] + 4 * n), 0, "GICD+0x%x",
                   registers[r] + 4 * n);
        }
    }
    for (uint32_t intid = 32; intid <= last_spi(m); intid++) {
        expect(route_read(m, VGIC_S, intid), 0, "IROUTER%u", intid);
        expect(priority_read(m, VGIC_S, 0, intid), 0, "priority of %u", intid);
        expect(trigger_read(m, VGIC_S, 0, intid), LEVEL, "trigger of %u", intid);
    }
    for (uint32_t n = 2; n < 64; n++) {
        expect(gicd_read(m, VGIC_S, GICD_NSACR(n)), 0, "GICD_NSACR%u", n);
    }
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        static const uint32_t zero[] = {GICR_IGROUPR0,   GICR_ISENABLER0,    GICR_ISPENDR0,
                                        GICR_ISACTIVER0, GICR_IPRIORITYR(5), GICR_ICFGR1,
                                        GICR_IGRPMODR0,  GICR_NSACR};
        for (unsigned r = 0; r < 8; r++) {
            expect(gicr_read(m, cpu, VGIC_S, zero[r]), 0, "PE %u, GICR+0x%x", cpu, zero[r]);
        }
        expect(gicr_read(m, cpu, VGIC_S, GICR_CTLR) & 0x87000009, 0, "PE %u, GICR_CTLR", cpu);
        expect(gicr_read(m, cpu, VGIC_S, GICR_WAKER), 6, "PE %u, GICR_WAKER", cpu);
        expect(gicr_read(m, cpu, VGIC_S, GICR_ICFGR0), 0xAAAAAAAA, "PE %u, GICR_ICFGR0", cpu);
        expect(vgic_cpu_lines(m->gic, cpu), 0, "PE %u, lines", cpu);
        expect(running_priority(m, cpu), 0xFF, "PE %u, running priority", cpu);
    }
}

static void a_new_gic_has_the_reset_values_of_the_architecture(Machine *m)
{
    expect_reset_state(m);
}

static void a_cold_reset_restores_the_reset_values(Machine *m)
{
    disturb(m);
    vgic_reset(m->gic, VGIC_RESET_COLD);
    expect_reset_state(m);
}

static void a_warm_reset_restores_the_reset_values(Machine *m)
{
    disturb(m);
    vgic_reset(m->gic, VGIC_RESET_WARM);
    expect_reset_state(m);
}

static void a_cold_reset_forgets_the_levels_of_wires(Machine *m)
{
    wire(m, 0, PPI, true);
    assert_true(info(m, 0, PPI).wire);

    vgic_reset(m->gic, VGIC_RESET_COLD);

    assert_false(info(m, 0, PPI).wire);
    assert_false(is_pending(m, 0, PPI));
    /* A source that drives it again is seen, also as an edge. */
    start(m);
    os_configure(m, 0, PPI, EDGE);
    wire(m, 0, PPI, true);
    assert_true(irq(m, 0));
}

static void a_warm_reset_keeps_the_levels_of_wires(Machine *m)
{
    wire(m, 0, PPI, true);
    if (has(m, SPIS)) {
        wire(m, 0, SPI, true);
    }

    vgic_reset(m->gic, VGIC_RESET_WARM);

    assert_true(info(m, 0, PPI).wire);
    assert_true(is_pending(m, 0, PPI));
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    assert_true(irq(m, 0));
    assert_int_equal(ack(m, 0), PPI);
    if (has(m, SPIS)) {
        os_configure(m, 0, SPI, LEVEL);
        assert_true(is_pending(m, 0, SPI));
    }
}

static void a_reset_takes_the_lines_down_and_says_so(Machine *m)
{
    for (int kind = 0; kind < 2; kind++) {
        start(m);
        os_configure(m, last_cpu(m), PPI, EDGE);
        pend(m, last_cpu(m), PPI);
        assert_true(irq(m, last_cpu(m)));
        host_forget(&m->host);

        vgic_reset(m->gic, kind ? VGIC_RESET_WARM : VGIC_RESET_COLD);

        assert_int_equal(vgic_cpu_lines(m->gic, last_cpu(m)), 0);
        assert_true(m->host.line_calls[last_cpu(m)] >= 1);
        assert_int_equal(m->host.lines[last_cpu(m)], 0);
    }
}

static void a_level_message_does_not_survive_a_reset(Machine *m)
{
    gicd_write(m, VGIC_S, GICD_SETSPI_NSR, SPI);
    assert_true(is_pending(m, 0, SPI));
    vgic_reset(m->gic, VGIC_RESET_WARM);
    assert_false(is_pending(m, 0, SPI));
}

static void the_reset_of_one_pe_resets_its_cpu_interface_only(Machine *m)
{
    start(m);
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        os_configure(m, cpu, PPI, EDGE);
        os_configure(m, cpu, 21, EDGE);
        pend(m, cpu, PPI);
        assert_int_equal(ack(m, cpu), PPI);
        pend(m, cpu, 21);
        gicr_write(m, cpu, VGIC_S, GICR_CTLR, 1 << 24);
    }

    vgic_cpu_reset(m->gic, 1);

    assert_int_equal(icc_read(m, 1, &m->top, ICC_PMR_EL1), 0);
    assert_int_equal(icc_read(m, 1, &m->os, ICC_IGRPEN1_EL1), 0);
    assert_int_equal(icc_read(m, 1, &m->os, ICC_AP1R0_EL1), 0);
    assert_int_equal(running_priority(m, 1), 0xFF);
    assert_int_equal(vgic_cpu_lines(m->gic, 1) & (VGIC_LINE_IRQ | VGIC_LINE_FIQ), 0);
    /* Its Redistributor, its interrupts and the other PE stay. */
    assert_true(is_active(m, 1, PPI));
    assert_true(is_pending(m, 1, 21));
    assert_true(bit_read(m, VGIC_S, 1, PPI, ISENABLER));
    assert_int_equal(gicr_read(m, 1, VGIC_S, GICR_WAKER), 0);
    assert_int_equal(gicr_read(m, 1, VGIC_S, GICR_CTLR) & 1 << 24, has(m, ONE_OF_N) ? 1 << 24 : 0);
    assert_int_equal(running_priority(m, 0), OS_PRIORITY);
    eoi(m, 0, PPI);
    assert_int_equal(ack(m, 0), 21);
}

static void a_pe_that_was_reset_comes_back(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);
    assert_true(irq(m, 0));

    vgic_cpu_reset(m->gic, 0);
    assert_false(irq(m, 0));

    start(m);
    assert_true(irq(m, 0));
    assert_int_equal(ack(m, 0), PPI);
}

static void after_its_reset_a_pe_counts_as_being_at_el3(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);
    assert_true(irq(m, 0));

    vgic_cpu_reset(m->gic, 0);
    icc_write(m, 0, &el3, ICC_PMR_EL1, 0xFF);
    icc_write(m, 0, &el3, ICC_IGRPEN1_EL3, 1);

    assert_false(irq(m, 0));
    assert_true(fiq(m, 0));
}

static void acting_as_firmware_gives_everything_to_the_non_secure_kernel(Machine *m)
{
    vgic_act_as_firmware(m->gic);

    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        expect(gicr_read(m, cpu, VGIC_S, GICR_WAKER), 0, "GICR_WAKER of PE %u", cpu);
        expect(gicr_read(m, cpu, VGIC_S, GICR_IGROUPR0), has(m, TWO_STATES) ? 0xFFFFFFFF : 0,
               "GICR_IGROUPR0 of PE %u", cpu);
        if (has(m, EPPIS)) {
            expect(info(m, cpu, 1056).group, has(m, TWO_STATES) ? GROUP_1NS : GROUP_0,
                   "extended PPI of PE %u", cpu);
        }
    }
    for (uint32_t intid = 32; intid <= last_spi(m); intid++) {
        expect(info(m, 0, intid).group, has(m, TWO_STATES) ? GROUP_1NS : GROUP_0, "SPI %u", intid);
    }
    if (has(m, ESPIS)) {
        expect(info(m, 0, 4096).group, has(m, TWO_STATES) ? GROUP_1NS : GROUP_0, "extended SPI");
    }
}

/* What a Linux kernel without firmware then does, all of it Non-secure. */
static void a_kernel_without_firmware_gets_its_interrupts(Machine *m)
{
    vgic_act_as_firmware(m->gic);
    vgic_cpu_set_state(m->gic, 0, &ns_el1);
    gicd_write(m, VGIC_NS, GICD_CTLR, 0x12);
    gicr_write(m, 0, VGIC_NS, GICR_IGROUPR0, 0xFFFFFFFF);
    gicr_write8(m, 0, VGIC_NS, GICR_IPRIORITYR(5), 0xA0);
    gicr_write(m, 0, VGIC_NS, GICR_ISENABLER0, 1u << PPI);
    icc_write(m, 0, &ns_el1, ICC_PMR_EL1, 0xF0);
    icc_write(m, 0, &ns_el1, ICC_IGRPEN1_EL1, 1);

    wire(m, 0, PPI, true);

    assert_true(irq(m, 0));
    assert_int_equal(iar(m, 0, &ns_el1, 1), PPI);
    wire(m, 0, PPI, false);
    eoir(m, 0, &ns_el1, 1, PPI);
    assert_false(irq(m, 0));
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(a_new_gic_has_the_reset_values_of_the_architecture, 0),
        TEST(a_cold_reset_restores_the_reset_values, 0),
        TEST(a_warm_reset_restores_the_reset_values, 0),
        TEST(a_cold_reset_forgets_the_levels_of_wires, 0),
        TEST(a_warm_reset_keeps_the_levels_of_wires, 0),
        TEST(a_reset_takes_the_lines_down_and_says_so, 0),
        TEST(a_level_message_does_not_survive_a_reset, MESSAGES | SPIS),
        TEST(the_reset_of_one_pe_resets_its_cpu_interface_only, SMP),
        TEST(a_pe_that_was_reset_comes_back, 0),
        TEST(after_its_reset_a_pe_counts_as_being_at_el3, WORLDS),
        TEST(acting_as_firmware_gives_everything_to_the_non_secure_kernel, 0),
        TEST(a_kernel_without_firmware_gets_its_interrupts, 0),
    };
    return RUN(argc, argv, "reset", tests);
}
