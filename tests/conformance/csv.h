/* SPDX-License-Identifier: BSD-2-Clause */
/* A small reader of comma-separated lists: no quotes, lines that begin with # are comments. */
#ifndef CONFORMANCE_CSV_H
#define CONFORMANCE_CSV_H

#include <glib.h>

typedef struct Csv {
    char *path;
    GStrv columns;
    GPtrArray *rows; /* of GStrv, each as long as columns */
} Csv;

/** Reads @p path; a file that is missing or has a row of the wrong length ends the program. */
Csv *csv_read(const char *path);
void csv_free(Csv *csv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Csv, csv_free)

/** The cell of row number @p row in the column called @p column, which must exist. */
const char *csv_cell(const Csv *csv, guint row, const char *column);

/** The same as a number in C notation; an empty cell is 0. */
guint64 csv_number(const Csv *csv, guint row, const char *column);

#endif
