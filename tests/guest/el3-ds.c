/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on
 *
 * GICD_CTLR.DS set at run time: layouts, what becomes of the groups, the views of Non-secure
 * software, signalling, and that only a reset clears it.
 */
#include "rt/gic.h"

enum {
    A = 40,
    B = 41,
    C = 42
};

static u64 ns_read(u64 address)
{
    return at(AT_NS_EL1, f_read32, address);
}
static void ns_write(u64 address, u32 value)
{
    at(AT_NS_EL1, f_write32, BOTH(address, value));
}

static u64 f_read8(u64 address)
{
    return read8(address);
}
static u64 f_ctlr(u64 v)
{
    WRITE_SYS(ICC_CTLR_EL1, v);
    return READ_SYS(ICC_CTLR_EL1) & 0x43;
}
static u64 f_sgi1(u64 v)
{
    send_sgi1(v);
    return 0;
}

int main(void)
{
    el3_gicd_init();
    el3_pe_init();
    setup_class(A, G0, 0x40), setup_class(B, G1S, 0x60), setup_class(C, G1NS, 0x90);
    write32(GICD + NSACR + 8, 0x3f << 16);
    write32(SGI_BASE(0) + NSACR, ~0u);

    section("before");
    expect(read32(GICD + GICD_CTLR), 0x37, "GICD_CTLR");
    fact(READ_SYS(ICC_CTLR_EL3) >> 17 & 1, "ICC_CTLR_EL3.nDS");
    ns_write(GICD + GICD_CTLR, CTLR_DS | CTLR_ARE);
    expect(read32(GICD + GICD_CTLR) & CTLR_DS, 0, "NS cannot set DS");

    section("set");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_ARE_NS);
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_ARE_NS | CTLR_DS);
    expect(read32(GICD + GICD_CTLR), CTLR_ARE | CTLR_DS, "GICD_CTLR");
    expect(ns_read(GICD + GICD_CTLR), CTLR_ARE | CTLR_DS, "NS reads GICD_CTLR");
    expect(read32(GICD + GICD_TYPER) >> 10 & 1, 0, "GICD_TYPER.SecurityExtn");
    write32(GICD + GICD_CTLR, 0);
    expect(read32(GICD + GICD_CTLR), CTLR_ARE | CTLR_DS, "DS stays");
    expect(read32(GICD + IGRPMODR + 4), 0, "GICD_IGRPMODR1");
    write32(GICD + IGRPMODR + 4, ~0u);
    expect(read32(GICD + IGRPMODR + 4), 0, "GICD_IGRPMODR1 written");
    expect(read32(GICD + NSACR + 8), 0, "GICD_NSACR2");
    write32(GICD + NSACR + 8, ~0u);
    expect(read32(GICD + NSACR + 8), 0, "GICD_NSACR2 written");
    expect(read32(SGI_BASE(0) + NSACR), 0, "GICR_NSACR");
    write32(SGI_BASE(0) + IGRPMODR, ~0u);
    expect(read32(SGI_BASE(0) + IGRPMODR), 0, "GICR_IGRPMODR0 written");
    ns_write(GICD + GICD_CTLR, CTLR_GRP0 | CTLR_GRP1);
    expect(read32(GICD + GICD_CTLR), CTLR_ARE | CTLR_DS | CTLR_GRP0 | CTLR_GRP1, "NS enables both");
    write32(GICD + GICD_CTLR, CTLR_GRP0 | CTLR_GRP1 | CTLR_GRP1S);
    expect(read32(GICD + GICD_CTLR), CTLR_ARE | CTLR_DS | CTLR_GRP0 | CTLR_GRP1, "bit 2 is RES0");

    section("views");
    expect(ns_read(GICD + IGROUPR + 4) >> 8 & 7, 4, "NS reads IGROUPR of A, B, C");
    ns_write(GICD + IGROUPR + 4, ~(1u << 9));
    expect(read32(GICD + IGROUPR + 4), ~(1u << 9), "NS writes IGROUPR");
    write32(GICD + IGROUPR + 4, ~(3u << 8));
    expect(at(AT_NS_EL1, f_read8, GICD + IPRIORITYR + C), 0x90, "NS reads a priority unshifted");
    expect(at(AT_NS_EL1, f_read8, GICD + IPRIORITYR + A), 0x40, "NS reads one of Group 0");
    expect(ns_read(GICD + ISENABLER + 4) >> 8 & 7, 7, "NS reads ISENABLER of A, B, C");
    ns_write(GICD + ISPENDR + 4, 1u << 8);
    expect(pending(A), 1, "NS pends Group 0");
    ns_write(GICD + ICPENDR + 4, 1u << 8);
    expect(pending(A), 0, "NS clears Group 0");
    write32(GICR(0) + GICR_WAKER, 2);
    expect(ns_read(GICR(0) + GICR_WAKER) & 6, 6, "NS reads GICR_WAKER");
    ns_write(GICR(0) + GICR_WAKER, 0);
    expect(read32(GICR(0) + GICR_WAKER) & 6, 0, "NS writes GICR_WAKER");

    section("signal");
    static const unsigned intids[] = {A, B, C};
    static const unsigned want[] = {MASK_FIQ, MASK_FIQ, MASK_IRQ};
    static const char *const names[] = {"Group 0", "once Secure Group 1", "Group 1"};
    for (unsigned n = 0; n < 3; n++) {
        pend(intids[n]);
        for (unsigned p = 0; p < PLACES; p++) {
            expect(at(p, f_lines, 0), want[n], "%s at %s", names[n], place_names[p]);
        }
        unpend(intids[n]);
    }

    section("acknowledge");
    for (unsigned n = 0; n < 3; n++) {
        for (unsigned p = 0; p < PLACES; p++) {
            const u64 special = p == AT_EL3 ? 1021 : SPURIOUS;
            pend(intids[n]);
            expect(at(p, f_hppir0, 0), n < 2 ? intids[n] : special, "HPPIR0 at %s, %s",
                   place_names[p], names[n]);
            const u64 got0 = at(p, f_iar0, 0);
            expect(got0, n < 2 ? intids[n] : special, "IAR0 at %s, %s", place_names[p], names[n]);
            if (got0 < 1020) {
                at(p, f_eoi0, got0);
                expect(state(intids[n]) << 8 | rpr(), 0xff, "EOIR0 at %s, %s", place_names[p],
                       names[n]);
            }
            const u64 got1 = at(p, f_iar1, 0);
            const u64 want1 = n < 2 ? SPURIOUS : p == AT_S_EL1 ? SPURIOUS : intids[n];
            expect(got1, want1, "IAR1 at %s, %s", place_names[p], names[n]);
            if (got1 < 1020) {
                at(p, f_eoi1, got1);
                expect(state(intids[n]) << 8 | rpr(), 0xff, "EOIR1 at %s, %s", place_names[p],
                       names[n]);
            }
            el3_idle();
        }
    }

    section("icc");
    expect(at(AT_NS_EL1, f_ctlr, 3), 3, "NS writes CBPR and EOImode");
    expect(at(AT_NS_EL1, f_ctlr, 0), 0, "NS clears them");
    expect(at(AT_NS_EL1, f_ctlr, 0x40), 0x40, "NS writes PMHE");
    at(AT_NS_EL1, f_ctlr, 0);
    pmr(0x50);
    expect(at(AT_NS_EL1, f_pmr, 0), 0x50, "NS reads PMR");
    at(AT_NS_EL1, f_set_pmr, 0x30);
    expect(READ_SYS(ICC_PMR_EL1), 0x30, "NS writes PMR");
    pmr(0xff);

    section("sgi");
    set_group(5, 0);
    at(AT_NS_EL1, f_sgi1, sgi(5, 0, 0, 1));
    expect(pending(5), 1, "SGI1R at NS-EL1 to Group 0");
    unpend(5);
    set_group(5, 1);
    at(AT_NS_EL1, f_sgi1, sgi(5, 0, 0, 1));
    expect(pending(5), 1, "SGI1R at NS-EL1 to Group 1");
    unpend(5);
    return 0;
}
