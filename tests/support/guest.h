/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest driver: what software does to a GIC, in the architecture's words. An access that the
 * library calls invalid, and a system-register access that does not succeed, end the test.
 */
#ifndef TESTS_SUPPORT_GUEST_H
#define TESTS_SUPPORT_GUEST_H

#include "machine.h"

#include <vgic/registers.h>

enum {
    SCR_NS = 1 << 0,
    SCR_IRQ = 1 << 1,
    SCR_FIQ = 1 << 2
};
enum {
    HCR_FMO = 1 << 3,
    HCR_IMO = 1 << 4
};
#define HCR_NV (1ull << 42)
#define HCR_NV2 (1ull << 45)
#define SCTLR_NMI (1ull << 61)
#define HFG_ICC_IGRPEN (1ull << 39) /**< ICC_IGRPENn_EL1 in HFGRTR_EL2 and HFGWTR_EL2 */

/* States of a PE. SCR_EL3 routes nothing to EL3 in any of them. */
extern const VgicCpuState el3;        /**< AArch64 EL3, SCR_EL3.NS = 0 */
extern const VgicCpuState el3_ns;     /**< AArch64 EL3, SCR_EL3.NS = 1 */
extern const VgicCpuState s_el1;      /**< Secure EL1 */
extern const VgicCpuState s_el2;      /**< Secure EL2 */
extern const VgicCpuState ns_el1;     /**< Non-secure EL1 */
extern const VgicCpuState ns_el2;     /**< Non-secure EL2 */
extern const VgicCpuState monitor;    /**< AArch32 Monitor mode, SCR.NS = 0 */
extern const VgicCpuState monitor_ns; /**< AArch32 Monitor mode, SCR.NS = 1 */
extern const VgicCpuState svc32_el3;  /**< AArch32 EL3, not Monitor mode: Secure */
extern const VgicCpuState ns_svc32;   /**< AArch32 Non-secure EL1 */

/** "EL3", "NS EL1", ... */
const char *state_name(const VgicCpuState *state);

/** @p state with these SCR_EL3 bits set too. */
VgicCpuState with_scr(VgicCpuState state, uint64_t bits);

/** @p state under an enabled EL2 with this HCR_EL2. */
VgicCpuState with_hcr(VgicCpuState state, uint64_t hcr);

/* Frames. Reads of what is RAZ/WI give 0. */
VgicResult frame_read(Machine *m, const char *frame, VgicAttrs attrs, uint64_t offset,
                      uint32_t size, uint64_t *value);
VgicResult frame_write(Machine *m, const char *frame, VgicAttrs attrs, uint64_t offset,
                       uint32_t size, uint64_t value);

uint32_t gicd_read(Machine *m, VgicAttrs attrs, uint32_t offset);
void gicd_write(Machine *m, VgicAttrs attrs, uint32_t offset, uint32_t value);
uint8_t gicd_read8(Machine *m, VgicAttrs attrs, uint32_t offset);
void gicd_write8(Machine *m, VgicAttrs attrs, uint32_t offset, uint8_t value);
uint64_t gicd_read64(Machine *m, VgicAttrs attrs, uint32_t offset);
void gicd_write64(Machine *m, VgicAttrs attrs, uint32_t offset, uint64_t value);

/** Name of the Redistributor frame that holds PE @p cpu; @p base is set to its offset in it. */
const char *gicr_frame(const Machine *m, uint32_t cpu, uint64_t *base);
VgicResult gicr_access(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset, uint32_t size,
                       bool write, uint64_t *value);
uint32_t gicr_read(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset);
void gicr_write(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset, uint32_t value);
uint8_t gicr_read8(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset);
void gicr_write8(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset, uint8_t value);
uint64_t gicr_read64(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset);

/* System registers. */
uint64_t icc_read(Machine *m, uint32_t cpu, const VgicCpuState *state, uint32_t reg);
void icc_write(Machine *m, uint32_t cpu, const VgicCpuState *state, uint32_t reg, uint64_t value);
VgicResult icc_try_read(Machine *m, uint32_t cpu, const VgicCpuState *state, uint32_t reg,
                        uint64_t *value);
VgicResult icc_try_write(Machine *m, uint32_t cpu, const VgicCpuState *state, uint32_t reg,
                         uint64_t value);

/* One interrupt. */
typedef enum Group {
    GROUP_0 = 0,
    GROUP_1S = 1,
    GROUP_1NS = 2
} Group;
typedef enum Trigger {
    LEVEL = 0,
    EDGE = 1
} Trigger;

/** Registers that have a bit for each interrupt. */
typedef enum BitRegister {
    IGROUPR,
    IGRPMODR,
    ISENABLER,
    ICENABLER,
    ISPENDR,
    ICPENDR,
    ISACTIVER,
    ICACTIVER,
    INMIR,
} BitRegister;

const char *group_name(Group group);
bool is_private(uint32_t intid);

/* PE @p cpu owns SGIs and PPIs; it is ignored for SPIs. */
bool bit_read(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid, BitRegister reg);
void bit_write(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid, BitRegister reg);
uint8_t priority_read(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid);
void priority_write(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid, uint8_t priority);
Trigger trigger_read(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid);
void trigger_write(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid, Trigger trigger);
uint64_t route_read(Machine *m, VgicAttrs attrs, uint32_t intid);
void route_write(Machine *m, VgicAttrs attrs, uint32_t intid, uint64_t route);
/** GICD_NSACR of an SPI, GICR_NSACR of an SGI. */
void nsacr_write(Machine *m, uint32_t cpu, uint32_t intid, unsigned value);

static inline bool is_pending(Machine *m, uint32_t cpu, uint32_t intid)
{
    return bit_read(m, VGIC_S, cpu, intid, ISPENDR);
}

static inline bool is_active(Machine *m, uint32_t cpu, uint32_t intid)
{
    return bit_read(m, VGIC_S, cpu, intid, ISACTIVER);
}

/** Gives an interrupt its group, as Secure software. */
void set_group(Machine *m, uint32_t cpu, uint32_t intid, Group group);

/** Sends an SPI to PE @p cpu, as Secure software. */
void route_to(Machine *m, uint32_t intid, uint32_t cpu);

/** Configures and enables an interrupt as Secure software; @p priority is the Secure view's. SPIs
 * go to PE @p cpu. */
void configure(Machine *m, uint32_t cpu, uint32_t intid, Group group, uint8_t priority,
               Trigger trigger);

/** Makes an interrupt an NMI (INMIR) or not, as Secure software. */
void set_nmi(Machine *m, uint32_t cpu, uint32_t intid, bool nmi);

/** Drives the wire of an SPI, or of a PPI of PE @p cpu. */
void wire(Machine *m, uint32_t cpu, uint32_t intid, bool level);

/** Sets an interrupt pending by ISPENDR, as Secure software. */
void pend(Machine *m, uint32_t cpu, uint32_t intid);

/** All groups enabled in the Distributor and at every PE, PMR at its maximum, every PE awake and
 * executing its operating system. */
void start(Machine *m);

/** Cold reset, then start(). */
void restart(Machine *m);

/** The three group enables in GICD_CTLR. */
void distributor_groups(Machine *m, bool enable);

/** ICC_IGRPEN of one group at one PE. */
void cpu_group(Machine *m, uint32_t cpu, Group group, bool enable);

/** EOImode of every state. */
void set_eoi_mode(Machine *m, uint32_t cpu, bool split);

/** Lets lower exception levels access ICC_SRE_EL1 at PE @p cpu, as firmware does. */
void allow_sre(Machine *m, uint32_t cpu);

/* The CPU interface in a given state. */
uint32_t iar(Machine *m, uint32_t cpu, const VgicCpuState *state, int group);
uint32_t hppir(Machine *m, uint32_t cpu, const VgicCpuState *state, int group);
void eoir(Machine *m, uint32_t cpu, const VgicCpuState *state, int group, uint32_t intid);
void dir(Machine *m, uint32_t cpu, const VgicCpuState *state, uint32_t intid);

/** RPR in the most privileged state. */
uint8_t running_priority(Machine *m, uint32_t cpu);

/** Acknowledges an interrupt of @p group where it can be: EL3, or the operating system. */
uint32_t take(Machine *m, uint32_t cpu, Group group);

/** EOIR of @p group in the same state. */
void finish(Machine *m, uint32_t cpu, Group group, uint32_t intid);

/* The operating system's: Group 1 with one Security state, Non-secure Group 1 with two. */
enum {
    OS_PRIORITY = 0xA0,
    OS_HIGHER = 0x90,
    OS_LOWER = 0xC0
};

/** configure() in the operating system's group at OS_PRIORITY. */
void os_configure(Machine *m, uint32_t cpu, uint32_t intid, Trigger trigger);
uint32_t ack(Machine *m, uint32_t cpu);
void eoi(Machine *m, uint32_t cpu, uint32_t intid);

/** The OS takes its Group 1 interrupts as IRQ. */
static inline bool irq(Machine *m, uint32_t cpu)
{
    return vgic_cpu_lines(m->gic, cpu) & VGIC_LINE_IRQ;
}

static inline bool fiq(Machine *m, uint32_t cpu)
{
    return vgic_cpu_lines(m->gic, cpu) & VGIC_LINE_FIQ;
}

/** What vgic_irq_info() says; the test ends if there is no such interrupt. */
VgicIrqInfo info(Machine *m, uint32_t cpu, uint32_t intid);

#endif
