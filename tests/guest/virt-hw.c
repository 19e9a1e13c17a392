/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=2 virtualization=on
 *
 * ICH_LR<n>_EL2.HW: what the guest deactivates is deactivated at the Distributor or this PE's
 * Redistributor; SPIs and PPIs, edges and wires that stay high, both EOI modes, pINTIDs that there
 * are not.
 */
#include "rt/virt.h"

enum {
    SPI = 40,
    OTHER = 41
};

static u64 hw_lr(u64 pintid, u64 vintid)
{
    return lr(1, 0x40, vintid) | LR_HW | LR_PINTID(pintid);
}

/*
 * The hypervisor takes it and drops its priority; it stays active. PMR keeps what comes then from
 * interrupting the guest.
 */
static void forward(unsigned intid)
{
    pmr(0xff);
    const u64 taken = iar1();
    if (taken != intid) {
        expect(taken, intid, "acknowledged at EL2");
    }
    eoi1(taken);
    pmr(0x80);
}

/* One physical interrupt through the guest, with all states on its way: physical << 4 | virtual. */
static void way(unsigned intid, const char *name, bool split)
{
    vif_reset();
    vmcr_write(VMCR_OPEN | (split ? VMCR_VEOIM : 0));
    forward(intid);
    lr_write(0, hw_lr(intid, 60));
    u64 seen = state(intid) << 4 | lr_state(lr_read(0));
    expect(guest(f_iar1, 0), 60, "%s, EOI mode %u: IAR1", name, (u64)split);
    seen = seen << 8 | state(intid) << 4 | lr_state(lr_read(0));
    guest(f_eoi1, 60);
    seen = seen << 8 | state(intid) << 4 | lr_state(lr_read(0));
    guest(f_dir, 60);
    seen = seen << 8 | state(intid) << 4 | lr_state(lr_read(0));
    fact(seen, "%s, EOI mode %u: states", name, (u64)split);
    expect(eisr() | elrsr() << 8, 0xf00, "%s, EOI mode %u: EISR, ELRSR", name, (u64)split);
    expect(EOICOUNT_OF(ich_hcr()), 0, "%s, EOI mode %u: EOIcount", name, (u64)split);
}

static void ways(void)
{
    section("way");
    for (unsigned split = 0; split < 2; split++) {
        setup(SPI, 1, 0x90);
        pend(SPI);
        way(SPI, "SPI, edge", split);
        expect(state(SPI), 0, "SPI, edge, EOI mode %u", (u64)split);

        /* It comes again meanwhile: pending as soon as it is deactivated. */
        pend(SPI);
        forward(SPI);
        pend(SPI);
        lr_write(0, hw_lr(SPI, 60));
        expect(state(SPI), 3, "SPI, again, EOI mode %u: before", (u64)split);
        expect(guest(f_iar1, 0), 60, "SPI, again, EOI mode %u: IAR1", (u64)split);
        guest(f_eoi1, 60);
        guest(f_dir, 60);
        expect(state(SPI), 1, "SPI, again, EOI mode %u: after", (u64)split);
        way(SPI, "SPI, edge, second", split);

        setup(5, 1, 0x90);
        pend(5);
        way(5, "SGI, which HW cannot deactivate", split);
        dir(5);
        bit_write(ICACTIVER, 5);
        disable(5);

        setup(INTID_VTIMER, 1, 0x90);
        set_edge(INTID_VTIMER, false);
        vtimer_wire(true);
        way(INTID_VTIMER, "PPI, wire high", split);
        expect(state(INTID_VTIMER), 1, "PPI, wire high, EOI mode %u: pends again", (u64)split);
        forward(INTID_VTIMER);
        vtimer_wire(false);
        lr_write(0, hw_lr(INTID_VTIMER, 60));
        expect(guest(f_iar1, 0), 60, "PPI, wire low, EOI mode %u: IAR1", (u64)split);
        guest(f_eoi1, 60);
        guest(f_dir, 60);
        expect(state(INTID_VTIMER), 0, "PPI, wire low, EOI mode %u", (u64)split);
        disable(INTID_VTIMER);

        setup(INTID_GPIO, 1, 0x90);
        set_edge(INTID_GPIO, false);
        gpio_wire(true);
        way(INTID_GPIO, "SPI, wire high", split);
        expect(state(INTID_GPIO), 1, "SPI, wire high, EOI mode %u: pends again", (u64)split);
        pmr(0xff);
        expect(lines(), MASK_IRQ, "SPI, wire high, EOI mode %u: the line is back", (u64)split);
        forward(INTID_GPIO);
        gpio_wire(false);
        lr_write(0, hw_lr(INTID_GPIO, 60));
        expect(guest(f_iar1, 0), 60, "SPI, wire low, EOI mode %u: IAR1", (u64)split);
        guest(f_eoi1, 60);
        guest(f_dir, 60);
        expect(state(INTID_GPIO), 0, "SPI, wire low, EOI mode %u", (u64)split);
        disable(INTID_GPIO);
    }
}

/* pINTIDs that HW deactivates nothing with: an active SPI must stay as it is. */
static void wrong(void)
{
    static const u64 pintids[] = {0,          15,         OTHER, 288,        900,  1019,
                                  1020,       1021,       1022,  1023,       1024, 1056,
                                  1024 + SPI, 4096 + SPI, 5119,  7168 + SPI, 8191};
    section("wrong pINTID");
    for (unsigned i = 0; i < sizeof(pintids) / 8; i++) {
        setup(SPI, 1, 0x90), setup(OTHER, 1, 0x98);
        setup(0, 1, 0xa0), setup(15, 1, 0xa0);
        bit_write(ISACTIVER, SPI);
        bit_write(ISACTIVER, 0), bit_write(ISACTIVER, 15);
        vif_reset();
        lr_write(0, hw_lr(pintids[i], 60));
        expect(guest(f_iar1, 0), 60, "%u: IAR1", pintids[i]);
        guest(f_eoi1, 60);
        expect(lr_state(lr_read(0)), 0, "%u: State", pintids[i]);
        expect(state(SPI), 2, "%u: state of 40", pintids[i]);
        /* UNPREDICTABLE with an SGI: a fact. */
        fact(state(0) << 4 | state(15), "%u: states of 0 and 15", pintids[i]);
        expect(eisr() | elrsr() << 8 | misr() << 16, 0xf00, "%u: EISR, ELRSR, MISR", pintids[i]);
        bit_write(ICACTIVER, SPI), bit_write(ICACTIVER, 0), bit_write(ICACTIVER, 15);
    }
}

/* Only what would deactivate the list register deactivates the physical interrupt. */
static void not_deactivated(void)
{
    section("kept");
    setup(SPI, 1, 0x90);
    bit_write(ISACTIVER, SPI);
    vif_reset();
    lr_write(0, hw_lr(SPI, 60));
    guest(f_iar1, 0);
    guest(f_eoi1, 61);
    expect(state(SPI) | lr_state(lr_read(0)) << 4, 0x22, "EOIR1 of another vINTID");
    ap1r_write(1 << 9);
    guest(f_eoi1, 60);
    expect(state(SPI) | lr_state(lr_read(0)) << 4, 0x22, "EOIR1, another priority runs");
    ap1r_write(1 << 8);
    guest(f_eoi0, 60);
    expect(state(SPI) | lr_state(lr_read(0)) << 4, 0x22, "EOIR0");
    vmcr_write(VMCR_OPEN | VMCR_VEOIM);
    ap1r_write(1 << 8);
    guest(f_eoi1, 60);
    expect(state(SPI) | lr_state(lr_read(0)) << 4, 0x22, "EOIR1, EOI mode 1");
    vmcr_write(VMCR_OPEN);
    guest(f_dir, 60);
    expect(state(SPI) | lr_state(lr_read(0)) << 4, 0x22, "DIR, EOI mode 0");
    lr_write(0, lr_read(0) & ~LR_STATE);
    expect(state(SPI), 2, "list register rewritten");
    lr_write(0, hw_lr(SPI, 60) & ~LR_HW);
    guest(f_iar1, 0);
    guest(f_eoi1, 60);
    expect(state(SPI) | lr_state(lr_read(0)) << 4, 2, "HW 0");
    /* The physical EOI mode and groups do not matter. */
    lr_write(0, (hw_lr(SPI, 60) & ~LR_STATE) | LR_ACTIVE);
    vmcr_write(VMCR_OPEN | VMCR_VEOIM);
    WRITE_SYS(ICC_CTLR_EL1, 0);
    guest(f_dir, 60);
    expect(state(SPI) | lr_state(lr_read(0)) << 4, 0, "DIR, physical EOI mode 0");
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_EOIMODE);
    bit_write(ISACTIVER, SPI);
    set_group(SPI, 0);
    lr_write(0, (hw_lr(SPI, 60) & ~LR_STATE) | LR_ACTIVE);
    guest(f_dir, 60);
    expect(state(SPI) | lr_state(lr_read(0)) << 4, 0, "a physical Group 0 SPI");
    /* Active and pending with HW is reserved. */
    bit_write(ISACTIVER, SPI);
    lr_write(0, hw_lr(SPI, 60) | LR_ACTIVE);
    guest(f_dir, 60);
    fact(state(SPI) | lr_state(lr_read(0)) << 4, "active and pending");
    /* Physically not active: nothing to do. */
    bit_write(ICACTIVER, SPI);
    pend(SPI);
    lr_write(0, (hw_lr(SPI, 60) & ~LR_STATE) | LR_ACTIVE);
    guest(f_dir, 60);
    expect(state(SPI) | lr_state(lr_read(0)) << 4, 1, "physically pending only");
    /* A special vINTID goes without a deactivation. */
    vif_reset();
    unpend(SPI);
    bit_write(ISACTIVER, SPI);
    lr_write(0, hw_lr(SPI, 1022));
    guest(f_iar1, 0);
    expect(state(SPI) | lr_state(lr_read(0)) << 4, 2, "special vINTID");
    bit_write(ICACTIVER, SPI);
}

static u64 activate_ppi(u64 unused)
{
    gicr_init();
    bit_write(ISACTIVER, INTID_VTIMER);
    return unused;
}
static u64 ppi_state(u64 unused)
{
    return state(INTID_VTIMER) + unused;
}

static void other_pe(void)
{
    section("other PE");
    pe_start(1);
    on_pe(1, activate_ppi, 0);
    bit_write(ISACTIVER, INTID_VTIMER);
    route(SPI, pe_mpidr(1));
    bit_write(ISACTIVER, SPI);
    vif_reset();
    lr_write(0, (hw_lr(INTID_VTIMER, 60) & ~LR_STATE) | LR_ACTIVE);
    lr_write(1, (hw_lr(SPI, 61) & ~LR_STATE) | LR_ACTIVE);
    ap1r_write(1 << 8);
    guest(f_eoi1, 60);
    expect(state(INTID_VTIMER), 0, "PPI here");
    expect(on_pe(1, ppi_state, 0), 2, "PPI of PE 1");
    ap1r_write(1 << 8);
    guest(f_eoi1, 61);
    expect(state(SPI), 0, "SPI routed to PE 1");
}

int main(void)
{
    el2_init();
    WRITE_SYS(ICC_CTLR_EL1, CTLR_EL1_EOIMODE);
    ways();
    wrong();
    not_deactivated();
    other_pe();
    return 0;
}
