/* SPDX-License-Identifier: BSD-2-Clause */
/* All LPIs of a PE at once, a chunk of records at a time [4.1, 5]. */
#include <glib.h>
#include <string.h>

#include "defs/gicr.h"
#include "v3/lpi.h"
#include "v3/v3.h"

enum {
    CHUNK_BYTES = VGIC_LPI_CHUNK / 8, /* of the pending table */
    BLOCK = 4096,                     /* bytes of the pending table that are read at once */
};

/* Which LPIs of a chunk. */
typedef struct ChunkSet {
    uint8_t bits[CHUNK_BYTES]; /* as in the pending table */
    bool any;
} ChunkSet;

static void add(ChunkSet *set, uint32_t i)
{
    set->bits[i / 8] = (uint8_t)(set->bits[i / 8] | 1u << i % 8);
    set->any = true;
}

static bool has(const ChunkSet *set, uint32_t i)
{
    return set->bits[i / 8] >> i % 8 & 1;
}

static VgicLpiChunk *chunk_at(const Vgic *gic, uint32_t number)
{
    return atomic_load_explicit(&gic->lpis.chunks[number], memory_order_acquire);
}

/* For who concludes something from there being none. */
static VgicLpiChunk *chunk_at_settled(Vgic *gic, uint32_t number)
{
    VgicIrq *first = vgic_lpi_find_settled(gic, number << VGIC_LPI_CHUNK_BITS);

    return first ? chunk_at(gic, number) : NULL;
}

static bool is_at(const VgicIrq *irq, const VgicCpu *cpu)
{
    return atomic_load_explicit(&irq->home, memory_order_acquire) == cpu->index;
}

static uint64_t pending_table(const VgicCpu *cpu)
{
    return cpu->redist.pendbaser & VGIC_MASK(gicr_pendbaser, Physical_Address);
}

/* Is the chunk, whose pointer was read without a lock, still that of its LPIs, and not another's
 * since a reset? For who holds a PE's lock: a chunk with a record at that PE stays what it is. */
static bool is_current_chunk(const Vgic *gic, const VgicLpiChunk *chunk, uint32_t number)
{
    return chunk_at(gic, number) == chunk;
}

/* Brings LPI @p irq back from a list register of @p cpu, whose lock is held again on return; what
 * was concluded under it before is void. */
static void settle(VgicCpu *cpu, VgicIrq *irq)
{
    VgicCpu *home = vgic_irq_recall(cpu, irq);

    if (home != cpu) {
        vgic_unlock(&home->lock);
        vgic_lock(&cpu->lock);
    }
}

/* The same for those in @p set that are at @p cpu. */
static void settle_all(VgicCpu *cpu, VgicLpiChunk *chunk, uint32_t number, const ChunkSet *set)
{
    for (uint32_t i = 0; i < VGIC_LPI_CHUNK && is_current_chunk(cpu->gic, chunk, number); i++) {
        VgicIrq *irq = &chunk->irq[i];

        if (has(set, i) && is_at(irq, cpu) && irq->flags & VGIC_IRQ_ON_LR) {
            settle(cpu, irq);
        }
    }
}

/* Drops what is cached of @p cpu's LPIs in the chunk, and collects those that are pending, or may
 * be in a list register: they need their new configuration now. The lock is held. */
static void drop_configuration(VgicCpu *cpu, VgicLpiChunk *chunk, ChunkSet *pending)
{
    for (uint32_t i = 0; i < VGIC_LPI_CHUNK; i++) {
        VgicIrq *irq = &chunk->irq[i];

        if (!is_at(irq, cpu)) {
            continue;
        }
        if (irq->flags & (VGIC_IRQ_LATCH | VGIC_IRQ_ON_LR)) {
            add(pending, i);
        } else {
            vgic_irq_set(irq, VGIC_IRQ_CONFIGURED, false);
        }
    }
}

static void configure_chunk(VgicCpu *cpu, VgicLpiChunk *chunk, const ChunkSet *set,
                            const uint8_t *bytes)
{
    for (uint32_t i = 0; i < VGIC_LPI_CHUNK; i++) {
        VgicIrq *irq = &chunk->irq[i];

        if (has(set, i) && is_at(irq, cpu)) {
            vgic_lpi_configure(cpu, irq, bytes[i]);
            vgic_irq_requeue(cpu, irq);
        }
    }
}

/* Drops what is cached, and reads anew what is pending; false: another invalidation came between
 * since @p count, and the bytes may be older than it. NULL: they stand all the same. */
static bool invalidate_chunk(VgicCpu *cpu, VgicLpiChunk *chunk, uint32_t number,
                             const uint64_t *count, VgicLpiResult *result)
{
    Vgic *gic = cpu->gic;
    ChunkSet pending = {.any = false};
    uint8_t bytes[VGIC_LPI_CHUNK] = {0};
    bool done;

    vgic_lock(&cpu->lock);
    if (is_current_chunk(gic, chunk, number)) {
        drop_configuration(cpu, chunk, &pending);
    }
    vgic_unlock(&cpu->lock);
    if (!pending.any) {
        return true;
    }
    if (!vgic_read_memory(gic, vgic_lpi_config_address(cpu, number << VGIC_LPI_CHUNK_BITS), bytes,
                          sizeof(bytes))) {
        memset(bytes, 0, sizeof(bytes));
        *result = VGIC_LPI_TABLE;
    }
    vgic_lock(&cpu->lock);
    if (gic->lists_active) {
        settle_all(cpu, chunk, number, &pending);
    }
    done = !count || atomic_load_explicit(&gic->lpis.configuration, memory_order_acquire) == *count;
    if (done && is_current_chunk(gic, chunk, number)) {
        configure_chunk(cpu, chunk, &pending, bytes);
    }
    vgic_cpu_present_unlock(cpu);
    return done;
}

VgicLpiResult vgic_lpi_invalidate_chunk(VgicCpu *cpu, uint32_t number)
{
    VgicLpis *lpis = &cpu->gic->lpis;
    VgicLpiResult result = VGIC_LPI_OK;
    uint64_t count = atomic_fetch_add_explicit(&lpis->configuration, 1, memory_order_acq_rel) + 1;

    for (uint32_t tries = 0;; tries++) {
        VgicLpiChunk *chunk = chunk_at_settled(cpu->gic, number);
        const uint64_t *since = tries < VGIC_LPI_TRIES ? &count : NULL;

        if (!chunk || invalidate_chunk(cpu, chunk, number, since, &result)) {
            return result;
        }
        count = atomic_load_explicit(&lpis->configuration, memory_order_acquire);
    }
}

VgicLpiResult vgic_lpi_invalidate_all(VgicCpu *cpu)
{
    VgicLpiResult result = VGIC_LPI_OK;

    for (uint32_t i = vgic_lpi_first_chunk(); i < cpu->gic->lpis.chunk_count; i++) {
        VgicLpiResult of_chunk = vgic_lpi_invalidate_chunk(cpu, i);

        result = of_chunk ? of_chunk : result;
    }
    return result;
}

/* Moves one, if it is pending at @p from. */
static bool move_pending(VgicCpu *from, VgicCpu *to, uint32_t intid, VgicIrq *irq)
{
    VgicCpu *home = vgic_irq_lock_settled(from->gic, irq);
    bool moves = home == from && irq->flags & VGIC_IRQ_LATCH &&
                 vgic_lpi_find(&from->gic->lpis, intid) == irq;

    if (moves) {
        irq->target = (uint16_t)to->index;
    }
    vgic_irq_update_unlock(home, irq);
    return moves;
}

VgicLpiResult vgic_lpi_move_chunk(VgicCpu *from, VgicCpu *to, uint32_t number)
{
    VgicLpiChunk *chunk = chunk_at(from->gic, number);
    uint32_t end = atomic_load_explicit(&to->redist.lpi_end, memory_order_relaxed);
    uint32_t first = number << VGIC_LPI_CHUNK_BITS;
    bool moved = false;

    if (!end || !atomic_load_explicit(&from->redist.lpi_end, memory_order_relaxed)) {
        return VGIC_LPI_DISABLED;
    }
    for (uint32_t i = 0; chunk && i < VGIC_LPI_CHUNK && first + i < end; i++) {
        if (is_at(&chunk->irq[i], from) && move_pending(from, to, first + i, &chunk->irq[i])) {
            vgic_lpi_leave(to, first + i);
            moved = true;
        }
    }
    /* What the other PE cached may be older than this one's last invalidation. */
    return moved ? vgic_lpi_invalidate_chunk(to, number) : VGIC_LPI_OK;
}

/* Notes it in @p set if it is pending; with @p forget it no longer is, and nothing is cached of it.
 * The lock is held. */
static void collect(VgicCpu *cpu, VgicIrq *irq, uint32_t i, bool forget, ChunkSet *set)
{
    if (irq->flags & VGIC_IRQ_LATCH) {
        add(set, i);
    }
    if (forget) {
        vgic_irq_set(irq, VGIC_IRQ_LATCH, false);
        vgic_irq_set(irq, VGIC_IRQ_CONFIGURED, false);
        vgic_irq_requeue(cpu, irq);
    }
}

/* The same for the LPIs of a chunk that are at @p cpu. */
static void collect_pending(VgicCpu *cpu, uint32_t number, bool forget, ChunkSet *set)
{
    VgicLpiChunk *chunk;

    vgic_lock(&cpu->lock);
    chunk = chunk_at(cpu->gic, number);
    for (uint32_t i = 0; chunk && i < VGIC_LPI_CHUNK; i++) {
        if (is_at(&chunk->irq[i], cpu) && G_UNLIKELY(chunk->irq[i].flags & VGIC_IRQ_ON_LR)) {
            settle(cpu, &chunk->irq[i]);
            chunk = chunk_at(cpu->gic, number);
        }
        if (chunk && is_at(&chunk->irq[i], cpu)) {
            collect(cpu, &chunk->irq[i], i, forget, set);
        }
    }
    vgic_cpu_present_unlock(cpu);
}

uint32_t vgic_lpi_table_end(const Vgic *gic, uint64_t propbaser)
{
    uint32_t bits = (uint32_t)VGIC_GET(propbaser, gicr_propbaser, IDbits) + 1;

    return bits < VGIC_MIN_LPI_BITS ? 0 : 1u << MIN(bits, gic->lpis.bits);
}

static uint32_t table_end(const VgicCpu *cpu)
{
    return vgic_lpi_table_end(cpu->gic, atomic_load(&cpu->redist.propbaser));
}

/* The whole of a table of LPIs below @p end, and nothing beyond it. */
static bool write_pending(VgicCpu *cpu, uint64_t table, uint32_t end, bool forget)
{
    Vgic *gic = cpu->gic;
    bool good = true;

    for (uint32_t number = vgic_lpi_first_chunk(); number < end >> VGIC_LPI_CHUNK_BITS; number++) {
        ChunkSet set = {.any = false};

        if (!chunk_at(gic, number)) {
            continue; /* its part of the table is as it was when the PE read it */
        }
        collect_pending(cpu, number, forget, &set);
        good &= vgic_write_memory(gic, table + (uint64_t)number * CHUNK_BYTES, set.bits,
                                  sizeof(set.bits));
    }
    return good;
}

bool vgic_lpi_write_pending(VgicCpu *cpu)
{
    return write_pending(cpu, pending_table(cpu), table_end(cpu), false);
}

static bool is_zero(const uint8_t *bits, uint32_t bytes)
{
    static const uint8_t zeros[BLOCK];

    return memcmp(bits, zeros, bytes) == 0;
}

/* Makes the LPIs of a chunk pending whose bits are set, with their configuration read at once. */
static VgicLpiResult pend_chunk(VgicCpu *cpu, uint32_t first, const uint8_t *bits)
{
    VgicLpiConfig config = {.read = true};
    VgicLpiResult result = VGIC_LPI_OK;
    uint8_t bytes[VGIC_LPI_CHUNK];

    if (is_zero(bits, CHUNK_BYTES)) {
        return VGIC_LPI_OK;
    }
    if (!vgic_lpi_get(cpu->gic, &cpu->gic->lpis, first)) {
        return VGIC_LPI_LIMIT;
    }
    config.count = atomic_load_explicit(&cpu->gic->lpis.configuration, memory_order_acquire);
    config.failed =
        !vgic_read_memory(cpu->gic, vgic_lpi_config_address(cpu, first), bytes, sizeof(bytes));
    for (uint32_t i = 0; i < VGIC_LPI_CHUNK; i++) {
        VgicLpiResult one;

        if (!(bits[i / 8] >> i % 8 & 1)) {
            continue;
        }
        config.byte = config.failed ? 0 : bytes[i];
        one = vgic_lpi_pend_with(cpu, first + i, NULL, &config);
        result = one ? one : result;
    }
    return result;
}

/* Reads the pending table from the first LPI on. */
static VgicLpiResult read_pending(VgicCpu *cpu, uint64_t table, bool clear)
{
    static const uint8_t zeros[CHUNK_BYTES];
    uint32_t end = atomic_load_explicit(&cpu->redist.lpi_end, memory_order_relaxed);
    VgicLpiResult result = VGIC_LPI_OK;

    for (uint32_t first = VGIC_INTID_LPI; first < end; first += 8 * BLOCK) {
        uint8_t bits[BLOCK];
        uint32_t bytes = MIN(BLOCK, (end - first) / 8);
        uint64_t address = table + first / 8;

        if (!vgic_read_memory(cpu->gic, address, bits, bytes)) {
            result = VGIC_LPI_TABLE;
            continue;
        }
        for (uint32_t at = 0; at < bytes; at += CHUNK_BYTES) {
            VgicLpiResult chunk = pend_chunk(cpu, first + 8 * at, bits + at);

            result = chunk ? chunk : result;
            /* What was not taken stays where it is. */
            if (clear && !chunk && !is_zero(bits + at, CHUNK_BYTES) &&
                !vgic_write_memory(cpu->gic, address + at, zeros, CHUNK_BYTES)) {
                result = VGIC_LPI_TABLE;
            }
        }
    }
    return result;
}

bool vgic_lpi_take_pending(VgicCpu *cpu)
{
    return read_pending(cpu, pending_table(cpu), true) == VGIC_LPI_OK;
}

/* Enters the change, unless it is none or another thread is at one: false. */
static bool begin(VgicCpu *cpu, bool on)
{
    bool changes;

    vgic_lock(&cpu->lock);
    changes = cpu->redist.enable_lpis != on && !cpu->redist.lpis_changing;
    if (changes) {
        atomic_fetch_add_explicit(&cpu->gic->lpis.configuration, 1, memory_order_acq_rel);
        cpu->redist.lpis_changing = true;
        cpu->redist.enable_lpis = on;
        atomic_store_explicit(&cpu->redist.lpi_end, on ? table_end(cpu) : 0, memory_order_relaxed);
    }
    vgic_unlock(&cpu->lock);
    return changes;
}

static void finish(VgicCpu *cpu)
{
    vgic_lock(&cpu->lock);
    cpu->redist.lpis_changing = false;
    vgic_unlock(&cpu->lock);
}

VgicLpiResult vgic_lpi_enable(VgicCpu *cpu, bool on)
{
    /* As they are now: a reset meanwhile must not turn the work to other memory. */
    uint64_t table = pending_table(cpu);
    uint32_t end = table_end(cpu);
    bool zero = VGIC_GET(cpu->redist.pendbaser, gicr_pendbaser, PTZ);
    VgicLpiResult result = VGIC_LPI_OK;

    if (!begin(cpu, on)) {
        return VGIC_LPI_OK;
    }
    if (!on) {
        result = write_pending(cpu, table, end, true) ? VGIC_LPI_OK : VGIC_LPI_TABLE;
        /* It is no longer what software said of it: all zero. */
        cpu->redist.pendbaser &= ~VGIC_MASK(gicr_pendbaser, PTZ);
    } else if (!zero) {
        result = read_pending(cpu, table, false);
    }
    finish(cpu);
    return result;
}
