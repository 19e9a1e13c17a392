/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on virtualization=on cpu=max
 *
 * Interrupts with superpriority and two Security states: who sees which bits of INMIR, how an NMI
 * of each group is signalled and acknowledged at each EL, what masks and what preempts it, RPR and
 * AP1R0 of both worlds, where it is taken.
 */
#include "rt/nmi.h"
#include "rt/sec.h"

enum {
    A = 40,
    B = 41
};

/* SCTLR_ELx.NMI of every EL. EL3 itself masks NMIs by ALLINT, which DAIF does not. */
static void sctlr_all(u64 bits)
{
    allint(true);
    WRITE_SYS("sctlr_el1", (READ_SYS("sctlr_el1") & ~SCTLR_NMI) | bits);
    WRITE_SYS("sctlr_el2", (READ_SYS("sctlr_el2") & ~SCTLR_NMI) | bits);
    WRITE_SYS("sctlr_el3", (READ_SYS("sctlr_el3") & ~SCTLR_NMI) | bits);
}

static void idle(void)
{
    el3_idle();
    write32(SGI_BASE(0) + INMIR, 0);
    write32(GICD + INMIR + 4, 0);
    sctlr_all(0);
}

static void setup_nmi(unsigned intid, enum class class, u8 priority)
{
    setup_class(intid, class, priority);
    set_nmi(intid, true);
}

static void views(void)
{
    section("inmir");
    static const unsigned spis[] = {40, 41, 42}, ppis[] = {20, 21, 22}, sgis[] = {4, 5, 6};
    static const unsigned *const kinds[] = {spis, ppis, sgis};
    static const char *const names[] = {"SPI", "PPI", "SGI"};
    for (unsigned k = 0; k < 3; k++) {
        u32 all = 0;
        for (unsigned c = 0; c < CLASSES; c++) {
            setup_class(kinds[k][c], c, 0xa0);
            disable(kinds[k][c]);
            all |= 1u << kinds[k][c] % 32;
        }
        const u64 at = irq_frame(kinds[k][0]) + INMIR + kinds[k][0] / 32 * 4;
        const u32 ns = 1u << kinds[k][G1NS] % 32;
        write32(at, all);
        expect(read32(at) & all, all, "%s, EL3 reads", names[k]);
        expect(at_spot(S_EL2, f_read32, at) & all, all, "%s, S-EL2 reads", names[k]);
        expect(at_spot(NS_EL2, f_read32, at) & all, ns, "%s, NS-EL2 reads", names[k]);
        at_spot(NS_EL2, f_write32, BOTH(at, 0));
        expect(read32(at) & all, all & ~ns, "%s after NS-EL2 wrote zeros", names[k]);
        write32(at, 0);
        at_spot(NS_EL1, f_write32, BOTH(at, ~0u));
        expect(read32(at) & all, ns, "%s after NS-EL1 wrote ones", names[k]);
        write32(at, 0);
        at_spot(S_EL1, f_write32, BOTH(at, ~0u));
        expect(read32(at) & all, all, "%s after S-EL1 wrote ones", names[k]);
        write32(at, 0);
    }
    idle();
}

/* The function with SCTLR_ELx.NMI = 1 of where it runs; an NMI is not taken there meanwhile. */
static u64 (*inner)(u64);
static u64 f_with_nmi(u64 argument)
{
    allint(true);
    sctlr(SCTLR_NMI);
    const u64 value = inner(argument);
    sctlr(0);
    return value;
}

static u64 at_with(bool own, enum spot spot, u64 (*function)(u64))
{
    inner = function;
    return at_spot(spot, own ? f_with_nmi : function, 0);
}

/* An NMI of another world is a FIQ like any other. */
static u64 lines_of(enum class class, enum spot spot)
{
    const bool own = class == G1NS ? spot_ns(spot) : class == G1S && !spot_ns(spot) && spot != EL3;
    return !own ? ISR_F : class == G0 ? ISR_F : ISR_I | ISR_IS;
}

static void acknowledge(void)
{
    section("acknowledge");
    for (unsigned c = G1S; c < CLASSES; c++) {
        for (unsigned s = 0; s < SPOTS; s++) {
            const u64 one = answer(1, c, s, A), zero = answer(0, c, s, A);
            for (unsigned own = 0; own < 2; own++) {
                const char *const name = spot_names[s];
                setup_nmi(A, c, 0xf0);
                pend(A);
                expect(at_with(own, s, f_isr), lines_of(c, s), "%s at %s NMI=%u: ISR_EL1",
                       class_names[c], name, (u64)own);
                expect(at_with(own, s, f_hppir1), one, "%s at %s NMI=%u: HPPIR1", class_names[c],
                       name, (u64)own);
                expect(at_with(own, s, f_iar0), zero, "%s at %s NMI=%u: IAR0", class_names[c], name,
                       (u64)own);
                expect(at_with(own, s, f_iar1), own && one == A ? NMI_PENDS : one,
                       "%s at %s NMI=%u: IAR1", class_names[c], name, (u64)own);
                expect(state(A), !own && one == A ? 2 : 1, "%s at %s NMI=%u: state", class_names[c],
                       name, (u64)own);
                idle();
                setup_nmi(A, c, 0xf0);
                pend(A);
                expect(at_with(own, s, f_nmiar1), one, "%s at %s NMI=%u: NMIAR1", class_names[c],
                       name, (u64)own);
                expect(state(A), one == A ? 2 : 1, "%s at %s NMI=%u: NMIAR1, state", class_names[c],
                       name, (u64)own);
                idle();
            }
        }
    }
    /* Not an NMI: NMIAR1 says so everywhere. */
    for (unsigned c = 0; c < CLASSES; c++) {
        for (unsigned s = 0; s < SPOTS; s++) {
            setup_class(A, c, 0x40);
            pend(A);
            expect(at_spot(s, f_nmiar1, 0) << 4 | state(A), SPURIOUS << 4 | 1,
                   "%s, no NMI, NMIAR1 at %s", class_names[c], spot_names[s]);
            idle();
        }
    }
}

/* PMR: an NMI is masked only if it is Non-secure, by a PMR of the Secure half (or 0x80 while Secure
 * software runs). */
static void masks(void)
{
    static const u8 pmrs[] = {0x00, 0x08, 0x78, 0x80, 0x88, 0xf8};
    section("pmr");
    for (unsigned c = G1S; c < CLASSES; c++) {
        for (unsigned s = 0; s < SPOTS; s++) {
            for (unsigned p = 0; p < sizeof(pmrs); p++) {
                const bool masked =
                    c == G1NS && (pmrs[p] < 0x80 || (pmrs[p] == 0x80 && !spot_ns(s)));
                setup_nmi(A, c, 0xf0);
                pmr(pmrs[p]);
                pend(A);
                expect(at_spot(s, f_isr, 0), masked ? 0 : lines_of(c, s),
                       "%s at %s, PMR %x: ISR_EL1", class_names[c], spot_names[s], (u64)pmrs[p]);
                expect(at_spot(s, f_nmiar1, 0), masked ? SPURIOUS : answer(1, c, s, A),
                       "%s at %s, PMR %x: NMIAR1", class_names[c], spot_names[s], (u64)pmrs[p]);
                idle();
            }
        }
    }
}

/* What runs, what comes: the new one preempts or waits. As seen by EL3. */
struct running {
    enum class class;
    bool nmi;
    u8 priority;
};

static unsigned effective(const struct running *r)
{
    return !r->nmi || r->class == G0 ? r->priority : r->class == G1NS ? 0x80 : 0;
}

static bool is_nmi(const struct running *r)
{
    return r->nmi && r->class != G0;
}

static u64 take(const struct running *r)
{
    return r->class == G0 ? iar0() : r->nmi ? nmiar1() : iar1();
}

static void preemption(void)
{
    static const struct running cases[] = {
        {G0, false, 0x00},   {G0, false, 0x40},   {G0, false, 0x80},  {G1S, false, 0x00},
        {G1S, false, 0x40},  {G1S, false, 0x80},  {G1S, true, 0xf0},  {G1NS, false, 0x80},
        {G1NS, false, 0xa0}, {G1NS, false, 0x40}, {G1NS, true, 0xf0},
    };
    enum {
        COUNT = sizeof(cases) / sizeof(cases[0])
    };
    section("preempt");
    for (unsigned a = 0; a < COUNT; a++) {
        for (unsigned b = 0; b < COUNT; b++) {
            const struct running *const runs = &cases[a], *const comes = &cases[b];
            const unsigned old = effective(runs), new = effective(comes);
            const bool same_bank_nmi = is_nmi(runs) && is_nmi(comes) && runs->class == comes->class;
            const bool preempts = new < old || (new == old &&is_nmi(comes) && !same_bank_nmi);

            setup_class(A, runs->class, runs->priority);
            set_nmi(A, runs->nmi);
            pend(A);
            const u64 first = take(runs);
            setup_class(B, comes->class, comes->priority);
            set_nmi(B, comes->nmi);
            pend(B);
            expect(first << 16 | isr(), A << 16 | (preempts ? ISR_F : 0),
                   "%s %x%s over %s %x%s: ISR_EL1", class_names[comes->class], (u64)comes->priority,
                   comes->nmi ? " NMI" : "", class_names[runs->class], (u64)runs->priority,
                   runs->nmi ? " NMI" : "");
            expect(take(comes), preempts ? B : SPURIOUS, "%s %x%s over %s %x%s: taken",
                   class_names[comes->class], (u64)comes->priority, comes->nmi ? " NMI" : "",
                   class_names[runs->class], (u64)runs->priority, runs->nmi ? " NMI" : "");
            idle();
        }
    }
    /* Of two that pend. */
    for (unsigned a = 0; a < COUNT; a++) {
        for (unsigned b = 0; b < COUNT; b++) {
            const struct running *const x = &cases[a], *const y = &cases[b];
            if (a == b || (effective(x) == effective(y) && is_nmi(x) == is_nmi(y))) {
                continue; /* a choice */
            }
            const bool first =
                effective(x) != effective(y) ? effective(x) < effective(y) : is_nmi(x);
            setup_class(A, x->class, x->priority);
            set_nmi(A, x->nmi);
            setup_class(B, y->class, y->priority);
            set_nmi(B, y->nmi);
            pend(A), pend(B);
            expect(take(first ? x : y), first ? A : B, "%s %x%s beside %s %x%s",
                   class_names[x->class], (u64)x->priority, x->nmi ? " NMI" : "",
                   class_names[y->class], (u64)y->priority, y->nmi ? " NMI" : "");
            idle();
        }
    }
}

/* Both views of the running NMI; SCR_EL3.FIQ = 1 shifts priorities for Non-secure software. */
static void running(void)
{
    section("rpr");
    for (unsigned which = 1; which < 4; which++) {
        const bool s = which & 1, ns = which & 2;
        if (ns) {
            setup_nmi(A, G1NS, 0xf0);
            pend(A);
            expect(nmiar1(), A, "NS NMI");
        }
        if (s) {
            setup_nmi(B, G1S, 0xf0);
            pend(B);
            expect(nmiar1(), B, "Secure NMI");
        }
        const char *const name = s && ns ? "both" : s ? "Secure" : "Non-secure";
        const u64 secure = (s ? RPR_NMI : 0) | (ns ? RPR_NSNMI : 0) | (s ? 0 : 0x80);
        for (unsigned spot = 0; spot < SPOTS; spot++) {
            expect(at_spot(spot, f_rpr, 0),
                   spot_ns(spot) ? (ns ? RPR_NMI : 0) | (s ? 0 : 0x80) : secure,
                   "%s, RPR at %s, FIQ=0", name, spot_names[spot]);
            expect(at_spot(spot, f_ap1r0, 0), (spot_ns(spot) ? ns : s) ? AP1R0_NMI : 0,
                   "%s, AP1R0 at %s", name, spot_names[spot]);
            scr_set(SCR_FIQ, 0);
            expect(at_spot(spot, f_rpr, 0), spot_ns(spot) ? (ns ? RPR_NMI : 0) : secure,
                   "%s, RPR at %s, FIQ=1", name, spot_names[spot]);
            scr_set(0, SCR_FIQ);
        }
        scr_set(SCR_NS, 0);
        expect(ap1r0(), ns ? AP1R0_NMI : 0, "%s, AP1R0 at EL3 with NS=1", name);
        scr_set(0, SCR_NS);
        /* Saved and restored by firmware. */
        for (unsigned bank = 0; bank < 2; bank++) {
            scr_set(bank ? SCR_NS : 0, SCR_NS);
            const u64 saved = ap1r0();
            WRITE_SYS(ICC_AP1R0_EL1, 0);
            scr_set(0, SCR_NS);
            expect(rpr(), bank ? (s ? RPR_NMI : 0xff) : (ns ? RPR_NSNMI | 0x80 : 0xff),
                   "%s, RPR without the %s bank", name, bank ? "Non-secure" : "Secure");
            scr_set(bank ? SCR_NS : 0, SCR_NS);
            WRITE_SYS(ICC_AP1R0_EL1, saved);
            scr_set(0, SCR_NS);
            expect(rpr(), secure, "%s, RPR restored", name);
        }
        /* Non-secure software can write its own NMI bit; it cannot reach the Secure one. */
        at_spot(NS_EL2, f_set_ap1r0, 0);
        expect(rpr(), s ? RPR_NMI : 0xff, "%s, RPR after NS-EL2 cleared AP1R0", name);
        at_spot(NS_EL1, f_set_ap1r0, AP1R0_NMI);
        expect(rpr(), RPR_NSNMI | (s ? RPR_NMI : 0x80), "%s, RPR after NS-EL1 set AP1R0", name);
        at_spot(NS_EL1, f_set_ap1r0, ns ? AP1R0_NMI : 0);
        if (s) {
            at_spot(NS_EL1, f_eoi1, B);
            expect(rpr(), secure, "%s, EOIR1 at NS-EL1 ends no Secure NMI", name);
            at_spot(S_EL1, f_eoi1, B);
            expect(rpr(), ns ? RPR_NSNMI | 0x80 : 0xff, "%s, EOIR1 at S-EL1", name);
        }
        if (ns) {
            at_spot(S_EL1, f_eoi1, A);
            expect(rpr(), RPR_NSNMI | 0x80, "%s, EOIR1 at S-EL1 ends no Non-secure NMI", name);
            at_spot(NS_EL2, f_eoi1, A);
            expect(rpr(), 0xff, "%s, EOIR1 at NS-EL2", name);
        }
        expect(state(A) << 4 | state(B), 0, "%s, states", name);
        idle();
    }
}

/* Taken: by which EL, as what, and what it reads there. PSTATE.I does not keep it away where
 * SCTLR_ELx.NMI is 1 of the EL that takes it. */
static volatile u64 event;

static u64 acknowledged(void)
{
    u64 intid = iar1();
    if (intid == NMI_PENDS) {
        intid = nmiar1() | NMI_PENDS << 12;
    }
    if ((intid & 0xfff) == A) {
        eoi1(A);
    }
    return intid;
}

static void on_interrupt(struct frame *f)
{
    event = event << 36 | f->el << 32 | (f->kind & 3) << 28 | acknowledged();
    if ((event & 0xfff) != A) {
        f->spsr |= 0xc0 | ALLINT_BIT;
        if (f->el == 2) {
            hcr(0);
        }
    }
}

static u64 f_wait(u64 allint_too)
{
    for (unsigned n = 0; n < 100; n++) {
        __asm__ volatile("isb");
        if (n == 50 && !event) {
            allint(allint_too); /* DAIF stays set all the time */
        }
    }
    allint(true);
    return 0;
}

static void taken(void)
{
    static const u64 routes[] = {0, HCR_IMO, HCR_FMO | HCR_IMO};
    section("taken");
    irq_handler[0] = fiq_handler[0] = on_interrupt;
    for (unsigned c = G1S; c < CLASSES; c++) {
        for (unsigned s = S_EL2; s < SPOTS; s++) {
            for (unsigned r = 0; r < 3; r++) {
                for (unsigned scr = 0; scr < 4; scr++) {
                    const bool own = (c == G1NS) == spot_ns(s);
                    const u64 route = own ? HCR_IMO : HCR_FMO;
                    const bool to3 = scr & (own ? 2 : 1);
                    const bool to2 = routes[r] & route;
                    const unsigned el = to3 ? 3 : to2 ? 2 : spot_el(s) == 1 && own ? 1 : 0;
                    /* At its own EL, DAIF masks all but what comes as NMI. */
                    const bool open = el == 0 ? false : el > spot_el(s) || own;
                    /* IAR1 at S-EL1 or NS-EL1 is not the physical one with IMO, but then it is not
                     * taken there. */
                    const bool trapped = el && el < 3 && scr & 2;
                    if (trapped) {
                        continue;
                    }
                    setup_nmi(A, c, 0xf0);
                    event = 0;
                    sctlr_all(SCTLR_NMI);
                    pend(A);
                    hcr(routes[r]);
                    scr_set((scr & 1 ? SCR_FIQ : 0) | (scr & 2 ? SCR_IRQ : 0) |
                                (s == S_EL1 ? SCR_EEL2 : 0),
                            0);
                    at_spot(s, f_wait, 0);
                    scr_set(0, SCR_FIQ | SCR_IRQ | SCR_EEL2);
                    hcr(0);
                    const u64 intid = el == 3 || own ? A | (u64)NMI_PENDS << 12 : SPURIOUS;
                    expect(event, !open ? 0 : (u64)el << 32 | (own ? 1ull : 2ull) << 28 | intid,
                           "%s at %s, FIQ=%u IRQ=%u FMO=%u IMO=%u", class_names[c], spot_names[s],
                           (u64)scr & 1, (u64)scr >> 1, routes[r] >> 3 & 1, routes[r] >> 4 & 1);
                    idle();
                }
            }
        }
    }
}

/* One Security state from here on (GICD_CTLR.DS = 1): an NMI is above all, masked by nothing. */
static void one_state(void)
{
    section("ds");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_ARE_NS);
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_ARE_NS | CTLR_DS);
    write32(GICD + GICD_CTLR, CTLR_GRP0 | CTLR_GRP1);
    for (unsigned s = 0; s < SPOTS; s++) {
        if (s == S_EL2 || s == S_EL1) {
            continue; /* a choice */
        }
        setup(A, 1, 0xf0);
        set_nmi(A, true);
        pmr(0);
        pend(A);
        expect(at_spot(s, f_nmiar1, 0), A, "NMIAR1 at %s, PMR 0", spot_names[s]);
        for (unsigned to = 0; to < SPOTS; to++) {
            expect(at_spot(to, f_rpr, 0), RPR_NMI, "RPR at %s, taken at %s", spot_names[to],
                   spot_names[s]);
        }
        setup(B, 0, 0x00);
        pmr(0xff);
        pend(B);
        expect(at_spot(s, f_iar0, 0), SPURIOUS, "IAR0 at %s over an NMI", spot_names[s]);
        at_spot(s, f_eoi1, A);
        expect(rpr() << 4 | state(A), 0xff0, "RPR and state after EOIR1 at %s", spot_names[s]);
        unpend(B);
    }
}

int main(void)
{
    sec_init();
    idle();
    views();
    acknowledge();
    masks();
    preemption();
    running();
    taken();
    one_state();
    return 0;
}
