/* SPDX-License-Identifier: BSD-2-Clause */
/* How tables of system registers are written: included by the files that hold one. */
#ifndef VGIC_V3_SYSROWS_H
#define VGIC_V3_SYSROWS_H

#include "v3/icc.h"

/* clang-format off */
/** One form of a register. */
#define VGIC_FORM(name_, encoding_, width_, access_, el_, traps_, fields_, ...)                    \
    {.info = {.name = (name_), .encoding = (encoding_), .width = (width_), .access = (access_),    \
              .min_el = (el_), fields_},                                                           \
     .traps = (traps_), __VA_ARGS__}
/** An AArch64 register and its AArch32 form: the same row twice, with an encoding and a width each. */
#define VGIC_BOTH(reg64, reg32, access_, el_, traps_, ...)                                         \
    VGIC_FORM(#reg64, reg64, 64, access_, el_, VGIC_TRAPS_##traps_, .fields = NULL, __VA_ARGS__),  \
    VGIC_FORM(#reg32, reg32, 32, access_, el_, VGIC_TRAPS_##traps_, .fields = NULL, __VA_ARGS__)
/** The same with fields. */
#define VGIC_FIELDED(reg64, reg32, access_, el_, traps_, list, ...)                                \
    VGIC_FORM(#reg64, reg64, 64, access_, el_, VGIC_TRAPS_##traps_, VGIC_FIELD_ROWS(list),         \
              __VA_ARGS__),                                                                        \
    VGIC_FORM(#reg32, reg32, 32, access_, el_, VGIC_TRAPS_##traps_, VGIC_FIELD_ROWS(list),         \
              __VA_ARGS__)
/* clang-format on */

#endif
