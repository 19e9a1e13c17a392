/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of an Interrupt Wire Bridge [GICv5 6]. */
#ifndef VGIC_DEFS_IWB_H
#define VGIC_DEFS_IWB_H

#include "defs/field.h"

#define iwb_idr0_LIST(X, R) X(R, IW_RANGE, 0, 11) X(R, INT_DOMS, 11, 4)
VGIC_FIELDS(iwb_idr0);
#define iwb_iidr_LIST(X, R)                                                                        \
    X(R, Implementer, 0, 12) X(R, Revision, 12, 4) X(R, Variant, 16, 4) X(R, ProductID, 20, 12)
VGIC_FIELDS(iwb_iidr);
#define iwb_aidr_LIST(X, R) X(R, ArchMinorRev, 0, 4) X(R, ArchMajorRev, 4, 4) X(R, Component, 8, 4)
VGIC_FIELDS(iwb_aidr);
#define IWB_COMPONENT 2u

#define iwb_cr0_LIST(X, R) X(R, IWBEN, 0, 1) X(R, IDLE, 1, 1)
VGIC_FIELDS(iwb_cr0);
#define iwb_idle_LIST(X, R) X(R, IDLE, 0, 1)
VGIC_FIELDS(iwb_idle);
#define iwb_wresampler_LIST(X, R) X(R, IWI, 0, 16)
VGIC_FIELDS(iwb_wresampler);

#endif
