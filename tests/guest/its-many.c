/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 its=on
 *
 * 2^16 events of 256 devices. There are 57,344 LPIs: 224 events of each device map them all, then
 * the last 32 events of each take over the INTIDs of its first 32.
 */
#include "rt/its.h"

enum {
    DEVS = 256,
    FIRST = 224, /* events of a device that are mapped at once */
    MOVED = 32,
};

static u32 device_id(unsigned d)
{
    return d * 37 % 8192;
}
static unsigned intid_of(unsigned d, unsigned e)
{
    return LPI + d * FIRST + (e < FIRST ? e : e - FIRST);
}

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}

static void fire_later(unsigned d, unsigned e)
{
    push(OP(INT, device_id(d)), e, 0, 0);
}

/* Bits of the pending table of a PE whose LPIs are off: how many are set, how many not as wanted.
 */
static u64 table_wrong(unsigned pe, bool (*wanted)(unsigned intid))
{
    u64 wrong = 0;
    for (unsigned intid = LPI; intid < 65536; intid++) {
        wrong += lpi_bit(pe, intid) != wanted(intid);
    }
    return wrong;
}
static bool all(unsigned intid)
{
    return intid != 0;
}
static bool none(unsigned intid)
{
    return intid == 0;
}

static void map(void)
{
    section("map");
    for (unsigned d = 0; d < DEVS; d++) {
        push(OP(MAPD, device_id(d)), 7, arena(itt_bytes(8), 256) | VALID, 0);
        for (unsigned e = 0; e < FIRST; e++) {
            push(OP(MAPTI, device_id(d)), e | (u64)intid_of(d, e) << 32, 0, 0);
        }
    }
    expect(its_flush(), 1, "57,344 events mapped");
    u64 wrong = 0;
    for (unsigned n = 0; n < 4000; n++) {
        const unsigned d = n * 97 % DEVS, e = n * 31 % FIRST;
        fire_later(d, e);
        its_flush();
        wrong += take() != intid_of(d, e);
    }
    expect(wrong, 0, "4,000 of them, one by one");
    expect(take(), SPURIOUS, "no other");
    /* In INTID order, so that every order among equal priorities is this one. */
    wrong = 0;
    for (unsigned d = 100; d < 110; d++) {
        for (unsigned e = 0; e < FIRST; e++) {
            fire_later(d, e);
        }
    }
    its_flush();
    for (unsigned n = 0; n < 10 * FIRST; n++) {
        wrong += take() != LPI + 100 * FIRST + n;
    }
    expect(wrong, 0, "2,240 at once, in order");
    expect(take(), SPURIOUS, "no more");
}

static void remap(void)
{
    section("remap");
    for (unsigned d = 0; d < DEVS; d++) {
        for (unsigned e = 0; e < MOVED; e++) {
            push(OP(DISCARD, device_id(d)), e, 0, 0);
            push(OP(MAPTI, device_id(d)), (FIRST + e) | (u64)intid_of(d, e) << 32, 0, 0);
        }
    }
    expect(its_flush(), 1, "8,192 events taken away, 8,192 others mapped");
    u64 wrong = 0;
    for (unsigned n = 0; n < 256; n++) {
        const unsigned d = n * 5 % DEVS, e = n % MOVED;
        fire_later(d, e);
        its_flush();
        wrong += iar1() != SPURIOUS;
        fire_later(d, FIRST + e);
        its_flush();
        wrong += take() != intid_of(d, FIRST + e);
    }
    expect(wrong, 0, "256 pairs, one by one");
}

static void flood(void)
{
    section("flood");
    for (unsigned d = 0; d < DEVS; d++) {
        for (unsigned e = MOVED; e < 256; e++) {
            fire_later(d, e);
        }
    }
    expect(its_flush(), 1, "all at once");
    u64 wrong = 0;
    for (unsigned n = 0; n < 48; n++) {
        const u64 intid = take();
        wrong += intid < LPI || intid > 65535;
    }
    expect(wrong, 0, "48 of them taken");
    lpi_switch(0, false);
    u64 set = 0;
    for (unsigned intid = LPI; intid < 65536; intid++) {
        set += lpi_bit(0, intid);
    }
    expect(set, LPIS - 48, "off: the others are in the pending table");
    for (unsigned intid = LPI; intid < 65536; intid++) {
        lpi_bit_set(0, intid, true);
    }
    lpi_switch(0, true);
    expect(lines(), MASK_IRQ, "on: pending");

    /* One INTID at a time becomes the best: the order of the priorities, whatever is pending. */
    for (unsigned n = 0; n < 16; n++) {
        lpi_byte(LPI + 3571 * n, (u8)(0x80 - 8 * n) | LPI_ON);
    }
    invall(0);
    wrong = 0;
    for (unsigned n = 0; n < 16; n++) {
        wrong += take() != LPI + 3571 * (15 - n);
    }
    expect(wrong, 0, "16 of higher priority come in their order");
    expect(movall(0, 1), 1, "MOVALL of 57,328");
    expect(lines(), 0, "PE 0 has none");
    expect(on_pe(1, f_lines, 0), MASK_IRQ, "PE 1 has some");
    lpi_switch(0, false), lpi_switch(1, false);
    expect(table_wrong(0, none), 0, "off: nothing in the table of PE 0");
    set = 0;
    for (unsigned intid = LPI; intid < 65536; intid++) {
        set += lpi_bit(1, intid);
    }
    expect(set, LPIS - 16, "off: they are in that of PE 1");
    for (unsigned n = 0; n < 16; n++) {
        lpi_bit_set(1, LPI + 3571 * n, true);
    }
    lpi_switch(0, true), lpi_switch(1, true);
    expect(movall(1, 0), 1, "and back");
    lpi_switch(0, false);
    expect(table_wrong(0, all), 0, "off: all are in the table of PE 0");
    lpi_switch(0, true);

    /* CLEAR from the last to the first. */
    for (unsigned n = 0; n < LPIS; n++) {
        const unsigned last = LPIS - 1 - n, d = last / FIRST, e = last % FIRST;
        push(OP(CLEAR, device_id(d)), e < MOVED ? e + FIRST : e, 0, 0);
    }
    expect(its_flush(), 1, "CLEAR of all");
    expect(lines(), 0, "nothing is pending");
    lpi_switch(0, false);
    expect(table_wrong(0, none), 0, "off: nothing in the table");
    lpi_switch(0, true);
}

int main(void)
{
    gicd_init();
    begin(0);
    pe_start(1);
    on_pe(1, begin, 0);
    lpi_init(2);
    its_init();
    map();
    remap();
    flood();
    return 0;
}
