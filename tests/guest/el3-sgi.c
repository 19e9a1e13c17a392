/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 secure=on firmware=on
 *
 * Two Security states: which of SGI0R, SGI1R and ASGI1R, written at EL3, Secure EL1 or Non-secure
 * EL1, makes an SGI of which group pending, under every GICR_NSACR; the target is self, then PE 1.
 */
#include "rt/gic.h"

enum {
    SGI = 5
};

static const char *const names[] = {"SGI0R", "SGI1R", "ASGI1R"};

static u64 f_sgi0(u64 v)
{
    send_sgi0(v);
    return 0;
}
static u64 f_sgi1(u64 v)
{
    send_sgi1(v);
    return 0;
}
static u64 f_asgi1(u64 v)
{
    send_asgi1(v);
    return 0;
}
static u64 (*const send[])(u64) = {f_sgi0, f_sgi1, f_asgi1};

/* Section 7.7. For Non-secure writers: the lowest NSACR that lets the SGI through, 9 for never. */
static bool reaches(unsigned r, enum place from, enum class to, unsigned nsacr)
{
    static const bool secure[3][CLASSES] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    static const unsigned least[3][CLASSES] = {{1, 9, 9}, {1, 2, 0}, {1, 2, 9}};
    return from == AT_NS_EL1 ? nsacr >= least[r][to] : secure[r][to];
}

/* One bit for each NSACR value under which the SGI arrives. */
static void matrix(unsigned pe, const char *name)
{
    const u64 frame = SGI_BASE(pe);
    section(name);
    for (unsigned c = 0; c < CLASSES; c++) {
        write32(frame + IGROUPR, c == G1NS ? ~0u : ~(1u << SGI));
        write32(frame + IGRPMODR, c == G1S ? 1u << SGI : 0);
        for (unsigned p = 0; p < PLACES; p++) {
            for (unsigned r = 0; r < 3; r++) {
                for (unsigned irm = 0; irm < 1 + pe; irm++) {
                    u64 did = 0, should = 0;
                    for (unsigned nsacr = 0; nsacr < 4; nsacr++) {
                        write32(frame + NSACR, nsacr << 2 * SGI);
                        at(p, send[r],
                           irm ? sgi(SGI, 0, 0, 0) | SGI_IRM : sgi(SGI, 0, 0, 1u << pe));
                        did |= (u64)(read32(frame + ISPENDR) == 1u << SGI) << nsacr;
                        should |= (u64)reaches(r, p, c, nsacr) << nsacr;
                        write32(frame + ICPENDR, ~0u);
                    }
                    expect(did, should, "%s at %s to %s%s", names[r], place_names[p],
                           class_names[c], irm ? ", IRM" : "");
                }
            }
        }
        write32(frame + NSACR, 0);
    }
    write32(frame + IGROUPR, ~0u);
    write32(frame + IGRPMODR, 0);
}

static u64 f_init(u64 unused)
{
    el3_pe_init();
    return unused;
}

/* On PE 1, at EL1 of a world: waits for an SGI by polling. */
static u64 poll(u64 unused)
{
    for (u64 n = 0; n < 100000000; n++) {
        const u64 intid = iar1();
        if (intid < 16) {
            eoi1(intid);
            return intid + unused;
        }
    }
    return SPURIOUS;
}
static u64 poll_in(u64 world)
{
    return at((enum place)world, poll, 0);
}

static void across(void)
{
    section("across");
    write32(SGI_BASE(1) + IGROUPR, ~(1u << 7));
    write32(SGI_BASE(1) + IGRPMODR, 1u << 7);
    write32(SGI_BASE(1) + ISENABLER, 0xffff);
    on_pe_begin(1, poll_in, AT_S_EL1);
    at(AT_S_EL1, f_sgi1, sgi(7, 0, 0, 2));
    expect(on_pe_end(1), 7, "S-EL1 of PE 0 to S-EL1 of PE 1");
    on_pe_begin(1, poll_in, AT_NS_EL1);
    at(AT_NS_EL1, f_sgi1, sgi(8, 0, 0, 2));
    expect(on_pe_end(1), 8, "NS-EL1 of PE 0 to NS-EL1 of PE 1");
    on_pe_begin(1, poll_in, AT_NS_EL1);
    at(AT_S_EL1, f_asgi1, sgi(9, 0, 0, 2));
    expect(on_pe_end(1), 9, "S-EL1 of PE 0 to NS-EL1 of PE 1, ASGI1R");
    write32(SGI_BASE(1) + NSACR, 2u << 14);
    on_pe_begin(1, poll_in, AT_S_EL1);
    at(AT_NS_EL1, f_asgi1, sgi(7, 0, 0, 2));
    expect(on_pe_end(1), 7, "NS-EL1 of PE 0 to S-EL1 of PE 1, ASGI1R and NSACR 2");
    write32(SGI_BASE(1) + NSACR, 0);
}

int main(void)
{
    el3_gicd_init();
    pe_start(1);
    on_pe(1, f_init, 0);
    el3_pe_init();
    matrix(0, "self");
    matrix(1, "other");
    across();
    return 0;
}
