/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on virtualization=on cpu=max
 *
 * Secure EL2 (FEAT_SEL2, SCR_EL3.EEL2): its guests at Secure EL1 have the virtual interface as
 * those of Non-secure EL2 have it; with EEL2 = 0 they do not.
 */
#include "rt/probe.h"
#include "rt/virt.h"

#define SCR_EEL2 (1ull << 18)

static u64 round_at_el2(u64 unused)
{
    u64 answers;
    vif_reset();
    lr_write(0, lr(1, 0x40, 60) | LR_EOI);
    answers = guest(f_lines, 0);
    answers = answers << 12 | guest(f_iar1, 0);
    answers = answers << 8 | guest(f_rpr, 0);
    guest(f_eoi1, 60);
    answers = answers << 8 | eisr();
    answers = answers << 8 | guest(f_pmr, 0);
    vif_reset();
    return answers + unused;
}

static u64 traps_at_el2(u64 control)
{
    vif_reset();
    ich_hcr_write(ICH_EN | control);
    guest(probe_all, 0);
    vif_reset();
    return 0;
}

static u64 taken;
static void on_irq(struct frame *f)
{
    const u64 id = iar1();
    taken = f->el << 16 | id;
    if (id == SPURIOUS) {
        f->spsr |= 1 << 7; /* it would come again for ever */
    } else {
        eoi1(id);
    }
}
static u64 unmasked(u64 unused)
{
    unmask(MASK_IRQ);
    mask();
    return unused;
}
static u64 takes(u64 unused)
{
    vif_reset();
    lr_write(0, lr(1, 0x40, 60));
    guest(unmasked, 0);
    vif_reset();
    return unused;
}

/* HW: a Secure guest may deactivate Secure interrupts, a Non-secure one may not. */
static u64 hardware_at_el2(u64 unused)
{
    vif_reset();
    lr_write(0, lr(1, 0x40, 60) | LR_HW | LR_PINTID(40));
    guest(f_iar1, 0);
    guest(f_eoi1, 60);
    vif_reset();
    return unused;
}

int main(void)
{
    static const struct {
        const char *name;
        u64 scr;
    } worlds[] = {{"Non-secure", SCR_NS}, {"Secure", SCR_EEL2}};

    el3_gicd_init();
    el3_pe_init();
    irq_handler[0] = on_irq;
    for (unsigned w = 0; w < 2; w++) {
        section(worlds[w].name);
        scr_set(worlds[w].scr, SCR_NS | SCR_EEL2);
        expect(in_el(2, round_at_el2, 0), 2ull << 36 | 60ull << 24 | 0x40 << 16 | 0x1 << 8 | 0xf8,
               "a hypervisor's round");
        taken = 0;
        in_el(2, takes, 0);
        expect(taken, 1 << 16 | 60, "vIRQ taken");
        in_el(2, traps_at_el2, ICH_TC | ICH_TALL0 | ICH_TALL1);
        u64 trapped = 0;
        for (unsigned n = 0; n < PROBES; n++) {
            trapped += probe_result(n) == probe_want(n, 0x218);
        }
        expect(trapped, PROBES - 1, "registers that trap to EL2"); /* all but ICC_SRE_EL1 */
        for (unsigned class = 0; class < CLASSES; class ++) {
            scr_set(0, SCR_NS | SCR_EEL2);
            setup_class(40, class, 0x90);
            bit_write(ISACTIVER, 40);
            scr_set(worlds[w].scr, 0);
            in_el(2, hardware_at_el2, 0);
            scr_set(0, SCR_NS | SCR_EEL2);
            expect(state(40), class == G1NS || w == 1 ? 0 : 2, "HW, %s: state", class_names[class]);
        }
    }
    scr_set(SCR_NS, SCR_EEL2);
    vif_reset();
    ich_hcr_write(ICH_EN | ICH_TC | ICH_TALL0 | ICH_TALL1);
    lr_write(0, lr(1, 0x40, 60));
    scr_set(0, SCR_NS | SCR_EEL2);
    section("EEL2 0");
    in_el(1, probe_all, 0);
    u64 trapped = 0;
    for (unsigned n = 0; n < PROBES; n++) {
        trapped += probe_result(n) != 0;
    }
    expect(trapped, 0, "registers that trap");
    expect(in_el(1, f_lines, 0), 0, "ISR_EL1");
    return 0;
}
