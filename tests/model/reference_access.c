/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference: system registers, who may access them, and where an access goes. */
#include "reference.h"

#include <vgic/registers.h>

enum {
    SCR_NS = 1 << 0,
    SCR_IRQ = 1 << 1,
    SCR_FIQ = 1 << 2,
    HCR_FMO = 1 << 3,
    HCR_IMO = 1 << 4,
    ICH_HCR_TC = 1 << 10,
    ICH_HCR_TALL0 = 1 << 11,
    ICH_HCR_TALL1 = 1 << 12,
    ICH_HCR_TDIR = 1 << 14
};

#define HCR_NV ((uint64_t)1 << 42)
#define HCR_NV2 ((uint64_t)1 << 45)
#define SCTLR_NMI ((uint64_t)1 << 61)
#define HFG_IGRPEN ((uint64_t)1 << 39)

/* Which trap bits govern a register. */
typedef enum Class {
    CLASS_G0,
    CLASS_G1,
    CLASS_COMMON,
    CLASS_SGI,
    CLASS_SRE,
    CLASS_SRE2,
    CLASS_ICH,
    CLASS_EL3
} Class;

typedef struct Sysreg {
    uint32_t encoding; /* the AArch64 one: what everything else goes by */
    uint32_t aarch32;
    Class class;
    bool read, write;
    uint8_t min_el;
    uint16_t vncr;
} Sysreg;

#define AP(n)                                                                                      \
    {ICH_AP0R0_EL2 + (n), ICH_AP0R0 + (n), CLASS_ICH, true, true, 2, 0x480 + 8 * (n)},             \
    {                                                                                              \
        ICH_AP1R0_EL2 + (n), ICH_AP1R0 + (n), CLASS_ICH, true, true, 2, 0x4A0 + 8 * (n)            \
    }
#define LR(n)                                                                                      \
    {ICH_LR_EL2(n), ICH_LR(n), CLASS_ICH, true, true, 2, 0x400 + 8 * (n)},                         \
    {                                                                                              \
        REF_LRC + (n), ICH_LRC(n), CLASS_ICH, true, true, 2, 0                                     \
    }

static const Sysreg sysregs[] = {
    {ICC_PMR_EL1, ICC_PMR, CLASS_COMMON, true, true, 1, 0},
    {ICC_IAR0_EL1, ICC_IAR0, CLASS_G0, true, false, 1, 0},
    {ICC_EOIR0_EL1, ICC_EOIR0, CLASS_G0, false, true, 1, 0},
    {ICC_HPPIR0_EL1, ICC_HPPIR0, CLASS_G0, true, false, 1, 0},
    {ICC_BPR0_EL1, ICC_BPR0, CLASS_G0, true, true, 1, 0},
    {ICC_AP0R0_EL1, ICC_AP0R0, CLASS_G0, true, true, 1, 0},
    {ICC_AP0R1_EL1, ICC_AP0R1, CLASS_G0, true, true, 1, 0},
    {ICC_AP0R2_EL1, ICC_AP0R2, CLASS_G0, true, true, 1, 0},
    {ICC_AP0R3_EL1, ICC_AP0R3, CLASS_G0, true, true, 1, 0},
    {ICC_AP1R0_EL1, ICC_AP1R0, CLASS_G1, true, true, 1, 0},
    {ICC_AP1R1_EL1, ICC_AP1R1, CLASS_G1, true, true, 1, 0},
    {ICC_AP1R2_EL1, ICC_AP1R2, CLASS_G1, true, true, 1, 0},
    {ICC_AP1R3_EL1, ICC_AP1R3, CLASS_G1, true, true, 1, 0},
    {ICC_DIR_EL1, ICC_DIR, CLASS_COMMON, false, true, 1, 0},
    {ICC_RPR_EL1, ICC_RPR, CLASS_COMMON, true, false, 1, 0},
    {ICC_SGI1R_EL1, ICC_SGI1R, CLASS_SGI, false, true, 1, 0},
    {ICC_ASGI1R_EL1, ICC_ASGI1R, CLASS_SGI, false, true, 1, 0},
    {ICC_SGI0R_EL1, ICC_SGI0R, CLASS_SGI, false, true, 1, 0},
    {ICC_IAR1_EL1, ICC_IAR1, CLASS_G1, true, false, 1, 0},
    {ICC_EOIR1_EL1, ICC_EOIR1, CLASS_G1, false, true, 1, 0},
    {ICC_HPPIR1_EL1, ICC_HPPIR1, CLASS_G1, true, false, 1, 0},
    {ICC_BPR1_EL1, ICC_BPR1, CLASS_G1, true, true, 1, 0},
    {ICC_CTLR_EL1, ICC_CTLR, CLASS_COMMON, true, true, 1, 0},
    {ICC_SRE_EL1, ICC_SRE, CLASS_SRE, true, true, 1, 0},
    {ICC_IGRPEN0_EL1, ICC_IGRPEN0, CLASS_G0, true, true, 1, 0},
    {ICC_IGRPEN1_EL1, ICC_IGRPEN1, CLASS_G1, true, true, 1, 0},
    {ICC_NMIAR1_EL1, 0, CLASS_G1, true, false, 1, 0},
    {ICC_SRE_EL2, ICC_HSRE, CLASS_SRE2, true, true, 2, 0},
    {ICH_HCR_EL2, ICH_HCR, CLASS_ICH, true, true, 2, 0x4C0},
    {ICH_VTR_EL2, ICH_VTR, CLASS_ICH, true, false, 2, 0},
    {ICH_MISR_EL2, ICH_MISR, CLASS_ICH, true, false, 2, 0},
    {ICH_EISR_EL2, ICH_EISR, CLASS_ICH, true, false, 2, 0},
    {ICH_ELRSR_EL2, ICH_ELRSR, CLASS_ICH, true, false, 2, 0},
    {ICH_VMCR_EL2, ICH_VMCR, CLASS_ICH, true, true, 2, 0x4C8},
    AP(0),
    AP(1),
    AP(2),
    AP(3),
    LR(0),
    LR(1),
    LR(2),
    LR(3),
    LR(4),
    LR(5),
    LR(6),
    LR(7),
    LR(8),
    LR(9),
    LR(10),
    LR(11),
    LR(12),
    LR(13),
    LR(14),
    LR(15),
    {ICC_CTLR_EL3, ICC_MCTLR, CLASS_EL3, true, true, 3, 0},
    {ICC_SRE_EL3, ICC_MSRE, CLASS_EL3, true, true, 3, 0},
    {ICC_IGRPEN1_EL3, ICC_MGRPEN1, CLASS_EL3, true, true, 3, 0},
};

enum {
    SYSREGS = sizeof(sysregs) / sizeof(sysregs[0])
};

const uint32_t *ref_sysregs(uint32_t *count, uint32_t *aarch32)
{
    static uint32_t encodings[2 * SYSREGS];
    uint32_t n = 0;
    for (uint32_t i = 0; i < SYSREGS; i++) {
        if (sysregs[i].encoding < REF_LRC) {
            encodings[n++] = sysregs[i].encoding;
        }
    }
    *aarch32 = n;
    for (uint32_t i = 0; i < SYSREGS; i++) {
        if (sysregs[i].aarch32) {
            encodings[n++] = sysregs[i].aarch32;
        }
    }
    *count = n;
    return encodings;
}

RefFrom ref_from(const RefGic *gic, const VgicCpuState *state)
{
    RefFrom from = {
        .bank = REF_BANK_NS,
        .nmi = state->sctlr & SCTLR_NMI,
        .aarch32 = state->aarch32,
    };
    if (!gic->config.el3) {
        return from;
    }
    from.el3 = state->el == 3 && (!state->aarch32 || state->monitor);
    from.secure = state->el == 3 || !(state->space & 1);
    bool ns = from.el3 ? state->scr_el3 & SCR_NS : !from.secure;
    from.bank = ns ? REF_BANK_NS : REF_BANK_S;
    from.irq3 = state->scr_el3 & SCR_IRQ;
    from.fiq3 = state->scr_el3 & SCR_FIQ;
    return from;
}

static const Sysreg *find(const VgicCpuState *state, uint32_t encoding)
{
    for (size_t i = 0; i < SYSREGS; i++) {
        uint32_t its = state->aarch32 ? sysregs[i].aarch32 : sysregs[i].encoding;
        if (its && encoding == its && encoding < (state->aarch32 ? UINT32_MAX : REF_LRC)) {
            return &sysregs[i];
        }
    }
    return NULL;
}

uint32_t ref_register(const VgicCpuState *state, uint32_t encoding)
{
    const Sysreg *reg = find(state, encoding);
    return reg ? reg->encoding : 0;
}

/* The access is one that EL2 has a say in. */
static bool below_el2(const RefGic *gic, const VgicCpuState *state)
{
    return gic->config.el2 && state->el == 1 && state->el2_enabled;
}

static bool redirected(const RefGic *gic, const Sysreg *reg, const VgicCpuState *state)
{
    if (!below_el2(gic, state)) {
        return false;
    }
    switch (reg->class) {
    case CLASS_G0:
        return state->hcr_el2 & HCR_FMO;
    case CLASS_G1:
        return state->hcr_el2 & HCR_IMO;
    case CLASS_COMMON:
        return state->hcr_el2 & (HCR_IMO | HCR_FMO);
    default:
        return false;
    }
}

bool ref_is_virtual(const RefGic *gic, const VgicCpuState *state, uint32_t encoding)
{
    const Sysreg *reg = find(state, encoding);
    return reg && redirected(gic, reg, state);
}

uint32_t ref_ap_registers(uint32_t bits)
{
    return bits < 6 ? 1 : bits == 6 ? 2 : 4;
}

/* The number of an AP register of the physical interface, 0 for all others. */
static uint32_t ap_number(const Sysreg *reg)
{
    for (uint32_t n = 1; n < 4; n++) {
        if (reg->encoding == ICC_AP0R0_EL1 + n || reg->encoding == ICC_AP1R0_EL1 + n) {
            return n;
        }
    }
    return 0;
}

static bool ap_present(const RefGic *gic, const Sysreg *reg, bool virtual)
{
    uint32_t bits = virtual ? ref_virtual_preemption_bits(gic) : ref_preemption_bits(gic);
    return ap_number(reg) < ref_ap_registers(bits);
}

static bool present_at_el2(const RefGic *gic, const Sysreg *reg, const VgicCpuState *state)
{
    if (!gic->config.el2) {
        return gic->config.el3 && state->el == 3; /* all of them, RES0 */
    }
    for (uint32_t n = ref_ap_registers(ref_virtual_preemption_bits(gic)); n < 4; n++) {
        if (reg->encoding == ICH_AP0R0_EL2 + n || reg->encoding == ICH_AP1R0_EL2 + n) {
            return false;
        }
    }
    for (uint32_t n = gic->config.ich_options.list_registers; n < REF_MAX_LRS; n++) {
        if (reg->encoding == (uint32_t)ICH_LR_EL2(n) || reg->encoding == REF_LRC + n) {
            return false;
        }
    }
    return true;
}

/* AP registers, of which the two interfaces may have different numbers, are there for traps if
 * either has them. */
static bool present(const RefGic *gic, const Sysreg *reg, const VgicCpuState *state)
{
    switch (reg->class) {
    case CLASS_EL3:
        return gic->config.el3;
    case CLASS_ICH:
    case CLASS_SRE2:
        return present_at_el2(gic, reg, state);
    default:
        return (reg->encoding != ICC_NMIAR1_EL1 || gic->config.nmi) &&
               (ap_present(gic, reg, false) || (gic->config.el2 && ap_present(gic, reg, true)));
    }
}

/* Nested virtualization: EL1 believes to be EL2. */
static VgicResult nested(const RefGic *gic, const Sysreg *reg, const VgicCpuState *state)
{
    bool nv = below_el2(gic, state) && !state->aarch32 && (state->hcr_el2 & HCR_NV);
    if (!nv || reg->min_el != 2) {
        return VGIC_UNDEFINED;
    }
    bool memory = (state->hcr_el2 & HCR_NV2) && reg->vncr;
    gic->count[memory ? REF_VNCR : REF_TRAP_NV]++;
    return memory ? VGIC_VNCR : VGIC_TRAP_EL2;
}

static bool noted(const RefGic *gic, bool trapped, RefCount count)
{
    gic->count[count] += trapped;
    return trapped;
}

static bool trapped_by_el2(const RefGic *gic, uint32_t cpu, const Sysreg *reg,
                           const VgicCpuState *state, bool write)
{
    if (!below_el2(gic, state)) {
        return false;
    }
    uint32_t hcr = gic->cpu[cpu].virtual.hcr;
    bool igrpen = reg->encoding == ICC_IGRPEN0_EL1 || reg->encoding == ICC_IGRPEN1_EL1;
    bool fine = (write ? state->hfgwtr_el2 : state->hfgrtr_el2) & HFG_IGRPEN;
    if (noted(gic, igrpen && fine && !state->aarch32, REF_TRAP_FINE)) {
        return true;
    }
    bool dir = reg->encoding == ICC_DIR_EL1;
    switch (reg->class) {
    case CLASS_G0:
        return noted(gic, hcr & ICH_HCR_TALL0, REF_TRAP_TALL0);
    case CLASS_G1:
        return noted(gic, hcr & ICH_HCR_TALL1, REF_TRAP_TALL1);
    case CLASS_COMMON:
        return noted(gic, dir && (hcr & ICH_HCR_TDIR), REF_TRAP_TDIR) ||
               noted(gic, hcr & ICH_HCR_TC, REF_TRAP_TC);
    case CLASS_SGI:
        return noted(gic, hcr & ICH_HCR_TC, REF_TRAP_TC) ||
               noted(gic, state->hcr_el2 & (HCR_IMO | HCR_FMO), REF_TRAP_SGI);
    case CLASS_SRE:
        return noted(gic, !gic->cpu[cpu].sre_el2_enable, REF_TRAP_SRE_EL2);
    default:
        return false;
    }
}

static bool trapped_by_el3(const RefGic *gic, uint32_t cpu, const Sysreg *reg,
                           const VgicCpuState *state)
{
    RefFrom from = ref_from(gic, state);
    switch (reg->class) {
    case CLASS_SRE:
    case CLASS_SRE2:
        return gic->config.el3 && state->el < 3 && !gic->cpu[cpu].sre_el3_enable;
    case CLASS_G0:
        return from.fiq3 && !from.el3;
    case CLASS_G1:
        return from.irq3 && !from.el3;
    case CLASS_COMMON:
    case CLASS_SGI:
        return from.fiq3 && from.irq3 && !from.el3;
    default:
        return false;
    }
}

VgicResult ref_sysreg_check(const RefGic *gic, uint32_t cpu, const VgicCpuState *state,
                            uint32_t encoding, bool write)
{
    if (cpu >= gic->cpus) {
        return VGIC_INVALID;
    }
    const Sysreg *reg = state->el ? find(state, encoding) : NULL;
    if (!reg || !present(gic, reg, state) || !(write ? reg->write : reg->read)) {
        return VGIC_UNDEFINED;
    }
    if (state->el < reg->min_el) {
        return nested(gic, reg, state);
    }
    if (trapped_by_el2(gic, cpu, reg, state, write)) {
        return VGIC_TRAP_EL2;
    }
    if (redirected(gic, reg, state)) {
        return ap_present(gic, reg, true) ? VGIC_OK : VGIC_UNDEFINED;
    }
    if (trapped_by_el3(gic, cpu, reg, state)) {
        return VGIC_TRAP_EL3;
    }
    return ap_present(gic, reg, false) ? VGIC_OK : VGIC_UNDEFINED;
}
