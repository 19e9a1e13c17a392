/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that reconfigure everything at random while others acknowledge. Whenever all threads
 * rest, what the library says of every interrupt must add up to the lines that it drives; at the
 * end all can be made quiet, and then work again.
 */
#include "threads.h"

#include <inttypes.h>
#include <sched.h>
#include <string.h>

#include <vgic/registers.h>

#include "reference.h"

enum {
    CPUS = 3,
    HANDLERS = 2,
    WRITERS = 2,
    SPIS = 40,
    ESPIS = 8,
    ROUND = 4000
};

typedef struct Chaos {
    StressHost host;
    VgicConfig config;
    atomic_uint_fast64_t acknowledged[3], rounds, one_of_n;
    atomic_uint writing;
} Chaos;

typedef struct Worker {
    Chaos *chaos;
    uint32_t number;
    uint64_t random, budget;
} Worker;

/* The most privileged state that there is. */
static VgicCpuState top_state(const Chaos *chaos, bool ns)
{
    return chaos->config.el3 ? (VgicCpuState){.el = 3, .space = VGIC_S, .scr_el3 = ns}
                             : stress_state;
}

static uint64_t icc_read(Chaos *chaos, uint32_t cpu, bool ns, uint32_t encoding)
{
    VgicCpuState state = top_state(chaos, ns);
    uint64_t value;
    if (vgic_sysreg_read(chaos->host.gic, cpu, &state, encoding, &value) != VGIC_OK) {
        stress_fail(&chaos->host, "system register not readable", cpu, encoding);
    }
    return value;
}

static void icc_write(Chaos *chaos, uint32_t cpu, bool ns, uint32_t encoding, uint64_t value)
{
    VgicCpuState state = top_state(chaos, ns);
    if (vgic_sysreg_write(chaos->host.gic, cpu, &state, encoding, value) != VGIC_OK) {
        stress_fail(&chaos->host, "system register not writable", cpu, encoding);
    }
}

/* ---- What handlers do ---- */

static void acknowledge(Chaos *chaos, uint32_t cpu, bool group1, bool ns)
{
    uint64_t intid = icc_read(chaos, cpu, ns, group1 ? ICC_IAR1_EL1 : ICC_IAR0_EL1);
    if (intid >= VGIC_INTID_SECURE && intid <= VGIC_INTID_SPURIOUS) {
        return;
    }
    if (intid >= 32 + SPIS && (intid < 4096 || intid >= 4096 + ESPIS)) {
        stress_fail(&chaos->host, "acknowledged an INTID that is not there", cpu, intid);
    }
    atomic_fetch_add(&chaos->acknowledged[cpu], 1);
    icc_write(chaos, cpu, ns, group1 ? ICC_EOIR1_EL1 : ICC_EOIR0_EL1, intid);
    icc_write(chaos, cpu, ns, ICC_DIR_EL1, intid);
}

/* Running priorities pile up when groups and modes change underfoot: start afresh. */
static void forget_active(Chaos *chaos, uint32_t cpu)
{
    icc_write(chaos, cpu, false, ICC_AP0R0_EL1, 0);
    icc_write(chaos, cpu, false, ICC_AP1R0_EL1, 0);
    icc_write(chaos, cpu, true, ICC_AP1R0_EL1, 0);
}

static void write_interface(Chaos *chaos, uint32_t cpu, uint64_t r)
{
    static const uint32_t encodings[] = {ICC_PMR_EL1, ICC_IGRPEN0_EL1, ICC_IGRPEN1_EL1,
                                         ICC_BPR0_EL1, ICC_BPR1_EL1};
    uint32_t which = (uint32_t)(r % 5);
    uint64_t value = which == 0 ? (r >> 8 & 3 ? 0xF8 : r >> 16) : r >> 8 & 7 ? 1 : 0;
    icc_write(chaos, cpu, r >> 4 & 1, encodings[which], value);
    if (r % 32 == 0) {
        icc_write(chaos, cpu, r >> 5 & 1, ICC_CTLR_EL1, r >> 6 & 3);
    }
}

static void *run_handler(void *argument)
{
    Worker *worker = argument;
    Chaos *chaos = worker->chaos;
    while (atomic_load(&chaos->writing)) {
        uint64_t r = stress_random(&worker->random);
        if (r % 64 == 0) {
            forget_active(chaos, worker->number);
        } else if (r % 64 < 8) {
            write_interface(chaos, worker->number, r >> 8);
        } else if (atomic_load(&chaos->host.cpu[worker->number].lines)) {
            acknowledge(chaos, worker->number, r >> 8 & 1, r >> 9 & 1);
        } else {
            sched_yield();
        }
    }
    return NULL;
}

/* ---- What writers do ---- */

/* A register of interrupts: base of the first one, and how many of 4 or 8 bytes. */
typedef struct Target {
    uint64_t first;
    uint32_t count, size;
} Target;

static void write_dist(Chaos *chaos, uint64_t r)
{
    static const Target targets[] = {
        {GICD_IGROUPR(1), 2, 4},     {GICD_ISENABLER(1), 2, 4}, {GICD_ISENABLER(1), 2, 4},
        {GICD_ICENABLER(1), 2, 4},   {GICD_ISPENDR(1), 2, 4},   {GICD_ICPENDR(1), 2, 4},
        {GICD_ICACTIVER(1), 2, 4},   {GICD_ICFGR(2), 3, 4},     {GICD_IPRIORITYR(8), 10, 4},
        {GICD_IROUTER(32), 40, 8},   {GICD_IROUTER(32), 40, 8}, {GICD_IGROUPRnE(0), 1, 4},
        {GICD_ISENABLERnE(0), 1, 4}, {GICD_ISPENDRnE(0), 1, 4}, {GICD_ICACTIVERnE(0), 1, 4},
        {GICD_IROUTERnE(0), 8, 8},   {GICD_ISACTIVER(1), 2, 4},
    };
    const Target *target = &targets[r % (sizeof(targets) / sizeof(targets[0]))];
    uint64_t offset = target->first + (r >> 8) % target->count * target->size;
    uint64_t value = r >> 16;
    if (target->size == 8) {
        value = r >> 16 & 1 ? (uint64_t)1 << 31 : (r >> 17) % CPUS;
    } else if (target->first == GICD_ISACTIVER(1)) {
        value = 1u << (r >> 16 & 31);
    }
    stress_frame_write(&chaos->host, "GICD", offset, target->size, value);
}

static void write_redist(Chaos *chaos, uint64_t r)
{
    static const uint32_t offsets[] = {GICR_IGROUPR0,      GICR_ISENABLER0, GICR_ISENABLER0,
                                       GICR_ICENABLER0,    GICR_ISPENDR0,   GICR_ICPENDR0,
                                       GICR_ICACTIVER0,    GICR_ICFGR1,     GICR_IPRIORITYR(0),
                                       GICR_IPRIORITYR(5), GICR_CTLR,       GICR_WAKER};
    uint32_t offset = offsets[r % (sizeof(offsets) / sizeof(offsets[0]))];
    uint64_t value = r >> 16;
    if (offset == GICR_CTLR) {
        value = r >> 8 & 1 ? 0 : (r >> 9 & 7) << 24;
    } else if (offset == GICR_WAKER) {
        value = r >> 8 & 3 ? 0 : 2;
    }
    stress_frame_write(&chaos->host, "GICR", (r >> 40) % CPUS * 0x20000 + offset, 4, value);
}

static void write_something(Chaos *chaos, uint64_t r)
{
    uint32_t cpu = (uint32_t)(r >> 8) % CPUS;
    uint32_t spi =
        r >> 16 & 7 ? 32 + (uint32_t)(r >> 24) % SPIS : 4096 + (uint32_t)(r >> 24) % ESPIS;
    switch (r % 16) {
    case 0:
    case 1:
    case 2:
    case 3:
        vgic_spi_set_level(chaos->host.gic, spi, r >> 12 & 1);
        break;
    case 4:
        vgic_spi_pulse(chaos->host.gic, spi);
        break;
    case 5:
        vgic_ppi_set_level(chaos->host.gic, cpu, 16 + (r >> 24) % 16, r >> 12 & 1);
        break;
    case 6:
        icc_write(chaos, cpu, r >> 12 & 1, r >> 13 & 1 ? ICC_SGI1R_EL1 : ICC_SGI0R_EL1,
                  (r >> 24 & 0xF) << 24 | (r >> 40 & 7));
        break;
    case 7:
        stress_frame_write(&chaos->host, "GICD", r >> 12 & 1 ? GICD_SETSPI_NSR : GICD_CLRSPI_NSR, 4,
                           spi);
        break;
    case 8:
        write_interface(chaos, cpu, r >> 16);
        break;
    case 9:
        stress_frame_write(&chaos->host, "GICD", GICD_CTLR, 4,
                           (r >> 12 & 3 ? 7 : r >> 14 & 7) | (r >> 17 & 1) << 7);
        break;
    case 10: {
        VgicCpuState state = r >> 12 & 1 ? stress_state : top_state(chaos, false);
        vgic_cpu_set_state(chaos->host.gic, cpu, &state);
        break;
    }
    case 11:
    case 12:
        write_redist(chaos, r >> 8);
        break;
    default:
        write_dist(chaos, r >> 8);
        break;
    }
}

static void *run_writer(void *argument)
{
    Worker *worker = argument;
    for (uint64_t i = 0; i < worker->budget; i++) {
        write_something(worker->chaos, stress_random(&worker->random));
    }
    atomic_fetch_sub(&worker->chaos->writing, 1);
    return NULL;
}

/* ---- What must hold whenever all rest ---- */

static void copy_interface(Chaos *chaos, RefGic *ref, uint32_t n)
{
    RefCpu *cpu = &ref->cpu[n];
    cpu->pmr = (uint8_t)icc_read(chaos, n, false, ICC_PMR_EL1);
    cpu->bpr0 = (uint8_t)icc_read(chaos, n, false, ICC_BPR0_EL1);
    cpu->igrpen0 = icc_read(chaos, n, false, ICC_IGRPEN0_EL1);
    cpu->ap0r[0] = (uint32_t)icc_read(chaos, n, false, ICC_AP0R0_EL1);
    for (int bank = chaos->config.el3 ? REF_BANK_S : REF_BANK_NS; bank <= REF_BANK_NS; bank++) {
        bool ns = bank == REF_BANK_NS;
        cpu->cbpr[bank] = icc_read(chaos, n, ns, ICC_CTLR_EL1) & 1;
        /* without EL3, BPR1 shows BPR0 while CBPR is set, and its own value counts for nothing */
        cpu->bpr1[bank] = (uint8_t)icc_read(chaos, n, ns, ICC_BPR1_EL1);
        cpu->igrpen1[bank] = icc_read(chaos, n, ns, ICC_IGRPEN1_EL1);
        cpu->ap1r[bank][0] = (uint32_t)icc_read(chaos, n, ns, ICC_AP1R0_EL1);
    }
    uint64_t base = n * (uint64_t)0x20000;
    uint64_t ctlr = stress_frame_read(&chaos->host, "GICR", base + GICR_CTLR, 4);
    cpu->dpg[REF_G0] = ctlr >> 24 & 1;
    cpu->dpg[REF_G1NS] = ctlr >> 25 & 1;
    cpu->dpg[REF_G1S] = ctlr >> 26 & 1;
    cpu->asleep = stress_frame_read(&chaos->host, "GICR", base + GICR_WAKER, 4) >> 1 & 1;
}

static bool takes_part(const RefGic *ref, uint32_t n, RefGroup group)
{
    const RefCpu *cpu = &ref->cpu[n];
    bool enabled = group == REF_G0    ? cpu->igrpen0
                   : group == REF_G1S ? cpu->igrpen1[REF_BANK_S]
                                      : cpu->igrpen1[REF_BANK_NS];
    return enabled && !cpu->dpg[group] &&
           (!ref->config.hold_while_asleep || !cpu->asleep || ref->e1nwf);
}

static void check_target(Chaos *chaos, const RefGic *ref, const RefIrq *irq, bool one_of_n)
{
    if (irq->owner != REF_NO_CPU && irq->target != irq->owner) {
        stress_fail(&chaos->host, "private interrupt at another PE", irq->intid, 0);
    }
    bool wants = irq->enabled && irq->latch && !irq->active;
    if (!one_of_n || !wants) {
        return;
    }
    atomic_fetch_add(&chaos->one_of_n, 1);
    if (irq->target != REF_NO_CPU) {
        if (!takes_part(ref, (uint32_t)irq->target, irq->group)) {
            stress_fail(&chaos->host, "1-of-N at a PE that takes no part", irq->intid,
                        (uint64_t)irq->target);
        }
        return;
    }
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        if (takes_part(ref, cpu, irq->group)) {
            stress_fail(&chaos->host, "1-of-N waits although a PE takes part", irq->intid, cpu);
        }
    }
}

static void check_interrupt(Chaos *chaos, const RefGic *ref, RefIrq *irq)
{
    VgicIrqInfo info;
    uint32_t cpu = irq->owner == REF_NO_CPU ? 0 : (uint32_t)irq->owner;
    if (!vgic_irq_info(chaos->host.gic, cpu, irq->intid, &info)) {
        stress_fail(&chaos->host, "no such interrupt", cpu, irq->intid);
        return;
    }
    irq->enabled = info.enabled;
    irq->active = info.active;
    irq->latch = info.pending; /* or wire or message: all the same here */
    irq->priority = info.priority;
    irq->seen_priority = info.priority;
    irq->group = (RefGroup)info.group;
    irq->target = info.target == UINT32_MAX ? REF_NO_CPU : (int)info.target;
    irq->candidate = irq->enabled && irq->latch && !irq->active && irq->target != REF_NO_CPU;
    check_target(chaos, ref, irq, info.one_of_n);
}

static void check_rest(Chaos *chaos)
{
    uint64_t count[REF_COUNT_END] = {0};
    RefGic *ref = ref_new(&chaos->config, NULL, count);
    uint64_t ctlr = stress_frame_read(&chaos->host, "GICD", GICD_CTLR, 4);
    ref->enable[REF_G0] = ctlr & 1;
    ref->enable[REF_G1NS] = ctlr >> 1 & 1;
    ref->ds = ctlr >> 6 & 1;
    ref->enable[REF_G1S] = !ref->ds && (ctlr >> 2 & 1);
    ref->e1nwf = ctlr >> 7 & 1;
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        VgicCpuState state = stress_state;
        vgic_cpu_set_state(chaos->host.gic, cpu, &state);
        ref_cpu_set_state(ref, cpu, &state);
        copy_interface(chaos, ref, cpu);
    }
    for (uint32_t i = 0; i < ref->irq_count; i++) {
        check_interrupt(chaos, ref, &ref->irqs[i]);
    }
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        uint32_t want = ref_cpu_lines(ref, cpu), got = vgic_cpu_lines(chaos->host.gic, cpu);
        if (want != got) {
            stress_fail(&chaos->host, "lines expected and found", want, got);
        }
        if (got != atomic_load(&chaos->host.cpu[cpu].lines)) {
            stress_fail(&chaos->host, "lines changed and nobody was told", cpu, got);
        }
    }
    ref_free(ref);
}

/* ---- The end ---- */

static void make_quiet(Chaos *chaos)
{
    StressHost *host = &chaos->host;
    for (uint32_t i = 0; i < SPIS + ESPIS; i++) {
        uint32_t intid = i < SPIS ? 32 + i : 4096 + i - SPIS;
        vgic_spi_set_level(host->gic, intid, false);
        stress_frame_write(host, "GICD", GICD_CLRSPI_NSR, 4, intid);
    }
    for (uint32_t n = 1; n < 3; n++) {
        stress_frame_write(host, "GICD", GICD_ICPENDR(n), 4, UINT32_MAX);
        stress_frame_write(host, "GICD", GICD_ICACTIVER(n), 4, UINT32_MAX);
    }
    stress_frame_write(host, "GICD", GICD_ICPENDRnE(0), 4, UINT32_MAX);
    stress_frame_write(host, "GICD", GICD_ICACTIVERnE(0), 4, UINT32_MAX);
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        uint64_t base = cpu * (uint64_t)0x20000;
        for (uint32_t ppi = 16; ppi < 32; ppi++) {
            vgic_ppi_set_level(host->gic, cpu, ppi, false);
        }
        stress_frame_write(host, "GICR", base + GICR_ICPENDR0, 4, UINT32_MAX);
        stress_frame_write(host, "GICR", base + GICR_ICACTIVER0, 4, UINT32_MAX);
        forget_active(chaos, cpu);
    }
}

static void check_quiet(Chaos *chaos)
{
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        if (vgic_cpu_lines(chaos->host.gic, cpu)) {
            stress_fail(&chaos->host, "a line is high and nothing pends", cpu, 0);
        }
        VgicIrqInfo info;
        for (uint32_t intid = 0; intid < 4096 + ESPIS; intid++) {
            if (vgic_irq_info(chaos->host.gic, cpu, intid, &info) &&
                (info.pending || info.active)) {
                stress_fail(&chaos->host, "pending or active at the end", cpu, intid);
            }
        }
    }
}

/* Each SPI goes once to each PE, as if nothing had happened. */
static void check_works(Chaos *chaos)
{
    StressHost *host = &chaos->host;
    stress_frame_write(host, "GICD", GICD_CTLR, 4, 7);
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        stress_frame_write(host, "GICR", cpu * (uint64_t)0x20000 + GICR_WAKER, 4, 0);
        icc_write(chaos, cpu, true, ICC_PMR_EL1, 0xF8);
        icc_write(chaos, cpu, true, ICC_CTLR_EL1, 0);
        icc_write(chaos, cpu, true, ICC_IGRPEN1_EL1, 1);
        for (uint32_t intid = 32; intid < 32 + SPIS; intid++) {
            stress_frame_write(host, "GICD", GICD_IGROUPR(intid / 32), 4, UINT32_MAX);
            stress_frame_write(host, "GICD", GICD_IPRIORITYR(0) + intid, 1, 0x80);
            stress_frame_write(host, "GICD", GICD_IROUTER(intid), 8, cpu);
            stress_frame_write(host, "GICD", GICD_ICFGR(intid / 16), 4, UINT32_MAX);
            stress_frame_write(host, "GICD", GICD_ISENABLER(intid / 32), 4, 1u << intid % 32);
            vgic_spi_pulse(host->gic, intid);
            uint64_t got = icc_read(chaos, cpu, true, ICC_IAR1_EL1);
            icc_write(chaos, cpu, true, ICC_EOIR1_EL1, got);
            icc_write(chaos, cpu, true, ICC_DIR_EL1, got);
            if (got != intid || vgic_cpu_lines(host->gic, cpu)) {
                stress_fail(host, "sent and acknowledged", intid, got);
            }
        }
    }
}

static void run_round(Chaos *chaos, Worker *workers)
{
    pthread_t threads[HANDLERS + WRITERS];
    atomic_store(&chaos->writing, WRITERS);
    for (int i = 0; i < HANDLERS + WRITERS; i++) {
        pthread_create(&threads[i], NULL, i < HANDLERS ? run_handler : run_writer, &workers[i]);
    }
    for (int i = 0; i < HANDLERS + WRITERS; i++) {
        pthread_join(threads[i], NULL);
    }
    atomic_fetch_add(&chaos->rounds, 1);
    check_rest(chaos);
}

static bool run_machine(const VgicConfig *config, uint64_t ops, uint64_t seed, uint64_t ds_round)
{
    static Chaos chaos;
    memset(&chaos, 0, sizeof(chaos));
    chaos.config = *config;
    stress_open(&chaos.host, config);
    stress_frame_write(&chaos.host, "GICD", GICD_CTLR, 4, 7);
    Worker workers[HANDLERS + WRITERS];
    for (uint32_t i = 0; i < HANDLERS + WRITERS; i++) {
        workers[i] = (Worker){&chaos, i, (seed + i) * 0x9E3779B97F4A7C15 | 1, ROUND};
    }
    for (uint64_t round = 0; round * ROUND * WRITERS < ops; round++) {
        if (round == ds_round) {
            stress_frame_write(&chaos.host, "GICD", GICD_CTLR, 4, 0x47);
        }
        run_round(&chaos, workers);
    }
    make_quiet(&chaos);
    check_quiet(&chaos);
    check_works(&chaos);
    printf("%" PRIuFAST64 " rounds, acknowledged %" PRIuFAST64 " and %" PRIuFAST64
           ", 1-of-N looked at %" PRIuFAST64 " times\n",
           chaos.rounds, chaos.acknowledged[0], chaos.acknowledged[1], chaos.one_of_n);
    if (!chaos.acknowledged[0] || !chaos.acknowledged[1] || !chaos.one_of_n) {
        stress_fail(&chaos.host, "too little happened", 0, 0);
    }
    stress_close(&chaos.host);
    return chaos.host.failures == 0;
}

int main(int argc, char **argv)
{
    uint64_t ops = 240000, seed = 1;
    stress_options(argc, argv, &ops, &seed);
    const VgicConfig configs[] = {
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = CPUS, .spis = SPIS, .espis = ESPIS),
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = CPUS, .spis = SPIS, .espis = ESPIS, .el3 = true,
                         .security_states = 2),
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = CPUS, .spis = SPIS, .espis = ESPIS,
                         .hold_while_asleep = true),
    };
    bool good = true;
    for (int i = 0; i < 3; i++) {
        good &=
            run_machine(&configs[i], ops / 3, seed + (uint64_t)i, ops / 3 / ROUND / WRITERS / 2);
    }
    return !good;
}
