/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * Enables, group enables and group changes of pending interrupts, active state by register, changes
 * of ICFGR; one Security state.
 */
#include "rt/gic.h"

enum {
    A = 40,
    B = 41,
    P = 20,
    S = 8
};

static void enables(void)
{
    static const unsigned kinds[] = {A, P, S};
    for (unsigned n = 0; n < 3; n++) {
        const unsigned i = kinds[n];
        section("enable");
        setup(i, 1, 0xa0);
        pend(i);
        expect(lines(), MASK_IRQ, "INTID %u line", (u64)i);
        disable(i);
        expect(lines(), 0, "INTID %u line after ICENABLER", (u64)i);
        expect(hppir1(), SPURIOUS, "INTID %u HPPIR1 after ICENABLER", (u64)i);
        expect(iar1(), SPURIOUS, "INTID %u IAR1 after ICENABLER", (u64)i);
        expect(state(i), 1, "INTID %u stays pending", (u64)i);
        enable(i);
        expect(lines(), MASK_IRQ, "INTID %u line after ISENABLER", (u64)i);
        expect(iar1(), i, "INTID %u IAR1", (u64)i);
        disable(i);
        expect(state(i), 2, "INTID %u stays active", (u64)i);
        pend(i);
        eoi1(i);
        expect(state(i), 1, "INTID %u ended while disabled", (u64)i);
        unpend(i);
        expect(state(i), 0, "INTID %u ICPENDR", (u64)i);

        section("active");
        enable(i);
        bit_write(ISACTIVER, i);
        pend(i);
        expect(state(i), 3, "INTID %u active and pending", (u64)i);
        expect(rpr(), 0xff, "INTID %u ISACTIVER keeps the running priority", (u64)i);
        expect(lines(), 0, "INTID %u is no candidate", (u64)i);
        expect(hppir1(), SPURIOUS, "INTID %u HPPIR1", (u64)i);
        bit_write(ICACTIVER, i);
        expect(lines(), MASK_IRQ, "INTID %u after ICACTIVER", (u64)i);
        expect(iar1(), i, "INTID %u acknowledged", (u64)i);
        bit_write(ICACTIVER, i);
        expect(rpr(), 0xa0, "INTID %u ICACTIVER keeps the running priority", (u64)i);
        expect(state(i), 0, "INTID %u idle while running", (u64)i);
        eoi1(i);
        expect(rpr(), 0xff, "INTID %u ended", (u64)i);
        disable(i);
    }
}

static void group_enables(void)
{
    section("group enable");
    setup(A, 1, 0xa0), setup(B, 0, 0x80);
    pend(A);
    expect(lines(), MASK_IRQ, "Group 1");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_GRP0);
    expect(lines(), 0, "GICD EnableGrp1 off");
    expect(hppir1(), SPURIOUS, "HPPIR1 then");
    expect(state(A), 1, "stays pending");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_GRP0 | CTLR_GRP1);
    expect(lines(), MASK_IRQ, "GICD EnableGrp1 on");
    WRITE_SYS(ICC_IGRPEN1_EL1, 0);
    expect(lines(), 0, "ICC_IGRPEN1 off");
    expect(hppir1(), SPURIOUS, "HPPIR1 with ICC_IGRPEN1 off");
    expect(iar1(), SPURIOUS, "IAR1 with ICC_IGRPEN1 off");
    WRITE_SYS(ICC_IGRPEN1_EL1, 1);
    expect(lines(), MASK_IRQ, "ICC_IGRPEN1 on");

    pend(B);
    expect(lines(), MASK_FIQ, "Group 0 is above it");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_GRP1);
    expect(lines(), MASK_IRQ, "GICD EnableGrp0 off: Group 1 again");
    expect(hppir1(), A, "HPPIR1 with GICD EnableGrp0 off");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_GRP0 | CTLR_GRP1);
    expect(lines(), MASK_FIQ, "GICD EnableGrp0 on");
    WRITE_SYS(ICC_IGRPEN0_EL1, 0);
    expect(lines(), MASK_IRQ, "ICC_IGRPEN0 off: Group 1 again");
    expect(hppir1(), A, "HPPIR1 with ICC_IGRPEN0 off");
    expect(hppir0(), SPURIOUS, "HPPIR0 with ICC_IGRPEN0 off");
    expect(iar1(), A, "IAR1 with ICC_IGRPEN0 off");
    WRITE_SYS(ICC_IGRPEN0_EL1, 1);
    expect(lines(), MASK_FIQ, "ICC_IGRPEN0 on");
    expect(iar0(), B, "IAR0");
    eoi0(B);
    eoi1(A);
    unpend(A);
}

static void group_changes(void)
{
    section("group change");
    setup(A, 1, 0xa0);
    pend(A);
    expect(lines(), MASK_IRQ, "Group 1");
    set_group(A, 0);
    expect(lines(), MASK_FIQ, "Group 0");
    expect(iar1(), SPURIOUS, "IAR1 of Group 0");
    set_group(A, 1);
    expect(lines(), MASK_IRQ, "Group 1 again");
    expect(iar0(), SPURIOUS, "IAR0 of Group 1");
    set_group(A, 0);
    expect(iar0(), A, "taken once");
    set_group(A, 1);
    expect(state(A), 2, "active after a group change");
    eoi0(A);
    expect(rpr(), 0xff, "EOIR0 drops what IAR0 took");
    fact(state(A), "state after EOIR0, now Group 1");
    bit_write(ICACTIVER, A);
    expect(iar0(), SPURIOUS, "IAR0 at the end");
    expect(iar1(), SPURIOUS, "IAR1 at the end");
    expect(lines(), 0, "line at the end");

    setup(S, 1, 0xa0);
    pend(S);
    set_group(S, 0);
    expect(lines(), MASK_FIQ, "an SGI moved to Group 0");
    expect(hppir0(), S, "HPPIR0");
    set_group(S, 1);
    expect(iar1(), S, "and back");
    eoi1(S);
}

static void config_changes(void)
{
    section("icfgr");
    setup(A, 1, 0xa0);
    disable(A);
    pend(A);
    set_edge(A, false);
    fact(pending(A), "edge to level, latch set, wire low");
    unpend(A);
    gpio_wire(false);
    setup(INTID_GPIO, 1, 0xa0);
    disable(INTID_GPIO);
    set_edge(INTID_GPIO, false);
    gpio_wire(true);
    expect(pending(INTID_GPIO), 1, "level, wire high");
    set_edge(INTID_GPIO, true);
    fact(pending(INTID_GPIO), "level to edge, wire high");
    unpend(INTID_GPIO);
    expect(pending(INTID_GPIO), 0, "edge, ICPENDR, wire high");
    set_edge(INTID_GPIO, false);
    expect(pending(INTID_GPIO), 1, "edge to level, wire high");
    enable(INTID_GPIO);
    expect(lines(), MASK_IRQ, "and it is signalled");
    gpio_wire(false);
    expect(lines(), 0, "wire low");
    expect(pending(INTID_GPIO), 0, "wire low, pending");
}

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    enables();
    group_enables();
    group_changes();
    config_changes();
    return 0;
}
