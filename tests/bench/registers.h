/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows that are one access to a register each, held against an empty one. */
#ifndef BENCH_REGISTERS_H
#define BENCH_REGISTERS_H

#include "timing.h"

typedef struct RegisterOperation {
    const char *name;
    uint32_t encoding;
    bool write;
    uint64_t values[2];        /* written in turn */
    const VgicCpuState *state; /* NULL: that of the set */
} RegisterOperation;

/*
 * Registers of one machine that a PE uses in one state. The first two operations are the empty read
 * and the empty write that the others are held against: those of an ICC_SRE register, which take
 * the whole way (encoding look-up, access check, handler), and whose handlers have nothing to do,
 * since SRE, DFB and DIB are RAO/WI. On a GICv5 they are ICC_IAFFIDR_EL1, a constant, and GSB SYS.
 */
typedef struct RegisterSet {
    const char *row;
    const VgicCpuState *state;
    Vgic *(*machine)(bool single_threaded);
    const RegisterOperation *operations;
    uint32_t count;
} RegisterSet;

void registers_time(const RegisterSet *which);
void registers_list(const RegisterSet *which);
bool registers_count(const RegisterSet *which, const char *operation, uint32_t n);

#endif
