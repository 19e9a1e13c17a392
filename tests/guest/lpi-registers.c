/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 its=on
 *
 * What says that there are LPIs, and GICR_CTLR, PROPBASER, PENDBASER: what they keep, in which
 * access sizes, and while LPIs are on.
 */
#include "rt/its.h"

static void identity(void)
{
    section("id");
    const u32 typer = read32(GICD + GICD_TYPER);
    expect(typer >> 17 & 1, 1, "GICD_TYPER.LPIS");
    expect(typer >> 19 & 0x1f, ID_BITS, "GICD_TYPER.IDbits");
    fact(typer >> 11 & 0x1f, "GICD_TYPER.num_LPIs");
    for (unsigned pe = 0; pe < 2; pe++) {
        const u64 r = read64(GICR(pe) + GICR_TYPER);
        expect(r & 1, 1, "GICR_TYPER%u.PLPIS", (u64)pe);
        expect(r >> 1 & 1, 0, "GICR_TYPER%u.VLPIS", (u64)pe);
        expect(r >> 3 & 1, 0, "GICR_TYPER%u.DirectLPI", (u64)pe);
        expect(r >> 8 & 0xffff, pe, "GICR_TYPER%u.Processor_Number", (u64)pe);
        fact(r >> 24 & 3, "GICR_TYPER%u.CommonLPIAff", (u64)pe);
    }
    /* 16 or 24 bits of INTID at the CPU interface: at least those of the Distributor. */
    expect((READ_SYS(ICC_CTLR_EL1) >> 11 & 7) <= 1, 1, "ICC_CTLR_EL1.IDbits");
    fact(READ_SYS(ICC_CTLR_EL1) >> 11 & 7, "ICC_CTLR_EL1.IDbits is");

    section("reset");
    for (unsigned pe = 0; pe < 2; pe++) {
        const u64 base = GICR(pe);
        expect(read32(base + GICR_CTLR) & 0x80000009, 0, "GICR_CTLR%u", (u64)pe);
        expect(read32(base + GICR_CTLR) >> 1 & 1, 1, "GICR_CTLR%u.CES", (u64)pe);
        fact(read32(base + GICR_CTLR) >> 2 & 1, "GICR_CTLR%u.IR", (u64)pe);
        fact(read64(base + GICR_PROPBASER), "GICR_PROPBASER%u", (u64)pe);
        fact(read64(base + GICR_PENDBASER), "GICR_PENDBASER%u", (u64)pe);
    }
}

#define PROP_FIELDS 0x000ffffffffff01full /* address and IDbits */
#define PEND_FIELDS 0x000fffffffff0000ull
#define ATTRIBUTES (7ull << 56 | 3ull << 10 | 7ull << 7)

static void fields(u64 at, const char *name, u64 mask)
{
    static const u64 patterns[] = {~0ull, 0, 0xa5a5a5a5a5a5a5a5, 0x5a5a5a5a5a5a5a5a};
    for (unsigned n = 0; n < 4; n++) {
        write64(at, patterns[n]);
        const u64 back = read64(at);
        expect(back & mask, patterns[n] & mask, "%s written %x, address", name, patterns[n]);
        expect(back & ~(mask | ATTRIBUTES), 0, "%s written %x, RES0", name, patterns[n]);
        fact(back & ATTRIBUTES, "%s written %x, attributes", name, patterns[n]);
    }
    /* Halves, as AArch32 systems write them. */
    write64(at, 0);
    write32(at, 0x41230000);
    expect(read64(at) & mask, 0x41230000 & mask, "%s, low half written", name);
    write32(at + 4, 0x00010203);
    expect(read64(at) & mask, 0x1020341230000 & mask, "%s, high half written", name);
    expect(read32(at) & (u32)mask, 0x41230000 & (u32)mask, "%s, low half read", name);
    expect(read32(at + 4), 0x00010203, "%s, high half read", name);
    /* Each attribute, as far as it is kept: a program that wants others falls back. */
    u64 kept = 0;
    for (u64 v = 0; v < 8; v++) {
        write64(at, v << 7);
        kept |= (u64)((read64(at) >> 7 & 7) == v) << v;
    }
    fact(kept, "%s.InnerCache values that are kept", name);
    kept = 0;
    for (u64 v = 0; v < 8; v++) {
        write64(at, v << 56);
        kept |= (u64)((read64(at) >> 56 & 7) == v) << v;
    }
    fact(kept, "%s.OuterCache values that are kept", name);
    kept = 0;
    for (u64 v = 0; v < 4; v++) {
        write64(at, v << 10);
        kept |= (u64)((read64(at) >> 10 & 3) == v) << v;
    }
    fact(kept & 7, "%s.Shareability values that are kept", name);
    write64(at, 0);
}

static void propbaser(void)
{
    section("bases");
    fields(GICR(0) + GICR_PROPBASER, "GICR_PROPBASER", PROP_FIELDS);
    fields(GICR(0) + GICR_PENDBASER, "GICR_PENDBASER", PEND_FIELDS);
    expect(read64(GICR(1) + GICR_PENDBASER), 0, "GICR_PENDBASER of PE 1 is its own");
    for (u64 v = 0; v < 32; v++) {
        write64(GICR(0) + GICR_PROPBASER, v);
        expect(read64(GICR(0) + GICR_PROPBASER) & 0x1f, v, "GICR_PROPBASER.IDbits %u", v);
    }
    write64(GICR(0) + GICR_PENDBASER, PTZ);
    expect(read64(GICR(0) + GICR_PENDBASER) & PTZ, 0, "GICR_PENDBASER.PTZ reads as zero");
    write64(GICR(0) + GICR_PENDBASER, 0);
}

static void ctlr(void)
{
    section("ctlr");
    const u64 at = GICR(0) + GICR_CTLR;
    lpi_init(2);
    for (unsigned n = 0; n < 3; n++) {
        lpi_switch(0, false);
        expect(read32(at) & 9, 0, "EnableLPIs off");
        expect(read32(GICR(1) + GICR_CTLR) & 1, 1, "EnableLPIs of PE 1");
        lpi_switch(0, true);
        expect(read32(at) & 9, 1, "EnableLPIs on");
    }
    expect(read32(at) >> 1 & 1, 1, "CES");
    write32(at, read32(at) & ~6u);
    expect(read32(at) >> 1 & 1, 1, "CES is read only");

    section("while on");
    const u64 prop = read64(GICR(0) + GICR_PROPBASER), pend = read64(GICR(0) + GICR_PENDBASER);
    expect(prop & PROP_FIELDS, its.config | ID_BITS, "GICR_PROPBASER");
    expect(pend & PEND_FIELDS, its.pending[0], "GICR_PENDBASER");
    /* CONSTRAINED UNPREDICTABLE: the write is ignored, or it changes the register. */
    write64(GICR(0) + GICR_PROPBASER, ~0ull);
    fact(read64(GICR(0) + GICR_PROPBASER) == prop, "GICR_PROPBASER ignores a write");
    write64(GICR(0) + GICR_PENDBASER, ~0ull);
    fact(read64(GICR(0) + GICR_PENDBASER) == pend, "GICR_PENDBASER ignores a write");
    lpi_switch(0, false);
    write64(GICR(0) + GICR_PROPBASER, prop);
    write64(GICR(0) + GICR_PENDBASER, pend);
    expect(read64(GICR(0) + GICR_PROPBASER), prop, "GICR_PROPBASER written when off");
    expect(read64(GICR(0) + GICR_PENDBASER), pend, "GICR_PENDBASER written when off");
}

static void others(void)
{
    section("other");
    static const u32 write_only[] = {GICR_SETLPIR, GICR_CLRLPIR, GICR_INVLPIR, GICR_INVALLR};
    for (unsigned n = 0; n < 4; n++) {
        expect(read64(GICR(0) + write_only[n]), 0, "%x reads as zero", (u64)write_only[n]);
        expect(read32(GICR(0) + write_only[n]), 0, "%x reads as zero in 32 bits",
               (u64)write_only[n]);
    }
    expect(read32(GICR(0) + GICR_SYNCR), 0, "GICR_SYNCR is not busy");
    /* The byte registers of LPIs are in memory: nothing of them is in the Distributor. */
    write32(GICD + IPRIORITYR + 1020, ~0u);
    expect(read32(GICD + IPRIORITYR + 1020) >> 24, 0, "GICD_IPRIORITYR has no INTID 1023");
}

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    identity();
    propbaser();
    ctlr();
    others();
    return 0;
}
