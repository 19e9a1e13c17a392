/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=4 peer=off
 *
 * GICv5: 1-of-N: interrupts for whichever PE takes part: one of those whose IRS_PE_CR0.DPS is 0 and
 * that are enabled gets each of them, once; what an interrupt in that mode has for an IAFFID.
 */
#include "rt/gic5.h"

enum {
    PES = 4,
    A = LPI5(200),
    ALL = (1 << PES) - 1
};

static u64 f_lines5(u64 unused)
{
    return lines() + unused;
}
static u64 f_enable(u64 on)
{
    WRITE_SYS(ICC_CR0_EL1, on);
    return 0;
}
static u64 all_lines(void)
{
    u64 v = 0;
    for (unsigned pe = 0; pe < PES; pe++) {
        v |= (on_pe(pe, f_lines5, 0) ? 1ull : 0) << pe;
    }
    return v;
}

static void one_of_n(u32 id)
{
    GIC_OP(C1, 3, id | 1ull << 28);
}
static void dps(unsigned pe, bool on)
{
    irs_write_idle(IRS_PE_SELR, pe, IRS_PE_STATUSR, IDLE);
    irs_write_idle(IRS_PE_CR0, on, IRS_PE_STATUSR, IDLE);
}

/* 1 if exactly one PE of the set has its line high, and none beside it. */
static u64 one_in(u64 set)
{
    const u64 v = all_lines();
    return v && !(v & (v - 1)) && !(v & ~set);
}

static unsigned first_of(u64 set)
{
    unsigned n = 0;
    while (n < PES && !(set >> n & 1)) {
        n++;
    }
    return n;
}

static void modes(u32 id, const char *name)
{
    section(name);
    setup5(id, 9, 2);
    one_of_n(id);
    expect(cdrcfg(id), ICSR(ICSR_ENABLED | ICSR_IRM, 9, 0), "CDRCFG");
    cdpend(id, true);
    expect(one_in(ALL), 1, "pended: at one PE");
    u64 at = all_lines();
    expect(on_pe(first_of(at), f_take5, 0), id, "it takes it");
    expect(all_lines(), 0, "no more");
    for (unsigned only = 0; only < PES; only++) {
        for (unsigned pe = 0; pe < PES; pe++) {
            dps(pe, pe != only);
        }
        cdpend(id, true);
        expect(all_lines(), 1u << only, "DPS of all but PE %u: lines", (u64)only);
        expect(on_pe(only, f_take5, 0), id, "DPS of all but PE %u: taken", (u64)only);
    }
    for (unsigned pe = 0; pe < PES; pe++) {
        dps(pe, true);
    }
    cdpend(id, true);
    expect(all_lines(), 0, "DPS of all: lines");
    dps(1, false);
    expect(all_lines(), 2, "DPS of all but PE 1, then: lines");
    dps(3, false);
    dps(1, true);
    expect(all_lines(), 8, "DPS of PE 1 while it pends there: lines");
    on_pe(3, f_enable, 0);
    expect(all_lines(), 0, "PE 3 disabled: lines");
    dps(2, false);
    expect(all_lines(), 4, "PE 2 takes part: lines");
    on_pe(3, f_enable, 1);
    expect(one_in(4 | 8), 1, "PE 3 enabled: at one of two");
    cdaff(id, 0);
    expect(all_lines(), 1, "targeted: lines");
    expect(cdrcfg(id), ICSR(ICSR_ENABLED | ICSR_PENDING, 9, 0), "targeted: CDRCFG");
    expect(take5(), id, "targeted: taken");
    for (unsigned pe = 0; pe < PES; pe++) {
        dps(pe, false);
    }
    cdpend(id, true);
    cdpend(id, false);
    one_of_n(id);
    cdpend(id, true);
    at = all_lines();
    cddis(id);
    if (id >> 29 == 2) {
        expect(all_lines(), 0, "disabled: lines");
    }
    cden(id);
    expect(one_in(ALL), 1, "enabled: at one PE");
    at = all_lines();
    irs_enable(false);
    expect(all_lines(), 0, "IRSEN 0: lines");
    irs_enable(true);
    expect(one_in(ALL), 1, "IRSEN 1: at one PE");
    at = all_lines();
    expect(on_pe(first_of(at), f_take5, 0), id, "IRSEN 1: taken");
}

/* Many at a time, each of them once. */
static void many(void)
{
    enum {
        N = 64
    };
    u64 wrong = 0, taken = 0;
    static u8 seen[N];

    section("many");
    for (u32 n = 0; n < N; n++) {
        setup5(LPI5(n), 16, 0);
        one_of_n(LPI5(n));
    }
    for (u32 n = 0; n < N; n++) {
        cdpend(LPI5(n), true);
    }
    for (unsigned round = 0; round < N; round++) {
        for (unsigned pe = 0; pe < PES; pe++) {
            const u32 id = (u32)on_pe(pe, f_take5, 0);
            if (id) {
                wrong += id >> 29 != 2 || (id & 0xffffff) >= N || seen[id & 0xffffff]++;
                taken++;
            }
        }
    }
    expect(wrong, 0, "taken twice");
    expect(taken, N, "taken");
    /* Round robin, as docs/implementation-defined.md says: one interrupt goes from PE to PE. */
    u64 visited = 0;
    for (unsigned n = 0; n < PES; n++) {
        cdpend(LPI5(0), true);
        const u64 at = all_lines();
        visited |= at;
        on_pe(first_of(at), f_take5, 0);
    }
    expect(visited, ALL, "PEs that one LPI came to in turn");
}

static void memory(void)
{
    struct ist ist = {.id_bits = 14};

    section("memory");
    ist_invalid();
    alloc5_reset();
    ist_make(&ist);
    ist_valid(&ist);
    setup5(A, 9, 3);
    one_of_n(A);
    ist_invalid();
    expect(read32(ist.base + 4 * 200), ISTE(ISTE_ENABLE | ISTE_IRM, 9, 0), "written back");
    write32(ist.base + 4 * 200, ISTE(ISTE_ENABLE | ISTE_IRM | ISTE_PENDING, 9, 0));
    ist_valid(&ist);
    expect(cdrcfg(A), ICSR(ICSR_ENABLED | ICSR_IRM | ICSR_PENDING, 9, 0), "taken over: CDRCFG");
    expect(one_in(ALL), 1, "taken over: at one PE");
    expect(on_pe(first_of(all_lines()), f_take5, 0), A, "taken over: taken");
    ist_invalid();
}

int main(void)
{
    gic5_init();
    section("one of n");
    expect(irs_read(IRS_IDR0) >> 7 & 1, 1, "IRS_IDR0.ONE_N");
    lpis_init(14);
    for (unsigned pe = 1; pe < PES; pe++) {
        pe_start(pe);
        on_pe(pe, f_pe5_init, 0);
    }
    modes(A, "lpi");
    modes(SPI5(60), "spi");
    many();
    memory();
    return 0;
}
