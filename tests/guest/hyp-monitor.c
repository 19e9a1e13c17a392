/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on
 *
 * No test of its own: lends its virtual CPU interface to a program elsewhere (tests/hyp/referee.h,
 * run-referee), which commands it through the UART. It is the hypervisor's hands and its guest;
 * what it does it is told.
 *
 * A command and an answer are 16 bytes, little-endian: see `struct command` and `struct answer`.
 */
#include "rt/virt.h"

#define UART 0x09000000ull
enum {
    UARTDR = 0x00,
    UARTFR = 0x18,
    UARTFR_RXFF = 1 << 6,
    UARTFR_TXFF = 1 << 5,
    UARTLCR_H = 0x2c,
    UARTLCR_H_FEN_8 = 0x70, /* 16 bytes of FIFO, 8 bits */
    UARTCR = 0x30,
    UARTCR_ON = 0x301, /* UARTEN, TXE, RXE */
};

/* Those marked * are not answered; if one fails, the next answer says so. */
enum order {
    ORDER_READ,        /* a system register, at EL2 */
    ORDER_WRITE,       /* the same, * */
    ORDER_GUEST_READ,  /* a system register, at EL1 with HCR_EL2.IMO and FMO */
    ORDER_GUEST_WRITE, /* the same */
    ORDER_LOAD,        /* 32 bits at an address, at EL2 */
    ORDER_STORE,       /* the same, * */
    ORDER_LINE,        /* bit 0: PPI 25 pends; bit 1: what ICH_MISR_EL2 and ICH_HCR_EL2.En say */
    ORDER_FIRED,       /* an INTID that fired since it was asked last, is active now; or 1023 */
    ORDER_RESET,       /* the virtual interface and the physical GIC as at the start */
    ORDER_END,
};

struct command {
    u32 order;
    u32 what; /* VGIC_SYSREG() of a register, or an address */
    u64 value;
};

enum status {
    STATUS_OK,
    STATUS_TRAPPED,   /* the guest's access, to EL2 */
    STATUS_UNDEFINED, /* the guest's access, at EL1 */
    STATUS_FAILED,    /* an access at EL2, this one or an earlier one that was not answered */
};

struct answer {
    u32 status;
    u32 syndrome;
    u64 value;
};

/* Each register and direction has a function of its own, made when it is first needed. */

enum {
    STUBS = 256,
    STUB_WORDS = 4,
    INSN_ISB = 0xd5033fdf,
    INSN_RET = 0xd65f03c0,
};
static u32 code[STUBS][STUB_WORDS] __attribute__((aligned(4096)));
/* What code[] holds; a page of its own, away from the code. */
static u32 code_insn[STUBS] __attribute__((aligned(4096)));
static unsigned stubs;

typedef u64 (*access_function)(u64 value);

/* MRS x0 or MSR with x0. */
static access_function access_of(u32 encoding, bool read)
{
    const u32 insn = 0xd5000000 | (u32)read << 21 | (encoding & 0xffff) << 5;
    unsigned n = 0;

    while (n < stubs && code_insn[n] != insn) {
        n++;
    }
    if (n == STUBS) {
        print("more than %u registers\n", (u64)STUBS);
        finish(3);
    }
    if (n == stubs) {
        code_insn[n] = insn;
        code[n][0] = insn;
        code[n][1] = INSN_ISB;
        code[n][2] = INSN_RET;
        stubs++;
        __asm__ volatile("dc cvau, %0\n\tdsb sy\n\tic iallu\n\tdsb sy\n\tisb" ::"r"(code[n])
                         : "memory");
    }
    return (access_function)(void *)code[n];
}

static struct answer access_here(u32 encoding, bool read, u64 value)
{
    const access_function function = access_of(encoding, read);
    struct answer answer = {.status = STATUS_OK};
    const u64 trap = TRAP_OF(answer.value = function(value));

    if (trap) {
        answer = (struct answer){.status = STATUS_FAILED, .syndrome = (u32)trap_syndrome()};
    }
    return answer;
}

static struct answer access_of_guest(u32 encoding, bool read, u64 value)
{
    const access_function function = access_of(encoding, read);
    struct answer answer = {.status = STATUS_OK};
    const u64 trap = TRAP_OF(answer.value = guest(function, value));

    if (trap) {
        answer = (struct answer){.status = trap >> 8 == 2 ? STATUS_TRAPPED : STATUS_UNDEFINED,
                                 .syndrome = (u32)trap_syndrome()};
    }
    return answer;
}

/* Physical interrupts: acknowledged, priority dropped, left active (EOI mode 1). */

enum {
    QUEUE = 32
};
static u64 fired[QUEUE];
static unsigned first_fired, next_fired;

static void take(void)
{
    const u64 intid = iar1();

    if (intid != SPURIOUS) {
        eoi1(intid);
        fired[next_fired++ % QUEUE] = intid;
    }
}

static void take_from_guest(struct frame *f)
{
    (void)f;
    take();
}

static u64 next_of_fired(void)
{
    take();
    return first_fired == next_fired ? SPURIOUS : fired[first_fired++ % QUEUE];
}

static void start_over(void)
{
    el2_init();
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_EOIMODE);
    WRITE_SYS("cntv_ctl_el0", 0);
    ich_hcr_write(0);
    vmcr_write(0);
    first_fired = next_fired = 0;
}

static u64 maintenance(void)
{
    return (u64)pending(INTID_MAINTENANCE) | (u64)(ich_hcr() & ICH_EN && misr()) << 1;
}

/* The channel */

static void get(struct command *command)
{
    u8 *bytes = (u8 *)command;

    /* Commands fill the FIFO exactly. */
    while (!(read32(UART + UARTFR) & UARTFR_RXFF)) {
    }
    for (unsigned i = 0; i < sizeof(*command); i++) {
        bytes[i] = (u8)read32(UART + UARTDR);
    }
}

static void put(const struct answer *answer)
{
    const u8 *bytes = (const u8 *)answer;

    for (unsigned i = 0; i < sizeof(*answer); i++) {
        while (read32(UART + UARTFR) & UARTFR_TXFF) {
        }
        write32(UART + UARTDR, bytes[i]);
    }
}

static struct answer obey(const struct command *command)
{
    struct answer answer = {.status = STATUS_OK};

    switch (command->order) {
    case ORDER_READ:
    case ORDER_WRITE:
        return access_here(command->what, command->order == ORDER_READ, command->value);
    case ORDER_GUEST_READ:
    case ORDER_GUEST_WRITE:
        return access_of_guest(command->what, command->order == ORDER_GUEST_READ, command->value);
    case ORDER_LOAD:
        answer.value = read32(command->what);
        break;
    case ORDER_STORE:
        write32(command->what, (u32)command->value);
        break;
    case ORDER_LINE:
        answer.value = maintenance();
        break;
    case ORDER_FIRED:
        answer.value = next_of_fired();
        break;
    case ORDER_RESET:
        start_over();
        break;
    default:
        answer.status = STATUS_FAILED;
    }
    return answer;
}

int main(void)
{
    struct command command;
    u32 failed = STATUS_OK;

    irq_handler[0] = take_from_guest;
    start_over();
    write32(UART + UARTLCR_H, UARTLCR_H_FEN_8);
    write32(UART + UARTCR, UARTCR_ON);
    put(&(struct answer){.status = STATUS_OK}); /* what comes before is lost */
    for (;;) {
        get(&command);
        if (command.order == ORDER_END) {
            finish(0);
        }
        struct answer answer = obey(&command);

        if (command.order == ORDER_WRITE || command.order == ORDER_STORE) {
            failed |= answer.status;
            continue;
        }
        if (failed) {
            answer.status = STATUS_FAILED;
        }
        failed = STATUS_OK;
        put(&answer);
    }
}
