/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports of guest errors, and of the host's own. */
#include "core/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/gic.h"

void vgic_report_access(const VgicAccess *access, const char *frame, const char *reg, bool write,
                        uint64_t value)
{
    const VgicHost *host = &access->gic->host;
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
    };
    char message[200];
    int used;

    if (!host->guest_error) {
        return;
    }
    used = snprintf(message, sizeof(message), "%s: %s", reg ? reg : frame,
                    vgic_rule_text(access->rule));
    if (access->intid != UINT32_MAX && used > 0 && (size_t)used < sizeof(message)) {
        snprintf(message + used, sizeof(message) - (size_t)used, " (INTID %u)", access->intid);
    }
    report.message = message;
    host->guest_error(access->gic->machine, &report);
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
