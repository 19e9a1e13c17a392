/* SPDX-License-Identifier: BSD-2-Clause */
/* What the numbered scenarios leave out: registers of the Distributor, groups, LPIs that change,
 * and interfaces that lack something. */
#include "scenario.h"

/* INVALL must not leave an LPI in a list register with what it was before. */
static void an_invalidation_reaches_an_lpi_in_a_list_register(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .lpis = true));
    uint64_t config;

    (void)state;
    lpi(vm, 8200, 0x40);
    set_lpi(vm, 8200);
    vm_enter(vm, 0);
    config = vm_frame_read(vm, 0, "GICR", GICR_PROPBASER, 8) & 0xFFFFFFFFF000;
    vm_forget(vm);
    ram_put8(&vm->host.ram, config + 8200 - 8192, 0x40); /* disabled */
    /* As another thread: the vCPU is in its guest. */
    assert_int_equal(
        vgic_frame_write(vm->gic, vgic_frame(vm->gic, "GICR"), VGIC_NS, GICR_INVALLR, 8, 0),
        VGIC_OK);
    assert_int_equal(vm->stops[0], 1);
    assert_int_equal(vm_iar(vm, 0, 1), VGIC_INTID_SPURIOUS);
    vm_free(vm);
}

/* The guest may end its timer's interrupt by register; the physical one is let go all the same. */
static void icactiver_of_a_mapped_interrupt_lets_the_physical_one_go(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4));

    (void)state;
    vm_enter(vm, 0);
    assert_true(vgic_hyp_map(vm->gic, 0, 27, 27, VGIC_HYP_HW));
    vm_configure(vm, 0, 27, 1, 0x40, false);
    vm->level[27] = true;
    vm_wire(vm, 0, 27, true);
    vm_bounce(vm, 0);
    assert_int_equal(vm_iar(vm, 0, 1), 27);
    vm_bounce(vm, 0);
    assert_int_equal(vm->deactivated_count, 0);
    vm_frame_write(vm, 0, "GICR", GICR_ICACTIVER0, 4, UINT32_MAX);
    assert_int_equal(vm->deactivated_count, 1);
    assert_int_equal(vm->deactivated[0].intid, 27);
    assert_false(vm_info(vm, 0, 27).active);
    vm_frame_write(vm, 0, "GICR", GICR_ICACTIVER0, 4, UINT32_MAX);
    assert_int_equal(vm->deactivated_count, 1);
    vm_free(vm);
}

static void a_mapped_edge_arrives_as_often_as_it_fires(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4));

    (void)state;
    vm_enter(vm, 0);
    assert_true(vgic_hyp_map(vm->gic, 0, 27, 27, VGIC_HYP_HW));
    vm_configure(vm, 0, 27, 1, 0x40, true);
    for (unsigned i = 0; i < 3; i++) {
        vm_wire(vm, 0, 27, true);
        vm_bounce(vm, 0);
        assert_int_equal(vm_iar(vm, 0, 1), 27);
        vm_eoir(vm, 0, 1, 27);
        assert_int_equal(vm_iar(vm, 0, 1), VGIC_INTID_SPURIOUS);
    }
    vm_free(vm);
}

static void icpendr_of_a_mapped_edge_lets_the_physical_one_go(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4));

    (void)state;
    vm_enter(vm, 0);
    assert_true(vgic_hyp_map(vm->gic, 0, 27, 27, VGIC_HYP_HW));
    vm_configure(vm, 0, 27, 1, 0x40, true);
    vm_wire(vm, 0, 27, true);
    vm_frame_write(vm, 0, "GICR", GICR_ICPENDR0, 4, 1 << 27);
    assert_int_equal(vm->deactivated_count, 1);
    assert_int_equal(vm_iar(vm, 0, 1), VGIC_INTID_SPURIOUS);
    vm_free(vm);
}

/* What software pends while a mapped interrupt is active is delivered when that one is ended, which
 * hardware's help would not tell of. */
static void ispendr_of_an_active_mapped_interrupt_is_delivered_at_its_end(void **state)
{
    (void)state;
    for (unsigned edge = 0; edge < 2; edge++) {
        Vm *vm = scenario(SETUP(.list_registers = 4));

        vm_enter(vm, 0);
        assert_true(vgic_hyp_map(vm->gic, 0, 27, 27, VGIC_HYP_HW));
        vm_configure(vm, 0, 27, 1, 0x40, edge);
        fire(vm, 27);
        vm_bounce(vm, 0);
        assert_int_equal(vm_iar(vm, 0, 1), 27);
        vm->level[27] = false;
        vm_frame_write(vm, 0, "GICR", GICR_ISPENDR0, 4, 1 << 27);
        vm_forget(vm);
        vm_eoir(vm, 0, 1, 27);
        assert_int_equal(vm->deactivated_count, 1);
        assert_int_equal(vm_iar(vm, 0, 1), 27);
        vm_eoir(vm, 0, 1, 27);
        assert_int_equal(vm_iar(vm, 0, 1), VGIC_INTID_SPURIOUS);
        vm_free(vm);
    }
}

/* What goes to no PE is still somebody's physical interrupt. */
static void a_mapped_spi_that_goes_nowhere_is_let_go(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4));

    (void)state;
    vm_enter(vm, 0);
    assert_true(vgic_hyp_map(vm->gic, 0, 40, 100, VGIC_HYP_HW));
    vm_configure(vm, 0, 40, 1, 0x40, true);
    vm_frame_write(vm, 0, "GICD", GICD_IROUTER(40), 8, 0x55);
    vm_wire(vm, 0, 40, true);
    vm_frame_write(vm, 0, "GICD", GICD_ICPENDR(1), 4, 1 << 8);
    assert_int_equal(vm->deactivated_count, 1);
    assert_int_equal(vm->deactivated[0].cpu, 0);
    assert_int_equal(vm->deactivated[0].intid, 100);
    vm_wire(vm, 0, 40, false);
    vm_wire(vm, 0, 40, true);
    vm_frame_write(vm, 0, "GICD", GICD_CLRSPI_NSR, 4, 40);
    assert_int_equal(vm->deactivated_count, 2);
    vm_free(vm);
}

/* Ended by somebody else, and by its own guest, which counts once. */
static void an_end_by_register_outside_the_list_registers_is_counted(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 1, .maintenance_off = true));

    (void)state;
    edge(vm, 40, 0x80);
    edge(vm, 41, 0x40);
    edge(vm, 42, 0x20);
    NEST(vm, 0, 40, 41, 42);
    /* As another thread: the vCPU is in its guest with 42 in its list register. */
    assert_int_equal(vgic_frame_write(vm->gic, vgic_frame(vm->gic, "GICD"), VGIC_NS,
                                      GICD_ICACTIVER(1), 4, 1 << 9),
                     VGIC_OK);
    quick_end(vm, 0, 42);
    quick_end(vm, 0, 41);
    vm_exit(vm, 0);
    assert_true(vm_info(vm, 0, 40).active);
    assert_false(vm_info(vm, 0, 41).active || vm_info(vm, 0, 42).active);
    vm_free(vm);
}

static void a_trapped_read_that_is_undefined_reads_nothing(void **state)
{
    const VgicCpuState el0 = {.el = 0, .space = VGIC_NS};
    Vm *vm = scenario(SETUP(.list_registers = 4));
    uint64_t value = 0;

    (void)state;
    assert_int_equal(vgic_hyp_trap(vm->gic, 0, &el0, ICC_CTLR_EL1, false, &value), VGIC_UNDEFINED);
    assert_int_equal(value, 0);
    vm_free(vm);
}

/* Also of a group that the guest has disabled itself, whose interrupts come last. */
static void a_group_that_the_distributor_disables_leaves_the_list_registers(void **state)
{
    Vm *vm = scenario(SETUP(.cpus = 2, .list_registers = 4));

    (void)state;
    vm_enter(vm, 0);
    vm_configure(vm, 0, 40, 0, 0x40, true);
    vm_pulse(vm, 0, 40);
    vm_bounce(vm, 0);
    assert_int_equal(vm_ich(vm, 0, ICH_LR_EL2(0)) & 0xFFFF, 40);
    vm_forget(vm);
    vm_frame_write(vm, 1, "GICD", GICD_CTLR, 4, 0x12);
    assert_int_equal(vm->exits[0], 1);
    assert_int_equal(vm_ich(vm, 0, ICH_LR_EL2(0)), 0);
    vm_write(vm, 0, ICC_IGRPEN0_EL1, 1);
    assert_int_equal(vm_iar(vm, 0, 0), VGIC_INTID_SPURIOUS);
    vm_free(vm);
}

/* Where TC stands in for TDIR it is always set: nobody needs to come back for it. */
static void without_tdir_the_first_spi_kicks_its_own_vcpu_only(void **state)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 3, .spis = 32);
    VgicIchOptions options = {.list_registers = 4, .no_tds = true};
    Vm *vm = vm_new(&config, simulated_interface(3, &options, false));

    (void)state;
    vm_start(vm);
    for (uint32_t i = 0; i < 3; i++) {
        vm_enter(vm, i);
        vm_write(vm, i, ICC_PMR_EL1, 0xF8);
        vm_write(vm, i, ICC_IGRPEN1_EL1, 1);
    }
    vm_configure(vm, 0, 40, 1, 0x40, true);
    vm_forget(vm);
    assert_int_equal(vm_ich(vm, 1, ICH_HCR_EL2) & (ICH_TC | ICH_TDIR), ICH_TC);
    vm_pulse(vm, 0, 40);
    assert_int_equal(vm->exits[0], 1);
    assert_int_equal(vm->exits[1] + vm->exits[2], 0);
    assert_int_equal(vm_iar(vm, 0, 1), 40);
    vm_free(vm);
}

/* L1 was promised TDIR, and gets what it asked for with it. */
static void tdir_of_l1_traps_on_an_interface_without_it(void **state)
{
    VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 32, .el2 = true, .maintenance_intid = 25);
    VgicIchOptions options = {.list_registers = 4, .no_tds = true};
    Vm *vm = vm_new(&config, simulated_interface(1, &options, false));
    uint64_t value = 40;

    (void)state;
    vm_start(vm);
    vm_l1_write(vm, 0, ICH_HCR_EL2, 1 | ICH_TDIR);
    vm_l1_write(vm, 0, ICH_VMCR_EL2, 0xF8ull << 24 | 1 << 9 | 2);
    vm_l1_write(vm, 0, ICH_LR_EL2(0), 2ull << 62 | 1ull << 60 | 0x40ull << 48 | 40);
    vm_load(vm, 0, VGIC_HYP_NESTED);
    vm_enter(vm, 0);
    assert_int_equal(vm->entry[0], VGIC_HYP_ENTER);
    assert_int_equal(vm_l2_access(vm, 0, ICC_DIR_EL1, true, &value), VGIC_TRAP_EL2);
    vm_put(vm, 0);
    assert_int_equal(vm_l1_read(vm, 0, ICH_LR_EL2(0)) >> 62, 2);
    vm_load(vm, 0, VGIC_HYP_GUEST);
    vm_free(vm);
}

/* An access that needs no exit is a chance to look at L1's page all the same. */
static void l1s_page_is_looked_at_when_its_sgi_traps(void **state)
{
    VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 32, .el2 = true, .maintenance_intid = 25);
    VgicIchOptions options = {.list_registers = 4};
    Vm *vm = vm_new(&config, simulated_interface(1, &options, false));

    (void)state;
    vm_start(vm);
    vm_use_vncr(vm, 0);
    vm_enter(vm, 0);
    assert_false(vm_info(vm, 0, 25).wire);
    vm_l1_write(vm, 0, ICH_HCR_EL2, 1 | ICH_UIE); /* no list register is valid */
    vm_write(vm, 0, ICC_SGI1R_EL1, 1);
    assert_true(vm_info(vm, 0, 25).wire);
    vm_free(vm);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invalidation_reaches_an_lpi_in_a_list_register),
        cmocka_unit_test(icactiver_of_a_mapped_interrupt_lets_the_physical_one_go),
        cmocka_unit_test(a_mapped_edge_arrives_as_often_as_it_fires),
        cmocka_unit_test(icpendr_of_a_mapped_edge_lets_the_physical_one_go),
        cmocka_unit_test(ispendr_of_an_active_mapped_interrupt_is_delivered_at_its_end),
        cmocka_unit_test(a_mapped_spi_that_goes_nowhere_is_let_go),
        cmocka_unit_test(an_end_by_register_outside_the_list_registers_is_counted),
        cmocka_unit_test(a_trapped_read_that_is_undefined_reads_nothing),
        cmocka_unit_test(a_group_that_the_distributor_disables_leaves_the_list_registers),
        cmocka_unit_test(without_tdir_the_first_spi_kicks_its_own_vcpu_only),
        cmocka_unit_test(tdir_of_l1_traps_on_an_interface_without_it),
        cmocka_unit_test(l1s_page_is_looked_at_when_its_sgi_traps),
    };

    return cmocka_run_group_tests_name("hyp: edges", tests, NULL, NULL);
}
