/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors of the host's author: an impossible configuration, a call that cannot be carried out.
 *
 * What the guest does wrong is never an error; it is a report (host.h).
 *
 * Thread-safety: a VgicError belongs to one thread at a time.
 */
#ifndef VGIC_ERROR_H
#define VGIC_ERROR_H

#include <vgic/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What kind of mistake an error reports. */
typedef enum VgicErrorCode {
    VGIC_ERROR_CONFIG =
        1, /**< A value in VgicConfig is out of its range, or two contradict each other. */
    VGIC_ERROR_HOST = 2,        /**< VgicHost lacks a callback that this configuration needs. */
    VGIC_ERROR_UNSUPPORTED = 3, /**< A part of the architecture that this version does not model;
                                   see docs/conformance.md. */
    VGIC_ERROR_MEMORY = 4,      /**< The instance does not fit in memory. */
    VGIC_ERROR_STATE = 5, /**< A saved state is damaged, of a later format, or of another GIC. */
} VgicErrorCode;

/** An error object: made by the library, freed by the caller with vgic_error_free(). */
typedef struct VgicError VgicError;

/** The kind of @p error, which may not be NULL. */
VGIC_API VgicErrorCode vgic_error_code(const VgicError *error);

/**
 * The message of @p error: one sentence without a final newline that names the option, its value
 * and what is allowed. The string lives as long as the error.
 */
VGIC_API const char *vgic_error_message(const VgicError *error);

/** Frees @p error; NULL is allowed. */
VGIC_API void vgic_error_free(VgicError *error);

#ifdef __cplusplus
}
#endif

#endif
