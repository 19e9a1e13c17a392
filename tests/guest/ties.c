/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * The order of interrupts of equal priority, which is IMPLEMENTATION DEFINED.
 */
#include "rt/gic.h"

int main(void)
{
    static const unsigned order[] = {44, 40, 20, 50, 8, 42};

    gicd_init();
    gicr_init();
    icc_init();
    section("ties");
    for (unsigned n = 0; n < 6; n++) {
        setup(order[n], 1, 0xa0);
    }
    for (unsigned n = 0; n < 6; n++) {
        pend(order[n]);
    }
    for (unsigned n = 0; n < 6; n++) {
        const u64 intid = iar1();
        fact(intid, "pended as 44, 40, 20, 50, 8, 42, taken %u", (u64)n);
        eoi1(intid);
    }
    write32(GICD + ISPENDR + 4, 1u << 18 | 1u << 12 | 1u << 8 | 1u << 10);
    for (unsigned n = 0; n < 4; n++) {
        const u64 intid = iar1();
        fact(intid, "pended by one write, taken %u", (u64)n);
        eoi1(intid);
    }
    /* Equal priorities of both groups. */
    set_group(44, 0);
    pend(40);
    pend(44);
    fact(hppir0(), "Group 0 pended last, HPPIR0");
    fact(hppir1(), "Group 0 pended last, HPPIR1");
    return 0;
}
