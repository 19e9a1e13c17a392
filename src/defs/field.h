/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields of registers, declared once: a list macro names each field with its lowest bit and its
 * width, and everything else (masks, accessors, the table that decoders and docs read) comes from
 * it. Lists carry the register's name in lower case, because the name itself is its offset or
 * encoding in <vgic/registers.h>.
 *
 *     #define gicd_ctlr_ds1_LIST(X, R) X(R, EnableGrp0, 0, 1) X(R, EnableGrp1, 1, 1)
 *     VGIC_FIELDS(gicd_ctlr_ds1);
 *     VGIC_GET(value, gicd_ctlr_ds1, EnableGrp1)
 */
#ifndef VGIC_DEFS_FIELD_H
#define VGIC_DEFS_FIELD_H

#include <assert.h>
#include <stdint.h>

#define VGIC_FIELD_ENUM_(reg, field, lsb, width)                                                   \
    reg##_##field##_lsb = (lsb), reg##_##field##_width = (width),
#define VGIC_FIELD_FITS_(reg, field, lsb, width)                                                   \
    static_assert((width) >= 1 && (lsb) + (width) <= 64, #reg "." #field " does not fit");
#define VGIC_FIELD_ROW_(reg, field, lsb, width) {#field, (lsb), (width)},

/** Declares the fields that the macro reg_LIST names. */
#define VGIC_FIELDS(reg)                                                                           \
    enum {                                                                                         \
        reg##_LIST(VGIC_FIELD_ENUM_, reg)                                                          \
    };                                                                                             \
    reg##_LIST(VGIC_FIELD_FITS_, reg) static_assert(1, "")

/** The same fields as the members `fields` and `field_count` of a register row. */
#define VGIC_FIELD_ROWS(reg)                                                                       \
    .fields = (const VgicField[]){reg##_LIST(VGIC_FIELD_ROW_, reg)},                               \
    .field_count =                                                                                 \
        sizeof((const VgicField[]){reg##_LIST(VGIC_FIELD_ROW_, reg)}) / sizeof(VgicField)

/** The bits of a field, in place. A constant expression. */
#define VGIC_MASK(reg, field) (UINT64_MAX >> (64 - reg##_##field##_width) << reg##_##field##_lsb)

/** The value of a field. */
#define VGIC_GET(value, reg, field)                                                                \
    (((uint64_t)(value)&VGIC_MASK(reg, field)) >> reg##_##field##_lsb)

/** A register value in which one field is @p x and all others are 0: OR them together. */
#define VGIC_PUT(reg, field, x) ((uint64_t)(x) << reg##_##field##_lsb & VGIC_MASK(reg, field))

#endif
