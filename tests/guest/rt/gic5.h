/* SPDX-License-Identifier: BSD-2-Clause */
/* The GICv5 as the guest programs see it: registers, instructions, tables of LPIs, shorthands. */
#ifndef GIC5_H
#define GIC5_H

#include "fdt.h"
#include "gic.h"

#define ICC_APR_EL1 "S3_1_C12_C0_0"
#define ICC_CR0_EL1 "S3_1_C12_C0_1"
#define ICC_PCR_EL1 "S3_1_C12_C0_2"
#define ICC_HAPR_EL1 "S3_1_C12_C0_3"
#define ICC_PPI_HMR0_EL1 "S3_0_C12_C10_0"
#define ICC_PPI_HMR1_EL1 "S3_0_C12_C10_1"
#define ICC_IDR0_EL1 "S3_0_C12_C10_2"
#define ICC_HPPIR_EL1 "S3_0_C12_C10_3"
#define ICC_ICSR_EL1 "S3_0_C12_C10_4"
#define ICC_IAFFIDR_EL1 "S3_0_C12_C10_5"
#define ICC_PPI_ENABLER0_EL1 "S3_0_C12_C10_6"
#define ICC_PPI_ENABLER1_EL1 "S3_0_C12_C10_7"
#define ICC_PPI_CACTIVER0_EL1 "S3_0_C12_C13_0"
#define ICC_PPI_CACTIVER1_EL1 "S3_0_C12_C13_1"
#define ICC_PPI_SACTIVER0_EL1 "S3_0_C12_C13_2"
#define ICC_PPI_SACTIVER1_EL1 "S3_0_C12_C13_3"
#define ICC_PPI_CPENDR0_EL1 "S3_0_C12_C13_4"
#define ICC_PPI_CPENDR1_EL1 "S3_0_C12_C13_5"
#define ICC_PPI_SPENDR0_EL1 "S3_0_C12_C13_6"
#define ICC_PPI_SPENDR1_EL1 "S3_0_C12_C13_7"
#define ICC_PPI_PRIORITYR0_EL1 "S3_0_C12_C14_0"
#define ICC_PPI_PRIORITYR1_EL1 "S3_0_C12_C14_1"
#define ICC_PPI_PRIORITYR2_EL1 "S3_0_C12_C14_2"
#define ICC_PPI_PRIORITYR3_EL1 "S3_0_C12_C14_3"
#define ICC_PPI_PRIORITYR4_EL1 "S3_0_C12_C14_4"
#define ICC_PPI_PRIORITYR5_EL1 "S3_0_C12_C14_5"
#define ICC_PPI_PRIORITYR6_EL1 "S3_0_C12_C14_6"
#define ICC_PPI_PRIORITYR7_EL1 "S3_0_C12_C14_7"
#define ICC_PPI_PRIORITYR8_EL1 "S3_0_C12_C15_0"
#define ICC_PPI_PRIORITYR9_EL1 "S3_0_C12_C15_1"
#define ICC_PPI_PRIORITYR10_EL1 "S3_0_C12_C15_2"
#define ICC_PPI_PRIORITYR11_EL1 "S3_0_C12_C15_3"
#define ICC_PPI_PRIORITYR12_EL1 "S3_0_C12_C15_4"
#define ICC_PPI_PRIORITYR13_EL1 "S3_0_C12_C15_5"
#define ICC_PPI_PRIORITYR14_EL1 "S3_0_C12_C15_6"
#define ICC_PPI_PRIORITYR15_EL1 "S3_0_C12_C15_7"

enum {
    CR0_EN = 1,
    CR0_LINK = 2,
    CR0_LINK_IDLE = 4
};

/* ICC_ICSR_EL1 */
enum {
    ICSR_F = 1,
    ICSR_ENABLED = 2,
    ICSR_PENDING = 4,
    ICSR_IRM = 8,
    ICSR_ACTIVE = 0x10,
    ICSR_LEVEL = 0x20
};
#define ICSR(flags, priority, iaffid) ((u64)(flags) | (u64)(priority) << 11 | (u64)(iaffid) << 32)

/* INTIDs */
#define PPI5(n) (1u << 29 | (u32)(n))
#define LPI5(n) (2u << 29 | (u32)(n))
#define SPI5(n) (3u << 29 | (u32)(n))
#define VALID5 (1ull << 32)

enum {
    PPI_SW = 3,
    PPI_PMU = 23,
    PPI_VTIMER = 27,
    PPI_PTIMER = 30,
    SPI_UART = 1,
    SPI_RTC = 2,
    SPI_GPIO = 7
};

/* IRS_CONFIG_FRAME */
enum {
    IRS_IDR0 = 0x00,
    IRS_IDR1 = 0x04,
    IRS_IDR2 = 0x08,
    IRS_IDR3 = 0x0c,
    IRS_IDR4 = 0x10,
    IRS_IDR5 = 0x14,
    IRS_IDR6 = 0x18,
    IRS_IDR7 = 0x1c,
    IRS_IIDR = 0x40,
    IRS_AIDR = 0x44,
    IRS_CR0 = 0x80,
    IRS_CR1 = 0x84,
    IRS_SYNCR = 0xc0,
    IRS_SYNC_STATUSR = 0xc4,
    IRS_SPI_VMR = 0x100,
    IRS_SPI_SELR = 0x108,
    IRS_SPI_DOMAINR = 0x10c,
    IRS_SPI_RESAMPLER = 0x110,
    IRS_SPI_CFGR = 0x114,
    IRS_SPI_STATUSR = 0x118,
    IRS_PE_SELR = 0x140,
    IRS_PE_STATUSR = 0x144,
    IRS_PE_CR0 = 0x148,
    IRS_IST_BASER = 0x180,
    IRS_IST_CFGR = 0x190,
    IRS_IST_STATUSR = 0x194,
    IRS_MAP_L2_ISTR = 0x1c0,
    IRS_SWERR_STATUSR = 0x3c0,
    IRS_SWERR_SYNDROMER0 = 0x3c8,
    IRS_SWERR_SYNDROMER1 = 0x3d0,
    DEVARCH = 0xffbc,
    PIDR4 = 0xffd0,
    CIDR0 = 0xfff0
};
enum {
    IDLE = 1, /* of the STATUSR registers */
    STATUSR_V = 2,
    STATUSR_ONLINE = 4,
    IRSEN = 1,
    CR0_IDLE = 2
};

/* Where the machine's device tree says the Non-secure frames are; 0: it has none. */
extern struct gic5 {
    u64 irs, setlpi, its, translate, iwb;
    u32 iwb_device;
} gic5;

/*
 * Instructions, by their encodings: GIC <op>, Xt is SYS #op1, C12, CRm, #op2; GICR Xt, <op> is
 * SYSL. The barrier after each is GSB SYS, with which the IRS is done.
 */
#define GIC_OP(crm, op2, value)                                                                    \
    __asm__ volatile("sys #0, C12, " #crm ", #" #op2                                               \
                     ", %0\n\t.inst 0xd508c01f\n\tisb" ::"r"((u64)(value))                         \
                     : "memory")
/* Its answer is complete after GSB ACK. */
#define GICR_OP(op2)                                                                               \
    ({                                                                                             \
        u64 value_;                                                                                \
        __asm__ volatile("sysl %0, #0, C12, C3, #" #op2 "\n\t.inst 0xd508c03f\n\tisb"              \
                         : "=r"(value_)::"memory");                                                \
        value_;                                                                                    \
    })

static inline void cddis(u32 intid)
{
    GIC_OP(C1, 0, intid);
}
static inline void cden(u32 intid)
{
    GIC_OP(C1, 1, intid);
}
static inline void cdpri(u32 intid, u32 priority)
{
    GIC_OP(C1, 2, intid | (u64)priority << 35);
}
static inline void cdaff(u32 intid, u32 iaffid)
{
    GIC_OP(C1, 3, intid | (u64)iaffid << 32);
}
static inline void cdpend(u32 intid, bool pending)
{
    GIC_OP(C1, 4, intid | (u64)pending << 32);
}
static inline u64 cdrcfg(u32 intid)
{
    GIC_OP(C1, 5, intid);
    return READ_SYS(ICC_ICSR_EL1);
}
static inline void cdeoi(void)
{
    __asm__ volatile(".inst 0xd508c1ff\n\t.inst 0xd508c01f\n\tisb" ::: "memory");
}
static inline void cddi(u32 intid)
{
    GIC_OP(C2, 0, intid);
}
static inline void cdhm(u32 intid, bool level)
{
    GIC_OP(C2, 1, intid | (u64)level << 32);
}
static inline u64 cdia(void)
{
    return GICR_OP(0);
}
static inline u64 cdnmia(void)
{
    return GICR_OP(1);
}
/* Acknowledge, priority drop, deactivation: the INTID with its type, 0 for none. */
u32 take5(void);
u64 f_take5(u64 unused);

static inline u64 hppir(void)
{
    return READ_SYS(ICC_HPPIR_EL1);
}
static inline u64 apr(void)
{
    return READ_SYS(ICC_APR_EL1);
}
static inline void pcr(u64 value)
{
    WRITE_SYS(ICC_PCR_EL1, value);
}

/* PPIs 0 to 63 of this PE. */
static inline void ppi_enable(unsigned n, bool on)
{
    const u64 v = READ_SYS(ICC_PPI_ENABLER0_EL1);
    WRITE_SYS(ICC_PPI_ENABLER0_EL1, on ? v | 1ull << n : v & ~(1ull << n));
}
static inline void ppi_pend(unsigned n, bool on)
{
    if (on) {
        WRITE_SYS(ICC_PPI_SPENDR0_EL1, 1ull << n);
    } else {
        WRITE_SYS(ICC_PPI_CPENDR0_EL1, 1ull << n);
    }
}
void ppi_priority(unsigned n, u32 priority);
/* pending | active << 1 */
u64 ppi_state(unsigned n);

static inline u32 irs_read(u32 offset)
{
    return read32(gic5.irs + offset);
}
static inline void irs_write(u32 offset, u32 value)
{
    write32(gic5.irs + offset, value);
}
/* Writes and waits for bits of the register that tells the end; prints if they never come. */
void irs_write_idle(u32 offset, u32 value, u32 status, u32 bits);
void irs_enable(bool on);
/* Selects an SPI: V of the STATUSR. */
bool spi_select(u32 id);
/* The trigger mode of an SPI, true: level. */
void spi_tm(u32 id, bool level);

/* This PE: no PPI enabled, pending or active, all of priority 31, PCR 31, EN. */
void pe5_init(void);
u64 f_pe5_init(u64 unused);
/* Finds the frames. */
void gic5_find(void);
/* The frames, IRSEN, this PE. */
void gic5_init(void);
/* Priority, edge, to the PE with that IAFFID, not active, enabled; an LPI also not pending. */
void setup5(u32 intid, u32 priority, u32 iaffid);
/* Takes all that is left for this PE, and leaves no priority active. */
void drain5(void);

/* Tables of LPIs. They lie in RAM that no program else uses, from TABLES on. */
#define TABLES 0x41000000ull
#define TABLES_END 0x43f00000ull
struct ist {
    unsigned id_bits, istsz, l2sz;
    bool two_level;
    u64 base; /* of the table, of the first level */
};
/* Zeroed memory; alloc5_reset() frees all. */
u64 alloc5(u64 size, u64 alignment);
void alloc5_reset(void);
/* log2 of the entries of a second level. */
unsigned ist_l2_bits(const struct ist *ist);
/* Makes the (first level) table; all entries are zero. */
void ist_make(struct ist *ist);
u32 ist_cfgr(const struct ist *ist);
void ist_valid(const struct ist *ist);
void ist_invalid(void);
/* Gives the LPI a second level: the table, the entry of the first level and, if `map`, a write of
 * IRS_MAP_L2_ISTR. Answers the table. */
u64 ist_l2(const struct ist *ist, u32 id, bool map);
/* The address of an LPI's entry, and of its entry in the first level. */
u64 ist_l1e(const struct ist *ist, u32 id);
u64 ist_entry(const struct ist *ist, u32 id);
/* One valid table of 2^id_bits LPIs (linear, 4 bytes): what most programs need. */
void lpis_init(unsigned id_bits);

/* An entry: [0] Pending, [1] Active, [2] HM, [3] Enable, Priority, IAFFID. */
enum {
    ISTE_PENDING = 1,
    ISTE_ACTIVE = 2,
    ISTE_LEVEL = 4,
    ISTE_ENABLE = 8,
    ISTE_IRM = 16,
    ISTE_HWU = 0x600
};
#define ISTE(flags, priority, iaffid) ((u32)(flags) | (u32)(priority) << 11 | (u32)(iaffid) << 16)
#define L1_VALID 1ull
#define L1_ADDR 0x00fffffffffff000ull

#endif
