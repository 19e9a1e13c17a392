/* SPDX-License-Identifier: BSD-2-Clause */
/* The ITS and the IWB of a GICv5 (its=on): registers, tables in guest memory, events. */
#ifndef ITS5_H
#define ITS5_H

#include "gic5.h"

/* ITS_CONFIG_FRAME */
enum {
    ITS_IDR0 = 0x00,
    ITS_IDR1 = 0x04,
    ITS_IDR2 = 0x08,
    ITS_IIDR = 0x40,
    ITS_AIDR = 0x44,
    ITS_CR0 = 0x80,
    ITS_CR1 = 0x84,
    ITS_DT_BASER = 0xc0,
    ITS_DT_CFGR = 0xd0,
    ITS_DIDR = 0x100,
    ITS_EIDR = 0x108,
    ITS_INV_EVENTR = 0x10c,
    ITS_INV_DEVICER = 0x110,
    ITS_READ_EVENTR = 0x114,
    ITS_READ_EVENT_DATAR = 0x118,
    ITS_STATUSR = 0x120,
    ITS_SYNCR = 0x140,
    ITS_SYNC_STATUSR = 0x148,
    ITS_GEN_EVENT_DIDR = 0x180,
    ITS_GEN_EVENT_EIDR = 0x188,
    ITS_GEN_EVENTR = 0x18c,
    ITS_GEN_EVENT_STATUSR = 0x190,
    ITS_SWERR_STATUSR = 0x240,
    ITS_SWERR_SYNDROMER0 = 0x248,
    ITS_SWERR_SYNDROMER1 = 0x250
};
/* ITS_TRANSLATE_FRAME */
enum {
    ITS_TRANSLATER = 0,
    ITS_RL_TRANSLATER = 8
};
enum {
    ITSEN = 1
};
/* IWB */
enum {
    IWB_IDR0 = 0x00,
    IWB_IIDR = 0x40,
    IWB_AIDR = 0x44,
    IWB_CR0 = 0x80,
    IWB_WENABLE_STATUSR = 0xc0,
    IWB_WDOMAIN_STATUSR = 0xc4,
    IWB_WRESAMPLER = 0xc8,
    IWB_WENABLER = 0x2000,
    IWB_WTMR = 0x4000,
    IWB_WDOMAINR = 0x8000
};
enum {
    IWBEN = 1
};

static inline u32 its_read(u32 offset)
{
    return read32(gic5.its + offset);
}
static inline void its_write(u32 offset, u32 value)
{
    write32(gic5.its + offset, value);
}
static inline u32 iwb_read(u32 offset)
{
    return read32(gic5.iwb + offset);
}
static inline void iwb_write(u32 offset, u32 value)
{
    write32(gic5.iwb + offset, value);
}

/* A table: of devices, or of the events of one device. Entries have 8 bytes. */
struct table5 {
    unsigned bits, l2sz;
    bool two_level;
    u64 base;
};
#define TABLE_VALID 1ull
#define TABLE_ADDR 0x00fffffffffffff8ull
#define ITTE_VALID (1u << 31)
#define ITTE_VIRTUAL (1u << 30)

/* log2 of the entries of a second level. */
static inline unsigned table5_l2_bits(const struct table5 *t)
{
    return 9 + 2 * t->l2sz;
}
void table5_make(struct table5 *t);
/* The address of an entry; makes the second level where there is none yet. */
u64 table5_entry(const struct table5 *t, u32 index);
/* That of the entry in the first level. */
u64 table5_l1e(const struct table5 *t, u32 index);

u32 dt_cfgr(const struct table5 *dt);
/* What the entry of a device has for its table of events. */
u64 dte(const struct table5 *itt);
/* ITSEN. */
void its5_enable(bool on);
/* The table of devices in use: off, registers, on. */
void its5_use(const struct table5 *dt);
/* The device's entry, and what the ITS knows of it is dropped. 0: none. */
void its5_map_device(const struct table5 *dt, u32 device, const struct table5 *itt);
/* The same for an event; lpi has ITTE_VALID if it is one. */
void its5_map_event(const struct table5 *itt, u32 device, u32 event, u64 itte);
void its5_inv_device(u32 device, unsigned event_bits, bool l1);
void its5_inv_event(u32 device, u32 event, u32 l1_and_l2sz);
/* ITS_READ_EVENT_DATAR. */
u64 its5_read_event(u32 device, u32 event);
/* A software-generated event, and all events of all devices done. */
void its5_gen_event(u32 device, u32 event);
void its5_sync(u32 device);
/* A write of ITS_TRANSLATER by this PE, which is DeviceID 0. */
void its5_msi(u32 event);

#endif
