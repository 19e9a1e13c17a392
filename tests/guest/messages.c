/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * Message-based SPIs (GICD_SETSPI_NSR, CLRSPI_NSR and the Secure forms) with one Security state,
 * where GICD_TYPER.MBIS says that they exist.
 */
#include "rt/gic.h"

enum {
    A = 40
};

int main(void)
{
    gicd_init();
    gicr_init();
    icc_init();
    section("mbis");
    const u64 mbis = read32(GICD + GICD_TYPER) >> 16 & 1;
    fact(mbis, "GICD_TYPER.MBIS");
    if (!mbis) {
        setup(A, 1, 0xa0);
        write32(GICD + GICD_SETSPI_NSR, A);
        expect(pending(A), 0, "SETSPI_NSR is RES0");
        return 0;
    }

    section("edge");
    setup(A, 1, 0xa0);
    write32(GICD + GICD_SETSPI_NSR, A);
    expect(state(A), 1, "SETSPI_NSR");
    write32(GICD + GICD_CLRSPI_NSR, A);
    expect(state(A), 0, "CLRSPI_NSR");
    write16(GICD + GICD_SETSPI_NSR, A);
    expect(iar1(), A, "16-bit SETSPI_NSR");
    write32(GICD + GICD_SETSPI_NSR, A);
    expect(state(A), 3, "while active");
    eoi1(A);
    write16(GICD + GICD_CLRSPI_NSR, A);
    expect(state(A), 0, "16-bit CLRSPI_NSR");
    set_group(A, 0);
    write32(GICD + GICD_SETSPI_NSR, A);
    expect(lines(), MASK_FIQ, "SETSPI_NSR reaches Group 0 with DS=1");
    write32(GICD + GICD_CLRSPI_NSR, A);
    expect(lines(), 0, "CLRSPI_NSR too");
    set_group(A, 1);
    write32(GICD + GICD_SETSPI_SR, A);
    expect(state(A), 0, "SETSPI_SR is WI with DS=1");
    pend(A);
    write32(GICD + GICD_CLRSPI_SR, A);
    expect(state(A), 1, "CLRSPI_SR is WI with DS=1");
    unpend(A);
    write32(GICD + GICD_SETSPI_NSR, 20);
    expect(pending(20), 0, "a PPI is ignored");
    write32(GICD + GICD_SETSPI_NSR, LAST_SPI + 1);
    expect(iar1(), SPURIOUS, "an SPI that does not exist is ignored");
    expect(read32(GICD + GICD_SETSPI_NSR), 0, "SETSPI_NSR is write only");

    section("level");
    set_edge(A, false);
    write32(GICD + GICD_SETSPI_NSR, A);
    expect(state(A), 1, "SETSPI_NSR");
    unpend(A);
    expect(state(A), 1, "ICPENDR does not clear the message's input");
    expect(iar1(), A, "IAR1");
    expect(state(A), 3, "stays asserted");
    eoi1(A);
    expect(iar1(), A, "again");
    write32(GICD + GICD_CLRSPI_NSR, A);
    expect(state(A), 2, "CLRSPI_NSR");
    eoi1(A);
    expect(state(A), 0, "ended");

    section("level and wire");
    setup(INTID_GPIO, 1, 0xa0);
    set_edge(INTID_GPIO, false);
    gpio_wire(true);
    write32(GICD + GICD_SETSPI_NSR, INTID_GPIO);
    gpio_wire(false);
    expect(state(INTID_GPIO), 1, "wire low, message set");
    gpio_wire(true);
    write32(GICD + GICD_CLRSPI_NSR, INTID_GPIO);
    expect(state(INTID_GPIO), 1, "wire high, message cleared");
    gpio_wire(false);
    expect(state(INTID_GPIO), 0, "both low");
    return 0;
}
