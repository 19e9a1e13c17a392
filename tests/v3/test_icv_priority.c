/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's priorities: binary points, preemption, active priorities, and its views of ICH_VMCR.
 */
#include "suite.h"
#include "virt.h"

enum {
    LOW = 40,
    HIGH = 41
};

/* Group-priority masks by binary point: of Group 0, and of Group 1 with its own. */
static const uint8_t mask_0[8] = {0xFE, 0xFC, 0xF8, 0xF0, 0xE0, 0xC0, 0x80, 0x00};
static const uint8_t mask_1[8] = {0xFF, 0xFE, 0xFC, 0xF8, 0xF0, 0xE0, 0xC0, 0x80};

static const uint32_t ap_names[2][4] = {
    {ICH_AP0R0_EL2, ICH_AP0R1_EL2, ICH_AP0R2_EL2, ICH_AP0R3_EL2},
    {ICH_AP1R0_EL2, ICH_AP1R1_EL2, ICH_AP1R2_EL2, ICH_AP1R3_EL2}};
static const uint32_t icv_ap_names[2][4] = {
    {ICC_AP0R0_EL1, ICC_AP0R1_EL1, ICC_AP0R2_EL1, ICC_AP0R3_EL1},
    {ICC_AP1R0_EL1, ICC_AP1R1_EL1, ICC_AP1R2_EL1, ICC_AP1R3_EL1}};

static void for_each_width(void (*body)(Machine *m))
{
    for (uint32_t priority = 5; priority <= 8; priority++) {
        for (uint32_t preemption = 5; preemption <= priority && preemption <= 7; preemption++) {
            Machine *m = machine_with_ich((VgicIchOptions){
                .list_registers = 2, .priority_bits = priority, .preemption_bits = preemption});
            start_vm(m, 0, 0);
            body(m);
            if (!machine_is_consistent(m)) {
                expect(0, 1, "%u priority bits, %u preemption bits: consistent", priority,
                       preemption);
            }
            machine_free(m);
        }
    }
}

static unsigned ap_count(const Machine *m)
{
    return 1u << (vpreemption_bits(m) - 5);
}

/* All active priorities of a group as one number of up to 128 levels: the index of the only one,
 * 128 for none, 255 for several. */
static unsigned only_active(Machine *m, int group)
{
    unsigned found = 128;

    for (unsigned i = 0; i < 32 * ap_count(m); i++) {
        if (ich(m, ap_names[group][i / 32]) >> i % 32 & 1) {
            found = found == 128 ? i : 255;
        }
    }
    return found;
}

static void take_low(Machine *m, int group, uint8_t priority)
{
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, group, priority, LOW));
    set_ich(m, ICH_LR_EL2(1), 0);
    expect(viar(m, group), LOW, "priority 0x%x of group %d is taken", priority, group);
}

static void end_all(Machine *m)
{
    for (unsigned n = 0; n < ap_count(m); n++) {
        set_ich(m, ap_names[0][n], 0);
        set_ich(m, ap_names[1][n], 0);
    }
}

FOR_EACH_WIDTH(an_acknowledge_sets_the_bit_of_its_group_priority)
{
    const unsigned step = 1u << (8 - vpriority_bits(m)), shift = 8 - vpreemption_bits(m);

    for (int group = 0; group < 2; group++) {
        for (unsigned bpr = minimum_vbpr(m) + (unsigned)group; bpr < 8; bpr++) {
            set_icv(m, group ? ICC_BPR1_EL1 : ICC_BPR0_EL1, bpr);
            const uint8_t mask = (group ? mask_1 : mask_0)[bpr];
            for (unsigned priority = 0; priority < 0x100 - step; priority += step * 3) {
                take_low(m, group, (uint8_t)priority);
                expect(only_active(m, group), (priority & mask) >> shift,
                       "active bit of 0x%x, group %d, BPR %u, %u preemption bits", priority, group,
                       bpr, vpreemption_bits(m));
                expect(only_active(m, !group), 128, "active bits of the other group");
                expect(vrpr(m), (priority & mask) >> shift << shift, "RPR of 0x%x, BPR %u",
                       priority, bpr);
                veoir(m, group, LOW);
                expect(only_active(m, group), 128, "active bits after the end of 0x%x", priority);
                expect(state_of_lr(m, 0), LR_INVALID, "State after the end of 0x%x", priority);
            }
        }
        set_icv(m, group ? ICC_BPR1_EL1 : ICC_BPR0_EL1, 0);
    }
}

static const uint8_t samples[] = {0x00, 0x01, 0x02, 0x04, 0x08, 0x0F, 0x10, 0x1F, 0x20, 0x3F, 0x40,
                                  0x60, 0x7E, 0x7F, 0x80, 0x81, 0x84, 0x90, 0xA0, 0xC0, 0xE0, 0xEF};
enum {
    SAMPLES = sizeof(samples)
};

/* Does @p high of @p group preempt @p low of group @p low_group? */
static void check_preemption(Machine *m, int low_group, int group, uint8_t mask, uint8_t low_mask,
                             const char *what)
{
    const unsigned shift = 8 - vpreemption_bits(m);

    for (unsigned i = 0; i < SAMPLES; i++) {
        for (unsigned j = 0; j < SAMPLES; j++) {
            const uint8_t low = vpriority(m, samples[i]), high = vpriority(m, samples[j]);
            const unsigned running = (low & low_mask) >> shift << shift;
            const bool want = (high & mask) < (running & mask);

            take_low(m, low_group, low);
            set_ich(m, ICH_LR_EL2(1), list_register(LR_PENDING, group, high, HIGH));
            expect(vlines(m),
                   !want   ? 0
                   : group ? VGIC_LINE_VIRQ
                           : VGIC_LINE_VFIQ,
                   "%s: 0x%x of group %d over 0x%x of group %d, %u preemption bits", what, high,
                   group, low, low_group, vpreemption_bits(m));
            expect(viar(m, group), want ? HIGH : 1023, "%s: IAR%d", what, group);
            end_all(m);
        }
    }
}

FOR_EACH_WIDTH(a_group_priority_preempts_only_lower_ones)
{
    for (unsigned bpr = minimum_vbpr(m); bpr < 8; bpr += 2) {
        for (unsigned bpr1 = minimum_vbpr(m) + 1; bpr1 < 8; bpr1 += 2) {
            set_icv(m, ICC_BPR0_EL1, bpr);
            set_icv(m, ICC_BPR1_EL1, bpr1);
            check_preemption(m, 0, 0, mask_0[bpr], mask_0[bpr], "Group 0");
            check_preemption(m, 1, 1, mask_1[bpr1], mask_1[bpr1], "Group 1");
            check_preemption(m, 1, 0, mask_0[bpr], mask_1[bpr1], "Group 0 over 1");
            check_preemption(m, 0, 1, mask_1[bpr1], mask_0[bpr], "Group 1 over 0");
        }
    }
}

FOR_EACH_WIDTH(with_vcbpr_group_1_preempts_by_vbpr0)
{
    set_icv(m, ICC_BPR1_EL1, 7);
    set_icv(m, ICC_CTLR_EL1, 1);
    for (unsigned bpr = minimum_vbpr(m); bpr < 8; bpr++) {
        set_icv(m, ICC_BPR0_EL1, bpr);
        check_preemption(m, 1, 1, mask_0[bpr], mask_0[bpr], "VCBPR");
    }
}

static void with_vcbpr_bpr1_reads_bpr0_plus_1_and_ignores_writes(Machine *m)
{
    const unsigned least = minimum_vbpr(m);

    start_vm(m, 0, 0);
    set_icv(m, ICC_BPR1_EL1, 5);
    set_icv(m, ICC_CTLR_EL1, 1);
    for (unsigned bpr = 0; bpr < 8; bpr++) {
        const unsigned bpr0 = bpr < least ? least : bpr;
        set_icv(m, ICC_BPR0_EL1, bpr);
        set_icv(m, ICC_BPR1_EL1, 7 - bpr);
        expect(icv(m, ICC_BPR0_EL1), bpr0, "BPR0 after %u", bpr);
        expect(icv(m, ICC_BPR1_EL1), bpr0 == 7 ? 7 : bpr0 + 1, "BPR1 with BPR0 %u", bpr0);
        expect(ich(m, ICH_VMCR_EL2) >> VBPR1_SHIFT & 7, 5, "VBPR1");
    }
    set_icv(m, ICC_CTLR_EL1, 0);
    assert_int_equal(icv(m, ICC_BPR1_EL1), 5);
}

/* Each field from both sides. */
static void the_guests_registers_are_fields_of_vmcr(Machine *m)
{
    const unsigned least = minimum_vbpr(m);

    start_vm(m, 0, 0);
    for (unsigned value = 0; value < 256; value++) {
        set_icv(m, ICC_PMR_EL1, value);
        expect(icv(m, ICC_PMR_EL1), vpriority(m, value), "PMR");
        expect(ich(m, ICH_VMCR_EL2) >> VPMR_SHIFT, vpriority(m, value), "VPMR");
        set_ich(m, ICH_VMCR_EL2, (uint64_t)(value ^ 0xFF) << VPMR_SHIFT);
        expect(icv(m, ICC_PMR_EL1), vpriority(m, value ^ 0xFF), "PMR after VMCR");
    }
    for (unsigned value = 0; value < 8; value++) {
        set_icv(m, ICC_BPR0_EL1, value);
        set_icv(m, ICC_BPR1_EL1, 7 - value);
        const unsigned bpr0 = value < least ? least : value,
                       bpr1 = 7 - value < least + 1 ? least + 1 : 7 - value;
        expect(icv(m, ICC_BPR0_EL1), bpr0, "BPR0");
        expect(icv(m, ICC_BPR1_EL1), bpr1, "BPR1");
        expect(ich(m, ICH_VMCR_EL2) >> VBPR0_SHIFT & 7, bpr0, "VBPR0");
        expect(ich(m, ICH_VMCR_EL2) >> VBPR1_SHIFT & 7, bpr1, "VBPR1");
        set_ich(m, ICH_VMCR_EL2, (7 - value) << VBPR0_SHIFT | value << VBPR1_SHIFT);
        expect(icv(m, ICC_BPR0_EL1), 7 - value < least ? least : 7 - value, "BPR0 after VMCR");
        expect(icv(m, ICC_BPR1_EL1), value < least + 1 ? least + 1 : value, "BPR1 after VMCR");
    }
    for (unsigned value = 0; value < 16; value++) {
        set_icv(m, ICC_IGRPEN0_EL1, (value & 1) | 0xFE);
        set_icv(m, ICC_IGRPEN1_EL1, (value >> 1 & 1) | 0xFE);
        set_icv(m, ICC_CTLR_EL1, value >> 2 | 0xFFFFFFFC);
        const uint64_t want = (value & 1 ? VENG0 : 0) | (value & 2 ? VENG1 : 0) |
                              (value & 4 ? VCBPR : 0) | (value & 8 ? VEOIM : 0);
        expect(ich(m, ICH_VMCR_EL2) & 0x3FFFF, want | VFIQEN, "VMCR of %u", value);
        set_ich(m, ICH_VMCR_EL2, ~want);
        expect(icv(m, ICC_IGRPEN0_EL1), !(value & 1), "IGRPEN0");
        expect(icv(m, ICC_IGRPEN1_EL1), !(value >> 1 & 1), "IGRPEN1");
        expect(icv(m, ICC_CTLR_EL1) & 3, ~value >> 2 & 3, "CTLR");
    }
}

static void the_guests_ctlr_tells_of_the_virtual_interface(Machine *m)
{
    const uint64_t vtr = ich(m, ICH_VTR_EL2);
    const uint64_t fixed = (vtr >> 29 & 7) << 8 | (vtr >> 23 & 7) << 11 | (vtr >> 22 & 1) << 14 |
                           (vtr >> 21 & 1) << 15;

    start_vm(m, 0, 0);
    assert_int_equal(icv(m, ICC_CTLR_EL1), fixed);
    set_icv(m, ICC_CTLR_EL1, UINT64_MAX);
    assert_int_equal(icv(m, ICC_CTLR_EL1), fixed | 3);
    assert_int_equal(icc_read(m, 0, &vm_svc32, ICC_CTLR), fixed | 3);
    set_icv(m, ICC_CTLR_EL1, 0);
    assert_int_equal(icv(m, ICC_CTLR_EL1), fixed);
}

static void a_guest_sees_ich_ap_registers_as_its_own(Machine *m)
{
    for (int group = 0; group < 2; group++) {
        for (unsigned n = 0; n < ap_count(m); n++) {
            start_vm(m, 0, 0);
            set_icv(m, icv_ap_names[group][n], 0x80000001 + n);
            expect(ich(m, ap_names[group][n]), 0x80000001 + n, "ICH_AP%dR%u", group, n);
            set_ich(m, ap_names[group][n], 0x40000002);
            expect(icv(m, icv_ap_names[group][n]), 0x40000002, "ICV_AP%dR%u", group, n);
        }
    }
}

static void rpr_is_the_best_active_priority_of_both_groups(Machine *m)
{
    const unsigned shift = 8 - vpreemption_bits(m);

    start_vm(m, 0, 0);
    assert_int_equal(vrpr(m), 0xFF);
    for (unsigned i = 0; i < 32 * ap_count(m); i++) {
        for (int group = 0; group < 2; group++) {
            end_all(m);
            set_ich(m, ap_names[group][i / 32], 0xFFFFFFFFull << i % 32 & 0xFFFFFFFF);
            expect(icv(m, ICC_RPR_EL1), i << shift, "RPR of bit %u, group %d", i, group);
            set_ich(m, ap_names[!group][ap_count(m) - 1], 1u << 31);
            expect(icv(m, ICC_RPR_EL1), i << shift, "RPR of bit %u beside a lower one", i);
        }
    }
}

/* Nests as deep as there are preemption levels and comes back out. */
FOR_EACH_WIDTH(as_many_nest_as_there_are_levels)
{
    const unsigned levels = 1u << vpreemption_bits(m), shift = 8 - vpreemption_bits(m);

    for (unsigned level = levels - 1; level-- > 0;) {
        const int group = (int)(level / 3 % 2);
        set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, group, (uint8_t)(level << shift), LOW));
        expect(viar(m, group), LOW, "level %u of %u", level, levels);
        expect(vrpr(m), level << shift, "RPR at level %u", level);
    }
    for (unsigned level = 0; level < levels - 1; level++) {
        expect(vrpr(m), level << shift, "RPR on the way out, %u", level);
        veoir(m, (int)(level / 3 % 2), HIGH);
        expect(eoi_count(m), (level + 1) % 32, "EOIcount on the way out, %u", level);
    }
    expect(vrpr(m), 0xFF, "RPR at the end");
}

static void equal_priorities_of_both_groups_drop_group_0_first(Machine *m)
{
    start_vm(m, 0, 0);
    set_ich(m, ICH_AP0R0_EL2, 0x110);
    set_ich(m, ICH_AP1R0_EL2, 0x110);
    veoir(m, 1, LOW);
    assert_int_equal(ich(m, ICH_AP0R0_EL2), 0x100);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 0x110);
    veoir(m, 0, LOW);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 0x100);
    veoir(m, 1, LOW);
    assert_int_equal(ich(m, ICH_AP0R0_EL2), 0);
    veoir(m, 1, LOW);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 0);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST_ALONE(an_acknowledge_sets_the_bit_of_its_group_priority),
        TEST_ALONE(a_group_priority_preempts_only_lower_ones),
        TEST_ALONE(with_vcbpr_group_1_preempts_by_vbpr0),
        TEST_ALONE(as_many_nest_as_there_are_levels),
        TEST(with_vcbpr_bpr1_reads_bpr0_plus_1_and_ignores_writes, EL2),
        TEST(the_guests_registers_are_fields_of_vmcr, EL2),
        TEST(the_guests_ctlr_tells_of_the_virtual_interface, EL2),
        TEST(a_guest_sees_ich_ap_registers_as_its_own, EL2),
        TEST(rpr_is_the_best_active_priority_of_both_groups, EL2),
        TEST(equal_priorities_of_both_groups_drop_group_0_first, EL2),
    };
    return RUN(argc, argv, "ICV priorities", tests);
}
