/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 peer=off
 *
 * GICv5: reports of software errors: IRS_SWERR_STATUSR and its syndromes for tables of LPIs that
 * cannot be read, the first error kept, overflow, and clearing.
 */
#include "rt/gic5.h"

enum {
    SWERR_V = 1,
    SWERR_S0V = 2,
    SWERR_S1V = 4,
    SWERR_OF = 8
};
#define NOWHERE 0x8000000000ull

static u64 status(void)
{
    return read64(gic5.irs + IRS_SWERR_STATUSR);
}

static void clear(const char *what)
{
    write64(gic5.irs + IRS_SWERR_STATUSR, SWERR_V);
    expect(status(), 0, "%s: STATUSR cleared", what);
    expect(read64(gic5.irs + IRS_SWERR_SYNDROMER0) | read64(gic5.irs + IRS_SWERR_SYNDROMER1), 0,
           "%s: syndromes cleared", what);
}

static void error(const char *what, unsigned ec, u32 id, u64 address)
{
    const u64 s = status();
    expect(s & SWERR_V, SWERR_V, "%s: V", what);
    expect(s >> 16 & 0xff, ec, "%s: EC", what);
    if (s & SWERR_S0V) {
        const u64 s0 = read64(gic5.irs + IRS_SWERR_SYNDROMER0);
        expect(s0, (u64)id << 32 | 2ull << 60, "%s: SYNDROMER0", what);
    }
    if (s & SWERR_S1V) {
        expect(read64(gic5.irs + IRS_SWERR_SYNDROMER1), address, "%s: SYNDROMER1", what);
    }
}

static void linear(void)
{
    const struct ist ist = {.id_bits = 14, .base = NOWHERE};

    cdrcfg(LPI5(5));
    fact(status(), "no IST: STATUSR");
    write64(gic5.irs + IRS_SWERR_STATUSR, SWERR_V);
    ist_valid(&ist);
    write64(gic5.irs + IRS_SWERR_STATUSR, SWERR_V);
    cdpri(LPI5(5), 3);
    error("linear", 2, 5, NOWHERE + 4 * 4);
    fact(status() & (SWERR_S0V | SWERR_S1V), "linear: syndromes that are there");
    const u64 first = status();
    cdpri(LPI5(6), 3);
    expect(status(), first | SWERR_OF, "a second one: OF");
    error("a second one", 2, 5, NOWHERE + 4 * 4);
    write64(gic5.irs + IRS_SWERR_STATUSR, ~(u64)SWERR_V);
    expect(status(), first | SWERR_OF, "0 written to V");
    ist_invalid();
    clear("linear");
}

static void two_level(void)
{
    struct ist ist = {.id_bits = 24, .two_level = true, .base = NOWHERE};

    ist_valid(&ist);
    write64(gic5.irs + IRS_SWERR_STATUSR, SWERR_V);
    irs_write_idle(IRS_MAP_L2_ISTR, 5000, IRS_IST_STATUSR, IDLE);
    error("MAP_L2_ISTR", 0, 5000, NOWHERE + 0x20);
    clear("MAP_L2_ISTR");
    cdpri(LPI5(5000), 3);
    error("L1 lookup", 1, 5000, NOWHERE + 0x20);
    clear("L1 lookup");
    ist_invalid();

    ist_make(&ist);
    write64(ist.base + 0x20, NOWHERE);
    ist_valid(&ist);
    irs_write_idle(IRS_MAP_L2_ISTR, 5000, IRS_IST_STATUSR, IDLE);
    write64(gic5.irs + IRS_SWERR_STATUSR, SWERR_V);
    cdpri(LPI5(5000), 3);
    error("L2 lookup", 2, 5000, NOWHERE + 0xe20);
    clear("L2 lookup");
    ist_invalid();
}

int main(void)
{
    gic5_init();
    section("swerr");
    expect(irs_read(IRS_IDR0) >> 12 & 1, 1, "IRS_IDR0.SWE");
    expect(status(), 0, "reset");
    linear();
    two_level();
    return 0;
}
