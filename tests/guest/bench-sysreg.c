/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * Bench: reads of one system register, eight in the loop's body.
 * Words: count=N (reads, a multiple of 8, 1000000), mode=pmr (default: ICC_PMR_EL1), mode=midr
 * (MIDR_EL1), mode=write (writes of ICC_PMR_EL1, alternating 0xf0 and 0xe0), mode=empty (the loop
 * alone).
 */
#include "rt/gic.h"

#define EIGHT(insn)                                                                                \
    insn "\n\t" insn "\n\t" insn "\n\t" insn "\n\t" insn "\n\t" insn "\n\t" insn "\n\t" insn

int main(void)
{
    const u64 count = option("count", 1000000) / 8;
    const bool empty = option_is("mode", "empty"), midr = option_is("mode", "midr");
    const bool write = option_is("mode", "write");
    const u64 f0 = 0xf0, e0 = 0xe0;
    u64 value;

    gicd_init();
    gicr_init();
    icc_init();

    const u64 began = counter();
    if (empty) {
        for (u64 n = 0; n < count; n++) {
            __asm__ volatile("" ::: "memory");
        }
    } else if (midr) {
        for (u64 n = 0; n < count; n++) {
            __asm__ volatile(EIGHT("mrs %0, midr_el1") : "=r"(value)::"memory");
        }
    } else if (write) {
        for (u64 n = 0; n < count; n++) {
            __asm__ volatile("msr " ICC_PMR_EL1 ", %0\n\tmsr " ICC_PMR_EL1 ", %1\n\t"
                             "msr " ICC_PMR_EL1 ", %0\n\tmsr " ICC_PMR_EL1 ", %1\n\t"
                             "msr " ICC_PMR_EL1 ", %0\n\tmsr " ICC_PMR_EL1 ", %1\n\t"
                             "msr " ICC_PMR_EL1 ", %0\n\tmsr " ICC_PMR_EL1 ", %1" ::"r"(f0),
                             "r"(e0)
                             : "memory");
        }
    } else {
        for (u64 n = 0; n < count; n++) {
            __asm__ volatile(EIGHT("mrs %0, " ICC_PMR_EL1) : "=r"(value)::"memory");
        }
    }
    const u64 ticks = counter() - began;
    print("operations: %u\nticks: %u\nfrequency: %u\n", count * 8, ticks, READ_SYS("cntfrq_el0"));
    return 0;
}
