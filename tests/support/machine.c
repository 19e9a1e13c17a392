/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include "guest.h"
#include "suite.h"
#include "v5.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

/* Gaps, all four levels, Aff0 above 15 (range selector) and the highest values. */
static const uint64_t odd_affinities[] = {
    0x0000000003, 0x0000010000, 0x000002001F, 0x0100000000,
    0x0500060711, 0xFF00FFFFFF, 0x0000FF00F0,
};

static const uint32_t three_regions[] = {100, 156, 256};
static const uint32_t two_regions[] = {1, 4};

static const uint64_t redist_addresses[] = {0x080A0000, 0x123456780000, 0xFFFF00000000};

#define V3(...) VGIC_CONFIG_INIT(VGIC_V3, __VA_ARGS__)

const MachineType machine_types[] = {
    {.name = "v3-1cpu", .config = V3(.cpus = 1, .spis = 64)},
    {.name = "v3-4cpu", .config = V3(.cpus = 4, .spis = 256)},
    {.name = "v3-4cpu-secure",
     .config = V3(.cpus = 4, .spis = 96, .security_states = 2, .el3 = true)},
    {.name = "v3-2cpu-secure-noel3", .config = V3(.cpus = 2, .spis = 64, .security_states = 2)},
    {.name = "v3-2cpu-secure-ds-fixed",
     .config = V3(.cpus = 2, .spis = 32, .security_states = 2, .el3 = true, .ds_fixed = true)},
    {.name = "v3-2cpu-el3", .config = V3(.cpus = 2, .spis = 64, .el3 = true)},
    {.name = "v3-4bit", .config = V3(.cpus = 2, .spis = 32, .priority_bits = 4)},
    {.name = "v3-6bit-secure",
     .config = V3(.cpus = 2, .spis = 32, .priority_bits = 6, .security_states = 2, .el3 = true)},
    {.name = "v3-7bit-secure",
     .config = V3(.cpus = 2, .spis = 32, .priority_bits = 7, .security_states = 2, .el3 = true)},
    {.name = "v3-8bit", .config = V3(.cpus = 2, .spis = 32, .priority_bits = 8)},
    {.name = "v3-8bit-secure",
     .config = V3(.cpus = 2, .spis = 32, .priority_bits = 8, .security_states = 2, .el3 = true)},
    {.name = "v3-ext", .config = V3(.cpus = 2, .spis = 32, .espis = 1024, .eppis = 64)},
    {.name = "v3-ext-secure",
     .config = V3(.cpus = 4, .spis = 988, .espis = 96, .eppis = 32, .security_states = 2,
                  .el3 = true, .message_frame = true)},
    {.name = "v3-espis-only", .config = V3(.cpus = 2, .spis = 32, .espis = 96)},
    {.name = "v3-eppis-only", .config = V3(.cpus = 2, .spis = 32, .eppis = 32)},
    {.name = "v3-512cpu-regions",
     .config = V3(.cpus = 512, .spis = 988, .redist_regions = three_regions,
                  .redist_region_count = COUNT(three_regions))},
    {.name = "v3-odd-affinity",
     .config = V3(.cpus = COUNT(odd_affinities), .spis = 64, .affinities = odd_affinities)},
    {.name = "v3-5cpu-options-secure",
     .config = V3(.cpus = 5, .spis = 70, .security_states = 2, .el3 = true, .statusr = true,
                  .hold_while_asleep = true, .sre_enable_writable = true, .message_frame = true,
                  .message_frame_base = 40, .message_frame_spis = 8, .redist_regions = two_regions,
                  .redist_region_count = COUNT(two_regions), .iidr = 0x1234543B)},
    {.name = "v3-4cpu-options",
     .config = V3(.cpus = 4, .spis = 64, .statusr = true, .hold_while_asleep = true,
                  .sre_enable_writable = true, .message_frame = true)},
    {.name = "v3-2cpu-plain",
     .config = V3(.cpus = 2, .spis = 40, .no_one_of_n = true, .no_message_spis = true)},
    {.name = "v3-2cpu-no-spi", .config = V3(.cpus = 2)},
    {.name = "v3-4cpu-single-threaded",
     .config = V3(.cpus = 4, .spis = 64, .single_threaded = true)},
    {.name = "v3-4cpu-single-threaded-secure",
     .config =
         V3(.cpus = 4, .spis = 64, .single_threaded = true, .security_states = 2, .el3 = true)},
    {.name = "v3-2cpu-lpi-direct", .config = V3(.cpus = 2, .spis = 32, .lpi_bits = 14)},
    {.name = "v3-4cpu-its", .config = V3(.cpus = 4, .spis = 64, .lpi_bits = 16, .its = 1)},
    {.name = "v3-4cpu-its-secure",
     .config =
         V3(.cpus = 4, .spis = 64, .lpi_bits = 17, .its = 1, .security_states = 2, .el3 = true)},
    {.name = "v3-2cpu-its-work",
     .config = V3(.cpus = 2, .spis = 32, .lpi_bits = 16, .its = 1),
     .work = true},
    {.name = "v3-3cpu-its-options",
     .config = V3(.cpus = 3, .spis = 32, .lpi_bits = 24, .its = 2, .direct_lpi = true,
                  .statusr = true, .redist_addresses = redist_addresses,
                  .its_options = {.device_bits = 32,
                                  .event_bits = 32,
                                  .collection_bits = 8,
                                  .hardware_collections = 4,
                                  .rdbase_is_address = true,
                                  .umsi = true,
                                  .iidr = 0x1230043B,
                                  .cache_entries = 64}),
     .work = true},
    {.name = "v3-2cpu-its-small",
     .config = V3(.cpus = 2, .spis = 32, .lpi_bits = 14, .its = 16, .priority_bits = 8,
                  .single_threaded = true, .security_states = 2,
                  .its_options = {.device_bits = 8,
                                  .event_bits = 5,
                                  .collection_bits = 3,
                                  .flat_tables_only = true,
                                  .slice = 1})},
    {.name = "v3-2cpu-its-8bit",
     .config = V3(.cpus = 2, .spis = 32, .lpi_bits = 20, .its = 1, .priority_bits = 8)},
    {.name = "v3-2cpu-el2", .config = V3(.cpus = 2, .spis = 64, .el2 = true)},
    {.name = "v3-4cpu-el2-el3-secure",
     .config = V3(.cpus = 4, .spis = 64, .espis = 96, .eppis = 32, .lpi_bits = 16, .el2 = true,
                  .el3 = true, .security_states = 2, .sre_enable_writable = true)},
    {.name = "v3-2cpu-nmi", .config = V3(.cpus = 2, .spis = 64, .nmi = true)},
    {.name = "v3-2cpu-el2-nmi-8bit",
     .config = V3(.cpus = 2, .spis = 64, .espis = 96, .eppis = 64, .el2 = true, .nmi = true,
                  .priority_bits = 8,
                  .ich_options = {.list_registers = 16,
                                  .priority_bits = 8,
                                  .preemption_bits = 7,
                                  .seis = true,
                                  .dvim = true})},
    {.name = "v3-3cpu-el2-el3-nmi-secure",
     .config = V3(.cpus = 3, .spis = 64, .el2 = true, .el3 = true, .nmi = true,
                  .security_states = 2, .priority_bits = 7,
                  .ich_options = {.list_registers = 1,
                                  .priority_bits = 6,
                                  .intid_bits = 16,
                                  .no_a3v = true,
                                  .no_tds = true})},
};

const unsigned machine_type_count = COUNT(machine_types);

uint32_t machine_features(const VgicConfig *c)
{
    const bool two = c->security_states == 2;

    if (c->model == VGIC_V5) {
        return v5_features(c);
    }
    return (two ? TWO_STATES : ONE_STATE) | (c->el3 ? EL3 : NO_EL3) | (c->cpus >= 2 ? SMP : 0) |
           (c->cpus >= 4 ? QUAD : 0) | (c->spis >= 32 ? SPIS : 0) | (c->espis ? ESPIS : 0) |
           (c->eppis ? EPPIS : 0) | (c->no_message_spis ? 0 : MESSAGES) |
           (c->message_frame ? GICM : 0) | (c->no_one_of_n ? 0 : ONE_OF_N) |
           (c->statusr ? STATUSR : 0) | (c->hold_while_asleep ? SLEEPS : NEVER_HOLDS) |
           (c->sre_enable_writable ? SRE_TRAPS : 0) | (two && !c->ds_fixed ? SETTABLE_DS : 0) |
           (c->redist_region_count > 1 ? REGIONS : 0) | (c->cpus <= 16 ? FEW_CPUS : 0) |
           (c->lpi_bits ? LPIS : NO_LPIS) |
           (c->lpi_bits && (c->direct_lpi || !c->its) ? DIRECT : 0) | (c->its ? ITS : 0) |
           (c->its > 1 ? TWO_ITS : 0) |
           (c->its && !c->its_options.flat_tables_only ? INDIRECT : 0) |
           (c->its_options.umsi ? UMSI : 0) | (c->el2 ? EL2 : NO_EL2) | (c->nmi ? NMIS : NO_NMIS);
}

Machine *machine_new_on(const char *name, const VgicConfig *config, const VgicHost *callbacks)
{
    Machine *m = calloc(1, sizeof(*m));
    VgicError *error = NULL;

    if (!m) {
        abort();
    }
    m->name = name;
    m->config = *config;
    m->features = machine_features(config);
    m->os = ns_el1;
    if (config->model == VGIC_V3 && has(m, WORLDS)) {
        m->os.scr_el3 = SCR_NS | SCR_FIQ;
    }
    m->top = config->el3 ? el3 : m->os;
    m->gic = vgic_new(config, callbacks, &m->host, &error);
    if (!m->gic) {
        fprintf(stderr, "%s: %s\n", name, error ? vgic_error_message(error) : "no error object");
        vgic_error_free(error);
        free(m);
        return NULL;
    }
    m->host.gic = m->gic;
    return m;
}

static Machine *new_machine(const char *name, const VgicConfig *config, bool trace, bool work)
{
    VgicHost callbacks = host_callbacks(trace);

    if (config->lpi_bits) {
        host_add_memory(&callbacks);
    }
    if (work) {
        host_add_work(&callbacks);
    }
    return machine_new_on(name, config, &callbacks);
}

Machine *machine_new(const char *name, const VgicConfig *config, bool trace)
{
    return new_machine(name, config, trace, false);
}

Machine *machine_new_of_type(const MachineType *type)
{
    return new_machine(type->name, &type->config, false, type->work);
}

void machine_free(Machine *m)
{
    if (m) {
        vgic_free(m->gic);
        host_clear(&m->host);
        free(m);
    }
}

bool machine_is_consistent(const Machine *m)
{
    bool good = true;

    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        const uint32_t lines = vgic_cpu_lines(m->gic, cpu);
        if (m->host.lines[cpu] != lines) {
            fprintf(stderr,
                    "PE %" PRIu32 " drives lines 0x%" PRIx32 ", lines_changed last saw 0x%" PRIx32
                    "\n",
                    cpu, lines, m->host.lines[cpu]);
            good = false;
        }
    }
    for (uint32_t i = 0; i < m->host.error_count; i++) {
        fprintf(stderr, "unexpected host error: %s: %s\n", m->host.errors[i].function,
                m->host.errors[i].message);
        good = false;
    }
    return good;
}

uint64_t machine_affinity(const Machine *m, uint32_t cpu)
{
    if (m->config.affinities) {
        return m->config.affinities[cpu];
    }
    return (uint64_t)(cpu / 16) << 8 | cpu % 16;
}

unsigned machine_preemption_bits(const Machine *m)
{
    return priority_bits(m) < 7 ? priority_bits(m) : 7;
}
