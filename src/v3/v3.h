/* SPDX-License-Identifier: BSD-2-Clause */
/* GICv3: what its files share. */
#ifndef VGIC_V3_V3_H
#define VGIC_V3_V3_H

#include "core/gic.h"
#include "reg/frame.h"
#include "reg/sysreg.h"

/** What Non-secure software needs, beside the interrupt being Non-secure Group 1, to touch a field
 * of it [3.6]. */
enum {
    VGIC_NS_GROUP1 = 0, /* nothing else will do */
    VGIC_NS_NSACR1 = 1, /* GICD_NSACR of 1 or more */
    VGIC_NS_NSACR2 = 2,
    VGIC_NS_NSACR3 = 3,
};

/** Is @p irq open to a Non-secure access that needs @p need? The lock of its home is held. */
bool vgic_v3_ns_allowed(const Vgic *gic, const VgicIrq *irq, unsigned need);

/*
 * Fields of one interrupt, for rows of the Distributor and of the Redistributor alike: the getters
 * and setters of VgicFrameRow. The macro gives all of a row's members that belong to a property.
 */
#define VGIC_V3_FIELD(bits_, first_, get_, set_, one_, ns_read_, ns_write_)                        \
    .read = vgic_irq_row_read, .write = vgic_irq_row_write, .bits = (bits_), .first = (first_),    \
    .get = (get_), .set = (set_), .write_one = (one_), .ns_read = (ns_read_),                      \
    .ns_write = (ns_write_)

#define VGIC_V3_GROUP(first_)                                                                      \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_group, vgic_v3_set_group, false, 0, 0)
#define VGIC_V3_MODIFIER(first_)                                                                   \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_modifier, vgic_v3_set_modifier, false, 0, 0)
#define VGIC_V3_ENABLE(first_, on)                                                                 \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_enabled, on ? vgic_v3_enable : vgic_v3_disable, true,     \
                  VGIC_NS_GROUP1, VGIC_NS_GROUP1)
#define VGIC_V3_PEND(first_)                                                                       \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_pending, vgic_v3_pend, true, VGIC_NS_NSACR1,              \
                  VGIC_NS_NSACR1)
#define VGIC_V3_UNPEND(first_)                                                                     \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_pending, vgic_v3_unpend, true, VGIC_NS_NSACR2,            \
                  VGIC_NS_NSACR2)
#define VGIC_V3_ACTIVE(first_, on)                                                                 \
    VGIC_V3_FIELD(1, first_, vgic_v3_get_active, on ? vgic_v3_activate : vgic_v3_deactivate, true, \
                  VGIC_NS_NSACR2, VGIC_NS_GROUP1)
#define VGIC_V3_PRIORITY(first_)                                                                   \
    VGIC_V3_FIELD(8, first_, vgic_v3_get_priority, vgic_v3_set_priority, false, VGIC_NS_GROUP1,    \
                  VGIC_NS_GROUP1)
#define VGIC_V3_TRIGGER(first_)                                                                    \
    VGIC_V3_FIELD(2, first_, vgic_v3_get_trigger, vgic_v3_set_trigger, false, VGIC_NS_GROUP1,      \
                  VGIC_NS_GROUP1)
#define VGIC_V3_NSACR(first_)                                                                      \
    VGIC_V3_FIELD(2, first_, vgic_v3_get_nsacr, vgic_v3_set_nsacr, false, 0, 0)

uint32_t vgic_v3_get_group(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_modifier(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_enabled(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_pending(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_active(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_priority(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_trigger(const VgicCpu *home, const VgicIrq *irq, bool ns);
uint32_t vgic_v3_get_nsacr(const VgicCpu *home, const VgicIrq *irq, bool ns);

void vgic_v3_set_group(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_set_modifier(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_enable(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_disable(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_pend(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_unpend(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_activate(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_deactivate(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_set_priority(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_set_trigger(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);
void vgic_v3_set_nsacr(VgicAccess *access, VgicCpu *home, VgicIrq *irq, uint32_t value);

/** Sets what follows from GICD_CTLR.DS: the group of each combination of IGROUPR and IGRPMODR
 * [1.2]. */
void vgic_v3_refresh_groups(Vgic *gic);

/** GICD_STATUSR or GICR_STATUSR: notes what an access that was refused did [3.1]. */
void vgic_v3_note_status(const VgicAccess *access, bool write);

/* Message-based SPIs, in GICD and GICM [3.5]. */
void vgic_v3_setspi_write(VgicAccess *access, uint64_t value);
void vgic_v3_clrspi_write(VgicAccess *access, uint64_t value);

/* Tables. */
extern const VgicFrameRow vgic_v3_dist_rows[];
extern const uint32_t vgic_v3_dist_row_count;
extern const VgicFrameRow vgic_v3_redist_rows[];
extern const uint32_t vgic_v3_redist_row_count;
extern const VgicFrameRow vgic_v3_message_rows[];
extern const uint32_t vgic_v3_message_row_count;
extern const VgicSysregRow vgic_v3_sysregs[];
extern const uint32_t vgic_v3_sysreg_count;

/** The Identification registers of a frame, for its table: part number, rows at 0xFFD0 to 0xFFFC.
 */
#define VGIC_V3_ID_ROW(name_, offset_, value_)                                                     \
    {                                                                                              \
        .info = {.name = (name_),                                                                  \
                 .offset = (offset_),                                                              \
                 .count = 1,                                                                       \
                 .width = 32,                                                                      \
                 .sizes = 4,                                                                       \
                 .access = VGIC_READABLE},                                                         \
        .constant = (value_)                                                                       \
    }
#define VGIC_V3_ID_ROWS(frame, part)                                                               \
    VGIC_V3_ID_ROW(frame "_PIDR4", 0xFFD0, 0x44), VGIC_V3_ID_ROW(frame "_PIDR5", 0xFFD4, 0),       \
        VGIC_V3_ID_ROW(frame "_PIDR6", 0xFFD8, 0), VGIC_V3_ID_ROW(frame "_PIDR7", 0xFFDC, 0),      \
        VGIC_V3_ID_ROW(frame "_PIDR0", 0xFFE0, (part)),                                            \
        VGIC_V3_ID_ROW(frame "_PIDR1", 0xFFE4, 0xB4),                                              \
        VGIC_V3_ID_ROW(frame "_PIDR2", 0xFFE8, 0x3B), VGIC_V3_ID_ROW(frame "_PIDR3", 0xFFEC, 0),   \
        VGIC_V3_ID_ROW(frame "_CIDR0", 0xFFF0, 0x0D),                                              \
        VGIC_V3_ID_ROW(frame "_CIDR1", 0xFFF4, 0xF0),                                              \
        VGIC_V3_ID_ROW(frame "_CIDR2", 0xFFF8, 0x05), VGIC_V3_ID_ROW(frame "_CIDR3", 0xFFFC, 0xB1)

#endif
