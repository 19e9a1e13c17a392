/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts, who gets which, output lines, wires and resets. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

/* The address space in which the domain's frames and tables are. */
VgicSpace ref5_space(const Ref *ref, uint8_t domain)
{
    switch (domain) {
    case SECURE:
        return VGIC_S;
    case EL3:
        return ref5_has(ref, REALM) ? VGIC_ROOT : VGIC_S;
    case REALM:
        return VGIC_REALM;
    default:
        return VGIC_NS;
    }
}

bool ref5_has(const Ref *ref, uint8_t domain)
{
    return ref->domains >> domain & 1;
}

bool ppi_pending5(const Ppi *ppi)
{
    return ppi->edge ? ppi->latch : ppi->wire;
}

int pe_with5(const Ref *ref, uint16_t iaffid)
{
    for (uint32_t i = 0; i < ref->cpus; i++) {
        if (ref->pe[i].iaffid == iaffid) {
            return (int)i;
        }
    }
    return R5_NOBODY;
}

static bool irsen(const Ref *ref, const Pe *pe, uint8_t domain)
{
    return ref->irs[pe->irs].domain[domain].irsen;
}

static bool participates(const Ref *ref, int pe, uint8_t domain)
{
    const Pe *p = &ref->pe[pe];
    return !p->dps[domain] && p->en[domain] && irsen(ref, p, domain);
}

/* Round robin, after the PE chosen last for this interrupt. */
static int choose(Ref *ref, Irq *irq)
{
    for (uint32_t step = 1; step <= ref->cpus; step++) {
        int pe = (irq->last + (int)step) % (int)ref->cpus;
        if (participates(ref, pe, irq->domain)) {
            count5(ref, irq->last == R5_NOBODY ? COUNT_ONE_OF_N_CHOSEN : COUNT_ONE_OF_N_MOVED);
            irq->last = pe;
            return pe;
        }
        if (ref->pe[pe].dps[irq->domain]) {
            count5(ref, COUNT_DPS_HOLDS);
        }
    }
    count5(ref, COUNT_ONE_OF_N_WAITED);
    return R5_NOBODY;
}

static int target_of(Ref *ref, Irq *irq)
{
    if (!irq->one_of_n) {
        return pe_with5(ref, irq->iaffid);
    }
    bool stays = irq->candidate && irq->pe != R5_NOBODY && participates(ref, irq->pe, irq->domain);
    return stays ? irq->pe : choose(ref, irq);
}

static void settle_irq(Ref *ref, Irq *irq)
{
    bool candidate = irq->pending && irq->enabled && !irq->active;
    int pe = candidate ? target_of(ref, irq) : R5_NOBODY;
    if (irq->one_of_n && candidate) {
        irq->home = pe;
    } else if (!irq->one_of_n && !irq->active) { /* else it stays where it was taken */
        irq->home = irq->last = pe_with5(ref, irq->iaffid);
    }
    bool stays = irq->candidate && pe == irq->pe && irq->at_priority == irq->priority &&
                 irq->at_domain == irq->domain;
    if (candidate && !stays) {
        irq->order = ++ref->next_order;
        if (irq->candidate) {
            count5(ref, irq->at_domain != irq->domain       ? COUNT_DOMAIN_CHANGED
                        : irq->at_priority != irq->priority ? COUNT_PRIORITY_CHANGED
                                                            : COUNT_TARGET_CHANGED);
        }
        if (pe == R5_NOBODY) {
            count5(ref, COUNT_TARGET_NOBODY);
        }
    }
    irq->candidate = candidate;
    irq->pe = pe;
    irq->at_priority = irq->priority;
    irq->at_domain = irq->domain;
}

void settle5(Ref *ref)
{
    for (uint32_t i = 0; i < ref->spi_count; i++) {
        settle_irq(ref, &ref->spi[i]);
    }
    for (uint32_t domain = 0; domain < R5_DOMAINS; domain++) {
        for (uint32_t i = 0; i < ref->ist[domain].count; i++) {
            settle_irq(ref, &ref->ist[domain].lpi[i]);
        }
    }
}

static void change(Irq *irq, Event event)
{
    irq->pending = event != CLEAR;
    if (event != CLEAR) {
        irq->level = event == SET_LEVEL;
    }
}

void event5(Ref *ref, Irq *irq, Event event)
{
    change(irq, event);
    settle5(ref);
}

/* What the present level of a wire says by itself. */
Event level_event5(bool tm, bool level, bool *none)
{
    *none = !level && !tm;
    return !level ? CLEAR : tm ? SET_LEVEL : SET_EDGE;
}

static void consider_ppis(const Ref *ref, const Pe *pe, uint8_t domain, Hppi *best)
{
    (void)ref;
    for (uint32_t i = 0; i < R5_PPIS; i++) {
        const Ppi *ppi = &pe->ppi[i];
        if (ppi->present && ppi->domain == domain && ppi->enabled && !ppi->active &&
            ppi_pending5(ppi) && (!best->valid || ppi->priority < best->priority)) {
            *best = (Hppi){true, VGIC_V5_PPI(i), ppi->priority, NULL};
        }
    }
}

/* Of the SPIs and LPIs; `ties` counts those that are as good. */
static void consider_irq(Irq *irq, int pe, uint8_t domain, Irq **best, uint32_t *ties)
{
    if (!irq->candidate || irq->pe != pe || irq->domain != domain) {
        return;
    }
    if (*best && irq->priority == (*best)->priority) {
        ++*ties;
    }
    if (!*best || irq->priority < (*best)->priority ||
        (irq->priority == (*best)->priority && irq->order < (*best)->order)) {
        *best = irq;
    }
}

Hppi ref5_hppi(Ref *ref, uint32_t cpu, uint8_t domain)
{
    const Pe *pe = &ref->pe[cpu];
    Hppi best = {0};
    if (!pe->en[domain]) {
        return best;
    }
    consider_ppis(ref, pe, domain, &best);
    if (!irsen(ref, pe, domain)) {
        return best;
    }
    Irq *irq = NULL;
    uint32_t ties = 0;
    for (uint32_t i = 0; i < ref->spi_count; i++) {
        consider_irq(&ref->spi[i], (int)cpu, domain, &irq, &ties);
    }
    for (uint32_t i = 0; i < ref->ist[domain].count; i++) {
        consider_irq(&ref->ist[domain].lpi[i], (int)cpu, domain, &irq, &ties);
    }
    if (irq && best.valid && irq->priority == best.priority) {
        count5(ref, COUNT_ACK_PPI_BEFORE_EQUAL);
    }
    if (irq && (!best.valid || irq->priority < best.priority)) {
        best = (Hppi){true, (uint32_t)irq->type << 29 | irq->id, irq->priority, irq};
        if (ties) {
            count5(ref, COUNT_ACK_BY_ARRIVAL);
        }
    }
    return best;
}

static uint32_t running(const Pe *pe, uint8_t domain)
{
    return pe->apr[domain] ? (uint32_t)__builtin_ctz(pe->apr[domain]) : 32;
}

bool ref5_sufficient(const Ref *ref, uint32_t cpu, uint8_t domain, const Hppi *hppi)
{
    const Pe *pe = &ref->pe[cpu];
    return hppi->valid && hppi->priority < running(pe, domain) && hppi->priority <= pe->pcr[domain];
}

/* Does the domain's interrupt preempt, whatever the PE executes? */
static bool is_fiq(Ref *ref, uint32_t cpu, uint8_t domain)
{
    const Pe *pe = &ref->pe[cpu];
    Hppi hppi = ref5_hppi(ref, cpu, domain);
    if (!ref5_sufficient(ref, cpu, domain, &hppi)) {
        return false;
    }
    if (pe->pid[domain]) {
        count5(ref, COUNT_PID_HOLDS);
        return false;
    }
    if (domain != EL3 && hppi.priority >= pe->ippt[domain]) {
        count5(ref, COUNT_IPPT_HOLDS);
        return false;
    }
    return true;
}

static uint32_t lines_of(Ref *ref, uint32_t cpu)
{
    const uint8_t current = ref->pe[cpu].current;
    for (uint8_t domain = 0; domain < R5_DOMAINS && ref->el3; domain++) {
        bool other = domain != current || domain == EL3;
        if (ref5_has(ref, domain) && other && is_fiq(ref, cpu, domain)) {
            count5(ref, domain == current ? COUNT_FIQ_AT_EL3 : COUNT_FIQ_OTHER_DOMAIN);
            return VGIC_LINE_FIQ;
        }
    }
    Hppi hppi = ref5_hppi(ref, cpu, current);
    if (current == EL3 || !ref5_sufficient(ref, cpu, current, &hppi)) {
        return 0;
    }
    return hppi.priority == 0 && ref->config.nmi ? VGIC_LINE_NMI : VGIC_LINE_IRQ;
}

uint32_t ref5_lines(const Ref *ref, uint32_t cpu)
{
    /* counting is all that looking changes */
    uint32_t lines = lines_of((Ref *)ref, cpu);
    ref->count[COUNT_LINE_IRQ] += lines == VGIC_LINE_IRQ;
    ref->count[COUNT_LINE_FIQ] += lines == VGIC_LINE_FIQ;
    ref->count[COUNT_LINE_NMI] += lines == VGIC_LINE_NMI;
    return lines;
}

/* Wires */

void spi_wire5(Ref *ref, Irq *spi, bool level)
{
    bool none;
    Event event = level_event5(spi->tm, level, &none);
    if (!none) {
        count5(ref, event == SET_EDGE    ? COUNT_SPI_EDGE
                    : event == SET_LEVEL ? COUNT_SPI_LEVEL
                                         : COUNT_SPI_CLEAR);
        change(spi, event);
    }
}

static void drive(Ref *ref, Irq *spi, bool level)
{
    if (spi->wire != level) {
        spi->wire = level;
        spi_wire5(ref, spi, level);
    }
}

bool ref5_spi_set_level(Ref *ref, uint32_t id, bool level)
{
    if (id >= ref->spi_count) {
        return false;
    }
    drive(ref, &ref->spi[id], level);
    settle5(ref);
    return true;
}

/* One event: nobody sees the wire high. */
bool ref5_spi_pulse(Ref *ref, uint32_t id)
{
    if (id >= ref->spi_count) {
        return false;
    }
    drive(ref, &ref->spi[id], true);
    drive(ref, &ref->spi[id], false);
    settle5(ref);
    return true;
}

bool ref5_ppi_set_level(Ref *ref, uint32_t cpu, uint32_t id, bool level)
{
    if (cpu >= ref->cpus || id >= R5_PPIS || !ref->pe[cpu].ppi[id].present) {
        return false;
    }
    Ppi *ppi = &ref->pe[cpu].ppi[id];
    if (ppi->edge && level && !ppi->wire) {
        ppi->latch = true;
        count5(ref, COUNT_PPI_EDGE);
    }
    ppi->wire = level;
    return true;
}

bool ref5_ppi_pulse(Ref *ref, uint32_t cpu, uint32_t id)
{
    return ref5_ppi_set_level(ref, cpu, id, true) && ref5_ppi_set_level(ref, cpu, id, false);
}

void ref5_set_state(Ref *ref, uint32_t cpu, const VgicCpuState *state)
{
    if (ref->el3) {
        ref->pe[cpu].current = state->el == 3 ? EL3 : state->space;
    }
}

bool ref5_irq_info(const Ref *ref, uint32_t cpu, uint32_t intid, VgicIrqInfo *info)
{
    uint32_t id = intid & 0xFFFFFF;
    memset(info, 0, sizeof(*info));
    info->intid = intid;
    info->target = UINT32_MAX;
    if (intid >> 29 == TYPE_PPI) {
        if (id >= R5_PPIS || !ref->pe[cpu].ppi[id].present) {
            return false;
        }
        const Ppi *ppi = &ref->pe[cpu].ppi[id];
        info->target = cpu;
        info->priority = ppi->priority;
        info->group = ppi->domain;
        info->enabled = ppi->enabled;
        info->pending = ppi_pending5(ppi);
        info->active = ppi->active;
        info->level = !ppi->edge;
        info->wire = ppi->wire;
        return true;
    }
    const Irq *irq = NULL;
    if (intid >> 29 == TYPE_SPI) {
        irq = id < ref->spi_count ? &ref->spi[id] : NULL;
    } else if (intid >> 29 == TYPE_LPI) {
        irq = ref5_cached_lpi((Ref *)ref, (uint8_t)((intid >> 24 & 3) ^ 1), id);
    }
    if (!irq) {
        return false;
    }
    int target = irq->one_of_n ? irq->pe : pe_with5(ref, irq->iaffid);
    info->target = target == R5_NOBODY ? UINT32_MAX : (uint32_t)target;
    info->priority = irq->priority;
    info->group = irq->domain;
    info->enabled = irq->enabled;
    info->pending = irq->pending;
    info->active = irq->active;
    info->level = irq->level;
    info->wire = irq->wire;
    info->one_of_n = irq->one_of_n;
    return true;
}

/* Resets */

static void reset_pe(Ref *ref, Pe *pe)
{
    for (uint32_t domain = 0; domain < R5_DOMAINS; domain++) {
        pe->apr[domain] = 0;
        pe->pcr[domain] = 0;
        pe->en[domain] = pe->pid[domain] = false;
        pe->ippt[domain] = ref->el3 ? 32 : 0;
    }
    pe->cr0_el3_pid = 0;
    pe->icsr = 0;
    pe->current = ref->el3 ? EL3 : NONSECURE;
    for (uint32_t i = 0; i < R5_PPIS; i++) {
        Ppi *ppi = &pe->ppi[i];
        ppi->enabled = ppi->active = ppi->latch = false;
        ppi->priority = 0;
        ppi->domain = ref->el3 ? SECURE : NONSECURE;
    }
}

void ref5_cpu_reset(Ref *ref, uint32_t cpu)
{
    reset_pe(ref, &ref->pe[cpu]);
    settle5(ref);
}

static void reset_its(Its *its)
{
    memset(its->domain, 0, sizeof(its->domain));
    its->count = 0;
}

void ref5_reset(Ref *ref, VgicReset kind)
{
    for (uint32_t i = 0; i < ref->cpus; i++) {
        Pe *pe = &ref->pe[i];
        reset_pe(ref, pe);
        memset(pe->dps, 0, sizeof(pe->dps));
        for (uint32_t p = 0; p < R5_PPIS && kind == VGIC_RESET_COLD; p++) {
            pe->ppi[p].wire = false;
        }
    }
    for (uint32_t i = 0; i < ref->irs_count; i++) {
        memset(ref->irs[i].domain, 0, sizeof(ref->irs[i].domain));
    }
    for (uint32_t i = 0; i < ref->spi_count; i++) {
        bool wire = ref->spi[i].wire && kind == VGIC_RESET_WARM;
        ref->spi[i] = (Irq){.id = i,
                            .type = TYPE_SPI,
                            .domain = ref->el3 ? EL3 : NONSECURE,
                            .wire = wire,
                            .pe = R5_NOBODY,
                            .last = R5_NOBODY,
                            .home = R5_NOBODY};
    }
    for (uint32_t domain = 0; domain < R5_DOMAINS; domain++) {
        ist_forget5(&ref->ist[domain]);
        ref->ist[domain].addr = 0;
        ref->ist[domain].cfgr = 0;
    }
    for (uint32_t i = 0; i < ref->its_count; i++) {
        reset_its(&ref->its[i]);
    }
    for (uint32_t i = 0; i < ref->iwb_count; i++) {
        for (uint32_t w = 0; w < ref->iwb[i].wires && kind == VGIC_RESET_COLD; w++) {
            ref->iwb[i].wire[w].level = false;
        }
        iwb_reset5(ref, &ref->iwb[i]);
    }
    settle5(ref);
}

void ref5_act_as_firmware(Ref *ref)
{
    for (uint32_t i = 0; i < ref->spi_count; i++) {
        ref->spi[i].domain = NONSECURE;
    }
    for (uint32_t i = 0; i < ref->cpus; i++) {
        for (uint32_t p = 0; p < R5_PPIS; p++) {
            ref->pe[i].ppi[p].domain = NONSECURE;
        }
    }
    for (uint32_t i = 0; i < ref->iwb_count; i++) {
        iwb_act_as_firmware5(ref, &ref->iwb[i]);
    }
    settle5(ref);
    ref->rules = 0; /* the guest did nothing */
}

/* Making one */

/* The PPIs that a PE has unless the configuration says otherwise. */
static bool is_architected(uint32_t ppi)
{
    return ppi == 3 || ppi == 15 || (ppi >= 19 && ppi <= 31);
}

static void init_ppis(const VgicV5Options *v5, Pe *pe)
{
    bool chosen = v5->ppis[0] || v5->ppis[1];
    for (uint32_t i = 0; i < R5_PPIS; i++) {
        pe->ppi[i].present = chosen ? v5->ppis[i / 64] >> i % 64 & 1 : is_architected(i);
        pe->ppi[i].edge = i == 3 || (v5->edge_ppis[i / 64] >> i % 64 & 1);
    }
}

/* `total` things spread over the IRSs, the first ones one more. */
static uint32_t share(const uint32_t *given, uint32_t total, uint32_t irs_count, uint32_t irs)
{
    return given ? given[irs] : total / irs_count + (irs < total % irs_count);
}

static void init_irss(Ref *ref, const VgicConfig *config)
{
    uint32_t spi = 0, pe = 0;
    for (uint32_t i = 0; i < ref->irs_count; i++) {
        Irs *irs = &ref->irs[i];
        irs->spi_base = spi;
        irs->spi_count = share(config->v5.irs_spis, config->spis, ref->irs_count, i);
        irs->pe_count = share(config->v5.irs_cpus, config->cpus, ref->irs_count, i);
        spi += irs->spi_count;
        for (uint32_t n = 0; n < irs->pe_count; n++, pe++) {
            ref->pe[pe].irs = i;
            ref->pe[pe].iaffid = config->v5.iaffids ? config->v5.iaffids[pe] : (uint16_t)pe;
            init_ppis(&config->v5, &ref->pe[pe]);
        }
    }
}

Ref *ref5_new(const VgicConfig *config, Memory *const *memory, uint64_t *count)
{
    Ref *ref = calloc(1, sizeof(*ref));
    if (!ref) {
        abort();
    }
    ref->config = *config;
    memcpy(ref->memory, memory, sizeof(ref->memory));
    ref->count = count;
    ref->el3 = config->el3;
    uint32_t usual = 1u << NONSECURE | (ref->el3 ? 1u << SECURE | 1u << EL3 : 0);
    ref->domains = config->v5.domains ? config->v5.domains : usual;
    ref->cpus = config->cpus;
    ref->irs_count = config->v5.irs ? config->v5.irs : 1;
    ref->its_count = config->its;
    ref->iwb_count = config->v5.iwbs;
    ref->spi_count = config->spis;
    ref->one_of_n = !config->no_one_of_n;
    uint32_t bits = config->priority_bits ? config->priority_bits : 5;
    ref->priority_mask = 0x1Fu << (5 - bits) & 0x1F;
    init_irss(ref, config);
    for (uint32_t i = 0; i < ref->iwb_count; i++) {
        const VgicIwbOptions *iwb = &config->v5.iwb[i];
        ref->iwb[i].wires = iwb->wires;
        ref->iwb[i].its = iwb->its;
        ref->iwb[i].device = iwb->device;
        ref->iwb[i].starts_disabled = iwb->starts_disabled;
    }
    ref5_reset(ref, VGIC_RESET_COLD);
    return ref;
}

void ref5_free(Ref *ref)
{
    for (uint32_t domain = 0; ref && domain < R5_DOMAINS; domain++) {
        free(ref->ist[domain].lpi);
    }
    for (uint32_t i = 0; ref && i < R5_MAX_ITS; i++) {
        free(ref->its[i].cache);
    }
    free(ref);
}
