/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios E24 to E30, E34, E36 and E37: LPIs, SGIs, NMIs, routing, group enables, an entry
 * without a guest, and what others see of an interrupt in a list register. */
#include "scenario.h"

/* E24 and E25 */

static void an_lpi_across_an_exit(bool eoimode)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .eoimode = eoimode, .lpis = true));

    lpi(vm, 8200, 0x40);
    set_lpi(vm, 8200);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "8200P");
    acks(vm, 0, 8200);
    vm_exit(vm, 0);
    expect_state(vm, 0, 8200, false, false);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "");
    assert_int_equal(ap1(vm, 0), AP(0x40));
    ends(vm, 0, 8200);
    assert_int_equal(ap1(vm, 0), 0);
    assert_int_equal(eoi_count_of(vm, 0), 0);
    vm_exit(vm, 0);
    expect_state(vm, 0, 8200, false, false);
    vm_free(vm);
}

static void e24_an_lpi_is_not_active_after_an_exit(void **state)
{
    (void)state;
    an_lpi_across_an_exit(false);
    an_lpi_across_an_exit(true);
}

static void twenty_lpis(bool exit_after_ack)
{
    Vm *vm = scenario(SETUP(.list_registers = 4, .lpis = true));
    uint32_t seen = 0;

    for (uint32_t intid = 8200; intid < 8220; intid++) {
        lpi(vm, intid, 0x40);
        set_lpi(vm, intid);
    }
    vm_enter(vm, 0);
    for (unsigned i = 0; i < 20; i++) {
        uint32_t intid = vm_iar(vm, 0, 1);

        assert_in_range(intid, 8200, 8219);
        assert_false(seen >> (intid - 8200) & 1);
        seen |= 1u << (intid - 8200);
        if (exit_after_ack) {
            vm_bounce(vm, 0);
        }
        ends(vm, 0, intid);
        assert_int_equal(eoi_count_of(vm, 0), 0);
    }
    nothing(vm, 0);
    assert_int_equal(seen, (1u << 20) - 1);
    assert_false(watch_of(vm)->hcr_seen[0] & ICH_LRENPIE);
    assert_int_equal(ap1(vm, 0), 0);
    vm_free(vm);
}

static void e25_many_lpis_come_once_each(void **state)
{
    (void)state;
    twenty_lpis(false);
    twenty_lpis(true);
}

/* E26 */

static void an_edge(Vm *vm)
{
    edge(vm, 40, 0x40);
    vm_pulse(vm, 0, 40);
}

static void a_wire(Vm *vm)
{
    level(vm, 40, 0x40);
    vm_wire(vm, 0, 40, true);
}

static void a_latch(Vm *vm)
{
    level(vm, 40, 0x40);
    vm_frame_write(vm, 0, "GICD", GICD_ISPENDR(1), 4, 1 << 8);
}

static void a_wire_and_a_latch(Vm *vm)
{
    a_wire(vm);
    a_latch(vm);
}

static void a_timer(Vm *vm)
{
    mapped_level(vm, TIMER, 0x40, VGIC_HYP_HW);
    fire(vm, TIMER);
}

static void a_timer_of_software(Vm *vm)
{
    mapped_level(vm, TIMER, 0x40, VGIC_HYP_SOFTWARE);
    fire(vm, TIMER);
}

static void active_and_pending(Vm *vm)
{
    edge(vm, 40, 0x40);
    NEST(vm, 0, 40);
    vm_exit(vm, 0);
    vm_pulse(vm, 0, 40);
}

static void an_active_level(Vm *vm)
{
    a_wire(vm);
    vm_enter(vm, 0);
    acks(vm, 0, 40);
    vm_exit(vm, 0);
}

static void expect_same(const VgicIrqInfo *a, const VgicIrqInfo *b)
{
    assert_int_equal(a->active, b->active);
    assert_int_equal(a->pending, b->pending);
    assert_int_equal(a->latch, b->latch);
    assert_int_equal(a->wire, b->wire);
}

static void e26_an_entry_without_a_guest_changes_nothing(void **state)
{
    static const struct {
        void (*prepare)(Vm *);
        uint32_t intid;
        const char *lr;
    } cases[] = {{an_edge, 40, "40P"},
                 {a_wire, 40, "40P+EOI"},
                 {a_latch, 40, "40P+EOI"},
                 {a_wire_and_a_latch, 40, "40P+EOI"},
                 {a_timer, TIMER, "27P+HW27"},
                 {active_and_pending, 40, "40AP"},
                 {an_active_level, 40, "40A+EOI"}};

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        Vm *vm = scenario(SETUP(.list_registers = 4));
        VgicIrqInfo before, after;

        cases[i].prepare(vm);
        vm_forget(vm);
        before = vm_info(vm, 0, cases[i].intid);
        for (unsigned times = 0; times < 2; times++) {
            vm_enter(vm, 0);
            expect_lrs(vm, 0, cases[i].lr);
            vm_exit(vm, 0);
            vm_exit(vm, 0); /* of nothing */
            after = vm_info(vm, 0, cases[i].intid);
            expect_same(&before, &after);
        }
        assert_int_equal(vm->stops[0], 0);
        expect_ended(vm, 0, 0, 40);
        expect_deactivated(vm, 0, TIMER);
        vm_free(vm);
    }
}

static void e26_an_entry_without_a_guest_lets_software_fire_again(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4));

    (void)state;
    a_timer_of_software(vm);
    vm_enter(vm, 0);
    vm_exit(vm, 0);
    assert_false(vm_info(vm, 0, TIMER).wire);
    expect_state(vm, 0, TIMER, false, false);
    expect_deactivated(vm, 1, TIMER);
    fire(vm, TIMER);
    vm_enter(vm, 0);
    acks(vm, 0, TIMER);
    vm_free(vm);
}

/* E27 */

static Vm *in_a_list_register_of_vcpu_0(bool acknowledged)
{
    Vm *vm = scenario(SETUP(.cpus = 2, .list_registers = 4));

    edge(vm, 40, 0x40);
    vm_enter(vm, 0);
    vm_enter(vm, 1);
    vm_pulse(vm, 0, 40);
    expect_lrs(vm, 0, "40P");
    if (acknowledged) {
        acks(vm, 0, 40);
    }
    vm_forget(vm);
    return vm;
}

/* Neither vCPU does it. */
static void route_to_vcpu_1(Vm *vm)
{
    assert_int_equal(
        vgic_frame_write(vm->gic, vgic_frame(vm->gic, "GICD"), VGIC_NS, GICD_IROUTER(40), 8, 1),
        VGIC_OK);
}

static void e27_one_that_is_routed_away_goes_at_the_exit(void **state)
{
    Vm *vm = in_a_list_register_of_vcpu_0(false);

    (void)state;
    route_to_vcpu_1(vm);
    vm_exit(vm, 0);
    vm_settle(vm);
    assert_int_equal(vm->exits[1], 1);
    expect_lrs(vm, 1, "40P");
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "");
    nothing(vm, 0);
    acks(vm, 1, 40);
    vm_free(vm);
}

static void e27_one_that_is_active_stays_until_it_is_ended(void **state)
{
    Vm *vm = in_a_list_register_of_vcpu_0(true);

    (void)state;
    route_to_vcpu_1(vm);
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "40A");
    expect_lrs(vm, 1, "");
    ends(vm, 0, 40);
    vm_bounce(vm, 0);
    vm_pulse(vm, 0, 40);
    expect_lrs(vm, 0, "");
    nothing(vm, 0);
    acks(vm, 1, 40);
    vm_free(vm);
}

static void e27_an_edge_while_active_goes_with_the_route(void **state)
{
    Vm *vm = in_a_list_register_of_vcpu_0(true);

    (void)state;
    route_to_vcpu_1(vm);
    vm_pulse(vm, 0, 40);
    vm_bounce(vm, 0);
    expect_lrs(vm, 1, "");
    ends(vm, 0, 40);
    vm_exit(vm, 0);
    vm_settle(vm);
    acks(vm, 1, 40);
    vm_enter(vm, 0);
    nothing(vm, 0);
    vm_free(vm);
}

/* E28 */

static void e28_the_distributors_enable_takes_and_gives_back(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4));

    (void)state;
    edge(vm, 40, 0x40);
    level(vm, 41, 0x80);
    edge(vm, 42, 0xC0);
    vm_pulse(vm, 0, 40);
    vm_wire(vm, 0, 41, true);
    vm_pulse(vm, 0, 42);
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "40P 41P+EOI 42P");
    vm_frame_write(vm, 0, "GICD", GICD_CTLR, 4, 0x10);
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "");
    nothing(vm, 0);
    for (uint32_t intid = 40; intid <= 42; intid++) {
        assert_true(shared_bit(vm, 0, GICD_ISPENDR(0), intid));
    }
    vm_frame_write(vm, 0, "GICD", GICD_CTLR, 4, 0x13);
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "40P 41P+EOI 42P");
    vm_free(vm);
}

/* E29 */

static void e29_an_sgi_waits_for_its_group(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 4));
    uint32_t seen = 0;

    (void)state;
    for (uint32_t intid = 0; intid < 16; intid++) {
        vm_configure(vm, 0, intid, intid != 0, 0x40, true);
    }
    vm_frame_write(vm, 0, "GICR", GICR_ISPENDR0, 4, 0xFFFF);
    vm_enter(vm, 0);
    for (unsigned i = 0; i < 15; i++) {
        uint32_t intid = vm_iar(vm, 0, 1);

        assert_in_range(intid, 1, 15);
        assert_false(seen >> intid & 1);
        seen |= 1u << intid;
        ends(vm, 0, intid);
    }
    assert_int_equal(seen, 0xFFFE);
    nothing(vm, 0);
    assert_int_equal(vm_iar(vm, 0, 0), SPURIOUS);
    assert_int_equal(vm_frame_read(vm, 0, "GICR", GICR_ISPENDR0, 4), 1);
    vm_forget(vm);
    vm_write(vm, 0, ICC_IGRPEN0_EL1, 1);
    assert_int_equal(vm->exits[0], 1);
    assert_int_equal(vm_iar(vm, 0, 0), 0);
    vm_free(vm);
}

/* E30 */

static void move(Vm *vm, uint32_t cpu, uint32_t place)
{
    vgic_hyp_put(vm->gic, cpu);
    vm->place[cpu] = place;
    assert_true(vgic_hyp_load(vm->gic, cpu, VGIC_HYP_GUEST));
}

static void e30_active_priorities_go_with_the_vcpu(void **state)
{
    Vm *vm = scenario(SETUP(.cpus = 2, .list_registers = 4));

    (void)state;
    edge(vm, 40, 0x40);
    vm_configure(vm, 1, 41, 1, 0x20, true);
    inject(vm, 0, 40);
    acks(vm, 0, 40);
    vgic_hyp_put(vm->gic, 0);
    vm->in_guest[0] = false;
    move(vm, 1, 0);
    inject(vm, 1, 41);
    acks(vm, 1, 41);
    assert_int_equal(ap1(vm, 1), AP(0x20));
    vm_exit(vm, 1);
    move(vm, 0, 1);
    vm_enter(vm, 0);
    assert_int_equal(vm_read(vm, 0, ICC_RPR_EL1), 0x40);
    assert_int_equal(ap1(vm, 0), AP(0x40));
    expect_lrs(vm, 0, "40A");
    ends(vm, 0, 40);
    assert_int_equal(ap1(vm, 0), 0);
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, false, false);
    expect_state(vm, 1, 41, true, false);
    vm_free(vm);
}

/* E34 */

static void e34_an_nmi_comes_first_and_through_nmiar1(void **state)
{
    Vm *vm = scenario(SETUP(.list_registers = 2, .nmi = true, .maintenance_off = true));

    (void)state;
    for (uint32_t intid = 40; intid <= 44; intid++) {
        edge(vm, intid, (uint8_t)(8 * (intid - 40)));
    }
    vm_frame_write(vm, 0, "GICD", GICD_INMIR(1), 4, 1 << 12);
    for (uint32_t intid = 40; intid <= 44; intid++) {
        vm_pulse(vm, 0, intid);
    }
    vm_enter(vm, 0);
    vm_write(vm, 0, ICC_PMR_EL1, 0);
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "40P 44P+NMI");
    for (unsigned n = 0; n < 2; n++) {
        assert_int_equal(vm_ich(vm, 0, ICH_LR_EL2(n)) >> 48 & 0xFF, 0);
    }
    assert_int_equal(vm_iar(vm, 0, 1), 1022);
    expect_lrs(vm, 0, "40P 44P+NMI");
    assert_int_equal(vm_read(vm, 0, ICC_NMIAR1_EL1), 44);
    expect_lrs(vm, 0, "40P 44A+NMI");
    assert_true(ap1(vm, 0) == 1ull << 63);
    ends(vm, 0, 44);
    assert_true(ap1(vm, 0) == 0);
    expect_lrs(vm, 0, "40P");
    nothing(vm, 0);
    vm_free(vm);
}

/* E36 */

static void e36_another_vcpu_sees_and_takes_what_is_pending_in_a_list_register(void **state)
{
    Vm *vm = in_a_list_register_of_vcpu_0(false);

    (void)state;
    assert_true(shared_bit(vm, 1, GICD_ISPENDR(0), 40));
    assert_int_equal(vm->stops[0], 1);
    assert_false(shared_bit(vm, 1, GICD_ISACTIVER(0), 40));
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "40P");
    vm_frame_write(vm, 1, "GICD", GICD_ICPENDR(1), 4, 1 << 8);
    assert_int_equal(vm->stops[0], 2);
    nothing(vm, 0);
    vm_exit(vm, 0);
    expect_state(vm, 0, 40, false, false);
    vm_free(vm);
}

static void e36_another_vcpu_sees_what_is_active_in_a_list_register(void **state)
{
    Vm *vm = in_a_list_register_of_vcpu_0(true);

    (void)state;
    assert_false(shared_bit(vm, 1, GICD_ISPENDR(0), 40));
    assert_int_equal(vm->stops[0], 1);
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "40A");
    assert_true(shared_bit(vm, 1, GICD_ISACTIVER(0), 40));
    assert_int_equal(vm->stops[0], 2);
    vm_free(vm);
}

/* E37 */

static Vm *two_lpis_for_one(bool its)
{
    Vm *vm = scenario(SETUP(.list_registers = 1, .lpis = true, .its = its));

    lpi(vm, 8200, 0x40);
    lpi(vm, 8201, 0x80);
    return vm;
}

static void enter_with_two_lpis(Vm *vm)
{
    vm_enter(vm, 0);
    expect_lrs(vm, 0, "8200P");
    expect_enables(vm, 0, ICH_NPIE);
}

static void write_redistributor(Vm *vm, uint32_t offset, uint32_t size, uint64_t value)
{
    assert_int_equal(
        vgic_frame_write(vm->gic, vgic_frame(vm->gic, "GICR"), VGIC_NS, offset, size, value),
        VGIC_OK);
}

static void expect_no_lpi(Vm *vm)
{
    vm_bounce(vm, 0);
    expect_lrs(vm, 0, "");
    expect_enables(vm, 0, 0);
    nothing(vm, 0);
    assert_int_equal(vgic_cpu_lines(vm->gic, 0), 0);
    vm_exit(vm, 0);
    for (uint32_t intid = 8200; intid <= 8201; intid++) {
        VgicIrqInfo info;

        if (vgic_irq_info(vm->gic, 0, intid, &info)) {
            assert_false(info.pending || info.active);
        }
    }
    assert_int_equal(vgic_cpu_lines(vm->gic, 0), 0);
}

static void e37_lpis_that_are_cleared_while_in_the_guest_do_not_come_back(void **state)
{
    Vm *vm = two_lpis_for_one(false);

    (void)state;
    set_lpi(vm, 8200);
    set_lpi(vm, 8201);
    enter_with_two_lpis(vm);
    write_redistributor(vm, GICR_CLRLPIR, 8, 8200);
    write_redistributor(vm, GICR_CLRLPIR, 8, 8201);
    expect_no_lpi(vm);
    vm_free(vm);
}

static void e37_lpis_that_are_disabled_while_in_the_guest_do_not_come_back(void **state)
{
    Vm *vm = two_lpis_for_one(false);

    (void)state;
    set_lpi(vm, 8200);
    set_lpi(vm, 8201);
    enter_with_two_lpis(vm);
    write_redistributor(vm, GICR_CTLR, 4, 0);
    expect_no_lpi(vm);
    vm_free(vm);
}

/* An ITS with a flat table of devices, collection 0 at vCPU 0, and device 1 with 5 EventID bits. */

static void write_its(Vm *vm, uint32_t offset, uint32_t size, uint64_t value)
{
    assert_int_equal(
        vgic_frame_write(vm->gic, vgic_frame(vm->gic, "GITS"), VGIC_NS, offset, size, value),
        VGIC_OK);
}

static void command(Vm *vm, Command it)
{
    uint64_t at;

    assert_int_equal(
        vgic_frame_read(vm->gic, vgic_frame(vm->gic, "GITS"), VGIC_NS, GITS_CWRITER, 8, &at),
        VGIC_OK);
    for (unsigned i = 0; i < 4; i++) {
        ram_put64(&vm->host.ram, QUEUE(0) + at + 8 * i, it.word[i]);
    }
    write_its(vm, GITS_CWRITER, 8, at + 32);
}

static void start_its(Vm *vm)
{
    write_its(vm, GITS_CBASER, 8, VALID | QUEUE(0));
    write_its(vm, GITS_BASER(0), 8, VALID | DEVICES(0) | PAGES_64K);
    write_its(vm, GITS_BASER(1), 8, VALID | COLLECTIONS(0) | PAGES_64K);
    write_its(vm, GITS_CTLR, 4, 1);
    command(vm, (Command){{0x9, 0, VALID, 0}}); /* MAPC */
    command(vm, mapd(1, 5, ITT(1)));
    command(vm, mapti(1, 0, 8200, 0));
    command(vm, mapti(1, 1, 8201, 0));
}

static void e37_lpis_that_are_discarded_while_in_the_guest_do_not_come_back(void **state)
{
    Vm *vm = two_lpis_for_one(true);

    (void)state;
    start_its(vm);
    command(vm, command_int(1, 0));
    command(vm, command_int(1, 1));
    enter_with_two_lpis(vm);
    command(vm, discard(1, 0));
    command(vm, discard(1, 1));
    expect_no_lpi(vm);
    assert_int_equal(vm->host.report_count, 0);
    vm_free(vm);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(e24_an_lpi_is_not_active_after_an_exit),
        cmocka_unit_test(e25_many_lpis_come_once_each),
        cmocka_unit_test(e26_an_entry_without_a_guest_changes_nothing),
        cmocka_unit_test(e26_an_entry_without_a_guest_lets_software_fire_again),
        cmocka_unit_test(e27_one_that_is_routed_away_goes_at_the_exit),
        cmocka_unit_test(e27_one_that_is_active_stays_until_it_is_ended),
        cmocka_unit_test(e27_an_edge_while_active_goes_with_the_route),
        cmocka_unit_test(e28_the_distributors_enable_takes_and_gives_back),
        cmocka_unit_test(e29_an_sgi_waits_for_its_group),
        cmocka_unit_test(e30_active_priorities_go_with_the_vcpu),
        cmocka_unit_test(e34_an_nmi_comes_first_and_through_nmiar1),
        cmocka_unit_test(e36_another_vcpu_sees_and_takes_what_is_pending_in_a_list_register),
        cmocka_unit_test(e36_another_vcpu_sees_what_is_active_in_a_list_register),
        cmocka_unit_test(e37_lpis_that_are_cleared_while_in_the_guest_do_not_come_back),
        cmocka_unit_test(e37_lpis_that_are_disabled_while_in_the_guest_do_not_come_back),
        cmocka_unit_test(e37_lpis_that_are_discarded_while_in_the_guest_do_not_come_back),
    };

    return cmocka_run_group_tests_name("hyp: other scenarios", tests, NULL, NULL);
}
