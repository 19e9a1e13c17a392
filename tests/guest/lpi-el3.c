/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on its=on
 *
 * LPIs with two Security states: they are Non-secure Group 1, their priorities lie in the lower
 * half; who may acknowledge and see them, against Secure interrupts, and that Non-secure software
 * owns the registers.
 */
#include "rt/its.h"

enum {
    A = LPI + 10,
    SPI = 40
};

static void set(unsigned event, u8 priority)
{
    lpi_byte(A + event, priority | LPI_ON);
    inv(0, event);
}

static u64 ns_setup(u64 unused)
{
    lpi_init(1);
    its_init();
    device(0, 3);
    for (unsigned n = 0; n < 8; n++) {
        mapti(0, n, A + n, 0);
    }
    return unused;
}
static u64 ns_msi(u64 event)
{
    msi((u32)event);
    return 0;
}

static void registers(void)
{
    section("registers");
    expect(read32(GICR(0) + GICR_CTLR) & 1, 1, "EnableLPIs, EL3");
    expect(at(AT_NS_EL1, f_read32, GICR(0) + GICR_CTLR) & 1, 1, "EnableLPIs, NS-EL1");
    expect(at(AT_S_EL1, f_read32, GICR(0) + GICR_CTLR) & 1, 1, "EnableLPIs, S-EL1");
    expect(read64(GICR(0) + GICR_PROPBASER) & 0xfffffff000, its.config, "PROPBASER, EL3");
    expect(at(AT_NS_EL1, f_read32, GITS + GITS_CTLR) & 1, 1, "GITS_CTLR, NS-EL1");
    expect(read32(GITS + GITS_CTLR) & 1, 1, "GITS_CTLR, EL3");
    lpi_switch(0, false);
    expect(at(AT_NS_EL1, f_read32, GICR(0) + GICR_CTLR) & 1, 0, "switched off by EL3");
    lpi_switch(0, true);
}

static void priorities(void)
{
    section("priority");
    u64 wrong = 0;
    for (unsigned v = 0; v < 0xf0; v += 8) {
        set(0, (u8)v);
        msi(0);
        scr_set(SCR_NS, 0);
        const u64 intid = iar1(), running = rpr();
        eoi1(intid);
        scr_set(0, SCR_NS);
        wrong += intid != A || running != ((v >> 1 | 0x80) & 0xf8);
    }
    expect(wrong, 0, "priority bytes whose RPR is wrong");
    el3_idle();
    /* Against a Secure SPI and a Non-secure one, whose priority EL3 gives as it is. */
    for (unsigned c = 0; c < CLASSES; c++) {
        u64 order = 0;
        for (unsigned v = 0; v < 32; v++) {
            set(0, 0x40); /* 0xa0 */
            setup_class(SPI, c, (u8)(v * 8));
            msi(0);
            pend(SPI);
            scr_set(SCR_NS, 0);
            order |= (u64)(hppir1() == A) << v;
            scr_set(0, SCR_NS);
            clear(0, 0);
            unpend(SPI);
        }
        /* Equal priorities are left out: v = 20 is 0xa0. */
        expect(order & ~(1ull << 20), 0xffe00000, "LPI of 0xa0 before an SPI of %s",
               class_names[c]);
        el3_idle();
    }
}

static void places(void)
{
    section("places");
    set(0, 0);
    expect(lines(), 0, "nothing yet");
    at(AT_NS_EL1, ns_msi, 0);
    expect(at(AT_NS_EL1, f_lines, 0), MASK_IRQ, "lines at NS-EL1");
    expect(at(AT_S_EL1, f_lines, 0), MASK_FIQ, "lines at S-EL1");
    expect(lines(), MASK_FIQ, "lines at EL3");
    expect(hppir1(), A, "HPPIR1 at EL3");
    expect(hppir0(), 1021, "HPPIR0 at EL3");
    expect(iar0(), 1021, "IAR0 at EL3");
    expect(at(AT_S_EL1, f_iar1, 0), SPURIOUS, "IAR1 at S-EL1");
    expect(at(AT_S_EL1, f_iar0, 0), SPURIOUS, "IAR0 at S-EL1");
    expect(at(AT_S_EL1, f_hppir1, 0), SPURIOUS, "HPPIR1 at S-EL1");
    expect(at(AT_NS_EL1, f_iar0, 0), SPURIOUS, "IAR0 at NS-EL1");
    expect(at(AT_NS_EL1, f_hppir1, 0), A, "HPPIR1 at NS-EL1");
    expect(at(AT_NS_EL1, f_iar1, 0), A, "IAR1 at NS-EL1");
    expect(rpr(), 0x80, "RPR at EL3");
    expect(at(AT_NS_EL1, f_rpr, 0), 0x80, "RPR at NS-EL1");
    at(AT_NS_EL1, f_eoi1, A);
    expect(rpr(), 0xff, "ended");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_ARE_NS | CTLR_GRP0 | CTLR_GRP1S);
    msi(0);
    expect(at(AT_NS_EL1, f_lines, 0), 0, "Non-secure Group 1 off");
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_ARE_NS | CTLR_GRP1);
    expect(at(AT_NS_EL1, f_iar1, 0), A, "only Non-secure Group 1 on");
    at(AT_NS_EL1, f_eoi1, A);
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_ARE_NS | CTLR_GRP0 | CTLR_GRP1 | CTLR_GRP1S);

    section("secure first");
    setup_class(SPI, G1S, 0x70);
    msi(0);
    pend(SPI);
    expect(hppir1(), SPI, "the highest LPI is below a Secure SPI of 0x70");
    expect(iar1(), SPI, "IAR1");
    expect(at(AT_NS_EL1, f_lines, 0), 0, "it masks the LPI");
    eoi1(SPI);
    expect(at(AT_NS_EL1, f_iar1, 0), A, "then the LPI");
    pend(SPI);
    expect(at(AT_NS_EL1, f_lines, 0), MASK_FIQ, "the SPI preempts it");
    expect(iar1(), SPI, "IAR1 within");
    eoi1(SPI);
    at(AT_NS_EL1, f_eoi1, A);
    expect(rpr(), 0xff, "all ended");
}

static void masks(void)
{
    section("mask");
    set(0, 0x20); /* 0x90 */
    msi(0);
    u64 open = 0;
    for (unsigned v = 0; v < 256; v += 8) {
        pmr(v);
        open |= (u64)(lines() != 0) << v / 8;
    }
    expect(open, 0xfff80000, "PMR at EL3");
    pmr(0xff);
    scr_set(SCR_FIQ, 0);
    open = 0;
    for (unsigned v = 0; v < 256; v += 16) {
        at(AT_NS_EL1, f_set_pmr, v);
        open |= (u64)(lines() != 0) << v / 16;
    }
    expect(open, 0xfff8, "PMR at NS-EL1, its own view");
    expect(at(AT_NS_EL1, f_iar1, 0), A, "IAR1");
    expect(at(AT_NS_EL1, f_rpr, 0), 0x20, "RPR at NS-EL1, its own view");
    at(AT_NS_EL1, f_eoi1, A);
    scr_set(0, SCR_FIQ);
    pmr(0xff);
}

int main(void)
{
    el3_gicd_init();
    el3_pe_init();
    at(AT_NS_EL1, ns_setup, 0);
    registers();
    priorities();
    places();
    masks();
    return 0;
}
