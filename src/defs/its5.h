/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of an Interrupt Translation Service of GICv5 and of its tables [GICv5 5.2, 5.3]. */
#ifndef VGIC_DEFS_ITS_H
#define VGIC_DEFS_ITS_H

#include "defs/field.h"

#define its_idr0_LIST(X, R)                                                                        \
    X(R, INT_DOM, 0, 2)                                                                            \
    X(R, PA_RANGE, 2, 4) X(R, MEC, 6, 1) X(R, MPAM, 7, 1) X(R, SWE, 8, 1) X(R, ITSID, 16, 16)
VGIC_FIELDS(its_idr0);
#define its_idr1_LIST(X, R)                                                                        \
    X(R, DEVICEID_BITS, 0, 6) X(R, DT_LEVELS, 6, 1) X(R, ITT_LEVELS, 7, 1) X(R, L2SZ, 8, 3)
VGIC_FIELDS(its_idr1);
#define its_idr2_LIST(X, R) X(R, EVENTID_BITS, 0, 5) X(R, XDMN_EVENTS, 5, 2)
VGIC_FIELDS(its_idr2);

#define its_iidr_LIST(X, R)                                                                        \
    X(R, Implementer, 0, 12) X(R, Revision, 12, 4) X(R, Variant, 16, 4) X(R, ProductID, 20, 12)
VGIC_FIELDS(its_iidr);
#define its_aidr_LIST(X, R) X(R, ArchMinorRev, 0, 4) X(R, ArchMajorRev, 4, 4) X(R, Component, 8, 4)
VGIC_FIELDS(its_aidr);
#define ITS_COMPONENT 1u

#define its_cr0_LIST(X, R) X(R, ITSEN, 0, 1) X(R, IDLE, 1, 1)
VGIC_FIELDS(its_cr0);
#define its_cr1_LIST(X, R)                                                                         \
    X(R, SH, 0, 2) X(R, OC, 2, 2) X(R, IC, 4, 2) X(R, DT_RA, 6, 1) X(R, ITT_RA, 7, 1)
VGIC_FIELDS(its_cr1);
#define ITS_CR1_FIELDS 0xFFu

#define its_dt_baser_LIST(X, R) X(R, ADDR, 3, 53)
VGIC_FIELDS(its_dt_baser);
#define its_dt_cfgr_LIST(X, R) X(R, DEVICEID_BITS, 0, 6) X(R, L2SZ, 6, 2) X(R, STRUCTURE, 16, 1)
VGIC_FIELDS(its_dt_cfgr);

#define its_didr_LIST(X, R) X(R, DEVICEID, 0, 32)
VGIC_FIELDS(its_didr);
#define its_eidr_LIST(X, R) X(R, EVENTID, 0, 32)
VGIC_FIELDS(its_eidr);
#define its_inv_eventr_LIST(X, R) X(R, L1, 0, 1) X(R, ITT_L2SZ, 1, 2) X(R, I, 31, 1)
VGIC_FIELDS(its_inv_eventr);
#define its_inv_devicer_LIST(X, R) X(R, L1, 0, 1) X(R, EVENTID_BITS, 1, 5) X(R, I, 31, 1)
VGIC_FIELDS(its_inv_devicer);
/* A field of the name of the lists' own parameter. */
#define its_read_eventr_LIST(X, REG) X(REG, R, 31, 1)
VGIC_FIELDS(its_read_eventr);
#define its_read_event_datar_LIST(X, R)                                                            \
    X(R, LPI_ID, 0, 24) X(R, VALID, 31, 1) X(R, VM_ID, 32, 16) X(R, VIRT, 63, 1)
VGIC_FIELDS(its_read_event_datar);
#define its_idle_LIST(X, R) X(R, IDLE, 0, 1)
VGIC_FIELDS(its_idle);
#define its_syncr_LIST(X, R) X(R, DEVICEID, 0, 32) X(R, SYNCALL, 32, 1) X(R, SYNC, 63, 1)
VGIC_FIELDS(its_syncr);

#define its_gen_event_didr_LIST(X, R) X(R, DEVICE_ID, 0, 32)
VGIC_FIELDS(its_gen_event_didr);
#define its_gen_event_eidr_LIST(X, R) X(R, EVENT_ID, 0, 32)
VGIC_FIELDS(its_gen_event_eidr);
#define its_gen_eventr_LIST(X, REG) X(REG, TARGET_DOMAIN, 0, 2) X(REG, R, 31, 1)
VGIC_FIELDS(its_gen_eventr);

#define its_swerr_statusr_LIST(X, R)                                                               \
    X(R, V, 0, 1)                                                                                  \
    X(R, S0V, 1, 1) X(R, S1V, 2, 1) X(R, OF, 3, 1) X(R, EC, 16, 8) X(R, IMP_EC, 24, 8)
VGIC_FIELDS(its_swerr_statusr);
#define its_swerr_syndromer0_LIST(X, R) X(R, EVENT_ID, 0, 32) X(R, DEVICE_ID, 32, 32)
VGIC_FIELDS(its_swerr_syndromer0);
#define its_swerr_syndromer1_LIST(X, R) X(R, ADDR, 3, 53)
VGIC_FIELDS(its_swerr_syndromer1);

#define its_translater_LIST(X, R) X(R, EVENT_ID, 0, 32)
VGIC_FIELDS(its_translater);

/* Entries of the tables, 8 bytes each. its_l1: L1_DTE and L1_ITTE. */
#define its_l1_LIST(X, R) X(R, VALID, 0, 1) X(R, L2_ADDR, 3, 53) X(R, SPAN, 60, 4)
VGIC_FIELDS(its_l1);
#define l2_dte_LIST(X, R)                                                                          \
    X(R, VALID, 0, 1)                                                                              \
    X(R, ITT_L2SZ, 1, 2)                                                                           \
    X(R, ITT_ADDR, 3, 53) X(R, DSWE, 57, 1) X(R, ITT_STRUCTURE, 58, 1) X(R, EVENTID_BITS, 59, 5)
VGIC_FIELDS(l2_dte);
#define l2_itte_LIST(X, R)                                                                         \
    X(R, LPI_ID, 0, 24)                                                                            \
    X(R, DAC, 28, 2) X(R, VIRTUAL, 30, 1) X(R, VALID, 31, 1) X(R, VM_ID, 32, 16)
VGIC_FIELDS(l2_itte);
#define ITS_ENTRY_SIZE 8u

#endif
