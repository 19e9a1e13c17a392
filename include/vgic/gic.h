/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An instance: create, reset, wires in, lines out.
 *
 * Thread-safety: vgic_new() and vgic_free() own the instance alone; every other function may be
 * called from any thread at any time, also from a callback. With VgicConfig.single_threaded the
 * host orders all calls itself.
 *
 * A call with a PE, INTID or pointer that does not exist changes nothing, answers as its comment
 * says, and is told to VgicHost.host_error.
 */
#ifndef VGIC_GIC_H
#define VGIC_GIC_H

#include <vgic/config.h>
#include <vgic/error.h>
#include <vgic/frame.h>
#include <vgic/host.h>
#include <vgic/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Creates a GIC as @p config says, in its cold reset state.
 *
 * @param config  read during the call only
 * @param host    copied; NULL: no callbacks at all
 * @param machine handed to every callback, never looked at
 * @param error   if not NULL, set to a new error when the result is NULL, else left alone
 * @return the instance, to be freed with vgic_free(); NULL on an error (VGIC_ERROR_CONFIG, _HOST,
 * _UNSUPPORTED, _MEMORY), in which case nothing remains allocated
 */
VGIC_API Vgic *vgic_new(const VgicConfig *config, const VgicHost *host, void *machine,
                        VgicError **error);

/** Frees @p gic, which no other thread may be using; NULL is allowed. No callback runs. */
VGIC_API void vgic_free(Vgic *gic);

/** How much vgic_reset() resets. */
typedef enum VgicReset {
    /** Power-on: everything, the remembered levels of all wires too; sources that are high drive
     * them again. */
    VGIC_RESET_COLD = 0,
    /** All registers and interrupt states; wires keep their levels. */
    VGIC_RESET_WARM = 1,
} VgicReset;

/** Resets the whole GIC: Distributor, Redistributors and CPU interfaces. lines_changed may run for
 * any PE. Refused, and told to host_error, while a vCPU is loaded (hyp.h). */
VGIC_API void vgic_reset(Vgic *gic, VgicReset kind);

/**
 * Resets the CPU interface of PE @p cpu (all ICC and ICH registers), as the warm reset of a PE
 * does, PSCI CPU_ON for instance. Its Redistributor, and interrupts that are active there, stay as
 * they are. Refused while it is a vCPU that is loaded (hyp.h).
 */
VGIC_API void vgic_cpu_reset(Vgic *gic, uint32_t cpu);

/**
 * Does what Secure firmware does to the Distributor and the Redistributors before it starts a
 * Non-secure kernel: every interrupt becomes Non-secure Group 1 and every Redistributor is woken
 * (GICR_WAKER). For hosts that start a kernel without firmware on a GIC with two Security states;
 * called after each reset. With one Security state only the Redistributors are woken. GICv5: every
 * SPI, PPI and wire goes to the Non-secure domain, and Interrupt Wire Bridges are enabled. What
 * firmware does to the PEs is the host's: SCR_EL3 (leave FIQ and IRQ clear, or set ICC_PMR_EL1
 * too), and ICC_SRE_EL3.Enable where that can be cleared.
 */
VGIC_API void vgic_act_as_firmware(Vgic *gic);

/** Number of PEs. */
VGIC_API uint32_t vgic_cpu_count(const Vgic *gic);

/**
 * The output lines of PE @p cpu now, as VgicLine bits: one atomic load. 0 for a PE that does not
 * exist.
 */
VGIC_API uint32_t vgic_cpu_lines(const Vgic *gic, uint32_t cpu);

/**
 * Drives the wire of SPI @p intid (32 to 1019, or 4096 to 5119) to @p level. A level-sensitive
 * interrupt is pending while its wire is high; an edge-triggered one becomes pending when the wire
 * rises (GICD_ICFGR<n>). GICv5: @p intid is the SPI's ID, from 0 on; the wire makes an event
 * (IRS_SPI_CFGR.TM), and pending is what events and software made it.
 *
 * @return false if this GIC has no such SPI
 */
VGIC_API bool vgic_spi_set_level(Vgic *gic, uint32_t intid, bool level);

/** Raises and lowers the wire of SPI @p intid: one edge. @return false if this GIC has no such SPI
 */
VGIC_API bool vgic_spi_pulse(Vgic *gic, uint32_t intid);

/**
 * Drives the wire of PPI @p intid (16 to 31, or 1056 to 1119; GICv5: 0 to 127) of PE @p cpu to @p
 * level. GICv5: a level PPI is pending while its wire is high, an edge PPI becomes so when it
 * rises.
 *
 * @return false if there is no such PE or PPI
 */
VGIC_API bool vgic_ppi_set_level(Vgic *gic, uint32_t cpu, uint32_t intid, bool level);

/** Raises and lowers the wire of PPI @p intid of PE @p cpu. @return false if there is no such PE or
 * PPI */
VGIC_API bool vgic_ppi_pulse(Vgic *gic, uint32_t cpu, uint32_t intid);

/**
 * An MSI for the ITS whose frame is @p its, as a write of @p event to its GITS_TRANSLATER by the
 * device @p device is (GICv5: any frame of the ITS, whose domain it then is): for hosts without a
 * bus. The LPI that the ITS's tables say becomes pending; an MSI that they do not translate is
 * dropped and reported.
 *
 * @return false if @p its is not the frame of an ITS of this GIC
 */
VGIC_API bool vgic_msi(Vgic *gic, const VgicFrame *its, uint32_t device, uint32_t event);

/**
 * Drives wire @p wire (from 0 on) of the Interrupt Wire Bridge whose frame is @p iwb to @p level:
 * an event of its ITS, as IWB_WTMR<n> and IWB_WENABLER<n> say.
 *
 * @return false if @p iwb is not the frame of an Interrupt Wire Bridge of this GIC, or has no such
 * wire
 */
VGIC_API bool vgic_iwb_set_level(Vgic *gic, const VgicFrame *iwb, uint32_t wire, bool level);

/**
 * Does a slice of the work that VgicHost.work announced, on all ITSs.
 *
 * @return true if there is more
 */
VGIC_API bool vgic_work(Vgic *gic);

/** The library's version, "0.1.0". */
VGIC_API const char *vgic_version(void);

#ifdef __cplusplus
}
#endif

#endif
