/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second backend, as small as one can be: each PE has one list register, which is filled on entry
 * and folded back on exit. It keeps the backend interface honest and shows what a backend that does
 * not present by lines needs of the core.
 */
#ifndef VGIC_TESTS_SLOT_BACKEND_H
#define VGIC_TESTS_SLOT_BACKEND_H

#include <vgic/vgic.h>

typedef enum SlotState {
    SLOT_INVALID,
    SLOT_PENDING,
    SLOT_ACTIVE,
} SlotState;

typedef struct Slot {
    SlotState state;
    uint32_t intid;
} Slot;

typedef struct SlotMachine {
    Slot slots[4]; /* one list register a PE */
    int kicks[4];  /* how often a PE was told that something waits for it */
    int recalls;
    int drives;
    bool keep_wires; /* the backend deals with wires itself */
    bool fail_start;
    bool stopped;
} SlotMachine;

/** A GIC on this backend; @p machine is its data. */
Vgic *slot_gic_new(SlotMachine *machine, const VgicConfig *config, const VgicHost *host,
                   VgicError **error);

/** Before guest entry: the best interrupt goes into the list register of @p cpu, if that is free.
 */
void slot_enter(Vgic *gic, uint32_t cpu);

/** What the guest does: acknowledge (1023 if the list register is not pending), and end. */
uint32_t slot_acknowledge(Vgic *gic, uint32_t cpu);
void slot_end(Vgic *gic, uint32_t cpu);

/** After guest exit: folds the list register back. */
void slot_exit(Vgic *gic, uint32_t cpu);

#endif
