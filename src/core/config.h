/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VGIC_CORE_CONFIG_H
#define VGIC_CORE_CONFIG_H

#include <stdbool.h>

#include <vgic/config.h>
#include <vgic/error.h>
#include <vgic/host.h>

/** Copies what the caller's version of the structure has into @p copy and checks its size. */
bool vgic_config_copy(VgicConfig *copy, const VgicConfig *config, VgicError **error);
bool vgic_host_copy(VgicHost *copy, const VgicHost *host, VgicError **error);

/** Checks what every model asks of a configuration. */
bool vgic_config_check(const VgicConfig *config, VgicError **error);

/** Checks that the host gives what the configuration needs. */
bool vgic_host_check(const VgicHost *host, const VgicConfig *config, VgicError **error);

#endif
