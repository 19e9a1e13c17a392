/* SPDX-License-Identifier: BSD-2-Clause */
/* vgic_irq_info(): each member, and why an interrupt is held. */
#include "guest.h"
#include "suite.h"

enum {
    PPI = 20,
    SPI = 40,
    SGI = 3
};

static void a_fresh_interrupt_is_described(Machine *m)
{
    const VgicIrqInfo i = info(m, last_cpu(m), PPI);

    assert_int_equal(i.intid, PPI);
    assert_int_equal(i.target, last_cpu(m));
    assert_int_equal(i.priority, 0);
    assert_int_equal(i.group, GROUP_0);
    assert_false(i.enabled || i.pending || i.active || i.latch || i.wire || i.one_of_n);
    assert_true(i.level);
    assert_non_null(i.held_by);
    assert_false(info(m, 0, SGI).level);
}

static void the_members_follow_the_registers(Machine *m)
{
    configure(m, 0, PPI, GROUP_1NS, 0xB0, EDGE);
    bit_write(m, VGIC_S, 0, PPI, ISACTIVER);
    VgicIrqInfo i = info(m, 0, PPI);
    assert_int_equal(i.priority, 0xB0);
    assert_int_equal(i.group, GROUP_1NS);
    assert_true(i.enabled);
    assert_true(i.active);
    assert_false(i.level);
    assert_false(i.pending);

    pend(m, 0, PPI);
    i = info(m, 0, PPI);
    assert_true(i.latch);
    assert_true(i.pending);
    assert_false(i.wire);

    bit_write(m, VGIC_S, 0, PPI, ICPENDR);
    trigger_write(m, VGIC_S, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);
    i = info(m, 0, PPI);
    assert_true(i.level);
    assert_true(i.wire);
    assert_true(i.pending);
    assert_false(i.latch);
}

static void the_priority_is_the_secure_view(Machine *m)
{
    set_group(m, 0, PPI, GROUP_1NS);
    priority_write(m, VGIC_NS, 0, PPI, 0x40);
    assert_int_equal(info(m, 0, PPI).priority, 0xA0);
}

static void the_target_follows_irouter(Machine *m)
{
    start(m);
    os_configure(m, 1, SPI, LEVEL);
    assert_int_equal(info(m, 0, SPI).target, 1);
    route_to(m, SPI, 0);
    assert_int_equal(info(m, 0, SPI).target, 0);
    route_write(m, VGIC_S, SPI, 0x7700000000);
    assert_int_equal(info(m, 0, SPI).target, UINT32_MAX);
}

static void the_pe_is_ignored_for_spis(Machine *m)
{
    VgicIrqInfo i;

    assert_true(vgic_irq_info(m->gic, UINT32_MAX, SPI, &i));
    assert_int_equal(i.intid, SPI);
    host_forget(&m->host);
}

/* Every reason in turn is told and, once it is gone, another or none. */
static void what_holds_an_interrupt_is_told(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    assert_non_null(info(m, 0, PPI).held_by); /* not pending */
    wire(m, 0, PPI, true);
    assert_null(info(m, 0, PPI).held_by);

    bit_write(m, VGIC_S, 0, PPI, ICENABLER);
    assert_non_null(info(m, 0, PPI).held_by);
    bit_write(m, VGIC_S, 0, PPI, ISENABLER);
    assert_null(info(m, 0, PPI).held_by);

    distributor_groups(m, false);
    assert_non_null(info(m, 0, PPI).held_by);
    distributor_groups(m, true);

    cpu_group(m, 0, GROUP_1NS, false);
    assert_non_null(info(m, 0, PPI).held_by);
    cpu_group(m, 0, GROUP_1NS, true);

    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0);
    assert_non_null(info(m, 0, PPI).held_by);
    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0xFF);
    assert_null(info(m, 0, PPI).held_by);

    assert_int_equal(ack(m, 0), PPI);
    assert_non_null(info(m, 0, PPI).held_by);
    eoi(m, 0, PPI);
    assert_null(info(m, 0, PPI).held_by);
}

static void a_better_interrupt_holds_the_others(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    configure(m, 0, SGI, GROUP_1NS, OS_HIGHER, EDGE);
    wire(m, 0, PPI, true);
    assert_null(info(m, 0, PPI).held_by);

    pend(m, 0, SGI);
    assert_null(info(m, 0, SGI).held_by);
    assert_non_null(info(m, 0, PPI).held_by);

    /* And a running priority holds it back too. */
    assert_int_equal(ack(m, 0), SGI);
    assert_non_null(info(m, 0, PPI).held_by);
    eoi(m, 0, SGI);
    assert_null(info(m, 0, PPI).held_by);
}

static void an_nmi_is_shown_and_held_by_less(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    assert_false(info(m, 0, PPI).nmi);
    set_nmi(m, 0, PPI, true);
    assert_true(info(m, 0, PPI).nmi);
    assert_int_equal(info(m, 0, PPI).priority, OS_PRIORITY);
    wire(m, 0, PPI, true);
    icc_write(m, 0, &m->os, ICC_PMR_EL1, 0);
    assert_null(info(m, 0, PPI).held_by);

    os_configure(m, 0, SGI, EDGE); /* a better priority does not make it better */
    priority_write(m, VGIC_S, 0, SGI, has(m, TWO_STATES) ? 0x88 : 0x08);
    pend(m, 0, SGI);
    assert_null(info(m, 0, PPI).held_by);
    assert_non_null(info(m, 0, SGI).held_by);

    if (has(m, WORLDS)) {
        icc_write(m, 0, &el3, ICC_PMR_EL1, 0x78);
        assert_non_null(info(m, 0, PPI).held_by);
        icc_write(m, 0, &el3, ICC_PMR_EL1, 0x80);
        assert_null(info(m, 0, PPI).held_by);
    }
    assert_int_equal(ack(m, 0), PPI);
    assert_non_null(info(m, 0, PPI).held_by);
}

static void the_reasons_differ(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    const char *not_pending = info(m, 0, PPI).held_by;
    wire(m, 0, PPI, true);
    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0);
    const char *masked = info(m, 0, PPI).held_by;
    bit_write(m, VGIC_S, 0, PPI, ICENABLER);
    const char *disabled = info(m, 0, PPI).held_by;

    assert_non_null(not_pending);
    assert_non_null(masked);
    assert_non_null(disabled);
    assert_string_not_equal(not_pending, masked);
    assert_string_not_equal(masked, disabled);
    assert_string_not_equal(not_pending, disabled);
}

static void a_sleeping_pe_holds_its_interrupts(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);
    gicr_write(m, 0, VGIC_S, GICR_WAKER, 2);
    assert_non_null(info(m, 0, PPI).held_by);
    gicr_write(m, 0, VGIC_S, GICR_WAKER, 0);
    assert_null(info(m, 0, PPI).held_by);
}

static void looking_changes_nothing(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    host_forget(&m->host);
    for (uint32_t intid = 0; intid < 32; intid++) {
        info(m, 0, intid);
    }
    assert_int_equal(m->host.line_calls_total, 0);
    assert_int_equal(m->host.report_count, 0);
    assert_int_equal(ack(m, 0), PPI);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(a_fresh_interrupt_is_described, 0),
        TEST(the_members_follow_the_registers, 0),
        TEST(the_priority_is_the_secure_view, TWO_STATES),
        TEST(the_target_follows_irouter, SPIS | SMP),
        TEST(the_pe_is_ignored_for_spis, SPIS),
        TEST(what_holds_an_interrupt_is_told, 0),
        TEST(a_better_interrupt_holds_the_others, 0),
        TEST(an_nmi_is_shown_and_held_by_less, NMIS),
        TEST(the_reasons_differ, 0),
        TEST(a_sleeping_pe_holds_its_interrupts, SLEEPS),
        TEST(looking_changes_nothing, 0),
    };
    return RUN(argc, argv, "inspection", tests);
}
