/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may access a system register, and whose it is then: the physical or the virtual CPU interface
 * [7.4, 8.5]. */
#include <glib.h>

#include "v3/icc.h"
#include "v3/ich.h"

static bool is_aarch64(const VgicSysregRow *row)
{
    return row->info.encoding >> 16 == 0;
}

/* Below the register's exception level: at EL1, nested virtualization makes EL2's known. */
static VgicResult check_below(const VgicCpuState *state, const VgicSysregRow *row, bool el2)
{
    bool nv = VGIC_GET(state->hcr_el2, hcr, NV), nv2 = VGIC_GET(state->hcr_el2, hcr, NV2);

    if (!el2 || state->el != 1 || row->info.min_el != 2 || !nv || !is_aarch64(row)) {
        return VGIC_UNDEFINED;
    }
    return nv2 && row->info.vncr_offset ? VGIC_VNCR : VGIC_TRAP_EL2;
}

/* The registers that ICH_HCR_EL2 traps now, as VGIC_TRAPS_*; mostly none. */
static unsigned trapped_by_ich(uint32_t hcr)
{
    if (G_LIKELY(!(hcr & (VGIC_MASK(ich_hcr, TALL0) | VGIC_MASK(ich_hcr, TALL1) |
                          VGIC_MASK(ich_hcr, TC) | VGIC_MASK(ich_hcr, TDIR))))) {
        return 0;
    }
    return (VGIC_GET(hcr, ich_hcr, TALL0) ? VGIC_TRAPS_GROUP0 : 0u) |
           (VGIC_GET(hcr, ich_hcr, TALL1) ? VGIC_TRAPS_GROUP1 : 0u) |
           (VGIC_GET(hcr, ich_hcr, TC) ? VGIC_TRAPS_COMMON | VGIC_TRAPS_SGI : 0u) |
           (VGIC_GET(hcr, ich_hcr, TDIR) ? VGIC_TRAPS_DIR : 0u);
}

static bool is_fine_grained_trap(const VgicCpuState *state, const VgicSysregRow *row, bool write)
{
    if (G_LIKELY(!(row->traps & VGIC_TRAPS_IGRPEN))) {
        return false;
    }
    return is_aarch64(row) &&
           VGIC_GET(write ? state->hfgwtr_el2 : state->hfgrtr_el2, hfgxtr, ICC_IGRPENn_EL1);
}

/* Those that HCR_EL2.IMO and FMO make virtual. SGIs have no virtual form: the hypervisor makes
 * them. */
static unsigned virtual_by_hcr(uint64_t hcr)
{
    static const uint8_t registers[2][2] = {
        {0, VGIC_TRAPS_GROUP0 | VGIC_TRAPS_COMMON | VGIC_TRAPS_SGI},
        {VGIC_TRAPS_GROUP1 | VGIC_TRAPS_COMMON | VGIC_TRAPS_SGI,
         VGIC_TRAPS_GROUP1 | VGIC_TRAPS_GROUP0 | VGIC_TRAPS_COMMON | VGIC_TRAPS_SGI},
    };

    return registers[VGIC_GET(hcr, hcr, IMO)][VGIC_GET(hcr, hcr, FMO)];
}

/* What EL2 takes from EL1, @p virtual being what of the register is virtual. */
static bool traps_to_el2(const VgicCpu *cpu, const VgicCpuState *state, const VgicSysregRow *row,
                         unsigned virtual, bool write)
{
    if (is_fine_grained_trap(state, row, write) ||
        row->traps & trapped_by_ich(vgic_load32(&cpu->ich.hcr))) {
        return true;
    }
    if (row->traps & VGIC_TRAPS_SRE) {
        return !atomic_load_explicit(&cpu->icc.sre_el2_enable, memory_order_relaxed);
    }
    return virtual & VGIC_TRAPS_SGI;
}

static bool traps_to_el3(const VgicCpu *cpu, const VgicCpuState *state, const VgicSysregRow *row)
{
    bool irq = VGIC_GET(state->scr_el3, scr, IRQ), fiq = VGIC_GET(state->scr_el3, scr, FIQ);
    unsigned trapped = (fiq ? VGIC_TRAPS_GROUP0 : 0u) | (irq ? VGIC_TRAPS_GROUP1 : 0u) |
                       (irq && fiq ? VGIC_TRAPS_COMMON | VGIC_TRAPS_SGI : 0u);

    if (row->traps & VGIC_TRAPS_SRE) {
        return state->el < 3 &&
               !atomic_load_explicit(&cpu->icc.sre_el3_enable, memory_order_relaxed);
    }
    return row->traps & trapped;
}

/* Has @p bank this many registers of active priorities? */
static VgicResult check_word(const VgicBank *bank, const VgicSysregRow *row)
{
    return !(row->traps & VGIC_TRAPS_AP) || row->word < vgic_bank_ap_words(bank) ? VGIC_OK
                                                                                 : VGIC_UNDEFINED;
}

VgicResult vgic_v3_check_sysreg(const Vgic *gic, const VgicCpu *cpu, const VgicCpuState *state,
                                const VgicSysregRow *row, bool write, bool *redirected)
{
    bool el2 = gic->el2 && state->el2_enabled;

    if (state->el < row->info.min_el) {
        return check_below(state, row, el2);
    }
    if (el2 && state->el == 1) {
        unsigned virtual = row->traps & virtual_by_hcr(state->hcr_el2);

        if (traps_to_el2(cpu, state, row, virtual, write)) {
            return VGIC_TRAP_EL2;
        }
        if (virtual) {
            *redirected = true;
            return check_word(&cpu->ich.bank, row);
        }
    }
    if (gic->el3 && !vgic_icc_is_el3(state) && traps_to_el3(cpu, state, row)) {
        return VGIC_TRAP_EL3;
    }
    return check_word(row->info.min_el == 2 ? &cpu->ich.bank : &cpu->bank, row);
}
