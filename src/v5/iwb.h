/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Interrupt Wire Bridge [GICv5 6]: what its files share.
 *
 * All that there is to know of a wire is in one byte, which changes as a whole: its level, what
 * software set, and the event that it *owes*: the newest one that it made and that has not reached
 * its LPI yet. Who changes a wire so that it makes an event lets it owe that event, and then sends,
 * with no lock held: translates, and under the lock of the LPI's home takes out what is owed by
 * then. Thus whatever threads do to a wire at once, its events reach the LPI in their order, none
 * twice, and the newest last. An event that a newer one replaces is not missed: the two together
 * do what the newer one does alone. One that cannot be translated stays owed, and is replaced
 * by the next.
 *
 * VgicIwb.lock keeps writers of registers apart, so that 32 wires change together.
 */
#ifndef VGIC_V5_IWB_H
#define VGIC_V5_IWB_H

#include "defs/iwb.h"
#include "v5/v5.h"

struct VgicIwb {
    /* constant */
    Vgic *gic;
    const struct VgicFrame *frame;
    VgicV5Its *its;
    uint32_t device; /* its DeviceID */
    uint32_t wire_count;
    VgicSpace owner; /* whose software gives wires to domains */
    bool starts_disabled;

    VgicLock lock;       /* writers of registers; no other lock is taken while it is held */
    atomic_bool enabled; /* IWB_CR0.IWBEN */
    _Atomic uint8_t *wires;
};

/** Bits of a wire. */
enum {
    VGIC_WIRE_IS_HIGH = 1 << 0,
    VGIC_WIRE_ENABLED = 1 << 1, /* IWB_WENABLER */
    VGIC_WIRE_LEVEL = 1 << 2,   /* IWB_WTMR: level, not edge */
    VGIC_WIRE_DOMAIN_SHIFT = 3, /* IWB_WDOMAINR */
    VGIC_WIRE_DOMAIN = 3 << VGIC_WIRE_DOMAIN_SHIFT,
    VGIC_WIRE_OWED_SHIFT = 5, /* VgicV5Event */
    VGIC_WIRE_OWED = 3 << VGIC_WIRE_OWED_SHIFT,
};

static inline unsigned vgic_wire_domain(uint8_t wire)
{
    return (wire & VGIC_WIRE_DOMAIN) >> VGIC_WIRE_DOMAIN_SHIFT;
}

static inline VgicV5Event vgic_wire_owed(uint8_t wire)
{
    return (VgicV5Event)((wire & VGIC_WIRE_OWED) >> VGIC_WIRE_OWED_SHIFT);
}

static inline uint8_t vgic_iwb_wire(const VgicIwb *iwb, uint32_t number)
{
    return atomic_load_explicit(&iwb->wires[number], memory_order_relaxed);
}

/** Changes a wire. True: this made an event, which it owes now. */
typedef bool VgicWireStep(uint8_t *wire, unsigned value);

/** Lets a wire go through @p step. True: it made an event, for vgic_iwb_send(). */
bool vgic_iwb_change(VgicIwb *iwb, uint32_t number, VgicWireStep *step, unsigned value);

/** Sends what a wire owes. No lock is held. @p intid: as of vgic_v5_its_event(). */
VgicRule vgic_iwb_send(VgicIwb *iwb, uint32_t number, uint32_t *intid);

/* The steps [GICv5 1.6, 6]. */
VgicWireStep vgic_wire_set_enabled, vgic_wire_set_level_triggered, vgic_wire_set_domain,
    vgic_wire_resample;
/** IWB_CR0.IWBEN has become 1. */
VgicWireStep vgic_wire_wake;

/** IWB_CR0.IWBEN. No lock is held; what its wires send is noted in @p access, which may be NULL. */
void vgic_iwb_enable(VgicIwb *iwb, bool enable, VgicAccess *access);

/** Sends what wires owe: bit n of @p wires for wire @p first + n. The first rule that is broken is
 * noted in @p access, which may be NULL. No lock is held. */
void vgic_iwb_send_all(VgicIwb *iwb, uint32_t first, uint32_t wires, VgicAccess *access);

extern const VgicFrameRow vgic_iwb_rows[];
extern const uint32_t vgic_iwb_row_count;

#endif
