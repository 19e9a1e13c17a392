/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Backend hyp: list registers of a virtual CPU interface that the host owns. What its files share.
 *
 * Between vgic_hyp_flush() and vgic_hyp_sync() the truth about an interrupt in a list register is
 * there (VGIC_IRQ_ON_LR); between load and put the active priorities are. ICH_VMCR_EL2 is exact in
 * the PE's record after each sync.
 *
 * [1.4] and the like name sections of the behaviour sheet of list-register engines.
 */
#ifndef VGIC_HYP_INTERNAL_H
#define VGIC_HYP_INTERNAL_H

#include <vgic/hyp.h>

#include "core/gic.h"
#include "defs/icc.h"
#include "defs/ich.h"

enum {
    VGIC_HYP_WALK = 31,          /* what ICH_HCR_EL2.EOIcount can count */
    VGIC_HYP_NOT_MAPPED = 0,     /* of VgicHyp.mapped, whose other values are pINTIDs ... */
    VGIC_HYP_RESAMPLE = 1 << 16, /* ... and this bit: without help of hardware */
};

/** Lines of what is to be taken: by the guest, or by L1 while L2 runs. */
enum {
    VGIC_HYP_LINES = VGIC_LINE_IRQ | VGIC_LINE_FIQ | VGIC_LINE_NMI,
};

typedef enum VgicHypWhere {
    VGIC_HYP_IS_OUT,
    VGIC_HYP_IS_LOADED,
    VGIC_HYP_IS_FLUSHED, /* list registers are in use: the vCPU is in its guest, for all we know */
} VgicHypWhere;

typedef struct VgicHypCpu {
    /* guarded by the PE's lock; the vCPU's thread alone writes `where`, read without it, too */
    _Alignas(VGIC_CACHE_LINE) _Atomic VgicHypWhere where; /* no two vCPUs share a line */
    VgicHypContext context;
    bool kicked;      /* it is to leave its guest */
    uint16_t waiting; /* the best key that found no list register */
    uint32_t groups;  /* vgic_hyp_groups() as it was flushed */
    uint64_t hcr;     /* ICH_HCR_EL2 as it was written */
    /* the vCPU's thread's own */
    uint32_t map;  /* VGIC_HYP_NESTED: those of L1's list registers that are in hardware */
    unsigned used; /* list registers in use, from 0 on */
    uint64_t lr[VGIC_MAX_LIST_REGISTERS];  /* as written */
    VgicIrq *irq[VGIC_MAX_LIST_REGISTERS]; /* VGIC_HYP_GUEST: whose they are */
    unsigned outside_count;                /* active ones that found no list register, in order */
    VgicIrq *outside[VGIC_HYP_WALK];
    uint64_t *vncr; /* L1's ICH registers in memory, or NULL */
    /* threads that wait for it to be out of its guest */
    atomic_uint recalls;
} VgicHypCpu;

typedef struct VgicHyp {
    /* constant */
    VgicHypHost host;
    uint64_t vtr;
    unsigned list_registers;
    unsigned ap_words;
    VgicHypCpu *cpus;
    /* of each record, local ones first; written under the lock of its home */
    _Atomic uint32_t *mapped;
    /* SPIs in list registers; with Vgic.shared_active those that a DIR of another vCPU may end */
    _Alignas(VGIC_CACHE_LINE) _Atomic uint32_t shared_in_lr;
    /* their number is known not to be 0; and rose from 0: vCPUs must take TDIR over [1.7] */
    atomic_bool in_flight, rose;
} VgicHyp;

extern const VgicBackendOps vgic_hyp_backend;

/** The backend's data for a new instance, which owns it once it exists; NULL sets the error. */
VgicHyp *vgic_hyp_data_new(const VgicHypHost *hyp, VgicError **error);
void vgic_hyp_data_free(VgicHyp *hyp);

static inline VgicHyp *vgic_hyp_of(const Vgic *gic)
{
    return gic->backend_data;
}

static inline VgicHypCpu *vgic_hyp_cpu(const VgicCpu *cpu)
{
    return &vgic_hyp_of(cpu->gic)->cpus[cpu->index];
}

static inline uint64_t vgic_hyp_read(const VgicCpu *cpu, uint32_t encoding)
{
    return vgic_hyp_of(cpu->gic)->host.read(cpu->gic->machine, cpu->index, encoding);
}

static inline void vgic_hyp_write(const VgicCpu *cpu, uint32_t encoding, uint64_t value)
{
    vgic_hyp_of(cpu->gic)->host.write(cpu->gic->machine, cpu->index, encoding, value);
}

/** The groups that the Distributor lets this vCPU have. */
static inline uint32_t vgic_hyp_groups(const VgicCpu *cpu)
{
    uint32_t ctlr = atomic_load_explicit(&cpu->gic->dist.ctlr, memory_order_relaxed);

    return cpu->gic->hold_while_asleep && cpu->redist.asleep ? 0 : ctlr & VGIC_DIST_GROUPS;
}

/** Is @p gic on this backend? Else the host is told. */
bool vgic_hyp_check(const Vgic *gic, const char *function);

/** Where @p irq, no LPI, stands in VgicHyp.mapped. */
static inline size_t vgic_hyp_map_index(const Vgic *gic, const VgicIrq *irq)
{
    return vgic_irq_is_local(irq)
               ? (size_t)(irq - gic->local)
               : (size_t)gic->cpu_count * gic->local_count + (size_t)(irq - gic->shared);
}

/** The physical interrupt that @p irq stands for, and VGIC_HYP_RESAMPLE; VGIC_HYP_NOT_MAPPED. */
static inline uint32_t vgic_hyp_mapping(const Vgic *gic, const VgicIrq *irq)
{
    return atomic_load_explicit(&vgic_hyp_of(gic)->mapped[vgic_hyp_map_index(gic, irq)],
                                memory_order_relaxed);
}

/** The same; the lock of its home is held. */
static inline uint32_t vgic_hyp_mapped(const VgicCpu *home, const VgicIrq *irq)
{
    return G_LIKELY(!(irq->flags & VGIC_IRQ_MAPPED)) ? VGIC_HYP_NOT_MAPPED
                                                     : vgic_hyp_mapping(home->gic, irq);
}

/** Is @p mapped one whose deactivation hardware does? */
static inline bool vgic_hyp_is_hw(uint32_t mapped)
{
    return mapped && !(mapped & VGIC_HYP_RESAMPLE);
}

static inline uint32_t vgic_hyp_pintid(uint32_t mapped)
{
    return mapped & ~(uint32_t)VGIC_HYP_RESAMPLE;
}

/** Must a deactivation by any vCPU trap, because it may be another one's interrupt? */
static inline bool vgic_hyp_is_in_flight(const Vgic *gic)
{
    return atomic_load(&vgic_hyp_of(gic)->shared_in_lr) || atomic_load(&gic->shared_active);
}

/** Notes that there is one: whoever sees it first tells the others (vgic_hyp_follow_up()). */
static inline void vgic_hyp_note_in_flight(VgicHyp *hyp)
{
    if (!atomic_load(&hyp->in_flight) && !atomic_exchange(&hyp->in_flight, true)) {
        atomic_store(&hyp->rose, true);
    }
}

/** ICH_HCR_EL2 @p hcr with what the host wants trapped. TDIR does not exist everywhere; TC stands
 * in for it. */
static inline uint64_t vgic_hyp_traps(const VgicHyp *hyp, uint64_t hcr)
{
    hcr |= hyp->host.traps;
    if (!VGIC_GET(hcr, ich_hcr, TDIR) || VGIC_GET(hyp->vtr, ich_vtr, TDS)) {
        return hcr;
    }
    return (hcr & ~VGIC_MASK(ich_hcr, TDIR)) | VGIC_MASK(ich_hcr, TC);
}

/* What the end of an interrupt asks of the host, once no lock is held. */
typedef struct VgicHypEnd {
    VgicIrq *irq;
    uint32_t mapped;
    bool ended;      /* VgicHypHost.ended */
    bool deactivate; /* VgicHypHost.deactivate */
    bool resample;   /* look at the physical level */
} VgicHypEnd;

typedef struct VgicHypEnds {
    unsigned count;
    VgicHypEnd end[VGIC_MAX_LIST_REGISTERS + VGIC_HYP_WALK];
} VgicHypEnds;

/** Adds what there is to do for @p end, if anything. */
static inline void vgic_hyp_add_end(VgicHypEnds *ends, VgicHypEnd end)
{
    if (end.ended || end.deactivate || end.resample) {
        ends->end[ends->count++] = end;
    }
}

/** What follows from the end of the active state of @p irq in software: @p hw as if hardware had
 * deactivated the physical interrupt already. The flags are those before the end. */
VgicHypEnd vgic_hyp_end_of(const VgicCpu *home, VgicIrq *irq, uint32_t flags, bool hw);

/** Does it, for vCPU @p cpu. No lock is held. */
void vgic_hyp_do_ends(VgicCpu *cpu, const VgicHypEnds *ends);

/** ICH_VMCR_EL2 as the PE's record says, and the other way round; the latter returns the groups
 * whose 1-of-N it joined or left. The lock is held. */
uint64_t vgic_hyp_vmcr(const VgicCpu *cpu);
uint32_t vgic_hyp_set_vmcr(VgicCpu *cpu, uint64_t value);

/** ICH_AP1R<n>_EL2 as @p bank says. */
static inline uint64_t vgic_hyp_ap1(const VgicBank *bank, unsigned n)
{
    bool nmi = n == 0 && vgic_bank_nmi_is_active(bank, VGIC_G1NS);

    return vgic_load32(&bank->apr[VGIC_G1NS][n]) | VGIC_PUT(icc_ap1r0, NMI, nmi);
}

/** Active priorities between hardware and @p bank. */
void vgic_hyp_read_priorities(VgicCpu *cpu, VgicBank *bank);
void vgic_hyp_write_priorities(const VgicCpu *cpu, const VgicBank *bank);

/** The work of vgic_hyp_load(), flush(), sync() and put() for VGIC_HYP_NESTED. */
void vgic_hyp_nested_load(VgicCpu *cpu);
VgicHypEntry vgic_hyp_nested_flush(VgicCpu *cpu);
void vgic_hyp_nested_sync(VgicCpu *cpu);
void vgic_hyp_nested_put(VgicCpu *cpu);

/** L1's ICH registers from its page, if it has one, and what follows from them; and into it. */
void vgic_hyp_import_vncr(VgicCpu *cpu);
void vgic_hyp_export_vncr(VgicCpu *cpu);

/** Tells what the others must do after one's own change, if anything. No lock is held. */
void vgic_hyp_follow_up(Vgic *gic);

#endif
