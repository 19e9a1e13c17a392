/* SPDX-License-Identifier: BSD-2-Clause */
/* What the library's own tests need beside the public API. */
#ifndef VGIC_INTERNAL_H
#define VGIC_INTERNAL_H

#include <vgic/vgic.h>

#include "core/backend.h"

/** vgic_new() on another backend than tcg. */
Vgic *vgic_new_on(const VgicBackendOps *backend, void *backend_data, const VgicConfig *config,
                  const VgicHost *host, void *machine, VgicError **error);

#endif
