/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 virtualization=on
 *
 * Every ICH register: reset value, what it keeps of ones, zeros, patterns and single bits, what is
 * UNDEFINED; ICH_VMCR_EL2 and ICH_AP*R0_EL2 against the ICV registers of EL1, both ways.
 */
#include "rt/virt.h"

static void reset_values(const char *name)
{
    section(name);
    expect(ich_hcr(), 0, "ICH_HCR_EL2");
    fact(READ_SYS(ICH_VTR_EL2), "ICH_VTR_EL2");
    const u64 vtr = READ_SYS(ICH_VTR_EL2);
    expect(vtr >> 29 & 7, 4, "PRIbits - 1");
    expect(vtr >> 26 & 7, 4, "PREbits - 1");
    expect(vtr >> 23 & 7, 1, "IDbits: 24");
    expect(vtr >> 22 & 1, 0, "SEIS");
    expect(vtr >> 21 & 1, 1, "A3V");
    expect(vtr >> 20 & 1, 1, "nV4");
    expect(vtr >> 19 & 1, 1, "TDS");
    expect(vtr & 0x1f, 3, "ListRegs");
    expect(misr(), 0, "ICH_MISR_EL2");
    expect(eisr(), 0, "ICH_EISR_EL2");
    expect(elrsr(), (1ull << list_registers()) - 1, "ICH_ELRSR_EL2");
    expect(vmcr(), VMCR_VBPR0(2) | VMCR_VBPR1(3) | VMCR_VFIQEN, "ICH_VMCR_EL2");
    expect(ap0r(), 0, "ICH_AP0R0_EL2");
    expect(ap1r(), 0, "ICH_AP1R0_EL2");
    for (unsigned n = 0; n < list_registers(); n++) {
        expect(lr_read(n), 0, "ICH_LR%u_EL2", (u64)n);
    }
    expect(READ_SYS(ICC_SRE_EL2), 0xf, "ICC_SRE_EL2");
}

static u64 reset_of_pe(u64 unused)
{
    reset_values("reset of PE 1");
    return unused;
}

static u64 fill(u64 unused)
{
    for (unsigned n = 0; n < list_registers(); n++) {
        lr_write(n, lr(1, 0x40, 40 + n));
    }
    ap0r_write(~0ull), ap1r_write(~0ull);
    vmcr_write(~0ull);
    ich_hcr_write(~(u64)(ICH_EN | ICH_TC));
    return unused;
}
static u64 turn_off(u64 unused)
{
    psci(PSCI_CPU_OFF, 0, 0, 0);
    return unused;
}
static u64 again(u64 unused)
{
    reset_values("PE 1 after CPU_OFF");
    return unused;
}

/* RAM that a machine reset leaves alone, far above the program, which it loads again. */
static volatile u64 *const mark = (volatile u64 *)0x42000000;
#define MARK 0x6c69627667696332ull
#define PSCI_SYSTEM_RESET 0x84000009ull

static u64 after_reset(u64 unused)
{
    reset_values(pe_number() ? "PE 1 after SYSTEM_RESET" : "after SYSTEM_RESET");
    return unused;
}

static _Noreturn void machine_reset(void)
{
    on_pe(1, fill, 0);
    fill(0);
    ich_hcr_write(ich_hcr() | ICH_EN);
    section("machine reset");
    expect(pending(INTID_MAINTENANCE), 1, "before: PPI 25");
    *mark = MARK;
    psci(PSCI_SYSTEM_RESET, 0, 0, 0);
    for (;;) {
    }
}

/* CPU_OFF and CPU_ON reset the PE, and with it its virtual CPU interface. */
static void off_and_on(void)
{
    on_pe(1, fill, 0);
    on_pe_begin(1, turn_off, 0);
    while (psci(PSCI_AFFINITY_INFO, 1, 0, 0) != 1) {
    }
    pe_start(1);
    on_pe(1, again, 0);
}

/* The minimum of the binary points of VMCR. */
static u64 vmcr_kept(u64 value)
{
    const u64 bpr0 = value >> 21 & 7, bpr1 = value >> 18 & 7;
    return (value & 0xf8000213) | VMCR_VFIQEN | VMCR_VBPR0(bpr0 < 2 ? 2 : bpr0) |
           VMCR_VBPR1(bpr1 < 3 ? 3 : bpr1);
}

/* Writes single bits: those that are kept, and what is there without having been written. */
#define BITS(name, want, always)                                                                   \
    ({                                                                                             \
        u64 kept = 0, others = 0;                                                                  \
        for (unsigned n = 0; n < 64; n++) {                                                        \
            WRITE_SYS(name, 1ull << n);                                                            \
            kept |= READ_SYS(name) & 1ull << n;                                                    \
            others |= READ_SYS(name) & ~(1ull << n);                                               \
        }                                                                                          \
        expect(kept & ~(u64)(always), (want) & ~(u64)(always), #name " bits kept");                \
        expect(others, always, #name " bits always set");                                          \
    })

static void keeps(void)
{
    static const u64 patterns[] = {
        ~0ull, 0, 0xa5a5a5a5a5a5a5a5, 0x5a5a5a5a5a5a5a5a, 0xffffffff00000000, 0x00000000ffffffff};
    section("keeps");
    for (unsigned p = 0; p < sizeof(patterns) / 8; p++) {
        WRITE_SYS(ICH_AP0R0_EL2, patterns[p]);
        expect(ap0r(), patterns[p] & 0xffffffff, "ICH_AP0R0_EL2 of %x", patterns[p]);
        WRITE_SYS(ICH_AP1R0_EL2, patterns[p]);
        expect(ap1r(), patterns[p] & 0xffffffff, "ICH_AP1R0_EL2 of %x", patterns[p]);
        WRITE_SYS(ICH_HCR_EL2, patterns[p]);
        expect(ich_hcr(), patterns[p] & 0xf8005cff, "ICH_HCR_EL2 of %x", patterns[p]);
        WRITE_SYS(ICH_HCR_EL2, 0);
        WRITE_SYS(ICH_VMCR_EL2, patterns[p]);
        expect(vmcr(), vmcr_kept(patterns[p]), "ICH_VMCR_EL2 of %x", patterns[p]);
    }
    BITS(ICH_HCR_EL2, 0xf8005cff, 0);
    BITS(ICH_VMCR_EL2, 0xf8900213, VMCR_VBPR0(2) | VMCR_VBPR1(3) | VMCR_VFIQEN);
    BITS(ICH_AP0R0_EL2, 0xffffffff, 0);
    BITS(ICH_AP1R0_EL2, 0xffffffff, 0);
    WRITE_SYS(ICH_HCR_EL2, 0);
}

/* Of [44:32] pINTID is kept with HW, without it only EOI. */
static u64 lr_kept(u64 value)
{
    const u64 common = LR_STATE | LR_HW | LR_GROUP1 | LR_PRIORITY(0xf8) | 0xffffff;
    return value & (common | (value & LR_HW ? LR_PINTID(0x1fff) : LR_EOI));
}

static void lr_keeps(void)
{
    static const u64 patterns[] = {~0ull, 0, 0xa5a5a5a5a5a5a5a5, 0x5a5a5a5a5a5a5a5a, ~LR_HW};
    u64 alike = 0;

    section("list registers");
    for (unsigned p = 0; p < sizeof(patterns) / 8; p++) {
        lr_write(0, patterns[p]);
        expect(lr_read(0), lr_kept(patterns[p]), "ICH_LR0_EL2 of %x", patterns[p]);
        for (unsigned n = 1; n < list_registers(); n++) {
            lr_write(n, patterns[p]);
            alike += lr_read(n) == lr_read(0);
            lr_write(n, 0);
        }
    }
    expect(alike, sizeof(patterns) / 8 * (list_registers() - 1), "the others are alike");
    u64 kept = 0, kept_hw = 0, others = 0;
    for (unsigned b = 0; b < 64; b++) {
        lr_write(0, 1ull << b);
        kept |= lr_read(0) & 1ull << b;
        others |= lr_read(0) & ~(1ull << b);
        lr_write(1, LR_HW | 1ull << b);
        kept_hw |= lr_read(1) & 1ull << b;
        others |= lr_read(1) & ~(LR_HW | 1ull << b);
    }
    expect(kept, lr_kept(~LR_HW) | LR_HW, "bits kept");
    expect(kept_hw, lr_kept(~0ull), "bits kept beside HW");
    expect(others, 0, "bits not written");
    /* They are apart. */
    for (unsigned n = 0; n < list_registers(); n++) {
        lr_write(n, LR_ACTIVE | 0x1000 * (n + 1));
    }
    for (unsigned n = 0; n < list_registers(); n++) {
        expect(lr_read(n), LR_ACTIVE | 0x1000 * (n + 1), "ICH_LR%u_EL2 is its own", (u64)n);
        lr_write(n, 0);
    }
}

static u64 el1_undefined(u64 unused)
{
    u64 bad = 0;
#define TRY(name)                                                                                  \
    bad += TRAP_OF(READ_SYS(name)) != 0x100;                                                       \
    bad += TRAP_OF(WRITE_SYS(name, 0)) != 0x100;
    TRY(ICH_AP0R0_EL2)
    TRY(ICH_AP1R0_EL2)
    TRY(ICH_HCR_EL2)
    TRY(ICH_VTR_EL2)
    TRY(ICH_MISR_EL2)
    TRY(ICH_EISR_EL2)
    TRY(ICH_ELRSR_EL2)
    TRY(ICH_VMCR_EL2)
    TRY(ICC_SRE_EL2)
#undef TRY
#define TRY(number, name)                                                                          \
    bad += TRAP_OF(READ_SYS(name)) != 0x100;                                                       \
    bad += TRAP_OF(WRITE_SYS(name, 0)) != 0x100;
    LIST_REGISTERS(TRY)
#undef TRY
    return bad + unused;
}

static void undefined(void)
{
    section("undefined");
    expect(guest(el1_undefined, 0), 0, "ICH registers at EL1 that are not");
    for (unsigned n = 0; n < MAX_LRS; n++) {
        const u64 want = n < list_registers() ? 0 : 0x200;
        expect(TRAP_OF(lr_read(n)), want, "ICH_LR%u_EL2 read", (u64)n);
        expect(TRAP_OF(lr_write(n, 0)), want, "ICH_LR%u_EL2 written", (u64)n);
    }
#define ABSENT(name)                                                                               \
    expect(TRAP_OF(READ_SYS(name)), 0x200, #name " read");                                         \
    expect(TRAP_OF(WRITE_SYS(name, 0)), 0x200, #name " written");
    ABSENT(ICH_AP0R1_EL2)
    ABSENT(ICH_AP0R2_EL2)
    ABSENT(ICH_AP0R3_EL2)
    ABSENT(ICH_AP1R1_EL2)
    ABSENT(ICH_AP1R2_EL2)
    ABSENT(ICH_AP1R3_EL2)
#undef ABSENT
    expect(TRAP_OF(READ_SYS("S3_4_C12_C9_4")), 0x200, "ICH_VSEIR_EL2 read");
#define READ_ONLY(name) expect(TRAP_OF(WRITE_SYS(name, 0)), 0x200, #name " written")
    READ_ONLY(ICH_VTR_EL2);
    READ_ONLY(ICH_MISR_EL2);
    READ_ONLY(ICH_EISR_EL2);
    READ_ONLY(ICH_ELRSR_EL2);
#undef READ_ONLY
    WRITE_SYS(ICC_SRE_EL2, 0);
    expect(READ_SYS(ICC_SRE_EL2) & 7, 7, "SRE, DFB, DIB of ICC_SRE_EL2 are RAO/WI");
    fact(READ_SYS(ICC_SRE_EL2), "ICC_SRE_EL2, zeros written");
    WRITE_SYS(ICC_SRE_EL2, 0xf);
}

static u64 f_sre(u64 unused)
{
    return READ_SYS(ICC_SRE_EL1) + unused;
}
static u64 f_ap0(u64 unused)
{
    return READ_SYS(ICC_AP0R0_EL1) + unused;
}
static u64 f_ap1(u64 unused)
{
    return READ_SYS(ICC_AP1R0_EL1) + unused;
}
static u64 f_set_ap0(u64 value)
{
    WRITE_SYS(ICC_AP0R0_EL1, value);
    return 0;
}
static u64 f_set_ap1(u64 value)
{
    WRITE_SYS(ICC_AP1R0_EL1, value);
    return 0;
}

static void vmcr_to_icv(void)
{
    section("VMCR seen by ICV");
    for (unsigned n = 0; n < 256; n += 0x18) {
        vmcr_write(VMCR_VPMR(n));
        expect(guest(f_pmr, 0), n, "PMR of %x", (u64)n);
    }
    vmcr_write(VMCR_VPMR(0xff));
    expect(guest(f_pmr, 0), 0xf8, "PMR of 0xff");
    for (unsigned n = 0; n < 8; n++) {
        vmcr_write(VMCR_VBPR0(n) | VMCR_VBPR1(n));
        expect(guest(f_bpr0, 0), n < 2 ? 2 : n, "BPR0 of %u", (u64)n);
        expect(guest(f_bpr1, 0), n < 3 ? 3 : n, "BPR1 of %u", (u64)n);
        vmcr_write(VMCR_VBPR0(n) | VMCR_VBPR1(5) | VMCR_VCBPR);
        const u64 bpr0 = n < 2 ? 2 : n;
        expect(guest(f_bpr1, 0), bpr0 < 7 ? bpr0 + 1 : 7, "BPR1 of VBPR0 %u, VCBPR", (u64)n);
    }
    for (unsigned n = 0; n < 4; n++) {
        vmcr_write((n & 1 ? VMCR_VENG0 : 0) | (n & 2 ? VMCR_VENG1 : 0));
        expect(guest(f_igrpen0, 0) | guest(f_igrpen1, 0) << 1, n, "IGRPEN0 and 1 of %u", (u64)n);
        vmcr_write((n & 1 ? VMCR_VCBPR : 0) | (n & 2 ? VMCR_VEOIM : 0));
        /* RO: PRIbits 5, IDbits 24, A3V, as in VTR */
        expect(guest(f_ctlr, 0), n | 0x8c00, "CTLR of %u", (u64)n);
    }
    for (unsigned n = 0; n < 32; n += 5) {
        ap0r_write(1ull << n);
        ap1r_write(3ull << n & 0xffffffff);
        expect(guest(f_ap0, 0), 1ull << n, "AP0R0 bit %u", (u64)n);
        expect(guest(f_ap1, 0), 3ull << n & 0xffffffff, "AP1R0 bits %u", (u64)n);
    }
    vif_reset();
}

static void icv_to_vmcr(void)
{
    section("ICV seen by VMCR");
    for (unsigned n = 0; n < 256; n += 0x11) {
        guest(f_set_pmr, n | 0xff00);
        expect(vmcr() >> 24, n & 0xf8, "VPMR of %x", (u64)n);
    }
    for (unsigned n = 0; n < 8; n++) {
        guest(f_set_bpr0, n);
        guest(f_set_bpr1, n);
        expect(vmcr() >> 21 & 7, n < 2 ? 2 : n, "VBPR0 of %u", (u64)n);
        expect(vmcr() >> 18 & 7, n < 3 ? 3 : n, "VBPR1 of %u", (u64)n);
    }
    guest(f_set_bpr0, 0xf8);
    guest(f_set_bpr1, 0xf8);
    expect(vmcr() >> 21 & 7, 2, "VBPR0 of 0xf8");
    expect(vmcr() >> 18 & 7, 3, "VBPR1 of 0xf8");
    for (unsigned n = 0; n < 4; n++) {
        guest(f_set_ctlr, n);
        expect((vmcr() >> 4 & 1) | (vmcr() >> 8 & 2), n, "VCBPR, VEOIM of %u", (u64)n);
        guest(f_set_igrpen0, n & 1);
        guest(f_set_igrpen1, n >> 1);
        expect(vmcr() & 3, n, "VENG0, VENG1 of %u", (u64)n);
    }
    /* BPR1 while VCBPR is set: ignored. */
    vmcr_write(VMCR_VBPR0(2) | VMCR_VCBPR | VMCR_VBPR1(6));
    guest(f_set_bpr1, 4);
    expect(vmcr() >> 18 & 7, 6, "VBPR1 written with VCBPR");
    guest(f_set_ctlr, ~0ull);
    expect(guest(f_ctlr, 0), 0x8c03, "CTLR of ones");
    guest(f_set_igrpen0, ~0ull), guest(f_set_igrpen1, ~1ull);
    expect(vmcr() & 3, 1, "VENG0, VENG1 of ones and of ones but bit 0");
    guest(f_set_ap0, ~0ull), guest(f_set_ap1, 0xa5a5a5a5a5a5a5a5);
    expect(ap0r(), 0xffffffff, "AP0R0 of ones");
    expect(ap1r(), 0xa5a5a5a5, "AP1R0 of a5");
    vif_reset();
}

static u64 scramble(u64 seed)
{
    pmr(seed & 0xff);
    WRITE_SYS(ICC_BPR0_EL1, seed >> 8 & 7);
    WRITE_SYS(ICC_BPR1_EL1, seed >> 11 & 7);
    WRITE_SYS(ICC_CTLR_EL1, seed >> 14 & 2);
    WRITE_SYS(ICC_IGRPEN0_EL1, seed >> 16 & 1);
    WRITE_SYS(ICC_IGRPEN1_EL1, seed >> 17 & 1);
    return 0;
}

/* IMO and FMO choose: what of ICC and what of ICV EL1 sees. */
static void apart(void)
{
    static const struct {
        const char *name;
        u64 bits;
    } cases[] = {{"none", 0}, {"FMO", HCR_FMO}, {"IMO", HCR_IMO}, {"both", HCR_FMO | HCR_IMO}};

    section("IMO and FMO");
    for (unsigned c = 0; c < 4; c++) {
        const bool imo = cases[c].bits & HCR_IMO, fmo = cases[c].bits & HCR_FMO;
        vmcr_write(VMCR_VPMR(0x50) | VMCR_VBPR0(4) | VMCR_VBPR1(5) | VMCR_VENG0 | VMCR_VENG1);
        scramble(0xa0 | 6 << 8 | 7 << 11);
        hcr(cases[c].bits);
        expect(guest(f_pmr, 0), imo || fmo ? 0x50 : 0xa0, "%s: PMR", cases[c].name);
        expect(guest(f_bpr0, 0), fmo ? 4 : 6, "%s: BPR0", cases[c].name);
        expect(guest(f_bpr1, 0), imo ? 5 : 7, "%s: BPR1", cases[c].name);
        expect(guest(f_igrpen0, 0), fmo, "%s: IGRPEN0", cases[c].name);
        expect(guest(f_igrpen1, 0), imo, "%s: IGRPEN1", cases[c].name);
        expect(READ_SYS(ICC_PMR_EL1), 0xa0, "%s: PMR at EL2", cases[c].name);
        expect(READ_SYS(ICC_BPR0_EL1), 6, "%s: BPR0 at EL2", cases[c].name);
        expect(READ_SYS(ICC_BPR1_EL1), 7, "%s: BPR1 at EL2", cases[c].name);
        expect(guest(f_sre, 0), 7, "%s: SRE", cases[c].name);
        guest(scramble, 0x60 | 5 << 8 | 4 << 11 | 3 << 16);
        expect(vmcr() >> 24, imo || fmo ? 0x60 : 0x50, "%s: VPMR then", cases[c].name);
        expect(vmcr() >> 21 & 7, fmo ? 5 : 4, "%s: VBPR0 then", cases[c].name);
        expect(vmcr() >> 18 & 7, imo ? 4 : 5, "%s: VBPR1 then", cases[c].name);
        expect(READ_SYS(ICC_PMR_EL1), imo || fmo ? 0xa0 : 0x60, "%s: PMR at EL2 then",
               cases[c].name);
        expect(READ_SYS(ICC_IGRPEN0_EL1) | READ_SYS(ICC_IGRPEN1_EL1) << 1,
               (fmo ? 0 : 1) | (imo ? 0 : 2), "%s: IGRPEN at EL2 then", cases[c].name);
    }
    vif_reset();
    icc_init();
}

int main(void)
{
    if (*mark == MARK) {
        after_reset(0);
        expect(pending(INTID_MAINTENANCE), 0, "PPI 25");
        pe_start(1);
        on_pe(1, after_reset, 0);
        return 0;
    }
    reset_values("reset");
    pe_start(1);
    on_pe(1, reset_of_pe, 0);
    off_and_on();
    el2_init();
    keeps();
    vif_reset();
    lr_keeps();
    undefined();
    vmcr_to_icv();
    icv_to_vmcr();
    apart();
    machine_reset();
}
