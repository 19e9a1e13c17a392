/* SPDX-License-Identifier: BSD-2-Clause */
/* What a host may ask of a GICv5. */
#include <glib.h>

#include "core/config.h"
#include "core/error.h"
#include "v5/v5.h"

/* Members that mean something in other generations only. */
static bool check_unused(const VgicConfig *config, VgicError **error)
{
    const VgicItsOptions *its = &config->its_options;
    const struct {
        const char *name;
        uint64_t value;
    } unused[] = {
        {"affinities", config->affinities != NULL},
        {"espis", config->espis},
        {"eppis", config->eppis},
        {"security_states", config->security_states},
        {"el2", config->el2},
        {"ich_options", !vgic_config_is_zero(&config->ich_options, sizeof(config->ich_options))},
        {"maintenance_intid", config->maintenance_intid},
        {"ds_fixed", config->ds_fixed},
        {"redist_regions", config->redist_regions || config->redist_region_count},
        {"no_message_spis", config->no_message_spis},
        {"message_frame",
         config->message_frame || config->message_frame_base || config->message_frame_spis},
        {"redist_addresses", config->redist_addresses != NULL},
        {"direct_lpi", config->direct_lpi},
        {"statusr", config->statusr},
        {"hold_while_asleep", config->hold_while_asleep},
        {"sre_enable_writable", config->sre_enable_writable},
        {"its_options.collection_bits", its->collection_bits},
        {"its_options.hardware_collections", its->hardware_collections},
        {"its_options.rdbase_is_address", its->rdbase_is_address},
        {"its_options.umsi", its->umsi},
        {"its_options.errors", its->errors},
        {"its_options.iidr", its->iidr},
        {"its_options.slice", its->slice},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(unused); i++) {
        if (unused[i].value) {
            return vgic_error_set(error, VGIC_ERROR_CONFIG,
                                  "VgicConfig.%s is %" G_GUINT64_FORMAT
                                  ", but a GICv5 has no such option: allowed is 0",
                                  unused[i].name, unused[i].value);
        }
    }
    return true;
}

static bool check_domains(const VgicConfig *config, VgicError **error)
{
    uint32_t domains = config->v5.domains;
    bool el3 = domains >> VGIC_EL3 & 1;

    if (!domains || (domains < 1u << VGIC_DOMAINS && domains >> VGIC_NS & 1 && el3 == config->el3 &&
                     (el3 || domains == 1u << VGIC_NS))) {
        return true;
    }
    return vgic_error_set(error, VGIC_ERROR_CONFIG,
                          "VgicConfig.v5.domains is %#x, allowed %s el3 are %s", domains,
                          config->el3 ? "with" : "without",
                          config->el3 ? "6, 7, 0xe and 0xf (Non-secure and EL3, and perhaps Secure "
                                        "and Realm)"
                                      : "0 and 2 (Non-secure)");
}

/* Entries of @p counts that add up to @p sum; @p min each at least. */
static bool check_split(const char *name, const uint32_t *counts, uint32_t entries, uint32_t min,
                        uint32_t sum, const char *sum_name, VgicError **error)
{
    uint64_t all = 0;

    for (uint32_t i = 0; counts && i < entries; i++) {
        if (counts[i] < min) {
            return vgic_error_set(error, VGIC_ERROR_CONFIG,
                                  "VgicConfig.v5.%s[%u] is %u, allowed is %u at least", name, i,
                                  counts[i], min);
        }
        all += counts[i];
    }
    if (counts && all != sum) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.v5.%s add up to %" G_GUINT64_FORMAT
                              ", but VgicConfig.%s is %u: they must be equal",
                              name, all, sum_name, sum);
    }
    return true;
}

static bool check_irs(const VgicConfig *config, VgicError **error)
{
    const VgicV5Options *v5 = &config->v5;
    uint32_t irs = MAX(v5->irs, 1);

    if (!vgic_config_range("v5.irs", irs, 1, MIN(config->cpus, VGIC_V5_MAX_IRS), error)) {
        return false;
    }
    if (!v5->irs && (v5->irs_cpus || v5->irs_spis)) {
        return vgic_error_set(
            error, VGIC_ERROR_CONFIG,
            "VgicConfig.v5.irs_cpus or irs_spis is set although irs is 0: set irs "
            "to the number of their entries");
    }
    return check_split("irs_cpus", v5->irs_cpus, irs, 1, config->cpus, "cpus", error) &&
           check_split("irs_spis", v5->irs_spis, irs, 0, config->spis, "spis", error);
}

static bool check_iaffids(const VgicConfig *config, VgicError **error)
{
    const uint16_t *iaffids = config->v5.iaffids;
    uint32_t bits = config->v5.iaffid_bits ? config->v5.iaffid_bits : 16;
    uint64_t seen[0x10000 / 64] = {0};

    if (!vgic_config_range("v5.iaffid_bits", bits, 1, 16, error)) {
        return false;
    }
    for (uint32_t i = 0; i < config->cpus; i++) {
        uint32_t iaffid = iaffids ? iaffids[i] : i;

        if (iaffid >> bits) {
            return vgic_error_set(error, VGIC_ERROR_CONFIG,
                                  "VgicConfig.v5.iaffids[%u] is %u, allowed are the %u bits of "
                                  "VgicConfig.v5.iaffid_bits",
                                  i, iaffid, bits);
        }
        if (seen[iaffid / 64] >> iaffid % 64 & 1) {
            return vgic_error_set(error, VGIC_ERROR_CONFIG,
                                  "VgicConfig.v5.iaffids[%u] is %#x, which another PE has already: "
                                  "each PE needs its own",
                                  i, iaffid);
        }
        seen[iaffid / 64] |= UINT64_C(1) << iaffid % 64;
    }
    return true;
}

static bool check_tables(const VgicConfig *config, VgicError **error)
{
    const VgicV5Options *v5 = &config->v5;
    uint32_t min = v5->min_lpi_bits ? v5->min_lpi_bits : 1;
    uint32_t max = v5->id_bits == 16 ? 16 : VGIC_MAX_LPI_BITS;

    if (!vgic_config_range("v5.min_lpi_bits", min, 1, 14, error) ||
        (config->lpi_bits && !vgic_config_range("lpi_bits", config->lpi_bits, min, max, error))) {
        return false;
    }
    if (!config->lpi_bits && (config->lpi_limit || config->its)) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.%s is set although lpi_bits is 0: it needs lpi_bits of "
                              "1 to 24",
                              config->its ? "its" : "lpi_limit");
    }
    if (v5->id_bits && v5->id_bits != 16 && v5->id_bits != 24) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.v5.id_bits is %u, allowed is 0, 16 or 24", v5->id_bits);
    }
    return vgic_config_range("v5.ist_l2_sizes", v5->ist_l2_sizes, 0, 7, error);
}

static bool check_its(const VgicConfig *config, VgicError **error)
{
    const VgicItsOptions *options = &config->its_options;
    uint32_t device_bits = options->device_bits ? options->device_bits : 16;
    uint32_t event_bits = options->event_bits ? options->event_bits : 16;
    uint32_t cache = options->cache_entries ? options->cache_entries : 64;

    if (!config->its && !vgic_config_is_zero(options, sizeof(*options))) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.its_options is set although its is 0: leave it all zero");
    }
    return vgic_config_range("its", config->its, 0, VGIC_MAX_ITS, error) &&
           vgic_config_range("its_options.device_bits", device_bits, 1, 32, error) &&
           vgic_config_range("its_options.event_bits", event_bits, 1, 31, error) &&
           vgic_config_range("its_options.cache_entries", cache, 64, 1 << 24, error) &&
           vgic_config_reserved(
               "its_options",
               vgic_config_is_zero(options->reserved, sizeof(options->reserved)) &&
                   vgic_config_is_zero(options->reserved_bools, sizeof(options->reserved_bools)),
               error);
}

static bool check_iwb(const VgicConfig *config, uint32_t index, VgicError **error)
{
    const VgicIwbOptions *iwb = &config->v5.iwb[index];
    uint32_t device_bits = config->its_options.device_bits ? config->its_options.device_bits : 16;

    if (iwb->wires == 0 || iwb->wires % 32 || iwb->wires > VGIC_V5_MAX_WIRES) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.v5.iwb[%u].wires is %u, allowed are multiples of 32 from "
                              "32 to %u",
                              index, iwb->wires, VGIC_V5_MAX_WIRES);
    }
    if (iwb->its >= config->its) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.v5.iwb[%u].its is %u, but there are %u ITSs", index,
                              iwb->its, config->its);
    }
    if ((uint64_t)iwb->device >> device_bits) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.v5.iwb[%u].device is %u, allowed are the %u bits of "
                              "VgicConfig.its_options.device_bits",
                              index, iwb->device, device_bits);
    }
    return vgic_config_reserved(
        "v5.iwb", vgic_config_is_zero(iwb->reserved_bools, sizeof(iwb->reserved_bools)), error);
}

static bool check_iwbs(const VgicConfig *config, VgicError **error)
{
    const VgicV5Options *v5 = &config->v5;

    if (!vgic_config_range("v5.iwbs", v5->iwbs, 0, VGIC_V5_MAX_IWBS, error)) {
        return false;
    }
    if (!v5->iwbs != !v5->iwb) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.v5.iwbs is %u although iwb is %s: give both or none",
                              v5->iwbs, v5->iwb ? "set" : "NULL");
    }
    for (uint32_t i = 0; i < v5->iwbs; i++) {
        if (!check_iwb(config, i, error)) {
            return false;
        }
    }
    return true;
}

void vgic_v5_ppis(const VgicConfig *config, uint64_t ppis[VGIC_PPI_WORDS])
{
    const VgicV5Options *v5 = &config->v5;
    bool any = v5->ppis[0] || v5->ppis[1];

    /* SW_PPI, HACDBSIRQ, and CNTHVS to TRBIRQ [GICv5 1.14]. */
    ppis[0] = any ? v5->ppis[0] : 1u << 3 | 1u << 15 | UINT64_C(0x1FFF) << 19;
    ppis[1] = v5->ppis[1];
}

static bool check_ppis(const VgicConfig *config, VgicError **error)
{
    const VgicV5Options *v5 = &config->v5;
    uint64_t ppis[VGIC_PPI_WORDS];

    vgic_v5_ppis(config, ppis);
    for (unsigned i = 0; i < VGIC_PPI_WORDS; i++) {
        if (v5->edge_ppis[i] & ~ppis[i]) {
            return vgic_error_set(error, VGIC_ERROR_CONFIG,
                                  "VgicConfig.v5.edge_ppis[%u] names PPIs that "
                                  "VgicConfig.v5.ppis[%u] does not",
                                  i, i);
        }
    }
    return true;
}

bool vgic_v5_check_config(const VgicConfig *config, VgicError **error)
{
    const VgicV5Options *v5 = &config->v5;
    uint32_t priority_bits = config->priority_bits ? config->priority_bits : 5;

    uint32_t spis = v5->id_bits == 16 ? 1 << 16 : VGIC_V5_MAX_SPIS;

    return vgic_config_range("spis", config->spis, 0, spis, error) &&
           vgic_config_range("priority_bits", priority_bits, 1, 5, error) &&
           check_unused(config, error) && check_domains(config, error) &&
           check_irs(config, error) && check_iaffids(config, error) &&
           check_tables(config, error) && check_its(config, error) && check_iwbs(config, error) &&
           check_ppis(config, error) &&
           vgic_config_reserved(
               "v5",
               vgic_config_is_zero(v5->reserved, sizeof(v5->reserved)) &&
                   vgic_config_is_zero(v5->reserved_bools, sizeof(v5->reserved_bools)),
               error);
}
