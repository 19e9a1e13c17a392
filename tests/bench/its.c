/* SPDX-License-Identifier: BSD-2-Clause */
#include "its.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The RAM: where the tables are, as offsets. */
enum {
    CONFIG = 0,
    PENDING = CONFIG + 0x20000,
    DEVICES = PENDING + 2 * 0x10000,
    COLLECTIONS = DEVICES + 0x80000,
    QUEUE = COLLECTIONS + 0x10000,
    ITTS = QUEUE + ITS_COMMANDS * 32,
    RAM_SIZE = ITS_RAM_SIZE,
};
static_assert(ITTS + 0x100000 <= RAM_SIZE, "room for the ITTs");
static const uint64_t ram_base = ITS_RAM;

enum {
    LPI_BITS = 17,
    PAGES_64K = 2 << 8,
    MAPD = 0x08,
    MAPC = 0x09,
    MAPTI = 0x0A,
};
static const uint64_t valid = 1ull << 63;

static uint8_t *at(void *ram, uint64_t address, size_t length)
{
    if (address < ram_base || address - ram_base > RAM_SIZE ||
        RAM_SIZE - (address - ram_base) < length) {
        machine_die("access to 0x%llx, where no RAM is", (unsigned long long)address);
    }
    return (uint8_t *)ram + (address - ram_base);
}

static bool memory_read(void *ram, VgicSpace space, uint64_t address, void *buffer, size_t length)
{
    (void)space;
    memcpy(buffer, at(ram, address, length), length);
    return true;
}

static bool memory_write(void *ram, VgicSpace space, uint64_t address, const void *buffer,
                         size_t length)
{
    (void)space;
    memcpy(at(ram, address, length), buffer, length);
    return true;
}

/* Nothing that is measured may be a mistake. */
static void guest_error(void *ram, const VgicReport *report)
{
    (void)ram;
    machine_die("%s: %s", report->rule, report->message);
}

static void lines_changed(void *ram, uint32_t cpu)
{
    (void)ram;
    (void)cpu;
}

void its_machine_write(ItsMachine *machine, const VgicFrame *frame, uint64_t offset, uint32_t size,
                       uint64_t value)
{
    if (vgic_frame_write(machine->gic, frame, VGIC_NS, offset, size, value) != VGIC_OK) {
        machine_die("%s write of %u bytes at 0x%llx was refused", vgic_frame_name(frame), size,
                    (unsigned long long)offset);
    }
}

ItsMachine *its_machine_open(const VgicConfig *config, uint32_t devices, uint32_t events,
                             uint8_t *ram)
{
    VgicHost host = VGIC_HOST_INIT(.memory_read = memory_read, .memory_write = memory_write,
                                   .lines_changed = lines_changed, .guest_error = guest_error);
    VgicError *error = NULL;
    ItsMachine *machine = calloc(1, sizeof(*machine));

    if (!machine || !ram) {
        machine_die("not enough memory");
    }
    machine->ram = ram;
    machine->gic = vgic_new(config, &host, ram, &error);
    if (!machine->gic) {
        machine_die("%s", vgic_error_message(error));
    }
    machine->lpis = devices * events;
    machine->devices = devices;
    machine->event_bits = (uint32_t)__builtin_ctz(events);
    return machine;
}

static ItsMachine *machine_with(uint32_t devices, uint32_t events, bool single_threaded,
                                uint8_t *ram)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .lpi_bits = LPI_BITS, .its = 1,
                                         .direct_lpi = true, .single_threaded = single_threaded);
    ItsMachine *machine = its_machine_open(&config, devices, events, ram);

    machine->gits = vgic_frame(machine->gic, "GITS");
    machine->gicr = vgic_frame(machine->gic, "GICR");
    return machine;
}

static void cpu_set_up(ItsMachine *machine, uint32_t cpu)
{
    uint64_t rd = 0x20000ull * cpu;

    its_machine_write(machine, machine->gicr, rd + GICR_PROPBASER, 8,
                      (ram_base + CONFIG) | (LPI_BITS - 1));
    its_machine_write(machine, machine->gicr, rd + GICR_PENDBASER, 8,
                      ram_base + PENDING + 0x10000ull * cpu);
    its_machine_write(machine, machine->gicr, rd + GICR_CTLR, 4, 1);
    vgic_sysreg_write(machine->gic, cpu, &machine_el1, ICC_PMR_EL1, 0xFF);
    vgic_sysreg_write(machine->gic, cpu, &machine_el1, ICC_IGRPEN1_EL1, 1);
}

static void its_set_up(ItsMachine *machine)
{
    its_machine_write(machine, machine->gits, GITS_BASER(0), 8,
                      valid | (ram_base + DEVICES) | PAGES_64K | 7);
    its_machine_write(machine, machine->gits, GITS_BASER(1), 8,
                      valid | (ram_base + COLLECTIONS) | PAGES_64K);
    its_machine_write(machine, machine->gits, GITS_CBASER, 8, valid | (ram_base + QUEUE) | 255);
    its_machine_write(machine, machine->gits, GITS_CTLR, 4, 1);
    for (uint64_t cpu = 0; cpu < 2; cpu++) {
        its_machine_command(machine, MAPC, 0, valid | cpu << 16 | cpu);
    }
}

static void map_all(ItsMachine *machine)
{
    uint64_t itt_bytes = 8ull << machine->event_bits;

    itt_bytes = itt_bytes < 256 ? 256 : itt_bytes;
    for (uint64_t device = 0; device < machine->devices; device++) {
        its_machine_command(machine, MAPD | device << 32, machine->event_bits - 1,
                            valid | (ram_base + ITTS + itt_bytes * device));
    }
    for (uint32_t lpi = 0; lpi < machine->lpis; lpi++) {
        its_machine_command(machine, MAPTI | (uint64_t)its_machine_device(machine, lpi) << 32,
                            its_machine_event(machine, lpi) | (uint64_t)(ITS_FIRST_LPI + lpi) << 32,
                            0);
    }
    its_machine_run(machine);
}

ItsMachine *its_machine_new(uint32_t devices, uint32_t events, ItsMachineOptions options)
{
    ItsMachine *machine;

    if (options & ITS_V5) {
        return its5_machine_new(devices, events, options);
    }
    machine = machine_with(devices, events, options & ITS_SINGLE_THREADED, calloc(1, RAM_SIZE));
    for (uint32_t lpi = 0; lpi < ITS_MAX_LPIS; lpi++) {
        uint32_t priority = options & ITS_ONE_PRIORITY ? 20 : machine_priority(lpi);

        machine->ram[CONFIG + lpi] = (uint8_t)(priority << 3 | 3);
    }
    its_machine_write(machine, vgic_frame(machine->gic, "GICD"), GICD_CTLR, 4, 0x13);
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        cpu_set_up(machine, cpu);
    }
    its_set_up(machine);
    map_all(machine);
    return machine;
}

ItsMachine *its_machine_twin(const ItsMachine *like)
{
    uint32_t events = like->lpis / like->devices;
    VgicConfig config = its5_machine_config(ITS_V5);
    ItsMachine *machine = like->v5 ? its_machine_open(&config, like->devices, events, like->ram)
                                   : machine_with(like->devices, events, false, like->ram);

    machine->borrowed = true;
    return machine;
}

Vgic *its_machine_release(ItsMachine *machine)
{
    Vgic *gic = machine->gic;

    if (!machine->borrowed) {
        free(machine->ram);
    }
    free(machine);
    return gic;
}

void its_machine_free(ItsMachine *machine)
{
    vgic_free(machine->gic);
    its_machine_release(machine);
}

void its_machine_command(ItsMachine *machine, uint64_t w0, uint64_t w1, uint64_t w2)
{
    uint64_t words[4] = {w0, w1, w2, 0};

    /* Guest memory is little-endian, and so are the hosts that this is measured on. */
    memcpy(machine->ram + QUEUE + 32 * machine->queued, words, sizeof(words));
    machine->queued = (machine->queued + 1) % ITS_COMMANDS;
    if ((machine->queued + 1) % (ITS_COMMANDS / 2) == 0) {
        its_machine_run(machine);
    }
}

void its_machine_run(ItsMachine *machine)
{
    uint64_t read = 0, end = 32ull * machine->queued;

    its_machine_write(machine, machine->gits, GITS_CWRITER, 8, end);
    vgic_frame_read(machine->gic, machine->gits, VGIC_NS, GITS_CREADR, 8, &read);
    if (read != end) {
        machine_die("the ITS stopped at 0x%llx of 0x%llx", (unsigned long long)read,
                    (unsigned long long)end);
    }
}
