/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GICv5: devices send MSIs while one thread changes tables and invalidates, and PEs acknowledge.
 * Then wires of a bridge change while threads write its registers.
 *
 * Every event counts what was sent before it is sent, and every handler looks at the count after it
 * acknowledged: so an acknowledgement that saw the count n is for everything up to n. Nothing comes
 * more often than it was sent, and in the end nothing sent is missing, wherever the event led
 * meanwhile. Events that the thread of tables takes away are the exception: but once INV_EVENTR is
 * written, nothing may come of them, although devices go on sending.
 */
#include "threads.h"

#include <inttypes.h>
#include <sched.h>
#include <string.h>

#include <vgic/inspect.h>
#include <vgic/registers5.h>

enum {
    CPUS = 4,
    DEVICES = 3,
    STEADY = 8,          /* events of a device that stay, and change their LPI */
    EVENTS = STEADY + 2, /* the others are taken away and come back */
    SOURCES = DEVICES * EVENTS,
    LPIS = 2 * SOURCES, /* each event has two to choose from */
    PROBE = LPIS,       /* two LPIs of an event that no device sends */
    EVENT_BITS = 5,
    DEVICE_BITS = 4,
    BRIDGE = 7, /* DeviceID of the wire bridge */
    WIRES = 32,
    FIRST_WIRE_LPI = PROBE + 2,
    LPI_BITS = 10,
    RAM = 0x100000,
    IST = 0,
    DEVICE_TABLE = 0x10000,
    ITT = 0x20000,
};

#define RAM_BASE 0x40000000u
#define INVALIDATE (1u << 31)

typedef struct Source {
    atomic_uint_fast64_t sent, seen, acknowledged;
} Source;

typedef struct Stress {
    StressHost host;
    const VgicFrame *its, *translate, *irs, *iwb;
    pthread_mutex_t ram_lock; /* bytes of RAM are shared by the threads, as real RAM is */
    uint8_t *ram;
    Source source[SOURCES];
    atomic_bool stop_devices, stop_cpus;
    atomic_bool closed;  /* devices are to wait */
    atomic_uint sending; /* devices that do not */
    atomic_uint_fast64_t changes, handled[CPUS], reports;
    uint64_t ops, seed;
    uint32_t threads; /* that meet */
    atomic_uint waiting, meetings;
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
    static _Thread_local unsigned reads;
    (void)machine;
    if (space != VGIC_NS || !in_ram(address, length)) {
        return false;
    }
    pthread_mutex_lock(&stress.ram_lock);
    memcpy(buffer, stress.ram + (address - RAM_BASE), length);
    pthread_mutex_unlock(&stress.ram_lock);
    if (++reads % 8 == 0) {
        sched_yield(); /* what was read grows old */
    }
    return true;
}

static bool write_ram(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                      size_t length)
{
    (void)machine;
    if (space != VGIC_NS || !in_ram(address, length)) {
        return false;
    }
    pthread_mutex_lock(&stress.ram_lock);
    memcpy(stress.ram + (address - RAM_BASE), buffer, length);
    pthread_mutex_unlock(&stress.ram_lock);
    return true;
}

static void put64(uint32_t offset, uint64_t value)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
    write_ram(NULL, VGIC_NS, RAM_BASE + offset, bytes, sizeof(bytes));
}

static void on_lines_changed(void *machine, uint32_t cpu)
{
    StressHost *host = machine;
    pthread_mutex_lock(&host->cpu[cpu].lock);
    atomic_store(&host->cpu[cpu].lines, vgic_cpu_lines(host->gic, cpu));
    pthread_mutex_unlock(&host->cpu[cpu].lock);
}

/* Events that are not mapped right now, or sent while the ITS is off. */
static void on_guest_error(void *machine, const VgicReport *report)
{
    (void)machine;
    if (strcmp(report->rule, "its-msi") != 0 && strcmp(report->rule, "its-disabled") != 0) {
        stress_fail(&stress.host, report->message, report->intid, report->event);
    }
    atomic_fetch_add(&stress.reports, 1);
}

static void write_frame(const VgicFrame *frame, uint32_t offset, uint32_t size, uint64_t value)
{
    if (vgic_frame_write(stress.host.gic, frame, VGIC_NS, offset, size, value) != VGIC_OK) {
        stress_fail(&stress.host, "register not writable", offset, size);
    }
}

static void gic(uint32_t instruction, uint64_t operand)
{
    stress_sysreg_write(&stress.host, 0, instruction, operand);
}

static bool is_pending(uint32_t lpi)
{
    VgicIrqInfo info;
    return vgic_irq_info(stress.host.gic, 0, VGIC_V5_LPI(lpi), &info) && info.pending;
}

/* ---- The thread of tables ---- */

static void invalidate_event(uint32_t device, uint32_t event)
{
    write_frame(stress.its, ITS_DIDR, 8, device);
    write_frame(stress.its, ITS_EIDR, 4, event);
    write_frame(stress.its, ITS_INV_EVENTR, 4, INVALIDATE);
    atomic_fetch_add(&stress.changes, 1);
}

static void put_event(uint32_t device, uint32_t event, uint64_t itte)
{
    put64(ITT + device * 0x1000 + event * 8, itte);
    invalidate_event(device, event);
}

static void map_event(uint32_t device, uint32_t event, uint32_t lpi)
{
    put_event(device, event, 1u << 31 | lpi);
}

static void invalidate_device(uint32_t device)
{
    write_frame(stress.its, ITS_DIDR, 8, device);
    write_frame(stress.its, ITS_INV_DEVICER, 4, INVALIDATE | EVENT_BITS << 1);
    atomic_fetch_add(&stress.changes, 1);
}

/* Once it is gone, nothing comes of it any more; no PE takes what comes. */
static void take_away(uint32_t device, uint32_t event, uint32_t other)
{
    uint32_t source = device * EVENTS + event, lpi = 2 * source;
    gic(GIC_CDDIS, VGIC_V5_LPI(lpi));
    gic(GIC_CDDIS, VGIC_V5_LPI(lpi + 1));
    put_event(device, event, 0);
    write_frame(stress.its, ITS_SYNCR, 8, UINT64_C(1) << 63 | device);
    for (uint32_t i = 0; i < 2; i++) {
        gic(GIC_CDPEND, VGIC_V5_LPI(lpi + i));
    }
    for (uint32_t i = 0; i < 20; i++) {
        if (is_pending(lpi) || is_pending(lpi + 1)) {
            stress_fail(&stress.host, "an event came after INV_EVENTR", device, event);
        }
        sched_yield();
    }
    gic(GIC_CDEN, VGIC_V5_LPI(lpi));
    gic(GIC_CDEN, VGIC_V5_LPI(lpi + 1));
    map_event(device, event, lpi + other % 2);
}

/* While it is off nothing comes, and what was cached is forgotten: the event leads elsewhere then.
 */
static void off_and_on(uint32_t other)
{
    uint32_t lpi = PROBE + other % 2;
    atomic_store(&stress.closed, true);
    while (atomic_load(&stress.sending)) {
        sched_yield();
    }
    write_frame(stress.its, ITS_CR0, 4, 0);
    vgic_msi(stress.host.gic, stress.its, 0, EVENTS);
    if (is_pending(PROBE) || is_pending(PROBE + 1)) {
        stress_fail(&stress.host, "an event came while ITSEN was 0", other, 0);
    }
    put64(ITT + EVENTS * 8, 1u << 31 | lpi);
    write_frame(stress.its, ITS_CR0, 4, 1);
    vgic_msi(stress.host.gic, stress.its, 0, EVENTS);
    if (!is_pending(lpi)) {
        stress_fail(&stress.host, "no event came after ITSEN was 1 again", other, 0);
    }
    gic(GIC_CDPEND, VGIC_V5_LPI(lpi));
    atomic_store(&stress.closed, false);
}

/* Anything that loses nothing but what it may. */
static void change_something(uint64_t *random, uint64_t n)
{
    uint32_t device = (uint32_t)(stress_random(random) >> 40) % DEVICES;
    uint32_t event = (uint32_t)(stress_random(random) >> 40) % STEADY;
    uint32_t other = (uint32_t)(stress_random(random) >> 40);
    uint32_t lpi = 2 * (device * EVENTS + event) + other % 2;
    switch (n % 16) {
    case 0:
        invalidate_device(device);
        break;
    case 1:
        write_frame(stress.its, ITS_DT_BASER, 8, RAM_BASE + DEVICE_TABLE);
        break;
    case 2:
        write_frame(stress.its, ITS_INV_DEVICER, 4, INVALIDATE | EVENT_BITS << 1 | 1);
        break;
    case 3:
        take_away(device, STEADY + event % (EVENTS - STEADY), other);
        break;
    case 4:
        off_and_on(other);
        break;
    case 5:
    case 6:
        gic(GIC_CDAFF, VGIC_V5_LPI(lpi) | (uint64_t)(other / 2 % CPUS) << 32);
        break;
    case 7:
        write_frame(stress.its, ITS_EIDR, 4, event);
        write_frame(stress.its, ITS_READ_EVENTR, 4, 1u << 31);
        break;
    default:
        map_event(device, event, lpi);
        break;
    }
}

static void *run_driver(void *argument)
{
    uint64_t random = stress.seed * 77 | 1;
    (void)argument;
    for (uint64_t n = 0; !atomic_load(&stress.stop_devices); n++) {
        change_something(&random, n);
    }
    return NULL;
}

/* ---- Devices ---- */

static void send(uint32_t device, uint32_t event, uint64_t n)
{
    atomic_fetch_add(&stress.sending, 1);
    while (atomic_load(&stress.closed)) {
        atomic_fetch_sub(&stress.sending, 1);
        sched_yield();
        atomic_fetch_add(&stress.sending, 1);
    }
    atomic_fetch_add(&stress.source[device * EVENTS + event].sent, 1);
    if (n & 1) {
        vgic_msi(stress.host.gic, stress.its, device, event);
    } else {
        vgic_frame_write(stress.host.gic, stress.translate, VGIC_NS | VGIC_FROM_DEVICE(device),
                         ITS_TRANSLATER, 4, event);
    }
    atomic_fetch_sub(&stress.sending, 1);
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
    uint64_t got = stress_sysreg_read(host, cpu, GICR_CDIA), intid = got & 0xFFFFFFFF;
    if (!(got >> 32)) {
        return false;
    }
    if (intid < VGIC_V5_LPI(0) || intid >= VGIC_V5_LPI(LPIS)) {
        stress_fail(host, "acknowledged what nobody sent", cpu, intid);
        return true;
    }
    Source *source = &stress.source[(intid - VGIC_V5_LPI(0)) / 2];
    uint64_t sent = atomic_load(&source->sent);
    uint64_t acknowledged = atomic_fetch_add(&source->acknowledged, 1) + 1;
    if (acknowledged > sent) {
        stress_fail(host, "acknowledged more often than sent", intid, acknowledged);
    }
    /* several PEs can be here for one event: the latest count stands */
    uint64_t seen = atomic_load(&source->seen);
    while (seen < sent && !atomic_compare_exchange_weak(&source->seen, &seen, sent)) {
    }
    atomic_fetch_add(&stress.handled[cpu], 1);
    stress_sysreg_write(host, cpu, GIC_CDEOI, 0);
    stress_sysreg_write(host, cpu, GIC_CDDI, intid);
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
    static const VgicIwbOptions iwb = {.wires = WIRES, .device = BRIDGE};
    const VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V5, .cpus = CPUS, .lpi_bits = 14, .its = 1,
                         .its_options = {.cache_entries = 64}, .v5 = {.iwbs = 1, .iwb = &iwb});
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
    stress.its = vgic_frame(stress.host.gic, "ITS");
    stress.translate = vgic_frame(stress.host.gic, "ITS_TRANSLATE");
    stress.irs = vgic_frame(stress.host.gic, "IRS");
    stress.iwb = vgic_frame(stress.host.gic, "IWB");
}

static void map_device(uint32_t device)
{
    put64(DEVICE_TABLE + device * 8,
          (uint64_t)EVENT_BITS << 59 | (RAM_BASE + ITT + device * 0x1000) | 1);
    invalidate_device(device);
}

static void set_up_lpi(uint32_t lpi)
{
    gic(GIC_CDPRI, VGIC_V5_LPI(lpi) | UINT64_C(16) << 35);
    gic(GIC_CDAFF, VGIC_V5_LPI(lpi) | (uint64_t)(lpi % CPUS) << 32);
    gic(GIC_CDEN, VGIC_V5_LPI(lpi));
}

static void set_up(void)
{
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        stress_sysreg_write(&stress.host, cpu, ICC_PCR_EL1, 31);
        stress_sysreg_write(&stress.host, cpu, ICC_CR0_EL1, 1);
    }
    write_frame(stress.irs, IRS_CR0, 4, 1);
    write_frame(stress.irs, IRS_IST_CFGR, 4, LPI_BITS);
    write_frame(stress.irs, IRS_IST_BASER, 8, (RAM_BASE + IST) | 1);
    write_frame(stress.its, ITS_DT_CFGR, 4, DEVICE_BITS);
    write_frame(stress.its, ITS_DT_BASER, 8, RAM_BASE + DEVICE_TABLE);
    write_frame(stress.its, ITS_CR0, 4, 1);
    for (uint32_t lpi = 0; lpi < LPIS; lpi++) {
        set_up_lpi(lpi);
    }
    for (uint32_t device = 0; device < DEVICES; device++) {
        map_device(device);
        for (uint32_t event = 0; event < EVENTS; event++) {
            map_event(device, event, 2 * (device * EVENTS + event));
        }
    }
    map_event(0, EVENTS, PROBE);
    map_device(BRIDGE);
    for (uint32_t wire = 0; wire < WIRES; wire++) {
        map_event(BRIDGE, wire, FIRST_WIRE_LPI + wire);
    }
}

static void start(pthread_t *thread, void *(*run)(void *), Thread *argument, uint32_t number)
{
    *argument = (Thread){&stress, number};
    pthread_create(thread, NULL, run, argument);
}

static void run_messages(void)
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
static void finish_messages(void)
{
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        while (atomic_load(&stress.host.cpu[cpu].lines) && handle(cpu)) {
        }
    }
    for (uint32_t i = 0; i < SOURCES; i++) {
        const Source *source = &stress.source[i];
        bool steady = i % EVENTS < STEADY;
        if (steady && atomic_load(&source->seen) != atomic_load(&source->sent)) {
            stress_fail(&stress.host, "lost", i, atomic_load(&source->sent));
        }
        if (!atomic_load(&source->acknowledged)) {
            stress_fail(&stress.host, "never acknowledged", i, 0);
        }
    }
}

/* ---- Wires ---- */

/*
 * Which wire is for what. Levels: pending must be what wire and WENABLER say when all is quiet.
 * Edges: each rise must arrive, whatever happens to other wires of the register. The rest changes
 * its trigger mode.
 */
#define LEVEL_WIRES 0x0000FFFFu
#define EDGE_WIRES 0x000F0000u
#define MODE_WIRES 0xFFF00000u

enum {
    WIRE_THREADS = 3,     /* two drive wires of levels and modes, one the edges */
    REGISTER_THREADS = 2, /* WENABLER; WTMR, WRESAMPLER and IWBEN */
    ROUND = 100           /* changes between two looks */
};

/* Waits for all threads. */
static void meet(void)
{
    uint32_t meeting = atomic_load(&stress.meetings);
    if (atomic_fetch_add(&stress.waiting, 1) + 1 == stress.threads) {
        atomic_store(&stress.waiting, 0);
        atomic_fetch_add(&stress.meetings, 1);
    }
    while (atomic_load(&stress.meetings) == meeting) {
        sched_yield();
    }
}

static void edge(uint32_t wire)
{
    uint32_t lpi = FIRST_WIRE_LPI + wire;
    vgic_iwb_set_level(stress.host.gic, stress.iwb, wire, true);
    if (!is_pending(lpi)) {
        stress_fail(&stress.host, "an edge was lost", wire, 0);
    }
    gic(GIC_CDPEND, VGIC_V5_LPI(lpi));
    vgic_iwb_set_level(stress.host.gic, stress.iwb, wire, false);
    if (is_pending(lpi)) {
        stress_fail(&stress.host, "an edge came twice", wire, 0);
    }
}

static void change_wires(uint32_t thread, uint64_t *random)
{
    uint32_t value = (uint32_t)(stress_random(random) >> 32);
    switch (thread) {
    case 0:
        edge(16 + value % 4);
        break;
    case 1:
    case 2:
        value %= 28; /* a level or a mode */
        vgic_iwb_set_level(stress.host.gic, stress.iwb, value < 16 ? value : value + 4,
                           stress_random(random) >> 63);
        break;
    case 3:
        write_frame(stress.iwb, IWB_WENABLER(0), 4, (value & LEVEL_WIRES) | ~LEVEL_WIRES);
        break;
    default:
        write_frame(stress.iwb, IWB_WTMR(0), 4, (value & MODE_WIRES) | LEVEL_WIRES);
        write_frame(stress.iwb, IWB_WRESAMPLER, 4, value % 16);
        break;
    }
}

/* All is quiet. A wire that is driven to the level that it has makes no event: then the last one
 * that it made has to be right. */
static void check_wires(uint64_t round, uint64_t *random)
{
    uint64_t enabled, level;
    vgic_frame_read(stress.host.gic, stress.iwb, VGIC_NS, IWB_WENABLER(0), 4, &enabled);
    vgic_frame_read(stress.host.gic, stress.iwb, VGIC_NS, IWB_WTMR(0), 4, &level);
    for (uint32_t wire = 0; wire < WIRES; wire++) {
        bool high = stress_random(random) >> 63;
        if (!(level >> wire & 1)) {
            continue;
        }
        vgic_iwb_set_level(stress.host.gic, stress.iwb, wire, high);
        if (is_pending(FIRST_WIRE_LPI + wire) != (high && enabled >> wire & 1)) {
            stress_fail(&stress.host, "a level is not what its wire is", wire, round);
        }
    }
}

static void *run_wires(void *argument)
{
    const Thread *thread = argument;
    uint64_t random = (stress.seed + thread->number) * 1234567 | 1;
    for (uint64_t round = 0; round < stress.ops / ROUND; round++) {
        for (uint32_t n = 0; n < ROUND; n++) {
            change_wires(thread->number, &random);
        }
        meet();
        if (thread->number == 0) {
            check_wires(round, &random);
        }
        meet();
    }
    return NULL;
}

/* IWBEN goes off and on while levels change: they are right when it is on again. */
static void *run_switch(void *argument)
{
    const Thread *thread = argument;
    uint64_t random = (stress.seed + thread->number) * 7654321 | 1;
    for (uint64_t round = 0; round < stress.ops / ROUND; round++) {
        for (uint32_t n = 0; n < 8; n++) {
            uint32_t value = (uint32_t)(stress_random(&random) >> 32);
            if (thread->number == 0) {
                write_frame(stress.iwb, IWB_CR0, 4, n % 2);
                sched_yield();
            } else {
                vgic_iwb_set_level(stress.host.gic, stress.iwb, value % 16, value >> 31);
            }
        }
        meet();
        if (thread->number == 0) {
            check_wires(round, &random);
        }
        meet();
    }
    return NULL;
}

static void run_threads(void *(*run)(void *), uint32_t count)
{
    pthread_t threads[WIRE_THREADS + REGISTER_THREADS];
    Thread thread[WIRE_THREADS + REGISTER_THREADS];
    stress.threads = count;
    for (uint32_t i = 0; i < count; i++) {
        start(&threads[i], run, &thread[i], i);
    }
    for (uint32_t i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void run_bridge(void)
{
    for (uint32_t wire = 0; wire < WIRES; wire++) {
        gic(GIC_CDDIS, VGIC_V5_LPI(FIRST_WIRE_LPI + wire));
    }
    write_frame(stress.iwb, IWB_WTMR(0), 4, LEVEL_WIRES);
    write_frame(stress.iwb, IWB_WENABLER(0), 4, UINT32_MAX);
    run_threads(run_wires, WIRE_THREADS + REGISTER_THREADS);
    write_frame(stress.iwb, IWB_WTMR(0), 4, LEVEL_WIRES);
    write_frame(stress.iwb, IWB_WENABLER(0), 4, UINT32_MAX);
    run_threads(run_switch, WIRE_THREADS);
}

int main(int argc, char **argv)
{
    stress.ops = 30000;
    stress.seed = 1;
    stress_options(argc, argv, &stress.ops, &stress.seed);
    open_gic();
    set_up();
    run_messages();
    finish_messages();
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        printf("PE %u: %" PRIu64 " handled\n", cpu, (uint64_t)atomic_load(&stress.handled[cpu]));
    }
    printf("%" PRIu64 " invalidations, %" PRIu64 " MSIs of events that were not mapped\n",
           (uint64_t)atomic_load(&stress.changes), (uint64_t)atomic_load(&stress.reports));
    run_bridge();
    unsigned failures = atomic_load(&stress.host.failures);
    stress_close(&stress.host);
    free(stress.ram);
    return failures ? 1 : 0;
}
