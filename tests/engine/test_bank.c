/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules of a CPU interface over a bank, as the physical interface (ICC) and as a virtual one
 * (ICV) uses them. The virtual interface here is the smallest that takes and ends interrupts out of
 * list registers; it shares the bank and nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

#include "core/bank.h"

enum {
    LRS = 8,
    INVALID = 0,
    PENDING = 1,
    ACTIVE = 2,
    STEPS = 40000,
};

typedef struct ListRegister {
    uint32_t intid;
    uint8_t priority, group, state;
} ListRegister;

typedef struct Icv {
    VgicBank bank;
    ListRegister lr[LRS];
} Icv;

/* ICV_IAR: the best pending list register of either group, if it is of this group and may be
 * signalled. */
static uint32_t icv_iar(Icv *icv, unsigned group)
{
    ListRegister *best = NULL;

    for (unsigned i = 0; i < LRS; i++) {
        ListRegister *lr = &icv->lr[i];

        if (lr->state == PENDING && (!best || lr->priority < best->priority)) {
            best = lr;
        }
    }
    if (!best || best->group != group || !vgic_bank_signals(&icv->bank, group, best->priority)) {
        return VGIC_INTID_SPURIOUS;
    }
    vgic_bank_activate(&icv->bank, group, best->priority, false);
    best->state = ACTIVE;
    return best->intid;
}

/* ICV_EOIR with VEOIM = 0. */
static void icv_eoir(Icv *icv, unsigned group, uint32_t intid)
{
    if (vgic_bank_top_group(&icv->bank) != (int)group) {
        return;
    }
    vgic_bank_drop(&icv->bank, group);
    for (unsigned i = 0; i < LRS; i++) {
        if (icv->lr[i].state == ACTIVE && icv->lr[i].intid == intid) {
            icv->lr[i].state = INVALID;
        }
    }
}

static const VgicCpuState el1 = {.el = 1, .space = VGIC_NS};

static uint32_t icc_read(Vgic *gic, uint32_t reg)
{
    uint64_t value;

    assert_int_equal(vgic_sysreg_read(gic, 0, &el1, reg, &value), VGIC_OK);
    return (uint32_t)value;
}

static void icc_write(Vgic *gic, uint32_t reg, uint64_t value)
{
    assert_int_equal(vgic_sysreg_write(gic, 0, &el1, reg, value), VGIC_OK);
}

/* A GIC with edge-triggered SPIs 32 to 39 of alternating groups, each with a priority of its own.
 */
static Vgic *make_gic(Icv *icv, unsigned priority_bits)
{
    VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 32, .priority_bits = priority_bits);
    Vgic *gic = vgic_new(&config, NULL, NULL, NULL);
    const VgicFrame *dist = vgic_frame(gic, "GICD");

    vgic_bank_init(&icv->bank, priority_bits, priority_bits < 7 ? priority_bits : 7);
    vgic_frame_write(gic, dist, VGIC_NS, GICD_CTLR, 4, 0x13);
    vgic_frame_write(gic, dist, VGIC_NS, GICD_ICFGR(2), 4, 0xAAAA);
    vgic_frame_write(gic, dist, VGIC_NS, GICD_IGROUPR(1), 4, 0xAA);
    for (uint32_t i = 0; i < LRS; i++) {
        uint8_t priority = (uint8_t)(0xE0 - 0x10 * i);

        icv->lr[i] = (ListRegister){32 + i, priority, i % 2 ? VGIC_G1NS : VGIC_G0, INVALID};
        vgic_frame_write(gic, dist, VGIC_NS, GICD_IPRIORITYR(8) + i, 1, priority);
    }
    vgic_frame_write(gic, dist, VGIC_NS, GICD_ISENABLER(1), 4, 0xFF);
    icc_write(gic, ICC_IGRPEN0_EL1, 1);
    icc_write(gic, ICC_IGRPEN1_EL1, 1);
    return gic;
}

static void inject(Vgic *gic, Icv *icv)
{
    ListRegister *lr = &icv->lr[rand() % LRS];

    /* One that is active would latch in the GIC only; a list register has no room for that here. */
    if (lr->state == INVALID) {
        lr->state = PENDING;
        vgic_spi_pulse(gic, lr->intid);
    }
}

/* Acknowledges in one group through both interfaces; what was acknowledged goes onto the stack. */
static void acknowledge(Vgic *gic, Icv *icv, uint32_t *stack, unsigned *depth)
{
    bool group1 = rand() % 2;
    uint32_t physical = icc_read(gic, group1 ? ICC_IAR1_EL1 : ICC_IAR0_EL1);
    uint32_t virtual = icv_iar(icv, group1 ? VGIC_G1NS : VGIC_G0);

    assert_int_equal(physical, virtual);
    if (physical != VGIC_INTID_SPURIOUS) {
        stack[(*depth)++] = physical;
    }
}

static void end(Vgic *gic, Icv *icv, uint32_t *stack, unsigned *depth)
{
    uint32_t intid;

    if (*depth == 0) {
        return;
    }
    intid = stack[--*depth];
    icc_write(gic, intid % 2 ? ICC_EOIR1_EL1 : ICC_EOIR0_EL1, intid);
    icv_eoir(icv, intid % 2 ? VGIC_G1NS : VGIC_G0, intid);
}

static void change_masks(Vgic *gic, Icv *icv)
{
    uint8_t value = (uint8_t)rand();

    switch (rand() % 4) {
    case 0:
        icc_write(gic, ICC_PMR_EL1, value);
        vgic_store8(&icv->bank.pmr, vgic_bank_priority(&icv->bank, value));
        break;
    case 1:
        icc_write(gic, ICC_BPR0_EL1, value);
        vgic_bank_set_bpr(&icv->bank, VGIC_G0, value);
        break;
    case 2:
        icc_write(gic, ICC_CTLR_EL1, value & 1);
        vgic_bank_set_cbpr(&icv->bank, VGIC_G1NS, value & 1);
        break;
    default:
        icc_write(gic, ICC_CTLR_EL1, 0);
        vgic_bank_set_cbpr(&icv->bank, VGIC_G1NS, false);
        icc_write(gic, ICC_BPR1_EL1, value);
        vgic_bank_set_bpr(&icv->bank, VGIC_G1NS, value);
        break;
    }
}

static void physical_and_virtual_interface_agree_step_by_step(void **state)
{
    (void)state;
    srand(2);
    for (unsigned bits = 4; bits <= 8; bits++) {
        static Icv icv;
        Vgic *gic = make_gic(&icv, bits);
        uint32_t stack[256], taken = 0;
        unsigned depth = 0;

        for (int step = 0; step < STEPS; step++) {
            unsigned before = depth;

            switch (rand() % 8) {
            case 0:
                /* Masks change while nothing is active: the order of ends is then that of
                 * acknowledges. */
                if (depth == 0) {
                    change_masks(gic, &icv);
                }
                break;
            case 1:
            case 2:
                inject(gic, &icv);
                break;
            case 3:
            case 4:
                acknowledge(gic, &icv, stack, &depth);
                taken += depth > before;
                break;
            default:
                end(gic, &icv, stack, &depth);
                break;
            }
            assert_int_equal(icc_read(gic, ICC_RPR_EL1), icv.bank.running);
            assert_true(vgic_bank_is_consistent(&icv.bank));
        }
        assert_true(taken > 1000);
        vgic_free(gic);
    }
}

static void the_virtual_drop_takes_group_0_first_when_both_have_the_level(void **state)
{
    VgicBank bank;

    (void)state;
    vgic_bank_init(&bank, 5, 5);
    vgic_bank_set_apr(&bank, VGIC_G0, 0, 1 << 4);
    vgic_bank_set_apr(&bank, VGIC_G1NS, 0, 1 << 4 | 1 << 9);
    assert_int_equal(vgic_bank_top_group(&bank), VGIC_G0);
    vgic_bank_drop(&bank, VGIC_G0);
    assert_int_equal(vgic_bank_top_group(&bank), VGIC_G1NS);
    assert_int_equal(bank.running, 4 << 3);
    vgic_bank_drop(&bank, VGIC_G1NS);
    assert_int_equal(bank.running, 9 << 3);
}

static void minimum_binary_points_follow_the_preemption_bits(void **state)
{
    (void)state;
    for (unsigned m = 4; m <= 7; m++) {
        VgicBank bank;

        vgic_bank_init(&bank, m, m);
        for (unsigned value = 0; value < 8; value++) {
            vgic_bank_set_bpr(&bank, VGIC_G0, value);
            vgic_bank_set_bpr(&bank, VGIC_G1NS, value);
            assert_int_equal(bank.bpr[VGIC_G0], value < 7 - m ? 7 - m : value);
            assert_int_equal(bank.bpr[VGIC_G1NS], value < 8 - m ? 8 - m : value);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(physical_and_virtual_interface_agree_step_by_step),
        cmocka_unit_test(the_virtual_drop_takes_group_0_first_when_both_have_the_level),
        cmocka_unit_test(minimum_binary_points_follow_the_preemption_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
