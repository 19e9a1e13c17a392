/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef VGIC_CORE_ERROR_H
#define VGIC_CORE_ERROR_H

#include <stdbool.h>

#include <vgic/error.h>

/** Sets @p error, if it is not NULL, to a new error, and returns false, so that a check reads
 * `return vgic_error_set(...)`. */
bool vgic_error_set(VgicError **error, VgicErrorCode code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
