/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 its=on peer=off device=edu,addr=4 device=edu,addr=9
 * guest: device=pcie-root-port,id=rp,addr=3,chassis=1 device=edu,bus=rp
 *
 * GICv5: MSIs of PCI devices, whose DeviceIDs the bus brings along: two on bus 0, one behind a
 * bridge.
 */
#include "rt/edu.h"
#include "rt/its5.h"

enum {
    L = 300,
    DEVICES5 = 3
};

static u32 its_take(void)
{
    return take5() & 0xffffff;
}

static u64 f_its_take(u64 unused)
{
    return its_take() + unused;
}

static struct table5 dt = {.bits = 16, .two_level = true};
static struct edu edu[DEVICES5];

static void find(void)
{
    struct table5 itt[DEVICES5], zero = {.bits = 5};

    section("pci");
    bridge(ECAM + (3 << 15), 0x10800000, 0x100000);
    expect(edu_find(&edu[0], 0, 4, 0x10100000), 1, "device 4");
    expect(edu_find(&edu[1], 0, 9, 0x10200000), 1, "device 9");
    expect(edu_find(&edu[2], 1, 0, 0x10800000), 1, "device 0 of bus 1");
    for (unsigned n = 0; n < DEVICES5; n++) {
        edu_msi(&edu[n], gic5.translate, (u16)(5 + n));
        edu_raise(&edu[n]);
    }
    expect(its_take(), 0, "no device is in the table");
    table5_make(&zero);
    /* The same events of DeviceID 0 and of each other must not matter. */
    its5_map_device(&dt, 0, &zero);
    for (unsigned n = 0; n < DEVICES5; n++) {
        itt[n] = (struct table5){.bits = 5};
        table5_make(&itt[n]);
        its5_map_device(&dt, edu[n].id, &itt[n]);
        its5_map_event(&zero, 0, 5 + n, ITTE_VALID | (L + 99));
        for (unsigned m = 0; m < DEVICES5; m++) {
            its5_map_event(&itt[n], edu[n].id, 5 + m, ITTE_VALID | (L + 10 * (n + 1) + m));
        }
    }
}

static void each(void)
{
    for (unsigned n = 0; n < DEVICES5; n++) {
        const u64 id = edu[n].id;
        edu_raise(&edu[n]);
        expect(its_take(), L + 10 * (n + 1) + n, "device %x", id);
        expect(its_take(), 0, "device %x, once", id);
        edu_msi(&edu[n], gic5.translate, 6);
        edu_raise(&edu[n]);
        expect(its_take(), L + 10 * (n + 1) + 1, "device %x, another event", id);
        edu_msi(&edu[n], gic5.translate, 31);
        edu_raise(&edu[n]);
        expect(its_take(), 0, "device %x, an event that is not in the table", id);
        edu_msi(&edu[n], gic5.translate, 32);
        edu_raise(&edu[n]);
        expect(its_take(), 0, "device %x, an event beyond the table", id);
        edu_msi(&edu[n], gic5.translate, 5);
        cdaff(LPI5(L + 10 * (n + 1)), 1);
        edu_raise(&edu[n]);
        expect(its_take(), 0, "device %x, to PE 1: PE 0", id);
        expect(on_pe(1, f_its_take, 0), L + 10 * (n + 1), "device %x, to PE 1", id);
        cdaff(LPI5(L + 10 * (n + 1)), 0);
    }
}

static void together(void)
{
    u64 wrong = 0;

    for (unsigned n = 0; n < DEVICES5; n++) {
        cdpri(LPI5(L + 10 * (n + 1)), 10 + n);
    }
    for (unsigned round = 0; round < 200; round++) {
        for (unsigned n = DEVICES5; n-- > 0;) {
            edu_raise(&edu[n]);
        }
        for (unsigned n = 0; n < DEVICES5; n++) {
            wrong += its_take() != L + 10 * (n + 1);
        }
    }
    expect(wrong, 0, "200 of each");
    its5_map_device(&dt, edu[1].id, NULL);
    edu_raise(&edu[0]), edu_raise(&edu[1]), edu_raise(&edu[2]);
    expect(its_take(), L + 10, "one no longer in the table, first");
    expect(its_take(), L + 30, "one no longer in the table, third");
    expect(its_take(), 0, "one no longer in the table, no more");
    its5_enable(false);
    edu_raise(&edu[0]);
    its5_enable(true);
    expect(its_take(), 0, "ITS off");
    edu_raise(&edu[0]);
    expect(its_take(), L + 10, "ITS on");
    /* SETLPI of the IRS has no device and no event: an MSI there names the LPI. */
    if (gic5.setlpi) {
        edu_msi(&edu[0], gic5.setlpi, L + 50);
        edu_raise(&edu[0]);
        expect(its_take(), L + 50, "to the SETLPI frame");
    }
}

int main(void)
{
    gic5_init();
    pe_start(1);
    on_pe(1, f_pe5_init, 0);
    lpis_init(14);
    table5_make(&dt);
    its5_use(&dt);
    for (u32 n = 0; n < 100; n++) {
        setup5(LPI5(L + n), 16, 0);
    }
    find();
    each();
    together();
    return 0;
}
