/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libvgic: every header of the public API but registers.h, whose short names (GICD_CTLR,
 * ICC_IAR1_EL1) a host may have of its own.
 */
#ifndef VGIC_VGIC_H
#define VGIC_VGIC_H

#include <vgic/config.h>
#include <vgic/error.h>
#include <vgic/export.h>
#include <vgic/frame.h>
#include <vgic/gic.h>
#include <vgic/host.h>
#include <vgic/hyp.h>
#include <vgic/inspect.h>
#include <vgic/its.h>
#include <vgic/state.h>
#include <vgic/sysreg.h>
#include <vgic/types.h>
#include <vgic/version.h>

#endif
