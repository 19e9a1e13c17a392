/* SPDX-License-Identifier: BSD-2-Clause */
/* A hypervisor as a guest, and its guest: scenarios N14 to N20 of section 2.10 of the behaviour
 * sheet, and what they leave out. */
#include <string.h>

#include <vgic/state.h>

#include "nested.h"

/* L2 has 40 active, and runs. */
static void enter_busy_l2(Vm *vm)
{
    set_l1_lr(vm, 0, list_register(LR_ACTIVE, 1, 0x40, 40));
    vm_l1_write(vm, 0, ICH_AP1R0_EL2, 1 << 8);
    enter_l2(vm);
    vm_forget(vm);
}

static void assert_l2_is_as_before(Vm *vm)
{
    assert_int_equal(l1_lr(vm, 0), list_register(LR_ACTIVE, 1, 0x40, 40));
    assert_int_equal(vm_l1_read(vm, 0, ICH_AP1R0_EL2), 1 << 8);
    assert_int_equal(vm_l1_read(vm, 0, ICH_VMCR_EL2), L1_VMCR);
}

static void n14_an_interrupt_for_l1_switches_to_it_after_one_exit(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    vm_configure(vm, 0, 50, 1, 0x40, true);
    enter_busy_l2(vm);
    vm_pulse(vm, 0, 50);
    assert_int_equal(vm->exits[0], 1);
    assert_int_equal(vm->entry[0], VGIC_HYP_SWITCH);
    assert_int_equal(vgic_cpu_lines(vm->gic, 0), VGIC_LINE_IRQ);
    vm_put(vm, 0);
    assert_hardware_is_empty(vm);
    assert_l2_is_as_before(vm);
    enter_l1(vm);
    l1_takes(vm, 50);
    vm_dir(vm, 0, 50);
    enter_l2(vm);
    assert_int_equal(vm_l2_read(vm, 0, ICC_RPR_EL1), 0x40);
    vm_put(vm, 0);
    assert_l2_is_as_before(vm);
    vm_free(vm);
}

static void n14_an_interrupt_that_l1_masks_leaves_l2_alone(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    vm_configure(vm, 0, 50, 1, 0x40, true);
    vm_write(vm, 0, ICC_PMR_EL1, 0x40);
    enter_busy_l2(vm);
    vm_pulse(vm, 0, 50);
    assert_int_equal(vm->exits[0], 0);
    vm_bounce(vm, 0);
    assert_int_equal(vm->entry[0], VGIC_HYP_ENTER);
    vm_free(vm);
}

static void n14_an_interrupt_that_does_not_preempt_l1s_leaves_l2_alone(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    vm_configure(vm, 0, 50, 1, 0x40, true);
    vm_configure(vm, 0, 51, 1, 0x20, true);
    vm_pulse(vm, 0, 51);
    assert_int_equal(vm_iar(vm, 0, 1), 51);
    enter_busy_l2(vm);
    vm_pulse(vm, 0, 50);
    assert_int_equal(vm->exits[0], 0);
    vm_bounce(vm, 0);
    assert_int_equal(vm->entry[0], VGIC_HYP_ENTER);
    enter_l1(vm);
    assert_int_equal(vm_read(vm, 0, ICC_RPR_EL1), 0x20);
    vm_eoir(vm, 0, 1, 51);
    assert_int_equal(vm_iar(vm, 0, 1), 50);
    vm_free(vm);
}

static Vm *l2_with_split_ends(uint64_t l0_traps, uint32_t l1_traps)
{
    Vm *vm = nested_vm(1, FEW_SPIS, l0_traps, false);

    vm_l1_write(vm, 0, ICH_VMCR_EL2, L1_VMCR | VEOIM);
    vm_l1_write(vm, 0, ICH_HCR_EL2, ICH_EN | l1_traps);
    set_l1_lr(vm, 0, list_register(LR_ACTIVE, 1, 0x40, 40));
    l1_makes_active(vm, 0, 41);
    enter_l2(vm);
    vm_forget(vm);
    return vm;
}

static void n15_a_deactivation_that_l1_traps_is_l1s(void **state)
{
    Vm *vm = l2_with_split_ends(0, ICH_TDIR);
    uint64_t value;

    (void)state;
    for (value = 40; value < 42; value++) {
        assert_int_equal(vm_l2_access(vm, 0, ICC_DIR_EL1, true, &value), VGIC_TRAP_EL2);
        vm_enter(vm, 0);
    }
    vm_exit(vm, 0);
    assert_int_equal(vm->traps[0], 2);
    assert_int_equal(lr_state(l1_lr(vm, 0)), LR_ACTIVE);
    assert_int_equal(l1_eoi_count(vm), 0);
    assert_true(vm_info(vm, 0, 41).active);
    vm_free(vm);
}

/* In either order: the library must not look for L1's 41 in list registers that are L2's. */
static void check_l0_traps(uint32_t first, uint32_t second)
{
    Vm *vm = l2_with_split_ends(ICH_TDIR, 0);

    vm_l2_write(vm, 0, ICC_DIR_EL1, first);
    vm_bounce(vm, 0);
    assert_int_equal(lr_state(l1_lr(vm, 0)), first == 40 ? LR_INVALID : LR_ACTIVE);
    assert_int_equal(l1_eoi_count(vm), first == 41);
    vm_l2_write(vm, 0, ICC_DIR_EL1, second);
    vm_exit(vm, 0);
    assert_int_equal(vm->traps[0], 2);
    assert_int_equal(lr_state(l1_lr(vm, 0)), LR_INVALID);
    assert_int_equal(l1_eoi_count(vm), 1);
    assert_int_equal(vm_l1_read(vm, 0, ICH_HCR_EL2) & ICH_TDIR, 0);
    assert_true(vm_info(vm, 0, 41).active);
    vm_free(vm);
}

static void n15_a_deactivation_that_only_l0_traps_acts_on_l2s_interrupts(void **state)
{
    (void)state;
    check_l0_traps(40, 41);
    check_l0_traps(41, 40);
}

static void n16_without_imo_and_fmo_l2_has_l1s_interrupts(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    set_l1_lr(vm, 0, pending_lr(0x40, 40));
    vm_configure(vm, 0, 50, 1, 0x40, true);
    vm_pulse(vm, 0, 50);
    enter_l1(vm);
    assert_int_equal(vm_iar(vm, 0, 1), 50);
    vm_exit(vm, 0);
    assert_int_equal(l1_lr(vm, 0), pending_lr(0x40, 40));
    vm_free(vm);
}

/* Memory of L1's is saved with the guest's. */
static void restore(Vm *to, Vm *from)
{
    size_t size;
    void *bytes = vgic_save(from->gic, &size, NULL);

    assert_non_null(bytes);
    vm_put(to, 0);
    assert_true(vgic_load(to->gic, bytes, size, NULL));
    if (to->vncr[0]) {
        memcpy(to->vncr[0], from->vncr[0], 4096);
    }
    vgic_state_free(bytes);
}

static void n17_what_l2_took_before_a_migration_it_ends_afterwards(void **state)
{
    Vm *vm = one_nested_vcpu(state), *other = one_nested_vcpu(state);

    set_l1_lr(vm, 0, pending_lr(0x40, 40));
    enter_l2(vm);
    l2_acks(vm, 40);
    vm_exit(vm, 0);
    vm_put(vm, 0);
    restore(other, vm);
    assert_int_equal(l1_lr(other, 0), list_register(LR_ACTIVE, 1, 0x40, 40));
    assert_int_equal(vm_l1_read(other, 0, ICH_AP1R0_EL2), 1 << 8);
    enter_l2(other);
    l2_ends(other, 40);
    vm_exit(other, 0);
    assert_int_equal(lr_state(l1_lr(other, 0)), LR_INVALID);
    vm_put(other, 0);
    assert_int_equal(vm_l1_read(other, 0, ICH_AP1R0_EL2), 0);
    vm_free(vm);
    vm_free(other);
}

static void n18_a_group_that_l2_disables_is_told_by_itself(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    vm_l1_write(vm, 0, ICH_VMCR_EL2, L1_VMCR | VENG0);
    vm_l1_write(vm, 0, ICH_HCR_EL2, ICH_EN | ICH_VGRP0DIE);
    enter_l2(vm);
    vm_l2_write(vm, 0, ICC_IGRPEN0_EL1, 0);
    vm_exit(vm, 0);
    assert_int_equal(vm_l1_read(vm, 0, ICH_MISR_EL2), MISR_VGRP0D);
    assert_true(l1_mi(vm));
    vm_free(vm);
}

static void n19_l2s_end_of_l1s_timer_does_not_depend_on_l1s_eoimode(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    vm_write(vm, 0, ICC_CTLR_EL1, 0);
    vm_exit(vm, 0);
    assert_true(vgic_hyp_map(vm->gic, 0, TIMER, TIMER, VGIC_HYP_HW));
    make_physical_active(vm, TIMER);
    l1_makes_active(vm, 0, TIMER);
    assert_true(vm_info(vm, 0, TIMER).active);
    l2_ends_the_timer(vm);
    vm_free(vm);
}

/* What L1 has before L2 is loaded, and is to have afterwards. */
static void prepare_n20(Vm *vm)
{
    set_l1_lr(vm, 0, pending_lr(0x40, 40));
    set_l1_lr(vm, 1, list_register(LR_ACTIVE, 1, 0x80, 41));
    vm_l1_write(vm, 0, ICH_AP1R0_EL2, 1 << 16);
    vm_l1_write(vm, 0, ICH_HCR_EL2, ICH_EN | 2u << EOICOUNT_SHIFT);
    vm_load(vm, 0, VGIC_HYP_NESTED);
}

static void check_n20(Vm *vm)
{
    vm_put(vm, 0);
    assert_hardware_is_empty(vm);
    assert_int_equal(l1_lr(vm, 0), pending_lr(0x40, 40));
    assert_int_equal(l1_lr(vm, 1), list_register(LR_ACTIVE, 1, 0x80, 41));
    for (unsigned n = 2; n < LIST_REGISTERS; n++) {
        assert_int_equal(l1_lr(vm, n), 0);
    }
    assert_int_equal(vm_l1_read(vm, 0, ICH_AP0R0_EL2), 0);
    assert_int_equal(vm_l1_read(vm, 0, ICH_AP1R0_EL2), 1 << 16);
    assert_int_equal(vm_l1_read(vm, 0, ICH_VMCR_EL2), L1_VMCR);
    assert_int_equal(vm_l1_read(vm, 0, ICH_HCR_EL2), ICH_EN | 2u << EOICOUNT_SHIFT);
    vm_free(vm);
}

static void n20_load_and_put_change_nothing(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    prepare_n20(vm);
    check_n20(vm);
}

static void n20_flush_and_sync_without_an_entry_change_nothing(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    prepare_n20(vm);
    vm_enter(vm, 0);
    vm_exit(vm, 0);
    check_n20(vm);
}

static void n20_sync_without_a_flush_changes_nothing(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    prepare_n20(vm);
    vm_exit(vm, 0);
    check_n20(vm);
}

/* Beyond the scenarios */

static void a_trapped_end_of_l1s_timer_asks_the_host_to_end_the_physical_one(void **state)
{
    Vm *vm = nested_vm(1, FEW_SPIS, ICH_TALL1, *(const bool *)*state);

    fire_mapped(vm, TIMER);
    l1_takes(vm, TIMER);
    set_l1_lr(vm, 0, hw_list_register(LR_PENDING, 1, 0x40, TIMER, TIMER));
    enter_l2(vm);
    vm_forget(vm);
    l2_acks(vm, TIMER);
    l2_ends(vm, TIMER);
    assert_int_equal(vm->traps[0], 2);
    vm_exit(vm, 0);
    assert_false(vm_info(vm, 0, TIMER).active);
    assert_int_equal(vm->deactivated_count, 1);
    assert_int_equal(vm->deactivated[0].intid, TIMER);
    vm_free(vm);
}

static void without_hw_deactivation_the_host_is_asked_to_end_the_physical_timer(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    fire_mapped(vm, TIMER);
    l1_takes(vm, TIMER);
    vm_exit(vm, 0);
    assert_true(vgic_hyp_map(vm->gic, 0, TIMER, TIMER, VGIC_HYP_SOFTWARE));
    set_l1_lr(vm, 0, hw_list_register(LR_PENDING, 1, 0x40, 40, TIMER));
    enter_l2(vm);
    assert_int_equal(hw_lr(vm, 0), pending_lr(0x40, 40));
    vm_forget(vm);
    l2_acks(vm, 40);
    l2_ends(vm, 40);
    assert_int_equal(vm->deactivated_count, 0);
    vm_exit(vm, 0);
    vm_bounce(vm, 0);
    assert_false(vm_info(vm, 0, TIMER).active);
    assert_int_equal(vm->deactivated_count, 1);
    assert_int_equal(vm->deactivated[0].intid, TIMER);
    vm_free(vm);
}

static void l2s_end_of_l1s_level_is_told_and_calls_l1_again_while_the_wire_is_high(void **state)
{
    Vm *vm = one_nested_vcpu(state);

    vm_configure(vm, 0, 48, 1, 0x20, false);
    vm_wire(vm, 0, 48, true);
    l1_takes(vm, 48);
    set_l1_lr(vm, 0, hw_list_register(LR_PENDING, 1, 0x40, 40, 48));
    enter_l2(vm);
    vm_forget(vm);
    l2_acks(vm, 40);
    l2_ends(vm, 40);
    vm_exit(vm, 0);
    assert_int_equal(vm->ended_count, 1);
    assert_int_equal(vm->ended[0].intid, 48);
    assert_false(vm_info(vm, 0, 48).active);
    vm_enter(vm, 0);
    assert_int_equal(vm->entry[0], VGIC_HYP_SWITCH);
    vm_free(vm);
}

static void l2_ends_what_another_vcpu_of_l1s_has_in_a_list_register(void **state)
{
    Vm *vm = nested_vm(2, FEW_SPIS, 0, *(const bool *)*state);

    vm_configure(vm, 1, 48, 1, 0x20, true);
    vm_pulse(vm, 1, 48);
    assert_int_equal(vm_iar(vm, 1, 1), 48);
    vm_eoir(vm, 1, 1, 48);
    set_l1_lr(vm, 0, hw_list_register(LR_PENDING, 1, 0x40, 40, 48));
    enter_l2(vm);
    vm_bounce(vm, 1); /* 48 is in its list register again */
    vm_forget(vm);
    l2_acks(vm, 40);
    l2_ends(vm, 40);
    assert_int_equal(vm->stops[1], 0);
    vm_exit(vm, 0);
    assert_int_equal(vm->stops[1], 1);
    assert_false(vm_info(vm, 1, 48).active);
    vm_pulse(vm, 1, 48);
    assert_int_equal(vm_iar(vm, 1, 1), 48);
    vm_free(vm);
}

static void l2s_sgis_are_l1s_to_make(void **state)
{
    Vm *vm = one_nested_vcpu(state);
    uint64_t value = 1;

    enter_l2(vm);
    assert_int_equal(vm_l2_access(vm, 0, ICC_SGI1R_EL1, true, &value), VGIC_TRAP_EL2);
    assert_false(vm_info(vm, 0, 0).pending);
    vm_free(vm);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BOTH(n14_an_interrupt_for_l1_switches_to_it_after_one_exit),
        BOTH(n14_an_interrupt_that_l1_masks_leaves_l2_alone),
        BOTH(n14_an_interrupt_that_does_not_preempt_l1s_leaves_l2_alone),
        cmocka_unit_test(n15_a_deactivation_that_l1_traps_is_l1s),
        cmocka_unit_test(n15_a_deactivation_that_only_l0_traps_acts_on_l2s_interrupts),
        BOTH(n16_without_imo_and_fmo_l2_has_l1s_interrupts),
        BOTH(n17_what_l2_took_before_a_migration_it_ends_afterwards),
        BOTH(n18_a_group_that_l2_disables_is_told_by_itself),
        BOTH(n19_l2s_end_of_l1s_timer_does_not_depend_on_l1s_eoimode),
        BOTH(n20_load_and_put_change_nothing),
        BOTH(n20_flush_and_sync_without_an_entry_change_nothing),
        BOTH(n20_sync_without_a_flush_changes_nothing),
        BOTH(a_trapped_end_of_l1s_timer_asks_the_host_to_end_the_physical_one),
        BOTH(without_hw_deactivation_the_host_is_asked_to_end_the_physical_timer),
        BOTH(l2s_end_of_l1s_level_is_told_and_calls_l1_again_while_the_wire_is_high),
        BOTH(l2_ends_what_another_vcpu_of_l1s_has_in_a_list_register),
        BOTH(l2s_sgis_are_l1s_to_make),
    };

    return cmocka_run_group_tests_name("hyp: nested, more", tests, NULL, NULL);
}
