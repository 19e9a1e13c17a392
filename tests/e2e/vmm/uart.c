/* SPDX-License-Identifier: BSD-2-Clause */
/* PL011, output only: the transmit FIFO is always empty, so its interrupt is a level that follows
 * the mask. */
#include "vmm.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    UART_DR = 0x00,
    UART_FR = 0x18,
    UART_IBRD = 0x24,
    UART_FBRD = 0x28,
    UART_LCR_H = 0x2c,
    UART_CR = 0x30,
    UART_IFLS = 0x34,
    UART_IMSC = 0x38,
    UART_RIS = 0x3c,
    UART_MIS = 0x40,
    UART_ICR = 0x44,
    UART_ID = 0xfe0,
    FR_EMPTY = 0x90, /* both FIFOs */
    INT_TX = 1 << 5,
    LINE_MAX_LENGTH = 240
};

typedef struct Uart {
    Vm *vm;
    const char *prefix;
    uint32_t ibrd, fbrd, lcr_h, cr, ifls, imsc, ris;
    bool level;
    char line[64 + LINE_MAX_LENGTH];
    size_t length;
} Uart;

static Uart uart;

/* Whole lines: guests inside guests share the terminal. */
void uart_flush(void)
{
    const char *at = uart.line;
    size_t left = uart.length;

    while (left > 0) {
        ssize_t n = write(STDOUT_FILENO, at, left);

        if (n <= 0)
            break;
        at += n;
        left -= (size_t)n;
    }
    uart.length = 0;
}

static void print(char c)
{
    if (c == '\r')
        return;
    if (uart.length == 0) {
        uart.length = strlen(uart.prefix);
        memcpy(uart.line, uart.prefix, uart.length);
    }
    uart.line[uart.length++] = c;
    if (c == '\n') {
        uart_flush();
    } else if (uart.length == sizeof uart.line - 1) {
        uart.line[uart.length++] = '\n';
        uart_flush();
    }
}

static void update(void)
{
    bool level = (uart.ris & uart.imsc) != 0;

    if (level != uart.level)
        vm_set_wire(uart.vm, UART_SPI, level);
    uart.level = level;
}

static uint64_t uart_read(void *device, uint64_t offset, unsigned size)
{
    static const uint8_t id[] = {0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

    (void)device;
    (void)size;
    if (offset >= UART_ID)
        return id[(offset - UART_ID) / 4];
    switch (offset) {
    case UART_FR:
        return FR_EMPTY;
    case UART_IBRD:
        return uart.ibrd;
    case UART_FBRD:
        return uart.fbrd;
    case UART_LCR_H:
        return uart.lcr_h;
    case UART_CR:
        return uart.cr;
    case UART_IFLS:
        return uart.ifls;
    case UART_IMSC:
        return uart.imsc;
    case UART_RIS:
        return uart.ris;
    case UART_MIS:
        return uart.ris & uart.imsc;
    default:
        return 0;
    }
}

static void uart_write(void *device, uint64_t offset, uint64_t value, unsigned size)
{
    (void)device;
    (void)size;
    switch (offset) {
    case UART_DR:
        print((char)value);
        uart.ris |= INT_TX;
        break;
    case UART_IBRD:
        uart.ibrd = (uint32_t)value;
        break;
    case UART_FBRD:
        uart.fbrd = (uint32_t)value;
        break;
    case UART_LCR_H:
        uart.lcr_h = (uint32_t)value;
        break;
    case UART_CR:
        uart.cr = (uint32_t)value;
        break;
    case UART_IFLS:
        uart.ifls = (uint32_t)value;
        break;
    case UART_IMSC:
        uart.imsc = (uint32_t)value;
        break;
    case UART_ICR:
        uart.ris &= ~(uint32_t)value;
        break;
    default:
        break;
    }
    update();
}

void uart_create(Vm *vm, const char *prefix)
{
    uart.vm = vm;
    uart.prefix = prefix;
    if (strlen(prefix) >= sizeof uart.line - LINE_MAX_LENGTH)
        fail("the prefix is too long");
    bus_add(MAP_UART, 0x1000, uart_read, uart_write, &uart);
}
