/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `-M virt,gic-model=qemu|vgic`, `-M virt,gic-version=5`.
 */
#include "qemu/osdep.h"

#include "hw/arm/virt.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "vgic_device.h"
#include "vgic_machine.h"

static char *get_gic_model(Object *obj, Error **errp)
{
    return g_strdup(VIRT_MACHINE(obj)->gic_is_vgic ? "vgic" : "qemu");
}

static void set_gic_model(Object *obj, const char *value, Error **errp)
{
    if (!g_str_equal(value, "vgic") && !g_str_equal(value, "qemu")) {
        error_setg(errp, "Invalid gic-model value");
        error_append_hint(errp, "Valid values are qemu and vgic.\n");
        return;
    }
    VIRT_MACHINE(obj)->gic_is_vgic = g_str_equal(value, "vgic");
}

void vgic_machine_class_init(ObjectClass *klass)
{
    object_class_property_add_str(klass, "gic-model", get_gic_model, set_gic_model);
    object_class_property_set_description(klass, "gic-model",
                                          "Whose model of the GIC: qemu (default) or vgic");
}

bool vgic_machine_set_gic_version(Object *machine, const char *value)
{
    VirtMachineState *vms = VIRT_MACHINE(machine);

    vms->gic_is_v5 = g_str_equal(value, "5");
    if (vms->gic_is_v5) {
        vms->gic_version = VIRT_GIC_VERSION_3;
    }
    return vms->gic_is_v5;
}

bool vgic_machine_is_v5(Object *machine)
{
    return VIRT_MACHINE(machine)->gic_is_v5;
}

static void refuse(const char *text)
{
    error_report("%s", text);
    exit(1);
}

static void prepare_v5(VirtMachineState *vms)
{
    g_autofree char *rtc = g_strdup_printf("%" PRIu64, UINT64_C(1) << vms->irqmap[VIRT_RTC]);

    if (vms->virt) {
        refuse("gic-version=5 does not have virtualization=on yet: leave that out");
    }
    if (vms->acpi == ON_OFF_AUTO_ON) {
        refuse("gic-version=5 has no ACPI tables, only a device tree: leave out acpi=on");
    }
    vms->acpi = ON_OFF_AUTO_OFF;
    /* LPIs are a part of each GICv5, with or without an ITS. */
    vms->tcg_its = true;
    object_register_sugar_prop(TYPE_VGIC_V5_DEVICE, "its", vms->its ? "on" : "off", true);
    /* One device behind the wire bridge: the one that guests can do without. */
    object_register_sugar_prop(TYPE_VGIC_V5_DEVICE, "iwb-wires", vms->its ? rtc : "0", true);
}

void vgic_machine_prepare(Object *machine)
{
    VirtMachineState *vms = VIRT_MACHINE(machine);

    if (!vms->gic_is_vgic) {
        if (vms->gic_is_v5) {
            refuse("gic-version=5 is libvgic's only: add gic-model=vgic");
        }
        return;
    }
    if (vms->gic_version != VIRT_GIC_VERSION_3) {
        error_report("gic-model=vgic models a GICv3 or a GICv5, and this machine has "
                     "gic-version=%d: use gic-version=3 or 5",
                     vms->gic_version);
        exit(1);
    }
    /* One switch for LPIs, ITS, and its nodes in FDT and ACPI; old machine types have two. */
    vms->its = vms->its && vms->tcg_its;
    vms->tcg_its = vms->its;
    if (vms->gic_is_v5) {
        prepare_v5(vms);
    }
}

static VirtMachineState *ours(void)
{
    VirtMachineState *vms =
        (VirtMachineState *)object_dynamic_cast(OBJECT(current_machine), TYPE_VIRT_MACHINE);

    return vms && vms->gic_is_vgic ? vms : NULL;
}

const char *vgic_machine_gicv3(void)
{
    VirtMachineState *vms = ours();

    return !vms ? NULL : vms->gic_is_v5 ? TYPE_VGIC_V5_DEVICE : TYPE_VGIC_V3_DEVICE;
}

const char *vgic_machine_its(void)
{
    return ours() && ours()->its ? TYPE_VGIC_ITS : NULL;
}
