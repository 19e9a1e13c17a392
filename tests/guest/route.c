/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=3
 *
 * GICD_IROUTER: a pending, an active and a level SPI moved between PEs, routes to nobody, ending on
 * the PE that took it, deactivation from elsewhere.
 */
#include "rt/gic.h"

enum {
    A = 40,
    B = 41
};

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
static u64 hppi(u64 unused)
{
    return hppir1() + unused;
}
static u64 running(u64 unused)
{
    return rpr() + unused;
}
static u64 deactivate(u64 intid)
{
    dir(intid);
    return 0;
}
static u64 split(u64 on)
{
    WRITE_SYS(ICC_CTLR_EL1, on ? CTLR_EL1_EOIMODE : 0);
    return 0;
}

/* Which PEs have their IRQ line up, one bit each. */
static u64 up(void)
{
    u64 who = 0;
    for (unsigned pe = 0; pe < 3; pe++) {
        who |= on_pe(pe, line, 0) ? 1ull << pe : 0;
    }
    return who;
}

static void moves(void)
{
    section("pending");
    setup(A, 1, 0xa0);
    pend(A);
    expect(up(), 1, "at PE 0");
    route(A, 1);
    expect(up(), 2, "moved to PE 1");
    expect(hppir1(), SPURIOUS, "HPPIR1 of PE 0");
    expect(on_pe(1, hppi, 0), A, "HPPIR1 of PE 1");
    expect(iar1(), SPURIOUS, "IAR1 of PE 0");
    route(A, 2);
    expect(up(), 4, "moved to PE 2");
    expect(on_pe(2, ack, 0), A, "IAR1 of PE 2");
    expect(up(), 0, "taken");

    section("active");
    route(A, 0);
    pend(A);
    expect(state(A), 3, "active and pending");
    expect(up(), 0, "moved to PE 0 while active");
    on_pe(2, end, A);
    expect(up(), 1, "PE 2 ended it");
    expect(on_pe(2, running, 0), 0xff, "RPR of PE 2");
    expect(iar1(), A, "IAR1 of PE 0");
    route(A, 1);
    eoi1(A);
    expect(state(A), 0, "ended by PE 0, routed to PE 1");

    section("level");
    setup(INTID_GPIO, 1, 0xa0);
    set_edge(INTID_GPIO, false);
    gpio_wire(true);
    expect(up(), 1, "at PE 0");
    expect(iar1(), INTID_GPIO, "IAR1 of PE 0");
    route(INTID_GPIO, 1);
    expect(up(), 0, "moved while active, high");
    eoi1(INTID_GPIO);
    expect(up(), 2, "at PE 1 after EOI");
    route(INTID_GPIO, 2);
    expect(up(), 4, "at PE 2");
    gpio_wire(false);
    expect(up(), 0, "low");
    disable(INTID_GPIO);
}

static void nobody(void)
{
    section("nobody");
    setup(A, 1, 0xa0);
    route(A, 7);
    pend(A);
    expect(up(), 0, "Aff0=7");
    expect(state(A), 1, "stays pending");
    route(A, 0x100);
    expect(up(), 0, "Aff1=1");
    route(A, 0x10000);
    expect(up(), 0, "Aff2=1");
    route(A, 0x100000000);
    expect(up(), 0, "Aff3=1");
    route(A, 2);
    expect(up(), 4, "Aff0=2");
    unpend(A);
    expect(up(), 0, "cleared");
}

static void elsewhere(void)
{
    section("elsewhere");
    for (unsigned pe = 0; pe < 3; pe++) {
        on_pe(pe, split, 1);
    }
    setup(A, 1, 0xa0);
    pend(A);
    expect(iar1(), A, "IAR1 of PE 0");
    eoi1(A);
    on_pe(1, deactivate, A);
    expect(state(A), 0, "DIR on PE 1");
    pend(A);
    expect(iar1(), A, "again");
    on_pe(2, deactivate, A);
    expect(state(A), 0, "DIR on PE 2 before the EOIR");
    expect(rpr(), 0xa0, "RPR of PE 0");
    eoi1(A);

    setup(20, 1, 0xa0);
    pend(20);
    expect(iar1(), 20, "a PPI on PE 0");
    eoi1(20);
    on_pe(1, deactivate, 20);
    expect(state(20), 2, "DIR on PE 1 is for its own PPI");
    dir(20);
    expect(state(20), 0, "DIR on PE 0");
    for (unsigned pe = 0; pe < 3; pe++) {
        on_pe(pe, split, 0);
    }

    section("parallel");
    setup(A, 1, 0xa0), setup(B, 1, 0x80);
    route(B, 1);
    pend(A), pend(B);
    expect(up(), 3, "two PEs have one each");
    expect(on_pe(1, ack, 0), B, "PE 1");
    expect(iar1(), A, "PE 0");
    expect(on_pe(1, running, 0), 0x80, "RPR of PE 1");
    expect(rpr(), 0xa0, "RPR of PE 0");
    eoi1(A);
    on_pe(1, end, B);
    expect(state(A) | state(B), 0, "both ended");
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
    moves();
    nobody();
    elsewhere();
    return 0;
}
