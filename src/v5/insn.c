/* SPDX-License-Identifier: BSD-2-Clause */
/* GIC instructions [GICv5 2]. Each is a system register that is written, or read (GICR). */
#include <glib.h>

#include <vgic/registers5.h>

#include "v5/v5.h"

/* CD instructions act on the current domain, LD instructions on the logical one. */
enum {
    ON_CURRENT_DOMAIN = 0,
    ON_LOGICAL_DOMAIN = 1,
};

static unsigned domain_of(const VgicAccess *access)
{
    return access->sysreg->group == ON_LOGICAL_DOMAIN ? vgic_v5_logical_domain(access)
                                                      : vgic_v5_current_domain(access);
}

/* The interrupt that an instruction names, its home locked; false: reported. */
static bool lock_named(VgicAccess *access, uint64_t operand, VgicCpu **home, VgicIrq **irq)
{
    unsigned domain = domain_of(access);
    uint32_t intid =
        (uint32_t)(operand & (VGIC_MASK(gic_operand, TYPE) | VGIC_MASK(gic_operand, ID)));
    VgicRule rule = vgic_v5_irq_lock(access->cpu->v5->irs, domain, intid, home, irq);

    vgic_access_report(access, rule, vgic_v5_told_intid(domain, intid));
    return !rule;
}

static void set_flag(VgicAccess *access, uint64_t operand, uint32_t flag, bool on)
{
    VgicCpu *home;
    VgicIrq *irq;

    if (lock_named(access, operand, &home, &irq)) {
        vgic_irq_set(irq, flag, on);
        vgic_irq_settle_unlock(home, irq);
    }
}

static void en_write(VgicAccess *access, uint64_t value)
{
    set_flag(access, value, VGIC_IRQ_ENABLED, true);
}

static void dis_write(VgicAccess *access, uint64_t value)
{
    set_flag(access, value, VGIC_IRQ_ENABLED, false);
}

static void pend_write(VgicAccess *access, uint64_t value)
{
    set_flag(access, value, VGIC_IRQ_LATCH, VGIC_GET(value, gic_cdpend, PENDING));
}

static void hm_write(VgicAccess *access, uint64_t value)
{
    set_flag(access, value, VGIC_IRQ_LEVEL_HANDLING, VGIC_GET(value, gic_cdhm, HM));
}

static void pri_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *home;
    VgicIrq *irq;

    if (lock_named(access, value, &home, &irq)) {
        vgic_v5_set_priority(access->gic->v5, irq, VGIC_GET(value, gic_cdpri, PRIORITY));
        vgic_irq_settle_unlock(home, irq);
    }
}

static void aff_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *home;
    VgicIrq *irq;

    if (lock_named(access, value, &home, &irq)) {
        vgic_v5_route(home, irq, VGIC_GET(value, gic_cdaff, IRM),
                      (uint16_t)VGIC_GET(value, gic_cdaff, IAFFID));
        vgic_irq_settle_unlock(home, irq);
    }
}

static uint64_t configuration_of(const VgicIrq *irq)
{
    return VGIC_PUT(icc5_icsr, Enabled, !!(irq->flags & VGIC_IRQ_ENABLED)) |
           VGIC_PUT(icc5_icsr, Pending, !!(irq->flags & VGIC_IRQ_LATCH)) |
           VGIC_PUT(icc5_icsr, IRM, !!(irq->flags & VGIC_IRQ_ONE_OF_N)) |
           VGIC_PUT(icc5_icsr, Active, !!(irq->flags & VGIC_IRQ_ACTIVE)) |
           VGIC_PUT(icc5_icsr, HM, !!(irq->flags & VGIC_IRQ_LEVEL_HANDLING)) |
           VGIC_PUT(icc5_icsr, Priority, vgic_v5_priority(irq)) |
           VGIC_PUT(icc5_icsr, IAFFID, vgic_v5_iaffid(irq));
}

static void rcfg_write(VgicAccess *access, uint64_t value)
{
    uint64_t icsr = VGIC_MASK(icc5_icsr, F);
    VgicCpu *home;
    VgicIrq *irq;

    if (lock_named(access, value, &home, &irq)) {
        icsr = configuration_of(irq);
        vgic_unlock(&home->lock);
    }
    vgic_store64(&access->cpu->v5->icsr, icsr);
}

static void deactivate_ppi(VgicAccess *access, unsigned domain, uint32_t id)
{
    VgicCpu *cpu = access->cpu;
    uint64_t bit = UINT64_C(1) << id % 64;
    VgicRule rule = VGIC_RULE_NONE;

    if (id >= VGIC_V5_PPIS || !(access->gic->v5->ppis[id / 64] & bit)) {
        rule = VGIC_RULE_IRQ_RANGE;
    } else if (!(vgic_load64(&cpu->v5->of_domain[domain][id / 64]) & bit)) {
        rule = VGIC_RULE_IRQ_DOMAIN;
    }
    if (rule) {
        vgic_access_report(access, rule, VGIC_V5_PPI(id));
        return;
    }
    vgic_lock(&cpu->lock);
    vgic_store64(&cpu->v5->active[id / 64], vgic_load64(&cpu->v5->active[id / 64]) & ~bit);
    vgic_cpu_present_unlock(cpu);
}

static void di_write(VgicAccess *access, uint64_t value)
{
    if (VGIC_GET(value, gic_operand, TYPE) == VGIC_TYPE_PPI) {
        deactivate_ppi(access, domain_of(access), (uint32_t)VGIC_GET(value, gic_operand, ID));
        return;
    }
    set_flag(access, value, VGIC_IRQ_ACTIVE, false);
}

static void eoi_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;
    VgicShared32 *apr = &cpu->v5->apr[domain_of(access)];

    (void)value;
    vgic_lock(&cpu->lock);
    vgic_store32(apr, vgic_load32(apr) & (vgic_load32(apr) - 1));
    vgic_v5_present_threshold_unlock(cpu);
}

/* The interrupt becomes active, and is no longer pending if it is handled as an edge [GICv5 1.7].
 */
static void activate(VgicCpu *cpu, unsigned domain, uint32_t intid)
{
    uint32_t id = intid & VGIC_INTID_MASK;

    if (intid >> 29 == VGIC_TYPE_PPI) {
        uint64_t bit = UINT64_C(1) << id % 64;
        VgicShared64 *active = &cpu->v5->active[id / 64], *latch = &cpu->v5->latch[id / 64];

        vgic_store64(active, vgic_load64(active) | bit);
        vgic_store64(latch, vgic_load64(latch) & ~bit);
    } else {
        VgicIrq *irq = vgic_cpu_irq(cpu, vgic_v5_slot_of(domain, intid));

        if (!(irq->flags & VGIC_IRQ_LEVEL_HANDLING)) {
            vgic_irq_set(irq, VGIC_IRQ_LATCH, false);
        }
        vgic_irq_set(irq, VGIC_IRQ_ACTIVE, true);
        vgic_irq_requeue(cpu, irq);
    }
}

/* While SCTLR_ELx.NMI is 1, interrupts with Superpriority are CDNMIA's [GICv5 1.9]. */
static bool acknowledges(const VgicAccess *access, uint64_t hppi, bool nmia)
{
    bool nmi = access->gic->nmi && VGIC_GET(access->state->sctlr, sctlr5, NMI) &&
               vgic_v5_hppi_priority(hppi) == 0;

    return nmi == nmia;
}

static uint64_t acknowledge(VgicAccess *access, bool nmia)
{
    VgicCpu *cpu = access->cpu;
    VgicV5Cpu *v5 = cpu->v5;
    unsigned domain = domain_of(access);
    uint64_t hppi;

    if (!vgic_load64(&v5->hppi[domain])) {
        return 0;
    }
    vgic_lock(&cpu->lock);
    hppi = vgic_load64(&v5->hppi[domain]);
    if (!vgic_v5_is_sufficient(v5, domain, hppi) || !acknowledges(access, hppi, nmia)) {
        vgic_unlock(&cpu->lock);
        return 0;
    }
    vgic_store32(&v5->apr[domain],
                 vgic_load32(&v5->apr[domain]) | 1u << vgic_v5_hppi_priority(hppi));
    activate(cpu, domain, (uint32_t)hppi);
    vgic_cpu_present_unlock(cpu);
    return VGIC_MASK(icc5_hppir, HPPIV) | (uint32_t)hppi;
}

static uint64_t ia_read(VgicAccess *access)
{
    return acknowledge(access, false);
}

static uint64_t nmia_read(VgicAccess *access)
{
    return acknowledge(access, true);
}

/* Everything is complete when the call that does it returns. */
static void gsb_write(VgicAccess *access, uint64_t value)
{
    (void)access, (void)value;
}

/* clang-format off */
#define INSN(name_, encoding_, access_, el_, fields_, ...)                                         \
    {.info = {.name = (name_), .encoding = (encoding_), .width = 64, .access = (access_),          \
              .min_el = (el_), fields_}, __VA_ARGS__}
#define NO_FIELDS .fields = NULL
/* An instruction in its forms for the current and, from EL3, for the logical domain. */
#define FORMS(op, list, write_)                                                                    \
    INSN("GIC CD" #op, GIC_CD##op, VGIC_WRITABLE, 1, VGIC_FIELD_ROWS(list),                        \
         .group = ON_CURRENT_DOMAIN, .write = (write_)),                                           \
    INSN("GIC LD" #op, GIC_LD##op, VGIC_WRITABLE, 3, VGIC_FIELD_ROWS(list),                        \
         .group = ON_LOGICAL_DOMAIN, .write = (write_))

const VgicSysregRow vgic_insn5_rows[] = {
    INSN("GSB SYS", GSB_SYS, VGIC_WRITABLE, 1, NO_FIELDS, .write = gsb_write),
    INSN("GSB ACK", GSB_ACK, VGIC_WRITABLE, 1, NO_FIELDS, .write = gsb_write),
    FORMS(DIS, gic_operand, dis_write),
    FORMS(EN, gic_operand, en_write),
    FORMS(PRI, gic_cdpri, pri_write),
    FORMS(AFF, gic_cdaff, aff_write),
    FORMS(PEND, gic_cdpend, pend_write),
    FORMS(RCFG, gic_operand, rcfg_write),
    INSN("GIC CDEOI", GIC_CDEOI, VGIC_WRITABLE, 1, NO_FIELDS, .write = eoi_write),
    FORMS(DI, gic_operand, di_write),
    FORMS(HM, gic_cdhm, hm_write),
    INSN("GICR CDIA", GICR_CDIA, VGIC_READABLE, 1, VGIC_FIELD_ROWS(icc5_hppir), .read = ia_read),
    INSN("GICR CDNMIA", GICR_CDNMIA, VGIC_READABLE, 1, VGIC_FIELD_ROWS(icc5_hppir), .read = nmia_read),
};
/* clang-format on */
const uint32_t vgic_insn5_row_count = G_N_ELEMENTS(vgic_insn5_rows);
