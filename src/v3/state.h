/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two rooms of GICv3's saved state share: state.c and state_ich.c. */
#ifndef VGIC_V3_STATE_H
#define VGIC_V3_STATE_H

#include "core/gic.h"
#include "core/state.h"

/* Active priorities, of the physical and the virtual CPU interface: AP0R<n> or a copy of AP1R<n>,
 * NMI bit included. @p apr has VGIC_AP_WORDS registers. */
void vgic_v3_save_apr(const VgicBank *bank, unsigned group, VgicStateWriter *icc, const char *key);
void vgic_v3_check_apr(const VgicCpu *cpu, const VgicBank *bank, unsigned group,
                       VgicStateReader *icc, const char *key, uint64_t *apr);
void vgic_v3_apply_apr(VgicBank *bank, unsigned group, const uint64_t *apr);

/** The virtual CPU interface, as it is in the bytes. */
typedef struct VgicStagedIch {
    uint32_t hcr, vmcr;
    uint64_t apr[VGIC_GROUPS][VGIC_AP_WORDS];
    const uint64_t *lr;
} VgicStagedIch;

/* For PEs with EL2. */
void vgic_v3_save_ich(const VgicCpu *cpu, VgicStateWriter *icc);
void vgic_v3_check_ich(const VgicCpu *cpu, VgicStateReader *icc, VgicStagedIch *staged);
void vgic_v3_apply_ich(VgicCpu *cpu, const VgicStagedIch *staged);

#endif
