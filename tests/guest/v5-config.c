/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2
 *
 * GICv5: GIC CDRCFG and ICC_ICSR_EL1: every field of SPIs and LPIs as the other instructions set
 * it, and every way in which CDRCFG fails.
 */
#include "rt/gic5.h"

static void fields(u32 id, const char *name)
{
    static const u16 iaffids[] = {0, 1, 0x1234, 0xffff};
    u64 wrong = 0;

    section(name);
    expect(cdrcfg(id), 0, "reset");
    for (u32 p = 0; p < 32; p++) {
        cdpri(id, p);
        wrong += cdrcfg(id) != ICSR(0, p, 0);
    }
    expect(wrong, 0, "priorities that are not kept");
    for (unsigned n = 0; n < 4; n++) {
        cdaff(id, iaffids[n]);
        expect(cdrcfg(id), ICSR(0, 31, iaffids[n]), "IAFFID %x", (u64)iaffids[n]);
    }
    cdaff(id, 1);
    cdpri(id, 5);
    cdhm(id, true);
    expect(cdrcfg(id), ICSR(ICSR_LEVEL, 5, 1), "CDHM level");
    cdpend(id, true);
    expect(cdrcfg(id), ICSR(ICSR_LEVEL | ICSR_PENDING, 5, 1), "CDPEND");
    cden(id);
    expect(cdrcfg(id), ICSR(ICSR_LEVEL | ICSR_PENDING | ICSR_ENABLED, 5, 1), "CDEN");
    cdhm(id, false);
    expect(cdrcfg(id), ICSR(ICSR_PENDING | ICSR_ENABLED, 5, 1), "CDHM edge");
    cdpri(id, 21);
    expect(cdrcfg(id), ICSR(ICSR_PENDING | ICSR_ENABLED, 21, 1), "CDPRI");
    cdaff(id, 0);
    expect(cdrcfg(id), ICSR(ICSR_PENDING | ICSR_ENABLED, 21, 0), "CDAFF");
    expect(cdia(), VALID5 | id, "CDIA");
    expect(cdrcfg(id), ICSR(ICSR_ACTIVE | ICSR_ENABLED, 21, 0), "acknowledged");
    cdaff(id, 1), cdpri(id, 30);
    cdpend(id, true);
    cdhm(id, true);
    expect(cdrcfg(id), ICSR(0x36, 30, 1), "while active, all");
    cdeoi();
    expect(cdrcfg(id), ICSR(0x36, 30, 1), "CDEOI");
    cddi(id);
    expect(cdrcfg(id), ICSR(0x26, 30, 1), "CDDI");
    cddi(id);
    expect(cdrcfg(id), ICSR(0x26, 30, 1), "CDDI when inactive");
    /* Another interrupt beside it has seen none of this. */
    expect(cdrcfg(id + 1), 0, "the next one");
    /* Leaves nothing for anyone. */
    cdhm(id, false);
    cdpend(id, false);
    cdaff(id, 0xffff);
}

/* What instructions do with the bits of Xt that they do not have: nothing. */
static void reserved(u32 id, const char *name)
{
    section(name);
    GIC_OP(C1, 2, 0x07ffff0700000000ull | id | 9ull << 35);
    expect(cdrcfg(id), ICSR(0, 9, 0), "CDPRI with reserved bits");
    GIC_OP(C1, 3, 0xffff000000000000ull | id | 1ull << 32);
    expect(cdrcfg(id), ICSR(0, 9, 1), "CDAFF with reserved bits");
    GIC_OP(C2, 1, 0xfffffffe00000000ull | id);
    expect(cdrcfg(id), ICSR(0, 9, 1), "CDHM 0 with reserved bits");
    GIC_OP(C1, 1, 0xffffffff00000000ull | id);
    expect(cdrcfg(id), ICSR(ICSR_ENABLED, 9, 1), "CDEN with reserved bits");
    GIC_OP(C2, 0, 0xffffffff00000000ull | id);
    expect(cdrcfg(id), ICSR(ICSR_ENABLED, 9, 1), "CDDI with reserved bits");
    GIC_OP(C1, 5, 0xffffffff00000000ull | id);
    expect(READ_SYS(ICC_ICSR_EL1), ICSR(ICSR_ENABLED, 9, 1), "CDRCFG with reserved bits");
    GIC_OP(C1, 4, 0xffffffff00000000ull | id);
    expect(cdrcfg(id), ICSR(ICSR_ENABLED | ICSR_PENDING, 9, 1), "CDPEND 1 with reserved bits");
    /* Bits [28:24]: RES0, so CONSTRAINED UNPREDICTABLE whether the ID is another one. */
    fact(cdrcfg(id | 1u << 24), "CDRCFG with bit 24");
    fact(cdrcfg(id | 1u << 27), "CDRCFG with bit 27");
}

/* Routing mode 1 of N: there only if IRS_IDR0.ONE_N is 1. */
static void one_of_n(void)
{
    const u64 irm = irs_read(IRS_IDR0) & 0x80 ? ICSR_IRM : 0;
    section("irm");
    GIC_OP(C1, 3, SPI5(82) | 1ull << 28 | 1ull << 32);
    expect(cdrcfg(SPI5(82)) & ICSR_IRM, irm, "SPI: IRM");
    fact(cdrcfg(SPI5(82)) >> 32, "SPI: IAFFID");
    GIC_OP(C1, 3, LPI5(82) | 1ull << 28 | 1ull << 32);
    expect(cdrcfg(LPI5(82)) & ICSR_IRM, irm, "LPI: IRM");
    cdaff(SPI5(82), 1), cdaff(LPI5(82), 1);
    expect(cdrcfg(SPI5(82)), ICSR(0, 0, 1), "SPI: IRM 0");
    expect(cdrcfg(LPI5(82)), ICSR(0, 0, 1), "LPI: IRM 0");
}

static void failures(const char *name, u32 lpis)
{
    section(name);
    cdrcfg(SPI5(1));
    static const u32 ids[] = {
        PPI5(0), PPI5(PPI_SW), PPI5(127),    SPI5(256),    SPI5(0xffffff), 0,
        5,       4u << 29 | 5, 5u << 29 | 5, 6u << 29 | 5, 7u << 29 | 5,   0xffffffff};
    for (unsigned n = 0; n < sizeof(ids) / 4; n++) {
        WRITE_SYS(ICC_ICSR_EL1, 0);
        expect(cdrcfg(ids[n]), ICSR_F, "CDRCFG of %x", (u64)ids[n]);
        /* Every other instruction on it does nothing, whatever that would be. */
        cden(ids[n]), cddis(ids[n]), cdpri(ids[n], 0), cdaff(ids[n], 0), cdpend(ids[n], true);
        cdhm(ids[n], true);
        if (ids[n] >> 29 != 1) {
            cddi(ids[n]);
        }
        expect(hppir() << 4 | lines(), 0, "all instructions on %x", (u64)ids[n]);
    }
    expect(cdrcfg(LPI5(lpis)), ICSR_F, "CDRCFG of LPI %x", (u64)lpis);
    cden(LPI5(lpis)), cdpend(LPI5(lpis), true);
    expect(cdrcfg(LPI5(lpis)), ICSR_F, "CDRCFG of LPI %x, pended", (u64)lpis);
    expect(cdrcfg(LPI5(0xffffff)), ICSR_F, "CDRCFG of LPI 2^24 - 1");
    cden(LPI5(0xffffff)), cdpend(LPI5(0xffffff), true);
    expect(take5(), 0, "taken");
    expect(cdrcfg(SPI5(90)), 0, "CDRCFG of an SPI then");
}

int main(void)
{
    gic5_init();
    failures("no IST", 0);
    lpis_init(14);
    fields(SPI5(80), "spi");
    fields(LPI5(80), "lpi");
    fields(LPI5(0), "lpi 0");
    fields(LPI5(0x3ffe), "lpi 3ffe");
    reserved(SPI5(84), "reserved spi");
    reserved(LPI5(84), "reserved lpi");
    one_of_n();
    failures("linear IST", 0x4000);
    expect(cdrcfg(LPI5(0x3fff)), 0, "the last LPI");
    ist_invalid();
    failures("IST no longer valid", 80);
    return 0;
}
