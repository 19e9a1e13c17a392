/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry, exception vectors, the switch to a lower EL and back. Every PE enters at _start, at EL1 or
 * EL2 (by the machine or PSCI) or at EL3 (secure=on); all but PE 0 go on to secondary().
 */

#define FRAME 288 /* sizeof(struct frame) */

    .section .text.start, "ax"
    .global _start
_start:
    mrs     x1, mpidr_el1
    ubfx    x2, x1, #8, #8
    ubfx    x3, x1, #0, #8
    add     x19, x3, x2, lsl #4 /* PE number: virt has 16 PEs a cluster */
    adrp    x4, stacks
    add     x4, x4, :lo12:stacks
    mov     x5, #16384
    add     x6, x19, #1
    madd    x4, x5, x6, x4
    msr     spsel, #1
    mov     sp, x4
    msr     daifset, #15
    adrp    x5, vectors_el1
    add     x5, x5, :lo12:vectors_el1
    msr     vbar_el1, x5
    mrs     x6, CurrentEL
    cmp     x6, #(1 << 2)
    b.eq    1f
    cmp     x6, #(2 << 2)
    b.eq    3f
    adrp    x5, vectors_el3
    add     x5, x5, :lo12:vectors_el3
    msr     vbar_el3, x5
    mov     x5, #0x530 /* RW, SMD = 0, SIF = 0, RES1; both worlds' IRQ and FIQ stay at EL1 */
    msr     scr_el3, x5
    msr     cptr_el3, xzr
    mrs     x6, id_aa64pfr0_el1
    ubfx    x6, x6, #24, #4 /* GIC: 0 with a GICv5, which has no ICC_SRE */
    cbz     x6, 3f
    mov     x5, #0xf
    msr     S3_6_C12_C12_5, x5 /* ICC_SRE_EL3 */
    isb
    /* The registers of EL2 are RES0 where EL3 has no EL2 below it. */
3:  mov     x5, #(1 << 31) /* HCR_EL2.RW: EL1 is AArch64 */
    msr     hcr_el2, x5
    adrp    x5, vectors_el2
    add     x5, x5, :lo12:vectors_el2
    msr     vbar_el2, x5
    mov     x5, #0x33ff /* CPTR_EL2: RES1, nothing traps */
    msr     cptr_el2, x5
    mov     x5, #3 /* EL1 may use the physical counter and timer */
    msr     cnthctl_el2, x5
    msr     cntvoff_el2, xzr
    msr     mdcr_el2, xzr
    msr     vmpidr_el2, x1
    mrs     x5, midr_el1
    msr     vpidr_el2, x5
    mrs     x6, id_aa64pfr0_el1
    ubfx    x6, x6, #24, #4
    cbz     x6, 1f
    mov     x5, #0xf
    msr     S3_4_C12_C9_5, x5 /* ICC_SRE_EL2 */
    isb
1:  mov     x0, x19
    cbnz    x19, 2f
    bl      primary
    b       .
2:  bl      secondary
    b       .

    .macro vectors el
    .balign 2048
    .global vectors_el\el
vectors_el\el:
    .set    kind, 0
    .rept   16
    .balign 128
    sub     sp, sp, #FRAME
    stp     x0, x1, [sp]
    mov     x1, #kind
    b       common_el\el
    .set    kind, kind + 1
    .endr

common_el\el:
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    mrs     x2, elr_el\el
    mrs     x3, spsr_el\el
    mrs     x4, esr_el\el
    stp     x30, x2, [sp, #240]
    stp     x3, x4, [sp, #256]
    mov     x2, #\el
    stp     x1, x2, [sp, #272]
    mov     x0, sp
    bl      exception
    ldp     x30, x2, [sp, #240]
    ldr     x3, [sp, #256]
    msr     elr_el\el, x2
    msr     spsr_el\el, x3
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    ldp     x0, x1, [sp], #FRAME
    eret
    .endm

    .text
    vectors 1
    vectors 2
    vectors 3

/*
 * uint64_t enter_from_el<n>(fn, arg, sp, context, spsr): runs fn(arg) at the lower EL that spsr
 * names, on the stack sp; back() ends it, which the call at its end leads to.
 */
    .macro enter el, call
    .global enter_from_el\el
enter_from_el\el:
    stp     x19, x20, [x3]
    stp     x21, x22, [x3, #16]
    stp     x23, x24, [x3, #32]
    stp     x25, x26, [x3, #48]
    stp     x27, x28, [x3, #64]
    stp     x29, x30, [x3, #80]
    mov     x5, sp
    str     x5, [x3, #96]
    adr     x5, 1f
    msr     elr_el\el, x5
    msr     spsr_el\el, x4
    ubfx    x6, x4, #2, #2
    cmp     x6, #1
    b.ne    2f
    msr     sp_el1, x2
    b       3f
2:  .if     \el == 3
    msr     sp_el2, x2
    .endif
3:  mov     x19, x0
    mov     x0, x1
    isb
    eret
1:  blr     x19
    \call   #0x77
    b       .
    .endm

    enter   2, hvc
    enter   3, smc

/* void back(value, context): returns from the enter_from_el<n>() that filled the context. */
    .global back
back:
    ldr     x5, [x1, #96]
    mov     sp, x5
    ldp     x19, x20, [x1]
    ldp     x21, x22, [x1, #16]
    ldp     x23, x24, [x1, #32]
    ldp     x25, x26, [x1, #48]
    ldp     x27, x28, [x1, #64]
    ldp     x29, x30, [x1, #80]
    ret

/* uint64_t psci_hvc(function, a, b, c), psci_smc(): the conduit is SMC where EL2 is there. */
    .global psci_hvc, psci_smc
psci_hvc:
    hvc     #0
    ret
psci_smc:
    smc     #0
    ret

/* uint64_t semihost(operation, parameter) */
    .global semihost
semihost:
    hlt     #0xf000
    ret
