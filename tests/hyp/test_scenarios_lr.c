/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios E1 to E9, E32, E33 and E42: more interrupts than list registers, and ends that no list
 * register sees. */
#include "scenario.h"

/* E1 */

static void e01_without_overflow_nothing_asks_for_an_exit(void **state)
{
    static const uint32_t order[] = {41, 40, 42};
    Vm *vm = scenario(SETUP(.list_registers = 4));

    (void)state;
    edge(vm, 40, 0x80);
    edge(vm, 41, 0x40);
    edge(vm, 42, 0xC0);
    for (uint32_t intid = 40; intid <= 42; intid++) {
        vm_pulse(vm, 0, intid);
    }
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "40P 41P 42P");
    assert_int_equal(vm_ich(vm, 0, ICH_LR_EL2(3)), 0);
    expect_enables(vm, 0, 0);
    assert_true(traps_dir(vm, 0));
    acks(vm, 0, 41);
    nothing(vm, 0);
    assert_int_equal(vm_read(vm, 0, ICC_RPR_EL1), 0x40);
    ends(vm, 0, 41);
    for (unsigned i = 1; i < 3; i++) {
        acks(vm, 0, order[i]);
        ends(vm, 0, order[i]);
    }
    nothing(vm, 0);
    assert_int_equal(vm->exits[0], 0);
    vm_exit(vm, 0);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "");
    for (uint32_t intid = 40; intid <= 42; intid++) {
        expect_state(vm, 0, intid, false, false);
    }
    vm_free(vm);
}

/* E2 */

static Vm *six_pending_for_four(bool maintenance_off)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .maintenance_off = maintenance_off));

    for (uint32_t intid = 40; intid <= 45; intid++) {
        edge(vm, intid, (uint8_t)(0x10 * (intid - 39)));
        vm_pulse(vm, 0, intid);
    }
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "40P 41P 42P 43P");
    expect_enables(vm, 0, ICH_UIE | ICH_NPIE);
    return vm;
}

static void e02_overflow_of_pending_ones_sets_uie_and_npie(void **state)
{
    static const uint64_t after_ack[] = {0, 0, 0, MISR_U | MISR_NP};
    static const uint64_t after_end[] = {0, 0, MISR_U, MISR_U | MISR_NP};
    Vm *vm = six_pending_for_four(true);

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        acks(vm, 0, 40 + i);
        expect_misr(vm, 0, after_ack[i]);
        ends(vm, 0, 40 + i);
        expect_misr(vm, 0, after_end[i]);
    }
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "44P 45P");
    expect_enables(vm, 0, 0);
    vm_free(vm);
}

static void e02_the_next_come_in_when_one_is_left(void **state)
{
    Vm *vm = six_pending_for_four(false);

    (void)state;
    for (uint32_t intid = 40; intid <= 42; intid++) {
        assert_int_equal(vm->exits[0], 0);
        acks(vm, 0, intid);
        assert_int_equal(vm->exits[0], 0);
        ends(vm, 0, intid);
    }
    assert_int_equal(vm->exits[0], 1);
    expect_lrs(vm, 0, "43P 44P 45P");
    expect_enables(vm, 0, 0);
    for (uint32_t intid = 43; intid <= 45; intid++) {
        acks(vm, 0, intid);
        ends(vm, 0, intid);
    }
    nothing(vm, 0);
    vm_free(vm);
}

/* E3 */

static Vm *three_pending_for_two(bool eoimode)
{
    Vm *vm = scenario(SETUP(.list_registers = 2, .eoimode = eoimode, .maintenance_off = true));

    for (uint32_t intid = 40; intid <= 42; intid++) {
        edge(vm, intid, (uint8_t)(0x40 * (intid - 39)));
        vm_pulse(vm, 0, intid);
    }
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "40P 41P");
    expect_enables(vm, 0, ICH_UIE | ICH_NPIE);
    return vm;
}

static void e03_a_pending_one_comes_before_active_ones(void **state)
{
    Vm *vm = three_pending_for_two(true);
    unsigned syncs;

    (void)state;
    for (uint32_t intid = 40; intid <= 41; intid++) {
        acks(vm, 0, intid);
        ends(vm, 0, intid);
    }
    expect_lrs(vm, 0, "40A 41A");
    assert_int_equal(ap1(vm, 0), 0);
    expect_misr(vm, 0, MISR_NP);
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "40A 42P");
    expect_enables(vm, 0, ICH_UIE | ICH_LRENPIE);
    assert_true(traps_dir(vm, 0));

    syncs = watch_of(vm)->syncs[0];
    vm_dir(vm, 0, 41);
    assert_int_equal(vm->traps[0], 1);
    assert_int_equal(watch_of(vm)->syncs[0], syncs + 1);
    expect_lrs(vm, 0, "40A 42P");
    vm_dir(vm, 0, 40);
    assert_int_equal(vm->traps[0], 2);
    assert_int_equal(watch_of(vm)->syncs[0], syncs + 1);
    expect_lrs(vm, 0, "42P");
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, false, false);
    expect_state(vm, 0, 41, false, false);
    expect_state(vm, 0, 42, false, true);
    vm_free(vm);
}

static void e03_np_does_not_fire_while_a_pending_one_is_left(void **state)
{
    Vm *vm = three_pending_for_two(false);

    (void)state;
    acks(vm, 0, 40);
    nothing(vm, 0);
    expect_lrs(vm, 0, "40A 41P");
    expect_misr(vm, 0, 0);
    vm_free(vm);
}

/* E4 */

static Vm *three_active_for_two(bool maintenance_off)
{
    Vm *vm = scenario(SETUP(.list_registers = 2, .maintenance_off = maintenance_off));

    edge(vm, 40, 0x40);
    edge(vm, 41, 0x80);
    edge(vm, 42, 0xC0);
    NEST(vm, 0, 42, 41, 40);
    expect_lrs(vm, 0, "40A 41A");
    expect_enables(vm, 0, ICH_UIE | ICH_LRENPIE);
    assert_int_equal(ap1(vm, 0), AP(0x40) | AP(0x80) | AP(0xC0));
    return vm;
}

static void expect_three_idle(Vm *vm)
{
    assert_int_equal(ap1(vm, 0), 0);
    vm_exit(vm, 0);
    for (uint32_t intid = 40; intid <= 42; intid++) {
        expect_state(vm, 0, intid, false, false);
    }
}

static void e04_an_end_outside_is_counted_and_folded(void **state)
{
    Vm *vm = three_active_for_two(true);

    (void)state;
    ends(vm, 0, 40);
    expect_misr(vm, 0, MISR_U);
    ends(vm, 0, 41);
    expect_misr(vm, 0, MISR_U);
    assert_int_equal(eoi_count_of(vm, 0), 0);
    ends(vm, 0, 42);
    expect_misr(vm, 0, MISR_U | MISR_LRENP);
    assert_int_equal(eoi_count_of(vm, 0), 1);
    expect_three_idle(vm);
    vm_free(vm);
}

static void e04_underflow_loads_the_active_ones_in_time(void **state)
{
    Vm *vm = three_active_for_two(false);

    (void)state;
    ends(vm, 0, 40);
    assert_int_equal(vm->exits[0], 1);
    expect_lrs(vm, 0, "41A 42A");
    expect_enables(vm, 0, 0);
    for (uint32_t intid = 41; intid <= 42; intid++) {
        ends(vm, 0, intid);
        assert_int_equal(eoi_count_of(vm, 0), 0);
    }
    assert_int_equal(vm->exits[0], 1);
    expect_three_idle(vm);
    vm_free(vm);
}

/* E5 */

static Vm *five_active_for_one(bool maintenance_off)
{
    Vm *vm = scenario(SETUP(.list_registers = 1, .maintenance_off = maintenance_off));

    for (uint32_t intid = 40; intid <= 44; intid++) {
        edge(vm, intid, (uint8_t)(0x20 * (intid - 39)));
    }
    NEST(vm, 0, 44, 43, 42, 41, 40);
    expect_lrs(vm, 0, "40A");
    expect_enables(vm, 0, ICH_LRENPIE);
    return vm;
}

static void e05_ends_outside_are_folded_in_the_order_of_priority(void **state)
{
    (void)state;
    for (uint32_t last = 40; last <= 44; last++) {
        Vm *vm = five_active_for_one(true);

        for (uint32_t intid = 40; intid <= last; intid++) {
            ends(vm, 0, intid);
            assert_int_equal(eoi_count_of(vm, 0), intid - 40);
            expect_misr(vm, 0, intid > 40 ? MISR_LRENP : 0);
        }
        vm_exit(vm, 0);
        for (uint32_t intid = 40; intid <= 44; intid++) {
            expect_state(vm, 0, intid, intid > last, false);
        }
        assert_int_equal(ap1(vm, 0) == 0, last == 44);
        vm_free(vm);
    }
}

static void e05_every_second_end_outside_is_an_exit(void **state)
{
    static const unsigned exits[] = {0, 1, 1, 2, 2};
    static const char *const lrs[] = {"", "42A", "", "44A", ""};
    Vm *vm = five_active_for_one(false);

    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        ends(vm, 0, 40 + i);
        assert_int_equal(vm->exits[0], exits[i]);
        expect_lrs(vm, 0, lrs[i]);
        assert_int_equal(eoi_count_of(vm, 0), 0);
    }
    assert_int_equal(ap1(vm, 0), 0);
    vm_exit(vm, 0);
    for (uint32_t intid = 40; intid <= 44; intid++) {
        expect_state(vm, 0, intid, false, false);
    }
    vm_free(vm);
}

/* E6 */

static void e06_one_list_register_has_no_underflow(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 1, .maintenance_off = true));

    (void)state;
    edge(vm, 40, 0x40);
    edge(vm, 41, 0x80);
    vm_pulse(vm, 0, 40);
    vm_pulse(vm, 0, 41);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "40P");
    expect_enables(vm, 0, ICH_NPIE);
    acks(vm, 0, 40);
    expect_misr(vm, 0, MISR_NP);
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "41P");
    expect_enables(vm, 0, ICH_LRENPIE);
    nothing(vm, 0);
    ends(vm, 0, 40);
    assert_int_equal(eoi_count_of(vm, 0), 1);
    expect_misr(vm, 0, MISR_LRENP);
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "41P");
    expect_enables(vm, 0, 0);
    acks(vm, 0, 41);
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, false, false);
    expect_state(vm, 0, 41, true, false);
    vm_free(vm);
}

/* E7 */

static void e07_a_group_that_is_off_does_not_push_active_ones_out(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .maintenance_off = true));

    (void)state;
    edge(vm, 40, 0x80);
    edge(vm, 41, 0x60);
    edge(vm, 42, 0x48);
    edge(vm, 43, 0x38);
    for (uint32_t intid = 50; intid <= 54; intid++) {
        vm_configure(vm, 0, intid, 0, (uint8_t)(0x10 + 8 * (intid - 50)), true);
    }
    NEST(vm, 0, 40, 41, 42, 43);
    vm_exit(vm, 0);
    for (uint32_t intid = 50; intid <= 54; intid++) {
        vm_pulse(vm, 0, intid);
    }
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "40A 41A 42A 43A");
    expect_enables(vm, 0, ICH_UIE | ICH_LRENPIE);
    assert_true(vm_ich(vm, 0, ICH_HCR_EL2) & ICH_VGRP0EIE);
    expect_misr(vm, 0, 0);

    vm_write(vm, 0, ICC_IGRPEN0_EL1, 1);
    expect_misr(vm, 0, MISR_VGRP0E);
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "50P 51P 52P 53P");
    expect_enables(vm, 0, ICH_NPIE | ICH_UIE | ICH_LRENPIE);
    assert_true(vm_ich(vm, 0, ICH_HCR_EL2) & ICH_VGRP0DIE);
    assert_int_equal(vm_iar(vm, 0, 0), 50);

    /* All active ones can be ended where they are. */
    vm_eoir(vm, 0, 0, 50);
    for (uint32_t intid = 43; intid >= 40; intid--) {
        ends(vm, 0, intid);
    }
    assert_int_equal(eoi_count_of(vm, 0), 4);
    vm_exit(vm, 0);
    for (uint32_t intid = 40; intid <= 43; intid++) {
        expect_state(vm, 0, intid, false, false);
    }
    vm_free(vm);
}

/* E8 and E9 */

static void e08_more_ends_than_there_are_outside_are_dropped(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 1, .maintenance_off = true));

    (void)state;
    edge(vm, 40, 0x40);
    edge(vm, 41, 0x80);
    edge(vm, 42, 0xC0);
    NEST(vm, 0, 42, 41, 40);
    expect_lrs(vm, 0, "40A");
    mock_ich(vm, 0, ICH_HCR_EL2, vm_ich(vm, 0, ICH_HCR_EL2) | 3u << 27);
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, true, false);
    expect_state(vm, 0, 41, false, false);
    expect_state(vm, 0, 42, false, false);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "40A");
    expect_enables(vm, 0, 0);
    vm_free(vm);
}

static void e09_an_end_of_an_idle_one_ends_nothing(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4));

    (void)state;
    edge(vm, 40, 0x40);
    NEST(vm, 0, 40);
    ends(vm, 0, 100);
    assert_int_equal(ap1(vm, 0), 0);
    assert_int_equal(eoi_count_of(vm, 0), 1);
    expect_enables(vm, 0, 0);
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "40A");
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, true, false);
    vm_free(vm);
}

/* E32 */

static void end_under_a_wider_binary_point(uint32_t intid, uint8_t priority, bool stays)
{
    Vm *vm = scenario(SETUP(.list_registers = 4));

    edge(vm, intid, priority);
    inject(vm, 0, intid);
    acks(vm, 0, intid);
    assert_int_equal(ap1(vm, 0), AP(priority));
    vm_write(vm, 0, ICC_BPR1_EL1, 5);
    ends(vm, 0, intid);
    assert_int_equal(ap1(vm, 0), 0);
    assert_int_equal(vm_read(vm, 0, ICC_RPR_EL1), 0xFF);
    assert_int_equal(eoi_count_of(vm, 0), 0);
    vm_exit(vm, 0);
    expect_state(vm, 0, intid, stays, false);
    vm_free(vm);
}

static void e32_an_end_needs_the_group_priority_that_was_dropped(void **state)
{
    (void)state;
    end_under_a_wider_binary_point(40, 0xA0, false);
    end_under_a_wider_binary_point(41, 0xA8, true);
}

/* E33 */

static void e33_eoicount_that_wraps_ends_nothing(void **state)
{
    enum {
        FIRST = 40,
        COUNT = 33,
    };
    Vm *vm = scenario(SETUP(.list_registers = 1, .maintenance_off = true, .priority_bits = 8));
    uint32_t order[COUNT + 1] = {0};

    (void)state;
    assert_int_equal(vm_ich(vm, 0, ICH_VTR_EL2) >> 26, 7 << 3 | 6);
    for (uint32_t i = 0; i < COUNT; i++) {
        order[i] = FIRST + i;
        edge(vm, FIRST + i, (uint8_t)(0x84 - 4 * i));
    }
    nest(vm, 0, order);
    expect_lrs(vm, 0, "72A");
    for (uint32_t i = COUNT; i-- > 0;) {
        ends(vm, 0, FIRST + i);
        assert_int_equal(eoi_count_of(vm, 0), (COUNT - 1 - i) % 32);
    }
    expect_misr(vm, 0, 0);
    vm_exit(vm, 0);
    for (uint32_t i = 0; i < COUNT; i++) {
        expect_state(vm, 0, FIRST + i, i != COUNT - 1, false);
    }
    vm_enter(vm, 0);
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t intid = FIRST + i;

        vm_frame_write(vm, 0, "GICD", GICD_ICACTIVER(intid / 32), 4, 1u << intid % 32);
        assert_false(shared_bit(vm, 0, GICD_ISACTIVER(0), intid));
    }
    vm_free(vm);
}

/* E42 */

static void e42_active_ones_are_in_the_order_of_priority_whatever_their_groups(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 1, .maintenance_off = true));

    (void)state;
    vm_enter(vm, 0);
    vm_write(vm, 0, ICC_IGRPEN0_EL1, 1);
    vm_exit(vm, 0);
    edge(vm, 40, 0x80);
    vm_configure(vm, 0, 41, 0, 0x40, true);
    edge(vm, 42, 0x20);
    inject(vm, 0, 40);
    acks(vm, 0, 40);
    inject(vm, 0, 41);
    assert_int_equal(vm_iar(vm, 0, 0), 41);
    inject(vm, 0, 42);
    acks(vm, 0, 42);
    vm_bounce(vm, 0);
    vm_write(vm, 0, ICC_IGRPEN0_EL1, 0);
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "42A");

    ends(vm, 0, 42);
    vm_eoir(vm, 0, 0, 41);
    assert_int_equal(eoi_count_of(vm, 0), 1);
    assert_int_equal(ap1(vm, 0), AP(0x80));
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, true, false);
    expect_state(vm, 0, 41, false, false);
    expect_state(vm, 0, 42, false, false);
    vm_free(vm);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(e01_without_overflow_nothing_asks_for_an_exit),
        cmocka_unit_test(e02_overflow_of_pending_ones_sets_uie_and_npie),
        cmocka_unit_test(e02_the_next_come_in_when_one_is_left),
        cmocka_unit_test(e03_a_pending_one_comes_before_active_ones),
        cmocka_unit_test(e03_np_does_not_fire_while_a_pending_one_is_left),
        cmocka_unit_test(e04_an_end_outside_is_counted_and_folded),
        cmocka_unit_test(e04_underflow_loads_the_active_ones_in_time),
        cmocka_unit_test(e05_ends_outside_are_folded_in_the_order_of_priority),
        cmocka_unit_test(e05_every_second_end_outside_is_an_exit),
        cmocka_unit_test(e06_one_list_register_has_no_underflow),
        cmocka_unit_test(e07_a_group_that_is_off_does_not_push_active_ones_out),
        cmocka_unit_test(e08_more_ends_than_there_are_outside_are_dropped),
        cmocka_unit_test(e09_an_end_of_an_idle_one_ends_nothing),
        cmocka_unit_test(e32_an_end_needs_the_group_priority_that_was_dropped),
        cmocka_unit_test(e33_eoicount_that_wraps_ends_nothing),
        cmocka_unit_test(e42_active_ones_are_in_the_order_of_priority_whatever_their_groups),
    };

    return cmocka_run_group_tests_name("hyp: scenarios of list registers", tests, NULL, NULL);
}
