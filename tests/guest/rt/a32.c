/* SPDX-License-Identifier: BSD-2-Clause */
/* Single AArch32 instructions: see a32.h. */
#include "a32.h"

u64 a32_value, a32_syndrome;

/* One instruction and the call that ends it; a vector table of such calls. */
static u32 code[4] __attribute__((aligned(64)));
static u32 vectors[8] __attribute__((aligned(32)));

u64 a32_from_el2(u64 width, u64 spsr, u64 pc, u64 r0r1, u64 *result);
u64 a32_from_el3(u64 width, u64 spsr, u64 pc, u64 r0r1, u64 *result);

/*
 * Each goes down with R0 and R1 and comes back with the syndrome of the exception that ended it.
 * Their own small vector tables stand in meanwhile. `width` is the register that holds RW.
 */
#define RUN(el, width)                                                                             \
    __asm__(".text\n"                                                                              \
            ".balign 2048\n"                                                                       \
            "a32_vectors_el" el ":\n"                                                              \
            ".rept 16\n"                                                                           \
            ".balign 128\n"                                                                        \
            "    b a32_back_el" el "\n"                                                            \
            ".endr\n"                                                                              \
            ".balign 128\n"                                                                        \
            "a32_from_el" el ":\n"                                                                 \
            "    stp x29, x30, [sp, #-112]!\n"                                                     \
            "    stp x19, x20, [sp, #16]\n"                                                        \
            "    stp x21, x22, [sp, #32]\n"                                                        \
            "    stp x23, x24, [sp, #48]\n"                                                        \
            "    stp x25, x26, [sp, #64]\n"                                                        \
            "    stp x27, x28, [sp, #80]\n"                                                        \
            "    str x4, [sp, #96]\n"                                                              \
            "    mrs x5, vbar_el" el "\n"                                                          \
            "    mrs x6, " width "\n"                                                              \
            "    stp x5, x6, [sp, #-16]!\n"                                                        \
            "    adr x5, a32_vectors_el" el "\n"                                                   \
            "    msr vbar_el" el ", x5\n"                                                          \
            "    msr " width ", x0\n"                                                              \
            "    msr spsr_el" el ", x1\n"                                                          \
            "    msr elr_el" el ", x2\n"                                                           \
            "    lsr x1, x3, #32\n"                                                                \
            "    and x0, x3, #0xffffffff\n"                                                        \
            "    isb\n"                                                                            \
            "    eret\n"                                                                           \
            "a32_back_el" el ":\n"                                                                 \
            "    ldp x5, x6, [sp], #16\n"                                                          \
            "    msr vbar_el" el ", x5\n"                                                          \
            "    msr " width ", x6\n"                                                              \
            "    isb\n"                                                                            \
            "    ldr x4, [sp, #96]\n"                                                              \
            "    mov w0, w0\n"                                                                     \
            "    str x0, [x4]\n"                                                                   \
            "    mrs x0, esr_el" el "\n"                                                           \
            "    ldp x19, x20, [sp, #16]\n"                                                        \
            "    ldp x21, x22, [sp, #32]\n"                                                        \
            "    ldp x23, x24, [sp, #48]\n"                                                        \
            "    ldp x25, x26, [sp, #64]\n"                                                        \
            "    ldp x27, x28, [sp, #80]\n"                                                        \
            "    ldp x29, x30, [sp], #112\n"                                                       \
            "    ret\n")
RUN("2", "hcr_el2");
RUN("3", "scr_el3");

enum {
    RW_OF_HCR = 31,
    RW_OF_SCR = 10,
    EC_HVC32 = 0x12,
    EC_SMC32 = 0x13
};

/* HVC #0 or SMC #0: which of them it was says the return address, not the number. */
static u32 call(bool at_el3)
{
    return at_el3 ? 0xe1600070u : 0xe1400070u;
}

u64 a32(unsigned mode, u32 instruction, u64 r0r1)
{
    const bool at_el3 = current_el() == 3;

    code[0] = instruction;
    code[1] = call(at_el3);
    for (unsigned n = 0; n < 8; n++) {
        vectors[n] = call(at_el3);
    }
    __asm__ volatile("dsb sy\n\tic iallu\n\tdsb sy\n\tisb" ::: "memory");
    const u64 vbar1 = READ_SYS("vbar_el1"), vbar2 = READ_SYS("vbar_el2");
    WRITE_SYS("vbar_el1", (u64)vectors);
    if (at_el3) {
        WRITE_SYS("vbar_el2", (u64)vectors);
        a32_syndrome = a32_from_el3(READ_SYS("scr_el3") & ~(1ull << RW_OF_SCR), mode, (u64)code,
                                    r0r1, &a32_value);
        WRITE_SYS("vbar_el2", vbar2);
    } else {
        a32_syndrome = a32_from_el2(READ_SYS("hcr_el2") & ~(1ull << RW_OF_HCR), mode, (u64)code,
                                    r0r1, &a32_value);
    }
    WRITE_SYS("vbar_el1", vbar1);
    const u64 ec = a32_syndrome >> 26, elr = at_el3 ? READ_SYS("elr_el3") : READ_SYS("elr_el2");
    if (ec != (at_el3 ? EC_SMC32 : EC_HVC32)) {
        return A32_TRAPPED | ec;
    }
    return elr == (u64)&code[2]            ? A32_DONE
           : elr == (u64)(vectors + 1) + 4 ? A32_UNDEFINED
           : elr == (u64)(vectors + 6) + 4 ? A32_IRQ
           : elr == (u64)(vectors + 7) + 4 ? A32_FIQ
                                           : A32_OTHER;
}
