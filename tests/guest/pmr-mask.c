/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * Masking by ICC_PMR_EL1 instead of DAIF, as Linux' pseudo-NMIs do: DAIF stays open in the critical
 * sections, ordinary interrupts wait for PMR, those of a higher priority are taken inside.
 */
#include "rt/gic.h"

enum {
    NORMAL = 0xa0,
    URGENT = 0x20,
    OPEN = 0xe0,
    CLOSED = 0x60
};
enum {
    LOW = 40,
    HIGH = 41,
    LOW_SGI = 1,
    HIGH_SGI = 2
};

static volatile u64 order[16], entered;
static volatile u64 pend_inside;
static volatile u64 rpr_inside, pmr_inside;

/* As a kernel does: the handler of an ordinary interrupt closes PMR and opens DAIF. */
static void on_irq(struct frame *f)
{
    const u64 intid = iar1(), outer = READ_SYS(ICC_PMR_EL1);
    const u64 el = f->el;
    order[entered++ % 16] = intid;
    rpr_inside = rpr();
    pmr_inside = outer;
    if (rpr_inside == URGENT) {
        eoi1(intid);
        return;
    }
    const u64 elr = READ_SYS("elr_el1"), spsr = READ_SYS("spsr_el1");
    eoi1(intid); /* EOImode = 1: priority drop only */
    pmr(CLOSED);
    unmask(MASK_IRQ);
    if (pend_inside) {
        const u64 what = pend_inside;
        pend_inside = 0;
        pend((unsigned)what);
        pend(intid == LOW ? LOW_SGI : LOW);
        barrier();
    }
    mask();
    pmr(outer);
    dir(intid);
    WRITE_SYS("elr_el1", elr);
    WRITE_SYS("spsr_el1", spsr);
    entered += el == 1 ? 0 : 100;
}

static void urgent_end(u64 intid)
{
    dir(intid);
}

static void settle(void)
{
    for (unsigned n = 0; n < 1000; n++) {
        __asm__ volatile("isb" ::: "memory");
    }
}

static u64 fold(void)
{
    u64 v = 0;
    for (unsigned n = 0; n < entered && n < 8; n++) {
        v = v << 8 | order[n];
    }
    entered = 0;
    return v;
}

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_EOIMODE);
    setup(LOW, 1, NORMAL), setup(HIGH, 1, URGENT);
    setup(LOW_SGI, 1, NORMAL), setup(HIGH_SGI, 1, URGENT);
    irq_handler[0] = on_irq;

    section("closed");
    pmr(CLOSED);
    unmask(MASK_IRQ);
    pend(LOW);
    settle();
    expect(entered, 0, "an ordinary SPI waits");
    expect(lines(), 0, "its line is down");
    pend(HIGH);
    settle();
    expect(fold(), HIGH, "an urgent SPI is taken");
    expect(rpr_inside, URGENT, "RPR inside");
    expect(pmr_inside, CLOSED, "PMR inside");
    urgent_end(HIGH);
    send_sgi1(sgi(LOW_SGI, 0, 0, 1));
    settle();
    expect(entered, 0, "an ordinary SGI waits");
    send_sgi1(sgi(HIGH_SGI, 0, 0, 1));
    settle();
    expect(fold(), HIGH_SGI, "an urgent SGI is taken");
    urgent_end(HIGH_SGI);
    set_priority(LOW_SGI, NORMAL + 8);
    pmr(OPEN);
    settle();
    expect(fold(), LOW << 8 | LOW_SGI, "opening PMR lets them in");
    expect(pmr_inside, OPEN, "PMR inside the last");
    expect(state(LOW) | state(LOW_SGI), 0, "both ended");

    section("nested");
    pend_inside = HIGH;
    pend(LOW);
    settle();
    expect(fold(), LOW << 16 | HIGH << 8 | LOW_SGI, "urgent inside ordinary, ordinary after it");
    urgent_end(HIGH);
    expect(state(LOW) | state(HIGH) | state(LOW_SGI), 0, "all ended");
    expect(rpr(), 0xff, "RPR");

    section("save and restore");
    const u64 before = READ_SYS(ICC_PMR_EL1);
    expect(before, OPEN, "PMR open");
    pmr(CLOSED);
    pmr(before & CLOSED);
    pend(LOW);
    settle();
    expect(entered, 0, "closed twice");
    pmr(CLOSED);
    settle();
    expect(entered, 0, "restored to closed");
    pmr(before);
    settle();
    expect(fold(), LOW, "restored to open");

    section("loop");
    u64 wrong = 0;
    for (unsigned n = 0; n < 1000; n++) {
        pmr(CLOSED);
        pend(LOW);
        pend(HIGH);
        settle();
        wrong += entered != 1 || order[0] != HIGH;
        urgent_end(HIGH);
        pmr(OPEN);
        settle();
        wrong += fold() != (HIGH << 8 | LOW);
    }
    expect(wrong, 0, "1000 critical sections");
    mask();
    return 0;
}
