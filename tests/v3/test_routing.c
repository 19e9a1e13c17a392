/* SPDX-License-Identifier: BSD-2-Clause */
/* Routing of SPIs: IROUTER, 1-of-N, and what takes a PE out of the distribution. */
#include "guest.h"
#include "suite.h"

enum {
    SPI = 40,
    OTHER = 41,
    NOBODY = -1
};
static const uint64_t irm = 1ull << 31;

/* The one PE whose IRQ line is high; NOBODY if there is none; the test ends if there are two. */
static int interrupted(Machine *m)
{
    int found = NOBODY;

    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        if (irq(m, cpu)) {
            assert_int_equal(found, NOBODY);
            found = (int)cpu;
        }
    }
    return found;
}

static void an_spi_goes_to_the_pe_with_the_affinity_in_irouter(Machine *m)
{
    const uint32_t step = m->config.cpus > 16 ? 73 : 1;

    start(m);
    os_configure(m, 0, SPI, LEVEL);
    wire(m, 0, SPI, true);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu += step) {
        route_to(m, SPI, cpu);
        expect((uint64_t)interrupted(m), cpu, "PE %u", cpu);
        expect(info(m, 0, SPI).target, cpu, "target of PE %u", cpu);
        assert_int_equal(ack(m, cpu), SPI);
        eoi(m, cpu, SPI);
    }
}

static void irouter_keeps_affinity_and_mode_bits(Machine *m)
{
    route_write(m, VGIC_S, SPI, 0xFFFFFFFF7FFFFFFF);
    assert_true(route_read(m, VGIC_S, SPI) == 0xFF00FFFFFF);
    route_write(m, VGIC_S, SPI, 0x0102030405060708);
    assert_true(route_read(m, VGIC_S, SPI) == 0x0400060708);
}

static void irouter_is_reached_by_halves(Machine *m)
{
    gicd_write(m, VGIC_S, GICD_IROUTER(SPI), 0x00112233);
    gicd_write(m, VGIC_S, GICD_IROUTER(SPI) + 4, 0x44);
    assert_true(route_read(m, VGIC_S, SPI) == 0x4400112233);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_IROUTER(SPI)), 0x00112233);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_IROUTER(SPI) + 4), 0x44);

    gicd_write(m, VGIC_S, GICD_IROUTER(SPI), 0x55);
    assert_true(route_read(m, VGIC_S, SPI) == 0x4400000055);
}

static void a_pending_spi_moves_with_its_route(Machine *m)
{
    start(m);
    os_configure(m, 0, SPI, EDGE);
    wire(m, 0, SPI, true);
    assert_true(irq(m, 0));

    route_to(m, SPI, 1);

    assert_false(irq(m, 0));
    assert_true(irq(m, 1));
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
    assert_int_equal(ack(m, 1), SPI);
}

static void an_active_spi_ends_where_it_was_taken_and_then_moves(Machine *m)
{
    start(m);
    os_configure(m, 0, SPI, LEVEL);
    wire(m, 0, SPI, true);
    assert_int_equal(ack(m, 0), SPI);

    route_to(m, SPI, 1);
    assert_int_equal(interrupted(m), NOBODY);
    assert_int_equal(running_priority(m, 0), OS_PRIORITY);

    eoi(m, 0, SPI);
    assert_int_equal(running_priority(m, 0), 0xFF);
    assert_int_equal(interrupted(m), 1);
}

static void an_affinity_without_a_pe_delivers_nowhere(Machine *m)
{
    start(m);
    os_configure(m, 0, SPI, LEVEL);
    wire(m, 0, SPI, true);
    host_forget(&m->host);

    route_write(m, VGIC_S, SPI, 0x7700000000);

    assert_int_equal(interrupted(m), NOBODY);
    assert_true(is_pending(m, 0, SPI));
    assert_int_equal(info(m, 0, SPI).target, UINT32_MAX);
    assert_non_null(info(m, 0, SPI).held_by);
    assert_int_equal(m->host.report_count, 1);
    assert_string_equal(host_last_report(&m->host)->rule, "route-nowhere");

    route_to(m, SPI, 0);
    assert_int_equal(interrupted(m), 0);
}

/* From here on: IROUTER.IRM = 1. */
static void share(Machine *m, uint32_t intid, Trigger trigger)
{
    os_configure(m, 0, intid, trigger);
    route_write(m, VGIC_S, intid, irm);
    assert_true(route_read(m, VGIC_S, intid) & irm);
    assert_true(info(m, 0, intid).one_of_n);
}

static void one_of_n_interrupts_exactly_one_pe(Machine *m)
{
    start(m);
    share(m, SPI, LEVEL);
    wire(m, 0, SPI, true);

    const int cpu = interrupted(m);
    assert_int_equal(cpu, 0);
    assert_int_equal(ack(m, (uint32_t)cpu), SPI);
    assert_int_equal(interrupted(m), NOBODY);
    eoi(m, (uint32_t)cpu, SPI);
    assert_true(interrupted(m) != NOBODY);
}

static void one_of_n_takes_the_pes_in_turn(Machine *m)
{
    start(m);
    share(m, SPI, EDGE);
    for (uint32_t i = 0; i < 2 * m->config.cpus && i < 64; i++) {
        assert_true(vgic_spi_pulse(m->gic, SPI));
        const int cpu = interrupted(m);
        assert_int_equal(cpu, i % m->config.cpus);
        assert_int_equal(ack(m, (uint32_t)cpu), SPI);
        eoi(m, (uint32_t)cpu, SPI);
    }
}

static void one_of_n_skips_a_pe_whose_group_is_disabled(Machine *m)
{
    start(m);
    share(m, SPI, LEVEL);
    cpu_group(m, 0, GROUP_1NS, false);

    wire(m, 0, SPI, true);
    assert_int_equal(interrupted(m), 1);

    /* A PE that stops to take part gives it to another. */
    cpu_group(m, 0, GROUP_1NS, true);
    cpu_group(m, 1, GROUP_1NS, false);
    const int cpu = interrupted(m);
    assert_true(cpu != NOBODY && cpu != 1);
    assert_int_equal(ack(m, (uint32_t)cpu), SPI);
}

static void one_of_n_waits_for_the_first_pe_that_takes_part(Machine *m)
{
    start(m);
    share(m, SPI, LEVEL);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        cpu_group(m, cpu, GROUP_1NS, false);
    }
    wire(m, 0, SPI, true);
    assert_int_equal(interrupted(m), NOBODY);
    assert_true(is_pending(m, 0, SPI));

    cpu_group(m, last_cpu(m), GROUP_1NS, true);
    assert_int_equal(interrupted(m), last_cpu(m));
    assert_int_equal(ack(m, last_cpu(m)), SPI);
}

enum {
    DPG0 = 1 << 24,
    DPG1NS = 1 << 25,
    DPG1S = 1 << 26
};

static void one_of_n_skips_a_pe_with_its_dpg_bit_set(Machine *m)
{
    static const struct {
        Group group;
        uint32_t bit;
    } rows[] = {{GROUP_0, DPG0}, {GROUP_1S, DPG1S}, {GROUP_1NS, DPG1NS}};

    for (unsigned i = 0; i < 3; i++) {
        if (rows[i].group == GROUP_1S && !has(m, WORLDS)) {
            continue;
        }
        restart(m);
        configure(m, 0, SPI, rows[i].group, OS_PRIORITY, LEVEL);
        route_write(m, VGIC_S, SPI, irm);
        for (uint32_t cpu = 0; cpu < last_cpu(m); cpu++) {
            gicr_write(m, cpu, VGIC_S, GICR_CTLR, rows[i].bit);
        }
        wire(m, 0, SPI, true);
        expect(info(m, 0, SPI).target, last_cpu(m), "target, %s", group_name(rows[i].group));

        /* The bits of the other groups do not matter. */
        gicr_write(m, last_cpu(m), VGIC_S, GICR_CTLR, ~rows[i].bit & (DPG0 | DPG1NS | DPG1S));
        expect(info(m, 0, SPI).target, last_cpu(m), "target, %s, other bits",
               group_name(rows[i].group));

        gicr_write(m, last_cpu(m), VGIC_S, GICR_CTLR, rows[i].bit);
        expect(info(m, 0, SPI).target, UINT32_MAX, "no target, %s", group_name(rows[i].group));
        gicr_write(m, 0, VGIC_S, GICR_CTLR, 0);
        expect(info(m, 0, SPI).target, 0, "target again, %s", group_name(rows[i].group));
        wire(m, 0, SPI, false);
    }
}

static void dpg_does_not_concern_a_pe_that_irouter_names(Machine *m)
{
    start(m);
    os_configure(m, 0, SPI, LEVEL);
    gicr_write(m, 0, VGIC_S, GICR_CTLR, DPG1NS);
    wire(m, 0, SPI, true);
    assert_int_equal(interrupted(m), 0);
}

static void an_active_one_of_n_spi_stays_with_its_pe(Machine *m)
{
    start(m);
    share(m, SPI, LEVEL);
    wire(m, 0, SPI, true);
    assert_int_equal(ack(m, 0), SPI);

    cpu_group(m, 0, GROUP_1NS, false);

    assert_int_equal(interrupted(m), NOBODY);
    eoi(m, 0, SPI);
    assert_int_equal(interrupted(m), 1);
}

static void changing_irm_while_pending_loses_nothing(Machine *m)
{
    start(m);
    os_configure(m, 1, SPI, LEVEL);
    wire(m, 0, SPI, true);
    assert_int_equal(interrupted(m), 1);

    route_write(m, VGIC_S, SPI, irm);
    assert_true(interrupted(m) != NOBODY);
    route_to(m, SPI, 0);
    assert_int_equal(interrupted(m), 0);
}

static void two_one_of_n_spis_interrupt_two_pes(Machine *m)
{
    start(m);
    share(m, SPI, LEVEL);
    share(m, OTHER, LEVEL);
    wire(m, 0, SPI, true);
    wire(m, 0, OTHER, true);

    const uint32_t first = info(m, 0, SPI).target, second = info(m, 0, OTHER).target;
    assert_int_equal(ack(m, first), SPI);
    assert_int_equal(ack(m, second), first == second ? VGIC_INTID_SPURIOUS : OTHER);
}

static void without_one_of_n_the_mode_bit_is_res0(Machine *m)
{
    if (has(m, ONE_OF_N)) {
        return;
    }
    start(m);
    os_configure(m, 1, SPI, LEVEL);
    host_forget(&m->host);

    route_write(m, VGIC_S, SPI, irm | machine_affinity(m, 1));

    assert_true(route_read(m, VGIC_S, SPI) == machine_affinity(m, 1));
    assert_int_equal(m->host.report_count, 1);
    assert_string_equal(host_last_report(&m->host)->rule, "route-one-of-n");
    wire(m, 0, SPI, true);
    assert_int_equal(interrupted(m), 1);
}

static void pmhe_does_not_change_the_route(Machine *m)
{
    start(m);
    share(m, SPI, LEVEL);
    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0);
    icc_write(m, 0, &m->os, ICC_CTLR_EL1, 1 << 6);
    wire(m, 0, SPI, true);
    assert_int_equal(info(m, 0, SPI).target, 0);
    assert_int_equal(interrupted(m), NOBODY);
    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0xFF);
    assert_int_equal(interrupted(m), 0);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(an_spi_goes_to_the_pe_with_the_affinity_in_irouter, SPIS),
        TEST(irouter_keeps_affinity_and_mode_bits, SPIS),
        TEST(irouter_is_reached_by_halves, SPIS),
        TEST(a_pending_spi_moves_with_its_route, SPIS | SMP),
        TEST(an_active_spi_ends_where_it_was_taken_and_then_moves, SPIS | SMP),
        TEST(an_affinity_without_a_pe_delivers_nowhere, SPIS),
        TEST(one_of_n_interrupts_exactly_one_pe, SPIS | ONE_OF_N),
        TEST(one_of_n_takes_the_pes_in_turn, SPIS | ONE_OF_N),
        TEST(one_of_n_skips_a_pe_whose_group_is_disabled, SPIS | ONE_OF_N | SMP),
        TEST(one_of_n_waits_for_the_first_pe_that_takes_part, SPIS | ONE_OF_N),
        TEST(one_of_n_skips_a_pe_with_its_dpg_bit_set, SPIS | ONE_OF_N | SMP | FEW_CPUS),
        TEST(dpg_does_not_concern_a_pe_that_irouter_names, SPIS),
        TEST(an_active_one_of_n_spi_stays_with_its_pe, SPIS | ONE_OF_N | SMP),
        TEST(changing_irm_while_pending_loses_nothing, SPIS | ONE_OF_N | SMP),
        TEST(two_one_of_n_spis_interrupt_two_pes, SPIS | ONE_OF_N | SMP),
        TEST(without_one_of_n_the_mode_bit_is_res0, SPIS | SMP),
        TEST(pmhe_does_not_change_the_route, SPIS | ONE_OF_N | ONE_STATE),
    };
    return RUN(argc, argv, "routing", tests);
}
