/* SPDX-License-Identifier: BSD-2-Clause */
/* EOIR0, EOIR1 and DIR: what each drops and deactivates, by state, group and EOImode. */
#include "guest.h"
#include "suite.h"

enum {
    SGI = 3,
    PPI = 20,
    OTHER = 21,
    NONE = -1
};

/* Kinds of state, the columns of the tables. */
typedef enum Column {
    AT_EL3,
    AT_S,
    AT_NS,
    COLUMNS
} Column;

static const VgicCpuState *const states[] = {&el3,   &el3_ns,    &monitor, &monitor_ns, &s_el1,
                                             &s_el2, &svc32_el3, &ns_el1,  &ns_el2,     &ns_svc32};
enum {
    STATES = sizeof(states) / sizeof(states[0])
};

static Column column_of(const VgicCpuState *state)
{
    return state->el == 3 && (!state->aarch32 || state->monitor) ? AT_EL3
           : state->space == VGIC_S                              ? AT_S
                                                                 : AT_NS;
}

static uint32_t eoir_register(const VgicCpuState *state, int group)
{
    return group ? (state->aarch32 ? ICC_EOIR1 : ICC_EOIR1_EL1)
                 : (state->aarch32 ? ICC_EOIR0 : ICC_EOIR0_EL1);
}

/* Which EOIR drops what, by the group that owns the running priority. */
typedef struct DropRow {
    int group;
    bool eoir0[COLUMNS], eoir1[COLUMNS];
} DropRow;

static const DropRow drops_two_states[] = {
    {GROUP_0, {true, true, false}, {false, false, false}},
    {GROUP_1S, {false, false, false}, {true, true, false}},
    {GROUP_1NS, {false, false, false}, {true, false, true}},
    {NONE, {false, false, false}, {false, false, false}},
};
static const DropRow drops_one_state[] = {
    {GROUP_0, {true, true, true}, {false, false, false}},
    {GROUP_1NS, {false, false, false}, {true, true, true}},
    {NONE, {false, false, false}, {false, false, false}},
};

static void check_drop(Machine *m, const DropRow *row, int group, const VgicCpuState *state)
{
    const bool drop = (group ? row->eoir1 : row->eoir0)[column_of(state)];
    const char *name = row->group == NONE ? "nothing" : group_name((Group)row->group);

    restart(m);
    if (row->group == NONE) {
        configure(m, 0, PPI, group ? GROUP_1NS : GROUP_0, OS_PRIORITY, EDGE);
        bit_write(m, VGIC_S, 0, PPI, ISACTIVER);
    } else {
        configure(m, 0, PPI, (Group)row->group, OS_PRIORITY, EDGE);
        pend(m, 0, PPI);
        assert_int_equal(take(m, 0, (Group)row->group), PPI);
    }

    icc_write(m, 0, state, eoir_register(state, group), PPI);

    expect(running_priority(m, 0), drop || row->group == NONE ? 0xFF : OS_PRIORITY,
           "running priority after EOIR%d at %s, %s active", group, state_name(state), name);
    expect(is_active(m, 0, PPI), !drop, "active after EOIR%d at %s, %s active", group,
           state_name(state), name);
}

static void check_drops(Machine *m, const DropRow *rows, unsigned count, Column only)
{
    for (unsigned r = 0; r < count; r++) {
        for (unsigned s = 0; s < STATES; s++) {
            if (only == COLUMNS || column_of(states[s]) == only) {
                check_drop(m, &rows[r], 0, states[s]);
                check_drop(m, &rows[r], 1, states[s]);
            }
        }
    }
}

static void eoir_drops_by_state_and_group_with_two_states(Machine *m)
{
    check_drops(m, drops_two_states, 4, COLUMNS);
}

static void eoir_drops_by_state_and_group_with_one_state(Machine *m)
{
    check_drops(m, drops_one_state, 3, COLUMNS);
}

static void eoir_drops_without_el3(Machine *m)
{
    check_drops(m, drops_one_state, 3, AT_NS);
}

/* DIR by the configured group of the INTID. SCR_EL3 bits that route to EL3 forbid it below. */
static bool dir_allowed(const VgicCpuState *state, Group group, bool one_state)
{
    const bool fiq_set = state->scr_el3 & SCR_FIQ, irq_set = state->scr_el3 & SCR_IRQ;

    switch (column_of(state)) {
    case AT_EL3:
        return true;
    case AT_S:
        return group == GROUP_0 ? !fiq_set : !irq_set;
    default:
        return group == GROUP_0 ? one_state && !fiq_set : group == GROUP_1S ? false : !irq_set;
    }
}

static void check_dir(Machine *m, const VgicCpuState *state, Group group)
{
    const bool want = dir_allowed(state, group, has(m, ONE_STATE));
    const unsigned scr = state->scr_el3 & (SCR_FIQ | SCR_IRQ);

    restart(m);
    set_eoi_mode(m, 0, true);
    configure(m, 0, PPI, group, OS_PRIORITY, EDGE);
    bit_write(m, VGIC_S, 0, PPI, ISACTIVER);

    icc_write(m, 0, state, state->aarch32 ? ICC_DIR : ICC_DIR_EL1, PPI);

    expect(is_active(m, 0, PPI), !want, "active after DIR of %s at %s, SCR_EL3 0x%x",
           group_name(group), state_name(state), scr);
}

static void dir_deactivates_by_state_group_and_routing(Machine *m)
{
    /* With both bits set DIR traps; that is tested with the other traps. */
    static const uint64_t routings[] = {0, SCR_FIQ, SCR_IRQ};

    for (unsigned s = 0; s < STATES; s++) {
        for (unsigned r = 0; r < 3; r++) {
            const VgicCpuState state = with_scr(*states[s], routings[r]);
            if (state.aarch32 && state.el == 3 && !state.monitor && routings[r]) {
                continue;
            }
            check_dir(m, &state, GROUP_0);
            check_dir(m, &state, GROUP_1NS);
            if (has(m, TWO_STATES)) {
                check_dir(m, &state, GROUP_1S);
            }
        }
    }
}

static void without_el3_dir_looks_at_groups_only(Machine *m)
{
    const VgicCpuState routed = with_scr(ns_el1, SCR_FIQ | SCR_IRQ);

    for (int group = GROUP_0; group <= GROUP_1NS; group++) {
        if (group == GROUP_1S && has(m, ONE_STATE)) {
            continue;
        }
        restart(m);
        set_eoi_mode(m, 0, true);
        configure(m, 0, PPI, (Group)group, OS_PRIORITY, EDGE);
        bit_write(m, VGIC_S, 0, PPI, ISACTIVER);
        dir(m, 0, &routed, PPI);
        expect(is_active(m, 0, PPI), has(m, TWO_STATES) && group != GROUP_1NS, "%s",
               group_name((Group)group));
    }
}

static void with_eoimode_1_eoir_drops_and_dir_deactivates(Machine *m)
{
    start(m);
    set_eoi_mode(m, 0, true);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);

    eoi(m, 0, PPI);
    assert_int_equal(running_priority(m, 0), 0xFF);
    assert_true(is_active(m, 0, PPI));

    dir(m, 0, &m->os, PPI);
    assert_false(is_active(m, 0, PPI));
}

static void between_priority_drop_and_deactivation_others_of_the_same_priority_come(Machine *m)
{
    start(m);
    set_eoi_mode(m, 0, true);
    os_configure(m, 0, PPI, LEVEL);
    os_configure(m, 0, OTHER, LEVEL);
    wire(m, 0, PPI, true);
    wire(m, 0, OTHER, true);
    assert_int_equal(ack(m, 0), PPI);
    assert_false(irq(m, 0));

    eoi(m, 0, PPI);

    assert_true(irq(m, 0));
    assert_int_equal(ack(m, 0), OTHER);
    eoi(m, 0, OTHER);
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
    dir(m, 0, &m->os, PPI);
    assert_int_equal(ack(m, 0), PPI);
}

static void dir_with_eoimode_0_is_ignored_and_reported(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
    host_forget(&m->host);

    dir(m, 0, &m->os, PPI);

    assert_true(is_active(m, 0, PPI));
    assert_int_equal(running_priority(m, 0), OS_PRIORITY);
    assert_int_equal(m->host.report_count, 1);
    assert_string_equal(host_last_report(&m->host)->frame, "ICC");
    assert_string_equal(host_last_report(&m->host)->reg, "ICC_DIR_EL1");
}

static void dir_of_an_interrupt_that_is_not_active_is_ignored(Machine *m)
{
    start(m);
    set_eoi_mode(m, 0, true);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);

    dir(m, 0, &m->os, PPI);

    assert_true(is_pending(m, 0, PPI));
    assert_int_equal(ack(m, 0), PPI);
}

static void eoir_and_dir_of_special_and_impossible_intids_are_ignored(Machine *m)
{
    static const uint32_t intids[] = {1020, 1021, 1022, 1023};
    static const uint32_t nowhere[] = {1024, 1055, 1120, 4095, 5120, 8191, 8192, 0xFFFFFF};

    start(m);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
    for (unsigned i = 0; i < 4; i++) {
        eoi(m, 0, intids[i]);
        assert_int_equal(running_priority(m, 0), OS_PRIORITY);
        assert_true(is_active(m, 0, PPI));
    }
    set_eoi_mode(m, 0, true);
    for (unsigned i = 0; i < 4; i++) {
        dir(m, 0, &m->os, intids[i]);
    }
    for (unsigned i = 0; i < 8; i++) {
        dir(m, 0, &m->os, nowhere[i]);
    }
    assert_int_equal(running_priority(m, 0), OS_PRIORITY);
    assert_true(is_active(m, 0, PPI));
}

static void eoir_of_another_active_intid_drops_the_top_and_deactivates_what_it_names(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    configure(m, 0, OTHER, GROUP_1NS, OS_HIGHER, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
    pend(m, 0, OTHER);
    assert_int_equal(ack(m, 0), OTHER);
    assert_int_equal(running_priority(m, 0), OS_HIGHER);

    eoi(m, 0, PPI);

    assert_int_equal(running_priority(m, 0), OS_PRIORITY);
    assert_false(is_active(m, 0, PPI));
    assert_true(is_active(m, 0, OTHER));
}

/* The priority drops by the group that is active; what is deactivated must be its writer's. */
static void a_non_secure_eoir_does_not_deactivate_a_secure_interrupt(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    configure(m, 0, SGI, GROUP_1S, 0x40, EDGE);
    bit_write(m, VGIC_S, 0, SGI, ISACTIVER);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);

    eoi(m, 0, SGI);

    assert_int_equal(running_priority(m, 0), 0xFF);
    assert_true(is_active(m, 0, SGI));
    assert_true(is_active(m, 0, PPI));
}

static void eoir_of_an_inactive_intid_still_drops(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);

    eoi(m, 0, OTHER);

    assert_int_equal(running_priority(m, 0), 0xFF);
    assert_true(is_active(m, 0, PPI));
}

static void eoir_with_nothing_active_does_nothing(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);

    eoi(m, 0, PPI);

    assert_true(irq(m, 0));
    assert_int_equal(ack(m, 0), PPI);
}

static void nested_interrupts_drop_one_priority_each(Machine *m)
{
    static const uint8_t priorities[] = {0xE0, 0xD0, 0xC0, 0xB0, 0xA0, 0x90, 0x80};

    start(m);
    for (uint32_t i = 0; i < 7; i++) {
        configure(m, 0, i, GROUP_1NS, priorities[i], EDGE);
        pend(m, 0, i);
        assert_int_equal(ack(m, 0), i);
        assert_int_equal(running_priority(m, 0), priorities[i]);
    }
    for (uint32_t i = 7; i-- > 0;) {
        assert_int_equal(running_priority(m, 0), priorities[i]);
        eoi(m, 0, i);
        assert_false(is_active(m, 0, i));
    }
    assert_int_equal(running_priority(m, 0), 0xFF);
}

static void each_state_has_its_own_eoimode(Machine *m)
{
    static const struct {
        const VgicCpuState *state;
        Group group;
        uint64_t bit;
    } modes[] = {
        {&el3, GROUP_0, 1u << 2},      {&el3, GROUP_1S, 1u << 2},    {&el3, GROUP_1NS, 1u << 2},
        {&el3_ns, GROUP_1NS, 1u << 2}, {&monitor, GROUP_0, 1u << 2}, {&s_el1, GROUP_0, 1u << 3},
        {&s_el1, GROUP_1S, 1u << 3},   {&s_el2, GROUP_1S, 1u << 3},  {&ns_el1, GROUP_1NS, 1u << 4},
        {&ns_el2, GROUP_1NS, 1u << 4},
    };

    for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        for (uint64_t mode = 0; mode < 8; mode++) {
            restart(m);
            icc_write(m, 0, &el3, ICC_CTLR_EL3, mode << 2);
            configure(m, 0, PPI, modes[i].group, OS_PRIORITY, EDGE);
            pend(m, 0, PPI);
            assert_int_equal(take(m, 0, modes[i].group), PPI);

            icc_write(m, 0, modes[i].state, eoir_register(modes[i].state, modes[i].group), PPI);

            expect(running_priority(m, 0), 0xFF, "running priority, %s at %s",
                   group_name(modes[i].group), state_name(modes[i].state));
            expect(is_active(m, 0, PPI), (mode << 2 & modes[i].bit) != 0,
                   "active, EOImodes 0x%x, %s at %s", (unsigned)mode, group_name(modes[i].group),
                   state_name(modes[i].state));
        }
    }
}

static void dir_deactivates_an_spi_from_any_pe(Machine *m)
{
    start(m);
    set_eoi_mode(m, 0, true);
    set_eoi_mode(m, 1, true);
    os_configure(m, 0, 40, LEVEL);
    wire(m, 0, 40, true);
    assert_int_equal(ack(m, 0), 40);
    eoi(m, 0, 40);

    dir(m, 1, &m->os, 40);

    assert_false(is_active(m, 0, 40));
    assert_true(irq(m, 0));
    assert_int_equal(ack(m, 0), 40);
}

static void eoir_deactivates_what_another_pe_acknowledged(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    os_configure(m, 1, 40, LEVEL);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
    wire(m, 0, 40, true);
    assert_int_equal(ack(m, 1), 40);

    eoi(m, 0, 40);

    assert_int_equal(running_priority(m, 0), 0xFF);
    assert_true(is_active(m, 0, PPI));
    assert_false(is_active(m, 0, 40));
    /* Its line is high, but the running priority of its PE still holds it. */
    assert_int_equal(running_priority(m, 1), OS_PRIORITY);
    assert_false(irq(m, 1));
    eoi(m, 1, 40);
    assert_true(irq(m, 1));
    assert_int_equal(ack(m, 1), 40);
}

static void dir_of_a_ppi_acts_on_the_own_bank(Machine *m)
{
    start(m);
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        set_eoi_mode(m, cpu, true);
        os_configure(m, cpu, PPI, EDGE);
        pend(m, cpu, PPI);
        assert_int_equal(ack(m, cpu), PPI);
        eoi(m, cpu, PPI);
    }

    dir(m, 1, &m->os, PPI);

    assert_true(is_active(m, 0, PPI));
    assert_false(is_active(m, 1, PPI));
}

/* The configured group counts, not the one in which it was acknowledged. */
static void dir_after_a_change_of_group_asks_for_the_new_group(Machine *m)
{
    start(m);
    set_eoi_mode(m, 0, true);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
    eoi(m, 0, PPI);

    set_group(m, 0, PPI, GROUP_1S);
    dir(m, 0, &m->os, PPI);
    assert_true(is_active(m, 0, PPI));

    dir(m, 0, &s_el1, PPI);
    assert_false(is_active(m, 0, PPI));
}

/* The INTID is not what makes the permission: the group of the priority is. */
static void eoir0_ends_group_0_above_an_active_group_1(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    configure(m, 0, SGI, GROUP_0, 0x10, EDGE);
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
    pend(m, 0, SGI);
    assert_int_equal(take(m, 0, GROUP_0), SGI);

    eoi(m, 0, PPI);
    assert_int_equal(running_priority(m, 0), 0x10);
    assert_true(is_active(m, 0, PPI));

    finish(m, 0, GROUP_0, SGI);
    assert_int_equal(running_priority(m, 0), OS_PRIORITY);
    assert_false(is_active(m, 0, SGI));
    eoi(m, 0, PPI);
    assert_int_equal(running_priority(m, 0), 0xFF);
    assert_false(is_active(m, 0, PPI));
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(eoir_drops_by_state_and_group_with_two_states, WORLDS),
        TEST(eoir_drops_by_state_and_group_with_one_state, ONE_STATE | EL3),
        TEST(eoir_drops_without_el3, ONE_STATE | NO_EL3 | FEW_CPUS),
        TEST(dir_deactivates_by_state_group_and_routing, EL3),
        TEST(without_el3_dir_looks_at_groups_only, NO_EL3 | FEW_CPUS),
        TEST(with_eoimode_1_eoir_drops_and_dir_deactivates, 0),
        TEST(between_priority_drop_and_deactivation_others_of_the_same_priority_come, 0),
        TEST(dir_with_eoimode_0_is_ignored_and_reported, 0),
        TEST(dir_of_an_interrupt_that_is_not_active_is_ignored, 0),
        TEST(eoir_and_dir_of_special_and_impossible_intids_are_ignored, 0),
        TEST(eoir_of_another_active_intid_drops_the_top_and_deactivates_what_it_names, 0),
        TEST(a_non_secure_eoir_does_not_deactivate_a_secure_interrupt, WORLDS),
        TEST(eoir_of_an_inactive_intid_still_drops, 0),
        TEST(eoir_with_nothing_active_does_nothing, 0),
        TEST(nested_interrupts_drop_one_priority_each, 0),
        TEST(each_state_has_its_own_eoimode, WORLDS),
        TEST(dir_deactivates_an_spi_from_any_pe, SMP | SPIS),
        TEST(eoir_deactivates_what_another_pe_acknowledged, SMP | SPIS),
        TEST(dir_of_a_ppi_acts_on_the_own_bank, SMP),
        TEST(dir_after_a_change_of_group_asks_for_the_new_group, WORLDS),
        TEST(eoir0_ends_group_0_above_an_active_group_1, EL3),
        TEST(eoir0_ends_group_0_above_an_active_group_1, ONE_STATE | NO_EL3),
    };
    return RUN(argc, argv, "ICC end of interrupt", tests);
}
