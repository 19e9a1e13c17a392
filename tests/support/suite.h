/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs each test of a suite on every named machine that has what the test needs. */
#ifndef TESTS_SUPPORT_SUITE_H
#define TESTS_SUPPORT_SUITE_H

#include "machine.h"

/* CMocka's header wants these first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct Test {
    const char *name;
    void (*run)(Machine *m);
    uint32_t needs; /**< Feature bits */
    bool alone;     /**< it makes its own instances: runs once, without a machine */
} Test;

#define TEST(function, needs_)                                                                     \
    {                                                                                              \
        .name = #function, .run = (function), .needs = (needs_)                                    \
    }
#define TEST_ALONE(function)                                                                       \
    {                                                                                              \
        .name = #function, .run = (function), .alone = true                                        \
    }

/**
 * Begins a test that makes its own machines: what follows is the body, which the file's
 * for_each_width() runs on a machine of each number of priority bits.
 */
#define FOR_EACH_WIDTH(name)                                                                       \
    static void name##_body(Machine *m);                                                           \
    static void name(Machine *none)                                                                \
    {                                                                                              \
        (void)none;                                                                                \
        for_each_width(name##_body);                                                               \
    }                                                                                              \
    static void name##_body(Machine *m)

/**
 * Runs @p tests; a first argument of the program, if there is one, is a pattern (`*`, `?`) that
 * test names ("behaviour @ machine") must match. Returns the number of failed tests.
 */
int run_suite(int argc, char **argv, const char *suite, const Test *tests, size_t count);

/** The same on these machines instead. */
int run_suite_on(int argc, char **argv, const char *suite, const Test *tests, size_t count,
                 const MachineType *types, unsigned type_count);

#define RUN(argc, argv, suite, tests)                                                              \
    run_suite(argc, argv, suite, tests, sizeof(tests) / sizeof((tests)[0]))

/**
 * For tables: notes a difference, says in which cell it is, and goes on; the test fails at its end.
 * Returns whether the values are equal.
 */
bool expect(uint64_t got, uint64_t want, const char *cell, ...)
    __attribute__((format(printf, 3, 4)));

#endif
