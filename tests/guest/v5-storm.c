/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=4
 *
 * GICv5: three PEs do random things to the same LPIs, SPIs and their own PPI while the fourth takes
 * the table of LPIs away and brings it back, switches IRSEN and moves triggers of SPIs. Afterwards
 * nothing is lost, left over or broken. Words: seed=N, steps=N, only=N (one of the four things that
 * the fourth PE does, 0 to 3: IRSEN, triggers, RESAMPLER, the table).
 */
#include "rt/gic5.h"

enum {
    PES = 4,
    LPIS5 = 40,
    SPIS5 = 20,
    FIRST_SPI5 = 100
};
static struct ist ist;
static u64 seed, steps;
static volatile u64 running;
static u64 odd[PES], only;

static u64 random_step(u64 *state)
{
    *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
    return *state;
}

static u32 some(u64 r)
{
    const u32 n = (u32)(r >> 8) % (LPIS5 + SPIS5);
    return n < LPIS5 ? LPI5(n * 401) : SPI5(FIRST_SPI5 + n - LPIS5);
}

static void one(u64 r, unsigned pe)
{
    const u32 id = some(r);
    switch ((r >> 32) % 16) {
    case 0:
        cddis(id);
        break;
    case 1:
    case 2:
        cden(id);
        break;
    case 3:
        cdpri(id, (u32)(r >> 40) & 31);
        break;
    case 4:
        cdaff(id, (u32)(r >> 40) % (PES + 1));
        break;
    case 5:
    case 6:
        cdpend(id, true);
        break;
    case 7:
        cdpend(id, false);
        break;
    case 8:
        cdhm(id, (r >> 40) % 8 == 0);
        break;
    case 9:
        odd[pe] += (cdrcfg(id) & ICSR_F) && id >> 29 == 3;
        break;
    case 10:
        ppi_pend(PPI_SW, r >> 40 & 1);
        break;
    case 11:
        ppi_enable(PPI_SW, r >> 40 & 1);
        break;
    case 12:
        cddi(id);
        break;
    default: {
        const u64 v = cdia();
        const u64 type = v >> 29 & 7;
        odd[pe] += v && (!(v & VALID5) || type < 1 || type > 3);
        if (v) {
            cdeoi();
            cddi((u32)v);
        }
    }
    }
}

static u64 f_storm(u64 unused)
{
    const unsigned pe = pe_number();
    u64 state = 0x9e3779b97f4a7c15ull * (seed + pe + 1);

    for (u64 n = 0; n < steps; n++) {
        one(random_step(&state), pe);
    }
    __atomic_fetch_sub(&running, 1, __ATOMIC_SEQ_CST);
    return unused;
}

static void others(u64 r)
{
    switch (only < 4 ? only : r % 4) {
    case 0:
        irs_enable(false);
        irs_enable(true);
        break;
    case 1:
        spi_tm(FIRST_SPI5 + (u32)(r >> 8) % SPIS5, r >> 32 & 1);
        break;
    case 2:
        irs_write(IRS_SPI_RESAMPLER, FIRST_SPI5 + (u32)(r >> 8) % SPIS5);
        break;
    default:
        ist_invalid();
        ist_valid(&ist);
    }
}

/* All end with an interrupt each of every PE, of all types. */
static void works(void)
{
    u64 wrong = 0;
    for (u32 n = 0; n < LPIS5; n++) {
        setup5(LPI5(n * 401), 31, 0);
    }
    for (u32 n = 0; n < SPIS5; n++) {
        cdaff(SPI5(FIRST_SPI5 + n), 0xffff);
        cddi(SPI5(FIRST_SPI5 + n));
    }
    for (unsigned pe = 0; pe < PES; pe++) {
        on_pe(pe, f_pe5_init, 0);
    }
    for (unsigned pe = 0; pe < PES; pe++) {
        wrong += on_pe(pe, f_take5, 0) != 0;
    }
    expect(wrong, 0, "left over");
    for (unsigned pe = 0; pe < PES; pe++) {
        for (u32 n = 0; n < LPIS5; n++) {
            const u32 id = LPI5(n * 401);
            setup5(id, n % 32, pe);
            cdpend(id, true);
            wrong += on_pe(pe, f_take5, 0) != id;
        }
        setup5(SPI5(60), 9, pe);
        cdpend(SPI5(60), true);
        wrong += on_pe(pe, f_take5, 0) != SPI5(60);
        wrong += on_pe(pe, f_take5, 0) != 0;
    }
    expect(wrong, 0, "interrupts that do not come, or come twice");
    ist_invalid();
    for (u32 n = 0; n < LPIS5; n++) {
        wrong += read32(ist_entry(&ist, n * 401)) != ISTE(ISTE_ENABLE, n % 32, PES - 1);
    }
    expect(wrong, 0, "memory");
}

int main(void)
{
    seed = option("seed", 1);
    steps = option("steps", 20000);
    only = option("only", 4);
    gic5_init();
    ist = (struct ist){.id_bits = 14, .two_level = true};
    ist_make(&ist);
    ist_valid(&ist);
    for (u32 n = 0; n < 1u << 14; n += 1024) {
        ist_l2(&ist, n, true);
    }
    for (unsigned pe = 1; pe < PES; pe++) {
        pe_start(pe);
        on_pe(pe, f_pe5_init, 0);
    }
    running = PES - 1;
    for (unsigned pe = 1; pe < PES; pe++) {
        on_pe_begin(pe, f_storm, 0);
    }
    u64 state = seed + 77, changes = 0;
    do {
        others(random_step(&state));
        changes++;
    } while (running);
    for (unsigned pe = 1; pe < PES; pe++) {
        on_pe_end(pe);
    }
    section("storm");
    expect(changes > 0, 1, "the table went and came");
    expect(odd[1] + odd[2] + odd[3], 0, "odd answers");
    works();
    return 0;
}
