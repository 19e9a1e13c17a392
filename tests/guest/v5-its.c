/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 its=on peer=off
 *
 * GICv5: events through the ITS. Tables of devices and of events, linear and two-level, with second
 * levels of all sizes, at the borders of blocks; SPAN; READ_EVENT, INV_EVENT, INV_DEVICE, SYNC,
 * ITSEN; every step of a translation that fails; ITS_TRANSLATER written by a PE.
 */
#include "rt/its5.h"

enum {
    L = 300 /* the first LPI that is used */
};
static struct table5 dt;

static u32 its_take(void)
{
    const u32 id = take5();
    return id >> 29 == 2 ? id & 0xffffff : id;
}

static u64 f_its_take(u64 unused)
{
    return its_take() + unused;
}

static void lpis(u32 first, u32 n)
{
    for (u32 k = 0; k < n; k++) {
        setup5(LPI5(first + k), 16, 0);
    }
}

static void start(void)
{
    alloc5_reset();
    ist_invalid();
    lpis_init(14);
    lpis(L, 64);
}

/* Devices at the borders of blocks, each with two events. */
static void devices(const char *name, unsigned bits, bool two_level, unsigned l2sz)
{
    dt = (struct table5){.bits = bits, .two_level = two_level, .l2sz = l2sz};
    const u32 block = 1u << table5_l2_bits(&dt), end = 1u << bits;
    /* The last one is block - 1 where there is but one block: it stands there once. */
    const u32 wanted[] = {
        0, 1, 5, block - 1, block, block + 1, 2 * block - 1, 776, end == block ? end : end - 1};
    struct table5 itt[9];
    u64 wrong = 0, sent = 0, taken = 0;

    section(name);
    start();
    table5_make(&dt);
    its5_use(&dt);
    for (unsigned k = 0; k < 9; k++) {
        if (wanted[k] >= end) {
            continue;
        }
        its5_gen_event(wanted[k], 0);
        wrong += its_take() != 0 || its5_read_event(wanted[k], 0) != 0;
        itt[k] = (struct table5){.bits = 1};
        table5_make(&itt[k]);
        its5_map_device(&dt, wanted[k], &itt[k]);
        its5_gen_event(wanted[k], 0);
        wrong += its_take() != 0;
        for (unsigned e = 0; e < 2; e++) {
            its5_map_event(&itt[k], wanted[k], e, ITTE_VALID | (L + 2 * k + e));
            wrong += its5_read_event(wanted[k], e) != (ITTE_VALID | (L + 2 * k + e));
        }
    }
    expect(wrong, 0, "DTEs: wrong");
    for (unsigned k = 9; k-- > 0;) {
        for (unsigned e = 0; e < 2 && wanted[k] < end; e++) {
            its5_gen_event(wanted[k], e);
            sent++;
            taken += its_take() == L + 2 * k + e;
        }
    }
    expect(taken, sent, "taken");
    expect(its_take(), 0, "no more");
    its5_gen_event(end, 0), its5_gen_event(end - 2, 0), its5_gen_event(0xffffffff, 0);
    its5_gen_event(0, 2), its5_gen_event(0, 0x10000), its5_gen_event(1, 0xffffffff);
    expect(its_take(), 0, "devices and events that are not there");
    expect(its5_read_event(end, 0), 0, "READ_EVENT beyond the table");
    its5_map_device(&dt, 0, NULL);
    its5_gen_event(0, 0);
    expect(its_take(), 0, "DTE no longer valid");
    expect(its5_read_event(0, 0), 0, "READ_EVENT then");
    its5_gen_event(1, 0);
    expect(its_take(), L + 2, "its neighbour");
}

/* Events of one device at the borders of blocks. */
static void events(const char *name, unsigned bits, bool two_level, unsigned l2sz)
{
    struct table5 itt = {.bits = bits, .two_level = two_level, .l2sz = l2sz};
    const u32 block = 1u << table5_l2_bits(&itt), end = 1u << bits;
    const u32 wanted[] = {0, 1, 17, block - 1, block, block + 1, 1300, end / 2, end - 1};
    u64 wrong = 0, sent = 0, taken = 0;
    const u32 device = 7;

    section(name);
    start();
    dt = (struct table5){.bits = 4};
    table5_make(&dt);
    its5_use(&dt);
    table5_make(&itt);
    its5_map_device(&dt, device, &itt);
    for (unsigned k = 0; k < 9; k++) {
        if (wanted[k] >= end) {
            continue;
        }
        its5_map_event(&itt, device, wanted[k], ITTE_VALID | (L + k));
        wrong += its5_read_event(device, wanted[k]) != (ITTE_VALID | (L + k));
    }
    expect(wrong, 0, "READ_EVENT: wrong");
    for (unsigned k = 0; k < 9; k++) {
        if (wanted[k] < end) {
            /* An event that stands twice in the list has the last LPI. */
            u32 lpi = L + k;
            for (unsigned m = k + 1; m < 9; m++) {
                lpi = wanted[m] == wanted[k] ? L + m : lpi;
            }
            its5_gen_event(device, wanted[k]);
            sent++;
            taken += its_take() == lpi;
        }
    }
    expect(taken, sent, "taken");
    its5_gen_event(device, end), its5_gen_event(device, 2), its5_gen_event(device, 0x10000);
    expect(its_take(), 0, "events that are not there");
}

/* The examples of address arithmetic: entries as software writes them, bit by bit. */
static void examples(void)
{
    section("examples");
    start();
    const u64 l1 = alloc5(1024, 1024), l2 = alloc5(4096, 4096);
    its5_enable(false);
    its_write(ITS_DT_CFGR, 0x10010); /* 16 bits, two-level, 4 KiB */
    write64(gic5.its + ITS_DT_BASER, l1);
    its5_enable(true);
    const u64 i1 = alloc5(64, 64), i2 = alloc5(4096, 4096);
    write64(l1 + 8, 9ull << 60 | l2 | 1);
    write64(l2 + 0x840, 0x5c00000000000001 | i1);
    write64(i1 + 0x10, 9ull << 60 | i2 | 1);
    write64(i2 + 0x8a0, 0x80000000 | (L + 3));
    its5_inv_device(776, 11, true);
    its5_gen_event(776, 1300);
    expect(its_take(), L + 3, "DeviceID 776, EventID 1300");
    expect(its5_read_event(776, 1300), 0x80000000 | (L + 3), "READ_EVENT");
    /* The second level has 2^SPAN entries. */
    write64(l1 + 8, 8ull << 60 | l2 | 1);
    its5_inv_device(776, 11, true);
    its5_gen_event(776, 1300);
    expect(its_take(), 0, "SPAN 8 of the L1_DTE");
    write64(l1 + 8, 15ull << 60 | l2 | 1);
    its5_inv_device(776, 11, true);
    its5_gen_event(776, 1300);
    expect(its_take(), L + 3, "SPAN 15 of the L1_DTE");
    write64(i1 + 0x10, 8ull << 60 | i2 | 1);
    its5_inv_event(776, 1300, 1);
    its5_gen_event(776, 1300);
    expect(its_take(), 0, "SPAN 8 of the L1_ITTE");
    write64(i1 + 0x10, 9ull << 60 | i2 | 1);
    its5_inv_event(776, 1300, 1);
    its5_gen_event(776, 1300);
    expect(its_take(), L + 3, "SPAN 9 of the L1_ITTE");
    write64(i1 + 0x10, 9ull << 60 | i2);
    its5_inv_event(776, 1300, 1);
    its5_gen_event(776, 1300);
    expect(its_take(), 0, "L1_ITTE not valid");
    write64(i1 + 0x10, 9ull << 60 | i2 | 1);
    its5_inv_event(776, 1300, 1);
    write64(l1 + 8, 9ull << 60 | l2);
    its5_inv_device(776, 11, true);
    its5_gen_event(776, 1300);
    expect(its_take(), 0, "L1_DTE not valid");
    /* One event: a table of one entry. */
    const u64 one = alloc5(8, 8);
    write64(l1 + 8, 9ull << 60 | l2 | 1);
    write64(l2 + 0x840, one | 1);
    write64(one, 0x80000000 | (L + 4));
    its5_inv_device(776, 16, true);
    its5_gen_event(776, 0);
    expect(its_take(), L + 4, "EVENTID_BITS 0, EventID 0");
    its5_gen_event(776, 1);
    expect(its_take(), 0, "EVENTID_BITS 0, EventID 1");
}

/* What the ITS knows is dropped by INV_EVENT and INV_DEVICE; what it does not know it reads. */
static void invalidation(void)
{
    struct table5 itt = {.bits = 4}, other = {.bits = 4};

    section("inv");
    start();
    dt = (struct table5){.bits = 4};
    table5_make(&dt), table5_make(&itt), table5_make(&other);
    its5_use(&dt);
    its5_map_device(&dt, 3, &itt);
    for (unsigned e = 0; e < 4; e++) {
        write64(itt.base + 8 * e, ITTE_VALID | (L + e));
        write64(other.base + 8 * e, ITTE_VALID | (L + 10 + e));
    }
    its5_inv_device(3, 4, false);
    its5_gen_event(3, 0), its5_gen_event(3, 1);
    expect(its_take() + its_take(), 2 * L + 1, "first");
    write64(itt.base, ITTE_VALID | (L + 20));
    write64(itt.base + 8, 0);
    its5_inv_event(3, 0, 0);
    its5_gen_event(3, 0);
    expect(its_take(), L + 20, "INV_EVENT: changed");
    its5_inv_event(3, 1, 0);
    its5_gen_event(3, 1);
    expect(its_take(), 0, "INV_EVENT: no longer valid");
    write64(itt.base + 8, ITTE_VALID | (L + 21));
    its5_inv_event(3, 1, 0);
    its5_gen_event(3, 1);
    expect(its_take(), L + 21, "INV_EVENT: valid again");
    write64(dt.base + 8 * 3, dte(&other));
    its5_inv_device(3, 4, false);
    its5_gen_event(3, 0), its5_gen_event(3, 3);
    expect(its_take() + its_take(), 2 * L + 23, "INV_DEVICE: another ITT");
    /* Without I or R nothing happens. */
    its_write(ITS_EIDR, 2);
    its_write(ITS_READ_EVENTR, 1u << 31);
    const u64 data = read64(gic5.its + ITS_READ_EVENT_DATAR);
    expect(data, ITTE_VALID | (L + 12), "READ_EVENT");
    its_write(ITS_EIDR, 3);
    its_write(ITS_READ_EVENTR, 0x7fffffff);
    expect(read64(gic5.its + ITS_READ_EVENT_DATAR), data, "READ_EVENTR without R");
    its_write(ITS_GEN_EVENT_EIDR, 2);
    its_write(ITS_GEN_EVENTR, 1);
    expect(its_take(), 0, "GEN_EVENTR without R");
    its_write(ITS_SYNCR, 0);
    its_write(ITS_SYNCR + 4, 1u << 31);
    expect(its_read(ITS_SYNC_STATUSR), IDLE, "SYNCR in two halves");
    write64(gic5.its + ITS_SYNCR, 3ull << 32 | 1ull << 63);
    expect(its_read(ITS_SYNC_STATUSR), IDLE, "SYNCALL");
}

static void off_and_on(void)
{
    struct table5 itt = {.bits = 4};

    section("itsen");
    start();
    dt = (struct table5){.bits = 4};
    table5_make(&dt), table5_make(&itt);
    its5_use(&dt);
    its5_map_device(&dt, 0, &itt);
    its5_map_event(&itt, 0, 5, ITTE_VALID | L);
    its5_msi(5);
    expect(its_take(), L, "on");
    its5_enable(false);
    its5_msi(5);
    its5_gen_event(0, 5);
    expect(its_take(), 0, "off");
    its5_enable(true);
    expect(its_take(), 0, "on again: not remembered");
    its5_msi(5);
    expect(its_take(), L, "on again");
    its5_enable(false);
    struct table5 second = {.bits = 4};
    table5_make(&second);
    its5_use(&second);
    its5_msi(5);
    expect(its_take(), 0, "another table of devices");
}

/* DeviceID 0 is a PE that writes. */
static struct table5 itt_of_pe = {.bits = 16};

static void by_pe(void)
{
    struct table5 *const itt = &itt_of_pe;
    const u64 at = gic5.translate + ITS_TRANSLATER;

    section("translater");
    start();
    dt = (struct table5){.bits = 16};
    table5_make(&dt), table5_make(itt);
    its5_use(&dt);
    its5_map_device(&dt, 0, itt);
    its5_map_event(itt, 0, 1, ITTE_VALID | (L + 1));
    its5_map_event(itt, 0, 0xffff, ITTE_VALID | (L + 2));
    its5_map_event(itt, 0, 0, ITTE_VALID | (L + 3));
    write32(at, 1);
    expect(its_take(), L + 1, "32 bits");
    write32(at, 0xffff);
    expect(its_take(), L + 2, "the last EventID");
    write32(at, 0x10001), write32(at, 0x80000001), write32(at, 7);
    expect(its_take(), 0, "EventIDs that are not there");
    fact(TRAP_OF(write16(at, 1)), "16 bits, trap");
    fact(its_take(), "16 bits");
    write32(at + 4, 1), write32(at + 0xc, 1), write32(at + ITS_RL_TRANSLATER, 1);
    write32(gic5.its + ITS_TRANSLATER, 1), write32(gic5.its + 0x40, 1);
    expect(its_take(), 0, "other words are no ITS_TRANSLATER");
    u64 wrong = 0;
    for (unsigned n = 0; n < 500; n++) {
        write32(at, 1), write32(at, 0), write32(at, 0xffff);
        u64 all = 0;
        for (unsigned k = 0; k < 3; k++) {
            all |= 1 << (its_take() - L) % 32;
        }
        wrong += all != 0xe || its_take() != 0;
    }
    expect(wrong, 0, "500 times three");
}

/* What an MSI does to its LPI; entries by_pe() made. */
static void and_its_lpi(void)
{
    const u64 at = gic5.translate + ITS_TRANSLATER;

    /* An edge, whatever the LPI was before; active, then once more. */
    cdhm(LPI5(L + 1), true);
    write32(at, 1);
    expect(cdrcfg(LPI5(L + 1)), ICSR(ICSR_ENABLED | ICSR_PENDING, 16, 0), "handling mode");
    expect(cdia(), VALID5 | LPI5(L + 1), "CDIA");
    write32(at, 1), write32(at, 1);
    cdeoi(), cddi(LPI5(L + 1));
    expect(its_take(), L + 1, "twice while active, is once");
    expect(its_take(), 0, "no more");
    cdaff(LPI5(L + 1), 1);
    write32(at, 1);
    expect(its_take(), 0, "to PE 1: PE 0");
    expect(on_pe(1, f_its_take, 0), L + 1, "to PE 1");
    cddis(LPI5(L + 2));
    write32(at, 0xffff);
    expect(its_take(), 0, "a disabled LPI");
    cden(LPI5(L + 2));
    expect(its_take(), L + 2, "enabled");
    /* Events that name LPIs that are not there, and a virtual one. */
    its5_map_event(&itt_of_pe, 0, 9, ITTE_VALID | 0x4000);
    its5_map_event(&itt_of_pe, 0, 10, ITTE_VALID | 0xffffff);
    its5_map_event(&itt_of_pe, 0, 11, ITTE_VALID | ITTE_VIRTUAL | 5ull << 32 | (L + 1));
    write32(at, 9), write32(at, 10), write32(at, 11);
    expect(its_take(), 0, "LPIs beyond the IST and a virtual one: PE 0");
    expect(on_pe(1, f_its_take, 0), 0, "LPIs beyond the IST and a virtual one: PE 1");
    ist_invalid();
    write32(at, 1);
    expect(its_take(), 0, "no IST");
}

/* Tables where there is no memory; the guest and the ITS go on. */
static void no_memory(void)
{
    static const u64 bad[] = {0x8000000000ull, 0x00fffffffffff000ull, 0, 0x09000000};
    struct table5 itt = {.bits = 4};

    section("no memory");
    start();
    dt = (struct table5){.bits = 4};
    table5_make(&dt), table5_make(&itt);
    for (unsigned n = 0; n < 4; n++) {
        struct table5 there = {.bits = 4, .base = bad[n]};
        its5_use(&there);
        expect(TRAP_OF(its5_gen_event(0, 5)), 0, "devices at %x: trap", bad[n]);
        expect(its5_read_event(0, 5), 0, "devices at %x: READ_EVENT", bad[n]);
        expect(its_take(), 0, "devices at %x: taken", bad[n]);
        its5_use(&dt);
        its5_map_device(&dt, 0, &there);
        expect(TRAP_OF(its5_msi(5)), 0, "events at %x: trap", bad[n]);
        expect(its5_read_event(0, 5), 0, "events at %x: READ_EVENT", bad[n]);
        expect(its_take(), 0, "events at %x: taken", bad[n]);
        there = (struct table5){.bits = 16, .two_level = true, .base = bad[n]};
        its5_use(&there);
        expect(TRAP_OF(its5_gen_event(0, 5)), 0, "two levels of devices at %x: trap", bad[n]);
        expect(its_take(), 0, "two levels of devices at %x: taken", bad[n]);
    }
    its5_use(&dt);
    its5_map_device(&dt, 0, &itt);
    its5_map_event(&itt, 0, 5, ITTE_VALID | L);
    its5_msi(5);
    expect(its_take(), L, "afterwards");
}

int main(void)
{
    gic5_init();
    pe_start(1);
    on_pe(1, f_pe5_init, 0);
    devices("dt linear 4", 4, false, 0);
    devices("dt linear 16", 16, false, 0);
    devices("dt two-level 4K", 16, true, 0);
    devices("dt two-level 16K", 16, true, 1);
    devices("dt two-level 64K", 16, true, 2);
    devices("dt two-level 4K, one block", 9, true, 0);
    devices("dt two-level 64K, 5 bits", 5, true, 2);
    events("itt linear 5", 5, false, 0);
    events("itt linear 16", 16, false, 0);
    events("itt two-level 4K", 16, true, 0);
    events("itt two-level 16K", 14, true, 1);
    events("itt two-level 64K", 15, true, 2);
    examples();
    invalidation();
    off_and_on();
    by_pe();
    and_its_lpi();
    no_memory();
    return 0;
}
