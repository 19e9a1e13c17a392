/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of the Distributor's registers [GICv3]; offsets are in <vgic/registers.h>. */
#ifndef VGIC_DEFS_GICD_H
#define VGIC_DEFS_GICD_H

#include <vgic/registers.h>

#include "defs/field.h"

/* GICD_CTLR has three layouts: Secure and Non-secure with two Security states, and one for
 * GICD_CTLR.DS = 1. */
#define gicd_ctlr_s_LIST(X, R)                                                                     \
    X(R, EnableGrp0, 0, 1)                                                                         \
    X(R, EnableGrp1NS, 1, 1)                                                                       \
    X(R, EnableGrp1S, 2, 1)                                                                        \
    X(R, ARE_S, 4, 1)                                                                              \
    X(R, ARE_NS, 5, 1)                                                                             \
    X(R, DS, 6, 1)                                                                                 \
    X(R, E1NWF, 7, 1)                                                                              \
    X(R, RWP, 31, 1)
VGIC_FIELDS(gicd_ctlr_s);

#define gicd_ctlr_ns_LIST(X, R)                                                                    \
    X(R, EnableGrp1, 0, 1)                                                                         \
    X(R, EnableGrp1A, 1, 1)                                                                        \
    X(R, ARE_NS, 4, 1)                                                                             \
    X(R, RWP, 31, 1)
VGIC_FIELDS(gicd_ctlr_ns);

#define gicd_ctlr_ds1_LIST(X, R)                                                                   \
    X(R, EnableGrp0, 0, 1)                                                                         \
    X(R, EnableGrp1, 1, 1)                                                                         \
    X(R, ARE, 4, 1)                                                                                \
    X(R, DS, 6, 1)                                                                                 \
    X(R, E1NWF, 7, 1)                                                                              \
    X(R, nASSGIreq, 8, 1)                                                                          \
    X(R, RWP, 31, 1)
VGIC_FIELDS(gicd_ctlr_ds1);

#define gicd_typer_LIST(X, R)                                                                      \
    X(R, ITLinesNumber, 0, 5)                                                                      \
    X(R, CPUNumber, 5, 3)                                                                          \
    X(R, ESPI, 8, 1)                                                                               \
    X(R, NMI, 9, 1)                                                                                \
    X(R, SecurityExtn, 10, 1)                                                                      \
    X(R, num_LPIs, 11, 5)                                                                          \
    X(R, MBIS, 16, 1)                                                                              \
    X(R, LPIS, 17, 1)                                                                              \
    X(R, DVIS, 18, 1)                                                                              \
    X(R, IDbits, 19, 5)                                                                            \
    X(R, A3V, 24, 1)                                                                               \
    X(R, No1N, 25, 1)                                                                              \
    X(R, RSS, 26, 1)                                                                               \
    X(R, ESPI_range, 27, 5)
VGIC_FIELDS(gicd_typer);

#define gic_iidr_LIST(X, R)                                                                        \
    X(R, Implementer, 0, 12)                                                                       \
    X(R, Revision, 12, 4)                                                                          \
    X(R, Variant, 16, 4)                                                                           \
    X(R, ProductID, 24, 8)
VGIC_FIELDS(gic_iidr);

#define gicd_typer2_LIST(X, R)                                                                     \
    X(R, VID, 0, 5)                                                                                \
    X(R, VIL, 7, 1)                                                                                \
    X(R, nASSGIcap, 8, 1)
VGIC_FIELDS(gicd_typer2);

/* GICD_STATUSR and GICR_STATUSR */
#define gic_statusr_LIST(X, R)                                                                     \
    X(R, RRD, 0, 1)                                                                                \
    X(R, WRD, 1, 1)                                                                                \
    X(R, RWOD, 2, 1)                                                                               \
    X(R, WROD, 3, 1)
VGIC_FIELDS(gic_statusr);

/* GICD_SETSPI_*, GICD_CLRSPI_* and their aliases in GICM */
#define gicd_setspi_LIST(X, R) X(R, INTID, 0, 13)
VGIC_FIELDS(gicd_setspi);

#define gicd_irouter_LIST(X, R)                                                                    \
    X(R, Aff0, 0, 8)                                                                               \
    X(R, Aff1, 8, 8)                                                                               \
    X(R, Aff2, 16, 8)                                                                              \
    X(R, Interrupt_Routing_Mode, 31, 1)                                                            \
    X(R, Aff3, 32, 8)
VGIC_FIELDS(gicd_irouter);

#define gicm_typer_LIST(X, R)                                                                      \
    X(R, NumSPIs, 0, 11)                                                                           \
    X(R, INTID, 16, 13)                                                                            \
    X(R, SR, 29, 1)                                                                                \
    X(R, CLR, 30, 1)                                                                               \
    X(R, Valid, 31, 1)
VGIC_FIELDS(gicm_typer);

#define gic_pidr2_LIST(X, R)                                                                       \
    X(R, DES_1, 0, 3)                                                                              \
    X(R, JEDEC, 3, 1)                                                                              \
    X(R, ArchRev, 4, 4)
VGIC_FIELDS(gic_pidr2);

#endif
