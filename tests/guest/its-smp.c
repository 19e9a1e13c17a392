/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=20 its=on
 *
 * Collections at PEs of two clusters, and five PEs that send and take MSIs all at once, while the
 * first works the command queue: nothing is lost, nothing comes twice or elsewhere.
 */
#include "rt/its.h"

enum {
    PES = 20,
    D = 3,
    WORKERS = 4, /* PEs 1 to 4 */
    OWN = 16,    /* events of each worker */
    ROUNDS = 800
};

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}

/* The others stay off: what waits here takes host time. */
static const unsigned used[] = {0, 1, 2, 3, 4, 15, 16, 19};
enum {
    USED = sizeof(used) / sizeof(used[0])
};

static u64 off(u64 unused)
{
    psci(PSCI_CPU_OFF, 0, 0, 0);
    return unused;
}

static u64 not_taken_by_others(unsigned pe, u64 intid)
{
    u64 wrong = 0;
    for (unsigned n = 0; n < USED; n++) {
        wrong += on_pe(used[n], f_take, 0) != (used[n] == pe ? intid : SPURIOUS);
    }
    return wrong;
}

static void wide(void)
{
    section("pes");
    u64 wrong = 0, typer = 0;
    for (unsigned pe = 0; pe < PES; pe++) {
        typer += (read64(GICR(pe) + GICR_TYPER) >> 8 & 0xffff) != pe;
        mapti(D, pe, LPI + pe, pe);
    }
    expect(typer, 0, "GICR_TYPER.Processor_Number is not what RDbase takes");
    for (unsigned n = 0; n < USED; n++) {
        fire(D, used[n]);
        wrong += not_taken_by_others(used[n], LPI + used[n]);
    }
    expect(wrong, 0, "one LPI to each of 8 PEs of 20");
    for (unsigned pe = 0; pe < PES; pe++) {
        push(OP(INT, D), pe, 0, 0);
    }
    its_flush();
    wrong = 0;
    for (unsigned n = 0; n < USED; n++) {
        wrong += on_pe(used[n], f_take, 0) != LPI + used[n];
    }
    expect(wrong, 0, "to all 20 at once");
    movi(D, 3, 19);
    fire(D, 3);
    movi(D, 3, 16), movi(D, 3, 15);
    expect(on_pe(15, f_take, 0), LPI + 3, "moved between clusters while pending");
    fire(D, 16);
    movall(16, 15);
    expect(not_taken_by_others(15, LPI + 16), 0, "MOVALL between clusters");
    movall(17, 15), movall(18, 15);
    expect(on_pe(15, f_take, 0) + on_pe(15, f_take, 0), 2 * LPI + 35, "of PEs that are off");
    push(MAPC, 0, 25 | (u64)PES << 16 | VALID, 0);
    its_flush();
    mapti(D, 30, LPI + 30, 25);
    expect(fire(D, 30), 1, "PE 20, which does not exist");
    expect(not_taken_by_others(20, 0), 0, "no PE takes it");
    for (unsigned n = WORKERS + 1; n < USED; n++) {
        on_pe_begin(used[n], off, 0);
    }
}

/* Event n of DeviceID 0: worker 1 + n / OWN, LPI + 100 + n. */
static volatile u64 got[WORKERS + 1][OWN], elsewhere, stuck;

static void on_irq(struct frame *f)
{
    const u64 intid = iar1(), pe = pe_number();
    const u64 n = intid - LPI - 100;
    if (intid >= LPI + 100 && n / OWN == pe - 1) {
        got[pe][n % OWN]++;
    } else if (intid != SPURIOUS) {
        elsewhere++;
    }
    if (intid != SPURIOUS) {
        eoi1(intid);
    }
    (void)f;
}

/* MSIs to itself and to its neighbour: its own are counted at once, those of the others merge. */
static u64 work(u64 rounds)
{
    const unsigned pe = pe_number();
    irq_handler[pe] = on_irq;
    unmask(MASK_IRQ);
    for (u64 n = 0; n < rounds; n++) {
        const unsigned e = n % (OWN / 2);
        const u64 before = got[pe][e];
        msi((pe - 1) * OWN + e);
        u64 spins = 0;
        while (got[pe][e] == before && ++spins < 10000000) {
            __asm__ volatile("yield" ::: "memory");
        }
        stuck += got[pe][e] != before + 1;
        msi(pe % WORKERS * OWN + OWN / 2 + e);
    }
    return 0;
}

static u64 last(u64 unused)
{
    for (unsigned n = 0; n < 100; n++) {
        __asm__ volatile("isb" ::: "memory");
    }
    mask();
    return unused;
}

static void busy(void)
{
    section("at once");
    device(0, 7);
    device(9, 4);
    for (unsigned n = 0; n < WORKERS * OWN; n++) {
        mapti(0, n, LPI + 100 + n, 1 + n / OWN);
    }
    for (unsigned pe = 1; pe <= WORKERS; pe++) {
        on_pe_begin(pe, work, ROUNDS);
    }
    u64 wrong = 0;
    for (unsigned n = 0; n < 200; n++) {
        const u32 d = 9 + n % 5;
        device(d, 4);
        mapti(d, 2, LPI + 500, 0), mapti(d, 3, LPI + 501, 0);
        fire(d, 2);
        wrong += take() != LPI + 500;
        movi(d, 3, 7), movi(d, 3, 0);
        lpi_byte(LPI + 501, n % 2 ? 0x40 : 0x80);
        inv(d, 3);
        fire(d, 3);
        discard(d, 2);
        wrong += take() != SPURIOUS;
        lpi_byte(LPI + 501, 0xa1);
        invall(0);
        wrong += take() != LPI + 501;
        unmapd(d);
    }
    expect(wrong, 0, "commands and LPIs of PE 0 that went wrong");
    for (unsigned pe = 1; pe <= WORKERS; pe++) {
        on_pe_end(pe);
    }
    for (unsigned pe = 1; pe <= WORKERS; pe++) {
        on_pe(pe, last, 0);
    }
    expect(stuck, 0, "MSIs to oneself that were lost or doubled");
    expect(elsewhere, 0, "LPIs at the wrong PE");
    u64 own = 0, few = 0;
    for (unsigned pe = 1; pe <= WORKERS; pe++) {
        for (unsigned e = 0; e < OWN / 2; e++) {
            own += got[pe][e];
            few += got[pe][OWN / 2 + e] == 0 || got[pe][OWN / 2 + e] > ROUNDS / (OWN / 2) + 1;
        }
    }
    expect(own, WORKERS * ROUNDS, "MSIs to oneself");
    expect(few, 0, "events of a neighbour that came never, or more often than they were sent");
}

int main(void)
{
    gicd_init();
    begin(0);
    for (unsigned n = 1; n < USED; n++) {
        pe_start(used[n]);
        on_pe(used[n], begin, 0);
    }
    lpi_init(PES);
    its_init();
    device(D, 5);
    wide();
    busy();
    return 0;
}
