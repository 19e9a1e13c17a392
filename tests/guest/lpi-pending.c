/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 its=on
 *
 * Pending LPIs over EnableLPIs off and on: what the pending table in memory holds in between, what
 * software changes there, PTZ, other tables, MSIs while off, and the limits of PROPBASER.IDbits.
 */
#include "rt/its.h"

enum {
    D = 3,
    EVENTS = 64
};

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}

/* All over the table: bits of every byte position, first and last. */
static unsigned intid_of(unsigned event)
{
    return event == EVENTS - 1 ? 65535 : LPI + event * 897;
}

static u64 bits_set(unsigned pe)
{
    u64 n = 0;
    for (unsigned intid = LPI; intid < 65536; intid++) {
        n += lpi_bit(pe, intid);
    }
    return n;
}

static void bases(unsigned pe, u64 prop, u64 pend)
{
    write64(GICR(pe) + GICR_PROPBASER, prop);
    write64(GICR(pe) + GICR_PENDBASER, pend);
}

static void kept(void)
{
    section("kept");
    fire(D, 0), fire(D, 1), fire(D, EVENTS - 1);
    lpi_byte(intid_of(2), 0xa0);
    inv(D, 2);
    fire(D, 2), fire(D, 3);
    clear(D, 3);
    expect(take(), intid_of(0), "one of five taken");
    lpi_switch(0, false);
    expect(lines(), 0, "off: lines");
    expect(hppir1(), SPURIOUS, "off: HPPIR1");
    expect(iar1(), SPURIOUS, "off: IAR1");
    expect(lpi_bit(0, intid_of(0)), 0, "the one that was taken");
    expect(lpi_bit(0, intid_of(1)), 1, "a pending one");
    expect(lpi_bit(0, intid_of(2)), 1, "a pending one that is disabled");
    expect(lpi_bit(0, intid_of(3)), 0, "one that was cleared");
    expect(lpi_bit(0, 65535), 1, "the last one");
    expect(bits_set(0), 3, "bits set");
    expect(bits_set(1), 0, "bits set in the table of PE 1");
    lpi_switch(0, true);
    expect(lines(), MASK_IRQ, "on: lines");
    expect(take(), intid_of(1), "on: the first");
    expect(take(), 65535, "on: the second");
    expect(take(), SPURIOUS, "on: no more");
    lpi_byte(intid_of(2), 0xa1);
    inv(D, 2);
    expect(take(), intid_of(2), "the disabled one, enabled");
    lpi_switch(0, false);
    expect(bits_set(0), 0, "off: nothing is pending");
    lpi_switch(0, true);
    expect(take(), SPURIOUS, "on: nothing is pending");

    u64 wrong = 0, seed = 88172645463325252ull;
    for (unsigned round = 0; round < 30; round++) {
        u64 want = 0, got = 0;
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        for (unsigned e = 0; e < EVENTS; e++) {
            if (seed >> e & 1) {
                push(OP(INT, D), e, 0, 0);
                want |= 1ull << e;
            }
        }
        its_flush();
        lpi_switch(0, false);
        for (unsigned e = 0; e < EVENTS; e++) {
            got |= (u64)lpi_bit(0, intid_of(e)) << e;
        }
        wrong += got != want;
        lpi_switch(0, true);
        for (unsigned e = 0; e < EVENTS; e++) {
            wrong += want >> e & 1 && take() != intid_of(e);
        }
        wrong += take() != SPURIOUS;
    }
    expect(wrong, 0, "30 random sets");

    section("other PE");
    movi(D, 5, 1);
    fire(D, 5), fire(D, 6);
    lpi_switch(0, false);
    expect(on_pe(1, f_take, 0), intid_of(5), "PE 1 goes on");
    fire(D, 5);
    expect(on_pe(1, f_take, 0), intid_of(5), "and takes new ones");
    fire(D, 5);
    lpi_switch(1, false);
    expect(lpi_bit(1, intid_of(5)), 1, "its own table");
    expect(lpi_bit(0, intid_of(5)), 0, "not that of PE 0");
    lpi_switch(0, true);
    expect(take(), intid_of(6), "PE 0 has its own");
    expect(take(), SPURIOUS, "only");
    lpi_switch(1, true);
    expect(on_pe(1, f_take, 0), intid_of(5), "PE 1 too");
    movi(D, 5, 0);

    section("active");
    fire(D, 1);
    expect(iar1(), intid_of(1), "IAR1");
    lpi_switch(0, false);
    expect(rpr(), 0xa0, "off: the priority runs on");
    expect(lpi_bit(0, intid_of(1)), 0, "off: not pending");
    eoi1(intid_of(1));
    expect(rpr(), 0xff, "off: EOIR1 ends it");
    lpi_switch(0, true);
}

static void off(void)
{
    section("msi while off");
    lpi_switch(0, false);
    fire(D, 7);
    msi(0);
    expect(bits_set(0), 0, "not in the table");
    lpi_switch(0, true);
    expect(take(), SPURIOUS, "on: dropped");
    fire(D, 7);
    expect(take(), intid_of(7), "on: the next comes");

    section("by software");
    fire(D, 8), fire(D, 9);
    lpi_switch(0, false);
    lpi_bit_set(0, intid_of(8), false);
    lpi_bit_set(0, intid_of(10), true);
    lpi_bit_set(0, LPI + 5, true); /* nothing is mapped to it */
    lpi_switch(0, true);
    expect(take(), LPI + 5, "set, not mapped");
    expect(take(), intid_of(9), "left as it was");
    expect(take(), intid_of(10), "set");
    expect(take(), SPURIOUS, "cleared");

    section("ptz");
    lpi_switch(0, false);
    const u64 first = its.pending[0];
    its.pending[0] = arena(8192, 65536);
    bases(0, its.config | WRITE_BACK | ID_BITS, its.pending[0] | WRITE_BACK | PTZ);
    lpi_switch(0, true);
    expect(take(), SPURIOUS, "an empty table");
    fire(D, 11);
    lpi_switch(0, false);
    expect(lpi_bit(0, intid_of(11)), 1, "the new table is used");
    expect(bits_set(0), 1, "for one");
    bases(0, its.config | WRITE_BACK | ID_BITS, its.pending[0] | WRITE_BACK);
    lpi_switch(0, true);
    expect(take(), intid_of(11), "without PTZ it is read");
    lpi_switch(0, false);
    its.pending[0] = first;
    for (unsigned intid = LPI; intid < 65536; intid++) {
        lpi_bit_set(0, intid, intid == intid_of(12) || intid == intid_of(13));
    }
    bases(0, its.config | WRITE_BACK | ID_BITS, its.pending[0] | WRITE_BACK);
    lpi_switch(0, true);
    expect(take(), intid_of(12), "another table with two, first");
    expect(take(), intid_of(13), "another table with two, second");
    expect(take(), SPURIOUS, "another table with two, no more");

    /* A table moves to another PE's use by software. */
    fire(D, 14), fire(D, 15);
    lpi_switch(0, false), lpi_switch(1, false);
    bases(1, its.config | WRITE_BACK | ID_BITS, its.pending[0] | WRITE_BACK);
    lpi_switch(1, true);
    expect(on_pe(1, f_take, 0), intid_of(14), "the table given to PE 1, first");
    expect(on_pe(1, f_take, 0), intid_of(15), "the table given to PE 1, second");
    lpi_switch(1, false);
    bases(1, its.config | WRITE_BACK | ID_BITS, its.pending[1] | WRITE_BACK | PTZ);
    bases(0, its.config | WRITE_BACK | ID_BITS, its.pending[0] | WRITE_BACK);
    lpi_switch(0, true), lpi_switch(1, true);
    expect(take(), SPURIOUS, "they are gone from PE 0");
}

static void limits(void)
{
    section("idbits");
    device(5, 3);
    static const unsigned intids[] = {LPI, 16383, 16384, 32767, 32768, 65535};
    for (unsigned n = 0; n < 6; n++) {
        mapti(5, n, intids[n], 0);
    }
    /* The table is what IDbits says; up to 12 there is no LPI, above 15 all that there are. */
    for (unsigned bits = 11; bits <= 17; bits++) {
        const unsigned end = bits < 13 ? 0 : bits > 15 ? 65536 : 2u << bits;
        u64 want = 0, got = 0;
        lpi_switch(0, false);
        bases(0, its.config | WRITE_BACK | bits, its.pending[0] | WRITE_BACK | PTZ);
        lpi_switch(0, true);
        for (unsigned n = 0; n < 6; n++) {
            fire(5, n);
            want |= (u64)(intids[n] < end) << n;
            got |= (u64)(take() == intids[n]) << n;
        }
        expect(got, want, "IDbits %u", (u64)bits);
    }
    lpi_switch(0, false);
    lpi_bit_set(0, 16384, true);
    lpi_bit_set(0, 16383, true);
    bases(0, its.config | WRITE_BACK | 13, its.pending[0] | WRITE_BACK);
    lpi_switch(0, true);
    expect(take(), 16383, "IDbits 13: the last bit of the table");
    expect(take(), SPURIOUS, "IDbits 13: what is behind it is no table");
    lpi_switch(0, false);
    expect(lpi_bit(0, 16384), 1, "IDbits 13: and stays as it is");
    lpi_bit_set(0, 16384, false);
    bases(0, its.config | WRITE_BACK | ID_BITS, its.pending[0] | WRITE_BACK | PTZ);
    lpi_switch(0, true);
    fire(5, 5);
    expect(take(), 65535, "IDbits 15 again");
}

int main(void)
{
    gicd_init();
    begin(0);
    pe_start(1);
    on_pe(1, begin, 0);
    lpi_init(2);
    its_init();
    device(D, 6);
    for (unsigned e = 0; e < EVENTS; e++) {
        mapti(D, e, intid_of(e), 0);
    }
    device(0, 1);
    mapti(0, 0, LPI + 1, 0);
    kept();
    off();
    limits();
    return 0;
}
