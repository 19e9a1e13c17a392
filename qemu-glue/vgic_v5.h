/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU device "vgic-v5", as the machine's device tree looks at it.
 *
 * MMIO region 0 has the two Non-secure frames of the first IRS, region 1 all frames that are
 * neither these nor Non-secure ones of the ITS (those are in "vgic-its").
 */
#ifndef HW_INTC_VGIC_V5_H
#define HW_INTC_VGIC_V5_H

#include "vgic_device.h"

OBJECT_DECLARE_SIMPLE_TYPE(VgicV5Device, VGIC_V5_DEVICE)

enum {
    /* Every frame of a GICv5. */
    VGIC_V5_FRAME_SIZE = 0x10000,
    /* Wires of the bridge: the first so many inputs can go there. */
    VGIC_V5_IWB_WIRES = 64,
    /* The bridge's DeviceID: the first that is no PCI requester ID, and the width to have it. */
    VGIC_V5_IWB_DEVICE = 0x10000,
    VGIC_V5_DEVICE_BITS = 17,
};

struct VgicV5Device {
    VgicDevice parent_obj;

    uint32_t irs;
    bool its;
    /* Bit n: input n is wire n of the bridge instead of SPI n. 0: there is no bridge. */
    uint64_t iwb_wires;

    uint32_t irs_cpus[VGIC_V5_MAX_IRS];
    VgicIwbOptions iwb;
    const VgicFrame *iwb_frame;
    MemoryRegion first_irs, others;
};

/* Is input @n a wire of the bridge? */
static inline bool vgic_v5_is_iwb_wire(const VgicV5Device *s, uint32_t n)
{
    return n < VGIC_V5_IWB_WIRES && (s->iwb_wires >> n & 1);
}

#endif
