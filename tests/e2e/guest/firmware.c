/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Trusted Firmware-A starts as BL33: asks the firmware for all that needs its Group 0
 * interrupts and its part of the GIC (SDEI, PSCI), and takes Group 1 interrupts of its own beside
 * them. Bare metal, at EL2 or EL1, MMU off: no atomics, flags and barriers only. Prints one line a
 * step: "bl33: ok NAME" or "bl33: FAIL NAME: why".
 */
#include <stdbool.h>
#include <stdint.h>

#define CPUS 4
#define UART_DR (*(volatile uint32_t *)0x09000000)
#define GICD 0x08000000
#define GICR 0x080A0000
#define SGI 1

#define PSCI_VERSION 0x84000000
#define PSCI_CPU_SUSPEND 0xC4000001
#define PSCI_CPU_OFF 0x84000002
#define PSCI_CPU_ON 0xC4000003
#define PSCI_AFFINITY_INFO 0xC4000004
#define PSCI_SYSTEM_OFF 0x84000008
#define SDEI_VERSION 0xC4000020
#define SDEI_EVENT_REGISTER 0xC4000021
#define SDEI_EVENT_ENABLE 0xC4000022
#define SDEI_PE_MASK 0xC400002B
#define SDEI_PE_UNMASK 0xC400002C
#define SDEI_EVENT_SIGNAL 0xC400002F

/* The state of TF-A's platform that waits and keeps everything. */
#define STANDBY 1

#define READ(reg)                                                                                  \
    ({                                                                                             \
        uint64_t value_;                                                                           \
        __asm__ volatile("mrs %0, " #reg : "=r"(value_));                                          \
        value_;                                                                                    \
    })
#define WRITE(reg, value) __asm__ volatile("msr " #reg ", %0\n isb" ::"r"((uint64_t)(value)))
#define ICC_IAR1 S3_0_C12_C12_0
#define ICC_EOIR1 S3_0_C12_C12_1
#define ICC_IGRPEN1 S3_0_C12_C12_7
#define ICC_PMR S3_0_C4_C6_0
#define ICC_SGI1R S3_0_C12_C11_5
#define READ_(reg) READ(reg)
#define WRITE_(reg, value) WRITE(reg, value)

/* What each CPU has seen; written by it, read by CPU 0. */
static volatile struct {
    uint32_t started, irqs, events, setup;
    uint64_t irq_el, event_el, intid;
} seen[CPUS];

/* What CPU 0 wants of the others: the number of a round. */
static volatile uint32_t leave;

uint8_t stacks[CPUS][4096] __attribute__((aligned(16)));
void second(void);
void event_entry(void);

__asm__(".section .start, \"ax\"\n"
        ".globl _start\n"
        "_start:\n"
        "    mov x0, #0\n"
        "second:\n" /* x0: the CPU's number, our own argument of CPU_ON */
        "    adrp x1, stacks\n"
        "    add x1, x1, :lo12:stacks\n"
        "    add x2, x0, #1\n"
        "    add x1, x1, x2, lsl #12\n"
        "    mov sp, x1\n"
        "    bl start_c\n"
        "    b .\n"
        /* SDEI gives x0 to x17 back; the rest is ours to keep. */
        "event_entry:\n"
        "    stp x29, x30, [sp, #-16]!\n"
        "    bl event_c\n"
        "    ldp x29, x30, [sp], #16\n"
        "    ldr x0, =0xC4000025\n"
        "    mov x1, #0\n"
        "    smc #0\n"
        "    b .\n"
        "    .ltorg\n"
        "    .balign 2048\n"
        "vectors:\n"
        "    .rept 5\n    b unexpected\n    .balign 128\n    .endr\n"
        "    sub sp, sp, #176\n" /* IRQ at this EL */
        "    stp x0, x1, [sp]\n    stp x2, x3, [sp, #16]\n    stp x4, x5, [sp, #32]\n"
        "    stp x6, x7, [sp, #48]\n    stp x8, x9, [sp, #64]\n    stp x10, x11, [sp, #80]\n"
        "    stp x12, x13, [sp, #96]\n    stp x14, x15, [sp, #112]\n    stp x16, x17, [sp, #128]\n"
        "    stp x18, x30, [sp, #144]\n"
        "    bl irq_c\n"
        "    b irq_return\n"
        "    .balign 128\n"
        "    .rept 10\n    b unexpected\n    .balign 128\n    .endr\n"
        "irq_return:\n"
        "    ldp x0, x1, [sp]\n    ldp x2, x3, [sp, #16]\n    ldp x4, x5, [sp, #32]\n"
        "    ldp x6, x7, [sp, #48]\n    ldp x8, x9, [sp, #64]\n    ldp x10, x11, [sp, #80]\n"
        "    ldp x12, x13, [sp, #96]\n    ldp x14, x15, [sp, #112]\n    ldp x16, x17, [sp, #128]\n"
        "    ldp x18, x30, [sp, #144]\n"
        "    add sp, sp, #176\n"
        "    eret\n");
extern char vectors[];

static int64_t smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    register uint64_t x0 __asm__("x0") = function, x1 __asm__("x1") = a, x2 __asm__("x2") = b,
                         x3 __asm__("x3") = c, x4 __asm__("x4") = d, x5 __asm__("x5") = e;

    __asm__ volatile("smc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5)::"x6", "x7", "x8",
                       "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
    /* 32-bit functions answer in w0. */
    return function >> 30 & 1 ? (int64_t)x0 : (int32_t)x0;
}

static void put(const char *text)
{
    while (*text) {
        UART_DR = (uint8_t)*text++;
    }
}

static void put_number(int64_t value)
{
    char text[24], *p = text + sizeof(text) - 1;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

    *p = 0;
    do {
        *--p = '0' + rest % 10;
        rest /= 10;
    } while (rest);
    put(value < 0 ? "-" : "");
    put(p);
}

static void result(const char *name, bool good, int64_t value)
{
    put(good ? "bl33: ok " : "bl33: FAIL ");
    put(name);
    if (!good) {
        put(": ");
        put_number(value);
    }
    put("\n");
}

static uint32_t current_el(void)
{
    return READ(CurrentEL) >> 2 & 3;
}

static uint32_t this_cpu(void)
{
    return READ(mpidr_el1) & 0xFF;
}

void unexpected(void)
{
    result("exception", false, current_el() == 2 ? READ(esr_el2) : READ(esr_el1));
    smc(PSCI_SYSTEM_OFF, 0, 0, 0, 0, 0);
}

void irq_c(void)
{
    uint32_t cpu = this_cpu();
    uint64_t intid = READ_(ICC_IAR1);

    seen[cpu].intid = intid;
    seen[cpu].irq_el = current_el();
    WRITE_(ICC_EOIR1, intid);
    seen[cpu].irqs++;
}

void event_c(uint64_t event, uint64_t cpu)
{
    seen[cpu].event_el = current_el();
    seen[cpu].events += event == 0;
}

/* Waits until *@p is @value, but not for ever. */
static bool wait_for(volatile uint32_t *p, uint32_t value)
{
    uint64_t end = READ(cntpct_el0) + 10 * READ(cntfrq_el0);

    while (*p != value && READ(cntpct_el0) < end) {
        __asm__ volatile("yield" ::: "memory");
    }
    return *p == value;
}

static void mask_irq(bool masked)
{
    if (masked) {
        __asm__ volatile("msr daifset, #2" ::: "memory");
    } else {
        __asm__ volatile("msr daifclr, #2" ::: "memory");
    }
}

static void send_sgi(uint32_t cpu)
{
    __asm__ volatile("dsb sy" ::: "memory");
    WRITE_(ICC_SGI1R, 1ull << cpu | (uint64_t)SGI << 24);
}

/* Our own part of the GIC, on the CPU that it belongs to. */
static void gic_setup(uint32_t cpu)
{
    volatile uint32_t *isenabler0 = (uint32_t *)(uintptr_t)(GICR + cpu * 0x20000 + 0x10100);

    if (current_el() == 2) {
        WRITE(vbar_el2, vectors);
        WRITE(hcr_el2, READ(hcr_el2) | 1u << 4 | 1u << 3 | 1u << 31);
    } else {
        WRITE(vbar_el1, vectors);
    }
    *isenabler0 = 1u << SGI;
    WRITE_(ICC_PMR, 0xF0);
    WRITE_(ICC_IGRPEN1, 1);
    mask_irq(false);
}

static int64_t sdei_setup(uint32_t cpu)
{
    int64_t rc = smc(SDEI_EVENT_REGISTER, 0, (uintptr_t)event_entry, cpu, 0, 0);

    if (rc == 0) {
        rc = smc(SDEI_EVENT_ENABLE, 0, 0, 0, 0, 0);
    }
    return rc == 0 ? smc(SDEI_PE_UNMASK, 0, 0, 0, 0, 0) : rc;
}

/* A secondary CPU. It comes here once a round. */
static void work(uint32_t cpu)
{
    uint32_t round = leave;

    gic_setup(cpu);
    seen[cpu].setup = sdei_setup(cpu) == 0;
    seen[cpu].started++;
    while (leave == round) {
    }
    mask_irq(true);
    smc(SDEI_PE_MASK, 0, 0, 0, 0, 0);
    smc(PSCI_CPU_OFF, 0, 0, 0, 0, 0);
}

static void all_on(const char *name, uint32_t round)
{
    bool good = true;
    int64_t rc = 0;

    for (uint32_t cpu = 1; cpu < CPUS; cpu++) {
        rc = smc(PSCI_CPU_ON, cpu, (uintptr_t)second, cpu, 0, 0);
        good = good && rc == 0 && wait_for(&seen[cpu].started, round);
    }
    result(name, good, rc);
}

static void all_off(const char *name)
{
    bool good = true;

    leave = leave + 1;
    for (uint32_t cpu = 1; cpu < CPUS; cpu++) {
        uint64_t end = READ(cntpct_el0) + 10 * READ(cntfrq_el0);

        while (smc(PSCI_AFFINITY_INFO, cpu, 0, 0, 0, 0) != 1 && READ(cntpct_el0) < end) {
        }
        good = good && smc(PSCI_AFFINITY_INFO, cpu, 0, 0, 0, 0) == 1;
    }
    result(name, good, 0);
}

static void check_sgis(const char *name, uint32_t count)
{
    bool good = true;
    uint32_t cpu;

    for (cpu = 0; cpu < CPUS && good; cpu++) {
        send_sgi(cpu);
        good = wait_for(&seen[cpu].irqs, count) && seen[cpu].intid == SGI &&
               seen[cpu].irq_el == current_el();
    }
    result(name, good, cpu);
}

/* The firmware sends itself a Group 0 SGI, takes it from our EL, and calls us. */
static void check_events(const char *name, uint32_t count)
{
    bool good = true;
    int64_t rc = 0;
    uint32_t cpu;

    for (cpu = 0; cpu < CPUS && good; cpu++) {
        rc = smc(SDEI_EVENT_SIGNAL, 0, cpu, 0, 0, 0);
        good = rc == 0 && seen[cpu].setup && wait_for(&seen[cpu].events, count) &&
               seen[cpu].event_el == current_el();
    }
    result(name, good, rc ? rc : cpu);
}

/* Our PMR masks our interrupts and none of the firmware's. */
static void check_masked(void)
{
    bool good;

    WRITE_(ICC_PMR, 0);
    send_sgi(0);
    smc(SDEI_EVENT_SIGNAL, 0, 0, 0, 0, 0);
    good = wait_for(&seen[0].events, 2) && seen[0].irqs == 1;
    WRITE_(ICC_PMR, 0xF0);
    result("priority-mask", good && wait_for(&seen[0].irqs, 2), seen[0].irqs);
}

/* A pending interrupt of ours ends the firmware's wait at EL3, and is taken when we are back. */
static void check_standby(void)
{
    int64_t rc;
    bool good;

    mask_irq(true);
    send_sgi(0);
    rc = smc(PSCI_CPU_SUSPEND, STANDBY, (uintptr_t)second, 0, 0, 0);
    good = rc == 0 && seen[0].irqs == 2;
    mask_irq(false);
    result("standby", good && wait_for(&seen[0].irqs, 3), rc);
}

static void run(void)
{
    put(current_el() == 2 ? "bl33: at EL2\n" : "bl33: at EL1\n");
    result("psci-version", smc(PSCI_VERSION, 0, 0, 0, 0, 0) >= 0x10000,
           smc(PSCI_VERSION, 0, 0, 0, 0, 0));
    result("sdei-version", smc(SDEI_VERSION, 0, 0, 0, 0, 0) >= 1ll << 48, 0);
    *(volatile uint32_t *)GICD = 0x12; /* our view: ARE_NS, EnableGrp1A */
    gic_setup(0);
    seen[0].setup = sdei_setup(0) == 0;
    result("sdei-setup", seen[0].setup, 0);
    all_on("cpus-on", 1);
    check_sgis("group1-sgi", 1);
    check_events("group0-event", 1);
    check_masked();
    check_standby();
    all_off("cpus-off");
    all_on("cpus-on-again", 2);
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        seen[cpu].irqs = seen[cpu].events = 0;
    }
    check_sgis("group1-sgi-again", 1);
    check_events("group0-event-again", 1);
    put("bl33: end\n");
    smc(PSCI_SYSTEM_OFF, 0, 0, 0, 0, 0);
}

void start_c(uint32_t cpu)
{
    if (cpu == 0) {
        run();
    } else {
        work(cpu);
    }
}
