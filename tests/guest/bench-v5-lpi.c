/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * Bench, GICv5: one interrupt to self: pend, acknowledge (polled), priority drop, deactivation,
 * with a number of LPIs that pend before the acknowledge. What was acknowledged is pended next, so
 * that the number stays as it is. DAIF stays masked. Words: count=N (operations, 10000), pending=N
 * (LPIs, 1 to 65536, 1), mode=lpi (default), mode=ppi (the software PPI), mode=spi, mode=pend (GIC
 * CDPEND of an LPI that is pending already), mode=empty (the loop alone).
 */
#include "rt/gic5.h"

enum {
    LPIS5 = 65536
};
#define SYS(crm, op2, value)                                                                       \
    __asm__ volatile("sys #0, C12, " #crm ", #" #op2 ", %0" ::"r"((u64)(value)) : "memory")

static inline u32 acknowledge(void)
{
    u64 v;
    do {
        __asm__ volatile("sysl %0, #0, C12, C3, #0" : "=r"(v)::"memory");
    } while (!(v & VALID5));
    return (u32)v;
}

/* Ends the interrupt that runs. */
static inline void end(u32 intid)
{
    __asm__ volatile(".inst 0xd508c1ff" ::: "memory");
    SYS(C2, 0, intid);
}

static u64 run(u64 count, u32 intid)
{
    const bool empty = option_is("mode", "empty"), alone = option_is("mode", "pend");
    const bool ppi = option_is("mode", "ppi");
    const u64 began = counter();

    if (empty) {
        for (u64 n = 0; n < count; n++) {
            __asm__ volatile("" ::: "memory");
        }
    } else if (alone) {
        for (u64 n = 0; n < count; n++) {
            SYS(C1, 4, intid | VALID5);
        }
    } else if (ppi) {
        for (u64 n = 0; n < count; n++) {
            __asm__ volatile("msr " ICC_PPI_SPENDR0_EL1 ", %0" ::"r"(1ull << PPI_SW) : "memory");
            end(acknowledge());
        }
    } else {
        for (u64 n = 0; n < count; n++) {
            SYS(C1, 4, intid | VALID5);
            intid = acknowledge();
            end(intid);
        }
    }
    return counter() - began;
}

int main(void)
{
    const u64 count = option("count", 10000);
    const u32 pending = (u32)option("pending", 1);

    if (pending < 1 || pending > LPIS5) {
        print("pending=%u: 1 to %u\n", (u64)pending, (u64)LPIS5);
        return 3;
    }
    gic5_init();
    lpis_init(16);
    for (u32 n = 0; n < pending; n++) {
        setup5(LPI5(n), 16, 0);
    }
    for (u32 n = 0; n + 1 < pending; n++) {
        cdpend(LPI5(n), true);
    }
    ppi_priority(PPI_SW, 16);
    ppi_enable(PPI_SW, option_is("mode", "ppi"));
    u32 first = LPI5(pending - 1);
    if (option_is("mode", "spi")) {
        first = SPI5(60);
        setup5(first, 8, 0);
    }
    const u64 ticks = run(count, first);
    print("operations: %u\nticks: %u\nfrequency: %u\n", count, ticks, READ_SYS("cntfrq_el0"));
    /* All but the last one acknowledged must be there, once. QEMU's GIC needs too long for more. */
    if (pending <= 1024) {
        static u8 seen[LPIS5];
        u32 left = 0;

        for (u32 id; (id = take5()); left++) {
            if (id >> 29 != 2 || (id & 0xffffff) >= pending || seen[id & 0xffffff]++) {
                print("acknowledged %x, which was not pending\n", (u64)id);
                return 3;
            }
        }
        print("left: %u\n", (u64)left);
        return left != pending - !option_is("mode", "pend") ? 3 : 0;
    }
    return 0;
}
