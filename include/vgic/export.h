/* SPDX-License-Identifier: BSD-2-Clause */
/* The mark of an exported function, and nothing else. */
#ifndef VGIC_EXPORT_H
#define VGIC_EXPORT_H

#if defined(__GNUC__)
#define VGIC_API __attribute__((visibility("default")))
#else
#define VGIC_API
#endif

#endif
