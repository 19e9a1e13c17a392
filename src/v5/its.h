/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Interrupt Translation Service of GICv5 [GICv5 5]: what its files share.
 *
 * Each domain has registers, tables and a cache of its own. Tables are software's: it changes them
 * in memory, and then says so (ITS_INV_DEVICER, ITS_INV_EVENTR). Only valid translations are
 * cached.
 *
 * Events take no lock of the ITS. `generation` counts what makes translations void: an event notes
 * it first, and takes effect only if it is still the same under the lock of the LPI's home, else it
 * is translated anew. Whoever makes translations void counts, drops them from the cache, and counts
 * again: once that is done, nothing comes of an old translation any more (docs/its5.md).
 */
#ifndef VGIC_V5_ITS_H
#define VGIC_V5_ITS_H

#include "core/cache.h"
#include "defs/its5.h"
#include "v5/v5.h"

/** What a domain has of an ITS. */
typedef struct VgicV5ItsDomain {
    /* constant */
    VgicV5Its *its;
    unsigned domain;
    VgicSpace space; /* of its tables */
    const struct VgicFrame *config, *translate;
    /* Registers: written under the lock, and read without it. */
    VgicLock lock;
    atomic_bool enabled;
    _Atomic uint32_t cr1, dt_cfgr, didr, eidr, gen_event_didr, gen_event_eidr;
    _Atomic uint64_t dt_baser, read_event_datar;
    _Atomic uint64_t swerr_statusr, swerr_syndromer0, swerr_syndromer1;
    /* What events go by */
    _Atomic uint64_t generation;
    VgicCache cache; /* it grows, and is emptied, under the lock */
} VgicV5ItsDomain;

struct VgicV5Its {
    /* constant */
    Vgic *gic;
    uint32_t index;
    VgicIrs *irs; /* where its events go */
    uint32_t device_bits, event_bits;
    bool two_level; /* device tables */
    VgicV5ItsDomain domain[VGIC_DOMAINS];
};

/**
 * Codes of ITS_SWERR_STATUSR.EC. No public source has those of the architecture; these are the
 * IRS's, with device table and translation table in the place of the two levels of an IST.
 */
enum {
    VGIC_SWERR_DTE = 1,
    VGIC_SWERR_ITTE = 2,
};

/** An entry that could not be read. */
typedef struct VgicItsFault {
    uint64_t address;
    unsigned code;
} VgicItsFault;

/** Reads the L2_ITTE of an event, which is valid then. With VGIC_RULE_ITS_BUS @p fault is set. No
 * lock is held. */
VgicRule vgic_v5_its_walk(const VgicV5ItsDomain *domain, uint32_t device, uint32_t event,
                          uint64_t *itte, VgicItsFault *fault);

/** The L2_ITTE of an event as far as the ITS goes by it: from the cache, or else from the tables. A
 * fault is noted. No lock is held. */
VgicRule vgic_v5_its_look_up(VgicV5ItsDomain *domain, uint32_t device, uint32_t event,
                             uint64_t *itte);

/** The fields of ITS_DT_CFGR that software can write. */
static inline uint32_t vgic_v5_its_dt_cfgr_fields(const VgicV5Its *its)
{
    return (uint32_t)(VGIC_MASK(its_dt_cfgr, DEVICEID_BITS) | VGIC_MASK(its_dt_cfgr, L2SZ) |
                      (its->two_level ? VGIC_MASK(its_dt_cfgr, STRUCTURE) : 0));
}

/** Translations are about to become void, or have become so. */
static inline void vgic_v5_its_count(VgicV5ItsDomain *domain)
{
    atomic_fetch_add(&domain->generation, 1);
}

/** Forgets all translations; the lock is held. */
void vgic_v5_its_forget_all(VgicV5ItsDomain *domain);

/** An event that comes as a register access, which gets the rule that it breaks. */
void vgic_v5_its_event_access(VgicAccess *access, VgicV5Its *its, unsigned domain, uint32_t device,
                              uint32_t event);

extern const VgicFrameRow vgic_v5_its_rows[];
extern const uint32_t vgic_v5_its_row_count;
extern const VgicFrameRow vgic_v5_translate_rows[];
extern const uint32_t vgic_v5_translate_row_count;

#endif
