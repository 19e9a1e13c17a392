/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the scenarios of a guest that is a hypervisor (L1), and of its guest (L2), share. Unless a
 * scenario says otherwise: 16 list registers, 5 priority bits; L1's own interface has EOImode 1 and
 * is in use, its ICH registers are L1_VMCR, En, and 0; its maintenance interrupt is PPI 25, which
 * is disabled.
 */
#ifndef TESTS_HYP_NESTED_H
#define TESTS_HYP_NESTED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp.h"
#include "virt.h"

enum {
    MAINTENANCE_PPI = 25,
    TIMER = 27,
    EOIMODE = 1 << 1, /**< ICC_CTLR_EL1 */
    EOICOUNT_SHIFT = 27,
    LIST_REGISTERS = 16,
    FEW_SPIS = 64,
    MANY_SPIS = 576, /**< up to INTID 607 */
};

#define L1_VMCR                                                                                    \
    ((uint64_t)0xF8 << VPMR_SHIFT | 2 << VBPR0_SHIFT | 3 << VBPR1_SHIFT | VFIQEN | VENG1)
#define LR_PINTID ((uint64_t)0x1FFF << 32)

/** Where L1's ICH registers are: behind traps, or in memory. */
extern bool trapped, in_memory;

/** A test with each of them as its state. */
#define BOTH(test)                                                                                 \
    {#test, test, NULL, NULL, &trapped},                                                           \
    {                                                                                              \
#test "_memory", test, NULL, NULL, &in_memory                                              \
    }

/** @p traps: VgicHypHost.traps. vCPUs are in L1. */
Vm *nested_vm(uint32_t cpus, uint32_t spis, uint64_t traps, bool memory);

/** The same with one vCPU, as BOTH() says. */
Vm *one_nested_vcpu(void **state);

/* L1's list registers, of vCPU 0; "behind the engine's back" while L2 is loaded. */
uint64_t l1_lr(Vm *vm, unsigned n);
void set_l1_lr(Vm *vm, unsigned n, uint64_t value);
/** Group 1, HW = 0. */
uint64_t pending_lr(uint8_t priority, uint32_t vintid);
unsigned l1_eoi_count(Vm *vm);

/** The level of its maintenance interrupt. */
bool l1_mi(Vm *vm);

/** It writes an ISACTIVER register, on @p cpu. */
void l1_makes_active(Vm *vm, uint32_t cpu, uint32_t intid);

/** It acknowledges an interrupt of its own, and drops the priority. */
void l1_takes(Vm *vm, uint32_t intid);

/** L2 is entered on vCPU 0, with nothing for L1 to take; or L1 is. */
void enter_l2(Vm *vm);
void enter_l1(Vm *vm);

/** L2 on vCPU 0 takes this interrupt of Group 1, and ends it. */
void l2_acks(Vm *vm, uint32_t intid);
void l2_ends(Vm *vm, uint32_t intid);

/* The physical CPU of vCPU 0, and its GIC. */
uint64_t hw_lr(Vm *vm, unsigned n);
void assert_hardware_is_empty(Vm *vm);
void make_physical_active(Vm *vm, uint32_t intid);
bool physical_is_active(Vm *vm, uint32_t intid);

/** L1's level interrupt @p intid stands for the physical one of the same number, which fires. */
void fire_mapped(Vm *vm, uint32_t intid);

/** L2 ends L1's timer, which is active, by a list register with HW: once, in hardware and in the
 * model. */
void l2_ends_the_timer(Vm *vm);

#endif
