/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypervisors on several PEs hand physical interrupts to their guests through list registers whose
 * HW bit lets the guest end them, while devices send, routes move, and interrupts become NMIs and
 * cease to be. Nothing may be lost, nothing may be at two PEs at once.
 *
 * Devices count what they sent before they send; a guest looks at the count after it acknowledged.
 * So an interrupt that comes to rest with a count that no guest has seen was lost.
 */
#include "threads.h"

#include <inttypes.h>

#include <vgic/registers.h>

enum {
    CPUS = 3,
    FIRST_SPI = 32,
    SPIS = 12,
    MAINTENANCE = 25,
    HCR_EN = 1,
    HCR_ASKS = 1 << 1 | 1 << 3, /* UIE, NPIE */
};

typedef struct Source {
    atomic_uint_fast64_t sent, seen;
    atomic_bool active;
} Source;

typedef struct Stress {
    StressHost host;
    Source source[SPIS];
    atomic_bool stop;
    atomic_uint_fast64_t handled, maintenance;
    uint64_t ops, seed;
} Stress;

typedef struct Pe {
    Stress *stress;
    uint32_t cpu;
} Pe;

static const VgicCpuState el2 = {.el = 2, .space = VGIC_NS, .el2_enabled = true};
static const VgicCpuState guest = {
    .el = 1, .space = VGIC_NS, .el2_enabled = true, .hcr_el2 = 1 << 4 | 1 << 3};

static uint64_t read_sysreg(const Pe *pe, const VgicCpuState *state, uint32_t encoding)
{
    uint64_t value;

    if (vgic_sysreg_read(pe->stress->host.gic, pe->cpu, state, encoding, &value) != VGIC_OK) {
        stress_fail(&pe->stress->host, "system register not readable", encoding, 0);
    }
    return value;
}

static void write_sysreg(const Pe *pe, const VgicCpuState *state, uint32_t encoding, uint64_t value)
{
    if (vgic_sysreg_write(pe->stress->host.gic, pe->cpu, state, encoding, value) != VGIC_OK) {
        stress_fail(&pe->stress->host, "system register not writable", encoding, value);
    }
}

/* The guest takes what the list registers hold, and ends it: that ends the physical one, too. */
static void run_guest(const Pe *pe)
{
    Stress *stress = pe->stress;
    uint64_t intid;

    while ((intid = read_sysreg(pe, &guest, ICC_IAR1_EL1)) != VGIC_INTID_SPURIOUS) {
        Source *source = &stress->source[intid - FIRST_SPI];

        atomic_store(&source->seen, atomic_load(&source->sent));
        if (!atomic_exchange(&source->active, false)) {
            stress_fail(&stress->host, "the guest has what was not handed to it", pe->cpu, intid);
        }
        atomic_fetch_add(&stress->handled, 1);
        write_sysreg(pe, &guest, ICC_EOIR1_EL1, intid);
    }
}

/* Puts a physical interrupt that is active into an empty list register. */
static void hand_over(const Pe *pe, uint64_t intid)
{
    Stress *stress = pe->stress;
    uint64_t empty = read_sysreg(pe, &el2, ICH_ELRSR_EL2);

    if (atomic_exchange(&stress->source[intid - FIRST_SPI].active, true)) {
        stress_fail(&stress->host, "active at two PEs", pe->cpu, intid);
    }
    if (!empty) {
        stress_fail(&stress->host, "no list register is empty", pe->cpu, intid);
        return;
    }
    write_sysreg(pe, &el2, ICH_LR_EL2((uint32_t)__builtin_ctzll(empty)),
                 UINT64_C(1) << 62 | UINT64_C(1) << 61 | UINT64_C(1) << 60 | UINT64_C(0x80) << 48 |
                     intid << 32 | intid);
}

/* Of the maintenance interrupt the cause is removed. */
static void take_maintenance(const Pe *pe)
{
    atomic_fetch_add(&pe->stress->maintenance, 1);
    write_sysreg(pe, &el2, ICH_HCR_EL2, HCR_EN);
    write_sysreg(pe, &el2, ICC_DIR_EL1, MAINTENANCE);
}

/* True if there was something. */
static bool take_physical(const Pe *pe)
{
    uint64_t intid = read_sysreg(pe, &el2, ICC_IAR1_EL1);

    if (intid >= 1020) {
        return false;
    }
    write_sysreg(pe, &el2, ICC_EOIR1_EL1, intid);
    if (intid == MAINTENANCE) {
        take_maintenance(pe);
    } else {
        hand_over(pe, intid);
    }
    return true;
}

static void *hypervisor(void *data)
{
    const Pe *pe = data;
    uint64_t random = pe->stress->seed + pe->cpu + 1;

    while (!atomic_load(&pe->stress->stop)) {
        uint64_t choice = stress_random(&random) % 256;

        if (choice == 0) {
            write_sysreg(pe, &el2, ICH_HCR_EL2, HCR_EN | HCR_ASKS);
        }
        /* Up to as many as there are list registers wait for the guest at a time. */
        for (uint64_t i = 0; i < choice % 4 + 1 && take_physical(pe); i++) {
        }
        run_guest(pe);
    }
    while (take_physical(pe)) {
        run_guest(pe);
    }
    return NULL;
}

static void *devices(void *data)
{
    Stress *stress = data;
    uint64_t random = stress->seed;

    for (uint64_t i = 0; i < stress->ops; i++) {
        uint64_t choice = stress_random(&random) >> 8;
        uint32_t spi = (uint32_t)(choice % SPIS);

        atomic_fetch_add(&stress->source[spi].sent, 1);
        vgic_spi_pulse(stress->host.gic, FIRST_SPI + spi);
        if (choice >> 16 & 7) {
            continue;
        }
        stress_frame_write(&stress->host, "GICD", GICD_IROUTER(FIRST_SPI + spi), 8,
                           choice >> 20 & 1 ? UINT64_C(1) << 31 : (choice >> 24) % CPUS);
        stress_frame_write(&stress->host, "GICD", GICD_INMIR(1), 4, (uint32_t)(choice >> 32));
    }
    return NULL;
}

static void set_up(Stress *stress, Pe *pes)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = CPUS, .spis = 32, .el2 = true,
                                         .maintenance_intid = MAINTENANCE, .nmi = true);

    stress_open(&stress->host, &config);
    stress_frame_write(&stress->host, "GICD", GICD_CTLR, 4, 0x12);
    stress_frame_write(&stress->host, "GICD", GICD_IGROUPR(1), 4, UINT32_MAX);
    stress_frame_write(&stress->host, "GICD", GICD_ICFGR(2), 4, UINT32_MAX);
    stress_frame_write(&stress->host, "GICD", GICD_ISENABLER(1), 4, (1u << SPIS) - 1);
    for (uint32_t i = 0; i < CPUS; i++) {
        uint64_t redist = UINT64_C(0x20000) * i;

        pes[i] = (Pe){stress, i};
        stress_frame_write(&stress->host, "GICR", redist + GICR_IGROUPR0, 4, UINT32_MAX);
        stress_frame_write(&stress->host, "GICR", redist + GICR_ISENABLER0, 4, 1u << MAINTENANCE);
        write_sysreg(&pes[i], &el2, ICC_PMR_EL1, 0xF8);
        write_sysreg(&pes[i], &el2, ICC_CTLR_EL1, 2); /* EOImode */
        write_sysreg(&pes[i], &el2, ICC_IGRPEN1_EL1, 1);
        write_sysreg(&pes[i], &el2, ICH_VMCR_EL2, UINT64_C(0xF8) << 24 | 2);
        write_sysreg(&pes[i], &el2, ICH_HCR_EL2, HCR_EN);
    }
}

/* One that was pending again at a PE goes to its new PE when it is ended there, whose hypervisor
 * may be done by then. */
static void take_the_rest(const Pe *pes)
{
    bool any = true;

    while (any) {
        any = false;
        for (uint32_t i = 0; i < CPUS; i++) {
            while (take_physical(&pes[i])) {
                run_guest(&pes[i]);
                any = true;
            }
        }
    }
}

/* At rest: everything that was sent was seen, and the maintenance interrupt is what its cause is.
 */
static void check(Stress *stress, const Pe *pes)
{
    for (uint32_t i = 0; i < SPIS; i++) {
        if (stress->source[i].seen != stress->source[i].sent) {
            stress_fail(&stress->host, "lost", FIRST_SPI + i, stress->source[i].sent);
        }
    }
    for (uint32_t i = 0; i < CPUS; i++) {
        bool cause = read_sysreg(&pes[i], &el2, ICH_MISR_EL2) != 0;
        bool line = vgic_cpu_lines(stress->host.gic, i) & VGIC_LINE_MAINTENANCE;
        VgicIrqInfo info;

        vgic_irq_info(stress->host.gic, i, MAINTENANCE, &info);
        if (line != cause || info.wire != cause) {
            stress_fail(&stress->host, "maintenance interrupt", line, info.wire);
        }
    }
}

int main(int argc, char **argv)
{
    static Stress stress = {.ops = 30000, .seed = 1};
    pthread_t threads[CPUS + 1];
    Pe pes[CPUS];
    uint64_t ops = stress.ops, seed = stress.seed;

    stress_options(argc, argv, &ops, &seed);
    set_up(&stress, pes);
    stress.ops = ops;
    stress.seed = seed;
    for (uint32_t i = 0; i < CPUS; i++) {
        pthread_create(&threads[i], NULL, hypervisor, &pes[i]);
    }
    pthread_create(&threads[CPUS], NULL, devices, &stress);
    pthread_join(threads[CPUS], NULL);
    atomic_store(&stress.stop, true);
    for (uint32_t i = 0; i < CPUS; i++) {
        pthread_join(threads[i], NULL);
    }
    take_the_rest(pes);
    check(&stress, pes);
    printf("%" PRIu64 " handed to guests, %" PRIu64 " maintenance interrupts, %u failures\n",
           stress.handled, stress.maintenance, stress.host.failures);
    stress_close(&stress.host);
    return stress.host.failures || !stress.maintenance || !stress.handled;
}
