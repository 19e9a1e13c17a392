/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the hot paths cost through the public API, beside a yardstick in the same run.
 *
 *     bench time [ROWS]          measures, prints "name <TAB> value" lines; times in ns
 *     bench count OPERATION N    runs one operation N times and measures nothing: for callgrind
 *     bench operations [ROWS]    lists the operations of `count`: SHORT LONG NAME
 *
 * ROWS: spi, register, icv, hyp, lpi, command, state; of a GICv5: v5, v5-msi, v5-register,
 * v5-state. Default: all of them.
 *
 * Each figure is the median of many short rounds in which everything that is compared runs one
 * after the other, so that what else the machine does hits all of them.
 */
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    void (*time)(void);
    void (*list)(void);
    bool (*count)(const char *operation, uint32_t n);
} rows[] = {
    {"spi", spi_time, spi_list, spi_count},
    {"register", register_time, register_list, register_count},
    {"icv", icv_time, icv_list, icv_count},
    {"hyp", hyp_time, hyp_list, hyp_count},
    {"lpi", lpi_time, lpi_list, lpi_count},
    {"command", command_time, command_list, command_count},
    {"state", state_time, state_list, state_count},
    {"v5", v5_time, v5_list, v5_count},
    {"v5-msi", msi5_time, msi5_list, msi5_count},
    {"v5-register", register5_time, register5_list, register5_count},
    {"v5-state", state5_time, state5_list, state5_count},
};

enum {
    ROWS = sizeof(rows) / sizeof(rows[0]),
};

static bool run(const char *what, const char *name)
{
    bool any = false;

    for (uint32_t i = 0; i < ROWS; i++) {
        if (name && strcmp(name, rows[i].name) != 0) {
            continue;
        }
        any = true;
        (strcmp(what, "time") == 0 ? rows[i].time : rows[i].list)();
        fflush(stdout);
    }
    return any;
}

static bool count(const char *operation, uint32_t n)
{
    for (uint32_t i = 0; i < ROWS; i++) {
        if (rows[i].count(operation, n)) {
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    setvbuf(stdout, NULL, _IOLBF, 0); /* who waits sees how far it is */
    if (argc == 4 && strcmp(what, "count") == 0) {
        if (!count(argv[2], (uint32_t)strtoul(argv[3], NULL, 10))) {
            machine_die("no operation '%s': 'bench operations' lists them", argv[2]);
        }
        return 0;
    }
    if ((argc == 2 || argc == 3) &&
        (strcmp(what, "time") == 0 || strcmp(what, "operations") == 0)) {
        if (!run(what, argv[2])) {
            machine_die("no rows '%s': spi, register, icv, hyp, lpi, command, state, v5, v5-msi, "
                        "v5-register or v5-state",
                        argv[2]);
        }
        return 0;
    }
    fprintf(stderr,
            "usage: bench time [ROWS] | bench operations [ROWS] | bench count OPERATION N\n");
    return 2;
}
