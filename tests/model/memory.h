/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest memory: sparse RAM, with faults where a test wants them. Two of them can be compared after
 * each step, where something was written.
 */
#ifndef TESTS_MODEL_MEMORY_H
#define TESTS_MODEL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MEMORY_PAGE = 4096,
    MEMORY_WHY = 160
};

/** RAM is here, and a little of it beyond 48 bits; everything else is a bus error. */
#define MEMORY_LOW 0x40000000u
#define MEMORY_LOW_SIZE 0x08000000u
#define MEMORY_HIGH ((uint64_t)3 << 48)
#define MEMORY_HIGH_SIZE 0x00400000u

/** Kinds of fault, as bits. */
enum {
    MEMORY_NO_READ = 1,
    MEMORY_NO_WRITE = 2
};

typedef struct Memory Memory;

Memory *memory_new(void);
void memory_free(Memory *memory);
Memory *memory_copy(const Memory *memory);

/** All of it or nothing; false on a bus error. */
bool memory_read(const Memory *memory, uint64_t address, void *buffer, size_t length);
bool memory_write(Memory *memory, uint64_t address, const void *buffer, size_t length);

/** What accesses to the page of @p address fail from now on. */
void memory_fault(Memory *memory, uint64_t address, unsigned kinds);
/** No faults any more. */
void memory_heal(Memory *memory);

/** Compares the pages that were written in either since memory_forget(). */
bool memory_same(const Memory *want, const Memory *got, char *why);
void memory_forget(Memory *memory);

uint64_t memory_read64(const Memory *memory, uint64_t address, bool *ok);
bool memory_write64(Memory *memory, uint64_t address, uint64_t value);

#endif
