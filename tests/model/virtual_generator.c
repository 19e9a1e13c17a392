/* SPDX-License-Identifier: BSD-2-Clause */
/* Random operations of hypervisors and their guests. */
#include "operations.h"

#include <vgic/registers.h>

enum {
    HCR_FMO = 1 << 3,
    HCR_IMO = 1 << 4,
    STATE_PENDING = 1,
    STATE_ACTIVE = 2,
    STATE_ACTIVE_PENDING = 3
};

void generator_init_virtual(Generator *g)
{
    Random *r = g->random;
    if (g->config->ich_options.priority_bits == 8 && random_percent(r, 60)) {
        g->levels[0] = g->levels[1] = 0xFF; /* the priority that never wins */
    }
    for (int i = 0; i < MAX_HOT; i++) {
        uint32_t kind = random_below(r, 10);
        g->vintids[i] = kind < 4   ? generator_hot(g)
                        : kind < 7 ? random_below(r, 1020)
                        : kind < 9 ? 8192 + random_below(r, 4)
                                   : 4096 + random_below(r, 4);
    }
}

/* ---- States of a PE ---- */

static void guest_state(Generator *g, VgicCpuState *state)
{
    Random *r = g->random;
    *state = (VgicCpuState){.el = 1, .space = VGIC_NS, .scr_el3 = 1, .el2_enabled = true};
    if (g->config->el3 && random_percent(r, 15)) {
        state->space = VGIC_S;
        state->scr_el3 = 0;
    }
    state->scr_el3 |= random_percent(r, 30) ? 4 : 0;
    state->scr_el3 |= random_percent(r, 5) ? 2 : 0;
    state->hcr_el2 = HCR_IMO | HCR_FMO;
    if (random_percent(r, 15)) {
        state->hcr_el2 = random_below(r, 4) << 3;
    }
    state->aarch32 = random_percent(r, 15);
    if (!state->aarch32 && random_percent(r, 30)) {
        state->sctlr = random_percent(r, 80) ? (uint64_t)1 << 61 : random_next(r);
    }
    if (random_percent(r, 4)) {
        state->hfgrtr_el2 = random_next(r);
        state->hfgwtr_el2 = random_next(r);
    }
    if (random_percent(r, 4)) {
        state->hcr_el2 |= (uint64_t)1 << 42 | (uint64_t)random_below(r, 2) << 45;
    }
}

static void hypervisor_state(Generator *g, VgicCpuState *state)
{
    Random *r = g->random;
    *state = (VgicCpuState){.el = 2, .space = VGIC_NS, .scr_el3 = 1, .el2_enabled = true};
    if (g->config->el3 && random_percent(r, 20)) {
        *state = (VgicCpuState){.el = 3, .space = VGIC_S, .scr_el3 = random_below(r, 2)};
    }
    state->aarch32 = state->el == 2 && random_percent(r, 12);
    if (random_percent(r, 2)) {
        guest_state(g, state); /* which believes to be one, or is wrong */
        state->hcr_el2 |= (uint64_t)random_below(r, 2) << 42 | (uint64_t)random_below(r, 2) << 45;
    }
}

/* ---- List registers ---- */

static uint32_t lr_count(const RefGic *ref)
{
    return ref->config.ich_options.list_registers;
}

/* A physical interrupt for a list register: best an active one, here or elsewhere. */
static uint64_t pick_pintid(Generator *g, const RefGic *ref)
{
    Random *r = g->random;
    uint32_t first = random_below(r, ref->irq_count);
    for (uint32_t i = 0; i < ref->irq_count && random_percent(r, 99); i++) {
        const RefIrq *irq = &ref->irqs[(first + i) % ref->irq_count];
        if (irq->active && irq->intid >= 16) {
            return irq->intid;
        }
    }
    return random_percent(r, 70) ? generator_hot(g) & 0x1FFF : random_next(r) & 0x1FFF;
}

static uint64_t pick_vintid(Generator *g)
{
    uint32_t kind = random_below(g->random, 100);
    if (kind < 93) {
        return g->vintids[random_below(g->random, MAX_HOT)];
    }
    return kind < 96 ? 1020 + random_below(g->random, 4) : random_next(g->random) & UINT32_MAX;
}

static uint64_t pick_lr(Generator *g, const RefGic *ref)
{
    Random *r = g->random;
    uint32_t kind = random_below(r, 100);
    uint64_t state = kind < 65   ? STATE_PENDING
                     : kind < 76 ? STATE_ACTIVE
                     : kind < 86 ? STATE_ACTIVE_PENDING
                                 : 0;
    uint64_t lr = state << 62 | pick_vintid(g) | (uint64_t)generator_priority(g) << 48;
    lr |= (uint64_t)random_percent(r, 65) << 60;
    if (random_percent(r, 35)) {
        lr |= (uint64_t)1 << 61 | pick_pintid(g, ref) << 32;
    } else if (random_percent(r, 30)) {
        lr |= (uint64_t)1 << 41;
    }
    lr |= (uint64_t)random_percent(r, 15) << 59;
    return random_percent(r, 4) ? random_next(r) : lr;
}

/* An empty one first, so that they fill. */
static uint32_t pick_slot(Generator *g, const RefGic *ref, uint32_t cpu)
{
    uint32_t count = lr_count(ref), first = random_below(g->random, count);
    if (random_percent(g->random, 2)) {
        return random_below(g->random, REF_MAX_LRS);
    }
    for (uint32_t i = 0; i < count && random_percent(g->random, 95); i++) {
        uint32_t n = (first + i) % count;
        if (!(ref->cpu[cpu].virtual.lr[n] >> 62)) {
            return n;
        }
    }
    return first;
}

static void make_lr(Generator *g, const RefGic *ref, Operation *op)
{
    op->kind = OP_SYSREG_WRITE;
    op->cpu = generator_cpu(g);
    hypervisor_state(g, &op->state);
    uint32_t n = pick_slot(g, ref, op->cpu);
    op->encoding = (uint32_t)ICH_LR_EL2(n);
    op->value = pick_lr(g, ref);
    if (op->state.aarch32) {
        bool upper = random_percent(g->random, 60);
        op->encoding = upper ? (uint32_t)ICH_LRC(n) : (uint32_t)ICH_LR(n);
        op->value = upper ? op->value >> 32 : op->value & UINT32_MAX;
    }
}

/* ---- The rest of the hypervisor ---- */

static uint64_t pick_hcr(Generator *g)
{
    Random *r = g->random;
    uint64_t hcr = random_percent(r, 92);
    for (int bit = 1; bit < 8; bit++) {
        hcr |= (uint64_t)random_percent(r, 12) << bit;
    }
    for (int bit = 10; bit < 16; bit++) {
        hcr |= (uint64_t)random_percent(r, 5) << bit;
    }
    if (random_percent(r, 25)) {
        hcr |= (uint64_t)(random_percent(r, 50) ? 31 : random_below(r, 32)) << 27;
    }
    return random_percent(r, 3) ? random_next(r) : hcr;
}

static uint64_t pick_vmcr(Generator *g)
{
    Random *r = g->random;
    uint64_t vmcr = (uint64_t)(random_percent(r, 80) ? 0xFF : generator_priority(g)) << 24;
    vmcr |= random_percent(r, 60) ? 0 : (uint64_t)random_below(r, 64) << 18;
    vmcr |= random_percent(r, 8) ? (uint64_t)7 << 21 : 0;
    vmcr |= (uint64_t)random_percent(r, 30) << 9 | (uint64_t)random_percent(r, 25) << 4;
    vmcr |= (uint64_t)random_percent(r, 85) << 0 | (uint64_t)random_percent(r, 90) << 1;
    return random_percent(r, 3) ? random_next(r) : vmcr;
}

static void make_control(Generator *g, Operation *op)
{
    bool hcr = random_percent(g->random, 55);
    op->kind = OP_SYSREG_WRITE;
    op->cpu = generator_cpu(g);
    hypervisor_state(g, &op->state);
    op->encoding = hcr ? generator_width(&op->state, ICH_HCR_EL2, ICH_HCR)
                       : generator_width(&op->state, ICH_VMCR_EL2, ICH_VMCR);
    op->value = hcr ? pick_hcr(g) : pick_vmcr(g);
}

static void make_ap(Generator *g, Operation *op)
{
    Random *r = g->random;
    uint32_t n = random_percent(r, 80) ? 0 : random_below(r, 4);
    bool group1 = random_percent(r, 50);
    op->kind = OP_SYSREG_WRITE;
    op->cpu = generator_cpu(g);
    hypervisor_state(g, &op->state);
    op->encoding = group1 ? generator_width(&op->state, ICH_AP1R0_EL2, ICH_AP1R0) + n
                          : generator_width(&op->state, ICH_AP0R0_EL2, ICH_AP0R0) + n;
    op->value = random_percent(r, 60) ? 0 : (uint64_t)1 << random_below(r, 64);
}

static void make_look(Generator *g, Operation *op)
{
    static const uint32_t registers[][2] = {
        {ICH_HCR_EL2, ICH_HCR},     {ICH_VTR_EL2, ICH_VTR},   {ICH_MISR_EL2, ICH_MISR},
        {ICH_EISR_EL2, ICH_EISR},   {ICH_VMCR_EL2, ICH_VMCR}, {ICH_AP0R0_EL2, ICH_AP0R0},
        {ICH_AP1R0_EL2, ICH_AP1R0}, {ICC_SRE_EL2, ICC_HSRE},  {ICH_LR_EL2(0), ICH_LR(0)},
        {ICH_ELRSR_EL2, ICH_ELRSR},
    };
    uint32_t which = random_below(g->random, 10);
    op->kind = OP_SYSREG_READ;
    op->cpu = generator_cpu(g);
    hypervisor_state(g, &op->state);
    op->encoding = generator_width(&op->state, registers[which][0], registers[which][1]);
    if (which == 8) {
        op->encoding += random_below(g->random, 8);
    }
}

void generator_open_virtual(Generator *g, const RefGic *ref, Operation *op)
{
    if (random_percent(g->random, 50)) {
        make_control(g, op);
    } else {
        make_lr(g, ref, op);
    }
}

/* ---- The guest ---- */

/* A PE whose virtual interface has an interrupt, or one with something active. */
static uint32_t pick_guest(Generator *g, const RefGic *ref, bool active)
{
    uint32_t first = generator_cpu(g);
    for (uint32_t i = 0; i < ref->cpus; i++) {
        uint32_t cpu = (first + i) % ref->cpus;
        for (uint32_t n = 0; active && n < lr_count(ref); n++) {
            if (ref->cpu[cpu].virtual.lr[n] >> 63) {
                return cpu;
            }
        }
        uint32_t lines = VGIC_LINE_VIRQ | VGIC_LINE_VFIQ | VGIC_LINE_VNMI;
        if (!active && (ref_cpu_lines(ref, cpu) & lines)) {
            return cpu;
        }
    }
    return first;
}

static void make_acknowledge(Generator *g, const RefGic *ref, Operation *op)
{
    Random *r = g->random;
    op->kind = OP_SYSREG_READ;
    op->cpu = pick_guest(g, ref, false);
    guest_state(g, &op->state);
    int best = ref_virtual_best(ref, op->cpu);
    uint64_t lr = best < 0 ? 0 : ref->cpu[op->cpu].virtual.lr[best];
    bool group1 = random_percent(r, 92) ? lr >> 60 & 1 : random_percent(r, 50);
    op->encoding = group1 ? generator_width(&op->state, ICC_IAR1_EL1, ICC_IAR1)
                          : generator_width(&op->state, ICC_IAR0_EL1, ICC_IAR0);
    bool nmi = group1 && (lr >> 59 & 1);
    if (!op->state.aarch32 && random_percent(r, nmi ? 50 : 4)) {
        op->encoding = ICC_NMIAR1_EL1;
    }
    if (random_percent(r, 8)) {
        op->encoding = group1 ? generator_width(&op->state, ICC_HPPIR1_EL1, ICC_HPPIR1)
                              : generator_width(&op->state, ICC_HPPIR0_EL1, ICC_HPPIR0);
    }
}

/* The best active list register, or any active one, or 0. */
static uint64_t pick_active(Generator *g, const RefGic *ref, uint32_t cpu)
{
    const RefVirtual *v = &ref->cpu[cpu].virtual;
    uint64_t found = 0;
    bool any = random_percent(g->random, 15);
    uint32_t first = random_below(g->random, lr_count(ref));
    for (uint32_t i = 0; i < lr_count(ref); i++) {
        uint64_t lr = v->lr[(first + i) % lr_count(ref)];
        if (!(lr >> 63)) {
            continue;
        }
        if (any) {
            return lr;
        }
        bool nmi = (lr >> 59 & 1) && v->nmi_active;
        if (!found || nmi || (lr >> 48 & 0xFF) < (found >> 48 & 0xFF)) {
            found = lr;
        }
        if (nmi) {
            break;
        }
    }
    return found;
}

static void make_eoi(Generator *g, const RefGic *ref, Operation *op)
{
    Random *r = g->random;
    op->kind = OP_SYSREG_WRITE;
    op->cpu = pick_guest(g, ref, true);
    guest_state(g, &op->state);
    uint64_t lr = pick_active(g, ref, op->cpu);
    bool group1 = lr ? lr >> 60 & 1 : random_percent(r, 60);
    group1 ^= random_percent(r, 5);
    bool real = lr && random_percent(r, 88);
    op->value = real ? (uint32_t)lr : pick_vintid(g);
    op->encoding = group1 ? generator_width(&op->state, ICC_EOIR1_EL1, ICC_EOIR1)
                          : generator_width(&op->state, ICC_EOIR0_EL1, ICC_EOIR0);
}

static void make_dir(Generator *g, const RefGic *ref, Operation *op)
{
    op->kind = OP_SYSREG_WRITE;
    op->cpu = pick_guest(g, ref, true);
    guest_state(g, &op->state);
    uint64_t lr = pick_active(g, ref, op->cpu);
    bool real = lr && random_percent(g->random, 80);
    op->value = real ? (uint32_t)lr : pick_vintid(g);
    op->encoding = generator_width(&op->state, ICC_DIR_EL1, ICC_DIR);
}

static void make_interface(Generator *g, Operation *op)
{
    static const uint32_t registers[][2] = {
        {ICC_PMR_EL1, ICC_PMR},         {ICC_IGRPEN0_EL1, ICC_IGRPEN0},
        {ICC_IGRPEN1_EL1, ICC_IGRPEN1}, {ICC_CTLR_EL1, ICC_CTLR},
        {ICC_BPR0_EL1, ICC_BPR0},       {ICC_BPR1_EL1, ICC_BPR1},
        {ICC_RPR_EL1, ICC_RPR},         {ICC_AP0R0_EL1, ICC_AP0R0},
        {ICC_AP1R0_EL1, ICC_AP1R0},     {ICC_SGI1R_EL1, ICC_SGI1R},
        {ICC_SRE_EL1, ICC_SRE},         {ICC_HPPIR0_EL1, ICC_HPPIR0},
        {ICC_HPPIR1_EL1, ICC_HPPIR1},
    };
    static const uint64_t usual[] = {0xFF, 1, 1, 0, 0, 0, 0, 0, 0, 1, 7, 0, 0};
    Random *r = g->random;
    uint32_t which = random_below(r, 13);
    bool read = which == 6 || which > 10 || (which != 9 && random_percent(r, 50));
    op->kind = read ? OP_SYSREG_READ : OP_SYSREG_WRITE;
    op->cpu = generator_cpu(g);
    guest_state(g, &op->state);
    op->encoding = generator_width(&op->state, registers[which][0], registers[which][1]);
    if (which == 7 || which == 8) {
        op->encoding += random_percent(r, 70) ? 0 : random_below(r, 4);
    }
    op->value = random_percent(r, 75) ? usual[which] : random_next(r);
}

void generator_next_virtual(Generator *g, RefGic *ref, Operation *op)
{
    uint32_t kind = random_below(g->random, 1000);
    if (kind < 330) {
        make_lr(g, ref, op);
    } else if (kind < 580) {
        make_acknowledge(g, ref, op);
    } else if (kind < 780) {
        make_eoi(g, ref, op);
    } else if (kind < 840) {
        make_dir(g, ref, op);
    } else if (kind < 890) {
        make_control(g, op);
    } else if (kind < 905) {
        make_ap(g, op);
    } else if (kind < 940) {
        make_look(g, op);
    } else if (kind < 990) {
        make_interface(g, op);
    } else {
        op->kind = OP_SAVE;
    }
}
