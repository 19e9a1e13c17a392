/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU device "vgic-v3".
 */
#include "qemu/osdep.h"

#include "cpu.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "vgic_device.h"

OBJECT_DECLARE_SIMPLE_TYPE(VgicV3Device, VGIC_V3_DEVICE)

struct VgicV3Device {
    VgicDevice parent_obj;

    uint32_t num_espi, num_eppi, list_registers;
};

static bool vgic_v3_check(VgicDevice *dev, Error **errp)
{
    VgicV3Device *s = VGIC_V3_DEVICE(dev);

    if (dev->revision != 3) {
        error_setg(errp, "vgic-v3: revision is %u, but it is a GICv3", dev->revision);
        return false;
    }
    if (s->list_registers && !arm_feature(&vgic_pe_cpu(dev, 0)->env, ARM_FEATURE_EL2)) {
        error_setg(errp, "vgic-v3: list-registers needs CPUs with EL2 ('virtualization=on' on the "
                         "virt machine)");
        return false;
    }
    return true;
}

/* Zeros in a CPU's model mean what QEMU's own GIC takes them for. */
static VgicIchOptions ich_options(VgicV3Device *s, ARMCPU *cpu)
{
    return (VgicIchOptions){
        .list_registers = s->list_registers ?: cpu->gic_num_lrs ?: 4,
        .priority_bits = cpu->gic_vpribits ?: 5,
        .preemption_bits = cpu->gic_vprebits ?: 5,
    };
}

static void vgic_v3_configure(VgicDevice *dev, VgicConfig *config, const uint64_t *affinities)
{
    VgicV3Device *s = VGIC_V3_DEVICE(dev);
    ARMCPU *cpu0 = vgic_pe_cpu(dev, 0);

    config->affinities = affinities;
    config->espis = s->num_espi;
    config->eppis = s->num_eppi;
    config->security_states = dev->has_security ? 2 : 1;
    config->priority_bits = cpu0->gic_pribits;
    config->redist_regions = dev->redist_region_count;
    config->redist_region_count = dev->redist_regions;
    config->its = dev->has_lpi;
    if (arm_feature(&cpu0->env, ARM_FEATURE_EL2)) {
        config->el2 = true;
        config->ich_options = ich_options(s, cpu0);
    }
}

/* All but the ITS, which is a device of its own. */
static bool vgic_v3_create_regions(VgicDevice *dev, Error **errp)
{
    const VgicFrame *frame;

    for (uint32_t i = 0; (frame = vgic_frame_at(dev->gic, i)); i++) {
        if (g_str_has_prefix(vgic_frame_name(frame), "GITS")) {
            continue;
        }
        vgic_region_init(&dev->region[i], OBJECT(dev), dev->gic, frame);
        sysbus_init_mmio(SYS_BUS_DEVICE(dev), &dev->region[i].mr);
    }
    return true;
}

static void vgic_v3_list_intids(VgicDevice *dev)
{
    VgicV3Device *s = VGIC_V3_DEVICE(dev);

    dev->intids[0] = (VgicIntids){0, VGIC_INTERNAL_IRQS, true};
    dev->intids[1] = (VgicIntids){1056, s->num_eppi, true};
    dev->intids[2] = (VgicIntids){VGIC_INTERNAL_IRQS, vgic_device_spis(dev), false};
    dev->intids[3] = (VgicIntids){4096, s->num_espi, false};
}

static void vgic_v3_set_spi(VgicDevice *dev, uint32_t n, bool level)
{
    vgic_spi_set_level(dev->gic, VGIC_INTERNAL_IRQS + n, level);
}

static const Property vgic_v3_properties[] = {
    DEFINE_PROP_UINT32("lpi-bits", VgicDevice, lpi_bits, 16),
    DEFINE_PROP_UINT32("num-espi", VgicV3Device, num_espi, 0),
    DEFINE_PROP_UINT32("num-eppi", VgicV3Device, num_eppi, 0),
    /* 0: as many as the CPU model has. */
    DEFINE_PROP_UINT32("list-registers", VgicV3Device, list_registers, 0),
};

static void vgic_v3_class_init(ObjectClass *klass, void *data)
{
    static const char *const groups[] = {"group 0", "secure group 1", "group 1"};
    DeviceClass *dc = DEVICE_CLASS(klass);
    VgicDeviceClass *vc = VGIC_DEVICE_CLASS(klass);

    dc->desc = "GICv3 modelled by libvgic";
    dc->vmsd = &vmstate_vgic_v3;
    device_class_set_props(dc, vgic_v3_properties);
    vc->model = VGIC_V3;
    vc->groups = groups;
    vc->check = vgic_v3_check;
    vc->configure = vgic_v3_configure;
    vc->create_regions = vgic_v3_create_regions;
    vc->list_intids = vgic_v3_list_intids;
    vc->set_spi = vgic_v3_set_spi;
}

static const TypeInfo vgic_v3_type = {
    .name = TYPE_VGIC_V3_DEVICE,
    .parent = TYPE_VGIC_DEVICE,
    .instance_size = sizeof(VgicV3Device),
    .class_init = vgic_v3_class_init,
};

static void vgic_v3_register_types(void)
{
    type_register_static(&vgic_v3_type);
}

type_init(vgic_v3_register_types)
