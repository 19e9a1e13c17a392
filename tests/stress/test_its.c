/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices send MSIs while one thread carries out commands and PEs acknowledge.
 *
 * Every event counts what was sent before it is sent, and every handler looks at the count after it
 * acknowledged: so an acknowledgement that saw the count n is for everything up to n. Nothing
 * comes more often than it was sent, and in the end nothing sent is missing. Events that the
 * command thread discards are the exception: what was under way may be lost with them, but nothing
 * may come of an MSI that is sent after DISCARD and SYNC are complete.
 */
#include "threads.h"

#include <inttypes.h>
#include <sched.h>
#include <string.h>

#include <vgic/registers.h>

enum {
    CPUS = 4,
    DEVICES = 3,
    STEADY = 8,          /* events of a device that stay mapped, and move */
    EVENTS = STEADY + 2, /* the others are discarded and mapped again */
    LPIS = DEVICES * EVENTS,
    FIRST_LPI = 8192,
    RAM = 0x400000,
    CONFIGURATION = 0x10000,
    PENDING = 0x100000,
    DEVICE_TABLE = 0x20000,
    COLLECTION_TABLE = 0x30000,
    QUEUE = 0x40000,
    ITT = 0x50000,
    QUEUE_BYTES = 0x1000
};

#define RAM_BASE 0x40000000u

typedef struct Source {
    atomic_uint_fast64_t sent, seen, acknowledged;
    atomic_bool mapped;  /* it is being sent only while this is true */
    atomic_uint sending; /* devices between looking at `mapped` and the end of their MSI */
} Source;

typedef struct Stress {
    StressHost host;
    const VgicFrame *its;
    pthread_mutex_t ram_lock; /* bytes of RAM are shared by the threads, as real RAM is */
    uint8_t *ram;
    Source source[LPIS];
    atomic_bool stop_devices, stop_cpus;
    atomic_uint_fast64_t commands, handled[CPUS], reports;
    uint32_t offset; /* GITS_CWRITER */
    uint64_t ops, seed;
} Stress;

typedef struct Thread {
    Stress *stress;
    uint32_t number;
} Thread;

static Stress stress;

static bool in_ram(uint64_t address, size_t length)
{
    return address >= RAM_BASE && address + length <= RAM_BASE + (uint64_t)RAM;
}

static bool read_ram(void *machine, VgicSpace space, uint64_t address, void *buffer, size_t length)
{
    (void)machine;
    (void)space;
    if (!in_ram(address, length)) {
        return false;
    }
    pthread_mutex_lock(&stress.ram_lock);
    memcpy(buffer, stress.ram + (address - RAM_BASE), length);
    pthread_mutex_unlock(&stress.ram_lock);
    return true;
}

static bool write_ram(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                      size_t length)
{
    (void)machine;
    (void)space;
    if (!in_ram(address, length)) {
        return false;
    }
    pthread_mutex_lock(&stress.ram_lock);
    memcpy(stress.ram + (address - RAM_BASE), buffer, length);
    pthread_mutex_unlock(&stress.ram_lock);
    return true;
}

static void on_lines_changed(void *machine, uint32_t cpu)
{
    StressHost *host = machine;
    pthread_mutex_lock(&host->cpu[cpu].lock);
    atomic_store(&host->cpu[cpu].lines, vgic_cpu_lines(host->gic, cpu));
    pthread_mutex_unlock(&host->cpu[cpu].lock);
}

static void on_guest_error(void *machine, const VgicReport *report)
{
    (void)machine;
    if (strcmp(report->rule, "its-msi") != 0) { /* an event that is not mapped right now */
        stress_fail(&stress.host, report->message, report->intid, report->event);
    }
    atomic_fetch_add(&stress.reports, 1);
}

/* ---- The thread of commands ---- */

static void command(uint64_t word0, uint64_t word1, uint64_t word2, uint64_t word3)
{
    const uint64_t words[4] = {word0, word1, word2, word3};
    uint8_t bytes[32];
    for (uint32_t i = 0; i < 32; i++) {
        bytes[i] = (uint8_t)(words[i / 8] >> (i % 8 * 8));
    }
    write_ram(NULL, VGIC_NS, RAM_BASE + QUEUE + stress.offset, bytes, sizeof(bytes));
    stress.offset = (stress.offset + 32) % QUEUE_BYTES;
    atomic_fetch_add(&stress.commands, 1);
}

/* Publishes the commands and waits until they are complete. */
static void run_commands(void)
{
    uint64_t done;
    stress_frame_write(&stress.host, "GITS", GITS_CWRITER, 8, stress.offset);
    do {
        done = stress_frame_read(&stress.host, "GITS", GITS_CREADR, 8);
        if (done & 1) {
            stress_fail(&stress.host, "the queue stalled", done, stress.offset);
            return;
        }
    } while (done != stress.offset);
}

static void map_device(uint32_t device, bool valid)
{
    uint64_t itt = RAM_BASE + ITT + device * 0x1000;
    command(0x08 | (uint64_t)device << 32, 4, itt | (uint64_t)valid << 63, 0);
}

static void map_event(uint32_t device, uint32_t event, uint32_t collection)
{
    uint64_t intid = FIRST_LPI + device * EVENTS + event;
    command(0x0A | (uint64_t)device << 32, event | intid << 32, collection, 0);
}

static void simple(uint32_t opcode, uint32_t device, uint32_t event, uint32_t collection)
{
    command(opcode | (uint64_t)device << 32, event, collection, 0);
}

/* DISCARD, and when it is complete nothing may come any more; then the event is mapped again. */
static void discard_and_map(uint32_t device, uint32_t event, uint32_t collection)
{
    Source *source = &stress.source[device * EVENTS + event];
    if (collection & 1) { /* every other time the device goes on sending meanwhile */
        atomic_store(&source->mapped, false);
    }
    simple(0x0F, device, event, 0);
    command(0x05, 0, (uint64_t)(collection % CPUS) << 16, 0);
    run_commands();
    atomic_store(&source->mapped, false);
    while (atomic_load(&source->sending)) {
        sched_yield();
    }
    /* Nothing is pending; whoever acknowledged it before has no hand on it any more. */
    VgicIrqInfo info;
    uint32_t intid = FIRST_LPI + device * EVENTS + event;
    if (vgic_irq_info(stress.host.gic, 0, intid, &info) && info.pending) {
        stress_fail(&stress.host, "pending after DISCARD", intid, event);
    }
    vgic_msi(stress.host.gic, stress.its, device, event);
    if (vgic_irq_info(stress.host.gic, 0, intid, &info) && info.pending) {
        stress_fail(&stress.host, "an MSI after DISCARD arrived", intid, event);
    }
    map_event(device, event, collection);
    run_commands();
    atomic_store(&source->mapped, true);
}

/* A device goes and comes back, with the same ITT: its events are still there. */
static void remap_device(uint32_t device)
{
    map_device(device, true);
    run_commands();
}

/* Anything that loses nothing. */
static void move_something(uint64_t *random, uint64_t n)
{
    uint32_t device = (uint32_t)(stress_random(random) >> 40) % DEVICES;
    uint32_t event = (uint32_t)(stress_random(random) >> 40) % STEADY;
    uint32_t collection = (uint32_t)(stress_random(random) >> 40) % CPUS;
    switch (n % 8) {
    case 0:
        simple(0x0C, device, event, 0);
        break;
    case 1:
        simple(0x0D, 0, 0, collection);
        break;
    case 2:
        command(0x0E, 0, (uint64_t)collection << 16, (uint64_t)(collection + 1) % CPUS << 16);
        break;
    case 3:
        remap_device(device);
        return;
    case 4:
        discard_and_map(device, STEADY + event % (EVENTS - STEADY), collection);
        return;
    default:
        simple(0x01, device, event, collection);
        break;
    }
    command(0x05, 0, (uint64_t)collection << 16, 0);
    if (n % 3 == 0) {
        run_commands();
    }
}

static void *run_driver(void *argument)
{
    uint64_t random = stress.seed * 77 | 1;
    (void)argument;
    for (uint64_t n = 0; !atomic_load(&stress.stop_devices); n++) {
        move_something(&random, n);
        if (n % 3 == 2) {
            run_commands();
        }
    }
    run_commands();
    return NULL;
}

/* ---- Devices ---- */

static void send(uint32_t device, uint32_t event, uint64_t n)
{
    Source *source = &stress.source[device * EVENTS + event];
    atomic_fetch_add(&source->sending, 1);
    if (atomic_load(&source->mapped)) {
        atomic_fetch_add(&source->sent, 1);
        if (n & 1) {
            vgic_msi(stress.host.gic, stress.its, device, event);
        } else {
            vgic_frame_write(stress.host.gic, stress.its, VGIC_NS | VGIC_FROM_DEVICE(device),
                             GITS_TRANSLATER, 4, event);
        }
    }
    atomic_fetch_sub(&source->sending, 1);
}

static void *run_device(void *argument)
{
    const Thread *thread = argument;
    uint64_t random = (stress.seed + thread->number) * 99 | 1;
    for (uint64_t n = 0; n < stress.ops; n++) {
        send(thread->number, (uint32_t)(stress_random(&random) >> 40) % EVENTS, n);
        if (n % 64 == 0) {
            sched_yield();
        }
    }
    return NULL;
}

/* ---- PEs ---- */

static bool handle(uint32_t cpu)
{
    StressHost *host = &stress.host;
    uint64_t intid = stress_sysreg_read(host, cpu, ICC_IAR1_EL1);
    if (intid == VGIC_INTID_SPURIOUS) {
        return false;
    }
    if (intid < FIRST_LPI || intid >= FIRST_LPI + LPIS) {
        stress_fail(host, "acknowledged what nobody sent", cpu, intid);
        return true;
    }
    Source *source = &stress.source[intid - FIRST_LPI];
    uint64_t sent = atomic_load(&source->sent);
    uint64_t acknowledged = atomic_fetch_add(&source->acknowledged, 1) + 1;
    if (acknowledged > sent) {
        stress_fail(host, "acknowledged more often than sent", intid, acknowledged);
    }
    /* two PEs can be here for one LPI, one after the other: the later count stands */
    uint64_t seen = atomic_load(&source->seen);
    while (seen < sent && !atomic_compare_exchange_weak(&source->seen, &seen, sent)) {
    }
    atomic_fetch_add(&stress.handled[cpu], 1);
    stress_sysreg_write(host, cpu, ICC_EOIR1_EL1, intid);
    return true;
}

static void *run_cpu(void *argument)
{
    const Thread *thread = argument;
    StressHost *host = &stress.host;
    while (!atomic_load(&stress.stop_cpus)) {
        if (atomic_load(&host->cpu[thread->number].lines)) {
            handle(thread->number);
        } else {
            sched_yield();
        }
    }
    return NULL;
}

/* ---- Setting up, and looking at what is left ---- */

static void open_gic(void)
{
    const VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = CPUS, .lpi_bits = 14, .its = 1,
                         .its_options = {.cache_entries = 64, .errors = VGIC_ITS_ERRORS_STALL});
    const VgicHost host =
        VGIC_HOST_INIT(.memory_read = read_ram, .memory_write = write_ram,
                       .lines_changed = on_lines_changed, .guest_error = on_guest_error);
    for (int i = 0; i < STRESS_MAX_CPUS; i++) {
        pthread_mutex_init(&stress.host.cpu[i].lock, NULL);
    }
    pthread_mutex_init(&stress.ram_lock, NULL);
    stress.ram = calloc(1, RAM);
    stress.host.gic = vgic_new(&config, &host, &stress.host, NULL);
    if (!stress.ram || !stress.host.gic) {
        fprintf(stderr, "no memory, or no GIC\n");
        exit(1);
    }
    stress.its = vgic_frame(stress.host.gic, "GITS");
}

static void set_up_cpu(uint32_t cpu)
{
    StressHost *host = &stress.host;
    uint64_t base = (uint64_t)cpu * 0x20000;
    stress_frame_write(host, "GICR", base + GICR_PROPBASER, 8, RAM_BASE + CONFIGURATION + 13);
    stress_frame_write(host, "GICR", base + GICR_PENDBASER, 8, RAM_BASE + PENDING + cpu * 0x10000);
    stress_frame_write(host, "GICR", base + GICR_CTLR, 4, 1);
    stress_sysreg_write(host, cpu, ICC_PMR_EL1, 0xF8);
    stress_sysreg_write(host, cpu, ICC_IGRPEN1_EL1, 1);
    command(0x09, 0, (uint64_t)1 << 63 | (uint64_t)cpu << 16 | cpu, 0);
}

static void set_up(void)
{
    const uint64_t valid = (uint64_t)1 << 63;
    StressHost *host = &stress.host;
    memset(stress.ram + CONFIGURATION, 0xA3, LPIS);
    stress_frame_write(host, "GICD", GICD_CTLR, 4, 0x12);
    stress_frame_write(host, "GITS", GITS_BASER(0), 8, valid | (RAM_BASE + DEVICE_TABLE));
    stress_frame_write(host, "GITS", GITS_BASER(1), 8, valid | (RAM_BASE + COLLECTION_TABLE));
    stress_frame_write(host, "GITS", GITS_CBASER, 8, valid | (RAM_BASE + QUEUE));
    stress_frame_write(host, "GITS", GITS_CTLR, 4, 1);
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        set_up_cpu(cpu);
    }
    for (uint32_t device = 0; device < DEVICES; device++) {
        map_device(device, true);
        for (uint32_t event = 0; event < EVENTS; event++) {
            map_event(device, event, (device + event) % CPUS);
            atomic_store(&stress.source[device * EVENTS + event].mapped, true);
        }
    }
    run_commands();
}

static void start(pthread_t *thread, void *(*run)(void *), Thread *argument, uint32_t number)
{
    *argument = (Thread){&stress, number};
    pthread_create(thread, NULL, run, argument);
}

static void run_threads(void)
{
    pthread_t devices[DEVICES], cpus[CPUS], driver;
    Thread device[DEVICES], cpu[CPUS];
    for (uint32_t i = 0; i < CPUS; i++) {
        start(&cpus[i], run_cpu, &cpu[i], i);
    }
    for (uint32_t i = 0; i < DEVICES; i++) {
        start(&devices[i], run_device, &device[i], i);
    }
    pthread_create(&driver, NULL, run_driver, NULL);
    for (uint32_t i = 0; i < DEVICES; i++) {
        pthread_join(devices[i], NULL);
    }
    atomic_store(&stress.stop_devices, true);
    pthread_join(driver, NULL);
    atomic_store(&stress.stop_cpus, true);
    for (uint32_t i = 0; i < CPUS; i++) {
        pthread_join(cpus[i], NULL);
    }
}

/* What the PEs left is there for the taking, by lines_changed alone. */
static void finish(void)
{
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        while (atomic_load(&stress.host.cpu[cpu].lines) && handle(cpu)) {
        }
    }
    for (uint32_t i = 0; i < LPIS; i++) {
        const Source *source = &stress.source[i];
        bool steady = i % EVENTS < STEADY;
        if (steady && atomic_load(&source->seen) != atomic_load(&source->sent)) {
            stress_fail(&stress.host, "lost", FIRST_LPI + i, atomic_load(&source->sent));
        }
        if (!atomic_load(&source->acknowledged)) {
            stress_fail(&stress.host, "never acknowledged", FIRST_LPI + i, 0);
        }
    }
}

int main(int argc, char **argv)
{
    stress.ops = 30000;
    stress.seed = 1;
    stress_options(argc, argv, &stress.ops, &stress.seed);
    open_gic();
    set_up();
    run_threads();
    finish();
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        printf("PE %u: %" PRIu64 " handled\n", cpu, (uint64_t)atomic_load(&stress.handled[cpu]));
    }
    printf("%" PRIu64 " commands, %" PRIu64 " MSIs of events that were not mapped\n",
           (uint64_t)atomic_load(&stress.commands), (uint64_t)atomic_load(&stress.reports));
    unsigned failures = atomic_load(&stress.host.failures);
    stress_close(&stress.host);
    free(stress.ram);
    return failures ? 1 : 0;
}
