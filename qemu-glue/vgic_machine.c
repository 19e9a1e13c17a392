/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `-M virt,gic-model=qemu|vgic`.
 */
#include "qemu/osdep.h"

#include "hw/arm/virt.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "vgic_machine.h"
#include "vgic_v3.h"

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

void vgic_machine_prepare(Object *machine)
{
    VirtMachineState *vms = VIRT_MACHINE(machine);

    if (!vms->gic_is_vgic) {
        return;
    }
    if (vms->gic_version != VIRT_GIC_VERSION_3) {
        error_report("gic-model=vgic models only a GICv3 so far, and this machine has "
                     "gic-version=%d: use gic-version=3",
                     vms->gic_version);
        exit(1);
    }
    /* One switch for LPIs, ITS, and its nodes in FDT and ACPI; old machine types have two. */
    vms->its = vms->its && vms->tcg_its;
    vms->tcg_its = vms->its;
}

static VirtMachineState *ours(void)
{
    VirtMachineState *vms =
        (VirtMachineState *)object_dynamic_cast(OBJECT(current_machine), TYPE_VIRT_MACHINE);

    return vms && vms->gic_is_vgic ? vms : NULL;
}

const char *vgic_machine_gicv3(void)
{
    return ours() ? TYPE_VGIC_DEVICE : NULL;
}

const char *vgic_machine_its(void)
{
    return ours() && ours()->its ? TYPE_VGIC_ITS : NULL;
}
