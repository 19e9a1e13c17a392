/* SPDX-License-Identifier: BSD-2-Clause */
/* The INTID space of GICv2 to GICv4, and the slots under which records of interrupts are found. */
#ifndef VGIC_DEFS_INTID_H
#define VGIC_DEFS_INTID_H

#include <stdbool.h>
#include <stdint.h>

enum {
    VGIC_INTID_PPI = 16,
    VGIC_INTID_SPI = 32,
    VGIC_INTID_SPECIAL = 1020,
    VGIC_INTID_SPECIAL_END = 1024,
    VGIC_INTID_EPPI = 1056,
    VGIC_INTID_EPPI_END = 1120,
    VGIC_INTID_ESPI = 4096,
    VGIC_INTID_ESPI_END = 5120,
    VGIC_INTID_LPI = 8192,
};

/** INTID field of the acknowledge, EOI and deactivate registers: 24 bits. */
#define VGIC_INTID_MASK 0xFFFFFFu

static inline bool vgic_intid_is_special(uint32_t intid)
{
    return intid >= VGIC_INTID_SPECIAL && intid < VGIC_INTID_SPECIAL_END;
}

/*
 * Slots: [0, VGIC_SLOT_SHARED) are the PE's own interrupts, from VGIC_SLOT_SHARED on those that PEs
 * share, and VGIC_SLOT_LPI + INTID are LPIs, whose records live in chunks (core/lpi.h). Links
 * between records are slots, which keeps a record at 24 bytes.
 */
enum {
    VGIC_SLOT_EPPI = 32,
    VGIC_SLOT_SHARED = 128,
    VGIC_SLOT_ESPI = VGIC_SLOT_SHARED + VGIC_INTID_SPECIAL - VGIC_INTID_SPI,
};
#define VGIC_SLOT_LPI 0x80000000u
#define VGIC_SLOT_NONE UINT32_MAX

/** The slot of an INTID below 8192 that is not special or reserved. */
static inline uint32_t vgic_slot_of(uint32_t intid)
{
    if (intid < VGIC_INTID_SPI) {
        return intid;
    }
    if (intid < VGIC_INTID_SPECIAL) {
        return intid - VGIC_INTID_SPI + VGIC_SLOT_SHARED;
    }
    if (intid < VGIC_INTID_ESPI) {
        return intid - VGIC_INTID_EPPI + VGIC_SLOT_EPPI;
    }
    return intid - VGIC_INTID_ESPI + VGIC_SLOT_ESPI;
}

/** The INTID of a slot: the inverse. */
static inline uint32_t vgic_intid_of(uint32_t slot)
{
    if (slot & VGIC_SLOT_LPI) {
        return slot & VGIC_INTID_MASK;
    }
    if (slot < VGIC_SLOT_EPPI) {
        return slot;
    }
    if (slot < VGIC_SLOT_SHARED) {
        return slot - VGIC_SLOT_EPPI + VGIC_INTID_EPPI;
    }
    if (slot < VGIC_SLOT_ESPI) {
        return slot - VGIC_SLOT_SHARED + VGIC_INTID_SPI;
    }
    return slot - VGIC_SLOT_ESPI + VGIC_INTID_ESPI;
}

#endif
