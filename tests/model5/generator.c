/* SPDX-License-Identifier: BSD-2-Clause */
/* Random operations on interrupts, the CPU interface and the IRSs. */
#include "operations.h"

#include <string.h>

#define SCR_NS 1u
#define SCR_NSE (UINT64_C(1) << 62)
#define SCTLR_NMI (UINT64_C(1) << 61)
/* Each IST of a domain lies in a place of its own. */
#define PLACE_SIZE 0x00400000u
#define PLACE_L1 0x00200000u
#define PLACE_L2 0x00280000u
#define NOT_RAM UINT64_C(0x10000000)

enum {
    PLACES = 3,
    MAX_LINEAR_BITS = 14
};

static uint32_t below(Generator *g, uint32_t limit)
{
    return random_below(g->random, limit);
}

static bool percent(Generator *g, uint32_t p)
{
    return random_percent(g->random, p);
}

static VgicCpuState state_in(const Ref *ref, uint8_t domain)
{
    VgicCpuState state = {.el = domain == EL3 ? 3 : 1, .space = domain};
    if (domain == EL3) {
        state.space = ref5_has(ref, REALM) ? VGIC_ROOT : VGIC_S;
    }
    return state;
}

uint8_t any_domain(Generator *g)
{
    for (;;) {
        uint8_t domain = (uint8_t)below(g, R5_DOMAINS);
        if (ref5_has(g->ref, domain) && (domain == NONSECURE || !percent(g, 20))) {
            return domain;
        }
    }
}

uint32_t any_lpi(Generator *g)
{
    return g->lpis[percent(g, 60) ? below(g, 6) : below(g, HOT_LPIS)];
}

void frame_name(char *name, const char *kind, uint32_t number, const char *rest, uint8_t domain)
{
    static const char *const suffix[] = {"_S", "", "_EL3", "_RL"};
    char digits[12] = "";
    if (number) {
        snprintf(digits, sizeof(digits), "%u", number);
    }
    snprintf(name, FRAME_NAME, "%s%s%s%s", kind, digits, rest, suffix[domain]);
}

Operation *generator_plan(Generator *g, OperationKind kind)
{
    static Operation spare;
    if (g->todo_count == MAX_PLAN) {
        return &spare;
    }
    Operation *op = &g->todo[g->todo_count++];
    memset(op, 0, sizeof(*op));
    op->kind = kind;
    return op;
}

void plan_memory(Generator *g, VgicSpace space, uint64_t address, uint64_t value)
{
    Operation *op = generator_plan(g, OP_MEMORY);
    op->space = space;
    op->address = address;
    op->value = value;
}

void plan_frame(Generator *g, const char *frame, uint8_t domain, uint64_t offset, uint32_t size,
                uint64_t value)
{
    Operation *op = generator_plan(g, OP_FRAME_WRITE);
    snprintf(op->frame, sizeof(op->frame), "%s", frame);
    op->attrs = ref5_space(g->ref, domain);
    op->offset = offset;
    op->size = size;
    op->value = value;
}

static void plan_irs(Generator *g, uint8_t domain, uint64_t offset, uint32_t size, uint64_t value)
{
    char name[FRAME_NAME];
    frame_name(name, "IRS", below(g, g->ref->irs_count), "", domain);
    plan_frame(g, name, domain, offset, size, value);
}

static void plan_write(Generator *g, uint32_t cpu, uint8_t domain, uint32_t encoding,
                       uint64_t value)
{
    Operation *op = generator_plan(g, OP_SYSREG_WRITE);
    op->cpu = cpu;
    op->state = state_in(g->ref, domain);
    op->encoding = encoding;
    op->value = value;
}

/* Tables of LPIs */

static uint64_t place_of(Generator *g, uint8_t domain)
{
    return MEMORY_LOW + (domain * PLACES + below(g, PLACES)) * (uint64_t)PLACE_SIZE;
}

/* Level 1 entries for the LPIs that are used; which table is whose follows from the index alone. */
static void plan_level1(Generator *g, uint8_t domain, uint64_t place, uint32_t l2_bits,
                        uint32_t id_bits)
{
    IstPlan *plan = &g->ist[domain];
    VgicSpace space = ref5_space(g->ref, domain);
    for (uint32_t i = 0; i < plan->l1_count; i++) {
        plan_memory(g, space, plan->l1[i], 0);
    }
    plan->l1_count = 0;
    for (uint32_t i = 0; i < HOT_LPIS && plan->l1_count < MAX_L1; i++) {
        uint32_t index = g->lpis[i] >> l2_bits;
        uint64_t at = place + PLACE_L1 + 8 * (uint64_t)index;
        bool there = g->lpis[i] >> id_bits != 0;
        for (uint32_t k = 0; k < plan->l1_count; k++) {
            there |= plan->l1[k] == at;
        }
        if (there || percent(g, 10)) {
            continue;
        }
        uint64_t l2 = percent(g, 4) ? NOT_RAM : place + PLACE_L2 + plan->l1_count * 0x10000u;
        plan->l1[plan->l1_count++] = at;
        plan_memory(g, space, at, l2 | percent(g, 50));
    }
}

/* As the reference will understand IRS_IST_CFGR. */
static uint32_t effective_bits(const Generator *g, uint32_t bits)
{
    const VgicConfig *config = &g->machine->config;
    uint32_t least = config->v5.min_lpi_bits ? config->v5.min_lpi_bits : 1;
    return bits < least ? least : bits > config->lpi_bits ? config->lpi_bits : bits;
}

static uint32_t l2_size(const Generator *g, uint32_t l2sz)
{
    uint32_t sizes = g->machine->config.v5.ist_l2_sizes;
    sizes = sizes ? sizes : 7;
    return l2sz < 3 && sizes >> l2sz & 1 ? l2sz : (uint32_t)__builtin_ctz(sizes);
}

static void plan_heal(Generator *g)
{
    if (g->faulty) {
        generator_plan(g, OP_HEAL);
    }
}

/* What is pending in a table before it becomes valid. */
static void plan_entries(Generator *g, uint8_t domain, uint64_t base, uint32_t size, uint32_t end)
{
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t id = any_lpi(g);
        if (id < end && size >= 8) { /* else the neighbour would be overwritten, too */
            uint32_t word = 0x8 | (uint32_t)g->levels[below(g, 5)] << 11 |
                            below(g, g->ref->cpus) << 16 | below(g, 8) | below(g, 2) << 4;
            plan_memory(g, ref5_space(g->ref, domain), base + (uint64_t)id * size, word);
        }
    }
}

static void plan_ist(Generator *g, uint8_t domain)
{
    static const uint32_t widths[] = {0, 5, 9, 10, 11, 12, 13, 14, 14, 16, 24, 31};
    uint64_t place = percent(g, 3) ? NOT_RAM : place_of(g, domain);
    uint32_t bits = widths[below(g, 12)], l2sz = below(g, 4), istsz = below(g, 4);
    bool two_level = !g->machine->config.v5.linear_ist_only && percent(g, 65);
    uint32_t id_bits = effective_bits(g, bits), size = 4u << (istsz & ~(istsz == 3 ? 3u : 0u));
    plan_heal(g);
    if (!two_level && id_bits > MAX_LINEAR_BITS) {
        bits = MAX_LINEAR_BITS;
        id_bits = effective_bits(g, bits);
    }
    if (g->ref->ist[domain].valid) {
        plan_irs(g, domain, IRS_IST_BASER, 8, 0);
    }
    uint32_t l2_bits = 10 - (istsz == 3 ? 0 : istsz) + 2 * l2_size(g, l2sz);
    if (two_level && place != NOT_RAM) {
        plan_level1(g, domain, place, l2_bits, id_bits);
    } else if (place != NOT_RAM) {
        plan_entries(g, domain, place, size, 1u << id_bits);
    }
    place += two_level && place != NOT_RAM ? PLACE_L1 : 0;
    plan_irs(g, domain, IRS_IST_CFGR, 4,
             bits | l2sz << 5 | istsz << 7 | (uint32_t)two_level << 16 |
                 (percent(g, 5) ? 0x200 : 0));
    if (percent(g, 25)) {
        plan_irs(g, domain, IRS_IST_BASER + 4, 4, place >> 32);
        plan_irs(g, domain, IRS_IST_BASER, 4, (uint32_t)place | 1);
    } else {
        plan_irs(g, domain, IRS_IST_BASER, 8, place | 1);
    }
    for (uint32_t i = 0; i < HOT_LPIS && two_level; i++) {
        if (i < 6 || percent(g, 40)) {
            plan_irs(g, domain, IRS_MAP_L2_ISTR, 4, g->lpis[i]);
        }
    }
}

/* Operands */

static uint32_t any_intid(Generator *g)
{
    uint32_t spis = g->ref->spi_count;
    if (percent(g, 2)) {
        return (uint32_t)random_next(g->random);
    }
    if (percent(g, 3)) {
        return below(g, 8) << 29 | below(g, 64);
    }
    if (percent(g, 45)) {
        return VGIC_V5_SPI(percent(g, 97) ? below(g, percent(g, 60) ? 6 : spis) : spis);
    }
    return VGIC_V5_LPI(any_lpi(g));
}

static uint64_t any_target(Generator *g)
{
    return percent(g, 92) ? g->ref->pe[below(g, g->ref->cpus)].iaffid : below(g, 0x10000);
}

static uint8_t any_priority(Generator *g)
{
    return percent(g, 85) ? g->levels[below(g, 5)] : (uint8_t)below(g, 32);
}

static uint64_t operand(Generator *g, uint32_t op2, bool second_row)
{
    uint64_t intid = any_intid(g);
    if (second_row) {
        return op2 ? intid | (uint64_t)below(g, 2) << 32 : intid;
    }
    switch (op2) {
    case 2:
        return intid | (uint64_t)any_priority(g) << 35;
    case 3:
        return intid | any_target(g) << 32 | (percent(g, 30) ? 1u << 28 : 0);
    case 4:
        return intid | (uint64_t)percent(g, 75) << 32;
    default:
        return intid;
    }
}

/* A PE's own state, mostly; with an SCR_EL3 that says something. */
static VgicCpuState any_state(Generator *g, uint32_t cpu)
{
    VgicCpuState state = percent(g, 90) ? g->state[cpu] : state_in(g->ref, any_domain(g));
    if (g->ref->el3) {
        uint8_t logical = any_domain(g);
        logical = logical == EL3 ? SECURE : logical;
        state.scr_el3 = (logical & 1 ? SCR_NS : 0) | (logical & 2 ? SCR_NSE : 0);
    }
    state.sctlr = percent(g, 50) ? SCTLR_NMI : 0;
    if (percent(g, 1)) {
        state.el = 0;
    }
    return state;
}

static void sysreg(Generator *g, Operation *op, bool write, uint32_t encoding, uint64_t value)
{
    op->kind = write ? OP_SYSREG_WRITE : OP_SYSREG_READ;
    op->cpu = below(g, g->ref->cpus);
    op->state = any_state(g, op->cpu);
    op->encoding = encoding;
    op->value = value;
}

static void next_configuration(Generator *g, Operation *op)
{
    bool second_row = percent(g, 15);
    uint32_t op2 = second_row ? below(g, 2) : below(g, 6);
    if (!second_row && percent(g, 25)) {
        op2 = percent(g, 60) ? 4 : 1;
    }
    uint32_t op1 = g->ref->el3 && percent(g, 12) ? 6 : percent(g, 1) ? 4 : 0;
    uint32_t crm = second_row ? 2 : 1;
    sysreg(g, op, true, VGIC_SYSREG(1, op1, 12, crm, op2), operand(g, op2, second_row));
    if (op1 == 6 && percent(g, 90)) {
        VgicCpuState state = state_in(g->ref, EL3);
        state.scr_el3 = op->state.scr_el3;
        op->state = state;
    }
    if (!second_row && op2 == 5) {
        Operation *next = generator_plan(g, OP_SYSREG_READ);
        next->cpu = op->cpu;
        next->state = op->state;
        next->encoding = ICC_ICSR_EL1;
    }
}

/* Something that is active, to be deactivated. */
static uint32_t any_active(Generator *g, uint8_t *domain)
{
    Ref *ref = g->ref;
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t n = below(g, R5_PPIS), cpu = below(g, ref->cpus);
        uint32_t spi = below(g, ref->spi_count);
        const Ppi *ppi = &ref->pe[cpu].ppi[n];
        *domain = ref->spi[spi].domain;
        if (ref->spi[spi].active) {
            return VGIC_V5_SPI(spi);
        }
        *domain = ppi->domain;
        if (ppi->present && ppi->active) {
            return VGIC_V5_PPI(n);
        }
        *domain = any_domain(g);
        uint32_t count = ref->ist[*domain].count;
        if (count) {
            const Irq *lpi = &ref->ist[*domain].lpi[below(g, count)];
            if (lpi->active) {
                return VGIC_V5_LPI(lpi->id);
            }
        }
    }
    return percent(g, 50) ? VGIC_V5_PPI(below(g, 130)) : any_intid(g);
}

static void next_deactivate(Generator *g, Operation *op)
{
    uint8_t domain;
    uint32_t intid = any_active(g, &domain);
    sysreg(g, op, true, GIC_CDDI, intid);
    if (percent(g, 80)) {
        op->state = state_in(g->ref, domain);
        for (uint32_t i = 0; i < g->ref->cpus && intid >> 29 == TYPE_PPI; i++) {
            const Ppi *ppi = &g->ref->pe[i].ppi[intid & 0x7F];
            op->cpu = ppi->active && ppi->domain == domain ? i : op->cpu;
        }
    }
}

/* Takes what its lines announce, or nothing. */
static void next_acknowledge(Generator *g, Operation *op)
{
    uint32_t cpu = below(g, g->ref->cpus);
    for (uint32_t i = 0; i < g->ref->cpus; i++) {
        uint32_t other = (cpu + i) % g->ref->cpus;
        if (g->ref->pe[other].lines) {
            cpu = other;
            break;
        }
    }
    sysreg(g, op, false, percent(g, 80) ? GICR_CDIA : GICR_CDNMIA, 0);
    op->cpu = cpu;
    op->state = any_state(g, cpu);
    if (g->ref->pe[cpu].lines == VGIC_LINE_FIQ && percent(g, 70)) {
        op->state = state_in(g->ref, percent(g, 50) ? EL3 : any_domain(g));
    }
}

static void next_end(Generator *g, Operation *op)
{
    sysreg(g, op, true, GIC_CDEOI, percent(g, 50) ? 0 : random_next(g->random));
    for (uint32_t i = 0; i < 8; i++) {
        uint8_t domain = any_domain(g);
        uint32_t cpu = below(g, g->ref->cpus);
        if (g->ref->pe[cpu].apr[domain]) {
            op->cpu = cpu;
            op->state = state_in(g->ref, domain);
            return;
        }
    }
}

static void next_wire(Generator *g, Operation *op)
{
    bool spi = percent(g, 55);
    op->level = percent(g, 55);
    op->cpu = below(g, g->ref->cpus);
    if (spi) {
        op->kind = percent(g, 75) ? OP_SPI_LEVEL : OP_SPI_PULSE;
        op->id = below(g, percent(g, 60) ? 6 : g->ref->spi_count);
        return;
    }
    op->kind = percent(g, 80) ? OP_PPI_LEVEL : OP_PPI_PULSE;
    do {
        op->id = percent(g, 50) ? 23 + below(g, 5) : below(g, R5_PPIS);
    } while (!g->ref->pe[0].ppi[op->id].present);
}

static uint64_t any_bits(Generator *g)
{
    uint64_t value = random_next(g->random);
    return percent(g, 60) ? value & random_next(g->random) : value;
}

static void next_ppi_register(Generator *g, Operation *op)
{
    static const uint32_t encodings[] = {ICC_PPI_ENABLER0_EL1,  ICC_PPI_CACTIVER0_EL1,
                                         ICC_PPI_SACTIVER0_EL1, ICC_PPI_CPENDR0_EL1,
                                         ICC_PPI_SPENDR0_EL1,   ICC_PPI_HMR0_EL1};
    bool write = percent(g, 85);
    if (percent(g, 30)) {
        uint64_t value = 0;
        for (uint32_t i = 0; i < 8; i++) {
            value = value << 8 | any_priority(g);
        }
        uint32_t n = percent(g, 60) ? 2 + below(g, 2) : below(g, 16);
        value = percent(g, 5) ? random_next(g->random) : value;
        sysreg(g, op, write, (n < 8 ? ICC_PPI_PRIORITYR0_EL1 : ICC_PPI_PRIORITYR8_EL1 - 8) + n,
               value);
        return;
    }
    uint32_t kind = percent(g, 40) ? 0 : below(g, 6);
    uint64_t value = any_bits(g);
    value = kind == 0 && percent(g, 70) ? value | 0x0F800008 : value;
    /* an active PPI is rarely made by hand: it would never be acknowledged */
    value = kind == 2 ? value & random_next(g->random) & random_next(g->random) : value;
    sysreg(g, op, write, encodings[kind] + percent(g, 25), value);
    if (g->ref->el3 && percent(g, 10)) {
        sysreg(g, op, write, ICC_PPI_DOMAINR0_EL3 + below(g, 4), random_next(g->random));
        op->state = state_in(g->ref, EL3);
    }
}

static uint64_t control_value(Generator *g, uint32_t encoding)
{
    switch (encoding) {
    case ICC_PCR_EL1:
    case ICC_PCR_EL3:
        return percent(g, 60) ? 31 : percent(g, 90) ? any_priority(g) : random_next(g->random);
    case ICC_CR0_EL1:
    case ICC_CR0_EL3:
        return percent(g, 90) | (percent(g, 30) ? 0 : (uint64_t)below(g, 0x80) << 32) |
               (percent(g, 5) ? random_next(g->random) : 0);
    case ICC_APR_EL1:
    case ICC_APR_EL3:
        return percent(g, 60) ? 0 : 1u << below(g, 32);
    default:
        return random_next(g->random);
    }
}

static void next_control(Generator *g, Operation *op)
{
    static const uint32_t encodings[] = {
        ICC_PCR_EL1,  ICC_CR0_EL1,   ICC_APR_EL1,     ICC_ICSR_EL1, ICC_HPPIR_EL1,
        ICC_IDR0_EL1, ICC_PCR_EL3,   ICC_CR0_EL3,     ICC_APR_EL3,  ICC_DOMHPPIR_EL3,
        GSB_SYS,      ICC_HPPIR_EL3, ICC_IAFFIDR_EL1, GSB_ACK};
    uint32_t n = percent(g, 60) ? below(g, 3) : g->ref->el3 ? below(g, 14) : below(g, 6);
    uint32_t encoding = encodings[n];
    sysreg(g, op, percent(g, 80), encoding, control_value(g, encoding));
    if (n >= 6 && percent(g, 90)) {
        op->state = state_in(g->ref, EL3);
    }
}

static void next_state(Generator *g, Operation *op)
{
    op->kind = OP_STATE;
    op->cpu = below(g, g->ref->cpus);
    op->state = state_in(g->ref, any_domain(g));
}

/* IRS */

static uint32_t any_spi_of(Generator *g, uint32_t irs)
{
    const Irs *i = &g->ref->irs[irs];
    return i->spi_count && percent(g, 95) ? i->spi_base + below(g, i->spi_count) : below(g, 64);
}

static void next_irs(Generator *g, Operation *op)
{
    static const uint32_t any[] = {IRS_CR1,           IRS_SYNCR,       IRS_SPI_VMR,
                                   IRS_SPI_STATUSR,   IRS_PE_STATUSR,  IRS_SWERR_STATUSR,
                                   IRS_IST_CFGR,      IRS_IST_STATUSR, IRS_VMT_BASER,
                                   IRS_MPAM_PARTID_R, IRS_IDR1,        IRS_SWERR_SYNDROMER0};
    uint8_t domain = any_domain(g);
    uint32_t irs = below(g, g->ref->irs_count), kind = below(g, 100);
    char name[FRAME_NAME];
    frame_name(name, "IRS", irs, "", domain);
    if (kind < 40) {
        bool moves = domain == EL3 && percent(g, 60);
        plan_frame(g, name, domain, IRS_SPI_SELR, 4, any_spi_of(g, irs));
        plan_frame(g, name, domain, moves ? IRS_SPI_DOMAINR : IRS_SPI_CFGR, 4, below(g, 4));
    } else if (kind < 50) {
        plan_frame(g, name, domain, IRS_SPI_RESAMPLER, 4, any_spi_of(g, irs));
    } else if (kind < 68) {
        plan_frame(g, name, domain, IRS_PE_SELR, 4, any_target(g));
        plan_frame(g, name, domain, IRS_PE_CR0, 4, percent(g, 40));
    } else if (kind < 75) {
        plan_frame(g, name, domain, IRS_CR0, 4, percent(g, 85));
    } else if (kind < 79) {
        plan_frame(g, name, domain, IRS_SWERR_STATUSR, percent(g, 50) ? 4 : 8, percent(g, 80));
    } else {
        uint32_t offset = any[below(g, 12)];
        bool linear = g->machine->config.v5.linear_ist_only;
        uint64_t value = random_next(g->random) | (linear ? 0 : 0x10000); /* never a huge one */
        plan_frame(g, name, domain, offset, 4, value);
        if (percent(g, 50)) {
            g->todo[g->todo_count - 1].kind = OP_FRAME_READ;
        }
    }
    *op = g->todo[g->todo_next++];
}

/* Tables of LPIs come and go, and are written while they must not be. */
static void next_ist(Generator *g, Operation *op)
{
    uint8_t domain = any_domain(g);
    const Ist *ist = &g->ref->ist[domain];
    uint32_t kind = below(g, 100);
    if (kind < 35 || !ist->valid) {
        plan_ist(g, domain);
    } else if (kind < 55) {
        /* off, and mostly on again as it was */
        plan_irs(g, domain, IRS_IST_BASER, percent(g, 50) ? 4 : 8, ist->addr);
        if (percent(g, 80)) {
            plan_heal(g);
            plan_irs(g, domain, IRS_IST_BASER, 8, ist->addr | 1);
        }
    } else if (kind < 75) {
        plan_heal(g);
        plan_irs(g, domain, IRS_MAP_L2_ISTR, 4, percent(g, 95) ? any_lpi(g) : below(g, 1u << 24));
    } else if (kind < 90) {
        char name[FRAME_NAME];
        bool there = !g->machine->config.v5.no_setlpi;
        frame_name(name, "IRS", below(g, g->ref->irs_count), there ? "_SETLPI" : "", domain);
        plan_frame(g, name, domain, there ? IRS_SETLPIR : IRS_SYNCR, 4,
                   any_lpi(g) | (percent(g, 5) ? 0xFF000000 : 0));
    } else if (kind < 95) {
        plan_irs(g, domain, IRS_IST_CFGR, 4, below(g, 1u << 17));
    } else {
        plan_irs(g, domain, IRS_IST_BASER + (percent(g, 50) ? 4 : 0), 4,
                 percent(g, 50) ? (uint32_t)ist->addr | 1 : (uint32_t)random_next(g->random) | 1);
    }
    *op = g->todo[g->todo_next++];
}

/* Odd accesses: sizes, offsets, spaces, encodings. */
static void next_misuse(Generator *g, Operation *op)
{
    static const char *const kinds[] = {"IRS", "IRS", "IRS", "ITS", "ITS", "IWB"};
    static const char *const rests[] = {"", "", "_SETLPI", "", "_TRANSLATE", ""};
    uint32_t kind = below(g, g->ref->its_count ? 6 : 3);
    if (percent(g, 25)) {
        sysreg(g, op, percent(g, 50),
               VGIC_SYSREG(1 + 2 * below(g, 2), 0, 12, below(g, 16), below(g, 8)),
               random_next(g->random));
        op->state.aarch32 = percent(g, 5);
        return;
    }
    uint8_t domain = kind == 5 ? NONSECURE : any_domain(g);
    const char *rest = g->machine->config.v5.no_setlpi && kind == 2 ? "" : rests[kind];
    memset(op, 0, sizeof(*op));
    op->kind = percent(g, 50) ? OP_FRAME_READ : OP_FRAME_WRITE;
    frame_name(op->frame, kinds[kind], 0, rest, domain);
    op->attrs = percent(g, 70) ? ref5_space(g->ref, domain) : ref5_space(g->ref, any_domain(g));
    op->size = 1u << below(g, 4);
    op->offset = below(g, 0x420) & ~(percent(g, 90) ? op->size - 1 : 0);
    op->offset = percent(g, 5) ? 0xFF00 + below(g, 0xF8) : op->offset;
    op->value = random_next(g->random);
    /* what would make a table of the whole memory, or of nothing that the generator knows */
    uint64_t word = op->offset & ~UINT64_C(3);
    bool table = word == IRS_IST_BASER || word == IRS_IST_BASER + 4 || word == IRS_IST_CFGR ||
                 word == IRS_MAP_L2_ISTR || word == ITS_DT_BASER || word == ITS_DT_BASER + 4 ||
                 word == ITS_DT_CFGR;
    if (table) {
        op->kind = OP_FRAME_READ;
    } else if (kind == 5 && percent(g, 60)) {
        op->offset = (1u << (13 + below(g, 3))) + below(g, 80) * 4;
        op->size = 4;
    }
}

static void next_fault(Generator *g, Operation *op)
{
    uint8_t domain = any_domain(g);
    const Ist *ist = &g->ref->ist[domain];
    if (g->faulty) {
        op->kind = OP_HEAL;
        return;
    }
    op->kind = OP_FAULT;
    op->space = ref5_space(g->ref, domain);
    op->faults = 1 + below(g, 3);
    op->address = percent(g, 70) ? ist->addr + (uint64_t)any_lpi(g) * 4
                                 : MEMORY_LOW + 0x04000000 + below(g, 0x02000000);
}

static void next_rare(Generator *g, Operation *op)
{
    uint32_t kind = below(g, 100);
    if (kind < 45) {
        op->kind = OP_SAVE;
    } else if (kind < 60) {
        op->kind = OP_CPU_RESET;
        op->cpu = below(g, g->ref->cpus);
    } else if (kind < 66) {
        op->kind = OP_RESET;
        op->reset = percent(g, 50) ? VGIC_RESET_COLD : VGIC_RESET_WARM;
    } else if (kind < 70) {
        op->kind = OP_FIRMWARE;
    } else {
        next_fault(g, op);
    }
}

/* What software does first. */
static void plan_opening(Generator *g)
{
    Ref *ref = g->ref;
    for (uint32_t i = 0; i < 4 && ref->el3; i++) {
        for (uint32_t cpu = 0; cpu < ref->cpus; cpu++) {
            uint64_t domains =
                ref5_has(ref, REALM) ? random_next(g->random) : UINT64_C(0x5555555555555555);
            plan_write(g, cpu, EL3, ICC_PPI_DOMAINR0_EL3 + i, domains);
        }
    }
    for (uint8_t domain = 0; domain < R5_DOMAINS; domain++) {
        if (!ref5_has(ref, domain)) {
            continue;
        }
        bool el3 = domain == EL3;
        for (uint32_t cpu = 0; cpu < ref->cpus; cpu++) {
            plan_write(g, cpu, domain, el3 ? ICC_PCR_EL3 : ICC_PCR_EL1, 31);
            plan_write(g, cpu, domain, el3 ? ICC_CR0_EL3 : ICC_CR0_EL1,
                       1 | (ref->el3 && !el3 ? UINT64_C(32) << 32 : 0));
        }
        for (uint32_t irs = 0; irs < ref->irs_count; irs++) {
            char name[FRAME_NAME];
            frame_name(name, "IRS", irs, "", domain);
            plan_frame(g, name, domain, IRS_CR0, 4, 1);
        }
    }
}

/* SPIs that stay in the EL3 domain would be seen by few. */
static void plan_domains(Generator *g)
{
    Ref *ref = g->ref;
    for (uint32_t irs = 0; irs < ref->irs_count && ref->el3; irs++) {
        char name[FRAME_NAME];
        frame_name(name, "IRS", irs, "", EL3);
        for (uint32_t i = 0; i < ref->irs[irs].spi_count && i < 12; i++) {
            plan_frame(g, name, EL3, IRS_SPI_SELR, 4, ref->irs[irs].spi_base + i);
            plan_frame(g, name, EL3, IRS_SPI_DOMAINR, 4, any_domain(g));
        }
    }
}

static void choose_lpis(Generator *g)
{
    static const uint32_t usual[] = {0,   1,   2,   3,    5,    1023, 1024, 1025, 255,
                                     256, 511, 512, 2047, 2048, 4095, 4096, 0,    0};
    memcpy(g->lpis, usual, sizeof(usual));
    uint32_t bits = g->machine->config.lpi_bits;
    g->lpis[HOT_LPIS - 2] = (1u << bits) - 1;
    g->lpis[HOT_LPIS - 1] = percent(g, 50) ? 1u << bits : 16383;
    for (uint32_t i = HOT_LPIS - 1; i > 0; i--) {
        uint32_t j = below(g, i + 1), kept = g->lpis[i];
        g->lpis[i] = g->lpis[j];
        g->lpis[j] = kept;
    }
}

void generator_init(Generator *g, Random *random, Machine *machine, Ref *ref)
{
    static const uint8_t of_levels[] = {0, 1, 8, 15, 16, 30, 31, 4};
    memset(g, 0, sizeof(*g));
    g->random = random;
    g->machine = machine;
    g->ref = ref;
    for (uint32_t cpu = 0; cpu < ref->cpus; cpu++) {
        g->state[cpu] = state_in(ref, ref->el3 ? EL3 : NONSECURE);
    }
    for (uint32_t i = 0; i < 5; i++) {
        g->levels[i] = of_levels[below(g, 8)];
    }
    choose_lpis(g);
    its_generator_init(g);
}

static void next_kind(Generator *g, Operation *op)
{
    uint32_t kind = below(g, 1000);
    if (g->ref->its_count && percent(g, 12)) {
        its_generator_next(g, op);
    } else if (g->ref->iwb_count && percent(g, 12)) {
        iwb_generator_next(g, op);
    } else if (kind < 330) {
        next_configuration(g, op);
    } else if (kind < 460) {
        next_acknowledge(g, op);
    } else if (kind < 540) {
        next_end(g, op);
    } else if (kind < 620) {
        next_deactivate(g, op);
    } else if (kind < 710) {
        next_wire(g, op);
    } else if (kind < 770) {
        next_ppi_register(g, op);
    } else if (kind < 820) {
        next_control(g, op);
    } else if (kind < 870) {
        next_state(g, op);
    } else if (kind < 935) {
        next_irs(g, op);
    } else if (kind < 960) {
        next_ist(g, op);
    } else if (kind < 990) {
        next_misuse(g, op);
    } else {
        next_rare(g, op);
    }
}

/* The opening is planned in the first steps, a part at a time. */
static bool plan_start(Generator *g, uint32_t step)
{
    switch (step) {
    case 0:
        plan_opening(g);
        return true;
    case 1:
        plan_domains(g);
        return true;
    default:
        step -= 2;
        break;
    }
    if (step < R5_DOMAINS) {
        if (ref5_has(g->ref, (uint8_t)step) && percent(g, 90)) {
            plan_ist(g, (uint8_t)step);
        }
        return true;
    }
    step -= R5_DOMAINS;
    if (step < g->ref->its_count * R5_DOMAINS) {
        if (ref5_has(g->ref, step % R5_DOMAINS)) {
            plan_its(g, step / R5_DOMAINS, step % R5_DOMAINS);
        }
        return true;
    }
    return false;
}

void generator_next(Generator *g, Operation *op)
{
    while (g->todo_next == g->todo_count) {
        g->todo_next = g->todo_count = 0;
        if (!plan_start(g, g->start)) {
            memset(op, 0, sizeof(*op));
            next_kind(g, op);
            return;
        }
        g->start++;
    }
    *op = g->todo[g->todo_next++];
}

void generator_note(Generator *g, const Operation *op)
{
    if (op->kind == OP_STATE) {
        g->state[op->cpu] = op->state;
    } else if (op->kind == OP_RESET) {
        for (uint32_t cpu = 0; cpu < g->ref->cpus; cpu++) {
            g->state[cpu] = state_in(g->ref, g->ref->el3 ? EL3 : NONSECURE);
        }
        g->start = percent(g, 80) ? 0 : g->start;
    } else if (op->kind == OP_FAULT) {
        g->faulty = true;
    } else if (op->kind == OP_HEAL) {
        g->faulty = false;
    }
    for (uint32_t cpu = 0; cpu < g->ref->cpus; cpu++) {
        g->ref->pe[cpu].lines = ref5_lines(g->ref, cpu);
    }
}
