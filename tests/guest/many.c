/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=130
 *
 * More PEs than the first Redistributor region of the virt machine holds (123): the frames of both
 * regions, SGIs and SPIs to PEs of the second, all-but-self to 129 PEs. PEs that are not used stay
 * off.
 */
#include "rt/gic.h"

enum {
    PES = 130,
    FIRST_REGION = 123
};
static const unsigned used[] = {0, 15, 16, 122, 123, 129};
enum {
    USED = sizeof(used) / sizeof(used[0])
};

static u64 begin(u64 unused)
{
    gicr_init();
    icc_init();
    write32(SGI_BASE(pe_number()) + ISENABLER, 0xffff);
    return unused;
}

static u64 ack(u64 unused)
{
    const u64 intid = iar1();
    eoi1(intid);
    return intid + unused;
}

static void frames(void)
{
    u64 wrong = 0;
    section("frames");
    for (unsigned pe = 0; pe < PES; pe++) {
        const u64 typer = read64(GICR(pe) + GICR_TYPER);
        wrong += typer >> 32 != pe_mpidr(pe) || (typer >> 8 & 0xffff) != pe ||
                 (typer >> 4 & 1) != (pe == FIRST_REGION - 1 || pe == PES - 1);
    }
    expect(wrong, 0, "GICR_TYPER of 130 PEs: affinity, number, Last of two regions");
    write32(SGI_BASE(129) + IPRIORITYR + 20, 0x40302010);
    expect(read32(SGI_BASE(129) + IPRIORITYR + 20), 0x40302010, "written in the second region");
    expect(read32(SGI_BASE(128) + IPRIORITYR + 20), 0, "its neighbour");
    write32(SGI_BASE(129) + IPRIORITYR + 20, 0);
}

static void sgis(void)
{
    section("sgi");
    for (unsigned n = 0; n < USED; n++) {
        const u64 mpidr = pe_mpidr(used[n]);
        send_sgi1(sgi(5, mpidr, 0, 1u << (mpidr & 0xf)));
        for (unsigned m = 0; m < USED; m++) {
            expect(on_pe(used[m], ack, 0), m == n ? 5 : SPURIOUS, "to PE %u, IAR1 of PE %u",
                   (u64)used[n], (u64)used[m]);
        }
    }
    /* Group 1 in the frames of the PEs that are off, too: they only remember it. */
    for (unsigned pe = 0; pe < PES; pe++) {
        write32(SGI_BASE(pe) + IGROUPR, ~0u);
    }
    send_sgi1(sgi(6, 0, 0, 0) | SGI_IRM);
    u64 got = 0;
    for (unsigned pe = 0; pe < PES; pe++) {
        got += read32(SGI_BASE(pe) + ISPENDR) == 1u << 6;
    }
    expect(got, PES - 1, "all but self");
    expect(read32(SGI_BASE(0) + ISPENDR), 0, "self");
    for (unsigned n = 1; n < USED; n++) {
        expect(on_pe(used[n], ack, 0), 6, "all but self, IAR1 of PE %u", (u64)used[n]);
    }
}

static void spis(void)
{
    section("spi");
    for (unsigned n = 0; n < USED; n++) {
        setup(40, 1, 0xa0);
        route(40, pe_mpidr(used[n]));
        pend(40);
        for (unsigned m = 0; m < USED; m++) {
            expect(on_pe(used[m], ack, 0), m == n ? 40 : SPURIOUS, "to PE %u, IAR1 of PE %u",
                   (u64)used[n], (u64)used[m]);
        }
    }
}

int main(void)
{
    gicd_init();
    frames();
    for (unsigned n = 0; n < USED; n++) {
        if (used[n]) {
            pe_start(used[n]);
        }
        on_pe(used[n], begin, 0);
    }
    sgis();
    spis();
    return 0;
}
