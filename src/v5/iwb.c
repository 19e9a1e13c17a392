/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt Wire Bridges: created, reset; wires, and the events that they make [GICv5 1.6, 6]. */
#include "v5/iwb.h"

#include <glib.h>
#include <stdlib.h>

#include <vgic/gic.h>

#include "core/error.h"
#include "v5/its.h"

bool vgic_iwb_change(VgicIwb *iwb, uint32_t number, VgicWireStep *step, unsigned value)
{
    _Atomic uint8_t *wire = &iwb->wires[number];
    uint8_t old = atomic_load(wire), new;
    bool owes;

    do {
        new = old;
        owes = step(&new, value);
    } while (new != old && !atomic_compare_exchange_weak(wire, &old, new));
    return owes;
}

/* Steps */

static bool set(uint8_t *wire, unsigned bit, bool on)
{
    bool was = *wire & bit;

    *wire = (uint8_t)(on ? *wire | bit : *wire & ~bit);
    return was != on;
}

/* The event takes the place of one that is still owed. */
static bool owe(uint8_t *wire, VgicV5Event event)
{
    if (event == VGIC_EVENT_NONE) {
        return false;
    }
    *wire = (uint8_t)((*wire & ~VGIC_WIRE_OWED) | (int)event << VGIC_WIRE_OWED_SHIFT);
    return true;
}

/* Its level as if it had just got there. */
static bool present(uint8_t *wire)
{
    return owe(wire, vgic_v5_wire_event(*wire & VGIC_WIRE_LEVEL, *wire & VGIC_WIRE_IS_HIGH));
}

static bool set_high(uint8_t *wire, unsigned high)
{
    return set(wire, VGIC_WIRE_IS_HIGH, high) && *wire & VGIC_WIRE_ENABLED && present(wire);
}

/* A level wire that is disabled counts as low, or its LPI would be pending for good. An edge is
 * what rises while the wire is enabled. */
bool vgic_wire_set_enabled(uint8_t *wire, unsigned on)
{
    if (!set(wire, VGIC_WIRE_ENABLED, on)) {
        return false;
    }
    if (vgic_wire_owed(*wire) == VGIC_EVENT_SET_EDGE) {
        *wire &= (uint8_t)~VGIC_WIRE_OWED;
    }
    if (!(*wire & VGIC_WIRE_LEVEL)) {
        return false;
    }
    return on ? present(wire) : *wire & VGIC_WIRE_IS_HIGH && owe(wire, VGIC_EVENT_CLEAR);
}

bool vgic_wire_set_level_triggered(uint8_t *wire, unsigned level)
{
    return set(wire, VGIC_WIRE_LEVEL, level) && *wire & VGIC_WIRE_ENABLED &&
           owe(wire, vgic_v5_trigger_event(level, *wire & VGIC_WIRE_IS_HIGH));
}

/* To its new domain it is as one that is enabled now; the old one hears nothing. */
bool vgic_wire_set_domain(uint8_t *wire, unsigned domain)
{
    uint8_t others = *wire & (uint8_t) ~(VGIC_WIRE_DOMAIN | VGIC_WIRE_OWED);

    if (vgic_wire_domain(*wire) == domain) {
        return false;
    }
    *wire = (uint8_t)(others | domain << VGIC_WIRE_DOMAIN_SHIFT);
    return vgic_wire_wake(wire, 0);
}

bool vgic_wire_resample(uint8_t *wire, unsigned unused)
{
    (void)unused;
    return *wire & VGIC_WIRE_ENABLED && present(wire);
}

bool vgic_wire_wake(uint8_t *wire, unsigned unused)
{
    unsigned level = VGIC_WIRE_ENABLED | VGIC_WIRE_LEVEL;

    (void)unused;
    if ((*wire & level) == level) {
        return present(wire);
    }
    *wire &= (uint8_t)~VGIC_WIRE_OWED;
    return false;
}

/* Events */

typedef struct Sending {
    VgicIwb *iwb;
    uint32_t number;
    unsigned domain;
} Sending;

/* Takes out what the wire owes; the lock of the LPI's home is held. A wire that went to another
 * domain meanwhile owes it there, and who gave it to that domain sends it. */
static VgicV5Event take_owed(void *data)
{
    const Sending *sending = data;
    _Atomic uint8_t *wire = &sending->iwb->wires[sending->number];
    uint8_t old = atomic_load(wire);

    if (!atomic_load(&sending->iwb->enabled)) {
        return VGIC_EVENT_NONE;
    }
    do {
        if (vgic_wire_domain(old) != sending->domain) {
            return VGIC_EVENT_NONE;
        }
    } while (!atomic_compare_exchange_weak(wire, &old, (uint8_t)(old & ~VGIC_WIRE_OWED)));
    return vgic_wire_owed(old);
}

/* IWBEN is looked at after the wire changed: whoever sets it looks at the wires afterwards. */
VgicRule vgic_iwb_send(VgicIwb *iwb, uint32_t number, uint32_t *intid)
{
    Sending sending = {.iwb = iwb, .number = number};

    *intid = UINT32_MAX;
    if (!atomic_load(&iwb->enabled)) {
        return VGIC_RULE_NONE;
    }
    sending.domain = vgic_wire_domain(vgic_iwb_wire(iwb, number));
    return vgic_v5_its_event(iwb->its, sending.domain, iwb->device, number, take_owed, &sending,
                             intid);
}

void vgic_iwb_send_all(VgicIwb *iwb, uint32_t first, uint32_t wires, VgicAccess *access)
{
    for (; wires; wires &= wires - 1) {
        uint32_t number = first + (uint32_t)__builtin_ctz(wires), intid;
        VgicRule rule = vgic_iwb_send(iwb, number, &intid);

        if (G_UNLIKELY(rule && access && !access->rule)) {
            access->device = iwb->device;
            access->event = number;
            access->has_event = true;
            vgic_access_report(access, rule, intid);
        }
    }
}

void vgic_iwb_enable(VgicIwb *iwb, bool enable, VgicAccess *access)
{
    bool was;

    vgic_lock(&iwb->lock);
    was = atomic_exchange(&iwb->enabled, enable);
    vgic_unlock(&iwb->lock);
    for (uint32_t first = 0; enable && !was && first < iwb->wire_count; first += 32) {
        uint32_t send = 0;

        vgic_lock(&iwb->lock);
        for (uint32_t i = 0; i < 32; i++) {
            send |= (uint32_t)vgic_iwb_change(iwb, first + i, vgic_wire_wake, 0) << i;
        }
        vgic_unlock(&iwb->lock);
        vgic_iwb_send_all(iwb, first, send, access);
    }
}

/* Wires from outside */

static VgicIwb *iwb_of(const Vgic *gic, const VgicFrame *frame)
{
    VgicIwb *iwb = frame->unit;

    /* Without bridges there is no array to compare with. */
    if (!gic->v5 || !gic->v5->iwb_count) {
        return NULL;
    }
    return iwb >= gic->v5->iwb && iwb < gic->v5->iwb + gic->v5->iwb_count ? iwb : NULL;
}

static VgicIwb *check_wire(const Vgic *gic, const char *function, const VgicFrame *frame,
                           uint32_t wire)
{
    VgicIwb *iwb = NULL;

    if (!vgic_check_gic(gic, function)) {
        return NULL;
    }
    if (frame >= gic->frames && frame < gic->frames + gic->frame_count) {
        iwb = iwb_of(gic, frame);
    }
    if (!iwb) {
        vgic_host_error(gic, function, "iwb %p is no frame of an Interrupt Wire Bridge of this GIC",
                        (const void *)frame);
        return NULL;
    }
    if (wire >= iwb->wire_count) {
        vgic_host_error(gic, function, "wire is %u, allowed are the %u wires of %s from 0 on", wire,
                        iwb->wire_count, frame->name);
        return NULL;
    }
    return iwb;
}

static void trace_wire(const VgicIwb *iwb, uint32_t wire, bool level)
{
    VgicTrace event = {
        .kind = VGIC_TRACE_WIRE,
        .name = iwb->frame->name,
        .cpu = UINT32_MAX,
        .intid = wire,
        .value = level,
    };

    iwb->gic->host.trace(iwb->gic->machine, &event);
}

static void report_wire(const VgicIwb *iwb, uint32_t wire, VgicRule rule, uint32_t intid)
{
    VgicAccess access = {
        .gic = iwb->gic,
        .device = iwb->device,
        .event = wire,
        .has_event = true,
        .rule = rule,
        .intid = intid,
    };

    vgic_report_access(&access, iwb->frame->name, NULL, true, 0);
}

bool vgic_iwb_set_level(Vgic *gic, const VgicFrame *frame, uint32_t wire, bool level)
{
    VgicIwb *iwb = check_wire(gic, __func__, frame, wire);
    uint32_t intid;
    VgicRule rule;

    if (!iwb) {
        return false;
    }
    if (G_UNLIKELY(gic->host.trace)) {
        trace_wire(iwb, wire, level);
    }
    if (vgic_iwb_change(iwb, wire, set_high, level)) {
        rule = vgic_iwb_send(iwb, wire, &intid);
        if (G_UNLIKELY(rule)) {
            report_wire(iwb, wire, rule, intid);
        }
    }
    return true;
}

/* Creation and reset */

static bool init_iwb(VgicIwb *iwb, const VgicIwbOptions *options)
{
    VgicV5 *v5 = iwb->gic->v5;

    iwb->its = &v5->its[options->its];
    iwb->device = options->device;
    iwb->wire_count = options->wires;
    iwb->owner = iwb->gic->el3 ? vgic_v5_space_of(v5, VGIC_EL3) : VGIC_NS;
    iwb->starts_disabled = options->starts_disabled;
    iwb->wires = calloc(iwb->wire_count, sizeof(*iwb->wires));
    return iwb->wires;
}

static void add_frame(VgicIwb *iwb, uint32_t number, const VgicFrameTable *table)
{
    char *name = number ? g_strdup_printf("IWB%u", number) : g_strdup("IWB");
    struct VgicFrame *frame = vgic_add_frame(iwb->gic, name, 0x10000, table);

    frame->unit = iwb;
    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        if (vgic_v5_has_domain(iwb->gic->v5, domain)) {
            frame->spaces |= (uint8_t)(1u << vgic_v5_space_of(iwb->gic->v5, domain));
        }
    }
    iwb->frame = frame;
}

bool vgic_v5_iwb_init(Vgic *gic, const VgicConfig *config, VgicError **error)
{
    VgicV5 *v5 = gic->v5;
    VgicFrameTable *table;

    if (!config->v5.iwbs) {
        return true;
    }
    v5->iwb = g_new0(VgicIwb, config->v5.iwbs);
    v5->iwb_count = config->v5.iwbs;
    table = vgic_add_table(gic, vgic_iwb_rows, vgic_iwb_row_count, 0x10000);
    for (uint32_t i = 0; i < v5->iwb_count; i++) {
        v5->iwb[i].gic = gic;
        v5->iwb[i].lock.off = config->single_threaded;
        if (!init_iwb(&v5->iwb[i], &config->v5.iwb[i])) {
            return vgic_error_set(error, VGIC_ERROR_MEMORY,
                                  "out of memory for %u Interrupt Wire Bridges", v5->iwb_count);
        }
        add_frame(&v5->iwb[i], i, table);
    }
    return true;
}

void vgic_v5_iwb_free(Vgic *gic)
{
    for (uint32_t i = 0; i < gic->v5->iwb_count; i++) {
        free(gic->v5->iwb[i].wires);
    }
    g_free(gic->v5->iwb);
}

/* @p value has VGIC_WIRE_IS_HIGH if the level stays. */
static bool reset_wire(uint8_t *wire, unsigned value)
{
    unsigned high = *wire & value & VGIC_WIRE_IS_HIGH;

    *wire = (uint8_t)((value & ~(unsigned)VGIC_WIRE_IS_HIGH) | high);
    return false;
}

/* A warm reset leaves the levels. */
static void reset(VgicIwb *iwb, VgicReset kind)
{
    unsigned domain = iwb->gic->el3 ? VGIC_S : VGIC_NS;
    unsigned value = domain << VGIC_WIRE_DOMAIN_SHIFT;

    if (kind == VGIC_RESET_WARM) {
        value |= VGIC_WIRE_IS_HIGH;
    }
    vgic_lock(&iwb->lock);
    for (uint32_t i = 0; i < iwb->wire_count; i++) {
        vgic_iwb_change(iwb, i, reset_wire, value);
    }
    atomic_store(&iwb->enabled, !iwb->starts_disabled);
    vgic_unlock(&iwb->lock);
}

void vgic_v5_iwb_reset(Vgic *gic, VgicReset kind)
{
    for (uint32_t i = 0; i < gic->v5->iwb_count; i++) {
        reset(&gic->v5->iwb[i], kind);
    }
}

static void act_as_firmware(VgicIwb *iwb)
{
    for (uint32_t first = 0; first < iwb->wire_count; first += 32) {
        uint32_t send = 0;

        vgic_lock(&iwb->lock);
        for (uint32_t i = 0; i < 32; i++) {
            send |= (uint32_t)vgic_iwb_change(iwb, first + i, vgic_wire_set_domain, VGIC_NS) << i;
        }
        vgic_unlock(&iwb->lock);
        vgic_iwb_send_all(iwb, first, send, NULL);
    }
    vgic_iwb_enable(iwb, true, NULL);
}

void vgic_v5_iwb_act_as_firmware(Vgic *gic)
{
    for (uint32_t i = 0; i < gic->v5->iwb_count; i++) {
        act_as_firmware(&gic->v5->iwb[i]);
    }
}
