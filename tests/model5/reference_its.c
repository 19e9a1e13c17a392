/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt Translation Services and Interrupt Wire Bridges. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_ADDR UINT64_C(0x00FFFFFFFFFFFFF8)

enum {
    DEFAULT_BITS = 16
};

typedef enum Walk {
    WALK_OK,
    WALK_NONE,
    WALK_BUS
} Walk;

/* Bits of an index into a level 2 table. */
static uint32_t level2_bits(uint32_t l2sz)
{
    return 9 + 2 * (l2sz == 3 ? 0 : l2sz);
}

static Walk load64(Ref *ref, uint8_t domain, uint64_t address, uint64_t *value)
{
    bool ok;
    *value = memory_read64(ref->memory[ref5_space(ref, domain)], address, &ok);
    return ok ? WALK_OK : WALK_BUS;
}

/* Entry `index` of a table with one or two levels. */
static Walk table_entry(Ref *ref, uint8_t domain, uint64_t base, bool two_level, uint32_t l2sz,
                        uint32_t index, uint64_t *entry)
{
    if (!two_level) {
        return load64(ref, domain, base + 8 * (uint64_t)index, entry);
    }
    uint32_t k = level2_bits(l2sz);
    uint64_t l1;
    Walk walk = load64(ref, domain, base + 8 * (uint64_t)(index >> k), &l1);
    if (walk != WALK_OK || !(l1 & 1)) {
        return walk == WALK_OK ? WALK_NONE : walk;
    }
    uint32_t span = (uint32_t)(l1 >> 60) < k ? (uint32_t)(l1 >> 60) : k;
    uint32_t low = index & ((1u << k) - 1);
    if (low >> span) {
        count5(ref, COUNT_SPAN_HOLDS);
        return WALK_NONE;
    }
    return load64(ref, domain, (l1 & TABLE_ADDR) + 8 * (uint64_t)low, entry);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* What the tables in memory say. */
static Walk walk_tables(Ref *ref, const Its *its, uint8_t domain, uint32_t device, uint32_t event,
                        uint64_t *itte)
{
    const ItsDomain *d = &its->domain[domain];
    const VgicItsOptions *options = &ref->config.its_options;
    uint32_t device_bits =
        least(d->dt_cfgr & 0x3F, options->device_bits ? options->device_bits : DEFAULT_BITS);
    bool two_level = d->dt_cfgr >> 16 & 1;
    uint64_t dte;
    if ((uint64_t)device >> device_bits) {
        return WALK_NONE;
    }
    Walk walk = table_entry(ref, domain, d->dt_baser, two_level, d->dt_cfgr >> 6 & 3, device, &dte);
    if (walk != WALK_OK || !(dte & 1)) {
        return walk == WALK_OK ? WALK_NONE : walk;
    }
    count5(ref, two_level ? COUNT_DT_TWO_LEVEL : COUNT_DT_LINEAR);
    uint32_t event_bits =
        least((uint32_t)(dte >> 59), options->event_bits ? options->event_bits : DEFAULT_BITS);
    if ((uint64_t)event >> event_bits) {
        return WALK_NONE;
    }
    two_level = dte >> 58 & 1;
    walk = table_entry(ref, domain, dte & TABLE_ADDR, two_level, dte >> 1 & 3, event, itte);
    if (walk != WALK_OK || !(*itte >> 31 & 1)) {
        return walk == WALK_OK ? WALK_NONE : walk;
    }
    count5(ref, two_level ? COUNT_ITT_TWO_LEVEL : COUNT_ITT_LINEAR);
    return WALK_OK;
}

/* Valid translations are cached until they are invalidated. */
static Walk translate(Ref *ref, Its *its, uint8_t domain, uint32_t device, uint32_t event,
                      uint64_t *itte)
{
    Walk walk = walk_tables(ref, its, domain, device, event, itte);
    for (uint32_t i = 0; i < its->count; i++) {
        const Translation *t = &its->cache[i];
        if (t->domain == domain && t->device == device && t->event == event) {
            count5(ref, COUNT_ITS_CACHED);
            if (walk != WALK_OK || *itte != t->itte) {
                count5(ref, COUNT_ITS_STALE);
            }
            *itte = t->itte;
            return WALK_OK;
        }
    }
    if (walk != WALK_OK || *itte >> 30 & 1) {
        return walk; /* virtual ones are not cached either */
    }
    if (its->count == its->room) {
        its->room = its->room ? its->room * 2 : 64;
        its->cache = realloc(its->cache, its->room * sizeof(*its->cache));
        if (!its->cache) {
            abort();
        }
    }
    its->cache[its->count++] = (Translation){domain, device, event, *itte};
    return WALK_OK;
}

void its_event5(Ref *ref, uint32_t its, uint8_t domain, uint32_t device, uint32_t event, Event kind)
{
    uint64_t itte;
    if (!ref->its[its].domain[domain].itsen) {
        report5(ref, RULE_ITS_DISABLED);
        return;
    }
    Walk walk = translate(ref, &ref->its[its], domain, device, event, &itte);
    if (walk != WALK_OK) {
        report5(ref, walk == WALK_BUS ? RULE_ITS_BUS : RULE_ITS_MSI);
        return;
    }
    if (itte >> 30 & 1) { /* there are no virtual interrupts here */
        count5(ref, COUNT_ITS_VIRTUAL);
        report5(ref, RULE_ITS_MSI);
        return;
    }
    Irq *irq = lpi5(ref, 0, domain, itte & 0xFFFFFF);
    if (irq) {
        event5(ref, irq, kind);
    }
}

void ref5_msi(Ref *ref, uint32_t its, uint8_t domain, uint32_t device, uint32_t event)
{
    count5(ref, COUNT_MSI);
    its_event5(ref, its, domain, device, event, SET_EDGE);
}

/* Forgets what one of these says. */
typedef struct Which {
    uint8_t domain;
    uint32_t device, device_mask;
    uint32_t event, event_mask;
    uint64_t event_end;
} Which;

static void invalidate(Its *its, const Which *which)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < its->count; i++) {
        const Translation *t = &its->cache[i];
        bool gone = t->domain == which->domain &&
                    !((t->device ^ which->device) & which->device_mask) &&
                    !((t->event ^ which->event) & which->event_mask) && t->event < which->event_end;
        if (!gone) {
            its->cache[kept++] = *t;
        }
    }
    its->count = kept;
}

static void invalidate_event(Ref *ref, Its *its, uint8_t domain, uint32_t value)
{
    const ItsDomain *d = &its->domain[domain];
    if (value >> 31) {
        uint32_t low = (1u << level2_bits(value >> 1 & 3)) - 1;
        count5(ref, COUNT_INV_EVENT);
        invalidate(its, &(Which){domain, d->didr, UINT32_MAX, d->eidr,
                                 value & 1 ? ~low : UINT32_MAX, UINT64_MAX});
    }
}

/* With L1 set more than what the level 1 entry covers may go, and does: all of the domain. */
static void invalidate_device(Ref *ref, Its *its, uint8_t domain, uint32_t value)
{
    const ItsDomain *d = &its->domain[domain];
    if (value >> 31) {
        bool all = value & 1 && d->dt_cfgr >> 16;
        count5(ref, COUNT_INV_DEVICE);
        invalidate(its, &(Which){domain, d->didr, all ? 0 : UINT32_MAX, 0, 0,
                                 all ? UINT64_MAX : UINT64_C(1) << (value >> 1 & 0x1F)});
    }
}

static void read_event(Ref *ref, uint32_t its, uint8_t domain)
{
    ItsDomain *d = &ref->its[its].domain[domain];
    uint64_t itte;
    d->data = 0;
    if (d->itsen && translate(ref, &ref->its[its], domain, d->didr, d->eidr, &itte) == WALK_OK) {
        d->data = (itte & 0x80FFFFFF) | (itte & UINT64_C(0xFFFF00000000)) | (itte >> 30 & 1) << 63;
        count5(ref, COUNT_READ_EVENT);
    } else {
        count5(ref, COUNT_READ_EVENT_NONE);
    }
}

uint64_t its_read5(Ref *ref, uint32_t its, uint8_t domain, uint32_t offset)
{
    const ItsDomain *d = &ref->its[its].domain[domain];
    const VgicItsOptions *options = &ref->config.its_options;
    switch (offset) {
    case ITS_IDR0: /* PA_RANGE and ITSID are compared by nobody */
        return domain | (uint32_t)!ref->config.v5.no_software_errors << 8;
    case ITS_IDR1:
        return (options->device_bits ? options->device_bits : DEFAULT_BITS) |
               (uint32_t)!options->flat_tables_only << 6 | 7u << 8;
    case ITS_IDR2:
        return options->event_bits ? options->event_bits : DEFAULT_BITS;
    case ITS_IIDR:
        return ref->config.iidr ? ref->config.iidr : 0x0560043B;
    case ITS_AIDR:
        return 1u << 8;
    case ITS_CR0:
        return 2 | d->itsen;
    case ITS_CR1:
        return d->cr1;
    case ITS_DT_BASER:
        return d->dt_baser;
    case ITS_DT_CFGR:
        return d->dt_cfgr;
    case ITS_DIDR:
        return d->didr;
    case ITS_EIDR:
        return d->eidr;
    case ITS_READ_EVENT_DATAR:
        return d->data;
    case ITS_STATUSR:
    case ITS_SYNC_STATUSR:
    case ITS_GEN_EVENT_STATUSR:
        return 1;
    case ITS_GEN_EVENT_DIDR:
        return d->gen_did;
    case ITS_GEN_EVENT_EIDR:
        return d->gen_eid;
    case ITS_DEVARCH:
        return 0x47705A19;
    default:
        return 0;
    }
}

static void generate_event(Ref *ref, uint32_t its, uint8_t domain, uint32_t value)
{
    const ItsDomain *d = &ref->its[its].domain[domain];
    if (value >> 31 && (value & 3) != domain) {
        report5(ref, RULE_IRQ_DOMAIN);
    } else if (value >> 31) {
        count5(ref, COUNT_GEN_EVENT);
        its_event5(ref, its, domain, d->gen_did, d->gen_eid, SET_EDGE);
    }
}

static void forget_translations(Its *its, uint8_t domain)
{
    invalidate(its, &(Which){.domain = domain, .event_end = UINT64_MAX});
}

static void write_its_enable(Its *its, uint8_t domain, bool enable)
{
    if (!enable) {
        forget_translations(its, domain);
    }
    its->domain[domain].itsen = enable;
}

void its_write5(Ref *ref, uint32_t its, uint8_t domain, uint32_t offset, uint64_t value,
                uint64_t mask)
{
    ItsDomain *d = &ref->its[its].domain[domain];
    uint64_t flat = ref->config.its_options.flat_tables_only ? 0 : 0x10000;
    switch (offset) {
    case ITS_CR0:
        write_its_enable(&ref->its[its], domain, value & 1);
        break;
    case ITS_CR1:
        d->cr1 = value & 0xFF;
        break;
    case ITS_DT_BASER:
        d->dt_baser = (d->dt_baser & ~mask) | (value & mask & TABLE_ADDR);
        forget_translations(&ref->its[its], domain);
        break;
    case ITS_DT_CFGR:
        d->dt_cfgr = (uint32_t)(value & (0xFF | flat));
        forget_translations(&ref->its[its], domain);
        break;
    case ITS_DIDR:
        d->didr = (uint32_t)((d->didr & ~mask) | (value & mask));
        break;
    case ITS_EIDR:
        d->eidr = (uint32_t)value;
        break;
    case ITS_INV_EVENTR:
        invalidate_event(ref, &ref->its[its], domain, (uint32_t)value);
        break;
    case ITS_INV_DEVICER:
        invalidate_device(ref, &ref->its[its], domain, (uint32_t)value);
        break;
    case ITS_READ_EVENTR:
        if (value >> 31 & 1) {
            read_event(ref, its, domain);
        }
        break;
    case ITS_GEN_EVENT_DIDR:
        d->gen_did = (uint32_t)((d->gen_did & ~mask) | (value & mask));
        break;
    case ITS_GEN_EVENT_EIDR:
        d->gen_eid = (uint32_t)value;
        break;
    case ITS_GEN_EVENTR:
        generate_event(ref, its, domain, (uint32_t)value);
        break;
    default:
        break;
    }
}

/* Wire bridges */

uint8_t iwb_reset_domain5(const Ref *ref)
{
    return ref->el3 ? SECURE : NONSECURE;
}

void iwb_reset5(Ref *ref, Iwb *iwb)
{
    iwb->enabled = !iwb->starts_disabled;
    for (uint32_t i = 0; i < iwb->wires; i++) {
        iwb->wire[i].enabled = iwb->wire[i].tm = false;
        iwb->wire[i].domain = iwb_reset_domain5(ref);
    }
}

static void send(Ref *ref, const Iwb *iwb, uint32_t wire, Event event)
{
    const Wire *w = &iwb->wire[wire];
    if (!iwb->enabled) {
        return;
    }
    count5(ref, event == SET_EDGE    ? COUNT_IWB_EDGE
                : event == SET_LEVEL ? COUNT_IWB_LEVEL
                                     : COUNT_IWB_CLEAR);
    if (w->domain != NONSECURE) {
        count5(ref, COUNT_IWB_OTHER_DOMAIN);
    }
    its_event5(ref, iwb->its, w->domain, iwb->device, wire, event);
}

/* As if the wire had just got the level that it has. */
static void sample(Ref *ref, const Iwb *iwb, uint32_t wire)
{
    const Wire *w = &iwb->wire[wire];
    bool none;
    Event event = level_event5(w->tm, w->level, &none);
    if (w->enabled && !none) {
        send(ref, iwb, wire, event);
    }
}

bool ref5_iwb_set_level(Ref *ref, uint32_t iwb, uint32_t wire, bool level)
{
    Iwb *b = &ref->iwb[iwb];
    if (wire >= b->wires) {
        return false;
    }
    if (b->wire[wire].level != level) {
        b->wire[wire].level = level;
        sample(ref, b, wire);
    }
    return true;
}

/* The space that assigns wires to domains. */
static bool is_owner(const Ref *ref, VgicSpace space)
{
    return ref->el3 && space == ref5_space(ref, EL3);
}

static bool may_touch(const Ref *ref, const Wire *wire, VgicSpace space)
{
    return is_owner(ref, space) || space == ref5_space(ref, wire->domain);
}

static void enable_wire(Ref *ref, Iwb *iwb, uint32_t wire, bool enable)
{
    Wire *w = &iwb->wire[wire];
    if (w->enabled == enable) {
        return;
    }
    w->enabled = enable;
    if (enable && w->tm) {
        ref->count[COUNT_IWB_ENABLED_HIGH] += w->level;
        sample(ref, iwb, wire);
    } else if (!enable && w->tm && w->level) {
        count5(ref, COUNT_IWB_DISABLED_HIGH);
        send(ref, iwb, wire, CLEAR);
    }
}

static void set_wire_trigger(Ref *ref, Iwb *iwb, uint32_t wire, bool tm)
{
    Wire *w = &iwb->wire[wire];
    if (w->tm == tm) {
        return;
    }
    w->tm = tm;
    if (w->enabled && (tm || w->level)) {
        count5(ref, COUNT_IWB_TRIGGER);
        send(ref, iwb, wire, tm && w->level ? SET_LEVEL : CLEAR);
    }
}

static bool wire_bit(const Wire *wire, uint32_t offset)
{
    return offset < IWB_WTMR(0) ? wire->enabled : wire->tm;
}

static uint64_t wire_field(const Ref *ref, const Iwb *iwb, VgicSpace space, uint32_t wire,
                           uint32_t offset)
{
    const Wire *w = &iwb->wire[wire];
    return may_touch(ref, w, space) && wire_bit(w, offset);
}

/* Registers of wires that the bridge does not have. */
static bool is_beyond(Ref *ref, const Iwb *iwb, uint32_t offset)
{
    bool beyond = (offset >= IWB_WENABLER(iwb->wires / 32) && offset < IWB_WTMR(0)) ||
                  (offset >= IWB_WTMR(iwb->wires / 32) && offset < 0x6000) ||
                  (offset >= IWB_WDOMAINR(iwb->wires / 16) && offset < 0xC000);
    if (beyond) {
        report5(ref, RULE_RESERVED);
    }
    return beyond;
}

uint64_t iwb_read5(Ref *ref, uint32_t iwb, VgicSpace space, uint32_t offset)
{
    const Iwb *b = &ref->iwb[iwb];
    uint64_t value = 0;
    if (is_beyond(ref, b, offset)) {
        return 0;
    }
    if (offset >= IWB_WDOMAINR(0) && offset < IWB_WDOMAINR(b->wires / 16)) {
        for (uint32_t i = 0; i < 16; i++) {
            uint32_t wire = (offset - IWB_WDOMAINR(0)) / 4 * 16 + i;
            value |= (uint64_t)b->wire[wire].domain << 2 * i;
        }
        return value;
    }
    if (offset >= IWB_WENABLER(0) && offset < 0x6000) {
        uint32_t first = (offset & 0x1FFF) / 4 * 32;
        for (uint32_t i = 0; i < 32 && first + i < b->wires; i++) {
            value |= wire_field(ref, b, space, first + i, offset) << i;
        }
        return value;
    }
    switch (offset) {
    case IWB_IDR0:
        return (b->wires / 32 - 1) | ref->domains << 11;
    case IWB_IIDR:
        return ref->config.iidr ? ref->config.iidr : 0x0560043B;
    case IWB_AIDR:
        return 2u << 8;
    case IWB_CR0:
        return 2 | b->enabled;
    case IWB_WENABLE_STATUSR:
    case IWB_WDOMAIN_STATUSR:
        return 1;
    case IWB_DEVARCH:
        return 0x47705A19;
    default:
        return 0;
    }
}

static void write_wires(Ref *ref, Iwb *iwb, VgicSpace space, uint32_t offset, uint32_t value)
{
    uint32_t first = (offset & 0x1FFF) / 4 * 32;
    for (uint32_t i = 0; i < 32 && first + i < iwb->wires; i++) {
        if (!may_touch(ref, &iwb->wire[first + i], space) && value >> i & 1) {
            report5(ref, RULE_IWB_WIRE);
        }
    }
    for (uint32_t i = 0; i < 32 && first + i < iwb->wires; i++) {
        if (!may_touch(ref, &iwb->wire[first + i], space)) {
            continue;
        }
        if (offset < IWB_WTMR(0)) {
            enable_wire(ref, iwb, first + i, value >> i & 1);
        } else {
            set_wire_trigger(ref, iwb, first + i, value >> i & 1);
        }
    }
}

/* As if it were enabled in the new domain; nothing is taken back in the old one. */
static void move_wire(Ref *ref, Iwb *iwb, uint32_t wire, uint8_t domain)
{
    Wire *w = &iwb->wire[wire];
    w->domain = domain;
    if (w->tm) {
        sample(ref, iwb, wire);
    }
}

static bool may_go_to(const Ref *ref, VgicSpace space, uint8_t domain)
{
    return is_owner(ref, space) && ref5_has(ref, domain);
}

static void write_domains(Ref *ref, Iwb *iwb, VgicSpace space, uint32_t offset, uint32_t value)
{
    uint32_t first = (offset - IWB_WDOMAINR(0)) / 4 * 16;
    if (ref->el3 && !is_owner(ref, space)) {
        report5(ref, RULE_SECURE);
        return;
    }
    for (uint32_t i = 0; i < 16; i++) {
        uint8_t domain = value >> 2 * i & 3;
        if (domain != iwb->wire[first + i].domain && !may_go_to(ref, space, domain)) {
            report5(ref, RULE_IWB_WIRE);
        }
    }
    for (uint32_t i = 0; i < 16; i++) {
        uint8_t domain = value >> 2 * i & 3;
        if (domain != iwb->wire[first + i].domain && may_go_to(ref, space, domain)) {
            move_wire(ref, iwb, first + i, domain);
        }
    }
}

static void enable_bridge(Ref *ref, Iwb *iwb, bool enable)
{
    bool was = iwb->enabled;
    iwb->enabled = enable;
    for (uint32_t i = 0; i < iwb->wires && enable && !was; i++) {
        if (iwb->wire[i].tm && iwb->wire[i].enabled) {
            count5(ref, COUNT_IWBEN_RESAMPLES);
            sample(ref, iwb, i);
        }
    }
}

static void write_bridge_enable(Ref *ref, Iwb *iwb, VgicSpace space, bool enable)
{
    if (ref->el3 && !is_owner(ref, space)) {
        report5(ref, RULE_SECURE);
        return;
    }
    enable_bridge(ref, iwb, enable);
}

void iwb_act_as_firmware5(Ref *ref, Iwb *iwb)
{
    for (uint32_t i = 0; i < iwb->wires; i++) {
        if (iwb->wire[i].domain != NONSECURE) {
            move_wire(ref, iwb, i, NONSECURE);
        }
    }
    enable_bridge(ref, iwb, true);
}

void iwb_write5(Ref *ref, uint32_t iwb, VgicSpace space, uint32_t offset, uint32_t value)
{
    Iwb *b = &ref->iwb[iwb];
    if (is_beyond(ref, b, offset)) {
        return;
    }
    if (offset >= IWB_WDOMAINR(0) && offset < IWB_WDOMAINR(b->wires / 16)) {
        write_domains(ref, b, space, offset, value);
    } else if (offset >= IWB_WENABLER(0) && offset < 0x6000) {
        write_wires(ref, b, space, offset, value);
    } else if (offset == IWB_CR0) {
        write_bridge_enable(ref, b, space, value & 1);
    } else if (offset == IWB_WRESAMPLER) {
        uint32_t wire = value & 0xFFFF;
        if (wire >= b->wires || !may_touch(ref, &b->wire[wire], space)) {
            report5(ref, RULE_IWB_WIRE);
        } else {
            count5(ref, COUNT_IWB_RESAMPLED);
            sample(ref, b, wire);
        }
    }
}
