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

/* An option comes after the one that its presence depends on. GICv2 to GICv4: */
static const Option older_options[] = {
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

/* GICv5. Where the standard is not one number, Vgic.config has what the model made of 0. */
static const Option v5_options[] = {
    U32(cpus, 0),
    U32(spis, 0),
    BOOL(el3),
    BOOL(nmi),
    U32(priority_bits, 5),
    BOOL(no_one_of_n),
    U32(lpi_bits, 0),
    U32(its, 0),
    ITS_U32(device_bits, 16),
    ITS_U32(event_bits, 16),
    ITS_BOOL(flat_tables_only),
    U32(iidr, 0x0560043B),
    U32(v5.domains, 0),
    U32(v5.irs, 1),
    U32(v5.iaffid_bits, 16),
    U32(v5.id_bits, 24),
    U32(v5.min_lpi_bits, 1),
    U32(v5.ist_l2_sizes, 7),
    BOOL(v5.linear_ist_only),
    BOOL(v5.no_setlpi),
    BOOL(v5.no_software_errors),
    U32(v5.iwbs, 0),
};

typedef struct Options {
    const Option *option;
    unsigned count;
} Options;

static Options options_of(VgicModel model)
{
    return model == VGIC_V5 ? (Options){v5_options, G_N_ELEMENTS(v5_options)}
                            : (Options){older_options, G_N_ELEMENTS(older_options)};
}

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

static void save_older(const Vgic *gic, const VgicConfig *config, VgicStateWriter *writer)
{
    save_affinities(gic, writer);
    vgic_state_put_array(writer, "redist_regions", "u", config->redist_regions,
                         config->redist_region_count, sizeof(*config->redist_regions));
    if (config->redist_addresses) {
        vgic_state_put_array(writer, "redist_addresses", "t", config->redist_addresses,
                             config->cpus, sizeof(*config->redist_addresses));
    }
}

/* The arrays of a GICv5: the model filled in all of them. */
typedef struct Array {
    const char *name, *type;
    const void *elements;
    size_t count, size;
} Array;

enum {
    V5_ARRAYS = 5,
};

static void arrays_of(const VgicConfig *config, Array arrays[V5_ARRAYS])
{
    const VgicV5Options *v5 = &config->v5;
    const Array all[V5_ARRAYS] = {
        {"v5.irs_cpus", "u", v5->irs_cpus, v5->irs, sizeof(*v5->irs_cpus)},
        {"v5.irs_spis", "u", v5->irs_spis, v5->irs, sizeof(*v5->irs_spis)},
        {"v5.iaffids", "q", v5->iaffids, config->cpus, sizeof(*v5->iaffids)},
        {"v5.ppis", "t", v5->ppis, G_N_ELEMENTS(v5->ppis), sizeof(v5->ppis[0])},
        {"v5.edge_ppis", "t", v5->edge_ppis, G_N_ELEMENTS(v5->edge_ppis), sizeof(v5->edge_ppis[0])},
    };

    memcpy(arrays, all, sizeof(all));
}

/* An IWB is four numbers. */
enum {
    IWB_WIRES,
    IWB_ITS,
    IWB_DEVICE,
    IWB_STARTS_DISABLED,
    IWB_OPTIONS,
};

static const char *const iwb_keys[IWB_OPTIONS] = {
    [IWB_WIRES] = "v5.iwb.wires",
    [IWB_ITS] = "v5.iwb.its",
    [IWB_DEVICE] = "v5.iwb.device",
    [IWB_STARTS_DISABLED] = "v5.iwb.starts_disabled",
};

static uint32_t iwb_option(const VgicIwbOptions *iwb, unsigned option)
{
    return option == IWB_WIRES    ? iwb->wires
           : option == IWB_ITS    ? iwb->its
           : option == IWB_DEVICE ? iwb->device
                                  : iwb->starts_disabled;
}

static void save_v5(const VgicConfig *config, VgicStateWriter *writer)
{
    Array arrays[V5_ARRAYS];
    uint32_t values[VGIC_V5_MAX_IWBS];

    arrays_of(config, arrays);
    for (unsigned i = 0; i < V5_ARRAYS; i++) {
        vgic_state_put_array(writer, arrays[i].name, arrays[i].type, arrays[i].elements,
                             arrays[i].count, arrays[i].size);
    }
    for (unsigned option = 0; config->v5.iwbs && option < IWB_OPTIONS; option++) {
        for (uint32_t i = 0; i < config->v5.iwbs; i++) {
            values[i] = iwb_option(&config->v5.iwb[i], option);
        }
        vgic_state_put_array(writer, iwb_keys[option], "u", values, config->v5.iwbs,
                             sizeof(values[0]));
    }
}

void vgic_state_save_config(const Vgic *gic, VgicStateWriter *state)
{
    VgicConfig config = config_of(gic);
    Options options = options_of(config.model);
    VgicStateWriter writer;

    g_variant_builder_init(&writer, G_VARIANT_TYPE_VARDICT);
    vgic_state_put_u32(&writer, "model", config.model);
    for (unsigned i = 0; i < options.count; i++) {
        const Option *option = &options.option[i];

        if (is_saved(&config, option)) {
            vgic_state_put_u32(&writer, option->name, get(&config, option));
        }
    }
    if (config.model == VGIC_V5) {
        save_v5(&config, &writer);
    } else {
        save_older(gic, &config, &writer);
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
    Options options = options_of(config->model);

    for (unsigned i = 0; i < options.count; i++) {
        const Option *option = &options.option[i];

        if (is_expected(reader, config, option)) {
            set(config, option,
                vgic_state_u32(reader, option->name, option->is_bool ? 1 : UINT32_MAX));
        }
    }
}

/* Numbers that arrays have as their lengths. */
static void check_count(VgicStateReader *reader, const char *key, uint32_t count, uint32_t first,
                        uint32_t last)
{
    if (count < first || count > last) {
        vgic_state_refuse(reader, key, "is %" PRIu32 ", allowed is %" PRIu32 " to %" PRIu32, count,
                          first, last);
    }
}

static void read_older(VgicStateReader *reader, VgicConfig *config)
{
    size_t regions;

    config->affinities =
        vgic_state_array(reader, "affinities", "t", config->cpus, sizeof(*config->affinities));
    config->redist_regions = vgic_state_list(reader, "redist_regions", "u", config->cpus,
                                             sizeof(*config->redist_regions), &regions);
    config->redist_region_count = (uint32_t)regions;
    if (!regions) {
        config->redist_regions = NULL;
    }
    if (vgic_state_has(reader, "redist_addresses")) {
        config->redist_addresses = vgic_state_array(reader, "redist_addresses", "t", config->cpus,
                                                    sizeof(*config->redist_addresses));
    }
}

static void read_iwbs(VgicStateReader *reader, VgicStateConfig *read)
{
    uint32_t count = read->config.v5.iwbs;
    const uint32_t *values[IWB_OPTIONS];

    for (unsigned i = 0; i < IWB_OPTIONS; i++) {
        values[i] = vgic_state_array(reader, iwb_keys[i], "u", count, sizeof(*values[i]));
    }
    for (uint32_t i = 0; !reader->load->failed && i < count; i++) {
        read->iwb[i] = (VgicIwbOptions){
            .wires = values[IWB_WIRES][i],
            .its = values[IWB_ITS][i],
            .device = values[IWB_DEVICE][i],
            .starts_disabled = values[IWB_STARTS_DISABLED][i],
        };
        if (values[IWB_STARTS_DISABLED][i] > 1) {
            vgic_state_refuse(reader, iwb_keys[IWB_STARTS_DISABLED],
                              "[%" PRIu32 "] is %" PRIu32 ", allowed are 0 and 1", i,
                              values[IWB_STARTS_DISABLED][i]);
        }
    }
    read->config.v5.iwb = read->iwb;
}

static void read_v5(VgicStateReader *reader, VgicStateConfig *read)
{
    VgicV5Options *v5 = &read->config.v5;
    const uint64_t *ppis, *edge;

    check_count(reader, "v5.irs", v5->irs, 1, VGIC_V5_MAX_IRS);
    check_count(reader, "v5.iwbs", v5->iwbs, 0, VGIC_V5_MAX_IWBS);
    v5->irs_cpus = vgic_state_array(reader, "v5.irs_cpus", "u", v5->irs, sizeof(*v5->irs_cpus));
    v5->irs_spis = vgic_state_array(reader, "v5.irs_spis", "u", v5->irs, sizeof(*v5->irs_spis));
    v5->iaffids =
        vgic_state_array(reader, "v5.iaffids", "q", read->config.cpus, sizeof(*v5->iaffids));
    ppis = vgic_state_array(reader, "v5.ppis", "t", G_N_ELEMENTS(v5->ppis), sizeof(*ppis));
    edge =
        vgic_state_array(reader, "v5.edge_ppis", "t", G_N_ELEMENTS(v5->edge_ppis), sizeof(*edge));
    for (unsigned i = 0; edge && i < G_N_ELEMENTS(v5->ppis); i++) {
        v5->ppis[i] = ppis[i];
        v5->edge_ppis[i] = edge[i];
    }
    if (v5->iwbs) {
        read_iwbs(reader, read);
    }
}

void vgic_state_read_config(VgicStateReader *state, VgicStateConfig *read)
{
    VgicConfig *config = &read->config;
    VgicStateReader reader;

    vgic_state_open(state, "config", &reader);
    vgic_config_init(config, (VgicModel)vgic_state_u32(&reader, "model", 0xFF));
    read_options(&reader, config);
    /* Whatever limit the GIC had: a state has no more LPIs than it has bytes for. */
    config->lpi_limit = config->lpi_bits ? UINT32_MAX : 0;
    check_count(&reader, "cpus", config->cpus, 1, VGIC_MAX_CPUS);
    if (config->model == VGIC_V5) {
        read_v5(&reader, read);
    } else {
        read_older(&reader, config);
    }
    vgic_state_close(&reader);
}

/* Compares what of the configuration is an array. */
static void check_older(const Vgic *gic, const VgicConfig *own, const VgicConfig *saved,
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

/* Numbers of elements are the same in both. */
static void check_v5(const VgicConfig *own, const VgicConfig *saved, VgicStateReader *state)
{
    Array mine[V5_ARRAYS], theirs[V5_ARRAYS];

    arrays_of(own, mine);
    arrays_of(saved, theirs);
    for (unsigned i = 0; i < V5_ARRAYS; i++) {
        if (memcmp(mine[i].elements, theirs[i].elements, mine[i].count * mine[i].size) != 0) {
            vgic_state_refuse(state, "config", "has %s that are not those of this GIC",
                              mine[i].name);
        }
    }
    for (uint32_t i = 0; i < own->v5.iwbs; i++) {
        for (unsigned option = 0; option < IWB_OPTIONS; option++) {
            uint32_t got = iwb_option(&saved->v5.iwb[i], option);
            uint32_t want = iwb_option(&own->v5.iwb[i], option);

            if (got != want) {
                vgic_state_refuse(state, "config",
                                  "has %s [%" PRIu32 "] %" PRIu32 ", this GIC has %" PRIu32,
                                  iwb_keys[option], i, got, want);
            }
        }
    }
}

void vgic_state_check_config(const Vgic *gic, VgicStateReader *state)
{
    VgicConfig own = config_of(gic);
    Options options = options_of(own.model);
    VgicStateConfig saved;

    vgic_state_read_config(state, &saved);
    if (saved.config.model != own.model) {
        vgic_state_refuse(state, "config.model", "is %d, this GIC has %d", (int)saved.config.model,
                          (int)own.model);
    }
    for (unsigned i = 0; i < options.count && !state->load->failed; i++) {
        const Option *option = &options.option[i];
        uint32_t got = get(&saved.config, option), want = get(&own, option);

        if (got != want) {
            vgic_state_refuse(state, "config", "has %s %" PRIu32 ", this GIC has %" PRIu32,
                              option->name, got, want);
        }
    }
    if (state->load->failed) {
        return;
    }
    if (own.model == VGIC_V5) {
        check_v5(&own, &saved.config, state);
    } else {
        check_older(gic, &own, &saved.config, state);
    }
}
