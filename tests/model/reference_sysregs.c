/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference: what the CPU interface's system registers do. */
#include "reference.h"

#include <vgic/registers.h>

/* ---- Acknowledge ---- */

/* What IAR0 or HPPIR0 says of the best pending interrupt. */
static uint32_t outcome0(RefGic *gic, const RefFrom *from, const RefIrq *irq)
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

static uint32_t outcome1(RefGic *gic, const RefFrom *from, const RefIrq *irq)
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

static uint32_t outcome(RefGic *gic, const RefFrom *from, const RefIrq *irq, bool group1)
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

static int bank_of(RefGroup group)
{
    return group == REF_G1NS ? REF_BANK_NS : REF_BANK_S;
}

static void activate(RefGic *gic, RefCpu *cpu, const RefIrq *irq)
{
    uint8_t mask = ref_group_mask(gic, cpu, irq->group), priority = ref_priority(gic, irq);
    if (ref_is_nmi(gic, irq)) {
        uint8_t running = ref_running_priority(gic, cpu);
        bool equal = running != 0xFF && (priority & mask) == (running & mask);
        gic->count[REF_NMI_PREEMPTS_EQUAL] += equal;
        gic->count[REF_ACK_NMI]++;
        cpu->nmi_active[bank_of(irq->group)] = true;
        return;
    }
    uint32_t index = (uint32_t)(priority & mask) >> (8 - ref_preemption_bits(gic));
    active_bits(cpu, irq->group)[index / 32] |= 1u << (index % 32);
}

static void acknowledge(RefGic *gic, RefCpu *cpu, RefIrq *irq)
{
    count_ack(gic, cpu, irq);
    activate(gic, cpu, irq);
    uint32_t maintenance = gic->config.maintenance_intid;
    gic->count[REF_MAINTENANCE_ACKED] += maintenance && irq->intid == maintenance;
    irq->latch = false;
    irq->active = !irq->lpi;
    gic->count[REF_ACK_LEVEL_STAYS_PENDING] += ref_pending(irq);
    ref_look(gic);
}

static bool special(uint32_t intid)
{
    return intid >= VGIC_INTID_SECURE && intid <= VGIC_INTID_SPURIOUS;
}

/* Which of the acknowledge registers. */
typedef enum Which {
    IAR0,
    IAR1,
    NMIAR1
} Which;

static uint32_t iar_value(RefGic *gic, const RefFrom *from, const RefIrq *irq, Which which)
{
    uint32_t intid = outcome(gic, from, irq, which != IAR0);
    bool nmi = irq && ref_is_nmi(gic, irq);
    if (which == NMIAR1 && !nmi) {
        return VGIC_INTID_SPURIOUS;
    }
    if (which == IAR1 && nmi && !special(intid) && from->nmi) {
        return VGIC_INTID_NMI_OR_GROUP1;
    }
    return intid;
}

static uint32_t read_iar(RefGic *gic, uint32_t n, const RefFrom *from, Which which)
{
    const RefCpu *cpu = &gic->cpu[n];
    RefIrq *irq = ref_hppi(gic, n);
    gic->count[REF_HELD_ASLEEP] += (ref_cpu_lines(gic, n) & VGIC_LINE_WAKE) != 0;
    if (irq && !ref_signals(gic, n, irq, from->secure)) {
        bool masked = ref_masked(gic, cpu, irq, from->secure);
        gic->count[masked ? REF_MASKED_BY_PMR : REF_NO_PREEMPTION]++;
        gic->count[REF_NMI_MASKED] += masked && ref_is_nmi(gic, irq);
        irq = NULL;
    }
    uint32_t intid = iar_value(gic, from, irq, which);
    gic->count[REF_SPURIOUS] += intid == VGIC_INTID_SPURIOUS;
    gic->count[REF_SPECIAL_1020] += intid == VGIC_INTID_SECURE;
    gic->count[REF_SPECIAL_1021] += intid == VGIC_INTID_NONSECURE;
    gic->count[REF_NMI_1022] += intid == VGIC_INTID_NMI_OR_GROUP1;
    if (!special(intid)) {
        acknowledge(gic, &gic->cpu[n], irq);
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

/* The group that owns the running priority; -1 if nothing is active. Of equals an NMI counts first,
 * as nothing of its priority preempts it. */
int ref_top_group(const RefGic *gic, RefCpu *cpu)
{
    uint32_t best = 256;
    int group = -1;
    for (int g = REF_G1S; g <= REF_G1NS; g++) {
        uint32_t priority = ref_nmi_priority(gic, (RefGroup)g);
        if (cpu->nmi_active[bank_of((RefGroup)g)] && priority < best) {
            best = priority;
            group = g;
        }
    }
    for (int g = REF_G0; g <= REF_G1NS; g++) {
        uint32_t bit = lowest_bit(active_bits(cpu, (RefGroup)g));
        uint32_t priority = bit << (8 - ref_preemption_bits(gic));
        if (bit < 128 && priority < best) {
            best = priority;
            group = g;
        }
    }
    return group;
}

static void drop(RefGic *gic, RefCpu *cpu, RefGroup group)
{
    gic->count[REF_EOI_DROP]++;
    if (group != REF_G0 && cpu->nmi_active[bank_of(group)]) {
        gic->count[REF_NMI_DROP]++;
        cpu->nmi_active[bank_of(group)] = false;
        return;
    }
    uint32_t *ap = active_bits(cpu, group);
    uint32_t bit = lowest_bit(ap);
    ap[bit / 32] &= ~(1u << (bit % 32));
}

static bool may_drop(const RefGic *gic, const RefFrom *from, int top, bool group1)
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

static bool eoi_mode(const RefCpu *cpu, const RefFrom *from)
{
    return from->el3 ? cpu->eoimode_el3 : cpu->eoimode[from->secure ? REF_BANK_S : REF_BANK_NS];
}

static void write_eoir(RefGic *gic, uint32_t n, const RefFrom *from, uint64_t value, bool group1)
{
    RefCpu *cpu = &gic->cpu[n];
    uint32_t intid = value & 0xFFFFFF;
    if (special(intid)) {
        return;
    }
    int top = ref_top_group(gic, cpu);
    if (!may_drop(gic, from, top, group1)) {
        gic->count[REF_EOI_REFUSED]++;
        return;
    }
    drop(gic, cpu, (RefGroup)top);
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

static bool may_deactivate(const RefGic *gic, const RefFrom *from, const RefIrq *irq)
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

static void write_dir(RefGic *gic, uint32_t n, const RefFrom *from, uint64_t value)
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

static bool sgi_allowed(const RefGic *gic, const RefFrom *from, uint32_t encoding,
                        const RefIrq *irq)
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

static void write_sgi(RefGic *gic, uint32_t n, const RefFrom *from, uint32_t encoding,
                      uint64_t value)
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
static bool shifted(const RefGic *gic, const RefFrom *from)
{
    return !gic->ds && !from->secure && from->fiq3;
}

static uint8_t shift(uint8_t priority)
{
    return priority < 0x80 ? 0 : priority == 0xFF ? 0xFF : (uint8_t)(priority << 1);
}

static uint64_t read_pmr(RefGic *gic, const RefCpu *cpu, const RefFrom *from)
{
    gic->count[REF_NS_SHIFTED_PMR] += shifted(gic, from);
    return shifted(gic, from) ? shift(cpu->pmr) : cpu->pmr;
}

static void write_pmr(RefGic *gic, RefCpu *cpu, const RefFrom *from, uint8_t value)
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

static uint64_t read_rpr(const RefGic *gic, const RefCpu *cpu, const RefFrom *from)
{
    uint8_t running = ref_running_priority(gic, cpu);
    uint64_t value = shifted(gic, from) ? shift(running) : running;
    bool s = cpu->nmi_active[REF_BANK_S], ns = cpu->nmi_active[REF_BANK_NS];
    if (gic->ds || !from->secure) {
        return value | (ns ? REF_NMI_BIT : 0);
    }
    return value | (s ? REF_NMI_BIT : 0) | (ns ? REF_NMI_BIT >> 1 : 0);
}

static uint8_t clamp_bpr(const RefGic *gic, uint64_t value, int more)
{
    uint8_t minimum = (uint8_t)(7 - ref_preemption_bits(gic) + more);
    return (value & 7) < minimum ? minimum : value & 7;
}

static uint64_t read_bpr1(const RefCpu *cpu, const RefFrom *from)
{
    if (from->el3 || !cpu->cbpr[from->bank]) {
        return cpu->bpr1[from->bank];
    }
    if (from->bank == REF_BANK_S) {
        return cpu->bpr0;
    }
    return cpu->bpr0 < 7 ? cpu->bpr0 + 1 : 7;
}

static void write_bpr1(const RefGic *gic, RefCpu *cpu, const RefFrom *from, uint64_t value)
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

static uint64_t read_ap1r(const RefCpu *cpu, const RefFrom *from, uint32_t n)
{
    bool nmi = n == 0 && cpu->nmi_active[from->bank];
    return cpu->ap1r[from->bank][n] | (nmi ? REF_NMI_BIT : 0);
}

static void write_ap1r(const RefGic *gic, RefCpu *cpu, const RefFrom *from, uint32_t n,
                       uint64_t value)
{
    if (n == 0 && gic->config.nmi && !from->aarch32) {
        cpu->nmi_active[from->bank] = value & REF_NMI_BIT;
    }
    uint32_t keep = 0;
    if (gic->config.el3 && !gic->ds && !from->secure) {
        for (uint32_t bit = 0; bit < 32; bit++) {
            if (n * 32 + bit < 0x80u >> (8 - ref_preemption_bits(gic))) {
                keep |= 1u << bit;
            }
        }
    }
    uint32_t *ap = &cpu->ap1r[from->bank][n];
    *ap = ((*ap & keep) | ((uint32_t)value & ~keep)) & ap_implemented(gic);
}

/* ---- Control ---- */

static uint64_t identity_bits(const RefGic *gic)
{
    return (uint64_t)(gic->config.priority_bits - 1) << 8 | 1 << 15 | 1 << 18 |
           (uint64_t)ref_extended(gic) << 19 | (uint64_t)(gic->config.lpi_bits > 16) << 11;
}

static uint64_t read_ctlr(const RefGic *gic, const RefCpu *cpu, const RefFrom *from)
{
    return (uint64_t)cpu->cbpr[from->bank] | (uint64_t)cpu->eoimode[from->bank] << 1 |
           (uint64_t)cpu->pmhe << 6 | identity_bits(gic);
}

static void write_ctlr(const RefGic *gic, RefCpu *cpu, const RefFrom *from, uint64_t value)
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

static uint64_t read_sysreg(RefGic *gic, uint32_t n, const RefFrom *from, uint32_t encoding)
{
    RefCpu *cpu = &gic->cpu[n];
    switch (encoding) {
    case ICC_PMR_EL1:
        return read_pmr(gic, cpu, from);
    case ICC_IAR0_EL1:
        return read_iar(gic, n, from, IAR0);
    case ICC_IAR1_EL1:
        return read_iar(gic, n, from, IAR1);
    case ICC_NMIAR1_EL1:
        return read_iar(gic, n, from, NMIAR1);
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
        return read_ap1r(cpu, from, encoding - ICC_AP1R0_EL1);
    case ICC_RPR_EL1:
        return read_rpr(gic, cpu, from);
    case ICC_CTLR_EL1:
        return read_ctlr(gic, cpu, from);
    case ICC_CTLR_EL3:
        return read_ctlr_el3(gic, cpu);
    case ICC_SRE_EL1:
        return 7;
    case ICC_SRE_EL2:
        return gic->config.el2 ? 7 | (uint64_t)cpu->sre_el2_enable << 3 : 0;
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

static void write_sysreg(RefGic *gic, uint32_t n, const RefFrom *from, uint32_t encoding,
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
        write_ap1r(gic, cpu, from, encoding - ICC_AP1R0_EL1, value);
        break;
    case ICC_CTLR_EL1:
        write_ctlr(gic, cpu, from, value);
        break;
    case ICC_CTLR_EL3:
        write_ctlr_el3(cpu, value);
        break;
    case ICC_SRE_EL2:
        cpu->sre_el2_enable = !gic->config.sre_enable_writable || (value >> 3 & 1);
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
    default: /* ICC_SRE_EL1: RAO/WI */
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
    count_result(gic, result);
    *value = 0;
    if (result != VGIC_OK) {
        return result;
    }
    RefFrom from = ref_from(gic, state);
    uint32_t reg = ref_register(state, encoding);
    if (ref_is_virtual(gic, state, encoding)) {
        *value = ref_icv_read(gic, cpu, &from, reg);
    } else if (ref_is_ich(reg)) {
        *value = ref_ich_read(gic, cpu, reg);
    } else {
        *value = read_sysreg(gic, cpu, &from, reg);
    }
    *value &= state->aarch32 ? UINT32_MAX : UINT64_MAX;
    ref_maintenance(gic, cpu);
    return result;
}

VgicResult ref_sysreg_write(RefGic *gic, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                            uint64_t value)
{
    VgicResult result = ref_sysreg_check(gic, cpu, state, encoding, true);
    count_result(gic, result);
    if (result != VGIC_OK) {
        return result;
    }
    RefFrom from = ref_from(gic, state);
    uint32_t reg = ref_register(state, encoding);
    if (ref_is_virtual(gic, state, encoding)) {
        ref_icv_write(gic, cpu, &from, reg, value);
    } else if (ref_is_ich(reg)) {
        ref_ich_write(gic, cpu, &from, reg, value);
    } else {
        write_sysreg(gic, cpu, &from, reg, value);
    }
    ref_maintenance(gic, cpu);
    return result;
}
