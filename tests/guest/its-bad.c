/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 its=on
 *
 * What no software should do: tables and queue outside RAM, on registers, over each other, full of
 * garbage, PROPBASER and PENDBASER outside RAM. What then happens is nobody's to rely on; after
 * each case the ITS is set up anew and must work, and so must other interrupts meanwhile.
 */
#include "rt/its.h"

enum {
    D = 3
};

static u64 seed = 0x9e3779b97f4a7c15;
static u64 random(void)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return seed;
}

static void start(void)
{
    its_disable();
    arena_reset();
    lpi_init(1);
    its_init();
}

/* What MSIs of this PE trapped to, if any did: a write to GITS_TRANSLATER has no error response. */
static u64 trapped;

/* Whatever is done now may stall or be dropped. */
static void use(void)
{
    const u64 itt = arena(itt_bytes(5), 256);
    push(MAPC, 0, 0 | rdbase(0) | VALID, 0);
    push(OP(MAPD, D), 4, itt | VALID, 0);
    push(OP(MAPD, 0), 4, itt | VALID, 0);
    push(OP(MAPTI, D), 1 | (u64)(LPI + 1) << 32, 0, 0);
    push(OP(MAPTI, 0), 2 | (u64)(LPI + 2) << 32, 0, 0);
    push(OP(INT, D), 1, 0, 0);
    push(OP(MOVI, D), 1, 0, 0);
    push(OP(CLEAR, D), 1, 0, 0);
    push(OP(INV, D), 1, 0, 0);
    push(INVALL, 0, 0, 0);
    push(MOVALL, 0, rdbase(0), rdbase(0));
    push(OP(INT, D), 1, 0, 0);
    push(OP(DISCARD, D), 1, 0, 0);
    push(SYNC, 0, rdbase(0), 0);
    barrier();
    write64(GITS + GITS_CWRITER, its.written);
    for (unsigned n = 0; n < 100; n++) {
        read64(GITS + GITS_CREADR);
        write64(GITS + GITS_CWRITER, its.written | 1);
        trapped |= TRAP_OF(msi(n));
    }
    for (unsigned n = 0; n < 10; n++) {
        take();
    }
}

static void works(const char *name)
{
    setup(40, 1, 0x80);
    pend(40);
    expect(take(), 40, "%s: an SPI comes", name);
    start();
    device(D, 5);
    mapti(D, 1, LPI + 1, 0);
    fire(D, 1);
    expect(take(), LPI + 1, "%s: set up anew, it works", name);
    expect(take(), SPURIOUS, "%s: once", name);
}

static void base(u64 at, u64 address)
{
    const u64 fields = 0x0000fffffffff000;
    its_disable();
    write64(at, (read64(at) & ~fields) | address);
    its_enable();
}

static const struct {
    u64 address;
    const char *name;
} places[] = {
    {NO_RAM, "nowhere"},
    {0x0000ffffffff0000, "the last page"},
    {0x08000000, "the Distributor"},
    {0x08080000, "the ITS itself"},
    {0x080a0000, "a Redistributor"},
    {0x09000000, "a UART"},
    {0x00000000, "flash"},
    {0x43ff0000, "the end of RAM"},
};
enum {
    WHERE = sizeof(places) / sizeof(places[0])
};

static void outside(void)
{
    for (unsigned n = 0; n < WHERE; n++) {
        section("devices at");
        start();
        base(its_baser(DEVICES), places[n].address);
        use();
        works(places[n].name);
        section("collections at");
        start();
        base(its_baser(COLLECTIONS), places[n].address);
        use();
        works(places[n].name);
        section("queue at");
        start();
        its_disable();
        write64(GITS + GITS_CBASER, VALID | places[n].address | 0xff);
        its_enable();
        write64(GITS + GITS_CWRITER, 0x400);
        use();
        works(places[n].name);
        section("itt at");
        start();
        push(OP(MAPD, D), 15, places[n].address | VALID, 0);
        for (unsigned k = 0; k < 300; k++) {
            push(OP(MAPTI, D), random() % 65536 | (u64)(LPI + k) << 32, 0, 0);
            push(OP(INT, D), random() % 65536, 0, 0);
        }
        barrier();
        write64(GITS + GITS_CWRITER, its.written);
        for (unsigned k = 0; k < 1000; k++) {
            read64(GITS + GITS_CREADR);
            write64(GITS + GITS_CWRITER, its.written | 1);
        }
        works(places[n].name);
        section("level 2 at");
        start();
        its_disable();
        volatile u64 *level1 = (u64 *)its_table(DEVICES, PAGE_4K, 1, true);
        for (unsigned k = 0; k < 512; k++) {
            level1[k] = places[n].address | VALID;
        }
        its_enable();
        use();
        works(places[n].name);
    }
}

static void lpi_tables(void)
{
    for (unsigned n = 0; n < WHERE; n++) {
        for (unsigned which = 0; which < 2; which++) {
            section(which ? "pending table at" : "configuration table at");
            start();
            device(D, 5);
            mapti(D, 1, LPI + 1, 0);
            lpi_switch(0, false);
            write64(GICR(0) + (which ? GICR_PENDBASER : GICR_PROPBASER),
                    places[n].address | (which ? 0 : ID_BITS));
            lpi_switch(0, true);
            for (unsigned k = 0; k < 5; k++) {
                fire(D, 1);
                inv(D, 1), invall(0);
                for (unsigned m = 0; m < 10; m++) {
                    take();
                }
            }
            lpi_switch(0, false);
            works(places[n].name);
        }
    }
}

static void overlaps(void)
{
    section("over each other");
    start();
    base(its_baser(DEVICES), its.collections & ~0xffffull);
    use();
    works("devices over collections");
    start();
    base(its_baser(DEVICES), its.queue);
    use();
    works("devices over the queue");
    start();
    base(its_baser(COLLECTIONS), its.queue);
    use();
    works("collections over the queue");
    start();
    base(its_baser(COLLECTIONS), its.devices);
    use();
    works("collections over devices");
    static const char *const names[] = {
        "ITT over the queue", "ITT over the devices", "ITT over the collections",
        "ITT over the configuration table", "ITT over the pending table"};
    for (unsigned n = 0; n < 5; n++) {
        start();
        const u64 where[] = {its.queue, its.devices, its.collections, its.config, its.pending[0]};
        push(OP(MAPD, D), 15, where[n] | VALID, 0);
        for (unsigned k = 0; k < 200; k++) {
            push(OP(MAPTI, D), k * 3 | (u64)(LPI + k) << 32, 0, 0);
            push(OP(INT, D), k * 3, 0, 0);
            push(OP(INV, D), k * 3, 0, 0);
        }
        barrier();
        write64(GITS + GITS_CWRITER, its.written);
        for (unsigned k = 0; k < 1000; k++) {
            read64(GITS + GITS_CREADR);
            write64(GITS + GITS_CWRITER, its.written | 1);
        }
        for (unsigned k = 0; k < 100; k++) {
            take();
        }
        works(names[n]);
    }
    start();
    lpi_switch(0, false);
    write64(GICR(0) + GICR_PENDBASER, its.queue);
    lpi_switch(0, true);
    use();
    works("pending table over the queue");
    start();
    lpi_switch(0, false);
    write64(GICR(0) + GICR_PENDBASER, its.config & ~0xffffull);
    lpi_switch(0, true);
    use();
    lpi_switch(0, false);
    works("pending table over the configuration table");
}

static void fill(u64 at, u64 bytes)
{
    for (u64 k = 0; k < bytes; k += 8) {
        *(volatile u64 *)(at + k) = random();
    }
    barrier();
}

static void garbage(void)
{
    section("garbage in");
    for (unsigned n = 0; n < 5; n++) {
        start();
        device(D, 5);
        device(0, 5);
        fill(its.devices, 65536);
        use();
        works("the device table");
        start();
        fill(its.collections, 4096);
        use();
        works("the collection table");
        start();
        const u64 itt = arena(65536, 65536);
        mapd(D, itt, 8), mapd(0, itt, 8);
        fill(itt, 65536);
        for (unsigned k = 0; k < 256; k++) {
            push(OP(INT, D), k, 0, 0);
            push(OP(MOVI, D), k, 0, 0);
            push(OP(INV, D), k, 0, 0);
            push(OP(CLEAR, D), k, 0, 0);
            push(OP(DISCARD, D), k, 0, 0);
        }
        barrier();
        write64(GITS + GITS_CWRITER, its.written);
        for (unsigned k = 0; k < 256; k++) {
            read64(GITS + GITS_CREADR);
            write64(GITS + GITS_CWRITER, its.written | 1);
            trapped |= TRAP_OF(msi(k));
            take();
        }
        works("an ITT");
        start();
        its_disable();
        const u64 level1 = its_table(DEVICES, PAGE_64K, 1, true);
        fill(level1, 65536);
        its_enable();
        use();
        works("a level 1 table");
        start();
        its_disable();
        its_queue(16);
        fill(its.queue, 65536);
        its_enable();
        write64(GITS + GITS_CWRITER, 0xffe0);
        for (unsigned k = 0; k < 5000; k++) {
            read64(GITS + GITS_CREADR);
            write64(GITS + GITS_CWRITER, 0xffe1);
        }
        works("the queue");
        start();
        fill(its.config, LPIS);
        lpi_switch(0, false);
        fill(its.pending[0], 8192);
        write64(GICR(0) + GICR_PENDBASER, its.pending[0]);
        lpi_switch(0, true);
        for (unsigned k = 0; k < 20; k++) {
            take();
        }
        lpi_switch(0, false);
        works("the LPI tables");
    }
}

static void registers(void)
{
    section("registers");
    /* Random values in all of the ITS's and the LPI registers, in any order. */
    for (unsigned n = 0; n < 20; n++) {
        start();
        for (unsigned k = 0; k < 200; k++) {
            const u64 r = random();
            switch (r >> 8 & 7) {
            case 0:
                write32(GITS + GITS_CTLR, (u32)random());
                break;
            case 1:
                write64(GITS + GITS_CBASER, random());
                break;
            case 2:
                write64(GITS + GITS_CWRITER, random() & 0xfffff);
                break;
            case 3:
                write64(GITS + GITS_BASER + 8 * (r & 7), random());
                break;
            case 4:
                write64(GICR(0) + GICR_PROPBASER, random());
                break;
            case 5:
                write64(GICR(0) + GICR_PENDBASER, random());
                break;
            case 6:
                write32(GICR(0) + GICR_CTLR, (u32)random() & 1);
                break;
            case 7:
                trapped |= TRAP_OF(msi((u32)random() & 0xff));
                take();
                break;
            }
        }
        write32(GICR(0) + GICR_CTLR, 0);
        works("random values");
    }
}

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    outside();
    lpi_tables();
    overlaps();
    garbage();
    registers();
    section("msi");
    expect(trapped, 0, "trapped to");
    return 0;
}
