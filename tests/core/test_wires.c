/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions that drive wires: levels and pulses of PPIs and SPIs. */
#include "guest.h"
#include "suite.h"

enum {
    PPI = 20,
    SPI = 40
};

static void setting_a_level_twice_is_setting_it_once(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    host_forget(&m->host);

    wire(m, 0, PPI, true);
    wire(m, 0, PPI, true);
    assert_int_equal(m->host.line_calls_total, 1);
    wire(m, 0, PPI, false);
    wire(m, 0, PPI, false);
    assert_int_equal(m->host.line_calls_total, 2);
    assert_false(irq(m, 0));
}

static void a_pulse_is_one_edge(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);

    assert_true(vgic_ppi_pulse(m->gic, 0, PPI));

    assert_false(info(m, 0, PPI).wire);
    assert_int_equal(ack(m, 0), PPI);
    eoi(m, 0, PPI);
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
    assert_true(vgic_ppi_pulse(m->gic, 0, PPI));
    assert_int_equal(ack(m, 0), PPI);
}

static void a_pulse_of_a_level_interrupt_leaves_nothing(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);

    assert_true(vgic_ppi_pulse(m->gic, 0, PPI));

    assert_false(is_pending(m, 0, PPI));
    assert_false(irq(m, 0));
    assert_false(info(m, 0, PPI).wire);
}

static void a_pulse_lowers_a_wire_that_was_high(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);

    assert_true(vgic_ppi_pulse(m->gic, 0, PPI));

    assert_false(info(m, 0, PPI).wire);
    assert_false(irq(m, 0));
}

static void a_pulse_of_a_high_wire_is_no_edge(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    wire(m, 0, PPI, true);
    assert_int_equal(ack(m, 0), PPI);
    eoi(m, 0, PPI);

    assert_true(vgic_ppi_pulse(m->gic, 0, PPI));

    assert_false(is_pending(m, 0, PPI));
}

static void an_edge_that_comes_before_the_setup_is_kept(Machine *m)
{
    trigger_write(m, VGIC_S, 0, PPI, EDGE);
    assert_true(vgic_ppi_pulse(m->gic, 0, PPI));
    start(m);
    os_configure(m, 0, PPI, EDGE);
    assert_int_equal(ack(m, 0), PPI);
}

static void spis_pulse_as_ppis_do(Machine *m)
{
    start(m);
    os_configure(m, last_cpu(m), SPI, EDGE);
    assert_true(vgic_spi_pulse(m->gic, SPI));
    assert_true(vgic_spi_pulse(m->gic, SPI));
    assert_int_equal(ack(m, last_cpu(m)), SPI);
    eoi(m, last_cpu(m), SPI);
    assert_int_equal(ack(m, last_cpu(m)), VGIC_INTID_SPURIOUS);

    trigger_write(m, VGIC_S, 0, SPI, LEVEL);
    assert_true(vgic_spi_pulse(m->gic, SPI));
    assert_false(is_pending(m, 0, SPI));
}

static void every_ppi_has_a_wire(Machine *m)
{
    for (uint32_t intid = 16; intid < 32; intid++) {
        assert_true(vgic_ppi_set_level(m->gic, last_cpu(m), intid, true));
        assert_true(info(m, last_cpu(m), intid).wire);
        assert_true(is_pending(m, last_cpu(m), intid));
        if (m->config.cpus > 1) {
            assert_false(info(m, 0, intid).wire);
        }
    }
    assert_int_equal(gicr_read(m, last_cpu(m), VGIC_S, GICR_ISPENDR0), 0xFFFF0000);
}

static void the_first_and_the_last_spi_have_wires(Machine *m)
{
    const uint32_t intids[] = {32, last_spi(m)};

    for (unsigned i = 0; i < 2; i++) {
        assert_true(vgic_spi_set_level(m->gic, intids[i], true));
        assert_true(info(m, 0, intids[i]).wire);
        assert_true(vgic_spi_set_level(m->gic, intids[i], false));
        assert_false(info(m, 0, intids[i]).wire);
    }
}

/* A message and a wire of one edge SPI merge like two edges. */
static void a_wire_edge_and_a_message_merge(Machine *m)
{
    start(m);
    os_configure(m, 0, SPI, EDGE);
    assert_true(vgic_spi_pulse(m->gic, SPI));
    gicd_write(m, VGIC_S, GICD_SETSPI_NSR, SPI);
    assert_int_equal(ack(m, 0), SPI);
    eoi(m, 0, SPI);
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(setting_a_level_twice_is_setting_it_once, 0),
        TEST(a_pulse_is_one_edge, 0),
        TEST(a_pulse_of_a_level_interrupt_leaves_nothing, 0),
        TEST(a_pulse_lowers_a_wire_that_was_high, 0),
        TEST(a_pulse_of_a_high_wire_is_no_edge, 0),
        TEST(an_edge_that_comes_before_the_setup_is_kept, 0),
        TEST(spis_pulse_as_ppis_do, SPIS),
        TEST(every_ppi_has_a_wire, 0),
        TEST(the_first_and_the_last_spi_have_wires, SPIS),
        TEST(a_wire_edge_and_a_message_merge, MESSAGES | SPIS),
    };
    return RUN(argc, argv, "wires", tests);
}
