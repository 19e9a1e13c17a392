/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses to every ICC register of EL1: see probe.h. */
#include "probe.h"

struct probe probes[PROBES] = {
#define ROW(name, crn, crm, op2, r, w, kind)                                                       \
    {"ICC_" #name "_EL1", crn, crm, op2, r, w, PROBE_##kind, 0, 0, 0, 0},
    PROBE_REGISTERS(ROW)
#undef ROW
};

/* ISS of a trapped MRS or MSR: [9:5] is Rt. */
#define RT (0x1full << 5)

static u64 harmless(unsigned n)
{
    switch (n) {
    case PROBED_EOIR0:
    case PROBED_EOIR1:
    case PROBED_DIR:
        return SPURIOUS;
    case PROBED_SGI0R:
    case PROBED_SGI1R:
    case PROBED_ASGI1R:
        return sgi(1, 0x200, 0, 1); /* to a PE that is not there */
    case PROBED_SRE:
        return 7;
    default:
        return 0;
    }
}

u64 probe_all(u64 unused)
{
    struct probe *p = probes;
#define TRY_READ_1(name)                                                                           \
    p->read = TRAP_OF(READ_SYS(ICC_##name##_EL1));                                                 \
    p->read_esr = trap_syndrome() & ~RT;
#define TRY_READ_0(name)
#define TRY_WRITE_1(name)                                                                          \
    p->write = TRAP_OF(WRITE_SYS(ICC_##name##_EL1, harmless(PROBED_##name)));                      \
    p->write_esr = trap_syndrome() & ~RT;
#define TRY_WRITE_0(name)
#define TRY(name, crn, crm, op2, r, w, kind) TRY_READ_##r(name) TRY_WRITE_##w(name) p++;
    PROBE_REGISTERS(TRY)
    return unused;
}

u64 probe_result(unsigned n)
{
    return probes[n].read | probes[n].write << 16;
}

u64 probe_want(unsigned n, u64 trap)
{
    return (probes[n].readable ? trap : 0) | (probes[n].writable ? trap << 16 : 0);
}

/* EC 0x18, IL, Op0, Op2, Op1, CRn, Rt, CRm, Direction */
static u64 syndrome(const struct probe *p, bool read)
{
    return 0x18ull << 26 | 1ull << 25 | 3ull << 20 | (u64)p->op2 << 17 | (u64)p->crn << 10 |
           (u64)p->crm << 1 | read;
}

u64 probe_bad_syndromes(void)
{
    u64 bad = 0;
    for (unsigned n = 0; n < PROBES; n++) {
        const struct probe *p = &probes[n];
        bad += (p->read & 0xff) == 0x18 && p->read_esr != syndrome(p, true);
        bad += (p->write & 0xff) == 0x18 && p->write_esr != syndrome(p, false);
    }
    return bad;
}
