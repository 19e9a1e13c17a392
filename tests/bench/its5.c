/* SPDX-License-Identifier: BSD-2-Clause */
/* The GICv5 that is measured: a linear table of LPIs, and an ITS with a linear device table. */
#include "its.h"

#include <stdlib.h>
#include <string.h>

/* The RAM: where the tables are, as offsets. */
enum {
    IST = 0,
    DEVICES = IST + 4 * ITS_MAX_LPIS,
    ITTS = DEVICES + 0x8000,
    LPI_BITS = 16,
    DEVICE_BITS = 12,
};

static uint32_t priority_of(uint32_t number, ItsMachineOptions options)
{
    return options & ITS_ONE_PRIORITY ? 20 : machine_priority(number);
}

static uint32_t owner_of(uint32_t number, ItsMachineOptions options)
{
    if (options & ITS_HALVES) {
        return number >= ITS_MAX_LPIS / 2;
    }
    return options & ITS_ALTERNATING ? number % 2 : 0;
}

VgicConfig its5_machine_config(ItsMachineOptions options)
{
    /* PMUIRQ, PPI 23, and COMMIRQ are edge-triggered, to be injected as SPIs are. */
    return (VgicConfig)VGIC_CONFIG_INIT(
        VGIC_V5, .cpus = 2, .spis = options & ITS_SPIS ? ITS_MAX_LPIS : 32, .lpi_bits = LPI_BITS,
        .its = 1, .single_threaded = options & ITS_SINGLE_THREADED,
        .v5 = {.edge_ppis = {3u << 22}});
}

static void write_sysreg(ItsMachine *machine, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    machine_write(machine->gic, cpu, &machine_el1, encoding, value);
}

/* Guest memory is little-endian, and so are the hosts that this is measured on. */
static void put64(ItsMachine *machine, uint32_t offset, uint64_t value)
{
    memcpy(machine->ram + offset, &value, sizeof(value));
}

static void lpis_set_up(ItsMachine *machine, ItsMachineOptions options)
{
    for (uint32_t lpi = 0; lpi < ITS_MAX_LPIS; lpi++) {
        uint32_t iste = 1u << 3 | priority_of(lpi, options) << 11 | owner_of(lpi, options) << 16;

        memcpy(machine->ram + IST + 4 * lpi, &iste, sizeof(iste));
    }
    its_machine_write(machine, vgic_frame(machine->gic, "IRS"), IRS_IST_CFGR, 4, LPI_BITS);
    its_machine_write(machine, vgic_frame(machine->gic, "IRS"), IRS_IST_BASER, 8,
                      (ITS_RAM + IST) | 1);
}

static void its_set_up(ItsMachine *machine)
{
    uint32_t itt_bytes = 8u << machine->event_bits;

    for (uint32_t device = 0; device < machine->devices; device++) {
        put64(machine, DEVICES + 8 * device,
              (ITS_RAM + ITTS + (uint64_t)itt_bytes * device) |
                  (uint64_t)machine->event_bits << 59 | 1);
    }
    for (uint32_t lpi = 0; lpi < machine->lpis; lpi++) {
        put64(machine, ITTS + 8 * lpi, 1u << 31 | lpi);
    }
    its_machine_write(machine, machine->gits, ITS_DT_CFGR, 4, DEVICE_BITS);
    its_machine_write(machine, machine->gits, ITS_DT_BASER, 8, ITS_RAM + DEVICES);
    its_machine_write(machine, machine->gits, ITS_CR0, 4, 1);
}

static void spis_set_up(ItsMachine *machine, ItsMachineOptions options)
{
    for (uint32_t spi = 0; options & ITS_SPIS && spi < ITS_MAX_LPIS; spi++) {
        uint64_t intid = VGIC_V5_SPI(spi);

        write_sysreg(machine, 0, GIC_CDPRI, intid | (uint64_t)priority_of(spi, options) << 35);
        write_sysreg(machine, 0, GIC_CDAFF, intid | (uint64_t)owner_of(spi, options) << 32);
        write_sysreg(machine, 0, GIC_CDEN, intid);
    }
}

ItsMachine *its5_machine_new(uint32_t devices, uint32_t events, ItsMachineOptions options)
{
    VgicConfig config = its5_machine_config(options);
    ItsMachine *machine = its_machine_open(&config, devices, events, calloc(1, ITS_RAM_SIZE));

    machine->v5 = true;
    machine->gits = vgic_frame(machine->gic, "ITS");
    machine->gicr = vgic_frame(machine->gic, "IRS_SETLPI");
    its_machine_write(machine, vgic_frame(machine->gic, "IRS"), IRS_CR0, 4, 1);
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        write_sysreg(machine, cpu, ICC_PCR_EL1, 31);
        write_sysreg(machine, cpu, ICC_CR0_EL1, 1);
        write_sysreg(machine, cpu, ICC_PPI_ENABLER0_EL1, 3u << 22);
    }
    lpis_set_up(machine, options);
    spis_set_up(machine, options);
    its_set_up(machine);
    return machine;
}
