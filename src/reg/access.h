/* SPDX-License-Identifier: BSD-2-Clause */
/* One register access on its way through the dispatcher: the only argument that handlers take
 * beside a value. */
#ifndef VGIC_REG_ACCESS_H
#define VGIC_REG_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include <vgic/sysreg.h>

#include "reg/rules.h"

typedef struct VgicCpu VgicCpu;
typedef struct VgicIts VgicIts;
typedef struct VgicFrameRow VgicFrameRow;
typedef struct VgicSysregRow VgicSysregRow;

typedef struct VgicAccess {
    Vgic *gic;
    VgicCpu *cpu;    /* whose Redistributor or CPU interface; NULL in frames without a PE */
    VgicIts *its;    /* frames of an ITS */
    void *unit;      /* frames of a GICv5: the IRS, ITS or IWB */
    uint8_t domain;  /* frames of a GICv5 */
    uint8_t space;   /* frames: VgicSpace of the access */
    uint32_t device; /* DeviceID that the bus carries */
    uint32_t event;  /* MSIs: the EventID */
    bool has_event;
    const VgicFrameRow *row;     /* frames */
    const VgicSysregRow *sysreg; /* system registers */
    const VgicCpuState *state;   /* system registers */
    bool redirected;             /* system registers: to the virtual CPU interface */
    uint32_t offset;             /* byte offset in the PE's or the whole frame */
    uint32_t element;            /* index in an array of registers */
    uint32_t size;               /* bytes */
    uint64_t mask; /* frames, writes: the bits that it covers, a half of a 64-bit register or all */
    bool ns;       /* frames: the Non-secure view, while there are two Security states */
    /* The first rule that the access broke; told to the host when no lock is held any more. */
    VgicRule rule;
    uint32_t intid;
} VgicAccess;

/** Notes that the guest broke @p rule; @p intid is UINT32_MAX where no interrupt is concerned. Only
 * the first is kept. */
static inline void vgic_access_report(VgicAccess *access, VgicRule rule, uint32_t intid)
{
    if (rule && !access->rule) {
        access->rule = rule;
        access->intid = intid;
    }
}

#endif
