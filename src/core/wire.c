/* SPDX-License-Identifier: BSD-2-Clause */
/* Wires in, lines out. */
#include <glib.h>

#include "core/gic.h"

static void trace_wire(Vgic *gic, uint32_t cpu, uint32_t intid, bool level)
{
    VgicTrace event = {.kind = VGIC_TRACE_WIRE, .cpu = cpu, .intid = intid, .value = level};

    gic->host.trace(gic->machine, &event);
}

static void drive(Vgic *gic, VgicCpu *cpu, VgicIrq *irq, bool level)
{
    if (G_UNLIKELY(gic->host.trace)) {
        trace_wire(gic, cpu ? cpu->index : UINT32_MAX, vgic_intid_of(irq->slot), level);
    }
    if (gic->backend->drive && gic->backend->drive(gic, cpu, irq, level)) {
        return;
    }
    vgic_irq_drive(gic, irq, level);
}

static void pulse(Vgic *gic, VgicCpu *cpu, VgicIrq *irq)
{
    if (G_UNLIKELY(gic->host.trace || gic->backend->drive)) {
        drive(gic, cpu, irq, true);
        drive(gic, cpu, irq, false);
    } else {
        vgic_irq_pulse(gic, irq);
    }
}

static VgicIrq *find_spi(Vgic *gic, const char *function, uint32_t intid)
{
    VgicIrq *irq;

    if (!gic) {
        vgic_host_error(NULL, function, "gic is NULL");
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

    if (!gic) {
        vgic_host_error(NULL, function, "gic is NULL");
        return NULL;
    }
    if (cpu >= gic->cpu_count) {
        vgic_host_error(gic, function, "cpu is %u, allowed is 0 to %u", cpu, gic->cpu_count - 1);
        return NULL;
    }
    irq = is_ppi ? vgic_irq_find(gic, &gic->cpus[cpu], intid) : NULL;
    if (!irq && gic->eppis) {
        vgic_host_error(gic, function, "intid is %u, allowed are the PPIs 16 to 31 and 1056 to %u",
                        intid, VGIC_INTID_EPPI + gic->eppis - 1);
    } else if (!irq) {
        vgic_host_error(gic, function, "intid is %u, allowed are the PPIs 16 to 31", intid);
    }
    return irq;
}

bool vgic_spi_set_level(Vgic *gic, uint32_t intid, bool level)
{
    VgicIrq *irq = find_spi(gic, __func__, intid);

    if (irq) {
        drive(gic, NULL, irq, level);
    }
    return irq;
}

bool vgic_spi_pulse(Vgic *gic, uint32_t intid)
{
    VgicIrq *irq = find_spi(gic, __func__, intid);

    if (irq) {
        pulse(gic, NULL, irq);
    }
    return irq;
}

bool vgic_ppi_set_level(Vgic *gic, uint32_t cpu, uint32_t intid, bool level)
{
    VgicIrq *irq = find_ppi(gic, __func__, cpu, intid);

    if (irq) {
        drive(gic, &gic->cpus[cpu], irq, level);
    }
    return irq;
}

bool vgic_ppi_pulse(Vgic *gic, uint32_t cpu, uint32_t intid)
{
    VgicIrq *irq = find_ppi(gic, __func__, cpu, intid);

    if (irq) {
        pulse(gic, &gic->cpus[cpu], irq);
    }
    return irq;
}

uint32_t vgic_cpu_count(const Vgic *gic)
{
    return gic->cpu_count;
}

uint32_t vgic_cpu_lines(const Vgic *gic, uint32_t cpu)
{
    if (G_UNLIKELY(cpu >= gic->cpu_count)) {
        vgic_host_error(gic, __func__, "cpu is %u, allowed is 0 to %u", cpu, gic->cpu_count - 1);
        return 0;
    }
    return atomic_load_explicit(&gic->cpus[cpu].lines, memory_order_acquire);
}
