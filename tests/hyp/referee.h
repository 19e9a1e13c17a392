/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual CPU interface of a CPU of QEMU, its own GIC's, as an Interface: one that libvgic did
 * not write. QEMU runs tests/guest/hyp-monitor.c and is the program's child.
 */
#ifndef TESTS_HYP_REFEREE_H
#define TESTS_HYP_REFEREE_H

#include "hyp.h"

/** Starts QEMU with these words; its standard input and output are the channel. Ends the program
 * with a sentence if it does not work, then or later. */
void referee_start(char **words);

/** Ends QEMU. @return false if it did not end on its own account, and well */
bool referee_end(void);

/** How many commands it was given. */
unsigned long referee_commands(void);

/**
 * The interface of the one CPU, everything reset, the physical GIC too; only the first
 * @p list_registers are shown. One at a time.
 */
Interface referee_interface(uint32_t list_registers);

/** How many list registers there are. */
uint32_t referee_list_registers(void);

/* The physical side, at EL2. */
uint64_t referee_read(uint32_t encoding);
void referee_write(uint32_t encoding, uint64_t value);
uint32_t referee_load(uint32_t address);
void referee_store(uint32_t address, uint32_t value);

/** The next physical interrupt that fired (acknowledged, priority dropped, active), or 1023. */
uint32_t referee_fired(void);

/** QEMU's virt machine */
enum {
    REFEREE_GICD = 0x08000000,
    REFEREE_GICR = 0x080A0000,
};

/** Of physical interrupt @p intid. */
bool referee_is_active(uint32_t intid);
bool referee_is_pending(uint32_t intid);
void referee_set_active(uint32_t intid, bool active);
void referee_enable(uint32_t intid);

#endif
