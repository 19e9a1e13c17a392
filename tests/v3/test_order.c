/* SPDX-License-Identifier: BSD-2-Clause */
/* Ties: which of several interrupts of one priority comes first (docs/implementation-defined.md).
 */
#include "guest.h"
#include "suite.h"

static void expect_order(Machine *m, const uint32_t *order, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        expect(ack(m, 0), order[i], "number %u in turn", i);
        eoi(m, 0, order[i]);
    }
    expect(ack(m, 0), VGIC_INTID_SPURIOUS, "after the last");
}

static void setup(Machine *m, const uint32_t *intids, unsigned count)
{
    start(m);
    for (unsigned i = 0; i < count; i++) {
        os_configure(m, 0, intids[i], EDGE);
    }
}

static void equal_priorities_come_in_the_order_of_arrival(Machine *m)
{
    static const uint32_t arrival[] = {25, 3, 20, 7, 31, 0};

    setup(m, arrival, 6);
    for (unsigned i = 0; i < 6; i++) {
        pend(m, 0, arrival[i]);
    }
    expect_order(m, arrival, 6);
}

static void equal_priorities_of_different_groups_come_by_group(Machine *m)
{
    start(m);
    configure(m, 0, 1, GROUP_1NS, OS_PRIORITY, EDGE);
    configure(m, 0, 2, GROUP_1S, OS_PRIORITY, EDGE);
    configure(m, 0, 3, GROUP_0, OS_PRIORITY, EDGE);
    pend(m, 0, 1);
    pend(m, 0, 2);
    pend(m, 0, 3);

    assert_int_equal(hppir(m, 0, &el3, 0), 3);
    assert_int_equal(take(m, 0, GROUP_0), 3);
    finish(m, 0, GROUP_0, 3);
    assert_int_equal(take(m, 0, GROUP_1S), 2);
    finish(m, 0, GROUP_1S, 2);
    assert_int_equal(take(m, 0, GROUP_1NS), 1);
}

static void one_that_is_enabled_late_comes_late(Machine *m)
{
    static const uint32_t intids[] = {5, 6, 7}, order[] = {6, 7, 5};

    setup(m, intids, 3);
    bit_write(m, VGIC_S, 0, 5, ICENABLER);
    for (unsigned i = 0; i < 3; i++) {
        pend(m, 0, intids[i]);
    }
    bit_write(m, VGIC_S, 0, 5, ISENABLER);
    expect_order(m, order, 3);
}

static void writing_the_same_value_keeps_the_place(Machine *m)
{
    static const uint32_t intids[] = {5, 6};

    setup(m, intids, 2);
    pend(m, 0, 5);
    pend(m, 0, 6);
    pend(m, 0, 5);
    priority_write(m, VGIC_S, 0, 5, OS_PRIORITY);
    set_group(m, 0, 5, GROUP_1NS);
    bit_write(m, VGIC_S, 0, 5, ISENABLER);
    expect_order(m, intids, 2);
}

static void a_changed_priority_comes_anew(Machine *m)
{
    static const uint32_t intids[] = {5, 6}, order[] = {6, 5};

    setup(m, intids, 2);
    pend(m, 0, 5);
    pend(m, 0, 6);
    priority_write(m, VGIC_S, 0, 5, OS_LOWER);
    priority_write(m, VGIC_S, 0, 5, OS_PRIORITY);
    expect_order(m, order, 2);
}

static void a_changed_group_comes_anew(Machine *m)
{
    static const uint32_t intids[] = {5, 6}, order[] = {6, 5};

    setup(m, intids, 2);
    pend(m, 0, 5);
    pend(m, 0, 6);
    set_group(m, 0, 5, GROUP_0);
    set_group(m, 0, 5, GROUP_1NS);
    expect_order(m, order, 2);
}

static void a_changed_target_comes_anew(Machine *m)
{
    static const uint32_t intids[] = {40, 41}, order[] = {41, 40};

    setup(m, intids, 2);
    pend(m, 0, 40);
    pend(m, 0, 41);
    route_to(m, 40, 1);
    route_to(m, 40, 0);
    expect_order(m, order, 2);
}

static void masking_does_not_change_the_order(Machine *m)
{
    static const uint32_t intids[] = {6, 5};

    setup(m, intids, 2);
    pend(m, 0, 6);
    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0);
    cpu_group(m, 0, GROUP_1NS, false);
    distributor_groups(m, false);
    pend(m, 0, 5);
    distributor_groups(m, true);
    cpu_group(m, 0, GROUP_1NS, true);
    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0xFF);
    expect_order(m, intids, 2);
}

static void a_level_interrupt_that_comes_back_waits_for_the_others(Machine *m)
{
    start(m);
    for (uint32_t intid = 20; intid < 23; intid++) {
        os_configure(m, 0, intid, LEVEL);
        wire(m, 0, intid, true);
    }
    /* Served in turn for ever: nobody starves. */
    for (unsigned i = 0; i < 9; i++) {
        const uint32_t intid = ack(m, 0);
        expect(intid, 20 + i % 3, "number %u in turn", i);
        eoi(m, 0, intid);
    }
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(equal_priorities_come_in_the_order_of_arrival, 0),
        TEST(equal_priorities_of_different_groups_come_by_group, WORLDS),
        TEST(one_that_is_enabled_late_comes_late, 0),
        TEST(writing_the_same_value_keeps_the_place, 0),
        TEST(a_changed_priority_comes_anew, 0),
        TEST(a_changed_group_comes_anew, 0),
        TEST(a_changed_target_comes_anew, SPIS | SMP),
        TEST(masking_does_not_change_the_order, 0),
        TEST(a_level_interrupt_that_comes_back_waits_for_the_others, 0),
    };
    return RUN(argc, argv, "order", tests);
}
