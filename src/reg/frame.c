/* SPDX-License-Identifier: BSD-2-Clause */
/* The dispatcher of memory-mapped registers. */
#include "reg/frame.h"

#include <glib.h>

static void index_row(VgicFrameTable *table, uint32_t number)
{
    const VgicRegister *info = &table->rows[number].info;
    uint32_t stride = info->count > 1 ? info->stride : info->width / 8u;

    for (uint32_t i = 0; i < info->count; i++) {
        for (uint32_t byte = 0; byte < info->width / 8u; byte += 4) {
            uint32_t word = (info->offset + i * stride + byte) / 4;

            g_assert(word < table->size / 4 && table->row_of_word[word] == 0);
            table->row_of_word[word] = (uint16_t)(number + 1);
        }
    }
}

void vgic_frame_table_init(VgicFrameTable *table, VgicFrameRow *rows, uint32_t row_count,
                           uint32_t size)
{
    table->rows = rows;
    table->row_count = row_count;
    table->size = size;
    table->row_of_word = g_new0(uint16_t, size / 4);
    for (uint32_t i = 0; i < row_count; i++) {
        index_row(table, i);
    }
}

void vgic_frame_table_free(VgicFrameTable *table)
{
    g_free((VgicFrameRow *)table->rows);
    g_free(table->row_of_word);
    table->row_of_word = NULL;
}

/* Finds the row and checks what is legal for every register; sets row and element. */
static VgicResult dispatch(const VgicFrameTable *table, VgicAccess *access, bool write)
{
    uint32_t number = table->row_of_word[access->offset / 4];
    const VgicFrameRow *row;
    bool narrow;

    if (number == 0) {
        vgic_access_report(access, VGIC_RULE_RESERVED, UINT32_MAX);
        return VGIC_RAZ_WI;
    }
    row = &table->rows[number - 1];
    access->row = row;
    /* Message registers take 16 bits, but only the low half [1.5]. */
    narrow = access->size < 4 && !(row->info.sizes & 1) && access->offset % 4;
    if (!(row->info.sizes & access->size) || access->offset % access->size || narrow) {
        vgic_access_report(access, VGIC_RULE_ACCESS_SIZE, UINT32_MAX);
        return VGIC_RAZ_WI;
    }
    if (row->info.access & VGIC_UNMODELLED) {
        vgic_access_report(access, VGIC_RULE_UNMODELLED, UINT32_MAX);
        return VGIC_RAZ_WI;
    }
    if (!(row->info.access & (write ? VGIC_WRITABLE : VGIC_READABLE))) {
        vgic_access_report(access, write ? VGIC_RULE_READ_ONLY : VGIC_RULE_WRITE_ONLY, UINT32_MAX);
        return VGIC_RAZ_WI;
    }
    if (row->info.access & VGIC_SECURE_ONLY && access->ns) {
        vgic_access_report(access, VGIC_RULE_SECURE, UINT32_MAX);
        return VGIC_RAZ_WI;
    }
    access->element =
        row->info.count > 1 ? (access->offset - row->info.offset) / row->info.stride : 0;
    return VGIC_OK;
}

static uint64_t read_element(VgicAccess *access)
{
    return access->row->read ? access->row->read(access) : access->row->constant;
}

/* Rows of one field for each interrupt and message registers take narrow accesses as they come;
 * others see whole elements. */
static bool takes_narrow_accesses(const VgicFrameRow *row)
{
    return row->bits != 0;
}

VgicResult vgic_frame_table_read(const VgicFrameTable *table, VgicAccess *access, uint64_t *value)
{
    VgicResult result = dispatch(table, access, false);
    uint32_t width;

    *value = 0;
    if (result != VGIC_OK) {
        return result;
    }
    width = access->row->info.width / 8u;
    *value = read_element(access);
    if (access->size < width && !takes_narrow_accesses(access->row)) {
        *value >>= 8 * (access->offset % width);
    }
    if (access->size < 8) {
        *value &= (UINT64_C(1) << 8 * access->size) - 1;
    }
    return VGIC_OK;
}

VgicResult vgic_frame_table_write(const VgicFrameTable *table, VgicAccess *access, uint64_t value)
{
    VgicResult result = dispatch(table, access, true);
    uint32_t width;

    if (result != VGIC_OK) {
        return result;
    }
    width = access->row->info.width / 8u;
    if (access->size < 8) {
        value &= (UINT64_C(1) << 8 * access->size) - 1;
    }
    access->mask = UINT64_MAX;
    if (width == 8 && access->size == 4) {
        access->mask = UINT64_C(0xFFFFFFFF) << 8 * (access->offset % 8);
        value <<= 8 * (access->offset % 8);
    }
    if (access->row->write) {
        access->row->write(access, value);
    }
    return VGIC_OK;
}
