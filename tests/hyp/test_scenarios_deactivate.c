/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios E10 to E15, E31, E38, E40, E44 and E45: deactivation by name, of what is in a list
 * register or in none, by whichever vCPU. */
#include "scenario.h"

/* E10 */

static bool in_lr(Vm *vm, uint32_t intid)
{
    for (unsigned n = 0; n < watch_of(vm)->list_registers; n++) {
        uint64_t lr = vm_ich(vm, 0, ICH_LR_EL2(n));

        if (lr_state(lr) && (uint32_t)lr == intid) {
            return true;
        }
    }
    return false;
}

/* Four active ones, the first is the best. */
static Vm *four_active_for_two(uint32_t first)
{
    Vm *vm = scenario(SETUP(.list_registers = 2, .eoimode = true, .maintenance_off = true));

    for (uint32_t i = 0; i < 4; i++) {
        edge(vm, first + i, (uint8_t)(0x20 * (i + 1)));
    }
    NEST(vm, 0, first + 3, first + 2, first + 1, first);
    for (uint32_t i = 0; i < 4; i++) {
        ends(vm, 0, first + i);
    }
    assert_int_equal(ap1(vm, 0), 0);
    assert_int_equal(eoi_count_of(vm, 0), 0);
    assert_true(in_lr(vm, first));
    assert_true(in_lr(vm, first + 1));
    return vm;
}

/* In this order; @p look: what is active is asked for in between, which is an exit. */
static void deactivate_in_order(uint32_t first, const uint32_t *order, bool look)
{
    Vm *vm = four_active_for_two(first);
    unsigned left = 0xF;

    for (unsigned i = 0; i < 4; i++) {
        uint32_t intid = first + order[i];
        bool trapped = traps_dir(vm, 0), resident = in_lr(vm, intid);
        unsigned traps = vm->traps[0], syncs = watch_of(vm)->syncs[0];

        if (vm_ich(vm, 0, ICH_HCR_EL2) & ICH_LRENPIE || first >= 32) {
            assert_true(trapped);
        }
        vm_dir(vm, 0, intid);
        assert_int_equal(vm->traps[0], traps + trapped);
        assert_int_equal(watch_of(vm)->syncs[0], syncs + !resident);
        assert_false(in_lr(vm, intid));
        left &= ~(1u << order[i]);
        for (unsigned j = 0; look && j < 4; j++) {
            expect_state(vm, 0, first + j, left >> j & 1, false);
        }
        if (look) {
            vm_enter(vm, 0);
        }
    }
    vm_exit(vm, 0);
    for (unsigned j = 0; j < 4; j++) {
        expect_state(vm, 0, first + j, false, false);
    }
    vm_free(vm);
}

static void in_all_orders(uint32_t first)
{
    for (unsigned code = 0; code < 256; code++) {
        const uint32_t order[] = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6};
        unsigned all = 1u << order[0] | 1u << order[1] | 1u << order[2] | 1u << order[3];

        if (all == 0xF) {
            deactivate_in_order(first, order, false);
            deactivate_in_order(first, order, true);
        }
    }
}

static void e10_spis_are_deactivated_in_any_order(void **state)
{
    (void)state;
    in_all_orders(40);
}

static void e10_ppis_are_deactivated_in_any_order(void **state)
{
    (void)state;
    in_all_orders(20);
}

/* E11 */

static void enter_all(Vm *vm)
{
    for (uint32_t i = 0; i < vm->cpus; i++) {
        vm_enter(vm, i);
    }
}

/* 40 was acknowledged and its priority dropped on vCPU 0; both vCPUs are in their guests. */
static Vm *active_on_vcpu_0(bool is_level)
{
    Vm *vm = scenario(SETUP(.cpus = 2, .list_registers = 4, .eoimode = true));

    vm_configure(vm, 0, 40, 1, 0x40, !is_level);
    enter_all(vm);
    if (is_level) {
        vm_wire(vm, 0, 40, true);
    } else {
        vm_pulse(vm, 0, 40);
    }
    acks(vm, 0, 40);
    ends(vm, 0, 40);
    expect_lrs(vm, 0, is_level ? "40A+EOI" : "40A");
    assert_true(traps_dir(vm, 1));
    vm_forget(vm);
    return vm;
}

static void e11_another_vcpu_deactivates_what_is_in_a_list_register(void **state)
{
    Vm *vm = active_on_vcpu_0(false);

    (void)state;
    vm_dir(vm, 1, 40);
    assert_int_equal(vm->traps[1], 1);
    assert_true(vm->stops[0] >= 1);
    assert_int_equal(eoi_count_of(vm, 1), 0);
    assert_false(shared_bit(vm, 0, GICD_ISACTIVER(0), 40));
    expect_lrs(vm, 0, "");
    vm_free(vm);
}

static void e11_another_vcpu_deactivates_what_is_of_one_that_exited(void **state)
{
    Vm *vm = active_on_vcpu_0(false);

    (void)state;
    vm_exit(vm, 0);
    vm_dir(vm, 1, 40);
    assert_int_equal(vm->traps[1], 1);
    assert_int_equal(eoi_count_of(vm, 1), 0);
    assert_false(shared_bit(vm, 0, GICD_ISACTIVER(0), 40));
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "");
    vm_free(vm);
}

/* E12 */

static void e12_what_is_in_no_list_register_is_deactivated_without_a_stop(void **state)
{
    Vm *vm = scenario(SETUP(.cpus = 2, .list_registers = 1, .eoimode = true));

    (void)state;
    edge(vm, 40, 0x80);
    edge(vm, 41, 0x40);
    vm_enter(vm, 1);
    NEST(vm, 0, 40, 41);
    ends(vm, 0, 41);
    ends(vm, 0, 40);
    expect_lrs(vm, 0, "41A");
    expect_enables(vm, 0, ICH_LRENPIE);
    vm_forget(vm);

    vm_dir(vm, 1, 40);
    expect_state(vm, 0, 40, false, false);
    assert_int_equal(vm->stops[0], 0);
    expect_lrs(vm, 0, "41A");
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "41A");
    expect_enables(vm, 0, 0);
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, false, false);
    expect_state(vm, 0, 41, true, false);
    vm_free(vm);
}

/* E13 */

typedef enum Where {
    IN_GUEST,
    EXITED,
    IN_WFI,
} Where;

static void deactivate_a_high_level(Where where)
{
    Vm *vm = active_on_vcpu_0(true);

    if (where != IN_GUEST) {
        vm_exit(vm, 0);
    }
    if (where == IN_WFI) {
        vgic_hyp_put(vm->gic, 0);
    }
    assert_int_equal(vgic_cpu_lines(vm->gic, 0), 0);
    vm_dir(vm, 1, 40);
    expect_ended(vm, 1, vm->ended[0].cpu, 40);
    if (where == IN_GUEST) {
        assert_true(vm->stops[0] >= 1);
    } else {
        assert_int_equal(vgic_cpu_lines(vm->gic, 0), VGIC_LINE_IRQ);
        expect_state(vm, 0, 40, false, true);
        assert_true(vgic_hyp_load(vm->gic, 0, VGIC_HYP_GUEST));
        vm_enter(vm, 0);
    }
    acks(vm, 0, 40);
    nothing(vm, 1);
    expect_ended(vm, 1, vm->ended[0].cpu, 40);
    vm_free(vm);
}

static void e13_a_level_that_stays_high_comes_again_in_the_guest(void **state)
{
    (void)state;
    deactivate_a_high_level(IN_GUEST);
}

static void e13_a_level_that_stays_high_comes_again_after_an_exit(void **state)
{
    (void)state;
    deactivate_a_high_level(EXITED);
}

static void e13_a_level_that_stays_high_wakes_who_waits(void **state)
{
    (void)state;
    deactivate_a_high_level(IN_WFI);
}

/* E14 and E15 */

static Vm *three_vcpus(void)
{
    Vm *vm = scenario(SETUP(.cpus = 3, .list_registers = 4));

    vm_configure(vm, 0, 40, 1, 0x40, true);
    vm_configure(vm, 1, 41, 1, 0x40, true);
    for (uint32_t intid = 20; intid < 25; intid++) {
        vm_configure(vm, 2, intid, 1, (uint8_t)(0x20 * (intid - 19)), true);
    }
    return vm;
}

static void expect_traps(Vm *vm, bool trap0, bool trap1, bool trap2)
{
    assert_int_equal(traps_dir(vm, 0), trap0);
    assert_int_equal(traps_dir(vm, 1), trap1);
    assert_int_equal(traps_dir(vm, 2), trap2);
}

static void e14_the_first_spi_in_flight_is_an_exit_of_all(void **state)
{
    Vm *vm = three_vcpus();

    (void)state;
    enter_all(vm);
    expect_traps(vm, false, false, false);
    vm_pulse(vm, 0, 40);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(vm->exits[i], 1);
    }
    expect_traps(vm, true, true, true);
    vm_forget(vm);
    vm_pulse(vm, 1, 41);
    assert_int_equal(vm->exits[0], 0);
    assert_int_equal(vm->exits[1], 1);
    assert_int_equal(vm->exits[2], 0);
    expect_lrs(vm, 0, "40P");
    expect_lrs(vm, 1, "41P");
    expect_lrs(vm, 2, "");
    vm_free(vm);
}

static void after_the_last_spi(bool exit_between, bool overflow)
{
    Vm *vm = three_vcpus();

    enter_all(vm);
    vm_pulse(vm, 0, 40);
    vm_pulse(vm, 1, 41);
    expect_traps(vm, true, true, true);
    if (overflow) {
        NEST(vm, 2, 24, 23, 22, 21, 20);
        expect_enables(vm, 2, ICH_UIE | ICH_LRENPIE);
    }
    for (uint32_t i = 0; i < 2; i++) {
        acks(vm, i, 40 + i);
        if (exit_between) {
            vm_bounce(vm, i);
        }
        ends(vm, i, 40 + i);
    }
    for (uint32_t i = 0; i < 3; i++) {
        vm_exit(vm, i);
    }
    enter_all(vm);
    expect_traps(vm, false, false, overflow);
    vm_free(vm);
}

static void e15_the_end_of_the_last_spi_in_flight_ends_the_traps(void **state)
{
    (void)state;
    after_the_last_spi(false, false);
    after_the_last_spi(true, false);
}

static void e15_active_ones_outside_go_on_trapping(void **state)
{
    (void)state;
    after_the_last_spi(false, true);
    after_the_last_spi(true, true);
}

/* E31 */

static void e31_a_change_of_eoimode_without_an_exit_ends_nothing(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 1, .maintenance_off = true));
    unsigned syncs;

    (void)state;
    edge(vm, 40, 0x40);
    edge(vm, 41, 0x80);
    NEST(vm, 0, 41, 40);
    expect_lrs(vm, 0, "40A");
    assert_true(traps_dir(vm, 0));
    syncs = watch_of(vm)->syncs[0];
    vm_write(vm, 0, ICC_CTLR_EL1, 2);
    ends(vm, 0, 40);
    ends(vm, 0, 41);
    assert_int_equal(watch_of(vm)->syncs[0], syncs);
    assert_int_equal(eoi_count_of(vm, 0), 0);
    vm_dir(vm, 0, 41);
    assert_int_equal(watch_of(vm)->syncs[0], syncs + 1);
    assert_int_equal(eoi_count_of(vm, 0), 0);
    expect_lrs(vm, 0, "40A");
    expect_enables(vm, 0, 0);
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, true, false);
    expect_state(vm, 0, 41, false, false);
    vm_enter(vm, 0);
    vm_dir(vm, 0, 40);
    assert_int_equal(vm->traps[0], 2);
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, false, false);
    vm_free(vm);
}

/* E38 */

static void e38_a_count_of_priority_drops_ends_nothing(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 1, .eoimode = true, .maintenance_off = true));

    (void)state;
    edge(vm, 40, 0x40);
    edge(vm, 41, 0x80);
    NEST(vm, 0, 41, 40);
    ends(vm, 0, 40);
    ends(vm, 0, 41);
    mock_ich(vm, 0, ICH_HCR_EL2, vm_ich(vm, 0, ICH_HCR_EL2) | 1u << 27);
    vm_exit(vm, 0);
    expect_state(vm, 0, 41, true, false);
    vm_enter(vm, 0);
    vm_dir(vm, 0, 41);
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, true, false);
    expect_state(vm, 0, 41, false, false);
    vm_free(vm);
}

/* E40 */

/* 32 is in a list register if there are two. */
static void name_more_than_there_are(unsigned list_registers)
{
    Vm *vm = scenario(SETUP(.list_registers = list_registers, .eoimode = true));

    edge(vm, 32, 0x80);
    edge(vm, 40, 0x40);
    NEST(vm, 0, 32, 40);
    ends(vm, 0, 40);
    ends(vm, 0, 32);
    expect_lrs(vm, 0, list_registers == 1 ? "40A" : "32A 40A");
    vm_dir(vm, 0, 1056);
    assert_int_equal(vm->traps[0], 1);
    vm_exit(vm, 0);
    expect_state(vm, 0, 32, true, false);
    vm_enter(vm, 0);
    vm_dir(vm, 0, 32);
    vm_exit(vm, 0);
    expect_state(vm, 0, 32, false, false);
    expect_state(vm, 0, 40, true, false);
    vm_free(vm);
}

static void e40_dir_takes_the_whole_intid(void **state)
{
    (void)state;
    name_more_than_there_are(1);
    name_more_than_there_are(2);
}

/* E44 */

static void e44_dir_of_a_pending_mapped_one_leaves_the_physical_one_active(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 1, .eoimode = true, .maintenance_off = true));

    (void)state;
    mapped_level(vm, TIMER, 0x80, VGIC_HYP_HW);
    edge(vm, 40, 0x40);
    fire(vm, TIMER);
    vm_pulse(vm, 0, 40);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "40P");
    vm_dir(vm, 0, TIMER);
    assert_int_equal(vm->traps[0], 1);
    expect_deactivated(vm, 0, TIMER);
    expect_lrs(vm, 0, "40P");
    vm_dir(vm, 0, 40); /* in the list register, and no more active */
    expect_lrs(vm, 0, "40P");
    expect_state(vm, 0, TIMER, false, true);
    vm_free(vm);
}

static void e44_dir_of_a_mapped_one_that_pends_in_a_list_register_does_not_either(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .eoimode = true));

    (void)state;
    mapped_level(vm, TIMER, 0x80, VGIC_HYP_HW);
    edge(vm, 40, 0x40);
    fire(vm, TIMER);
    vm_pulse(vm, 0, 40);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "27P+HW27 40P");
    vm_dir(vm, 0, TIMER);
    assert_int_equal(vm->traps[0], 1);
    expect_lrs(vm, 0, "27P+HW27 40P");
    expect_deactivated(vm, 0, TIMER);
    vm_free(vm);
}

/* E45 */

static void e45_another_vcpus_deactivation_tells_the_listener(void **state)
{
    Vm *vm = active_on_vcpu_0(true);

    (void)state;
    vgic_spi_set_level(vm->gic, 40, false);
    vm_dir(vm, 1, 40);
    expect_ended(vm, 1, vm->ended[0].cpu, 40);
    nothing(vm, 0);
    expect_lrs(vm, 0, "");
    expect_ended(vm, 1, vm->ended[0].cpu, 40);
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, false, false);
    vm_free(vm);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(e10_spis_are_deactivated_in_any_order),
        cmocka_unit_test(e10_ppis_are_deactivated_in_any_order),
        cmocka_unit_test(e11_another_vcpu_deactivates_what_is_in_a_list_register),
        cmocka_unit_test(e11_another_vcpu_deactivates_what_is_of_one_that_exited),
        cmocka_unit_test(e12_what_is_in_no_list_register_is_deactivated_without_a_stop),
        cmocka_unit_test(e13_a_level_that_stays_high_comes_again_in_the_guest),
        cmocka_unit_test(e13_a_level_that_stays_high_comes_again_after_an_exit),
        cmocka_unit_test(e13_a_level_that_stays_high_wakes_who_waits),
        cmocka_unit_test(e14_the_first_spi_in_flight_is_an_exit_of_all),
        cmocka_unit_test(e15_the_end_of_the_last_spi_in_flight_ends_the_traps),
        cmocka_unit_test(e15_active_ones_outside_go_on_trapping),
        cmocka_unit_test(e31_a_change_of_eoimode_without_an_exit_ends_nothing),
        cmocka_unit_test(e38_a_count_of_priority_drops_ends_nothing),
        cmocka_unit_test(e40_dir_takes_the_whole_intid),
        cmocka_unit_test(e44_dir_of_a_pending_mapped_one_leaves_the_physical_one_active),
        cmocka_unit_test(e44_dir_of_a_mapped_one_that_pends_in_a_list_register_does_not_either),
        cmocka_unit_test(e45_another_vcpus_deactivation_tells_the_listener),
    };

    return cmocka_run_group_tests_name("hyp: scenarios of deactivation", tests, NULL, NULL);
}
