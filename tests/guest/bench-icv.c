/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on
 *
 * Bench: a guest at EL1 with HCR_EL2.IMO = 1 acknowledges and ends virtual interrupts; EL2 makes
 * all list registers (four) pending between two runs of it. One operation is one interrupt. Words:
 * count=N (interrupts, rounded down to a multiple of four, 100000), mode:
 *   icv (default)  four list registers written, the guest entered, four times IAR1 and EOIR1, HVC
 *   pmr            the same with four reads of PMR instead
 *   refill         list registers and HVC alone (they hold already what is written)
 *   hvc            the guest entered and HVC alone
 *   taken          as icv, but each is taken as an IRQ at EL1
 *   inject         an SPI that EL2 takes from the guest and hands on by a list register with HW =
 * 1, which the guest takes and ends: one operation is all of that
 */
#include "rt/virt.h"

enum {
    LRS = 4,
    SPI = 40
};

enum mode {
    ICV,
    PMR,
    REFILL,
    HVC,
    TAKEN,
    INJECT
};
static enum mode mode = ICV;
static volatile u64 handled;

static void refill(void)
{
    if (mode == HVC) {
        return;
    }
#define ONE(n, name) __asm__ volatile("msr " name ", %0" ::"r"(lr(1, 0x80, SPI + n)) : "memory");
    ONE(0, "S3_4_C12_C12_0")
    ONE(1, "S3_4_C12_C12_1")
    ONE(2, "S3_4_C12_C12_2")
    ONE(3, "S3_4_C12_C12_3")
#undef ONE
}

static inline void take(void)
{
    const u64 intid = READ_SYS(ICC_IAR1_EL1);
    __asm__ volatile("msr " ICC_EOIR1_EL1 ", %0" ::"r"(intid) : "memory");
    handled += intid < SPURIOUS;
}

/* The guest's interrupt, and the physical one at EL2. */
static void on_irq(struct frame *f)
{
    if (f->el == 1) {
        take();
        return;
    }
    const u64 intid = READ_SYS(ICC_IAR1_EL1);
    WRITE_SYS(ICC_EOIR1_EL1, intid); /* EOI mode 1: the guest deactivates */
    lr_write(0, lr(1, 0x80, intid) | LR_HW | LR_PINTID(intid));
}

/* From one HVC to the next: what back() and in_el() do costs more than the interrupts. */
static u64 guest_round(u64 unused)
{
    switch (mode) {
    case ICV:
        for (unsigned n = 0; n < LRS; n++) {
            take();
        }
        break;
    case PMR:
        for (unsigned n = 0; n < LRS; n++) {
            (void)READ_SYS(ICC_PMR_EL1);
        }
        break;
    case TAKEN:
        unmask(MASK_IRQ);
        mask();
        break;
    case INJECT:
        unmask(MASK_IRQ);
        for (unsigned n = 0; n < LRS; n++) {
            const u64 before = handled;
            *(volatile u32 *)(GICD + ISPENDR + SPI / 32 * 4) = 1u << SPI % 32;
            while (handled == before) {
            }
        }
        mask();
        break;
    default:
        break;
    }
    return unused;
}

int main(void)
{
    static const char *const names[] = {"icv", "pmr", "refill", "hvc", "taken", "inject"};
    const u64 rounds = option("count", 100000) / LRS;
    for (unsigned n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        if (option_is("mode", names[n])) {
            mode = n;
        }
    }
    el2_init();
    irq_handler[0] = on_irq;
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_EOIMODE);
    setup(SPI, 1, 0xa0);
    vmcr_write(VMCR_OPEN);

    const u64 began = counter();
    for (u64 round = 0; round < rounds; round++) {
        if (mode != INJECT) {
            refill();
        }
        guest(guest_round, 0);
    }
    const u64 ticks = counter() - began;
    const bool handles = mode == ICV || mode == TAKEN || mode == INJECT;
    if (handled != (handles ? rounds * LRS : 0)) {
        print("%u interrupts were handled\n", handled);
        return 1;
    }
    print("operations: %u\nticks: %u\nfrequency: %u\n", rounds * LRS, ticks,
          READ_SYS("cntfrq_el0"));
    return 0;
}
