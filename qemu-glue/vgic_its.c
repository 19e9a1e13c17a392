/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU device "vgic-its": the frame of the ITS of a "vgic-v3", under the property and with the
 * region of QEMU's own "arm-gicv3-its". It has no state: the GIC saves, loads and resets it.
 */
#include "qemu/osdep.h"

#include "hw/intc/intc.h"
#include "hw/pci/msi.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "vgic_v3.h"

OBJECT_DECLARE_SIMPLE_TYPE(VgicIts, VGIC_ITS)

struct VgicIts {
    SysBusDevice parent_obj;

    VgicDevice *parent;
    VgicRegion region;
};

static void vgic_its_realize(DeviceState *dev, Error **errp)
{
    VgicIts *s = VGIC_ITS(dev);
    const VgicFrame *frame;

    if (!s->parent || !s->parent->gic) {
        error_setg(errp, "vgic-its: parent-gicv3 must be a realized vgic-v3");
        return;
    }
    frame = vgic_frame(s->parent->gic, "GITS");
    if (!frame) {
        error_setg(errp, "vgic-its: its parent-gicv3 has no ITS: set has-lpi there");
        return;
    }
    vgic_region_init(&s->region, OBJECT(s), s->parent->gic, frame);
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->region.mr);
    msi_nonbroken = true;
}

static void vgic_its_print_info(InterruptStatsProvider *obj, GString *buf)
{
    VgicIts *s = VGIC_ITS(obj);

    if (s->region.frame) {
        g_string_append(buf, "vgic-its (libvgic): registers\n");
        vgic_qemu_print_frame(s->region.gic, s->region.frame, buf);
    }
}

static const Property vgic_its_properties[] = {
    DEFINE_PROP_LINK("parent-gicv3", VgicIts, parent, TYPE_VGIC_DEVICE, VgicDevice *),
};

static void vgic_its_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "ITS modelled by libvgic";
    dc->realize = vgic_its_realize;
    device_class_set_props(dc, vgic_its_properties);
    INTERRUPT_STATS_PROVIDER_CLASS(klass)->print_info = vgic_its_print_info;
}

static const TypeInfo vgic_its_type = {
    .name = TYPE_VGIC_ITS,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(VgicIts),
    .class_init = vgic_its_class_init,
    .interfaces =
        (InterfaceInfo[]){
            {TYPE_INTERRUPT_STATS_PROVIDER},
            {},
        },
};

static void vgic_its_register_types(void)
{
    type_register_static(&vgic_its_type);
}

type_init(vgic_its_register_types)
