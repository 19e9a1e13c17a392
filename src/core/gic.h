/* SPDX-License-Identifier: BSD-2-Clause */
/* The instance. Members are constant after creation unless they say otherwise. */
#ifndef VGIC_CORE_GIC_H
#define VGIC_CORE_GIC_H

#include <assert.h>
#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <vgic/vgic.h>

#include "core/backend.h"
#include "core/cpu.h"
#include "core/lpi.h"
#include "core/model.h"
#include "core/part.h"
#include "core/report.h"
#include "reg/frame.h"
#include "reg/sysreg.h"

enum {
    VGIC_CPU_WORDS = VGIC_MAX_CPUS / 64,
    VGIC_SHARED_WORDS = (VGIC_MAX_SPIS + VGIC_MAX_ESPIS + 63) / 64,
    VGIC_MAX_TABLES = 5, /* IRS, its SETLPI frame, ITS, its translate frame, IWB */
};

/** PEs whose affinities differ in the last four bits only: a row of the table that SGIs look their
 * targets up in. */
typedef struct VgicCluster {
    uint64_t key;     /* affinity without Aff0[3:0] */
    uint16_t cpu[16]; /* PE with this Aff0[3:0], or the number of PEs */
} VgicCluster;

/** One frame of an instance, what the opaque public type is. */
struct VgicFrame {
    const char *name;
    uint64_t size;
    const VgicFrameTable *table;
    bool has_status;     /* it has a register that notes refused accesses */
    uint32_t first_cpu;  /* Redistributor regions: the PE at offset 0 */
    uint32_t cpu_stride; /* Redistributor regions: bytes of one PE; else 0 */
    VgicIts *its;        /* frames of an ITS; else NULL */
    void *unit;          /* GICv5: the IRS, ITS or IWB */
    uint8_t domain;      /* GICv5: the domain */
    uint8_t spaces;      /* GICv5: spaces whose accesses it answers, as bits; 0: all */
};

/** The virtual CPU interfaces, all alike. */
typedef struct VgicIchConstants {
    uint32_t list_registers; /* 0 without EL2 */
    uint64_t vtr;            /* ICH_VTR_EL2 */
    uint64_t hcr_bits;       /* of ICH_HCR_EL2 that exist */
    uint64_t lr_bits;        /* of ICH_LR<n>_EL2 that exist, all of pINTID included */
} VgicIchConstants;

/** The Distributor's own registers. */
typedef struct VgicDist {
    VgicLock lock;               /* writers of ctlr */
    _Atomic uint32_t ctlr;       /* group enables as bits 1 << VGIC_G*, and VGIC_DIST_* */
    _Atomic uint32_t statusr[2]; /* Secure and Non-secure */
    _Atomic uint64_t *router; /* IROUTER as written, by slot - VGIC_SLOT_SHARED; written under the
                                 interrupt's lock */
} VgicDist;

/** Bits of VgicDist.ctlr beside the group enables. */
enum {
    VGIC_DIST_GROUPS = 7,
    VGIC_DIST_DS = 1 << 6,
    VGIC_DIST_E1NWF = 1 << 7,
};

static_assert(VGIC_SHARED_WORDS <= 32, "one_of_n_used has a bit for each word");

/** A GICv5 (v5/v5.h). */
typedef struct VgicV5 VgicV5;

struct Vgic {
    const VgicModelOps *model;
    const VgicBackendOps *backend;
    void *backend_data;
    VgicHost host;
    void *machine;

    uint32_t cpu_count;
    VgicCpu *cpus; /* cpu_count of them, and one more for interrupts that go to no PE */
    /* Queue of an interrupt by its group and modifier bits: [3:0] for index 0, [7:4] for index 1,
     * ... Changes with GICD_CTLR.DS. */
    _Atomic uint32_t queue_of_group;

    uint32_t spis, espis, eppis;
    uint32_t local_count;  /* records of each PE's own interrupts; GICv5 has none of its PPIs */
    uint32_t shared_count; /* slots from VGIC_SLOT_SHARED that have a record, those of absent
                              interrupts included */
    VgicIrq *shared;
    VgicIrq *local; /* all PEs' */
    VgicBucket *buckets;
    uint32_t bucket_count; /* of one queue */
    unsigned priority_bits, preemption_bits;

    VgicCluster *clusters; /* sorted by key */
    uint32_t cluster_count;

    bool el3, two_states, ds_fixed, one_of_n_supported, message_spis, statusr, hold_while_asleep;
    bool sre_enable_writable, direct_lpi, el2, nmi;
    VgicIchConstants ich;
    uint32_t maintenance_intid; /* the PPI that the maintenance interrupt is wired to, or 0 */
    uint32_t message_base, message_count;
    uint32_t iidr;
    uint32_t its_count;
    bool lists_active; /* VgicBackendOps.lists_active */

    VgicV5 *v5; /* NULL in other generations */
    /* GICv5: the PE of each IAFFID, or the number of PEs; NULL: VgicIrq.target is a PE */
    uint16_t *pe_of_iaffid;

    VgicLpis lpis;
    const VgicPartOps *part; /* the ITSs, or NULL */
    const VgicMsiOps *msi;   /* NULL without an ITS */
    VgicIts *its;
    uint64_t *redist_addresses; /* GITS_TYPER.PTA is 1: of each PE; else NULL */

    VgicConfig config; /* as it was asked for, for the saved state; its arrays are the GIC's own,
                          without affinities */

    VgicDist dist;
    /* 1-of-N: which SPIs have IROUTER.IRM set, by slot, and which PEs take part, by group. Changed
     * atomically. */
    _Atomic uint64_t one_of_n[VGIC_SHARED_WORDS];
    _Atomic uint32_t one_of_n_used; /* words of one_of_n that ever had a bit set */
    _Atomic uint64_t participants[VGIC_QUEUES][VGIC_CPU_WORDS];
    /* SPIs in queues of active ones; with lists_active only. */
    _Atomic uint32_t shared_active;

    struct VgicFrame *frames;
    uint32_t frame_count;
    VgicFrameTable tables[VGIC_MAX_TABLES]; /* Redistributor regions share one */
    uint32_t table_count;
    VgicSysregIndex sysregs;
};

/** One Security state only, or Secure software gave up the other one: GICD_CTLR.DS. */
static inline bool vgic_ds(const Vgic *gic)
{
    return atomic_load_explicit(&gic->dist.ctlr, memory_order_relaxed) & VGIC_DIST_DS;
}

/** The queue, which is the effective group, of an interrupt [1.2]. */
static inline unsigned vgic_irq_queue(const Vgic *gic, const VgicIrq *irq)
{
    unsigned index = irq->group & VGIC_GROUP_MASK;

    return atomic_load_explicit(&gic->queue_of_group, memory_order_relaxed) >> 4 * index & 0xF;
}

/** Does the NMI property count? Not in Group 0 [9.5]. */
static inline bool vgic_irq_is_nmi(const VgicIrq *irq, unsigned queue)
{
    return G_UNLIKELY(irq->flags & VGIC_IRQ_NMI) && queue != VGIC_G0;
}

/** The priority of every NMI in the queue [9.5]. */
static inline uint8_t vgic_nmi_priority(const Vgic *gic, unsigned queue)
{
    return queue == VGIC_G1NS && !vgic_ds(gic) ? 0x80 : 0;
}

/** The bucket of @p queue, its queue, that an interrupt belongs in. */
static inline uint16_t vgic_irq_key(const Vgic *gic, const VgicIrq *irq, unsigned queue)
{
    bool nmi = vgic_irq_is_nmi(irq, queue);

    return vgic_queue_key(gic->priority_bits, nmi ? vgic_nmi_priority(gic, queue) : irq->priority,
                          nmi);
}

/** The PE that @p irq is routed to, or the number of PEs. */
static inline unsigned vgic_irq_target_pe(const Vgic *gic, const VgicIrq *irq)
{
    return G_UNLIKELY(gic->pe_of_iaffid) ? gic->pe_of_iaffid[irq->target] : irq->target;
}

/** The record of an interrupt, NULL if this GIC has none with that INTID; @p cpu for SGIs and PPIs.
 */
VgicIrq *vgic_irq_find(Vgic *gic, VgicCpu *cpu, uint32_t intid);

/** The PE with @p affinity (MPIDR layout, other bits 0), or the number of PEs. */
uint32_t vgic_cpu_with_affinity(const Vgic *gic, uint64_t affinity);

/** The cluster with @p key, or NULL. */
const VgicCluster *vgic_cluster(const Vgic *gic, uint64_t key);

/** The next PE after @p last, cyclic, that takes part in 1-of-N for @p group; the number of PEs if
 * none does. */
uint32_t vgic_one_of_n_choose(const Vgic *gic, unsigned group, uint32_t last);

/** Notes whether @p irq is distributed 1-of-N; the lock of its home is held. */
void vgic_one_of_n_set(Vgic *gic, const VgicIrq *irq, bool on);

/**
 * Looks again at the SPIs that are distributed 1-of-N: those that @p cpu has and those that wait
 * for a PE, because
 * @p cpu began or ceased to take part; all if it is NULL. No lock is held.
 */
void vgic_one_of_n_reconsider(Vgic *gic, const VgicCpu *cpu);

/**
 * Visits every interrupt in INTID order with the lock of its home held, and then does what follows
 * from the change;
 * @p visit may be NULL: look at each again. No lock is held.
 */
typedef void VgicIrqVisitor(VgicCpu *home, VgicIrq *irq, void *data);
void vgic_for_each_irq(Vgic *gic, VgicIrqVisitor *visit, void *data);

/** Recomputes every PE after a change of the Distributor's configuration. No lock is held. */
void vgic_reconfigure_all(Vgic *gic);

/** Tells the host of a mistake in its own code. */
void vgic_host_error(const Vgic *gic, const char *function, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** vgic_reset(), for an instance that nobody else knows yet, too. */
void vgic_core_reset(Vgic *gic, VgicReset kind);

/* Preconditions of public functions: true if they hold; else the host is told what is wrong. */
static inline bool vgic_check_gic(const Vgic *gic, const char *function)
{
    if (G_LIKELY(gic)) {
        return true;
    }
    vgic_host_error(NULL, function, "gic is NULL");
    return false;
}

static inline bool vgic_check_cpu(const Vgic *gic, const char *function, uint32_t cpu)
{
    if (!vgic_check_gic(gic, function)) {
        return false;
    }
    if (G_LIKELY(cpu < gic->cpu_count)) {
        return true;
    }
    vgic_host_error(gic, function, "cpu is %u, allowed is 0 to %u", cpu, gic->cpu_count - 1);
    return false;
}

static inline bool vgic_check_pointer(const Vgic *gic, const char *function, const void *pointer,
                                      const char *name)
{
    if (G_LIKELY(pointer)) {
        return true;
    }
    vgic_host_error(gic, function, "%s is NULL", name);
    return false;
}

/** Is a part of @p cpu in hardware (VgicBackendOps.busy)? */
static inline bool vgic_is_busy(const VgicCpu *cpu)
{
    return cpu->gic->backend->busy && cpu->gic->backend->busy(cpu);
}

/** A PE that is, or the number of PEs. */
uint32_t vgic_busy_cpu(const Vgic *gic);

/** Guest memory at @p address, in Non-secure space, where all tables of LPIs and ITSs are; false on
 * a bus error. No lock is held. */
bool vgic_read_memory(const Vgic *gic, uint64_t address, void *buffer, size_t length);
bool vgic_write_memory(const Vgic *gic, uint64_t address, const void *buffer, size_t length);

/** The same in another space. */
bool vgic_read_memory_in(const Vgic *gic, VgicSpace space, uint64_t address, void *buffer,
                         size_t length);
bool vgic_write_memory_in(const Vgic *gic, VgicSpace space, uint64_t address, const void *buffer,
                          size_t length);

/** Adds a frame, which takes over @p name; there is room for those of every model and part. */
struct VgicFrame *vgic_add_frame(Vgic *gic, const char *name, uint64_t size,
                                 const VgicFrameTable *table);

/** Adds a table of those of the registers that this GIC has; frames may share it. */
VgicFrameTable *vgic_add_table(Vgic *gic, const VgicFrameRow *rows, uint32_t row_count,
                               uint32_t size);

/** Creates the part of an instance that all models share; false sets the error. */
bool vgic_core_init(Vgic *gic, const VgicConfig *config, VgicError **error);
void vgic_core_free(Vgic *gic);

#endif
