/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of the virtual CPU interface's registers [8]; encodings are in <vgic/registers.h>. */
#ifndef VGIC_DEFS_ICH_H
#define VGIC_DEFS_ICH_H

#include <vgic/registers.h>

#include "defs/field.h"

#define ich_hcr_LIST(X, R)                                                                         \
    X(R, En, 0, 1)                                                                                 \
    X(R, UIE, 1, 1)                                                                                \
    X(R, LRENPIE, 2, 1)                                                                            \
    X(R, NPIE, 3, 1)                                                                               \
    X(R, VGrp0EIE, 4, 1)                                                                           \
    X(R, VGrp0DIE, 5, 1)                                                                           \
    X(R, VGrp1EIE, 6, 1)                                                                           \
    X(R, VGrp1DIE, 7, 1)                                                                           \
    X(R, vSGIEOICount, 8, 1)                                                                       \
    X(R, TC, 10, 1)                                                                                \
    X(R, TALL0, 11, 1)                                                                             \
    X(R, TALL1, 12, 1)                                                                             \
    X(R, TSEI, 13, 1)                                                                              \
    X(R, TDIR, 14, 1)                                                                              \
    X(R, DVIM, 15, 1)                                                                              \
    X(R, EOIcount, 27, 5)
VGIC_FIELDS(ich_hcr);

#define ich_vtr_LIST(X, R)                                                                         \
    X(R, ListRegs, 0, 5)                                                                           \
    X(R, DVIM, 18, 1)                                                                              \
    X(R, TDS, 19, 1)                                                                               \
    X(R, nV4, 20, 1)                                                                               \
    X(R, A3V, 21, 1)                                                                               \
    X(R, SEIS, 22, 1)                                                                              \
    X(R, IDbits, 23, 3)                                                                            \
    X(R, PREbits, 26, 3)                                                                           \
    X(R, PRIbits, 29, 3)
VGIC_FIELDS(ich_vtr);

#define ich_misr_LIST(X, R)                                                                        \
    X(R, EOI, 0, 1)                                                                                \
    X(R, U, 1, 1)                                                                                  \
    X(R, LRENP, 2, 1)                                                                              \
    X(R, NP, 3, 1)                                                                                 \
    X(R, VGrp0E, 4, 1)                                                                             \
    X(R, VGrp0D, 5, 1)                                                                             \
    X(R, VGrp1E, 6, 1)                                                                             \
    X(R, VGrp1D, 7, 1)
VGIC_FIELDS(ich_misr);

#define ich_vmcr_LIST(X, R)                                                                        \
    X(R, VENG0, 0, 1)                                                                              \
    X(R, VENG1, 1, 1)                                                                              \
    X(R, VAckCtl, 2, 1)                                                                            \
    X(R, VFIQEn, 3, 1)                                                                             \
    X(R, VCBPR, 4, 1)                                                                              \
    X(R, VEOIM, 9, 1)                                                                              \
    X(R, VBPR1, 18, 3)                                                                             \
    X(R, VBPR0, 21, 3)                                                                             \
    X(R, VPMR, 24, 8)
VGIC_FIELDS(ich_vmcr);

/* EOI is bit 9 of pINTID, and means what it says while HW is 0. */
#define ich_lr_LIST(X, R)                                                                          \
    X(R, vINTID, 0, 32)                                                                            \
    X(R, pINTID, 32, 13)                                                                           \
    X(R, EOI, 41, 1)                                                                               \
    X(R, Priority, 48, 8)                                                                          \
    X(R, NMI, 59, 1)                                                                               \
    X(R, Group, 60, 1)                                                                             \
    X(R, HW, 61, 1)                                                                                \
    X(R, State, 62, 2)
VGIC_FIELDS(ich_lr);

/* Where the registers are in the page of VNCR_EL2; those of an array 8 bytes apart. */
enum {
    VGIC_VNCR_LR = 0x400,
    VGIC_VNCR_AP0R = 0x480,
    VGIC_VNCR_AP1R = 0x4A0,
    VGIC_VNCR_HCR = 0x4C0,
    VGIC_VNCR_VMCR = 0x4C8,
};

/* Values of ICH_LR<n>_EL2.State: two bits. */
enum {
    VGIC_LR_INVALID = 0,
    VGIC_LR_PENDING = 1,
    VGIC_LR_ACTIVE = 2,
    VGIC_LR_ACTIVE_PENDING = 3,
};

#endif
