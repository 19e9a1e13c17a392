/* SPDX-License-Identifier: BSD-2-Clause */
#include "csv.h"

Csv *csv_read(const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) lines = NULL;
    Csv *csv = g_new0(Csv, 1);

    if (!g_file_get_contents(path, &text, NULL, &error)) {
        g_error("%s", error->message);
    }
    csv->path = g_strdup(path);
    csv->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        GStrv cells;

        if (lines[i][0] == '#' || lines[i][0] == '\0') {
            continue;
        }
        cells = g_strsplit(lines[i], ",", -1);
        if (!csv->columns) {
            csv->columns = cells;
        } else if (g_strv_length(cells) != g_strv_length(csv->columns)) {
            g_error("%s:%u: %u cells instead of %u", path, i + 1, g_strv_length(cells),
                    g_strv_length(csv->columns));
        } else {
            g_ptr_array_add(csv->rows, cells);
        }
    }
    if (!csv->columns) {
        g_error("%s: empty", path);
    }
    return csv;
}

void csv_free(Csv *csv)
{
    g_strfreev(csv->columns);
    g_ptr_array_unref(csv->rows);
    g_free(csv->path);
    g_free(csv);
}

const char *csv_cell(const Csv *csv, guint row, const char *column)
{
    GStrv cells = g_ptr_array_index(csv->rows, row);

    for (guint i = 0; csv->columns[i]; i++) {
        if (g_str_equal(csv->columns[i], column)) {
            return cells[i];
        }
    }
    g_error("%s: no column '%s'", csv->path, column);
}

guint64 csv_number(const Csv *csv, guint row, const char *column)
{
    const char *cell = csv_cell(csv, row, column);
    char *end;
    guint64 number = g_ascii_strtoull(cell, &end, 0);

    if (*end != '\0') {
        g_error("%s: '%s' in column '%s' is no number", csv->path, cell, column);
    }
    return number;
}
