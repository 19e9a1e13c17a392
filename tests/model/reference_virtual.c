/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference: the virtual CPU interface, from the hypervisor's side (ICH) and the guest's (ICV).
 */
#include "reference.h"

#include <string.h>

#include <vgic/registers.h>

enum {
    HCR_EN = 1 << 0,
    HCR_UIE = 1 << 1,
    HCR_LRENPIE = 1 << 2,
    HCR_NPIE = 1 << 3,
    HCR_VGRP0EIE = 1 << 4,
    HCR_VGRP0DIE = 1 << 5,
    HCR_VGRP1EIE = 1 << 6,
    HCR_VGRP1DIE = 1 << 7,
    HCR_TSEI = 1 << 13,
    HCR_TDIR = 1 << 14,
    HCR_DVIM = 1 << 15,
    NONE = -1
};

typedef enum LrState {
    LR_INVALID,
    LR_PENDING,
    LR_ACTIVE,
    LR_ACTIVE_PENDING
} LrState;

uint8_t ref_virtual_preemption_bits(const RefGic *gic)
{
    return (uint8_t)gic->config.ich_options.preemption_bits;
}

static uint8_t priority_mask(const RefGic *gic)
{
    return (uint8_t)(0xFFu << (8 - gic->config.ich_options.priority_bits));
}

static uint32_t lr_count(const RefGic *gic)
{
    return gic->config.ich_options.list_registers;
}

static bool special(uint32_t intid)
{
    return intid >= VGIC_INTID_SECURE && intid <= VGIC_INTID_SPURIOUS;
}

/* ---- List registers ---- */

static uint32_t lr_vintid(uint64_t lr)
{
    return (uint32_t)lr;
}

static uint32_t lr_pintid(uint64_t lr)
{
    return lr >> 32 & 0x1FFF;
}

static uint8_t lr_priority(uint64_t lr)
{
    return (uint8_t)(lr >> 48);
}

static int lr_group(uint64_t lr)
{
    return lr >> 60 & 1;
}

static bool lr_nmi(uint64_t lr)
{
    return (lr >> 59 & 1) && lr_group(lr);
}

static bool lr_hw(uint64_t lr)
{
    return lr >> 61 & 1;
}

static bool lr_eoi(uint64_t lr)
{
    return !lr_hw(lr) && (lr >> 41 & 1);
}

static LrState lr_state(uint64_t lr)
{
    return (LrState)(lr >> 62);
}

static bool lr_active(uint64_t lr)
{
    return lr >> 63;
}

static uint64_t with_state(uint64_t lr, LrState state)
{
    return (lr & ~((uint64_t)3 << 62)) | (uint64_t)state << 62;
}

/* What a list register keeps of a value. */
static uint64_t stored_lr(const RefGic *gic, uint64_t value)
{
    uint64_t keep = ((uint64_t)1 << gic->config.ich_options.intid_bits) - 1;
    keep |= lr_hw(value) ? (uint64_t)0x1FFF << 32 : (uint64_t)1 << 41;
    keep |= (uint64_t)priority_mask(gic) << 48;
    keep |= (uint64_t)gic->config.nmi << 59;
    keep |= (uint64_t)0xF << 60;
    return value & keep;
}

/* ---- Priorities ---- */

static uint8_t group_mask(const RefVirtual *v, int group)
{
    if (group == 0 || v->cbpr) {
        return (uint8_t)(0xFFu << (v->bpr0 + 1));
    }
    return (uint8_t)(0xFFu << v->bpr1);
}

/* The number of the lowest bit of both groups, 128 if nothing is active. */
static uint32_t lowest_active(const RefVirtual *v, int group)
{
    for (uint32_t i = 0; i < 128; i++) {
        if (v->ap[group][i / 32] >> (i % 32) & 1) {
            return i;
        }
    }
    return 128;
}

static uint8_t running_priority(const RefGic *gic, const RefVirtual *v)
{
    if (v->nmi_active) {
        return 0;
    }
    uint32_t g0 = lowest_active(v, 0), g1 = lowest_active(v, 1);
    uint32_t lowest = g0 < g1 ? g0 : g1;
    return lowest == 128 ? 0xFF : (uint8_t)(lowest << (8 - ref_virtual_preemption_bits(gic)));
}

static bool beats(uint64_t a, uint64_t b)
{
    if (lr_nmi(a) || lr_nmi(b)) {
        return lr_nmi(a) && !lr_nmi(b);
    }
    return lr_priority(a) < lr_priority(b);
}

int ref_virtual_best(const RefGic *gic, uint32_t cpu)
{
    const RefVirtual *v = &gic->cpu[cpu].virtual;
    int best = NONE;
    for (uint32_t i = 0; i < lr_count(gic); i++) {
        uint64_t lr = v->lr[i];
        bool never = lr_priority(lr) == 0xFF && !lr_nmi(lr);
        if (lr_state(lr) == LR_PENDING && v->enabled[lr_group(lr)] && !never &&
            (best == NONE || beats(lr, v->lr[best]))) {
            best = (int)i;
        }
    }
    return best;
}

static bool masked(const RefVirtual *v, uint64_t lr)
{
    return !lr_nmi(lr) && lr_priority(lr) >= v->pmr;
}

static bool preempts(const RefGic *gic, const RefVirtual *v, uint64_t lr)
{
    uint8_t running = running_priority(gic, v);
    uint8_t mask = group_mask(v, lr_group(lr));
    uint8_t priority = lr_nmi(lr) ? 0 : lr_priority(lr);
    if (running == 0xFF || (priority & mask) < (running & mask)) {
        return true;
    }
    return lr_nmi(lr) && (priority & mask) == (running & mask) && !v->nmi_active;
}

/* ---- Output ---- */

static uint32_t eisr(const RefGic *gic, const RefVirtual *v)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < lr_count(gic); i++) {
        bits |= (uint32_t)(lr_state(v->lr[i]) == LR_INVALID && lr_eoi(v->lr[i])) << i;
    }
    return bits;
}

static uint32_t elrsr(const RefGic *gic, const RefVirtual *v)
{
    uint32_t bits = 0;
    for (uint32_t i = 0; i < lr_count(gic); i++) {
        bits |= (uint32_t)(lr_state(v->lr[i]) == LR_INVALID && !lr_eoi(v->lr[i])) << i;
    }
    return bits;
}

uint32_t ref_virtual_misr(const RefGic *gic, uint32_t cpu)
{
    const RefVirtual *v = &gic->cpu[cpu].virtual;
    uint32_t valid = 0, pending = 0;
    for (uint32_t i = 0; i < lr_count(gic); i++) {
        valid += lr_state(v->lr[i]) != LR_INVALID;
        pending += lr_state(v->lr[i]) == LR_PENDING;
    }
    const bool conditions[] = {
        eisr(gic, v) != 0,
        (v->hcr & HCR_UIE) && valid <= 1,
        (v->hcr & HCR_LRENPIE) && v->hcr >> 27 != 0,
        (v->hcr & HCR_NPIE) && pending == 0,
        (v->hcr & HCR_VGRP0EIE) && v->enabled[0],
        (v->hcr & HCR_VGRP0DIE) && !v->enabled[0],
        (v->hcr & HCR_VGRP1EIE) && v->enabled[1],
        (v->hcr & HCR_VGRP1DIE) && !v->enabled[1],
    };
    uint32_t misr = 0;
    for (int i = 0; i < 8; i++) {
        misr |= (uint32_t)conditions[i] << i;
    }
    return misr;
}

uint32_t ref_virtual_lines(const RefGic *gic, uint32_t cpu)
{
    const RefVirtual *v = &gic->cpu[cpu].virtual;
    if (!(v->hcr & HCR_EN)) {
        return 0;
    }
    uint32_t lines = ref_virtual_misr(gic, cpu) ? VGIC_LINE_MAINTENANCE : 0;
    int best = ref_virtual_best(gic, cpu);
    if (best != NONE && !masked(v, v->lr[best]) && preempts(gic, v, v->lr[best])) {
        lines |= lr_nmi(v->lr[best])     ? VGIC_LINE_VNMI
                 : lr_group(v->lr[best]) ? VGIC_LINE_VIRQ
                                         : VGIC_LINE_VFIQ;
    }
    return lines;
}

bool ref_lrs_full(const RefGic *gic, uint32_t cpu)
{
    for (uint32_t i = 0; i < lr_count(gic); i++) {
        if (lr_state(gic->cpu[cpu].virtual.lr[i]) == LR_INVALID) {
            return false;
        }
    }
    return true;
}

/* ---- VMCR and its fields ---- */

static uint8_t clamp(uint64_t value, uint8_t minimum)
{
    return (value & 7) < minimum ? minimum : value & 7;
}

static uint8_t minimum_bpr(const RefGic *gic, int group)
{
    return (uint8_t)(7 - ref_virtual_preemption_bits(gic) + group);
}

void ref_virtual_reset(const RefGic *gic, RefVirtual *v)
{
    memset(v, 0, sizeof(*v));
    v->bpr0 = minimum_bpr(gic, 0);
    v->bpr1 = minimum_bpr(gic, 1);
}

static uint32_t read_vmcr(const RefVirtual *v)
{
    return (uint32_t)v->enabled[0] | (uint32_t)v->enabled[1] << 1 | 1 << 3 |
           (uint32_t)v->cbpr << 4 | (uint32_t)v->eoimode << 9 | (uint32_t)v->bpr1 << 18 |
           (uint32_t)v->bpr0 << 21 | (uint32_t)v->pmr << 24;
}

static void write_vmcr(const RefGic *gic, RefVirtual *v, uint64_t value)
{
    v->enabled[0] = value & 1;
    v->enabled[1] = value >> 1 & 1;
    v->cbpr = value >> 4 & 1;
    v->eoimode = value >> 9 & 1;
    v->bpr1 = clamp(value >> 18, minimum_bpr(gic, 1));
    v->bpr0 = clamp(value >> 21, minimum_bpr(gic, 0));
    v->pmr = (uint8_t)(value >> 24) & priority_mask(gic);
}

/* ---- ICH ---- */

bool ref_is_ich(uint32_t encoding)
{
    bool word = encoding >= ICH_AP0R0_EL2 && encoding <= ICH_LR_EL2(15);
    return (word && encoding != ICC_SRE_EL2) || encoding >= REF_LRC;
}

static uint32_t read_vtr(const RefGic *gic)
{
    const VgicIchOptions *o = &gic->config.ich_options;
    return (o->list_registers - 1) | (uint32_t)o->dvim << 18 | (uint32_t)!o->no_tds << 19 |
           1 << 20 | (uint32_t)!o->no_a3v << 21 | (uint32_t)o->seis << 22 |
           (uint32_t)(o->intid_bits == 24) << 23 | (o->preemption_bits - 1) << 26 |
           (o->priority_bits - 1) << 29;
}

static uint64_t read_ap(const RefVirtual *v, int group, uint32_t n)
{
    return v->ap[group][n] | (group == 1 && n == 0 && v->nmi_active ? REF_NMI_BIT : 0);
}

uint64_t ref_ich_read(const RefGic *gic, uint32_t cpu, uint32_t encoding)
{
    const RefVirtual *v = &gic->cpu[cpu].virtual;
    if (!gic->config.el2) {
        return 0;
    }
    if (encoding >= REF_LRC) {
        return v->lr[encoding - REF_LRC] >> 32;
    }
    if (encoding >= ICH_LR_EL2(0)) {
        return v->lr[encoding - ICH_LR_EL2(0)];
    }
    switch (encoding) {
    case ICH_HCR_EL2:
        return v->hcr;
    case ICH_VTR_EL2:
        return read_vtr(gic);
    case ICH_MISR_EL2:
        return ref_virtual_misr(gic, cpu);
    case ICH_EISR_EL2:
        return eisr(gic, v);
    case ICH_ELRSR_EL2:
        return elrsr(gic, v);
    case ICH_VMCR_EL2:
        return read_vmcr(v);
    default:
        return encoding >= ICH_AP1R0_EL2 ? read_ap(v, 1, encoding - ICH_AP1R0_EL2)
                                         : read_ap(v, 0, encoding - ICH_AP0R0_EL2);
    }
}

static void write_hcr(const RefGic *gic, RefVirtual *v, uint64_t value)
{
    const VgicIchOptions *o = &gic->config.ich_options;
    uint32_t keep = 0xFF | 7 << 10 | 0x1Fu << 27;
    keep |= o->seis ? HCR_TSEI : 0;
    keep |= o->no_tds ? 0 : HCR_TDIR;
    keep |= o->dvim ? HCR_DVIM : 0;
    v->hcr = (uint32_t)value & keep;
}

static void write_ap(const RefGic *gic, RefVirtual *v, const RefFrom *from, int group, uint32_t n,
                     uint64_t value)
{
    v->ap[group][n] = (uint32_t)value;
    if (group == 1 && n == 0 && gic->config.nmi && !from->aarch32) {
        v->nmi_active = value & REF_NMI_BIT;
    }
}

static void write_lr(RefGic *gic, uint32_t cpu, uint32_t n, uint64_t value)
{
    uint64_t *lr = &gic->cpu[cpu].virtual.lr[n];
    bool full = ref_lrs_full(gic, cpu);
    *lr = stored_lr(gic, value);
    gic->count[REF_LRS_FULL] += !full && ref_lrs_full(gic, cpu);
    if (lr_hw(*lr) && lr_state(*lr) == LR_ACTIVE_PENDING) {
        gic->count[REF_VIRTUAL_HW_STATE]++;
        ref_report(gic, "lr-hw-state");
    }
}

void ref_ich_write(RefGic *gic, uint32_t cpu, const RefFrom *from, uint32_t encoding,
                   uint64_t value)
{
    RefVirtual *v = &gic->cpu[cpu].virtual;
    uint64_t low = UINT32_MAX;
    if (!gic->config.el2) {
        return;
    }
    if (encoding >= REF_LRC) {
        uint32_t n = encoding - REF_LRC;
        write_lr(gic, cpu, n, (v->lr[n] & low) | value << 32);
    } else if (encoding >= ICH_LR_EL2(0)) {
        uint32_t n = encoding - ICH_LR_EL2(0);
        write_lr(gic, cpu, n, from->aarch32 ? (v->lr[n] & ~low) | (value & low) : value);
    } else if (encoding == ICH_HCR_EL2) {
        write_hcr(gic, v, value);
    } else if (encoding == ICH_VMCR_EL2) {
        write_vmcr(gic, v, value);
    } else if (encoding >= ICH_AP1R0_EL2) {
        write_ap(gic, v, from, 1, encoding - ICH_AP1R0_EL2, value);
    } else {
        write_ap(gic, v, from, 0, encoding - ICH_AP0R0_EL2, value);
    }
}

/* ---- Acknowledge ---- */

static bool listed_twice(const RefGic *gic, const RefVirtual *v, int n)
{
    for (uint32_t i = 0; i < lr_count(gic); i++) {
        if ((int)i != n && lr_state(v->lr[i]) != LR_INVALID &&
            lr_vintid(v->lr[i]) == lr_vintid(v->lr[n])) {
            return true;
        }
    }
    return false;
}

static void activate(RefGic *gic, RefVirtual *v, uint64_t *lr)
{
    int group = lr_group(*lr);
    gic->count[REF_VIRTUAL_PREEMPTION] += running_priority(gic, v) != 0xFF;
    gic->count[REF_VIRTUAL_CBPR_USED] += group == 1 && v->cbpr;
    if (lr_nmi(*lr)) {
        gic->count[REF_VIRTUAL_ACK_NMI]++;
        v->nmi_active = true;
    } else {
        gic->count[group ? REF_VIRTUAL_ACK_G1 : REF_VIRTUAL_ACK_G0]++;
        uint32_t bit = (uint32_t)(lr_priority(*lr) & group_mask(v, group)) >>
                       (8 - ref_virtual_preemption_bits(gic));
        v->ap[group][bit / 32] |= 1u << (bit % 32);
    }
    *lr = with_state(*lr, LR_ACTIVE);
}

/* The list register that may be acknowledged now through a register of @p group, or NONE. */
static int acknowledgeable(RefGic *gic, uint32_t cpu, int group)
{
    const RefVirtual *v = &gic->cpu[cpu].virtual;
    int n = ref_virtual_best(gic, cpu);
    if (n == NONE) {
        return NONE;
    }
    bool off = !(v->hcr & HCR_EN), other = lr_group(v->lr[n]) != group;
    bool is_masked = masked(v, v->lr[n]), blocked = !preempts(gic, v, v->lr[n]);
    gic->count[REF_VIRTUAL_OFF] += off;
    gic->count[REF_VIRTUAL_OTHER_GROUP] += other;
    gic->count[REF_VIRTUAL_MASKED] += is_masked;
    gic->count[REF_VIRTUAL_NOT_PREEMPTED] += blocked;
    return off || other || is_masked || blocked ? NONE : n;
}

/* IAR0, IAR1; @p nmi: NMIAR1 */
static uint32_t read_iar(RefGic *gic, uint32_t cpu, const RefFrom *from, int group, bool nmi)
{
    RefVirtual *v = &gic->cpu[cpu].virtual;
    int n = acknowledgeable(gic, cpu, group);
    if (n == NONE || (nmi && !lr_nmi(v->lr[n]))) {
        return VGIC_INTID_SPURIOUS;
    }
    uint64_t *lr = &v->lr[n];
    if (!nmi && lr_nmi(*lr) && from->nmi) {
        gic->count[REF_VIRTUAL_1022]++;
        return VGIC_INTID_NMI_OR_GROUP1;
    }
    uint32_t intid = lr_vintid(*lr);
    if (special(intid)) {
        gic->count[REF_VIRTUAL_ACK_SPECIAL]++;
        ref_report(gic, "lr-special");
        *lr = with_state(*lr, LR_INVALID);
        return intid;
    }
    if (listed_twice(gic, v, n)) {
        gic->count[REF_VIRTUAL_ACK_TWICE_LISTED]++;
        ref_report(gic, "lr-duplicate");
    }
    activate(gic, v, lr);
    return intid;
}

static uint32_t read_hppir(const RefGic *gic, uint32_t cpu, int group)
{
    int n = ref_virtual_best(gic, cpu);
    uint64_t lr = n == NONE ? 0 : gic->cpu[cpu].virtual.lr[n];
    return n != NONE && lr_group(lr) == group ? lr_vintid(lr) : VGIC_INTID_SPURIOUS;
}

/* ---- End of interrupt ---- */

/* An interrupt that a list register may stand for. */
static bool is_wire(uint32_t pintid)
{
    return (pintid >= 16 && pintid < 1020) || (pintid >= 1056 && pintid < 1120) ||
           (pintid >= 4096 && pintid < 5120);
}

static void deactivate_physical(RefGic *gic, uint32_t cpu, const RefFrom *from, uint32_t pintid)
{
    RefIrq *irq = is_wire(pintid) ? ref_irq(gic, (int)cpu, pintid) : NULL;
    if (!irq) {
        gic->count[REF_VIRTUAL_HW_NOTHING]++;
        ref_report(gic, "lr-hw-pintid");
        return;
    }
    bool secure = !gic->ds && !irq->group_bit;
    if (secure && !from->secure) {
        gic->count[REF_VIRTUAL_HW_SECURE]++;
        ref_report(gic, "dir-denied");
        return;
    }
    gic->count[irq->active ? REF_VIRTUAL_HW_DEACTIVATES : REF_VIRTUAL_HW_INACTIVE]++;
    gic->count[REF_VIRTUAL_HW_ELSEWHERE] += irq->active && irq->target != (int)cpu;
    irq->active = false;
    ref_look(gic);
}

static void deactivate(RefGic *gic, uint32_t cpu, const RefFrom *from, int n)
{
    uint64_t *lr = &gic->cpu[cpu].virtual.lr[n];
    *lr = with_state(*lr, lr_state(*lr) == LR_ACTIVE_PENDING ? LR_PENDING : LR_INVALID);
    gic->count[REF_VIRTUAL_ACK_PENDS_AGAIN] += lr_state(*lr) == LR_PENDING;
    if (lr_hw(*lr)) {
        deactivate_physical(gic, cpu, from, lr_pintid(*lr));
    }
}

static int find_active(const RefGic *gic, const RefVirtual *v, uint32_t intid)
{
    for (uint32_t i = 0; i < lr_count(gic); i++) {
        if (lr_active(v->lr[i]) && lr_vintid(v->lr[i]) == intid) {
            return (int)i;
        }
    }
    return NONE;
}

static void count_eoi(RefGic *gic, RefVirtual *v, RefCount count)
{
    gic->count[count]++;
    gic->count[REF_VIRTUAL_EOI_WRAPPED] += v->hcr >> 27 == 31;
    v->hcr = (v->hcr & 0x07FFFFFF) | ((v->hcr >> 27) + 1) << 27;
}

typedef struct Dropped {
    uint8_t priority;
    bool nmi, nothing;
} Dropped;

static Dropped drop(RefGic *gic, RefVirtual *v)
{
    if (v->nmi_active) {
        gic->count[REF_VIRTUAL_EOI_NMI]++;
        v->nmi_active = false;
        return (Dropped){.nmi = true};
    }
    uint32_t g0 = lowest_active(v, 0), g1 = lowest_active(v, 1);
    int group = g0 <= g1 ? 0 : 1;
    uint32_t bit = group ? g1 : g0;
    if (bit == 128) {
        return (Dropped){.nothing = true};
    }
    v->ap[group][bit / 32] &= ~(1u << (bit % 32));
    return (Dropped){.priority = (uint8_t)(bit << (8 - ref_virtual_preemption_bits(gic)))};
}

static bool matches(const RefVirtual *v, uint64_t lr, int group, const Dropped *dropped)
{
    if (lr_group(lr) != group || lr_nmi(lr) != dropped->nmi) {
        return false;
    }
    return dropped->nmi || (lr_priority(lr) & group_mask(v, group)) == dropped->priority;
}

static void write_eoir(RefGic *gic, uint32_t cpu, const RefFrom *from, int group, uint32_t intid)
{
    RefVirtual *v = &gic->cpu[cpu].virtual;
    if (special(intid)) {
        gic->count[REF_VIRTUAL_EOI_SPECIAL]++;
        ref_report(gic, "eoi-special");
        return;
    }
    Dropped dropped = drop(gic, v);
    if (dropped.nothing) {
        gic->count[REF_VIRTUAL_EOI_IDLE]++;
        ref_report(gic, "eoi-idle");
        return;
    }
    bool lpi = intid >= REF_FIRST_LPI;
    int n = find_active(gic, v, intid);
    if (n == NONE) {
        if (!v->eoimode && !lpi) {
            count_eoi(gic, v, REF_VIRTUAL_EOI_COUNTED);
        }
    } else if (!matches(v, v->lr[n], group, &dropped)) {
        gic->count[REF_VIRTUAL_EOI_MISMATCH]++;
    } else if (v->eoimode && !lpi) {
        gic->count[REF_VIRTUAL_EOI_SPLIT]++;
    } else {
        gic->count[lpi ? REF_VIRTUAL_EOI_LPI : REF_VIRTUAL_EOI_DEACTIVATES]++;
        deactivate(gic, cpu, from, n);
    }
}

static void write_dir(RefGic *gic, uint32_t cpu, const RefFrom *from, uint32_t intid)
{
    RefVirtual *v = &gic->cpu[cpu].virtual;
    if (!v->eoimode || special(intid) || intid >= REF_FIRST_LPI) {
        gic->count[REF_VIRTUAL_DIR_IGNORED]++;
        ref_report(gic, v->eoimode ? "dir-target" : "dir-eoimode");
        return;
    }
    int n = find_active(gic, v, intid);
    if (n == NONE) {
        count_eoi(gic, v, REF_VIRTUAL_DIR_COUNTED);
    } else {
        gic->count[REF_VIRTUAL_DIR_DEACTIVATES]++;
        deactivate(gic, cpu, from, n);
    }
}

/* ---- ICV ---- */

static uint64_t read_ctlr(const RefGic *gic, const RefVirtual *v)
{
    const VgicIchOptions *o = &gic->config.ich_options;
    return (uint64_t)v->cbpr | (uint64_t)v->eoimode << 1 | (uint64_t)(o->priority_bits - 1) << 8 |
           (uint64_t)(o->intid_bits == 24) << 11 | (uint64_t)o->seis << 14 |
           (uint64_t)!o->no_a3v << 15;
}

static uint64_t read_bpr1(const RefVirtual *v)
{
    if (!v->cbpr) {
        return v->bpr1;
    }
    return v->bpr0 < 7 ? v->bpr0 + 1 : 7;
}

uint64_t ref_icv_read(RefGic *gic, uint32_t cpu, const RefFrom *from, uint32_t encoding)
{
    const RefVirtual *v = &gic->cpu[cpu].virtual;
    switch (encoding) {
    case ICC_IAR0_EL1:
        return read_iar(gic, cpu, from, 0, false);
    case ICC_IAR1_EL1:
        return read_iar(gic, cpu, from, 1, false);
    case ICC_NMIAR1_EL1:
        return read_iar(gic, cpu, from, 1, true);
    case ICC_HPPIR0_EL1:
        return read_hppir(gic, cpu, 0);
    case ICC_HPPIR1_EL1:
        return read_hppir(gic, cpu, 1);
    case ICC_RPR_EL1:
        return running_priority(gic, v) | (v->nmi_active ? REF_NMI_BIT : 0);
    case ICC_PMR_EL1:
        return v->pmr;
    case ICC_BPR0_EL1:
        return v->bpr0;
    case ICC_BPR1_EL1:
        return read_bpr1(v);
    case ICC_CTLR_EL1:
        return read_ctlr(gic, v);
    case ICC_IGRPEN0_EL1:
        return v->enabled[0];
    case ICC_IGRPEN1_EL1:
        return v->enabled[1];
    default:
        return encoding >= ICC_AP1R0_EL1 ? read_ap(v, 1, encoding - ICC_AP1R0_EL1)
                                         : read_ap(v, 0, encoding - ICC_AP0R0_EL1);
    }
}

void ref_icv_write(RefGic *gic, uint32_t cpu, const RefFrom *from, uint32_t encoding,
                   uint64_t value)
{
    RefVirtual *v = &gic->cpu[cpu].virtual;
    switch (encoding) {
    case ICC_EOIR0_EL1:
        write_eoir(gic, cpu, from, 0, value & 0xFFFFFF);
        break;
    case ICC_EOIR1_EL1:
        write_eoir(gic, cpu, from, 1, value & 0xFFFFFF);
        break;
    case ICC_DIR_EL1:
        write_dir(gic, cpu, from, value & 0xFFFFFF);
        break;
    case ICC_PMR_EL1:
        v->pmr = (uint8_t)value & priority_mask(gic);
        break;
    case ICC_BPR0_EL1:
        v->bpr0 = clamp(value, minimum_bpr(gic, 0));
        break;
    case ICC_BPR1_EL1:
        v->bpr1 = v->cbpr ? v->bpr1 : clamp(value, minimum_bpr(gic, 1));
        break;
    case ICC_CTLR_EL1:
        v->cbpr = value & 1;
        v->eoimode = value >> 1 & 1;
        break;
    case ICC_IGRPEN0_EL1:
        v->enabled[0] = value & 1;
        break;
    case ICC_IGRPEN1_EL1:
        v->enabled[1] = value & 1;
        break;
    default:
        if (encoding >= ICC_AP1R0_EL1) {
            write_ap(gic, v, from, 1, encoding - ICC_AP1R0_EL1, value);
        } else {
            write_ap(gic, v, from, 0, encoding - ICC_AP0R0_EL1, value);
        }
        break;
    }
}
