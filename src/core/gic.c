/* SPDX-License-Identifier: BSD-2-Clause */
/* What all models share of an instance: its memory, look-ups, 1-of-N, and walks over everything. */
#include "core/gic.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"

VgicIrq *vgic_irq_find(Vgic *gic, VgicCpu *cpu, uint32_t intid)
{
    bool local = intid < VGIC_INTID_SPI ||
                 (intid >= VGIC_INTID_EPPI && intid - VGIC_INTID_EPPI < gic->eppis);

    if (local) {
        return cpu ? &cpu->local[vgic_slot_of(intid)] : NULL;
    }
    if (intid - VGIC_INTID_SPI < gic->spis ||
        (intid >= VGIC_INTID_ESPI && intid - VGIC_INTID_ESPI < gic->espis)) {
        return &gic->shared[vgic_slot_of(intid) - VGIC_SLOT_SHARED];
    }
    return NULL;
}

const VgicCluster *vgic_cluster(const Vgic *gic, uint64_t key)
{
    uint32_t low = 0, high = gic->cluster_count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (gic->clusters[middle].key == key) {
            return &gic->clusters[middle];
        }
        if (gic->clusters[middle].key < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

uint32_t vgic_cpu_with_affinity(const Vgic *gic, uint64_t affinity)
{
    const VgicCluster *cluster = vgic_cluster(gic, affinity >> 4);

    return cluster ? cluster->cpu[affinity & 0xF] : gic->cpu_count;
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a >> 4, right = *(const uint64_t *)b >> 4;

    return (left > right) - (left < right);
}

static void make_clusters(Vgic *gic)
{
    uint64_t *affinities = g_new(uint64_t, gic->cpu_count);

    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        affinities[i] = gic->cpus[i].affinity;
    }
    qsort(affinities, gic->cpu_count, sizeof(affinities[0]), compare_keys);
    gic->clusters = g_new0(VgicCluster, gic->cpu_count);
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        uint64_t key = affinities[i] >> 4;

        if (gic->cluster_count == 0 || gic->clusters[gic->cluster_count - 1].key != key) {
            VgicCluster *cluster = &gic->clusters[gic->cluster_count++];

            cluster->key = key;
            for (unsigned j = 0; j < G_N_ELEMENTS(cluster->cpu); j++) {
                cluster->cpu[j] = (uint16_t)gic->cpu_count;
            }
        }
    }
    g_free(affinities);
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        uint64_t affinity = gic->cpus[i].affinity;
        VgicCluster *cluster = (VgicCluster *)vgic_cluster(gic, affinity >> 4);

        cluster->cpu[affinity & 0xF] = (uint16_t)i;
    }
}

uint32_t vgic_one_of_n_choose(const Vgic *gic, unsigned group, uint32_t last)
{
    uint32_t start = last + 1 < gic->cpu_count ? last + 1 : 0;
    uint32_t words = (gic->cpu_count + 63) / 64;

    /* The first word twice: from the start on, and at the end what lies before it. */
    for (uint32_t i = 0; i <= words; i++) {
        uint32_t word = (start / 64 + i) % words;
        uint64_t bits = atomic_load(&gic->participants[group][word]);

        if (i == 0) {
            bits &= UINT64_MAX << start % 64;
        }
        if (bits) {
            return 64 * word + (uint32_t)__builtin_ctzll(bits);
        }
    }
    return gic->cpu_count;
}

void vgic_one_of_n_set(Vgic *gic, const VgicIrq *irq, bool on)
{
    uint32_t index = irq->slot - VGIC_SLOT_SHARED;
    uint64_t bit = UINT64_C(1) << index % 64;

    if (on) {
        atomic_fetch_or(&gic->one_of_n[index / 64], bit);
        atomic_fetch_or(&gic->one_of_n_used, 1u << index / 64);
    } else {
        atomic_fetch_and(&gic->one_of_n[index / 64], ~bit);
    }
}

/*
 * A PE that joins concerns the interrupts that wait for one, a PE that leaves those that it has.
 * Others are told apart without their locks; one that is on its way now is looked at when it
 * arrives (owner_of() in irq.c).
 */
static void reconsider(Vgic *gic, VgicIrq *irq, const VgicCpu *cpu)
{
    unsigned at = atomic_load_explicit(&irq->home, memory_order_acquire);
    VgicCpu *home;

    if (cpu && at != cpu->index && at != gic->cpu_count) {
        return;
    }
    home = vgic_irq_lock_home(gic, irq);
    if (irq->flags & VGIC_IRQ_ONE_OF_N) {
        vgic_irq_update_unlock(home, irq);
    } else {
        vgic_unlock(&home->lock);
    }
}

void vgic_one_of_n_reconsider(Vgic *gic, const VgicCpu *cpu)
{
    if (gic->model->reconsider_one_of_n) {
        gic->model->reconsider_one_of_n(gic, cpu);
        return;
    }
    for (uint32_t used = atomic_load(&gic->one_of_n_used); used; used &= used - 1) {
        uint32_t word = (uint32_t)__builtin_ctz(used);
        uint64_t bits = atomic_load(&gic->one_of_n[word]);

        for (; bits; bits &= bits - 1) {
            reconsider(gic, &gic->shared[64 * word + (uint32_t)__builtin_ctzll(bits)], cpu);
        }
    }
}

static void visit_irq(Vgic *gic, VgicIrq *irq, VgicIrqVisitor *visit, void *data)
{
    VgicCpu *home = vgic_irq_lock_settled(gic, irq);

    if (visit) {
        visit(home, irq, data);
    }
    vgic_irq_update_unlock(home, irq);
}

void vgic_for_each_irq(Vgic *gic, VgicIrqVisitor *visit, void *data)
{
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        for (uint32_t slot = 0; slot < gic->local_count; slot++) {
            visit_irq(gic, &gic->cpus[i].local[slot], visit, data);
        }
    }
    for (uint32_t i = 0; i < gic->shared_count; i++) {
        visit_irq(gic, &gic->shared[i], visit, data);
    }
}

/* First all, so that no interrupt is given to a PE that is about to leave 1-of-N by the same
 * change. */
static uint32_t configure_all(Vgic *gic)
{
    uint32_t changed = 0;

    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        vgic_lock(&gic->cpus[i].lock);
        changed |= vgic_cpu_configure(&gic->cpus[i]);
        vgic_unlock(&gic->cpus[i].lock);
    }
    return changed;
}

void vgic_reconfigure_all(Vgic *gic)
{
    uint32_t changed = configure_all(gic);

    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        vgic_lock(&gic->cpus[i].lock);
        vgic_cpu_present_unlock(&gic->cpus[i]);
    }
    if (changed) {
        vgic_one_of_n_reconsider(gic, NULL);
    }
}

uint32_t vgic_busy_cpu(const Vgic *gic)
{
    uint32_t i = 0;

    while (i < gic->cpu_count && !vgic_is_busy(&gic->cpus[i])) {
        i++;
    }
    return i;
}

static void init_irq(Vgic *gic, VgicIrq *irq, uint32_t slot, uint32_t home)
{
    irq->slot = slot;
    irq->home = (uint16_t)home;
    irq->target = (uint16_t)(slot < VGIC_SLOT_SHARED ? home : gic->cpu_count);
    irq->queue = VGIC_NOT_QUEUED;
}

/* The last one is no PE: it is home to the interrupts that go to none. */
static void init_cpu(Vgic *gic, uint32_t index, const VgicConfig *config)
{
    const VgicCandidate none = {.slot = VGIC_SLOT_NONE, .key = VGIC_KEY_NONE};
    VgicCpu *cpu = &gic->cpus[index];

    cpu->lock.off = config->single_threaded;
    cpu->index = index;
    cpu->gic = gic;
    cpu->shared = gic->shared;
    cpu->lpis = &gic->lpis;
    atomic_init(&cpu->candidate, none);
    vgic_bank_init(&cpu->bank, gic->priority_bits, gic->preemption_bits);
    for (unsigned i = 0; i < VGIC_QUEUES; i++) {
        cpu->queues[i].buckets =
            &gic->buckets[((size_t)index * VGIC_QUEUES + i) * gic->bucket_count];
        vgic_queue_reset(&cpu->queues[i], gic->bucket_count);
    }
    if (index == gic->cpu_count) {
        return;
    }
    cpu->affinity = config->affinities ? config->affinities[index] & UINT64_C(0xFF00FFFFFF)
                                       : (uint64_t)(index / 16 << 8 | index % 16);
    cpu->local = gic->local_count ? &gic->local[(size_t)index * gic->local_count] : NULL;
    for (uint32_t slot = 0; slot < gic->local_count; slot++) {
        init_irq(gic, &cpu->local[slot], slot, index);
    }
}

bool vgic_read_memory_in(const Vgic *gic, VgicSpace space, uint64_t address, void *buffer,
                         size_t length)
{
    return gic->host.memory_read(gic->machine, space, address, buffer, length);
}

bool vgic_write_memory_in(const Vgic *gic, VgicSpace space, uint64_t address, const void *buffer,
                          size_t length)
{
    return gic->host.memory_write(gic->machine, space, address, buffer, length);
}

bool vgic_read_memory(const Vgic *gic, uint64_t address, void *buffer, size_t length)
{
    return vgic_read_memory_in(gic, VGIC_NS, address, buffer, length);
}

bool vgic_write_memory(const Vgic *gic, uint64_t address, const void *buffer, size_t length)
{
    return vgic_write_memory_in(gic, VGIC_NS, address, buffer, length);
}

struct VgicFrame *vgic_add_frame(Vgic *gic, const char *name, uint64_t size,
                                 const VgicFrameTable *table)
{
    struct VgicFrame *frame = &gic->frames[gic->frame_count++];

    frame->name = name;
    frame->size = size;
    frame->table = table;
    return frame;
}

VgicFrameTable *vgic_add_table(Vgic *gic, const VgicFrameRow *rows, uint32_t row_count,
                               uint32_t size)
{
    VgicFrameTable *table = &gic->tables[gic->table_count++];
    VgicFrameRow *present = g_new(VgicFrameRow, row_count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < row_count; i++) {
        if (!rows[i].present || rows[i].present(gic)) {
            present[count++] = rows[i];
        }
    }
    vgic_frame_table_init(table, present, count, size);
    return table;
}

static void *copy_of(const void *array, size_t size)
{
    return array ? memcpy(g_malloc(size), array, size) : NULL;
}

static void keep_config(Vgic *gic, const VgicConfig *config)
{
    gic->config = *config;
    gic->config.affinities = NULL;
    gic->config.redist_regions =
        copy_of(config->redist_regions, config->redist_region_count * sizeof(uint32_t));
    gic->config.redist_addresses =
        copy_of(config->redist_addresses, config->cpus * sizeof(uint64_t));
    gic->config.v5.irs_cpus = copy_of(config->v5.irs_cpus, config->v5.irs * sizeof(uint32_t));
    gic->config.v5.irs_spis = copy_of(config->v5.irs_spis, config->v5.irs * sizeof(uint32_t));
    gic->config.v5.iaffids = copy_of(config->v5.iaffids, config->cpus * sizeof(uint16_t));
    gic->config.v5.iwb = copy_of(config->v5.iwb, config->v5.iwbs * sizeof(VgicIwbOptions));
}

/* No GIC of this configuration has more frames. */
static uint32_t frame_limit(const VgicConfig *config)
{
    if (config->model == VGIC_V5) {
        return 2 * VGIC_QUEUES * (MAX(config->v5.irs, 1) + config->its) + config->v5.iwbs;
    }
    return 2 + config->redist_region_count + 1 + config->its;
}

bool vgic_core_init(Vgic *gic, const VgicConfig *config, VgicError **error)
{
    size_t cpus_size = ((size_t)config->cpus + 1) * sizeof(VgicCpu);

    keep_config(gic, config);
    gic->cpu_count = config->cpus;
    gic->spis = config->spis;
    gic->espis = config->espis;
    gic->eppis = config->eppis;
    gic->shared_count =
        config->espis ? VGIC_SLOT_ESPI - VGIC_SLOT_SHARED + config->espis : config->spis;
    gic->local_count = config->model == VGIC_V5 ? 0 : VGIC_SLOT_EPPI + config->eppis;
    gic->priority_bits = config->priority_bits ? config->priority_bits : 5;
    if (config->model == VGIC_V5) {
        gic->priority_bits = 5; /* what is configured is the IRSs' */
    }
    gic->preemption_bits = MIN(gic->priority_bits, 7);
    gic->bucket_count = 2u << gic->priority_bits;
    gic->dist.lock.off = config->single_threaded;

    gic->cpus = aligned_alloc(VGIC_CACHE_LINE, cpus_size);
    gic->shared = g_try_new0(VgicIrq, (size_t)gic->shared_count + 1);
    gic->local = g_try_new0(VgicIrq, (size_t)gic->cpu_count * gic->local_count + 1);
    gic->buckets =
        g_try_new0(VgicBucket, ((size_t)gic->cpu_count + 1) * VGIC_QUEUES * gic->bucket_count);
    gic->dist.router = calloc((size_t)gic->shared_count + 1, sizeof(*gic->dist.router));
    if (!gic->cpus || !gic->shared || !gic->local || !gic->buckets || !gic->dist.router) {
        return vgic_error_set(error, VGIC_ERROR_MEMORY, "out of memory for a GIC with %u PEs",
                              config->cpus);
    }
    if (!vgic_lpi_init(gic, config, error)) {
        return false;
    }
    memset(gic->cpus, 0, cpus_size);
    gic->frames = g_new0(struct VgicFrame, frame_limit(config));
    for (uint32_t i = 0; i <= gic->cpu_count; i++) {
        init_cpu(gic, i, config);
    }
    for (uint32_t i = 0; i < gic->shared_count; i++) {
        init_irq(gic, &gic->shared[i], VGIC_SLOT_SHARED + i, gic->cpu_count);
    }
    make_clusters(gic);
    return true;
}

void vgic_core_free(Vgic *gic)
{
    for (uint32_t i = 0; i < gic->frame_count; i++) {
        g_free((char *)gic->frames[i].name);
    }
    for (uint32_t i = 0; i < gic->table_count; i++) {
        vgic_frame_table_free(&gic->tables[i]);
    }
    vgic_sysreg_index_free(&gic->sysregs);
    vgic_lpi_free(gic);
    g_free((uint32_t *)gic->config.redist_regions);
    g_free((uint64_t *)gic->config.redist_addresses);
    g_free((uint32_t *)gic->config.v5.irs_cpus);
    g_free((uint32_t *)gic->config.v5.irs_spis);
    g_free((uint16_t *)gic->config.v5.iaffids);
    g_free((VgicIwbOptions *)gic->config.v5.iwb);
    g_free(gic->frames);
    g_free(gic->clusters);
    free(gic->dist.router);
    g_free(gic->buckets);
    g_free(gic->local);
    g_free(gic->shared);
    free(gic->cpus);
}
