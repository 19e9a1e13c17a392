/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What "vgic-v3" and "vgic-v5" share: frames, wires, output lines, reset and creation. System
 * registers: vgic_cpuif.c.
 */
#include "qemu/osdep.h"

#include "cpu.h"
#include "hw/arm/linux-boot-if.h"
#include "hw/intc/intc.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "system/cpu-timers.h"
#include "system/qtest.h"
#include "system/tcg.h"
#include "target/arm/cpu-features.h"
#include "vgic_device.h"

/* Output lines */

/*
 * The maintenance interrupt is wired to a PPI of this GIC, so that driving it can change the lines
 * and come back here: it is the last one, when nothing is left to do with the older answer.
 */
void vgic_pe_drive(VgicPe *pe)
{
    uint32_t lines = vgic_cpu_lines(pe->gic, pe->index) & VGIC_DRIVEN_LINES;
    uint32_t changed = lines ^ pe->driven;

    pe->driven = lines;
    for (uint32_t outputs = changed & ~VGIC_LINE_MAINTENANCE; outputs; outputs &= outputs - 1) {
        int output = ctz32(outputs);

        qemu_set_irq(pe->output[output], extract32(lines, output, 1));
    }
    if (changed & VGIC_LINE_MAINTENANCE) {
        qemu_set_irq(*pe->maintenance, !!(lines & VGIC_LINE_MAINTENANCE));
    }
}

void vgic_pe_drive_anew(VgicPe *pe)
{
    pe->driven = ~vgic_cpu_lines(pe->gic, pe->index) & VGIC_DRIVEN_LINES;
    vgic_pe_drive(pe);
}

/* Two threads may come here for one PE: the lines are read under the lock, so the last one wins. */
static void lines_changed(void *opaque, uint32_t cpu)
{
    VgicDevice *s = opaque;

    BQL_LOCK_GUARD();
    if (!s->lines_stale) {
        vgic_pe_drive(&s->pe[cpu]);
    }
}

/* Frames and wires */

static VgicAttrs access_attrs(MemTxAttrs attrs)
{
    return (attrs.secure ? VGIC_S : VGIC_NS) | VGIC_FROM_DEVICE(attrs.requester_id);
}

/* What is not there is RAZ/WI and told to the guest-error log; the bus never answers an abort. */
static MemTxResult frame_read(void *opaque, hwaddr addr, uint64_t *data, unsigned size,
                              MemTxAttrs attrs)
{
    VgicRegion *region = opaque;

    vgic_frame_read(region->gic, region->frame, access_attrs(attrs), addr, size, data);
    return MEMTX_OK;
}

static MemTxResult frame_write(void *opaque, hwaddr addr, uint64_t data, unsigned size,
                               MemTxAttrs attrs)
{
    VgicRegion *region = opaque;

    vgic_frame_write(region->gic, region->frame, access_attrs(attrs), addr, size, data);
    return MEMTX_OK;
}

static const MemoryRegionOps frame_ops = {
    .read_with_attrs = frame_read,
    .write_with_attrs = frame_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {.min_access_size = 1, .max_access_size = 8},
    .impl = {.min_access_size = 1, .max_access_size = 8},
};

void vgic_region_init(VgicRegion *region, Object *owner, Vgic *gic, const VgicFrame *frame)
{
    g_autofree char *name = g_strdup_printf("vgic-%s", vgic_frame_name(frame));

    region->gic = gic;
    region->frame = frame;
    memory_region_init_io(&region->mr, owner, &frame_ops, region, name, vgic_frame_size(frame));
}

/* Inputs: the SPIs, then 32 lines a PE of which the first 16 lead nowhere. */
static void set_wire(void *opaque, int n, int level)
{
    VgicDevice *s = opaque;
    int spis = vgic_device_spis(s);

    if (n < spis) {
        VGIC_DEVICE_GET_CLASS(s)->set_spi(s, n, level);
    } else if ((n - spis) % VGIC_INTERNAL_IRQS >= 16) {
        vgic_ppi_set_level(s->gic, (n - spis) / VGIC_INTERNAL_IRQS, (n - spis) % VGIC_INTERNAL_IRQS,
                           level);
    }
}

/* Reset */

static void vgic_device_reset_hold(Object *obj, ResetType type)
{
    VgicDevice *s = VGIC_DEVICE(obj);

    for (uint32_t i = 0; i < s->num_cpu; i++) {
        s->pe[i].state_unknown = true;
    }
    /* Cold: QEMU's devices do not lower their lines in reset, they drive them anew. */
    vgic_reset(s->gic, VGIC_RESET_COLD);
    if (s->no_firmware) {
        vgic_act_as_firmware(s->gic);
    }
}

static void vgic_device_linux_init(ARMLinuxBootIf *obj, bool secure_boot)
{
    VgicDevice *s = VGIC_DEVICE(obj);

    s->no_firmware = s->has_security && !secure_boot;
}

/* Creation */

static bool check_properties(VgicDevice *s, Error **errp)
{
    const char *name = object_get_typename(OBJECT(s));

    if (!tcg_enabled() && !qtest_enabled()) {
        error_setg(errp, "%s works with emulated CPUs only: use '-accel tcg'", name);
    } else if (s->has_lpi && !s->sysmem) {
        error_setg(errp, "%s: has-lpi needs guest memory: set the link sysmem too", name);
    } else if (s->num_irq < VGIC_INTERNAL_IRQS) {
        error_setg(errp, "%s: num-irq is %u, but it counts the %d SGIs and PPIs too", name,
                   s->num_irq, VGIC_INTERNAL_IRQS);
    } else if (s->num_cpu < 1 || s->num_cpu > VGIC_MAX_CPUS) {
        error_setg(errp, "%s: num-cpu is %u, allowed are 1 to %d", name, s->num_cpu, VGIC_MAX_CPUS);
    } else {
        return true;
    }
    return false;
}

ARMCPU *vgic_pe_cpu(VgicDevice *s, uint32_t index)
{
    return (ARMCPU *)object_dynamic_cast(OBJECT(qemu_get_cpu(s->first_cpu_index + index)),
                                         TYPE_ARM_CPU);
}

static bool same_gic_interface(ARMCPU *a, ARMCPU *b)
{
    return arm_feature(&a->env, ARM_FEATURE_EL2) == arm_feature(&b->env, ARM_FEATURE_EL2) &&
           arm_feature(&a->env, ARM_FEATURE_EL3) == arm_feature(&b->env, ARM_FEATURE_EL3) &&
           a->gic_num_lrs == b->gic_num_lrs && a->gic_vpribits == b->gic_vpribits &&
           a->gic_vprebits == b->gic_vprebits && a->gic_pribits == b->gic_pribits;
}

static bool check_cpus(VgicDevice *s, Error **errp)
{
    const char *name = object_get_typename(OBJECT(s));

    for (uint32_t i = 0; i < s->num_cpu; i++) {
        ARMCPU *cpu = vgic_pe_cpu(s, i);

        if (!cpu) {
            error_setg(errp, "%s: num-cpu is %u, but this machine has no Arm CPU %u", name,
                       s->num_cpu, s->first_cpu_index + i);
            return false;
        }
        if (cpu->env.gicv3state) {
            error_setg(errp, "%s: CPU %u already has a GIC", name, s->first_cpu_index + i);
            return false;
        }
        if (s->has_nmi && !cpu_isar_feature(aa64_nmi, cpu)) {
            error_setg(errp, "%s: has-nmi needs CPUs with FEAT_NMI, and CPU %u has none", name,
                       s->first_cpu_index + i);
            return false;
        }
        if (!same_gic_interface(cpu, vgic_pe_cpu(s, 0))) {
            error_setg(errp,
                       "%s: all CPUs of a GIC must be alike in EL2, EL3, list registers and "
                       "priority bits, and CPU %u is not like CPU %u",
                       name, s->first_cpu_index + i, s->first_cpu_index);
            return false;
        }
    }
    return true;
}

/* What every model has; the model completes it. */
static Vgic *create_gic(VgicDevice *s, Error **errp)
{
    VgicDeviceClass *klass = VGIC_DEVICE_GET_CLASS(s);
    g_autofree uint64_t *affinities = g_new0(uint64_t, s->num_cpu);
    VgicConfig config = VGIC_CONFIG_INIT(
        klass->model, .cpus = s->num_cpu, .spis = vgic_device_spis(s),
        .el3 = arm_feature(&vgic_pe_cpu(s, 0)->env, ARM_FEATURE_EL3), .nmi = s->has_nmi,
        .lpi_bits = s->has_lpi ? s->lpi_bits : 0, .lpi_limit = s->has_lpi ? s->lpi_limit : 0,
        /* Then every access is marked as I/O and holds the BQL. */
        .single_threaded = icount_enabled());
    VgicHost host =
        VGIC_HOST_INIT(.lines_changed = lines_changed, .guest_error = vgic_qemu_guest_error,
                       .host_error = vgic_qemu_host_error,
                       .trace = vgic_qemu_trace_wanted() ? vgic_qemu_trace_event : NULL);
    VgicError *error = NULL;
    Vgic *gic;

    for (uint32_t i = 0; i < s->num_cpu; i++) {
        affinities[i] = arm_cpu_mp_affinity(vgic_pe_cpu(s, i));
    }
    klass->configure(s, &config, affinities);
    if (s->has_lpi) {
        host.memory_read = vgic_qemu_memory_read;
        host.memory_write = vgic_qemu_memory_write;
        host.work = s->work ? vgic_qemu_work_later : NULL;
    }
    gic = vgic_new(&config, &host, s, &error);
    if (!gic) {
        error_setg(errp, "%s: %s", object_get_typename(OBJECT(s)), vgic_error_message(error));
        vgic_error_free(error);
    }
    return gic;
}

static void create_lines(VgicDevice *s)
{
    qdev_init_gpio_in(DEVICE(s), set_wire,
                      s->num_irq - VGIC_INTERNAL_IRQS + s->num_cpu * VGIC_INTERNAL_IRQS);
    for (int output = 0; output < VGIC_CPU_OUTPUTS; output++) {
        for (uint32_t i = 0; i < s->num_cpu; i++) {
            sysbus_init_irq(SYS_BUS_DEVICE(s), &s->pe[i].output[output]);
        }
    }
}

static bool create_regions(VgicDevice *s, Error **errp)
{
    uint32_t count = 0;

    while (vgic_frame_at(s->gic, count)) {
        count++;
    }
    s->region = g_new0(VgicRegion, count);
    return VGIC_DEVICE_GET_CLASS(s)->create_regions(s, errp);
}

static void create_pe(VgicDevice *s, uint32_t index)
{
    VgicDeviceClass *klass = VGIC_DEVICE_GET_CLASS(s);
    VgicPe *pe = &s->pe[index];
    ARMCPU *cpu = vgic_pe_cpu(s, index);

    pe->device = s;
    pe->gic = s->gic;
    pe->index = index;
    pe->state_unknown = true;
    pe->maintenance = &cpu->gicv3_maintenance_interrupt;
    vgic_cpuif_init(pe, cpu, s->has_nmi);
    if (klass->init_cpu) {
        klass->init_cpu(s, cpu);
    }
}

static void vgic_device_realize(DeviceState *dev, Error **errp)
{
    VgicDevice *s = VGIC_DEVICE(dev);
    VgicDeviceClass *klass = VGIC_DEVICE_GET_CLASS(s);

    s->has_nmi = s->has_nmi && s->nmi;
    if (!check_properties(s, errp) || !check_cpus(s, errp) || !klass->check(s, errp)) {
        return;
    }
    if (s->has_lpi) {
        vgic_qemu_memory_init(s);
    }
    s->gic = create_gic(s, errp);
    if (!s->gic) {
        return;
    }
    s->pe = g_new0(VgicPe, s->num_cpu);
    create_lines(s);
    if (!create_regions(s, errp)) {
        return;
    }
    for (uint32_t i = 0; i < s->num_cpu; i++) {
        create_pe(s, i);
    }
    klass->list_intids(s);
    vgic_qemu_state_init(s);
}

static void vgic_device_finalize(Object *obj)
{
    VgicDevice *s = VGIC_DEVICE(obj);

    vgic_qemu_state_finalize(s);
    vgic_qemu_memory_finalize(s);
    vgic_free(s->gic);
    g_free(s->pe);
    g_free(s->region);
    g_free(s->redist_region_count);
}

/* The class */

static void vgic_device_print_info(InterruptStatsProvider *obj, GString *buf)
{
    VgicDevice *s = VGIC_DEVICE(obj);

    if (s->gic) {
        vgic_qemu_print_info(s, buf);
    }
}

/* The first block is what boards set on QEMU's own GICv3. */
static const Property vgic_device_properties[] = {
    DEFINE_PROP_UINT32("num-cpu", VgicDevice, num_cpu, 1),
    DEFINE_PROP_UINT32("num-irq", VgicDevice, num_irq, VGIC_INTERNAL_IRQS),
    DEFINE_PROP_UINT32("revision", VgicDevice, revision, 3),
    DEFINE_PROP_BOOL("has-lpi", VgicDevice, has_lpi, false),
    DEFINE_PROP_BOOL("has-nmi", VgicDevice, has_nmi, false),
    DEFINE_PROP_BOOL("has-security-extensions", VgicDevice, has_security, false),
    DEFINE_PROP_ARRAY("redist-region-count", VgicDevice, redist_regions, redist_region_count,
                      qdev_prop_uint32, uint32_t),
    DEFINE_PROP_LINK("sysmem", VgicDevice, sysmem, TYPE_MEMORY_REGION, MemoryRegion *),

    DEFINE_PROP_UINT32("first-cpu-index", VgicDevice, first_cpu_index, 0),
    DEFINE_PROP_UINT32("lpi-limit", VgicDevice, lpi_limit, 0),
    /* has-nmi is the board's, which no -global overrides. */
    DEFINE_PROP_BOOL("nmi", VgicDevice, nmi, true),
};

static void vgic_device_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = vgic_device_realize;
    device_class_set_props(dc, vgic_device_properties);
    RESETTABLE_CLASS(klass)->phases.hold = vgic_device_reset_hold;
    ARM_LINUX_BOOT_IF_CLASS(klass)->arm_linux_init = vgic_device_linux_init;
    INTERRUPT_STATS_PROVIDER_CLASS(klass)->print_info = vgic_device_print_info;
}

static const TypeInfo vgic_device_type = {
    .name = TYPE_VGIC_DEVICE,
    .parent = TYPE_SYS_BUS_DEVICE,
    .abstract = true,
    .instance_size = sizeof(VgicDevice),
    .instance_finalize = vgic_device_finalize,
    .class_size = sizeof(VgicDeviceClass),
    .class_init = vgic_device_class_init,
    .interfaces =
        (InterfaceInfo[]){
            {TYPE_ARM_LINUX_BOOT_IF},
            {TYPE_INTERRUPT_STATS_PROVIDER},
            {},
        },
};

static void vgic_device_register_types(void)
{
    type_register_static(&vgic_device_type);
}

type_init(vgic_device_register_types)
