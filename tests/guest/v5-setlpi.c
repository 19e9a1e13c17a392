/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 peer=off
 *
 * GICv5: the SETLPI frame of the IRS: LPIs made pending by a write, whatever their state, and IDs
 * that are not there.
 */
#include "rt/gic5.h"

enum {
    L = 300
};

static void setlpi(u32 id)
{
    write32(gic5.setlpi, id);
    irs_write_idle(IRS_SYNCR, 1u << 31, IRS_SYNC_STATUSR, IDLE);
}

static u64 f_setlpi(u64 id)
{
    setlpi((u32)id);
    return lines();
}

static void states(void)
{
    setlpi(L);
    expect(hppir() << 4 | lines(), 0, "no IST");
    lpis_init(14);
    setlpi(L);
    expect(cdrcfg(LPI5(L)), ICSR(ICSR_PENDING, 0, 0), "a fresh LPI: CDRCFG");
    cdpend(LPI5(L), false);
    setup5(LPI5(L), 9, 0);
    setlpi(L);
    expect(hppir(), VALID5 | LPI5(L), "HPPIR");
    expect(take5(), LPI5(L), "taken");
    setlpi(L), setlpi(L);
    expect(take5(), LPI5(L), "twice");
    expect(take5(), 0, "is once");
    cdhm(LPI5(L), true);
    setlpi(L);
    expect(cdrcfg(LPI5(L)), ICSR(ICSR_ENABLED | ICSR_PENDING, 9, 0), "handling mode");
    expect(cdia(), VALID5 | LPI5(L), "CDIA");
    setlpi(L);
    expect(lines(), 0, "while active: lines");
    cdeoi(), cddi(LPI5(L));
    expect(take5(), LPI5(L), "while active: once more");
    expect(take5(), 0, "no more");
    expect(on_pe(1, f_setlpi, L), 0, "by PE 1: lines there");
    expect(take5(), LPI5(L), "by PE 1");
    cdaff(LPI5(L), 1);
    setlpi(L);
    expect(take5(), 0, "to PE 1: here");
    expect(on_pe(1, f_take5, 0), LPI5(L), "to PE 1");
}

static void others(void)
{
    setup5(LPI5(0x3fff), 9, 0), setup5(LPI5(0), 10, 0);
    setlpi(0x3fff), setlpi(0);
    expect(take5(), LPI5(0x3fff), "the last LPI");
    expect(take5(), LPI5(0), "the first LPI");
    setlpi(0x4000), setlpi(0xffffff);
    expect(take5(), 0, "LPIs that are not there");
    /* Bits [31:24] are RES0. */
    write32(gic5.setlpi, 0xff000000);
    expect(take5(), LPI5(0), "reserved bits");
    expect(read32(gic5.setlpi), 0, "it reads as zero");
    write32(gic5.setlpi + 4, 0x3fff), write32(gic5.setlpi + 0x40, 0x3fff);
    write32(gic5.setlpi + 0xfffc, 0x3fff);
    expect(take5(), 0, "other words");
    irs_enable(false);
    setlpi(0);
    expect(lines(), 0, "IRSEN 0: lines");
    irs_enable(true);
    expect(take5(), LPI5(0), "IRSEN 1: taken");
    cddis(LPI5(0));
    setlpi(0);
    expect(lines(), 0, "disabled: lines");
    cden(LPI5(0));
    expect(take5(), LPI5(0), "enabled: taken");
    ist_invalid();
    setlpi(0);
    expect(hppir() << 4 | lines(), 0, "no IST again");
}

int main(void)
{
    gic5_init();
    section("setlpi");
    expect(irs_read(IRS_IDR0) >> 9 & 1, 1, "IRS_IDR0.SETLPI");
    if (!gic5.setlpi) {
        return 3;
    }
    pe_start(1);
    on_pe(1, f_pe5_init, 0);
    states();
    others();
    return 0;
}
