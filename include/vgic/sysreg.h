/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System registers of the CPU interface: what the MRS and MSR, MRC, MCR and MCRR instructions of a
 * PE do.
 *
 * The library does the checks that belong to the GIC, in the architecture's order: presence and
 * direction; at EL1 nested virtualization (HCR_EL2.NV, NV2), fine-grained traps (HFGRTR_EL2,
 * HFGWTR_EL2), ICH_HCR_EL2 and ICC_SRE_EL2 traps, the choice between ICC and ICV registers
 * (HCR_EL2.IMO, FMO); then SCR_EL3 and ICC_SRE_EL3 traps. A host whose decoder does some of them
 * itself leaves the register that asks for them 0 in VgicCpuState. Traps of all system registers
 * (HSTR_EL2, HCR_EL2.TIDCP) are the host's.
 *
 * An access that traps is a trapped MSR, MRS or system instruction (EC 0x18) from AArch64, a
 * trapped MCR or MRC (EC 0x03) or MCRR (EC 0x04) from AArch32; the syndrome says nothing that is
 * not in the instruction.
 *
 * Thread-safety: accesses of different PEs run in parallel and never wait for each other unless
 * they touch the same interrupt; accesses of one PE may come from any thread.
 */
#ifndef VGIC_SYSREG_H
#define VGIC_SYSREG_H

#include <vgic/frame.h>
#include <vgic/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Encoding of an AArch64 system register: [15:14] op0, [13:11] op1, [10:7] CRn, [6:3] CRm, [2:0]
 * op2, as Linux's KVM has it. */
#define VGIC_SYSREG(op0, op1, crn, crm, op2)                                                       \
    ((uint32_t)(op0) << 14 | (uint32_t)(op1) << 11 | (uint32_t)(crn) << 7 | (uint32_t)(crm) << 3 | \
     (uint32_t)(op2))

/** Encoding of an AArch32 register accessed by MRC and MCR with coprocessor 15. */
#define VGIC_CP15(opc1, crn, crm, opc2) (1u << 16 | VGIC_SYSREG(0, opc1, crn, crm, opc2))

/** Encoding of an AArch32 register accessed by MRRC and MCRR with coprocessor 15. */
#define VGIC_CP15_64(opc1, crm) (2u << 16 | VGIC_SYSREG(0, opc1, 0, crm, 0))

/** The state of the PE that makes an access. */
typedef struct VgicCpuState {
    /** Exception level, 1 to 3. Accesses at EL0 are UNDEFINED and answered so. */
    uint8_t el;
    /** VgicSpace in which it executes; at EL3 VGIC_S or VGIC_ROOT. */
    uint8_t space;
    /** It executes in AArch32. */
    bool aarch32;
    /** It executes in AArch32 Monitor mode; then `el` is 3. */
    bool monitor;
    /** EL2 is implemented and enabled in the current Security state. Without VgicConfig.el2:
     * ignored. */
    bool el2_enabled;
    /** SCR_EL3 (SCR in AArch32): NS, IRQ and FIQ are looked at; of a GICv5 NS and NSE. Without EL3:
     * ignored. */
    uint64_t scr_el3;
    /** HCR_EL2 as it takes effect at the current EL: FMO, IMO, NV and NV2 are looked at. Without
     * EL2: ignored. */
    uint64_t hcr_el2;
    /** SCTLR_ELx of the current EL: NMI is looked at, with VgicConfig.nmi. 0 in AArch32. */
    uint64_t sctlr;
    /** HFGRTR_EL2 as it takes effect (0 where it does not): ICC_IGRPENn_EL1 is looked at, for
     * AArch64. */
    uint64_t hfgrtr_el2;
    /** HFGWTR_EL2, the same for writes. */
    uint64_t hfgwtr_el2;
    /** Room for what later releases look at: 0. */
    uint64_t reserved[1];
} VgicCpuState;

/**
 * Reads a system register as PE @p cpu in the state @p state.
 *
 * @param gic      the instance
 * @param cpu      the PE
 * @param state    its state
 * @param encoding VGIC_SYSREG, VGIC_CP15 or VGIC_CP15_64
 * @param value    set to the value; 0 unless the result is VGIC_OK
 * @return VGIC_OK, VGIC_UNDEFINED, VGIC_TRAP_EL1, VGIC_TRAP_EL2, VGIC_TRAP_EL3, VGIC_VNCR, or
 * VGIC_INVALID if there is no such PE
 */
VGIC_API VgicResult vgic_sysreg_read(Vgic *gic, uint32_t cpu, const VgicCpuState *state,
                                     uint32_t encoding, uint64_t *value);

/** Writes a system register: as vgic_sysreg_read(). lines_changed may run, for SGIs also of other
 * PEs. */
VGIC_API VgicResult vgic_sysreg_write(Vgic *gic, uint32_t cpu, const VgicCpuState *state,
                                      uint32_t encoding, uint64_t value);

/**
 * Tells what vgic_sysreg_read() or vgic_sysreg_write() would answer, without doing it; for hosts
 * whose decoder asks before it executes. Does not touch the PE's interrupts and takes no lock.
 */
VGIC_API VgicResult vgic_sysreg_check(const Vgic *gic, uint32_t cpu, const VgicCpuState *state,
                                      uint32_t encoding, bool write);

/**
 * PE @p cpu changed its exception level, Security state or SCR_EL3. Whether a Group 1 interrupt is
 * an IRQ or an FIQ follows from it. Needed only with two Security states, and for a GICv5 with EL3,
 * whose current domain it tells; cheap when nothing changed. lines_changed may run. From reset
 * until the first call a PE counts as executing at EL3 if it has one.
 */
VGIC_API void vgic_cpu_set_state(Vgic *gic, uint32_t cpu, const VgicCpuState *state);

/** One row of the system-register table. */
typedef struct VgicSysreg {
    const char *name;        /**< "ICC_PMR_EL1"; AArch32 forms "ICC_PMR" */
    uint32_t encoding;       /**< VGIC_SYSREG, VGIC_CP15 or VGIC_CP15_64 */
    uint8_t width;           /**< bits, 32 or 64 */
    uint8_t access;          /**< VGIC_READABLE, VGIC_WRITABLE */
    uint8_t min_el;          /**< the lowest EL that may access it, 1 to 3 */
    uint8_t field_count;     /**< entries in `fields` */
    const VgicField *fields; /**< fields, NULL where the register is one number */
    /**
     * The result of an access does not depend on the PE's state: vgic_sysreg_check() says VGIC_OK
     * at min_el or above, in the state (AArch64 or AArch32) that the encoding belongs to, except at
     * EL1 while el2_enabled is true.
     */
    bool stateless;
    /**
     * Nested virtualization (FEAT_NV2): where in the page of VNCR_EL2 an access at EL1 goes while
     * HCR_EL2.NV and NV2 are 1; 0: nowhere, it traps to EL2 if min_el is 2.
     */
    uint16_t vncr_offset;
} VgicSysreg;

/** Row @p index of the table of system registers that the PEs of @p gic have; NULL past the last
 * one. */
VGIC_API const VgicSysreg *vgic_sysreg_at(const Vgic *gic, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif
