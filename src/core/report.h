/* SPDX-License-Identifier: BSD-2-Clause */
/* Telling the host what the guest did wrong, and tracing. No lock may be held. */
#ifndef VGIC_CORE_REPORT_H
#define VGIC_CORE_REPORT_H

#include <glib.h>

#include <vgic/host.h>

#include "reg/access.h"

/** Tells the host of @p report, whose message this makes of @p text. */
void vgic_report(const Vgic *gic, VgicReport *report, const char *text);

/** Tells the host of the rule that @p access broke. @p frame is the frame's name, @p reg the
 * register's or NULL. */
void vgic_report_access(const VgicAccess *access, const char *frame, const char *reg, bool write,
                        uint64_t value);

#endif
