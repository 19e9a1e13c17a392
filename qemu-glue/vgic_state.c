/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * savevm, loadvm and migration: the whole GIC with its ITS is one blob of the library's.
 *
 * The GIC is loaded after the guest's memory and before the CPUs and all devices. So nothing here
 * looks at a CPU or drives one until the machine starts to run.
 */
#include "qemu/osdep.h"

#include "cpu.h"
#include "hw/qdev-core.h"
#include "migration/vmstate.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "system/runstate.h"
#include "target/arm/cpregs.h"
#include "trace/trace-hw_intc.h"
#include "vgic_device.h"

static const char *name(VgicDevice *s)
{
    return object_get_typename(OBJECT(s));
}

/* What was read from a stream lives in QEMU's memory; what was saved lives in the library's. */
static int drop_loaded(void *opaque)
{
    VgicDevice *s = opaque;

    g_clear_pointer(&s->state, g_free);
    s->state_size = 0;
    return 0;
}

static int pre_save(void *opaque)
{
    VgicDevice *s = opaque;
    VgicError *error = NULL;
    size_t size = 0;

    drop_loaded(s);
    s->state = vgic_save(s->gic, &size, &error);
    if (!s->state) {
        error_report("%s: %s", name(s), vgic_error_message(error));
        vgic_error_free(error);
        return -ENOMEM;
    }
    if (size > UINT32_MAX) {
        error_report("%s: the state of this GIC has %zu bytes, too many for a stream", name(s),
                     size);
        vgic_state_free(g_steal_pointer(&s->state));
        return -EFBIG;
    }
    s->state_size = size;
    trace_vgic_state("saved", s->state_size);
    return 0;
}

static int post_save(void *opaque)
{
    VgicDevice *s = opaque;

    vgic_state_free(g_steal_pointer(&s->state));
    s->state_size = 0;
    return 0;
}

/* The size is as trustworthy as the stream: no more than a GIC of this configuration can need. */
static bool size_is_possible(void *opaque, int version_id)
{
    VgicDevice *s = opaque;
    uint64_t most = (UINT64_C(16) << 20) + (UINT64_C(64) << (s->has_lpi ? s->lpi_bits : 0));

    if (s->state_size > most) {
        error_report("%s: the saved state has %" PRIu32 " bytes, more than the %" PRIu64
                     " that a GIC of this configuration can need",
                     name(s), s->state_size, most);
        return false;
    }
    return true;
}

static int post_load(void *opaque, int version_id)
{
    VgicDevice *s = opaque;
    VgicError *error = NULL;
    bool loaded;

    s->lines_stale = true;
    loaded = vgic_load(s->gic, s->state, s->state_size, &error);
    trace_vgic_state(loaded ? "loaded" : "refused", s->state_size);
    drop_loaded(s);
    if (!loaded) {
        error_report("%s: %s", name(s), vgic_error_message(error));
        vgic_error_free(error);
        return -EINVAL;
    }
    return 0;
}

#define VGIC_VMSTATE(name_)                                                                        \
    {                                                                                              \
        .name = (name_), .version_id = 1, .minimum_version_id = 1, .priority = MIG_PRI_GICV3,      \
        .pre_save = pre_save, .post_save = post_save, .pre_load = drop_loaded,                     \
        .post_load = post_load, .fields = (const VMStateField[])                                   \
        {                                                                                          \
            VMSTATE_UINT32(state_size, VgicDevice),                                                \
                VMSTATE_VALIDATE("size of the GIC's state", size_is_possible),                     \
                VMSTATE_VBUFFER_ALLOC_UINT32(state, VgicDevice, 1, NULL, state_size),              \
                VMSTATE_END_OF_LIST(),                                                             \
        }                                                                                          \
    }

const VMStateDescription vmstate_vgic_v3 = VGIC_VMSTATE(TYPE_VGIC_V3_DEVICE);
const VMStateDescription vmstate_vgic_v5 = VGIC_VMSTATE(TYPE_VGIC_V5_DEVICE);

/* A write of CNT*_CVAL sets the timer, whatever the value was. */
static void rearm_timer(gpointer key, gpointer value, gpointer opaque)
{
    static const int timers[] = {GTIMER_HYP, GTIMER_SEC, GTIMER_HYPVIRT, GTIMER_S_EL2_PHYS,
                                 GTIMER_S_EL2_VIRT};
    const ARMCPRegInfo *ri = value;
    CPUARMState *env = opaque;

    for (size_t i = 0; i < ARRAY_SIZE(timers); i++) {
        if (ri->writefn &&
            ri->fieldoffset == offsetof(CPUARMState, cp15.c14_timer[timers[i]].cval)) {
            ri->writefn(env, ri, env->cp15.c14_timer[timers[i]].cval);
        }
    }
}

/*
 * QEMU 10.0 saves the registers of all timers, but when they are due only of those of EL1: a kernel
 * at EL2 (VHE) would wait for its tick for ever.
 */
static void rearm_timers(ARMCPU *cpu)
{
    g_hash_table_foreach(cpu->cp_regs, rearm_timer, &cpu->env);
}

/*
 * The CPUs were loaded with the inputs that they had, which are those of the GIC that was saved.
 * Setting them again costs little and makes sure that the GIC is right.
 */
static void drive_loaded(VgicDevice *s)
{
    s->lines_stale = false;
    for (uint32_t i = 0; i < s->num_cpu; i++) {
        rearm_timers(vgic_pe_cpu(s, i));
        vgic_cpuif_loaded(&s->pe[i], vgic_pe_cpu(s, i));
        vgic_pe_drive_anew(&s->pe[i]);
    }
}

static void run_state_changed(void *opaque, bool running, RunState state)
{
    VgicDevice *s = opaque;

    if (!running) {
        return;
    }
    if (s->lines_stale) {
        drive_loaded(s);
    }
    if (s->work) {
        qemu_bh_schedule(s->work);
    }
}

void vgic_qemu_state_init(VgicDevice *s)
{
    s->run_state = qdev_add_vm_change_state_handler(DEVICE(s), run_state_changed, s);
}

void vgic_qemu_state_finalize(VgicDevice *s)
{
    if (s->run_state) {
        qemu_del_vm_change_state_handler(s->run_state);
    }
    drop_loaded(s);
}
