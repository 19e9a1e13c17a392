/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers of an ITS (GITS): control frame and translation frame [6.1]. */
#include <glib.h>

#include "defs/gicd.h"
#include "its/its.h"
#include "v3/rows.h"

/* The element after a write of a part of it. */
static uint64_t merge(const VgicAccess *access, uint64_t old, uint64_t value)
{
    return (old & ~access->mask) | (value & access->mask);
}

static uint64_t read_locked(VgicIts *its, const uint64_t *reg)
{
    uint64_t value;

    vgic_lock(&its->lock);
    value = *reg;
    vgic_unlock(&its->lock);
    return value;
}

/* GITS_CTLR */

static uint64_t gits_ctlr_read(VgicAccess *access)
{
    VgicIts *its = access->its;
    uint64_t value;

    vgic_its_run(its);
    vgic_lock(&its->lock);
    value = VGIC_PUT(gits_ctlr, Enabled, its->enabled) |
            VGIC_PUT(gits_ctlr, Quiescent, vgic_its_is_quiescent(its));
    vgic_unlock(&its->lock);
    return value;
}

/* Are queue and tables there that the ITS needs? */
static bool is_set_up(const VgicIts *its)
{
    return VGIC_GET(its->cbaser, gits_cbaser, Valid) &&
           VGIC_GET(its->baser[VGIC_ITS_DEVICES], gits_baser, Valid) &&
           (its->hardware_collections ||
            VGIC_GET(its->baser[VGIC_ITS_COLLECTIONS], gits_baser, Valid));
}

static void gits_ctlr_write(VgicAccess *access, uint64_t value)
{
    VgicIts *its = access->its;
    bool enable = VGIC_GET(value, gits_ctlr, Enabled);

    vgic_lock(&its->lock);
    if (enable && !its->enabled && !is_set_up(its)) {
        vgic_access_report(access, VGIC_RULE_ITS_ENABLE, UINT32_MAX);
    }
    its->enabled = enable;
    vgic_its_count(its);
    vgic_unlock(&its->lock);
    vgic_its_run(its);
}

/* GITS_TYPER [6.2] and the other constants */

static uint64_t gits_typer_read(VgicAccess *access)
{
    const VgicIts *its = access->its;

    return VGIC_PUT(gits_typer, Physical, 1) |
           VGIC_PUT(gits_typer, CCT, its->hardware_collections != 0) |
           VGIC_PUT(gits_typer, ITT_entry_size, GITS_ENTRY_SIZE - 1) |
           VGIC_PUT(gits_typer, ID_bits, its->event_bits - 1) |
           VGIC_PUT(gits_typer, Devbits, its->device_bits - 1) |
           VGIC_PUT(gits_typer, PTA, its->redist_addresses != NULL) |
           VGIC_PUT(gits_typer, HCC, its->hardware_collections) |
           VGIC_PUT(gits_typer, CIDbits, its->cil ? its->collection_bits - 1 : 0) |
           VGIC_PUT(gits_typer, CIL, its->cil) | VGIC_PUT(gits_typer, UMSI, its->umsi);
}

static uint64_t gits_iidr_read(VgicAccess *access)
{
    return access->its->iidr;
}

/* GITS_STATUSR, GITS_UMSIR */

static bool has_umsi(const Vgic *gic)
{
    return gic->its[0].umsi;
}

static bool has_status(const Vgic *gic)
{
    return gic->statusr || has_umsi(gic);
}

static uint64_t gits_statusr_read(VgicAccess *access)
{
    return access->its->statusr;
}

static void gits_statusr_write(VgicAccess *access, uint64_t value)
{
    VgicIts *its = access->its;

    vgic_lock(&its->lock);
    its->statusr &= ~(uint32_t)value;
    vgic_unlock(&its->lock);
}

static uint64_t gits_umsir_read(VgicAccess *access)
{
    return read_locked(access->its, &access->its->umsir);
}

/* The queue [6.3] */

/* May a register of queue or tables be written now? The lock is held. */
static bool is_open(VgicAccess *access)
{
    if (!vgic_its_is_quiescent(access->its)) {
        vgic_access_report(access, VGIC_RULE_ITS_BASE_ENABLED, UINT32_MAX);
        return false;
    }
    return true;
}

static uint64_t gits_cbaser_read(VgicAccess *access)
{
    return read_locked(access->its, &access->its->cbaser);
}

static void gits_cbaser_write(VgicAccess *access, uint64_t value)
{
    VgicIts *its = access->its;

    vgic_lock(&its->lock);
    if (is_open(access)) {
        its->cbaser = merge(access, its->cbaser, value) & GITS_CBASER_FIELDS;
        its->creadr = 0;
        its->stalled = false;
    }
    vgic_unlock(&its->lock);
}

static uint64_t gits_cwriter_read(VgicAccess *access)
{
    return read_locked(access->its, &access->its->cwriter);
}

static void gits_cwriter_write(VgicAccess *access, uint64_t value)
{
    VgicIts *its = access->its;
    uint64_t offset;

    vgic_lock(&its->lock);
    offset = merge(access, its->cwriter, value) & VGIC_MASK(gits_cwriter, Offset);
    if (offset >= vgic_its_queue_bytes(its)) {
        vgic_access_report(access, VGIC_RULE_ITS_CWRITER, UINT32_MAX);
    } else {
        its->cwriter = offset;
        its->stalled &= !(value & access->mask & VGIC_MASK(gits_cwriter, Retry));
    }
    vgic_unlock(&its->lock);
    vgic_its_run(its);
}

/* Software that waits for the queue drives it on. */
static uint64_t gits_creadr_read(VgicAccess *access)
{
    VgicIts *its = access->its;
    uint64_t value;

    vgic_its_run(its);
    vgic_lock(&its->lock);
    value = its->creadr | VGIC_PUT(gits_creadr, Stalled, its->stalled);
    vgic_unlock(&its->lock);
    return value;
}

/* Tables */

static uint64_t baser_constants(uint32_t number)
{
    static const uint8_t types[VGIC_ITS_BASERS] = {
        [VGIC_ITS_DEVICES] = GITS_BASER_DEVICES,
        [VGIC_ITS_COLLECTIONS] = GITS_BASER_COLLECTIONS,
    };

    return VGIC_PUT(gits_baser, Type, types[number]) |
           VGIC_PUT(gits_baser, Entry_Size, GITS_ENTRY_SIZE - 1);
}

static uint64_t gits_baser_read(VgicAccess *access)
{
    if (access->element >= VGIC_ITS_BASERS) {
        return 0; /* GITS_BASER<n>.Type 0: unimplemented */
    }
    return access->its->baser[access->element] | baser_constants(access->element);
}

static void gits_baser_write(VgicAccess *access, uint64_t value)
{
    VgicIts *its = access->its;
    uint32_t number = access->element;
    uint64_t baser;

    if (number >= VGIC_ITS_BASERS) {
        return;
    }
    vgic_lock(&its->lock);
    if (is_open(access)) {
        baser = merge(access, its->baser[number], value) & vgic_its_baser_fields(its);
        /* Page_Size 3 is reserved: 64 KiB. */
        if (VGIC_GET(baser, gits_baser, Page_Size) == 3) {
            baser &= ~VGIC_PUT(gits_baser, Page_Size, 1);
        }
        its->baser[number] = baser;
        if (number == VGIC_ITS_COLLECTIONS) {
            vgic_its_forget_collections(its);
        }
        vgic_its_count(its);
        vgic_cache_drop_all(&its->cache);
        vgic_its_count(its);
    }
    vgic_unlock(&its->lock);
}

static void gits_translater_write(VgicAccess *access, uint64_t value)
{
    vgic_its_msi_access(access, (uint32_t)value);
}

#define GICV4 "GICv4.1 is not modelled yet"

/* clang-format off */
const VgicFrameRow vgic_its_rows[] = {
    ONE("GITS_CTLR", GITS_CTLR, RW, gits_ctlr, .read = gits_ctlr_read, .write = gits_ctlr_write),
    ONE("GITS_IIDR", GITS_IIDR, READ, gic_iidr, .read = gits_iidr_read),
    WIDE("GITS_TYPER", GITS_TYPER, READ, gits_typer, .read = gits_typer_read),
    ABSENT("GITS_MPAMIDR", GITS_MPAMIDR, 1, 32, READ, MPAM),
    ABSENT("GITS_PARTIDR", GITS_PARTIDR, 1, 32, RW, MPAM),
    ABSENT("GITS_MPIDR", GITS_MPIDR, 1, 32, READ, GICV4),
    ONE("GITS_STATUSR", GITS_STATUSR, RW, gits_statusr, .read = gits_statusr_read, .write = gits_statusr_write,
        .present = has_status),
    WIDE("GITS_UMSIR", GITS_UMSIR, READ, gits_umsir, .read = gits_umsir_read, .present = has_umsi),
    WIDE("GITS_CBASER", GITS_CBASER, RW, gits_cbaser, .read = gits_cbaser_read, .write = gits_cbaser_write),
    WIDE("GITS_CWRITER", GITS_CWRITER, RW, gits_cwriter, .read = gits_cwriter_read, .write = gits_cwriter_write),
    WIDE("GITS_CREADR", GITS_CREADR, READ, gits_creadr, .read = gits_creadr_read),
    {.info = {.name = "GITS_BASER<n>", .offset = GITS_BASER(0), .count = 8, .stride = 8, .width = 64, .sizes = 4 | 8,
              .access = RW, VGIC_FIELD_ROWS(gits_baser)},
     .read = gits_baser_read, .write = gits_baser_write},
    VGIC_ID_ROWS("GITS", 0x94, 0x3B),
    {.info = {.name = "GITS_TRANSLATER", .offset = GITS_TRANSLATER, .count = 1, .width = 32, .sizes = 2 | 4,
              .access = WRITE, VGIC_FIELD_ROWS(gits_translater)},
     .write = gits_translater_write},
};
/* clang-format on */
const uint32_t vgic_its_row_count = G_N_ELEMENTS(vgic_its_rows);
