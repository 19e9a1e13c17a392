/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * 8-, 16-, 32- and 64-bit accesses. Where the architecture does not allow a size the result is
 * UNPREDICTABLE and only printed; such an access must not end the program.
 */
#include "rt/gic.h"

static const struct {
    const char *name;
    u64 address;
    u32 pattern;
    bool bytes, doubleword;
} registers[] = {
    {"GICD_IGROUPR1", GICD + IGROUPR + 4, 0x81c3e7f1, false, false},
    {"GICD_ISENABLER1", GICD + ISENABLER + 4, 0x81c3e7f1, false, false},
    {"GICD_IPRIORITYR10", GICD + IPRIORITYR + 40, 0x88c0e8f0, true, false},
    {"GICD_ICFGR2", GICD + ICFGR + 8, 0x80a2a88a, false, false},
    {"GICD_IROUTER32", GICD + GICD_IROUTER + 8 * 32, 0x00332211, false, true},
    {"GICR_IGROUPR0", SGI_BASE(0) + IGROUPR, 0x81c3e7f1, false, false},
    {"GICR_IPRIORITYR2", SGI_BASE(0) + IPRIORITYR + 8, 0x88c0e8f0, true, false},
};

int main(void)
{
    gicd_init();
    gicr_init();
    for (unsigned n = 0; n < sizeof(registers) / sizeof(registers[0]); n++) {
        const u64 at = registers[n].address;
        const u32 p = registers[n].pattern;
        u64 v = 0, trap;

        section(registers[n].name);
        write32(at, 0);
        write32(at, p);
        expect(read32(at), p, "32");
        for (unsigned b = 0; b < 4; b++) {
            trap = TRAP_OF(v = read8(at + b));
            if (registers[n].bytes) {
                expect(trap ? trap : v, p >> 8 * b & 0xff, "byte %u", (u64)b);
            } else {
                fact(trap ? trap << 32 : v, "byte %u", (u64)b);
            }
        }
        for (unsigned h = 0; h < 2; h++) {
            trap = TRAP_OF(v = read16(at + 2 * h));
            fact(trap ? trap << 32 : v, "half %u", (u64)h);
        }
        trap = TRAP_OF(v = read64(at & ~7ull));
        if (registers[n].doubleword) {
            expect(trap ? trap : v, p, "64");
        } else {
            fact(trap ? trap << 32 : v >> (at & 4 ? 32 : 0) & 0xffffffff, "64");
        }
        trap = TRAP_OF(write8(at + 1, 0x18));
        if (registers[n].bytes) {
            expect(trap ? trap : read32(at), (p & ~0xff00u) | 0x1800, "write of byte 1");
        } else {
            fact(trap ? trap << 32 : read32(at), "write of byte 1");
        }
        write32(at, p);
        trap = TRAP_OF(write16(at + 2, 0x1818));
        fact(trap ? trap << 32 : read32(at), "write of half 1");
        write32(at, p);
    }

    section("GICR_TYPER");
    expect((read32(GICR(0) + GICR_TYPER) | (u64)read32(GICR(0) + GICR_TYPER + 4) << 32) ^
               read64(GICR(0) + GICR_TYPER),
           0, "two halves against the whole");
    section("GICD_IROUTER32");
    write64(GICD + GICD_IROUTER + 8 * 32, 0x0000004400332211ull);
    expect(read32(GICD + GICD_IROUTER + 8 * 32), 0x332211, "low half");
    expect(read32(GICD + GICD_IROUTER + 8 * 32 + 4), 0x44, "high half");
    write32(GICD + GICD_IROUTER + 8 * 32 + 4, 0x55);
    expect(read64(GICD + GICD_IROUTER + 8 * 32), 0x5500332211ull, "high half written");
    section("reserved");
    fact(read32(GICD + 0x14), "GICD 0x14");
    fact(read64(GICD + 0x5000), "GICD 0x5000, 64 bits");
    fact(read8(GICD + 0x5001), "GICD 0x5001, 8 bits");
    return 0;
}
