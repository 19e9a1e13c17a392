/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on cpu=max
 *
 * Virtual interrupts with superpriority: ICH_LR<n>_EL2.NMI, what ICV_IAR1, ICV_NMIAR1, ICV_HPPIR1,
 * ICV_RPR and ICV_AP1R0 show, what preempts what, ends, saving and restoring in mid-flight, the
 * vNMI that EL1 takes, HCRX_EL2.VINMI and VFNMI; and a physical NMI that EL2 takes from its guest.
 */
#include "rt/nmi.h"
#include "rt/virt.h"

enum {
    A = 40,
    B = 41,
    C = 42
};
#define HCRX_EL2 "S3_4_C1_C2_2"
#define HCRX_VINMI (1ull << 7)
#define HCRX_VFNMI (1ull << 8)
#define VNMI (u64)(ISR_I | ISR_IS)

static u64 nmi(unsigned priority, u64 vintid)
{
    return lr(1, priority, vintid) | LR_NMI;
}

/* The function with SCTLR_EL1.NMI = 1; a vNMI is not taken meanwhile. */
static u64 (*inner)(u64);
static u64 f_with_nmi(u64 argument)
{
    allint(true);
    sctlr(SCTLR_NMI);
    const u64 value = inner(argument);
    sctlr(0);
    return value;
}
static u64 guest_with(bool own, u64 (*function)(u64))
{
    inner = function;
    return guest(own ? f_with_nmi : function, 0);
}

static void registers(void)
{
    section("registers");
    for (unsigned n = 0; n < list_registers(); n++) {
        lr_write(n, nmi(0, A) & ~LR_STATE);
        expect(lr_read(n), LR_NMI | LR_GROUP1 | A, "ICH_LR%u_EL2.NMI", (u64)n);
    }
    vif_reset();
    ap1r_write(AP1R0_NMI | 0x10);
    expect(ap1r(), AP1R0_NMI | 0x10, "ICH_AP1R0_EL2");
    expect(guest(f_ap1r0, 0), AP1R0_NMI | 0x10, "ICH_AP1R0_EL2 as AP1R0 of EL1");
    expect(guest(f_rpr, 0), RPR_NMI, "RPR of EL1");
    guest(f_set_ap1r0, AP1R0_NMI | 2);
    expect(ap1r(), AP1R0_NMI | 2, "AP1R0 written at EL1");
    guest(f_set_ap1r0, 2);
    expect(guest(f_rpr, 0), 8, "RPR of EL1 without the NMI");
    ap0r_write(AP1R0_NMI);
    expect(ap0r(), 0, "ICH_AP0R0_EL2 has no NMI bit");
    vif_reset();
    expect(guest(f_nmiar1, 0), SPURIOUS, "NMIAR1 without list registers");
}

static void acknowledge(void)
{
    section("acknowledge");
    for (unsigned own = 0; own < 2; own++) {
        for (unsigned m = 0; m < 3; m++) {
            const u64 open = VMCR_OPEN & ~VMCR_VPMR(0xff), mask = m == 0 ? 0 : m == 1 ? 8 : 0xf8;
            vif_reset();
            vmcr_write(open | VMCR_VPMR(mask));
            lr_write(0, nmi(0, A));
            expect(guest_with(own, f_isr), VNMI, "NMI=%u VPMR %x: ISR_EL1", (u64)own, mask);
            expect(guest_with(own, f_hppir1), A, "NMI=%u VPMR %x: HPPIR1", (u64)own, mask);
            expect(guest_with(own, f_iar0), SPURIOUS, "NMI=%u VPMR %x: IAR0", (u64)own, mask);
            expect(guest_with(own, f_iar1), own ? NMI_PENDS : A, "NMI=%u VPMR %x: IAR1", (u64)own,
                   mask);
            expect(lr_state(lr_read(0)), own ? 1 : 2, "NMI=%u VPMR %x: state then", (u64)own, mask);
            expect(guest_with(own, f_nmiar1), own ? A : SPURIOUS, "NMI=%u VPMR %x: NMIAR1",
                   (u64)own, mask);
            expect(lr_state(lr_read(0)), 2, "NMI=%u VPMR %x: active", (u64)own, mask);
            expect(ap1r(), AP1R0_NMI, "NMI=%u VPMR %x: ICH_AP1R0_EL2", (u64)own, mask);
            expect(guest(f_rpr, 0), RPR_NMI, "NMI=%u VPMR %x: RPR", (u64)own, mask);
            guest(f_eoi1, A);
            expect(lr_state(lr_read(0)) << 16 | guest(f_rpr, 0), 0xff, "NMI=%u VPMR %x: ended",
                   (u64)own, mask);
            expect(ap1r(), 0, "NMI=%u VPMR %x: ended, ICH_AP1R0_EL2", (u64)own, mask);
        }
    }
    vif_reset();
    lr_write(0, lr(1, 0x40, A));
    expect(guest(f_nmiar1, 0), SPURIOUS, "no NMI: NMIAR1");
    expect(guest_with(true, f_iar1), A, "no NMI: IAR1 with SCTLR_EL1.NMI");

    vif_reset();
    lr_write(0, nmi(0, 1021));
    expect(guest(f_nmiar1, 0), 1021, "special vINTID: NMIAR1");
    expect(lr_state(lr_read(0)) << 16 | guest(f_rpr, 0), 0xff, "special vINTID: state, RPR");

    /* Switched off, the interface signals nothing and keeps all. */
    vif_reset();
    lr_write(0, nmi(0, A));
    ich_hcr_write(0);
    expect(guest(f_isr, 0), 0, "En=0: ISR_EL1");
    expect(guest(f_nmiar1, 0), SPURIOUS, "En=0: NMIAR1");
    ich_hcr_write(ICH_EN);
    vmcr_write(VMCR_OPEN & ~(u64)VMCR_VENG1);
    expect(guest(f_isr, 0) << 12 | guest(f_nmiar1, 0), SPURIOUS, "VENG1=0: ISR_EL1, NMIAR1");
    vmcr_write(VMCR_OPEN);
    expect(guest(f_isr, 0) << 12 | guest(f_nmiar1, 0), VNMI << 12 | A, "VENG1=1: the same");

    /* The bit belongs to Group 1. */
    vif_reset();
    lr_write(0, lr(0, 0x40, A) | LR_NMI);
    expect(guest(f_isr, 0), ISR_F, "Group 0 with NMI: ISR_EL1");
    expect(guest(f_iar0, 0), A, "Group 0 with NMI: IAR0");
    expect(guest(f_rpr, 0), 0x40, "Group 0 with NMI: RPR");
    vif_reset();
    vmcr_write((VMCR_OPEN & ~VMCR_VPMR(0xff)) | VMCR_VPMR(0x20));
    lr_write(0, lr(0, 0x40, A) | LR_NMI);
    expect(guest(f_isr, 0), 0, "Group 0 with NMI, masked by VPMR: ISR_EL1");
}

/* A virtual NMI comes before all others, those of priority 0 included. */
static void order(void)
{
    section("order");
    for (unsigned other = 0; other < 0x100; other += 0x50) {
        for (unsigned group = 0; group < 2; group++) {
            vif_reset();
            lr_write(0, lr(group, other, B));
            lr_write(1, nmi(0, A));
            expect(guest(f_isr, 0) << 12 | guest(f_nmiar1, 0), VNMI << 12 | A,
                   "beside Group %u %x: ISR_EL1, NMIAR1", (u64)group, (u64)other);
            expect(guest(group ? f_iar1 : f_iar0, 0), SPURIOUS,
                   "beside Group %u %x: that one waits", (u64)group, (u64)other);
            guest(f_eoi1, A);
            expect(guest(group ? f_iar1 : f_iar0, 0), B, "beside Group %u %x: after it", (u64)group,
                   (u64)other);
        }
    }
    vif_reset();
    lr_write(0, lr(1, 0, C));
    lr_write(2, nmi(0, B));
    lr_write(3, nmi(0, A));
    expect(guest(f_hppir1, 0), B, "two NMIs: HPPIR1");
    expect(guest(f_nmiar1, 0), B, "two NMIs: first");
    expect(guest(f_isr, 0) << 12 | guest(f_nmiar1, 0), SPURIOUS, "two NMIs: second waits");
    guest(f_eoi1, B);
    expect(guest(f_nmiar1, 0), A, "two NMIs: second");
}

/* LR.Priority does not count: what would otherwise be better or is running. */
static void priority_field(void)
{
    section("priority");
    for (unsigned p = 0x48; p < 0x100; p += 0x48) {
        for (unsigned other = 0; other < p; other += 0x50) {
            for (unsigned group = 0; group < 2; group++) {
                vif_reset();
                lr_write(0, lr(group, other, B));
                lr_write(1, nmi(p, A));
                const u64 first = guest(f_nmiar1, 0);
                expect(first != SPURIOUS ? first : guest(group ? f_iar1 : f_iar0, 0), A,
                       "beside Group %u %x, LR.Priority %x", (u64)group, (u64)other, (u64)p);
                vif_reset();
                lr_write(0, lr(group, other, B));
                guest(group ? f_iar1 : f_iar0, 0);
                lr_write(1, nmi(p, A));
                expect(guest(f_isr, 0), VNMI, "over Group %u %x, LR.Priority %x", (u64)group,
                       (u64)other, (u64)p);
            }
        }
    }
}

static void preemption(void)
{
    section("preempt");
    for (unsigned runs = 0; runs < 0x100; runs += 0x50) {
        for (unsigned group = 0; group < 2; group++) {
            for (unsigned bpr = 0; bpr < 8; bpr += 7) {
                vif_reset();
                vmcr_write(VMCR_OPEN | VMCR_VBPR0(bpr) | VMCR_VBPR1(bpr));
                lr_write(0, lr(group, runs, B));
                expect(guest(group ? f_iar1 : f_iar0, 0), B, "Group %u %x, VBPR %u runs",
                       (u64)group, (u64)runs, (u64)bpr);
                const u64 before = guest(f_rpr, 0);
                lr_write(1, nmi(0, A));
                expect(guest(f_isr, 0), VNMI, "over Group %u %x, VBPR %u: ISR_EL1", (u64)group,
                       (u64)runs, (u64)bpr);
                expect(guest(f_nmiar1, 0), A, "over Group %u %x, VBPR %u: NMIAR1", (u64)group,
                       (u64)runs, (u64)bpr);
                expect(guest(f_rpr, 0), RPR_NMI, "over Group %u %x, VBPR %u: RPR", (u64)group,
                       (u64)runs, (u64)bpr);
                guest(f_eoi1, A);
                expect(guest(f_rpr, 0), before, "over Group %u %x, VBPR %u: ended", (u64)group,
                       (u64)runs, (u64)bpr);
            }
        }
    }
    vif_reset();
    lr_write(0, nmi(0, A));
    expect(guest(f_nmiar1, 0), A, "an NMI runs");
    for (unsigned group = 0; group < 2; group++) {
        lr_write(1, lr(group, 0, B));
        expect(guest(f_isr, 0) << 12 | guest(group ? f_iar1 : f_iar0, 0), SPURIOUS,
               "Group %u of priority 0 over an NMI", (u64)group);
    }
    lr_write(1, 0);
}

static void ends(void)
{
    section("end");
    vif_reset();
    lr_write(0, nmi(0, A));
    lr_write(1, lr(1, 0x00, B));
    guest(f_nmiar1, 0);
    guest(f_eoi1, B);
    expect(EOICOUNT_OF(ich_hcr()) << 16 | lr_state(lr_read(0)) << 12 | guest(f_rpr, 0),
           1 << 16 | 2 << 12 | 0xff, "EOIR1 of one that is not active: EOIcount, state, RPR");

    /* Priority 0 and an NMI active: EOIR1 drops the NMI first, and ends no other interrupt for it.
     */
    vif_reset();
    lr_write(0, lr(1, 0x00, B));
    guest(f_iar1, 0);
    lr_write(1, nmi(0, A));
    guest(f_nmiar1, 0);
    expect(ap1r(), AP1R0_NMI | 1, "ICH_AP1R0_EL2 of both");
    guest(f_eoi1, B);
    expect(ap1r(), 1, "EOIR1 of the other: ICH_AP1R0_EL2");
    fact(lr_state(lr_read(0)), "EOIR1 of the other: its state");
    expect(lr_state(lr_read(1)), 2, "EOIR1 of the other: state of the NMI");

    vif_reset();
    vmcr_write(VMCR_OPEN | VMCR_VEOIM);
    lr_write(0, nmi(0, A) | LR_EOI);
    guest(f_nmiar1, 0);
    guest(f_eoi1, A);
    expect(lr_state(lr_read(0)) << 12 | guest(f_rpr, 0), 2 << 12 | 0xff, "VEOIM=1: after EOIR1");
    guest(f_dir, A);
    expect(lr_state(lr_read(0)) << 4 | eisr(), 1, "VEOIM=1: after DIR, EISR");

    /* Pending and active. */
    vif_reset();
    lr_write(0, nmi(0, A));
    guest(f_nmiar1, 0);
    lr_write(0, nmi(0, A) | LR_ACTIVE);
    expect(guest(f_isr, 0) << 12 | guest(f_nmiar1, 0), SPURIOUS, "pending and active: waits");
    guest(f_eoi1, A);
    expect(guest(f_isr, 0) << 12 | guest(f_nmiar1, 0), VNMI << 12 | A, "pending and active: again");

    /* HW=1: its end deactivates the physical interrupt. */
    vif_reset();
    setup(B, 1, 0x90);
    bit_write(ISACTIVER, B);
    lr_write(0, nmi(0, A) | LR_HW | LR_PINTID(B));
    expect(guest(f_nmiar1, 0), A, "HW=1: NMIAR1");
    guest(f_eoi1, A);
    expect(lr_state(lr_read(0)) << 4 | state(B), 0, "HW=1: ended, both states");
    disable(B);
}

static void switching(void)
{
    section("switch");
    vif_reset();
    lr_write(0, lr(1, 0x80, B));
    guest(f_iar1, 0);
    lr_write(1, nmi(0, A));
    guest(f_nmiar1, 0);
    lr_write(2, nmi(0, C));
    struct vif saved, zero = {.lrs = list_registers(), .vmcr = VMCR_OPEN, .hcr = ICH_EN};
    vif_read(&saved);
    expect(saved.ap1, AP1R0_NMI | 1 << 16, "ICH_AP1R0_EL2");
    vif_write(&zero);
    expect(guest(f_rpr, 0), 0xff, "another guest: RPR");
    vif_write(&saved);
    expect(guest(f_rpr, 0), RPR_NMI, "back: RPR");
    expect(guest(f_isr, 0), 0, "back: ISR_EL1");
    guest(f_eoi1, A);
    expect(guest(f_isr, 0) << 12 | guest(f_nmiar1, 0), VNMI << 12 | C, "back: the next NMI");
    guest(f_eoi1, C);
    guest(f_eoi1, B);
    expect(ap1r() << 8 | guest(f_rpr, 0), 0xff, "back: all ended");
    expect(elrsr(), (1ull << list_registers()) - 1, "back: ELRSR");
}

/* A maintenance interrupt does not care for superpriority. */
static void maintenance(void)
{
    section("maintenance");
    vif_reset();
    ich_hcr_write(ICH_EN | ICH_NPIE | ICH_UIE);
    expect(misr(), MISR_NP | MISR_U, "MISR, empty");
    lr_write(0, nmi(0, A));
    expect(misr(), MISR_U, "MISR, an NMI pends");
    lr_write(1, nmi(0, B));
    expect(misr(), 0, "MISR, two NMIs pend");
    guest(f_nmiar1, 0);
    expect(misr(), 0, "MISR, one of them active");
}

/* Taken at EL1: what masks it there, as nmi-masks shows it for the physical one. */
static volatile u64 taken;
static void on_el1(struct frame *f)
{
    u64 intid = iar1();
    if (intid == NMI_PENDS) {
        intid = nmiar1() | NMI_PENDS << 12;
    }
    taken = taken << 36 | f->el << 32 | (f->kind & 3) << 28 | intid;
    eoi1(intid & 0xfff);
}

static u64 f_open(u64 setting)
{
    allint(true);
    sctlr((setting & 1 ? SCTLR_NMI : 0) | (setting & 2 ? SCTLR_SPINTMASK : 0));
    allint(setting & 8);
    if (!(setting & 4)) {
        __asm__ volatile("msr daifclr, #3" ::: "memory");
    }
    for (unsigned n = 0; n < 100; n++) {
        __asm__ volatile("isb");
    }
    mask();
    allint(true);
    sctlr(0);
    return 0;
}

static void taken_at_el1(void)
{
    section("taken");
    irq_handler[0] = on_el1;
    for (unsigned is_nmi = 0; is_nmi < 2; is_nmi++) {
        for (unsigned n = 0; n < 16; n++) {
            const bool own = n & 1, all = own && (n & 2 || n & 8);
            const bool open = !all && (!(n & 4) || (own && is_nmi));
            vif_reset();
            lr_write(0, is_nmi ? nmi(0, A) : lr(1, 0, A));
            taken = 0;
            guest(f_open, n);
            expect(taken,
                   open ? 1ull << 32 | (u64)KIND_IRQ << 28 | A |
                              (own && is_nmi ? (u64)NMI_PENDS << 12 : 0)
                        : 0,
                   "%s, NMI=%u SPINTMASK=%u I=%u ALLINT=%u", is_nmi ? "vNMI" : "vIRQ", (u64)n & 1,
                   (u64)n >> 1 & 1, (u64)n >> 2 & 1, (u64)n >> 3);
        }
    }
    vif_reset();
    hcr(0);
    expect(TRAP_OF(READ_SYS(HCRX_EL2)), 0, "HCRX_EL2");
    const u64 hcrx = READ_SYS(HCRX_EL2);
    hcr(HCR_IMO | HCR_FMO);
    WRITE_SYS(HCRX_EL2, hcrx | HCRX_VINMI | HCRX_VFNMI);
    hcr(HCR_IMO | HCR_FMO | HCR_VI | HCR_VF);
    expect(guest(f_isr, 0), ISR_I | ISR_IS | ISR_F | ISR_FS, "VI, VF with VINMI, VFNMI: ISR_EL1");
    hcr(HCR_IMO | HCR_FMO | HCR_VI);
    expect(guest(f_isr, 0), ISR_I | ISR_IS, "VI with VINMI: ISR_EL1");
    expect(guest(f_hppir1, 0) << 12 | guest(f_nmiar1, 0), (u64)SPURIOUS << 12 | SPURIOUS,
           "VI with VINMI: HPPIR1, NMIAR1");
    WRITE_SYS(HCRX_EL2, hcrx);
    hcr(HCR_IMO | HCR_FMO | HCR_VI); /* written again: QEMU's PE looks at VINMI then only */
    expect(guest(f_isr, 0), ISR_I, "VI alone: ISR_EL1");
    lr_write(0, nmi(0, A));
    expect(guest(f_isr, 0), ISR_I | ISR_IS, "VI and a vNMI: ISR_EL1");
    hcr(HCR_IMO | HCR_FMO);
    vif_reset();
}

/* A physical NMI while the guest runs goes to EL2, whatever the guest masks. */
static void on_el2(struct frame *f)
{
    u64 intid = iar1();
    if (intid == NMI_PENDS) {
        intid = nmiar1() | NMI_PENDS << 12;
    }
    taken = taken << 36 | f->el << 32 | (f->kind & 3) << 28 | intid;
    eoi1(intid & 0xfff);
}

static u64 f_run(u64 unused)
{
    for (unsigned n = 0; n < 100; n++) {
        __asm__ volatile("isb");
    }
    return unused;
}

static void physical(void)
{
    section("physical");
    irq_handler[0] = on_el2;
    setup(B, 1, 0xf0);
    set_nmi(B, true);
    pmr(0);
    for (unsigned own = 0; own < 2; own++) {
        taken = 0;
        allint(true);
        sctlr(own ? SCTLR_NMI : 0);
        pend(B);
        expect(isr(), ISR_I | ISR_IS, "SCTLR_EL2.NMI=%u: ISR_EL1 at EL2", (u64)own);
        guest(f_run, 0);
        expect(taken, 2ull << 32 | (u64)KIND_IRQ << 28 | (own ? (u64)NMI_PENDS << 12 : 0) | B,
               "SCTLR_EL2.NMI=%u: from EL1 to EL2", (u64)own);
        taken = 0;
        pend(B);
        allint(false);
        f_run(0);
        expect(taken, own ? 2ull << 32 | (u64)KIND_IRQ << 28 | (u64)NMI_PENDS << 12 | B : 0,
               "SCTLR_EL2.NMI=%u: at EL2 with PSTATE.I", (u64)own);
        allint(true);
        unpend(B);
    }
    sctlr(0);
    /* The interface of the guest knows nothing of it: no IMO, and it is the physical one. */
    pend(B);
    taken = 0;
    expect(guest(f_nmiar1, 0), SPURIOUS, "NMIAR1 of EL1 after EL2 took it");
    hcr(HCR_FMO);
    pend(B);
    expect(guest(f_nmiar1, 0), B, "NMIAR1 of EL1 without IMO");
    expect(rpr(), RPR_NMI, "RPR at EL2");
    expect(guest(f_rpr, 0), 0xff, "RPR of EL1 with FMO");
    guest(f_eoi1, B);
    expect(seen(B), 0xff, "EOIR1 of EL1 without IMO");
    set_nmi(B, false);
    pmr(0xff);
}

int main(void)
{
    el2_init();
    allint(true);
    registers();
    acknowledge();
    order();
    priority_field();
    preemption();
    ends();
    switching();
    maintenance();
    taken_at_el1();
    physical();
    return 0;
}
