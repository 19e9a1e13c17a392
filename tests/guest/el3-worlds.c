/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on
 *
 * Two Security states as firmware runs them (SCR_EL3.FIQ = 1, IRQ = 0): both worlds take their own
 * interrupts as IRQ at EL1, those of the other world arrive at EL3 as FIQ, which hands them over.
 * Sources: PL061 (SPI), the Secure physical timer (PPI 29), the virtual timer (PPI 27), SGIs.
 */
#include "rt/gic.h"

/* What happened, one byte an event, newest lowest. */
enum {
    EL3_G0 = 1,
    EL3_TO_SECURE,
    EL3_TO_NS,
    S_IRQ,
    NS_IRQ,
    ODD
};
static volatile u64 log;
static volatile bool secure_now;
static volatile u64 last;

static void note(u64 event)
{
    log = log << 4 | event;
}

static void quiet(u64 intid)
{
    last = intid;
    switch (intid) {
    case INTID_GPIO:
        gpio_wire(false);
        break;
    case INTID_VTIMER:
        vtimer_wire(false);
        break;
    case INTID_STIMER:
        WRITE_SYS("cntps_ctl_el1", 0);
        break;
    }
}

static void on_irq(struct frame *f)
{
    const u64 intid = iar1();
    note(f->el != 1 || intid == SPURIOUS ? ODD : secure_now ? S_IRQ : NS_IRQ);
    quiet(intid);
    eoi1(intid);
}

/* Runs at S-EL1 or NS-EL1 with IRQ open until the other world's interrupt is taken there. */
static u64 take_here(u64 unused)
{
    const u64 before = log;
    unmask(MASK_IRQ);
    for (unsigned n = 0; n < 100000 && log == before; n++) {
        __asm__ volatile("" ::: "memory");
    }
    mask();
    return unused;
}

static void on_fiq(struct frame *f)
{
    const u64 intid = iar0();
    if (f->el != 3) {
        note(ODD);
        return;
    }
    const bool before = secure_now;
    switch (intid) {
    case 1020:
        note(EL3_TO_SECURE);
        secure_now = true;
        in_world(SECURE, take_here, 0);
        break;
    case 1021:
        note(EL3_TO_NS);
        secure_now = false;
        in_world(NON_SECURE, take_here, 0);
        break;
    case SPURIOUS:
        note(ODD);
        break;
    default:
        note(EL3_G0);
        quiet(intid);
        eoi0(intid);
    }
    secure_now = before;
}

/* What a world (or EL3) does: raises something, with its exceptions open. */
static void raise(unsigned source)
{
    switch (source) {
    case INTID_GPIO:
        gpio_wire(true);
        break;
    case INTID_VTIMER:
        vtimer_wire(true);
        break;
    case INTID_STIMER:
        /* Only Secure EL1 and EL3 have it: from Non-secure code it is armed a moment ahead. */
        WRITE_SYS("cntps_cval_el1", counter() + READ_SYS("cntfrq_el0") / 500);
        WRITE_SYS("cntps_ctl_el1", 1);
        break;
    }
}

static u64 world(u64 source)
{
    unmask(MASK_IRQ | MASK_FIQ);
    if (source != INTID_STIMER) {
        raise((unsigned)source);
    }
    const u64 began = counter(), limit = READ_SYS("cntfrq_el0");
    while (!last && counter() - began < limit) {
    }
    for (unsigned n = 0; n < 1000; n++) {
        __asm__ volatile("isb");
    }
    mask();
    return log;
}

static u64 run(enum place place, unsigned source)
{
    log = 0;
    last = 0;
    secure_now = place == AT_S_EL1;
    if (source == INTID_STIMER) {
        raise(source);
    }
    at(place, world, source);
    return log;
}

static void deliveries(void)
{
    static const u64 want[CLASSES][PLACES] = {
        [G0] = {EL3_G0, EL3_G0, EL3_G0},
        [G1S] = {EL3_TO_SECURE << 4 | S_IRQ, S_IRQ, EL3_TO_SECURE << 4 | S_IRQ},
        [G1NS] = {EL3_TO_NS << 4 | NS_IRQ, EL3_TO_NS << 4 | NS_IRQ, NS_IRQ},
    };
    static const struct {
        const char *name;
        unsigned intid;
    } sources[] = {{"gpio", INTID_GPIO}, {"vtimer", INTID_VTIMER}, {"stimer", INTID_STIMER}};

    for (unsigned s = 0; s < 3; s++) {
        const unsigned i = sources[s].intid;
        section(sources[s].name);
        for (unsigned c = 0; c < CLASSES; c++) {
            if (i == INTID_STIMER && c == G1NS) {
                continue; /* Non-secure software cannot quiet the Secure timer */
            }
            setup_class(i, c, 0x90);
            set_edge(i, false);
            for (unsigned p = 0; p < PLACES; p++) {
                expect(run(p, i), want[c][p], "%s at %s", class_names[c], place_names[p]);
                expect(last, i, "%s at %s: INTID", class_names[c], place_names[p]);
                expect(state(i), 0, "%s at %s: state after", class_names[c], place_names[p]);
            }
        }
        disable(i);
    }
    expect(rpr(), 0xff, "RPR at the end");
}

/* A Secure interrupt preempts a Non-secure handler, through EL3, and the handler goes on. */
static volatile u64 inside;
static void ns_handler(struct frame *f)
{
    const u64 intid = iar1(), elr = READ_SYS("elr_el1"), spsr = READ_SYS("spsr_el1");
    if (secure_now) {
        inside = inside << 8 | (f->el == 1 ? intid : 0xff);
        quiet(intid);
        eoi1(intid);
        return;
    }
    note(NS_IRQ);
    if (intid == 3) {
        unmask(MASK_FIQ);
        gpio_wire(true);
        for (unsigned n = 0; n < 10000 && !inside; n++) {
            __asm__ volatile("isb");
        }
        mask();
    }
    inside = inside << 8 | intid;
    eoi1(intid);
    last = intid;
    WRITE_SYS("elr_el1", elr);
    WRITE_SYS("spsr_el1", spsr);
}

static u64 take_secure(u64 unused)
{
    const u64 before = inside;
    unmask(MASK_IRQ);
    for (unsigned n = 0; n < 100000 && inside == before; n++) {
        __asm__ volatile("" ::: "memory");
    }
    mask();
    return unused;
}

static void fiq_inside(struct frame *f)
{
    note(f->el == 3 && iar0() == 1020 ? EL3_TO_SECURE : ODD);
    secure_now = true;
    in_world(SECURE, take_secure, 0);
    secure_now = false;
}

static u64 ns_sgi(u64 unused)
{
    unmask(MASK_IRQ | MASK_FIQ);
    send_sgi1(sgi(3, 0, 0, 1));
    for (unsigned n = 0; n < 100000 && !last; n++) {
        __asm__ volatile("isb");
    }
    mask();
    return unused;
}

static void preempted(void)
{
    section("preempt");
    setup_class(3, G1NS, 0xa0);
    setup_class(INTID_GPIO, G1S, 0x40);
    set_edge(INTID_GPIO, false);
    irq_handler[0] = ns_handler;
    fiq_handler[0] = fiq_inside;
    log = last = inside = 0;
    secure_now = false;
    in_world(NON_SECURE, ns_sgi, 0);
    expect(inside, INTID_GPIO << 8 | 3, "the Secure one inside the Non-secure handler");
    expect(log, NS_IRQ << 4 | EL3_TO_SECURE, "events");
    expect(rpr(), 0xff, "RPR");
    expect(state(3) | state(INTID_GPIO), 0, "states");
}

int main(void)
{
    el3_gicd_init();
    el3_pe_init();
    irq_handler[0] = on_irq;
    fiq_handler[0] = on_fiq;
    scr_set(SCR_FIQ | SCR_ST, SCR_IRQ);
    deliveries();
    preempted();
    return 0;
}
