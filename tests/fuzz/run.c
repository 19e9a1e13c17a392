/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a fuzz target without a fuzzer: all seeds, then a number of variations of them that is the
 * same on every machine. Seeds are lines of hexadecimal digits.
 */
#include "input.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    MAX_SEEDS = 1000,
    MAX_SIZE = 4096
};

typedef struct Seed {
    uint8_t *data;
    size_t size;
} Seed;

static Seed seeds[MAX_SEEDS];
static size_t seed_count;

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (*state * 0x2545F4914F6CDD1D) >> 32;
}

static void read_seed(const char *line)
{
    Seed *seed = &seeds[seed_count++];
    seed->data = malloc(strlen(line) / 2 + 1);
    unsigned byte;
    while (seed->data && sscanf(line, "%2x", &byte) == 1) {
        seed->data[seed->size++] = (uint8_t)byte;
        line += 2;
    }
}

static void read_seeds(const char *path)
{
    static char line[2 * MAX_SIZE + 2];
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(1);
    }
    while (seed_count < MAX_SEEDS && fgets(line, sizeof(line), file)) {
        if (line[0] != '#' && line[0] != '\n') {
            read_seed(line);
        }
    }
    fclose(file);
}

/* One file a seed, as libFuzzer wants them. */
static void unpack(const char *folder)
{
    if (mkdir(folder, 0777) && errno != EEXIST) {
        perror(folder);
        exit(1);
    }
    for (size_t i = 0; i < seed_count; i++) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%zu", folder, i);
        FILE *file = fopen(path, "wb");
        if (!file || fwrite(seeds[i].data, 1, seeds[i].size, file) != seeds[i].size) {
            perror(path);
            exit(1);
        }
        fclose(file);
    }
}

/* The start of one seed, the end of another, a few bytes changed. */
static size_t vary(uint8_t *out, uint64_t *random)
{
    size_t size = 0;
    for (int part = 0; part < 2; part++) {
        const Seed *seed = &seeds[next_random(random) % seed_count];
        size_t cut = seed->size ? next_random(random) % seed->size : 0;
        size_t length = part ? seed->size - cut : cut;
        memcpy(out + size, seed->data + (part ? cut : 0), length);
        size += length;
    }
    for (uint64_t n = next_random(random) % 8; n && size; n--) {
        out[next_random(random) % size] = (uint8_t)next_random(random);
    }
    return size;
}

static _Noreturn void usage(const char *name, int status)
{
    fprintf(status ? stderr : stdout,
            "Usage: %s [--runs N] [--seed N] [--unpack FOLDER] SEEDS\n"
            "  --runs N         variations of the seeds to run (default 20000)\n"
            "  --seed N         start of the random numbers (default 1)\n"
            "  --unpack FOLDER  write each seed as a file there, for libFuzzer, and run nothing\n",
            name);
    exit(status);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"runs", required_argument, NULL, 'r'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"unpack", required_argument, NULL, 'u'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    static uint8_t data[2 * MAX_SIZE];
    uint64_t runs = 20000, random = 1;
    const char *folder = NULL;
    for (int c; (c = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
        switch (c) {
        case 'r':
            runs = strtoull(optarg, NULL, 0);
            break;
        case 's':
            random = strtoull(optarg, NULL, 0) | 1;
            break;
        case 'u':
            folder = optarg;
            break;
        default:
            usage(argv[0], c != 'h');
        }
    }
    if (optind + 1 != argc) {
        usage(argv[0], 1);
    }
    read_seeds(argv[optind]);
    if (folder) {
        unpack(folder);
        return 0;
    }
    for (size_t i = 0; i < seed_count; i++) {
        LLVMFuzzerTestOneInput(seeds[i].data, seeds[i].size);
    }
    for (uint64_t i = 0; i < runs && seed_count; i++) {
        LLVMFuzzerTestOneInput(data, vary(data, &random));
    }
    printf("%zu seeds, %" PRIu64 " variations\n", seed_count, runs);
    return seed_count == 0;
}
