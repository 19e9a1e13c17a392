/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on
 *
 * Virtual priorities: all of them against PMR, against each other and against a running one; binary
 * points and VCBPR; order and ties between list registers; group enables; the active priority
 * registers.
 */
#include "rt/virt.h"

/* Compares lines, HPPIR, IAR and RPR with the reference; each answer in 16 bits. */
static void check(struct vif *v, const char *name, u64 a, u64 b)
{
    vif_read(v);
    u64 want = vif_lines(v) | vif_hppir(v, 0) << 4 | vif_hppir(v, 1) << 16;
    u64 got = guest(f_lines, 0) | guest(f_hppir0, 0) << 4 | guest(f_hppir1, 0) << 16;
    want |= vif_iar(v, 0) << 28 | vif_iar(v, 1) << 40 | vif_rpr(v) << 52;
    got |= guest(f_iar0, 0) << 28 | guest(f_iar1, 0) << 40 | guest(f_rpr, 0) << 52;
    expect(got, want, name, a, b);
}

static void masks(void)
{
    struct vif v;
    section("pmr");
    for (unsigned priority = 0; priority < 256; priority += 8) {
        for (unsigned n = 0; n < 3; n++) {
            const unsigned value = n == 0 ? priority : n == 1 ? priority + 8 : 0xf8;
            vif_reset();
            lr_write(0, lr(priority >> 3 & 1, priority, 40));
            guest(f_set_pmr, value > 0xff ? 0xff : value);
            check(&v, "priority %x, PMR %x", priority, value);
        }
    }
}

/* Every running priority against every pending one: bits of the pending ones that may preempt. */
static u64 preempting(unsigned group, unsigned running_group, unsigned level, bool reference)
{
    u64 mask = 0;
    for (unsigned p = 0; p < 32; p++) {
        struct vif v;
        lr_write(0, lr(group, p << 3, 40));
        ap0r_write(running_group ? 0 : 1u << level);
        ap1r_write(running_group ? 1u << level : 0);
        if (reference) {
            vif_read(&v);
            mask |= (u64)(vif_lines(&v) != 0) << p;
        } else {
            mask |= (u64)(guest(f_lines, 0) != 0) << p;
        }
    }
    return mask;
}

static void preemption(void)
{
    section("preempt");
    for (unsigned group = 0; group < 2; group++) {
        for (unsigned bpr = 2; bpr < 8; bpr++) {
            for (unsigned common = 0; common < 2; common++) {
                vif_reset();
                vmcr_write((VMCR_OPEN & ~(VMCR_VBPR0(7) | VMCR_VBPR1(7))) | VMCR_VBPR0(bpr) |
                           VMCR_VBPR1(9 - bpr) | (common ? VMCR_VCBPR : 0));
                for (unsigned level = 0; level < 32; level += 5) {
                    const u64 want = preempting(group, level & 1, level, true);
                    expect(preempting(group, level & 1, level, false), want,
                           "group %u, VBPR0 %u%s, level %u", (u64)group, (u64)bpr,
                           common ? ", VCBPR" : "", (u64)level);
                }
            }
        }
    }
}

/* The level that an acknowledge makes active: group priority by the binary point. */
static void levels(void)
{
    section("level");
    for (unsigned group = 0; group < 2; group++) {
        for (unsigned bpr = 2; bpr < 8; bpr++) {
            u64 got = 0, want = 0, rounds = 0;
            for (unsigned p = 0; p < 31; p++) {
                struct vif v;
                vif_reset();
                vmcr_write((VMCR_OPEN & ~(VMCR_VBPR0(7) | VMCR_VBPR1(7))) | VMCR_VBPR0(bpr) |
                           VMCR_VBPR1(bpr));
                lr_write(0, lr(group, p << 3, 40));
                vif_read(&v);
                want |= vif_iar(&v, group) == 40 ? v.ap0 | v.ap1 : 0;
                rounds += guest(group ? f_iar1 : f_iar0, 0) == 40;
                got |= ap0r() | ap1r();
            }
            expect(got, want, "group %u, BPR %u: levels used", (u64)group, (u64)bpr);
            expect(rounds, 31, "group %u, BPR %u: taken", (u64)group, (u64)bpr);
        }
    }
}

/* Four list registers with all orders of four priorities. */
static void order(void)
{
    section("order");
    for (unsigned n = 0; n < 256; n += 3) {
        const unsigned p[] = {n & 3, n >> 2 & 3, n >> 4 & 3, n >> 6 & 3};
        struct vif v;
        u64 got = 0, want = 0;
        vif_reset();
        vmcr_write(VMCR_OPEN | VMCR_VEOIM);
        for (unsigned i = 0; i < 4; i++) {
            lr_write(i, lr(i & 1, 0x40 + 8 * p[i], 40 + i));
        }
        vif_read(&v);
        for (unsigned i = 0; i < 4; i++) {
            const unsigned group = vif_hppir(&v, 1) != SPURIOUS;
            const u64 id = vif_iar(&v, group);
            want |= id << 16 * i;
            vif_eoir(&v, group, id);
            const u64 mine = guest(group ? f_iar1 : f_iar0, 0);
            got |= mine << 16 * i;
            guest(group ? f_eoi1 : f_eoi0, mine);
        }
        expect(got, want, "priorities %u", (u64)n);
    }
}

static void enables(void)
{
    struct vif v;
    section("enable");
    for (unsigned n = 0; n < 16; n++) {
        vif_reset();
        lr_write(0, lr(0, 0x40, 40));
        lr_write(1, lr(1, n & 8 ? 0x38 : 0x48, 41));
        vmcr_write((VMCR_OPEN & ~3ull) | (n & 3));
        ich_hcr_write(n & 4 ? ICH_EN : 0);
        check(&v, "VENG1, VENG0 %x, En %u", (n & 3) | (n & 8), n >> 2 & 1);
    }
    /* A disabled group's active priority still runs; a disabled group hides nothing. */
    vif_reset();
    lr_write(0, lr(1, 0x40, 40));
    expect(guest(f_iar1, 0), 40, "taken");
    guest(f_set_igrpen1, 0);
    expect(guest(f_rpr, 0), 0x40, "group off: RPR");
    lr_write(1, lr(0, 0x48, 41));
    expect(guest(f_iar0, 0), SPURIOUS, "group off, lower one pending: IAR0");
    lr_write(1, lr(0, 0x38, 41));
    expect(guest(f_iar0, 0), 41, "group off, higher one pending: IAR0");
    guest(f_eoi0, 41);
    guest(f_eoi1, 40);
    expect(guest(f_rpr, 0) | lr_state(lr_read(0)) << 8, 0xff, "group off: ended");
    guest(f_set_igrpen1, 1);
}

/* Levels in the active priority registers and what RPR makes of them. */
static void running(void)
{
    section("running");
    vif_reset();
    for (unsigned level = 0; level < 32; level++) {
        ap0r_write(0);
        ap1r_write(1ull << level);
        const u64 one = guest(f_rpr, 0);
        ap1r_write(0);
        ap0r_write(0xffffffffull << level & 0xffffffff);
        expect(guest(f_rpr, 0) << 8 | one, (u64)level << 11 | level << 3, "level %u", (u64)level);
    }
    ap0r_write(0);
    expect(guest(f_rpr, 0), 0xff, "idle");
    /* 0xf8 is the lowest: it never passes, and runs below everything. */
    for (unsigned n = 0; n < 2; n++) {
        lr_write(0, lr(1, 0xf8, 40));
        guest(f_set_pmr, n ? 0xff : 0xf8);
        fact(guest(f_iar1, 0), "priority 0xf8, PMR %x", (u64)(n ? 0xff : 0xf8));
        fact(guest(f_hppir1, 0), "priority 0xf8, PMR %x: HPPIR1", (u64)(n ? 0xff : 0xf8));
    }
    vif_reset();
}

int main(void)
{
    el2_init();
    masks();
    preemption();
    levels();
    order();
    enables();
    running();
    return 0;
}
