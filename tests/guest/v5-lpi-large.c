/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 peer=off
 *
 * GICv5: 2^24 LPIs in a two-level table, one of each second level used, more of them than the GIC
 * may hold (2^20 by default, in blocks of 1,024): those that it has go on working, the others fail.
 */
#include "rt/gic5.h"

enum {
    BLOCK = 1024,
    HELD = (1 << 20) / BLOCK,
    USED = HELD + 80
};

/* Over all IDs, the first and the last block included. */
static u32 id_of(u32 n)
{
    const u32 block = n == USED - 1 ? (1 << 24) / BLOCK - 1 : n * 13;
    return block * BLOCK + n * 37 % BLOCK;
}

int main(void)
{
    struct ist ist = {.id_bits = 24, .two_level = true};
    u64 held = 0, failed = 0, other = 0, taken = 0, last = 0;

    gic5_init();
    section("many");
    expect(irs_read(IRS_IDR2) & 0x1f, 24, "IRS_IDR2.ID_BITS");
    ist_make(&ist);
    ist_valid(&ist);
    for (u32 n = 0; n < USED; n++) {
        ist_l2(&ist, id_of(n), true);
        cdpri(LPI5(id_of(n)), n % 32), cdaff(LPI5(id_of(n)), 0), cden(LPI5(id_of(n)));
        cdpend(LPI5(id_of(n)), true);
    }
    for (u32 n = 0; n < USED; n++) {
        const u64 v = cdrcfg(LPI5(id_of(n)));
        held += v == ICSR(ICSR_ENABLED | ICSR_PENDING, n % 32, 0);
        failed += v == ICSR_F;
        last = v == ICSR_F ? last : n;
    }
    expect(held + failed, USED, "LPIs that are as they were set, or fail");
    expect(held, HELD, "LPIs that the GIC holds");
    expect(last, HELD - 1, "the last of them");
    for (u32 id, before = 0; (id = take5()); before = cdrcfg(id) >> 11 & 31) {
        other += id >> 29 != 2 || (cdrcfg(id) >> 11 & 31) < before;
        taken++;
    }
    expect(taken, HELD, "taken");
    expect(other, 0, "out of order");
    cdpend(LPI5(id_of(USED - 1)), true);
    expect(take5(), 0, "one beyond");
    cdpend(LPI5(id_of(5)), true);
    expect(take5(), LPI5(id_of(5)), "one of them");

    /* The table has what the GIC held; of the others nothing was changed. */
    section("memory");
    ist_invalid();
    held = other = 0;
    for (u32 n = 0; n < USED; n++) {
        const u32 word = read32(ist_entry(&ist, id_of(n)));
        held += word == ISTE(ISTE_ENABLE, n % 32, 0);
        other += word == 0;
    }
    expect(held >= HELD, 1, "written back");
    expect(held + other, USED, "written back, or as it was");
    /* Other LPIs, in a table of their own. */
    alloc5_reset();
    lpis_init(14);
    setup5(LPI5(9), 9, 0);
    cdpend(LPI5(9), true);
    expect(take5(), LPI5(9), "another table");
    return 0;
}
