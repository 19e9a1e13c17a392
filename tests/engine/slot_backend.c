/* SPDX-License-Identifier: BSD-2-Clause */
#include "slot_backend.h"

#include "core/error.h"
#include "core/gic.h"
#include "vgic-internal.h"

static Slot *slot_of(const VgicCpu *cpu)
{
    SlotMachine *machine = cpu->gic->backend_data;

    return &machine->slots[cpu->index];
}

/* Brings the list register's truth into the record, which it returns; the lock is held. */
static VgicIrq *fold(VgicCpu *cpu)
{
    Slot *slot = slot_of(cpu);
    VgicIrq *irq;

    if (slot->intid == 0 && slot->state == SLOT_INVALID) {
        return NULL;
    }
    irq = vgic_irq_find(cpu->gic, cpu, slot->intid);
    vgic_irq_set(irq, VGIC_IRQ_ON_LR, false);
    vgic_irq_set(irq, VGIC_IRQ_ACTIVE, slot->state == SLOT_ACTIVE);
    if (slot->state == SLOT_PENDING && irq->flags & VGIC_IRQ_LR_LATCH) {
        vgic_irq_set(irq, VGIC_IRQ_LATCH, true);
    }
    vgic_irq_set(irq, VGIC_IRQ_LR_LATCH, false);
    *slot = (Slot){SLOT_INVALID, 0};
    vgic_irq_requeue(cpu, irq);
    return irq;
}

static bool slot_present(VgicCpu *cpu)
{
    SlotMachine *machine = cpu->gic->backend_data;

    vgic_cpu_refresh(cpu);
    if (cpu->index >= cpu->gic->cpu_count) {
        return false;
    }
    if (vgic_cpu_candidate(cpu).slot != VGIC_SLOT_NONE && slot_of(cpu)->state == SLOT_INVALID) {
        machine->kicks[cpu->index]++;
    }
    return vgic_cpu_publish(cpu,
                            vgic_cpu_candidate(cpu).slot != VGIC_SLOT_NONE ? VGIC_LINE_VIRQ : 0);
}

static VgicCpu *slot_recall(VgicCpu *cpu, VgicIrq *irq)
{
    SlotMachine *machine = cpu->gic->backend_data;

    (void)irq;
    machine->recalls++;
    fold(cpu);
    return cpu;
}

static bool slot_drive(Vgic *gic, VgicCpu *cpu, VgicIrq *irq, bool level)
{
    SlotMachine *machine = gic->backend_data;

    (void)cpu, (void)irq, (void)level;
    machine->drives++;
    return machine->keep_wires;
}

static bool slot_start(Vgic *gic, VgicError **error)
{
    SlotMachine *machine = gic->backend_data;

    return !machine->fail_start ||
           vgic_error_set(error, VGIC_ERROR_UNSUPPORTED, "no list registers here");
}

static void slot_stop(Vgic *gic)
{
    ((SlotMachine *)gic->backend_data)->stopped = true;
}

static const VgicBackendOps slot_backend = {
    .name = "slot",
    .start = slot_start,
    .stop = slot_stop,
    .present = slot_present,
    .drive = slot_drive,
    .recall = slot_recall,
};

Vgic *slot_gic_new(SlotMachine *machine, const VgicConfig *config, const VgicHost *host,
                   VgicError **error)
{
    return vgic_new_on(&slot_backend, machine, config, host, machine, error);
}

void slot_enter(Vgic *gic, uint32_t cpu_index)
{
    VgicCpu *cpu = &gic->cpus[cpu_index];
    Slot *slot = slot_of(cpu);
    VgicIrq *irq;

    vgic_lock(&cpu->lock);
    if (slot->state != SLOT_INVALID || vgic_cpu_candidate(cpu).slot == VGIC_SLOT_NONE) {
        vgic_unlock(&cpu->lock);
        return;
    }
    irq = vgic_cpu_irq(cpu, vgic_cpu_candidate(cpu).slot);
    *slot = (Slot){SLOT_PENDING, vgic_intid_of(irq->slot)};
    vgic_irq_set(irq, VGIC_IRQ_ON_LR, true);
    vgic_irq_set(irq, VGIC_IRQ_LR_LATCH, irq->flags & VGIC_IRQ_LATCH);
    vgic_irq_set(irq, VGIC_IRQ_LATCH, false);
    vgic_irq_requeue(cpu, irq);
    vgic_cpu_present_unlock(cpu);
}

uint32_t slot_acknowledge(Vgic *gic, uint32_t cpu)
{
    Slot *slot = slot_of(&gic->cpus[cpu]);

    if (slot->state != SLOT_PENDING) {
        return VGIC_INTID_SPURIOUS;
    }
    slot->state = SLOT_ACTIVE;
    return slot->intid;
}

void slot_end(Vgic *gic, uint32_t cpu)
{
    slot_of(&gic->cpus[cpu])->state = SLOT_INVALID;
}

void slot_exit(Vgic *gic, uint32_t cpu_index)
{
    VgicCpu *cpu = &gic->cpus[cpu_index];
    VgicIrq *irq;

    vgic_lock(&cpu->lock);
    irq = fold(cpu);
    if (irq) {
        vgic_irq_update_unlock(cpu, irq);
    } else {
        vgic_unlock(&cpu->lock);
    }
}
