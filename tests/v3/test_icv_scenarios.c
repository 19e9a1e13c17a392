/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole runs of a guest on list registers, as engines that fill them see it: more interrupts than
 * list registers, maintenance conditions at each step, EOIcount. 5 priority and preemption bits,
 * Group 1, VPMR 0xF8.
 */
#include "suite.h"
#include "virt.h"

/* A guest and what its hypervisor loaded. */
static Machine *guest_with(uint32_t list_registers_, uint32_t hcr, uint32_t vmcr)
{
    Machine *m = machine_with_ich((VgicIchOptions){.list_registers = list_registers_});

    start_vm(m, hcr, vmcr);
    return m;
}

static void load(Machine *m, unsigned n, LrState state, uint32_t id, uint8_t priority)
{
    set_ich(m, ICH_LR_EL2(n), list_register(state, 1, priority, id));
}

/* Acknowledges @p id, which must be the best. */
static void take_it(Machine *m, uint32_t id)
{
    assert_int_equal(viar(m, 1), id);
}

static void end_it(Machine *m, uint32_t id)
{
    veoir(m, 1, id);
}

static uint64_t misr(Machine *m)
{
    const uint64_t value = ich(m, ICH_MISR_EL2);

    assert_int_equal(maintenance(m), value != 0);
    return value;
}

static void done(Machine *m)
{
    assert_true(machine_is_consistent(m));
    machine_free(m);
}

static void three_at_once_are_taken_by_priority(Machine *none)
{
    Machine *m = guest_with(4, 0, 0);
    (void)none;

    load(m, 0, LR_PENDING, 40, 0x80);
    load(m, 1, LR_PENDING, 41, 0x40);
    load(m, 2, LR_PENDING, 42, 0xC0);
    take_it(m, 41);
    take_it(m, 1023);
    end_it(m, 41);
    take_it(m, 40);
    end_it(m, 40);
    take_it(m, 42);
    end_it(m, 42);
    take_it(m, 1023);
    assert_int_equal(misr(m), 0);
    done(m);
}

/* Underflow at the first end that leaves one, no-pending when the last one is taken. */
static void draining_four_tells_of_underflow_and_of_no_pending(Machine *none)
{
    Machine *m = guest_with(4, ICH_UIE | ICH_NPIE, 0);
    (void)none;

    set_ich(m, ICH_HCR_EL2, 0);
    for (unsigned n = 0; n < 4; n++) {
        load(m, n, LR_PENDING, 40 + n, (uint8_t)(0x10 * (n + 1)));
    }
    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_UIE | ICH_NPIE);
    for (unsigned n = 0; n < 3; n++) {
        assert_int_equal(misr(m), 0);
        take_it(m, 40 + n);
        assert_int_equal(misr(m), 0);
        end_it(m, 40 + n);
    }
    assert_int_equal(misr(m), MISR_U);
    take_it(m, 43);
    assert_int_equal(misr(m), MISR_U | MISR_NP);
    end_it(m, 43);
    assert_int_equal(misr(m), MISR_U | MISR_NP);
    done(m);
}

static void dropped_and_not_deactivated_they_stay_valid(Machine *none)
{
    Machine *m = guest_with(2, ICH_UIE | ICH_NPIE, VEOIM);
    (void)none;

    load(m, 0, LR_PENDING, 40, 0x40);
    load(m, 1, LR_PENDING, 41, 0x80);
    take_it(m, 40);
    end_it(m, 40);
    assert_int_equal(misr(m), 0);
    take_it(m, 41);
    end_it(m, 41);
    assert_int_equal(state_of_lr(m, 0), LR_ACTIVE);
    assert_int_equal(state_of_lr(m, 1), LR_ACTIVE);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 0);
    assert_int_equal(misr(m), MISR_NP);
    done(m);
}

/* The priorities of three nest; two are in list registers, the third is counted when it ends. */
static void an_active_one_that_was_moved_out_ends_by_count(Machine *none)
{
    Machine *m = guest_with(2, ICH_LRENPIE | ICH_UIE, 0);
    (void)none;

    set_ich(m, ICH_AP1R0_EL2, 1u << 8 | 1u << 16 | 1u << 24);
    load(m, 0, LR_ACTIVE, 40, 0x40);
    load(m, 1, LR_ACTIVE, 41, 0x80);
    assert_int_equal(misr(m), 0);
    end_it(m, 40);
    assert_int_equal(misr(m), MISR_U);
    end_it(m, 41);
    assert_int_equal(misr(m), MISR_U);
    assert_int_equal(eoi_count(m), 0);
    end_it(m, 42);
    assert_int_equal(eoi_count(m), 1);
    assert_int_equal(misr(m), MISR_U | MISR_LRENP);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 0);
    done(m);
}

static void five_nest_over_one_list_register(Machine *none)
{
    Machine *m = guest_with(1, ICH_LRENPIE, 0);
    (void)none;

    set_ich(m, ICH_AP1R0_EL2, 0x111110);
    load(m, 0, LR_ACTIVE, 40, 0x20);
    end_it(m, 40);
    assert_int_equal(misr(m), 0);
    for (unsigned i = 1; i <= 4; i++) {
        end_it(m, 40 + i);
        assert_int_equal(eoi_count(m), i);
        assert_int_equal(misr(m), MISR_LRENP);
    }
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 0);
    done(m);
}

static void the_next_waits_for_the_end_of_one_that_was_moved_out(Machine *none)
{
    Machine *m = guest_with(1, ICH_NPIE, 0);
    (void)none;

    load(m, 0, LR_PENDING, 40, 0x40);
    take_it(m, 40);
    assert_int_equal(misr(m), MISR_NP);
    load(m, 0, LR_PENDING, 41, 0x80);
    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_LRENPIE);
    take_it(m, 1023);
    end_it(m, 40);
    assert_int_equal(eoi_count(m), 1);
    assert_int_equal(misr(m), MISR_LRENP);
    take_it(m, 41);
    done(m);
}

/* A number that is nobody's: its end takes away the active priority and is counted. */
static void the_end_of_a_made_up_number_is_counted(Machine *none)
{
    Machine *m = guest_with(4, 0, 0);
    (void)none;

    load(m, 0, LR_PENDING, 40, 0x40);
    take_it(m, 40);
    end_it(m, 100);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 0);
    assert_int_equal(eoi_count(m), 1);
    assert_int_equal(state_of_lr(m, 0), LR_ACTIVE);
    end_it(m, 40); /* nothing is active any more */
    assert_int_equal(state_of_lr(m, 0), LR_ACTIVE);
    assert_int_equal(eoi_count(m), 1);
    done(m);
}

static void an_lpi_ends_at_its_priority_drop_and_is_never_counted(Machine *none)
{
    (void)none;
    for (unsigned split = 0; split < 2; split++) {
        Machine *m = guest_with(4, ICH_LRENPIE, split ? VEOIM : 0);
        load(m, 0, LR_PENDING, 8200, 0x40);
        take_it(m, 8200);
        set_ich(m, ICH_LR_EL2(0), 0); /* its active state is nobody's business */
        assert_int_equal(ich(m, ICH_AP1R0_EL2), 1u << 8);
        end_it(m, 8200);
        assert_int_equal(ich(m, ICH_AP1R0_EL2), 0);
        assert_int_equal(eoi_count(m), 0);
        load(m, 0, LR_PENDING, 8201, 0x40);
        take_it(m, 8201);
        end_it(m, 8201);
        assert_int_equal(state_of_lr(m, 0), LR_INVALID);
        assert_int_equal(misr(m), 0);
        done(m);
    }
}

static void a_mode_that_changes_between_drop_and_end_leaves_it_to_dir(Machine *none)
{
    Machine *m = guest_with(1, 0, 0);
    (void)none;

    set_ich(m, ICH_AP1R0_EL2, 1u << 8 | 1u << 16);
    load(m, 0, LR_ACTIVE, 40, 0x40);
    set_icv(m, ICC_CTLR_EL1, 2);
    end_it(m, 40);
    end_it(m, 41);
    assert_int_equal(eoi_count(m), 0);
    assert_int_equal(state_of_lr(m, 0), LR_ACTIVE);
    vdir(m, 40);
    assert_int_equal(state_of_lr(m, 0), LR_INVALID);
    vdir(m, 41);
    assert_int_equal(eoi_count(m), 1);
    done(m);
}

/* 33 nest with 7 preemption bits: 32 of them are counted, which 5 bits cannot hold. */
static void the_count_wraps_at_32(Machine *none)
{
    Machine *m = machine_with_ich((VgicIchOptions){.list_registers = 1, .priority_bits = 8});
    (void)none;

    start_vm(m, ICH_LRENPIE, 0);
    for (unsigned i = 0; i < 33; i++) {
        load(m, 0, LR_PENDING, 40 + i, (uint8_t)(0x84 - 4 * i));
        take_it(m, 40 + i);
    }
    end_it(m, 40 + 32);
    for (unsigned i = 32; i-- > 0;) {
        end_it(m, 40 + i);
    }
    assert_int_equal(eoi_count(m), 0);
    assert_int_equal(misr(m), 0);
    assert_int_equal(vrpr(m), 0xFF);
    done(m);
}

/* While only one group's list registers are loaded, its hypervisor waits to hear of the other. */
static void a_guest_that_enables_a_group_is_told_to_its_hypervisor(Machine *none)
{
    Machine *m = guest_with(4, 0, 0);
    (void)none;

    set_icv(m, ICC_IGRPEN0_EL1, 0);
    set_ich(m, ICH_HCR_EL2, ICH_EN | ICH_VGRP0EIE | ICH_VGRP1DIE);
    assert_int_equal(misr(m), 0);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 0, 0x10, 50));
    take_it(m, 1023);
    assert_int_equal(viar(m, 0), 1023);
    set_icv(m, ICC_IGRPEN0_EL1, 1);
    assert_int_equal(misr(m), MISR_VGRP0E);
    assert_int_equal(viar(m, 0), 50);
    set_icv(m, ICC_IGRPEN1_EL1, 0);
    assert_int_equal(misr(m), MISR_VGRP0E | MISR_VGRP1D);
    done(m);
}

/* A level that a device holds: pending in the list register, told at its end, loaded again. */
static void an_emulated_level_comes_again_at_each_end(Machine *none)
{
    Machine *m = guest_with(4, 0, 0);
    (void)none;

    for (unsigned i = 0; i < 3; i++) {
        set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x40, 40) | LR_EOI);
        take_it(m, 40);
        assert_int_equal(misr(m), 0);
        end_it(m, 40);
        assert_int_equal(misr(m), MISR_EOI);
        assert_int_equal(ich(m, ICH_EISR_EL2), 1);
        assert_int_equal(ich(m, ICH_ELRSR_EL2), 0xE);
    }
    done(m);
}

/* A timer that the guest owns: the physical interrupt stays active until the guest ends it. */
static void a_forwarded_timer_fires_again_when_the_guest_ended_it(Machine *none)
{
    Machine *m = guest_with(4, 0, 0);
    (void)none;

    start(m);
    set_eoi_mode(m, 0, true);
    os_configure(m, 0, 27, LEVEL);
    for (unsigned i = 0; i < 3; i++) {
        wire(m, 0, 27, true);
        assert_int_equal(iar(m, 0, &ns_el2, 1), 27);
        eoir(m, 0, &ns_el2, 1, 27); /* the hypervisor drops its priority, and no more */
        set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_PENDING, 1, 0x40, 27, 27));
        take_it(m, 27);
        wire(m, 0, 27, false);
        end_it(m, 27);
        assert_false(is_active(m, 0, 27));
        assert_int_equal(vgic_cpu_lines(m->gic, 0), 0);
        assert_int_equal(ich(m, ICH_ELRSR_EL2), 0xF);
    }
    done(m);
}

/* Both groups nest; a guest that switches one off may still end what is active of it. */
static void a_disabled_group_ends_what_is_active(Machine *none)
{
    Machine *m = guest_with(4, 0, 0);
    (void)none;

    load(m, 0, LR_PENDING, 40, 0x80);
    take_it(m, 40);
    set_ich(m, ICH_LR_EL2(1), list_register(LR_PENDING, 0, 0x40, 41));
    assert_int_equal(viar(m, 0), 41);
    set_icv(m, ICC_IGRPEN0_EL1, 0);
    set_icv(m, ICC_IGRPEN1_EL1, 0);
    veoir(m, 0, 41);
    assert_int_equal(state_of_lr(m, 1), LR_INVALID);
    end_it(m, 40);
    assert_int_equal(state_of_lr(m, 0), LR_INVALID);
    assert_int_equal(vrpr(m), 0xFF);
    done(m);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST_ALONE(three_at_once_are_taken_by_priority),
        TEST_ALONE(draining_four_tells_of_underflow_and_of_no_pending),
        TEST_ALONE(dropped_and_not_deactivated_they_stay_valid),
        TEST_ALONE(an_active_one_that_was_moved_out_ends_by_count),
        TEST_ALONE(five_nest_over_one_list_register),
        TEST_ALONE(the_next_waits_for_the_end_of_one_that_was_moved_out),
        TEST_ALONE(the_end_of_a_made_up_number_is_counted),
        TEST_ALONE(an_lpi_ends_at_its_priority_drop_and_is_never_counted),
        TEST_ALONE(a_mode_that_changes_between_drop_and_end_leaves_it_to_dir),
        TEST_ALONE(the_count_wraps_at_32),
        TEST_ALONE(a_guest_that_enables_a_group_is_told_to_its_hypervisor),
        TEST_ALONE(an_emulated_level_comes_again_at_each_end),
        TEST_ALONE(a_forwarded_timer_fires_again_when_the_guest_ended_it),
        TEST_ALONE(a_disabled_group_ends_what_is_active),
    };
    return RUN(argc, argv, "list registers at work", tests);
}
