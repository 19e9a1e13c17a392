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

/** Is @p value, of member @p name, from @p min to @p max? */
bool vgic_config_range(const char *name, uint32_t value, uint32_t min, uint32_t max,
                       VgicError **error);
/** Are all @p size bytes 0? */
bool vgic_config_is_zero(const void *bytes, size_t size);
/** Refuses reserved members of the options @p name unless they are @p zero. */
bool vgic_config_reserved(const char *name, bool zero, VgicError **error);

/** Checks what every model asks of a configuration. */
bool vgic_config_check(const VgicConfig *config, VgicError **error);

/** Checks that the host gives what the configuration needs. */
bool vgic_host_check(const VgicHost *host, const VgicConfig *config, VgicError **error);

#endif
