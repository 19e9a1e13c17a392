/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2
 *
 * PSCI CPU_OFF and CPU_ON of a second PE: its CPU interface comes back reset, its Redistributor and
 * the SPIs routed to it are as they were, and it takes interrupts again.
 */
#include "rt/gic.h"

enum {
    A = 40,
    B = 41
};

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_EOIMODE);
    WRITE_SYS(ICC_BPR0_EL1, 5);
    WRITE_SYS(ICC_BPR1_EL1, 6);
    enable(20);
    set_priority(20, 0x48);
    return unused;
}
static u64 ack(u64 unused)
{
    return iar1() + unused;
}
static u64 line(u64 unused)
{
    return lines() + unused;
}
static u64 off(u64 unused)
{
    psci(PSCI_CPU_OFF, 0, 0, 0);
    return unused;
}

static u64 seen[10];
static u64 look(u64 unused)
{
    seen[0] = READ_SYS(ICC_PMR_EL1);
    seen[1] = READ_SYS(ICC_BPR0_EL1);
    seen[2] = READ_SYS(ICC_BPR1_EL1);
    seen[3] = READ_SYS(ICC_CTLR_EL1) & 3;
    seen[4] = READ_SYS(ICC_IGRPEN0_EL1);
    seen[5] = READ_SYS(ICC_IGRPEN1_EL1);
    seen[6] = READ_SYS(ICC_AP0R0_EL1);
    seen[7] = READ_SYS(ICC_AP1R0_EL1);
    seen[8] = rpr();
    seen[9] = lines();
    return unused;
}

static void turn_off(void)
{
    on_pe_begin(1, off, 0);
    while (psci(PSCI_AFFINITY_INFO, 1, 0, 0) != 1) {
    }
}

static u64 reinit(u64 unused)
{
    icc_init();
    return unused;
}

static volatile u64 taken;
static void on_irq(struct frame *f)
{
    const u64 intid = iar1();
    taken += intid == 5 && f->el == 1;
    eoi1(intid);
}
static u64 listen(u64 unused)
{
    irq_handler[1] = on_irq;
    unmask(MASK_IRQ);
    for (u64 n = 0; n < 1000000000 && !taken; n++) {
        __asm__ volatile("yield" ::: "memory");
    }
    mask();
    return taken + unused;
}

int main(void)
{
    static const char *const names[] = {"PMR",     "BPR0", "BPR1", "CTLR", "IGRPEN0",
                                        "IGRPEN1", "AP0R", "AP1R", "RPR",  "lines"};
    static const u64 want[] = {0, 2, 3, 0, 0, 0, 0, 0, 0xff, 0};

    gicd_init();
    gicr_init();
    icc_init();
    expect(psci(PSCI_AFFINITY_INFO, 1, 0, 0), 1, "PE 1 is off at first");
    pe_start(1);
    expect(psci(PSCI_AFFINITY_INFO, 1, 0, 0), 0, "PE 1 is on");
    on_pe(1, begin, 0);
    setup(A, 1, 0xa0), setup(B, 1, 0x80);
    route(A, 1), route(B, 1);

    section("off");
    pend(A);
    expect(on_pe(1, ack, 0), A, "PE 1 took A");
    pend(B);
    pend(A);
    send_sgi1(sgi(5, 0, 0, 2));
    write32(SGI_BASE(1) + ISENABLER, 1 << 5);
    turn_off();
    expect(psci(PSCI_AFFINITY_INFO, 1, 0, 0), 1, "PE 1 is off");
    expect(state(A), 3, "A stays active and pending");
    expect(state(B), 1, "B stays pending");
    expect(read32(SGI_BASE(1) + ISPENDR), 1 << 5, "SGI 5 stays pending");
    expect(read32(SGI_BASE(1) + ISENABLER), 1 << 5 | 1 << 20, "the Redistributor keeps its state");
    expect(read8(SGI_BASE(1) + IPRIORITYR + 20), 0x48, "and its priorities");
    route(A, 0);
    bit_write(ICACTIVER, A);
    expect(iar1(), A, "PE 0 takes A");
    eoi1(A);

    section("on");
    pe_start(1);
    on_pe(1, look, 0);
    for (unsigned n = 0; n < 10; n++) {
        expect(seen[n], want[n], "%s", names[n]);
    }
    on_pe(1, reinit, 0);
    expect(on_pe(1, line, 0), MASK_IRQ, "B is signalled once enabled");
    expect(on_pe(1, ack, 0), B, "PE 1 takes B");
    expect(state(B), 2, "B is active");
    turn_off();
    pe_start(1);
    on_pe(1, reinit, 0);
    expect(state(B), 2, "B is still active");
    expect(on_pe(1, line, 0), MASK_IRQ, "SGI 5 is signalled, no priority is running");
    expect(on_pe(1, listen, 0), 1, "PE 1 takes SGI 5 as an exception");
    bit_write(ICACTIVER, B);

    section("again");
    u64 wrong = 0;
    for (unsigned n = 0; n < 20; n++) {
        turn_off();
        pe_start(1);
        on_pe(1, look, 0);
        wrong += seen[0] | seen[5] | seen[9];
        on_pe(1, reinit, 0);
        taken = 0;
        on_pe_begin(1, listen, 0);
        send_sgi1(sgi(5, 0, 0, 2));
        wrong += on_pe_end(1) != 1;
    }
    expect(wrong, 0, "20 times off, on, interrupt");
    return 0;
}
