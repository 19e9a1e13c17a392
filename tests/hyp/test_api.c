/* SPDX-License-Identifier: BSD-2-Clause */
/* A vCPU on list registers: the calls of hyp.h, and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hyp.h"

static const VgicIchOptions four = {.list_registers = 4, .priority_bits = 5, .preemption_bits = 5};

static Vm *vm_with(uint32_t cpus, unsigned list_registers)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = cpus, .spis = 64);
    VgicIchOptions options = four;
    Vm *vm;

    options.list_registers = list_registers;
    vm = vm_new(&config, simulated_interface(cpus, &options, false));
    vm_start(vm);
    for (uint32_t i = 0; i < cpus; i++) {
        vm_enter(vm, i);
        vm_write(vm, i, ICC_PMR_EL1, 0xF8);
        vm_write(vm, i, ICC_IGRPEN1_EL1, 1);
    }
    return vm;
}

static void a_guest_takes_and_ends_more_interrupts_than_there_are_list_registers(void **state)
{
    Vm *vm = vm_with(1, 1);

    (void)state;
    for (uint32_t intid = 40; intid < 60; intid++) {
        vm_configure(vm, 0, intid, 1, (uint8_t)(0xF0 - 8 * (intid - 40)), true);
    }
    for (uint32_t intid = 40; intid < 60; intid++) {
        vm_pulse(vm, 0, intid);
    }
    for (uint32_t intid = 59; intid >= 40; intid--) {
        assert_int_equal(vm_iar(vm, 0, 1), intid);
        vm_eoir(vm, 0, 1, intid);
    }
    assert_int_equal(vm_iar(vm, 0, 1), VGIC_INTID_SPURIOUS);
    vm_free(vm);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guest_takes_and_ends_more_interrupts_than_there_are_list_registers),
    };

    return cmocka_run_group_tests_name("hyp: api", tests, NULL, NULL);
}
