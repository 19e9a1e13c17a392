/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each frame of each domain of a GICv5 does its own domain's work: an IRS, its SETLPI frame, an
 * ITS, its translate frame, and an IWB for the wires of the domain.
 */
#include "v5.h"

#include "suite.h"

enum {
    SPI = 5,
    LPI = 77,
    DEVICE = 3,
    EVENT = 9,
    WIRE = 6,
};

typedef void (*DomainTest)(Machine *m, V5Domain domain);

/* Runs a test for each domain of the machine, all of which are on; PE 0 executes in it. */
static void for_each_domain(Machine *m, DomainTest test)
{
    for (V5Domain domain = DOMAIN_S; domain < DOMAINS; domain++) {
        if (v5_has_domain(m, domain)) {
            vgic_reset(m->gic, VGIC_RESET_COLD);
            v5_start_all(m);
            v5_enter(m, 0, domain);
            test(m, domain);
        }
    }
}

/* Every domain but this one. */
static bool is_other(const Machine *m, V5Domain other, V5Domain domain)
{
    return other != domain && v5_has_domain(m, other);
}

#define FOR_EACH_OTHER(m, other, domain)                                                           \
    for (V5Domain other = DOMAIN_S; other < DOMAINS; other++)                                      \
        if (is_other(m, other, domain))

/* The INTID that the domain's highest-priority pending interrupt at PE 0 has, 0: none. */
static uint32_t hppi(Machine *m, V5Domain domain)
{
    const uint64_t value = v5_icc(m, 0, domain == DOMAIN_EL3 ? ICC_HPPIR_EL3 : ICC_HPPIR_EL1);

    return value & INTID_VALID ? (uint32_t)value : 0;
}

static bool irq_pends(const Machine *m, uint32_t intid)
{
    VgicIrqInfo info;

    return vgic_irq_info(m->gic, 0, intid, &info) && info.pending;
}

/* LPI 77 is pending in this domain, and in no other. */
static void assert_pending_here_only(const Machine *m, V5Domain domain)
{
    assert_true(irq_pends(m, VGIC_V5_LPI_OF(domain, LPI)));
    FOR_EACH_OTHER(m, other, domain)
    {
        assert_false(irq_pends(m, VGIC_V5_LPI_OF(other, LPI)));
    }
}

static void assert_pending_nowhere(const Machine *m)
{
    for (V5Domain domain = DOMAIN_S; domain < DOMAINS; domain++) {
        assert_false(irq_pends(m, VGIC_V5_LPI_OF(domain, LPI)));
    }
}

static void check_irsen(Machine *m, V5Domain domain)
{
    const unsigned irs = 0; /* that of PE 0 */

    v5_spi_domain(m, SPI, domain);
    v5_configure(m, 0, VGIC_V5_SPI(SPI), P_MID, 0);
    v5_cdpend(m, 0, VGIC_V5_SPI(SPI), true);
    FOR_EACH_OTHER(m, other, domain)
    {
        irs_write(m, irs, other, IRS_CR0, 0);
    }
    assert_int_equal(hppi(m, domain), VGIC_V5_SPI(SPI));
    irs_write(m, irs, domain, IRS_CR0, 0);
    assert_int_equal(hppi(m, domain), 0);
    FOR_EACH_OTHER(m, other, domain)
    {
        irs_write(m, irs, other, IRS_CR0, CR0_EN);
    }
    assert_int_equal(hppi(m, domain), 0);
    irs_write(m, irs, domain, IRS_CR0, CR0_EN);
    assert_int_equal(hppi(m, domain), VGIC_V5_SPI(SPI));
}

static void the_frame_of_a_domain_turns_its_domain_on_and_off(Machine *m)
{
    for_each_domain(m, check_irsen);
}

static void check_idr0(Machine *m, V5Domain domain)
{
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        assert_int_equal(irs_read(m, irs, domain, IRS_IDR0) & 3, domain);
        assert_int_equal(irs_read(m, irs, domain, IRS_IDR0) >> 16, irs);
    }
    for (unsigned its = 0; its < m->config.its; its++) {
        assert_int_equal(its5_read(m, its, domain, ITS_IDR0) & 3, domain);
        assert_int_equal(its5_read(m, its, domain, ITS_IDR0) >> 16, its);
    }
}

static void frames_say_whose_they_are(Machine *m)
{
    for_each_domain(m, check_idr0);
}

static uint32_t select_spi(Machine *m, V5Domain domain, uint32_t spi)
{
    const unsigned irs = v5_irs_of_spi(m, spi);

    irs_write(m, irs, domain, IRS_SPI_SELR, spi);
    return irs_read(m, irs, domain, IRS_SPI_STATUSR);
}

static void check_spi(Machine *m, V5Domain domain)
{
    const unsigned irs = v5_irs_of_spi(m, SPI);

    v5_spi_domain(m, SPI, domain);
    assert_int_equal(select_spi(m, domain, SPI), IDLE | SELECTED);
    irs_write(m, irs, domain, IRS_SPI_CFGR, 1);
    FOR_EACH_OTHER(m, other, domain)
    {
        const bool el3 = other == DOMAIN_EL3;

        assert_int_equal(select_spi(m, other, SPI), el3 ? IDLE | SELECTED : IDLE);
        assert_int_equal(irs_read(m, irs, other, IRS_SPI_CFGR), el3);
        if (!el3) {
            irs_write(m, irs, other, IRS_SPI_CFGR, 0);
            irs_write(m, irs, other, IRS_SPI_DOMAINR, other);
            assert_int_equal(irs_read(m, irs, other, IRS_SPI_DOMAINR), 0);
        }
    }
    assert_int_equal(irs_read(m, irs, domain, IRS_SPI_CFGR), 1);

    /* Software cleared what the wire holds up; the domain's own frame can sample it again. */
    v5_spi_wire(m, SPI, true);
    v5_cdpend(m, 0, VGIC_V5_SPI(SPI), false);
    FOR_EACH_OTHER(m, other, domain)
    {
        if (other != DOMAIN_EL3) {
            irs_write(m, irs, other, IRS_SPI_RESAMPLER, SPI);
        }
    }
    assert_false(irq_pends(m, VGIC_V5_SPI(SPI)));
    irs_write(m, irs, domain, IRS_SPI_RESAMPLER, SPI);
    assert_true(irq_pends(m, VGIC_V5_SPI(SPI)));
    v5_spi_wire(m, SPI, false);
}

static void an_spi_is_selected_and_configured_by_its_domain(Machine *m)
{
    for_each_domain(m, check_spi);
}

static void check_ist(Machine *m, V5Domain domain)
{
    const uint64_t entry = 4ull * LPI;

    /* The same ID in every domain, each with a priority of its own. */
    for (V5Domain each = DOMAIN_S; each < DOMAINS; each++) {
        if (v5_has_domain(m, each)) {
            v5_enter(m, 0, each);
            v5_configure(m, 0, VGIC_V5_LPI(LPI), P_HIGH * (1 + each % 3), 0);
        }
    }
    v5_ist_off(m, domain);
    assert_int_equal(v5_iste(m, IST_AT(domain) + entry),
                     ISTE_ENABLE | ISTE_PRIORITY(P_HIGH * (1 + domain % 3)) |
                         ISTE_IAFFID(v5_iaffid(m, 0)));
    v5_enter(m, 0, domain);
    assert_int_equal(v5_cdrcfg(m, 0, VGIC_V5_LPI(LPI)), ICSR_F);
    FOR_EACH_OTHER(m, other, domain)
    {
        assert_int_equal(irs_read64(m, 0, other, IRS_IST_BASER), IST_AT(other) | IST_VALID);
        v5_enter(m, 0, other);
        assert_int_equal(v5_cdrcfg(m, 0, VGIC_V5_LPI(LPI)),
                         ICSR_ENABLED | ICSR_PRIORITY(P_HIGH * (1 + other % 3)) |
                             ICSR_IAFFID(v5_iaffid(m, 0)));
    }
}

static void each_domain_has_lpis_of_its_own(Machine *m)
{
    for_each_domain(m, check_ist);
}

static void check_setlpi(Machine *m, V5Domain domain)
{
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        v5_setlpi(m, irs, domain, LPI);
        assert_pending_here_only(m, domain);
        v5_enter(m, 0, domain);
        v5_cdpend(m, 0, VGIC_V5_LPI(LPI), false);
    }
}

static void a_setlpi_frame_is_for_the_lpis_of_its_domain(Machine *m)
{
    for_each_domain(m, check_setlpi);
}

static void check_its(Machine *m, V5Domain domain)
{
    for (V5Domain each = DOMAIN_S; each < DOMAINS; each++) {
        if (v5_has_domain(m, each)) {
            v5_its_start(m, 0, each, 4);
            v5_device(m, 0, each, DEVICE, 5, ITT_AT(each));
            v5_event(m, 0, each, DEVICE, EVENT, ITT_AT(each), LPI);
        }
    }
    v5_msi(m, 0, domain, DEVICE, EVENT);
    assert_pending_here_only(m, domain);
    v5_cdpend(m, 0, VGIC_V5_LPI(LPI), false);

    /* An event of software. */
    its5_write64(m, 0, domain, ITS_GEN_EVENT_DIDR, DEVICE);
    its5_write(m, 0, domain, ITS_GEN_EVENT_EIDR, EVENT);
    its5_write(m, 0, domain, ITS_GEN_EVENTR, 1u << 31 | domain);
    assert_pending_here_only(m, domain);
    v5_cdpend(m, 0, VGIC_V5_LPI(LPI), false);

    /* ITSEN and the tables of this domain are what counts. */
    FOR_EACH_OTHER(m, other, domain)
    {
        its5_write(m, 0, other, ITS_CR0, 0);
        its5_write64(m, 0, other, ITS_DT_BASER, 0);
    }
    v5_msi(m, 0, domain, DEVICE, EVENT);
    assert_pending_here_only(m, domain);
    v5_cdpend(m, 0, VGIC_V5_LPI(LPI), false);
    its5_write(m, 0, domain, ITS_CR0, 0);
    v5_msi(m, 0, domain, DEVICE, EVENT);
    assert_pending_nowhere(m);
}

static void an_its_translates_with_the_tables_of_the_domain(Machine *m)
{
    for_each_domain(m, check_its);
}

static void check_realm_translater(Machine *m, V5Domain domain)
{
    v5_its_start(m, 0, DOMAIN_RL, 4);
    v5_device(m, 0, DOMAIN_RL, DEVICE, 5, ITT_AT(0));
    v5_event(m, 0, DOMAIN_RL, DEVICE, EVENT, ITT_AT(0), LPI);
    v5_frame_write(m, v5_frame(m, "ITS", 0, "_TRANSLATE", domain),
                   v5_space(m, domain) | VGIC_FROM_DEVICE(DEVICE), ITS_RL_TRANSLATER, 4, EVENT);
    assert_pending_here_only(m, DOMAIN_RL);
}

static void every_translate_frame_reaches_the_realm_domain(Machine *m)
{
    for_each_domain(m, check_realm_translater);
}

/* The ITS and the DeviceID of the first IWB. */
static const VgicIwbOptions *bridge(const Machine *m)
{
    return &m->config.v5.iwb[0];
}

/* Who gives wires to domains. */
static VgicAttrs owner(const Machine *m)
{
    return has(m, V5_EL3) ? v5_space(m, DOMAIN_EL3) : VGIC_NS;
}

static void check_wire(Machine *m, V5Domain domain)
{
    const unsigned its = bridge(m)->its;
    const VgicFrame *iwb = vgic_frame(m->gic, "IWB");

    iwb_write(m, 0, owner(m), IWB_WDOMAINR(0), (uint32_t)domain << 2 * WIRE);
    for (V5Domain each = DOMAIN_S; each < DOMAINS; each++) {
        if (v5_has_domain(m, each)) {
            v5_its_start(m, its, each, 8);
            v5_device(m, its, each, bridge(m)->device, 7, ITT_AT(each));
            v5_event(m, its, each, bridge(m)->device, WIRE, ITT_AT(each), LPI);
        }
    }
    FOR_EACH_OTHER(m, other, domain)
    {
        if (v5_space(m, other) != owner(m) && v5_space(m, other) != v5_space(m, domain)) {
            iwb_write(m, 0, v5_space(m, other), IWB_WENABLER(0), 1u << WIRE);
            assert_int_equal(iwb_read(m, 0, v5_space(m, other), IWB_WENABLER(0)), 0);
        }
    }
    assert_true(vgic_iwb_set_level(m->gic, iwb, WIRE, true));
    assert_pending_nowhere(m);

    assert_true(vgic_iwb_set_level(m->gic, iwb, WIRE, false));
    iwb_write(m, 0, v5_space(m, domain), IWB_WENABLER(0), 1u << WIRE);
    assert_int_equal(iwb_read(m, 0, v5_space(m, domain), IWB_WENABLER(0)), 1u << WIRE);
    assert_true(vgic_iwb_set_level(m->gic, iwb, WIRE, true));
    assert_pending_here_only(m, domain);
    assert_true(vgic_iwb_set_level(m->gic, iwb, WIRE, false));
}

static void a_wire_makes_events_of_its_domain(Machine *m)
{
    for_each_domain(m, check_wire);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(frames_say_whose_they_are, 0),
        TEST(the_frame_of_a_domain_turns_its_domain_on_and_off, 0),
        TEST(an_spi_is_selected_and_configured_by_its_domain, 0),
        TEST(each_domain_has_lpis_of_its_own, V5_LPIS),
        TEST(a_setlpi_frame_is_for_the_lpis_of_its_domain, V5_SETLPI),
        TEST(an_its_translates_with_the_tables_of_the_domain, V5_ITS),
        TEST(every_translate_frame_reaches_the_realm_domain, V5_ITS | V5_REALM),
        TEST(a_wire_makes_events_of_its_domain, V5_IWB),
    };

    return RUN_V5(argc, argv, "domain-frames", tests);
}
