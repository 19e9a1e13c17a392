/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on
 *
 * Two Security states: reset values of GICD, GICR and the ICC registers seen from EL3 and from
 * Non-secure EL1; all ones, all zeros and two patterns written from both, while every third
 * interrupt is of each group and NSACR opens some of them.
 */
#include "rt/scan.h"

static const u32 patterns[] = {0xffffffff, 0, 0xa5a5a5a5, 0x5a5a5a5a};
static const struct skip gicd_skip[] = {{GICD_CTLR, GICD_CTLR},
                                        {IGROUPR, IGROUPR + 0x7c},
                                        {IGRPMODR, IGRPMODR + 0x7c},
                                        {NSACR, NSACR + 0xfc},
                                        SKIP_END};
static const struct skip rd_skip[] = {{GICR_CTLR, GICR_CTLR}, SKIP_END};
static const struct skip sgi_skip[] = {
    {IGROUPR, IGROUPR}, {IGRPMODR, IGRPMODR}, {NSACR, NSACR}, SKIP_END};
static const struct skip groups_only[] = {{0, IGROUPR - 4},
                                          {IGROUPR + 0x80, IGRPMODR - 4},
                                          {IGRPMODR + 0x80, NSACR - 4},
                                          {NSACR + 0x100, 0xfffc},
                                          SKIP_END};

static u64 read_all(u64 unused)
{
    const bool secure = current_el() == 3;
    section(secure ? "gicd.reset" : "gicd.reset, NS");
    scan_read(GICD, 0x10000);
    section(secure ? "rd.reset" : "rd.reset, NS");
    scan_read(GICR(0), 0x10000);
    section(secure ? "sgi.reset" : "sgi.reset, NS");
    scan_read(SGI_BASE(0), 0x10000);
    section(secure ? "icc.reset" : "icc.reset, NS");
    scan_icc_read();
    return unused;
}

/* INTID n is of class n % 3, NSACR field (n / 3) % 4. */
static void mixed(void)
{
    for (unsigned i = FIRST_SPI; i <= LAST_SPI; i++) {
        set_class(i, i % 3);
        const u64 at = GICD + NSACR + i / 16 * 4;
        const unsigned low = i % 16 * 2;
        write32(at, (read32(at) & ~(3u << low)) | (i / 3 % 4) << low);
    }
    for (unsigned i = 0; i < 32; i++) {
        set_class(i, i % 3);
    }
    write32(SGI_BASE(0) + NSACR, 0xe4e4e4e4);
}

static u64 write_all(u64 n)
{
    const bool secure = current_el() == 3;
    const u32 v = patterns[n];
    static const char *const names[2][3][4] = {
        {{"gicd.ones, NS", "gicd.zeros, NS", "gicd.a5, NS", "gicd.5a, NS"},
         {"rd.ones, NS", "rd.zeros, NS", "rd.a5, NS", "rd.5a, NS"},
         {"sgi.ones, NS", "sgi.zeros, NS", "sgi.a5, NS", "sgi.5a, NS"}},
        {{"gicd.ones", "gicd.zeros", "gicd.a5", "gicd.5a"},
         {"rd.ones", "rd.zeros", "rd.a5", "rd.5a"},
         {"sgi.ones", "sgi.zeros", "sgi.a5", "sgi.5a"}}};
    section(names[secure][0][n]);
    scan_write_common(GICD, 0x10000, v, gicd_skip);
    section(names[secure][1][n]);
    scan_write(GICR(0), 0x10000, v, rd_skip);
    section(names[secure][2][n]);
    scan_write_common(SGI_BASE(0), 0x10000, v, sgi_skip);
    return 0;
}

static u64 write_icc(u64 n)
{
    static const char *const names[3][4] = {
        {"icc.ones, NS", "icc.zeros, NS", "icc.a5, NS", "icc.5a, NS"},
        {"icc.ones, S", "icc.zeros, S", "icc.a5, S", "icc.5a, S"},
        {"icc.ones", "icc.zeros", "icc.a5", "icc.5a"}};
    section(names[n >> 8][n & 3]);
    scan_icc_write(patterns[n & 3] | (u64)patterns[n & 3] << 32);
    return 0;
}

static void el3_only(void)
{
    section("el3");
    expect(READ_SYS(ICC_SRE_EL3), 0xf, "ICC_SRE_EL3");
    expect(READ_SYS(ICC_IGRPEN1_EL3), 0, "ICC_IGRPEN1_EL3");
    expect(READ_SYS(ICC_CTLR_EL3) & 0x7f, 0, "ICC_CTLR_EL3, writable fields");
    fact(READ_SYS(ICC_CTLR_EL3), "ICC_CTLR_EL3");
    for (unsigned n = 0; n < 4; n++) {
        WRITE_SYS(ICC_CTLR_EL3, patterns[n]);
        fact(READ_SYS(ICC_CTLR_EL3) & 0xff, "ICC_CTLR_EL3 written %x", (u64)patterns[n]);
        WRITE_SYS(ICC_IGRPEN1_EL3, patterns[n]);
        expect(READ_SYS(ICC_IGRPEN1_EL3), patterns[n] & 3, "ICC_IGRPEN1_EL3 written %x",
               (u64)patterns[n]);
    }
    WRITE_SYS(ICC_CTLR_EL3, 0);
    WRITE_SYS(ICC_IGRPEN1_EL3, 0);
    section("sheet");
    expect(read32(GICD + GICD_CTLR), 0x30, "GICD_CTLR");
    expect(READ_SYS(ICC_BPR0_EL1), 2, "ICC_BPR0_EL1");
    expect(READ_SYS(ICC_BPR1_EL1), 2, "ICC_BPR1_EL1, Secure");
    scr_set(SCR_NS, 0);
    expect(READ_SYS(ICC_BPR1_EL1), 3, "ICC_BPR1_EL1, Non-secure");
    scr_set(0, SCR_NS);
}

int main(void)
{
    read_all(0);
    in_world(NON_SECURE, read_all, 0);
    el3_only();
    for (unsigned n = 0; n < 4; n++) {
        write_icc(2 << 8 | n);
        in_world(SECURE, write_icc, 1 << 8 | n);
        in_world(NON_SECURE, write_icc, n);
    }
    for (unsigned n = 0; n < 4; n++) {
        static const char *const names[2][4] = {
            {"groups.ones", "groups.zeros", "groups.a5", "groups.5a"},
            {"sgi groups.ones", "sgi groups.zeros", "sgi groups.a5", "sgi groups.5a"}};
        section(names[0][n]);
        scan_write(GICD, 0x10000, patterns[n], groups_only);
        section(names[1][n]);
        scan_write(SGI_BASE(0), 0x10000, patterns[n], groups_only);
    }
    write32(GICD + GICD_CTLR, 0x30);
    mixed();
    for (unsigned n = 0; n < 4; n++) {
        write_all(n);
        in_world(NON_SECURE, write_all, n);
    }
    return 0;
}
