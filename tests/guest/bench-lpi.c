/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 its=on
 *
 * Bench: one MSI (a write of GITS_TRANSLATER), acknowledge, EOI, with a number of LPIs that pend
 * before the acknowledge. What was acknowledged is sent next, so that the number stays as it is.
 * DAIF stays masked.
 * Words: count=N (operations, 1000), pending=N (1 to 57344, 1), mode=msi (default), mode=send (the
 * MSI alone, of an LPI that is pending already), mode=empty (the loop alone).
 */
#include "rt/its.h"

static void set_up(u32 pending)
{
    gicd_init();
    gicr_init();
    icc_init();
    lpi_init(1);
    its_init();
    device(0, 16);
    for (u32 event = 0; event < pending; event++) {
        push(OP(MAPTI, 0), event | (u64)(LPI + event) << 32, 0, 0);
    }
    push(SYNC, 0, rdbase(0), 0);
    if (!its_flush()) {
        print("the ITS did not work its commands off\n");
        finish(3);
    }
    for (u32 event = 0; event + 1 < pending; event++) {
        msi(event);
    }
}

static inline void send(u32 event)
{
    *(volatile u32 *)GITS_TRANSLATER = event;
}

static void run(u64 count, u32 event)
{
    u64 intid;

    for (u64 n = 0; n < count; n++) {
        send(event);
        do {
            intid = READ_SYS(ICC_IAR1_EL1);
        } while (intid == SPURIOUS);
        __asm__ volatile("msr " ICC_EOIR1_EL1 ", %0" ::"r"(intid) : "memory");
        event = (u32)intid - LPI;
    }
    send(event);
}

/* Takes what is left and answers how many they were: every LPI must still be there, once. */
static u32 drained(void)
{
    static u8 seen[LPIS];
    u32 n = 0;

    for (;;) {
        const u64 intid = take();

        if (intid == SPURIOUS) {
            return n;
        }
        if (intid < LPI || intid >= LPI + LPIS || seen[intid - LPI]++) {
            print("acknowledged %u, which was not pending\n", intid);
            finish(3);
        }
        n++;
    }
}

int main(void)
{
    const u64 count = option("count", 1000);
    const u32 pending = (u32)option("pending", 1);
    const bool empty = option_is("mode", "empty"), alone = option_is("mode", "send");

    if (pending < 1 || pending > LPIS) {
        print("pending=%u: 1 to %u\n", (u64)pending, (u64)LPIS);
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
    /* QEMU's GIC needs too long for it where many are left. */
    if (pending <= 1024) {
        const u32 left = drained();

        print("left: %u\n", (u64)left);
        return left != pending ? 3 : 0;
    }
    return 0;
}
