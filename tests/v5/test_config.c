/* SPDX-License-Identifier: BSD-2-Clause */
/* Configurations of a GICv5: what is accepted, and that what is refused says why. */
#include "suite.h"
#include "v5.h"

#include <stdio.h>
#include <string.h>

static const uint16_t alike[] = {1, 2, 1};
static const uint16_t wide[] = {0, 256};
static const uint32_t short_cpus[] = {1, 2}, long_cpus[] = {3, 2}, empty_cpus[] = {4, 0};
static const uint32_t short_spis[] = {10, 20}, long_spis[] = {40, 40};
static const uint32_t two_two[] = {2, 2}, zero_all[] = {0, 64};
static const VgicIwbOptions odd_wires[] = {{.wires = 33}};
static const VgicIwbOptions no_wires[] = {{.wires = 0}};
static const VgicIwbOptions many_wires[] = {{.wires = 65568}};
static const VgicIwbOptions wrong_its[] = {{.wires = 32, .its = 1}};
static const VgicIwbOptions wide_device[] = {{.wires = 32, .device = 0x10000}};
static const VgicIwbOptions reserved_iwb[] = {{.wires = 32, .reserved_bools = {true}}};
static const VgicIwbOptions good_iwb[] = {{.wires = 32}, {.wires = 65536, .device = 1}};

#define LPIS .lpi_bits = 16

/* One refused configuration, and words that its message must have. */
typedef struct Refused {
    const char *name;
    VgicConfig config;
    VgicErrorCode code;
    const char *words[3];
} Refused;

static const Refused refused[] = {
    {"no PE", V5(.cpus = 0), VGIC_ERROR_CONFIG, {"cpus", "0", "512"}},
    {"513 PEs", V5(.cpus = 513), VGIC_ERROR_CONFIG, {"cpus", "513", "512"}},
    {"too many SPIs", V5(.cpus = 1, .spis = (1 << 20) + 1), VGIC_ERROR_CONFIG, {"spis", "1048577"}},
    {"6 priority bits",
     V5(.cpus = 1, .priority_bits = 6),
     VGIC_ERROR_CONFIG,
     {"priority_bits", "6", "5"}},
    {"25 LPI bits", V5(.cpus = 1, .lpi_bits = 25), VGIC_ERROR_CONFIG, {"lpi_bits", "25", "24"}},
    {"a limit without LPIs",
     V5(.cpus = 1, .lpi_limit = 1024),
     VGIC_ERROR_CONFIG,
     {"lpi_limit", "lpi_bits"}},
    {"an ITS without LPIs", V5(.cpus = 1, .its = 1), VGIC_ERROR_CONFIG, {"its", "lpi_bits"}},
    {"17 ITSs", V5(.cpus = 1, LPIS, .its = 17), VGIC_ERROR_CONFIG, {"its", "17", "16"}},
    {"ITS options without an ITS",
     V5(.cpus = 1, LPIS, .its_options = {.device_bits = 8}),
     VGIC_ERROR_CONFIG,
     {"its_options", "its"}},
    {"33 DeviceID bits",
     V5(.cpus = 1, LPIS, .its = 1, .its_options = {.device_bits = 33}),
     VGIC_ERROR_CONFIG,
     {"its_options.device_bits", "33", "32"}},
    {"33 EventID bits",
     V5(.cpus = 1, LPIS, .its = 1, .its_options = {.event_bits = 33}),
     VGIC_ERROR_CONFIG,
     {"its_options.event_bits", "33"}},
    /* Of GICv3 */
    {"extended SPIs", V5(.cpus = 1, .espis = 32), VGIC_ERROR_CONFIG, {"espis"}},
    {"extended PPIs", V5(.cpus = 1, .eppis = 32), VGIC_ERROR_CONFIG, {"eppis"}},
    {"Security states",
     V5(.cpus = 1, .security_states = 2),
     VGIC_ERROR_CONFIG,
     {"security_states"}},
    {"DS fixed", V5(.cpus = 1, .ds_fixed = true), VGIC_ERROR_CONFIG, {"ds_fixed"}},
    {"regions",
     V5(.cpus = 4, .redist_regions = two_two, .redist_region_count = 2),
     VGIC_ERROR_CONFIG,
     {"redist_region"}},
    {"message frame", V5(.cpus = 1, .message_frame = true), VGIC_ERROR_CONFIG, {"message_frame"}},
    {"no message SPIs",
     V5(.cpus = 1, .no_message_spis = true),
     VGIC_ERROR_CONFIG,
     {"no_message_spis"}},
    {"direct LPIs", V5(.cpus = 1, LPIS, .direct_lpi = true), VGIC_ERROR_CONFIG, {"direct_lpi"}},
    {"STATUSR", V5(.cpus = 1, .statusr = true), VGIC_ERROR_CONFIG, {"statusr"}},
    {"sleep", V5(.cpus = 1, .hold_while_asleep = true), VGIC_ERROR_CONFIG, {"hold_while_asleep"}},
    {"SRE", V5(.cpus = 1, .sre_enable_writable = true), VGIC_ERROR_CONFIG, {"sre_enable_writable"}},
    {"collections",
     V5(.cpus = 1, LPIS, .its = 1, .its_options = {.collection_bits = 4}),
     VGIC_ERROR_CONFIG,
     {"collection_bits"}},
    {"UMSI",
     V5(.cpus = 1, LPIS, .its = 1, .its_options = {.umsi = true}),
     VGIC_ERROR_CONFIG,
     {"umsi"}},
    /* Of GICv5 */
    {"no Non-secure domain",
     V5(.cpus = 1, .el3 = true, .v5 = {.domains = 5}),
     VGIC_ERROR_CONFIG,
     {"v5.domains", "5"}},
    {"an EL3 domain without EL3",
     V5(.cpus = 1, .v5 = {.domains = 6}),
     VGIC_ERROR_CONFIG,
     {"v5.domains", "6", "el3"}},
    {"EL3 without its domain",
     V5(.cpus = 1, .el3 = true, .v5 = {.domains = 3}),
     VGIC_ERROR_CONFIG,
     {"v5.domains", "3", "el3"}},
    {"a fifth domain",
     V5(.cpus = 1, .el3 = true, .v5 = {.domains = 0x16}),
     VGIC_ERROR_CONFIG,
     {"v5.domains"}},
    {"more IRSs than PEs", V5(.cpus = 2, .v5 = {.irs = 3}), VGIC_ERROR_CONFIG, {"v5.irs", "3"}},
    {"65 IRSs", V5(.cpus = 100, .v5 = {.irs = 65}), VGIC_ERROR_CONFIG, {"v5.irs", "65", "64"}},
    {"IRSs that have too few PEs",
     V5(.cpus = 4, .v5 = {.irs = 2, .irs_cpus = short_cpus}),
     VGIC_ERROR_CONFIG,
     {"v5.irs_cpus", "3", "4"}},
    {"IRSs that have too many PEs",
     V5(.cpus = 4, .v5 = {.irs = 2, .irs_cpus = long_cpus}),
     VGIC_ERROR_CONFIG,
     {"v5.irs_cpus", "5", "4"}},
    {"an IRS without a PE",
     V5(.cpus = 4, .v5 = {.irs = 2, .irs_cpus = empty_cpus}),
     VGIC_ERROR_CONFIG,
     {"v5.irs_cpus", "0"}},
    {"IRSs that have too few SPIs",
     V5(.cpus = 4, .spis = 64, .v5 = {.irs = 2, .irs_spis = short_spis}),
     VGIC_ERROR_CONFIG,
     {"v5.irs_spis", "30", "64"}},
    {"IRSs that have too many SPIs",
     V5(.cpus = 4, .spis = 64, .v5 = {.irs = 2, .irs_spis = long_spis}),
     VGIC_ERROR_CONFIG,
     {"v5.irs_spis", "80", "64"}},
    {"two PEs with one IAFFID",
     V5(.cpus = 3, .v5 = {.iaffids = alike}),
     VGIC_ERROR_CONFIG,
     {"v5.iaffids", "1"}},
    {"an IAFFID wider than it may be",
     V5(.cpus = 2, .v5 = {.iaffids = wide, .iaffid_bits = 8}),
     VGIC_ERROR_CONFIG,
     {"v5.iaffids", "256", "8"}},
    {"more PEs than IAFFIDs",
     V5(.cpus = 5, .v5 = {.iaffid_bits = 2}),
     VGIC_ERROR_CONFIG,
     {"v5.iaffid_bits", "2"}},
    {"17 bits of IAFFID",
     V5(.cpus = 1, .v5 = {.iaffid_bits = 17}),
     VGIC_ERROR_CONFIG,
     {"v5.iaffid_bits", "17", "16"}},
    {"20 ID bits",
     V5(.cpus = 1, .v5 = {.id_bits = 20}),
     VGIC_ERROR_CONFIG,
     {"v5.id_bits", "20", "24"}},
    {"LPIs wider than an ID",
     V5(.cpus = 1, .lpi_bits = 20, .v5 = {.id_bits = 16}),
     VGIC_ERROR_CONFIG,
     {"lpi_bits", "20", "16"}},
    {"SPIs beyond the IDs",
     V5(.cpus = 1, .spis = 65537, .v5 = {.id_bits = 16}),
     VGIC_ERROR_CONFIG,
     {"spis", "65537", "65536"}},
    {"a minimum above the maximum",
     V5(.cpus = 1, .lpi_bits = 10, .v5 = {.min_lpi_bits = 11}),
     VGIC_ERROR_CONFIG,
     {"lpi_bits", "10", "11"}},
    {"Secure without EL3",
     V5(.cpus = 1, .v5 = {.domains = 3}),
     VGIC_ERROR_CONFIG,
     {"v5.domains", "3", "el3"}},
    {"Realm without EL3",
     V5(.cpus = 1, .v5 = {.domains = 10}),
     VGIC_ERROR_CONFIG,
     {"v5.domains", "a", "el3"}},
    {"PEs of IRSs without their number",
     V5(.cpus = 4, .v5 = {.irs_cpus = two_two}),
     VGIC_ERROR_CONFIG,
     {"v5.irs_cpus", "irs"}},
    {"a description of no bridges",
     V5(.cpus = 1, LPIS, .its = 1, .v5 = {.iwb = good_iwb}),
     VGIC_ERROR_CONFIG,
     {"v5.iwb", "0"}},
    {"a cache of one entry",
     V5(.cpus = 1, LPIS, .its = 1, .its_options = {.cache_entries = 1}),
     VGIC_ERROR_CONFIG,
     {"cache_entries", "1", "64"}},
    {"32 EventID bits",
     V5(.cpus = 1, LPIS, .its = 1, .its_options = {.event_bits = 32}),
     VGIC_ERROR_CONFIG,
     {"its_options.event_bits", "32", "31"}},
    {"virtual CPU interface",
     V5(.cpus = 1, .ich_options = {.list_registers = 1}),
     VGIC_ERROR_CONFIG,
     {"ich_options"}},
    {"15 bits at least",
     V5(.cpus = 1, LPIS, .v5 = {.min_lpi_bits = 15}),
     VGIC_ERROR_CONFIG,
     {"v5.min_lpi_bits", "15", "14"}},
    {"a fourth size of L2 tables",
     V5(.cpus = 1, LPIS, .v5 = {.ist_l2_sizes = 8}),
     VGIC_ERROR_CONFIG,
     {"v5.ist_l2_sizes", "8"}},
    {"edge PPIs that are not there",
     V5(.cpus = 1, .v5 = {.edge_ppis = {1ull << 4, 0}}),
     VGIC_ERROR_CONFIG,
     {"v5.edge_ppis"}},
    {"bridges without options",
     V5(.cpus = 1, LPIS, .its = 1, .v5 = {.iwbs = 1}),
     VGIC_ERROR_CONFIG,
     {"v5.iwb"}},
    {"bridges without an ITS",
     V5(.cpus = 1, LPIS, .v5 = {.iwbs = 1, .iwb = good_iwb}),
     VGIC_ERROR_CONFIG,
     {"v5.iwb", "its"}},
    {"65 bridges",
     V5(.cpus = 1, LPIS, .its = 1, .v5 = {.iwbs = 65, .iwb = good_iwb}),
     VGIC_ERROR_CONFIG,
     {"v5.iwbs", "65", "64"}},
    {"33 wires",
     V5(.cpus = 1, LPIS, .its = 1, .v5 = {.iwbs = 1, .iwb = odd_wires}),
     VGIC_ERROR_CONFIG,
     {"v5.iwb", "wires", "33"}},
    {"no wires",
     V5(.cpus = 1, LPIS, .its = 1, .v5 = {.iwbs = 1, .iwb = no_wires}),
     VGIC_ERROR_CONFIG,
     {"v5.iwb", "wires", "0"}},
    {"too many wires",
     V5(.cpus = 1, LPIS, .its = 1, .v5 = {.iwbs = 1, .iwb = many_wires}),
     VGIC_ERROR_CONFIG,
     {"v5.iwb", "wires", "65568"}},
    {"the ITS of a bridge that is not there",
     V5(.cpus = 1, LPIS, .its = 1, .v5 = {.iwbs = 1, .iwb = wrong_its}),
     VGIC_ERROR_CONFIG,
     {"v5.iwb", "its", "1"}},
    {"a bridge's DeviceID that the ITS does not have",
     V5(.cpus = 1, LPIS, .its = 1, .v5 = {.iwbs = 1, .iwb = wide_device}),
     VGIC_ERROR_CONFIG,
     {"v5.iwb", "device", "65536"}},
    {"reserved members of a bridge",
     V5(.cpus = 1, LPIS, .its = 1, .v5 = {.iwbs = 1, .iwb = reserved_iwb}),
     VGIC_ERROR_UNSUPPORTED,
     {"v5.iwb", "reserved"}},
    {"reserved members",
     V5(.cpus = 1, .v5 = {.reserved = {0, 1}}),
     VGIC_ERROR_UNSUPPORTED,
     {"v5", "reserved"}},
    {"reserved bools",
     V5(.cpus = 1, .v5 = {.reserved_bools = {false, true}}),
     VGIC_ERROR_UNSUPPORTED,
     {"v5", "reserved"}},
    {"EL2", V5(.cpus = 1, .el2 = true), VGIC_ERROR_UNSUPPORTED, {"el2"}},
};

static Vgic *try_config(const VgicConfig *config, bool memory, Host *host, VgicError **error)
{
    VgicHost callbacks = host_callbacks(false);

    *error = NULL;
    if (memory) {
        host_add_memory(&callbacks);
    }
    return vgic_new(config, &callbacks, host, error);
}

static void what_is_refused_says_why(Machine *none)
{
    (void)none;
    for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        const Refused *r = &refused[i];
        static Host host;
        VgicError *error;
        Vgic *gic = try_config(&r->config, true, &host, &error);
        expect(gic != NULL, false, "%s is refused", r->name);
        if (gic || !error) {
            expect(error != NULL || gic != NULL, true, "%s has an error", r->name);
            vgic_free(gic);
            continue;
        }
        expect(vgic_error_code(error) == r->code || (r->code == VGIC_ERROR_UNSUPPORTED &&
                                                     vgic_error_code(error) == VGIC_ERROR_CONFIG),
               true, "code of %s", r->name);
        for (unsigned w = 0; w < 3 && r->words[w]; w++) {
            expect(strstr(vgic_error_message(error), r->words[w]) != NULL, true,
                   "%s: \"%s\" has %s", r->name, vgic_error_message(error), r->words[w]);
        }
        vgic_error_free(error);
        host_clear(&host);
    }
}

static const VgicConfig accepted[] = {
    V5(.cpus = 1),
    V5(.cpus = 512, .spis = 1 << 20, .v5 = {.irs = 64}),
    V5(.cpus = 1, .lpi_bits = 1),
    V5(.cpus = 1, .lpi_bits = 14),
    V5(.cpus = 1, .el3 = true, .v5 = {.domains = 14}), /* Realm, no Secure domain */
    V5(.cpus = 1, .v5 = {.iaffids = &wide[1]}),
    V5(.cpus = 1, .lpi_bits = 24, .lpi_limit = 1),
    V5(.cpus = 1, .priority_bits = 1),
    V5(.cpus = 4, .v5 = {.iaffid_bits = 2}),
    V5(.cpus = 1, .v5 = {.iaffid_bits = 1}),
    V5(.cpus = 1, .el3 = true, .v5 = {.domains = 6}), /* no Secure domain */
    V5(.cpus = 1, .el3 = true, .v5 = {.domains = 15}),
    V5(.cpus = 1, .el3 = true, .v5 = {.domains = 7}),
    V5(.cpus = 1, .el3 = true),
    V5(.cpus = 4, .spis = 64, .v5 = {.irs = 2, .irs_cpus = two_two, .irs_spis = zero_all}),
    V5(.cpus = 1, .lpi_bits = 14, .its = 16, .v5 = {.iwbs = 2, .iwb = good_iwb}),
    V5(.cpus = 1, .lpi_bits = 14, .v5 = {.min_lpi_bits = 14, .ist_l2_sizes = 4}),
    V5(.cpus = 1, .v5 = {.ppis = {0, 1ull << 63}, .edge_ppis = {0, 1ull << 63}}),
    V5(.cpus = 1, .lpi_bits = 16, .v5 = {.id_bits = 16}),
    V5(.cpus = 1, .spis = 65536, .v5 = {.id_bits = 16}),
};

static void the_limits_are_accepted(Machine *none)
{
    (void)none;
    for (unsigned i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
        static Host host;
        VgicError *error;
        Vgic *gic = try_config(&accepted[i], true, &host, &error);
        if (!gic) {
            expect(0, 1, "configuration %u: %s", i,
                   error ? vgic_error_message(error) : "no error object");
        }
        expect(host.error_count, 0, "host errors of configuration %u", i);
        vgic_error_free(error);
        vgic_free(gic);
        host_clear(&host);
    }
}

static void lpis_need_memory(Machine *none)
{
    const VgicConfig config = V5(.cpus = 1, .lpi_bits = 16);
    static Host host;
    VgicError *error;

    (void)none;
    assert_null(try_config(&config, false, &host, &error));
    assert_int_equal(vgic_error_code(error), VGIC_ERROR_HOST);
    assert_non_null(strstr(vgic_error_message(error), "memory_read"));
    vgic_error_free(error);
    const VgicConfig plain = V5(.cpus = 1, .spis = 32);
    Vgic *gic = try_config(&plain, false, &host, &error);
    assert_non_null(gic);
    vgic_free(gic);
}

static void v5_options_are_for_gicv5_only(Machine *none)
{
    const VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .v5 = {.irs = 1});
    static Host host;
    VgicError *error;

    (void)none;
    assert_null(try_config(&config, true, &host, &error));
    assert_int_equal(vgic_error_code(error), VGIC_ERROR_CONFIG);
    assert_non_null(strstr(vgic_error_message(error), "v5"));
    vgic_error_free(error);
}

static void a_gicv5_has_its_frames(Machine *m)
{
    static const char *const parts[] = {"IRS", "IRS_SETLPI", "ITS", "ITS_TRANSLATE", "IWB"};
    unsigned want = 0, found = 0, domains = 0;

    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        domains += v5_has_domain(m, d);
    }
    want = domains * (v5_irs_count(m) * (has(m, V5_SETLPI) ? 2 : 1) + m->config.its * 2) +
           m->config.v5.iwbs;
    for (uint32_t i = 0; vgic_frame_at(m->gic, i); i++) {
        const VgicFrame *frame = vgic_frame_at(m->gic, i);
        expect(vgic_frame(m->gic, vgic_frame_name(frame)) == frame, true, "%s by name",
               vgic_frame_name(frame));
        expect(vgic_frame_size(frame), 0x10000, "size of %s", vgic_frame_name(frame));
        found++;
    }
    assert_int_equal(found, want);
    for (unsigned i = 0; i < 5; i++) {
        const bool there = i == 0 || (i == 1   ? has(m, V5_SETLPI)
                                      : i == 4 ? has(m, V5_IWB)
                                               : has(m, V5_ITS));
        expect(vgic_frame(m->gic, parts[i]) != NULL, there, "%s", parts[i]);
    }
    assert_null(vgic_frame(m->gic, "GICD"));
    assert_null(vgic_frame(m->gic, "GICR"));
    assert_null(vgic_frame(m->gic, "GITS"));
    assert_int_equal(vgic_cpu_count(m->gic), m->config.cpus);
}

static void two_instances_live_side_by_side(Machine *none)
{
    Machine *a = V5_MACHINE(.cpus = 2, .spis = 32, .lpi_bits = 14);
    Machine *b = V5_MACHINE(.cpus = 1, .spis = 64, .lpi_bits = 16, .el3 = true);

    (void)none;
    v5_start(a);
    v5_start(b);
    v5_configure(a, 0, VGIC_V5_SPI(3), P_MID, 0);
    v5_configure(b, 0, VGIC_V5_SPI(3), P_HIGH, 0);
    v5_spi_wire(a, 3, true);
    assert_true(irq(a, 0));
    assert_false(irq(b, 0));
    v5_configure(b, 0, VGIC_V5_LPI(3), P_HIGH, 0);
    v5_cdpend(b, 0, VGIC_V5_LPI(3), true);
    assert_true(v5_takes(a, 0, VGIC_V5_SPI(3)));
    assert_true(v5_takes(b, 0, VGIC_V5_LPI(3)));
    machine_free(a);
    machine_free(b);
}

static const Test tests[] = {
    TEST_ALONE(what_is_refused_says_why), TEST_ALONE(the_limits_are_accepted),
    TEST_ALONE(lpis_need_memory),         TEST_ALONE(v5_options_are_for_gicv5_only),
    TEST(a_gicv5_has_its_frames, 0),      TEST_ALONE(two_instances_live_side_by_side),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "config", tests);
}
