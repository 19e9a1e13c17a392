/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads and writes whole frames and prints runs of equal words: what every offset holds or keeps.
 */
#ifndef SCAN_H
#define SCAN_H

#include "gic.h"

/* Registers that a scan leaves alone: ranges of offsets, ended by SKIP_END. */
struct skip {
    u32 first, last;
};
#define SKIP_END                                                                                   \
    {                                                                                              \
        1, 0                                                                                       \
    }

/*
 * Prints "<section>.first-last: value" for each run of equal words that are not zero. GICD_IROUTER,
 * in GICD, is accessed in 64-bit words.
 */
void scan_read(u64 base, u32 size);
/* Writes the value to each word, reads it back, prints the runs that took it or changed by it. */
void scan_write(u64 base, u32 size, u32 value, const struct skip *skip);
/*
 * scan_write() of GICD or an SGI frame with the bits that every implementation has: four priority
 * bits (eight of the Non-secure view), the affinity in GICD_IROUTER.
 */
void scan_write_common(u64 base, u32 size, u32 value, const struct skip *skip);

/* The same for the ICC registers of EL1: reads all that can be read, or writes and reads back. */
void scan_icc_read(void);
void scan_icc_write(u64 value);

#endif
