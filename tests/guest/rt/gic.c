/* SPDX-License-Identifier: BSD-2-Clause */
/* Shorthands for the GIC and the wires of the virt machine: see gic.h. */
#include "gic.h"

u64 irq_frame(unsigned intid)
{
    return intid < FIRST_SPI ? SGI_BASE(pe_number()) : GICD;
}

void bit_write(unsigned reg, unsigned intid)
{
    write32(irq_frame(intid) + reg + intid / 32 * 4, 1u << intid % 32);
}

bool bit_read(unsigned reg, unsigned intid)
{
    return read32(irq_frame(intid) + reg + intid / 32 * 4) >> intid % 32 & 1;
}

void bit_set(unsigned reg, unsigned intid, bool value)
{
    const u64 address = irq_frame(intid) + reg + intid / 32 * 4;
    const u32 mask = 1u << intid % 32;
    write32(address, (read32(address) & ~mask) | (value ? mask : 0));
}

void set_priority(unsigned intid, u8 priority)
{
    write8(irq_frame(intid) + IPRIORITYR + intid, priority);
}

u8 get_priority(unsigned intid)
{
    return read8(irq_frame(intid) + IPRIORITYR + intid);
}

void set_edge(unsigned intid, bool edge)
{
    const u64 address = irq_frame(intid) + ICFGR + intid / 16 * 4;
    const u32 mask = 2u << intid % 16 * 2;
    write32(address, (read32(address) & ~mask) | (edge ? mask : 0));
}

bool get_edge(unsigned intid)
{
    return read32(irq_frame(intid) + ICFGR + intid / 16 * 4) >> (intid % 16 * 2 + 1) & 1;
}

void setup(unsigned intid, unsigned group, u8 priority)
{
    disable(intid);
    if (intid >= FIRST_SPI) {
        set_edge(intid, true);
        route(intid, pe_mpidr(pe_number()));
    }
    bit_write(ICPENDR, intid);
    bit_write(ICACTIVER, intid);
    set_group(intid, group);
    set_priority(intid, priority);
    enable(intid);
}

void gicd_init(void)
{
    write32(GICD + GICD_CTLR, CTLR_ARE);
    for (unsigned n = 1; n <= LAST_SPI / 32; n++) {
        write32(GICD + ICENABLER + 4 * n, ~0u);
        write32(GICD + ICPENDR + 4 * n, ~0u);
        write32(GICD + ICACTIVER + 4 * n, ~0u);
        write32(GICD + IGROUPR + 4 * n, ~0u);
    }
    for (unsigned n = FIRST_SPI; n <= LAST_SPI; n += 4) {
        write32(GICD + IPRIORITYR + n, 0xa0a0a0a0);
    }
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_GRP0 | CTLR_GRP1);
}

void gicr_init(void)
{
    const u64 base = SGI_BASE(pe_number());
    write32(GICR(pe_number()) + GICR_WAKER, 0);
    while (read32(GICR(pe_number()) + GICR_WAKER) & 4) {
    }
    write32(base + ICENABLER, ~0u);
    write32(base + ICPENDR, ~0u);
    write32(base + ICACTIVER, ~0u);
    write32(base + IGROUPR, ~0u);
    for (unsigned n = 0; n < 32; n += 4) {
        write32(base + IPRIORITYR + n, 0xa0a0a0a0);
    }
}

void icc_init(void)
{
    WRITE_SYS(ICC_SRE_EL1, 7);
    pmr(0xff);
    WRITE_SYS(ICC_BPR0_EL1, 0);
    WRITE_SYS(ICC_BPR1_EL1, 0);
    WRITE_SYS(ICC_CTLR_EL1, 0);
    WRITE_SYS(ICC_IGRPEN0_EL1, 1);
    WRITE_SYS(ICC_IGRPEN1_EL1, 1);
}

void send_sgi1(u64 value)
{
    barrier();
    WRITE_SYS(ICC_SGI1R_EL1, value);
}

void send_sgi0(u64 value)
{
    barrier();
    WRITE_SYS(ICC_SGI0R_EL1, value);
}

void send_asgi1(u64 value)
{
    barrier();
    WRITE_SYS(ICC_ASGI1R_EL1, value);
}

/* PL061: pin 0 is low; as a low-level interrupt it asserts as soon as it is enabled. */
void gpio_wire(bool level)
{
    const u64 base = 0x09030000;
    write32(base + 0x404, 1); /* GPIOIS: level-sensitive */
    write32(base + 0x40c, 0); /* GPIOIEV: low */
    write32(base + 0x410, level);
}

/* PL011: loopback is not needed, the transmit interrupt rises as soon as a character is out. */
void uart_wire(bool level)
{
    const u64 base = 0x09000000;
    write32(base + 0x30, 0x301); /* UARTCR: UART, TX and RX on */
    if (level) {
        write32(base + 0x38, 1 << 5); /* UARTIMSC: TXIM */
        write32(base + 0x00, '.');
    } else {
        write32(base + 0x38, 0);
        write32(base + 0x44, 0x7ff); /* UARTICR */
    }
}

/* PL031: an alarm at the present second rises at once. */
void rtc_wire(bool level)
{
    const u64 base = 0x09010000;
    if (level) {
        write32(base + 0x10, 1); /* RTCIMSC */
        write32(base + 0x04, read32(base));
        while (!(read32(base + 0x14) & 1)) {
            write32(base + 0x04, read32(base)); /* the second passed between the two accesses */
        }
    } else {
        write32(base + 0x10, 0);
        write32(base + 0x1c, 1); /* RTCICR */
    }
}

enum {
    TIMER_ENABLE = 1,
    TIMER_IMASK = 2
};

void vtimer_wire(bool level)
{
    WRITE_SYS("cntv_cval_el0", 0);
    WRITE_SYS("cntv_ctl_el0", level ? TIMER_ENABLE : TIMER_ENABLE | TIMER_IMASK);
}

void ptimer_wire(bool level)
{
    WRITE_SYS("cntp_cval_el0", 0);
    WRITE_SYS("cntp_ctl_el0", level ? TIMER_ENABLE : TIMER_ENABLE | TIMER_IMASK);
}

/* An overflow of the cycle counter, set and cleared by software. */
void pmu_wire(bool level)
{
    WRITE_SYS("pmcr_el0", 1);
    if (level) {
        WRITE_SYS("pmintenset_el1", 1ull << 31);
        WRITE_SYS("pmovsset_el0", 1ull << 31);
    } else {
        WRITE_SYS("pmintenclr_el1", 1ull << 31);
        WRITE_SYS("pmovsclr_el0", 1ull << 31);
    }
}

/* Two Security states */

const char *const class_names[] = {"Group 0", "Secure Group 1", "Non-secure Group 1"};
const char *const place_names[] = {"EL3", "S-EL1", "NS-EL1"};

void set_class(unsigned intid, enum class class)
{
    bit_set(IGROUPR, intid, class == G1NS);
    bit_set(IGRPMODR, intid, class == G1S);
}

void setup_class(unsigned intid, enum class class, u8 priority)
{
    setup(intid, 0, priority);
    set_class(intid, class);
}

void el3_gicd_init(void)
{
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_ARE_NS);
    for (unsigned n = 1; n <= LAST_SPI / 32; n++) {
        write32(GICD + ICENABLER + 4 * n, ~0u);
        write32(GICD + ICPENDR + 4 * n, ~0u);
        write32(GICD + ICACTIVER + 4 * n, ~0u);
        write32(GICD + IGROUPR + 4 * n, ~0u);
        write32(GICD + IGRPMODR + 4 * n, 0);
    }
    write32(GICD + GICD_CTLR, CTLR_ARE | CTLR_ARE_NS | CTLR_GRP0 | CTLR_GRP1 | CTLR_GRP1S);
}

void el3_pe_init(void)
{
    gicr_init();
    write32(SGI_BASE(pe_number()) + IGRPMODR, 0);
    WRITE_SYS(ICC_SRE_EL3, 0xf);
    scr_set(SCR_NS, 0);
    TRAP_OF(WRITE_SYS(ICC_SRE_EL2, 0xf)); /* el3-traps looks whether this may be done */
    WRITE_SYS(ICC_SRE_EL1, 7);
    scr_set(0, SCR_NS);
    icc_init();
    WRITE_SYS(ICC_CTLR_EL3, 0);
    WRITE_SYS(ICC_IGRPEN1_EL3, 3);
}

u64 at(enum place place, u64 (*function)(u64), u64 argument)
{
    if (place == AT_EL3) {
        return function(argument);
    }
    return in_world(place == AT_S_EL1 ? SECURE : NON_SECURE, function, argument);
}

u64 el3_ack(enum class class)
{
    return class == G0 ? iar0() : iar1();
}

void el3_idle(void)
{
    /* By EOI first: models differ in what EL3 may clear in the Non-secure copy of AP1R. */
    for (unsigned n = 0; n < 64 && rpr() != 0xff; n++) {
        eoi0(LAST_SPI);
        eoi1(LAST_SPI);
    }
    WRITE_SYS(ICC_AP0R0_EL1, 0);
    WRITE_SYS(ICC_AP1R0_EL1, 0);
    scr_set(SCR_NS, 0);
    WRITE_SYS(ICC_AP1R0_EL1, 0);
    WRITE_SYS(ICC_BPR1_EL1, 0);
    scr_set(0, SCR_NS);
    WRITE_SYS(ICC_BPR0_EL1, 0);
    WRITE_SYS(ICC_BPR1_EL1, 0);
    WRITE_SYS(ICC_CTLR_EL3, 0);
    pmr(0xff);
    write32(SGI_BASE(pe_number()) + ICPENDR, ~0u);
    write32(SGI_BASE(pe_number()) + ICACTIVER, ~0u);
    write32(GICD + ICPENDR + 4, ~0u);
    write32(GICD + ICACTIVER + 4, ~0u);
}

u64 f_iar0(u64 unused)
{
    return iar0() + unused;
}
u64 f_iar1(u64 unused)
{
    return iar1() + unused;
}
u64 f_hppir0(u64 unused)
{
    return hppir0() + unused;
}
u64 f_hppir1(u64 unused)
{
    return hppir1() + unused;
}
u64 f_rpr(u64 unused)
{
    return rpr() + unused;
}
u64 f_lines(u64 unused)
{
    return lines() + unused;
}
u64 f_eoi0(u64 intid)
{
    eoi0(intid);
    return 0;
}
u64 f_eoi1(u64 intid)
{
    eoi1(intid);
    return 0;
}
u64 f_dir(u64 intid)
{
    dir(intid);
    return 0;
}
u64 f_pmr(u64 unused)
{
    return READ_SYS(ICC_PMR_EL1) + unused;
}
u64 f_set_pmr(u64 value)
{
    pmr(value);
    return 0;
}
u64 f_read32(u64 address)
{
    return read32(address);
}
u64 f_write32(u64 both)
{
    write32(both & 0xffffffff, both >> 32);
    return 0;
}
