/* SPDX-License-Identifier: BSD-2-Clause */
/* Reset: cold, warm, one PE. */
#include <glib.h>

#include "core/gic.h"

static void reset_cpu_unlock(VgicCpu *cpu)
{
    cpu->gic->model->reset_cpu(cpu);
    vgic_cpu_reconfigure_unlock(cpu);
}

static void reset_irq(VgicCpu *home, VgicIrq *irq, void *data)
{
    VgicReset kind = *(const VgicReset *)data;

    if (irq->flags & VGIC_IRQ_ONE_OF_N) {
        vgic_one_of_n_set(home->gic, irq, false);
    }
    irq->flags &= VGIC_IRQ_MAPPED | (kind == VGIC_RESET_WARM ? VGIC_IRQ_WIRE : 0);
    irq->group = 0;
    irq->priority = 0;
    home->gic->model->reset_irq(home, irq);
}

void vgic_core_reset(Vgic *gic, VgicReset kind)
{
    if (gic->part) {
        gic->part->reset(gic);
    }
    gic->model->reset(gic, kind);
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        vgic_lock(&gic->cpus[i].lock);
        reset_cpu_unlock(&gic->cpus[i]);
    }
    if (gic->model->reset_lpis) {
        gic->model->reset_lpis(gic);
    } else {
        vgic_lpi_reset(gic);
    }
    vgic_for_each_irq(gic, reset_irq, &kind);
}

static void trace_reset(Vgic *gic, uint32_t cpu, uint64_t value)
{
    VgicTrace event = {.kind = VGIC_TRACE_RESET, .cpu = cpu, .value = value};

    if (G_UNLIKELY(gic->host.trace)) {
        gic->host.trace(gic->machine, &event);
    }
}

/* @p busy: a PE of which a part is in hardware, or the number of PEs. */
static bool check_idle(const Vgic *gic, const char *function, uint32_t busy)
{
    if (busy < gic->cpu_count) {
        vgic_host_error(gic, function, "vCPU %u is loaded: call vgic_hyp_put() first", busy);
    }
    return busy == gic->cpu_count;
}

void vgic_reset(Vgic *gic, VgicReset kind)
{
    if (!vgic_check_gic(gic, __func__)) {
        return;
    }
    if (kind != VGIC_RESET_COLD && kind != VGIC_RESET_WARM) {
        vgic_host_error(gic, __func__, "kind is %d, allowed are VGIC_RESET_COLD and _WARM",
                        (int)kind);
        return;
    }
    if (!check_idle(gic, __func__, vgic_busy_cpu(gic))) {
        return;
    }
    trace_reset(gic, UINT32_MAX, kind);
    vgic_core_reset(gic, kind);
}

void vgic_cpu_reset(Vgic *gic, uint32_t cpu)
{
    if (!vgic_check_cpu(gic, __func__, cpu) ||
        !check_idle(gic, __func__, vgic_is_busy(&gic->cpus[cpu]) ? cpu : gic->cpu_count)) {
        return;
    }
    trace_reset(gic, cpu, VGIC_RESET_WARM);
    vgic_lock(&gic->cpus[cpu].lock);
    reset_cpu_unlock(&gic->cpus[cpu]);
}

void vgic_act_as_firmware(Vgic *gic)
{
    if (vgic_check_gic(gic, __func__)) {
        gic->model->act_as_firmware(gic);
    }
}
