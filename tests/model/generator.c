/* SPDX-License-Identifier: BSD-2-Clause */
/* Random operations: mostly what software does, now and then what it never should. */
#include "operations.h"

#include <string.h>

#include <vgic/registers.h>

/* Where a property of interrupts has its registers. */
typedef struct Property {
    uint32_t dist, dist_extended, redist, redist_extended;
    uint32_t bits;
} Property;

enum {
    P_GROUP,
    P_ENABLE,
    P_PRIORITY,
    P_ROUTE,
    P_MODIFIER,
    P_TRIGGER,
    P_NSACR,
    P_NMI = 12
};

static const Property properties[] = {
    {GICD_IGROUPR(0), GICD_IGROUPRnE(0), GICR_IGROUPR0, GICR_IGROUPRnE(1), 1},
    {GICD_ISENABLER(0), GICD_ISENABLERnE(0), GICR_ISENABLER0, GICR_ISENABLERnE(1), 1},
    {GICD_IPRIORITYR(0), GICD_IPRIORITYRnE(0), GICR_IPRIORITYR(0), GICR_IPRIORITYRnE(8), 8},
    {GICD_IROUTER(0), GICD_IROUTERnE(0), GICR_NSACR, GICR_NSACR, 64},
    {GICD_IGRPMODR(0), GICD_IGRPMODRnE(0), GICR_IGRPMODR0, GICR_IGRPMODRnE(1), 1},
    {GICD_ICFGR(0), GICD_ICFGRnE(0), GICR_ICFGR0, GICR_ICFGRnE(2), 2},
    {GICD_NSACR(0), GICD_NSACRnE(0), GICR_NSACR, GICR_NSACR, 2},
    {GICD_ICENABLER(0), GICD_ICENABLERnE(0), GICR_ICENABLER0, GICR_ICENABLERnE(1), 1},
    {GICD_ISPENDR(0), GICD_ISPENDRnE(0), GICR_ISPENDR0, GICR_ISPENDRnE(1), 1},
    {GICD_ICPENDR(0), GICD_ICPENDRnE(0), GICR_ICPENDR0, GICR_ICPENDRnE(1), 1},
    {GICD_ISACTIVER(0), GICD_ISACTIVERnE(0), GICR_ISACTIVER0, GICR_ISACTIVERnE(1), 1},
    {GICD_ICACTIVER(0), GICD_ICACTIVERnE(0), GICR_ICACTIVER0, GICR_ICACTIVERnE(1), 1},
    {GICD_INMIR(0), GICD_INMIRnE(0), GICR_INMIR0, GICR_INMIRnE(1), 1},
};
enum {
    PROPERTIES = sizeof(properties) / sizeof(properties[0])
};

uint32_t generator_hot(Generator *g)
{
    return g->hot[random_below(g->random, g->hot_count)];
}

uint32_t generator_cpu(Generator *g)
{
    return random_below(g->random, g->config->cpus);
}

/* A PE with something to do, if there is one. */
static bool pick_busy_cpu(Generator *g, const RefGic *ref, uint32_t *busy)
{
    uint32_t first = generator_cpu(g);
    for (uint32_t i = 0; i < ref->cpus; i++) {
        uint32_t cpu = (first + i) % ref->cpus;
        if (ref_cpu_lines(ref, cpu)) {
            *busy = cpu;
            return true;
        }
    }
    *busy = first;
    return false;
}

static uint64_t cpu_affinity(const VgicConfig *config, uint32_t cpu)
{
    return config->affinities ? config->affinities[cpu] : (cpu % 16) | (cpu / 16) << 8;
}

static void pick_hot_set(Generator *g)
{
    const VgicConfig *c = g->config;
    g->hot_count = 4 + random_below(g->random, MAX_HOT - 3);
    for (uint32_t i = 0; i < g->hot_count; i++) {
        uint32_t kind = random_below(g->random, 10);
        if (kind < 4 && c->spis) {
            g->hot[i] = 32 + random_below(g->random, c->spis);
        } else if (kind < 5 && c->espis) {
            g->hot[i] = 4096 + random_below(g->random, c->espis);
        } else if (kind < 6 && c->eppis) {
            g->hot[i] = 1056 + random_below(g->random, c->eppis);
        } else if (kind < 8) {
            g->hot[i] = 16 + random_below(g->random, 16);
        } else {
            g->hot[i] = random_below(g->random, 16);
        }
    }
}

void generator_init(Generator *g, Random *random, const VgicConfig *config)
{
    memset(g, 0, sizeof(*g));
    g->random = random;
    g->config = config;
    pick_hot_set(g);
    for (int i = 0; i < 4; i++) {
        g->levels[i] = (uint8_t)random_next(random);
    }
    g->may_set_ds = random_percent(random, 25);
    g->legal_traps = random_percent(random, 80);
    g->start = 100;
    if (config->maintenance_intid) {
        g->hot[0] = config->maintenance_intid;
    }
    if (config->el2) {
        generator_init_virtual(g);
    }
    if (config->lpi_bits) {
        generator_init_its(g);
    }
}

/* ---- States of a PE ---- */

static uint64_t pick_scr(Generator *g, bool ns)
{
    uint64_t scr = ns;
    if (g->legal_traps) {
        scr |= ns && random_percent(g->random, 60) ? 4 : 0; /* FIQ, as firmware does it */
        scr |= random_percent(g->random, 5) ? random_below(g->random, 4) << 1 : 0;
    } else {
        scr |= random_below(g->random, 4) << 1;
    }
    return scr;
}

static void pick_state(Generator *g, VgicCpuState *state)
{
    Random *r = g->random;
    *state = (VgicCpuState){.el = 1, .space = VGIC_NS};
    state->aarch32 = random_percent(r, 15);
    if (!g->config->el3) {
        state->el = (uint8_t)(1 + random_below(r, 2));
    } else if (random_percent(r, 25)) {
        state->el = 3;
        state->space = random_percent(r, 90) ? VGIC_S : VGIC_ROOT;
        state->monitor = state->aarch32 && random_percent(r, 60);
    } else {
        state->el = (uint8_t)(1 + random_below(r, 2));
        state->space = random_percent(r, 30)   ? VGIC_S
                       : random_percent(r, 95) ? VGIC_NS
                                               : VGIC_REALM;
    }
    bool ns = state->el == 3 ? random_percent(r, 50) : state->space & 1;
    ns &= state->el < 3 || !state->aarch32 || state->monitor; /* else it would not be EL3 */
    state->scr_el3 = pick_scr(g, ns);
    state->el2_enabled = state->el == 2 || random_percent(r, 50);
    state->hcr_el2 = random_percent(r, 4) ? random_below(r, 4) << 3 : 0;
    if (g->config->nmi && !state->aarch32 && random_percent(r, 40)) {
        state->sctlr = (uint64_t)1 << 61;
    }
}

/* Mostly the state that the PE is in. */
static void pick_access_state(Generator *g, const RefGic *ref, uint32_t cpu, VgicCpuState *state)
{
    *state = ref->cpu[cpu].state;
    if (random_percent(g->random, 50)) {
        pick_state(g, state);
    }
}

/* A state from which software can deal with @p group. */
static void pick_fitting_state(Generator *g, RefGroup group, VgicCpuState *state)
{
    bool ns = !g->config->el3 || group == REF_G1NS;
    *state = (VgicCpuState){.el = 1, .space = ns ? VGIC_NS : VGIC_S, .scr_el3 = ns};
    if (g->config->el3 && random_percent(g->random, 40)) {
        *state = (VgicCpuState){.el = 3, .space = VGIC_S, .scr_el3 = random_below(g->random, 2)};
    }
}

uint32_t generator_width(const VgicCpuState *state, uint32_t aarch64, uint32_t aarch32)
{
    return state->aarch32 ? aarch32 : aarch64;
}

/* ---- Frames ---- */

static void pick_space(Generator *g, Operation *op)
{
    op->attrs = random_percent(g->random, 65) ? VGIC_S : VGIC_NS;
    if (random_percent(g->random, 4)) {
        op->attrs |= 2; /* Root or Realm */
    }
    if (random_percent(g->random, 10)) {
        op->attrs |= VGIC_FROM_CPU(generator_cpu(g));
    }
}

/* Turns an offset in a PE's Redistributor into one of its region. */
void generator_aim(Generator *g, Operation *op, uint32_t cpu, uint64_t offset)
{
    uint32_t region = 0;
    while (g->config->redist_region_count && cpu >= g->config->redist_regions[region]) {
        cpu -= g->config->redist_regions[region++];
    }
    snprintf(op->frame, sizeof(op->frame), region ? "GICR%u" : "GICR", region);
    op->offset = offset + (uint64_t)cpu * 0x20000;
}

static void aim_property(Generator *g, Operation *op, const Property *p, uint32_t intid)
{
    uint32_t unit = p->bits == 64 ? 8 : 4;
    bool spi = (intid >= 32 && intid < 1024) || intid >= 4096;
    uint32_t base = intid >= 4096   ? p->dist_extended
                    : intid >= 1056 ? p->redist_extended
                    : spi           ? p->dist
                                    : p->redist;
    uint32_t index = intid >= 4096 ? intid - 4096 : intid >= 1056 ? intid - 1056 : intid;
    uint32_t offset = base + index * p->bits / 8 / unit * unit;
    op->size = unit;
    if (p->bits == 8 && random_percent(g->random, 70)) {
        offset = base + index;
        op->size = 1;
    }
    if (p->bits == 64 && random_percent(g->random, 20)) {
        op->size = 4;
        offset += random_percent(g->random, 50) ? 4 : 0;
    }
    if (spi) {
        strcpy(op->frame, "GICD");
        op->offset = offset;
    } else {
        generator_aim(g, op, generator_cpu(g), offset);
    }
}

static uint64_t pick_route(Generator *g)
{
    uint64_t route = cpu_affinity(g->config, generator_cpu(g));
    uint32_t kind = random_below(g->random, 100);
    if (kind < 35) {
        route |= 1u << 31;
    } else if (kind < 40) {
        route = random_next(g->random);
    }
    return route;
}

static uint64_t pick_bits(Generator *g, uint32_t bits, uint32_t intid)
{
    uint32_t kind = random_below(g->random, 10);
    uint64_t field = (1u << bits) - 1;
    uint32_t lsb = intid * bits % 32;
    if (kind < 6) {
        return (random_next(g->random) & field) << lsb | (bits == 1 ? 1u << lsb : 0);
    }
    if (kind < 8) {
        return random_next(g->random);
    }
    return kind == 8 ? UINT32_MAX : 0;
}

uint8_t generator_priority(Generator *g)
{
    uint8_t level = g->levels[random_below(g->random, 4)];
    return random_percent(g->random, 80) ? level : (uint8_t)random_next(g->random);
}

static uint64_t pick_property_value(Generator *g, const Property *p, uint32_t intid)
{
    if (p->bits == 64) {
        return pick_route(g);
    }
    if (p->bits == 8) {
        return (uint64_t)generator_priority(g) | (uint64_t)generator_priority(g) << 8 |
               (uint64_t)generator_priority(g) << 16 | (uint64_t)generator_priority(g) << 24;
    }
    return pick_bits(g, p->bits, intid);
}

static void make_property(Generator *g, Operation *op, uint32_t property, bool write)
{
    const Property *p = &properties[property];
    uint32_t intid = generator_hot(g);
    op->kind = write ? OP_FRAME_WRITE : OP_FRAME_READ;
    pick_space(g, op);
    aim_property(g, op, p, intid);
    op->value = pick_property_value(g, p, intid);
}

static void make_dist_ctlr(Generator *g, Operation *op)
{
    op->kind = OP_FRAME_WRITE;
    strcpy(op->frame, "GICD");
    pick_space(g, op);
    op->offset = GICD_CTLR;
    op->size = 4;
    op->value = random_percent(g->random, 60) ? 0x77 : random_next(g->random);
    op->value &= g->may_set_ds && random_percent(g->random, 3) ? UINT64_MAX : ~(uint64_t)0x40;
}

static void make_redist_control(Generator *g, Operation *op)
{
    op->kind = random_percent(g->random, 80) ? OP_FRAME_WRITE : OP_FRAME_READ;
    pick_space(g, op);
    op->size = 4;
    bool waker = random_percent(g->random, 60);
    generator_aim(g, op, generator_cpu(g), waker ? GICR_WAKER : GICR_CTLR);
    op->value = waker ? (random_percent(g->random, 75) ? 0 : random_next(g->random))
                      : (random_percent(g->random, 60) ? 0 : random_next(g->random));
}

static void make_message(Generator *g, Operation *op)
{
    static const uint32_t offsets[] = {GICD_SETSPI_NSR, GICD_CLRSPI_NSR, GICD_SETSPI_SR,
                                       GICD_CLRSPI_SR};
    op->kind = OP_FRAME_WRITE;
    pick_space(g, op);
    strcpy(op->frame, g->config->message_frame && random_percent(g->random, 50) ? "GICM" : "GICD");
    op->offset = offsets[random_below(g->random, 4)];
    op->size = random_percent(g->random, 30) ? 2 : 4;
    op->value = random_percent(g->random, 90) ? generator_hot(g) : random_below(g->random, 0x2000);
}

/* Any register, sometimes not in any sensible way. */
static void make_wild(Generator *g, Operation *op)
{
    Random *r = g->random;
    uint32_t count;
    const RefRow *rows = ref_rows(&count);
    const RefRow *row = &rows[random_below(r, count)];
    uint64_t offset = row->offset + (uint64_t)random_below(r, row->count) * row->stride;
    op->kind = random_percent(r, 50) ? OP_FRAME_READ : OP_FRAME_WRITE;
    pick_space(g, op);
    op->value = random_next(r);
    op->size = row->stride == 8 && random_percent(r, 50) ? 8 : 4;
    if (random_percent(r, 20)) {
        op->size = 1u << random_below(r, 4);
        offset += random_below(r, 8);
    } else if (random_percent(r, 10)) {
        offset = random_below(r, 0x20000);
        offset &= random_percent(r, 90) ? ~(uint64_t)3 : UINT64_MAX;
    }
    bool ds = !strcmp(row->frame, "GICD") && offset < 4;
    op->value &= ds && !g->may_set_ds ? ~(uint64_t)0x40 : UINT64_MAX;
    if (!strcmp(row->frame, "GICR")) {
        generator_aim(g, op, generator_cpu(g), offset);
        return;
    }
    bool absent = (!strcmp(row->frame, "GICM") && !g->config->message_frame) ||
                  (!strcmp(row->frame, "GITS") && !g->config->its);
    strcpy(op->frame, absent ? "GICD" : row->frame);
    op->offset = absent ? offset | 0x20 : offset;
}

/* ---- System registers ---- */

static void make_acknowledge(Generator *g, const RefGic *ref, Operation *op)
{
    op->kind = OP_SYSREG_READ;
    pick_busy_cpu(g, ref, &op->cpu);
    pick_access_state(g, ref, op->cpu, &op->state);
    const RefIrq *best = ref_hppi(ref, op->cpu);
    if (best && random_percent(g->random, 50)) {
        pick_fitting_state(g, best->group, &op->state);
    }
    bool group1 = best && random_percent(g->random, 85) ? best->group != REF_G0
                                                        : random_percent(g->random, 50);
    op->encoding = group1 ? generator_width(&op->state, ICC_IAR1_EL1, ICC_IAR1)
                          : generator_width(&op->state, ICC_IAR0_EL1, ICC_IAR0);
    bool nmi = best && ref_is_nmi(ref, best);
    if (g->config->nmi && !op->state.aarch32 && random_percent(g->random, nmi ? 60 : 5)) {
        op->encoding = ICC_NMIAR1_EL1;
    }
}

/* A PE at which something is active. */
static bool pick_running_cpu(Generator *g, RefGic *ref, uint32_t *cpu, int *group)
{
    uint32_t first = generator_cpu(g);
    for (uint32_t i = 0; i < ref->cpus; i++) {
        *cpu = (first + i) % ref->cpus;
        *group = ref_top_group(ref, &ref->cpu[*cpu]);
        if (*group >= 0) {
            return true;
        }
    }
    return false;
}

static void make_eoi(Generator *g, RefGic *ref, Operation *op)
{
    Random *r = g->random;
    int group;
    if (!pick_running_cpu(g, ref, &op->cpu, &group)) {
        group = (int)random_below(r, 3);
    }
    op->kind = OP_SYSREG_WRITE;
    pick_access_state(g, ref, op->cpu, &op->state);
    uint32_t depth = g->depth[op->cpu];
    op->value = random_percent(r, 80) ? generator_hot(g) : random_below(r, 1100);
    if (depth && random_percent(r, 90)) {
        op->value = g->acked[op->cpu][random_percent(r, 90) ? depth - 1 : random_below(r, depth)];
    }
    if (random_percent(r, 60)) {
        pick_fitting_state(g, (RefGroup)group, &op->state);
    }
    bool group1 = random_percent(r, 95) ? group != REF_G0 : group == REF_G0;
    op->encoding = group1 ? generator_width(&op->state, ICC_EOIR1_EL1, ICC_EOIR1)
                          : generator_width(&op->state, ICC_EOIR0_EL1, ICC_EOIR0);
}

static void make_dir(Generator *g, const RefGic *ref, Operation *op)
{
    op->kind = OP_SYSREG_WRITE;
    op->cpu = generator_cpu(g);
    pick_access_state(g, ref, op->cpu, &op->state);
    op->value = generator_hot(g);
    uint32_t first = random_below(g->random, ref->irq_count);
    for (uint32_t i = 0; i < ref->irq_count; i++) {
        const RefIrq *irq = &ref->irqs[(first + i) % ref->irq_count];
        if (irq->active && (irq->owner == REF_NO_CPU || irq->owner == (int)op->cpu)) {
            op->value = irq->intid;
            if (random_percent(g->random, 50)) {
                pick_fitting_state(g, irq->group, &op->state);
            }
            break;
        }
    }
    op->encoding = generator_width(&op->state, ICC_DIR_EL1, ICC_DIR);
}

static void make_sgi(Generator *g, const RefGic *ref, Operation *op)
{
    static const uint32_t encodings[][2] = {
        {ICC_SGI0R_EL1, ICC_SGI0R}, {ICC_SGI1R_EL1, ICC_SGI1R}, {ICC_ASGI1R_EL1, ICC_ASGI1R}};
    Random *r = g->random;
    op->kind = OP_SYSREG_WRITE;
    op->cpu = generator_cpu(g);
    pick_access_state(g, ref, op->cpu, &op->state);
    uint32_t which = random_below(r, 3);
    op->encoding = encodings[which][op->state.aarch32];
    uint64_t to = cpu_affinity(g->config, generator_cpu(g)), intid = random_below(r, 16);
    for (uint32_t i = 0; i < g->hot_count && random_percent(r, 90); i++) {
        intid = g->hot[i] < 16 ? g->hot[i] : intid;
    }
    uint64_t list = random_percent(r, 60) ? 1u << (to & 0xF) : random_next(r) & 0xFFFF;
    op->value = list | (to >> 8 & 0xFF) << 16 | intid << 24 | (to >> 16 & 0xFF) << 32 |
                (to >> 4 & 0xF) << 44 | (to >> 32 & 0xFF) << 48;
    if (random_percent(r, 15)) {
        op->value |= (uint64_t)1 << 40;
    }
    if (random_percent(r, 5)) {
        op->value = random_next(r);
    }
}

static uint64_t pick_sysreg_value(Generator *g, uint32_t encoding)
{
    Random *r = g->random;
    switch (encoding & 0xFFFF) {
    case ICC_PMR_EL1:
    case ICC_PMR & 0xFFFF:
        return random_percent(r, 70) ? 0xFF : random_next(r);
    case ICC_IGRPEN0_EL1:
    case ICC_IGRPEN1_EL1:
    case ICC_IGRPEN1_EL3:
    case ICC_SRE_EL3:
        return random_percent(r, 75) ? 0xF : random_next(r);
    case ICC_AP0R0_EL1:
    case ICC_AP1R0_EL1:
    case ICC_AP1R1_EL1:
        return random_percent(r, 80) ? 0 : (uint64_t)1 << random_below(r, 64);
    case ICC_CTLR_EL1:
    case ICC_CTLR_EL3:
        return random_percent(r, 50) ? 0 : random_next(r);
    default:
        return random_percent(r, 50) ? random_below(r, 8) : random_next(r);
    }
}

/* Any register; most of them would be nonsense to a decoder in the wrong state. */
static void make_any_sysreg(Generator *g, const RefGic *ref, Operation *op)
{
    uint32_t count, aarch32;
    const uint32_t *encodings = ref_sysregs(&count, &aarch32);
    op->kind = random_percent(g->random, 50) ? OP_SYSREG_READ : OP_SYSREG_WRITE;
    op->cpu = generator_cpu(g);
    pick_access_state(g, ref, op->cpu, &op->state);
    bool narrow = op->state.aarch32 != random_percent(g->random, 3);
    uint32_t first = narrow ? aarch32 : 0, end = narrow ? count : aarch32;
    op->encoding = encodings[first + random_below(g->random, end - first)];
    op->value = pick_sysreg_value(g, op->encoding);
    if (random_percent(g->random, 2)) {
        op->encoding = (uint32_t)random_next(g->random) & 0x3FFFF;
    }
    if (random_percent(g->random, 1)) {
        op->state.el = 0;
    }
    if (random_percent(g->random, 1)) {
        op->cpu += g->config->cpus; /* no such PE */
    }
}

/* ---- All of it ---- */

static void make_wire(Generator *g, Operation *op)
{
    Random *r = g->random;
    op->intid = random_percent(r, 97) ? generator_hot(g) : random_below(r, 5200);
    op->cpu = generator_cpu(g);
    op->level = random_percent(r, 50);
    bool ppi = (op->intid >= 16 && op->intid < 32) || (op->intid >= 1056 && op->intid < 1120);
    ppi ^= random_percent(r, 3);
    bool pulse = random_percent(r, 30);
    op->kind = ppi ? (pulse ? OP_PPI_PULSE : OP_PPI_LEVEL) : (pulse ? OP_SPI_PULSE : OP_SPI_LEVEL);
}

/* Masks, enables and modes of a CPU interface, mostly by who may set them. */
static void make_interface(Generator *g, const RefGic *ref, Operation *op)
{
    static const uint32_t registers[][2] = {
        {ICC_IGRPEN0_EL1, ICC_IGRPEN0}, {ICC_IGRPEN1_EL1, ICC_IGRPEN1},
        {ICC_IGRPEN1_EL3, ICC_MGRPEN1}, {ICC_PMR_EL1, ICC_PMR},
        {ICC_CTLR_EL1, ICC_CTLR},       {ICC_CTLR_EL3, ICC_MCTLR},
        {ICC_BPR0_EL1, ICC_BPR0},       {ICC_BPR1_EL1, ICC_BPR1}};
    static const uint64_t usual[] = {1, 1, 3, 0xFF, 0, 0, 0, 0};
    Random *r = g->random;
    uint32_t which = random_below(r, random_percent(r, 70) ? 4 : 8);
    op->kind = OP_SYSREG_WRITE;
    op->cpu = generator_cpu(g);
    pick_access_state(g, ref, op->cpu, &op->state);
    if (random_percent(r, 60)) {
        pick_fitting_state(g, (RefGroup)random_below(r, 3), &op->state);
    }
    op->encoding = registers[which][op->state.aarch32];
    op->value = usual[which];
    if (which > 3 || random_percent(r, 10)) {
        op->value = random_next(r);
    }
}

/* What any system does first, so that interrupts flow. */
static void make_opening(Generator *g, const RefGic *ref, Operation *op)
{
    uint32_t kind = random_below(g->random, 10);
    if (kind < 2) {
        make_dist_ctlr(g, op);
    } else if (kind < 3) {
        make_redist_control(g, op);
    } else if (kind < 6) {
        bool nmi = g->config->nmi && random_percent(g->random, 10);
        make_property(g, op, nmi ? P_NMI : random_below(g->random, P_NSACR + 1), true);
    } else if (g->config->el2 && random_percent(g->random, 40)) {
        generator_open_virtual(g, ref, op);
    } else {
        make_interface(g, ref, op);
    }
}

static void make_reset(Generator *g, Operation *op)
{
    op->cpu = generator_cpu(g);
    op->reset = random_percent(g->random, 50) ? VGIC_RESET_COLD : VGIC_RESET_WARM;
    op->kind = random_percent(g->random, 70) ? OP_CPU_RESET : OP_RESET;
    if (op->kind == OP_RESET) {
        g->start = 100;
        memset(g->depth, 0, sizeof(g->depth));
    } else {
        g->start = 20;
        g->depth[op->cpu] = 0;
    }
}

/* Acknowledging and ending are worth most when there is something to. */
static uint32_t pick_kind(Generator *g, RefGic *ref)
{
    uint32_t kind = random_below(g->random, 1000), cpu;
    int group;
    bool idle = (kind >= 200 && kind < 400 && !pick_busy_cpu(g, ref, &cpu)) ||
                (kind >= 400 && kind < 560 && !pick_running_cpu(g, ref, &cpu, &group));
    return idle && random_percent(g->random, 80) ? random_below(g->random, 1000) : kind;
}

void generator_next(Generator *g, RefGic *ref, Operation *op)
{
    memset(op, 0, sizeof(*op));
    if (g->config->lpi_bits && generator_planned(g, op)) {
        return;
    }
    if (g->start == 60 && g->config->lpi_bits) {
        generator_start_its(g, ref);
    }
    if (g->config->lpi_bits && !g->start && random_percent(g->random, 45)) {
        generator_next_its(g, ref, op);
        return;
    }
    if (g->start) {
        bool first = g->start-- == 100;
        if (first && random_percent(g->random, 20)) {
            op->kind = OP_FIRMWARE;
        } else {
            make_opening(g, ref, op);
        }
        return;
    }
    if (g->config->el2 && random_percent(g->random, 65)) {
        generator_next_virtual(g, ref, op);
        return;
    }
    uint32_t kind = pick_kind(g, ref);
    if (kind < 200) {
        make_wire(g, op);
    } else if (kind < 400) {
        make_acknowledge(g, ref, op);
    } else if (kind < 560) {
        make_eoi(g, ref, op);
    } else if (kind < 590) {
        make_dir(g, ref, op);
    } else if (kind < 640) {
        make_sgi(g, ref, op);
    } else if (kind < 740) {
        make_property(g, op, random_below(g->random, PROPERTIES), random_percent(g->random, 80));
    } else if (kind < 790) {
        make_property(g, op, P_ENABLE, true);
    } else if (kind < 820) {
        make_message(g, op);
    } else if (kind < 840) {
        make_dist_ctlr(g, op);
    } else if (kind < 860) {
        make_redist_control(g, op);
    } else if (kind < 900) {
        make_any_sysreg(g, ref, op);
    } else if (kind < 940) {
        make_opening(g, ref, op);
    } else if (kind < 965) {
        op->kind = OP_STATE;
        op->cpu = generator_cpu(g);
        pick_state(g, &op->state);
    } else if (kind < 998) {
        make_wild(g, op);
    } else {
        make_reset(g, op);
    }
}

static bool is_iar(const Operation *op, uint32_t aarch64, uint32_t aarch32)
{
    return op->kind == OP_SYSREG_READ && op->encoding == (op->state.aarch32 ? aarch32 : aarch64);
}

void generator_note(Generator *g, const Operation *op, uint64_t value)
{
    if (op->cpu >= g->config->cpus) {
        return;
    }
    bool guest = g->config->el2 && op->state.el == 1 && op->state.el2_enabled;
    if (guest && (op->state.hcr_el2 & 0x18)) {
        return; /* virtual interrupts: the list registers tell */
    }
    uint32_t *depth = &g->depth[op->cpu];
    if (is_iar(op, ICC_IAR1_EL1, ICC_IAR1) || is_iar(op, ICC_IAR0_EL1, ICC_IAR0) ||
        is_iar(op, ICC_NMIAR1_EL1, ICC_NMIAR1_EL1)) {
        if ((value < 1020 || value > 1023) && *depth < 32) {
            g->acked[op->cpu][(*depth)++] = (uint32_t)value;
        }
    }
    bool eoi = op->kind == OP_SYSREG_WRITE &&
               (op->encoding == ICC_EOIR0_EL1 || op->encoding == ICC_EOIR1_EL1 ||
                op->encoding == ICC_EOIR0 || op->encoding == ICC_EOIR1);
    if (eoi && *depth && g->acked[op->cpu][*depth - 1] == op->value &&
        random_percent(g->random, 80)) {
        --*depth;
    }
}
