/* SPDX-License-Identifier: BSD-2-Clause */
/* System registers of the CPU interface [GICv5 1.12, 1.13]. Handlers of EL1's registers act on the
 * copy of the logical domain, those of EL3's (VgicSysregRow.group) on that of the EL3 domain. */
#include <glib.h>

#include <vgic/registers5.h>

#include "v5/v5.h"

enum {
    OF_LOGICAL_DOMAIN = 0,
    OF_EL3 = 1,
};

static unsigned domain_of(const VgicAccess *access)
{
    return access->sysreg->group == OF_EL3 ? VGIC_EL3 : vgic_v5_logical_domain(access);
}

static uint64_t apr_read(VgicAccess *access)
{
    return vgic_load32(&access->cpu->v5->apr[domain_of(access)]);
}

static void apr_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    vgic_store32(&cpu->v5->apr[domain_of(access)], (uint32_t)value);
    vgic_v5_present_threshold_unlock(cpu);
}

static uint64_t pcr_read(VgicAccess *access)
{
    return vgic_load8(&access->cpu->v5->pcr[domain_of(access)]);
}

static void pcr_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    vgic_store8(&cpu->v5->pcr[domain_of(access)], VGIC_GET(value, icc5_pcr, PRIORITY));
    vgic_v5_present_threshold_unlock(cpu);
}

/* The link to the IRS is always there. */
static uint64_t cr0_read(VgicAccess *access)
{
    return vgic_load64(&access->cpu->v5->cr0[domain_of(access)]) | VGIC_MASK(icc5_cr0, LINK) |
           VGIC_MASK(icc5_cr0, LINK_IDLE);
}

uint64_t vgic_v5_cr0_fields(const Vgic *gic, unsigned domain)
{
    if (domain == VGIC_EL3) {
        return VGIC_MASK(icc5_cr0_el3, EN) | VGIC_MASK(icc5_cr0_el3, PID);
    }
    return VGIC_MASK(icc5_cr0, EN) |
           (gic->el3 ? VGIC_MASK(icc5_cr0, PID) | VGIC_MASK(icc5_cr0, IPPT) : 0);
}

static void cr0_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;
    unsigned domain = domain_of(access);
    uint64_t fields = vgic_v5_cr0_fields(access->gic, domain), old;

    vgic_lock(&cpu->lock);
    old = vgic_load64(&cpu->v5->cr0[domain]);
    vgic_store64(&cpu->v5->cr0[domain], value & fields);
    if ((old ^ value) & VGIC_MASK(icc5_cr0, EN)) {
        vgic_cpu_reconfigure_unlock(cpu);
    } else {
        vgic_cpu_present_unlock(cpu);
    }
}

static uint64_t hppir_read(VgicAccess *access)
{
    const VgicV5Cpu *v5 = access->cpu->v5;
    unsigned domain = domain_of(access);
    uint64_t hppi = vgic_load64(&v5->hppi[domain]);

    if (!vgic_v5_is_sufficient(v5, domain, hppi)) {
        return 0;
    }
    return VGIC_MASK(icc5_hppir, HPPIV) | (uint32_t)hppi;
}

/* Which domains have an interrupt of sufficient priority: EL3's is P. */
static uint64_t domhppir_read(VgicAccess *access)
{
    static const uint64_t bit_of[] = {
        [VGIC_S] = VGIC_MASK(icc5_domhppir, S_HPPI),
        [VGIC_NS] = VGIC_MASK(icc5_domhppir, NS_HPPI),
        [VGIC_EL3] = VGIC_MASK(icc5_domhppir, P_HPPI),
        [VGIC_REALM] = VGIC_MASK(icc5_domhppir, RL_HPPI),
    };
    const VgicV5Cpu *v5 = access->cpu->v5;
    uint64_t value = 0;

    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        if (vgic_v5_is_sufficient(v5, domain, vgic_load64(&v5->hppi[domain]))) {
            value |= bit_of[domain];
        }
    }
    return value;
}

static uint64_t idr0_read(VgicAccess *access)
{
    return VGIC_PUT(icc5_idr0, ID_BITS, access->gic->v5->icc_id_bits) |
           VGIC_PUT(icc5_idr0, PRI_BITS, 4);
}

static uint64_t iaffidr_read(VgicAccess *access)
{
    return access->cpu->v5->iaffid;
}

static uint64_t icsr_read(VgicAccess *access)
{
    return vgic_load64(&access->cpu->v5->icsr);
}

uint64_t vgic_v5_icsr_fields(const Vgic *gic)
{
    return VGIC_MASK(icc5_icsr, F) | VGIC_MASK(icc5_icsr, Enabled) | VGIC_MASK(icc5_icsr, Pending) |
           (gic->v5->one_of_n ? VGIC_MASK(icc5_icsr, IRM) : 0) | VGIC_MASK(icc5_icsr, Active) |
           VGIC_MASK(icc5_icsr, HM) | VGIC_MASK(icc5_icsr, Priority) | VGIC_MASK(icc5_icsr, IAFFID);
}

static void icsr_write(VgicAccess *access, uint64_t value)
{
    vgic_store64(&access->cpu->v5->icsr, value & vgic_v5_icsr_fields(access->gic));
}

/* PPIs. */

/* Those that the access sees: of its logical domain, and at EL3 those of the EL3 domain, too. */
static uint64_t visible(const VgicAccess *access, unsigned word)
{
    const VgicV5Cpu *v5 = access->cpu->v5;
    uint64_t ppis = vgic_load64(&v5->of_domain[vgic_v5_logical_domain(access)][word]);

    if (access->gic->el3 && access->state->el == 3) {
        ppis |= vgic_load64(&v5->of_domain[VGIC_EL3][word]);
    }
    return ppis & access->gic->v5->ppis[word];
}

static uint64_t ppi_hmr_read(VgicAccess *access)
{
    unsigned word = access->sysreg->word;

    return access->gic->v5->level_ppis[word] & visible(access, word);
}

static uint64_t ppi_enabler_read(VgicAccess *access)
{
    unsigned word = access->sysreg->word;

    return vgic_load64(&access->cpu->v5->enabled[word]) & visible(access, word);
}

static uint64_t ppi_activer_read(VgicAccess *access)
{
    unsigned word = access->sysreg->word;

    return vgic_load64(&access->cpu->v5->active[word]) & visible(access, word);
}

static uint64_t ppi_pendr_read(VgicAccess *access)
{
    unsigned word = access->sysreg->word;

    return vgic_v5_pending_ppis(access->gic->v5, access->cpu->v5, word) & visible(access, word);
}

/* Sets and clears bits of @p bits, which is a word of the PE's PPIs. */
static void change_ppis(VgicAccess *access, VgicShared64 *bits, uint64_t clear, uint64_t set)
{
    VgicCpu *cpu = access->cpu;
    uint64_t seen = visible(access, access->sysreg->word);

    vgic_lock(&cpu->lock);
    vgic_store64(bits, (vgic_load64(bits) & ~(clear & seen)) | (set & seen));
    vgic_cpu_present_unlock(cpu);
}

static void ppi_enabler_write(VgicAccess *access, uint64_t value)
{
    change_ppis(access, &access->cpu->v5->enabled[access->sysreg->word], ~value, value);
}

static void ppi_cactiver_write(VgicAccess *access, uint64_t value)
{
    change_ppis(access, &access->cpu->v5->active[access->sysreg->word], value, 0);
}

static void ppi_sactiver_write(VgicAccess *access, uint64_t value)
{
    change_ppis(access, &access->cpu->v5->active[access->sysreg->word], 0, value);
}

/* Pending of a level PPI is its wire, and read-only. */
static uint64_t edges(const VgicAccess *access, uint64_t value)
{
    return value & ~access->gic->v5->level_ppis[access->sysreg->word];
}

static void ppi_cpendr_write(VgicAccess *access, uint64_t value)
{
    change_ppis(access, &access->cpu->v5->latch[access->sysreg->word], edges(access, value), 0);
}

static void ppi_spendr_write(VgicAccess *access, uint64_t value)
{
    change_ppis(access, &access->cpu->v5->latch[access->sysreg->word], 0, edges(access, value));
}

/* PPIs 8n to 8n + 7, a byte each. */
static uint64_t ppi_priorityr_read(VgicAccess *access)
{
    unsigned first = 8 * access->sysreg->word;
    uint64_t seen = visible(access, first / 64) >> first % 64, value = 0;

    for (unsigned i = 0; i < 8; i++) {
        if (seen >> i & 1) {
            value |= (uint64_t)vgic_load8(&access->cpu->v5->priority[first + i]) << 8 * i;
        }
    }
    return value;
}

static void ppi_priorityr_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;
    unsigned first = 8 * access->sysreg->word;
    uint64_t seen = visible(access, first / 64) >> first % 64;

    vgic_lock(&cpu->lock);
    for (unsigned i = 0; i < 8; i++) {
        if (seen >> i & 1) {
            vgic_store8(&cpu->v5->priority[first + i], value >> 8 * i & 0x1F);
        }
    }
    vgic_cpu_present_unlock(cpu);
}

/* PPIs 32n to 32n + 31, two bits each. */
static uint64_t ppi_domainr_read(VgicAccess *access)
{
    unsigned first = 32 * access->sysreg->word;
    uint64_t there = access->gic->v5->ppis[first / 64] >> first % 64, value = 0;

    for (unsigned i = 0; i < 32; i++) {
        if (there >> i & 1) {
            value |= (uint64_t)vgic_v5_ppi_domain(access->cpu->v5, first + i) << 2 * i;
        }
    }
    return value;
}

static void ppi_domainr_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;
    const VgicV5 *v5 = access->gic->v5;
    unsigned first = 32 * access->sysreg->word;

    vgic_lock(&cpu->lock);
    for (unsigned i = 0; i < 32; i++) {
        unsigned domain = value >> 2 * i & 3, ppi = first + i;
        uint64_t bit = UINT64_C(1) << ppi % 64;

        if (!(v5->ppis[ppi / 64] & bit) || !vgic_v5_has_domain(v5, domain)) {
            continue;
        }
        for (unsigned j = 0; j < VGIC_DOMAINS; j++) {
            VgicShared64 *word = &cpu->v5->of_domain[j][ppi / 64];

            vgic_store64(word, j == domain ? vgic_load64(word) | bit : vgic_load64(word) & ~bit);
        }
    }
    vgic_cpu_present_unlock(cpu);
}

/* clang-format off */
#define READ VGIC_READABLE
#define RW (VGIC_READABLE | VGIC_WRITABLE)
#define REGISTER(reg, access_, el_, fields_, ...)                                                  \
    {.info = {.name = #reg, .encoding = reg, .width = 64, .access = (access_), .min_el = (el_),    \
              fields_}, __VA_ARGS__}
#define PPI_BITS(name_, n, access_, ...)                                                           \
    REGISTER(ICC_PPI_##name_##n##_EL1, access_, 1, .fields = NULL, .word = (n), __VA_ARGS__)
#define BOTH_WORDS(name_, access_, ...)                                                            \
    PPI_BITS(name_, 0, access_, __VA_ARGS__), PPI_BITS(name_, 1, access_, __VA_ARGS__)
#define PRIORITIES(n) PPI_BITS(PRIORITYR, n, RW, .read = ppi_priorityr_read, .write = ppi_priorityr_write)
#define DOMAINS(n)                                                                                 \
    REGISTER(ICC_PPI_DOMAINR##n##_EL3, RW, 3, .fields = NULL, .word = (n),                         \
             .read = ppi_domainr_read, .write = ppi_domainr_write)

const VgicSysregRow vgic_icc5_rows[] = {
    REGISTER(ICC_APR_EL1, RW, 1, VGIC_FIELD_ROWS(icc5_apr), .read = apr_read, .write = apr_write),
    REGISTER(ICC_CR0_EL1, RW, 1, VGIC_FIELD_ROWS(icc5_cr0), .read = cr0_read, .write = cr0_write),
    REGISTER(ICC_PCR_EL1, RW, 1, VGIC_FIELD_ROWS(icc5_pcr), .read = pcr_read, .write = pcr_write),
    BOTH_WORDS(HMR, READ, .read = ppi_hmr_read),
    REGISTER(ICC_IDR0_EL1, READ, 1, VGIC_FIELD_ROWS(icc5_idr0), .read = idr0_read),
    REGISTER(ICC_HPPIR_EL1, READ, 1, VGIC_FIELD_ROWS(icc5_hppir), .read = hppir_read),
    REGISTER(ICC_ICSR_EL1, RW, 1, VGIC_FIELD_ROWS(icc5_icsr), .read = icsr_read, .write = icsr_write),
    REGISTER(ICC_IAFFIDR_EL1, READ, 1, VGIC_FIELD_ROWS(icc5_iaffidr), .read = iaffidr_read),
    BOTH_WORDS(ENABLER, RW, .read = ppi_enabler_read, .write = ppi_enabler_write),
    BOTH_WORDS(CACTIVER, RW, .read = ppi_activer_read, .write = ppi_cactiver_write),
    BOTH_WORDS(SACTIVER, RW, .read = ppi_activer_read, .write = ppi_sactiver_write),
    BOTH_WORDS(CPENDR, RW, .read = ppi_pendr_read, .write = ppi_cpendr_write),
    BOTH_WORDS(SPENDR, RW, .read = ppi_pendr_read, .write = ppi_spendr_write),
    PRIORITIES(0), PRIORITIES(1), PRIORITIES(2), PRIORITIES(3),
    PRIORITIES(4), PRIORITIES(5), PRIORITIES(6), PRIORITIES(7),
    PRIORITIES(8), PRIORITIES(9), PRIORITIES(10), PRIORITIES(11),
    PRIORITIES(12), PRIORITIES(13), PRIORITIES(14), PRIORITIES(15),
    REGISTER(ICC_APR_EL3, RW, 3, VGIC_FIELD_ROWS(icc5_apr), .group = OF_EL3, .read = apr_read, .write = apr_write),
    REGISTER(ICC_PCR_EL3, RW, 3, VGIC_FIELD_ROWS(icc5_pcr), .group = OF_EL3, .read = pcr_read, .write = pcr_write),
    REGISTER(ICC_DOMHPPIR_EL3, READ, 3, VGIC_FIELD_ROWS(icc5_domhppir), .read = domhppir_read),
    DOMAINS(0), DOMAINS(1), DOMAINS(2), DOMAINS(3),
    REGISTER(ICC_CR0_EL3, RW, 3, VGIC_FIELD_ROWS(icc5_cr0_el3), .group = OF_EL3, .read = cr0_read, .write = cr0_write),
    REGISTER(ICC_HPPIR_EL3, READ, 3, VGIC_FIELD_ROWS(icc5_hppir), .group = OF_EL3, .read = hppir_read),
};
/* clang-format on */
const uint32_t vgic_icc5_row_count = G_N_ELEMENTS(vgic_icc5_rows);
