/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything that a host can ask for is checked here, before anything is allocated. */
#include "core/config.h"

#include <glib.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "core/error.h"

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

static bool check_range(const char *name, uint32_t value, uint32_t min, uint32_t max,
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

bool vgic_config_check(const VgicConfig *config, VgicError **error)
{
    uint32_t priority_bits = config->priority_bits ? config->priority_bits : 5;
    uint32_t states = config->security_states ? config->security_states : 1;

    if (!check_range("cpus", config->cpus, 1, VGIC_MAX_CPUS, error) ||
        !check_range("spis", config->spis, 0, VGIC_MAX_SPIS, error) ||
        !check_range("espis", config->espis, 0, VGIC_MAX_ESPIS, error) ||
        !check_range("security_states", states, 1, 2, error) ||
        !check_range("priority_bits", priority_bits, 4, 8, error)) {
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
    return check_affinities(config, error) && check_regions(config, error);
}
