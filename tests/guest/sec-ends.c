/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on virtualization=on cpu=max
 *
 * Worlds that change while interrupts pend or are active, EL2 in both of them: what HPPIR and IAR
 * say there of the other world's interrupts, who may end and who may deactivate what, which EOImode
 * counts, and what HCR_EL2.IMO and FMO change about it.
 */
#include "rt/sec.h"

enum {
    A = 40,
    B = 41
};

static u64 (*const iar[2])(u64) = {f_iar0, f_iar1};
static u64 (*const hppir[2])(u64) = {f_hppir0, f_hppir1};
static u64 (*const eoi[2])(u64) = {f_eoi0, f_eoi1};

static void specials(void)
{
    section("special");
    for (unsigned s = 0; s < SPOTS; s++) {
        for (unsigned c = 0; c < CLASSES; c++) {
            for (unsigned g = 0; g < 2; g++) {
                const u64 want = answer(g, c, s, A);
                setup_class(A, c, 0x90);
                pend(A);
                expect(at_spot(s, hppir[g], 0), want, "HPPIR%u at %s, %s", (u64)g, spot_names[s],
                       class_names[c]);
                expect(at_spot(s, iar[g], 0), want, "IAR%u at %s, %s", (u64)g, spot_names[s],
                       class_names[c]);
                expect(rpr() << 4 | state(A), want == A ? 0x902 : 0xff1,
                       "IAR%u at %s, %s: RPR and state then", (u64)g, spot_names[s],
                       class_names[c]);
                el3_idle();
            }
        }
    }
}

/* One of each world pends: who comes first, and what is left for the other. */
static void both_worlds(void)
{
    section("both");
    for (unsigned c = 0; c < CLASSES; c++) {
        const enum class other = c == G1NS ? G1S : G1NS;
        const enum spot own = c == G1NS ? NS_EL2 : S_EL2, away = c == G1NS ? S_EL1 : NS_EL1;
        setup_class(A, c, 0x40);
        setup_class(B, other, 0x90);
        pend(A), pend(B);
        expect(at_spot(own, f_lines, 0), c == G0 ? MASK_FIQ : MASK_IRQ, "%s first: lines at %s",
               class_names[c], spot_names[own]);
        expect(at_spot(away, f_lines, 0), MASK_FIQ, "%s first: lines at %s", class_names[c],
               spot_names[away]);
        expect(at_spot(away, f_iar1, 0), SPURIOUS, "%s first: IAR1 at %s", class_names[c],
               spot_names[away]);
        expect(at_spot(own, iar[c != G0], 0), A, "%s first: taken at %s", class_names[c],
               spot_names[own]);
        expect(at_spot(away, f_hppir1, 0), B, "%s first: HPPIR1 at %s then", class_names[c],
               spot_names[away]);
        expect(at_spot(away, f_iar1, 0), SPURIOUS, "%s first: IAR1 at %s while it runs",
               class_names[c], spot_names[away]);
        at_spot(own, eoi[c != G0], A);
        expect(at_spot(away, f_iar1, 0), B, "%s first: IAR1 at %s after its end", class_names[c],
               spot_names[away]);
        at_spot(away, f_eoi1, B);
        expect(rpr() << 8 | state(A) << 4 | state(B), 0xff00, "%s first: RPR and states",
               class_names[c]);
        el3_idle();
    }
}

/* A Non-secure handler is preempted by the Secure world, which is preempted by EL3. */
static void nested(void)
{
    section("nested");
    setup_class(A, G1NS, 0xc0);
    setup_class(B, G1S, 0x60);
    setup_class(42, G0, 0x20);
    pend(A);
    expect(at_spot(NS_EL2, f_iar1, 0), A, "Non-secure");
    pend(B);
    expect(at_spot(NS_EL2, f_lines, 0), MASK_FIQ, "lines at NS-EL2");
    expect(at_spot(S_EL2, f_iar1, 0), B, "Secure Group 1");
    pend(42);
    expect(at_spot(S_EL1, f_lines, 0), MASK_FIQ, "lines at S-EL1");
    expect(iar0(), 42, "Group 0");
    fact(READ_SYS(ICC_AP0R0_EL1), "AP0R0");
    fact(READ_SYS(ICC_AP1R0_EL1), "AP1R0, Secure");
    fact(at_spot(NS_EL2, f_rpr, 0), "RPR at NS-EL2");
    /* Out of order: the running priority is that of Group 0, so EOIR1 ends nothing. */
    at_spot(NS_EL2, f_eoi1, A);
    expect(rpr() << 4 | state(A), 0x202, "EOIR1 at NS-EL2, too early");
    at_spot(S_EL1, f_eoi1, B);
    expect(rpr() << 4 | state(B), 0x202, "EOIR1 at S-EL1, too early");
    at_spot(S_EL2, f_eoi0, 42);
    expect(rpr() << 4 | state(42), 0x600, "EOIR0 at S-EL2");
    at_spot(NS_EL1, f_eoi1, A);
    expect(rpr() << 4 | state(A), 0x602, "EOIR1 at NS-EL1, too early");
    at_spot(S_EL1, f_eoi1, B);
    expect(rpr() << 4 | state(B), 0xc00, "EOIR1 at S-EL1");
    at_spot(NS_EL1, f_eoi1, A);
    expect(rpr() << 4 | state(A), 0xff0, "EOIR1 at NS-EL1");
    el3_idle();
}

static void ends(void)
{
    section("eoi");
    for (unsigned c = 0; c < CLASSES; c++) {
        for (unsigned s = 0; s < SPOTS; s++) {
            for (unsigned g = 0; g < 2; g++) {
                const bool may = answer(g, c, s, A) == A;
                setup_class(A, c, 0x90);
                pend(A);
                const u64 intid = el3_ack(c);
                at_spot(s, eoi[g], A);
                expect(intid << 16 | rpr() << 8 | state(A), (u64)A << 16 | (may ? 0xff00 : 0x9002),
                       "EOIR%u at %s of %s", (u64)g, spot_names[s], class_names[c]);
                el3_idle();
            }
        }
    }

    section("eoimode");
    static const struct {
        u64 bit;
        const char *name;
    } modes[] = {{CTLR_EL3_EOIMODE_EL3, "EL3"},
                 {CTLR_EL3_EOIMODE_S, "EL1S"},
                 {CTLR_EL3_EOIMODE_NS, "EL1NS"}};
    for (unsigned m = 0; m < 3; m++) {
        for (unsigned s = 0; s < SPOTS; s++) {
            const enum class c = spot_ns(s) ? G1NS : G1S;
            const unsigned counts = s == EL3 ? 0 : spot_ns(s) ? 2 : 1;
            WRITE_SYS(ICC_CTLR_EL3, modes[m].bit);
            setup_class(A, c, 0x90);
            pend(A);
            expect(el3_ack(c), A, "taken");
            at_spot(s, f_eoi1, A);
            expect(state(A), m == counts ? 2 : 0, "EOIR1 at %s, EOImode_%s alone", spot_names[s],
                   modes[m].name);
            el3_idle();
        }
    }
}

/* [7.5]: SCR_EL3.FIQ keeps Group 0 from lower ELs, SCR_EL3.IRQ Group 1. */
static bool deactivates(enum class c, enum spot s, u64 scr)
{
    if (s == EL3) {
        return true;
    }
    if (spot_ns(s) && c != G1NS) {
        return false;
    }
    return !(scr & (c == G0 ? SCR_FIQ : SCR_IRQ));
}

static u64 f_dir_trapped(u64 intid)
{
    return TRAP_OF(dir(intid));
}

static void directs(void)
{
    static const u64 settings[] = {0, SCR_FIQ, SCR_IRQ, SCR_FIQ | SCR_IRQ};
    section("dir");
    for (unsigned c = 0; c < CLASSES; c++) {
        for (unsigned s = 0; s < SPOTS; s++) {
            for (unsigned n = 0; n < 4; n++) {
                const bool traps = n == 3 && s != EL3;
                WRITE_SYS(ICC_CTLR_EL3,
                          CTLR_EL3_EOIMODE_EL3 | CTLR_EL3_EOIMODE_S | CTLR_EL3_EOIMODE_NS);
                setup_class(A, c, 0x90);
                bit_write(ISACTIVER, A);
                scr_set(settings[n], 0);
                const u64 trap = at_spot(s, f_dir_trapped, A);
                scr_set(0, settings[n]);
                expect(trap << 4 | state(A),
                       traps                            ? 0x3182
                       : deactivates(c, s, settings[n]) ? 0
                                                        : 2,
                       "DIR at %s of %s, FIQ=%u IRQ=%u", spot_names[s], class_names[c], (u64)n & 1,
                       (u64)n >> 1);
                el3_idle();
            }
        }
    }
}

/*
 * HCR_EL2.IMO and FMO give EL1 the virtual interface where EL2 is on, so in Secure state only with
 * SCR_EL3.EEL2 = 1; EL2 itself always has the physical one.
 */
static u64 f_all(u64 intid)
{
    u64 v = hppir0() << 48 | hppir1() << 36;
    eoi0(intid), eoi1(intid);
    dir(intid);
    return v | rpr() << 8 | READ_SYS(ICC_PMR_EL1);
}

static void virtual(void)
{
    static const u64 bits[] = {0, HCR_FMO, HCR_IMO, HCR_FMO | HCR_IMO};
    section("virtual");
    ich_hcr_write(0);
    for (unsigned s = S_EL2; s < SPOTS; s++) {
        const enum class c = spot_ns(s) ? G1NS : G1S;
        for (unsigned n = 0; n < 4; n++) {
            for (unsigned eel2 = s == S_EL2; eel2 < 2; eel2++) {
                const bool on = spot_el(s) == 1 && (spot_ns(s) || eel2);
                const bool v0 = on && n & 1, v1 = on && n & 2, common = v0 || v1;
                WRITE_SYS(ICC_CTLR_EL3, CTLR_EL3_EOIMODE_S | CTLR_EL3_EOIMODE_NS);
                setup_class(A, c, 0x90), setup_class(B, c, 0xa0);
                pend(A);
                expect(iar1(), A, "taken");
                pend(B);
                pmr(0x80); /* B is not signalled, or a higher EL would take it */
                scr_set(SCR_NS, 0);
                vmcr_write(VMCR_OPEN);
                ap0r_write(0), ap1r_write(0);
                scr_set(eel2 ? SCR_EEL2 : 0, SCR_NS);
                hcr(bits[n]);
                const u64 got = at_spot(s, f_all, A);
                hcr(0);
                scr_set(0, SCR_EEL2);
                expect(got,
                       (u64)SPURIOUS << 48 | (u64)(v1 ? SPURIOUS : B) << 36 | 0xff00 |
                           (common ? 0xf8 : 0x80),
                       "HPPIR0, HPPIR1, RPR, PMR at %s, FMO=%u IMO=%u EEL2=%u", spot_names[s],
                       (u64)n & 1, (u64)n >> 1, (u64)eel2);
                expect(rpr() << 4 | state(A),
                       v1       ? 0x902
                       : common ? 0xff2
                                : 0xff0,
                       "EOIR and DIR at %s, FMO=%u IMO=%u EEL2=%u: RPR and state", spot_names[s],
                       (u64)n & 1, (u64)n >> 1, (u64)eel2);
                el3_idle();
            }
        }
    }
}

int main(void)
{
    sec_init();
    specials();
    both_worlds();
    nested();
    ends();
    directs();
    virtual();
    return 0;
}
