/* SPDX-License-Identifier: BSD-2-Clause */
/* Configurations: what is accepted, and that what is refused says why and leaves nothing. */
#include "guest.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

#define V3(...) VGIC_CONFIG_INIT(VGIC_V3, __VA_ARGS__)

static const uint64_t alike[] = {0, 1, 0x100, 1};
/* Alike in the bits that count: the others are ignored. */
static const uint64_t alike_below[] = {0x80000000, 0xC0000000};
static const uint32_t short_regions[] = {1, 2};
static const uint32_t long_regions[] = {3, 2};
static const uint32_t empty_region[] = {4, 0};
static const uint64_t redist_addresses[] = {0x080A0000, 0x080C0000};
static const uint64_t odd_addresses[] = {0x080A0000, 0x080C1000};
static const uint64_t equal_addresses[] = {0x080A0000, 0x080A0000};
static const uint64_t high_addresses[] = {0x080A0000, 1ull << 52};

/* One refused configuration, and words that its message must have: field, value, what is allowed.
 */
typedef struct Refused {
    const char *name;
    VgicConfig config;
    VgicErrorCode code;
    const char *words[3];
} Refused;

static const Refused refused[] = {
    {"no PE", V3(.cpus = 0), VGIC_ERROR_CONFIG, {"cpus", "0", "512"}},
    {"513 PEs", V3(.cpus = 513), VGIC_ERROR_CONFIG, {"cpus", "513", "512"}},
    {"4 billion PEs", V3(.cpus = UINT32_MAX), VGIC_ERROR_CONFIG, {"cpus", "4294967295", "512"}},
    {"5,000 SPIs", V3(.cpus = 1, .spis = 5000), VGIC_ERROR_CONFIG, {"spis", "5000", "988"}},
    {"989 SPIs", V3(.cpus = 1, .spis = 989), VGIC_ERROR_CONFIG, {"spis", "989", "988"}},
    {"1,025 extended SPIs",
     V3(.cpus = 1, .espis = 1025),
     VGIC_ERROR_CONFIG,
     {"espis", "1025", "1024"}},
    {"33 extended PPIs", V3(.cpus = 1, .eppis = 33), VGIC_ERROR_CONFIG, {"eppis", "33", "64"}},
    {"1 extended PPI", V3(.cpus = 1, .eppis = 1), VGIC_ERROR_CONFIG, {"eppis", "1", "32"}},
    {"96 extended PPIs", V3(.cpus = 1, .eppis = 96), VGIC_ERROR_CONFIG, {"eppis", "96", "64"}},
    {"3 Security states",
     V3(.cpus = 1, .security_states = 3),
     VGIC_ERROR_CONFIG,
     {"security_states", "3", "2"}},
    {"3 priority bits",
     V3(.cpus = 1, .priority_bits = 3),
     VGIC_ERROR_CONFIG,
     {"priority_bits", "3", "8"}},
    {"9 priority bits",
     V3(.cpus = 1, .priority_bits = 9),
     VGIC_ERROR_CONFIG,
     {"priority_bits", "9", "8"}},
    {"4 priority bits with two states",
     V3(.cpus = 1, .priority_bits = 4, .security_states = 2),
     VGIC_ERROR_CONFIG,
     {"priority_bits", "4", "5"}},
    {"fixed DS with one state",
     V3(.cpus = 1, .ds_fixed = true),
     VGIC_ERROR_CONFIG,
     {"ds_fixed", "security_states", NULL}},
    {"two PEs with one affinity",
     V3(.cpus = 4, .affinities = alike),
     VGIC_ERROR_CONFIG,
     {"affinities", "1", "3"}},
    {"affinities alike in what counts",
     V3(.cpus = 2, .affinities = alike_below),
     VGIC_ERROR_CONFIG,
     {"affinities", NULL, NULL}},
    {"regions that hold too few",
     V3(.cpus = 4, .redist_regions = short_regions, .redist_region_count = 2),
     VGIC_ERROR_CONFIG,
     {"redist_regions", "3", "4"}},
    {"regions that hold too many",
     V3(.cpus = 4, .redist_regions = long_regions, .redist_region_count = 2),
     VGIC_ERROR_CONFIG,
     {"redist_regions", "5", "4"}},
    {"an empty region",
     V3(.cpus = 4, .redist_regions = empty_region, .redist_region_count = 2),
     VGIC_ERROR_CONFIG,
     {"redist_regions", "0", NULL}},
    {"regions without a count",
     V3(.cpus = 4, .redist_regions = long_regions),
     VGIC_ERROR_CONFIG,
     {"redist_region_count", "0", NULL}},
    {"a count without regions",
     V3(.cpus = 4, .redist_region_count = 2),
     VGIC_ERROR_CONFIG,
     {"redist_region", "2", NULL}},
    {"a message frame without message SPIs",
     V3(.cpus = 1, .spis = 64, .message_frame = true, .no_message_spis = true),
     VGIC_ERROR_CONFIG,
     {"message_frame", "no_message_spis", NULL}},
    {"a message frame beyond the SPIs",
     V3(.cpus = 1, .spis = 64, .message_frame = true, .message_frame_base = 90,
        .message_frame_spis = 10),
     VGIC_ERROR_CONFIG,
     {"message_frame", "90", NULL}},
    {"a message frame that begins at a PPI",
     V3(.cpus = 1, .spis = 64, .message_frame = true, .message_frame_base = 31,
        .message_frame_spis = 10),
     VGIC_ERROR_CONFIG,
     {"message_frame_base", "31", "32"}},
    {"a message frame that wraps around",
     V3(.cpus = 1, .spis = 64, .message_frame = true, .message_frame_base = 40,
        .message_frame_spis = UINT32_MAX),
     VGIC_ERROR_CONFIG,
     {"message_frame_spis", "4294967295", NULL}},
    {"more regions than PEs",
     V3(.cpus = 1, .redist_regions = short_regions, .redist_region_count = 2),
     VGIC_ERROR_CONFIG,
     {"redist_region_count", "2", "1"}},
    {"13 LPI bits", V3(.cpus = 1, .lpi_bits = 13), VGIC_ERROR_CONFIG, {"lpi_bits", "13", "14"}},
    {"25 LPI bits", V3(.cpus = 1, .lpi_bits = 25), VGIC_ERROR_CONFIG, {"lpi_bits", "25", "24"}},
    {"a limit without LPIs",
     V3(.cpus = 1, .lpi_limit = 1024),
     VGIC_ERROR_CONFIG,
     {"lpi_limit", "lpi_bits", NULL}},
    {"direct LPIs without LPIs",
     V3(.cpus = 1, .direct_lpi = true),
     VGIC_ERROR_CONFIG,
     {"direct_lpi", "lpi_bits", NULL}},
    {"an ITS without LPIs", V3(.cpus = 1, .its = 1), VGIC_ERROR_CONFIG, {"its", "lpi_bits", NULL}},
    {"17 ITSs", V3(.cpus = 1, .lpi_bits = 16, .its = 17), VGIC_ERROR_CONFIG, {"its", "17", "16"}},
    {"ITS options without an ITS",
     V3(.cpus = 1, .lpi_bits = 16, .its_options = {.slice = 1}),
     VGIC_ERROR_CONFIG,
     {"its_options", "its", NULL}},
    {"33 DeviceID bits",
     V3(.cpus = 1, .lpi_bits = 16, .its = 1, .its_options = {.device_bits = 33}),
     VGIC_ERROR_CONFIG,
     {"its_options.device_bits", "33", "32"}},
    {"33 EventID bits",
     V3(.cpus = 1, .lpi_bits = 16, .its = 1, .its_options = {.event_bits = 33}),
     VGIC_ERROR_CONFIG,
     {"its_options.event_bits", "33", "32"}},
    {"17 collection bits",
     V3(.cpus = 1, .lpi_bits = 16, .its = 1, .its_options = {.collection_bits = 17}),
     VGIC_ERROR_CONFIG,
     {"its_options.collection_bits", "17", "16"}},
    {"256 hardware collections",
     V3(.cpus = 1, .lpi_bits = 16, .its = 1, .its_options = {.hardware_collections = 256}),
     VGIC_ERROR_CONFIG,
     {"its_options.hardware_collections", "256", "255"}},
    {"more hardware collections than collections",
     V3(.cpus = 1, .lpi_bits = 16, .its = 1,
        .its_options = {.hardware_collections = 17, .collection_bits = 4}),
     VGIC_ERROR_CONFIG,
     {"its_options.hardware_collections", "17", "collection_bits"}},
    {"an error policy that is none",
     V3(.cpus = 1, .lpi_bits = 16, .its = 1, .its_options = {.errors = (VgicItsErrors)3}),
     VGIC_ERROR_CONFIG,
     {"its_options.errors", "3", "2"}},
    {"a small cache",
     V3(.cpus = 1, .lpi_bits = 16, .its = 1, .its_options = {.cache_entries = 63}),
     VGIC_ERROR_CONFIG,
     {"its_options.cache_entries", "63", "64"}},
    {"a huge cache",
     V3(.cpus = 1, .lpi_bits = 16, .its = 1, .its_options = {.cache_entries = (1 << 24) + 1}),
     VGIC_ERROR_CONFIG,
     {"its_options.cache_entries", "16777217", "16777216"}},
    {"a table layout of another revision",
     V3(.cpus = 1, .lpi_bits = 16, .its = 1, .its_options = {.iidr = 0x5600143B}),
     VGIC_ERROR_CONFIG,
     {"its_options.iidr", "0x5600143b", "Revision"}},
    {"RDbase is an address, but there are none",
     V3(.cpus = 2, .lpi_bits = 16, .its = 1, .its_options = {.rdbase_is_address = true}),
     VGIC_ERROR_CONFIG,
     {"redist_addresses", "rdbase_is_address", "NULL"}},
    {"addresses that nobody wants",
     V3(.cpus = 2, .lpi_bits = 16, .its = 1, .redist_addresses = redist_addresses),
     VGIC_ERROR_CONFIG,
     {"redist_addresses", "rdbase_is_address", NULL}},
    {"addresses that nobody wants, without an ITS",
     V3(.cpus = 2, .redist_addresses = redist_addresses),
     VGIC_ERROR_CONFIG,
     {"redist_addresses", NULL, NULL}},
    {"an address that is no multiple of 64 KiB",
     V3(.cpus = 2, .lpi_bits = 16, .its = 1, .its_options = {.rdbase_is_address = true},
        .redist_addresses = odd_addresses),
     VGIC_ERROR_CONFIG,
     {"redist_addresses[1]", "0x80c1000", "0x10000"}},
    {"an address beyond 52 bits",
     V3(.cpus = 2, .lpi_bits = 16, .its = 1, .its_options = {.rdbase_is_address = true},
        .redist_addresses = high_addresses),
     VGIC_ERROR_CONFIG,
     {"redist_addresses[1]", "0x10000000000000", NULL}},
    {"two PEs at one address",
     V3(.cpus = 2, .lpi_bits = 16, .its = 1, .its_options = {.rdbase_is_address = true},
        .redist_addresses = equal_addresses),
     VGIC_ERROR_CONFIG,
     {"redist_addresses", "0x80a0000", NULL}},
    {"17 list registers",
     V3(.cpus = 1, .el2 = true, .ich_options = {.list_registers = 17}),
     VGIC_ERROR_CONFIG,
     {"ich_options.list_registers", "17", "16"}},
    {"4 virtual priority bits",
     V3(.cpus = 1, .el2 = true, .ich_options = {.priority_bits = 4}),
     VGIC_ERROR_CONFIG,
     {"ich_options.priority_bits", "4", "5"}},
    {"9 virtual priority bits",
     V3(.cpus = 1, .el2 = true, .ich_options = {.priority_bits = 9}),
     VGIC_ERROR_CONFIG,
     {"ich_options.priority_bits", "9", "8"}},
    {"4 virtual preemption bits",
     V3(.cpus = 1, .el2 = true, .ich_options = {.preemption_bits = 4}),
     VGIC_ERROR_CONFIG,
     {"ich_options.preemption_bits", "4", "5"}},
    {"8 virtual preemption bits",
     V3(.cpus = 1, .el2 = true, .ich_options = {.priority_bits = 8, .preemption_bits = 8}),
     VGIC_ERROR_CONFIG,
     {"ich_options.preemption_bits", "8", "7"}},
    {"more virtual preemption bits than priority bits",
     V3(.cpus = 1, .el2 = true, .ich_options = {.priority_bits = 6, .preemption_bits = 7}),
     VGIC_ERROR_CONFIG,
     {"ich_options.preemption_bits", "7", "6"}},
    {"more virtual preemption bits than the default of the priority bits",
     V3(.cpus = 1, .el2 = true, .ich_options = {.preemption_bits = 6}),
     VGIC_ERROR_CONFIG,
     {"ich_options.preemption_bits", "6", "5"}},
    {"virtual INTIDs of 20 bits",
     V3(.cpus = 1, .el2 = true, .ich_options = {.intid_bits = 20}),
     VGIC_ERROR_CONFIG,
     {"ich_options.intid_bits", "20", "24"}},
    {"options of the virtual CPU interface without EL2",
     V3(.cpus = 1, .ich_options = {.list_registers = 4}),
     VGIC_ERROR_CONFIG,
     {"ich_options", "el2", NULL}},
    {"one bit of them without EL2",
     V3(.cpus = 1, .el3 = true, .ich_options = {.no_tds = true}),
     VGIC_ERROR_CONFIG,
     {"ich_options", "el2", NULL}},
    {"a maintenance interrupt without EL2",
     V3(.cpus = 1, .maintenance_intid = 25),
     VGIC_ERROR_CONFIG,
     {"maintenance_intid", "el2", NULL}},
    {"an SGI as maintenance interrupt",
     V3(.cpus = 1, .el2 = true, .maintenance_intid = 15),
     VGIC_ERROR_CONFIG,
     {"maintenance_intid", "15", "31"}},
    {"an SPI as maintenance interrupt",
     V3(.cpus = 1, .spis = 32, .el2 = true, .maintenance_intid = 32),
     VGIC_ERROR_CONFIG,
     {"maintenance_intid", "32", "31"}},
    {"an extended PPI as maintenance interrupt",
     V3(.cpus = 1, .eppis = 64, .el2 = true, .maintenance_intid = 1056),
     VGIC_ERROR_CONFIG,
     {"maintenance_intid", "1056", "31"}},
    {"a virtual CPU interface of a later release",
     V3(.cpus = 1, .el2 = true, .ich_options = {.reserved_bools = {[3] = true}}),
     VGIC_ERROR_UNSUPPORTED,
     {"ich_options", "reserved", NULL}},
    {"a number of it of a later release",
     V3(.cpus = 1, .el2 = true, .ich_options = {.reserved = {[3] = 1}}),
     VGIC_ERROR_UNSUPPORTED,
     {"ich_options", "reserved", NULL}},
    {"an option of a later release",
     V3(.cpus = 1, .reserved = {[3] = true}),
     VGIC_ERROR_UNSUPPORTED,
     {"later release", NULL, NULL}},
    {"an ITS option of a later release",
     V3(.cpus = 1, .lpi_bits = 16, .its = 1, .its_options = {.reserved_bools = {[4] = true}}),
     VGIC_ERROR_UNSUPPORTED,
     {"its_options", "reserved", NULL}},
    {"an ITS number of a later release",
     V3(.cpus = 1, .lpi_bits = 16, .its = 1, .its_options = {.reserved = {[5] = 1}}),
     VGIC_ERROR_UNSUPPORTED,
     {"its_options", "reserved", NULL}},
    {"GICv2", VGIC_CONFIG_INIT(VGIC_V2, .cpus = 1), VGIC_ERROR_UNSUPPORTED, {"model", "2", NULL}},
    {"GICv4", VGIC_CONFIG_INIT(VGIC_V4, .cpus = 1), VGIC_ERROR_UNSUPPORTED, {"model", "4", NULL}},
    {"no GIC at all",
     VGIC_CONFIG_INIT((VgicModel)0, .cpus = 1),
     VGIC_ERROR_CONFIG,
     {"model", "0", NULL}},
    {"GICv9", VGIC_CONFIG_INIT((VgicModel)9, .cpus = 1), VGIC_ERROR_CONFIG, {"model", "9", NULL}},
    {"size 0", {.size = 0, .model = VGIC_V3, .cpus = 1}, VGIC_ERROR_CONFIG, {"size", "0", NULL}},
    {"size 4", {.size = 4, .model = VGIC_V3, .cpus = 1}, VGIC_ERROR_CONFIG, {"size", "4", NULL}},
};

static void check_message(const char *name, const char *message, const char *const words[3])
{
    expect(message[0] != 0, 1, "%s: has a message", name);
    for (unsigned w = 0; w < 3; w++) {
        if (words[w]) {
            expect(strstr(message, words[w]) != NULL, 1, "%s: '%s' in \"%s\"", name, words[w],
                   message);
        }
    }
    const size_t length = strlen(message);
    expect(length && message[length - 1] != '\n', 1, "%s: no newline at the end", name);
}

static bool fake_read(void *machine, VgicSpace space, uint64_t address, void *buffer, size_t length)
{
    (void)machine, (void)space, (void)address;
    memset(buffer, 0, length);
    return true;
}

static bool fake_write(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                       size_t length)
{
    (void)machine, (void)space, (void)address, (void)buffer, (void)length;
    return true;
}

static void a_refused_configuration_names_field_value_and_what_is_allowed(Machine *none)
{
    const VgicHost host = VGIC_HOST_INIT(.memory_read = fake_read, .memory_write = fake_write);

    (void)none;
    for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        VgicError *error = NULL;
        Vgic *gic = vgic_new(&refused[i].config, &host, NULL, &error);
        expect(gic == NULL, 1, "%s: refused", refused[i].name);
        expect(error != NULL, 1, "%s: an error", refused[i].name);
        if (error) {
            expect(vgic_error_code(error), refused[i].code, "%s: code", refused[i].name);
            check_message(refused[i].name, vgic_error_message(error), refused[i].words);
        }
        vgic_error_free(error);
        vgic_free(gic);
    }
}

static void an_error_object_is_optional(Machine *none)
{
    const VgicConfig config = V3(.cpus = 0);

    (void)none;
    assert_null(vgic_new(&config, NULL, NULL, NULL));
    assert_null(vgic_new(NULL, NULL, NULL, NULL));
    vgic_error_free(NULL);
    vgic_free(NULL);
}

static void a_missing_configuration_is_an_error(Machine *none)
{
    VgicError *error = NULL;

    (void)none;
    assert_null(vgic_new(NULL, NULL, NULL, &error));
    assert_non_null(error);
    assert_int_equal(vgic_error_code(error), VGIC_ERROR_CONFIG);
    vgic_error_free(error);
}

static void success_leaves_the_error_alone(Machine *none)
{
    const VgicConfig config = V3(.cpus = 1);
    VgicError *error = (VgicError *)&error;

    (void)none;
    Vgic *gic = vgic_new(&config, NULL, NULL, &error);
    assert_non_null(gic);
    assert_ptr_equal(error, &error);
    vgic_free(gic);
}

static void a_host_with_half_of_the_memory_callbacks_is_refused(Machine *none)
{
    static const char *const read_only[3] = {"memory_write", "memory_read", NULL};
    static const char *const no_size[3] = {"size", "0", NULL};
    const VgicConfig config = V3(.cpus = 1);
    const VgicHost hosts[] = {
        VGIC_HOST_INIT(.memory_read = fake_read),
        VGIC_HOST_INIT(.memory_write = fake_write),
        {.size = 0},
    };

    (void)none;
    for (unsigned i = 0; i < 3; i++) {
        VgicError *error = NULL;
        expect(vgic_new(&config, &hosts[i], NULL, &error) == NULL, 1, "host %u refused", i);
        expect(error != NULL, 1, "host %u: an error", i);
        if (error) {
            expect(vgic_error_code(error), VGIC_ERROR_HOST, "host %u: code", i);
            check_message("host", vgic_error_message(error), i == 2 ? no_size : read_only);
        }
        vgic_error_free(error);
    }
}

static void a_host_with_both_or_none_of_them_is_taken(Machine *none)
{
    const VgicConfig config = V3(.cpus = 1);
    const VgicHost both = VGIC_HOST_INIT(.memory_read = fake_read, .memory_write = fake_write);
    const VgicHost neither = VGIC_HOST_INIT();
    const VgicHost *const hosts[] = {&both, &neither, NULL};

    (void)none;
    for (unsigned i = 0; i < 3; i++) {
        Vgic *gic = vgic_new(&config, hosts[i], NULL, NULL);
        assert_non_null(gic);
        vgic_free(gic);
    }
}

/* LPIs have tables in memory: a host without memory cannot have them. */
static void lpis_need_memory(Machine *none)
{
    static const char *const words[3] = {"memory_read", "lpi_bits", NULL};
    const VgicConfig configs[] = {V3(.cpus = 1, .lpi_bits = 16),
                                  V3(.cpus = 1, .lpi_bits = 16, .its = 1)};
    const VgicHost host = VGIC_HOST_INIT();

    (void)none;
    for (unsigned i = 0; i < 4; i++) {
        VgicError *error = NULL;
        expect(vgic_new(&configs[i / 2], i % 2 ? &host : NULL, NULL, &error) == NULL, 1,
               "refused %u", i);
        expect(error != NULL, 1, "an error %u", i);
        if (error) {
            expect(vgic_error_code(error), VGIC_ERROR_HOST, "code %u", i);
            check_message("LPIs without memory", vgic_error_message(error), words);
        }
        vgic_error_free(error);
    }
}

static void the_limits_themselves_are_accepted(Machine *none)
{
    const VgicConfig largest =
        V3(.cpus = VGIC_MAX_CPUS, .spis = VGIC_MAX_SPIS, .espis = VGIC_MAX_ESPIS,
           .eppis = VGIC_MAX_EPPIS, .security_states = 2, .el3 = true, .priority_bits = 8,
           .lpi_bits = VGIC_MAX_LPI_BITS, .lpi_limit = UINT32_MAX, .its = VGIC_MAX_ITS,
           .its_options = {.device_bits = 32,
                           .event_bits = 32,
                           .collection_bits = 16,
                           .hardware_collections = 255,
                           .cache_entries = 1 << 24,
                           .slice = UINT32_MAX},
           .el2 = true, .nmi = true, .maintenance_intid = 31,
           .ich_options = {.list_registers = 16,
                           .priority_bits = 8,
                           .preemption_bits = 7,
                           .intid_bits = 24,
                           .no_a3v = true,
                           .no_tds = true,
                           .seis = true,
                           .dvim = true});
    const VgicConfig smallest = V3(.cpus = 1, .priority_bits = 4);
    const VgicConfig least =
        V3(.cpus = 1, .lpi_bits = VGIC_MIN_LPI_BITS, .lpi_limit = 1, .its = 1,
           .its_options = {.device_bits = 1,
                           .event_bits = 1,
                           .collection_bits = 1,
                           .hardware_collections = 2,
                           .cache_entries = 64,
                           .slice = 1},
           .el2 = true, .maintenance_intid = 16,
           .ich_options = {
               .list_registers = 1, .priority_bits = 5, .preemption_bits = 5, .intid_bits = 16});
    const VgicConfig *const configs[] = {&largest, &smallest, &least};
    const VgicHost host = VGIC_HOST_INIT(.memory_read = fake_read, .memory_write = fake_write);

    (void)none;
    for (unsigned i = 0; i < 3; i++) {
        Vgic *gic = vgic_new(configs[i], &host, NULL, NULL);
        assert_non_null(gic);
        assert_int_equal(vgic_cpu_count(gic), configs[i]->cpus);
        vgic_free(gic);
    }
}

static void config_init_gives_one_pe_and_defaults(Machine *none)
{
    VgicConfig config;
    const VgicConfig want = V3(.cpus = 1);

    (void)none;
    memset(&config, 0x5A, sizeof(config));
    vgic_config_init(&config, VGIC_V3);
    assert_memory_equal(&config, &want, sizeof(config));
}

/* Neither is looked at again: arrays and structures may live on the stack of the caller. */
static void configuration_and_host_are_copied(Machine *none)
{
    uint64_t affinities[2] = {0x100, 0x200}, addresses[2] = {0x10000, 0x30000};
    VgicConfig config =
        V3(.cpus = 2, .affinities = affinities, .lpi_bits = 16, .its = 1,
           .its_options = {.rdbase_is_address = true}, .redist_addresses = addresses);
    VgicHost host = VGIC_HOST_INIT(.memory_read = fake_read, .memory_write = fake_write);
    uint64_t typer;

    (void)none;
    Vgic *gic = vgic_new(&config, &host, NULL, NULL);
    assert_non_null(gic);
    memset(affinities, 0xFF, sizeof(affinities));
    memset(addresses, 0xFF, sizeof(addresses));
    memset(&config, 0xFF, sizeof(config));
    memset(&host, 0xFF, sizeof(host));

    assert_int_equal(vgic_cpu_count(gic), 2);
    const VgicFrame *frame = vgic_frame(gic, "GICR");
    assert_int_equal(vgic_frame_read(gic, frame, VGIC_S, 0x20000 + GICR_TYPER, 8, &typer), VGIC_OK);
    assert_int_equal(typer >> 32, 0x200);
    assert_int_equal(vgic_frame_write(gic, frame, VGIC_S, GICR_TYPER, 8, 0), VGIC_RAZ_WI);
    vgic_free(gic);
}

/* There is no older release whose structure was smaller, and half a member cannot be right. */
static void a_structure_smaller_than_that_of_the_first_release_is_refused(Machine *none)
{
    VgicConfig config = V3(.cpus = 2);
    const size_t whole = sizeof(VgicConfig);

    (void)none;
    for (config.size = 0; config.size < whole; config.size++) {
        VgicError *error = NULL;
        Vgic *gic = vgic_new(&config, NULL, NULL, &error);
        expect(gic == NULL, 1, "size %zu", config.size);
        expect(error && vgic_error_code(error) == VGIC_ERROR_CONFIG, 1, "size %zu", config.size);
        expect(error && strstr(vgic_error_message(error), "size") != NULL, 1, "size %zu",
               config.size);
        vgic_error_free(error);
        vgic_free(gic);
    }
    config.size = whole;
    Vgic *gic = vgic_new(&config, NULL, NULL, NULL);
    assert_non_null(gic);
    vgic_free(gic);
}

static void a_larger_structure_of_a_newer_caller_is_taken(Machine *none)
{
    struct {
        VgicConfig config;
        uint64_t newer[4];
    } larger = {.config = V3(.cpus = 2)};

    (void)none;
    larger.config.size = sizeof(larger);
    Vgic *gic = vgic_new(&larger.config, NULL, NULL, NULL);
    assert_non_null(gic);
    vgic_free(gic);
}

static void ignored_affinity_bits_do_not_count(Machine *none)
{
    const uint64_t affinities[] = {0x80000000 | 0x01000001, 0xFFFFFF0000000000 | 2};
    const VgicConfig config = V3(.cpus = 2, .affinities = affinities);
    uint64_t typer;

    (void)none;
    Vgic *gic = vgic_new(&config, NULL, NULL, NULL);
    assert_non_null(gic);
    const VgicFrame *frame = vgic_frame(gic, "GICR");
    assert_int_equal(vgic_frame_read(gic, frame, VGIC_S, GICR_TYPER, 8, &typer), VGIC_OK);
    assert_int_equal(typer >> 32, 1);
    assert_int_equal(vgic_frame_read(gic, frame, VGIC_S, 0x20000 + GICR_TYPER, 8, &typer), VGIC_OK);
    assert_int_equal(typer >> 32, 2);
    vgic_free(gic);
}

static void the_version_is_that_of_the_headers(Machine *none)
{
    char want[32];

    (void)none;
    snprintf(want, sizeof(want), "%d.%d.%d", VGIC_VERSION_MAJOR, VGIC_VERSION_MINOR,
             VGIC_VERSION_MICRO);
    assert_string_equal(vgic_version(), want);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST_ALONE(a_refused_configuration_names_field_value_and_what_is_allowed),
        TEST_ALONE(an_error_object_is_optional),
        TEST_ALONE(a_missing_configuration_is_an_error),
        TEST_ALONE(success_leaves_the_error_alone),
        TEST_ALONE(a_host_with_half_of_the_memory_callbacks_is_refused),
        TEST_ALONE(a_host_with_both_or_none_of_them_is_taken),
        TEST_ALONE(lpis_need_memory),
        TEST_ALONE(the_limits_themselves_are_accepted),
        TEST_ALONE(config_init_gives_one_pe_and_defaults),
        TEST_ALONE(configuration_and_host_are_copied),
        TEST_ALONE(a_structure_smaller_than_that_of_the_first_release_is_refused),
        TEST_ALONE(a_larger_structure_of_a_newer_caller_is_taken),
        TEST_ALONE(ignored_affinity_bits_do_not_count),
        TEST_ALONE(the_version_is_that_of_the_headers),
    };
    return RUN(argc, argv, "configuration", tests);
}
