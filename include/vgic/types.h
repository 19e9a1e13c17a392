/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Types that every header shares: the instance, security spaces, results, output lines.
 *
 * Thread-safety: nothing here has state.
 */
#ifndef VGIC_TYPES_H
#define VGIC_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vgic/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One Generic Interrupt Controller with everything that belongs to it. Any number of them live in
 * one process. */
typedef struct Vgic Vgic;

/** Which generation of the architecture an instance models. */
typedef enum VgicModel {
    VGIC_V2 =
        2, /**< GICv2 (IHI 0048). Not modelled yet: vgic_new() answers VGIC_ERROR_UNSUPPORTED. */
    VGIC_V3 =
        3, /**< GICv3.0 to GICv3.3 (IHI 0069); what a guest sees of them follows from VgicConfig. */
    VGIC_V4 = 4, /**< GICv4.0 and GICv4.1 (IHI 0069). Not modelled yet. */
    VGIC_V5 = 5, /**< GICv5 (IHI 111701), without virtualization yet. */
} VgicModel;

/**
 * The physical address space of an access, or the Security state in which a PE executes. The
 * numbers are those of the Arm architecture's {NSE, NS}: bit 0 is NS. Realm counts as Non-secure
 * and Root as Secure in a GICv3.
 */
typedef enum VgicSpace {
    VGIC_S = 0,     /**< Secure */
    VGIC_NS = 1,    /**< Non-secure */
    VGIC_ROOT = 2,  /**< Root (FEAT_RME) */
    VGIC_REALM = 3, /**< Realm (FEAT_RME) */
} VgicSpace;

/** How a register access ended. Everything but VGIC_OK left the GIC's state as it was, GICD_STATUSR
 * and GICR_STATUSR apart. */
typedef enum VgicResult {
    VGIC_OK = 0,        /**< Done. */
    VGIC_UNDEFINED = 1, /**< System registers: no such register here; the PE takes an Undefined
                           Instruction exception. */
    VGIC_TRAP_EL1 = 2,  /**< System registers: a trap to EL1 (ICC_SRE_EL1.SRE is 0). */
    VGIC_TRAP_EL2 =
        3, /**< System registers: a trap to EL2, EC 0x18 in AArch64, 0x03 or 0x04 in AArch32. */
    VGIC_TRAP_EL3 = 4, /**< System registers: a trap to EL3 (Monitor mode if EL3 is AArch32). */
    VGIC_RAZ_WI = 5,   /**< Frames: nothing there, or not in this size or space. Read as zero, write
                          ignored, reported. */
    VGIC_INVALID = 6,  /**< The call itself is wrong (no such CPU or frame, offset outside it): see
                          VgicHost.host_error. */
    VGIC_VNCR = 7, /**< System registers: HCR_EL2.NV2 redirects the access to memory, at VNCR_EL2
                      + VgicSysreg.vncr_offset: the host reads or writes 64 bits there. */
} VgicResult;

/** Output lines of one CPU, as bits of vgic_cpu_lines(). */
typedef enum VgicLine {
    VGIC_LINE_IRQ = 1u << 0,  /**< Physical IRQ */
    VGIC_LINE_FIQ = 1u << 1,  /**< Physical FIQ */
    VGIC_LINE_VIRQ = 1u << 2, /**< Virtual IRQ */
    VGIC_LINE_VFIQ = 1u << 3, /**< Virtual FIQ */
    VGIC_LINE_NMI = 1u << 4,  /**< Physical IRQ with Superpriority; VGIC_LINE_IRQ is 0 then.
                                 While SCTLR_ELx.NMI is 0 the PE takes it as an IRQ. */
    VGIC_LINE_VNMI = 1u << 5, /**< Virtual IRQ with Superpriority; VGIC_LINE_VIRQ is 0 then */
    VGIC_LINE_MAINTENANCE = 1u << 6, /**< Maintenance interrupt of the virtual CPU interface */
    VGIC_LINE_WAKE =
        1u << 7, /**< WakeRequest: the PE sleeps (GICR_WAKER) and an interrupt waits for it */
    VGIC_LINE_KICK = 1u << 8, /**< Backend hyp: the vCPU must leave its guest and come back through
                    vgic_hyp_flush(). Falls then, as the other lines do, without a call of
                    lines_changed. */
} VgicLine;

/** Special INTIDs of GICv2 and GICv3. */
enum {
    VGIC_INTID_SECURE = 1020, /**< EL3 reads IAR0/HPPIR0: a Secure Group 1 interrupt is pending */
    VGIC_INTID_NONSECURE =
        1021, /**< EL3 reads IAR0/HPPIR0: a Non-secure Group 1 interrupt is pending */
    VGIC_INTID_NMI_OR_GROUP1 =
        1022,                   /**< GICv3.3: read NMIAR1; GICv2: a Group 1 interrupt is pending */
    VGIC_INTID_SPURIOUS = 1023, /**< Nothing to acknowledge */
};

/**
 * INTIDs of a GICv5: [31:29] the type, [23:0] the ID. What a function of this library takes or
 * gives as an INTID of a GICv5 has the type; vgic_spi_set_level() and its like take the ID alone.
 */
#define VGIC_V5_PPI(id) (1u << 29 | (uint32_t)(id))
/** The same of an SPI. */
#define VGIC_V5_SPI(id) (3u << 29 | (uint32_t)(id))
/** Each domain has LPIs of its own. Where this library names one (VgicReport.intid,
 * vgic_irq_info()), bits [25:24], which are RES0 for software, are the domain: 0 Non-secure, 1
 * Secure, 2 Realm, 3 EL3. */
#define VGIC_V5_LPI(id) (2u << 29 | (uint32_t)(id))
/** The LPI of another domain, a VgicSpace. */
#define VGIC_V5_LPI_OF(space, id) (VGIC_V5_LPI(id) | ((uint32_t)(space) ^ 1u) << 24)

#ifdef __cplusplus
}
#endif

#endif
