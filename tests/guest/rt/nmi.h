/* SPDX-License-Identifier: BSD-2-Clause */
/* Non-maskable interrupts (FEAT_NMI, FEAT_GICv3_NMI): programs with cpu=max. */
#ifndef NMI_H
#define NMI_H

#include "gic.h"

enum {
    INMIR = 0xf80, /* GICD_INMIR<n>, GICR_INMIR0 */
    NMI_PENDS = 1022
};

#define ALLINT "S3_0_C4_C3_0"
#define ALLINT_BIT (1ull << 13)
#define SCTLR_NMI (1ull << 61)
#define SCTLR_SPINTMASK (1ull << 62)
#define AP1R0_NMI (1ull << 63)
#define RPR_NMI (1ull << 63)
#define RPR_NSNMI (1ull << 62)

static inline void set_nmi(unsigned intid, bool nmi)
{
    bit_set(INMIR, intid, nmi);
}
static inline u64 nmiar1(void)
{
    const u64 v = READ_SYS(ICC_NMIAR1_EL1);
    barrier();
    return v;
}
static inline u64 f_nmiar1(u64 unused)
{
    return nmiar1() + unused;
}
static inline u64 ap1r0(void)
{
    return READ_SYS(ICC_AP1R0_EL1);
}
static inline u64 f_ap1r0(u64 unused)
{
    return ap1r0() + unused;
}
static inline u64 f_set_ap1r0(u64 value)
{
    WRITE_SYS(ICC_AP1R0_EL1, value);
    return 0;
}

/* SCTLR of this EL (1 to 3): NMI and SPINTMASK become as given. */
static inline void sctlr(u64 bits)
{
    const u64 mask = SCTLR_NMI | SCTLR_SPINTMASK;
    switch (current_el()) {
    case 1:
        WRITE_SYS("sctlr_el1", (READ_SYS("sctlr_el1") & ~mask) | bits);
        break;
    case 2:
        WRITE_SYS("sctlr_el2", (READ_SYS("sctlr_el2") & ~mask) | bits);
        break;
    case 3:
        WRITE_SYS("sctlr_el3", (READ_SYS("sctlr_el3") & ~mask) | bits);
        break;
    }
}
static inline u64 f_sctlr(u64 bits)
{
    sctlr(bits);
    return 0;
}
static inline void allint(bool masked)
{
    WRITE_SYS(ALLINT, masked ? ALLINT_BIT : 0);
}

/* ISR_EL1: IRQ, FIQ, and whether the IRQ, the FIQ has superpriority. */
enum {
    ISR_F = 1,
    ISR_I = 2,
    ISR_FS = 4,
    ISR_IS = 8
};
static inline u64 isr(void)
{
    barrier();
    const u64 v = READ_SYS("isr_el1");
    return (v >> 6 & 3) | (v >> 9 & 3) << 2;
}
static inline u64 f_isr(u64 unused)
{
    return isr() + unused;
}

/* The registers as one value: RPR with its NMI bits, lines, state of the interrupt. */
static inline u64 seen(unsigned intid)
{
    return rpr() | isr() << 32 | state(intid) << 28;
}

#endif
