/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 cpu=max
 *
 * What keeps an NMI, an IRQ and a FIQ from being taken at EL1: PSTATE.I, F, ALLINT, SP with each
 * setting of SCTLR_EL1.NMI and SPINTMASK; and what the handler sees.
 */
#include "rt/nmi.h"

enum {
    N = 40,
    I = 41,
    F = 42,
    KINDS = 3
};
static const char *const names[KINDS] = {"NMI", "IRQ", "FIQ"};
static const unsigned intids[KINDS] = {N, I, F};
static const u64 line_of[KINDS] = {ISR_I | ISR_IS, ISR_I, ISR_F};

static volatile u64 taken, inside;

/* Acknowledges as Linux does: IAR1, and NMIAR1 if it says 1022. */
static void on_irq(struct frame *f)
{
    u64 intid = iar1();
    inside = READ_SYS(ALLINT) | (u64)(intid == NMI_PENDS);
    if (intid == NMI_PENDS) {
        intid = nmiar1();
    }
    taken = taken << 12 | (f->kind & 3) << 10 | intid;
    eoi1(intid);
}

static void on_fiq(struct frame *f)
{
    const u64 intid = iar0();
    inside = READ_SYS(ALLINT);
    taken = taken << 12 | (f->kind & 3) << 10 | intid;
    eoi0(intid);
}

struct setting {
    bool nmi, spintmask, i, f, all, sp;
};

static void one(unsigned kind, const struct setting *s)
{
    const bool all = s->nmi && (s->all || (s->spintmask && s->sp));
    const bool daif = kind == 2 ? s->f : s->i;
    const bool open = !all && (kind == 0 && s->nmi ? true : !daif);
    const u64 how = kind == 2 ? KIND_FIQ : KIND_IRQ;

    taken = inside = 0;
    mask();
    allint(true);
    sctlr((s->nmi ? SCTLR_NMI : 0) | (s->spintmask ? SCTLR_SPINTMASK : 0));
    pend(intids[kind]);
    const u64 before = isr();
    if (!s->sp) {
        __asm__ volatile("mov x9, sp\n\tmsr spsel, #0\n\tmov sp, x9" ::: "x9", "memory");
    }
    allint(s->all);
    if (!s->i) {
        __asm__ volatile("msr daifclr, #2" ::: "memory");
    }
    if (!s->f) {
        __asm__ volatile("msr daifclr, #1" ::: "memory");
    }
    for (unsigned n = 0; n < 100; n++) {
        __asm__ volatile("isb");
    }
    mask();
    __asm__ volatile("msr spsel, #1" ::: "memory");
    allint(true);
    sctlr(0);

    expect(taken, open ? how << 10 | intids[kind] : 0,
           "%s, NMI=%u SPINTMASK=%u I=%u F=%u ALLINT=%u SP=%u", names[kind], (u64)s->nmi,
           (u64)s->spintmask, (u64)s->i, (u64)s->f, (u64)s->all, (u64)s->sp);
    if (open) {
        expect(inside, (s->spintmask ? 0 : ALLINT_BIT) | (kind == 0 && s->nmi),
               "%s, NMI=%u SPINTMASK=%u: ALLINT inside, IAR1 was 1022", names[kind], (u64)s->nmi,
               (u64)s->spintmask);
    }
    if (before != line_of[kind]) {
        fact(before, "ISR_EL1");
    }
    unpend(intids[kind]);
}

/* In an NMI's handler an IRQ waits, whatever its priority; in an IRQ's handler an NMI is taken. */
static volatile u64 order;
static volatile unsigned depth;
static void nesting(struct frame *f)
{
    const u64 elr = f->elr;
    u64 intid = iar1();
    if (intid == NMI_PENDS) {
        intid = nmiar1();
    }
    order = order << 8 | intid;
    if (depth++ == 0) {
        const u64 saved_elr = READ_SYS("elr_el1"), saved_spsr = READ_SYS("spsr_el1");
        pend(intid == I ? N : I);
        allint(false); /* as entered, PSTATE.I stays set */
        for (unsigned n = 0; n < 100; n++) {
            __asm__ volatile("isb");
        }
        allint(true);
        order = order << 8 | 0xee;
        WRITE_SYS("elr_el1", saved_elr);
        WRITE_SYS("spsr_el1", saved_spsr);
    }
    eoi1(intid);
    f->elr = elr;
}

static u64 nested(unsigned first)
{
    order = depth = 0;
    irq_handler[0] = nesting;
    sctlr(SCTLR_NMI);
    pend(first);
    allint(false);
    unmask(MASK_IRQ);
    for (unsigned n = 0; n < 100; n++) {
        __asm__ volatile("isb");
    }
    mask();
    allint(true);
    sctlr(0);
    return order;
}

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    setup(N, 1, 0xa0), setup(I, 1, 0x40), setup(F, 0, 0x40);
    set_nmi(N, true);
    irq_handler[0] = on_irq;
    fiq_handler[0] = on_fiq;
    section("mask");
    for (unsigned kind = 0; kind < KINDS; kind++) {
        for (unsigned n = 0; n < 64; n++) {
            const struct setting s = {n & 1,      n >> 1 & 1, n >> 2 & 1,
                                      n >> 3 & 1, n >> 4 & 1, n >> 5 & 1};
            one(kind, &s);
        }
    }
    section("nested");
    expect(nested(N), (u64)N << 16 | 0xee << 8 | I, "NMI, the IRQ after it");
    expect(nested(I), (u64)I << 16 | N << 8 | 0xee, "IRQ, the NMI inside");
    expect(rpr() << 8 | state(N) << 4 | state(I), 0xff00, "RPR and states");
    return 0;
}
