/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs that start at EL3 of a machine that has EL2 in both Security states (secure=on,
 * virtualization=on, cpu=max): the five places where software runs.
 */
#ifndef SEC_H
#define SEC_H

#include "virt.h"

enum spot {
    EL3,
    S_EL2,
    S_EL1,
    NS_EL2,
    NS_EL1,
    SPOTS
};

#define SCR_HXEN (1ull << 38)
#define SCR_EEL2 (1ull << 18)

static const char *const spot_names[] = {"EL3", "S-EL2", "S-EL1", "NS-EL2", "NS-EL1"};

static inline unsigned spot_el(enum spot spot)
{
    return spot == EL3 ? 3 : spot == S_EL2 || spot == NS_EL2 ? 2 : 1;
}
static inline bool spot_ns(enum spot spot)
{
    return spot == NS_EL2 || spot == NS_EL1;
}

/* Runs the function there, with PSTATE.DAIF set. Secure EL1 has EL2 above it if SCR_EL3.EEL2 is 1
 * already. */
static inline u64 at_spot(enum spot spot, u64 (*function)(u64), u64 argument)
{
    const u64 scr = READ_SYS("scr_el3"), world = SCR_NS | SCR_EEL2;
    if (spot == EL3) {
        return function(argument);
    }
    scr_set((spot_ns(spot) ? SCR_NS : 0) | (spot == S_EL2 ? SCR_EEL2 : 0), SCR_NS);
    const u64 result = in_el(spot_el(spot), function, argument);
    scr_set(scr & world, world);
    return result;
}

/* What IAR and HPPIR of the group give at EL3, in Secure and in Non-secure state while only an
 * interrupt `intid` of the class pends [7.6]. */
static inline u64 answer(unsigned group, enum class class, enum spot spot, u64 intid)
{
    if (group == 0) {
        return class == G0    ? (spot_ns(spot) ? SPURIOUS : intid)
               : spot != EL3  ? SPURIOUS
               : class == G1S ? 1020
                              : 1021;
    }
    return class == G0                        ? SPURIOUS
           : spot == EL3                      ? intid
           : (class == G1NS) == spot_ns(spot) ? intid
                                              : SPURIOUS;
}

/* At EL3: exceptions at EL2 have a stack, EL2 is as start.S left it, SCR_EL3 routes nothing. */
static inline void sec_init(void)
{
    static u8 stack[8192] __attribute__((aligned(16)));
    scr_set(0, SCR_NS | SCR_EEL2 | SCR_IRQ | SCR_FIQ);
    hcr(0);
    WRITE_SYS("sp_el2", (u64)stack + sizeof(stack));
    el3_gicd_init();
    el3_pe_init();
}

#endif
