/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * One Security state, 5 priority bits: order, mask, preemption under every binary point, running
 * priority and active priorities, both EOI modes, the special INTIDs.
 */
#include "rt/gic.h"

enum {
    A = 40,
    B = 41,
    C = 42,
    D = 43,
    P = 20,
    S = 8
};

static void idle(void)
{
    for (unsigned n = 0; n < 32; n++) {
        WRITE_SYS(ICC_AP0R0_EL1, 0);
        WRITE_SYS(ICC_AP1R0_EL1, 0);
    }
    write32(GICD + ICPENDR + 4, ~0u);
    write32(GICD + ICACTIVER + 4, ~0u);
    write32(SGI_BASE(0) + ICPENDR, ~0u);
    write32(SGI_BASE(0) + ICACTIVER, ~0u);
    WRITE_SYS(ICC_CTLR_EL1, 0);
    WRITE_SYS(ICC_BPR0_EL1, 0);
    WRITE_SYS(ICC_BPR1_EL1, 0);
    pmr(0xff);
}

static void order(void)
{
    section("order");
    setup(A, 1, 0x80);
    setup(B, 1, 0x40);
    setup(C, 1, 0xc0);
    setup(P, 1, 0x60);
    setup(S, 1, 0x20);
    pend(C), pend(A), pend(B), pend(P), pend(S);
    static const unsigned want[] = {S, B, P, A, C, SPURIOUS};
    for (unsigned n = 0; n < 6; n++) {
        expect(hppir1(), want[n], "HPPIR1 %u", (u64)n);
        const u64 intid = iar1();
        expect(intid, want[n], "IAR1 %u", (u64)n);
        eoi1(intid);
    }
    idle();

    /* A priority change moves a pending interrupt. */
    setup(A, 1, 0x80), setup(B, 1, 0x40);
    pend(A), pend(B);
    set_priority(A, 0x20);
    expect(hppir1(), A, "raised while pending");
    set_priority(A, 0xe0);
    expect(hppir1(), B, "lowered while pending");
    idle();
}

static void masking(void)
{
    section("pmr");
    setup(A, 1, 0x80);
    pend(A);
    for (unsigned v = 0; v < 256; v += 8) {
        pmr(v);
        expect(lines(), 0x80 < v ? MASK_IRQ : 0, "line at PMR %x", (u64)v);
    }
    pmr(0x80);
    expect(iar1(), SPURIOUS, "IAR1 when masked");
    expect(hppir1(), A, "HPPIR1 when masked");
    expect(hppir0(), SPURIOUS, "HPPIR0 when masked");
    pmr(0x88);
    expect(iar1(), A, "IAR1");
    eoi1(A);
    setup(A, 1, 0xf8);
    pend(A);
    pmr(0xff);
    expect(READ_SYS(ICC_PMR_EL1), 0xf8, "PMR at its most");
    expect(lines(), 0, "the lowest priority is never signalled");
    expect(hppir1(), A, "the lowest priority is in HPPIR1");
    setup(A, 1, 0);
    pend(A);
    pmr(8);
    expect(iar1(), A, "priority 0 at PMR 8");
    eoi1(A);
    idle();
}

/* A running interrupt of one group at 0x80-0xb8, a pending one of the other or the same. */
static void preemption(void)
{
    for (unsigned running = 0; running < 2; running++) {
        for (unsigned waiting = 0; waiting < 2; waiting++) {
            for (unsigned bpr = 0; bpr < 8; bpr++) {
                section("preempt");
                WRITE_SYS(ICC_BPR0_EL1, bpr);
                WRITE_SYS(ICC_BPR1_EL1, bpr);
                setup(A, running, 0xa8);
                pend(A);
                const u64 taken = running ? iar1() : iar0();
                expect(taken, A, "running Group %u", (u64)running);
                const u64 minimum = waiting ? 3 : 2, b = bpr < minimum ? minimum : bpr;
                const u64 mask = waiting ? 0xffull << b : 0xffull << (b + 1);
                const u64 r = bpr < (running ? 3 : 2) ? (running ? 3 : 2) : bpr;
                const u64 top = 0xa8 & (running ? 0xffull << r : 0xffull << (r + 1));
                u64 may = 0, did = 0;
                for (unsigned v = 0; v < 256; v += 8) {
                    setup(B, waiting, (u8)v);
                    pend(B);
                    may |= (u64)((v & mask & 0xff) < (top & mask)) << v / 8;
                    did |= (u64)(lines() == (waiting ? MASK_IRQ : MASK_FIQ)) << v / 8;
                }
                expect(did, may, "Group %u over Group %u, BPR %u", (u64)waiting, (u64)running,
                       (u64)bpr);
                running ? eoi1(A) : eoi0(A);
                idle();
            }
        }
    }

    section("cbpr");
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_CBPR);
    for (unsigned bpr = 2; bpr < 8; bpr++) {
        WRITE_SYS(ICC_BPR0_EL1, bpr);
        setup(A, 1, 0xa8);
        pend(A);
        expect(iar1(), A, "running");
        const u64 mask = 0xffull << (bpr + 1);
        u64 may = 0, did = 0;
        for (unsigned v = 0; v < 256; v += 8) {
            setup(B, 1, (u8)v);
            pend(B);
            may |= (u64)((v & mask & 0xff) < (0xa8 & mask & 0xff)) << v / 8;
            did |= (u64)(lines() == MASK_IRQ) << v / 8;
        }
        expect(did, may, "BPR0 %u for Group 1", (u64)bpr);
        eoi1(A);
        unpend(B);
    }
    idle();
}

static void nesting(void)
{
    section("nest");
    setup(A, 1, 0xc0), setup(B, 1, 0x80), setup(C, 0, 0x40), setup(D, 1, 0x10);
    expect(rpr(), 0xff, "RPR idle");
    pend(A);
    expect(iar1(), A, "A");
    expect(rpr(), 0xc0, "RPR A");
    pend(B);
    expect(iar1(), B, "B");
    expect(rpr(), 0x80, "RPR B");
    pend(C);
    expect(lines(), MASK_FIQ, "Group 0 is FIQ");
    expect(iar1(), SPURIOUS, "IAR1 for Group 0");
    expect(iar0(), C, "C");
    expect(rpr(), 0x40, "RPR C");
    pend(D);
    expect(iar0(), SPURIOUS, "IAR0 for Group 1");
    expect(hppir0(), SPURIOUS, "HPPIR0 for Group 1");
    expect(iar1(), D, "D");
    expect(rpr(), 0x10, "RPR D");
    expect(READ_SYS(ICC_AP1R0_EL1), 1u << 0x18 | 1u << 0x10 | 1u << 2, "AP1R0");
    expect(READ_SYS(ICC_AP0R0_EL1), 1u << 8, "AP0R0");
    eoi0(D);
    expect(rpr(), 0x10, "EOIR0 while Group 1 runs is ignored");
    expect(active(D), 1, "D after EOIR0");
    eoi1(D);
    expect(rpr(), 0x40, "RPR after D");
    eoi1(B);
    expect(rpr(), 0x40, "EOIR1 while Group 0 runs is ignored");
    expect(active(B), 1, "B after the ignored EOIR1");
    eoi0(C);
    expect(rpr(), 0x80, "RPR after C");
    eoi1(SPURIOUS);
    eoi1(1020);
    expect(rpr(), 0x80, "EOIR1 of special INTIDs is ignored");
    eoi1(A);
    expect(rpr(), 0xc0, "EOIR1 of another INTID drops the priority");
    expect(active(B), 1, "B is still active");
    fact(active(A), "A, ended out of order, is active");
    eoi1(B);
    expect(rpr(), 0xff, "RPR at the end");
    expect(active(B), 0, "B at the end");
    idle();

    /* Only the group priority of the moment becomes active. */
    WRITE_SYS(ICC_BPR1_EL1, 7);
    setup(A, 1, 0xa8);
    pend(A);
    expect(iar1(), A, "A with BPR1 7");
    expect(rpr(), 0x80, "RPR of 0xa8 with BPR1 7");
    eoi1(A);
    idle();
}

static void eoimode(void)
{
    section("eoimode1");
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_EOIMODE);
    setup(A, 1, 0xa0), setup(B, 1, 0xa0), setup(C, 0, 0x80);
    pend(A);
    expect(iar1(), A, "A");
    eoi1(A);
    expect(rpr(), 0xff, "EOIR1 drops the priority");
    expect(state(A), 2, "A stays active");
    pend(A);
    expect(lines(), 0, "A is not signalled while active");
    pend(B);
    expect(iar1(), B, "B of the same priority");
    eoi1(B);
    dir(A);
    expect(state(A), 1, "DIR deactivates A");
    expect(iar1(), A, "A again");
    dir(A);
    expect(state(A), 0, "DIR before EOIR deactivates");
    expect(rpr(), 0xa0, "and keeps the priority");
    eoi1(A);
    expect(rpr(), 0xff, "RPR at the end");
    dir(B);
    expect(state(B), 0, "DIR of B");
    dir(B);
    expect(state(B), 0, "DIR of an inactive one");
    pend(C);
    expect(iar0(), C, "C");
    eoi0(C);
    expect(state(C), 2, "EOIR0 keeps C active");
    dir(C);
    expect(state(C), 0, "DIR of Group 0");
    setup(S, 1, 0xa0);
    pend(S);
    expect(iar1(), S, "SGI");
    eoi1(S);
    dir(SPURIOUS);
    expect(state(S), 2, "DIR of a special INTID is ignored");
    dir(S);
    expect(state(S), 0, "DIR of an SGI");

    section("eoimode0");
    WRITE_SYS(ICC_CTLR_EL1, 0);
    pend(A);
    expect(iar1(), A, "A");
    dir(A);
    fact(state(A), "state after DIR with EOImode 0");
    eoi1(A);
    expect(state(A), 0, "EOIR1 deactivates");
    pend(C);
    expect(iar0(), C, "C");
    eoi0(C);
    expect(state(C), 0, "EOIR0 deactivates");
    expect(rpr(), 0xff, "RPR at the end");
    eoi1(A);
    expect(rpr(), 0xff, "EOIR1 with nothing running");
    bit_write(ISACTIVER, A);
    eoi1(A);
    fact(active(A), "EOIR1 with nothing running, INTID active");
    idle();

    section("disabled");
    pend(A);
    expect(iar1(), A, "A");
    disable(A);
    eoi1(A);
    expect(active(A), 0, "EOIR1 of a disabled interrupt deactivates");
    expect(rpr(), 0xff, "and drops the priority");
    idle();
}

static void aprs(void)
{
    section("apr");
    WRITE_SYS(ICC_AP1R0_EL1, 1u << 0x10);
    expect(rpr(), 0x80, "RPR of a written AP1R0");
    setup(A, 1, 0x80);
    pend(A);
    expect(lines(), 0, "equal priority does not preempt");
    set_priority(A, 0x78);
    expect(lines(), MASK_IRQ, "higher priority does");
    WRITE_SYS(ICC_AP0R0_EL1, 1u << 4);
    expect(rpr(), 0x20, "RPR is the highest of both");
    expect(lines(), 0, "line below it");
    WRITE_SYS(ICC_AP0R0_EL1, 0);
    WRITE_SYS(ICC_AP1R0_EL1, 0x80000001);
    expect(rpr(), 0, "RPR of the lowest bit");
    eoi1(A);
    expect(READ_SYS(ICC_AP1R0_EL1), 0x80000000, "a drop clears the lowest bit");
    expect(rpr(), 0xf8, "RPR of the highest bit");
    eoi1(A);
    expect(rpr(), 0xff, "RPR idle");
    for (unsigned v = 0; v < 32; v++) {
        WRITE_SYS(ICC_AP1R0_EL1, 1u << v);
        expect(rpr(), v << 3, "RPR of bit %u", (u64)v);
    }
    idle();

    section("special");
    expect(iar0(), SPURIOUS, "IAR0 with nothing pending");
    expect(iar1(), SPURIOUS, "IAR1 with nothing pending");
    expect(hppir0(), SPURIOUS, "HPPIR0 with nothing pending");
    expect(hppir1(), SPURIOUS, "HPPIR1 with nothing pending");
    setup(C, 0, 0x80);
    pend(C);
    expect(hppir1(), SPURIOUS, "HPPIR1, Group 0 pending");
    expect(hppir0(), C, "HPPIR0, Group 0 pending");
    setup(A, 1, 0xa0);
    pend(A);
    expect(iar1(), SPURIOUS, "IAR1, Group 0 pending above Group 1");
    expect(rpr(), 0xff, "no side effect");
    expect(state(C), 1, "C stays pending");
    expect(iar0(), C, "IAR0");
    eoi0(C);
    expect(iar1(), A, "IAR1 then");
    eoi1(A);
    idle();
}

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    order();
    masking();
    preemption();
    nesting();
    eoimode();
    aprs();
    return 0;
}
