/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest driver of LPIs and ITSs: what an operating system does to their registers, tables and
 * command queues.
 */
#ifndef TESTS_SUPPORT_ITS_H
#define TESTS_SUPPORT_ITS_H

#include "guest.h"

enum {
    FIRST_LPI = 8192,
    NOT_GIVEN = -1, /**< of a report's DeviceID or EventID */
};

/* Fields of registers that several tests use. */
#define VALID (1ull << 63)
#define INDIRECT_TABLE (1ull << 62)
#define PTZ (1ull << 62)
#define QUIESCENT (1u << 31)
#define ENABLE_LPIS 1u
#define STALLED 1u
#define RETRY 1u
#define QUEUE_OFFSET 0xFFFE0u
#define PAGES_64K (2ull << 8)
#define PAGES_16K (1ull << 8)
#define PAGES_4K (0ull << 8)

/* Where tables are in the guest's memory, far enough apart for the largest. */
#define CONFIG_TABLE 0x50000000ull
#define PENDING_TABLE(cpu) (0x60000000ull + 0x400000ull * (cpu))
#define QUEUE(its) (0x70000000ull + 0x100000ull * (its))
#define DEVICES(its) (0x80000000ull + 0x1000000ull * (its))
#define COLLECTIONS(its) (0xA0000000ull + 0x1000000ull * (its))
#define LEVEL_2(n) (0x100000000ull + 0x10000ull * (n))
#define ITT(n) (0x200000000ull + 0x100000ull * (n))

/* LPIs. */

/** Width of an LPI's INTID. */
static inline unsigned lpi_bits(const Machine *m)
{
    return m->config.lpi_bits;
}

/** The last INTID that is an LPI. */
static inline uint32_t last_lpi(const Machine *m)
{
    return (1u << lpi_bits(m)) - 1;
}

void gicr_write64(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset, uint64_t value);

/** PROPBASER and PENDBASER of PE @p cpu for the tables above, PTZ set. */
void lpi_tables(Machine *m, uint32_t cpu);
void enable_lpis(Machine *m, uint32_t cpu);
void disable_lpis(Machine *m, uint32_t cpu);
/** start(), then tables and EnableLPIs at every PE. */
void start_lpis(Machine *m);

/** Writes the configuration byte of an LPI in memory; nothing is told to the GIC. */
void lpi_byte(Machine *m, uint32_t intid, uint8_t priority, bool enable);
/** The bit of an LPI in the pending table of PE @p cpu in memory. */
bool table_bit(Machine *m, uint32_t cpu, uint32_t intid);
void set_table_bit(Machine *m, uint32_t cpu, uint32_t intid, bool value);

/** Whether the GIC has it pending, wherever. */
bool lpi_pending(Machine *m, uint32_t intid);
/** The Secure view's priority of an LPI whose configuration byte has @p priority. */
uint8_t lpi_priority(Machine *m, uint8_t priority);
/** Takes and ends LPIs at @p cpu; tells whether they are exactly @p intid (0: none). */
bool takes(Machine *m, uint32_t cpu, uint32_t intid);

/* Commands. */
typedef struct Command {
    uint64_t word[4];
} Command;

Command mapd(uint32_t device, unsigned event_bits, uint64_t itt);
Command unmapd(uint32_t device);
/** RDbase as this machine's GITS_TYPER.PTA wants it, shifted to its place. */
uint64_t rdbase(const Machine *m, uint32_t cpu);
Command mapc(const Machine *m, uint32_t icid, uint32_t cpu);
Command unmapc(uint32_t icid);
Command mapti(uint32_t device, uint32_t event, uint32_t intid, uint32_t icid);
Command mapi(uint32_t device, uint32_t event, uint32_t icid);
Command movi(uint32_t device, uint32_t event, uint32_t icid);
Command movall(const Machine *m, uint32_t from, uint32_t to);
Command discard(uint32_t device, uint32_t event);
Command command_int(uint32_t device, uint32_t event);
Command clear(uint32_t device, uint32_t event);
Command inv(uint32_t device, uint32_t event);
Command invall(uint32_t icid);
Command sync_command(const Machine *m, uint32_t cpu);

/* One ITS. */
typedef struct Its {
    Machine *m;
    unsigned number;
    char frame[8];
    uint32_t tail;  /**< where the next command goes */
    uint32_t bytes; /**< size of the queue */
} Its;

/** The ITS as it is, with a queue of a page and nothing written to its registers. */
Its its_at(Machine *m, unsigned number);
/** The same with queue and tables set up as an operating system does: flat, 64 KiB pages, large
 * enough for what the tests use; not enabled. */
Its its_set_up(Machine *m, unsigned number);
/** The same, enabled. */
Its its_open(Machine *m, unsigned number);
/** start_lpis(), its_open() of the first ITS, collection i at PE i for the first PEs, device 1 with
 * 5 EventID bits and its ITT at ITT(1). */
Its its_start(Machine *m);

uint32_t its_read(Its *its, uint32_t offset);
void its_write(Its *its, uint32_t offset, uint32_t value);
uint64_t its_read64(Its *its, uint32_t offset);
void its_write64(Its *its, uint32_t offset, uint64_t value);

/** Bits of a DeviceID, an EventID and a collection's number. */
unsigned device_bits(const Machine *m);
unsigned event_bits(const Machine *m);
unsigned collection_bits(const Machine *m);

/** Puts a command into the queue; the ITS is not told. */
void its_put(Its *its, Command command);
/** Writes CWRITER. */
void its_go(Its *its);
/** Works until nothing is left. */
void its_finish(Its *its);
/** its_put(), its_go(), its_finish(). */
void its_do(Its *its, Command command);

/** A 32-bit write to GITS_TRANSLATER by a device. */
void its_msi(Its *its, uint32_t device, uint32_t event);
/** MAPTI, and a byte in memory that enables it at OS_PRIORITY. */
void its_map(Its *its, uint32_t device, uint32_t event, uint32_t intid, uint32_t icid);
/** Whether (device, event) is translated, and to what; @p cpu UINT32_MAX: unmapped collection. */
bool translates(Its *its, uint32_t device, uint32_t event, uint32_t intid, uint32_t icid,
                uint32_t cpu);
bool untranslated(Its *its, uint32_t device, uint32_t event);

/* Reports. Each looks at all that came since the last host_forget(), and forgets them. */
void no_report(Machine *m, const char *when);
/** Exactly one, of @p rule. */
void one_report(Machine *m, const char *rule, const char *when);
/** Exactly one, of @p rule and of @p command, which has this name. */
void command_report(Its *its, const char *rule, const char *name, const Command *command,
                    int64_t device, int64_t event);

#endif
