/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual CPU interface in a saved state; and active priorities, which both interfaces have. */
#include <glib.h>
#include <inttypes.h>

#include "v3/ich.h"
#include "v3/state.h"

/* Virtual interrupts have two groups. */
static const struct {
    unsigned group;
    const char *apr_key;
} groups[] = {
    {VGIC_G0, "ICH_AP0R<n>_EL2"},
    {VGIC_G1NS, "ICH_AP1R<n>_EL2"},
};

static const char lr_key[] = "ICH_LR<n>_EL2";

/* Active priorities. */

void vgic_v3_save_apr(const VgicBank *bank, unsigned group, VgicStateWriter *icc, const char *key)
{
    uint64_t apr[VGIC_AP_WORDS];

    for (unsigned i = 0; i < VGIC_AP_WORDS; i++) {
        apr[i] = vgic_load32(&bank->apr[group][i]);
    }
    apr[0] |= VGIC_PUT(icc_ap1r0, NMI, vgic_bank_nmi_is_active(bank, group));
    vgic_state_put_array(icc, key, "t", apr, vgic_bank_ap_words(bank), sizeof(apr[0]));
}

void vgic_v3_check_apr(const VgicCpu *cpu, const VgicBank *bank, unsigned group,
                       VgicStateReader *icc, const char *key, uint64_t *apr)
{
    bool nmis = cpu->gic->nmi && group != VGIC_G0;
    uint64_t mask = bank->preemption_bits < 5 ? 0xFFFF : UINT32_MAX;
    unsigned words = vgic_bank_ap_words(bank);
    const uint64_t *saved = vgic_state_array(icc, key, "t", words, sizeof(*saved));

    for (unsigned i = 0; saved && i < words; i++) {
        uint64_t allowed = mask | (i == 0 && nmis ? VGIC_MASK(icc_ap1r0, NMI) : 0);

        if (saved[i] & ~allowed) {
            vgic_state_refuse(icc, key, "[%u] is %#" PRIx64 ", allowed are the bits %#" PRIx64, i,
                              saved[i], allowed);
        }
        apr[i] = saved[i];
    }
}

void vgic_v3_apply_apr(VgicBank *bank, unsigned group, const uint64_t *apr)
{
    for (unsigned i = 0; i < vgic_bank_ap_words(bank); i++) {
        vgic_bank_set_apr(bank, group, i, (uint32_t)apr[i]);
    }
    vgic_bank_set_nmi_active(bank, group, VGIC_GET(apr[0], icc_ap1r0, NMI));
}

/* The virtual CPU interface. */

void vgic_v3_save_ich(const VgicCpu *cpu, VgicStateWriter *icc)
{
    const VgicIch *ich = &cpu->ich;
    uint64_t lr[VGIC_MAX_LIST_REGISTERS];

    vgic_state_put_u64(icc, "ICH_HCR_EL2", vgic_load32(&ich->hcr));
    vgic_state_put_u64(icc, "ICH_VMCR_EL2", vgic_ich_vmcr(ich));
    for (unsigned i = 0; i < G_N_ELEMENTS(groups); i++) {
        vgic_v3_save_apr(&ich->bank, groups[i].group, icc, groups[i].apr_key);
    }
    for (unsigned i = 0; i < VGIC_MAX_LIST_REGISTERS; i++) {
        lr[i] = vgic_load64(&ich->lr[i]);
    }
    vgic_state_put_array(icc, lr_key, "t", lr, cpu->gic->ich.list_registers, sizeof(lr[0]));
}

static void check_bpr(VgicStateReader *icc, const char *field, uint64_t value, unsigned least)
{
    if (value < least) {
        vgic_state_refuse(icc, "ICH_VMCR_EL2", "has %s %" PRIu64 ", allowed is %u to 7", field,
                          value, least);
    }
}

static uint32_t check_vmcr(const VgicCpu *cpu, VgicStateReader *icc)
{
    const VgicBank *bank = &cpu->ich.bank;
    uint64_t fixed = VGIC_MASK(ich_vmcr, VFIQEn);
    uint64_t vmcr =
        vgic_state_u64(icc, "ICH_VMCR_EL2",
                       VGIC_MASK(ich_vmcr, VENG0) | VGIC_MASK(ich_vmcr, VENG1) | fixed |
                           VGIC_MASK(ich_vmcr, VCBPR) | VGIC_MASK(ich_vmcr, VEOIM) |
                           VGIC_MASK(ich_vmcr, VBPR1) | VGIC_MASK(ich_vmcr, VBPR0) |
                           VGIC_PUT(ich_vmcr, VPMR, vgic_bank_priority(bank, UINT8_MAX)));

    if ((vmcr & fixed) != fixed) {
        vgic_state_refuse(icc, "ICH_VMCR_EL2", "is %#" PRIx64 ", set must be the bits %#" PRIx64,
                          vmcr, fixed);
    }
    check_bpr(icc, "VBPR0", VGIC_GET(vmcr, ich_vmcr, VBPR0), vgic_bank_min_bpr(bank, VGIC_G0));
    check_bpr(icc, "VBPR1", VGIC_GET(vmcr, ich_vmcr, VBPR1), vgic_bank_min_bpr(bank, VGIC_G1NS));
    return (uint32_t)vmcr;
}

static const uint64_t *check_lrs(const VgicCpu *cpu, VgicStateReader *icc)
{
    uint32_t count = cpu->gic->ich.list_registers;
    const uint64_t *lr = vgic_state_array(icc, lr_key, "t", count, sizeof(*lr));

    for (uint32_t i = 0; lr && i < count; i++) {
        uint64_t allowed = vgic_ich_lr_bits(cpu->gic, lr[i]);

        if (lr[i] & ~allowed) {
            vgic_state_refuse(icc, lr_key,
                              "[%" PRIu32 "] is %#" PRIx64
                              ", allowed with its HW are the bits %#" PRIx64,
                              i, lr[i], allowed);
        }
    }
    return lr;
}

void vgic_v3_check_ich(const VgicCpu *cpu, VgicStateReader *icc, VgicStagedIch *staged)
{
    const VgicBank *bank = &cpu->ich.bank;

    staged->hcr = (uint32_t)vgic_state_u64(icc, "ICH_HCR_EL2", cpu->gic->ich.hcr_bits);
    staged->vmcr = check_vmcr(cpu, icc);
    for (unsigned i = 0; i < G_N_ELEMENTS(groups); i++) {
        vgic_v3_check_apr(cpu, bank, groups[i].group, icc, groups[i].apr_key,
                          staged->apr[groups[i].group]);
    }
    staged->lr = check_lrs(cpu, icc);
}

void vgic_v3_apply_ich(VgicCpu *cpu, const VgicStagedIch *staged)
{
    VgicIch *ich = &cpu->ich;

    vgic_store32(&ich->hcr, staged->hcr);
    vgic_ich_set_vmcr(ich, staged->vmcr);
    for (unsigned i = 0; i < G_N_ELEMENTS(groups); i++) {
        vgic_v3_apply_apr(&ich->bank, groups[i].group, staged->apr[groups[i].group]);
    }
    for (unsigned i = 0; i < cpu->gic->ich.list_registers; i++) {
        vgic_ich_set_lr(cpu, i, staged->lr[i]);
    }
}
