/* SPDX-License-Identifier: BSD-2-Clause */
#include "nested.h"

static const VgicIchOptions sixteen = {.list_registers = LIST_REGISTERS};

bool trapped = false, in_memory = true;

/* The machine: both interfaces have the same list registers. */

static VgicConfig l1_config(uint32_t cpus, uint32_t spis)
{
    VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = cpus, .spis = spis, .el2 = true, .ich_options = sixteen,
                         .maintenance_intid = MAINTENANCE_PPI);

    return config;
}

Vm *nested_vm(uint32_t cpus, uint32_t spis, uint64_t traps, bool memory)
{
    VgicConfig config = l1_config(cpus, spis);
    VgicConfig hw =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = cpus, .spis = 64, .el2 = true, .ich_options = sixteen);
    Vm *vm = vm_new_trapping(&config, simulated_interface_of(&hw), traps);

    vm_start(vm);
    for (uint32_t i = 0; i < cpus; i++) {
        if (memory) {
            vm_use_vncr(vm, i);
        }
        vm_enter(vm, i);
        vm_write(vm, i, ICC_PMR_EL1, 0xF8);
        vm_write(vm, i, ICC_IGRPEN1_EL1, 1);
        vm_write(vm, i, ICC_CTLR_EL1, EOIMODE);
        vm_l1_write(vm, i, ICH_VMCR_EL2, L1_VMCR);
        vm_l1_write(vm, i, ICH_HCR_EL2, ICH_EN);
    }
    return vm;
}

Vm *one_nested_vcpu(void **state)
{
    return nested_vm(1, FEW_SPIS, 0, *(const bool *)*state);
}

/* L1's */

uint64_t l1_lr(Vm *vm, unsigned n)
{
    return vm_l1_read(vm, 0, ICH_LR_EL2(n));
}

void set_l1_lr(Vm *vm, unsigned n, uint64_t value)
{
    vm_l1_write(vm, 0, ICH_LR_EL2(n), value);
}

uint64_t pending_lr(uint8_t priority, uint32_t vintid)
{
    return list_register(LR_PENDING, 1, priority, vintid);
}

unsigned l1_eoi_count(Vm *vm)
{
    return (unsigned)(vm_l1_read(vm, 0, ICH_HCR_EL2) >> EOICOUNT_SHIFT);
}

/* The level of its maintenance interrupt. */
bool l1_mi(Vm *vm)
{
    return vm_info(vm, 0, MAINTENANCE_PPI).wire;
}

void l1_makes_active(Vm *vm, uint32_t cpu, uint32_t intid)
{
    if (intid < 32) {
        vm_frame_write(vm, cpu, "GICR", GICR_ISACTIVER0, 4, 1u << intid);
    } else {
        vm_frame_write(vm, cpu, "GICD", GICD_ISACTIVER(0) + intid / 32 * 4, 4, 1u << intid % 32);
    }
}

/* L2's */

void enter_l2(Vm *vm)
{
    vm_load(vm, 0, VGIC_HYP_NESTED);
    vm_enter(vm, 0);
    assert_int_equal(vm->entry[0], VGIC_HYP_ENTER);
}

void enter_l1(Vm *vm)
{
    vm_load(vm, 0, VGIC_HYP_GUEST);
    vm_enter(vm, 0);
}

void l2_acks(Vm *vm, uint32_t intid)
{
    assert_int_equal(vm_l2_read(vm, 0, ICC_IAR1_EL1), intid);
}

void l2_ends(Vm *vm, uint32_t intid)
{
    vm_l2_write(vm, 0, ICC_EOIR1_EL1, intid);
}

/* The hardware's */

uint64_t hw_lr(Vm *vm, unsigned n)
{
    return vm_ich(vm, 0, ICH_LR_EL2(n));
}

void assert_hardware_is_empty(Vm *vm)
{
    assert_int_equal(vm_ich(vm, 0, ICH_HCR_EL2), 0);
    for (unsigned n = 0; n < LIST_REGISTERS; n++) {
        assert_int_equal(hw_lr(vm, n), 0);
    }
}

void make_physical_active(Vm *vm, uint32_t intid)
{
    Vgic *hw = vm->hw.data;
    bool local = intid < 32;
    uint64_t offset = local ? GICR_ISACTIVER0 : GICD_ISACTIVER(0) + intid / 32 * 4;

    assert_int_equal(vgic_frame_write(hw, vgic_frame(hw, local ? "GICR" : "GICD"), VGIC_NS, offset,
                                      4, 1u << intid % 32),
                     VGIC_OK);
}

bool physical_is_active(Vm *vm, uint32_t intid)
{
    VgicIrqInfo info;

    assert_true(vgic_irq_info(vm->hw.data, 0, intid, &info));
    return info.active;
}

/* A level interrupt of L1's that stands for the physical one of the same number, fires. */
void fire_mapped(Vm *vm, uint32_t intid)
{
    vm_exit(vm, 0);
    assert_true(vgic_hyp_map(vm->gic, 0, intid, intid, VGIC_HYP_HW));
    vm_configure(vm, 0, intid, 1, 0x20, false);
    make_physical_active(vm, intid);
    vm->level[intid] = true;
    vm_wire(vm, 0, intid, true);
    vm_enter(vm, 0);
}

/* L1 takes it and drops its priority. */
void l1_takes(Vm *vm, uint32_t intid)
{
    assert_int_equal(vm_iar(vm, 0, 1), intid);
    vm_eoir(vm, 0, 1, intid);
}

void l2_ends_the_timer(Vm *vm)
{
    set_l1_lr(vm, 0, hw_list_register(LR_PENDING, 1, 0x40, TIMER, TIMER));
    vm_forget(vm);
    enter_l2(vm);
    assert_int_equal(hw_lr(vm, 0), hw_list_register(LR_PENDING, 1, 0x40, TIMER, TIMER));
    l2_acks(vm, TIMER);
    l2_ends(vm, TIMER);
    assert_false(physical_is_active(vm, TIMER));
    vm_exit(vm, 0);
    assert_false(vm_info(vm, 0, TIMER).active);
    assert_int_equal(vm->deactivated_count, 0);
    /* an end is told once */
    make_physical_active(vm, TIMER);
    for (int i = 0; i < 3; i++) {
        vm_enter(vm, 0);
        vm_exit(vm, 0);
    }
    assert_true(physical_is_active(vm, TIMER));
    assert_int_equal(vm->deactivated_count, 0);
}
