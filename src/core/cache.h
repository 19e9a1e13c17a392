/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The translation cache of an ITS: from (DeviceID, EventID) to (INTID, collection), one look-up
 * without a lock. Sets of a cache line each have a sequence number that is odd while somebody
 * writes the set. It grows with use; the smaller arrays that it leaves stay allocated, because an
 * MSI may be reading one, until the ITS goes away.
 */
#ifndef VGIC_CORE_CACHE_H
#define VGIC_CORE_CACHE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    VGIC_CACHE_WAYS = 3,
    VGIC_CACHE_ARRAYS = 24,
};

typedef struct VgicCacheWay {
    _Atomic uint64_t key;
    _Atomic uint64_t value; /* 0: empty */
} VgicCacheWay;

typedef struct VgicCacheSet {
    _Alignas(64) _Atomic uint32_t sequence;
    uint32_t turn; /* the way that is replaced next; of who holds the set */
    VgicCacheWay way[VGIC_CACHE_WAYS];
} VgicCacheSet;

typedef struct VgicCacheArray {
    uint32_t bits; /* 2^bits sets */
    VgicCacheSet sets[];
} VgicCacheArray;

typedef struct VgicCache {
    _Atomic(VgicCacheArray *) array; /* the newest of `arrays` */
    VgicCacheArray *arrays[VGIC_CACHE_ARRAYS];
    uint32_t array_count;
    uint32_t max_bits;         /* constant */
    _Atomic uint32_t replaced; /* since the array was made: too many, and it grows */
    atomic_bool used;          /* something was ever entered */
} VgicCache;

/** An entry: the INTID, 24 bits, and the collection, 16. */
static inline uint64_t vgic_cache_value(uint32_t intid, uint32_t collection)
{
    return UINT64_C(1) << 63 | (uint64_t)collection << 24 | intid;
}

static inline uint32_t vgic_cache_intid(uint64_t value)
{
    return value & 0xFFFFFF;
}

static inline uint32_t vgic_cache_collection(uint64_t value)
{
    return value >> 24 & 0xFFFF;
}

/** Makes a cache for @p entries entries at most; false if memory is out. */
bool vgic_cache_init(VgicCache *cache, uint32_t entries);
void vgic_cache_free(VgicCache *cache);

/** The value, or 0. Takes no lock. */
uint64_t vgic_cache_find(const VgicCache *cache, uint32_t device, uint32_t event);

/** Enters @p value, unless @p counter is no longer @p count. */
void vgic_cache_insert(VgicCache *cache, uint32_t device, uint32_t event, uint64_t value,
                       const _Atomic uint64_t *counter, uint64_t count);

/** Drops one event; @p events events of a device from 0 on, and returns how many sets it looked at;
 * everything. */
void vgic_cache_drop(VgicCache *cache, uint32_t device, uint32_t event);
uint64_t vgic_cache_drop_device(VgicCache *cache, uint32_t device, uint64_t events);
void vgic_cache_drop_all(VgicCache *cache);

/** Is it time for a larger array? Then the owner of the cache lets it grow, while no other thread
 * lets it grow or drops anything: what is cached moves over. */
bool vgic_cache_is_small(const VgicCache *cache);
void vgic_cache_grow(VgicCache *cache);

#endif
