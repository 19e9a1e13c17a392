/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System registers whose access trapped [1.7, 2.8]. The way that always works: bring all of the
 * vCPU into the instance, let the CPU interface in software do it, and load again. Two have a
 * shorter one, because guests need them often: a deactivation of what is in a list register, and
 * SGIs.
 */
#include <glib.h>

#include <vgic/registers.h>

#include "backend/hyp/hyp.h"
#include "v3/ich.h"

static bool is_sgi(uint32_t encoding)
{
    switch (encoding) {
    case ICC_SGI1R_EL1:
    case ICC_ASGI1R_EL1:
    case ICC_SGI0R_EL1:
    case ICC_SGI1R:
    case ICC_ASGI1R:
    case ICC_SGI0R:
        return true;
    default:
        return false;
    }
}

static bool is_dir(uint32_t encoding)
{
    return encoding == ICC_DIR_EL1 || encoding == ICC_DIR;
}

/* The list register that has @p intid of the guest, or -1. */
static int find_lr(const VgicHypCpu *own, uint32_t intid)
{
    for (unsigned n = 0; n < own->used; n++) {
        if (vgic_intid_of(own->irq[n]->slot) == intid) {
            return (int)n;
        }
    }
    return -1;
}

/* Deactivates @p intid where it is, in a list register; false: it is in none, or not active. */
static bool end_in_place(VgicCpu *cpu, uint32_t intid)
{
    const VgicHypCpu *own = vgic_hyp_cpu(cpu);
    int n = find_lr(own, intid);
    uint64_t lr;

    if (n < 0 || own->irq[n]->slot & VGIC_SLOT_LPI ||
        !VGIC_GET(vgic_hyp_read(cpu, ICH_VMCR_EL2), ich_vmcr, VEOIM)) {
        return false;
    }
    lr = vgic_hyp_read(cpu, ICH_LR_EL2(n));
    if (!(VGIC_GET(lr, ich_lr, State) & VGIC_LR_ACTIVE)) {
        return false;
    }
    vgic_hyp_write(cpu, ICH_LR_EL2(n), lr & ~VGIC_PUT(ich_lr, State, VGIC_LR_ACTIVE));
    if (VGIC_GET(lr, ich_lr, HW)) {
        vgic_hyp_of(cpu->gic)->host.deactivate(cpu->gic->machine, cpu->index,
                                               (uint32_t)VGIC_GET(lr, ich_lr, pINTID));
    }
    return true;
}

static VgicResult access_register(VgicCpu *cpu, const VgicCpuState *state, uint32_t encoding,
                                  bool write, uint64_t *value)
{
    return write ? vgic_sysreg_write(cpu->gic, cpu->index, state, encoding, *value)
                 : vgic_sysreg_read(cpu->gic, cpu->index, state, encoding, value);
}

/* Where the virtual CPU interface differs from a physical one: its constants are ICH_VTR_EL2's, and
 * priority 0xFF is never its highest pending interrupt [1.5]. */
static uint64_t as_virtual(VgicCpu *cpu, uint32_t encoding, uint64_t value)
{
    switch (encoding) {
    case ICC_CTLR_EL1:
    case ICC_CTLR:
        return (value & (VGIC_MASK(icc_ctlr_el1, CBPR) | VGIC_MASK(icc_ctlr_el1, EOImode))) |
               vgic_icv_ctlr_constants(vgic_hyp_of(cpu->gic)->vtr);
    case ICC_HPPIR0_EL1:
    case ICC_HPPIR0:
    case ICC_HPPIR1_EL1:
    case ICC_HPPIR1:
        return vgic_cpu_candidate(cpu).priority == VGIC_PRIORITY_IDLE ? VGIC_INTID_SPURIOUS : value;
    default:
        return value;
    }
}

/* All of it in software. */
static VgicResult access_at_rest(VgicCpu *cpu, const VgicCpuState *state, uint32_t encoding,
                                 bool write, uint64_t *value)
{
    const VgicHypCpu *own = vgic_hyp_cpu(cpu);
    VgicHypContext context = own->context;
    bool loaded = own->where != VGIC_HYP_IS_OUT;
    VgicResult result;

    vgic_hyp_put(cpu->gic, cpu->index);
    vgic_hyp_import_vncr(cpu);
    result = access_register(cpu, state, encoding, write, value);
    if (result == VGIC_OK && !write && context == VGIC_HYP_GUEST) {
        *value = as_virtual(cpu, encoding, *value);
    }
    vgic_hyp_export_vncr(cpu);
    if (loaded) {
        vgic_hyp_load(cpu->gic, cpu->index, context);
    }
    return result;
}

VgicResult vgic_hyp_trap(Vgic *gic, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                         bool write, uint64_t *value)
{
    const VgicHypCpu *own;

    if (!vgic_check_cpu(gic, __func__, cpu) || !vgic_hyp_check(gic, __func__) ||
        !vgic_check_pointer(gic, __func__, state, "state") ||
        !vgic_check_pointer(gic, __func__, value, "value")) {
        return VGIC_INVALID;
    }
    own = &vgic_hyp_of(gic)->cpus[cpu];
    if (own->context == VGIC_HYP_GUEST && write) {
        if (is_sgi(encoding)) {
            vgic_hyp_import_vncr(&gic->cpus[cpu]);
            return access_register(&gic->cpus[cpu], state, encoding, true, value);
        }
        if (is_dir(encoding) && own->where == VGIC_HYP_IS_FLUSHED &&
            vgic_sysreg_check(gic, cpu, state, encoding, true) == VGIC_OK &&
            end_in_place(&gic->cpus[cpu], (uint32_t)*value & VGIC_INTID_MASK)) {
            vgic_hyp_import_vncr(&gic->cpus[cpu]);
            return VGIC_OK;
        }
    }
    return access_at_rest(&gic->cpus[cpu], state, encoding, write, value);
}
