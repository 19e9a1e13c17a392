/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * GICv5: LPIs. Their life cycle handled as edge and as level, enable, moves of priority while
 * pending, thousands of them pending together, acknowledged in the order of their priorities.
 */
#include "rt/gic5.h"

enum {
    A = LPI5(100),
    B = LPI5(101),
    MANY = 4096
};

static u64 state5(u32 intid)
{
    return cdrcfg(intid) & (ICSR_F | ICSR_PENDING | ICSR_ACTIVE | ICSR_LEVEL);
}

static void edge(void)
{
    section("edge");
    expect(cdrcfg(A), 0, "reset");
    cdpend(A, true);
    expect(state5(A), ICSR_PENDING, "pended: state");
    cdpri(A, 9), cdaff(A, 0);
    expect(lines(), 0, "pended, not enabled: lines");
    cden(A);
    expect(hppir(), VALID5 | A, "enabled: HPPIR");
    expect(lines(), MASK_IRQ, "enabled: lines");
    cddis(A);
    expect(hppir() << 4 | lines(), 0, "disabled: HPPIR, lines");
    expect(state5(A), ICSR_PENDING, "disabled: state");
    expect(cdia(), 0, "disabled: CDIA");
    cden(A);
    expect(cdia(), VALID5 | A, "enabled: CDIA");
    expect(state5(A), ICSR_ACTIVE, "acknowledged: state");
    expect(lines(), 0, "acknowledged: lines");
    expect(cdia(), 0, "acknowledged: CDIA");
    cddis(A);
    expect(state5(A), ICSR_ACTIVE, "disabled while active: state");
    cdpend(A, true);
    cden(A);
    expect(state5(A), ICSR_ACTIVE | ICSR_PENDING, "pended while active: state");
    cdeoi();
    expect(hppir() << 4 | lines(), 0, "CDEOI: HPPIR, lines");
    cddi(A);
    expect(lines(), MASK_IRQ, "CDDI: lines");
    expect(take5(), A, "once more");
    expect(take5(), 0, "no more");
    cdpend(A, true), cdpend(A, false);
    expect(state5(A), 0, "CDPEND 1, 0: state");
    expect(take5(), 0, "CDPEND 1, 0");
    cdpend(A, true), cdpend(A, true), cdpend(A, true);
    expect(take5(), A, "pended three times");
    expect(take5(), 0, "is once");
    cdpend(A, true);
    expect(cdia(), VALID5 | A, "CDIA");
    cdpend(A, true), cdpend(A, false);
    expect(state5(A), ICSR_ACTIVE, "CDPEND 1, 0 while active: state");
    cddi(A);
    expect(apr(), 1 << 9, "CDDI first: APR");
    cdpend(A, true);
    expect(lines(), 0, "its own priority runs: lines");
    cdeoi();
    expect(take5(), A, "CDEOI last");
}

static void level(void)
{
    section("level");
    setup5(A, 9, 0);
    cdhm(A, true);
    cdpend(A, true);
    expect(cdia(), VALID5 | A, "CDIA");
    expect(state5(A), ICSR_LEVEL | ICSR_ACTIVE | ICSR_PENDING, "acknowledged: state");
    cdeoi();
    expect(lines(), 0, "CDEOI: lines");
    cddi(A);
    expect(cdia(), VALID5 | A, "CDDI: again");
    cdpend(A, false);
    expect(state5(A), ICSR_LEVEL | ICSR_ACTIVE, "CDPEND 0 while active: state");
    cdeoi(), cddi(A);
    expect(take5(), 0, "CDPEND 0 while active: no more");
    cdpend(A, true);
    expect(cdia(), VALID5 | A, "CDIA");
    cdhm(A, false);
    cdeoi(), cddi(A);
    expect(take5(), A, "edge while active: once more");
    expect(take5(), 0, "edge while active: no more");
    cdpend(A, true);
    cdhm(A, true), cdhm(A, false);
    expect(take5(), A, "level and edge while pending");
    expect(take5(), 0, "level and edge while pending: no more");
}

static void moves(void)
{
    section("moves");
    setup5(A, 9, 0), setup5(B, 12, 0);
    cdpend(A, true), cdpend(B, true);
    for (unsigned p = 0; p < 32; p += 31) {
        cdpri(B, p);
        expect((u32)hppir(), p ? A : B, "the other at %u", (u64)p);
    }
    cddis(A);
    expect((u32)hppir(), B, "one disabled");
    cden(A);
    expect((u32)hppir(), A, "enabled");
    cdpend(A, false);
    expect((u32)hppir(), B, "one not pending");
    cdpend(A, true);
    expect(cdia(), VALID5 | A, "CDIA");
    cdpri(A, 31);
    expect(apr(), 1 << 9, "priority changed while active: APR");
    cdeoi();
    expect(apr(), 0, "priority changed while active: CDEOI");
    cddi(A);
    cdpend(A, true);
    cdpri(B, 30);
    expect(take5(), B, "priorities 31 and 30");
    expect(take5(), A, "and 31");
}

static u32 priority_of(u32 n)
{
    return n * 11 % 32;
}

/* All of them, then every third made not pending, every fifth disabled. */
static void many(void)
{
    static u8 seen[MANY];
    u64 wrong = 0, last = 0, taken = 0;

    section("many");
    for (u32 n = 0; n < MANY; n++) {
        cdpri(LPI5(n), priority_of(n)), cdhm(LPI5(n), false), cdaff(LPI5(n), 0), cden(LPI5(n));
        cdpend(LPI5(n), true);
    }
    for (u32 n = 0; n < MANY; n += 3) {
        cdpend(LPI5(n), false);
    }
    for (u32 n = 0; n < MANY; n += 5) {
        cddis(LPI5(n));
    }
    for (u32 id; (id = take5());) {
        const u32 n = id & 0xffffff;
        if (id >> 29 != 2 || n >= MANY || seen[n]++ || priority_of(n) < last || n % 3 == 0 ||
            n % 5 == 0) {
            wrong++;
            break;
        }
        last = priority_of(n);
        taken++;
    }
    expect(wrong, 0, "out of order");
    expect(taken, MANY - (MANY + 2) / 3 - (MANY + 4) / 5 + (MANY + 14) / 15, "taken");
    for (u32 n = 0; n < MANY; n++) {
        const u32 enabled = n % 5 ? ICSR_ENABLED : 0;
        const u32 pending = n % 3 && n % 5 == 0 ? ICSR_PENDING : 0;
        wrong += cdrcfg(LPI5(n)) != ICSR(enabled | pending, priority_of(n), 0);
    }
    expect(wrong, 0, "CDRCFG that is not as it was set");
    for (u32 n = 0; n < MANY; n += 5) {
        cden(LPI5(n));
    }
    for (taken = 0; take5(); taken++) {
    }
    expect(taken, (MANY + 4) / 5 - (MANY + 14) / 15, "taken when enabled");

    /* Active, all at once: only by priorities that fall. */
    for (u32 n = 0; n < 32; n++) {
        cdpri(LPI5(n), n);
    }
    for (u32 n = 32; n-- > 0;) {
        cdpend(LPI5(n), true);
        wrong += cdia() != (VALID5 | LPI5(n));
    }
    expect(wrong, 0, "32 nested");
    expect(apr(), 0xffffffff, "32 nested: APR");
    for (u32 n = 0; n < 32; n++) {
        cdeoi();
        wrong += apr() != (~0ull << (n + 1) & 0xffffffff);
        cddi(LPI5(n));
    }
    expect(wrong, 0, "32 ended");
    expect(take5(), 0, "no more");
}

int main(void)
{
    gic5_init();
    lpis_init(14);
    edge();
    level();
    moves();
    many();
    return 0;
}
