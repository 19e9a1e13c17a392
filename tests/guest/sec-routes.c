/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on virtualization=on cpu=max
 *
 * Secure firmware, both worlds with EL1 and EL2: at which EL an interrupt of each group is taken
 * while software runs at each EL, as IRQ or FIQ, with every setting of SCR_EL3.IRQ, FIQ, EEL2 and
 * HCR_EL2.IMO, FMO, TGE; and what the acknowledge registers give where it is taken.
 */
#include "rt/sec.h"

enum {
    A = 40,
    TRAPPED = 0xe318 /* to EL3, EC 0x18 */
};

static volatile u64 event, acknowledged[2];

static u64 acknowledge(unsigned group)
{
    u64 value = 0;
    const u64 trap = group ? TRAP_OF(value = iar1()) : TRAP_OF(value = iar0());
    if (trap) {
        return 0xe000 | trap;
    }
    if (value == A) {
        group ? eoi1(A) : eoi0(A);
    }
    return value;
}

static void taken(struct frame *f)
{
    event = event << 8 | f->el << 4 | (f->kind & 3);
    for (unsigned group = 0; group < 2; group++) {
        acknowledged[group] = acknowledge(group);
    }
    if (acknowledged[0] != A && acknowledged[1] != A) {
        /* It goes on pending: who took it and may not have it does not want to hear of it. */
        f->spsr |= 0xc0;
        if (f->el == 2) {
            hcr(0);
        }
    }
}

static u64 open(u64 unused)
{
    if (!event) { /* a higher EL takes it as soon as this one runs */
        __asm__ volatile("msr daifclr, #3" ::: "memory");
    }
    for (unsigned n = 0; n < 200; n++) {
        __asm__ volatile("isb");
    }
    mask();
    return unused;
}

struct setting {
    bool fiq3, irq3, eel2;
    u64 hcr;
};

static bool el2_enabled(enum spot spot, const struct setting *s)
{
    return spot_ns(spot) || s->eel2;
}

/* The EL that takes it while `spot` runs, 0 if it stays pending; *kind is how it is signalled. */
static unsigned target(enum class class, enum spot spot, const struct setting *s, unsigned *kind)
{
    const bool own = class == G1NS ? spot_ns(spot) : class == G1S && !spot_ns(spot) && spot != EL3;
    *kind = own ? KIND_IRQ : KIND_FIQ;
    if (own ? s->irq3 : s->fiq3) {
        return 3;
    }
    const bool tge = s->hcr & HCR_TGE;
    const bool two =
        el2_enabled(spot, s) && spot != EL3 && (tge || s->hcr & (own ? HCR_IMO : HCR_FMO));
    const unsigned to = two ? 2 : 1;
    return to < spot_el(spot) ? 0 : to;
}

/* What the acknowledge register of the group gives at EL `el` of the world of `spot`. */
static u64 want_ack(unsigned group, enum class class, enum spot spot, unsigned el,
                    const struct setting *s)
{
    if (el == 3) {
        return answer(group, class, EL3, A);
    }
    if (el == 1 && el2_enabled(spot, s) && s->hcr & (group ? HCR_IMO : HCR_FMO)) {
        return SPURIOUS; /* the virtual interface, which has none */
    }
    if (group ? s->irq3 : s->fiq3) {
        return TRAPPED;
    }
    return answer(group, class, spot, A);
}

static void one(enum class class, enum spot spot, const struct setting *s)
{
    unsigned kind = 0;
    const unsigned el = target(class, spot, s, &kind);
    const u64 zero = want_ack(0, class, spot, el, s), one = want_ack(1, class, spot, el, s);
    const u64 there = zero << 20 | (zero == A && one != TRAPPED ? SPURIOUS : one) << 4;
    const bool left = !el || (zero != A && one != A);

    event = acknowledged[0] = acknowledged[1] = 0;
    setup_class(A, class, 0x90);
    pend(A);
    hcr(s->hcr);
    scr_set((s->fiq3 ? SCR_FIQ : 0) | (s->irq3 ? SCR_IRQ : 0) | (s->eel2 ? SCR_EEL2 : 0),
            SCR_FIQ | SCR_IRQ | SCR_EEL2);
    at_spot(spot, open, 0);
    scr_set(0, SCR_FIQ | SCR_IRQ | SCR_EEL2);
    hcr(0);

    const u64 found = acknowledged[0] << 20 | acknowledged[1] << 4 | state(A);
    for (unsigned n = 0; n < 2; n++) {
        expect(n ? found : event, n ? (el ? there : 0) | left : (el ? el << 4 | kind : 0),
               "%s, FIQ=%u IRQ=%u EEL2=%u FMO=%u IMO=%u TGE=%u E2H=%u%s", class_names[class],
               (u64)s->fiq3, (u64)s->irq3, (u64)s->eel2, s->hcr >> 3 & 1, s->hcr >> 4 & 1,
               s->hcr >> 27 & 1, s->hcr >> 34 & 1, n ? ": IAR0, IAR1, state" : "");
    }
    el3_idle();
}

static void all(enum spot spot, bool eel2, u64 hcr_bits)
{
    for (unsigned c = 0; c < CLASSES; c++) {
        for (unsigned scr = 0; scr < 4; scr++) {
            const struct setting s = {scr & 1, scr & 2, eel2, hcr_bits};
            one(c, spot, &s);
        }
    }
}

int main(void)
{
    static const u64 routes[] = {0, HCR_FMO, HCR_IMO, HCR_FMO | HCR_IMO};
    sec_init();
    irq_handler[0] = fiq_handler[0] = taken;
    for (unsigned spot = 0; spot < SPOTS; spot++) {
        section(spot_names[spot]);
        for (unsigned n = 0; n < 4; n++) {
            all(spot, spot == S_EL2, routes[n]);
            if (spot == S_EL1 || spot == EL3) {
                all(spot, true, routes[n]);
            }
        }
        if (spot_el(spot) == 2) {
            all(spot, spot == S_EL2, HCR_TGE);
            all(spot, spot == S_EL2, HCR_TGE | HCR_E2H);
        }
    }
    return 0;
}
