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

/** EL3, and Monitor mode; other modes of AArch32 at EL3 are Secure software like any other. */
static inline bool vgic_icc_is_el3(const VgicCpuState *state)
{
    return state->el == 3 && (!state->aarch32 || state->monitor);
}

static inline VgicWho vgic_icc_who(const VgicAccess *access)
{
    const VgicCpuState *state = access->state;

    if (!access->gic->el3) {
        return VGIC_WHO_NS;
    }
    if (vgic_icc_is_el3(state)) {
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

/** ICC_PMR_EL1 does not mask NMIs, but for Non-secure ones in Secure software's half of the scale;
 * @p secure: the PE executes in Secure state [9.5]. */
static inline bool vgic_icc_masks_nmi(const VgicCpu *cpu, const VgicCandidate *candidate,
                                      bool secure)
{
    uint8_t pmr = vgic_load8(&cpu->bank.pmr);

    return candidate->priority == 0x80 && (pmr < 0x80 || (secure && pmr == 0x80));
}

/** Is the candidate to be signalled: does it pass PMR, and preempt what runs? IAR, NMIAR1 and the
 * lines all ask here [9.4]. */
static inline bool vgic_icc_signals(const VgicCpu *cpu, const VgicCandidate *candidate, bool secure)
{
    if (G_LIKELY(!vgic_candidate_is_nmi(candidate))) {
        return vgic_bank_signals(&cpu->bank, candidate->queue, candidate->priority);
    }
    return !vgic_icc_masks_nmi(cpu, candidate, secure) &&
           vgic_bank_nmi_preempts(&cpu->bank, candidate->queue, candidate->priority);
}

/* Acknowledge, end, deactivate (v3/ack.c); `group` of the row is 0 or 1. */
uint64_t vgic_icc_iar_read(VgicAccess *access);
uint64_t vgic_icc_nmiar1_read(VgicAccess *access);
uint64_t vgic_icc_hppir_read(VgicAccess *access);
void vgic_icc_eoir_write(VgicAccess *access, uint64_t value);
void vgic_icc_dir_write(VgicAccess *access, uint64_t value);

/** The register is accessed in its 64-bit form. */
static inline bool vgic_icc_is_wide(const VgicAccess *access)
{
    return access->sysreg->info.width == 64;
}

/* The AP register of the row, in @p bank: AP1R0 with its NMI bit. The lock is held for the write;
 * bits in @p keep stay. */
uint64_t vgic_icc_ap_value(const VgicAccess *access, const VgicBank *bank, unsigned group);
void vgic_icc_set_ap(const VgicAccess *access, VgicBank *bank, unsigned group, uint32_t keep,
                     uint64_t value);

/** Presents what changed at the PE of the access and unlocks it; then ends the active state of
 * @p irq, wherever its home is, if the access may. @p irq may be NULL. */
void vgic_icc_present_and_end_unlock(VgicAccess *access, VgicIrq *irq);

/** Software-generated interrupts (v3/sgi.c); `group` of the row is a VgicSgiRegister. */
typedef enum VgicSgiRegister {
    VGIC_SGI0R,
    VGIC_SGI1R,
    VGIC_ASGI1R,
} VgicSgiRegister;
void vgic_icc_sgi_write(VgicAccess *access, uint64_t value);

/** What a register is to the traps [7.4] (v3/traps.c). */
enum {
    VGIC_TRAPS_NONE = 0,
    VGIC_TRAPS_GROUP0 = 1 << 0,
    VGIC_TRAPS_GROUP1 = 1 << 1,
    VGIC_TRAPS_COMMON = 1 << 2,
    VGIC_TRAPS_SGI = 1 << 3,
    VGIC_TRAPS_SRE = 1 << 4,
    /* beside one of the above */
    VGIC_TRAPS_DIR = 1 << 5,
    VGIC_TRAPS_IGRPEN = 1 << 6,
    /* what `word` of the row counts */
    VGIC_TRAPS_AP = 1 << 7, /* registers of active priorities */
    VGIC_TRAPS_LR = 1 << 8, /* list registers */
};

VgicResult vgic_v3_check_sysreg(const Vgic *gic, const VgicCpu *cpu, const VgicCpuState *state,
                                const VgicSysregRow *row, bool write, bool *redirected);

/* The table of ICC registers (v3/icc.c). */
extern const VgicSysregRow vgic_icc_rows[];
extern const uint32_t vgic_icc_row_count;

#endif
