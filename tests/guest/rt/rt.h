/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runtime of the bare-metal guest programs: printing, expectations, exceptions, other PEs, and
 * calls into a lower EL and either world. A program defines main(); what it prints is one
 * "name: value" line a fact.
 */
#ifndef RT_H
#define RT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

enum {
    MAX_PES = 136
};

#define READ_SYS(name)                                                                             \
    ({                                                                                             \
        u64 value_;                                                                                \
        __asm__ volatile("mrs %0, " name : "=r"(value_)::"memory");                                \
        value_;                                                                                    \
    })
#define WRITE_SYS(name, value)                                                                     \
    __asm__ volatile("msr " name ", %0\n\tisb" ::"r"((u64)(value)) : "memory")

static inline void barrier(void)
{
    __asm__ volatile("dsb sy\n\tisb" ::: "memory");
}

/* What the program is. */
int main(void);

/* Printing: only PE 0 prints. %s string, %u decimal, %x hexadecimal, all numbers u64. */
void print(const char *format, ...);
/* "name: 0xvalue" */
void fact(u64 value, const char *name, ...);
/* As fact(), and "PASS", or "FAIL, expected 0x..." if it differs from what the architecture says.
 */
void expect(u64 value, u64 want, const char *name, ...);
void section(const char *name);
_Noreturn void finish(int status);

/* The word NAME=VALUE of the command line as a number, or the default. */
u64 option(const char *name, u64 otherwise);
bool option_is(const char *name, const char *value);

/* Exceptions. */
struct frame {
    u64 x[31];
    u64 elr, spsr, esr, kind, el;
};
enum {
    KIND_SYNC,
    KIND_IRQ,
    KIND_FIQ,
    KIND_SERROR
};
typedef void (*handler)(struct frame *f);
/* What runs on IRQ and FIQ of the PE (by its number); NULL: the program ends with an error. */
extern handler irq_handler[MAX_PES], fiq_handler[MAX_PES];

/* A synchronous exception of the PE that nothing else expects: true if it was dealt with. */
extern bool (*sync_handler[MAX_PES])(struct frame *f);

static inline bool frame_from_lower(const struct frame *f)
{
    return f->kind >= 8;
}

/*
 * Runs the statement and answers what it trapped to: 0 for nothing, else exception level << 8 | EC
 * of the synchronous exception (0x118: a system-register trap taken at EL1).
 */
#define TRAP_OF(statement)                                                                         \
    ({                                                                                             \
        trap_begin();                                                                              \
        statement;                                                                                 \
        trap_end();                                                                                \
    })
void trap_begin(void);
u64 trap_end(void);
/* ESR_ELx of the last TRAP_OF() of this PE, 0 if nothing trapped. */
u64 trap_syndrome(void);

static inline u64 current_el(void)
{
    return READ_SYS("CurrentEL") >> 2 & 3;
}

enum {
    MASK_FIQ = 1,
    MASK_IRQ = 2
};
static inline void unmask(unsigned which)
{
    if (which & MASK_IRQ) {
        __asm__ volatile("msr daifclr, #2\n\tisb" ::: "memory");
    }
    if (which & MASK_FIQ) {
        __asm__ volatile("msr daifclr, #1\n\tisb" ::: "memory");
    }
}
static inline void mask(void)
{
    __asm__ volatile("msr daifset, #3\n\tisb" ::: "memory");
}

/* Other PEs. */
unsigned pe_number(void);
u64 pe_mpidr(unsigned pe);
/* Starts a PE (by PSCI, or it waits already at EL3); it then waits for on_pe(). */
void pe_start(unsigned pe);
/* Runs the function on a PE that was started and answers its result. */
u64 on_pe(unsigned pe, u64 (*function)(u64 argument), u64 argument);
/* The same without waiting for the end, and the wait. */
void on_pe_begin(unsigned pe, u64 (*function)(u64 argument), u64 argument);
u64 on_pe_end(unsigned pe);

/*
 * Runs the function at the EL (1 or 2) below this one, AArch64, PSTATE.DAIF set, and answers its
 * result; SCR_EL3 and HCR_EL2 are the caller's matter. Back by SMC to EL3 or HVC to EL2, each call
 * inside another from a lower EL than the outer one.
 */
u64 in_el(unsigned el, u64 (*function)(u64 argument), u64 argument);

/* Worlds (programs that start at EL3). */
enum world {
    SECURE,
    NON_SECURE
};
enum {
    SCR_NS = 1 << 0,
    SCR_IRQ = 1 << 1,
    SCR_FIQ = 1 << 2,
    SCR_ST = 1 << 11, /* Secure EL1 may use the Secure physical timer */
};
/* Runs the function at EL1 of the world, with PSTATE.DAIF set, SCR_EL3 as it is but for NS. */
u64 in_world(enum world world, u64 (*function)(u64 argument), u64 argument);
static inline void scr_set(u64 set, u64 clear)
{
    WRITE_SYS("scr_el3", (READ_SYS("scr_el3") & ~clear) | set);
}

u64 psci(u64 function, u64 a, u64 b, u64 c);
#define PSCI_CPU_OFF 0x84000002ull
#define PSCI_CPU_ON 0xc4000003ull
#define PSCI_AFFINITY_INFO 0xc4000004ull

static inline u64 counter(void)
{
    __asm__ volatile("isb" ::: "memory");
    return READ_SYS("cntvct_el0");
}

#endif
