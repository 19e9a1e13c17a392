/* SPDX-License-Identifier: BSD-2-Clause */
/* IAR0, IAR1, HPPIR0 and HPPIR1: what each reads in each state, and what a read changes. */
#include "guest.h"
#include "suite.h"

enum {
    SGI = 3,
    PPI = 20,
    NONE = -1
};

/* What a table cell holds: a special INTID, or ID for the INTID itself. */
enum {
    ID = 0
};

/* One row: the group of the highest-priority pending interrupt, and what each kind of state reads.
 */
typedef struct Row {
    int group;
    uint32_t at_el3, at_s, at_ns;
} Row;

static const Row iar0_two_states[] = {
    {NONE, 1023, 1023, 1023},
    {GROUP_0, ID, ID, 1023},
    {GROUP_1S, 1020, 1023, 1023},
    {GROUP_1NS, 1021, 1023, 1023},
};
static const Row iar1_two_states[] = {
    {NONE, 1023, 1023, 1023},
    {GROUP_0, 1023, 1023, 1023},
    {GROUP_1S, ID, ID, 1023},
    {GROUP_1NS, ID, 1023, ID},
};
static const Row iar0_one_state[] = {
    {NONE, 1023, 1023, 1023},
    {GROUP_0, ID, ID, ID},
    {GROUP_1NS, 1021, 1023, 1023},
};
static const Row iar1_one_state[] = {
    {NONE, 1023, 1023, 1023},
    {GROUP_0, 1023, 1023, 1023},
    {GROUP_1NS, ID, 1023, ID},
};

static const VgicCpuState *const el3_states[] = {
    &el3, &el3_ns, &monitor, &monitor_ns, &s_el1, &s_el2, &svc32_el3, &ns_el1, &ns_el2, &ns_svc32};
static const VgicCpuState *const ns_states[] = {&ns_el1, &ns_el2, &ns_svc32};

static uint32_t cell(const Row *row, const VgicCpuState *state)
{
    const bool at_el3 = state->el == 3 && (!state->aarch32 || state->monitor);

    return at_el3 ? row->at_el3 : state->space == VGIC_S ? row->at_s : row->at_ns;
}

static uint32_t register_of(const VgicCpuState *state, uint32_t reg64, uint32_t reg32)
{
    return state->aarch32 ? reg32 : reg64;
}

static void check_cell(Machine *m, const Row *row, int group, const VgicCpuState *state)
{
    const uint32_t want = cell(row, state) == ID ? PPI : cell(row, state);
    const char *pending = row->group == NONE ? "nothing" : group_name((Group)row->group);

    vgic_reset(m->gic, VGIC_RESET_COLD);
    start(m);
    if (row->group != NONE) {
        configure(m, 0, PPI, (Group)row->group, OS_PRIORITY, EDGE);
        pend(m, 0, PPI);
    }

    const uint64_t hppi = icc_read(m, 0, state,
                                   group ? register_of(state, ICC_HPPIR1_EL1, ICC_HPPIR1)
                                         : register_of(state, ICC_HPPIR0_EL1, ICC_HPPIR0));
    expect(hppi, want, "HPPIR%d at %s, %s pending", group, state_name(state), pending);
    expect(is_pending(m, 0, PPI), row->group != NONE, "pending after HPPIR%d at %s", group,
           state_name(state));

    const uint64_t intid = icc_read(m, 0, state,
                                    group ? register_of(state, ICC_IAR1_EL1, ICC_IAR1)
                                          : register_of(state, ICC_IAR0_EL1, ICC_IAR0));
    expect(intid, want, "IAR%d at %s, %s pending", group, state_name(state), pending);
    expect(is_active(m, 0, PPI), want == PPI, "active after IAR%d at %s, %s pending", group,
           state_name(state), pending);
    expect(is_pending(m, 0, PPI), want != PPI && row->group != NONE,
           "pending after IAR%d at %s, %s pending", group, state_name(state), pending);
    expect(running_priority(m, 0), want == PPI ? OS_PRIORITY : 0xFF,
           "running priority after IAR%d at %s, %s pending", group, state_name(state), pending);
}

#define CHECK_ROWS(m, rows, group, states)                                                         \
    do {                                                                                           \
        for (size_t r = 0; r < sizeof(rows) / sizeof((rows)[0]); r++) {                            \
            for (size_t s = 0; s < sizeof(states) / sizeof((states)[0]); s++) {                    \
                check_cell(m, &(rows)[r], group, (states)[s]);                                     \
            }                                                                                      \
        }                                                                                          \
    } while (0)

static void iar0_and_hppir0_by_state_and_group_with_two_states(Machine *m)
{
    CHECK_ROWS(m, iar0_two_states, 0, el3_states);
}

static void iar1_and_hppir1_by_state_and_group_with_two_states(Machine *m)
{
    CHECK_ROWS(m, iar1_two_states, 1, el3_states);
}

static void iar0_and_hppir0_by_state_and_group_with_one_state(Machine *m)
{
    CHECK_ROWS(m, iar0_one_state, 0, el3_states);
}

static void iar1_and_hppir1_by_state_and_group_with_one_state(Machine *m)
{
    CHECK_ROWS(m, iar1_one_state, 1, el3_states);
}

static void iar_and_hppir_without_el3_and_with_one_state(Machine *m)
{
    CHECK_ROWS(m, iar0_one_state, 0, ns_states);
    CHECK_ROWS(m, iar1_one_state, 1, ns_states);
}

/* Non-secure for ever: the columns of the Non-secure state, Secure Group 1 as Group 0. */
static void iar_and_hppir_without_el3_and_with_two_states(Machine *m)
{
    CHECK_ROWS(m, iar0_two_states, 0, ns_states);
    CHECK_ROWS(m, iar1_two_states, 1, ns_states);
}

static void realm_counts_as_non_secure_and_root_as_secure(Machine *m)
{
    VgicCpuState realm = ns_el1, root = el3;

    realm.space = VGIC_REALM;
    root.space = VGIC_ROOT;
    start(m);
    configure(m, 0, PPI, GROUP_1S, OS_PRIORITY, EDGE);
    pend(m, 0, PPI);

    assert_int_equal(iar(m, 0, &realm, 1), 1023);
    assert_int_equal(iar(m, 0, &root, 0), 1020);
    assert_int_equal(iar(m, 0, &root, 1), PPI);
}

static void the_operating_system_acknowledges_group_1_on_every_machine(Machine *m)
{
    start(m);
    os_configure(m, last_cpu(m), PPI, EDGE);
    pend(m, last_cpu(m), PPI);

    assert_true(irq(m, last_cpu(m)));
    assert_int_equal(ack(m, last_cpu(m)), PPI);
    assert_false(irq(m, last_cpu(m)));
}

static void nothing_pending_reads_1023(Machine *m)
{
    start(m);

    for (int group = 0; group < 2; group++) {
        assert_int_equal(iar(m, 0, &m->top, group), VGIC_INTID_SPURIOUS);
        assert_int_equal(hppir(m, 0, &m->top, group), VGIC_INTID_SPURIOUS);
    }
}

static void a_secure_interrupt_hides_a_lower_non_secure_one_from_the_non_secure_state(Machine *m)
{
    start(m);
    configure(m, 0, PPI, GROUP_1S, 0x40, EDGE);
    configure(m, 0, SGI, GROUP_1NS, OS_PRIORITY, EDGE);
    pend(m, 0, PPI);
    pend(m, 0, SGI);

    assert_int_equal(iar(m, 0, &ns_el1, 1), 1023);
    assert_int_equal(hppir(m, 0, &ns_el1, 1), 1023);

    assert_int_equal(iar(m, 0, &s_el1, 1), PPI);
    assert_int_equal(hppir(m, 0, &ns_el1, 1), SGI);
}

static void a_higher_non_secure_interrupt_is_not_hidden_by_a_secure_one(Machine *m)
{
    start(m);
    configure(m, 0, PPI, GROUP_1S, 0xC0, EDGE);
    configure(m, 0, SGI, GROUP_1NS, OS_PRIORITY, EDGE);
    pend(m, 0, PPI);
    pend(m, 0, SGI);

    assert_int_equal(iar(m, 0, &s_el1, 1), 1023);
    assert_int_equal(iar(m, 0, &ns_el1, 1), SGI);
}

static void a_masked_interrupt_reads_1023_from_iar_and_its_intid_from_hppir(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);

    icc_write(m, 0, &m->top, ICC_PMR_EL1, OS_PRIORITY);

    assert_false(irq(m, 0));
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
    assert_int_equal(hppir(m, 0, &m->os, 1), PPI);
    assert_true(is_pending(m, 0, PPI));
}

static void special_intids_are_not_given_for_a_masked_interrupt(Machine *m)
{
    start(m);
    configure(m, 0, PPI, GROUP_1NS, OS_PRIORITY, EDGE);
    pend(m, 0, PPI);
    icc_write(m, 0, &el3, ICC_PMR_EL1, OS_PRIORITY);

    assert_int_equal(iar(m, 0, &el3, 0), 1023);
    assert_int_equal(hppir(m, 0, &el3, 0), 1021);
}

static void hppir_does_not_look_at_the_running_priority(Machine *m)
{
    start(m);
    configure(m, 0, SGI, GROUP_1NS, OS_HIGHER, EDGE);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, SGI);
    assert_int_equal(ack(m, 0), SGI);

    pend(m, 0, PPI);

    assert_false(irq(m, 0));
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
    assert_int_equal(hppir(m, 0, &m->os, 1), PPI);
}

static void hppir_does_not_see_a_group_that_is_disabled_at_the_cpu_interface(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);

    cpu_group(m, 0, GROUP_1NS, false);

    assert_false(irq(m, 0));
    assert_int_equal(hppir(m, 0, &m->os, 1), VGIC_INTID_SPURIOUS);
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
    cpu_group(m, 0, GROUP_1NS, true);
    assert_true(irq(m, 0));
    assert_int_equal(ack(m, 0), PPI);
}

static void an_interrupt_of_a_disabled_group_does_not_hide_a_lower_one(Machine *m)
{
    start(m);
    configure(m, 0, PPI, GROUP_0, 0x10, EDGE);
    os_configure(m, 0, SGI, EDGE);
    pend(m, 0, PPI);
    pend(m, 0, SGI);
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);

    cpu_group(m, 0, GROUP_0, false);

    assert_true(irq(m, 0));
    assert_false(fiq(m, 0));
    assert_int_equal(hppir(m, 0, &m->os, 1), SGI);
    assert_int_equal(ack(m, 0), SGI);
}

static void an_interrupt_of_a_group_disabled_in_the_distributor_hides_nothing(Machine *m)
{
    start(m);
    configure(m, 0, PPI, GROUP_0, 0x10, EDGE);
    os_configure(m, 0, SGI, EDGE);
    pend(m, 0, PPI);
    pend(m, 0, SGI);

    gicd_write(m, VGIC_S, GICD_CTLR, gicd_read(m, VGIC_S, GICD_CTLR) & ~1u);

    assert_int_equal(ack(m, 0), SGI);
}

static void acknowledging_sets_the_active_priority_of_the_group(Machine *m)
{
    const unsigned bits = machine_preemption_bits(m);
    const unsigned index = OS_PRIORITY >> (8 - bits);
    const uint32_t word = index / 32;

    start(m);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);

    assert_int_equal(icc_read(m, 0, &m->os, ICC_AP1R0_EL1 + word), 1u << index % 32);
    assert_int_equal(icc_read(m, 0, &m->top, ICC_AP0R0_EL1 + word), 0);
    assert_int_equal(running_priority(m, 0), OS_PRIORITY);
}

static void an_spi_is_acknowledged_by_its_target_only(Machine *m)
{
    start(m);
    os_configure(m, 1, 40, EDGE);
    wire(m, 0, 40, true);

    assert_false(irq(m, 0));
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
    assert_true(irq(m, 1));
    assert_int_equal(ack(m, 1), 40);
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
}

static void a_ppi_is_one_of_its_own_at_each_pe(Machine *m)
{
    start(m);
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        os_configure(m, cpu, PPI, LEVEL);
    }
    wire(m, 1, PPI, true);

    assert_false(irq(m, 0));
    assert_int_equal(ack(m, 1), PPI);
    wire(m, 0, PPI, true);
    assert_int_equal(ack(m, 0), PPI);
    wire(m, 0, PPI, false);
    eoi(m, 0, PPI);
    assert_true(is_active(m, 1, PPI));
    assert_false(is_active(m, 0, PPI));
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(iar0_and_hppir0_by_state_and_group_with_two_states, WORLDS),
        TEST(iar1_and_hppir1_by_state_and_group_with_two_states, WORLDS),
        TEST(iar0_and_hppir0_by_state_and_group_with_one_state, ONE_STATE | EL3),
        TEST(iar1_and_hppir1_by_state_and_group_with_one_state, ONE_STATE | EL3),
        TEST(iar_and_hppir_without_el3_and_with_one_state, ONE_STATE | NO_EL3 | FEW_CPUS),
        TEST(iar_and_hppir_without_el3_and_with_two_states, TWO_STATES | NO_EL3),
        TEST(realm_counts_as_non_secure_and_root_as_secure, WORLDS),
        TEST(the_operating_system_acknowledges_group_1_on_every_machine, 0),
        TEST(nothing_pending_reads_1023, 0),
        TEST(a_secure_interrupt_hides_a_lower_non_secure_one_from_the_non_secure_state, WORLDS),
        TEST(a_higher_non_secure_interrupt_is_not_hidden_by_a_secure_one, WORLDS),
        TEST(a_masked_interrupt_reads_1023_from_iar_and_its_intid_from_hppir, 0),
        TEST(special_intids_are_not_given_for_a_masked_interrupt, WORLDS),
        TEST(hppir_does_not_look_at_the_running_priority, 0),
        TEST(hppir_does_not_see_a_group_that_is_disabled_at_the_cpu_interface, 0),
        TEST(an_interrupt_of_a_disabled_group_does_not_hide_a_lower_one, 0),
        TEST(an_interrupt_of_a_group_disabled_in_the_distributor_hides_nothing, 0),
        TEST(acknowledging_sets_the_active_priority_of_the_group, 0),
        TEST(an_spi_is_acknowledged_by_its_target_only, SMP | SPIS),
        TEST(a_ppi_is_one_of_its_own_at_each_pe, SMP),
    };
    return RUN(argc, argv, "ICC acknowledge", tests);
}
