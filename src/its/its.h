/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Interrupt Translation Service [6]: what its files share.
 *
 * Its tables in guest memory are the truth; a command writes them through. Two caches spare reading
 * them for each MSI: translations (DeviceID, EventID -> INTID, collection), and the PE of each
 * collection. Either may be dropped at any time.
 *
 * MSIs take no lock of the ITS. `generation` counts the changes of what an MSI may conclude from:
 * an MSI notes it first, and makes its LPI pending only if it is still the same under the LPI's
 * lock. A command therefore writes memory, counts, drops what it changed from the caches, counts
 * again, and only then touches the LPI: an MSI that went before it is undone or moved with the
 * rest, one that comes after it finds the new tables (docs/its.md).
 *
 * Commands are carried out by one thread at a time, which sets `busy`, and with no lock held,
 * because they read and write guest memory. Who finds an ITS busy leaves its command to that
 * thread.
 */
#ifndef VGIC_ITS_ITS_H
#define VGIC_ITS_ITS_H

#include "core/cache.h"
#include "core/gic.h"
#include "defs/gits.h"

enum {
    VGIC_ITS_DEVICES = 0, /* GITS_BASER<n> of the device table */
    VGIC_ITS_COLLECTIONS = 1,
    VGIC_ITS_BASERS = 2, /* those that exist; the others are RES0 */
    /* Values of VgicIts.collections beside PEs. */
    VGIC_COLLECTION_UNKNOWN = 0xFFFF, /* not read from the table yet */
    VGIC_COLLECTION_UNMAPPED = 0xFFFE,
};

struct VgicIts {
    /* constant */
    Vgic *gic;
    const char *name; /* its frame's */
    uint32_t device_bits, event_bits, collection_bits;
    uint32_t hardware_collections;
    bool cil, indirect, umsi;
    VgicItsErrors errors;
    uint32_t iidr;
    uint32_t slice;
    const uint64_t *redist_addresses; /* GITS_TYPER.PTA is 1; else NULL */

    /* Registers: written under the lock; atomic ones are read without it. */
    VgicLock lock;
    atomic_bool enabled;
    uint64_t cbaser;
    uint64_t cwriter, creadr; /* offsets in the queue */
    bool stalled;
    _Atomic uint64_t baser[VGIC_ITS_BASERS];
    uint64_t umsir;
    _Atomic uint32_t statusr;

    /* Commands */
    uint32_t epoch; /* counts resets: a command that one came between stores nothing any more */
    bool busy;      /* a thread is at a command; under the lock */
    uint32_t step;  /* how far a long command got: the next chunk of LPIs; under the lock */

    /* What MSIs go by */
    _Atomic uint64_t generation;
    _Atomic uint16_t *collections; /* PE of each ICID; written under the lock */
    VgicCache cache;
};

/** A device's entry, and an event's. */
typedef struct VgicDte {
    uint64_t itt;
    uint32_t event_bits;
} VgicDte;

typedef struct VgicIte {
    uint32_t intid;
    uint32_t collection;
} VgicIte;

static inline uint64_t vgic_its_generation(const VgicIts *its)
{
    return atomic_load(&its->generation);
}

/** Something that MSIs go by is about to change, or has changed. */
static inline void vgic_its_count(VgicIts *its)
{
    atomic_fetch_add(&its->generation, 1);
}

/*
 * Tables. Results are the rule that is broken: VGIC_RULE_NONE, VGIC_RULE_ITS_BUS, or what is out of
 * range or not there.
 */
VgicRule vgic_its_read_device(const VgicIts *its, uint32_t device, VgicDte *dte);
/** @p dte NULL: unmaps it. */
VgicRule vgic_its_write_device(const VgicIts *its, uint32_t device, const VgicDte *dte);
VgicRule vgic_its_read_event(const VgicIts *its, const VgicDte *dte, uint32_t event, VgicIte *ite);
VgicRule vgic_its_write_event(const VgicIts *its, const VgicDte *dte, uint32_t event,
                              const VgicIte *ite);
/** Is there room for the collection? */
VgicRule vgic_its_check_collection(const VgicIts *its, uint32_t icid);
/** The PE of a collection, from the table. */
VgicRule vgic_its_look_up_collection(VgicIts *its, uint32_t icid, VgicCpu **cpu);

/** The same, from the cache if it is there. */
static inline VgicRule vgic_its_collection(VgicIts *its, uint32_t icid, VgicCpu **cpu)
{
    uint16_t pe = VGIC_COLLECTION_UNMAPPED;

    if (G_LIKELY(!(icid >> its->collection_bits))) {
        pe = atomic_load_explicit(&its->collections[icid], memory_order_relaxed);
    }
    if (G_LIKELY(pe < its->gic->cpu_count)) {
        *cpu = &its->gic->cpus[pe];
        return VGIC_RULE_NONE;
    }
    return pe == VGIC_COLLECTION_UNKNOWN ? vgic_its_look_up_collection(its, icid, cpu)
                                         : VGIC_RULE_ITS_COLLECTION;
}
/** @p cpu NULL: unmaps it. Cache and generation are dealt with, unless VgicIts.epoch is no longer
 * @p epoch. */
VgicRule vgic_its_map_collection(VgicIts *its, uint32_t icid, const VgicCpu *cpu, uint32_t epoch);
/** Forgets what is cached of the collections in the table; the lock is held. */
void vgic_its_forget_collections(VgicIts *its);

/** The fields of a GITS_BASER<n> that software can write. */
static inline uint64_t vgic_its_baser_fields(const VgicIts *its)
{
    return its->indirect ? GITS_BASER_FIELDS : GITS_BASER_FIELDS & ~VGIC_MASK(gits_baser, Indirect);
}

/** Where entry @p index of a table is, whose register is @p baser. */
VgicRule vgic_its_entry(const VgicIts *its, uint64_t baser, uint64_t index, VgicRule missing,
                        uint64_t *address);
/** Entries that a table has room for, were all its second level there. */
uint64_t vgic_its_entries(uint64_t baser);

/** The event of a device: both look-ups. */
VgicRule vgic_its_find(const VgicIts *its, uint32_t device, uint32_t event, VgicDte *dte,
                       VgicIte *ite);

/** The PE that an RDbase field names, NULL if none. */
VgicCpu *vgic_its_redistributor(const VgicIts *its, uint64_t rdbase);

/*
 * Commands.
 */

/** One command on its way. */
typedef struct VgicItsCommand {
    VgicIts *its;
    const char *name; /* NULL: unknown */
    bool has_device, has_event;
    uint64_t dw[4];
    uint32_t epoch;  /* VgicIts.epoch when it began */
    uint32_t step;   /* VgicIts.step, and what it is to be */
    bool more;       /* this was a step of it: there are others */
    uint64_t cost;   /* how many commands it took the time of */
    VgicRule remark; /* something to report although the command was carried out */
    uint32_t intid;  /* of that */
} VgicItsCommand;

/**
 * Carries out a command, or a step of it.
 *
 * @return the rule that it breaks; it then did nothing
 */
VgicRule vgic_its_execute(VgicItsCommand *command);

/** Works off commands if there are any, at most VgicIts.slice of them if the host can do the rest
 * later, which it is asked for. No lock is held. */
void vgic_its_run(VgicIts *its);

/** The same for a caller that asks again: true if there is more to do. */
bool vgic_its_run_slice(VgicIts *its);

/** The size of the command queue; the lock is held. */
static inline uint64_t vgic_its_queue_bytes(const VgicIts *its)
{
    return (VGIC_GET(its->cbaser, gits_cbaser, Size) + 1) * 0x1000;
}

/** Is there a command to carry out, or to finish, which being disabled does not prevent? The lock
 * is held. */
bool vgic_its_has_work(const VgicIts *its);

/** Nothing is being done, and nothing will be: GITS_CTLR.Quiescent. The lock is held. */
static inline bool vgic_its_is_quiescent(const VgicIts *its)
{
    return !its->enabled && !its->busy && !vgic_its_has_work(its);
}

/** An MSI. Returns the rule that it breaks; @p intid is the LPI's, and @p cpu its PE, as far as
 * they are known. No lock is held. */
VgicRule vgic_its_msi(VgicIts *its, uint32_t device, uint32_t event, uint32_t *intid,
                      VgicCpu **cpu);

/** An MSI that comes as a register access, which gets the rule. */
void vgic_its_msi_access(VgicAccess *access, uint32_t event);

/** Tells the host of a broken rule. */
void vgic_its_report(const VgicItsCommand *command, VgicRule rule, uint32_t intid);

extern const VgicFrameRow vgic_its_rows[];
extern const uint32_t vgic_its_row_count;
extern const VgicPartOps vgic_its_part;
extern const VgicMsiOps vgic_its_msi_ops;
extern const VgicPartStateOps vgic_its_state;

#endif
