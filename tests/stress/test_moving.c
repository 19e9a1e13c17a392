/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One interrupt whose home changes all the time while PEs end it, rightly or not: the record must
 * be touched under its home's lock only, in an order that every processor sees. ThreadSanitizer is
 * the judge; afterwards the interrupt still works.
 *
 *   test-stress-moving [--ops N]
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

enum {
    INTID = 40,
    PES = 2,
};

typedef struct Test {
    Vgic *gic;
    const VgicFrame *dist;
    VgicCpuState states[PES];
    unsigned long operations;
    bool two_states; /* the group of a Secure interrupt flips, instead of its route */
    atomic_bool stop;
} Test;

static void write_dist(Test *t, uint32_t offset, uint32_t size, uint64_t value)
{
    if (vgic_frame_write(t->gic, t->dist, VGIC_S, offset, size, value) != VGIC_OK) {
        abort();
    }
}

/* Moves the interrupt from PE to PE, or from group to group. */
static void *mover(void *data)
{
    Test *t = data;

    for (unsigned long i = 0; i < t->operations; i++) {
        if (t->two_states) {
            write_dist(t, GICD_IGROUPR(1), 4, i & 1 ? 1u << (INTID - 32) : 0);
        } else {
            write_dist(t, GICD_IROUTER(INTID), 8, i & 1);
        }
    }
    atomic_store(&t->stop, true);
    return NULL;
}

typedef struct Ender {
    Test *test;
    uint32_t cpu;
} Ender;

/* Ends the interrupt again and again: an active priority set by hand lets each EOI through. */
static void *ender(void *data)
{
    const Ender *e = data;
    Test *t = e->test;
    uint64_t intid;

    while (!atomic_load(&t->stop)) {
        vgic_sysreg_read(t->gic, e->cpu, &t->states[e->cpu], ICC_IAR1_EL1, &intid);
        vgic_sysreg_write(t->gic, e->cpu, &t->states[e->cpu], ICC_AP1R0_EL1, 0x80000000);
        vgic_sysreg_write(t->gic, e->cpu, &t->states[e->cpu], ICC_EOIR1_EL1, INTID);
    }
    return NULL;
}

static void set_up(Test *t)
{
    VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = PES, .spis = 32, .security_states = t->two_states ? 2 : 1,
                         .el3 = t->two_states);

    t->gic = vgic_new(&config, NULL, NULL, NULL);
    t->dist = vgic_frame(t->gic, "GICD");
    write_dist(t, GICD_CTLR, 4, t->two_states ? 0x37 : 0x12);
    write_dist(t, GICD_IGROUPR(1), 4, UINT32_MAX);
    for (uint32_t i = 0; i < PES; i++) {
        t->states[i] = (VgicCpuState){.el = 1, .space = VGIC_NS, .scr_el3 = 1};
        vgic_sysreg_write(t->gic, i, &t->states[i], ICC_PMR_EL1, 0xF8);
        vgic_sysreg_write(t->gic, i, &t->states[i], ICC_IGRPEN1_EL1, 1);
    }
    write_dist(t, GICD_IROUTER(INTID), 8, 1);
    write_dist(t, GICD_ISENABLER(1), 4, 1u << (INTID - 32));
    vgic_spi_set_level(t->gic, INTID, true);
}

/* Everything idle again, the interrupt must be delivered as if nothing had been. */
static bool still_works(Test *t)
{
    uint64_t intid;

    for (uint32_t i = 0; i < PES; i++) {
        vgic_sysreg_write(t->gic, i, &t->states[i], ICC_AP1R0_EL1, 0);
        vgic_cpu_reset(t->gic, i);
        vgic_sysreg_write(t->gic, i, &t->states[i], ICC_PMR_EL1, 0xF8);
        vgic_sysreg_write(t->gic, i, &t->states[i], ICC_IGRPEN1_EL1, 1);
    }
    write_dist(t, GICD_ICACTIVER(1), 4, UINT32_MAX);
    write_dist(t, GICD_IGROUPR(1), 4, UINT32_MAX);
    write_dist(t, GICD_IROUTER(INTID), 8, 1);
    vgic_sysreg_read(t->gic, 1, &t->states[1], ICC_IAR1_EL1, &intid);
    return intid == INTID;
}

static int run(unsigned long operations, bool two_states)
{
    Test t = {.operations = operations, .two_states = two_states};
    Ender enders[PES];
    pthread_t threads[PES + 1];
    bool works;

    set_up(&t);
    for (uint32_t i = 0; i < PES; i++) {
        enders[i] = (Ender){&t, i};
        pthread_create(&threads[i], NULL, ender, &enders[i]);
    }
    pthread_create(&threads[PES], NULL, mover, &t);
    for (uint32_t i = 0; i <= PES; i++) {
        pthread_join(threads[i], NULL);
    }
    works = still_works(&t);
    vgic_free(t.gic);
    printf("%s: %lu moves, %s\n", two_states ? "groups" : "routes", operations,
           works ? "still works" : "BROKEN");
    return works ? 0 : 1;
}

int main(int argc, char **argv)
{
    unsigned long operations =
        argc == 3 && strcmp(argv[1], "--ops") == 0 ? strtoul(argv[2], NULL, 0) : 30000;

    return run(operations, false) | run(operations, true);
}
