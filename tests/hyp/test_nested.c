/* SPDX-License-Identifier: BSD-2-Clause */
/* A hypervisor as a guest, and its guest: scenarios N1 to N13 of section 2.10 of the behaviour
 * sheet. */
#include "nested.h"

static void n01_what_l2_acknowledges_becomes_active_in_l1s_list_register(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    set_l1_lr(vm, 0, pending_lr(0x40, 40));
    enter_l2(vm);
    l2_acks(vm, 40);
    vm_exit(vm, 0);
    assert_int_equal(l1_lr(vm, 0), list_register(LR_ACTIVE, 1, 0x40, 40));
    vm_put(vm, 0);
    assert_int_equal(l1_lr(vm, 0), list_register(LR_ACTIVE, 1, 0x40, 40));
    assert_int_equal(vm_l1_read(vm, 0, ICH_AP1R0_EL2), 1 << 8);
    vm_free(vm);
}

static void n02_valid_list_registers_are_packed_and_come_back_to_their_places(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    set_l1_lr(vm, 3, pending_lr(0x40, 40));
    set_l1_lr(vm, 9, pending_lr(0x80, 41));
    enter_l2(vm);
    assert_int_equal(hw_lr(vm, 0), pending_lr(0x40, 40));
    assert_int_equal(hw_lr(vm, 1), pending_lr(0x80, 41));
    for (unsigned n = 2; n < LIST_REGISTERS; n++) {
        assert_int_equal(hw_lr(vm, n), 0);
    }
    l2_acks(vm, 40);
    vm_exit(vm, 0);
    vm_put(vm, 0);
    for (unsigned n = 0; n < LIST_REGISTERS; n++) {
        assert_int_equal(l1_lr(vm, n), n == 3   ? list_register(LR_ACTIVE, 1, 0x40, 40)
                                       : n == 9 ? pending_lr(0x80, 41)
                                                : 0);
    }
    assert_hardware_is_empty(vm);
    vm_free(vm);
}

static void n03_l2s_end_of_l1s_timer_ends_it_once_in_hardware_and_in_the_model(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    fire_mapped(vm, TIMER);
    l1_takes(vm, TIMER);
    assert_true(vm_info(vm, 0, TIMER).active);
    assert_true(physical_is_active(vm, TIMER));
    l2_ends_the_timer(vm);
    vm_free(vm);
}

static void n04_an_interrupt_of_l1_without_a_physical_one_is_ended_by_software(void **state)
{
    Vm *vm = nested_vm(1, MANY_SPIS, 0, *(const bool *)*state);

    l1_makes_active(vm, 0, 600);
    set_l1_lr(vm, 0, hw_list_register(LR_PENDING, 1, 0x40, 40, 600));
    vm_forget(vm);
    enter_l2(vm);
    assert_int_equal(hw_lr(vm, 0), pending_lr(0x40, 40));
    l2_acks(vm, 40);
    l2_ends(vm, 40);
    assert_int_equal(vm_ich(vm, 0, ICH_EISR_EL2), 0);
    assert_int_equal(vm->exits[0], 0);
    vm_exit(vm, 0);
    assert_false(vm_info(vm, 0, 600).active);
    assert_int_equal(vm_l1_read(vm, 0, ICH_EISR_EL2), 0);
    assert_int_equal(vm_l1_read(vm, 0, ICH_ELRSR_EL2), 0xFFFF);
    assert_int_equal(l1_lr(vm, 0), hw_list_register(LR_INVALID, 1, 0x40, 40, 600));
    vm_free(vm);
}

static void n05_physical_intids_that_l1_does_not_have_are_harmless(void **state)
{
    static const uint32_t pintids[] = {1019, 513, 900, 5};
    Vm *vm = one_nested_vcpu(state);

    for (unsigned n = 0; n < 4; n++) {
        set_l1_lr(vm, n,
                  hw_list_register(LR_PENDING, 1, (uint8_t)(0x40 + 8 * n), 40 + n, pintids[n]));
    }
    vm_forget(vm);
    enter_l2(vm);
    for (unsigned n = 0; n < 4; n++) {
        assert_int_equal(hw_lr(vm, n) & (LR_HW | LR_PINTID), 0);
    }
    for (uint32_t intid = 40; intid < 44; intid++) {
        l2_acks(vm, intid);
        l2_ends(vm, intid);
    }
    assert_int_equal(vm->exits[0], 0);
    vm_exit(vm, 0);
    assert_false(l1_mi(vm));
    assert_int_equal(vm->deactivated_count, 0);
    for (unsigned n = 0; n < 4; n++) {
        assert_int_equal(lr_state(l1_lr(vm, n)), LR_INVALID);
    }
    vm_free(vm);
}

/* One row: is L1's interrupt ended? The list register is in hardware because it was valid at load.
 */
static void check_row(Vm *vm, bool hw, LrState before, LrState after)
{
    bool expected = !(hw && before != LR_INVALID && after == LR_INVALID);

    set_l1_lr(vm, 0, pending_lr(0x40, 40));
    l1_makes_active(vm, 0, 600);
    vm_load(vm, 0, VGIC_HYP_NESTED);
    set_l1_lr(vm, 0,
              hw ? hw_list_register(before, 1, 0x40, 40, 600) : list_register(before, 1, 0x40, 40));
    vm_set_ich(vm, 0, ICH_LR_EL2(0), list_register(after, 1, 0x40, 40));
    vm_enter(vm, 0);
    vm_exit(vm, 0);
    if (vm_info(vm, 0, 600).active != expected) {
        fail_msg("HW %d, State %d before and %d after: 600 active %d", hw, before, after,
                 !expected);
    }
    assert_int_equal(lr_state(l1_lr(vm, 0)), after);
    enter_l1(vm);
}

static void n06_l1s_interrupt_ends_only_where_a_valid_hw_list_register_became_invalid(void **state)
{
    static const LrState valid[] = {LR_PENDING, LR_ACTIVE, LR_BOTH};
    Vm *vm = nested_vm(1, MANY_SPIS, 0, false);

    (void)state;
    for (int hw = 0; hw < 2; hw++) {
        check_row(vm, hw, LR_INVALID, LR_INVALID);
        for (unsigned i = 0; i < 3; i++) {
            check_row(vm, hw, LR_INVALID, valid[i]);
            check_row(vm, hw, valid[i], LR_INVALID);
            for (unsigned k = 0; k < 3; k++) {
                check_row(vm, hw, valid[i], valid[k]);
            }
        }
    }
    vm_free(vm);
}

static void n07_what_became_active_again_is_not_ended_by_an_old_list_register(void **state)
{
    Vm *vm = nested_vm(2, FEW_SPIS, 0, *(const bool *)*state);

    fire_mapped(vm, 48);
    l1_takes(vm, 48);
    set_l1_lr(vm, 0, hw_list_register(LR_PENDING, 1, 0x40, 48, 48));
    enter_l2(vm);
    l2_acks(vm, 48);
    l2_ends(vm, 48);
    assert_false(physical_is_active(vm, 48));
    vm_exit(vm, 0);
    assert_false(vm_info(vm, 0, 48).active);
    l1_makes_active(vm, 1, 48);
    vm_enter(vm, 0);
    vm_exit(vm, 0);
    assert_true(vm_info(vm, 0, 48).active);
    vm_free(vm);
}

/* One valid list register is left of three, with UIE. */
static Vm *drained(bool memory)
{
    Vm *vm = nested_vm(1, FEW_SPIS, 0, memory);

    vm_l1_write(vm, 0, ICH_HCR_EL2, ICH_EN | ICH_UIE);
    for (unsigned n = 0; n < 3; n++) {
        set_l1_lr(vm, n, pending_lr((uint8_t)(0x40 + 8 * n), 40 + n));
    }
    enter_l2(vm);
    l2_acks(vm, 40);
    l2_ends(vm, 40);
    vm_exit(vm, 0);
    assert_false(l1_mi(vm));
    vm_enter(vm, 0);
    l2_acks(vm, 41);
    l2_ends(vm, 41);
    vm_exit(vm, 0);
    assert_true(l1_mi(vm));
    return vm;
}

static void n08_underflow_raises_the_maintenance_interrupt_and_a_refill_lowers_it(void **state)
{
    Vm *vm = drained(*(const bool *)*state);

    enter_l1(vm);
    assert_int_equal(vm_l1_read(vm, 0, ICH_MISR_EL2), MISR_U);
    assert_true(l1_mi(vm));
    set_l1_lr(vm, 0, pending_lr(0x40, 40));
    vm_exit(vm, 0);
    assert_false(l1_mi(vm));
    assert_int_equal(vm_l1_read(vm, 0, ICH_MISR_EL2), 0);
    vm_free(vm);
}

static void n09_active_and_pending_is_not_pending(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    vm_l1_write(vm, 0, ICH_HCR_EL2, ICH_EN | ICH_NPIE);
    set_l1_lr(vm, 0, list_register(LR_BOTH, 1, 0x40, 40));
    vm_l1_write(vm, 0, ICH_AP1R0_EL2, 1 << 8);
    enter_l2(vm);
    vm_exit(vm, 0);
    assert_int_equal(vm_l1_read(vm, 0, ICH_MISR_EL2), MISR_NP);
    assert_true(l1_mi(vm));
    vm_enter(vm, 0);
    l2_ends(vm, 40);
    vm_exit(vm, 0);
    assert_int_equal(lr_state(l1_lr(vm, 0)), LR_PENDING);
    assert_int_equal(vm_l1_read(vm, 0, ICH_MISR_EL2), 0);
    assert_false(l1_mi(vm));
    vm_free(vm);
}

/* L2 ended what was to tell of its end. */
static Vm *told_of_an_end(bool memory)
{
    Vm *vm = nested_vm(1, FEW_SPIS, 0, memory);

    set_l1_lr(vm, 0, pending_lr(0x40, 40) | LR_EOI);
    enter_l2(vm);
    l2_acks(vm, 40);
    assert_false(vm->hw.maintenance(vm->hw.data, 0));
    l2_ends(vm, 40);
    vm_exit(vm, 0);
    return vm;
}

static void n10_an_end_that_l1_wants_to_know_of_stays_until_l1_rewrites_the_register(void **state)
{
    Vm *vm = told_of_an_end(*(const bool *)*state);

    assert_true(l1_mi(vm));
    enter_l1(vm);
    assert_int_equal(vm_l1_read(vm, 0, ICH_MISR_EL2), MISR_EOI);
    assert_int_equal(vm_l1_read(vm, 0, ICH_EISR_EL2), 1);
    assert_int_equal(vm_l1_read(vm, 0, ICH_ELRSR_EL2), 0xFFFE);
    set_l1_lr(vm, 0, 0);
    vm_exit(vm, 0);
    assert_int_equal(vm_l1_read(vm, 0, ICH_EISR_EL2), 0);
    assert_int_equal(vm_l1_read(vm, 0, ICH_ELRSR_EL2), 0xFFFF);
    assert_int_equal(vm_l1_read(vm, 0, ICH_MISR_EL2), 0);
    assert_false(l1_mi(vm));
    vm_free(vm);
}

static void n11_ends_of_what_is_in_no_list_register_are_counted_for_l1(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    vm_l1_write(vm, 0, ICH_HCR_EL2, ICH_EN | ICH_LRENPIE);
    vm_l1_write(vm, 0, ICH_AP1R0_EL2, 7 << 8);
    enter_l2(vm);
    l2_ends(vm, 40);
    l2_ends(vm, 41);
    vm_exit(vm, 0);
    assert_int_equal(l1_eoi_count(vm), 2);
    assert_true(l1_mi(vm));
    vm_enter(vm, 0);
    l2_ends(vm, 42);
    vm_exit(vm, 0);
    assert_int_equal(l1_eoi_count(vm), 3);
    assert_true(l1_mi(vm));
    enter_l1(vm);
    assert_int_equal(vm_l1_read(vm, 0, ICH_AP1R0_EL2), 0);
    vm_l1_write(vm, 0, ICH_HCR_EL2, ICH_EN | ICH_LRENPIE);
    vm_exit(vm, 0);
    assert_false(l1_mi(vm));
    vm_free(vm);
}

static void n12_without_en_a_condition_is_there_but_silent(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    vm_l1_write(vm, 0, ICH_HCR_EL2, 0);
    set_l1_lr(vm, 0, list_register(LR_INVALID, 1, 0x40, 40) | LR_EOI);
    enter_l2(vm);
    vm_exit(vm, 0);
    assert_false(l1_mi(vm));
    assert_int_equal(vm_l1_read(vm, 0, ICH_MISR_EL2), MISR_EOI);
    enter_l1(vm);
    vm_l1_write(vm, 0, ICH_HCR_EL2, ICH_EN);
    if (vm->vncr[0]) {
        vm_exit(vm, 0); /* nobody saw it before */
    }
    assert_true(l1_mi(vm));
    vm_free(vm);
}

/* L1 has a maintenance interrupt that it does not take; L2 runs on. */
static void check_l2_runs(Vm *vm, uint64_t misr)
{
    vm_forget(vm);
    for (int i = 0; i < 1000; i++) {
        vm_enter(vm, 0);
        assert_int_equal(vm->entry[0], VGIC_HYP_ENTER);
        assert_false(vm->hw.maintenance(vm->hw.data, 0));
        vm_l2_read(vm, 0, ICC_RPR_EL1);
        vm_exit(vm, 0);
        assert_true(l1_mi(vm));
    }
    assert_int_equal(vm->exits[0], 0);
    assert_int_equal(vm_l1_read(vm, 0, ICH_MISR_EL2), misr);
    vm_configure(vm, 0, MAINTENANCE_PPI, 1, 0x20, false);
    vm_enter(vm, 0);
    assert_int_equal(vm->entry[0], VGIC_HYP_SWITCH);
    vm_free(vm);
}

static void n13_an_end_that_l1_does_not_hear_of_yet_does_not_stop_l2(void **state)
{
    check_l2_runs(told_of_an_end(*(const bool *)*state), MISR_EOI);
}

static void n13_an_underflow_that_l1_does_not_hear_of_yet_does_not_stop_l2(void **state)
{
    check_l2_runs(drained(*(const bool *)*state), MISR_U);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BOTH(n01_what_l2_acknowledges_becomes_active_in_l1s_list_register),
        BOTH(n02_valid_list_registers_are_packed_and_come_back_to_their_places),
        BOTH(n03_l2s_end_of_l1s_timer_ends_it_once_in_hardware_and_in_the_model),
        BOTH(n04_an_interrupt_of_l1_without_a_physical_one_is_ended_by_software),
        BOTH(n05_physical_intids_that_l1_does_not_have_are_harmless),
        cmocka_unit_test(n06_l1s_interrupt_ends_only_where_a_valid_hw_list_register_became_invalid),
        BOTH(n07_what_became_active_again_is_not_ended_by_an_old_list_register),
        BOTH(n08_underflow_raises_the_maintenance_interrupt_and_a_refill_lowers_it),
        BOTH(n09_active_and_pending_is_not_pending),
        BOTH(n10_an_end_that_l1_wants_to_know_of_stays_until_l1_rewrites_the_register),
        BOTH(n11_ends_of_what_is_in_no_list_register_are_counted_for_l1),
        BOTH(n12_without_en_a_condition_is_there_but_silent),
        BOTH(n13_an_end_that_l1_does_not_hear_of_yet_does_not_stop_l2),
        BOTH(n13_an_underflow_that_l1_does_not_hear_of_yet_does_not_stop_l2),
    };

    return cmocka_run_group_tests_name("hyp: nested", tests, NULL, NULL);
}
