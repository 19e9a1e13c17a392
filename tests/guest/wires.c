/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * Level-sensitive and edge-triggered interrupts of real wires (PL061, PL011, PL031, timers, PMU)
 * through every event of the interrupt's state machine, and the latches of ISPENDR and ICPENDR.
 */
#include "rt/gic.h"

struct wire {
    const char *name;
    unsigned intid;
    void (*set)(bool level);
};

static const struct wire wires[] = {
    {"gpio", INTID_GPIO, gpio_wire},       {"uart", INTID_UART, uart_wire},
    {"rtc", INTID_RTC, rtc_wire},          {"vtimer", INTID_VTIMER, vtimer_wire},
    {"ptimer", INTID_PTIMER, ptimer_wire}, {"pmu", INTID_PMU, pmu_wire},
};

static void idle(const struct wire *w, bool edge)
{
    w->set(false);
    set_edge(w->intid, edge);
    unpend(w->intid);
    bit_write(ICACTIVER, w->intid);
    enable(w->intid);
}

static void level(const struct wire *w)
{
    const unsigned i = w->intid;

    idle(w, false);
    expect(state(i), 0, "level: idle");
    w->set(true);
    expect(state(i), 1, "level: rises");
    expect(lines(), MASK_IRQ, "level: signalled");
    w->set(false);
    expect(state(i), 0, "level: falls");
    expect(lines(), 0, "level: withdrawn");
    expect(iar1(), SPURIOUS, "level: fallen before the acknowledge");
    w->set(true);
    unpend(i);
    expect(state(i), 1, "level: ICPENDR does not clear the wire");
    expect(iar1(), i, "level: acknowledged");
    expect(state(i), 3, "level: active and pending while high");
    expect(lines(), 0, "level: not signalled while active");
    eoi1(i);
    expect(state(i), 1, "level: pending again after EOI");
    expect(iar1(), i, "level: acknowledged again");
    w->set(false);
    expect(state(i), 2, "level: falls while active");
    eoi1(i);
    expect(state(i), 0, "level: ended");

    pend(i);
    expect(state(i), 1, "level: latch");
    expect(lines(), MASK_IRQ, "level: latch is signalled");
    w->set(true);
    w->set(false);
    expect(state(i), 1, "level: latch outlives a pulse");
    w->set(true);
    unpend(i);
    w->set(false);
    expect(state(i), 0, "level: ICPENDR cleared the latch under the wire");
    pend(i);
    expect(iar1(), i, "level: latch acknowledged");
    expect(state(i), 2, "level: acknowledge clears the latch");
    pend(i);
    expect(state(i), 3, "level: latch while active");
    w->set(true);
    w->set(false);
    expect(state(i), 3, "level: latch while active outlives a pulse");
    eoi1(i);
    expect(state(i), 1, "level: latch after EOI");
    expect(iar1(), i, "level: latch acknowledged again");
    eoi1(i);
    pend(i);
    w->set(true);
    expect(iar1(), i, "level: latch and wire acknowledged");
    w->set(false);
    expect(state(i), 2, "level: one acknowledge cleared the latch");
    eoi1(i);
    expect(state(i), 0, "level: idle again");
    w->set(true);
    disable(i);
    expect(state(i), 1, "level: pending while disabled");
    w->set(false);
    expect(state(i), 0, "level: falls while disabled");
}

static void edge(const struct wire *w)
{
    const unsigned i = w->intid;

    idle(w, true);
    expect(state(i), 0, "edge: idle");
    w->set(true);
    expect(state(i), 1, "edge: rises");
    expect(lines(), MASK_IRQ, "edge: signalled");
    w->set(false);
    expect(state(i), 1, "edge: stays when the wire falls");
    w->set(true);
    expect(iar1(), i, "edge: two edges, one acknowledge");
    expect(state(i), 2, "edge: active, the wire is high");
    eoi1(i);
    expect(state(i), 0, "edge: ended, the wire is high");
    expect(iar1(), SPURIOUS, "edge: once only");
    unpend(i);
    w->set(false);
    w->set(true);
    expect(iar1(), i, "edge: a new edge");
    w->set(false);
    w->set(true);
    expect(state(i), 3, "edge: an edge while active");
    eoi1(i);
    expect(state(i), 1, "edge: pending after EOI");
    expect(iar1(), i, "edge: the edge while active");
    eoi1(i);
    w->set(false);
    w->set(true);
    unpend(i);
    expect(state(i), 0, "edge: ICPENDR clears it, the wire is high");
    pend(i);
    expect(iar1(), i, "edge: ISPENDR");
    eoi1(i);
    disable(i);
    w->set(false);
    w->set(true);
    expect(state(i), 1, "edge: remembered while disabled");
    enable(i);
    expect(iar1(), i, "edge: taken once enabled");
    eoi1(i);
    w->set(false);
    disable(i);
}

static volatile u64 count;
static const struct wire *current;

static void on_irq(struct frame *f)
{
    const u64 intid = iar1();
    count += intid == current->intid && f->el == 1;
    if (count == 3) {
        current->set(false);
    }
    eoi1(intid);
}

/* A level interrupt comes again until its source is quiet. */
static void taken(const struct wire *w)
{
    idle(w, false);
    current = w;
    count = 0;
    irq_handler[0] = on_irq;
    w->set(true);
    unmask(MASK_IRQ);
    for (u64 n = 0; n < 100000 && count < 3; n++) {
        __asm__ volatile("" ::: "memory");
    }
    mask();
    expect(count, 3, "level: taken until the source is quiet");
    expect(state(w->intid), 0, "level: quiet");
    disable(w->intid);
}

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    for (unsigned n = 0; n < sizeof(wires) / sizeof(wires[0]); n++) {
        section(wires[n].name);
        set_edge(wires[n].intid, true);
        fact(get_edge(wires[n].intid), "ICFGR can be edge");
        if (wires[n].intid >= FIRST_SPI) {
            route(wires[n].intid, 0);
        }
        level(&wires[n]);
        if (get_edge(wires[n].intid) ||
            (set_edge(wires[n].intid, true), get_edge(wires[n].intid))) {
            edge(&wires[n]);
        }
        taken(&wires[n]);
    }
    return 0;
}
