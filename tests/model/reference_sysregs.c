/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference: the CPU interface's system registers. */
#include "reference.h"

#include <vgic/registers.h>

enum {
    SCR_NS = 1 << 0,
    SCR_IRQ = 1 << 1,
    SCR_FIQ = 1 << 2,
    HCR_FMO = 1 << 3,
    HCR_IMO = 1 << 4
};

/* Which trap bits govern a register. */
typedef enum Class {
    CLASS_G0,
    CLASS_G1,
    CLASS_COMMON,
    CLASS_SGI,
    CLASS_SRE,
    CLASS_SRE2,
    CLASS_EL3
} Class;

typedef struct Sysreg {
    uint32_t encoding; /* the AArch64 one: what the rest of this file goes by */
    uint32_t aarch32;
    Class class;
    bool read, write;
    uint8_t min_el;
} Sysreg;

static const Sysreg sysregs[] = {
    {ICC_PMR_EL1, ICC_PMR, CLASS_COMMON, true, true, 1},
    {ICC_IAR0_EL1, ICC_IAR0, CLASS_G0, true, false, 1},
    {ICC_EOIR0_EL1, ICC_EOIR0, CLASS_G0, false, true, 1},
    {ICC_HPPIR0_EL1, ICC_HPPIR0, CLASS_G0, true, false, 1},
    {ICC_BPR0_EL1, ICC_BPR0, CLASS_G0, true, true, 1},
    {ICC_AP0R0_EL1, ICC_AP0R0, CLASS_G0, true, true, 1},
    {ICC_AP0R1_EL1, ICC_AP0R1, CLASS_G0, true, true, 1},
    {ICC_AP0R2_EL1, ICC_AP0R2, CLASS_G0, true, true, 1},
    {ICC_AP0R3_EL1, ICC_AP0R3, CLASS_G0, true, true, 1},
    {ICC_AP1R0_EL1, ICC_AP1R0, CLASS_G1, true, true, 1},
    {ICC_AP1R1_EL1, ICC_AP1R1, CLASS_G1, true, true, 1},
    {ICC_AP1R2_EL1, ICC_AP1R2, CLASS_G1, true, true, 1},
    {ICC_AP1R3_EL1, ICC_AP1R3, CLASS_G1, true, true, 1},
    {ICC_DIR_EL1, ICC_DIR, CLASS_COMMON, false, true, 1},
    {ICC_RPR_EL1, ICC_RPR, CLASS_COMMON, true, false, 1},
    {ICC_SGI1R_EL1, ICC_SGI1R, CLASS_SGI, false, true, 1},
    {ICC_ASGI1R_EL1, ICC_ASGI1R, CLASS_SGI, false, true, 1},
    {ICC_SGI0R_EL1, ICC_SGI0R, CLASS_SGI, false, true, 1},
    {ICC_IAR1_EL1, ICC_IAR1, CLASS_G1, true, false, 1},
    {ICC_EOIR1_EL1, ICC_EOIR1, CLASS_G1, false, true, 1},
    {ICC_HPPIR1_EL1, ICC_HPPIR1, CLASS_G1, true, false, 1},
    {ICC_BPR1_EL1, ICC_BPR1, CLASS_G1, true, true, 1},
    {ICC_CTLR_EL1, ICC_CTLR, CLASS_COMMON, true, true, 1},
    {ICC_SRE_EL1, ICC_SRE, CLASS_SRE, true, true, 1},
    {ICC_IGRPEN0_EL1, ICC_IGRPEN0, CLASS_G0, true, true, 1},
    {ICC_IGRPEN1_EL1, ICC_IGRPEN1, CLASS_G1, true, true, 1},
    {ICC_SRE_EL2, ICC_HSRE, CLASS_SRE2, true, true, 3},
    {ICC_CTLR_EL3, ICC_MCTLR, CLASS_EL3, true, true, 3},
    {ICC_SRE_EL3, ICC_MSRE, CLASS_EL3, true, true, 3},
    {ICC_IGRPEN1_EL3, ICC_MGRPEN1, CLASS_EL3, true, true, 3},
};

const uint32_t *ref_sysregs(uint32_t *count)
{
    enum {
        N = sizeof(sysregs) / sizeof(sysregs[0])
    };
    static uint32_t encodings[2 * N];
    for (uint32_t i = 0; i < N; i++) {
        encodings[i] = sysregs[i].encoding;
        encodings[N + i] = sysregs[i].aarch32;
    }
    *count = 2 * N;
    return encodings;
}

/* Who accesses. */
typedef struct From {
    bool el3;    /* AArch64 EL3 or Monitor mode */
    bool secure; /* EL3 included */
    int bank;
    bool irq3, fiq3; /* SCR_EL3 */
} From;

static From who(const RefGic *gic, const VgicCpuState *state)
{
    From from = {.bank = REF_BANK_NS};
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
    for (size_t i = 0; i < sizeof(sysregs) / sizeof(sysregs[0]); i++) {
        if (encoding == (state->aarch32 ? sysregs[i].aarch32 : sysregs[i].encoding)) {
            return &sysregs[i];
        }
    }
    return NULL;
}

static bool present(const RefGic *gic, const Sysreg *reg, const VgicCpuState *state)
{
    uint32_t count = ref_preemption_bits(gic) < 6 ? 1 : ref_preemption_bits(gic) == 6 ? 2 : 4;
    for (uint32_t n = count; n < 4; n++) {
        if (reg->encoding == ICC_AP0R0_EL1 + n || reg->encoding == ICC_AP1R0_EL1 + n) {
            return false;
        }
    }
    if (reg->class == CLASS_EL3 && !gic->config.el3) {
        return false;
    }
    return state->el >= reg->min_el;
}

/* ICC_SRE_EL2 comes with the rest of EL2. */
static VgicResult sre_trap(const RefGic *gic, uint32_t cpu, const VgicCpuState *state)
{
    bool below = state->el < 3 && gic->config.el3;
    return below && !gic->cpu[cpu].sre_el3_enable ? VGIC_TRAP_EL3 : VGIC_OK;
}

static VgicResult access_trap(const RefGic *gic, Class class, const VgicCpuState *state)
{
    From from = who(gic, state);
    uint64_t hcr = state->el == 1 && state->el2_enabled ? state->hcr_el2 : 0;
    bool g0 = class == CLASS_G0, g1 = class == CLASS_G1;
    if (hcr & (g0 ? HCR_FMO : g1 ? HCR_IMO : HCR_IMO | HCR_FMO)) {
        /* all others have virtual forms, which come with EL2 */
        return class == CLASS_SGI ? VGIC_TRAP_EL2 : VGIC_UNDEFINED;
    }
    bool trap = g0 ? from.fiq3 : g1 ? from.irq3 : from.fiq3 && from.irq3;
    return trap && !from.el3 ? VGIC_TRAP_EL3 : VGIC_OK;
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
    if (reg->class == CLASS_EL3 || reg->class == CLASS_SRE2) {
        return VGIC_OK;
    }
    return reg->class == CLASS_SRE ? sre_trap(gic, cpu, state)
                                   : access_trap(gic, reg->class, state);
}

/* ---- Acknowledge ---- */

/* What IAR0 or HPPIR0 says of the best pending interrupt. */
static uint32_t outcome0(RefGic *gic, const From *from, const RefIrq *irq)
{
    bool visible = gic->ds || from->secure;
    if (irq->group == REF_G0) {
        return visible ? irq->intid : VGIC_INTID_SPURIOUS;
    }
    if (!from->el3) {
        return VGIC_INTID_SPURIOUS;
    }
    return irq->group == REF_G1S ? VGIC_INTID_SECURE : VGIC_INTID_NONSECURE;
}

static uint32_t outcome1(RefGic *gic, const From *from, const RefIrq *irq)
{
    (void)gic;
    switch (irq->group) {
    case REF_G0:
        return VGIC_INTID_SPURIOUS;
    case REF_G1S:
        return from->secure ? irq->intid : VGIC_INTID_SPURIOUS;
    default:
        return from->el3 || !from->secure ? irq->intid : VGIC_INTID_SPURIOUS;
    }
}

static uint32_t outcome(RefGic *gic, const From *from, const RefIrq *irq, bool group1)
{
    if (!irq) {
        return VGIC_INTID_SPURIOUS;
    }
    return group1 ? outcome1(gic, from, irq) : outcome0(gic, from, irq);
}

static uint32_t *active_bits(RefCpu *cpu, RefGroup group)
{
    switch (group) {
    case REF_G0:
        return cpu->ap0r;
    case REF_G1S:
        return cpu->ap1r[REF_BANK_S];
    default:
        return cpu->ap1r[REF_BANK_NS];
    }
}

static void count_ack(RefGic *gic, const RefCpu *cpu, const RefIrq *irq)
{
    uint64_t *count = gic->count;
    count[REF_ACK_G0 + (int)irq->group]++;
    count[irq->lpi                   ? REF_ACK_LPI
          : irq->intid < 16          ? REF_ACK_SGI
          : irq->owner != REF_NO_CPU ? REF_ACK_PPI
                                     : REF_ACK_SPI]++;
    count[REF_ACK_EXTENDED] += irq->intid > 1023 && !irq->lpi;
    count[REF_ACK_ONE_OF_N] += ref_one_of_n(gic, irq);
    count[REF_PREEMPTION] += ref_running_priority(gic, cpu) != 0xFF;
    count[REF_CBPR_USED] += irq->group != REF_G0 && cpu->cbpr[irq->group == REF_G1NS];
    const RefIrq *other;
    for (uint32_t i = 0; (other = ref_irq_at(gic, i)); i++) {
        if (other->candidate && other->target == irq->target && other->intid < irq->intid &&
            other->priority == irq->priority && other->group == irq->group) {
            count[REF_ACK_IN_ORDER_OF_ARRIVAL]++;
            break;
        }
    }
}

static void acknowledge(RefGic *gic, RefCpu *cpu, RefIrq *irq)
{
    count_ack(gic, cpu, irq);
    uint8_t mask = ref_group_mask(gic, cpu, irq->group);
    uint32_t index = (uint32_t)(irq->priority & mask) >> (8 - ref_preemption_bits(gic));
    active_bits(cpu, irq->group)[index / 32] |= 1u << (index % 32);
    irq->latch = false;
    irq->active = !irq->lpi;
    gic->count[REF_ACK_LEVEL_STAYS_PENDING] += ref_pending(irq);
    ref_look(gic);
}

static uint32_t read_iar(RefGic *gic, uint32_t cpu, const From *from, bool group1)
{
    RefIrq *irq = ref_hppi(gic, cpu);
    gic->count[REF_HELD_ASLEEP] += ref_cpu_lines(gic, cpu) == VGIC_LINE_WAKE;
    if (irq && !ref_signals(gic, cpu, irq)) {
        gic->count[irq->priority >= gic->cpu[cpu].pmr ? REF_MASKED_BY_PMR : REF_NO_PREEMPTION]++;
        irq = NULL;
    }
    uint32_t intid = outcome(gic, from, irq, group1);
    gic->count[REF_SPURIOUS] += intid == VGIC_INTID_SPURIOUS;
    gic->count[REF_SPECIAL_1020] += intid == VGIC_INTID_SECURE;
    gic->count[REF_SPECIAL_1021] += intid == VGIC_INTID_NONSECURE;
    if (intid < VGIC_INTID_SECURE || intid > VGIC_INTID_SPURIOUS) {
        acknowledge(gic, &gic->cpu[cpu], irq);
    }
    return intid;
}

/* ---- End of interrupt ---- */

static uint32_t lowest_bit(const uint32_t *ap)
{
    for (uint32_t i = 0; i < 128; i++) {
        if (ap[i / 32] >> (i % 32) & 1) {
            return i;
        }
    }
    return 128;
}

/* The group that owns the running priority; -1 if nothing is active. */
int ref_top_group(RefCpu *cpu)
{
    uint32_t best = 128;
    int group = -1;
    for (int g = REF_G0; g <= REF_G1NS; g++) {
        uint32_t bit = lowest_bit(active_bits(cpu, (RefGroup)g));
        if (bit < best) {
            best = bit;
            group = g;
        }
    }
    return group;
}

static bool may_drop(const RefGic *gic, const From *from, int top, bool group1)
{
    if (top < 0 || (top == REF_G0) == group1) {
        return false;
    }
    if (top == REF_G0) {
        return from->secure || gic->ds;
    }
    if (from->el3) {
        return true;
    }
    if (top == REF_G1S) {
        return from->secure;
    }
    return !from->secure || gic->ds;
}

static bool eoi_mode(const RefCpu *cpu, const From *from)
{
    return from->el3 ? cpu->eoimode_el3 : cpu->eoimode[from->secure ? REF_BANK_S : REF_BANK_NS];
}

static void write_eoir(RefGic *gic, uint32_t n, const From *from, uint64_t value, bool group1)
{
    RefCpu *cpu = &gic->cpu[n];
    uint32_t intid = value & 0xFFFFFF;
    if (intid >= VGIC_INTID_SECURE && intid <= VGIC_INTID_SPURIOUS) {
        return;
    }
    int top = ref_top_group(cpu);
    if (!may_drop(gic, from, top, group1)) {
        gic->count[REF_EOI_REFUSED]++;
        return;
    }
    uint32_t *ap = active_bits(cpu, (RefGroup)top);
    uint32_t bit = lowest_bit(ap);
    ap[bit / 32] &= ~(1u << (bit % 32));
    gic->count[REF_EOI_DROP]++;
    RefIrq *irq = ref_irq(gic, (int)n, intid);
    bool secure_from_outside = irq && !gic->ds && !from->secure && !irq->group_bit;
    if (eoi_mode(cpu, from)) {
        gic->count[REF_EOI_SPLIT]++;
    } else if (irq && irq->active && !secure_from_outside) {
        gic->count[REF_EOI_DEACTIVATES]++;
        irq->active = false;
    }
    ref_look(gic);
}

static bool may_deactivate(const RefGic *gic, const From *from, const RefIrq *irq)
{
    RefGroup group = ref_configured_group(gic, irq);
    if (from->el3) {
        return true;
    }
    if (from->secure) {
        return group == REF_G0 ? !from->fiq3 : !from->irq3;
    }
    switch (group) {
    case REF_G0:
        return gic->ds && !from->fiq3;
    case REF_G1S:
        return false;
    default:
        return !from->irq3;
    }
}

static void write_dir(RefGic *gic, uint32_t n, const From *from, uint64_t value)
{
    RefIrq *irq = ref_irq(gic, (int)n, value & 0xFFFFFF);
    if (!eoi_mode(&gic->cpu[n], from) || !irq || !irq->active) {
        gic->count[REF_DIR_IGNORED]++;
    } else if (!may_deactivate(gic, from, irq)) {
        gic->count[REF_DIR_DENIED]++;
    } else {
        gic->count[REF_DIR_DEACTIVATES]++;
        irq->active = false;
        ref_look(gic);
    }
}

/* ---- SGIs ---- */

static bool sgi_allowed(const RefGic *gic, const From *from, uint32_t encoding, const RefIrq *irq)
{
    RefGroup group = ref_configured_group(gic, irq);
    if (gic->ds) {
        return group == REF_G0 || encoding == ICC_SGI1R_EL1;
    }
    if (from->secure) {
        return group == (encoding == ICC_SGI0R_EL1   ? REF_G0
                         : encoding == ICC_SGI1R_EL1 ? REF_G1S
                                                     : REF_G1NS);
    }
    switch (group) {
    case REF_G0:
        gic->count[REF_SGI_BY_NSACR] += irq->nsacr >= 1;
        return irq->nsacr >= 1;
    case REF_G1S:
        return encoding != ICC_SGI0R_EL1 && irq->nsacr >= 2;
    default:
        return encoding == ICC_SGI1R_EL1;
    }
}

static bool sgi_reaches(const RefGic *gic, uint32_t from, uint32_t to, uint64_t value)
{
    if (value >> 40 & 1) {
        return from != to;
    }
    uint64_t cluster =
        (value >> 48 & 0xFF) << 32 | (value >> 32 & 0xFF) << 16 | (value >> 16 & 0xFF) << 8;
    uint32_t first = (uint32_t)(value >> 44 & 0xF) * 16;
    uint32_t aff0 = gic->cpu[to].affinity & 0xFF;
    return (gic->cpu[to].affinity & ~(uint64_t)0xFF) == cluster && aff0 >= first &&
           aff0 < first + 16 && (value >> (aff0 - first) & 1);
}

static void write_sgi(RefGic *gic, uint32_t n, const From *from, uint32_t encoding, uint64_t value)
{
    gic->count[REF_SGI_ALL_BUT_SELF] += value >> 40 & 1;
    for (uint32_t i = 0; i < gic->cpus; i++) {
        RefIrq *irq = ref_irq(gic, (int)i, value >> 24 & 0xF);
        if (!sgi_reaches(gic, n, i, value)) {
            continue;
        }
        bool allowed = sgi_allowed(gic, from, encoding, irq);
        gic->count[allowed ? REF_SGI_SENT : REF_SGI_DENIED]++;
        irq->latch |= allowed;
    }
    ref_look(gic);
}

/* ---- Priority registers ---- */

/* Non-secure software sees the lower half of the priorities, doubled. */
static bool shifted(const RefGic *gic, const From *from)
{
    return !gic->ds && !from->secure && from->fiq3;
}

static uint8_t shift(uint8_t priority)
{
    return priority < 0x80 ? 0 : priority == 0xFF ? 0xFF : (uint8_t)(priority << 1);
}

static uint64_t read_pmr(RefGic *gic, const RefCpu *cpu, const From *from)
{
    gic->count[REF_NS_SHIFTED_PMR] += shifted(gic, from);
    return shifted(gic, from) ? shift(cpu->pmr) : cpu->pmr;
}

static void write_pmr(RefGic *gic, RefCpu *cpu, const From *from, uint8_t value)
{
    if (shifted(gic, from)) {
        if (cpu->pmr < 0x80) {
            gic->count[REF_NS_PMR_IGNORED]++;
            return;
        }
        value = (uint8_t)(value >> 1 | 0x80);
    }
    cpu->pmr = value & ref_priority_mask(gic);
}

static uint64_t read_rpr(const RefGic *gic, const RefCpu *cpu, const From *from)
{
    uint8_t running = ref_running_priority(gic, cpu);
    return shifted(gic, from) ? shift(running) : running;
}

static uint8_t clamp_bpr(const RefGic *gic, uint64_t value, int more)
{
    uint8_t minimum = (uint8_t)(7 - ref_preemption_bits(gic) + more);
    return (value & 7) < minimum ? minimum : value & 7;
}

static uint64_t read_bpr1(const RefCpu *cpu, const From *from)
{
    if (from->el3 || !cpu->cbpr[from->bank]) {
        return cpu->bpr1[from->bank];
    }
    if (from->bank == REF_BANK_S) {
        return cpu->bpr0;
    }
    return cpu->bpr0 < 7 ? cpu->bpr0 + 1 : 7;
}

static void write_bpr1(const RefGic *gic, RefCpu *cpu, const From *from, uint64_t value)
{
    if (from->el3 || !cpu->cbpr[from->bank]) {
        cpu->bpr1[from->bank] = clamp_bpr(gic, value, from->bank == REF_BANK_NS);
    } else if (from->bank == REF_BANK_S) {
        cpu->bpr0 = clamp_bpr(gic, value, 0);
    }
}

/* The bits of AP register @p n that exist. */
static uint32_t ap_implemented(const RefGic *gic)
{
    return ref_preemption_bits(gic) == 4 ? 0xFFFF : UINT32_MAX;
}

static void write_ap1r(const RefGic *gic, RefCpu *cpu, const From *from, uint32_t n, uint32_t value)
{
    uint32_t keep = 0;
    if (gic->config.el3 && !gic->ds && !from->secure) {
        for (uint32_t bit = 0; bit < 32; bit++) {
            if (n * 32 + bit < 0x80u >> (8 - ref_preemption_bits(gic))) {
                keep |= 1u << bit;
            }
        }
    }
    uint32_t *ap = &cpu->ap1r[from->bank][n];
    *ap = ((*ap & keep) | (value & ~keep)) & ap_implemented(gic);
}

/* ---- Control ---- */

static uint64_t identity_bits(const RefGic *gic)
{
    return (uint64_t)(gic->config.priority_bits - 1) << 8 | 1 << 15 | 1 << 18 |
           (uint64_t)ref_extended(gic) << 19 | (uint64_t)(gic->config.lpi_bits > 16) << 11;
}

static uint64_t read_ctlr(const RefGic *gic, const RefCpu *cpu, const From *from)
{
    return (uint64_t)cpu->cbpr[from->bank] | (uint64_t)cpu->eoimode[from->bank] << 1 |
           (uint64_t)cpu->pmhe << 6 | identity_bits(gic);
}

static void write_ctlr(const RefGic *gic, RefCpu *cpu, const From *from, uint64_t value)
{
    cpu->eoimode[from->bank] = value >> 1 & 1;
    if (!gic->config.el3 || gic->ds) {
        cpu->cbpr[from->bank] = value & 1;
        cpu->pmhe = value >> 6 & 1;
    }
}

static uint64_t read_ctlr_el3(const RefGic *gic, const RefCpu *cpu)
{
    return (uint64_t)cpu->cbpr[REF_BANK_S] | (uint64_t)cpu->cbpr[REF_BANK_NS] << 1 |
           (uint64_t)cpu->eoimode_el3 << 2 | (uint64_t)cpu->eoimode[REF_BANK_S] << 3 |
           (uint64_t)cpu->eoimode[REF_BANK_NS] << 4 | (uint64_t)cpu->pmhe << 6 |
           (uint64_t)gic->config.ds_fixed << 17 | identity_bits(gic);
}

static void write_ctlr_el3(RefCpu *cpu, uint64_t value)
{
    cpu->cbpr[REF_BANK_S] = value & 1;
    cpu->cbpr[REF_BANK_NS] = value >> 1 & 1;
    cpu->eoimode_el3 = value >> 2 & 1;
    cpu->eoimode[REF_BANK_S] = value >> 3 & 1;
    cpu->eoimode[REF_BANK_NS] = value >> 4 & 1;
    cpu->pmhe = value >> 6 & 1;
}

/* ---- Dispatch ---- */

static uint64_t read_sysreg(RefGic *gic, uint32_t n, const From *from, uint32_t encoding)
{
    RefCpu *cpu = &gic->cpu[n];
    switch (encoding) {
    case ICC_PMR_EL1:
        return read_pmr(gic, cpu, from);
    case ICC_IAR0_EL1:
        return read_iar(gic, n, from, false);
    case ICC_IAR1_EL1:
        return read_iar(gic, n, from, true);
    case ICC_HPPIR0_EL1:
        return outcome(gic, from, ref_hppi(gic, n), false);
    case ICC_HPPIR1_EL1:
        return outcome(gic, from, ref_hppi(gic, n), true);
    case ICC_BPR0_EL1:
        return cpu->bpr0;
    case ICC_BPR1_EL1:
        return read_bpr1(cpu, from);
    case ICC_AP0R0_EL1:
    case ICC_AP0R1_EL1:
    case ICC_AP0R2_EL1:
    case ICC_AP0R3_EL1:
        return cpu->ap0r[encoding - ICC_AP0R0_EL1];
    case ICC_AP1R0_EL1:
    case ICC_AP1R1_EL1:
    case ICC_AP1R2_EL1:
    case ICC_AP1R3_EL1:
        return cpu->ap1r[from->bank][encoding - ICC_AP1R0_EL1];
    case ICC_RPR_EL1:
        return read_rpr(gic, cpu, from);
    case ICC_CTLR_EL1:
        return read_ctlr(gic, cpu, from);
    case ICC_CTLR_EL3:
        return read_ctlr_el3(gic, cpu);
    case ICC_SRE_EL1:
        return 7;
    case ICC_SRE_EL2: /* RES0: PEs have no EL2 yet */
        return 0;
    case ICC_SRE_EL3:
        return 7 | (uint64_t)cpu->sre_el3_enable << 3;
    case ICC_IGRPEN0_EL1:
        return cpu->igrpen0;
    case ICC_IGRPEN1_EL1:
        return cpu->igrpen1[from->bank];
    default: /* ICC_IGRPEN1_EL3 */
        return (uint64_t)cpu->igrpen1[REF_BANK_NS] | (uint64_t)cpu->igrpen1[REF_BANK_S] << 1;
    }
}

static void write_sysreg(RefGic *gic, uint32_t n, const From *from, uint32_t encoding,
                         uint64_t value)
{
    RefCpu *cpu = &gic->cpu[n];
    switch (encoding) {
    case ICC_PMR_EL1:
        write_pmr(gic, cpu, from, (uint8_t)value);
        break;
    case ICC_EOIR0_EL1:
        write_eoir(gic, n, from, value, false);
        break;
    case ICC_EOIR1_EL1:
        write_eoir(gic, n, from, value, true);
        break;
    case ICC_DIR_EL1:
        write_dir(gic, n, from, value);
        break;
    case ICC_SGI0R_EL1:
    case ICC_SGI1R_EL1:
    case ICC_ASGI1R_EL1:
        write_sgi(gic, n, from, encoding, value);
        break;
    case ICC_BPR0_EL1:
        cpu->bpr0 = clamp_bpr(gic, value, 0);
        break;
    case ICC_BPR1_EL1:
        write_bpr1(gic, cpu, from, value);
        break;
    case ICC_AP0R0_EL1:
    case ICC_AP0R1_EL1:
    case ICC_AP0R2_EL1:
    case ICC_AP0R3_EL1:
        cpu->ap0r[encoding - ICC_AP0R0_EL1] = (uint32_t)value & ap_implemented(gic);
        break;
    case ICC_AP1R0_EL1:
    case ICC_AP1R1_EL1:
    case ICC_AP1R2_EL1:
    case ICC_AP1R3_EL1:
        write_ap1r(gic, cpu, from, encoding - ICC_AP1R0_EL1, (uint32_t)value);
        break;
    case ICC_CTLR_EL1:
        write_ctlr(gic, cpu, from, value);
        break;
    case ICC_CTLR_EL3:
        write_ctlr_el3(cpu, value);
        break;
    case ICC_SRE_EL3:
        cpu->sre_el3_enable = !gic->config.sre_enable_writable || (value >> 3 & 1);
        break;
    case ICC_IGRPEN0_EL1:
        cpu->igrpen0 = value & 1;
        ref_look(gic);
        break;
    case ICC_IGRPEN1_EL1:
        cpu->igrpen1[from->bank] = value & 1;
        ref_look(gic);
        break;
    case ICC_IGRPEN1_EL3:
        cpu->igrpen1[REF_BANK_NS] = value & 1;
        cpu->igrpen1[REF_BANK_S] = value >> 1 & 1;
        ref_look(gic);
        break;
    default: /* ICC_SRE_EL1: RAO/WI; ICC_SRE_EL2 */
        break;
    }
}

static void count_result(RefGic *gic, VgicResult result)
{
    gic->count[REF_TRAP_EL2] += result == VGIC_TRAP_EL2;
    gic->count[REF_TRAP_EL3] += result == VGIC_TRAP_EL3;
    gic->count[REF_UNDEFINED] += result == VGIC_UNDEFINED;
}

VgicResult ref_sysreg_read(RefGic *gic, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                           uint64_t *value)
{
    VgicResult result = ref_sysreg_check(gic, cpu, state, encoding, false);
    From from = who(gic, state);
    count_result(gic, result);
    *value = result == VGIC_OK ? read_sysreg(gic, cpu, &from, find(state, encoding)->encoding) : 0;
    return result;
}

VgicResult ref_sysreg_write(RefGic *gic, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                            uint64_t value)
{
    VgicResult result = ref_sysreg_check(gic, cpu, state, encoding, true);
    From from = who(gic, state);
    count_result(gic, result);
    if (result == VGIC_OK) {
        write_sysreg(gic, cpu, &from, find(state, encoding)->encoding, value);
    }
    return result;
}
