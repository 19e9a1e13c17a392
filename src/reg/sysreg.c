/* SPDX-License-Identifier: BSD-2-Clause */
/* The index of system registers. */
#include "reg/sysreg.h"

#include <glib.h>
#include <string.h>

void vgic_sysreg_index_init(VgicSysregIndex *index, VgicSysregRow *table, uint32_t count)
{
    uint32_t pages = 1;

    memset(index->page_of, 0, sizeof(index->page_of));
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *page = &index->page_of[table[i].info.encoding >> 7];

        if (*page == 0) {
            *page = (uint8_t)pages++;
        }
    }
    g_assert(pages <= UINT8_MAX && count < UINT8_MAX);
    index->rows = g_new0(uint8_t, (size_t)pages * VGIC_SYSREG_PAGE);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t encoding = table[i].info.encoding;
        uint8_t *row = &index->rows[index->page_of[encoding >> 7] * VGIC_SYSREG_PAGE +
                                    encoding % VGIC_SYSREG_PAGE];

        g_assert(*row == 0);
        *row = (uint8_t)(i + 1);
    }
    index->table = table;
    index->count = count;
}

void vgic_sysreg_index_free(VgicSysregIndex *index)
{
    g_free(index->rows);
    g_free((void *)index->table);
    index->rows = NULL;
    index->table = NULL;
}
