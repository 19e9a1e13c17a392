/* SPDX-License-Identifier: BSD-2-Clause */
/* The GICv3 as the guest programs see it: the virt machine's addresses, registers, shorthands. */
#ifndef GIC_H
#define GIC_H

#include "rt.h"

#define GICD 0x08000000ull
/* RD_base; the machine has two regions, the first for 123 PEs, the second above 256 GiB. */
#define GICR(pe)                                                                                   \
    ((pe) < 123 ? 0x080a0000ull + 0x20000ull * (pe) : 0x4000000000ull + 0x20000ull * ((pe)-123))
#define SGI_BASE(pe) (GICR(pe) + 0x10000ull)
enum {
    SPIS = 256,
    FIRST_SPI = 32,
    LAST_SPI = 287
};

enum {
    GICD_CTLR = 0x0,
    GICD_TYPER = 0x4,
    GICD_IIDR = 0x8,
    GICD_TYPER2 = 0xc,
    GICD_SETSPI_NSR = 0x40,
    GICD_CLRSPI_NSR = 0x48,
    GICD_SETSPI_SR = 0x50,
    GICD_CLRSPI_SR = 0x58,
    /* These offsets are the same in the SGI frame of a Redistributor. */
    IGROUPR = 0x80,
    ISENABLER = 0x100,
    ICENABLER = 0x180,
    ISPENDR = 0x200,
    ICPENDR = 0x280,
    ISACTIVER = 0x300,
    ICACTIVER = 0x380,
    IPRIORITYR = 0x400,
    ICFGR = 0xc00,
    IGRPMODR = 0xd00,
    NSACR = 0xe00,
    GICD_IROUTER = 0x6000,
    GICR_CTLR = 0x0,
    GICR_TYPER = 0x8,
    GICR_WAKER = 0x14,
};

/* GICD_CTLR: one Security state (DS=1), Secure view, Non-secure view with ARE. */
enum {
    CTLR_GRP0 = 1 << 0,
    CTLR_GRP1 = 1 << 1, /* NS Group 1 in the Secure view */
    CTLR_GRP1S = 1 << 2,
    CTLR_ARE = 1 << 4,
    CTLR_ARE_NS = 1 << 5,
    CTLR_DS = 1 << 6,
};

#define ICC_PMR_EL1 "S3_0_C4_C6_0"
#define ICC_IAR0_EL1 "S3_0_C12_C8_0"
#define ICC_EOIR0_EL1 "S3_0_C12_C8_1"
#define ICC_HPPIR0_EL1 "S3_0_C12_C8_2"
#define ICC_BPR0_EL1 "S3_0_C12_C8_3"
#define ICC_AP0R0_EL1 "S3_0_C12_C8_4"
#define ICC_AP0R1_EL1 "S3_0_C12_C8_5"
#define ICC_AP0R2_EL1 "S3_0_C12_C8_6"
#define ICC_AP0R3_EL1 "S3_0_C12_C8_7"
#define ICC_AP1R0_EL1 "S3_0_C12_C9_0"
#define ICC_AP1R1_EL1 "S3_0_C12_C9_1"
#define ICC_AP1R2_EL1 "S3_0_C12_C9_2"
#define ICC_AP1R3_EL1 "S3_0_C12_C9_3"
#define ICC_NMIAR1_EL1 "S3_0_C12_C9_5"
#define ICC_DIR_EL1 "S3_0_C12_C11_1"
#define ICC_RPR_EL1 "S3_0_C12_C11_3"
#define ICC_SGI1R_EL1 "S3_0_C12_C11_5"
#define ICC_ASGI1R_EL1 "S3_0_C12_C11_6"
#define ICC_SGI0R_EL1 "S3_0_C12_C11_7"
#define ICC_IAR1_EL1 "S3_0_C12_C12_0"
#define ICC_EOIR1_EL1 "S3_0_C12_C12_1"
#define ICC_HPPIR1_EL1 "S3_0_C12_C12_2"
#define ICC_BPR1_EL1 "S3_0_C12_C12_3"
#define ICC_CTLR_EL1 "S3_0_C12_C12_4"
#define ICC_SRE_EL1 "S3_0_C12_C12_5"
#define ICC_IGRPEN0_EL1 "S3_0_C12_C12_6"
#define ICC_IGRPEN1_EL1 "S3_0_C12_C12_7"
#define ICC_SRE_EL2 "S3_4_C12_C9_5"
#define ICC_CTLR_EL3 "S3_6_C12_C12_4"
#define ICC_SRE_EL3 "S3_6_C12_C12_5"
#define ICC_IGRPEN1_EL3 "S3_6_C12_C12_7"

enum {
    CTLR_EL1_CBPR = 1,
    CTLR_EL1_EOIMODE = 2,
    CTLR_EL1_PMHE = 0x40
};
enum {
    CTLR_EL3_CBPR_S = 1,
    CTLR_EL3_CBPR_NS = 2,
    CTLR_EL3_EOIMODE_EL3 = 4,
    CTLR_EL3_EOIMODE_S = 8,
    CTLR_EL3_EOIMODE_NS = 0x10,
};

enum {
    SPURIOUS = 1023
};

static inline u32 read32(u64 address)
{
    const u32 value = *(volatile u32 *)address;
    __asm__ volatile("dsb sy" ::: "memory");
    return value;
}
static inline void write32(u64 address, u32 value)
{
    *(volatile u32 *)address = value;
    barrier();
}
static inline u64 read64(u64 address)
{
    return *(volatile u64 *)address;
}
static inline void write64(u64 address, u64 value)
{
    *(volatile u64 *)address = value;
    barrier();
}
static inline u8 read8(u64 address)
{
    return *(volatile u8 *)address;
}
static inline void write8(u64 address, u8 value)
{
    *(volatile u8 *)address = value;
    barrier();
}
static inline u16 read16(u64 address)
{
    return *(volatile u16 *)address;
}
static inline void write16(u64 address, u16 value)
{
    *(volatile u16 *)address = value;
    barrier();
}

/*
 * One interrupt, by INTID: SGIs and PPIs are those of the PE that runs. The set_ and clear_
 * registers (ISENABLER, ...) are written as a guest would, the others are read, changed, written.
 */
u64 irq_frame(unsigned intid);
void bit_write(unsigned reg, unsigned intid);
bool bit_read(unsigned reg, unsigned intid);
void bit_set(unsigned reg, unsigned intid, bool value);
static inline void enable(unsigned intid)
{
    bit_write(ISENABLER, intid);
}
static inline void disable(unsigned intid)
{
    bit_write(ICENABLER, intid);
}
static inline void pend(unsigned intid)
{
    bit_write(ISPENDR, intid);
}
static inline void unpend(unsigned intid)
{
    bit_write(ICPENDR, intid);
}
static inline bool pending(unsigned intid)
{
    return bit_read(ISPENDR, intid);
}
static inline bool active(unsigned intid)
{
    return bit_read(ISACTIVER, intid);
}
static inline bool enabled(unsigned intid)
{
    return bit_read(ISENABLER, intid);
}
/* pending | active << 1 */
static inline u64 state(unsigned intid)
{
    return (u64)pending(intid) | (u64)active(intid) << 1;
}
static inline void set_group(unsigned intid, unsigned group)
{
    bit_set(IGROUPR, intid, group);
}
void set_priority(unsigned intid, u8 priority);
u8 get_priority(unsigned intid);
void set_edge(unsigned intid, bool edge);
bool get_edge(unsigned intid);
static inline void route(unsigned intid, u64 affinity)
{
    write64(GICD + GICD_IROUTER + 8ull * intid, affinity);
}

/* Group 1 (or group), priority, edge, routed here, not pending, enabled. */
void setup(unsigned intid, unsigned group, u8 priority);

/* Distributor with one Security state: both groups on, every interrupt Group 1, all of them idle.
 */
void gicd_init(void);
/* This PE's Redistributor (awake, Group 1, idle) and CPU interface (PMR 0xff, both groups on). */
void gicr_init(void);
void icc_init(void);

static inline u64 iar0(void)
{
    const u64 v = READ_SYS(ICC_IAR0_EL1);
    barrier();
    return v;
}
static inline u64 iar1(void)
{
    const u64 v = READ_SYS(ICC_IAR1_EL1);
    barrier();
    return v;
}
static inline u64 hppir0(void)
{
    return READ_SYS(ICC_HPPIR0_EL1);
}
static inline u64 hppir1(void)
{
    return READ_SYS(ICC_HPPIR1_EL1);
}
static inline u64 rpr(void)
{
    return READ_SYS(ICC_RPR_EL1);
}
static inline void eoi0(u64 intid)
{
    WRITE_SYS(ICC_EOIR0_EL1, intid);
}
static inline void eoi1(u64 intid)
{
    WRITE_SYS(ICC_EOIR1_EL1, intid);
}
static inline void dir(u64 intid)
{
    WRITE_SYS(ICC_DIR_EL1, intid);
}
static inline void pmr(u64 value)
{
    WRITE_SYS(ICC_PMR_EL1, value);
}

/* The PE's inputs: MASK_IRQ, MASK_FIQ as ISR_EL1 shows them. */
static inline unsigned lines(void)
{
    barrier();
    const u64 isr = READ_SYS("isr_el1");
    return (isr >> 7 & 1 ? MASK_IRQ : 0) | (isr >> 6 & 1 ? MASK_FIQ : 0);
}

/* The value of an SGI register: INTID, Aff3.Aff2.Aff1 of the targets, range, list. */
static inline u64 sgi(unsigned intid, u64 affinity, unsigned range, unsigned list)
{
    return (u64)intid << 24 | (affinity >> 8 & 0xff) << 16 | (affinity >> 16 & 0xff) << 32 |
           (affinity >> 32 & 0xff) << 48 | (u64)range << 44 | list;
}
#define SGI_IRM (1ull << 40)
void send_sgi1(u64 value);
void send_sgi0(u64 value);
void send_asgi1(u64 value);

/*
 * Two Security states: programs that start at EL3. The classes are the groups of DS=0, the places
 * where code runs; at EL3 the Secure banks are selected (SCR_EL3.NS = 0).
 */
enum class {
    G0,
    G1S,
    G1NS,
    CLASSES
};
enum place {
    AT_EL3,
    AT_S_EL1,
    AT_NS_EL1,
    PLACES
};
extern const char *const class_names[CLASSES], *const place_names[PLACES];
/* Everything on: GICD groups, this PE's Redistributor and CPU interface; all Group 1 NS, idle. */
void el3_gicd_init(void);
void el3_pe_init(void);
/* Gives an interrupt its class by IGROUPR and IGRPMODR. */
void set_class(unsigned intid, enum class class);
/* setup() with a class instead of a group. */
void setup_class(unsigned intid, enum class class, u8 priority);
u64 at(enum place place, u64 (*function)(u64 argument), u64 argument);
/* At EL3: the interrupt's acknowledge; nothing active, no priority running, nothing pending. */
u64 el3_ack(enum class class);
void el3_idle(void);

/* Functions for at() and on_pe(). */
u64 f_iar0(u64 unused);
u64 f_iar1(u64 unused);
u64 f_hppir0(u64 unused);
u64 f_hppir1(u64 unused);
u64 f_rpr(u64 unused);
u64 f_lines(u64 unused);
u64 f_eoi0(u64 intid);
u64 f_eoi1(u64 intid);
u64 f_dir(u64 intid);
u64 f_pmr(u64 unused);
u64 f_set_pmr(u64 value);
u64 f_read32(u64 address);
/* Address in [31:0], value in [63:32]. */
u64 f_write32(u64 both);
#define BOTH(address, value) ((u64)(address) | (u64)(u32)(value) << 32)

/* Wires that a program can move by itself. */
enum {
    INTID_UART = 33,
    INTID_RTC = 34,
    INTID_GPIO = 39
};
enum {
    INTID_PMU = 23,
    INTID_VTIMER = 27,
    INTID_STIMER = 29,
    INTID_PTIMER = 30
};
void gpio_wire(bool level);
void uart_wire(bool level);
void rtc_wire(bool level);
void vtimer_wire(bool level);
void ptimer_wire(bool level);
void pmu_wire(bool level);

#endif
