/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual CPU interface [8]: what a hypervisor at EL2 sees of it (ICH, v3/ich.c) and what its
 * guest at EL1 sees (ICV, v3/icv.c), who thinks that it is the CPU interface.
 *
 * Virtual Group 0 is VGIC_G0 and virtual Group 1 is VGIC_G1NS of the bank. Whoever changes anything
 * that the lines may depend on calls vgic_ich_refresh() before it lets go of the PE's lock.
 */
#ifndef VGIC_V3_ICH_H
#define VGIC_V3_ICH_H

#include "defs/ich.h"
#include "v3/icc.h"

/*
 * The order of list registers that may be presented: the key of a pending queue, then the number of
 * the register; the least comes first.
 */
enum {
    VGIC_RANK_NUMBER_BITS = 4,
    VGIC_RANK_NONE = INT16_MAX,
};

static_assert(VGIC_MAX_LIST_REGISTERS <= 1 << VGIC_RANK_NUMBER_BITS &&
                  sizeof(((VgicIch *)0)->rank) == 32,
              "the ranks are compared side by side");

static inline unsigned vgic_ich_group(uint64_t lr)
{
    return VGIC_GET(lr, ich_lr, Group) ? VGIC_G1NS : VGIC_G0;
}

/** NMI means something in Group 1 only. */
static inline bool vgic_ich_is_nmi(uint64_t lr)
{
    return VGIC_GET(lr, ich_lr, NMI) && VGIC_GET(lr, ich_lr, Group);
}

/** The priority that counts [9.5]. */
static inline uint8_t vgic_ich_priority(uint64_t lr)
{
    return vgic_ich_is_nmi(lr) ? 0 : (uint8_t)VGIC_GET(lr, ich_lr, Priority);
}

/** Does it only tell of an end any more: a bit of ICH_EISR_EL2? */
static inline bool vgic_ich_is_ended(uint64_t lr)
{
    return !VGIC_GET(lr, ich_lr, State) && !VGIC_GET(lr, ich_lr, HW) && VGIC_GET(lr, ich_lr, EOI);
}

/** What is constant in ICV_CTLR_EL1. */
static inline uint64_t vgic_icv_ctlr_constants(uint64_t vtr)
{
    return VGIC_PUT(icc_ctlr_el1, PRIbits, VGIC_GET(vtr, ich_vtr, PRIbits)) |
           VGIC_PUT(icc_ctlr_el1, IDbits, VGIC_GET(vtr, ich_vtr, IDbits)) |
           VGIC_PUT(icc_ctlr_el1, SEIS, VGIC_GET(vtr, ich_vtr, SEIS)) |
           VGIC_PUT(icc_ctlr_el1, A3V, VGIC_GET(vtr, ich_vtr, A3V));
}

/** May the interrupt in @p lr be signalled: the virtual interface is on, it passes VPMR, and
 * preempts what runs? */
bool vgic_ich_signals(const VgicIch *ich, uint64_t lr);

/** The bits of list registers that exist; what is kept of pINTID depends on HW [8.4]. */
static inline uint64_t vgic_ich_lr_bits(const Vgic *gic, uint64_t lr)
{
    uint64_t bits = gic->ich.lr_bits;

    return VGIC_GET(lr, ich_lr, HW) ? bits
                                    : (bits & ~VGIC_MASK(ich_lr, pINTID)) | VGIC_MASK(ich_lr, EOI);
}

/** The group of the bank that the row is about. */
static inline unsigned vgic_ich_row_group(const VgicAccess *access)
{
    return access->sysreg->group == 0 ? VGIC_G0 : VGIC_G1NS;
}

/** Fills in VgicIchConstants and the banks of all PEs. */
void vgic_ich_init(Vgic *gic, const VgicConfig *config);

/** Sets the reset values; the lock is held. */
void vgic_ich_reset(VgicCpu *cpu);

/** Stores a list register, cut to the bits that exist, and what follows from it alone. */
void vgic_ich_set_lr(VgicCpu *cpu, unsigned n, uint64_t value);

/** ICH_VMCR_EL2 as the registers say that a guest has as ICV, or would have; and the other way
 * round, but for the group enables. */
uint64_t vgic_vmcr_of(const VgicBank *bank, const VgicShared8 *igrpen, const VgicShared8 *eoimode);
void vgic_vmcr_to(VgicBank *bank, VgicShared8 *eoimode, uint64_t value);

/** ICH_VMCR_EL2 is the same state as the guest's ICV registers. */
uint64_t vgic_ich_vmcr(const VgicIch *ich);
void vgic_ich_set_vmcr(VgicIch *ich, uint64_t value);

/** A group enable of the guest. */
void vgic_ich_set_igrpen(VgicIch *ich, unsigned group, bool on);

/** Counts a deactivation of what no list register holds: ICH_HCR_EL2.EOIcount. */
void vgic_ich_count_eoi(VgicIch *ich);

uint64_t vgic_ich_misr(const VgicIch *ich);

/** Recomputes the lines, and drives the PPI that the maintenance interrupt is
 * wired to. The lock is held; presenting it to the host is the caller's. */
void vgic_ich_refresh(VgicCpu *cpu);

/** The same, presented; the lock is released. */
static inline void vgic_ich_present_unlock(VgicCpu *cpu)
{
    vgic_ich_refresh(cpu);
    vgic_cpu_present_unlock(cpu);
}

/** Aborts if something derived is wrong; for debug builds. */
void vgic_ich_check(const VgicCpu *cpu);

/* The guest's view: `group` of the row is 0 or 1. */
uint64_t vgic_icv_iar_read(VgicAccess *access);
uint64_t vgic_icv_nmiar1_read(VgicAccess *access);
uint64_t vgic_icv_hppir_read(VgicAccess *access);
uint64_t vgic_icv_rpr_read(VgicAccess *access);
uint64_t vgic_icv_pmr_read(VgicAccess *access);
uint64_t vgic_icv_bpr0_read(VgicAccess *access);
uint64_t vgic_icv_bpr1_read(VgicAccess *access);
uint64_t vgic_icv_ctlr_read(VgicAccess *access);
uint64_t vgic_icv_igrpen_read(VgicAccess *access);
uint64_t vgic_icv_ap_read(VgicAccess *access);
void vgic_icv_eoir_write(VgicAccess *access, uint64_t value);
void vgic_icv_dir_write(VgicAccess *access, uint64_t value);
void vgic_icv_pmr_write(VgicAccess *access, uint64_t value);
void vgic_icv_bpr0_write(VgicAccess *access, uint64_t value);
void vgic_icv_bpr1_write(VgicAccess *access, uint64_t value);
void vgic_icv_ctlr_write(VgicAccess *access, uint64_t value);
void vgic_icv_igrpen_write(VgicAccess *access, uint64_t value);
void vgic_icv_ap_write(VgicAccess *access, uint64_t value);

/* The table of ICH registers. */
extern const VgicSysregRow vgic_ich_rows[];
extern const uint32_t vgic_ich_row_count;

#endif
