/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on
 *
 * Two Security states: what Non-secure software sees of GICD and GICR, NSACR, the shifted
 * priorities, the banked registers and their aliases at EL3.
 */
#include "rt/gic.h"

/* One interrupt of each class: SPIs, PPIs, SGIs. */
static const unsigned spis[CLASSES] = {40, 41, 42}, ppis[CLASSES] = {20, 21, 22};
static const unsigned sgis[CLASSES] = {4, 5, 6};

static u64 f_read8(u64 address)
{
    return read8(address);
}
static u64 f_read64(u64 address)
{
    return read64(address);
}
static u64 f_write8(u64 both)
{
    write8(both & 0xffffffff, (u8)(both >> 32));
    return 0;
}
static u64 f_route(u64 both)
{
    write64(both & 0xffffffff, both >> 32);
    return 0;
}
static u64 ns_read(u64 address)
{
    return at(AT_NS_EL1, f_read32, address);
}
static void ns_write(u64 address, u32 value)
{
    at(AT_NS_EL1, f_write32, BOTH(address, value));
}

static void bits(const char *name, const unsigned *intids)
{
    static const struct {
        const char *name;
        unsigned set;
    } pairs[] = {{"ENABLER", ISENABLER}, {"PENDR", ISPENDR}, {"ACTIVER", ISACTIVER}};
    const unsigned n = intids[0] / 32 * 4;
    const u64 frame = irq_frame(intids[0]);
    u32 all = 0;

    for (unsigned c = 0; c < CLASSES; c++) {
        disable(intids[c]);
        set_class(intids[c], c);
        all |= 1u << intids[c] % 32;
    }
    const u32 ns = 1u << intids[G1NS] % 32;
    section(name);
    for (unsigned p = 0; p < 3; p++) {
        const u64 set = frame + pairs[p].set + n, clear = set + 0x80;
        write32(clear, ~0u);
        write32(set, all);
        expect(ns_read(set) & all, ns, "NS reads IS%s", pairs[p].name);
        expect(ns_read(clear) & all, ns, "NS reads IC%s", pairs[p].name);
        ns_write(clear, ~0u);
        expect(read32(set) & all, all & ~ns, "after NS wrote IC%s", pairs[p].name);
        write32(clear, ~0u);
        ns_write(set, all);
        expect(read32(set) & all, ns, "after NS wrote IS%s", pairs[p].name);
        write32(clear, ~0u);
    }
    expect(ns_read(frame + IGROUPR + n), 0, "NS reads IGROUPR");
    const u32 groups = read32(frame + IGROUPR + n), modifiers = read32(frame + IGRPMODR + n);
    ns_write(frame + IGROUPR + n, ~0u);
    expect(read32(frame + IGROUPR + n), groups, "NS writes IGROUPR");
    ns_write(frame + IGROUPR + n, 0);
    expect(read32(frame + IGROUPR + n), groups, "NS clears IGROUPR");
    expect(ns_read(frame + IGRPMODR + n), 0, "NS reads IGRPMODR");
    ns_write(frame + IGRPMODR + n, ~0u);
    expect(read32(frame + IGRPMODR + n), modifiers, "NS writes IGRPMODR");

    for (unsigned c = 0; c < CLASSES; c++) {
        const u64 p = frame + IPRIORITYR + intids[c];
        write8(p, 0xff);
        const u8 kept = read8(p);
        for (unsigned v = 0x10; v < 0x100; v += 0x48) {
            write8(p, (u8)v);
            expect(at(AT_NS_EL1, f_read8, p), c == G1NS ? v << 1 & 0xff : 0, "NS reads %x of %s",
                   (u64)v, class_names[c]);
            at(AT_NS_EL1, f_write8, BOTH(p, v));
            expect(read8(p), c == G1NS ? (v >> 1 | 0x80) & kept : v,
                   "NS writes %x to %s, bits kept", (u64)v, class_names[c]);
        }
        write8(p, 0x90);
        const u64 at_cfg = frame + ICFGR + intids[c] / 16 * 4;
        const u32 edge = 2u << intids[c] % 16 * 2;
        if (intids[c] >= 16) {
            write32(at_cfg, read32(at_cfg) | edge);
            expect((ns_read(at_cfg) & edge) != 0, c == G1NS, "NS reads ICFGR of %s",
                   class_names[c]);
            write32(at_cfg, read32(at_cfg) & ~edge);
            ns_write(at_cfg, ~0u);
            expect((read32(at_cfg) & edge) != 0, c == G1NS, "NS writes ICFGR of %s",
                   class_names[c]);
            write32(at_cfg, read32(at_cfg) | edge);
        }
    }
}

static void routes(void)
{
    section("irouter");
    for (unsigned c = 0; c < CLASSES; c++) {
        const u64 r = GICD + GICD_IROUTER + 8 * spis[c];
        write64(r, 0x10203);
        expect(at(AT_NS_EL1, f_read64, r), c == G1NS ? 0x10203 : 0, "NS reads it of %s",
               class_names[c]);
        at(AT_NS_EL1, f_route, BOTH(r, 0x30405));
        expect(read64(r), c == G1NS ? 0x30405 : 0x10203, "NS writes it of %s", class_names[c]);
        write64(r, 0);
    }
}

static void nsacr(void)
{
    section("nsacr");
    const u64 reg = GICD + NSACR + 8; /* INTIDs 32 to 47 */
    for (unsigned c = 0; c < 2; c++) {
        const unsigned i = spis[c];
        const u32 bit = 1u << i % 32;
        for (unsigned v = 0; v < 4; v++) {
            const u64 pend_at = GICD + ISPENDR + 4, active_at = GICD + ISACTIVER + 4;
            write32(reg, v << (i % 16) * 2);
            expect(read32(reg), v << (i % 16) * 2, "%s value %u", class_names[c], (u64)v);
            expect(ns_read(reg), 0, "%s value %u: NS reads NSACR", class_names[c], (u64)v);
            ns_write(reg, ~0u);
            expect(read32(reg), v << (i % 16) * 2, "%s value %u: NS writes NSACR", class_names[c],
                   (u64)v);
            unpend(i);
            ns_write(pend_at, bit);
            expect(pending(i), v >= 1, "%s value %u: NS sets pending", class_names[c], (u64)v);
            pend(i);
            expect((ns_read(pend_at) & bit) != 0, v >= 1, "%s value %u: NS reads ISPENDR",
                   class_names[c], (u64)v);
            expect((ns_read(pend_at + 0x80) & bit) != 0, v >= 2, "%s value %u: NS reads ICPENDR",
                   class_names[c], (u64)v);
            ns_write(pend_at + 0x80, bit);
            expect(pending(i), v < 2, "%s value %u: NS clears pending", class_names[c], (u64)v);
            unpend(i);
            bit_write(ISACTIVER, i);
            expect((ns_read(active_at) & bit) != 0, v >= 2, "%s value %u: NS reads ISACTIVER",
                   class_names[c], (u64)v);
            ns_write(active_at + 0x80, bit);
            expect(active(i), 1, "%s value %u: NS clears active", class_names[c], (u64)v);
            bit_write(ICACTIVER, i);
            ns_write(active_at, bit);
            expect(active(i), 0, "%s value %u: NS sets active", class_names[c], (u64)v);
            disable(i);
            ns_write(GICD + ISENABLER + 4, bit);
            expect(enabled(i), 0, "%s value %u: NS enables", class_names[c], (u64)v);
            const u64 r = GICD + GICD_IROUTER + 8 * i;
            write64(r, 0x10203);
            at(AT_NS_EL1, f_route, BOTH(r, 0x30405));
            expect(read64(r), v == 3 ? 0x30405 : 0x10203, "%s value %u: NS routes", class_names[c],
                   (u64)v);
            expect(at(AT_NS_EL1, f_read64, r), v == 3 ? 0x30405 : 0,
                   "%s value %u: NS reads IROUTER", class_names[c], (u64)v);
            write64(r, 0);
            bit_write(ICACTIVER, i);
        }
    }
    write32(reg, 0);
    section("gicr nsacr");
    write32(SGI_BASE(0) + NSACR, ~0u);
    expect(read32(SGI_BASE(0) + NSACR), ~0u, "Secure");
    expect(ns_read(SGI_BASE(0) + NSACR), 0, "NS reads it");
    ns_write(SGI_BASE(0) + NSACR, 0);
    expect(read32(SGI_BASE(0) + NSACR), ~0u, "NS writes it");
    ns_write(SGI_BASE(0) + ISPENDR, 1u << sgis[G0] | 1u << sgis[G1S]);
    expect(read32(SGI_BASE(0) + ISPENDR), 0, "it does not open GICR_ISPENDR0");
    write32(SGI_BASE(0) + NSACR, 0);
}

static void controls(void)
{
    section("gicd_ctlr");
    expect(read32(GICD + GICD_TYPER) >> 10 & 1, 1, "GICD_TYPER.SecurityExtn");
    expect(ns_read(GICD + GICD_TYPER) ^ read32(GICD + GICD_TYPER), 0,
           "GICD_TYPER, what NS reads differently");
    write32(GICD + GICD_CTLR, 0x30);
    expect(read32(GICD + GICD_CTLR), 0x30, "all off");
    expect(ns_read(GICD + GICD_CTLR), 0x10, "NS reads all off");
    ns_write(GICD + GICD_CTLR, 2);
    expect(read32(GICD + GICD_CTLR), 0x32, "NS enables EnableGrp1A");
    expect(ns_read(GICD + GICD_CTLR) & 0x12, 0x12, "NS reads it");
    ns_write(GICD + GICD_CTLR, 0);
    expect(read32(GICD + GICD_CTLR), 0x30, "NS disables it");
    write32(GICD + GICD_CTLR, 0x37);
    expect(read32(GICD + GICD_CTLR), 0x37, "all on");
    fact(ns_read(GICD + GICD_CTLR), "NS reads all on");
    ns_write(GICD + GICD_CTLR, 0x10);
    expect(read32(GICD + GICD_CTLR), 0x35, "NS clears its own only");
    ns_write(GICD + GICD_CTLR, 0x40);
    expect(read32(GICD + GICD_CTLR), 0x35, "NS cannot set DS");
    ns_write(GICD + GICD_CTLR, ~0u);
    expect(read32(GICD + GICD_CTLR), 0x37, "NS writes all ones");
    write32(GICD + GICD_CTLR, 0x37);

    section("waker");
    const u32 waker = read32(GICR(0) + GICR_WAKER);
    fact(waker, "Secure reads it");
    expect(ns_read(GICR(0) + GICR_WAKER), 0, "NS reads it");
    ns_write(GICR(0) + GICR_WAKER, 6);
    expect(read32(GICR(0) + GICR_WAKER), waker, "NS writes it");
    write32(GICR(0) + GICR_WAKER, 2);
    expect(read32(GICR(0) + GICR_WAKER) & 6, 6, "asleep");
    expect(ns_read(GICR(0) + GICR_WAKER), 0, "NS reads it, asleep");
    write32(GICR(0) + GICR_WAKER, 0);
    expect(read32(GICR(0) + GICR_WAKER) & 6, 0, "awake");
}

static u64 bank[3];
static u64 f_banked_read(u64 unused)
{
    bank[0] = READ_SYS(ICC_BPR1_EL1);
    bank[1] = READ_SYS(ICC_CTLR_EL1);
    bank[2] = READ_SYS(ICC_IGRPEN1_EL1);
    return unused;
}
static u64 f_set_bpr1(u64 v)
{
    WRITE_SYS(ICC_BPR1_EL1, v);
    return READ_SYS(ICC_BPR1_EL1);
}
static u64 f_bpr0(u64 unused)
{
    return READ_SYS(ICC_BPR0_EL1) + unused;
}
static u64 f_bpr1(u64 unused)
{
    return READ_SYS(ICC_BPR1_EL1) + unused;
}
static u64 f_set_ctlr(u64 v)
{
    WRITE_SYS(ICC_CTLR_EL1, v);
    return READ_SYS(ICC_CTLR_EL1);
}
static u64 f_ctlr(u64 unused)
{
    return READ_SYS(ICC_CTLR_EL1) + unused;
}
static u64 f_set_igrpen1(u64 v)
{
    WRITE_SYS(ICC_IGRPEN1_EL1, v);
    return READ_SYS(ICC_IGRPEN1_EL1);
}
static u64 f_set_ap1r0(u64 v)
{
    WRITE_SYS(ICC_AP1R0_EL1, v);
    return READ_SYS(ICC_AP1R0_EL1);
}
static u64 f_set_bpr0(u64 v)
{
    WRITE_SYS(ICC_BPR0_EL1, v);
    return READ_SYS(ICC_BPR0_EL1);
}

static void banks(void)
{
    section("bank");
    for (unsigned v = 0; v < 8; v++) {
        expect(at(AT_S_EL1, f_set_bpr1, v), v < 2 ? 2 : v, "BPR1 %u at S-EL1", (u64)v);
        expect(at(AT_NS_EL1, f_set_bpr1, 7 - v), 7 - v < 3 ? 3 : 7 - v, "BPR1 %u at NS-EL1",
               (u64)(7 - v));
        expect(at(AT_S_EL1, f_bpr1, 0), v < 2 ? 2 : v, "BPR1 at S-EL1, kept %u", (u64)v);
        expect(READ_SYS(ICC_BPR1_EL1), v < 2 ? 2 : v, "BPR1 at EL3, NS=0, %u", (u64)v);
        scr_set(SCR_NS, 0);
        expect(READ_SYS(ICC_BPR1_EL1), 7 - v < 3 ? 3 : 7 - v, "BPR1 at EL3, NS=1, %u",
               (u64)(7 - v));
        scr_set(0, SCR_NS);
    }
    at(AT_S_EL1, f_set_igrpen1, 0);
    expect(READ_SYS(ICC_IGRPEN1_EL3), 1, "IGRPEN1 off at S-EL1");
    at(AT_NS_EL1, f_set_igrpen1, 0);
    expect(READ_SYS(ICC_IGRPEN1_EL3), 0, "IGRPEN1 off at NS-EL1");
    at(AT_S_EL1, f_set_igrpen1, 1);
    expect(READ_SYS(ICC_IGRPEN1_EL3), 2, "IGRPEN1 on at S-EL1");
    WRITE_SYS(ICC_IGRPEN1_EL3, 1);
    at(AT_S_EL1, f_banked_read, 0);
    expect(bank[2], 0, "IGRPEN1_EL3 1 at S-EL1");
    at(AT_NS_EL1, f_banked_read, 0);
    expect(bank[2], 1, "IGRPEN1_EL3 1 at NS-EL1");
    WRITE_SYS(ICC_IGRPEN1_EL3, 3);

    section("ctlr");
    const u64 ro = READ_SYS(ICC_CTLR_EL3) & ~0x5full;
    fact(ro, "EL3 read-only fields");
    fact(at(AT_S_EL1, f_ctlr, 0), "S-EL1");
    fact(at(AT_NS_EL1, f_ctlr, 0), "NS-EL1");
    static const struct {
        u64 el3, s, ns;
        const char *name;
    } aliases[] = {
        {CTLR_EL3_CBPR_S, CTLR_EL1_CBPR, 0, "CBPR_EL1S"},
        {CTLR_EL3_CBPR_NS, 0, CTLR_EL1_CBPR, "CBPR_EL1NS"},
        {CTLR_EL3_EOIMODE_EL3, 0, 0, "EOImode_EL3"},
        {CTLR_EL3_EOIMODE_S, CTLR_EL1_EOIMODE, 0, "EOImode_EL1S"},
        {CTLR_EL3_EOIMODE_NS, 0, CTLR_EL1_EOIMODE, "EOImode_EL1NS"},
    };
    for (unsigned n = 0; n < 5; n++) {
        WRITE_SYS(ICC_CTLR_EL3, aliases[n].el3);
        expect(READ_SYS(ICC_CTLR_EL3) & 0x1f, aliases[n].el3, "EL3 reads %s", aliases[n].name);
        expect(at(AT_S_EL1, f_ctlr, 0) & 3, aliases[n].s, "S-EL1 reads %s", aliases[n].name);
        expect(at(AT_NS_EL1, f_ctlr, 0) & 3, aliases[n].ns, "NS-EL1 reads %s", aliases[n].name);
    }
    WRITE_SYS(ICC_CTLR_EL3, 0);
    expect(at(AT_S_EL1, f_set_ctlr, 0x43) & 3, 2, "S-EL1 can write EOImode alone");
    expect(READ_SYS(ICC_CTLR_EL3) & 0x5f, CTLR_EL3_EOIMODE_S, "EL3 then");
    expect(at(AT_NS_EL1, f_set_ctlr, 0x43) & 3, 2, "NS-EL1 can write EOImode alone");
    expect(READ_SYS(ICC_CTLR_EL3) & 0x5f, CTLR_EL3_EOIMODE_S | CTLR_EL3_EOIMODE_NS, "EL3 last");
    WRITE_SYS(ICC_CTLR_EL3, CTLR_EL1_PMHE);
    expect(READ_SYS(ICC_CTLR_EL3) & 0x40, 0x40, "EL3 sets PMHE");
    expect(at(AT_NS_EL1, f_ctlr, 0) & 0x40, 0x40, "NS-EL1 reads PMHE");
    WRITE_SYS(ICC_CTLR_EL3, 0);

    section("cbpr");
    WRITE_SYS(ICC_CTLR_EL3, CTLR_EL3_CBPR_S | CTLR_EL3_CBPR_NS);
    for (unsigned v = 2; v < 8; v++) {
        at(AT_EL3, f_set_bpr0, v);
        expect(at(AT_S_EL1, f_bpr1, 0), v, "BPR1 at S-EL1, BPR0 %u", (u64)v);
        expect(at(AT_NS_EL1, f_bpr1, 0), v == 7 ? 7 : v + 1, "BPR1 at NS-EL1, BPR0 %u", (u64)v);
    }
    at(AT_S_EL1, f_set_bpr1, 5);
    expect(READ_SYS(ICC_BPR0_EL1), 5, "BPR1 written at S-EL1 is BPR0");
    at(AT_NS_EL1, f_set_bpr1, 7);
    expect(READ_SYS(ICC_BPR0_EL1), 5, "BPR1 written at NS-EL1 is ignored");
    expect(READ_SYS(ICC_BPR1_EL1), 7, "BPR1 at EL3 is the Secure copy");
    expect(at(AT_S_EL1, f_bpr0, 0), 5, "BPR0 at S-EL1");
    WRITE_SYS(ICC_CTLR_EL3, 0);
    el3_idle();
}

static void shift(void)
{
    for (unsigned fiq = 0; fiq < 2; fiq++) {
        section(fiq ? "shift, SCR_EL3.FIQ=1" : "full, SCR_EL3.FIQ=0");
        scr_set(fiq ? SCR_FIQ : 0, fiq ? 0 : SCR_FIQ);
        for (unsigned v = 0; v < 256; v += 24) {
            pmr(v);
            const u64 stored = v & 0xf8;
            expect(at(AT_NS_EL1, f_pmr, 0),
                   !fiq            ? stored
                   : stored < 0x80 ? 0
                                   : stored << 1 & 0xff,
                   "NS reads PMR %x", (u64)v);
            expect(at(AT_S_EL1, f_pmr, 0), stored, "S-EL1 reads PMR %x", (u64)v);
        }
        for (unsigned v = 0; v < 256; v += 24) {
            pmr(0xff);
            at(AT_NS_EL1, f_set_pmr, v);
            expect(READ_SYS(ICC_PMR_EL1), !fiq ? v & 0xf8 : (v >> 1 | 0x80) & 0xf8,
                   "NS writes PMR %x", (u64)v);
            pmr(0x78);
            at(AT_NS_EL1, f_set_pmr, v);
            expect(READ_SYS(ICC_PMR_EL1), fiq ? 0x78 : v & 0xf8, "NS writes PMR %x, Secure half",
                   (u64)v);
        }
        pmr(0xff);
        expect(at(AT_NS_EL1, f_pmr, 0), fiq ? 0xf0 : 0xf8, "NS reads PMR at its most");
        for (unsigned c = 0; c < CLASSES; c++) {
            static const u8 priorities[] = {0x40, 0x60, 0xb0};
            setup_class(40, c, priorities[c]);
            pend(40);
            const u64 intid = el3_ack(c), full = priorities[c];
            expect(at(AT_NS_EL1, f_rpr, 0),
                   !fiq          ? full
                   : full < 0x80 ? 0
                                 : full << 1 & 0xff,
                   "NS reads RPR, %s runs", class_names[c]);
            expect(rpr() << 16 | intid, full << 16 | 40, "EL3 reads RPR, %s runs", class_names[c]);
            el3_idle();
        }
        expect(at(AT_NS_EL1, f_rpr, 0), 0xff, "NS reads RPR, idle");
    }
    scr_set(0, SCR_FIQ);

    section("ap1r");
    expect(at(AT_NS_EL1, f_set_ap1r0, 0xffffffff), 0xffff0000, "NS writes AP1R0");
    expect(READ_SYS(ICC_AP1R0_EL1), 0, "the Secure copy");
    scr_set(SCR_NS, 0);
    expect(READ_SYS(ICC_AP1R0_EL1), 0xffff0000, "the Non-secure copy at EL3");
    WRITE_SYS(ICC_AP1R0_EL1, 0xff);
    fact(READ_SYS(ICC_AP1R0_EL1), "the Non-secure copy, EL3 writes the Secure half");
    scr_set(0, SCR_NS);
    el3_idle();
    expect(at(AT_S_EL1, f_set_ap1r0, 0xff), 0xff, "S-EL1 writes AP1R0");
    expect(rpr(), 0, "RPR then");
    el3_idle();
}

int main(void)
{
    el3_gicd_init();
    el3_pe_init();
    bits("spi", spis);
    bits("ppi", ppis);
    bits("sgi", sgis);
    routes();
    nsacr();
    controls();
    banks();
    shift();
    return 0;
}
