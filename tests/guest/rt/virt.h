/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual CPU interface as programs at EL2 see it: registers, shorthands, and what it must do
 * (a reference that is carried along beside it, for 5 priority and 5 preemption bits).
 */
#ifndef VIRT_H
#define VIRT_H

#include "gic.h"

#define ICH_AP0R0_EL2 "S3_4_C12_C8_0"
#define ICH_AP0R1_EL2 "S3_4_C12_C8_1"
#define ICH_AP0R2_EL2 "S3_4_C12_C8_2"
#define ICH_AP0R3_EL2 "S3_4_C12_C8_3"
#define ICH_AP1R0_EL2 "S3_4_C12_C9_0"
#define ICH_AP1R1_EL2 "S3_4_C12_C9_1"
#define ICH_AP1R2_EL2 "S3_4_C12_C9_2"
#define ICH_AP1R3_EL2 "S3_4_C12_C9_3"
#define ICH_HCR_EL2 "S3_4_C12_C11_0"
#define ICH_VTR_EL2 "S3_4_C12_C11_1"
#define ICH_MISR_EL2 "S3_4_C12_C11_2"
#define ICH_EISR_EL2 "S3_4_C12_C11_3"
#define ICH_ELRSR_EL2 "S3_4_C12_C11_5"
#define ICH_VMCR_EL2 "S3_4_C12_C11_7"

/* X(number, name) for each list register that can be encoded. */
#define LIST_REGISTERS(X)                                                                          \
    X(0, "S3_4_C12_C12_0")                                                                         \
    X(1, "S3_4_C12_C12_1")                                                                         \
    X(2, "S3_4_C12_C12_2")                                                                         \
    X(3, "S3_4_C12_C12_3")                                                                         \
    X(4, "S3_4_C12_C12_4")                                                                         \
    X(5, "S3_4_C12_C12_5")                                                                         \
    X(6, "S3_4_C12_C12_6")                                                                         \
    X(7, "S3_4_C12_C12_7")                                                                         \
    X(8, "S3_4_C12_C13_0")                                                                         \
    X(9, "S3_4_C12_C13_1")                                                                         \
    X(10, "S3_4_C12_C13_2")                                                                        \
    X(11, "S3_4_C12_C13_3")                                                                        \
    X(12, "S3_4_C12_C13_4")                                                                        \
    X(13, "S3_4_C12_C13_5")                                                                        \
    X(14, "S3_4_C12_C13_6")                                                                        \
    X(15, "S3_4_C12_C13_7")

enum {
    MAX_LRS = 16,
    INTID_MAINTENANCE = 25,
    FIRST_LPI = 8192
};

/* HCR_EL2 */
#define HCR_FMO (1ull << 3)
#define HCR_IMO (1ull << 4)
#define HCR_VF (1ull << 6)
#define HCR_VI (1ull << 7)
#define HCR_TGE (1ull << 27)
#define HCR_RW (1ull << 31)
#define HCR_E2H (1ull << 34)
#define HCR_NV (1ull << 42)
#define HCR_NV1 (1ull << 43)
#define HCR_NV2 (1ull << 45)

/* ICH_HCR_EL2 */
enum {
    ICH_EN = 1 << 0,
    ICH_UIE = 1 << 1,
    ICH_LRENPIE = 1 << 2,
    ICH_NPIE = 1 << 3,
    ICH_VGRP0EIE = 1 << 4,
    ICH_VGRP0DIE = 1 << 5,
    ICH_VGRP1EIE = 1 << 6,
    ICH_VGRP1DIE = 1 << 7,
    ICH_TC = 1 << 10,
    ICH_TALL0 = 1 << 11,
    ICH_TALL1 = 1 << 12,
    ICH_TDIR = 1 << 14,
};
#define ICH_EOICOUNT(n) ((u64)(n) << 27)
#define EOICOUNT_OF(hcr) ((hcr) >> 27 & 0x1f)

/* ICH_MISR_EL2 */
enum {
    MISR_EOI = 1 << 0,
    MISR_U = 1 << 1,
    MISR_LRENP = 1 << 2,
    MISR_NP = 1 << 3,
    MISR_VGRP0E = 1 << 4,
    MISR_VGRP0D = 1 << 5,
    MISR_VGRP1E = 1 << 6,
    MISR_VGRP1D = 1 << 7
};

/* ICH_VMCR_EL2 */
enum {
    VMCR_VENG0 = 1 << 0,
    VMCR_VENG1 = 1 << 1,
    VMCR_VFIQEN = 1 << 3,
    VMCR_VCBPR = 1 << 4,
    VMCR_VEOIM = 1 << 9,
};
#define VMCR_VBPR1(n) ((u64)(n) << 18)
#define VMCR_VBPR0(n) ((u64)(n) << 21)
#define VMCR_VPMR(n) ((u64)(n) << 24)
/* Every priority passes, smallest binary points, both groups on, EOI mode 0. */
#define VMCR_OPEN                                                                                  \
    (VMCR_VPMR(0xf8) | VMCR_VBPR0(2) | VMCR_VBPR1(3) | VMCR_VFIQEN | VMCR_VENG0 | VMCR_VENG1)

/* ICH_LR<n>_EL2 */
#define LR_PENDING (1ull << 62)
#define LR_ACTIVE (1ull << 63)
#define LR_STATE (3ull << 62)
#define LR_HW (1ull << 61)
#define LR_GROUP1 (1ull << 60)
#define LR_NMI (1ull << 59)
#define LR_PRIORITY(p) ((u64)(p) << 48)
#define LR_EOI (1ull << 41)
#define LR_PINTID(n) ((u64)(n) << 32)

/* A Group 1 (or group), pending list register. */
static inline u64 lr(unsigned group, unsigned priority, u64 vintid)
{
    return LR_PENDING | (group ? LR_GROUP1 : 0) | LR_PRIORITY(priority) | vintid;
}
static inline u64 lr_state(u64 value)
{
    return value >> 62;
}
static inline unsigned lr_priority(u64 value)
{
    return value >> 48 & 0xff;
}

unsigned list_registers(void);
u64 lr_read(unsigned n);
void lr_write(unsigned n, u64 value);

static inline u64 ich_hcr(void)
{
    return READ_SYS(ICH_HCR_EL2);
}
static inline void ich_hcr_write(u64 value)
{
    WRITE_SYS(ICH_HCR_EL2, value);
}
static inline u64 vmcr(void)
{
    return READ_SYS(ICH_VMCR_EL2);
}
static inline void vmcr_write(u64 value)
{
    WRITE_SYS(ICH_VMCR_EL2, value);
}
static inline u64 misr(void)
{
    return READ_SYS(ICH_MISR_EL2);
}
static inline u64 eisr(void)
{
    return READ_SYS(ICH_EISR_EL2);
}
static inline u64 elrsr(void)
{
    return READ_SYS(ICH_ELRSR_EL2);
}
static inline u64 ap0r(void)
{
    return READ_SYS(ICH_AP0R0_EL2);
}
static inline u64 ap1r(void)
{
    return READ_SYS(ICH_AP1R0_EL2);
}
static inline void ap0r_write(u64 value)
{
    WRITE_SYS(ICH_AP0R0_EL2, value);
}
static inline void ap1r_write(u64 value)
{
    WRITE_SYS(ICH_AP1R0_EL2, value);
}

/* HCR_EL2 with these bits beside RW. */
static inline void hcr(u64 bits)
{
    WRITE_SYS("hcr_el2", HCR_RW | bits);
}
/* Runs the function at EL1 with HCR_EL2 as it is. */
static inline u64 guest(u64 (*function)(u64), u64 argument)
{
    return in_el(1, function, argument);
}

/* No list register, nothing active, VMCR_OPEN, ICH_HCR_EL2.En; HCR_EL2.IMO and FMO. */
void vif_reset(void);
/* At EL2: GIC with both groups on, this PE's Redistributor and CPU interface (EOI mode 0). */
void el2_init(void);

/* The next of a row of numbers below the limit that looks random. */
static inline u64 draw(u64 *seed, u64 limit)
{
    *seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
    return (*seed >> 33) % limit;
}

/* Further functions for guest(). */
u64 f_bpr0(u64 unused);
u64 f_bpr1(u64 unused);
u64 f_ctlr(u64 unused);
u64 f_igrpen0(u64 unused);
u64 f_igrpen1(u64 unused);
u64 f_set_bpr0(u64 value);
u64 f_set_bpr1(u64 value);
u64 f_set_ctlr(u64 value);
u64 f_set_igrpen0(u64 value);
u64 f_set_igrpen1(u64 value);
/* Four interrupts acknowledged in a row, the first in [15:0], 16 bits each. */
u64 f_iar1_four(u64 unused);

/* What a guest can do with its CPU interface. */
enum op {
    OP_IAR0,
    OP_IAR1,
    OP_HPPIR0,
    OP_HPPIR1,
    OP_RPR,
    OP_LINES,
    OP_EOIR0,
    OP_EOIR1,
    OP_DIR,
    OP_PMR,
    OP_BPR0,
    OP_BPR1,
    OP_CTLR,
    OP_IGRPEN0,
    OP_IGRPEN1,
    OPS
};
extern const char *const op_names[OPS];
/* Does it at EL1: reads answer their value, the others write the argument and answer 0. */
u64 guest_op(enum op op, u64 argument);

/*
 * The reference. It has no HW bit and no NMI; everything else of the virtual interface of a PE with
 * `lrs` list registers.
 */
struct vif {
    unsigned lrs;
    u64 lr[MAX_LRS];
    u64 ap0, ap1, vmcr, hcr;
};
/* What the registers hold now. */
void vif_read(struct vif *v);
void vif_write(const struct vif *v);
bool vif_same(const struct vif *a, const struct vif *b);
/* What the guest does: the values that it must read, the changes that it must make. */
u64 vif_iar(struct vif *v, unsigned group);
u64 vif_hppir(const struct vif *v, unsigned group);
u64 vif_rpr(const struct vif *v);
void vif_eoir(struct vif *v, unsigned group, u64 vintid);
void vif_dir(struct vif *v, u64 vintid);
/* As guest_op(). */
u64 vif_op(struct vif *v, enum op op, u64 argument);
/* MASK_IRQ and MASK_FIQ: the virtual lines. */
unsigned vif_lines(const struct vif *v);
u64 vif_misr(const struct vif *v);
u64 vif_eisr(const struct vif *v);
u64 vif_elrsr(const struct vif *v);

#endif
