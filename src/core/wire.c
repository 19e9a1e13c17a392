/* SPDX-License-Identifier: BSD-2-Clause */
/* Wires in, lines out. */
#include <glib.h>

#include "core/gic.h"

static void trace_wire(Vgic *gic, uint32_t cpu, uint32_t intid, bool level)
{
    VgicTrace event = {.kind = VGIC_TRACE_WIRE, .cpu = cpu, .intid = intid, .value = level};

    gic->host.trace(gic->machine, &event);
}

static void trace_drive(Vgic *gic, const VgicCpu *cpu, const VgicIrq *irq, bool level)
{
    if (G_UNLIKELY(gic->host.trace)) {
        trace_wire(gic, cpu ? cpu->index : UINT32_MAX, vgic_intid_of(irq->slot), level);
    }
}

static void drive(Vgic *gic, VgicCpu *cpu, VgicIrq *irq, bool level)
{
    trace_drive(gic, cpu, irq, level);
    if (gic->backend->drive && gic->backend->drive(gic, cpu, irq, level)) {
        return;
    }
    vgic_irq_drive(gic, irq, level);
}

static void pulse(Vgic *gic, VgicCpu *cpu, VgicIrq *irq)
{
    if (gic->backend->drive) {
        drive(gic, cpu, irq, true);
        drive(gic, cpu, irq, false);
        return;
    }
    trace_drive(gic, cpu, irq, true);
    trace_drive(gic, cpu, irq, false);
    vgic_irq_pulse(gic, irq);
}

static VgicIrq *find_spi(Vgic *gic, const char *function, uint32_t intid)
{
    VgicIrq *irq;

    if (!vgic_check_gic(gic, function)) {
        return NULL;
    }
    irq = vgic_irq_find(gic, NULL, intid);
    if (!irq && gic->espis) {
        vgic_host_error(gic, function, "intid is %u, allowed are the SPIs 32 to %u and 4096 to %u",
                        intid, gic->spis + VGIC_INTID_SPI - 1, gic->espis + VGIC_INTID_ESPI - 1);
    } else if (!irq) {
        vgic_host_error(gic, function, "intid is %u, allowed are the %u SPIs from 32 on", intid,
                        gic->spis);
    }
    return irq;
}

static VgicIrq *find_ppi(Vgic *gic, const char *function, uint32_t cpu, uint32_t intid)
{
    bool is_ppi = (intid >= VGIC_INTID_PPI && intid < VGIC_INTID_SPI) ||
                  (intid >= VGIC_INTID_EPPI && intid < VGIC_INTID_EPPI_END);
    VgicIrq *irq;

    irq = is_ppi ? vgic_irq_find(gic, &gic->cpus[cpu], intid) : NULL;
    if (irq && intid == gic->maintenance_intid) {
        vgic_host_error(gic, function,
                        "intid is %u, the PPI that the GIC itself drives: it is "
                        "VgicConfig.maintenance_intid",
                        intid);
        return NULL;
    }
    if (!irq && gic->eppis) {
        vgic_host_error(gic, function, "intid is %u, allowed are the PPIs 16 to 31 and 1056 to %u",
                        intid, VGIC_INTID_EPPI + gic->eppis - 1);
    } else if (!irq) {
        vgic_host_error(gic, function, "intid is %u, allowed are the PPIs 16 to 31", intid);
    }
    return irq;
}

/* Has the model its own rules for wires? */
static inline bool has_own_wires(const Vgic *gic)
{
    return G_UNLIKELY(gic && gic->model->drive);
}

static bool drive_by_model(Vgic *gic, const char *function, uint32_t cpu, uint32_t id,
                           VgicWireChange change)
{
    bool done =
        gic->model->drive(gic, function, cpu == UINT32_MAX ? NULL : &gic->cpus[cpu], id, change);

    if (G_UNLIKELY(gic->host.trace) && done) {
        uint32_t intid = cpu == UINT32_MAX ? VGIC_V5_SPI(id) : VGIC_V5_PPI(id);

        if (change != VGIC_WIRE_LOW) {
            trace_wire(gic, cpu, intid, true);
        }
        if (change != VGIC_WIRE_HIGH) {
            trace_wire(gic, cpu, intid, false);
        }
    }
    return done;
}

bool vgic_spi_set_level(Vgic *gic, uint32_t intid, bool level)
{
    VgicIrq *irq;

    if (has_own_wires(gic)) {
        return drive_by_model(gic, __func__, UINT32_MAX, intid,
                              level ? VGIC_WIRE_HIGH : VGIC_WIRE_LOW);
    }
    irq = find_spi(gic, __func__, intid);
    if (irq) {
        drive(gic, NULL, irq, level);
    }
    return irq;
}

bool vgic_spi_pulse(Vgic *gic, uint32_t intid)
{
    VgicIrq *irq;

    if (has_own_wires(gic)) {
        return drive_by_model(gic, __func__, UINT32_MAX, intid, VGIC_WIRE_PULSE);
    }
    irq = find_spi(gic, __func__, intid);
    if (irq) {
        pulse(gic, NULL, irq);
    }
    return irq;
}

bool vgic_ppi_set_level(Vgic *gic, uint32_t cpu, uint32_t intid, bool level)
{
    VgicIrq *irq;

    if (!vgic_check_cpu(gic, __func__, cpu)) {
        return false;
    }
    if (has_own_wires(gic)) {
        return drive_by_model(gic, __func__, cpu, intid, level ? VGIC_WIRE_HIGH : VGIC_WIRE_LOW);
    }
    irq = find_ppi(gic, __func__, cpu, intid);
    if (irq) {
        drive(gic, &gic->cpus[cpu], irq, level);
    }
    return irq;
}

bool vgic_ppi_pulse(Vgic *gic, uint32_t cpu, uint32_t intid)
{
    VgicIrq *irq;

    if (!vgic_check_cpu(gic, __func__, cpu)) {
        return false;
    }
    if (has_own_wires(gic)) {
        return drive_by_model(gic, __func__, cpu, intid, VGIC_WIRE_PULSE);
    }
    irq = find_ppi(gic, __func__, cpu, intid);
    if (irq) {
        pulse(gic, &gic->cpus[cpu], irq);
    }
    return irq;
}

uint32_t vgic_cpu_count(const Vgic *gic)
{
    return vgic_check_gic(gic, __func__) ? gic->cpu_count : 0;
}

uint32_t vgic_cpu_lines(const Vgic *gic, uint32_t cpu)
{
    if (!vgic_check_cpu(gic, __func__, cpu)) {
        return 0;
    }
    return atomic_load_explicit(&gic->cpus[cpu].lines, memory_order_acquire);
}
