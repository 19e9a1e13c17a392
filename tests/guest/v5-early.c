/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 peer=off
 *
 * GICv5: the CPU interface before anything else was set up: EN=1 with IRSEN never written and no
 * PPI register touched presents nothing, and nothing can be acknowledged. QEMU's GIC aborts there.
 */
#include "rt/gic5.h"
#include "rt/nmi.h"

int main(void)
{
    allint(true);
    section("early");
    expect(hppir(), 0, "reset: HPPIR");
    expect(cdia(), 0, "reset: CDIA");
    expect(cdnmia(), 0, "reset: CDNMIA");
    WRITE_SYS(ICC_CR0_EL1, CR0_EN);
    expect(hppir(), 0, "EN: HPPIR");
    expect(isr(), 0, "EN: ISR_EL1");
    expect(cdia(), 0, "EN: CDIA");
    pcr(31);
    expect(hppir(), 0, "EN, PCR 31: HPPIR");
    expect(isr(), 0, "EN, PCR 31: ISR_EL1");
    expect(cdia(), 0, "EN, PCR 31: CDIA");
    sctlr(SCTLR_NMI);
    expect(cdnmia(), 0, "EN, PCR 31, SCTLR_EL1.NMI: CDNMIA");
    expect(cdia(), 0, "EN, PCR 31, SCTLR_EL1.NMI: CDIA");
    sctlr(0);
    expect(apr(), 0, "APR");
    cdeoi();
    cddi(0), cddi(PPI5(0)), cddi(LPI5(0)), cddi(SPI5(0));
    expect(apr(), 0, "CDEOI: APR");
    gic5_find();
    cden(SPI5(60)), cdpri(SPI5(60), 4), cdpend(SPI5(60), true);
    expect(hppir(), 0, "an SPI pends, IRSEN 0: HPPIR");
    write32(gic5.irs + IRS_CR0, 1);
    expect(hppir(), VALID5 | SPI5(60), "IRSEN 1: HPPIR");
    expect(take5(), SPI5(60), "IRSEN 1: taken");
    expect(hppir() << 4 | isr(), 0, "no more: HPPIR, ISR_EL1");
    return 0;
}
