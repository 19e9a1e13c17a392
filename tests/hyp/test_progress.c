/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No livelock: whatever mix of pending, active and group-disabled interrupts meets however few list
 * registers, no maintenance condition is true at entry, so that the guest always executes at least
 * an instruction between two exits; and it needs only so many exits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "hyp.h"

enum {
    MOST = 20, /* interrupts of all kinds together */
    SPIS = 96,
    FIRST_ACTIVE = 32,
    FIRST_PENDING = 64,
    FIRST_OFF = 96,
};

/* Exits of the worst mix, per interrupt taken or ended, in hundredths. */
static unsigned worst;

static Vm *start(unsigned list_registers)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = SPIS);
    VgicIchOptions options = {.list_registers = list_registers};
    Vm *vm = vm_new(&config, simulated_interface(1, &options, false));

    vm_start(vm);
    vm_enter(vm, 0);
    vm_write(vm, 0, ICC_PMR_EL1, 0xF8);
    vm_write(vm, 0, ICC_IGRPEN1_EL1, 1);
    return vm;
}

/* Exits and enters as a hypervisor does, and sees that nothing calls for the next exit already. */
static void bounce(Vm *vm)
{
    vm_bounce(vm, 0);
    if (vm_ich(vm, 0, ICH_MISR_EL2)) {
        fail_msg("ICH_MISR_EL2 is %#x at entry", (unsigned)vm_ich(vm, 0, ICH_MISR_EL2));
    }
}

/* Exits as long as something asks for it; the guest does nothing meanwhile. */
static unsigned settle(Vm *vm)
{
    unsigned exits = 0;

    while (vgic_cpu_lines(vm->gic, 0) & VGIC_LINE_KICK || vm->hw.maintenance(vm->hw.data, 0)) {
        bounce(vm);
        assert_true(++exits <= 1);
    }
    return exits;
}

/* One instruction of the guest. */
static uint32_t acknowledge(Vm *vm, unsigned *exits)
{
    uint64_t intid;

    assert_int_equal(vm->hw.guest_read(vm->hw.data, 0, ICC_IAR1_EL1, &intid), VGIC_OK);
    *exits += settle(vm);
    return (uint32_t)intid;
}

static void end(Vm *vm, uint32_t intid, unsigned *exits)
{
    assert_int_equal(vm->hw.guest_write(vm->hw.data, 0, ICC_EOIR1_EL1, intid), VGIC_OK);
    *exits += settle(vm);
}

static void pend(Vm *vm, uint32_t first, unsigned count)
{
    vm_frame_write(vm, 0, "GICD", GICD_ISPENDR(first / 32), 4, (1u << count) - 1);
}

/* Each preempts the one before. */
static void nest(Vm *vm, unsigned count)
{
    unsigned exits = 0;

    for (unsigned i = 0; i < count; i++) {
        vm_frame_write(vm, 0, "GICD", GICD_ISPENDR(FIRST_ACTIVE / 32), 4, 1u << i);
        assert_int_equal(acknowledge(vm, &exits), FIRST_ACTIVE + i);
    }
}

/* Takes and ends what may be taken; what. */
static unsigned drain(Vm *vm, unsigned *exits)
{
    unsigned taken = 0;

    for (;;) {
        uint32_t intid = acknowledge(vm, exits);

        if (intid == VGIC_INTID_SPURIOUS) {
            return taken;
        }
        assert_true(intid >= FIRST_PENDING && intid < FIRST_OFF);
        end(vm, intid, exits);
        taken++;
    }
}

/* All of the mix goes through the guest. */
static void play(Vm *vm, unsigned active, unsigned pending, unsigned off)
{
    unsigned exits = 0, taken, done = active + pending;

    nest(vm, active);
    pend(vm, FIRST_PENDING, pending);
    pend(vm, FIRST_OFF, off);
    bounce(vm);
    taken = drain(vm, &exits);
    for (unsigned i = active; i-- > 0;) {
        end(vm, FIRST_ACTIVE + i, &exits);
        taken += drain(vm, &exits);
    }
    assert_int_equal(taken, pending);
    assert_int_equal(vm_ich(vm, 0, ICH_AP1R0_EL2), 0);
    /* One exit brings what comes next, at most one more follows an end. */
    assert_true(exits <= 2 * done);
    if (done && 100 * exits / done > worst) {
        worst = 100 * exits / done;
    }
    vm_frame_write(vm, 0, "GICD", GICD_ICPENDR(FIRST_OFF / 32), 4, UINT32_MAX);
    for (unsigned i = 0; i < MOST; i++) {
        assert_false(vm_info(vm, 0, FIRST_ACTIVE + i).active);
    }
    vm_enter(vm, 0);
}

/* @p pending_first: what is pending preempts what is active. */
static void configure(Vm *vm, bool pending_first)
{
    uint8_t high = pending_first ? 0xA8 : 0x98, low = pending_first ? 0x00 : 0xA0;

    for (unsigned i = 0; i < MOST; i++) {
        uint8_t step = (uint8_t)(8 * i);

        /* Actives nest downwards; pending ones share few priorities. */
        vm_configure(vm, 0, FIRST_ACTIVE + i, 1,
                     (uint8_t)(pending_first ? 0xF0 - step : high - step), true);
        vm_configure(vm, 0, FIRST_PENDING + i, 1,
                     (uint8_t)(low + (pending_first ? i % 4 * 8 : i % 8 * 8)), true);
        vm_configure(vm, 0, FIRST_OFF + i, 0, 0x10, true);
    }
}

static void every_mix_makes_progress_with(unsigned list_registers)
{
    Vm *vm = start(list_registers);

    worst = 0;
    for (unsigned order = 0; order < 2; order++) {
        configure(vm, order);
        for (unsigned active = 0; active <= MOST; active++) {
            for (unsigned pending = 0; active + pending <= MOST; pending++) {
                for (unsigned off = 0; active + pending + off <= MOST; off++) {
                    play(vm, active, pending, off);
                }
            }
        }
    }
    printf("%u list registers: %u.%02u exits for an interrupt at most\n", list_registers,
           worst / 100, worst % 100);
    vm_free(vm);
}

static void every_mix_makes_progress_with_1_list_register(void **state)
{
    (void)state;
    every_mix_makes_progress_with(1);
}

static void every_mix_makes_progress_with_2_list_registers(void **state)
{
    (void)state;
    every_mix_makes_progress_with(2);
}

static void every_mix_makes_progress_with_4_list_registers(void **state)
{
    (void)state;
    every_mix_makes_progress_with(4);
}

static void every_mix_makes_progress_with_16_list_registers(void **state)
{
    (void)state;
    every_mix_makes_progress_with(16);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mix_makes_progress_with_1_list_register),
        cmocka_unit_test(every_mix_makes_progress_with_2_list_registers),
        cmocka_unit_test(every_mix_makes_progress_with_4_list_registers),
        cmocka_unit_test(every_mix_makes_progress_with_16_list_registers),
    };

    return cmocka_run_group_tests_name("hyp: progress", tests, NULL, NULL);
}
