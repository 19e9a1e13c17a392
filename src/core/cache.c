/* SPDX-License-Identifier: BSD-2-Clause */
/* The translation cache. */
#include "core/cache.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_BITS = 8,
    GROWTH_BITS = 1,
};

static VgicCacheArray *make_array(uint32_t bits)
{
    size_t size = offsetof(VgicCacheArray, sets) + (sizeof(VgicCacheSet) << bits);
    VgicCacheArray *array = aligned_alloc(64, size);

    if (array) {
        memset(array, 0, size);
        array->bits = bits;
    }
    return array;
}

bool vgic_cache_init(VgicCache *cache, uint32_t entries)
{
    while ((uint64_t)VGIC_CACHE_WAYS << (cache->max_bits + 1) <= entries) {
        cache->max_bits++;
    }
    cache->arrays[0] = make_array(MIN(FIRST_BITS, cache->max_bits));
    atomic_init(&cache->array, cache->arrays[0]);
    cache->array_count = 1;
    return cache->arrays[0];
}

void vgic_cache_free(VgicCache *cache)
{
    for (uint32_t i = 0; i < cache->array_count; i++) {
        free(cache->arrays[i]);
    }
}

static inline uint64_t key_of(uint32_t device, uint32_t event)
{
    return (uint64_t)device << 32 | event;
}

static inline VgicCacheSet *set_of(VgicCacheArray *array, uint64_t key)
{
    /* Neighbouring events of neighbouring devices: multiply, and use the upper bits. */
    uint64_t hash = (key ^ key >> 29) * UINT64_C(0x9E3779B97F4A7C15);

    return &array->sets[array->bits ? hash >> (64 - array->bits) : 0];
}

/* Acquire: the ways are read after the first and before the second look at the sequence. */
static inline bool read_set(const VgicCacheSet *set, uint64_t key, uint64_t *value)
{
    uint32_t before = atomic_load_explicit(&set->sequence, memory_order_acquire);

    *value = 0;
    for (unsigned i = 0; i < VGIC_CACHE_WAYS; i++) {
        uint64_t found = atomic_load_explicit(&set->way[i].key, memory_order_acquire);

        if (found == key) {
            *value = atomic_load_explicit(&set->way[i].value, memory_order_acquire);
            if (*value) {
                break;
            }
        }
    }
    return !(before & 1) && atomic_load_explicit(&set->sequence, memory_order_relaxed) == before;
}

uint64_t vgic_cache_find(const VgicCache *cache, uint32_t device, uint32_t event)
{
    VgicCacheArray *array = atomic_load(&cache->array);
    uint64_t key = key_of(device, event), value;

    /* Somebody writes this set: to look at the tables is as good as to wait. */
    return G_LIKELY(read_set(set_of(array, key), key, &value)) ? value : 0;
}

static void lock_set(VgicCacheSet *set)
{
    for (;;) {
        uint32_t sequence = atomic_load_explicit(&set->sequence, memory_order_relaxed) & ~1u;

        if (atomic_compare_exchange_weak_explicit(&set->sequence, &sequence, sequence + 1,
                                                  memory_order_acquire, memory_order_relaxed)) {
            return;
        }
    }
}

static void unlock_set(VgicCacheSet *set)
{
    atomic_fetch_add_explicit(&set->sequence, 1, memory_order_release);
}

/* Release: readers see the odd sequence first. */
static void store(VgicCacheWay *way, uint64_t key, uint64_t value)
{
    atomic_store_explicit(&way->key, key, memory_order_release);
    atomic_store_explicit(&way->value, value, memory_order_release);
}

/* The way that holds the key, or is empty, or else the next one to go. */
static VgicCacheWay *choose_way(VgicCache *cache, VgicCacheSet *set, uint64_t key)
{
    VgicCacheWay *empty = NULL;

    for (unsigned i = 0; i < VGIC_CACHE_WAYS; i++) {
        VgicCacheWay *way = &set->way[i];

        if (!atomic_load_explicit(&way->value, memory_order_relaxed)) {
            empty = way;
        } else if (atomic_load_explicit(&way->key, memory_order_relaxed) == key) {
            return way;
        }
    }
    if (empty) {
        return empty;
    }
    atomic_fetch_add_explicit(&cache->replaced, 1, memory_order_relaxed);
    set->turn = (set->turn + 1) % VGIC_CACHE_WAYS;
    return &set->way[set->turn];
}

void vgic_cache_insert(VgicCache *cache, uint32_t device, uint32_t event, uint64_t value,
                       const _Atomic uint64_t *counter, uint64_t count)
{
    uint64_t key = key_of(device, event);
    VgicCacheSet *set = set_of(atomic_load(&cache->array), key);

    if (!atomic_load_explicit(&cache->used, memory_order_relaxed)) {
        atomic_store(&cache->used, true);
    }
    lock_set(set);
    if (atomic_load(counter) == count) {
        store(choose_way(cache, set, key), key, value);
    }
    unlock_set(set);
}

/* Empties the ways of a set whose key, under @p mask, is @p key. */
static void drop_in_set(VgicCacheSet *set, uint64_t key, uint64_t mask)
{
    lock_set(set);
    for (unsigned i = 0; i < VGIC_CACHE_WAYS; i++) {
        if ((atomic_load_explicit(&set->way[i].key, memory_order_relaxed) & mask) == key) {
            store(&set->way[i], 0, 0);
        }
    }
    unlock_set(set);
}

void vgic_cache_drop(VgicCache *cache, uint32_t device, uint32_t event)
{
    uint64_t key = key_of(device, event);

    drop_in_set(set_of(atomic_load(&cache->array), key), key, UINT64_MAX);
}

uint64_t vgic_cache_drop_device(VgicCache *cache, uint32_t device, uint64_t events)
{
    VgicCacheArray *array = atomic_load(&cache->array);
    uint64_t sets = UINT64_C(1) << array->bits;

    if (events <= sets) {
        for (uint64_t event = 0; event < events; event++) {
            vgic_cache_drop(cache, device, (uint32_t)event);
        }
        return events;
    }
    for (uint64_t i = 0; i < sets; i++) {
        drop_in_set(&array->sets[i], key_of(device, 0), UINT64_MAX << 32);
    }
    return sets;
}

void vgic_cache_drop_all(VgicCache *cache)
{
    VgicCacheArray *array = atomic_load(&cache->array);

    for (uint64_t i = 0; atomic_load(&cache->used) && i < UINT64_C(1) << array->bits; i++) {
        drop_in_set(&array->sets[i], 0, 0);
    }
}

bool vgic_cache_is_small(const VgicCache *cache)
{
    const VgicCacheArray *array = atomic_load_explicit(&cache->array, memory_order_relaxed);

    return array->bits < cache->max_bits &&
           atomic_load_explicit(&cache->replaced, memory_order_relaxed) >> array->bits != 0;
}

/* Enters what @p old has into @p array, which nobody else knows yet. What is entered into the old
 * one meanwhile is lost. */
static void copy_entries(VgicCache *cache, VgicCacheArray *array, VgicCacheArray *old)
{
    for (uint64_t i = 0; i < UINT64_C(1) << old->bits; i++) {
        lock_set(&old->sets[i]);
        for (unsigned w = 0; w < VGIC_CACHE_WAYS; w++) {
            const VgicCacheWay *way = &old->sets[i].way[w];
            uint64_t key = atomic_load_explicit(&way->key, memory_order_relaxed);
            uint64_t value = atomic_load_explicit(&way->value, memory_order_relaxed);

            if (value) {
                store(choose_way(cache, set_of(array, key), key), key, value);
            }
        }
        unlock_set(&old->sets[i]);
    }
}

void vgic_cache_grow(VgicCache *cache)
{
    VgicCacheArray *old, *array;

    if (!vgic_cache_is_small(cache)) {
        return;
    }
    old = cache->arrays[cache->array_count - 1];
    array = make_array(MIN(old->bits + GROWTH_BITS, cache->max_bits));
    if (array) {
        copy_entries(cache, array, old);
    }
    atomic_store_explicit(&cache->replaced, 0, memory_order_relaxed);
    if (array) {
        cache->arrays[cache->array_count++] = array;
        atomic_store(&cache->array, array);
    }
}
