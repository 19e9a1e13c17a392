/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of the Redistributor's registers [GICv3]; offsets are in <vgic/registers.h>. */
#ifndef VGIC_DEFS_GICR_H
#define VGIC_DEFS_GICR_H

#include <vgic/registers.h>

#include "defs/field.h"

/** Bytes of one PE in a Redistributor region without virtual LPIs: RD_base and SGI_base. */
#define GICR_FRAMES_SIZE 0x20000u

#define gicr_ctlr_LIST(X, R)                                                                       \
    X(R, EnableLPIs, 0, 1)                                                                         \
    X(R, CES, 1, 1)                                                                                \
    X(R, IR, 2, 1)                                                                                 \
    X(R, RWP, 3, 1)                                                                                \
    X(R, DPG0, 24, 1)                                                                              \
    X(R, DPG1NS, 25, 1)                                                                            \
    X(R, DPG1S, 26, 1)                                                                             \
    X(R, UWP, 31, 1)
VGIC_FIELDS(gicr_ctlr);

#define gicr_typer_LIST(X, R)                                                                      \
    X(R, PLPIS, 0, 1)                                                                              \
    X(R, VLPIS, 1, 1)                                                                              \
    X(R, Dirty, 2, 1)                                                                              \
    X(R, DirectLPI, 3, 1)                                                                          \
    X(R, Last, 4, 1)                                                                               \
    X(R, DPGS, 5, 1)                                                                               \
    X(R, MPAM, 6, 1)                                                                               \
    X(R, RVPEID, 7, 1)                                                                             \
    X(R, Processor_Number, 8, 16)                                                                  \
    X(R, CommonLPIAff, 24, 2)                                                                      \
    X(R, VSGI, 26, 1)                                                                              \
    X(R, PPInum, 27, 5)                                                                            \
    X(R, Affinity_Value, 32, 32)
VGIC_FIELDS(gicr_typer);

#define gicr_waker_LIST(X, R)                                                                      \
    X(R, ProcessorSleep, 1, 1)                                                                     \
    X(R, ChildrenAsleep, 2, 1)
VGIC_FIELDS(gicr_waker);

#define gicr_propbaser_LIST(X, R)                                                                  \
    X(R, IDbits, 0, 5)                                                                             \
    X(R, InnerCache, 7, 3)                                                                         \
    X(R, Shareability, 10, 2)                                                                      \
    X(R, Physical_Address, 12, 40)                                                                 \
    X(R, OuterCache, 56, 3)
VGIC_FIELDS(gicr_propbaser);
#define GICR_PROPBASER_FIELDS                                                                      \
    (VGIC_MASK(gicr_propbaser, IDbits) | VGIC_MASK(gicr_propbaser, InnerCache) |                   \
     VGIC_MASK(gicr_propbaser, Shareability) | VGIC_MASK(gicr_propbaser, Physical_Address) |       \
     VGIC_MASK(gicr_propbaser, OuterCache))

#define gicr_pendbaser_LIST(X, R)                                                                  \
    X(R, InnerCache, 7, 3)                                                                         \
    X(R, Shareability, 10, 2)                                                                      \
    X(R, Physical_Address, 16, 36)                                                                 \
    X(R, OuterCache, 56, 3)                                                                        \
    X(R, PTZ, 62, 1)
VGIC_FIELDS(gicr_pendbaser);
#define GICR_PENDBASER_FIELDS                                                                      \
    (VGIC_MASK(gicr_pendbaser, InnerCache) | VGIC_MASK(gicr_pendbaser, Shareability) |             \
     VGIC_MASK(gicr_pendbaser, Physical_Address) | VGIC_MASK(gicr_pendbaser, OuterCache) |         \
     VGIC_MASK(gicr_pendbaser, PTZ))

#define gicr_lpir_LIST(X, R) X(R, pINTID, 0, 32)
VGIC_FIELDS(gicr_lpir);

/* INVLPIR and INVALLR; vPEID and V are GICv4.1's. */
#define gicr_invlpir_LIST(X, R)                                                                    \
    X(R, INTID, 0, 32)                                                                             \
    X(R, vPEID, 32, 16)                                                                            \
    X(R, V, 63, 1)
VGIC_FIELDS(gicr_invlpir);

#define gicr_invallr_LIST(X, R)                                                                    \
    X(R, vPEID, 32, 16)                                                                            \
    X(R, V, 63, 1)
VGIC_FIELDS(gicr_invallr);

#define gicr_syncr_LIST(X, R) X(R, Busy, 0, 1)
VGIC_FIELDS(gicr_syncr);

#endif
