/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on
 *
 * SCR_EL3.IRQ and SCR_EL3.FIQ: which ICC accesses of EL1, in both worlds, trap to EL3 (0x318: EC
 * 0x18 taken at EL3), which do not (0), and that a trapped access has no effect.
 */
#include "rt/gic.h"

enum {
    GROUP0,
    GROUP1,
    COMMON,
    NEVER
};

#define REGISTERS(X)                                                                               \
    X(ICC_IAR0_EL1, 1, 0, GROUP0)                                                                  \
    X(ICC_HPPIR0_EL1, 1, 0, GROUP0)                                                                \
    X(ICC_EOIR0_EL1, 0, 1, GROUP0)                                                                 \
    X(ICC_BPR0_EL1, 1, 1, GROUP0)                                                                  \
    X(ICC_AP0R0_EL1, 1, 1, GROUP0)                                                                 \
    X(ICC_IGRPEN0_EL1, 1, 1, GROUP0)                                                               \
    X(ICC_IAR1_EL1, 1, 0, GROUP1)                                                                  \
    X(ICC_HPPIR1_EL1, 1, 0, GROUP1)                                                                \
    X(ICC_EOIR1_EL1, 0, 1, GROUP1)                                                                 \
    X(ICC_BPR1_EL1, 1, 1, GROUP1)                                                                  \
    X(ICC_AP1R0_EL1, 1, 1, GROUP1)                                                                 \
    X(ICC_IGRPEN1_EL1, 1, 1, GROUP1)                                                               \
    X(ICC_PMR_EL1, 1, 1, COMMON)                                                                   \
    X(ICC_RPR_EL1, 1, 0, COMMON)                                                                   \
    X(ICC_CTLR_EL1, 1, 1, COMMON)                                                                  \
    X(ICC_DIR_EL1, 0, 1, COMMON)                                                                   \
    X(ICC_SGI0R_EL1, 0, 1, COMMON)                                                                 \
    X(ICC_SGI1R_EL1, 0, 1, COMMON)                                                                 \
    X(ICC_ASGI1R_EL1, 0, 1, COMMON)                                                                \
    X(ICC_SRE_EL1, 1, 1, NEVER)

static const struct {
    const char *name;
    unsigned readable, writable, kind;
} registers[] = {
#define ROW(name, r, w, kind) {#name, r, w, kind},
    REGISTERS(ROW)
#undef ROW
};
enum {
    COUNT = sizeof(registers) / sizeof(registers[0])
};

/* What each access of EL1 traps to: reads, writes of harmless values. */
static u64 reads[COUNT], writes[COUNT];

static u64 harmless(unsigned n)
{
    switch (n) {
    case 2:
    case 8:
    case 15:
        return SPURIOUS; /* EOIR0, EOIR1, DIR */
    case 16:
    case 17:
    case 18:
        return sgi(1, 0x200, 0, 1); /* to a PE that is not there */
    default:
        return 0;
    }
}

static u64 probe(u64 unused)
{
    unsigned n = 0;
#define TRY_READ_1(name) reads[n] = TRAP_OF(READ_SYS(name))
#define TRY_READ_0(name) reads[n] = 0
#define TRY_WRITE_1(name) writes[n] = TRAP_OF(WRITE_SYS(name, harmless(n)))
#define TRY_WRITE_0(name) writes[n] = 0
#define TRY(name, r, w, kind)                                                                      \
    TRY_READ_##r(name);                                                                            \
    TRY_WRITE_##w(name);                                                                           \
    n++;
    REGISTERS(TRY)
    return unused;
}

static u64 f_set_pmr_trapped(u64 v)
{
    return TRAP_OF(WRITE_SYS(ICC_PMR_EL1, v));
}
static u64 f_sgi_trapped(u64 v)
{
    return TRAP_OF(WRITE_SYS(ICC_SGI1R_EL1, v));
}
static u64 f_iar1_trapped(u64 unused)
{
    return TRAP_OF(READ_SYS(ICC_IAR1_EL1)) + unused;
}
static u64 f_el3_registers(u64 unused)
{
    u64 v = TRAP_OF(READ_SYS(ICC_CTLR_EL3));
    v = v << 16 | TRAP_OF(READ_SYS(ICC_IGRPEN1_EL3));
    return unused + (v << 16 | TRAP_OF(READ_SYS(ICC_SRE_EL3)));
}

int main(void)
{
    el3_gicd_init();
    for (unsigned scr = 0; scr < 4; scr++) {
        const u64 irq = scr & 1, fiq = scr >> 1;
        const bool traps[] = {fiq, irq, irq && fiq, false};
        for (unsigned p = AT_S_EL1; p < PLACES; p++) {
            el3_pe_init();
            scr_set((irq ? SCR_IRQ : 0) | (fiq ? SCR_FIQ : 0), SCR_IRQ | SCR_FIQ);
            at(p, probe, 0);
            scr_set(0, SCR_IRQ | SCR_FIQ);
            section(place_names[p]);
            for (unsigned n = 0; n < COUNT; n++) {
                const u64 want = traps[registers[n].kind] ? 0x318 : 0;
                if (registers[n].readable) {
                    expect(reads[n], want, "IRQ=%u FIQ=%u read %s", irq, fiq, registers[n].name);
                }
                if (registers[n].writable) {
                    expect(writes[n], want, "IRQ=%u FIQ=%u write %s", irq, fiq, registers[n].name);
                }
            }
        }
    }

    section("no effect");
    el3_pe_init();
    setup_class(40, G1NS, 0x90);
    scr_set(SCR_IRQ | SCR_FIQ, 0);
    pmr(0xf0);
    expect(at(AT_NS_EL1, f_set_pmr_trapped, 0), 0x318, "PMR written");
    expect(READ_SYS(ICC_PMR_EL1), 0xf0, "PMR");
    expect(at(AT_NS_EL1, f_sgi_trapped, sgi(3, 0, 0, 1)), 0x318, "SGI1R written");
    expect(read32(SGI_BASE(0) + ISPENDR), 0, "GICR_ISPENDR0");
    pmr(0x40); /* or the interrupt would be taken at EL3, whatever PSTATE says at EL1 */
    pend(40);
    expect(at(AT_NS_EL1, f_iar1_trapped, 0), 0x318, "IAR1 read");
    expect(state(40), 1, "the interrupt still pends");
    expect(rpr(), 0xff, "RPR");
    pmr(0xf0);
    expect(iar1(), 40, "EL3 itself is not trapped");
    eoi1(40);
    scr_set(0, SCR_IRQ | SCR_FIQ);

    section("undefined");
    expect(at(AT_S_EL1, f_el3_registers, 0), 0x10001000100ull, "EL3 registers at S-EL1");
    expect(at(AT_NS_EL1, f_el3_registers, 0), 0x10001000100ull, "EL3 registers at NS-EL1");

    section("sre");
    expect(READ_SYS(ICC_SRE_EL3), 0xf, "ICC_SRE_EL3");
    WRITE_SYS(ICC_SRE_EL3, 0);
    expect(READ_SYS(ICC_SRE_EL3) & 7, 7, "SRE, DFB, DIB of ICC_SRE_EL3 are RAO/WI");
    fact(READ_SYS(ICC_SRE_EL3), "ICC_SRE_EL3, zeros written");
    WRITE_SYS(ICC_SRE_EL3, 0xf);
    /* Without EL2 its registers are RES0 from EL3, and firmware writes this one regardless. */
    expect(TRAP_OF(WRITE_SYS(ICC_SRE_EL2, 0xf)), 0, "ICC_SRE_EL2 written at EL3 without EL2");
    expect(TRAP_OF(READ_SYS(ICC_SRE_EL2)), 0, "ICC_SRE_EL2 read at EL3 without EL2");
    return 0;
}
