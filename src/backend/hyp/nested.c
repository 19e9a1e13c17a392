/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest of a guest [2]: what L1, a hypervisor, has in its ICH registers (VgicCpu.ich) goes to
 * hardware while L2 runs, and comes back at every exit, so that L1's maintenance interrupt follows
 * at once.
 */
#include <glib.h>

#include <vgic/registers.h>

#include "backend/hyp/hyp.h"
#include "v3/ich.h"

/* L1's registers in memory */

static uint64_t load_word(const uint64_t *page, unsigned offset)
{
    return GUINT64_FROM_LE(page[offset / 8]);
}

static void store_word(uint64_t *page, unsigned offset, uint64_t value)
{
    page[offset / 8] = GUINT64_TO_LE(value);
}

void vgic_hyp_import_vncr(VgicCpu *cpu)
{
    const VgicHypCpu *own = vgic_hyp_cpu(cpu);
    const uint64_t *page = own->vncr;
    VgicIch *ich = &cpu->ich;

    if (G_LIKELY(!page) || own->context == VGIC_HYP_NESTED) {
        return; /* while L2 is loaded L1 does not run */
    }
    vgic_lock(&cpu->lock);
    for (unsigned n = 0; n < cpu->gic->ich.list_registers; n++) {
        vgic_ich_set_lr(cpu, n, load_word(page, VGIC_VNCR_LR + 8 * n));
    }
    for (unsigned i = 0; i < vgic_bank_ap_words(&ich->bank); i++) {
        vgic_bank_set_apr(&ich->bank, VGIC_G0, i,
                          (uint32_t)load_word(page, VGIC_VNCR_AP0R + 8 * i));
        vgic_bank_set_apr(&ich->bank, VGIC_G1NS, i,
                          (uint32_t)load_word(page, VGIC_VNCR_AP1R + 8 * i));
    }
    vgic_bank_set_nmi_active(&ich->bank, VGIC_G1NS,
                             cpu->gic->nmi &&
                                 VGIC_GET(load_word(page, VGIC_VNCR_AP1R), icc_ap1r0, NMI));
    vgic_store32(&ich->hcr, (uint32_t)(load_word(page, VGIC_VNCR_HCR) & cpu->gic->ich.hcr_bits));
    vgic_ich_set_vmcr(ich, load_word(page, VGIC_VNCR_VMCR));
    vgic_ich_present_unlock(cpu);
}

void vgic_hyp_export_vncr(VgicCpu *cpu)
{
    uint64_t *page = vgic_hyp_cpu(cpu)->vncr;
    const VgicIch *ich = &cpu->ich;

    if (G_LIKELY(!page)) {
        return;
    }
    for (unsigned n = 0; n < cpu->gic->ich.list_registers; n++) {
        store_word(page, VGIC_VNCR_LR + 8 * n, vgic_load64(&ich->lr[n]));
    }
    for (unsigned i = 0; i < vgic_bank_ap_words(&ich->bank); i++) {
        store_word(page, VGIC_VNCR_AP0R + 8 * i, vgic_load32(&ich->bank.apr[VGIC_G0][i]));
        store_word(page, VGIC_VNCR_AP1R + 8 * i, vgic_hyp_ap1(&ich->bank, i));
    }
    store_word(page, VGIC_VNCR_HCR, vgic_load32(&ich->hcr));
    store_word(page, VGIC_VNCR_VMCR, vgic_ich_vmcr(ich));
}

/* Load and put */

/* L1's physical INTID is one of the interrupts that it is given here. Only what really stands for
 * a physical interrupt may end one in hardware. */
static uint64_t translate(const VgicCpu *cpu, uint64_t lr)
{
    uint32_t intid = (uint32_t)VGIC_GET(lr, ich_lr, pINTID);
    VgicIrq *irq;
    uint32_t mapped;

    if (!VGIC_GET(lr, ich_lr, HW)) {
        return lr;
    }
    irq = vgic_irq_find(cpu->gic, (VgicCpu *)cpu, intid);
    mapped = irq ? vgic_hyp_mapping(cpu->gic, irq) : VGIC_HYP_NOT_MAPPED;
    lr &= ~VGIC_MASK(ich_lr, pINTID); /* its bit 41 is EOI without HW */
    return vgic_hyp_is_hw(mapped) ? lr | VGIC_PUT(ich_lr, pINTID, vgic_hyp_pintid(mapped))
                                  : lr & ~VGIC_MASK(ich_lr, HW);
}

void vgic_hyp_nested_load(VgicCpu *cpu)
{
    VgicHypCpu *own = vgic_hyp_cpu(cpu);
    const VgicIch *ich = &cpu->ich;

    own->used = 0;
    own->map = vgic_load32(&ich->valid);
    for (uint32_t left = own->map; left; left &= left - 1) {
        uint64_t lr = vgic_load64(&ich->lr[__builtin_ctz(left)]);

        vgic_hyp_write(cpu, ICH_LR_EL2(own->used), translate(cpu, lr));
        own->used++;
    }
    vgic_hyp_write(cpu, ICH_VMCR_EL2, vgic_ich_vmcr(ich));
    vgic_hyp_write_priorities(cpu, &ich->bank);
}

void vgic_hyp_nested_put(VgicCpu *cpu)
{
    VgicHypCpu *own = vgic_hyp_cpu(cpu);

    vgic_hyp_read_priorities(cpu, &cpu->ich.bank);
    for (unsigned n = 0; n < own->used; n++) {
        vgic_hyp_write(cpu, ICH_LR_EL2(n), 0);
    }
    own->used = 0;
    own->map = 0;
    vgic_lock(&cpu->lock);
    vgic_ich_present_unlock(cpu);
    vgic_hyp_export_vncr(cpu);
}

/* Flush */

/* Conditions that L1's line tells of already, and that L1 does not take now, must not end L2's run
 * at once: hardware is not asked for them again [2.6]. The enables are where the conditions are. */
static uint64_t without_reported(const VgicIch *ich, uint64_t hcr)
{
    static const struct {
        uint64_t condition, enable;
    } enables[] = {
        {VGIC_MASK(ich_misr, U), VGIC_MASK(ich_hcr, UIE)},
        {VGIC_MASK(ich_misr, LRENP), VGIC_MASK(ich_hcr, LRENPIE)},
        {VGIC_MASK(ich_misr, NP), VGIC_MASK(ich_hcr, NPIE)},
        {VGIC_MASK(ich_misr, VGrp0E), VGIC_MASK(ich_hcr, VGrp0EIE)},
        {VGIC_MASK(ich_misr, VGrp0D), VGIC_MASK(ich_hcr, VGrp0DIE)},
        {VGIC_MASK(ich_misr, VGrp1E), VGIC_MASK(ich_hcr, VGrp1EIE)},
        {VGIC_MASK(ich_misr, VGrp1D), VGIC_MASK(ich_hcr, VGrp1DIE)},
    };
    uint64_t misr = vgic_ich_misr(ich);

    for (unsigned i = 0; i < G_N_ELEMENTS(enables); i++) {
        if (misr & enables[i].condition) {
            hcr &= ~enables[i].enable;
        }
    }
    return hcr;
}

VgicHypEntry vgic_hyp_nested_flush(VgicCpu *cpu)
{
    VgicHypCpu *own = vgic_hyp_cpu(cpu);
    const VgicIch *ich = &cpu->ich;
    uint64_t hcr;

    vgic_lock(&cpu->lock);
    vgic_cpu_refresh(cpu);
    if (cpu->gic->model->lines(cpu) & VGIC_HYP_LINES) {
        vgic_cpu_present_unlock(cpu);
        return VGIC_HYP_SWITCH;
    }
    hcr = vgic_load32(&ich->hcr) & ~(VGIC_MASK(ich_hcr, DVIM) | VGIC_MASK(ich_hcr, vSGIEOICount));
    own->hcr = vgic_hyp_traps(vgic_hyp_of(cpu->gic), without_reported(ich, hcr));
    own->kicked = false;
    own->where = VGIC_HYP_IS_FLUSHED;
    vgic_cpu_release(cpu);
    vgic_hyp_write(cpu, ICH_HCR_EL2, own->hcr);
    return VGIC_HYP_ENTER;
}

/* Sync */

/* A list register of L1's after L2 ran: its own fields, the state that hardware left. Returns the
 * INTID of the interrupt of L1's whose end hardware stood for, or 0: decided by what the list
 * register was before, because hardware's copy may have lost HW, and has another pINTID [2.5]. */
static uint32_t merge(VgicCpu *cpu, unsigned n, uint64_t after)
{
    uint64_t before = vgic_load64(&cpu->ich.lr[n]);
    bool ends = VGIC_GET(before, ich_lr, HW) && VGIC_GET(before, ich_lr, State) &&
                !VGIC_GET(after, ich_lr, State);

    vgic_ich_set_lr(cpu, n,
                    (before & ~VGIC_MASK(ich_lr, State)) | (after & VGIC_MASK(ich_lr, State)));
    return ends ? (uint32_t)VGIC_GET(before, ich_lr, pINTID) : 0;
}

/* L1's interrupt @p intid was ended by its guest. There may be none: the number is L1's. */
static void end_of_l1(VgicCpu *cpu, uint32_t intid)
{
    VgicIrq *irq = intid < VGIC_INTID_PPI ? NULL : vgic_irq_find(cpu->gic, cpu, intid);
    VgicHypEnds ends;
    VgicCpu *home;

    if (!irq) {
        return;
    }
    ends.count = 0;
    home = vgic_irq_lock_settled(cpu->gic, irq);
    if (irq->flags & VGIC_IRQ_ACTIVE) {
        vgic_hyp_add_end(&ends, vgic_hyp_end_of(home, irq, irq->flags, true));
        vgic_irq_set(irq, VGIC_IRQ_ACTIVE, false);
    }
    vgic_irq_update_unlock(home, irq);
    vgic_hyp_do_ends(cpu, &ends);
}

/* EOIs that no list register saw are L1's to know. Without an entry there were none. */
static void take_eoicount(VgicIch *ich, uint64_t hcr)
{
    uint64_t count = VGIC_GET(hcr, ich_hcr, EOIcount);

    vgic_store32(&ich->hcr, (uint32_t)((vgic_load32(&ich->hcr) & ~VGIC_MASK(ich_hcr, EOIcount)) |
                                       VGIC_PUT(ich_hcr, EOIcount, count)));
}

void vgic_hyp_nested_sync(VgicCpu *cpu)
{
    VgicHypCpu *own = vgic_hyp_cpu(cpu);
    bool flushed = own->where == VGIC_HYP_IS_FLUSHED;
    uint64_t hcr = flushed ? vgic_hyp_read(cpu, ICH_HCR_EL2) : 0;
    uint64_t vmcr = vgic_hyp_read(cpu, ICH_VMCR_EL2);
    uint32_t ended[VGIC_MAX_LIST_REGISTERS], left = own->map;
    unsigned count = 0;

    for (unsigned n = 0; n < own->used; n++) {
        own->lr[n] = vgic_hyp_read(cpu, ICH_LR_EL2(n));
        if (!VGIC_GET(own->lr[n], ich_lr, State)) {
            vgic_hyp_write(cpu, ICH_LR_EL2(n), 0); /* its end is in L1's register now */
        }
    }
    vgic_hyp_write(cpu, ICH_HCR_EL2, 0);
    vgic_lock(&cpu->lock);
    for (unsigned n = 0; n < own->used; n++, left &= left - 1) {
        ended[count] = merge(cpu, (unsigned)__builtin_ctz(left), own->lr[n]);
        count += ended[count] != 0;
    }
    vgic_ich_set_vmcr(&cpu->ich, vmcr);
    if (flushed) {
        take_eoicount(&cpu->ich, hcr);
    }
    own->where = VGIC_HYP_IS_LOADED;
    vgic_ich_present_unlock(cpu);
    for (unsigned i = 0; i < count; i++) {
        end_of_l1(cpu, ended[i]);
    }
    vgic_hyp_export_vncr(cpu);
}
