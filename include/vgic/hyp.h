/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Backend hyp: a guest's GICv3 on the list registers of a virtual CPU interface, for hypervisors
 * and VMMs that own one (hardware, a simulation, another process). The guest acknowledges, ends and
 * masks its interrupts there on its own; the library chooses what is in the list registers before
 * it runs, and takes over what it did afterwards. Distributor, Redistributors, ITSs, wires and
 * saved state are those of every other instance.
 *
 * A vCPU is a PE of the instance. Its thread does, on the physical CPU where the vCPU runs:
 *
 *     vgic_hyp_load(gic, cpu, VGIC_HYP_GUEST);
 *     while (running) {
 *         if (vgic_hyp_flush(gic, cpu) == VGIC_HYP_ENTER) {
 *             enter_guest();                                  // until it exits
 *         }
 *         vgic_hyp_sync(gic, cpu);
 *         handle_exit();                                      // MMIO: vgic_frame_read(), ...
 *     }
 *     vgic_hyp_put(gic, cpu);
 *
 * A maintenance interrupt asks for nothing but that exit. System registers of the GIC that trap go
 * to vgic_hyp_trap(). vgic_sysreg_read() and its like are for vCPUs that are put: the registers of
 * a loaded one are in hardware.
 *
 * Lines of a vCPU (vgic_cpu_lines(), VgicHost.lines_changed): whenever VGIC_LINE_KICK rises, the
 * vCPU must exit. VGIC_LINE_IRQ, VGIC_LINE_NMI and VGIC_LINE_FIQ are those of a vCPU that is not in
 * its guest and has an interrupt to take, for one that waits for it (WFI): call vgic_hyp_put()
 * before it blocks, because the active priorities of a loaded one are in hardware. If it is L2 that
 * waits, the virtual lines VGIC_LINE_VIRQ, VGIC_LINE_VNMI and VGIC_LINE_VFIQ, which are shown while
 * the vCPU is put, wake it, too. vgic_hyp_flush() lets lines fall without a call of lines_changed.
 *
 * Nested guests: the guest is a hypervisor itself (L1) if the GIC has EL2 (VgicConfig.el2): its
 * ICH registers are those of the instance, which vgic_hyp_trap() accesses, or memory
 * (vgic_hyp_set_vncr()). Its guest (L2) is loaded with VGIC_HYP_NESTED: then L1's list registers
 * are put into the hardware ones, and what L2 does to them is brought back at every exit, L1's
 * maintenance interrupt included. The host raises VgicConfig.maintenance_intid's PPI for nobody:
 * the library does.
 *
 * Thread-safety: load, flush, sync, put, trap and set_vncr of a vCPU are called by one thread at a
 * time, its own, and call VgicHypHost.read and write of that vCPU; vCPUs run in parallel. A thread
 * that is between flush and sync of a vCPU calls nothing else of the library for that instance but
 * vgic_hyp_trap(), vgic_cpu_lines(), and wires. deactivate, level and ended of VgicHypHost run in
 * whatever thread ended an interrupt.
 */
#ifndef VGIC_HYP_H
#define VGIC_HYP_H

#include <vgic/gic.h>
#include <vgic/sysreg.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What reaches the virtual CPU interface, and the physical interrupts behind it; every member gets
 * the `machine` pointer that was given to vgic_hyp_new(). Make it with VGIC_HYP_HOST_INIT, or set
 * `size` by hand.
 */
typedef struct VgicHypHost {
    /** sizeof(VgicHypHost) of the caller. */
    size_t size;
    /**
     * Reads a register of the virtual CPU interface of the physical CPU on which vCPU @p cpu is
     * loaded. @p encoding names it as in registers.h: ICH_VTR_EL2 (once, in vgic_hyp_new(), for
     * vCPU 0), ICH_HCR_EL2, ICH_VMCR_EL2, ICH_ELRSR_EL2, ICH_LR_EL2(n), ICH_AP0R<n>_EL2,
     * ICH_AP1R<n>_EL2. Mandatory.
     */
    uint64_t (*read)(void *machine, uint32_t cpu, uint32_t encoding);
    /** Writes one of those that can be written. Mandatory. */
    void (*write)(void *machine, uint32_t cpu, uint32_t encoding, uint64_t value);
    /**
     * The calling thread is about to look at or change an interrupt that is in a list register of
     * vCPU @p cpu. That vCPU was kicked (VGIC_LINE_KICK), and the thread waits until it
     * synchronised: this is called over and over meanwhile. A host with one thread calls
     * vgic_hyp_sync() for the vCPU; others may sleep a little. Must not call vgic_hyp_flush().
     * NULL: the thread yields its processor. Mandatory with VgicConfig.single_threaded.
     */
    void (*stop)(void *machine, uint32_t cpu);
    /** Ends the active state of physical interrupt @p pintid (vgic_hyp_map()), which vCPU @p cpu
     * had, or whose virtual one it ended: of an SPI it may be any vCPU, and it may run elsewhere
     * now. Mandatory for vgic_hyp_map(). */
    void (*deactivate)(void *machine, uint32_t cpu, uint32_t pintid);
    /** The level of physical interrupt @p pintid now. Mandatory for vgic_hyp_map(). */
    bool (*level)(void *machine, uint32_t cpu, uint32_t pintid);
    /**
     * The guest on vCPU @p cpu ended level-sensitive SPI @p intid: who drives its wire may look
     * whether it is to stay high (as irqfd's resampling does). Optional.
     */
    void (*ended)(void *machine, uint32_t cpu, uint32_t intid);
    /** Bits of ICH_HCR_EL2 that are set whenever a guest runs: TC, TALL0, TALL1, TDIR, for
     * interfaces whose errata demand it. 0: none. */
    uint64_t traps;
    /** Room for the 32-bit words of a GICv2's GICH frame: NULL. */
    void *reserved[4];
} VgicHypHost;

/** A table with the members that follow, and defaults for all others (C only). */
#define VGIC_HYP_HOST_INIT(...)                                                                    \
    {                                                                                              \
        .size = sizeof(VgicHypHost), __VA_ARGS__                                                   \
    }

/**
 * Creates a GIC whose PEs are vCPUs on list registers, in its cold reset state.
 *
 * Limits: VGIC_V3 with one Security state and no EL3; INTIDs that the interface has
 * (ICH_VTR_EL2.IDbits, for VgicConfig.lpi_bits and ich_options.intid_bits); VgicConfig.nmi, espis
 * and eppis only where the interface has FEAT_GICv3_NMI and the extended ranges, which ICH_VTR_EL2
 * does not tell; VgicConfig.priority_bits must be those of the interface (ICH_VTR_EL2.PRIbits + 1),
 * and its preemption bits the smaller of those and 7; with VgicConfig.el2, ich_options must not
 * promise L1 more list registers than there are, nor other priority bits.
 *
 * @param config,host,machine,error  as those of vgic_new(); machine also goes to @p hyp
 * @param hyp    copied
 * @return the instance, to be freed with vgic_free() once every vCPU was put; NULL on an error
 * (VGIC_ERROR_CONFIG, _HOST, _UNSUPPORTED, _MEMORY)
 */
VGIC_API Vgic *vgic_hyp_new(const VgicConfig *config, const VgicHost *host, const VgicHypHost *hyp,
                            void *machine, VgicError **error);

/** Whose interrupts are in the list registers. */
typedef enum VgicHypContext {
    /** A guest's, from the instance's own interrupts; also of an L1 hypervisor itself, and of its
     * guest while L1's HCR_EL2.IMO and FMO are 0. */
    VGIC_HYP_GUEST = 0,
    /** The guest's of an L1 hypervisor (L2), with HCR_EL2.IMO or FMO set: from L1's ICH registers.
     */
    VGIC_HYP_NESTED = 1,
} VgicHypContext;

/**
 * Makes vCPU @p cpu resident on the physical CPU that runs the caller: its VMCR and active
 * priorities go to hardware, whose list registers must be 0. A loaded vCPU is put first.
 *
 * @return false if there is no such vCPU, the instance is on another backend, or @p context is
 * VGIC_HYP_NESTED without VgicConfig.el2 (host_error says so)
 */
VGIC_API bool vgic_hyp_load(Vgic *gic, uint32_t cpu, VgicHypContext context);

/** Takes vCPU @p cpu off its physical CPU: all of its state is in the instance then, and the
 * hardware's list registers and ICH_HCR_EL2 are 0. Synchronises first if need be; does nothing if
 * it is not loaded. */
VGIC_API void vgic_hyp_put(Vgic *gic, uint32_t cpu);

/** What vgic_hyp_flush() says. */
typedef enum VgicHypEntry {
    /** The list registers are filled: enter the guest. */
    VGIC_HYP_ENTER = 0,
    /** VGIC_HYP_NESTED only: L1 has an interrupt to take. Do not enter L2: put it, raise the
     * exception at L1's EL2 (IRQ, NMI or FIQ, as vgic_cpu_lines() says), and load L1. */
    VGIC_HYP_SWITCH = 1,
    /** The vCPU is not loaded (host_error says so). */
    VGIC_HYP_NOT_LOADED = 2,
} VgicHypEntry;

/**
 * Fills the list registers of vCPU @p cpu, before its guest is entered; to be called with
 * interrupts off, or followed by a look at VGIC_LINE_KICK once they are. Nothing to do costs a few
 * instructions; many pending interrupts cost no more than few.
 */
VGIC_API VgicHypEntry vgic_hyp_flush(Vgic *gic, uint32_t cpu);

/** Takes over what the guest of vCPU @p cpu did, after it exited, or did not enter after all; does
 * nothing if it is not loaded. Mandatory after each exit, before anything else but vgic_hyp_trap()
 * is asked of the instance. lines_changed and the members of VgicHypHost may be called. */
VGIC_API void vgic_hyp_sync(Vgic *gic, uint32_t cpu);

/**
 * Handles an access of the guest on vCPU @p cpu to a system register of the GIC that trapped
 * (ICH_HCR_EL2.TDIR, TC, TALL0, TALL1; ICC_SGI1R, ASGI1R, SGI0R always do under HCR_EL2.IMO or FMO;
 * L1's ICH registers), before or after vgic_hyp_sync(). A deactivation that finds its interrupt in
 * a list register and an SGI leave the list registers in place: the guest may be entered again
 * after vgic_hyp_flush(), which then does nothing; all others synchronise first.
 *
 * @param gic      the instance
 * @param cpu      the vCPU
 * @param state    the state of the guest, as for vgic_sysreg_read(): hcr_el2 and the like are those
 *                 that L1 set; 0 for a guest that has no EL2, or is not nested
 * @param encoding VGIC_SYSREG, VGIC_CP15 or VGIC_CP15_64
 * @param write    it is a write
 * @param value    the value to be written, or where the value read goes
 * @return as vgic_sysreg_read(); VGIC_TRAP_EL2 is a trap that L1 asked for
 */
VGIC_API VgicResult vgic_hyp_trap(Vgic *gic, uint32_t cpu, const VgicCpuState *state,
                                  uint32_t encoding, bool write, uint64_t *value);

/** How an interrupt stands for a physical one. */
typedef enum VgicHypMapping {
    /** ICH_LR<n>_EL2.HW: the guest's deactivation deactivates the physical interrupt. */
    VGIC_HYP_HW = 0,
    /** The same without that help of hardware: the library asks for the deactivation. */
    VGIC_HYP_SOFTWARE = 1,
} VgicHypMapping;

/**
 * Lets interrupt @p intid of the guest, a PPI of vCPU @p cpu or an SPI, stand for physical
 * interrupt
 * @p pintid (16 to 1019) from now on; a timer's for instance. When that one fires, the host drives
 * the guest's wire high (vgic_ppi_set_level()) and leaves it active; the library lowers the wire
 * when a list register took it over, asks for the physical level where it matters, and deactivates
 * the physical interrupt when the guest ends its own, by ICACTIVER and ICPENDR, too. vgic_reset()
 * does not: the host, who resets its devices, does. Not part of the saved state. The vCPU must not
 * be in its guest.
 *
 * @return false if there is no such interrupt or mapping, @p pintid is out of range, or
 * VgicHypHost.deactivate or level is missing (host_error says so)
 */
VGIC_API bool vgic_hyp_map(Vgic *gic, uint32_t cpu, uint32_t intid, uint32_t pintid,
                           VgicHypMapping mapping);

/** Ends vgic_hyp_map(). @return false if there is no such interrupt */
VGIC_API bool vgic_hyp_unmap(Vgic *gic, uint32_t cpu, uint32_t intid);

/**
 * Tells where L1's ICH registers are in memory, for FEAT_NV2: @p page, aligned to 8 bytes, is the 4
 * KiB page of VNCR_EL2 of vCPU @p cpu, in which L1 reads and writes ICH_LR<n>_EL2, ICH_AP0R<n>_EL2,
 * ICH_AP1R<n>_EL2, ICH_HCR_EL2 and ICH_VMCR_EL2 without the host (VgicSysreg.vncr_offset). The
 * library looks at it in load, flush, sync, put and trap, and writes there what L2 changed. It
 * stays the host's, who saves, restores and resets it with the guest's memory: it counts, not what
 * a saved state or a reset says of these registers. NULL: L1's accesses trap.
 *
 * @return false if there is no such vCPU, the GIC has no EL2, the page is not aligned, or the vCPU
 * is in its guest or loaded with VGIC_HYP_NESTED (host_error says so)
 */
VGIC_API bool vgic_hyp_set_vncr(Vgic *gic, uint32_t cpu, void *page);

#ifdef __cplusplus
}
#endif

#endif
