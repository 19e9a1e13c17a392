/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * Bench: SGI to self: pend, acknowledge, EOI, polled. DAIF stays masked.
 * Words: count=N (operations, 100000), mode=sgi (default) or mode=empty (the loop alone), el=1 (of
 * a machine with EL2: at EL1, HCR_EL2.IMO and FMO are 0).
 */
#include "rt/gic.h"

static u64 run(u64 count)
{
    const bool empty = option_is("mode", "empty");
    const u64 self = sgi(1, 0, 0, 1);
    const u64 began = counter();
    if (empty) {
        for (u64 n = 0; n < count; n++) {
            __asm__ volatile("" ::: "memory");
        }
    } else {
        for (u64 n = 0; n < count; n++) {
            u64 intid;
            __asm__ volatile("msr " ICC_SGI1R_EL1 ", %0" ::"r"(self) : "memory");
            do {
                intid = READ_SYS(ICC_IAR1_EL1);
            } while (intid == SPURIOUS);
            __asm__ volatile("msr " ICC_EOIR1_EL1 ", %0" ::"r"(intid) : "memory");
        }
    }
    return counter() - began;
}

int main(void)
{
    const u64 count = option("count", 100000);

    gicd_init();
    gicr_init();
    icc_init();
    enable(1);
    const bool below = current_el() == 2 && option("el", 2) == 1;
    const u64 ticks = below ? in_el(1, run, count) : run(count);
    print("operations: %u\nticks: %u\nfrequency: %u\n", count, ticks, READ_SYS("cntfrq_el0"));
    return 0;
}
