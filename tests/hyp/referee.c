/* SPDX-License-Identifier: BSD-2-Clause */
#define _DEFAULT_SOURCE
#include "referee.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    SECONDS = 30, /* for an answer; QEMU's start is part of the first */
    ROOM = 64,    /* commands that wait for one that is answered */
};

/* As in tests/guest/hyp-monitor.c. */
enum {
    ORDER_READ,
    ORDER_WRITE,
    ORDER_GUEST_READ,
    ORDER_GUEST_WRITE,
    ORDER_LOAD,
    ORDER_STORE,
    ORDER_LINE,
    ORDER_FIRED,
    ORDER_RESET,
    ORDER_END,
};

enum {
    STATUS_OK,
    STATUS_TRAPPED,
    STATUS_UNDEFINED,
    STATUS_FAILED,
};

/* Both sides are little-endian. */
typedef struct Command {
    uint32_t order, what;
    uint64_t value;
} Command;

typedef struct Answer {
    uint32_t status, syndrome;
    uint64_t value;
} Answer;

static struct {
    pid_t pid;
    int fd;
    Command waiting[ROOM];
    unsigned count;
    unsigned long commands;
    uint32_t list_registers; /* of the interface that is shown */
} qemu = {.fd = -1};

/* The child */

static void kill_qemu(void)
{
    if (qemu.pid > 0) {
        kill(qemu.pid, SIGKILL);
        waitpid(qemu.pid, NULL, 0);
        qemu.pid = 0;
    }
}

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "hyp-referee: error: %s\n", what);
    exit(1); /* which kills QEMU */
}

/* The channel */

static void send_waiting(void)
{
    ssize_t length = (ssize_t)(qemu.count * sizeof(Command));

    if (send(qemu.fd, qemu.waiting, (size_t)length, MSG_NOSIGNAL) != length) {
        give_up("QEMU takes no commands: what it said stands above");
    }
    qemu.commands += qemu.count;
    qemu.count = 0;
}

static void command(uint32_t order, uint32_t what, uint64_t value)
{
    if (qemu.count == ROOM) {
        send_waiting();
    }
    qemu.waiting[qemu.count++] = (Command){order, what, value};
}

static Answer receive(void)
{
    Answer answer;
    ssize_t n = recv(qemu.fd, &answer, sizeof(answer), MSG_WAITALL);

    if (n != (ssize_t)sizeof(answer)) {
        give_up(n < 0 ? "QEMU's monitor program did not answer in time"
                      : "QEMU ended early: what it said stands above");
    }
    return answer;
}

static Answer ask(uint32_t order, uint32_t what, uint64_t value)
{
    Answer answer;

    command(order, what, value);
    send_waiting();
    answer = receive();
    if (answer.status == STATUS_FAILED) {
        fprintf(stderr, "hyp-referee: order %u of register or address %#x, or one before it\n",
                order, what);
        give_up("an access at EL2 was refused");
    }
    return answer;
}

void referee_start(char **words)
{
    pid_t parent = getpid();
    struct timeval limit = {.tv_sec = SECONDS};
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ||
        setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ||
        setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit))) {
        give_up("no pair of sockets to talk to QEMU");
    }
    qemu.pid = fork();
    if (qemu.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent || dup2(pair[1], 0) < 0 || dup2(pair[1], 1) < 0) {
            _exit(127);
        }
        close(pair[0]);
        close(pair[1]);
        execvp(words[0], words);
        _exit(127);
    }
    close(pair[1]);
    qemu.fd = pair[0];
    if (qemu.pid < 0) {
        give_up("fork() failed");
    }
    atexit(kill_qemu);
    receive(); /* it is ready */
}

bool referee_end(void)
{
    int status = 0;

    command(ORDER_END, 0, 0);
    send_waiting();
    for (unsigned i = 0; i < SECONDS * 10; i++) {
        pid_t pid = waitpid(qemu.pid, &status, WNOHANG);

        if (pid == qemu.pid) {
            qemu.pid = 0;
            return WIFEXITED(status) && WEXITSTATUS(status) == 0;
        }
        usleep(100000);
    }
    kill_qemu();
    return false;
}

unsigned long referee_commands(void)
{
    return qemu.commands;
}

/* The physical side */

uint64_t referee_read(uint32_t encoding)
{
    return ask(ORDER_READ, encoding, 0).value;
}

void referee_write(uint32_t encoding, uint64_t value)
{
    command(ORDER_WRITE, encoding, value);
}

uint32_t referee_load(uint32_t address)
{
    return (uint32_t)ask(ORDER_LOAD, address, 0).value;
}

void referee_store(uint32_t address, uint32_t value)
{
    command(ORDER_STORE, address, value);
}

uint32_t referee_fired(void)
{
    return (uint32_t)ask(ORDER_FIRED, 0, 0).value;
}

enum {
    SGI_FRAME = 0x10000,
};

/* Of one of the registers with a bit for each interrupt, by its offset for INTID 0. */
static uint32_t address_of(uint32_t offset, uint32_t intid)
{
    return (intid < 32 ? REFEREE_GICR + SGI_FRAME : REFEREE_GICD) + offset + intid / 32 * 4;
}

static bool bit(uint32_t offset, uint32_t intid)
{
    return referee_load(address_of(offset, intid)) >> intid % 32 & 1;
}

bool referee_is_active(uint32_t intid)
{
    return bit(GICD_ISACTIVER(0), intid);
}

bool referee_is_pending(uint32_t intid)
{
    return bit(GICD_ISPENDR(0), intid);
}

void referee_set_active(uint32_t intid, bool active)
{
    referee_store(address_of(active ? GICD_ISACTIVER(0) : GICD_ICACTIVER(0), intid),
                  1u << intid % 32);
}

void referee_enable(uint32_t intid)
{
    referee_store(address_of(GICD_ISENABLER(0), intid), 1u << intid % 32);
}

/* The interface */

/* Those that are not shown are 0 for ever, so what the others say of all of them is right. */
static uint64_t hide_list_registers(uint32_t encoding, uint64_t value)
{
    switch (encoding) {
    case ICH_VTR_EL2:
        return (value & ~UINT64_C(0x1F)) | (qemu.list_registers - 1);
    case ICH_ELRSR_EL2:
    case ICH_EISR_EL2:
        return value & ((UINT64_C(1) << qemu.list_registers) - 1);
    default:
        return value;
    }
}

static uint64_t interface_read(void *data, uint32_t cpu, uint32_t encoding)
{
    (void)data;
    assert_int_equal(cpu, 0);
    return hide_list_registers(encoding, referee_read(encoding));
}

static void interface_write(void *data, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    (void)data;
    assert_int_equal(cpu, 0);
    if (encoding >= ICH_LR_EL2(0) && encoding <= ICH_LR_EL2(15)) {
        assert_true(encoding < ICH_LR_EL2(0) + qemu.list_registers);
    }
    referee_write(encoding, value);
}

/* EC 0x18, and what else the syndrome of a trapped MRS or MSR says. */
static void check_syndrome(uint32_t syndrome, uint32_t encoding, bool read)
{
    uint32_t op0 = encoding >> 14 & 3, op1 = encoding >> 11 & 7, crn = encoding >> 7 & 15,
             crm = encoding >> 3 & 15, op2 = encoding & 7;

    assert_int_equal(syndrome >> 26, 0x18);
    assert_int_equal(syndrome & 0x3FFC1F,
                     op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | crm << 1 | read);
}

static VgicResult of_guest(uint32_t order, uint32_t encoding, uint64_t *value)
{
    Answer answer = ask(order, encoding, *value);

    switch (answer.status) {
    case STATUS_OK:
        *value = answer.value;
        return VGIC_OK;
    case STATUS_TRAPPED:
        check_syndrome(answer.syndrome, encoding, order == ORDER_GUEST_READ);
        return VGIC_TRAP_EL2;
    default:
        return VGIC_UNDEFINED;
    }
}

static VgicResult interface_guest_read(void *data, uint32_t cpu, uint32_t encoding, uint64_t *value)
{
    (void)data;
    (void)cpu;
    *value = 0;
    return of_guest(ORDER_GUEST_READ, encoding, value);
}

static VgicResult interface_guest_write(void *data, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    (void)data;
    (void)cpu;
    return of_guest(ORDER_GUEST_WRITE, encoding, &value);
}

static bool interface_maintenance(void *data, uint32_t cpu)
{
    uint64_t value = ask(ORDER_LINE, 0, 0).value;

    (void)data;
    (void)cpu;
    assert_int_equal(value & 1, value >> 1); /* the wire is what the registers say */
    return value & 1;
}

static void interface_deactivate(void *data, uint32_t cpu, uint32_t pintid)
{
    (void)data;
    (void)cpu;
    referee_set_active(pintid, false);
}

/* Of one that is level-sensitive. */
static bool interface_level(void *data, uint32_t cpu, uint32_t pintid)
{
    (void)data;
    (void)cpu;
    return referee_is_pending(pintid);
}

static void interface_free(void *data)
{
    (void)data;
}

uint32_t referee_list_registers(void)
{
    return (uint32_t)(referee_read(ICH_VTR_EL2) & 0x1F) + 1;
}

Interface referee_interface(uint32_t list_registers)
{
    ask(ORDER_RESET, 0, 0);
    assert_in_range(list_registers, 1, referee_list_registers());
    qemu.list_registers = list_registers;
    return (Interface){
        .read = interface_read,
        .write = interface_write,
        .guest_read = interface_guest_read,
        .guest_write = interface_guest_write,
        .maintenance = interface_maintenance,
        .deactivate = interface_deactivate,
        .level = interface_level,
        .free = interface_free,
    };
}
