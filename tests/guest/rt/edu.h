/* SPDX-License-Identifier: BSD-2-Clause */
/* QEMU's PCI device edu (device=edu): it sends an MSI whenever a program likes. */
#ifndef EDU_H
#define EDU_H

#include "gic.h"

#define ECAM 0x4010000000ull

struct edu {
    u64 config, bar;
    unsigned cap; /* of MSI */
    u32 id;       /* requester ID */
};

/* The bridge with its configuration space there: bus 1 behind it, and a memory window. */
void bridge(u64 config, u64 base, u64 size);
/* Finds the device, puts its registers at bar, switches it on. */
bool edu_find(struct edu *d, unsigned bus, unsigned slot, u64 bar);
/* Its message from now on. */
void edu_msi(const struct edu *d, u64 address, u16 data);
/* Sends it. */
void edu_raise(const struct edu *d);

#endif
