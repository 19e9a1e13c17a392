/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on virtualization=on
 *
 * SCR_EL3.IRQ and FIQ together with HCR_EL2.IMO and FMO and the traps of ICH_HCR_EL2: what accesses
 * of Non-secure EL1, EL2 and Secure EL1 trap to; EL2 comes before EL3, and what goes to the virtual
 * interface does not trap to EL3.
 */
#include "rt/probe.h"
#include "rt/virt.h"

static unsigned scr_irq, scr_fiq;

/* SCR_EL3's traps for registers that are not redirected. */
static u64 by_el3(const struct probe *p, bool group0_virtual, bool group1_virtual)
{
    switch (p->kind) {
    case PROBE_GROUP0:
    case PROBE_ENABLE0:
        return scr_fiq && !group0_virtual ? 0x318 : 0;
    case PROBE_GROUP1:
    case PROBE_ENABLE1:
        return scr_irq && !group1_virtual ? 0x318 : 0;
    case PROBE_SRE:
        return 0;
    default:
        return scr_irq && scr_fiq && !group0_virtual && !group1_virtual ? 0x318 : 0;
    }
}

static u64 by_el2(const struct probe *p, u64 ich, u64 routes)
{
    bool trap = false;
    switch (p->kind) {
    case PROBE_GROUP0:
    case PROBE_ENABLE0:
        trap = ich & ICH_TALL0;
        break;
    case PROBE_GROUP1:
    case PROBE_ENABLE1:
        trap = ich & ICH_TALL1;
        break;
    case PROBE_DIR:
        trap = ich & (ICH_TC | ICH_TDIR);
        break;
    case PROBE_SGI:
        trap = ich & ICH_TC || routes;
        break;
    case PROBE_COMMON:
        trap = ich & ICH_TC;
        break;
    case PROBE_SRE:
        break;
    }
    return trap ? 0x218 : 0;
}

enum from {
    NS_EL1,
    NS_EL2,
    S_EL1
};
static const char *const from_names[] = {"NS-EL1", "NS-EL2", "S-EL1"};

static void run_probe(enum from from)
{
    scr_set(from == S_EL1 ? 0 : SCR_NS, SCR_NS | SCR_IRQ | SCR_FIQ);
    scr_set((scr_irq ? SCR_IRQ : 0) | (scr_fiq ? SCR_FIQ : 0), 0);
    in_el(from == NS_EL2 ? 2 : 1, probe_all, 0);
    scr_set(0, SCR_NS | SCR_IRQ | SCR_FIQ);
}

static void matrix(enum from from, u64 ich, u64 routes)
{
    for (unsigned scr = 0; scr < 4; scr++) {
        scr_irq = scr & 1, scr_fiq = scr >> 1;
        scr_set(SCR_NS, 0);
        vif_reset();
        ich_hcr_write(ICH_EN | ich);
        hcr(routes);
        scr_set(0, SCR_NS);
        run_probe(from);
        for (unsigned n = 0; n < PROBES; n++) {
            const struct probe *p = &probes[n];
            /* EL2 is not enabled in Secure state (no FEAT_SEL2). */
            const u64 trap2 = from == NS_EL1 ? by_el2(p, ich, routes) : 0;
            const bool v0 = from == NS_EL1 && routes & HCR_FMO;
            const bool v1 = from == NS_EL1 && routes & HCR_IMO;
            const u64 want = trap2 ? trap2 : by_el3(p, v0, v1);
            if (probe_result(n) != probe_want(n, want) || (!ich && routes != HCR_IMO)) {
                expect(probe_result(n), probe_want(n, want),
                       "%s IRQ=%u FIQ=%u IMO=%u FMO=%u ICH_HCR=%x: %s", from_names[from],
                       (u64)scr_irq, (u64)scr_fiq, routes >> 4 & 1, routes >> 3 & 1, ich, p->name);
            }
        }
        expect(probe_bad_syndromes(), 0, "%s IRQ=%u FIQ=%u IMO=%u FMO=%u ICH_HCR=%x: syndromes",
               from_names[from], (u64)scr_irq, (u64)scr_fiq, routes >> 4 & 1, routes >> 3 & 1, ich);
    }
}

int main(void)
{
    static const u64 controls[] = {0,         ICH_TC,    ICH_TDIR,
                                   ICH_TALL0, ICH_TALL1, ICH_TC | ICH_TDIR | ICH_TALL0 | ICH_TALL1};
    el3_gicd_init();
    el3_pe_init();
    section("traps");
    for (unsigned c = 0; c < sizeof(controls) / 8; c++) {
        for (u64 routes = 0; routes < 4; routes++) {
            matrix(NS_EL1, controls[c], routes << 3);
            matrix(NS_EL2, controls[c], routes << 3);
            matrix(S_EL1, controls[c], routes << 3);
        }
    }
    return 0;
}
