/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The record of one interrupt, the same for SGIs, PPIs, SPIs and LPIs of every generation, and what
 * may happen to it.
 *
 * Always true while nobody holds the lock of its home:
 *   - home is the PE that its target and its active state say (vgic_irq_update_unlock()), or on its
 * way there;
 *   - it is in a pending queue of its home if and only if it is a candidate: pending, enabled and
 * not active, and in the queue of the active ones if it is active and the backend lists them
 * (Vgic.lists_active); in none while it is in a list register;
 *   - that queue and key are those of its group, priority and NMI property.
 * Whoever changes a cause (a flag, group, priority or target) calls vgic_irq_update_unlock() before
 * it lets go of the lock.
 */
#ifndef VGIC_CORE_IRQ_H
#define VGIC_CORE_IRQ_H

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "defs/intid.h"

typedef struct Vgic Vgic;
typedef struct VgicCpu VgicCpu;

/** Flags of a record. */
enum {
    VGIC_IRQ_ENABLED = 1 << 0, /* ISENABLER */
    VGIC_IRQ_LATCH = 1 << 1,   /* an edge, an SGI, ISPENDR: cleared by the acknowledge */
    VGIC_IRQ_WIRE = 1 << 2,    /* the input wire is high */
    VGIC_IRQ_MESSAGE =
        1 << 3, /* SETSPI of a level-sensitive SPI: an input of its own, until CLRSPI */
    VGIC_IRQ_LEVEL = 1 << 4,     /* level-sensitive (ICFGR) */
    VGIC_IRQ_ACTIVE = 1 << 5,    /* ISACTIVER */
    VGIC_IRQ_NMI = 1 << 6,       /* INMIR (GICv3.3) */
    VGIC_IRQ_ONE_OF_N = 1 << 7,  /* IROUTER.IRM */
    VGIC_IRQ_NO_ACTIVE = 1 << 8, /* has no active state: LPIs */
    VGIC_IRQ_ON_LR = 1 << 9,     /* its truth is in a list register (backend hyp) */
    VGIC_IRQ_LR_LATCH =
        1 << 10, /* level-sensitive and on_lr: the latch went into the list register */
    VGIC_IRQ_CONFIGURED = 1 << 11, /* LPIs: enable and priority are those of the table in memory;
                                      GICv5: all that the table says of it is here */
    VGIC_IRQ_LEVEL_HANDLING =
        1 << 12, /* GICv5 SPIs and LPIs: the acknowledge does not clear LATCH */
    VGIC_IRQ_LEVEL_TRIGGER = 1 << 13, /* GICv5 SPIs: a wire that falls clears LATCH */
    VGIC_IRQ_MAPPED = 1 << 14,        /* stands for a physical interrupt (lists_active) */
};

/** Bits of VgicIrq.group: the first two index Vgic.queue_of_group. */
enum {
    VGIC_GROUP_BIT = 1 << 0,      /* IGROUPR */
    VGIC_GROUP_MODIFIER = 1 << 1, /* IGRPMODR */
    VGIC_GROUP_MASK = 3,
    VGIC_GROUP_NSACR_SHIFT = 4, /* NSACR, two bits */
    VGIC_GROUP_NSACR = 3 << VGIC_GROUP_NSACR_SHIFT,
};

enum {
    VGIC_NOT_QUEUED = 0xFF,
};

typedef struct VgicIrq {
    uint32_t next, prev;   /* neighbours in a bucket of a pending queue, as slots */
    uint32_t slot;         /* its own; constant */
    _Atomic uint16_t home; /* the PE whose lock guards all other members; the number of PEs: none */
    uint16_t target; /* the PE it is routed to, or the number of PEs; GICv5: the IAFFID; 1-of-N: the
                        PE chosen last */
    uint8_t priority; /* unimplemented bits are 0 */
    uint8_t group;    /* VGIC_GROUP_*; GICv5: the domain */
    uint16_t flags;   /* VGIC_IRQ_* */
    uint16_t key;     /* the bucket it is in, while queued */
    uint8_t queue;    /* the queue it is in, or VGIC_NOT_QUEUED */
} VgicIrq;

static_assert(sizeof(VgicIrq) <= 24, "thousands of these: keep them small");

static inline bool vgic_irq_is_local(const VgicIrq *irq)
{
    return irq->slot < VGIC_SLOT_SHARED;
}

/** Pending is never stored: it follows from the latch and, for level-sensitive interrupts, the
 * inputs. */
static inline bool vgic_irq_is_pending(const VgicIrq *irq)
{
    uint32_t causes = irq->flags & VGIC_IRQ_LEVEL
                          ? VGIC_IRQ_LATCH | VGIC_IRQ_WIRE | VGIC_IRQ_MESSAGE
                          : VGIC_IRQ_LATCH;

    return irq->flags & causes;
}

/**
 * Should it be in a pending queue? Not while it is active or in a list register. Group enables, PMR
 * and the running priority are the PE's matter.
 */
static inline bool vgic_irq_is_candidate(const VgicIrq *irq)
{
    uint32_t not_now = VGIC_IRQ_ACTIVE | VGIC_IRQ_ON_LR;

    return (irq->flags & (VGIC_IRQ_ENABLED | not_now)) == VGIC_IRQ_ENABLED &&
           vgic_irq_is_pending(irq);
}

/** Active, and not in a list register. */
static inline bool vgic_irq_is_held_active(const VgicIrq *irq)
{
    return (irq->flags & (VGIC_IRQ_ACTIVE | VGIC_IRQ_ON_LR)) == VGIC_IRQ_ACTIVE;
}

static inline void vgic_irq_set(VgicIrq *irq, uint32_t flag, bool on)
{
    irq->flags = (uint16_t)(on ? irq->flags | flag : irq->flags & ~flag);
}

/**
 * Takes the lock of the interrupt's home and returns that PE. Enough for an event that only adds a
 * cause (an edge, a level): one that is in a list register stays there.
 */
VgicCpu *vgic_irq_lock_home(Vgic *gic, VgicIrq *irq);

/** The same for whoever looks at its state or takes something away: what is in a list register is
 * brought back first. */
VgicCpu *vgic_irq_lock_settled(Vgic *gic, VgicIrq *irq);

/** Brings @p irq back from a list register of its home @p cpu, whose lock is held. Lets go of the
 * lock meanwhile; returns the home that it has then, locked. */
VgicCpu *vgic_irq_recall(VgicCpu *cpu, VgicIrq *irq);

/**
 * The one place that acts on a change of an interrupt: decides where it belongs, moves it between
 * queues, PEs and homes, presents the outcome to the PEs concerned, and tells the host of changed
 * lines. @p cpu is its home, whose lock the caller holds and which is released.
 */
void vgic_irq_update_unlock(VgicCpu *cpu, VgicIrq *irq);

/** The same for who changed nothing of @p cpu since its lock was taken but this record: it is
 * presented nothing if its queues stay as they are. */
void vgic_irq_settle_unlock(VgicCpu *cpu, VgicIrq *irq);

/** The same for a change that cannot move it to another PE; the lock stays held, and nothing is
 * presented. */
void vgic_irq_requeue(VgicCpu *cpu, VgicIrq *irq);

/** Takes @p irq, which is no longer active, out of the queue of what is; the lock of @p cpu is
 * held.
 */
void vgic_irq_unlist_active(VgicCpu *cpu, VgicIrq *irq);

/** Notes the level of the input wire, in the record only: true if it is another one. The lock of
 * its home is held. */
bool vgic_irq_set_wire(VgicIrq *irq, bool level);

/** Drives the input wire. An edge-triggered interrupt latches the rise. */
void vgic_irq_drive(Vgic *gic, VgicIrq *irq, bool level);

/** A rise and a fall of the input wire: one edge. */
void vgic_irq_pulse(Vgic *gic, VgicIrq *irq);

/** Moves @p irq, a candidate at @p cpu, from pending to active, as an acknowledge does; the lock of
 * @p cpu is held. */
void vgic_irq_activate(VgicCpu *cpu, VgicIrq *irq);

#endif
