/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU device "vgic-v5".
 */
#include "qemu/osdep.h"

#include "cpu.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "target/arm/cpregs.h"
#include "vgic_v5.h"

/* More frames than this in region 1 have no room on any board. */
enum {
    MAX_OTHER_FRAMES = 0xF60000 / VGIC_V5_FRAME_SIZE
};

static bool vgic_v5_check(VgicDevice *dev, Error **errp)
{
    VgicV5Device *s = VGIC_V5_DEVICE(dev);
    CPUARMState *env = &vgic_pe_cpu(dev, 0)->env;

    if (!arm_feature(env, ARM_FEATURE_AARCH64)) {
        error_setg(errp, "vgic-v5: a GICv5 needs CPUs with AArch64");
    } else if (arm_feature(env, ARM_FEATURE_EL2)) {
        error_setg(errp, "vgic-v5: CPUs with EL2 are not supported yet: leave out "
                         "'virtualization=on'");
    } else if (!dev->has_lpi) {
        error_setg(errp, "vgic-v5: a GICv5 has LPIs: set has-lpi");
    } else if (s->irs < 1 || s->irs > MIN(VGIC_V5_MAX_IRS, dev->num_cpu)) {
        error_setg(errp, "vgic-v5: irs is %u, allowed are 1 to %u", s->irs,
                   MIN(VGIC_V5_MAX_IRS, dev->num_cpu));
    } else if (s->iwb_wires && !s->its) {
        error_setg(errp, "vgic-v5: iwb-wires needs an ITS: set its too, or iwb-wires=0");
    } else {
        return true;
    }
    return false;
}

static void vgic_v5_configure(VgicDevice *dev, VgicConfig *config, const uint64_t *affinities)
{
    VgicV5Device *s = VGIC_V5_DEVICE(dev);

    for (uint32_t i = 0; i < s->irs; i++) {
        s->irs_cpus[i] = dev->num_cpu / s->irs + (i < dev->num_cpu % s->irs);
    }
    config->v5.irs = s->irs;
    config->v5.irs_cpus = s->irs_cpus;
    if (s->its) {
        config->its = 1;
        config->its_options.device_bits = VGIC_V5_DEVICE_BITS;
    }
    if (s->iwb_wires) {
        s->iwb = (VgicIwbOptions){.wires = VGIC_V5_IWB_WIRES, .device = VGIC_V5_IWB_DEVICE};
        config->v5.iwbs = 1;
        config->v5.iwb = &s->iwb;
    }
}

/* The region that shows @frame, and the offset there; NULL: that of the ITS's device. */
static MemoryRegion *place(VgicV5Device *s, const VgicFrame *frame, uint64_t *offset)
{
    const char *name = vgic_frame_name(frame);

    if (g_str_equal(name, "ITS") || g_str_equal(name, "ITS_TRANSLATE")) {
        return NULL;
    }
    if (g_str_equal(name, "IRS") || g_str_equal(name, "IRS_SETLPI")) {
        *offset = g_str_equal(name, "IRS") ? 0 : VGIC_V5_FRAME_SIZE;
        return &s->first_irs;
    }
    *offset = memory_region_size(&s->others);
    memory_region_set_size(&s->others, *offset + VGIC_V5_FRAME_SIZE);
    return &s->others;
}

static bool vgic_v5_create_regions(VgicDevice *dev, Error **errp)
{
    VgicV5Device *s = VGIC_V5_DEVICE(dev);
    const VgicFrame *frame;

    memory_region_init(&s->first_irs, OBJECT(s), "vgic-IRS0", 2 * VGIC_V5_FRAME_SIZE);
    memory_region_init(&s->others, OBJECT(s), "vgic-frames", 0);
    for (uint32_t i = 0; (frame = vgic_frame_at(dev->gic, i)); i++) {
        uint64_t offset;
        MemoryRegion *in = place(s, frame, &offset);

        if (in) {
            vgic_region_init(&dev->region[i], OBJECT(s), dev->gic, frame);
            memory_region_add_subregion(in, offset, &dev->region[i].mr);
        }
    }
    if (memory_region_size(&s->others) > MAX_OTHER_FRAMES * VGIC_V5_FRAME_SIZE) {
        error_setg(errp, "vgic-v5: irs is %u, and there is no room for so many frames", s->irs);
        return false;
    }
    s->iwb_frame = vgic_frame(dev->gic, "IWB");
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->first_irs);
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->others);
    return true;
}

static void vgic_v5_list_intids(VgicDevice *dev)
{
    dev->intids[0] = (VgicIntids){VGIC_V5_PPI(0), VGIC_V5_PPIS, true};
    dev->intids[1] = (VgicIntids){VGIC_V5_SPI(0), vgic_device_spis(dev), false};
}

static void vgic_v5_set_spi(VgicDevice *dev, uint32_t n, bool level)
{
    VgicV5Device *s = VGIC_V5_DEVICE(dev);

    if (vgic_v5_is_iwb_wire(s, n)) {
        vgic_iwb_set_level(dev->gic, s->iwb_frame, n, level);
    } else {
        vgic_spi_set_level(dev->gic, n, level);
    }
}

/* ID registers: QEMU shows a GICv3 to CPUs whose gicv3state is set. */

static uint64_t read_id_aa64pfr0(CPUARMState *env, const ARMCPRegInfo *ri)
{
    return env_archcpu(env)->isar.id_aa64pfr0 & ~R_ID_AA64PFR0_GIC_MASK;
}

static uint64_t read_id_pfr1(CPUARMState *env, const ARMCPRegInfo *ri)
{
    return env_archcpu(env)->isar.id_pfr1 & ~R_ID_PFR1_GIC_MASK;
}

/* The register stays what QEMU has made it, access checks included, but for its value. */
static void redefine(ARMCPU *cpu, uint32_t key, CPReadFn *readfn, uint64_t value)
{
    const ARMCPRegInfo *old = get_arm_cp_reginfo(cpu->cp_regs, key);
    ARMCPRegInfo info;

    if (!old) {
        return;
    }
    info = *old;
    info.type |= ARM_CP_OVERRIDE;
    info.readfn = readfn;
    info.resetvalue = value;
    if (info.state == ARM_CP_STATE_AA32) {
        info.opc0 = 0;
    }
    define_one_arm_cp_reg(cpu, &info);
}

static void vgic_v5_init_cpu(VgicDevice *dev, ARMCPU *cpu)
{
    const uint64_t gcie = UINT64_C(1) << 12;

    redefine(cpu, ENCODE_AA64_CP_REG(CP_REG_ARM64_SYSREG_CP, 0, 4, 3, 0, 0), read_id_aa64pfr0, 0);
    redefine(cpu, ENCODE_AA64_CP_REG(CP_REG_ARM64_SYSREG_CP, 0, 4, 3, 0, 2), NULL, gcie);
    redefine(cpu, ENCODE_AA64_CP_REG(CP_REG_ARM64_SYSREG_CP, 0, 1, 3, 0, 1), read_id_pfr1, 0);
    redefine(cpu, ENCODE_CP_REG(15, 0, 0, 0, 1, 0, 1), read_id_pfr1, 0);
    redefine(cpu, ENCODE_CP_REG(15, 0, 1, 0, 1, 0, 1), read_id_pfr1, 0);
}

static const Property vgic_v5_properties[] = {
    DEFINE_PROP_UINT32("lpi-bits", VgicDevice, lpi_bits, 24),
    DEFINE_PROP_UINT32("irs", VgicV5Device, irs, 1),
    DEFINE_PROP_BOOL("its", VgicV5Device, its, true),
    DEFINE_PROP_UINT64("iwb-wires", VgicV5Device, iwb_wires, 0),
};

static void vgic_v5_class_init(ObjectClass *klass, void *data)
{
    static const char *const domains[] = {"Secure", "Non-secure", "EL3", "Realm"};
    DeviceClass *dc = DEVICE_CLASS(klass);
    VgicDeviceClass *vc = VGIC_DEVICE_CLASS(klass);

    dc->desc = "GICv5 modelled by libvgic";
    dc->vmsd = &vmstate_vgic_v5;
    device_class_set_props(dc, vgic_v5_properties);
    vc->model = VGIC_V5;
    /* PPIs go back to the Secure domain. */
    vc->firmware_at_cpu_reset = true;
    vc->groups = domains;
    vc->check = vgic_v5_check;
    vc->configure = vgic_v5_configure;
    vc->create_regions = vgic_v5_create_regions;
    vc->list_intids = vgic_v5_list_intids;
    vc->set_spi = vgic_v5_set_spi;
    vc->init_cpu = vgic_v5_init_cpu;
}

static const TypeInfo vgic_v5_type = {
    .name = TYPE_VGIC_V5_DEVICE,
    .parent = TYPE_VGIC_DEVICE,
    .instance_size = sizeof(VgicV5Device),
    .class_init = vgic_v5_class_init,
};

static void vgic_v5_register_types(void)
{
    type_register_static(&vgic_v5_type);
}

type_init(vgic_v5_register_types)
