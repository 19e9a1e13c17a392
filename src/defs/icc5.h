/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of the CPU interface of a GICv5 and operands of its instructions [GICv5 1.12, 1.13, 2.2].
 */
#ifndef VGIC_DEFS_ICC5_H
#define VGIC_DEFS_ICC5_H

#include "defs/field.h"

#define icc5_apr_LIST(X, R) X(R, P, 0, 32)
VGIC_FIELDS(icc5_apr);

#define icc5_cr0_LIST(X, R)                                                                        \
    X(R, EN, 0, 1) X(R, LINK, 1, 1) X(R, LINK_IDLE, 2, 1) X(R, IPPT, 32, 6) X(R, PID, 38, 1)
VGIC_FIELDS(icc5_cr0);

#define icc5_cr0_el3_LIST(X, R)                                                                    \
    X(R, EN, 0, 1) X(R, LINK, 1, 1) X(R, LINK_IDLE, 2, 1) X(R, PID, 32, 2)
VGIC_FIELDS(icc5_cr0_el3);

#define icc5_pcr_LIST(X, R) X(R, PRIORITY, 0, 5)
VGIC_FIELDS(icc5_pcr);

#define icc5_idr0_LIST(X, R) X(R, ID_BITS, 0, 4) X(R, PRI_BITS, 4, 4) X(R, GCIE_LEGACY, 8, 4)
VGIC_FIELDS(icc5_idr0);

/* An interrupt as software names it, and ICC_HPPIR_EL1: HPPIV. */
#define icc5_hppir_LIST(X, R) X(R, ID, 0, 24) X(R, TYPE, 29, 3) X(R, HPPIV, 32, 1)
VGIC_FIELDS(icc5_hppir);

#define icc5_icsr_LIST(X, R)                                                                       \
    X(R, F, 0, 1)                                                                                  \
    X(R, Enabled, 1, 1)                                                                            \
    X(R, Pending, 2, 1)                                                                            \
    X(R, IRM, 3, 1) X(R, Active, 4, 1) X(R, HM, 5, 1) X(R, Priority, 11, 5) X(R, IAFFID, 32, 16)
VGIC_FIELDS(icc5_icsr);

#define icc5_iaffidr_LIST(X, R) X(R, IAFFID, 0, 16)
VGIC_FIELDS(icc5_iaffidr);

#define icc5_domhppir_LIST(X, R)                                                                   \
    X(R, NS_HPPI, 0, 1) X(R, S_HPPI, 1, 1) X(R, RL_HPPI, 2, 1) X(R, P_HPPI, 3, 1)
VGIC_FIELDS(icc5_domhppir);

/* Operands: ID and TYPE in all of them, and what each has beside. */
#define gic_operand_LIST(X, R) X(R, ID, 0, 24) X(R, TYPE, 29, 3)
VGIC_FIELDS(gic_operand);

#define gic_cdpri_LIST(X, R) X(R, ID, 0, 24) X(R, TYPE, 29, 3) X(R, PRIORITY, 35, 5)
VGIC_FIELDS(gic_cdpri);

#define gic_cdaff_LIST(X, R) X(R, ID, 0, 24) X(R, IRM, 28, 1) X(R, TYPE, 29, 3) X(R, IAFFID, 32, 16)
VGIC_FIELDS(gic_cdaff);

#define gic_cdpend_LIST(X, R) X(R, ID, 0, 24) X(R, TYPE, 29, 3) X(R, PENDING, 32, 1)
VGIC_FIELDS(gic_cdpend);

#define gic_cdhm_LIST(X, R) X(R, ID, 0, 24) X(R, TYPE, 29, 3) X(R, HM, 32, 1)
VGIC_FIELDS(gic_cdhm);

/** TYPE of an INTID. */
enum {
    VGIC_TYPE_PPI = 1,
    VGIC_TYPE_LPI = 2,
    VGIC_TYPE_SPI = 3,
};

#define sctlr5_LIST(X, R) X(R, NMI, 61, 1)
VGIC_FIELDS(sctlr5);

#define scr5_LIST(X, R) X(R, NS, 0, 1) X(R, NSE, 62, 1)
VGIC_FIELDS(scr5);

#endif
