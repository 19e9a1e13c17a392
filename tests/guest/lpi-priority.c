/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 its=on
 *
 * LPIs at the CPU interface, beside SPIs, PPIs and SGIs: order, preemption, masks, group enables,
 * that they have no active state, both EOI modes, exceptions.
 */
#include "rt/its.h"

enum {
    A = LPI + 100, /* event n is A + n */
    EVENTS = 32,
    SPI = 40,
    PPI = 20,
    SGI = 5
};

static void set(unsigned event, u8 priority)
{
    lpi_byte(A + event, priority | LPI_ON);
    push(OP(INV, 0), event, 0, 0);
    its_flush();
}

static void order(void)
{
    section("order");
    u64 wrong = 0;
    /* Every pair of the eight priorities, LPI and SPI. */
    for (unsigned l = 0; l < 8; l++) {
        for (unsigned s = 0; s < 8; s++) {
            if (l == s) {
                continue;
            }
            set(0, (u8)(l * 0x18));
            setup(SPI, 1, (u8)(s * 0x18));
            msi(0);
            pend(SPI);
            const u64 first = take(), second = take();
            wrong += first != (l < s ? A : SPI) || second != (l < s ? SPI : A);
        }
    }
    expect(wrong, 0, "LPI and SPI");
    set(0, 0x40), set(1, 0x80), set(2, 0x20), set(3, 0x60);
    setup(SPI, 1, 0x30), setup(PPI, 1, 0x50), setup(SGI, 1, 0x70);
    msi(1), msi(0), msi(3), msi(2);
    pend(SPI), pend(PPI);
    send_sgi1(sgi(SGI, 0, 0, 1));
    static const unsigned sorted[] = {A + 2, SPI, A, PPI, A + 3, SGI, A + 1, SPURIOUS};
    for (unsigned n = 0; n < 8; n++) {
        expect(take(), sorted[n], "four LPIs, SPI, PPI, SGI: %u", (u64)n);
    }
    wrong = 0;
    for (unsigned n = 0; n < EVENTS; n++) {
        set(n, (u8)(8 * (n * 11 % EVENTS)));
    }
    pmr(0xff);
    for (unsigned n = 0; n < EVENTS; n++) {
        msi(n * 7 % EVENTS);
    }
    for (unsigned p = 0; p < EVENTS - 1; p++) {
        const u64 intid = take();
        wrong += (intid - A) * 11 % EVENTS != p;
    }
    expect(wrong, 0, "31 LPIs, each another priority");
    /* Priority 0xf8 is the idle one. */
    expect(take(), SPURIOUS, "the lowest priority is masked");
    push(OP(CLEAR, 0), 29, 0, 0); /* 29 * 11 % 32 is 31 */
    its_flush();

    section("equal");
    for (unsigned n = 0; n < EVENTS; n++) {
        set(n, 0xa0);
    }
    static const unsigned mixed[] = {9, 3, 17, 1, 30};
    for (unsigned n = 0; n < 5; n++) {
        msi(mixed[n]);
    }
    for (unsigned n = 0; n < 5; n++) {
        fact(take(), "LPIs pended as 9, 3, 17, 1, 30, taken %u", (u64)n);
    }
    setup(SPI, 1, 0xa0);
    msi(0);
    pend(SPI);
    fact(take(), "LPI before SPI, taken 0");
    fact(take(), "LPI before SPI, taken 1");
    pend(SPI);
    msi(0);
    fact(take(), "SPI before LPI, taken 0");
    fact(take(), "SPI before LPI, taken 1");
}

static void preemption(void)
{
    section("preempt");
    u64 wrong = 0;
    for (unsigned bpr = 0; bpr < 8; bpr++) {
        WRITE_SYS(ICC_BPR1_EL1, bpr);
        const unsigned mask = 0xffu << (bpr < 3 ? 3 : bpr) & 0xff;
        for (unsigned running = 0; running < 2; running++) {
            setup(SPI, 1, 0x88);
            set(0, 0x88);
            if (running) {
                pend(SPI);
            } else {
                msi(0);
            }
            const u64 top = iar1();
            wrong += top != (running ? SPI : A) || rpr() != (0x88 & mask);
            for (unsigned v = 0; v < 0xf8; v += 8) {
                set(1, (u8)v);
                msi(1);
                wrong += lines() != ((v & mask) < (0x88 & mask) ? MASK_IRQ : 0);
            }
            push(OP(CLEAR, 0), 1, 0, 0);
            its_flush();
            eoi1(top);
            wrong += rpr() != 0xff;
        }
    }
    WRITE_SYS(ICC_BPR1_EL1, 0);
    expect(wrong, 0, "an LPI over SPI and LPI, every binary point");
    set(0, 0xc0), set(1, 0x80), set(2, 0x40);
    setup(SPI, 1, 0x60);
    msi(0);
    expect(iar1(), A, "LPI");
    msi(1);
    expect(iar1(), A + 1, "LPI above it");
    pend(SPI);
    expect(iar1(), SPI, "SPI above it");
    msi(2);
    expect(iar1(), A + 2, "LPI above it again");
    expect(READ_SYS(ICC_AP1R0_EL1), 1u << 8 | 1u << 12 | 1u << 16 | 1u << 24, "AP1R0");
    eoi1(A + 2);
    expect(rpr(), 0x60, "ended");
    eoi1(SPI);
    expect(rpr(), 0x80, "ended twice");
    eoi1(A + 1);
    eoi1(A);
    expect(rpr(), 0xff, "all ended");

    section("mask");
    set(0, 0x90);
    msi(0);
    u64 open = 0;
    for (unsigned v = 0; v < 256; v += 8) {
        pmr(v);
        open |= (u64)(lines() != 0) << v / 8;
    }
    expect(open, 0xfff80000, "PMR");
    pmr(0x90);
    expect(iar1(), SPURIOUS, "PMR: IAR1");
    pmr(0xff);
    WRITE_SYS(ICC_IGRPEN1_EL1, 0);
    expect(lines(), 0, "IGRPEN1 = 0");
    expect(hppir1(), SPURIOUS, "IGRPEN1 = 0: HPPIR1");
    WRITE_SYS(ICC_IGRPEN1_EL1, 1);
    expect(lines(), MASK_IRQ, "IGRPEN1 = 1");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_GRP0);
    expect(lines(), 0, "GICD_CTLR.EnableGrp1 = 0");
    expect(iar1(), SPURIOUS, "GICD_CTLR.EnableGrp1 = 0: IAR1");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_GRP1);
    expect(lines(), MASK_IRQ, "GICD_CTLR.EnableGrp1 = 1");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_GRP0 | CTLR_GRP1);
    expect(iar0(), SPURIOUS, "IAR0 does not take it");
    expect(hppir0(), SPURIOUS, "HPPIR0");
    expect(hppir1(), A, "HPPIR1");
    expect(take(), A, "IAR1 takes it");
    /* Pended while nothing may come. */
    write32(GICD + GICD_CTLR, CTLR_ARE);
    msi(0);
    expect(lines(), 0, "pended while both groups are off");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_GRP0 | CTLR_GRP1);
    expect(take(), A, "comes when they are on");
    setup(SPI, 0, 0xa0);
    set(0, 0x90);
    pend(SPI), msi(0);
    expect(lines(), MASK_IRQ, "LPI above a Group 0 SPI");
    expect(iar1(), A, "IAR1");
    eoi1(A);
    expect(lines(), MASK_FIQ, "then the SPI");
    expect(iar0(), SPI, "IAR0");
    eoi0(SPI);
}

static void no_active_state(void)
{
    section("eoi");
    set(0, 0xa0);
    msi(0);
    expect(iar1(), A, "IAR1");
    msi(0);
    expect(lines(), 0, "again while its priority runs");
    set(0, 0x50);
    expect(lines(), MASK_IRQ, "it preempts itself when it is raised");
    expect(iar1(), A, "IAR1 within");
    eoi1(A);
    expect(rpr(), 0xa0, "the outer one runs");
    eoi1(A);
    expect(rpr(), 0xff, "ended");
    set(0, 0xa0);
    msi(0);
    expect(iar1(), A, "IAR1");
    msi(0), msi(0);
    eoi1(A);
    expect(take(), A, "pended twice while active: once more");
    expect(take(), SPURIOUS, "and no more");

    section("eoi mode 1");
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_EOIMODE);
    msi(0);
    expect(iar1(), A, "IAR1");
    eoi1(A);
    expect(rpr(), 0xff, "EOIR1 drops the priority");
    msi(0);
    expect(iar1(), A, "no DIR is needed");
    dir(A);
    expect(rpr(), 0xa0, "DIR does not drop it");
    eoi1(A);
    dir(A);
    expect(rpr(), 0xff, "EOIR1 does");
    expect(take(), SPURIOUS, "nothing is left");
    setup(SPI, 1, 0xa0);
    pend(SPI);
    expect(iar1(), SPI, "SPI");
    eoi1(SPI);
    dir(A);
    expect(state(SPI), 2, "DIR of an LPI does not end an SPI");
    dir(SPI);
    expect(state(SPI), 0, "its own does");
    WRITE_SYS(ICC_CTLR_EL1, 0);
}

static volatile u64 taken, nested;
static void on_irq(struct frame *f)
{
    const u64 intid = iar1();
    taken = taken * 100 + intid - A + 1;
    if (intid == A) {
        /* A higher one arrives and is taken inside. */
        const u64 elr = READ_SYS("elr_el1"), spsr = READ_SYS("spsr_el1");
        msi(1);
        unmask(MASK_IRQ);
        mask();
        WRITE_SYS("elr_el1", elr);
        WRITE_SYS("spsr_el1", spsr);
        nested = taken;
    }
    eoi1(intid);
    (void)f;
}

static void exceptions(void)
{
    section("exception");
    irq_handler[0] = on_irq;
    set(0, 0xa0), set(1, 0x60), set(2, 0xb0);
    msi(2), msi(0);
    unmask(MASK_IRQ);
    barrier();
    mask();
    expect(nested, 102, "an LPI in an LPI's handler");
    expect(taken, 10203, "then the third");
    u64 before = 0;
    taken = 0;
    for (unsigned n = 0; n < 200; n++) {
        msi(2);
        unmask(MASK_IRQ);
        barrier();
        mask();
        before += taken == 3;
        taken = 0;
    }
    expect(before, 200, "200 more");
}

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    lpi_init(1);
    its_init();
    device(0, 5);
    for (unsigned n = 0; n < EVENTS; n++) {
        mapti(0, n, A + n, 0);
    }
    order();
    preemption();
    no_active_state();
    exceptions();
    return 0;
}
