/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that is measured, with up to 65,536 LPIs of an ITS and the RAM for their tables. */
#ifndef BENCH_ITS_H
#define BENCH_ITS_H

#include "machine.h"

enum {
    ITS_MAX_LPIS = LIMIT_MAX,
    ITS_FIRST_LPI = 8192,
    ITS_COMMANDS = 32768, /* of the largest queue; one less fits */
};

/* LPIs have numbers from 0, which is INTID 8192; they are dealt out evenly to the devices. */
typedef struct ItsMachine {
    Vgic *gic;
    const VgicFrame *gits, *gicr;
    uint32_t lpis, devices, event_bits;
    uint8_t *ram;
    bool borrowed;   /* the RAM is another one's */
    uint32_t queued; /* where the next command goes */
} ItsMachine;

typedef enum ItsMachineOptions {
    ITS_MACHINE = 0,
    ITS_SINGLE_THREADED = 1,
    /* All LPIs at one priority: first come, first served, so that all that pend circulate where
     * what was acknowledged is sent next. Else the yardstick's priorities. */
    ITS_ONE_PRIORITY = 2,
} ItsMachineOptions;

/*
 * Two PEs with LPIs on, all of them enabled, mapped to collection 0 at PE 0; collection 1 is at PE
 * 1. @p devices and @p events (of each) are powers of two, events at least 2. Without a host.work
 * callback: commands are worked off at once.
 */
ItsMachine *its_machine_new(uint32_t devices, uint32_t events, ItsMachineOptions options);

/* Another one of the same kind at reset, with the RAM of @p like, for its_machine_free() before
 * that one. */
ItsMachine *its_machine_twin(const ItsMachine *like);
void its_machine_free(ItsMachine *machine);

/* Adds a command; the ITS works all of them off when the queue is full or in its_machine_run(). */
void its_machine_command(ItsMachine *machine, uint64_t w0, uint64_t w1, uint64_t w2);
void its_machine_run(ItsMachine *machine);

static inline uint32_t its_machine_device(const ItsMachine *machine, uint32_t lpi)
{
    return lpi >> machine->event_bits;
}
static inline uint32_t its_machine_event(const ItsMachine *machine, uint32_t lpi)
{
    return lpi & ((1u << machine->event_bits) - 1);
}
static inline void its_machine_msi(ItsMachine *machine, uint32_t lpi)
{
    vgic_msi(machine->gic, machine->gits, its_machine_device(machine, lpi),
             its_machine_event(machine, lpi));
}

/* LPI number @p i in scattered order. */
static inline uint32_t its_machine_scattered(const ItsMachine *machine, uint32_t i)
{
    return i * 40507u % machine->lpis;
}

#endif
