/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2
 *
 * GICv5: what the ICC registers and the words of the IRS's frame hold at reset and keep of all
 * ones, all zeros and two patterns; what is UNDEFINED at EL1; access sizes and halves.
 */
#include "rt/gic5.h"
#include "rt/scan.h"

static const u32 patterns[] = {0xffffffff, 0, 0xa5a5a5a5, 0x5a5a5a5a};
static const char *const irs_names[] = {"irs.ones", "irs.zeros", "irs.a5", "irs.5a"};
static const char *const icc_names[] = {"icc.ones", "icc.zeros", "icc.a5", "icc.5a"};

/* The PPIs that the architecture has wires for, and SW_PPI. */
#define PPIS 0xfff88008ull
#define LANES ((u64)0x1f1f1f1f << 32 | 0x1f1f1f1f)

/* Register, reset value, the bits that a write keeps (0 where another bit pattern acts at once). */
#define PPI_REGISTERS(X)                                                                           \
    X(ICC_PPI_ENABLER0_EL1, 0, PPIS)                                                               \
    X(ICC_PPI_ENABLER1_EL1, 0, 0)                                                                  \
    X(ICC_PPI_PRIORITYR0_EL1, 0, 0x1full << 24)                                                    \
    X(ICC_PPI_PRIORITYR1_EL1, 0, 0x1full << 56)                                                    \
    X(ICC_PPI_PRIORITYR2_EL1, 0, LANES << 24)                                                      \
    X(ICC_PPI_PRIORITYR3_EL1, 0, LANES)                                                            \
    X(ICC_PPI_PRIORITYR4_EL1, 0, 0)                                                                \
    X(ICC_PPI_PRIORITYR5_EL1, 0, 0)                                                                \
    X(ICC_PPI_PRIORITYR6_EL1, 0, 0)                                                                \
    X(ICC_PPI_PRIORITYR7_EL1, 0, 0)                                                                \
    X(ICC_PPI_PRIORITYR8_EL1, 0, 0)                                                                \
    X(ICC_PPI_PRIORITYR9_EL1, 0, 0)                                                                \
    X(ICC_PPI_PRIORITYR10_EL1, 0, 0)                                                               \
    X(ICC_PPI_PRIORITYR11_EL1, 0, 0)                                                               \
    X(ICC_PPI_PRIORITYR12_EL1, 0, 0)                                                               \
    X(ICC_PPI_PRIORITYR13_EL1, 0, 0)                                                               \
    X(ICC_PPI_PRIORITYR14_EL1, 0, 0)                                                               \
    X(ICC_PPI_PRIORITYR15_EL1, 0, 0)
/* Registers that set and clear one state. */
#define STATE_REGISTERS(X)                                                                         \
    X(ICC_PPI_CACTIVER0_EL1, 0, 0)                                                                 \
    X(ICC_PPI_CACTIVER1_EL1, 0, 0)                                                                 \
    X(ICC_PPI_SACTIVER0_EL1, 0, 0)                                                                 \
    X(ICC_PPI_SACTIVER1_EL1, 0, 0)                                                                 \
    X(ICC_PPI_CPENDR0_EL1, 0, 0)                                                                   \
    X(ICC_PPI_CPENDR1_EL1, 0, 0)                                                                   \
    X(ICC_PPI_SPENDR0_EL1, 0, 0)                                                                   \
    X(ICC_PPI_SPENDR1_EL1, 0, 0)
#define READ_ONLY(X)                                                                               \
    X(ICC_PPI_HMR0_EL1, PPIS & ~(1ull << PPI_SW), 0)                                               \
    X(ICC_PPI_HMR1_EL1, 0, 0)                                                                      \
    X(ICC_IDR0_EL1, 0x41, 0)                                                                       \
    X(ICC_HPPIR_EL1, 0, 0)                                                                         \
    X(ICC_IAFFIDR_EL1, pe_number(), 0)
/* Without EL3 ICC_CR0_EL1 has no IPPT and no PID. */
#define OTHERS(X)                                                                                  \
    X(ICC_APR_EL1, 0, 0xffffffff)                                                                  \
    X(ICC_PCR_EL1, 0, 0x1f)                                                                        \
    X(ICC_CR0_EL1, CR0_LINK | CR0_LINK_IDLE, CR0_EN)

static u64 other_reset(u64 unused)
{
    u64 wrong = unused;
#define CHECK(name, reset, mask) wrong += READ_SYS(name) != (reset);
    PPI_REGISTERS(CHECK)
    STATE_REGISTERS(CHECK)
    READ_ONLY(CHECK)
    OTHERS(CHECK)
#undef CHECK
    wrong += READ_SYS(ICC_ICSR_EL1) != 0;
    return wrong;
}

static void icc_reset(void)
{
    section("icc.reset");
#define SHOW(name, reset, mask) expect(READ_SYS(name), reset, #name);
    PPI_REGISTERS(SHOW)
    STATE_REGISTERS(SHOW)
    READ_ONLY(SHOW)
    OTHERS(SHOW)
#undef SHOW
    expect(READ_SYS(ICC_ICSR_EL1), 0, "ICC_ICSR_EL1");
    pe_start(1);
    /* 2 of them differ where HMR is not that of the PPIs that are there. */
    fact(on_pe(1, other_reset, 0), "of PE 1, registers that differ");
    expect(READ_SYS("S3_0_C0_C4_2") >> 12 & 0xf, 1, "ID_AA64PFR2_EL1.GCIE");
    expect(READ_SYS("id_aa64pfr0_el1") >> 24 & 0xf, 0, "ID_AA64PFR0_EL1.GIC");
}

static void icc_write(unsigned n)
{
    const u64 v = patterns[n] | (u64)patterns[n] << 32;
    section(icc_names[n]);
#define WRITE(name, reset, mask)                                                                   \
    WRITE_SYS(name, v);                                                                            \
    expect(READ_SYS(name), ((reset) & ~(u64)(mask)) | (v & (mask)), #name);
    PPI_REGISTERS(WRITE)
    OTHERS(WRITE)
#undef WRITE
    WRITE_SYS(ICC_CR0_EL1, 0);
    WRITE_SYS(ICC_APR_EL1, 0);
    WRITE_SYS(ICC_ICSR_EL1, v);
    /* Without 1-of-N IRM does not exist. */
    expect(READ_SYS(ICC_ICSR_EL1) & ~(u64)ICSR_IRM, v & ICSR(0x37, 31, 0xffff), "ICC_ICSR_EL1");
}

static void icc_states(void)
{
    section("icc.states");
    WRITE_SYS(ICC_PPI_ENABLER0_EL1, 0);
    WRITE_SYS(ICC_PPI_SACTIVER0_EL1, ~0ull);
    expect(READ_SYS(ICC_PPI_SACTIVER0_EL1), PPIS, "SACTIVER0 ones");
    expect(READ_SYS(ICC_PPI_CACTIVER0_EL1), PPIS, "CACTIVER0 then");
    WRITE_SYS(ICC_PPI_SACTIVER0_EL1, 0);
    WRITE_SYS(ICC_PPI_CACTIVER0_EL1, 0);
    expect(READ_SYS(ICC_PPI_SACTIVER0_EL1), PPIS, "zeros change nothing");
    WRITE_SYS(ICC_PPI_CACTIVER0_EL1, 0xff00ff00ff00ff00);
    expect(READ_SYS(ICC_PPI_SACTIVER0_EL1) & PPIS, 0xff00ff00ff00ff & PPIS, "CACTIVER0, some");
    WRITE_SYS(ICC_PPI_CACTIVER0_EL1, ~0ull);
    expect(READ_SYS(ICC_PPI_CACTIVER0_EL1), 0, "CACTIVER0 ones");
    WRITE_SYS(ICC_PPI_SACTIVER1_EL1, ~0ull);
    expect(READ_SYS(ICC_PPI_SACTIVER1_EL1), 0, "SACTIVER1 ones");
    WRITE_SYS(ICC_PPI_CACTIVER1_EL1, ~0ull);
    /* Only the pending state of edge-triggered PPIs is software's. */
    WRITE_SYS(ICC_PPI_SPENDR0_EL1, ~0ull);
    expect(READ_SYS(ICC_PPI_SPENDR0_EL1), 1 << PPI_SW, "SPENDR0 ones");
    expect(READ_SYS(ICC_PPI_CPENDR0_EL1), 1 << PPI_SW, "CPENDR0 then");
    WRITE_SYS(ICC_PPI_CPENDR0_EL1, 0);
    expect(READ_SYS(ICC_PPI_CPENDR0_EL1), 1 << PPI_SW, "CPENDR0 zeros");
    WRITE_SYS(ICC_PPI_CPENDR0_EL1, ~0ull);
    expect(READ_SYS(ICC_PPI_SPENDR0_EL1), 0, "CPENDR0 ones");
    WRITE_SYS(ICC_PPI_SPENDR1_EL1, ~0ull);
    expect(READ_SYS(ICC_PPI_SPENDR1_EL1), 0, "SPENDR1 ones");
    WRITE_SYS(ICC_PPI_CPENDR1_EL1, ~0ull);
    expect(READ_SYS(ICC_PPI_CPENDR1_EL1), 0, "CPENDR1 ones");
}

#define UNDEFINED(statement, name) expect(TRAP_OF(statement), 0x100, name)

static void undefined(void)
{
    section("undefined");
#define WRITE(name, reset, mask) UNDEFINED(WRITE_SYS(name, 0), #name " written");
    READ_ONLY(WRITE)
#undef WRITE
    UNDEFINED(READ_SYS(ICC_HAPR_EL1), "ICC_HAPR_EL1");
    UNDEFINED(READ_SYS("S3_6_C12_C8_0"), "ICC_APR_EL3");
    UNDEFINED(READ_SYS("S3_6_C12_C8_4"), "ICC_PPI_DOMAINR0_EL3");
    UNDEFINED(READ_SYS("S3_6_C12_C9_0"), "ICC_CR0_EL3");
    UNDEFINED(READ_SYS("S3_4_C12_C11_6"), "ICH_CONTEXTR_EL2");
    UNDEFINED(READ_SYS("S3_4_C12_C9_7"), "ICH_HFGITR_EL2");
    UNDEFINED(READ_SYS(ICC_PMR_EL1), "ICC_PMR_EL1");
    UNDEFINED(READ_SYS(ICC_IAR1_EL1), "ICC_IAR1_EL1");
    UNDEFINED(READ_SYS(ICC_CTLR_EL1), "ICC_CTLR_EL1");
    UNDEFINED(WRITE_SYS(ICC_SGI1R_EL1, 0), "ICC_SGI1R_EL1");
    UNDEFINED(__asm__ volatile("sys #4, C12, C1, #1, xzr"), "GIC VDEN");
    UNDEFINED(__asm__ volatile("sys #4, C12, C1, #4, xzr"), "GIC VDPEND");
    UNDEFINED(__asm__ volatile("sys #6, C12, C1, #1, xzr"), "GIC LDEN");
    UNDEFINED(__asm__ volatile("sys #6, C12, C2, #0, xzr"), "GIC LDDI");
    UNDEFINED(__asm__ volatile("sysl x0, #0, C12, C1, #0" ::: "x0"), "CDDIS read");
    UNDEFINED(__asm__ volatile("sys #0, C12, C3, #0, xzr"), "CDIA written");
    UNDEFINED(__asm__ volatile("sys #0, C12, C1, #6, xzr"), "CRm 1, op2 6");
    UNDEFINED(__asm__ volatile("sys #0, C12, C2, #2, xzr"), "CRm 2, op2 2");
    expect(TRAP_OF(__asm__ volatile(".inst 0xd508c01f")), 0, "GSB SYS");
    expect(TRAP_OF(__asm__ volatile(".inst 0xd508c03f")), 0, "GSB ACK");
}

static void irs_identity(void)
{
    section("irs.id");
    const u32 idr0 = irs_read(IRS_IDR0), idr1 = irs_read(IRS_IDR1), idr2 = irs_read(IRS_IDR2);
    expect(idr0 & 3, 1, "IRS_IDR0.INT_DOM");
    fact(idr0 >> 2 & 0xf, "IRS_IDR0.PA_RANGE");
    expect(idr0 >> 6 & 1, 0, "IRS_IDR0.VIRT");
    fact(idr0 >> 7 & 1, "IRS_IDR0.ONE_N");
    fact(idr0 >> 9 & 1, "IRS_IDR0.SETLPI");
    expect(idr0 >> 10 & 3, 0, "IRS_IDR0.MEC, MPAM");
    fact(idr0 >> 12 & 1, "IRS_IDR0.SWE");
    expect(idr0 >> 16, 0, "IRS_IDR0.IRSID");
    expect(idr1 & 0xffff, 2, "IRS_IDR1.PE_CNT");
    expect(idr1 >> 16 & 0xf, 15, "IRS_IDR1.IAFFID_BITS");
    expect(idr1 >> 20 & 7, 4, "IRS_IDR1.PRI_BITS");
    fact(idr2 & 0x1f, "IRS_IDR2.ID_BITS");
    expect(idr2 >> 5 & 1, 1, "IRS_IDR2.LPI");
    fact(idr2 >> 6 & 0xf, "IRS_IDR2.MIN_LPI_ID_BITS");
    expect(idr2 >> 10 & 1, 1, "IRS_IDR2.IST_LEVELS");
    expect(idr2 >> 11 & 7, 7, "IRS_IDR2.IST_L2SZ");
    expect(idr2 >> 14 & 1, 0, "IRS_IDR2.ISTMD");
    expect(irs_read(IRS_IDR3) | irs_read(IRS_IDR4), 0, "IRS_IDR3, IRS_IDR4");
    expect(irs_read(IRS_IDR5), 256, "IRS_IDR5.SPI_RANGE");
    expect(irs_read(IRS_IDR6), 256, "IRS_IDR6.SPI_IRS_RANGE");
    expect(irs_read(IRS_IDR7), 0, "IRS_IDR7.SPI_BASE");
    expect(irs_read(IRS_IIDR) & 0xfff, 0x43b, "IRS_IIDR.Implementer");
    expect(irs_read(IRS_AIDR), 0, "IRS_AIDR");
    expect(irs_read(IRS_CR0), CR0_IDLE, "IRS_CR0");
    expect(irs_read(DEVARCH), 0x47705a19, "DEVARCH");
    u64 cidr = 0;
    for (unsigned n = 0; n < 4; n++) {
        cidr |= (u64)irs_read(CIDR0 + 4 * n) << 8 * n;
    }
    expect(cidr, 0xb105f00d, "CIDR");
}

static void irs_bits(void)
{
    section("irs.bits");
    irs_write(IRS_CR1, 0xffffffff);
    expect(irs_read(IRS_CR1), 0xffff, "CR1 ones");
    irs_write(IRS_CR1, 0);
    expect(irs_read(IRS_CR1), 0, "CR1 zeros");
    irs_write(IRS_SPI_SELR, 0xffffffff);
    expect(irs_read(IRS_SPI_SELR), 0xffffff, "SPI_SELR ones");
    irs_write(IRS_PE_SELR, 0xffffffff);
    expect(irs_read(IRS_PE_SELR), 0xffff, "PE_SELR ones");
    irs_write(IRS_IST_CFGR, 0xffffffff);
    expect(irs_read(IRS_IST_CFGR), 0x101ff, "IST_CFGR ones");
    irs_write(IRS_IST_CFGR, 0);
    write64(gic5.irs + IRS_IST_BASER, ~1ull);
    expect(read64(gic5.irs + IRS_IST_BASER), 0x00ffffffffffffc0, "IST_BASER ones but VALID");
    irs_write(IRS_IST_BASER + 4, 0x12345678);
    expect(read64(gic5.irs + IRS_IST_BASER), 0x00345678ffffffc0, "IST_BASER, upper half");
    irs_write(IRS_IST_BASER, 0x9abcdef0);
    expect(read64(gic5.irs + IRS_IST_BASER), 0x003456789abcdec0, "IST_BASER, lower half");
    expect(irs_read(IRS_IST_BASER), 0x9abcdec0, "IST_BASER read, lower half");
    expect(irs_read(IRS_IST_BASER + 4), 0x345678, "IST_BASER read, upper half");
    write64(gic5.irs + IRS_IST_BASER, 0);
    expect(read64(gic5.irs + IRS_IST_BASER), 0, "IST_BASER zeros");
    irs_write(IRS_CR0, 0xfffffffe);
    expect(irs_read(IRS_CR0), CR0_IDLE, "CR0, all but IRSEN");
    irs_write(IRS_CR0, 0xffffffff);
    expect(irs_read(IRS_CR0), CR0_IDLE | IRSEN, "CR0 ones");
    irs_write(IRS_CR0, 0);
    expect(irs_read(IRS_CR0), CR0_IDLE, "CR0 zeros");
    irs_write(IRS_IDR0, 0);
    expect(irs_read(IRS_IDR0) & 3, 1, "IDR0 is read only");
    irs_write(IRS_SYNCR, 1u << 31);
    expect(irs_read(IRS_SYNC_STATUSR), IDLE, "SYNC_STATUSR after SYNC");
    expect(irs_read(IRS_SYNCR), 0, "SYNCR reads as zero");
}

static void sizes(void)
{
    u64 value = 0;
    section("sizes");
    irs_write(IRS_CR1, 0);
    for (unsigned k = 0; k < 3; k++) {
        static const u32 offsets[] = {IRS_SYNC_STATUSR, IRS_CR1, IRS_IST_BASER};
        static const char *const names[] = {"SYNC_STATUSR", "CR1", "IST_BASER"};
        const u64 at = gic5.irs + offsets[k];
        value = 0;
        fact(TRAP_OF(value = read8(at)), "%s read, 8 bits: trap", names[k]);
        fact(value, "%s read, 8 bits", names[k]);
        value = 0;
        fact(TRAP_OF(value = read16(at)), "%s read, 16 bits: trap", names[k]);
        fact(value, "%s read, 16 bits", names[k]);
        value = 0;
        fact(TRAP_OF(value = read64(at)), "%s read, 64 bits: trap", names[k]);
        fact(value, "%s read, 64 bits", names[k]);
        fact(TRAP_OF(write8(at, 0xf0)), "%s written, 8 bits: trap", names[k]);
        fact(read32(at), "%s written, 8 bits", names[k]);
        fact(TRAP_OF(write16(at, 0xfff0)), "%s written, 16 bits: trap", names[k]);
        fact(read32(at), "%s written, 16 bits", names[k]);
    }
}

int main(void)
{
    /* IRSEN acts, and a valid IST would make the GIC read memory. */
    static const struct skip skip[] = {
        {IRS_CR0, IRS_CR0}, {IRS_IST_BASER, IRS_IST_BASER + 4}, SKIP_END};

    gic5_find();
    icc_reset();
    section("irs.reset");
    scan_read(gic5.irs, 0x10000);
    irs_identity();
    irs_bits();
    undefined();
    irs_enable(true);
    icc_states();
    for (unsigned n = 0; n < 4; n++) {
        icc_write(n);
    }
    for (unsigned n = 0; n < 4; n++) {
        section(irs_names[n]);
        scan_write(gic5.irs, 0x10000, patterns[n], skip);
    }
    sizes();
    return 0;
}
