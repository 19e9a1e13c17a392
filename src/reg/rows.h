/* SPDX-License-Identifier: BSD-2-Clause */
/* How the register tables of frames are written: included by the files that hold one. */
#ifndef VGIC_REG_ROWS_H
#define VGIC_REG_ROWS_H

#include "reg/frame.h"

/* clang-format off */
#define READ VGIC_READABLE
#define WRITE VGIC_WRITABLE
#define RW (VGIC_READABLE | VGIC_WRITABLE)

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
/** Exists in the architecture and not here: RES0, reported, listed in docs/conformance.md. */
#define ABSENT(name_, offset_, count_, width_, access_, note_)                                     \
    {.info = {.name = (name_), .offset = (offset_), .count = (count_),                             \
              .stride = (count_) > 1 ? 4 : 0, .width = (width_),                                   \
              .sizes = (width_) == 64 ? 4 | 8 : 4, .access = (access_) | VGIC_UNMODELLED,          \
              .note = (note_)}}
#define MPAM "MPAM is not modelled"


/** The Identification registers of a frame, for its table: part number and PIDR2, rows at 0xFFD0 to
 * 0xFFFC. */
#define VGIC_ID_ROW(name_, offset_, value_)                                                     \
    {                                                                                              \
        .info = {.name = (name_),                                                                  \
                 .offset = (offset_),                                                              \
                 .count = 1,                                                                       \
                 .width = 32,                                                                      \
                 .sizes = 4,                                                                       \
                 .access = VGIC_READABLE},                                                         \
        .constant = (value_)                                                                       \
    }
#define VGIC_ID_ROWS(frame, part, pidr2)                                                               \
    VGIC_ID_ROW(frame "_PIDR4", 0xFFD0, 0x44), VGIC_ID_ROW(frame "_PIDR5", 0xFFD4, 0),       \
        VGIC_ID_ROW(frame "_PIDR6", 0xFFD8, 0), VGIC_ID_ROW(frame "_PIDR7", 0xFFDC, 0),      \
        VGIC_ID_ROW(frame "_PIDR0", 0xFFE0, (part)),                                            \
        VGIC_ID_ROW(frame "_PIDR1", 0xFFE4, 0xB4),                                              \
        VGIC_ID_ROW(frame "_PIDR2", 0xFFE8, (pidr2)), VGIC_ID_ROW(frame "_PIDR3", 0xFFEC, 0),   \
        VGIC_ID_ROW(frame "_CIDR0", 0xFFF0, 0x0D),                                              \
        VGIC_ID_ROW(frame "_CIDR1", 0xFFF4, 0xF0),                                              \
        VGIC_ID_ROW(frame "_CIDR2", 0xFFF8, 0x05), VGIC_ID_ROW(frame "_CIDR3", 0xFFFC, 0xB1)
/* clang-format on */

#endif
