/* SPDX-License-Identifier: BSD-2-Clause */
#include "ram.h"

#include <stdlib.h>
#include <string.h>

enum {
    PAGE = 4096
};

struct RamPage {
    uint64_t number;
    RamPage *next;
    uint8_t bytes[PAGE];
};

static RamPage *find_page(const Ram *ram, uint64_t number)
{
    RamPage *page = ram->buckets[number % 4096];

    while (page && page->number != number) {
        page = page->next;
    }
    return page;
}

static RamPage *make_page(Ram *ram, uint64_t number)
{
    RamPage *page = find_page(ram, number);

    if (!page) {
        page = calloc(1, sizeof(*page));
        if (!page) {
            abort();
        }
        page->number = number;
        page->next = ram->buckets[number % 4096];
        ram->buckets[number % 4096] = page;
    }
    return page;
}

static size_t in_page(uint64_t address, size_t length)
{
    const size_t rest = PAGE - address % PAGE;

    return length < rest ? length : rest;
}

void ram_read(const Ram *ram, uint64_t address, void *buffer, size_t length)
{
    uint8_t *to = buffer;

    while (length) {
        const size_t part = in_page(address, length);
        const RamPage *page = find_page(ram, address / PAGE);
        if (page) {
            memcpy(to, page->bytes + address % PAGE, part);
        } else {
            memset(to, 0, part);
        }
        to += part;
        address += part;
        length -= part;
    }
}

void ram_write(Ram *ram, uint64_t address, const void *buffer, size_t length)
{
    const uint8_t *from = buffer;

    while (length) {
        const size_t part = in_page(address, length);
        memcpy(make_page(ram, address / PAGE)->bytes + address % PAGE, from, part);
        from += part;
        address += part;
        length -= part;
    }
}

uint8_t ram_get8(const Ram *ram, uint64_t address)
{
    uint8_t value;

    ram_read(ram, address, &value, 1);
    return value;
}

void ram_put8(Ram *ram, uint64_t address, uint8_t value)
{
    ram_write(ram, address, &value, 1);
}

/* Tables of a GIC are little-endian. */
uint64_t ram_get64(const Ram *ram, uint64_t address)
{
    uint8_t bytes[8];
    uint64_t value = 0;

    ram_read(ram, address, bytes, 8);
    for (unsigned i = 0; i < 8; i++) {
        value |= (uint64_t)bytes[i] << 8 * i;
    }
    return value;
}

void ram_put64(Ram *ram, uint64_t address, uint64_t value)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
    ram_write(ram, address, bytes, 8);
}

void ram_fail(Ram *ram, uint64_t first, uint64_t last, RamFaultKind kind)
{
    if (ram->fault_count == sizeof(ram->faults) / sizeof(ram->faults[0])) {
        abort();
    }
    ram->faults[ram->fault_count++] = (RamFault){first, last, kind};
}

void ram_heal(Ram *ram)
{
    ram->fault_count = 0;
}

bool ram_answers(const Ram *ram, uint64_t address, size_t length, RamFaultKind kind)
{
    const uint64_t last = address + length - 1;

    if (address < RAM_START || last >= RAM_END || last < address) {
        return false;
    }
    for (unsigned i = 0; i < ram->fault_count; i++) {
        const RamFault *fault = &ram->faults[i];
        if (fault->kind & kind && address <= fault->last && last >= fault->first) {
            return false;
        }
    }
    return true;
}

void ram_forget(Ram *ram)
{
    ram->reads = ram->writes = ram->failed = 0;
    ram->longest = 0;
    ram->spaces = 0;
}

void ram_clear(Ram *ram)
{
    for (unsigned i = 0; i < sizeof(ram->buckets) / sizeof(ram->buckets[0]); i++) {
        while (ram->buckets[i]) {
            RamPage *page = ram->buckets[i];
            ram->buckets[i] = page->next;
            free(page);
        }
    }
    memset(ram, 0, sizeof(*ram));
}
