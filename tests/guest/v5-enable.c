/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2
 *
 * GICv5: IRS_CR0.IRSEN off and on with interrupts of all types pending, before there is a table of
 * LPIs, what configuration does meanwhile, and that nobody must read IRS_CR0 for it to act.
 */
#include "rt/gic5.h"

enum {
    A = LPI5(11)
};
#define S SPI5(60)
#define P PPI5(PPI_SW)

/* Without a read of IRS_CR0. */
static void irsen(bool on)
{
    write32(gic5.irs + IRS_CR0, on);
}

static u64 f_lines5(u64 unused)
{
    return lines() + unused;
}
static u64 f_hppir5(u64 unused)
{
    return hppir() + unused;
}

static void first(void)
{
    section("first");
    gic5_find();
    WRITE_SYS(ICC_PPI_ENABLER0_EL1, 0);
    irs_enable(true);
    pe5_init();
    pe_start(1);
    on_pe(1, f_pe5_init, 0);
    expect(read64(gic5.irs + IRS_IST_BASER), 0, "IRSEN without an IST: IST_BASER");
    expect(hppir() << 4 | lines(), 0, "IRSEN without an IST: HPPIR, lines");
    lpis_init(14);
    setup5(A, 9, 0);
    cdpend(A, true);
    expect(take5(), A, "IRSEN before the IST: taken");
}

static void off_and_on(void)
{
    section("off");
    setup5(S, 12, 0);
    ppi_priority(PPI_SW, 20);
    ppi_enable(PPI_SW, true);
    cdpend(A, true), cdpend(S, true);
    ppi_pend(PPI_SW, true);
    expect(hppir(), VALID5 | A, "on: HPPIR");
    irsen(false);
    expect(hppir(), VALID5 | P, "off, IRS_CR0 not read: HPPIR");
    expect(irs_read(IRS_CR0), CR0_IDLE, "off: IRS_CR0");
    expect(hppir(), VALID5 | P, "off: HPPIR");
    expect(cdia(), VALID5 | P, "off: CDIA");
    expect(cdia(), 0, "off: CDIA, no more");
    expect(lines(), 0, "off: lines");
    cdeoi(), cddi(P);
    /* State goes on changing. */
    expect(cdrcfg(A), ICSR(ICSR_ENABLED | ICSR_PENDING, 9, 0), "off: CDRCFG of the LPI");
    expect(cdrcfg(S), ICSR(ICSR_ENABLED | ICSR_PENDING, 12, 0), "off: CDRCFG of the SPI");
    setup5(LPI5(12), 7, 0);
    cdpend(LPI5(12), true);
    cdpend(A, false);
    cdaff(S, 1);
    expect(lines() << 4 | on_pe(1, f_lines5, 0), 0, "off, changes: lines");

    section("on");
    irsen(true);
    expect(hppir(), VALID5 | LPI5(12), "IRS_CR0 not read: HPPIR");
    expect(on_pe(1, f_hppir5, 0), VALID5 | S, "PE 1, IRS_CR0 not read: HPPIR");
    expect(irs_read(IRS_CR0), CR0_IDLE | IRSEN, "IRS_CR0");
    expect(hppir(), VALID5 | LPI5(12), "HPPIR");
    expect(lines(), MASK_IRQ, "lines");
    expect(on_pe(1, f_hppir5, 0), VALID5 | S, "PE 1, HPPIR");
    expect(take5(), LPI5(12), "taken");
    expect(take5(), 0, "no more");
    expect(on_pe(1, f_take5, 0), S, "PE 1, taken");
    expect(on_pe(1, f_take5, 0), 0, "PE 1, no more");
}

static void with_active(void)
{
    section("active");
    setup5(A, 9, 0);
    cdpend(A, true);
    expect(cdia(), VALID5 | A, "CDIA");
    irs_enable(false);
    expect(apr(), 1 << 9, "off: APR");
    cdeoi(), cddi(A);
    expect(cdrcfg(A), ICSR(ICSR_ENABLED, 9, 0), "off: ended");
    cdpend(A, true);
    irs_enable(true);
    irs_enable(true);
    expect(take5(), A, "on: taken");
    for (unsigned n = 0; n < 10; n++) {
        irs_enable(false), irs_enable(true);
    }
    expect(hppir() << 4 | lines(), 0, "ten times off and on: HPPIR, lines");
    irs_enable(false);
    ist_invalid();
    lpis_init(14);
    setup5(A, 9, 0);
    cdpend(A, true);
    expect(lines(), 0, "a new IST while off: lines");
    irs_enable(true);
    expect(take5(), A, "a new IST while off: taken");
}

int main(void)
{
    first();
    off_and_on();
    with_active();
    return 0;
}
