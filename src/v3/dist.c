/* SPDX-License-Identifier: BSD-2-Clause */
/* The Distributor (GICD) [3]. */
#include <glib.h>

#include "defs/gicd.h"
#include "v3/lpi.h"
#include "v3/rows.h"
#include "v3/v3.h"

void vgic_v3_refresh_groups(Vgic *gic)
{
    /* By IGROUPR + 2 * IGRPMODR. The reserved combination 3 is Non-secure Group 1. */
    static const uint8_t two_states[] = {VGIC_G0, VGIC_G1NS, VGIC_G1S, VGIC_G1NS};
    static const uint8_t one_state[] = {VGIC_G0, VGIC_G1NS, VGIC_G0, VGIC_G1NS};
    const uint8_t *map = vgic_ds(gic) ? one_state : two_states;
    uint32_t packed = 0;

    for (unsigned i = 0; i < 4; i++) {
        /* A PE without EL3 is shown Secure Group 1 as Group 0. */
        unsigned group = map[i] == VGIC_G1S && !gic->el3 ? VGIC_G0 : map[i];

        packed |= group << 4 * i;
    }
    atomic_store_explicit(&gic->queue_of_group, packed, memory_order_relaxed);
}

/* GICD_CTLR: one state, three layouts [3.2]. */

static uint64_t gicd_ctlr_read(VgicAccess *access)
{
    Vgic *gic = access->gic;
    uint32_t ctlr = atomic_load_explicit(&gic->dist.ctlr, memory_order_relaxed);
    bool g0 = ctlr >> VGIC_G0 & 1, g1s = ctlr >> VGIC_G1S & 1, g1ns = ctlr >> VGIC_G1NS & 1;
    bool e1nwf = ctlr & VGIC_DIST_E1NWF;

    if (access->ns) {
        return VGIC_PUT(gicd_ctlr_ns, EnableGrp1A, g1ns) | VGIC_PUT(gicd_ctlr_ns, ARE_NS, 1);
    }
    if (ctlr & VGIC_DIST_DS) {
        return VGIC_PUT(gicd_ctlr_ds1, EnableGrp0, g0) | VGIC_PUT(gicd_ctlr_ds1, EnableGrp1, g1ns) |
               VGIC_PUT(gicd_ctlr_ds1, ARE, 1) | VGIC_PUT(gicd_ctlr_ds1, DS, 1) |
               VGIC_PUT(gicd_ctlr_ds1, E1NWF, e1nwf);
    }
    return VGIC_PUT(gicd_ctlr_s, EnableGrp0, g0) | VGIC_PUT(gicd_ctlr_s, EnableGrp1NS, g1ns) |
           VGIC_PUT(gicd_ctlr_s, EnableGrp1S, g1s) | VGIC_PUT(gicd_ctlr_s, ARE_S, 1) |
           VGIC_PUT(gicd_ctlr_s, ARE_NS, 1) | VGIC_PUT(gicd_ctlr_s, E1NWF, e1nwf);
}

/* The state that a write asks for; the lock of the Distributor is held. */
static uint32_t ctlr_after_write(VgicAccess *access, uint32_t ctlr, uint64_t value)
{
    Vgic *gic = access->gic;

    if (access->ns) {
        ctlr &= ~(1u << VGIC_G1NS);
        return ctlr | (uint32_t)VGIC_GET(value, gicd_ctlr_ns, EnableGrp1A) << VGIC_G1NS;
    }
    if (ctlr & VGIC_DIST_DS) {
        return VGIC_DIST_DS | (uint32_t)VGIC_GET(value, gicd_ctlr_ds1, EnableGrp0) << VGIC_G0 |
               (uint32_t)VGIC_GET(value, gicd_ctlr_ds1, EnableGrp1) << VGIC_G1NS |
               (uint32_t)(value & VGIC_DIST_E1NWF);
    }
    ctlr = (uint32_t)VGIC_GET(value, gicd_ctlr_s, EnableGrp0) << VGIC_G0 |
           (uint32_t)VGIC_GET(value, gicd_ctlr_s, EnableGrp1NS) << VGIC_G1NS |
           (uint32_t)VGIC_GET(value, gicd_ctlr_s, EnableGrp1S) << VGIC_G1S |
           (uint32_t)(value & VGIC_DIST_E1NWF);
    if (VGIC_GET(value, gicd_ctlr_s, DS) && !gic->ds_fixed) {
        if (ctlr & VGIC_DIST_GROUPS) {
            vgic_access_report(access, VGIC_RULE_DS_ENABLED, UINT32_MAX);
        }
        ctlr = (ctlr & ~(1u << VGIC_G1S)) | VGIC_DIST_DS;
    }
    return ctlr;
}

static bool clears_are(const VgicAccess *access, uint64_t value)
{
    if (access->ns) {
        return !VGIC_GET(value, gicd_ctlr_ns, ARE_NS);
    }
    if (vgic_ds(access->gic)) {
        return !VGIC_GET(value, gicd_ctlr_ds1, ARE);
    }
    return !VGIC_GET(value, gicd_ctlr_s, ARE_S) || !VGIC_GET(value, gicd_ctlr_s, ARE_NS);
}

static void refresh_all_lines(Vgic *gic)
{
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        vgic_lock(&gic->cpus[i].lock);
        vgic_v3_refresh_lines(&gic->cpus[i]);
        vgic_cpu_present_unlock(&gic->cpus[i]);
    }
}

static void gicd_ctlr_write(VgicAccess *access, uint64_t value)
{
    Vgic *gic = access->gic;
    uint32_t before, after;

    /* All zero is how every driver begins, and no attempt to switch affinity routing off. */
    if (value && clears_are(access, value)) {
        vgic_access_report(access, VGIC_RULE_ARE_CLEARED, UINT32_MAX);
    }
    vgic_lock(&gic->dist.lock);
    before = atomic_load_explicit(&gic->dist.ctlr, memory_order_relaxed);
    after = ctlr_after_write(access, before, value);
    atomic_store_explicit(&gic->dist.ctlr, after, memory_order_relaxed);
    if ((before ^ after) & VGIC_DIST_DS) {
        vgic_v3_refresh_groups(gic);
    }
    vgic_unlock(&gic->dist.lock);
    if ((before ^ after) & VGIC_DIST_DS) {
        refresh_all_lines(gic);
        vgic_for_each_irq(gic, NULL, NULL);
        for (uint32_t i = 0; gic->lpis.bits && i < gic->cpu_count; i++) {
            vgic_lpi_invalidate_all(&gic->cpus[i]); /* their priorities are another scale now */
        }
    }
    if (before != after) {
        vgic_reconfigure_all(gic);
    }
}

static uint64_t gicd_typer_read(VgicAccess *access)
{
    const Vgic *gic = access->gic;
    uint32_t idbits = gic->lpis.bits ? gic->lpis.bits : gic->espis || gic->eppis ? 16 : 10;

    return VGIC_PUT(gicd_typer, ITLinesNumber, (gic->spis + 31) / 32) |
           VGIC_PUT(gicd_typer, ESPI, gic->espis != 0) |
           VGIC_PUT(gicd_typer, SecurityExtn, !vgic_ds(gic)) | VGIC_PUT(gicd_typer, NMI, gic->nmi) |
           VGIC_PUT(gicd_typer, MBIS, gic->message_spis) |
           VGIC_PUT(gicd_typer, LPIS, gic->lpis.bits != 0) |
           VGIC_PUT(gicd_typer, IDbits, idbits - 1) | VGIC_PUT(gicd_typer, A3V, 1) |
           VGIC_PUT(gicd_typer, No1N, !gic->one_of_n_supported) | VGIC_PUT(gicd_typer, RSS, 1) |
           VGIC_PUT(gicd_typer, ESPI_range, gic->espis ? (gic->espis - 1) / 32 : 0);
}

static uint64_t gicd_iidr_read(VgicAccess *access)
{
    return access->gic->iidr;
}

/* STATUSR: one copy for each Security state, write one to clear. */

uint32_t vgic_v3_status_bits(VgicRule rule, bool write)
{
    switch (rule) {
    case VGIC_RULE_RESERVED:
    case VGIC_RULE_UNMODELLED:
        return (uint32_t)(write ? VGIC_MASK(gic_statusr, WRD) : VGIC_MASK(gic_statusr, RRD));
    case VGIC_RULE_READ_ONLY:
        return (uint32_t)VGIC_MASK(gic_statusr, WROD);
    case VGIC_RULE_WRITE_ONLY:
        return (uint32_t)VGIC_MASK(gic_statusr, RWOD);
    default:
        return 0;
    }
}

void vgic_v3_note_status(const VgicAccess *access, bool write)
{
    Vgic *gic = access->gic;
    _Atomic uint32_t *statusr = access->cpu ? access->cpu->redist.statusr : gic->dist.statusr;

    atomic_fetch_or_explicit(&statusr[access->ns], vgic_v3_status_bits(access->rule, write),
                             memory_order_relaxed);
}

static uint64_t gicd_statusr_read(VgicAccess *access)
{
    return access->gic->dist.statusr[access->ns];
}

static void gicd_statusr_write(VgicAccess *access, uint64_t value)
{
    atomic_fetch_and(&access->gic->dist.statusr[access->ns], ~(uint32_t)value);
}

/* IROUTER [3.4]. */

static VgicIrq *router_irq(const VgicAccess *access)
{
    uint32_t first = access->row->first;

    return vgic_irq_find(access->gic, NULL, first + access->element);
}

static uint64_t gicd_irouter_read(VgicAccess *access)
{
    Vgic *gic = access->gic;
    VgicIrq *irq = router_irq(access);
    uint64_t value = 0;
    VgicCpu *home;

    if (!irq) {
        return 0;
    }
    home = vgic_irq_lock_home(gic, irq);
    if (!access->ns || vgic_v3_ns_allowed(gic, irq, VGIC_NS_NSACR3)) {
        value = gic->dist.router[irq->slot - VGIC_SLOT_SHARED];
    }
    vgic_unlock(&home->lock);
    return value;
}

/* Gives @p irq a new route; the lock of its home is held. */
static void route(VgicAccess *access, VgicIrq *irq, uint64_t value)
{
    Vgic *gic = access->gic;
    bool was_one_of_n = irq->flags & VGIC_IRQ_ONE_OF_N;
    bool one_of_n = VGIC_GET(value, gicd_irouter, Interrupt_Routing_Mode);
    uint64_t affinity = value & (VGIC_MASK(gicd_irouter, Aff3) | VGIC_MASK(gicd_irouter, Aff2) |
                                 VGIC_MASK(gicd_irouter, Aff1) | VGIC_MASK(gicd_irouter, Aff0));

    if (one_of_n && !gic->one_of_n_supported) {
        vgic_access_report(access, VGIC_RULE_ROUTE_ONE_OF_N, vgic_intid_of(irq->slot));
        one_of_n = false;
    }
    gic->dist.router[irq->slot - VGIC_SLOT_SHARED] =
        affinity | (one_of_n ? VGIC_MASK(gicd_irouter, Interrupt_Routing_Mode) : 0);
    vgic_irq_set(irq, VGIC_IRQ_ONE_OF_N, one_of_n);
    if (one_of_n != was_one_of_n) {
        vgic_one_of_n_set(gic, irq, one_of_n);
        irq->target = (uint16_t)gic->cpu_count;
    }
    if (!one_of_n) {
        irq->target = (uint16_t)vgic_cpu_with_affinity(gic, affinity);
        if (irq->target == gic->cpu_count) {
            vgic_access_report(access, VGIC_RULE_ROUTE_NOWHERE, vgic_intid_of(irq->slot));
        }
    }
}

static void gicd_irouter_write(VgicAccess *access, uint64_t value)
{
    Vgic *gic = access->gic;
    VgicIrq *irq = router_irq(access);
    VgicCpu *home;

    if (!irq) {
        vgic_access_report(access, VGIC_RULE_NO_INTERRUPT, UINT32_MAX);
        return;
    }
    home = vgic_irq_lock_settled(gic, irq);
    if (!access->ns || vgic_v3_ns_allowed(gic, irq, VGIC_NS_NSACR3)) {
        uint64_t before = gic->dist.router[irq->slot - VGIC_SLOT_SHARED];

        route(access, irq, (before & ~access->mask) | (value & access->mask));
    }
    vgic_irq_update_unlock(home, irq);
}

#define ROUTERS(name_, offset_, count_, first_)                                                    \
    {                                                                                              \
        .info = {.name = (name_),                                                                  \
                 .offset = (offset_),                                                              \
                 .count = (count_),                                                                \
                 .stride = 8,                                                                      \
                 .width = 64,                                                                      \
                 .sizes = 4 | 8,                                                                   \
                 .access = RW,                                                                     \
                 VGIC_FIELD_ROWS(gicd_irouter)},                                                   \
        .read = gicd_irouter_read, .write = gicd_irouter_write, .first = (first_)                  \
    }
/* Exists, and is RES0, because affinity routing is always on. */
#define UNDER_ARE(name_, offset_, count_, access_, sizes_)                                         \
    {                                                                                              \
        .info = {                                                                                  \
            .name = (name_),                                                                       \
            .offset = (offset_),                                                                   \
            .count = (count_),                                                                     \
            .stride = 4,                                                                           \
            .width = 32,                                                                           \
            .sizes = (sizes_),                                                                     \
            .access = (access_),                                                                   \
            .note = "RES0: affinity routing is always on"                                          \
        }                                                                                          \
    }

/* clang-format off */
const VgicFrameRow vgic_v3_dist_rows[] = {
    ONE("GICD_CTLR", GICD_CTLR, RW, gicd_ctlr_s, .read = gicd_ctlr_read, .write = gicd_ctlr_write),
    ONE("GICD_TYPER", GICD_TYPER, READ, gicd_typer, .read = gicd_typer_read),
    ONE("GICD_IIDR", GICD_IIDR, READ, gic_iidr, .read = gicd_iidr_read),
    ONE("GICD_TYPER2", GICD_TYPER2, READ, gicd_typer2, .constant = 0),
    ONE("GICD_STATUSR", GICD_STATUSR, RW, gic_statusr, .read = gicd_statusr_read, .write = gicd_statusr_write),
    MESSAGE("GICD_SETSPI_NSR", GICD_SETSPI_NSR, WRITE, vgic_v3_setspi_write),
    MESSAGE("GICD_CLRSPI_NSR", GICD_CLRSPI_NSR, WRITE, vgic_v3_clrspi_write),
    MESSAGE("GICD_SETSPI_SR", GICD_SETSPI_SR, WRITE | VGIC_SECURE_ONLY, vgic_v3_setspi_write),
    MESSAGE("GICD_CLRSPI_SR", GICD_CLRSPI_SR, WRITE | VGIC_SECURE_ONLY, vgic_v3_clrspi_write),
    {.info = {.name = "GICD_SEIR", .offset = GICD_SEIR, .count = 1, .width = 32, .sizes = 4, .access = WRITE,
              .note = "withdrawn from the architecture; writes are ignored"}},
    BITS("GICD_IGROUPR<n>", GICD_IGROUPR(0), 32, SECURE_RW, VGIC_V3_GROUP(0)),
    BITS("GICD_ISENABLER<n>", GICD_ISENABLER(0), 32, RW, VGIC_V3_ENABLE(0, true)),
    BITS("GICD_ICENABLER<n>", GICD_ICENABLER(0), 32, RW, VGIC_V3_ENABLE(0, false)),
    BITS("GICD_ISPENDR<n>", GICD_ISPENDR(0), 32, RW, VGIC_V3_PEND(0)),
    BITS("GICD_ICPENDR<n>", GICD_ICPENDR(0), 32, RW, VGIC_V3_UNPEND(0)),
    BITS("GICD_ISACTIVER<n>", GICD_ISACTIVER(0), 32, RW, VGIC_V3_ACTIVE(0, true)),
    BITS("GICD_ICACTIVER<n>", GICD_ICACTIVER(0), 32, RW, VGIC_V3_ACTIVE(0, false)),
    BYTES("GICD_IPRIORITYR<n>", GICD_IPRIORITYR(0), 255, RW, VGIC_V3_PRIORITY(0)),
    UNDER_ARE("GICD_ITARGETSR<n>", GICD_ITARGETSR(0), 255, RW, 1 | 4),
    BITS("GICD_ICFGR<n>", GICD_ICFGR(0), 64, RW, VGIC_V3_TRIGGER(0)),
    BITS("GICD_IGRPMODR<n>", GICD_IGRPMODR(0), 32, SECURE_RW, VGIC_V3_MODIFIER(0)),
    BITS("GICD_NSACR<n>", GICD_NSACR(0), 64, SECURE_RW, VGIC_V3_NSACR(0)),
    UNDER_ARE("GICD_SGIR", GICD_SGIR, 1, WRITE, 4),
    UNDER_ARE("GICD_CPENDSGIR<n>", GICD_CPENDSGIR(0), 4, RW, 1 | 4),
    UNDER_ARE("GICD_SPENDSGIR<n>", GICD_SPENDSGIR(0), 4, RW, 1 | 4),
    BITS("GICD_INMIR<n>", GICD_INMIR(0), 32, RW, VGIC_V3_NMI(0)),
    BITS("GICD_IGROUPR<n>E", GICD_IGROUPRnE(0), 32, SECURE_RW, VGIC_V3_GROUP(VGIC_INTID_ESPI)),
    BITS("GICD_ISENABLER<n>E", GICD_ISENABLERnE(0), 32, RW, VGIC_V3_ENABLE(VGIC_INTID_ESPI, true)),
    BITS("GICD_ICENABLER<n>E", GICD_ICENABLERnE(0), 32, RW, VGIC_V3_ENABLE(VGIC_INTID_ESPI, false)),
    BITS("GICD_ISPENDR<n>E", GICD_ISPENDRnE(0), 32, RW, VGIC_V3_PEND(VGIC_INTID_ESPI)),
    BITS("GICD_ICPENDR<n>E", GICD_ICPENDRnE(0), 32, RW, VGIC_V3_UNPEND(VGIC_INTID_ESPI)),
    BITS("GICD_ISACTIVER<n>E", GICD_ISACTIVERnE(0), 32, RW, VGIC_V3_ACTIVE(VGIC_INTID_ESPI, true)),
    BITS("GICD_ICACTIVER<n>E", GICD_ICACTIVERnE(0), 32, RW, VGIC_V3_ACTIVE(VGIC_INTID_ESPI, false)),
    BYTES("GICD_IPRIORITYR<n>E", GICD_IPRIORITYRnE(0), 256, RW, VGIC_V3_PRIORITY(VGIC_INTID_ESPI)),
    BITS("GICD_ICFGR<n>E", GICD_ICFGRnE(0), 64, RW, VGIC_V3_TRIGGER(VGIC_INTID_ESPI)),
    BITS("GICD_IGRPMODR<n>E", GICD_IGRPMODRnE(0), 32, SECURE_RW, VGIC_V3_MODIFIER(VGIC_INTID_ESPI)),
    BITS("GICD_NSACR<n>E", GICD_NSACRnE(0), 64, SECURE_RW, VGIC_V3_NSACR(VGIC_INTID_ESPI)),
    BITS("GICD_INMIR<n>E", GICD_INMIRnE(0), 32, RW, VGIC_V3_NMI(VGIC_INTID_ESPI)),
    ROUTERS("GICD_IROUTER<n>", GICD_IROUTER(32), 988, VGIC_INTID_SPI),
    ROUTERS("GICD_IROUTER<n>E", GICD_IROUTERnE(0), 1024, VGIC_INTID_ESPI),
    VGIC_ID_ROWS("GICD", 0x92, 0x3B),
};
/* clang-format on */
const uint32_t vgic_v3_dist_row_count = G_N_ELEMENTS(vgic_v3_dist_rows);
