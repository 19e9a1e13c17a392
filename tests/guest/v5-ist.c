/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * GICv5: tables of LPIs: linear ones with entries of all sizes, two-level ones with second levels
 * and entries of all sizes, LPIs at the borders of blocks, IRS_MAP_L2_ISTR, and for each LPI the
 * word of memory that has its state when the table is no longer valid.
 */
#include "rt/gic5.h"

enum {
    IDS = 12
};

/* The attributes that an LPI gets here, by its ID: they differ between neighbours. */
static u32 priority_of(u32 id)
{
    return (id * 7 + id / 32) % 32;
}
static u32 iaffid_of(u32 id)
{
    return id % 3 ? 0 : 0x100 + id % 0x777;
}

static void set(u32 id)
{
    cdpri(LPI5(id), priority_of(id)), cdaff(LPI5(id), iaffid_of(id)), cdhm(LPI5(id), id % 2);
    cden(LPI5(id));
}

/* Enabled, and pending if nobody takes it. */
static u64 icsr_of(u32 id)
{
    const u32 flags = ICSR_ENABLED | (iaffid_of(id) ? ICSR_PENDING : 0) | (id % 2 ? ICSR_LEVEL : 0);
    return ICSR(flags, priority_of(id), iaffid_of(id));
}
static u32 iste_of(u32 id)
{
    const u32 flags = ISTE_ENABLE | (iaffid_of(id) ? ISTE_PENDING : 0) | (id % 2 ? ISTE_LEVEL : 0);
    return ISTE(flags, priority_of(id), iaffid_of(id));
}

/* IDs at the borders of what a second level covers, and of the table; ascending, no two alike. */
static unsigned choose(const struct ist *ist, u32 ids[IDS])
{
    const u32 block = 1u << ist_l2_bits(ist), end = 1u << ist->id_bits;
    const u32 wanted[IDS] = {0,         1,         31,   block - 1,     block,
                             block + 1, 2 * block, 5000, 3 * block - 1, end / 2 + 100,
                             end - 2,   end - 1};
    unsigned n = 0;
    for (unsigned k = 0; k < IDS; k++) {
        bool again = wanted[k] >= end;
        for (unsigned m = 0; m < n; m++) {
            again |= ids[m] == wanted[k];
        }
        if (!again) {
            ids[n++] = wanted[k];
        }
    }
    return n;
}

static u32 take_all(u32 id)
{
    const u32 taken = take5();
    if (taken == LPI5(id) && id % 2) {
        /* Handled as level: it is still pending. */
        cdpend(LPI5(id), false);
    }
    return taken;
}

/* The second levels of the IDs; answers how many L1 entries were not as they must be. */
static u64 map(const struct ist *ist, const u32 *ids, unsigned n)
{
    u64 wrong = 0;
    for (unsigned k = 0; k < n; k++) {
        if (read64(ist_l1e(ist, ids[k])) & L1_VALID) {
            continue;
        }
        wrong += cdrcfg(LPI5(ids[k])) != ICSR_F;
        const u64 table = ist_l2(ist, ids[k], false);
        wrong += cdrcfg(LPI5(ids[k])) != ICSR_F;
        irs_write_idle(IRS_MAP_L2_ISTR, ids[k], IRS_IST_STATUSR, IDLE);
        wrong += read64(ist_l1e(ist, ids[k])) != (table | L1_VALID);
        wrong += cdrcfg(LPI5(ids[k])) != 0;
    }
    return wrong;
}

static void check(struct ist *ist)
{
    u32 ids[IDS];
    const unsigned n = choose(ist, ids);
    u64 wrong = 0, taken = 0, expected = 0;

    alloc5_reset();
    ist_make(ist);
    ist_valid(ist);
    if (ist->two_level) {
        expect(map(ist, ids, n), 0, "L1 entries");
    }
    for (unsigned k = 0; k < n; k++) {
        wrong += cdrcfg(LPI5(ids[k])) != 0;
    }
    expect(wrong, 0, "not all zero");
    for (unsigned k = 0; k < n; k++) {
        set(ids[k]);
    }
    for (unsigned k = 0; k < n; k++) {
        cdpend(LPI5(ids[k]), true);
        if (!iaffid_of(ids[k])) {
            expected++;
            taken += take_all(ids[k]) == LPI5(ids[k]);
        }
    }
    expect(taken, expected, "taken");
    expect(take5(), 0, "no more");
    for (unsigned k = 0; k < n; k++) {
        wrong += cdrcfg(LPI5(ids[k])) != icsr_of(ids[k]);
    }
    expect(wrong, 0, "CDRCFG");
    if (ist->id_bits < 24) {
        expect(cdrcfg(LPI5(1u << ist->id_bits)), ICSR_F, "CDRCFG beyond it");
    }

    ist_invalid();
    for (unsigned k = 0; k < n; k++) {
        const u32 word = read32(ist_entry(ist, ids[k]));
        wrong += word != iste_of(ids[k]);
        if (word != iste_of(ids[k])) {
            fact(word, "memory of LPI %x, not %x", (u64)ids[k], (u64)iste_of(ids[k]));
        }
    }
    expect(wrong, 0, "memory");
    expect(cdrcfg(LPI5(ids[0])), ICSR_F, "no longer valid");

    /* Valid again: all that was there, but for what pends (v5-ist-memory). */
    ist_valid(ist);
    for (unsigned k = 0; k < n; k++) {
        wrong += cdrcfg(LPI5(ids[k])) != icsr_of(ids[k]);
    }
    expect(wrong, 0, "CDRCFG when valid again");
    for (unsigned k = 0; k < n; k++) {
        cdpri(LPI5(ids[k]), 31), cdaff(LPI5(ids[k]), 0), cdpend(LPI5(ids[k]), false);
        cddis(LPI5(ids[k])), cdhm(LPI5(ids[k]), false);
    }
    ist_invalid();
    for (unsigned k = 0; k < n; k++) {
        wrong += read32(ist_entry(ist, ids[k])) != ISTE(0, 31, 0);
    }
    expect(wrong, 0, "memory then");
}

static void linear(void)
{
    static const unsigned bits[] = {14, 16};
    static const char *const names[2][3] = {{"linear 14, 4", "linear 14, 8", "linear 14, 16"},
                                            {"linear 16, 4", "linear 16, 8", "linear 16, 16"}};
    for (unsigned b = 0; b < 2; b++) {
        for (unsigned istsz = 0; istsz < 3; istsz++) {
            struct ist ist = {.id_bits = bits[b], .istsz = istsz};
            section(names[b][istsz]);
            check(&ist);
        }
    }
}

static void two_level(void)
{
    static const unsigned bits[] = {14, 17, 24};
    static const char *const names[3][3] = {
        {"two-level 4K, 4", "two-level 4K, 8", "two-level 4K, 16"},
        {"two-level 16K, 4", "two-level 16K, 8", "two-level 16K, 16"},
        {"two-level 64K, 4", "two-level 64K, 8", "two-level 64K, 16"}};
    for (unsigned l2sz = 0; l2sz < 3; l2sz++) {
        for (unsigned istsz = 0; istsz < 3; istsz++) {
            for (unsigned b = 0; b < 3; b++) {
                struct ist ist = {
                    .id_bits = bits[b], .istsz = istsz, .l2sz = l2sz, .two_level = true};
                section(names[l2sz][istsz]);
                fact(bits[b], "LPI_ID_BITS");
                fact(ist_cfgr(&ist), "IST_CFGR");
                check(&ist);
            }
        }
    }
}

/* The examples of address arithmetic: one LPI, its state written back to one address. */
static void examples(void)
{
    static const struct {
        struct ist ist;
        u32 cfgr, id, l1, l2;
    } e[] = {
        {{.id_bits = 24, .two_level = true}, 0x10018, 5000, 0x20, 0xe20},
        {{.id_bits = 24, .two_level = true, .l2sz = 1, .istsz = 1}, 0x100b8, 5000, 0x10, 0x1c40},
        {{.id_bits = 24, .two_level = true, .l2sz = 2, .istsz = 2}, 0x10158, 5000, 0x8, 0x3880},
        {{.id_bits = 14}, 0xe, 5000, 0, 0x4e20},
    };
    section("examples");
    for (unsigned k = 0; k < 4; k++) {
        struct ist ist = e[k].ist;
        alloc5_reset();
        ist_make(&ist);
        ist_valid(&ist);
        const u64 table = ist.two_level ? ist_l2(&ist, e[k].id, true) : ist.base;
        expect(irs_read(IRS_IST_CFGR), e[k].cfgr, "%u: IST_CFGR", (u64)k);
        if (ist.two_level) {
            expect(read64(ist.base + e[k].l1), table | 1, "%u: L1 entry", (u64)k);
        }
        cdpri(LPI5(e[k].id), 1), cdaff(LPI5(e[k].id), 3), cdhm(LPI5(e[k].id), true);
        ist_invalid();
        expect(read32(table + e[k].l2), 0x30804, "%u: entry", (u64)k);
    }
}

/* What may and may not be written while a table is valid; the base in two halves. */
static void base(void)
{
    struct ist ist = {.id_bits = 14};
    const u64 at = gic5.irs + IRS_IST_BASER;

    section("base");
    alloc5_reset();
    ist_make(&ist);
    irs_write(IRS_IST_CFGR, ist_cfgr(&ist));
    irs_write(IRS_IST_BASER + 4, (u32)(ist.base >> 32));
    expect(read64(at) & 1, 0, "upper half written: VALID");
    irs_write(IRS_IST_BASER, (u32)ist.base | 1);
    expect(read64(at), ist.base | 1, "lower half written");
    cdpri(LPI5(7), 3);
    expect(cdrcfg(LPI5(7)), ICSR(0, 3, 0), "CDRCFG");
    irs_write(IRS_IST_CFGR, 0x10018);
    expect(irs_read(IRS_IST_CFGR), 0xe, "IST_CFGR written while valid");
    write64(at, (ist.base + 0x100000) | 1);
    expect(read64(at), ist.base | 1, "another address while valid");
    irs_write(IRS_IST_BASER + 4, 0x12);
    expect(read64(at), ist.base | 1, "another upper half while valid");
    expect(cdrcfg(LPI5(7)), ICSR(0, 3, 0), "CDRCFG then");
    irs_write(IRS_MAP_L2_ISTR, 0);
    expect(read64(ist.base), 0, "MAP_L2_ISTR of a linear table");
    irs_write(IRS_IST_BASER, 0);
    expect(read64(at) & 1, 0, "lower half written, no longer valid");
    expect(read32(ist.base + 4 * 7), ISTE(0, 3, 0), "memory");
    write64(at, 0);
}

/* The smallest first level, and IDs that a table does not cover. */
static void map_range(void)
{
    struct ist ist = {.id_bits = 14, .l2sz = 2, .two_level = true};

    section("map");
    alloc5_reset();
    irs_write(IRS_MAP_L2_ISTR, 0);
    expect(irs_read(IRS_IST_STATUSR), IDLE, "no IST: STATUSR");
    ist_make(&ist);
    ist_valid(&ist);
    write64(ist.base + 8, TABLES + 0x100000);
    write64(ist.base + 64, TABLES + 0x100000);
    write64(ist.base + 8 * 1023, TABLES + 0x100000);
    irs_write_idle(IRS_MAP_L2_ISTR, 0x4000, IRS_IST_STATUSR, IDLE);
    expect(read64(ist.base + 8), TABLES + 0x100000, "the first ID beyond the table");
    irs_write_idle(IRS_MAP_L2_ISTR, 8 * 0x4000, IRS_IST_STATUSR, IDLE);
    expect(read64(ist.base + 64), TABLES + 0x100000, "an ID beyond the L1 table");
    irs_write_idle(IRS_MAP_L2_ISTR, 0xffffff, IRS_IST_STATUSR, IDLE);
    expect(read64(ist.base + 8 * 1023), TABLES + 0x100000, "the last ID");
    expect(read64(ist.base), 0, "the L1 entry");
    const u64 table = ist_l2(&ist, 0x3fff, true);
    expect(read64(ist.base), table | 1, "the last ID of the table: L1 entry");
    setup5(LPI5(0x3fff), 4, 0);
    cdpend(LPI5(0x3fff), true);
    expect(take5(), LPI5(0x3fff), "the last ID of the table: taken");
    irs_write_idle(IRS_MAP_L2_ISTR, 5, IRS_IST_STATUSR, IDLE);
    expect(read64(ist.base), table | 1, "once more: L1 entry");
    expect(cdrcfg(LPI5(0x3fff)), ICSR(ICSR_ENABLED, 4, 0), "once more: CDRCFG");
    ist_invalid();
}

int main(void)
{
    gic5_init();
    linear();
    two_level();
    examples();
    base();
    map_range();
    return 0;
}
