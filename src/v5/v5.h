/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GICv5: what its files share. References [GICv5 n] are to the sections of docs/references.md.
 *
 * SPIs and LPIs ("IRI interrupts") have records (core/irq.h): LATCH is their Pending bit, which
 * events and software set and clear; VGIC_IRQ_LEVEL_HANDLING is HM, VGIC_IRQ_LEVEL_TRIGGER TM; the
 * group is the domain. The pending queue of a PE and a domain has its candidates. PPIs are bits of
 * the CPU interface, because software sees them so, 64 at a time.
 *
 * Priorities in records are 5 bits shifted left by 3, so that queue keys are those of the core.
 */
#ifndef VGIC_V5_V5_H
#define VGIC_V5_V5_H

#include "core/gic.h"
#include "core/shared.h"
#include "defs/icc5.h"
#include "defs/irs.h"

enum {
    VGIC_DOMAINS = 4, /* numbered as VgicSpace; VGIC_ROOT is the EL3 domain */
    VGIC_EL3 = VGIC_ROOT,
    VGIC_PPI_WORDS = VGIC_V5_PPIS / 64,
    VGIC_PRIORITY_SHIFT = 3, /* of a priority in VgicIrq.priority */
    VGIC_PRIORITY_NONE = 32, /* lower than all */
};

static_assert((int)VGIC_DOMAINS == (int)VGIC_QUEUES, "a queue for each domain");

typedef struct VgicIrs VgicIrs;
typedef struct VgicV5Its VgicV5Its;
typedef struct VgicIwb VgicIwb;

/**
 * The CPU interface of a PE. The PE's lock guards it; shared members are read without it.
 *
 * Always true while nobody holds the lock: `hppi` is what vgic_v5_refresh() computes from the rest,
 * and VgicCpu.lines follow from it.
 */
struct VgicV5Cpu {
    /* constant */
    _Alignas(VGIC_CACHE_LINE) VgicIrs *irs; /* no two PEs share a line */
    uint16_t iaffid;
    /* derived: for each domain VGIC_HPPI_VALID, the priority and the INTID; 0: there is none, or
     * ICC_CR0.EN is 0. Without the test for sufficient priority. */
    VgicShared64 hppi[VGIC_DOMAINS];
    /* PPIs, as bits */
    VgicShared64 enabled[VGIC_PPI_WORDS], active[VGIC_PPI_WORDS];
    VgicShared64 latch[VGIC_PPI_WORDS]; /* Pending of edge PPIs */
    VgicShared64 wire[VGIC_PPI_WORDS];
    VgicShared64 of_domain[VGIC_DOMAINS][VGIC_PPI_WORDS]; /* ICC_PPI_DOMAINR<n>_EL3 */
    VgicShared8 priority[VGIC_V5_PPIS];
    /* registers, banked by domain */
    VgicShared32 apr[VGIC_DOMAINS];
    VgicShared8 pcr[VGIC_DOMAINS];
    VgicShared64 cr0[VGIC_DOMAINS]; /* EN, PID and IPPT */
    VgicShared64 icsr;
    /* what others set */
    uint8_t domain;   /* the current physical domain, as the host said last */
    bool hppi_stays;  /* what changed under the lock does not change `hppi` */
    uint32_t irs_on;  /* IRS_CR0.IRSEN of its IRS, a bit for each domain */
    VgicShared32 dps; /* IRS_PE_CR0.DPS, a bit for each domain */
};

/* VgicV5Cpu.hppi: [31:0] are the INTID. */
#define VGIC_HPPI_VALID (UINT64_C(1) << 63)
enum {
    VGIC_HPPI_PRIORITY_SHIFT = 32,
};

static inline unsigned vgic_v5_hppi_priority(uint64_t hppi)
{
    return hppi >> VGIC_HPPI_PRIORITY_SHIFT & 31;
}

/** What a frame of a domain has of an IRS. */
typedef struct VgicIrsDomain {
    /* under VgicIrs.lock */
    _Atomic uint32_t cr0, cr1;
    _Atomic uint32_t spi_selr, pe_selr;
    _Atomic uint64_t swerr_statusr, swerr_syndromer0, swerr_syndromer1;
} VgicIrsDomain;

struct VgicIrs {
    /* constant */
    Vgic *gic;
    uint32_t index;
    uint32_t first_cpu, cpu_count;
    uint32_t spi_base, spi_count;
    VgicLock lock; /* software errors; no other lock is taken while it is held */
    VgicIrsDomain domain[VGIC_DOMAINS];
};

/** Where the entries of a table of LPIs are: IRS_IST_BASER and IRS_IST_CFGR as they were taken. */
typedef struct VgicIstLayout {
    uint64_t base;
    uint8_t id_bits;
    uint8_t entry_shift; /* log2 of the bytes of an entry */
    uint8_t l2_bits;     /* log2 of the entries of a level 2 table; 0: the table is linear */
} VgicIstLayout;

/** The table of LPIs of a domain [GICv5 3.5]: one for all IRSs. */
typedef struct VgicIst {
    /* under VgicV5.lock */
    _Atomic uint64_t baser;
    _Atomic uint32_t cfgr;
    atomic_bool busy; /* being taken over or written back, by one thread */
    VgicIstLayout layout;
    /* read without the lock */
    _Atomic uint32_t end;   /* LPIs below it exist; 0: not valid */
    _Atomic uint64_t epoch; /* counts validations and invalidations: what was read before is void */
} VgicIst;

struct VgicV5 {
    /* constant */
    Vgic *gic;
    uint32_t domains; /* bits 1 << VgicSpace */
    uint32_t lpi_bits, min_lpi_bits;
    uint32_t iaffid_bits, irs_priority_bits;
    uint8_t icc_id_bits; /* ICC_IDR0_EL1.ID_BITS */
    uint8_t l2_sizes;    /* IRS_IDR2.IST_L2SZ */
    bool two_level, setlpi, software_errors, one_of_n;
    uint16_t no_iaffid; /* one that no PE has: of LPIs of which nothing is known */
    uint64_t ppis[VGIC_PPI_WORDS], level_ppis[VGIC_PPI_WORDS];
    uint32_t irs_count;
    VgicIrs *irs;
    VgicV5Cpu *cpus;
    uint32_t its_count;
    VgicV5Its *its;
    uint32_t iwb_count;
    VgicIwb *iwb;

    VgicLock lock; /* the ISTs' registers; no other lock is taken while it is held */
    VgicIst ist[VGIC_DOMAINS];
    atomic_bool one_of_n_used; /* an interrupt ever had IRM set */
};

/** Is @p domain one that this GIC has? */
static inline bool vgic_v5_has_domain(const VgicV5 *v5, unsigned domain)
{
    return v5->domains >> domain & 1;
}

/** The address space of a domain: its frames are there, and its tables. */
static inline VgicSpace vgic_v5_space_of(const VgicV5 *v5, unsigned domain)
{
    if (domain != VGIC_EL3) {
        return (VgicSpace)domain;
    }
    return vgic_v5_has_domain(v5, VGIC_REALM) ? VGIC_ROOT : VGIC_S;
}

/* The domain that a PE's access is about [GICv5 1.3]. */

/** The domain that SCR_EL3.{NSE,NS} select, whatever the EL. */
static inline unsigned vgic_v5_logical_domain(const VgicAccess *access)
{
    const VgicCpuState *state = access->state;

    if (!access->gic->el3) {
        return VGIC_NS;
    }
    if (state->el < 3) {
        return state->space & 3;
    }
    return (unsigned)(VGIC_GET(state->scr_el3, scr5, NS)
                          ? VGIC_GET(state->scr_el3, scr5, NSE) << 1 | 1
                          : VGIC_S);
}

static inline unsigned vgic_v5_current_domain(const VgicAccess *access)
{
    return access->gic->el3 && access->state->el == 3 ? VGIC_EL3 : vgic_v5_logical_domain(access);
}

/*
 * The CPU interface (hppi.c).
 */

/** Recomputes VgicV5Cpu.hppi and returns the output lines; the lock is held. */
uint32_t vgic_v5_refresh(VgicCpu *cpu);

/** Presents a change of ICC_PCR or ICC_APR, which say what is sufficient and not what is best;
 * releases the lock. */
static inline void vgic_v5_present_threshold_unlock(VgicCpu *cpu)
{
    cpu->v5->hppi_stays = true;
    vgic_cpu_present_unlock(cpu);
}

/** Is @p hppi of @p domain of sufficient priority [GICv5 1.9]? */
static inline bool vgic_v5_is_sufficient(const VgicV5Cpu *v5, unsigned domain, uint64_t hppi)
{
    uint32_t apr = vgic_load32(&v5->apr[domain]);
    unsigned running = apr ? (unsigned)__builtin_ctz(apr) : VGIC_PRIORITY_NONE;
    unsigned priority = vgic_v5_hppi_priority(hppi);

    return hppi & VGIC_HPPI_VALID && priority < running && priority <= vgic_load8(&v5->pcr[domain]);
}

/** The domain that a PPI of @p cpu belongs to. */
static inline unsigned vgic_v5_ppi_domain(const VgicV5Cpu *cpu, unsigned ppi)
{
    unsigned domain = VGIC_S;

    for (unsigned i = 0; i < VGIC_DOMAINS; i++) {
        if (vgic_load64(&cpu->of_domain[i][ppi / 64]) >> ppi % 64 & 1) {
            domain = i;
        }
    }
    return domain;
}

/** The fields of ICC_CR0 of @p domain, and of ICC_ICSR_EL1, that software can write. */
uint64_t vgic_v5_cr0_fields(const Vgic *gic, unsigned domain);
uint64_t vgic_v5_icsr_fields(const Vgic *gic);

/** Pending PPIs, 64 of them, whoever they belong to. */
static inline uint64_t vgic_v5_pending_ppis(const VgicV5 *v5, const VgicV5Cpu *cpu, unsigned word)
{
    return (vgic_load64(&cpu->wire[word]) & v5->level_ppis[word]) | vgic_load64(&cpu->latch[word]);
}

/** vgic_spi_set_level() and its like. */
bool vgic_v5_drive(Vgic *gic, const char *function, VgicCpu *cpu, uint32_t id,
                   VgicWireChange change);

/*
 * SPIs and LPIs (irq.c, ist.c).
 */

/** Events that change Pending and HM [GICv5 1.6]. */
typedef enum VgicV5Event {
    VGIC_EVENT_NONE,
    VGIC_EVENT_SET_EDGE,
    VGIC_EVENT_SET_LEVEL,
    VGIC_EVENT_CLEAR,
} VgicV5Event;

/** Applies @p event; the lock of the interrupt's home is held. */
static inline void vgic_v5_apply_event(VgicIrq *irq, VgicV5Event event)
{
    if (event == VGIC_EVENT_NONE) {
        return;
    }
    vgic_irq_set(irq, VGIC_IRQ_LATCH, event != VGIC_EVENT_CLEAR);
    if (event != VGIC_EVENT_CLEAR) {
        vgic_irq_set(irq, VGIC_IRQ_LEVEL_HANDLING, event == VGIC_EVENT_SET_LEVEL);
    }
}

/** The event that a wire of level @p high makes by its trigger mode when it gets there. */
static inline VgicV5Event vgic_v5_wire_event(bool level_triggered, bool high)
{
    if (high) {
        return level_triggered ? VGIC_EVENT_SET_LEVEL : VGIC_EVENT_SET_EDGE;
    }
    return level_triggered ? VGIC_EVENT_CLEAR : VGIC_EVENT_NONE;
}

/** The same when the trigger mode changes to @p level_triggered under it. */
static inline VgicV5Event vgic_v5_trigger_event(bool level_triggered, bool high)
{
    if (level_triggered) {
        return high ? VGIC_EVENT_SET_LEVEL : VGIC_EVENT_CLEAR;
    }
    return high ? VGIC_EVENT_CLEAR : VGIC_EVENT_NONE;
}

/** vgic_irq_lock_home(), and vgic_irq_lock_settled(), because nothing is in list registers: for
 * what is done often. */
static inline VgicCpu *vgic_v5_lock_home(Vgic *gic, VgicIrq *irq)
{
    unsigned home = atomic_load_explicit(&irq->home, memory_order_acquire);
    VgicCpu *cpu = &gic->cpus[home];

    vgic_lock(&cpu->lock);
    if (G_LIKELY(atomic_load_explicit(&irq->home, memory_order_acquire) == home)) {
        return cpu;
    }
    vgic_unlock(&cpu->lock);
    return vgic_irq_lock_home(gic, irq);
}

/**
 * Finds an SPI or LPI (an INTID with its TYPE) of @p domain and takes the lock of its home; an LPI
 * is read from its table if that is needed. No lock is held, and errors of memory are noted at @p
 * irs.
 *
 * @return VGIC_RULE_NONE: @p home is locked, and vgic_irq_update_unlock() or vgic_unlock() are to
 * follow. Else the rule that is broken, and nothing is locked
 */
VgicRule vgic_v5_irq_lock(VgicIrs *irs, unsigned domain, uint32_t intid, VgicCpu **home,
                          VgicIrq **irq);

/** Routes @p irq, whose home is locked. */
void vgic_v5_route(VgicCpu *home, VgicIrq *irq, bool one_of_n, uint16_t iaffid);

/** An event for LPI @p id of @p domain, as an ITS sends it to @p irs. @p pe: where the LPI was
 * then, UINT32_MAX if nowhere; may be NULL. No lock is held. */
VgicRule vgic_v5_lpi_event(VgicIrs *irs, unsigned domain, uint32_t id, VgicV5Event event,
                           uint32_t *pe);

/** The IAFFID that software reads of it: 0 for 1-of-N. */
static inline uint16_t vgic_v5_iaffid(const VgicIrq *irq)
{
    return irq->flags & VGIC_IRQ_ONE_OF_N ? 0 : irq->target;
}

static inline unsigned vgic_v5_priority(const VgicIrq *irq)
{
    return irq->priority >> VGIC_PRIORITY_SHIFT;
}

/** Stores a priority, of which the IRS has perhaps fewer bits. */
static inline void vgic_v5_set_priority(const VgicV5 *v5, VgicIrq *irq, uint64_t priority)
{
    uint64_t bits = 0x1F << (5 - v5->irs_priority_bits) & 0x1F;

    irq->priority = (uint8_t)((priority & bits) << VGIC_PRIORITY_SHIFT);
}

/** The number of an LPI in Vgic.lpis, which is also [25:0] of VGIC_V5_LPI_OF(). */
static inline uint32_t vgic_v5_lpi_number(unsigned domain, uint32_t id)
{
    return (domain ^ VGIC_NS) << 24 | id;
}

/** The INTID, as software knows it, of a slot. */
static inline uint32_t vgic_v5_intid_of(uint32_t slot)
{
    return slot & VGIC_SLOT_LPI ? VGIC_V5_LPI(slot & VGIC_INTID_MASK)
                                : VGIC_V5_SPI(slot - VGIC_SLOT_SHARED);
}

/** The slot of an INTID of @p domain that has a record. */
static inline uint32_t vgic_v5_slot_of(unsigned domain, uint32_t intid)
{
    uint32_t id = intid & VGIC_INTID_MASK;

    return intid >> 29 == VGIC_TYPE_LPI ? VGIC_SLOT_LPI | vgic_v5_lpi_number(domain, id)
                                        : VGIC_SLOT_SHARED + id;
}

/** An INTID as reports and vgic_irq_info() have it: LPIs with their domain. */
static inline uint32_t vgic_v5_told_intid(unsigned domain, uint32_t intid)
{
    return intid >> 29 == VGIC_TYPE_LPI ? intid | (domain ^ VGIC_NS) << 24 : intid;
}

/* Tables of LPIs (ist.c). No lock is held. */
/** What software says of IRS_IST_BASER of @p domain; @p mask: the half that it writes. */
VgicRule vgic_v5_ist_write_baser(VgicIrs *irs, unsigned domain, uint64_t value, uint64_t mask);
VgicRule vgic_v5_ist_write_cfgr(VgicIrs *irs, unsigned domain, uint32_t value);
VgicRule vgic_v5_ist_map_l2(VgicIrs *irs, unsigned domain, uint32_t id);
/** Reads the entry of an LPI into its record, which is made if there is none. */
VgicRule vgic_v5_ist_load(VgicIrs *irs, unsigned domain, uint32_t id);
/** Forgets all LPIs and tables, and writes nothing. */
void vgic_v5_ist_reset(Vgic *gic);
/** The entry of an LPI as it is in memory, without HWU. */
static inline uint32_t vgic_v5_iste(const VgicIrq *irq)
{
    return (uint32_t)(VGIC_PUT(l2_iste, Pending, !!(irq->flags & VGIC_IRQ_LATCH)) |
                      VGIC_PUT(l2_iste, Active, !!(irq->flags & VGIC_IRQ_ACTIVE)) |
                      VGIC_PUT(l2_iste, HM, !!(irq->flags & VGIC_IRQ_LEVEL_HANDLING)) |
                      VGIC_PUT(l2_iste, Enable, !!(irq->flags & VGIC_IRQ_ENABLED)) |
                      VGIC_PUT(l2_iste, IRM, !!(irq->flags & VGIC_IRQ_ONE_OF_N)) |
                      VGIC_PUT(l2_iste, Priority, vgic_v5_priority(irq)) |
                      VGIC_PUT(l2_iste, IAFFID, vgic_v5_iaffid(irq)));
}

/** The record of an LPI with this entry; it is routed nowhere yet. */
static inline void vgic_v5_set_iste(VgicIrq *irq, uint32_t iste)
{
    irq->flags =
        (uint16_t)(VGIC_IRQ_CONFIGURED | VGIC_IRQ_LATCH * VGIC_GET(iste, l2_iste, Pending) |
                   VGIC_IRQ_ACTIVE * VGIC_GET(iste, l2_iste, Active) |
                   VGIC_IRQ_LEVEL_HANDLING * VGIC_GET(iste, l2_iste, HM) |
                   VGIC_IRQ_ENABLED * VGIC_GET(iste, l2_iste, Enable) |
                   VGIC_IRQ_ONE_OF_N * VGIC_GET(iste, l2_iste, IRM));
    irq->priority = (uint8_t)(VGIC_GET(iste, l2_iste, Priority) << VGIC_PRIORITY_SHIFT);
}

/** The fields of an entry that mean something. */
uint32_t vgic_v5_iste_fields(const VgicV5 *v5);
/** The fields of IRS_IST_CFGR that software can write. */
uint32_t vgic_v5_ist_cfgr_fields(const VgicV5 *v5);
/** VgicIst.end of a table with these registers. */
uint32_t vgic_v5_ist_end(const VgicV5 *v5, uint64_t baser, uint32_t cfgr);
/** Sets registers that are from a saved state, and what follows from them. LPIs are the caller's.
 */
void vgic_v5_ist_restore(VgicV5 *v5, unsigned domain, uint64_t baser, uint32_t cfgr);

/** Codes of IRS_SWERR_STATUSR.EC [GICv5 3.6]. */
enum {
    VGIC_SWERR_MAP_L2 = 0,
    VGIC_SWERR_L1 = 1,
    VGIC_SWERR_L2 = 2,
};

/** Notes a software error of an LPI at @p irs: of its table, at @p address. No lock is held. */
void vgic_irs_note_error(VgicIrs *irs, unsigned domain, unsigned code, uint32_t id,
                         uint64_t address);

/** PEs of @p irs look again at what it presents in @p domain, and 1-of-N too. No lock is held. */
void vgic_irs_changed(VgicIrs *irs);

/*
 * Registers.
 */
extern const VgicSysregRow vgic_icc5_rows[];
extern const uint32_t vgic_icc5_row_count;
extern const VgicSysregRow vgic_insn5_rows[];
extern const uint32_t vgic_insn5_row_count;
extern const VgicFrameRow vgic_irs_rows[];
extern const uint32_t vgic_irs_row_count;
extern const VgicFrameRow vgic_setlpi_rows[];
extern const uint32_t vgic_setlpi_row_count;

void vgic_irs_reset(Vgic *gic);

/** Adds a frame of @p unit for each domain, named after it: @p name, and @p suffix of the domain.
 */
void vgic_v5_add_frames(Vgic *gic, const char *name, const VgicFrameTable *table, void *unit);

/** Handlers that registers share: IDLE is always 1, because everything is done at once. */
uint64_t vgic_v5_idle_read(VgicAccess *access);

/*
 * ITS and IWB (its.c, iwb.c). Both init functions are called once the IRSs are there, and add the
 * frames.
 */
bool vgic_v5_its_init(Vgic *gic, const VgicConfig *config, VgicError **error);
void vgic_v5_its_free(Vgic *gic);
void vgic_v5_its_reset(Vgic *gic);
/** Says under the lock of the LPI's home which event it is by then (iwb.c). */
typedef VgicV5Event VgicV5Sample(void *data);
/**
 * An event at @p its: its LPI gets what @p sample says, or if that is NULL VGIC_EVENT_SET_EDGE. No
 * lock is held.
 *
 * @param intid set to the LPI as reports have it, UINT32_MAX if it is not known
 * @return the rule that it breaks: nothing became of it
 */
VgicRule vgic_v5_its_event(VgicV5Its *its, unsigned domain, uint32_t device, uint32_t event,
                           VgicV5Sample *sample, void *data, uint32_t *intid);

bool vgic_v5_iwb_init(Vgic *gic, const VgicConfig *config, VgicError **error);
void vgic_v5_iwb_free(Vgic *gic);
void vgic_v5_iwb_reset(Vgic *gic, VgicReset kind);
/** All wires to the Non-secure domain, and on. */
void vgic_v5_iwb_act_as_firmware(Vgic *gic);

/** The PPIs that a configuration asks for. */
void vgic_v5_ppis(const VgicConfig *config, uint64_t ppis[VGIC_PPI_WORDS]);
bool vgic_v5_check_config(const VgicConfig *config, VgicError **error);

/** vgic_irq_info() and vgic_lpi_next(). */
bool vgic_v5_irq_info(Vgic *gic, uint32_t cpu, uint32_t intid, VgicIrqInfo *info);
uint32_t vgic_v5_lpi_next(const Vgic *gic, uint32_t intid);

extern const VgicWholeStateOps vgic_v5_state;

/** Puts into Vgic.config what the model made of the options that were 0, for the saved state. */
void vgic_v5_fill_config(Vgic *gic);

#endif
