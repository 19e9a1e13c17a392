/* SPDX-License-Identifier: BSD-2-Clause */
/* Message-based SPIs: SETSPI and CLRSPI in the Distributor, and the optional frame of their own
 * (GICM) [3.5]. */
#include <glib.h>

#include "defs/gicd.h"
#include "v3/rows.h"
#include "v3/v3.h"

/*
 * The SPI that a message names, locked, if the message may change it: Secure writes reach any SPI,
 * Non-secure ones theirs and what NSACR opens to them.
 */
static VgicIrq *message_target(VgicAccess *access, uint64_t value, unsigned need, bool clears,
                               VgicCpu **home)
{
    Vgic *gic = access->gic;
    uint32_t intid = (uint32_t)VGIC_GET(value, gicd_setspi, INTID);
    VgicIrq *irq = gic->message_spis ? vgic_irq_find(gic, NULL, intid) : NULL;

    if (irq) {
        *home = clears ? vgic_irq_lock_settled(gic, irq) : vgic_irq_lock_home(gic, irq);
        if (!access->ns || vgic_v3_ns_allowed(gic, irq, need)) {
            return irq;
        }
        vgic_unlock(&(*home)->lock);
    }
    vgic_access_report(access, VGIC_RULE_MESSAGE_TARGET, intid);
    return NULL;
}

/* The Secure forms do not exist with one Security state. */
static bool is_absent(const VgicAccess *access)
{
    return access->row->info.access & VGIC_SECURE_ONLY && vgic_ds(access->gic);
}

void vgic_v3_setspi_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *home;
    VgicIrq *irq;

    if (is_absent(access)) {
        return;
    }
    irq = message_target(access, value, VGIC_NS_NSACR1, false, &home);
    if (irq) {
        vgic_irq_set(irq, irq->flags & VGIC_IRQ_LEVEL ? VGIC_IRQ_MESSAGE : VGIC_IRQ_LATCH, true);
        vgic_irq_update_unlock(home, irq);
    }
}

void vgic_v3_clrspi_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *home;
    VgicIrq *irq;

    if (is_absent(access)) {
        return;
    }
    irq = message_target(access, value, VGIC_NS_NSACR2, true, &home);
    if (irq) {
        uint32_t before = irq->flags;

        vgic_irq_set(irq, before & VGIC_IRQ_LEVEL ? VGIC_IRQ_MESSAGE : VGIC_IRQ_LATCH, false);
        vgic_v3_changed_unlock(home, irq, before);
    }
}

static uint64_t gicm_typer_read(VgicAccess *access)
{
    const Vgic *gic = access->gic;

    return VGIC_PUT(gicm_typer, Valid, 1) | VGIC_PUT(gicm_typer, CLR, 1) |
           VGIC_PUT(gicm_typer, SR, !vgic_ds(gic)) |
           VGIC_PUT(gicm_typer, INTID, gic->message_base) |
           VGIC_PUT(gicm_typer, NumSPIs, gic->message_count);
}

static uint64_t gicm_iidr_read(VgicAccess *access)
{
    return access->gic->iidr;
}

/* clang-format off */
const VgicFrameRow vgic_v3_message_rows[] = {
    ONE("GICM_TYPER", GICM_TYPER, READ, gicm_typer, .read = gicm_typer_read),
    MESSAGE("GICM_SETSPI_NSR", GICM_SETSPI_NSR, WRITE, vgic_v3_setspi_write),
    MESSAGE("GICM_CLRSPI_NSR", GICM_CLRSPI_NSR, WRITE, vgic_v3_clrspi_write),
    MESSAGE("GICM_SETSPI_SR", GICM_SETSPI_SR, WRITE | VGIC_SECURE_ONLY, vgic_v3_setspi_write),
    MESSAGE("GICM_CLRSPI_SR", GICM_CLRSPI_SR, WRITE | VGIC_SECURE_ONLY, vgic_v3_clrspi_write),
    ONE("GICM_IIDR", GICM_IIDR, READ, gic_iidr, .read = gicm_iidr_read),
    VGIC_ID_ROWS("GICM", 0x97, 0x3B),
};
/* clang-format on */
const uint32_t vgic_v3_message_row_count = G_N_ELEMENTS(vgic_v3_message_rows);
