/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on global=vgic-v3.list-registers=16
 * guest: global=vgic-v3.num-espi=64 global=vgic-v3.num-eppi=64
 *
 * Sixteen list registers, all in use; list registers that name physical interrupts of the extended
 * ranges. QEMU's own GIC has four and no such ranges.
 */
#include "rt/virt.h"

enum {
    EPPI = 1060,
    ESPI = 4100,
    GICD_ISACTIVER_E = 0x1a00,
};

static void all_of_them(void)
{
    const u64 all = 0xffff;

    section("sixteen");
    vif_reset();
    expect(elrsr(), all, "ELRSR");
    for (unsigned n = 0; n < MAX_LRS; n++) {
        lr_write(n, lr(n & 1, 0x80 - 8 * n, 100 + n) | LR_EOI);
    }
    for (unsigned n = 0; n < MAX_LRS; n++) {
        expect(lr_read(n), lr(n & 1, 0x80 - 8 * n, 100 + n) | LR_EOI, "ICH_LR%u_EL2", (u64)n);
    }
    expect(elrsr(), 0, "ELRSR, all pending");
    ich_hcr_write(ICH_EN | ICH_UIE | ICH_NPIE);
    expect(misr(), 0, "MISR, all pending");
    for (unsigned n = MAX_LRS; n-- > 0;) {
        /* The last is the best. */
        expect(guest(n & 1 ? f_iar1 : f_iar0, 0), 100 + n, "IAR %u", (u64)n);
        guest(n & 1 ? f_eoi1 : f_eoi0, 100 + n);
        expect(eisr() << 16 | elrsr(), (all & ~((1u << n) - 1)) << 16, "EISR, ELRSR %u", (u64)n);
        expect(misr(), MISR_EOI | (n < 2 ? MISR_U : 0) | (n < 1 ? MISR_NP : 0), "MISR %u", (u64)n);
    }
    /* Nested as deep as priorities go, with sixteen of them active. */
    vif_reset();
    vmcr_write(VMCR_OPEN | VMCR_VEOIM);
    for (unsigned n = 0; n < MAX_LRS; n++) {
        lr_write(MAX_LRS - 1 - n, lr(1, 0xf0 - 8 * n, 200 + n));
        expect(guest(f_iar1, 0), 200 + n, "nested %u", (u64)n);
    }
    expect(ap1r(), 0x7fff8000, "ICH_AP1R0_EL2");
    for (unsigned n = MAX_LRS; n-- > 0;) {
        guest(f_eoi1, 200 + n);
    }
    expect(elrsr(), 0, "ELRSR, all active");
    for (unsigned n = 0; n < MAX_LRS; n++) {
        guest(f_dir, 200 + n);
    }
    expect(elrsr() | EOICOUNT_OF(ich_hcr()) << 16, all, "ELRSR, EOIcount, none active");
    /* Equal ones: the lowest index. */
    vif_reset();
    vmcr_write(VMCR_OPEN | VMCR_VEOIM);
    for (unsigned n = 0; n < MAX_LRS; n++) {
        lr_write(n, lr(1, 0x40, 300 - n));
    }
    for (unsigned n = 0; n < MAX_LRS; n++) {
        expect(guest(f_iar1, 0), 300 - n, "equal %u", (u64)n);
        guest(f_eoi1, 300 - n);
    }
    vif_reset();
}

/* HW and the extended ranges: the one that is named is deactivated, and not its neighbour. */
static u64 extended_active(unsigned intid)
{
    return intid < 4096 ? read32(SGI_BASE(0) + ISACTIVER + 4 + (intid - 1056) / 32 * 4)
                        : read32(GICD + GICD_ISACTIVER_E + (intid - 4096) / 32 * 4);
}
static void extended_activate(unsigned intid)
{
    const u32 bit = 3u << intid % 32; /* and its neighbour */
    write32(intid < 4096 ? SGI_BASE(0) + ISACTIVER + 4 + (intid - 1056) / 32 * 4
                         : GICD + GICD_ISACTIVER_E + (intid - 4096) / 32 * 4,
            bit);
}

static void extended(void)
{
    static const unsigned ids[] = {EPPI, ESPI};
    section("extended");
    for (unsigned i = 0; i < 2; i++) {
        const u64 bit = 1u << ids[i] % 32;
        extended_activate(ids[i]);
        expect(extended_active(ids[i]), 3 * bit, "%u: active", (u64)ids[i]);
        vif_reset();
        lr_write(0, lr(1, 0x40, ids[i]) | LR_HW | LR_PINTID(ids[i]));
        expect(guest(f_iar1, 0), ids[i], "%u: IAR1", (u64)ids[i]);
        expect(extended_active(ids[i]), 3 * bit, "%u: active still", (u64)ids[i]);
        guest(f_eoi1, ids[i]);
        expect(extended_active(ids[i]), 2 * bit, "%u: deactivated", (u64)ids[i]);
        expect(lr_state(lr_read(0)), 0, "%u: State", (u64)ids[i]);
    }
}

/* The reference with all list registers. */
static void against_reference(void)
{
    u64 seed = 3, wrong = 0, lines_wrong = 0;
    section("reference");
    for (unsigned n = 0; n < 100; n++) {
        struct vif v, now;
        vif_reset();
        vif_read(&v);
        for (unsigned i = 0; i < 60; i++) {
            const unsigned k = (unsigned)draw(&seed, v.lrs);
            v.lr[k] = (lr((unsigned)draw(&seed, 2), draw(&seed, 30) << 3, 32 + draw(&seed, 20)) &
                       ~LR_STATE) |
                      draw(&seed, 4) << 62 | (draw(&seed, 4) ? 0 : LR_EOI);
            lr_write(k, v.lr[k]);
            const enum op op = draw(&seed, OP_DIR + 1);
            const u64 id = 32 + draw(&seed, 20);
            lines_wrong += guest_op(OP_LINES, 0) != vif_op(&v, OP_LINES, 0);
            wrong += guest_op(op, id) != vif_op(&v, op, id);
            vif_read(&now);
            wrong += !vif_same(&now, &v) || misr() != vif_misr(&v) || eisr() != vif_eisr(&v) ||
                     elrsr() != vif_elrsr(&v);
            v = now;
        }
    }
    expect(wrong, 0, "differences");
    expect(lines_wrong, 0, "lines that differ");
}

int main(void)
{
    el2_init();
    section("number");
    fact(list_registers(), "list registers");
    fact(TRAP_OF(lr_read(15)), "ICH_LR15_EL2 read");
    against_reference();
    if (list_registers() < MAX_LRS) {
        return 0;
    }
    all_of_them();
    extended();
    return 0;
}
