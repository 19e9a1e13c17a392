/* SPDX-License-Identifier: BSD-2-Clause */
/* Loops that are held against each other, in one thread. */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include "machine.h"

#include <time.h>

enum {
    MAX_CONTENDERS = 40,
};

typedef struct ItsMachine ItsMachine;
typedef struct Tokens Tokens;

/* What one operation works on. Two loops of one round never share a Subject. */
typedef struct Subject {
    Vgic *gic;
    LimitCpu *limit;
    ItsMachine *its;
    Tokens *tokens;
    const VgicCpuState *state; /* of the PE that makes the accesses */
    uint32_t cpu;
    uint32_t next;      /* what to inject next: the SPI or LPI, as a number or INTID */
    uint32_t turn;      /* counts operations */
    uint32_t encoding;  /* of a register operation */
    uint64_t values[2]; /* written in turn */
} Subject;

typedef void Loop(Subject *subject, uint32_t n);

/* One of the loops of a round. */
typedef struct Contender {
    const char *name;
    Loop *loop;
    Subject subject;
    uint32_t reference; /* the contender that it is held against */
} Contender;

/* Runs all contenders in turn, many times, @p operations each, and prints "ROW/NAME/ns" and "ratio"
 * lines: medians. */
void contend(const char *row, Contender *contenders, uint32_t n, uint32_t operations);

double clock_ns(clockid_t clock);
double median(double *values, uint32_t n);
void print(const char *row, const char *name, const char *what, double value);

#endif
