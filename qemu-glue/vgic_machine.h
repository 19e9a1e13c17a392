/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What QEMU's own files call: the choice of the GIC's model by `-M virt,gic-model=vgic`.
 */
#ifndef HW_INTC_VGIC_MACHINE_H
#define HW_INTC_VGIC_MACHINE_H

#include "qom/object.h"

/* Adds the property gic-model to the class of the virt machine. */
void vgic_machine_class_init(ObjectClass *klass);

/*
 * gic-version=5. To the machine it is a GICv3, which it wires alike, with another class and (see
 * vgic_machine_finish_fdt) another description.
 *
 * Returns whether @value is the 5.
 */
bool vgic_machine_set_gic_version(Object *machine, const char *value);

/* Whether gic-version=5 was set. */
bool vgic_machine_is_v5(Object *machine);

/* Before the virt machine creates its GIC: ends QEMU if libvgic cannot be that GIC. */
void vgic_machine_prepare(Object *machine);

/* The GICv3 device that the machine wants instead of QEMU's own; NULL: QEMU's own. */
const char *vgic_machine_gicv3(void);

/* The device that is its ITS; NULL: that machine has none. Asked only if there is a
 * vgic_machine_gicv3(). */
const char *vgic_machine_its(void);

/* When the device tree is complete: makes the description of a GICv3 that of a GICv5, if it is one.
 */
void vgic_machine_finish_fdt(Object *machine);

#endif
