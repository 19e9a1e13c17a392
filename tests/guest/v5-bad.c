/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * GICv5: tables of LPIs outside RAM, over the GIC's own registers, full of garbage; configurations
 * that are not allowed; random instructions on random interrupts. The guest goes on, and a good
 * table works afterwards.
 */
#include "rt/gic5.h"

static const u64 places[] = {0x8000000000ull, 0x00ffffffffffffc0ull, 0x09000000, 0x0a000000};
static const char *const bad_names[] = {"no memory", "the last address", "the UART",
                                        "a virtio device"};

static void works(const char *what)
{
    alloc5_reset();
    ist_invalid();
    lpis_init(14);
    setup5(LPI5(33), 9, 0);
    cdpend(LPI5(33), true);
    expect(take5(), LPI5(33), "a good table after %s", what);
    ist_invalid();
}

/* Everything that software may do with an LPI; the answer to CDRCFG. */
static u64 use(u32 id)
{
    cdpri(LPI5(id), 3), cdaff(LPI5(id), 0), cdhm(LPI5(id), false), cden(LPI5(id));
    cdpend(LPI5(id), true);
    const u64 v = cdrcfg(LPI5(id));
    take5();
    cddis(LPI5(id)), cdpend(LPI5(id), false), cddi(LPI5(id));
    return v;
}

static void linear(void)
{
    section("linear");
    for (unsigned n = 0; n < 4; n++) {
        const struct ist ist = {.id_bits = 14, .base = places[n]};
        expect(TRAP_OF(ist_valid(&ist)), 0, "%s: made valid, trap", bad_names[n]);
        expect(TRAP_OF(use(5)), 0, "%s: used, trap", bad_names[n]);
        expect(cdrcfg(LPI5(5)), ICSR_F, "%s: CDRCFG", bad_names[n]);
        expect(hppir() << 4 | lines(), 0, "%s: HPPIR, lines", bad_names[n]);
        expect(TRAP_OF(ist_invalid()), 0, "%s: no longer valid, trap", bad_names[n]);
        works(bad_names[n]);
    }
    /* The frame of the IRS as a table: it must not change by it. */
    const struct ist self = {.id_bits = 14, .base = gic5.irs};
    ist_valid(&self);
    use(0x80 / 4);
    ist_invalid();
    expect(irs_read(IRS_CR0), CR0_IDLE | IRSEN, "the IRS: CR0");
    irs_enable(true);
    works("the IRS");
}

static void two_level(void)
{
    section("two-level");
    for (unsigned n = 0; n < 4; n++) {
        struct ist ist = {.id_bits = 24, .two_level = true, .base = places[n]};
        ist_valid(&ist);
        irs_write(IRS_MAP_L2_ISTR, 5);
        expect(irs_read(IRS_IST_STATUSR), IDLE, "L1 at %s: MAP_L2_ISTR", bad_names[n]);
        expect(use(5), ICSR_F, "L1 at %s: CDRCFG", bad_names[n]);
        expect(hppir() << 4 | lines(), 0, "L1 at %s: HPPIR, lines", bad_names[n]);
        ist_invalid();
        works(bad_names[n]);
        alloc5_reset();
        ist = (struct ist){.id_bits = 24, .two_level = true};
        ist_make(&ist);
        write64(ist.base, places[n] & L1_ADDR);
        ist_valid(&ist);
        irs_write_idle(IRS_MAP_L2_ISTR, 5, IRS_IST_STATUSR, IDLE);
        expect(use(5), ICSR_F, "L2 at %s: CDRCFG", bad_names[n]);
        expect(hppir() << 4 | lines(), 0, "L2 at %s: HPPIR, lines", bad_names[n]);
        ist_invalid();
        works(bad_names[n]);
    }
}

/* Configurations that are reserved or beyond what the ID registers tell. */
static void configuration(void)
{
    static const u32 cfgrs[] = {0,
                                1,
                                31,
                                0x1f | 1 << 16,
                                0x1e,
                                0xe | 3 << 5 | 1 << 16,
                                0xe | 3 << 7,
                                0xe | 3 << 7 | 1 << 16,
                                0xffffffff};
    section("configuration");
    for (unsigned n = 0; n < sizeof(cfgrs) / 4; n++) {
        alloc5_reset();
        /* Room for all that is in reach, the first levels of 24 bits. */
        const u64 base = alloc5(0x100000, 0x100000), l2 = alloc5(0x10000, 0x10000);
        if (cfgrs[n] >> 16 & 1) {
            write64(base, l2);
        }
        irs_write(IRS_IST_CFGR, cfgrs[n]);
        write64(gic5.irs + IRS_IST_BASER, base | 1);
        irs_write(IRS_MAP_L2_ISTR, 0);
        fact(irs_read(IRS_IST_CFGR), "%x: IST_CFGR", (u64)cfgrs[n]);
        expect(read64(gic5.irs + IRS_IST_BASER), base | 1, "%x: IST_BASER", (u64)cfgrs[n]);
        setup5(LPI5(1), 9, 0);
        cdpend(LPI5(1), true);
        expect(take5(), LPI5(1), "%x: LPI 1 taken", (u64)cfgrs[n]);
        cdpri(LPI5(1), 7);
        ist_invalid();
        /* A reserved size is that of the smallest. */
        expect(read32((cfgrs[n] >> 16 & 1 ? l2 : base) + 4), ISTE(ISTE_ENABLE, 7, 0),
               "%x: memory of LPI 1", (u64)cfgrs[n]);
    }
    irs_write(IRS_IST_CFGR, 0);
    works("them");
}

static u64 seed = 88172645463325252ull;
static u64 next_random(void)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return seed;
}

static void instruction(unsigned which, u64 x)
{
    switch (which) {
    case 0:
        GIC_OP(C1, 0, x);
        break;
    case 1:
        GIC_OP(C1, 1, x);
        break;
    case 2:
        GIC_OP(C1, 2, x);
        break;
    case 3:
        GIC_OP(C1, 3, x);
        break;
    case 4:
        GIC_OP(C1, 4, x);
        break;
    case 5:
        GIC_OP(C1, 5, x);
        break;
    case 6:
        GIC_OP(C2, 0, x);
        break;
    case 7:
        GIC_OP(C2, 1, x);
        break;
    case 8:
        cdeoi();
        break;
    case 9:
        cdia();
        break;
    default:
        cdnmia();
    }
}

/* Random instructions; with a table of garbage, of zeros, with none. */
static void random_instructions(void)
{
    section("random");
    for (unsigned round = 0; round < 6; round++) {
        struct ist ist = {.id_bits = 14, .two_level = round & 1, .istsz = round / 2};
        alloc5_reset();
        ist_make(&ist);
        if (round >= 2) {
            for (u64 at = ist.base; at < ist.base + 0x10000; at += 8) {
                *(volatile u64 *)at = round & 1 ? next_random() & ~1ull : next_random();
            }
        }
        barrier();
        ist_valid(&ist);
        u64 traps = 0;
        for (unsigned n = 0; n < 20000; n++) {
            u64 x = next_random();
            if (n & 1) {
                /* Where there are interrupts. */
                const u64 type = 1 + (x >> 50) % 3, id = x & (n & 2 ? 0xff : 0x3fff);
                x = (x & ~0xffffffffull) | type << 29 | id;
            }
            if (round & 1 && n % 64 == 0) {
                irs_write(IRS_MAP_L2_ISTR, (u32)(x & 0xffffff));
            }
            traps += TRAP_OF(instruction((unsigned)(next_random() >> 40) % 11, x));
        }
        expect(traps, 0, "round %u: traps", (u64)round);
        ist_invalid();
        pe5_init();
        /* All SPIs that got something in the way, away. */
        for (u32 n = 0; n < 256; n++) {
            cdaff(SPI5(n), 0xffff), cddi(SPI5(n));
        }
        pe5_init();
        expect(lines(), 0, "round %u: lines", (u64)round);
    }
    works("it");
}

int main(void)
{
    gic5_init();
    linear();
    two_level();
    configuration();
    random_instructions();
    return 0;
}
