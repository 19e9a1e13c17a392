/* SPDX-License-Identifier: BSD-2-Clause */
#include "v5.h"

#include "suite.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static const uint16_t odd_iaffids[] = {0x12, 0x3, 0x3FF, 0x100};
static const uint32_t one_and_three[] = {1, 3};
static const uint32_t forty_and_sixty[] = {40, 60};
static const VgicIwbOptions one_iwb[] = {{.wires = 64, .its = 0, .device = 0x77}};
static const VgicIwbOptions two_iwbs[] = {{.wires = 32, .its = 1, .device = 5},
                                          {.wires = 96, .its = 0, .device = 9}};

const MachineType v5_machine_types[] = {
    {.name = "v5-1cpu", .config = V5(.cpus = 1, .spis = 64, .lpi_bits = 16)},
    {.name = "v5-4cpu-its",
     .config = V5(.cpus = 4, .spis = 256, .lpi_bits = 24, .its = 1, .nmi = true)},
    {.name = "v5-2cpu-el3",
     .config = V5(.cpus = 2, .spis = 64, .lpi_bits = 16, .el3 = true, .nmi = true, .its = 1,
                  .v5 = {.iwbs = COUNT(one_iwb), .iwb = one_iwb})},
    {.name = "v5-4cpu-realm",
     .config = V5(.cpus = 4, .spis = 96, .lpi_bits = 14, .el3 = true, .its = 2,
                  .v5 = {.domains = 0xF, .irs = 2, .iwbs = COUNT(two_iwbs), .iwb = two_iwbs})},
    {.name = "v5-4cpu-two-irs",
     .config = V5(.cpus = 4, .spis = 100, .lpi_bits = 20, .its = 1,
                  .v5 = {.irs = 2,
                         .irs_cpus = one_and_three,
                         .irs_spis = forty_and_sixty,
                         .iaffids = odd_iaffids,
                         .iaffid_bits = 10,
                         .iwbs = COUNT(one_iwb),
                         .iwb = one_iwb})},
    {.name = "v5-2cpu-options",
     .config = V5(.cpus = 2, .spis = 40, .lpi_bits = 16, .its = 1, .priority_bits = 3,
                  .no_one_of_n = true, .single_threaded = true, .iidr = 0x1234543B,
                  .its_options = {.device_bits = 8,
                                  .event_bits = 5,
                                  .flat_tables_only = true,
                                  .cache_entries = 64},
                  .v5 = {.id_bits = 16,
                         .min_lpi_bits = 12,
                         .ist_l2_sizes = 1,
                         .linear_ist_only = true,
                         .no_setlpi = true,
                         .no_software_errors = true,
                         .ppis = {UINT64_MAX, UINT64_MAX},
                         .edge_ppis = {1ull << 24 | 1ull << 40, 1ull << 6 | 1ull << 63}})},
    {.name = "v5-2cpu-plain", .config = V5(.cpus = 2, .spis = 32)},
};

const unsigned v5_machine_type_count = COUNT(v5_machine_types);

uint32_t v5_features(const VgicConfig *c)
{
    const VgicV5Options *v5 = &c->v5;
    const bool two_level = c->lpi_bits >= 16 && !v5->linear_ist_only && !v5->ist_l2_sizes;

    return (c->cpus >= 2 ? V5_SMP : 0) | (c->cpus >= 4 ? V5_QUAD : 0) |
           (c->el3 ? V5_EL3 : V5_NO_EL3) |
           (v5->domains & 8 ? V5_REALM
            : c->el3        ? V5_NO_REALM
                            : 0) |
           (v5->irs > 1 ? V5_TWO_IRS : 0) | (c->lpi_bits ? V5_LPIS : V5_NO_LPIS) |
           (c->its ? V5_ITS : 0) | (c->its > 1 ? V5_TWO_ITS : 0) | (v5->iwbs ? V5_IWB : 0) |
           (c->no_one_of_n ? V5_NO_ONE_OF_N : V5_ONE_OF_N) | (c->nmi ? V5_NMI : V5_NO_NMI) |
           (c->lpi_bits ? (v5->no_setlpi ? V5_NO_SETLPI : V5_SETLPI) : 0) |
           (c->lpi_bits && !v5->no_software_errors ? V5_SWERR : V5_NO_SWERR) |
           (two_level ? V5_TWO_LEVEL : 0) | (v5->linear_ist_only ? V5_LINEAR : 0) |
           (c->its && !c->its_options.flat_tables_only ? V5_DT_LEVELS : 0);
}

Machine *v5_machine(const VgicConfig *config)
{
    Machine *m = machine_new("own", config, false);

    assert_non_null(m);
    return m;
}

bool v5_has_domain(const Machine *m, V5Domain domain)
{
    switch (domain) {
    case DOMAIN_NS:
        return true;
    case DOMAIN_RL:
        return has(m, V5_REALM);
    default:
        return has(m, V5_EL3);
    }
}

const char *v5_domain_name(V5Domain domain)
{
    static const char *const names[] = {"Secure", "Non-secure", "EL3", "Realm"};

    return names[domain];
}

VgicAttrs v5_space(const Machine *m, V5Domain domain)
{
    if (domain == DOMAIN_EL3) {
        return has(m, V5_REALM) ? VGIC_ROOT : VGIC_S;
    }
    return (VgicAttrs)domain;
}

VgicCpuState v5_el3(const Machine *m, V5Domain logical)
{
    return (VgicCpuState){.el = 3,
                          .space = (uint8_t)v5_space(m, DOMAIN_EL3),
                          .scr_el3 = (logical & 1 ? SCR_NS : 0) | (logical & 2 ? SCR_NSE : 0)};
}

VgicCpuState v5_state(const Machine *m, V5Domain domain)
{
    VgicCpuState state = v5_el3(m, domain == DOMAIN_EL3 ? DOMAIN_S : domain);

    if (domain != DOMAIN_EL3) {
        state.el = 1;
        state.space = (uint8_t)domain;
    }
    return state;
}

void v5_run(Machine *m, uint32_t cpu, VgicCpuState state)
{
    m->current[cpu] = state;
    vgic_cpu_set_state(m->gic, cpu, &state);
}

void v5_enter(Machine *m, uint32_t cpu, V5Domain domain)
{
    v5_run(m, cpu, v5_state(m, domain));
}

VgicResult v5_try_read(Machine *m, uint32_t cpu, uint32_t reg, uint64_t *value)
{
    return icc_try_read(m, cpu, &m->current[cpu], reg, value);
}

VgicResult v5_try_write(Machine *m, uint32_t cpu, uint32_t reg, uint64_t value)
{
    return icc_try_write(m, cpu, &m->current[cpu], reg, value);
}

uint64_t v5_icc(Machine *m, uint32_t cpu, uint32_t reg)
{
    return icc_read(m, cpu, &m->current[cpu], reg);
}

void v5_set_icc(Machine *m, uint32_t cpu, uint32_t reg, uint64_t value)
{
    icc_write(m, cpu, &m->current[cpu], reg, value);
}

void v5_gic(Machine *m, uint32_t cpu, uint32_t instruction, uint64_t operand)
{
    v5_set_icc(m, cpu, instruction, operand);
}

void v5_cden(Machine *m, uint32_t cpu, uint32_t intid)
{
    v5_gic(m, cpu, GIC_CDEN, intid);
}

void v5_cddis(Machine *m, uint32_t cpu, uint32_t intid)
{
    v5_gic(m, cpu, GIC_CDDIS, intid);
}

void v5_cdpri(Machine *m, uint32_t cpu, uint32_t intid, uint32_t priority)
{
    v5_gic(m, cpu, GIC_CDPRI, intid | (uint64_t)priority << 35);
}

void v5_cdaff(Machine *m, uint32_t cpu, uint32_t intid, uint32_t iaffid)
{
    v5_gic(m, cpu, GIC_CDAFF, intid | (uint64_t)iaffid << 32);
}

void v5_cdaff_one_of_n(Machine *m, uint32_t cpu, uint32_t intid)
{
    v5_gic(m, cpu, GIC_CDAFF, intid | 1u << 28);
}

void v5_cdpend(Machine *m, uint32_t cpu, uint32_t intid, bool pending)
{
    v5_gic(m, cpu, GIC_CDPEND, intid | (uint64_t)pending << 32);
}

void v5_cdhm(Machine *m, uint32_t cpu, uint32_t intid, bool level)
{
    v5_gic(m, cpu, GIC_CDHM, intid | (uint64_t)level << 32);
}

uint64_t v5_cdrcfg(Machine *m, uint32_t cpu, uint32_t intid)
{
    v5_set_icc(m, cpu, ICC_ICSR_EL1, ~0ull);
    v5_gic(m, cpu, GIC_CDRCFG, intid);
    return v5_icc(m, cpu, ICC_ICSR_EL1);
}

void v5_cdeoi(Machine *m, uint32_t cpu)
{
    v5_gic(m, cpu, GIC_CDEOI, 0);
}

void v5_cddi(Machine *m, uint32_t cpu, uint32_t intid)
{
    v5_gic(m, cpu, GIC_CDDI, intid);
}

uint64_t v5_cdia(Machine *m, uint32_t cpu)
{
    return v5_icc(m, cpu, GICR_CDIA);
}

uint64_t v5_cdnmia(Machine *m, uint32_t cpu)
{
    return v5_icc(m, cpu, GICR_CDNMIA);
}

uint64_t v5_hppir(Machine *m, uint32_t cpu)
{
    return v5_icc(m, cpu, ICC_HPPIR_EL1);
}

uint16_t v5_iaffid(const Machine *m, uint32_t cpu)
{
    return m->config.v5.iaffids ? m->config.v5.iaffids[cpu] : (uint16_t)cpu;
}

uint32_t v5_priority(const Machine *m, uint32_t priority)
{
    const unsigned bits = m->config.priority_bits ? m->config.priority_bits : 5;

    return priority & 0x1F & 0x1Fu << (5 - bits);
}

bool v5_nmi(const Machine *m, uint32_t cpu)
{
    return vgic_cpu_lines(m->gic, cpu) & VGIC_LINE_NMI;
}

void v5_configure(Machine *m, uint32_t cpu, uint32_t intid, uint32_t priority, uint32_t target)
{
    v5_cdpri(m, cpu, intid, priority);
    v5_cdaff(m, cpu, intid, v5_iaffid(m, target));
    v5_cden(m, cpu, intid);
}

void v5_configure_ppi(Machine *m, uint32_t cpu, uint32_t ppi, uint32_t priority)
{
    const uint32_t priorities =
        ppi < 64 ? ICC_PPI_PRIORITYR0_EL1 + ppi / 8 : ICC_PPI_PRIORITYR8_EL1 + (ppi - 64) / 8;
    const uint32_t enables = ICC_PPI_ENABLER0_EL1 + ppi / 64;
    const uint64_t others = v5_icc(m, cpu, priorities) & ~(0xFFull << 8 * (ppi % 8));

    v5_set_icc(m, cpu, priorities, others | (uint64_t)priority << 8 * (ppi % 8));
    v5_set_icc(m, cpu, enables, v5_icc(m, cpu, enables) | 1ull << ppi % 64);
}

bool v5_ppi_enabled(Machine *m, uint32_t cpu, uint32_t ppi)
{
    return v5_icc(m, cpu, ICC_PPI_ENABLER0_EL1 + ppi / 64) >> ppi % 64 & 1;
}

bool v5_ppi_pending(Machine *m, uint32_t cpu, uint32_t ppi)
{
    return v5_icc(m, cpu, ICC_PPI_SPENDR0_EL1 + ppi / 64) >> ppi % 64 & 1;
}

bool v5_ppi_active(Machine *m, uint32_t cpu, uint32_t ppi)
{
    return v5_icc(m, cpu, ICC_PPI_SACTIVER0_EL1 + ppi / 64) >> ppi % 64 & 1;
}

uint64_t v5_ppis(const Machine *m, unsigned n)
{
    const uint64_t *given = m->config.v5.ppis;

    if (given[0] || given[1]) {
        return given[n];
    }
    return n ? 0 : 1ull << SW_PPI | 1ull << 15 | 0xFFF80000ull;
}

uint64_t v5_edge_ppis(const Machine *m, unsigned n)
{
    return m->config.v5.edge_ppis[n] | (n ? 0 : 1ull << SW_PPI);
}

bool v5_takes_active(Machine *m, uint32_t cpu, uint32_t intid)
{
    const uint64_t got = v5_cdia(m, cpu);

    if (got != (intid ? INTID_VALID | intid : 0)) {
        print_error("PE %u acknowledged 0x%llx, not 0x%x\n", cpu, (unsigned long long)got, intid);
    }
    if (got & INTID_VALID) {
        v5_cdeoi(m, cpu);
    }
    return got == (intid ? INTID_VALID | intid : 0);
}

bool v5_takes(Machine *m, uint32_t cpu, uint32_t intid)
{
    const bool good = v5_takes_active(m, cpu, intid);

    if (good && intid) {
        v5_cddi(m, cpu, intid);
    }
    return good;
}

const VgicFrame *v5_frame(const Machine *m, const char *kind, unsigned number, const char *part,
                          V5Domain domain)
{
    static const char *const suffixes[] = {"_S", "", "_EL3", "_RL"};
    char name[40], digits[12] = "";

    if (number) {
        snprintf(digits, sizeof(digits), "%u", number);
    }
    snprintf(name, sizeof(name), "%s%s%s%s", kind, digits, part, suffixes[domain]);
    return vgic_frame(m->gic, name);
}

uint64_t v5_frame_read(Machine *m, const VgicFrame *frame, VgicAttrs attrs, uint32_t offset,
                       uint32_t size)
{
    uint64_t value = UINT64_MAX;
    const VgicResult result = vgic_frame_read(m->gic, frame, attrs, offset, size, &value);

    if (result != VGIC_OK && (result != VGIC_RAZ_WI || value != 0)) {
        fail_msg("read of 0x%x, %u bytes: result %d, value 0x%llx", offset, size, result,
                 (unsigned long long)value);
    }
    if (size < 8 && value >> 8 * size) {
        fail_msg("read of 0x%x, %u bytes: 0x%llx has more", offset, size,
                 (unsigned long long)value);
    }
    return value;
}

void v5_frame_write(Machine *m, const VgicFrame *frame, VgicAttrs attrs, uint32_t offset,
                    uint32_t size, uint64_t value)
{
    const VgicResult result = vgic_frame_write(m->gic, frame, attrs, offset, size, value);

    if (result != VGIC_OK && result != VGIC_RAZ_WI) {
        fail_msg("write of 0x%x, %u bytes: result %d", offset, size, result);
    }
}

uint32_t irs_read(Machine *m, unsigned irs, V5Domain domain, uint32_t offset)
{
    return (uint32_t)v5_frame_read(m, v5_frame(m, "IRS", irs, "", domain), v5_space(m, domain),
                                   offset, 4);
}

void irs_write(Machine *m, unsigned irs, V5Domain domain, uint32_t offset, uint32_t value)
{
    v5_frame_write(m, v5_frame(m, "IRS", irs, "", domain), v5_space(m, domain), offset, 4, value);
}

uint64_t irs_read64(Machine *m, unsigned irs, V5Domain domain, uint32_t offset)
{
    return v5_frame_read(m, v5_frame(m, "IRS", irs, "", domain), v5_space(m, domain), offset, 8);
}

void irs_write64(Machine *m, unsigned irs, V5Domain domain, uint32_t offset, uint64_t value)
{
    v5_frame_write(m, v5_frame(m, "IRS", irs, "", domain), v5_space(m, domain), offset, 8, value);
}

void v5_setlpi(Machine *m, unsigned irs, V5Domain domain, uint32_t id)
{
    v5_frame_write(m, v5_frame(m, "IRS", irs, "_SETLPI", domain), v5_space(m, domain), IRS_SETLPIR,
                   4, id);
}

uint32_t its5_read(Machine *m, unsigned its, V5Domain domain, uint32_t offset)
{
    return (uint32_t)v5_frame_read(m, v5_frame(m, "ITS", its, "", domain), v5_space(m, domain),
                                   offset, 4);
}

void its5_write(Machine *m, unsigned its, V5Domain domain, uint32_t offset, uint32_t value)
{
    v5_frame_write(m, v5_frame(m, "ITS", its, "", domain), v5_space(m, domain), offset, 4, value);
}

uint64_t its5_read64(Machine *m, unsigned its, V5Domain domain, uint32_t offset)
{
    return v5_frame_read(m, v5_frame(m, "ITS", its, "", domain), v5_space(m, domain), offset, 8);
}

void its5_write64(Machine *m, unsigned its, V5Domain domain, uint32_t offset, uint64_t value)
{
    v5_frame_write(m, v5_frame(m, "ITS", its, "", domain), v5_space(m, domain), offset, 8, value);
}

uint32_t iwb_read(Machine *m, unsigned iwb, VgicAttrs attrs, uint32_t offset)
{
    return (uint32_t)v5_frame_read(m, v5_frame(m, "IWB", iwb, "", DOMAIN_NS), attrs, offset, 4);
}

void iwb_write(Machine *m, unsigned iwb, VgicAttrs attrs, uint32_t offset, uint32_t value)
{
    v5_frame_write(m, v5_frame(m, "IWB", iwb, "", DOMAIN_NS), attrs, offset, 4, value);
}

unsigned v5_irs_count(const Machine *m)
{
    return m->config.v5.irs ? m->config.v5.irs : 1;
}

/* What IRS @p irs has of @p all, spread evenly unless the configuration says. */
static uint32_t share(const Machine *m, const uint32_t *given, uint32_t all, unsigned irs)
{
    const unsigned count = v5_irs_count(m);

    return given ? given[irs] : all / count + (irs < all % count);
}

uint32_t v5_irs_spis(const Machine *m, unsigned irs)
{
    return share(m, m->config.v5.irs_spis, m->config.spis, irs);
}

uint32_t v5_spi_base(const Machine *m, unsigned irs)
{
    return irs ? v5_spi_base(m, irs - 1) + v5_irs_spis(m, irs - 1) : 0;
}

unsigned v5_irs_of_spi(const Machine *m, uint32_t spi)
{
    unsigned irs = 0;

    while (spi >= v5_spi_base(m, irs) + v5_irs_spis(m, irs)) {
        irs++;
    }
    return irs;
}

uint32_t v5_irs_cpus(const Machine *m, unsigned irs)
{
    return share(m, m->config.v5.irs_cpus, m->config.cpus, irs);
}

uint32_t v5_first_cpu(const Machine *m, unsigned irs)
{
    return irs ? v5_first_cpu(m, irs - 1) + v5_irs_cpus(m, irs - 1) : 0;
}

void v5_spi_trigger(Machine *m, V5Domain domain, uint32_t spi, Trigger trigger)
{
    const unsigned irs = v5_irs_of_spi(m, spi);

    irs_write(m, irs, domain, IRS_SPI_SELR, spi);
    assert_int_equal(irs_read(m, irs, domain, IRS_SPI_STATUSR), IDLE | SELECTED);
    irs_write(m, irs, domain, IRS_SPI_CFGR, trigger == LEVEL);
    assert_int_equal(irs_read(m, irs, domain, IRS_SPI_STATUSR), IDLE | SELECTED);
}

void v5_spi_domain(Machine *m, uint32_t spi, V5Domain domain)
{
    const unsigned irs = v5_irs_of_spi(m, spi);

    if (has(m, V5_EL3)) {
        irs_write(m, irs, DOMAIN_EL3, IRS_SPI_SELR, spi);
        assert_int_equal(irs_read(m, irs, DOMAIN_EL3, IRS_SPI_STATUSR), IDLE | SELECTED);
        irs_write(m, irs, DOMAIN_EL3, IRS_SPI_DOMAINR, domain);
    }
}

void v5_ppi_domain(Machine *m, uint32_t cpu, uint32_t ppi, V5Domain domain)
{
    const VgicCpuState at_el3 = v5_el3(m, DOMAIN_NS);
    const uint32_t reg = ICC_PPI_DOMAINR0_EL3 + ppi / 32;
    const unsigned shift = 2 * (ppi % 32);

    if (has(m, V5_EL3)) {
        const uint64_t others = icc_read(m, cpu, &at_el3, reg) & ~(3ull << shift);
        icc_write(m, cpu, &at_el3, reg, others | (uint64_t)domain << shift);
    }
}

void v5_spi_wire(Machine *m, uint32_t spi, bool level)
{
    assert_true(vgic_spi_set_level(m->gic, spi, level));
}

void v5_ppi_wire(Machine *m, uint32_t cpu, uint32_t ppi, bool level)
{
    assert_true(vgic_ppi_set_level(m->gic, cpu, ppi, level));
}

unsigned v5_ist_bits(const Machine *m)
{
    return m->config.lpi_bits < 14 ? m->config.lpi_bits : 14;
}

void v5_ist(Machine *m, V5Domain domain, uint64_t base, uint32_t cfgr)
{
    irs_write(m, 0, domain, IRS_IST_CFGR, cfgr);
    irs_write64(m, 0, domain, IRS_IST_BASER, base | IST_VALID);
    assert_int_equal(irs_read(m, 0, domain, IRS_IST_STATUSR), IDLE);
}

void v5_ist_off(Machine *m, V5Domain domain)
{
    irs_write64(m, 0, domain, IRS_IST_BASER, 0);
    assert_int_equal(irs_read(m, 0, domain, IRS_IST_STATUSR), IDLE);
}

void v5_map_l2(Machine *m, V5Domain domain, uint64_t base, uint32_t index, uint64_t table,
               uint32_t id)
{
    ram_put64(&m->host.ram, base + 8ull * index, table);
    irs_write(m, 0, domain, IRS_MAP_L2_ISTR, id);
    assert_int_equal(irs_read(m, 0, domain, IRS_IST_STATUSR), IDLE);
}

uint32_t v5_iste(const Machine *m, uint64_t address)
{
    return (uint32_t)(ram_get64(&m->host.ram, address & ~7ull) >> 8 * (address & 4));
}

void v5_put_iste(Machine *m, uint64_t address, uint32_t iste)
{
    uint8_t bytes[4];

    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(iste >> 8 * i);
    }
    ram_write(&m->host.ram, address, bytes, 4);
}

void v5_its_start(Machine *m, unsigned its, V5Domain domain, unsigned bits)
{
    its5_write(m, its, domain, ITS_CR0, 0);
    its5_write(m, its, domain, ITS_DT_CFGR, bits);
    its5_write64(m, its, domain, ITS_DT_BASER, DT_AT(domain));
    its5_write(m, its, domain, ITS_CR0, CR0_EN);
    assert_int_equal(its5_read(m, its, domain, ITS_CR0), CR0_EN | CR0_IDLE);
}

void v5_device(Machine *m, unsigned its, V5Domain domain, uint32_t device, unsigned event_bits,
               uint64_t itt)
{
    ram_put64(&m->host.ram, DT_AT(domain) + 8ull * device, (uint64_t)event_bits << 59 | itt | 1);
    v5_inv_device(m, its, domain, device);
}

void v5_event(Machine *m, unsigned its, V5Domain domain, uint32_t device, uint32_t event,
              uint64_t itt, uint32_t id)
{
    ram_put64(&m->host.ram, itt + 8ull * event, 1ull << 31 | id);
    v5_inv_event(m, its, domain, device, event);
}

void v5_msi(Machine *m, unsigned its, V5Domain domain, uint32_t device, uint32_t event)
{
    v5_frame_write(m, v5_frame(m, "ITS", its, "_TRANSLATE", domain),
                   v5_space(m, domain) | VGIC_FROM_DEVICE(device), ITS_TRANSLATER, 4, event);
}

void v5_inv_device(Machine *m, unsigned its, V5Domain domain, uint32_t device)
{
    its5_write64(m, its, domain, ITS_DIDR, device);
    its5_write(m, its, domain, ITS_INV_DEVICER, 1u << 31 | 31u << 1);
    assert_int_equal(its5_read(m, its, domain, ITS_STATUSR), IDLE);
}

void v5_inv_event(Machine *m, unsigned its, V5Domain domain, uint32_t device, uint32_t event)
{
    its5_write64(m, its, domain, ITS_DIDR, device);
    its5_write(m, its, domain, ITS_EIDR, event);
    its5_write(m, its, domain, ITS_INV_EVENTR, 1u << 31);
    assert_int_equal(its5_read(m, its, domain, ITS_STATUSR), IDLE);
}

uint64_t v5_read_event(Machine *m, unsigned its, V5Domain domain, uint32_t device, uint32_t event)
{
    its5_write64(m, its, domain, ITS_DIDR, device);
    its5_write(m, its, domain, ITS_EIDR, event);
    its5_write(m, its, domain, ITS_READ_EVENTR, 1u << 31);
    assert_int_equal(its5_read(m, its, domain, ITS_STATUSR), IDLE);
    return its5_read64(m, its, domain, ITS_READ_EVENT_DATAR);
}

void v5_start_domain(Machine *m, V5Domain domain)
{
    const bool top = domain == DOMAIN_EL3;

    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        v5_enter(m, cpu, domain);
        v5_set_icc(m, cpu, top ? ICC_PCR_EL3 : ICC_PCR_EL1, 31);
        v5_set_icc(m, cpu, top ? ICC_CR0_EL3 : ICC_CR0_EL1,
                   v5_icc(m, cpu, top ? ICC_CR0_EL3 : ICC_CR0_EL1) | CR0_EN);
    }
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        irs_write(m, irs, domain, IRS_CR0, CR0_EN);
    }
    if (has(m, V5_LPIS)) {
        v5_ist(m, domain, IST_AT(domain), IST_CFGR(v5_ist_bits(m), 0, 0));
    }
}

void v5_start(Machine *m)
{
    vgic_act_as_firmware(m->gic);
    v5_start_domain(m, DOMAIN_NS);
    host_forget(&m->host);
}

void v5_start_all(Machine *m)
{
    vgic_act_as_firmware(m->gic);
    for (V5Domain domain = DOMAIN_S; domain < DOMAINS; domain++) {
        if (v5_has_domain(m, domain)) {
            v5_start_domain(m, domain);
        }
    }
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        v5_enter(m, cpu, DOMAIN_NS);
    }
    host_forget(&m->host);
}

void v5_start_without_ist(Machine *m)
{
    v5_start(m);
    if (has(m, V5_LPIS)) {
        v5_ist_off(m, DOMAIN_NS);
    }
    host_forget(&m->host);
}

void v5_leave_entry(Machine *m, uint32_t id)
{
    const uint32_t intid = VGIC_V5_LPI(id);

    v5_configure(m, 0, intid, P_HIGH, 0);
    v5_cdhm(m, 0, intid, true);
    v5_cdpend(m, 0, intid, true);
    assert_true(v5_takes_active(m, 0, intid));
    v5_cdpend(m, 0, intid, false);
}

uint32_t v5_left_entry(const Machine *m)
{
    return ISTE_ACTIVE | ISTE_HM | ISTE_ENABLE | ISTE_PRIORITY(P_HIGH) |
           ISTE_IAFFID(v5_iaffid(m, 0));
}
