/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory-mapped registers as data: the row, the table, and the one dispatcher of all frames. It
 * does presence, direction, size, alignment, the Security view and halves of 64-bit registers; a
 * handler sees only legal accesses.
 */
#ifndef VGIC_REG_FRAME_H
#define VGIC_REG_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include <vgic/frame.h>

#include "reg/access.h"

typedef struct VgicIrq VgicIrq;

struct VgicFrameRow {
    VgicRegister info;
    /** The whole element: 32 or 64 bits. NULL: reads as `constant`. */
    uint64_t (*read)(VgicAccess *access);
    /** The element; of a 64-bit register perhaps only a half (VgicAccess.mask). NULL: writes do
     * nothing. */
    void (*write)(VgicAccess *access, uint64_t value);
    uint64_t constant;
    /** Does this GIC have it, so that its table has the row? NULL: always. */
    bool (*present)(const Vgic *gic);

    /*
     * Rows with one field for each interrupt have these instead: fields of `bits` bits, the first
     * one of INTID `first`. `get` and `set` run with the lock of the interrupt's home held; the
     * handler loop (v3/irqregs.c) does the rest.
     */
    uint8_t bits;
    /** Write-one rows (ISENABLER, ICPENDR, ...): `set` is called for the interrupts whose bit is 1.
     */
    bool write_one;
    /** What Non-secure software needs to touch an interrupt of another group: a VgicNsAccess, for
     * reads and for writes. */
    uint8_t ns_read, ns_write;
    uint16_t first;
    uint32_t (*get)(const VgicCpu *home, const VgicIrq *irq, bool ns);
    void (*set)(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
};

/** A frame's table: rows in offset order, and an index from each word of the frame to its row. */
typedef struct VgicFrameTable {
    const VgicFrameRow *rows;
    uint32_t row_count;
    uint32_t size;         /* bytes that the index covers */
    uint16_t *row_of_word; /* row number plus one; 0: nothing there */
} VgicFrameTable;

/** Makes the index of @p table, which takes over @p rows, allocated with g_malloc(). */
void vgic_frame_table_init(VgicFrameTable *table, VgicFrameRow *rows, uint32_t row_count,
                           uint32_t size);
void vgic_frame_table_free(VgicFrameTable *table);

/** Dispatches an access whose `gic`, `cpu`, `offset`, `size` and `ns` are set. The offset lies in
 * the table. */
VgicResult vgic_frame_table_read(const VgicFrameTable *table, VgicAccess *access, uint64_t *value);
VgicResult vgic_frame_table_write(const VgicFrameTable *table, VgicAccess *access, uint64_t value);

/** Handlers of rows with one field for each interrupt: the model's. */
uint64_t vgic_irq_row_read(VgicAccess *access);
void vgic_irq_row_write(VgicAccess *access, uint64_t value);

#endif
