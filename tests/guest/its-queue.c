/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 its=on
 *
 * The command queue: sizes, order, wrap, a full ring, offsets beyond it, a queue written while the
 * ITS is off, bursts, stall and Retry.
 */
#include "rt/its.h"

enum {
    D = 3,
    EVENTS = 32
};

static u64 creadr(void)
{
    return read64(GITS + GITS_CREADR);
}

/* For what may never happen: CREADR after the ITS had time to go on. */
static u64 creadr_after_a_while(void)
{
    for (unsigned n = 0; n < 2000; n++) {
        creadr();
    }
    return creadr();
}

static void new_queue(unsigned pages)
{
    arena_reset();
    its_disable();
    lpi_init(1);
    its.devices = its_table(DEVICES, PAGE_64K, 1, false);
    its.collections = its_table(COLLECTIONS, PAGE_4K, 1, false);
    its_queue(pages);
    its_enable();
    mapc(0, 0);
    device(D, 5);
    for (unsigned n = 0; n < EVENTS; n++) {
        mapti(D, n, LPI + n, 0);
    }
}

static void sizes(void)
{
    section("sizes");
    static const unsigned pages[] = {1, 2, 3, 16, 256};
    for (unsigned k = 0; k < 5; k++) {
        new_queue(pages[k]);
        const u64 commands = pages[k] * 128;
        /* Up to the end of the ring, one at a time, and over it. */
        u64 wrong = 0;
        while (its.written != its.queue_bytes - 32) {
            push(SYNC, 0, rdbase(0), 0);
        }
        its_flush();
        expect(creadr(), its.queue_bytes - 32, "%u pages: CREADR at the last slot", (u64)pages[k]);
        push(OP(INT, D), 1, 0, 0);
        wrong += !its_flush();
        expect(creadr(), 0, "%u pages: CREADR wraps", (u64)pages[k]);
        expect(take(), LPI + 1, "%u pages: the last slot was carried out", (u64)pages[k]);
        /* As many as fit in one go, from anywhere. */
        for (unsigned round = 0; round < 4; round++) {
            for (u64 n = 0; n < commands - 2; n++) {
                push(OP(MOVI, D), n % EVENTS, 0, 0);
            }
            push(OP(INT, D), round, 0, 0);
            wrong += !its_flush();
            wrong += take() != LPI + round || take() != SPURIOUS;
        }
        expect(wrong, 0, "%u pages: a full ring, four times", (u64)pages[k]);
    }
}

static void order(void)
{
    section("order");
    new_queue(1);
    u64 wrong = 0;
    for (unsigned n = 0; n < 300; n++) {
        const unsigned intid = LPI + 100 + n;
        push(OP(MAPTI, D), 5 | (u64)intid << 32, 0, 0);
        push(OP(INT, D), 5, 0, 0);
        push(OP(MAPTI, D), 6 | (u64)(intid + 1000) << 32, 0, 0);
        push(OP(INT, D), 6, 0, 0);
        push(OP(DISCARD, D), 6, 0, 0);
        push(OP(INT, D), 6, 0, 0);
        push(OP(MAPTI, D), 7 | (u64)(intid + 2000) << 32, 0, 0);
        push(OP(INT, D), 7, 0, 0);
        push(OP(CLEAR, D), 7, 0, 0);
        push(SYNC, 0, rdbase(0), 0);
        its_flush();
        wrong += take() != intid || take() != SPURIOUS;
        push(OP(DISCARD, D), 5, 0, 0);
        push(OP(DISCARD, D), 7, 0, 0);
    }
    expect(wrong, 0, "commands that depend on each other, 300 times");
}

static void off(void)
{
    section("off");
    new_queue(1);
    its_disable();
    const u64 before = its.written;
    for (unsigned n = 0; n < 10; n++) {
        push(OP(INT, D), n, 0, 0);
    }
    write64(GITS + GITS_CWRITER, its.written);
    expect(creadr_after_a_while(), before, "CREADR stays");
    expect(take(), SPURIOUS, "nothing is carried out");
    its_enable();
    expect(its_flush(), 1, "on: all of it is");
    expect(f_drain(0), 10, "on: LPIs");

    /* The most that a ring can hold, all there before it starts. */
    its_disable();
    while ((its.written + 64) % its.queue_bytes != creadr()) {
        push(OP(INT, D), its.written / 32 % EVENTS, 0, 0);
    }
    volatile u64 *last = (u64 *)(its.queue + its.written);
    last[0] = OP(CLEAR, D), last[1] = 3, last[2] = last[3] = 0;
    its.written = (its.written + 32) % its.queue_bytes;
    write64(GITS + GITS_CWRITER, its.written);
    expect(creadr_after_a_while() != its.written, 1, "a full ring: CREADR stays");
    its_enable();
    expect(its_flush(), 1, "on: a full ring");
    expect(f_drain(0), EVENTS - 1, "on: LPIs of the full ring");
    its_disable();
    its_enable();
    expect(creadr(), its.written, "off and on: CREADR stays");
    expect(take(), SPURIOUS, "off and on: nothing is carried out twice");
}

static void beyond(void)
{
    section("beyond");
    new_queue(1);
    for (unsigned n = 0; n < 3; n++) {
        static const u64 offsets[] = {0x1000, 0x1020, 0xfffe0};
        const u64 at = creadr();
        write64(GITS + GITS_CWRITER, offsets[n]);
        expect(creadr_after_a_while(), at, "CWRITER %x: CREADR stays", offsets[n]);
        fact(read64(GITS + GITS_CWRITER) == offsets[n], "CWRITER %x is kept", offsets[n]);
        expect(take(), SPURIOUS, "CWRITER %x: nothing is carried out", offsets[n]);
    }
    push(OP(INT, D), 9, 0, 0);
    expect(its_flush(), 1, "a right CWRITER goes on");
    expect(take(), LPI + 9, "and carries out");
    /* Bits [4:1] are RES0. */
    push(OP(INT, D), 10, 0, 0);
    write64(GITS + GITS_CWRITER, its.written | 0x1e);
    expect(its_flush(), 1, "RES0 bits of CWRITER");
    expect(take(), LPI + 10, "carried out");
    push(OP(INT, D), 11, 0, 0);
    write64(GITS + GITS_CWRITER, its.written | 1);
    expect(creadr_after_a_while(), its.written, "Retry without a stall");
    expect(take(), LPI + 11, "Retry without a stall: carried out");
    expect(take(), SPURIOUS, "once");
    write64(GITS + GITS_CWRITER, its.written);
    expect(take(), SPURIOUS, "CWRITER written again: nothing new");
}

static void burst(void)
{
    section("burst");
    new_queue(256);
    u64 backwards = 0, seen = 0, looks = 0;
    for (unsigned round = 0; round < 2; round++) {
        const u64 start = creadr();
        for (unsigned n = 0; n < 32766; n++) {
            push(OP(MOVI, D), n % EVENTS, 0, 0);
        }
        push(OP(INT, D), 30, 0, 0);
        barrier();
        write64(GITS + GITS_CWRITER, its.written);
        u64 last = 0;
        do {
            seen = (creadr() - start + its.queue_bytes) % its.queue_bytes;
            backwards += seen < last;
            last = seen;
        } while (seen != 32767 * 32 && ++looks < 10000000);
        expect(take(), LPI + 30, "32,767 commands");
    }
    expect(backwards, 0, "CREADR never goes back");
}

/*
 * A table in memory that is not there: the ITS may stall (both models do), and then Retry goes on
 * once software repaired it.
 */
static void stall(void)
{
    section("stall");
    new_queue(1);
    its_disable();
    volatile u64 *level1 = (u64 *)its_table(DEVICES, PAGE_4K, 1, true);
    level1[0] = arena(4096, 4096) | VALID;
    level1[1] = NO_RAM | VALID;
    its_enable();
    device(D, 5);
    mapti(D, 1, LPI + 1, 0);
    const u64 itt = arena(itt_bytes(5), 256), at = its.written;
    push(OP(MAPD, 600), 4, itt | VALID, 0);
    push(OP(INT, D), 1, 0, 0);
    fact(its_flush(), "MAPD to a level 2 table outside RAM is passed over");
    fact(creadr() & 1, "CREADR.Stalled");
    if (!(creadr() & 1)) {
        return;
    }
    expect(creadr() & ~1ull, at, "CREADR stays at the command");
    expect(take(), SPURIOUS, "what follows is not carried out");
    mapti(D, 2, LPI + 2, 0);
    expect(creadr(), at | 1, "more commands: still stalled");
    write64(GITS + GITS_CWRITER, its.written | 1);
    expect(creadr_after_a_while(), at | 1, "Retry without a repair");
    fire(0, 0);
    msi(0);
    expect(read32(GITS + GITS_CTLR) & 1, 1, "still on");
    level1[1] = arena(4096, 4096) | VALID;
    barrier();
    write64(GITS + GITS_CWRITER, its.written | 1);
    expect(creadr_after_a_while() & ~1ull, its.written, "Retry after the repair goes on");
    expect(creadr() & 1, 0, "Retry clears Stalled");
    expect(take(), LPI + 1, "what followed was carried out");
    push(OP(MAPTI, 600), 3 | (u64)(LPI + 3) << 32, 0, 0);
    push(OP(INT, 600), 3, 0, 0);
    push(OP(INT, D), 2, 0, 0);
    its_flush();
    creadr_after_a_while();
    expect(take() + take(), 2 * LPI + 5, "and the device is mapped");

    section("stall, new queue");
    level1[2] = NO_RAM | VALID;
    push(OP(MAPD, 1100), 4, itt | VALID, 0);
    its_flush();
    expect(creadr() & 1, 1, "stalled");
    its_disable();
    its_queue(1);
    expect(creadr(), 0, "CBASER written");
    its_enable();
    expect(fire(D, 1), 1, "the new queue works");
    expect(take(), LPI + 1, "and carries out");
}

/* Where memory is missing, and what the queue then does: it may stall or pass the command over. */
static void missing(void)
{
    static const char *const names[] = {"flat device table", "level 1 of the device table",
                                        "collection table",  "ITT, MAPTI",
                                        "ITT, INT",          "ITT, DISCARD",
                                        "ITT, MOVI",         "ITT, INV",
                                        "the command queue"};
    static const u64 ops[] = {MAPD, MAPD, MAPC, MAPTI, INT, DISCARD, MOVI, INV, INT};
    section("missing");
    for (unsigned n = 0; n < sizeof(ops) / sizeof(ops[0]); n++) {
        new_queue(1);
        const u64 itt = arena(itt_bytes(5), 256);
        if (ops[n] == MAPTI || (ops[n] != MAPD && n < 8)) {
            mapd(7, NO_RAM, 5);
        }
        its_disable();
        if (n < 3) {
            write64(its_baser(n == 2 ? COLLECTIONS : DEVICES),
                    VALID | NO_RAM | (n == 1 ? INDIRECT : 0));
        } else if (n == 8) {
            write64(GITS + GITS_CBASER, VALID | NO_RAM);
        }
        its_enable();
        const u64 at = creadr() & ~1ull;
        if (n == 8) {
            write64(GITS + GITS_CWRITER, 0x40);
        } else {
            push(OP(ops[n], 7),
                 ops[n] == MAPTI  ? 3 | (u64)(LPI + 3) << 32
                 : ops[n] == MAPD ? 4
                                  : 3,
                 (ops[n] == MAPC   ? rdbase(0) | VALID
                  : ops[n] == MAPD ? itt | VALID
                                   : 0),
                 0);
            barrier();
            write64(GITS + GITS_CWRITER, its.written);
        }
        const u64 after = creadr_after_a_while();
        fact(after & 1, "%s: stalled", names[n]);
        expect(after == (at | 1) || after == read64(GITS + GITS_CWRITER), 1,
               "%s: the command is passed over or holds the queue", names[n]);
        expect(take(), SPURIOUS, "%s: no LPI", names[n]);
    }
    new_queue(1);
    expect(fire(D, 4) && take() == LPI + 4, 1, "set up anew, it works");
}

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    sizes();
    order();
    off();
    beyond();
    burst();
    stall();
    missing();
    return 0;
}
