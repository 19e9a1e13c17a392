/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking at an ITS from outside, and its tables in the layout of KVM.
 *
 * Device table and Interrupt Translation Tables in guest memory are those of ABI revision 0 of
 * KVM's in-kernel ITS at any time (docs/its.md has the layout), except that the distance to the
 * next valid entry is always given as 1, and that collection n stands at
 * index n - GITS_TYPER.HCC.
 *
 * The ITS of a GICv5 has tables whose layout is the architecture's: of the functions here it has
 * vgic_its_translate() only.
 *
 * Thread-safety: vgic_its_translate() may be called from any thread at any time; the other two
 * while no other thread calls into the instance.
 */
#ifndef VGIC_ITS_H
#define VGIC_ITS_H

#include <vgic/frame.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What becomes of an MSI. */
typedef struct VgicTranslation {
    uint32_t intid;       /**< the LPI; GICv5: as VGIC_V5_LPI_OF() has it */
    uint32_t collection;  /**< the collection that it is in (ICID); GICv5: 0 */
    uint32_t cpu;         /**< the PE that the collection is mapped to, GICv5: that the LPI goes to;
                             UINT32_MAX: none */
    uint32_t reserved[5]; /**< room for what later releases tell: 0 */
} VgicTranslation;

/**
 * What the ITS of frame @p its would do with EventID @p event of DeviceID @p device, whether it is
 * enabled or not. Nothing is reported.
 *
 * @return false if its tables have no such mapping; @p translation is then unchanged
 */
VGIC_API bool vgic_its_translate(Vgic *gic, const VgicFrame *its, uint32_t device, uint32_t event,
                                 VgicTranslation *translation);

/**
 * Brings guest memory into the form that Linux's KVM_DEV_ARM_ITS_SAVE_TABLES and
 * KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES leave: exact distances in device table and ITTs, a packed
 * list of collections in a flat collection table, and the pending LPIs of every PE in its pending
 * table. An event whose collection is not mapped is removed, as KVM removes it. If the GIC is to go
 * on by itself afterwards, call vgic_import_tables() first.
 *
 * @return false if guest memory could not be accessed (reported as VgicHost.guest_error); the rest
 * was written
 */
VGIC_API bool vgic_export_tables(Vgic *gic);

/**
 * Takes over tables in the form that vgic_export_tables() and Linux leave, after the registers were
 * loaded: nothing stays cached of the old ones, collections go to their index, and LPIs that are
 * set in the pending table of a PE whose LPIs are enabled are pending, and their bits cleared.
 *
 * The tables that the library itself keeps need no import; a flat collection table with a gap, all
 * of whose entries stand at their own index, is taken for such a one. Both functions look at each
 * device and event once: tables that a guest made to share memory can take long.
 *
 * @return false if a table could not be accessed or has an entry that KVM refuses: a collection
 * that is there twice, has no room or names a PE that does not exist, more than 16 bits of EventID,
 * an INTID that is no LPI, an event of an unknown collection, a distance out of an ITT (reported,
 * once an ITS); what is right was taken over
 */
VGIC_API bool vgic_import_tables(Vgic *gic);

#ifdef __cplusplus
}
#endif

#endif
