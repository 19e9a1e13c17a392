/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 its=on device=edu,addr=4 device=edu,addr=9
 * guest: device=pcie-root-port,id=rp,addr=3,chassis=1 device=edu,bus=rp
 *
 * MSIs: GITS_TRANSLATER written by a PE (DeviceID 0) in all sizes, and by PCI devices, whose
 * DeviceIDs the bus brings along: two on bus 0, one behind a bridge.
 */
#include "rt/edu.h"
#include "rt/its.h"

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}

static void by_cpu(void)
{
    section("cpu");
    device(0, 16);
    mapti(0, 1, LPI + 1, 0), mapti(0, 0x1234, LPI + 2, 0), mapti(0, 0xffff, LPI + 3, 0);
    mapti(0, 0x12, LPI + 4, 0), mapti(0, 0, LPI + 5, 0);
    write32(GITS_TRANSLATER, 1);
    expect(take(), LPI + 1, "32 bits");
    write16(GITS_TRANSLATER, 1);
    expect(take(), LPI + 1, "16 bits");
    write32(GITS_TRANSLATER, 0xffff);
    expect(take(), LPI + 3, "32 bits, the last EventID");
    write16(GITS_TRANSLATER, 0x1234);
    expect(take(), LPI + 2, "16 bits, EventID 0x1234");
    write32(GITS_TRANSLATER, 0x10001);
    expect(take(), SPURIOUS, "an EventID of 17 bits");
    write32(GITS_TRANSLATER, 0x80000001);
    expect(take(), SPURIOUS, "an EventID of 32 bits");
    write32(GITS_TRANSLATER, 7);
    expect(take(), SPURIOUS, "an event that is not mapped");
    expect(read32(GITS_TRANSLATER), 0, "it reads as zero");
    expect(read16(GITS_TRANSLATER), 0, "it reads as zero, 16 bits");
    write32(GITS_TRANSLATER + 4, 1);
    write32(GITS_TRANSLATER - 4, 1);
    write32(GITS + 0x10000, 1);
    write32(GITS + 0x40, 1);
    expect(take(), SPURIOUS, "other words of the frames are no TRANSLATER");
    /* UNPREDICTABLE sizes. */
    fact(TRAP_OF(write8(GITS_TRANSLATER, 1)), "8 bits, trap");
    fact(take(), "8 bits");
    fact(TRAP_OF(write64(GITS_TRANSLATER, 1)), "64 bits, trap");
    fact(take(), "64 bits");
    fact(TRAP_OF(write16(GITS_TRANSLATER + 2, 1)), "16 bits, upper half, trap");
    fact(take(), "16 bits, upper half");
    for (unsigned n = 0; n < 5; n++) {
        write32(GITS_TRANSLATER, 1);
    }
    expect(take(), LPI + 1, "five times");
    expect(take(), SPURIOUS, "is once");
    u64 wrong = 0;
    for (unsigned n = 0; n < 500; n++) {
        write32(GITS_TRANSLATER, 1), write32(GITS_TRANSLATER, 0xffff);
        wrong += take() != LPI + 1 || take() != LPI + 3;
    }
    expect(wrong, 0, "500 pairs");

    section("cpu, off");
    its_disable();
    write32(GITS_TRANSLATER, 1);
    expect(take(), SPURIOUS, "ITS off");
    its_enable();
    expect(take(), SPURIOUS, "it is not remembered");
    write32(GITS_TRANSLATER, 1);
    expect(take(), LPI + 1, "ITS on");
    unmapd(0);
    write32(GITS_TRANSLATER, 1);
    expect(take(), SPURIOUS, "device unmapped");

    section("cpu, 1");
    device(0, 3);
    mapti(0, 2, LPI + 2, 1);
    write32(GITS_TRANSLATER, 2);
    expect(take(), SPURIOUS, "an event of PE 1, PE 0");
    expect(on_pe(1, f_take, 0), LPI + 2, "an event of PE 1");
    on_pe(1, f_write32, BOTH(GITS_TRANSLATER, 2));
    expect(on_pe(1, f_take, 0), LPI + 2, "written by PE 1");
}

static void by_device(void)
{
    section("pci");
    struct edu edu[3];
    bridge(ECAM + (3 << 15), 0x10800000, 0x100000);
    expect(edu_find(&edu[0], 0, 4, 0x10100000), 1, "device 4");
    expect(edu_find(&edu[1], 0, 9, 0x10200000), 1, "device 9");
    expect(edu_find(&edu[2], 1, 0, 0x10800000), 1, "device 0 of bus 1");
    for (unsigned n = 0; n < 3; n++) {
        expect(read32(edu[n].bar) & 0xff, 0xed, "registers of device %x", (u64)edu[n].id);
        edu_msi(&edu[n], GITS_TRANSLATER, (u16)(5 + n));
        edu_raise(&edu[n]);
    }
    expect(take(), SPURIOUS, "no device is mapped");
    /* The same events of DeviceID 0 and of each other must not matter. */
    device(0, 5);
    for (unsigned n = 0; n < 3; n++) {
        device(edu[n].id, 5);
        mapti(0, 5 + n, LPI + 99, 0);
        for (unsigned m = 0; m < 3; m++) {
            mapti(edu[n].id, 5 + m, LPI + 10 * (n + 1) + m, 0);
        }
    }
    for (unsigned n = 0; n < 3; n++) {
        edu_raise(&edu[n]);
        expect(take(), LPI + 10 * (n + 1) + n, "device %x", (u64)edu[n].id);
        expect(take(), SPURIOUS, "device %x, once", (u64)edu[n].id);
        edu_msi(&edu[n], GITS_TRANSLATER, 6);
        edu_raise(&edu[n]);
        expect(take(), LPI + 10 * (n + 1) + 1, "device %x, another event", (u64)edu[n].id);
        edu_msi(&edu[n], GITS_TRANSLATER, 31);
        edu_raise(&edu[n]);
        expect(take(), SPURIOUS, "device %x, an event that is not mapped", (u64)edu[n].id);
        edu_msi(&edu[n], GITS_TRANSLATER, 32);
        edu_raise(&edu[n]);
        expect(take(), SPURIOUS, "device %x, an event beyond its ITT", (u64)edu[n].id);
        edu_msi(&edu[n], GITS_TRANSLATER, 5);
        movi(edu[n].id, 5, 1);
        edu_raise(&edu[n]);
        expect(take(), SPURIOUS, "device %x, moved to PE 1: PE 0", (u64)edu[n].id);
        expect(on_pe(1, f_take, 0), LPI + 10 * (n + 1), "device %x, moved to PE 1", (u64)edu[n].id);
    }
    u64 wrong = 0;
    for (unsigned n = 0; n < 3; n++) {
        movi(edu[n].id, 5, 0);
    }
    for (unsigned round = 0; round < 200; round++) {
        for (unsigned n = 0; n < 3; n++) {
            edu_raise(&edu[n]);
        }
        for (unsigned n = 0; n < 3; n++) {
            wrong += take() != LPI + 10 * (n + 1);
        }
    }
    expect(wrong, 0, "200 of each");
    unmapd(edu[1].id);
    edu_raise(&edu[0]), edu_raise(&edu[1]), edu_raise(&edu[2]);
    expect(take(), LPI + 10, "one unmapped, first");
    expect(take(), LPI + 30, "one unmapped, third");
    expect(take(), SPURIOUS, "one unmapped, no more");
    its_disable();
    edu_raise(&edu[0]);
    its_enable();
    expect(take(), SPURIOUS, "ITS off");
    edu_raise(&edu[0]);
    expect(take(), LPI + 10, "ITS on");
}

int main(void)
{
    gicd_init();
    begin(0);
    pe_start(1);
    on_pe(1, begin, 0);
    lpi_init(2);
    its_init();
    by_cpu();
    by_device();
    return 0;
}
