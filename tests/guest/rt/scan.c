/* SPDX-License-Identifier: BSD-2-Clause */
/* Scans of frames and of the ICC registers: see scan.h. */
#include "scan.h"

static struct {
    u32 first, last;
    u64 value;
    bool shown, open;
} run;

static void run_end(void)
{
    if (run.open && run.shown) {
        if (run.first == run.last) {
            fact(run.value, "%x", (u64)run.first);
        } else {
            fact(run.value, "%x-%x", (u64)run.first, (u64)run.last);
        }
    }
    run.open = false;
}

static void run_add(u32 offset, u64 value, bool shown)
{
    if (run.open && run.value == value && run.shown == shown) {
        run.last = offset;
        return;
    }
    run_end();
    run.first = run.last = offset;
    run.value = value;
    run.shown = shown;
    run.open = true;
}

/* Bytes of the register at an offset: IROUTER<n> and IROUTER<n>E are 64 bits wide. */
static u32 width(u64 base, u32 offset)
{
    return base == GICD && offset >= GICD_IROUTER && offset < 0xa000 ? 8 : 4;
}

void scan_read(u64 base, u32 size)
{
    for (u32 offset = 0, w; offset < size; offset += w) {
        w = width(base, offset);
        const u64 value = w == 8 ? read64(base + offset) : read32(base + offset);
        run_add(offset, value, value != 0);
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

static u64 scan_word(u64 base, u32 offset)
{
    return width(base, offset) == 8 ? read64(base + offset) : read32(base + offset);
}

static void scan(u64 base, u32 size, u32 value, const struct skip *skip, bool common)
{
    for (u32 offset = 0, w; offset < size; offset += w) {
        u64 v = value | (u64)value << 32;
        w = width(base, offset);
        if (skipped(offset, skip)) {
            continue;
        }
        if (common && w == 8) {
            v &= 0xff00ffffff;
        } else if (common && offset >= IPRIORITYR && offset < IPRIORITYR + 0x400) {
            v &= 0xf0f0f0f0;
        }
        const u64 before = scan_word(base, offset);
        if (w == 8) {
            write64(base + offset, v);
        } else {
            v &= 0xffffffff;
            write32(base + offset, (u32)v);
        }
        const u64 after = scan_word(base, offset);
        run_add(offset, after, after != before || (v && after == v));
    }
    run_end();
}

void scan_write(u64 base, u32 size, u32 value, const struct skip *skip)
{
    scan(base, size, value, skip, false);
}

void scan_write_common(u64 base, u32 size, u32 value, const struct skip *skip)
{
    scan(base, size, value, skip, true);
}

/* With the fields that a write is looked at for: those of ICC_CTLR_EL1 above are read only. */
#define READABLE(X)                                                                                \
    X(ICC_PMR_EL1, ~0ull)                                                                          \
    X(ICC_BPR0_EL1, ~0ull)                                                                         \
    X(ICC_BPR1_EL1, ~0ull)                                                                         \
    X(ICC_CTLR_EL1, 0xff)                                                                          \
    X(ICC_SRE_EL1, ~0ull)                                                                          \
    X(ICC_IGRPEN0_EL1, ~0ull)                                                                      \
    X(ICC_IGRPEN1_EL1, ~0ull)                                                                      \
    X(ICC_AP0R0_EL1, ~0ull)                                                                        \
    X(ICC_AP0R1_EL1, ~0ull)                                                                        \
    X(ICC_AP0R2_EL1, ~0ull)                                                                        \
    X(ICC_AP0R3_EL1, ~0ull)                                                                        \
    X(ICC_AP1R0_EL1, ~0ull)                                                                        \
    X(ICC_AP1R1_EL1, ~0ull)                                                                        \
    X(ICC_AP1R2_EL1, ~0ull)                                                                        \
    X(ICC_AP1R3_EL1, ~0ull)

#define READ_ONLY(X)                                                                               \
    X(ICC_RPR_EL1, ~0ull)                                                                          \
    X(ICC_HPPIR0_EL1, ~0ull)                                                                       \
    X(ICC_HPPIR1_EL1, ~0ull)                                                                       \
    X(ICC_IAR0_EL1, ~0ull)                                                                         \
    X(ICC_IAR1_EL1, ~0ull)                                                                         \
    X(ICC_NMIAR1_EL1, ~0ull)

static void show(u64 trap, u64 value, const char *name)
{
    fact(trap ? trap : value, trap ? "%s.trap" : "%s", name);
}

void scan_icc_read(void)
{
    u64 value = 0, trap;
#define SHOW(name, writable)                                                                       \
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
#define SHOW(name, writable)                                                                       \
    {                                                                                              \
        u64 before = 0;                                                                            \
        trap = TRAP_OF({                                                                           \
            before = READ_SYS(name);                                                               \
            WRITE_SYS(name, value);                                                                \
            back = READ_SYS(name);                                                                 \
        });                                                                                        \
        show(trap, back &writable, #name);                                                         \
        if (!trap) {                                                                               \
            WRITE_SYS(name, before);                                                               \
        }                                                                                          \
    }
    READABLE(SHOW)
#undef SHOW
}
