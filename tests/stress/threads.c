/* SPDX-License-Identifier: BSD-2-Clause */
#include "threads.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>

const VgicCpuState stress_state = {.el = 1, .space = VGIC_NS, .scr_el3 = 1};

static void on_lines_changed(void *machine, uint32_t cpu)
{
    StressHost *host = machine;
    pthread_mutex_lock(&host->cpu[cpu].lock);
    atomic_store(&host->cpu[cpu].lines, vgic_cpu_lines(host->gic, cpu));
    pthread_mutex_unlock(&host->cpu[cpu].lock);
}

void stress_open(StressHost *host, const VgicConfig *config)
{
    const VgicHost callbacks = VGIC_HOST_INIT(.lines_changed = on_lines_changed);
    memset(host, 0, sizeof(*host));
    stress_open_with(host, config, &callbacks);
}

void stress_open_with(StressHost *host, const VgicConfig *config, const VgicHost *callbacks)
{
    VgicError *error = NULL;
    for (int i = 0; i < STRESS_MAX_CPUS; i++) {
        pthread_mutex_init(&host->cpu[i].lock, NULL);
    }
    host->gic = vgic_new(config, callbacks, host, &error);
    if (!host->gic) {
        fprintf(stderr, "vgic_new: %s\n", vgic_error_message(error));
        exit(1);
    }
}

void stress_close(StressHost *host)
{
    vgic_free(host->gic);
    for (int i = 0; i < STRESS_MAX_CPUS; i++) {
        pthread_mutex_destroy(&host->cpu[i].lock);
    }
}

void stress_fail(StressHost *host, const char *what, uint64_t a, uint64_t b)
{
    if (atomic_fetch_add(&host->failures, 1) < 20) {
        fprintf(stderr, "FAILED: %s (%" PRIu64 ", %" PRIu64 ")\n", what, a, b);
    }
}

uint64_t stress_sysreg_read(StressHost *host, uint32_t cpu, uint32_t encoding)
{
    uint64_t value;
    VgicResult result = vgic_sysreg_read(host->gic, cpu, &stress_state, encoding, &value);
    if (result != VGIC_OK) {
        stress_fail(host, "system register not readable", encoding, result);
    }
    return value;
}

void stress_sysreg_write(StressHost *host, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    VgicResult result = vgic_sysreg_write(host->gic, cpu, &stress_state, encoding, value);
    if (result != VGIC_OK) {
        stress_fail(host, "system register not writable", encoding, result);
    }
}

uint64_t stress_frame_read(StressHost *host, const char *frame, uint64_t offset, uint32_t size)
{
    uint64_t value;
    const VgicFrame *f = vgic_frame(host->gic, frame);
    if (vgic_frame_read(host->gic, f, VGIC_S, offset, size, &value) != VGIC_OK) {
        stress_fail(host, "register not readable", offset, size);
    }
    return value;
}

void stress_frame_write(StressHost *host, const char *frame, uint64_t offset, uint32_t size,
                        uint64_t value)
{
    const VgicFrame *f = vgic_frame(host->gic, frame);
    if (vgic_frame_write(host->gic, f, VGIC_S, offset, size, value) != VGIC_OK) {
        stress_fail(host, "register not writable", offset, size);
    }
}

uint64_t stress_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1D;
}

void stress_options(int argc, char **argv, uint64_t *ops, uint64_t *seed)
{
    static const struct option options[] = {{"ops", required_argument, NULL, 'o'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    for (int c; (c = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        if (c == 'o') {
            *ops = strtoull(optarg, NULL, 0);
        } else if (c == 's') {
            *seed = strtoull(optarg, NULL, 0);
        } else {
            fprintf(c == 'h' ? stdout : stderr, "Usage: %s [--ops N] [--seed N]\n", argv[0]);
            exit(c != 'h');
        }
    }
    printf("seed %" PRIu64 ", %" PRIu64 " operations\n", *seed, *ops);
}
