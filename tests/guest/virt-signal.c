/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on
 *
 * Virtual IRQ and FIQ: which list registers make which, taken at EL1 with PSTATE and HCR_EL2 as
 * they are, HCR_EL2.VI and VF, En, WFI, and what EL2 sees of them: nothing.
 */
#include "rt/virt.h"

static struct seen {
    u64 irqs, fiqs, el, kind, intid;
} seen;

static void on_irq(struct frame *f)
{
    seen.irqs++;
    seen.el = f->el;
    seen.kind = f->kind;
    seen.intid = iar1();
    if (seen.intid == SPURIOUS) {
        f->spsr |= 1 << 7; /* HCR_EL2.VI: nothing to acknowledge, and it stays */
    } else {
        eoi1(seen.intid);
    }
}
static void on_fiq(struct frame *f)
{
    seen.fiqs++;
    seen.el = f->el;
    seen.kind = f->kind;
    seen.intid = iar0();
    if (seen.intid == SPURIOUS) {
        f->spsr |= 1 << 6;
    } else {
        eoi0(seen.intid);
    }
}

static u64 open_masks(u64 which)
{
    unmask((unsigned)which);
    __asm__ volatile("nop" ::: "memory");
    mask();
    return 0;
}

/* Runs the guest with PSTATE open: exceptions taken, EL and vector, the INTID. */
static u64 take(unsigned open)
{
    seen = (struct seen){0};
    guest(open_masks, open);
    return seen.irqs | seen.fiqs << 8 | seen.el << 16 | seen.kind << 24 | seen.intid << 32;
}

enum {
    IRQ_AT_EL1 = 1 | 1 << 16 | 5 << 24, /* current EL with SP_EL1 */
    FIQ_AT_EL1 = 1 << 8 | 1 << 16 | 6 << 24
};
#define INTID(n) ((u64)(n) << 32)

static void taken(void)
{
    section("taken");
    vif_reset();
    expect(take(MASK_IRQ | MASK_FIQ), 0, "none pends");
    lr_write(0, lr(1, 0x40, 40));
    expect(take(0), 0, "Group 1, masked");
    expect(take(MASK_FIQ), 0, "Group 1, IRQ masked");
    expect(take(MASK_IRQ), IRQ_AT_EL1 | INTID(40), "Group 1");
    expect(take(MASK_IRQ | MASK_FIQ), 0, "Group 1, again");
    lr_write(0, lr(0, 0x40, 41));
    expect(take(MASK_IRQ), 0, "Group 0, FIQ masked");
    expect(take(MASK_FIQ), FIQ_AT_EL1 | INTID(41), "Group 0");
    /* Several: one after the other, the best first, the last one seen. */
    for (unsigned n = 0; n < 4; n++) {
        lr_write(n, lr(1, 0x40 + 8 * n, 50 + n));
    }
    expect(take(MASK_IRQ), (IRQ_AT_EL1 + 3) | INTID(53), "four of Group 1");
    for (unsigned n = 0; n < 4; n++) {
        lr_write(n, lr(n & 1, 0x40 + 8 * n, 50 + n));
    }
    take(MASK_IRQ | MASK_FIQ);
    expect(seen.irqs << 8 | seen.fiqs, 0x202, "two of each group");
    vif_reset();
}

static void routing(void)
{
    static const u64 bits[] = {0, HCR_FMO, HCR_IMO, HCR_FMO | HCR_IMO};
    static const char *const names[] = {"neither", "FMO", "IMO", "both"};

    section("routing");
    for (unsigned n = 0; n < 4; n++) {
        for (unsigned group = 0; group < 2; group++) {
            vif_reset();
            hcr(bits[n]);
            lr_write(0, lr(group, 0x40, 40));
            const bool here = bits[n] & (group ? HCR_IMO : HCR_FMO);
            expect(guest(f_lines, 0),
                   !here   ? 0
                   : group ? MASK_IRQ
                           : MASK_FIQ,
                   "%s, Group %u: ISR_EL1", names[n], (u64)group);
            expect(take(MASK_IRQ | MASK_FIQ),
                   !here   ? 0
                   : group ? IRQ_AT_EL1 | INTID(40)
                           : FIQ_AT_EL1 | INTID(40),
                   "%s, Group %u", names[n], (u64)group);
            expect(lines(), 0, "%s, Group %u: ISR_EL1 at EL2", names[n], (u64)group);
        }
    }
    vif_reset();
    lr_write(0, lr(1, 0x40, 40));
    lr_write(1, lr(0, 0x38, 41));
    unmask(MASK_IRQ | MASK_FIQ);
    mask();
    expect(lr_state(lr_read(0)) | lr_state(lr_read(1)) << 4, 0x11, "not taken at EL2");
    vif_reset();
}

/* HCR_EL2.VI and VF beside what the interface says. */
static void by_hcr(void)
{
    section("VI, VF");
    for (unsigned n = 0; n < 16; n++) {
        const u64 bits = (n & 1 ? HCR_VI : 0) | (n & 2 ? HCR_VF : 0);
        const u64 routes = (n & 4 ? HCR_IMO : 0) | (n & 8 ? HCR_FMO : 0);
        vif_reset();
        hcr(bits | routes);
        const u64 want = (n & 1 && n & 4 ? MASK_IRQ : 0) | (n & 2 && n & 8 ? MASK_FIQ : 0);
        expect(guest(f_lines, 0), want, "VI %u, VF %u, IMO %u, FMO %u: ISR_EL1", n & 1ull,
               n >> 1 & 1ull, n >> 2 & 1ull, n >> 3 & 1ull);
        expect(lines(), 0, "VI %u, VF %u, IMO %u, FMO %u: ISR_EL1 at EL2", n & 1ull, n >> 1 & 1ull,
               n >> 2 & 1ull, n >> 3 & 1ull);
    }
    vif_reset();
    hcr(HCR_IMO | HCR_FMO | HCR_VI);
    expect(take(MASK_IRQ), IRQ_AT_EL1 | INTID(SPURIOUS), "VI taken, IAR1 spurious");
    lr_write(0, lr(1, 0x40, 40));
    take(MASK_IRQ);
    expect(lr_state(lr_read(0)), 0, "VI and a list register: that one was ended");
    expect(seen.irqs, 2, "VI and a list register: exceptions");
    hcr(HCR_IMO | HCR_FMO);
    expect(take(MASK_IRQ), 0, "VI cleared");
    hcr(HCR_IMO | HCR_FMO | HCR_VF);
    expect(take(MASK_FIQ), FIQ_AT_EL1 | INTID(SPURIOUS), "VF taken, IAR0 spurious");
    expect(take(MASK_IRQ), 0, "VF, FIQ masked");
    hcr(HCR_IMO | HCR_FMO);
}

static void on_and_off(void)
{
    section("En");
    vif_reset();
    lr_write(0, lr(1, 0x40, 40));
    for (unsigned n = 0; n < 3; n++) {
        ich_hcr_write(0);
        expect(guest(f_lines, 0), 0, "off: ISR_EL1");
        expect(guest(f_iar1, 0), SPURIOUS, "off: IAR1");
        expect(guest(f_hppir1, 0), 40, "off: HPPIR1");
        expect(take(MASK_IRQ), 0, "off: taken");
        ich_hcr_write(ICH_EN);
        expect(guest(f_lines, 0), MASK_IRQ, "on: ISR_EL1");
    }
    expect(take(MASK_IRQ), IRQ_AT_EL1 | INTID(40), "on: taken");
    /* State is kept while it is off, and the guest may end what it has. */
    lr_write(0, lr(1, 0x40, 40));
    guest(f_iar1, 0);
    ich_hcr_write(0);
    expect(guest(f_rpr, 0), 0x40, "off: RPR");
    guest(f_eoi1, 40);
    expect(lr_state(lr_read(0)) | ap1r() << 8, 0, "off: ended");
    vif_reset();
}

/* A physical interrupt while the guest runs goes to EL2, whatever PSTATE says at EL1. */
static u64 physical_el, physical_intid;
static void on_physical(struct frame *f)
{
    if (f->el == 1) {
        on_irq(f);
        return;
    }
    physical_el = f->el << 8 | f->kind;
    physical_intid = iar1();
    eoi1(physical_intid);
    /* The hypervisor makes a virtual one of it. */
    lr_write(0, lr(1, 0x40, physical_intid));
}

static u64 pend_and_wait(u64 open)
{
    if (open) {
        unmask(MASK_IRQ);
    }
    pend(40);
    barrier();
    __asm__ volatile("nop" ::: "memory");
    mask();
    return 0;
}

static void physical(void)
{
    section("physical");
    irq_handler[0] = on_physical;
    setup(40, 1, 0x90);
    for (unsigned open = 0; open < 2; open++) {
        vif_reset();
        physical_el = 0;
        seen = (struct seen){0};
        guest(pend_and_wait, open);
        expect(physical_el, 0x209, "taken at EL2, from EL1, PSTATE.I %u", (u64)!open);
        expect(seen.irqs << 16 | seen.intid, open ? 1 << 16 | 40 : 0, "then at EL1, PSTATE.I %u",
               (u64)!open);
    }
    /* IMO 0: it is an interrupt of EL1. */
    vif_reset();
    hcr(0);
    seen = (struct seen){0}, physical_el = 0;
    guest(pend_and_wait, 1);
    expect(seen.irqs << 16 | seen.intid, 1 << 16 | 40, "IMO 0: at EL1");
    expect(physical_el, 0, "IMO 0: at EL2");
    disable(40);
    irq_handler[0] = on_irq;
    vif_reset();
}

static u64 wfi(u64 unused)
{
    __asm__ volatile("dsb sy\n\twfi" ::: "memory");
    return iar1() + unused;
}
static u64 wfi0(u64 unused)
{
    __asm__ volatile("dsb sy\n\twfi" ::: "memory");
    return iar0() + unused;
}

static void wakes(void)
{
    section("WFI");
    vif_reset();
    lr_write(0, lr(1, 0x40, 40));
    expect(guest(wfi, 0), 40, "vIRQ wakes");
    vif_reset();
    lr_write(0, lr(0, 0x40, 41));
    expect(guest(wfi0, 0), 41, "vFIQ wakes");
    vif_reset();
    hcr(HCR_IMO | HCR_FMO | HCR_VI);
    expect(guest(wfi, 0), SPURIOUS, "VI wakes");
    vif_reset();
}

int main(void)
{
    el2_init();
    irq_handler[0] = on_irq;
    fiq_handler[0] = on_fiq;
    taken();
    routing();
    by_hcr();
    on_and_off();
    physical();
    wakes();
    return 0;
}
