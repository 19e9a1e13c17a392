/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 its=on global=vgic-v3.lpi-bits=24 global=vgic-v3.lpi-limit=65536
 *
 * INTIDs of 24 bits, where GICD_TYPER says so: LPIs all over the range, tables of 16 MiB and 2 MiB,
 * and a guest that uses more LPIs than libvgic was told to hold.
 */
#include "rt/its.h"

enum {
    D = 3,
    BITS = 24,
    CHUNK = 1024 /* LPIs that libvgic makes room for at once */
};
#define END (1u << BITS)

/* lpi_init() for 2^24 INTIDs. */
static void large(void)
{
    its.pes = 1;
    its.config = arena(END - LPI, 4096);
    for (u64 n = 0; n < END - LPI; n += 8) {
        *(volatile u64 *)(its.config + n) = 0xa1a1a1a1a1a1a1a1;
    }
    its.pending[0] = arena(END / 8, 65536);
    write64(GICR(0) + GICR_PROPBASER, its.config | WRITE_BACK | (BITS - 1));
    write64(GICR(0) + GICR_PENDBASER, its.pending[0] | WRITE_BACK | PTZ);
    lpi_switch(0, true);
}

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    section("bits");
    const u64 bits = (read32(GICD + GICD_TYPER) >> 19 & 0x1f) + 1;
    fact(bits, "GICD_TYPER.IDbits + 1");
    fact(READ_SYS(ICC_CTLR_EL1) >> 11 & 7, "ICC_CTLR_EL1.IDbits");
    if (bits != BITS) {
        return 0;
    }
    large();
    its_init();
    device(D, 15);

    section("range");
    u64 wrong = 0;
    static const unsigned intids[] = {LPI, 65535, 65536, 0x12345, 0x800000, 0xfffffe, 0xffffff};
    for (unsigned n = 0; n < 7; n++) {
        mapti(D, n, intids[n], 0);
        fire(D, n);
        expect(hppir1(), intids[n], "HPPIR1");
        expect(take(), intids[n], "IAR1");
        lpi_byte(intids[n], 0x40);
        inv(D, n);
        fire(D, n);
        wrong += take() != SPURIOUS;
        lpi_byte(intids[n], 0x41);
        inv(D, n);
        wrong += iar1() != intids[n] || rpr() != 0x40;
        eoi1(intids[n]);
    }
    expect(wrong, 0, "disabled, enabled while pending, another priority");
    mapti(D, 7, END, 0);
    expect(fire(D, 7), 1, "an INTID of 25 bits");
    expect(take(), SPURIOUS, "an INTID of 25 bits is none");
    fire(D, 6), fire(D, 3);
    lpi_switch(0, false);
    expect(lpi_bit(0, 0xffffff), 1, "off: the last bit of the pending table");
    expect(lpi_bit(0, 0x12345), 1, "off: another");
    lpi_switch(0, true);
    expect(take() + take(), 0xffffff + 0x12345, "on: both come");
    expect(take(), SPURIOUS, "on: no more");
    write64(GICR(0) + GICR_INVALLR, 0);
    invall(0);
    fire(D, 4);
    expect(take(), 0x800000, "INVALL");

    /* One LPI in each of 2,000 chunks: how many of them fit in what libvgic may hold. */
    section("limit");
    for (unsigned n = 0; n < 2000; n++) {
        push(OP(MAPTI, D), (100 + n) | (u64)(LPI + (1 + n) * CHUNK * 8) << 32, 0, 0);
        push(OP(INT, D), 100 + n, 0, 0);
    }
    expect(its_flush(), 1, "the queue goes on");
    const u64 got = f_drain(0);
    /* 64 chunks, six of them in use, three of these hit again. */
    expect(got, 64 - 6 + 3, "as many come as there is room for");
    fire(D, 6);
    expect(take(), 0xffffff, "those that were used before come as ever");
    fire(D, 2099);
    expect(take(), SPURIOUS, "the others do not");
    lpi_switch(0, false);
    lpi_switch(0, true);
    expect(take(), SPURIOUS, "off and on");
    fire(D, 0);
    expect(take(), LPI, "and goes on");
    setup(40, 1, 0x80);
    pend(40);
    expect(take(), 40, "an SPI, too");
    return 0;
}
