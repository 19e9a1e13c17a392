/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2
 *
 * GICv5: random instructions and register writes of two PEs on LPIs, SPIs and the software PPI,
 * with the table of LPIs and IRSEN switched off and on, against a reference in the program: HPPIR,
 * lines, active priorities, acknowledged INTIDs and the state of every interrupt. No two interrupts
 * have the same priority, as the architecture leaves open which of them comes first. Words: seed=N.
 */
#include "rt/gic5.h"

enum {
    PES = 2,
    LPIS5 = 14,
    SPIS5 = 12,
    IRQS = LPIS5 + SPIS5,
    IDLE_PRIORITY = 32,
    STEPS = 6000
};

struct irq {
    u32 id, priority, iaffid;
    bool pending, active, level, enabled;
};
/* The IRI's interrupts, and each PE's software PPI. */
static struct irq irqs[IRQS], ppis[PES];
static struct {
    u32 apr, pcr;
    bool enabled;
} pes[PES];
static bool irsen, ist_is_valid;
static struct ist ist;

static u64 seed = 0x9e3779b97f4a7c15ull;
static u32 random_below(u32 n)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (u32)(seed >> 33) % n;
}

/* The reference */

static u32 running(unsigned pe)
{
    return pes[pe].apr ? (u32)__builtin_ctz(pes[pe].apr) : IDLE_PRIORITY;
}

static bool is_lpi(const struct irq *irq)
{
    return irq->id >> 29 == 2;
}

static bool candidate(const struct irq *irq)
{
    return irq->pending && irq->enabled && !irq->active;
}

/* The interrupt that the PE sees, NULL for none. */
static struct irq *presented(unsigned pe)
{
    struct irq *best = candidate(&ppis[pe]) ? &ppis[pe] : NULL;
    for (unsigned n = 0; irsen && n < IRQS; n++) {
        struct irq *irq = &irqs[n];
        if (candidate(irq) && irq->iaffid == pe && (ist_is_valid || !is_lpi(irq)) &&
            (!best || irq->priority < best->priority)) {
            best = irq;
        }
    }
    return best && pes[pe].enabled && best->priority < running(pe) && best->priority <= pes[pe].pcr
               ? best
               : NULL;
}

static u64 icsr_of(const struct irq *irq)
{
    if (is_lpi(irq) && !ist_is_valid) {
        return ICSR_F;
    }
    return ICSR((irq->enabled ? ICSR_ENABLED : 0) | (irq->pending ? ICSR_PENDING : 0) |
                    (irq->active ? ICSR_ACTIVE : 0) | (irq->level ? ICSR_LEVEL : 0),
                irq->priority, irq->iaffid);
}

static void acknowledged(struct irq *irq, unsigned pe)
{
    irq->active = true;
    irq->pending = irq->level;
    pes[pe].apr |= 1u << irq->priority;
}

/* What one PE does */

enum what {
    ACKNOWLEDGE,
    PRIORITY_DROP,
    PPI_PEND,
    PPI_UNPEND,
    PPI_ENABLE,
    PPI_DISABLE,
    PPI_DEACTIVATE,
    MASK_PCR,
    SWITCH_EN,
    SEE,
    WHATS
};
struct order {
    enum what what;
    u32 value;
};

/* All that a PE sees, as one value. */
static u64 seen5(u64 hppi, u64 irq_lines, u64 ppi, u64 active)
{
    return (hppi | irq_lines << 34 | ppi << 36) ^ active * 0x9e3779b97f4a7c15ull;
}

static u64 f_do(u64 argument)
{
    const struct order *o = (const struct order *)argument;
    switch (o->what) {
    case ACKNOWLEDGE:
        return cdia();
    case PRIORITY_DROP:
        cdeoi();
        return 0;
    case PPI_PEND:
    case PPI_UNPEND:
        ppi_pend(PPI_SW, o->what == PPI_PEND);
        return 0;
    case PPI_ENABLE:
    case PPI_DISABLE:
        ppi_enable(PPI_SW, o->what == PPI_ENABLE);
        return 0;
    case PPI_DEACTIVATE:
        cddi(PPI5(PPI_SW));
        return 0;
    case MASK_PCR:
        pcr(o->value);
        return 0;
    case SWITCH_EN:
        WRITE_SYS(ICC_CR0_EL1, o->value);
        return 0;
    default:
        return seen5(hppir(), lines(), ppi_state(PPI_SW), apr());
    }
}

/* Carries it out here and in the reference; 1 if they differ. */
static u64 pe_step(unsigned pe, enum what what)
{
    struct order o = {what, what == MASK_PCR ? random_below(32) : random_below(4) != 0};
    struct irq *next = presented(pe);
    const u64 got = on_pe(pe, f_do, (u64)&o);
    struct irq *ppi = &ppis[pe];

    switch (what) {
    case ACKNOWLEDGE:
        if (got != (next ? VALID5 | next->id : 0)) {
            return 1;
        }
        if (next) {
            acknowledged(next, pe);
        }
        return 0;
    case PRIORITY_DROP:
        pes[pe].apr &= pes[pe].apr - 1;
        return 0;
    case PPI_PEND:
    case PPI_UNPEND:
        ppi->pending = what == PPI_PEND;
        return 0;
    case PPI_ENABLE:
    case PPI_DISABLE:
        ppi->enabled = what == PPI_ENABLE;
        return 0;
    case PPI_DEACTIVATE:
        ppi->active = false;
        return 0;
    case MASK_PCR:
        pes[pe].pcr = o.value;
        return 0;
    case SWITCH_EN:
        pes[pe].enabled = o.value;
        return 0;
    default: {
        const u64 state = (u64)ppi->pending | (u64)ppi->active << 1;
        return got != seen5(next ? VALID5 | next->id : 0, next ? MASK_IRQ : 0, state, pes[pe].apr);
    }
    }
}

/* What any PE does with an interrupt of the IRI. LPIs without their table stay as they are. */
static void irq_step(struct irq *irq)
{
    const bool counts = ist_is_valid || !is_lpi(irq);
    const bool undo = is_lpi(irq); /* QEMU's GIC does the opposite for SPIs */

    switch (random_below(8)) {
    case 0:
        cden(irq->id);
        irq->enabled |= counts;
        break;
    case 1:
        if (undo) {
            cddis(irq->id);
            irq->enabled &= !counts;
        }
        break;
    case 2:
    case 3:
        cdpend(irq->id, true);
        irq->pending |= counts;
        break;
    case 4:
        if (undo) {
            cdpend(irq->id, false);
            irq->pending &= !counts;
        }
        break;
    case 5: {
        const u32 iaffid = random_below(8) ? random_below(PES) : 0x100 + random_below(5);
        cdaff(irq->id, iaffid);
        irq->iaffid = counts ? iaffid : irq->iaffid;
        break;
    }
    case 6: {
        const bool level = random_below(4) == 0;
        cdhm(irq->id, level);
        irq->level = counts ? level : irq->level;
        break;
    }
    default:
        cddi(irq->id);
        irq->active &= !counts;
    }
}

/* Two of a kind change their priorities, so that all stay different. */
static void swap_priorities(void)
{
    const u32 n = random_below(IRQS), m = random_below(IRQS);
    struct irq *a = &irqs[n], *b = &irqs[m];
    if ((is_lpi(a) || is_lpi(b)) && !ist_is_valid) {
        return;
    }
    const u32 p = a->priority;
    cdpri(a->id, b->priority), cdpri(b->id, p);
    a->priority = b->priority, b->priority = p;
}

static void switch_step(void)
{
    if (random_below(2)) {
        irsen = !irsen;
        irs_enable(irsen);
        return;
    }
    if (!ist_is_valid) {
        /* Whether LPIs that memory has as pending count is left open: no longer after this. */
        ist_valid(&ist);
        for (unsigned n = 0; n < LPIS5; n++) {
            cdpri(irqs[n].id, irqs[n].priority);
        }
    } else {
        ist_invalid();
    }
    ist_is_valid = !ist_is_valid;
}

static u64 states(void)
{
    u64 wrong = 0;
    for (unsigned n = 0; n < IRQS; n++) {
        wrong += cdrcfg(irqs[n].id) != icsr_of(&irqs[n]);
    }
    return wrong;
}

static void set_up(bool two_level)
{
    alloc5_reset();
    ist_invalid();
    ist = (struct ist){.id_bits = 14, .two_level = two_level};
    ist_make(&ist);
    ist_valid(&ist);
    if (two_level) {
        ist_l2(&ist, 0, true), ist_l2(&ist, 0x3fff, true);
    }
    ist_is_valid = irsen = true;
    irs_enable(true);
    for (unsigned pe = 0; pe < PES; pe++) {
        on_pe(pe, f_pe5_init, 0);
        pes[pe].apr = 0, pes[pe].pcr = 31, pes[pe].enabled = true;
        ppis[pe] = (struct irq){.id = PPI5(PPI_SW), .priority = 31};
    }
    for (u32 n = 0; n < IRQS; n++) {
        struct irq *irq = &irqs[n];
        const bool lpi = n < LPIS5;
        /* SPIs are what the last round made of them, but for what can be set anew. */
        irq->id = !lpi ? SPI5(60 + n) : LPI5(n < 8 ? 100 + n : 0x3ff8 - 8 + n);
        irq->priority = n + 1, irq->iaffid = n % PES;
        irq->level = irq->active = false;
        irq->pending = irq->pending && !lpi;
        irq->enabled = irq->enabled && !lpi;
        cdpri(irq->id, irq->priority), cdaff(irq->id, irq->iaffid);
        cdhm(irq->id, false), cddi(irq->id);
    }
}

static void go(const char *name, bool two_level)
{
    u64 wrong = 0, first = 0;

    section(name);
    set_up(two_level);
    for (unsigned step = 0; step < STEPS; step++) {
        const u32 dice = random_below(100);
        /* Most on this PE: the other one must be asked. */
        const unsigned pe = random_below(10) == 0;
        u64 now = 0;
        if (dice < 50) {
            irq_step(&irqs[random_below(IRQS)]);
        } else if (dice < 60) {
            swap_priorities();
        } else if (dice < 97) {
            now = pe_step(pe, random_below(WHATS));
        } else {
            switch_step();
        }
        now += pe_step(0, SEE);
        if (step % 16 == 0) {
            now += pe_step(1, SEE) + states();
        }
        if (now) {
            first = wrong ? first : step + 1;
            wrong += now;
        }
    }
    expect(wrong, 0, "differences");
    expect(first, 0, "first step that differs");
    expect(states(), 0, "states at the end");
}

int main(void)
{
    seed += option("seed", 0);
    gic5_init();
    pe_start(1);
    go("linear", false);
    go("two-level", true);
    go("linear again", false);
    return 0;
}
