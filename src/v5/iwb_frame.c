/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame of an Interrupt Wire Bridge [GICv5 6], one for all domains. A wire's bits are there for
 * its own domain, and for the owner: EL3, if there is one. Every operation is complete when the
 * write that starts it returns, so IDLE is always 1.
 */
#include <glib.h>

#include <vgic/registers5.h>

#include "reg/rows.h"
#include "v5/iwb.h"

static bool is_owner(const VgicAccess *access)
{
    const VgicIwb *iwb = access->unit;

    return access->space == iwb->owner;
}

/* May this access see and change the wire? */
static bool is_mine(const VgicAccess *access, uint8_t wire)
{
    return is_owner(access) ||
           access->space == vgic_v5_space_of(access->gic->v5, vgic_wire_domain(wire));
}

/* Registers with @p per_register wires each, of which there are as many as wires need. */
static bool exists(VgicAccess *access, uint32_t per_register)
{
    const VgicIwb *iwb = access->unit;

    if (access->element < iwb->wire_count / per_register) {
        return true;
    }
    vgic_access_report(access, VGIC_RULE_RESERVED, UINT32_MAX);
    return false;
}

/* Identification and control */

static uint64_t iwb_idr0_read(VgicAccess *access)
{
    const VgicIwb *iwb = access->unit;

    return VGIC_PUT(iwb_idr0, IW_RANGE, iwb->wire_count / 32 - 1) |
           VGIC_PUT(iwb_idr0, INT_DOMS, access->gic->v5->domains);
}

static uint64_t iwb_iidr_read(VgicAccess *access)
{
    return access->gic->iidr;
}

static uint64_t iwb_cr0_read(VgicAccess *access)
{
    VgicIwb *iwb = access->unit;

    return VGIC_PUT(iwb_cr0, IWBEN, atomic_load(&iwb->enabled)) | VGIC_MASK(iwb_cr0, IDLE);
}

/* IWBEN is for wires of all domains. */
static void iwb_cr0_write(VgicAccess *access, uint64_t value)
{
    if (is_owner(access)) {
        vgic_iwb_enable(access->unit, VGIC_GET(value, iwb_cr0, IWBEN), access);
    } else {
        vgic_access_report(access, VGIC_RULE_SECURE, UINT32_MAX);
    }
}

static void iwb_wresampler_write(VgicAccess *access, uint64_t value)
{
    VgicIwb *iwb = access->unit;
    uint32_t number = (uint32_t)VGIC_GET(value, iwb_wresampler, IWI);

    if (number >= iwb->wire_count || !is_mine(access, vgic_iwb_wire(iwb, number))) {
        vgic_access_report(access, VGIC_RULE_IWB_WIRE, UINT32_MAX);
    } else if (vgic_iwb_change(iwb, number, vgic_wire_resample, 0)) {
        vgic_iwb_send_all(iwb, number, 1, access);
    }
}

/* A bit for each of 32 wires */

static uint64_t read_bits(VgicAccess *access, unsigned bit)
{
    const VgicIwb *iwb = access->unit;
    uint32_t first = access->element * 32, value = 0;

    for (uint32_t i = 0; exists(access, 32) && i < 32; i++) {
        uint8_t wire = vgic_iwb_wire(iwb, first + i);

        value |= (uint32_t)(wire & bit && is_mine(access, wire)) << i;
    }
    return value;
}

static void write_bits(VgicAccess *access, uint64_t value, VgicWireStep *step)
{
    VgicIwb *iwb = access->unit;
    uint32_t first = access->element * 32, send = 0;

    if (!exists(access, 32)) {
        return;
    }
    vgic_lock(&iwb->lock);
    for (uint32_t i = 0; i < 32; i++) {
        uint8_t wire = vgic_iwb_wire(iwb, first + i);
        bool on = value >> i & 1;

        if (is_mine(access, wire)) {
            send |= (uint32_t)vgic_iwb_change(iwb, first + i, step, on) << i;
        } else if (on) {
            vgic_access_report(access, VGIC_RULE_IWB_WIRE, UINT32_MAX);
        }
    }
    vgic_unlock(&iwb->lock);
    vgic_iwb_send_all(iwb, first, send, access);
}

static uint64_t iwb_wenabler_read(VgicAccess *access)
{
    return read_bits(access, VGIC_WIRE_ENABLED);
}

static void iwb_wenabler_write(VgicAccess *access, uint64_t value)
{
    write_bits(access, value, vgic_wire_set_enabled);
}

static uint64_t iwb_wtmr_read(VgicAccess *access)
{
    return read_bits(access, VGIC_WIRE_LEVEL);
}

static void iwb_wtmr_write(VgicAccess *access, uint64_t value)
{
    write_bits(access, value, vgic_wire_set_level_triggered);
}

/* The domain of each of 16 wires */

static uint64_t iwb_wdomainr_read(VgicAccess *access)
{
    const VgicIwb *iwb = access->unit;
    uint32_t first = access->element * 16, value = 0;

    for (uint32_t i = 0; exists(access, 16) && i < 16; i++) {
        value |= vgic_wire_domain(vgic_iwb_wire(iwb, first + i)) << 2 * i;
    }
    return value;
}

static void iwb_wdomainr_write(VgicAccess *access, uint64_t value)
{
    VgicIwb *iwb = access->unit;
    uint32_t first = access->element * 16, send = 0;

    if (!exists(access, 16)) {
        return;
    }
    if (!is_owner(access)) {
        vgic_access_report(access, VGIC_RULE_SECURE, UINT32_MAX);
        return;
    }
    vgic_lock(&iwb->lock);
    for (uint32_t i = 0; i < 16; i++) {
        unsigned domain = value >> 2 * i & 3;

        if (vgic_v5_has_domain(access->gic->v5, domain)) {
            send |= (uint32_t)vgic_iwb_change(iwb, first + i, vgic_wire_set_domain, domain) << i;
        } else {
            vgic_access_report(access, VGIC_RULE_IWB_WIRE, UINT32_MAX);
        }
    }
    vgic_unlock(&iwb->lock);
    vgic_iwb_send_all(iwb, first, send, access);
}

enum {
    REGISTERS = VGIC_V5_MAX_WIRES / 32,
};

/* clang-format off */
#define WIRES(name_, offset_, count_, ...)                                                         \
    {.info = {.name = (name_), .offset = (offset_), .count = (count_), .stride = 4, .width = 32,   \
              .sizes = 4, .access = RW},                                                           \
     __VA_ARGS__}

const VgicFrameRow vgic_iwb_rows[] = {
    ONE("IWB_IDR0", IWB_IDR0, READ, iwb_idr0, .read = iwb_idr0_read),
    ONE("IWB_IIDR", IWB_IIDR, READ, iwb_iidr, .read = iwb_iidr_read),
    ONE("IWB_AIDR", IWB_AIDR, READ, iwb_aidr, .constant = VGIC_PUT(iwb_aidr, Component, IWB_COMPONENT)),
    ONE("IWB_CR0", IWB_CR0, RW, iwb_cr0, .read = iwb_cr0_read, .write = iwb_cr0_write),
    ONE("IWB_WENABLE_STATUSR", IWB_WENABLE_STATUSR, READ, iwb_idle, .read = vgic_v5_idle_read),
    ONE("IWB_WDOMAIN_STATUSR", IWB_WDOMAIN_STATUSR, READ, iwb_idle, .read = vgic_v5_idle_read),
    ONE("IWB_WRESAMPLER", IWB_WRESAMPLER, WRITE, iwb_wresampler, .write = iwb_wresampler_write),
    WIRES("IWB_WENABLER<n>", IWB_WENABLER(0), REGISTERS, .read = iwb_wenabler_read, .write = iwb_wenabler_write),
    WIRES("IWB_WTMR<n>", IWB_WTMR(0), REGISTERS, .read = iwb_wtmr_read, .write = iwb_wtmr_write),
    WIRES("IWB_WDOMAINR<n>", IWB_WDOMAINR(0), 2 * REGISTERS, .read = iwb_wdomainr_read,
          .write = iwb_wdomainr_write),
    VGIC_ID_ROW("IWB_DEVARCH", IWB_DEVARCH, VGIC_V5_DEVARCH),
    VGIC_ID_ROWS("IWB", 0x97, 0x0B),
};
/* clang-format on */
const uint32_t vgic_iwb_row_count = G_N_ELEMENTS(vgic_iwb_rows);
