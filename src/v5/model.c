/* SPDX-License-Identifier: BSD-2-Clause */
/* GICv5 as the core sees it: what exists, reset, and what firmware does. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "v5/v5.h"

/* @p count of @p all, spread evenly: how many the one with @p index has. */
static uint32_t share(uint32_t all, uint32_t count, uint32_t index)
{
    return all / count + (index < all % count);
}

static void init_irs(Vgic *gic, const VgicConfig *config)
{
    const VgicV5Options *options = &config->v5;
    VgicV5 *v5 = gic->v5;
    uint32_t cpu = 0, spi = 0;

    for (uint32_t i = 0; i < v5->irs_count; i++) {
        VgicIrs *irs = &v5->irs[i];

        irs->gic = gic;
        irs->index = i;
        irs->lock.off = config->single_threaded;
        irs->first_cpu = cpu;
        irs->cpu_count =
            options->irs_cpus ? options->irs_cpus[i] : share(config->cpus, v5->irs_count, i);
        irs->spi_base = spi;
        irs->spi_count =
            options->irs_spis ? options->irs_spis[i] : share(config->spis, v5->irs_count, i);
        cpu += irs->cpu_count;
        spi += irs->spi_count;
        for (uint32_t pe = irs->first_cpu; pe < cpu; pe++) {
            v5->cpus[pe].irs = irs;
        }
    }
}

static void init_cpus(Vgic *gic, const VgicConfig *config)
{
    for (uint32_t iaffid = 0; iaffid <= UINT16_MAX; iaffid++) {
        gic->pe_of_iaffid[iaffid] = (uint16_t)gic->cpu_count;
    }
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        VgicV5Cpu *cpu = &gic->v5->cpus[i];

        gic->cpus[i].v5 = cpu;
        cpu->iaffid = config->v5.iaffids ? config->v5.iaffids[i] : (uint16_t)i;
        gic->pe_of_iaffid[cpu->iaffid] = (uint16_t)i;
    }
    gic->v5->no_iaffid = UINT16_MAX;
    while (gic->pe_of_iaffid[gic->v5->no_iaffid] < gic->cpu_count) {
        gic->v5->no_iaffid--;
    }
}

static void init_constants(Vgic *gic, const VgicConfig *config)
{
    const VgicV5Options *options = &config->v5;
    VgicV5 *v5 = gic->v5;
    uint32_t all = config->el3 ? 1u << VGIC_S | 1u << VGIC_NS | 1u << VGIC_EL3 : 1u << VGIC_NS;

    gic->el3 = config->el3;
    gic->nmi = config->nmi;
    gic->iidr = config->iidr ? config->iidr : 0x0560043B;
    gic->one_of_n_supported = !config->no_one_of_n;
    /* The queue of each group: groups are domains. */
    atomic_store(&gic->queue_of_group, 0x3210);

    v5->gic = gic;
    v5->lock.off = config->single_threaded;
    v5->domains = options->domains ? options->domains : all;
    v5->lpi_bits = config->lpi_bits;
    v5->min_lpi_bits = options->min_lpi_bits ? options->min_lpi_bits : 1;
    v5->iaffid_bits = options->iaffid_bits ? options->iaffid_bits : 16;
    v5->irs_priority_bits = config->priority_bits ? config->priority_bits : 5;
    v5->icc_id_bits = options->id_bits != 16;
    v5->l2_sizes = options->ist_l2_sizes ? (uint8_t)options->ist_l2_sizes : 7;
    v5->two_level = config->lpi_bits && !options->linear_ist_only;
    v5->setlpi = config->lpi_bits && !options->no_setlpi;
    v5->software_errors = !options->no_software_errors;
    v5->one_of_n = !config->no_one_of_n;
    vgic_v5_ppis(config, v5->ppis);
    for (unsigned i = 0; i < VGIC_PPI_WORDS; i++) {
        v5->level_ppis[i] = v5->ppis[i] & ~options->edge_ppis[i];
    }
    v5->level_ppis[0] &= ~(UINT64_C(1) << 3); /* SW_PPI has no wire */
}

void vgic_v5_add_frames(Vgic *gic, const char *name, const VgicFrameTable *table, void *unit)
{
    static const char *const suffixes[VGIC_DOMAINS] = {
        [VGIC_S] = "_S", [VGIC_NS] = "", [VGIC_EL3] = "_EL3", [VGIC_REALM] = "_RL"};

    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        struct VgicFrame *frame;

        if (!vgic_v5_has_domain(gic->v5, domain)) {
            continue;
        }
        frame = vgic_add_frame(gic, g_strconcat(name, suffixes[domain], NULL), 0x10000, table);
        frame->unit = unit;
        frame->domain = (uint8_t)domain;
        frame->spaces = (uint8_t)(1u << vgic_v5_space_of(gic->v5, domain));
    }
}

static void add_irs_frames(Vgic *gic)
{
    VgicFrameTable *config = vgic_add_table(gic, vgic_irs_rows, vgic_irs_row_count, 0x10000);
    VgicFrameTable *setlpi =
        gic->v5->setlpi ? vgic_add_table(gic, vgic_setlpi_rows, vgic_setlpi_row_count, 0x10000)
                        : NULL;

    for (uint32_t i = 0; i < gic->v5->irs_count; i++) {
        g_autofree char *number = i ? g_strdup_printf("%u", i) : g_strdup("");
        g_autofree char *name = g_strconcat("IRS", number, NULL);
        g_autofree char *setlpi_name = g_strconcat(name, "_SETLPI", NULL);

        vgic_v5_add_frames(gic, name, config, &gic->v5->irs[i]);
        if (setlpi) {
            vgic_v5_add_frames(gic, setlpi_name, setlpi, &gic->v5->irs[i]);
        }
    }
}

static bool v5_init(Vgic *gic, const VgicConfig *config, VgicError **error)
{
    uint32_t irs = MAX(config->v5.irs, 1);
    VgicV5 *v5 = calloc(1, sizeof(*v5));

    gic->v5 = v5;
    gic->pe_of_iaffid = calloc(UINT16_MAX + 1, sizeof(*gic->pe_of_iaffid));
    if (v5) {
        v5->irs_count = irs;
        v5->irs = calloc(irs, sizeof(*v5->irs));
        v5->cpus = aligned_alloc(VGIC_CACHE_LINE, config->cpus * sizeof(*v5->cpus));
    }
    if (!v5 || !gic->pe_of_iaffid || !v5->irs || !v5->cpus) {
        return vgic_error_set(error, VGIC_ERROR_MEMORY, "out of memory for a GICv5 with %u PEs",
                              config->cpus);
    }
    memset(v5->cpus, 0, config->cpus * sizeof(*v5->cpus));
    init_constants(gic, config);
    init_cpus(gic, config);
    init_irs(gic, config);
    add_irs_frames(gic);
    vgic_v5_fill_config(gic);
    return vgic_v5_its_init(gic, config, error) && vgic_v5_iwb_init(gic, config, error);
}

static void v5_free(Vgic *gic)
{
    if (gic->v5) {
        vgic_v5_iwb_free(gic);
        vgic_v5_its_free(gic);
        free(gic->v5->irs);
        free(gic->v5->cpus);
    }
    free(gic->v5);
    free(gic->pe_of_iaffid);
}

/* Sources that are high drive their wires again. */
static void forget_wires(Vgic *gic)
{
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        VgicCpu *cpu = &gic->cpus[i];

        vgic_lock(&cpu->lock);
        for (unsigned word = 0; word < VGIC_PPI_WORDS; word++) {
            vgic_store64(&cpu->v5->wire[word], 0);
        }
        vgic_cpu_present_unlock(cpu);
    }
}

static void v5_reset(Vgic *gic, VgicReset kind)
{
    if (kind == VGIC_RESET_COLD) {
        forget_wires(gic);
    }
    vgic_v5_iwb_reset(gic, kind);
    vgic_v5_its_reset(gic);
    vgic_v5_ist_reset(gic);
    vgic_irs_reset(gic);
    atomic_store(&gic->v5->one_of_n_used, false);
}

/* Its wires and everything else follow in v5_reset_irq() and v5_reset_cpu(); LPIs went with their
 * tables. */
static void v5_reset_lpis(Vgic *gic)
{
    (void)gic;
}

static void v5_reset_irq(VgicCpu *home, VgicIrq *irq)
{
    irq->group = home->gic->el3 ? VGIC_EL3 : VGIC_NS;
    irq->target = 0;
}

static void v5_init_lpi(const Vgic *gic, VgicIrq *irq)
{
    irq->flags = 0;
    irq->priority = 0;
    irq->target = gic->v5->no_iaffid;
    irq->group = (uint8_t)((irq->slot >> 24 & 3) ^ VGIC_NS);
}

/* All PPIs go to @p owner; the lock is held. */
static void give_ppis(VgicCpu *cpu, unsigned owner)
{
    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        for (unsigned word = 0; word < VGIC_PPI_WORDS; word++) {
            vgic_store64(&cpu->v5->of_domain[domain][word],
                         domain == owner ? cpu->gic->v5->ppis[word] : 0);
        }
    }
}

/* Wires stay as they are. */
static void v5_reset_cpu(VgicCpu *cpu)
{
    const Vgic *gic = cpu->gic;
    VgicV5Cpu *v5 = cpu->v5;

    for (unsigned word = 0; word < VGIC_PPI_WORDS; word++) {
        vgic_store64(&v5->enabled[word], 0);
        vgic_store64(&v5->active[word], 0);
        vgic_store64(&v5->latch[word], 0);
    }
    give_ppis(cpu, gic->el3 ? VGIC_S : VGIC_NS);
    for (unsigned ppi = 0; ppi < VGIC_V5_PPIS; ppi++) {
        vgic_store8(&v5->priority[ppi], 0);
    }
    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        vgic_store32(&v5->apr[domain], 0);
        vgic_store8(&v5->pcr[domain], 0);
        /* Every priority preempts other domains until software sets a threshold. */
        vgic_store64(&v5->cr0[domain],
                     gic->el3 && domain != VGIC_EL3 ? VGIC_PUT(icc5_cr0, IPPT, 32) : 0);
    }
    vgic_store64(&v5->icsr, 0);
    v5->domain = gic->el3 ? VGIC_EL3 : VGIC_NS;
}

/* 1-of-N chooses among PEs that take part in the interrupt's domain. */
static uint32_t v5_configure_cpu(VgicCpu *cpu)
{
    const VgicV5Cpu *v5 = cpu->v5;
    uint32_t participates = 0;

    if (!v5) {
        return 0;
    }
    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        if (VGIC_GET(vgic_load64(&v5->cr0[domain]), icc5_cr0, EN)) {
            participates |= 1u << domain;
        }
    }
    return participates & v5->irs_on & ~vgic_load32(&v5->dps);
}

static uint32_t v5_lines(const VgicCpu *cpu)
{
    return cpu->v5 ? vgic_v5_refresh((VgicCpu *)cpu) : 0;
}

static void v5_set_cpu_state(VgicCpu *cpu, const VgicCpuState *state)
{
    unsigned domain = state->el == 3 ? VGIC_EL3 : state->space & 3;

    if (!cpu->gic->el3) {
        return;
    }
    vgic_lock(&cpu->lock);
    if (cpu->v5->domain == domain) {
        vgic_unlock(&cpu->lock);
        return;
    }
    cpu->v5->domain = (uint8_t)domain;
    vgic_cpu_present_unlock(cpu);
}

static void make_nonsecure(VgicCpu *home, VgicIrq *irq, void *data)
{
    (void)home, (void)data;
    irq->group = VGIC_NS;
}

static void v5_act_as_firmware(Vgic *gic)
{
    for (uint32_t i = 0; i < gic->cpu_count; i++) {
        VgicCpu *cpu = &gic->cpus[i];

        vgic_lock(&cpu->lock);
        give_ppis(cpu, VGIC_NS);
        vgic_cpu_present_unlock(cpu);
    }
    vgic_for_each_irq(gic, make_nonsecure, NULL);
    vgic_v5_iwb_act_as_firmware(gic);
}

/* 1-of-N is rare, so there is no list of those that use it: look at all. */
static void v5_reconsider_one_of_n(Vgic *gic, const VgicCpu *cpu)
{
    (void)cpu;
    if (!atomic_load(&gic->v5->one_of_n_used)) {
        return;
    }
    vgic_for_each_irq(gic, NULL, NULL);
    for (uint32_t number = 0; number < gic->lpis.chunk_count; number++) {
        VgicLpiChunk *chunk = atomic_load(&gic->lpis.chunks[number]);

        for (uint32_t i = 0; chunk && i < VGIC_LPI_CHUNK; i++) {
            VgicCpu *home = vgic_irq_lock_settled(gic, &chunk->irq[i]);

            vgic_irq_update_unlock(home, &chunk->irq[i]);
        }
    }
}

static bool v5_select_sysreg(const Vgic *gic, VgicSysregRow *row)
{
    row->info.stateless = true;
    return row->info.min_el < 3 || gic->el3;
}

static VgicResult v5_check_sysreg(const Vgic *gic, const VgicCpu *cpu, const VgicCpuState *state,
                                  const VgicSysregRow *row, bool write, bool *redirected)
{
    (void)gic, (void)cpu, (void)write;
    *redirected = false;
    return state->el >= row->info.min_el ? VGIC_OK : VGIC_UNDEFINED;
}

static void v5_check_cpu(const VgicCpu *cpu)
{
    uint64_t before[VGIC_DOMAINS];
    uint32_t lines;

    if (!cpu->v5) {
        return;
    }
    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        before[domain] = vgic_load64(&cpu->v5->hppi[domain]);
    }
    lines = vgic_v5_refresh((VgicCpu *)cpu);
    g_assert(lines == atomic_load_explicit(&cpu->lines, memory_order_relaxed));
    for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
        g_assert(before[domain] == vgic_load64(&cpu->v5->hppi[domain]));
    }
}

const VgicModelOps vgic_v5_model = {
    .name = "GICv5",
    .check_config = vgic_v5_check_config,
    .init = v5_init,
    .free = v5_free,
    .reset = v5_reset,
    .reset_irq = v5_reset_irq,
    .reset_lpis = v5_reset_lpis,
    .init_lpi = v5_init_lpi,
    .reconsider_one_of_n = v5_reconsider_one_of_n,
    .drive = vgic_v5_drive,
    .irq_info = vgic_v5_irq_info,
    .lpi_next = vgic_v5_lpi_next,
    .reset_cpu = v5_reset_cpu,
    .configure_cpu = v5_configure_cpu,
    .lines = v5_lines,
    .set_cpu_state = v5_set_cpu_state,
    .act_as_firmware = v5_act_as_firmware,
    .check_cpu = v5_check_cpu,
    .sysregs = {{vgic_icc5_rows, &vgic_icc5_row_count}, {vgic_insn5_rows, &vgic_insn5_row_count}},
    .select_sysreg = v5_select_sysreg,
    .check_sysreg = v5_check_sysreg,
    .whole_state = &vgic_v5_state,
};
