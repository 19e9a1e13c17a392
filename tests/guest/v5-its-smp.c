/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=4 its=on peer=off
 *
 * GICv5: four PEs that send MSIs to each other at the same time, move the LPIs between the PEs
 * while these pend or are active, and take them in a handler: each MSI arrives, once.
 */
#include "rt/its5.h"

enum {
    PES = 4,
    OWN = 8, /* events that a PE sends */
    EVENTS = PES * OWN,
    L = 300,
    ROUNDS = 40
};
static volatile u32 got[EVENTS];
static volatile u64 strange[PES], done[PES];

static void handle(struct frame *f)
{
    const unsigned pe = pe_number();
    for (u64 v; (v = cdia()) & VALID5;) {
        const u32 n = ((u32)v & 0xffffff) - L;
        if ((u32)v >> 29 != 2 || n >= EVENTS) {
            strange[pe]++;
        } else {
            /* Active here, so no other PE can be in this place with the same LPI. */
            got[n]++;
        }
        cdeoi();
        cddi((u32)v);
    }
    (void)f;
}

static bool arrived(unsigned me, u32 round)
{
    bool all = true;
    for (unsigned n = me * OWN; n < (me + 1u) * OWN; n++) {
        all &= got[n] > round;
    }
    return all;
}

static u64 f_storm(u64 unused)
{
    const unsigned me = pe_number();
    bool all;

    irq_handler[me] = handle;
    unmask(MASK_IRQ);
    for (u32 round = 0; round < ROUNDS; round++) {
        for (unsigned n = me * OWN; n < (me + 1u) * OWN; n++) {
            write32(gic5.translate + ITS_TRANSLATER, n);
            if (n & 1) {
                cdaff(LPI5(L + n), (n + round) % PES);
            }
        }
        while (!arrived(me, round)) {
        }
        for (unsigned n = me * OWN; n < (me + 1u) * OWN; n += 2) {
            cdaff(LPI5(L + n), (n / 2 + round) % PES);
        }
    }
    done[me] = 1;
    barrier();
    do {
        all = true;
        for (unsigned pe = 0; pe < PES; pe++) {
            all &= done[pe];
        }
    } while (!all);
    mask();
    irq_handler[me] = NULL;
    return unused;
}

static u64 f_lines5(u64 unused)
{
    return lines() + unused;
}

int main(void)
{
    struct table5 dt = {.bits = 4}, itt = {.bits = 8};
    u64 wrong = 0, odd = 0, left = 0;

    gic5_init();
    lpis_init(14);
    table5_make(&dt), table5_make(&itt);
    its5_use(&dt);
    its5_map_device(&dt, 0, &itt);
    for (u32 n = 0; n < EVENTS; n++) {
        setup5(LPI5(L + n), n % 32, n % PES);
        its5_map_event(&itt, 0, n, ITTE_VALID | (L + n));
    }
    for (unsigned pe = 1; pe < PES; pe++) {
        pe_start(pe);
        on_pe(pe, f_pe5_init, 0);
    }
    for (unsigned pe = 1; pe < PES; pe++) {
        on_pe_begin(pe, f_storm, 0);
    }
    f_storm(0);
    for (unsigned pe = 1; pe < PES; pe++) {
        on_pe_end(pe);
    }
    section("storm");
    for (unsigned n = 0; n < EVENTS; n++) {
        wrong += got[n] != ROUNDS;
        odd += cdrcfg(LPI5(L + n)) & (ICSR_PENDING | ICSR_ACTIVE);
    }
    for (unsigned pe = 0; pe < PES; pe++) {
        left += on_pe(pe, f_lines5, 0) + strange[pe];
    }
    expect(wrong, 0, "events that did not arrive %u times", (u64)ROUNDS);
    expect(odd, 0, "LPIs that are still pending or active");
    expect(left, 0, "lines, other interrupts");
    return 0;
}
