/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The interface that checks. Writes of ICH_HCR_EL2 are the last of an entry and of an exit. */

static uint64_t inner_read(const Watch *watch, uint32_t cpu, uint32_t encoding)
{
    return watch->inner.read(watch->inner.data, cpu, encoding);
}

static uint32_t vintid(uint64_t lr)
{
    return (uint32_t)lr;
}

/* One list register at an entry. */
static void check_lr(const Watch *watch, uint64_t lr)
{
    bool is_lpi = vintid(lr) >= FIRST_LPI;

    assert_int_not_equal(lr_state(lr), LR_INVALID);
    assert_int_equal(lr >> 48 & 0xFF & ((1u << (8 - watch->priority_bits)) - 1), 0);
    if (!(lr & LR_HW)) {
        assert_int_equal(lr >> 32 & 0x1DFF, 0);
    }
    if (lr_state(lr) == LR_BOTH) {
        assert_false(lr & (LR_HW | LR_EOI) || is_lpi);
    }
    if (is_lpi) {
        assert_int_equal(lr_state(lr), LR_PENDING);
    }
}

/* Nobody else has it. */
static void check_alone(const Watch *watch, uint32_t cpu, unsigned n, uint64_t lr)
{
    for (uint32_t other = 0; other < watch->cpus; other++) {
        if (other != cpu && vintid(lr) < 32) {
            continue;
        }
        for (unsigned i = 0; i < watch->list_registers; i++) {
            uint64_t it = inner_read(watch, other, ICH_LR_EL2(i));

            if (it && !(other == cpu && i == n)) {
                assert_int_not_equal(vintid(it), vintid(lr));
            }
        }
    }
}

static void check_lrs(const Watch *watch, uint32_t cpu)
{
    bool over = false;

    for (unsigned n = 0; n < watch->list_registers; n++) {
        uint64_t lr = inner_read(watch, cpu, ICH_LR_EL2(n));

        if (!lr) {
            over = true;
            continue;
        }
        assert_false(over);
        check_lr(watch, lr);
        check_alone(watch, cpu, n, lr);
    }
}

static void check_hcr(const Watch *watch, uint32_t cpu, uint64_t hcr)
{
    uint64_t vmcr = inner_read(watch, cpu, ICH_VMCR_EL2);
    uint64_t groups =
        (vmcr & VENG0 ? ICH_VGRP0DIE : ICH_VGRP0EIE) | (vmcr & VENG1 ? ICH_VGRP1DIE : ICH_VGRP1EIE);

    assert_int_equal(hcr & 0xF0, groups);
    assert_int_equal(hcr >> 27, 0);
    if (watch->list_registers == 1) {
        assert_false(hcr & ICH_UIE);
    }
    assert_int_equal(inner_read(watch, cpu, ICH_MISR_EL2), 0);
}

static void read_priorities(const Watch *watch, uint32_t cpu, uint64_t *to)
{
    unsigned words = watch->priority_bits < 7 ? 1u << (watch->priority_bits - 5) : 4;

    memset(to, 0, 8 * sizeof(*to));
    for (unsigned i = 0; i < words; i++) {
        to[i] = inner_read(watch, cpu, ICH_AP0R0_EL2 + i);
        to[4 + i] = inner_read(watch, cpu, ICH_AP1R0_EL2 + i);
    }
}

static void check_entry(Watch *watch, uint32_t cpu, uint64_t hcr)
{
    uint64_t now[8];

    watch->entered[cpu] = true;
    watch->flushes[cpu]++;
    watch->hcr_seen[cpu] |= hcr;
    check_lrs(watch, cpu);
    check_hcr(watch, cpu, hcr);
    read_priorities(watch, cpu, now);
    if (watch->has_priorities[cpu]) {
        assert_memory_equal(now, watch->priorities[cpu], sizeof(now));
    }
}

static void check_exit(Watch *watch, uint32_t cpu)
{
    watch->syncs[cpu] += watch->entered[cpu];
    watch->entered[cpu] = false;
    for (unsigned n = 0; n < watch->list_registers; n++) {
        assert_int_equal(inner_read(watch, cpu, ICH_LR_EL2(n)), 0);
    }
    read_priorities(watch, cpu, watch->priorities[cpu]);
    watch->has_priorities[cpu] = true;
}

static uint64_t watch_read(void *data, uint32_t cpu, uint32_t encoding)
{
    return inner_read(data, cpu, encoding);
}

static void watch_write(void *data, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    Watch *watch = data;

    watch->inner.write(watch->inner.data, cpu, encoding, value);
    if (encoding == ICH_HCR_EL2 && value & ICH_EN) {
        check_entry(watch, cpu, value);
    } else if (encoding == ICH_HCR_EL2) {
        check_exit(watch, cpu);
    } else if (encoding >= ICH_AP0R0_EL2 && encoding <= ICH_AP1R3_EL2) {
        assert_false(watch->entered[cpu]);
        watch->has_priorities[cpu] = false; /* somebody is loaded */
    }
}

static VgicResult watch_guest_read(void *data, uint32_t cpu, uint32_t encoding, uint64_t *value)
{
    Watch *watch = data;

    return vgic_sysreg_read(watch->inner.data, cpu, &watch->guest, encoding, value);
}

static VgicResult watch_guest_write(void *data, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    Watch *watch = data;

    return vgic_sysreg_write(watch->inner.data, cpu, &watch->guest, encoding, value);
}

static bool watch_maintenance(void *data, uint32_t cpu)
{
    Watch *watch = data;

    return watch->inner.maintenance(watch->inner.data, cpu);
}

static void watch_free(void *data)
{
    Watch *watch = data;

    watch->inner.free(watch->inner.data);
    free(watch);
}

static Interface watched(const Setup *setup)
{
    Watch *watch = calloc(1, sizeof(*watch));
    VgicIchOptions options = {.list_registers = setup->list_registers,
                              .priority_bits = setup->priority_bits};

    assert_non_null(watch);
    watch->inner = simulated_interface(setup->cpus, &options, setup->nmi);
    watch->cpus = setup->cpus;
    watch->list_registers = setup->list_registers;
    watch->priority_bits = setup->priority_bits;
    watch->guest = vm_el1;
    watch->guest.sctlr = setup->nmi ? SCTLR_NMI : 0;
    return (Interface){
        .data = watch,
        .read = watch_read,
        .write = watch_write,
        .guest_read = watch_guest_read,
        .guest_write = watch_guest_write,
        .maintenance = watch_maintenance,
        .free = watch_free,
    };
}

Watch *watch_of(Vm *vm)
{
    return vm->hw.data;
}

/* The VM */

static void start_lpis_of(Vm *vm)
{
    for (uint32_t i = 0; i < vm->cpus; i++) {
        vm_frame_write(vm, i, "GICR", GICR_PROPBASER, 8, CONFIG_TABLE | 15);
        vm_frame_write(vm, i, "GICR", GICR_PENDBASER, 8, PENDING_TABLE(i) | PTZ);
        vm_frame_write(vm, i, "GICR", GICR_CTLR, 4, ENABLE_LPIS);
    }
}

static void start_guest(Vm *vm, uint32_t cpu, const Setup *setup)
{
    vm_enter(vm, cpu);
    vm_write(vm, cpu, ICC_PMR_EL1, 0xFF);
    vm_write(vm, cpu, ICC_BPR0_EL1, 0);
    vm_write(vm, cpu, ICC_BPR1_EL1, 0);
    if (setup->priority_bits == 5) {
        assert_int_equal(vm_read(vm, cpu, ICC_PMR_EL1), 0xF8);
        assert_int_equal(vm_read(vm, cpu, ICC_BPR0_EL1), 2);
        assert_int_equal(vm_read(vm, cpu, ICC_BPR1_EL1), 3);
    }
    vm_write(vm, cpu, ICC_CTLR_EL1, setup->eoimode ? 2 : 0);
    vm_write(vm, cpu, ICC_IGRPEN1_EL1, 1);
    vm_exit(vm, cpu);
}

Vm *scenario(Setup setup)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .spis = 96, .nmi = setup.nmi);
    Vm *vm;

    setup.cpus = setup.cpus ? setup.cpus : 1;
    setup.priority_bits = setup.priority_bits ? setup.priority_bits : 5;
    config.cpus = setup.cpus;
    config.lpi_bits = setup.lpis ? 16 : 0;
    config.its = setup.its;
    vm = vm_new(&config, watched(&setup));
    vm_start(vm);
    if (setup.lpis) {
        start_lpis_of(vm);
    }
    for (uint32_t i = 0; i < setup.cpus; i++) {
        start_guest(vm, i, &setup);
    }
    vm->maintenance_off = setup.maintenance_off;
    vm_forget(vm);
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

void mapped_level(Vm *vm, uint32_t intid, uint8_t priority, VgicHypMapping mapping)
{
    level(vm, intid, priority);
    assert_true(vgic_hyp_map(vm->gic, 0, intid, intid, mapping));
}

void lpi(Vm *vm, uint32_t intid, uint8_t priority)
{
    ram_put8(&vm->host.ram, CONFIG_TABLE + intid - FIRST_LPI, (uint8_t)(priority | 3));
}

void set_lpi(Vm *vm, uint32_t intid)
{
    assert_int_equal(
        vgic_frame_write(vm->gic, vgic_frame(vm->gic, "GICR"), VGIC_NS, GICR_SETLPIR, 8, intid),
        VGIC_OK);
}

/* Steps */

void inject(Vm *vm, uint32_t cpu, uint32_t intid)
{
    if (vm->in_guest[cpu]) {
        vm_exit(vm, cpu);
    }
    vm_pulse(vm, cpu, intid);
    vm_enter(vm, cpu);
}

void acks(Vm *vm, uint32_t cpu, uint32_t intid)
{
    assert_int_equal(vm_iar(vm, cpu, 1), intid);
}

void nothing(Vm *vm, uint32_t cpu)
{
    assert_int_equal(vm_iar(vm, cpu, 1), SPURIOUS);
}

void ends(Vm *vm, uint32_t cpu, uint32_t intid)
{
    vm_eoir(vm, cpu, 1, intid);
}

void nest(Vm *vm, uint32_t cpu, const uint32_t *intids)
{
    for (; *intids; intids++) {
        inject(vm, cpu, *intids);
        acks(vm, cpu, *intids);
    }
    vm_bounce(vm, cpu);
    vm_forget(vm);
}

uint32_t quick_iar(Vm *vm, uint32_t cpu)
{
    uint64_t value;

    assert_int_equal(vm->hw.guest_read(vm->hw.data, vm->place[cpu], ICC_IAR1_EL1, &value), VGIC_OK);
    return (uint32_t)value;
}

void quick_end(Vm *vm, uint32_t cpu, uint32_t intid)
{
    assert_int_equal(vm->hw.guest_write(vm->hw.data, vm->place[cpu], ICC_EOIR1_EL1, intid),
                     VGIC_OK);
}

void fire(Vm *vm, uint32_t intid)
{
    vm->level[intid] = true;
    vm_wire(vm, 0, intid, true);
}

void mock_ich(Vm *vm, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    Watch *watch = watch_of(vm);

    watch->inner.write(watch->inner.data, vm->place[cpu], encoding, value);
}

/* Expectations */

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a & UINT32_MAX, right = *(const uint64_t *)b & UINT32_MAX;

    return left < right ? -1 : left > right;
}

static int print_lr(char *to, size_t size, const char *before, uint64_t lr)
{
    static const char *const states[] = {"-", "P", "A", "AP"};
    char hw[16] = "";

    if (lr & LR_HW) {
        snprintf(hw, sizeof(hw), "+HW%u", (unsigned)(lr >> 32 & 0x1FFF));
    }
    return snprintf(to, size, "%s%u%s%s%s%s", before, vintid(lr), states[lr_state(lr)], hw,
                    !(lr & LR_HW) && lr & LR_EOI ? "+EOI" : "", lr & LR_NMI ? "+NMI" : "");
}

void expect_lrs(Vm *vm, uint32_t cpu, const char *want)
{
    Watch *watch = watch_of(vm);
    uint64_t valid[16];
    unsigned count = 0;
    char text[16 * 24] = "";
    size_t length = 0;

    for (unsigned n = 0; n < watch->list_registers; n++) {
        uint64_t lr = vm_ich(vm, cpu, ICH_LR_EL2(n));

        if (lr_state(lr)) {
            valid[count++] = lr;
        }
    }
    qsort(valid, count, sizeof(*valid), compare);
    for (unsigned i = 0; i < count; i++) {
        length +=
            (size_t)print_lr(text + length, sizeof(text) - length, length ? " " : "", valid[i]);
    }
    assert_string_equal(text, want);
}

void expect_enables(Vm *vm, uint32_t cpu, uint64_t want)
{
    assert_int_equal(vm_ich(vm, cpu, ICH_HCR_EL2) & HCR_ENABLES, want);
}

bool traps_dir(Vm *vm, uint32_t cpu)
{
    return vm_ich(vm, cpu, ICH_HCR_EL2) & ICH_TDIR;
}

void expect_misr(Vm *vm, uint32_t cpu, uint64_t want)
{
    assert_int_equal(vm_ich(vm, cpu, ICH_MISR_EL2), want);
}

unsigned eoi_count_of(Vm *vm, uint32_t cpu)
{
    return (unsigned)(vm_ich(vm, cpu, ICH_HCR_EL2) >> 27 & 31);
}

uint64_t ap1(Vm *vm, uint32_t cpu)
{
    return vm_ich(vm, cpu, ICH_AP1R0_EL2);
}

void expect_state(Vm *vm, uint32_t cpu, uint32_t intid, bool active, bool pending)
{
    VgicIrqInfo info = vm_info(vm, cpu, intid);

    if (info.active != active || info.pending != pending) {
        fail_msg("%u is (%d,%d), not (%d,%d)", intid, info.active, info.pending, active, pending);
    }
}

static void expect_events(const VmEvent *events, unsigned got, unsigned want, VmEvent event)
{
    assert_int_equal(got, want);
    for (unsigned i = 0; i < got; i++) {
        assert_int_equal(events[i].cpu, event.cpu);
        assert_int_equal(events[i].intid, event.intid);
    }
}

void expect_ended(Vm *vm, unsigned count, uint32_t cpu, uint32_t intid)
{
    expect_events(vm->ended, vm->ended_count, count, (VmEvent){cpu, intid});
}

void expect_deactivated(Vm *vm, unsigned count, uint32_t pintid)
{
    expect_events(vm->deactivated, vm->deactivated_count, count, (VmEvent){0, pintid});
}

bool shared_bit(Vm *vm, uint32_t cpu, uint32_t offset, uint32_t intid)
{
    return vm_frame_read(vm, cpu, "GICD", offset + intid / 32 * 4, 4) >> intid % 32 & 1;
}
