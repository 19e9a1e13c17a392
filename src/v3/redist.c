/* SPDX-License-Identifier: BSD-2-Clause */
/* A PE's Redistributor (GICR): RD_base and SGI_base [4]. */
#include <glib.h>

#include "defs/gicd.h"
#include "defs/gicr.h"
#include "v3/lpi.h"
#include "v3/rows.h"
#include "v3/v3.h"

/* The DPG bits that the access sees: DPG1S and DPG0 are Secure software's while there are two
 * Security states [4.1]. */
static uint32_t dpg_bits(const VgicAccess *access)
{
    uint64_t bits = VGIC_MASK(gicr_ctlr, DPG1NS);

    if (!access->gic->one_of_n_supported) {
        return 0; /* as GICR_TYPER.DPGS says */
    }
    if (!access->ns) {
        bits |= VGIC_MASK(gicr_ctlr, DPG0);
        if (!vgic_ds(access->gic)) {
            bits |= VGIC_MASK(gicr_ctlr, DPG1S);
        }
    }
    return (uint32_t)bits;
}

static uint64_t gicr_ctlr_read(VgicAccess *access)
{
    VgicCpu *cpu = access->cpu;
    bool lpis = access->gic->lpis.bits;
    uint64_t value;

    vgic_lock(&cpu->lock);
    value = (cpu->redist.dpg & dpg_bits(access)) |
            VGIC_PUT(gicr_ctlr, EnableLPIs, cpu->redist.enable_lpis) |
            VGIC_PUT(gicr_ctlr, CES, lpis) | VGIC_PUT(gicr_ctlr, IR, lpis) |
            VGIC_PUT(gicr_ctlr, RWP, cpu->redist.lpis_changing);
    vgic_unlock(&cpu->lock);
    return value;
}

/* Is the number of bits that LPIs are enabled with one that this GIC has? */
static void check_idbits(VgicAccess *access)
{
    uint64_t bits = VGIC_GET(access->cpu->redist.propbaser, gicr_propbaser, IDbits) + 1;

    if (bits < VGIC_MIN_LPI_BITS || bits > access->gic->lpis.bits) {
        vgic_access_report(access, VGIC_RULE_LPI_IDBITS, UINT32_MAX);
    }
}

static void gicr_ctlr_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;
    uint32_t bits = dpg_bits(access);
    bool enable = VGIC_GET(value, gicr_ctlr, EnableLPIs);

    vgic_lock(&cpu->lock);
    cpu->redist.dpg = (cpu->redist.dpg & ~bits) | ((uint32_t)value & bits);
    vgic_cpu_reconfigure_unlock(cpu);
    if (access->gic->lpis.bits && enable != cpu->redist.enable_lpis) {
        if (enable) {
            check_idbits(access);
        }
        vgic_access_report(access, vgic_lpi_rule(vgic_lpi_enable(cpu, enable)), UINT32_MAX);
    }
}

static uint64_t gicr_iidr_read(VgicAccess *access)
{
    return access->gic->iidr;
}

/* Is it the last PE of its region? */
static bool is_last(const Vgic *gic, const VgicCpu *cpu)
{
    for (uint32_t i = 0; i < gic->frame_count; i++) {
        const struct VgicFrame *frame = &gic->frames[i];

        if (frame->cpu_stride &&
            frame->first_cpu + frame->size / frame->cpu_stride == cpu->index + UINT64_C(1)) {
            return true;
        }
    }
    return false;
}

static uint64_t gicr_typer_read(VgicAccess *access)
{
    const Vgic *gic = access->gic;
    const VgicCpu *cpu = access->cpu;
    uint64_t affinity = (cpu->affinity >> 32 & 0xFF) << 24 | (cpu->affinity & 0xFFFFFF);

    return VGIC_PUT(gicr_typer, Last, is_last(gic, cpu)) |
           VGIC_PUT(gicr_typer, PLPIS, gic->lpis.bits != 0) |
           VGIC_PUT(gicr_typer, DirectLPI, gic->direct_lpi) |
           VGIC_PUT(gicr_typer, DPGS, gic->one_of_n_supported) |
           VGIC_PUT(gicr_typer, Processor_Number, cpu->index) |
           VGIC_PUT(gicr_typer, PPInum, gic->eppis / 32) |
           VGIC_PUT(gicr_typer, Affinity_Value, affinity);
}

static uint64_t gicr_statusr_read(VgicAccess *access)
{
    return access->cpu->redist.statusr[access->ns];
}

static void gicr_statusr_write(VgicAccess *access, uint64_t value)
{
    atomic_fetch_and(&access->cpu->redist.statusr[access->ns], ~(uint32_t)value);
}

/* WAKER: ChildrenAsleep follows ProcessorSleep at once [4.3]. */

static uint64_t gicr_waker_read(VgicAccess *access)
{
    bool asleep;

    vgic_lock(&access->cpu->lock);
    asleep = access->cpu->redist.asleep;
    vgic_unlock(&access->cpu->lock);
    return VGIC_PUT(gicr_waker, ProcessorSleep, asleep) |
           VGIC_PUT(gicr_waker, ChildrenAsleep, asleep);
}

static void gicr_waker_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    cpu->redist.asleep = VGIC_GET(value, gicr_waker, ProcessorSleep);
    vgic_cpu_reconfigure_unlock(cpu);
}

/* LPIs [4.1, 5]. */

static bool has_lpis(const Vgic *gic)
{
    return gic->lpis.bits;
}

static uint64_t gicr_propbaser_read(VgicAccess *access)
{
    return access->cpu->redist.propbaser;
}

static uint64_t gicr_pendbaser_read(VgicAccess *access)
{
    return access->cpu->redist.pendbaser & ~VGIC_MASK(gicr_pendbaser, PTZ);
}

/* Stores what an access writes of a base register, unless the Redistributor uses the table. */
static void write_base(VgicAccess *access, _Atomic uint64_t *base, uint64_t value, uint64_t fields)
{
    VgicCpu *cpu = access->cpu;
    bool in_use;

    vgic_lock(&cpu->lock);
    in_use = cpu->redist.enable_lpis || cpu->redist.lpis_changing;
    if (!in_use) {
        *base = (*base & ~access->mask) | (value & access->mask & fields);
    }
    vgic_unlock(&cpu->lock);
    if (in_use) {
        vgic_access_report(access, VGIC_RULE_LPI_BASE_ENABLED, UINT32_MAX);
    }
}

static void gicr_propbaser_write(VgicAccess *access, uint64_t value)
{
    write_base(access, &access->cpu->redist.propbaser, value, GICR_PROPBASER_FIELDS);
}

static void gicr_pendbaser_write(VgicAccess *access, uint64_t value)
{
    write_base(access, &access->cpu->redist.pendbaser, value, GICR_PENDBASER_FIELDS);
}

/* Registers that act on the LPI that is written to them; the upper half alone does nothing. */

static bool names_lpi(const VgicAccess *access)
{
    return access->mask & 1;
}

static bool is_direct(VgicAccess *access)
{
    if (!access->gic->direct_lpi) {
        vgic_access_report(access, VGIC_RULE_LPI_DIRECT, UINT32_MAX);
    }
    return access->gic->direct_lpi && names_lpi(access);
}

static void gicr_setlpir_write(VgicAccess *access, uint64_t value)
{
    uint32_t intid = (uint32_t)VGIC_GET(value, gicr_lpir, pINTID);

    if (is_direct(access)) {
        vgic_access_report(access, vgic_lpi_rule(vgic_lpi_pend(access->cpu, intid, NULL)), intid);
    }
}

/* Is it an LPI of this PE, and are they enabled? Reports it otherwise. */
static bool check_lpi(VgicAccess *access, uint32_t intid)
{
    uint32_t end = atomic_load(&access->cpu->redist.lpi_end);

    if (!access->cpu->redist.enable_lpis) {
        vgic_access_report(access, VGIC_RULE_LPI_DISABLED, intid);
    } else if (intid < VGIC_INTID_LPI || intid >= end) {
        vgic_access_report(access, VGIC_RULE_LPI_RANGE, intid);
    } else {
        return true;
    }
    return false;
}

static void gicr_clrlpir_write(VgicAccess *access, uint64_t value)
{
    uint32_t intid = (uint32_t)VGIC_GET(value, gicr_lpir, pINTID);

    if (is_direct(access) && check_lpi(access, intid)) {
        vgic_lpi_unpend(access->gic, access->cpu, intid);
    }
}

static void gicr_invlpir_write(VgicAccess *access, uint64_t value)
{
    uint32_t intid = (uint32_t)VGIC_GET(value, gicr_invlpir, INTID);

    if (names_lpi(access) && check_lpi(access, intid)) {
        vgic_access_report(access, vgic_lpi_rule(vgic_lpi_invalidate(access->gic, intid)), intid);
    }
}

static void gicr_invallr_write(VgicAccess *access, uint64_t value)
{
    (void)value;
    if (!names_lpi(access)) {
        return;
    }
    if (!access->cpu->redist.enable_lpis) {
        vgic_access_report(access, VGIC_RULE_LPI_DISABLED, UINT32_MAX);
        return;
    }
    vgic_access_report(access, vgic_lpi_rule(vgic_lpi_invalidate_all(access->cpu)), UINT32_MAX);
}

/* clang-format off */
const VgicFrameRow vgic_v3_redist_rows[] = {
    ONE("GICR_CTLR", GICR_CTLR, RW, gicr_ctlr, .read = gicr_ctlr_read, .write = gicr_ctlr_write),
    ONE("GICR_IIDR", GICR_IIDR, READ, gic_iidr, .read = gicr_iidr_read),
    WIDE("GICR_TYPER", GICR_TYPER, READ, gicr_typer, .read = gicr_typer_read),
    ONE("GICR_STATUSR", GICR_STATUSR, RW, gic_statusr, .read = gicr_statusr_read, .write = gicr_statusr_write),
    ONE("GICR_WAKER", GICR_WAKER, SECURE_RW, gicr_waker, .read = gicr_waker_read, .write = gicr_waker_write),
    ABSENT("GICR_MPAMIDR", GICR_MPAMIDR, 1, 32, READ, MPAM),
    ABSENT("GICR_PARTIDR", GICR_PARTIDR, 1, 32, RW, MPAM),
    WIDE("GICR_SETLPIR", GICR_SETLPIR, WRITE, gicr_lpir, .write = gicr_setlpir_write, .present = has_lpis),
    WIDE("GICR_CLRLPIR", GICR_CLRLPIR, WRITE, gicr_lpir, .write = gicr_clrlpir_write, .present = has_lpis),
    WIDE("GICR_PROPBASER", GICR_PROPBASER, RW, gicr_propbaser, .read = gicr_propbaser_read, .write = gicr_propbaser_write, .present = has_lpis),
    WIDE("GICR_PENDBASER", GICR_PENDBASER, RW, gicr_pendbaser, .read = gicr_pendbaser_read, .write = gicr_pendbaser_write, .present = has_lpis),
    WIDE("GICR_INVLPIR", GICR_INVLPIR, WRITE, gicr_invlpir, .write = gicr_invlpir_write, .present = has_lpis),
    WIDE("GICR_INVALLR", GICR_INVALLR, WRITE, gicr_invallr, .write = gicr_invallr_write, .present = has_lpis),
    ONE("GICR_SYNCR", GICR_SYNCR, READ, gicr_syncr, .constant = 0, .present = has_lpis),
    VGIC_ID_ROWS("GICR", 0x93, 0x3B),
    BITS("GICR_IGROUPR0", GICR_IGROUPR0, 1, SECURE_RW, VGIC_V3_GROUP(0)),
    BITS("GICR_IGROUPR<n>E", GICR_IGROUPRnE(1), 2, SECURE_RW, VGIC_V3_GROUP(VGIC_INTID_EPPI)),
    BITS("GICR_ISENABLER0", GICR_ISENABLER0, 1, RW, VGIC_V3_ENABLE(0, true)),
    BITS("GICR_ISENABLER<n>E", GICR_ISENABLERnE(1), 2, RW, VGIC_V3_ENABLE(VGIC_INTID_EPPI, true)),
    BITS("GICR_ICENABLER0", GICR_ICENABLER0, 1, RW, VGIC_V3_ENABLE(0, false)),
    BITS("GICR_ICENABLER<n>E", GICR_ICENABLERnE(1), 2, RW, VGIC_V3_ENABLE(VGIC_INTID_EPPI, false)),
    BITS("GICR_ISPENDR0", GICR_ISPENDR0, 1, RW, VGIC_V3_PEND(0)),
    BITS("GICR_ISPENDR<n>E", GICR_ISPENDRnE(1), 2, RW, VGIC_V3_PEND(VGIC_INTID_EPPI)),
    BITS("GICR_ICPENDR0", GICR_ICPENDR0, 1, RW, VGIC_V3_UNPEND(0)),
    BITS("GICR_ICPENDR<n>E", GICR_ICPENDRnE(1), 2, RW, VGIC_V3_UNPEND(VGIC_INTID_EPPI)),
    BITS("GICR_ISACTIVER0", GICR_ISACTIVER0, 1, RW, VGIC_V3_ACTIVE(0, true)),
    BITS("GICR_ISACTIVER<n>E", GICR_ISACTIVERnE(1), 2, RW, VGIC_V3_ACTIVE(VGIC_INTID_EPPI, true)),
    BITS("GICR_ICACTIVER0", GICR_ICACTIVER0, 1, RW, VGIC_V3_ACTIVE(0, false)),
    BITS("GICR_ICACTIVER<n>E", GICR_ICACTIVERnE(1), 2, RW, VGIC_V3_ACTIVE(VGIC_INTID_EPPI, false)),
    BYTES("GICR_IPRIORITYR<n>", GICR_IPRIORITYR(0), 8, RW, VGIC_V3_PRIORITY(0)),
    BYTES("GICR_IPRIORITYR<n>E", GICR_IPRIORITYRnE(8), 16, RW, VGIC_V3_PRIORITY(VGIC_INTID_EPPI)),
    BITS("GICR_ICFGR0", GICR_ICFGR0, 1, RW, VGIC_V3_TRIGGER(0)),
    BITS("GICR_ICFGR1", GICR_ICFGR1, 1, RW, VGIC_V3_TRIGGER(VGIC_INTID_PPI)),
    BITS("GICR_ICFGR<n>E", GICR_ICFGRnE(2), 4, RW, VGIC_V3_TRIGGER(VGIC_INTID_EPPI)),
    BITS("GICR_IGRPMODR0", GICR_IGRPMODR0, 1, SECURE_RW, VGIC_V3_MODIFIER(0)),
    BITS("GICR_IGRPMODR<n>E", GICR_IGRPMODRnE(1), 2, SECURE_RW, VGIC_V3_MODIFIER(VGIC_INTID_EPPI)),
    BITS("GICR_NSACR", GICR_NSACR, 1, SECURE_RW, VGIC_V3_NSACR(0)),
    BITS("GICR_INMIR0", GICR_INMIR0, 1, RW, VGIC_V3_NMI(0)),
    BITS("GICR_INMIR<n>E", GICR_INMIRnE(1), 2, RW, VGIC_V3_NMI(VGIC_INTID_EPPI)),
};
/* clang-format on */
const uint32_t vgic_v3_redist_row_count = G_N_ELEMENTS(vgic_v3_redist_rows);
