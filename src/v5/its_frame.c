/* SPDX-License-Identifier: BSD-2-Clause */
/* The frames of an ITS of GICv5 [GICv5 5.1, 5.2]. Every operation is complete when the write that
 * starts it returns, so IDLE is always 1. */
#include <glib.h>

#include <vgic/registers5.h>

#include "reg/rows.h"
#include "v5/its.h"

static VgicV5ItsDomain *domain_of(const VgicAccess *access)
{
    VgicV5Its *its = access->unit;

    return &its->domain[access->domain];
}

/* The register after a write of all of it or of a half. */
static uint64_t merge(const VgicAccess *access, uint64_t old, uint64_t value)
{
    return (old & ~access->mask) | (value & access->mask);
}

/* Identification */

static uint64_t its_idr0_read(VgicAccess *access)
{
    const VgicV5Its *its = access->unit;

    return VGIC_PUT(its_idr0, INT_DOM, access->domain) | VGIC_PUT(its_idr0, PA_RANGE, 7) |
           VGIC_PUT(its_idr0, SWE, access->gic->v5->software_errors) |
           VGIC_PUT(its_idr0, ITSID, its->index);
}

static uint64_t its_idr1_read(VgicAccess *access)
{
    const VgicV5Its *its = access->unit;

    /* ITT_LEVELS is 0: two levels work, but drivers do better without. */
    return VGIC_PUT(its_idr1, DEVICEID_BITS, its->device_bits) |
           VGIC_PUT(its_idr1, DT_LEVELS, its->two_level) | VGIC_MASK(its_idr1, L2SZ);
}

static uint64_t its_idr2_read(VgicAccess *access)
{
    const VgicV5Its *its = access->unit;

    return VGIC_PUT(its_idr2, EVENTID_BITS, its->event_bits);
}

static uint64_t its_iidr_read(VgicAccess *access)
{
    return access->gic->iidr;
}

/* Control */

static uint64_t its_cr0_read(VgicAccess *access)
{
    return VGIC_PUT(its_cr0, ITSEN, domain_of(access)->enabled) | VGIC_MASK(its_cr0, IDLE);
}

static void its_cr0_write(VgicAccess *access, uint64_t value)
{
    VgicV5ItsDomain *domain = domain_of(access);

    vgic_lock(&domain->lock);
    domain->enabled = VGIC_GET(value, its_cr0, ITSEN);
    if (domain->enabled) {
        vgic_v5_its_count(domain);
    } else {
        vgic_v5_its_forget_all(domain);
    }
    vgic_unlock(&domain->lock);
}

/* How the ITS accesses memory makes no difference here. */
static uint64_t its_cr1_read(VgicAccess *access)
{
    return domain_of(access)->cr1;
}

static void its_cr1_write(VgicAccess *access, uint64_t value)
{
    domain_of(access)->cr1 = (uint32_t)value & ITS_CR1_FIELDS;
}

/* The device table. Software should change it while ITSEN is 0. */

static uint64_t its_dt_baser_read(VgicAccess *access)
{
    return domain_of(access)->dt_baser;
}

static void its_dt_baser_write(VgicAccess *access, uint64_t value)
{
    VgicV5ItsDomain *domain = domain_of(access);

    vgic_lock(&domain->lock);
    domain->dt_baser = merge(access, domain->dt_baser, value) & VGIC_MASK(its_dt_baser, ADDR);
    vgic_v5_its_forget_all(domain);
    vgic_unlock(&domain->lock);
}

static uint64_t its_dt_cfgr_read(VgicAccess *access)
{
    return domain_of(access)->dt_cfgr;
}

static void its_dt_cfgr_write(VgicAccess *access, uint64_t value)
{
    VgicV5ItsDomain *domain = domain_of(access);

    vgic_lock(&domain->lock);
    domain->dt_cfgr = (uint32_t)value & vgic_v5_its_dt_cfgr_fields(domain->its);
    vgic_v5_its_forget_all(domain);
    vgic_unlock(&domain->lock);
}

/* Invalidation */

static uint64_t its_didr_read(VgicAccess *access)
{
    return domain_of(access)->didr;
}

static void its_didr_write(VgicAccess *access, uint64_t value)
{
    VgicV5ItsDomain *domain = domain_of(access);

    domain->didr = (uint32_t)merge(access, domain->didr, value);
}

static uint64_t its_eidr_read(VgicAccess *access)
{
    return domain_of(access)->eidr;
}

static void its_eidr_write(VgicAccess *access, uint64_t value)
{
    domain_of(access)->eidr = (uint32_t)value;
}

/* Forgets the first @p events events of the device, or one if @p events is 0. */
static void forget(VgicV5ItsDomain *domain, uint64_t events)
{
    vgic_lock(&domain->lock);
    vgic_v5_its_count(domain);
    if (events) {
        vgic_cache_drop_device(&domain->cache, domain->didr, events);
    } else {
        vgic_cache_drop(&domain->cache, domain->didr, domain->eidr);
    }
    vgic_v5_its_count(domain);
    vgic_unlock(&domain->lock);
}

/* With L1 all events that an entry of level 1 is for: the whole device is more than that. */
static void its_inv_eventr_write(VgicAccess *access, uint64_t value)
{
    VgicV5ItsDomain *domain = domain_of(access);
    bool all = VGIC_GET(value, its_inv_eventr, L1);

    if (VGIC_GET(value, its_inv_eventr, I)) {
        forget(domain, all ? UINT64_C(1) << domain->its->event_bits : 0);
    }
}

/* With L1 all devices that an entry of level 1 is for, if there is one: everything is more. */
static void its_inv_devicer_write(VgicAccess *access, uint64_t value)
{
    VgicV5ItsDomain *domain = domain_of(access);
    unsigned bits = (unsigned)VGIC_GET(value, its_inv_devicer, EVENTID_BITS);

    if (!VGIC_GET(value, its_inv_devicer, I)) {
        return;
    }
    if (VGIC_GET(value, its_inv_devicer, L1) &&
        VGIC_GET(atomic_load(&domain->dt_cfgr), its_dt_cfgr, STRUCTURE)) {
        vgic_lock(&domain->lock);
        vgic_v5_its_forget_all(domain);
        vgic_unlock(&domain->lock);
    } else {
        forget(domain, UINT64_C(1) << bits);
    }
}

/* What an event translates to now. */

static void its_read_eventr_write(VgicAccess *access, uint64_t value)
{
    VgicV5ItsDomain *domain = domain_of(access);
    uint64_t itte, data = 0;

    if (!VGIC_GET(value, its_read_eventr, R)) {
        return;
    }
    if (!vgic_v5_its_look_up(domain, domain->didr, domain->eidr, &itte)) {
        bool virtual = VGIC_GET(itte, l2_itte, VIRTUAL);

        data = VGIC_MASK(its_read_event_datar, VALID) |
               VGIC_PUT(its_read_event_datar, LPI_ID, VGIC_GET(itte, l2_itte, LPI_ID)) |
               VGIC_PUT(its_read_event_datar, VIRT, virtual);
        if (virtual) {
            data |= VGIC_PUT(its_read_event_datar, VM_ID, VGIC_GET(itte, l2_itte, VM_ID));
        }
    }
    domain->read_event_datar = data;
}

static uint64_t its_read_event_datar_read(VgicAccess *access)
{
    return domain_of(access)->read_event_datar;
}

/* There is nothing to wait for: an event is at its LPI when the write that made it returns, and one
 * on its way goes by nothing that was invalidated before. */
static void its_syncr_write(VgicAccess *access, uint64_t value)
{
    (void)access;
    (void)value;
}

/* Events of software */

static uint64_t its_gen_event_didr_read(VgicAccess *access)
{
    return domain_of(access)->gen_event_didr;
}

static void its_gen_event_didr_write(VgicAccess *access, uint64_t value)
{
    VgicV5ItsDomain *domain = domain_of(access);

    domain->gen_event_didr = (uint32_t)merge(access, domain->gen_event_didr, value);
}

static uint64_t its_gen_event_eidr_read(VgicAccess *access)
{
    return domain_of(access)->gen_event_eidr;
}

static void its_gen_event_eidr_write(VgicAccess *access, uint64_t value)
{
    domain_of(access)->gen_event_eidr = (uint32_t)value;
}

/* ITS_IDR2.XDMN_EVENTS is 0: an event for another domain is none. */
static void its_gen_eventr_write(VgicAccess *access, uint64_t value)
{
    VgicV5ItsDomain *domain = domain_of(access);

    if (!VGIC_GET(value, its_gen_eventr, R)) {
        return;
    }
    if (VGIC_GET(value, its_gen_eventr, TARGET_DOMAIN) != access->domain) {
        vgic_access_report(access, VGIC_RULE_IRQ_DOMAIN, UINT32_MAX);
        return;
    }
    vgic_v5_its_event_access(access, domain->its, access->domain, domain->gen_event_didr,
                             domain->gen_event_eidr);
}

/* Software errors */

static bool has_software_errors(const Vgic *gic)
{
    return gic->v5->software_errors;
}

static uint64_t its_swerr_statusr_read(VgicAccess *access)
{
    return domain_of(access)->swerr_statusr;
}

static void its_swerr_statusr_write(VgicAccess *access, uint64_t value)
{
    VgicV5ItsDomain *domain = domain_of(access);

    if (!VGIC_GET(value & access->mask, its_swerr_statusr, V)) {
        return;
    }
    vgic_lock(&domain->lock);
    domain->swerr_statusr = 0;
    domain->swerr_syndromer0 = 0;
    domain->swerr_syndromer1 = 0;
    vgic_unlock(&domain->lock);
}

static uint64_t its_swerr_syndromer0_read(VgicAccess *access)
{
    return domain_of(access)->swerr_syndromer0;
}

static uint64_t its_swerr_syndromer1_read(VgicAccess *access)
{
    return domain_of(access)->swerr_syndromer1;
}

/* The translate frame */

static void its_translater_write(VgicAccess *access, uint64_t value)
{
    vgic_v5_its_event_access(access, access->unit, access->domain, access->device, (uint32_t)value);
}

static bool has_realm(const Vgic *gic)
{
    return vgic_v5_has_domain(gic->v5, VGIC_REALM);
}

/* For the Realm domain, whatever the frame's. */
static void its_rl_translater_write(VgicAccess *access, uint64_t value)
{
    vgic_v5_its_event_access(access, access->unit, VGIC_REALM, access->device, (uint32_t)value);
}

#define MEC "MEC is not modelled"

/* clang-format off */
const VgicFrameRow vgic_v5_its_rows[] = {
    ONE("ITS_IDR0", ITS_IDR0, READ, its_idr0, .read = its_idr0_read),
    ONE("ITS_IDR1", ITS_IDR1, READ, its_idr1, .read = its_idr1_read),
    ONE("ITS_IDR2", ITS_IDR2, READ, its_idr2, .read = its_idr2_read),
    ONE("ITS_IIDR", ITS_IIDR, READ, its_iidr, .read = its_iidr_read),
    ONE("ITS_AIDR", ITS_AIDR, READ, its_aidr, .constant = VGIC_PUT(its_aidr, Component, ITS_COMPONENT)),
    ONE("ITS_CR0", ITS_CR0, RW, its_cr0, .read = its_cr0_read, .write = its_cr0_write),
    ONE("ITS_CR1", ITS_CR1, RW, its_cr1, .read = its_cr1_read, .write = its_cr1_write),
    WIDE("ITS_DT_BASER", ITS_DT_BASER, RW, its_dt_baser, .read = its_dt_baser_read, .write = its_dt_baser_write),
    ONE("ITS_DT_CFGR", ITS_DT_CFGR, RW, its_dt_cfgr, .read = its_dt_cfgr_read, .write = its_dt_cfgr_write),
    WIDE("ITS_DIDR", ITS_DIDR, RW, its_didr, .read = its_didr_read, .write = its_didr_write),
    ONE("ITS_EIDR", ITS_EIDR, RW, its_eidr, .read = its_eidr_read, .write = its_eidr_write),
    ONE("ITS_INV_EVENTR", ITS_INV_EVENTR, WRITE, its_inv_eventr, .write = its_inv_eventr_write),
    ONE("ITS_INV_DEVICER", ITS_INV_DEVICER, WRITE, its_inv_devicer, .write = its_inv_devicer_write),
    ONE("ITS_READ_EVENTR", ITS_READ_EVENTR, WRITE, its_read_eventr, .write = its_read_eventr_write),
    WIDE("ITS_READ_EVENT_DATAR", ITS_READ_EVENT_DATAR, READ, its_read_event_datar,
         .read = its_read_event_datar_read),
    ONE("ITS_STATUSR", ITS_STATUSR, READ, its_idle, .read = vgic_v5_idle_read),
    WIDE("ITS_SYNCR", ITS_SYNCR, WRITE, its_syncr, .write = its_syncr_write),
    ONE("ITS_SYNC_STATUSR", ITS_SYNC_STATUSR, READ, its_idle, .read = vgic_v5_idle_read),
    WIDE("ITS_GEN_EVENT_DIDR", ITS_GEN_EVENT_DIDR, RW, its_gen_event_didr, .read = its_gen_event_didr_read,
         .write = its_gen_event_didr_write),
    ONE("ITS_GEN_EVENT_EIDR", ITS_GEN_EVENT_EIDR, RW, its_gen_event_eidr, .read = its_gen_event_eidr_read,
        .write = its_gen_event_eidr_write),
    ONE("ITS_GEN_EVENTR", ITS_GEN_EVENTR, WRITE, its_gen_eventr, .write = its_gen_eventr_write),
    ONE("ITS_GEN_EVENT_STATUSR", ITS_GEN_EVENT_STATUSR, READ, its_idle, .read = vgic_v5_idle_read),
    ABSENT("ITS_MEC_IDR", ITS_MEC_IDR, 1, 32, READ, MEC),
    ABSENT("ITS_MEC_MECID_R", ITS_MEC_MECID_R, 1, 32, RW, MEC),
    ABSENT("ITS_MPAM_IDR", ITS_MPAM_IDR, 1, 32, READ, MPAM),
    ABSENT("ITS_MPAM_PARTID_R", ITS_MPAM_PARTID_R, 1, 32, RW, MPAM),
    WIDE("ITS_SWERR_STATUSR", ITS_SWERR_STATUSR, RW, its_swerr_statusr, .read = its_swerr_statusr_read,
         .write = its_swerr_statusr_write, .present = has_software_errors),
    WIDE("ITS_SWERR_SYNDROMER0", ITS_SWERR_SYNDROMER0, READ, its_swerr_syndromer0,
         .read = its_swerr_syndromer0_read, .present = has_software_errors),
    WIDE("ITS_SWERR_SYNDROMER1", ITS_SWERR_SYNDROMER1, READ, its_swerr_syndromer1,
         .read = its_swerr_syndromer1_read, .present = has_software_errors),
    VGIC_ID_ROW("ITS_DEVARCH", ITS_DEVARCH, VGIC_V5_DEVARCH),
    VGIC_ID_ROWS("ITS", 0x96, 0x0B),
};
const uint32_t vgic_v5_its_row_count = G_N_ELEMENTS(vgic_v5_its_rows);

const VgicFrameRow vgic_v5_translate_rows[] = {
    ONE("ITS_TRANSLATER", ITS_TRANSLATER, WRITE, its_translater, .write = its_translater_write),
    ONE("ITS_RL_TRANSLATER", ITS_RL_TRANSLATER, WRITE, its_translater, .write = its_rl_translater_write,
        .present = has_realm),
};
/* clang-format on */
const uint32_t vgic_v5_translate_row_count = G_N_ELEMENTS(vgic_v5_translate_rows);
