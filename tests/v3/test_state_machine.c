/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt state machine: every event in every trigger mode, for each kind of wire. */
#include "guest.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

/* Runs @p body for a PPI and an SPI, extended ones too where there are, at the last PE. */
static void for_each_wire(Machine *m, void (*body)(Machine *m, uint32_t cpu, uint32_t intid))
{
    static const struct {
        uint32_t feature, intid;
    } wires[] = {{0, 20}, {SPIS, 40}, {EPPIS, 1060}, {ESPIS, 4170}};

    for (unsigned i = 0; i < 4; i++) {
        if (has(m, wires[i].feature)) {
            restart(m);
            body(m, last_cpu(m), wires[i].intid);
        }
    }
}

static void assert_state(Machine *m, uint32_t cpu, uint32_t intid, bool pending, bool active)
{
    assert_int_equal(is_pending(m, cpu, intid), pending);
    assert_int_equal(bit_read(m, VGIC_S, cpu, intid, ICPENDR), pending);
    assert_int_equal(is_active(m, cpu, intid), active);
    assert_int_equal(bit_read(m, VGIC_S, cpu, intid, ICACTIVER), active);
    const VgicIrqInfo i = info(m, cpu, intid);
    assert_int_equal(i.pending, pending);
    assert_int_equal(i.active, active);
}

/* A test is a body for one wire, and the test function that runs it for all. */
#define FOR_EACH_WIRE(name)                                                                        \
    static void name##_body(Machine *m, uint32_t cpu, uint32_t intid);                             \
    static void name(Machine *m)                                                                   \
    {                                                                                              \
        for_each_wire(m, name##_body);                                                             \
    }                                                                                              \
    static void name##_body(Machine *m, uint32_t cpu, uint32_t intid)

FOR_EACH_WIRE(a_rising_edge_makes_an_inactive_interrupt_pending)
{
    os_configure(m, cpu, intid, EDGE);
    assert_state(m, cpu, intid, false, false);
    assert_false(irq(m, cpu));

    wire(m, cpu, intid, true);

    assert_state(m, cpu, intid, true, false);
    assert_true(irq(m, cpu));
}

FOR_EACH_WIRE(a_falling_edge_changes_nothing)
{
    os_configure(m, cpu, intid, EDGE);
    wire(m, cpu, intid, true);

    wire(m, cpu, intid, false);

    assert_state(m, cpu, intid, true, false);
    assert_true(irq(m, cpu));
}

FOR_EACH_WIRE(a_wire_that_stays_high_is_one_edge)
{
    os_configure(m, cpu, intid, EDGE);
    wire(m, cpu, intid, true);
    assert_int_equal(ack(m, cpu), intid);
    eoi(m, cpu, intid);

    wire(m, cpu, intid, true);

    assert_state(m, cpu, intid, false, false);
    assert_false(irq(m, cpu));
}

FOR_EACH_WIRE(an_edge_while_active_makes_it_active_and_pending)
{
    os_configure(m, cpu, intid, EDGE);
    wire(m, cpu, intid, true);
    assert_int_equal(ack(m, cpu), intid);
    assert_state(m, cpu, intid, false, true);
    wire(m, cpu, intid, false);

    wire(m, cpu, intid, true);

    assert_state(m, cpu, intid, true, true);
    assert_false(irq(m, cpu));
}

FOR_EACH_WIRE(edges_before_the_acknowledge_merge)
{
    os_configure(m, cpu, intid, EDGE);
    for (int i = 0; i < 3; i++) {
        wire(m, cpu, intid, true);
        wire(m, cpu, intid, false);
    }

    assert_int_equal(ack(m, cpu), intid);
    eoi(m, cpu, intid);

    assert_int_equal(ack(m, cpu), VGIC_INTID_SPURIOUS);
}

FOR_EACH_WIRE(a_level_interrupt_is_pending_while_its_wire_is_high)
{
    os_configure(m, cpu, intid, LEVEL);

    wire(m, cpu, intid, true);
    assert_state(m, cpu, intid, true, false);
    assert_true(irq(m, cpu));

    wire(m, cpu, intid, false);
    assert_state(m, cpu, intid, false, false);
    assert_false(irq(m, cpu));
}

FOR_EACH_WIRE(a_level_interrupt_that_falls_before_the_acknowledge_is_spurious)
{
    os_configure(m, cpu, intid, LEVEL);
    wire(m, cpu, intid, true);
    wire(m, cpu, intid, false);

    assert_int_equal(ack(m, cpu), VGIC_INTID_SPURIOUS);
    assert_state(m, cpu, intid, false, false);
}

FOR_EACH_WIRE(acknowledging_an_edge_interrupt_clears_pending)
{
    os_configure(m, cpu, intid, EDGE);
    wire(m, cpu, intid, true);

    assert_int_equal(ack(m, cpu), intid);

    assert_state(m, cpu, intid, false, true);
    assert_false(irq(m, cpu));
}

FOR_EACH_WIRE(acknowledging_a_level_interrupt_clears_the_latch_not_the_line)
{
    os_configure(m, cpu, intid, LEVEL);
    pend(m, cpu, intid);
    wire(m, cpu, intid, true);

    assert_int_equal(ack(m, cpu), intid);

    assert_state(m, cpu, intid, true, true);
    wire(m, cpu, intid, false);
    assert_state(m, cpu, intid, false, true);
}

FOR_EACH_WIRE(acknowledging_a_latched_level_interrupt_makes_it_active_only)
{
    os_configure(m, cpu, intid, LEVEL);
    pend(m, cpu, intid);

    assert_int_equal(ack(m, cpu), intid);

    assert_state(m, cpu, intid, false, true);
}

FOR_EACH_WIRE(a_level_wire_that_rises_while_active_makes_it_active_and_pending)
{
    os_configure(m, cpu, intid, LEVEL);
    pend(m, cpu, intid);
    assert_int_equal(ack(m, cpu), intid);

    wire(m, cpu, intid, true);

    assert_state(m, cpu, intid, true, true);
    assert_false(irq(m, cpu));
}

FOR_EACH_WIRE(deactivating_an_edge_interrupt_makes_it_inactive)
{
    os_configure(m, cpu, intid, EDGE);
    wire(m, cpu, intid, true);
    assert_int_equal(ack(m, cpu), intid);

    eoi(m, cpu, intid);

    assert_state(m, cpu, intid, false, false);
    assert_int_equal(ack(m, cpu), VGIC_INTID_SPURIOUS);
}

FOR_EACH_WIRE(deactivating_an_active_and_pending_edge_interrupt_leaves_it_pending)
{
    os_configure(m, cpu, intid, EDGE);
    wire(m, cpu, intid, true);
    assert_int_equal(ack(m, cpu), intid);
    wire(m, cpu, intid, false);
    wire(m, cpu, intid, true);

    eoi(m, cpu, intid);

    assert_state(m, cpu, intid, true, false);
    assert_true(irq(m, cpu));
    assert_int_equal(ack(m, cpu), intid);
}

FOR_EACH_WIRE(deactivating_a_level_interrupt_whose_line_is_high_makes_it_pending_at_once)
{
    os_configure(m, cpu, intid, LEVEL);
    wire(m, cpu, intid, true);
    assert_int_equal(ack(m, cpu), intid);
    assert_false(irq(m, cpu));

    eoi(m, cpu, intid);

    assert_state(m, cpu, intid, true, false);
    assert_true(irq(m, cpu));
    assert_int_equal(ack(m, cpu), intid);
}

FOR_EACH_WIRE(deactivating_a_level_interrupt_whose_line_is_low_makes_it_inactive)
{
    os_configure(m, cpu, intid, LEVEL);
    wire(m, cpu, intid, true);
    assert_int_equal(ack(m, cpu), intid);
    wire(m, cpu, intid, false);

    eoi(m, cpu, intid);

    assert_state(m, cpu, intid, false, false);
    assert_false(irq(m, cpu));
}

FOR_EACH_WIRE(ispendr_makes_an_edge_interrupt_pending)
{
    os_configure(m, cpu, intid, EDGE);

    pend(m, cpu, intid);

    assert_state(m, cpu, intid, true, false);
    assert_true(irq(m, cpu));
}

FOR_EACH_WIRE(the_latch_of_a_level_interrupt_stays_after_its_line_falls)
{
    os_configure(m, cpu, intid, LEVEL);
    wire(m, cpu, intid, true);
    pend(m, cpu, intid);

    wire(m, cpu, intid, false);

    assert_state(m, cpu, intid, true, false);
    const VgicIrqInfo i = info(m, cpu, intid);
    assert_true(i.latch);
    assert_false(i.wire);
    assert_true(irq(m, cpu));
}

FOR_EACH_WIRE(ispendr_makes_an_active_interrupt_active_and_pending)
{
    os_configure(m, cpu, intid, EDGE);
    pend(m, cpu, intid);
    assert_int_equal(ack(m, cpu), intid);

    pend(m, cpu, intid);

    assert_state(m, cpu, intid, true, true);
}

FOR_EACH_WIRE(icpendr_clears_a_pending_edge)
{
    os_configure(m, cpu, intid, EDGE);
    wire(m, cpu, intid, true);

    bit_write(m, VGIC_S, cpu, intid, ICPENDR);

    assert_state(m, cpu, intid, false, false);
    assert_false(irq(m, cpu));
    assert_int_equal(ack(m, cpu), VGIC_INTID_SPURIOUS);
}

FOR_EACH_WIRE(icpendr_clears_only_the_latch_of_a_level_interrupt)
{
    os_configure(m, cpu, intid, LEVEL);
    pend(m, cpu, intid);
    wire(m, cpu, intid, true);

    bit_write(m, VGIC_S, cpu, intid, ICPENDR);

    assert_state(m, cpu, intid, true, false);
    assert_true(irq(m, cpu));
    wire(m, cpu, intid, false);
    assert_state(m, cpu, intid, false, false);
    assert_false(irq(m, cpu));
}

FOR_EACH_WIRE(icpendr_of_an_active_and_pending_edge_leaves_it_active)
{
    os_configure(m, cpu, intid, EDGE);
    pend(m, cpu, intid);
    assert_int_equal(ack(m, cpu), intid);
    pend(m, cpu, intid);

    bit_write(m, VGIC_S, cpu, intid, ICPENDR);

    assert_state(m, cpu, intid, false, true);
}

FOR_EACH_WIRE(isactiver_holds_an_interrupt_back_without_a_running_priority)
{
    os_configure(m, cpu, intid, LEVEL);
    wire(m, cpu, intid, true);
    assert_true(irq(m, cpu));

    bit_write(m, VGIC_S, cpu, intid, ISACTIVER);

    assert_state(m, cpu, intid, true, true);
    assert_false(irq(m, cpu));
    assert_int_equal(running_priority(m, cpu), 0xFF);
    assert_int_equal(icc_read(m, cpu, &m->top, ICC_AP0R0_EL1), 0);
    assert_int_equal(icc_read(m, cpu, &m->top, ICC_AP1R0_EL1), 0);
}

FOR_EACH_WIRE(icactiver_deactivates_and_keeps_the_running_priority)
{
    os_configure(m, cpu, intid, EDGE);
    pend(m, cpu, intid);
    assert_int_equal(ack(m, cpu), intid);
    const uint8_t running = running_priority(m, cpu);
    assert_int_equal(running, OS_PRIORITY);

    bit_write(m, VGIC_S, cpu, intid, ICACTIVER);

    assert_state(m, cpu, intid, false, false);
    assert_int_equal(running_priority(m, cpu), running);
}

FOR_EACH_WIRE(icactiver_lets_a_pending_interrupt_be_delivered_again)
{
    os_configure(m, cpu, intid, LEVEL);
    bit_write(m, VGIC_S, cpu, intid, ISACTIVER);
    wire(m, cpu, intid, true);
    assert_false(irq(m, cpu));

    bit_write(m, VGIC_S, cpu, intid, ICACTIVER);

    assert_true(irq(m, cpu));
    assert_int_equal(ack(m, cpu), intid);
}

FOR_EACH_WIRE(active_interrupts_are_no_candidates)
{
    os_configure(m, cpu, intid, LEVEL);
    wire(m, cpu, intid, true);
    assert_int_equal(ack(m, cpu), intid);

    /* Active and pending. */
    assert_int_equal(hppir(m, cpu, &m->os, 1), VGIC_INTID_SPURIOUS);
    assert_int_equal(ack(m, cpu), VGIC_INTID_SPURIOUS);

    /* Active. */
    wire(m, cpu, intid, false);
    assert_int_equal(hppir(m, cpu, &m->os, 1), VGIC_INTID_SPURIOUS);
}

FOR_EACH_WIRE(a_disabled_interrupt_stays_pending_until_it_is_enabled)
{
    os_configure(m, cpu, intid, EDGE);
    bit_write(m, VGIC_S, cpu, intid, ICENABLER);
    wire(m, cpu, intid, true);

    assert_state(m, cpu, intid, true, false);
    assert_false(irq(m, cpu));
    assert_int_equal(ack(m, cpu), VGIC_INTID_SPURIOUS);

    bit_write(m, VGIC_S, cpu, intid, ISENABLER);
    assert_true(irq(m, cpu));
    assert_int_equal(ack(m, cpu), intid);
}

FOR_EACH_WIRE(disabling_keeps_pending_and_active)
{
    os_configure(m, cpu, intid, EDGE);
    pend(m, cpu, intid);
    assert_int_equal(ack(m, cpu), intid);
    pend(m, cpu, intid);

    bit_write(m, VGIC_S, cpu, intid, ICENABLER);

    assert_state(m, cpu, intid, true, true);
}

FOR_EACH_WIRE(the_end_of_a_disabled_interrupt_still_deactivates_it)
{
    os_configure(m, cpu, intid, EDGE);
    pend(m, cpu, intid);
    assert_int_equal(ack(m, cpu), intid);
    bit_write(m, VGIC_S, cpu, intid, ICENABLER);

    eoi(m, cpu, intid);

    assert_state(m, cpu, intid, false, false);
    assert_int_equal(running_priority(m, cpu), 0xFF);
}

FOR_EACH_WIRE(disabling_a_presented_interrupt_withdraws_the_line)
{
    os_configure(m, cpu, intid, LEVEL);
    wire(m, cpu, intid, true);
    assert_true(irq(m, cpu));

    bit_write(m, VGIC_S, cpu, intid, ICENABLER);

    assert_false(irq(m, cpu));
    assert_int_equal(ack(m, cpu), VGIC_INTID_SPURIOUS);
}

FOR_EACH_WIRE(disabling_the_group_in_the_distributor_stops_forwarding_and_keeps_state)
{
    os_configure(m, cpu, intid, EDGE);
    pend(m, cpu, intid);

    distributor_groups(m, false);
    assert_false(irq(m, cpu));
    assert_int_equal(hppir(m, cpu, &m->os, 1), VGIC_INTID_SPURIOUS);
    assert_state(m, cpu, intid, true, false);

    distributor_groups(m, true);
    assert_true(irq(m, cpu));
    assert_int_equal(ack(m, cpu), intid);
}

FOR_EACH_WIRE(changing_a_level_interrupt_to_edge_forgets_its_line)
{
    os_configure(m, cpu, intid, LEVEL);
    wire(m, cpu, intid, true);
    bit_write(m, VGIC_S, cpu, intid, ICENABLER);

    trigger_write(m, VGIC_S, cpu, intid, EDGE);
    assert_state(m, cpu, intid, false, false);

    trigger_write(m, VGIC_S, cpu, intid, LEVEL);
    assert_state(m, cpu, intid, true, false);
}

FOR_EACH_WIRE(changing_an_edge_interrupt_to_level_follows_the_line)
{
    os_configure(m, cpu, intid, EDGE);
    wire(m, cpu, intid, true);
    assert_int_equal(ack(m, cpu), intid);
    eoi(m, cpu, intid);
    bit_write(m, VGIC_S, cpu, intid, ICENABLER);
    assert_state(m, cpu, intid, false, false);

    trigger_write(m, VGIC_S, cpu, intid, LEVEL);
    assert_state(m, cpu, intid, true, false);

    bit_write(m, VGIC_S, cpu, intid, ISENABLER);
    assert_true(irq(m, cpu));
}

FOR_EACH_WIRE(writing_the_same_trigger_again_changes_nothing)
{
    os_configure(m, cpu, intid, EDGE);
    pend(m, cpu, intid);

    trigger_write(m, VGIC_S, cpu, intid, EDGE);

    assert_state(m, cpu, intid, true, false);
    assert_int_equal(ack(m, cpu), intid);
}

FOR_EACH_WIRE(a_changed_trigger_is_reported_only_for_an_enabled_interrupt)
{
    os_configure(m, cpu, intid, LEVEL);
    bit_write(m, VGIC_S, cpu, intid, ICENABLER);
    host_forget(&m->host);

    trigger_write(m, VGIC_S, cpu, intid, EDGE);
    assert_int_equal(m->host.report_count, 0);

    bit_write(m, VGIC_S, cpu, intid, ISENABLER);
    trigger_write(m, VGIC_S, cpu, intid, LEVEL);
    assert_int_equal(m->host.report_count, 1);
    assert_int_equal(host_last_report(&m->host)->report.intid, intid);
    assert_string_equal(host_last_report(&m->host)->rule, "trigger-enabled");
    char number[16];
    snprintf(number, sizeof(number), "%u", intid);
    assert_non_null(strstr(host_last_report(&m->host)->message, number));
}

FOR_EACH_WIRE(a_higher_priority_takes_effect_while_pending)
{
    const uint32_t sgi = 3;
    os_configure(m, cpu, intid, EDGE);
    configure(m, cpu, sgi, GROUP_1NS, OS_HIGHER, EDGE);
    pend(m, cpu, intid);
    pend(m, cpu, sgi);
    assert_int_equal(hppir(m, cpu, &m->os, 1), sgi);

    priority_write(m, VGIC_S, cpu, intid, OS_HIGHER - 0x10);

    assert_int_equal(hppir(m, cpu, &m->os, 1), intid);
}

FOR_EACH_WIRE(a_changed_group_takes_effect_while_pending)
{
    os_configure(m, cpu, intid, LEVEL);
    wire(m, cpu, intid, true);
    assert_true(irq(m, cpu));
    assert_false(fiq(m, cpu));

    set_group(m, cpu, intid, GROUP_0);

    assert_false(irq(m, cpu));
    assert_true(fiq(m, cpu));
    set_group(m, cpu, intid, GROUP_1NS);
    assert_int_equal(ack(m, cpu), intid);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(a_rising_edge_makes_an_inactive_interrupt_pending, 0),
        TEST(a_falling_edge_changes_nothing, 0),
        TEST(a_wire_that_stays_high_is_one_edge, 0),
        TEST(an_edge_while_active_makes_it_active_and_pending, 0),
        TEST(edges_before_the_acknowledge_merge, 0),
        TEST(a_level_interrupt_is_pending_while_its_wire_is_high, 0),
        TEST(a_level_interrupt_that_falls_before_the_acknowledge_is_spurious, 0),
        TEST(acknowledging_an_edge_interrupt_clears_pending, 0),
        TEST(acknowledging_a_level_interrupt_clears_the_latch_not_the_line, 0),
        TEST(acknowledging_a_latched_level_interrupt_makes_it_active_only, 0),
        TEST(a_level_wire_that_rises_while_active_makes_it_active_and_pending, 0),
        TEST(deactivating_an_edge_interrupt_makes_it_inactive, 0),
        TEST(deactivating_an_active_and_pending_edge_interrupt_leaves_it_pending, 0),
        TEST(deactivating_a_level_interrupt_whose_line_is_high_makes_it_pending_at_once, 0),
        TEST(deactivating_a_level_interrupt_whose_line_is_low_makes_it_inactive, 0),
        TEST(ispendr_makes_an_edge_interrupt_pending, 0),
        TEST(the_latch_of_a_level_interrupt_stays_after_its_line_falls, 0),
        TEST(ispendr_makes_an_active_interrupt_active_and_pending, 0),
        TEST(icpendr_clears_a_pending_edge, 0),
        TEST(icpendr_clears_only_the_latch_of_a_level_interrupt, 0),
        TEST(icpendr_of_an_active_and_pending_edge_leaves_it_active, 0),
        TEST(isactiver_holds_an_interrupt_back_without_a_running_priority, 0),
        TEST(icactiver_deactivates_and_keeps_the_running_priority, 0),
        TEST(icactiver_lets_a_pending_interrupt_be_delivered_again, 0),
        TEST(active_interrupts_are_no_candidates, 0),
        TEST(a_disabled_interrupt_stays_pending_until_it_is_enabled, 0),
        TEST(disabling_keeps_pending_and_active, 0),
        TEST(the_end_of_a_disabled_interrupt_still_deactivates_it, 0),
        TEST(disabling_a_presented_interrupt_withdraws_the_line, 0),
        TEST(disabling_the_group_in_the_distributor_stops_forwarding_and_keeps_state, 0),
        TEST(changing_a_level_interrupt_to_edge_forgets_its_line, 0),
        TEST(changing_an_edge_interrupt_to_level_follows_the_line, 0),
        TEST(writing_the_same_trigger_again_changes_nothing, 0),
        TEST(a_changed_trigger_is_reported_only_for_an_enabled_interrupt, 0),
        TEST(a_higher_priority_takes_effect_while_pending, 0),
        TEST(a_changed_group_takes_effect_while_pending, 0),
    };
    return RUN(argc, argv, "state machine", tests);
}
