/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System registers as data: the row, and the index from an encoding to its row. AArch32 forms are
 * rows of their own with the handlers of their AArch64 twins.
 */
#ifndef VGIC_REG_SYSREG_H
#define VGIC_REG_SYSREG_H

#include <stdbool.h>
#include <stdint.h>

#include <vgic/sysreg.h>

#include "reg/access.h"

struct VgicSysregRow {
    VgicSysreg info;
    uint16_t traps; /* which traps apply: the model's flags */
    uint8_t group;  /* which group, bank or number the handler is to use: each handler's matter */
    uint8_t word;   /* AP registers and list registers: n */
    uint64_t (*read)(VgicAccess *access);
    void (*write)(VgicAccess *access, uint64_t value);
    /* the twin in the virtual CPU interface */
    uint64_t (*virtual_read)(VgicAccess *access);
    void (*virtual_write)(VgicAccess *access, uint64_t value);
};

enum {
    VGIC_SYSREG_KINDS = 3, /* AArch64, cp15 32 bits, cp15 64 bits */
    VGIC_SYSREG_PAGES = VGIC_SYSREG_KINDS << 9,
    VGIC_SYSREG_PAGE = 128, /* CRm and op2 */
};

/** Index of the rows that are present: a page for each (op0, op1, CRn) in use, and in it a row for
 * each (CRm, op2). */
typedef struct VgicSysregIndex {
    uint8_t page_of[VGIC_SYSREG_PAGES]; /* 0: no register there */
    uint8_t *rows; /* row number plus one, pages one after the other, page 0 empty */
    const VgicSysregRow
        *table; /* the rows that are present, copied so that they carry this GIC's `stateless` */
    uint32_t count;
} VgicSysregIndex;

/** Makes the index of @p count rows; takes over @p table, which was allocated with g_malloc(). */
void vgic_sysreg_index_init(VgicSysregIndex *index, VgicSysregRow *table, uint32_t count);
void vgic_sysreg_index_free(VgicSysregIndex *index);

static inline const VgicSysregRow *vgic_sysreg_find(const VgicSysregIndex *index, uint32_t encoding)
{
    uint32_t page = encoding >> 7, row;

    if (page >= VGIC_SYSREG_PAGES) {
        return NULL;
    }
    row = index->rows[index->page_of[page] * VGIC_SYSREG_PAGE + encoding % VGIC_SYSREG_PAGE];
    return row ? &index->table[row - 1] : NULL;
}

#endif
