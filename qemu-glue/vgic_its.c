/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU device "vgic-its": the frames of the ITS of a "vgic-v3" or "vgic-v5", under the property and
 * with the region of QEMU's own "arm-gicv3-its". It has no state: the GIC saves, loads and resets
 * it.
 */
#include "qemu/osdep.h"

#include "hw/intc/intc.h"
#include "hw/pci/msi.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "vgic_device.h"

OBJECT_DECLARE_SIMPLE_TYPE(VgicIts, VGIC_ITS)

struct VgicIts {
    SysBusDevice parent_obj;

    VgicDevice *parent;
    MemoryRegion frames;
    VgicRegion region[2];
};

/* Adds the frame called @name after those that are there. */
static bool add_frame(VgicIts *s, VgicRegion *region, const char *name)
{
    const VgicFrame *frame = vgic_frame(s->parent->gic, name);
    uint64_t offset = memory_region_size(&s->frames);

    if (!frame) {
        return false;
    }
    vgic_region_init(region, OBJECT(s), s->parent->gic, frame);
    memory_region_set_size(&s->frames, offset + vgic_frame_size(frame));
    memory_region_add_subregion(&s->frames, offset, &region->mr);
    return true;
}

static void vgic_its_realize(DeviceState *dev, Error **errp)
{
    VgicIts *s = VGIC_ITS(dev);

    if (!s->parent || !s->parent->gic) {
        error_setg(errp, "vgic-its: parent-gicv3 must be a realized vgic-v3 or vgic-v5");
        return;
    }
    memory_region_init(&s->frames, OBJECT(s), TYPE_VGIC_ITS, 0);
    if (!add_frame(s, &s->region[0], "GITS") &&
        !(add_frame(s, &s->region[0], "ITS") && add_frame(s, &s->region[1], "ITS_TRANSLATE"))) {
        error_setg(errp, "vgic-its: its parent-gicv3 has no ITS: set has-lpi there");
        return;
    }
    sysbus_init_mmio(SYS_BUS_DEVICE(s), &s->frames);
    msi_nonbroken = true;
}

static void vgic_its_print_info(InterruptStatsProvider *obj, GString *buf)
{
    VgicIts *s = VGIC_ITS(obj);

    if (s->region[0].frame) {
        g_string_append(buf, "vgic-its (libvgic): registers\n");
        vgic_qemu_print_frame(s->region[0].gic, s->region[0].frame, buf);
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
