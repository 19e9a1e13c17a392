/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2
 *
 * GICv5: a machine reset (PSCI SYSTEM_RESET) in the middle of everything: tables valid, LPIs, SPIs
 * and PPIs pending and active. All words of the IRS's frame and the ICC registers of both PEs come
 * back as they were at power-on, and no interrupt is left over.
 */
#include "rt/gic5.h"

#define PSCI_SYSTEM_RESET 0x84000009ull
#define MAGIC 0x6c69627667696335ull
enum {
    WORDS = 0x4000,
    ICC = 14
};

/* Behind all tables: the reset loads the program again, but not this. */
static struct saved {
    u64 magic;
    u32 words[WORDS];
    u64 icc[2][ICC];
} *const saved = (struct saved *)0x43f00000;

static u64 icc_now[ICC];
static u64 read_icc(u64 unused)
{
    u64 *v = icc_now;
    *v++ = READ_SYS(ICC_APR_EL1);
    *v++ = READ_SYS(ICC_CR0_EL1);
    *v++ = READ_SYS(ICC_PCR_EL1);
    *v++ = READ_SYS(ICC_HPPIR_EL1);
    *v++ = READ_SYS(ICC_ICSR_EL1);
    *v++ = READ_SYS(ICC_PPI_ENABLER0_EL1);
    *v++ = READ_SYS(ICC_PPI_ENABLER1_EL1);
    *v++ = READ_SYS(ICC_PPI_SACTIVER0_EL1);
    *v++ = READ_SYS(ICC_PPI_SPENDR0_EL1);
    *v++ = READ_SYS(ICC_PPI_PRIORITYR0_EL1);
    *v++ = READ_SYS(ICC_PPI_PRIORITYR3_EL1);
    *v++ = READ_SYS(ICC_PPI_PRIORITYR15_EL1);
    *v++ = READ_SYS(ICC_IAFFIDR_EL1);
    *v++ = lines();
    return unused;
}

static u64 change_icc(u64 unused)
{
    pe5_init();
    ppi_priority(PPI_SW, 7);
    ppi_enable(PPI_SW, true);
    ppi_pend(PPI_SW, true);
    cdia();
    ppi_pend(PPI_SW, true);
    ppi_priority(PPI_VTIMER, 3);
    ppi_enable(PPI_VTIMER, true);
    vtimer_wire(true);
    WRITE_SYS(ICC_ICSR_EL1, ICSR(0x37, 31, 0xffff));
    pcr(20);
    return unused;
}

static void change_everything(void)
{
    for (unsigned w = 0; w < WORDS; w++) {
        if (w != IRS_CR0 / 4 && w != IRS_IST_BASER / 4 && w != IRS_IST_BASER / 4 + 1) {
            write32(gic5.irs + 4 * w, 0xffffffff);
        }
    }
    irs_enable(true);
    lpis_init(14);
    for (u32 n = 0; n < 40; n++) {
        setup5(LPI5(n), n % 32, n & 1);
        setup5(SPI5(50 + n), n % 32, n & 1);
        spi_tm(50 + n, n & 2);
        cdpend(SPI5(50 + n), true);
        cdpend(LPI5(n), true);
    }
    setup5(SPI5(SPI_GPIO), 2, 0);
    spi_tm(SPI_GPIO, true);
    gpio_wire(true);
    on_pe(1, change_icc, 0);
    change_icc(0);
    for (unsigned n = 0; n < 3; n++) {
        cdia();
        cdeoi();
    }
}

int main(void)
{
    const bool first = saved->magic != MAGIC;
    u64 wrong = 0, where = 0;

    section(first ? "power-on" : "reset");
    gic5_find();
    for (unsigned w = 0; w < WORDS; w++) {
        const u32 now = read32(gic5.irs + 4 * w);
        if (first) {
            saved->words[w] = now;
        } else if (now != saved->words[w]) {
            where = wrong++ ? where : 4 * w;
        }
    }
    expect(wrong, 0, "words of the IRS that differ from power-on");
    expect(where, 0, "first of them");
    pe_start(1);
    for (unsigned pe = 0; pe < 2; pe++) {
        on_pe(pe, read_icc, 0);
        for (unsigned n = 0; n < ICC; n++) {
            if (first) {
                saved->icc[pe][n] = icc_now[n];
            }
            expect(icc_now[n] ^ saved->icc[pe][n], 0, "ICC register %u of PE %u against power-on",
                   (u64)n, (u64)pe);
        }
    }
    if (first) {
        saved->magic = MAGIC;
        change_everything();
        fact(1, "everything changed");
        psci(PSCI_SYSTEM_RESET, 0, 0, 0);
        for (;;) {
            __asm__ volatile("wfi");
        }
    }
    irs_enable(true);
    on_pe(1, f_pe5_init, 0);
    pe5_init();
    expect(take5(), 0, "left over for PE 0");
    expect(on_pe(1, f_take5, 0), 0, "left over for PE 1");
    for (u32 n = 0; n < 40; n++) {
        wrong += cdrcfg(SPI5(50 + n)) != 0;
        spi_select(50 + n);
        wrong += irs_read(IRS_SPI_CFGR) != 0;
    }
    wrong += cdrcfg(SPI5(SPI_GPIO)) != 0;
    expect(wrong, 0, "SPIs that are not as at power-on");
    expect(cdrcfg(LPI5(3)), ICSR_F, "there are no LPIs");
    lpis_init(14);
    for (u32 n = 0; n < 40; n++) {
        wrong += cdrcfg(LPI5(n)) != 0;
    }
    expect(wrong, 0, "LPIs of the old table in the new one");
    setup5(LPI5(9), 9, 1);
    cdpend(LPI5(9), true);
    expect(on_pe(1, f_take5, 0), LPI5(9), "an LPI for PE 1");
    setup5(SPI5(60), 9, 0);
    cdpend(SPI5(60), true);
    expect(take5(), SPI5(60), "an SPI for PE 0");
    return 0;
}
