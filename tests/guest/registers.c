/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2
 *
 * One Security state: reset values of every word of GICD and GICR and of the ICC registers, then
 * all ones, all zeros and two patterns written to each.
 */
#include "rt/scan.h"

static const u32 patterns[] = {0xffffffff, 0, 0xa5a5a5a5, 0x5a5a5a5a};
static const char *const gicd_names[] = {"gicd.ones", "gicd.zeros", "gicd.a5", "gicd.5a"};
static const char *const rd_names[] = {"rd.ones", "rd.zeros", "rd.a5", "rd.5a"};
static const char *const sgi_names[] = {"sgi.ones", "sgi.zeros", "sgi.a5", "sgi.5a"};
static const char *const icc_names[] = {"icc.ones", "icc.zeros", "icc.a5", "icc.5a"};

static const struct skip gicd_skip[] = {{GICD_CTLR, GICD_CTLR}, SKIP_END};
/* EnableLPIs would make a model read tables. */
static const struct skip rd_skip[] = {{GICR_CTLR, GICR_CTLR}, SKIP_END};

static u64 other_reset(u64 unused)
{
    return unused + READ_SYS(ICC_PMR_EL1) + READ_SYS(ICC_IGRPEN1_EL1);
}

static void reset(void)
{
    section("gicd.reset");
    scan_read(GICD, 0x10000);
    for (unsigned pe = 0; pe < 2; pe++) {
        section(pe ? "rd1.reset" : "rd0.reset");
        scan_read(GICR(pe), 0x10000);
        section(pe ? "sgi1.reset" : "sgi0.reset");
        scan_read(SGI_BASE(pe), 0x10000);
    }
    section("icc.reset");
    scan_icc_read();
    pe_start(1);
    expect(on_pe(1, other_reset, 0), 0, "PMR and IGRPEN1 of PE 1");
}

static void sheet(void)
{
    section("sheet");
    expect(read32(GICD + GICD_CTLR), CTLR_DS | CTLR_ARE, "GICD_CTLR");
    const u32 typer = read32(GICD + GICD_TYPER);
    expect(typer & 0x1f, SPIS / 32, "GICD_TYPER.ITLinesNumber");
    expect(typer >> 5 & 7, 0, "GICD_TYPER.CPUNumber");
    expect(typer >> 10 & 1, 0, "GICD_TYPER.SecurityExtn");
    expect(read32(GICD + 0xffe8) >> 4 & 0xf, 3, "GICD_PIDR2.ArchRev");
    expect(read32(GICR(0) + 0xffe8) >> 4 & 0xf, 3, "GICR_PIDR2.ArchRev");
    expect(read32(GICD + 0xfff0) | read32(GICD + 0xfff4) << 8 | read32(GICD + 0xfff8) << 16 |
               read32(GICD + 0xfffc) << 24,
           0xb105f00d, "GICD_CIDR");
    for (unsigned pe = 0; pe < 2; pe++) {
        const u64 r = read64(GICR(pe) + GICR_TYPER);
        expect(r >> 32, pe_mpidr(pe), "GICR_TYPER%u.Affinity_Value", (u64)pe);
        expect(r >> 8 & 0xffff, pe, "GICR_TYPER%u.Processor_Number", (u64)pe);
        expect(r >> 4 & 1, pe == 1, "GICR_TYPER%u.Last", (u64)pe);
        expect(read32(GICR(pe) + GICR_WAKER) & 6, 6, "GICR_WAKER%u", (u64)pe);
        expect(read32(SGI_BASE(pe) + ICFGR), 0xaaaaaaaa, "GICR_ICFGR0 of %u", (u64)pe);
    }
    expect(READ_SYS(ICC_PMR_EL1), 0, "ICC_PMR_EL1");
    expect(READ_SYS(ICC_BPR0_EL1), 2, "ICC_BPR0_EL1"); /* 5 preemption bits */
    expect(READ_SYS(ICC_BPR1_EL1), 3, "ICC_BPR1_EL1");
    expect(READ_SYS(ICC_SRE_EL1), 7, "ICC_SRE_EL1");
    expect(READ_SYS(ICC_CTLR_EL1) >> 8 & 7, 4, "ICC_CTLR_EL1.PRIbits");
    expect(READ_SYS(ICC_RPR_EL1), 0xff, "ICC_RPR_EL1");
    expect(TRAP_OF(READ_SYS(ICC_AP0R1_EL1)), 0x100, "ICC_AP0R1_EL1 is UNDEFINED");
    expect(TRAP_OF(READ_SYS(ICC_AP1R3_EL1)), 0x100, "ICC_AP1R3_EL1 is UNDEFINED");
    expect(TRAP_OF(READ_SYS(ICC_CTLR_EL3)), 0x100, "ICC_CTLR_EL3 is UNDEFINED at EL1");
    expect(TRAP_OF(READ_SYS(ICC_SRE_EL2)), 0x100, "ICC_SRE_EL2 is UNDEFINED at EL1");
}

static void ctlr(void)
{
    const u64 at = GICD + GICD_CTLR;
    section("gicd_ctlr");
    for (unsigned n = 0; n < 4; n++) {
        write32(at, patterns[n]);
        fact(read32(at), "wrote %x", (u64)patterns[n]);
    }
    write32(at, 0);
    expect(read32(at), CTLR_DS | CTLR_ARE, "DS and ARE cannot be cleared");
    write32(at, CTLR_GRP0);
    expect(read32(at), CTLR_DS | CTLR_ARE | CTLR_GRP0, "EnableGrp0");
    write32(at, CTLR_GRP1);
    expect(read32(at), CTLR_DS | CTLR_ARE | CTLR_GRP1, "EnableGrp1");
    write32(at, 0);

    section("gicr_ctlr");
    for (unsigned n = 0; n < 4; n++) {
        write32(GICR(0) + GICR_CTLR, patterns[n] & ~1u);
        fact(read32(GICR(0) + GICR_CTLR), "wrote %x", (u64)(patterns[n] & ~1u));
    }
    write32(GICR(0) + GICR_CTLR, 0);
}

static void arrays(void)
{
    section("arrays");
    /* Pairs that set and clear one state: ones, zeros, then a part of it cleared. */
    static const u32 sets[] = {ISENABLER, ISPENDR, ISACTIVER};
    static const char *const names[] = {"ENABLER", "PENDR", "ACTIVER"};
    for (unsigned n = 0; n < 3; n++) {
        for (unsigned frame = 0; frame < 2; frame++) {
            const u64 set = frame ? GICD + sets[n] + 4 : SGI_BASE(0) + sets[n], clear = set + 0x80;
            const char *where = frame ? "GICD_I%s1" : "GICR_I%s0";
            write32(clear, ~0u);
            expect(read32(set), 0, where, names[n]);
            write32(set, 0xa5a5a5a5);
            expect(read32(set), 0xa5a5a5a5, where, names[n]);
            expect(read32(clear), 0xa5a5a5a5, where, names[n]);
            write32(set, 0);
            write32(clear, 0);
            expect(read32(set), 0xa5a5a5a5, where, names[n]);
            write32(clear, 0xff00ff00);
            expect(read32(set), 0x00a500a5, where, names[n]);
            write32(clear, ~0u);
            expect(read32(clear), 0, where, names[n]);
        }
    }
    /* How many priority bits the Distributor keeps is its own choice, the lowest ones go first. */
    for (unsigned frame = 0; frame < 2; frame++) {
        const unsigned i = frame ? 40 : 20;
        const char *where = frame ? "GICD_IPRIORITYR" : "GICR_IPRIORITYR";
        u64 wrong = 0;
        set_priority(i, 0xff);
        const u8 bits = get_priority(i);
        fact(bits, "%s, bits that are kept", where);
        for (unsigned v = 0; v < 256; v++) {
            set_priority(i, (u8)v);
            wrong += get_priority(i) != (v & bits);
        }
        expect(wrong, 0, "%s, values that are not kept", where);
    }
    write32(GICD + IPRIORITYR + 40, 0x10f08840);
    expect(read32(GICD + IPRIORITYR + 40), 0x10f08840, "GICD_IPRIORITYR word");
    expect(get_priority(42), 0xf0, "GICD_IPRIORITYR byte of the word");
    write64(GICD + GICD_IROUTER + 8 * 32, 0xffffffff7fffffffull);
    expect(read64(GICD + GICD_IROUTER + 8 * 32), 0xff00ffffffull, "GICD_IROUTER affinity");
    write64(GICD + GICD_IROUTER + 8 * 32, 0);
    expect(read64(GICD + GICD_IROUTER + 8 * 32), 0, "GICD_IROUTER zero");
    write64(GICD + GICD_IROUTER + 8 * 31, ~0ull);
    expect(read64(GICD + GICD_IROUTER + 8 * 31), 0, "GICD_IROUTER of a PPI");
    write32(GICD + IGROUPR, ~0u);
    expect(read32(GICD + IGROUPR), 0, "GICD_IGROUPR0 is RES0");
    write32(GICD + ISENABLER, ~0u);
    expect(read32(GICD + ISENABLER), 0, "GICD_ISENABLER0 is RES0");
    write32(GICD + IPRIORITYR + 16, ~0u);
    expect(read32(GICD + IPRIORITYR + 16), 0, "GICD_IPRIORITYR4 is RES0");
    write32(GICD + IGRPMODR + 4, ~0u);
    expect(read32(GICD + IGRPMODR + 4), 0, "GICD_IGRPMODR1 is RES0");
    write32(GICD + NSACR + 8, ~0u);
    expect(read32(GICD + NSACR + 8), 0, "GICD_NSACR2 is RES0");
    write32(GICD + 0x800 + 32, ~0u);
    expect(read32(GICD + 0x800 + 32), 0, "GICD_ITARGETSR8 is RES0");
    write32(SGI_BASE(0) + ICFGR, 0);
    expect(read32(SGI_BASE(0) + ICFGR), 0xaaaaaaaa, "GICR_ICFGR0 is RAO/WI");
    write32(GICD + ICFGR + 8, ~0u);
    expect(read32(GICD + ICFGR + 8), 0xaaaaaaaa, "GICD_ICFGR2 ones");
    write32(GICD + ICFGR + 8, 0);
    expect(read32(GICD + ICFGR + 8), 0, "GICD_ICFGR2 zeros");
    write32(SGI_BASE(0) + NSACR, ~0u);
    expect(read32(SGI_BASE(0) + NSACR), 0, "GICR_NSACR is RES0");
    write32(SGI_BASE(0) + IGRPMODR, ~0u);
    expect(read32(SGI_BASE(0) + IGRPMODR), 0, "GICR_IGRPMODR0 is RES0");
}

static void icc(void)
{
    section("icc");
    for (unsigned v = 0; v < 256; v += 17) {
        pmr(v);
        expect(READ_SYS(ICC_PMR_EL1), v & 0xf8, "PMR %x", (u64)v);
    }
    for (unsigned v = 0; v < 8; v++) {
        WRITE_SYS(ICC_BPR0_EL1, v);
        expect(READ_SYS(ICC_BPR0_EL1), v < 2 ? 2 : v, "BPR0 %x", (u64)v);
        WRITE_SYS(ICC_BPR1_EL1, v);
        expect(READ_SYS(ICC_BPR1_EL1), v < 3 ? 3 : v, "BPR1 %x", (u64)v);
        WRITE_SYS(ICC_BPR1_EL1, 0xf8 | v);
        expect(READ_SYS(ICC_BPR1_EL1), v < 3 ? 3 : v, "BPR1 %x, RES0 bits set", (u64)v);
    }
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_CBPR);
    for (unsigned v = 0; v < 8; v++) {
        WRITE_SYS(ICC_BPR0_EL1, v);
        WRITE_SYS(ICC_BPR1_EL1, 5);
        const unsigned bpr0 = v < 2 ? 2 : v;
        expect(READ_SYS(ICC_BPR1_EL1), bpr0 == 7 ? 7 : bpr0 + 1, "BPR1 with CBPR, BPR0 %x", (u64)v);
        expect(READ_SYS(ICC_BPR0_EL1), bpr0, "BPR0 with CBPR %x", (u64)v);
    }
    WRITE_SYS(ICC_CTLR_EL1, 0);
    expect(READ_SYS(ICC_BPR1_EL1), 7, "BPR1 after CBPR");
    WRITE_SYS(ICC_BPR0_EL1, 0);
    WRITE_SYS(ICC_BPR1_EL1, 0);
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_EOIMODE);
    expect(READ_SYS(ICC_CTLR_EL1) & 3, CTLR_EL1_EOIMODE, "CTLR.EOImode");
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_PMHE);
    expect(READ_SYS(ICC_CTLR_EL1) & 0x43, CTLR_EL1_PMHE, "CTLR.PMHE");
    WRITE_SYS(ICC_CTLR_EL1, 0);
    WRITE_SYS(ICC_SRE_EL1, 0);
    expect(READ_SYS(ICC_SRE_EL1), 7, "SRE is RAO/WI");
    expect(TRAP_OF(WRITE_SYS(ICC_IAR1_EL1, 0)), 0x100, "IAR1 is read only");
    expect(TRAP_OF(READ_SYS(ICC_EOIR1_EL1)), 0x100, "EOIR1 is write only");
    expect(TRAP_OF(READ_SYS(ICC_SGI1R_EL1)), 0x100, "SGI1R is write only");
    expect(TRAP_OF(WRITE_SYS(ICC_RPR_EL1, 0)), 0x100, "RPR is read only");
}

int main(void)
{
    reset();
    sheet();
    ctlr();
    arrays();
    icc();
    for (unsigned n = 0; n < 4; n++) {
        section(icc_names[n]);
        scan_icc_write(patterns[n] | (u64)patterns[n] << 32);
    }
    for (unsigned n = 0; n < 4; n++) {
        section(gicd_names[n]);
        scan_write(GICD, 0x10000, patterns[n], gicd_skip);
        section(rd_names[n]);
        scan_write(GICR(1), 0x10000, patterns[n], rd_skip);
        section(sgi_names[n]);
        scan_write(SGI_BASE(1), 0x10000, patterns[n], NULL);
    }
    return 0;
}
