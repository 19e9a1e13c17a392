/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference: interrupts, what they wait for, who gets them, and the output lines. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

uint8_t ref_priority_mask(const RefGic *gic)
{
    return (uint8_t)(0xFFu << (8 - gic->config.priority_bits));
}

uint8_t ref_preemption_bits(const RefGic *gic)
{
    return gic->config.priority_bits < 7 ? (uint8_t)gic->config.priority_bits : 7;
}

bool ref_extended(const RefGic *gic)
{
    return gic->config.espis > 0 || gic->config.eppis > 0;
}

/* The array holds, PE by PE, INTIDs 0 to 31; then SPIs; PE by PE, extended PPIs; extended SPIs. */
RefIrq *ref_irq(const RefGic *gic, int cpu, uint32_t intid)
{
    const VgicConfig *config = &gic->config;
    uint32_t spis = gic->cpus * 32;
    uint32_t eppis = spis + config->spis;
    uint32_t espis = eppis + gic->cpus * config->eppis;
    if (intid < 32) {
        return cpu == REF_NO_CPU ? NULL : &gic->irqs[(uint32_t)cpu * 32 + intid];
    }
    if (intid < 32 + config->spis) {
        return &gic->irqs[spis + intid - 32];
    }
    if (intid >= 1056 && intid < 1056 + config->eppis) {
        return cpu == REF_NO_CPU ? NULL
                                 : &gic->irqs[eppis + (uint32_t)cpu * config->eppis + intid - 1056];
    }
    bool extended = intid >= 4096 && intid < 4096 + config->espis;
    return extended ? &gic->irqs[espis + intid - 4096] : NULL;
}

bool ref_pending(const RefIrq *irq)
{
    return irq->latch || (!irq->edge && (irq->wire || irq->message));
}

RefGroup ref_configured_group(const RefGic *gic, const RefIrq *irq)
{
    if (irq->group_bit) {
        return REF_G1NS;
    }
    return irq->mod_bit && !gic->ds ? REF_G1S : REF_G0;
}

/* A PE without EL3 is Non-secure and knows no Secure Group 1. */
static RefGroup presented_group(const RefGic *gic, const RefIrq *irq)
{
    RefGroup group = ref_configured_group(gic, irq);
    return group == REF_G1S && !gic->config.el3 ? REF_G0 : group;
}

bool ref_is_nmi(const RefGic *gic, const RefIrq *irq)
{
    return irq->nmi && !irq->lpi && presented_group(gic, irq) != REF_G0;
}

uint8_t ref_nmi_priority(const RefGic *gic, RefGroup group)
{
    return group == REF_G1NS && !gic->ds ? 0x80 : 0;
}

uint8_t ref_priority(const RefGic *gic, const RefIrq *irq)
{
    return ref_is_nmi(gic, irq) ? ref_nmi_priority(gic, presented_group(gic, irq)) : irq->priority;
}

static bool interface_enables(const RefCpu *cpu, RefGroup group)
{
    switch (group) {
    case REF_G0:
        return cpu->igrpen0;
    case REF_G1S:
        return cpu->igrpen1[REF_BANK_S];
    default:
        return cpu->igrpen1[REF_BANK_NS];
    }
}

static bool takes_part(const RefGic *gic, int cpu, RefGroup group)
{
    const RefCpu *c = &gic->cpu[cpu];
    if (gic->config.hold_while_asleep && c->asleep && !gic->e1nwf) {
        return false;
    }
    return interface_enables(c, group) && !c->dpg[group];
}

/* Each interrupt goes round on its own. */
static int choose_one_of_n(RefGic *gic, RefIrq *irq, RefGroup group)
{
    for (uint32_t step = 1; step <= gic->cpus; step++) {
        int cpu = (irq->last_chosen + (int)step) % (int)gic->cpus;
        if (takes_part(gic, cpu, group)) {
            irq->last_chosen = cpu;
            gic->count[REF_ONE_OF_N_CHOSEN]++;
            return cpu;
        }
    }
    return REF_NO_CPU;
}

static int cpu_of_affinity(const RefGic *gic, uint64_t route)
{
    for (uint32_t i = 0; i < gic->cpus; i++) {
        if (gic->cpu[i].affinity == (route & 0xFF00FFFFFF)) {
            return (int)i;
        }
    }
    return REF_NO_CPU;
}

bool ref_one_of_n(const RefGic *gic, const RefIrq *irq)
{
    return irq->owner == REF_NO_CPU && !irq->lpi && !gic->config.no_one_of_n &&
           (irq->route >> 31 & 1);
}

static int one_of_n_target(RefGic *gic, RefIrq *irq, bool wants)
{
    RefGroup group = presented_group(gic, irq);
    if (!wants) {
        irq->chosen = REF_NO_CPU;
    } else if (irq->chosen == REF_NO_CPU || !takes_part(gic, irq->chosen, group)) {
        bool moves = irq->chosen != REF_NO_CPU;
        irq->chosen = choose_one_of_n(gic, irq, group);
        gic->count[REF_ONE_OF_N_MOVED] += moves && irq->chosen != REF_NO_CPU;
        gic->count[REF_ONE_OF_N_WAITED] += irq->chosen == REF_NO_CPU;
    }
    return irq->chosen;
}

RefIrq *ref_irq_at(const RefGic *gic, uint32_t index)
{
    if (index < gic->irq_count) {
        return &gic->irqs[index];
    }
    index -= gic->irq_count;
    return index < gic->lpi_count ? gic->lpis[index] : NULL;
}

static void look_at(RefGic *gic, RefIrq *irq)
{
    if (irq->lpi) {
        ref_lpi_configuration(gic, irq);
    }
    bool wants = irq->enabled && ref_pending(irq) && !irq->active;
    int target = irq->owner;
    if (irq->lpi) {
        target = irq->latch ? irq->home : REF_NO_CPU;
    } else if (ref_one_of_n(gic, irq)) {
        target = one_of_n_target(gic, irq, wants);
    } else if (irq->owner == REF_NO_CPU) {
        target = cpu_of_affinity(gic, irq->route);
        irq->chosen = wants ? target : REF_NO_CPU; /* where 1-of-N finds it, if set now */
        irq->last_chosen = -1;
        gic->count[REF_ROUTED_NOWHERE] += wants && target == REF_NO_CPU && irq->target != target;
    }
    bool candidate = wants && target != REF_NO_CPU;
    RefGroup group = presented_group(gic, irq);
    uint8_t priority = ref_priority(gic, irq);
    bool nmi = ref_is_nmi(gic, irq);
    bool was = irq->candidate && candidate;
    gic->count[REF_GROUP_CHANGED_PENDING] += was && irq->group != group;
    gic->count[REF_PRIORITY_CHANGED_PENDING] += was && irq->seen_priority != priority;
    gic->count[REF_ROUTE_CHANGED_PENDING] += was && irq->target != target;
    bool same = irq->candidate == candidate && irq->target == target && irq->group == group &&
                irq->seen_priority == priority && irq->seen_nmi == nmi;
    if (candidate && !same) {
        irq->stamp = ++gic->stamps;
    }
    irq->candidate = candidate;
    irq->target = target;
    irq->group = group;
    irq->seen_priority = priority;
    irq->seen_nmi = nmi;
}

void ref_look(RefGic *gic)
{
    RefIrq *irq;
    for (uint32_t i = 0; (irq = ref_irq_at(gic, i)); i++) {
        look_at(gic, irq);
    }
}

static bool asleep(const RefGic *gic, const RefCpu *cpu)
{
    return gic->config.hold_while_asleep && cpu->asleep;
}

static bool comes_before(const RefIrq *a, const RefIrq *b)
{
    if (a->seen_priority != b->seen_priority) {
        return a->seen_priority < b->seen_priority;
    }
    if (a->seen_nmi != b->seen_nmi) {
        return a->seen_nmi;
    }
    return a->group != b->group ? a->group < b->group : a->stamp < b->stamp;
}

RefIrq *ref_hppi(const RefGic *gic, uint32_t cpu)
{
    RefIrq *best = NULL, *irq;
    if (asleep(gic, &gic->cpu[cpu])) {
        return NULL;
    }
    for (uint32_t i = 0; (irq = ref_irq_at(gic, i)); i++) {
        if (irq->candidate && irq->target == (int)cpu && gic->enable[irq->group] &&
            interface_enables(&gic->cpu[cpu], irq->group) && (!best || comes_before(irq, best))) {
            best = irq;
        }
    }
    return best;
}

static uint8_t lowest_active(const RefGic *gic, const uint32_t *ap)
{
    for (uint32_t i = 0; i < 128; i++) {
        if (ap[i / 32] >> (i % 32) & 1) {
            return (uint8_t)(i << (8 - ref_preemption_bits(gic)));
        }
    }
    return 0xFF;
}

uint8_t ref_running_priority(const RefGic *gic, const RefCpu *cpu)
{
    const uint8_t active[] = {
        lowest_active(gic, cpu->ap0r),
        lowest_active(gic, cpu->ap1r[REF_BANK_S]),
        lowest_active(gic, cpu->ap1r[REF_BANK_NS]),
        cpu->nmi_active[REF_BANK_S] ? ref_nmi_priority(gic, REF_G1S) : 0xFF,
        cpu->nmi_active[REF_BANK_NS] ? ref_nmi_priority(gic, REF_G1NS) : 0xFF,
    };
    uint8_t running = 0xFF;
    for (size_t i = 0; i < sizeof(active); i++) {
        running = active[i] < running ? active[i] : running;
    }
    return running;
}

uint8_t ref_group_mask(const RefGic *gic, const RefCpu *cpu, RefGroup group)
{
    (void)gic;
    if (group == REF_G0 || (group == REF_G1S && cpu->cbpr[REF_BANK_S]) ||
        (group == REF_G1NS && cpu->cbpr[REF_BANK_NS])) {
        return (uint8_t)(0xFFu << (cpu->bpr0 + 1));
    }
    if (group == REF_G1S) {
        return (uint8_t)(0xFFu << (cpu->bpr1[REF_BANK_S] + 1));
    }
    return (uint8_t)(0xFFu << cpu->bpr1[REF_BANK_NS]);
}

bool ref_masked(const RefGic *gic, const RefCpu *cpu, const RefIrq *irq, bool secure)
{
    if (!ref_is_nmi(gic, irq)) {
        return irq->priority >= cpu->pmr;
    }
    bool nonsecure = !gic->ds && irq->group == REF_G1NS;
    return nonsecure && (cpu->pmr < 0x80 || (secure && cpu->pmr == 0x80));
}

bool ref_signals(const RefGic *gic, uint32_t cpu, const RefIrq *irq, bool secure)
{
    const RefCpu *c = &gic->cpu[cpu];
    if (ref_masked(gic, c, irq, secure)) {
        return false;
    }
    uint8_t running = ref_running_priority(gic, c);
    uint8_t mask = ref_group_mask(gic, c, irq->group);
    uint8_t priority = ref_priority(gic, irq);
    if (running == 0xFF || (priority & mask) < (running & mask)) {
        return true;
    }
    int bank = irq->group == REF_G1S ? REF_BANK_S : REF_BANK_NS;
    return ref_is_nmi(gic, irq) && (priority & mask) == (running & mask) && !c->nmi_active[bank];
}

bool ref_executes_securely(const RefGic *gic, const RefCpu *cpu)
{
    return gic->config.el3 && (cpu->state.el == 3 || !(cpu->state.space & 1));
}

static VgicLine line_of(const RefGic *gic, const RefCpu *cpu, RefGroup group)
{
    bool el3 = gic->config.el3 && cpu->state.el == 3;
    bool secure = ref_executes_securely(gic, cpu);
    if (group == REF_G0) {
        return VGIC_LINE_FIQ;
    }
    if (gic->ds) {
        return VGIC_LINE_IRQ;
    }
    if (group == REF_G1S) {
        return secure && (!el3 || cpu->state.aarch32) ? VGIC_LINE_IRQ : VGIC_LINE_FIQ;
    }
    return secure ? VGIC_LINE_FIQ : VGIC_LINE_IRQ;
}

static bool wants_waking(const RefGic *gic, uint32_t cpu)
{
    const RefIrq *irq;
    for (uint32_t i = 0; (irq = ref_irq_at(gic, i)); i++) {
        if (irq->candidate && irq->target == (int)cpu && gic->enable[irq->group]) {
            return true;
        }
    }
    return false;
}

static uint32_t physical_lines(const RefGic *gic, uint32_t n)
{
    const RefCpu *cpu = &gic->cpu[n];
    if (asleep(gic, cpu)) {
        return wants_waking(gic, n) ? VGIC_LINE_WAKE : 0;
    }
    const RefIrq *best = ref_hppi(gic, n);
    if (!best || !ref_signals(gic, n, best, ref_executes_securely(gic, cpu))) {
        return 0;
    }
    VgicLine line = line_of(gic, cpu, best->group);
    return line == VGIC_LINE_IRQ && ref_is_nmi(gic, best) ? VGIC_LINE_NMI : line;
}

uint32_t ref_cpu_lines(const RefGic *gic, uint32_t cpu)
{
    return cpu < gic->cpus ? physical_lines(gic, cpu) | ref_virtual_lines(gic, cpu) : 0;
}

static bool set_wire(RefGic *gic, RefIrq *irq, bool level, bool pulse)
{
    if (!irq) {
        return false;
    }
    if (level && !irq->wire && irq->edge) {
        irq->latch = true;
    }
    irq->wire = level && !pulse;
    ref_look(gic);
    return true;
}

static RefIrq *ppi(const RefGic *gic, uint32_t cpu, uint32_t intid)
{
    RefIrq *irq = cpu < gic->cpus ? ref_irq(gic, (int)cpu, intid) : NULL;
    bool taken = gic->config.maintenance_intid && intid == gic->config.maintenance_intid;
    return irq && irq->owner != REF_NO_CPU && intid >= 16 && !taken ? irq : NULL;
}

bool ref_spi_set_level(RefGic *gic, uint32_t intid, bool level)
{
    return set_wire(gic, ref_irq(gic, REF_NO_CPU, intid), level, false);
}

bool ref_spi_pulse(RefGic *gic, uint32_t intid)
{
    return set_wire(gic, ref_irq(gic, REF_NO_CPU, intid), true, true);
}

void ref_maintenance(RefGic *gic, uint32_t cpu)
{
    uint32_t intid = gic->config.maintenance_intid;
    RefIrq *irq = intid ? ref_irq(gic, (int)cpu, intid) : NULL;
    bool level = ref_virtual_lines(gic, cpu) & VGIC_LINE_MAINTENANCE;
    if (irq && irq->wire != level) {
        set_wire(gic, irq, level, false);
    }
}

bool ref_ppi_set_level(RefGic *gic, uint32_t cpu, uint32_t intid, bool level)
{
    return set_wire(gic, ppi(gic, cpu, intid), level, false);
}

bool ref_ppi_pulse(RefGic *gic, uint32_t cpu, uint32_t intid)
{
    return set_wire(gic, ppi(gic, cpu, intid), true, true);
}

void ref_cpu_set_state(RefGic *gic, uint32_t cpu, const VgicCpuState *state)
{
    if (cpu < gic->cpus) {
        gic->cpu[cpu].state = *state;
    }
}

bool ref_irq_info(const RefGic *gic, uint32_t cpu, uint32_t intid, VgicIrqInfo *info)
{
    const RefIrq *irq = cpu < gic->cpus ? ref_irq(gic, (int)cpu, intid) : NULL;
    irq = irq ? irq : ref_lpi(gic, intid);
    if (!irq) {
        return false;
    }
    bool best = irq->target != REF_NO_CPU && ref_hppi(gic, (uint32_t)irq->target) == irq;
    bool signals = best && ref_signals(gic, (uint32_t)irq->target, irq,
                                       ref_executes_securely(gic, &gic->cpu[irq->target]));
    *info = (VgicIrqInfo){
        .intid = intid,
        .target = irq->target == REF_NO_CPU ? UINT32_MAX : (uint32_t)irq->target,
        .priority = irq->priority,
        .group = (uint8_t)irq->group,
        .enabled = irq->enabled,
        .pending = ref_pending(irq),
        .active = irq->active,
        .level = !irq->edge,
        .latch = irq->latch,
        .wire = irq->wire,
        .one_of_n = ref_one_of_n(gic, irq),
        .held_by = signals ? NULL : "something",
    };
    return true;
}

static void reset_interface(RefGic *gic, RefCpu *cpu)
{
    uint8_t minimum = (uint8_t)(7 - ref_preemption_bits(gic));
    RefCpu fresh = {
        .affinity = cpu->affinity,
        .bpr0 = minimum,
        .bpr1 = {minimum, (uint8_t)(minimum + 1)},
        .sre_el3_enable = !gic->config.sre_enable_writable,
        .sre_el2_enable = !gic->config.sre_enable_writable,
        .dpg = {cpu->dpg[0], cpu->dpg[1], cpu->dpg[2]},
        .lpis = cpu->lpis,
        .propbaser = cpu->propbaser,
        .pendbaser = cpu->pendbaser,
        .asleep = cpu->asleep,
        .statusr = {cpu->statusr[0], cpu->statusr[1]},
        .state = {.el = gic->config.el3 ? 3 : 1, .space = gic->config.el3 ? VGIC_S : VGIC_NS},
    };
    *cpu = fresh;
    ref_virtual_reset(gic, &cpu->virtual);
}

void ref_cpu_reset(RefGic *gic, uint32_t cpu)
{
    if (cpu < gic->cpus) {
        reset_interface(gic, &gic->cpu[cpu]);
        gic->count[REF_RESET_CPU]++;
        ref_maintenance(gic, cpu);
        ref_look(gic);
    }
}

static void reset_all(RefGic *gic, VgicReset kind)
{
    for (uint32_t i = 0; i < gic->irq_count; i++) {
        RefIrq old = gic->irqs[i];
        gic->irqs[i] = (RefIrq){
            .intid = old.intid,
            .owner = old.owner,
            .edge = old.intid < 16,
            .wire = kind == VGIC_RESET_WARM && old.wire,
            .target = REF_NO_CPU,
            .chosen = REF_NO_CPU,
            .last_chosen = -1,
        };
    }
    for (uint32_t i = 0; i < gic->cpus; i++) {
        RefCpu *cpu = &gic->cpu[i];
        memset(cpu->dpg, 0, sizeof(cpu->dpg));
        memset(cpu->statusr, 0, sizeof(cpu->statusr));
        cpu->asleep = true;
        reset_interface(gic, cpu);
    }
    memset(gic->enable, 0, sizeof(gic->enable));
    memset(gic->statusr, 0, sizeof(gic->statusr));
    gic->ds = gic->config.security_states == 1;
    gic->e1nwf = false;
    ref_lpi_reset(gic);
    ref_its_reset(gic);
    for (uint32_t i = 0; i < gic->cpus; i++) {
        ref_maintenance(gic, i);
    }
    ref_look(gic);
}

void ref_reset(RefGic *gic, VgicReset kind)
{
    gic->count[kind == VGIC_RESET_COLD ? REF_RESET_COLD : REF_RESET_WARM]++;
    reset_all(gic, kind);
}

void ref_act_as_firmware(RefGic *gic)
{
    for (uint32_t i = 0; i < gic->irq_count && gic->config.security_states == 2; i++) {
        gic->irqs[i].group_bit = true;
    }
    for (uint32_t i = 0; i < gic->cpus; i++) {
        gic->cpu[i].asleep = false;
    }
    ref_look(gic);
}

static void add_irqs(RefGic *gic, int owner, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        gic->irqs[gic->irq_count++] = (RefIrq){.intid = first + i, .owner = owner};
    }
}

static void fill_defaults(VgicConfig *config)
{
    VgicItsOptions *its = &config->its_options;
    config->security_states = config->security_states ? config->security_states : 1;
    config->priority_bits = config->priority_bits ? config->priority_bits : 5;
    config->iidr = config->iidr ? config->iidr : 0x5600043B;
    VgicIchOptions *ich = &config->ich_options;
    ich->list_registers = ich->list_registers ? ich->list_registers : 4;
    ich->priority_bits = ich->priority_bits ? ich->priority_bits : 5;
    uint32_t most = ich->priority_bits < 7 ? ich->priority_bits : 7;
    ich->preemption_bits = ich->preemption_bits ? ich->preemption_bits : most;
    ich->intid_bits = ich->intid_bits ? ich->intid_bits : 24;
    its->device_bits = its->device_bits ? its->device_bits : 16;
    its->event_bits = its->event_bits ? its->event_bits : 16;
    its->iidr = its->iidr ? its->iidr : 0x5600043B;
    its->slice = its->slice ? its->slice : 64;
}

RefGic *ref_new(const VgicConfig *config, Memory *memory, uint64_t *count)
{
    RefGic *gic = calloc(1, sizeof(*gic));
    gic->config = *config;
    fill_defaults(&gic->config);
    gic->memory = memory;
    gic->cpus = config->cpus;
    gic->count = count;
    gic->chunks = calloc((1u << VGIC_MAX_LPI_BITS) / REF_LPI_CHUNK, sizeof(*gic->chunks));
    gic->irqs =
        calloc(gic->cpus * (32 + config->eppis) + config->spis + config->espis, sizeof(*gic->irqs));
    for (uint32_t i = 0; i < gic->cpus; i++) {
        gic->cpu[i].affinity =
            config->affinities ? config->affinities[i] & 0xFF00FFFFFF : (i % 16) | (i / 16) << 8;
    }
    for (uint32_t i = 0; i < gic->cpus; i++) {
        add_irqs(gic, (int)i, 0, 32);
    }
    add_irqs(gic, REF_NO_CPU, 32, config->spis);
    for (uint32_t i = 0; i < gic->cpus; i++) {
        add_irqs(gic, (int)i, 1056, config->eppis);
    }
    add_irqs(gic, REF_NO_CPU, 4096, config->espis);
    reset_all(gic, VGIC_RESET_COLD);
    return gic;
}

void ref_free(RefGic *gic)
{
    if (gic) {
        ref_lpi_reset(gic);
        free(gic->chunks);
        free(gic->irqs);
        free(gic);
    }
}
