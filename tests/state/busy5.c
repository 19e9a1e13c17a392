/* SPDX-License-Identifier: BSD-2-Clause */
/* A GICv5 in a state that is worth saving. */
#include "states.h"

#include "v5.h"

enum {
    DEVICE = 1,
    SPIS_USED = 16, /* those of other domains follow */
    UNREAD_LPI = 21,
    READ_LPI = 20,
    FAILING_LPI = 900,
    FIRST_WIRE_LPI = 30,
    NOBODY = 0x2FE, /* an IAFFID */
};

/* The table that LPI @p id of the Non-secure domain is in. */
static uint64_t entry_of(const Machine *m, uint32_t id)
{
    return (has(m, V5_TWO_LEVEL) ? L2_IST_AT(0) : IST_AT(DOMAIN_NS)) + 4 * id;
}

static void ppi_of(Machine *m, uint32_t cpu, uint32_t ppi, V5Domain domain)
{
    if (v5_has_domain(m, domain)) {
        v5_ppi_domain(m, cpu, ppi, domain);
        v5_enter(m, cpu, domain);
        v5_configure_ppi(m, cpu, ppi, P_MID);
        v5_enter(m, cpu, DOMAIN_NS);
    }
    v5_ppi_wire(m, cpu, ppi, true);
}

static void private_interrupts(Machine *m, uint32_t cpu)
{
    v5_configure_ppi(m, cpu, PPI_CNTV, P_MID);
    v5_configure_ppi(m, cpu, PPI_CNTP, P_LOW);
    v5_configure_ppi(m, cpu, SW_PPI, P_LOW);
    v5_set_icc(m, cpu, ICC_PPI_SPENDR0_EL1, 1u << SW_PPI);
    v5_ppi_wire(m, cpu, PPI_CNTV, true);
    v5_ppi_wire(m, cpu, 26, true); /* not enabled */
    ppi_of(m, cpu, PPI_CTI, DOMAIN_S);
    ppi_of(m, cpu, 28, DOMAIN_EL3);
    ppi_of(m, cpu, 29, DOMAIN_RL);
}

static void shared_interrupts(Machine *m)
{
    for (uint32_t spi = 0; spi < SPIS_USED; spi++) {
        v5_spi_trigger(m, DOMAIN_NS, spi, spi % 3 ? LEVEL : EDGE);
        v5_configure(m, 0, VGIC_V5_SPI(spi), spi & 1 ? P_MID : P_LOW, spi % m->config.cpus);
        v5_spi_wire(m, spi, spi & 4);
    }
    v5_cdpend(m, 0, VGIC_V5_SPI(10), true);
    v5_cdpend(m, 0, VGIC_V5_SPI(8), true);
    v5_cdhm(m, 0, VGIC_V5_SPI(8), true);
    v5_cddis(m, 0, VGIC_V5_SPI(15));
    v5_cdaff(m, 0, VGIC_V5_SPI(13), NOBODY);
    v5_cdaff_one_of_n(m, 0, VGIC_V5_SPI(5));
    v5_cdaff_one_of_n(m, 0, VGIC_V5_SPI(6));
    v5_cdaff_one_of_n(m, 0, VGIC_V5_SPI(2)); /* not pending */
}

static void spis_of_other_domains(Machine *m)
{
    for (V5Domain domain = DOMAIN_S; domain < DOMAINS; domain++) {
        const uint32_t spi = SPIS_USED + domain;

        if (domain != DOMAIN_NS && v5_has_domain(m, domain)) {
            v5_spi_domain(m, spi, domain);
            v5_enter(m, 0, domain);
            v5_configure(m, 0, VGIC_V5_SPI(spi), P_LOW, domain % m->config.cpus);
            v5_spi_wire(m, spi, true);
            v5_enter(m, 0, DOMAIN_NS);
        }
    }
}

static void lpis_of(Machine *m, V5Domain domain)
{
    v5_enter(m, 0, domain);
    for (uint32_t id = 0; id < 10; id++) {
        v5_configure(m, 0, VGIC_V5_LPI(id), id & 1 ? P_MID : P_LOW, id % m->config.cpus);
        v5_cdpend(m, 0, VGIC_V5_LPI(id), id % 3);
    }
    v5_cdaff_one_of_n(m, 0, VGIC_V5_LPI(4));
    v5_cdhm(m, 0, VGIC_V5_LPI(5), true);
    v5_cddis(m, 0, VGIC_V5_LPI(8));
    v5_enter(m, 0, DOMAIN_NS);
}

static void lpis(Machine *m)
{
    if (has(m, V5_TWO_LEVEL)) {
        v5_ist_off(m, DOMAIN_NS);
        v5_ist(m, DOMAIN_NS, IST_AT(DOMAIN_NS), IST_CFGR(16, 0, 0) | IST_TWO_LEVEL);
        v5_map_l2(m, DOMAIN_NS, IST_AT(DOMAIN_NS), 0, L2_IST_AT(0), 0);
    }
    for (V5Domain domain = DOMAIN_S; domain < DOMAINS; domain++) {
        if (v5_has_domain(m, domain)) {
            lpis_of(m, domain);
        }
    }
    v5_put_iste(m, entry_of(m, READ_LPI),
                ISTE_PENDING | ISTE_ENABLE | ISTE_PRIORITY(P_MID) |
                    ISTE_IAFFID(v5_iaffid(m, last_cpu(m))));
    v5_put_iste(m, entry_of(m, UNREAD_LPI), ISTE_ENABLE | ISTE_PRIORITY(P_HIGH));
    v5_cdrcfg(m, 0, VGIC_V5_LPI(READ_LPI));
    if (has(m, V5_SETLPI)) {
        v5_setlpi(m, 0, DOMAIN_NS, 6);
    }
}

/* Something active at every PE, with another one on top of it. One of them is routed elsewhere. */
static void active_interrupts(Machine *m)
{
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        v5_cdia(m, cpu);
        v5_configure_ppi(m, cpu, SW_PPI, P_HIGH);
        v5_set_icc(m, cpu, ICC_PPI_SPENDR0_EL1, 1u << SW_PPI);
        v5_cdia(m, cpu);
    }
    v5_cdaff(m, 0, VGIC_V5_SPI(1), v5_iaffid(m, 0));
    v5_cdpri(m, 0, VGIC_V5_SPI(1), 0);
    v5_cdpend(m, 0, VGIC_V5_SPI(1), true);
    v5_cdia(m, 0);
    v5_cdaff(m, 0, VGIC_V5_SPI(1), v5_iaffid(m, last_cpu(m)));
}

/* An LPI whose entry cannot be read: noted. */
static void software_error(Machine *m)
{
    ram_fail(&m->host.ram, entry_of(m, FAILING_LPI), entry_of(m, FAILING_LPI) + 3, FAIL_READS);
    v5_cden(m, 0, VGIC_V5_LPI(FAILING_LPI));
    v5_cden(m, 0, VGIC_V5_LPI(FAILING_LPI));
    ram_heal(&m->host.ram);
}

static void other_registers(Machine *m)
{
    const uint32_t cpu = last_cpu(m);

    v5_set_icc(m, cpu, ICC_PCR_EL1, 25);
    v5_set_icc(m, cpu, ICC_CR0_EL1, CR0_EN | 1ull << 38 | 12ull << 32);
    v5_cdrcfg(m, cpu, VGIC_V5_SPI(8));
    irs_write(m, 0, DOMAIN_NS, IRS_CR1, 0xA5C3);
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_SELR, 5);
    irs_write(m, v5_irs_count(m) - 1, DOMAIN_NS, IRS_PE_SELR, v5_iaffid(m, cpu));
    irs_write(m, v5_irs_count(m) - 1, DOMAIN_NS, IRS_PE_CR0, 1);
    if (has(m, V5_LPIS)) {
        software_error(m);
    }
}

static void its_traffic(Machine *m)
{
    for (V5Domain domain = DOMAIN_S; domain < DOMAINS; domain++) {
        if (!v5_has_domain(m, domain)) {
            continue;
        }
        v5_its_start(m, 0, domain, 8);
        v5_device(m, 0, domain, DEVICE, 4, ITT_AT(domain));
        for (uint32_t event = 0; event < 8; event++) {
            v5_event(m, 0, domain, DEVICE, event, ITT_AT(domain), event);
            v5_msi(m, 0, domain, DEVICE, event % 3 ? event : 9);
        }
        v5_read_event(m, 0, domain, DEVICE, 3);
    }
    its5_write(m, 0, DOMAIN_NS, ITS_CR1, 0xE9);
    its5_write64(m, 0, DOMAIN_NS, ITS_GEN_EVENT_DIDR, DEVICE);
    its5_write(m, 0, DOMAIN_NS, ITS_GEN_EVENT_EIDR, 3);
    its5_write(m, 0, DOMAIN_NS, ITS_GEN_EVENTR, 1u << 31 | DOMAIN_NS);
    ram_fail(&m->host.ram, ITT_AT(DOMAIN_NS) + 8 * 12, ITT_AT(DOMAIN_NS) + 8 * 12 + 7, FAIL_READS);
    v5_msi(m, 0, DOMAIN_NS, DEVICE, 12);
    ram_heal(&m->host.ram);
}

static void wires(Machine *m)
{
    const VgicIwbOptions *iwb = &m->config.v5.iwb[0];
    const VgicAttrs owner = v5_space(m, has(m, V5_EL3) ? DOMAIN_EL3 : DOMAIN_NS);

    v5_its_start(m, iwb->its, DOMAIN_NS, 8);
    v5_device(m, iwb->its, DOMAIN_NS, iwb->device, 5, ITT_AT(8));
    for (uint32_t wire = 0; wire < 32; wire++) {
        v5_event(m, iwb->its, DOMAIN_NS, iwb->device, wire, ITT_AT(8), FIRST_WIRE_LPI + wire);
        v5_cden(m, 0, VGIC_V5_LPI(FIRST_WIRE_LPI + wire));
    }
    iwb_write(m, 0, VGIC_NS, IWB_WTMR(0), 0x0F0F);
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 0xFFF0);
    for (uint32_t wire = 0; wire < 32; wire++) {
        vgic_iwb_set_level(m->gic, vgic_frame(m->gic, "IWB"), wire, wire % 3);
    }
    iwb_write(m, 0, owner, IWB_WDOMAINR(1), 0x55555500);
    iwb_write(m, 0, owner, IWB_CR0, !has(m, V5_REALM));
}

/* PEs execute in the domains in turn. */
static void other_states(Machine *m)
{
    V5Domain domain = DOMAIN_S;

    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++, domain = (domain + 1) % DOMAINS) {
        while (!v5_has_domain(m, domain)) {
            domain = (domain + 1) % DOMAINS;
        }
        v5_enter(m, cpu, domain);
    }
}

/* No PE takes part any more. */
static void one_of_n_waits(Machine *m)
{
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
            irs_write(m, irs, DOMAIN_NS, IRS_PE_SELR, v5_iaffid(m, cpu));
            irs_write(m, irs, DOMAIN_NS, IRS_PE_CR0, 1);
        }
    }
}

void make_busy5(Machine *m, unsigned steps)
{
    if (steps > 0) {
        v5_start_all(m);
    }
    for (uint32_t cpu = 0; steps > 1 && cpu < m->config.cpus; cpu++) {
        private_interrupts(m, cpu);
    }
    if (steps > 2) {
        shared_interrupts(m);
        spis_of_other_domains(m);
    }
    if (steps > 3 && has(m, V5_LPIS)) {
        lpis(m);
    }
    if (steps > 4) {
        active_interrupts(m);
    }
    if (steps > 5) {
        other_registers(m);
    }
    if (steps > 6 && has(m, V5_ITS)) {
        its_traffic(m);
    }
    if (steps > 7 && has(m, V5_IWB)) {
        wires(m);
    }
    if (steps > 8) {
        other_states(m);
    }
    if (steps > 9 && has(m, V5_ONE_OF_N)) {
        one_of_n_waits(m);
    }
}

unsigned drain5(Machine *m, uint32_t *intids, unsigned room)
{
    unsigned count = 0;

    for (unsigned round = 0; round < 30; round++) {
        for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
            for (V5Domain domain = DOMAIN_S; domain < DOMAINS && count < room; domain++) {
                if (!v5_has_domain(m, domain)) {
                    continue;
                }
                v5_enter(m, cpu, domain);
                const uint32_t intid = (uint32_t)v5_cdia(m, cpu);

                intids[count++] = intid;
                v5_cdeoi(m, cpu);
                /* What is handled as a level would come back for ever. */
                if (intid >> 29 == 1) {
                    v5_ppi_wire(m, cpu, intid & 127, false);
                } else if (intid) {
                    v5_cdpend(m, cpu, intid, false);
                }
                if (intid) {
                    v5_cddi(m, cpu, intid);
                }
            }
        }
    }
    return count;
}
