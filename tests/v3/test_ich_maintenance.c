/* SPDX-License-Identifier: BSD-2-Clause */
/* ICH_MISR_EL2, EISR and ELRSR, and the maintenance interrupt: a level that follows them and En. */
#include "suite.h"
#include "virt.h"

#include <string.h>

enum {
    MAINTENANCE = 25,
    ENABLES = 0xFE, /* every condition that has an enable */
};

static void expect_conditions(Machine *m, uint64_t misr, const char *when)
{
    expect(ich(m, ICH_MISR_EL2), misr, "MISR %s", when);
    expect(maintenance(m), misr != 0 && ich(m, ICH_HCR_EL2) & ICH_EN, "maintenance %s", when);
}

/* The registers that tell of list registers, from what is in them: an oracle of its own. */
static uint64_t oracle_eisr(Machine *m)
{
    uint64_t bits = 0;

    for (unsigned n = 0; n < list_registers(m); n++) {
        const uint64_t lr = ich(m, ICH_LR_EL2(n));
        bits |= (uint64_t)(lr >> 62 == 0 && !(lr & LR_HW) && lr & LR_EOI) << n;
    }
    return bits;
}

static uint64_t oracle_elrsr(Machine *m)
{
    uint64_t bits = 0;

    for (unsigned n = 0; n < list_registers(m); n++) {
        const uint64_t lr = ich(m, ICH_LR_EL2(n));
        bits |= (uint64_t)(lr >> 62 == 0 && (lr & LR_HW || !(lr & LR_EOI))) << n;
    }
    return bits;
}

static uint64_t oracle_misr(Machine *m)
{
    const uint64_t hcr = ich(m, ICH_HCR_EL2), vmcr = ich(m, ICH_VMCR_EL2);
    unsigned valid = 0, pending = 0;

    for (unsigned n = 0; n < list_registers(m); n++) {
        const LrState state = state_of_lr(m, n);
        valid += state != LR_INVALID;
        pending += state == LR_PENDING;
    }
    return (oracle_eisr(m) ? MISR_EOI : 0) | (hcr & ICH_UIE && valid <= 1 ? MISR_U : 0) |
           (hcr & ICH_LRENPIE && hcr >> 27 ? MISR_LRENP : 0) |
           (hcr & ICH_NPIE && pending == 0 ? MISR_NP : 0) |
           (hcr & ICH_VGRP0EIE && vmcr & VENG0 ? MISR_VGRP0E : 0) |
           (hcr & ICH_VGRP0DIE && !(vmcr & VENG0) ? MISR_VGRP0D : 0) |
           (hcr & ICH_VGRP1EIE && vmcr & VENG1 ? MISR_VGRP1E : 0) |
           (hcr & ICH_VGRP1DIE && !(vmcr & VENG1) ? MISR_VGRP1D : 0);
}

/* Every kind of list register: state, HW, bit 41. */
static uint64_t lr_of_kind(unsigned kind)
{
    return list_register((LrState)(kind & 3), 1, 0x80, 40) | (kind & 4 ? LR_HW : 0) |
           (kind & 8 ? LR_EOI : 0);
}

static void conditions_follow_from_the_registers(Machine *m)
{
    const unsigned last = list_registers(m) - 1;

    for (unsigned en = 0; en < 2; en++) {
        for (uint32_t enables = 0; enables < 0x100; enables += 2) {
            start_vm(m, 0, 0);
            set_ich(m, ICH_HCR_EL2, enables | en | (enables & 4 ? 0x18000000u : 0));
            for (unsigned kind = 0; kind < 256; kind += en ? 7 : 31) {
                set_ich(m, ICH_VMCR_EL2, 0xFF000000 | (kind >> 3 & 3));
                set_ich(m, ICH_LR_EL2(0), lr_of_kind(kind & 15));
                if (last > 0) {
                    set_ich(m, ICH_LR_EL2(last), lr_of_kind(kind >> 4));
                }
                const uint64_t misr = oracle_misr(m);
                expect(ich(m, ICH_MISR_EL2), misr, "MISR, HCR 0x%x, kinds 0x%x", enables | en,
                       kind);
                expect(ich(m, ICH_EISR_EL2), oracle_eisr(m), "EISR, kinds 0x%x", kind);
                expect(ich(m, ICH_ELRSR_EL2), oracle_elrsr(m), "ELRSR, kinds 0x%x", kind);
                expect(maintenance(m), en && misr, "maintenance, HCR 0x%x, kinds 0x%x",
                       enables | en, kind);
            }
        }
    }
}

static void a_list_register_that_signals_eoi_is_not_empty(Machine *m)
{
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), LR_EOI);
    assert_int_equal(ich(m, ICH_EISR_EL2), 1);
    assert_int_equal(ich(m, ICH_ELRSR_EL2) & 1, 0);
    set_ich(m, ICH_LR_EL2(0), LR_HW | LR_EOI);
    assert_int_equal(ich(m, ICH_EISR_EL2), 0);
    assert_int_equal(ich(m, ICH_ELRSR_EL2) & 1, 1);
    set_ich(m, ICH_LR_EL2(0), 0);
    assert_int_equal(ich(m, ICH_EISR_EL2), 0);
    assert_int_equal(ich(m, ICH_ELRSR_EL2) & 1, 1);
}

static void the_end_of_a_marked_interrupt_is_told_until_its_lr_is_rewritten(Machine *m)
{
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x80, 40) | LR_EOI);
    expect_conditions(m, 0, "pending");
    assert_int_equal(viar(m, 1), 40);
    expect_conditions(m, 0, "active");
    veoir(m, 1, 40);
    expect_conditions(m, MISR_EOI, "ended");
    assert_int_equal(ich(m, ICH_LR_EL2(0)),
                     list_register(LR_INVALID, 1, vpriority(m, 0x80), 40) | LR_EOI);
    ich(m, ICH_EISR_EL2);
    expect_conditions(m, MISR_EOI, "after a read");
    set_ich(m, ICH_LR_EL2(0), 0);
    expect_conditions(m, 0, "rewritten");
}

static void an_end_in_two_steps_is_told_at_the_second(Machine *m)
{
    start_vm(m, 0, VEOIM);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x80, 40) | LR_EOI);
    viar(m, 1);
    veoir(m, 1, 40);
    expect_conditions(m, 0, "dropped");
    vdir(m, 40);
    expect_conditions(m, MISR_EOI, "deactivated");
}

static void underflow_is_told_at_one_valid_list_register(Machine *m)
{
    const unsigned count = list_registers(m);

    start_vm(m, ICH_UIE, 0);
    expect_conditions(m, MISR_U, "empty");
    for (unsigned n = 0; n < count; n++) {
        set_ich(m, ICH_LR_EL2(n), list_register((LrState)(1 + n % 3), 1, 0x80, 40 + n));
        expect_conditions(m, n + 1 <= 1 ? MISR_U : 0, "filling");
    }
    for (unsigned n = 0; n < count; n++) {
        set_ich(m, ICH_LR_EL2(n), LR_HW);
        expect_conditions(m, count - n - 1 <= 1 ? MISR_U : 0, "emptying");
    }
}

static void no_pending_means_none_that_is_only_pending(Machine *m)
{
    start_vm(m, ICH_NPIE, 0);
    expect_conditions(m, MISR_NP, "empty");
    set_ich(m, ICH_LR_EL2(0), list_register(LR_BOTH, 1, 0x80, 40));
    expect_conditions(m, MISR_NP, "active and pending");
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x80, 40));
    expect_conditions(m, 0, "pending");
    viar(m, 1);
    expect_conditions(m, MISR_NP, "acknowledged");
    set_ich(m, ICH_LR_EL2(0), list_register(LR_BOTH, 1, 0x80, 40));
    veoir(m, 1, 40);
    expect_conditions(m, 0, "pending again");
}

/* Disabled, masked: what counts is the state alone. */
static void a_pending_one_counts_even_if_it_cannot_be_taken(Machine *m)
{
    start_vm(m, ICH_NPIE, 0);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x80, 40));
    set_ich(m, ICH_VMCR_EL2, 0);
    assert_int_equal(vlines(m), 0);
    expect_conditions(m, 0, "masked");
}

static void an_end_without_a_list_register_is_counted_and_told(Machine *m)
{
    start_vm(m, ICH_LRENPIE, 0);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x80, 40));
    viar(m, 1);
    set_ich(m, ICH_LR_EL2(0), 0);
    expect_conditions(m, 0, "moved out");
    veoir(m, 1, 40);
    assert_int_equal(eoi_count(m), 1);
    expect_conditions(m, MISR_LRENP, "ended");
    set_ich(m, ICH_HCR_EL2, ICH_EN | 1u << 27);
    expect_conditions(m, 0, "disabled");
    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_LRENPIE);
    expect_conditions(m, 0, "taken");
}

static void group_enables_are_told_as_the_guest_changes_them(Machine *m)
{
    static const struct {
        uint32_t enable, reg;
        uint64_t on, off;
    } rows[] = {{ICH_VGRP0EIE, ICC_IGRPEN0_EL1, MISR_VGRP0E, 0},
                {ICH_VGRP0DIE, ICC_IGRPEN0_EL1, 0, MISR_VGRP0D},
                {ICH_VGRP1EIE, ICC_IGRPEN1_EL1, MISR_VGRP1E, 0},
                {ICH_VGRP1DIE, ICC_IGRPEN1_EL1, 0, MISR_VGRP1D}};

    for (unsigned i = 0; i < 4; i++) {
        start_vm(m, rows[i].enable, 0);
        expect_conditions(m, rows[i].on, "enabled");
        set_icv(m, rows[i].reg, 0);
        expect_conditions(m, rows[i].off, "disabled");
        /* The other group does not matter: some models look at the wrong one. */
        set_icv(m, rows[i].reg == ICC_IGRPEN0_EL1 ? ICC_IGRPEN1_EL1 : ICC_IGRPEN0_EL1, 0);
        expect_conditions(m, rows[i].off, "both disabled");
        set_icv(m, rows[i].reg, 1);
        expect_conditions(m, rows[i].on, "enabled again");
    }
}

static void all_conditions_come_together(Machine *m)
{
    start_vm(m, ENABLES, 0);
    set_ich(m, ICH_HCR_EL2, ENABLES | ICH_EN | 1u << 27);
    set_ich(m, ICH_LR_EL2(0), LR_EOI);
    expect_conditions(m, 0x5F, "groups enabled");
    set_ich(m, ICH_VMCR_EL2, 0);
    expect_conditions(m, 0xAF, "groups disabled");
}

static void without_en_misr_tells_and_the_line_is_low(Machine *m)
{
    start_vm(m, ENABLES, 0);
    assert_true(maintenance(m));
    set_ich(m, ICH_HCR_EL2, ENABLES);
    assert_int_equal(ich(m, ICH_MISR_EL2), MISR_U | MISR_NP | MISR_VGRP0E | MISR_VGRP1E);
    assert_false(maintenance(m));
    set_ich(m, ICH_HCR_EL2, ENABLES | ICH_EN);
    assert_true(maintenance(m));
}

static void the_host_hears_of_the_line_once_a_change(Machine *m)
{
    start_vm(m, 0, 0);
    host_forget(&m->host);
    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_UIE);
    assert_int_equal(m->host.line_calls[0], 1);
    assert_int_equal(m->host.lines[0] & VGIC_LINE_MAINTENANCE, VGIC_LINE_MAINTENANCE);
    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_UIE | ICH_NPIE);
    assert_int_equal(m->host.line_calls[0], 1);
    set_ich(m, ICH_HCR_EL2, ICH_EN);
    assert_int_equal(m->host.line_calls[0], 2);
    assert_int_equal(m->host.lines[0], 0);
}

/* The wire inside the GIC. */
static Machine *wired_machine(uint32_t intid)
{
    const VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32, .el2 = true, .maintenance_intid = intid);
    Machine *m = machine_new("wired", &config, false);

    assert_non_null(m);
    start(m);
    os_configure(m, 0, intid, LEVEL);
    os_configure(m, 1, intid, LEVEL);
    start_vm(m, 0, 0);
    return m;
}

static void check_wire(uint32_t intid)
{
    Machine *m = wired_machine(intid);

    expect(is_pending(m, 0, intid), false, "PPI %u at first", intid);
    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_UIE);
    expect(is_pending(m, 0, intid), true, "PPI %u while the level is high", intid);
    expect(is_pending(m, 1, intid), false, "PPI %u of the other PE", intid);
    expect(maintenance(m), true, "the line beside PPI %u", intid);
    expect(irq(m, 0), true, "IRQ for PPI %u", intid);
    set_ich(m, ICH_HCR_EL2, ICH_EN);
    expect(is_pending(m, 0, intid), false, "PPI %u when the level falls", intid);
    expect(irq(m, 0), false, "IRQ after PPI %u", intid);
    expect(machine_is_consistent(m), true, "machine");
    machine_free(m);
}

static void the_wire_goes_to_the_ppi_that_is_configured(Machine *none)
{
    (void)none;
    for (uint32_t intid = 16; intid < 32; intid++) {
        check_wire(intid);
    }
}

static void the_ppi_is_handled_like_any_level(Machine *none)
{
    Machine *m = wired_machine(MAINTENANCE);
    (void)none;

    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_NPIE);
    assert_int_equal(iar(m, 0, &ns_el2, 1), MAINTENANCE);
    assert_true(is_active(m, 0, MAINTENANCE));
    assert_true(is_pending(m, 0, MAINTENANCE)); /* active and pending: the level is still high */
    assert_false(irq(m, 0));
    eoir(m, 0, &ns_el2, 1, MAINTENANCE);
    assert_true(irq(m, 0)); /* and comes again, as long as nobody removes the cause */
    assert_int_equal(iar(m, 0, &ns_el2, 1), MAINTENANCE);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x80, 40));
    assert_false(is_pending(m, 0, MAINTENANCE));
    eoir(m, 0, &ns_el2, 1, MAINTENANCE);
    assert_false(irq(m, 0));

    /* The guest's own acknowledge raises it again, for the PE that runs it. */
    assert_int_equal(viar(m, 1), 40);
    assert_true(irq(m, 0));
    assert_true(machine_is_consistent(m));
    machine_free(m);
}

static void an_edge_triggered_ppi_remembers_the_rise(Machine *none)
{
    Machine *m = wired_machine(MAINTENANCE);
    (void)none;

    trigger_write(m, VGIC_S, 0, MAINTENANCE, EDGE);
    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_UIE);
    set_ich(m, ICH_HCR_EL2, ICH_EN);
    assert_true(is_pending(m, 0, MAINTENANCE));
    assert_int_equal(iar(m, 0, &ns_el2, 1), MAINTENANCE);
    assert_false(is_pending(m, 0, MAINTENANCE));
    eoir(m, 0, &ns_el2, 1, MAINTENANCE);

    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_UIE);
    assert_int_equal(iar(m, 0, &ns_el2, 1), MAINTENANCE);
    eoir(m, 0, &ns_el2, 1, MAINTENANCE);
    assert_false(irq(m, 0)); /* still high: no new edge */
    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_UIE | ICH_NPIE);
    assert_false(irq(m, 0));
    assert_true(machine_is_consistent(m));
    machine_free(m);
}

static void a_disabled_ppi_waits(Machine *none)
{
    Machine *m = wired_machine(MAINTENANCE);
    (void)none;

    bit_write(m, VGIC_S, 0, MAINTENANCE, ICENABLER);
    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_UIE);
    assert_true(maintenance(m));
    assert_false(irq(m, 0));
    bit_write(m, VGIC_S, 0, MAINTENANCE, ISENABLER);
    assert_true(irq(m, 0));
    assert_true(machine_is_consistent(m));
    machine_free(m);
}

static void a_reset_lowers_the_wire(Machine *none)
{
    Machine *m = wired_machine(MAINTENANCE);
    (void)none;

    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_UIE);
    vgic_cpu_reset(m->gic, 0);
    assert_false(is_pending(m, 0, MAINTENANCE));
    assert_int_equal(vgic_cpu_lines(m->gic, 0), 0);

    start(m);
    start_vm(m, ICH_UIE, 0);
    assert_true(is_pending(m, 0, MAINTENANCE));
    vgic_reset(m->gic, VGIC_RESET_WARM);
    assert_false(is_pending(m, 0, MAINTENANCE));
    assert_false(maintenance(m));
    vgic_reset(m->gic, VGIC_RESET_COLD);
    assert_false(is_pending(m, 0, MAINTENANCE));
    assert_true(machine_is_consistent(m));
    machine_free(m);
}

static void nobody_else_drives_that_ppi(Machine *none)
{
    Machine *m = wired_machine(MAINTENANCE);
    (void)none;

    assert_false(vgic_ppi_set_level(m->gic, 0, MAINTENANCE, true));
    assert_false(vgic_ppi_pulse(m->gic, 1, MAINTENANCE));
    assert_int_equal(m->host.error_count, 2);
    assert_non_null(strstr(m->host.errors[0].message, "25"));
    assert_string_equal(m->host.errors[0].function, "vgic_ppi_set_level");
    assert_false(is_pending(m, 0, MAINTENANCE));
    assert_true(vgic_ppi_set_level(m->gic, 0, MAINTENANCE + 1, true));
    machine_free(m);
}

static void software_may_set_that_ppi_pending(Machine *none)
{
    Machine *m = wired_machine(MAINTENANCE);
    (void)none;

    pend(m, 0, MAINTENANCE);
    assert_true(is_pending(m, 0, MAINTENANCE));
    assert_int_equal(iar(m, 0, &ns_el2, 1), MAINTENANCE);
    eoir(m, 0, &ns_el2, 1, MAINTENANCE);
    assert_false(is_pending(m, 0, MAINTENANCE));
    machine_free(m);
}

static void without_a_ppi_nothing_is_wired(Machine *m)
{
    start(m);
    os_configure(m, 0, MAINTENANCE, LEVEL);
    start_vm(m, ICH_UIE, 0);
    assert_true(maintenance(m));
    assert_false(is_pending(m, 0, MAINTENANCE));
    wire(m, 0, MAINTENANCE, true);
    assert_true(is_pending(m, 0, MAINTENANCE));
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(conditions_follow_from_the_registers, EL2),
        TEST(a_list_register_that_signals_eoi_is_not_empty, EL2),
        TEST(the_end_of_a_marked_interrupt_is_told_until_its_lr_is_rewritten, EL2),
        TEST(an_end_in_two_steps_is_told_at_the_second, EL2),
        TEST(underflow_is_told_at_one_valid_list_register, EL2),
        TEST(no_pending_means_none_that_is_only_pending, EL2),
        TEST(a_pending_one_counts_even_if_it_cannot_be_taken, EL2),
        TEST(an_end_without_a_list_register_is_counted_and_told, EL2),
        TEST(group_enables_are_told_as_the_guest_changes_them, EL2),
        TEST(all_conditions_come_together, EL2),
        TEST(without_en_misr_tells_and_the_line_is_low, EL2),
        TEST(the_host_hears_of_the_line_once_a_change, EL2),
        TEST_ALONE(the_wire_goes_to_the_ppi_that_is_configured),
        TEST_ALONE(the_ppi_is_handled_like_any_level),
        TEST_ALONE(an_edge_triggered_ppi_remembers_the_rise),
        TEST_ALONE(a_disabled_ppi_waits),
        TEST_ALONE(a_reset_lowers_the_wire),
        TEST_ALONE(nobody_else_drives_that_ppi),
        TEST_ALONE(software_may_set_that_ppi_pending),
        TEST(without_a_ppi_nothing_is_wired, EL2),
    };
    return RUN(argc, argv, "maintenance interrupt", tests);
}
