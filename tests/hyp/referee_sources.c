/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios of kinds of interrupts: level-sensitive and physical ones, LPIs, SGIs. */
#include "referee_scenarios.h"

/* Level-sensitive interrupts */

static Vm *high_level(bool maintenance, bool eoimode)
{
    Vm *vm = maintenance ? begin(4, eoimode) : begin_off(4, eoimode);

    level(vm, 40, 0x40);
    vm_wire(vm, 0, 40, true);
    vm_enter(vm, 0);
    expect_lrs(vm, "40P+EOI");
    vm_forget(vm);
    return vm;
}

static void e16_the_end_of_a_level_is_told_once(void **state)
{
    (void)state;
    for (unsigned exit = 0; exit < 2; exit++) {
        Vm *vm = high_level(false, false);

        assert_int_equal(quick(vm, ICC_IAR1_EL1, false, 0), 40);
        expect_lrs(vm, "40A+EOI");
        if (exit) {
            vm_bounce(vm, 0);
            expect_lrs(vm, "40A+EOI");
        }
        vgic_spi_set_level(vm->gic, 40, false);
        quick(vm, ICC_EOIR1_EL1, true, 40);
        expect_lrs(vm, "40-+EOI");
        expect_misr(vm, MISR_EOI);
        assert_true(vm->hw.maintenance(vm->hw.data, 0));
        vm_exit(vm, 0);
        expect_ended(vm, 1);
        expect_idle(vm, 40, 40);
        vm_enter(vm, 0);
        expect_lrs(vm, "");
        nothing(vm);
        expect_ended(vm, 1);
        vm_free(vm);
    }
}

static void e17_a_level_that_stays_high_comes_again(void **state)
{
    (void)state;
    for (unsigned exit = 0; exit < 2; exit++) {
        Vm *vm = high_level(true, false);

        for (unsigned i = 1; i <= 3; i++) {
            taken(vm, 40);
            expect_lrs(vm, "40A+EOI");
            if (exit) {
                vm_bounce(vm, 0);
                expect_lrs(vm, "40A+EOI");
            }
            end(vm, 40);
            expect_ended(vm, i);
            expect_lrs(vm, "40P+EOI");
        }
        vm_free(vm);
    }
}

static void e18_a_level_that_falls_first_is_not_delivered(void **state)
{
    Vm *vm = high_level(true, false);

    (void)state;
    vm_exit(vm, 0);
    vm_wire(vm, 0, 40, false);
    vm_enter(vm, 0);
    expect_lrs(vm, "");
    nothing(vm);
    expect_ended(vm, 0);
    vm_free(vm);
}

static void lower(Vm *vm, uint32_t cpu, uint32_t intid)
{
    (void)cpu;
    vgic_spi_set_level(vm->gic, intid, false);
}

static void e39_who_listens_for_ends_lowers_the_wire(void **state)
{
    Vm *vm = high_level(false, false);

    (void)state;
    vm->on_ended = lower;
    taken(vm, 40);
    end(vm, 40);
    expect_ended(vm, 0);
    vm_bounce(vm, 0);
    expect_ended(vm, 1);
    nothing(vm);
    expect_idle(vm, 40, 40);
    vm_free(vm);
}

static void e43_the_acknowledge_consumes_what_software_made_pending(void **state)
{
    Vm *vm = begin(4, false);

    (void)state;
    level(vm, 40, 0x40);
    vm_frame_write(vm, 0, "GICD", GICD_ISPENDR(1), 4, 1 << 8);
    vm_enter(vm, 0);
    expect_lrs(vm, "40P+EOI");
    taken(vm, 40);
    vm_bounce(vm, 0);
    assert_int_equal(vm_frame_read(vm, 0, "GICD", GICD_ISPENDR(1), 4), 0);
    vm_frame_write(vm, 0, "GICD", GICD_ISPENDR(1), 4, 1 << 8);
    expect_lrs(vm, "40A+EOI");
    expect_state(vm, 40, true, true);
    end(vm, 40);
    vm_bounce(vm, 0);
    expect_state(vm, 40, false, true);
    taken(vm, 40);
    end(vm, 40);
    nothing(vm);
    expect_idle(vm, 40, 40);
    vm_free(vm);
}

/* Physical interrupts: HW list registers. The Generic Timer's is QEMU's own. */

enum {
    TIMER = 27,
};
#define CNTV_CTL_EL0 VGIC_SYSREG(3, 3, 14, 3, 1)
#define CNTV_CVAL_EL0 VGIC_SYSREG(3, 3, 14, 3, 2)

static Vm *begin_with_timer(unsigned list_registers, bool eoimode)
{
    Vm *vm = begin(list_registers, eoimode);

    referee_enable(TIMER);
    assert_true(vgic_hyp_map(vm->gic, 0, TIMER, TIMER, VGIC_HYP_HW));
    level(vm, TIMER, 0x40);
    vm_forget(vm);
    return vm;
}

/* It is due since long. */
static void start_timer(void)
{
    referee_write(CNTV_CVAL_EL0, 0);
    referee_write(CNTV_CTL_EL0, 1);
}

static void stop_timer(void)
{
    referee_write(CNTV_CTL_EL0, 0);
}

/* The physical interrupt is taken at EL2, and the guest's wire driven, outside the guest. */
static void hand_on(Vm *vm)
{
    if (vm->in_guest[0]) {
        vm_exit(vm, 0);
    }
    assert_int_equal(referee_fired(), TIMER);
    assert_true(referee_is_active(TIMER));
    vm_wire(vm, 0, TIMER, true);
    vm_enter(vm, 0);
}

static void fire(Vm *vm)
{
    start_timer();
    hand_on(vm);
}

static void hardware_deactivates_what_the_guest_ends(void **state)
{
    (void)state;
    for (unsigned eoimode = 0; eoimode < 2; eoimode++) {
        Vm *vm = begin_with_timer(4, eoimode);

        for (unsigned i = 0; i < 2; i++) {
            fire(vm);
            expect_lrs(vm, "27P+HW");
            expect_hcr(vm, ICH_TDIR, 0);
            taken(vm, TIMER);
            stop_timer();
            expect_lrs(vm, "27A+HW");
            vm_bounce(vm, 0);
            expect_lrs(vm, "27A+HW");
            end(vm, TIMER);
            assert_int_equal(referee_is_active(TIMER), eoimode);
            deactivate(vm, TIMER);
            assert_false(referee_is_active(TIMER));
            expect_lrs(vm, "");
            assert_int_equal(vm->traps[0], 0);
            vm_bounce(vm, 0);
            expect_deactivated(vm, 0);
            expect_idle(vm, TIMER, TIMER);
            nothing(vm);
        }
        assert_int_equal(referee_fired(), VGIC_INTID_SPURIOUS);
        vm_free(vm);
    }
}

static void a_physical_level_that_stays_high_fires_again(void **state)
{
    Vm *vm = begin_with_timer(4, false);

    (void)state;
    fire(vm);
    for (unsigned i = 0; i < 3; i++) {
        taken(vm, TIMER);
        end(vm, TIMER);
        nothing(vm); /* at the latest here EL2 takes it */
        hand_on(vm);
        expect_lrs(vm, "27P+HW");
    }
    expect_deactivated(vm, 0);
    stop_timer();
    taken(vm, TIMER);
    end(vm, TIMER);
    nothing(vm);
    assert_int_equal(referee_fired(), VGIC_INTID_SPURIOUS);
    assert_false(referee_is_active(TIMER));
    vm_free(vm);
}

static void e19_a_deactivation_that_traps_reaches_the_physical_interrupt(void **state)
{
    Vm *vm = begin_with_timer(4, true);

    (void)state;
    edge(vm, 40, 0x80);
    INJECT(vm, 40);
    fire(vm);
    expect_lrs(vm, "27P+HW 40P");
    expect_hcr(vm, ICH_TDIR, ICH_TDIR);
    taken(vm, TIMER);
    stop_timer();
    end(vm, TIMER);
    expect_lrs(vm, "27A+HW 40P");
    assert_true(referee_is_active(TIMER));
    vm_forget(vm);
    deactivate(vm, TIMER);
    assert_int_equal(vm->traps[0], 1);
    assert_false(referee_is_active(TIMER));
    expect_lrs(vm, "40P");
    expect_deactivated(vm, 1);
    fire(vm);
    taken(vm, TIMER);
    stop_timer();
    vm_free(vm);
}

static void e19_also_outside_list_registers(void **state)
{
    Vm *vm = begin_with_timer(1, true);

    (void)state;
    edge(vm, 40, 0x20);
    fire(vm);
    taken(vm, TIMER);
    stop_timer();
    end(vm, TIMER);
    INJECT(vm, 40);
    expect_lrs(vm, "40P");
    expect_hcr(vm, ICH_TDIR, ICH_TDIR);
    vm_forget(vm);
    assert_true(referee_is_active(TIMER));
    deactivate(vm, TIMER);
    assert_false(referee_is_active(TIMER));
    expect_deactivated(vm, 1);
    expect_state(vm, TIMER, false, false);
    fire(vm);
    taken(vm, 40);
    end(vm, 40);
    taken(vm, TIMER);
    stop_timer();
    vm_free(vm);
}

static void counted_ends_reach_the_physical_interrupt(void **state)
{
    Vm *vm = begin_with_timer(1, false);

    (void)state;
    edge(vm, 40, 0x20);
    fire(vm);
    taken(vm, TIMER);
    stop_timer();
    INJECT(vm, 40);
    taken(vm, 40);
    vm_bounce(vm, 0);
    expect_lrs(vm, "40A");
    vm->maintenance_off = true;
    DROP(vm, 40, TIMER);
    expect_count(vm, 1, 0);
    assert_true(referee_is_active(TIMER));
    vm_exit(vm, 0);
    assert_false(referee_is_active(TIMER));
    expect_deactivated(vm, 1);
    expect_idle(vm, TIMER, TIMER);
    vm_free(vm);
}

static void e20_a_timer_that_is_stopped_before_it_is_taken(void **state)
{
    Vm *vm = begin_with_timer(4, false);

    (void)state;
    fire(vm);
    vm_bounce(vm, 0);
    expect_lrs(vm, "27P+HW");
    expect_deactivated(vm, 0);
    stop_timer();
    vm_exit(vm, 0);
    assert_false(referee_is_active(TIMER));
    expect_deactivated(vm, 1);
    vm_enter(vm, 0);
    expect_lrs(vm, "");
    nothing(vm);
    fire(vm);
    taken(vm, TIMER);
    stop_timer();
    vm_free(vm);
}

static void e44_what_only_pends_is_not_deactivated(void **state)
{
    Vm *vm = begin_with_timer(1, true);

    (void)state;
    edge(vm, 40, 0x20);
    INJECT(vm, 40);
    fire(vm);
    expect_lrs(vm, "40P");
    deactivate(vm, TIMER);
    expect_deactivated(vm, 0);
    assert_true(referee_is_active(TIMER));
    expect_state(vm, TIMER, false, true);
    stop_timer();
    vm_free(vm);
}

/* LPIs */

static Vm *begin_with_lpis(bool eoimode)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 96, .lpi_bits = 16);
    Vm *vm = begin_as(&config, 4, eoimode);

    vm_frame_write(vm, 0, "GICR", GICR_PROPBASER, 8, CONFIG_TABLE | 15);
    vm_frame_write(vm, 0, "GICR", GICR_PENDBASER, 8, PENDING_TABLE(0) | PTZ);
    vm_frame_write(vm, 0, "GICR", GICR_CTLR, 4, ENABLE_LPIS);
    return vm;
}

static void set_lpi(Vm *vm, uint32_t intid)
{
    ram_put8(&vm->host.ram, CONFIG_TABLE + intid - FIRST_LPI, 0x40 | 3);
    vm_frame_write(vm, 0, "GICR", GICR_SETLPIR, 8, intid);
}

static void e24_an_lpi_is_not_active_after_an_exit(void **state)
{
    (void)state;
    for (unsigned eoimode = 0; eoimode < 2; eoimode++) {
        Vm *vm = begin_with_lpis(eoimode);

        set_lpi(vm, 8200);
        vm_enter(vm, 0);
        taken(vm, 8200);
        vm_bounce(vm, 0);
        expect_lrs(vm, "");
        expect_count(vm, 0, AP(0x40));
        expect_state(vm, 8200, false, false);
        end(vm, 8200);
        expect_count(vm, 0, 0);
        vm_free(vm);
    }
}

static void e25_many_lpis_come_once_each(void **state)
{
    (void)state;
    for (unsigned exit = 0; exit < 2; exit++) {
        Vm *vm = begin_with_lpis(false);
        uint32_t seen = 0;

        for (uint32_t intid = 8200; intid < 8220; intid++) {
            set_lpi(vm, intid);
        }
        vm_enter(vm, 0);
        for (unsigned i = 0; i < 20; i++) {
            uint32_t intid = vm_iar(vm, 0, 1);

            assert_in_range(intid, 8200, 8219);
            seen |= 1u << (intid - 8200);
            if (exit) {
                vm_bounce(vm, 0);
            }
            end(vm, intid);
            expect_hcr(vm, EOICOUNT | ICH_LRENPIE, 0);
        }
        assert_int_equal(seen, 0xFFFFF);
        nothing(vm);
        vm_free(vm);
    }
}

/* SGIs */

static void e29_all_sgis_once_each(void **state)
{
    Vm *vm = begin(4, false);
    uint32_t seen = 0;

    (void)state;
    for (uint32_t intid = 0; intid < 16; intid++) {
        vm_configure(vm, 0, intid, intid != 0, 0x40, true);
    }
    vm_enter(vm, 0);
    for (uint64_t intid = 0; intid < 16; intid++) {
        vm_write(vm, 0, ICC_SGI1R_EL1, intid << 24 | 1);
    }
    assert_int_equal(vm->traps[0], 16);
    for (unsigned i = 1; i < 16; i++) {
        uint32_t intid = vm_iar(vm, 0, 1);

        assert_in_range(intid, 1, 15);
        seen |= 1u << intid;
        end(vm, intid);
    }
    assert_int_equal(seen, 0xFFFE);
    nothing(vm);
    assert_int_equal(vm_iar(vm, 0, 0), VGIC_INTID_SPURIOUS);
    assert_int_equal(vm_frame_read(vm, 0, "GICR", GICR_ISPENDR0, 4), 1);
    vm_forget(vm);
    vm_write(vm, 0, ICC_IGRPEN0_EL1, 1);
    assert_true(vm->exits[0] >= 1);
    assert_int_equal(vm_iar(vm, 0, 0), 0);
    vm_eoir(vm, 0, 0, 0);
    vm_free(vm);
}

int referee_run_sources(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(e16_the_end_of_a_level_is_told_once),
        cmocka_unit_test(e17_a_level_that_stays_high_comes_again),
        cmocka_unit_test(e18_a_level_that_falls_first_is_not_delivered),
        cmocka_unit_test(hardware_deactivates_what_the_guest_ends),
        cmocka_unit_test(a_physical_level_that_stays_high_fires_again),
        cmocka_unit_test(e19_a_deactivation_that_traps_reaches_the_physical_interrupt),
        cmocka_unit_test(e19_also_outside_list_registers),
        cmocka_unit_test(counted_ends_reach_the_physical_interrupt),
        cmocka_unit_test(e20_a_timer_that_is_stopped_before_it_is_taken),
        cmocka_unit_test(e24_an_lpi_is_not_active_after_an_exit),
        cmocka_unit_test(e25_many_lpis_come_once_each),
        cmocka_unit_test(e29_all_sgis_once_each),
        cmocka_unit_test(e39_who_listens_for_ends_lowers_the_wire),
        cmocka_unit_test(e43_the_acknowledge_consumes_what_software_made_pending),
        cmocka_unit_test(e44_what_only_pends_is_not_deactivated),
    };

    return cmocka_run_group_tests_name("hyp: kinds of interrupts on QEMU's interface", tests, NULL,
                                       NULL);
}
