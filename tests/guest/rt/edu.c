/* SPDX-License-Identifier: BSD-2-Clause */
/* The PCI device edu: see edu.h. */
#include "edu.h"

void bridge(u64 config, u64 base, u64 size)
{
    write32(config + 0x18, 0x00010100); /* secondary and subordinate bus 1 */
    write32(config + 0x20, (u32)((base >> 16 & 0xfff0) | ((base + size - 1) & 0xfff00000)));
    write32(config + 0x24, 0x0000fff0); /* no prefetchable window */
    write16(config + 0x4, 0x6);
}

bool edu_find(struct edu *d, unsigned bus, unsigned slot, u64 bar)
{
    d->id = bus << 8 | slot << 3;
    d->config = ECAM + ((u64)d->id << 12);
    d->bar = bar;
    if (read32(d->config) != 0x11e81234) {
        return false;
    }
    write32(d->config + 0x10, (u32)bar);
    write16(d->config + 0x4, 0x6); /* memory, bus master */
    for (d->cap = read8(d->config + 0x34); d->cap; d->cap = read8(d->config + d->cap + 1)) {
        if (read8(d->config + d->cap) == 5) {
            break;
        }
    }
    return d->cap != 0;
}

/* 64-bit message. */
void edu_msi(const struct edu *d, u64 address, u16 data)
{
    write32(d->config + d->cap + 4, (u32)address);
    write32(d->config + d->cap + 8, (u32)(address >> 32));
    write16(d->config + d->cap + 12, data);
    write16(d->config + d->cap + 2, 1);
}

/* Writing a value to 0x60 raises its interrupt, 0x64 clears. */
void edu_raise(const struct edu *d)
{
    write32(d->bar + 0x60, 1);
    write32(d->bar + 0x64, 1);
}
