/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of the CPU interface's system registers [GICv3]; encodings are in <vgic/registers.h>. */
#ifndef VGIC_DEFS_ICC_H
#define VGIC_DEFS_ICC_H

#include <vgic/registers.h>

#include "defs/field.h"

#define icc_ctlr_el1_LIST(X, R)                                                                    \
    X(R, CBPR, 0, 1)                                                                               \
    X(R, EOImode, 1, 1)                                                                            \
    X(R, PMHE, 6, 1)                                                                               \
    X(R, PRIbits, 8, 3)                                                                            \
    X(R, IDbits, 11, 3)                                                                            \
    X(R, SEIS, 14, 1)                                                                              \
    X(R, A3V, 15, 1)                                                                               \
    X(R, RSS, 18, 1)                                                                               \
    X(R, ExtRange, 19, 1)
VGIC_FIELDS(icc_ctlr_el1);

#define icc_ctlr_el3_LIST(X, R)                                                                    \
    X(R, CBPR_EL1S, 0, 1)                                                                          \
    X(R, CBPR_EL1NS, 1, 1)                                                                         \
    X(R, EOImode_EL3, 2, 1)                                                                        \
    X(R, EOImode_EL1S, 3, 1)                                                                       \
    X(R, EOImode_EL1NS, 4, 1)                                                                      \
    X(R, RM, 5, 1)                                                                                 \
    X(R, PMHE, 6, 1)                                                                               \
    X(R, PRIbits, 8, 3)                                                                            \
    X(R, IDbits, 11, 3)                                                                            \
    X(R, SEIS, 14, 1)                                                                              \
    X(R, A3V, 15, 1)                                                                               \
    X(R, nDS, 17, 1)                                                                               \
    X(R, RSS, 18, 1)                                                                               \
    X(R, ExtRange, 19, 1)
VGIC_FIELDS(icc_ctlr_el3);

#define icc_sre_el1_LIST(X, R)                                                                     \
    X(R, SRE, 0, 1)                                                                                \
    X(R, DFB, 1, 1)                                                                                \
    X(R, DIB, 2, 1)
VGIC_FIELDS(icc_sre_el1);

/* ICC_SRE_EL2 and ICC_SRE_EL3 */
#define icc_sre_el3_LIST(X, R) icc_sre_el1_LIST(X, R) X(R, Enable, 3, 1)
VGIC_FIELDS(icc_sre_el3);

#define icc_igrpen1_el3_LIST(X, R)                                                                 \
    X(R, EnableGrp1NS, 0, 1)                                                                       \
    X(R, EnableGrp1S, 1, 1)
VGIC_FIELDS(icc_igrpen1_el3);

/* ICC_IAR0, IAR1, EOIR0, EOIR1, HPPIR0, HPPIR1, DIR */
#define icc_intid_LIST(X, R) X(R, INTID, 0, 24)
VGIC_FIELDS(icc_intid);

/* ICC_SGI0R, SGI1R, ASGI1R */
#define icc_sgir_LIST(X, R)                                                                        \
    X(R, TargetList, 0, 16)                                                                        \
    X(R, Aff1, 16, 8)                                                                              \
    X(R, INTID, 24, 4)                                                                             \
    X(R, Aff2, 32, 8)                                                                              \
    X(R, IRM, 40, 1)                                                                               \
    X(R, RS, 44, 4)                                                                                \
    X(R, Aff3, 48, 8)
VGIC_FIELDS(icc_sgir);

/* ICC_RPR_EL1; the upper ones with GICv3.3 */
#define icc_rpr_LIST(X, R)                                                                         \
    X(R, Priority, 0, 8)                                                                           \
    X(R, NMI_NS, 62, 1)                                                                            \
    X(R, NMI, 63, 1)
VGIC_FIELDS(icc_rpr);

/* ICC_AP1R0_EL1 and ICH_AP1R0_EL2 (GICv3.3) */
#define icc_ap1r0_LIST(X, R)                                                                       \
    X(R, P, 0, 32)                                                                                 \
    X(R, NMI, 63, 1)
VGIC_FIELDS(icc_ap1r0);

/* HCR_EL2, the bits that the CPU interface looks at */
#define hcr_LIST(X, R)                                                                             \
    X(R, FMO, 3, 1)                                                                                \
    X(R, IMO, 4, 1)                                                                                \
    X(R, NV, 42, 1)                                                                                \
    X(R, NV2, 45, 1)
VGIC_FIELDS(hcr);

/* SCTLR_ELx, the bit that the CPU interface looks at */
#define sctlr_LIST(X, R) X(R, NMI, 61, 1)
VGIC_FIELDS(sctlr);

/* HFGRTR_EL2 and HFGWTR_EL2, the bit that the CPU interface looks at */
#define hfgxtr_LIST(X, R) X(R, ICC_IGRPENn_EL1, 39, 1)
VGIC_FIELDS(hfgxtr);

/* SCR_EL3 and SCR, the bits that the CPU interface looks at */
#define scr_LIST(X, R)                                                                             \
    X(R, NS, 0, 1)                                                                                 \
    X(R, IRQ, 1, 1)                                                                                \
    X(R, FIQ, 2, 1)
VGIC_FIELDS(scr);

#endif
