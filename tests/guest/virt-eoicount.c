/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on
 *
 * ICH_HCR_EL2.EOIcount: which ends of interrupts count and which do not, in both EOI modes; that it
 * wraps and can be written; priority drop and deactivation of what is and is not in a list
 * register.
 */
#include "rt/virt.h"

static u64 eoicount(void)
{
    return EOICOUNT_OF(ich_hcr());
}

/* One write with `running` priorities active and no list register that fits. */
static void missing(enum op op, u64 intid, bool split, bool running, u64 want)
{
    vif_reset();
    vmcr_write(VMCR_OPEN | (split ? VMCR_VEOIM : 0));
    lr_write(0, lr(1, 0x40, 500));
    ap1r_write(running ? 1 << 8 : 0);
    guest_op(op, intid);
    expect(eoicount(), want, "%s of %u, EOI mode %u, %s", op_names[op], intid, (u64)split,
           running ? "priority active" : "nothing active");
    expect(ap1r(),
           running && op != OP_DIR && (intid < 1020 || intid > 1023) ? 0
           : running                                                 ? 1 << 8
                                                                     : 0,
           "%s of %u, EOI mode %u, %s: ICH_AP1R0_EL2", op_names[op], intid, (u64)split,
           running ? "priority active" : "nothing active");
}

static void what_counts(void)
{
    static const u64 ids[] = {0,    15,   16,   31,   32,   1019, 1020,  1021,    1022,
                              1023, 1024, 1056, 4096, 8191, 8192, 65536, 0xffffff};
    section("missing");
    for (unsigned i = 0; i < sizeof(ids) / 8; i++) {
        const bool counts = ids[i] < FIRST_LPI && (ids[i] < 1020 || ids[i] > 1023);
        for (unsigned split = 0; split < 2; split++) {
            missing(OP_EOIR0, ids[i], split, true, counts && !split);
            missing(OP_EOIR1, ids[i], split, true, counts && !split);
            missing(OP_EOIR1, ids[i], split, false, 0);
            missing(OP_DIR, ids[i], split, true, counts && split);
            missing(OP_DIR, ids[i], split, false, counts && split);
        }
    }
}

/* A list register with that vINTID: only an active one counts as a hit. */
static void hits(void)
{
    section("hit");
    for (unsigned state = 0; state < 4; state++) {
        for (unsigned split = 0; split < 2; split++) {
            for (enum op op = OP_EOIR0; op <= OP_DIR; op++) {
                struct vif v;
                vif_reset();
                vmcr_write(VMCR_OPEN | (split ? VMCR_VEOIM : 0));
                lr_write(1, (lr(1, 0x40, 50) & ~LR_STATE) | (u64)state << 62);
                ap1r_write(1 << 8 | 1 << 16);
                vif_read(&v);
                vif_op(&v, op, 50);
                guest_op(op, 50);
                expect(eoicount() << 8 | lr_state(lr_read(1)),
                       EOICOUNT_OF(v.hcr) << 8 | lr_state(v.lr[1]),
                       "%s, state %u, EOI mode %u: EOIcount, State", op_names[op], (u64)state,
                       (u64)split);
                expect(ap1r(), v.ap1, "%s, state %u, EOI mode %u: ICH_AP1R0_EL2", op_names[op],
                       (u64)state, (u64)split);
            }
        }
    }
}

/*
 * An active list register whose group or priority is not what is dropped keeps its state, and
 * nothing counts.
 */
static void mismatches(void)
{
    section("mismatch");
    for (unsigned group = 0; group < 2; group++) {
        for (unsigned reg = 0; reg < 2; reg++) {
            for (unsigned level = 8; level < 10; level++) {
                struct vif v;
                vif_reset();
                lr_write(2, (lr(group, 0x48, 50) & ~LR_STATE) | LR_ACTIVE);
                (group ? ap1r_write : ap0r_write)(1u << level);
                vif_read(&v);
                vif_eoir(&v, reg, 50);
                guest(reg ? f_eoi1 : f_eoi0, 50);
                expect(lr_state(lr_read(2)) | eoicount() << 8 | (ap0r() | ap1r()) << 16,
                       lr_state(v.lr[2]) | EOICOUNT_OF(v.hcr) << 8 | (v.ap0 | v.ap1) << 16,
                       "EOIR%u, group %u, priority 0x48, level %u runs", (u64)reg, (u64)group,
                       (u64)level);
            }
        }
    }
    /* The binary point changed in between: compared with the one in force at the end. */
    for (unsigned bpr = 3; bpr < 8; bpr++) {
        vif_reset();
        lr_write(0, lr(1, 0x48, 50));
        expect(guest(f_iar1, 0), 50, "BPR1 %u at the end: IAR1", (u64)bpr);
        guest(f_set_bpr1, bpr);
        guest(f_eoi1, 50);
        expect(lr_state(lr_read(0)) | ap1r() << 8, bpr == 3 ? 0 : 2,
               "BPR1 %u at the end: State, ICH_AP1R0_EL2", (u64)bpr);
    }
    vif_reset();
}

/* The highest active priority goes, whatever the group of the write; Group 0 on a tie. */
static void drops(void)
{
    section("drop");
    for (enum op op = OP_EOIR0; op <= OP_EOIR1; op++) {
        vif_reset();
        ap0r_write(1u << 3 | 1u << 9 | 1u << 31);
        ap1r_write(1u << 5 | 1u << 9 | 1u << 30);
        for (unsigned n = 0; n < 7; n++) {
            struct vif v;
            vif_read(&v);
            vif_op(&v, op, 77);
            guest_op(op, 77);
            expect(ap0r() << 32 | ap1r(), v.ap0 << 32 | v.ap1, "%s %u", op_names[op], (u64)n);
            expect(guest(f_rpr, 0), vif_rpr(&v), "%s %u: RPR", op_names[op], (u64)n);
        }
        expect(eoicount(), 6, "%s: EOIcount", op_names[op]);
    }
}

static void wraps(void)
{
    section("wrap");
    vif_reset();
    ich_hcr_write(ICH_EN | ICH_LRENPIE | ICH_EOICOUNT(29));
    ap1r_write(0xff);
    for (unsigned n = 30; n < 36; n++) {
        guest(f_eoi1, 60);
        expect(eoicount(), n % 32, "EOIR1 %u", (u64)n);
        expect(misr(), n % 32 ? MISR_LRENP : 0, "EOIR1 %u: MISR", (u64)n);
        expect(ich_hcr() & 0x7ffffff, ICH_EN | ICH_LRENPIE, "EOIR1 %u: the other bits", (u64)n);
    }
    vmcr_write(VMCR_OPEN | VMCR_VEOIM);
    for (unsigned n = 0; n < 64; n++) {
        guest(f_dir, 60);
    }
    expect(eoicount(), 3, "64 DIR more");
    ich_hcr_write(ICH_EN);
    expect(eoicount(), 0, "written");
    /* Off: counts all the same. */
    ich_hcr_write(0);
    guest(f_dir, 60);
    expect(eoicount(), 1, "En 0, DIR");
    vif_reset();
}

int main(void)
{
    el2_init();
    what_counts();
    hits();
    mismatches();
    drops();
    wraps();
    return 0;
}
