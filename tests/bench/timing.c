/* SPDX-License-Identifier: BSD-2-Clause */
#include "timing.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ROUNDS = 41,
};

double clock_ns(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double median(double *values, uint32_t n)
{
    qsort(values, n, sizeof(*values), compare_doubles);
    return values[n / 2];
}

void print(const char *row, const char *name, const char *what, double value)
{
    printf("%s/%s/%s\t%.4f\n", row, name, what, value);
}

/* Runs all contenders in turn, many times. CPU time of the thread: not what others of the machine
 * take from it. */
void contend(const char *row, Contender *contenders, uint32_t n, uint32_t operations)
{
    static double ns[MAX_CONTENDERS][ROUNDS], ratio[MAX_CONTENDERS][ROUNDS];

    if (n > MAX_CONTENDERS) {
        machine_die("more contenders in row %s than there is room for", row);
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < n; i++) {
            double began = clock_ns(CLOCK_THREAD_CPUTIME_ID);

            contenders[i].loop(&contenders[i].subject, operations);
            ns[i][round] = (clock_ns(CLOCK_THREAD_CPUTIME_ID) - began) / (double)operations;
        }
        for (uint32_t i = 0; i < n; i++) {
            ratio[i][round] = ns[i][round] / ns[contenders[i].reference][round];
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        print(row, contenders[i].name, "ns", median(ns[i], ROUNDS));
        if (contenders[i].reference != i) {
            print(row, contenders[i].name, "ratio", median(ratio[i], ROUNDS));
        }
    }
}
