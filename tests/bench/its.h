/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that is measured, with up to 65,536 LPIs of an ITS and the RAM for their tables: a
 * GICv3, or a GICv5. */
#ifndef BENCH_ITS_H
#define BENCH_ITS_H

#include "machine.h"

#include <vgic/registers.h>
#include <vgic/registers5.h>

enum {
    ITS_MAX_LPIS = LIMIT_MAX,
    ITS_FIRST_LPI = 8192, /* GICv3 */
    ITS_COMMANDS = 32768, /* of the largest queue; one less fits */
    ITS_RAM = 0x40000000,
    ITS_RAM_SIZE = 0x300000,
};

/* LPIs have numbers from 0, which is INTID 8192 of a GICv3 and LPI 0 of a GICv5; they are dealt out
 * evenly to the devices. */
typedef struct ItsMachine {
    Vgic *gic;
    const VgicFrame *gits; /* the frame of the ITS */
    const VgicFrame *gicr; /* where SETLPIR is */
    bool v5;
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
    /* A GICv5, which has no ITS commands. */
    ITS_V5 = 4,
    /* GICv5: LPIs and SPIs are dealt to the PEs as DEAL_HALVES or DEAL_ALTERNATING has it; else
     * all to PE 0. */
    ITS_HALVES = 8,
    ITS_ALTERNATING = 16,
    /* GICv5: 65,536 SPIs, too, with the same priorities. */
    ITS_SPIS = 32,
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

/* Frees all but the GIC, which must not need the RAM any more. */
Vgic *its_machine_release(ItsMachine *machine);

/* Adds a command; the ITS works all of them off when the queue is full or in its_machine_run(). */
void its_machine_command(ItsMachine *machine, uint64_t w0, uint64_t w1, uint64_t w2);
void its_machine_run(ItsMachine *machine);

/* What its.c and its5.c share: an instance with RAM, and writes of its frames. */
ItsMachine *its_machine_open(const VgicConfig *config, uint32_t devices, uint32_t events,
                             uint8_t *ram);
void its_machine_write(ItsMachine *machine, const VgicFrame *frame, uint64_t offset, uint32_t size,
                       uint64_t value);
ItsMachine *its5_machine_new(uint32_t devices, uint32_t events, ItsMachineOptions options);
VgicConfig its5_machine_config(ItsMachineOptions options);

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
/* The same LPI without translation. */
static inline void its_machine_setlpi(ItsMachine *machine, uint32_t lpi)
{
    if (machine->v5) {
        vgic_frame_write(machine->gic, machine->gicr, VGIC_NS, IRS_SETLPIR, 4, lpi);
    } else {
        vgic_frame_write(machine->gic, machine->gicr, VGIC_NS, GICR_SETLPIR, 8,
                         ITS_FIRST_LPI + lpi);
    }
}

/* PE 0 acknowledges the best and ends it: the number of the LPI. On a GICv5 it is deactivated,
 * too, which is a call more. */
static inline uint32_t its_machine_take(ItsMachine *machine)
{
    Vgic *gic = machine->gic;
    uint64_t intid = 0;

    if (machine->v5) {
        vgic_sysreg_read(gic, 0, &machine_el1, GICR_CDIA, &intid);
        vgic_sysreg_write(gic, 0, &machine_el1, GIC_CDEOI, 0);
        vgic_sysreg_write(gic, 0, &machine_el1, GIC_CDDI, intid);
        intid = intid ? (intid & 0xFFFFFF) + ITS_FIRST_LPI : 0;
    } else {
        vgic_sysreg_read(gic, 0, &machine_el1, ICC_IAR1_EL1, &intid);
        vgic_sysreg_write(gic, 0, &machine_el1, ICC_EOIR1_EL1, intid);
    }
    if (intid < ITS_FIRST_LPI) {
        machine_die("an acknowledge answered %u with LPIs pending", (uint32_t)intid);
    }
    return (uint32_t)intid - ITS_FIRST_LPI;
}

/* LPI number @p i in scattered order. */
static inline uint32_t its_machine_scattered(const ItsMachine *machine, uint32_t i)
{
    return i * 40507u % machine->lpis;
}

#endif
