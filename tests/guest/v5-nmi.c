/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1
 *
 * GICv5: priority 0 is Superpriority. With SCTLR_EL1.NMI it is acknowledged by CDNMIA alone,
 * without it by CDIA; ISR_EL1, preemption, PCR.
 */
#include "rt/gic5.h"
#include "rt/nmi.h"

enum {
    A = LPI5(5),
    B = LPI5(6)
};
#define S SPI5(60)
#define P PPI5(PPI_SW)

static const u32 ids[] = {A, S, P};
static const char *const names[] = {"LPI", "SPI", "PPI"};

static void idle(void)
{
    sctlr(0);
    drain5();
    cddi(A), cddi(B), cddi(P), cddi(S);
    ppi_enable(PPI_SW, false);
}

static void pend5(u32 id, u32 priority)
{
    if (id == P) {
        ppi_priority(PPI_SW, priority);
        ppi_enable(PPI_SW, true);
        ppi_pend(PPI_SW, true);
    } else {
        setup5(id, priority, 0);
        cdpend(id, true);
    }
}

static void acknowledge(void)
{
    section("acknowledge");
    for (unsigned k = 0; k < 3; k++) {
        for (unsigned p = 0; p < 2; p++) {
            for (unsigned own = 0; own < 2; own++) {
                const bool nmi = own && !p;
                const u64 id = VALID5 | ids[k];
                pend5(ids[k], p);
                sctlr(own ? SCTLR_NMI : 0);
                expect(hppir(), id, "%s, priority %u, NMI=%u: HPPIR", names[k], (u64)p, (u64)own);
                expect(nmi ? cdia() : cdnmia(), 0, "%s, priority %u, NMI=%u: the wrong one",
                       names[k], (u64)p, (u64)own);
                expect(apr(), 0, "%s, priority %u, NMI=%u: APR", names[k], (u64)p, (u64)own);
                expect(nmi ? cdnmia() : cdia(), id, "%s, priority %u, NMI=%u: the right one",
                       names[k], (u64)p, (u64)own);
                expect(apr(), 1u << p, "%s, priority %u, NMI=%u: APR then", names[k], (u64)p,
                       (u64)own);
                expect(isr(), 0, "%s, priority %u, NMI=%u: ISR_EL1 then", names[k], (u64)p,
                       (u64)own);
                cdeoi(), cddi(ids[k]);
                idle();
            }
        }
    }
}

static void signals(void)
{
    section("signal");
    for (unsigned k = 0; k < 3; k++) {
        for (unsigned own = 0; own < 2; own++) {
            sctlr(own ? SCTLR_NMI : 0);
            pend5(ids[k], 1);
            expect(isr(), ISR_I, "%s, priority 1, NMI=%u: ISR_EL1", names[k], (u64)own);
            if (ids[k] == P) {
                ppi_priority(PPI_SW, 0);
            } else {
                cdpri(ids[k], 0);
            }
            expect(isr(), ISR_I | ISR_IS, "%s, priority 0, NMI=%u: ISR_EL1", names[k], (u64)own);
            pcr(0);
            expect(isr(), ISR_I | ISR_IS, "%s, priority 0, NMI=%u, PCR 0: ISR_EL1", names[k],
                   (u64)own);
            sctlr(0);
            expect(take5(), ids[k], "%s, PCR 0, NMI=%u: taken", names[k], (u64)own);
            expect(isr(), 0, "%s, NMI=%u: ISR_EL1 then", names[k], (u64)own);
            idle();
        }
    }
    WRITE_SYS(ICC_CR0_EL1, 0);
    pend5(A, 0);
    sctlr(SCTLR_NMI);
    expect(isr() << 4 | cdnmia(), 0, "EN=0: ISR_EL1, CDNMIA");
    WRITE_SYS(ICC_CR0_EL1, CR0_EN);
    expect(cdnmia(), VALID5 | A, "EN=1: CDNMIA");
    cdeoi(), cddi(A);
    expect(cdnmia(), 0, "none: CDNMIA");
    idle();
}

static void preemption(void)
{
    section("preempt");
    pend5(A, 1);
    sctlr(SCTLR_NMI);
    expect(cdia(), VALID5 | A, "priority 1 runs");
    pend5(B, 0);
    expect(isr(), ISR_I | ISR_IS, "priority 0 waits: ISR_EL1");
    expect(cdnmia(), VALID5 | B, "priority 0: CDNMIA");
    expect(apr(), 3, "APR");
    pend5(P, 0);
    expect(isr() << 4 | cdnmia(), 0, "priority 0 over priority 0: ISR_EL1, CDNMIA");
    cdeoi(), cddi(B);
    expect(apr(), 2, "CDEOI: APR");
    expect(cdnmia(), VALID5 | P, "the one that waited");
    cdeoi(), cddi(P);
    cdeoi(), cddi(A);
    expect(apr(), 0, "APR at the end");
    /* Behind one another. */
    pend5(A, 4), pend5(B, 0);
    expect(cdia(), 0, "priority 0 before 4: CDIA");
    expect(cdnmia(), VALID5 | B, "priority 0 before 4: CDNMIA");
    cdeoi(), cddi(B);
    expect(cdnmia(), 0, "priority 4: CDNMIA");
    expect(cdia(), VALID5 | A, "priority 4: CDIA");
    cdeoi(), cddi(A);
    idle();
}

static volatile u64 taken, count;

static void handle(struct frame *f)
{
    taken = cdnmia();
    count++;
    cdeoi(), cddi((u32)taken);
    (void)f;
}

/* PSTATE.I masks no interrupt with Superpriority while SCTLR_EL1.NMI is 1; ALLINT does. */
static void exception_runs(void)
{
    section("exception");
    irq_handler[0] = handle;
    allint(true);
    pend5(A, 0);
    sctlr(SCTLR_NMI);
    barrier();
    expect(count, 0, "ALLINT: taken");
    allint(false);
    barrier();
    expect(count, 1, "I alone: taken");
    expect(taken, VALID5 | A, "INTID");
    allint(true);
    irq_handler[0] = NULL;
    idle();
}

int main(void)
{
    gic5_init();
    lpis_init(14);
    allint(true);
    acknowledge();
    signals();
    preemption();
    exception_runs();
    return 0;
}
