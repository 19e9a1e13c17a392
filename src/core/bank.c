/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of a CPU interface over a bank of its registers. */
#include "core/bank.h"

#include <assert.h>
#include <glib.h>
#include <limits.h>

/* The bits of a priority that decide about preemption in a group [9.2]. Group 0's formula leaves
 * out one bit more. */
static uint8_t group_mask(const VgicBank *bank, unsigned group)
{
    bool common = vgic_load8(&bank->cbpr[group]);

    if (group == VGIC_G1NS && !common) {
        return (uint8_t)(0xFFu << vgic_load8(&bank->bpr[VGIC_G1NS]));
    }
    return (uint8_t)(0xFFu << (vgic_load8(&bank->bpr[common ? VGIC_G0 : group]) + 1));
}

static uint8_t nmi_priority(const VgicBank *bank, unsigned group)
{
    return group == VGIC_G1NS ? bank->ns_nmi_priority : 0;
}

/* The highest priority of the NMIs that are active, of which there is one. */
static uint8_t running_nmi(const VgicBank *bank)
{
    return vgic_bank_nmi_is_active(bank, VGIC_G1S) ? 0 : bank->ns_nmi_priority;
}

/* The highest active priority of all groups, NMIs apart, at the granularity of the smallest binary
 * point. */
static inline uint8_t running_level(const VgicBank *bank)
{
    for (unsigned i = 0; i < vgic_bank_ap_words(bank); i++) {
        uint32_t active = vgic_load32(&bank->apr[VGIC_G0][i]) |
                          vgic_load32(&bank->apr[VGIC_G1S][i]) |
                          vgic_load32(&bank->apr[VGIC_G1NS][i]);

        if (active) {
            unsigned level = 32 * i + (unsigned)__builtin_ctz(active);

            return (uint8_t)(level << (8 - bank->preemption_bits));
        }
    }
    return VGIC_PRIORITY_IDLE;
}

/* Beside what else is active. */
static uint8_t with_nmi(const VgicBank *bank, uint8_t level)
{
    uint8_t nmi = running_nmi(bank);

    return nmi < level ? nmi : level;
}

static inline uint8_t running_priority(const VgicBank *bank)
{
    uint8_t level = running_level(bank);

    return G_LIKELY(!vgic_load8(&bank->nmi_active)) ? level : with_nmi(bank, level);
}

static inline void refresh_running(VgicBank *bank)
{
    vgic_store8(&bank->running, running_priority(bank));
}

static void refresh_masks(VgicBank *bank)
{
    for (unsigned group = 0; group < VGIC_GROUPS; group++) {
        bank->group_mask[group] = group_mask(bank, group);
    }
}

void vgic_bank_init(VgicBank *bank, unsigned priority_bits, unsigned preemption_bits)
{
    bank->priority_bits = (uint8_t)priority_bits;
    bank->preemption_bits = (uint8_t)preemption_bits;
    vgic_bank_reset(bank);
}

void vgic_bank_reset(VgicBank *bank)
{
    vgic_store8(&bank->pmr, 0);
    vgic_store8(&bank->nmi_active, 0);
    for (unsigned group = 0; group < VGIC_GROUPS; group++) {
        vgic_store8(&bank->bpr[group], vgic_bank_min_bpr(bank, group));
        vgic_store8(&bank->cbpr[group], false);
        for (unsigned i = 0; i < VGIC_AP_WORDS; i++) {
            vgic_store32(&bank->apr[group][i], 0);
        }
    }
    vgic_store8(&bank->running, VGIC_PRIORITY_IDLE);
    refresh_masks(bank);
}

void vgic_bank_set_bpr(VgicBank *bank, unsigned group, uint64_t value)
{
    uint8_t min = vgic_bank_min_bpr(bank, group);
    uint8_t bpr = value & 7;

    vgic_store8(&bank->bpr[group], bpr < min ? min : bpr);
    if (group == VGIC_G0) {
        refresh_masks(bank); /* those with CBPR use it */
    } else {
        bank->group_mask[group] = group_mask(bank, group);
    }
}

void vgic_bank_set_cbpr(VgicBank *bank, unsigned group, bool on)
{
    vgic_store8(&bank->cbpr[group], on);
    bank->group_mask[group] = group_mask(bank, group);
}

void vgic_bank_set_apr(VgicBank *bank, unsigned group, unsigned word, uint32_t value)
{
    /* Four preemption bits make sixteen levels: the upper half of the only word does not exist. */
    vgic_store32(&bank->apr[group][word], bank->preemption_bits < 5 ? value & 0xFFFF : value);
    refresh_running(bank);
}

void vgic_bank_set_nmi_active(VgicBank *bank, unsigned group, bool active)
{
    unsigned others = vgic_load8(&bank->nmi_active) & ~(1u << group);

    vgic_store8(&bank->nmi_active, others | (unsigned)active << group);
    refresh_running(bank);
}

void vgic_bank_set_ns_nmi_priority(VgicBank *bank, uint8_t priority)
{
    bank->ns_nmi_priority = priority;
    refresh_running(bank);
}

void vgic_bank_activate(VgicBank *bank, unsigned group, uint8_t priority, bool nmi)
{
    unsigned level = (unsigned)(priority & bank->group_mask[group]) >> (8 - bank->preemption_bits);
    VgicShared32 *word = &bank->apr[group][level / 32];

    if (G_UNLIKELY(nmi)) {
        vgic_bank_set_nmi_active(bank, group, true);
        return;
    }
    vgic_store32(word, vgic_load32(word) | 1u << level % 32);
    refresh_running(bank);
}

/* The index of the lowest set bit of a group's active priorities, or -1. */
static inline int top_level(const VgicBank *bank, unsigned group)
{
    for (unsigned i = 0; i < vgic_bank_ap_words(bank); i++) {
        uint32_t active = vgic_load32(&bank->apr[group][i]);

        if (active) {
            return (int)(32 * i) + __builtin_ctz(active);
        }
    }
    return -1;
}

/* Where a group stands in the order of active priorities: levels times two, an NMI before the
 * others of its level; INT_MAX if nothing of it is active. */
static int top_rank(const VgicBank *bank, unsigned group)
{
    int level = top_level(bank, group), rank = level < 0 ? INT_MAX : 2 * level + 1;

    if (vgic_bank_nmi_is_active(bank, group)) {
        int nmi = 2 * (nmi_priority(bank, group) >> (8 - bank->preemption_bits));

        return nmi < rank ? nmi : rank;
    }
    return rank;
}

static int top_group_with_nmi(const VgicBank *bank)
{
    int group = -1, best = INT_MAX;

    for (int i = 0; i < VGIC_GROUPS; i++) {
        int rank = top_rank(bank, (unsigned)i);

        if (rank < best) {
            group = i;
            best = rank;
        }
    }
    return group;
}

int vgic_bank_top_group(const VgicBank *bank)
{
    unsigned running = vgic_load8(&bank->running);
    unsigned level = running >> (8 - bank->preemption_bits);

    if (running == VGIC_PRIORITY_IDLE) {
        return -1;
    }
    if (G_UNLIKELY(vgic_load8(&bank->nmi_active))) {
        return top_group_with_nmi(bank);
    }
    for (int i = 0; i < VGIC_GROUPS; i++) {
        if (vgic_load32(&bank->apr[i][level / 32]) >> level % 32 & 1) {
            return i;
        }
    }
    assert(false);
    return -1;
}

static VgicDropped drop_nmi(VgicBank *bank, unsigned group)
{
    vgic_bank_set_nmi_active(bank, group, false);
    return (VgicDropped){.priority = nmi_priority(bank, group), .nmi = true};
}

VgicDropped vgic_bank_drop(VgicBank *bank, unsigned group)
{
    unsigned i = 0, level;
    uint32_t active;

    if (G_UNLIKELY(vgic_bank_nmi_is_active(bank, group))) {
        return drop_nmi(bank, group);
    }
    while (!(active = vgic_load32(&bank->apr[group][i])) && i + 1 < VGIC_AP_WORDS) {
        i++;
    }
    assert(active);
    vgic_store32(&bank->apr[group][i], active & (active - 1));
    refresh_running(bank);
    level = 32 * i + (unsigned)__builtin_ctz(active);
    return (VgicDropped){.priority = (uint8_t)(level << (8 - bank->preemption_bits))};
}

bool vgic_bank_is_consistent(const VgicBank *bank)
{
    for (unsigned group = 0; group < VGIC_GROUPS; group++) {
        if (bank->group_mask[group] != group_mask(bank, group)) {
            return false;
        }
    }
    return vgic_load8(&bank->running) == running_priority(bank);
}
