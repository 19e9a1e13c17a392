/* SPDX-License-Identifier: BSD-2-Clause */
/* Output lines: which group is IRQ and which is FIQ in which state, and when a line changes. */
#include "guest.h"
#include "suite.h"

enum {
    PPI = 20,
    OTHER = 21
};
enum {
    IRQ = VGIC_LINE_IRQ,
    FIQ = VGIC_LINE_FIQ
};

static uint32_t lines(Machine *m, uint32_t cpu)
{
    return vgic_cpu_lines(m->gic, cpu) & (IRQ | FIQ);
}

/* Makes an interrupt of @p group pending with the PE in @p state and says which line it drives. */
static uint32_t line_of(Machine *m, const VgicCpuState *state, Group group)
{
    restart(m);
    configure(m, 0, PPI, group, OS_PRIORITY, EDGE);
    pend(m, 0, PPI);
    vgic_cpu_set_state(m->gic, 0, state);
    return lines(m, 0);
}

typedef struct Row {
    const VgicCpuState *state;
    uint32_t group0, group1s, group1ns;
} Row;

static void groups_are_irq_or_fiq_by_state_with_two_states(Machine *m)
{
    static const Row rows[] = {
        {&s_el1, FIQ, IRQ, FIQ},  {&s_el2, FIQ, IRQ, FIQ},     {&ns_el1, FIQ, FIQ, IRQ},
        {&ns_el2, FIQ, FIQ, IRQ}, {&ns_svc32, FIQ, FIQ, IRQ},  {&el3, FIQ, FIQ, FIQ},
        {&el3_ns, FIQ, FIQ, FIQ}, {&svc32_el3, FIQ, IRQ, FIQ}, {&monitor, FIQ, IRQ, FIQ},
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *name = state_name(rows[i].state);
        expect(line_of(m, rows[i].state, GROUP_0), rows[i].group0, "Group 0 at %s", name);
        expect(line_of(m, rows[i].state, GROUP_1S), rows[i].group1s, "Secure Group 1 at %s", name);
        expect(line_of(m, rows[i].state, GROUP_1NS), rows[i].group1ns, "NS Group 1 at %s", name);
    }
}

static void with_one_state_group_1_is_irq_and_group_0_fiq_in_every_state(Machine *m)
{
    static const VgicCpuState *const states[] = {&ns_el1, &ns_el2, &s_el1, &el3, &el3_ns, &monitor};

    for (unsigned i = 0; i < (has(m, EL3) ? 6 : 2); i++) {
        expect(line_of(m, states[i], GROUP_0), FIQ, "Group 0 at %s", state_name(states[i]));
        expect(line_of(m, states[i], GROUP_1NS), IRQ, "Group 1 at %s", state_name(states[i]));
    }
}

static void without_el3_secure_group_1_is_fiq_as_group_0_is(Machine *m)
{
    assert_int_equal(line_of(m, &ns_el1, GROUP_0), FIQ);
    assert_int_equal(line_of(m, &ns_el1, GROUP_1S), FIQ);
    assert_int_equal(line_of(m, &ns_el1, GROUP_1NS), IRQ);
}

static void an_exception_level_change_moves_the_line_at_once(Machine *m)
{
    start(m);
    configure(m, 0, PPI, GROUP_1NS, OS_PRIORITY, LEVEL);
    wire(m, 0, PPI, true);
    vgic_cpu_set_state(m->gic, 0, &ns_el1);
    assert_int_equal(lines(m, 0), IRQ);
    host_forget(&m->host);

    vgic_cpu_set_state(m->gic, 0, &s_el1);
    assert_int_equal(lines(m, 0), FIQ);
    assert_int_equal(m->host.line_calls[0], 1);

    vgic_cpu_set_state(m->gic, 0, &el3);
    assert_int_equal(lines(m, 0), FIQ);
    assert_int_equal(m->host.line_calls[0], 1);

    vgic_cpu_set_state(m->gic, 0, &ns_el2);
    assert_int_equal(lines(m, 0), IRQ);
    assert_int_equal(m->host.line_calls[0], 2);
}

static void from_reset_a_pe_counts_as_being_at_el3(Machine *m)
{
    distributor_groups(m, true);
    gicr_write(m, 0, VGIC_S, GICR_WAKER, 0);
    icc_write(m, 0, &el3, ICC_PMR_EL1, 0xFF);
    icc_write(m, 0, &el3, ICC_IGRPEN1_EL3, 3);
    configure(m, 0, PPI, GROUP_1NS, OS_PRIORITY, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(lines(m, 0), FIQ);
}

static void nothing_is_driven_after_reset(Machine *m)
{
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        assert_int_equal(vgic_cpu_lines(m->gic, cpu), 0);
    }
    wire(m, 0, PPI, true);
    pend(m, 0, OTHER);
    assert_int_equal(lines(m, 0), 0);
}

static void lines_changed_comes_when_the_line_changes_and_not_else(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    os_configure(m, 0, OTHER, LEVEL);
    host_forget(&m->host);

    wire(m, 0, PPI, true);
    assert_int_equal(m->host.line_calls_total, 1);
    assert_int_equal(m->host.lines[0], IRQ);

    wire(m, 0, OTHER, true);
    wire(m, 0, OTHER, false);
    assert_int_equal(m->host.line_calls_total, 1);

    assert_int_equal(ack(m, 0), PPI);
    assert_int_equal(m->host.line_calls_total, 2);
    assert_int_equal(m->host.lines[0], 0);

    eoi(m, 0, PPI);
    assert_int_equal(m->host.line_calls_total, 3);
    assert_int_equal(m->host.lines[0], IRQ);

    wire(m, 0, PPI, false);
    assert_int_equal(m->host.line_calls_total, 4);
    assert_int_equal(m->host.lines[0], 0);
}

static void each_enable_on_the_way_holds_the_line(Machine *m)
{
    const uint32_t groups = gicd_read(m, VGIC_S, GICD_CTLR);

    start(m);
    os_configure(m, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);
    assert_int_equal(lines(m, 0), IRQ);

    bit_write(m, VGIC_S, 0, PPI, ICENABLER);
    assert_int_equal(lines(m, 0), 0);
    bit_write(m, VGIC_S, 0, PPI, ISENABLER);
    assert_int_equal(lines(m, 0), IRQ);

    gicd_write(m, VGIC_S, GICD_CTLR, groups);
    assert_int_equal(lines(m, 0), 0);
    distributor_groups(m, true);
    assert_int_equal(lines(m, 0), IRQ);

    cpu_group(m, 0, GROUP_1NS, false);
    assert_int_equal(lines(m, 0), 0);
    cpu_group(m, 0, GROUP_1NS, true);
    assert_int_equal(lines(m, 0), IRQ);

    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0);
    assert_int_equal(lines(m, 0), 0);
    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0xFF);
    assert_int_equal(lines(m, 0), IRQ);
}

static void only_the_best_interrupt_drives_a_line(Machine *m)
{
    start(m);
    configure(m, 0, PPI, GROUP_0, 0x80, LEVEL);
    configure(m, 0, OTHER, GROUP_1NS, 0x90, LEVEL);
    wire(m, 0, OTHER, true);
    assert_int_equal(lines(m, 0), IRQ);

    wire(m, 0, PPI, true);
    assert_int_equal(lines(m, 0), FIQ);

    wire(m, 0, PPI, false);
    assert_int_equal(lines(m, 0), IRQ);
}

static void a_pe_that_does_not_exist_drives_nothing(Machine *m)
{
    assert_int_equal(vgic_cpu_lines(m->gic, m->config.cpus), 0);
    assert_int_equal(vgic_cpu_lines(m->gic, UINT32_MAX), 0);
    host_forget(&m->host);
}

static void lines_of_other_pes_do_not_move(Machine *m)
{
    start(m);
    os_configure(m, 1, PPI, LEVEL);
    host_forget(&m->host);

    wire(m, 1, PPI, true);

    assert_int_equal(m->host.line_calls_total, 1);
    assert_int_equal(m->host.line_calls[1], 1);
    assert_int_equal(lines(m, 0), 0);
    assert_int_equal(lines(m, 1), IRQ);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(groups_are_irq_or_fiq_by_state_with_two_states, WORLDS),
        TEST(with_one_state_group_1_is_irq_and_group_0_fiq_in_every_state, ONE_STATE),
        TEST(without_el3_secure_group_1_is_fiq_as_group_0_is, TWO_STATES | NO_EL3),
        TEST(an_exception_level_change_moves_the_line_at_once, WORLDS),
        TEST(from_reset_a_pe_counts_as_being_at_el3, WORLDS),
        TEST(nothing_is_driven_after_reset, 0),
        TEST(lines_changed_comes_when_the_line_changes_and_not_else, 0),
        TEST(each_enable_on_the_way_holds_the_line, 0),
        TEST(only_the_best_interrupt_drives_a_line, 0),
        TEST(a_pe_that_does_not_exist_drives_nothing, 0),
        TEST(lines_of_other_pes_do_not_move, SMP),
    };
    return RUN(argc, argv, "ICC lines", tests);
}
