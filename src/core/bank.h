/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules of a CPU interface over a bank of its registers: priority masks, binary points, active
 * priorities, priority drop. One implementation for physical and virtual interfaces, GICv2's and
 * GICv3's: ICC and ICV, GICC and GICV differ in which groups exist, how many preemption bits there
 * are, and who looks at the registers, not in these rules [9.2, 9.3].
 *
 * Priorities are always in the full (Secure) scale here; views are the register handlers' matter.
 *
 * An NMI (GICv3.3) has an active bit of its own for each group, AP1R0[63], and one priority for
 * each group, whatever is configured [9.5].
 *
 * Always true: `running` and `group_mask` are what running_priority() and group_mask() in bank.c
 * compute from the other members.
 */
#ifndef VGIC_CORE_BANK_H
#define VGIC_CORE_BANK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/shared.h"

/** Groups, which are also indices of pending queues. With one Security state, and in virtual
 * interfaces, Group 1 is G1NS. */
enum {
    VGIC_G0 = 0,
    VGIC_G1S = 1,
    VGIC_G1NS = 2,
    VGIC_GROUPS = 3,
};

enum {
    VGIC_PRIORITY_IDLE = 0xFF,
    VGIC_AP_WORDS = 4,
};

typedef struct VgicBank {
    /* constant */
    uint8_t priority_bits;   /* P, 4 to 8 */
    uint8_t preemption_bits; /* M, 4 to 7 */
    /* what software wrote */
    VgicShared8 pmr;
    VgicShared8 bpr[VGIC_GROUPS];
    VgicShared8 cbpr[VGIC_GROUPS]; /* the group uses BPR0; [VGIC_G0] is always false */
    VgicShared32 apr[VGIC_GROUPS][VGIC_AP_WORDS];
    VgicShared8 nmi_active; /* AP1R0[63] of each group, as bits 1 << VGIC_G* */
    /* the priority of an NMI in Group 1 Non-secure; in Secure Group 1 it is 0 */
    uint8_t ns_nmi_priority;
    /* derived */
    VgicShared8 running;
    uint8_t group_mask[VGIC_GROUPS];
} VgicBank;

void vgic_bank_init(VgicBank *bank, unsigned priority_bits, unsigned preemption_bits);
void vgic_bank_reset(VgicBank *bank);

/** The bits of a priority that are implemented. */
static inline uint8_t vgic_bank_priority(const VgicBank *bank, uint64_t written)
{
    return (uint8_t)(written & 0xFFu << (8 - bank->priority_bits));
}

/** The smallest value of the group's BPR. */
static inline uint8_t vgic_bank_min_bpr(const VgicBank *bank, unsigned group)
{
    return (uint8_t)((group == VGIC_G1NS ? 8 : 7) - bank->preemption_bits);
}

/** Number of AP registers of a group: 1, 2 or 4. */
static inline unsigned vgic_bank_ap_words(const VgicBank *bank)
{
    return bank->preemption_bits <= 5 ? 1 : 1u << (bank->preemption_bits - 5);
}

/** Stores a binary point; below the minimum it becomes the minimum. */
void vgic_bank_set_bpr(VgicBank *bank, unsigned group, uint64_t value);
void vgic_bank_set_cbpr(VgicBank *bank, unsigned group, bool on);
void vgic_bank_set_apr(VgicBank *bank, unsigned group, unsigned word, uint32_t value);

/**
 * May a pending interrupt of @p group and @p priority be signalled: does it pass PMR, and preempt
 * what runs? Signalling, IAR and the virtual interface all ask here.
 */
static inline bool vgic_bank_signals(const VgicBank *bank, unsigned group, uint8_t priority)
{
    unsigned mask = bank->group_mask[group];
    uint8_t running = vgic_load8(&bank->running);

    return priority < vgic_load8(&bank->pmr) &&
           (running == VGIC_PRIORITY_IDLE || (priority & mask) < (running & mask));
}

static inline bool vgic_bank_nmi_is_active(const VgicBank *bank, unsigned group)
{
    return vgic_load8(&bank->nmi_active) >> group & 1;
}

/** May a pending NMI of @p group and @p priority preempt what runs? It preempts its equals, too,
 * unless one of them is an NMI. PMR does not mask NMIs of its own state: the caller looks at that.
 */
static inline bool vgic_bank_nmi_preempts(const VgicBank *bank, unsigned group, uint8_t priority)
{
    unsigned mask = bank->group_mask[group];
    unsigned running = vgic_load8(&bank->running);

    if (running == VGIC_PRIORITY_IDLE || (priority & mask) < (running & mask)) {
        return true;
    }
    return (priority & mask) == (running & mask) && !vgic_bank_nmi_is_active(bank, group);
}

void vgic_bank_set_nmi_active(VgicBank *bank, unsigned group, bool active);
void vgic_bank_set_ns_nmi_priority(VgicBank *bank, uint8_t priority);

/** An interrupt of @p group and @p priority was acknowledged: sets its active priority. */
void vgic_bank_activate(VgicBank *bank, unsigned group, uint8_t priority, bool nmi);

/** The group that the running priority belongs to, or -1 if nothing is active. Of equals an NMI
 * comes first, because nothing of the same priority preempts one, then Group 0. */
int vgic_bank_top_group(const VgicBank *bank);

/** What a priority drop took away. */
typedef struct VgicDropped {
    uint8_t priority;
    bool nmi;
} VgicDropped;

/** Priority drop: clears the NMI, or else the highest active priority, of @p group, which has one.
 */
VgicDropped vgic_bank_drop(VgicBank *bank, unsigned group);

/** Recomputes what is derived and compares, for debug builds. */
bool vgic_bank_is_consistent(const VgicBank *bank);

#endif
