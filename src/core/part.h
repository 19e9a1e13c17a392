/* SPDX-License-Identifier: BSD-2-Clause */
/* A part that hangs on a model and that the model does not know: an ITS; and what MSIs do, whoever
 * translates them. One constant table each. */
#ifndef VGIC_CORE_PART_H
#define VGIC_CORE_PART_H

#include <stdbool.h>

#include <vgic/config.h>
#include <vgic/error.h>
#include <vgic/its.h>

#include "core/state.h"
#include "reg/access.h"

typedef struct VgicPartOps {
    /** Makes the part as the configuration says, its frames included; false sets the error. */
    bool (*init)(Vgic *gic, const VgicConfig *config, VgicError **error);
    /** Frees it, also after init() failed. */
    void (*free)(Vgic *gic);
    /** Resets its registers. No lock is held. */
    void (*reset)(Vgic *gic);
    /** vgic_work(): true if there is more. No lock is held. */
    bool (*work)(Vgic *gic);
    /** Saved state: Vgic.its_count dictionaries. */
    const VgicPartStateOps *state;
    /** Notes a refused access in the frame's status register. No lock is held. */
    void (*note_status)(const VgicAccess *access, bool write);
} VgicPartOps;

/** ITSs of any generation, for hosts without a bus. No lock is held. */
typedef struct VgicMsiOps {
    /** Is it a frame of an ITS? */
    bool (*is_frame)(const Vgic *gic, const VgicFrame *frame);
    /** vgic_msi() with such a frame. */
    void (*send)(Vgic *gic, const VgicFrame *frame, uint32_t device, uint32_t event);
    /** vgic_its_translate() with such a frame. */
    bool (*translate)(Vgic *gic, const VgicFrame *frame, uint32_t device, uint32_t event,
                      VgicTranslation *translation);
} VgicMsiOps;

#endif
