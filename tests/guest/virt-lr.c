/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on
 *
 * Each state of a list register and what acknowledge, end and deactivate make of it, in both
 * groups and EOI modes, with the maintenance request and without; several list registers, the same
 * vINTID twice, special vINTIDs, LPIs.
 */
#include "rt/virt.h"

static const char *const states[] = {"invalid", "pending", "active", "both"};

/* The list register's State, EISR, ELRSR and MISR bits of it, active priorities, EOIcount. */
static u64 code(const struct vif *v)
{
    return lr_state(v->lr[0]) | (vif_eisr(v) & 1) << 4 | (vif_elrsr(v) & 1) << 5 |
           (vif_misr(v) & MISR_EOI) << 8 | (v->ap0 ? 1 : 0) << 12 | (v->ap1 ? 1 : 0) << 13 |
           EOICOUNT_OF(v->hcr) << 16;
}

static u64 code_now(void)
{
    struct vif v;
    vif_read(&v);
    return lr_state(v.lr[0]) | (eisr() & 1) << 4 | (elrsr() & 1) << 5 | (misr() & MISR_EOI) << 8 |
           (v.ap0 ? 1 : 0) << 12 | (v.ap1 ? 1 : 0) << 13 | EOICOUNT_OF(v.hcr) << 16;
}

/* One list register with vINTID 50, priority 0x48, which runs where it is active. */
static void one(unsigned state, unsigned group, bool eoi, bool split, enum op op)
{
    struct vif v;
    vif_reset();
    vmcr_write(VMCR_OPEN | (split ? VMCR_VEOIM : 0));
    lr_write(0, (lr(group, 0x48, 50) & ~LR_STATE) | (u64)state << 62 | (eoi ? LR_EOI : 0));
    if (state & 2) {
        (group ? ap1r_write : ap0r_write)(1u << 9);
    }
    vif_read(&v);
    const u64 want = vif_op(&v, op, 50), got = guest_op(op, 50);
    expect(got << 32 | code_now(), want << 32 | code(&v), "%s, group %u%s, EOI mode %u: %s",
           states[state], (u64)group, eoi ? ", EOI" : "", (u64)split, op_names[op]);
}

static void transitions(void)
{
    section("one");
    for (unsigned state = 0; state < 4; state++) {
        for (unsigned group = 0; group < 2; group++) {
            for (unsigned n = 0; n < 4; n++) {
                for (enum op op = 0; op <= OP_DIR; op++) {
                    one(state, group, n & 1, n >> 1, op);
                }
            }
        }
    }
}

/* A round as a guest does it, and all states that its list register goes through. */
static void round_trip(void)
{
    section("round");
    for (unsigned split = 0; split < 2; split++) {
        vif_reset();
        vmcr_write(VMCR_OPEN | (split ? VMCR_VEOIM : 0));
        lr_write(0, lr(1, 0x48, 50) | LR_EOI);
        expect(lr_state(lr_read(0)), 1, "EOI mode %u: before", (u64)split);
        expect(guest(f_iar1, 0), 50, "EOI mode %u: IAR1", (u64)split);
        expect(lr_state(lr_read(0)), 2, "EOI mode %u: acknowledged", (u64)split);
        /* It comes again while it is active. */
        lr_write(0, lr_read(0) | LR_PENDING);
        expect(guest(f_hppir1, 0), SPURIOUS, "EOI mode %u: HPPIR1 while active", (u64)split);
        guest(f_eoi1, 50);
        expect(guest(f_rpr, 0), 0xff, "EOI mode %u: RPR after EOIR1", (u64)split);
        expect(lr_state(lr_read(0)), split ? 3 : 1, "EOI mode %u: ended", (u64)split);
        expect(eisr(), 0, "EOI mode %u: EISR, still pending", (u64)split);
        if (split) {
            guest(f_dir, 50);
            expect(lr_state(lr_read(0)), 1, "EOI mode 1: deactivated");
        }
        expect(guest(f_iar1, 0), 50, "EOI mode %u: IAR1 again", (u64)split);
        guest(f_eoi1, 50);
        guest(f_dir, 50);
        expect(lr_read(0), LR_GROUP1 | LR_PRIORITY(0x48) | LR_EOI | 50, "EOI mode %u: done",
               (u64)split);
        expect(eisr() | elrsr() << 8 | misr() << 16, 0x10e01, "EOI mode %u: EISR, ELRSR, MISR",
               (u64)split);
        lr_write(0, 0);
        expect(eisr() | elrsr() << 8 | misr() << 16, 0xf00, "EOI mode %u: rewritten", (u64)split);
    }
}

static void several(void)
{
    section("several");
    vif_reset();
    for (unsigned n = 0; n < 4; n++) {
        lr_write(n, lr(1, 0x80 - 0x10 * n, 60 + n));
    }
    expect(guest(f_iar1_four, 0), 63ull | 1023ull << 16 | 1023ull << 32 | 1023ull << 48,
           "acknowledged in a row");
    /* Nested: each comes when a better one is there. */
    vif_reset();
    for (unsigned n = 0; n < 4; n++) {
        lr_write(n, lr(n & 1, 0x80 - 0x10 * n, 60 + n));
        expect(guest(n & 1 ? f_iar1 : f_iar0, 0), 60 + n, "nested %u", (u64)n);
        expect(guest(f_rpr, 0), 0x80 - 0x10 * n, "nested %u: RPR", (u64)n);
    }
    /* 0x80, 0x70, 0x60, 0x50 are the levels 16, 14, 12, 10. */
    expect(ap0r(), 1 << 16 | 1 << 12, "nested: ICH_AP0R0_EL2");
    expect(ap1r(), 1 << 14 | 1 << 10, "nested: ICH_AP1R0_EL2");
    expect(elrsr(), 0, "nested: ELRSR");
    for (unsigned n = 4; n-- > 0;) {
        guest(n & 1 ? f_eoi1 : f_eoi0, 60 + n);
        expect(elrsr(), 0xf & ~((1u << n) - 1), "ended %u: ELRSR", (u64)n);
        expect(guest(f_rpr, 0), n ? 0x80 - 0x10 * (n - 1) : 0xff, "ended %u: RPR", (u64)n);
    }

    /* In EOI mode 1 in any order. */
    vif_reset();
    vmcr_write(VMCR_OPEN | VMCR_VEOIM);
    for (unsigned n = 0; n < 4; n++) {
        lr_write(n, lr(1, 0x40, 60 + n));
    }
    for (unsigned n = 0; n < 4; n++) {
        expect(guest(f_iar1, 0), 60 + n, "equal priorities, taken %u", (u64)n);
        guest(f_eoi1, 60 + n);
    }
    static const unsigned order[] = {2, 0, 3, 1};
    for (unsigned n = 0; n < 4; n++) {
        guest(f_dir, 60 + order[n]);
        expect(lr_read(order[n]), LR_GROUP1 | LR_PRIORITY(0x40) | (60 + order[n]),
               "DIR in any order, %u", (u64)n);
    }
    expect(elrsr(), 0xf, "DIR in any order: ELRSR");
}

/* UNPREDICTABLE; the first list register of those that fit counts. */
static void duplicates(void)
{
    section("duplicate");
    vif_reset();
    lr_write(0, lr(1, 0x60, 50));
    lr_write(1, lr(1, 0x40, 50));
    expect(guest(f_iar1, 0), 50, "IAR1, the better priority");
    fact(lr_state(lr_read(0)) | lr_state(lr_read(1)) << 4, "states");
    guest(f_eoi1, 50);
    fact(lr_state(lr_read(0)) | lr_state(lr_read(1)) << 4, "states, ended");
    expect(guest(f_iar1, 0), 50, "IAR1, the other");
    guest(f_eoi1, 50);
    fact(lr_state(lr_read(0)) | lr_state(lr_read(1)) << 4, "states, ended both");
    /* Both active: the lower index goes. */
    lr_write(0, (lr(1, 0x40, 50) & ~LR_STATE) | LR_ACTIVE);
    lr_write(1, (lr(1, 0x40, 50) & ~LR_STATE) | LR_ACTIVE);
    ap1r_write(1 << 8);
    guest(f_eoi1, 50);
    fact(lr_state(lr_read(0)) | lr_state(lr_read(1)) << 4, "both active, ended once");
    ap1r_write(1 << 8);
    guest(f_eoi1, 50);
    fact(lr_state(lr_read(0)) | lr_state(lr_read(1)) << 4, "both active, ended twice");
    ap1r_write(0);
}

static void specials(void)
{
    section("special");
    for (u64 id = 1019; id <= 1024; id++) {
        const bool special = id >= 1020 && id <= 1023;
        vif_reset();
        lr_write(0, lr(1, 0x40, id) | LR_EOI);
        expect(guest(f_hppir1, 0), id, "HPPIR1 of %u", id);
        expect(guest(f_lines, 0), MASK_IRQ, "lines of %u", id);
        expect(guest(f_iar1, 0), id, "IAR1 of %u", id);
        expect(lr_state(lr_read(0)), special ? 0 : 2, "State then of %u", id);
        expect(ap1r(), special ? 0 : 1 << 8, "ICH_AP1R0_EL2 then of %u", id);
        expect(eisr(), special, "EISR then of %u", id);
        ap1r_write(1 << 8);
        guest(f_eoi1, id);
        expect(ap1r(), special ? 1 << 8 : 0, "ICH_AP1R0_EL2 after EOIR1 of %u", id);
        expect(EOICOUNT_OF(ich_hcr()), 0, "EOIcount after EOIR1 of %u", id);
        /* Read where it is not presented, it stays. */
        vif_reset();
        lr_write(0, lr(0, 0x40, id));
        expect(guest(f_iar1, 0), SPURIOUS, "IAR1 of %u in Group 0", id);
        expect(lr_state(lr_read(0)), 1, "State then of %u in Group 0", id);
        lr_write(0, lr(1, 0x40, id));
        expect(guest(f_iar0, 0), SPURIOUS, "IAR0 of %u in Group 1", id);
        expect(lr_state(lr_read(0)), 1, "State then of %u in Group 1", id);
        vmcr_write(VMCR_OPEN & ~VMCR_VPMR(0xff));
        expect(guest(f_iar1, 0), SPURIOUS, "IAR1 of %u, masked", id);
        expect(lr_state(lr_read(0)), 1, "State then of %u, masked", id);
        vif_reset();
        lr_write(0, lr(1, 0x40, id));
        ich_hcr_write(0);
        expect(guest(f_iar1, 0), SPURIOUS, "IAR1 of %u, En 0", id);
        expect(lr_state(lr_read(0)), 1, "State then of %u, En 0", id);
    }
}

/* Extended PPIs and SPIs, LPIs: neither EOI mode nor DIR means anything to an LPI. */
static void large(void)
{
    static const u64 ids[] = {1056, 4096, 8191, 8192, 8193, 65535, 65536, 0xffffff};

    section("large vINTID");
    for (unsigned i = 0; i < sizeof(ids) / 8; i++) {
        const bool lpi = ids[i] >= FIRST_LPI;
        for (unsigned split = 0; split < 2; split++) {
            vif_reset();
            vmcr_write(VMCR_OPEN | (split ? VMCR_VEOIM : 0));
            lr_write(2, lr(1, 0x40, ids[i]));
            expect(guest(f_iar1, 0), ids[i], "IAR1 of %u, EOI mode %u", ids[i], (u64)split);
            expect(lr_state(lr_read(2)), 2, "State of %u, EOI mode %u", ids[i], (u64)split);
            guest(f_dir, ids[i]);
            /* DIR does nothing in EOI mode 0, and nothing with an LPI. */
            const bool gone = split && !lpi;
            expect(lr_state(lr_read(2)), gone ? 0 : 2, "State after DIR of %u, EOI mode %u", ids[i],
                   (u64)split);
            guest(f_eoi1, ids[i]);
            expect(lr_state(lr_read(2)), 0, "State after EOIR1 of %u, EOI mode %u", ids[i],
                   (u64)split);
            expect(ap1r(), 0, "ICH_AP1R0_EL2 of %u, EOI mode %u", ids[i], (u64)split);
        }
    }
}

/* What software writes into a list register takes effect at once. */
static void rewritten(void)
{
    section("rewritten");
    vif_reset();
    lr_write(0, lr(1, 0x40, 50));
    expect(guest(f_lines, 0), MASK_IRQ, "pending: lines");
    lr_write(0, lr(0, 0x40, 50));
    expect(guest(f_lines, 0), MASK_FIQ, "Group 0: lines");
    lr_write(0, lr(0, 0x40, 51));
    expect(guest(f_hppir0, 0), 51, "another vINTID: HPPIR0");
    lr_write(0, lr(0, 0xf8, 51));
    expect(guest(f_lines, 0), 0, "lowest priority, PMR 0xf8: lines");
    lr_write(0, lr(0, 0x40, 51) & ~LR_STATE);
    expect(guest(f_lines, 0), 0, "invalid: lines");
    lr_write(0, lr(1, 0x40, 52));
    expect(guest(f_iar1, 0), 52, "again: IAR1");
    /* The active one is replaced: its priority still runs, and its EOIR only counts. */
    lr_write(0, lr(1, 0x20, 53));
    expect(guest(f_iar1, 0), 53, "replaced while active: IAR1");
    guest(f_eoi1, 53);
    expect(guest(f_rpr, 0), 0x40, "replaced while active: RPR");
    expect(EOICOUNT_OF(ich_hcr()), 0, "replaced while active: EOIcount");
    guest(f_eoi1, 52);
    expect(guest(f_rpr, 0), 0xff, "replaced while active, ended: RPR");
    expect(EOICOUNT_OF(ich_hcr()), 1, "replaced while active, ended: EOIcount");
    vif_reset();
}

int main(void)
{
    el2_init();
    transitions();
    round_trip();
    several();
    duplicates();
    specials();
    large();
    rewritten();
    return 0;
}
