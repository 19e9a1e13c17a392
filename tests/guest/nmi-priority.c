/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 cpu=max
 *
 * Interrupts with superpriority, one Security state: how they are acknowledged, that neither
 * priority nor PMR counts for them, what they preempt and what preempts them, ends in both EOI
 * modes, the active NMI in AP1R0 and RPR.
 */
#include "rt/nmi.h"

enum {
    NMI = 40,
    B = 41,
    C = 42,
    SGI = 5,
    PPI = 20
};
static const unsigned kinds[] = {SGI, PPI, NMI};
static const char *const kind_names[] = {"SGI", "PPI", "SPI"};

static void idle(void)
{
    sctlr(0);
    for (unsigned n = 0; n < 64 && rpr() != 0xff; n++) {
        eoi0(LAST_SPI);
        eoi1(LAST_SPI);
    }
    WRITE_SYS(ICC_AP0R0_EL1, 0);
    WRITE_SYS(ICC_AP1R0_EL1, 0);
    gicd_init();
    gicr_init();
    icc_init();
    write32(SGI_BASE(0) + INMIR, 0);
    write32(GICD + INMIR + 4, 0);
}

static void setup_nmi(unsigned intid, u8 priority)
{
    setup(intid, 1, priority);
    set_nmi(intid, true);
}

static void acknowledge(void)
{
    section("acknowledge");
    for (unsigned k = 0; k < 3; k++) {
        const unsigned i = kinds[k];
        for (unsigned own = 0; own < 2; own++) {
            const char *name = own ? "NMI=1" : "NMI=0";
            setup_nmi(i, 0xa0);
            sctlr(own ? SCTLR_NMI : 0);
            expect(nmiar1(), SPURIOUS, "%s %s, NMIAR1, none", kind_names[k], name);
            pend(i);
            expect(isr(), ISR_I | ISR_IS, "%s %s, ISR_EL1", kind_names[k], name);
            expect(hppir1(), i, "%s %s, HPPIR1", kind_names[k], name);
            expect(hppir0(), SPURIOUS, "%s %s, HPPIR0", kind_names[k], name);
            expect(iar0(), SPURIOUS, "%s %s, IAR0", kind_names[k], name);
            expect(iar1(), own ? NMI_PENDS : i, "%s %s, IAR1", kind_names[k], name);
            expect(state(i), own ? 1 : 2, "%s %s, state then", kind_names[k], name);
            expect(rpr(), own ? 0xff : RPR_NMI, "%s %s, RPR then", kind_names[k], name);
            expect(nmiar1(), own ? i : SPURIOUS, "%s %s, NMIAR1", kind_names[k], name);
            expect(seen(i), 2 << 28 | RPR_NMI, "%s %s, RPR, ISR_EL1, state", kind_names[k], name);
            expect(ap1r0(), AP1R0_NMI, "%s %s, AP1R0", kind_names[k], name);
            eoi1(i);
            expect(seen(i), 0xff, "%s %s, after EOIR1", kind_names[k], name);
            expect(ap1r0(), 0, "%s %s, AP1R0 after EOIR1", kind_names[k], name);
            idle();
        }
    }
    setup_nmi(NMI, 0xa0);
    pend(NMI);
    expect(nmiar1(), NMI, "NMIAR1 while SCTLR_EL1.NMI is 0");
    eoi1(NMI);
    for (unsigned own = 0; own < 2; own++) {
        idle();
        setup(B, 1, 0xa0);
        pend(B);
        sctlr(own ? SCTLR_NMI : 0);
        expect(isr(), ISR_I, "SCTLR_EL1.NMI=%u, no NMI, ISR_EL1", (u64)own);
        expect(nmiar1(), SPURIOUS, "SCTLR_EL1.NMI=%u, no NMI, NMIAR1", (u64)own);
        expect(state(B), 1, "SCTLR_EL1.NMI=%u, no NMI, state", (u64)own);
        expect(iar1(), B, "SCTLR_EL1.NMI=%u, no NMI, IAR1", (u64)own);
        expect(rpr(), 0xa0, "SCTLR_EL1.NMI=%u, no NMI, RPR", (u64)own);
    }
    idle();
}

/* The priority field does not count, PMR does not count. */
static void masks(void)
{
    static const u8 priorities[] = {0x00, 0x08, 0x80, 0xa0, 0xf0, 0xf8, 0xff};
    static const u8 pmrs[] = {0x00, 0x08, 0x80, 0xf8, 0xff};
    section("pmr");
    for (unsigned p = 0; p < sizeof(priorities); p++) {
        for (unsigned m = 0; m < sizeof(pmrs); m++) {
            setup_nmi(NMI, priorities[p]);
            pmr(pmrs[m]);
            pend(NMI);
            expect(isr() << 12 | hppir1(), (ISR_I | ISR_IS) << 12 | NMI,
                   "priority %x, PMR %x: ISR_EL1, HPPIR1", (u64)priorities[p], (u64)pmrs[m]);
            expect(nmiar1(), NMI, "priority %x, PMR %x: NMIAR1", (u64)priorities[p], (u64)pmrs[m]);
            idle();
        }
    }
}

/* Above every other interrupt that pends, whichever comes first. */
static void order(void)
{
    section("order");
    for (unsigned b = 0; b < 0x100; b += 0x28) {
        for (unsigned first = 0; first < 2; first++) {
            setup_nmi(NMI, 0xf0);
            setup(33, 1, (u8)b);
            pend(first ? NMI : 33);
            pend(first ? 33 : NMI);
            sctlr(SCTLR_NMI);
            expect(iar1(), NMI_PENDS, "beside priority %x, NMI %s: IAR1", (u64)b,
                   first ? "first" : "last");
            expect(nmiar1(), NMI, "beside priority %x, NMI %s: NMIAR1", (u64)b,
                   first ? "first" : "last");
            expect(iar1(), SPURIOUS, "beside priority %x, NMI %s: IAR1 while it runs", (u64)b,
                   first ? "first" : "last");
            eoi1(NMI);
            expect(iar1(), 33, "beside priority %x, NMI %s: IAR1 after it", (u64)b,
                   first ? "first" : "last");
            idle();
        }
    }
    setup_nmi(NMI, 0xf0);
    setup(33, 0, 0x00);
    pend(33), pend(NMI);
    expect(hppir1(), NMI, "above Group 0 of priority 0: HPPIR1");
    expect(hppir0(), SPURIOUS, "above Group 0 of priority 0: HPPIR0");
    expect(isr(), ISR_I | ISR_IS, "above Group 0 of priority 0: ISR_EL1");
    expect(nmiar1(), NMI, "above Group 0 of priority 0: NMIAR1");
    expect(iar0(), SPURIOUS, "above Group 0 of priority 0: IAR0 while it runs");
    eoi1(NMI);
    expect(iar0(), 33, "above Group 0 of priority 0: IAR0 after it");
    idle();
    for (unsigned n = 0; n < 3; n++) {
        setup_nmi(kinds[n], (u8)(0xf0 - 0x40 * n));
    }
    for (unsigned n = 0; n < 3; n++) {
        pend(kinds[n]);
    }
    for (unsigned n = 0; n < 3; n++) {
        expect(nmiar1(), kinds[n], "three NMIs, taken %u", (u64)n);
        eoi1(kinds[n]);
    }
    idle();
}

static void preemption(void)
{
    section("preempt");
    for (unsigned group = 0; group < 2; group++) {
        for (unsigned bpr = 0; bpr < 8; bpr += 7) {
            for (unsigned running = 0; running < 0x100; running += 0x38) {
                setup(B, group, (u8)running);
                WRITE_SYS(ICC_BPR0_EL1, bpr);
                WRITE_SYS(ICC_BPR1_EL1, bpr);
                pend(B);
                expect(group ? iar1() : iar0(), B, "Group %u %x, BPR %u: runs", (u64)group,
                       (u64)running, (u64)bpr);
                const u64 before = rpr();
                setup_nmi(NMI, 0xf0);
                pend(NMI);
                expect(isr(), ISR_I | ISR_IS, "Group %u %x, BPR %u: ISR_EL1", (u64)group,
                       (u64)running, (u64)bpr);
                expect(nmiar1(), NMI, "Group %u %x, BPR %u: NMIAR1", (u64)group, (u64)running,
                       (u64)bpr);
                expect(rpr(), RPR_NMI, "Group %u %x, BPR %u: RPR", (u64)group, (u64)running,
                       (u64)bpr);
                eoi1(NMI);
                expect(rpr(), before, "Group %u %x, BPR %u: RPR after EOIR1", (u64)group,
                       (u64)running, (u64)bpr);
                expect(state(NMI) << 4 | state(B), 2, "Group %u %x, BPR %u: states", (u64)group,
                       (u64)running, (u64)bpr);
                idle();
            }
        }
    }
    /* Nothing preempts an NMI, another NMI included. */
    setup_nmi(NMI, 0xa0);
    pend(NMI);
    expect(nmiar1(), NMI, "an NMI runs");
    setup_nmi(B, 0x00);
    pend(B);
    expect(isr() << 12 | nmiar1(), SPURIOUS, "an NMI over an NMI: ISR_EL1, NMIAR1");
    expect(hppir1(), B, "an NMI over an NMI: HPPIR1");
    unpend(B);
    setup(C, 1, 0x00);
    pend(C);
    expect(isr() << 12 | iar1(), SPURIOUS, "Group 1 of priority 0 over an NMI: ISR_EL1, IAR1");
    unpend(C);
    setup(C, 0, 0x00);
    pend(C);
    expect(isr() << 12 | iar0(), SPURIOUS, "Group 0 of priority 0 over an NMI: ISR_EL1, IAR0");
    unpend(C);
    pend(B);
    eoi1(NMI);
    expect(isr() << 12 | nmiar1(), (ISR_I | ISR_IS) << 12 | B, "the NMI that waited");
    idle();
}

static void ends(void)
{
    section("end");
    setup_nmi(NMI, 0xa0);
    pend(NMI);
    expect(nmiar1(), NMI, "NMIAR1");
    eoi0(NMI);
    expect(seen(NMI), 2 << 28 | RPR_NMI, "EOIR0 ends no NMI");
    eoi1(B);
    expect(seen(NMI), 2 << 28 | 0xff, "EOIR1 of another INTID drops the NMI's priority");
    idle();

    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_EOIMODE);
    setup_nmi(NMI, 0xa0);
    pend(NMI);
    expect(nmiar1(), NMI, "EOI mode 1: NMIAR1");
    eoi1(NMI);
    expect(seen(NMI), 2 << 28 | 0xff, "EOI mode 1: after EOIR1");
    dir(NMI);
    expect(seen(NMI), 0xff, "EOI mode 1: after DIR");
    pend(NMI);
    expect(nmiar1(), NMI, "EOI mode 1: again");
    dir(NMI);
    expect(seen(NMI), RPR_NMI, "EOI mode 1: DIR first");
    eoi1(NMI);
    expect(seen(NMI), 0xff, "EOI mode 1: EOIR1 last");
    idle();

    /* The NMI goes first, whatever else is active in the same bank. */
    setup(B, 1, 0x00), setup_nmi(NMI, 0xa0);
    pend(B);
    expect(iar1(), B, "priority 0 runs");
    pend(NMI);
    expect(nmiar1(), NMI, "NMI over it");
    expect(ap1r0(), AP1R0_NMI | 1, "AP1R0");
    eoi1(B);
    expect(rpr(), 0, "RPR after EOIR1 in the wrong order");
    expect(ap1r0(), 1, "AP1R0 after EOIR1 in the wrong order");
    eoi1(NMI);
    expect(rpr() << 4 | state(B) << 2 | state(NMI), 0xff0, "RPR and states after both");
    idle();
}

/* The active NMI in AP1R0 is state that software saves, clears and restores. */
static void active_priorities(void)
{
    section("apr");
    setup(B, 1, 0x40), setup_nmi(NMI, 0xa0), setup_nmi(C, 0xa0);
    pend(B);
    iar1();
    pend(NMI);
    expect(nmiar1(), NMI, "NMI over priority 0x40");
    const u64 saved = ap1r0();
    expect(saved, AP1R0_NMI | 1 << 8, "AP1R0");
    pend(C);
    expect(isr(), 0, "ISR_EL1, another NMI waits");
    WRITE_SYS(ICC_AP1R0_EL1, saved & 0xffffffff);
    expect(rpr(), 0x40, "NMI bit cleared: RPR");
    expect(isr(), ISR_I | ISR_IS, "NMI bit cleared: ISR_EL1");
    WRITE_SYS(ICC_AP1R0_EL1, saved);
    expect(rpr(), RPR_NMI, "restored: RPR");
    expect(isr(), 0, "restored: ISR_EL1");
    WRITE_SYS(ICC_AP1R0_EL1, 0);
    expect(rpr(), 0xff, "all cleared: RPR");
    WRITE_SYS(ICC_AP1R0_EL1, AP1R0_NMI);
    expect(rpr(), RPR_NMI, "NMI bit alone: RPR");
    eoi1(NMI);
    expect(rpr(), 0xff, "EOIR1 then: RPR");
    WRITE_SYS(ICC_AP1R0_EL1, ~0ull);
    expect(ap1r0(), AP1R0_NMI | 0xffffffff, "AP1R0 written with ones");
    WRITE_SYS(ICC_AP1R0_EL1, 0);
    WRITE_SYS(ICC_AP0R0_EL1, AP1R0_NMI);
    expect(READ_SYS(ICC_AP0R0_EL1), 0, "AP0R0 has no NMI bit");
    expect(rpr(), 0xff, "AP0R0 has no NMI bit: RPR");
    WRITE_SYS(ICC_AP0R0_EL1, 0);
    idle();
}

/* Enables count, and what changes while it pends counts at once. */
static void changes(void)
{
    section("change");
    setup_nmi(NMI, 0xa0);
    pend(NMI);
    WRITE_SYS(ICC_IGRPEN1_EL1, 0);
    expect(isr() << 12 | hppir1(), SPURIOUS, "IGRPEN1 off: ISR_EL1, HPPIR1");
    WRITE_SYS(ICC_IGRPEN1_EL1, 1);
    expect(isr(), ISR_I | ISR_IS, "IGRPEN1 on: ISR_EL1");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_GRP0);
    expect(isr() << 12 | hppir1(), SPURIOUS, "EnableGrp1 off: ISR_EL1, HPPIR1");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_GRP0 | CTLR_GRP1);
    expect(isr(), ISR_I | ISR_IS, "EnableGrp1 on: ISR_EL1");
    disable(NMI);
    expect(isr() << 12 | hppir1(), SPURIOUS, "disabled: ISR_EL1, HPPIR1");
    enable(NMI);
    expect(isr(), ISR_I | ISR_IS, "enabled: ISR_EL1");
    set_nmi(NMI, false);
    expect(isr(), ISR_I, "INMIR cleared: ISR_EL1");
    pmr(0x80);
    expect(isr(), 0, "INMIR cleared, masked by PMR: ISR_EL1");
    set_nmi(NMI, true);
    expect(isr(), ISR_I | ISR_IS, "INMIR set: ISR_EL1");
    expect(nmiar1(), NMI, "NMIAR1");
    set_nmi(NMI, false);
    expect(rpr(), RPR_NMI, "INMIR cleared while active: RPR");
    eoi1(NMI);
    expect(seen(NMI), 0xff, "INMIR cleared while active: EOIR1");
    idle();

    for (unsigned k = 0; k < 3; k++) {
        setup(kinds[k], 1, 0xa0);
        pmr(0x40);
        pend(kinds[k]);
        expect(isr(), 0, "pending %s, masked: ISR_EL1", kind_names[k]);
        set_nmi(kinds[k], true);
        expect(isr(), ISR_I | ISR_IS, "pending %s becomes NMI: ISR_EL1", kind_names[k]);
        set_nmi(kinds[k], false);
        expect(isr(), 0, "pending %s is one no longer: ISR_EL1", kind_names[k]);
        idle();
    }

    /* Group 0 has no NMIs: the bit stays there, and acts again in Group 1. */
    setup_nmi(NMI, 0xa0);
    set_group(NMI, 0);
    expect(bit_read(INMIR, NMI), 1, "Group 0: INMIR");
    pend(NMI);
    expect(isr(), ISR_F, "Group 0: ISR_EL1");
    pmr(0x40);
    expect(isr() << 12 | hppir0(), NMI, "Group 0, masked by PMR: ISR_EL1, HPPIR0");
    set_group(NMI, 1);
    expect(isr(), ISR_I | ISR_IS, "Group 1 again: ISR_EL1");
    set_group(NMI, 0);
    pmr(0xff);
    setup(B, 1, 0x40);
    pend(B);
    expect(iar1(), B, "Group 0 with the bit below Group 1: IAR1");
    eoi1(B);
    expect(iar0(), NMI, "Group 0 with the bit: IAR0");
    expect(rpr(), 0xa0, "Group 0 with the bit: RPR");
    idle();

    /* A level-sensitive NMI pends as long as its line is high. */
    setup_nmi(INTID_GPIO, 0xa0);
    set_edge(INTID_GPIO, false);
    gpio_wire(true);
    expect(nmiar1(), INTID_GPIO, "level: NMIAR1");
    expect(seen(INTID_GPIO), 3 << 28 | RPR_NMI, "level: RPR, ISR_EL1, state");
    eoi1(INTID_GPIO);
    expect(seen(INTID_GPIO), (u64)(ISR_I | ISR_IS) << 32 | 1 << 28 | 0xff, "level: after EOIR1");
    gpio_wire(false);
    expect(seen(INTID_GPIO), 0xff, "level: line low");
    idle();
}

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    allint(true); /* with SCTLR_EL1.NMI, PSTATE.I masks no NMI */
    acknowledge();
    masks();
    order();
    preemption();
    ends();
    active_priorities();
    changes();
    return 0;
}
