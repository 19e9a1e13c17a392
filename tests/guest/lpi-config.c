/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 its=on
 *
 * The LPI configuration table: enable and priority of LPIs, changed while they are idle, pending
 * and active, with INV and INVALL. A change without them may be seen or not: such answers are not
 * printed.
 */
#include "rt/its.h"

enum {
    D = 3,
    A = LPI + 10, /* events 0 to 15 are A to A + 15 */
    EVENTS = 16
};

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}

static void set(unsigned event, u8 byte)
{
    lpi_byte(A + event, byte);
    inv(D, event);
}

static void enables(void)
{
    section("enable");
    set(0, 0xa0);
    fire(D, 0);
    expect(lines(), 0, "disabled");
    expect(hppir1(), SPURIOUS, "disabled: HPPIR1");
    set(0, 0xa1);
    expect(lines(), MASK_IRQ, "enabled while pending");
    set(0, 0xa0);
    expect(lines(), 0, "disabled while pending");
    expect(iar1(), SPURIOUS, "disabled: IAR1");
    set(0, 0xa1);
    expect(take(), A, "enabled again");
    expect(take(), SPURIOUS, "once");
    set(0, 0xa0);
    fire(D, 0);
    clear(D, 0);
    set(0, 0xa1);
    expect(take(), SPURIOUS, "pended and cleared while disabled");
    fire(D, 0);
    expect(iar1(), A, "IAR1");
    set(0, 0xa0);
    expect(rpr(), 0xa0, "disabled while its priority runs");
    eoi1(A);
    expect(rpr(), 0xff, "ended while disabled");
    set(0, 0xa1);
    /* RES1 does not matter. */
    set(0, 0xa0 | LPI_RES1 | LPI_ON);
    fire(D, 0);
    expect(take(), A, "RES1 as one");
    set(0, 0xa0 | LPI_RES1);
    fire(D, 0);
    expect(take(), SPURIOUS, "RES1 alone does not enable");
    set(0, 0xa1);
    expect(take(), A, "RES1 as zero");
    set(0, 0xa0), set(1, 0xa0);
    fire(D, 0), fire(D, 1), fire(D, 2);
    expect(take(), A + 2, "two of three disabled");
    set(1, 0xa1);
    expect(take(), A + 1, "the second enabled");
    expect(take(), SPURIOUS, "the first not");
    movi(D, 0, 1);
    expect(on_pe(1, f_take, 0), SPURIOUS, "moved while disabled and pending");
    set(0, 0xa1);
    expect(on_pe(1, f_take, 0), A, "enabled at its new PE");
    movi(D, 0, 0);
    set(0, 0xa0);
    fire(D, 0);
    discard(D, 0);
    mapti(D, 0, A, 0);
    set(0, 0xa1);
    expect(take(), SPURIOUS, "discarded while disabled and pending");
}

static void priorities(void)
{
    section("priority");
    u64 wrong = 0;
    for (unsigned v = 0; v < 256; v += 4) {
        set(0, (u8)v | LPI_ON);
        fire(D, 0);
        const u64 intid = iar1(), running = rpr();
        /* 0xff-like priorities are masked by PMR = 0xf8. */
        wrong += v < 0xf8 ? intid != A || running != (v & 0xf8) : intid != SPURIOUS;
        if (intid != SPURIOUS) {
            eoi1(intid);
        }
        clear(D, 0);
    }
    expect(wrong, 0, "priority bytes whose RPR is wrong");
    static const u8 bytes[] = {0x50, 0x20, 0xe0, 0x10, 0xf0, 0x90, 0x80, 0x00};
    static const u8 sorted[] = {7, 3, 1, 0, 6, 5, 2, 4};
    for (unsigned n = 0; n < 8; n++) {
        set(n, bytes[n] | LPI_ON);
    }
    for (unsigned n = 0; n < 8; n++) {
        fire(D, n);
    }
    for (unsigned n = 0; n < 8; n++) {
        expect(take(), A + sorted[n], "in order %u", (u64)n);
    }
    /* Changed while pending. */
    for (unsigned n = 0; n < 8; n++) {
        fire(D, n);
    }
    for (unsigned n = 0; n < 8; n++) {
        set(n, (u8)(0xf0 - bytes[n]) | LPI_ON);
    }
    for (unsigned n = 0; n < 8; n++) {
        expect(take(), A + sorted[7 - n], "changed while pending, in order %u", (u64)n);
    }
    /* Changed while its priority runs: the active priority stays. */
    set(0, 0x41);
    fire(D, 0);
    expect(iar1(), A, "IAR1");
    set(0, 0x81);
    expect(rpr(), 0x40, "changed while active: RPR");
    set(1, 0x61);
    fire(D, 1);
    expect(lines(), 0, "changed while active: the mask");
    set(1, 0x21);
    expect(lines(), MASK_IRQ, "raised above the running one");
    expect(iar1(), A + 1, "preempts");
    expect(rpr(), 0x20, "RPR");
    eoi1(A + 1);
    expect(rpr(), 0x40, "RPR, back");
    eoi1(A);
    expect(rpr(), 0xff, "RPR, idle");
}

static void invalidate_all(void)
{
    section("invall");
    for (unsigned n = 0; n < EVENTS; n++) {
        movi(D, n, n % 2);
        set(n, 0xa1);
    }
    for (unsigned n = 0; n < EVENTS; n++) {
        lpi_byte(A + n, 0xa0);
    }
    invall(0), invall(1);
    for (unsigned n = 0; n < EVENTS; n++) {
        fire(D, n);
    }
    expect(take(), SPURIOUS, "all disabled, PE 0");
    expect(on_pe(1, f_take, 0), SPURIOUS, "all disabled, PE 1");
    for (unsigned n = 0; n < EVENTS; n++) {
        lpi_byte(A + n, (u8)(0xa1 - 8 * n));
    }
    invall(0), invall(1);
    u64 wrong = 0;
    for (unsigned n = 0; n < EVENTS / 2; n++) {
        wrong += take() != A + EVENTS - 2 - 2 * n;
        wrong += on_pe(1, f_take, 0) != A + EVENTS - 1 - 2 * n;
    }
    expect(wrong, 0, "all enabled while pending, each its priority");
    expect(take() + on_pe(1, f_take, 0), 2 * SPURIOUS, "no more");
    /* INV is about one, whatever collection it is in: here the one at PE 1. */
    fire(D, 1);
    lpi_byte(A + 1, 0xa0);
    inv(D, 1);
    expect(on_pe(1, f_take, 0), SPURIOUS, "INV of one at PE 1");
    lpi_byte(A + 1, 0xa1);
    invall(1);
    expect(on_pe(1, f_take, 0), A + 1, "INVALL of its collection");
}

static void late(void)
{
    section("late");
    /* Without INV the old or the new byte holds; with it the new one, whatever was seen before. */
    u64 wrong = 0;
    for (unsigned n = 0; n < 200; n++) {
        const unsigned e = n * 7 % EVENTS;
        movi(D, e, 0);
        lpi_byte(A + e, 0xa0);
        fire(D, e);
        const bool taken = take() == A + e;
        lpi_byte(A + e, n % 3 ? 0x60 : 0x61);
        inv(D, e);
        if (n % 3) {
            wrong += take() != SPURIOUS;
            set(e, 0x61);
        }
        wrong += take() != (taken ? SPURIOUS : A + e);
        set(e, 0xa1);
    }
    expect(wrong, 0, "wrong answers after INV");

    section("table");
    /* Another table while LPIs are off: every byte is read anew. */
    const u64 old = its.config;
    lpi_switch(0, false), lpi_switch(1, false);
    its.config = arena(LPIS, 4096);
    for (unsigned n = 0; n < EVENTS; n++) {
        lpi_byte(A + n, n % 2 ? 0x61 : 0x60);
    }
    for (unsigned pe = 0; pe < 2; pe++) {
        write64(GICR(pe) + GICR_PROPBASER, its.config | WRITE_BACK | ID_BITS);
        lpi_switch(pe, true);
    }
    invall(0), invall(1);
    for (unsigned n = 0; n < EVENTS; n++) {
        movi(D, n, 0);
        fire(D, n);
    }
    const u64 first = iar1();
    expect(first >= A && first < A + EVENTS && (first - A) % 2, 1, "an enabled one");
    expect(rpr(), 0x60, "its priority");
    eoi1(first);
    expect(f_drain(0), EVENTS / 2 - 1, "the other enabled ones");
    lpi_switch(0, false), lpi_switch(1, false);
    its.config = old;
    for (unsigned pe = 0; pe < 2; pe++) {
        write64(GICR(pe) + GICR_PROPBASER, its.config | WRITE_BACK | ID_BITS);
        lpi_switch(pe, true);
    }
    invall(0), invall(1);
    expect(f_drain(0), EVENTS / 2, "the first table again: those that were disabled in the other");
}

int main(void)
{
    gicd_init();
    begin(0);
    pe_start(1);
    on_pe(1, begin, 0);
    lpi_init(2);
    its_init();
    device(D, 5);
    for (unsigned n = 0; n < EVENTS; n++) {
        mapti(D, n, A + n, 0);
    }
    enables();
    priorities();
    invalidate_all();
    late();
    return 0;
}
