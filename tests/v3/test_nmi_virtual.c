/* SPDX-License-Identifier: BSD-2-Clause */
/* Non-maskable interrupts of a guest: ICH_LR<n>_EL2.NMI, ICV_NMIAR1, the NMI bit of ICH_AP1R0_EL2.
 */
#include "suite.h"
#include "virt.h"

enum {
    VIRQ = VGIC_LINE_VIRQ,
    VFIQ = VGIC_LINE_VFIQ,
    VNMI = VGIC_LINE_VNMI,
    ID = 40,
    NORMAL = 41,
    ANOTHER = 42
};
#define NMI_BIT (1ull << 63)

static uint64_t nmi_lr(LrState state, uint32_t id)
{
    return list_register(state, 1, 0, id) | LR_NMI;
}

static uint32_t vnmiar(Machine *m)
{
    return (uint32_t)icv(m, ICC_NMIAR1_EL1);
}

/* Most of these tests take two list registers, which not every machine has. */
static Machine *two(unsigned preemption_bits)
{
    Machine *m = machine_with_ich((VgicIchOptions){
        .list_registers = 3, .priority_bits = 7, .preemption_bits = preemption_bits});
    start_vm(m, 0, 0);
    return m;
}

static void done(Machine *m)
{
    if (!machine_is_consistent(m)) {
        expect(0, 1, "the machine is consistent");
    }
    machine_free(m);
}

static void iar1_sends_to_nmiar1_where_sctlr_says_so(Machine *m)
{
    VgicCpuState guest = vm_el1;

    guest.sctlr = SCTLR_NMI;
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), nmi_lr(LR_PENDING, ID));
    assert_int_equal(vlines(m), VNMI);
    assert_int_equal(iar(m, 0, &guest, 1), 1022);
    assert_int_equal(iar(m, 0, &guest, 1), 1022);
    assert_int_equal(ich(m, ICH_LR_EL2(0)), nmi_lr(LR_PENDING, ID));
    assert_int_equal(hppir(m, 0, &guest, 1), ID);
    assert_int_equal(icc_read(m, 0, &guest, ICC_NMIAR1_EL1), ID);
    assert_int_equal(ich(m, ICH_LR_EL2(0)), nmi_lr(LR_ACTIVE, ID));
    assert_int_equal(vlines(m), 0);
    assert_int_equal(icc_read(m, 0, &guest, ICC_NMIAR1_EL1), 1023);
    eoir(m, 0, &guest, 1, ID);
    assert_int_equal(state_of_lr(m, 0), LR_INVALID);
}

static void iar1_takes_an_nmi_otherwise(Machine *m)
{
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), nmi_lr(LR_PENDING, ID));
    assert_int_equal(viar(m, 1), ID);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), NMI_BIT);
}

static void nmiar1_takes_nmis_alone(Machine *m)
{
    start_vm(m, 0, 0);
    assert_int_equal(vnmiar(m), 1023);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0, NORMAL));
    assert_int_equal(vlines(m), VIRQ);
    assert_int_equal(vnmiar(m), 1023);
    assert_int_equal(state_of_lr(m, 0), LR_PENDING);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 0, 0, NORMAL));
    assert_int_equal(vlines(m), VFIQ);
    assert_int_equal(vnmiar(m), 1023);
    assert_int_equal(state_of_lr(m, 0), LR_PENDING);
}

static void an_nmi_sets_one_bit_and_rpr_shows_it(Machine *m)
{
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), nmi_lr(LR_PENDING, ID));
    assert_int_equal(vnmiar(m), ID);
    assert_int_equal(ich(m, ICH_AP0R0_EL2), 0);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), NMI_BIT);
    assert_int_equal(icv(m, ICC_AP1R0_EL1), NMI_BIT);
    assert_int_equal(icv(m, ICC_RPR_EL1), NMI_BIT);
    assert_int_equal(icc_read(m, 0, &vm_svc32, ICC_RPR), 0);
    veoir(m, 1, ID);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 0);
    assert_int_equal(icv(m, ICC_RPR_EL1), 0xFF);
    assert_int_equal(state_of_lr(m, 0), LR_INVALID);
}

static void vpmr_does_not_hold_an_nmi(Machine *m)
{
    start_vm(m, 0, 0);
    set_icv(m, ICC_PMR_EL1, 0);
    set_ich(m, ICH_LR_EL2(0), nmi_lr(LR_PENDING, ID));
    assert_int_equal(vlines(m), VNMI);
    assert_int_equal(viar(m, 1), ID);
}

static void each_enable_holds_an_nmi(Machine *m)
{
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), nmi_lr(LR_PENDING, ID));
    assert_int_equal(vlines(m), VNMI);
    set_icv(m, ICC_IGRPEN1_EL1, 0);
    assert_int_equal(vlines(m), 0);
    assert_int_equal(vnmiar(m), 1023);
    set_icv(m, ICC_IGRPEN1_EL1, 1);
    set_ich(m, ICH_HCR_EL2, 0);
    assert_int_equal(vlines(m), 0);
    assert_int_equal(vnmiar(m), 1023);
    set_ich(m, ICH_HCR_EL2, ICH_EN);
    assert_int_equal(vlines(m), VNMI);
}

static void an_nmi_is_first_of_equals(Machine *none)
{
    (void)none;
    for (int group = 0; group < 2; group++) {
        Machine *m = two(5);
        set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, group, 0, NORMAL));
        set_ich(m, ICH_LR_EL2(1), nmi_lr(LR_PENDING, ID));
        set_ich(m, ICH_LR_EL2(2), nmi_lr(LR_PENDING, ANOTHER));
        expect(vlines(m), VNMI, "lines beside group %d", group);
        expect(vhppir(m, 1), ID, "HPPIR1 beside group %d", group);
        expect(vnmiar(m), ID, "NMIAR1 beside group %d", group);
        veoir(m, 1, ID);
        expect(vnmiar(m), ANOTHER, "the second beside group %d", group);
        veoir(m, 1, ANOTHER);
        expect(viar(m, group), NORMAL, "the normal one of group %d", group);
        done(m);
    }
}

static void an_nmi_preempts_its_equal_and_not_an_nmi(Machine *none)
{
    (void)none;
    for (unsigned bits = 5; bits <= 7; bits++) {
        Machine *m = two(bits);
        set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0, NORMAL));
        expect(viar(m, 1), NORMAL, "the normal one, %u preemption bits", bits);
        expect(ich(m, ICH_AP1R0_EL2), 1, "AP1R0, %u preemption bits", bits);
        set_ich(m, ICH_LR_EL2(1), nmi_lr(LR_PENDING, ID));
        expect(vlines(m), VNMI, "lines, %u preemption bits", bits);
        expect(vnmiar(m), ID, "NMIAR1, %u preemption bits", bits);
        expect(ich(m, ICH_AP1R0_EL2), NMI_BIT | 1, "AP1R0 with both, %u preemption bits", bits);
        if (bits > 5) {
            expect(ich(m, ICH_AP1R1_EL2), 0, "AP1R1, %u preemption bits", bits);
        }
        set_ich(m, ICH_LR_EL2(2), nmi_lr(LR_PENDING, ANOTHER));
        expect(vlines(m), 0, "lines during an NMI, %u preemption bits", bits);
        expect(vnmiar(m), 1023, "NMIAR1 during an NMI, %u preemption bits", bits);
        veoir(m, 1, ID);
        expect(ich(m, ICH_AP1R0_EL2), 1, "AP1R0 after the NMI, %u preemption bits", bits);
        expect(state_of_lr(m, 1), LR_INVALID, "State of the NMI, %u preemption bits", bits);
        expect(state_of_lr(m, 0), LR_ACTIVE, "State of the other, %u preemption bits", bits);
        expect(vnmiar(m), ANOTHER, "the other NMI, %u preemption bits", bits);
        veoir(m, 1, ANOTHER);
        veoir(m, 1, NORMAL);
        expect(ich(m, ICH_AP1R0_EL2), 0, "AP1R0 at the end, %u preemption bits", bits);
        expect(ich(m, ICH_ELRSR_EL2), 7, "ELRSR at the end, %u preemption bits", bits);
        done(m);
    }
}

static void nothing_preempts_an_nmi(Machine *none)
{
    Machine *m = two(5);
    (void)none;

    set_ich(m, ICH_LR_EL2(0), nmi_lr(LR_PENDING, ID));
    vnmiar(m);
    for (int group = 0; group < 2; group++) {
        set_ich(m, ICH_LR_EL2(1), list_register(LR_PENDING, group, 0, NORMAL));
        expect(vlines(m), 0, "lines, group %d", group);
        expect(viar(m, group), 1023, "IAR%d", group);
    }
    done(m);
}

/* The end of an NMI deactivates NMIs, that of a normal one normal ones, though both are at 0. */
static void an_end_deactivates_what_it_dropped(Machine *none)
{
    Machine *m = two(5);
    (void)none;

    set_ich(m, ICH_AP1R0_EL2, NMI_BIT | 1);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_ACTIVE, 1, 0, NORMAL));
    set_ich(m, ICH_LR_EL2(1), nmi_lr(LR_ACTIVE, ID));
    veoir(m, 1, NORMAL); /* drops the NMI's */
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 1);
    assert_int_equal(state_of_lr(m, 0), LR_ACTIVE);
    veoir(m, 1, ID); /* drops the other's */
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 0);
    assert_int_equal(state_of_lr(m, 1), LR_ACTIVE);
    assert_int_equal(eoi_count(m), 0);
    done(m);
}

static void the_end_of_an_nmi_that_no_list_register_holds_counts(Machine *m)
{
    start_vm(m, 0, 0);
    set_ich(m, ICH_AP1R0_EL2, NMI_BIT);
    veoir(m, 1, ID);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 0);
    assert_int_equal(eoi_count(m), 1);
}

static void the_nmi_bit_is_dropped_before_group_0(Machine *m)
{
    start_vm(m, 0, 0);
    set_ich(m, ICH_AP0R0_EL2, 1);
    set_ich(m, ICH_AP1R0_EL2, NMI_BIT | 1);
    veoir(m, 1, ID);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 1);
    assert_int_equal(ich(m, ICH_AP0R0_EL2), 1);
    veoir(m, 1, ID);
    assert_int_equal(ich(m, ICH_AP0R0_EL2), 0);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 1);
}

static void an_nmi_ends_in_two_steps(Machine *m)
{
    start_vm(m, 0, VEOIM);
    set_ich(m, ICH_LR_EL2(0), nmi_lr(LR_PENDING, ID) | LR_EOI);
    vnmiar(m);
    veoir(m, 1, ID);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 0);
    assert_int_equal(state_of_lr(m, 0), LR_ACTIVE);
    vdir(m, ID);
    assert_int_equal(state_of_lr(m, 0), LR_INVALID);
    assert_int_equal(ich(m, ICH_EISR_EL2), 1);
}

static void a_hypervisor_puts_the_nmi_bit_back(Machine *m)
{
    start_vm(m, 0, 0);
    set_ich(m, ICH_AP1R0_EL2, NMI_BIT);
    set_ich(m, ICH_LR_EL2(0), nmi_lr(LR_PENDING, ID));
    assert_int_equal(vlines(m), 0);
    assert_int_equal(icv(m, ICC_RPR_EL1), NMI_BIT);
    set_icv(m, ICC_AP1R0_EL1, 0);
    assert_int_equal(vlines(m), VNMI);
}

/* An NMI of the physical interface and one of a guest have nothing to do with each other. */
static void physical_and_virtual_nmis_are_apart(Machine *m)
{
    start(m);
    os_configure(m, 0, 20, EDGE);
    set_nmi(m, 0, 20, true);
    pend(m, 0, 20);
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), nmi_lr(LR_PENDING, ID));
    assert_int_equal(vgic_cpu_lines(m->gic, 0), VGIC_LINE_NMI | VNMI);
    assert_int_equal(vnmiar(m), ID);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), VGIC_LINE_NMI);
    assert_int_equal(ack(m, 0), 20);
    veoir(m, 1, ID);
    assert_true(is_active(m, 0, 20));
    assert_true(icc_read(m, 0, &m->os, ICC_RPR_EL1) & NMI_BIT);
}

/* A list register is not an NMI where there are none. */
static void without_nmis_the_bit_does_nothing(Machine *m)
{
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), nmi_lr(LR_PENDING, ID));
    assert_int_equal(vlines(m), VIRQ);
    set_icv(m, ICC_PMR_EL1, 0);
    assert_int_equal(vlines(m), 0);
    assert_int_equal(vgic_sysreg_check(m->gic, 0, &vm_el1, ICC_NMIAR1_EL1, false), VGIC_UNDEFINED);
}

/* What engines that fill list registers rely on. */
static void an_nmi_among_normal_ones_with_everything_masked(Machine *none)
{
    Machine *m = two(5);
    VgicCpuState guest = vm_el1;
    (void)none;

    guest.sctlr = SCTLR_NMI;
    set_icv(m, ICC_PMR_EL1, 0);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x00, NORMAL));
    set_ich(m, ICH_LR_EL2(1), nmi_lr(LR_PENDING, ID));
    assert_int_equal(iar(m, 0, &guest, 1), 1022);
    assert_int_equal(state_of_lr(m, 1), LR_PENDING);
    assert_int_equal(icc_read(m, 0, &guest, ICC_NMIAR1_EL1), ID);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), NMI_BIT);
    eoir(m, 0, &guest, 1, ID);
    assert_int_equal(state_of_lr(m, 1), LR_INVALID);
    assert_int_equal(iar(m, 0, &guest, 1), 1023);
    done(m);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(iar1_sends_to_nmiar1_where_sctlr_says_so, EL2 | NMIS),
        TEST(iar1_takes_an_nmi_otherwise, EL2 | NMIS),
        TEST(nmiar1_takes_nmis_alone, EL2 | NMIS),
        TEST(an_nmi_sets_one_bit_and_rpr_shows_it, EL2 | NMIS),
        TEST(vpmr_does_not_hold_an_nmi, EL2 | NMIS),
        TEST(each_enable_holds_an_nmi, EL2 | NMIS),
        TEST_ALONE(an_nmi_is_first_of_equals),
        TEST_ALONE(an_nmi_preempts_its_equal_and_not_an_nmi),
        TEST_ALONE(nothing_preempts_an_nmi),
        TEST_ALONE(an_end_deactivates_what_it_dropped),
        TEST(the_end_of_an_nmi_that_no_list_register_holds_counts, EL2 | NMIS),
        TEST(the_nmi_bit_is_dropped_before_group_0, EL2 | NMIS),
        TEST(an_nmi_ends_in_two_steps, EL2 | NMIS),
        TEST(a_hypervisor_puts_the_nmi_bit_back, EL2 | NMIS),
        TEST(physical_and_virtual_nmis_are_apart, EL2 | NMIS),
        TEST(without_nmis_the_bit_does_nothing, EL2 | NO_NMIS),
        TEST_ALONE(an_nmi_among_normal_ones_with_everything_masked),
    };
    return RUN(argc, argv, "virtual NMI", tests);
}
