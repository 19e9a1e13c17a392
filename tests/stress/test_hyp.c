/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two vCPUs on list registers, each in a thread of its own, while devices raise SPIs and somebody
 * else looks at interrupts and moves them, which stops vCPUs. No edge is lost and none is taken
 * twice: a device raises its SPI again only when the guest took it. Made for ThreadSanitizer.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

enum {
    VCPUS = 2,
    SPIS = 32,
    FIRST = 32,
    LEVEL = FIRST + SPIS - 1, /* the only level-sensitive one */
    EDGES = 20000,            /* that devices raise in all */
    INSTRUCTIONS = 12,        /* of a guest between two exits at most */
};

typedef struct Machine {
    Vgic *gic, *hw;
    atomic_bool ready[SPIS]; /* the device may raise its SPI */
    atomic_uint raised[SPIS], taken[SPIS];
    atomic_uint ends; /* VgicHypHost.ended */
    atomic_uint stops;
    atomic_bool devices_done, all_done;
} Machine;

static Machine machine;

static const VgicCpuState el1 = {.el = 1, .space = VGIC_NS};
static const VgicCpuState el2 = {.el = 2, .space = VGIC_NS, .el2_enabled = true};
static const VgicCpuState guest = {
    .el = 1, .space = VGIC_NS, .el2_enabled = true, .hcr_el2 = 1 << 4 | 1 << 3};

static uint64_t read_ich(void *opaque, uint32_t cpu, uint32_t encoding)
{
    Machine *m = opaque;
    uint64_t value;

    vgic_sysreg_read(m->hw, cpu, &el2, encoding, &value);
    return value;
}

static void write_ich(void *opaque, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    Machine *m = opaque;

    vgic_sysreg_write(m->hw, cpu, &el2, encoding, value);
}

static void stop(void *opaque, uint32_t cpu)
{
    Machine *m = opaque;

    (void)cpu;
    atomic_fetch_add(&m->stops, 1);
    sched_yield();
}

static void ended(void *opaque, uint32_t cpu, uint32_t intid)
{
    Machine *m = opaque;

    (void)cpu;
    if (intid != LEVEL) {
        abort();
    }
    atomic_fetch_add(&m->ends, 1);
}

static uint32_t next_random(uint32_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return *random;
}

/* The guest */

static void guest_write(Machine *m, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    if (vgic_sysreg_write(m->hw, cpu, &guest, encoding, value) == VGIC_TRAP_EL2) {
        vgic_hyp_trap(m->gic, cpu, &el1, encoding, true, &value);
        if (vgic_hyp_flush(m->gic, cpu) != VGIC_HYP_ENTER) {
            abort();
        }
    }
}

static void handle(Machine *m, uint32_t cpu, uint32_t intid)
{
    if (intid == LEVEL) {
        vgic_spi_set_level(m->gic, LEVEL, false);
    }
    if (intid >= FIRST) {
        atomic_fetch_add(&m->taken[intid - FIRST], 1);
        atomic_store(&m->ready[intid - FIRST], true);
    }
    guest_write(m, cpu, ICC_EOIR1_EL1, intid);
}

static void instruction(Machine *m, uint32_t cpu, uint32_t *random)
{
    uint64_t intid;

    if (next_random(random) % 64 == 0) {
        guest_write(m, cpu, ICC_SGI1R_EL1, 3u | (next_random(random) & 15u) << 24);
        return;
    }
    vgic_sysreg_read(m->hw, cpu, &guest, ICC_IAR1_EL1, &intid);
    if (intid != VGIC_INTID_SPURIOUS) {
        handle(m, cpu, (uint32_t)intid);
    }
}

static bool wants_exit(Machine *m, uint32_t cpu)
{
    return vgic_cpu_lines(m->gic, cpu) & VGIC_LINE_KICK ||
           vgic_cpu_lines(m->hw, cpu) & VGIC_LINE_MAINTENANCE;
}

/* An access to the GIC by a vCPU that is out of its guest. */
static void look(Machine *m, uint32_t *random)
{
    const VgicFrame *dist = vgic_frame(m->gic, "GICD");
    uint64_t value;

    vgic_frame_read(m->gic, dist, VGIC_NS,
                    next_random(random) & 1 ? GICD_ISPENDR(1) : GICD_ISACTIVER(1), 4, &value);
}

static void *run_vcpu(void *argument)
{
    uint32_t cpu = (uint32_t)(uintptr_t)argument, random = cpu + 1;
    Machine *m = &machine;

    vgic_hyp_load(m->gic, cpu, VGIC_HYP_GUEST);
    guest_write(m, cpu, ICC_PMR_EL1, 0xF8);
    guest_write(m, cpu, ICC_IGRPEN1_EL1, 1);
    while (!atomic_load(&m->all_done)) {
        vgic_hyp_flush(m->gic, cpu);
        for (unsigned i = 0; i < INSTRUCTIONS && !wants_exit(m, cpu); i++) {
            instruction(m, cpu, &random);
        }
        vgic_hyp_sync(m->gic, cpu);
        if (next_random(&random) % 32 == 0) {
            look(m, &random);
        }
        if (next_random(&random) % 32 == 0) {
            vgic_hyp_put(m->gic, cpu);
            vgic_hyp_load(m->gic, cpu, VGIC_HYP_GUEST);
        }
    }
    vgic_hyp_put(m->gic, cpu);
    return NULL;
}

/* Others */

static void *run_devices(void *argument)
{
    Machine *m = argument;

    for (unsigned edges = 0; edges < EDGES;) {
        for (uint32_t i = 0; i < SPIS; i++) {
            if (!atomic_exchange(&m->ready[i], false)) {
                continue;
            }
            edges++;
            atomic_fetch_add(&m->raised[i], 1);
            if (FIRST + i == LEVEL) {
                vgic_spi_set_level(m->gic, LEVEL, true);
            } else {
                vgic_spi_pulse(m->gic, FIRST + i);
            }
        }
        sched_yield();
    }
    atomic_store(&m->devices_done, true);
    return NULL;
}

/* Looks, and moves interrupts between the vCPUs. */
static void *run_meddler(void *argument)
{
    Machine *m = argument;
    const VgicFrame *dist = vgic_frame(m->gic, "GICD");
    uint32_t random = 99;

    while (!atomic_load(&m->devices_done)) {
        uint32_t intid = FIRST + next_random(&random) % SPIS;

        look(m, &random);
        vgic_frame_write(m->gic, dist, VGIC_NS, GICD_IROUTER(intid), 8, next_random(&random) & 1);
        vgic_frame_write(m->gic, dist, VGIC_NS, GICD_IPRIORITYR(0) + intid, 1,
                         next_random(&random) & 0x78);
        sched_yield();
    }
    return NULL;
}

static bool all_taken(const Machine *m)
{
    for (uint32_t i = 0; i < SPIS; i++) {
        if (atomic_load(&m->raised[i]) != atomic_load(&m->taken[i])) {
            return false;
        }
    }
    return true;
}

static void set_up(Machine *m)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = VCPUS, .spis = SPIS);
    VgicConfig interface =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = VCPUS, .el2 = true, .ich_options.list_registers = 2);
    VgicHypHost hyp =
        VGIC_HYP_HOST_INIT(.read = read_ich, .write = write_ich, .stop = stop, .ended = ended);
    const VgicFrame *dist;

    m->hw = vgic_new(&interface, NULL, NULL, NULL);
    m->gic = vgic_hyp_new(&config, NULL, &hyp, m, NULL);
    assert_true(m->hw && m->gic);
    dist = vgic_frame(m->gic, "GICD");
    vgic_frame_write(m->gic, dist, VGIC_NS, GICD_CTLR, 4, 0x12);
    vgic_frame_write(m->gic, dist, VGIC_NS, GICD_IGROUPR(1), 4, UINT32_MAX);
    vgic_frame_write(m->gic, dist, VGIC_NS, GICD_ICFGR(2), 4, 0xAAAAAAAA);
    vgic_frame_write(m->gic, dist, VGIC_NS, GICD_ICFGR(3), 4, 0x2AAAAAAA);
    for (uint32_t i = 0; i < VCPUS; i++) {
        const VgicFrame *redist = vgic_frame(m->gic, "GICR");

        vgic_frame_write(m->gic, redist, VGIC_NS, i * 0x20000ull + GICR_IGROUPR0, 4, UINT32_MAX);
        vgic_frame_write(m->gic, redist, VGIC_NS, i * 0x20000ull + GICR_ISENABLER0, 4, 0xFFFF);
    }
    for (uint32_t i = 0; i < SPIS; i++) {
        vgic_frame_write(m->gic, dist, VGIC_NS, GICD_IROUTER(FIRST + i), 8, i % VCPUS);
        atomic_store(&m->ready[i], true);
    }
    vgic_frame_write(m->gic, dist, VGIC_NS, GICD_ISENABLER(1), 4, UINT32_MAX);
}

static void no_edge_is_lost_or_taken_twice(void **state)
{
    Machine *m = &machine;
    pthread_t vcpus[VCPUS], devices, meddler;

    (void)state;
    set_up(m);
    for (uintptr_t i = 0; i < VCPUS; i++) {
        assert_int_equal(pthread_create(&vcpus[i], NULL, run_vcpu, (void *)i), 0);
    }
    assert_int_equal(pthread_create(&devices, NULL, run_devices, m), 0);
    assert_int_equal(pthread_create(&meddler, NULL, run_meddler, m), 0);
    pthread_join(devices, NULL);
    pthread_join(meddler, NULL);
    for (unsigned waited = 0; !all_taken(m) && waited < 1000; waited++) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    atomic_store(&m->all_done, true);
    for (unsigned i = 0; i < VCPUS; i++) {
        pthread_join(vcpus[i], NULL);
    }
    for (uint32_t i = 0; i < SPIS; i++) {
        VgicIrqInfo info;

        assert_int_equal(atomic_load(&m->taken[i]), atomic_load(&m->raised[i]));
        assert_true(vgic_irq_info(m->gic, 0, FIRST + i, &info));
        assert_false(info.pending || info.active);
    }
    /* A level that falls while it is active is told of once. */
    assert_int_equal(atomic_load(&m->ends), atomic_load(&m->taken[LEVEL - FIRST]));
    printf("%u stops, %u edges of the first SPI\n", atomic_load(&m->stops),
           atomic_load(&m->taken[0]));
    vgic_free(m->gic);
    vgic_free(m->hw);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_edge_is_lost_or_taken_twice),
    };

    return cmocka_run_group_tests_name("stress: list registers", tests, NULL, NULL);
}
