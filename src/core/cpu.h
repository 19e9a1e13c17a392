/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The record of a PE: its pending queues, its candidate, its CPU interface, its own interrupts and
 * its output lines.
 *
 * Always true while nobody holds its lock, unless it is `stale`: `candidate` is the best interrupt
 * of its queues among the groups in `groups_on`, and `lines` are what the model derives from the
 * candidate and the CPU interface.
 */
#ifndef VGIC_CORE_CPU_H
#define VGIC_CORE_CPU_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <vgic/config.h>

#include "core/bank.h"
#include "core/irq.h"
#include "core/lock.h"
#include "core/lpi.h"
#include "core/queue.h"

enum {
    VGIC_QUEUES = 4, /* groups of GICv2 to GICv4, interrupt domains of GICv5 */
    VGIC_QUEUE_ACTIVE =
        3, /* GICv2 to GICv4, with Vgic.lists_active: what is active, of any group */
    VGIC_CACHE_LINE = 64,
};

/** The highest-priority pending interrupt (HPPI). */
typedef struct VgicCandidate {
    _Alignas(8) uint32_t slot; /* VGIC_SLOT_NONE: there is none */
    uint16_t key;
    uint8_t queue;
    uint8_t priority;
} VgicCandidate;

/**
 * The virtual CPU interface of a PE with EL2 (v3/ich.h has its rules).
 *
 * Always true while nobody holds the PE's lock: the sets, `rank` and `best` are what `lr` and
 * `igrpen` say (vgic_ich_set_lr(), vgic_ich_set_igrpen()), and `lines` is what follows from all of
 * it (vgic_ich_refresh()).
 */
typedef struct VgicIch {
    VgicBank bank; /* VMCR.VPMR, VBPR0, VBPR1, VCBPR; ICH_AP0R, ICH_AP1R */
    VgicShared64 lr[VGIC_MAX_LIST_REGISTERS]; /* ICH_LR<n>_EL2 */
    VgicShared32 hcr;                         /* ICH_HCR_EL2 */
    VgicShared8 igrpen[VGIC_GROUPS];          /* VMCR.VENG0 and, as [VGIC_G1NS], VENG1 */
    VgicShared8 eoimode;                      /* VMCR.VEOIM */
    /* derived: sets of list registers, bit n for ICH_LR<n>_EL2 */
    VgicShared32 valid, pending, active; /* State is not 0; pending and not active; active */
    VgicShared32 ended;                  /* ICH_EISR_EL2 */
    int16_t
        rank[VGIC_MAX_LIST_REGISTERS]; /* order of those that may be presented; VGIC_RANK_NONE */
    _Atomic int16_t best;              /* the lowest rank; read without the lock, too */
    uint32_t lines;                    /* VgicLine bits of the virtual CPU interface */
} VgicIch;

/** The CPU interface of a PE of a GICv5 (v5/v5.h). */
typedef struct VgicV5Cpu VgicV5Cpu;

struct VgicCpu {
    _Alignas(VGIC_CACHE_LINE) VgicLock lock;
    /* constant */
    uint32_t index;
    Vgic *gic;
    VgicV5Cpu *v5;   /* NULL in other generations, and for the PE that is none */
    VgicIrq *local;  /* its own interrupts, by slot */
    VgicIrq *shared; /* those it shares, by slot - VGIC_SLOT_SHARED */
    const VgicLpis *lpis;
    uint64_t affinity; /* MPIDR layout */
    /* published: read without the lock */
    _Atomic uint32_t lines;
    /* derived, vgic_cpu_refresh() and its callers */
    bool stale; /* queues or groups_on changed since the candidate was computed */
    _Atomic VgicCandidate candidate; /* read without the lock, too */
    uint32_t groups_on; /* queues whose interrupts may be presented: bit n for queue n */
    uint32_t line_of_queue[VGIC_QUEUES]; /* VgicLine that a candidate of the queue raises */
    uint32_t wakes_on;                   /* queues whose interrupts wake it while it sleeps */
    uint32_t participates;               /* groups for which 1-of-N may choose this PE, as bits */
    VgicQueue queues[VGIC_QUEUES];
    /* the CPU interface */
    VgicBank bank;
    struct {
        VgicShared8 igrpen[VGIC_GROUPS];
        VgicShared8 eoimode[VGIC_GROUPS]; /* [VGIC_G0]: EOImode_EL3; [VGIC_G1S], [VGIC_G1NS]: the
                                      EL1 copies */
        VgicShared8 pmhe;
        atomic_bool sre_el2_enable; /* ICC_SRE_EL2.Enable */
        atomic_bool sre_el3_enable; /* ICC_SRE_EL3.Enable */
        bool el3;                   /* the PE executes at EL3 in AArch64, as the host said last */
        bool secure;                /* the PE executes in Secure state, EL3 included */
    } icc;
    /* the Redistributor */
    struct {
        bool asleep;                 /* GICR_WAKER.ProcessorSleep */
        uint32_t dpg;                /* GICR_CTLR.DPG bits, in place */
        _Atomic uint32_t statusr[2]; /* GICR_STATUSR, Secure and Non-secure */
        atomic_bool enable_lpis;     /* GICR_CTLR.EnableLPIs */
        bool lpis_changing;         /* EnableLPIs was written, and its tables are being worked on */
        _Atomic uint32_t lpi_end;   /* LPIs below it are taken; 0 while they are disabled */
        _Atomic uint64_t propbaser; /* GICR_PROPBASER */
        _Atomic uint64_t pendbaser; /* GICR_PENDBASER, PTZ as written */
    } redist;
    VgicIch ich;
};

static inline bool vgic_candidate_is_nmi(const VgicCandidate *candidate)
{
    return !(candidate->key & 1);
}

/** The record with @p slot, as this PE sees it. */
static inline VgicIrq *vgic_cpu_irq(const VgicCpu *cpu, uint32_t slot)
{
    if (slot & VGIC_SLOT_LPI) {
        return vgic_lpi_find(cpu->lpis, slot & ~VGIC_SLOT_LPI);
    }
    return slot < VGIC_SLOT_SHARED ? &cpu->local[slot] : &cpu->shared[slot - VGIC_SLOT_SHARED];
}

static inline VgicCandidate vgic_cpu_candidate(const VgicCpu *cpu)
{
    return atomic_load_explicit(&cpu->candidate, memory_order_relaxed);
}

/** Is @p cpu, whose lock is held, the home of @p irq, and nothing of it in a list register? */
static inline bool vgic_irq_is_settled_at(const VgicIrq *irq, const VgicCpu *cpu)
{
    return atomic_load_explicit(&irq->home, memory_order_acquire) == cpu->index &&
           !(irq->flags & VGIC_IRQ_ON_LR);
}

/** Recomputes every cache of @p cpu and compares; aborts with a message if one is wrong. For debug
 * builds; the lock is held. */
void vgic_cpu_check(VgicCpu *cpu);

/** Recomputes the candidate; the lock is held. */
void vgic_cpu_recompute(VgicCpu *cpu);

/** The same if something changed. */
static inline void vgic_cpu_refresh(VgicCpu *cpu)
{
    if (cpu->stale) {
        vgic_cpu_recompute(cpu);
    }
}

/**
 * Lets the backend present what changed at @p cpu and unlocks it. True if its lines are different
 * now: the caller owes the host vgic_cpu_notify().
 */
bool vgic_cpu_release(VgicCpu *cpu);

/** Unlocks @p cpu, of which nothing changed that it is presented. False. */
static inline bool vgic_cpu_leave(VgicCpu *cpu)
{
#ifdef VGIC_INVARIANTS
    vgic_cpu_check(cpu);
#endif
    vgic_unlock(&cpu->lock);
    return false;
}

/** Tells the host that the lines of @p cpu changed. No lock is held. */
void vgic_cpu_notify(VgicCpu *cpu);

/** Lets the backend present what changed at @p cpu, unlocks it, and tells the host if its lines are
 * different now. */
void vgic_cpu_present_unlock(VgicCpu *cpu);

/** Publishes @p lines; true if they were different. The lock is held. */
static inline bool vgic_cpu_publish(VgicCpu *cpu, uint32_t lines)
{
    if (atomic_load_explicit(&cpu->lines, memory_order_relaxed) == lines) {
        return false;
    }
    atomic_store_explicit(&cpu->lines, lines, memory_order_release);
    return true;
}

/**
 * Recomputes what follows from group enables, sleep and 1-of-N's rules at @p cpu, and returns the
 * groups whose 1-of-N it joined or left, as bits. Presents nothing; the lock stays held.
 */
uint32_t vgic_cpu_configure(VgicCpu *cpu);

/**
 * Recomputes everything at @p cpu that follows from group enables, sleep and the PE's state,
 * presents it and unlocks. Interrupts that 1-of-N gave to it, or that waited for a PE, move as they
 * must.
 */
void vgic_cpu_reconfigure_unlock(VgicCpu *cpu);

#endif
