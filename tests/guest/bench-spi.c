/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * Bench: pend all 256 SPIs of the virt machine, then acknowledge and end each. One operation is one
 * SPI. DAIF stays masked.
 * Words: count=N (SPIs, rounded down to a multiple of 256, 102400), mode=drain (default: eight
 * ISPENDR writes of 32 SPIs each), mode=single (an ISPENDR write for each SPI), mode=empty (the
 * loops alone).
 */
#include "rt/gic.h"

static void drain(void)
{
    for (unsigned n = 0; n < SPIS; n++) {
        u64 intid;
        do {
            intid = READ_SYS(ICC_IAR1_EL1);
        } while (intid == SPURIOUS);
        __asm__ volatile("msr " ICC_EOIR1_EL1 ", %0" ::"r"(intid) : "memory");
    }
}

int main(void)
{
    const u64 rounds = option("count", 102400) / SPIS;
    const bool empty = option_is("mode", "empty"), single = option_is("mode", "single");
    volatile u32 *ispendr = (volatile u32 *)(GICD + ISPENDR);

    gicd_init();
    gicr_init();
    icc_init();
    for (unsigned n = FIRST_SPI; n <= LAST_SPI; n++) {
        setup(n, 1, 0xa0);
    }

    const u64 began = counter();
    for (u64 round = 0; round < rounds; round++) {
        if (empty) {
            for (unsigned n = 0; n < SPIS; n++) {
                __asm__ volatile("" ::: "memory");
            }
            continue;
        }
        if (single) {
            for (unsigned n = FIRST_SPI; n <= LAST_SPI; n++) {
                ispendr[n / 32] = 1u << n % 32;
            }
        } else {
            for (unsigned n = 1; n <= SPIS / 32; n++) {
                ispendr[n] = ~0u;
            }
        }
        drain();
    }
    const u64 ticks = counter() - began;
    print("operations: %u\nticks: %u\nfrequency: %u\n", rounds * SPIS, ticks,
          READ_SYS("cntfrq_el0"));
    return 0;
}
