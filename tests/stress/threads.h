/* SPDX-License-Identifier: BSD-2-Clause */
/* What both stress tests share: a machine of threads around one GIC. */
#ifndef TESTS_STRESS_THREADS_H
#define TESTS_STRESS_THREADS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <vgic/vgic.h>

enum {
    STRESS_MAX_CPUS = 4
};

/**
 * A host that goes by lines_changed alone, as an emulator does: a change that it is not told of is
 * one that it never sees.
 */
typedef struct StressHost {
    Vgic *gic;
    struct {
        pthread_mutex_t lock;
        atomic_uint lines; /* as last read */
    } cpu[STRESS_MAX_CPUS];
    atomic_uint failures;
} StressHost;

/** Creates the GIC; exits on an error. */
void stress_open(StressHost *host, const VgicConfig *config);
/** The same with callbacks of the test's own, which get @p host; its other members are 0 already.
 */
void stress_open_with(StressHost *host, const VgicConfig *config, const VgicHost *callbacks);
void stress_close(StressHost *host);
/** Counts and prints a failure, the first ones only. */
void stress_fail(StressHost *host, const char *what, uint64_t a, uint64_t b);

/** Non-secure EL1, which nothing traps. */
extern const VgicCpuState stress_state;

uint64_t stress_sysreg_read(StressHost *host, uint32_t cpu, uint32_t encoding);
void stress_sysreg_write(StressHost *host, uint32_t cpu, uint32_t encoding, uint64_t value);
uint64_t stress_frame_read(StressHost *host, const char *frame, uint64_t offset, uint32_t size);
void stress_frame_write(StressHost *host, const char *frame, uint64_t offset, uint32_t size,
                        uint64_t value);

/** A random number from @p state. */
uint64_t stress_random(uint64_t *state);

/** Reads --ops and --seed; exits on anything else. */
void stress_options(int argc, char **argv, uint64_t *ops, uint64_t *seed);

#endif
