/* SPDX-License-Identifier: BSD-2-Clause */
/* An ITS in a saved state: its registers, and the little that is in no register and no table. What
 * it caches of guest memory is not saved. */
#include "core/state.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "its/its.h"

enum {
    NO_PE = UINT16_MAX,
};

typedef struct Staged {
    bool enabled, stalled;
    uint64_t cbaser, cwriter, creadr, umsir;
    const uint64_t *baser;
    uint32_t statusr;
    uint32_t step;
    const uint16_t *collections;
} Staged;

static bool has_status(const VgicIts *its)
{
    return its->gic->statusr || its->umsi;
}

/* Collections that are in no table. */
static uint32_t own_collections(const VgicIts *its)
{
    return MIN(its->hardware_collections, 1u << its->collection_bits);
}

static void save_collections(const VgicIts *its, VgicStateWriter *writer)
{
    uint16_t pes[256];
    uint32_t count = own_collections(its);

    for (uint32_t i = 0; i < count; i++) {
        uint16_t pe = its->collections[i];

        pes[i] = pe < its->gic->cpu_count ? pe : NO_PE;
    }
    vgic_state_put_array(writer, "collections", "q", pes, count, sizeof(pes[0]));
}

static void its_save(const Vgic *gic, uint32_t index, VgicStateWriter *writer)
{
    const VgicIts *its = &gic->its[index];
    uint64_t baser[VGIC_ITS_BASERS];

    for (unsigned i = 0; i < VGIC_ITS_BASERS; i++) {
        baser[i] = its->baser[i];
    }
    vgic_state_put_u32(writer, "GITS_CTLR", (uint32_t)VGIC_PUT(gits_ctlr, Enabled, its->enabled));
    if (has_status(its)) {
        vgic_state_put_u32(writer, "GITS_STATUSR", its->statusr);
    }
    if (its->umsi) {
        vgic_state_put_u64(writer, "GITS_UMSIR", its->umsir);
    }
    vgic_state_put_u64(writer, "GITS_CBASER", its->cbaser);
    vgic_state_put_u64(writer, "GITS_CWRITER", its->cwriter);
    vgic_state_put_u64(writer, "GITS_CREADR",
                       its->creadr | VGIC_PUT(gits_creadr, Stalled, its->stalled));
    vgic_state_put_array(writer, "GITS_BASER<n>", "t", baser, VGIC_ITS_BASERS, sizeof(baser[0]));
    vgic_state_put_u32(writer, "next_lpi", its->step << VGIC_LPI_CHUNK_BITS);
    save_collections(its, writer);
}

static void check_queue(VgicStateReader *reader, Staged *staged)
{
    uint64_t creadr, bytes;

    staged->cbaser = vgic_state_u64(reader, "GITS_CBASER", GITS_CBASER_FIELDS);
    staged->cwriter = vgic_state_u64(reader, "GITS_CWRITER", VGIC_MASK(gits_cwriter, Offset));
    creadr = vgic_state_u64(reader, "GITS_CREADR",
                            VGIC_MASK(gits_creadr, Offset) | VGIC_MASK(gits_creadr, Stalled));
    staged->creadr = creadr & VGIC_MASK(gits_creadr, Offset);
    staged->stalled = VGIC_GET(creadr, gits_creadr, Stalled);
    bytes = (VGIC_GET(staged->cbaser, gits_cbaser, Size) + 1) * 0x1000;
    if (staged->creadr >= bytes) {
        vgic_state_refuse(reader, "GITS_CREADR",
                          "is %#" PRIx64 ", beyond the queue of %#" PRIx64 " bytes", creadr, bytes);
    }
}

static void check_tables(const VgicIts *its, VgicStateReader *reader, Staged *staged)
{
    uint64_t bits = vgic_its_baser_fields(its);

    staged->baser =
        vgic_state_array(reader, "GITS_BASER<n>", "t", VGIC_ITS_BASERS, sizeof(*staged->baser));
    for (unsigned i = 0; staged->baser && i < VGIC_ITS_BASERS; i++) {
        uint64_t baser = staged->baser[i];

        if (baser & ~bits || VGIC_GET(baser, gits_baser, Page_Size) == 3) {
            vgic_state_refuse(reader, "GITS_BASER<n>",
                              "[%u] is %#" PRIx64 ", allowed are the bits %#" PRIx64
                              " and a Page_Size below 3",
                              i, baser, bits);
        }
    }
}

/* How far a command got that is about all LPIs of a PE. */
static void check_step(const VgicIts *its, VgicStateReader *reader, Staged *staged)
{
    uint32_t lpi = vgic_state_u32(reader, "next_lpi", (1u << its->gic->lpis.bits) - 1);

    if (lpi % VGIC_LPI_CHUNK) {
        vgic_state_refuse(reader, "next_lpi", "is %" PRIu32 ", allowed are multiples of %d", lpi,
                          VGIC_LPI_CHUNK);
    }
    staged->step = lpi >> VGIC_LPI_CHUNK_BITS;
}

static void check_collections(const VgicIts *its, VgicStateReader *reader, Staged *staged)
{
    uint32_t count = own_collections(its);

    staged->collections = vgic_state_array(reader, "collections", "q", count, sizeof(uint16_t));
    for (uint32_t i = 0; staged->collections && i < count; i++) {
        uint16_t pe = staged->collections[i];

        if (pe != NO_PE && pe >= its->gic->cpu_count) {
            vgic_state_refuse(reader, "collections",
                              "[%" PRIu32 "] is %u, allowed are the PEs and 65535 (unmapped)", i,
                              pe);
        }
    }
}

static void its_check(const Vgic *gic, uint32_t index, VgicStateReader *reader, void *data)
{
    const VgicIts *its = &gic->its[index];
    Staged *staged = data;
    uint32_t ctlr = vgic_state_u32(reader, "GITS_CTLR", (uint32_t)VGIC_MASK(gits_ctlr, Enabled));
    uint64_t status =
        (gic->statusr ? VGIC_MASK(gits_statusr, RRD) | VGIC_MASK(gits_statusr, WRD) |
                            VGIC_MASK(gits_statusr, RWOD) | VGIC_MASK(gits_statusr, WROD)
                      : 0) |
        (its->umsi ? VGIC_MASK(gits_statusr, UMSI) | VGIC_MASK(gits_statusr, Overflow) : 0);

    staged->enabled = VGIC_GET(ctlr, gits_ctlr, Enabled);
    if (has_status(its)) {
        staged->statusr = vgic_state_u32(reader, "GITS_STATUSR", (uint32_t)status);
    }
    if (its->umsi) {
        staged->umsir = vgic_state_u64(reader, "GITS_UMSIR", UINT64_MAX);
    }
    check_queue(reader, staged);
    check_tables(its, reader, staged);
    check_step(its, reader, staged);
    check_collections(its, reader, staged);
}

static void its_apply(Vgic *gic, uint32_t index, const void *data)
{
    VgicIts *its = &gic->its[index];
    const Staged *staged = data;

    vgic_lock(&its->lock);
    its->enabled = staged->enabled;
    its->cbaser = staged->cbaser;
    its->cwriter = staged->cwriter;
    its->creadr = staged->creadr;
    its->stalled = staged->stalled;
    its->step = staged->step;
    its->epoch++;
    its->umsir = staged->umsir;
    its->statusr = staged->statusr;
    for (unsigned i = 0; i < VGIC_ITS_BASERS; i++) {
        its->baser[i] = staged->baser[i];
    }
    vgic_its_forget_collections(its);
    for (uint32_t i = 0; i < own_collections(its); i++) {
        its->collections[i] =
            staged->collections[i] == NO_PE ? VGIC_COLLECTION_UNMAPPED : staged->collections[i];
    }
    vgic_cache_drop_all(&its->cache);
    vgic_its_count(its);
    vgic_unlock(&its->lock);
}

/* Commands that were left when the state was saved. Without the callback they wait for the guest to
 * look at the queue, or the host to call vgic_work(). */
static void its_resume(Vgic *gic)
{
    bool left = false;

    for (uint32_t i = 0; i < gic->its_count; i++) {
        vgic_lock(&gic->its[i].lock);
        left |= vgic_its_has_work(&gic->its[i]);
        vgic_unlock(&gic->its[i].lock);
    }
    if (left && gic->host.work) {
        gic->host.work(gic->machine);
    }
}

const VgicPartStateOps vgic_its_state = {
    .save = its_save,
    .staged_size = sizeof(Staged),
    .check = its_check,
    .apply = its_apply,
    .resume = its_resume,
};
