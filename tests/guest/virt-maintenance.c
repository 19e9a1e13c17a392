/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on
 *
 * The maintenance interrupt: each condition of ICH_MISR_EL2 alone, with each other one and all
 * together; what makes them come and go; PPI 25 as a level at the Redistributor, and as an IRQ that
 * EL2 takes while its guest runs.
 */
#include "rt/virt.h"

enum {
    CONDITIONS = 8
};
static const char *const names[CONDITIONS] = {"EOI",    "U",      "LRENP",  "NP",
                                              "VGrp0E", "VGrp0D", "VGrp1E", "VGrp1D"};

static bool wire(void)
{
    return pending(INTID_MAINTENANCE);
}

/*
 * Arranges what each condition needs; those that exclude each other take what comes last. Without
 * any: three list registers are pending, both groups off or on do not matter while nothing asks.
 */
static void arrange(unsigned conditions)
{
    u64 control = ICH_EN, v = VMCR_OPEN;
    vif_reset();
    ich_hcr_write(0);
    const bool few = conditions & (MISR_U | MISR_NP);
    for (unsigned n = 0; n < 3 && !few; n++) {
        lr_write(n, lr(1, 0x40, 40 + n));
    }
    if (conditions & MISR_EOI) {
        lr_write(3, LR_EOI | 50);
    }
    control |= conditions & MISR_U ? ICH_UIE : 0;
    control |= conditions & MISR_LRENP ? ICH_LRENPIE | ICH_EOICOUNT(3) : 0;
    control |= conditions & MISR_NP ? ICH_NPIE : 0;
    control |= conditions & MISR_VGRP0E ? ICH_VGRP0EIE : 0;
    control |= conditions & MISR_VGRP1E ? ICH_VGRP1EIE : 0;
    if (conditions & MISR_VGRP0D) {
        control |= ICH_VGRP0DIE;
        v &= ~(u64)VMCR_VENG0;
    }
    if (conditions & MISR_VGRP1D) {
        control |= ICH_VGRP1DIE;
        v &= ~(u64)VMCR_VENG1;
    }
    vmcr_write(v);
    ich_hcr_write(control);
}

static void combinations(void)
{
    section("together");
    for (unsigned c = 0; c < 1 << CONDITIONS; c++) {
        struct vif v;
        unsigned bits = 0;
        for (unsigned n = 0; n < CONDITIONS; n++) {
            bits += c >> n & 1;
        }
        if (bits > 2 && bits < CONDITIONS - 1) {
            continue;
        }
        arrange(c);
        vif_read(&v);
        expect(misr() | (u64)wire() << 8, vif_misr(&v) | (c ? 1ull << 8 : 0), "%x", (u64)c);
        /* The wire follows En, ICH_MISR_EL2 does not. */
        ich_hcr_write(ich_hcr() & ~(u64)ICH_EN);
        expect(misr() | (u64)wire() << 8, vif_misr(&v), "%x, En 0", (u64)c);
    }
}

/* Each condition's cause and enable taken away, one after the other. */
static void alone(void)
{
    static const u64 enables[CONDITIONS] = {
        0, ICH_UIE, ICH_LRENPIE, ICH_NPIE, ICH_VGRP0EIE, ICH_VGRP0DIE, ICH_VGRP1EIE, ICH_VGRP1DIE};
    section("alone");
    for (unsigned c = 0; c < CONDITIONS; c++) {
        arrange(1u << c);
        expect(misr(), 1u << c, "%s: MISR", names[c]);
        expect(wire(), 1, "%s: wire", names[c]);
        if (enables[c]) {
            ich_hcr_write(ich_hcr() & ~enables[c]);
            expect(misr() | (u64)wire() << 8, 0, "%s, enable off", names[c]);
            ich_hcr_write(ich_hcr() | enables[c]);
            expect(misr() | (u64)wire() << 8, 1u << c | 0x100, "%s, enable on", names[c]);
        }
        switch (c) {
        case 0:
            lr_write(3, 0);
            break;
        case 1:
            lr_write(2, (lr(1, 0x40, 40) & ~LR_STATE) | LR_ACTIVE);
            expect(misr() | (u64)wire() << 8, 0x102, "U, one list register valid");
            lr_write(3, lr(1, 0x40, 41));
            break;
        case 2:
            ich_hcr_write(ich_hcr() & ~ICH_EOICOUNT(0x1f));
            break;
        case 3:
            lr_write(0, (lr(1, 0x40, 40) & ~LR_STATE) | LR_ACTIVE);
            expect(misr() | (u64)wire() << 8, 0x108, "NP, one is active");
            lr_write(1, lr(1, 0x40, 41) | LR_ACTIVE);
            expect(misr() | (u64)wire() << 8, 0x108, "NP, one is active and pending");
            lr_write(2, lr(1, 0xf8, 42));
            break;
        default:
            vmcr_write(vmcr() ^ (c < 6 ? VMCR_VENG0 : VMCR_VENG1));
            break;
        }
        expect(misr() | (u64)wire() << 8, 0, "%s, cause gone", names[c]);
    }
}

/* The group conditions by the other group's enable: it must not matter. */
static void groups(void)
{
    section("groups");
    for (unsigned enables = 0; enables < 4; enables++) {
        vif_reset();
        vmcr_write((VMCR_OPEN & ~3ull) | enables);
        ich_hcr_write(ICH_EN | ICH_VGRP0EIE | ICH_VGRP0DIE | ICH_VGRP1EIE | ICH_VGRP1DIE);
        expect(misr(),
               (enables & 1 ? MISR_VGRP0E : MISR_VGRP0D) |
                   (enables & 2 ? MISR_VGRP1E : MISR_VGRP1D),
               "VENG1, VENG0 %x", (u64)enables);
    }
    /* The guest changes them. */
    for (unsigned group = 0; group < 2; group++) {
        vif_reset();
        ich_hcr_write(ICH_EN | (group ? ICH_VGRP1DIE : ICH_VGRP0DIE));
        expect(misr() | (u64)wire() << 8, 0, "IGRPEN%u: before", (u64)group);
        guest_op(group ? OP_IGRPEN1 : OP_IGRPEN0, 0);
        expect(misr() | (u64)wire() << 8, (group ? MISR_VGRP1D : MISR_VGRP0D) | 0x100,
               "IGRPEN%u: off", (u64)group);
        guest_op(group ? OP_IGRPEN1 : OP_IGRPEN0, 1);
        expect(misr() | (u64)wire() << 8, 0, "IGRPEN%u: on", (u64)group);
    }
}

/* What the guest does to list registers moves the wire. */
static void by_guest(void)
{
    section("guest");
    vif_reset();
    for (unsigned n = 0; n < 3; n++) {
        lr_write(n, lr(1, 0x40 + 8 * n, 40 + n) | (n == 1 ? LR_EOI : 0));
    }
    ich_hcr_write(ICH_EN | ICH_UIE | ICH_NPIE | ICH_LRENPIE);
    for (unsigned n = 0; n < 3; n++) {
        expect(misr() | (u64)wire() << 8,
               n < 1   ? 0
               : n < 2 ? 0
                       : MISR_U | MISR_EOI | 0x100,
               "before %u", (u64)n);
        expect(guest(f_iar1, 0), 40 + n, "IAR1 %u", (u64)n);
        fact(misr() | (u64)wire() << 8, "acknowledged %u", (u64)n);
        guest(f_eoi1, 40 + n);
        fact(misr() | (u64)wire() << 8, "ended %u", (u64)n);
    }
    expect(misr() | (u64)wire() << 8, MISR_U | MISR_NP | MISR_EOI | 0x100, "all done");
    ap1r_write(1 << 3);
    guest(f_eoi1, 99);
    expect(misr() | (u64)wire() << 8, MISR_U | MISR_NP | MISR_EOI | MISR_LRENP | 0x100,
           "one that no list register has");
    ich_hcr_write(0);
    expect(wire(), 0, "off");
}

/* PPI 25 as an interrupt. */

static volatile u64 taken, taken_el, taken_kind, taken_misr, taken_iar;

static void on_irq(struct frame *f)
{
    taken_el = f->el;
    taken_kind = f->kind;
    const u64 intid = iar1();
    taken_iar = intid;
    taken_misr = misr();
    taken++;
    ich_hcr_write(ich_hcr() & ICH_EOICOUNT(0x1f));
    if (misr() & MISR_EOI) {
        for (unsigned n = 0; n < list_registers(); n++) {
            lr_write(n, lr_state(lr_read(n)) ? lr_read(n) : 0);
        }
    }
    eoi1(intid);
}

static void show(const char *name)
{
    expect(taken, 1, "%s: taken", name);
    fact(taken_el << 8 | taken_kind, "%s: EL and vector", name);
    expect(taken_iar, INTID_MAINTENANCE, "%s: INTID", name);
    fact(taken_misr, "%s: MISR", name);
    expect(wire() | (u64)active(INTID_MAINTENANCE) << 1, 0, "%s: idle again", name);
    taken = 0;
}

/* The guest's end of interrupt is interrupted by EL2, between two instructions of the guest. */
static u64 ack_and_end(u64 unused)
{
    const u64 intid = iar1();
    eoi1(intid);
    return intid + unused;
}
static u64 leave_group(u64 unused)
{
    WRITE_SYS(ICC_IGRPEN1_EL1, 0);
    WRITE_SYS(ICC_IGRPEN1_EL1, 1);
    return unused;
}
static u64 end_missing(u64 intid)
{
    eoi1(intid);
    return 0;
}

static void as_interrupt(void)
{
    section("interrupt");
    irq_handler[0] = on_irq;
    setup(INTID_MAINTENANCE, 1, 0xa0);
    set_edge(INTID_MAINTENANCE, false);
    vif_reset();
    lr_write(0, lr(1, 0x40, 40) | LR_EOI);
    expect(guest(ack_and_end, 0), 40, "EOI: guest's INTID");
    show("EOI");

    vif_reset();
    for (unsigned n = 0; n < 2; n++) {
        lr_write(n, lr(1, 0x40, 40 + n));
    }
    ich_hcr_write(ICH_EN | ICH_UIE);
    expect(guest(ack_and_end, 0), 40, "U: guest's INTID");
    show("U");

    vif_reset();
    lr_write(0, lr(1, 0x40, 40));
    ich_hcr_write(ICH_EN | ICH_NPIE);
    expect(guest(f_iar1, 0), 40, "NP: guest's INTID");
    show("NP");

    vif_reset();
    ap1r_write(1 << 8);
    ich_hcr_write(ICH_EN | ICH_LRENPIE);
    guest(end_missing, 60);
    expect(EOICOUNT_OF(ich_hcr()), 1, "LRENP: EOIcount");
    ich_hcr_write(0);
    show("LRENP");

    vif_reset();
    ich_hcr_write(ICH_EN | ICH_VGRP1DIE);
    guest(leave_group, 0);
    show("VGrp1D");

    /* At EL2 itself, unmasked; at EL2 masked it waits. */
    vif_reset();
    hcr(HCR_IMO | HCR_FMO);
    ich_hcr_write(ICH_EN | ICH_NPIE);
    expect(taken, 0, "masked at EL2");
    expect(lines(), MASK_IRQ, "ISR_EL1 at EL2");
    unmask(MASK_IRQ);
    mask();
    show("at EL2");

    /* Masked by the physical PMR: the guest is not interrupted. */
    vif_reset();
    pmr(0x80);
    ich_hcr_write(ICH_EN | ICH_NPIE);
    expect(guest(f_iar1, 0), SPURIOUS, "masked by PMR");
    expect(taken, 0, "masked by PMR: taken");
    ich_hcr_write(0);
    pmr(0xff);

    /* Edge-triggered and configured otherwise: the wire is one like others. */
    setup(INTID_MAINTENANCE, 0, 0xa0);
    fiq_handler[0] = NULL;
    vif_reset();
    hcr(0);
    ich_hcr_write(ICH_EN | ICH_NPIE);
    expect(lines(), MASK_FIQ, "in Group 0 it is an FIQ");
    expect(iar0(), INTID_MAINTENANCE, "in Group 0: IAR0");
    expect(state(INTID_MAINTENANCE), 3, "in Group 0: state");
    ich_hcr_write(0);
    expect(state(INTID_MAINTENANCE), 2, "in Group 0: state, wire low");
    eoi0(INTID_MAINTENANCE);
    expect(state(INTID_MAINTENANCE), 0, "in Group 0: state, ended");
    disable(INTID_MAINTENANCE);
}

int main(void)
{
    el2_init();
    set_edge(INTID_MAINTENANCE, false);
    alone();
    combinations();
    groups();
    by_guest();
    as_interrupt();
    return 0;
}
