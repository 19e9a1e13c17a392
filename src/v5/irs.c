/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt Routing Services: their frames [GICv5 3]. Every operation is complete when the write
 * that starts it returns, so IDLE is always 1. */
#include <glib.h>
#include <stdio.h>

#include <vgic/registers5.h>

#include "reg/rows.h"
#include "v5/v5.h"

static VgicIrsDomain *registers(const VgicAccess *access)
{
    VgicIrs *irs = access->unit;

    return &irs->domain[access->domain];
}

uint64_t vgic_v5_idle_read(VgicAccess *access)
{
    (void)access;
    return VGIC_MASK(irs_idle, IDLE);
}

static void report(VgicAccess *access, VgicRule rule)
{
    vgic_access_report(access, rule, UINT32_MAX);
}

/* Identification. */

static uint64_t idr0_read(VgicAccess *access)
{
    const VgicIrs *irs = access->unit;
    const VgicV5 *v5 = access->gic->v5;

    return VGIC_PUT(irs_idr0, INT_DOM, access->domain) | VGIC_PUT(irs_idr0, PA_RANGE, 7) |
           VGIC_PUT(irs_idr0, ONE_N, v5->one_of_n) | VGIC_PUT(irs_idr0, SETLPI, v5->setlpi) |
           VGIC_PUT(irs_idr0, SWE, v5->software_errors) | VGIC_PUT(irs_idr0, IRSID, irs->index);
}

static uint64_t idr1_read(VgicAccess *access)
{
    const VgicIrs *irs = access->unit;
    const VgicV5 *v5 = access->gic->v5;

    return VGIC_PUT(irs_idr1, PE_CNT, irs->cpu_count) |
           VGIC_PUT(irs_idr1, IAFFID_BITS, v5->iaffid_bits - 1) |
           VGIC_PUT(irs_idr1, PRI_BITS, v5->irs_priority_bits - 1);
}

static uint64_t idr2_read(VgicAccess *access)
{
    const VgicV5 *v5 = access->gic->v5;

    if (!v5->lpi_bits) {
        return 0;
    }
    return VGIC_PUT(irs_idr2, ID_BITS, v5->lpi_bits) | VGIC_PUT(irs_idr2, LPI, 1) |
           VGIC_PUT(irs_idr2, MIN_LPI_ID_BITS, v5->min_lpi_bits) |
           VGIC_PUT(irs_idr2, IST_LEVELS, v5->two_level) |
           VGIC_PUT(irs_idr2, IST_L2SZ, v5->l2_sizes);
}

static uint64_t idr5_read(VgicAccess *access)
{
    return access->gic->spis;
}

static uint64_t idr6_read(VgicAccess *access)
{
    const VgicIrs *irs = access->unit;

    return irs->spi_count;
}

static uint64_t idr7_read(VgicAccess *access)
{
    const VgicIrs *irs = access->unit;

    return irs->spi_base;
}

static uint64_t iidr_read(VgicAccess *access)
{
    return access->gic->iidr;
}

/* Control. */

static uint64_t cr0_read(VgicAccess *access)
{
    return atomic_load(&registers(access)->cr0) | VGIC_MASK(irs_cr0, IDLE);
}

static void cr0_write(VgicAccess *access, uint64_t value)
{
    VgicIrs *irs = access->unit;
    uint32_t enable = (uint32_t)(value & VGIC_MASK(irs_cr0, IRSEN));

    if (atomic_exchange(&registers(access)->cr0, enable) != enable) {
        vgic_irs_changed(irs);
    }
}

static uint64_t cr1_read(VgicAccess *access)
{
    return atomic_load(&registers(access)->cr1);
}

static void cr1_write(VgicAccess *access, uint64_t value)
{
    atomic_store(&registers(access)->cr1, (uint32_t)value & IRS_CR1_FIELDS);
}

/* A write that asks for what is done already, or for nothing. */
static void nothing_write(VgicAccess *access, uint64_t value)
{
    (void)access, (void)value;
}

/* SPIs. */

/* SPI @p id of the access's IRS and domain, or of any domain, with its home locked; NULL if there
 * is none. */
static VgicIrq *lock_spi(const VgicAccess *access, uint32_t id, bool any_domain, VgicCpu **home)
{
    const VgicIrs *irs = access->unit;
    VgicIrq *irq;

    if (id - irs->spi_base >= irs->spi_count) {
        return NULL;
    }
    irq = &access->gic->shared[id];
    *home = vgic_irq_lock_settled(access->gic, irq);
    if (!any_domain && irq->group != access->domain) {
        vgic_unlock(&(*home)->lock);
        return NULL;
    }
    return irq;
}

/* In the EL3 frame SPIs of all domains can be selected, to move them. */
static VgicIrq *find_selected_spi(const VgicAccess *access, VgicCpu **home)
{
    return lock_spi(access, atomic_load(&registers(access)->spi_selr), access->domain == VGIC_EL3,
                    home);
}

static VgicIrq *lock_selected_spi(VgicAccess *access, VgicCpu **home)
{
    VgicIrq *irq = find_selected_spi(access, home);

    if (!irq) {
        report(access, VGIC_RULE_IRS_SELECT);
    }
    return irq;
}

static uint64_t spi_selr_read(VgicAccess *access)
{
    return atomic_load(&registers(access)->spi_selr);
}

static void spi_selr_write(VgicAccess *access, uint64_t value)
{
    atomic_store(&registers(access)->spi_selr, (uint32_t)VGIC_GET(value, irs_spi_selr, ID));
}

static uint64_t spi_statusr_read(VgicAccess *access)
{
    VgicCpu *home;
    VgicIrq *irq = find_selected_spi(access, &home);

    if (irq) {
        vgic_unlock(&home->lock);
    }
    return VGIC_PUT(irs_spi_statusr, V, irq != NULL) | VGIC_MASK(irs_spi_statusr, IDLE);
}

static uint64_t spi_cfgr_read(VgicAccess *access)
{
    VgicCpu *home;
    VgicIrq *irq = lock_selected_spi(access, &home);
    bool level;

    if (!irq) {
        return 0;
    }
    level = irq->flags & VGIC_IRQ_LEVEL_TRIGGER;
    vgic_unlock(&home->lock);
    return VGIC_PUT(irs_spi_cfgr, TM, level);
}

static void spi_cfgr_write(VgicAccess *access, uint64_t value)
{
    bool level = VGIC_GET(value, irs_spi_cfgr, TM);
    VgicCpu *home;
    VgicIrq *irq = lock_selected_spi(access, &home);

    if (!irq) {
        return;
    }
    if (!(irq->flags & VGIC_IRQ_LEVEL_TRIGGER) != !level) {
        vgic_irq_set(irq, VGIC_IRQ_LEVEL_TRIGGER, level);
        vgic_v5_apply_event(irq, vgic_v5_trigger_event(level, irq->flags & VGIC_IRQ_WIRE));
    }
    vgic_irq_update_unlock(home, irq);
}

static uint64_t spi_domainr_read(VgicAccess *access)
{
    VgicCpu *home;
    VgicIrq *irq;
    uint64_t domain;

    if (access->domain != VGIC_EL3) {
        return 0;
    }
    irq = lock_selected_spi(access, &home);
    if (!irq) {
        return 0;
    }
    domain = irq->group;
    vgic_unlock(&home->lock);
    return domain;
}

static void spi_domainr_write(VgicAccess *access, uint64_t value)
{
    unsigned domain = (unsigned)VGIC_GET(value, irs_spi_domainr, DOMAIN);
    VgicCpu *home;
    VgicIrq *irq;

    if (access->domain != VGIC_EL3 || !vgic_v5_has_domain(access->gic->v5, domain)) {
        report(access, VGIC_RULE_IRQ_DOMAIN);
        return;
    }
    irq = lock_selected_spi(access, &home);
    if (irq) {
        irq->group = (uint8_t)domain;
        vgic_irq_update_unlock(home, irq);
    }
}

static void spi_resampler_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *home;
    VgicIrq *irq =
        lock_spi(access, (uint32_t)VGIC_GET(value, irs_spi_resampler, SPI_ID), false, &home);

    if (!irq) {
        report(access, VGIC_RULE_IRQ_RANGE);
        return;
    }
    vgic_v5_apply_event(
        irq, vgic_v5_wire_event(irq->flags & VGIC_IRQ_LEVEL_TRIGGER, irq->flags & VGIC_IRQ_WIRE));
    vgic_irq_update_unlock(home, irq);
}

/* PEs. */

/* The PE that is selected, NULL if the IRS has none with that IAFFID. */
static VgicCpu *selected_pe(const VgicAccess *access)
{
    const VgicIrs *irs = access->unit;
    uint32_t pe = access->gic->pe_of_iaffid[atomic_load(&registers(access)->pe_selr)];

    return pe - irs->first_cpu < irs->cpu_count ? &access->gic->cpus[pe] : NULL;
}

static uint64_t pe_selr_read(VgicAccess *access)
{
    return atomic_load(&registers(access)->pe_selr);
}

static void pe_selr_write(VgicAccess *access, uint64_t value)
{
    atomic_store(&registers(access)->pe_selr, (uint32_t)VGIC_GET(value, irs_pe_selr, IAFFID));
}

static uint64_t pe_statusr_read(VgicAccess *access)
{
    bool valid = selected_pe(access);

    return VGIC_MASK(irs_pe_statusr, IDLE) | VGIC_PUT(irs_pe_statusr, V, valid) |
           VGIC_PUT(irs_pe_statusr, ONLINE, valid);
}

static uint64_t pe_cr0_read(VgicAccess *access)
{
    VgicCpu *cpu = selected_pe(access);

    if (!cpu) {
        report(access, VGIC_RULE_IRS_SELECT);
        return 0;
    }
    return vgic_load32(&cpu->v5->dps) >> access->domain & 1;
}

/* Without 1-of-N there is nothing to choose. */
static void pe_cr0_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = selected_pe(access);
    uint32_t bit = 1u << access->domain, dps;

    if (!cpu) {
        report(access, VGIC_RULE_IRS_SELECT);
        return;
    }
    if (!access->gic->v5->one_of_n) {
        return;
    }
    vgic_lock(&cpu->lock);
    dps = vgic_load32(&cpu->v5->dps);
    vgic_store32(&cpu->v5->dps, VGIC_GET(value, irs_pe_cr0, DPS) ? dps | bit : dps & ~bit);
    vgic_cpu_reconfigure_unlock(cpu);
}

/* The table of LPIs. */

static uint64_t ist_baser_read(VgicAccess *access)
{
    return atomic_load(&access->gic->v5->ist[access->domain].baser);
}

static void ist_baser_write(VgicAccess *access, uint64_t value)
{
    if (access->gic->v5->lpi_bits) {
        report(access, vgic_v5_ist_write_baser(access->unit, access->domain, value, access->mask));
    }
}

static uint64_t ist_cfgr_read(VgicAccess *access)
{
    return atomic_load(&access->gic->v5->ist[access->domain].cfgr);
}

static void ist_cfgr_write(VgicAccess *access, uint64_t value)
{
    if (access->gic->v5->lpi_bits) {
        report(access, vgic_v5_ist_write_cfgr(access->unit, access->domain, (uint32_t)value));
    }
}

static uint64_t ist_statusr_read(VgicAccess *access)
{
    return VGIC_PUT(irs_idle, IDLE, !atomic_load(&access->gic->v5->ist[access->domain].busy));
}

static void map_l2_istr_write(VgicAccess *access, uint64_t value)
{
    report(access, vgic_v5_ist_map_l2(access->unit, access->domain,
                                      (uint32_t)VGIC_GET(value, irs_map_l2_istr, ID)));
}

static void setlpir_write(VgicAccess *access, uint64_t value)
{
    uint32_t id = (uint32_t)VGIC_GET(value, irs_setlpir, ID);
    VgicRule rule = vgic_v5_lpi_event(access->unit, access->domain, id, VGIC_EVENT_SET_EDGE, NULL);

    vgic_access_report(access, rule, VGIC_V5_LPI_OF(access->domain, id));
}

/* Software errors: the first is kept until software clears V. */

void vgic_irs_note_error(VgicIrs *irs, unsigned domain, unsigned code, uint32_t id,
                         uint64_t address)
{
    VgicIrsDomain *regs = &irs->domain[domain];

    if (!irs->gic->v5->software_errors) {
        return;
    }
    vgic_lock(&irs->lock);
    if (atomic_load(&regs->swerr_statusr)) {
        atomic_fetch_or(&regs->swerr_statusr, VGIC_MASK(irs_swerr_statusr, OF));
    } else {
        atomic_store(&regs->swerr_syndromer0,
                     VGIC_PUT(irs_swerr_syndromer0, ID, id) |
                         VGIC_PUT(irs_swerr_syndromer0, TYPE, VGIC_TYPE_LPI));
        atomic_store(&regs->swerr_syndromer1, address & VGIC_MASK(irs_swerr_syndromer1, ADDR));
        atomic_store(&regs->swerr_statusr,
                     VGIC_MASK(irs_swerr_statusr, V) | VGIC_MASK(irs_swerr_statusr, S0V) |
                         VGIC_MASK(irs_swerr_statusr, S1V) | VGIC_PUT(irs_swerr_statusr, EC, code));
    }
    vgic_unlock(&irs->lock);
}

static uint64_t swerr_statusr_read(VgicAccess *access)
{
    return atomic_load(&registers(access)->swerr_statusr);
}

static void swerr_statusr_write(VgicAccess *access, uint64_t value)
{
    VgicIrs *irs = access->unit;

    if (!VGIC_GET(value, irs_swerr_statusr, V)) {
        return;
    }
    vgic_lock(&irs->lock);
    atomic_store(&registers(access)->swerr_statusr, 0);
    atomic_store(&registers(access)->swerr_syndromer0, 0);
    atomic_store(&registers(access)->swerr_syndromer1, 0);
    vgic_unlock(&irs->lock);
}

static uint64_t swerr_syndromer0_read(VgicAccess *access)
{
    return atomic_load(&registers(access)->swerr_syndromer0);
}

static uint64_t swerr_syndromer1_read(VgicAccess *access)
{
    return atomic_load(&registers(access)->swerr_syndromer1);
}

void vgic_irs_changed(VgicIrs *irs)
{
    Vgic *gic = irs->gic;
    uint32_t on = 0, changed = 0;

    for (uint32_t i = irs->first_cpu; i < irs->first_cpu + irs->cpu_count; i++) {
        VgicCpu *cpu = &gic->cpus[i];

        vgic_lock(&cpu->lock);
        on = 0;
        for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
            on |= (atomic_load(&irs->domain[domain].cr0) & 1) << domain;
        }
        cpu->v5->irs_on = on;
        changed |= vgic_cpu_configure(cpu);
        vgic_cpu_present_unlock(cpu);
    }
    if (changed) {
        vgic_one_of_n_reconsider(gic, NULL);
    }
}

void vgic_irs_reset(Vgic *gic)
{
    for (uint32_t i = 0; i < gic->v5->irs_count; i++) {
        VgicIrs *irs = &gic->v5->irs[i];

        for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
            VgicIrsDomain *regs = &irs->domain[domain];

            atomic_store(&regs->cr0, 0);
            atomic_store(&regs->cr1, 0);
            atomic_store(&regs->spi_selr, 0);
            atomic_store(&regs->pe_selr, 0);
            atomic_store(&regs->swerr_statusr, 0);
            atomic_store(&regs->swerr_syndromer0, 0);
            atomic_store(&regs->swerr_syndromer1, 0);
        }
        for (uint32_t pe = irs->first_cpu; pe < irs->first_cpu + irs->cpu_count; pe++) {
            vgic_store32(&gic->cpus[pe].v5->dps, 0);
        }
        vgic_irs_changed(irs);
    }
}

static bool has_software_errors(const Vgic *gic)
{
    return gic->v5->software_errors;
}

/* clang-format off */
#define VIRTUALIZATION "virtualization of GICv5 is not modelled yet"
#define MEC "memory encryption contexts are not modelled"
#define NOT_HERE(reg, width_, access_, note_) ABSENT(#reg, reg, 1, width_, access_, note_)
#define FIELDED(reg, access_, list, ...) ONE(#reg, reg, access_, list, __VA_ARGS__)
#define FIELDED64(reg, access_, list, ...) WIDE(#reg, reg, access_, list, __VA_ARGS__)

const VgicFrameRow vgic_irs_rows[] = {
    FIELDED(IRS_IDR0, READ, irs_idr0, .read = idr0_read),
    FIELDED(IRS_IDR1, READ, irs_idr1, .read = idr1_read),
    FIELDED(IRS_IDR2, READ, irs_idr2, .read = idr2_read),
    VGIC_ID_ROW("IRS_IDR3", IRS_IDR3, 0),   /* without VIRT both are 0 */
    VGIC_ID_ROW("IRS_IDR4", IRS_IDR4, 0),
    FIELDED(IRS_IDR5, READ, irs_idr5, .read = idr5_read),
    FIELDED(IRS_IDR6, READ, irs_idr6, .read = idr6_read),
    FIELDED(IRS_IDR7, READ, irs_idr7, .read = idr7_read),
    FIELDED(IRS_IIDR, READ, irs_iidr, .read = iidr_read),
    FIELDED(IRS_AIDR, READ, irs_aidr, .constant = 0),
    FIELDED(IRS_CR0, RW, irs_cr0, .read = cr0_read, .write = cr0_write),
    FIELDED(IRS_CR1, RW, irs_cr1, .read = cr1_read, .write = cr1_write),
    FIELDED(IRS_SYNCR, WRITE, irs_syncr, .write = nothing_write),
    FIELDED(IRS_SYNC_STATUSR, READ, irs_idle, .read = vgic_v5_idle_read),
    NOT_HERE(IRS_SPI_VMR, 64, RW, VIRTUALIZATION),
    FIELDED(IRS_SPI_SELR, RW, irs_spi_selr, .read = spi_selr_read, .write = spi_selr_write),
    FIELDED(IRS_SPI_DOMAINR, RW, irs_spi_domainr, .read = spi_domainr_read, .write = spi_domainr_write),
    FIELDED(IRS_SPI_RESAMPLER, WRITE, irs_spi_resampler, .write = spi_resampler_write),
    FIELDED(IRS_SPI_CFGR, RW, irs_spi_cfgr, .read = spi_cfgr_read, .write = spi_cfgr_write),
    FIELDED(IRS_SPI_STATUSR, READ, irs_spi_statusr, .read = spi_statusr_read),
    FIELDED(IRS_PE_SELR, RW, irs_pe_selr, .read = pe_selr_read, .write = pe_selr_write),
    FIELDED(IRS_PE_STATUSR, READ, irs_pe_statusr, .read = pe_statusr_read),
    FIELDED(IRS_PE_CR0, RW, irs_pe_cr0, .read = pe_cr0_read, .write = pe_cr0_write),
    FIELDED64(IRS_IST_BASER, RW, irs_ist_baser, .read = ist_baser_read, .write = ist_baser_write),
    FIELDED(IRS_IST_CFGR, RW, irs_ist_cfgr, .read = ist_cfgr_read, .write = ist_cfgr_write),
    FIELDED(IRS_IST_STATUSR, READ, irs_idle, .read = ist_statusr_read),
    FIELDED(IRS_MAP_L2_ISTR, WRITE, irs_map_l2_istr, .write = map_l2_istr_write),
    NOT_HERE(IRS_VMT_BASER, 64, RW, VIRTUALIZATION),
    NOT_HERE(IRS_VMT_CFGR, 32, RW, VIRTUALIZATION),
    NOT_HERE(IRS_VMT_STATUSR, 32, READ, VIRTUALIZATION),
    NOT_HERE(IRS_VPE_SELR, 64, RW, VIRTUALIZATION),
    NOT_HERE(IRS_VPE_DBR, 64, RW, VIRTUALIZATION),
    NOT_HERE(IRS_VPE_HPPIR, 64, READ, VIRTUALIZATION),
    NOT_HERE(IRS_VPE_CR0, 32, RW, VIRTUALIZATION),
    NOT_HERE(IRS_VPE_STATUSR, 32, READ, VIRTUALIZATION),
    NOT_HERE(IRS_VM_DBR, 64, RW, VIRTUALIZATION),
    NOT_HERE(IRS_VM_SELR, 32, RW, VIRTUALIZATION),
    NOT_HERE(IRS_VM_STATUSR, 32, READ, VIRTUALIZATION),
    NOT_HERE(IRS_VMAP_L2_VMTR, 64, WRITE, VIRTUALIZATION),
    NOT_HERE(IRS_VMAP_VMR, 64, WRITE, VIRTUALIZATION),
    NOT_HERE(IRS_VMAP_VISTR, 64, WRITE, VIRTUALIZATION),
    NOT_HERE(IRS_VMAP_L2_VISTR, 64, WRITE, VIRTUALIZATION),
    NOT_HERE(IRS_VMAP_VPER, 64, WRITE, VIRTUALIZATION),
    NOT_HERE(IRS_SAVE_VMR, 64, RW, VIRTUALIZATION),
    NOT_HERE(IRS_SAVE_VM_STATUSR, 32, READ, VIRTUALIZATION),
    NOT_HERE(IRS_MEC_IDR, 32, READ, MEC),
    NOT_HERE(IRS_MEC_MECID_R, 32, RW, MEC),
    NOT_HERE(IRS_MPAM_IDR, 32, READ, MPAM),
    NOT_HERE(IRS_MPAM_PARTID_R, 32, RW, MPAM),
    FIELDED64(IRS_SWERR_STATUSR, RW, irs_swerr_statusr, .read = swerr_statusr_read,
              .write = swerr_statusr_write, .present = has_software_errors),
    FIELDED64(IRS_SWERR_SYNDROMER0, READ, irs_swerr_syndromer0, .read = swerr_syndromer0_read,
              .present = has_software_errors),
    FIELDED64(IRS_SWERR_SYNDROMER1, READ, irs_swerr_syndromer1, .read = swerr_syndromer1_read,
              .present = has_software_errors),
    VGIC_ID_ROW("IRS_DEVARCH", IRS_DEVARCH, VGIC_V5_DEVARCH),
    VGIC_ID_ROWS("IRS", 0x95, 0x0B),
};
const uint32_t vgic_irs_row_count = G_N_ELEMENTS(vgic_irs_rows);

const VgicFrameRow vgic_setlpi_rows[] = {
    FIELDED(IRS_SETLPIR, WRITE, irs_setlpir, .write = setlpir_write),
};
const uint32_t vgic_setlpi_row_count = G_N_ELEMENTS(vgic_setlpi_rows);
/* clang-format on */
