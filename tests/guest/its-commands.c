/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=3 its=on
 *
 * What each command of the ITS does: MAPD, MAPC, MAPTI, MAPI, MOVI, MOVALL, DISCARD, INT, CLEAR,
 * INV, INVALL, SYNC. its-errors has what they refuse.
 */
#include "rt/its.h"

enum {
    D = 3,
    OTHER = 0x1234,
    PES = 3
};

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}

static u64 taken_by(unsigned pe)
{
    return on_pe(pe, f_take, 0);
}

static void only_by(unsigned pe, u64 intid, const char *name)
{
    for (unsigned n = 0; n < PES; n++) {
        expect(taken_by(n), n == pe ? intid : SPURIOUS, "%s, PE %u", name, (u64)n);
    }
}

static void mapping(void)
{
    section("map");
    device(D, 5);
    device(OTHER, 5);
    expect(fire(D, 0), 1, "INT of an event that is not mapped");
    expect(take(), SPURIOUS, "takes nothing");
    expect(mapti(D, 0, LPI + 7, 0), 1, "MAPTI");
    expect(fire(D, 0), 1, "INT");
    expect(lines(), MASK_IRQ, "lines");
    expect(hppir1(), LPI + 7, "HPPIR1");
    expect(hppir0(), SPURIOUS, "HPPIR0");
    expect(iar1(), LPI + 7, "IAR1");
    expect(rpr(), 0xa0, "RPR");
    expect(lines(), 0, "lines, taken");
    eoi1(LPI + 7);
    expect(rpr(), 0xff, "RPR, ended");
    expect(take(), SPURIOUS, "once");
    fire(D, 0), fire(D, 0);
    expect(take(), LPI + 7, "INT twice, taken");
    expect(take(), SPURIOUS, "INT twice, again");
    mapti(OTHER, 0, LPI + 8, 0);
    mapti(D, 31, LPI + 9, 0);
    fire(OTHER, 0);
    only_by(0, LPI + 8, "the same event of another device");
    fire(D, 31);
    only_by(0, LPI + 9, "the last event of the ITT");
    mapti(D, 1, 65535, 1);
    fire(D, 1);
    only_by(1, 65535, "the last LPI, collection 1");
    mapti(D, 2, LPI, 2);
    fire(D, 2);
    only_by(2, LPI, "the first LPI, collection 2");
    device(5, 14);
    expect(mapi(5, LPI + 77, 1), 1, "MAPI");
    fire(5, LPI + 77);
    only_by(1, LPI + 77, "MAPI: EventID is the INTID");
    device(0, 3);
    mapti(0, 6, LPI + 10, 2);
    msi(6);
    only_by(2, LPI + 10, "GITS_TRANSLATER");
}

static void clearing(void)
{
    section("clear");
    fire(D, 0);
    expect(lines(), MASK_IRQ, "pending");
    clear(D, 0);
    expect(lines(), 0, "CLEAR");
    expect(take(), SPURIOUS, "takes nothing");
    clear(D, 0);
    expect(take(), SPURIOUS, "CLEAR of one that is not pending");
    fire(D, 0);
    expect(take(), LPI + 7, "INT after CLEAR");
    fire(D, 0), fire(D, 31);
    clear(D, 0);
    expect(take(), LPI + 9, "CLEAR leaves the others");
    expect(take(), SPURIOUS, "that was all");
    fire(D, 0);
    expect(iar1(), LPI + 7, "IAR1");
    fire(D, 0);
    clear(D, 0);
    eoi1(LPI + 7);
    expect(take(), SPURIOUS, "INT and CLEAR between IAR1 and EOIR1");

    section("discard");
    fire(D, 0);
    expect(discard(D, 0), 1, "DISCARD");
    expect(lines(), 0, "a pending one is cleared");
    fire(D, 0);
    expect(take(), SPURIOUS, "its event is gone");
    fire(D, 31);
    expect(take(), LPI + 9, "the others are not");
    mapti(D, 0, LPI + 20, 0);
    fire(D, 0);
    expect(take(), LPI + 20, "mapped again, another INTID");
    discard(D, 0);
    mapti(D, 0, LPI + 7, 0);
}

static void moving(void)
{
    section("movi");
    expect(movi(D, 0, 1), 1, "MOVI");
    fire(D, 0);
    only_by(1, LPI + 7, "moved");
    fire(D, 0);
    movi(D, 0, 2);
    only_by(2, LPI + 7, "moved while pending");
    fire(D, 0);
    movi(D, 0, 2);
    only_by(2, LPI + 7, "moved to where it is");
    movi(D, 0, 0);
    only_by(0, SPURIOUS, "moved while not pending");
    fire(D, 31);
    movi(D, 0, 1);
    only_by(0, LPI + 9, "others stay");
    movi(D, 0, 0);

    section("movall");
    mapti(D, 3, LPI + 11, 0), mapti(D, 4, LPI + 12, 1);
    fire(D, 0), fire(D, 3), fire(D, 4);
    expect(movall(0, 2), 1, "MOVALL");
    expect(lines(), 0, "PE 0 has none");
    expect(taken_by(1), LPI + 12, "PE 1 keeps its own");
    expect(taken_by(2), LPI + 7, "PE 2, first");
    expect(taken_by(2), LPI + 11, "PE 2, second");
    only_by(2, SPURIOUS, "no more");
    fire(D, 0);
    only_by(0, LPI + 7, "translations are as they were");
    fire(D, 0);
    movall(0, 0);
    only_by(0, LPI + 7, "to itself");
    movall(1, 2);
    only_by(1, SPURIOUS, "nothing to move");
    fire(D, 4);
    movall(1, 0), movall(0, 2), movall(2, 1);
    only_by(1, LPI + 12, "three times, back again");
}

static void collections(void)
{
    section("mapc");
    expect(mapc(7, 1), 1, "MAPC");
    mapti(D, 5, LPI + 13, 7);
    fire(D, 5);
    only_by(1, LPI + 13, "collection 7 at PE 1");
    expect(mapc(7, 2), 1, "MAPC to PE 2");
    movall(1, 2);
    fire(D, 5);
    only_by(2, LPI + 13, "collection 7 at PE 2");
    fire(D, 5);
    mapc(7, 0), movall(2, 0);
    only_by(0, LPI + 13, "mapped and moved while pending");
    expect(unmapc(7), 1, "MAPC with V = 0");
    fire(D, 5);
    only_by(0, SPURIOUS, "unmapped: the MSI vanishes");
    mapc(7, 1);
    only_by(1, SPURIOUS, "mapped again: it does not come back");
    fire(D, 5);
    only_by(1, LPI + 13, "the next one comes");
    mapti(D, 6, LPI + 14, 8);
    fire(D, 6);
    only_by(0, SPURIOUS, "MAPTI before MAPC: the MSI vanishes");
    mapc(8, 2);
    fire(D, 6);
    only_by(2, LPI + 14, "MAPTI before MAPC: after MAPC it comes");
    mapc(9, 2);
    movi(D, 5, 9);
    fire(D, 5), fire(D, 6);
    expect(taken_by(2), LPI + 13, "two collections at one PE, first");
    expect(taken_by(2), LPI + 14, "two collections at one PE, second");
    mapc(9, 1);
    fire(D, 5), fire(D, 6);
    expect(taken_by(1), LPI + 13, "one of them moves");
    expect(taken_by(2), LPI + 14, "the other stays");
}

static void devices(void)
{
    section("mapd");
    mapti(OTHER, 1, LPI + 30, 0);
    expect(unmapd(OTHER), 1, "MAPD with V = 0");
    fire(OTHER, 0), fire(OTHER, 1);
    expect(take(), SPURIOUS, "its events are gone");
    device(OTHER, 1);
    fire(OTHER, 0), fire(OTHER, 1);
    expect(take(), SPURIOUS, "a new ITT is empty");
    mapti(OTHER, 1, LPI + 31, 0);
    fire(OTHER, 1);
    expect(take(), LPI + 31, "and can be filled");
    device(OTHER, 6);
    fire(OTHER, 1);
    expect(take(), SPURIOUS, "another ITT instead");
    mapti(OTHER, 63, LPI + 32, 0);
    fire(OTHER, 63);
    expect(take(), LPI + 32, "with more events");
    fire(D, 3);
    expect(take(), LPI + 11, "other devices are as they were");
    unmapd(OTHER), unmapd(OTHER);
    fire(OTHER, 63);
    expect(take(), SPURIOUS, "unmapped twice");
}

static void invalidating(void)
{
    section("inv");
    lpi_byte(LPI + 7, 0xa0);
    expect(inv(D, 0), 1, "INV");
    fire(D, 0);
    expect(take(), SPURIOUS, "disabled");
    lpi_byte(LPI + 7, 0xa1);
    inv(D, 0);
    expect(take(), LPI + 7, "enabled: what was pending comes");
    lpi_byte(LPI + 7, 0xa0), lpi_byte(LPI + 12, 0xa0);
    expect(invall(0), 1, "INVALL");
    invall(1);
    fire(D, 0), fire(D, 4);
    only_by(0, SPURIOUS, "two disabled");
    lpi_byte(LPI + 7, 0xa1), lpi_byte(LPI + 12, 0xa1);
    invall(0), invall(1);
    expect(taken_by(0), LPI + 7, "enabled at PE 0");
    expect(taken_by(1), LPI + 12, "enabled at PE 1");

    section("sync");
    for (unsigned pe = 0; pe < PES; pe++) {
        push(SYNC, 0, rdbase(pe), 0);
        expect(its_flush(), 1, "SYNC of PE %u", (u64)pe);
    }
    expect(read64(GITS + GITS_CREADR) & 1, 0, "not stalled");
}

int main(void)
{
    gicd_init();
    begin(0);
    pe_start(1), pe_start(2);
    on_pe(1, begin, 0), on_pe(2, begin, 0);
    lpi_init(PES);
    its_init();
    mapping();
    clearing();
    moving();
    collections();
    devices();
    invalidating();
    return 0;
}
