/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on
 *
 * Two Security states: preemption between the three groups under every binary point, common binary
 * points, the mask, and the active priorities of the three banks.
 */
#include "rt/gic.h"

enum {
    A = 40,
    B = 41
};

/* The mask of the group priority, section 9.2: Non-secure Group 1 has its own convention. */
static u64 group_mask(enum class class, unsigned bpr, bool common)
{
    if (class == G1NS && !common) {
        return 0xffull << (bpr < 3 ? 3 : bpr) & 0xff;
    }
    return 0xffull << ((bpr < 2 ? 2 : bpr) + 1) & 0xff;
}

static void binary_points(unsigned bpr)
{
    WRITE_SYS(ICC_BPR0_EL1, bpr);
    WRITE_SYS(ICC_BPR1_EL1, bpr);
    scr_set(SCR_NS, 0);
    WRITE_SYS(ICC_BPR1_EL1, bpr);
    scr_set(0, SCR_NS);
}

static void matrix(bool common)
{
    section(common ? "preempt, CBPR" : "preempt");
    for (unsigned running = 0; running < CLASSES; running++) {
        for (unsigned waiting = 0; waiting < CLASSES; waiting++) {
            for (unsigned bpr = 0; bpr < 8; bpr++) {
                WRITE_SYS(ICC_CTLR_EL3, common ? CTLR_EL3_CBPR_S | CTLR_EL3_CBPR_NS : 0);
                binary_points(bpr);
                setup_class(A, running, 0xa8);
                pend(A);
                el3_ack(running);
                const u64 top = 0xa8 & group_mask(running, bpr, common);
                const u64 mask = group_mask(waiting, bpr, common);
                u64 may = 0, did = 0;
                expect(rpr(), top, "RPR, %s, BPR %u", class_names[running], (u64)bpr);
                setup_class(B, waiting, 0);
                for (unsigned v = 0; v < 256; v += 8) {
                    set_priority(B, (u8)v);
                    pend(B);
                    may |= (u64)((v & mask) < (top & mask)) << v / 8;
                    did |= (u64)(lines() == MASK_FIQ) << v / 8;
                }
                expect(did, may, "%s over %s, BPR %u", class_names[waiting], class_names[running],
                       (u64)bpr);
                el3_idle();
            }
        }
    }
}

static void nesting(void)
{
    section("nest");
    setup_class(A, G1NS, 0xc0), setup_class(B, G1S, 0x80), setup_class(42, G0, 0x40);
    pend(A);
    expect(iar1(), A, "Non-secure Group 1");
    pend(B);
    expect(iar1(), B, "Secure Group 1 above it");
    pend(42);
    expect(iar0(), 42, "Group 0 above it");
    expect(READ_SYS(ICC_AP0R0_EL1), 1u << 8, "AP0R0");
    expect(READ_SYS(ICC_AP1R0_EL1), 1u << 16, "AP1R0, Secure");
    scr_set(SCR_NS, 0);
    expect(READ_SYS(ICC_AP1R0_EL1), 1u << 24, "AP1R0, Non-secure");
    scr_set(0, SCR_NS);
    eoi1(A);
    expect(rpr(), 0x40, "EOIR1 while Group 0 runs");
    eoi0(42);
    expect(rpr(), 0x80, "after Group 0");
    at(AT_NS_EL1, f_eoi1, A);
    expect(rpr(), 0x80, "EOIR1 at NS-EL1 while Secure Group 1 runs");
    at(AT_S_EL1, f_eoi1, B);
    expect(rpr(), 0xc0, "after Secure Group 1");
    at(AT_NS_EL1, f_eoi1, A);
    expect(rpr(), 0xff, "after Non-secure Group 1");
    el3_idle();

    section("pmr");
    for (unsigned c = 0; c < CLASSES; c++) {
        setup_class(A, c, 0x90);
        pend(A);
        u64 open = 0;
        for (unsigned v = 0; v < 256; v += 8) {
            pmr(v);
            open |= (u64)(lines() != 0) << v / 8;
        }
        expect(open, 0xfff80000, "%s 0x90", class_names[c]);
        el3_idle();
    }
    /* SCR_EL3.FIQ = 1: the Non-secure PMR lies in the lower half, and cannot mask Secure ones. */
    scr_set(SCR_FIQ, 0);
    at(AT_NS_EL1, f_set_pmr, 0);
    expect(READ_SYS(ICC_PMR_EL1), 0x80, "the lowest Non-secure PMR");
    setup_class(A, G1S, 0x78);
    pend(A);
    expect(lines(), MASK_FIQ, "Secure 0x78 under it");
    setup_class(A, G1NS, 0x80);
    pend(A);
    expect(lines(), 0, "Non-secure 0x80 under it");
    scr_set(0, SCR_FIQ);
    el3_idle();
}

int main(void)
{
    el3_gicd_init();
    el3_pe_init();
    matrix(false);
    matrix(true);
    nesting();
    return 0;
}
