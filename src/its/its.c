/* SPDX-License-Identifier: BSD-2-Clause */
/* The ITSs of a GIC: created, reset, worked on. */
#include "its/its.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "v3/v3.h"

static bool init_its(VgicIts *its, const VgicConfig *config)
{
    const VgicItsOptions *options = &config->its_options;

    its->device_bits = options->device_bits ? options->device_bits : 16;
    its->event_bits = options->event_bits ? options->event_bits : 16;
    its->cil = options->collection_bits != 0;
    its->collection_bits = its->cil ? options->collection_bits : 16;
    its->hardware_collections = options->hardware_collections;
    its->indirect = !options->flat_tables_only;
    its->umsi = options->umsi;
    its->errors = options->errors;
    its->iidr = options->iidr ? options->iidr : 0x5600043B;
    its->slice = options->slice ? options->slice : 64;
    its->lock.off = config->single_threaded;
    its->collections = calloc(UINT64_C(1) << its->collection_bits, sizeof(*its->collections));
    return vgic_cache_init(&its->cache,
                           options->cache_entries ? options->cache_entries : 1 << 18) &&
           its->collections;
}

static void add_frame(VgicIts *its, uint32_t number, const VgicFrameTable *table)
{
    char *name = number ? g_strdup_printf("GITS%u", number) : g_strdup("GITS");
    struct VgicFrame *frame = vgic_add_frame(its->gic, name, GITS_FRAMES_SIZE, table);

    frame->its = its;
    frame->has_status = its->gic->statusr;
    its->name = name;
}

static bool its_init(Vgic *gic, const VgicConfig *config, VgicError **error)
{
    uint64_t *addresses = NULL;
    VgicFrameTable *table;

    gic->its = g_new0(VgicIts, config->its);
    gic->its_count = config->its;
    gic->msi = &vgic_its_msi_ops;
    if (config->its_options.rdbase_is_address) {
        addresses = g_new(uint64_t, config->cpus);
        memcpy(addresses, config->redist_addresses, config->cpus * sizeof(*addresses));
        gic->redist_addresses = addresses;
    }
    for (uint32_t i = 0; i < config->its; i++) {
        gic->its[i].gic = gic;
        gic->its[i].redist_addresses = addresses;
        if (!init_its(&gic->its[i], config)) {
            return vgic_error_set(error, VGIC_ERROR_MEMORY, "out of memory for %u ITSs",
                                  config->its);
        }
    }
    table = vgic_add_table(gic, vgic_its_rows, vgic_its_row_count, GITS_FRAMES_SIZE);
    for (uint32_t i = 0; i < config->its; i++) {
        add_frame(&gic->its[i], i, table);
    }
    return true;
}

static void its_free(Vgic *gic)
{
    for (uint32_t i = 0; i < gic->its_count; i++) {
        vgic_cache_free(&gic->its[i].cache);
        free(gic->its[i].collections);
    }
    g_free(gic->redist_addresses);
    g_free(gic->its);
}

static void reset(VgicIts *its)
{
    vgic_lock(&its->lock);
    its->epoch++;
    its->enabled = false;
    its->cbaser = 0;
    its->cwriter = 0;
    its->creadr = 0;
    its->stalled = false;
    its->step = 0;
    its->umsir = 0;
    its->statusr = 0;
    for (unsigned i = 0; i < VGIC_ITS_BASERS; i++) {
        its->baser[i] = 0;
    }
    vgic_its_forget_collections(its);
    for (uint32_t i = 0; i < its->hardware_collections && !(i >> its->collection_bits); i++) {
        its->collections[i] = VGIC_COLLECTION_UNMAPPED;
    }
    vgic_cache_drop_all(&its->cache);
    vgic_its_count(its);
    vgic_unlock(&its->lock);
}

static void its_reset(Vgic *gic)
{
    for (uint32_t i = 0; i < gic->its_count; i++) {
        reset(&gic->its[i]);
    }
}

static bool its_work(Vgic *gic)
{
    bool more = false;

    for (uint32_t i = 0; i < gic->its_count; i++) {
        more |= vgic_its_run_slice(&gic->its[i]);
    }
    return more;
}

static void its_note_status(const VgicAccess *access, bool write)
{
    atomic_fetch_or_explicit(&access->its->statusr, vgic_v3_status_bits(access->rule, write),
                             memory_order_relaxed);
}

const VgicPartOps vgic_its_part = {
    .init = its_init,
    .free = its_free,
    .reset = its_reset,
    .work = its_work,
    .note_status = its_note_status,
    .state = &vgic_its_state,
};
