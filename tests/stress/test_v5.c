/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A GICv5 with two IRSs, an ITS and an IWB. PEs handle interrupts and send LPIs to each other, one
 * thread is the devices, one reconfigures everything, and one does at random what no software
 * should to interrupts that nobody counts.
 *
 * Every source counts what was sent before it is sent, and every handler looks at the count after
 * it acknowledged: so an acknowledgement that saw the count n is for everything up to n. Nothing
 * comes more often than it was sent, in the end nothing sent is missing, and what is sent only when
 * the last one was handled comes exactly as often. Counters are relaxed: that they are right is for
 * the library's locks to see to, and ThreadSanitizer hears of no order that the library did not
 * make.
 *
 *   test-stress-v5 [--ops N] [--seed N]
 */
#include "threads.h"

#include <inttypes.h>
#include <sched.h>
#include <string.h>

#include <vgic/inspect.h>
#include <vgic/registers5.h>

enum {
    CPUS = 3,
    THREADS = CPUS + 3, /* and devices, configuration, chaos */
    IRSS = 2,

    /* Sources, by number */
    SPIS = 16, /* SPI n */
    LPIS = 12, /* LPI 1 + n, sent by a PE or to the SETLPI frame */
    MSIS = 4,  /* LPI 16 + n, event n of DEVICE */
    WIRES = 4, /* LPI 32 + n, wire n of the IWB */
    PPI_KINDS = 3,
    FIRST_LPI = SPIS,
    FIRST_MSI = FIRST_LPI + LPIS,
    FIRST_WIRE = FIRST_MSI + MSIS,
    FIRST_PPI = FIRST_WIRE + WIRES,
    SOURCES = FIRST_PPI + CPUS * PPI_KINDS,
    CONFIGURED = FIRST_PPI, /* those that instructions of any PE configure */

    /* Interrupts that nobody counts */
    WILD_SPI = 24,
    WILD_SPIS = 8,
    WILD_LPI = 1024,   /* in a table of level 2 that stays */
    MAPPED_LPI = 2048, /* in one that comes and goes */
    WILD_LPIS = 8,

    /* Memory */
    RAM = 0x10000,
    IST = 0x1000, /* level 1 */
    DEVICE_TABLE = 0x2000,
    ITTS = 0x3000,
    L2_TABLES = 0x4000,
    LPI_BITS = 12,
    DEVICE = 1,
    IWB_DEVICE = 2,
    ID_MASK = 0xFFFFFF,
};

#define RAM_BASE UINT64_C(0x40000000)
#define LEVEL_PPI 27u
#define EDGE_PPI 24u
#define SW_PPI 3u

typedef enum Manner {
    MANNER_EDGE,    /* may be sent again before it was handled */
    MANNER_WAITING, /* an edge, sent when the last one was handled */
    MANNER_LEVEL,   /* high until it is handled */
} Manner;

typedef struct Source {
    atomic_uint_fast64_t sent, seen, acknowledged;
    atomic_bool outstanding, active;
} Source;

typedef struct Stress {
    StressHost host;
    const VgicFrame *irs[IRSS], *setlpi[IRSS], *its, *iwb;
    pthread_mutex_t ram_lock; /* bytes of RAM are shared by the threads, as real RAM is */
    uint8_t ram[RAM];
    Source source[SOURCES];
    /* Who sends or deactivates an LPI that is counted is inside; while the gate is closed the table
     * of LPIs is not valid, and both would be lost. */
    atomic_bool closed, inside[THREADS];
    atomic_bool stop_cpus, stop_others;
    atomic_uint_fast64_t sent, handled[CPUS], nested, moved, invalidated, wild;
    uint64_t ops, seed;
} Stress;

typedef struct Thread {
    Stress *stress;
    uint32_t number; /* PEs have the first ones */
    uint64_t random;
} Thread;

static uint64_t get(const atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static uint64_t add(atomic_uint_fast64_t *counter)
{
    return atomic_fetch_add_explicit(counter, 1, memory_order_relaxed) + 1;
}

/* ---- The machine ---- */

static bool in_ram(uint64_t address, size_t length)
{
    return address >= RAM_BASE && address + length <= RAM_BASE + RAM;
}

static bool read_ram(void *machine, VgicSpace space, uint64_t address, void *buffer, size_t length)
{
    Stress *stress = machine;

    (void)space;
    if (!in_ram(address, length)) {
        return false;
    }
    pthread_mutex_lock(&stress->ram_lock);
    memcpy(buffer, stress->ram + (address - RAM_BASE), length);
    pthread_mutex_unlock(&stress->ram_lock);
    return true;
}

static bool write_ram(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                      size_t length)
{
    Stress *stress = machine;

    (void)space;
    if (!in_ram(address, length)) {
        return false;
    }
    pthread_mutex_lock(&stress->ram_lock);
    memcpy(stress->ram + (address - RAM_BASE), buffer, length);
    pthread_mutex_unlock(&stress->ram_lock);
    return true;
}

static void put64(Stress *stress, uint32_t offset, uint64_t value)
{
    uint8_t bytes[8];

    for (uint32_t i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
    write_ram(stress, VGIC_NS, RAM_BASE + offset, bytes, sizeof(bytes));
}

static uint32_t get32(Stress *stress, uint32_t offset)
{
    uint8_t b[4];

    read_ram(stress, VGIC_NS, RAM_BASE + offset, b, sizeof(b));
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void on_lines_changed(void *machine, uint32_t cpu)
{
    Stress *stress = machine;
    StressHost *host = &stress->host;

    pthread_mutex_lock(&host->cpu[cpu].lock);
    atomic_store(&host->cpu[cpu].lines, vgic_cpu_lines(host->gic, cpu));
    pthread_mutex_unlock(&host->cpu[cpu].lock);
}

static void frame_write(Stress *stress, const VgicFrame *frame, uint64_t offset, uint32_t size,
                        uint64_t value)
{
    if (vgic_frame_write(stress->host.gic, frame, VGIC_NS, offset, size, value) != VGIC_OK) {
        stress_fail(&stress->host, "register not writable", offset, size);
    }
}

static void insn(Stress *stress, uint32_t cpu, uint32_t encoding, uint64_t operand)
{
    stress_sysreg_write(&stress->host, cpu, encoding, operand);
}

/* ---- Sources ---- */

static Manner manner_of(uint32_t number)
{
    static const Manner spis[] = {MANNER_EDGE, MANNER_WAITING, MANNER_LEVEL, MANNER_EDGE};
    static const Manner ppis[] = {MANNER_LEVEL, MANNER_EDGE, MANNER_WAITING};

    if (number < FIRST_LPI) {
        return spis[number % 4];
    }
    if (number < FIRST_WIRE) {
        return number % 2 ? MANNER_WAITING : MANNER_EDGE;
    }
    return number < FIRST_PPI ? MANNER_LEVEL : ppis[(number - FIRST_PPI) % PPI_KINDS];
}

/* The INTID of a source that is no PPI. */
static uint32_t intid_of(uint32_t number)
{
    if (number < FIRST_LPI) {
        return VGIC_V5_SPI(number);
    }
    if (number < FIRST_MSI) {
        return VGIC_V5_LPI(1 + number - FIRST_LPI);
    }
    return number < FIRST_WIRE ? VGIC_V5_LPI(16 + number - FIRST_MSI)
                               : VGIC_V5_LPI(32 + number - FIRST_WIRE);
}

/* SOURCES: nobody counts it. */
static uint32_t source_of(uint32_t cpu, uint32_t intid)
{
    static const uint32_t ppis[PPI_KINDS] = {LEVEL_PPI, EDGE_PPI, SW_PPI};

    for (uint32_t i = 0; i < PPI_KINDS; i++) {
        if (intid == VGIC_V5_PPI(ppis[i])) {
            return FIRST_PPI + cpu * PPI_KINDS + i;
        }
    }
    for (uint32_t i = 0; i < CONFIGURED; i++) {
        if (intid == intid_of(i)) {
            return i;
        }
    }
    return SOURCES;
}

static void enter(Thread *thread)
{
    atomic_bool *inside = &thread->stress->inside[thread->number];

    atomic_store(inside, true);
    while (atomic_load(&thread->stress->closed)) {
        atomic_store(inside, false);
        sched_yield();
        atomic_store(inside, true);
    }
}

static void leave(Thread *thread)
{
    atomic_store(&thread->stress->inside[thread->number], false);
}

static void set_wire(Stress *stress, uint32_t number, bool high)
{
    Vgic *gic = stress->host.gic;

    if (number < FIRST_LPI) {
        vgic_spi_set_level(gic, number, high);
    } else if (number < FIRST_PPI) {
        vgic_iwb_set_level(gic, stress->iwb, number - FIRST_WIRE, high);
    } else {
        vgic_ppi_set_level(gic, (number - FIRST_PPI) / PPI_KINDS, LEVEL_PPI, high);
    }
}

/* PE @p cpu sends an LPI itself; CPUS: a device does. */
static void send_lpi(Stress *stress, uint32_t cpu, uint32_t lpi)
{
    if (cpu < CPUS) {
        insn(stress, cpu, GIC_CDPEND, lpi | UINT64_C(1) << 32);
    } else {
        frame_write(stress, stress->setlpi[lpi % IRSS], IRS_SETLPIR, 4, lpi & ID_MASK);
    }
}

static void send_edge(Stress *stress, uint32_t cpu, uint32_t number)
{
    Vgic *gic = stress->host.gic;
    uint32_t pe = (number - FIRST_PPI) / PPI_KINDS;

    if (number < FIRST_LPI) {
        vgic_spi_pulse(gic, number);
    } else if (number < FIRST_MSI) {
        send_lpi(stress, cpu, intid_of(number));
    } else if (number < FIRST_WIRE) {
        vgic_msi(gic, stress->its, DEVICE, number - FIRST_MSI);
    } else if ((number - FIRST_PPI) % PPI_KINDS == 1) {
        vgic_ppi_pulse(gic, pe, EDGE_PPI);
    } else {
        insn(stress, pe, ICC_PPI_SPENDR0_EL1, 1u << SW_PPI);
    }
}

/* False: it is not its turn. */
static bool send(Thread *thread, uint32_t cpu, uint32_t number)
{
    Stress *stress = thread->stress;
    Source *source = &stress->source[number];
    Manner manner = manner_of(number);

    if (manner != MANNER_EDGE &&
        atomic_exchange_explicit(&source->outstanding, true, memory_order_relaxed)) {
        return false;
    }
    enter(thread);
    add(&source->sent);
    add(&stress->sent);
    if (manner == MANNER_LEVEL) {
        set_wire(stress, number, true);
    } else {
        send_edge(stress, cpu, number);
    }
    leave(thread);
    return true;
}

/* ---- PEs ---- */

static void note_acknowledged(Stress *stress, uint32_t intid, uint32_t number)
{
    Source *source = &stress->source[number];
    uint64_t sent = get(&source->sent), acknowledged = add(&source->acknowledged);

    if (acknowledged > sent) {
        stress_fail(&stress->host, "acknowledged more often than sent", intid, acknowledged);
    }
    if (atomic_exchange_explicit(&source->active, true, memory_order_relaxed)) {
        stress_fail(&stress->host, "acknowledged while active", intid, number);
    }
    atomic_store_explicit(&source->seen, sent, memory_order_relaxed);
}

/* Lets go of the wire and deactivates; then it may be sent again. */
static void serve(Thread *thread, uint32_t cpu, uint32_t intid, uint32_t number)
{
    Stress *stress = thread->stress;
    bool waits = number < SOURCES && manner_of(number) != MANNER_EDGE;

    if (number < SOURCES) {
        enter(thread);
        if (manner_of(number) == MANNER_LEVEL) {
            set_wire(stress, number, false);
        }
        atomic_store_explicit(&stress->source[number].active, false, memory_order_relaxed);
    }
    insn(stress, cpu, GIC_CDDI, intid);
    if (number < SOURCES) {
        leave(thread);
    }
    if (waits) {
        atomic_store_explicit(&stress->source[number].outstanding, false, memory_order_relaxed);
    }
}

static void handle(Thread *thread, uint32_t cpu, int depth)
{
    Stress *stress = thread->stress;
    uint64_t value = stress_sysreg_read(&stress->host, cpu, GICR_CDIA), n;
    uint32_t intid = (uint32_t)value, number;

    if (!value) {
        return; /* taken away under our hands */
    }
    number = source_of(cpu, intid);
    if (number < SOURCES) {
        note_acknowledged(stress, intid, number);
    } else {
        add(&stress->wild);
    }
    n = add(&stress->handled[cpu]);
    if (n % 4 == 0) {
        sched_yield(); /* long enough for something more urgent */
    }
    if (depth < 4 && atomic_load(&stress->host.cpu[cpu].lines)) {
        add(&stress->nested);
        handle(thread, cpu, depth + 1);
    }
    if (thread->number < CPUS && n % 3 == 0) {
        send(thread, cpu, FIRST_LPI + (uint32_t)(stress_random(&thread->random) % LPIS));
        send(thread, cpu, FIRST_PPI + cpu * PPI_KINDS + 2);
    }
    insn(stress, cpu, GIC_CDEOI, 0);
    serve(thread, cpu, intid, number);
}

/* As software does now and then. */
static void mask_a_while(Stress *stress, uint32_t cpu, uint64_t n)
{
    insn(stress, cpu, ICC_PCR_EL1, 9);
    stress_sysreg_read(&stress->host, cpu, ICC_HPPIR_EL1);
    insn(stress, cpu, ICC_PCR_EL1, 31);
    if (n % 256 == 0) {
        insn(stress, cpu, ICC_CR0_EL1, 0);
        sched_yield();
        insn(stress, cpu, ICC_CR0_EL1, 1);
    }
}

static void *run_cpu(void *argument)
{
    Thread *thread = argument;
    Stress *stress = thread->stress;

    for (uint64_t n = 0; !atomic_load(&stress->stop_cpus); n++) {
        if (atomic_load(&stress->host.cpu[thread->number].lines)) {
            handle(thread, thread->number, 0);
        } else if (n % 64 == 0) {
            mask_a_while(stress, thread->number, n);
        } else {
            sched_yield();
        }
    }
    return NULL;
}

/* ---- Devices ---- */

static uint64_t total_handled(const Stress *stress)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < CPUS; i++) {
        sum += get(&stress->handled[i]);
    }
    return sum;
}

/* Sends until there were enough operations; gives up, for the checks to find what is lost, when
 * too many attempts in a row had no effect. */
static void *run_devices(void *argument)
{
    Thread *thread = argument;
    Stress *stress = thread->stress;
    uint64_t last = 0;

    for (uint32_t stuck = 0; stuck < 10000000; stuck++) {
        uint64_t handled = total_handled(stress), r = stress_random(&thread->random);
        uint32_t number = (uint32_t)(r % SOURCES);
        bool software = number >= FIRST_PPI && (number - FIRST_PPI) % PPI_KINDS == 2;

        stuck = handled == last ? stuck : 0;
        last = handled;
        if (get(&stress->sent) + handled >= stress->ops) {
            break;
        }
        if (software || !send(thread, CPUS, number) || r >> 32 & 1) {
            sched_yield();
        }
    }
    atomic_store(&stress->stop_others, true);
    return NULL;
}

/* ---- Configuration ---- */

static void route(Stress *stress, uint64_t r)
{
    uint32_t number = (uint32_t)(r % CONFIGURED);
    uint64_t iaffid = r >> 8 & 0xF ? (r >> 16) % CPUS : 77; /* nobody's */
    uint64_t irm = r >> 40 & 7 ? 0 : UINT64_C(1) << 28;

    add(&stress->moved);
    insn(stress, (uint32_t)(r >> 48) % CPUS, GIC_CDAFF, intid_of(number) | irm | iaffid << 32);
}

static void prioritize(Stress *stress, uint64_t r)
{
    insn(stress, 0, GIC_CDPRI, intid_of((uint32_t)(r % CONFIGURED)) | (8 + (r >> 8) % 24) << 35);
}

static void disable_a_while(Stress *stress, uint64_t r)
{
    uint32_t intid = intid_of((uint32_t)(r % CONFIGURED));

    insn(stress, 1, GIC_CDDIS, intid);
    insn(stress, 2, GIC_CDEN, intid);
}

static void stop_irs_a_while(Stress *stress, uint64_t r)
{
    const VgicFrame *irs = stress->irs[r % IRSS];

    frame_write(stress, irs, IRS_CR0, 4, 0);
    sched_yield();
    frame_write(stress, irs, IRS_CR0, 4, 1);
}

/* Which PEs 1-of-N may choose. PE 0 is IRS 0's, the others are IRS 1's. */
static void choose_others(Stress *stress, uint64_t r)
{
    uint32_t cpu = (uint32_t)(r % CPUS);
    const VgicFrame *irs = stress->irs[cpu != 0];

    frame_write(stress, irs, IRS_PE_SELR, 4, cpu);
    frame_write(stress, irs, IRS_PE_CR0, 4, r >> 8 & 1);
}

/* What is there already, once more. */
static void repeat(Stress *stress, uint64_t r)
{
    uint32_t spi = (uint32_t)(r % SPIS);
    const VgicFrame *irs = stress->irs[spi >= SPIS]; /* all are IRS 0's */

    frame_write(stress, irs, IRS_SPI_SELR, 4, spi);
    frame_write(stress, irs, IRS_SPI_CFGR, 4, manner_of(spi) == MANNER_LEVEL);
    frame_write(stress, irs, IRS_SPI_RESAMPLER, 4, spi);
    frame_write(stress, stress->its, ITS_DIDR, 8, r >> 8 & 1 ? DEVICE : IWB_DEVICE);
    frame_write(stress, stress->its, ITS_EIDR, 4, r >> 16 & 3);
    frame_write(stress, stress->its, r >> 24 & 1 ? ITS_INV_EVENTR : ITS_INV_DEVICER, 4,
                UINT32_C(1) << 31 | 5 << 1);
}

static uint64_t l2_table(uint32_t block)
{
    return RAM_BASE + L2_TABLES + UINT64_C(0x1000) * block;
}

/* Handlers of LPIs that were active before wait at the gate. */
static void check_active(Stress *stress, const bool active[CONFIGURED])
{
    VgicIrqInfo info;

    for (uint32_t i = FIRST_LPI; i < CONFIGURED; i++) {
        if (active[i] &&
            (!vgic_irq_info(stress->host.gic, 0, intid_of(i), &info) || !info.active)) {
            stress_fail(&stress->host, "no longer active: source", i, 0);
        }
    }
}

/* All LPIs go to memory and come back, while PEs acknowledge them. Those that are active stay so,
 * whatever their handlers wait for. */
static void invalidate_a_while(Stress *stress)
{
    bool active[CONFIGURED];

    atomic_store(&stress->closed, true);
    for (uint32_t i = 0; i < THREADS; i++) {
        while (atomic_load(&stress->inside[i])) {
            sched_yield();
        }
    }
    for (uint32_t i = 0; i < CONFIGURED; i++) {
        active[i] = atomic_load_explicit(&stress->source[i].active, memory_order_relaxed);
    }
    frame_write(stress, stress->irs[0], IRS_IST_BASER, 8, 0);
    put64(stress, IST + 8 * (MAPPED_LPI / 1024), l2_table(MAPPED_LPI / 1024));
    sched_yield();
    frame_write(stress, stress->irs[1], IRS_IST_BASER, 8, (RAM_BASE + IST) | 1);
    sched_yield();
    check_active(stress, active);
    frame_write(stress, stress->irs[1], IRS_MAP_L2_ISTR, 4, MAPPED_LPI);
    atomic_store(&stress->closed, false);
    add(&stress->invalidated);
}

static void *run_configuration(void *argument)
{
    static void (*const changes[])(Stress *, uint64_t) = {
        route, route, route, route, prioritize, prioritize, disable_a_while, choose_others, repeat};
    Thread *thread = argument;
    Stress *stress = thread->stress;

    while (!atomic_load(&stress->stop_others)) {
        uint64_t r = stress_random(&thread->random);

        if (r % 256 < 4) {
            invalidate_a_while(stress);
        } else if (r % 256 < 8) {
            stop_irs_a_while(stress, r >> 8);
        } else {
            changes[r % 256 % (sizeof(changes) / sizeof(changes[0]))](stress, r >> 8);
        }
        sched_yield();
    }
    return NULL;
}

/* ---- Chaos ---- */

static uint32_t wild_intid(uint64_t r)
{
    switch (r % 3) {
    case 0:
        return VGIC_V5_SPI(WILD_SPI + (r >> 8) % WILD_SPIS);
    case 1:
        return VGIC_V5_LPI(WILD_LPI + (r >> 8) % WILD_LPIS);
    default:
        return VGIC_V5_LPI(MAPPED_LPI + (r >> 8) % WILD_LPIS);
    }
}

static void look_around(Stress *stress, uint64_t r)
{
    VgicIrqInfo info;
    uint32_t intid = VGIC_V5_LPI(0);

    vgic_irq_info(stress->host.gic, (uint32_t)(r % CPUS), wild_intid(r >> 8), &info);
    vgic_irq_info(stress->host.gic, 0, intid_of((uint32_t)(r >> 8) % CONFIGURED), &info);
    vgic_irq_info(stress->host.gic, (uint32_t)(r % CPUS), VGIC_V5_PPI(LEVEL_PPI), &info);
    if (r % 64 == 0) {
        while ((intid = vgic_lpi_next(stress->host.gic, intid)) != UINT32_MAX) {
            intid++;
        }
    }
}

static void *run_chaos(void *argument)
{
    static const uint32_t instructions[] = {GIC_CDPEND, GIC_CDPEND, GIC_CDEN,  GIC_CDEN,
                                            GIC_CDDIS,  GIC_CDHM,   GIC_CDAFF, GIC_CDPRI,
                                            GIC_CDDI,   GIC_CDDI,   GIC_CDRCFG};
    Thread *thread = argument;
    Stress *stress = thread->stress;

    while (!atomic_load(&stress->stop_others)) {
        uint64_t r = stress_random(&thread->random);
        uint32_t which = (uint32_t)(r >> 32) % (sizeof(instructions) / sizeof(instructions[0]));
        uint64_t operand = r >> 40 & 3 ? (r >> 44 & 3) << 32 : UINT64_C(1) << 28;

        if (instructions[which] == GIC_CDPRI) {
            operand = (r >> 44 & 31) << 35;
        } else if (instructions[which] != GIC_CDAFF) {
            operand = (r >> 44 & 1) << 32;
        }
        insn(stress, (uint32_t)(r >> 50) % CPUS, instructions[which], wild_intid(r) | operand);
        if (r >> 52 & 1) {
            vgic_spi_set_level(stress->host.gic, WILD_SPI + (r >> 53) % WILD_SPIS, r >> 56 & 1);
        }
        if (r >> 57 & 1) {
            look_around(stress, r >> 20);
        }
        sched_yield();
    }
    return NULL;
}

/* ---- The end ---- */

static void calm_down(Stress *stress)
{
    for (uint32_t i = 0; i < IRSS; i++) {
        frame_write(stress, stress->irs[i], IRS_CR0, 4, 1);
    }
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        frame_write(stress, stress->irs[cpu != 0], IRS_PE_SELR, 4, cpu);
        frame_write(stress, stress->irs[cpu != 0], IRS_PE_CR0, 4, 0);
        insn(stress, cpu, ICC_PCR_EL1, 31);
        insn(stress, cpu, ICC_CR0_EL1, 1);
    }
    for (uint32_t i = 0; i < CONFIGURED; i++) {
        insn(stress, 0, GIC_CDEN, intid_of(i));
        insn(stress, 0, GIC_CDAFF, intid_of(i) | (uint64_t)(i % CPUS) << 32);
    }
    for (uint32_t i = 0; i < 3 * WILD_SPIS; i++) {
        uint32_t intid = wild_intid(i / WILD_SPIS | i % WILD_SPIS << 8);

        vgic_spi_set_level(stress->host.gic, WILD_SPI + i % WILD_SPIS, false);
        insn(stress, 0, GIC_CDPEND, intid);
        insn(stress, 0, GIC_CDDI, intid);
    }
}

/* What is still pending when all threads are gone. */
static void drain(Stress *stress)
{
    Thread thread = {stress, CPUS, 1};

    for (bool any = true; any;) {
        any = false;
        for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
            uint32_t lines = vgic_cpu_lines(stress->host.gic, cpu);

            if (lines != atomic_load(&stress->host.cpu[cpu].lines)) {
                stress_fail(&stress->host, "lines changed and nobody was told", cpu, lines);
                atomic_store(&stress->host.cpu[cpu].lines, lines);
            }
            if (lines) {
                uint64_t before = total_handled(stress);

                handle(&thread, cpu, 0);
                any |= total_handled(stress) != before;
            }
        }
    }
}

static void check_source(Stress *stress, uint32_t i)
{
    const Source *source = &stress->source[i];
    uint64_t sent = get(&source->sent), acknowledged = get(&source->acknowledged);

    if (get(&source->seen) != sent) {
        stress_fail(&stress->host, "lost: source, last one sent", i, sent);
    }
    if (manner_of(i) != MANNER_EDGE && acknowledged != sent) {
        stress_fail(&stress->host, "sent and acknowledged differ", sent, acknowledged);
    }
    if (!sent) {
        stress_fail(&stress->host, "nothing was sent by source", i, 0);
    }
}

/* ICC_ICSR_EL1 of an interrupt. */
static uint64_t configuration_of(Stress *stress, uint32_t intid)
{
    insn(stress, 0, GIC_CDRCFG, intid);
    return stress_sysreg_read(&stress->host, 0, ICC_ICSR_EL1);
}

static void check_idle(Stress *stress)
{
    StressHost *host = &stress->host;

    for (uint32_t i = 0; i < CONFIGURED; i++) {
        uint64_t icsr = configuration_of(stress, intid_of(i));

        if (icsr & (1 << 0 | 1 << 2 | 1 << 4) || !(icsr & 1 << 1)) {
            stress_fail(host, "pending, active, disabled or not there: ICC_ICSR", i, icsr);
        }
    }
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        if (vgic_cpu_lines(host->gic, cpu)) {
            stress_fail(host, "a line is high and nothing pends", cpu, 0);
        }
        if (stress_sysreg_read(host, cpu, ICC_APR_EL1) ||
            stress_sysreg_read(host, cpu, ICC_PPI_SACTIVER0_EL1) ||
            stress_sysreg_read(host, cpu, ICC_PPI_SPENDR0_EL1)) {
            stress_fail(host, "a priority or a PPI is still active or pending", cpu, 0);
        }
    }
}

/* The table must say of each LPI what the GIC said of it. */
static void check_memory(Stress *stress)
{
    uint64_t icsr[CONFIGURED];

    for (uint32_t i = FIRST_LPI; i < CONFIGURED; i++) {
        icsr[i] = configuration_of(stress, intid_of(i));
    }
    frame_write(stress, stress->irs[0], IRS_IST_BASER, 8, 0);
    for (uint32_t i = FIRST_LPI; i < CONFIGURED; i++) {
        uint32_t entry = get32(stress, L2_TABLES + 4 * (intid_of(i) & ID_MASK));
        uint64_t said = icsr[i];
        uint32_t expected = (uint32_t)(1 << 3 | (said >> 5 & 1) << 2 | (said & 0x1F << 11) |
                                       (said >> 32 & 0xFFFF) << 16);

        if (entry != expected) {
            stress_fail(&stress->host, "the entry in memory differs", entry, expected);
        }
    }
}

/* Each source once more, LPIs from a device and from a PE. Nothing but the interrupt makes a line
 * rise now. */
static void check_that_it_works(Stress *stress, uint32_t cpu)
{
    Thread thread = {stress, CPUS, 1};

    for (uint32_t i = 0; i < SOURCES; i++) {
        uint64_t before = get(&stress->source[i].acknowledged);

        send(&thread, cpu, i);
        drain(stress);
        if (get(&stress->source[i].acknowledged) != before + 1) {
            stress_fail(&stress->host, "a source does not work any more", i, before);
        }
    }
}

/* ---- Set-up ---- */

static void set_up_tables(Stress *stress)
{
    for (uint32_t block = 0; block < 1u << LPI_BITS >> 10; block++) {
        put64(stress, IST + 8 * block, l2_table(block) | 1);
    }
    put64(stress, DEVICE_TABLE + 8 * DEVICE, (RAM_BASE + ITTS) | UINT64_C(5) << 59 | 1);
    put64(stress, DEVICE_TABLE + 8 * IWB_DEVICE, (RAM_BASE + ITTS + 0x100) | UINT64_C(5) << 59 | 1);
    for (uint32_t i = 0; i < MSIS; i++) {
        put64(stress, ITTS + 8 * i, 1u << 31 | (intid_of(FIRST_MSI + i) & ID_MASK));
    }
    for (uint32_t i = 0; i < WIRES; i++) {
        put64(stress, ITTS + 0x100 + 8 * i, 1u << 31 | (intid_of(FIRST_WIRE + i) & ID_MASK));
    }
    frame_write(stress, stress->irs[0], IRS_IST_CFGR, 4, LPI_BITS | 1 << 16);
    frame_write(stress, stress->irs[0], IRS_IST_BASER, 8, (RAM_BASE + IST) | 1);
    frame_write(stress, stress->its, ITS_DT_CFGR, 4, 2);
    frame_write(stress, stress->its, ITS_DT_BASER, 8, RAM_BASE + DEVICE_TABLE);
    frame_write(stress, stress->its, ITS_CR0, 4, 1);
}

static void set_up(Stress *stress)
{
    static const uint32_t spis_of_irs[IRSS] = {20, 12}, cpus_of_irs[IRSS] = {1, 2};
    static const VgicIwbOptions iwb = {.wires = 32, .device = IWB_DEVICE};
    const VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V5, .cpus = CPUS, .spis = 32, .lpi_bits = 14, .its = 1,
                         .v5 = {.irs = IRSS,
                                .irs_cpus = cpus_of_irs,
                                .irs_spis = spis_of_irs,
                                .edge_ppis = {1u << EDGE_PPI},
                                .iwbs = 1,
                                .iwb = &iwb});
    Vgic *gic;

    pthread_mutex_init(&stress->ram_lock, NULL);
    stress_open_with(&stress->host, &config,
                     &(VgicHost)VGIC_HOST_INIT(.lines_changed = on_lines_changed,
                                               .memory_read = read_ram, .memory_write = write_ram));
    gic = stress->host.gic;
    stress->irs[0] = vgic_frame(gic, "IRS");
    stress->irs[1] = vgic_frame(gic, "IRS1");
    stress->setlpi[0] = vgic_frame(gic, "IRS_SETLPI");
    stress->setlpi[1] = vgic_frame(gic, "IRS1_SETLPI");
    stress->its = vgic_frame(gic, "ITS");
    stress->iwb = vgic_frame(gic, "IWB");
    set_up_tables(stress);
    frame_write(stress, stress->iwb, IWB_WTMR(0), 4, UINT32_MAX);
    frame_write(stress, stress->iwb, IWB_WENABLER(0), 4, (1u << WIRES) - 1);
    for (uint32_t spi = 0; spi < SPIS; spi++) {
        repeat(stress, spi);
    }
    for (uint32_t i = 0; i < CONFIGURED; i++) {
        insn(stress, 0, GIC_CDPRI, intid_of(i) | UINT64_C(16) << 35);
    }
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        insn(stress, cpu, ICC_PPI_PRIORITYR3_EL1, UINT64_C(0x10) << 24 | 0x14);
        insn(stress, cpu, ICC_PPI_ENABLER0_EL1, 1u << LEVEL_PPI | 1u << EDGE_PPI | 1u << SW_PPI);
    }
    calm_down(stress);
}

static void report(const Stress *stress)
{
    printf("sent %" PRIu64 ", handled %" PRIu64 ", %" PRIu64 " and %" PRIu64 ", wild %" PRIu64
           ", nested %" PRIu64 ", moved %" PRIu64 " times, tables away %" PRIu64 " times\n",
           get(&stress->sent), get(&stress->handled[0]), get(&stress->handled[1]),
           get(&stress->handled[2]), get(&stress->wild), get(&stress->nested), get(&stress->moved),
           get(&stress->invalidated));
}

int main(int argc, char **argv)
{
    static void *(*const bodies[THREADS])(void *) = {run_cpu,     run_cpu,           run_cpu,
                                                     run_devices, run_configuration, run_chaos};
    static Stress stress = {.ops = 400000, .seed = 1};
    Thread thread[THREADS];
    pthread_t threads[THREADS];

    stress_options(argc, argv, &stress.ops, &stress.seed);
    set_up(&stress);
    for (uint32_t i = 0; i < THREADS; i++) {
        thread[i] = (Thread){&stress, i, (stress.seed + i) * 0x9E3779B97F4A7C15 | 1};
        pthread_create(&threads[i], NULL, bodies[i], &thread[i]);
    }
    for (uint32_t i = CPUS; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    atomic_store(&stress.stop_cpus, true);
    for (uint32_t i = 0; i < CPUS; i++) {
        pthread_join(threads[i], NULL);
    }
    calm_down(&stress);
    drain(&stress);
    for (uint32_t i = 0; i < SOURCES; i++) {
        check_source(&stress, i);
    }
    check_idle(&stress);
    check_that_it_works(&stress, CPUS);
    check_that_it_works(&stress, 0);
    check_idle(&stress);
    check_memory(&stress);
    report(&stress);
    if (!total_handled(&stress) || !get(&stress.nested) || !get(&stress.moved) ||
        !get(&stress.invalidated) || !get(&stress.wild)) {
        stress_fail(&stress.host, "too little happened", get(&stress.nested), get(&stress.moved));
    }
    stress_close(&stress.host);
    return stress.host.failures != 0;
}
