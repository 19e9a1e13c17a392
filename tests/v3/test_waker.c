/* SPDX-License-Identifier: BSD-2-Clause */
/* GICR_WAKER's protocol, and what a sleeping PE gets. */
#include "guest.h"
#include "suite.h"

enum {
    PPI = 20,
    SPI = 40
};
enum {
    PROCESSOR_SLEEP = 2,
    CHILDREN_ASLEEP = 4,
    ASLEEP = 6
};
static const uint64_t irm = 1ull << 31;

static bool wake_request(Machine *m, uint32_t cpu)
{
    return vgic_cpu_lines(m->gic, cpu) & VGIC_LINE_WAKE;
}

static void sleep_pe(Machine *m, uint32_t cpu)
{
    gicr_write(m, cpu, VGIC_S, GICR_WAKER, PROCESSOR_SLEEP);
    assert_int_equal(gicr_read(m, cpu, VGIC_S, GICR_WAKER), ASLEEP);
}

static void every_pe_is_asleep_after_reset(Machine *m)
{
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        expect(gicr_read(m, cpu, VGIC_S, GICR_WAKER), ASLEEP, "PE %u", cpu);
    }
}

static void children_follow_processor_sleep_at_once(Machine *m)
{
    for (int i = 0; i < 2; i++) {
        gicr_write(m, last_cpu(m), VGIC_S, GICR_WAKER, 0);
        assert_int_equal(gicr_read(m, last_cpu(m), VGIC_S, GICR_WAKER), 0);
        gicr_write(m, last_cpu(m), VGIC_S, GICR_WAKER, PROCESSOR_SLEEP);
        assert_int_equal(gicr_read(m, last_cpu(m), VGIC_S, GICR_WAKER), ASLEEP);
    }
}

static void only_processor_sleep_is_writable(Machine *m)
{
    gicr_write(m, 0, VGIC_S, GICR_WAKER, 0xFFFFFFFF);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_WAKER), ASLEEP);
    gicr_write(m, 0, VGIC_S, GICR_WAKER, ~(uint32_t)PROCESSOR_SLEEP);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_WAKER), 0);
}

static void non_secure_software_sees_zero_with_two_states(Machine *m)
{
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_WAKER), 0);
    gicr_write(m, 0, VGIC_NS, GICR_WAKER, 0);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_WAKER), ASLEEP);
}

static void non_secure_software_has_it_with_one_state(Machine *m)
{
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_WAKER), ASLEEP);
    gicr_write(m, 0, VGIC_NS, GICR_WAKER, 0);
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_WAKER), 0);
}

static void by_default_a_sleeping_pe_gets_its_interrupts(Machine *m)
{
    start(m);
    sleep_pe(m, 0);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);

    assert_true(irq(m, 0));
    assert_int_equal(ack(m, 0), PPI);
}

static void a_sleeping_pe_gets_nothing_and_asks_to_be_woken(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    sleep_pe(m, 0);
    assert_false(wake_request(m, 0));

    wire(m, 0, PPI, true);
    assert_false(irq(m, 0));
    assert_true(wake_request(m, 0));
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
    assert_true(is_pending(m, 0, PPI));

    gicr_write(m, 0, VGIC_S, GICR_WAKER, 0);
    assert_true(irq(m, 0));
    assert_false(wake_request(m, 0));
    assert_int_equal(ack(m, 0), PPI);
}

static void an_interrupt_that_goes_takes_its_wake_request_along(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    sleep_pe(m, 0);
    wire(m, 0, PPI, true);
    assert_true(wake_request(m, 0));

    wire(m, 0, PPI, false);
    assert_false(wake_request(m, 0));
}

static void going_to_sleep_takes_the_line_down(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);
    assert_true(irq(m, 0));

    sleep_pe(m, 0);
    assert_false(irq(m, 0));
    assert_true(wake_request(m, 0));
}

static void a_disabled_interrupt_does_not_wake(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    bit_write(m, VGIC_S, 0, PPI, ICENABLER);
    sleep_pe(m, 0);
    wire(m, 0, PPI, true);

    assert_false(wake_request(m, 0));
    bit_write(m, VGIC_S, 0, PPI, ISENABLER);
    assert_true(wake_request(m, 0));
}

static void one_of_n_skips_a_sleeping_pe_unless_e1nwf_is_set(Machine *m)
{
    start(m);
    os_configure(m, 0, SPI, LEVEL);
    route_write(m, VGIC_S, SPI, irm);
    sleep_pe(m, 0);
    wire(m, 0, SPI, true);
    assert_int_equal(info(m, 0, SPI).target, 1);
    assert_true(irq(m, 1));
    wire(m, 0, SPI, false);

    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        sleep_pe(m, cpu);
    }
    wire(m, 0, SPI, true);
    assert_int_equal(info(m, 0, SPI).target, UINT32_MAX);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        assert_false(wake_request(m, cpu));
    }

    gicd_write(m, VGIC_S, GICD_CTLR, gicd_read(m, VGIC_S, GICD_CTLR) | 1u << 7);
    const uint32_t chosen = info(m, 0, SPI).target;
    assert_true(chosen < m->config.cpus);
    assert_true(wake_request(m, chosen));
    gicr_write(m, chosen, VGIC_S, GICR_WAKER, 0);
    assert_int_equal(ack(m, chosen), SPI);
}

static void an_interrupt_waits_for_the_first_pe_to_wake(Machine *m)
{
    start(m);
    os_configure(m, 0, SPI, LEVEL);
    route_write(m, VGIC_S, SPI, irm);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        sleep_pe(m, cpu);
    }
    wire(m, 0, SPI, true);

    gicr_write(m, last_cpu(m), VGIC_S, GICR_WAKER, 0);

    assert_true(irq(m, last_cpu(m)));
    assert_int_equal(ack(m, last_cpu(m)), SPI);
}

static void using_the_cpu_interface_asleep_is_reported(Machine *m)
{
    start(m);
    sleep_pe(m, 0);
    host_forget(&m->host);

    icc_read(m, 0, &m->os, ICC_IAR1_EL1);

    assert_true(m->host.report_count >= 1);
    assert_string_equal(host_last_report(&m->host)->rule, "asleep");
    assert_int_equal(host_last_report(&m->host)->report.cpu, 0);
}

static void the_architected_sequence_wakes_and_sleeps(Machine *m)
{
    /* Wake: clear ProcessorSleep, poll ChildrenAsleep, then the CPU interface. */
    gicr_write(m, 0, VGIC_S, GICR_WAKER, gicr_read(m, 0, VGIC_S, GICR_WAKER) & ~2u);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_WAKER) & CHILDREN_ASLEEP, 0);
    start(m);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
    eoi(m, 0, PPI);

    /* Sleep: group enables off, ProcessorSleep, poll ChildrenAsleep. */
    cpu_group(m, 0, GROUP_1NS, false);
    cpu_group(m, 0, GROUP_0, false);
    gicr_write(m, 0, VGIC_S, GICR_WAKER, PROCESSOR_SLEEP);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_WAKER) & CHILDREN_ASLEEP, CHILDREN_ASLEEP);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(every_pe_is_asleep_after_reset, 0),
        TEST(children_follow_processor_sleep_at_once, 0),
        TEST(only_processor_sleep_is_writable, 0),
        TEST(non_secure_software_sees_zero_with_two_states, TWO_STATES),
        TEST(non_secure_software_has_it_with_one_state, ONE_STATE),
        TEST(by_default_a_sleeping_pe_gets_its_interrupts, NEVER_HOLDS),
        TEST(a_sleeping_pe_gets_nothing_and_asks_to_be_woken, SLEEPS),
        TEST(an_interrupt_that_goes_takes_its_wake_request_along, SLEEPS),
        TEST(going_to_sleep_takes_the_line_down, SLEEPS),
        TEST(a_disabled_interrupt_does_not_wake, SLEEPS),
        TEST(one_of_n_skips_a_sleeping_pe_unless_e1nwf_is_set, SLEEPS | SMP | SPIS | ONE_OF_N),
        TEST(an_interrupt_waits_for_the_first_pe_to_wake, SLEEPS | SMP | SPIS | ONE_OF_N),
        TEST(using_the_cpu_interface_asleep_is_reported, SLEEPS),
        TEST(the_architected_sequence_wakes_and_sleeps, 0),
    };
    return RUN(argc, argv, "GICR_WAKER", tests);
}
