/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on peer=off
 *
 * GICv5 with EL3: three interrupt domains (Secure, Non-secure, EL3). Registers that each domain has
 * of its own, SPIs and PPIs that firmware gives to a domain, instructions that act on the current
 * and on the logical domain, who sees an interrupt as IRQ and who as FIQ, a table of LPIs each.
 */
#include "rt/gic5.h"

#define ICC_APR_EL3 "S3_6_C12_C8_0"
#define ICC_PCR_EL3 "S3_6_C12_C8_1"
#define ICC_DOMHPPIR_EL3 "S3_6_C12_C8_2"
#define ICC_PPI_DOMAINR0_EL3 "S3_6_C12_C8_4"
#define ICC_PPI_DOMAINR1_EL3 "S3_6_C12_C8_5"
#define ICC_CR0_EL3 "S3_6_C12_C9_0"
#define ICC_HPPIR_EL3 "S3_6_C12_C9_1"
#define CR0_PID (1ull << 38)
#define CR0_IPPT(n) ((u64)(n) << 32)

enum domain {
    S,
    NS,
    E3,
    DOMAINS
};
static const char *const domain_names[] = {"Secure", "Non-secure", "EL3"};
/* Where the domain is the current one. */
static const enum place place_of[] = {AT_S_EL1, AT_NS_EL1, AT_EL3};
static u64 irs_of[DOMAINS], setlpi_of[DOMAINS];
static u32 spi_of(enum domain d)
{
    return SPI5(60 + d);
}

/* Functions for at(). */
static u64 f_cdia(u64 unused)
{
    return cdia() + unused;
}
static u64 f_end(u64 intid)
{
    cdeoi();
    cddi((u32)intid);
    return 0;
}
static u64 f_setup(u64 both)
{
    setup5((u32)both, (u32)(both >> 32), 0);
    return 0;
}
static u64 f_cdpend(u64 intid)
{
    cdpend((u32)intid, true);
    return 0;
}
static u64 f_unpend(u64 intid)
{
    cdpend((u32)intid, false);
    return 0;
}
static u64 f_cdrcfg(u64 intid)
{
    return cdrcfg((u32)intid);
}
static u64 f_cdpri(u64 both)
{
    cdpri((u32)both, (u32)(both >> 32));
    return 0;
}
static u64 f_hppir5(u64 unused)
{
    return hppir() + unused;
}
static u64 f_pcr(u64 value)
{
    pcr(value);
    return READ_SYS(ICC_PCR_EL1);
}
static u64 f_apr(u64 unused)
{
    return apr() + unused;
}
static u64 f_cr0(u64 value)
{
    WRITE_SYS(ICC_CR0_EL1, value);
    return READ_SYS(ICC_CR0_EL1);
}
static u64 f_ppis(u64 unused)
{
    WRITE_SYS(ICC_PPI_ENABLER0_EL1, ~0ull);
    return READ_SYS(ICC_PPI_ENABLER0_EL1) + unused;
}
static u64 f_read64(u64 address)
{
    return read64(address);
}
/* The address in [31:0] is an offset into the domain's frame, the value in [63:32]. */
static u64 irs_write_at(enum domain d, u32 offset, u32 value)
{
    const u64 address = irs_of[d] + offset;
    return at(d == NS ? AT_NS_EL1 : AT_EL3, f_write32, BOTH(address, value));
}
static u32 irs_read_at(enum domain d, u32 offset)
{
    return (u32)at(d == NS ? AT_NS_EL1 : AT_EL3, f_read32, irs_of[d] + offset);
}

/* EL3 code with the registers of a world's banks. */
static void bank(enum domain d)
{
    scr_set(d == NS ? SCR_NS : 0, d == NS ? 0 : SCR_NS);
}

static void identity(void)
{
    section("identity");
    for (unsigned d = 0; d < DOMAINS; d++) {
        const char *name = domain_names[d];
        expect(irs_of[d] != 0, 1, "%s: a frame", name);
        expect(irs_read_at(d, IRS_IDR0) & 3, d, "%s: INT_DOM", name);
        expect(irs_read_at(d, IRS_IDR5), 256, "%s: SPI_RANGE", name);
        expect(irs_read_at(d, IRS_CR0), CR0_IDLE, "%s: CR0", name);
        irs_write_at(d, IRS_CR1, 0x10 + d);
    }
    for (unsigned d = 0; d < DOMAINS; d++) {
        expect(irs_read_at(d, IRS_CR1), 0x10 + d, "%s: CR1", domain_names[d]);
    }
    expect(at(AT_NS_EL1, f_read32, irs_of[S] + IRS_IDR5), 0, "Non-secure access to Secure: IDR5");
    expect(at(AT_NS_EL1, f_read32, irs_of[E3] + IRS_IDR5), 0, "Non-secure access to EL3: IDR5");
    expect(read32(irs_of[NS] + IRS_IDR5), 0, "Secure access to Non-secure: IDR5");
    at(AT_NS_EL1, f_write32, BOTH(irs_of[S] + IRS_CR1, 0xff));
    expect(irs_read_at(S, IRS_CR1), 0x10, "Non-secure access to Secure: CR1 written");

    section("registers");
    expect(READ_SYS(ICC_APR_EL3), 0, "ICC_APR_EL3");
    expect(READ_SYS(ICC_PCR_EL3), 0, "ICC_PCR_EL3");
    expect(READ_SYS(ICC_CR0_EL3), CR0_LINK | CR0_LINK_IDLE, "ICC_CR0_EL3");
    expect(READ_SYS(ICC_HPPIR_EL3), 0, "ICC_HPPIR_EL3");
    expect(READ_SYS(ICC_DOMHPPIR_EL3), 0, "ICC_DOMHPPIR_EL3");
    WRITE_SYS(ICC_APR_EL3, ~0ull);
    expect(READ_SYS(ICC_APR_EL3), 0xffffffff, "ICC_APR_EL3 ones");
    WRITE_SYS(ICC_APR_EL3, 0);
    WRITE_SYS(ICC_PCR_EL3, ~0ull);
    expect(READ_SYS(ICC_PCR_EL3), 0x1f, "ICC_PCR_EL3 ones");
    for (unsigned d = S; d <= NS; d++) {
        bank(d);
        WRITE_SYS(ICC_PCR_EL1, 20 + d);
        WRITE_SYS(ICC_APR_EL1, 0x100 << d);
        WRITE_SYS(ICC_CR0_EL1, CR0_IPPT(8 + d) | CR0_EN);
    }
    for (unsigned d = S; d <= NS; d++) {
        bank(d);
        expect(READ_SYS(ICC_PCR_EL1), 20 + d, "%s: ICC_PCR_EL1 at EL3", domain_names[d]);
        expect(READ_SYS(ICC_APR_EL1), 0x100 << d, "%s: ICC_APR_EL1 at EL3", domain_names[d]);
        expect(READ_SYS(ICC_CR0_EL1), CR0_IPPT(8 + d) | 7, "%s: ICC_CR0_EL1 at EL3",
               domain_names[d]);
        expect(at(place_of[d], f_apr, 0), 0x100 << d, "%s: ICC_APR_EL1 at EL1", domain_names[d]);
        WRITE_SYS(ICC_APR_EL1, 0);
        WRITE_SYS(ICC_CR0_EL1, ~0ull);
        expect(READ_SYS(ICC_CR0_EL1), CR0_PID | CR0_IPPT(63) | 7, "%s: ICC_CR0_EL1 ones",
               domain_names[d]);
    }
    bank(S);
    expect(TRAP_OF(at(AT_S_EL1, f_cr0, 1)), 0, "ICC_CR0_EL1 at S-EL1: trap");
}

/* All on, PCR 31, everything preempts. */
static void begin(void)
{
    for (unsigned d = 0; d < DOMAINS; d++) {
        irs_write_at(d, IRS_CR0, 1);
        expect(irs_read_at(d, IRS_CR0), CR0_IDLE | IRSEN, "%s: IRSEN", domain_names[d]);
    }
    for (unsigned d = S; d <= NS; d++) {
        bank(d);
        pcr(31);
        WRITE_SYS(ICC_APR_EL1, 0);
        WRITE_SYS(ICC_CR0_EL1, CR0_IPPT(32) | CR0_EN);
    }
    bank(S);
    WRITE_SYS(ICC_PCR_EL3, 31);
    WRITE_SYS(ICC_APR_EL3, 0);
    WRITE_SYS(ICC_CR0_EL3, CR0_EN);
}

/* Firmware gives SPIs to domains. */
static void spi_domains(void)
{
    section("spi");
    const u32 id = 50;
    for (unsigned d = 0; d < DOMAINS; d++) {
        irs_write_at(d, IRS_SPI_SELR, id);
        expect(irs_read_at(d, IRS_SPI_STATUSR) >> 1 & 1, d == E3, "at reset, %s frame: V",
               domain_names[d]);
    }
    for (unsigned k = 0; k < 4; k++) {
        static const u8 order[] = {NS, S, E3, NS};
        const unsigned owner = order[k];
        irs_write_at(E3, IRS_SPI_SELR, id);
        irs_write_at(E3, IRS_SPI_DOMAINR, owner);
        expect(irs_read_at(E3, IRS_SPI_DOMAINR), owner, "%s: DOMAINR", domain_names[owner]);
        for (unsigned d = 0; d < DOMAINS; d++) {
            irs_write_at(d, IRS_SPI_SELR, id);
            expect(irs_read_at(d, IRS_SPI_STATUSR) >> 1 & 1, d == E3 || d == owner,
                   "%s: %s frame, V", domain_names[owner], domain_names[d]);
            expect(at(place_of[d], f_cdrcfg, SPI5(id)) & 1, d != owner, "%s: CDRCFG at %s, F",
                   domain_names[owner], place_names[place_of[d]]);
        }
    }
    irs_write_at(NS, IRS_SPI_DOMAINR, S);
    expect(irs_read_at(E3, IRS_SPI_DOMAINR), NS, "DOMAINR written in the Non-secure frame");
    for (unsigned d = 0; d < DOMAINS; d++) {
        irs_write_at(E3, IRS_SPI_SELR, 60 + d);
        irs_write_at(E3, IRS_SPI_DOMAINR, d);
    }
}

/*
 * One interrupt of a domain pends: IRQ where that is the current domain, else FIQ, EL3's also at
 * EL3.
 */
static u64 lines_wanted(enum domain d, enum place where)
{
    return d != E3 && place_of[d] == where ? MASK_IRQ : MASK_FIQ;
}

static void signals(void)
{
    section("signal");
    for (unsigned d = 0; d < DOMAINS; d++) {
        const u32 id = spi_of(d);
        at(place_of[d], f_setup, id | 9ull << 32);
        at(place_of[d], f_cdpend, id);
        for (unsigned p = 0; p < PLACES; p++) {
            expect(at(p, f_lines, 0), lines_wanted(d, p), "%s interrupt, lines at %s",
                   domain_names[d], place_names[p]);
        }
        for (unsigned p = 0; p < PLACES; p++) {
            if (p != place_of[d]) {
                expect(at(p, f_cdia, 0), 0, "%s interrupt, CDIA at %s", domain_names[d],
                       place_names[p]);
            }
        }
        expect(READ_SYS(ICC_HPPIR_EL3), d == E3 ? VALID5 | id : 0, "%s interrupt, ICC_HPPIR_EL3",
               domain_names[d]);
        /* NS_HPPI 0, S_HPPI 1. */
        if (d != E3) {
            expect(READ_SYS(ICC_DOMHPPIR_EL3) & 3, d == NS ? 1 : 2,
                   "%s interrupt, ICC_DOMHPPIR_EL3", domain_names[d]);
            bank(d);
            expect(hppir(), VALID5 | id, "%s interrupt, ICC_HPPIR_EL1 at EL3", domain_names[d]);
            bank(d == S ? NS : S);
            expect(hppir(), 0, "%s interrupt, ICC_HPPIR_EL1 of the other world at EL3",
                   domain_names[d]);
            bank(S);
        }
        expect(at(place_of[d], f_cdia, 0), VALID5 | id, "%s interrupt, CDIA", domain_names[d]);
        for (unsigned p = 0; p < PLACES; p++) {
            expect(at(p, f_lines, 0), 0, "%s interrupt acknowledged, lines at %s", domain_names[d],
                   place_names[p]);
        }
        at(place_of[d], f_end, id);
    }
}

/* What keeps an interrupt of another domain from being signalled. */
static void preemption(void)
{
    const u32 id = spi_of(NS);

    section("preempt");
    at(AT_NS_EL1, f_setup, id | 9ull << 32);
    at(AT_NS_EL1, f_cdpend, id);
    expect(at(AT_S_EL1, f_lines, 0), MASK_FIQ, "priority 9, IPPT 32: lines at S-EL1");
    u64 did = 0;
    for (unsigned t = 0; t < 40; t++) {
        bank(NS);
        WRITE_SYS(ICC_CR0_EL1, CR0_IPPT(t) | CR0_EN);
        bank(S);
        did |= (u64)(at(AT_S_EL1, f_lines, 0) == MASK_FIQ) << t;
    }
    expect(did, 0xfffffffc00, "priority 9: IPPTs that let it through");
    expect(at(AT_NS_EL1, f_lines, 0), MASK_IRQ, "at NS-EL1 it is an IRQ");
    bank(NS);
    WRITE_SYS(ICC_CR0_EL1, CR0_PID | CR0_IPPT(32) | CR0_EN);
    bank(S);
    expect(at(AT_S_EL1, f_lines, 0), 0, "PID: lines at S-EL1");
    expect(at(AT_EL3, f_lines, 0), 0, "PID: lines at EL3");
    bank(NS);
    WRITE_SYS(ICC_CR0_EL1, CR0_IPPT(32) | CR0_EN);
    pcr(8);
    bank(S);
    expect(at(AT_S_EL1, f_lines, 0), 0, "PCR of its domain: lines at S-EL1");
    at(AT_NS_EL1, f_pcr, 9);
    expect(at(AT_S_EL1, f_lines, 0), MASK_FIQ, "PCR 9: lines at S-EL1");
    /* Secure PCR and APR are about Secure interrupts. */
    pcr(0);
    WRITE_SYS(ICC_APR_EL1, 1);
    expect(at(AT_S_EL1, f_lines, 0), MASK_FIQ, "Secure PCR 0, APR 1: lines at S-EL1");
    WRITE_SYS(ICC_APR_EL1, 0);
    pcr(31);
    bank(NS);
    WRITE_SYS(ICC_APR_EL1, 1 << 9);
    bank(S);
    expect(at(AT_S_EL1, f_lines, 0), 0, "APR of its domain: lines at S-EL1");
    bank(NS);
    WRITE_SYS(ICC_APR_EL1, 0);
    WRITE_SYS(ICC_CR0_EL1, CR0_IPPT(32));
    bank(S);
    expect(at(AT_S_EL1, f_lines, 0), 0, "EN 0 of its domain: lines at S-EL1");
    at(AT_NS_EL1, f_cr0, CR0_EN);
    /* An FIQ hides the IRQ beside it. */
    at(AT_S_EL1, f_setup, spi_of(S) | 3ull << 32);
    at(AT_S_EL1, f_cdpend, spi_of(S));
    bank(NS);
    WRITE_SYS(ICC_CR0_EL1, CR0_IPPT(32) | CR0_EN);
    bank(S);
    expect(at(AT_S_EL1, f_lines, 0), MASK_FIQ, "one of each: lines at S-EL1");
    expect(at(AT_NS_EL1, f_lines, 0), MASK_FIQ, "one of each: lines at NS-EL1");
    expect(at(AT_NS_EL1, f_cdia, 0), VALID5 | id, "CDIA at NS-EL1");
    expect(at(AT_S_EL1, f_cdia, 0), VALID5 | spi_of(S), "CDIA at S-EL1");
    at(AT_NS_EL1, f_end, id), at(AT_S_EL1, f_end, spi_of(S));
    at(AT_NS_EL1, f_pcr, 31);
    expect(at(AT_NS_EL1, f_apr, 0) | at(AT_S_EL1, f_apr, 0), 0, "APRs");
}

/* PPIs belong to a domain, too. */
static void ppi_domains(void)
{
    section("ppi");
    WRITE_SYS(ICC_PPI_DOMAINR0_EL3, 0);
    expect(at(AT_NS_EL1, f_ppis, 0), 0, "all Secure: ENABLER0 at NS-EL1");
    const u64 all = at(AT_S_EL1, f_ppis, 0);
    expect(all, 0xfff88008, "all Secure: ENABLER0 at S-EL1");
    WRITE_SYS(ICC_PPI_ENABLER0_EL1, 0);
    for (unsigned d = 0; d < DOMAINS; d++) {
        WRITE_SYS(ICC_PPI_DOMAINR0_EL3, (u64)d << 2 * PPI_SW);
        expect(READ_SYS(ICC_PPI_DOMAINR0_EL3) >> 2 * PPI_SW & 3, d, "%s: DOMAINR0",
               domain_names[d]);
        bank(d == NS ? NS : S);
        ppi_priority(PPI_SW, 8);
        ppi_enable(PPI_SW, true);
        ppi_pend(PPI_SW, true);
        bank(S);
        for (unsigned p = 0; p < PLACES; p++) {
            expect(at(p, f_lines, 0), lines_wanted(d, p), "%s: lines at %s", domain_names[d],
                   place_names[p]);
            if (p != place_of[d]) {
                expect(at(p, f_cdia, 0), 0, "%s: CDIA at %s", domain_names[d], place_names[p]);
            }
        }
        expect(at(place_of[d], f_cdia, 0), VALID5 | PPI5(PPI_SW), "%s: CDIA", domain_names[d]);
        at(place_of[d], f_end, PPI5(PPI_SW));
        bank(d == NS ? NS : S);
        expect(ppi_state(PPI_SW), 0, "%s: state", domain_names[d]);
        ppi_enable(PPI_SW, false);
        bank(S);
    }
    WRITE_SYS(ICC_PPI_DOMAINR0_EL3, 0);
}

/* GIC LD*: at EL3, on the logical domain. */
#define LD(crm, op2, value)                                                                        \
    __asm__ volatile("sys #6, C12, " #crm ", #" #op2                                               \
                     ", %0\n\t.inst 0xd508c01f\n\tisb" ::"r"((u64)(value))                         \
                     : "memory")
static u64 ldrcfg(u32 intid)
{
    LD(C1, 5, intid);
    return READ_SYS(ICC_ICSR_EL1);
}
static u64 f_ld(u64 intid)
{
    LD(C1, 1, intid);
    return 0;
}

static void logical(void)
{
    section("ld");
    for (unsigned d = S; d <= NS; d++) {
        const u32 id = spi_of(d), other = spi_of(d == S ? NS : S);
        bank(d);
        expect(ldrcfg(other), ICSR_F, "%s: LDRCFG of another domain's", domain_names[d]);
        expect(ldrcfg(spi_of(E3)), ICSR_F, "%s: LDRCFG of EL3's", domain_names[d]);
        expect(cdrcfg(id), ICSR_F, "%s: CDRCFG at EL3", domain_names[d]);
        LD(C1, 0, id);
        LD(C1, 2, id | 5ull << 35);
        LD(C1, 3, id | 7ull << 32);
        LD(C2, 1, id | 1ull << 32);
        LD(C1, 4, id | 1ull << 32);
        expect(ldrcfg(id), ICSR(ICSR_PENDING | ICSR_LEVEL, 5, 7), "%s: LDRCFG", domain_names[d]);
        LD(C1, 4, id);
        LD(C2, 1, id);
        LD(C1, 3, id);
        LD(C1, 1, id);
        expect(ldrcfg(id), ICSR(ICSR_ENABLED, 5, 0), "%s: LDRCFG then", domain_names[d]);
        LD(C1, 4, id | 1ull << 32);
        bank(S);
        expect(at(place_of[d], f_cdia, 0), VALID5 | id, "%s: CDIA", domain_names[d]);
        bank(d);
        LD(C2, 0, id);
        expect(ldrcfg(id), ICSR(ICSR_ENABLED, 5, 0), "%s: LDDI", domain_names[d]);
        bank(S);
        at(place_of[d], f_end, id);
    }
    expect(TRAP_OF(at(AT_NS_EL1, f_ld, spi_of(NS))), 0x100, "LDEN at NS-EL1 is UNDEFINED");
}

static u64 ist_base[DOMAINS];

/* A table of LPIs each, and a SETLPI frame each. */
static void lpis(void)
{
    const u32 id = LPI5(77);

    section("lpi");
    for (unsigned d = 0; d < DOMAINS; d++) {
        expect(at(place_of[d], f_cdrcfg, id), ICSR_F, "%s, no IST: CDRCFG", domain_names[d]);
    }
    for (unsigned d = 0; d < DOMAINS; d++) {
        struct ist ist = {.id_bits = 14};
        ist_make(&ist);
        ist_base[d] = ist.base;
        irs_write_at(d, IRS_IST_CFGR, ist_cfgr(&ist));
        irs_write_at(d, IRS_IST_BASER + 4, 0);
        irs_write_at(d, IRS_IST_BASER, (u32)ist.base | 1);
        at(place_of[d], f_setup, id | (u64)(10 + d) << 32);
    }
    for (unsigned d = 0; d < DOMAINS; d++) {
        expect(at(place_of[d], f_cdrcfg, id), ICSR(ICSR_ENABLED, 10 + d, 0), "%s: CDRCFG",
               domain_names[d]);
    }
    for (unsigned d = 0; d < DOMAINS; d++) {
        at(d == NS ? AT_NS_EL1 : AT_EL3, f_write32, BOTH(setlpi_of[d], 77));
        for (unsigned p = 0; p < PLACES; p++) {
            expect(at(p, f_lines, 0), lines_wanted(d, p), "%s, SETLPI: lines at %s",
                   domain_names[d], place_names[p]);
        }
        expect(at(place_of[d], f_cdia, 0), VALID5 | id, "%s, SETLPI: CDIA", domain_names[d]);
        at(place_of[d], f_end, id);
    }
    at(AT_NS_EL1, f_write32, BOTH(setlpi_of[S], 77));
    write32(setlpi_of[NS], 77);
    expect(at(AT_S_EL1, f_lines, 0) << 4 | at(AT_NS_EL1, f_lines, 0), 0,
           "SETLPI of another space: lines");
    for (unsigned d = 0; d < DOMAINS; d++) {
        irs_write_at(d, IRS_IST_BASER, 0);
    }
    for (unsigned d = 0; d < DOMAINS; d++) {
        expect(read32(ist_base[d] + 4 * 77), ISTE(ISTE_ENABLE, 10 + d, 0), "%s: memory",
               domain_names[d]);
    }
}

/* An SPI that moves while it pends. */
static void moves(void)
{
    const u32 id = SPI5(66);

    section("move");
    irs_write_at(E3, IRS_SPI_SELR, 66);
    irs_write_at(E3, IRS_SPI_DOMAINR, S);
    at(AT_S_EL1, f_setup, id | 9ull << 32);
    at(AT_S_EL1, f_cdpend, id);
    expect(at(AT_S_EL1, f_lines, 0) << 4 | at(AT_NS_EL1, f_lines, 0), MASK_IRQ << 4 | MASK_FIQ,
           "Secure: lines at S-EL1 and NS-EL1");
    irs_write_at(E3, IRS_SPI_DOMAINR, NS);
    expect(at(AT_S_EL1, f_lines, 0) << 4 | at(AT_NS_EL1, f_lines, 0), MASK_FIQ << 4 | MASK_IRQ,
           "Non-secure: lines at S-EL1 and NS-EL1");
    at(AT_S_EL1, f_cdpri, id | 1ull << 32);
    expect(at(AT_NS_EL1, f_cdrcfg, id), ICSR(ICSR_ENABLED | ICSR_PENDING, 9, 0),
           "CDPRI at S-EL1, CDRCFG at NS-EL1");
    expect(at(AT_S_EL1, f_cdia, 0), 0, "CDIA at S-EL1");
    expect(at(AT_NS_EL1, f_hppir5, 0), VALID5 | id, "HPPIR at NS-EL1");
    at(AT_NS_EL1, f_unpend, id);
    expect(at(AT_S_EL1, f_lines, 0) << 4 | at(AT_NS_EL1, f_lines, 0), 0, "CDPEND 0: lines");
    expect(at(AT_NS_EL1, f_read64, irs_of[NS] + IRS_IST_BASER) & 1, 0, "IST_BASER.VALID");
}

int main(void)
{
    static const char *const configs[] = {"s-config", "ns-config", "el3-config"};
    static const char *const setlpis[] = {"s-setlpi", "ns-setlpi", "el3-setlpi"};
    for (unsigned d = 0; d < DOMAINS; d++) {
        irs_of[d] = fdt_reg("arm,gic-v5-irs", configs[d], 0);
        setlpi_of[d] = fdt_reg("arm,gic-v5-irs", setlpis[d], 0);
    }
    identity();
    begin();
    spi_domains();
    signals();
    preemption();
    ppi_domains();
    logical();
    lpis();
    moves();
    return 0;
}
