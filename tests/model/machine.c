/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers and random machines. */
#include "operations.h"

#include <inttypes.h>
#include <string.h>

uint64_t random_next(Random *random)
{
    uint64_t x = random->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random->state = x;
    return x * 0x2545F4914F6CDD1D;
}

uint32_t random_below(Random *random, uint32_t limit)
{
    return (uint32_t)((random_next(random) >> 32) * limit >> 32);
}

bool random_percent(Random *random, uint32_t percent)
{
    return random_below(random, 100) < percent;
}

const VgicConfig *machine_config(Machine *machine)
{
    machine->config.affinities = machine->affinities[0] == UINT64_MAX ? NULL : machine->affinities;
    machine->config.redist_regions = machine->regions[0] ? machine->regions : NULL;
    bool addresses = machine->config.its_options.rdbase_is_address;
    machine->config.redist_addresses = addresses ? machine->redist_addresses : NULL;
    return &machine->config;
}

/* Clusters, high Aff0 for the range selector, Aff3: whatever tells PEs apart. */
static void random_affinities(Machine *machine, Random *random)
{
    machine->affinities[0] = UINT64_MAX;
    if (random_percent(random, 40)) {
        return;
    }
    for (uint32_t i = 0; i < machine->config.cpus; i++) {
        bool taken;
        do {
            uint64_t aff0 =
                random_percent(random, 50) ? random_below(random, 4) : random_below(random, 256);
            uint64_t aff1 = random_percent(random, 70) ? 0 : random_below(random, 256);
            uint64_t aff2 = random_percent(random, 80) ? 0 : random_below(random, 256);
            uint64_t aff3 = random_percent(random, 80) ? 0 : random_below(random, 256);
            machine->affinities[i] = aff3 << 32 | aff2 << 16 | aff1 << 8 | aff0;
            taken = false;
            for (uint32_t j = 0; j < i; j++) {
                taken |= machine->affinities[j] == machine->affinities[i];
            }
        } while (taken);
    }
}

static void random_regions(Machine *machine, Random *random)
{
    uint32_t left = machine->config.cpus;
    if (left == 1 || random_percent(random, 60)) {
        return;
    }
    while (left) {
        uint32_t cpus = 1 + random_below(random, left);
        machine->regions[machine->config.redist_region_count++] = cpus;
        left -= cpus;
    }
}

static uint32_t random_of(Random *random, const uint32_t *values, uint32_t count)
{
    return values[random_below(random, count)];
}

void machine_random(Machine *machine, Random *random)
{
    static const uint32_t spis[] = {0, 1, 3, 8, 31, 32, 33, 40, 64};
    static const uint32_t espis[] = {0, 0, 0, 1, 5, 32, 40};
    memset(machine, 0, sizeof(*machine));
    VgicConfig *config = &machine->config;
    vgic_config_init(config, VGIC_V3);
    config->cpus = 1 + random_below(random, random_percent(random, 80) ? 3 : PAIR_MAX_CPUS);
    config->spis =
        random_percent(random, 2) ? VGIC_MAX_SPIS : spis[random_below(random, sizeof(spis) / 4)];
    config->espis = espis[random_below(random, sizeof(espis) / 4)];
    config->eppis = random_percent(random, 70) ? 0 : 32 * (1 + random_below(random, 2));
    config->security_states = random_percent(random, 60) ? 2 : random_below(random, 2);
    bool two = config->security_states == 2;
    config->el3 = random_percent(random, two ? 85 : 40);
    config->ds_fixed = two && random_percent(random, 20);
    config->priority_bits = random_percent(random, 20) ? 0
                            : two                      ? 5 + random_below(random, 4)
                                                       : 4 + random_below(random, 5);
    config->no_one_of_n = random_percent(random, 10);
    config->no_message_spis = random_percent(random, 10);
    config->message_frame = !config->no_message_spis && random_percent(random, 30);
    if (config->message_frame && config->spis > 4 && random_percent(random, 50)) {
        config->message_frame_base = 34;
        config->message_frame_spis = config->spis - 2;
    }
    config->statusr = random_percent(random, 30);
    config->hold_while_asleep = random_percent(random, 30);
    config->sre_enable_writable = random_percent(random, 30);
    config->iidr = random_percent(random, 80) ? 0 : 0x1234543B;
    config->single_threaded = random_percent(random, 30);
    config->nmi = random_percent(random, 35);
    random_affinities(machine, random);
    random_regions(machine, random);
    machine_config(machine);
}

void machine_random_virtual(Machine *machine, Random *random)
{
    static const uint32_t list_registers[] = {0, 1, 1, 2, 2, 3, 4, 5, 8, 15, 16, 16};
    static const uint32_t intid_bits[] = {0, 16, 24};
    VgicConfig *config = &machine->config;
    config->nmi = random_percent(random, 60);
    machine->saved_each_step = random_percent(random, 12);
    if (random_percent(random, 5)) {
        return; /* ICH registers without EL2 */
    }
    VgicIchOptions *ich = &config->ich_options;
    config->el2 = true;
    ich->list_registers = random_of(random, list_registers, sizeof(list_registers) / 4);
    ich->priority_bits = random_percent(random, 20) ? 0 : 5 + random_below(random, 4);
    uint32_t most = ich->priority_bits < 7 ? ich->priority_bits : 7;
    if (ich->priority_bits && random_percent(random, 70)) {
        ich->preemption_bits = 5 + random_below(random, most - 4);
    }
    ich->intid_bits = random_of(random, intid_bits, sizeof(intid_bits) / 4);
    ich->no_a3v = random_percent(random, 20);
    ich->no_tds = random_percent(random, 20);
    ich->seis = random_percent(random, 20);
    ich->dvim = random_percent(random, 20);
    if (random_percent(random, 60)) {
        config->maintenance_intid = random_percent(random, 60) ? 25 : 16 + random_below(random, 16);
    }
}

static void random_its(VgicItsOptions *its, Random *random)
{
    static const uint32_t devices[] = {0, 0, 1, 3, 5, 8, 12, 16, 17, 20, 24, 31, 32};
    static const uint32_t events[] = {0, 0, 1, 2, 5, 8, 13, 14, 15, 16, 20, 32};
    static const uint32_t collections[] = {0, 0, 0, 1, 3, 8, 12, 16};
    static const uint32_t held[] = {0, 0, 0, 1, 2, 8, 255};
    static const uint32_t slices[] = {0, 1, 2, 3, 10};
    its->device_bits = random_of(random, devices, sizeof(devices) / 4);
    its->event_bits = random_of(random, events, sizeof(events) / 4);
    its->collection_bits = random_of(random, collections, sizeof(collections) / 4);
    its->hardware_collections = random_of(random, held, sizeof(held) / 4);
    uint32_t most = its->collection_bits ? 1u << its->collection_bits : 255;
    if (its->hardware_collections > most) {
        its->hardware_collections = most;
    }
    its->rdbase_is_address = random_percent(random, 25);
    its->flat_tables_only = random_percent(random, 15);
    its->umsi = random_percent(random, 40);
    its->errors = (VgicItsErrors)random_below(random, 3);
    its->iidr = random_percent(random, 80) ? 0 : 0x1204043B;
    its->cache_entries = random_percent(random, 50) ? 64 : 0;
    its->slice = random_of(random, slices, sizeof(slices) / 4);
}

void machine_random_lpis(Machine *machine, Random *random)
{
    VgicConfig *config = &machine->config;
    uint32_t width = random_below(random, 100);
    config->lpi_bits = width < 60 ? 14 : width < 90 ? 15 + random_below(random, 3) : 20;
    if (random_percent(random, 1)) {
        config->lpi_bits = VGIC_MAX_LPI_BITS;
    }
    config->lpi_limit = random_percent(random, 70) ? 0 : 1 + random_below(random, 3000);
    config->its = random_percent(random, 15) ? 0 : 1 + random_below(random, MAX_ITS);
    config->direct_lpi = random_percent(random, 40);
    if (config->its) {
        random_its(&config->its_options, random);
    }
    machine->sliced = random_percent(random, 50);
    for (uint32_t i = 0; i < PAIR_MAX_CPUS; i++) {
        machine->redist_addresses[i] = 0x0A0F0A0000 + (uint64_t)(i ^ 5) * 0x20000;
    }
    machine_config(machine);
}

static void print_its(const Machine *machine, FILE *out)
{
    const VgicConfig *c = &machine->config;
    const VgicItsOptions *its = &c->its_options;
    fprintf(out,
            "    .lpi_bits = %u, .lpi_limit = %u, .its = %u, .direct_lpi = %d, sliced: %d\n"
            "    .its_options = {.device_bits = %u, .event_bits = %u, .collection_bits = %u,\n"
            "        .hardware_collections = %u, .rdbase_is_address = %d, .flat_tables_only = %d,\n"
            "        .umsi = %d, .errors = %d, .iidr = 0x%x, .cache_entries = %u, .slice = %u}\n",
            c->lpi_bits, c->lpi_limit, c->its, c->direct_lpi, machine->sliced, its->device_bits,
            its->event_bits, its->collection_bits, its->hardware_collections,
            its->rdbase_is_address, its->flat_tables_only, its->umsi, (int)its->errors, its->iidr,
            its->cache_entries, its->slice);
    for (uint32_t i = 0; c->redist_addresses && i < c->cpus; i++) {
        fprintf(out, "    Redistributor of PE %u at 0x%" PRIx64 "\n", i,
                machine->redist_addresses[i]);
    }
}

static void print_virtual(const Machine *machine, FILE *out)
{
    const VgicConfig *c = &machine->config;
    const VgicIchOptions *ich = &c->ich_options;
    fprintf(
        out,
        "    .nmi = %d, .el2 = %d, .maintenance_intid = %u, saved and loaded each step: %d\n"
        "    .ich_options = {.list_registers = %u, .priority_bits = %u, .preemption_bits = %u,\n"
        "        .intid_bits = %u, .no_a3v = %d, .no_tds = %d, .seis = %d, .dvim = %d}\n",
        c->nmi, c->el2, c->maintenance_intid, machine->saved_each_step, ich->list_registers,
        ich->priority_bits, ich->preemption_bits, ich->intid_bits, ich->no_a3v, ich->no_tds,
        ich->seis, ich->dvim);
}

void machine_print(const Machine *machine, FILE *out)
{
    const VgicConfig *c = &machine->config;
    fprintf(out,
            "machine: .cpus = %u, .spis = %u, .espis = %u, .eppis = %u, .security_states = %u,\n"
            "    .el3 = %d, .ds_fixed = %d, .priority_bits = %u, .no_one_of_n = %d,\n"
            "    .no_message_spis = %d, .message_frame = %d, .message_frame_base = %u,\n"
            "    .message_frame_spis = %u, .statusr = %d, .hold_while_asleep = %d,\n"
            "    .sre_enable_writable = %d, .iidr = 0x%x, .single_threaded = %d\n",
            c->cpus, c->spis, c->espis, c->eppis, c->security_states, c->el3, c->ds_fixed,
            c->priority_bits, c->no_one_of_n, c->no_message_spis, c->message_frame,
            c->message_frame_base, c->message_frame_spis, c->statusr, c->hold_while_asleep,
            c->sre_enable_writable, c->iidr, c->single_threaded);
    if (c->nmi || c->el2) {
        print_virtual(machine, out);
    }
    if (c->lpi_bits) {
        print_its(machine, out);
    }
    for (uint32_t i = 0; c->affinities && i < c->cpus; i++) {
        fprintf(out, "    affinity of PE %u: 0x%010" PRIx64 "\n", i, machine->affinities[i]);
    }
    for (uint32_t i = 0; i < c->redist_region_count; i++) {
        fprintf(out, "    Redistributor region %u: %u PEs\n", i, machine->regions[i]);
    }
}
