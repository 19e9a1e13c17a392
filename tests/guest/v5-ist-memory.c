/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * GICv5: states of LPIs in memory. Tables that software filled before they become valid, also with
 * LPIs that are pending or active; what is written back, and that a later table is another one.
 */
#include "rt/gic5.h"

/* All but HWU, RES0 and IRM, which exists only with 1-of-N. */
#define FIELDS 0xfffff80fu

static void words(void)
{
    struct ist ist = {.id_bits = 14};
    u64 wrong = 0;

    section("words");
    alloc5_reset();
    ist_make(&ist);
    for (u32 n = 0; n < 1024; n++) {
        /* Not pending, not active. */
        write32(ist.base + 4 * n, ISTE((n & 3) << 2, n / 4 % 32, n * 61 & 0xffff));
    }
    ist_valid(&ist);
    for (u32 n = 0; n < 1024; n++) {
        const u32 flags = (n & 1 ? ICSR_LEVEL : 0) | (n & 2 ? ICSR_ENABLED : 0);
        wrong += cdrcfg(LPI5(n)) != ICSR(flags, n / 4 % 32, n * 61 & 0xffff);
    }
    expect(wrong, 0, "CDRCFG that is not what memory has");
    expect(take5(), 0, "taken");
    ist_invalid();
    for (u32 n = 0; n < 1024; n++) {
        wrong += read32(ist.base + 4 * n) != ISTE((n & 3) << 2, n / 4 % 32, n * 61 & 0xffff);
    }
    expect(wrong, 0, "memory that changed");
    /* HWU and reserved bits: the GIC's own. */
    write32(ist.base + 4 * 9, 0xffffffff & ~(u32)(ISTE_PENDING | ISTE_ACTIVE | ISTE_IRM));
    ist_valid(&ist);
    expect(cdrcfg(LPI5(9)), ICSR(ICSR_LEVEL | ICSR_ENABLED, 31, 0xffff), "all bits: CDRCFG");
    cdpri(LPI5(9), 5);
    ist_invalid();
    expect(read32(ist.base + 4 * 9) & FIELDS, ISTE(ISTE_LEVEL | ISTE_ENABLE, 5, 0xffff),
           "all bits: memory");
    fact(read32(ist.base + 4 * 9) & ~FIELDS, "all bits: HWU and RES0 in memory");
}

/* Entries of 16 bytes: what follows the first word is the GIC's, but stays inside. */
static void stride(void)
{
    struct ist ist = {.id_bits = 14, .istsz = 2};
    section("stride");
    alloc5_reset();
    ist_make(&ist);
    const u64 after = alloc5(64, 64);
    write32(ist.base + 16 * 3, ISTE(ISTE_ENABLE, 7, 0));
    write32(ist.base + 16 * 4, ISTE(0, 8, 0));
    ist_valid(&ist);
    expect(cdrcfg(LPI5(3)), ICSR(ICSR_ENABLED, 7, 0), "3");
    expect(cdrcfg(LPI5(4)), ICSR(0, 8, 0), "4");
    cdpri(LPI5(3), 1), cdpri(LPI5(0x3fff), 2);
    ist_invalid();
    expect(read32(ist.base + 16 * 3), ISTE(ISTE_ENABLE, 1, 0), "3: memory");
    expect(read32(ist.base + 16 * 4), ISTE(0, 8, 0), "4: memory");
    expect(read32(ist.base + 16 * 0x3fff), ISTE(0, 2, 0), "the last one: memory");
    expect(read64(after), 0, "behind the table");
}

/* Pending and active entries. CONSTRAINED UNPREDICTABLE whether they count before they are used. */
static void found(bool two_level)
{
    struct ist ist = {.id_bits = 14, .two_level = two_level};
    const u32 ids[] = {5, 900, 1023};

    section(two_level ? "pending, two-level" : "pending, linear");
    alloc5_reset();
    ist_make(&ist);
    const u64 l2 = two_level ? ist_l2(&ist, 0, false) : ist.base;
    for (unsigned n = 0; n < 3; n++) {
        write32(l2 + 4 * ids[n], ISTE(ISTE_ENABLE | ISTE_PENDING, 9 + n, 0));
    }
    write32(l2 + 4 * 6, ISTE(ISTE_ENABLE | ISTE_ACTIVE, 3, 0));
    write32(l2 + 4 * 7, ISTE(ISTE_ENABLE | ISTE_ACTIVE | ISTE_PENDING, 4, 0));
    ist_valid(&ist);
    if (two_level) {
        expect(take5(), 0, "before the second level is there");
        irs_write_idle(IRS_MAP_L2_ISTR, 0, IRS_IST_STATUSR, IDLE);
    }
    fact(hppir(), "HPPIR");
    fact(lines(), "lines");
    fact(take5(), "taken");
    /* Every one that software names is what memory says. */
    expect(cdrcfg(LPI5(ids[1])), ICSR(ICSR_ENABLED | ICSR_PENDING, 10, 0), "CDRCFG");
    expect(cdrcfg(LPI5(6)), ICSR(ICSR_ENABLED | ICSR_ACTIVE, 3, 0), "active: CDRCFG");
    cdpri(LPI5(ids[1]), 2);
    expect(take5(), LPI5(ids[1]), "taken by its new priority");
    cdpend(LPI5(6), true);
    fact((u32)hppir(), "active, pended: HPPIR");
    cddi(LPI5(6));
    cdpri(LPI5(6), 0);
    expect(take5(), LPI5(6), "active, pended, deactivated: taken");
    cddi(LPI5(7));
    cdpri(LPI5(7), 0);
    expect(take5(), LPI5(7), "active and pending, deactivated: taken");
    drain5();
    ist_invalid();
    expect(read32(l2 + 4 * 900), ISTE(ISTE_ENABLE, 2, 0), "memory of one that was taken");
    /* Valid once more with nothing to find. */
    for (unsigned n = 0; n < 3; n++) {
        write32(l2 + 4 * ids[n], ISTE(ISTE_ENABLE, 9 + n, 0));
    }
    ist_valid(&ist);
    expect(take5(), 0, "valid again");
    ist_invalid();
}

/* Pending, active, both, neither, edge and level: in memory after the table, and back again. */
static void write_back(void)
{
    struct ist ist = {.id_bits = 14};
    u64 wrong = 0;

    section("write-back");
    alloc5_reset();
    ist_make(&ist);
    ist_valid(&ist);
    for (u32 n = 0; n < 16; n++) {
        const u32 id = LPI5(64 + n);
        cdpri(id, 10 + n % 2), cdaff(id, 0), cdhm(id, n & 4);
        if (n & 2) {
            cden(id), cdpend(id, true);
            wrong += cdia() != (VALID5 | id);
            cdeoi();
            cdpend(id, false);
        }
        if (!(n & 8)) {
            cddis(id);
        } else {
            cden(id);
        }
        if (n & 1) {
            cdaff(id, 0x77);
            cdpend(id, true);
        }
    }
    expect(wrong, 0, "not taken");
    ist_invalid();
    expect(hppir() << 4 | lines(), 0, "no longer valid: HPPIR, lines");
    for (u32 n = 0; n < 16; n++) {
        expect(read32(ist.base + 4 * (64 + n)), ISTE(n, 10 + n % 2, n & 1 ? 0x77 : 0), "memory %x",
               (u64)n);
    }
    ist_valid(&ist);
    for (u32 n = 0; n < 16; n++) {
        const u32 flags = (n & 1 ? ICSR_PENDING : 0) | (n & 2 ? ICSR_ACTIVE : 0) |
                          (n & 4 ? ICSR_LEVEL : 0) | (n & 8 ? ICSR_ENABLED : 0);
        expect(cdrcfg(LPI5(64 + n)), ICSR(flags, 10 + n % 2, n & 1 ? 0x77 : 0), "CDRCFG %x",
               (u64)n);
    }
    /* One of them goes on where it was: pended, active, then both ended. */
    cdpri(LPI5(64 + 15), 1);
    cdaff(LPI5(64 + 15), 0);
    expect(take5(), 0, "pending and active: taken");
    cddi(LPI5(64 + 15));
    cdhm(LPI5(64 + 15), false);
    expect(take5(), LPI5(64 + 15), "pending, deactivated: taken");
    ist_invalid();
}

/* An LPI that runs while its table goes. */
static void running(void)
{
    struct ist ist = {.id_bits = 14}, other = {.id_bits = 15};

    section("running");
    alloc5_reset();
    ist_make(&ist), ist_make(&other);
    ist_valid(&ist);
    setup5(LPI5(40), 9, 0), setup5(LPI5(41), 5, 0);
    cdpend(LPI5(40), true);
    expect(cdia(), VALID5 | LPI5(40), "CDIA");
    cdpend(LPI5(41), true);
    expect(lines(), MASK_IRQ, "another pends: lines");
    ist_invalid();
    expect(lines(), 0, "no longer valid: lines");
    expect(cdia(), 0, "no longer valid: CDIA");
    expect(apr(), 1 << 9, "no longer valid: APR");
    cdeoi();
    cddi(LPI5(40));
    expect(read32(ist.base + 4 * 40), ISTE(ISTE_ENABLE | ISTE_ACTIVE, 9, 0), "memory: active");
    expect(read32(ist.base + 4 * 41), ISTE(ISTE_ENABLE | ISTE_PENDING, 5, 0), "memory: pending");
    ist_valid(&other);
    expect(cdrcfg(LPI5(40)), 0, "another table: CDRCFG");
    expect(cdrcfg(LPI5(0x7fff)), 0, "another table: its last LPI");
    setup5(LPI5(40), 3, 0);
    cdpend(LPI5(40), true);
    expect(take5(), LPI5(40), "another table: taken");
    expect(take5(), 0, "another table: no more");
    ist_invalid();
    expect(read32(other.base + 4 * 40), ISTE(ISTE_ENABLE, 3, 0), "another table: memory");
    expect(read32(ist.base + 4 * 40), ISTE(ISTE_ENABLE | ISTE_ACTIVE, 9, 0), "the first: memory");
    write32(ist.base + 4 * 41, ISTE(ISTE_ENABLE, 5, 0));
    ist_valid(&ist);
    expect(cdrcfg(LPI5(40)), ICSR(ICSR_ENABLED | ICSR_ACTIVE, 9, 0), "the first again: CDRCFG");
    cddi(LPI5(40));
    expect(cdrcfg(LPI5(40)), ICSR(ICSR_ENABLED, 9, 0), "the first again: CDDI");
    ist_invalid();
}

int main(void)
{
    gic5_init();
    words();
    stride();
    found(false);
    found(true);
    write_back();
    running();
    return 0;
}
