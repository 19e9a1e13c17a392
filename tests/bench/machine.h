/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that is measured: a GICv3 with every SPI and extended SPI, all ready to be taken. */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

#include "limit.h"

#include <vgic/vgic.h>

enum {
    MACHINE_SPIS = VGIC_MAX_SPIS + VGIC_MAX_ESPIS,
};

/* How SPIs are dealt out to two CPUs. */
typedef enum Deal {
    DEAL_ONE,         /* all to CPU 0 */
    DEAL_HALVES,      /* the lower half to CPU 0, the upper half to CPU 1 */
    DEAL_ALTERNATING, /* even INTIDs to CPU 0, odd ones to CPU 1 */
} Deal;

/* A kernel at Non-secure EL1. */
extern const VgicCpuState machine_el1;
/* A hypervisor at EL2, and a kernel at EL1 that it gave the virtual CPU interface. */
extern const VgicCpuState machine_el2, machine_guest;

/*
 * Group 1, edge-triggered, enabled, at pseudo-random priorities of 32; PMR open. The host has a
 * lines_changed callback that does nothing, so that its call is paid for.
 */
Vgic *machine_new(uint32_t cpus, Deal deal, bool single_threaded);

/* The same with more in its configuration. */
VgicConfig machine_config(uint32_t cpus, bool single_threaded);
Vgic *machine_new_of(const VgicConfig *config, Deal deal);
/* Makes the SPIs of a GIC with that configuration ready. */
void machine_set_up(Vgic *gic, uint32_t cpus, Deal deal);

/* Writes a system register; the program ends if that is refused. */
void machine_write(Vgic *gic, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                   uint64_t value);
/* The same of the Distributor's register at @p offset. */
void machine_gicd_write(Vgic *gic, uint32_t offset, uint32_t size, uint64_t value);

/* The INTID of SPI number 0 to MACHINE_SPIS - 1, extended SPIs after the others. */
uint32_t machine_intid(uint32_t spi);

/* The priority (0 to 31) of SPI number @p spi: the same in the machine and the yardstick. */
uint32_t machine_priority(uint32_t spi);

/* SPI number @p i of those dealt to @p cpu, in scattered order; i below machine_dealt(). */
uint32_t machine_scattered(Deal deal, uint32_t cpu, uint32_t i);
uint32_t machine_dealt(Deal deal);

/* The yardstick with the same priorities. */
LimitCpu *machine_limit(void);

_Noreturn void machine_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
