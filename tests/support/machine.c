/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include "guest.h"
#include "suite.h"

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

#define V3(...) VGIC_CONFIG_INIT(VGIC_V3, __VA_ARGS__)

const MachineType machine_types[] = {
    {"v3-1cpu", V3(.cpus = 1, .spis = 64)},
    {"v3-4cpu", V3(.cpus = 4, .spis = 256)},
    {"v3-4cpu-secure", V3(.cpus = 4, .spis = 96, .security_states = 2, .el3 = true)},
    {"v3-2cpu-secure-noel3", V3(.cpus = 2, .spis = 64, .security_states = 2)},
    {"v3-2cpu-secure-ds-fixed",
     V3(.cpus = 2, .spis = 32, .security_states = 2, .el3 = true, .ds_fixed = true)},
    {"v3-2cpu-el3", V3(.cpus = 2, .spis = 64, .el3 = true)},
    {"v3-4bit", V3(.cpus = 2, .spis = 32, .priority_bits = 4)},
    {"v3-6bit-secure",
     V3(.cpus = 2, .spis = 32, .priority_bits = 6, .security_states = 2, .el3 = true)},
    {"v3-7bit-secure",
     V3(.cpus = 2, .spis = 32, .priority_bits = 7, .security_states = 2, .el3 = true)},
    {"v3-8bit", V3(.cpus = 2, .spis = 32, .priority_bits = 8)},
    {"v3-8bit-secure",
     V3(.cpus = 2, .spis = 32, .priority_bits = 8, .security_states = 2, .el3 = true)},
    {"v3-ext", V3(.cpus = 2, .spis = 32, .espis = 1024, .eppis = 64)},
    {"v3-ext-secure", V3(.cpus = 4, .spis = 988, .espis = 96, .eppis = 32, .security_states = 2,
                         .el3 = true, .message_frame = true)},
    {"v3-espis-only", V3(.cpus = 2, .spis = 32, .espis = 96)},
    {"v3-eppis-only", V3(.cpus = 2, .spis = 32, .eppis = 32)},
    {"v3-512cpu-regions", V3(.cpus = 512, .spis = 988, .redist_regions = three_regions,
                             .redist_region_count = COUNT(three_regions))},
    {"v3-odd-affinity",
     V3(.cpus = COUNT(odd_affinities), .spis = 64, .affinities = odd_affinities)},
    {"v3-5cpu-options-secure",
     V3(.cpus = 5, .spis = 70, .security_states = 2, .el3 = true, .statusr = true,
        .hold_while_asleep = true, .sre_enable_writable = true, .message_frame = true,
        .message_frame_base = 40, .message_frame_spis = 8, .redist_regions = two_regions,
        .redist_region_count = COUNT(two_regions), .iidr = 0x1234543B)},
    {"v3-4cpu-options", V3(.cpus = 4, .spis = 64, .statusr = true, .hold_while_asleep = true,
                           .sre_enable_writable = true, .message_frame = true)},
    {"v3-2cpu-plain", V3(.cpus = 2, .spis = 40, .no_one_of_n = true, .no_message_spis = true)},
    {"v3-2cpu-no-spi", V3(.cpus = 2)},
    {"v3-4cpu-single-threaded", V3(.cpus = 4, .spis = 64, .single_threaded = true)},
    {"v3-4cpu-single-threaded-secure",
     V3(.cpus = 4, .spis = 64, .single_threaded = true, .security_states = 2, .el3 = true)},
};

const unsigned machine_type_count = COUNT(machine_types);

uint32_t machine_features(const VgicConfig *c)
{
    const bool two = c->security_states == 2;

    return (two ? TWO_STATES : ONE_STATE) | (c->el3 ? EL3 : NO_EL3) | (c->cpus >= 2 ? SMP : 0) |
           (c->cpus >= 4 ? QUAD : 0) | (c->spis >= 32 ? SPIS : 0) | (c->espis ? ESPIS : 0) |
           (c->eppis ? EPPIS : 0) | (c->no_message_spis ? 0 : MESSAGES) |
           (c->message_frame ? GICM : 0) | (c->no_one_of_n ? 0 : ONE_OF_N) |
           (c->statusr ? STATUSR : 0) | (c->hold_while_asleep ? SLEEPS : NEVER_HOLDS) |
           (c->sre_enable_writable ? SRE_TRAPS : 0) | (two && !c->ds_fixed ? SETTABLE_DS : 0) |
           (c->redist_region_count > 1 ? REGIONS : 0) | (c->cpus <= 16 ? FEW_CPUS : 0);
}

Machine *machine_new(const char *name, const VgicConfig *config, bool trace)
{
    Machine *m = calloc(1, sizeof(*m));
    VgicHost callbacks = host_callbacks(trace);
    VgicError *error = NULL;

    if (!m) {
        abort();
    }
    m->name = name;
    m->config = *config;
    m->features = machine_features(config);
    m->os = ns_el1;
    if (has(m, WORLDS)) {
        m->os.scr_el3 = SCR_NS | SCR_FIQ;
    }
    m->top = has(m, EL3) ? el3 : m->os;
    m->gic = vgic_new(config, &callbacks, &m->host, &error);
    if (!m->gic) {
        fprintf(stderr, "%s: %s\n", name, error ? vgic_error_message(error) : "no error object");
        vgic_error_free(error);
        free(m);
        return NULL;
    }
    m->host.gic = m->gic;
    return m;
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
