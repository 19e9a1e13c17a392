/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory-mapped register frames: what a bus does.
 *
 * Frames of a GICv3: "GICD" (64 KiB), "GICR" for the first Redistributor region and "GICR1",
 * "GICR2", ... for the others (128 KiB a PE), "GICM" (64 KiB) if VgicConfig.message_frame is set,
 * and "GITS", "GITS1", ... (128 KiB) for VgicConfig.its. The host maps them where it likes.
 *
 * Frames of a GICv5, 64 KiB each: "IRS", "IRS1", ... of the IRSs and "IRS_SETLPI", "IRS1_SETLPI",
 * ..., "ITS", "ITS1", ... and "ITS_TRANSLATE", "ITS1_TRANSLATE", ... of the ITSs, all of the
 * Non-secure domain. Those of other domains follow with "_S", "_EL3" or "_RL" after their names
 * ("IRS1_SETLPI_S"). They answer only to accesses in the address space of their domain: Secure,
 * Non-secure, Realm; that of the EL3 domain is Root if there is a Realm domain, else Secure.
 * "IWB", "IWB1", ... are the Interrupt Wire Bridges, one frame each for all domains.
 *
 * Thread-safety: every function may be called from any thread; frames live as long as the instance.
 */
#ifndef VGIC_FRAME_H
#define VGIC_FRAME_H

#include <vgic/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One frame of an instance. */
typedef struct VgicFrame VgicFrame;

/**
 * Attributes of a bus access: a VgicSpace, and optionally who makes it: `VGIC_S`, or
 * `VGIC_NS | VGIC_FROM_CPU(3)`, or `VGIC_NS | VGIC_FROM_DEVICE(0x0108)`. The PE matters only for
 * frames that bank registers by PE (GICv2), the device only for GITS_TRANSLATER and ITS_TRANSLATER.
 * Without VGIC_FROM_CPU the access counts as one of PE 0, without VGIC_FROM_DEVICE as one of
 * DeviceID 0.
 */
typedef uint64_t VgicAttrs;

/** The part of VgicAttrs that says which PE makes the access: a number below 2^24. */
#define VGIC_FROM_CPU(cpu) ((VgicAttrs)((cpu)&0xFFFFFFu) << 8)

/** The part of VgicAttrs that says which device makes the access: the DeviceID that the bus carries
 * beside an MSI, 32 bits. */
#define VGIC_FROM_DEVICE(device) ((VgicAttrs)(uint32_t)(device) << 32)

/** The frame called @p name, NULL if this GIC has none. */
VGIC_API const VgicFrame *vgic_frame(const Vgic *gic, const char *name);

/** Frame number @p index, counted from 0; NULL past the last one. */
VGIC_API const VgicFrame *vgic_frame_at(const Vgic *gic, uint32_t index);

/** The name of @p frame. */
VGIC_API const char *vgic_frame_name(const VgicFrame *frame);

/** The size of @p frame in bytes. */
VGIC_API uint64_t vgic_frame_size(const VgicFrame *frame);

/**
 * A read by the guest.
 *
 * @param gic    the instance
 * @param frame  one of its frames
 * @param attrs  the space of the access
 * @param offset byte offset in the frame
 * @param size   1, 2, 4 or 8 bytes
 * @param value  set to the value, zero-extended; 0 unless the result is VGIC_OK
 * @return VGIC_OK; VGIC_RAZ_WI if nothing can be read there in this size (reported); VGIC_INVALID
 * if frame, offset or size are no such thing
 */
VGIC_API VgicResult vgic_frame_read(Vgic *gic, const VgicFrame *frame, VgicAttrs attrs,
                                    uint64_t offset, uint32_t size, uint64_t *value);

/** A write by the guest: as vgic_frame_read(), with the low @p size bytes of @p value.
 * lines_changed may run. */
VGIC_API VgicResult vgic_frame_write(Vgic *gic, const VgicFrame *frame, VgicAttrs attrs,
                                     uint64_t offset, uint32_t size, uint64_t value);

/** A field of a register. */
typedef struct VgicField {
    const char *name; /**< the architecture's name */
    uint8_t lsb;      /**< lowest bit */
    uint8_t width;    /**< bits */
} VgicField;

/** How a register may be accessed, as bits. */
enum {
    VGIC_READABLE = 1,    /**< the guest may read it */
    VGIC_WRITABLE = 2,    /**< the guest may write it */
    VGIC_SECURE_ONLY = 4, /**< RAZ/WI for Non-secure accesses while there are two Security states */
    VGIC_UNMODELLED =
        8, /**< RES0 here because this version does not model it: listed in docs/conformance.md */
};

/** One row of a frame's register table. */
typedef struct VgicRegister {
    const char *name; /**< "GICD_CTLR"; arrays carry the architecture's "<n>" */
    uint32_t offset;  /**< byte offset of the first element */
    uint32_t count;   /**< elements, 1 for a single register */
    uint32_t stride;  /**< bytes from one element to the next */
    uint8_t width;    /**< width of an element in bits, 32 or 64 */
    uint8_t sizes;    /**< access sizes in bytes that are allowed, ORed together: 1 | 2 | 4 | 8 */
    uint8_t access;   /**< VGIC_READABLE, VGIC_WRITABLE, ... */
    uint8_t field_count; /**< entries in `fields` */
    const VgicField
        *fields;      /**< fields, NULL where the register is an array of bits or one number */
    const char *note; /**< why it is RES0 or what is special about it, or NULL */
} VgicRegister;

/** Row @p index of the register table of @p frame, in offset order; NULL past the last one. */
VGIC_API const VgicRegister *vgic_frame_register(const VgicFrame *frame, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif
