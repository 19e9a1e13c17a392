/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=3
 *
 * GICD_IROUTER.IRM = 1: one PE of those that take part gets the interrupt, never two.
 */
#include "rt/gic.h"

enum {
    A = 40
};
#define IRM (1ull << 31)

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}
static u64 line(u64 unused)
{
    return lines() + unused;
}
static u64 ack(u64 unused)
{
    return iar1() + unused;
}
static u64 end(u64 intid)
{
    eoi1(intid);
    return 0;
}
static u64 group1(u64 on)
{
    WRITE_SYS(ICC_IGRPEN1_EL1, on);
    return 0;
}
static u64 up(void)
{
    u64 who = 0;
    for (unsigned pe = 0; pe < 3; pe++) {
        who |= on_pe(pe, line, 0) ? 1ull << pe : 0;
    }
    return who;
}
static u64 count(u64 who)
{
    return (who & 1) + (who >> 1 & 1) + (who >> 2 & 1);
}

static void dpg(unsigned pe, bool on)
{
    write32(GICR(pe) + GICR_CTLR, on ? 1u << 25 : 0);
}

int main(void)
{
    gicd_init();
    for (unsigned pe = 0; pe < 3; pe++) {
        if (pe) {
            pe_start(pe);
        }
        on_pe(pe, begin, 0);
    }
    section("irm");
    const u64 no1n = read32(GICD + GICD_TYPER) >> 25 & 1;
    fact(no1n, "GICD_TYPER.No1N");
    fact(read32(GICR(0) + GICR_TYPER) >> 5 & 1, "GICR_TYPER.DPGS");
    setup(A, 1, 0xa0);
    route(A, IRM);
    const u64 kept = read64(GICD + GICD_IROUTER + 8 * A);
    if (no1n) {
        expect(kept >> 31 & 1, 0, "IRM is RES0");
        return 0;
    }
    expect(kept >> 31 & 1, 1, "IRM is kept");
    pend(A);
    const u64 first = up();
    expect(count(first), 1, "one PE gets it");
    for (unsigned pe = 0; pe < 3; pe++) {
        if (first >> pe & 1) {
            expect(on_pe(pe, ack, 0), A, "IAR1 where it is");
            expect(up(), 0, "nobody else gets it while active");
            pend(A);
            expect(up(), 0, "nor while active and pending");
            on_pe(pe, end, A);
        }
    }
    expect(count(up()), 1, "one PE gets the second");
    for (unsigned pe = 0; pe < 3; pe++) {
        const u64 intid = on_pe(pe, ack, 0);
        if (intid == A) {
            on_pe(pe, end, A);
        }
    }
    expect(state(A), 0, "ended");

    section("taking part");
    for (unsigned only = 0; only < 3; only++) {
        for (unsigned pe = 0; pe < 3; pe++) {
            on_pe(pe, group1, pe == only);
        }
        pend(A);
        expect(up(), 1u << only, "ICC_IGRPEN1 of PE %u alone", (u64)only);
        on_pe(only, group1, 0);
        expect(up(), 0, "and that one leaves");
        on_pe((only + 1) % 3, group1, 1);
        expect(up(), 1u << (only + 1) % 3, "the next one joins");
        unpend(A);
    }
    for (unsigned pe = 0; pe < 3; pe++) {
        on_pe(pe, group1, 1);
    }
    if (read32(GICR(0) + GICR_TYPER) >> 5 & 1) {
        for (unsigned only = 0; only < 3; only++) {
            for (unsigned pe = 0; pe < 3; pe++) {
                dpg(pe, pe != only);
            }
            pend(A);
            expect(up(), 1u << only, "GICR_CTLR.DPG1NS clear in PE %u alone", (u64)only);
            dpg(only, true);
            expect(up(), 0, "DPG1NS set in all");
            dpg((only + 1) % 3, false);
            expect(up(), 1u << (only + 1) % 3, "DPG1NS cleared in the next");
            unpend(A);
        }
        route(A, 1);
        dpg(1, true);
        pend(A);
        expect(up(), 2, "DPG does not matter for IRM = 0");
        unpend(A);
    }
    return 0;
}
