/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the scenarios of list registers share: a VM as all of them begin with, an interface that
 * checks what every entry and exit must keep, and what a scenario says of list registers.
 *
 * Unless a scenario says otherwise: 5 priority and preemption bits, the least binary points, VPMR
 * 0xF8, Group 1 enabled and Group 0 not, EOImode 0, nobody in its guest.
 */
#ifndef TESTS_HYP_SCENARIO_H
#define TESTS_HYP_SCENARIO_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hyp.h"
#include "its.h"
#include "virt.h"

enum {
    SPURIOUS = VGIC_INTID_SPURIOUS,
    TIMER = 27, /**< a PPI */
    HCR_ENABLES = ICH_UIE | ICH_NPIE | ICH_LRENPIE,
};

typedef struct Setup {
    uint32_t cpus; /**< 0: 1 */
    unsigned list_registers;
    bool eoimode;           /**< EOImode 1 */
    bool maintenance_off;   /**< Vm.maintenance_off */
    bool lpis, nmi;         /**< of the VM; nmi: and of the interface, SCTLR_EL1.NMI is set */
    bool its;               /**< an ITS, with lpis */
    unsigned priority_bits; /**< 0: 5; preemption bits: 7 at most */
} Setup;

#define SETUP(...)                                                                                 \
    (Setup)                                                                                        \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/** What the interface saw. */
typedef struct Watch {
    Interface inner;
    VgicCpuState guest;
    uint32_t cpus;
    unsigned list_registers, priority_bits;
    bool entered[VM_MAX_CPUS]; /**< list registers are in use */
    unsigned flushes[VM_MAX_CPUS], syncs[VM_MAX_CPUS];
    uint64_t hcr_seen[VM_MAX_CPUS]; /**< all that was ever in ICH_HCR_EL2 at an entry, ORed */
    bool has_priorities[VM_MAX_CPUS];
    uint64_t priorities[VM_MAX_CPUS][8]; /**< at the exit before */
} Watch;

Vm *scenario(Setup setup);
Watch *watch_of(Vm *vm);

/** Configures: edge-triggered, to vCPU 0, Group 1. */
void edge(Vm *vm, uint32_t intid, uint8_t priority);
/** The same of level-sensitive ones. */
void level(Vm *vm, uint32_t intid, uint8_t priority);

/** Exit if it runs, makes @p intid pending by an edge, entry. */
void inject(Vm *vm, uint32_t cpu, uint32_t intid);
/** IAR1 returns @p intid; IAR1 is 1023; EOIR1. */
void acks(Vm *vm, uint32_t cpu, uint32_t intid);
void nothing(Vm *vm, uint32_t cpu);
void ends(Vm *vm, uint32_t cpu, uint32_t intid);
/** For each of a list that ends with 0: inject and ack; then exit and entry. */
void nest(Vm *vm, uint32_t cpu, const uint32_t *intids);
#define NEST(vm, cpu, ...) nest(vm, cpu, (const uint32_t[]){__VA_ARGS__, 0})

/** What a guest does that runs on although a kick is on its way. */
uint32_t quick_iar(Vm *vm, uint32_t cpu);
void quick_end(Vm *vm, uint32_t cpu, uint32_t intid);

/** ICH registers, behind the back of the checks: hardware does that. */
void mock_ich(Vm *vm, uint32_t cpu, uint32_t encoding, uint64_t value);

/** Expects exactly these valid list registers, in the order of their INTIDs, as in "40P 41A+EOI
 * 42AP 43P+HW43 44P+NMI"; "" for none. */
void expect_lrs(Vm *vm, uint32_t cpu, const char *want);
/** Expects exactly these of UIE, NPIE and LRENPIE. */
void expect_enables(Vm *vm, uint32_t cpu, uint64_t want);
bool traps_dir(Vm *vm, uint32_t cpu);
void expect_misr(Vm *vm, uint32_t cpu, uint64_t want);
unsigned eoi_count_of(Vm *vm, uint32_t cpu);
/** ICH_AP1R0_EL2 */
uint64_t ap1(Vm *vm, uint32_t cpu);
#define AP(priority) (1ull << ((priority) >> 3))

/** Expects what is the truth of @p intid in software; no vCPU was stopped for it if that is in no
 * list register. */
void expect_state(Vm *vm, uint32_t cpu, uint32_t intid, bool active, bool pending);

/** Expects @p count notifications since vm_forget(), all of @p intid on @p cpu. */
void expect_ended(Vm *vm, unsigned count, uint32_t cpu, uint32_t intid);
/** Expects @p count physical deactivations since vm_forget(), all of @p pintid. */
void expect_deactivated(Vm *vm, unsigned count, uint32_t pintid);

/** The physical interrupt of a mapped PPI fires. */
void fire(Vm *vm, uint32_t intid);
/** Configures a PPI of vCPU 0 that stands for the physical one of the same number. */
void mapped_level(Vm *vm, uint32_t intid, uint8_t priority, VgicHypMapping mapping);

/** A bit of a register with one for each SPI, as the guest on @p cpu reads it. */
bool shared_bit(Vm *vm, uint32_t cpu, uint32_t offset, uint32_t intid);

/** An LPI's byte in memory; makes it pending at vCPU 0, without any vCPU's doing. */
void lpi(Vm *vm, uint32_t intid, uint8_t priority);
void set_lpi(Vm *vm, uint32_t intid);

#endif
