/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=4
 *
 * GICv5: four PEs. SPIs and LPIs that move between them pending, active and disabled, targets that
 * are not there, deactivation by another PE, IPIs through LPIs from all PEs to all.
 */
#include "rt/gic5.h"

enum {
    PES = 4,
    A = LPI5(200)
};

static u64 f_lines5(u64 unused)
{
    return lines() + unused;
}
static u64 f_cdia(u64 unused)
{
    return cdia() + unused;
}
static u64 f_cdeoi(u64 unused)
{
    cdeoi();
    return unused;
}
static u64 f_cddi(u64 intid)
{
    cddi((u32)intid);
    return 0;
}
static u64 f_apr(u64 unused)
{
    return apr() + unused;
}
static u64 f_iaffid(u64 unused)
{
    return READ_SYS(ICC_IAFFIDR_EL1) + unused;
}
static u64 f_cdaff(u64 both)
{
    cdaff((u32)both, (u32)(both >> 32));
    return 0;
}
static u64 f_cdpend(u64 intid)
{
    cdpend((u32)intid, true);
    return 0;
}

/* The PEs whose IRQ line is high. */
static u64 all_lines(void)
{
    u64 v = 0;
    for (unsigned pe = 0; pe < PES; pe++) {
        v |= (on_pe(pe, f_lines5, 0) ? 1ull : 0) << pe;
    }
    return v;
}

static void select_pe(void)
{
    section("select");
    for (unsigned pe = 0; pe < PES; pe++) {
        expect(on_pe(pe, f_iaffid, 0), pe, "ICC_IAFFIDR_EL1 of PE %u", (u64)pe);
        irs_write_idle(IRS_PE_SELR, pe, IRS_PE_STATUSR, IDLE);
        expect(irs_read(IRS_PE_STATUSR), IDLE | STATUSR_V | STATUSR_ONLINE, "PE %u: PE_STATUSR",
               (u64)pe);
        expect(irs_read(IRS_PE_SELR), pe, "PE %u: PE_SELR", (u64)pe);
        irs_write_idle(IRS_PE_CR0, 1, IRS_PE_STATUSR, IDLE);
        expect(irs_read(IRS_PE_CR0), irs_read(IRS_IDR0) >> 7 & 1, "PE %u: PE_CR0", (u64)pe);
    }
    static const u32 others[] = {PES, 0x100, 0xffff};
    for (unsigned n = 0; n < 3; n++) {
        irs_write_idle(IRS_PE_SELR, others[n], IRS_PE_STATUSR, IDLE);
        expect(irs_read(IRS_PE_STATUSR), IDLE, "IAFFID %x: PE_STATUSR", (u64)others[n]);
        irs_write(IRS_PE_CR0, 1);
        expect(irs_read(IRS_PE_CR0), 0, "IAFFID %x: PE_CR0", (u64)others[n]);
    }
}

static void move(u32 id, const char *name)
{
    section(name);
    setup5(id, 9, 0);
    cdpend(id, true);
    expect(all_lines(), 1, "pending at PE 0: lines");
    for (unsigned n = 0; n < 8; n++) {
        const unsigned pe = (n * 3 + 2) % PES;
        cdaff(id, pe);
        expect(all_lines(), 1u << pe, "moved to PE %u: lines", (u64)pe);
    }
    cdaff(id, 0xffff);
    expect(all_lines(), 0, "moved to nobody: lines");
    cdaff(id, PES);
    expect(all_lines(), 0, "moved to nobody else: lines");
    on_pe(1, f_cdaff, id | 2ull << 32);
    expect(all_lines(), 1 << 2, "moved to PE 2 by PE 1: lines");
    expect(cdia(), 0, "PE 0: CDIA");
    expect(on_pe(2, f_cdia, 0), VALID5 | id, "PE 2: CDIA");
    expect(on_pe(2, f_apr, 0) << 32 | apr(), 1ull << 9 << 32, "APR of PE 2 and of PE 0");
    cdpend(id, true);
    cdaff(id, 3);
    expect(all_lines(), 0, "pended and moved while active: lines");
    cdeoi();
    expect(on_pe(2, f_apr, 0), 1 << 9, "CDEOI of another PE: APR of PE 2");
    cddi(id);
    expect(all_lines(), 1 << 3, "CDDI of another PE: lines");
    expect(on_pe(3, f_take5, 0), id, "PE 3 takes it");
    on_pe(2, f_cdeoi, 0);
    expect(on_pe(2, f_apr, 0), 0, "CDEOI of its own: APR of PE 2");
    /* Moved while it does not pend, or is not enabled. */
    cdaff(id, 1);
    cdpend(id, true);
    expect(all_lines(), 2, "moved while idle, pended: lines");
    expect(on_pe(1, f_take5, 0), id, "moved while idle, taken");
    on_pe(3, f_cdpend, id);
    expect(all_lines(), 2, "pended by PE 3: lines");
    expect(on_pe(1, f_cdia, 0), VALID5 | id, "PE 1: CDIA");
    on_pe(3, f_cddi, id);
    on_pe(1, f_cdeoi, 0);
    expect(cdrcfg(id), ICSR(ICSR_ENABLED, 9, 1), "CDRCFG");
    expect(all_lines(), 0, "no more: lines");
}

/* While disabled. */
static void move_disabled(void)
{
    section("disabled");
    setup5(A, 9, 0);
    cdpend(A, true);
    cddis(A);
    expect(all_lines(), 0, "lines");
    cdaff(A, 2);
    expect(all_lines(), 0, "moved: lines");
    cden(A);
    expect(all_lines(), 1 << 2, "enabled: lines");
    expect(on_pe(2, f_take5, 0), A, "taken");
    expect(take5(), 0, "PE 0");
}

/* Two for one PE: what goes leaves the other. */
static void two(void)
{
    section("two");
    setup5(A, 5, 1), setup5(A + 1, 9, 1);
    cdpend(A, true), cdpend(A + 1, true);
    cdaff(A, 2);
    expect(on_pe(1, f_cdia, 0), VALID5 | (A + 1), "PE 1");
    expect(on_pe(2, f_take5, 0), A, "PE 2");
    setup5(A, 12, 1);
    cdpend(A, true);
    expect(on_pe(1, f_lines5, 0), 0, "a lower one at PE 1: lines");
    cdpri(A, 8);
    expect(on_pe(1, f_lines5, 0), MASK_IRQ, "raised: lines");
    expect(on_pe(1, f_take5, 0), A, "raised: taken");
    on_pe(1, f_cdeoi, 0), on_pe(1, f_cddi, A + 1);
}

/*
 * IPIs as kernels have them: LPI 8 c + i is IPI i of PE c. Every PE sends to all, also to itself,
 * and takes its own in a handler; a round of IPIs is sent when all of the last one were taken.
 */
enum {
    IPIS = 8,
    ROUNDS = 50
};
static volatile u32 got[PES][PES * IPIS], wrong_for[PES];
static volatile u64 done[PES];

static void handle(struct frame *f)
{
    const unsigned pe = pe_number();
    for (u64 v; (v = cdia()) & VALID5;) {
        const u32 n = (u32)v & 0xffffff;
        cdeoi();
        if ((u32)v >> 29 != 2 || n / IPIS != pe) {
            wrong_for[pe]++;
        } else {
            got[pe][n]++;
        }
        cddi((u32)v);
    }
    (void)f;
}

/* IPI i of PE c is sent by PE i % PES alone. */
static bool arrived(unsigned me, u32 round)
{
    bool all = true;
    for (unsigned pe = 0; pe < PES; pe++) {
        for (unsigned i = me; i < IPIS; i += PES) {
            all &= got[pe][pe * IPIS + i] > round;
        }
    }
    return all;
}

static u64 f_storm(u64 unused)
{
    const unsigned me = pe_number();
    bool all;

    irq_handler[me] = handle;
    unmask(MASK_IRQ);
    for (u32 round = 0; round < ROUNDS; round++) {
        for (unsigned pe = 0; pe < PES; pe++) {
            for (unsigned i = me; i < IPIS; i += PES) {
                cdpend(LPI5(pe * IPIS + i), true);
            }
        }
        while (!arrived(me, round)) {
        }
    }
    done[me] = 1;
    barrier();
    /* The others still send. */
    do {
        all = true;
        for (unsigned pe = 0; pe < PES; pe++) {
            all &= done[pe];
        }
    } while (!all);
    mask();
    irq_handler[me] = NULL;
    return unused;
}

static void ipis(void)
{
    u64 wrong = 0, strange = 0;

    section("ipi");
    for (u32 n = 0; n < PES * IPIS; n++) {
        setup5(LPI5(n), 16, n / IPIS);
    }
    for (unsigned pe = 1; pe < PES; pe++) {
        on_pe_begin(pe, f_storm, 0);
    }
    f_storm(0);
    for (unsigned pe = 1; pe < PES; pe++) {
        on_pe_end(pe);
    }
    for (unsigned pe = 0; pe < PES; pe++) {
        strange += wrong_for[pe];
        for (unsigned n = 0; n < IPIS; n++) {
            wrong += got[pe][pe * IPIS + n] != ROUNDS;
        }
    }
    expect(wrong, 0, "IPIs that were not taken %u times", (u64)ROUNDS);
    expect(strange, 0, "interrupts of another PE");
    expect(all_lines(), 0, "lines");
}

int main(void)
{
    gic5_init();
    lpis_init(14);
    for (unsigned pe = 1; pe < PES; pe++) {
        pe_start(pe);
        on_pe(pe, f_pe5_init, 0);
    }
    select_pe();
    move(A, "lpi");
    move(SPI5(60), "spi");
    move_disabled();
    two();
    ipis();
    return 0;
}
