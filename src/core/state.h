/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Saved state, as the parts of a GIC see it: dictionaries of named values to write and to read.
 * docs/state.md lists the names.
 *
 * Loading has two halves: every part checks what it finds and keeps it aside ("staged"), and only
 * when all of them accepted everything does each apply its own. A reader notes the first thing that
 * is wrong and then answers zeros, so that a check reads straight on.
 */
#ifndef VGIC_CORE_STATE_H
#define VGIC_CORE_STATE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include <vgic/error.h>

#include "core/lpi.h"

typedef struct Vgic Vgic;
typedef struct VgicCpu VgicCpu;
typedef struct VgicIrq VgicIrq;
typedef struct VgicLpiChunk VgicLpiChunk;

/** A dictionary (a{sv}) that is being written. */
typedef GVariantBuilder VgicStateWriter;

void vgic_state_put_u32(VgicStateWriter *writer, const char *key, uint32_t value);
void vgic_state_put_u64(VgicStateWriter *writer, const char *key, uint64_t value);
/** An array of @p count elements of the fixed-size type @p type, @p size bytes each; copied. */
void vgic_state_put_array(VgicStateWriter *writer, const char *key, const char *type,
                          const void *elements, size_t count, size_t size);
/** The same, which takes over @p elements from g_malloc(). */
void vgic_state_give_array(VgicStateWriter *writer, const char *key, const char *type,
                           void *elements, size_t count, size_t size);

/** What all readers of one load share. */
typedef struct VgicStateLoad {
    GPtrArray *kept; /* the variants whose data was handed out */
    VgicError **error;
    bool failed;
} VgicStateLoad;

/** A dictionary that is being read. */
typedef struct VgicStateReader {
    VgicStateLoad *load;
    GVariant *dictionary;
    const char *name; /* for messages: "GICR" */
    uint32_t index;   /* and "GICR[3]"; UINT32_MAX: there is one only */
    size_t count;     /* entries */
    size_t next; /* where the next key is expected: states are written in the order of reading */
    size_t used; /* entries that were read */
} VgicStateReader;

/** Is there a value for @p key? For keys that may be left out. */
bool vgic_state_has(VgicStateReader *reader, const char *key);

/** The value of @p key, of which no other bits than @p allowed may be set. */
uint32_t vgic_state_u32(VgicStateReader *reader, const char *key, uint32_t allowed);
uint64_t vgic_state_u64(VgicStateReader *reader, const char *key, uint64_t allowed);

/** The array of @p key, which has @p count elements of the fixed-size type @p type, @p size bytes
 * each. It lives until the load ends; NULL after an error, and perhaps if @p count is 0. */
const void *vgic_state_array(VgicStateReader *reader, const char *key, const char *type,
                             size_t count, size_t size);

/** The same for an array of up to @p limit elements, whose number goes to @p count. */
const void *vgic_state_list(VgicStateReader *reader, const char *key, const char *type,
                            size_t limit, size_t size, size_t *count);

/** The value of @p key is wrong: @p format says what it is and what is allowed. */
void vgic_state_refuse(VgicStateReader *reader, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Opens the dictionary of @p key; end it with vgic_state_close(). After an error it is empty. */
void vgic_state_open(VgicStateReader *outer, const char *key, VgicStateReader *inner);
/** Opens the dictionary @p index of the array of @p count dictionaries of @p key. */
void vgic_state_open_element(VgicStateReader *outer, const char *key, uint32_t index,
                             uint32_t count, VgicStateReader *inner);
/** Ends reading: entries that nobody asked for are an error. */
void vgic_state_close(VgicStateReader *reader);

/*
 * Queues and records of LPIs, the same for every model.
 */

/** Memory for the order of a PE's interrupts: one more than it can have. */
typedef struct VgicStateScratch {
    uint32_t *slots;
    size_t size;
} VgicStateScratch;

/** Its `slots`, to be freed with g_free(), are NULL if there is no memory. */
VgicStateScratch vgic_state_new_scratch(const Vgic *gic);

/** The slots of the queued interrupts of a PE, in order of arrival queue by queue and bucket by
 * bucket; returns how many. */
size_t vgic_state_list_queues(const VgicCpu *cpu, VgicStateScratch *scratch);

/** Appends a candidate to its queue at @p cpu, its home. */
void vgic_state_queue(VgicCpu *cpu, VgicIrq *irq);

/** Queues those of @p irqs, in their order, that are candidates and in no queue. */
void vgic_state_queue_rest(Vgic *gic, VgicIrq *irqs, uint32_t count);

/** The same for LPIs, of which @p waiting are candidates and @p queued are in queues. */
void vgic_state_queue_other_lpis(Vgic *gic, size_t queued, size_t waiting);

/** LPIs that were read, in records that the GIC will have. */
typedef struct VgicStagedLpis {
    const Vgic *gic;
    VgicLpiChunk **chunks; /* as VgicLpis.chunks; NULL: there are none */
    uint32_t chunk_count;  /* 0 without chunks */
    uint32_t made;
} VgicStagedLpis;

/** Begins with no LPI; @p reader notes it if there is no memory. */
bool vgic_state_begin_lpis(VgicStagedLpis *lpis, const Vgic *gic, VgicStateReader *reader);
/** The record, which is made if it is the first of its chunk; NULL if there is no room for it,
 * which @p reader notes. */
VgicIrq *vgic_state_stage_lpi(VgicStagedLpis *lpis, VgicStateReader *reader, uint32_t number);
/** The record of an LPI that was staged, or of one beside it; else NULL. */
static inline VgicIrq *vgic_state_staged_lpi(const VgicStagedLpis *lpis, uint32_t number)
{
    uint32_t chunk = number >> VGIC_LPI_CHUNK_BITS;

    return chunk < lpis->chunk_count && lpis->chunks[chunk]
               ? &lpis->chunks[chunk]->irq[number % VGIC_LPI_CHUNK]
               : NULL;
}
/** The records become the GIC's own, and what it had goes: no other thread is inside. */
void vgic_state_apply_lpis(Vgic *gic, VgicStagedLpis *staged);
void vgic_state_drop_lpis(VgicStagedLpis *lpis);

/** What a model adds to a saved state, beside its interrupts: its registers of the Distributor, of
 * each PE's Redistributor and CPU interface. */
typedef struct VgicStateOps {
    void (*save)(const Vgic *gic, VgicStateWriter *gicd);
    void (*save_cpu)(const VgicCpu *cpu, VgicStateWriter *gicr, VgicStateWriter *icc);
    /* Bytes that the two checks have for what they found. */
    size_t staged_size, staged_cpu_size;
    void (*check)(const Vgic *gic, VgicStateReader *gicd, void *staged);
    /** @return LPIs below this INTID may be pending at the PE; 0: none */
    uint32_t (*check_cpu)(const VgicCpu *cpu, VgicStateReader *gicr, VgicStateReader *icc,
                          void *staged);
    /** Nothing is presented yet: the core does that when everything is in its place. */
    void (*apply)(Vgic *gic, const void *staged);
    void (*apply_cpu)(VgicCpu *cpu, const void *staged);
    /** Interrupts are in their queues: recomputes what the model derives. The lock is held. */
    void (*refresh_cpu)(VgicCpu *cpu);
} VgicStateOps;

/** What a model saves that has no Distributor: everything but the configuration. */
typedef struct VgicWholeStateOps {
    /** False: out of memory. */
    bool (*save)(const Vgic *gic, VgicStateWriter *state);
    /** Bytes that no state of this GIC is longer than, its names apart. */
    size_t (*size_limit)(const Vgic *gic);
    /** Checks what is in @p state, whose configuration was read, and keeps it aside. The result is
     * for the other two and goes with drop(), also after an error. */
    void *(*check)(const Vgic *gic, VgicStateReader *state);
    /** All queues are empty. Fills them, and presents nothing. */
    void (*apply)(Vgic *gic, void *staged);
    void (*drop)(void *staged);
} VgicWholeStateOps;

/** What a part adds, a dictionary for each of its units: an ITS. */
typedef struct VgicPartStateOps {
    void (*save)(const Vgic *gic, uint32_t index, VgicStateWriter *writer);
    size_t staged_size; /* of each */
    void (*check)(const Vgic *gic, uint32_t index, VgicStateReader *reader, void *staged);
    void (*apply)(Vgic *gic, uint32_t index, const void *staged);
    /** Everything is in its place and presented: asks the host for work that is left. No lock is
     * held. */
    void (*resume)(Vgic *gic);
} VgicPartStateOps;

#endif
