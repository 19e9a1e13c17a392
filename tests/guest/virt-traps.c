/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on
 *
 * Which ICC accesses of EL1 trap to EL2: ICH_HCR_EL2.TC, TALL0, TALL1 and TDIR, and HCR_EL2.IMO and
 * FMO for SGIs; with which syndrome; that nothing happens then, and that EL2 itself never traps.
 */
#include "rt/probe.h"
#include "rt/virt.h"

enum {
    TRAP = 0x218
};

static bool traps(const struct probe *p, u64 ich, u64 routes)
{
    switch (p->kind) {
    case PROBE_GROUP0:
    case PROBE_ENABLE0:
        return ich & ICH_TALL0;
    case PROBE_GROUP1:
    case PROBE_ENABLE1:
        return ich & ICH_TALL1;
    case PROBE_COMMON:
        return ich & ICH_TC;
    case PROBE_DIR:
        return ich & (ICH_TC | ICH_TDIR);
    case PROBE_SGI:
        return ich & ICH_TC || routes;
    default:
        return false;
    }
}

static void matrix(void)
{
    static const struct {
        const char *name;
        u64 bits;
    } controls[] = {{"none", 0},          {"TC", ICH_TC},
                    {"TALL0", ICH_TALL0}, {"TALL1", ICH_TALL1},
                    {"TDIR", ICH_TDIR},   {"all", ICH_TC | ICH_TALL0 | ICH_TALL1 | ICH_TDIR}},
      routes[] = {{"", 0}, {" FMO", HCR_FMO}, {" IMO", HCR_IMO}, {" IMO FMO", HCR_IMO | HCR_FMO}};

    for (unsigned c = 0; c < sizeof(controls) / sizeof(controls[0]); c++) {
        for (unsigned r = 0; r < 4; r++) {
            for (unsigned en = 0; en < 2; en++) {
                vif_reset();
                ich_hcr_write(controls[c].bits | en);
                hcr(routes[r].bits);
                guest(probe_all, 0);
                section(controls[c].name);
                for (unsigned n = 0; n < PROBES; n++) {
                    const bool trap = traps(&probes[n], controls[c].bits, routes[r].bits);
                    if (!en) {
                        expect(probe_result(n), probe_want(n, trap ? TRAP : 0), "%s%s",
                               probes[n].name, routes[r].name);
                    } else if (probe_result(n) != probe_want(n, trap ? TRAP : 0)) {
                        expect(1, 0, "%s%s with En", probes[n].name, routes[r].name);
                    }
                }
                expect(probe_bad_syndromes(), 0, "syndromes%s%s", routes[r].name,
                       en ? " with En" : "");
            }
        }
        probe_all(0);
        u64 trapped = 0;
        for (unsigned n = 0; n < PROBES; n++) {
            trapped += probe_result(n) != 0;
        }
        expect(trapped, 0, "at EL2");
    }
    vif_reset();
}

static u64 f_iar1_trapped(u64 unused)
{
    return TRAP_OF(READ_SYS(ICC_IAR1_EL1)) + unused;
}
static u64 f_eoi1_trapped(u64 intid)
{
    return TRAP_OF(WRITE_SYS(ICC_EOIR1_EL1, intid));
}
static u64 f_dir_trapped(u64 intid)
{
    return TRAP_OF(WRITE_SYS(ICC_DIR_EL1, intid));
}
static u64 f_pmr_trapped(u64 value)
{
    return TRAP_OF(WRITE_SYS(ICC_PMR_EL1, value));
}
static u64 f_sgi_trapped(u64 value)
{
    return TRAP_OF(WRITE_SYS(ICC_SGI1R_EL1, value));
}

static void no_effect(void)
{
    struct vif before, after;

    section("no effect");
    vif_reset();
    vmcr_write(VMCR_OPEN | VMCR_VEOIM);
    lr_write(0, lr(1, 0x40, 40));
    lr_write(1, (lr(1, 0x48, 41) & ~LR_STATE) | LR_ACTIVE);
    ap1r_write(1 << 9);
    ich_hcr_write(ICH_EN | ICH_TC | ICH_TALL0 | ICH_TALL1 | ICH_TDIR);
    vif_read(&before);
    expect(guest(f_iar1_trapped, 0), TRAP, "IAR1");
    expect(guest(f_eoi1_trapped, 41), TRAP, "EOIR1");
    expect(guest(f_dir_trapped, 41), TRAP, "DIR");
    expect(guest(f_pmr_trapped, 0), TRAP, "PMR");
    vif_read(&after);
    expect(vif_same(&before, &after), 1, "the state is the same");
    /* The lines do not trap. */
    expect(guest(f_lines, 0), MASK_IRQ, "ISR_EL1");
    ich_hcr_write(ICH_EN | ICH_TDIR);
    expect(guest(f_eoi1_trapped, 41), 0, "TDIR: EOIR1");
    expect(guest(f_dir_trapped, 41), TRAP, "TDIR: DIR");
    expect(lr_state(lr_read(1)), 2, "TDIR: State");

    vif_reset();
    expect(guest(f_sgi_trapped, sgi(3, 0, 0, 1)), TRAP, "SGI1R");
    expect(read32(SGI_BASE(0) + ISPENDR) & 0xffff, 0, "GICR_ISPENDR0");
    hcr(0);
    set_group(3, 1);
    expect(guest(f_sgi_trapped, sgi(3, 0, 0, 1)), 0, "SGI1R, neither IMO nor FMO");
    expect(read32(SGI_BASE(0) + ISPENDR) & 0xffff, 8, "GICR_ISPENDR0 then");
    unpend(3);

    /* Without IMO and FMO the traps hold for the physical registers. */
    setup(40, 1, 0x90);
    pend(40);
    pmr(0);
    ich_hcr_write(ICH_TALL1 | ICH_TC);
    expect(guest(f_iar1_trapped, 0), TRAP, "physical IAR1");
    expect(guest(f_pmr_trapped, 0xff), TRAP, "physical PMR");
    expect(state(40) | READ_SYS(ICC_PMR_EL1) << 4, 1, "physical state");
    unpend(40);
    pmr(0xff);
    vif_reset();
}

int main(void)
{
    el2_init();
    matrix();
    no_effect();
    return 0;
}
