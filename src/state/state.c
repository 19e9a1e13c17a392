/* SPDX-License-Identifier: BSD-2-Clause */
/* Saving and loading: the container, the limits, and the order in which a state is put together. */
#include <vgic/state.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "state/state.h"

#define FORMAT "(sua{sv})"
#define MAGIC "libvgic"
enum {
    VERSION = 1,
};

/* The bytes are little-endian everywhere. Takes over @p value, a floating or a full reference. */
static GVariant *little_endian(GVariant *value)
{
#if G_BYTE_ORDER == G_BIG_ENDIAN
    GVariant *swapped = g_variant_byteswap(value);

    g_variant_unref(g_variant_ref_sink(value));
    return swapped;
#else
    return g_variant_take_ref(value);
#endif
}

/* Saving. */

static void settle_irq(Vgic *gic, VgicIrq *irq)
{
    if (irq->flags & VGIC_IRQ_ON_LR) {
        vgic_irq_update_unlock(vgic_irq_lock_settled(gic, irq), irq);
    }
}

/* Brings into the records what is in list registers. */
static void settle_all(Vgic *gic)
{
    if (!gic->backend->recall) {
        return;
    }
    for (uint32_t i = 0; i < gic->cpu_count * gic->local_count; i++) {
        settle_irq(gic, &gic->local[i]);
    }
    for (uint32_t i = 0; i < gic->shared_count; i++) {
        settle_irq(gic, &gic->shared[i]);
    }
    for (uint32_t i = 0; i < gic->lpis.chunk_count; i++) {
        VgicLpiChunk *chunk = atomic_load(&gic->lpis.chunks[i]);

        for (uint32_t j = 0; chunk && j < VGIC_LPI_CHUNK; j++) {
            settle_irq(gic, &chunk->irq[j]);
        }
    }
}

static void save_dist(const Vgic *gic, VgicStateWriter *state)
{
    VgicStateWriter gicd;

    g_variant_builder_init(&gicd, G_VARIANT_TYPE_VARDICT);
    gic->model->state->save(gic, &gicd);
    vgic_state_save_spis(gic, &gicd);
    g_variant_builder_add(state, "{sv}", "GICD", g_variant_builder_end(&gicd));
}

static bool save_cpus(const Vgic *gic, VgicStateWriter *state)
{
    VgicStateScratch scratch = vgic_state_new_scratch(gic);
    VgicStateWriter redists, interfaces;

    if (!scratch.slots) {
        return false;
    }
    g_variant_builder_init(&redists, G_VARIANT_TYPE("aa{sv}"));
    g_variant_builder_init(&interfaces, G_VARIANT_TYPE("aa{sv}"));
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        const VgicCpu *cpu = &gic->cpus[i];
        VgicStateWriter gicr, icc;

        g_variant_builder_init(&gicr, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_init(&icc, G_VARIANT_TYPE_VARDICT);
        gic->model->state->save_cpu(cpu, &gicr, &icc);
        vgic_state_save_local(cpu, &gicr);
        vgic_state_save_order(cpu, &gicr, &scratch);
        g_variant_builder_add_value(&redists, g_variant_builder_end(&gicr));
        g_variant_builder_add_value(&interfaces, g_variant_builder_end(&icc));
    }
    g_variant_builder_add(state, "{sv}", "GICR", g_variant_builder_end(&redists));
    g_variant_builder_add(state, "{sv}", "ICC", g_variant_builder_end(&interfaces));
    g_free(scratch.slots);
    return true;
}

static void save_part(const Vgic *gic, VgicStateWriter *state)
{
    VgicStateWriter all;

    g_variant_builder_init(&all, G_VARIANT_TYPE("aa{sv}"));
    for (uint32_t i = 0; i < gic->its_count; i++) {
        VgicStateWriter one;

        g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
        gic->part->state->save(gic, i, &one);
        g_variant_builder_add_value(&all, g_variant_builder_end(&one));
    }
    g_variant_builder_add(state, "{sv}", "GITS", g_variant_builder_end(&all));
}

/* All but the container; false: out of memory. What a GIC has only few of is GLib's to allocate. */
static bool save_all(const Vgic *gic, VgicStateWriter *state)
{
    vgic_state_save_config(gic, state);
    if (gic->model->whole_state) {
        return gic->model->whole_state->save(gic, state);
    }
    save_dist(gic, state);
    if (!save_cpus(gic, state) || (gic->lpis.bits && !vgic_state_save_lpis(gic, state))) {
        return false;
    }
    if (gic->its_count) {
        save_part(gic, state);
    }
    return true;
}

/* The bytes, NULL if they do not fit in memory. Takes over @p state. */
static void *serialise(VgicStateWriter *state, size_t *size)
{
    GVariant *whole = little_endian(g_variant_new(FORMAT, MAGIC, VERSION, state));
    void *bytes;

    *size = g_variant_get_size(whole);
    bytes = malloc(*size);
    if (bytes) {
        g_variant_store(whole, bytes);
    }
    g_variant_unref(whole);
    return bytes;
}

/* What is in hardware only could not be saved, nor replaced. */
static bool check_idle(const Vgic *gic, VgicError **error)
{
    uint32_t busy = vgic_busy_cpu(gic);

    return busy == gic->cpu_count ||
           vgic_error_set(error, VGIC_ERROR_STATE,
                          "vCPU %" PRIu32 " is loaded: call vgic_hyp_put() first", busy);
}

void *vgic_save(Vgic *gic, size_t *size, VgicError **error)
{
    VgicStateWriter state;
    void *bytes = NULL;

    if (!vgic_check_gic(gic, __func__) || !vgic_check_pointer(gic, __func__, size, "size")) {
        return NULL;
    }
    if (!check_idle(gic, error)) {
        return NULL;
    }
    settle_all(gic);
    g_variant_builder_init(&state, G_VARIANT_TYPE_VARDICT);
    if (save_all(gic, &state)) {
        bytes = serialise(&state, size);
    } else {
        g_variant_builder_clear(&state);
    }
    if (!bytes) {
        vgic_error_set(error, VGIC_ERROR_MEMORY, "out of memory for a saved state");
    }
    return bytes;
}

void vgic_state_free(void *bytes)
{
    free(bytes);
}

/* Loading. */

/* No state of this GIC is longer: what is, is not looked at. Generous, as names count too. */
static size_t size_limit(const Vgic *gic)
{
    size_t lpis = (size_t)gic->lpis.limit << VGIC_LPI_CHUNK_BITS;

    if (gic->model->whole_state) {
        return 0x20000 + gic->model->whole_state->size_limit(gic);
    }
    return 0x20000 + 0x4000 * (size_t)gic->cpu_count + 0x10000 * (size_t)gic->its_count + 16 * lpis;
}

/* Opens the outermost dictionary; false: these bytes are no state. */
static bool open_state(VgicStateLoad *load, const void *bytes, size_t size, VgicStateReader *state)
{
    GVariant *whole = little_endian(
        g_variant_new_from_data(G_VARIANT_TYPE(FORMAT), bytes, size, FALSE, NULL, NULL));
    GVariant *dictionary = g_variant_get_child_value(whole, 2);
    const char *magic;
    uint32_t version;

    g_ptr_array_add(load->kept, whole);
    g_ptr_array_add(load->kept, dictionary);
    *state = (VgicStateReader){.load = load,
                               .dictionary = dictionary,
                               .name = "",
                               .index = UINT32_MAX,
                               .count = g_variant_n_children(dictionary)};
    g_variant_get_child(whole, 0, "&s", &magic);
    g_variant_get_child(whole, 1, "u", &version);
    if (strcmp(magic, MAGIC) != 0) {
        load->failed = true;
        return vgic_error_set(load->error, VGIC_ERROR_STATE,
                              "these %zu bytes are no saved state of "
                              "libvgic",
                              size);
    }
    if (version != VERSION) {
        load->failed = true;
        return vgic_error_set(load->error, VGIC_ERROR_STATE,
                              "saved state: its format has version %" PRIu32
                              ", this library reads version %d",
                              version, VERSION);
    }
    return true;
}

static void check_dist(VgicStaged *staged, VgicStateReader *state)
{
    VgicStateReader gicd;

    vgic_state_open(state, "GICD", &gicd);
    staged->gic->model->state->check(staged->gic, &gicd, staged->model);
    vgic_state_check_spis(staged, &gicd);
    vgic_state_close(&gicd);
}

static void check_cpu(VgicStaged *staged, VgicStateReader *state, uint32_t i)
{
    const Vgic *gic = staged->gic;
    const VgicStateOps *ops = gic->model->state;
    VgicStateReader gicr, icc;

    vgic_state_open_element(state, "GICR", i, gic->cpu_count, &gicr);
    vgic_state_open_element(state, "ICC", i, gic->cpu_count, &icc);
    staged->cpus[i].lpi_end =
        ops->check_cpu(&gic->cpus[i], &gicr, &icc, &staged->model_cpus[i * ops->staged_cpu_size]);
    vgic_state_check_local(staged, i, &gicr);
    vgic_state_close(&gicr);
    vgic_state_close(&icc);
}

/* Names a PE's order in messages: its dictionary was closed already. */
static void check_orders(VgicStaged *staged, VgicStateLoad *load)
{
    for (uint32_t i = 0; i < staged->gic->cpu_count && !load->failed; i++) {
        VgicStateReader gicr = {.load = load, .name = "GICR", .index = i};

        vgic_state_check_order(staged, i, &gicr);
    }
}

static void check_part(VgicStaged *staged, VgicStateReader *state)
{
    const Vgic *gic = staged->gic;

    for (uint32_t i = 0; i < gic->its_count; i++) {
        VgicStateReader one;

        vgic_state_open_element(state, "GITS", i, gic->its_count, &one);
        gic->part->state->check(gic, i, &one, &staged->part[i * gic->part->state->staged_size]);
        vgic_state_close(&one);
    }
}

static void check_all(VgicStaged *staged, VgicStateReader *state)
{
    const Vgic *gic = staged->gic;

    vgic_state_check_config(gic, state);
    check_dist(staged, state);
    for (uint32_t i = 0; i < gic->cpu_count && !state->load->failed; i++) {
        check_cpu(staged, state, i);
    }
    if (gic->lpis.bits) {
        vgic_state_check_lpis(staged, state);
    }
    if (gic->its_count) {
        check_part(staged, state);
    }
    vgic_state_close(state);
    check_orders(staged, state->load);
}

/* Applying: nothing can fail any more. */

static void empty_queues(Vgic *gic)
{
    atomic_store(&gic->shared_active, 0);
    for (uint32_t i = 0; i <= gic->cpu_count; i++) {
        for (unsigned j = 0; j < VGIC_QUEUES; j++) {
            vgic_queue_reset(&gic->cpus[i].queues[j], gic->bucket_count);
        }
    }
}

static void apply_registers(Vgic *gic, const VgicStaged *staged)
{
    const VgicStateOps *ops = gic->model->state;

    ops->apply(gic, staged->model);
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        ops->apply_cpu(&gic->cpus[i], &staged->model_cpus[i * ops->staged_cpu_size]);
    }
    for (uint32_t i = 0; i < gic->its_count; i++) {
        gic->part->state->apply(gic, i, &staged->part[i * gic->part->state->staged_size]);
    }
}

/* First all, so that a callback of the host finds the whole GIC as it will be. */
static void present_all(Vgic *gic)
{
    uint64_t changed[VGIC_CPU_WORDS] = {0};

    for (uint32_t i = 0; i <= gic->cpu_count; i++) {
        VgicCpu *cpu = &gic->cpus[i];

        vgic_lock(&cpu->lock);
        if (i < gic->cpu_count && gic->model->state) {
            gic->model->state->refresh_cpu(cpu);
        }
        cpu->stale = true;
        if (vgic_cpu_release(cpu) && i < gic->cpu_count) {
            changed[i / 64] |= UINT64_C(1) << i % 64;
        }
    }
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        if (changed[i / 64] >> i % 64 & 1) {
            vgic_cpu_notify(&gic->cpus[i]);
        }
    }
}

static void apply_all(Vgic *gic, VgicStaged *staged)
{
    apply_registers(gic, staged);
    vgic_state_apply_irqs(gic, staged);
    if (gic->lpis.bits) {
        vgic_state_apply_lpis(gic, &staged->lpis);
    }
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        vgic_cpu_configure(&gic->cpus[i]);
    }
    vgic_state_queue_all(gic, staged);
}

static void begin_applying(Vgic *gic)
{
    settle_all(gic); /* so that nothing is left in list registers */
    empty_queues(gic);
}

static void end_applying(Vgic *gic)
{
    present_all(gic);
    /* Nothing to do in a state that was saved; a made-up one may have given 1-of-N interrupts to
     * PEs that do not take part. */
    vgic_one_of_n_reconsider(gic, NULL);
    if (gic->its_count) {
        gic->part->state->resume(gic);
    }
}

static bool load_whole(Vgic *gic, VgicStateReader *state)
{
    const VgicWholeStateOps *ops = gic->model->whole_state;
    void *staged;

    vgic_state_check_config(gic, state);
    staged = ops->check(gic, state);
    vgic_state_close(state);
    if (!state->load->failed) {
        begin_applying(gic);
        ops->apply(gic, staged);
        end_applying(gic);
    }
    ops->drop(staged);
    return !state->load->failed;
}

static bool load_parts(Vgic *gic, VgicStateReader *state)
{
    const VgicStateOps *ops = gic->model->state;
    VgicStaged staged = {
        .gic = gic,
        .cpus = g_new0(VgicStagedCpu, gic->cpu_count),
        .model = g_malloc0(ops->staged_size),
        .model_cpus = g_malloc0(gic->cpu_count * ops->staged_cpu_size),
        .part = gic->its_count ? g_malloc0(gic->its_count * gic->part->state->staged_size) : NULL,
    };

    check_all(&staged, state);
    if (!state->load->failed) {
        begin_applying(gic);
        apply_all(gic, &staged);
        end_applying(gic);
    }
    vgic_state_drop_lpis(&staged.lpis);
    g_free(staged.cpus);
    g_free(staged.model);
    g_free(staged.model_cpus);
    g_free(staged.part);
    return !state->load->failed;
}

static bool load_state(Vgic *gic, VgicStateReader *state)
{
    return gic->model->whole_state ? load_whole(gic, state) : load_parts(gic, state);
}

bool vgic_load(Vgic *gic, const void *bytes, size_t size, VgicError **error)
{
    VgicStateLoad load = {.error = error};
    VgicStateReader state;
    bool good;

    if (!vgic_check_gic(gic, __func__) || !vgic_check_pointer(gic, __func__, bytes, "bytes")) {
        return vgic_error_set(error, VGIC_ERROR_STATE, "vgic_load: gic or bytes is NULL");
    }
    if (!check_idle(gic, error)) {
        return false;
    }
    if (size > size_limit(gic)) {
        return vgic_error_set(error, VGIC_ERROR_STATE,
                              "saved state: it has %zu bytes, one of this GIC has %zu at most",
                              size, size_limit(gic));
    }
    load.kept = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
    good = open_state(&load, bytes, size, &state) && load_state(gic, &state);
    g_ptr_array_unref(load.kept);
    return good;
}

/* A GIC to look at. */

static bool read_nothing(void *machine, VgicSpace space, uint64_t address, void *buffer,
                         size_t length)
{
    (void)machine, (void)space, (void)address;
    memset(buffer, 0, length);
    return true;
}

static bool write_nothing(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                          size_t length)
{
    (void)machine, (void)space, (void)address, (void)buffer, (void)length;
    return true;
}

/* A configuration that vgic_new() refuses is the state's mistake here, not the caller's. */
static Vgic *new_gic(const VgicConfig *config, const VgicHost *host, void *machine,
                     VgicError **error)
{
    VgicError *refusal = NULL;
    Vgic *gic = vgic_new(config, host, machine, &refusal);

    if (!gic) {
        VgicErrorCode code = vgic_error_code(refusal);

        vgic_error_set(
            error, code == VGIC_ERROR_HOST || code == VGIC_ERROR_MEMORY ? code : VGIC_ERROR_STATE,
            "saved state: config: %s", vgic_error_message(refusal));
        vgic_error_free(refusal);
    }
    return gic;
}

Vgic *vgic_new_from_state(const void *bytes, size_t size, const VgicHost *host, void *machine,
                          VgicError **error)
{
    static const VgicHost nothing =
        VGIC_HOST_INIT(.memory_read = read_nothing, .memory_write = write_nothing);
    VgicStateLoad load = {.error = error};
    VgicStateReader state;
    VgicStateConfig read;
    Vgic *gic = NULL;

    if (!vgic_check_pointer(NULL, __func__, bytes, "bytes")) {
        vgic_error_set(error, VGIC_ERROR_STATE, "vgic_new_from_state: bytes is NULL");
        return NULL;
    }
    load.kept = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
    if (open_state(&load, bytes, size, &state)) {
        vgic_state_read_config(&state, &read);
    }
    if (!load.failed) {
        gic = new_gic(&read.config, host ? host : &nothing, machine, error);
    }
    g_ptr_array_unref(load.kept);
    if (gic && !vgic_load(gic, bytes, size, error)) {
        vgic_free(gic);
        gic = NULL;
    }
    return gic;
}
