/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of hyp-referee share. */
#ifndef TESTS_HYP_REFEREE_SCENARIOS_H
#define TESTS_HYP_REFEREE_SCENARIOS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "its.h"
#include "referee.h"
#include "virt.h"

enum {
    EOIMODE = 1 << 1, /* ICC_CTLR_EL1.EOImode */
    ENABLES = ICH_UIE | ICH_NPIE | ICH_LRENPIE,
};
#define EOICOUNT (31ull << 27)

/** Where random numbers begin, and how many steps they lead. */
extern uint64_t referee_seed;
extern unsigned referee_steps;

int referee_run_sources(void);
void random_guests_see_what_they_see_without_list_registers(void **state);

/** A VM of one vCPU on the referee, as scenarios begin: VPMR 0xF8, the least binary points, Group 1
 * enabled and Group 0 not, not in its guest. */
Vm *begin_as(const VgicConfig *config, unsigned list_registers, bool eoimode);
Vm *begin(unsigned list_registers, bool eoimode);
/** One in which maintenance interrupts are looked at and not taken. */
Vm *begin_off(unsigned list_registers, bool eoimode);

/** Configures, in Group 1. */
void edge(Vm *vm, uint32_t intid, uint8_t priority);
void level(Vm *vm, uint32_t intid, uint8_t priority);
/** Several, from @p first on, with these priorities. */
void edges(Vm *vm, uint32_t first, const uint8_t *priorities, unsigned count);
#define EDGES(vm, first, ...)                                                                      \
    edges(vm, first, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/** Exit, edges of a list that ends with 0, together, and entry. */
void inject(Vm *vm, const uint32_t *intids);
#define INJECT(vm, ...) inject(vm, (const uint32_t[]){__VA_ARGS__, 0})

/** IAR1 says so; it says 1023; EOIR1; DIR. */
void taken(Vm *vm, uint32_t intid);
void nothing(Vm *vm);
void end(Vm *vm, uint32_t intid);
void deactivate(Vm *vm, uint32_t intid);

/** Injected and taken one after the other, each preempts the one before; exit and entry. */
void nest(Vm *vm, const uint32_t *intids);
#define NEST(vm, ...) nest(vm, (const uint32_t[]){__VA_ARGS__, 0})
/** EOIR1 of each. */
void drop(Vm *vm, const uint32_t *intids);
#define DROP(vm, ...) drop(vm, (const uint32_t[]){__VA_ARGS__, 0})

/** The guest goes on although a kick or a maintenance interrupt is on its way. */
uint64_t quick(Vm *vm, uint32_t encoding, bool write, uint64_t value);

/** What list registers hold, in the order of INTIDs: "40P 41A+EOI 42AP 43P+HW"; one that tells of
 * the end of a level is "44-+EOI". */
void expect_lrs(Vm *vm, const char *want);
/** Bits of ICH_HCR_EL2. */
void expect_hcr(Vm *vm, uint64_t mask, uint64_t want);
void expect_misr(Vm *vm, uint64_t want);
/** EOIcount, and ICH_AP1R0_EL2. */
void expect_count(Vm *vm, uint64_t count, uint64_t ap1);
#define AP(priority) (1u << (priority) / 8)
/** The guest's interrupt. */
void expect_state(Vm *vm, uint32_t intid, bool active, bool pending);
void expect_idle(Vm *vm, uint32_t first, uint32_t last);
/** How many were told since vm_forget(). */
void expect_ended(Vm *vm, unsigned count);
void expect_deactivated(Vm *vm, unsigned count);

#endif
