/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <vgic/registers.h>

enum {
    FIRST_SPI = 32,
    FIRST_ESPI = 4096,
};

const VgicCpuState machine_el1 = {.el = 1, .space = VGIC_NS};
const VgicCpuState machine_el2 = {.el = 2, .space = VGIC_NS, .el2_enabled = true};
const VgicCpuState machine_guest = {
    .el = 1, .space = VGIC_NS, .el2_enabled = true, .hcr_el2 = 1 << 4 | 1 << 3 /* IMO, FMO */};

_Noreturn void machine_die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("bench: error: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(2);
}

uint32_t machine_intid(uint32_t spi)
{
    return spi < VGIC_MAX_SPIS ? FIRST_SPI + spi : FIRST_ESPI + spi - VGIC_MAX_SPIS;
}

uint32_t machine_priority(uint32_t spi)
{
    return (spi * 2654435761u) >> 27;
}

uint32_t machine_dealt(Deal deal)
{
    return deal == DEAL_ONE ? MACHINE_SPIS : MACHINE_SPIS / 2;
}

uint32_t machine_scattered(Deal deal, uint32_t cpu, uint32_t i)
{
    /* A prime that divides none of the counts: every number comes once. */
    uint32_t n = machine_dealt(deal), at = (uint32_t)((uint64_t)i * 40507u % n);

    switch (deal) {
    case DEAL_HALVES:
        return cpu * n + at;
    case DEAL_ALTERNATING:
        return 2 * at + cpu;
    default:
        return at;
    }
}

static uint32_t owner(Deal deal, uint32_t spi)
{
    switch (deal) {
    case DEAL_HALVES:
        return spi >= machine_dealt(deal);
    case DEAL_ALTERNATING:
        return spi % 2;
    default:
        return 0;
    }
}

static void no_lines_changed(void *machine, uint32_t cpu)
{
    (void)machine;
    (void)cpu;
}

void machine_gicd_write(Vgic *gic, uint32_t offset, uint32_t size, uint64_t value)
{
    if (vgic_frame_write(gic, vgic_frame(gic, "GICD"), VGIC_NS, offset, size, value) != VGIC_OK) {
        machine_die("GICD write of %u bytes at 0x%x was refused", size, offset);
    }
}

void machine_write(Vgic *gic, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                   uint64_t value)
{
    if (vgic_sysreg_write(gic, cpu, state, encoding, value) != VGIC_OK) {
        machine_die("write of system register 0x%x was refused", encoding);
    }
}

static void spi_set_up(Vgic *gic, Deal deal, uint32_t spi)
{
    uint32_t intid = machine_intid(spi), n = intid % FIRST_ESPI;
    bool extended = intid >= FIRST_ESPI;

    machine_gicd_write(gic, (extended ? GICD_IPRIORITYRnE(0) : GICD_IPRIORITYR(0)) + n, 1,
                       machine_priority(spi) << 3);
    /* Aff0 is the CPU: vgic_new() was given no affinities. */
    machine_gicd_write(gic, extended ? GICD_IROUTERnE(n) : GICD_IROUTER(n), 8, owner(deal, spi));
}

static void bank_set_up(Vgic *gic, bool extended, uint32_t n)
{
    machine_gicd_write(gic, extended ? GICD_IGROUPRnE(n) : GICD_IGROUPR(n), 4, UINT32_MAX);
    for (uint32_t i = 2 * n; i < 2 * n + 2; i++) {
        machine_gicd_write(gic, extended ? GICD_ICFGRnE(i) : GICD_ICFGR(i), 4, 0xAAAAAAAA);
    }
    machine_gicd_write(gic, extended ? GICD_ISENABLERnE(n) : GICD_ISENABLER(n), 4, UINT32_MAX);
}

VgicConfig machine_config(uint32_t cpus, bool single_threaded)
{
    return (VgicConfig)VGIC_CONFIG_INIT(VGIC_V3, .cpus = cpus, .spis = VGIC_MAX_SPIS,
                                        .espis = VGIC_MAX_ESPIS,
                                        .single_threaded = single_threaded);
}

Vgic *machine_new_of(const VgicConfig *config, Deal deal)
{
    VgicHost host = VGIC_HOST_INIT(.lines_changed = no_lines_changed);
    VgicError *error = NULL;
    Vgic *gic = vgic_new(config, &host, NULL, &error);

    if (!gic) {
        machine_die("%s", vgic_error_message(error));
    }
    machine_set_up(gic, config->cpus, deal);
    return gic;
}

void machine_set_up(Vgic *gic, uint32_t cpus, Deal deal)
{
    for (uint32_t spi = 0; spi < MACHINE_SPIS; spi++) {
        spi_set_up(gic, deal, spi);
    }
    for (uint32_t n = 0; n < 32; n++) {
        if (n > 0) { /* SGIs and PPIs are elsewhere */
            bank_set_up(gic, false, n);
        }
        bank_set_up(gic, true, n);
    }
    machine_gicd_write(gic, GICD_CTLR, 4, 0x13);
    for (uint32_t cpu = 0; cpu < cpus; cpu++) {
        machine_write(gic, cpu, &machine_el1, ICC_PMR_EL1, 0xFF);
        machine_write(gic, cpu, &machine_el1, ICC_IGRPEN1_EL1, 1);
    }
}

Vgic *machine_new(uint32_t cpus, Deal deal, bool single_threaded)
{
    VgicConfig config = machine_config(cpus, single_threaded);

    return machine_new_of(&config, deal);
}

LimitCpu *machine_limit(void)
{
    LimitCpu *limit = limit_new();

    for (uint32_t spi = 0; spi < MACHINE_SPIS; spi++) {
        limit_set_priority(limit, spi, machine_priority(spi));
    }
    return limit;
}
