/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOW_PAGES = MEMORY_LOW_SIZE / MEMORY_PAGE,
    PAGES = LOW_PAGES + MEMORY_HIGH_SIZE / MEMORY_PAGE,
    MAX_FAULTS = 64
};

typedef struct Page {
    bool written; /* and in the list */
    uint8_t bytes[MEMORY_PAGE];
} Page;

struct Memory {
    Page *page[PAGES];
    uint32_t written[PAGES], written_count; /* since memory_forget() */
    struct {
        uint32_t page;
        unsigned kinds;
    } fault[MAX_FAULTS];
    uint32_t faults;
};

/* PAGES: not RAM. */
static uint32_t page_of(uint64_t address)
{
    if (address >= MEMORY_LOW && address - MEMORY_LOW < MEMORY_LOW_SIZE) {
        return (uint32_t)(address - MEMORY_LOW) / MEMORY_PAGE;
    }
    if (address >= MEMORY_HIGH && address - MEMORY_HIGH < MEMORY_HIGH_SIZE) {
        return LOW_PAGES + (uint32_t)(address - MEMORY_HIGH) / MEMORY_PAGE;
    }
    return PAGES;
}

static uint64_t address_of(uint32_t page)
{
    return page < LOW_PAGES ? MEMORY_LOW + (uint64_t)page * MEMORY_PAGE
                            : MEMORY_HIGH + (uint64_t)(page - LOW_PAGES) * MEMORY_PAGE;
}

Memory *memory_new(void)
{
    Memory *memory = calloc(1, sizeof(*memory));
    if (!memory) {
        abort();
    }
    return memory;
}

void memory_free(Memory *memory)
{
    for (uint32_t i = 0; memory && i < PAGES; i++) {
        free(memory->page[i]);
    }
    free(memory);
}

static Page *new_page(const Page *content)
{
    Page *page = calloc(1, sizeof(*page));
    if (!page) {
        abort();
    }
    if (content) {
        *page = *content;
    }
    return page;
}

Memory *memory_copy(const Memory *memory)
{
    Memory *copy = memory_new();
    *copy = *memory;
    for (uint32_t i = 0; i < PAGES; i++) {
        copy->page[i] = memory->page[i] ? new_page(memory->page[i]) : NULL;
    }
    return copy;
}

static bool faulty(const Memory *memory, uint32_t page, unsigned kind)
{
    for (uint32_t i = 0; i < memory->faults; i++) {
        if (memory->fault[i].page == page && (memory->fault[i].kinds & kind)) {
            return true;
        }
    }
    return false;
}

static bool accessible(const Memory *memory, uint64_t address, size_t length, unsigned kind)
{
    for (uint64_t at = address & ~(uint64_t)(MEMORY_PAGE - 1); at < address + length;
         at += MEMORY_PAGE) {
        uint32_t page = page_of(at);
        if (page == PAGES || faulty(memory, page, kind)) {
            return false;
        }
    }
    return address + length >= address;
}

bool memory_read(const Memory *memory, uint64_t address, void *buffer, size_t length)
{
    if (!accessible(memory, address, length, MEMORY_NO_READ)) {
        return false;
    }
    uint8_t *to = buffer;
    while (length) {
        size_t offset = address % MEMORY_PAGE;
        size_t part = length < MEMORY_PAGE - offset ? length : MEMORY_PAGE - offset;
        const Page *page = memory->page[page_of(address)];
        if (page) {
            memcpy(to, page->bytes + offset, part);
        } else {
            memset(to, 0, part);
        }
        to += part;
        address += part;
        length -= part;
    }
    return true;
}

bool memory_write(Memory *memory, uint64_t address, const void *buffer, size_t length)
{
    if (!accessible(memory, address, length, MEMORY_NO_WRITE)) {
        return false;
    }
    const uint8_t *from = buffer;
    while (length) {
        size_t offset = address % MEMORY_PAGE;
        size_t part = length < MEMORY_PAGE - offset ? length : MEMORY_PAGE - offset;
        uint32_t number = page_of(address);
        Page *page = memory->page[number];
        if (!page) {
            page = memory->page[number] = new_page(NULL);
        }
        if (!page->written) {
            page->written = true;
            memory->written[memory->written_count++] = number;
        }
        memcpy(page->bytes + offset, from, part);
        from += part;
        address += part;
        length -= part;
    }
    return true;
}

void memory_fault(Memory *memory, uint64_t address, unsigned kinds)
{
    uint32_t page = page_of(address);
    if (page < PAGES && memory->faults < MAX_FAULTS) {
        memory->fault[memory->faults].page = page;
        memory->fault[memory->faults++].kinds = kinds;
    }
}

void memory_heal(Memory *memory)
{
    memory->faults = 0;
}

static const uint8_t *bytes_of(const Memory *memory, uint32_t page)
{
    static const uint8_t zero[MEMORY_PAGE];
    return memory->page[page] ? memory->page[page]->bytes : zero;
}

static bool same_page(const Memory *want, const Memory *got, uint32_t page, char *why)
{
    const uint8_t *a = bytes_of(want, page), *b = bytes_of(got, page);
    if (!memcmp(a, b, MEMORY_PAGE)) {
        return true;
    }
    uint32_t i = 0;
    while (!memcmp(a + i, b + i, 8)) {
        i += 8;
    }
    uint64_t x, y;
    memcpy(&x, a + i, 8);
    memcpy(&y, b + i, 8);
    snprintf(why, MEMORY_WHY,
             "memory at 0x%" PRIx64 ": expected 0x%016" PRIx64 ", got 0x%016" PRIx64,
             address_of(page) + i, x, y);
    return false;
}

void memory_forget(Memory *memory)
{
    for (uint32_t i = 0; i < memory->written_count; i++) {
        memory->page[memory->written[i]]->written = false;
    }
    memory->written_count = 0;
}

bool memory_same(const Memory *want, const Memory *got, char *why)
{
    bool same = true;
    for (uint32_t i = 0; i < want->written_count && same; i++) {
        same = same_page(want, got, want->written[i], why);
    }
    for (uint32_t i = 0; i < got->written_count && same; i++) {
        same = same_page(want, got, got->written[i], why);
    }
    return same;
}

uint64_t memory_read64(const Memory *memory, uint64_t address, bool *ok)
{
    uint8_t bytes[8];
    uint64_t value = 0;
    *ok = memory_read(memory, address, bytes, sizeof(bytes));
    for (int i = 7; *ok && i >= 0; i--) {
        value = value << 8 | bytes[i];
    }
    return value;
}

bool memory_write64(Memory *memory, uint64_t address, uint64_t value)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(value >> (i * 8));
    }
    return memory_write(memory, address, bytes, sizeof(bytes));
}
