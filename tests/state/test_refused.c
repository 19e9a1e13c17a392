/* SPDX-License-Identifier: BSD-2-Clause */
/* States that are damaged, hostile, or of another GIC: they load entirely or change nothing. */
#include "damage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tests that load a state thousands of times run on a few machines that have all there is between
 * them. */
static const char *const some_machines[] = {"v3-1cpu", "v3-eppis-only", "v3-4cpu-its-secure",
                                            "v3-3cpu-its-options", "v3-2cpu-el2-nmi-ppi25-secure"};

ON_SOME_MACHINES(every_value_is_needed)
ON_SOME_MACHINES(every_type_is_checked)
ON_SOME_MACHINES(every_length_is_checked)
ON_SOME_MACHINES(unknown_names_are_refused)
ON_SOME_MACHINES(names_that_are_there_twice_are_refused)
ON_SOME_MACHINES(every_truncation_is_refused)
ON_SOME_MACHINES(every_changed_byte_is_refused_or_loads)

/* Values that cannot be, on a machine that has all there is. */
static const VgicConfig full = VGIC_CONFIG_INIT(
    VGIC_V3, .cpus = 2, .spis = 32, .security_states = 2, .el3 = true, .lpi_bits = 14, .its = 1,
    .statusr = true, .sre_enable_writable = true, .lpi_limit = 2048,
    .its_options = {.hardware_collections = 2, .umsi = true, .flat_tables_only = true});

static const BadValue bad_values[] = {
    {{"GICD", -1, "GICD_CTLR"}, "uint32 0", "GICD_CTLR"},
    {{"GICD", -1, "GICD_CTLR"}, "uint32 0x32", NULL},
    {{"GICD", -1, "GICD_CTLR"}, "uint32 0x138", "GICD_CTLR"},
    {{"GICD", -1, "GICD_CTLR"}, "uint32 0x54", "GICD_CTLR"},
    {{"GICD", -1, "GICD_CTLR"}, "uint32 0xFFFFFFFF", "GICD_CTLR"},
    {{"GICD", -1, "GICD_STATUSR(S)"}, "uint32 0x10", "GICD_STATUSR(S)"},
    {{"GICD", -1, "GICD_ICFGR<n>"}, "[uint32 1, 0]", "GICD_ICFGR<n> [0] is 0x1"},
    {{"GICD", -1, "GICD_IPRIORITYR<n>"},
     "[byte 7,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]",
     "GICD_IPRIORITYR<n> [0] is 0x7"},
    {{"GICR", 1, "GICR_CTLR"}, "uint32 2", "GICR[1].GICR_CTLR is 0x2"},
    {{"GICR", 1, "GICR_CTLR"}, "uint32 0x80000000", "GICR[1].GICR_CTLR"},
    {{"GICR", 0, "GICR_WAKER"}, "uint32 2", "GICR[0].GICR_WAKER"},
    {{"GICR", 0, "GICR_WAKER"}, "uint32 4", "GICR_WAKER"},
    {{"GICR", 0, "GICR_WAKER"}, "uint32 1", "GICR_WAKER"},
    {{"GICR", 0, "GICR_PROPBASER"}, "uint64 0x20", "GICR_PROPBASER"},
    {{"GICR", 0, "GICR_PENDBASER"}, "uint64 0x8000000000000000", "GICR_PENDBASER"},
    {{"GICR", 0, "GICR_ICFGR<n>"}, "[uint32 0xAAAAAAAB, 0]", "GICR_ICFGR<n>"},
    {{"GICR", 0, "GICR_ICFGR<n>"}, "[uint32 0, 0]", "GICR_ICFGR<n>"},
    {{"GICR", 0, "wire"}, "[uint32 0x8000]", "wire"},
    {{"GICR", 0, "order"}, "[uint32 31]", "order [0] is 31"},
    {{"GICR", 0, "order"}, "[uint32 1021]", "order"},
    {{"GICR", 0, "order"}, "[uint32 8192]", "order"},
    {{"GICR", 0, "order"}, "[uint32 16383]", "order"},
    {{"GICR", 0, "order"}, "[uint32 0xFFFFFFFF]", "order"},
    {{"ICC", 0, "ICC_PMR_EL1"}, "uint64 1", "ICC[0].ICC_PMR_EL1"},
    {{"ICC", 0, "ICC_PMR_EL1"}, "uint64 0x1F0", "ICC_PMR_EL1"},
    {{"ICC", 0, "ICC_BPR0_EL1"}, "uint64 1", "ICC_BPR0_EL1"},
    {{"ICC", 0, "ICC_BPR1_EL1(NS)"}, "uint64 2", "ICC_BPR1_EL1(NS)"},
    {{"ICC", 0, "ICC_BPR1_EL1(S)"}, "uint64 8", "ICC_BPR1_EL1(S)"},
    {{"ICC", 0, "ICC_AP1R<n>_EL1(NS)"}, "[uint64 0x100000000]", "ICC_AP1R<n>_EL1(NS)"},
    {{"ICC", 0, "ICC_IGRPEN0_EL1"}, "uint64 2", "ICC_IGRPEN0_EL1"},
    {{"ICC", 0, "ICC_CTLR_EL3"}, "uint64 0x80", "ICC_CTLR_EL3"},
    {{"ICC", 0, "ICC_SRE_EL3"}, "uint64 0", "ICC_SRE_EL3"},
    {{"ICC", 0, "ICC_SRE_EL3"}, "uint64 0x1F", "ICC_SRE_EL3"},
    {{"ICC", 0, "el3"}, "uint32 2", "el3"},
    {{"LPI", -1, NULL}, "@a(uqyy) [(8191, 0, 0xA0, 4)]", "LPI"},
    {{"LPI", -1, NULL}, "@a(uqyy) [(16384, 0, 0xA0, 4)]", "LPI"},
    {{"LPI", -1, NULL}, "@a(uqyy) [(0xFFFFFFFF, 0, 0xA0, 4)]", "LPI"},
    {{"LPI", -1, NULL}, "@a(uqyy) [(8192, 2, 0xA0, 4)]", "LPI"},
    {{"LPI", -1, NULL}, "@a(uqyy) [(8192, 0xFFFF, 0xA0, 4)]", "LPI"},
    {{"LPI", -1, NULL}, "@a(uqyy) [(8192, 0, 0xA1, 4)]", "LPI"},
    {{"LPI", -1, NULL}, "@a(uqyy) [(8192, 0, 0xA0, 8)]", "LPI"},
    {{"LPI", -1, NULL}, "@a(uqyy) [(8192, 0, 0xA0, 3)]", "LPI"},
    {{"LPI", -1, NULL}, "@a(uqyy) [(8193, 0, 0xA0, 4), (8192, 0, 0xA0, 4)]", "ascending"},
    {{"LPI", -1, NULL}, "@a(uqyy) [(8192, 0, 0xA0, 4), (8192, 0, 0xA0, 4)]", "ascending"},
    {{"LPI", -1, NULL},
     "@a(uqyy) [(8192, 0, 0xA0, 4), (9216, 0, 0xA0, 4), (10240, 0, 0xA0, 4)]",
     "lpi_limit"},
    {{"GITS", 0, "GITS_CTLR"}, "uint32 2", "GITS[0].GITS_CTLR"},
    {{"GITS", 0, "GITS_CTLR"}, "uint32 0x80000000", "GITS_CTLR"},
    {{"GITS", 0, "GITS_STATUSR"}, "uint32 0x40", "GITS_STATUSR"},
    {{"GITS", 0, "GITS_CBASER"}, "uint64 0x8000000000001000", "GITS_CBASER"},
    {{"GITS", 0, "GITS_CWRITER"}, "uint64 1", "GITS_CWRITER"},
    {{"GITS", 0, "GITS_CWRITER"}, "uint64 0x100000", "GITS_CWRITER"},
    {{"GITS", 0, "GITS_CREADR"}, "uint64 2", "GITS_CREADR"},
    {{"GITS", 0, "GITS_CREADR"}, "uint64 0xFFFE0", "GITS_CREADR"},
    {{"GITS", 0, "GITS_BASER<n>"}, "[uint64 0x4000000000000000, 0]", "GITS_BASER<n>"},
    {{"GITS", 0, "GITS_BASER<n>"}, "[uint64 0x300, 0]", "GITS_BASER<n>"},
    {{"GITS", 0, "GITS_BASER<n>"}, "[uint64 0, 0x0107000000000000]", "GITS_BASER<n>"},
    {{"GITS", 0, "next_lpi"}, "uint32 1", "next_lpi"},
    {{"GITS", 0, "next_lpi"}, "uint32 16384", "next_lpi"},
    {{"GITS", 0, "collections"}, "[uint16 2, 0]", "collections"},
    {{"GITS", -1, NULL}, "@aa{sv} []", "GITS"},
    {{"GICR", -1, NULL}, "@aa{sv} []", "GICR"},
    {{"GICR", -1, NULL}, "@aa{sv} [{}, {}, {}]", "GICR"},
    {{"config", -1, "cpus"}, "uint32 0", "cpus"},
    {{"config", -1, "cpus"}, "uint32 0xFFFFFFFF", "cpus"},
    {{"config", -1, "model"}, "uint32 2", "model"},
    {{"config", -1, "el3"}, "uint32 2", "el3"},
    {{"config", -1, "el3"}, "uint32 0", "el3"},
    {{"config", -1, "priority_bits"}, "uint32 8", "priority_bits"},
    {{"config", -1, "affinities"}, "[uint64 0, 2]", "affinities"},
    {{"config", -1, "redist_regions"}, "[uint32 1, 1]", "redist_regions"},
    {{"config", -1, "its_options.device_bits"}, "uint32 17", "its_options.device_bits"},
};

static const VgicConfig full_el2 =
    VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32, .espis = 32, .eppis = 32, .el2 = true,
                     .nmi = true, .maintenance_intid = 25,
                     .ich_options = {.list_registers = 2, .intid_bits = 16, .no_tds = true});

static const BadValue bad_el2_values[] = {
    {{"ICC", 1, "ICC_SRE_EL2"}, "uint64 0", "ICC[1].ICC_SRE_EL2 is 0"},
    {{"ICC", 0, "ICC_SRE_EL2"}, "uint64 7", "set must be the bits 0xf"},
    {{"ICC", 0, "ICC_SRE_EL2"}, "uint64 0x1F", "ICC_SRE_EL2"},
    {{"ICC", 0, "ICC_AP1R<n>_EL1(NS)"}, "[uint64 0x4000000000000000]", "ICC_AP1R<n>_EL1(NS)"},
    {{"ICC", 0, "ICC_AP0R<n>_EL1"}, "[uint64 0x8000000000000000]", "ICC_AP0R<n>_EL1"},
    {{"ICC", 1, "ICH_HCR_EL2"}, "uint64 0x101", "ICC[1].ICH_HCR_EL2 is 0x101"},
    {{"ICC", 0, "ICH_HCR_EL2"}, "uint64 0x2000", "ICH_HCR_EL2"}, /* TSEI without seis */
    {{"ICC", 0, "ICH_HCR_EL2"}, "uint64 0x4000", "ICH_HCR_EL2"}, /* TDIR with no_tds */
    {{"ICC", 0, "ICH_HCR_EL2"}, "uint64 0x8000", "ICH_HCR_EL2"}, /* DVIM without dvim */
    {{"ICC", 0, "ICH_HCR_EL2"}, "uint64 0x100000000", "ICH_HCR_EL2"},
    {{"ICC", 0, "ICH_VMCR_EL2"}, "uint64 0x4C0000", "set must be the bits 0x8"},
    {{"ICC", 0, "ICH_VMCR_EL2"}, "uint64 0x4C000C", "ICH_VMCR_EL2"}, /* VAckCtl */
    {{"ICC", 0, "ICH_VMCR_EL2"}, "uint64 0x2C0008", "has VBPR0 1, allowed is 2 to 7"},
    {{"ICC", 0, "ICH_VMCR_EL2"}, "uint64 0x480008", "has VBPR1 2, allowed is 3 to 7"},
    {{"ICC", 0, "ICH_VMCR_EL2"}, "uint64 0x074C0008", "ICH_VMCR_EL2"},
    {{"ICC", 0, "ICH_AP0R<n>_EL2"}, "[uint64 0x100000000]", "ICH_AP0R<n>_EL2 [0]"},
    {{"ICC", 0, "ICH_AP0R<n>_EL2"}, "[uint64 0x8000000000000000]", "ICH_AP0R<n>_EL2"},
    {{"ICC", 0, "ICH_AP1R<n>_EL2"}, "[uint64 0x8000000100000000]", "ICH_AP1R<n>_EL2"},
    {{"ICC", 0, "ICH_AP1R<n>_EL2"}, "[uint64 0, 0]", "ICH_AP1R<n>_EL2"},
    {{"ICC", 0, "ICH_LR<n>_EL2"}, "[uint64 0, 0x10000]", "[1] is 0x10000"},
    {{"ICC", 0, "ICH_LR<n>_EL2"}, "[uint64 0x2000200000000000, 0]", "ICH_LR<n>_EL2 [0]"},
    {{"ICC", 0, "ICH_LR<n>_EL2"}, "[uint64 0x100000000, 0]", "ICH_LR<n>_EL2"}, /* pINTID, HW 0 */
    {{"ICC", 0, "ICH_LR<n>_EL2"}, "[uint64 0x0001000000000000, 0]", "ICH_LR<n>_EL2"},
    {{"ICC", 0, "ICH_LR<n>_EL2"}, "[uint64 0x0400000000000000, 0]", "ICH_LR<n>_EL2"},
    {{"ICC", 0, "ICH_LR<n>_EL2"}, "[uint64 0]", "ICH_LR<n>_EL2"},
    {{"GICR", 0, "wire"}, "[uint32 0x100]", "wire"},
    {{"config", -1, "el2"}, "uint32 0", "config"},
    {{"config", -1, "el2"}, "uint32 2", "el2"},
    {{"config", -1, "nmi"}, "uint32 0", "has nmi 0, this GIC has 1"},
    {{"config", -1, "maintenance_intid"}, "uint32 26", "has maintenance_intid 26"},
    {{"config", -1, "ich_options.list_registers"}, "uint32 3", "ich_options.list_registers 3"},
    {{"config", -1, "ich_options.preemption_bits"}, "uint32 6", "ich_options.preemption_bits"},
    {{"config", -1, "ich_options.dvim"}, "uint32 1", "ich_options.dvim"},
};

static void values_that_cannot_be_are_refused(Machine *unused)
{
    (void)unused;
    check_bad_values(&full, bad_values, G_N_ELEMENTS(bad_values));
    check_bad_values(&full_el2, bad_el2_values, G_N_ELEMENTS(bad_el2_values));
}

/* The same places take values that can be. */
static void values_that_can_be_are_taken(Machine *unused)
{
    static const BadValue good[] = {
        {{"GICD", -1, "GICD_CTLR"}, "uint32 0x37", NULL},
        {{"GICD", -1, "GICD_CTLR"}, "uint32 0xD3", NULL},
        {{"GICD", -1, "GICD_STATUSR(S)"}, "uint32 0xF", NULL},
        {{"GICR", 1, "GICR_CTLR"}, "uint32 0x07000001", NULL},
        {{"GICR", 0, "GICR_WAKER"}, "uint32 0", NULL},
        {{"GICR", 0, "GICR_PROPBASER"}, "uint64 0x070FFFFFFFFFFF8D", NULL},
        {{"GICR", 0, "GICR_ICFGR<n>"}, "[uint32 0xAAAAAAAA, 0xAAAAAAAA]", NULL},
        {{"ICC", 0, "ICC_PMR_EL1"}, "uint64 0xF8", NULL},
        {{"ICC", 0, "ICC_BPR0_EL1"}, "uint64 7", NULL},
        {{"ICC", 0, "ICC_AP1R<n>_EL1(NS)"}, "[uint64 0xFFFFFFFF]", NULL},
        {{"ICC", 0, "ICC_SRE_EL3"}, "uint64 7", NULL},
        {{"LPI", -1, NULL}, "@a(uqyy) [(8192, 1, 0xA0, 6), (16383, 0, 0xF8, 4)]", NULL},
        {{"GITS", 0, "GITS_CBASER"}, "uint64 0xB8EFFFFFFFFF0CFF", NULL},
        {{"GITS", 0, "GITS_CREADR"}, "uint64 0xFE1", NULL},
        {{"GITS", 0, "GITS_BASER<n>"}, "[uint64 0xB8E0FFFFFFFFFEFF, 0]", NULL},
        {{"GITS", 0, "next_lpi"}, "uint32 15360", NULL},
        {{"GITS", 0, "collections"}, "[uint16 1, 0]", NULL},
    };
    static const BadValue good_el2[] = {
        {{"ICC", 0, "ICC_AP1R<n>_EL1(NS)"}, "[uint64 0x80000000FFFFFFFF]", NULL},
        {{"ICC", 0, "ICH_HCR_EL2"}, "uint64 0xF8001CFE", NULL}, /* all but En */
        {{"ICC", 0, "ICH_VMCR_EL2"}, "uint64 0xF8FC021B", NULL},
        {{"ICC", 0, "ICH_VMCR_EL2"}, "uint64 0x004C0008", NULL},
        {{"ICC", 0, "ICH_AP0R<n>_EL2"}, "[uint64 0xFFFFFFFF]", NULL},
        {{"ICC", 0, "ICH_AP1R<n>_EL2"}, "[uint64 0x80000000FFFFFFFF]", NULL},
        {{"ICC", 0, "ICH_LR<n>_EL2"}, "[uint64 0xF8F81FFF0000FFFF, 0xD8F802000000FFFF]", NULL},
        {{"GICR", 0, "GICR_INMIR0"}, "[uint32 0xFFFFFFFF]", NULL},
        {{"GICR", 0, "GICR_INMIR<n>E"}, "[uint32 0xFFFFFFFF]", NULL},
        {{"GICD", -1, "GICD_INMIR<n>"}, "[uint32 0xFFFFFFFF]", NULL},
        {{"GICD", -1, "GICD_INMIR<n>E"}, "[uint32 0xFFFFFFFF]", NULL},
    };

    (void)unused;
    check_good_values(&full, good, G_N_ELEMENTS(good));
    check_good_values(&full_el2, good_el2, G_N_ELEMENTS(good_el2));
}

/* What a GIC without EL2 and NMIs does not have is unknown there. */
static void what_needs_el2_or_nmis_is_refused_without(Machine *unused)
{
    static const BadValue values[] = {
        {{"ICC", 0, "ICC_SRE_EL2"}, "uint64 0xF", NULL},
        {{"ICC", 0, "ICH_HCR_EL2"}, "uint64 0", NULL},
        {{"ICC", 0, "ICH_LR<n>_EL2"}, "@at []", NULL},
        {{"GICR", 0, "GICR_INMIR0"}, "[uint32 0]", NULL},
        {{"GICD", -1, "GICD_INMIR<n>"}, "[uint32 0]", NULL},
        {{"config", -1, "el2"}, "uint32 1", NULL},
        {{"config", -1, "nmi"}, "uint32 1", NULL},
        {{"config", -1, "maintenance_intid"}, "uint32 25", NULL},
        {{"config", -1, "ich_options.list_registers"}, "uint32 4", NULL},
    };
    Machine *m = machine_new("full", &full, false);
    State state = state_of(m);

    (void)unused;
    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        refused_edit(m, &state, values[i].place, ADD, g_variant_new_parsed(values[i].value), NULL,
                     place_name(values[i].place));
    }
    refused_edit(m, &state, (Place){"ICC", 0, "ICC_AP1R<n>_EL1(NS)"}, REPLACE,
                 g_variant_new_parsed("[uint64 0x8000000000000000]"), "ICC_AP1R<n>_EL1(NS)",
                 "an NMI");
    state_free(&state);
    machine_free(m);
}

/* The maintenance interrupt's wire follows the virtual CPU interface, whatever a made-up state
 * says. */
static void a_wrong_maintenance_wire_is_put_right(Machine *unused)
{
    Machine *m = machine_new_of_type(state_machine("v3-2cpu-el2-ppi25"));
    const Place wire_of = {"GICR", 0, "wire"}, hcr = {"ICC", 0, "ICH_HCR_EL2"};

    (void)unused;
    start(m);
    os_configure(m, 0, 25, LEVEL);
    State state = state_of(m);
    State low = edited(&state, hcr, REPLACE, g_variant_new_uint64(HCR_EN | HCR_UIE));
    State high = edited(&state, wire_of, REPLACE, g_variant_new_parsed("[uint32 0x2000000]"));

    state_load(m, &low);
    assert_true(info(m, 0, 25).wire);
    assert_true(irq(m, 0));
    state_load(m, &high);
    assert_false(info(m, 0, 25).wire);
    assert_false(irq(m, 0));
    State again = state_of(m);
    assert_true(state_equal(&again, &state));
    state_free(&state);
    state_free(&low);
    state_free(&high);
    state_free(&again);
    machine_free(m);
}

/* An LPI that waits may be named in its PE's order, once; pending needs EnableLPIs there. */
static void lpis_agree_with_their_pe(Machine *unused)
{
    Machine *m = machine_new("full", &full, false);
    const Place ctlr = {"GICR", 0, "GICR_CTLR"}, propbaser = {"GICR", 0, "GICR_PROPBASER"},
                lpi = {"LPI", -1, NULL}, order = {"GICR", 0, "order"};
    State state = state_of(m);
    State on = edited(&state, ctlr, REPLACE, g_variant_new_uint32(1));
    State table = edited(&on, propbaser, REPLACE, g_variant_new_uint64(0x4000000D));
    const char *pending = "@a(uqyy) [(8192, 0, 0xA0, 7), (8200, 0, 0xA0, 5)]";
    State waiting = edited(&table, lpi, REPLACE, g_variant_new_parsed(pending));
    State disabled = edited(&state, lpi, REPLACE, g_variant_new_parsed(pending));
    State narrow = edited(&on, lpi, REPLACE, g_variant_new_parsed(pending));
    State elsewhere =
        edited(&waiting, lpi, REPLACE, g_variant_new_parsed("@a(uqyy) [(8192, 1, 0xA0, 7)]"));
    State ordered = edited(&waiting, order, REPLACE, g_variant_new_parsed("[uint32 8192]"));

    (void)unused;
    state_load(m, &waiting);
    state_load(m, &ordered);
    assert_true(info(m, 0, 8192).pending);
    refused(m, &disabled, "LPI", "EnableLPIs is 0");
    refused(m, &narrow, "LPI", "PROPBASER.IDbits is 0");
    refused(m, &elsewhere, "LPI", "at a PE whose LPIs are disabled");
    refused_edit(m, &waiting, order, REPLACE, g_variant_new_parsed("[uint32 8192, 8192]"), "order",
                 "twice");
    refused_edit(m, &waiting, order, REPLACE, g_variant_new_parsed("[uint32 8200]"), "order",
                 "not enabled");
    refused_edit(m, &waiting, (Place){"GICR", 1, "order"}, REPLACE,
                 g_variant_new_parsed("[uint32 8192]"), "order", "at another PE");
    State *all[] = {&state, &on, &table, &waiting, &disabled, &narrow, &elsewhere, &ordered};
    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        state_free(all[i]);
    }
    machine_free(m);
}

/* A state in the middle of a command that is not in the queue: there is nothing to go on with. */
static void a_command_that_is_not_there_is_over(Machine *unused)
{
    Machine *m = machine_new("full", &full, false);
    Its its = its_at(m, 0);
    State state = state_of(m);
    State bad = edited(&state, (Place){"GITS", 0, "next_lpi"}, REPLACE, g_variant_new_uint32(9216));

    (void)unused;
    state_load(m, &bad);
    assert_true(its_read(&its, GITS_CTLR) & QUIESCENT);
    its_write64(&its, GITS_CBASER, VALID | QUEUE(0));
    assert_true(its_read64(&its, GITS_CBASER) == (VALID | QUEUE(0)));
    state_free(&state);
    state_free(&bad);
    machine_free(m);
}

/* A state in which a 1-of-N interrupt waits at a PE that does not take part: put right. */
static void one_of_n_at_a_wrong_pe_moves(Machine *m)
{
    start(m);
    os_configure(m, 0, 40, EDGE);
    route_write(m, VGIC_S, 40, 1ull << 31);
    pend(m, 0, 40);
    assert_true(irq(m, 0));
    State state = state_of(m);
    State bad =
        edited(&state, (Place){"ICC", 0, "ICC_IGRPEN1_EL1(NS)"}, REPLACE, g_variant_new_uint64(0));

    state_load(m, &bad);
    assert_int_equal(info(m, 0, 40).target, 1);
    assert_int_equal(ack(m, 1), 40);
    state_free(&state);
    state_free(&bad);
}

static void bytes_that_are_no_state_are_refused(Machine *m)
{
    static const char text[] = "libvgic";
    State state = state_of(m);
    g_autoptr(GVariant) tree = state_tree(&state);
    g_autoptr(GVariant) all = g_variant_get_child_value(tree, 2);
    State other = {(uint8_t *)text, sizeof(text)}, none = {(uint8_t *)text, 0};

    refused(m, &other, "no saved state", "text");
    refused(m, &none, "no saved state", "nothing");
    for (unsigned version = 0; version < 4; version++) {
        g_autoptr(GVariant) changed =
            g_variant_ref_sink(g_variant_new("(su@a{sv})", "libvgic", version, all));
        State later = tree_state(changed);
        if (version != 1) {
            refused(m, &later, "version", "another version");
        }
        state_free(&later);
    }
    g_autoptr(GVariant) named = g_variant_ref_sink(g_variant_new("(su@a{sv})", "libvgiv", 1, all));
    State wrong = tree_state(named);
    refused(m, &wrong, "no saved state", "another name");
    state_free(&wrong);
    state_free(&state);
}

/* Size comes first: nothing of what is too long is looked at. */
static void what_is_too_long_is_refused(Machine *m)
{
    State huge = {.size = (size_t)1 << 40}; /* more than there is memory to look at */
    State state = state_of(m);

    huge.bytes = state.bytes;
    refused(m, &huge, "bytes", "too long");
    state_free(&state);
}

/* Every machine refuses the state of every machine that a guest could tell from it. */
static void states_of_other_machines_are_refused(Machine *unused)
{
    enum {
        MOST = 64
    };
    const Place place = {"config", -1, NULL};
    static Machine *machines[MOST];
    static State states[MOST];
    static GVariant *configs[MOST];
    unsigned same = 0;

    (void)unused;
    for (unsigned i = 0; i < machine_type_count; i++) {
        machines[i] = machine_new_of_type(&machine_types[i]);
        states[i] = state_of(machines[i]);
        configs[i] = value_at(&states[i], place);
    }
    for (unsigned i = 0; i < machine_type_count; i++) {
        for (unsigned j = 0; j < machine_type_count; j++) {
            const bool loads = vgic_load(machines[i]->gic, states[j].bytes, states[j].size, NULL);

            expect(loads, g_variant_equal(configs[i], configs[j]), "%s loads the state of %s",
                   machine_types[i].name, machine_types[j].name);
            same += loads;
        }
    }
    assert_true(same >= machine_type_count && same < machine_type_count * 2);
    for (unsigned i = 0; i < machine_type_count; i++) {
        machine_free(machines[i]);
        state_free(&states[i]);
        g_variant_unref(configs[i]);
    }
}

static void null_is_refused(Machine *m)
{
    VgicError *error = NULL;

    assert_false(vgic_load(m->gic, NULL, 10, &error));
    assert_int_equal(vgic_error_code(error), VGIC_ERROR_STATE);
    vgic_error_free(error);
    assert_false(vgic_load(m->gic, NULL, 10, NULL));
    assert_null(vgic_new_from_state("", 0, NULL, NULL, NULL));
    assert_int_equal(m->host.error_count, 2);
    host_forget(&m->host);
    vgic_state_free(NULL);
}

/* A tool that looks at hostile bytes gets an error, too. */
static void a_hostile_configuration_makes_no_gic(Machine *m)
{
    static const BadValue values[] = {
        {{"config", -1, "spis"}, "uint32 5000", "spis"},
        {{"config", -1, "cpus"}, "uint32 513", "cpus"},
        {{"config", -1, "model"}, "uint32 99", "model"},
        {{"config", -1, "priority_bits"}, "uint32 9", "priority_bits"},
        {{"config", -1, "security_states"}, "uint32 3", "security_states"},
        {{"config", -1, "lpi_bits"}, "uint32 31", "lpi_bits"},
        {{"config", -1, "redist_regions"}, "[uint32 0]", "redist_regions"},
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
        TEST_ALONE(what_needs_el2_or_nmis_is_refused_without),
        TEST_ALONE(a_wrong_maintenance_wire_is_put_right),
        TEST_ALONE(lpis_agree_with_their_pe),
        TEST_ALONE(a_command_that_is_not_there_is_over),
        TEST(one_of_n_at_a_wrong_pe_moves, SPIS | ONE_OF_N | SMP | FEW_CPUS | NEVER_HOLDS),
        TEST(bytes_that_are_no_state_are_refused, 0),
        TEST(what_is_too_long_is_refused, 0),
        TEST_ALONE(every_truncation_is_refused),
        TEST_ALONE(every_changed_byte_is_refused_or_loads),
        TEST_ALONE(states_of_other_machines_are_refused),
        TEST(null_is_refused, FEW_CPUS),
        TEST(a_hostile_configuration_makes_no_gic, FEW_CPUS),
    };
    return RUN(argc, argv, "refused", tests);
}
