/* SPDX-License-Identifier: BSD-2-Clause */
/* An MSI on its way through an ITS to its LPI [6.5, the last paragraph]. */
#include <vgic/its.h>

#include "its/its.h"
#include "v3/lpi.h"

/* What the tables say of the event: a value for the cache. */
static VgicRule walk(VgicIts *its, uint32_t device, uint32_t event, uint64_t *value)
{
    VgicDte dte;
    VgicIte ite;
    VgicRule rule = vgic_its_find(its, device, event, &dte, &ite);

    if (!rule) {
        *value = vgic_cache_value(ite.intid, ite.collection);
    }
    return rule;
}

static VgicRule translate(VgicIts *its, uint32_t device, uint32_t event, uint64_t generation,
                          uint64_t *value)
{
    VgicRule rule;

    *value = vgic_cache_find(&its->cache, device, event);
    if (G_LIKELY(*value)) {
        return VGIC_RULE_NONE;
    }
    rule = walk(its, device, event, value);
    if (rule) {
        return rule;
    }
    if (G_UNLIKELY(vgic_cache_is_small(&its->cache))) {
        vgic_lock(&its->lock);
        vgic_cache_grow(&its->cache);
        vgic_unlock(&its->lock);
    }
    vgic_cache_insert(&its->cache, device, event, *value, &its->generation, generation);
    return VGIC_RULE_NONE;
}

/* The first MSI that no translation was found for is kept until software clears STATUSR.UMSI. */
static void note_unmapped(VgicIts *its, uint32_t device, uint32_t event)
{
    if (!its->umsi) {
        return;
    }
    vgic_lock(&its->lock);
    if (its->statusr & VGIC_MASK(gits_statusr, UMSI)) {
        its->statusr |= (uint32_t)VGIC_MASK(gits_statusr, Overflow);
    } else {
        its->statusr |= (uint32_t)VGIC_MASK(gits_statusr, UMSI);
        its->umsir = VGIC_PUT(gits_umsir, DeviceID, device) | VGIC_PUT(gits_umsir, EventID, event);
    }
    vgic_unlock(&its->lock);
}

static void trace_msi(const VgicIts *its, uint32_t device, uint32_t event, uint32_t intid,
                      const VgicCpu *cpu)
{
    VgicTrace trace = {
        .kind = VGIC_TRACE_MSI,
        .name = its->name,
        .cpu = cpu ? cpu->index : UINT32_MAX,
        .intid = intid,
        .value = event,
        .device = device,
    };

    its->gic->host.trace(its->gic->machine, &trace);
}

/* An LPI that was on its way to @p cpu while a command changed where it belongs: takes it there. If
 * it belongs nowhere now, it stays, as one that was pending before. */
static void follow(VgicIts *its, uint32_t device, uint32_t event, uint32_t intid, VgicCpu *cpu)
{
    for (uint32_t tries = 0; tries < VGIC_LPI_TRIES; tries++) {
        uint64_t generation = vgic_its_generation(its), value;
        VgicCpu *other;

        if (translate(its, device, event, generation, &value) || vgic_cache_intid(value) != intid ||
            vgic_its_collection(its, vgic_cache_collection(value), &other)) {
            return;
        }
        if (other != cpu) {
            vgic_lpi_move(other, intid);
        }
        if (vgic_its_generation(its) == generation) {
            return;
        }
        cpu = other;
    }
}

/* VGIC_LPI_STALE: what was read is no longer so. */
static VgicLpiResult deliver(VgicIts *its, uint32_t device, uint32_t event, bool guarded,
                             VgicRule *rule, uint32_t *intid, VgicCpu **cpu)
{
    VgicLpiGuard guard = {.counter = &its->generation, .value = vgic_its_generation(its)};
    VgicLpiResult result;
    uint64_t value;

    *intid = UINT32_MAX;
    *cpu = NULL;
    *rule =
        its->enabled ? translate(its, device, event, guard.value, &value) : VGIC_RULE_ITS_DISABLED;
    if (*rule) {
        return VGIC_LPI_OK;
    }
    *intid = vgic_cache_intid(value);
    *rule = vgic_its_collection(its, vgic_cache_collection(value), cpu);
    if (*rule) {
        return VGIC_LPI_OK;
    }
    result = vgic_lpi_pend(*cpu, *intid, guarded ? &guard : NULL);
    *rule = vgic_lpi_rule(result);
    if (G_UNLIKELY(result == VGIC_LPI_ARRIVED)) {
        follow(its, device, event, *intid, *cpu);
    }
    return result;
}

/* Whatever is missing, it is an MSI that leads nowhere. */
static VgicRule untranslated(VgicIts *its, uint32_t device, uint32_t event, VgicRule rule)
{
    if (rule != VGIC_RULE_ITS_DEVICE && rule != VGIC_RULE_ITS_EVENT &&
        rule != VGIC_RULE_ITS_COLLECTION) {
        return rule;
    }
    note_unmapped(its, device, event);
    return VGIC_RULE_ITS_MSI;
}

VgicRule vgic_its_msi(VgicIts *its, uint32_t device, uint32_t event, uint32_t *intid, VgicCpu **cpu)
{
    VgicRule rule;

    /* Commands that go on for ever, because the tables are registers of a GIC, end up here. */
    for (uint32_t tries = 0;
         deliver(its, device, event, tries < VGIC_LPI_TRIES, &rule, intid, cpu) == VGIC_LPI_STALE;
         tries++) {
    }
    if (G_UNLIKELY(rule)) {
        rule = untranslated(its, device, event, rule);
    }
    if (G_UNLIKELY(its->gic->host.trace)) {
        trace_msi(its, device, event, *intid, rule && rule != VGIC_RULE_LPI_TABLE ? NULL : *cpu);
    }
    return rule;
}

void vgic_its_msi_access(VgicAccess *access, uint32_t event)
{
    uint32_t intid;
    VgicCpu *cpu;
    VgicRule rule = vgic_its_msi(access->its, access->device, event, &intid, &cpu);

    if (G_UNLIKELY(rule)) {
        access->event = event;
        access->has_event = true;
        access->cpu = cpu;
        vgic_access_report(access, rule, intid);
    }
}

static void report_msi(VgicIts *its, uint32_t device, uint32_t event, VgicRule rule, uint32_t intid,
                       VgicCpu *cpu)
{
    VgicAccess access = {
        .gic = its->gic,
        .cpu = cpu,
        .its = its,
        .offset = GITS_TRANSLATER,
        .size = 4,
        .device = device,
        .event = event,
        .has_event = true,
        .rule = rule,
        .intid = intid,
    };

    vgic_report_access(&access, its->name, "GITS_TRANSLATER", true, event);
}

static bool its_is_frame(const Vgic *gic, const VgicFrame *frame)
{
    (void)gic;
    return frame->its;
}

static void its_send(Vgic *gic, const VgicFrame *frame, uint32_t device, uint32_t event)
{
    uint32_t intid;
    VgicCpu *cpu;
    VgicRule rule = vgic_its_msi(frame->its, device, event, &intid, &cpu);

    (void)gic;
    if (G_UNLIKELY(rule)) {
        report_msi(frame->its, device, event, rule, intid, cpu);
    }
}

static bool its_translate(Vgic *gic, const VgicFrame *frame, uint32_t device, uint32_t event,
                          VgicTranslation *translation)
{
    VgicIts *its = frame->its;
    VgicCpu *cpu = NULL;
    uint64_t value;

    (void)gic;
    if (walk(its, device, event, &value)) {
        return false;
    }
    vgic_its_collection(its, vgic_cache_collection(value), &cpu);
    *translation = (VgicTranslation){
        .intid = vgic_cache_intid(value),
        .collection = vgic_cache_collection(value),
        .cpu = cpu ? cpu->index : UINT32_MAX,
    };
    return true;
}

const VgicMsiOps vgic_its_msi_ops = {
    .is_frame = its_is_frame,
    .send = its_send,
    .translate = its_translate,
};
