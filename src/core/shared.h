/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values that are written under a lock and read without it, one at a time: reading a register of
 * the CPU interface costs no lock. Relaxed order is enough, because nothing else is concluded from
 * them without the lock.
 */
#ifndef VGIC_CORE_SHARED_H
#define VGIC_CORE_SHARED_H

#include <stdatomic.h>
#include <stdint.h>

typedef _Atomic uint8_t VgicShared8;

typedef _Atomic uint32_t VgicShared32;

typedef _Atomic uint64_t VgicShared64;

static inline uint64_t vgic_load64(const VgicShared64 *shared)
{
    return atomic_load_explicit(shared, memory_order_relaxed);
}

static inline void vgic_store64(VgicShared64 *shared, uint64_t value)
{
    atomic_store_explicit(shared, value, memory_order_relaxed);
}

static inline uint32_t vgic_load32(const VgicShared32 *shared)
{
    return atomic_load_explicit(shared, memory_order_relaxed);
}

static inline void vgic_store32(VgicShared32 *shared, uint32_t value)
{
    atomic_store_explicit(shared, value, memory_order_relaxed);
}

static inline uint8_t vgic_load8(const VgicShared8 *shared)
{
    return atomic_load_explicit(shared, memory_order_relaxed);
}

static inline void vgic_store8(VgicShared8 *shared, uint64_t value)
{
    atomic_store_explicit(shared, (uint8_t)value, memory_order_relaxed);
}

#endif
