/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports of guest errors, and of the host's own. */
#include "core/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/gic.h"

void vgic_report(const Vgic *gic, VgicReport *report, const char *text)
{
    const VgicHost *host = &gic->host;
    const char *what = report->command ? report->command : report->reg;
    char message[200];
    int used;

    if (!host->guest_error) {
        return;
    }
    used = snprintf(message, sizeof(message), "%s: %s", what ? what : report->frame, text);
    if (report->intid != UINT32_MAX && used > 0 && (size_t)used < sizeof(message)) {
        snprintf(message + used, sizeof(message) - (size_t)used,
                 gic->v5 ? " (INTID %#x)" : " (INTID %u)", report->intid);
    }
    report->message = message;
    host->guest_error(gic->machine, report);
}

void vgic_report_access(const VgicAccess *access, const char *frame, const char *reg, bool write,
                        uint64_t value)
{
    VgicReport report = {
        .rule = vgic_rule_name(access->rule),
        .frame = frame,
        .reg = reg,
        .cpu = access->cpu ? access->cpu->index : UINT32_MAX,
        .offset = access->offset,
        .size = access->size,
        .write = write,
        .value = write ? value : 0,
        .intid = access->intid,
        .device = access->has_event ? access->device : UINT32_MAX,
        .event = access->has_event ? access->event : UINT32_MAX,
    };

    vgic_report(access->gic, &report, vgic_rule_text(access->rule));
}

void vgic_host_error(const Vgic *gic, const char *function, const char *format, ...)
{
    char message[200];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (gic && gic->host.host_error) {
        gic->host.host_error(gic->machine, function, message);
    } else {
        fprintf(stderr, "libvgic: %s: %s\n", function, message);
    }
}
