/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * GICv5: priorities of all types together, sufficient priority by PCR and by the active
 * priorities, nesting and CDEOI, ICC_CR0_EL1.EN, changes while something pends, a handler.
 */
#include "rt/gic5.h"

enum {
    A = LPI5(5),
    B = LPI5(6),
    C = LPI5(700)
};
#define S SPI5(40)
#define P PPI5(PPI_SW)

static void idle(void)
{
    drain5();
    static const u32 lpis[] = {A, B, C};
    for (unsigned n = 0; n < 3; n++) {
        cddis(lpis[n]), cdpend(lpis[n], false), cddi(lpis[n]);
    }
    ppi_enable(PPI_SW, false);
    ppi_pend(PPI_SW, false);
    cddi(P);
}

static void order(void)
{
    section("order");
    setup5(A, 16, 0), setup5(B, 3, 0), setup5(C, 30, 0);
    ppi_priority(PPI_SW, 12);
    ppi_enable(PPI_SW, true);
    cdpend(C, true), cdpend(A, true);
    ppi_pend(PPI_SW, true);
    cdpend(B, true);
    static const u32 want[] = {B, P, A, C, 0};
    for (unsigned n = 0; n < 5; n++) {
        expect((u32)hppir(), want[n], "HPPIR %u", (u64)n);
        expect(take5(), want[n], "taken %u", (u64)n);
    }
    /* An SPI, between them. */
    setup5(S, 14, 0);
    cdpend(S, true), cdpend(A, true), ppi_pend(PPI_SW, true);
    expect(take5(), P, "PPI, SPI, LPI: first");
    expect(take5(), S, "PPI, SPI, LPI: second");
    expect(take5(), A, "PPI, SPI, LPI: third");
    idle();

    /* A priority that changes moves a pending interrupt. */
    setup5(A, 16, 0), setup5(B, 8, 0);
    cdpend(A, true), cdpend(B, true);
    cdpri(A, 4);
    expect((u32)hppir(), A, "raised while pending");
    cdpri(A, 28);
    expect((u32)hppir(), B, "lowered while pending");
    idle();

    /* Which of equals comes first is the implementation's matter, but each comes once. */
    section("equal");
    setup5(A, 9, 0), setup5(B, 9, 0), setup5(C, 9, 0);
    ppi_priority(PPI_SW, 9);
    ppi_enable(PPI_SW, true);
    cdpend(C, true), cdpend(A, true), cdpend(B, true);
    ppi_pend(PPI_SW, true);
    u64 all = 0;
    for (unsigned n = 0; n < 4; n++) {
        const u32 id = take5();
        fact(id, "taken %u", (u64)n);
        all |= id == A ? 1 : id == B ? 2 : id == C ? 4 : id == P ? 8 : 16;
    }
    expect(all, 15, "all");
    expect(take5(), 0, "no more");
    idle();
}

static void mask_register(void)
{
    section("pcr");
    for (unsigned type = 0; type < 2; type++) {
        const char *name = type ? "LPI" : "PPI";
        for (unsigned p = 0; p < 32; p += 5 + (p == 25)) {
            u64 may = 0, did = 0, shown = 0;
            setup5(A, p, 0);
            ppi_priority(PPI_SW, p);
            ppi_enable(PPI_SW, true);
            if (type) {
                cdpend(A, true);
            } else {
                ppi_pend(PPI_SW, true);
            }
            for (unsigned v = 0; v < 32; v++) {
                pcr(v);
                may |= (u64)(p <= v) << v;
                did |= (u64)(lines() == MASK_IRQ) << v;
                shown |= (hppir() >> 32 & 1) << v;
            }
            expect(did, may, "%s of priority %u: lines", name, (u64)p);
            expect(shown, may, "%s of priority %u: HPPIR", name, (u64)p);
            pcr(p ? p - 1 : 0);
            expect(cdia(), p ? 0 : VALID5 | (type ? A : P), "%s of priority %u: CDIA, masked", name,
                   (u64)p);
            idle();
        }
    }
}

/* One priority runs; which others are sufficient. */
static void preemption(void)
{
    section("preempt");
    for (unsigned p = 0; p < 32; p += 5 + (p == 25)) {
        u64 may = 0, did = 0;
        setup5(A, p, 0);
        cdpend(A, true);
        expect(cdia(), VALID5 | A, "priority %u runs", (u64)p);
        expect(apr(), 1u << p, "priority %u runs: APR", (u64)p);
        for (unsigned v = 0; v < 32; v++) {
            setup5(B, v, 0);
            cdpend(B, true);
            may |= (u64)(v < p) << v;
            did |= (u64)(lines() == MASK_IRQ && (u32)hppir() == B) << v;
        }
        expect(did, may, "over priority %u", (u64)p);
        idle();
    }
    /* APR is software's, too. */
    setup5(B, 10, 0);
    cdpend(B, true);
    u64 did = 0;
    for (unsigned v = 0; v < 32; v++) {
        WRITE_SYS(ICC_APR_EL1, 1u << v | 1u << 31);
        did |= (u64)(lines() == MASK_IRQ) << v;
    }
    expect(did, ~0x7ffull & 0xffffffff, "priority 10 by APR");
    WRITE_SYS(ICC_APR_EL1, 0x80000400);
    cdeoi();
    expect(apr(), 0x80000000, "CDEOI clears the highest");
    cdeoi();
    expect(apr(), 0, "CDEOI clears the last");
    cdeoi();
    expect(apr(), 0, "CDEOI with none active");
    expect(take5(), B, "the pending one");
    idle();
}

static void nesting(void)
{
    section("nest");
    setup5(A, 24, 0), setup5(B, 16, 0), setup5(C, 2, 0), setup5(S, 8, 0);
    ppi_priority(PPI_SW, 5);
    ppi_enable(PPI_SW, true);
    cdpend(A, true);
    expect(cdia(), VALID5 | A, "A");
    cdpend(B, true);
    expect(cdia(), VALID5 | B, "B");
    cdpend(S, true);
    expect(cdia(), VALID5 | S, "the SPI");
    ppi_pend(PPI_SW, true);
    expect(cdia(), VALID5 | P, "the PPI");
    cdpend(C, true);
    expect(cdia(), VALID5 | C, "C");
    expect(apr(), 1 << 24 | 1 << 16 | 1 << 8 | 1 << 5 | 1 << 2, "APR");
    expect(cdia(), 0, "nothing more");
    static const u32 left[] = {1 << 24 | 1 << 16 | 1 << 8 | 1 << 5, 1 << 24 | 1 << 16 | 1 << 8,
                               1 << 24 | 1 << 16, 1 << 24, 0};
    for (unsigned n = 0; n < 5; n++) {
        cdeoi();
        expect(apr(), left[n], "APR after CDEOI %u", (u64)n);
    }
    expect(cdrcfg(A), ICSR(ICSR_ENABLED | ICSR_ACTIVE, 24, 0), "A is still active");
    cdpend(A, true);
    expect(lines(), 0, "A is active: pending again, lines");
    cddi(B), cddi(A), cddi(P), cddi(S), cddi(C);
    expect(take5(), A, "A is inactive");
    expect(take5(), 0, "no more");
    idle();
}

static void enable_register(void)
{
    section("en");
    setup5(A, 8, 0);
    ppi_priority(PPI_SW, 9);
    ppi_enable(PPI_SW, true);
    cdpend(A, true), ppi_pend(PPI_SW, true);
    expect(lines(), MASK_IRQ, "EN=1: lines");
    WRITE_SYS(ICC_CR0_EL1, 0);
    expect(READ_SYS(ICC_CR0_EL1), CR0_LINK | CR0_LINK_IDLE, "EN=0: CR0");
    expect(hppir() << 4 | lines(), 0, "EN=0: HPPIR, lines");
    expect(cdia(), 0, "EN=0: CDIA");
    expect(cdrcfg(A), ICSR(ICSR_ENABLED | ICSR_PENDING, 8, 0), "EN=0: CDRCFG");
    expect(ppi_state(PPI_SW), 1, "EN=0: the PPI's state");
    cdpri(A, 10);
    WRITE_SYS(ICC_CR0_EL1, CR0_EN);
    expect(take5(), P, "EN=1: first");
    expect(cdia(), VALID5 | A, "EN=1: second");
    /* What ends an interrupt works with EN=0, too. */
    WRITE_SYS(ICC_CR0_EL1, 0);
    expect(apr(), 1 << 10, "EN=0: APR");
    cdeoi();
    expect(apr(), 0, "EN=0: CDEOI");
    cddi(A);
    expect(cdrcfg(A), ICSR(ICSR_ENABLED, 10, 0), "EN=0: CDDI");
    WRITE_SYS(ICC_CR0_EL1, CR0_EN);
    idle();
}

static volatile u64 taken[8], depth, deepest, count;

static void handle(struct frame *f)
{
    const u64 v = cdia();
    taken[count++ % 8] = v;
    if (++depth > deepest) {
        deepest = depth;
    }
    if ((u32)v == A) {
        cdpend(C, true);
        cdpend(B, true);
        unmask(MASK_IRQ);
        barrier();
        mask();
    }
    cdeoi();
    cddi((u32)v);
    depth--;
    (void)f;
}

static void handler_runs(void)
{
    section("handler");
    irq_handler[0] = handle;
    setup5(A, 16, 0), setup5(B, 4, 0), setup5(C, 20, 0);
    cdpend(A, true);
    unmask(MASK_IRQ);
    barrier();
    mask();
    expect(count, 3, "interrupts");
    expect(deepest, 2, "nested");
    expect(taken[0], VALID5 | A, "first");
    expect(taken[1], VALID5 | B, "inside it");
    expect(taken[2], VALID5 | C, "after it");
    expect(apr(), 0, "APR");
    irq_handler[0] = NULL;
    idle();
}

int main(void)
{
    gic5_init();
    lpis_init(14);
    order();
    mask_register();
    preemption();
    nesting();
    enable_register();
    handler_runs();
    return 0;
}
