/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 its=on
 *
 * GICR_INVLPIR, INVALLR and SYNCR, where GICR_CTLR.IR says that they exist beside an ITS, and
 * GICR_SETLPIR and CLRLPIR, which without GICR_TYPER.DirectLPI are nobody's.
 */
#include "rt/its.h"

enum {
    D = 3,
    A = LPI + 10
};

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}

static void sync(unsigned pe)
{
    while (read32(GICR(pe) + GICR_SYNCR) & 1) {
    }
}
static void invlpir(unsigned pe, u64 intid)
{
    write64(GICR(pe) + GICR_INVLPIR, intid);
    sync(pe);
}
static void invallr(unsigned pe)
{
    write64(GICR(pe) + GICR_INVALLR, 0);
    sync(pe);
}

static void invalidate(void)
{
    section("invlpir");
    lpi_byte(A, 0xa0);
    invlpir(0, A);
    fire(D, 0);
    expect(take(), SPURIOUS, "disabled");
    lpi_byte(A, 0xa1);
    invlpir(0, A);
    expect(take(), A, "enabled while pending");
    lpi_byte(A, 0x41);
    invlpir(0, A);
    fire(D, 0);
    expect(iar1(), A, "another priority");
    expect(rpr(), 0x40, "another priority: RPR");
    eoi1(A);
    lpi_byte(A + 1, 0xa0);
    invlpir(1, A + 1);
    fire(D, 1);
    expect(on_pe(1, f_take, 0), SPURIOUS, "at PE 1");
    lpi_byte(A + 1, 0xa1);
    write32(GICR(1) + GICR_INVLPIR, A + 1);
    sync(1);
    expect(on_pe(1, f_take, 0), A + 1, "at PE 1, 32-bit write");
    invlpir(0, 40), invlpir(0, 0), invlpir(0, 1023), invlpir(0, 65536), invlpir(0, 0xffffffff);
    invlpir(0, LPI - 1);
    fire(D, 0);
    expect(take(), A, "INTIDs that are no LPI do nothing");

    section("invallr");
    for (unsigned n = 0; n < 8; n++) {
        lpi_byte(A + n, 0xa0);
    }
    invallr(0), invallr(1);
    for (unsigned n = 0; n < 8; n++) {
        fire(D, n);
    }
    expect(take(), SPURIOUS, "disabled, PE 0");
    expect(on_pe(1, f_take, 0), SPURIOUS, "disabled, PE 1");
    for (unsigned n = 0; n < 8; n++) {
        lpi_byte(A + n, (u8)(0x81 - 8 * n));
    }
    invallr(0), invallr(1);
    u64 wrong = 0;
    for (unsigned n = 0; n < 4; n++) {
        wrong += take() != A + 6 - 2 * n;
        wrong += on_pe(1, f_take, 0) != A + 7 - 2 * n;
    }
    expect(wrong, 0, "enabled while pending, each its priority");
    lpi_switch(0, false);
    invlpir(0, A), invallr(0);
    lpi_switch(0, true);
    expect(take(), SPURIOUS, "written while LPIs are off");
    expect(read64(GICR(0) + GICR_INVLPIR), 0, "INVLPIR reads as zero");
    expect(read64(GICR(0) + GICR_INVALLR), 0, "INVALLR reads as zero");
    expect(read32(GICR(0) + GICR_SYNCR), 0, "SYNCR is not busy");
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
    for (unsigned n = 0; n < 8; n++) {
        mapti(D, n, A + n, n % 2);
    }
    section("features");
    const u64 ir = read32(GICR(0) + GICR_CTLR) & GICR_CTLR_IR;
    const u64 direct = read64(GICR(0) + GICR_TYPER) >> 3 & 1;
    fact(ir != 0, "GICR_CTLR.IR");
    fact(direct, "GICR_TYPER.DirectLPI");
    if (ir) {
        invalidate();
    }
    section("setlpir");
    if (!direct) {
        write64(GICR(0) + GICR_SETLPIR, A);
        fact(take(), "SETLPIR without DirectLPI");
        fire(D, 0);
        write64(GICR(0) + GICR_CLRLPIR, A);
        fact(take(), "CLRLPIR without DirectLPI");
    }
    return 0;
}
