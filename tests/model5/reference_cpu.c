/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPU interface: registers and instructions. */
#include "reference.h"

#include <string.h>

#define SCR_NS 1u
#define SCR_NSE (UINT64_C(1) << 62)
#define SCTLR_NMI (UINT64_C(1) << 61)
#define VALID_BIT (UINT64_C(1) << 32)

/* Who makes the access, and what it may see. */
typedef struct Context {
    Ref *ref;
    Pe *pe;
    uint32_t cpu;
    bool at_el3;
    uint8_t current, logical; /* domains */
    bool nmi;                 /* SCTLR_ELx.NMI */
} Context;

static Context context_of(Ref *ref, uint32_t cpu, const VgicCpuState *state)
{
    Context c = {.ref = ref, .pe = &ref->pe[cpu], .cpu = cpu};
    c.at_el3 = ref->el3 && state->el == 3;
    if (!ref->el3) {
        c.current = c.logical = NONSECURE;
    } else if (c.at_el3) {
        c.current = EL3;
        c.logical =
            (uint8_t)((state->scr_el3 & SCR_NS ? 1 : 0) | (state->scr_el3 & SCR_NSE ? 2 : 0));
    } else {
        c.current = c.logical = state->space;
    }
    c.nmi = ref->config.nmi && state->sctlr & SCTLR_NMI;
    return c;
}

static bool sees(const Context *c, const Ppi *ppi)
{
    return ppi->present && (ppi->domain == c->logical || (c->at_el3 && ppi->domain == EL3));
}

/* Registers of one bit a PPI. */

typedef enum PpiBit {
    PPI_HM,
    PPI_ENABLE,
    PPI_ACTIVE,
    PPI_PENDING
} PpiBit;

static bool ppi_bit(const Ppi *ppi, PpiBit bit)
{
    switch (bit) {
    case PPI_HM:
        return !ppi->edge;
    case PPI_ENABLE:
        return ppi->enabled;
    case PPI_ACTIVE:
        return ppi->active;
    default:
        return ppi_pending5(ppi);
    }
}

static uint64_t read_ppis(const Context *c, PpiBit bit, uint32_t word)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < 64; i++) {
        const Ppi *ppi = &c->pe->ppi[64 * word + i];
        if (sees(c, ppi) && ppi_bit(ppi, bit)) {
            value |= UINT64_C(1) << i;
        }
    }
    return value;
}

static void set_ppi_bit(Ppi *ppi, PpiBit bit, bool value)
{
    if (bit == PPI_ENABLE) {
        ppi->enabled = value;
    } else if (bit == PPI_ACTIVE) {
        ppi->active = value;
    } else if (ppi->edge) {
        ppi->latch = value;
    }
}

/* Those whose bit is 1 become @p to. */
static void write_ppis(const Context *c, PpiBit bit, uint32_t word, uint64_t value, bool to)
{
    for (uint32_t i = 0; i < 64; i++) {
        Ppi *ppi = &c->pe->ppi[64 * word + i];
        if (sees(c, ppi) && value >> i & 1) {
            set_ppi_bit(ppi, bit, to);
        }
    }
}

static uint64_t read_priorities(const Context *c, uint32_t n)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < 8; i++) {
        const Ppi *ppi = &c->pe->ppi[8 * n + i];
        value |= sees(c, ppi) ? (uint64_t)ppi->priority << 8 * i : 0;
    }
    return value;
}

static void write_priorities(const Context *c, uint32_t n, uint64_t value)
{
    for (uint32_t i = 0; i < 8; i++) {
        Ppi *ppi = &c->pe->ppi[8 * n + i];
        if (sees(c, ppi)) {
            ppi->priority = value >> 8 * i & 0x1F;
        }
    }
}

static uint64_t read_domains(const Pe *pe, uint32_t n)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < 32; i++) {
        const Ppi *ppi = &pe->ppi[32 * n + i];
        value |= ppi->present ? (uint64_t)ppi->domain << 2 * i : 0;
    }
    return value;
}

static void write_domains(const Context *c, uint32_t n, uint64_t value)
{
    for (uint32_t i = 0; i < 32; i++) {
        uint8_t domain = value >> 2 * i & 3;
        if (ref5_has(c->ref, domain)) {
            c->pe->ppi[32 * n + i].domain = domain;
        }
    }
}

static uint64_t read_hppi(const Context *c, uint8_t domain)
{
    Hppi hppi = ref5_hppi(c->ref, c->cpu, domain);
    return ref5_sufficient(c->ref, c->cpu, domain, &hppi) ? VALID_BIT | hppi.intid : 0;
}

static uint64_t read_domhppi(const Context *c)
{
    static const uint8_t of_bit[] = {NONSECURE, SECURE, REALM, EL3};
    uint64_t value = 0;
    for (uint32_t i = 0; i < 4; i++) {
        bool has = ref5_has(c->ref, of_bit[i]) && read_hppi(c, of_bit[i]);
        value |= (uint64_t)has << i;
    }
    return value;
}

static uint64_t read_cr0(const Context *c)
{
    const Pe *pe = c->pe;
    return (uint64_t)pe->en[c->logical] | 6 | (uint64_t)pe->ippt[c->logical] << 32 |
           (uint64_t)pe->pid[c->logical] << 38;
}

static void write_cr0(const Context *c, uint64_t value)
{
    c->pe->en[c->logical] = value & 1;
    if (c->ref->el3) {
        c->pe->ippt[c->logical] = value >> 32 & 0x3F;
        c->pe->pid[c->logical] = value >> 38 & 1;
    }
    settle5(c->ref);
}

static void write_cr0_el3(const Context *c, uint64_t value)
{
    c->pe->en[EL3] = value & 1;
    c->pe->cr0_el3_pid = value & UINT64_C(0x300000000);
    c->pe->pid[EL3] = value >> 32 & 1;
    settle5(c->ref);
}

/* Instructions */

static uint64_t acknowledge(const Context *c, bool nmi)
{
    Hppi hppi = ref5_hppi(c->ref, c->cpu, c->current);
    bool super = c->nmi && hppi.priority == 0;
    uint32_t *apr = &c->pe->apr[c->current];
    if (!ref5_sufficient(c->ref, c->cpu, c->current, &hppi) || super != nmi) {
        bool refused = hppi.valid && super && !nmi;
        count5(c->ref, refused ? COUNT_CDIA_NMI_REFUSED : COUNT_CDIA_NOTHING);
        if (hppi.valid && hppi.priority > c->pe->pcr[c->current]) {
            count5(c->ref, COUNT_MASKED_BY_PCR);
        } else if (hppi.valid && *apr) {
            count5(c->ref, COUNT_NO_PREEMPTION);
        }
        return 0;
    }
    if (*apr) {
        count5(c->ref, COUNT_PREEMPTION);
    }
    *apr |= 1u << hppi.priority;
    if (hppi.irq) {
        hppi.irq->active = true;
        if (hppi.irq->level) {
            count5(c->ref, COUNT_ACK_LEVEL_STAYS);
        } else {
            hppi.irq->pending = false;
        }
        c->ref->count[COUNT_ACK_ONE_OF_N] += hppi.irq->one_of_n;
    } else {
        Ppi *ppi = &c->pe->ppi[hppi.intid & 0xFFFFFF];
        ppi->active = true;
        ppi->latch = false;
    }
    count5(c->ref, nmi                            ? COUNT_CDNMIA
                   : hppi.intid >> 29 == TYPE_PPI ? COUNT_CDIA_PPI
                   : hppi.intid >> 29 == TYPE_SPI ? COUNT_CDIA_SPI
                                                  : COUNT_CDIA_LPI);
    if (c->current != NONSECURE) {
        count5(c->ref, c->current == EL3     ? COUNT_ACK_EL3
                       : c->current == REALM ? COUNT_ACK_REALM
                                             : COUNT_ACK_S);
    }
    settle5(c->ref);
    return VALID_BIT | hppi.intid;
}

static void drop_priority(const Context *c)
{
    uint32_t *apr = &c->pe->apr[c->current];
    count5(c->ref, *apr ? COUNT_CDEOI : COUNT_CDEOI_IDLE);
    *apr &= *apr - 1;
}

static void deactivate_ppi(const Context *c, uint8_t domain, uint32_t id)
{
    Ppi *ppi = id < R5_PPIS ? &c->pe->ppi[id] : NULL;
    if (!ppi || !ppi->present) {
        report5(c->ref, RULE_IRQ_RANGE);
    } else if (ppi->domain != domain) {
        report5(c->ref, RULE_IRQ_DOMAIN);
    } else {
        c->ref->count[COUNT_CDDI_PPI] += ppi->active;
        ppi->active = false;
    }
}

/* The SPI or LPI that an operand names, of @p domain. */
static Irq *operand(const Context *c, uint8_t domain, uint64_t value)
{
    uint32_t id = value & 0xFFFFFF, type = value >> 29 & 7;
    if (type == TYPE_LPI) {
        return lpi5(c->ref, c->pe->irs, domain, id);
    }
    if (type != TYPE_SPI) {
        report5(c->ref, RULE_IRQ_TYPE);
        return NULL;
    }
    if (id >= c->ref->spi_count) {
        report5(c->ref, RULE_IRQ_RANGE);
        return NULL;
    }
    if (c->ref->spi[id].domain != domain) {
        report5(c->ref, RULE_IRQ_DOMAIN);
        return NULL;
    }
    return &c->ref->spi[id];
}

static uint64_t icsr_of(const Irq *irq)
{
    return (uint64_t)irq->enabled << 1 | (uint64_t)irq->pending << 2 |
           (uint64_t)irq->one_of_n << 3 | (uint64_t)irq->active << 4 | (uint64_t)irq->level << 5 |
           (uint64_t)irq->priority << 11 | (uint64_t)irq->iaffid << 32;
}

static void set_affinity(const Context *c, Irq *irq, uint64_t value)
{
    irq->one_of_n = c->ref->one_of_n && value >> 28 & 1;
    irq->iaffid = irq->one_of_n ? 0 : (uint16_t)(value >> 32);
    if (irq->one_of_n) {
        irq->last = irq->home; /* the choice begins anew from where it is */
    }
    if (c->pe->irs != 0 && !irq->one_of_n) {
        count5(c->ref, COUNT_OTHER_IRS);
    }
}

/* The operations that CD and LD instructions have in common, by CRm and op2. */
static void configure(const Context *c, uint8_t domain, uint32_t crm, uint32_t op2, uint64_t value)
{
    Ref *ref = c->ref;
    if (crm == 2 && op2 == 0 && (value >> 29 & 7) == TYPE_PPI) {
        deactivate_ppi(c, domain, value & 0xFFFFFF);
        return;
    }
    Irq *irq = operand(c, domain, value);
    if (crm == 1 && op2 == 5) { /* CDRCFG */
        count5(ref, irq ? COUNT_CDRCFG : COUNT_CDRCFG_FAILED);
        c->pe->icsr = irq ? icsr_of(irq) : 1;
        return;
    }
    if (!irq) {
        return;
    }
    Irq was = *irq;
    Count kind = COUNT_END;
    if (crm == 1) {
        switch (op2) {
        case 0:
            irq->enabled = false;
            kind = COUNT_CDDIS;
            break;
        case 1:
            irq->enabled = true;
            kind = COUNT_CDEN;
            break;
        case 2:
            irq->priority = (uint8_t)(value >> 35 & ref->priority_mask);
            kind = COUNT_CDPRI;
            break;
        case 3:
            set_affinity(c, irq, value);
            kind = COUNT_CDAFF;
            break;
        default:
            irq->pending = value >> 32 & 1;
            kind = irq->pending ? COUNT_CDPEND_SET : COUNT_CDPEND_CLEAR;
            break;
        }
    } else if (op2 == 0) {
        irq->active = false;
        kind = irq->type == TYPE_SPI ? COUNT_CDDI_SPI : COUNT_CDDI_LPI;
    } else {
        irq->level = value >> 32 & 1;
        kind = COUNT_CDHM;
    }
    if (icsr_of(&was) != icsr_of(irq)) {
        count5(ref, kind);
    }
    settle5(ref);
}

/* Dispatch by encoding */

static bool in_array(uint32_t encoding, uint32_t first, uint32_t count, uint32_t *n)
{
    *n = encoding - first;
    return encoding >= first && encoding < first + count;
}

/* Priorities: ICC_PPI_PRIORITYR0 to 7 and 8 to 15 are two runs of encodings. */
static bool is_priority(uint32_t encoding, uint32_t *n)
{
    if (in_array(encoding, ICC_PPI_PRIORITYR8_EL1, 8, n)) {
        *n += 8;
        return true;
    }
    return in_array(encoding, ICC_PPI_PRIORITYR0_EL1, 8, n);
}

static bool read_ppi_register(const Context *c, uint32_t encoding, uint64_t *value)
{
    static const struct {
        uint32_t first;
        PpiBit bit;
    } kinds[] = {{ICC_PPI_HMR0_EL1, PPI_HM},          {ICC_PPI_ENABLER0_EL1, PPI_ENABLE},
                 {ICC_PPI_CACTIVER0_EL1, PPI_ACTIVE}, {ICC_PPI_SACTIVER0_EL1, PPI_ACTIVE},
                 {ICC_PPI_CPENDR0_EL1, PPI_PENDING},  {ICC_PPI_SPENDR0_EL1, PPI_PENDING}};
    uint32_t n;
    for (uint32_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (in_array(encoding, kinds[i].first, 2, &n)) {
            *value = read_ppis(c, kinds[i].bit, n);
            return true;
        }
    }
    if (is_priority(encoding, &n)) {
        *value = read_priorities(c, n);
        return true;
    }
    return false;
}

static bool read_el3(const Context *c, uint32_t encoding, uint64_t *value)
{
    uint32_t n;
    if (in_array(encoding, ICC_PPI_DOMAINR0_EL3, 4, &n)) {
        *value = read_domains(c->pe, n);
        return true;
    }
    switch (encoding) {
    case ICC_APR_EL3:
        *value = c->pe->apr[EL3];
        return true;
    case ICC_PCR_EL3:
        *value = c->pe->pcr[EL3];
        return true;
    case ICC_DOMHPPIR_EL3:
        *value = read_domhppi(c);
        return true;
    case ICC_CR0_EL3:
        *value = (uint64_t)c->pe->en[EL3] | 6 | c->pe->cr0_el3_pid;
        return true;
    case ICC_HPPIR_EL3:
        *value = read_hppi(c, EL3);
        return true;
    default:
        return false;
    }
}

static bool read_sysreg(const Context *c, uint32_t encoding, uint64_t *value)
{
    switch (encoding) {
    case ICC_APR_EL1:
        *value = c->pe->apr[c->logical];
        return true;
    case ICC_CR0_EL1:
        *value = read_cr0(c);
        return true;
    case ICC_PCR_EL1:
        *value = c->pe->pcr[c->logical];
        return true;
    case ICC_IDR0_EL1:
        *value = 4u << 4 | (c->ref->config.v5.id_bits == 16 ? 0 : 1);
        return true;
    case ICC_HPPIR_EL1:
        *value = read_hppi(c, c->logical);
        return true;
    case ICC_ICSR_EL1:
        *value = c->pe->icsr;
        return true;
    case ICC_IAFFIDR_EL1:
        *value = c->pe->iaffid;
        return true;
    case GICR_CDIA:
        *value = acknowledge(c, false);
        return true;
    case GICR_CDNMIA:
        *value = acknowledge(c, true);
        return true;
    default:
        return read_ppi_register(c, encoding, value) || (c->at_el3 && read_el3(c, encoding, value));
    }
}

static bool write_ppi_register(const Context *c, uint32_t encoding, uint64_t value)
{
    uint32_t n;
    if (in_array(encoding, ICC_PPI_ENABLER0_EL1, 2, &n)) {
        write_ppis(c, PPI_ENABLE, n, value, true);
        write_ppis(c, PPI_ENABLE, n, ~value, false);
    } else if (in_array(encoding, ICC_PPI_CACTIVER0_EL1, 2, &n)) {
        write_ppis(c, PPI_ACTIVE, n, value, false);
    } else if (in_array(encoding, ICC_PPI_SACTIVER0_EL1, 2, &n)) {
        write_ppis(c, PPI_ACTIVE, n, value, true);
    } else if (in_array(encoding, ICC_PPI_CPENDR0_EL1, 2, &n)) {
        write_ppis(c, PPI_PENDING, n, value, false);
    } else if (in_array(encoding, ICC_PPI_SPENDR0_EL1, 2, &n)) {
        write_ppis(c, PPI_PENDING, n, value, true);
    } else if (is_priority(encoding, &n)) {
        write_priorities(c, n, value);
    } else {
        return false;
    }
    return true;
}

static bool write_el3(const Context *c, uint32_t encoding, uint64_t value)
{
    uint32_t n;
    if (in_array(encoding, ICC_PPI_DOMAINR0_EL3, 4, &n)) {
        write_domains(c, n, value);
    } else if (encoding == ICC_APR_EL3) {
        c->pe->apr[EL3] = (uint32_t)value;
    } else if (encoding == ICC_PCR_EL3) {
        c->pe->pcr[EL3] = value & 0x1F;
    } else if (encoding == ICC_CR0_EL3) {
        write_cr0_el3(c, value);
    } else {
        return false;
    }
    return true;
}

static void write_icsr(const Context *c, uint64_t value)
{
    uint64_t fields = UINT64_C(0xFFFF0000F83F);
    c->pe->icsr = value & (c->ref->one_of_n ? fields : fields & ~UINT64_C(8));
}

/* CD and LD instructions but CDEOI. */
static bool is_configuration(uint32_t encoding, uint32_t *crm, uint32_t *op2)
{
    *crm = encoding >> 3 & 0xF;
    *op2 = encoding & 7;
    return (*crm == 1 && *op2 <= 5) || (*crm == 2 && *op2 <= 1);
}

static bool write_instruction(const Context *c, uint32_t encoding, uint64_t value)
{
    uint32_t crm, op2;
    bool configures = is_configuration(encoding, &crm, &op2);
    if (encoding == GSB_SYS || encoding == GSB_ACK) {
        return true;
    }
    if (encoding == GIC_CDEOI) {
        drop_priority(c);
        return true;
    }
    if (configures && encoding == VGIC_SYSREG(1, 0, 12, crm, op2)) {
        configure(c, c->current, crm, op2, value);
        return true;
    }
    if (configures && c->at_el3 && encoding == VGIC_SYSREG(1, 6, 12, crm, op2)) {
        count5(c->ref, COUNT_LD);
        configure(c, c->logical, crm, op2, value);
        return true;
    }
    return false;
}

static bool write_sysreg(const Context *c, uint32_t encoding, uint64_t value)
{
    switch (encoding) {
    case ICC_APR_EL1:
        c->pe->apr[c->logical] = (uint32_t)value;
        return true;
    case ICC_CR0_EL1:
        write_cr0(c, value);
        return true;
    case ICC_PCR_EL1:
        c->pe->pcr[c->logical] = value & 0x1F;
        return true;
    case ICC_ICSR_EL1:
        write_icsr(c, value);
        return true;
    default:
        return write_ppi_register(c, encoding, value) || write_instruction(c, encoding, value) ||
               (c->at_el3 && write_el3(c, encoding, value));
    }
}

static bool reaches(const VgicCpuState *state)
{
    return state->el >= 1 && !state->aarch32;
}

VgicResult ref5_sysreg_read(Ref *ref, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                            uint64_t *value)
{
    Context c = context_of(ref, cpu, state);
    *value = 0;
    if (reaches(state) && read_sysreg(&c, encoding, value)) {
        return VGIC_OK;
    }
    count5(ref, COUNT_UNDEFINED);
    return VGIC_UNDEFINED;
}

VgicResult ref5_sysreg_write(Ref *ref, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                             uint64_t value)
{
    Context c = context_of(ref, cpu, state);
    if (reaches(state) && write_sysreg(&c, encoding, value)) {
        return VGIC_OK;
    }
    count5(ref, COUNT_UNDEFINED);
    return VGIC_UNDEFINED;
}
