/* SPDX-License-Identifier: BSD-2-Clause */
/* Scans of frames and of the ICC registers: see scan.h. */
#include "scan.h"

static struct {
    u32 first, last, value;
    bool open;
} run;

static void run_end(void)
{
    if (run.open && run.value) {
        if (run.first == run.last) {
            fact(run.value, "%x", (u64)run.first);
        } else {
            fact(run.value, "%x-%x", (u64)run.first, (u64)run.last);
        }
    }
    run.open = false;
}

static void run_add(u32 offset, u32 value)
{
    if (run.open && run.value == value) {
        run.last = offset;
        return;
    }
    run_end();
    run.first = run.last = offset;
    run.value = value;
    run.open = true;
}

void scan_read(u64 base, u32 size)
{
    for (u32 offset = 0; offset < size; offset += 4) {
        run_add(offset, read32(base + offset));
    }
    run_end();
}

static bool skipped(u32 offset, const struct skip *skip)
{
    for (; skip && skip->first <= skip->last; skip++) {
        if (offset >= skip->first && offset <= skip->last) {
            return true;
        }
    }
    return false;
}

void scan_write(u64 base, u32 size, u32 value, const struct skip *skip)
{
    for (u32 offset = 0; offset < size; offset += 4) {
        if (!skipped(offset, skip)) {
            write32(base + offset, value);
        }
        run_add(offset, read32(base + offset));
    }
    run_end();
}

#define READABLE(X)                                                                                \
    X(ICC_PMR_EL1)                                                                                 \
    X(ICC_BPR0_EL1)                                                                                \
    X(ICC_BPR1_EL1)                                                                                \
    X(ICC_CTLR_EL1)                                                                                \
    X(ICC_SRE_EL1)                                                                                 \
    X(ICC_IGRPEN0_EL1)                                                                             \
    X(ICC_IGRPEN1_EL1)                                                                             \
    X(ICC_AP0R0_EL1)                                                                               \
    X(ICC_AP0R1_EL1)                                                                               \
    X(ICC_AP0R2_EL1)                                                                               \
    X(ICC_AP0R3_EL1)                                                                               \
    X(ICC_AP1R0_EL1)                                                                               \
    X(ICC_AP1R1_EL1)                                                                               \
    X(ICC_AP1R2_EL1)                                                                               \
    X(ICC_AP1R3_EL1)

#define READ_ONLY(X)                                                                               \
    X(ICC_RPR_EL1)                                                                                 \
    X(ICC_HPPIR0_EL1)                                                                              \
    X(ICC_HPPIR1_EL1)                                                                              \
    X(ICC_IAR0_EL1)                                                                                \
    X(ICC_IAR1_EL1)                                                                                \
    X(ICC_NMIAR1_EL1)

static void show(u64 trap, u64 value, const char *name)
{
    fact(trap ? trap : value, trap ? "%s.trap" : "%s", name);
}

void scan_icc_read(void)
{
    u64 value = 0, trap;
#define SHOW(name)                                                                                 \
    trap = TRAP_OF(value = READ_SYS(name));                                                        \
    show(trap, value, #name);
    READABLE(SHOW)
    READ_ONLY(SHOW)
#undef SHOW
}

void scan_icc_write(u64 value)
{
    u64 back = 0, trap;
    /* Each register is put back, so that no write changes what the next one does. */
#define SHOW(name)                                                                                 \
    {                                                                                              \
        u64 before = 0;                                                                            \
        trap = TRAP_OF({                                                                           \
            before = READ_SYS(name);                                                               \
            WRITE_SYS(name, value);                                                                \
            back = READ_SYS(name);                                                                 \
        });                                                                                        \
        show(trap, back, #name);                                                                   \
        if (!trap) {                                                                               \
            WRITE_SYS(name, before);                                                               \
        }                                                                                          \
    }
    READABLE(SHOW)
#undef SHOW
}
