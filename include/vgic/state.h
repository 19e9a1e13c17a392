/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Saved state: the whole of a GIC as bytes, and back.
 *
 * The bytes are a serialised GVariant of type (sua{sv}), little-endian on every host: the string
 * "libvgic", the version of the format, and a dictionary of what was saved, each value under its
 * architected name, independent of the backend; docs/state.md describes it. A state of an earlier
 * release loads in a later one.
 *
 * What is in guest memory is not in it (ITS tables, command queues, LPI tables): the host saves
 * that, as all of the guest's memory, at the same moment.
 *
 * Thread-safety: while a function of this header runs, no other thread may call into the instance:
 * the host has stopped its PEs and devices. vgic_state_free() may be called at any time.
 */
#ifndef VGIC_STATE_H
#define VGIC_STATE_H

#include <vgic/gic.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Saves @p gic, which stays as it is.
 *
 * @param gic the instance
 * @param size set to the number of bytes
 * @param error if not NULL, set to a new error when the result is NULL
 * @return the bytes, to be freed with vgic_state_free(); NULL on an error (VGIC_ERROR_MEMORY;
 * VGIC_ERROR_STATE: a vCPU is loaded, see hyp.h)
 */
VGIC_API void *vgic_save(Vgic *gic, size_t *size, VgicError **error);

/**
 * Loads what vgic_save() saved into @p gic, whose configuration must be that of the GIC that was
 * saved in everything that a guest can see. The state is checked as a whole first: it loads
 * entirely, or nothing changes. Guest memory must be what it was when the state was saved. Output
 * lines are set anew, and lines_changed runs for every PE whose lines are different; VgicHost.work
 * runs if there was work left.
 *
 * @param gic the instance
 * @param bytes any alignment; they may come from anywhere, damaged or hostile
 * @param size number of bytes
 * @param error if not NULL, set to a new error when the result is false
 * @return false on an error (VGIC_ERROR_STATE, VGIC_ERROR_MEMORY)
 */
VGIC_API bool vgic_load(Vgic *gic, const void *bytes, size_t size, VgicError **error);

/**
 * Creates a GIC of the configuration that is in a saved state, and loads the state: for tools that
 * look at one. @p host and @p machine are those of vgic_new(); host may be NULL, the guest's memory
 * is then all zero.
 *
 * @return the instance, to be freed with vgic_free(); NULL on an error (VGIC_ERROR_STATE, _CONFIG,
 * _UNSUPPORTED, _HOST, _MEMORY)
 */
VGIC_API Vgic *vgic_new_from_state(const void *bytes, size_t size, const VgicHost *host,
                                   void *machine, VgicError **error);

/** Frees what vgic_save() returned; NULL is allowed. */
VGIC_API void vgic_state_free(void *bytes);

#ifdef __cplusplus
}
#endif

#endif
