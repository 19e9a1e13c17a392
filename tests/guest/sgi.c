/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=18
 *
 * Software generated interrupts with one Security state: target lists, all-but-self, range
 * selector, other affinities, the three registers against the two groups of the target, merging,
 * delivery.
 */
#include "rt/gic.h"

static const unsigned used[] = {0, 1, 2, 3, 16, 17};
enum {
    USED = sizeof(used) / sizeof(used[0])
};

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    write32(SGI_BASE(pe_number()) + ISENABLER, 0xffff);
    return unused;
}

/* The pending SGIs of a PE, which it forgets: through its frame, which every PE may use. */
static u64 take(unsigned pe)
{
    const u64 v = read32(SGI_BASE(pe) + ISPENDR) & 0xffff;
    write32(SGI_BASE(pe) + ICPENDR, 0xffff);
    return v;
}

/* Who has got SGI `intid`, and nothing else, one bit a PE; bit 63: something else is pending. */
static u64 got(unsigned intid)
{
    u64 who = 0;
    for (unsigned n = 0; n < USED; n++) {
        const u64 v = take(used[n]);
        who |= v ? 1ull << used[n] : 0;
        who |= v & ~(1ull << intid) ? 1ull << 63 : 0;
    }
    return who;
}

static u64 write_sgi1r(u64 value)
{
    send_sgi1(value);
    return 0;
}

static void lists(void)
{
    section("list");
    for (unsigned list = 0; list < 16; list++) {
        send_sgi1(sgi(5, 0, 0, list));
        expect(got(5), list, "%x", (u64)list);
    }
    send_sgi1(sgi(5, 0, 0, 0xffff));
    expect(got(5), 0xf, "0xffff, PEs 4 to 15 are off");
    for (unsigned intid = 0; intid < 16; intid++) {
        send_sgi1(sgi(intid, 0, 0, 2));
        expect(got(intid), 2, "INTID %u", (u64)intid);
    }
    for (unsigned n = 0; n < USED; n++) {
        on_pe(used[n], write_sgi1r, sgi(7, 0, 0, 0xd));
        expect(got(7), 0xd, "from PE %u", (u64)used[n]);
    }

    section("affinity");
    send_sgi1(sgi(5, 0x100, 0, 1));
    expect(got(5), 1 << 16, "Aff1=1 list 1");
    send_sgi1(sgi(5, 0x100, 0, 3));
    expect(got(5), 3 << 16, "Aff1=1 list 3");
    send_sgi1(sgi(5, 0x100, 0, 0xfffe));
    expect(got(5), 2 << 16, "Aff1=1 list 0xfffe");
    send_sgi1(sgi(5, 0x200, 0, 3));
    expect(got(5), 0, "Aff1=2");
    send_sgi1(sgi(5, 0x10000, 0, 3));
    expect(got(5), 0, "Aff2=1");
    send_sgi1(sgi(5, 0x100000000, 0, 3));
    expect(got(5), 0, "Aff3=1");

    section("range");
    for (unsigned range = 1; range < 16; range += 7) {
        send_sgi1(sgi(5, 0, range, 0xffff));
        expect(got(5), 0, "RS=%u", (u64)range);
    }
    send_sgi1(sgi(5, 0x100, 1, 3));
    expect(got(5), 0, "RS=1 Aff1=1");

    section("all");
    send_sgi1(sgi(5, 0, 0, 0) | SGI_IRM);
    expect(got(5), 0x3000e, "IRM");
    send_sgi1(sgi(5, 0x100, 0, 1) | SGI_IRM);
    expect(got(5), 0x3000e, "IRM ignores affinity and list");
    send_sgi1(sgi(9, 0, 0, 0xffff) | SGI_IRM);
    expect(got(9), 0x3000e, "IRM with a list");
    send_sgi1(sgi(5, 0, 3, 0) | SGI_IRM);
    expect(got(5), 0x3000e, "IRM with RS");
    on_pe(17, write_sgi1r, sgi(5, 0, 0, 0) | SGI_IRM);
    expect(got(5), 0x1000f, "IRM from PE 17");
}

/* Group of the target's SGI against the register written. */
static void groups(void)
{
    static const char *const names[] = {"SGI0R", "SGI1R", "ASGI1R"};
    static const bool reaches[3][2] = {{1, 0}, {1, 1}, {1, 0}};
    void (*const send[])(u64) = {send_sgi0, send_sgi1, send_asgi1};

    section("group");
    for (unsigned group = 0; group < 2; group++) {
        set_group(6, group);
        for (unsigned r = 0; r < 3; r++) {
            send[r](sgi(6, 0, 0, 1));
            expect(got(6), reaches[r][group], "%s to Group %u", names[r], (u64)group);
        }
    }
    /* IRM=1 leaves the check of the group at each target as it is: PE 1 has Group 0, the rest 1. */
    write32(SGI_BASE(1) + IGROUPR, ~(1u << 6));
    for (unsigned r = 0; r < 3; r++) {
        send[r](sgi(6, 0, 0, 0) | SGI_IRM);
        expect(got(6), (reaches[r][0] ? 2 : 0) | (reaches[r][1] ? 0x3000c : 0),
               "%s to all others, PE 1 has Group 0", names[r]);
    }
    write32(SGI_BASE(1) + IGROUPR, ~0u);
    set_group(6, 1);
}

static volatile u64 taken[MAX_PES];
static void on_irq(struct frame *f)
{
    const u64 intid = iar1();
    taken[pe_number()] += f->kind && intid == 3;
    eoi1(intid);
}

static u64 listen(u64 wanted)
{
    irq_handler[pe_number()] = on_irq;
    unmask(MASK_IRQ);
    for (u64 n = 0; n < 1000000000 && taken[pe_number()] < wanted; n++) {
        __asm__ volatile("yield" ::: "memory");
    }
    mask();
    return taken[pe_number()];
}

static u64 take_one(u64 unused)
{
    const u64 intid = iar1();
    eoi1(intid);
    return intid + unused;
}

static void states(void)
{
    section("state");
    disable(4);
    send_sgi1(sgi(4, 0, 0, 1));
    expect(pending(4), 1, "disabled SGI pends");
    expect(lines(), 0, "disabled SGI is not signalled");
    enable(4);
    expect(lines(), MASK_IRQ, "signalled once enabled");
    expect(iar1(), 4, "IAR1");
    expect(state(4), 2, "acknowledged");
    send_sgi1(sgi(4, 0, 0, 1));
    expect(state(4), 3, "active and pending");
    expect(lines(), 0, "not signalled while active");
    eoi1(4);
    expect(state(4), 1, "pending again");
    expect(iar1(), 4, "IAR1 again");
    eoi1(4);
    expect(state(4), 0, "idle");

    for (unsigned n = 0; n < 3; n++) {
        send_sgi1(sgi(4, 0, 0, 2));
    }
    expect(on_pe(1, take_one, 0), 4, "three merge, first");
    expect(on_pe(1, take_one, 0), SPURIOUS, "three merge, second");
    pend(4);
    expect(iar1(), 4, "pended by GICR_ISPENDR0");
    eoi1(4);
    pend(4);
    unpend(4);
    expect(iar1(), SPURIOUS, "cleared by GICR_ICPENDR0");
    write32(GICD + 0xf00, 4 | 2 << 24);
    expect(pending(4), 0, "GICD_SGIR has no effect");
    write32(GICD + 0xf20, ~0u);
    expect(read32(GICD + 0xf20), 0, "GICD_SPENDSGIR is RES0");
    expect(pending(0), 0, "GICD_SPENDSGIR has no effect");
    write32(SGI_BASE(1) + ISPENDR, 1 << 4);
    expect(on_pe(1, take_one, 0), 4, "pended through the frame of another PE");

    section("delivery");
    for (unsigned n = 1; n < USED; n++) {
        on_pe_begin(used[n], listen, 1);
    }
    send_sgi1(sgi(3, 0, 0, 0) | SGI_IRM);
    for (unsigned n = 1; n < USED; n++) {
        expect(on_pe_end(used[n]), 1, "to PE %u", (u64)used[n]);
    }
    expect(taken[0], 0, "to self");
}

int main(void)
{
    gicd_init();
    for (unsigned n = 0; n < USED; n++) {
        if (used[n]) {
            pe_start(used[n]);
        }
        on_pe(used[n], begin, 0);
    }
    lists();
    groups();
    states();
    return 0;
}
