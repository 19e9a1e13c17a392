/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on
 *
 * A hypervisor whose guest is at AArch32 EL1: the AArch32 names of the CPU interface reach the
 * virtual one, trap with the syndromes of MCR, MRC and MCRR, and vIRQ and vFIQ are taken there.
 */
#include "rt/a32.h"
#include "rt/virt.h"

enum {
    MODE = A32_SUPERVISOR | A32_MASKED
};

enum kind {
    GROUP0,
    GROUP1,
    COMMON,
    DIR,
    SRE
};

static const struct {
    const char *name;
    unsigned crn, crm, op2;
    bool readable, writable;
    u32 harmless;
    enum kind kind;
} registers[] = {
    {"ICC_IAR0", 12, 8, 0, 1, 0, 0, GROUP0},    {"ICC_EOIR0", 12, 8, 1, 0, 1, 1023, GROUP0},
    {"ICC_HPPIR0", 12, 8, 2, 1, 0, 0, GROUP0},  {"ICC_BPR0", 12, 8, 3, 1, 1, 2, GROUP0},
    {"ICC_AP0R0", 12, 8, 4, 1, 1, 0, GROUP0},   {"ICC_IGRPEN0", 12, 12, 6, 1, 1, 1, GROUP0},
    {"ICC_IAR1", 12, 12, 0, 1, 0, 0, GROUP1},   {"ICC_EOIR1", 12, 12, 1, 0, 1, 1023, GROUP1},
    {"ICC_HPPIR1", 12, 12, 2, 1, 0, 0, GROUP1}, {"ICC_BPR1", 12, 12, 3, 1, 1, 3, GROUP1},
    {"ICC_AP1R0", 12, 9, 0, 1, 1, 0, GROUP1},   {"ICC_IGRPEN1", 12, 12, 7, 1, 1, 1, GROUP1},
    {"ICC_PMR", 4, 6, 0, 1, 1, 0xf8, COMMON},   {"ICC_RPR", 12, 11, 3, 1, 0, 0, COMMON},
    {"ICC_CTLR", 12, 12, 4, 1, 1, 0, COMMON},   {"ICC_DIR", 12, 11, 1, 0, 1, 1023, DIR},
    {"ICC_SRE", 12, 12, 5, 1, 1, 7, SRE},
};
enum {
    COUNT = sizeof(registers) / sizeof(registers[0])
};

static u64 get(unsigned crn, unsigned crm, unsigned op2)
{
    const u64 how = a32(MODE, a32_mrc(0, crn, crm, op2), 0);
    return how == A32_DONE ? a32_value : how << 32;
}
static u64 put(unsigned crn, unsigned crm, unsigned op2, u32 v)
{
    return a32(MODE, a32_mcr(0, crn, crm, op2), v);
}

static void interrupts(void)
{
    section("interrupt");
    vif_reset();
    lr_write(0, lr(1, 0x40, 40) | LR_EOI);
    lr_write(1, lr(0, 0x80, 41));
    expect(get(12, 12, 2), 40, "ICC_HPPIR1");
    expect(a32(A32_SUPERVISOR | 0x40, A32_NOP, 0), A32_IRQ, "IRQ open");
    expect(a32(A32_SUPERVISOR | 0x80, A32_NOP, 0), A32_DONE, "FIQ open");
    expect(get(12, 12, 0), 40, "ICC_IAR1");
    expect(get(12, 11, 3), 0x40, "ICC_RPR");
    expect(ap1r(), 1 << 8, "ICH_AP1R0_EL2");
    expect(put(12, 12, 1, 40), A32_DONE, "ICC_EOIR1");
    expect(lr_state(lr_read(0)) | eisr() << 4, 0x10, "State, EISR");
    expect(get(12, 8, 2), 41, "ICC_HPPIR0");
    expect(a32(A32_SUPERVISOR | 0x80, A32_NOP, 0), A32_FIQ, "FIQ open, Group 0");
    expect(put(12, 12, 4, 2), A32_DONE, "ICC_CTLR: EOImode");
    expect(get(12, 8, 0), 41, "ICC_IAR0");
    expect(put(12, 8, 1, 41), A32_DONE, "ICC_EOIR0");
    expect(lr_state(lr_read(1)), 2, "EOI mode 1: State");
    expect(put(12, 11, 1, 41), A32_DONE, "ICC_DIR");
    expect(lr_state(lr_read(1)), 0, "EOI mode 1: State after DIR");
    expect(put(12, 11, 1, 99), A32_DONE, "ICC_DIR of none");
    expect(EOICOUNT_OF(ich_hcr()), 1, "EOIcount");
}

static void views(void)
{
    section("views");
    vif_reset();
    expect(put(4, 6, 0, 0xa5), A32_DONE, "ICC_PMR");
    expect(put(12, 8, 3, 5), A32_DONE, "ICC_BPR0");
    expect(put(12, 12, 3, 6), A32_DONE, "ICC_BPR1");
    expect(put(12, 12, 4, 3), A32_DONE, "ICC_CTLR");
    expect(put(12, 12, 6, 0), A32_DONE, "ICC_IGRPEN0");
    expect(vmcr(),
           VMCR_VPMR(0xa0) | VMCR_VBPR0(5) | VMCR_VBPR1(6) | VMCR_VEOIM | VMCR_VCBPR | VMCR_VFIQEN |
               VMCR_VENG1,
           "ICH_VMCR_EL2");
    expect(get(12, 12, 3), 6, "ICC_BPR1 with VCBPR");
    expect(get(12, 12, 4), 0x8c03, "ICC_CTLR read");
    expect(put(12, 9, 0, 0xa5a5a5a5), A32_DONE, "ICC_AP1R0");
    expect(ap1r(), 0xa5a5a5a5, "ICH_AP1R0_EL2");
    ap0r_write(0x5a5a5a5a);
    expect(get(12, 8, 4), 0x5a5a5a5a, "ICC_AP0R0");
    expect(get(12, 12, 5), 7, "ICC_SRE");
    vif_reset();
}

/* EC 3 or 4; ISS: COND and CV are those of an unconditional instruction, or left out. */
static bool right(unsigned n, bool read, u64 how)
{
    const u64 iss = a32_syndrome & 0x1ffffff & ~(0x1full << 20) & ~(0xfull << 5);
    const u64 want = (u64)registers[n].op2 << 17 | (u64)registers[n].crn << 10 |
                     (u64)registers[n].crm << 1 | read;
    return how != (A32_TRAPPED | 3) || iss == want;
}

static bool traps(enum kind kind, u64 control)
{
    switch (kind) {
    case GROUP0:
        return control & ICH_TALL0;
    case GROUP1:
        return control & ICH_TALL1;
    case COMMON:
        return control & ICH_TC;
    case DIR:
        return control & (ICH_TC | ICH_TDIR);
    default:
        return false;
    }
}

static void trapping(void)
{
    static const struct {
        const char *name;
        u64 bits;
    } controls[] = {{"none", 0},
                    {"TC", ICH_TC},
                    {"TALL0", ICH_TALL0},
                    {"TALL1", ICH_TALL1},
                    {"TDIR", ICH_TDIR}};
    static const u64 routes[] = {0, HCR_IMO | HCR_FMO};

    for (unsigned c = 0; c < 5; c++) {
        section(controls[c].name);
        for (unsigned r = 0; r < 2; r++) {
            u64 bad = 0;
            vif_reset();
            ich_hcr_write(ICH_EN | controls[c].bits);
            hcr(routes[r]);
            for (unsigned n = 0; n < COUNT; n++) {
                const u64 want =
                    traps(registers[n].kind, controls[c].bits) ? A32_TRAPPED | 3 : A32_DONE;
                const unsigned crn = registers[n].crn, crm = registers[n].crm;
                if (registers[n].readable) {
                    const u64 how = a32(MODE, a32_mrc(0, crn, crm, registers[n].op2), 0);
                    expect(how, want, "%s read%s", registers[n].name, r ? ", IMO FMO" : "");
                    bad += !right(n, true, how);
                }
                if (registers[n].writable) {
                    const u64 how = put(crn, crm, registers[n].op2, registers[n].harmless);
                    expect(how, want, "%s written%s", registers[n].name, r ? ", IMO FMO" : "");
                    bad += !right(n, false, how);
                }
            }
            static const char *const sgis[] = {"ICC_SGI1R", "ICC_ASGI1R", "ICC_SGI0R"};
            for (unsigned n = 0; n < 3; n++) {
                const u64 how = a32(MODE, a32_mcrr(n), sgi(1, 0x200, 0, 1));
                expect(how, controls[c].bits & ICH_TC || r ? A32_TRAPPED | 4 : A32_DONE, "%s%s",
                       sgis[n], r ? ", IMO FMO" : "");
                /* Opc1, CRm, and a write */
                bad += how == (A32_TRAPPED | 4) &&
                       (a32_syndrome & 0xf001f) != ((u64)n << 16 | 12 << 1);
            }
            expect(bad, 0, "syndromes%s", r ? ", IMO FMO" : "");
        }
    }
    vif_reset();
}

static void undefined(void)
{
    section("undefined");
    expect(get(12, 8, 5) >> 32, A32_UNDEFINED, "ICC_AP0R1");
    expect(get(12, 9, 1) >> 32, A32_UNDEFINED, "ICC_AP1R1");
    expect(a32(MODE, a32_mrc(4, 12, 11, 0), 0), A32_UNDEFINED, "ICH_HCR at EL1");
    expect(a32(MODE, a32_mrc(4, 12, 9, 5), 0), A32_UNDEFINED, "ICC_HSRE at EL1");
    expect(a32(MODE, a32_mrc(4, 12, 12, 0), 0), A32_UNDEFINED, "ICH_LR0 at EL1");
    expect(a32(MODE, a32_mrc(0, 12, 9, 5), 0), A32_UNDEFINED, "there is no ICC_NMIAR1");
}

int main(void)
{
    el2_init();
    interrupts();
    views();
    trapping();
    undefined();
    return 0;
}
