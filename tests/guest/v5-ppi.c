/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2
 *
 * GICv5: PPIs. The edge-triggered software PPI, the level-triggered timers and PMU, enable,
 * pending, active and priority registers, states that only one PE sees, all PPIs in turn.
 */
#include "rt/gic5.h"

#define SW PPI5(PPI_SW)
/* Those that the architecture has wires for, and SW_PPI. */
#define PPIS 0xfff88008ull

static const unsigned wires[] = {PPI_VTIMER, PPI_PTIMER, PPI_PMU};
static const char *const wire_names[] = {"PPI 27", "PPI 30", "PPI 23"};

static void wire(unsigned n, bool level)
{
    switch (n) {
    case PPI_VTIMER:
        vtimer_wire(level);
        break;
    case PPI_PTIMER:
        ptimer_wire(level);
        break;
    default:
        pmu_wire(level);
    }
}

static void software(void)
{
    section("software");
    ppi_priority(PPI_SW, 8);
    ppi_pend(PPI_SW, true);
    expect(ppi_state(PPI_SW), 1, "pended, not enabled: state");
    expect(hppir() << 4 | lines(), 0, "pended, not enabled: HPPIR, lines");
    expect(cdia(), 0, "pended, not enabled: CDIA");
    ppi_enable(PPI_SW, true);
    expect(hppir(), VALID5 | SW, "enabled: HPPIR");
    expect(lines(), MASK_IRQ, "enabled: lines");
    ppi_enable(PPI_SW, false);
    expect(hppir() << 4 | lines(), 0, "disabled: HPPIR, lines");
    expect(ppi_state(PPI_SW), 1, "disabled: state");
    ppi_enable(PPI_SW, true);
    expect(cdia(), VALID5 | SW, "CDIA");
    expect(ppi_state(PPI_SW), 2, "acknowledged: state");
    expect(apr(), 1 << 8, "acknowledged: APR");
    expect(hppir() << 4 | lines(), 0, "acknowledged: HPPIR, lines");
    expect(cdia(), 0, "acknowledged: CDIA");
    cdeoi();
    expect(apr(), 0, "CDEOI: APR");
    expect(ppi_state(PPI_SW), 2, "CDEOI: state");
    ppi_pend(PPI_SW, true);
    expect(ppi_state(PPI_SW), 3, "pended while active: state");
    expect(hppir() << 4 | lines(), 0, "pended while active: HPPIR, lines");
    cddi(SW);
    expect(ppi_state(PPI_SW), 1, "CDDI: state");
    expect(take5(), SW, "once more");
    expect(take5(), 0, "and no more");
    ppi_pend(PPI_SW, true);
    ppi_pend(PPI_SW, true);
    expect(take5(), SW, "pended twice");
    expect(take5(), 0, "is once");
    ppi_pend(PPI_SW, true);
    ppi_pend(PPI_SW, false);
    expect(take5(), 0, "CPENDR");

    /* CDDI first, CDEOI last. */
    ppi_pend(PPI_SW, true);
    expect(cdia(), VALID5 | SW, "CDIA");
    cddi(SW);
    expect(ppi_state(PPI_SW), 0, "CDDI first: state");
    expect(apr(), 1 << 8, "CDDI first: APR");
    ppi_pend(PPI_SW, true);
    expect(hppir() << 4 | lines(), 0, "its own priority runs: HPPIR, lines");
    ppi_priority(PPI_SW, 7);
    expect(hppir(), VALID5 | SW, "a higher one does not: HPPIR");
    cdeoi();
    expect(take5(), SW, "CDEOI last");
    cddi(SW);
    expect(ppi_state(PPI_SW), 0, "CDDI of an inactive PPI");

    /* Active by software. */
    WRITE_SYS(ICC_PPI_SACTIVER0_EL1, 1 << PPI_SW);
    ppi_pend(PPI_SW, true);
    expect(ppi_state(PPI_SW), 3, "SACTIVER: state");
    expect(hppir() << 4 | lines(), 0, "SACTIVER: HPPIR, lines");
    WRITE_SYS(ICC_PPI_CACTIVER0_EL1, 1 << PPI_SW);
    expect(hppir(), VALID5 | SW, "CACTIVER: HPPIR");
    expect(take5(), SW, "CACTIVER");
    ppi_enable(PPI_SW, false);
}

static void level(unsigned k)
{
    const unsigned n = wires[k];
    const u32 id = PPI5(n);

    section(wire_names[k]);
    ppi_priority(n, 16);
    expect(READ_SYS(ICC_PPI_HMR0_EL1) >> n & 1, 1, "HM");
    expect(ppi_state(n), 0, "wire low: state");
    ppi_pend(n, true);
    expect(ppi_state(n), 0, "SPENDR: state");
    ppi_enable(n, true);
    expect(take5(), 0, "SPENDR");
    wire(n, true);
    expect(ppi_state(n), 1, "wire high: state");
    expect(hppir(), VALID5 | id, "wire high: HPPIR");
    expect(lines(), MASK_IRQ, "wire high: lines");
    ppi_pend(n, false);
    expect(ppi_state(n), 1, "CPENDR: state");
    wire(n, false);
    expect(ppi_state(n), 0, "wire low again: state");
    expect(hppir() << 4 | lines(), 0, "wire low again: HPPIR, lines");
    wire(n, true);
    expect(cdia(), VALID5 | id, "CDIA");
    expect(ppi_state(n), 3, "acknowledged: state");
    expect(hppir() << 4 | lines(), 0, "acknowledged: HPPIR, lines");
    cdeoi();
    expect(hppir() << 4 | lines(), 0, "CDEOI: HPPIR, lines");
    cddi(id);
    expect(ppi_state(n), 1, "CDDI with the wire high: state");
    expect(cdia(), VALID5 | id, "CDDI with the wire high: again");
    wire(n, false);
    expect(ppi_state(n), 2, "wire low while active: state");
    cdeoi(), cddi(id);
    expect(take5(), 0, "wire low while active: no more");
    wire(n, true);
    ppi_enable(n, false);
    expect(hppir() << 4 | lines(), 0, "disabled: HPPIR, lines");
    expect(ppi_state(n), 1, "disabled: state");
    ppi_enable(n, true);
    expect(hppir(), VALID5 | id, "enabled: HPPIR");
    wire(n, false);
    ppi_enable(n, false);
}

/* In the order of priorities; of equals, each once. */
static void order(void)
{
    section("order");
    ppi_priority(PPI_SW, 9), ppi_priority(PPI_VTIMER, 4);
    ppi_priority(PPI_PTIMER, 20), ppi_priority(PPI_PMU, 4);
    ppi_enable(PPI_SW, true), ppi_enable(PPI_VTIMER, true);
    ppi_enable(PPI_PTIMER, true), ppi_enable(PPI_PMU, true);
    ppi_pend(PPI_SW, true), wire(PPI_PTIMER, true), wire(PPI_VTIMER, true);
    expect(hppir(), VALID5 | PPI5(PPI_VTIMER), "three of different priority");
    wire(PPI_PMU, true);
    fact(hppir(), "two of the same priority: HPPIR");
    ppi_priority(PPI_PMU, 3);
    expect(hppir(), VALID5 | PPI5(PPI_PMU), "a priority raised while pending");
    ppi_priority(PPI_PMU, 10);
    expect(hppir(), VALID5 | PPI5(PPI_VTIMER), "lowered while pending");
    static const unsigned want[] = {PPI_VTIMER, PPI_SW, PPI_PMU, PPI_PTIMER};
    for (unsigned n = 0; n < 4; n++) {
        const u32 id = (u32)cdia();
        expect(id, PPI5(want[n]), "taken %u", (u64)n);
        if (want[n] != PPI_SW) {
            wire(want[n], false);
        }
        cdeoi(), cddi(id);
    }
    expect(take5(), 0, "no more");
}

static u64 f_state(u64 n)
{
    return ppi_state((unsigned)n);
}
static u64 f_sw(u64 unused)
{
    ppi_enable(PPI_SW, true);
    ppi_pend(PPI_SW, true);
    return lines() + unused;
}
static u64 f_cddi(u64 intid)
{
    cddi((u32)intid);
    return 0;
}

/* Each PE has its own. */
static void other(void)
{
    section("other PE");
    pe_start(1);
    on_pe(1, f_pe5_init, 0);
    ppi_pend(PPI_SW, true);
    expect(on_pe(1, f_state, PPI_SW), 0, "pending here: state there");
    expect(on_pe(1, f_sw, 0), MASK_IRQ, "pending there: lines there");
    expect(take5(), SW, "taken here");
    expect(take5(), 0, "taken here, no more");
    expect(on_pe(1, f_take5, 0), SW, "taken there");
    ppi_pend(PPI_SW, true);
    expect(cdia(), VALID5 | SW, "CDIA here");
    on_pe(1, f_cddi, SW);
    expect(ppi_state(PPI_SW), 2, "CDDI there: state here");
    cdeoi(), cddi(SW);
    expect(ppi_state(PPI_SW), 0, "CDDI here: state here");
}

/* CDDI of one touches no other; instructions that PPIs do not have do nothing. */
static void instructions(void)
{
    section("instructions");
    WRITE_SYS(ICC_PPI_ENABLER0_EL1, 0);
    WRITE_SYS(ICC_PPI_SACTIVER0_EL1, ~0ull);
    for (unsigned n = 0; n < 32; n++) {
        if (PPIS >> n & 1) {
            cddi(PPI5(n));
            expect(READ_SYS(ICC_PPI_SACTIVER0_EL1) & PPIS, PPIS & ~((2ull << n) - 1),
                   "CDDI of PPI %u", (u64)n);
        }
    }
    WRITE_SYS(ICC_PPI_SACTIVER0_EL1, 1 << PPI_SW);
    cddi(PPI5(PPI_SW + 64)), cddi(PPI5(128 + PPI_SW)), cddi(PPI5(0xff0000 | PPI_SW));
    cddi((1u << 24) | PPI_SW), cddi(PPI_SW), cddi(7u << 29 | PPI_SW);
    expect(ppi_state(PPI_SW), 2, "CDDI of PPIs that are not there");
    WRITE_SYS(ICC_PPI_CACTIVER0_EL1, ~0ull);
    ppi_priority(PPI_SW, 9);
    cden(SW), cdpend(SW, true), cdpri(SW, 1), cdhm(SW, true), cdaff(SW, 1);
    expect(READ_SYS(ICC_PPI_ENABLER0_EL1), 0, "CDEN");
    expect(ppi_state(PPI_SW), 0, "CDPEND");
    expect(READ_SYS(ICC_PPI_PRIORITYR0_EL1) >> 24 & 0xff, 9, "CDPRI");
    expect(READ_SYS(ICC_PPI_HMR0_EL1) >> PPI_SW & 1, 0, "CDHM");
    expect(cdrcfg(SW), ICSR_F, "CDRCFG");
}

int main(void)
{
    gic5_init();
    software();
    for (unsigned k = 0; k < 3; k++) {
        level(k);
    }
    order();
    other();
    instructions();
    return 0;
}
