/* SPDX-License-Identifier: BSD-2-Clause */
/* Random operations on ITSs and wire bridges, and the tables that these need. */
#include "operations.h"

#include <string.h>

/* Tables of each ITS and domain lie in a place of their own. */
#define PLACE (MEMORY_LOW + 0x04000000u)
#define PLACE_SIZE 0x00400000u
#define PLACE_DT2 0x00080000u
#define PLACE_ITT 0x00200000u
#define ITT_SIZE 0x00040000u
#define ITT_L2 0x00010000u
#define NOT_RAM UINT64_C(0x10000000)

static uint32_t below(Generator *g, uint32_t limit)
{
    return random_below(g->random, limit);
}

static bool percent(Generator *g, uint32_t p)
{
    return random_percent(g->random, p);
}

static uint32_t level2_bits(uint32_t l2sz)
{
    return 9 + 2 * (l2sz == 3 ? 0 : l2sz);
}

void its_generator_init(Generator *g)
{
    static const uint32_t devices[HOT_DEVICES] = {5, 6, 0, 0x1FF, 0x200, 0x308};
    static const uint32_t events[HOT_EVENTS] = {0, 1, 2, 5, 31, 33, 511, 512, 1300};
    memcpy(g->events, events, sizeof(events));
    for (uint32_t i = 0; i < R5_MAX_ITS; i++) {
        for (uint32_t d = 0; d < R5_DOMAINS; d++) {
            memcpy(g->its[i][d].devices, devices, sizeof(devices));
        }
    }
}

static uint64_t place_of(uint32_t its, uint8_t domain)
{
    return PLACE + (its * R5_DOMAINS + domain) * (uint64_t)PLACE_SIZE;
}

static void plan_register(Generator *g, uint32_t its, uint8_t domain, uint64_t offset,
                          uint32_t size, uint64_t value)
{
    char name[FRAME_NAME];
    frame_name(name, "ITS", its, "", domain);
    plan_frame(g, name, domain, offset, size, value);
}

static void plan_invalidate_device(Generator *g, uint32_t its, uint8_t domain, uint32_t device,
                                   uint32_t event_bits)
{
    plan_register(g, its, domain, ITS_DIDR, percent(g, 50) ? 8 : 4, device);
    plan_register(g, its, domain, ITS_INV_DEVICER, 4,
                  1u << 31 | (event_bits & 0x1F) << 1 | percent(g, 15));
}

static void plan_invalidate_event(Generator *g, uint32_t its, uint8_t domain, uint32_t device,
                                  uint32_t event)
{
    plan_register(g, its, domain, ITS_DIDR, 8, device);
    plan_register(g, its, domain, ITS_EIDR, 4, event);
    plan_register(g, its, domain, ITS_INV_EVENTR, 4, 1u << 31 | below(g, 4) << 1 | percent(g, 15));
}

/* SPAN of a level 1 entry: mostly all of the table. */
static uint64_t any_span(Generator *g, uint32_t k)
{
    return (uint64_t)(percent(g, 85) ? k : percent(g, 50) ? 15 : below(g, k)) << 60;
}

/* Where the L2_DTE of a device is. */
static uint64_t dte_address(const ItsPlan *plan, uint64_t place, uint32_t device)
{
    if (!plan->two_level) {
        return place + 8 * (uint64_t)device;
    }
    uint32_t k = level2_bits(plan->l2sz);
    return place + PLACE_DT2 + (device >> k) * 0x10000u + 8 * (device & ((1u << k) - 1));
}

static uint64_t itte_address(const DevicePlan *plan, uint64_t itt, uint32_t event)
{
    if (!plan->two_level) {
        return itt + 8 * (uint64_t)event;
    }
    uint32_t k = level2_bits(plan->l2sz);
    return itt + ITT_L2 + (event >> k) * 0x10000u + 8 * (event & ((1u << k) - 1));
}

static void plan_msi(Generator *g, uint32_t its, uint8_t domain, uint32_t device, uint32_t event)
{
    Operation *op = generator_plan(g, OP_MSI);
    frame_name(op->frame, "ITS", its, percent(g, 50) ? "_TRANSLATE" : "", domain);
    op->device = device;
    op->event = event;
}

static void plan_mapping(Generator *g, uint32_t its, uint8_t domain, uint32_t d, uint32_t e)
{
    ItsPlan *plan = &g->its[its][domain];
    DevicePlan *device = &plan->device[d];
    uint64_t itt = place_of(its, domain) + PLACE_ITT + d * ITT_SIZE;
    uint64_t itte = any_lpi(g) | (percent(g, 90) ? 1u << 31 : 0);
    if (percent(g, 4)) {
        itte |= 1u << 30 | (uint64_t)below(g, 0x10000) << 32;
    }
    bool used = device->mapped[e] && percent(g, 30); /* what is cached of it stays in use */
    if (used) {
        plan_msi(g, its, domain, plan->devices[d], g->events[e]);
    }
    plan_memory(g, ref5_space(g->ref, domain), itte_address(device, itt, g->events[e]), itte);
    if (used) {
        plan_msi(g, its, domain, plan->devices[d], g->events[e]);
    }
    if (device->mapped[e] && !percent(g, 25)) {
        plan_invalidate_event(g, its, domain, plan->devices[d], g->events[e]);
    }
    device->mapped[e] = true;
}

static void plan_device(Generator *g, uint32_t its, uint8_t domain, uint32_t d)
{
    static const uint32_t widths[] = {0, 1, 5, 6, 9, 10, 11, 11, 11, 11, 11, 31};
    ItsPlan *plan = &g->its[its][domain];
    DevicePlan *device = &plan->device[d];
    VgicSpace space = ref5_space(g->ref, domain);
    uint64_t place = place_of(its, domain), itt = place + PLACE_ITT + d * ITT_SIZE;
    device->two_level = percent(g, 40);
    device->l2sz = below(g, 4);
    device->event_bits = widths[below(g, 12)];
    if (device->two_level) {
        uint32_t k = level2_bits(device->l2sz);
        for (uint32_t i = 0; i <= 1300u >> k; i++) {
            uint64_t l2 = percent(g, 4) ? NOT_RAM : itt + ITT_L2 + i * 0x10000u;
            plan_memory(g, space, itt + 8 * (uint64_t)i, l2 | any_span(g, k) | percent(g, 92));
        }
    }
    uint64_t dte = (percent(g, 4) ? NOT_RAM : itt) | percent(g, 95) | device->l2sz << 1 |
                   (uint64_t)device->two_level << 58 | (uint64_t)device->event_bits << 59;
    plan_memory(g, space, dte_address(plan, place, plan->devices[d]), dte);
    plan_invalidate_device(g, its, domain, plan->devices[d], 16);
    memset(device->mapped, 0, sizeof(device->mapped));
    for (uint32_t e = 0; e < HOT_EVENTS; e++) {
        if (percent(g, 60)) {
            plan_mapping(g, its, domain, d, e);
        }
    }
}

void plan_its(Generator *g, uint32_t its, uint8_t domain)
{
    ItsPlan *plan = &g->its[its][domain];
    uint64_t place = place_of(its, domain);
    plan->two_level = !g->machine->config.its_options.flat_tables_only && percent(g, 50);
    plan->l2sz = below(g, 4);
    plan->bits = percent(g, 85) ? 10 : 3 + below(g, 10);
    plan_register(g, its, domain, ITS_CR0, 4, 0);
    if (plan->two_level) {
        uint32_t k = level2_bits(plan->l2sz);
        for (uint32_t i = 0; i <= 0x308u >> k; i++) {
            uint64_t l2 = percent(g, 3) ? NOT_RAM : place + PLACE_DT2 + i * 0x10000u;
            plan_memory(g, ref5_space(g->ref, domain), place + 8 * (uint64_t)i,
                        l2 | any_span(g, k) | percent(g, 94));
        }
    }
    plan_register(g, its, domain, ITS_DT_CFGR, 4,
                  plan->bits | plan->l2sz << 6 | (uint32_t)plan->two_level << 16);
    plan_register(g, its, domain, ITS_DT_BASER, 8, place);
    plan_register(g, its, domain, ITS_CR0, 4, percent(g, 92));
    for (uint32_t d = 0; d < HOT_DEVICES; d++) {
        if (percent(g, 70)) {
            plan_device(g, its, domain, d);
        }
    }
}

static void next_event(Generator *g, Operation *op, uint32_t its, uint8_t domain)
{
    const ItsPlan *plan = &g->its[its][domain];
    uint32_t d = below(g, HOT_DEVICES), e = below(g, HOT_EVENTS), kind = below(g, 100);
    for (uint32_t i = 0; i < 8 && !plan->device[d].mapped[e] && !percent(g, 15); i++) {
        d = below(g, HOT_DEVICES);
        e = below(g, HOT_EVENTS);
    }
    uint32_t device = plan->devices[d], event = g->events[e];
    device = percent(g, 97) ? device : (uint32_t)random_next(g->random);
    event = percent(g, 97) ? event : (uint32_t)random_next(g->random);
    char name[FRAME_NAME];
    if (kind < 40) {
        plan_msi(g, its, domain, device, event);
    } else if (kind < 70) {
        uint32_t offset = percent(g, 8) ? ITS_RL_TRANSLATER : ITS_TRANSLATER;
        frame_name(name, "ITS", its, "_TRANSLATE", domain);
        plan_frame(g, name, domain, offset, 4, event);
        g->todo[g->todo_count - 1].attrs |= VGIC_FROM_DEVICE(device);
    } else if (kind < 85) {
        plan_register(g, its, domain, ITS_GEN_EVENT_DIDR, percent(g, 50) ? 8 : 4, device);
        plan_register(g, its, domain, ITS_GEN_EVENT_EIDR, 4, event);
        plan_register(g, its, domain, ITS_GEN_EVENTR, 4,
                      (percent(g, 95) ? 1u << 31 : 0) | (percent(g, 90) ? domain : below(g, 4)));
    } else {
        plan_register(g, its, domain, ITS_DIDR, 8, device);
        plan_register(g, its, domain, ITS_EIDR, 4, event);
        plan_register(g, its, domain, ITS_READ_EVENTR, 4, percent(g, 95) ? 1u << 31 : 0);
        plan_register(g, its, domain, ITS_READ_EVENT_DATAR, 8, 0);
        g->todo[g->todo_count - 1].kind = OP_FRAME_READ;
    }
    *op = g->todo[g->todo_next++];
}

static void next_its_register(Generator *g, uint32_t its, uint8_t domain)
{
    uint32_t kind = below(g, 100);
    if (kind < 30) {
        plan_register(g, its, domain, ITS_CR0, 4, percent(g, 50));
        plan_register(g, its, domain, ITS_CR0, 4, 1);
    } else if (kind < 50) {
        plan_register(g, its, domain, ITS_CR1, 4, random_next(g->random));
    } else if (kind < 53) {
        plan_register(g, its, domain, ITS_DT_BASER + 4 * below(g, 2), 4, random_next(g->random));
    } else if (kind < 55) {
        plan_register(g, its, domain, ITS_DT_CFGR, 4, random_next(g->random));
    } else if (kind < 70) {
        plan_register(g, its, domain, ITS_SYNCR, 8, random_next(g->random));
    } else if (kind < 80) {
        plan_register(g, its, domain, ITS_DIDR + 4 * below(g, 2), 4, random_next(g->random));
    } else {
        plan_invalidate_event(g, its, domain, g->its[its][domain].devices[below(g, HOT_DEVICES)],
                              g->events[below(g, HOT_EVENTS)]);
    }
}

void its_generator_next(Generator *g, Operation *op)
{
    uint32_t its = below(g, g->ref->its_count), kind = below(g, 100);
    uint8_t domain = any_domain(g);
    if (kind < 62) {
        next_event(g, op, its, domain);
        return;
    }
    if (kind < 86) {
        plan_mapping(g, its, domain, below(g, HOT_DEVICES), below(g, HOT_EVENTS));
    } else if (kind < 91) {
        plan_device(g, its, domain, below(g, HOT_DEVICES));
    } else if (kind < 93) {
        plan_its(g, its, domain);
    } else {
        next_its_register(g, its, domain);
    }
    *op = g->todo[g->todo_next++];
}

static uint32_t any_wire(Generator *g, const Iwb *iwb)
{
    static const uint32_t hot[] = {0, 1, 2, 5, 31, 33};
    uint32_t wire = hot[below(g, 6)];
    return percent(g, 85) && wire < iwb->wires ? wire : below(g, iwb->wires);
}

void iwb_generator_next(Generator *g, Operation *op)
{
    uint32_t number = below(g, g->ref->iwb_count), kind = below(g, 100);
    const Iwb *iwb = &g->ref->iwb[number];
    uint32_t wire = any_wire(g, iwb), word = wire / 32;
    uint8_t domain = any_domain(g);
    op->kind = OP_FRAME_WRITE;
    op->size = 4;
    op->attrs = ref5_space(g->ref, domain);
    frame_name(op->frame, "IWB", number, "", NONSECURE);
    uint64_t all = random_next(g->random) | (percent(g, 60) ? 0x80000027 : 0);
    if (kind < 55) {
        op->kind = OP_IWB_LEVEL;
        op->id = wire;
        op->level = percent(g, 55);
    } else if (kind < 68) {
        op->offset = IWB_WENABLER(word);
        op->value = all;
    } else if (kind < 80) {
        op->offset = IWB_WTMR(word);
        op->value = random_next(g->random);
    } else if (kind < 86) {
        op->offset = IWB_WDOMAINR(wire / 16);
        op->value = percent(g, 50) ? 0x55555555 : random_next(g->random);
        op->attrs = ref5_space(g->ref, percent(g, 80) && g->ref->el3 ? EL3 : domain);
    } else if (kind < 91) {
        op->offset = IWB_CR0;
        op->value = percent(g, 80);
        op->attrs = ref5_space(g->ref, percent(g, 70) && g->ref->el3 ? EL3 : domain);
    } else if (kind < 96) {
        op->offset = IWB_WRESAMPLER;
        op->value = percent(g, 92) ? wire : below(g, 0x20000);
    } else {
        op->kind = OP_FRAME_READ;
        op->offset = percent(g, 50) ? IWB_WENABLER(word) : IWB_WDOMAINR(wire / 16);
    }
}
