/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios E16 to E21, E35, E39 and E43: levels, those that stand for physical interrupts, and who
 * is told of their ends. */
#include "scenario.h"

/* E16 to E18 */

static Vm *with_a_level(bool high)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .maintenance_off = true));

    level(vm, 40, 0x40);
    if (high) {
        vm_wire(vm, 0, 40, true);
        vm_enter(vm, 0);
        expect_lrs(vm, 0, "40P+EOI");
    }
    return vm;
}

/* Its list register asks for maintenance, and is not empty therefore. */
static void expect_end_in_lr(Vm *vm)
{
    expect_lrs(vm, 0, "");
    assert_int_equal(vm_ich(vm, 0, ICH_LR_EL2(0)) & (LR_EOI | UINT32_MAX), LR_EOI | 40);
    expect_misr(vm, 0, MISR_EOI);
}

static void a_level_that_falls(bool exit_between)
{
    Vm *vm = with_a_level(true);

    acks(vm, 0, 40);
    expect_lrs(vm, 0, "40A+EOI");
    vgic_spi_set_level(vm->gic, 40, false);
    if (exit_between) {
        vm_exit(vm, 0);
        expect_state(vm, 0, 40, true, false);
        expect_ended(vm, 0, 0, 40);
        vm_enter(vm, 0);
        expect_lrs(vm, 0, "40A+EOI");
    }
    quick_end(vm, 0, 40);
    expect_end_in_lr(vm);
    vm_exit(vm, 0);
    expect_ended(vm, 1, 0, 40);
    expect_state(vm, 0, 40, false, false);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "");
    nothing(vm, 0);
    expect_ended(vm, 1, 0, 40);
    vm_free(vm);
}

static void e16_the_end_of_a_level_is_told_once(void **state)
{
    (void)state;
    a_level_that_falls(false);
    a_level_that_falls(true);
}

static void a_level_that_stays(bool exit_between)
{
    Vm *vm = with_a_level(true);

    for (unsigned i = 1; i <= 3; i++) {
        expect_lrs(vm, 0, "40P+EOI");
        acks(vm, 0, 40);
        if (exit_between) {
            vm_bounce(vm, 0);
            expect_lrs(vm, 0, "40A+EOI");
        }
        ends(vm, 0, 40);
        expect_end_in_lr(vm);
        vm_bounce(vm, 0);
        expect_ended(vm, i, 0, 40);
    }
    vm_free(vm);
}

static void e17_a_level_that_stays_high_comes_again_each_time(void **state)
{
    (void)state;
    a_level_that_stays(false);
    a_level_that_stays(true);
}

static void e18_a_level_that_falls_before_the_acknowledge_is_gone(void **state)
{
    Vm *vm = with_a_level(true);

    (void)state;
    vm_exit(vm, 0);
    vm_wire(vm, 0, 40, false);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "");
    nothing(vm, 0);
    vm_exit(vm, 0);
    expect_ended(vm, 0, 0, 40);
    vm_free(vm);
}

/* E19 */

static void e19_a_timer_is_deactivated_in_its_list_register(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .eoimode = true));
    unsigned syncs;

    (void)state;
    mapped_level(vm, TIMER, 0x40, VGIC_HYP_HW);
    edge(vm, 40, 0x80);
    fire(vm, TIMER);
    vm_pulse(vm, 0, 40);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "27P+HW27 40P");
    acks(vm, 0, TIMER);
    expect_lrs(vm, 0, "27A+HW27 40P");
    assert_true(traps_dir(vm, 0));
    vm->level[TIMER] = false;
    ends(vm, 0, TIMER);
    expect_deactivated(vm, 0, TIMER);
    syncs = watch_of(vm)->syncs[0];
    vm_dir(vm, 0, TIMER);
    assert_int_equal(vm->traps[0], 1);
    assert_int_equal(watch_of(vm)->syncs[0], syncs);
    expect_lrs(vm, 0, "40P");
    expect_deactivated(vm, 1, TIMER);
    vm_exit(vm, 0); /* for the physical interrupt */
    fire(vm, TIMER);
    vm_enter(vm, 0);
    acks(vm, 0, TIMER);
    expect_deactivated(vm, 1, TIMER);
    vm_free(vm);
}

/* The same when it fires at another physical CPU, so that nothing but a kick is an exit. */
static void e19_a_mapped_level_that_fires_again_kicks_its_guest(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4));

    (void)state;
    mapped_level(vm, 41, 0x40, VGIC_HYP_HW);
    fire(vm, 41);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "41P+HW41");
    acks(vm, 0, 41);
    vm->level[41] = false;
    ends(vm, 0, 41);
    assert_int_equal(vm->exits[0], 0);
    fire(vm, 41);
    assert_int_equal(vm->exits[0], 1);
    acks(vm, 0, 41);
    vm_free(vm);
}

static void e19_a_timer_outside_the_list_registers_is_deactivated_once(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 1, .eoimode = true));
    unsigned syncs;

    (void)state;
    mapped_level(vm, TIMER, 0x40, VGIC_HYP_HW);
    edge(vm, 40, 0x20);
    fire(vm, TIMER);
    vm_enter(vm, 0);
    acks(vm, 0, TIMER);
    vm->level[TIMER] = false;
    ends(vm, 0, TIMER);
    inject(vm, 0, 40);
    expect_lrs(vm, 0, "40P");
    assert_true(traps_dir(vm, 0));
    syncs = watch_of(vm)->syncs[0];
    vm_dir(vm, 0, TIMER);
    assert_int_equal(vm->traps[0], 1);
    assert_int_equal(watch_of(vm)->syncs[0], syncs + 1);
    expect_deactivated(vm, 1, TIMER);
    expect_state(vm, 0, TIMER, false, false);
    fire(vm, TIMER);
    acks(vm, 0, 40);
    ends(vm, 0, 40);
    acks(vm, 0, TIMER);
    expect_deactivated(vm, 1, TIMER);
    vm_free(vm);
}

/* E20 */

static void e20_a_timer_that_is_stopped_before_the_acknowledge_fires_again(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .maintenance_off = true));

    (void)state;
    mapped_level(vm, TIMER, 0x40, VGIC_HYP_HW);
    fire(vm, TIMER);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "27P+HW27");
    vm->level[TIMER] = false;
    vm_exit(vm, 0);
    assert_false(vm_info(vm, 0, TIMER).wire);
    expect_state(vm, 0, TIMER, false, false);
    expect_deactivated(vm, 1, TIMER);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "");
    fire(vm, TIMER);
    expect_lrs(vm, 0, "27P+HW27");
    acks(vm, 0, TIMER);
    vm_free(vm);
}

static void e20_a_timer_that_goes_on_keeps_its_physical_interrupt(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .maintenance_off = true));

    (void)state;
    mapped_level(vm, TIMER, 0x40, VGIC_HYP_HW);
    fire(vm, TIMER);
    vm_enter(vm, 0);
    vm_exit(vm, 0);
    expect_state(vm, 0, TIMER, false, true);
    expect_deactivated(vm, 0, TIMER);
    vm_free(vm);
}

/* E21 */

static Vm *with_a_timer_that_software_deactivates(void)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .maintenance_off = true));

    mapped_level(vm, TIMER, 0x40, VGIC_HYP_SOFTWARE);
    fire(vm, TIMER);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "27P+EOI");
    return vm;
}

static void e21_software_deactivates_the_physical_one_at_the_end(void **state)
{
    Vm *vm = with_a_timer_that_software_deactivates();

    (void)state;
    acks(vm, 0, TIMER);
    vm_exit(vm, 0);
    expect_deactivated(vm, 0, TIMER);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "27A+EOI");
    ends(vm, 0, TIMER);
    vm_exit(vm, 0);
    expect_deactivated(vm, 1, TIMER);
    expect_state(vm, 0, TIMER, false, false);
    expect_ended(vm, 0, 0, TIMER); /* no SPI */
    vm_free(vm);
}

static void e21_software_lets_a_level_that_stays_high_fire_again(void **state)
{
    Vm *vm = with_a_timer_that_software_deactivates();

    (void)state;
    vm_exit(vm, 0);
    expect_deactivated(vm, 1, TIMER);
    assert_false(vm_info(vm, 0, TIMER).wire);
    fire(vm, TIMER);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "27P+EOI");
    acks(vm, 0, TIMER);
    vm_free(vm);
}

static void e21_software_forgets_a_level_that_is_low(void **state)
{
    Vm *vm = with_a_timer_that_software_deactivates();

    (void)state;
    vm->level[TIMER] = false;
    vm_exit(vm, 0);
    expect_deactivated(vm, 1, TIMER);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "");
    nothing(vm, 0);
    vm_free(vm);
}

/* E35 */

static void e35_a_timer_that_fires_while_active_comes_once_more(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .maintenance_off = true));

    (void)state;
    mapped_level(vm, TIMER, 0x40, VGIC_HYP_HW);
    fire(vm, TIMER);
    vm_enter(vm, 0);
    acks(vm, 0, TIMER);
    vm_exit(vm, 0);
    fire(vm, TIMER);
    assert_true(vm_info(vm, 0, TIMER).wire);
    expect_state(vm, 0, TIMER, true, true);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "27A+HW27");
    ends(vm, 0, TIMER);
    expect_lrs(vm, 0, "");
    fire(vm, TIMER); /* now that hardware deactivated it */
    vm_bounce(vm, 0);
    expect_deactivated(vm, 0, TIMER);
    expect_lrs(vm, 0, "27P+HW27");
    acks(vm, 0, TIMER);
    vm->level[TIMER] = false;
    ends(vm, 0, TIMER);
    vm_bounce(vm, 0);
    nothing(vm, 0);
    vm_exit(vm, 0);
    expect_state(vm, 0, TIMER, false, false);
    vm_free(vm);
}

static void e35_a_timer_that_fires_while_active_and_stops_is_gone(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .maintenance_off = true));

    (void)state;
    mapped_level(vm, TIMER, 0x40, VGIC_HYP_HW);
    fire(vm, TIMER);
    vm_enter(vm, 0);
    acks(vm, 0, TIMER);
    vm_exit(vm, 0);
    fire(vm, TIMER);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "27A+HW27");
    vm->level[TIMER] = false;
    ends(vm, 0, TIMER);
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "");
    expect_deactivated(vm, 1, TIMER);
    fire(vm, TIMER);
    acks(vm, 0, TIMER);
    vm_free(vm);
}

/* E39 */

static void lower(Vm *vm, uint32_t cpu, uint32_t intid)
{
    (void)cpu;
    vgic_spi_set_level(vm->gic, intid, false);
}

static void e39_an_end_without_an_exit_before_is_told_once(void **state)
{
    Vm *vm = with_a_level(true);

    (void)state;
    vm->on_ended = lower;
    acks(vm, 0, 40);
    ends(vm, 0, 40);
    expect_ended(vm, 0, 0, 40);
    vm_bounce(vm, 0);
    expect_ended(vm, 1, 0, 40);
    expect_lrs(vm, 0, "");
    nothing(vm, 0);
    vm_exit(vm, 0);
    expect_ended(vm, 1, 0, 40);
    vm_free(vm);
}

/* E43 */

static void set_pending(Vm *vm)
{
    vm_frame_write(vm, 0, "GICD", GICD_ISPENDR(1), 4, 1 << 8);
}

static void e43_ispendr_is_consumed_by_the_acknowledge(void **state)
{
    Vm *vm = with_a_level(false);

    (void)state;
    set_pending(vm);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "40P+EOI");
    acks(vm, 0, 40);
    vm_exit(vm, 0);
    assert_false(shared_bit(vm, 0, GICD_ISPENDR(0), 40));
    set_pending(vm);
    expect_state(vm, 0, 40, true, true);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "40A+EOI");
    ends(vm, 0, 40);
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, false, true);
    vm_enter(vm, 0);
    acks(vm, 0, 40);
    ends(vm, 0, 40);
    vm_bounce(vm, 0);
    nothing(vm, 0);
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, false, false);
    expect_ended(vm, 2, 0, 40);
    vm_free(vm);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(e16_the_end_of_a_level_is_told_once),
        cmocka_unit_test(e17_a_level_that_stays_high_comes_again_each_time),
        cmocka_unit_test(e18_a_level_that_falls_before_the_acknowledge_is_gone),
        cmocka_unit_test(e19_a_timer_is_deactivated_in_its_list_register),
        cmocka_unit_test(e19_a_mapped_level_that_fires_again_kicks_its_guest),
        cmocka_unit_test(e19_a_timer_outside_the_list_registers_is_deactivated_once),
        cmocka_unit_test(e20_a_timer_that_is_stopped_before_the_acknowledge_fires_again),
        cmocka_unit_test(e20_a_timer_that_goes_on_keeps_its_physical_interrupt),
        cmocka_unit_test(e21_software_deactivates_the_physical_one_at_the_end),
        cmocka_unit_test(e21_software_lets_a_level_that_stays_high_fire_again),
        cmocka_unit_test(e21_software_forgets_a_level_that_is_low),
        cmocka_unit_test(e35_a_timer_that_fires_while_active_comes_once_more),
        cmocka_unit_test(e35_a_timer_that_fires_while_active_and_stops_is_gone),
        cmocka_unit_test(e39_an_end_without_an_exit_before_is_told_once),
        cmocka_unit_test(e43_ispendr_is_consumed_by_the_acknowledge),
    };

    return cmocka_run_group_tests_name("hyp: scenarios of levels", tests, NULL, NULL);
}
