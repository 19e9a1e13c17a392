/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers and random machines. */
#include "operations.h"

#include <inttypes.h>
#include <string.h>

#define ALL_DOMAINS 0xFu

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

typedef enum Kind {
    KIND_NS,
    KIND_EL3,
    KIND_REALM,
    KIND_TWO_IRS,
    KIND_FEW_BITS,
    KIND_NO_ONE_OF_N,
    KIND_24_BITS,
    KIND_16_BITS,
    KIND_LINEAR,
    KIND_ITS,
    KIND_ITS_REALM,
    KIND_LIMIT,
    KIND_NMI,
    KIND_END
} Kind;

const uint32_t machine_kinds = KIND_END;

static const char *const kind_names[KIND_END] = {
    [KIND_NS] = "ns",
    [KIND_EL3] = "el3",
    [KIND_REALM] = "realm",
    [KIND_TWO_IRS] = "two-irs",
    [KIND_FEW_BITS] = "few-bits",
    [KIND_NO_ONE_OF_N] = "no-one-of-n",
    [KIND_24_BITS] = "24-bits",
    [KIND_16_BITS] = "16-bits",
    [KIND_LINEAR] = "linear",
    [KIND_ITS] = "its",
    [KIND_ITS_REALM] = "its-realm",
    [KIND_LIMIT] = "limit",
    [KIND_NMI] = "nmi",
};

const char *machine_kind_name(uint32_t kind)
{
    return kind_names[kind];
}

const VgicConfig *machine_config(Machine *machine)
{
    VgicV5Options *v5 = &machine->config.v5;
    v5->irs_cpus = machine->irs_cpus[0] ? machine->irs_cpus : NULL;
    v5->irs_spis = machine->irs_cpus[0] ? machine->irs_spis : NULL;
    v5->iaffids = machine->iaffids[0] != UINT16_MAX ? machine->iaffids : NULL;
    v5->iwb = v5->iwbs ? machine->iwb : NULL;
    return &machine->config;
}

static void several_irss(Machine *machine, Random *random, uint32_t count)
{
    VgicConfig *config = &machine->config;
    config->v5.irs = count;
    config->cpus = count + random_below(random, R5_MAX_CPUS - count + 1);
    if (random_percent(random, 60)) {
        uint32_t cpus = config->cpus, spis = config->spis;
        for (uint32_t i = 0; i < count; i++) {
            bool last = i == count - 1;
            machine->irs_cpus[i] = last ? cpus : 1;
            machine->irs_spis[i] = last ? spis : random_below(random, spis / 2);
            cpus -= machine->irs_cpus[i];
            spis -= machine->irs_spis[i];
        }
    }
}

static void odd_iaffids(Machine *machine, Random *random)
{
    static const uint16_t of_pe[R5_MAX_CPUS] = {7, 0, 0x21, 3};
    if (random_percent(random, 40)) {
        memcpy(machine->iaffids, of_pe, sizeof(of_pe));
        machine->config.v5.iaffid_bits = random_percent(random, 50) ? 6 : 0;
    }
}

static void more_ppis(Machine *machine, Random *random)
{
    VgicV5Options *v5 = &machine->config.v5;
    if (random_percent(random, 50)) {
        v5->ppis[0] = UINT64_C(0x80000000FFF8800F);
        v5->ppis[1] = UINT64_C(0x8000000100000041);
        v5->edge_ppis[0] = UINT64_C(0x8000000001000001);
        v5->edge_ppis[1] = UINT64_C(0x40);
    }
}

static void with_its(Machine *machine, Random *random, uint32_t count)
{
    VgicConfig *config = &machine->config;
    config->its = count;
    config->its_options.flat_tables_only = random_percent(random, 20);
    config->its_options.device_bits = random_percent(random, 30) ? 12 : 0;
    config->its_options.event_bits = random_percent(random, 30) ? 11 : 0;
    config->v5.iwbs = 1 + random_below(random, R5_MAX_IWB);
    for (uint32_t i = 0; i < config->v5.iwbs; i++) {
        machine->iwb[i] = (VgicIwbOptions){.wires = 32 + 32 * random_below(random, 2),
                                           .its = random_below(random, count),
                                           .device = 5 + i,
                                           .starts_disabled = random_percent(random, 30)};
    }
}

static void of_kind(Machine *machine, Random *random, Kind kind)
{
    VgicConfig *config = &machine->config;
    VgicV5Options *v5 = &config->v5;
    switch (kind) {
    case KIND_REALM:
    case KIND_ITS_REALM:
        v5->domains = ALL_DOMAINS;
        break;
    case KIND_TWO_IRS:
        several_irss(machine, random, 2 + random_below(random, 2));
        break;
    case KIND_FEW_BITS:
        config->priority_bits = 1 + random_below(random, 4);
        break;
    case KIND_NO_ONE_OF_N:
        config->no_one_of_n = true;
        break;
    case KIND_24_BITS:
        config->lpi_bits = 24;
        break;
    case KIND_16_BITS:
        v5->id_bits = 16;
        v5->min_lpi_bits = 9;
        v5->ist_l2_sizes = 1 + random_below(random, 7);
        break;
    case KIND_LINEAR:
        v5->linear_ist_only = true;
        v5->no_setlpi = true;
        v5->no_software_errors = true;
        break;
    case KIND_LIMIT:
        config->lpi_limit = 1 + random_below(random, 2048);
        break;
    default:
        break;
    }
    if (kind == KIND_ITS || kind == KIND_ITS_REALM) {
        with_its(machine, random, kind == KIND_ITS ? 1 : 2);
    }
}

void machine_random(Machine *machine, Random *random, uint32_t kind)
{
    memset(machine, 0, sizeof(*machine));
    machine->name = kind_names[kind];
    machine->iaffids[0] = UINT16_MAX;
    VgicConfig *config = &machine->config;
    vgic_config_init(config, VGIC_V5);
    config->cpus = 1 + random_below(random, R5_MAX_CPUS);
    config->spis = 8 + random_below(random, 33);
    config->lpi_bits = 16;
    config->el3 = kind == KIND_EL3 || kind == KIND_REALM || kind == KIND_ITS_REALM ||
                  (kind >= KIND_TWO_IRS && random_percent(random, 30));
    config->nmi = kind == KIND_NMI || random_percent(random, 15);
    config->iidr = random_percent(random, 80) ? 0 : 0x1234043B;
    config->single_threaded = random_percent(random, 30);
    config->v5.min_lpi_bits = random_percent(random, 20) ? 6 : 0;
    of_kind(machine, random, (Kind)kind);
    odd_iaffids(machine, random);
    more_ppis(machine, random);
    machine_config(machine);
}

void machine_print(const Machine *machine, FILE *out)
{
    const VgicConfig *c = &machine->config;
    const VgicV5Options *v5 = &c->v5;
    fprintf(out,
            "machine %s: .cpus = %u, .spis = %u, .el3 = %d, .nmi = %d, .priority_bits = %u,\n"
            "    .no_one_of_n = %d, .lpi_bits = %u, .lpi_limit = %u, .its = %u, .iidr = 0x%x,\n"
            "    .single_threaded = %d, .its_options = {.device_bits = %u, .event_bits = %u,\n"
            "        .flat_tables_only = %d},\n"
            "    .v5 = {.domains = 0x%x, .irs = %u, .iaffid_bits = %u, .id_bits = %u,\n"
            "        .min_lpi_bits = %u, .ist_l2_sizes = %u, .linear_ist_only = %d,\n"
            "        .no_setlpi = %d, .no_software_errors = %d, .ppis = {0x%" PRIx64 ", 0x%" PRIx64
            "},\n        .edge_ppis = {0x%" PRIx64 ", 0x%" PRIx64 "}, .iwbs = %u}\n",
            machine->name, c->cpus, c->spis, c->el3, c->nmi, c->priority_bits, c->no_one_of_n,
            c->lpi_bits, c->lpi_limit, c->its, c->iidr, c->single_threaded,
            c->its_options.device_bits, c->its_options.event_bits, c->its_options.flat_tables_only,
            v5->domains, v5->irs, v5->iaffid_bits, v5->id_bits, v5->min_lpi_bits, v5->ist_l2_sizes,
            v5->linear_ist_only, v5->no_setlpi, v5->no_software_errors, v5->ppis[0], v5->ppis[1],
            v5->edge_ppis[0], v5->edge_ppis[1], v5->iwbs);
    for (uint32_t i = 0; v5->irs_cpus && i < v5->irs; i++) {
        fprintf(out, "    IRS %u: %u PEs, %u SPIs\n", i, machine->irs_cpus[i],
                machine->irs_spis[i]);
    }
    for (uint32_t i = 0; v5->iaffids && i < c->cpus; i++) {
        fprintf(out, "    PE %u: IAFFID %u\n", i, machine->iaffids[i]);
    }
    for (uint32_t i = 0; i < v5->iwbs; i++) {
        fprintf(out, "    IWB %u: %u wires, ITS %u, device %u, starts disabled: %d\n", i,
                machine->iwb[i].wires, machine->iwb[i].its, machine->iwb[i].device,
                machine->iwb[i].starts_disabled);
    }
}
