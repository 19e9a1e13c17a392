/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two PEs handle their own interrupts, a third thread is all the devices: nothing may be lost,
 * nothing may come twice.
 *
 * Every source counts what it sent before it sends, every handler looks at the count after it
 * acknowledged. So an acknowledgement that saw the count n is for everything up to n, and there
 * are never more acknowledgements than there were sent. Sources that wait for their handler get
 * exactly one for each.
 */
#include "threads.h"

#include <inttypes.h>
#include <sched.h>

#include <vgic/registers.h>

enum {
    FIRST_SPI = 32,
    SPIS = 12,
    SGIS = 4,
    CPUS = 2,
    SOURCES = SPIS + CPUS * SGIS
};

/* How a source behaves: SPIs by their number, all SGIs alike. */
typedef enum Manner {
    MANNER_EDGE,         /* sends whenever it likes: several may become one */
    MANNER_EDGE_WAITING, /* waits until the last one was acknowledged */
    MANNER_LEVEL,        /* holds its wire until the handler serves it */
    MANNER_SGI,
} Manner;

typedef struct Source {
    atomic_uint_fast64_t sent, seen, acknowledged;
    atomic_bool outstanding, active;
} Source;

typedef struct Stress {
    StressHost host;
    Source source[SOURCES];
    atomic_bool stop;
    atomic_uint_fast64_t handled[CPUS], nested, spurious, moved, sgis, sent;
    uint64_t ops, seed;
} Stress;

typedef struct Thread {
    Stress *stress;
    uint32_t cpu;
} Thread;

static Manner manner_of(uint32_t source)
{
    return source >= SPIS ? MANNER_SGI : (Manner)(source % 3);
}

/* SGIs have a source for each PE they go to. */
static uint32_t source_of(uint32_t cpu, uint64_t intid)
{
    return intid < 16 ? SPIS + cpu * SGIS + (uint32_t)intid : (uint32_t)intid - FIRST_SPI;
}

static void note_acknowledged(Stress *stress, uint32_t cpu, uint64_t intid)
{
    uint32_t number = source_of(cpu, intid);
    if (number >= SOURCES) {
        stress_fail(&stress->host, "acknowledged what nobody sent", cpu, intid);
        return;
    }
    Source *source = &stress->source[number];
    uint64_t sent = atomic_load(&source->sent);
    uint64_t acknowledged = atomic_fetch_add(&source->acknowledged, 1) + 1;
    if (acknowledged > sent) {
        stress_fail(&stress->host, "acknowledged more often than sent", intid, acknowledged);
    }
    if (atomic_exchange(&source->active, true)) {
        stress_fail(&stress->host, "acknowledged while active", cpu, intid);
    }
    atomic_store(&source->seen, sent);
}

/* The device is served: it lets go of its wire, and may send again. */
static void serve(Stress *stress, uint32_t cpu, uint64_t intid)
{
    uint32_t number = source_of(cpu, intid);
    if (number >= SOURCES) {
        return;
    }
    if (manner_of(number) == MANNER_LEVEL) {
        vgic_spi_set_level(stress->host.gic, (uint32_t)intid, false);
    }
    atomic_store(&stress->source[number].active, false);
    atomic_store(&stress->source[number].outstanding, false);
}

static void send_sgi(Stress *stress, uint32_t cpu, uint64_t n)
{
    uint64_t sgi = n % SGIS;
    uint32_t to = n / SGIS % 4 ? 1 - cpu : cpu;
    atomic_fetch_add(&stress->source[source_of(to, sgi)].sent, 1);
    atomic_fetch_add(&stress->sgis, 1);
    stress_sysreg_write(&stress->host, cpu, ICC_SGI1R_EL1, sgi << 24 | 1u << to);
}

static void handle(Stress *stress, uint32_t cpu, int depth)
{
    StressHost *host = &stress->host;
    uint64_t intid = stress_sysreg_read(host, cpu, ICC_IAR1_EL1);
    if (intid == VGIC_INTID_SPURIOUS) {
        atomic_fetch_add(&stress->spurious, 1); /* rerouted under our hands */
        return;
    }
    note_acknowledged(stress, cpu, intid);
    uint64_t n = atomic_fetch_add(&stress->handled[cpu], 1);
    if (n % 8 == 0) {
        sched_yield(); /* long enough for something more urgent */
    }
    if (depth < 4 && atomic_load(&host->cpu[cpu].lines)) {
        atomic_fetch_add(&stress->nested, 1);
        handle(stress, cpu, depth + 1);
    }
    if (intid >= FIRST_SPI && n % 3 == 0) {
        send_sgi(stress, cpu, n);
    }
    serve(stress, cpu, intid);
    stress_sysreg_write(host, cpu, ICC_EOIR1_EL1, intid);
    if (cpu == 1) { /* the PE with EOImode 1 */
        stress_sysreg_write(host, cpu, ICC_DIR_EL1, intid);
    }
}

/* A PE masks everything now and then, as software with locks does. */
static void mask_a_while(StressHost *host, uint32_t cpu)
{
    stress_sysreg_write(host, cpu, ICC_PMR_EL1, 0x40);
    stress_sysreg_read(host, cpu, ICC_RPR_EL1);
    stress_sysreg_write(host, cpu, ICC_PMR_EL1, 0xF0);
}

static void *run_cpu(void *argument)
{
    Thread *thread = argument;
    Stress *stress = thread->stress;
    StressHost *host = &stress->host;
    for (uint64_t n = 0; !atomic_load(&stress->stop); n++) {
        if (atomic_load(&host->cpu[thread->cpu].lines)) {
            handle(stress, thread->cpu, 0);
        } else if (n % 64 == 0) {
            mask_a_while(host, thread->cpu);
        } else {
            sched_yield();
        }
    }
    return NULL;
}

static bool send_spi(Stress *stress, uint32_t number)
{
    Source *source = &stress->source[number];
    Manner manner = manner_of(number);
    uint32_t intid = FIRST_SPI + number;
    if (manner != MANNER_EDGE && atomic_load(&source->outstanding)) {
        return false;
    }
    atomic_store(&source->outstanding, true);
    atomic_fetch_add(&source->sent, 1);
    atomic_fetch_add(&stress->sent, 1);
    if (manner == MANNER_LEVEL) {
        vgic_spi_set_level(stress->host.gic, intid, true);
    } else {
        vgic_spi_pulse(stress->host.gic, intid);
    }
    return true;
}

static uint64_t total_handled(const Stress *stress)
{
    return atomic_load(&stress->handled[0]) + atomic_load(&stress->handled[1]);
}

/* Sends until there were enough operations; gives up, for the checks to find what is lost, when
 * too many attempts in a row had no effect. */
static void *run_devices(void *argument)
{
    Stress *stress = argument;
    uint64_t random = stress->seed * 0x9E3779B97F4A7C15 | 1, last = 0;
    for (uint32_t stuck = 0; stuck < 10000000; stuck++) {
        uint64_t handled = total_handled(stress);
        stuck = handled == last ? stuck : 0;
        last = handled;
        if (handled * 2 + atomic_load(&stress->sent) >= stress->ops) {
            break;
        }
        uint64_t r = stress_random(&random);
        if (r % 50 == 0) {
            atomic_fetch_add(&stress->moved, 1);
            uint64_t route = r / 1024 % 5 == 4 ? (uint64_t)1 << 31 : r / 1024 % 2;
            stress_frame_write(&stress->host, "GICD", GICD_IROUTER(FIRST_SPI + r / 64 % SPIS), 8,
                               route);
        } else if (!send_spi(stress, (uint32_t)(r / 64 % SPIS))) {
            sched_yield();
        }
    }
    atomic_store(&stress->stop, true);
    return NULL;
}

/* What is still pending when all threads are gone. */
static void drain(Stress *stress)
{
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
                handle(stress, cpu, 0);
                any |= total_handled(stress) != before;
            }
        }
    }
}

static void check(Stress *stress)
{
    StressHost *host = &stress->host;
    for (uint32_t i = 0; i < SOURCES; i++) {
        Source *source = &stress->source[i];
        uint64_t sent = atomic_load(&source->sent), seen = atomic_load(&source->seen);
        uint64_t acknowledged = atomic_load(&source->acknowledged);
        if (seen != sent) {
            stress_fail(host, "lost: source, last one seen", i, seen);
        }
        Manner manner = manner_of(i);
        bool exact = manner == MANNER_LEVEL || manner == MANNER_EDGE_WAITING;
        if (exact && acknowledged != sent) {
            stress_fail(host, "sent and acknowledged differ", sent, acknowledged);
        }
    }
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        if (vgic_cpu_lines(host->gic, cpu)) {
            stress_fail(host, "a line is high and nothing pends", cpu, 0);
        }
        uint64_t running = stress_sysreg_read(host, cpu, ICC_RPR_EL1);
        if (running != 0xFF) {
            stress_fail(host, "still active, running priority", cpu, running);
        }
    }
    if (!stress_frame_read(host, "GICD", GICD_ISENABLER(1), 4) ||
        stress_frame_read(host, "GICD", GICD_ISPENDR(1), 4) ||
        stress_frame_read(host, "GICD", GICD_ISACTIVER(1), 4)) {
        stress_fail(host, "an SPI is pending or active at the end", 0, 0);
    }
}

static void configure(StressHost *host)
{
    stress_frame_write(host, "GICD", GICD_CTLR, 4, 2);
    stress_frame_write(host, "GICD", GICD_IGROUPR(1), 4, UINT32_MAX);
    for (uint32_t i = 0; i < SPIS; i++) {
        uint32_t intid = FIRST_SPI + i;
        stress_frame_write(host, "GICD", GICD_IPRIORITYR(0) + intid, 1, i % 2 ? 0xA0 : 0x80);
        stress_frame_write(host, "GICD", GICD_IROUTER(intid), 8, i / 3 % 2);
        uint64_t config = stress_frame_read(host, "GICD", GICD_ICFGR(intid / 16), 4);
        uint64_t edge = manner_of(i) == MANNER_LEVEL ? 0 : 2;
        stress_frame_write(host, "GICD", GICD_ICFGR(intid / 16), 4,
                           config | edge << intid % 16 * 2);
    }
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        uint64_t base = cpu * (uint64_t)0x20000;
        stress_frame_write(host, "GICR", base + GICR_IGROUPR0, 4, UINT32_MAX);
        stress_frame_write(host, "GICR", base + GICR_IPRIORITYR(0), 4, 0x60606060);
        stress_frame_write(host, "GICR", base + GICR_ISENABLER0, 4, 0xF);
        stress_sysreg_write(host, cpu, ICC_PMR_EL1, 0xF0);
        stress_sysreg_write(host, cpu, ICC_CTLR_EL1, cpu == 1 ? 2 : 0);
        stress_sysreg_write(host, cpu, ICC_IGRPEN1_EL1, 1);
    }
    stress_frame_write(host, "GICD", GICD_ISENABLER(1), 4, UINT32_MAX);
}

int main(int argc, char **argv)
{
    static Stress stress = {.ops = 600000, .seed = 1};
    stress_options(argc, argv, &stress.ops, &stress.seed);
    const VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = CPUS, .spis = SPIS);
    stress_open(&stress.host, &config);
    configure(&stress.host);
    Thread cpus[CPUS] = {{&stress, 0}, {&stress, 1}};
    pthread_t threads[CPUS + 1];
    for (int i = 0; i < CPUS; i++) {
        pthread_create(&threads[i], NULL, run_cpu, &cpus[i]);
    }
    pthread_create(&threads[CPUS], NULL, run_devices, &stress);
    for (int i = 0; i <= CPUS; i++) {
        pthread_join(threads[i], NULL);
    }
    drain(&stress);
    check(&stress);
    printf("sent %" PRIuFAST64 " SPIs and %" PRIuFAST64 " SGIs, handled %" PRIuFAST64
           " and %" PRIuFAST64 ", nested %" PRIuFAST64 ", moved %" PRIuFAST64
           " times, spurious %" PRIuFAST64 "\n",
           stress.sent, stress.sgis, stress.handled[0], stress.handled[1], stress.nested,
           stress.moved, stress.spurious);
    if (!stress.handled[0] || !stress.handled[1] || !stress.nested || !stress.moved) {
        stress_fail(&stress.host, "too little happened", stress.nested, stress.moved);
    }
    stress_close(&stress.host);
    return stress.host.failures != 0;
}
