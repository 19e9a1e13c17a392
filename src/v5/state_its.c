/* SPDX-License-Identifier: BSD-2-Clause */
/* ITSs and IWBs of a GICv5 in a saved state: their registers. What an ITS caches of guest memory is
 * not saved; nor is what a wire owes, which is of use only until the call that caused it ends. */
#include <inttypes.h>
#include <stddef.h>

#include "v5/its.h"
#include "v5/iwb.h"
#include "v5/state.h"

/* ITSs. */

#define ITS_REG(name, member, width, mask)                                                         \
    VGIC_STATE_REG(name, VgicV5ItsDomain, member, width, mask, false)
#define ITS_ERROR(name, member, mask) VGIC_STATE_REG(name, VgicV5ItsDomain, member, 64, mask, true)

enum {
    ITS_DT_CFGR_REG = 2, /* in the following */
    ITS_STATUSR_REG = 8,
    ITS_SYNDROMER0_REG,
    ITS_SYNDROMER1_REG,
    ITS_REGS,
};

static const VgicStateReg its_regs[ITS_REGS] = {
    ITS_REG("ITS_CR1", cr1, 32, ITS_CR1_FIELDS),
    ITS_REG("ITS_DT_BASER", dt_baser, 64, VGIC_MASK(its_dt_baser, ADDR)),
    [ITS_DT_CFGR_REG] = ITS_REG("ITS_DT_CFGR", dt_cfgr, 32, UINT32_MAX), /* see check_domain() */
    ITS_REG("ITS_DIDR", didr, 64, UINT32_MAX),
    ITS_REG("ITS_EIDR", eidr, 32, UINT32_MAX),
    ITS_REG("ITS_READ_EVENT_DATAR", read_event_datar, 64,
            VGIC_MASK(its_read_event_datar, LPI_ID) | VGIC_MASK(its_read_event_datar, VALID) |
                VGIC_MASK(its_read_event_datar, VM_ID) | VGIC_MASK(its_read_event_datar, VIRT)),
    ITS_REG("ITS_GEN_EVENT_DIDR", gen_event_didr, 64, UINT32_MAX),
    ITS_REG("ITS_GEN_EVENT_EIDR", gen_event_eidr, 32, UINT32_MAX),
    [ITS_STATUSR_REG] =
        ITS_ERROR("ITS_SWERR_STATUSR", swerr_statusr,
                  VGIC_MASK(its_swerr_statusr, V) | VGIC_MASK(its_swerr_statusr, S0V) |
                      VGIC_MASK(its_swerr_statusr, S1V) | VGIC_MASK(its_swerr_statusr, OF) |
                      VGIC_PUT(its_swerr_statusr, EC, 3)),
    [ITS_SYNDROMER0_REG] = ITS_ERROR("ITS_SWERR_SYNDROMER0", swerr_syndromer0, UINT64_MAX),
    [ITS_SYNDROMER1_REG] =
        ITS_ERROR("ITS_SWERR_SYNDROMER1", swerr_syndromer1, VGIC_MASK(its_swerr_syndromer1, ADDR)),
};

/** An element for each ITS. */
struct VgicStagedIts {
    bool enabled[VGIC_DOMAINS];
    uint64_t regs[VGIC_DOMAINS][ITS_REGS];
};

static void save_one_its(const VgicV5Its *its, VgicStateWriter *writer)
{
    for (unsigned i = 0; i < VGIC_DOMAINS; i++) {
        const VgicV5ItsDomain *domain = &its->domain[i];

        if (vgic_v5_has_domain(its->gic->v5, i)) {
            vgic_state_put_u32(writer, vgic_v5_key("ITS_CR0", i).text,
                               (uint32_t)VGIC_PUT(its_cr0, ITSEN, domain->enabled));
            vgic_v5_save_regs(its->gic, its_regs, ITS_REGS, domain, i, writer);
        }
    }
}

void vgic_v5_save_its(const Vgic *gic, VgicStateWriter *state)
{
    VgicStateWriter all;

    g_variant_builder_init(&all, G_VARIANT_TYPE("aa{sv}"));
    for (uint32_t i = 0; i < gic->v5->its_count; i++) {
        VgicStateWriter one;

        g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
        save_one_its(&gic->v5->its[i], &one);
        g_variant_builder_add_value(&all, g_variant_builder_end(&one));
    }
    g_variant_builder_add(state, "{sv}", "ITS", g_variant_builder_end(&all));
}

static void check_domain(const VgicV5Its *its, unsigned domain, VgicStateReader *reader,
                         VgicStagedIts *staged)
{
    uint32_t fields = vgic_v5_its_dt_cfgr_fields(its);
    uint64_t *regs = staged->regs[domain];

    staged->enabled[domain] = vgic_state_u32(reader, vgic_v5_key("ITS_CR0", domain).text,
                                             (uint32_t)VGIC_MASK(its_cr0, ITSEN));
    vgic_v5_check_regs(its->gic, its_regs, ITS_REGS, domain, reader, regs);
    if (regs[ITS_DT_CFGR_REG] & ~(uint64_t)fields) {
        vgic_state_refuse(reader, vgic_v5_key("ITS_DT_CFGR", domain).text,
                          "is %#" PRIx64 ", allowed are the bits %#" PRIx32, regs[ITS_DT_CFGR_REG],
                          fields);
    }
    vgic_v5_check_errors("ITS_SWERR_STATUSR", domain, reader, regs[ITS_STATUSR_REG],
                         regs[ITS_SYNDROMER0_REG], regs[ITS_SYNDROMER1_REG]);
}

VgicStagedIts *vgic_v5_check_its(const Vgic *gic, VgicStateReader *state)
{
    const VgicV5 *v5 = gic->v5;
    VgicStagedIts *staged = g_new0(VgicStagedIts, v5->its_count);

    for (uint32_t i = 0; i < v5->its_count && !state->load->failed; i++) {
        VgicStateReader reader;

        vgic_state_open_element(state, "ITS", i, v5->its_count, &reader);
        for (unsigned domain = 0; domain < VGIC_DOMAINS; domain++) {
            if (vgic_v5_has_domain(v5, domain)) {
                check_domain(&v5->its[i], domain, &reader, &staged[i]);
            }
        }
        vgic_state_close(&reader);
    }
    return staged;
}

/* Translations are read anew: guest memory is another one. */
void vgic_v5_apply_its(Vgic *gic, const VgicStagedIts *staged)
{
    for (uint32_t i = 0; i < gic->v5->its_count; i++) {
        for (unsigned j = 0; j < VGIC_DOMAINS; j++) {
            VgicV5ItsDomain *domain = &gic->v5->its[i].domain[j];

            if (vgic_v5_has_domain(gic->v5, j)) {
                vgic_lock(&domain->lock);
                domain->enabled = staged[i].enabled[j];
                vgic_v5_apply_regs(its_regs, ITS_REGS, domain, staged[i].regs[j]);
                vgic_v5_its_forget_all(domain);
                vgic_unlock(&domain->lock);
            }
        }
    }
}

/* IWBs. */

/** An element for each IWB. */
struct VgicStagedIwb {
    bool enabled;
    const uint32_t *high, *on, *level;
    const uint32_t *domains; /* NULL: all Non-secure */
};

static uint32_t high_field(const void *from, uint32_t index)
{
    return !!(vgic_iwb_wire(from, index) & VGIC_WIRE_IS_HIGH);
}

static uint32_t on_field(const void *from, uint32_t index)
{
    return !!(vgic_iwb_wire(from, index) & VGIC_WIRE_ENABLED);
}

static uint32_t level_field(const void *from, uint32_t index)
{
    return !!(vgic_iwb_wire(from, index) & VGIC_WIRE_LEVEL);
}

static uint32_t domain_field(const void *from, uint32_t index)
{
    return vgic_wire_domain(vgic_iwb_wire(from, index));
}

static void save_one_iwb(const VgicIwb *iwb, VgicStateWriter *writer)
{
    uint32_t count = iwb->wire_count;

    vgic_state_put_u32(writer, "IWB_CR0", (uint32_t)VGIC_PUT(iwb_cr0, IWBEN, iwb->enabled));
    vgic_v5_save_bits(writer, "IWB_WENABLER<n>", count, 1, on_field, iwb);
    vgic_v5_save_bits(writer, "IWB_WTMR<n>", count, 1, level_field, iwb);
    if (iwb->gic->el3) {
        vgic_v5_save_bits(writer, "IWB_WDOMAINR<n>", count, 2, domain_field, iwb);
    }
    vgic_v5_save_bits(writer, "wire", count, 1, high_field, iwb);
}

void vgic_v5_save_iwb(const Vgic *gic, VgicStateWriter *state)
{
    VgicStateWriter all;

    g_variant_builder_init(&all, G_VARIANT_TYPE("aa{sv}"));
    for (uint32_t i = 0; i < gic->v5->iwb_count; i++) {
        VgicStateWriter one;

        g_variant_builder_init(&one, G_VARIANT_TYPE_VARDICT);
        save_one_iwb(&gic->v5->iwb[i], &one);
        g_variant_builder_add_value(&all, g_variant_builder_end(&one));
    }
    g_variant_builder_add(state, "{sv}", "IWB", g_variant_builder_end(&all));
}

static void check_one_iwb(const VgicIwb *iwb, VgicStateReader *reader, VgicStagedIwb *staged)
{
    const Vgic *gic = iwb->gic;
    uint32_t count = iwb->wire_count;

    staged->enabled = vgic_state_u32(reader, "IWB_CR0", (uint32_t)VGIC_MASK(iwb_cr0, IWBEN));
    staged->on = vgic_v5_check_bits(reader, "IWB_WENABLER<n>", count);
    staged->level = vgic_v5_check_bits(reader, "IWB_WTMR<n>", count);
    if (gic->el3) {
        staged->domains = vgic_v5_check_domains(gic->v5, reader, "IWB_WDOMAINR<n>", count, VGIC_S);
    }
    staged->high = vgic_v5_check_bits(reader, "wire", count);
}

VgicStagedIwb *vgic_v5_check_iwb(const Vgic *gic, VgicStateReader *state)
{
    const VgicV5 *v5 = gic->v5;
    VgicStagedIwb *staged = g_new0(VgicStagedIwb, v5->iwb_count);

    for (uint32_t i = 0; i < v5->iwb_count && !state->load->failed; i++) {
        VgicStateReader reader;

        vgic_state_open_element(state, "IWB", i, v5->iwb_count, &reader);
        check_one_iwb(&v5->iwb[i], &reader, &staged[i]);
        vgic_state_close(&reader);
    }
    return staged;
}

static void apply_one_iwb(VgicIwb *iwb, const VgicStagedIwb *staged)
{
    vgic_lock(&iwb->lock);
    atomic_store(&iwb->enabled, staged->enabled);
    for (uint32_t i = 0; i < iwb->wire_count; i++) {
        unsigned domain = staged->domains ? vgic_v5_bits(staged->domains, i, 2) : VGIC_NS;
        unsigned wire = domain << VGIC_WIRE_DOMAIN_SHIFT |
                        (vgic_v5_bits(staged->high, i, 1) ? VGIC_WIRE_IS_HIGH : 0) |
                        (vgic_v5_bits(staged->on, i, 1) ? VGIC_WIRE_ENABLED : 0) |
                        (vgic_v5_bits(staged->level, i, 1) ? VGIC_WIRE_LEVEL : 0);

        atomic_store(&iwb->wires[i], (uint8_t)wire);
    }
    vgic_unlock(&iwb->lock);
}

void vgic_v5_apply_iwb(Vgic *gic, const VgicStagedIwb *staged)
{
    for (uint32_t i = 0; i < gic->v5->iwb_count; i++) {
        apply_one_iwb(&gic->v5->iwb[i], &staged[i]);
    }
}
