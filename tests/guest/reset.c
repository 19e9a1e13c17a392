/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2
 *
 * A machine reset (PSCI SYSTEM_RESET) after every register was changed: all words of the frames and
 * the CPU interface registers of both PEs come back as they were at power-on. RAM survives it.
 */
#include "rt/gic.h"

#define PSCI_SYSTEM_RESET 0x84000009ull
#define MAGIC 0x6c69627667696331ull
enum {
    FRAMES = 5,
    WORDS = 0x4000,
    ICC = 12
};

/* Far above the program, which the reset loads again. */
static struct saved {
    u64 magic;
    u32 words[FRAMES][WORDS];
    u64 icc[2][ICC];
} *const saved = (struct saved *)0x42000000;

static const u64 frames[FRAMES] = {GICD, GICR(0), SGI_BASE(0), GICR(1), SGI_BASE(1)};
static const char *const frame_names[FRAMES] = {"GICD", "RD of PE 0", "SGI of PE 0", "RD of PE 1",
                                                "SGI of PE 1"};

static u64 icc_now[ICC];
static u64 read_icc(u64 unused)
{
    u64 *v = icc_now;
    *v++ = READ_SYS(ICC_PMR_EL1);
    *v++ = READ_SYS(ICC_BPR0_EL1);
    *v++ = READ_SYS(ICC_BPR1_EL1);
    *v++ = READ_SYS(ICC_CTLR_EL1);
    *v++ = READ_SYS(ICC_SRE_EL1);
    *v++ = READ_SYS(ICC_IGRPEN0_EL1);
    *v++ = READ_SYS(ICC_IGRPEN1_EL1);
    *v++ = READ_SYS(ICC_AP0R0_EL1);
    *v++ = READ_SYS(ICC_AP1R0_EL1);
    *v++ = hppir1();
    *v++ = rpr();
    *v++ = lines();
    return unused;
}

static u64 change_icc(u64 unused)
{
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_EOIMODE | CTLR_EL1_CBPR);
    pmr(0xa0);
    WRITE_SYS(ICC_BPR0_EL1, 6);
    WRITE_SYS(ICC_AP0R0_EL1, 0x5a5a);
    WRITE_SYS(ICC_AP1R0_EL1, 0xa5a5);
    WRITE_SYS(ICC_IGRPEN0_EL1, 1);
    WRITE_SYS(ICC_IGRPEN1_EL1, 1);
    return unused;
}

static void change_everything(void)
{
    for (unsigned f = 0; f < FRAMES; f++) {
        for (unsigned w = 1; w < WORDS; w++) {
            /* Set everything, clear nothing. */
            const u32 offset = 4 * w;
            if ((offset & 0xfff) >= ICENABLER && (offset & 0xfff) < ICENABLER + 0x80) {
                continue;
            }
            write32(frames[f] + offset, 0xffffffff);
        }
    }
    write32(GICD + ISACTIVER + 4, 0x5a5a5a5a);
    write32(GICD + ISPENDR + 4, 0xa5a5a5a5);
    write32(SGI_BASE(1) + ISPENDR, 0xa5a5a5a5);
    write32(GICR(0) + GICR_WAKER, 0);
    write32(GICD + GICD_CTLR, CTLR_GRP0 | CTLR_GRP1);
    gpio_wire(true);
    vtimer_wire(true);
    on_pe(1, change_icc, 0);
    change_icc(0);
}

int main(void)
{
    const bool first = saved->magic != MAGIC;

    section(first ? "power-on" : "reset");
    for (unsigned f = 0; f < FRAMES; f++) {
        u64 wrong = 0, where = 0;
        for (unsigned w = 0; w < WORDS; w++) {
            const u32 now = read32(frames[f] + 4 * w);
            if (first) {
                saved->words[f][w] = now;
            } else if (now != saved->words[f][w]) {
                where = wrong++ ? where : 4 * w;
            }
        }
        if (!first) {
            expect(wrong, 0, "words of %s that differ from power-on", frame_names[f]);
            expect(where, 0, "first of them in %s", frame_names[f]);
        }
    }
    pe_start(1);
    for (unsigned pe = 0; pe < 2; pe++) {
        on_pe(pe, read_icc, 0);
        for (unsigned n = 0; n < ICC; n++) {
            if (first) {
                saved->icc[pe][n] = icc_now[n];
            } else {
                expect(icc_now[n] ^ saved->icc[pe][n], 0,
                       "ICC register %u of PE %u against power-on", (u64)n, (u64)pe);
            }
        }
    }
    if (first) {
        saved->magic = MAGIC;
        change_everything();
        fact(1, "everything changed");
        psci(PSCI_SYSTEM_RESET, 0, 0, 0);
        for (;;) {
            __asm__ volatile("wfi");
        }
    }
    /* And it works. */
    gicd_init();
    gicr_init();
    icc_init();
    setup(40, 1, 0xa0);
    pend(40);
    expect(iar1(), 40, "an SPI after it");
    eoi1(40);
    return 0;
}
