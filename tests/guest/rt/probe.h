/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses to every ICC register of EL1, and what each trapped to. */
#ifndef PROBE_H
#define PROBE_H

#include "gic.h"

enum probe_kind {
    PROBE_GROUP0,
    PROBE_GROUP1,
    PROBE_COMMON,
    PROBE_DIR,
    PROBE_SGI,
    PROBE_SRE,
    PROBE_ENABLE0, /* IGRPEN0, IGRPEN1: Group 0 and 1, and under HFGxTR_EL2 */
    PROBE_ENABLE1
};

/* ICC_<name>_EL1; CRn, CRm, op2 (op0 is 3, op1 0); readable, writable; what decides of traps */
#define PROBE_REGISTERS(X)                                                                         \
    X(IAR0, 12, 8, 0, 1, 0, GROUP0)                                                                \
    X(HPPIR0, 12, 8, 2, 1, 0, GROUP0)                                                              \
    X(EOIR0, 12, 8, 1, 0, 1, GROUP0)                                                               \
    X(BPR0, 12, 8, 3, 1, 1, GROUP0)                                                                \
    X(AP0R0, 12, 8, 4, 1, 1, GROUP0)                                                               \
    X(IGRPEN0, 12, 12, 6, 1, 1, ENABLE0)                                                           \
    X(IAR1, 12, 12, 0, 1, 0, GROUP1)                                                               \
    X(HPPIR1, 12, 12, 2, 1, 0, GROUP1)                                                             \
    X(EOIR1, 12, 12, 1, 0, 1, GROUP1)                                                              \
    X(BPR1, 12, 12, 3, 1, 1, GROUP1)                                                               \
    X(AP1R0, 12, 9, 0, 1, 1, GROUP1)                                                               \
    X(IGRPEN1, 12, 12, 7, 1, 1, ENABLE1)                                                           \
    X(PMR, 4, 6, 0, 1, 1, COMMON)                                                                  \
    X(RPR, 12, 11, 3, 1, 0, COMMON)                                                                \
    X(CTLR, 12, 12, 4, 1, 1, COMMON)                                                               \
    X(DIR, 12, 11, 1, 0, 1, DIR)                                                                   \
    X(SGI0R, 12, 11, 7, 0, 1, SGI)                                                                 \
    X(SGI1R, 12, 11, 5, 0, 1, SGI)                                                                 \
    X(ASGI1R, 12, 11, 6, 0, 1, SGI)                                                                \
    X(SRE, 12, 12, 5, 1, 1, SRE)

enum {
#define NAME(name, crn, crm, op2, r, w, kind) PROBED_##name,
    PROBE_REGISTERS(NAME)
#undef NAME
    PROBES
};

struct probe {
    const char *name;
    unsigned crn, crm, op2;
    bool readable, writable;
    enum probe_kind kind;
    /* Of the last run: what TRAP_OF() answers, and the syndrome without the register Rt. */
    u64 read, write, read_esr, write_esr;
};
extern struct probe probes[PROBES];

/* Reads and writes all (harmless values), at whatever EL it is called: for in_el(). */
u64 probe_all(u64 unused);
/* read | write << 16, 0 for an access that there is not. */
u64 probe_result(unsigned n);
/* What it is if the accesses trap or not. */
u64 probe_want(unsigned n, u64 trap);
/* Accesses of the last run that trapped with another syndrome than the architecture's. */
u64 probe_bad_syndromes(void);

#endif
