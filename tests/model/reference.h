/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A GICv3 made to be obviously right: plain arrays, full scans, no caches, no locks. It knows the
 * architecture and docs/implementation-defined.md, and nothing of the library but the types of its
 * public headers.
 */
#ifndef TESTS_MODEL_REFERENCE_H
#define TESTS_MODEL_REFERENCE_H

#include <vgic/config.h>
#include <vgic/frame.h>
#include <vgic/gic.h>
#include <vgic/inspect.h>
#include <vgic/its.h>
#include <vgic/sysreg.h>

#include "memory.h"

enum {
    REF_MAX_CPUS = 64,
    REF_NO_CPU = -1,
    REF_FIRST_LPI = 8192,
    REF_LPI_CHUNK = 1024,
    REF_MAX_RULES = 4096,
    REF_MAX_LRS = 16,
    /** The upper half of list register n in AArch32, which has no AArch64 encoding. */
    REF_LRC = 1 << 20
};

#define REF_NMI_BIT ((uint64_t)1 << 63)

/** Groups as a PE sees them; the numbers of VgicIrqInfo.group and of their order at equal priority.
 */
typedef enum RefGroup {
    REF_G0 = 0,
    REF_G1S = 1,
    REF_G1NS = 2
} RefGroup;

/** Banks of a banked register. */
enum {
    REF_BANK_S = 0,
    REF_BANK_NS = 1
};

/** The interrupt of one INTID; of a private one, that of one PE. */
typedef struct RefIrq {
    uint32_t intid;
    int owner; /* the PE of an SGI or PPI, else REF_NO_CPU */
    bool group_bit, mod_bit;
    bool nmi; /* INMIR */
    bool enabled, active, edge;
    bool latch, wire, message; /* what can make it pending */
    uint8_t priority, nsacr;
    uint64_t route;
    /* what the last look at all interrupts found */
    bool candidate;
    int target;
    int chosen;      /* the PE that 1-of-N picked, while a candidate */
    int last_chosen; /* the PE that it picked last */
    RefGroup group;
    uint8_t seen_priority;
    bool seen_nmi;
    uint64_t stamp; /* first come, first served */
    /* LPIs: pending (its latch) at a PE, with a copy of its configuration byte */
    bool lpi, configured;
    uint8_t byte;
    int home; /* the PE where it is pending, or was last */
} RefIrq;

/** A virtual CPU interface: what ICH registers hold, and ICV registers show. */
typedef struct RefVirtual {
    uint32_t hcr;
    uint8_t pmr, bpr0, bpr1;
    bool enabled[2], cbpr, eoimode;
    uint32_t ap[2][4]; /* of each group */
    bool nmi_active;   /* AP1R0[63] */
    uint64_t lr[REF_MAX_LRS];
} RefVirtual;

typedef struct RefCpu {
    uint64_t affinity;
    VgicCpuState state; /* what the output lines go by */
    uint8_t pmr, bpr0, bpr1[2];
    bool cbpr[2], eoimode[2], eoimode_el3, pmhe;
    bool igrpen0, igrpen1[2];
    bool sre_el3_enable, sre_el2_enable;
    uint32_t ap0r[4], ap1r[2][4];
    bool nmi_active[2]; /* AP1R0[63] */
    RefVirtual virtual;
    bool dpg[3]; /* GICR_CTLR.DPG of each RefGroup */
    bool asleep;
    uint8_t statusr[2];
    bool lpis; /* GICR_CTLR.EnableLPIs */
    uint64_t propbaser, pendbaser;
} RefCpu;

/** An ITS: its tables are where they are architected to be, in guest memory. */
typedef struct RefIts {
    bool enabled, stalled;
    uint64_t cbaser, baser[2]; /* devices, collections */
    uint32_t cwriter, creadr;
    uint64_t umsir;
    uint8_t statusr;
    struct {
        bool valid;
        uint32_t cpu;
    } held[256]; /* collections that need no table */
} RefIts;

/** How often something worth testing happened. */
typedef enum RefCount {
    REF_ACK_G0,
    REF_ACK_G1S,
    REF_ACK_G1NS,
    REF_ACK_SGI,
    REF_ACK_PPI,
    REF_ACK_SPI,
    REF_ACK_EXTENDED,
    REF_ACK_ONE_OF_N,
    REF_ACK_LEVEL_STAYS_PENDING,
    REF_ACK_IN_ORDER_OF_ARRIVAL,
    REF_PREEMPTION,
    REF_NO_PREEMPTION,
    REF_MASKED_BY_PMR,
    REF_SPURIOUS,
    REF_SPECIAL_1020,
    REF_SPECIAL_1021,
    REF_EOI_DROP,
    REF_EOI_REFUSED,
    REF_EOI_DEACTIVATES,
    REF_EOI_SPLIT,
    REF_DIR_DEACTIVATES,
    REF_DIR_DENIED,
    REF_DIR_IGNORED,
    REF_SGI_SENT,
    REF_SGI_DENIED,
    REF_SGI_BY_NSACR,
    REF_SGI_ALL_BUT_SELF,
    REF_TRAP_EL3,
    REF_UNDEFINED,
    REF_RAZ_WI,
    REF_NS_REFUSED,
    REF_NS_SHIFTED_PMR,
    REF_NS_PMR_IGNORED,
    REF_NS_BY_NSACR,
    REF_CBPR_USED,
    REF_ONE_OF_N_CHOSEN,
    REF_ONE_OF_N_MOVED,
    REF_ONE_OF_N_WAITED,
    REF_ROUTED_NOWHERE,
    REF_MESSAGE_LEVEL,
    REF_MESSAGE_EDGE,
    REF_TRIGGER_CHANGED_PENDING,
    REF_GROUP_CHANGED_PENDING,
    REF_PRIORITY_CHANGED_PENDING,
    REF_ROUTE_CHANGED_PENDING,
    REF_DS_SET,
    REF_HELD_ASLEEP,
    REF_WAKE_REQUEST,
    REF_RESET_COLD,
    REF_RESET_WARM,
    REF_RESET_CPU,
    REF_LINE_IRQ,
    REF_LINE_FIQ,
    REF_LINE_NMI,
    REF_ACK_NMI,
    REF_NMI_1022,
    REF_NMI_MASKED,
    REF_NMI_PREEMPTS_EQUAL,
    REF_NMI_AS_FIQ,
    REF_NMI_DROP,
    REF_COUNT_VIRTUAL, /* from here on with EL2 only */
    REF_VIRTUAL_ACK_G0 = REF_COUNT_VIRTUAL,
    REF_VIRTUAL_ACK_G1,
    REF_VIRTUAL_ACK_NMI,
    REF_VIRTUAL_ACK_PENDS_AGAIN,
    REF_VIRTUAL_ACK_SPECIAL,
    REF_VIRTUAL_ACK_TWICE_LISTED,
    REF_VIRTUAL_1022,
    REF_VIRTUAL_MASKED,
    REF_VIRTUAL_NOT_PREEMPTED,
    REF_VIRTUAL_PREEMPTION,
    REF_VIRTUAL_OFF,
    REF_VIRTUAL_OTHER_GROUP,
    REF_VIRTUAL_EOI_SPECIAL,
    REF_VIRTUAL_EOI_IDLE,
    REF_VIRTUAL_EOI_NMI,
    REF_VIRTUAL_EOI_DEACTIVATES,
    REF_VIRTUAL_EOI_SPLIT,
    REF_VIRTUAL_EOI_LPI,
    REF_VIRTUAL_EOI_MISMATCH,
    REF_VIRTUAL_EOI_COUNTED,
    REF_VIRTUAL_EOI_WRAPPED,
    REF_VIRTUAL_DIR_IGNORED,
    REF_VIRTUAL_DIR_DEACTIVATES,
    REF_VIRTUAL_DIR_COUNTED,
    REF_VIRTUAL_CBPR_USED,
    REF_VIRTUAL_HW_DEACTIVATES,
    REF_VIRTUAL_HW_INACTIVE,
    REF_VIRTUAL_HW_ELSEWHERE,
    REF_VIRTUAL_HW_SECURE,
    REF_VIRTUAL_HW_NOTHING,
    REF_VIRTUAL_HW_STATE,
    REF_LRS_FULL,
    REF_STATES_WITH_LRS_FULL,
    REF_MISR_EOI,
    REF_MISR_U,
    REF_MISR_LRENP,
    REF_MISR_NP,
    REF_MISR_VGRP0E,
    REF_MISR_VGRP0D,
    REF_MISR_VGRP1E,
    REF_MISR_VGRP1D,
    REF_MAINTENANCE_ACKED,
    REF_TRAP_EL2,
    REF_TRAP_TALL0,
    REF_TRAP_TALL1,
    REF_TRAP_TC,
    REF_TRAP_TDIR,
    REF_TRAP_SGI,
    REF_TRAP_FINE,
    REF_TRAP_SRE_EL2,
    REF_TRAP_NV,
    REF_VNCR,
    REF_LINE_VIRQ,
    REF_LINE_VFIQ,
    REF_LINE_VNMI,
    REF_LINE_MAINTENANCE,
    REF_COUNT_LPIS, /* from here on with LPIs and an ITS only */
    REF_ACK_LPI = REF_COUNT_LPIS,
    REF_LPI_PENDED,
    REF_LPI_MERGED,
    REF_LPI_MOVED,
    REF_LPI_CLEARED,
    REF_LPI_STALE,
    REF_LPI_RECONFIGURED,
    REF_LPI_TABLE_READ,
    REF_LPI_TABLE_WRITTEN,
    REF_LPI_DROPPED,
    REF_LPI_DIRECT,
    REF_ITS_MSI,
    REF_ITS_DONE,
    REF_ITS_MAPD,
    REF_ITS_UNMAPD,
    REF_ITS_MAPC,
    REF_ITS_UNMAPC,
    REF_ITS_MAPTI,
    REF_ITS_MAPI,
    REF_ITS_MOVI,
    REF_ITS_MOVALL,
    REF_ITS_DISCARD,
    REF_ITS_INT,
    REF_ITS_CLEAR,
    REF_ITS_INV,
    REF_ITS_INVALL,
    REF_ITS_SYNC,
    REF_ITS_IGNORED,
    REF_ITS_STALLED,
    REF_ITS_RETRIED,
    REF_ITS_WRAPPED,
    REF_ITS_SLICED,
    REF_STATES_MIDWAY,
    REF_ITS_INDIRECT,
    REF_ITS_HELD,
    REF_ITS_BUS,
    REF_STATES_LOADED, /* with EL2, too */
    REF_COUNT_END
} RefCount;

typedef struct RefGic {
    VgicConfig config; /* defaults filled in */
    uint32_t cpus;
    RefCpu cpu[REF_MAX_CPUS];
    RefIrq *irqs; /* in the order of their INTIDs */
    uint32_t irq_count;
    bool enable[3]; /* GICD_CTLR.EnableGrp of each RefGroup */
    bool ds, e1nwf;
    uint8_t statusr[2];
    uint64_t stamps;
    uint64_t *count; /* REF_COUNT_END counters of whoever made it */
    RefIrq **lpis;   /* those that were ever used, in the order of their INTIDs */
    uint32_t lpi_count;
    bool *chunks; /* of LPIs: used */
    uint32_t chunks_used;
    RefIts its[VGIC_MAX_ITS];
    Memory *memory;
    uint64_t commands;                /* that were carried out or refused */
    const char *rules[REF_MAX_RULES]; /* of LPIs and ITSs that were broken, until the owner */
    uint32_t rule_count;              /* sets this to 0 */
} RefGic;

/**
 * A reference in cold reset. @p count gets REF_COUNT_END counters added to. @p memory, which it
 * does not own, is needed with LPIs only.
 */
RefGic *ref_new(const VgicConfig *config, Memory *memory, uint64_t *count);
void ref_free(RefGic *gic);

void ref_reset(RefGic *gic, VgicReset kind);
void ref_cpu_reset(RefGic *gic, uint32_t cpu);
void ref_act_as_firmware(RefGic *gic);
bool ref_spi_set_level(RefGic *gic, uint32_t intid, bool level);
bool ref_spi_pulse(RefGic *gic, uint32_t intid);
bool ref_ppi_set_level(RefGic *gic, uint32_t cpu, uint32_t intid, bool level);
bool ref_ppi_pulse(RefGic *gic, uint32_t cpu, uint32_t intid);
void ref_cpu_set_state(RefGic *gic, uint32_t cpu, const VgicCpuState *state);
uint32_t ref_cpu_lines(const RefGic *gic, uint32_t cpu);
bool ref_irq_info(const RefGic *gic, uint32_t cpu, uint32_t intid, VgicIrqInfo *info);

/** Frames by name: "GICD", "GICR", "GICR1", "GICM". */
VgicResult ref_frame_read(RefGic *gic, const char *frame, VgicAttrs attrs, uint64_t offset,
                          uint32_t size, uint64_t *value);
VgicResult ref_frame_write(RefGic *gic, const char *frame, VgicAttrs attrs, uint64_t offset,
                           uint32_t size, uint64_t value);

VgicResult ref_sysreg_check(const RefGic *gic, uint32_t cpu, const VgicCpuState *state,
                            uint32_t encoding, bool write);
VgicResult ref_sysreg_read(RefGic *gic, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                           uint64_t *value);
VgicResult ref_sysreg_write(RefGic *gic, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                            uint64_t value);

bool ref_msi(RefGic *gic, uint32_t its, uint32_t device, uint32_t event);
bool ref_its_translate(RefGic *gic, uint32_t its, uint32_t device, uint32_t event,
                       VgicTranslation *translation);

/* What the files of the reference share. */

/** Who accesses a system register. */
typedef struct RefFrom {
    bool el3;    /* AArch64 EL3 or Monitor mode */
    bool secure; /* EL3 included */
    bool nmi;    /* SCTLR_ELx.NMI */
    bool aarch32;
    int bank;
    bool irq3, fiq3; /* SCR_EL3 */
} RefFrom;

RefFrom ref_from(const RefGic *gic, const VgicCpuState *state);
/** The AArch64 encoding of @p encoding in @p state, or REF_LRC + n, or 0. */
uint32_t ref_register(const VgicCpuState *state, uint32_t encoding);
/** HCR_EL2 makes this access one to the virtual interface. */
bool ref_is_virtual(const RefGic *gic, const VgicCpuState *state, uint32_t encoding);

bool ref_is_ich(uint32_t encoding);
uint64_t ref_ich_read(const RefGic *gic, uint32_t cpu, uint32_t encoding);
void ref_ich_write(RefGic *gic, uint32_t cpu, const RefFrom *from, uint32_t encoding,
                   uint64_t value);
uint64_t ref_icv_read(RefGic *gic, uint32_t cpu, const RefFrom *from, uint32_t encoding);
void ref_icv_write(RefGic *gic, uint32_t cpu, const RefFrom *from, uint32_t encoding,
                   uint64_t value);
void ref_virtual_reset(const RefGic *gic, RefVirtual *virtual);
uint32_t ref_virtual_lines(const RefGic *gic, uint32_t cpu);
uint8_t ref_virtual_preemption_bits(const RefGic *gic);
uint32_t ref_virtual_misr(const RefGic *gic, uint32_t cpu);
/** The list register whose interrupt would be acknowledged next if nothing masked it, -1: none. */
int ref_virtual_best(const RefGic *gic, uint32_t cpu);
bool ref_lrs_full(const RefGic *gic, uint32_t cpu);
/** The wire of the maintenance interrupt follows the virtual interface. */
void ref_maintenance(RefGic *gic, uint32_t cpu);
/** How many AP registers of each group @p bits preemption bits need. */
uint32_t ref_ap_registers(uint32_t bits);

/** A rule of LPIs, ITSs or the virtual interface is broken. */
void ref_report(RefGic *gic, const char *rule);
/** Interrupt number @p index of all there are, LPIs last; NULL past the last one. */
RefIrq *ref_irq_at(const RefGic *gic, uint32_t index);
/** The used LPI @p intid, NULL if it was not used. */
RefIrq *ref_lpi(const RefGic *gic, uint32_t intid);
bool ref_direct_lpi(const RefGic *gic);
/** EnableLPIs, and tables for at least one LPI. */
bool ref_takes_lpis(const RefGic *gic, uint32_t cpu);
/** The part of an LPI in looking at interrupts. */
void ref_lpi_configuration(const RefGic *gic, RefIrq *irq);
void ref_lpi_pend(RefGic *gic, uint32_t cpu, uint32_t intid);
void ref_lpi_clear(RefGic *gic, uint32_t intid, int cpu);
void ref_lpi_move(RefGic *gic, uint32_t intid, uint32_t to);
void ref_lpi_move_all(RefGic *gic, uint32_t from, uint32_t to);
void ref_lpi_invalidate(RefGic *gic, uint32_t intid);
void ref_lpi_invalidate_all(RefGic *gic, uint32_t cpu);
void ref_lpi_enable(RefGic *gic, uint32_t cpu, bool on);
void ref_lpi_reset(RefGic *gic);
uint64_t ref_lpi_read(const RefGic *gic, uint32_t cpu, uint32_t offset, uint32_t size);
void ref_lpi_write(RefGic *gic, uint32_t cpu, uint32_t offset, uint32_t size, uint64_t value);
void ref_its_reset(RefGic *gic);
bool ref_its_has(const RefGic *gic, uint32_t offset);
uint64_t ref_its_read(RefGic *gic, uint32_t its, uint32_t offset, uint32_t size);
void ref_its_write(RefGic *gic, uint32_t its, VgicAttrs attrs, uint32_t offset, uint32_t size,
                   uint64_t value);

/** Looks at every interrupt after something changed. */
void ref_look(RefGic *gic);
RefIrq *ref_irq(const RefGic *gic, int cpu, uint32_t intid);
RefGroup ref_configured_group(const RefGic *gic, const RefIrq *irq);
bool ref_pending(const RefIrq *irq);
/** It is an NMI: INMIR says so, and its group allows it. */
bool ref_is_nmi(const RefGic *gic, const RefIrq *irq);
/** The priority that counts. */
uint8_t ref_priority(const RefGic *gic, const RefIrq *irq);
bool ref_one_of_n(const RefGic *gic, const RefIrq *irq);
/** The highest priority pending interrupt of an enabled group at @p cpu, NULL if there is none. */
RefIrq *ref_hppi(const RefGic *gic, uint32_t cpu);
/** Whether @p irq, the best one, gets past PMR and the running priority of a PE in that state. */
bool ref_signals(const RefGic *gic, uint32_t cpu, const RefIrq *irq, bool secure);
bool ref_masked(const RefGic *gic, const RefCpu *cpu, const RefIrq *irq, bool secure);
/** The PE executes in Secure state, EL3 included, as far as the output lines know. */
bool ref_executes_securely(const RefGic *gic, const RefCpu *cpu);
uint8_t ref_nmi_priority(const RefGic *gic, RefGroup group);
uint8_t ref_running_priority(const RefGic *gic, const RefCpu *cpu);
/** The group that owns the running priority, -1 if nothing is active. */
int ref_top_group(const RefGic *gic, RefCpu *cpu);
uint8_t ref_preemption_bits(const RefGic *gic);
uint8_t ref_group_mask(const RefGic *gic, const RefCpu *cpu, RefGroup group);
uint8_t ref_priority_mask(const RefGic *gic);
bool ref_extended(const RefGic *gic);
const char *ref_count_name(RefCount count);

/** A register as the driver of random accesses needs it. */
typedef struct RefRow {
    const char *frame;
    uint32_t offset, count, stride;
    uint8_t sizes;
    bool read, write, secure;
    int kind;
} RefRow;

const RefRow *ref_rows(uint32_t *count);
/** Encodings of AArch64 first, then, from @p aarch32 on, those of AArch32. */
const uint32_t *ref_sysregs(uint32_t *count, uint32_t *aarch32);

#endif
