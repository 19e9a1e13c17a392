/* SPDX-License-Identifier: BSD-2-Clause */
/* How the register tables of GICv3's frames are written: included by the files that hold one. */
#ifndef VGIC_V3_ROWS_H
#define VGIC_V3_ROWS_H

#include "v3/v3.h"

/* clang-format off */
#define READ VGIC_READABLE
#define WRITE VGIC_WRITABLE
#define RW (VGIC_READABLE | VGIC_WRITABLE)
#define SECURE_RW (VGIC_READABLE | VGIC_WRITABLE | VGIC_SECURE_ONLY)

/** A single register of 32 bits with fields. */
#define ONE(name_, offset_, access_, list, ...)                                                    \
    {.info = {.name = (name_), .offset = (offset_), .count = 1, .width = 32, .sizes = 4,           \
              .access = (access_), VGIC_FIELD_ROWS(list)},                                         \
     __VA_ARGS__}
/** The same of 64 bits, which takes halves. */
#define WIDE(name_, offset_, access_, list, ...)                                                   \
    {.info = {.name = (name_), .offset = (offset_), .count = 1, .width = 64, .sizes = 4 | 8,       \
              .access = (access_), VGIC_FIELD_ROWS(list)},                                         \
     __VA_ARGS__}
/** Registers with a bit or two for each interrupt. */
#define BITS(name_, offset_, count_, access_, ...)                                                 \
    {.info = {.name = (name_), .offset = (offset_), .count = (count_),                             \
              .stride = (count_) > 1 ? 4 : 0, .width = 32, .sizes = 4, .access = (access_)},       \
     __VA_ARGS__}
/** Registers with a byte for each interrupt. */
#define BYTES(name_, offset_, count_, access_, ...)                                                \
    {.info = {.name = (name_), .offset = (offset_), .count = (count_), .stride = 4, .width = 32,   \
              .sizes = 1 | 4, .access = (access_)},                                                \
     __VA_ARGS__}
/** SETSPI and CLRSPI. */
#define MESSAGE(name_, offset_, access_, write_)                                                   \
    {.info = {.name = (name_), .offset = (offset_), .count = 1, .width = 32, .sizes = 2 | 4,       \
              .access = (access_), VGIC_FIELD_ROWS(gicd_setspi)},                                  \
     .write = (write_)}
/** Exists in the architecture and not here: RES0, reported, listed in docs/conformance.md. */
#define ABSENT(name_, offset_, count_, width_, access_, note_)                                     \
    {.info = {.name = (name_), .offset = (offset_), .count = (count_),                             \
              .stride = (count_) > 1 ? 4 : 0, .width = (width_),                                   \
              .sizes = (width_) == 64 ? 4 | 8 : 4, .access = (access_) | VGIC_UNMODELLED,          \
              .note = (note_)}}
#define MPAM "MPAM is not modelled"

/*
 * Fields of one interrupt, for rows of the Distributor and of the Redistributor alike: the getters
 * and setters of VgicFrameRow. The macro gives all of a row's members that belong to a property.
 */
#define VGIC_V3_FIELD(bits_, first_, get_, set_, one_, ns_read_, ns_write_)                        \
    .read = vgic_irq_row_read, .write = vgic_irq_row_write, .bits = (bits_), .first = (first_),    \
    .get = (get_), .set = (set_), .write_one = (one_), .ns_read = (ns_read_),                      \
    .ns_write = (ns_write_)

#define VGIC_V3_GROUP(first_)                                                                      \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_group, vgic_v3_set_group, false, 0, 0)
#define VGIC_V3_MODIFIER(first_)                                                                   \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_modifier, vgic_v3_set_modifier, false, 0, 0)
#define VGIC_V3_ENABLE(first_, on)                                                                 \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_enabled, on ? vgic_v3_enable : vgic_v3_disable, true,     \
                  VGIC_NS_GROUP1, VGIC_NS_GROUP1)
#define VGIC_V3_PEND(first_)                                                                       \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_pending, vgic_v3_pend, true, VGIC_NS_NSACR1,              \
                  VGIC_NS_NSACR1)
#define VGIC_V3_UNPEND(first_)                                                                     \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_pending, vgic_v3_unpend, true, VGIC_NS_NSACR2,            \
                  VGIC_NS_NSACR2)
#define VGIC_V3_ACTIVE(first_, on)                                                                 \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_active, on ? vgic_v3_activate : vgic_v3_deactivate, true, \
                  VGIC_NS_NSACR2, VGIC_NS_GROUP1)
#define VGIC_V3_PRIORITY(first_)                                                                   \
    VGIC_V3_FIELD(8, first_, vgic_v3_get_priority, vgic_v3_set_priority, false, VGIC_NS_GROUP1,    \
                  VGIC_NS_GROUP1)
#define VGIC_V3_TRIGGER(first_)                                                                    \
    VGIC_V3_FIELD(2, first_, vgic_v3_get_trigger, vgic_v3_set_trigger, false, VGIC_NS_GROUP1,      \
                  VGIC_NS_GROUP1)
#define VGIC_V3_NSACR(first_)                                                                      \
    VGIC_V3_FIELD(2, first_, vgic_v3_get_nsacr, vgic_v3_set_nsacr, false, 0, 0)
#define VGIC_V3_NMI(first_)                                                                        \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_nmi, vgic_v3_set_nmi, false, VGIC_NS_GROUP1,              \
                  VGIC_NS_GROUP1),                                                                 \
        .present = vgic_v3_has_nmi

/** The Identification registers of a frame, for its table: part number, rows at 0xFFD0 to 0xFFFC.
 */
#define VGIC_V3_ID_ROW(name_, offset_, value_)                                                     \
    {                                                                                              \
        .info = {.name = (name_),                                                                  \
                 .offset = (offset_),                                                              \
                 .count = 1,                                                                       \
                 .width = 32,                                                                      \
                 .sizes = 4,                                                                       \
                 .access = VGIC_READABLE},                                                         \
        .constant = (value_)                                                                       \
    }
#define VGIC_V3_ID_ROWS(frame, part)                                                               \
    VGIC_V3_ID_ROW(frame "_PIDR4", 0xFFD0, 0x44), VGIC_V3_ID_ROW(frame "_PIDR5", 0xFFD4, 0),       \
        VGIC_V3_ID_ROW(frame "_PIDR6", 0xFFD8, 0), VGIC_V3_ID_ROW(frame "_PIDR7", 0xFFDC, 0),      \
        VGIC_V3_ID_ROW(frame "_PIDR0", 0xFFE0, (part)),                                            \
        VGIC_V3_ID_ROW(frame "_PIDR1", 0xFFE4, 0xB4),                                              \
        VGIC_V3_ID_ROW(frame "_PIDR2", 0xFFE8, 0x3B), VGIC_V3_ID_ROW(frame "_PIDR3", 0xFFEC, 0),   \
        VGIC_V3_ID_ROW(frame "_CIDR0", 0xFFF0, 0x0D),                                              \
        VGIC_V3_ID_ROW(frame "_CIDR1", 0xFFF4, 0xF0),                                              \
        VGIC_V3_ID_ROW(frame "_CIDR2", 0xFFF8, 0x05), VGIC_V3_ID_ROW(frame "_CIDR3", 0xFFFC, 0xB1)
/* clang-format on */

#endif
