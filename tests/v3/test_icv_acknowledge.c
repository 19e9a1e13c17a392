/* SPDX-License-Identifier: BSD-2-Clause */
/* ICV_IAR and ICV_HPPIR, and the lines to the guest: which list register, and what becomes of it.
 */
#include "suite.h"
#include "virt.h"

#include <string.h>

enum {
    VIRQ = VGIC_LINE_VIRQ,
    VFIQ = VGIC_LINE_VFIQ,
    ID = 40,
    PRIORITY = 0x80,
    EARLY = 0x10 /* its active priority is in the first register, whatever the width */
};

static void set_lr(Machine *m, unsigned n, LrState state, int group, uint8_t priority, uint32_t id)
{
    set_ich(m, ICH_LR_EL2(n), list_register(state, group, priority, id));
}

static uint64_t active_bits(Machine *m, int group)
{
    return ich(m, group ? ICH_AP1R0_EL2 : ICH_AP0R0_EL2);
}

static uint32_t last_rule(const Machine *m, const char *rule)
{
    const HostReport *report = host_last_report(&m->host);

    return report && !strcmp(report->rule, rule) && !strcmp(report->frame, "ICV");
}

static void only_a_pending_list_register_is_a_candidate(Machine *m)
{
    for (unsigned state = 0; state < 4; state++) {
        for (int group = 0; group < 2; group++) {
            for (int reads = 0; reads < 2; reads++) {
                const bool match = state == LR_PENDING && group == reads;
                start_vm(m, 0, 0);
                set_lr(m, 0, (LrState)state, group, EARLY, ID);
                expect(vlines(m),
                       state != LR_PENDING ? 0
                       : group             ? VIRQ
                                           : VFIQ,
                       "lines, state %u, group %d", state, group);
                expect(vhppir(m, reads), match ? ID : 1023, "HPPIR%d, state %u, group %d", reads,
                       state, group);
                expect(viar(m, reads), match ? ID : 1023, "IAR%d, state %u, group %d", reads, state,
                       group);
                expect(state_of_lr(m, 0), match ? LR_ACTIVE : state, "State %u after IAR%d", state,
                       reads);
                expect(active_bits(m, 0) != 0, match && group == 0, "AP0R, state %u", state);
                expect(active_bits(m, 1) != 0, match && group == 1, "AP1R, state %u", state);
                expect(vrpr(m), match ? EARLY : 0xFF, "RPR, state %u", state);
            }
        }
    }
}

static void an_acknowledge_changes_the_state_and_nothing_else_of_the_lr(Machine *m)
{
    const uint64_t lr = list_register(LR_PENDING, 1, vpriority(m, PRIORITY), 0x1234) | LR_EOI;
    const uint64_t hw = hw_list_register(LR_PENDING, 1, vpriority(m, PRIORITY), 27, 0x1ABC);

    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), lr);
    assert_int_equal(viar(m, 1), 0x1234);
    assert_int_equal(ich(m, ICH_LR_EL2(0)), lr + (1ull << 62));
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), hw);
    assert_int_equal(viar(m, 1), 27);
    assert_int_equal(ich(m, ICH_LR_EL2(0)), hw + (1ull << 62));
}

static void the_best_priority_wins_whichever_group_has_it(Machine *m)
{
    start_vm(m, 0, 0);
    set_lr(m, 0, LR_PENDING, 1, 0x80, 40);
    set_lr(m, 1, LR_PENDING, 0, 0x60, 41);
    set_lr(m, 2, LR_PENDING, 1, 0x40, 42);
    set_lr(m, 3, LR_PENDING, 0, 0xA0, 43);
    assert_int_equal(vlines(m), VIRQ);
    assert_int_equal(vhppir(m, 1), 42);
    assert_int_equal(vhppir(m, 0), 1023);
    assert_int_equal(viar(m, 0), 1023);
    assert_int_equal(viar(m, 1), 42);
    assert_int_equal(vhppir(m, 0), 41); /* the running priority does not matter to it */
    assert_int_equal(viar(m, 0), 1023);
    veoir(m, 1, 42);
    assert_int_equal(vlines(m), VFIQ);
    assert_int_equal(viar(m, 1), 1023); /* what is better is taken first */
    assert_int_equal(viar(m, 0), 41);
    veoir(m, 0, 41);
    assert_int_equal(viar(m, 1), 40);
    veoir(m, 1, 40);
    assert_int_equal(viar(m, 0), 43);
    veoir(m, 0, 43);
    assert_int_equal(vlines(m), 0);
    assert_int_equal(ich(m, ICH_ELRSR_EL2), (1u << list_registers(m)) - 1);
}

static void of_equals_the_lowest_list_register_is_first(Machine *m)
{
    const unsigned count = list_registers(m);

    start_vm(m, 0, 0);
    for (unsigned n = count; n-- > 0;) {
        set_lr(m, n, LR_PENDING, (int)(n & 1), PRIORITY, 1000 - n);
    }
    for (unsigned n = 0; n < count; n++) {
        expect(viar(m, n & 1), 1000 - n, "LR%u of %u", n, count);
        veoir(m, n & 1, 1000 - n);
    }
    expect(viar(m, 1), 1023, "IAR1 at the end");
}

static void a_disabled_group_does_not_hide_the_other(Machine *m)
{
    start_vm(m, 0, 0);
    set_lr(m, 0, LR_PENDING, 0, 0x10, 40);
    set_lr(m, 1, LR_PENDING, 1, 0x80, 41);
    assert_int_equal(vlines(m), VFIQ);
    set_icv(m, ICC_IGRPEN0_EL1, 0);
    assert_int_equal(vlines(m), VIRQ);
    assert_int_equal(vhppir(m, 0), 1023);
    assert_int_equal(vhppir(m, 1), 41);
    set_icv(m, ICC_IGRPEN1_EL1, 0);
    assert_int_equal(vlines(m), 0);
    assert_int_equal(vhppir(m, 1), 1023);
    assert_int_equal(viar(m, 1), 1023);
    set_icv(m, ICC_IGRPEN0_EL1, 1);
    assert_int_equal(viar(m, 0), 40);
}

static void vpmr_masks_priorities_that_are_not_higher(Machine *m)
{
    const unsigned step = 1u << (8 - vpriority_bits(m));

    start_vm(m, 0, 0);
    for (unsigned priority = 0; priority < 256; priority += step) {
        set_lr(m, 0, LR_PENDING, 1, (uint8_t)priority, ID);
        for (unsigned pmr = 0; pmr < 256; pmr += 5) {
            set_icv(m, ICC_PMR_EL1, pmr);
            const bool signals = priority < vpriority(m, pmr);
            expect(vlines(m), signals ? VIRQ : 0, "priority 0x%x, VPMR 0x%x", priority, pmr);
            expect(vhppir(m, 1), priority == 0xFF ? 1023 : ID, "HPPIR1, priority 0x%x", priority);
            if (!signals) {
                expect(viar(m, 1), 1023, "IAR1, priority 0x%x, VPMR 0x%x", priority, pmr);
            }
        }
        set_icv(m, ICC_PMR_EL1, 0xFF);
    }
    expect(state_of_lr(m, 0), LR_PENDING, "State");
}

static void priority_ff_never_wins(Machine *none)
{
    Machine *m = machine_with_ich((VgicIchOptions){.priority_bits = 8});
    (void)none;

    start_vm(m, 0, 0);
    set_lr(m, 0, LR_PENDING, 1, 0xFF, ID);
    assert_int_equal(vlines(m), 0);
    assert_int_equal(vhppir(m, 1), 1023);
    assert_int_equal(viar(m, 1), 1023);
    set_lr(m, 0, LR_PENDING, 1, 0xFE, ID);
    assert_int_equal(vlines(m), VIRQ);
    machine_free(m);
}

static void without_en_nothing_is_signalled_and_hppir_tells(Machine *m)
{
    start_vm(m, 0, 0);
    set_lr(m, 0, LR_PENDING, 1, PRIORITY, ID);
    assert_int_equal(vlines(m), VIRQ);
    set_ich(m, ICH_HCR_EL2, 0);
    assert_int_equal(vlines(m), 0);
    assert_int_equal(viar(m, 1), 1023);
    assert_int_equal(vhppir(m, 1), ID);
    assert_int_equal(state_of_lr(m, 0), LR_PENDING);
    set_ich(m, ICH_HCR_EL2, ICH_EN);
    assert_int_equal(viar(m, 1), ID);
}

static void a_higher_running_priority_holds_a_candidate(Machine *m)
{
    start_vm(m, 0, 0);
    set_lr(m, 0, LR_PENDING, 1, 0x40, 40);
    assert_int_equal(viar(m, 1), 40);
    set_ich(m, ICH_LR_EL2(0), 0); /* a hypervisor may take it out; the priority stays active */
    for (unsigned priority = 0; priority < 256; priority += 8) {
        set_lr(m, 0, LR_PENDING, 0, (uint8_t)priority, 41);
        expect(vlines(m), priority < 0x40 ? VFIQ : 0, "priority 0x%x", priority);
        expect(vhppir(m, 0), 41, "HPPIR0, priority 0x%x", priority);
    }
}

static void a_special_number_is_answered_as_it_is(Machine *m)
{
    for (uint32_t special = 1020; special < 1024; special++) {
        for (int group = 0; group < 2; group++) {
            start_vm(m, 0, 0);
            set_lr(m, 0, LR_PENDING, group, PRIORITY, special);
            host_forget(&m->host);
            expect(viar(m, group), special, "IAR%d", group);
            expect(state_of_lr(m, 0), LR_INVALID, "State after %u", special);
            expect(active_bits(m, 0) | active_bits(m, 1), 0, "active priorities after %u", special);
            expect(vlines(m), 0, "lines after %u", special);
            expect(m->host.report_count, 1, "reports of %u", special);
            expect(last_rule(m, "lr-special"), true, "report of %u", special);
        }
    }
}

static void a_number_in_two_list_registers_is_reported(Machine *m)
{
    start_vm(m, 0, 0);
    set_lr(m, 0, LR_PENDING, 1, PRIORITY, ID);
    set_lr(m, 1, LR_ACTIVE, 1, 0xA0, ID);
    host_forget(&m->host);
    assert_int_equal(viar(m, 1), ID);
    assert_true(last_rule(m, "lr-duplicate"));
    assert_int_equal(host_last_report(&m->host)->report.intid, ID);
    assert_string_equal(host_last_report(&m->host)->reg, "ICC_IAR1_EL1");
    veoir(m, 1, ID);

    start_vm(m, 0, 0); /* an invalid one is none */
    set_lr(m, 0, LR_PENDING, 1, PRIORITY, ID);
    set_lr(m, 1, LR_INVALID, 1, PRIORITY, ID);
    host_forget(&m->host);
    assert_int_equal(viar(m, 1), ID);
    assert_int_equal(m->host.report_count, 0);
}

static void a_physical_interrupt_cannot_be_active_and_pending_in_a_list_register(Machine *m)
{
    start_vm(m, 0, 0);
    host_forget(&m->host);
    for (unsigned state = 0; state < 3; state++) {
        set_ich(m, ICH_LR_EL2(0), hw_list_register((LrState)state, 1, PRIORITY, ID, 27));
    }
    set_lr(m, 0, LR_BOTH, 1, PRIORITY, ID);
    assert_int_equal(m->host.report_count, 0);
    set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_BOTH, 1, PRIORITY, ID, 27));
    assert_int_equal(m->host.report_count, 1);
    assert_string_equal(host_last_report(&m->host)->rule, "lr-hw-state");
    assert_string_equal(host_last_report(&m->host)->reg, "ICH_LR0_EL2");
    assert_true(host_last_report(&m->host)->report.write);
}

static void numbers_of_any_kind_come_through(Machine *m)
{
    static const uint32_t ids[] = {0, 15, 16, 31, 32, 1019, 1024, 1056, 4096, 5119, 8192, 0xFFFF};

    for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        start_vm(m, 0, 0);
        set_lr(m, 0, LR_PENDING, 1, PRIORITY, ids[i]);
        expect(vhppir(m, 1), ids[i], "HPPIR1");
        expect(viar(m, 1), ids[i], "IAR1");
    }
    if (m->config.ich_options.intid_bits != 16) {
        start_vm(m, 0, 0);
        set_lr(m, 0, LR_PENDING, 1, PRIORITY, 0xABCDEF);
        expect(viar(m, 1), 0xABCDEF, "IAR1 of 24 bits");
    }
}

static void each_bit_of_hcr_el2_turns_its_group(Machine *m)
{
    const VgicCpuState imo = with_hcr(m->os, HCR_IMO), fmo = with_hcr(m->os, HCR_FMO);
    uint64_t value;

    start_vm(m, 0, 0);
    set_lr(m, 0, LR_PENDING, 1, PRIORITY, ID);
    assert_int_not_equal(icc_try_read(m, 0, &fmo, ICC_IAR1_EL1, &value) == VGIC_OK ? value : 0, ID);
    assert_int_equal(iar(m, 0, &imo, 1), ID);
    set_lr(m, 0, LR_PENDING, 0, 0x10, ID);
    assert_int_not_equal(icc_try_read(m, 0, &imo, ICC_IAR0_EL1, &value) == VGIC_OK ? value : 0, ID);
    assert_int_equal(iar(m, 0, &fmo, 0), ID);
    assert_int_equal(icc_read(m, 0, &imo, ICC_RPR_EL1), 0x10);
    assert_int_equal(icc_read(m, 0, &fmo, ICC_RPR_EL1), 0x10);
}

static void the_physical_interface_does_not_notice(Machine *m)
{
    start(m);
    os_configure(m, 0, 20, EDGE);
    pend(m, 0, 20);
    start_vm(m, 0, 0);
    set_lr(m, 0, LR_PENDING, 1, 0x10, ID);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), VGIC_LINE_IRQ | VIRQ);
    assert_int_equal(viar(m, 1), ID);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), VGIC_LINE_IRQ);
    assert_int_equal(running_priority(m, 0), 0xFF);
    assert_int_equal(ack(m, 0), 20);
    assert_int_equal(vrpr(m), 0x10);
    set_icv(m, ICC_PMR_EL1, 0);
    set_icv(m, ICC_IGRPEN1_EL1, 0);
    set_icv(m, ICC_CTLR_EL1, 3);
    eoi(m, 0, 20);
    assert_int_equal(running_priority(m, 0), 0xFF);
    assert_int_equal(vrpr(m), 0x10);
    assert_int_equal(state_of_lr(m, 0), LR_ACTIVE);
    assert_false(is_active(m, 0, 20));
}

/* The state of the virtual lines belongs to EL2: the physical group enables and DS do not matter.
 */
static void the_virtual_lines_do_not_need_the_distributor(Machine *m)
{
    start_vm(m, 0, 0);
    set_lr(m, 0, LR_PENDING, 1, PRIORITY, ID);
    assert_int_equal(vlines(m), VIRQ);
    distributor_groups(m, false);
    assert_int_equal(vlines(m), VIRQ);
    assert_int_equal(viar(m, 1), ID);
}

static void the_host_hears_of_each_change_of_a_line(Machine *m)
{
    start_vm(m, 0, 0);
    host_forget(&m->host);
    set_lr(m, 0, LR_PENDING, 1, PRIORITY, ID);
    assert_int_equal(m->host.line_calls[0], 1);
    assert_int_equal(m->host.lines[0], VIRQ);
    set_lr(m, 0, LR_PENDING, 1, 0x90, ID);
    assert_int_equal(m->host.line_calls[0], 1);
    set_lr(m, 0, LR_PENDING, 0, 0x90, ID);
    assert_int_equal(m->host.line_calls[0], 2);
    assert_int_equal(m->host.lines[0], VFIQ);
    viar(m, 0);
    assert_int_equal(m->host.line_calls[0], 3);
    assert_int_equal(m->host.lines[0], 0);
    set_ich(m, ICH_AP0R0_EL2, 0);
    set_lr(m, 0, LR_PENDING, 0, PRIORITY, ID);
    assert_int_equal(m->host.lines[0], VFIQ);
    set_ich(m, ICH_AP0R0_EL2, 1);
    assert_int_equal(m->host.lines[0], 0);
    set_ich(m, ICH_AP0R0_EL2, 0);
    assert_int_equal(m->host.lines[0], VFIQ);
    set_ich(m, ICH_VMCR_EL2, 0xFF000000);
    assert_int_equal(m->host.lines[0], 0);
    set_ich(m, ICH_VMCR_EL2, 0xFF000001);
    assert_int_equal(m->host.lines[0], VFIQ);
}

static void an_aarch32_guest_handles_its_interrupts(Machine *m)
{
    start_vm(m, 0, VEOIM);
    set_lr(m, 0, LR_PENDING, 0, PRIORITY, ID);
    assert_int_equal(icc_read(m, 0, &vm_svc32, ICC_HPPIR0), ID);
    assert_int_equal(icc_read(m, 0, &vm_svc32, ICC_IAR0), ID);
    assert_int_equal(icc_read(m, 0, &vm_svc32, ICC_RPR), PRIORITY);
    icc_write(m, 0, &vm_svc32, ICC_EOIR0, ID);
    assert_int_equal(icc_read(m, 0, &vm_svc32, ICC_RPR), 0xFF);
    assert_int_equal(state_of_lr(m, 0), LR_ACTIVE);
    icc_write(m, 0, &vm_svc32, ICC_DIR, ID);
    assert_int_equal(state_of_lr(m, 0), LR_INVALID);
}

static void a_hypervisor_swaps_guests_in_mid_flight(Machine *m)
{
    uint64_t saved[4];

    start_vm(m, 0, VEOIM);
    set_lr(m, 0, LR_PENDING, 1, EARLY, ID);
    viar(m, 1);
    saved[0] = ich(m, ICH_LR_EL2(0));
    saved[1] = ich(m, ICH_AP1R0_EL2);
    saved[2] = ich(m, ICH_VMCR_EL2);
    start_vm(m, 0, 0); /* another guest */
    set_lr(m, 0, LR_PENDING, 0, 0xA0, ID + 1);
    assert_int_equal(viar(m, 0), ID + 1);
    veoir(m, 0, ID + 1);
    set_ich(m, ICH_LR_EL2(0), saved[0]);
    set_ich(m, ICH_AP1R0_EL2, saved[1]);
    set_ich(m, ICH_VMCR_EL2, saved[2]);
    assert_int_equal(vrpr(m), EARLY);
    veoir(m, 1, ID);
    assert_int_equal(vrpr(m), 0xFF);
    vdir(m, ID);
    assert_int_equal(state_of_lr(m, 0), LR_INVALID);
}

/* Tests with several list registers; a machine may have only one. */
#define NEEDS(count, function)                                                                     \
    static void function##_if_there(Machine *m)                                                    \
    {                                                                                              \
        if (list_registers(m) >= (count)) {                                                        \
            function(m);                                                                           \
        }                                                                                          \
    }
NEEDS(4, the_best_priority_wins_whichever_group_has_it)
NEEDS(2, a_disabled_group_does_not_hide_the_other)
NEEDS(2, a_number_in_two_list_registers_is_reported)

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(only_a_pending_list_register_is_a_candidate, EL2),
        TEST(an_acknowledge_changes_the_state_and_nothing_else_of_the_lr, EL2),
        TEST(the_best_priority_wins_whichever_group_has_it_if_there, EL2),
        TEST(of_equals_the_lowest_list_register_is_first, EL2),
        TEST(a_disabled_group_does_not_hide_the_other_if_there, EL2),
        TEST(vpmr_masks_priorities_that_are_not_higher, EL2),
        TEST_ALONE(priority_ff_never_wins),
        TEST(without_en_nothing_is_signalled_and_hppir_tells, EL2),
        TEST(a_higher_running_priority_holds_a_candidate, EL2),
        TEST(a_special_number_is_answered_as_it_is, EL2),
        TEST(a_number_in_two_list_registers_is_reported_if_there, EL2),
        TEST(a_physical_interrupt_cannot_be_active_and_pending_in_a_list_register, EL2),
        TEST(numbers_of_any_kind_come_through, EL2),
        TEST(each_bit_of_hcr_el2_turns_its_group, EL2),
        TEST(the_physical_interface_does_not_notice, EL2),
        TEST(the_virtual_lines_do_not_need_the_distributor, EL2),
        TEST(the_host_hears_of_each_change_of_a_line, EL2),
        TEST(an_aarch32_guest_handles_its_interrupts, EL2),
        TEST(a_hypervisor_swaps_guests_in_mid_flight, EL2),
    };
    return RUN(argc, argv, "ICV acknowledge", tests);
}
