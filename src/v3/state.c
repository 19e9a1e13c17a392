/* SPDX-License-Identifier: BSD-2-Clause */
/* GICv3's own registers in a saved state; interrupts are the core's matter (src/state/). */
#include "core/state.h"

#include <glib.h>
#include <inttypes.h>

#include "defs/gicd.h"
#include "defs/gicr.h"
#include "v3/icc.h"
#include "v3/ich.h"
#include "v3/lpi.h"
#include "v3/state.h"
#include "v3/v3.h"

typedef struct StagedDist {
    uint32_t ctlr; /* as VgicDist.ctlr */
    uint32_t statusr[2];
} StagedDist;

typedef struct StagedCpu {
    /* Redistributor */
    uint32_t ctlr;
    uint32_t statusr[2];
    bool asleep;
    uint64_t propbaser, pendbaser;
    uint32_t lpi_end;
    /* CPU interface */
    uint8_t pmr;
    uint8_t bpr[VGIC_GROUPS], igrpen[VGIC_GROUPS];
    bool cbpr[VGIC_GROUPS], eoimode[VGIC_GROUPS];
    uint64_t apr[VGIC_GROUPS][VGIC_AP_WORDS];
    bool pmhe, sre_el2_enable, sre_el3_enable, el3, secure;
    VgicStagedIch ich;
} StagedCpu;

/* By group: AP0R and BPR0, then the two copies of AP1R, BPR1, IGRPEN1. */
static const char *const apr_keys[] = {
    [VGIC_G0] = "ICC_AP0R<n>_EL1",
    [VGIC_G1S] = "ICC_AP1R<n>_EL1(S)",
    [VGIC_G1NS] = "ICC_AP1R<n>_EL1(NS)",
};
static const char *const bpr_keys[] = {
    [VGIC_G0] = "ICC_BPR0_EL1",
    [VGIC_G1S] = "ICC_BPR1_EL1(S)",
    [VGIC_G1NS] = "ICC_BPR1_EL1(NS)",
};
static const char *const igrpen_keys[] = {
    [VGIC_G0] = "ICC_IGRPEN0_EL1",
    [VGIC_G1S] = "ICC_IGRPEN1_EL1(S)",
    [VGIC_G1NS] = "ICC_IGRPEN1_EL1(NS)",
};
static const char *const dist_statusr[] = {"GICD_STATUSR(S)", "GICD_STATUSR(NS)"};
static const char *const redist_statusr[] = {"GICR_STATUSR(S)", "GICR_STATUSR(NS)"};

static void save_statusr(const Vgic *gic, const _Atomic uint32_t *statusr, const char *const *keys,
                         VgicStateWriter *writer)
{
    for (unsigned i = 0; gic->statusr && i < 2; i++) {
        vgic_state_put_u32(writer, keys[i], statusr[i]);
    }
}

static void check_statusr(const Vgic *gic, VgicStateReader *reader, const char *const *keys,
                          uint32_t *statusr)
{
    uint32_t mask = (uint32_t)(VGIC_MASK(gic_statusr, RRD) | VGIC_MASK(gic_statusr, WRD) |
                               VGIC_MASK(gic_statusr, RWOD) | VGIC_MASK(gic_statusr, WROD));

    for (unsigned i = 0; gic->statusr && i < 2; i++) {
        statusr[i] = vgic_state_u32(reader, keys[i], mask);
    }
}

/* The Distributor. GICD_CTLR is as Secure software reads it. */

static void save_dist(const Vgic *gic, VgicStateWriter *gicd)
{
    uint32_t ctlr = gic->dist.ctlr;
    uint64_t value = ctlr & VGIC_DIST_E1NWF;

    if (ctlr & VGIC_DIST_DS) {
        value |= VGIC_PUT(gicd_ctlr_ds1, EnableGrp0, ctlr >> VGIC_G0 & 1) |
                 VGIC_PUT(gicd_ctlr_ds1, EnableGrp1, ctlr >> VGIC_G1NS & 1) |
                 VGIC_PUT(gicd_ctlr_ds1, ARE, 1) | VGIC_PUT(gicd_ctlr_ds1, DS, 1);
    } else {
        value |= VGIC_PUT(gicd_ctlr_s, EnableGrp0, ctlr >> VGIC_G0 & 1) |
                 VGIC_PUT(gicd_ctlr_s, EnableGrp1NS, ctlr >> VGIC_G1NS & 1) |
                 VGIC_PUT(gicd_ctlr_s, EnableGrp1S, ctlr >> VGIC_G1S & 1) |
                 VGIC_PUT(gicd_ctlr_s, ARE_S, 1) | VGIC_PUT(gicd_ctlr_s, ARE_NS, 1);
    }
    vgic_state_put_u32(gicd, "GICD_CTLR", (uint32_t)value);
    save_statusr(gic, gic->dist.statusr, dist_statusr, gicd);
}

/* VgicDist.ctlr that reads as @p value, which was checked for bits that do not exist. */
static uint32_t dist_ctlr(uint64_t value)
{
    uint32_t ctlr = (uint32_t)(value & VGIC_DIST_E1NWF);

    if (VGIC_GET(value, gicd_ctlr_ds1, DS)) {
        return ctlr | VGIC_DIST_DS |
               (uint32_t)VGIC_GET(value, gicd_ctlr_ds1, EnableGrp0) << VGIC_G0 |
               (uint32_t)VGIC_GET(value, gicd_ctlr_ds1, EnableGrp1) << VGIC_G1NS;
    }
    return ctlr | (uint32_t)VGIC_GET(value, gicd_ctlr_s, EnableGrp0) << VGIC_G0 |
           (uint32_t)VGIC_GET(value, gicd_ctlr_s, EnableGrp1NS) << VGIC_G1NS |
           (uint32_t)VGIC_GET(value, gicd_ctlr_s, EnableGrp1S) << VGIC_G1S;
}

static void check_dist(const Vgic *gic, VgicStateReader *gicd, void *staged)
{
    static const uint32_t ds1 =
        (uint32_t)(VGIC_MASK(gicd_ctlr_ds1, EnableGrp0) | VGIC_MASK(gicd_ctlr_ds1, EnableGrp1) |
                   VGIC_MASK(gicd_ctlr_ds1, ARE) | VGIC_MASK(gicd_ctlr_ds1, DS) | VGIC_DIST_E1NWF);
    static const uint32_t ds0 =
        (uint32_t)(VGIC_MASK(gicd_ctlr_s, EnableGrp0) | VGIC_MASK(gicd_ctlr_s, EnableGrp1NS) |
                   VGIC_MASK(gicd_ctlr_s, EnableGrp1S) | VGIC_MASK(gicd_ctlr_s, ARE_S) |
                   VGIC_MASK(gicd_ctlr_s, ARE_NS) | VGIC_DIST_E1NWF);
    StagedDist *dist = staged;
    uint32_t ctlr = vgic_state_u32(gicd, "GICD_CTLR", ds0 | ds1);
    bool ds = VGIC_GET(ctlr, gicd_ctlr_ds1, DS);
    uint64_t fixed = ds ? VGIC_MASK(gicd_ctlr_ds1, ARE)
                        : VGIC_MASK(gicd_ctlr_s, ARE_S) | VGIC_MASK(gicd_ctlr_s, ARE_NS);

    if ((!ds && !gic->two_states) || (ds && gic->ds_fixed)) {
        vgic_state_refuse(gicd, "GICD_CTLR", "is %#" PRIx32 ", DS must be %d here", ctlr, !ds);
    } else if (ctlr & ~(ds ? ds1 : ds0) || (ctlr & fixed) != fixed) {
        vgic_state_refuse(gicd, "GICD_CTLR",
                          "is %#" PRIx32 ", allowed are the bits %#" PRIx32
                          ", and set must be %#" PRIx64,
                          ctlr, ds ? ds1 : ds0, fixed);
    }
    dist->ctlr = dist_ctlr(ctlr);
    check_statusr(gic, gicd, dist_statusr, dist->statusr);
}

static void apply_dist(Vgic *gic, const void *staged)
{
    const StagedDist *dist = staged;

    gic->dist.ctlr = dist->ctlr;
    gic->dist.statusr[0] = dist->statusr[0];
    gic->dist.statusr[1] = dist->statusr[1];
    vgic_v3_refresh_groups(gic);
}

/* A Redistributor. */

static uint32_t dpg_mask(const Vgic *gic)
{
    uint64_t bits = VGIC_MASK(gicr_ctlr, DPG0) | VGIC_MASK(gicr_ctlr, DPG1NS) |
                    (gic->two_states ? VGIC_MASK(gicr_ctlr, DPG1S) : 0);

    return gic->one_of_n_supported ? (uint32_t)bits : 0;
}

static void save_redist(const VgicCpu *cpu, VgicStateWriter *gicr)
{
    const Vgic *gic = cpu->gic;
    bool asleep = cpu->redist.asleep;

    vgic_state_put_u32(
        gicr, "GICR_CTLR",
        (uint32_t)(cpu->redist.dpg | VGIC_PUT(gicr_ctlr, EnableLPIs, cpu->redist.enable_lpis)));
    save_statusr(gic, cpu->redist.statusr, redist_statusr, gicr);
    vgic_state_put_u32(gicr, "GICR_WAKER",
                       (uint32_t)(VGIC_PUT(gicr_waker, ProcessorSleep, asleep) |
                                  VGIC_PUT(gicr_waker, ChildrenAsleep, asleep)));
    if (gic->lpis.bits) {
        vgic_state_put_u64(gicr, "GICR_PROPBASER", cpu->redist.propbaser);
        vgic_state_put_u64(gicr, "GICR_PENDBASER", cpu->redist.pendbaser);
    }
}

static void check_waker(VgicStateReader *gicr, StagedCpu *staged)
{
    uint32_t both =
        (uint32_t)(VGIC_MASK(gicr_waker, ProcessorSleep) | VGIC_MASK(gicr_waker, ChildrenAsleep));
    uint32_t waker = vgic_state_u32(gicr, "GICR_WAKER", both);

    /* ChildrenAsleep follows at once. */
    if (waker != 0 && waker != both) {
        vgic_state_refuse(gicr, "GICR_WAKER", "is %#" PRIx32 ", allowed are 0 and %#" PRIx32, waker,
                          both);
    }
    staged->asleep = waker;
}

static void check_redist(const VgicCpu *cpu, VgicStateReader *gicr, StagedCpu *staged)
{
    const Vgic *gic = cpu->gic;
    uint32_t enable_lpis = gic->lpis.bits ? (uint32_t)VGIC_MASK(gicr_ctlr, EnableLPIs) : 0;

    staged->ctlr = vgic_state_u32(gicr, "GICR_CTLR", dpg_mask(gic) | enable_lpis);
    check_statusr(gic, gicr, redist_statusr, staged->statusr);
    check_waker(gicr, staged);
    if (gic->lpis.bits) {
        staged->propbaser = vgic_state_u64(gicr, "GICR_PROPBASER", GICR_PROPBASER_FIELDS);
        staged->pendbaser = vgic_state_u64(gicr, "GICR_PENDBASER", GICR_PENDBASER_FIELDS);
        staged->lpi_end =
            staged->ctlr & enable_lpis ? vgic_lpi_table_end(gic, staged->propbaser) : 0;
    }
}

static void apply_redist(VgicCpu *cpu, const StagedCpu *staged)
{
    cpu->redist.dpg = staged->ctlr & dpg_mask(cpu->gic);
    cpu->redist.statusr[0] = staged->statusr[0];
    cpu->redist.statusr[1] = staged->statusr[1];
    cpu->redist.asleep = staged->asleep;
    cpu->redist.propbaser = staged->propbaser;
    cpu->redist.pendbaser = staged->pendbaser;
    cpu->redist.enable_lpis = VGIC_GET(staged->ctlr, gicr_ctlr, EnableLPIs);
    cpu->redist.lpi_end = staged->lpi_end;
    cpu->redist.lpis_changing = false;
}

/* A CPU interface. ICC_CTLR is the copy that has all: EL3's where there is one. */

static void save_ctlr(const VgicCpu *cpu, VgicStateWriter *icc)
{
    const VgicShared8 *cbpr = cpu->bank.cbpr, *eoimode = cpu->icc.eoimode;
    uint8_t pmhe = vgic_load8(&cpu->icc.pmhe);

    if (!cpu->gic->el3) {
        vgic_state_put_u64(icc, "ICC_CTLR_EL1",
                           VGIC_PUT(icc_ctlr_el1, CBPR, vgic_load8(&cbpr[VGIC_G1NS])) |
                               VGIC_PUT(icc_ctlr_el1, EOImode, vgic_load8(&eoimode[VGIC_G1NS])) |
                               VGIC_PUT(icc_ctlr_el1, PMHE, pmhe));
        return;
    }
    vgic_state_put_u64(icc, "ICC_CTLR_EL3",
                       VGIC_PUT(icc_ctlr_el3, CBPR_EL1S, vgic_load8(&cbpr[VGIC_G1S])) |
                           VGIC_PUT(icc_ctlr_el3, CBPR_EL1NS, vgic_load8(&cbpr[VGIC_G1NS])) |
                           VGIC_PUT(icc_ctlr_el3, EOImode_EL3, vgic_load8(&eoimode[VGIC_G0])) |
                           VGIC_PUT(icc_ctlr_el3, EOImode_EL1S, vgic_load8(&eoimode[VGIC_G1S])) |
                           VGIC_PUT(icc_ctlr_el3, EOImode_EL1NS, vgic_load8(&eoimode[VGIC_G1NS])) |
                           VGIC_PUT(icc_ctlr_el3, PMHE, pmhe));
}

static void check_ctlr(const VgicCpu *cpu, VgicStateReader *icc, StagedCpu *staged)
{
    uint64_t value;

    if (!cpu->gic->el3) {
        value = vgic_state_u64(icc, "ICC_CTLR_EL1",
                               VGIC_MASK(icc_ctlr_el1, CBPR) | VGIC_MASK(icc_ctlr_el1, EOImode) |
                                   VGIC_MASK(icc_ctlr_el1, PMHE));
        staged->cbpr[VGIC_G1NS] = VGIC_GET(value, icc_ctlr_el1, CBPR);
        staged->eoimode[VGIC_G1NS] = VGIC_GET(value, icc_ctlr_el1, EOImode);
        staged->pmhe = VGIC_GET(value, icc_ctlr_el1, PMHE);
        return;
    }
    value = vgic_state_u64(
        icc, "ICC_CTLR_EL3",
        VGIC_MASK(icc_ctlr_el3, CBPR_EL1S) | VGIC_MASK(icc_ctlr_el3, CBPR_EL1NS) |
            VGIC_MASK(icc_ctlr_el3, EOImode_EL3) | VGIC_MASK(icc_ctlr_el3, EOImode_EL1S) |
            VGIC_MASK(icc_ctlr_el3, EOImode_EL1NS) | VGIC_MASK(icc_ctlr_el3, PMHE));
    staged->cbpr[VGIC_G1S] = VGIC_GET(value, icc_ctlr_el3, CBPR_EL1S);
    staged->cbpr[VGIC_G1NS] = VGIC_GET(value, icc_ctlr_el3, CBPR_EL1NS);
    staged->eoimode[VGIC_G0] = VGIC_GET(value, icc_ctlr_el3, EOImode_EL3);
    staged->eoimode[VGIC_G1S] = VGIC_GET(value, icc_ctlr_el3, EOImode_EL1S);
    staged->eoimode[VGIC_G1NS] = VGIC_GET(value, icc_ctlr_el3, EOImode_EL1NS);
    staged->pmhe = VGIC_GET(value, icc_ctlr_el3, PMHE);
}

/* ICC_SRE_EL2 and ICC_SRE_EL3. */

static uint64_t sre_fixed(const Vgic *gic)
{
    return VGIC_MASK(icc_sre_el3, SRE) | VGIC_MASK(icc_sre_el3, DFB) | VGIC_MASK(icc_sre_el3, DIB) |
           (gic->sre_enable_writable ? 0 : VGIC_MASK(icc_sre_el3, Enable));
}

static void save_sre(const Vgic *gic, VgicStateWriter *icc, const char *key, bool enable)
{
    vgic_state_put_u64(icc, key, sre_fixed(gic) | VGIC_PUT(icc_sre_el3, Enable, enable));
}

static bool check_sre(const Vgic *gic, VgicStateReader *icc, const char *key)
{
    uint64_t fixed = sre_fixed(gic);
    uint64_t value = vgic_state_u64(icc, key, fixed | VGIC_MASK(icc_sre_el3, Enable));

    if ((value & fixed) != fixed) {
        vgic_state_refuse(icc, key, "is %#" PRIx64 ", set must be the bits %#" PRIx64, value,
                          fixed);
    }
    return VGIC_GET(value, icc_sre_el3, Enable);
}

/* What vgic_cpu_set_state() told of a PE with EL3, and ICC_SRE_EL3. */
static void save_el3(const VgicCpu *cpu, VgicStateWriter *icc)
{
    if (cpu->gic->el3) {
        save_sre(cpu->gic, icc, "ICC_SRE_EL3", cpu->icc.sre_el3_enable);
        vgic_state_put_u32(icc, "el3", cpu->icc.el3);
        vgic_state_put_u32(icc, "secure", cpu->icc.secure);
    }
}

static void check_el3(const VgicCpu *cpu, VgicStateReader *icc, StagedCpu *staged)
{
    staged->sre_el3_enable = !cpu->gic->sre_enable_writable;
    if (!cpu->gic->el3) {
        return;
    }
    staged->sre_el3_enable = check_sre(cpu->gic, icc, "ICC_SRE_EL3");
    staged->el3 = vgic_state_u32(icc, "el3", 1);
    staged->secure = vgic_state_u32(icc, "secure", 1);
    if (staged->el3 && !staged->secure) {
        vgic_state_refuse(icc, "secure", "is 0, needed at EL3 is 1");
    }
}

static void save_el2(const VgicCpu *cpu, VgicStateWriter *icc)
{
    if (cpu->gic->el2) {
        save_sre(cpu->gic, icc, "ICC_SRE_EL2", cpu->icc.sre_el2_enable);
        vgic_v3_save_ich(cpu, icc);
    }
}

static void check_el2(const VgicCpu *cpu, VgicStateReader *icc, StagedCpu *staged)
{
    staged->sre_el2_enable = !cpu->gic->sre_enable_writable;
    if (cpu->gic->el2) {
        staged->sre_el2_enable = check_sre(cpu->gic, icc, "ICC_SRE_EL2");
        vgic_v3_check_ich(cpu, icc, &staged->ich);
    }
}

/* A PE without EL3 has no registers of Secure Group 1. */
static bool has_group(const VgicCpu *cpu, unsigned group)
{
    return group != VGIC_G1S || cpu->gic->el3;
}

static void save_icc(const VgicCpu *cpu, VgicStateWriter *icc)
{
    const VgicBank *bank = &cpu->bank;

    vgic_state_put_u64(icc, "ICC_PMR_EL1", vgic_load8(&bank->pmr));
    for (unsigned group = 0; group < VGIC_GROUPS; group++) {
        if (has_group(cpu, group)) {
            vgic_state_put_u64(icc, bpr_keys[group], vgic_load8(&bank->bpr[group]));
            vgic_v3_save_apr(bank, group, icc, apr_keys[group]);
            vgic_state_put_u64(icc, igrpen_keys[group], vgic_load8(&cpu->icc.igrpen[group]));
        }
    }
    save_ctlr(cpu, icc);
    save_el3(cpu, icc);
    save_el2(cpu, icc);
}

static void check_group(const VgicCpu *cpu, VgicStateReader *icc, unsigned group, StagedCpu *staged)
{
    const VgicBank *bank = &cpu->bank;

    staged->bpr[group] = (uint8_t)vgic_state_u64(icc, bpr_keys[group], 7);
    if (staged->bpr[group] < vgic_bank_min_bpr(bank, group)) {
        vgic_state_refuse(icc, bpr_keys[group], "is %u, allowed is %u to 7", staged->bpr[group],
                          vgic_bank_min_bpr(bank, group));
    }
    vgic_v3_check_apr(cpu, bank, group, icc, apr_keys[group], staged->apr[group]);
    staged->igrpen[group] = (uint8_t)vgic_state_u64(icc, igrpen_keys[group], 1);
}

static void check_icc(const VgicCpu *cpu, VgicStateReader *icc, StagedCpu *staged)
{
    staged->pmr =
        (uint8_t)vgic_state_u64(icc, "ICC_PMR_EL1", vgic_bank_priority(&cpu->bank, UINT8_MAX));
    for (unsigned group = 0; group < VGIC_GROUPS; group++) {
        if (has_group(cpu, group)) {
            check_group(cpu, icc, group, staged);
        }
    }
    check_ctlr(cpu, icc, staged);
    check_el3(cpu, icc, staged);
    check_el2(cpu, icc, staged);
}

static void apply_icc(VgicCpu *cpu, const StagedCpu *staged)
{
    VgicBank *bank = &cpu->bank;

    vgic_bank_reset(bank);
    vgic_store8(&bank->pmr, staged->pmr);
    for (unsigned group = 0; group < VGIC_GROUPS; group++) {
        vgic_bank_set_bpr(bank, group, staged->bpr[group]);
        vgic_bank_set_cbpr(bank, group, staged->cbpr[group]);
        vgic_v3_apply_apr(bank, group, staged->apr[group]);
        vgic_store8(&cpu->icc.eoimode[group], staged->eoimode[group]);
        vgic_store8(&cpu->icc.igrpen[group], staged->igrpen[group]);
    }
    vgic_store8(&cpu->icc.pmhe, staged->pmhe);
    cpu->icc.sre_el2_enable = staged->sre_el2_enable;
    cpu->icc.sre_el3_enable = staged->sre_el3_enable;
    cpu->icc.el3 = staged->el3;
    cpu->icc.secure = staged->secure;
    vgic_v3_refresh_lines(cpu);
    if (cpu->gic->el2) {
        vgic_v3_apply_ich(cpu, &staged->ich);
    }
}

/* The two of a PE. */

static void save_cpu(const VgicCpu *cpu, VgicStateWriter *gicr, VgicStateWriter *icc)
{
    save_redist(cpu, gicr);
    save_icc(cpu, icc);
}

static uint32_t check_cpu(const VgicCpu *cpu, VgicStateReader *gicr, VgicStateReader *icc,
                          void *staged)
{
    check_redist(cpu, gicr, staged);
    check_icc(cpu, icc, staged);
    return ((StagedCpu *)staged)->lpi_end;
}

static void apply_cpu(VgicCpu *cpu, const void *staged)
{
    apply_redist(cpu, staged);
    apply_icc(cpu, staged);
}

static void refresh_cpu(VgicCpu *cpu)
{
    if (cpu->gic->el2) {
        vgic_ich_refresh(cpu);
    }
}

const VgicStateOps vgic_v3_state = {
    .save = save_dist,
    .save_cpu = save_cpu,
    .staged_size = sizeof(StagedDist),
    .staged_cpu_size = sizeof(StagedCpu),
    .check = check_dist,
    .check_cpu = check_cpu,
    .apply = apply_dist,
    .apply_cpu = apply_cpu,
    .refresh_cpu = refresh_cpu,
};
