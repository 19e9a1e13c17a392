/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames from outside: what a bus does. */
#include "reg/frame.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "core/gic.h"

const VgicFrame *vgic_frame_at(const Vgic *gic, uint32_t index)
{
    return vgic_check_gic(gic, __func__) && index < gic->frame_count ? &gic->frames[index] : NULL;
}

const VgicFrame *vgic_frame(const Vgic *gic, const char *name)
{
    if (!vgic_check_gic(gic, __func__)) {
        return NULL;
    }
    for (uint32_t i = 0; name && i < gic->frame_count; i++) {
        if (strcmp(gic->frames[i].name, name) == 0) {
            return &gic->frames[i];
        }
    }
    return NULL;
}

const char *vgic_frame_name(const VgicFrame *frame)
{
    return vgic_check_pointer(NULL, __func__, frame, "frame") ? frame->name : NULL;
}

uint64_t vgic_frame_size(const VgicFrame *frame)
{
    return vgic_check_pointer(NULL, __func__, frame, "frame") ? frame->size : 0;
}

const VgicRegister *vgic_frame_register(const VgicFrame *frame, uint32_t index)
{
    if (!vgic_check_pointer(NULL, __func__, frame, "frame")) {
        return NULL;
    }
    return index < frame->table->row_count ? &frame->table->rows[index].info : NULL;
}

/* Is the call one that a bus can make? */
static bool check_call(const Vgic *gic, const char *function, const VgicFrame *frame,
                       uint64_t offset, uint32_t size)
{
    if (!vgic_check_gic(gic, function)) {
        return false;
    }
    if (frame < gic->frames || frame >= gic->frames + gic->frame_count) {
        vgic_host_error(gic, function, "frame %p is none of this GIC's", (const void *)frame);
        return false;
    }
    if (size != 4 && size != 8 && size != 1 && size != 2) {
        vgic_host_error(gic, function, "size is %u, allowed is 1, 2, 4 or 8", size);
        return false;
    }
    if (offset >= frame->size || size > frame->size - offset) {
        vgic_host_error(gic, function,
                        "offset is %#" PRIx64 " and size %u, frame %s has %#" PRIx64 " bytes",
                        offset, size, frame->name, frame->size);
        return false;
    }
    return true;
}

static VgicAccess make_access(Vgic *gic, const VgicFrame *frame, VgicAttrs attrs, uint64_t offset,
                              uint32_t size)
{
    uint32_t space = attrs & 0xFF;
    VgicAccess access = {
        .gic = gic,
        .offset = (uint32_t)offset,
        .size = size,
        .ns = space != VGIC_S && space != VGIC_ROOT && !vgic_ds(gic),
        .its = frame->its,
        .unit = frame->unit,
        .domain = frame->domain,
        .space = (uint8_t)space,
        .device = (uint32_t)(attrs >> 32),
    };

    if (frame->cpu_stride) {
        access.cpu = &gic->cpus[frame->first_cpu + offset / frame->cpu_stride];
        access.offset = (uint32_t)(offset % frame->cpu_stride);
    }
    return access;
}

/* A frame of an interrupt domain is in the address space of that domain only. */
static bool answers(const VgicFrame *frame, VgicAccess *access)
{
    if (G_LIKELY(!frame->spaces || frame->spaces >> (access->space & 3) & 1)) {
        return true;
    }
    vgic_access_report(access, VGIC_RULE_SECURE, UINT32_MAX);
    return false;
}

static void trace_access(const VgicAccess *access, const VgicFrame *frame, VgicTraceKind kind,
                         uint64_t offset, uint64_t value, VgicResult result)
{
    VgicTrace event = {
        .kind = kind,
        .name = frame->name,
        .reg = access->row ? access->row->info.name : NULL,
        .cpu = access->cpu ? access->cpu->index : UINT32_MAX,
        .offset = (uint32_t)offset,
        .size = access->size,
        .value = value,
        .result = result,
    };

    access->gic->host.trace(access->gic->machine, &event);
}

/* After the access, with no lock held: STATUSR, the report, the trace. */
static void finish(VgicAccess *access, const VgicFrame *frame, bool write, uint64_t offset,
                   uint64_t value, VgicResult result)
{
    Vgic *gic = access->gic;

    access->offset = (uint32_t)offset; /* from here on it is the frame's, not the PE's */
    if (G_UNLIKELY(access->rule)) {
        if (frame->has_status) {
            (access->its ? gic->part->note_status : gic->model->note_status)(access, write);
        }
        vgic_report_access(access, frame->name, access->row ? access->row->info.name : NULL, write,
                           value);
    }
    if (G_UNLIKELY(gic->host.trace)) {
        trace_access(access, frame, write ? VGIC_TRACE_FRAME_WRITE : VGIC_TRACE_FRAME_READ, offset,
                     value, result);
    }
}

VgicResult vgic_frame_read(Vgic *gic, const VgicFrame *frame, VgicAttrs attrs, uint64_t offset,
                           uint32_t size, uint64_t *value)
{
    VgicAccess access;
    VgicResult result;

    if (!vgic_check_pointer(gic, __func__, value, "value")) {
        return VGIC_INVALID;
    }
    *value = 0;
    if (!check_call(gic, __func__, frame, offset, size)) {
        return VGIC_INVALID;
    }
    access = make_access(gic, frame, attrs, offset, size);
    result =
        answers(frame, &access) ? vgic_frame_table_read(frame->table, &access, value) : VGIC_RAZ_WI;
    finish(&access, frame, false, offset, *value, result);
    return result;
}

VgicResult vgic_frame_write(Vgic *gic, const VgicFrame *frame, VgicAttrs attrs, uint64_t offset,
                            uint32_t size, uint64_t value)
{
    VgicAccess access;
    VgicResult result;

    if (!check_call(gic, __func__, frame, offset, size)) {
        return VGIC_INVALID;
    }
    access = make_access(gic, frame, attrs, offset, size);
    result = answers(frame, &access) ? vgic_frame_table_write(frame->table, &access, value)
                                     : VGIC_RAZ_WI;
    finish(&access, frame, true, offset, value, result);
    return result;
}
