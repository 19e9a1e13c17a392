/* SPDX-License-Identifier: BSD-2-Clause */
/* Single AArch32 instructions of a lower EL, run from EL2 (at EL1) or EL3 (in any mode below). */
#ifndef A32_H
#define A32_H

#include "rt.h"

/* How the instruction ended; a trap is A32_TRAPPED | EC. */
enum {
    A32_DONE,
    A32_UNDEFINED,
    A32_IRQ,
    A32_FIQ,
    A32_OTHER,
    A32_TRAPPED = 0x100
};
enum {
    A32_SUPERVISOR = 0x13,
    A32_HYP = 0x1a,
    A32_MASKED = 0xc0
};

/* R0 afterwards, and the syndrome of a trap. */
extern u64 a32_value, a32_syndrome;

/* Runs it in the mode, with masks in PSTATE, R0 and R1 from the value's halves. */
u64 a32(unsigned mode, u32 instruction, u64 r0r1);

static inline u32 a32_mrc(unsigned op1, unsigned crn, unsigned crm, unsigned op2)
{
    return 0xee100f10u | op1 << 21 | crn << 16 | op2 << 5 | crm;
}
static inline u32 a32_mcr(unsigned op1, unsigned crn, unsigned crm, unsigned op2)
{
    return 0xee000f10u | op1 << 21 | crn << 16 | op2 << 5 | crm;
}
/* MCRR p15, op1, r0, r1, c12 */
static inline u32 a32_mcrr(unsigned op1)
{
    return 0xec410f00u | op1 << 4 | 12;
}
enum {
    A32_NOP = 0xe320f000u
};

#endif
