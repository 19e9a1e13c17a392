/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPU interface (ICC): what its files share. */
#ifndef VGIC_V3_ICC_H
#define VGIC_V3_ICC_H

#include "defs/icc.h"
#include "v3/v3.h"

/** Who makes an access, as the tables of 7.5 to 7.7 tell them apart. */
typedef enum VgicWho {
    VGIC_WHO_NS,  /* Non-secure EL1 and EL2; every access of a PE without EL3 */
    VGIC_WHO_S,   /* Secure EL1 and EL2, and AArch32 modes of EL3 other than Monitor */
    VGIC_WHO_EL3, /* EL3, and Monitor mode */
} VgicWho;

static inline VgicWho vgic_icc_who(const VgicAccess *access)
{
    const VgicCpuState *state = access->state;

    if (!access->gic->el3) {
        return VGIC_WHO_NS;
    }
    if (state->el == 3 && (!state->aarch32 || state->monitor)) {
        return VGIC_WHO_EL3;
    }
    return state->space == VGIC_S || state->space == VGIC_ROOT ? VGIC_WHO_S : VGIC_WHO_NS;
}

/** The bank that the access sees of a banked register: SCR_EL3.NS chooses, at EL3 too [7.1]. */
static inline unsigned vgic_icc_bank(const VgicAccess *access)
{
    bool ns = !access->gic->el3 || VGIC_GET(access->state->scr_el3, scr, NS);

    return ns ? VGIC_G1NS : VGIC_G1S;
}

/** SCR_EL3.FIQ and IRQ, 0 without EL3. */
static inline bool vgic_icc_fiq_to_el3(const VgicAccess *access)
{
    return access->gic->el3 && VGIC_GET(access->state->scr_el3, scr, FIQ);
}

static inline bool vgic_icc_irq_to_el3(const VgicAccess *access)
{
    return access->gic->el3 && VGIC_GET(access->state->scr_el3, scr, IRQ);
}

/* Acknowledge, end, deactivate (v3/ack.c); `group` of the row is 0 or 1. */
uint64_t vgic_icc_iar_read(VgicAccess *access);
uint64_t vgic_icc_hppir_read(VgicAccess *access);
void vgic_icc_eoir_write(VgicAccess *access, uint64_t value);
void vgic_icc_dir_write(VgicAccess *access, uint64_t value);

/** Software-generated interrupts (v3/sgi.c); `group` of the row is a VgicSgiRegister. */
typedef enum VgicSgiRegister {
    VGIC_SGI0R,
    VGIC_SGI1R,
    VGIC_ASGI1R,
} VgicSgiRegister;
void vgic_icc_sgi_write(VgicAccess *access, uint64_t value);

/** Which traps apply to a register [7.4]. */
enum {
    VGIC_TRAPS_NONE,
    VGIC_TRAPS_GROUP0,
    VGIC_TRAPS_GROUP1,
    VGIC_TRAPS_COMMON,
    VGIC_TRAPS_SGI,
    VGIC_TRAPS_SRE,
};

VgicResult vgic_icc_check(const Vgic *gic, const VgicCpu *cpu, const VgicCpuState *state,
                          const VgicSysregRow *row);

#endif
