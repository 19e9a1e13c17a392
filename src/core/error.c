/* SPDX-License-Identifier: BSD-2-Clause */
/* Error objects. */
#include "core/error.h"

#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct VgicError {
    VgicErrorCode code;
    char message[300];
};

/* Out of memory, an error object cannot be allocated: the one error that is not. */
static const VgicError out_of_memory = {VGIC_ERROR_MEMORY, "out of memory"};

bool vgic_error_set(VgicError **error, VgicErrorCode code, const char *format, ...)
{
    va_list args;

    if (!error) {
        return false;
    }
    *error = malloc(sizeof(**error));
    if (!*error) {
        *error = (VgicError *)&out_of_memory;
        return false;
    }
    (*error)->code = code;
    va_start(args, format);
    vsnprintf((*error)->message, sizeof((*error)->message), format, args);
    va_end(args);
    return false;
}

VgicErrorCode vgic_error_code(const VgicError *error)
{
    return error->code;
}

const char *vgic_error_message(const VgicError *error)
{
    return error->message;
}

void vgic_error_free(VgicError *error)
{
    if (error != &out_of_memory) {
        free(error);
    }
}
