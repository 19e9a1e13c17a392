/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 its=on
 *
 * The ITS's registers: reset values of both frames, GITS_TYPER, what GITS_BASER, CBASER, CWRITER
 * keep in every page size and attribute, access sizes, and writes while the ITS is on.
 */
#include "rt/its.h"

static void frames(void)
{
    section("control.reset");
    for (u32 offset = 0; offset < 0x10000; offset += 4) {
        const u32 v = read32(GITS + offset);
        if (v && offset != GITS_IIDR) {
            fact(v, "%x", (u64)offset);
        }
    }
    fact(read32(GITS + GITS_IIDR), "GITS_IIDR");
    u64 wrong = 0;
    for (u32 offset = 0x10000; offset < 0x20000; offset += 4) {
        wrong += read32(GITS + offset) != 0;
    }
    expect(wrong, 0, "words of the translation frame that are not zero");

    section("id");
    const u64 t = its_typer();
    expect(t & 1, 1, "GITS_TYPER.Physical");
    expect(t >> 1 & 1, 0, "GITS_TYPER.Virtual");
    fact(t >> 2 & 1, "GITS_TYPER.CCT");
    fact((t >> 4 & 0xf) + 1, "GITS_TYPER, bytes of an ITT entry");
    expect((t >> 8 & 0x1f) + 1, 16, "GITS_TYPER, bits of an EventID");
    expect((t >> 13 & 0x1f) + 1, 16, "GITS_TYPER, bits of a DeviceID");
    expect(t >> 18 & 1, 0, "GITS_TYPER.SEIS");
    expect(t >> 19 & 1, 0, "GITS_TYPER.PTA");
    fact(t >> 24 & 0xff, "GITS_TYPER.HCC");
    fact((t >> 32 & 0xf) + 1, "GITS_TYPER, bits of a collection");
    fact(t >> 36 & 1, "GITS_TYPER.CIL");
    expect(t >> 37, 0, "GITS_TYPER, what v4 and later have");
    expect(read32(GITS + GITS_TYPER) | (u64)read32(GITS + GITS_TYPER + 4) << 32, t,
           "GITS_TYPER in two halves");
    expect(read32(GITS + 0xffe8) >> 4 & 0xf, 3, "GITS_PIDR2.ArchRev");
    expect(read32(GITS + 0xffe0), 0x94, "GITS_PIDR0");
    expect(read32(GITS + 0xfff0) | read32(GITS + 0xfff4) << 8 | read32(GITS + 0xfff8) << 16 |
               read32(GITS + 0xfffc) << 24,
           0xb105f00d, "GITS_CIDR");
    expect(read32(GITS + GITS_CTLR) & 1, 0, "GITS_CTLR.Enabled");
    expect(read32(GITS + GITS_CTLR) >> 31, 1, "GITS_CTLR.Quiescent");
    expect(read64(GITS + GITS_CBASER) & VALID, 0, "GITS_CBASER.Valid");
    u64 devices = 0, collections = 0, others = 0;
    for (unsigned n = 0; n < 8; n++) {
        const u64 b = read64(GITS + GITS_BASER + 8 * n);
        devices += (b >> 56 & 7) == DEVICES;
        collections += (b >> 56 & 7) == COLLECTIONS;
        others += (b >> 56 & 7) != DEVICES && (b >> 56 & 7) != COLLECTIONS && b;
        expect(b >> 63, 0, "GITS_BASER%u.Valid", (u64)n);
        fact(b, "GITS_BASER%u", (u64)n);
    }
    expect(devices, 1, "tables for devices");
    expect(collections, 1, "tables for collections");
    expect(others, 0, "other tables");
}

#define READ_ONLY_FIELDS (7ull << 56 | 0x1full << 48)

static void baser(unsigned type, const char *name)
{
    const u64 at = its_baser(type), fixed = read64(at) & READ_ONLY_FIELDS;
    section(name);
    expect((fixed >> 48 & 0x1f) + 1, 8, "bytes of an entry");
    write64(at, ~0ull);
    expect(read64(at) & READ_ONLY_FIELDS, fixed, "ones: Type and Entry_Size");
    fact(read64(at), "ones");
    write64(at, 0);
    expect(read64(at), fixed, "zeros");
    write64(at, 0xa5a5a5a5a5a5a5a5);
    fact(read64(at), "a5");
    write64(at, 0x5a5a5a5a5a5a5a5a);
    fact(read64(at), "5a");
    write64(at, VALID);
    expect(read64(at), fixed | VALID, "Valid");
    write64(at, INDIRECT);
    fact(read64(at) >> 62 & 1, "Indirect");
    for (u64 page = 0; page < 4; page++) {
        write64(at, page << 8);
        fact(read64(at) >> 8 & 3, "Page_Size %u", page);
        for (u64 n = 0; n < 3; n++) {
            static const u64 addresses[] = {0x41230000, 0xffff0000, 0x0000fffffffff000};
            if (page == 3) {
                continue;
            }
            const u64 a = addresses[n] & (page < PAGE_64K ? ~(page_bytes(page) - 1) : ~0xffffull);
            write64(at, VALID | a | page << 8 | 0x7f);
            expect(read64(at), fixed | VALID | a | page << 8 | 0x7f, "Page_Size %u, address %x",
                   page, a);
        }
    }
    /* With 64 KiB pages [15:12] are bits [51:48] of the address. */
    write64(at, 0xf000 | PAGE_64K << 8);
    expect(read64(at) & ~fixed, 0xf000 | PAGE_64K << 8, "64 KiB pages, address above 2^48");
    u64 kept = 0;
    for (u64 v = 0; v < 256; v++) {
        write64(at, v);
        kept += (read64(at) & 0xff) == v;
    }
    expect(kept, 256, "Size values that are kept");
    kept = 0;
    for (u64 v = 0; v < 8; v++) {
        write64(at, v << 59);
        kept |= (u64)((read64(at) >> 59 & 7) == v) << v;
    }
    fact(kept, "InnerCache values that are kept");
    kept = 0;
    for (u64 v = 0; v < 8; v++) {
        write64(at, v << 53);
        kept |= (u64)((read64(at) >> 53 & 7) == v) << v;
    }
    fact(kept, "OuterCache values that are kept");
    kept = 0;
    for (u64 v = 0; v < 3; v++) {
        write64(at, v << 10);
        kept |= (u64)((read64(at) >> 10 & 3) == v) << v;
    }
    fact(kept, "Shareability values that are kept");
    write64(at, 0);
    write32(at, 0x41230055);
    expect(read64(at) & ~fixed, 0x41230055, "low half written");
    write32(at + 4, 0x80000012);
    expect(read64(at) & ~fixed, 0x8000001241230055, "high half written");
    expect(read32(at), 0x41230055, "low half read");
    expect(read32(at + 4), 0x80000012 | fixed >> 32, "high half read");
    write64(at, 0);
}

static void unused(void)
{
    section("baser, not implemented");
    for (unsigned n = 0; n < 8; n++) {
        const u64 at = GITS + GITS_BASER + 8 * n;
        if (!(read64(at) >> 56 & 7)) {
            write64(at, ~0ull);
            expect(read64(at), 0, "GITS_BASER%u", (u64)n);
        }
    }
}

static void queue_registers(void)
{
    section("cbaser");
    const u64 at = GITS + GITS_CBASER;
    write64(at, ~0ull);
    fact(read64(at), "ones");
    write64(at, 0xa5a5a5a5a5a5a5a5);
    fact(read64(at), "a5");
    write64(at, 0x5a5a5a5a5a5a5a5a);
    fact(read64(at), "5a");
    write64(at, 0);
    expect(read64(at), 0, "zeros");
    write64(at, VALID | 0x41230000 | 0xff);
    expect(read64(at), VALID | 0x41230000 | 0xff, "Valid, address, 256 pages");
    write32(at, 0x42340001);
    expect(read64(at), VALID | 0x42340001, "low half written");
    write32(at + 4, 0);
    expect(read64(at), 0x42340001, "high half written");
    expect(read32(at), 0x42340001, "low half read");
    write64(at, 0);

    section("cwriter");
    /* 256 pages, so that no offset is beyond the ring. */
    write64(at, VALID | arena(0x100000, 65536) | 0xff);
    for (u64 v = 0; v < 0x100000; v = v ? v << 1 : 0x20) {
        write64(GITS + GITS_CWRITER, v);
        expect(read64(GITS + GITS_CWRITER), v, "Offset %x", v);
    }
    write64(GITS + GITS_CWRITER, 0xfffe0);
    expect(read64(GITS + GITS_CWRITER), 0xfffe0, "Offset of ones");
    write64(GITS + GITS_CWRITER, 0);
    write64(GITS + GITS_CWRITER, 1);
    expect(read64(GITS + GITS_CWRITER), 0, "Retry reads as zero");
    write64(GITS + GITS_CWRITER, ~0xfffffull);
    fact(read64(GITS + GITS_CWRITER), "RES0 bits set");
    write64(GITS + GITS_CWRITER, 0x1e);
    fact(read64(GITS + GITS_CWRITER), "RES0 bits below set");
    write64(GITS + GITS_CWRITER, 0);
    write32(GITS + GITS_CWRITER, 0x40);
    expect(read64(GITS + GITS_CWRITER), 0x40, "low half written");
    write32(GITS + GITS_CWRITER, 0);
    expect(read64(GITS + GITS_CREADR), 0, "CREADR");
    expect(read32(GITS + GITS_CREADR + 4), 0, "CREADR, high half");
    write64(GITS + GITS_CREADR, 0x40);
    expect(read64(GITS + GITS_CREADR), 0, "CREADR is read only");
    write64(at, 0);
    expect(read64(GITS + GITS_CREADR), 0, "CREADR after CBASER");
}

static void while_on(void)
{
    section("on");
    its_init();
    expect(read32(GITS + GITS_CTLR) & 1, 1, "GITS_CTLR.Enabled");
    fact(read32(GITS + GITS_CTLR) >> 31, "GITS_CTLR.Quiescent");
    const u64 cbaser = read64(GITS + GITS_CBASER);
    const u64 devices = read64(its_baser(DEVICES));
    const u64 collections = read64(its_baser(COLLECTIONS));
    /* UNPREDICTABLE; ignored by all models we know. */
    write64(GITS + GITS_CBASER, 0);
    expect(read64(GITS + GITS_CBASER), cbaser, "CBASER written while on");
    write64(its_baser(DEVICES), 0);
    expect(read64(its_baser(DEVICES)), devices, "GITS_BASER written while on, devices");
    write64(its_baser(COLLECTIONS), 0);
    expect(read64(its_baser(COLLECTIONS)), collections, "GITS_BASER written while on, collections");
    its_disable();
    expect(read32(GITS + GITS_CTLR) & 1, 0, "off");
    expect(read32(GITS + GITS_CTLR) >> 31, 1, "off: Quiescent");
    expect(read64(GITS + GITS_CBASER), cbaser, "off: CBASER is as it was");
    expect(read64(GITS + GITS_CREADR), read64(GITS + GITS_CWRITER), "off: CREADR is CWRITER");
    write64(GITS + GITS_CBASER, cbaser);
    expect(read64(GITS + GITS_CREADR), 0, "CBASER written: CREADR is 0");
    write32(GITS + GITS_CTLR, 0x7ffffffe);
    fact(read32(GITS + GITS_CTLR), "GITS_CTLR, all bits but Enabled and Quiescent");
    write32(GITS + GITS_CTLR, 0);

    section("read only");
    const u32 iidr = read32(GITS + GITS_IIDR);
    const u64 typer = its_typer();
    write32(GITS + GITS_IIDR, ~iidr);
    expect(read32(GITS + GITS_IIDR), iidr, "GITS_IIDR");
    write64(GITS + GITS_TYPER, ~typer);
    expect(its_typer(), typer, "GITS_TYPER");
    write32(GITS + 0xffe8, 0);
    expect(read32(GITS + 0xffe8) >> 4 & 0xf, 3, "GITS_PIDR2");

    section("reserved");
    static const u32 offsets[] = {0x0c, 0x10, 0x14, 0x18, 0x40, 0x48, 0x98, 0x140, 0xc000};
    for (unsigned n = 0; n < sizeof(offsets) / sizeof(offsets[0]); n++) {
        write32(GITS + offsets[n], ~0u);
        if (offsets[n] != 0x0c) {
            expect(read32(GITS + offsets[n]), 0, "%x", (u64)offsets[n]);
        }
    }
}

static void size(const char *name, u64 trap, u64 value)
{
    fact(trap, "%s, trap", name);
    if (!trap) {
        fact(value, "%s", name);
    }
}

static void sizes(void)
{
    u64 v = 0, trap;
    section("sizes");
    trap = TRAP_OF(v = read8(GITS + GITS_CTLR + 3));
    size("GITS_CTLR, byte", trap, v);
    trap = TRAP_OF(v = read16(GITS + GITS_TYPER));
    size("GITS_TYPER, 16 bits", trap, v);
    trap = TRAP_OF(v = read64(GITS + GITS_CTLR));
    size("GITS_CTLR, 64 bits", trap, v);
    trap = TRAP_OF(write8(GITS + GITS_CBASER, 0x55));
    size("CBASER, a byte written", trap, read64(GITS + GITS_CBASER) & 0xff);
    trap = TRAP_OF(write16(its_baser(DEVICES), 0x55));
    size("GITS_BASER, 16 bits written", trap, read64(its_baser(DEVICES)) & 0xff);
}

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    frames();
    baser(DEVICES, "baser, devices");
    baser(COLLECTIONS, "baser, collections");
    unused();
    queue_registers();
    lpi_init(2);
    while_on();
    sizes();
    return 0;
}
