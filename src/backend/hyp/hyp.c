/* SPDX-License-Identifier: BSD-2-Clause */
/* Backend hyp as the core sees it: creation, and what happens to a vCPU that may be in its guest.
 */
#include "backend/hyp/hyp.h"

#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <vgic/registers.h>

#include "core/error.h"

/* Creation */

static bool check_priorities(const Vgic *gic, const VgicHyp *hyp, VgicError **error)
{
    unsigned priority_bits = (unsigned)VGIC_GET(hyp->vtr, ich_vtr, PRIbits) + 1;
    unsigned preemption_bits = (unsigned)VGIC_GET(hyp->vtr, ich_vtr, PREbits) + 1;

    if (preemption_bits != MIN(priority_bits, 7)) {
        return vgic_error_set(error, VGIC_ERROR_UNSUPPORTED,
                              "the interface has %u priority bits and %u preemption bits "
                              "(ICH_VTR_EL2): the latter must be %u",
                              priority_bits, preemption_bits, MIN(priority_bits, 7));
    }
    if (gic->priority_bits != priority_bits) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.priority_bits is %u, the interface has %u "
                              "(ICH_VTR_EL2.PRIbits): set it to that",
                              gic->priority_bits, priority_bits);
    }
    if (gic->el2 && VGIC_GET(gic->ich.vtr, ich_vtr, PRIbits) + 1 != priority_bits) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.ich_options.priority_bits is %u, the interface has %u "
                              "(ICH_VTR_EL2.PRIbits): set it to that",
                              (unsigned)VGIC_GET(gic->ich.vtr, ich_vtr, PRIbits) + 1,
                              priority_bits);
    }
    if (gic->el2 && VGIC_GET(gic->ich.vtr, ich_vtr, PREbits) + 1 != preemption_bits) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.ich_options.preemption_bits is %u, the interface has %u "
                              "(ICH_VTR_EL2.PREbits): set it to that",
                              (unsigned)VGIC_GET(gic->ich.vtr, ich_vtr, PREbits) + 1,
                              preemption_bits);
    }
    return true;
}

static bool check_intids(const Vgic *gic, const VgicHyp *hyp, VgicError **error)
{
    if (VGIC_GET(hyp->vtr, ich_vtr, IDbits)) {
        return true;
    }
    if (gic->lpis.bits > 16) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.lpi_bits is %u, but the interface has INTIDs of 16 bits "
                              "(ICH_VTR_EL2.IDbits)",
                              gic->lpis.bits);
    }
    if (gic->el2 && VGIC_GET(gic->ich.vtr, ich_vtr, IDbits)) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.ich_options.intid_bits is 24, but the interface has "
                              "INTIDs of 16 bits (ICH_VTR_EL2.IDbits): set it to 16");
    }
    return true;
}

static bool check_config(const Vgic *gic, const VgicHyp *hyp, VgicError **error)
{
    if (gic->config.single_threaded && !hyp->host.stop) {
        return vgic_error_set(error, VGIC_ERROR_HOST,
                              "VgicHypHost.stop is NULL: it is mandatory with "
                              "VgicConfig.single_threaded");
    }
    if (gic->v5) {
        return vgic_error_set(error, VGIC_ERROR_UNSUPPORTED,
                              "VgicConfig.model is VGIC_V5: list registers hold a GICv3's "
                              "interrupts, allowed is VGIC_V3");
    }
    if (gic->two_states || gic->el3) {
        return vgic_error_set(error, VGIC_ERROR_UNSUPPORTED,
                              "VgicConfig.security_states is %u and el3 %u: a virtual CPU "
                              "interface has one Security state and no EL3",
                              gic->two_states ? 2 : 1, gic->el3);
    }
    if (gic->el2 && gic->ich.list_registers > hyp->list_registers) {
        return vgic_error_set(error, VGIC_ERROR_CONFIG,
                              "VgicConfig.ich_options.list_registers is %u, the interface has %u: "
                              "allowed is 1 to that",
                              gic->ich.list_registers, hyp->list_registers);
    }
    return check_intids(gic, hyp, error) && check_priorities(gic, hyp, error);
}

static VgicHypCpu *new_cpus(uint32_t count)
{
    VgicHypCpu *cpus = aligned_alloc(VGIC_CACHE_LINE, count * sizeof(*cpus));

    return cpus ? memset(cpus, 0, count * sizeof(*cpus)) : NULL;
}

static bool hyp_start(Vgic *gic, VgicError **error)
{
    VgicHyp *hyp = vgic_hyp_of(gic);
    size_t records = (size_t)gic->cpu_count * gic->local_count + gic->shared_count;

    hyp->vtr = hyp->host.read(gic->machine, 0, ICH_VTR_EL2);
    hyp->list_registers = ((unsigned)VGIC_GET(hyp->vtr, ich_vtr, ListRegs) & 0xF) + 1;
    hyp->ap_words = vgic_bank_ap_words(&gic->cpus[0].bank);
    if (!check_config(gic, hyp, error)) {
        return false;
    }
    hyp->cpus = new_cpus(gic->cpu_count);
    hyp->mapped = g_try_new0(_Atomic uint32_t, records + 1);
    return (hyp->cpus && hyp->mapped) ||
           vgic_error_set(error, VGIC_ERROR_MEMORY, "out of memory for %u vCPUs", gic->cpu_count);
}

void vgic_hyp_data_free(VgicHyp *hyp)
{
    free(hyp->cpus);
    g_free((uint32_t *)hyp->mapped);
    free(hyp);
}

static void hyp_stop(Vgic *gic)
{
    uint32_t busy = vgic_busy_cpu(gic);

    if (busy < gic->cpu_count) {
        vgic_host_error(gic, "vgic_free", "vCPU %u is loaded: call vgic_hyp_put() first", busy);
    }
    vgic_hyp_data_free(vgic_hyp_of(gic));
}

static const uint64_t host_traps = VGIC_MASK(ich_hcr, TC) | VGIC_MASK(ich_hcr, TALL0) |
                                   VGIC_MASK(ich_hcr, TALL1) | VGIC_MASK(ich_hcr, TDIR);

static bool check_host(const VgicHypHost *hyp, VgicError **error)
{
    if (!hyp) {
        return vgic_error_set(error, VGIC_ERROR_HOST, "hyp is NULL: read and write are mandatory");
    }
    if (hyp->size != sizeof(*hyp)) {
        return vgic_error_set(error, VGIC_ERROR_HOST,
                              "VgicHypHost.size is %zu, this version takes %zu", hyp->size,
                              sizeof(*hyp));
    }
    if (!hyp->read || !hyp->write) {
        return vgic_error_set(error, VGIC_ERROR_HOST, "VgicHypHost.%s is NULL: it is mandatory",
                              hyp->read ? "write" : "read");
    }
    if (hyp->traps & ~host_traps) {
        return vgic_error_set(error, VGIC_ERROR_HOST,
                              "VgicHypHost.traps is %#" PRIx64
                              ", allowed are TC, TALL0, TALL1 and TDIR, %#" PRIx64,
                              hyp->traps, host_traps);
    }
    return true;
}

VgicHyp *vgic_hyp_data_new(const VgicHypHost *hyp, VgicError **error)
{
    VgicHyp *data;

    if (!check_host(hyp, error)) {
        return NULL;
    }
    data = aligned_alloc(VGIC_CACHE_LINE, sizeof(*data));
    if (!data) {
        vgic_error_set(error, VGIC_ERROR_MEMORY, "out of memory");
        return NULL;
    }
    memset(data, 0, sizeof(*data));
    data->host = *hyp;
    return data;
}

/* What the vCPU is shown */

enum {
    VIRTUAL = VGIC_LINE_VIRQ | VGIC_LINE_VFIQ | VGIC_LINE_VNMI,
};

/* Does what changed concern a guest that runs now? One that only waits for a list register does
 * not: NPIE will tell. */
static bool must_exit(const VgicCpu *cpu, const VgicHypCpu *own)
{
    if (own->context == VGIC_HYP_NESTED) {
        return cpu->gic->model->lines(cpu) & VGIC_HYP_LINES;
    }
    return vgic_cpu_candidate(cpu).key < own->waiting || own->groups & ~vgic_hyp_groups(cpu);
}

/* What L1 has in its list registers is shown while the vCPU is out: perhaps L2 waits for it. */
static uint32_t lines_of(const VgicCpu *cpu, const VgicHypCpu *own)
{
    if (own->where == VGIC_HYP_IS_FLUSHED) {
        return own->kicked ? VGIC_LINE_KICK : 0;
    }
    return cpu->gic->model->lines(cpu) & ~(own->where == VGIC_HYP_IS_OUT ? 0u : VIRTUAL);
}

static bool hyp_present(VgicCpu *cpu)
{
    VgicHyp *hyp = vgic_hyp_of(cpu->gic);
    VgicHypCpu *own;

    vgic_cpu_refresh(cpu);
    if (cpu->index == cpu->gic->cpu_count || !hyp->cpus) {
        return false;
    }
    own = vgic_hyp_cpu(cpu);
    own->kicked |= own->where == VGIC_HYP_IS_FLUSHED && must_exit(cpu, own);
    if (vgic_hyp_is_in_flight(cpu->gic)) {
        vgic_hyp_note_in_flight(hyp);
    }
    return vgic_cpu_publish(cpu, lines_of(cpu, own)) || atomic_load(&hyp->rose);
}

static void kick(VgicCpu *cpu)
{
    VgicHypCpu *own = vgic_hyp_cpu(cpu);

    vgic_lock(&cpu->lock);
    if (own->where == VGIC_HYP_IS_FLUSHED && own->context == VGIC_HYP_GUEST &&
        !(own->hcr & (VGIC_MASK(ich_hcr, TDIR) | VGIC_MASK(ich_hcr, TC)))) {
        own->kicked = true;
    }
    vgic_cpu_present_unlock(cpu);
}

/* The first interrupt that another vCPU's DIR may name: those that run untrapped come back. */
void vgic_hyp_follow_up(Vgic *gic)
{
    VgicHyp *hyp = vgic_hyp_of(gic);

    if (!atomic_load(&hyp->rose) || !atomic_exchange(&hyp->rose, false)) {
        return;
    }
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        kick(&gic->cpus[i]);
    }
}

/* What is in a list register */

/* Asks the vCPU to come out of its guest, and lets time pass. The lock is held, and released. */
static void wait_for_sync_unlock(VgicCpu *cpu)
{
    const VgicHyp *hyp = vgic_hyp_of(cpu->gic);

    vgic_hyp_cpu(cpu)->kicked = true;
    vgic_cpu_present_unlock(cpu);
    if (hyp->host.stop) {
        hyp->host.stop(cpu->gic->machine, cpu->index);
    } else {
        g_thread_yield();
    }
    if (cpu->gic->config.single_threaded && vgic_hyp_cpu(cpu)->where == VGIC_HYP_IS_FLUSHED) {
        vgic_host_error(cpu->gic, "VgicHypHost.stop", "it did not synchronise vCPU %u", cpu->index);
        vgic_hyp_sync(cpu->gic, cpu->index);
    }
}

static VgicCpu *hyp_recall(VgicCpu *cpu, VgicIrq *irq)
{
    VgicHypCpu *own = vgic_hyp_cpu(cpu);

    atomic_fetch_add(&own->recalls, 1); /* it does not enter again before this is done */
    while (irq->flags & VGIC_IRQ_ON_LR) {
        wait_for_sync_unlock(cpu);
        cpu = vgic_irq_lock_home(cpu->gic, irq);
    }
    atomic_fetch_sub(&own->recalls, 1);
    return cpu;
}

/* An edge of what the guest may have acknowledged or not, a level that it should not see any more:
 * only the exit tells. A level that rises is looked at when it is ended, but for one that hardware
 * ends: that is no exit. */
static void hyp_touched(VgicCpu *home, const VgicIrq *irq)
{
    VgicHypCpu *own = vgic_hyp_cpu(home);

    if (own->where == VGIC_HYP_IS_FLUSHED &&
        (irq->flags & VGIC_IRQ_LEVEL ? !vgic_irq_is_pending(irq) || irq->flags & VGIC_IRQ_MAPPED
                                     : irq->flags & VGIC_IRQ_LATCH)) {
        own->kicked = true;
    }
}

/* After an end by the CPU interface in software */
static void hyp_deactivated(VgicCpu *cpu, VgicIrq *irq, uint32_t flags)
{
    Vgic *gic = cpu->gic;
    VgicCpu *home = vgic_irq_lock_home(gic, irq);
    VgicHypEnds ends;

    ends.count = 0;
    vgic_hyp_add_end(&ends, vgic_hyp_end_of(home, irq, flags, false));
    vgic_unlock(&home->lock);
    /* What goes to no PE is told of as the first one's. */
    vgic_hyp_do_ends(cpu->index < gic->cpu_count ? cpu : gic->cpus, &ends);
}

VgicHypEnd vgic_hyp_end_of(const VgicCpu *home, VgicIrq *irq, uint32_t flags, bool hw)
{
    uint32_t mapped = vgic_hyp_mapped(home, irq);
    bool level = flags & VGIC_IRQ_LEVEL;

    return (VgicHypEnd){
        .irq = irq,
        .mapped = mapped,
        .ended = level && !vgic_hyp_is_hw(mapped) && !vgic_irq_is_local(irq),
        .deactivate = vgic_hyp_is_hw(mapped) && !hw,
        .resample = mapped & VGIC_HYP_RESAMPLE ? !(irq->flags & VGIC_IRQ_LATCH)
                                               : mapped && level && flags & VGIC_IRQ_WIRE,
    };
}

/* The wire of a mapped level is what the physical one is; while that is low, nothing holds the
 * physical interrupt active [1.8]. */
static void resample(VgicCpu *cpu, VgicIrq *irq, uint32_t mapped)
{
    Vgic *gic = cpu->gic;
    const VgicHypHost *host = &vgic_hyp_of(gic)->host;
    uint32_t pintid = vgic_hyp_pintid(mapped);
    VgicCpu *home;
    bool level;

    if (mapped & VGIC_HYP_RESAMPLE) {
        host->deactivate(gic->machine, cpu->index, pintid);
        return;
    }
    level = host->level(gic->machine, cpu->index, pintid);
    home = vgic_irq_lock_home(gic, irq);
    vgic_irq_set_wire(irq, level);
    vgic_irq_update_unlock(home, irq);
    if (!level) {
        host->deactivate(gic->machine, cpu->index, pintid);
    }
}

void vgic_hyp_do_ends(VgicCpu *cpu, const VgicHypEnds *ends)
{
    const VgicHypHost *host = &vgic_hyp_of(cpu->gic)->host;

    for (unsigned i = 0; i < ends->count; i++) {
        const VgicHypEnd *end = &ends->end[i];

        if (end->deactivate) {
            host->deactivate(cpu->gic->machine, cpu->index, vgic_hyp_pintid(end->mapped));
        }
        if (end->resample) {
            resample(cpu, end->irq, end->mapped);
        }
        if (end->ended && host->ended) {
            host->ended(cpu->gic->machine, cpu->index, vgic_intid_of(end->irq->slot));
        }
    }
}

static bool hyp_busy(const VgicCpu *cpu)
{
    const VgicHyp *hyp = vgic_hyp_of(cpu->gic);

    return hyp->cpus && hyp->cpus[cpu->index].where != VGIC_HYP_IS_OUT;
}

const VgicBackendOps vgic_hyp_backend = {
    .name = "hyp",
    .start = hyp_start,
    .stop = hyp_stop,
    .present = hyp_present,
    .recall = hyp_recall,
    .touched = hyp_touched,
    .lists_active = true,
    .deactivated = hyp_deactivated,
    .follow_up = vgic_hyp_follow_up,
    .busy = hyp_busy,
};

/* Physical interrupts */

static VgicIrq *find_mappable(Vgic *gic, const char *function, uint32_t cpu, uint32_t intid)
{
    bool is_sgi = intid < VGIC_INTID_PPI;
    VgicIrq *irq;

    if (!vgic_check_cpu(gic, function, cpu) || !vgic_hyp_check(gic, function)) {
        return NULL;
    }
    irq = is_sgi || intid == gic->maintenance_intid ? NULL
                                                    : vgic_irq_find(gic, &gic->cpus[cpu], intid);
    if (!irq) {
        vgic_host_error(gic, function,
                        "intid is %u, allowed are PPIs and SPIs of this GIC but the PPI of the "
                        "maintenance interrupt",
                        intid);
    }
    return irq;
}

static void set_mapped(VgicIrq *irq, VgicCpu *home, uint32_t mapped)
{
    vgic_hyp_of(home->gic)->mapped[vgic_hyp_map_index(home->gic, irq)] = mapped;
    vgic_irq_set(irq, VGIC_IRQ_MAPPED, mapped);
}

bool vgic_hyp_map(Vgic *gic, uint32_t cpu, uint32_t intid, uint32_t pintid, VgicHypMapping mapping)
{
    VgicIrq *irq = find_mappable(gic, __func__, cpu, intid);
    const VgicHypHost *host;
    VgicCpu *home;

    if (!irq) {
        return false;
    }
    host = &vgic_hyp_of(gic)->host;
    if (!host->deactivate || !host->level) {
        vgic_host_error(gic, __func__, "VgicHypHost.%s is NULL: it is mandatory for mappings",
                        host->deactivate ? "level" : "deactivate");
        return false;
    }
    if (mapping != VGIC_HYP_HW && mapping != VGIC_HYP_SOFTWARE) {
        vgic_host_error(gic, __func__, "mapping is %d, allowed are VGIC_HYP_HW and _SOFTWARE",
                        (int)mapping);
        return false;
    }
    if (pintid < VGIC_INTID_PPI || pintid >= VGIC_INTID_SECURE) {
        vgic_host_error(gic, __func__, "pintid is %u, allowed are 16 to 1019", pintid);
        return false;
    }
    home = vgic_irq_lock_settled(gic, irq);
    set_mapped(irq, home, pintid | (mapping == VGIC_HYP_SOFTWARE ? VGIC_HYP_RESAMPLE : 0));
    vgic_irq_update_unlock(home, irq);
    return true;
}

bool vgic_hyp_unmap(Vgic *gic, uint32_t cpu, uint32_t intid)
{
    VgicIrq *irq = find_mappable(gic, __func__, cpu, intid);
    VgicCpu *home;

    if (!irq) {
        return false;
    }
    home = vgic_irq_lock_settled(gic, irq);
    set_mapped(irq, home, VGIC_HYP_NOT_MAPPED);
    vgic_irq_update_unlock(home, irq);
    return true;
}

/* Preconditions */

bool vgic_hyp_check(const Vgic *gic, const char *function)
{
    if (G_LIKELY(gic->backend == &vgic_hyp_backend)) {
        return true;
    }
    vgic_host_error(gic, function, "gic is not one of vgic_hyp_new()");
    return false;
}

bool vgic_hyp_set_vncr(Vgic *gic, uint32_t cpu, void *page)
{
    VgicHypCpu *own;

    if (!vgic_check_cpu(gic, __func__, cpu) || !vgic_hyp_check(gic, __func__)) {
        return false;
    }
    if (!gic->el2) {
        vgic_host_error(gic, __func__, "VgicConfig.el2 is not set");
        return false;
    }
    own = &vgic_hyp_of(gic)->cpus[cpu];
    if (own->where == VGIC_HYP_IS_FLUSHED || own->context == VGIC_HYP_NESTED) {
        vgic_host_error(gic, __func__,
                        "vCPU %u is in its guest, or nested: call vgic_hyp_put() first", cpu);
        return false;
    }
    if ((uintptr_t)page % sizeof(uint64_t)) {
        vgic_host_error(gic, __func__, "page is %p, it must be aligned to 8 bytes", page);
        return false;
    }
    own->vncr = page;
    return true;
}
