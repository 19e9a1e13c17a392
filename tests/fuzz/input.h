/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes into numbers, for targets that read their input as a program. Past the end all is zero, so
 * that every input means something.
 */
#ifndef TESTS_FUZZ_INPUT_H
#define TESTS_FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Input {
    const uint8_t *next, *end;
} Input;

static inline bool input_done(const Input *input)
{
    return input->next >= input->end;
}

/** A number of @p bytes bytes, 1 to 8. */
static inline uint64_t input_take(Input *input, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes && input->next < input->end; i++) {
        value |= (uint64_t)*input->next++ << (8 * i);
    }
    return value;
}

/** One byte as a number below @p limit. */
static inline uint32_t input_below(Input *input, uint32_t limit)
{
    return (uint32_t)input_take(input, 1) % limit;
}

/** What the target makes of an input; libFuzzer's name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
