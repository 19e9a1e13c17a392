/* SPDX-License-Identifier: BSD-2-Clause */
/* The runtime: see rt.h. */
#include "rt.h"

#include <stdarg.h>

u64 semihost(u64 operation, const void *parameter);
enum {
    SYS_WRITE0 = 0x04,
    SYS_GET_CMDLINE = 0x15,
    SYS_EXIT = 0x18
};

u8 stacks[MAX_PES + 1][16384] __attribute__((aligned(16)));
enum {
    DEPTH = 3 /* calls into a lower EL inside each other */
};
static u8 lower_stacks[MAX_PES][DEPTH][8192] __attribute__((aligned(16)));
/* For exceptions that EL2 takes although no function of the program runs there. */
static u8 el2_stacks[MAX_PES][8192] __attribute__((aligned(16)));

void *memset(void *to, int value, size_t n)
{
    for (u8 *p = to; n--;) {
        *p++ = (u8)value;
        __asm__ volatile("" ::: "memory");
    }
    return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
    const u8 *q = from;
    for (u8 *p = to; n--;) {
        *p++ = *q++;
        __asm__ volatile("" ::: "memory");
    }
    return to;
}

/* Printing */

static char line[1024];
static size_t used;

static void put(char c)
{
    if (used < sizeof(line) - 1) {
        line[used++] = c;
    }
}

static void put_number(u64 value, unsigned base)
{
    char digits[20];
    unsigned n = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (n) {
        put(digits[--n]);
    }
}

static void vformat(const char *format, va_list ap)
{
    for (; *format; format++) {
        if (*format != '%') {
            put(*format);
            continue;
        }
        switch (*++format) {
        case 's':
            for (const char *s = va_arg(ap, const char *); *s; s++) {
                put(*s);
            }
            break;
        case 'u':
            put_number(va_arg(ap, u64), 10);
            break;
        case 'x':
            put('0');
            put('x');
            put_number(va_arg(ap, u64), 16);
            break;
        default:
            put(*format);
        }
    }
}

static void flush(void)
{
    line[used] = 0;
    used = 0;
    semihost(SYS_WRITE0, line);
}

void print(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vformat(format, ap);
    va_end(ap);
    flush();
}

static const char *prefix = "";

void section(const char *name)
{
    prefix = name;
}

static void put_name(const char *name, va_list ap)
{
    for (const char *s = prefix; *s; s++) {
        put(*s);
    }
    put('.');
    vformat(name, ap);
    put(':');
    put(' ');
}

void fact(u64 value, const char *name, ...)
{
    va_list ap;
    va_start(ap, name);
    put_name(name, ap);
    va_end(ap);
    print("%x\n", value);
}

void expect(u64 value, u64 want, const char *name, ...)
{
    va_list ap;
    va_start(ap, name);
    put_name(name, ap);
    va_end(ap);
    if (value == want) {
        print("%x PASS\n", value);
    } else {
        print("%x FAIL, expected %x\n", value, want);
    }
}

_Noreturn void finish(int status)
{
    const u64 block[2] = {0x20026, (u64)status};
    semihost(SYS_EXIT, block);
    for (;;) {
    }
}

/* The command line: -semihosting-config enable=on,arg=NAME=VALUE,... */

static const char *option_text(const char *name)
{
    static char text[512];
    u64 block[2] = {(u64)text, sizeof(text)};
    if (semihost(SYS_GET_CMDLINE, block)) {
        return NULL;
    }
    for (char *p = text; *p;) {
        const char *n = name;
        while (*n && *p == *n) {
            p++, n++;
        }
        if (!*n && *p == '=') {
            return p + 1;
        }
        while (*p && *p != ' ') {
            p++;
        }
        while (*p == ' ') {
            p++;
        }
    }
    return NULL;
}

u64 option(const char *name, u64 otherwise)
{
    const char *p = option_text(name);
    if (!p || *p < '0' || *p > '9') {
        return otherwise;
    }
    u64 value = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        value = 10 * value + (u64)(*p - '0');
    }
    return value;
}

bool option_is(const char *name, const char *value)
{
    const char *p = option_text(name);
    if (!p) {
        return false;
    }
    while (*value && *p == *value) {
        p++, value++;
    }
    return !*value && (!*p || *p == ' ');
}

/* Exceptions */

handler irq_handler[MAX_PES], fiq_handler[MAX_PES];
bool (*sync_handler[MAX_PES])(struct frame *f);

struct context {
    u64 saved[13];
    struct context *outer;
};

static struct pe {
    struct context *context;
    unsigned depth;
    bool trapping;
    u64 trap, syndrome;
    u64 (*volatile function)(u64);
    volatile u64 argument, result;
    volatile u64 waiting;
} pes[MAX_PES];

_Noreturn void back(u64 value, struct context *context);
u64 enter_from_el2(u64 (*function)(u64), u64 argument, u64 sp, struct context *context, u64 spsr);
u64 enter_from_el3(u64 (*function)(u64), u64 argument, u64 sp, struct context *context, u64 spsr);
u64 psci_hvc(u64 function, u64 a, u64 b, u64 c);
u64 psci_smc(u64 function, u64 a, u64 b, u64 c);

unsigned pe_number(void)
{
    const u64 mpidr = READ_SYS("mpidr_el1");
    return (unsigned)((mpidr >> 8 & 0xff) * 16 + (mpidr & 0xff));
}

u64 pe_mpidr(unsigned pe)
{
    return (u64)(pe / 16) << 8 | pe % 16;
}

void trap_begin(void)
{
    struct pe *pe = &pes[pe_number()];
    pe->trap = pe->syndrome = 0;
    pe->trapping = true;
    barrier();
}

u64 trap_end(void)
{
    struct pe *pe = &pes[pe_number()];
    barrier();
    pe->trapping = false;
    return pe->trap;
}

u64 trap_syndrome(void)
{
    return pes[pe_number()].syndrome;
}

static _Noreturn void unexpected(const struct frame *f)
{
    print("unexpected exception: PE %u EL%u vector %x ESR %x ELR %x\n", (u64)pe_number(), f->el,
          f->kind, f->esr, f->elr);
    finish(3);
}

void exception(struct frame *f)
{
    const unsigned number = pe_number();
    struct pe *pe = &pes[number];
    const u64 ec = f->esr >> 26;
    handler h = NULL;

    switch (f->kind & 3) {
    case KIND_SYNC:
        /* HVC taken at EL2, SMC taken at EL3 */
        if (ec == (f->el == 3 ? 0x17 : 0x16) && (f->esr & 0xffff) == 0x77) {
            back(f->x[0], pe->context);
        }
        if (sync_handler[number] && sync_handler[number](f)) {
            return;
        }
        if (!pe->trapping) {
            unexpected(f);
        }
        pe->trap = f->el << 8 | ec;
        pe->syndrome = f->esr;
        /* An UNDEFINED instruction's return address is the instruction itself, as a trapped one's.
         */
        f->elr += 4;
        return;
    case KIND_IRQ:
        h = irq_handler[number];
        break;
    case KIND_FIQ:
        h = fiq_handler[number];
        break;
    }
    if (!h) {
        unexpected(f);
    }
    h(f);
}

u64 in_el(unsigned el, u64 (*function)(u64), u64 argument)
{
    struct pe *pe = &pes[pe_number()];
    struct context context = {.outer = pe->context};
    const bool at_el3 = current_el() == 3;
    const u64 sp1 = READ_SYS("sp_el1"), elr1 = READ_SYS("elr_el1"), spsr1 = READ_SYS("spsr_el1");
    const u64 elr2 = READ_SYS("elr_el2"), spsr2 = READ_SYS("spsr_el2");
    u64 sp2 = 0, elr3 = 0, spsr3 = 0;

    if (pe->depth == DEPTH) {
        print("in_el: nested too deep\n");
        finish(3);
    }
    if (at_el3) {
        sp2 = READ_SYS("sp_el2"), elr3 = READ_SYS("elr_el3"), spsr3 = READ_SYS("spsr_el3");
        WRITE_SYS("sp_el2", (u64)el2_stacks[pe_number()] + sizeof(el2_stacks[0]));
    }
    pe->context = &context;
    const u64 top = (u64)lower_stacks[pe_number()][pe->depth++] + sizeof(lower_stacks[0][0]);
    const u64 result = (at_el3 ? enter_from_el3 : enter_from_el2)(function, argument, top, &context,
                                                                  0x3c1 | el << 2);
    pe->depth--;
    pe->context = context.outer;
    WRITE_SYS("sp_el1", sp1);
    WRITE_SYS("elr_el1", elr1);
    WRITE_SYS("spsr_el1", spsr1);
    WRITE_SYS("elr_el2", elr2);
    WRITE_SYS("spsr_el2", spsr2);
    if (at_el3) {
        WRITE_SYS("sp_el2", sp2);
        WRITE_SYS("elr_el3", elr3);
        WRITE_SYS("spsr_el3", spsr3);
    }
    return result;
}

u64 in_world(enum world world, u64 (*function)(u64), u64 argument)
{
    const u64 scr = READ_SYS("scr_el3");

    WRITE_SYS("scr_el3", world == NON_SECURE ? scr | SCR_NS : scr & ~(u64)SCR_NS);
    const u64 result = in_el(1, function, argument);
    /* What the function did to SCR_EL3 through EL3 handlers stays, but for NS. */
    WRITE_SYS("scr_el3", (READ_SYS("scr_el3") & ~(u64)SCR_NS) | (scr & SCR_NS));
    return result;
}

/* Other PEs */

void secondary(unsigned number)
{
    struct pe *pe = &pes[number];
    pe->waiting = 1;
    __asm__ volatile("dsb sy\n\tsev" ::: "memory");
    for (;;) {
        u64 (*function)(u64);
        while (!(function = pe->function)) {
            __asm__ volatile("wfe" ::: "memory");
        }
        barrier();
        pe->result = function(pe->argument);
        barrier();
        pe->function = NULL;
        __asm__ volatile("dsb sy\n\tsev" ::: "memory");
    }
}

u64 psci(u64 function, u64 a, u64 b, u64 c)
{
    return (current_el() == 2 ? psci_smc : psci_hvc)(function, a, b, c);
}

extern char _start[];

void pe_start(unsigned pe)
{
    pes[pe].waiting = 0;
    pes[pe].function = NULL;
    if (current_el() != 3) {
        const u64 r = psci(PSCI_CPU_ON, pe_mpidr(pe), (u64)_start, 0);
        if (r) {
            print("CPU_ON of PE %u: %x\n", (u64)pe, r);
            finish(3);
        }
    }
    while (current_el() != 3 && !pes[pe].waiting) {
        __asm__ volatile("wfe" ::: "memory");
    }
}

void on_pe_begin(unsigned pe, u64 (*function)(u64), u64 argument)
{
    pes[pe].argument = argument;
    barrier();
    pes[pe].function = function;
    __asm__ volatile("dsb sy\n\tsev" ::: "memory");
}

u64 on_pe_end(unsigned pe)
{
    while (pes[pe].function) {
        __asm__ volatile("wfe" ::: "memory");
    }
    barrier();
    return pes[pe].result;
}

u64 on_pe(unsigned pe, u64 (*function)(u64), u64 argument)
{
    if (pe == pe_number()) {
        return function(argument);
    }
    on_pe_begin(pe, function, argument);
    return on_pe_end(pe);
}

void primary(void)
{
    const int status = main();
    print("end\n");
    finish(status);
}
