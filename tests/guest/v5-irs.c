/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=4 peer=off global=vgic-v5.irs=2
 *
 * GICv5: two IRSs with two PEs and half of the SPIs each: what each of them names, SPIs and LPIs
 * for PEs of the other one, IRSEN of each, one table of LPIs for both.
 */
#include "rt/gic5.h"

enum {
    PES = 4,
    A = LPI5(200)
};
static u64 irs[2];

static u64 f_lines5(u64 unused)
{
    return lines() + unused;
}
static u64 all_lines(void)
{
    u64 v = 0;
    for (unsigned pe = 0; pe < PES; pe++) {
        v |= (on_pe(pe, f_lines5, 0) ? 1ull : 0) << pe;
    }
    return v;
}

/* The shorthands of gic5.h are for that one from now on. */
static void use(unsigned n)
{
    gic5.irs = irs[n];
}

static void identity(void)
{
    section("identity");
    for (unsigned n = 0; n < 2; n++) {
        use(n);
        expect(irs_read(IRS_IDR0) >> 16, n, "IRS %u: IRSID", (u64)n);
        expect(irs_read(IRS_IDR1) & 0xffff, 2, "IRS %u: PE_CNT", (u64)n);
        expect(irs_read(IRS_IDR5), 256, "IRS %u: SPI_RANGE", (u64)n);
        expect(irs_read(IRS_IDR6), 128, "IRS %u: SPI_IRS_RANGE", (u64)n);
        expect(irs_read(IRS_IDR7), 128 * n, "IRS %u: SPI_BASE", (u64)n);
        for (u32 pe = 0; pe < PES; pe++) {
            irs_write_idle(IRS_PE_SELR, pe, IRS_PE_STATUSR, IDLE);
            expect(irs_read(IRS_PE_STATUSR) >> 1 & 1, pe / 2 == n, "IRS %u: PE %u, V", (u64)n,
                   (u64)pe);
        }
        static const u32 spis[] = {0, 127, 128, 255, 256};
        for (unsigned k = 0; k < 5; k++) {
            expect(spi_select(spis[k]), spis[k] / 128 == n, "IRS %u: SPI %u, V", (u64)n,
                   (u64)spis[k]);
            irs_write(IRS_SPI_CFGR, 1);
            expect(irs_read(IRS_SPI_CFGR), spis[k] / 128 == n, "IRS %u: SPI %u, CFGR", (u64)n,
                   (u64)spis[k]);
            irs_write(IRS_SPI_CFGR, 0);
        }
        /* An SPI of the other one. */
        irs_write(IRS_SPI_RESAMPLER, 128 * !n + 10);
        expect(irs_read(IRS_SPI_STATUSR) & IDLE, IDLE, "IRS %u: RESAMPLER of another SPI", (u64)n);
    }
}

static void deliver(u32 id, const char *name)
{
    section(name);
    setup5(id, 9, 0);
    cdpend(id, true);
    for (unsigned n = 0; n < 6; n++) {
        const unsigned pe = (n * 3 + 2) % PES;
        cdaff(id, pe);
        expect(all_lines(), 1u << pe, "to PE %u: lines", (u64)pe);
    }
    for (unsigned pe = 0; pe < PES; pe++) {
        cdaff(id, pe);
        cdpend(id, true);
        expect(on_pe(pe, f_take5, 0), id, "PE %u takes it", (u64)pe);
    }
    expect(all_lines(), 0, "no more");
}

static void enables(void)
{
    section("irsen");
    setup5(A, 9, 1), setup5(A + 1, 9, 3);
    cdpend(A, true), cdpend(A + 1, true);
    expect(all_lines(), 1 << 1 | 1 << 3, "both on: lines");
    use(1);
    irs_enable(false);
    expect(all_lines(), 1 << 1, "IRS 1 off: lines");
    cdaff(A, 2);
    expect(all_lines(), 0, "moved to a PE of IRS 1: lines");
    cdaff(A + 1, 0);
    expect(all_lines(), 1, "moved to a PE of IRS 0: lines");
    irs_enable(true);
    expect(all_lines(), 1 | 1 << 2, "IRS 1 on: lines");
    use(0);
    irs_enable(false);
    expect(all_lines(), 1 << 2, "IRS 0 off: lines");
    irs_enable(true);
    expect(take5(), A + 1, "PE 0");
    expect(on_pe(2, f_take5, 0), A, "PE 2");
}

static void table(void)
{
    struct ist ist = {.id_bits = 14};

    section("ist");
    use(0);
    ist_invalid();
    alloc5_reset();
    ist_make(&ist);
    use(1);
    ist_valid(&ist);
    use(0);
    expect(read64(irs[0] + IRS_IST_BASER), ist.base | 1, "made valid by IRS 1, IRS 0 has it");
    expect(irs_read(IRS_IST_CFGR), 14, "IST_CFGR too");
    setup5(A, 9, 0), setup5(A + 1, 8, 3);
    cdpend(A, true), cdpend(A + 1, true);
    expect(take5(), A, "PE 0");
    expect(on_pe(3, f_take5, 0), A + 1, "PE 3");
    write32(irs[0] + IRS_CR1, 0x5555);
    expect(read32(irs[1] + IRS_CR1), 0, "CR1 is of each");
    ist_invalid();
    expect(read64(irs[1] + IRS_IST_BASER) & 1, 0, "no longer valid by IRS 0, IRS 1 has it");
    expect(read32(ist.base + 4 * 201), ISTE(ISTE_ENABLE, 8, 3), "memory");
}

int main(void)
{
    gic5_find();
    irs[0] = gic5.irs;
    irs[1] = fdt_reg("arm,gic-v5-irs", "ns-config", 1);
    section("start");
    expect(irs[1] != 0 && irs[1] != irs[0], 1, "there are two");
    if (!irs[1]) {
        return 3;
    }
    use(1);
    irs_enable(true);
    use(0);
    gic5_init();
    lpis_init(14);
    for (unsigned pe = 1; pe < PES; pe++) {
        pe_start(pe);
        on_pe(pe, f_pe5_init, 0);
    }
    identity();
    use(0);
    deliver(A, "lpi");
    deliver(SPI5(60), "spi 60");
    deliver(SPI5(200), "spi 200");
    enables();
    table();
    return 0;
}
