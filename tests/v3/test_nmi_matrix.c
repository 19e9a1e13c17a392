/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One pending interrupt, an NMI or not, in every circumstance that decides whether it is signalled
 * and what acknowledge registers answer, against an oracle of a few lines.
 */
#include "guest.h"
#include "suite.h"

#include <stdio.h>

enum {
    PPI = 20,
    NMI_BIT = 63
};

/* What is active: a priority in a group's bank, or the NMI bits of the Group 1 banks. */
typedef struct Running {
    Group group;
    int priority; /* -1: none */
    bool nmi_s, nmi_ns;
} Running;

static const Running runnings[] = {
    {GROUP_0, -1, false, false},     {GROUP_0, 0x00, false, false},
    {GROUP_0, 0x40, false, false},   {GROUP_0, 0x80, false, false},
    {GROUP_0, 0xA0, false, false},   {GROUP_1S, 0x00, false, false},
    {GROUP_1S, 0x40, false, false},  {GROUP_1S, 0x80, false, false},
    {GROUP_1S, 0xA0, false, false},  {GROUP_1NS, 0x80, false, false},
    {GROUP_1NS, 0xA0, false, false}, {GROUP_0, -1, true, false},
    {GROUP_0, -1, false, true},      {GROUP_0, -1, true, true},
    {GROUP_1S, 0x40, true, false},   {GROUP_1S, 0x40, false, true},
    {GROUP_1NS, 0xA0, false, true},  {GROUP_0, 0x40, false, true},
    {GROUP_1NS, 0x80, true, false},
};
static const uint8_t priorities[] = {0x00, 0x40, 0x80, 0xA0};
static const uint8_t masks[] = {0x00, 0x08, 0x40, 0x78, 0x80, 0x88, 0xA0, 0xFF};

typedef struct Case {
    bool ds;
    Group group;
    bool nmi;
    uint8_t priority, pmr;
    Running running;
    const VgicCpuState *state;
} Case;

typedef struct Outcome {
    bool signal;
    uint32_t line;
} Outcome;

static bool is_secure(const VgicCpuState *s)
{
    return s->el == 3 || s->space == VGIC_S;
}

static uint32_t line_of(const Case *c)
{
    if (c->ds) {
        return c->group == GROUP_0 ? VGIC_LINE_FIQ : c->nmi ? VGIC_LINE_NMI : VGIC_LINE_IRQ;
    }
    const bool own = c->state->el < 3 && c->group == (is_secure(c->state) ? GROUP_1S : GROUP_1NS);
    return !own ? VGIC_LINE_FIQ : c->nmi ? VGIC_LINE_NMI : VGIC_LINE_IRQ;
}

/* The group priority of the highest active: that of an NMI is the best of its state. */
static unsigned running_priority_of(const Case *c)
{
    unsigned running = c->running.priority < 0 ? 0xFF : (unsigned)c->running.priority;

    if (c->running.nmi_ns) {
        const unsigned nmi = c->ds ? 0x00 : 0x80;
        running = nmi < running ? nmi : running;
    }
    return c->running.nmi_s ? 0 : running;
}

static Outcome oracle(const Machine *m, const Case *c)
{
    const bool nmi = c->nmi && c->group != GROUP_0;
    const bool ns_nmi = nmi && !c->ds && c->group == GROUP_1NS;
    const unsigned bits = machine_preemption_bits(m);
    const uint8_t mask = (uint8_t)(0xFF << (8 - bits)); /* the least binary points */
    const uint8_t priority = nmi ? (ns_nmi ? 0x80 : 0) : implemented(m, c->priority);
    const uint8_t pmr = implemented(m, c->pmr);
    const unsigned running = running_priority_of(c);
    const bool masked =
        nmi ? ns_nmi && (pmr < 0x80 || (is_secure(c->state) && pmr == 0x80)) : priority >= pmr;
    const bool bank_nmi = c->group == GROUP_1S ? c->running.nmi_s : c->running.nmi_ns;
    const bool preempts = running == 0xFF || (priority & mask) < (running & mask) ||
                          (nmi && (priority & mask) == (running & mask) && !bank_nmi);
    Case lines = *c;
    lines.nmi = nmi;
    return (Outcome){.signal = !masked && preempts,
                     .line = !masked && preempts ? line_of(&lines) : 0};
}

static const VgicCpuState *bank(const Machine *m, Group group)
{
    return group == GROUP_1NS && has(m, EL3) ? &el3_ns : &m->top;
}

static const uint32_t ap_names[2][4] = {
    {ICC_AP0R0_EL1, ICC_AP0R1_EL1, ICC_AP0R2_EL1, ICC_AP0R3_EL1},
    {ICC_AP1R0_EL1, ICC_AP1R1_EL1, ICC_AP1R2_EL1, ICC_AP1R3_EL1}};

static void set_bank(Machine *m, Group group, int priority, bool nmi)
{
    const unsigned bits = machine_preemption_bits(m);
    const unsigned index = priority < 0 ? 128 : (unsigned)priority >> (8 - bits);

    for (unsigned n = 0; n < 1u << (bits - 5); n++) {
        const uint64_t value =
            (index / 32 == n ? 1ull << index % 32 : 0) | (n == 0 && nmi ? 1ull << NMI_BIT : 0);
        icc_write(m, 0, bank(m, group), ap_names[group != GROUP_0][n], value);
    }
}

static void set_running(Machine *m, const Case *c)
{
    const Running *r = &c->running;

    set_bank(m, GROUP_0, r->group == GROUP_0 ? r->priority : -1, false);
    if (!c->ds) {
        set_bank(m, GROUP_1S, r->group == GROUP_1S ? r->priority : -1, r->nmi_s);
    }
    set_bank(m, GROUP_1NS, r->group == GROUP_1NS ? r->priority : -1, r->nmi_ns);
}

/* What a state's acknowledge registers of Group 1 answer when the interrupt can be taken. */
static uint32_t answer(const Case *c, bool nmi_register, bool sctlr_nmi)
{
    const bool nmi = c->nmi && c->group != GROUP_0;
    const bool mine =
        c->group != GROUP_0 &&
        (c->state->el == 3 || c->ds || c->group == (is_secure(c->state) ? GROUP_1S : GROUP_1NS));

    if (!mine || (nmi_register && !nmi)) {
        return 1023;
    }
    return nmi && sctlr_nmi && !nmi_register ? 1022 : PPI;
}

static void check_acknowledge(Machine *m, const Case *c, bool signal, const char *what)
{
    VgicCpuState state = *c->state;

    for (unsigned i = 0; i < 4; i++) {
        const bool nmi_register = i & 1, sctlr_nmi = i & 2;
        const uint32_t want = signal ? answer(c, nmi_register, sctlr_nmi) : 1023;

        state.sctlr = sctlr_nmi ? SCTLR_NMI : 0;
        const uint64_t got = icc_read(m, 0, &state, nmi_register ? ICC_NMIAR1_EL1 : ICC_IAR1_EL1);
        expect(got, want, "%s, SCTLR.NMI %d, %s", nmi_register ? "NMIAR1" : "IAR1", sctlr_nmi,
               what);
        expect(is_active(m, 0, PPI), got == PPI, "active after an acknowledge, %s", what);
        if (got == PPI) {
            const uint64_t ap = icc_read(m, 0, bank(m, c->group), ICC_AP1R0_EL1);
            const bool before = c->group == GROUP_1S ? c->running.nmi_s : c->running.nmi_ns;
            expect(ap >> NMI_BIT, c->nmi || before, "NMI bit after an acknowledge, %s", what);
            bit_write(m, VGIC_S, 0, PPI, ICACTIVER);
            set_running(m, c);
            pend(m, 0, PPI);
        }
    }
    const uint32_t hppi = answer(c, false, false);
    expect(icc_read(m, 0, c->state, ICC_HPPIR1_EL1), hppi, "HPPIR1, %s", what);
}

static void check_case(Machine *m, const Case *c)
{
    const Outcome want = oracle(m, c);
    char what[200];

    snprintf(what, sizeof(what),
             "%s%s at 0x%x, PMR 0x%x, running 0x%x of %s, NMIs active S %d NS %d, %s, DS %d",
             group_name(c->group), c->nmi ? " NMI" : "", c->priority, c->pmr,
             (unsigned)c->running.priority, group_name(c->running.group), c->running.nmi_s,
             c->running.nmi_ns, state_name(c->state), c->ds);
    set_running(m, c);
    vgic_cpu_set_state(m->gic, 0, c->state);
    const uint32_t lines = vgic_cpu_lines(m->gic, 0);
    if (expect(lines, want.line, "lines, %s", what) && !(c->ds && is_secure(c->state))) {
        check_acknowledge(m, c, want.signal, what);
    }
}

static void check_interrupt(Machine *m, bool ds, Group group, bool nmi,
                            const VgicCpuState *const *states, unsigned count)
{
    for (unsigned p = 0; p < sizeof(priorities); p++) {
        bit_write(m, VGIC_S, 0, PPI, ICPENDR);
        configure(m, 0, PPI, group, priorities[p], EDGE);
        set_nmi(m, 0, PPI, nmi);
        pend(m, 0, PPI);
        for (unsigned pmr = 0; pmr < sizeof(masks); pmr++) {
            icc_write(m, 0, &m->top, ICC_PMR_EL1, masks[pmr]);
            for (unsigned r = 0; r < sizeof(runnings) / sizeof(runnings[0]); r++) {
                if (ds && (runnings[r].nmi_s || runnings[r].group == GROUP_1S)) {
                    continue;
                }
                for (unsigned s = 0; s < count; s++) {
                    const Case c = {.ds = ds,
                                    .group = group,
                                    .nmi = nmi,
                                    .priority = priorities[p],
                                    .pmr = masks[pmr],
                                    .running = runnings[r],
                                    .state = states[s]};
                    check_case(m, &c);
                }
            }
        }
    }
}

static void every_case_with_two_states(Machine *m)
{
    static const VgicCpuState *const states[] = {&el3, &s_el1, &ns_el1, &ns_el2};

    start(m);
    for (int group = GROUP_0; group <= GROUP_1NS; group++) {
        for (unsigned nmi = 0; nmi < 2; nmi++) {
            check_interrupt(m, false, (Group)group, nmi, states, 4);
        }
    }
}

static void every_case_with_one_state(Machine *m)
{
    static const VgicCpuState *const states[] = {&ns_el1};

    start(m);
    for (unsigned nmi = 0; nmi < 2; nmi++) {
        check_interrupt(m, true, GROUP_0, nmi, states, 1);
        check_interrupt(m, true, GROUP_1NS, nmi, states, 1);
    }
}

static void every_case_after_ds_was_set(Machine *m)
{
    static const VgicCpuState *const states[] = {&ns_el1, &ns_el2, &s_el1};

    gicd_write(m, VGIC_S, GICD_CTLR, 1u << 6);
    start(m);
    for (unsigned nmi = 0; nmi < 2; nmi++) {
        check_interrupt(m, true, GROUP_0, nmi, states, 3);
        check_interrupt(m, true, GROUP_1NS, nmi, states, 3);
    }
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(every_case_with_two_states, NMIS | WORLDS),
        TEST(every_case_with_one_state, NMIS | ONE_STATE),
        TEST(every_case_after_ds_was_set, NMIS | WORLDS | SETTABLE_DS),
    };
    return RUN(argc, argv, "NMI matrix", tests);
}
