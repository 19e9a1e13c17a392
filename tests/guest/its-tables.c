/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 its=on
 *
 * Device and collection tables, flat and of two levels, with every page size: their first, middle
 * and last entry, one beyond the end, level 2 tables that are not there; ITTs of every size; tables
 * larger than the IDs; a table that is not valid.
 */
#include "rt/its.h"

static const char *const page_names[] = {"4K", "16K", "64K"};

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}

static u64 where;
static u64 find(u64 unused)
{
    where = 0;
    u64 intid = take();
    if (intid == SPURIOUS) {
        where = 1;
        intid = on_pe(1, f_take, 0);
    }
    return intid + unused;
}

struct shape {
    unsigned page, pages;
    bool indirect;
};

static u64 entries(const struct shape *s)
{
    const u64 n = s->pages * page_bytes(s->page) / 8;
    const u64 all = s->indirect ? n * (page_bytes(s->page) / 8) : n;
    return all < 65536 ? all : 65536;
}

static void start(const struct shape *devices, const struct shape *collections)
{
    arena_reset();
    its_disable();
    lpi_init(2);
    its.devices = its_table(DEVICES, devices->page, devices->pages, devices->indirect);
    its.collections =
        its_table(COLLECTIONS, collections->page, collections->pages, collections->indirect);
    its_queue(2);
    its_enable();
}

/* Level 2 for that entry of a two-level table. */
static void level2(u64 table, const struct shape *s, u64 id)
{
    const u64 bytes = page_bytes(s->page);
    volatile u64 *entry = (u64 *)(table + id / (bytes / 8) * 8);
    if (s->indirect && !*entry) {
        *entry = arena(bytes, bytes) | VALID;
        barrier();
    }
}

static const struct shape flat_64k = {PAGE_64K, 1, false}, flat_4k = {PAGE_4K, 1, false};

static bool works(u32 d, unsigned collection, unsigned intid)
{
    mapti(d, 1, intid, collection);
    fire(d, 1);
    return find(0) == intid && find(0) == SPURIOUS;
}

static void devices(const struct shape *s)
{
    const u64 end = entries(s), in_level2 = page_bytes(s->page) / 8;
    const u64 ids[] = {0, 1, in_level2 - 1, in_level2, end / 2, end - 2, end - 1};
    const char *kind = s->indirect ? "two levels" : "flat";
    start(s, &flat_4k);
    mapc(0, 0);
    u64 right = 0;
    for (unsigned n = 0; n < 7; n++) {
        if (ids[n] >= end) {
            right++;
            continue;
        }
        level2(its.devices, s, ids[n]);
        device((u32)ids[n], 2);
        right += works((u32)ids[n], 0, LPI + n);
    }
    expect(right, 7, "%s, %s x %u: devices that work", kind, page_names[s->page], (u64)s->pages);
    right = 0;
    for (unsigned n = 0; n < 7; n++) {
        fire((u32)ids[n], 1);
        right += ids[n] >= end || find(0) != SPURIOUS;
    }
    expect(right, 7, "%s, %s x %u: they still work", kind, page_names[s->page], (u64)s->pages);
    const u64 itt = arena(itt_bytes(2), 256);
    for (unsigned n = 0; n < 3; n++) {
        const u64 d = n == 0 ? end : n == 1 ? end + in_level2 : 0xfffffff0;
        expect(command(OP(MAPD, d), 1, itt | VALID, 0) && !works((u32)d, 0, LPI + 50), 1,
               "%s, %s x %u: device %x is out of range", kind, page_names[s->page], (u64)s->pages,
               d);
    }
    if (s->indirect && end > in_level2 * 3) {
        const u64 d = in_level2 * 2 + 3;
        expect(command(OP(MAPD, d), 1, itt | VALID, 0), 1,
               "%s, %s x %u: no level 2 table, the queue goes on", kind, page_names[s->page],
               (u64)s->pages);
        expect(works((u32)d, 0, LPI + 50), 0, "%s, %s x %u: no level 2 table", kind,
               page_names[s->page], (u64)s->pages);
        expect(unmapd((u32)d), 1, "%s, %s x %u: no level 2 table, V = 0", kind, page_names[s->page],
               (u64)s->pages);
        level2(its.devices, s, d);
        device((u32)d, 2);
        expect(works((u32)d, 0, LPI + 50), 1, "%s, %s x %u: level 2 added", kind,
               page_names[s->page], (u64)s->pages);
    }
    fire(1, 1);
    expect(find(0), LPI + 1, "%s, %s x %u: device 1 at the end", kind, page_names[s->page],
           (u64)s->pages);
}

static void collections(const struct shape *s)
{
    const u64 end = entries(s), in_level2 = page_bytes(s->page) / 8;
    const u64 ids[] = {0, 1, in_level2 - 1, in_level2, end / 2, end - 2, end - 1};
    const char *kind = s->indirect ? "two levels" : "flat";
    start(&flat_64k, s);
    device(5, 3);
    if (s->indirect && !(read64(its_baser(COLLECTIONS)) & INDIRECT)) {
        fact(0, "%s, %s x %u", kind, page_names[s->page], (u64)s->pages);
        return;
    }
    u64 right = 0;
    for (unsigned n = 0; n < 7; n++) {
        if (ids[n] >= end) {
            right++;
            continue;
        }
        level2(its.collections, s, ids[n]);
        mapc((unsigned)ids[n], n % 2);
        right += works(5, (unsigned)ids[n], LPI + n) && movi(5, 1, (unsigned)ids[n]) &&
                 fire(5, 1) && find(0) == LPI + n && where == n % 2;
    }
    expect(right, 7, "%s, %s x %u: collections that work", kind, page_names[s->page],
           (u64)s->pages);
    if (end < 65536) {
        expect(mapc((unsigned)end, 0), 1, "%s, %s x %u: one beyond, the queue goes on", kind,
               page_names[s->page], (u64)s->pages);
        discard(5, 1);
        expect(works(5, (unsigned)end, LPI + 50), 0, "%s, %s x %u: one beyond", kind,
               page_names[s->page], (u64)s->pages);
    }
    if (s->indirect && end > in_level2 * 3) {
        const unsigned c = (unsigned)(in_level2 * 2 + 3);
        expect(mapc(c, 1), 1, "%s, %s x %u: no level 2 table, the queue goes on", kind,
               page_names[s->page], (u64)s->pages);
        discard(5, 1);
        expect(works(5, c, LPI + 50), 0, "%s, %s x %u: no level 2 table", kind, page_names[s->page],
               (u64)s->pages);
        level2(its.collections, s, c);
        mapc(c, 1);
        expect(works(5, c, LPI + 51), 1, "%s, %s x %u: level 2 added", kind, page_names[s->page],
               (u64)s->pages);
    }
}

static void itts(void)
{
    section("itt");
    start(&flat_64k, &flat_4k);
    mapc(0, 0);
    for (unsigned bits = 1; bits <= 16; bits++) {
        const u32 last = (1u << bits) - 1;
        device(7, bits);
        u64 right = mapti(7, 0, LPI, 0) && fire(7, 0) && find(0) == LPI;
        right += mapti(7, last, LPI + 1, 0) && fire(7, last) && find(0) == LPI + 1;
        right += mapti(7, last / 2, LPI + 2, 0) && fire(7, last / 2) && find(0) == LPI + 2;
        right += mapti(7, last + 1, LPI + 3, 0) && fire(7, last + 1) && find(0) == SPURIOUS;
        expect(right, 4, "2^%u events", (u64)bits);
    }
    /* The ITT takes [51:8] of the address: its size decides where the next one begins. */
    const u64 bytes = (itt_bytes(5) + 255) & ~255ull, two = arena(2 * bytes, 256);
    mapd(8, two, 5), mapd(9, two + bytes, 5);
    u64 right = 0;
    for (unsigned n = 0; n < 32; n++) {
        mapti(8, n, LPI + 100 + n, 0), mapti(9, n, LPI + 200 + n, 0);
    }
    for (unsigned n = 0; n < 32; n++) {
        right += fire(8, n) && find(0) == LPI + 100 + n;
        right += fire(9, n) && find(0) == LPI + 200 + n;
    }
    expect(right, 64, "two ITTs beside each other");
}

static void not_valid(void)
{
    section("not valid");
    /* UNPREDICTABLE to turn it on; neither model maps anything then. */
    start(&flat_64k, &flat_4k);
    its_disable();
    write64(its_baser(DEVICES), 0);
    its_enable();
    fact(read32(GITS + GITS_CTLR) & 1, "no device table: Enabled");
    push(MAPC, 0, 0 | rdbase(0) | VALID, 0);
    const u64 itt = arena(itt_bytes(2), 256);
    push(OP(MAPD, 0), 1, itt | VALID, 0);
    push(OP(MAPTI, 0), 1 | (u64)(LPI + 1) << 32, 0, 0);
    push(OP(INT, 0), 1, 0, 0);
    fact(its_flush(), "no device table: the queue goes on");
    expect(find(0), SPURIOUS, "no device table");
    its_disable();
    its_table(DEVICES, PAGE_64K, 1, false);
    write64(its_baser(COLLECTIONS), 0);
    its_queue(1);
    its_enable();
    fact(read32(GITS + GITS_CTLR) & 1, "no collection table: Enabled");
    push(MAPC, 0, 0 | rdbase(0) | VALID, 0);
    push(OP(MAPD, 0), 1, itt | VALID, 0);
    push(OP(MAPTI, 0), 1 | (u64)(LPI + 1) << 32, 0, 0);
    push(OP(INT, 0), 1, 0, 0);
    fact(its_flush(), "no collection table: the queue goes on");
    expect(find(0), SPURIOUS, "no collection table");
    start(&flat_64k, &flat_4k);
    mapc(0, 0);
    device(0, 2);
    expect(works(0, 0, LPI + 1), 1, "both tables again");
}

int main(void)
{
    static const struct shape device_shapes[] = {
        {PAGE_4K, 1, false},  {PAGE_4K, 4, false},  {PAGE_4K, 256, false}, {PAGE_16K, 1, false},
        {PAGE_16K, 3, false}, {PAGE_64K, 1, false}, {PAGE_64K, 8, false},  {PAGE_64K, 9, false},
        {PAGE_4K, 1, true},   {PAGE_4K, 2, true},   {PAGE_16K, 1, true},   {PAGE_64K, 1, true},
    };
    static const struct shape collection_shapes[] = {
        {PAGE_4K, 1, false},  {PAGE_4K, 2, false}, {PAGE_16K, 1, false}, {PAGE_64K, 1, false},
        {PAGE_64K, 8, false}, {PAGE_4K, 1, true},  {PAGE_16K, 1, true},  {PAGE_64K, 1, true},
    };
    gicd_init();
    begin(0);
    pe_start(1);
    on_pe(1, begin, 0);
    section("devices");
    for (unsigned n = 0; n < sizeof(device_shapes) / sizeof(device_shapes[0]); n++) {
        devices(&device_shapes[n]);
    }
    section("collections");
    for (unsigned n = 0; n < sizeof(collection_shapes) / sizeof(collection_shapes[0]); n++) {
        collections(&collection_shapes[n]);
    }
    itts();
    not_valid();
    return 0;
}
