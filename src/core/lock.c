/* SPDX-License-Identifier: BSD-2-Clause */
/* The slow path of a lock: somebody else holds it. */
#include "core/lock.h"

enum {
    SPINS = 200,
};

void vgic_lock_wait(VgicLock *lock)
{
    do {
        for (int i = 0; i < SPINS; i++) {
            if (!atomic_load_explicit(&lock->held, memory_order_relaxed)) {
                break;
            }
        }
        if (atomic_load_explicit(&lock->held, memory_order_relaxed)) {
            g_thread_yield();
        }
    } while (atomic_exchange_explicit(&lock->held, true, memory_order_acquire));
}
