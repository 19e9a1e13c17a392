/* SPDX-License-Identifier: BSD-2-Clause */
/* How the register tables of GICv3's frames are written: included by the files that hold one. */
#ifndef VGIC_V3_ROWS_H
#define VGIC_V3_ROWS_H

#include "reg/rows.h"
#include "v3/v3.h"

/* clang-format off */
#define SECURE_RW (VGIC_READABLE | VGIC_WRITABLE | VGIC_SECURE_ONLY)

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

/* clang-format on */

#endif
