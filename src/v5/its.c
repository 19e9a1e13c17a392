/* SPDX-License-Identifier: BSD-2-Clause */
/* The ITSs of a GICv5: created, reset; an event on its way to its LPI [GICv5 5.4]. */
#include "v5/its.h"

#include <vgic/inspect.h>
#include <vgic/its.h>
#include <vgic/registers5.h>

#include "core/error.h"
#include "core/part.h"

/* Software errors [GICv5 5.2]. The first is kept until software writes ITS_SWERR_STATUSR.V. */
static void note_fault(VgicV5ItsDomain *domain, uint32_t device, uint32_t event,
                       const VgicItsFault *fault)
{
    uint64_t status;

    if (!domain->its->gic->v5->software_errors) {
        return;
    }
    vgic_lock(&domain->lock);
    status = atomic_load(&domain->swerr_statusr);
    if (VGIC_GET(status, its_swerr_statusr, V)) {
        status |= VGIC_MASK(its_swerr_statusr, OF);
    } else {
        status = VGIC_MASK(its_swerr_statusr, V) | VGIC_MASK(its_swerr_statusr, S0V) |
                 VGIC_MASK(its_swerr_statusr, S1V) | VGIC_PUT(its_swerr_statusr, EC, fault->code);
        atomic_store(&domain->swerr_syndromer0,
                     VGIC_PUT(its_swerr_syndromer0, EVENT_ID, event) |
                         VGIC_PUT(its_swerr_syndromer0, DEVICE_ID, device));
        atomic_store(&domain->swerr_syndromer1,
                     fault->address & VGIC_MASK(its_swerr_syndromer1, ADDR));
    }
    atomic_store(&domain->swerr_statusr, status);
    vgic_unlock(&domain->lock);
}

/* From the tables; kept if nothing became void since @p generation. */
static VgicRule look_up_tables(VgicV5ItsDomain *domain, uint32_t device, uint32_t event,
                               uint64_t generation, uint64_t *itte)
{
    VgicItsFault fault;
    VgicRule rule = vgic_v5_its_walk(domain, device, event, itte, &fault);

    if (rule == VGIC_RULE_ITS_BUS) {
        note_fault(domain, device, event, &fault);
    }
    if (rule || VGIC_GET(*itte, l2_itte, VIRTUAL)) {
        return rule;
    }
    if (G_UNLIKELY(vgic_cache_is_small(&domain->cache))) {
        vgic_lock(&domain->lock);
        vgic_cache_grow(&domain->cache);
        vgic_unlock(&domain->lock);
    }
    vgic_cache_insert(&domain->cache, device, event,
                      vgic_cache_value((uint32_t)VGIC_GET(*itte, l2_itte, LPI_ID), 0),
                      &domain->generation, generation);
    return VGIC_RULE_NONE;
}

VgicRule vgic_v5_its_look_up(VgicV5ItsDomain *domain, uint32_t device, uint32_t event,
                             uint64_t *itte)
{
    uint64_t generation = atomic_load(&domain->generation), value;

    if (!atomic_load_explicit(&domain->enabled, memory_order_relaxed)) {
        return VGIC_RULE_ITS_DISABLED;
    }
    value = vgic_cache_find(&domain->cache, device, event);
    if (G_LIKELY(value)) {
        *itte = VGIC_PUT(l2_itte, LPI_ID, vgic_cache_intid(value)) | VGIC_MASK(l2_itte, VALID);
        return VGIC_RULE_NONE;
    }
    return look_up_tables(domain, device, event, generation, itte);
}

void vgic_v5_its_forget_all(VgicV5ItsDomain *domain)
{
    vgic_v5_its_count(domain);
    vgic_cache_drop_all(&domain->cache);
    vgic_v5_its_count(domain);
}

/* Events */

/* An event on its way. */
typedef struct Event {
    uint32_t device, event;
    VgicV5Sample *sample; /* NULL: SET_EDGE, an MSI */
    void *data;
    /* what became of it */
    VgicRule rule;
    uint32_t intid; /* as reports have it, UINT32_MAX: not known */
    uint32_t pe;    /* where the LPI was, UINT32_MAX: nowhere */
} Event;

enum {
    TRIES = 100, /* for who invalidates translations over and over */
};

/* The LPI that an event leads to; false: to none. */
static bool find_lpi(VgicV5ItsDomain *domain, Event *event, uint32_t *id)
{
    uint64_t itte;

    event->intid = event->pe = UINT32_MAX;
    event->rule = vgic_v5_its_look_up(domain, event->device, event->event, &itte);
    if (!event->rule && VGIC_GET(itte, l2_itte, VIRTUAL)) {
        event->rule = VGIC_RULE_ITS_MSI; /* there are no VMs */
    }
    if (G_UNLIKELY(event->rule)) {
        return false;
    }
    *id = (uint32_t)VGIC_GET(itte, l2_itte, LPI_ID);
    event->intid = VGIC_V5_LPI_OF(domain->domain, *id);
    return true;
}

/* The lock of the LPI's home is held, and released. */
static void apply_unlock(VgicCpu *home, VgicIrq *irq, Event *event)
{
    VgicV5Event what = event->sample ? event->sample(event->data) : VGIC_EVENT_SET_EDGE;

    event->pe = home->index < home->gic->cpu_count ? home->index : UINT32_MAX;
    if (what == VGIC_EVENT_NONE) {
        vgic_unlock(&home->lock);
        return;
    }
    vgic_v5_apply_event(irq, what);
    vgic_irq_update_unlock(home, irq);
}

/* False: the translation that it went by has become void. */
static bool deliver(VgicV5ItsDomain *domain, Event *event, bool guarded)
{
    uint64_t generation = atomic_load(&domain->generation);
    VgicCpu *home;
    VgicIrq *irq;
    uint32_t id;
    bool stale;

    if (G_UNLIKELY(!find_lpi(domain, event, &id))) {
        return true;
    }
    event->rule = vgic_v5_irq_lock(domain->its->irs, domain->domain, VGIC_V5_LPI(id), &home, &irq);
    stale = guarded && atomic_load(&domain->generation) != generation;
    if (G_LIKELY(!event->rule && !stale)) {
        apply_unlock(home, irq, event);
    } else if (!event->rule) {
        vgic_unlock(&home->lock);
    }
    return !stale;
}

static void trace_event(const VgicV5ItsDomain *domain, const Event *event)
{
    const Vgic *gic = domain->its->gic;
    VgicTrace trace = {
        .kind = VGIC_TRACE_MSI,
        .name = domain->config->name,
        .cpu = event->pe,
        .intid = event->intid,
        .value = event->event,
        .device = event->device,
    };

    gic->host.trace(gic->machine, &trace);
}

VgicRule vgic_v5_its_event(VgicV5Its *its, unsigned domain, uint32_t device, uint32_t event,
                           VgicV5Sample *sample, void *data, uint32_t *intid)
{
    Event on_its_way = {.device = device, .event = event, .sample = sample, .data = data};

    for (uint32_t tries = 0; !deliver(&its->domain[domain], &on_its_way, tries < TRIES); tries++) {
    }
    if (G_UNLIKELY(its->gic->host.trace)) {
        trace_event(&its->domain[domain], &on_its_way);
    }
    *intid = on_its_way.intid;
    return on_its_way.rule;
}

void vgic_v5_its_event_access(VgicAccess *access, VgicV5Its *its, unsigned domain, uint32_t device,
                              uint32_t event)
{
    uint32_t intid;
    VgicRule rule = vgic_v5_its_event(its, domain, device, event, NULL, NULL, &intid);

    if (G_UNLIKELY(rule)) {
        access->device = device;
        access->event = event;
        access->has_event = true;
        vgic_access_report(access, rule, intid);
    }
}

/* Hosts without a bus */

/* What a frame's domain has of the frame's ITS; NULL: it is no frame of an ITS. */
static VgicV5ItsDomain *domain_of(const VgicV5 *v5, const VgicFrame *frame)
{
    VgicV5Its *its = frame->unit;

    return v5->its_count && its >= v5->its && its < v5->its + v5->its_count
               ? &its->domain[frame->domain]
               : NULL;
}

static bool its_is_frame(const Vgic *gic, const VgicFrame *frame)
{
    return domain_of(gic->v5, frame);
}

static void report_event(const VgicV5ItsDomain *domain, uint32_t device, uint32_t event,
                         VgicRule rule, uint32_t intid)
{
    VgicAccess access = {
        .gic = domain->its->gic,
        .offset = ITS_TRANSLATER,
        .size = 4,
        .device = device,
        .event = event,
        .has_event = true,
        .rule = rule,
        .intid = intid,
    };

    vgic_report_access(&access, domain->translate->name, "ITS_TRANSLATER", true, event);
}

static void its_send(Vgic *gic, const VgicFrame *frame, uint32_t device, uint32_t event)
{
    VgicV5ItsDomain *domain = domain_of(gic->v5, frame);
    uint32_t intid;
    VgicRule rule =
        vgic_v5_its_event(domain->its, domain->domain, device, event, NULL, NULL, &intid);

    if (G_UNLIKELY(rule)) {
        report_event(domain, device, event, rule, intid);
    }
}

static bool its_translate(Vgic *gic, const VgicFrame *frame, uint32_t device, uint32_t event,
                          VgicTranslation *translation)
{
    VgicV5ItsDomain *domain = domain_of(gic->v5, frame);
    VgicTranslation found = {.cpu = UINT32_MAX};
    VgicItsFault fault;
    VgicIrqInfo info;
    uint64_t itte;

    if (vgic_v5_its_walk(domain, device, event, &itte, &fault) ||
        VGIC_GET(itte, l2_itte, VIRTUAL)) {
        return false;
    }
    found.intid = VGIC_V5_LPI_OF(domain->domain, VGIC_GET(itte, l2_itte, LPI_ID));
    if (vgic_v5_irq_info(gic, 0, found.intid, &info)) {
        found.cpu = info.target;
    }
    *translation = found;
    return true;
}

static const VgicMsiOps msi_ops = {
    .is_frame = its_is_frame,
    .send = its_send,
    .translate = its_translate,
};

/* Creation and reset */

static bool init_domain(VgicV5Its *its, unsigned number, const VgicConfig *config)
{
    VgicV5ItsDomain *domain = &its->domain[number];
    uint32_t entries = config->its_options.cache_entries;

    domain->its = its;
    domain->domain = number;
    domain->space = vgic_v5_space_of(its->gic->v5, number);
    domain->lock.off = config->single_threaded;
    return vgic_cache_init(&domain->cache, entries ? entries : 1 << 18);
}

static bool init_its(VgicV5Its *its, const VgicConfig *config)
{
    const VgicItsOptions *options = &config->its_options;
    VgicV5 *v5 = its->gic->v5;

    its->irs = &v5->irs[its->index % v5->irs_count];
    its->device_bits = options->device_bits ? options->device_bits : 16;
    its->event_bits = options->event_bits ? options->event_bits : 16;
    its->two_level = !options->flat_tables_only;
    for (unsigned i = 0; i < VGIC_DOMAINS; i++) {
        if (vgic_v5_has_domain(v5, i) && !init_domain(its, i, config)) {
            return false;
        }
    }
    return true;
}

/* "ITS", "ITS1", ..., and the same with @p part behind it. */
static void add_frames(VgicV5Its *its, const char *part, const VgicFrameTable *table)
{
    char *name =
        its->index ? g_strdup_printf("ITS%u%s", its->index, part) : g_strdup_printf("ITS%s", part);

    vgic_v5_add_frames(its->gic, name, table, its);
    g_free(name);
}

static void find_frames(Vgic *gic, const VgicFrameTable *config, const VgicFrameTable *translate)
{
    for (uint32_t i = 0; i < gic->frame_count; i++) {
        const struct VgicFrame *frame = &gic->frames[i];

        if (frame->table == config) {
            domain_of(gic->v5, frame)->config = frame;
        } else if (frame->table == translate) {
            domain_of(gic->v5, frame)->translate = frame;
        }
    }
}

bool vgic_v5_its_init(Vgic *gic, const VgicConfig *config, VgicError **error)
{
    VgicV5 *v5 = gic->v5;
    VgicFrameTable *table, *translate;

    if (!config->its) {
        return true;
    }
    v5->its = g_new0(VgicV5Its, config->its);
    v5->its_count = config->its;
    for (uint32_t i = 0; i < v5->its_count; i++) {
        v5->its[i].gic = gic;
        v5->its[i].index = i;
        if (!init_its(&v5->its[i], config)) {
            return vgic_error_set(error, VGIC_ERROR_MEMORY, "out of memory for %u ITSs",
                                  config->its);
        }
    }
    table = vgic_add_table(gic, vgic_v5_its_rows, vgic_v5_its_row_count, 0x10000);
    translate = vgic_add_table(gic, vgic_v5_translate_rows, vgic_v5_translate_row_count, 0x10000);
    for (uint32_t i = 0; i < v5->its_count; i++) {
        add_frames(&v5->its[i], "", table);
        add_frames(&v5->its[i], "_TRANSLATE", translate);
    }
    find_frames(gic, table, translate);
    gic->msi = &msi_ops;
    return true;
}

void vgic_v5_its_free(Vgic *gic)
{
    VgicV5 *v5 = gic->v5;

    for (uint32_t i = 0; i < v5->its_count; i++) {
        for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
            vgic_cache_free(&v5->its[i].domain[domain].cache);
        }
    }
    g_free(v5->its);
}

static void reset(VgicV5ItsDomain *domain)
{
    vgic_lock(&domain->lock);
    vgic_v5_its_count(domain); /* registers that are half reset translate nothing */
    domain->enabled = false;
    domain->cr1 = 0;
    domain->dt_baser = 0;
    domain->dt_cfgr = 0;
    domain->didr = 0;
    domain->eidr = 0;
    domain->gen_event_didr = 0;
    domain->gen_event_eidr = 0;
    domain->read_event_datar = 0;
    domain->swerr_statusr = 0;
    domain->swerr_syndromer0 = 0;
    domain->swerr_syndromer1 = 0;
    vgic_v5_its_forget_all(domain);
    vgic_unlock(&domain->lock);
}

void vgic_v5_its_reset(Vgic *gic)
{
    VgicV5 *v5 = gic->v5;

    for (uint32_t i = 0; i < v5->its_count; i++) {
        for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
            if (vgic_v5_has_domain(v5, domain)) {
                reset(&v5->its[i].domain[domain]);
            }
        }
    }
}
