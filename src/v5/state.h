/* SPDX-License-Identifier: BSD-2-Clause */
/* Saved state of a GICv5: what its files share. docs/state.md has the names. */
#ifndef VGIC_V5_STATE_H
#define VGIC_V5_STATE_H

#include "core/state.h"
#include "v5/v5.h"

enum {
    VGIC_NO_PE = UINT16_MAX, /* of arrays of PEs */
};

/** A key: "IRS_CR0(NS)". */
typedef struct VgicStateKey {
    char text[48];
} VgicStateKey;

/** The copy of @p reg that @p domain has. */
VgicStateKey vgic_v5_key(const char *reg, unsigned domain);

/** A register of which a unit has a copy for each domain, in a structure a domain. */
typedef struct VgicStateReg {
    const char *name;
    uint64_t mask;   /* bits that may be set */
    uint16_t offset; /* of the _Atomic member */
    uint8_t size;    /* of the member, in bytes */
    uint8_t width;   /* of the register, in bits */
    bool of_errors;  /* with IRS_IDR0.SWE and ITS_IDR0.SWE only */
} VgicStateReg;

#define VGIC_STATE_REG(name_, type, member, width_, mask_, of_errors_)                             \
    {                                                                                              \
        .name = (name_), .offset = offsetof(type, member), .size = sizeof(((type *)NULL)->member), \
        .width = (width_), .mask = (mask_), .of_errors = (of_errors_)                              \
    }

/** Those of one domain: @p regs of the structure @p from, @p to; @p values has one for each. */
void vgic_v5_save_regs(const Vgic *gic, const VgicStateReg *regs, unsigned count, const void *from,
                       unsigned domain, VgicStateWriter *writer);
void vgic_v5_check_regs(const Vgic *gic, const VgicStateReg *regs, unsigned count, unsigned domain,
                        VgicStateReader *reader, uint64_t *values);
void vgic_v5_apply_regs(const VgicStateReg *regs, unsigned count, void *to, const uint64_t *values);

/** STATUSR and syndromes of software errors: no error, no syndromes. */
void vgic_v5_check_errors(const char *reg, unsigned domain, VgicStateReader *reader,
                          uint64_t statusr, uint64_t syndromer0, uint64_t syndromer1);

/* Arrays of bits. */

/** Adds the words of @p count fields of @p bits bits each, 1 or 2, that @p field tells. */
typedef uint32_t VgicStateField(const void *from, uint32_t index);
void vgic_v5_save_bits(VgicStateWriter *writer, const char *key, uint32_t count, unsigned bits,
                       VgicStateField *field, const void *from);
/** Reads them; those of words beyond @p count are 0. Single bits are in @p allowed; of domains, 2
 * bits each, every one exists, or is @p reset_domain. */
const uint32_t *vgic_v5_check_bits(VgicStateReader *reader, const char *key, uint32_t count);
const uint32_t *vgic_v5_check_domains(const VgicV5 *v5, VgicStateReader *reader, const char *key,
                                      uint32_t count, unsigned reset_domain);

static inline uint32_t vgic_v5_bits(const uint32_t *words, uint32_t index, unsigned bits)
{
    return words[index * bits / 32] >> index * bits % 32 & ((1u << bits) - 1);
}

/* SPIs and LPIs, and their order (state_irqs.c). */

/** The order of a PE, as it is in the bytes. */
typedef struct VgicStagedOrder {
    const uint32_t *intids; /* NULL: not saved */
    size_t count;
} VgicStagedOrder;

typedef struct VgicStagedIrqs {
    VgicIrq *spis;
    uint32_t spi_count;
    VgicStagedLpis lpis;
    uint32_t end[VGIC_DOMAINS]; /* of the LPIs of each domain */
    uint32_t iste_fields;       /* bits of an L2_ISTE that this GIC knows */
    size_t lpis_waiting;        /* LPIs that are candidates */
    bool one_of_n;              /* an interrupt has IRM set */
} VgicStagedIrqs;

void vgic_v5_save_spis(const Vgic *gic, VgicStateWriter *state);
/** False: out of memory. */
bool vgic_v5_save_lpis(const Vgic *gic, VgicStateWriter *state);
void vgic_v5_save_order(const VgicCpu *cpu, VgicStateWriter *icc, VgicStateScratch *scratch);
void vgic_v5_check_spis(const Vgic *gic, VgicStateReader *state, VgicStagedIrqs *staged);
/** After VgicStagedIrqs.end was set. */
void vgic_v5_check_lpis(const Vgic *gic, VgicStateReader *state, VgicStagedIrqs *staged);
void vgic_v5_read_order(const Vgic *gic, VgicStateReader *icc, VgicStagedOrder *order);
/** Does it name candidates of the PE, each once? After SPIs and LPIs. */
void vgic_v5_check_order(const VgicStagedIrqs *staged, uint32_t cpu, VgicStateReader *icc,
                         const VgicStagedOrder *order);
void vgic_v5_apply_irqs(Vgic *gic, VgicStagedIrqs *staged);
/** Queues what the order of @p cpu names; returns how many of them are LPIs. */
size_t vgic_v5_queue_order(VgicCpu *cpu, const VgicStagedOrder *order);
/** Queues all others. */
void vgic_v5_queue_others(Vgic *gic, const VgicStagedIrqs *staged, size_t lpis_queued);
void vgic_v5_drop_irqs(VgicStagedIrqs *staged);

/* ITSs and IWBs (state_its.c). */
typedef struct VgicStagedIts VgicStagedIts;
typedef struct VgicStagedIwb VgicStagedIwb;

void vgic_v5_save_its(const Vgic *gic, VgicStateWriter *state);
void vgic_v5_save_iwb(const Vgic *gic, VgicStateWriter *state);
/** Both to be freed with g_free(). */
VgicStagedIts *vgic_v5_check_its(const Vgic *gic, VgicStateReader *state);
VgicStagedIwb *vgic_v5_check_iwb(const Vgic *gic, VgicStateReader *state);
void vgic_v5_apply_its(Vgic *gic, const VgicStagedIts *staged);
void vgic_v5_apply_iwb(Vgic *gic, const VgicStagedIwb *staged);

#endif
