/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual CPU interface and a reference of it: see virt.h. */
#include "virt.h"

unsigned list_registers(void)
{
    return (unsigned)(READ_SYS(ICH_VTR_EL2) & 0x1f) + 1;
}

u64 lr_read(unsigned n)
{
    switch (n) {
#define CASE(number, name)                                                                         \
    case number:                                                                                   \
        return READ_SYS(name);
        LIST_REGISTERS(CASE)
#undef CASE
    }
    return 0;
}

void lr_write(unsigned n, u64 value)
{
    switch (n) {
#define CASE(number, name)                                                                         \
    case number:                                                                                   \
        WRITE_SYS(name, value);                                                                    \
        break;
        LIST_REGISTERS(CASE)
#undef CASE
    }
}

void vif_reset(void)
{
    ich_hcr_write(0);
    for (unsigned n = 0; n < list_registers(); n++) {
        lr_write(n, 0);
    }
    ap0r_write(0);
    ap1r_write(0);
    vmcr_write(VMCR_OPEN);
    ich_hcr_write(ICH_EN);
    hcr(HCR_IMO | HCR_FMO);
}

void el2_init(void)
{
    hcr(0);
    WRITE_SYS(ICC_SRE_EL2, 0xf);
    gicd_init();
    gicr_init();
    icc_init();
    vif_reset();
}

u64 f_bpr0(u64 unused)
{
    return READ_SYS(ICC_BPR0_EL1) + unused;
}
u64 f_bpr1(u64 unused)
{
    return READ_SYS(ICC_BPR1_EL1) + unused;
}
u64 f_ctlr(u64 unused)
{
    return READ_SYS(ICC_CTLR_EL1) + unused;
}
u64 f_igrpen0(u64 unused)
{
    return READ_SYS(ICC_IGRPEN0_EL1) + unused;
}
u64 f_igrpen1(u64 unused)
{
    return READ_SYS(ICC_IGRPEN1_EL1) + unused;
}
u64 f_set_bpr0(u64 value)
{
    WRITE_SYS(ICC_BPR0_EL1, value);
    return 0;
}
u64 f_set_bpr1(u64 value)
{
    WRITE_SYS(ICC_BPR1_EL1, value);
    return 0;
}
u64 f_set_ctlr(u64 value)
{
    WRITE_SYS(ICC_CTLR_EL1, value);
    return 0;
}
u64 f_set_igrpen0(u64 value)
{
    WRITE_SYS(ICC_IGRPEN0_EL1, value);
    return 0;
}
u64 f_set_igrpen1(u64 value)
{
    WRITE_SYS(ICC_IGRPEN1_EL1, value);
    return 0;
}
u64 f_iar1_four(u64 unused)
{
    for (unsigned n = 0; n < 4; n++) {
        unused |= iar1() << 16 * n;
    }
    return unused;
}

const char *const op_names[OPS] = {"IAR0",  "IAR1",  "HPPIR0", "HPPIR1",  "RPR",
                                   "lines", "EOIR0", "EOIR1",  "DIR",     "PMR",
                                   "BPR0",  "BPR1",  "CTLR",   "IGRPEN0", "IGRPEN1"};

u64 guest_op(enum op op, u64 argument)
{
    static u64 (*const reads[])(u64) = {f_iar0, f_iar1, f_hppir0, f_hppir1, f_rpr, f_lines};
    static u64 (*const writes[])(u64) = {f_eoi0,     f_eoi1,        f_dir,
                                         f_set_pmr,  f_set_bpr0,    f_set_bpr1,
                                         f_set_ctlr, f_set_igrpen0, f_set_igrpen1};
    return op < OP_EOIR0 ? guest(reads[op], 0) : guest(writes[op - OP_EOIR0], argument);
}

/* The reference */

enum {
    IDLE = 0xff,
    NONE = MAX_LRS
};

void vif_read(struct vif *v)
{
    v->lrs = list_registers();
    for (unsigned n = 0; n < MAX_LRS; n++) {
        v->lr[n] = n < v->lrs ? lr_read(n) : 0;
    }
    v->ap0 = ap0r();
    v->ap1 = ap1r();
    v->vmcr = vmcr();
    v->hcr = ich_hcr();
}

void vif_write(const struct vif *v)
{
    ich_hcr_write(0);
    for (unsigned n = 0; n < v->lrs; n++) {
        lr_write(n, v->lr[n]);
    }
    ap0r_write(v->ap0);
    ap1r_write(v->ap1);
    vmcr_write(v->vmcr);
    ich_hcr_write(v->hcr);
}

bool vif_same(const struct vif *a, const struct vif *b)
{
    bool same = a->ap0 == b->ap0 && a->ap1 == b->ap1 && a->vmcr == b->vmcr && a->hcr == b->hcr;
    for (unsigned n = 0; n < a->lrs; n++) {
        same &= a->lr[n] == b->lr[n];
    }
    return same;
}

static unsigned group_of(u64 lr)
{
    return lr & LR_GROUP1 ? 1 : 0;
}

static bool special(u64 vintid)
{
    return vintid >= 1020 && vintid <= 1023;
}

/* VGroupBits() */
static u64 group_mask(const struct vif *v, unsigned group)
{
    const unsigned bpr0 = v->vmcr >> 21 & 7, bpr1 = v->vmcr >> 18 & 7;
    return group && !(v->vmcr & VMCR_VCBPR) ? 0xffu << bpr1 & 0xff : 0xffu << (bpr0 + 1) & 0xff;
}

static unsigned lowest_bit(u64 value)
{
    return (unsigned)__builtin_ctzll(value | 1ull << 63);
}

static u64 running(const struct vif *v)
{
    const u64 ap = v->ap0 | v->ap1;
    return ap ? lowest_bit(ap) << 3 : IDLE;
}

/* HighestPriorityVirtualInterrupt(): the lowest index among equals. */
static unsigned candidate(const struct vif *v)
{
    unsigned best = NONE, priority = IDLE;
    for (unsigned n = 0; n < v->lrs; n++) {
        const u64 enable = group_of(v->lr[n]) ? VMCR_VENG1 : VMCR_VENG0;
        if (lr_state(v->lr[n]) == 1 && v->vmcr & enable && lr_priority(v->lr[n]) < priority) {
            best = n;
            priority = lr_priority(v->lr[n]);
        }
    }
    return best;
}

/* CanSignalVirtualInterrupt() */
static bool signals(const struct vif *v, unsigned n)
{
    if (n == NONE || !(v->hcr & ICH_EN)) {
        return false;
    }
    const unsigned priority = lr_priority(v->lr[n]);
    const u64 mask = group_mask(v, group_of(v->lr[n]));
    return priority < (v->vmcr >> 24 & 0xff) &&
           (running(v) == IDLE || (priority & mask) < (running(v) & mask));
}

u64 vif_iar(struct vif *v, unsigned group)
{
    const unsigned n = candidate(v);
    if (!signals(v, n) || group_of(v->lr[n]) != group) {
        return SPURIOUS;
    }
    const u64 vintid = v->lr[n] & 0xffffffff;
    v->lr[n] &= ~LR_PENDING;
    if (!special(vintid)) {
        v->lr[n] |= LR_ACTIVE;
        *(group ? &v->ap1 : &v->ap0) |= 1ull
                                        << ((lr_priority(v->lr[n]) & group_mask(v, group)) >> 3);
    }
    return vintid;
}

u64 vif_hppir(const struct vif *v, unsigned group)
{
    const unsigned n = candidate(v);
    return n == NONE || group_of(v->lr[n]) != group ? SPURIOUS : v->lr[n] & 0xffffffff;
}

u64 vif_rpr(const struct vif *v)
{
    return running(v);
}

static unsigned find_active(const struct vif *v, u64 vintid)
{
    for (unsigned n = 0; n < v->lrs; n++) {
        if (v->lr[n] & LR_ACTIVE && (v->lr[n] & 0xffffffff) == vintid) {
            return n;
        }
    }
    return NONE;
}

static void count(struct vif *v)
{
    const u64 n = EOICOUNT_OF(v->hcr) + 1;
    v->hcr = (v->hcr & ~ICH_EOICOUNT(0x1f)) | ICH_EOICOUNT(n & 0x1f);
}

void vif_eoir(struct vif *v, unsigned group, u64 vintid)
{
    const u64 dropped = running(v);
    if (special(vintid) || dropped == IDLE) {
        return;
    }
    const u64 bit = 1ull << (dropped >> 3);
    *(v->ap0 & bit ? &v->ap0 : &v->ap1) &= ~bit;

    const unsigned n = find_active(v, vintid);
    const bool lpi = vintid >= FIRST_LPI, split = v->vmcr & VMCR_VEOIM;
    if (n == NONE) {
        /* What would have deactivated counts: EOI mode 0, no LPI. */
        if (!split && !lpi) {
            count(v);
        }
        return;
    }
    if (group_of(v->lr[n]) == group && (lr_priority(v->lr[n]) & group_mask(v, group)) == dropped &&
        (!split || lpi)) {
        v->lr[n] &= ~LR_ACTIVE;
    }
}

void vif_dir(struct vif *v, u64 vintid)
{
    if (!(v->vmcr & VMCR_VEOIM) || special(vintid) || vintid >= FIRST_LPI) {
        return;
    }
    const unsigned n = find_active(v, vintid);
    if (n == NONE) {
        count(v);
    } else {
        v->lr[n] &= ~LR_ACTIVE;
    }
}

unsigned vif_lines(const struct vif *v)
{
    const unsigned n = candidate(v);
    return !signals(v, n) ? 0 : group_of(v->lr[n]) ? MASK_IRQ : MASK_FIQ;
}

u64 vif_eisr(const struct vif *v)
{
    u64 value = 0;
    for (unsigned n = 0; n < v->lrs; n++) {
        if (!lr_state(v->lr[n]) && !(v->lr[n] & LR_HW) && v->lr[n] & LR_EOI) {
            value |= 1ull << n;
        }
    }
    return value;
}

u64 vif_elrsr(const struct vif *v)
{
    u64 value = 0;
    for (unsigned n = 0; n < v->lrs; n++) {
        if (!lr_state(v->lr[n]) && (v->lr[n] & LR_HW || !(v->lr[n] & LR_EOI))) {
            value |= 1ull << n;
        }
    }
    return value;
}

u64 vif_misr(const struct vif *v)
{
    unsigned valid = 0, pending = 0;
    u64 value = 0;
    for (unsigned n = 0; n < v->lrs; n++) {
        valid += lr_state(v->lr[n]) != 0;
        pending += lr_state(v->lr[n]) == 1;
    }
    value |= vif_eisr(v) ? MISR_EOI : 0;
    value |= v->hcr & ICH_UIE && valid < 2 ? MISR_U : 0;
    value |= v->hcr & ICH_LRENPIE && EOICOUNT_OF(v->hcr) ? MISR_LRENP : 0;
    value |= v->hcr & ICH_NPIE && !pending ? MISR_NP : 0;
    value |= v->hcr & ICH_VGRP0EIE && v->vmcr & VMCR_VENG0 ? MISR_VGRP0E : 0;
    value |= v->hcr & ICH_VGRP0DIE && !(v->vmcr & VMCR_VENG0) ? MISR_VGRP0D : 0;
    value |= v->hcr & ICH_VGRP1EIE && v->vmcr & VMCR_VENG1 ? MISR_VGRP1E : 0;
    value |= v->hcr & ICH_VGRP1DIE && !(v->vmcr & VMCR_VENG1) ? MISR_VGRP1D : 0;
    return value;
}

static void set_field(struct vif *v, u64 field, u64 value)
{
    v->vmcr = (v->vmcr & ~field) | (value & field);
}

u64 vif_op(struct vif *v, enum op op, u64 argument)
{
    const u64 bpr = argument & 7;

    switch (op) {
    case OP_IAR0:
    case OP_IAR1:
        return vif_iar(v, op == OP_IAR1);
    case OP_HPPIR0:
    case OP_HPPIR1:
        return vif_hppir(v, op == OP_HPPIR1);
    case OP_RPR:
        return vif_rpr(v);
    case OP_LINES:
        return vif_lines(v);
    case OP_EOIR0:
    case OP_EOIR1:
        vif_eoir(v, op == OP_EOIR1, argument);
        break;
    case OP_DIR:
        vif_dir(v, argument);
        break;
    case OP_PMR:
        set_field(v, VMCR_VPMR(0xff), VMCR_VPMR(argument & 0xf8));
        break;
    case OP_BPR0:
        set_field(v, VMCR_VBPR0(7), VMCR_VBPR0(bpr < 2 ? 2 : bpr));
        break;
    case OP_BPR1:
        if (!(v->vmcr & VMCR_VCBPR)) {
            set_field(v, VMCR_VBPR1(7), VMCR_VBPR1(bpr < 3 ? 3 : bpr));
        }
        break;
    case OP_CTLR:
        set_field(v, VMCR_VCBPR, argument & CTLR_EL1_CBPR ? VMCR_VCBPR : 0);
        set_field(v, VMCR_VEOIM, argument & CTLR_EL1_EOIMODE ? VMCR_VEOIM : 0);
        break;
    case OP_IGRPEN0:
        set_field(v, VMCR_VENG0, argument & 1 ? VMCR_VENG0 : 0);
        break;
    case OP_IGRPEN1:
        set_field(v, VMCR_VENG1, argument & 1 ? VMCR_VENG1 : 0);
        break;
    default:
        break;
    }
    return 0;
}
