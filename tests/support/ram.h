/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest memory: sparse, from RAM_START to RAM_END, zero until written, with bus errors where a test
 * wants them. Outside there is nothing: a bus error. ram_ functions are the test's own view, which
 * is not counted and knows no errors; host.c has what the library calls.
 */
#ifndef TESTS_SUPPORT_RAM_H
#define TESTS_SUPPORT_RAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RAM_START 0x40000000ull
#define RAM_END 0x1000000000000ull

/** What fails at an address, ORed together. */
typedef enum RamFaultKind {
    FAIL_READS = 1,
    FAIL_WRITES = 2,
    FAIL_ALL = 3,
} RamFaultKind;

typedef struct RamPage RamPage;

typedef struct RamFault {
    uint64_t first, last;
    RamFaultKind kind;
} RamFault;

typedef struct Ram {
    RamPage *buckets[4096];
    RamFault faults[8];
    unsigned fault_count;
    /* Accesses of the library since ram_forget(). */
    uint64_t reads, writes, failed;
    size_t longest;
    uint32_t spaces; /**< a bit for each VgicSpace */
} Ram;

void ram_read(const Ram *ram, uint64_t address, void *buffer, size_t length);
void ram_write(Ram *ram, uint64_t address, const void *buffer, size_t length);
uint8_t ram_get8(const Ram *ram, uint64_t address);
void ram_put8(Ram *ram, uint64_t address, uint8_t value);
uint64_t ram_get64(const Ram *ram, uint64_t address);
void ram_put64(Ram *ram, uint64_t address, uint64_t value);

/** Accesses of the library that touch a byte of @p first to @p last fail from now on. */
void ram_fail(Ram *ram, uint64_t first, uint64_t last, RamFaultKind kind);
/** No address fails any more. */
void ram_heal(Ram *ram);
/** Whether an access of the library works. */
bool ram_answers(const Ram *ram, uint64_t address, size_t length, RamFaultKind kind);
/** Counts begin again. */
void ram_forget(Ram *ram);
void ram_clear(Ram *ram);

#endif
