/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What LPIs and the ITS need of the machine: guest memory, and calls in the background.
 */
#include "qemu/osdep.h"

#include "cpu.h"

#include "exec/memory.h"
#include "qemu/main-loop.h"
#include "system/cpu-timers.h"
#include "system/runstate.h"
#include "vgic_device.h"

static AddressSpace *view(VgicDevice *s, VgicSpace space, MemTxAttrs *attrs)
{
    /* Tables on top of a device's registers are a bus error, and never call back into a device. */
    *attrs = (MemTxAttrs){.memory = 1, .space = space};
    if (space & VGIC_NS) {
        return &s->memory;
    }
    attrs->secure = 1;
    return s->secure_memory;
}

bool vgic_qemu_memory_read(void *opaque, VgicSpace space, uint64_t address, void *buffer,
                           size_t length)
{
    MemTxAttrs attrs;
    AddressSpace *as = view(opaque, space, &attrs);

    return as && address_space_read(as, address, attrs, buffer, length) == MEMTX_OK;
}

bool vgic_qemu_memory_write(void *opaque, VgicSpace space, uint64_t address, const void *buffer,
                            size_t length)
{
    MemTxAttrs attrs;
    AddressSpace *as = view(opaque, space, &attrs);

    return as && address_space_write(as, address, attrs, buffer, length) == MEMTX_OK;
}

void vgic_qemu_work_later(void *opaque)
{
    VgicDevice *s = opaque;

    qemu_bh_schedule(s->work);
}

/* A stopped machine stays as it is: the run-state handler schedules this anew. */
static void do_work(void *opaque)
{
    VgicDevice *s = opaque;

    if (runstate_is_running() && vgic_work(s->gic)) {
        qemu_bh_schedule(s->work);
    }
}

void vgic_qemu_memory_init(VgicDevice *s)
{
    CPUState *cpu = CPU(vgic_pe_cpu(s, 0));

    address_space_init(&s->memory, s->sysmem, "vgic-memory");
    if (arm_feature(&ARM_CPU(cpu)->env, ARM_FEATURE_EL3)) {
        s->secure_memory = cpu_get_address_space(cpu, ARMASIdx_S);
    }
    /* With icount a guest store has to do the same in each run: all of its work at once. */
    if (!icount_enabled()) {
        s->work = qemu_bh_new_guarded(do_work, s, &DEVICE(s)->mem_reentrancy_guard);
    }
}

void vgic_qemu_memory_finalize(VgicDevice *s)
{
    if (s->work) {
        qemu_bh_delete(s->work);
    }
    if (s->memory.root) {
        address_space_destroy(&s->memory);
    }
}
