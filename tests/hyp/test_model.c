/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same random guest on two backends: once the library runs its CPU interface (tcg), once list
 * registers do (hyp, over the library's own virtual CPU interface). The guest must see the same at
 * every step, and now and then both are saved: the states must be the same bytes, and each backend
 * goes on from the other's.
 *
 * What the sheet leaves out of such a comparison (I10, E41) the guest does not do: competing
 * interrupts have different priorities, it ends in reverse order what it took, changes its binary
 * points only while nothing is active, and leaves the priority and the active state of an
 * active interrupt alone.
 *
 * usage: test-hyp-model [--seed N] [--steps N] [--lrs N] [--cpus N]
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hyp.h"

enum {
    SPIS = 96,
    FIRST_SPI = 32,
    PPI_LIST = 4,
    LPIS = 24,
    FIRST_LPI = 8192,
    INTERRUPTS = 16 + PPI_LIST + SPIS + LPIS, /* that a vCPU may get */
    PRIORITIES = 256,
    DEPTH = 160, /* what may be active at a vCPU */
    REDISTRIBUTOR = 0x20000,
    EVERYTHING = 16,     /* steps between two comparisons of all interrupts, about */
    EXCHANGE = 400,      /* steps between two saves, about */
    ICH_TRAPS = 7 << 10, /* ICH_HCR_EL2.TC, TALL0, TALL1 */
};
#define CONFIG_TABLE 0x40000000ull
#define PENDING_TABLE 0x40100000ull

static const uint32_t ppis[PPI_LIST] = {20, 23, 27, 30};
static const VgicCpuState el1 = {.el = 1, .space = VGIC_NS};

/* What the guest remembers of a vCPU. */
typedef struct Driver {
    struct {
        uint32_t intid;
        int group;
    } taken[DEPTH]; /* acknowledged, priority not dropped; the last is the highest */
    unsigned taken_count;
    uint32_t dropped[DEPTH]; /* EOImode 1: not yet deactivated */
    unsigned dropped_count;
} Driver;

typedef struct Pair {
    uint64_t random;
    uint64_t seed, step;
    uint32_t cpus;
    unsigned lrs;
    bool split; /* EOImode */
    bool nmi;   /* VgicConfig.nmi */
    /* the interrupt that is an NMI: they all have one priority, so there is one at a time */
    uint32_t nmi_cpu;
    unsigned nmi_number; /* INTERRUPTS: none */
    Vgic *tcg;
    Host host; /* of tcg */
    Vm *vm;
    Driver drivers[VM_MAX_CPUS];
    uint8_t priority_of[VM_MAX_CPUS][INTERRUPTS];
    bool used[PRIORITIES]; /* by an interrupt of any vCPU: none has another's priority */
    bool wire[VM_MAX_CPUS][INTERRUPTS];
} Pair;

/* What the random guests really did, for the whole program. */
static struct {
    unsigned taken, nmis, deactivated, foreign, lpis;
} happened;

static uint64_t next_random(Pair *p)
{
    p->random ^= p->random << 13;
    p->random ^= p->random >> 7;
    p->random ^= p->random << 17;
    return p->random * 0x2545F4914F6CDD1Dull;
}

static uint32_t below(Pair *p, uint32_t limit)
{
    return (uint32_t)(next_random(p) >> 32) % limit;
}

static bool one_in(Pair *p, uint32_t n)
{
    return below(p, n) == 0;
}

static void differ(const Pair *p, const char *what, uint64_t tcg, uint64_t hyp)
{
    fail_msg("%s: %#" PRIx64 " on tcg, %#" PRIx64 " on hyp (--seed %" PRIu64 " --lrs %u --cpus %u, "
             "step %" PRIu64 ")",
             what, tcg, hyp, p->seed, p->lrs, p->cpus, p->step);
}

static void same(const Pair *p, const char *what, uint64_t tcg, uint64_t hyp)
{
    if (tcg != hyp) {
        differ(p, what, tcg, hyp);
    }
}

/* Both at once */

static uint64_t read_both(Pair *p, uint32_t cpu, uint32_t encoding, const char *name)
{
    uint64_t tcg, hyp;

    assert_int_equal(vgic_sysreg_read(p->tcg, cpu, &el1, encoding, &tcg), VGIC_OK);
    hyp = vm_read(p->vm, cpu, encoding);
    same(p, name, tcg, hyp);
    return tcg;
}

static void write_both(Pair *p, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    assert_int_equal(vgic_sysreg_write(p->tcg, cpu, &el1, encoding, value), VGIC_OK);
    vm_write(p->vm, cpu, encoding, value);
}

static uint64_t frame_read(Pair *p, uint32_t cpu, const char *frame, uint32_t offset, uint32_t size)
{
    uint64_t base = strcmp(frame, "GICR") == 0 ? (uint64_t)cpu * REDISTRIBUTOR : 0, value;

    assert_int_equal(
        vgic_frame_read(p->tcg, vgic_frame(p->tcg, frame), VGIC_NS, base + offset, size, &value),
        VGIC_OK);
    same(p, frame, value, vm_frame_read(p->vm, cpu, frame, offset, size));
    return value;
}

static void frame_write(Pair *p, uint32_t cpu, const char *frame, uint32_t offset, uint32_t size,
                        uint64_t value)
{
    uint64_t base = strcmp(frame, "GICR") == 0 ? (uint64_t)cpu * REDISTRIBUTOR : 0;

    assert_int_equal(
        vgic_frame_write(p->tcg, vgic_frame(p->tcg, frame), VGIC_NS, base + offset, size, value),
        VGIC_OK);
    vm_frame_write(p->vm, cpu, frame, offset, size, value);
}

/* Interrupts by number, 0 to INTERRUPTS - 1 */

static uint32_t intid_of(unsigned number)
{
    if (number < 16) {
        return number;
    }
    if (number < 16 + PPI_LIST) {
        return ppis[number - 16];
    }
    if (number < 16 + PPI_LIST + SPIS) {
        return FIRST_SPI + number - 16 - PPI_LIST;
    }
    return FIRST_LPI + number - 16 - PPI_LIST - SPIS;
}

static bool is_lpi(uint32_t intid)
{
    return intid >= FIRST_LPI;
}

static bool is_local(uint32_t intid)
{
    return intid < 32;
}

static void write_bit(Pair *p, uint32_t cpu, uint32_t intid, uint32_t local, uint32_t shared)
{
    if (is_local(intid)) {
        frame_write(p, cpu, "GICR", local, 4, 1u << intid);
    } else {
        frame_write(p, cpu, "GICD", shared + intid / 32 * 4, 4, 1u << intid % 32);
    }
}

static bool read_bit(Pair *p, uint32_t cpu, uint32_t intid, uint32_t local, uint32_t shared)
{
    uint64_t word = is_local(intid) ? frame_read(p, cpu, "GICR", local, 4)
                                    : frame_read(p, cpu, "GICD", shared + intid / 32 * 4, 4);

    return word >> intid % 32 & 1;
}

/* SPIs and LPIs have one priority whatever the vCPU: that of vCPU 0. LPIs' have 6 bits. */
static uint8_t *priority_slot(Pair *p, uint32_t cpu, unsigned number)
{
    return &p->priority_of[is_local(intid_of(number)) ? cpu : 0][number];
}

static uint8_t free_priority(Pair *p, bool lpi)
{
    uint8_t priority;

    do {
        priority = (uint8_t)(below(p, 255) & (lpi ? 0xFC : 0xFF));
    } while (p->used[priority]);
    p->used[priority] = true;
    return priority;
}

static void put_lpi_config(Pair *p, uint32_t cpu, uint32_t intid, uint8_t priority, bool enable)
{
    uint8_t byte = (uint8_t)(priority | enable);

    ram_put8(&p->host.ram, CONFIG_TABLE + intid - FIRST_LPI, byte);
    ram_put8(&p->vm->host.ram, CONFIG_TABLE + intid - FIRST_LPI, byte);
    for (uint32_t i = 0; i < p->cpus; i++) {
        frame_write(p, i, "GICR", GICR_INVLPIR, 8, intid);
    }
    (void)cpu;
}

static void set_priority(Pair *p, uint32_t cpu, unsigned number)
{
    uint32_t intid = intid_of(number);
    uint8_t *slot = priority_slot(p, cpu, number);
    uint8_t priority = free_priority(p, is_lpi(intid));

    p->used[*slot] = false;
    *slot = priority;
    if (is_lpi(intid)) {
        put_lpi_config(p, cpu, intid, priority, !one_in(p, 4));
    } else if (is_local(intid)) {
        frame_write(p, cpu, "GICR", GICR_IPRIORITYR(0) + intid, 1, priority);
    } else {
        frame_write(p, cpu, "GICD", GICD_IPRIORITYR(0) + intid, 1, priority);
    }
}

/* Does the guest have it in hand, on whatever vCPU? */
static bool is_taken(const Pair *p, uint32_t cpu, uint32_t intid)
{
    for (uint32_t c = 0; c < p->cpus; c++) {
        const Driver *driver = &p->drivers[c];

        if (is_local(intid) && c != cpu) {
            continue;
        }
        for (unsigned i = 0; i < driver->taken_count; i++) {
            if (driver->taken[i].intid == intid) {
                return true;
            }
        }
        for (unsigned i = 0; i < driver->dropped_count; i++) {
            if (driver->dropped[i] == intid) {
                return true;
            }
        }
    }
    return false;
}

/* Comparison */

static void compare_cpu(Pair *p, uint32_t cpu)
{
    read_both(p, cpu, ICC_HPPIR0_EL1, "ICC_HPPIR0_EL1");
    read_both(p, cpu, ICC_HPPIR1_EL1, "ICC_HPPIR1_EL1");
    read_both(p, cpu, ICC_RPR_EL1, "ICC_RPR_EL1");
    for (uint32_t i = 0; i < 4; i++) {
        read_both(p, cpu, ICC_AP0R0_EL1 + i, "ICC_AP0R<n>_EL1");
        read_both(p, cpu, ICC_AP1R0_EL1 + i, "ICC_AP1R<n>_EL1");
    }
}

static void compare_irq(Pair *p, uint32_t cpu, uint32_t intid)
{
    VgicIrqInfo tcg, hyp;
    bool known = vgic_irq_info(p->tcg, cpu, intid, &tcg);

    same(p, "vgic_irq_info()", known, vgic_irq_info(p->vm->gic, cpu, intid, &hyp));
    if (known && (tcg.pending != hyp.pending || tcg.active != hyp.active ||
                  tcg.latch != hyp.latch || tcg.target != hyp.target)) {
        printf("INTID %u: pending %d %d, active %d %d, latch %d %d, target %u %u\n", intid,
               tcg.pending, hyp.pending, tcg.active, hyp.active, tcg.latch, hyp.latch, tcg.target,
               hyp.target);
        differ(p, "state of an interrupt", intid, intid);
    }
}

static void compare_all(Pair *p)
{
    for (uint32_t cpu = 0; cpu < p->cpus; cpu++) {
        for (unsigned number = 0; number < INTERRUPTS; number++) {
            if (cpu == 0 || is_local(intid_of(number))) {
                compare_irq(p, cpu, intid_of(number));
            }
        }
    }
    vm_settle(p->vm);
}

/* What the guest does */

static void acknowledge(Pair *p, uint32_t cpu)
{
    Driver *driver = &p->drivers[cpu];
    int group = (int)below(p, 2);
    uint32_t intid;

    if (driver->taken_count == DEPTH || driver->dropped_count == DEPTH) {
        return;
    }
    if (p->nmi && one_in(p, 3)) {
        group = 1;
        intid = (uint32_t)read_both(p, cpu, ICC_NMIAR1_EL1, "ICC_NMIAR1_EL1");
        happened.nmis += intid != VGIC_INTID_SPURIOUS;
    } else {
        intid = (uint32_t)read_both(p, cpu, group ? ICC_IAR1_EL1 : ICC_IAR0_EL1, "ICC_IAR");
    }
    if (intid != VGIC_INTID_SPURIOUS) {
        happened.taken++;
        happened.lpis += is_lpi(intid);
        driver->taken[driver->taken_count].intid = intid;
        driver->taken[driver->taken_count++].group = group;
    }
}

static void end(Pair *p, uint32_t cpu)
{
    Driver *driver = &p->drivers[cpu];
    uint32_t intid;

    if (!driver->taken_count) {
        return;
    }
    driver->taken_count--;
    intid = driver->taken[driver->taken_count].intid;
    write_both(p, cpu, driver->taken[driver->taken_count].group ? ICC_EOIR1_EL1 : ICC_EOIR0_EL1,
               intid);
    if (p->split && !is_lpi(intid)) {
        driver->dropped[driver->dropped_count++] = intid;
    }
}

/* An SPI may be deactivated by any vCPU. */
static void deactivate(Pair *p, uint32_t cpu)
{
    Driver *driver = &p->drivers[cpu];
    uint32_t intid, i, by = cpu;

    if (!driver->dropped_count) {
        return;
    }
    i = below(p, driver->dropped_count);
    intid = driver->dropped[i];
    driver->dropped[i] = driver->dropped[--driver->dropped_count];
    if (!is_local(intid)) {
        by = below(p, p->cpus);
    }
    happened.deactivated++;
    happened.foreign += by != cpu;
    write_both(p, by, ICC_DIR_EL1, intid);
}

static void send_sgi(Pair *p, uint32_t cpu)
{
    static const uint32_t registers[] = {ICC_SGI1R_EL1, ICC_SGI0R_EL1, ICC_ASGI1R_EL1};
    uint64_t value =
        (uint64_t)below(p, 16) << 24 | (one_in(p, 8) ? 1ull << 40 : 0) | below(p, 1u << p->cpus);

    write_both(p, cpu, registers[below(p, 3)], value);
}

static void change_interface(Pair *p, uint32_t cpu)
{
    bool idle = !p->drivers[cpu].taken_count;

    switch (below(p, 5)) {
    case 0:
        write_both(p, cpu, ICC_IGRPEN0_EL1, !one_in(p, 6));
        break;
    case 1:
        write_both(p, cpu, ICC_IGRPEN1_EL1, !one_in(p, 6));
        break;
    case 2:
        write_both(p, cpu, ICC_PMR_EL1, one_in(p, 4) ? below(p, 256) : 0xFF);
        break;
    case 3:
        if (idle) {
            write_both(p, cpu, one_in(p, 2) ? ICC_BPR1_EL1 : ICC_BPR0_EL1, below(p, 8));
        }
        break;
    default:
        if (idle) {
            write_both(p, cpu, ICC_CTLR_EL1, (p->split ? 2u : 0u) | below(p, 2));
        }
        break;
    }
}

/* What devices do */

static void drive(Pair *p, uint32_t cpu, unsigned number, bool level)
{
    uint32_t intid = intid_of(number);
    bool local = is_local(intid);

    p->wire[local ? cpu : 0][number] = level;
    if (local) {
        vgic_ppi_set_level(p->tcg, cpu, intid, level);
    } else {
        vgic_spi_set_level(p->tcg, intid, level);
    }
    vm_wire(p->vm, cpu, intid, level);
}

static void signal(Pair *p, uint32_t cpu, unsigned number)
{
    uint32_t intid = intid_of(number);

    if (intid < 16) {
        send_sgi(p, cpu);
    } else if (is_lpi(intid)) {
        frame_write(p, cpu, "GICR", one_in(p, 6) ? GICR_CLRLPIR : GICR_SETLPIR, 8, intid);
    } else if (one_in(p, 6)) {
        if (is_local(intid)) {
            vgic_ppi_pulse(p->tcg, cpu, intid);
        } else {
            vgic_spi_pulse(p->tcg, intid);
        }
        p->wire[is_local(intid) ? cpu : 0][number] = false;
        vm_pulse(p->vm, cpu, intid);
    } else {
        drive(p, cpu, number, !p->wire[is_local(intid) ? cpu : 0][number]);
    }
}

/* Configuration */

static void set_group(Pair *p, uint32_t cpu, uint32_t intid)
{
    const char *frame = is_local(intid) ? "GICR" : "GICD";
    uint32_t offset = is_local(intid) ? GICR_IGROUPR0 : GICD_IGROUPR(0) + intid / 32 * 4;

    frame_write(p, cpu, frame, offset, 4, frame_read(p, cpu, frame, offset, 4) ^ 1u << intid % 32);
}

static void set_trigger(Pair *p, uint32_t cpu, uint32_t intid)
{
    const char *frame = is_local(intid) ? "GICR" : "GICD";
    uint32_t offset = (is_local(intid) ? GICR_ICFGR0 : GICD_ICFGR(0)) + intid / 16 * 4;

    write_bit(p, cpu, intid, GICR_ICENABLER0, GICD_ICENABLER(0));
    frame_write(p, cpu, frame, offset, 4,
                frame_read(p, cpu, frame, offset, 4) ^ 2u << intid % 16 * 2);
}

static void write_nmi(Pair *p, uint32_t cpu, uint32_t intid, bool nmi)
{
    const char *frame = is_local(intid) ? "GICR" : "GICD";
    uint32_t offset = is_local(intid) ? GICR_INMIR0 : GICD_INMIR(0) + intid / 32 * 4;

    frame_write(p, cpu, frame, offset, 4, nmi ? 1u << intid % 32 : 0);
}

/* Another interrupt becomes the one that is an NMI. */
static void set_nmi(Pair *p, uint32_t cpu, unsigned number)
{
    if (p->nmi_number < INTERRUPTS) {
        uint32_t old = intid_of(p->nmi_number);

        if (is_taken(p, p->nmi_cpu, old)) {
            return;
        }
        write_nmi(p, p->nmi_cpu, old, false);
    }
    p->nmi_cpu = cpu;
    p->nmi_number = number;
    write_nmi(p, cpu, intid_of(number), true);
}

static void configure(Pair *p, uint32_t cpu, unsigned number)
{
    uint32_t intid = intid_of(number);
    bool taken = is_taken(p, cpu, intid);

    if (is_lpi(intid)) {
        set_priority(p, cpu, number);
        return;
    }
    if (p->nmi && !taken && one_in(p, 8)) {
        set_nmi(p, cpu, number);
        return;
    }
    switch (below(p, 8)) {
    case 0:
    case 1:
        write_bit(p, cpu, intid, GICR_ISENABLER0, GICD_ISENABLER(0));
        break;
    case 2:
        write_bit(p, cpu, intid, GICR_ICENABLER0, GICD_ICENABLER(0));
        break;
    case 3:
        write_bit(p, cpu, intid, GICR_ISPENDR0, GICD_ISPENDR(0));
        break;
    case 4:
        write_bit(p, cpu, intid, GICR_ICPENDR0, GICD_ICPENDR(0));
        break;
    case 5:
        if (!taken) {
            set_priority(p, cpu, number);
        }
        break;
    case 6:
        if (!taken && one_in(p, 2)) {
            set_group(p, cpu, intid);
        } else if (!taken && intid >= 16) {
            set_trigger(p, cpu, intid);
        }
        break;
    default:
        if (!is_local(intid)) {
            frame_write(p, cpu, "GICD", GICD_IROUTER(intid), 8,
                        one_in(p, 4) ? 1ull << 31 : below(p, p->cpus));
        }
        break;
    }
}

static void look(Pair *p, uint32_t cpu, unsigned number)
{
    uint32_t intid = intid_of(number);

    if (is_lpi(intid)) {
        return;
    }
    same(p, "pending", read_bit(p, cpu, intid, GICR_ISPENDR0, GICD_ISPENDR(0)),
         read_bit(p, cpu, intid, GICR_ICPENDR0, GICD_ICPENDR(0)));
    read_bit(p, cpu, intid, GICR_ISACTIVER0, GICD_ISACTIVER(0));
}

/* A vCPU's thread goes elsewhere: another physical CPU, if one is free. */
static void move_vcpu(Pair *p, uint32_t cpu)
{
    vm_exit(p->vm, cpu);
    vgic_hyp_put(p->vm->gic, cpu);
    same(p, "lines of a vCPU that is put",
         vgic_cpu_lines(p->tcg, cpu) & (VGIC_LINE_IRQ | VGIC_LINE_FIQ),
         vgic_cpu_lines(p->vm->gic, cpu) & (VGIC_LINE_IRQ | VGIC_LINE_FIQ));
    p->vm->place[cpu] = p->vm->place[cpu] < VM_MAX_CPUS ? p->vm->place[cpu] ^ VM_MAX_CPUS
                                                        : p->vm->place[cpu] & (VM_MAX_CPUS - 1);
    assert_true(vgic_hyp_load(p->vm->gic, cpu, VGIC_HYP_GUEST));
    vm_enter(p->vm, cpu);
}

/* Saves both, and lets each go on from the other's state. */
static void exchange(Pair *p)
{
    size_t tcg_size, hyp_size;
    void *tcg, *hyp;

    for (uint32_t i = 0; i < p->cpus; i++) {
        vm_exit(p->vm, i);
        vgic_hyp_put(p->vm->gic, i);
    }
    tcg = vgic_save(p->tcg, &tcg_size, NULL);
    hyp = vgic_save(p->vm->gic, &hyp_size, NULL);
    assert_true(tcg && hyp);
    same(p, "bytes of the saved state", tcg_size, hyp_size);
    same(p, "the saved state", 0, (uint64_t)memcmp(tcg, hyp, hyp_size));
    assert_true(vgic_load(p->tcg, hyp, hyp_size, NULL));
    assert_true(vgic_load(p->vm->gic, tcg, tcg_size, NULL));
    vgic_state_free(tcg);
    vgic_state_free(hyp);
    for (uint32_t i = 0; i < p->cpus; i++) {
        assert_true(vgic_hyp_load(p->vm->gic, i, VGIC_HYP_GUEST));
        vm_enter(p->vm, i);
    }
}

static void distributor(Pair *p, uint32_t cpu)
{
    frame_write(p, cpu, "GICD", GICD_CTLR, 4, 0x10 | (one_in(p, 3) ? below(p, 4) : 3));
}

static void step(Pair *p)
{
    uint32_t cpu = below(p, p->cpus), what = below(p, 100);
    unsigned number = below(p, INTERRUPTS);

    if (what < 25) {
        acknowledge(p, cpu);
    } else if (what < 45) {
        end(p, cpu);
    } else if (what < 55) {
        deactivate(p, cpu);
    } else if (what < 75) {
        signal(p, cpu, number);
    } else if (what < 80) {
        send_sgi(p, cpu);
    } else if (what < 85) {
        change_interface(p, cpu);
    } else if (what < 93) {
        configure(p, cpu, number);
    } else if (what < 96) {
        look(p, cpu, number);
    } else if (what < 97) {
        vm_bounce(p->vm, cpu);
    } else if (what < 98) {
        move_vcpu(p, cpu);
    } else if (one_in(p, 4)) {
        distributor(p, cpu);
    }
    compare_cpu(p, cpu);
    if (one_in(p, EVERYTHING)) {
        compare_all(p);
    }
    if (one_in(p, EXCHANGE)) {
        exchange(p);
    }
}

/* Life */

static void start(Pair *p)
{
    vgic_act_as_firmware(p->tcg);
    vgic_act_as_firmware(p->vm->gic);
    for (uint32_t i = 0; i < p->cpus; i++) {
        vm_enter(p->vm, i);
    }
    frame_write(p, 0, "GICD", GICD_CTLR, 4, 0x13);
    for (uint32_t cpu = 0; cpu < p->cpus; cpu++) {
        frame_write(p, cpu, "GICR", GICR_PROPBASER, 8, CONFIG_TABLE | 15);
        frame_write(p, cpu, "GICR", GICR_PENDBASER, 8,
                    (PENDING_TABLE + cpu * 0x10000) | 1ull << 62);
        frame_write(p, cpu, "GICR", GICR_CTLR, 4, 1);
        write_both(p, cpu, ICC_PMR_EL1, 0xFF);
        write_both(p, cpu, ICC_CTLR_EL1, p->split ? 2 : 0);
        write_both(p, cpu, ICC_IGRPEN0_EL1, 1);
        write_both(p, cpu, ICC_IGRPEN1_EL1, 1);
        for (unsigned number = 0; number < INTERRUPTS; number++) {
            uint32_t intid = intid_of(number);

            if (cpu && !is_local(intid)) {
                continue;
            }
            set_priority(p, cpu, number);
            if (!is_lpi(intid)) {
                write_bit(p, cpu, intid, GICR_ISENABLER0, GICD_ISENABLER(0));
                if (one_in(p, 2)) {
                    set_group(p, cpu, intid);
                }
                if (!is_local(intid)) {
                    frame_write(p, cpu, "GICD", GICD_IROUTER(intid), 8, below(p, p->cpus));
                }
            }
        }
    }
}

static void run(uint64_t seed, uint64_t steps, unsigned lrs, uint32_t cpus)
{
    static Pair pair;
    Pair *p = &pair;
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = cpus, .spis = SPIS, .priority_bits = 8,
                                         .lpi_bits = 16, .nmi = seed % 3 == 1);
    VgicIchOptions options = {
        .list_registers = lrs, .priority_bits = 8, .preemption_bits = 7, .no_tds = seed % 5 == 4};
    VgicHost callbacks = host_callbacks(false);

    *p = (Pair){.random = seed * 0x9E3779B97F4A7C15ull + 1,
                .seed = seed,
                .cpus = cpus,
                .lrs = lrs,
                .split = seed & 1,
                .nmi = config.nmi,
                .nmi_number = INTERRUPTS};
    host_add_memory(&callbacks);
    p->tcg = vgic_new(&config, &callbacks, &p->host, NULL);
    assert_non_null(p->tcg);
    p->host.gic = p->tcg;
    /* Some interfaces want all accesses trapped. */
    p->vm = vm_new_trapping(&config, simulated_interface(2 * VM_MAX_CPUS, &options, config.nmi),
                            seed % 7 == 6 ? ICH_TRAPS : 0);
    start(p);
    for (p->step = 0; p->step < steps; p->step++) {
        step(p);
        host_forget(&p->host);
        host_forget(&p->vm->host);
        vm_forget(p->vm);
    }
    compare_all(p);
    vm_free(p->vm);
    vgic_free(p->tcg);
    host_clear(&p->host);
}

static void a_guest_sees_the_same_with(unsigned lrs)
{
    for (uint64_t seed = 0; seed < 5; seed++) {
        run(10 * lrs + seed, 5000, lrs, seed % 3 + 1);
    }
}

static void a_guest_sees_the_same_with_1_list_register(void **state)
{
    (void)state;
    a_guest_sees_the_same_with(1);
}

static void a_guest_sees_the_same_with_2_list_registers(void **state)
{
    (void)state;
    a_guest_sees_the_same_with(2);
}

static void a_guest_sees_the_same_with_4_list_registers(void **state)
{
    (void)state;
    a_guest_sees_the_same_with(4);
}

static void a_guest_sees_the_same_with_16_list_registers(void **state)
{
    (void)state;
    a_guest_sees_the_same_with(16);
}

static void the_guests_did_what_they_are_for(void **state)
{
    (void)state;
    printf("%u taken, of which %u NMIs and %u LPIs; %u deactivated, %u of them by another vCPU\n",
           happened.taken, happened.nmis, happened.lpis, happened.deactivated, happened.foreign);
    assert_true(happened.taken > 5000 && happened.nmis > 20 && happened.lpis > 100);
    assert_true(happened.deactivated > 500 && happened.foreign > 100);
}

static uint64_t asked_seed, asked_steps = 10000;
static unsigned asked_lrs = 4;
static uint32_t asked_cpus = 2;

static void a_guest_sees_the_same_as_asked(void **state)
{
    (void)state;
    run(asked_seed, asked_steps, asked_lrs, asked_cpus);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guest_sees_the_same_with_1_list_register),
        cmocka_unit_test(a_guest_sees_the_same_with_2_list_registers),
        cmocka_unit_test(a_guest_sees_the_same_with_4_list_registers),
        cmocka_unit_test(a_guest_sees_the_same_with_16_list_registers),
        cmocka_unit_test(the_guests_did_what_they_are_for),
    };
    static const struct CMUnitTest asked[] = {
        cmocka_unit_test(a_guest_sees_the_same_as_asked),
    };

    if (argc < 2) {
        return cmocka_run_group_tests_name("hyp: model", tests, NULL, NULL);
    }
    for (int i = 1; i + 1 < argc; i += 2) {
        uint64_t value = strtoull(argv[i + 1], NULL, 0);

        if (strcmp(argv[i], "--seed") == 0) {
            asked_seed = value;
        } else if (strcmp(argv[i], "--steps") == 0) {
            asked_steps = value;
        } else if (strcmp(argv[i], "--lrs") == 0) {
            asked_lrs = (unsigned)value;
        } else if (strcmp(argv[i], "--cpus") == 0) {
            asked_cpus = (uint32_t)value;
        } else {
            fprintf(stderr, "usage: %s [--seed N] [--steps N] [--lrs N] [--cpus N]\n", argv[0]);
            return 2;
        }
    }
    return cmocka_run_group_tests_name("hyp: model", asked, NULL, NULL);
}
