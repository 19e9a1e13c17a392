/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The version of the headers. Until 1.0 nothing is promised between minor versions. The build reads
 * the numbers from here; they stand nowhere else.
 */
#ifndef VGIC_VERSION_H
#define VGIC_VERSION_H

/** Changes when something is removed or changed. */
#define VGIC_VERSION_MAJOR 0
/** Changes when something is added. */
#define VGIC_VERSION_MINOR 1
/** Changes with every other release. */
#define VGIC_VERSION_MICRO 0

#endif
