/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What QEMU's own files call: the choice of the GIC's model by `-M virt,gic-model=vgic`.
 */
#ifndef HW_INTC_VGIC_MACHINE_H
#define HW_INTC_VGIC_MACHINE_H

#include "qom/object.h"

/* Adds the property gic-model to the class of the virt machine. */
void vgic_machine_class_init(ObjectClass *klass);

/* Before the virt machine creates its GIC: ends QEMU if libvgic cannot be that GIC. */
void vgic_machine_prepare(Object *machine);

/* The GICv3 device that the machine wants instead of QEMU's own; NULL: QEMU's own. */
const char *vgic_machine_gicv3(void);

/* The device that is its ITS; NULL: that machine has none. Asked only if there is a
 * vgic_machine_gicv3(). */
const char *vgic_machine_its(void);

#endif
