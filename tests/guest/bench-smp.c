/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=8
 *
 * Bench: SGI to self (pend, acknowledge, EOI, polled) on all PEs at once; operations a second of
 * all of them together by the virtual counter, from the common start to the last one's end. Words:
 * count=N (operations of each PE, 100000), cpus=N (8, at most what -smp gives), mode=sgi (default)
 * or mode=empty (the loop alone).
 */
#include "rt/gic.h"

static u64 count;
static bool empty;
static volatile u64 ready, go, ended[MAX_PES];

static u64 work(u64 number)
{
    const u64 self = sgi(1, pe_mpidr((unsigned)number), 0, 1u << (number % 16));

    gicr_init();
    icc_init();
    enable(1);
    __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
    while (!go) {
    }
    for (u64 n = 0; n < count; n++) {
        u64 intid;
        if (empty) {
            __asm__ volatile("" ::: "memory");
            continue;
        }
        __asm__ volatile("msr " ICC_SGI1R_EL1 ", %0" ::"r"(self) : "memory");
        do {
            intid = READ_SYS(ICC_IAR1_EL1);
        } while (intid == SPURIOUS);
        __asm__ volatile("msr " ICC_EOIR1_EL1 ", %0" ::"r"(intid) : "memory");
    }
    ended[number] = counter();
    barrier();
    return 0;
}

static void wait_ready(u64 others)
{
    while (ready < others) {
    }
    go = 1;
    barrier();
}

int main(void)
{
    const unsigned cpus = (unsigned)option("cpus", 8);
    u64 last = 0;

    count = option("count", 100000);
    empty = option_is("mode", "empty");
    gicd_init();
    for (unsigned n = 1; n < cpus; n++) {
        pe_start(n);
        on_pe_begin(n, work, n);
    }
    wait_ready(cpus - 1);
    const u64 began = counter();
    work(0);
    for (unsigned n = 1; n < cpus; n++) {
        on_pe_end(n);
    }
    for (unsigned n = 0; n < cpus; n++) {
        last = ended[n] > last ? ended[n] : last;
    }
    const u64 ticks = last - began, frequency = READ_SYS("cntfrq_el0");
    print("operations: %u\nticks: %u\nfrequency: %u\noperations_per_second: %u\n", count * cpus,
          ticks, frequency, ticks ? count * cpus * frequency / ticks : 0);
    return 0;
}
