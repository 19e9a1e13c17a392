/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 its=on
 *
 * Each command of the ITS with each of its errors: it is skipped, the queue goes on, and what was
 * mapped before still is. Commands that no GICv3 has, and reserved bits.
 */
#include "rt/its.h"

enum {
    D = 3,
    BITS = 4,       /* of EventIDs of device D */
    UNMAPPED = 100, /* a device, in the table */
    BEYOND = 8192,  /* the first DeviceID beyond the table */
    COLLECTIONS_END = 512
};

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    return unused;
}

/* Events 0 to 2 are LPI + 0 to 2 in collections 0, 1, 0; nothing else is mapped. */
static void fresh(void)
{
    on_pe(1, f_drain, 0);
    f_drain(0);
    device(D, BITS);
    mapc(0, 0), mapc(1, 1);
    mapti(D, 0, LPI, 0), mapti(D, 1, LPI + 1, 1), mapti(D, 2, LPI + 2, 0);
}

static void intact(const char *name)
{
    expect(fire(D, 0) && take() == LPI && fire(D, 1) && on_pe(1, f_take, 0) == LPI + 1 &&
               fire(D, 2) && take() == LPI + 2 && take() == SPURIOUS &&
               on_pe(1, f_take, 0) == SPURIOUS,
           1, "%s: the mapped events work", name);
}

/* The command is skipped: nothing becomes pending, nothing is lost. */
static void skipped(const char *name, u64 w0, u64 w1, u64 w2, u64 w3)
{
    expect(command(w0, w1, w2, w3), 1, "%s: the queue goes on", name);
    expect(take(), SPURIOUS, "%s: nothing at PE 0", name);
    expect(on_pe(1, f_take, 0), SPURIOUS, "%s: nothing at PE 1", name);
    intact(name);
}

static void mapd_errors(void)
{
    section("MAPD");
    const u64 itt = arena(itt_bytes(BITS), 256);
    skipped("DeviceID beyond the table", OP(MAPD, BEYOND), BITS - 1, itt | VALID, 0);
    skipped("DeviceID of ones", OP(MAPD, 0xffffffff), BITS - 1, itt | VALID, 0);
    skipped("DeviceID beyond, V = 0", OP(MAPD, BEYOND), 0, 0, 0);
    skipped("ITT of 2^17 events", OP(MAPD, UNMAPPED), 16, itt | VALID, 0);
    skipped("ITT of 2^32 events", OP(MAPD, UNMAPPED), 31, itt | VALID, 0);
    command(OP(MAPTI, UNMAPPED), 0 | (u64)(LPI + 5) << 32, 0, 0);
    expect(fire(UNMAPPED, 0) && take() == SPURIOUS, 1, "the device stays unmapped");
    skipped("V = 0 of one that is not mapped", OP(MAPD, UNMAPPED), 0, 0, 0);
}

static void mapc_errors(void)
{
    section("MAPC");
    skipped("ICID beyond the table", MAPC, 0, COLLECTIONS_END | rdbase(0) | VALID, 0);
    skipped("ICID of ones", MAPC, 0, 0xffff | rdbase(0) | VALID, 0);
    skipped("ICID beyond, V = 0", MAPC, 0, COLLECTIONS_END, 0);
    skipped("RDbase of no PE", MAPC, 0, 0 | 2ull << 16 | VALID, 0);
    skipped("RDbase of ones", MAPC, 0, 0 | 0xffffffffull << 16 | VALID, 0);
    skipped("V = 0 of one that is not mapped", MAPC, 0, 77, 0);
    command(MAPC, 0, 5 | 2ull << 16 | VALID, 0);
    mapti(D, 9, LPI + 9, 5);
    expect(fire(D, 9) && take() == SPURIOUS, 1, "a collection with a bad RDbase stays unmapped");
    mapc(5, 0);
    expect(fire(D, 9) && take() == LPI + 9, 1, "and can be mapped");
    discard(D, 9);
}

static void mapti_errors(bool i)
{
    const u64 op = i ? MAPI : MAPTI, intid = i ? 0 : (u64)(LPI + 5) << 32;
    const u32 last = (1u << BITS) - 1;
    section(i ? "MAPI" : "MAPTI");
    if (i) {
        /* INTID = EventID: a device with so many events. */
        device(8, 16);
    }
    const u32 d = i ? 8 : D, e = i ? LPI + 5 : 5;
    skipped("DeviceID beyond the table", OP(op, BEYOND), e | intid, 0, 0);
    skipped("DeviceID not mapped", OP(op, UNMAPPED), e | intid, 0, 0);
    skipped("ICID beyond the table", OP(op, d), e | intid, COLLECTIONS_END, 0);
    skipped("ICID of ones", OP(op, d), e | intid, 0xffff, 0);
    expect(fire(d, e) && take() == SPURIOUS, 1, "the event stays unmapped");
    if (i) {
        skipped("EventID is an SGI", OP(op, d), 3, 0, 0);
        skipped("EventID is an SPI", OP(op, d), 40, 0, 0);
        skipped("EventID is one below the LPIs", OP(op, d), LPI - 1, 0, 0);
        expect(fire(d, 3) && fire(d, 40) && fire(d, LPI - 1) && take() == SPURIOUS, 1,
               "those events stay unmapped");
        unmapd(8);
        skipped("EventID beyond the ITT", OP(op, D), LPI + 5, 0, 0);
        return;
    }
    skipped("EventID beyond the ITT", OP(op, D), (last + 1) | intid, 0, 0);
    skipped("EventID of ones", OP(op, D), 0xffffffff | intid, 0, 0);
    skipped("INTID of an SGI", OP(op, D), 5 | 3ull << 32, 0, 0);
    skipped("INTID of an SPI", OP(op, D), 5 | 40ull << 32, 0, 0);
    skipped("INTID 1023", OP(op, D), 5 | 1023ull << 32, 0, 0);
    skipped("INTID one below the LPIs", OP(op, D), 5 | (u64)(LPI - 1) << 32, 0, 0);
    skipped("INTID one above the LPIs", OP(op, D), 5 | 65536ull << 32, 0, 0);
    skipped("INTID of ones", OP(op, D), 5 | 0xffffffffull << 32, 0, 0);
    expect(fire(D, 5) && take() == SPURIOUS, 1, "the event is still unmapped");
    expect(command(OP(op, D), 5 | intid, 0, 0) && fire(D, 5) && take() == LPI + 5, 1,
           "and can be mapped");
    /* UNPREDICTABLE: the old translation or the new one. */
    expect(mapti(D, 5, LPI + 6, 0), 1, "an event that is mapped");
    fire(D, 5);
    fact(take() == LPI + 6, "an event that is mapped: the new translation holds");
    discard(D, 5);
    intact("an event that is mapped");
}

static void event_errors(u64 op, const char *name)
{
    section(name);
    skipped("DeviceID beyond the table", OP(op, BEYOND), 0, 1, 0);
    skipped("DeviceID of ones", OP(op, 0xffffffff), 0, 1, 0);
    skipped("DeviceID not mapped", OP(op, UNMAPPED), 0, 1, 0);
    skipped("EventID beyond the ITT", OP(op, D), 1u << BITS, 1, 0);
    skipped("EventID of ones", OP(op, D), 0xffffffff, 1, 0);
    skipped("EventID not mapped", OP(op, D), 9, 1, 0);
    mapti(D, 9, LPI + 9, 66);
    expect(command(OP(op, D), 9, 1, 0), 1, "collection not mapped: the queue goes on");
    expect(take(), SPURIOUS, "collection not mapped: nothing at PE 0");
    expect(on_pe(1, f_take, 0), SPURIOUS, "collection not mapped: nothing at PE 1");
    intact("collection not mapped");
    mapc(66, 0);
    discard(D, 9);
    unmapc(66);
}

static void movi_errors(void)
{
    event_errors(MOVI, "MOVI");
    skipped("ICID beyond the table", OP(MOVI, D), 0, COLLECTIONS_END, 0);
    skipped("ICID of ones", OP(MOVI, D), 0, 0xffff, 0);
    skipped("ICID not mapped", OP(MOVI, D), 0, 66, 0);
    lpi_byte(LPI, 0xa0);
    inv(D, 0);
    fire(D, 0);
    command(OP(MOVI, D), 0, 66, 0);
    lpi_byte(LPI, 0xa1);
    inv(D, 0);
    expect(take(), LPI, "ICID not mapped: a pending one stays pending");
}

static void redistributor_errors(void)
{
    const u64 bad = 2ull << 16, ones = 0xffffffffull << 16;
    section("MOVALL");
    skipped("RDbase1 of no PE", MOVALL, 0, bad, rdbase(0));
    skipped("RDbase2 of no PE", MOVALL, 0, rdbase(0), bad);
    skipped("both of ones", MOVALL, 0, ones, ones);
    fire(D, 0);
    command(MOVALL, 0, rdbase(0), bad);
    expect(take(), LPI, "RDbase2 of no PE: a pending one stays");
    section("SYNC");
    skipped("RDbase of no PE", SYNC, 0, bad, 0);
    skipped("RDbase of ones", SYNC, 0, ones, 0);
    section("INVALL");
    skipped("ICID beyond the table", INVALL, 0, COLLECTIONS_END, 0);
    skipped("ICID of ones", INVALL, 0, 0xffff, 0);
    skipped("ICID not mapped", INVALL, 0, 66, 0);
}

static bool known(unsigned op)
{
    return op == MOVI || (op >= INT && op <= SYNC) || (op >= MAPD && op <= DISCARD);
}

static void unknown(void)
{
    static const struct {
        u8 op;
        const char *name;
    } v4[] = {{VMOVI, "VMOVI"}, {VMOVP, "VMOVP"},     {VSGI, "VSGI"},
              {VSYNC, "VSYNC"}, {VMAPP, "VMAPP"},     {VMAPTI, "VMAPTI"},
              {VMAPI, "VMAPI"}, {VINVALL, "VINVALL"}, {INVDB, "INVDB"}};
    section("GICv4");
    for (unsigned n = 0; n < sizeof(v4) / sizeof(v4[0]); n++) {
        skipped(v4[n].name, OP(v4[n].op, D), 0, (u64)LPI << 32 | VALID, 0);
    }
    section("unknown");
    u64 stopped = 0;
    for (unsigned op = 0; op < 256; op++) {
        if (!known(op)) {
            stopped += !command(OP(op, D), 1 | (u64)(LPI + 1) << 32, rdbase(1) | VALID, rdbase(1));
        }
    }
    expect(stopped, 0, "opcodes that stop the queue");
    intact("all opcodes that GICv3 has not");
    for (unsigned op = 0; op < 256; op++) {
        if (!known(op)) {
            stopped += !command(~0xffull | op, ~0ull, ~0ull, ~0ull);
        }
    }
    expect(stopped, 0, "opcodes with all ones that stop the queue");
    intact("all opcodes with ones");
    skipped("a command of zeros", 0, 0, 0, 0);
}

static void garbage(void)
{
    section("garbage");
    u64 seed = 0x123456789abcdef1, stopped = 0;
    for (unsigned n = 0; n < 4000; n++) {
        u64 w[4];
        for (unsigned k = 0; k < 4; k++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            w[k] = seed;
        }
        /* Nothing that would be carried out: device and collection are far beyond their tables. */
        w[0] |= 0x8000000000000000, w[2] |= 0x8000;
        const unsigned op = w[0] & 0xff;
        if (op != MOVALL && op != SYNC) {
            stopped += !command(w[0], w[1], w[2], w[3]);
        }
    }
    expect(stopped, 0, "random commands that stop the queue");
    intact("4,000 random commands");

    section("reserved bits");
    /* RES0 in the command, all ones: it is carried out as without them. */
    expect(command(0xffffff00ull | OP(INT, D), 0xffffffff00000000ull | 0, ~0ull, ~0ull), 1, "INT");
    expect(take(), LPI, "INT is carried out");
    push(0xffffff00ull | OP(INT, D), 0xffffffff00000000ull | 0, ~0ull, ~0ull);
    push(0xffffff00ull | OP(CLEAR, D), 0xffffffff00000000ull | 0, ~0ull, ~0ull);
    its_flush();
    expect(take(), SPURIOUS, "CLEAR is carried out");
    command(0xffffff00ull | OP(MOVI, D), 0xffffffff00000000ull | 0, ~0xffffull | 1, ~0ull);
    fire(D, 0);
    expect(on_pe(1, f_take, 0), LPI, "MOVI is carried out");
    command(~0xffull | MAPC, ~0ull, VALID | rdbase(1) | 9, ~0ull);
    mapti(D, 9, LPI + 9, 9);
    fire(D, 9);
    expect(on_pe(1, f_take, 0), LPI + 9, "MAPC is carried out");
    command(0xffffff00ull | OP(DISCARD, D), 0xffffffff00000000ull | 9, ~0ull, ~0ull);
    fire(D, 9);
    expect(on_pe(1, f_take, 0), SPURIOUS, "DISCARD is carried out");
}

int main(void)
{
    gicd_init();
    begin(0);
    pe_start(1);
    on_pe(1, begin, 0);
    lpi_init(2);
    its_init();
    fresh();
    mapd_errors();
    mapc_errors();
    mapti_errors(false);
    mapti_errors(true);
    movi_errors();
    event_errors(DISCARD, "DISCARD");
    event_errors(INT, "INT");
    event_errors(CLEAR, "CLEAR");
    event_errors(INV, "INV");
    redistributor_errors();
    unknown();
    garbage();
    return 0;
}
