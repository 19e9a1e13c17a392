/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual CPU interface as a hypervisor sees it: the ICH registers [8]. */
#include "v3/ich.h"

#include <glib.h>

#include "v3/sysrows.h"

/* Those of the maintenance conditions in ICH_HCR_EL2. */
static const uint32_t maintenance_enables =
    (uint32_t)(VGIC_MASK(ich_hcr, UIE) | VGIC_MASK(ich_hcr, LRENPIE) | VGIC_MASK(ich_hcr, NPIE) |
               VGIC_MASK(ich_hcr, VGrp0EIE) | VGIC_MASK(ich_hcr, VGrp0DIE) |
               VGIC_MASK(ich_hcr, VGrp1EIE) | VGIC_MASK(ich_hcr, VGrp1DIE));

void vgic_ich_init(Vgic *gic, const VgicConfig *config)
{
    const VgicIchOptions *options = &config->ich_options;
    unsigned priority_bits = options->priority_bits ? options->priority_bits : 5;
    unsigned preemption_bits =
        options->preemption_bits ? options->preemption_bits : MIN(priority_bits, 7);
    unsigned intid_bits = options->intid_bits ? options->intid_bits : 24;
    VgicIchConstants *ich = &gic->ich;

    ich->list_registers = options->list_registers ? options->list_registers : 4;
    ich->vtr = VGIC_PUT(ich_vtr, ListRegs, ich->list_registers - 1) |
               VGIC_PUT(ich_vtr, DVIM, options->dvim) | VGIC_PUT(ich_vtr, TDS, !options->no_tds) |
               VGIC_PUT(ich_vtr, nV4, 1) | VGIC_PUT(ich_vtr, A3V, !options->no_a3v) |
               VGIC_PUT(ich_vtr, SEIS, options->seis) |
               VGIC_PUT(ich_vtr, IDbits, intid_bits == 24) |
               VGIC_PUT(ich_vtr, PREbits, preemption_bits - 1) |
               VGIC_PUT(ich_vtr, PRIbits, priority_bits - 1);
    ich->hcr_bits = VGIC_MASK(ich_hcr, En) | maintenance_enables | VGIC_MASK(ich_hcr, TC) |
                    VGIC_MASK(ich_hcr, TALL0) | VGIC_MASK(ich_hcr, TALL1) |
                    VGIC_MASK(ich_hcr, EOIcount) | VGIC_PUT(ich_hcr, TSEI, options->seis) |
                    VGIC_PUT(ich_hcr, TDIR, !options->no_tds) |
                    VGIC_PUT(ich_hcr, DVIM, options->dvim);
    ich->lr_bits = ((UINT64_C(1) << intid_bits) - 1) | VGIC_MASK(ich_lr, pINTID) |
                   VGIC_PUT(ich_lr, Priority, 0xFFu << (8 - priority_bits)) |
                   VGIC_PUT(ich_lr, NMI, config->nmi) | VGIC_MASK(ich_lr, Group) |
                   VGIC_MASK(ich_lr, HW) | VGIC_MASK(ich_lr, State);
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        vgic_bank_init(&gic->cpus[i].ich.bank, priority_bits, preemption_bits);
        vgic_ich_reset(&gic->cpus[i]);
    }
}

/* List registers */

/* Where a list register stands among those that may be presented; priority 0xFF never is. */
static int16_t rank_of(const VgicIch *ich, unsigned n, uint64_t lr)
{
    uint8_t priority = vgic_ich_priority(lr);

    if (VGIC_GET(lr, ich_lr, State) != VGIC_LR_PENDING || priority == VGIC_PRIORITY_IDLE ||
        !vgic_load8(&ich->igrpen[vgic_ich_group(lr)])) {
        return VGIC_RANK_NONE;
    }
    return (int16_t)((unsigned)vgic_queue_key(8, priority, vgic_ich_is_nmi(lr))
                         << VGIC_RANK_NUMBER_BITS |
                     n);
}

static int16_t best_rank(const VgicIch *ich)
{
    int16_t best = VGIC_RANK_NONE;

    for (unsigned n = 0; n < VGIC_MAX_LIST_REGISTERS; n++) {
        best = ich->rank[n] < best ? ich->rank[n] : best;
    }
    return best;
}

/* Keeps `best`: only when the best one goes, all are compared. */
static void set_rank(VgicIch *ich, unsigned n, int16_t rank)
{
    int16_t best = atomic_load_explicit(&ich->best, memory_order_relaxed);

    ich->rank[n] = rank;
    if (best != VGIC_RANK_NONE && best % VGIC_MAX_LIST_REGISTERS == (int)n) {
        best = best_rank(ich);
    } else if (rank < best) {
        best = rank;
    }
    atomic_store_explicit(&ich->best, best, memory_order_relaxed);
}

static void put_in_set(VgicShared32 *set, unsigned n, bool in)
{
    vgic_store32(set, (vgic_load32(set) & ~(1u << n)) | (uint32_t)in << n);
}

void vgic_ich_set_lr(VgicCpu *cpu, unsigned n, uint64_t value)
{
    VgicIch *ich = &cpu->ich;
    unsigned state;

    value &= vgic_ich_lr_bits(cpu->gic, value);
    state = (unsigned)VGIC_GET(value, ich_lr, State);
    vgic_store64(&ich->lr[n], value);
    put_in_set(&ich->valid, n, state != VGIC_LR_INVALID);
    put_in_set(&ich->pending, n, state == VGIC_LR_PENDING);
    put_in_set(&ich->active, n, state & VGIC_LR_ACTIVE);
    put_in_set(&ich->ended, n, vgic_ich_is_ended(value));
    set_rank(ich, n, rank_of(ich, n, value));
}

void vgic_ich_set_igrpen(VgicIch *ich, unsigned group, bool on)
{
    if (vgic_load8(&ich->igrpen[group]) == on) {
        return;
    }
    vgic_store8(&ich->igrpen[group], on);
    for (uint32_t left = vgic_load32(&ich->pending); left; left &= left - 1) {
        unsigned n = (unsigned)__builtin_ctz(left);

        set_rank(ich, n, rank_of(ich, n, vgic_load64(&ich->lr[n])));
    }
}

void vgic_ich_count_eoi(VgicIch *ich)
{
    uint32_t hcr = vgic_load32(&ich->hcr);
    uint64_t count = VGIC_GET(hcr, ich_hcr, EOIcount) + 1; /* wraps */

    vgic_store32(&ich->hcr, (hcr & ~(uint32_t)VGIC_MASK(ich_hcr, EOIcount)) |
                                (uint32_t)VGIC_PUT(ich_hcr, EOIcount, count));
}

/* Lines */

bool vgic_ich_signals(const VgicIch *ich, uint64_t lr)
{
    unsigned group = vgic_ich_group(lr);

    if (!VGIC_GET(vgic_load32(&ich->hcr), ich_hcr, En)) {
        return false;
    }
    return vgic_ich_is_nmi(lr) ? vgic_bank_nmi_preempts(&ich->bank, group, 0)
                               : vgic_bank_signals(&ich->bank, group, vgic_ich_priority(lr));
}

static uint32_t signal_line(const VgicIch *ich, int16_t best)
{
    uint64_t lr;

    if (best == VGIC_RANK_NONE) {
        return 0;
    }
    lr = vgic_load64(&ich->lr[best % VGIC_MAX_LIST_REGISTERS]);
    if (!vgic_ich_signals(ich, lr)) {
        return 0;
    }
    if (vgic_ich_is_nmi(lr)) {
        return VGIC_LINE_VNMI;
    }
    return vgic_ich_group(lr) == VGIC_G0 ? VGIC_LINE_VFIQ : VGIC_LINE_VIRQ;
}

/* Each condition includes its enable bit [8.6]. */
uint64_t vgic_ich_misr(const VgicIch *ich)
{
    uint64_t hcr = vgic_load32(&ich->hcr);
    uint32_t valid = vgic_load32(&ich->valid);
    bool veng0 = vgic_load8(&ich->igrpen[VGIC_G0]), veng1 = vgic_load8(&ich->igrpen[VGIC_G1NS]);
    bool underflow = !(valid & (valid - 1)); /* none or one */

    if (G_LIKELY(!(hcr & maintenance_enables) && !vgic_load32(&ich->ended))) {
        return 0;
    }
    return VGIC_PUT(ich_misr, EOI, vgic_load32(&ich->ended) != 0) |
           VGIC_PUT(ich_misr, U, VGIC_GET(hcr, ich_hcr, UIE) && underflow) |
           VGIC_PUT(ich_misr, LRENP,
                    VGIC_GET(hcr, ich_hcr, LRENPIE) && VGIC_GET(hcr, ich_hcr, EOIcount)) |
           VGIC_PUT(ich_misr, NP, VGIC_GET(hcr, ich_hcr, NPIE) && !vgic_load32(&ich->pending)) |
           VGIC_PUT(ich_misr, VGrp0E, VGIC_GET(hcr, ich_hcr, VGrp0EIE) && veng0) |
           VGIC_PUT(ich_misr, VGrp0D, VGIC_GET(hcr, ich_hcr, VGrp0DIE) && !veng0) |
           VGIC_PUT(ich_misr, VGrp1E, VGIC_GET(hcr, ich_hcr, VGrp1EIE) && veng1) |
           VGIC_PUT(ich_misr, VGrp1D, VGIC_GET(hcr, ich_hcr, VGrp1DIE) && !veng1);
}

/* The wire inside the GIC. It stays with the PE and its lock, so nothing is handed over. */
static void drive_ppi(VgicCpu *cpu, bool level)
{
    VgicIrq *irq = &cpu->local[cpu->gic->maintenance_intid];

    if (vgic_irq_set_wire(irq, level)) {
        vgic_irq_requeue(cpu, irq);
    }
}

static uint32_t lines_of(const VgicIch *ich)
{
    if (!VGIC_GET(vgic_load32(&ich->hcr), ich_hcr, En)) {
        return 0;
    }
    return signal_line(ich, atomic_load_explicit(&ich->best, memory_order_relaxed)) |
           (vgic_ich_misr(ich) ? VGIC_LINE_MAINTENANCE : 0);
}

void vgic_ich_refresh(VgicCpu *cpu)
{
    VgicIch *ich = &cpu->ich;

    ich->lines = lines_of(ich);
    if (cpu->gic->maintenance_intid) {
        drive_ppi(cpu, ich->lines & VGIC_LINE_MAINTENANCE);
    }
}

void vgic_ich_reset(VgicCpu *cpu)
{
    VgicIch *ich = &cpu->ich;

    vgic_bank_reset(&ich->bank);
    vgic_store32(&ich->hcr, 0);
    vgic_store8(&ich->eoimode, false);
    for (unsigned group = 0; group < VGIC_GROUPS; group++) {
        vgic_store8(&ich->igrpen[group], false);
    }
    atomic_store_explicit(&ich->best, VGIC_RANK_NONE, memory_order_relaxed);
    for (unsigned n = 0; n < VGIC_MAX_LIST_REGISTERS; n++) {
        ich->rank[n] = VGIC_RANK_NONE;
    }
    for (unsigned n = 0; n < VGIC_MAX_LIST_REGISTERS; n++) {
        vgic_ich_set_lr(cpu, n, 0);
    }
    vgic_ich_refresh(cpu);
}

void vgic_ich_check(const VgicCpu *cpu)
{
    const VgicIch *ich = &cpu->ich;
    uint32_t valid = 0, pending = 0, active = 0, ended = 0;

    g_assert(vgic_bank_is_consistent(&ich->bank));
    for (unsigned n = 0; n < VGIC_MAX_LIST_REGISTERS; n++) {
        uint64_t lr = vgic_load64(&ich->lr[n]);
        unsigned state = (unsigned)VGIC_GET(lr, ich_lr, State);

        valid |= (uint32_t)(state != VGIC_LR_INVALID) << n;
        pending |= (uint32_t)(state == VGIC_LR_PENDING) << n;
        active |= (uint32_t)(state >= VGIC_LR_ACTIVE) << n;
        ended |= (uint32_t)vgic_ich_is_ended(lr) << n;
        g_assert(ich->rank[n] == rank_of(ich, n, lr));
    }
    g_assert(ich->valid == valid && ich->pending == pending && ich->active == active &&
             ich->ended == ended && ich->best == best_rank(ich));
    g_assert(ich->lines == lines_of(ich));
}

/* VMCR */

uint64_t vgic_vmcr_of(const VgicBank *bank, const VgicShared8 *igrpen, const VgicShared8 *eoimode)
{
    return VGIC_PUT(ich_vmcr, VENG0, vgic_load8(&igrpen[VGIC_G0])) |
           VGIC_PUT(ich_vmcr, VENG1, vgic_load8(&igrpen[VGIC_G1NS])) |
           VGIC_PUT(ich_vmcr, VFIQEn, 1) | /* as it is without legacy operation */
           VGIC_PUT(ich_vmcr, VCBPR, vgic_load8(&bank->cbpr[VGIC_G1NS])) |
           VGIC_PUT(ich_vmcr, VEOIM, vgic_load8(eoimode)) |
           VGIC_PUT(ich_vmcr, VBPR1, vgic_load8(&bank->bpr[VGIC_G1NS])) |
           VGIC_PUT(ich_vmcr, VBPR0, vgic_load8(&bank->bpr[VGIC_G0])) |
           VGIC_PUT(ich_vmcr, VPMR, vgic_load8(&bank->pmr));
}

void vgic_vmcr_to(VgicBank *bank, VgicShared8 *eoimode, uint64_t value)
{
    vgic_bank_set_cbpr(bank, VGIC_G1NS, VGIC_GET(value, ich_vmcr, VCBPR));
    vgic_store8(eoimode, VGIC_GET(value, ich_vmcr, VEOIM));
    vgic_bank_set_bpr(bank, VGIC_G1NS, VGIC_GET(value, ich_vmcr, VBPR1));
    vgic_bank_set_bpr(bank, VGIC_G0, VGIC_GET(value, ich_vmcr, VBPR0));
    vgic_store8(&bank->pmr, vgic_bank_priority(bank, VGIC_GET(value, ich_vmcr, VPMR)));
}

uint64_t vgic_ich_vmcr(const VgicIch *ich)
{
    return vgic_vmcr_of(&ich->bank, ich->igrpen, &ich->eoimode);
}

void vgic_ich_set_vmcr(VgicIch *ich, uint64_t value)
{
    vgic_ich_set_igrpen(ich, VGIC_G0, VGIC_GET(value, ich_vmcr, VENG0));
    vgic_ich_set_igrpen(ich, VGIC_G1NS, VGIC_GET(value, ich_vmcr, VENG1));
    vgic_vmcr_to(&ich->bank, &ich->eoimode, value);
}

/* Registers */

static uint64_t ich_hcr_read(VgicAccess *access)
{
    return vgic_load32(&access->cpu->ich.hcr);
}

static void ich_hcr_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    vgic_store32(&cpu->ich.hcr, (uint32_t)(value & access->gic->ich.hcr_bits));
    vgic_ich_present_unlock(cpu);
}

static uint64_t ich_vtr_read(VgicAccess *access)
{
    return access->gic->ich.vtr;
}

/* Reads that put several values together take no lock: nobody but the PE itself changes these. */
static uint64_t ich_misr_read(VgicAccess *access)
{
    return vgic_ich_misr(&access->cpu->ich);
}

static uint64_t ich_eisr_read(VgicAccess *access)
{
    return vgic_load32(&access->cpu->ich.ended);
}

/* A list register that still tells of an end is not empty. */
static uint64_t ich_elrsr_read(VgicAccess *access)
{
    const VgicIch *ich = &access->cpu->ich;
    uint32_t present = (1u << access->gic->ich.list_registers) - 1;

    return present & ~vgic_load32(&ich->valid) & ~vgic_load32(&ich->ended);
}

static uint64_t ich_vmcr_read(VgicAccess *access)
{
    return vgic_ich_vmcr(&access->cpu->ich);
}

static void ich_vmcr_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    vgic_ich_set_vmcr(&cpu->ich, value);
    vgic_ich_present_unlock(cpu);
}

/* ICH_AP and what the guest sees of it are the same registers. */

uint64_t vgic_icv_ap_read(VgicAccess *access)
{
    return vgic_icc_ap_value(access, &access->cpu->ich.bank, vgic_ich_row_group(access));
}

void vgic_icv_ap_write(VgicAccess *access, uint64_t value)
{
    VgicCpu *cpu = access->cpu;

    vgic_lock(&cpu->lock);
    vgic_icc_set_ap(access, &cpu->ich.bank, vgic_ich_row_group(access), 0, value);
    vgic_ich_present_unlock(cpu);
}

/* ICH_LR<n>_EL2; in AArch32 its halves are registers of their own, `group` 0 and 1. */

static uint64_t ich_lr_read(VgicAccess *access)
{
    return vgic_load64(&access->cpu->ich.lr[access->sysreg->word]);
}

static uint64_t ich_lr32_read(VgicAccess *access)
{
    return (uint32_t)(ich_lr_read(access) >> 32 * access->sysreg->group);
}

/* Stores the bits of @p value that are in @p mask. */
static void write_lr(VgicAccess *access, uint64_t value, uint64_t mask)
{
    VgicCpu *cpu = access->cpu;
    unsigned n = access->sysreg->word;

    vgic_lock(&cpu->lock);
    value = (vgic_load64(&cpu->ich.lr[n]) & ~mask) | (value & mask);
    if (G_UNLIKELY(VGIC_GET(value, ich_lr, HW)) &&
        VGIC_GET(value, ich_lr, State) == VGIC_LR_ACTIVE_PENDING) {
        vgic_access_report(access, VGIC_RULE_LR_HW_STATE,
                           (uint32_t)VGIC_GET(value, ich_lr, vINTID));
    }
    vgic_ich_set_lr(cpu, n, value);
    vgic_ich_present_unlock(cpu);
}

static void ich_lr_write(VgicAccess *access, uint64_t value)
{
    write_lr(access, value, UINT64_MAX);
}

static void ich_lr32_write(VgicAccess *access, uint64_t value)
{
    unsigned shift = 32 * access->sysreg->group;

    write_lr(access, value << shift, (uint64_t)UINT32_MAX << shift);
}

/* clang-format off */
#define READ VGIC_READABLE
#define RW (VGIC_READABLE | VGIC_WRITABLE)
#define ACTIVE_PRIORITIES(g, n)                                                                    \
    VGIC_BOTH(ICH_AP##g##R##n##_EL2, ICH_AP##g##R##n, RW, 2, AP, .group = (g), .word = (n),        \
              .read = vgic_icv_ap_read, .write = vgic_icv_ap_write,                                \
              .info.vncr_offset = VGIC_VNCR_AP##g##R + 8 * (n))
#define LIST_REGISTER(n)                                                                           \
    VGIC_FORM("ICH_LR" #n "_EL2", ICH_LR_EL2(n), 64, RW, 2, VGIC_TRAPS_LR, VGIC_FIELD_ROWS(ich_lr),\
              .word = (n), .read = ich_lr_read, .write = ich_lr_write,                             \
              .info.vncr_offset = VGIC_VNCR_LR + 8 * (n)),                                                \
    VGIC_FORM("ICH_LR" #n, ICH_LR(n), 32, RW, 2, VGIC_TRAPS_LR, .fields = NULL, .word = (n),       \
              .group = 0, .read = ich_lr32_read, .write = ich_lr32_write),                         \
    VGIC_FORM("ICH_LRC" #n, ICH_LRC(n), 32, RW, 2, VGIC_TRAPS_LR, .fields = NULL, .word = (n),     \
              .group = 1, .read = ich_lr32_read, .write = ich_lr32_write)

const VgicSysregRow vgic_ich_rows[] = {
    ACTIVE_PRIORITIES(0, 0), ACTIVE_PRIORITIES(0, 1), ACTIVE_PRIORITIES(0, 2), ACTIVE_PRIORITIES(0, 3),
    ACTIVE_PRIORITIES(1, 0), ACTIVE_PRIORITIES(1, 1), ACTIVE_PRIORITIES(1, 2), ACTIVE_PRIORITIES(1, 3),
    VGIC_FIELDED(ICH_HCR_EL2, ICH_HCR, RW, 2, NONE, ich_hcr, .read = ich_hcr_read, .write = ich_hcr_write,
                 .info.vncr_offset = VGIC_VNCR_HCR),
    VGIC_FIELDED(ICH_VTR_EL2, ICH_VTR, READ, 2, NONE, ich_vtr, .read = ich_vtr_read),
    VGIC_FIELDED(ICH_MISR_EL2, ICH_MISR, READ, 2, NONE, ich_misr, .read = ich_misr_read),
    VGIC_BOTH(ICH_EISR_EL2, ICH_EISR, READ, 2, NONE, .read = ich_eisr_read),
    VGIC_BOTH(ICH_ELRSR_EL2, ICH_ELRSR, READ, 2, NONE, .read = ich_elrsr_read),
    VGIC_FIELDED(ICH_VMCR_EL2, ICH_VMCR, RW, 2, NONE, ich_vmcr, .read = ich_vmcr_read, .write = ich_vmcr_write,
                 .info.vncr_offset = VGIC_VNCR_VMCR),
    LIST_REGISTER(0), LIST_REGISTER(1), LIST_REGISTER(2), LIST_REGISTER(3),
    LIST_REGISTER(4), LIST_REGISTER(5), LIST_REGISTER(6), LIST_REGISTER(7),
    LIST_REGISTER(8), LIST_REGISTER(9), LIST_REGISTER(10), LIST_REGISTER(11),
    LIST_REGISTER(12), LIST_REGISTER(13), LIST_REGISTER(14), LIST_REGISTER(15),
};
/* clang-format on */
const uint32_t vgic_ich_row_count = G_N_ELEMENTS(vgic_ich_rows);
