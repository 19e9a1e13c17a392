/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 its=on peer=off
 *
 * GICv5: what the registers of the ITS and of its translation frame, of the SETLPI frame and of the
 * wire bridge hold at reset and keep of all ones, all zeros and a pattern.
 */
#include "rt/its5.h"
#include "rt/scan.h"

static void its_identity(void)
{
    section("its.id");
    const u32 idr0 = its_read(ITS_IDR0), idr1 = its_read(ITS_IDR1), idr2 = its_read(ITS_IDR2);
    expect(idr0 & 3, 1, "ITS_IDR0.INT_DOM");
    expect(idr0 >> 2 & 0xf, irs_read(IRS_IDR0) >> 2 & 0xf, "ITS_IDR0.PA_RANGE is the IRS's");
    expect(idr0 >> 6 & 3, 0, "ITS_IDR0.MEC, MPAM");
    fact(idr0 >> 8 & 1, "ITS_IDR0.SWE");
    fact(idr1 & 0x3f, "ITS_IDR1.DEVICEID_BITS");
    expect(idr1 >> 6 & 1, 1, "ITS_IDR1.DT_LEVELS");
    fact(idr1 >> 7 & 1, "ITS_IDR1.ITT_LEVELS");
    expect(idr1 >> 8 & 7, 7, "ITS_IDR1.L2SZ");
    expect(idr2 & 0x1f, 16, "ITS_IDR2.EVENTID_BITS");
    expect(idr2 >> 5 & 3, 0, "ITS_IDR2.XDMN_EVENTS");
    expect(its_read(ITS_AIDR), 0x100, "ITS_AIDR");
    expect(its_read(ITS_IIDR) & 0xfff, 0x43b, "ITS_IIDR.Implementer");
    expect(its_read(DEVARCH), 0x47705a19, "DEVARCH");
    expect(its_read(ITS_CR0), CR0_IDLE, "ITS_CR0");
    expect(its_read(ITS_STATUSR), IDLE, "ITS_STATUSR");
    expect(its_read(ITS_SYNC_STATUSR), IDLE, "ITS_SYNC_STATUSR");
    expect(its_read(ITS_GEN_EVENT_STATUSR), IDLE, "ITS_GEN_EVENT_STATUSR");
}

static const struct {
    u32 offset, bits;
    u64 mask;
    const char *name;
} kept[] = {
    {ITS_CR1, 32, 0xff, "ITS_CR1"},
    {ITS_DT_BASER, 64, 0x00fffffffffffff8, "ITS_DT_BASER"},
    {ITS_DT_CFGR, 32, 0x100ff, "ITS_DT_CFGR"},
    {ITS_DIDR, 64, 0xffffffff, "ITS_DIDR"},
    {ITS_EIDR, 32, 0xffffffff, "ITS_EIDR"},
    {ITS_GEN_EVENT_DIDR, 64, 0xffffffff, "ITS_GEN_EVENT_DIDR"},
    {ITS_GEN_EVENT_EIDR, 32, 0xffffffff, "ITS_GEN_EVENT_EIDR"},
};
static const u32 write_only[] = {ITS_INV_EVENTR, ITS_INV_DEVICER, ITS_READ_EVENTR,
                                 ITS_SYNCR,      ITS_SYNCR + 4,   ITS_GEN_EVENTR};

static u64 wide_read(unsigned n)
{
    const u64 at = gic5.its + kept[n].offset;
    return kept[n].bits == 64 ? read64(at) : read32(at);
}

static void its_bits(void)
{
    static const u64 patterns[] = {~0ull, 0, 0xa5a5a5a5a5a5a5a5, 0x5a5a5a5a5a5a5a5a, 0};
    section("its.bits");
    for (unsigned n = 0; n < sizeof(kept) / sizeof(kept[0]); n++) {
        const u64 at = gic5.its + kept[n].offset;
        expect(wide_read(n), 0, "%s, reset", kept[n].name);
        for (unsigned p = 0; p < 5; p++) {
            if (kept[n].bits == 64) {
                write64(at, patterns[p]);
            } else {
                write32(at, (u32)patterns[p]);
            }
            expect(wide_read(n), patterns[p] & kept[n].mask, "%s, wrote %x", kept[n].name,
                   patterns[p]);
        }
        if (kept[n].bits == 64) {
            write32(at + 4, 0xffffffff);
            expect(read32(at), 0, "%s, upper half written, lower half", kept[n].name);
            expect(read32(at + 4), kept[n].mask >> 32, "%s, upper half", kept[n].name);
            write32(at, 0xffffffff);
            expect(read64(at), kept[n].mask, "%s, both halves", kept[n].name);
            write64(at, 0);
        }
    }
    for (unsigned n = 0; n < sizeof(write_only) / 4; n++) {
        expect(its_read(write_only[n]), 0, "write only: %x", (u64)write_only[n]);
    }
    its_write(ITS_IDR1, 0);
    expect(its_read(ITS_IDR1) >> 8 & 7, 7, "ITS_IDR1 is read only");
    its_write(ITS_CR0, 0xfffffffe);
    expect(its_read(ITS_CR0), CR0_IDLE, "ITS_CR0, all but ITSEN");
    its_write(ITS_CR0, 0xffffffff);
    expect(its_read(ITS_CR0), CR0_IDLE | ITSEN, "ITS_CR0 ones");
    its_write(ITS_CR0, 0);
    expect(its_read(ITS_CR0), CR0_IDLE, "ITS_CR0 zeros");
}

static void others(void)
{
    section("translate");
    expect(read32(gic5.translate + ITS_TRANSLATER), 0, "ITS_TRANSLATER reads as zero");
    expect(read32(gic5.translate + ITS_RL_TRANSLATER), 0, "ITS_RL_TRANSLATER reads as zero");
    scan_read(gic5.translate, 0x10000);
    section("setlpi");
    expect(irs_read(IRS_IDR0) >> 9 & 1, gic5.setlpi != 0, "IRS_IDR0.SETLPI tells of the frame");
    if (gic5.setlpi) {
        expect(read32(gic5.setlpi), 0, "IRS_SETLPIR reads as zero");
        scan_read(gic5.setlpi, 0x10000);
    }
}

static void iwb(void)
{
    section("iwb");
    const u32 idr0 = iwb_read(IWB_IDR0);
    const u32 groups = (idr0 & 0x7ff) + 1;
    fact(groups, "IWB_IDR0.IW_RANGE + 1");
    expect(idr0 >> 11 & 0xf, 2, "IWB_IDR0.INT_DOMS");
    expect(iwb_read(IWB_AIDR), 0x200, "IWB_AIDR");
    expect(iwb_read(IWB_IIDR), its_read(ITS_IIDR), "IWB_IIDR is the ITS's");
    expect(iwb_read(IWB_CR0), CR0_IDLE | IWBEN, "IWB_CR0");
    expect(iwb_read(IWB_WENABLE_STATUSR), IDLE, "IWB_WENABLE_STATUSR");
    expect(iwb_read(IWB_WDOMAIN_STATUSR), IDLE, "IWB_WDOMAIN_STATUSR");
    expect(iwb_read(IWB_WRESAMPLER), 0, "IWB_WRESAMPLER reads as zero");
    u64 wrong = 0;
    for (u32 n = 0; n < groups; n++) {
        wrong += iwb_read(IWB_WENABLER + 4 * n) != 0 || iwb_read(IWB_WTMR + 4 * n) != 0;
        wrong += iwb_read(IWB_WDOMAINR + 8 * n) != 0x55555555;
        wrong += iwb_read(IWB_WDOMAINR + 8 * n + 4) != 0x55555555;
    }
    expect(wrong, 0, "WENABLER, WTMR, WDOMAINR at reset");
    for (u32 n = 0; n <= groups; n++) {
        const u32 all = n < groups ? ~0u : 0;
        iwb_write(IWB_WTMR + 4 * n, 0xffffffff);
        expect(iwb_read(IWB_WTMR + 4 * n), all, "WTMR%u ones", (u64)n);
        iwb_write(IWB_WTMR + 4 * n, 0xa5a5a5a5);
        expect(iwb_read(IWB_WTMR + 4 * n), all & 0xa5a5a5a5, "WTMR%u a5", (u64)n);
        iwb_write(IWB_WENABLER + 4 * n, 0xffffffff);
        expect(iwb_read(IWB_WENABLER + 4 * n), all, "WENABLER%u ones", (u64)n);
        iwb_write(IWB_WENABLER + 4 * n, 0x5a5a5a5a);
        expect(iwb_read(IWB_WENABLER + 4 * n), all & 0x5a5a5a5a, "WENABLER%u 5a", (u64)n);
        iwb_write(IWB_WENABLER + 4 * n, 0);
        iwb_write(IWB_WTMR + 4 * n, 0);
        expect(iwb_read(IWB_WENABLER + 4 * n) | iwb_read(IWB_WTMR + 4 * n), 0, "zeros %u", (u64)n);
        /* Without EL3 every wire is Non-secure. */
        iwb_write(IWB_WDOMAINR + 8 * n, 0);
        expect(iwb_read(IWB_WDOMAINR + 8 * n), all & 0x55555555, "WDOMAINR%u", 2 * (u64)n);
    }
    iwb_write(IWB_CR0, 0xffffffff);
    expect(iwb_read(IWB_CR0), CR0_IDLE | IWBEN, "IWB_CR0 ones");
    iwb_write(IWB_CR0, 0);
    fact(iwb_read(IWB_CR0), "IWB_CR0 zeros");
}

int main(void)
{
    gic5_init();
    section("its.reset");
    scan_read(gic5.its, 0x10000);
    its_identity();
    its_bits();
    others();
    section("iwb.reset");
    scan_read(gic5.iwb, 0x10000);
    iwb();
    return 0;
}
