/* SPDX-License-Identifier: BSD-2-Clause */
#include "referee_scenarios.h"

#include <stdio.h>
#include <stdlib.h>

/* The VM */

Vm *begin_as(const VgicConfig *config, unsigned list_registers, bool eoimode)
{
    Vm *vm = vm_new(config, referee_interface(list_registers));

    vm_start(vm);
    vm_enter(vm, 0);
    vm_write(vm, 0, ICC_PMR_EL1, 0xFF);
    assert_int_equal(vm_read(vm, 0, ICC_PMR_EL1), 0xF8);
    assert_int_equal(vm_read(vm, 0, ICC_BPR0_EL1), 2);
    assert_int_equal(vm_read(vm, 0, ICC_BPR1_EL1), 3);
    vm_write(vm, 0, ICC_CTLR_EL1, eoimode ? EOIMODE : 0);
    vm_write(vm, 0, ICC_IGRPEN1_EL1, 1);
    vm_exit(vm, 0);
    vm_forget(vm);
    return vm;
}

Vm *begin(unsigned list_registers, bool eoimode)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 96);

    return begin_as(&config, list_registers, eoimode);
}

Vm *begin_off(unsigned list_registers, bool eoimode)
{
    Vm *vm = begin(list_registers, eoimode);

    vm->maintenance_off = true;
    return vm;
}

void edge(Vm *vm, uint32_t intid, uint8_t priority)
{
    vm_configure(vm, 0, intid, 1, priority, true);
}

void level(Vm *vm, uint32_t intid, uint8_t priority)
{
    vm_configure(vm, 0, intid, 1, priority, false);
}

void edges(Vm *vm, uint32_t first, const uint8_t *priorities, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        edge(vm, first + i, priorities[i]);
    }
}

/* Steps */

void inject(Vm *vm, const uint32_t *intids)
{
    if (vm->in_guest[0]) {
        vm_exit(vm, 0);
    }
    for (; *intids; intids++) {
        vm_pulse(vm, 0, *intids);
    }
    vm_enter(vm, 0);
}

void taken(Vm *vm, uint32_t intid)
{
    assert_int_equal(vm_iar(vm, 0, 1), intid);
}

void nothing(Vm *vm)
{
    taken(vm, VGIC_INTID_SPURIOUS);
}

void end(Vm *vm, uint32_t intid)
{
    vm_eoir(vm, 0, 1, intid);
}

void deactivate(Vm *vm, uint32_t intid)
{
    vm_dir(vm, 0, intid);
}

void nest(Vm *vm, const uint32_t *intids)
{
    for (; *intids; intids++) {
        INJECT(vm, *intids);
        taken(vm, *intids);
    }
    vm_bounce(vm, 0);
    vm_forget(vm);
}

void drop(Vm *vm, const uint32_t *intids)
{
    for (; *intids; intids++) {
        end(vm, *intids);
    }
}

uint64_t quick(Vm *vm, uint32_t encoding, bool write, uint64_t value)
{
    VgicResult result = write ? vm->hw.guest_write(vm->hw.data, 0, encoding, value)
                              : vm->hw.guest_read(vm->hw.data, 0, encoding, &value);

    assert_int_equal(result, VGIC_OK);
    return value;
}

/* Expectations */

static int by_intid(const void *a, const void *b)
{
    uint32_t left = (uint32_t) * (const uint64_t *)a, right = (uint32_t) * (const uint64_t *)b;

    return left < right ? -1 : left > right;
}

void expect_lrs(Vm *vm, const char *want)
{
    static const char *const states[] = {"-", "P", "A", "AP"};
    uint64_t lrs[16];
    char text[sizeof(lrs) * 2] = "";
    size_t length = 0, count = 0;

    for (unsigned n = 0; n <= (vm_ich(vm, 0, ICH_VTR_EL2) & 0x1F); n++) {
        lrs[count] = vm_ich(vm, 0, ICH_LR_EL2(n));
        count += lrs[count] >> 62 || ((lrs[count] & LR_EOI) && !(lrs[count] & LR_HW));
    }
    qsort(lrs, count, sizeof(*lrs), by_intid);
    for (size_t i = 0; i < count; i++) {
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%u%s%s", i ? " " : "",
                                   (uint32_t)lrs[i], states[lrs[i] >> 62],
                                   lrs[i] & LR_HW    ? "+HW"
                                   : lrs[i] & LR_EOI ? "+EOI"
                                                     : "");
    }
    assert_string_equal(text, want);
}

void expect_hcr(Vm *vm, uint64_t mask, uint64_t want)
{
    assert_int_equal(vm_ich(vm, 0, ICH_HCR_EL2) & mask, want);
}

void expect_misr(Vm *vm, uint64_t want)
{
    assert_int_equal(vm_ich(vm, 0, ICH_MISR_EL2), want);
}

void expect_count(Vm *vm, uint64_t count, uint64_t ap1)
{
    expect_hcr(vm, EOICOUNT, count << 27);
    assert_int_equal(vm_ich(vm, 0, ICH_AP1R0_EL2), ap1);
}

void expect_state(Vm *vm, uint32_t intid, bool active, bool pending)
{
    VgicIrqInfo info = vm_info(vm, 0, intid);

    if (info.active != active || info.pending != pending) {
        fail_msg("%u is active %d, pending %d, not %d, %d", intid, info.active, info.pending,
                 active, pending);
    }
}

void expect_idle(Vm *vm, uint32_t first, uint32_t last)
{
    for (uint32_t intid = first; intid <= last; intid++) {
        expect_state(vm, intid, false, false);
    }
}

void expect_ended(Vm *vm, unsigned count)
{
    assert_int_equal(vm->ended_count, count);
}

void expect_deactivated(Vm *vm, unsigned count)
{
    assert_int_equal(vm->deactivated_count, count);
}
