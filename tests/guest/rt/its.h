/* SPDX-License-Identifier: BSD-2-Clause */
/* LPIs and the ITS of the virt machine (its=on): tables in guest memory, the command queue. */
#ifndef ITS_H
#define ITS_H

#include "gic.h"

#define GITS 0x08080000ull
#define GITS_TRANSLATER (GITS + 0x10040)
enum {
    GITS_CTLR = 0x0,
    GITS_IIDR = 0x4,
    GITS_TYPER = 0x8,
    GITS_CBASER = 0x80,
    GITS_CWRITER = 0x88,
    GITS_CREADR = 0x90,
    GITS_BASER = 0x100,
    GICR_SETLPIR = 0x40,
    GICR_CLRLPIR = 0x48,
    GICR_PROPBASER = 0x70,
    GICR_PENDBASER = 0x78,
    GICR_INVLPIR = 0xa0,
    GICR_INVALLR = 0xb0,
    GICR_SYNCR = 0xc0,
};
enum {
    GICR_CTLR_ENABLE_LPIS = 1,
    GICR_CTLR_CES = 2,
    GICR_CTLR_IR = 4,
    GICR_CTLR_RWP = 8
};
#define VALID (1ull << 63)
#define INDIRECT (1ull << 62)                    /* of a GITS_BASER */
#define PTZ (1ull << 62)                         /* of GICR_PENDBASER */
#define WRITE_BACK (7ull << 7 | 1ull << 10)      /* of GICR_PROPBASER and PENDBASER */
#define ITS_WRITE_BACK (7ull << 59 | 1ull << 10) /* of GITS_BASER and CBASER */
enum {
    DEVICES = 1, /* GITS_BASER.Type */
    COLLECTIONS = 4
};
enum {
    PAGE_4K,
    PAGE_16K,
    PAGE_64K
};
static inline u64 page_bytes(unsigned page)
{
    return 4096ull << 2 * page;
}

enum {
    LPI = 8192, /* the first one */
    ID_BITS = 15,
    LPIS = 65536 - LPI
};
/* A byte of the configuration table. */
enum {
    LPI_ON = 1,
    LPI_RES1 = 2
};

/* RAM that nothing else uses. arena() answers zeroed memory; arena_reset() gives all of it back. */
#define ARENA 0x41000000ull
#define ARENA_END 0x43f00000ull
#define NO_RAM 0xe0000000000ull /* an address below 2^44 where the machine has nothing */
void arena_reset(void);
u64 arena(u64 size, u64 alignment);

/* What lpi_init() and its_init() made. */
extern struct its {
    u64 config, pending[MAX_PES];
    unsigned pes;
    u64 devices, collections;
    u64 queue, queue_bytes, written;
} its;

/*
 * Configuration and pending tables of the first PEs, EnableLPIs. All LPIs are enabled, priority
 * 0xa0.
 */
void lpi_init(unsigned pes);
/* EnableLPIs of one PE; off waits for GICR_CTLR.RWP. */
void lpi_switch(unsigned pe, bool on);
static inline void lpi_byte(unsigned intid, u8 value)
{
    *(volatile u8 *)(its.config + intid - LPI) = value;
    barrier();
}
static inline bool lpi_bit(unsigned pe, unsigned intid)
{
    return read8(its.pending[pe] + intid / 8) >> intid % 8 & 1;
}
void lpi_bit_set(unsigned pe, unsigned intid, bool value);

/* The register of the table of that type; the program ends if there is none. */
u64 its_baser(unsigned type);
u64 its_typer(void);
u64 itt_bytes(unsigned event_bits);
/* RDbase as commands want it, a field [51:16]. */
u64 rdbase(unsigned pe);

/* Waits for Quiescent. */
void its_disable(void);
/* A zeroed flat or two-level table of that many pages (at level 1) in the register. */
u64 its_table(unsigned type, unsigned page, unsigned pages, bool indirect);
void its_queue(unsigned pages);
static inline void its_enable(void)
{
    write32(GITS + GITS_CTLR, 1);
}
/*
 * All of it: flat tables for 8,192 devices and 512 collections, a queue of 64 KiB, enabled, and
 * collection n mapped to PE n of those that lpi_init() prepared.
 */
void its_init(void);

/* Adds a command, and makes the ITS carry out what was added. */
void push(u64 w0, u64 w1, u64 w2, u64 w3);
/* True if all was worked off, false if the ITS stalled or stopped. */
bool its_flush(void);
/* push(), SYNC to all PEs, its_flush() */
bool command(u64 w0, u64 w1, u64 w2, u64 w3);

enum {
    MOVI = 0x1,
    INT = 0x3,
    CLEAR = 0x4,
    SYNC = 0x5,
    MAPD = 0x8,
    MAPC = 0x9,
    MAPTI = 0xa,
    MAPI = 0xb,
    INV = 0xc,
    INVALL = 0xd,
    MOVALL = 0xe,
    DISCARD = 0xf,
    VMOVI = 0x21,
    VMOVP = 0x22,
    VSGI = 0x23,
    VSYNC = 0x25,
    VMAPP = 0x29,
    VMAPTI = 0x2a,
    VMAPI = 0x2b,
    VINVALL = 0x2d,
    INVDB = 0x2e,
};
#define OP(op, device) ((u64)(op) | (u64)(device) << 32)

static inline bool mapd(u32 device, u64 itt, unsigned event_bits)
{
    return command(OP(MAPD, device), event_bits - 1, itt | VALID, 0);
}
static inline bool unmapd(u32 device)
{
    return command(OP(MAPD, device), 0, 0, 0);
}
static inline bool mapc(unsigned collection, unsigned pe)
{
    return command(MAPC, 0, collection | rdbase(pe) | VALID, 0);
}
static inline bool unmapc(unsigned collection)
{
    return command(MAPC, 0, collection, 0);
}
static inline bool mapti(u32 device, u32 event, u32 intid, unsigned collection)
{
    return command(OP(MAPTI, device), event | (u64)intid << 32, collection, 0);
}
static inline bool mapi(u32 device, u32 event, unsigned collection)
{
    return command(OP(MAPI, device), event, collection, 0);
}
static inline bool movi(u32 device, u32 event, unsigned collection)
{
    return command(OP(MOVI, device), event, collection, 0);
}
static inline bool movall(unsigned from, unsigned to)
{
    return command(MOVALL, 0, rdbase(from), rdbase(to));
}
static inline bool discard(u32 device, u32 event)
{
    return command(OP(DISCARD, device), event, 0, 0);
}
static inline bool fire(u32 device, u32 event)
{
    return command(OP(INT, device), event, 0, 0);
}
static inline bool clear(u32 device, u32 event)
{
    return command(OP(CLEAR, device), event, 0, 0);
}
static inline bool inv(u32 device, u32 event)
{
    return command(OP(INV, device), event, 0, 0);
}
static inline bool invall(unsigned collection)
{
    return command(INVALL, 0, collection, 0);
}
/* A device with a new ITT. */
void device(u32 device, unsigned event_bits);
/* An MSI of the PE: DeviceID 0. */
static inline void msi(u32 event)
{
    write32(GITS_TRANSLATER, event);
}

/* Acknowledges and ends one Group 1 interrupt of this PE, for on_pe(), too. */
u64 f_take(u64 unused);
static inline u64 take(void)
{
    return f_take(0);
}
/* Takes all that is there and answers how many it was. */
u64 f_drain(u64 unused);

#endif
