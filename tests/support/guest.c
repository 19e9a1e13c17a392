/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest.h"

#include "suite.h"

#include <stdio.h>

const VgicCpuState el3 = {.el = 3, .space = VGIC_S};
const VgicCpuState el3_ns = {.el = 3, .space = VGIC_S, .scr_el3 = SCR_NS};
const VgicCpuState s_el1 = {.el = 1, .space = VGIC_S};
const VgicCpuState s_el2 = {.el = 2, .space = VGIC_S, .el2_enabled = true};
const VgicCpuState ns_el1 = {.el = 1, .space = VGIC_NS, .scr_el3 = SCR_NS};
const VgicCpuState ns_el2 = {.el = 2, .space = VGIC_NS, .el2_enabled = true, .scr_el3 = SCR_NS};
const VgicCpuState monitor = {.el = 3, .space = VGIC_S, .aarch32 = true, .monitor = true};
const VgicCpuState monitor_ns = {
    .el = 3, .space = VGIC_S, .aarch32 = true, .monitor = true, .scr_el3 = SCR_NS};
const VgicCpuState svc32_el3 = {.el = 3, .space = VGIC_S, .aarch32 = true};
const VgicCpuState ns_svc32 = {.el = 1, .space = VGIC_NS, .aarch32 = true, .scr_el3 = SCR_NS};

const char *state_name(const VgicCpuState *s)
{
    if (s->el == 3) {
        return s->monitor            ? (s->scr_el3 & SCR_NS ? "Monitor, NS=1" : "Monitor, NS=0")
               : s->aarch32          ? "AArch32 EL3"
               : s->scr_el3 & SCR_NS ? "EL3, NS=1"
                                     : "EL3, NS=0";
    }
    if (s->space == VGIC_S) {
        return s->el == 2 ? "S EL2" : "S EL1";
    }
    return s->el == 2 ? "NS EL2" : s->aarch32 ? "AArch32 NS EL1" : "NS EL1";
}

VgicCpuState with_scr(VgicCpuState state, uint64_t bits)
{
    state.scr_el3 |= bits;
    return state;
}

VgicCpuState with_hcr(VgicCpuState state, uint64_t hcr)
{
    state.el2_enabled = true;
    state.hcr_el2 = hcr;
    return state;
}

VgicResult frame_read(Machine *m, const char *name, VgicAttrs attrs, uint64_t offset, uint32_t size,
                      uint64_t *value)
{
    *value = UINT64_MAX;
    return vgic_frame_read(m->gic, vgic_frame(m->gic, name), attrs, offset, size, value);
}

VgicResult frame_write(Machine *m, const char *name, VgicAttrs attrs, uint64_t offset,
                       uint32_t size, uint64_t value)
{
    return vgic_frame_write(m->gic, vgic_frame(m->gic, name), attrs, offset, size, value);
}

static uint64_t checked_read(Machine *m, const char *name, VgicAttrs attrs, uint64_t offset,
                             uint32_t size)
{
    uint64_t value;
    const VgicResult result = frame_read(m, name, attrs, offset, size, &value);

    if (result != VGIC_OK && (result != VGIC_RAZ_WI || value != 0)) {
        fail_msg("read of %s+0x%llx, %u bytes: result %d, value 0x%llx", name,
                 (unsigned long long)offset, size, result, (unsigned long long)value);
    }
    if (size < 8 && value >> 8 * size) {
        fail_msg("read of %s+0x%llx, %u bytes: 0x%llx has more", name, (unsigned long long)offset,
                 size, (unsigned long long)value);
    }
    return value;
}

static void checked_write(Machine *m, const char *name, VgicAttrs attrs, uint64_t offset,
                          uint32_t size, uint64_t value)
{
    const VgicResult result = frame_write(m, name, attrs, offset, size, value);

    if (result != VGIC_OK && result != VGIC_RAZ_WI) {
        fail_msg("write of %s+0x%llx, %u bytes: result %d", name, (unsigned long long)offset, size,
                 result);
    }
}

uint32_t gicd_read(Machine *m, VgicAttrs attrs, uint32_t offset)
{
    return (uint32_t)checked_read(m, "GICD", attrs, offset, 4);
}

void gicd_write(Machine *m, VgicAttrs attrs, uint32_t offset, uint32_t value)
{
    checked_write(m, "GICD", attrs, offset, 4, value);
}

uint8_t gicd_read8(Machine *m, VgicAttrs attrs, uint32_t offset)
{
    return (uint8_t)checked_read(m, "GICD", attrs, offset, 1);
}

void gicd_write8(Machine *m, VgicAttrs attrs, uint32_t offset, uint8_t value)
{
    checked_write(m, "GICD", attrs, offset, 1, value);
}

uint64_t gicd_read64(Machine *m, VgicAttrs attrs, uint32_t offset)
{
    return checked_read(m, "GICD", attrs, offset, 8);
}

void gicd_write64(Machine *m, VgicAttrs attrs, uint32_t offset, uint64_t value)
{
    checked_write(m, "GICD", attrs, offset, 8, value);
}

const char *gicr_frame(const Machine *m, uint32_t cpu, uint64_t *base)
{
    static const char *const names[] = {"GICR", "GICR1", "GICR2", "GICR3"};
    uint32_t region = 0;

    if (m->config.redist_regions) {
        while (cpu >= m->config.redist_regions[region]) {
            cpu -= m->config.redist_regions[region++];
        }
    }
    *base = (uint64_t)cpu * 0x20000;
    return names[region];
}

VgicResult gicr_access(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset, uint32_t size,
                       bool write, uint64_t *value)
{
    uint64_t base;
    const char *frame = gicr_frame(m, cpu, &base);

    return write ? frame_write(m, frame, attrs, base + offset, size, *value)
                 : frame_read(m, frame, attrs, base + offset, size, value);
}

static uint64_t gicr_checked_read(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset,
                                  uint32_t size)
{
    uint64_t base;
    const char *frame = gicr_frame(m, cpu, &base);

    return checked_read(m, frame, attrs, base + offset, size);
}

static void gicr_checked_write(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset,
                               uint32_t size, uint64_t value)
{
    uint64_t base;
    const char *frame = gicr_frame(m, cpu, &base);

    checked_write(m, frame, attrs, base + offset, size, value);
}

uint32_t gicr_read(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset)
{
    return (uint32_t)gicr_checked_read(m, cpu, attrs, offset, 4);
}

void gicr_write(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset, uint32_t value)
{
    gicr_checked_write(m, cpu, attrs, offset, 4, value);
}

uint8_t gicr_read8(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset)
{
    return (uint8_t)gicr_checked_read(m, cpu, attrs, offset, 1);
}

void gicr_write8(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset, uint8_t value)
{
    gicr_checked_write(m, cpu, attrs, offset, 1, value);
}

uint64_t gicr_read64(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset)
{
    return gicr_checked_read(m, cpu, attrs, offset, 8);
}

VgicResult icc_try_read(Machine *m, uint32_t cpu, const VgicCpuState *state, uint32_t reg,
                        uint64_t *value)
{
    *value = UINT64_MAX;
    return vgic_sysreg_read(m->gic, cpu, state, reg, value);
}

VgicResult icc_try_write(Machine *m, uint32_t cpu, const VgicCpuState *state, uint32_t reg,
                         uint64_t value)
{
    return vgic_sysreg_write(m->gic, cpu, state, reg, value);
}

uint64_t icc_read(Machine *m, uint32_t cpu, const VgicCpuState *state, uint32_t reg)
{
    uint64_t value;
    const VgicResult result = icc_try_read(m, cpu, state, reg, &value);

    if (result != VGIC_OK) {
        fail_msg("read of system register 0x%x at %s of PE %u: result %d", reg, state_name(state),
                 cpu, result);
    }
    return value;
}

void icc_write(Machine *m, uint32_t cpu, const VgicCpuState *state, uint32_t reg, uint64_t value)
{
    const VgicResult result = icc_try_write(m, cpu, state, reg, value);

    if (result != VGIC_OK) {
        fail_msg("write of system register 0x%x at %s of PE %u: result %d", reg, state_name(state),
                 cpu, result);
    }
}

VgicIrqInfo info(Machine *m, uint32_t cpu, uint32_t intid)
{
    VgicIrqInfo answer;

    if (!vgic_irq_info(m->gic, cpu, intid, &answer)) {
        fail_msg("no interrupt %u at PE %u", intid, cpu);
    }
    return answer;
}
