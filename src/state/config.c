/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration in a saved state: what a guest can see of it, defaults filled in, under the
 * names of VgicConfig. A state is for a GIC that is the same in all of this.
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "defs/ich.h"
#include "state/state.h"

/* When an option is in a state. */
typedef enum Presence {
    ALWAYS,
    WITH_ITS, /* if there are ITSs */
    WITH_EL2, /* if el2 is set */
    IF_SET,   /* came in a later release: missing means 0 */
} Presence;

/* An option, and what 0 stands for. */
typedef struct Option {
    const char *name;
    size_t offset;
    bool is_bool;
    Presence presence;
    uint32_t standard;
} Option;

#define OPTION(member, is_bool_, presence_, standard_)                                             \
    {                                                                                              \
        .name = #member, .offset = offsetof(VgicConfig, member), .is_bool = (is_bool_),            \
        .presence = (presence_), .standard = (standard_)                                           \
    }
#define U32(member, standard) OPTION(member, false, ALWAYS, standard)
#define BOOL(member) OPTION(member, true, ALWAYS, 0)
#define ITS_U32(member, standard) OPTION(its_options.member, false, WITH_ITS, standard)
#define ITS_BOOL(member) OPTION(its_options.member, true, WITH_ITS, 0)
#define ICH_U32(member, standard) OPTION(ich_options.member, false, WITH_EL2, standard)
#define ICH_BOOL(member) OPTION(ich_options.member, true, WITH_EL2, 0)

/* An option comes after the one that its presence depends on. */
static const Option options[] = {
    U32(cpus, 0),
    U32(spis, 0),
    U32(espis, 0),
    U32(eppis, 0),
    U32(security_states, 1),
    BOOL(el3),
    BOOL(ds_fixed),
    U32(priority_bits, 5),
    BOOL(no_one_of_n),
    BOOL(no_message_spis),
    BOOL(message_frame),
    U32(message_frame_base, 0),
    U32(message_frame_spis, 0),
    U32(lpi_bits, 0),
    BOOL(direct_lpi),
    U32(its, 0),
    ITS_U32(device_bits, 16),
    ITS_U32(event_bits, 16),
    ITS_U32(collection_bits, 0),
    ITS_U32(hardware_collections, 0),
    ITS_BOOL(rdbase_is_address),
    ITS_BOOL(flat_tables_only),
    ITS_BOOL(umsi),
    ITS_U32(errors, 0),
    ITS_U32(iidr, 0x5600043B),
    BOOL(statusr),
    BOOL(hold_while_asleep),
    BOOL(sre_enable_writable),
    U32(iidr, 0x5600043B),
    OPTION(el2, true, IF_SET, 0),
    ICH_U32(list_registers, 4),
    ICH_U32(priority_bits, 5),
    ICH_U32(preemption_bits, 0), /* see config_of() */
    ICH_U32(intid_bits, 24),
    ICH_BOOL(no_a3v),
    ICH_BOOL(no_tds),
    ICH_BOOL(seis),
    ICH_BOOL(dvim),
    OPTION(maintenance_intid, false, WITH_EL2, 0),
    OPTION(nmi, true, IF_SET, 0),
};

static uint32_t get(const VgicConfig *config, const Option *option)
{
    const char *member = (const char *)config + option->offset;
    uint32_t value;

    if (option->is_bool) {
        return *(const bool *)member;
    }
    memcpy(&value, member, sizeof(value));
    return value ? value : option->standard;
}

static void set(VgicConfig *config, const Option *option, uint32_t value)
{
    char *member = (char *)config + option->offset;

    if (option->is_bool) {
        *(bool *)member = value;
    } else {
        memcpy(member, &value, sizeof(value));
    }
}

/* The GIC's own configuration, with what the model made of it. */
static VgicConfig config_of(const Vgic *gic)
{
    VgicConfig config = gic->config;

    if (config.message_frame) {
        config.message_frame_base = gic->message_base;
        config.message_frame_spis = gic->message_count;
    }
    config.direct_lpi = gic->direct_lpi;
    if (config.el2) {
        config.ich_options.preemption_bits = (uint32_t)VGIC_GET(gic->ich.vtr, ich_vtr, PREbits) + 1;
    }
    return config;
}

/* Is the option in the state of a GIC of this configuration? */
static bool is_saved(const VgicConfig *config, const Option *option)
{
    switch (option->presence) {
    case WITH_ITS:
        return config->its;
    case WITH_EL2:
        return config->el2;
    case IF_SET:
        return get(config, option);
    default:
        return true;
    }
}

static void save_affinities(const Vgic *gic, VgicStateWriter *writer)
{
    uint64_t affinities[VGIC_MAX_CPUS];

    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        affinities[i] = gic->cpus[i].affinity;
    }
    vgic_state_put_array(writer, "affinities", "t", affinities, gic->cpu_count,
                         sizeof(affinities[0]));
}

void vgic_state_save_config(const Vgic *gic, VgicStateWriter *state)
{
    VgicConfig config = config_of(gic);
    VgicStateWriter writer;

    g_variant_builder_init(&writer, G_VARIANT_TYPE_VARDICT);
    vgic_state_put_u32(&writer, "model", config.model);
    for (unsigned i = 0; i < G_N_ELEMENTS(options); i++) {
        if (is_saved(&config, &options[i])) {
            vgic_state_put_u32(&writer, options[i].name, get(&config, &options[i]));
        }
    }
    save_affinities(gic, &writer);
    vgic_state_put_array(&writer, "redist_regions", "u", config.redist_regions,
                         config.redist_region_count, sizeof(*config.redist_regions));
    if (config.redist_addresses) {
        vgic_state_put_array(&writer, "redist_addresses", "t", config.redist_addresses, config.cpus,
                             sizeof(*config.redist_addresses));
    }
    g_variant_builder_add(state, "{sv}", "config", g_variant_builder_end(&writer));
}

static bool is_expected(VgicStateReader *reader, const VgicConfig *config, const Option *option)
{
    return option->presence == IF_SET ? vgic_state_has(reader, option->name)
                                      : is_saved(config, option);
}

/* None is wrong as such, vgic_new() looks at them. */
static void read_options(VgicStateReader *reader, VgicConfig *config)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(options); i++) {
        const Option *option = &options[i];

        if (is_expected(reader, config, option)) {
            set(config, option,
                vgic_state_u32(reader, option->name, option->is_bool ? 1 : UINT32_MAX));
        }
    }
}

void vgic_state_read_config(VgicStateReader *state, VgicConfig *config)
{
    VgicStateReader reader;
    size_t regions;

    vgic_state_open(state, "config", &reader);
    vgic_config_init(config, (VgicModel)vgic_state_u32(&reader, "model", 0xFF));
    read_options(&reader, config);
    /* Whatever limit the GIC had: a state has no more LPIs than it has bytes for. */
    config->lpi_limit = config->lpi_bits ? UINT32_MAX : 0;
    if (config->cpus < 1 || config->cpus > VGIC_MAX_CPUS) {
        vgic_state_refuse(&reader, "cpus", "is %" PRIu32 ", allowed is 1 to %d", config->cpus,
                          VGIC_MAX_CPUS);
    }
    config->affinities =
        vgic_state_array(&reader, "affinities", "t", config->cpus, sizeof(*config->affinities));
    config->redist_regions = vgic_state_list(&reader, "redist_regions", "u", config->cpus,
                                             sizeof(*config->redist_regions), &regions);
    config->redist_region_count = (uint32_t)regions;
    if (!regions) {
        config->redist_regions = NULL;
    }
    if (vgic_state_has(&reader, "redist_addresses")) {
        config->redist_addresses = vgic_state_array(&reader, "redist_addresses", "t", config->cpus,
                                                    sizeof(*config->redist_addresses));
    }
    vgic_state_close(&reader);
}

/* Compares what of the configuration is an array. */
static void check_arrays(const Vgic *gic, const VgicConfig *own, const VgicConfig *saved,
                         VgicStateReader *state)
{
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        if (saved->affinities[i] != gic->cpus[i].affinity) {
            vgic_state_refuse(state, "config.affinities",
                              "[%" PRIu32 "] is %#" PRIx64 ", this GIC has %#" PRIx64, i,
                              saved->affinities[i], gic->cpus[i].affinity);
        }
    }
    if (saved->redist_region_count != own->redist_region_count) {
        vgic_state_refuse(state, "config.redist_regions",
                          "has %" PRIu32 " elements, this GIC has %" PRIu32,
                          saved->redist_region_count, own->redist_region_count);
        return;
    }
    for (uint32_t i = 0; i < own->redist_region_count; i++) {
        if (saved->redist_regions[i] != own->redist_regions[i]) {
            vgic_state_refuse(state, "config.redist_regions",
                              "[%" PRIu32 "] is %" PRIu32 ", this GIC has %" PRIu32, i,
                              saved->redist_regions[i], own->redist_regions[i]);
        }
    }
    if (!saved->redist_addresses != !own->redist_addresses ||
        (own->redist_addresses && memcmp(saved->redist_addresses, own->redist_addresses,
                                         own->cpus * sizeof(*own->redist_addresses)) != 0)) {
        vgic_state_refuse(state, "config.redist_addresses", "are not those of this GIC");
    }
}

void vgic_state_check_config(const Vgic *gic, VgicStateReader *state)
{
    VgicConfig own = config_of(gic), saved;

    vgic_state_read_config(state, &saved);
    if (saved.model != own.model) {
        vgic_state_refuse(state, "config.model", "is %d, this GIC has %d", (int)saved.model,
                          (int)own.model);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(options) && !state->load->failed; i++) {
        uint32_t got = get(&saved, &options[i]), want = get(&own, &options[i]);

        if (got != want) {
            vgic_state_refuse(state, "config", "has %s %" PRIu32 ", this GIC has %" PRIu32,
                              options[i].name, got, want);
        }
    }
    if (!state->load->failed) {
        check_arrays(gic, &own, &saved, state);
    }
}
