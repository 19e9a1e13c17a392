/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU device "vgic-v3": a GICv3 whose state and rules are libvgic's. Its properties, MMIO regions
 * and GPIO lines are those of QEMU's own "arm-gicv3", so that boards create either without knowing.
 */
#ifndef HW_INTC_VGIC_V3_H
#define HW_INTC_VGIC_V3_H

#include "hw/sysbus.h"
#include "target/arm/cpu-qom.h"

#include <vgic/vgic.h>

#define TYPE_VGIC_DEVICE "vgic-v3"
OBJECT_DECLARE_SIMPLE_TYPE(VgicDevice, VGIC_DEVICE)

/* Outputs of a PE in the order of VgicLine: IRQ, FIQ, VIRQ, VFIQ, NMI, VNMI. */
#define VGIC_CPU_OUTPUTS 6

/* One PE as the glue sees it; env->gicv3state points here. */
typedef struct VgicPe {
    Vgic *gic;
    uint32_t index;
    /* The library has not been told the PE's state since the last reset. Own vCPU thread or BQL. */
    bool state_unknown;
    /* The levels that the outputs were last driven to, as VgicLine bits. Needs the BQL. */
    uint32_t driven;
    qemu_irq output[VGIC_CPU_OUTPUTS];
} VgicPe;

/* One Redistributor region or the Distributor, as mapped. */
typedef struct VgicRegion {
    MemoryRegion mr;
    Vgic *gic;
    const VgicFrame *frame;
} VgicRegion;

struct VgicDevice {
    SysBusDevice parent_obj;

    uint32_t num_cpu, first_cpu_index, num_irq, num_espi, num_eppi, revision;
    uint32_t *redist_region_count;
    uint32_t redist_regions;
    bool has_security, has_lpi, has_nmi;
    MemoryRegion *sysmem;

    Vgic *gic;
    VgicPe *pe;
    VgicRegion *region;
    /* A kernel is started Non-secure without firmware: reset does what firmware would have done. */
    bool no_firmware;
};

/* Gives PE @pe of @cpu its GIC system registers. */
void vgic_cpuif_init(VgicPe *pe, ARMCPU *cpu);

/* Drives the outputs of @pe to what the library says now. Needs the BQL. */
void vgic_pe_drive(VgicPe *pe);

#endif
