/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=5 its=on
 *
 * LPIs that move between PEs, also while MSIs come and while the PEs take them: MOVI, MOVALL, MAPC
 * to another PE, a PE whose LPIs are off, a PE that goes off and on.
 */
#include "rt/its.h"

enum {
    D = 3,
    PES = 5,
    WORKERS = 4, /* PEs 1 to 4 */
    EVENTS = 64,
    WAKE = 1 /* an SGI that ends WFI */
};

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}

static u64 off(u64 unused)
{
    psci(PSCI_CPU_OFF, 0, 0, 0);
    return unused;
}

static u64 taken_by(unsigned pe)
{
    return on_pe(pe, f_take, 0);
}

/* Which PE takes the LPI, PES if none does; others must have nothing. */
static u64 owner(unsigned intid)
{
    u64 who = PES;
    for (unsigned pe = 0; pe < PES; pe++) {
        const u64 got = taken_by(pe);
        if (got == intid && who == PES) {
            who = pe;
        } else if (got != SPURIOUS) {
            who = 100 + pe;
        }
    }
    return who;
}

static void one(void)
{
    section("movi");
    u64 wrong = 0;
    for (unsigned from = 0; from < PES; from++) {
        for (unsigned to = 0; to < PES; to++) {
            movi(D, 0, from);
            fire(D, 0);
            wrong += owner(LPI) != from;
            fire(D, 0);
            movi(D, 0, to);
            wrong += owner(LPI) != to;
            fire(D, 0);
            wrong += owner(LPI) != to;
        }
    }
    expect(wrong, 0, "every PE to every PE, pending and not");
    movi(D, 0, 1), movi(D, 1, 2);
    fire(D, 0), fire(D, 1);
    movi(D, 0, 2), movi(D, 1, 1), movi(D, 0, 3), movi(D, 1, 4);
    expect(taken_by(3), LPI, "two that cross, first");
    expect(taken_by(4), LPI + 1, "two that cross, second");
    wrong = 0;
    movi(D, 0, 0);
    fire(D, 0);
    for (unsigned n = 1; n <= 1000; n++) {
        push(OP(MOVI, D), 0, n * 3 % PES, 0);
    }
    its_flush();
    expect(owner(LPI), 0, "1,000 moves while pending");
    movi(D, 0, 1);
    fire(D, 0);
    expect(on_pe(1, f_iar1, 0), LPI, "IAR1 at PE 1");
    movi(D, 0, 2);
    expect(on_pe(1, f_rpr, 0), 0xa0, "moved while its priority runs");
    fire(D, 0);
    expect(taken_by(2), LPI, "PE 2 takes the next");
    on_pe(1, f_eoi1, LPI);
    expect(on_pe(1, f_rpr, 0), 0xff, "PE 1 ends it");
    movi(D, 0, 0), movi(D, 1, 0);
}

static void all(void)
{
    section("movall");
    u64 wrong = 0;
    for (unsigned from = 0; from < PES; from++) {
        for (unsigned to = 0; to < PES; to++) {
            for (unsigned e = 0; e < EVENTS; e++) {
                push(OP(MOVI, D), e, e % PES, 0);
                push(OP(INT, D), e, 0, 0);
            }
            movall(from, to);
            for (unsigned pe = 0; pe < PES; pe++) {
                u64 got = 0;
                const u64 own = (EVENTS - pe + PES - 1) / PES;
                const u64 more = (EVENTS - from + PES - 1) / PES;
                got = on_pe(pe, f_drain, 0);
                wrong += got != (from == to ? own : pe == from ? 0 : pe == to ? own + more : own);
            }
        }
    }
    expect(wrong, 0, "every PE to every PE");
    for (unsigned e = 0; e < EVENTS; e++) {
        push(OP(MOVI, D), e, 0, 0);
    }
    its_flush();
    /* One is pending at both: it is pending once afterwards. */
    movi(D, 0, 1);
    fire(D, 0);
    expect(taken_by(1), LPI, "to start with");
    /* Disabled LPIs move, too. */
    movi(D, 2, 1);
    lpi_byte(LPI + 2, 0xa0);
    inv(D, 2);
    fire(D, 2);
    movall(1, 3);
    lpi_byte(LPI + 2, 0xa1);
    movi(D, 2, 3);
    inv(D, 2);
    expect(owner(LPI + 2), 3, "a disabled one");
    /* Priorities come along. */
    lpi_byte(LPI + 4, 0xb1), lpi_byte(LPI + 5, 0x51), lpi_byte(LPI + 6, 0x81);
    for (unsigned e = 4; e < 7; e++) {
        movi(D, e, 0);
        inv(D, e);
        fire(D, e);
    }
    movall(0, 4);
    expect(taken_by(4), LPI + 5, "by priority, first");
    expect(taken_by(4), LPI + 6, "by priority, second");
    expect(taken_by(4), LPI + 4, "by priority, third");
    for (unsigned e = 4; e < 7; e++) {
        lpi_byte(LPI + e, 0xa1);
        inv(D, e);
    }
}

static void retarget(void)
{
    section("mapc");
    u64 wrong = 0;
    for (unsigned from = 0; from < PES; from++) {
        for (unsigned to = 0; to < PES; to++) {
            mapc(9, from);
            movi(D, 7, 9);
            fire(D, 7);
            wrong += owner(LPI + 7) != from;
            mapc(9, to);
            fire(D, 7);
            wrong += owner(LPI + 7) != to;
            fire(D, 7);
            mapc(9, from), movall(to, from);
            wrong += owner(LPI + 7) != from;
        }
    }
    expect(wrong, 0, "every PE to every PE, with MOVALL when it is pending");
    movi(D, 7, 0);
    unmapc(9);
}

static void lpis_off(void)
{
    section("target is off");
    movi(D, 8, 1);
    lpi_switch(1, false);
    fire(D, 8);
    lpi_switch(1, true);
    expect(owner(LPI + 8), PES, "an MSI to a PE without LPIs is dropped");
    fire(D, 8);
    expect(owner(LPI + 8), 1, "the next comes");
    lpi_switch(2, false);
    movi(D, 8, 2);
    fire(D, 8);
    expect(owner(LPI + 8), PES, "moved to it, not pending");
    movi(D, 8, 1);
    fire(D, 8);
    expect(owner(LPI + 8), 1, "and back");
    lpi_switch(2, true);

    section("psci");
    movi(D, 8, 1);
    for (unsigned n = 0; n < 3; n++) {
        fire(D, 8);
        on_pe_begin(1, off, 0);
        while (psci(PSCI_AFFINITY_INFO, 1, 0, 0) != 1) {
        }
        fire(D, 9), fire(D, 10);
        movi(D, 10, 1);
        expect(taken_by(0), LPI + 9, "PE 0 while PE 1 is off");
        pe_start(1);
        on_pe(1, begin, 0);
        expect(taken_by(1), LPI + 8, "pended before PE 1 went off");
        expect(taken_by(1), LPI + 10, "moved to it while it was off");
        expect(taken_by(1), SPURIOUS, "no more");
        movi(D, 10, 0);
    }
}

/* The PEs take what comes, each by exception, and count. */
static volatile u64 counts[PES][EVENTS], stray, stop;
static void on_irq(struct frame *f)
{
    const u64 intid = iar1();
    if (intid >= LPI && intid < LPI + EVENTS) {
        counts[pe_number()][intid - LPI]++;
    } else if (intid != WAKE && intid != SPURIOUS) {
        stray++;
    }
    if (intid != SPURIOUS) {
        eoi1(intid);
    }
    (void)f;
}
static u64 work(u64 unused)
{
    irq_handler[pe_number()] = on_irq;
    setup(WAKE, 1, 0xa0);
    unmask(MASK_IRQ);
    while (!stop) {
        __asm__ volatile("wfi" ::: "memory");
    }
    mask();
    return unused;
}
static u64 count_of(unsigned e)
{
    u64 n = 0;
    for (unsigned pe = 0; pe < PES; pe++) {
        n += counts[pe][e];
    }
    return n;
}

static void while_moving(void)
{
    section("while they run");
    for (unsigned e = 0; e < EVENTS; e++) {
        push(OP(MOVI, D), e, 1 + e % WORKERS, 0);
    }
    its_flush();
    stop = 0;
    for (unsigned pe = 1; pe < PES; pe++) {
        on_pe_begin(pe, work, 0);
    }
    u64 lost = 0, twice = 0;
    for (unsigned n = 0; n < 2000; n++) {
        const unsigned e = n * 29 % EVENTS;
        const u64 before = count_of(e);
        push(OP(INT, D), e, 0, 0);
        switch (n % 5) {
        case 0:
            push(OP(MOVI, D), e, 1 + n * 7 % WORKERS, 0);
            break;
        case 1:
            push(MOVALL, 0, rdbase(1 + n % WORKERS), rdbase(1 + n * 3 % WORKERS));
            break;
        case 2:
            push(MAPC, 0, (1 + n % WORKERS) | rdbase(1 + n * 5 % WORKERS) | VALID, 0);
            push(MOVALL, 0, rdbase(1 + n % WORKERS), rdbase(1 + n * 5 % WORKERS));
            break;
        case 3:
            push(OP(INV, D), e, 0, 0);
            break;
        }
        its_flush();
        u64 spins = 0;
        while (count_of(e) == before && ++spins < 100000000) {
            __asm__ volatile("yield" ::: "memory");
        }
        lost += count_of(e) == before;
        twice += count_of(e) > before + 1;
    }
    stop = 1;
    send_sgi1(sgi(WAKE, 0, 0, ((1u << WORKERS) - 1) << 1));
    for (unsigned pe = 1; pe < PES; pe++) {
        on_pe_end(pe);
    }
    expect(lost, 0, "2,000 MSIs with a move after each, lost");
    expect(twice, 0, "taken twice");
    expect(stray, 0, "other INTIDs");
    u64 sum = 0;
    for (unsigned e = 0; e < EVENTS; e++) {
        sum += count_of(e);
    }
    expect(sum, 2000, "taken");
}

int main(void)
{
    gicd_init();
    begin(0);
    for (unsigned pe = 1; pe < PES; pe++) {
        pe_start(pe);
        on_pe(pe, begin, 0);
    }
    lpi_init(PES);
    its_init();
    device(D, 6);
    for (unsigned e = 0; e < EVENTS; e++) {
        mapti(D, e, LPI + e, 0);
    }
    one();
    all();
    retarget();
    lpis_off();
    while_moving();
    return 0;
}
