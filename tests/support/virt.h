/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual CPU interface of PE 0: what a hypervisor at EL2 does to it, and what its guest does
 * at EL1 behind HCR_EL2.IMO and FMO.
 */
#ifndef TESTS_SUPPORT_VIRT_H
#define TESTS_SUPPORT_VIRT_H

#include "guest.h"

/** ICH_HCR_EL2 */
enum {
    ICH_EN = 1 << 0,
    ICH_UIE = 1 << 1,
    ICH_LRENPIE = 1 << 2,
    ICH_NPIE = 1 << 3,
    ICH_VGRP0EIE = 1 << 4,
    ICH_VGRP0DIE = 1 << 5,
    ICH_VGRP1EIE = 1 << 6,
    ICH_VGRP1DIE = 1 << 7,
    ICH_TC = 1 << 10,
    ICH_TALL0 = 1 << 11,
    ICH_TALL1 = 1 << 12,
    ICH_TSEI = 1 << 13,
    ICH_TDIR = 1 << 14,
    ICH_DVIM = 1 << 15,
};

/** ICH_MISR_EL2 */
enum {
    MISR_EOI = 1 << 0,
    MISR_U = 1 << 1,
    MISR_LRENP = 1 << 2,
    MISR_NP = 1 << 3,
    MISR_VGRP0E = 1 << 4,
    MISR_VGRP0D = 1 << 5,
    MISR_VGRP1E = 1 << 6,
    MISR_VGRP1D = 1 << 7,
};

/** ICH_VMCR_EL2 */
enum {
    VENG0 = 1 << 0,
    VENG1 = 1 << 1,
    VACKCTL = 1 << 2,
    VFIQEN = 1 << 3,
    VCBPR = 1 << 4,
    VEOIM = 1 << 9,
    VBPR1_SHIFT = 18,
    VBPR0_SHIFT = 21,
    VPMR_SHIFT = 24,
};

/** ICH_LR<n>_EL2.State */
typedef enum LrState {
    LR_INVALID = 0,
    LR_PENDING = 1,
    LR_ACTIVE = 2,
    LR_BOTH = 3
} LrState;
#define LR_EOI (1ull << 41)
#define LR_NMI (1ull << 59)
#define LR_GROUP1 (1ull << 60)
#define LR_HW (1ull << 61)

/** Its guest at EL1, with IMO and FMO; the same in AArch32. */
extern const VgicCpuState vm_el1, vm_svc32;

/** A list register, HW = 0, without a request for maintenance at EOI. */
uint64_t list_register(LrState state, int group, uint8_t priority, uint32_t vintid);

/** The same with HW = 1. */
uint64_t hw_list_register(LrState state, int group, uint8_t priority, uint32_t vintid,
                          uint32_t pintid);

static inline LrState lr_state(uint64_t lr)
{
    return (LrState)(lr >> 62);
}

/* ICH registers, at EL2. */
uint64_t ich(Machine *m, uint32_t reg);
void set_ich(Machine *m, uint32_t reg, uint64_t value);

/** State of list register @p n. */
LrState state_of_lr(Machine *m, unsigned n);

/** ICH_HCR_EL2.EOIcount */
unsigned eoi_count(Machine *m);

/* The guest's registers. */
uint64_t icv(Machine *m, uint32_t reg);
void set_icv(Machine *m, uint32_t reg, uint64_t value);
uint32_t viar(Machine *m, int group);
uint32_t vhppir(Machine *m, int group);
void veoir(Machine *m, int group, uint32_t vintid);
void vdir(Machine *m, uint32_t vintid);
/** Running priority, without the bits that tell of NMIs. */
uint8_t vrpr(Machine *m);

/** VGIC_LINE_VIRQ, VFIQ and VNMI of PE 0. */
uint32_t vlines(const Machine *m);

/** VGIC_LINE_MAINTENANCE of PE 0. */
bool maintenance(const Machine *m);

unsigned list_registers(const Machine *m);
unsigned vpriority_bits(const Machine *m);
unsigned vpreemption_bits(const Machine *m);
/** A priority as a list register keeps it. */
uint8_t vpriority(const Machine *m, uint32_t priority);
/** Minimum of VBPR0; that of VBPR1 is one more. */
unsigned minimum_vbpr(const Machine *m);

/**
 * All list registers and active priorities empty; ICH_VMCR_EL2 with both groups enabled, VPMR at
 * its maximum, the least binary points, and @p vmcr; ICH_HCR_EL2 is En and @p hcr.
 */
void start_vm(Machine *m, uint32_t hcr, uint32_t vmcr);

/** A machine with one PE and this virtual CPU interface. */
Machine *machine_with_ich(VgicIchOptions options);

#endif
