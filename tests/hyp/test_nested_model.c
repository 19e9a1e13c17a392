/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same random hypervisor L1 with its random guest L2 on two backends: once the library runs
 * both (tcg), once list registers of the library's own virtual CPU interface do (hyp), into which
 * L1's are put while L2 runs. At every step both must read the same, and after an exit all of L1's
 * registers, its interrupts, its lines and the saved states must be the same.
 *
 * What the sheet leaves open L1 does not do: its interrupts have different priorities, it ends in
 * reverse order what it took (EOImode 1), and no list register is HW and also active and pending,
 * or HW with a special vINTID. Where only an exit tells L1 of what L2 did, only then is it looked
 * at.
 *
 * usage: test-hyp-nested_model [--seed N] [--steps N] [--lrs N] [--trace]
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

#include <vgic/state.h>

#include "hyp.h"
#include "virt.h"

enum {
    MAINTENANCE_PPI = 25,
    SHARED = 32,
    INTERRUPTS = 12,
    VINTIDS = 8,
    MACHINE_STEPS = 2500,
    DEFAULT_STEPS = 25000,
    SPECIAL = 1020,
};

#define ALL_LINES                                                                                  \
    ((uint32_t)(VGIC_LINE_IRQ | VGIC_LINE_FIQ | VGIC_LINE_NMI | VGIC_LINE_MAINTENANCE))

static const VgicCpuState el2 = {.el = 2, .space = VGIC_NS, .el2_enabled = true};
static const VgicCpuState el1 = {
    .el = 1, .space = VGIC_NS, .el2_enabled = true, .hcr_el2 = 1 << 4 | 1 << 3};

/* L1's interrupts */
static const uint32_t intids[INTERRUPTS] = {5,  21, 22, MAINTENANCE_PPI, 32, 33, 34, 35, 36,
                                            37, 38, 63};

typedef struct Pair {
    uint64_t random, seed, step;
    unsigned hw_lrs, l1_lrs, bits; /* of priority */
    bool memory;                   /* L1's registers are in memory */
    Vgic *tcg;
    Vm *vm;
    bool in_l2;
    bool wire[INTERRUPTS];
    uint32_t vintids[VINTIDS];
    struct {
        uint32_t intid;
        int group;
    } taken[INTERRUPTS + 1]; /* by L1: acknowledged, priority not dropped */
    unsigned taken_count;
} Pair;

static bool tracing;

/* What happened in all machines: each of it must. */
enum {
    L1_TOOK,
    L2_TOOK,
    L2_ENDED_L1S,  /* by a list register with HW */
    TRAPPED_TO_L1, /* an access of L2's */
    CALLED_L1,     /* it had an interrupt to take while L2 ran */
    MAINTENANCE,   /* L1's was up after an exit */
    RAN_ON,        /* L2, with that up */
    HAPPENINGS,
};
static const char *const happenings[HAPPENINGS] = {
    "L1 took an interrupt",    "L2 took one",   "L2 ended one of L1's",
    "L2 trapped to L1",        "L1 was called", "L1 had a maintenance interrupt",
    "L2 ran on with that one",
};
static uint64_t happened[HAPPENINGS];

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

static bool percent(Pair *p, uint32_t n)
{
    return below(p, 100) < n;
}

static void trace(const Pair *p, const char *what, uint32_t encoding, uint64_t value)
{
    if (tracing) {
        fprintf(stderr, "%" PRIu64 " %s: %s %#x %#" PRIx64 "\n", p->step, p->in_l2 ? "L2" : "L1",
                what, encoding, value);
    }
}

static void same(const Pair *p, const char *what, unsigned which, uint64_t tcg, uint64_t hyp)
{
    if (tcg != hyp) {
        fail_msg("%s %u: %#" PRIx64 " on tcg, %#" PRIx64 " on hyp (--seed %" PRIu64
                 " --lrs %u, step %" PRIu64 "; L1 has %u list registers, %u priority bits%s)",
                 what, which, tcg, hyp, p->seed, p->hw_lrs, p->step, p->l1_lrs, p->bits,
                 p->memory ? ", VNCR" : "");
    }
}

/* Looking at the one that is always up to date */

static uint64_t tcg_ich(const Pair *p, uint32_t encoding)
{
    uint64_t value;

    assert_int_equal(vgic_sysreg_read(p->tcg, 0, &el2, encoding, &value), VGIC_OK);
    return value;
}

static bool l1_has_active(const Pair *p, uint32_t intid)
{
    VgicIrqInfo info;

    assert_true(vgic_irq_info(p->tcg, 0, intid, &info));
    return info.active;
}

/* Does L1 have something to take? */
static bool l1_is_called(const Pair *p)
{
    return vgic_cpu_lines(p->tcg, 0) & (VGIC_LINE_IRQ | VGIC_LINE_FIQ);
}

/* Comparing */

static void compare_registers(Pair *p, bool put)
{
    static const uint32_t registers[] = {ICH_HCR_EL2,  ICH_VTR_EL2,   ICH_MISR_EL2,
                                         ICH_EISR_EL2, ICH_ELRSR_EL2, ICH_VMCR_EL2};

    for (unsigned i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        same(p, "ICH register", i, tcg_ich(p, registers[i]), vm_l1_read(p->vm, 0, registers[i]));
    }
    for (unsigned n = 0; n < p->l1_lrs; n++) {
        uint32_t encoding = (uint32_t)ICH_LR_EL2(n);

        same(p, "ICH_LR", n, tcg_ich(p, encoding), vm_l1_read(p->vm, 0, encoding));
    }
    for (unsigned i = 0; put && i < (p->bits == 5 ? 1 : p->bits == 6 ? 2 : 4); i++) {
        same(p, "ICH_AP0R", i, tcg_ich(p, ICH_AP0R0_EL2 + i),
             vm_l1_read(p->vm, 0, ICH_AP0R0_EL2 + i));
        same(p, "ICH_AP1R", i, tcg_ich(p, ICH_AP1R0_EL2 + i),
             vm_l1_read(p->vm, 0, ICH_AP1R0_EL2 + i));
    }
}

static void compare_interrupts(const Pair *p)
{
    for (unsigned i = 0; i < INTERRUPTS; i++) {
        VgicIrqInfo tcg, hyp = vm_info(p->vm, 0, intids[i]);

        assert_true(vgic_irq_info(p->tcg, 0, intids[i], &tcg));
        same(p, "pending", intids[i], tcg.pending, hyp.pending);
        same(p, "active", intids[i], tcg.active, hyp.active);
        same(p, "latch", intids[i], tcg.latch, hyp.latch);
        same(p, "wire", intids[i], tcg.wire, hyp.wire);
    }
}

/* L2's virtual lines are shown while the vCPU is @p out. */
static void compare_lines(const Pair *p, bool out)
{
    uint32_t shown = ALL_LINES | (out ? VGIC_LINE_VIRQ | VGIC_LINE_VFIQ | VGIC_LINE_VNMI : 0u);

    happened[MAINTENANCE] += (vgic_cpu_lines(p->tcg, 0) & VGIC_LINE_MAINTENANCE) != 0;
    same(p, "lines", 0, vgic_cpu_lines(p->tcg, 0) & shown, vgic_cpu_lines(p->vm->gic, 0));
}

static void compare_states(const Pair *p)
{
    size_t tcg_size, hyp_size;
    void *tcg = vgic_save(p->tcg, &tcg_size, NULL), *hyp = vgic_save(p->vm->gic, &hyp_size, NULL);

    assert_non_null(tcg);
    assert_non_null(hyp);
    same(p, "size of state", 0, tcg_size, hyp_size);
    same(p, "state", 0, 0, memcmp(tcg, hyp, tcg_size) != 0);
    vgic_state_free(tcg);
    vgic_state_free(hyp);
}

/* All there is, with the vCPU off its physical CPU; then it goes on. */
static void compare_all(Pair *p)
{
    VgicHypContext context = p->in_l2 ? VGIC_HYP_NESTED : VGIC_HYP_GUEST;

    vm_put(p->vm, 0);
    compare_registers(p, true);
    compare_interrupts(p);
    compare_lines(p, true);
    if (percent(p, 10)) {
        compare_states(p);
    }
    host_forget(&p->vm->host);
    vm_load(p->vm, 0, context);
}

/* Between L1 and L2 */

static void go_to_l1(Pair *p)
{
    trace(p, "to L1", 0, 0);
    p->in_l2 = false;
    vm_load(p->vm, 0, VGIC_HYP_GUEST);
    vm_enter(p->vm, 0);
    assert_int_equal(p->vm->entry[0], VGIC_HYP_ENTER);
}

/* Goes on with L2, or L1 if it is called. */
static void enter_l2(Pair *p)
{
    vm_enter(p->vm, 0);
    same(p, "switch to L1", 0, l1_is_called(p), p->vm->entry[0] == VGIC_HYP_SWITCH);
    if (!p->vm->in_guest[0]) {
        happened[CALLED_L1]++;
        go_to_l1(p);
    } else if (vgic_cpu_lines(p->tcg, 0) & VGIC_LINE_MAINTENANCE) {
        happened[RAN_ON]++;
    }
}

static void go_to_l2(Pair *p)
{
    trace(p, "to L2", 0, 0);
    p->in_l2 = true;
    vm_load(p->vm, 0, VGIC_HYP_NESTED);
    enter_l2(p);
}

/* After each step of L2's: what made it exit may have been for L1. */
static void after_l2(Pair *p)
{
    if (!p->vm->in_guest[0]) {
        same(p, "switch to L1", 1, l1_is_called(p), true);
        happened[CALLED_L1]++;
        compare_registers(p, false);
        go_to_l1(p);
    } else if (percent(p, 50)) {
        vm_exit(p->vm, 0);
        if (percent(p, 30)) {
            compare_all(p);
        } else {
            compare_registers(p, false);
            compare_interrupts(p);
            compare_lines(p, false);
        }
        enter_l2(p);
    }
}

/* L1's registers */

static void l1_write(Pair *p, uint32_t encoding, uint64_t value)
{
    trace(p, "write", encoding, value);
    assert_int_equal(vgic_sysreg_write(p->tcg, 0, &el2, encoding, value), VGIC_OK);
    vm_l1_write(p->vm, 0, encoding, value);
    if (p->memory && percent(p, 70)) {
        vm_bounce(p->vm, 0); /* or nobody notices ... */
    } else if (p->memory) {
        go_to_l2(p); /* ... before this */
    }
}

static uint64_t priority(Pair *p)
{
    return next_random(p) & 0xFF & 0xFFu << (8 - p->bits);
}

static uint64_t pick_pintid(Pair *p)
{
    unsigned first = below(p, INTERRUPTS);

    if (percent(p, 15)) {
        return next_random(p) & 0x1FFF;
    }
    for (unsigned i = 0; i < INTERRUPTS && percent(p, 95); i++) {
        uint32_t intid = intids[(first + i) % INTERRUPTS];

        if (l1_has_active(p, intid)) {
            return intid;
        }
    }
    return intids[first];
}

static void write_lr(Pair *p)
{
    static const uint8_t states[] = {LR_PENDING, LR_PENDING, LR_PENDING, LR_PENDING, LR_PENDING,
                                     LR_ACTIVE,  LR_BOTH,    LR_INVALID, LR_INVALID, LR_PENDING};
    unsigned n = below(p, p->l1_lrs);
    uint32_t vintid = percent(p, 3) ? SPECIAL + below(p, 4) : p->vintids[below(p, VINTIDS)];
    uint64_t lr =
        list_register((LrState)states[below(p, 10)], percent(p, 65), (uint8_t)priority(p), vintid);

    if (percent(p, 45) && lr_state(lr) != LR_BOTH && vintid - SPECIAL >= 4) {
        lr |= LR_HW | pick_pintid(p) << 32;
    } else if (percent(p, 35)) {
        lr |= LR_EOI;
    }
    l1_write(p, (uint32_t)ICH_LR_EL2(n), lr);
}

static void write_hcr(Pair *p)
{
    uint64_t hcr = percent(p, 92) ? ICH_EN : 0;

    for (unsigned bit = 1; bit < 8; bit++) {
        hcr |= (uint64_t)percent(p, 8) << bit;
    }
    hcr |= percent(p, 4) ? ICH_TC : 0;
    hcr |= percent(p, 4) ? ICH_TALL0 : 0;
    hcr |= percent(p, 4) ? ICH_TALL1 : 0;
    hcr |= percent(p, 6) ? ICH_TDIR : 0;
    hcr |= percent(p, 20) ? (uint64_t)below(p, 32) << 27 : 0;
    l1_write(p, ICH_HCR_EL2, hcr);
}

static void write_vmcr(Pair *p)
{
    uint32_t least = 7 - (p->bits < 7 ? p->bits : 7);
    uint64_t pmr = percent(p, 80) ? 0xFF & 0xFFu << (8 - p->bits) : priority(p);
    uint64_t vmcr = pmr << VPMR_SHIFT | VFIQEN;

    vmcr |= (uint64_t)(percent(p, 60) ? least : least + below(p, 8 - least)) << VBPR0_SHIFT;
    vmcr |= (uint64_t)(percent(p, 60) ? least + 1 : least + 1 + below(p, 7 - least)) << VBPR1_SHIFT;
    vmcr |= (percent(p, 85) ? VENG0 : 0) | (percent(p, 90) ? VENG1 : 0);
    vmcr |= (percent(p, 30) ? VEOIM : 0) | (percent(p, 20) ? VCBPR : 0);
    l1_write(p, ICH_VMCR_EL2, vmcr);
}

static void write_ap(Pair *p)
{
    uint32_t words = p->bits == 5 ? 1 : p->bits == 6 ? 2 : 4;
    uint32_t encoding = (percent(p, 50) ? ICH_AP0R0_EL2 : ICH_AP1R0_EL2) + below(p, words);

    l1_write(p, encoding, percent(p, 60) ? 0 : (uint64_t)1 << below(p, 31));
}

static void look(Pair *p)
{
    static const uint32_t registers[] = {ICH_MISR_EL2, ICH_EISR_EL2, ICH_ELRSR_EL2};
    unsigned which = below(p, 3);

    same(p, "looked at ICH register", which, tcg_ich(p, registers[which]),
         vm_l1_read(p->vm, 0, registers[which]));
}

/* L1's own interrupts */

static uint64_t l1_icc_read(Pair *p, uint32_t encoding)
{
    uint64_t tcg = tcg_ich(p, encoding);

    trace(p, "read", encoding, tcg);
    same(p, "L1 reads", encoding, tcg, vm_read(p->vm, 0, encoding));
    return tcg;
}

static void l1_icc_write(Pair *p, uint32_t encoding, uint64_t value)
{
    trace(p, "write", encoding, value);
    assert_int_equal(vgic_sysreg_write(p->tcg, 0, &el2, encoding, value), VGIC_OK);
    vm_write(p->vm, 0, encoding, value);
}

static void l1_takes(Pair *p)
{
    bool fiq = vgic_cpu_lines(p->tcg, 0) & VGIC_LINE_FIQ;
    int group = percent(p, 90) ? !fiq : fiq;
    uint32_t intid = (uint32_t)l1_icc_read(p, group ? ICC_IAR1_EL1 : ICC_IAR0_EL1);

    if (intid < SPECIAL) {
        happened[L1_TOOK]++;
        assert_true(p->taken_count <= INTERRUPTS);
        p->taken[p->taken_count].intid = intid;
        p->taken[p->taken_count++].group = group;
    }
}

static void l1_drops(Pair *p)
{
    if (p->taken_count) {
        p->taken_count--;
        l1_icc_write(p, p->taken[p->taken_count].group ? ICC_EOIR1_EL1 : ICC_EOIR0_EL1,
                     p->taken[p->taken_count].intid);
    }
}

/* Not what it still runs at the priority of: that would be a second one of it. */
static void l1_deactivates(Pair *p)
{
    uint32_t intid = intids[below(p, INTERRUPTS)];

    for (unsigned i = 0; i < p->taken_count; i++) {
        if (p->taken[i].intid == intid) {
            return;
        }
    }
    l1_icc_write(p, ICC_DIR_EL1, intid);
}

static void l1_interface(Pair *p)
{
    static const uint32_t reads[] = {ICC_HPPIR0_EL1, ICC_HPPIR1_EL1, ICC_RPR_EL1, ICC_PMR_EL1};

    if (percent(p, 60)) {
        l1_icc_read(p, reads[below(p, 4)]);
    } else if (percent(p, 50)) {
        l1_icc_write(p, ICC_PMR_EL1, percent(p, 70) ? 0xFF : priority(p));
    } else {
        l1_icc_write(p, percent(p, 50) ? ICC_IGRPEN0_EL1 : ICC_IGRPEN1_EL1, percent(p, 75));
    }
}

static void l1_frame_write(Pair *p, uint32_t intid, uint32_t local, uint32_t shared, uint32_t size,
                           uint64_t value)
{
    const char *frame = intid < 32 ? "GICR" : "GICD";
    uint32_t offset = intid < 32 ? local : shared;

    trace(p, frame, offset, value);
    assert_int_equal(
        vgic_frame_write(p->tcg, vgic_frame(p->tcg, frame), VGIC_NS, offset, size, value), VGIC_OK);
    vm_frame_write(p->vm, 0, frame, offset, size, value);
}

static void l1_distributor(Pair *p)
{
    static const uint32_t registers[][2] = {
        {GICR_ISENABLER0, GICD_ISENABLER(0)}, {GICR_ISENABLER0, GICD_ISENABLER(0)},
        {GICR_ICENABLER0, GICD_ICENABLER(0)}, {GICR_ISPENDR0, GICD_ISPENDR(0)},
        {GICR_ICPENDR0, GICD_ICPENDR(0)},     {GICR_ISACTIVER0, GICD_ISACTIVER(0)},
        {GICR_ICACTIVER0, GICD_ICACTIVER(0)},
    };
    uint32_t intid = percent(p, 30) ? MAINTENANCE_PPI : intids[below(p, INTERRUPTS)];
    unsigned which = below(p, percent(p, 70) ? 3 : 7);

    l1_frame_write(p, intid, registers[which][0], registers[which][1] + 4, 4, 1u << intid % 32);
}

/* Wires change while either runs. */
static void drive(Pair *p)
{
    unsigned i = below(p, INTERRUPTS);
    uint32_t intid = intids[i];

    if (intid < 16 || intid == MAINTENANCE_PPI) {
        return;
    }
    p->wire[i] ^= true;
    trace(p, "wire", intid, p->wire[i]);
    if (intid < 32) {
        vgic_ppi_set_level(p->tcg, 0, intid, p->wire[i]);
    } else {
        vgic_spi_set_level(p->tcg, intid, p->wire[i]);
    }
    vm_wire(p->vm, 0, intid, p->wire[i]);
}

static void l1_step(Pair *p)
{
    uint32_t kind = below(p, 100);

    if (l1_is_called(p) && percent(p, 40)) {
        l1_takes(p);
    } else if (kind < 28) {
        write_lr(p);
    } else if (kind < 34) {
        write_hcr(p);
    } else if (kind < 38) {
        write_vmcr(p);
    } else if (kind < 40) {
        write_ap(p);
    } else if (kind < 43) {
        look(p);
    } else if (kind < 53) {
        l1_takes(p);
    } else if (kind < 60) {
        l1_drops(p);
    } else if (kind < 70) {
        l1_deactivates(p);
    } else if (kind < 74) {
        l1_interface(p);
    } else if (kind < 80) {
        l1_distributor(p);
    } else if (kind < 86) {
        drive(p);
    } else {
        go_to_l2(p);
    }
    if (!p->in_l2 && percent(p, 30)) {
        compare_all(p);
        vm_enter(p->vm, 0);
    }
}

/* L2 */

/* The list register with the best active priority, sometimes any; 0: none. */
static uint64_t pick_active(Pair *p)
{
    bool any = percent(p, 20);
    uint64_t found = 0;

    for (unsigned n = 0; n < p->l1_lrs; n++) {
        uint64_t lr = tcg_ich(p, (uint32_t)ICH_LR_EL2(n));

        if (lr >> 63 && (!found || (any && percent(p, 50)) ||
                         (!any && (lr >> 48 & 0xFF) < (found >> 48 & 0xFF)))) {
            found = lr;
        }
    }
    return found;
}

static void pick_end(Pair *p, uint32_t *encoding, uint64_t *value)
{
    uint64_t lr = pick_active(p);
    bool group1 = lr ? lr & LR_GROUP1 : percent(p, 50);

    *value = lr && percent(p, 88) ? (uint32_t)lr : p->vintids[below(p, VINTIDS)];
    group1 ^= percent(p, 5);
    *encoding = percent(p, 30) ? ICC_DIR_EL1 : group1 ? ICC_EOIR1_EL1 : ICC_EOIR0_EL1;
}

/* Returns whether it is a write. */
static bool pick_l2_access(Pair *p, uint32_t *encoding, uint64_t *value)
{
    static const uint32_t interface[] = {ICC_PMR_EL1,     ICC_BPR0_EL1,    ICC_BPR1_EL1,
                                         ICC_IGRPEN0_EL1, ICC_IGRPEN1_EL1, ICC_CTLR_EL1,
                                         ICC_AP0R0_EL1,   ICC_AP1R0_EL1,   ICC_SGI1R_EL1};
    static const uint32_t reads[] = {ICC_HPPIR0_EL1, ICC_HPPIR1_EL1, ICC_RPR_EL1};
    uint32_t kind = below(p, 100), which = below(p, 9);
    const uint64_t usual[] = {0xFF, 0, 0, 1, 1, percent(p, 30) ? 2 : 0, 0, 0, 0};

    bool irq = vgic_cpu_lines(p->tcg, 0) & VGIC_LINE_VIRQ;
    bool fiq = vgic_cpu_lines(p->tcg, 0) & VGIC_LINE_VFIQ;

    *value = 0;
    if (kind < 15 || ((irq || fiq) && kind < 50)) {
        *encoding = percent(p, 5) || irq ? ICC_IAR1_EL1 : ICC_IAR0_EL1;
        return false;
    }
    if (kind < 80) {
        pick_end(p, encoding, value);
        return true;
    }
    if (kind < 90) {
        *encoding = reads[below(p, 3)];
        return false;
    }
    *encoding = interface[which];
    *value = percent(p, 70) ? usual[which] : next_random(p) & UINT32_MAX;
    return *encoding == ICC_SGI1R_EL1 || percent(p, 70);
}

static unsigned count_active(const Pair *p)
{
    unsigned count = 0;

    for (unsigned i = 0; i < INTERRUPTS; i++) {
        count += l1_has_active(p, intids[i]);
    }
    return count;
}

static void l2_step(Pair *p)
{
    unsigned active = count_active(p);
    uint64_t tcg, hyp;
    uint32_t encoding;
    bool write = pick_l2_access(p, &encoding, &tcg);
    VgicResult result;

    hyp = tcg;
    trace(p, write ? "write" : "read", encoding, tcg);
    result = write ? vgic_sysreg_write(p->tcg, 0, &el1, encoding, tcg)
                   : vgic_sysreg_read(p->tcg, 0, &el1, encoding, &tcg);
    same(p, "L2's result", encoding, result, vm_l2_access(p->vm, 0, encoding, write, &hyp));
    same(p, "L2 reads", encoding, tcg, hyp);
    happened[L2_ENDED_L1S] += count_active(p) < active;
    happened[L2_TOOK] +=
        (encoding == ICC_IAR0_EL1 || encoding == ICC_IAR1_EL1) && tcg && tcg - SPECIAL >= 4;
    if (result == VGIC_TRAP_EL2) {
        happened[TRAPPED_TO_L1]++;
        compare_registers(p, false);
        if (percent(p, 50)) {
            go_to_l1(p);
        } else {
            enter_l2(p);
        }
        return;
    }
    after_l2(p);
}

/* What stands in a list register of L1's becomes active again, by another vCPU of L1's. */
static void make_active_again(Pair *p)
{
    uint64_t lr = tcg_ich(p, ICH_LR_EL2(0) + below(p, p->l1_lrs < 8 ? p->l1_lrs : 8));
    uint32_t pintid = lr >> 32 & 0x1FFF;

    for (unsigned i = 0; i < INTERRUPTS; i++) {
        if (lr & LR_HW && intids[i] == pintid) {
            l1_frame_write(p, pintid, GICR_ISACTIVER0, GICD_ISACTIVER(0) + 4, 4, 1u << pintid % 32);
        }
    }
}

/* What happens to L1 while L2 runs, with nothing of L2's that L1 does not know of: L1 is called at
 * once. */
static void l2_is_disturbed(Pair *p)
{
    vm_exit(p->vm, 0);
    if (percent(p, 20)) {
        l1_distributor(p); /* as another vCPU of L1's would */
    } else if (percent(p, 30)) {
        make_active_again(p);
    }
    enter_l2(p);
    if (p->in_l2) {
        drive(p);
        same(p, "call of L1", 0, l1_is_called(p), !p->vm->in_guest[0]);
        after_l2(p);
    }
}

static void run_l2(Pair *p)
{
    uint32_t kind = below(p, 100);

    if (kind < 80) {
        l2_step(p);
    } else if (kind < 85) {
        drive(p);
        after_l2(p);
    } else if (kind < 92) {
        l2_is_disturbed(p);
    } else {
        go_to_l1(p);
    }
}

/* A machine */

static void configure_interrupts(Pair *p)
{
    unsigned first = below(p, 32);

    for (unsigned i = 0; i < INTERRUPTS; i++) {
        uint32_t intid = intids[i];
        bool edge = intid != MAINTENANCE_PPI && percent(p, 50);
        uint64_t level = (first + i * 5) % 32 * 8; /* different in five bits */

        vm_configure(p->vm, 0, intid, percent(p, 65), (uint8_t)level, edge);
    }
}

/* The tcg one is given what the other one was configured to. */
static void copy_configuration(Pair *p)
{
    size_t size;
    void *state;

    vm_put(p->vm, 0);
    state = vgic_save(p->vm->gic, &size, NULL);
    assert_non_null(state);
    assert_true(vgic_load(p->tcg, state, size, NULL));
    vgic_state_free(state);
}

static void open_pair(Pair *p)
{
    static const uint64_t traps[] = {0, 0, 0, ICH_TDIR, ICH_TC, ICH_TALL0 | ICH_TALL1};
    VgicIchOptions own, hw = {.list_registers = p->hw_lrs};
    VgicConfig config;

    p->bits = 5 + below(p, 4);
    p->l1_lrs = percent(p, 50) ? p->hw_lrs : 1 + below(p, p->hw_lrs);
    p->memory = percent(p, 40);
    hw.priority_bits = p->bits;
    own = hw;
    own.list_registers = p->l1_lrs;
    config = (VgicConfig)VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = SHARED, .el2 = true,
                                          .priority_bits = p->bits, .ich_options = own,
                                          .maintenance_intid = MAINTENANCE_PPI);
    p->tcg = vgic_new(&config, NULL, NULL, NULL);
    assert_non_null(p->tcg);
    p->vm = vm_new_trapping(&config, simulated_interface(1, &hw, false), traps[below(p, 6)]);
    for (unsigned i = 0; i < VINTIDS; i++) {
        p->vintids[i] = i == 0 ? below(p, 16) : i < 6 ? 16 + below(p, 1004) : 8192 + below(p, 3);
    }
    vm_start(p->vm);
    configure_interrupts(p);
    copy_configuration(p);
    if (p->memory) {
        vm_use_vncr(p->vm, 0);
        vm_l1_write(p->vm, 0, ICH_VMCR_EL2, tcg_ich(p, ICH_VMCR_EL2)); /* as after reset */
    }
    go_to_l1(p);
    l1_icc_write(p, ICC_PMR_EL1, 0xFF);
    l1_icc_write(p, ICC_IGRPEN0_EL1, 1);
    l1_icc_write(p, ICC_IGRPEN1_EL1, 1);
    l1_icc_write(p, ICC_CTLR_EL1, 2);
}

static void run_machine(uint64_t seed, unsigned lrs, uint64_t steps)
{
    Pair p = {.random = seed * 0x9E3779B97F4A7C15 | 1, .seed = seed, .hw_lrs = lrs};

    next_random(&p);
    open_pair(&p);
    for (p.step = 0; p.step < steps; p.step++) {
        if (p.in_l2) {
            run_l2(&p);
        } else {
            l1_step(&p);
        }
    }
    compare_all(&p);
    vm_free(p.vm);
    vgic_free(p.tcg);
}

static uint64_t first_seed = 1, all_steps = DEFAULT_STEPS;

static void run_machines(void **state)
{
    unsigned lrs = *(const unsigned *)*state;
    uint64_t seed = first_seed;

    for (uint64_t done = 0; done < all_steps; done += MACHINE_STEPS) {
        uint64_t left = all_steps - done;

        run_machine(seed++, lrs, left < MACHINE_STEPS ? left : MACHINE_STEPS);
    }
}

static void everything_happened(void **state)
{
    (void)state;
    for (unsigned i = 0; i < HAPPENINGS; i++) {
        printf("%8" PRIu64 " times %s\n", happened[i], happenings[i]);
    }
    for (unsigned i = 0; i < HAPPENINGS; i++) {
        assert_int_not_equal(happened[i], 0);
    }
}

int main(int argc, char **argv)
{
    static unsigned lrs[] = {1, 2, 4, 16};
    struct CMUnitTest tests[] = {
        {"with_1_list_register", run_machines, NULL, NULL, &lrs[0]},
        {"with_2_list_registers", run_machines, NULL, NULL, &lrs[1]},
        {"with_4_list_registers", run_machines, NULL, NULL, &lrs[2]},
        {"with_16_list_registers", run_machines, NULL, NULL, &lrs[3]},
        cmocka_unit_test(everything_happened),
    };
    const struct CMUnitTest one[] = {{"with_these_list_registers", run_machines, NULL, NULL, lrs}};
    bool only = false;

    for (int i = 1; i < argc; i++) {
        uint64_t number = i + 1 < argc ? strtoull(argv[i + 1], NULL, 0) : 0;

        if (strcmp(argv[i], "--trace") == 0) {
            tracing = true;
            continue;
        }
        if (strcmp(argv[i], "--seed") == 0) {
            first_seed = number;
        } else if (strcmp(argv[i], "--steps") == 0) {
            all_steps = number;
        } else if (strcmp(argv[i], "--lrs") == 0 && number >= 1 && number <= 16) {
            lrs[0] = (unsigned)number;
            only = true;
        } else {
            fprintf(stderr, "usage: %s [--seed N] [--steps N] [--lrs N] [--trace]\n", argv[0]);
            return 2;
        }
        i++;
    }
    return only ? cmocka_run_group_tests_name("hyp: nested model", one, NULL, NULL)
                : cmocka_run_group_tests_name("hyp: nested model", tests, NULL, NULL);
}
