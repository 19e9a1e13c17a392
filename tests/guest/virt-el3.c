/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on virtualization=on
 *
 * A hypervisor below firmware: EL3 starts it at Non-secure EL2, and it runs its guest. Who is
 * interrupted by what while the guest runs; that Secure EL1 has no virtual interface here (no
 * FEAT_SEL2); HW and Secure interrupts; the ICH registers from EL3.
 */
#include "rt/virt.h"

enum {
    SPI = 40
};

static struct {
    u64 count, el, kind, iar;
} seen[4];

/* Acknowledges by the group's register, also the specials of the other world, and drops it. */
static void note(struct frame *f, bool fiq)
{
    const u64 el = f->el;
    seen[el].count++;
    seen[el].el = fiq;
    seen[el].kind = f->kind;
    if (el == 3) {
        seen[el].iar = iar0();
        if (seen[el].iar == 1020 || seen[el].iar == 1021) {
            const u64 id = iar1();
            seen[el].iar = seen[el].iar << 16 | id;
            eoi1(id);
        } else {
            eoi0(seen[el].iar);
        }
        return;
    }
    seen[el].iar = fiq ? iar0() : iar1();
    fiq ? eoi0(seen[el].iar) : eoi1(seen[el].iar);
}
static void on_irq(struct frame *f)
{
    note(f, false);
}
static void on_fiq(struct frame *f)
{
    note(f, true);
}

static u64 seen_at(unsigned el)
{
    return seen[el].count | seen[el].el << 4 | seen[el].kind << 8 | seen[el].iar << 16;
}

static u64 hypervisor_round(u64 unused)
{
    u64 answers = 0;
    vif_reset();
    lr_write(0, lr(1, 0x40, 60) | LR_EOI);
    lr_write(1, lr(0, 0x48, 61));
    answers = guest(f_lines, 0);
    answers = answers << 12 | guest(f_iar1, 0);
    guest(f_eoi1, 60);
    answers = answers << 12 | guest(f_iar0, 0);
    guest(f_eoi0, 61);
    answers = answers << 4 | eisr();
    answers = answers << 8 | (elrsr() & 0xf);
    vif_reset();
    return answers + unused;
}

static void below_firmware(void)
{
    section("below EL3");
    scr_set(SCR_NS, 0);
    expect(in_el(2, hypervisor_round, 0), 2ull << 36 | 60ull << 24 | 61ull << 12 | 0x10e,
           "a hypervisor's round");
    /* EL3 reads and writes what EL2 has, in both worlds. */
    lr_write(2, lr(1, 0x30, 62));
    vmcr_write(VMCR_OPEN | VMCR_VEOIM);
    scr_set(0, SCR_NS);
    expect(lr_read(2), lr(1, 0x30, 62), "ICH_LR2_EL2 with NS = 0");
    expect(vmcr(), VMCR_OPEN | VMCR_VEOIM, "ICH_VMCR_EL2 with NS = 0");
    expect(READ_SYS(ICC_SRE_EL2), 0xf, "ICC_SRE_EL2 with NS = 0");
    vif_reset();
}

/* The guest waits for nothing; the interrupt is made pending by EL3 beforehand. */
static u64 guest_runs(u64 open)
{
    unmask((unsigned)open);
    __asm__ volatile("nop" ::: "memory");
    mask();
    return 0;
}
static u64 hypervisor_runs(u64 open)
{
    hcr(HCR_IMO | HCR_FMO);
    return in_el(1, guest_runs, open);
}

static void routes(void)
{
    static const struct {
        u64 scr;
        const char *name;
        /* Where each class goes: EL3 by FIQ or IRQ, EL2 by FIQ or IRQ. */
        unsigned el[CLASSES];
        bool fiq[CLASSES];
    } cases[] = {
        {SCR_FIQ, "SCR FIQ", {3, 3, 2}, {true, true, false}},
        {SCR_FIQ | SCR_IRQ, "SCR FIQ IRQ", {3, 3, 3}, {true, true, false}},
        {0, "SCR none", {2, 2, 2}, {true, true, false}},
    };
    section("routes");
    irq_handler[0] = on_irq;
    fiq_handler[0] = on_fiq;
    for (unsigned c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        for (unsigned class = 0; class < CLASSES; class ++) {
            for (unsigned el = 0; el < 4; el++) {
                seen[el].count = seen[el].el = seen[el].kind = seen[el].iar = 0;
            }
            scr_set(SCR_NS, 0);
            vif_reset();
            lr_write(0, lr(1, 0x40, 60));
            scr_set(0, SCR_NS);
            setup_class(SPI, class, 0x90);
            if (cases[c].el[class] == 2 && class != G1NS) {
                /* EL2 cannot acknowledge a Secure interrupt, and would not come to an end. */
                continue;
            }
            pend(SPI);
            scr_set(SCR_NS | cases[c].scr, 0);
            in_el(2, hypervisor_runs, MASK_IRQ);
            scr_set(0, SCR_NS | SCR_FIQ | SCR_IRQ);
            const unsigned el = cases[c].el[class];
            expect(seen[el].count, 1, "%s, %s: taken", cases[c].name, class_names[class]);
            fact(seen_at(el), "%s, %s: vector and INTID", cases[c].name, class_names[class]);
            expect(seen[1].count << 16 | seen[1].iar, 1 << 16 | 60, "%s, %s: the guest's own",
                   cases[c].name, class_names[class]);
            expect(state(SPI), 0, "%s, %s: state", cases[c].name, class_names[class]);
            el3_idle();
        }
    }
    irq_handler[0] = fiq_handler[0] = NULL;
}

/* PPI 25 is NS Group 1 for EL2, or whatever firmware makes of it. */
static u64 lines_at_el2(u64 unused)
{
    return lines() + unused;
}

static void maintenance(void)
{
    static const unsigned want[CLASSES] = {MASK_FIQ, MASK_FIQ, MASK_IRQ};
    section("maintenance");
    for (unsigned class = 0; class < CLASSES; class ++) {
        setup_class(INTID_MAINTENANCE, class, 0x90);
        set_edge(INTID_MAINTENANCE, false);
        scr_set(SCR_NS, 0);
        vif_reset();
        ich_hcr_write(ICH_EN | ICH_NPIE);
        hcr(0);
        expect(in_el(2, lines_at_el2, 0), want[class], "%s: ISR_EL1 at EL2", class_names[class]);
        expect(lines(), MASK_FIQ, "%s: ISR_EL1 at EL3", class_names[class]);
        ich_hcr_write(0);
        expect(lines(), 0, "%s: off", class_names[class]);
        scr_set(0, SCR_NS);
        disable(INTID_MAINTENANCE);
    }
}

/* Secure EL1: ICC registers, whatever HCR_EL2 and ICH_HCR_EL2 say. */
static void secure_el1(void)
{
    section("S-EL1");
    scr_set(SCR_NS, 0);
    vif_reset();
    vmcr_write(VMCR_OPEN & ~VMCR_VPMR(0xa8));
    lr_write(0, lr(1, 0x40, 60));
    ich_hcr_write(ICH_EN | ICH_TC | ICH_TALL0 | ICH_TALL1);
    hcr(HCR_IMO | HCR_FMO | HCR_VI | HCR_VF);
    scr_set(0, SCR_NS);
    pmr(0xc0);
    setup_class(SPI, G1S, 0x90);
    expect(in_world(SECURE, f_lines, 0), 0, "ISR_EL1, a list register pending, VI, VF");
    expect(in_world(SECURE, f_pmr, 0), 0xc0, "PMR");
    pend(SPI);
    expect(in_world(SECURE, f_lines, 0), MASK_IRQ, "ISR_EL1, a Secure interrupt pending");
    expect(in_world(SECURE, f_iar1, 0), SPI, "IAR1");
    expect(in_world(SECURE, f_rpr, 0), 0x90, "RPR");
    in_world(SECURE, f_eoi1, SPI);
    expect(state(SPI), 0, "ended");
    expect(lr_state(lr_read(0)), 1, "the list register");
    scr_set(SCR_NS, 0);
    vif_reset();
    scr_set(0, SCR_NS);
    el3_idle();
}

/* Non-secure software cannot deactivate a Secure interrupt by its list registers. */
static u64 guest_ends(u64 unused)
{
    const u64 id = iar1();
    eoi1(id);
    return id + unused;
}

static void hardware(void)
{
    section("HW");
    for (unsigned class = 0; class < CLASSES; class ++) {
        setup_class(SPI, class, 0x90);
        bit_write(ISACTIVER, SPI);
        scr_set(SCR_NS, 0);
        vif_reset();
        lr_write(0, lr(1, 0x40, 60) | LR_HW | LR_PINTID(SPI));
        expect(in_el(1, guest_ends, 0), 60, "%s: IAR1", class_names[class]);
        expect(lr_state(lr_read(0)), 0, "%s: State", class_names[class]);
        scr_set(0, SCR_NS);
        expect(state(SPI), class == G1NS ? 0 : 2, "%s: physical state", class_names[class]);
        el3_idle();
    }
}

int main(void)
{
    el3_gicd_init();
    el3_pe_init();
    below_firmware();
    routes();
    maintenance();
    secure_el1();
    hardware();
    return 0;
}
