/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 its=on peer=off
 *
 * Bench, GICv5: one MSI (a write of ITS_TRANSLATER), acknowledge, priority drop, deactivation, with
 * a number of LPIs that pend before the acknowledge. What was acknowledged is sent next, so that
 * the number stays as it is. DAIF stays masked. Words: count=N (operations, 10000), pending=N (1 to
 * 65536, 1), mode=msi (default), mode=send (the MSI alone, of an LPI that is pending already),
 * mode=empty (the loop alone).
 */
#include "rt/its5.h"

enum {
    LPIS5 = 65536
};

static inline void send(u32 event)
{
    *(volatile u32 *)(gic5.translate + ITS_TRANSLATER) = event;
}

static void set_up(u32 pending)
{
    struct table5 dt = {.bits = 4}, itt = {.bits = 16};

    gic5_init();
    lpis_init(16);
    table5_make(&dt), table5_make(&itt);
    for (u32 n = 0; n < pending; n++) {
        setup5(LPI5(n), 16, 0);
        write64(itt.base + 8ull * n, ITTE_VALID | n);
    }
    its5_use(&dt);
    its5_map_device(&dt, 0, &itt);
    for (u32 n = 0; n + 1 < pending; n++) {
        send(n);
    }
    its5_sync(0);
}

static void run(u64 count, u32 event)
{
    u64 v;

    for (u64 n = 0; n < count; n++) {
        send(event);
        do {
            __asm__ volatile("sysl %0, #0, C12, C3, #0" : "=r"(v)::"memory");
        } while (!(v & VALID5));
        __asm__ volatile(".inst 0xd508c1ff\n\tsys #0, C12, C2, #0, %0" ::"r"(v) : "memory");
        event = (u32)v & 0xffffff;
    }
    send(event);
}

/* Takes what is left and answers how many they were: every LPI must still be there, once. */
static u32 drained(u32 pending)
{
    static u8 seen[LPIS5];
    u32 left = 0;

    for (u32 id; (id = take5()); left++) {
        if (id >> 29 != 2 || (id & 0xffffff) >= pending || seen[id & 0xffffff]++) {
            print("acknowledged %x, which was not pending\n", (u64)id);
            finish(3);
        }
    }
    return left;
}

int main(void)
{
    const u64 count = option("count", 10000);
    const u32 pending = (u32)option("pending", 1);
    const bool empty = option_is("mode", "empty"), alone = option_is("mode", "send");

    if (pending < 1 || pending > LPIS5) {
        print("pending=%u: 1 to %u\n", (u64)pending, (u64)LPIS5);
        return 3;
    }
    set_up(pending);

    const u64 began = counter();
    if (empty || alone) {
        for (u64 n = 0; n < count; n++) {
            if (alone) {
                send(pending - 1);
            }
            __asm__ volatile("" ::: "memory");
        }
        send(pending - 1);
    } else {
        run(count, pending - 1);
    }
    const u64 ticks = counter() - began;
    print("operations: %u\nticks: %u\nfrequency: %u\n", count, ticks, READ_SYS("cntfrq_el0"));
    const u32 left = drained(pending);
    print("left: %u\n", (u64)left);
    return left != pending ? 3 : 0;
}
