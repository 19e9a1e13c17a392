/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of a CPU interface over a bank of its registers. */
#include "core/bank.h"

#include <assert.h>
#include <string.h>

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

/* The highest active priority of all groups, at the granularity of the smallest binary point. */
static uint8_t running_priority(const VgicBank *bank)
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
    memset(bank->nmi_active, 0, sizeof(bank->nmi_active));
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
    vgic_store8(&bank->running, running_priority(bank));
}

void vgic_bank_activate(VgicBank *bank, unsigned group, uint8_t priority)
{
    unsigned level = (unsigned)(priority & bank->group_mask[group]) >> (8 - bank->preemption_bits);

    VgicShared32 *word = &bank->apr[group][level / 32];

    vgic_store32(word, vgic_load32(word) | 1u << level % 32);
    vgic_store8(&bank->running, running_priority(bank));
}

/* The index of the lowest set bit of a group's active priorities, or -1. */
static int top_level(const VgicBank *bank, unsigned group)
{
    for (unsigned i = 0; i < vgic_bank_ap_words(bank); i++) {
        uint32_t active = vgic_load32(&bank->apr[group][i]);

        if (active) {
            return (int)(32 * i) + __builtin_ctz(active);
        }
    }
    return -1;
}

int vgic_bank_top_group(const VgicBank *bank)
{
    int group = -1, best = 0;

    if (vgic_load8(&bank->running) == VGIC_PRIORITY_IDLE) {
        return -1;
    }
    for (int i = 0; i < VGIC_GROUPS; i++) {
        int level = top_level(bank, (unsigned)i);

        if (level >= 0 && (group < 0 || level < best)) {
            group = i;
            best = level;
        }
    }
    return group;
}

void vgic_bank_drop(VgicBank *bank, unsigned group)
{
    for (unsigned i = 0; i < vgic_bank_ap_words(bank); i++) {
        uint32_t active = vgic_load32(&bank->apr[group][i]);

        if (active) {
            vgic_store32(&bank->apr[group][i], active & (active - 1));
            break;
        }
    }
    vgic_store8(&bank->running, running_priority(bank));
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
