/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks and their order.
 *
 *     VgicDist.lock          writers of the Distributor's own registers (GICD_CTLR)
 *       VgicCpu.lock         one per PE, and one for interrupts that go to no PE
 *     VgicIts.lock           an ITS's registers; never together with a VgicCpu.lock
 *       VgicCacheSet         a set of its translation cache, for who writes it
 *     VgicV5.lock            GICv5: the registers of tables of LPIs
 *     VgicIrs.lock           an IRS's registers of software errors
 *     VgicV5ItsDomain.lock   an ITS's registers of a domain
 *       VgicCacheSet
 *     VgicIwb.lock           writers of an IWB's registers
 *
 * A PE's lock guards its CPU interface, its Redistributor, its pending queues, and the record of
 * every interrupt whose home it is. No two VgicCpu locks are ever held together: an interrupt that
 * moves to another PE leaves its queue, gets its new home, and is looked at again under the new
 * home's lock (core/irq.c). No lock is held while a callback of the host runs. docs/locking.md
 * explains.
 *
 * Critical sections are tens of nanoseconds, or microseconds where a chunk of LPIs or a device's
 * translations are dealt with at once, so a waiter spins briefly and then yields: the holder
 * may have lost its processor.
 */
#ifndef VGIC_CORE_LOCK_H
#define VGIC_CORE_LOCK_H

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>

typedef struct VgicLock {
    atomic_bool held;
    bool off; /* VgicConfig.single_threaded; constant */
} VgicLock;

void vgic_lock_wait(VgicLock *lock);

static inline void vgic_lock(VgicLock *lock)
{
    if (!lock->off &&
        G_UNLIKELY(atomic_exchange_explicit(&lock->held, true, memory_order_acquire))) {
        vgic_lock_wait(lock);
    }
}

static inline void vgic_unlock(VgicLock *lock)
{
    if (!lock->off) {
        atomic_store_explicit(&lock->held, false, memory_order_release);
    }
}

#endif
