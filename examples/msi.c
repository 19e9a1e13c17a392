/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine with an ITS: guest memory for its tables, a driver that sets it up, a device that sends
 * an MSI, and the GIC saved, loaded into another one, and going on there. With an argument the
 * state is written to a file of that name, for `vgic show`, and with two guest memory to the
 * second.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

enum {
    RAM = 0x40000000,
    RAM_SIZE = 0x80000,
    /* Where the driver puts its tables. */
    CONFIGURATION = RAM,
    PENDING = RAM + 0x10000,
    QUEUE = RAM + 0x20000,
    DEVICES = RAM + 0x30000,
    COLLECTIONS = RAM + 0x40000,
    ITT = RAM + 0x50000,

    DEVICE = 0x0108, /* a PCI function: bus 1, device 1, function 0 */
    EVENT = 3,
    LPI = 8200,
};

#define VALID (UINT64_C(1) << 63)
#define PAGES_64K (2 << 8)

typedef struct Machine {
    Vgic *gic;
    bool work; /* vgic_work() is to be called */
    uint8_t ram[RAM_SIZE];
} Machine;

/* The host's part: guest memory, and work for later. */

static uint8_t *ram_at(Machine *m, uint64_t address, size_t length)
{
    if (address < RAM || address - RAM > RAM_SIZE || length > RAM_SIZE - (address - RAM)) {
        return NULL; /* a bus error */
    }
    return &m->ram[address - RAM];
}

static bool memory_read(void *machine, VgicSpace space, uint64_t address, void *buffer,
                        size_t length)
{
    const uint8_t *ram = ram_at(machine, address, length);

    (void)space; /* a machine with one world */
    return ram && memcpy(buffer, ram, length);
}

static bool memory_write(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                         size_t length)
{
    uint8_t *ram = ram_at(machine, address, length);

    (void)space;
    return ram && memcpy(ram, buffer, length);
}

static void work(void *machine)
{
    Machine *m = machine;

    m->work = true; /* a main loop would be woken here */
}

static void guest_error(void *machine, const VgicReport *report)
{
    (void)machine;
    printf("guest: [%s] %s\n", report->rule, report->message);
}

static Vgic *new_gic(Machine *m)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 32, .lpi_bits = 16, .its = 1);
    VgicHost host = VGIC_HOST_INIT(.memory_read = memory_read, .memory_write = memory_write,
                                   .work = work, .guest_error = guest_error);

    return vgic_new(&config, &host, m, NULL);
}

/* The driver's part. Tables are zero when it starts, as RAM is here. */

static void write32(Machine *m, const char *frame, uint32_t offset, uint32_t value)
{
    vgic_frame_write(m->gic, vgic_frame(m->gic, frame), VGIC_NS, offset, 4, value);
}

static void write64(Machine *m, const char *frame, uint32_t offset, uint64_t value)
{
    vgic_frame_write(m->gic, vgic_frame(m->gic, frame), VGIC_NS, offset, 8, value);
}

static void store64(Machine *m, uint64_t address, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++) {
        m->ram[address - RAM + i] = (uint8_t)(value >> 8 * i);
    }
}

/* Puts a command into the queue, at @p offset; the ITS is told by GITS_CWRITER. */
static uint32_t command(Machine *m, uint32_t offset, uint64_t dw0, uint64_t dw1, uint64_t dw2)
{
    store64(m, QUEUE + offset, dw0);
    store64(m, QUEUE + offset + 8, dw1);
    store64(m, QUEUE + offset + 16, dw2);
    store64(m, QUEUE + offset + 24, 0);
    return offset + 32;
}

static void start_cpu(Machine *m)
{
    VgicCpuState el1 = {.el = 1, .space = VGIC_NS};

    write32(m, "GICD", GICD_CTLR, 0x12);
    vgic_sysreg_write(m->gic, 0, &el1, ICC_PMR_EL1, 0xF0);
    vgic_sysreg_write(m->gic, 0, &el1, ICC_IGRPEN1_EL1, 1);
    write64(m, "GICR", GICR_PROPBASER, CONFIGURATION | 15);          /* LPIs of 16 bits */
    write64(m, "GICR", GICR_PENDBASER, PENDING | UINT64_C(1) << 62); /* all zero (PTZ) */
    write32(m, "GICR", GICR_CTLR, 1);                                /* EnableLPIs */
}

static void start_its(Machine *m)
{
    uint32_t tail = 0;

    write64(m, "GITS", GITS_BASER(0), VALID | DEVICES | PAGES_64K);
    write64(m, "GITS", GITS_BASER(1), VALID | COLLECTIONS | PAGES_64K);
    write64(m, "GITS", GITS_CBASER, VALID | QUEUE);
    write32(m, "GITS", GITS_CTLR, 1);
    m->ram[CONFIGURATION - RAM + LPI - 8192] = 0xA0 | 1; /* priority 0xA0, enabled */
    tail = command(m, tail, 0x08 | (uint64_t)DEVICE << 32, 4, VALID | ITT); /* MAPD, 32 events */
    tail = command(m, tail, 0x09, 0, VALID);                                /* MAPC 0 to PE 0 */
    tail = command(m, tail, 0x0A | (uint64_t)DEVICE << 32, (uint64_t)LPI << 32 | EVENT, 0);
    write64(m, "GITS", GITS_CWRITER, tail);
}

static uint64_t handle_interrupt(Machine *m)
{
    VgicCpuState el1 = {.el = 1, .space = VGIC_NS};
    uint64_t intid = VGIC_INTID_SPURIOUS;

    if (vgic_cpu_lines(m->gic, 0) & VGIC_LINE_IRQ) {
        vgic_sysreg_read(m->gic, 0, &el1, ICC_IAR1_EL1, &intid);
        vgic_sysreg_write(m->gic, 0, &el1, ICC_EOIR1_EL1, intid);
    }
    return intid;
}

/* The main loop's part. */
static void run_work(Machine *m)
{
    m->work = false;
    while (vgic_work(m->gic)) {
        /* a main loop would look at other things in between */
    }
}

static void write_file(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(name, "wb");

    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file)) {
        perror(name);
    }
}

/* The GIC of @p from as it is, in a new machine. */
static Vgic *move(const Machine *from, Machine *to, const char *file)
{
    VgicError *error = NULL;
    size_t size;
    void *state = vgic_save(from->gic, &size, &error);

    memcpy(to->ram, from->ram, RAM_SIZE); /* the tables are in guest memory */
    to->gic = new_gic(to);
    if (!state || !vgic_load(to->gic, state, size, &error)) {
        printf("%s\n", vgic_error_message(error));
        vgic_error_free(error);
    }
    if (file && state) {
        write_file(file, state, size);
    }
    vgic_state_free(state);
    return to->gic;
}

int main(int argc, char **argv)
{
    static Machine m, other;
    VgicTranslation translation = {.intid = 0};
    uint64_t first, second;

    m.gic = new_gic(&m);
    if (!m.gic) {
        return EXIT_FAILURE;
    }
    start_cpu(&m);
    start_its(&m);
    if (m.work) {
        run_work(&m);
    }
    vgic_its_translate(m.gic, vgic_frame(m.gic, "GITS"), DEVICE, EVENT, &translation);
    printf("device %#x, event %d: LPI %" PRIu32 ", PE %" PRIu32 "\n", DEVICE, EVENT,
           translation.intid, translation.cpu);

    vgic_msi(m.gic, vgic_frame(m.gic, "GITS"), DEVICE, EVENT); /* a device, without a bus */
    if (!move(&m, &other, argc > 1 ? argv[1] : NULL)) {
        return EXIT_FAILURE;
    }
    if (argc > 2) {
        write_file(argv[2], m.ram, RAM_SIZE);
    }
    first = handle_interrupt(&other);

    /* A device on a bus writes GITS_TRANSLATER, and the bus tells who it is. */
    vgic_frame_write(other.gic, vgic_frame(other.gic, "GITS"), VGIC_NS | VGIC_FROM_DEVICE(DEVICE),
                     GITS_TRANSLATER, 4, EVENT);
    second = handle_interrupt(&other);
    printf("after loading: INTID %" PRIu64 ", then %" PRIu64 "\n", first, second);
    vgic_free(m.gic);
    vgic_free(other.gic);
    return first == LPI && second == LPI ? EXIT_SUCCESS : EXIT_FAILURE;
}
