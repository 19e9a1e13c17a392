/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU devices "vgic-v3" and "vgic-v5": a GIC whose state and rules are libvgic's. Their
 * properties, GPIO lines and the order of their MMIO regions are those of QEMU's own "arm-gicv3",
 * so that boards create each of them without knowing. The frames of the ITS are a device of their
 * own, "vgic-its", as boards expect it.
 */
#ifndef HW_INTC_VGIC_DEVICE_H
#define HW_INTC_VGIC_DEVICE_H

#include "hw/sysbus.h"
#include "system/runstate.h"
#include "target/arm/cpu-qom.h"

#include <vgic/vgic.h>

/* The abstract parent of both, and they. */
#define TYPE_VGIC_DEVICE "vgic"
#define TYPE_VGIC_V3_DEVICE "vgic-v3"
#define TYPE_VGIC_V5_DEVICE "vgic-v5"
OBJECT_DECLARE_TYPE(VgicDevice, VgicDeviceClass, VGIC_DEVICE)

#define TYPE_VGIC_ITS "vgic-its"

/* Outputs of a PE in the order of VgicLine: IRQ, FIQ, VIRQ, VFIQ, NMI, VNMI. */
#define VGIC_CPU_OUTPUTS 6

/* The lines that go somewhere: those, and after them the maintenance interrupt. */
#define VGIC_DRIVEN_LINES                                                                          \
    (VGIC_LINE_IRQ | VGIC_LINE_FIQ | VGIC_LINE_VIRQ | VGIC_LINE_VFIQ | VGIC_LINE_NMI |             \
     VGIC_LINE_VNMI | VGIC_LINE_MAINTENANCE)

/* What a board counts as the internal interrupts of a PE: 16 SGIs and 16 PPIs. */
#define VGIC_INTERNAL_IRQS 32

/* One PE as the glue sees it; env->gicv3state points here. */
typedef struct VgicPe {
    VgicDevice *device;
    Vgic *gic;
    uint32_t index;
    /* The library has not been told the PE's state since the last reset. Own vCPU thread or BQL. */
    bool state_unknown;
    /* The CPU's state, from the check of an access to the access. Own vCPU thread. */
    VgicCpuState checked;
    /* The levels that the outputs were last driven to, as VgicLine bits. Needs the BQL. */
    uint32_t driven;
    qemu_irq output[VGIC_CPU_OUTPUTS];
    /* Boards connect the CPU's maintenance interrupt after they have made the GIC. */
    const qemu_irq *maintenance;
} VgicPe;

/* One frame, as mapped. */
typedef struct VgicRegion {
    MemoryRegion mr;
    Vgic *gic;
    const VgicFrame *frame;
} VgicRegion;

/* INTIDs that `info pic` looks at; those of PEs at each of them. */
typedef struct VgicIntids {
    uint32_t first, count;
    bool of_pe;
} VgicIntids;

enum {
    VGIC_INTID_RANGES = 4
};

struct VgicDevice {
    SysBusDevice parent_obj;

    uint32_t num_cpu, first_cpu_index, num_irq, revision;
    uint32_t lpi_bits, lpi_limit;
    uint32_t *redist_region_count;
    uint32_t redist_regions;
    bool has_security, has_lpi, has_nmi, nmi;
    MemoryRegion *sysmem;

    Vgic *gic;
    VgicPe *pe;
    VgicRegion *region;
    VgicIntids intids[VGIC_INTID_RANGES];
    /* A kernel is started Non-secure without firmware: reset does what firmware would have done. */
    bool no_firmware;

    /* Guest memory as Non-secure and, where the CPUs have EL3, as Secure accesses see it. */
    AddressSpace memory;
    AddressSpace *secure_memory;
    /* Goes on with what the library left for later. */
    QEMUBH *work;
    VMChangeStateEntry *run_state;

    /* A saved state on its way out or in. */
    uint32_t state_size;
    uint8_t *state;
    /* A state was loaded, and the CPUs' inputs are to be driven when the machine starts to run. */
    bool lines_stale;
};

/* What a model does its own way. */
struct VgicDeviceClass {
    SysBusDeviceClass parent_class;

    VgicModel model;
    /* What firmware does to a GIC is undone by the reset of a CPU alone, too. */
    bool firmware_at_cpu_reset;
    /* Names of the domains or groups that VgicIrqInfo.group numbers. */
    const char *const *groups;
    /* Are the properties what this model can be, with these CPUs? */
    bool (*check)(VgicDevice *s, Error **errp);
    /* Completes @config; what it points to must live until the GIC is made, as @affinities, the
     * CPUs' MPIDRs, does. */
    void (*configure)(VgicDevice *s, VgicConfig *config, const uint64_t *affinities);
    /* Makes the MMIO regions of the device out of s->region, which has one for each frame. */
    bool (*create_regions)(VgicDevice *s, Error **errp);
    /* Fills in s->intids. */
    void (*list_intids)(VgicDevice *s);
    /* Input number @n of those that boards take for SPIs. */
    void (*set_spi)(VgicDevice *s, uint32_t n, bool level);
    /* Changes of a CPU's registers other than those of the library's table, or NULL. */
    void (*init_cpu)(VgicDevice *s, ARMCPU *cpu);
};

/* How many SPIs boards see. */
static inline uint32_t vgic_device_spis(const VgicDevice *s)
{
    return s->num_irq - VGIC_INTERNAL_IRQS;
}

/* Makes @region the window to @frame of @gic. */
void vgic_region_init(VgicRegion *region, Object *owner, Vgic *gic, const VgicFrame *frame);

/* Gives PE @pe of @cpu its GIC system registers; @has_nmi: those of FEAT_GICv3_NMI too. */
void vgic_cpuif_init(VgicPe *pe, ARMCPU *cpu, bool has_nmi);

/* The state of @cpu was loaded: tells the library what depends on it. */
void vgic_cpuif_loaded(VgicPe *pe, ARMCPU *cpu);

/* The CPU that is PE @index; NULL if the machine has none. */
ARMCPU *vgic_pe_cpu(VgicDevice *s, uint32_t index);

/* Drives the outputs of @pe to what the library says now. Needs the BQL. */
void vgic_pe_drive(VgicPe *pe);

/* The same for all outputs, whatever they were last driven to. */
void vgic_pe_drive_anew(VgicPe *pe);

/* Guest memory, and work in the background: before and after there is a GIC. */
void vgic_qemu_memory_init(VgicDevice *s);
void vgic_qemu_memory_finalize(VgicDevice *s);
bool vgic_qemu_memory_read(void *opaque, VgicSpace space, uint64_t address, void *buffer,
                           size_t length);
bool vgic_qemu_memory_write(void *opaque, VgicSpace space, uint64_t address, const void *buffer,
                            size_t length);
void vgic_qemu_work_later(void *opaque);

/* What the library tells: log and trace. */
void vgic_qemu_guest_error(void *opaque, const VgicReport *report);
void vgic_qemu_host_error(void *opaque, const char *function, const char *message);
void vgic_qemu_trace_event(void *opaque, const VgicTrace *event);
bool vgic_qemu_trace_wanted(void);

/* `info pic` */
void vgic_qemu_print_info(VgicDevice *s, GString *buf);
void vgic_qemu_print_frame(Vgic *gic, const VgicFrame *frame, GString *buf);

/* Saved state */
extern const VMStateDescription vmstate_vgic_v3, vmstate_vgic_v5;
void vgic_qemu_state_init(VgicDevice *s);
void vgic_qemu_state_finalize(VgicDevice *s);

#endif
