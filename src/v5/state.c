/* SPDX-License-Identifier: BSD-2-Clause */
/* A GICv5 in a saved state: IRSs, tables of LPIs, CPU interfaces, and how it is all put together.
 * Interrupts are in state_irqs.c, ITSs and IWBs in state_its.c. */
#include "v5/state.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Helpers. */

VgicStateKey vgic_v5_key(const char *reg, unsigned domain)
{
    static const char *const suffixes[VGIC_DOMAINS] = {
        [VGIC_S] = "(S)", [VGIC_NS] = "(NS)", [VGIC_EL3] = "(EL3)", [VGIC_REALM] = "(RL)"};
    VgicStateKey key;

    snprintf(key.text, sizeof(key.text), "%s%s", reg, suffixes[domain]);
    return key;
}

static uint64_t load_reg(const VgicStateReg *reg, const void *from)
{
    const char *member = (const char *)from + reg->offset;

    return reg->size == 8 ? atomic_load((const _Atomic uint64_t *)(const void *)member)
                          : atomic_load((const _Atomic uint32_t *)(const void *)member);
}

static bool is_here(const Vgic *gic, const VgicStateReg *reg)
{
    return !reg->of_errors || gic->v5->software_errors;
}

void vgic_v5_save_regs(const Vgic *gic, const VgicStateReg *regs, unsigned count, const void *from,
                       unsigned domain, VgicStateWriter *writer)
{
    for (unsigned i = 0; i < count; i++) {
        VgicStateKey key = vgic_v5_key(regs[i].name, domain);

        if (is_here(gic, &regs[i]) && regs[i].width == 64) {
            vgic_state_put_u64(writer, key.text, load_reg(&regs[i], from));
        } else if (is_here(gic, &regs[i])) {
            vgic_state_put_u32(writer, key.text, (uint32_t)load_reg(&regs[i], from));
        }
    }
}

void vgic_v5_check_regs(const Vgic *gic, const VgicStateReg *regs, unsigned count, unsigned domain,
                        VgicStateReader *reader, uint64_t *values)
{
    for (unsigned i = 0; i < count; i++) {
        VgicStateKey key = vgic_v5_key(regs[i].name, domain);

        if (!is_here(gic, &regs[i])) {
            values[i] = 0;
        } else if (regs[i].width == 64) {
            values[i] = vgic_state_u64(reader, key.text, regs[i].mask);
        } else {
            values[i] = vgic_state_u32(reader, key.text, (uint32_t)regs[i].mask);
        }
    }
}

void vgic_v5_apply_regs(const VgicStateReg *regs, unsigned count, void *to, const uint64_t *values)
{
    for (unsigned i = 0; i < count; i++) {
        char *member = (char *)to + regs[i].offset;

        if (regs[i].size == 8) {
            atomic_store((_Atomic uint64_t *)(void *)member, values[i]);
        } else {
            atomic_store((_Atomic uint32_t *)(void *)member, (uint32_t)values[i]);
        }
    }
}

void vgic_v5_check_errors(const char *reg, unsigned domain, VgicStateReader *reader,
                          uint64_t statusr, uint64_t syndromer0, uint64_t syndromer1)
{
    if (!VGIC_GET(statusr, irs_swerr_statusr, V) && (statusr | syndromer0 | syndromer1)) {
        vgic_state_refuse(reader, vgic_v5_key(reg, domain).text,
                          "is %#" PRIx64 ": without V the others and the syndromes must be 0",
                          statusr);
    }
}

void vgic_v5_save_bits(VgicStateWriter *writer, const char *key, uint32_t count, unsigned bits,
                       VgicStateField *field, const void *from)
{
    size_t number = ((size_t)count * bits + 31) / 32;
    uint32_t *words = g_new0(uint32_t, number);

    for (uint32_t i = 0; i < count; i++) {
        words[i * bits / 32] |= field(from, i) << i * bits % 32;
    }
    vgic_state_give_array(writer, key, "u", words, number, sizeof(words[0]));
}

static const uint32_t *read_fields(VgicStateReader *reader, const char *key, uint32_t count,
                                   unsigned bits)
{
    size_t number = ((size_t)count * bits + 31) / 32;
    const uint32_t *words = vgic_state_array(reader, key, "u", number, sizeof(*words));
    unsigned rest = count * bits % 32;

    if (words && rest && words[number - 1] >> rest) {
        vgic_state_refuse(reader, key, "[%zu] is %#" PRIx32 ", allowed are its low %u bits",
                          number - 1, words[number - 1], rest);
        return NULL;
    }
    return words;
}

const uint32_t *vgic_v5_check_bits(VgicStateReader *reader, const char *key, uint32_t count)
{
    return read_fields(reader, key, count, 1);
}

const uint32_t *vgic_v5_check_domains(const VgicV5 *v5, VgicStateReader *reader, const char *key,
                                      uint32_t count, unsigned reset_domain)
{
    const uint32_t *words = read_fields(reader, key, count, 2);

    for (uint32_t i = 0; words && i < count; i++) {
        unsigned domain = vgic_v5_bits(words, i, 2);

        if (domain != reset_domain && !vgic_v5_has_domain(v5, domain)) {
            vgic_state_refuse(reader, key, "is domain %u of number %" PRIu32 ", which is none here",
                              domain, i);
            return NULL;
        }
    }
    return words;
}

/* IRSs. */

#define IRS_REG(name, member, width, mask)                                                         \
    VGIC_STATE_REG(name, VgicIrsDomain, member, width, mask, false)
#define IRS_ERROR(name, member, mask) VGIC_STATE_REG(name, VgicIrsDomain, member, 64, mask, true)

enum {
    IRS_STATUSR = 4, /* in the following */
    IRS_SYNDROMER0,
    IRS_SYNDROMER1,
    IRS_REGS,
};

static const VgicStateReg irs_regs[IRS_REGS] = {
    IRS_REG("IRS_CR0", cr0, 32, VGIC_MASK(irs_cr0, IRSEN)),
    IRS_REG("IRS_CR1", cr1, 32, IRS_CR1_FIELDS),
    IRS_REG("IRS_SPI_SELR", spi_selr, 32, VGIC_MASK(irs_spi_selr, ID)),
    IRS_REG("IRS_PE_SELR", pe_selr, 32, VGIC_MASK(irs_pe_selr, IAFFID)),
    [IRS_STATUSR] =
        IRS_ERROR("IRS_SWERR_STATUSR", swerr_statusr,
                  VGIC_MASK(irs_swerr_statusr, V) | VGIC_MASK(irs_swerr_statusr, S0V) |
                      VGIC_MASK(irs_swerr_statusr, S1V) | VGIC_MASK(irs_swerr_statusr, OF) |
                      VGIC_PUT(irs_swerr_statusr, EC, 3)),
    [IRS_SYNDROMER0] =
        IRS_ERROR("IRS_SWERR_SYNDROMER0", swerr_syndromer0,
                  VGIC_MASK(irs_swerr_syndromer0, ID) | VGIC_MASK(irs_swerr_syndromer0, TYPE)),
    [IRS_SYNDROMER1] =
        IRS_ERROR("IRS_SWERR_SYNDROMER1", swerr_syndromer1, VGIC_MASK(irs_swerr_syndromer1, ADDR)),
};

typedef struct StagedIrs {
    uint64_t regs[VGIC_DOMAINS][IRS_REGS];
    const uint32_t *pe_cr0[VGIC_DOMAINS]; /* of each of its PEs */
} StagedIrs;

static void save_irs_domain(const VgicIrs *irs, unsigned domain, VgicStateWriter *writer)
{
    uint32_t pe_cr0[VGIC_MAX_CPUS];

    vgic_v5_save_regs(irs->gic, irs_regs, IRS_REGS, &irs->domain[domain], domain, writer);
    for (uint32_t i = 0; i < irs->cpu_count; i++) {
        uint32_t dps = vgic_load32(&irs->gic->cpus[irs->first_cpu + i].v5->dps);

        pe_cr0[i] = (uint32_t)VGIC_PUT(irs_pe_cr0, DPS, dps >> domain);
    }
    vgic_state_put_array(writer, vgic_v5_key("IRS_PE_CR0", domain).text, "u", pe_cr0,
                         irs->cpu_count, sizeof(pe_cr0[0]));
}

static void check_irs_domain(const VgicIrs *irs, unsigned domain, VgicStateReader *reader,
                             StagedIrs *staged)
{
    uint64_t *regs = staged->regs[domain];
    VgicStateKey key = vgic_v5_key("IRS_PE_CR0", domain);
    const uint32_t *pe_cr0;

    vgic_v5_check_regs(irs->gic, irs_regs, IRS_REGS, domain, reader, regs);
    vgic_v5_check_errors("IRS_SWERR_STATUSR", domain, reader, regs[IRS_STATUSR],
                         regs[IRS_SYNDROMER0], regs[IRS_SYNDROMER1]);
    pe_cr0 = vgic_state_array(reader, key.text, "u", irs->cpu_count, sizeof(*pe_cr0));
    for (uint32_t i = 0; pe_cr0 && i < irs->cpu_count; i++) {
        if (pe_cr0[i] > irs->gic->v5->one_of_n) {
            vgic_state_refuse(reader, key.text,
                              "[%" PRIu32 "] is %#" PRIx32 ", allowed are the bits %#x", i,
                              pe_cr0[i], irs->gic->v5->one_of_n);
        }
    }
    staged->pe_cr0[domain] = pe_cr0;
}

/* What follows from IRS_CR0 and IRS_PE_CR0 at its PEs. */
static void apply_irs(VgicIrs *irs, const StagedIrs *staged)
{
    uint32_t on = 0;

    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        if (vgic_v5_has_domain(irs->gic->v5, domain)) {
            vgic_v5_apply_regs(irs_regs, IRS_REGS, &irs->domain[domain], staged->regs[domain]);
            on |= (atomic_load(&irs->domain[domain].cr0) & 1) << domain;
        }
    }
    for (uint32_t i = 0; i < irs->cpu_count; i++) {
        VgicV5Cpu *cpu = irs->gic->cpus[irs->first_cpu + i].v5;
        uint32_t dps = 0;

        for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
            dps |= (staged->pe_cr0[domain] ? staged->pe_cr0[domain][i] : 0) << domain;
        }
        vgic_store32(&cpu->dps, dps);
        cpu->irs_on = on;
    }
}

static void save_irss(const Vgic *gic, VgicStateWriter *state)
{
    VgicStateWriter all;

    g_variant_builder_init(&all, G_VARIANT_TYPE("aa{sv}"));
    for (uint32_t i = 0; i < gic->v5->irs_count; i++) {
        VgicStateWriter one;

        g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
        for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
            if (vgic_v5_has_domain(gic->v5, domain)) {
                save_irs_domain(&gic->v5->irs[i], domain, &one);
            }
        }
        g_variant_builder_add_value(&all, g_variant_builder_end(&one));
    }
    g_variant_builder_add(state, "{sv}", "IRS", g_variant_builder_end(&all));
}

static void check_irss(const Vgic *gic, VgicStateReader *state, StagedIrs *staged)
{
    for (uint32_t i = 0; i < gic->v5->irs_count && !state->load->failed; i++) {
        VgicStateReader reader;

        vgic_state_open_element(state, "IRS", i, gic->v5->irs_count, &reader);
        for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
            if (vgic_v5_has_domain(gic->v5, domain)) {
                check_irs_domain(&gic->v5->irs[i], domain, &reader, &staged[i]);
            }
        }
        vgic_state_close(&reader);
    }
}

/* Tables of LPIs. */

typedef struct StagedIst {
    uint64_t baser;
    uint32_t cfgr;
} StagedIst;

static void save_ists(const VgicV5 *v5, VgicStateWriter *state)
{
    VgicStateWriter writer;

    g_variant_builder_init(&writer, G_VARIANT_TYPE_VARDICT);
    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        if (vgic_v5_has_domain(v5, domain)) {
            vgic_state_put_u64(&writer, vgic_v5_key("IRS_IST_BASER", domain).text,
                               atomic_load(&v5->ist[domain].baser));
            vgic_state_put_u32(&writer, vgic_v5_key("IRS_IST_CFGR", domain).text,
                               atomic_load(&v5->ist[domain].cfgr));
        }
    }
    g_variant_builder_add(state, "{sv}", "IST", g_variant_builder_end(&writer));
}

static void check_ists(const VgicV5 *v5, VgicStateReader *state, StagedIst *staged, uint32_t *end)
{
    uint64_t baser = VGIC_MASK(irs_ist_baser, ADDR) | VGIC_MASK(irs_ist_baser, VALID);
    VgicStateReader reader;

    vgic_state_open(state, "IST", &reader);
    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        if (vgic_v5_has_domain(v5, domain)) {
            staged[domain].baser =
                vgic_state_u64(&reader, vgic_v5_key("IRS_IST_BASER", domain).text, baser);
            staged[domain].cfgr = vgic_state_u32(&reader, vgic_v5_key("IRS_IST_CFGR", domain).text,
                                                 vgic_v5_ist_cfgr_fields(v5));
            end[domain] = vgic_v5_ist_end(v5, staged[domain].baser, staged[domain].cfgr);
        }
    }
    vgic_state_close(&reader);
}

/* CPU interfaces. */

enum {
    PRIORITYRS = VGIC_V5_PPIS / 8,
    DOMAINRS = VGIC_V5_PPIS / 32,
};

typedef struct StagedCpu {
    uint64_t apr[VGIC_DOMAINS], pcr[VGIC_DOMAINS], cr0[VGIC_DOMAINS], icsr;
    const uint64_t *enabled, *active, *latch, *wire, *priority, *domains;
    uint32_t domain;
    VgicStagedOrder order;
} StagedCpu;

/* EL3's have names of their own: "ICC_APR_EL1(NS)", "ICC_APR_EL3". */
static VgicStateKey icc_key(const char *reg, unsigned domain)
{
    VgicStateKey key;

    if (domain != VGIC_EL3) {
        snprintf(key.text, sizeof(key.text), "ICC_%s_EL1", reg);
        return vgic_v5_key(key.text, domain);
    }
    snprintf(key.text, sizeof(key.text), "ICC_%s_EL3", reg);
    return key;
}

static void save_ppi_words(VgicStateWriter *icc, const char *key, const VgicShared64 *words)
{
    uint64_t values[VGIC_PPI_WORDS];

    for (unsigned i = 0; i < VGIC_PPI_WORDS; i++) {
        values[i] = vgic_load64(&words[i]);
    }
    vgic_state_put_array(icc, key, "t", values, VGIC_PPI_WORDS, sizeof(values[0]));
}

static void save_ppi_domains(const VgicV5Cpu *cpu, VgicStateWriter *icc)
{
    uint64_t values[DOMAINRS] = {0};

    for (unsigned ppi = 0; ppi < VGIC_V5_PPIS; ppi++) {
        values[ppi / 32] |= (uint64_t)vgic_v5_ppi_domain(cpu, ppi) << 2 * (ppi % 32);
    }
    vgic_state_put_array(icc, "ICC_PPI_DOMAINR<n>_EL3", "t", values, DOMAINRS, sizeof(values[0]));
}

static void save_ppis(const VgicV5Cpu *cpu, VgicStateWriter *icc)
{
    uint64_t priorities[PRIORITYRS] = {0};

    for (unsigned ppi = 0; ppi < VGIC_V5_PPIS; ppi++) {
        priorities[ppi / 8] |= (uint64_t)vgic_load8(&cpu->priority[ppi]) << 8 * (ppi % 8);
    }
    save_ppi_words(icc, "ICC_PPI_ENABLER<n>_EL1", cpu->enabled);
    save_ppi_words(icc, "ICC_PPI_SACTIVER<n>_EL1", cpu->active);
    save_ppi_words(icc, "ICC_PPI_SPENDR<n>_EL1", cpu->latch);
    save_ppi_words(icc, "wire", cpu->wire);
    vgic_state_put_array(icc, "ICC_PPI_PRIORITYR<n>_EL1", "t", priorities, PRIORITYRS,
                         sizeof(priorities[0]));
}

static void save_cpu(const VgicCpu *cpu, VgicStateWriter *icc)
{
    const VgicV5Cpu *v5 = cpu->v5;

    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        if (vgic_v5_has_domain(cpu->gic->v5, domain)) {
            vgic_state_put_u64(icc, icc_key("APR", domain).text, vgic_load32(&v5->apr[domain]));
            vgic_state_put_u64(icc, icc_key("PCR", domain).text, vgic_load8(&v5->pcr[domain]));
            vgic_state_put_u64(icc, icc_key("CR0", domain).text, vgic_load64(&v5->cr0[domain]));
        }
    }
    vgic_state_put_u64(icc, "ICC_ICSR_EL1", vgic_load64(&v5->icsr));
    save_ppis(v5, icc);
    if (cpu->gic->el3) {
        save_ppi_domains(v5, icc);
        vgic_state_put_u32(icc, "domain", v5->domain);
    }
}

/* Words of which only bits of @p ppis, less those of @p without, may be set. */
static const uint64_t *check_ppi_words(VgicStateReader *icc, const char *key, const uint64_t *ppis,
                                       const uint64_t *without)
{
    const uint64_t *words = vgic_state_array(icc, key, "t", VGIC_PPI_WORDS, sizeof(*words));

    for (unsigned i = 0; words && i < VGIC_PPI_WORDS; i++) {
        uint64_t allowed = ppis[i] & ~(without ? without[i] : 0);

        if (words[i] & ~allowed) {
            vgic_state_refuse(icc, key, "[%u] is %#" PRIx64 ", allowed are the bits %#" PRIx64, i,
                              words[i], allowed);
        }
    }
    return words;
}

static bool has_ppi(const VgicV5 *v5, unsigned ppi)
{
    return v5->ppis[ppi / 64] >> ppi % 64 & 1;
}

/* PPIs that are not there have priority 0 and domain 0, which is also the reset value of others. */
static void check_ppi_fields(const VgicV5 *v5, VgicStateReader *icc, StagedCpu *staged)
{
    for (unsigned ppi = 0; !icc->load->failed && ppi < VGIC_V5_PPIS; ppi++) {
        unsigned priority = staged->priority[ppi / 8] >> 8 * (ppi % 8) & 0xFF;
        unsigned domain =
            staged->domains ? staged->domains[ppi / 32] >> 2 * (ppi % 32) & 3 : VGIC_S;

        if (priority > (has_ppi(v5, ppi) ? 31 : 0)) {
            vgic_state_refuse(icc, "ICC_PPI_PRIORITYR<n>_EL1", "has %#x for PPI %u", priority, ppi);
        }
        if (domain != VGIC_S && !(has_ppi(v5, ppi) && vgic_v5_has_domain(v5, domain))) {
            vgic_state_refuse(icc, "ICC_PPI_DOMAINR<n>_EL3", "has domain %u for PPI %u", domain,
                              ppi);
        }
    }
}

static void check_ppis(const Vgic *gic, VgicStateReader *icc, StagedCpu *staged)
{
    const VgicV5 *v5 = gic->v5;

    staged->enabled = check_ppi_words(icc, "ICC_PPI_ENABLER<n>_EL1", v5->ppis, NULL);
    staged->active = check_ppi_words(icc, "ICC_PPI_SACTIVER<n>_EL1", v5->ppis, NULL);
    staged->latch = check_ppi_words(icc, "ICC_PPI_SPENDR<n>_EL1", v5->ppis, v5->level_ppis);
    staged->wire = check_ppi_words(icc, "wire", v5->ppis, NULL);
    staged->priority = vgic_state_array(icc, "ICC_PPI_PRIORITYR<n>_EL1", "t", PRIORITYRS,
                                        sizeof(*staged->priority));
    if (gic->el3) {
        staged->domains = vgic_state_array(icc, "ICC_PPI_DOMAINR<n>_EL3", "t", DOMAINRS,
                                           sizeof(*staged->domains));
    }
    check_ppi_fields(v5, icc, staged);
}

static void check_cpu(const Vgic *gic, VgicStateReader *icc, StagedCpu *staged)
{
    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        if (vgic_v5_has_domain(gic->v5, domain)) {
            staged->apr[domain] =
                vgic_state_u64(icc, icc_key("APR", domain).text, VGIC_MASK(icc5_apr, P));
            staged->pcr[domain] =
                vgic_state_u64(icc, icc_key("PCR", domain).text, VGIC_MASK(icc5_pcr, PRIORITY));
            staged->cr0[domain] =
                vgic_state_u64(icc, icc_key("CR0", domain).text, vgic_v5_cr0_fields(gic, domain));
        }
    }
    staged->icsr = vgic_state_u64(icc, "ICC_ICSR_EL1", vgic_v5_icsr_fields(gic));
    check_ppis(gic, icc, staged);
    staged->domain = gic->el3 ? vgic_state_u32(icc, "domain", VGIC_DOMAINS - 1) : VGIC_NS;
    vgic_v5_read_order(gic, icc, &staged->order);
}

static void apply_ppi_domains(VgicV5Cpu *cpu, const VgicV5 *v5, const uint64_t *domains)
{
    for (unsigned word = 0; word < VGIC_PPI_WORDS; word++) {
        uint64_t of_domain[VGIC_DOMAINS] = {0};

        for (unsigned i = 0; i < 64; i++) {
            unsigned ppi = 64 * word + i;

            of_domain[domains[ppi / 32] >> 2 * (ppi % 32) & 3] |= UINT64_C(1) << i;
        }
        for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
            vgic_store64(&cpu->of_domain[domain][word], of_domain[domain] & v5->ppis[word]);
        }
    }
}

static void apply_cpu(VgicV5Cpu *cpu, const VgicV5 *v5, const StagedCpu *staged)
{
    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        if (vgic_v5_has_domain(v5, domain)) {
            vgic_store32(&cpu->apr[domain], (uint32_t)staged->apr[domain]);
            vgic_store8(&cpu->pcr[domain], staged->pcr[domain]);
            vgic_store64(&cpu->cr0[domain], staged->cr0[domain]);
        }
    }
    vgic_store64(&cpu->icsr, staged->icsr);
    for (unsigned word = 0; word < VGIC_PPI_WORDS; word++) {
        vgic_store64(&cpu->enabled[word], staged->enabled[word]);
        vgic_store64(&cpu->active[word], staged->active[word]);
        vgic_store64(&cpu->latch[word], staged->latch[word]);
        vgic_store64(&cpu->wire[word], staged->wire[word]);
    }
    for (unsigned ppi = 0; ppi < VGIC_V5_PPIS; ppi++) {
        vgic_store8(&cpu->priority[ppi], staged->priority[ppi / 8] >> 8 * (ppi % 8));
    }
    if (staged->domains) {
        apply_ppi_domains(cpu, v5, staged->domains);
    }
    cpu->domain = (uint8_t)staged->domain;
}

static bool save_cpus(const Vgic *gic, VgicStateWriter *state)
{
    VgicStateScratch scratch = vgic_state_new_scratch(gic);
    VgicStateWriter all;

    if (!scratch.slots) {
        return false;
    }
    g_variant_builder_init(&all, G_VARIANT_TYPE("aa{sv}"));
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        VgicStateWriter icc;

        g_variant_builder_init(&icc, G_VARIANT_TYPE_VARDICT);
        save_cpu(&gic->cpus[i], &icc);
        vgic_v5_save_order(&gic->cpus[i], &icc, &scratch);
        g_variant_builder_add_value(&all, g_variant_builder_end(&icc));
    }
    g_variant_builder_add(state, "{sv}", "ICC", g_variant_builder_end(&all));
    g_free(scratch.slots);
    return true;
}

static void check_cpus(const Vgic *gic, VgicStateReader *state, StagedCpu *staged)
{
    for (uint32_t i = 0; i < gic->cpu_count && !state->load->failed; i++) {
        VgicStateReader icc;

        vgic_state_open_element(state, "ICC", i, gic->cpu_count, &icc);
        check_cpu(gic, &icc, &staged[i]);
        vgic_state_close(&icc);
    }
}

/* The whole. */

typedef struct Staged {
    StagedIrs *irs;
    StagedIst ist[VGIC_DOMAINS];
    StagedCpu *cpus;
    VgicStagedIrqs irqs;
    VgicStagedIts *its;
    VgicStagedIwb *iwb;
} Staged;

static bool save(const Vgic *gic, VgicStateWriter *state)
{
    save_irss(gic, state);
    vgic_v5_save_spis(gic, state);
    if (!save_cpus(gic, state)) {
        return false;
    }
    if (gic->lpis.bits) {
        save_ists(gic->v5, state);
        if (!vgic_v5_save_lpis(gic, state)) {
            return false;
        }
    }
    if (gic->v5->its_count) {
        vgic_v5_save_its(gic, state);
    }
    if (gic->v5->iwb_count) {
        vgic_v5_save_iwb(gic, state);
    }
    return true;
}

static size_t size_limit(const Vgic *gic)
{
    const VgicV5 *v5 = gic->v5;
    size_t lpis = (size_t)gic->lpis.limit << VGIC_LPI_CHUNK_BITS, wires = 0;

    for (uint32_t i = 0; i < v5->iwb_count; i++) {
        wires += gic->config.v5.iwb[i].wires;
    }
    return 0x4000 * ((size_t)gic->cpu_count + v5->irs_count + v5->its_count + v5->iwb_count) +
           16 * ((size_t)gic->spis + lpis) + wires;
}

/* Names a PE's order in messages: its dictionary was closed already. */
static void check_orders(const Vgic *gic, VgicStateLoad *load, const Staged *staged)
{
    for (uint32_t i = 0; i < gic->cpu_count && !load->failed; i++) {
        VgicStateReader icc = {.load = load, .name = "ICC", .index = i};

        vgic_v5_check_order(&staged->irqs, i, &icc, &staged->cpus[i].order);
    }
}

static void *check(const Vgic *gic, VgicStateReader *state)
{
    Staged *staged = g_new0(Staged, 1);

    staged->irs = g_new0(StagedIrs, gic->v5->irs_count);
    staged->cpus = g_new0(StagedCpu, gic->cpu_count);
    check_irss(gic, state, staged->irs);
    vgic_v5_check_spis(gic, state, &staged->irqs);
    check_cpus(gic, state, staged->cpus);
    if (gic->lpis.bits) {
        check_ists(gic->v5, state, staged->ist, staged->irqs.end);
        vgic_v5_check_lpis(gic, state, &staged->irqs);
    }
    if (gic->v5->its_count) {
        staged->its = vgic_v5_check_its(gic, state);
    }
    if (gic->v5->iwb_count) {
        staged->iwb = vgic_v5_check_iwb(gic, state);
    }
    check_orders(gic, state->load, staged);
    return staged;
}

static void apply_registers(Vgic *gic, const Staged *staged)
{
    VgicV5 *v5 = gic->v5;

    for (uint32_t i = 0; i < v5->irs_count; i++) {
        apply_irs(&v5->irs[i], &staged->irs[i]);
    }
    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        vgic_v5_ist_restore(v5, domain, staged->ist[domain].baser, staged->ist[domain].cfgr);
    }
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        apply_cpu(gic->cpus[i].v5, v5, &staged->cpus[i]);
        vgic_cpu_configure(&gic->cpus[i]);
    }
    vgic_v5_apply_its(gic, staged->its);
    vgic_v5_apply_iwb(gic, staged->iwb);
}

static void apply(Vgic *gic, void *data)
{
    Staged *staged = data;
    size_t lpis = 0;

    apply_registers(gic, staged);
    vgic_v5_apply_irqs(gic, &staged->irqs);
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        lpis += vgic_v5_queue_order(&gic->cpus[i], &staged->cpus[i].order);
    }
    vgic_v5_queue_others(gic, &staged->irqs, lpis);
}

static void drop(void *data)
{
    Staged *staged = data;

    vgic_v5_drop_irqs(&staged->irqs);
    g_free(staged->irs);
    g_free(staged->cpus);
    g_free(staged->its);
    g_free(staged->iwb);
    g_free(staged);
}

const VgicWholeStateOps vgic_v5_state = {
    .save = save,
    .size_limit = size_limit,
    .check = check,
    .apply = apply,
    .drop = drop,
};

/* The configuration. */

static void fill_irs(const VgicV5 *v5, VgicV5Options *options)
{
    uint32_t *cpus = g_new(uint32_t, v5->irs_count), *spis = g_new(uint32_t, v5->irs_count);

    for (uint32_t i = 0; i < v5->irs_count; i++) {
        cpus[i] = v5->irs[i].cpu_count;
        spis[i] = v5->irs[i].spi_count;
    }
    g_free((uint32_t *)options->irs_cpus);
    g_free((uint32_t *)options->irs_spis);
    options->irs = v5->irs_count;
    options->irs_cpus = cpus;
    options->irs_spis = spis;
}

void vgic_v5_fill_config(Vgic *gic)
{
    const VgicV5 *v5 = gic->v5;
    VgicV5Options *options = &gic->config.v5;
    uint16_t *iaffids = g_new(uint16_t, gic->cpu_count);

    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        iaffids[i] = v5->cpus[i].iaffid;
    }
    g_free((uint16_t *)options->iaffids);
    options->iaffids = iaffids;
    fill_irs(v5, options);
    options->domains = v5->domains;
    for (unsigned i = 0; i < VGIC_PPI_WORDS; i++) {
        options->ppis[i] = v5->ppis[i];
        options->edge_ppis[i] = v5->ppis[i] & ~v5->level_ppis[i];
    }
}
