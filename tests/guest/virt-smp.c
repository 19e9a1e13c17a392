/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=4 virtualization=on
 *
 * A hypervisor on each of four PEs at once. Their guests hand tokens round by virtual SGIs: the SGI
 * register traps, the hypervisor sends a physical SGI to the other PE, whose hypervisor puts it
 * into a list register. Then each PE holds its virtual interface against the reference, all at the
 * same time.
 */
#include "rt/virt.h"

enum {
    PES = 4,
    TOKENS = 3,
    ROUNDS = 100,
    FIRST_TOKEN = 1
};

static struct pe_state {
    volatile u64 received[TOKENS], virtual_irqs, kicks, traps, maintenance, wrong;
    u64 ones_back[TOKENS]; /* vINTIDs that wait for a list register */
} __attribute__((aligned(256))) of[PES];

/* Puts waiting tokens into list registers that are free; UIE asks for more while some wait. */
static void refill(struct pe_state *me)
{
    bool waits = false;
    for (unsigned t = 0; t < TOKENS; t++) {
        if (!me->ones_back[t]) {
            continue;
        }
        /* Two list registers only, so that they run short; one for each vINTID. */
        bool there = false, placed = false;
        for (unsigned n = 0; n < 2; n++) {
            const u64 value = lr_read(n);
            there |= lr_state(value) && (value & 0xffffffff) == FIRST_TOKEN + t;
        }
        for (unsigned n = 0; n < 2 && !there && !placed; n++) {
            if (elrsr() >> n & 1) {
                lr_write(n, lr(1, 0x40 + 8 * t, FIRST_TOKEN + t));
                me->ones_back[t]--;
                placed = true;
            }
        }
        waits |= me->ones_back[t] != 0;
    }
    ich_hcr_write(ICH_EN | (waits ? ICH_UIE : 0));
}

static void on_irq(struct frame *f)
{
    struct pe_state *me = &of[pe_number()];
    const u64 id = iar1();
    if (f->el == 1) {
        me->virtual_irqs++;
        me->wrong += id < FIRST_TOKEN || id >= FIRST_TOKEN + TOKENS;
        me->received[id - FIRST_TOKEN]++;
        eoi1(id);
        return;
    }
    if (id == INTID_MAINTENANCE) {
        me->maintenance++;
    } else if (id < 16) {
        me->kicks++;
        me->ones_back[id - FIRST_TOKEN]++;
    } else if (id != SPURIOUS) {
        me->wrong++;
    }
    refill(me);
    if (id != SPURIOUS) {
        eoi1(id);
    }
}

/* The guest's SGI: EC 0x18, a write of ICC_SGI1R_EL1. */
static bool on_trap(struct frame *f)
{
    if (f->el != 2 || f->esr >> 26 != 0x18) {
        return false;
    }
    of[pe_number()].traps++;
    send_sgi1(f->x[f->esr >> 5 & 31]);
    f->elr += 4;
    return true;
}

static u64 guest_main(u64 number)
{
    const struct pe_state *me = &of[number];
    const unsigned next[TOKENS] = {(unsigned)(number + 1) % PES, (unsigned)(number + 3) % PES,
                                   (unsigned)(number + 1) % PES};
    u64 sent[TOKENS] = {0};

    for (;;) {
        bool all = true;
        for (unsigned t = 0; t < TOKENS; t++) {
            /* Each token starts at a PE of its own; who has it hands it on. */
            const u64 may = me->received[t] + (number == t);
            while (sent[t] < may && sent[t] < ROUNDS) {
                send_sgi1(sgi(FIRST_TOKEN + t, 0, 0, 1u << next[t]));
                sent[t]++;
            }
            all &= me->received[t] == ROUNDS && sent[t] == ROUNDS;
        }
        if (all) {
            return 0;
        }
        /* Masked until it waits, so that none comes in between. */
        __asm__ volatile("dsb sy\n\twfi" ::: "memory");
        unmask(MASK_IRQ);
        __asm__ volatile("nop" ::: "memory");
        mask();
    }
}

static u64 prepare(u64 unused)
{
    const unsigned n = pe_number();
    hcr(0);
    WRITE_SYS(ICC_SRE_EL2, 0xf);
    gicr_init();
    icc_init();
    vif_reset();
    irq_handler[n] = on_irq;
    sync_handler[n] = on_trap;
    for (unsigned t = 0; t < TOKENS; t++) {
        setup(FIRST_TOKEN + t, 1, 0x90);
    }
    setup(INTID_MAINTENANCE, 1, 0x80);
    set_edge(INTID_MAINTENANCE, false);
    return unused;
}

static u64 hypervisor(u64 number)
{
    return guest(guest_main, number);
}

static void everywhere(u64 (*function)(u64))
{
    for (unsigned n = 1; n < PES; n++) {
        on_pe_begin(n, function, n);
    }
    function(0);
    for (unsigned n = 1; n < PES; n++) {
        on_pe_end(n);
    }
}

/* What both models and the architecture agree about: EOI mode 0, small vINTIDs. */
static u64 against_reference(u64 number)
{
    u64 seed = number + 1, wrong = 0;
    sync_handler[number] = NULL;
    disable(INTID_MAINTENANCE);
    for (unsigned n = 0; n < 100; n++) {
        struct vif v, now;
        vif_reset();
        vif_read(&v);
        for (unsigned i = 0; i < 50; i++) {
            if (draw(&seed, 2)) {
                const unsigned k = (unsigned)draw(&seed, v.lrs);
                v.lr[k] = (lr((unsigned)draw(&seed, 2), draw(&seed, 30) << 3, 32 + draw(&seed, 6)) &
                           ~LR_STATE) |
                          draw(&seed, 4) << 62;
                lr_write(k, v.lr[k]);
            }
            const enum op op = draw(&seed, OP_EOIR1 + 1);
            const u64 id = 32 + draw(&seed, 6);
            wrong += guest_op(op, id) != vif_op(&v, op, id);
            vif_read(&now);
            wrong += !vif_same(&now, &v);
            v = now;
        }
    }
    of[number].wrong = wrong;
    return 0;
}

int main(void)
{
    el2_init();
    prepare(0);
    for (unsigned n = 1; n < PES; n++) {
        pe_start(n);
        on_pe(n, prepare, 0);
    }
    everywhere(hypervisor);
    section("tokens");
    for (unsigned n = 0; n < PES; n++) {
        for (unsigned t = 0; t < TOKENS; t++) {
            expect(of[n].received[t], ROUNDS, "PE %u received token %u", (u64)n, (u64)t);
        }
        expect(of[n].virtual_irqs, TOKENS * ROUNDS, "PE %u: virtual interrupts", (u64)n);
        expect(of[n].kicks, TOKENS * ROUNDS, "PE %u: physical SGIs", (u64)n);
        expect(of[n].traps, TOKENS * ROUNDS, "PE %u: trapped SGIs", (u64)n);
        expect(of[n].wrong, 0, "PE %u: wrong INTIDs", (u64)n);
    }
    everywhere(against_reference);
    section("reference");
    for (unsigned n = 0; n < PES; n++) {
        expect(of[n].wrong, 0, "PE %u: differences", (u64)n);
    }
    return 0;
}
