/* SPDX-License-Identifier: BSD-2-Clause */
/* States of a GICv5 that are damaged, hostile, or of another GIC: they load entirely or change
 * nothing. */
#include "damage.h"

#include "v5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const some_machines[] = {"v5-1cpu", "v5-2cpu-el3", "v5-4cpu-realm",
                                            "v5-2cpu-options"};

ON_SOME_MACHINES(every_value_is_needed)
ON_SOME_MACHINES(every_type_is_checked)
ON_SOME_MACHINES(every_length_is_checked)
ON_SOME_MACHINES(unknown_names_are_refused)
ON_SOME_MACHINES(names_that_are_there_twice_are_refused)
ON_SOME_MACHINES(every_truncation_is_refused)
ON_SOME_MACHINES(every_changed_byte_is_refused_or_loads)

static const VgicIwbOptions one_iwb[] = {{.wires = 32, .device = 3}};

/* Everything but a Realm domain, and few SPIs. */
static const VgicConfig full =
    V5(.cpus = 2, .spis = 4, .el3 = true, .lpi_bits = 16, .lpi_limit = 2048, .its = 1,
       .priority_bits = 4, .its_options = {.flat_tables_only = true},
       .v5 = {.irs = 2, .iaffid_bits = 8, .linear_ist_only = true, .iwbs = 1, .iwb = one_iwb});

#define IST_ON "uint64 0x40001"
#define PPI_WORDS(value) "[uint64 " value ", 0]"

static const BadValue bad_values[] = {
    {{"IRS", 0, "IRS_CR0(NS)"}, "uint32 2", "IRS[0].IRS_CR0(NS) is 0x2"},
    {{"IRS", 1, "IRS_CR0(EL3)"}, "uint32 0x80000000", "IRS[1].IRS_CR0(EL3)"},
    {{"IRS", 0, "IRS_CR1(NS)"}, "uint32 0x10000", "IRS_CR1(NS)"},
    {{"IRS", 0, "IRS_SPI_SELR(S)"}, "uint32 0x1000000", "IRS_SPI_SELR(S)"},
    {{"IRS", 0, "IRS_PE_SELR(NS)"}, "uint32 0x10000", "IRS_PE_SELR(NS)"},
    {{"IRS", 0, "IRS_PE_CR0(NS)"}, "[uint32 2]", "IRS_PE_CR0(NS) [0] is 0x2"},
    {{"IRS", 0, "IRS_SWERR_STATUSR(NS)"}, "uint64 8", "IRS_SWERR_STATUSR(NS)"},
    {{"IRS", 0, "IRS_SWERR_STATUSR(NS)"}, "uint64 0x1000001", "IRS_SWERR_STATUSR(NS)"},
    {{"IRS", 0, "IRS_SWERR_SYNDROMER0(NS)"}, "uint64 1", "IRS_SWERR_SYNDROMER0(NS)"},
    {{"IRS", 0, "IRS_SWERR_SYNDROMER1(NS)"}, "uint64 8", "IRS_SWERR_STATUSR(NS)"},
    {{"IRS", -1, NULL}, "@aa{sv} []", "IRS"},
    {{"IRS", -1, NULL}, "@aa{sv} [{}, {}, {}]", "IRS"},
    {{"IST", -1, "IRS_IST_BASER(NS)"}, "uint64 0x20", "IST.IRS_IST_BASER(NS)"},
    {{"IST", -1, "IRS_IST_BASER(NS)"}, "uint64 0x100000000000000", "IRS_IST_BASER(NS)"},
    {{"IST", -1, "IRS_IST_CFGR(NS)"}, "uint32 0x10000", "IRS_IST_CFGR(NS)"}, /* STRUCTURE */
    {{"IST", -1, "IRS_IST_CFGR(S)"}, "uint32 0x200", "IRS_IST_CFGR(S)"},
    {{"SPI", -1, "Enable"}, "[uint32 0x10]", "SPI.Enable [0] is 0x10"},
    {{"SPI", -1, "wire"}, "[uint32 0x80000000]", "SPI.wire"},
    {{"SPI", -1, "DOMAIN"}, "[uint32 0xEA]", "SPI.DOMAIN is domain 3 of number 3"},
    {{"SPI", -1, "DOMAIN"}, "[uint32 0x1AA]", "SPI.DOMAIN"},
    {{"SPI", -1, "Priority"}, "[byte 0, 0, 0, 1]", "SPI.Priority [3] is 0x1"},
    {{"SPI", -1, "Priority"}, "[byte 32, 0, 0, 0]", "SPI.Priority [0] is 0x20"},
    {{"SPI", -1, "pe"}, "[uint16 0, 65535, 65535, 65535]", "SPI.pe [0] is 0"},
    {{"SPI", -1, "chosen"}, "[uint16 1, 65535, 65535, 65535]", "chosen PE"},
    {{"ICC", 1, "ICC_APR_EL1(NS)"}, "uint64 0x100000000", "ICC[1].ICC_APR_EL1(NS)"},
    {{"ICC", 0, "ICC_APR_EL3"}, "uint64 0x100000000", "ICC_APR_EL3"},
    {{"ICC", 0, "ICC_PCR_EL1(S)"}, "uint64 32", "ICC_PCR_EL1(S)"},
    {{"ICC", 0, "ICC_CR0_EL1(NS)"}, "uint64 2", "ICC_CR0_EL1(NS)"}, /* LINK */
    {{"ICC", 0, "ICC_CR0_EL1(NS)"}, "uint64 0x8000000000", "ICC_CR0_EL1(NS)"},
    {{"ICC", 0, "ICC_CR0_EL3"}, "uint64 0x400000000", "ICC_CR0_EL3"},
    {{"ICC", 0, "ICC_ICSR_EL1"}, "uint64 0x40", "ICC_ICSR_EL1"},
    {{"ICC", 0, "ICC_PPI_ENABLER<n>_EL1"}, PPI_WORDS("1"), "ICC_PPI_ENABLER<n>_EL1 [0] is 0x1"},
    {{"ICC", 0, "ICC_PPI_SACTIVER<n>_EL1"}, "[uint64 0, 1]", "ICC_PPI_SACTIVER<n>_EL1 [1]"},
    {{"ICC", 0, "ICC_PPI_SPENDR<n>_EL1"}, PPI_WORDS("0x8000000"), "ICC_PPI_SPENDR<n>_EL1"},
    {{"ICC", 0, "wire"}, PPI_WORDS("0x40000"), "wire"},
    {{"ICC", 0, "ICC_PPI_PRIORITYR<n>_EL1"},
     "[uint64 0x20000000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]",
     "has 0x20 for PPI 3"},
    {{"ICC", 0, "ICC_PPI_PRIORITYR<n>_EL1"},
     "[uint64 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]",
     "has 0x1 for PPI 0"},
    {{"ICC", 0, "ICC_PPI_DOMAINR<n>_EL3"}, "[uint64 0xC0, 0, 0, 0]", "has domain 3 for PPI 3"},
    {{"ICC", 0, "ICC_PPI_DOMAINR<n>_EL3"}, "[uint64 0, 0, 1, 0]", "has domain 1 for PPI 64"},
    {{"ICC", 0, "domain"}, "uint32 4", "ICC[0].domain"},
    {{"ICC", 0, "order"}, "[uint32 0x60000000]", "ICC[0].order [0] is 0x60000000"},
    {{"ICC", 0, "order"}, "[uint32 0x60000004]", "order"},
    {{"ICC", 0, "order"}, "[uint32 0x40000000]", "order"},
    {{"ICC", 0, "order"}, "[uint32 0x2000001B]", "order"},
    {{"ICC", 0, "order"}, "[uint32 0xFFFFFFFF]", "order"},
    {{"LPI", -1, NULL}, "@a(uuqq) [(0x40000000, 0, 65535, 65535)]", "beyond the table"},
    {{"LPI", -1, NULL}, "@a(uuqq) [(0, 0, 65535, 65535)]", "is no LPI"},
    {{"LPI", -1, NULL}, "@a(uuqq) [(0x42000000, 0, 65535, 65535)]", "is no LPI"}, /* Realm */
    {{"LPI", -1, NULL}, "@a(uuqq) [(0x44000000, 0, 65535, 65535)]", "is no LPI"},
    {{"LPI", -1, NULL}, "@a(uuqq) [(0x60000000, 0, 65535, 65535)]", "is no LPI"},
    {{"ITS", 0, "ITS_CR0(NS)"}, "uint32 2", "ITS[0].ITS_CR0(NS)"},
    {{"ITS", 0, "ITS_CR1(NS)"}, "uint32 0x100", "ITS_CR1(NS)"},
    {{"ITS", 0, "ITS_DT_BASER(S)"}, "uint64 1", "ITS_DT_BASER(S)"},
    {{"ITS", 0, "ITS_DT_CFGR(NS)"}, "uint32 0x10000", "ITS_DT_CFGR(NS)"}, /* STRUCTURE */
    {{"ITS", 0, "ITS_DT_CFGR(NS)"}, "uint32 0x100", "ITS_DT_CFGR(NS)"},
    {{"ITS", 0, "ITS_DIDR(NS)"}, "uint64 0x100000000", "ITS_DIDR(NS)"},
    {{"ITS", 0, "ITS_READ_EVENT_DATAR(NS)"}, "uint64 0x1000000", "ITS_READ_EVENT_DATAR(NS)"},
    {{"ITS", 0, "ITS_SWERR_STATUSR(NS)"}, "uint64 0x10000", "ITS_SWERR_STATUSR(NS)"},
    {{"ITS", 0, "ITS_SWERR_SYNDROMER0(NS)"}, "uint64 1", "ITS_SWERR_STATUSR(NS)"},
    {{"IWB", 0, "IWB_CR0"}, "uint32 2", "IWB[0].IWB_CR0"},
    {{"IWB", 0, "IWB_WDOMAINR<n>"}, "[uint32 0, 0xC0000000]", "is domain 3 of number 31"},
    {{"IWB", -1, NULL}, "@aa{sv} []", "IWB"},
    {{"config", -1, "model"}, "uint32 3", "config"},
    {{"config", -1, "cpus"}, "uint32 0", "cpus"},
    {{"config", -1, "nmi"}, "uint32 1", "has nmi 1, this GIC has 0"},
    {{"config", -1, "lpi_bits"}, "uint32 17", "has lpi_bits 17"},
    {{"config", -1, "v5.domains"}, "uint32 15", "has v5.domains 15"},
    {{"config", -1, "v5.irs"}, "uint32 0", "v5.irs is 0"},
    {{"config", -1, "v5.irs"}, "uint32 65", "v5.irs is 65"},
    {{"config", -1, "v5.iwbs"}, "uint32 65", "v5.iwbs is 65"},
    {{"config", -1, "v5.irs_cpus"}, "[uint32 0, 2]", "v5.irs_cpus"},
    {{"config", -1, "v5.iaffids"}, "[uint16 1, 0]", "v5.iaffids"},
    {{"config", -1, "v5.ppis"}, "[uint64 8, 0]", "v5.ppis"},
    {{"config", -1, "v5.edge_ppis"}, "[uint64 0, 0]", "v5.edge_ppis"},
    {{"config", -1, "v5.iwb.device"}, "[uint32 4]", "has v5.iwb.device [0] 4, this GIC has 3"},
    {{"config", -1, "v5.iwb.starts_disabled"}, "[uint32 2]", "v5.iwb.starts_disabled"},
};

static void values_that_cannot_be_are_refused(Machine *unused)
{
    (void)unused;
    check_bad_values(&full, bad_values, G_N_ELEMENTS(bad_values));
}

/* The same places take values that can be. */
static void values_that_can_be_are_taken(Machine *unused)
{
    static const BadValue good[] = {
        {{"IRS", 0, "IRS_CR0(NS)"}, "uint32 1", NULL},
        {{"IRS", 0, "IRS_CR1(NS)"}, "uint32 0xFFFF", NULL},
        {{"IRS", 0, "IRS_SPI_SELR(S)"}, "uint32 0xFFFFFF", NULL},
        {{"IRS", 0, "IRS_PE_SELR(NS)"}, "uint32 0xFFFF", NULL},
        {{"IRS", 0, "IRS_PE_CR0(NS)"}, "[uint32 1]", NULL},
        {{"IRS", 0, "IRS_SWERR_STATUSR(NS)"}, "uint64 0x2000F", NULL},
        {{"IST", -1, "IRS_IST_BASER(NS)"}, "uint64 0xFFFFFFFFFFFFC1", NULL},
        {{"IST", -1, "IRS_IST_CFGR(NS)"}, "uint32 0x1FF", NULL},
        {{"SPI", -1, "Enable"}, "[uint32 0xF]", NULL},
        {{"SPI", -1, "IRM"}, "[uint32 0xF]", NULL},
        {{"SPI", -1, "Active"}, "[uint32 0xF]", NULL},
        {{"SPI", -1, "DOMAIN"}, "[uint32 0x64]", NULL},
        {{"SPI", -1, "Priority"}, "[byte 30, 0, 2, 16]", NULL},
        {{"SPI", -1, "IAFFID"}, "[uint16 65535, 0, 1, 2]", NULL},
        {{"ICC", 0, "ICC_APR_EL1(NS)"}, "uint64 0xFFFFFFFF", NULL},
        {{"ICC", 0, "ICC_PCR_EL1(S)"}, "uint64 31", NULL},
        {{"ICC", 0, "ICC_CR0_EL1(NS)"}, "uint64 0x7F00000001", NULL},
        {{"ICC", 0, "ICC_CR0_EL3"}, "uint64 0x300000001", NULL},
        {{"ICC", 0, "ICC_ICSR_EL1"}, "uint64 0xFFFF0000F83F", NULL},
        {{"ICC", 0, "ICC_PPI_SPENDR<n>_EL1"}, PPI_WORDS("8"), NULL},
        {{"ICC", 0, "ICC_PPI_ENABLER<n>_EL1"}, PPI_WORDS("0xFFF88008"), NULL},
        {{"ICC", 0, "wire"}, PPI_WORDS("0xFFF88008"), NULL},
        {{"ICC", 0, "ICC_PPI_DOMAINR<n>_EL3"}, "[uint64 0xAAAA400000000080, 0, 0, 0]", NULL},
        {{"ICC", 0, "domain"}, "uint32 3", NULL}, /* what the host says, whatever there is */
        {{"LPI", -1, NULL}, "@a(uuqq) []", NULL},
        {{"ITS", 0, "ITS_CR0(NS)"}, "uint32 1", NULL},
        {{"ITS", 0, "ITS_DT_BASER(S)"}, "uint64 0xFFFFFFFFFFFFF8", NULL},
        {{"ITS", 0, "ITS_DT_CFGR(NS)"}, "uint32 0xFF", NULL},
        {{"ITS", 0, "ITS_EIDR(NS)"}, "uint32 0xFFFFFFFF", NULL},
        {{"IWB", 0, "IWB_CR0"}, "uint32 0", NULL},
        {{"IWB", 0, "IWB_WENABLER<n>"}, "[uint32 0xFFFFFFFF]", NULL},
        {{"IWB", 0, "IWB_WTMR<n>"}, "[uint32 0xFFFFFFFF]", NULL},
        {{"IWB", 0, "IWB_WDOMAINR<n>"}, "[uint32 0x99999999, 0x55555555]", NULL},
        {{"IWB", 0, "wire"}, "[uint32 0xFFFFFFFF]", NULL},
    };

    (void)unused;
    check_good_values(&full, good, G_N_ELEMENTS(good));
}

/* LPIs on a machine whose Non-secure table is valid. */
static void lpis_that_cannot_be_are_refused(Machine *unused)
{
    static const struct {
        const char *lpis, *message; /* NULL: it loads */
    } cases[] = {
        {"@a(uuqq) [(0x40000000, 0xFFFF0000, 65535, 65535)]", NULL},
        {"@a(uuqq) [(0x40003FFF, 0x0000F00F, 1, 65535)]", NULL},
        {"@a(uuqq) [(0x40003FFF, 0x00000011, 0, 1)]", NULL},
        {"@a(uuqq) [(0x40000000, 0, 65535, 65535), (0x40000400, 0, 65535, 65535)]", NULL},
        {"@a(uuqq) [(0x40004000, 0, 65535, 65535)]", "beyond the table"},
        {"@a(uuqq) [(0x41000000, 0, 65535, 65535)]",
         "beyond the table"}, /* Secure's is not valid */
        {"@a(uuqq) [(0x40000000, 0x00000020, 65535, 65535)]", "does not exist"},
        {"@a(uuqq) [(0x40000000, 0x00000200, 65535, 65535)]", "does not exist"}, /* HWU */
        {"@a(uuqq) [(0x40000000, 0x00000800, 65535, 65535)]", "does not exist"}, /* 4 bits */
        {"@a(uuqq) [(0x40000000, 0x00010010, 65535, 65535)]", "has IRM and an IAFFID"},
        {"@a(uuqq) [(0x40000000, 0x00000001, 0, 65535)]", "at a PE where it cannot be"},
        {"@a(uuqq) [(0x40000000, 0x00000002, 2, 65535)]", "at a PE where it cannot be"},
        {"@a(uuqq) [(0x40000000, 0x00000002, 65535, 0)]", "chosen PE"},
        {"@a(uuqq) [(0x40000000, 0x00000010, 65535, 2)]", "chosen PE"},
        {"@a(uuqq) [(0x40000001, 0, 65535, 65535), (0x40000000, 0, 65535, 65535)]", "ascending"},
        {"@a(uuqq) [(0x40000001, 0, 65535, 65535), (0x40000001, 0, 65535, 65535)]", "ascending"},
        {"@a(uuqq) [(0x40000000, 0, 65535, 65535), (0x40000400, 0, 65535, 65535), "
         "(0x40000800, 0, 65535, 65535)]",
         "lpi_limit"},
    };
    Machine *m = machine_new("full", &full, false);
    const Place baser = {"IST", -1, "IRS_IST_BASER(NS)"}, cfgr = {"IST", -1, "IRS_IST_CFGR(NS)"},
                lpi = {"LPI", -1, NULL};
    State reset = state_of(m);
    State on = edited(&reset, baser, REPLACE, g_variant_new_parsed(IST_ON));
    State state = edited(&on, cfgr, REPLACE, g_variant_new_uint32(14));

    (void)unused;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        State changed = edited(&state, lpi, REPLACE, g_variant_new_parsed(cases[i].lpis)), after;

        if (cases[i].message) {
            refused(m, &changed, cases[i].message, cases[i].lpis);
        } else {
            state_load(m, &changed);
            after = state_of(m);
            expect(state_equal(&changed, &after), true, "%s is saved again", cases[i].lpis);
            state_free(&after);
        }
        state_free(&changed);
    }
    state_free(&reset);
    state_free(&on);
    state_free(&state);
    machine_free(m);
}

/* An order names what waits at the PE, once. */
static void orders_name_what_waits(Machine *unused)
{
    Machine *m = machine_new("full", &full, false);
    const Place order = {"ICC", 0, "order"}, other = {"ICC", 1, "order"};

    (void)unused;
    v5_start(m);
    v5_configure(m, 0, VGIC_V5_SPI(2), 16, 0);
    v5_configure(m, 0, VGIC_V5_LPI(7), 16, 0);
    v5_configure(m, 0, VGIC_V5_LPI(8), 16, 1);
    v5_cdpend(m, 0, VGIC_V5_SPI(2), true);
    v5_cdpend(m, 0, VGIC_V5_LPI(7), true);
    v5_cdpend(m, 0, VGIC_V5_LPI(8), true);
    State state = state_of(m);
    State turned =
        edited(&state, order, REPLACE, g_variant_new_parsed("[uint32 0x40000007, 0x60000002]"));
    State none = edited(&state, order, REPLACE, g_variant_new_parsed("@au []"));
    State left_out = edited(&state, order, REMOVE, NULL);

    refused_edit(m, &state, order, REPLACE, g_variant_new_parsed("[uint32 0x60000002, 0x60000002]"),
                 "order", "twice");
    refused_edit(m, &state, order, REPLACE,
                 g_variant_new_parsed("[uint32 0x40000007, 0x60000002, 0x40000007]"), "order [2]",
                 "twice");
    refused_edit(m, &state, order, REPLACE, g_variant_new_parsed("[uint32 0x40000008]"), "order",
                 "at another PE");
    refused_edit(m, &state, other, REPLACE, g_variant_new_parsed("[uint32 0x60000002]"), "ICC[1]",
                 "at another PE");
    refused_edit(m, &state, order, REPLACE, g_variant_new_parsed("[uint32 0x41000007]"), "order",
                 "of another domain");
    state_load(m, &none);
    State after = state_of(m);
    assert_true(state_equal(&state, &after)); /* SPIs come first */
    state_free(&after);
    state_load(m, &left_out);
    after = state_of(m);
    assert_true(state_equal(&state, &after));
    state_load(m, &turned);
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(7)));
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(2)));
    State *all[] = {&state, &turned, &none, &left_out, &after};
    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        state_free(all[i]);
    }
    machine_free(m);
}

/* What a GIC without EL3, LPIs, ITS, IWB, 1-of-N or software errors does not have is unknown
 * there. */
static void what_is_not_there_is_refused(Machine *unused)
{
    static const VgicConfig plain =
        V5(.cpus = 1, .spis = 4, .no_one_of_n = true, .v5 = {.no_software_errors = true});
    static const BadValue absent[] = {
        {{"IRS", 0, "IRS_CR0(S)"}, "uint32 0", NULL},
        {{"IRS", 0, "IRS_SWERR_STATUSR(NS)"}, "uint64 0", NULL},
        {{"ICC", 0, "ICC_APR_EL3"}, "uint64 0", NULL},
        {{"ICC", 0, "ICC_PPI_DOMAINR<n>_EL3"}, "[uint64 0, 0, 0, 0]", NULL},
        {{"ICC", 0, "domain"}, "uint32 1", NULL},
        {{"SPI", -1, "DOMAIN"}, "[uint32 0x55]", NULL},
        {{"LPI", -1, NULL}, "@a(uuqq) []", NULL},
        {{"ITS", -1, NULL}, "@aa{sv} []", NULL},
        {{"IWB", -1, NULL}, "@aa{sv} []", NULL},
        {{"GICD", -1, NULL}, "@a{sv} {}", NULL},
        {{"config", -1, "espis"}, "uint32 0", NULL},
        {{"config", -1, "v5.iwb.wires"}, "@au []", NULL},
    };
    static const BadValue bad[] = {
        {{"SPI", -1, "IRM"}, "[uint32 1]", "IRM is 1 of SPI 0"},
        {{"IRS", 0, "IRS_PE_CR0(NS)"}, "[uint32 1]", "IRS_PE_CR0(NS)"},
        {{"ICC", 0, "ICC_ICSR_EL1"}, "uint64 8", "ICC_ICSR_EL1"},
        {{"ICC", 0, "ICC_CR0_EL1(NS)"}, "uint64 0x4000000000", "ICC_CR0_EL1(NS)"},
    };
    Machine *m = machine_new("plain", &plain, false);
    State state = state_of(m);

    (void)unused;
    for (unsigned i = 0; i < G_N_ELEMENTS(absent); i++) {
        refused_edit(m, &state, absent[i].place, ADD, g_variant_new_parsed(absent[i].value), NULL,
                     place_name(absent[i].place));
    }
    check_bad_values(&plain, bad, G_N_ELEMENTS(bad));
    state_free(&state);
    machine_free(m);
}

/* A made-up state in which a 1-of-N interrupt waits at a PE that does not take part: put right. */
static void one_of_n_at_a_wrong_pe_moves(Machine *m)
{
    v5_start(m);
    v5_configure(m, 0, VGIC_V5_SPI(4), P_MID, 0);
    v5_cdaff_one_of_n(m, 0, VGIC_V5_SPI(4));
    v5_cdpend(m, 0, VGIC_V5_SPI(4), true);
    VgicIrqInfo info;
    assert_true(vgic_irq_info(m->gic, 0, VGIC_V5_SPI(4), &info));
    const uint32_t pe = info.target;
    State state = state_of(m);
    State bad = edited(&state, (Place){"ICC", (int)pe, "ICC_CR0_EL1(NS)"}, REPLACE,
                       g_variant_new_uint64(0));

    state_load(m, &bad);
    assert_true(vgic_irq_info(m->gic, 0, VGIC_V5_SPI(4), &info));
    assert_int_not_equal(info.target, pe);
    assert_true(v5_takes(m, info.target, VGIC_V5_SPI(4)));
    state_free(&state);
    state_free(&bad);
}

/* A GICv3's state, and states of other GICv5s. */
static void states_of_other_machines_are_refused(Machine *unused)
{
    static Machine *machines[16];
    static State states[16];
    Machine *older = machine_new_of_type(state_machine("v3-1cpu"));
    State older_state = state_of(older);

    (void)unused;
    assert_true(v5_machine_type_count <= G_N_ELEMENTS(machines));
    for (unsigned i = 0; i < v5_machine_type_count; i++) {
        machines[i] = machine_new_of_type(&v5_machine_types[i]);
        states[i] = state_of(machines[i]);
    }
    for (unsigned i = 0; i < v5_machine_type_count; i++) {
        for (unsigned j = 0; j < v5_machine_type_count; j++) {
            expect(vgic_load(machines[i]->gic, states[j].bytes, states[j].size, NULL), i == j,
                   "%s loads the state of %s", machines[i]->name, machines[j]->name);
        }
        refused(machines[i], &older_state, "config", "a GICv3's");
        refused(older, &states[i], NULL, "a GICv5's");
    }
    for (unsigned i = 0; i < v5_machine_type_count; i++) {
        state_free(&states[i]);
        machine_free(machines[i]);
    }
    state_free(&older_state);
    machine_free(older);
}

/* Nothing of what is too long is looked at. */
static void what_is_too_long_is_refused(Machine *m)
{
    State state = state_of(m), huge = {.bytes = state.bytes, .size = (size_t)1 << 40};

    refused(m, &huge, "bytes", "too long");
    state_free(&state);
}

/* A tool that looks at hostile bytes gets an error, too. */
static void a_hostile_configuration_makes_no_gic(Machine *m)
{
    static const BadValue values[] = {
        {{"config", -1, "spis"}, "uint32 0x200000", "spis"},
        {{"config", -1, "cpus"}, "uint32 513", "cpus"},
        {{"config", -1, "priority_bits"}, "uint32 6", "priority_bits"},
        {{"config", -1, "lpi_bits"}, "uint32 31", "lpi_bits"},
        {{"config", -1, "v5.domains"}, "uint32 16", "v5.domains"},
        {{"config", -1, "v5.irs_cpus"}, "[uint32 7]", "v5.irs_cpus"},
        {{"config", -1, "v5.id_bits"}, "uint32 20", "v5.id_bits"},
        {{"config", -1, "v5.edge_ppis"}, "[uint64 1, 0]", "v5.edge_ppis"},
    };
    State state = state_of(m);

    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        State bad = edited(&state, values[i].place, REPLACE, g_variant_new_parsed(values[i].value));
        VgicError *error = NULL;
        Vgic *gic = vgic_new_from_state(bad.bytes, bad.size, NULL, NULL, &error);

        if (gic || vgic_error_code(error) != VGIC_ERROR_STATE ||
            !strstr(vgic_error_message(error), values[i].message)) {
            expect(1, 0, "%s: %s", values[i].message, gic ? "taken" : vgic_error_message(error));
        }
        vgic_free(gic);
        vgic_error_free(error);
        state_free(&bad);
    }
    state_free(&state);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST_ALONE(every_value_is_needed),
        TEST_ALONE(every_type_is_checked),
        TEST_ALONE(every_length_is_checked),
        TEST_ALONE(unknown_names_are_refused),
        TEST_ALONE(names_that_are_there_twice_are_refused),
        TEST_ALONE(values_that_cannot_be_are_refused),
        TEST_ALONE(values_that_can_be_are_taken),
        TEST_ALONE(lpis_that_cannot_be_are_refused),
        TEST_ALONE(orders_name_what_waits),
        TEST_ALONE(what_is_not_there_is_refused),
        TEST(one_of_n_at_a_wrong_pe_moves, V5_ONE_OF_N | V5_SMP),
        TEST_ALONE(every_truncation_is_refused),
        TEST_ALONE(every_changed_byte_is_refused_or_loads),
        TEST_ALONE(states_of_other_machines_are_refused),
        TEST(what_is_too_long_is_refused, 0),
        TEST(a_hostile_configuration_makes_no_gic, V5_NO_EL3 | V5_SMP),
    };
    return RUN_V5(argc, argv, "refused5", tests);
}
