/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on
 *
 * The AArch32 names of the CPU interface: EL3 (AArch64) runs single MRC, MCR and MCRR instructions
 * at AArch32 EL1 of both worlds. Values, banks, traps by SCR_EL3, acknowledge and end, an IRQ
 * exception.
 */
#include "rt/gic.h"

/* How the instruction ended: SMC #0 after it, Undefined vector, IRQ vector, FIQ vector, trap. */
enum {
    DONE,
    UNDEFINED,
    IRQ_VECTOR,
    FIQ_VECTOR,
    TRAPPED = 0x100
};

/* A32 code: one instruction and "smc #0"; a vector table of "smc #n". */
static u32 code[4] __attribute__((aligned(64)));
static u32 vectors[8] __attribute__((aligned(32)));
#define A32_SMC(n) (0xe1600070u | (n))

u64 a32_run(u64 scr, u64 spsr, u64 pc, u64 r0r1, u64 *result);

/*
 * a32_run: switches to the AArch32 code with r0 and r1, comes back with the ESR_EL3 of the
 * exception that ended it. Its own small EL3 vector table stands in meanwhile.
 */
__asm__(".text\n"
        ".balign 2048\n"
        "a32_vectors:\n"
        ".rept 16\n"
        ".balign 128\n"
        "    b a32_back\n"
        ".endr\n"
        ".balign 128\n"
        "a32_run:\n"
        "    stp x29, x30, [sp, #-112]!\n"
        "    stp x19, x20, [sp, #16]\n"
        "    stp x21, x22, [sp, #32]\n"
        "    stp x23, x24, [sp, #48]\n"
        "    stp x25, x26, [sp, #64]\n"
        "    stp x27, x28, [sp, #80]\n"
        "    str x4, [sp, #96]\n"
        "    mrs x5, vbar_el3\n"
        "    mrs x6, scr_el3\n"
        "    stp x5, x6, [sp, #-16]!\n"
        "    adr x5, a32_vectors\n"
        "    msr vbar_el3, x5\n"
        "    msr scr_el3, x0\n"
        "    msr spsr_el3, x1\n"
        "    msr elr_el3, x2\n"
        "    lsr x1, x3, #32\n"
        "    and x0, x3, #0xffffffff\n"
        "    isb\n"
        "    eret\n"
        "a32_back:\n"
        "    ldp x5, x6, [sp], #16\n"
        "    msr vbar_el3, x5\n"
        "    msr scr_el3, x6\n"
        "    isb\n"
        "    ldr x4, [sp, #96]\n"
        "    mov w0, w0\n"
        "    str x0, [x4]\n"
        "    mrs x0, esr_el3\n"
        "    ldp x19, x20, [sp, #16]\n"
        "    ldp x21, x22, [sp, #32]\n"
        "    ldp x23, x24, [sp, #48]\n"
        "    ldp x25, x26, [sp, #64]\n"
        "    ldp x27, x28, [sp, #80]\n"
        "    ldp x29, x30, [sp], #112\n"
        "    ret\n");

static u64 value;

/* Runs one A32 instruction at AArch32 EL1 (Supervisor mode, DAIF as given); how it ended. */
static u64 a32(enum world world, u32 instruction, u64 r0r1, u64 masks)
{
    const u64 scr = READ_SYS("scr_el3");
    const u64 ns = world == NON_SECURE ? SCR_NS : 0;
    code[0] = instruction;
    code[1] = A32_SMC(0);
    for (unsigned n = 0; n < 8; n++) {
        vectors[n] = A32_SMC(n == 1 ? UNDEFINED : n == 6 ? IRQ_VECTOR : n == 7 ? FIQ_VECTOR : 4);
    }
    __asm__ volatile("dsb sy\n\tic iallu\n\tdsb sy\n\tisb" ::: "memory");
    WRITE_SYS("vbar_el1", (u64)vectors);
    /* SCTLR_EL1 of AArch32: reset value, no MMU. */
    const u64 esr =
        a32_run((scr & ~(u64)(SCR_NS | 1 << 10)) | ns, 0x13 | masks, (u64)code, r0r1, &value);
    const u64 ec = esr >> 26;
    if (ec == 0x13) { /* SMC of AArch32: the number is not in the syndrome, the place is */
        const u64 elr = READ_SYS("elr_el3");
        return elr == (u64)&code[2]      ? DONE
               : elr == (u64)&vectors[2] ? UNDEFINED
               : elr == (u64)&vectors[7] ? IRQ_VECTOR
                                         : FIQ_VECTOR;
    }
    return TRAPPED | ec;
}

enum {
    MASKED = 0xc0
};

static u32 mrc(unsigned op1, unsigned crn, unsigned crm, unsigned op2)
{
    return 0xee100f10u | op1 << 21 | crn << 16 | op2 << 5 | crm;
}
static u32 mcr(unsigned op1, unsigned crn, unsigned crm, unsigned op2)
{
    return 0xee000f10u | op1 << 21 | crn << 16 | op2 << 5 | crm;
}
/* MCRR p15, op1, r0, r1, c12 */
static u32 mcrr(unsigned op1)
{
    return 0xec410f00u | op1 << 4 | 12;
}

static u64 get(enum world world, unsigned crn, unsigned crm, unsigned op2)
{
    const u64 how = a32(world, mrc(0, crn, crm, op2), 0, MASKED);
    return how == DONE ? value : how << 32;
}
static u64 put(enum world world, unsigned crn, unsigned crm, unsigned op2, u32 v)
{
    return a32(world, mcr(0, crn, crm, op2), v, MASKED);
}

static const struct {
    const char *name;
    unsigned crn, crm, op2;
    bool readable, writable;
    u32 harmless;
    enum {
        GROUP0,
        GROUP1,
        COMMON,
        NEVER
    } kind;
} registers[] = {
    {"ICC_PMR", 4, 6, 0, 1, 1, 0xf0, COMMON},
    {"ICC_IAR0", 12, 8, 0, 1, 0, 0, GROUP0},
    {"ICC_EOIR0", 12, 8, 1, 0, 1, SPURIOUS, GROUP0},
    {"ICC_HPPIR0", 12, 8, 2, 1, 0, 0, GROUP0},
    {"ICC_BPR0", 12, 8, 3, 1, 1, 2, GROUP0},
    {"ICC_AP0R0", 12, 8, 4, 1, 1, 0, GROUP0},
    {"ICC_AP1R0", 12, 9, 0, 1, 1, 0, GROUP1},
    {"ICC_DIR", 12, 11, 1, 0, 1, SPURIOUS, COMMON},
    {"ICC_RPR", 12, 11, 3, 1, 0, 0, COMMON},
    {"ICC_IAR1", 12, 12, 0, 1, 0, 0, GROUP1},
    {"ICC_EOIR1", 12, 12, 1, 0, 1, SPURIOUS, GROUP1},
    {"ICC_HPPIR1", 12, 12, 2, 1, 0, 0, GROUP1},
    {"ICC_BPR1", 12, 12, 3, 1, 1, 3, GROUP1},
    {"ICC_CTLR", 12, 12, 4, 1, 1, 0, COMMON},
    {"ICC_SRE", 12, 12, 5, 1, 1, 7, NEVER},
    {"ICC_IGRPEN0", 12, 12, 6, 1, 1, 1, GROUP0},
    {"ICC_IGRPEN1", 12, 12, 7, 1, 1, 1, GROUP1},
};
enum {
    COUNT = sizeof(registers) / sizeof(registers[0])
};
static const char *const world_names[] = {"Secure", "Non-secure"};

static void access(void)
{
    for (unsigned w = 0; w < 2; w++) {
        for (unsigned scr = 0; scr < 4; scr++) {
            const bool irq = scr & 1, fiq = scr >> 1;
            const bool traps[] = {fiq, irq, irq && fiq, false};
            section(world_names[w]);
            el3_pe_init();
            scr_set((irq ? SCR_IRQ : 0) | (fiq ? SCR_FIQ : 0), SCR_IRQ | SCR_FIQ);
            for (unsigned n = 0; n < COUNT; n++) {
                const u64 want = traps[registers[n].kind] ? TRAPPED | 0x03 : DONE;
                const unsigned crn = registers[n].crn, crm = registers[n].crm;
                const unsigned op2 = registers[n].op2;
                expect(a32(w, mrc(0, crn, crm, op2), 0, MASKED),
                       registers[n].readable ? want : UNDEFINED, "IRQ=%u FIQ=%u MRC %s", (u64)irq,
                       (u64)fiq, registers[n].name);
                expect(put(w, crn, crm, op2, registers[n].harmless),
                       registers[n].writable ? want : UNDEFINED, "IRQ=%u FIQ=%u MCR %s", (u64)irq,
                       (u64)fiq, registers[n].name);
            }
            for (unsigned op1 = 0; op1 < 3; op1++) {
                static const char *const names[] = {"ICC_SGI1R", "ICC_ASGI1R", "ICC_SGI0R"};
                expect(a32(w, mcrr(op1), sgi(1, 0x200, 0, 1), MASKED),
                       irq && fiq ? TRAPPED | 0x04 : DONE, "IRQ=%u FIQ=%u MCRR %s", (u64)irq,
                       (u64)fiq, names[op1]);
            }
            scr_set(0, SCR_IRQ | SCR_FIQ);
        }
        section("absent");
        expect(a32(w, mrc(0, 12, 8, 5), 0, MASKED), UNDEFINED, "ICC_AP0R1, %s", world_names[w]);
        expect(a32(w, mrc(0, 12, 9, 3), 0, MASKED), UNDEFINED, "ICC_AP1R3, %s", world_names[w]);
        expect(a32(w, mrc(0, 12, 9, 5), 0, MASKED), UNDEFINED, "no NMIAR1, %s", world_names[w]);
    }
}

static void values(void)
{
    section("values");
    el3_pe_init();
    put(SECURE, 4, 6, 0, 0xa8);
    expect(READ_SYS(ICC_PMR_EL1), 0xa8, "ICC_PMR written");
    expect(get(SECURE, 4, 6, 0), 0xa8, "ICC_PMR");
    pmr(0xff);
    put(SECURE, 12, 12, 3, 4);
    put(NON_SECURE, 12, 12, 3, 6);
    expect(get(SECURE, 12, 12, 3), 4, "ICC_BPR1, Secure");
    expect(get(NON_SECURE, 12, 12, 3), 6, "ICC_BPR1, Non-secure");
    expect(READ_SYS(ICC_BPR1_EL1), 4, "ICC_BPR1_EL1 at EL3");
    put(NON_SECURE, 12, 12, 4, 2);
    expect(get(SECURE, 12, 12, 4) & 3, 0, "ICC_CTLR, Secure");
    expect(get(NON_SECURE, 12, 12, 4) & 3, 2, "ICC_CTLR, Non-secure");
    put(NON_SECURE, 12, 12, 4, 0);
    put(NON_SECURE, 12, 12, 7, 0);
    expect(READ_SYS(ICC_IGRPEN1_EL3), 2, "ICC_IGRPEN1 off, Non-secure");
    put(NON_SECURE, 12, 12, 7, 1);
    expect(get(SECURE, 12, 12, 5), 7, "ICC_SRE");
    expect(get(SECURE, 12, 11, 3), 0xff, "ICC_RPR");
    el3_idle();
}

static void interrupts(void)
{
    section("interrupts");
    for (unsigned w = 0; w < 2; w++) {
        const enum class c = w == SECURE ? G1S : G1NS;
        setup_class(40, c, 0x90);
        pend(40);
        expect(get(w, 12, 12, 2), 40, "ICC_HPPIR1, %s", class_names[c]);
        expect(get(w, 12, 12, 0), 40, "ICC_IAR1, %s", class_names[c]);
        expect(get(w, 12, 11, 3), 0x90, "ICC_RPR, %s", class_names[c]);
        expect(get(w, 12, 9, 0), 1u << 18, "ICC_AP1R0, %s", class_names[c]);
        put(w, 12, 12, 1, 40);
        expect(state(40) << 8 | rpr(), 0xff, "ICC_EOIR1, %s", class_names[c]);
        a32(w, mcrr(0), sgi(5, 0, 0, 1), MASKED);
        expect(pending(5), w == NON_SECURE, "ICC_SGI1R to Non-secure Group 1, %s", world_names[w]);
        unpend(5);
        a32(w, mcrr(1), sgi(5, 0, 0, 1), MASKED);
        expect(pending(5), w == SECURE, "ICC_ASGI1R to Non-secure Group 1, %s", world_names[w]);
        unpend(5);
        pend(40);
        expect(a32(w, 0xe320f000u, 0, 0x40), IRQ_VECTOR, "IRQ taken, %s", class_names[c]);
        expect(a32(w, 0xe320f000u, 0, MASKED), DONE, "IRQ masked, %s", class_names[c]);
        set_class(40, w == SECURE ? G1NS : G1S);
        expect(a32(w, 0xe320f000u, 0, 0x80), FIQ_VECTOR,
               "FIQ of the other world taken in the %s one", world_names[w]);
        el3_idle();
    }
    setup_class(40, G0, 0x90);
    pend(40);
    expect(get(SECURE, 12, 8, 2), 40, "ICC_HPPIR0");
    expect(get(NON_SECURE, 12, 8, 2), SPURIOUS, "ICC_HPPIR0, Non-secure");
    expect(get(SECURE, 12, 8, 0), 40, "ICC_IAR0");
    expect(get(SECURE, 12, 8, 4), 1u << 18, "ICC_AP0R0");
    put(SECURE, 12, 8, 1, 40);
    expect(state(40) << 8 | rpr(), 0xff, "ICC_EOIR0");
    el3_idle();
}

int main(void)
{
    if ((READ_SYS("id_aa64pfr0_el1") >> 4 & 0xf) != 2) {
        print("this CPU has no AArch32 at EL1\n");
        return 0;
    }
    el3_gicd_init();
    set_edge(40, true);
    access();
    values();
    interrupts();
    return 0;
}
