/* SPDX-License-Identifier: BSD-2-Clause */
/* MSIs from hosts without a bus. */
#include <vgic/its.h>

#include "core/gic.h"

/* Did the host name a frame of an ITS? */
static bool check_its(const Vgic *gic, const char *function, const VgicFrame *frame)
{
    if (!vgic_check_gic(gic, function)) {
        return false;
    }
    if (frame < gic->frames || frame >= gic->frames + gic->frame_count || !gic->msi ||
        !gic->msi->is_frame(gic, frame)) {
        vgic_host_error(gic, function, "its %p is no frame of an ITS of this GIC",
                        (const void *)frame);
        return false;
    }
    return true;
}

bool vgic_msi(Vgic *gic, const VgicFrame *frame, uint32_t device, uint32_t event)
{
    if (!check_its(gic, __func__, frame)) {
        return false;
    }
    gic->msi->send(gic, frame, device, event);
    return true;
}

bool vgic_its_translate(Vgic *gic, const VgicFrame *frame, uint32_t device, uint32_t event,
                        VgicTranslation *translation)
{
    return check_its(gic, __func__, frame) &&
           vgic_check_pointer(gic, __func__, translation, "translation") &&
           gic->msi->translate(gic, frame, device, event, translation);
}
