/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=4
 *
 * All PEs at once: a token goes round by SGI, by SPI and by moving one SPI's route, each hop taken
 * as an interrupt out of WFI; then all PEs send to all others at once. Nothing is lost, nothing
 * doubled.
 */
#include "rt/gic.h"

enum {
    PES = 4,
    HOPS = 1000,
    SPI = 40,
    MOVED = 60,
    STORM = 100
};
enum {
    BY_SGI,
    BY_SPI,
    BY_ROUTE,
    STORM_SGI
};

static volatile u64 mode, hops, stop;
static volatile u64 taken[PES], odd[PES], got[PES][PES], answered[PES];

static void pass_on(unsigned self)
{
    const unsigned next = (self + 1) % PES;
    if (hops >= HOPS) {
        stop = 1;
        barrier();
        /* Everybody looks at stop: wake those that wait. */
        send_sgi1(sgi(1, 0, 0, 0xf));
        return;
    }
    hops++;
    barrier();
    switch (mode) {
    case BY_SGI:
        send_sgi1(sgi(2, 0, 0, 1u << next));
        break;
    case BY_SPI:
        pend(SPI + next);
        break;
    case BY_ROUTE:
        route(MOVED, next);
        pend(MOVED);
        break;
    }
}

static void on_irq(struct frame *f)
{
    const unsigned self = pe_number();
    const u64 intid = iar1();
    bool token = false;

    if (mode == STORM_SGI && intid >= 8 && intid < 8 + PES) {
        got[self][intid - 8]++;
        eoi1(intid);
        answered[self]++;
        barrier();
        /* The answer, so that the sender never sends twice before the first was taken. */
        send_sgi1(sgi(4 + self, 0, 0, 1u << (intid - 8)));
        return;
    }
    if (mode == STORM_SGI && intid >= 4 && intid < 4 + PES) {
        taken[self]++;
        eoi1(intid);
        if (got[self][self] < STORM * (PES - 1)) {
            got[self][self]++;
            send_sgi1(sgi(8 + self, 0, 0, 1u << (intid - 4)));
        }
        return;
    }
    switch (mode) {
    case BY_SGI:
        token = intid == 2;
        break;
    case BY_SPI:
        token = intid == SPI + self;
        break;
    case BY_ROUTE:
        token = intid == MOVED;
        break;
    }
    taken[self] += token;
    odd[self] += (!token && intid != 1) || f->el != 1;
    if (mode == BY_ROUTE && token) {
        eoi1(intid);
        pass_on(self);
        return;
    }
    if (token) {
        pass_on(self);
    }
    eoi1(intid);
}

static u64 wait(u64 starts)
{
    const unsigned self = pe_number();
    irq_handler[self] = on_irq;
    if (starts) {
        pass_on(self);
    }
    while (!stop) {
        /* Masked: an interrupt that comes in between wakes WFI at once. */
        __asm__ volatile("wfi" ::: "memory");
        unmask(MASK_IRQ);
        mask();
    }
    unmask(MASK_IRQ);
    mask();
    return 0;
}

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    write32(SGI_BASE(pe_number()) + ISENABLER, 0xffff);
    return unused;
}

static void round_trip(u64 how, const char *name)
{
    section(name);
    mode = how;
    hops = stop = 0;
    for (unsigned pe = 0; pe < PES; pe++) {
        taken[pe] = odd[pe] = 0;
    }
    barrier();
    for (unsigned pe = 1; pe < PES; pe++) {
        on_pe_begin(pe, wait, 0);
    }
    wait(1);
    for (unsigned pe = 1; pe < PES; pe++) {
        on_pe_end(pe);
    }
    expect(hops, HOPS, "hops");
    for (unsigned pe = 0; pe < PES; pe++) {
        expect(taken[pe], HOPS / PES, "taken by PE %u", (u64)pe);
        expect(odd[pe], 0, "anything else taken by PE %u", (u64)pe);
        write32(SGI_BASE(pe) + ICPENDR, 0xffff);
    }
}

/* Each PE plays ping-pong with each other one at the same time: INTID 8 + sender, answer 4 +
 * sender. */
static u64 storm(u64 unused)
{
    const unsigned self = pe_number();
    irq_handler[self] = on_irq;
    unmask(MASK_IRQ);
    for (unsigned pe = 0; pe < PES; pe++) {
        if (pe != self) {
            send_sgi1(sgi(8 + self, 0, 0, 1u << pe));
        }
    }
    for (u64 n = 0; n < 2000000000; n++) {
        u64 done = 1;
        for (unsigned pe = 0; pe < PES; pe++) {
            done &= taken[pe] >= (u64)(STORM + 1) * (PES - 1);
        }
        if (done) {
            break;
        }
        __asm__ volatile("yield" ::: "memory");
    }
    mask();
    return unused;
}

static void all_to_all(void)
{
    section("all to all");
    mode = STORM_SGI;
    for (unsigned pe = 0; pe < PES; pe++) {
        taken[pe] = 0;
        for (unsigned from = 0; from < PES; from++) {
            got[pe][from] = 0;
        }
    }
    barrier();
    for (unsigned pe = 1; pe < PES; pe++) {
        on_pe_begin(pe, storm, 0);
    }
    storm(0);
    for (unsigned pe = 1; pe < PES; pe++) {
        on_pe_end(pe);
    }
    for (unsigned pe = 0; pe < PES; pe++) {
        expect(taken[pe], (STORM + 1) * (PES - 1), "answers to PE %u", (u64)pe);
        expect(answered[pe] ? read32(SGI_BASE(pe) + ISPENDR) & 0xffff : 1, 0, "left over at PE %u",
               (u64)pe);
    }
}

int main(void)
{
    gicd_init();
    for (unsigned pe = 0; pe < PES; pe++) {
        if (pe) {
            pe_start(pe);
        }
        on_pe(pe, begin, 0);
        setup(SPI + pe, 1, 0xa0);
        route(SPI + pe, pe);
    }
    setup(MOVED, 1, 0xa0);
    round_trip(BY_SGI, "sgi");
    round_trip(BY_SPI, "spi");
    round_trip(BY_ROUTE, "route");
    all_to_all();
    return 0;
}
