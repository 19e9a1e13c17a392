/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 its=on
 *
 * A machine reset (PSCI SYSTEM_RESET) while LPIs are pending and active and the ITS is busy: the
 * registers come back as they were at power-on, nothing is pending, and all works anew. The tables
 * in RAM survive it.
 */
#include "rt/its.h"

#define PSCI_SYSTEM_RESET 0x84000009ull
#define MAGIC 0x6c69627667696332ull
enum {
    D = 3,
    WORDS = 0x400
};

/* Beside the arena, far above the program, which the reset loads again. */
static struct saved {
    u64 magic, round;
    u64 pending;
    u32 its[WORDS], rd[2][64];
} *const saved = (struct saved *)0x43f80000;

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}

static void look(bool first)
{
    section("registers");
    u64 wrong = 0;
    for (unsigned w = 0; w < WORDS; w++) {
        const u32 v = read32(GITS + 4 * w);
        if (first) {
            saved->its[w] = v;
        }
        wrong += v != saved->its[w];
    }
    expect(wrong, 0, "words of the ITS that are not as at power-on");
    for (unsigned pe = 0; pe < 2; pe++) {
        wrong = 0;
        for (unsigned w = 0; w < 64; w++) {
            const u32 v = read32(GICR(pe) + 4 * w);
            if (first) {
                saved->rd[pe][w] = v;
            }
            wrong += v != saved->rd[pe][w];
        }
        expect(wrong, 0, "words of Redistributor %u that are not as at power-on", (u64)pe);
    }
    expect(read32(GITS + GITS_CTLR) & 1, 0, "GITS_CTLR.Enabled");
    expect(read32(GITS + GITS_CTLR) >> 31, 1, "GITS_CTLR.Quiescent");
    expect(read64(GITS + GITS_CBASER) >> 63, 0, "GITS_CBASER.Valid");
    expect(read64(GITS + GITS_CREADR), 0, "GITS_CREADR");
    expect(read32(GICR(0) + GICR_CTLR) & 1, 0, "GICR_CTLR.EnableLPIs");
    expect(lines(), 0, "lines");
    write32(GITS_TRANSLATER, 1);
    expect(iar1(), SPURIOUS, "an MSI");
}

static void use(void)
{
    section("use");
    lpi_init(2);
    its_init();
    device(D, 5);
    device(0, 5);
    for (unsigned e = 0; e < 32; e++) {
        mapti(D, e, LPI + e, e % 2), mapti(0, e, LPI + 50 + e, e % 2);
    }
    u64 wrong = 0;
    for (unsigned e = 0; e < 32; e++) {
        fire(D, e);
        wrong += on_pe(e % 2, f_take, 0) != LPI + e;
        msi(e);
        wrong += on_pe(e % 2, f_take, 0) != LPI + 50 + e;
    }
    expect(wrong, 0, "64 events");
    expect(take(), SPURIOUS, "no more");
}

int main(void)
{
    const bool first = saved->magic != MAGIC;
    if (first) {
        saved->round = 0;
    }
    print("round: %x\n", saved->round);
    look(first);
    gicd_init();
    begin(0);
    pe_start(1);
    on_pe(1, begin, 0);
    if (!first) {
        /* The old tables, but no pending bits of before: PTZ is not set. */
        section("old tables");
        its.pending[0] = saved->pending;
        lpi_switch(0, false);
        for (unsigned intid = LPI; intid < 65536; intid++) {
            lpi_bit_set(0, intid, intid == LPI + 700);
        }
        write64(GICR(0) + GICR_PROPBASER, ARENA | WRITE_BACK | ID_BITS);
        write64(GICR(0) + GICR_PENDBASER, its.pending[0] | WRITE_BACK);
        lpi_switch(0, true);
        expect(take(), LPI + 700, "the one that is set in memory");
        expect(take(), SPURIOUS, "no more");
    }
    use();
    saved->magic = MAGIC;
    saved->pending = its.pending[0];
    if (++saved->round == 3) {
        return 0;
    }
    /* Busy: pending ones, an active one, a queue that was just written. */
    fire(D, 2);
    iar1();
    for (unsigned e = 0; e < 32; e++) {
        msi(e);
    }
    for (unsigned n = 0; n < 1000; n++) {
        push(OP(INT, D), n % 32, 0, 0);
    }
    barrier();
    write64(GITS + GITS_CWRITER, its.written);
    psci(PSCI_SYSTEM_RESET, 0, 0, 0);
    for (;;) {
    }
}
