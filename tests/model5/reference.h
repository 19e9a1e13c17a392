/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A GICv5 that is slow and obvious: arrays, full scans after every event, no queues and no locks.
 * It knows the architecture's rules and the choices of docs/implementation-defined.md, and shares
 * nothing with the library but its public headers.
 */
#ifndef TESTS_MODEL5_REFERENCE_H
#define TESTS_MODEL5_REFERENCE_H

#include "../model/memory.h"

#include <vgic/registers5.h>
#include <vgic/vgic.h>

enum {
    R5_MAX_CPUS = 4,
    R5_MAX_IRS = 3,
    R5_MAX_ITS = 2,
    R5_MAX_IWB = 2,
    R5_MAX_WIRES = 64,
    R5_MAX_SPIS = 64,
    R5_PPIS = VGIC_V5_PPIS,
    R5_DOMAINS = 4,
    R5_SPACES = 4,
    R5_MAX_CHUNKS = 64,
    R5_NOBODY = -1
};

/** Interrupt domains; the numbers are the architecture's. */
enum {
    SECURE = 0,
    NONSECURE = 1,
    EL3 = 2,
    REALM = 3
};

/** Types of an INTID. */
enum {
    TYPE_PPI = 1,
    TYPE_LPI = 2,
    TYPE_SPI = 3
};

/** What a report may be about: a bit each. */
typedef enum Rule {
    RULE_IRQ_TYPE,
    RULE_IRQ_RANGE,
    RULE_IRQ_DOMAIN,
    RULE_IST_INVALID,
    RULE_IST_ENTRY,
    RULE_IST_BUS,
    RULE_IST_VALID,
    RULE_IST_MAP,
    RULE_IRS_SELECT,
    RULE_ITS_DISABLED,
    RULE_ITS_MSI,
    RULE_ITS_BUS,
    RULE_IWB_WIRE,
    RULE_LPI_LIMIT,
    RULE_ACCESS_SIZE,
    RULE_RESERVED,
    RULE_SECURE,
    RULE_UNMODELLED,
    RULE_READ_ONLY,
    RULE_WRITE_ONLY,
    RULE_END
} Rule;

const char *rule_name(Rule rule);

/** What happened so far: a test that never met a case did not test it. */
typedef enum Count {
    COUNT_CDDIS, /* instructions that changed something */
    COUNT_CDEN,
    COUNT_CDPRI,
    COUNT_CDAFF,
    COUNT_CDPEND_SET,
    COUNT_CDPEND_CLEAR,
    COUNT_CDRCFG,
    COUNT_CDRCFG_FAILED,
    COUNT_CDEOI,
    COUNT_CDEOI_IDLE,
    COUNT_CDDI_PPI,
    COUNT_CDDI_SPI,
    COUNT_CDDI_LPI,
    COUNT_CDHM,
    COUNT_CDIA_PPI,
    COUNT_CDIA_SPI,
    COUNT_CDIA_LPI,
    COUNT_CDIA_NOTHING,
    COUNT_CDIA_NMI_REFUSED,
    COUNT_CDNMIA,
    COUNT_ACK_S,
    COUNT_ACK_EL3,
    COUNT_ACK_REALM,
    COUNT_ACK_ONE_OF_N,
    COUNT_ACK_LEVEL_STAYS,
    COUNT_ACK_PPI_BEFORE_EQUAL,
    COUNT_ACK_BY_ARRIVAL,
    COUNT_PREEMPTION,
    COUNT_NO_PREEMPTION,
    COUNT_MASKED_BY_PCR,
    COUNT_LD,
    COUNT_UNDEFINED,
    COUNT_PRIORITY_CHANGED,
    COUNT_TARGET_CHANGED,
    COUNT_DOMAIN_CHANGED,
    COUNT_TARGET_NOBODY,
    COUNT_SPI_EDGE,
    COUNT_SPI_LEVEL,
    COUNT_SPI_CLEAR,
    COUNT_SPI_TO_LEVEL_HIGH,
    COUNT_SPI_TO_LEVEL_LOW,
    COUNT_SPI_TO_EDGE_HIGH,
    COUNT_SPI_RESAMPLED,
    COUNT_PPI_EDGE,
    COUNT_IRSEN_RECALLS,
    COUNT_IST_LINEAR,
    COUNT_IST_TWO_LEVEL_4K,
    COUNT_IST_TWO_LEVEL_16K,
    COUNT_IST_TWO_LEVEL_64K,
    COUNT_IST_8_BYTES,
    COUNT_IST_16_BYTES,
    COUNT_IST_CLAMPED,
    COUNT_IST_TAKEN_OVER,
    COUNT_IST_WRITTEN_BACK,
    COUNT_IST_PENDING_WHEN_INVALIDATED,
    COUNT_IST_MAPPED,
    COUNT_SETLPI,
    COUNT_SWERR_0,
    COUNT_SWERR_1,
    COUNT_SWERR_2,
    COUNT_SWERR_OVERFLOW,
    COUNT_SWERR_CLEARED,
    COUNT_RESETS,
    COUNT_CPU_RESETS,
    COUNT_LINE_IRQ,
    COUNT_LINE_FIQ,
    COUNT_LINE_NMI,
    COUNT_FIQ_AT_EL3,
    COUNT_FIQ_OTHER_DOMAIN,
    COUNT_PID_HOLDS,
    COUNT_IPPT_HOLDS,
    COUNT_ONE_OF_N_CHOSEN,
    COUNT_ONE_OF_N_MOVED,
    COUNT_ONE_OF_N_WAITED,
    COUNT_DPS_HOLDS,
    COUNT_OTHER_IRS,
    COUNT_MSI,
    COUNT_DT_LINEAR,
    COUNT_DT_TWO_LEVEL,
    COUNT_ITT_LINEAR,
    COUNT_ITT_TWO_LEVEL,
    COUNT_SPAN_HOLDS,
    COUNT_ITS_CACHED,
    COUNT_ITS_STALE,
    COUNT_INV_EVENT,
    COUNT_INV_DEVICE,
    COUNT_GEN_EVENT,
    COUNT_READ_EVENT,
    COUNT_READ_EVENT_NONE,
    COUNT_ITS_VIRTUAL,
    COUNT_IWB_EDGE,
    COUNT_IWB_LEVEL,
    COUNT_IWB_CLEAR,
    COUNT_IWB_ENABLED_HIGH,
    COUNT_IWB_DISABLED_HIGH,
    COUNT_IWB_TRIGGER,
    COUNT_IWB_RESAMPLED,
    COUNT_IWB_OTHER_DOMAIN,
    COUNT_IWBEN_RESAMPLES,
    COUNT_STATES_LOADED,
    COUNT_RULES, /* one for each rule */
    COUNT_END = COUNT_RULES + RULE_END
} Count;

const char *count_name(Count count);

/** An SPI or an LPI. */
typedef struct Irq {
    uint32_t id;
    uint8_t type, domain, priority;
    bool pending, active, enabled, level /* handling mode */, one_of_n;
    uint16_t iaffid;
    bool tm, wire; /* SPIs */
    /* consequences, settle() */
    bool candidate;
    int pe;   /* that a candidate is presented to */
    int last; /* 1-of-N: the PE chosen last */
    int home; /* where it is or was last */
    uint64_t order;
    uint8_t at_priority, at_domain;
} Irq;

typedef struct Ppi {
    bool present, edge;
    bool enabled, active, latch, wire;
    uint8_t priority, domain;
} Ppi;

typedef struct Pe {
    uint32_t irs;
    uint16_t iaffid;
    Ppi ppi[R5_PPIS];
    uint32_t apr[R5_DOMAINS];
    uint8_t pcr[R5_DOMAINS];
    bool en[R5_DOMAINS], pid[R5_DOMAINS];
    uint8_t ippt[R5_DOMAINS];
    uint64_t cr0_el3_pid; /* both bits, in place */
    uint64_t icsr;
    uint8_t current; /* the domain that it executes in, as the host said last */
    bool dps[R5_DOMAINS];
    uint32_t lines;
} Pe;

typedef struct Swerr {
    bool v, of, s0v, s1v;
    uint8_t ec;
    uint64_t syndrome0, syndrome1;
} Swerr;

/** What an IRS has for each domain. */
typedef struct IrsDomain {
    bool irsen;
    uint32_t cr1, spi_sel, pe_sel;
    Swerr swerr;
} IrsDomain;

typedef struct Irs {
    uint32_t spi_base, spi_count, pe_count;
    IrsDomain domain[R5_DOMAINS];
} Irs;

/** The table of LPIs of a domain, and those of its LPIs that are cached. */
typedef struct Ist {
    bool valid;
    uint64_t addr;
    uint32_t cfgr; /* as written */
    uint32_t id_bits, l2_bits, entry_size, structure;
    Irq *lpi; /* in the order of their IDs */
    uint32_t count, room;
    uint32_t chunk[R5_MAX_CHUNKS], chunks;
} Ist;

typedef struct Translation {
    uint8_t domain;
    uint32_t device, event;
    uint64_t itte;
} Translation;

typedef struct ItsDomain {
    bool itsen;
    uint32_t cr1;
    uint64_t dt_baser;
    uint32_t dt_cfgr;
    uint32_t didr, eidr, gen_did, gen_eid;
    uint64_t data; /* ITS_READ_EVENT_DATAR */
} ItsDomain;

typedef struct Its {
    ItsDomain domain[R5_DOMAINS];
    Translation *cache;
    uint32_t count, room;
} Its;

typedef struct Wire {
    bool enabled, tm, level;
    uint8_t domain;
} Wire;

typedef struct Iwb {
    uint32_t wires, its, device;
    bool starts_disabled, enabled;
    Wire wire[R5_MAX_WIRES];
} Iwb;

typedef struct Ref {
    VgicConfig config; /* its arrays belong to the caller */
    Memory *memory[R5_SPACES];
    uint64_t *count; /* by Count */
    uint32_t rules;  /* what the operation is reported for, as bits */
    uint32_t domains;
    uint32_t cpus, irs_count, its_count, iwb_count, spi_count;
    uint32_t priority_mask;
    bool one_of_n, el3;
    uint64_t next_order;
    Pe pe[R5_MAX_CPUS];
    Irs irs[R5_MAX_IRS];
    Irq spi[R5_MAX_SPIS];
    Ist ist[R5_DOMAINS];
    Its its[R5_MAX_ITS];
    Iwb iwb[R5_MAX_IWB];
} Ref;

/** The best interrupt of a domain at a PE. */
typedef struct Hppi {
    bool valid;
    uint32_t intid; /* with its type */
    uint8_t priority;
    Irq *irq; /* NULL: a PPI */
} Hppi;

/** @p memory is one for each VgicSpace that the domains have; the caller frees them. */
Ref *ref5_new(const VgicConfig *config, Memory *const *memory, uint64_t *count);
void ref5_free(Ref *ref);

VgicResult ref5_sysreg_read(Ref *ref, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                            uint64_t *value);
VgicResult ref5_sysreg_write(Ref *ref, uint32_t cpu, const VgicCpuState *state, uint32_t encoding,
                             uint64_t value);
void ref5_set_state(Ref *ref, uint32_t cpu, const VgicCpuState *state);
uint64_t ref5_frame_read(Ref *ref, const char *frame, VgicAttrs attrs, uint64_t offset,
                         uint32_t size);
void ref5_frame_write(Ref *ref, const char *frame, VgicAttrs attrs, uint64_t offset, uint32_t size,
                      uint64_t value);
bool ref5_spi_set_level(Ref *ref, uint32_t id, bool level);
bool ref5_spi_pulse(Ref *ref, uint32_t id);
bool ref5_ppi_set_level(Ref *ref, uint32_t cpu, uint32_t id, bool level);
bool ref5_ppi_pulse(Ref *ref, uint32_t cpu, uint32_t id);
bool ref5_iwb_set_level(Ref *ref, uint32_t iwb, uint32_t wire, bool level);
void ref5_msi(Ref *ref, uint32_t its, uint8_t domain, uint32_t device, uint32_t event);
void ref5_reset(Ref *ref, VgicReset kind);
void ref5_cpu_reset(Ref *ref, uint32_t cpu);
void ref5_act_as_firmware(Ref *ref);
bool ref5_irq_info(const Ref *ref, uint32_t cpu, uint32_t intid, VgicIrqInfo *info);
uint32_t ref5_lines(const Ref *ref, uint32_t cpu);

/* For the generator: looks, and changes nothing. */
VgicSpace ref5_space(const Ref *ref, uint8_t domain);
bool ref5_has(const Ref *ref, uint8_t domain);
Hppi ref5_hppi(Ref *ref, uint32_t cpu, uint8_t domain);
bool ref5_sufficient(const Ref *ref, uint32_t cpu, uint8_t domain, const Hppi *hppi);
Irq *ref5_cached_lpi(Ref *ref, uint8_t domain, uint32_t id);

/* Between the files of the reference. */
static inline void count5(Ref *ref, Count count)
{
    ref->count[count]++;
}

/* An access makes one report at most: that of the first rule it breaks. */
static inline void report5(Ref *ref, Rule rule)
{
    if (!ref->rules) {
        ref->rules |= 1u << rule;
        ref->count[COUNT_RULES + rule]++;
    }
}

typedef enum Event {
    SET_EDGE,
    SET_LEVEL,
    CLEAR
} Event;

/** Draws the consequences of what changed, for every interrupt. */
void settle5(Ref *ref);
void event5(Ref *ref, Irq *irq, Event event);
Event level_event5(bool tm, bool level, bool *none);
bool ppi_pending5(const Ppi *ppi);
/** PE with this IAFFID. */
int pe_with5(const Ref *ref, uint16_t iaffid);

/* reference_ist.c */
/** The LPI, cached now; NULL if there is none, which was reported on behalf of @p irs. */
Irq *lpi5(Ref *ref, uint32_t irs, uint8_t domain, uint32_t id);
void ist_set_valid5(Ref *ref, uint32_t irs, uint8_t domain, bool valid);
void ist_map5(Ref *ref, uint32_t irs, uint8_t domain, uint32_t id);
/** Forgets the table and what is cached of it, without writing anything. */
void ist_forget5(Ist *ist);
uint64_t ist_mask5(const Ref *ref);

/* reference_its.c */
uint64_t its_read5(Ref *ref, uint32_t its, uint8_t domain, uint32_t offset);
void its_write5(Ref *ref, uint32_t its, uint8_t domain, uint32_t offset, uint64_t value,
                uint64_t mask);
void its_event5(Ref *ref, uint32_t its, uint8_t domain, uint32_t device, uint32_t event,
                Event kind);
uint64_t iwb_read5(Ref *ref, uint32_t iwb, VgicSpace space, uint32_t offset);
void iwb_write5(Ref *ref, uint32_t iwb, VgicSpace space, uint32_t offset, uint32_t value);
uint8_t iwb_reset_domain5(const Ref *ref);
void iwb_reset5(Ref *ref, Iwb *iwb);
void iwb_act_as_firmware5(Ref *ref, Iwb *iwb);

/* reference_irs.c */
uint64_t irs_read5(Ref *ref, uint32_t irs, uint8_t domain, uint32_t offset);
void irs_write5(Ref *ref, uint32_t irs, uint8_t domain, uint32_t offset, uint64_t value,
                uint64_t mask);
void spi_wire5(Ref *ref, Irq *spi, bool level);

#endif
