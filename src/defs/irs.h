/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of an Interrupt Routing Service and of its table of LPIs [GICv5 3.3, 3.5]. */
#ifndef VGIC_DEFS_IRS_H
#define VGIC_DEFS_IRS_H

#include "defs/field.h"

#define irs_idr0_LIST(X, R)                                                                        \
    X(R, INT_DOM, 0, 2)                                                                            \
    X(R, PA_RANGE, 2, 4)                                                                           \
    X(R, VIRT, 6, 1)                                                                               \
    X(R, ONE_N, 7, 1)                                                                              \
    X(R, VIRT_ONE_N, 8, 1)                                                                         \
    X(R, SETLPI, 9, 1) X(R, MEC, 10, 1) X(R, MPAM, 11, 1) X(R, SWE, 12, 1) X(R, IRSID, 16, 16)
VGIC_FIELDS(irs_idr0);

#define irs_idr1_LIST(X, R) X(R, PE_CNT, 0, 16) X(R, IAFFID_BITS, 16, 4) X(R, PRI_BITS, 20, 3)
VGIC_FIELDS(irs_idr1);

#define irs_idr2_LIST(X, R)                                                                        \
    X(R, ID_BITS, 0, 5)                                                                            \
    X(R, LPI, 5, 1)                                                                                \
    X(R, MIN_LPI_ID_BITS, 6, 4)                                                                    \
    X(R, IST_LEVELS, 10, 1) X(R, IST_L2SZ, 11, 3) X(R, ISTMD, 14, 1) X(R, ISTMD_SZ, 15, 5)
VGIC_FIELDS(irs_idr2);

#define irs_idr5_LIST(X, R) X(R, SPI_RANGE, 0, 25)
VGIC_FIELDS(irs_idr5);
#define irs_idr6_LIST(X, R) X(R, SPI_IRS_RANGE, 0, 25)
VGIC_FIELDS(irs_idr6);
#define irs_idr7_LIST(X, R) X(R, SPI_BASE, 0, 24)
VGIC_FIELDS(irs_idr7);

#define irs_iidr_LIST(X, R)                                                                        \
    X(R, Implementer, 0, 12) X(R, Revision, 12, 4) X(R, Variant, 16, 4) X(R, ProductID, 20, 12)
VGIC_FIELDS(irs_iidr);

#define irs_aidr_LIST(X, R) X(R, ArchMinorRev, 0, 4) X(R, ArchMajorRev, 4, 4) X(R, Component, 8, 4)
VGIC_FIELDS(irs_aidr);

#define irs_cr0_LIST(X, R) X(R, IRSEN, 0, 1) X(R, IDLE, 1, 1)
VGIC_FIELDS(irs_cr0);

#define irs_cr1_LIST(X, R)                                                                         \
    X(R, SH, 0, 2)                                                                                 \
    X(R, OC, 2, 2)                                                                                 \
    X(R, IC, 4, 2)                                                                                 \
    X(R, IST_RA, 6, 1)                                                                             \
    X(R, IST_WA, 7, 1)                                                                             \
    X(R, VMT_RA, 8, 1)                                                                             \
    X(R, VMT_WA, 9, 1)                                                                             \
    X(R, VPET_RA, 10, 1)                                                                           \
    X(R, VPET_WA, 11, 1)                                                                           \
    X(R, VMD_RA, 12, 1) X(R, VMD_WA, 13, 1) X(R, VPED_RA, 14, 1) X(R, VPED_WA, 15, 1)
VGIC_FIELDS(irs_cr1);
#define IRS_CR1_FIELDS 0xFFFFu

#define irs_syncr_LIST(X, R) X(R, SYNC, 31, 1)
VGIC_FIELDS(irs_syncr);
#define irs_idle_LIST(X, R) X(R, IDLE, 0, 1)
VGIC_FIELDS(irs_idle);

#define irs_spi_selr_LIST(X, R) X(R, ID, 0, 24)
VGIC_FIELDS(irs_spi_selr);
#define irs_spi_domainr_LIST(X, R) X(R, DOMAIN, 0, 2)
VGIC_FIELDS(irs_spi_domainr);
#define irs_spi_resampler_LIST(X, R) X(R, SPI_ID, 0, 24)
VGIC_FIELDS(irs_spi_resampler);
#define irs_spi_cfgr_LIST(X, R) X(R, TM, 0, 1)
VGIC_FIELDS(irs_spi_cfgr);
#define irs_spi_statusr_LIST(X, R) X(R, IDLE, 0, 1) X(R, V, 1, 1)
VGIC_FIELDS(irs_spi_statusr);

#define irs_pe_selr_LIST(X, R) X(R, IAFFID, 0, 16)
VGIC_FIELDS(irs_pe_selr);
#define irs_pe_statusr_LIST(X, R) X(R, IDLE, 0, 1) X(R, V, 1, 1) X(R, ONLINE, 2, 1)
VGIC_FIELDS(irs_pe_statusr);
#define irs_pe_cr0_LIST(X, R) X(R, DPS, 0, 1)
VGIC_FIELDS(irs_pe_cr0);

#define irs_ist_baser_LIST(X, R) X(R, VALID, 0, 1) X(R, ADDR, 6, 50)
VGIC_FIELDS(irs_ist_baser);
#define irs_ist_cfgr_LIST(X, R)                                                                    \
    X(R, LPI_ID_BITS, 0, 5) X(R, L2SZ, 5, 2) X(R, ISTSZ, 7, 2) X(R, STRUCTURE, 16, 1)
VGIC_FIELDS(irs_ist_cfgr);
#define irs_map_l2_istr_LIST(X, R) X(R, ID, 0, 24)
VGIC_FIELDS(irs_map_l2_istr);

#define irs_swerr_statusr_LIST(X, R)                                                               \
    X(R, V, 0, 1)                                                                                  \
    X(R, S0V, 1, 1) X(R, S1V, 2, 1) X(R, OF, 3, 1) X(R, EC, 16, 8) X(R, IMP_EC, 24, 8)
VGIC_FIELDS(irs_swerr_statusr);
#define irs_swerr_syndromer0_LIST(X, R)                                                            \
    X(R, VM_ID, 0, 16) X(R, ID, 32, 24) X(R, TYPE, 60, 3) X(R, VIRTUAL, 63, 1)
VGIC_FIELDS(irs_swerr_syndromer0);
#define irs_swerr_syndromer1_LIST(X, R) X(R, ADDR, 3, 53)
VGIC_FIELDS(irs_swerr_syndromer1);

#define irs_setlpir_LIST(X, R) X(R, ID, 0, 24)
VGIC_FIELDS(irs_setlpir);

/* Entries of the table of LPIs. */
#define l1_iste_LIST(X, R) X(R, VALID, 0, 1) X(R, L2_ADDR, 12, 44)
VGIC_FIELDS(l1_iste);
#define l2_iste_LIST(X, R)                                                                         \
    X(R, Pending, 0, 1)                                                                            \
    X(R, Active, 1, 1)                                                                             \
    X(R, HM, 2, 1)                                                                                 \
    X(R, Enable, 3, 1) X(R, IRM, 4, 1) X(R, HWU, 9, 2) X(R, Priority, 11, 5) X(R, IAFFID, 16, 16)
VGIC_FIELDS(l2_iste);

/** Identification that all frames of a GICv5 share. */
#define VGIC_V5_DEVARCH 0x47705A19u

#endif
