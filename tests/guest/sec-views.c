/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on virtualization=on cpu=max
 *
 * The CPU interface as EL3, both EL2 and both EL1 see it: banked registers and their aliases in
 * ICC_CTLR_EL3 and ICC_IGRPEN1_EL3, PMR, RPR and AP1R0 with and without SCR_EL3.FIQ, ICC_SRE_ELx,
 * what is UNDEFINED and what traps at EL2.
 */
#include "rt/sec.h"

enum {
    A = 40
};
static const enum spot lower[] = {S_EL2, S_EL1, NS_EL2, NS_EL1};

static u64 f_ap1r0(u64 unused)
{
    return READ_SYS(ICC_AP1R0_EL1) + unused;
}
static u64 f_set_ap1r0(u64 value)
{
    WRITE_SYS(ICC_AP1R0_EL1, value);
    return 0;
}

static const struct {
    const char *name;
    u64 (*read)(u64), (*write)(u64);
    u64 secure, ns;
} registers[] = {
    {"BPR1", f_bpr1, f_set_bpr1, 4, 6},
    {"IGRPEN1", f_igrpen1, f_set_igrpen1, 0, 1},
    {"AP1R0", f_ap1r0, f_set_ap1r0, 0x10, 0x100000},
};

static u64 f_eoimode(u64 unused)
{
    return (READ_SYS(ICC_CTLR_EL1) & 3) + unused;
}

/* What one place of a world writes the other reads, and the other world does not. */
static void banks(void)
{
    section("bank");
    for (unsigned r = 0; r < 3; r++) {
        for (unsigned by = 0; by < 4; by++) {
            const bool ns = spot_ns(lower[by]);
            const u64 value = ns ? registers[r].ns : registers[r].secure;
            const u64 other = ns ? registers[r].secure : registers[r].ns;
            at_spot(ns ? S_EL1 : NS_EL1, registers[r].write, other);
            at_spot(lower[by], registers[r].write, value);
            for (unsigned to = 0; to < 4; to++) {
                expect(at_spot(lower[to], registers[r].read, 0),
                       spot_ns(lower[to]) == ns ? value : other, "%s of %s at %s",
                       registers[r].name, spot_names[lower[by]], spot_names[lower[to]]);
            }
            for (unsigned bank = 0; bank < 2; bank++) {
                scr_set(bank ? SCR_NS : 0, SCR_NS);
                const u64 got = registers[r].read(0);
                scr_set(0, SCR_NS);
                expect(got, bank == ns ? value : other, "%s of %s at EL3, NS=%u", registers[r].name,
                       spot_names[lower[by]], (u64)bank);
            }
            if (r == 1) {
                expect(READ_SYS(ICC_IGRPEN1_EL3), 1, "IGRPEN1_EL3 by %s", spot_names[lower[by]]);
            }
        }
        WRITE_SYS(ICC_IGRPEN1_EL3, 3);
        el3_idle();
    }
}

static void aliases(void)
{
    section("ctlr");
    for (unsigned by = 0; by < 4; by++) {
        const bool ns = spot_ns(lower[by]);
        WRITE_SYS(ICC_CTLR_EL3, 0);
        at_spot(lower[by], f_set_ctlr, 3);
        expect(READ_SYS(ICC_CTLR_EL3) & 0x1f, ns ? CTLR_EL3_EOIMODE_NS : CTLR_EL3_EOIMODE_S,
               "ICC_CTLR_EL3 after %s wrote CBPR and EOImode", spot_names[lower[by]]);
        for (unsigned to = 0; to < 4; to++) {
            expect(at_spot(lower[to], f_eoimode, 0),
                   spot_ns(lower[to]) == ns ? CTLR_EL1_EOIMODE : 0, "EOImode of %s at %s",
                   spot_names[lower[by]], spot_names[lower[to]]);
        }
    }
    for (unsigned bit = 0; bit < 5; bit++) {
        WRITE_SYS(ICC_CTLR_EL3, 1u << bit);
        for (unsigned to = 0; to < 4; to++) {
            const bool ns = spot_ns(lower[to]);
            const u64 want = bit == (ns ? 1 : 0)   ? CTLR_EL1_CBPR
                             : bit == (ns ? 4 : 3) ? CTLR_EL1_EOIMODE
                                                   : 0;
            expect(at_spot(lower[to], f_eoimode, 0), want, "ICC_CTLR_EL3 %x at %s", 1ull << bit,
                   spot_names[lower[to]]);
        }
    }
    WRITE_SYS(ICC_CTLR_EL3, CTLR_EL3_CBPR_S | CTLR_EL3_CBPR_NS);
    for (unsigned v = 2; v < 8; v += 5) {
        WRITE_SYS(ICC_BPR0_EL1, v);
        for (unsigned to = 0; to < 4; to++) {
            const u64 plus = v == 7 ? 7 : v + 1;
            expect(at_spot(lower[to], f_bpr1, 0), spot_ns(lower[to]) ? plus : v,
                   "BPR1 with CBPR at %s, BPR0 %u", spot_names[lower[to]], (u64)v);
        }
    }
    at_spot(NS_EL2, f_set_bpr1, 3);
    expect(READ_SYS(ICC_BPR0_EL1), 7, "BPR1 with CBPR written at NS-EL2: BPR0");
    at_spot(S_EL2, f_set_bpr1, 3);
    expect(READ_SYS(ICC_BPR0_EL1), 3, "BPR1 with CBPR written at S-EL2: BPR0");
    el3_idle();
}

static void priorities(void)
{
    static const u8 values[] = {0x00, 0x40, 0x78, 0x80, 0xa8, 0xf8};
    section("priority");
    for (unsigned fiq = 0; fiq < 2; fiq++) {
        scr_set(fiq ? SCR_FIQ : 0, SCR_FIQ);
        for (unsigned n = 0; n < sizeof(values); n++) {
            const u64 v = values[n], shifted = v < 0x80 ? 0 : v << 1 & 0xff;
            pmr(v);
            for (unsigned to = 0; to < 4; to++) {
                expect(at_spot(lower[to], f_pmr, 0), fiq && spot_ns(lower[to]) ? shifted : v,
                       "PMR %x at %s, FIQ=%u", v, spot_names[lower[to]], (u64)fiq);
            }
            for (unsigned stored = 0x70; stored < 0x100; stored += 0x80) {
                pmr(stored);
                at_spot(NS_EL2, f_set_pmr, v);
                expect(READ_SYS(ICC_PMR_EL1),
                       !fiq            ? v
                       : stored < 0x80 ? stored
                                       : (v >> 1 | 0x80) & 0xf8,
                       "PMR %x written at NS-EL2 over %x, FIQ=%u", v, (u64)stored, (u64)fiq);
                pmr(stored);
                at_spot(S_EL2, f_set_pmr, v);
                expect(READ_SYS(ICC_PMR_EL1), v, "PMR %x written at S-EL2 over %x, FIQ=%u", v,
                       (u64)stored, (u64)fiq);
            }
            pmr(0xff);
        }
        for (unsigned c = 0; c < CLASSES; c++) {
            const u64 full = c == G1NS ? 0xb0 : 0x48;
            setup_class(A, c, (u8)full);
            pend(A);
            expect(el3_ack(c), A, "%s runs", class_names[c]);
            for (unsigned to = 0; to < 4; to++) {
                const u64 shifted = c == G1NS ? 0x60 : 0;
                expect(at_spot(lower[to], f_rpr, 0), fiq && spot_ns(lower[to]) ? shifted : full,
                       "RPR at %s, FIQ=%u, %s runs", spot_names[lower[to]], (u64)fiq,
                       class_names[c]);
            }
            el3_idle();
        }
    }
    scr_set(0, SCR_FIQ);
    at_spot(NS_EL2, f_set_ap1r0, 0xffffffff);
    expect(at_spot(NS_EL1, f_ap1r0, 0), 0xffff0000, "AP1R0 written with ones at NS-EL2");
    at_spot(S_EL2, f_set_ap1r0, 0xffffffff);
    expect(at_spot(S_EL1, f_ap1r0, 0), 0xffffffff, "AP1R0 written with ones at S-EL2");
    el3_idle();
}

static u64 f_sre_el2(u64 unused)
{
    u64 v = 0;
    const u64 trap = TRAP_OF(v = READ_SYS(ICC_SRE_EL2));
    return trap ? trap << 16 : v + unused;
}
static u64 f_set_sre_el2(u64 value)
{
    return TRAP_OF(WRITE_SYS(ICC_SRE_EL2, value));
}
static u64 f_sre_el1(u64 unused)
{
    u64 v = 0;
    const u64 trap = TRAP_OF(v = READ_SYS(ICC_SRE_EL1));
    return trap ? trap << 16 : v + unused;
}
static u64 f_set_sre_el1(u64 value)
{
    return TRAP_OF(WRITE_SYS(ICC_SRE_EL1, value));
}
static u64 f_el3_registers(u64 unused)
{
    u64 v = TRAP_OF(READ_SYS(ICC_CTLR_EL3));
    v = v << 16 | TRAP_OF(READ_SYS(ICC_IGRPEN1_EL3));
    v = v << 16 | TRAP_OF(READ_SYS(ICC_SRE_EL3));
    return (v << 16 | TRAP_OF(WRITE_SYS(ICC_CTLR_EL3, 0))) + unused;
}
static u64 f_ich(u64 unused)
{
    u64 v = TRAP_OF(READ_SYS(ICH_VTR_EL2));
    return (v << 16 | TRAP_OF(WRITE_SYS(ICH_HCR_EL2, 0))) + unused;
}

static void sre(void)
{
    section("sre");
    for (unsigned s = 0; s < SPOTS; s++) {
        const unsigned el = spot_el(s);
        if (s != EL3) { /* at EL3 with EL2 off in the Security state it is another question */
            expect(at_spot(s, f_sre_el2, 0), el == 2 ? 0xf : 0x1000000, "ICC_SRE_EL2 at %s",
                   spot_names[s]);
            expect(at_spot(s, f_set_sre_el2, 0), el == 2 ? 0 : 0x100, "ICC_SRE_EL2 written at %s",
                   spot_names[s]);
            expect(at_spot(s, f_ich, 0), el == 2 ? 0 : 0x1000100, "ICH_VTR_EL2, ICH_HCR_EL2 at %s",
                   spot_names[s]);
            expect(at_spot(s, f_el3_registers, 0), el == 2 ? 0x200020002000200 : 0x100010001000100,
                   "registers of EL3 at %s", spot_names[s]);
        }
        expect(at_spot(s, f_sre_el1, 0), 7, "ICC_SRE_EL1 at %s", spot_names[s]);
        expect(at_spot(s, f_set_sre_el1, 0), 0, "ICC_SRE_EL1 written at %s", spot_names[s]);
        expect(at_spot(s, f_sre_el1, 0), 7, "ICC_SRE_EL1 at %s then", spot_names[s]);
    }
    scr_set(SCR_NS, 0);
    expect(f_sre_el2(0), 0xf, "ICC_SRE_EL2 at EL3, NS=1");
    expect(f_set_sre_el2(0xf), 0, "ICC_SRE_EL2 written at EL3, NS=1");
    expect(f_ich(0), 0, "ICH_VTR_EL2, ICH_HCR_EL2 at EL3, NS=1");
    scr_set(SCR_EEL2, SCR_NS);
    expect(f_sre_el2(0), 0xf, "ICC_SRE_EL2 at EL3, EEL2=1");
    expect(f_ich(0), 0, "ICH_VTR_EL2, ICH_HCR_EL2 at EL3, EEL2=1");
    scr_set(0, SCR_EEL2);
    WRITE_SYS(ICC_SRE_EL3, 0);
    expect(READ_SYS(ICC_SRE_EL3), 0xf, "ICC_SRE_EL3, zeros written");
    WRITE_SYS(ICC_SRE_EL3, 0xf);
}

/* SCR_EL3.IRQ and FIQ at EL2, both worlds, HCR_EL2.E2H included, which renames no GIC register. */
static u64 f_traps(u64 unused)
{
    u64 v = TRAP_OF(READ_SYS(ICC_HPPIR0_EL1)) != 0;
    v = v << 1 | (TRAP_OF(READ_SYS(ICC_IGRPEN0_EL1)) != 0);
    v = v << 1 | (TRAP_OF(READ_SYS(ICC_HPPIR1_EL1)) != 0);
    v = v << 1 | (TRAP_OF(READ_SYS(ICC_IGRPEN1_EL1)) != 0);
    v = v << 1 | (TRAP_OF(READ_SYS(ICC_PMR_EL1)) != 0);
    v = v << 1 | (TRAP_OF(READ_SYS(ICC_CTLR_EL1)) != 0);
    v = v << 1 | (TRAP_OF(WRITE_SYS(ICC_DIR_EL1, SPURIOUS)) != 0);
    v = v << 1 | (TRAP_OF(WRITE_SYS(ICC_SGI1R_EL1, sgi(1, 0x200, 0, 1))) != 0);
    v = v << 1 | (TRAP_OF(READ_SYS(ICC_SRE_EL1)) != 0);
    v = v << 1 | (TRAP_OF(READ_SYS(ICC_SRE_EL2)) != 0);
    v = v << 1 | (TRAP_OF(READ_SYS(ICH_VMCR_EL2)) != 0);
    return v + unused;
}

static void traps(void)
{
    static const u64 bits[] = {0, HCR_E2H, HCR_E2H | HCR_TGE, HCR_IMO | HCR_FMO};
    section("trap");
    for (unsigned s = S_EL2; s <= NS_EL2; s += NS_EL2 - S_EL2) {
        for (unsigned scr = 0; scr < 4; scr++) {
            for (unsigned n = 0; n < 4; n++) {
                scr_set((scr & 1 ? SCR_FIQ : 0) | (scr & 2 ? SCR_IRQ : 0), 0);
                hcr(bits[n]);
                const u64 got = at_spot(s, f_traps, 0);
                hcr(0);
                scr_set(0, SCR_FIQ | SCR_IRQ);
                expect(got, (scr & 1 ? 0x600 : 0) | (scr & 2 ? 0x180 : 0) | (scr == 3 ? 0x78 : 0),
                       "%s, FIQ=%u IRQ=%u, HCR_EL2 %x", spot_names[s], (u64)scr & 1, (u64)scr >> 1,
                       bits[n]);
            }
        }
    }
}

int main(void)
{
    sec_init();
    banks();
    aliases();
    priorities();
    sre();
    traps();
    return 0;
}
