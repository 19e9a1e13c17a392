/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything that a host can ask for is checked here, before anything is allocated. */
#include "core/config.h"

#include <glib.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "core/error.h"
#include "defs/intid.h"

void vgic_config_init(VgicConfig *config, VgicModel model)
{
    memset(config, 0, sizeof(*config));
    config->size = sizeof(*config);
    config->model = model;
    config->cpus = 1;
}

/* The structures of release 0.1, the first: no caller has smaller ones. */
#define CONFIG_SIZE_0_1 (offsetof(VgicConfig, reserved) + 7 * sizeof(bool))
#define HOST_SIZE_0_1 (offsetof(VgicHost, trace) + sizeof(void *))

/* Options of later releases: what is set there must not be ignored. */
static bool check_reserved(const VgicConfig *config, VgicError **error)
{
    const unsigned char *bytes = (const unsigned char *)config;

    for (size_t i = offsetof(VgicConfig, reserved); i < config->size; i++) {
        if (bytes[i]) {
            return vgic_error_set(error, VGIC_ERROR_UNSUPPORTED,
                                  "VgicConfig has byte %zu set, an option of a later release: "
                                  "allowed are those up to single_threaded",
                                  i);
        }
    }
    return true;
}

bool vgic_config_copy(VgicConfig *copy, const VgicConfig *config, VgicError **error)
{
    if (!config) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG, "config is NULL");
    }
    if (config->size < CONFIG_SIZE_0_1) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.size is %zu, at least %zu is needed: set it with "
                              "VGIC_CONFIG_INIT or vgic_config_init()",
                              config->size, CONFIG_SIZE_0_1);
    }
    memset(copy, 0, sizeof(*copy));
    memcpy(copy, config, MIN(config->size, sizeof(*copy)));
    return check_reserved(config, error);
}

bool vgic_host_copy(VgicHost *copy, const VgicHost *host, VgicError **error)
{
    memset(copy, 0, sizeof(*copy));
    if (!host) {
        return true;
    }
    if (host->size < HOST_SIZE_0_1) {
        return vgic_error_set(
            error, VGIC_ERROR_HOST,
            "VgicHost.size is %zu, at least %zu is needed: set it with VGIC_HOST_INIT", host->size,
            HOST_SIZE_0_1);
    }
    memcpy(copy, host, MIN(host->size, sizeof(*copy)));
    if (!copy->memory_read != !copy->memory_write) {
        return vgic_error_set(error, VGIC_ERROR_HOST,
                              "VgicHost.%s is NULL although VgicHost.%s is set: give both or none",
                              copy->memory_read ? "memory_write" : "memory_read",
                              copy->memory_read ? "memory_read" : "memory_write");
    }
    return true;
}

bool vgic_config_range(const char *name, uint32_t value, uint32_t min, uint32_t max,
                       VgicError **error)
{
    if (value >= min && value <= max) {
        return true;
    }
    return vgic_error_set(error, VGIC_ERROR_CONFIG, "VgicConfig.%s is %u, allowed is %u to %u",
                          name, value, min, max);
}

static bool check_affinities(const VgicConfig *config, VgicError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (uint32_t i = 0; config->affinities && i < config->cpus; i++) {
        uint64_t affinity = config->affinities[i] & UINT64_C(0xFF00FFFFFF);
        gint64 *key = g_new(gint64, 1);

        *key = (gint64)affinity;
        if (!g_hash_table_add(seen, key)) {
            return vgic_error_set(error, VGIC_ERROR_CONFIG,
                                  "VgicConfig.affinities[%u] is %#" PRIx64
                                  ", which another PE has already: each PE needs its own",
                                  i, affinity);
        }
    }
    return true;
}

static bool check_regions(const VgicConfig *config, VgicError **error)
{
    uint64_t sum = 0;

    if (!config->redist_regions != !config->redist_region_count) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.redist_region_count is %u although redist_regions is %s",
                              config->redist_region_count, config->redist_regions ? "set" : "NULL");
    }
    if (config->redist_region_count > config->cpus) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.redist_region_count is %u, allowed is 0 to %u (cpus)",
                              config->redist_region_count, config->cpus);
    }
    for (uint32_t i = 0; i < config->redist_region_count; i++) {
        if (config->redist_regions[i] == 0) {
            return vgic_error_set(error, VGIC_ERROR_CONFIG,
                                  "VgicConfig.redist_regions[%u] is 0, allowed is 1 to %u", i,
                                  config->cpus);
        }
        sum += config->redist_regions[i];
    }
    if (config->redist_regions && sum != config->cpus) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.redist_regions hold %" PRIu64
                              " PEs in all, but VgicConfig.cpus is %u: they must be equal",
                              sum, config->cpus);
    }
    return true;
}

static bool check_lpis(const VgicConfig *config, VgicError **error)
{
    if (config->lpi_bits && !vgic_config_range("lpi_bits", config->lpi_bits, VGIC_MIN_LPI_BITS,
                                               VGIC_MAX_LPI_BITS, error)) {
        return false;
    }
    if (!config->lpi_bits && (config->lpi_limit || config->direct_lpi || config->its)) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.%s is set although lpi_bits is 0: it needs lpi_bits of "
                              "14 to 24",
                              config->its          ? "its"
                              : config->direct_lpi ? "direct_lpi"
                                                   : "lpi_limit");
    }
    return true;
}

bool vgic_config_is_zero(const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;

    for (size_t i = 0; i < size; i++) {
        if (byte[i]) {
            return false;
        }
    }
    return true;
}

/* The reserved members of a structure of options, @p zero being whether they are. */
bool vgic_config_reserved(const char *name, bool zero, VgicError **error)
{
    return zero || vgic_error_set(error, VGIC_ERROR_UNSUPPORTED,
                                  "VgicConfig.%s has a reserved member set, an option of a later "
                                  "release: allowed is 0",
                                  name);
}

/* Options without an ITS that they are about are a mistake. */
static bool check_no_its(const VgicConfig *config, VgicError **error)
{
    if (vgic_config_is_zero(&config->its_options, sizeof(config->its_options))) {
        return true;
    }
    return vgic_error_set(error, VGIC_ERROR_CONFIG,
                          "VgicConfig.its_options is set although its is 0: leave it all zero");
}

static bool check_redist_address(const VgicConfig *config, uint32_t pe, VgicError **error)
{
    uint64_t address = config->redist_addresses[pe];

    if (address % 0x10000 || address >> 52) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.redist_addresses[%u] is %#" PRIx64
                              ", allowed are multiples of 0x10000 below 2^52",
                              pe, address);
    }
    for (uint32_t i = 0; i < pe; i++) {
        if (config->redist_addresses[i] == address) {
            return vgic_error_set(error, VGIC_ERROR_CONFIG,
                                  "VgicConfig.redist_addresses[%u] is %#" PRIx64
                                  ", which PE %u has already: each PE needs its own",
                                  pe, address, i);
        }
    }
    return true;
}

static bool check_redist_addresses(const VgicConfig *config, VgicError **error)
{
    bool wanted = config->its_options.rdbase_is_address;

    if (wanted != (config->redist_addresses != NULL)) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.redist_addresses is %s although "
                              "its_options.rdbase_is_address is %s: give both or none",
                              wanted ? "NULL" : "set", wanted ? "set" : "not set");
    }
    for (uint32_t i = 0; wanted && i < config->cpus; i++) {
        if (!check_redist_address(config, i, error)) {
            return false;
        }
    }
    return true;
}

static bool check_its(const VgicConfig *config, VgicError **error)
{
    const VgicItsOptions *options = &config->its_options;
    uint32_t device_bits = options->device_bits ? options->device_bits : 16;
    uint32_t event_bits = options->event_bits ? options->event_bits : 16;
    uint32_t cache = options->cache_entries ? options->cache_entries : 64;

    if (!config->its) {
        return check_no_its(config, error) && check_redist_addresses(config, error);
    }
    if (!vgic_config_range("its", config->its, 0, VGIC_MAX_ITS, error) ||
        !vgic_config_range("its_options.device_bits", device_bits, 1, 32, error) ||
        !vgic_config_range("its_options.event_bits", event_bits, 1, 32, error) ||
        !vgic_config_range("its_options.collection_bits", options->collection_bits, 0, 16, error) ||
        !vgic_config_range("its_options.hardware_collections", options->hardware_collections, 0,
                           255, error) ||
        !vgic_config_range("its_options.errors", options->errors, 0, VGIC_ITS_ERRORS_STALL,
                           error) ||
        !vgic_config_range("its_options.cache_entries", cache, 64, 1 << 24, error)) {
        return false;
    }
    if (options->collection_bits &&
        options->hardware_collections > 1u << options->collection_bits) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.its_options.hardware_collections is %u, allowed with "
                              "collection_bits %u is 0 to %u",
                              options->hardware_collections, options->collection_bits,
                              1u << options->collection_bits);
    }
    if (options->iidr & 0xF000) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.its_options.iidr is %#x, its Revision [15:12] must be 0",
                              options->iidr);
    }
    return vgic_config_reserved(
               "its_options",
               vgic_config_is_zero(options->reserved, sizeof(options->reserved)) &&
                   vgic_config_is_zero(options->reserved_bools, sizeof(options->reserved_bools)),
               error) &&
           check_redist_addresses(config, error);
}

static bool check_no_el2(const VgicConfig *config, VgicError **error)
{
    if (!vgic_config_is_zero(&config->ich_options, sizeof(config->ich_options))) {
        return vgic_error_set(
            error, VGIC_ERROR_CONFIG,
            "VgicConfig.ich_options is set although el2 is not: leave it all zero");
    }
    if (config->maintenance_intid) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.maintenance_intid is %u although el2 is not set: without "
                              "EL2 allowed is 0",
                              config->maintenance_intid);
    }
    return true;
}

static bool check_el2(const VgicConfig *config, VgicError **error)
{
    const VgicIchOptions *options = &config->ich_options;
    uint32_t priority_bits = options->priority_bits ? options->priority_bits : 5;
    uint32_t preemption_bits = options->preemption_bits ? options->preemption_bits : 5;

    if (!config->el2) {
        return check_no_el2(config, error);
    }
    if (!vgic_config_range("ich_options.list_registers", options->list_registers, 0,
                           VGIC_MAX_LIST_REGISTERS, error) ||
        !vgic_config_range("ich_options.priority_bits", priority_bits, 5, 8, error) ||
        !vgic_config_range("ich_options.preemption_bits", preemption_bits, 5, MIN(priority_bits, 7),
                           error)) {
        return false;
    }
    if (options->intid_bits && options->intid_bits != 16 && options->intid_bits != 24) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.ich_options.intid_bits is %u, allowed is 0, 16 or 24",
                              options->intid_bits);
    }
    if (config->maintenance_intid &&
        !vgic_config_range("maintenance_intid", config->maintenance_intid, VGIC_INTID_PPI,
                           VGIC_INTID_SPI - 1, error)) {
        return false;
    }
    return vgic_config_reserved(
        "ich_options",
        vgic_config_is_zero(options->reserved, sizeof(options->reserved)) &&
            vgic_config_is_zero(options->reserved_bools, sizeof(options->reserved_bools)),
        error);
}

static bool check_no_v5(const VgicConfig *config, VgicError **error)
{
    return vgic_config_is_zero(&config->v5, sizeof(config->v5)) ||
           vgic_error_set(error, VGIC_ERROR_CONFIG,
                          "VgicConfig.v5 is set although model is not VGIC_V5: leave it all zero");
}

/* What GICv2 to GICv4 have in common. */
static bool check_older(const VgicConfig *config, VgicError **error)
{
    uint32_t priority_bits = config->priority_bits ? config->priority_bits : 5;
    uint32_t states = config->security_states ? config->security_states : 1;

    if (!check_no_v5(config, error) ||
        !vgic_config_range("spis", config->spis, 0, VGIC_MAX_SPIS, error) ||
        !vgic_config_range("espis", config->espis, 0, VGIC_MAX_ESPIS, error) ||
        !vgic_config_range("security_states", states, 1, 2, error) ||
        !vgic_config_range("priority_bits", priority_bits, 4, 8, error)) {
        return false;
    }
    if (config->eppis % 32 || config->eppis > VGIC_MAX_EPPIS) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.eppis is %u, allowed is 0, 32 or 64", config->eppis);
    }
    if (states == 2 && priority_bits < 5) {
        return vgic_error_set(
            error, VGIC_ERROR_CONFIG,
            "VgicConfig.priority_bits is %u, allowed with two Security states is 5 to 8",
            priority_bits);
    }
    if (config->ds_fixed && states == 1) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.ds_fixed is set although security_states is 1: "
                              "it is allowed with 2 only");
    }
    return check_affinities(config, error) && check_regions(config, error) &&
           check_lpis(config, error) && check_its(config, error) && check_el2(config, error);
}

bool vgic_config_check(const VgicConfig *config, VgicError **error)
{
    return vgic_config_range("cpus", config->cpus, 1, VGIC_MAX_CPUS, error) &&
           (config->model == VGIC_V5 || check_older(config, error));
}

bool vgic_host_check(const VgicHost *host, const VgicConfig *config, VgicError **error)
{
    if (!config->lpi_bits || host->memory_read) {
        return true;
    }
    return vgic_error_set(error, VGIC_ERROR_HOST,
                          "VgicHost.memory_read and memory_write are NULL although "
                          "VgicConfig.lpi_bits is %u: LPIs have tables in guest memory",
                          config->lpi_bits);
}
