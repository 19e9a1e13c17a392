/* SPDX-License-Identifier: BSD-2-Clause */
/* Priority arithmetic: fields, group priorities by BPR and CBPR, preemption, APRs, views. */
#include "guest.h"
#include "suite.h"

enum {
    LOW = 20,
    HIGH = 21
};

/* BPR and group-priority mask, as tables: index is the BPR value, 0 where there is no preemption.
 */
static const uint8_t mask_g0[8] = {0xFE, 0xFC, 0xF8, 0xF0, 0xE0, 0xC0, 0x80, 0x00};
static const uint8_t mask_ns[8] = {0xFF, 0xFE, 0xFC, 0xF8, 0xF0, 0xE0, 0xC0, 0x80};

/* A machine of each priority width, which the named ones do not all have. */
static Machine *with_priority_bits(uint32_t bits, uint32_t states)
{
    const VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .priority_bits = bits,
                                               .security_states = states, .el3 = states == 2);
    Machine *m = machine_new("priority bits", &config, false);

    assert_non_null(m);
    return m;
}

/* Runs @p body for 4 to 8 bits and one and two Security states. */
static void for_each_width(void (*body)(Machine *m))
{
    for (uint32_t states = 1; states <= 2; states++) {
        for (uint32_t bits = states == 2 ? 5 : 4; bits <= 8; bits++) {
            Machine *m = with_priority_bits(bits, states);
            start(m);
            body(m);
            if (!machine_is_consistent(m)) {
                expect(0, 1, "machine with %u bits, %u states is consistent", bits, states);
            }
            machine_free(m);
        }
    }
}

static uint32_t bpr_register(Group group)
{
    return group == GROUP_0 ? ICC_BPR0_EL1 : ICC_BPR1_EL1;
}

/* A state at which the group's own BPR and AP registers are seen. */
static const VgicCpuState *bank(const Machine *m, Group group)
{
    return group == GROUP_1NS && has(m, EL3) ? &el3_ns : &m->top;
}

static unsigned minimum_bpr(const Machine *m, Group group)
{
    return (group == GROUP_1NS ? 8 : 7) - machine_preemption_bits(m);
}

static void for_each_group(Machine *m, void (*body)(Machine *m, Group group))
{
    body(m, GROUP_0);
    if (has(m, TWO_STATES)) {
        body(m, GROUP_1S);
    }
    body(m, GROUP_1NS);
}

FOR_EACH_WIDTH(priority_fields_keep_the_implemented_top_bits)
{
    for (unsigned value = 0; value < 256; value++) {
        priority_write(m, VGIC_S, 0, LOW, (uint8_t)value);
        expect(priority_read(m, VGIC_S, 0, LOW), implemented(m, value), "IPRIORITYR, %u bits, 0x%x",
               priority_bits(m), value);
        icc_write(m, 0, &m->top, ICC_PMR_EL1, value);
        expect(icc_read(m, 0, &m->top, ICC_PMR_EL1), implemented(m, value), "PMR, %u bits, 0x%x",
               priority_bits(m), value);
    }
}

static void check_bpr_values(Machine *m, Group group)
{
    const unsigned minimum = minimum_bpr(m, group);

    expect(icc_read(m, 0, bank(m, group), bpr_register(group)), minimum, "reset BPR of %s, %u bits",
           group_name(group), priority_bits(m));
    for (unsigned value = 0; value < 8; value++) {
        icc_write(m, 0, bank(m, group), bpr_register(group), value | 0xFFFFFF00u);
        expect(icc_read(m, 0, bank(m, group), bpr_register(group)),
               value < minimum ? minimum : value, "BPR of %s, %u bits, after %u", group_name(group),
               priority_bits(m), value);
    }
}

FOR_EACH_WIDTH(bpr_below_its_minimum_stores_the_minimum)
{
    for_each_group(m, check_bpr_values);
}

/* Does a pending interrupt of priority @p high preempt an active one of @p low in @p group? */
static bool preempts(Machine *m, Group group, uint8_t low, uint8_t high)
{
    priority_write(m, VGIC_S, 0, LOW, low);
    priority_write(m, VGIC_S, 0, HIGH, high);
    pend(m, 0, LOW);
    if (take(m, 0, group) != LOW) {
        bit_write(m, VGIC_S, 0, LOW, ICPENDR);
        expect(0, 1, "%s: priority 0x%x acknowledged", group_name(group), low);
        return false;
    }
    pend(m, 0, HIGH);
    const bool signalled = vgic_cpu_lines(m->gic, 0) & (VGIC_LINE_IRQ | VGIC_LINE_FIQ);
    const bool taken = take(m, 0, group) == HIGH;
    expect(taken, signalled, "%s: acknowledged as signalled, 0x%x over 0x%x", group_name(group),
           high, low);
    if (taken) {
        finish(m, 0, group, HIGH);
    } else {
        bit_write(m, VGIC_S, 0, HIGH, ICPENDR);
    }
    finish(m, 0, group, LOW);
    return taken;
}

static const uint8_t samples[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x08, 0x0F, 0x10, 0x18, 0x1F,
                                  0x20, 0x3F, 0x40, 0x60, 0x7E, 0x7F, 0x80, 0x81, 0x82, 0x84,
                                  0x88, 0x90, 0x98, 0xA0, 0xBF, 0xC0, 0xD0, 0xE0, 0xEE, 0xEF};
enum {
    SAMPLES = sizeof(samples)
};

static void check_preemption(Machine *m, Group group, uint8_t mask, const char *what, unsigned bpr)
{
    for (unsigned i = 0; i < SAMPLES; i++) {
        for (unsigned j = 0; j < SAMPLES; j++) {
            const uint8_t low = implemented(m, samples[i]), high = implemented(m, samples[j]);
            expect(preempts(m, group, low, high), (high & mask) < (low & mask),
                   "%s, %u bits, %s %u: 0x%x preempts 0x%x", group_name(group), priority_bits(m),
                   what, bpr, high, low);
        }
    }
}

static void check_preemption_by_bpr(Machine *m, Group group)
{
    configure(m, 0, LOW, group, 0, EDGE);
    configure(m, 0, HIGH, group, 0, EDGE);
    for (unsigned bpr = minimum_bpr(m, group); bpr < 8; bpr++) {
        icc_write(m, 0, bank(m, group), bpr_register(group), bpr);
        check_preemption(m, group, (group == GROUP_1NS ? mask_ns : mask_g0)[bpr], "BPR", bpr);
    }
}

FOR_EACH_WIDTH(a_group_priority_preempts_only_lower_group_priorities)
{
    for_each_group(m, check_preemption_by_bpr);
}

static void set_cbpr(Machine *m, Group group, bool on)
{
    if (has(m, EL3)) {
        icc_write(m, 0, &el3, ICC_CTLR_EL3, on ? (group == GROUP_1S ? 1 : 2) : 0);
    } else {
        icc_write(m, 0, &m->os, ICC_CTLR_EL1, on);
    }
}

static void check_preemption_by_cbpr(Machine *m, Group group)
{
    if (group == GROUP_0) {
        return;
    }
    configure(m, 0, LOW, group, 0, EDGE);
    configure(m, 0, HIGH, group, 0, EDGE);
    icc_write(m, 0, bank(m, group), ICC_BPR1_EL1, 7);
    set_cbpr(m, group, true);
    for (unsigned bpr = minimum_bpr(m, GROUP_0); bpr < 8; bpr++) {
        icc_write(m, 0, &m->top, ICC_BPR0_EL1, bpr);
        check_preemption(m, group, mask_g0[bpr], "CBPR, BPR0", bpr);
    }
    set_cbpr(m, group, false);
}

FOR_EACH_WIDTH(with_cbpr_group_1_preempts_by_bpr0)
{
    for_each_group(m, check_preemption_by_cbpr);
}

static void check_active_priorities(Machine *m, Group group)
{
    const unsigned preemption = machine_preemption_bits(m);
    const uint32_t first = group == GROUP_0 ? ICC_AP0R0_EL1 : ICC_AP1R0_EL1;
    const unsigned words = preemption <= 5 ? 1 : preemption == 6 ? 2 : 4;

    configure(m, 0, LOW, group, 0, EDGE);
    for (unsigned value = 0; value < 0xF0; value++) {
        if (implemented(m, value) != value) {
            continue;
        }
        priority_write(m, VGIC_S, 0, LOW, (uint8_t)value);
        pend(m, 0, LOW);
        expect(take(m, 0, group), LOW, "%s acknowledged at 0x%x", group_name(group), value);
        const unsigned index = value >> (8 - preemption);
        for (unsigned word = 0; word < words; word++) {
            expect(icc_read(m, 0, bank(m, group), first + word),
                   word == index / 32 ? 1u << index % 32 : 0, "AP%uR%u, %u bits, priority 0x%x",
                   group != GROUP_0, word, priority_bits(m), value);
        }
        expect(running_priority(m, 0), index << (8 - preemption), "RPR, %u bits, priority 0x%x",
               priority_bits(m), value);
        finish(m, 0, group, LOW);
        expect(icc_read(m, 0, bank(m, group), first + index / 32), 0, "AP after EOI of 0x%x",
               value);
        expect(running_priority(m, 0), 0xFF, "RPR after EOI of 0x%x", value);
    }
}

FOR_EACH_WIDTH(each_priority_has_its_bit_in_the_active_priority_registers)
{
    for_each_group(m, check_active_priorities);
}

/* A coarse BPR stores the group priority; reads keep the granularity of the minimum. */
FOR_EACH_WIDTH(a_coarse_binary_point_activates_the_group_priority)
{
    configure(m, 0, LOW, GROUP_1NS, 0xB8, EDGE);
    icc_write(m, 0, bank(m, GROUP_1NS), ICC_BPR1_EL1, 6);
    pend(m, 0, LOW);
    assert_int_equal(take(m, 0, GROUP_1NS), LOW);
    expect(running_priority(m, 0), 0x80, "RPR, %u bits", priority_bits(m));

    icc_write(m, 0, bank(m, GROUP_1NS), ICC_BPR1_EL1, 0);
    expect(running_priority(m, 0), 0x80, "RPR, %u bits, after BPR1 = 0", priority_bits(m));
    finish(m, 0, GROUP_1NS, LOW);
    expect(running_priority(m, 0), 0xFF, "RPR, %u bits, at the end", priority_bits(m));
}

FOR_EACH_WIDTH(absent_active_priority_registers_are_undefined)
{
    const unsigned preemption = machine_preemption_bits(m);
    const unsigned words = preemption <= 5 ? 1 : preemption == 6 ? 2 : 4;
    uint64_t value;

    for (unsigned word = 0; word < 4; word++) {
        const VgicResult want = word < words ? VGIC_OK : VGIC_UNDEFINED;
        expect(icc_try_read(m, 0, &m->top, ICC_AP0R0_EL1 + word, &value), want,
               "read of AP0R%u, %u bits", word, priority_bits(m));
        expect(icc_try_write(m, 0, &m->top, ICC_AP0R0_EL1 + word, 0), want,
               "write of AP0R%u, %u bits", word, priority_bits(m));
        expect(icc_try_read(m, 0, &m->top, ICC_AP1R0_EL1 + word, &value), want,
               "read of AP1R%u, %u bits", word, priority_bits(m));
        expect(icc_try_write(m, 0, &m->top, ICC_AP1R0_EL1 + word, 0), want,
               "write of AP1R%u, %u bits", word, priority_bits(m));
    }
}

static void check_stored_active_priorities(Machine *m, Group group)
{
    const unsigned preemption = machine_preemption_bits(m);
    const uint32_t first = group == GROUP_0 ? ICC_AP0R0_EL1 : ICC_AP1R0_EL1;
    const unsigned words = preemption <= 5 ? 1 : preemption == 6 ? 2 : 4;
    const uint64_t levels = preemption == 4 ? 0xFFFF : 0xFFFFFFFF;

    for (unsigned word = 0; word < words; word++) {
        icc_write(m, 0, bank(m, group), first + word, 0xFFFFFFFF);
        expect(icc_read(m, 0, bank(m, group), first + word), levels, "AP%uR%u, %u bits",
               group != GROUP_0, word, priority_bits(m));
        expect(running_priority(m, 0), word * 32u << (8 - preemption), "RPR, AP%uR%u set",
               group != GROUP_0, word);
        icc_write(m, 0, bank(m, group), first + word, 0x80);
        expect(running_priority(m, 0), (word * 32u + 7) << (8 - preemption), "RPR, AP%uR%u = 0x80",
               group != GROUP_0, word);
        icc_write(m, 0, bank(m, group), first + word, 0);
        expect(running_priority(m, 0), 0xFF, "RPR, AP%uR%u cleared", group != GROUP_0, word);
    }
}

FOR_EACH_WIDTH(active_priority_registers_store_and_set_the_running_priority)
{
    for_each_group(m, check_stored_active_priorities);
}

FOR_EACH_WIDTH(restored_active_priorities_hold_interrupts_back)
{
    const unsigned index = 0x90 >> (8 - machine_preemption_bits(m));
    const uint32_t reg = ICC_AP1R0_EL1 + index / 32;

    configure(m, 0, LOW, GROUP_1NS, OS_PRIORITY, EDGE);
    pend(m, 0, LOW);
    icc_write(m, 0, bank(m, GROUP_1NS), reg, 1u << index % 32);
    expect(take(m, 0, GROUP_1NS), VGIC_INTID_SPURIOUS, "%u bits, active", priority_bits(m));

    icc_write(m, 0, bank(m, GROUP_1NS), reg, 0);
    expect(vgic_cpu_lines(m->gic, 0) != 0, true, "%u bits, lines", priority_bits(m));
    expect(take(m, 0, GROUP_1NS), LOW, "%u bits, cleared", priority_bits(m));
}

/* Across groups the binary point of the pending interrupt's group counts. */
static void check_across_groups(Machine *m, Group active, Group pending)
{
    const uint8_t *masks = pending == GROUP_1NS ? mask_ns : mask_g0;

    configure(m, 0, LOW, active, 0, EDGE);
    configure(m, 0, HIGH, pending, 0, EDGE);
    for (unsigned bpr = minimum_bpr(m, pending); bpr < 8; bpr++) {
        icc_write(m, 0, bank(m, active), bpr_register(active), 0);
        icc_write(m, 0, bank(m, pending), bpr_register(pending), bpr);
        for (unsigned i = 0; i < 16; i++) {
            const uint8_t low = implemented(m, 0x10 * i), high = 0x70;
            if (low >= 0xF0) {
                continue;
            }
            priority_write(m, VGIC_S, 0, LOW, low);
            priority_write(m, VGIC_S, 0, HIGH, high);
            pend(m, 0, LOW);
            expect(take(m, 0, active), LOW, "%s at 0x%x", group_name(active), low);
            pend(m, 0, HIGH);
            const bool want = (high & masks[bpr]) < (low & masks[bpr]);
            const bool taken = take(m, 0, pending) == HIGH;
            expect(taken, want, "%s at 0x70 with BPR %u over %s at 0x%x, %u bits",
                   group_name(pending), bpr, group_name(active), low, priority_bits(m));
            if (taken) {
                finish(m, 0, pending, HIGH);
            } else {
                bit_write(m, VGIC_S, 0, HIGH, ICPENDR);
            }
            finish(m, 0, active, LOW);
        }
    }
}

FOR_EACH_WIDTH(the_binary_point_of_the_pending_group_decides_across_groups)
{
    for (int active = 0; active < 3; active++) {
        for (int pending = 0; pending < 3; pending++) {
            const bool one = has(m, ONE_STATE) && (active == GROUP_1S || pending == GROUP_1S);
            if (active != pending && !one) {
                check_across_groups(m, (Group)active, (Group)pending);
            }
        }
    }
}

static void pmr_masks_equal_and_lower_priorities(Machine *m)
{
    start(m);
    os_configure(m, 0, LOW, EDGE);
    pend(m, 0, LOW);

    icc_write(m, 0, &m->top, ICC_PMR_EL1, OS_PRIORITY);
    assert_false(irq(m, 0));
    icc_write(m, 0, &m->top, ICC_PMR_EL1, OS_PRIORITY + 0x10);
    assert_true(irq(m, 0));
    icc_write(m, 0, &m->top, ICC_PMR_EL1, OS_PRIORITY - 0x10);
    assert_false(irq(m, 0));
    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0);
    assert_false(irq(m, 0));
    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0xFF);
    assert_true(irq(m, 0));
    assert_int_equal(ack(m, 0), LOW);
}

static void the_lowest_priority_is_never_signalled(Machine *m)
{
    start(m);
    configure(m, 0, LOW, GROUP_1NS, implemented(m, 0xFF), EDGE);
    pend(m, 0, LOW);

    assert_false(irq(m, 0));
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
    assert_int_equal(hppir(m, 0, &m->os, 1), LOW);
}

static void a_higher_priority_preempts_and_an_equal_one_does_not(Machine *m)
{
    start(m);
    os_configure(m, 0, LOW, EDGE);
    pend(m, 0, LOW);
    assert_int_equal(ack(m, 0), LOW);

    os_configure(m, 0, HIGH, EDGE);
    pend(m, 0, HIGH);
    assert_false(irq(m, 0));
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);

    priority_write(m, VGIC_S, 0, HIGH, OS_HIGHER);
    assert_true(irq(m, 0));
    assert_int_equal(ack(m, 0), HIGH);
    assert_int_equal(running_priority(m, 0), OS_HIGHER);
    eoi(m, 0, HIGH);
    assert_int_equal(running_priority(m, 0), OS_PRIORITY);
}

static void the_best_priority_comes_first(Machine *m)
{
    static const uint8_t priorities[] = {0xC0, 0x90, 0xE0, 0xA0, 0x80, 0xD0};
    static const uint32_t order[] = {4, 1, 3, 0, 5, 2};

    start(m);
    for (uint32_t i = 0; i < 6; i++) {
        configure(m, 0, i, GROUP_1NS, priorities[i], EDGE);
        pend(m, 0, i);
    }
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(ack(m, 0), order[i]);
        eoi(m, 0, order[i]);
    }
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
}

static void the_running_priority_is_the_best_over_all_banks(Machine *m)
{
    start(m);
    configure(m, 0, 1, GROUP_1NS, 0xC0, EDGE);
    configure(m, 0, 2, GROUP_1S, 0x60, EDGE);
    configure(m, 0, 3, GROUP_0, 0x20, EDGE);

    pend(m, 0, 1);
    assert_int_equal(take(m, 0, GROUP_1NS), 1);
    pend(m, 0, 2);
    assert_int_equal(take(m, 0, GROUP_1S), 2);
    pend(m, 0, 3);
    assert_int_equal(take(m, 0, GROUP_0), 3);

    assert_int_equal(running_priority(m, 0), 0x20);
    finish(m, 0, GROUP_0, 3);
    assert_int_equal(running_priority(m, 0), 0x60);
    finish(m, 0, GROUP_1S, 2);
    assert_int_equal(running_priority(m, 0), 0xC0);
    finish(m, 0, GROUP_1NS, 1);
    assert_int_equal(running_priority(m, 0), 0xFF);
}

static void bpr1_of_one_state_reads_bpr0_with_cbpr(Machine *m)
{
    const unsigned minimum = minimum_bpr(m, GROUP_0);

    icc_write(m, 0, &el3, ICC_BPR1_EL1, 6);
    icc_write(m, 0, &el3_ns, ICC_BPR1_EL1, 7);
    icc_write(m, 0, &el3, ICC_CTLR_EL3, 3);
    for (unsigned value = 0; value < 8; value++) {
        const unsigned stored = value < minimum ? minimum : value;
        /* Secure EL1 reads and writes BPR0. */
        icc_write(m, 0, &s_el1, ICC_BPR1_EL1, value);
        expect(icc_read(m, 0, &el3, ICC_BPR0_EL1), stored, "BPR0 after Secure BPR1 = %u", value);
        expect(icc_read(m, 0, &s_el1, ICC_BPR1_EL1), stored, "Secure BPR1 after %u", value);
        expect(icc_read(m, 0, &s_el2, ICC_BPR1_EL1), stored, "Secure EL2 BPR1 after %u", value);
        /* Non-secure reads one more and writes nothing. */
        icc_write(m, 0, &ns_el1, ICC_BPR1_EL1, 0);
        icc_write(m, 0, &ns_el2, ICC_BPR1_EL1, 5);
        const unsigned more = stored + 1 > 7 ? 7 : stored + 1;
        expect(icc_read(m, 0, &ns_el1, ICC_BPR1_EL1), more, "NS BPR1, BPR0 = %u", stored);
        expect(icc_read(m, 0, &ns_el2, ICC_BPR1_EL1), more, "NS EL2 BPR1, BPR0 = %u", stored);
    }
    /* The real copies stay, and EL3 sees them. */
    assert_int_equal(icc_read(m, 0, &el3, ICC_BPR1_EL1), 6);
    assert_int_equal(icc_read(m, 0, &el3_ns, ICC_BPR1_EL1), 7);
    icc_write(m, 0, &el3, ICC_CTLR_EL3, 0);
    assert_int_equal(icc_read(m, 0, &s_el1, ICC_BPR1_EL1), 6);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_BPR1_EL1), 7);
}

static void cbpr_of_one_security_state_leaves_the_other_alone(Machine *m)
{
    icc_write(m, 0, &el3, ICC_BPR0_EL1, 4);
    icc_write(m, 0, &el3, ICC_BPR1_EL1, 6);
    icc_write(m, 0, &el3_ns, ICC_BPR1_EL1, 7);

    icc_write(m, 0, &el3, ICC_CTLR_EL3, 1);
    assert_int_equal(icc_read(m, 0, &s_el1, ICC_BPR1_EL1), 4);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_BPR1_EL1), 7);

    icc_write(m, 0, &el3, ICC_CTLR_EL3, 2);
    assert_int_equal(icc_read(m, 0, &s_el1, ICC_BPR1_EL1), 6);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_BPR1_EL1), 5);
}

static void without_el3_bpr1_with_cbpr_reads_bpr0_plus_1_and_ignores_writes(Machine *m)
{
    icc_write(m, 0, &ns_el1, ICC_BPR1_EL1, 7);
    icc_write(m, 0, &ns_el1, ICC_BPR0_EL1, 5);

    icc_write(m, 0, &ns_el1, ICC_CTLR_EL1, 1);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_BPR1_EL1), 6);
    icc_write(m, 0, &ns_el1, ICC_BPR1_EL1, 6);
    icc_write(m, 0, &ns_el1, ICC_BPR0_EL1, 7);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_BPR1_EL1), 7);

    icc_write(m, 0, &ns_el1, ICC_CTLR_EL1, 0);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_BPR1_EL1), 7);
}

/* The Non-secure view while SCR_EL3.FIQ is 1. */
static const VgicCpuState ns_shifted = {.el = 1, .space = VGIC_NS, .scr_el3 = SCR_NS | SCR_FIQ};

static void non_secure_pmr_reads_are_shifted(Machine *m)
{
    for (unsigned value = 0; value < 256; value++) {
        const uint8_t stored = implemented(m, value);
        const uint8_t want = stored < 0x80 ? 0 : (uint8_t)(stored << 1);
        icc_write(m, 0, &el3, ICC_PMR_EL1, value);
        expect(icc_read(m, 0, &ns_shifted, ICC_PMR_EL1), stored == 0xFF ? 0xFF : want,
               "PMR, stored 0x%x", stored);
        expect(icc_read(m, 0, &ns_el1, ICC_PMR_EL1), stored, "PMR with FIQ = 0, stored 0x%x",
               stored);
        expect(icc_read(m, 0, &s_el1, ICC_PMR_EL1), stored, "Secure PMR, stored 0x%x", stored);
    }
}

static void non_secure_pmr_writes_are_shifted(Machine *m)
{
    for (unsigned value = 0; value < 256; value++) {
        icc_write(m, 0, &el3, ICC_PMR_EL1, 0xFF);
        icc_write(m, 0, &ns_shifted, ICC_PMR_EL1, value);
        expect(icc_read(m, 0, &el3, ICC_PMR_EL1), implemented(m, value >> 1 | 0x80),
               "PMR after NS write of 0x%x", value);
        icc_write(m, 0, &el3, ICC_PMR_EL1, 0x78);
        icc_write(m, 0, &ns_shifted, ICC_PMR_EL1, value);
        expect(icc_read(m, 0, &el3, ICC_PMR_EL1), 0x78, "PMR below 0x80 after NS write of 0x%x",
               value);
        icc_write(m, 0, &ns_el1, ICC_PMR_EL1, value);
        expect(icc_read(m, 0, &el3, ICC_PMR_EL1), implemented(m, value),
               "PMR after NS write of 0x%x with FIQ = 0", value);
    }
}

static void a_non_secure_pmr_of_0xff_reads_back_with_eight_bits(Machine *m)
{
    icc_write(m, 0, &el3, ICC_PMR_EL1, 0xF0);
    icc_write(m, 0, &ns_shifted, ICC_PMR_EL1, 0xFF);

    const unsigned want = priority_bits(m) == 8 ? 0xFF : implemented(m, 0xFF) << 1 & 0xFF;
    assert_int_equal(icc_read(m, 0, &ns_shifted, ICC_PMR_EL1), want);
}

static void non_secure_rpr_reads_are_shifted(Machine *m)
{
    start(m);
    assert_int_equal(icc_read(m, 0, &ns_shifted, ICC_RPR_EL1), 0xFF);
    configure(m, 0, LOW, GROUP_1NS, 0xC0, EDGE);
    pend(m, 0, LOW);
    assert_int_equal(take(m, 0, GROUP_1NS), LOW);
    assert_int_equal(icc_read(m, 0, &ns_shifted, ICC_RPR_EL1), 0x80);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_RPR_EL1), 0xC0);
    assert_int_equal(icc_read(m, 0, &s_el1, ICC_RPR_EL1), 0xC0);

    configure(m, 0, HIGH, GROUP_0, 0x40, EDGE);
    pend(m, 0, HIGH);
    assert_int_equal(take(m, 0, GROUP_0), HIGH);
    assert_int_equal(icc_read(m, 0, &ns_shifted, ICC_RPR_EL1), 0);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_RPR_EL1), 0x40);
}

static void with_one_state_nothing_is_shifted(Machine *m)
{
    start(m);
    configure(m, 0, LOW, GROUP_1NS, 0x40, EDGE);
    pend(m, 0, LOW);
    assert_int_equal(iar(m, 0, &m->os, 1), LOW);

    assert_int_equal(icc_read(m, 0, &ns_shifted, ICC_RPR_EL1), 0x40);
    icc_write(m, 0, &ns_shifted, ICC_PMR_EL1, 0x60);
    assert_int_equal(icc_read(m, 0, &ns_shifted, ICC_PMR_EL1), 0x60);
    assert_int_equal(priority_read(m, VGIC_NS, 0, LOW), 0x40);
}

static void non_secure_priorities_are_shifted_in_the_distributor(Machine *m)
{
    set_group(m, 0, LOW, GROUP_1NS);
    for (unsigned value = 0; value < 256; value++) {
        priority_write(m, VGIC_NS, 0, LOW, (uint8_t)value);
        const uint8_t stored = implemented(m, value >> 1 | 0x80);
        expect(priority_read(m, VGIC_S, 0, LOW), stored, "stored after NS write of 0x%x", value);
        expect(priority_read(m, VGIC_NS, 0, LOW), stored << 1 & 0xFF, "NS view after 0x%x", value);
        priority_write(m, VGIC_S, 0, LOW, (uint8_t)value);
        expect(priority_read(m, VGIC_NS, 0, LOW), implemented(m, value) << 1 & 0xFF,
               "NS view of stored 0x%x", value);
    }
}

static void a_non_secure_write_keeps_the_upper_half_of_its_active_priorities(Machine *m)
{
    const unsigned preemption = machine_preemption_bits(m);
    const unsigned boundary = 0x80u >> (8 - preemption);

    for (unsigned word = 0; word < (preemption == 6 ? 2u : preemption == 7 ? 4u : 1u); word++) {
        uint32_t writable = 0;
        for (unsigned bit = 0; bit < 32; bit++) {
            writable |= (word * 32 + bit >= boundary ? 1u : 0u) << bit;
        }
        icc_write(m, 0, &el3_ns, ICC_AP1R0_EL1 + word, 0);
        icc_write(m, 0, &ns_shifted, ICC_AP1R0_EL1 + word, 0xFFFFFFFF);
        expect(icc_read(m, 0, &el3_ns, ICC_AP1R0_EL1 + word), writable, "AP1R%u after ones", word);
        icc_write(m, 0, &el3_ns, ICC_AP1R0_EL1 + word, 0xFFFFFFFF);
        icc_write(m, 0, &ns_shifted, ICC_AP1R0_EL1 + word, 0);
        expect(icc_read(m, 0, &el3_ns, ICC_AP1R0_EL1 + word), ~writable, "AP1R%u after zeros",
               word);
        icc_write(m, 0, &el3_ns, ICC_AP1R0_EL1 + word, 0);
    }
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST_ALONE(priority_fields_keep_the_implemented_top_bits),
        TEST_ALONE(bpr_below_its_minimum_stores_the_minimum),
        TEST_ALONE(a_group_priority_preempts_only_lower_group_priorities),
        TEST_ALONE(with_cbpr_group_1_preempts_by_bpr0),
        TEST_ALONE(each_priority_has_its_bit_in_the_active_priority_registers),
        TEST_ALONE(a_coarse_binary_point_activates_the_group_priority),
        TEST_ALONE(absent_active_priority_registers_are_undefined),
        TEST_ALONE(active_priority_registers_store_and_set_the_running_priority),
        TEST_ALONE(restored_active_priorities_hold_interrupts_back),
        TEST_ALONE(the_binary_point_of_the_pending_group_decides_across_groups),
        TEST(pmr_masks_equal_and_lower_priorities, 0),
        TEST(the_lowest_priority_is_never_signalled, 0),
        TEST(a_higher_priority_preempts_and_an_equal_one_does_not, 0),
        TEST(the_best_priority_comes_first, 0),
        TEST(the_running_priority_is_the_best_over_all_banks, WORLDS),
        TEST(bpr1_of_one_state_reads_bpr0_with_cbpr, WORLDS),
        TEST(cbpr_of_one_security_state_leaves_the_other_alone, WORLDS),
        TEST(without_el3_bpr1_with_cbpr_reads_bpr0_plus_1_and_ignores_writes, NO_EL3),
        TEST(non_secure_pmr_reads_are_shifted, WORLDS),
        TEST(non_secure_pmr_writes_are_shifted, WORLDS),
        TEST(a_non_secure_pmr_of_0xff_reads_back_with_eight_bits, WORLDS),
        TEST(non_secure_rpr_reads_are_shifted, WORLDS),
        TEST(with_one_state_nothing_is_shifted, ONE_STATE),
        TEST(non_secure_priorities_are_shifted_in_the_distributor, TWO_STATES),
        TEST(a_non_secure_write_keeps_the_upper_half_of_its_active_priorities, WORLDS),
    };
    return RUN(argc, argv, "ICC priorities", tests);
}
