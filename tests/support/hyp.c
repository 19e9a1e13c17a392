/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const VgicCpuState guest_el1 = {.el = 1, .space = VGIC_NS};
static const VgicCpuState real_el2 = {.el = 2, .space = VGIC_NS, .el2_enabled = true};
static const VgicCpuState real_el1 = {
    .el = 1, .space = VGIC_NS, .el2_enabled = true, .hcr_el2 = 1 << 4 | 1 << 3};
static const VgicCpuState l1_el2 = {.el = 2, .space = VGIC_NS, .el2_enabled = true};
static const VgicCpuState l2_el1 = {
    .el = 1, .space = VGIC_NS, .el2_enabled = true, .hcr_el2 = 1 << 4 | 1 << 3};

/* The library's own virtual CPU interface */

static uint64_t simulated_read(void *data, uint32_t cpu, uint32_t encoding)
{
    uint64_t value;

    assert_int_equal(vgic_sysreg_read(data, cpu, &real_el2, encoding, &value), VGIC_OK);
    return value;
}

static void simulated_write(void *data, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    assert_int_equal(vgic_sysreg_write(data, cpu, &real_el2, encoding, value), VGIC_OK);
}

static VgicResult simulated_guest_read(void *data, uint32_t cpu, uint32_t encoding, uint64_t *value)
{
    return vgic_sysreg_read(data, cpu, &real_el1, encoding, value);
}

static VgicResult simulated_guest_write(void *data, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    return vgic_sysreg_write(data, cpu, &real_el1, encoding, value);
}

static bool simulated_maintenance(void *data, uint32_t cpu)
{
    return vgic_cpu_lines(data, cpu) & VGIC_LINE_MAINTENANCE;
}

static void simulated_free(void *data)
{
    vgic_free(data);
}

Interface simulated_interface_of(const VgicConfig *config)
{
    Interface interface = {
        .data = vgic_new(config, NULL, NULL, NULL),
        .read = simulated_read,
        .write = simulated_write,
        .guest_read = simulated_guest_read,
        .guest_write = simulated_guest_write,
        .maintenance = simulated_maintenance,
        .free = simulated_free,
    };

    assert_non_null(interface.data);
    return interface;
}

Interface simulated_interface(uint32_t cpus, const VgicIchOptions *options, bool nmi)
{
    VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = cpus, .el2 = true, .nmi = nmi, .ich_options = *options);

    return simulated_interface_of(&config);
}

/* What the library asks of the hypervisor. The host's own callbacks get a Host, and this one is a
 * member of its Vm. */

static Vm *vm_of(void *machine)
{
    return (Vm *)(void *)((char *)machine - offsetof(Vm, host));
}

static uint64_t read_interface(void *machine, uint32_t cpu, uint32_t encoding)
{
    Vm *vm = vm_of(machine);

    return vm->hw.read(vm->hw.data, vm->place[cpu], encoding);
}

static void write_interface(void *machine, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    Vm *vm = vm_of(machine);

    vm->hw.write(vm->hw.data, vm->place[cpu], encoding, value);
}

static void stop(void *machine, uint32_t cpu)
{
    Vm *vm = vm_of(machine);

    vm->stops[cpu]++;
    vgic_hyp_sync(vm->gic, cpu);
}

static void deactivate(void *machine, uint32_t cpu, uint32_t pintid)
{
    Vm *vm = vm_of(machine);

    assert_true(vm->deactivated_count < VM_LOG);
    vm->deactivated[vm->deactivated_count++] = (VmEvent){cpu, pintid};
    if (vm->hw.deactivate) {
        vm->hw.deactivate(vm->hw.data, vm->place[cpu], pintid);
    }
}

static bool level(void *machine, uint32_t cpu, uint32_t pintid)
{
    Vm *vm = vm_of(machine);

    return vm->hw.level ? vm->hw.level(vm->hw.data, vm->place[cpu], pintid) : vm->level[pintid];
}

static void ended(void *machine, uint32_t cpu, uint32_t intid)
{
    Vm *vm = vm_of(machine);

    vm->ended[vm->ended_count++ % VM_LOG] = (VmEvent){cpu, intid};
    if (vm->on_ended) {
        vm->on_ended(vm, cpu, intid);
    }
}

/* Life */

Vm *vm_new(const VgicConfig *config, Interface hw)
{
    return vm_new_trapping(config, hw, 0);
}

Vm *vm_new_trapping(const VgicConfig *config, Interface hw, uint64_t traps)
{
    Vm *vm = calloc(1, sizeof(*vm));
    VgicHost callbacks = host_callbacks(false);
    VgicHypHost hyp = VGIC_HYP_HOST_INIT(.read = read_interface, .write = write_interface,
                                         .stop = stop, .deactivate = deactivate, .level = level,
                                         .ended = ended, .traps = traps);
    VgicConfig own = *config;
    VgicError *error = NULL;
    uint64_t vtr;

    assert_non_null(vm);
    assert_true(config->cpus <= VM_MAX_CPUS);
    vm->hw = hw;
    vm->cpus = config->cpus;
    host_add_memory(&callbacks);
    vtr = hw.read(hw.data, 0, ICH_VTR_EL2);
    own.priority_bits = (uint32_t)(vtr >> 29 & 7) + 1;
    if (own.el2) {
        own.ich_options.priority_bits = own.priority_bits;
        own.ich_options.preemption_bits = (uint32_t)(vtr >> 26 & 7) + 1;
    }
    for (uint32_t i = 0; i < vm->cpus; i++) {
        vm->place[i] = i;
    }
    vm->gic = vgic_hyp_new(&own, &callbacks, &hyp, &vm->host, &error);
    if (!vm->gic) {
        fail_msg("vgic_hyp_new: %s", vgic_error_message(error));
    }
    vm->host.gic = vm->gic;
    for (uint32_t i = 0; i < vm->cpus; i++) {
        assert_true(vgic_hyp_load(vm->gic, i, VGIC_HYP_GUEST));
    }
    return vm;
}

void vm_free(Vm *vm)
{
    for (uint32_t i = 0; i < vm->cpus; i++) {
        vgic_hyp_put(vm->gic, i);
    }
    assert_int_equal(vm->host.error_count, 0);
    vgic_free(vm->gic);
    for (uint32_t i = 0; i < vm->cpus; i++) {
        free(vm->vncr[i]);
    }
    vm->hw.free(vm->hw.data);
    host_clear(&vm->host);
    free(vm);
}

void vm_forget(Vm *vm)
{
    memset(vm->exits, 0, sizeof(vm->exits));
    memset(vm->stops, 0, sizeof(vm->stops));
    memset(vm->traps, 0, sizeof(vm->traps));
    vm->ended_count = 0;
    vm->deactivated_count = 0;
}

/* Entry and exit */

void vm_enter(Vm *vm, uint32_t cpu)
{
    vm->entry[cpu] = vgic_hyp_flush(vm->gic, cpu);
    vm->in_guest[cpu] = vm->entry[cpu] == VGIC_HYP_ENTER;
}

void vm_exit(Vm *vm, uint32_t cpu)
{
    vgic_hyp_sync(vm->gic, cpu);
    vm->in_guest[cpu] = false;
}

void vm_bounce(Vm *vm, uint32_t cpu)
{
    vm_exit(vm, cpu);
    vm_enter(vm, cpu);
}

static bool wants_exit(Vm *vm, uint32_t cpu)
{
    return vm->in_guest[cpu] &&
           (vgic_cpu_lines(vm->gic, cpu) & VGIC_LINE_KICK ||
            (!vm->maintenance_off && vm->hw.maintenance(vm->hw.data, vm->place[cpu])));
}

void vm_settle(Vm *vm)
{
    unsigned exits = 0;
    bool again = true;

    while (again) {
        again = false;
        for (uint32_t i = 0; i < vm->cpus; i++) {
            if (wants_exit(vm, i)) {
                vm->exits[i]++;
                assert_true(++exits < 100);
                vm_bounce(vm, i);
                again = true;
            }
        }
    }
}

/* What its guest does. One that another vCPU's doing stopped enters again first. */

static void resume(Vm *vm, uint32_t cpu)
{
    if (vm->in_guest[cpu]) {
        assert_int_equal(vgic_hyp_flush(vm->gic, cpu), VGIC_HYP_ENTER);
    }
}

static uint64_t trap(Vm *vm, uint32_t cpu, uint32_t encoding, bool write, uint64_t value)
{
    vm->traps[cpu]++;
    assert_int_equal(vgic_hyp_trap(vm->gic, cpu, &guest_el1, encoding, write, &value), VGIC_OK);
    resume(vm, cpu);
    return value;
}

uint64_t vm_read(Vm *vm, uint32_t cpu, uint32_t encoding)
{
    uint64_t value;
    VgicResult result;

    resume(vm, cpu);
    result = vm->hw.guest_read(vm->hw.data, vm->place[cpu], encoding, &value);
    if (result == VGIC_TRAP_EL2) {
        value = trap(vm, cpu, encoding, false, 0);
    } else {
        assert_int_equal(result, VGIC_OK);
    }
    vm_settle(vm);
    return value;
}

void vm_write(Vm *vm, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    VgicResult result;

    resume(vm, cpu);
    result = vm->hw.guest_write(vm->hw.data, vm->place[cpu], encoding, value);
    if (result == VGIC_TRAP_EL2) {
        trap(vm, cpu, encoding, true, value);
    } else {
        assert_int_equal(result, VGIC_OK);
    }
    vm_settle(vm);
}

uint32_t vm_iar(Vm *vm, uint32_t cpu, int group)
{
    return (uint32_t)vm_read(vm, cpu, group ? ICC_IAR1_EL1 : ICC_IAR0_EL1);
}

void vm_eoir(Vm *vm, uint32_t cpu, int group, uint32_t intid)
{
    vm_write(vm, cpu, group ? ICC_EOIR1_EL1 : ICC_EOIR0_EL1, intid);
}

void vm_dir(Vm *vm, uint32_t cpu, uint32_t intid)
{
    vm_write(vm, cpu, ICC_DIR_EL1, intid);
}

static uint64_t base_of(uint32_t cpu, const char *frame)
{
    enum {
        REDISTRIBUTOR = 0x20000,
    };

    return strcmp(frame, "GICR") == 0 ? cpu * (uint64_t)REDISTRIBUTOR : 0;
}

uint64_t vm_frame_read(Vm *vm, uint32_t cpu, const char *frame, uint64_t offset, uint32_t size)
{
    uint64_t value;

    vgic_hyp_sync(vm->gic, cpu);
    assert_int_equal(vgic_frame_read(vm->gic, vgic_frame(vm->gic, frame), VGIC_NS,
                                     base_of(cpu, frame) + offset, size, &value),
                     VGIC_OK);
    resume(vm, cpu);
    vm_settle(vm);
    return value;
}

void vm_frame_write(Vm *vm, uint32_t cpu, const char *frame, uint64_t offset, uint32_t size,
                    uint64_t value)
{
    vgic_hyp_sync(vm->gic, cpu);
    assert_int_equal(vgic_frame_write(vm->gic, vgic_frame(vm->gic, frame), VGIC_NS,
                                      base_of(cpu, frame) + offset, size, value),
                     VGIC_OK);
    resume(vm, cpu);
    vm_settle(vm);
}

static void write_bit(Vm *vm, uint32_t cpu, uint32_t intid, uint32_t local, uint32_t shared)
{
    if (intid < 32) {
        vm_frame_write(vm, cpu, "GICR", local, 4, 1u << intid);
    } else {
        vm_frame_write(vm, cpu, "GICD", shared + intid / 32 * 4, 4, 1u << intid % 32);
    }
}

static void configure_trigger(Vm *vm, uint32_t cpu, uint32_t intid, bool edge)
{
    const char *frame = intid < 32 ? "GICR" : "GICD";
    uint32_t offset = (intid < 32 ? GICR_ICFGR0 : GICD_ICFGR(0)) + intid / 16 * 4;
    uint32_t field = 2u << intid % 16 * 2;
    uint64_t value = vm_frame_read(vm, cpu, frame, offset, 4) & ~(uint64_t)field;

    if (intid >= 16) {
        vm_frame_write(vm, cpu, frame, offset, 4, value | (edge ? field : 0));
    }
}

static void configure_group(Vm *vm, uint32_t cpu, uint32_t intid, int group)
{
    const char *frame = intid < 32 ? "GICR" : "GICD";
    uint32_t offset = intid < 32 ? GICR_IGROUPR0 : GICD_IGROUPR(0) + intid / 32 * 4;
    uint64_t value = vm_frame_read(vm, cpu, frame, offset, 4) & ~(1ull << intid % 32);

    vm_frame_write(vm, cpu, frame, offset, 4, value | (uint64_t) !!group << intid % 32);
}

void vm_configure(Vm *vm, uint32_t cpu, uint32_t intid, int group, uint8_t priority, bool edge)
{
    configure_group(vm, cpu, intid, group);
    configure_trigger(vm, cpu, intid, edge);
    if (intid < 32) {
        vm_frame_write(vm, cpu, "GICR", GICR_IPRIORITYR(0) + intid, 1, priority);
    } else {
        vm_frame_write(vm, cpu, "GICD", GICD_IPRIORITYR(0) + intid, 1, priority);
        vm_frame_write(vm, cpu, "GICD", GICD_IROUTER(intid), 8, cpu);
    }
    write_bit(vm, cpu, intid, GICR_ISENABLER0, GICD_ISENABLER(0));
}

void vm_wire(Vm *vm, uint32_t cpu, uint32_t intid, bool level_)
{
    if (intid < 32) {
        vgic_ppi_set_level(vm->gic, cpu, intid, level_);
    } else {
        vgic_spi_set_level(vm->gic, intid, level_);
    }
    vm_settle(vm);
}

void vm_pulse(Vm *vm, uint32_t cpu, uint32_t intid)
{
    if (intid < 32) {
        vgic_ppi_pulse(vm->gic, cpu, intid);
    } else {
        vgic_spi_pulse(vm->gic, intid);
    }
    vm_settle(vm);
}

void vm_start(Vm *vm)
{
    vgic_act_as_firmware(vm->gic);
    vm_frame_write(vm, 0, "GICD", GICD_CTLR, 4, 0x13);
}

uint64_t vm_ich(Vm *vm, uint32_t cpu, uint32_t encoding)
{
    return vm->hw.read(vm->hw.data, vm->place[cpu], encoding);
}

void vm_set_ich(Vm *vm, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    vm->hw.write(vm->hw.data, vm->place[cpu], encoding, value);
}

VgicIrqInfo vm_info(Vm *vm, uint32_t cpu, uint32_t intid)
{
    VgicIrqInfo info;

    assert_true(vgic_irq_info(vm->gic, cpu, intid, &info));
    return info;
}

/* Nested guests */

void vm_load(Vm *vm, uint32_t cpu, VgicHypContext context)
{
    assert_true(vgic_hyp_load(vm->gic, cpu, context));
    vm->in_guest[cpu] = false;
    vm->nested[cpu] = context == VGIC_HYP_NESTED;
}

void vm_put(Vm *vm, uint32_t cpu)
{
    vgic_hyp_put(vm->gic, cpu);
    vm->in_guest[cpu] = false;
    vm->nested[cpu] = false;
}

void vm_use_vncr(Vm *vm, uint32_t cpu)
{
    enum {
        PAGE = 4096,
    };

    vm->vncr[cpu] = calloc(1, PAGE);
    assert_non_null(vm->vncr[cpu]);
    assert_true(vgic_hyp_set_vncr(vm->gic, cpu, vm->vncr[cpu]));
}

/* Where the register is in L1's page; NULL: nowhere. */
static uint8_t *in_memory(const Vm *vm, uint32_t cpu, uint32_t encoding)
{
    const VgicSysreg *row;

    for (uint32_t i = 0; vm->vncr[cpu] && (row = vgic_sysreg_at(vm->gic, i)); i++) {
        if (row->encoding == encoding) {
            return row->vncr_offset ? (uint8_t *)vm->vncr[cpu] + row->vncr_offset : NULL;
        }
    }
    return NULL;
}

static void l1_access(Vm *vm, uint32_t cpu, uint32_t encoding, bool write, uint64_t *value)
{
    VgicResult result;

    if (!vm->nested[cpu]) {
        result = vgic_hyp_trap(vm->gic, cpu, &l1_el2, encoding, write, value);
        resume(vm, cpu);
    } else if (write) {
        result = vgic_sysreg_write(vm->gic, cpu, &l1_el2, encoding, *value);
    } else {
        result = vgic_sysreg_read(vm->gic, cpu, &l1_el2, encoding, value);
    }
    assert_int_equal(result, VGIC_OK);
}

uint64_t vm_l1_read(Vm *vm, uint32_t cpu, uint32_t encoding)
{
    const uint8_t *place = in_memory(vm, cpu, encoding);
    uint64_t value = 0;

    if (!place) {
        l1_access(vm, cpu, encoding, false, &value);
    }
    for (unsigned i = 0; place && i < 8; i++) {
        value |= (uint64_t)place[i] << 8 * i;
    }
    return value;
}

void vm_l1_write(Vm *vm, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    uint8_t *place = in_memory(vm, cpu, encoding);

    if (!place) {
        l1_access(vm, cpu, encoding, true, &value);
    }
    for (unsigned i = 0; place && i < 8; i++) {
        place[i] = (uint8_t)(value >> 8 * i);
    }
}

VgicResult vm_l2_access(Vm *vm, uint32_t cpu, uint32_t encoding, bool write, uint64_t *value)
{
    uint32_t place = vm->place[cpu];
    VgicResult result;

    assert_true(vm->nested[cpu] && vm->in_guest[cpu]);
    resume(vm, cpu);
    result = write ? vm->hw.guest_write(vm->hw.data, place, encoding, *value)
                   : vm->hw.guest_read(vm->hw.data, place, encoding, value);
    if (result == VGIC_TRAP_EL2) {
        vm->traps[cpu]++;
        result = vgic_hyp_trap(vm->gic, cpu, &l2_el1, encoding, write, value);
        vm->in_guest[cpu] = false;
        if (result == VGIC_OK) {
            vm_enter(vm, cpu);
        }
    }
    vm_settle(vm);
    return result;
}

uint64_t vm_l2_read(Vm *vm, uint32_t cpu, uint32_t encoding)
{
    uint64_t value = 0;

    assert_int_equal(vm_l2_access(vm, cpu, encoding, false, &value), VGIC_OK);
    return value;
}

void vm_l2_write(Vm *vm, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    assert_int_equal(vm_l2_access(vm, cpu, encoding, true, &value), VGIC_OK);
}
