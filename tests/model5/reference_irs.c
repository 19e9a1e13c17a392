/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of an IRS, and the way from a frame's name to its component. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

#define DT_ADDR UINT64_C(0x00FFFFFFFFFFFFF8)
#define IST_ADDR UINT64_C(0x00FFFFFFFFFFFFC0)

/* The SPI that the frame has selected, NULL if that is none of its own. */
static Irq *selected_spi(Ref *ref, uint32_t irs, uint8_t domain)
{
    const Irs *i = &ref->irs[irs];
    uint32_t id = i->domain[domain].spi_sel;
    if (id < i->spi_base || id >= i->spi_base + i->spi_count) {
        return NULL;
    }
    return domain == EL3 || ref->spi[id].domain == domain ? &ref->spi[id] : NULL;
}

static Pe *selected_pe(Ref *ref, uint32_t irs, uint8_t domain)
{
    for (uint32_t i = 0; i < ref->cpus; i++) {
        if (ref->pe[i].irs == irs && ref->pe[i].iaffid == ref->irs[irs].domain[domain].pe_sel) {
            return &ref->pe[i];
        }
    }
    return NULL;
}

static Irq *spi_or_report(Ref *ref, uint32_t irs, uint8_t domain)
{
    Irq *spi = selected_spi(ref, irs, domain);
    if (!spi) {
        report5(ref, RULE_IRS_SELECT);
    }
    return spi;
}

static Pe *pe_or_report(Ref *ref, uint32_t irs, uint8_t domain)
{
    Pe *pe = selected_pe(ref, irs, domain);
    if (!pe) {
        report5(ref, RULE_IRS_SELECT);
    }
    return pe;
}

static uint64_t swerr_status(const Swerr *e)
{
    return (uint64_t)e->v | (uint64_t)e->s0v << 1 | (uint64_t)e->s1v << 2 | (uint64_t)e->of << 3 |
           (uint64_t)e->ec << 16;
}

static uint32_t idr(const Ref *ref, uint32_t irs, uint8_t domain, uint32_t offset)
{
    const VgicV5Options *v5 = &ref->config.v5;
    const Irs *i = &ref->irs[irs];
    uint32_t bits = ref->config.priority_bits ? ref->config.priority_bits : 5;
    switch (offset) {
    case IRS_IDR0: /* PA_RANGE and IRSID are compared by nobody */
        return domain | (uint32_t)ref->one_of_n << 7 | (uint32_t)!v5->no_setlpi << 9 |
               (uint32_t)!v5->no_software_errors << 12;
    case IRS_IDR1:
        return i->pe_count | (v5->iaffid_bits ? v5->iaffid_bits - 1 : 15) << 16 | (bits - 1) << 20;
    case IRS_IDR2:
        return ref->config.lpi_bits | 1u << 5 | (v5->min_lpi_bits ? v5->min_lpi_bits : 1) << 6 |
               (uint32_t)!v5->linear_ist_only << 10 |
               (v5->ist_l2_sizes ? v5->ist_l2_sizes : 7u) << 11;
    case IRS_IDR5:
        return ref->spi_count;
    case IRS_IDR6:
        return i->spi_count;
    default:
        return i->spi_base;
    }
}

static uint64_t read_selected(Ref *ref, uint32_t irs, uint8_t domain, uint32_t offset)
{
    const Irq *spi;
    const Pe *pe;
    switch (offset) {
    case IRS_SPI_DOMAINR:
        spi = domain == EL3 ? spi_or_report(ref, irs, domain) : NULL;
        return spi ? spi->domain : 0;
    case IRS_SPI_CFGR:
        spi = spi_or_report(ref, irs, domain);
        return spi && spi->tm;
    case IRS_SPI_STATUSR:
        return 1 | (selected_spi(ref, irs, domain) ? 2 : 0);
    case IRS_PE_STATUSR:
        return 1 | (selected_pe(ref, irs, domain) ? 6 : 0);
    default: /* IRS_PE_CR0 */
        pe = pe_or_report(ref, irs, domain);
        return pe && ref->one_of_n && pe->dps[domain];
    }
}

uint64_t irs_read5(Ref *ref, uint32_t irs, uint8_t domain, uint32_t offset)
{
    const IrsDomain *d = &ref->irs[irs].domain[domain];
    const Ist *ist = &ref->ist[domain];
    switch (offset) {
    case IRS_IDR0:
    case IRS_IDR1:
    case IRS_IDR2:
    case IRS_IDR5:
    case IRS_IDR6:
    case IRS_IDR7:
        return idr(ref, irs, domain, offset);
    case IRS_IIDR:
        return ref->config.iidr ? ref->config.iidr : 0x0560043B;
    case IRS_CR0:
        return 2 | d->irsen;
    case IRS_CR1:
        return d->cr1;
    case IRS_SYNC_STATUSR:
    case IRS_IST_STATUSR:
        return 1;
    case IRS_SPI_SELR:
        return d->spi_sel;
    case IRS_PE_SELR:
        return d->pe_sel;
    case IRS_IST_BASER:
        return ist->addr | ist->valid;
    case IRS_IST_CFGR:
        return ist->cfgr;
    case IRS_SWERR_STATUSR:
        return swerr_status(&d->swerr);
    case IRS_SWERR_SYNDROMER0:
        return d->swerr.syndrome0;
    case IRS_SWERR_SYNDROMER1:
        return d->swerr.syndrome1;
    case IRS_DEVARCH:
        return 0x47705A19;
    case IRS_SPI_DOMAINR:
    case IRS_SPI_CFGR:
    case IRS_SPI_STATUSR:
    case IRS_PE_STATUSR:
    case IRS_PE_CR0:
        return read_selected(ref, irs, domain, offset);
    default:
        return 0;
    }
}

static void write_spi_domain(Ref *ref, uint32_t irs, uint8_t domain, uint64_t value)
{
    if (domain != EL3 || !ref5_has(ref, value & 3)) {
        report5(ref, RULE_IRQ_DOMAIN);
        return;
    }
    Irq *spi = spi_or_report(ref, irs, domain);
    if (spi) {
        spi->domain = value & 3;
        settle5(ref);
    }
}

static void write_trigger(Ref *ref, uint32_t irs, uint8_t domain, bool tm)
{
    Irq *spi = spi_or_report(ref, irs, domain);
    if (!spi || spi->tm == tm) {
        return;
    }
    spi->tm = tm;
    if (tm) {
        count5(ref, spi->wire ? COUNT_SPI_TO_LEVEL_HIGH : COUNT_SPI_TO_LEVEL_LOW);
        event5(ref, spi, spi->wire ? SET_LEVEL : CLEAR);
    } else if (spi->wire) {
        count5(ref, COUNT_SPI_TO_EDGE_HIGH);
        event5(ref, spi, CLEAR);
    }
}

/* By its ID, and only an SPI of the frame's own domain. */
static void resample(Ref *ref, uint32_t irs, uint8_t domain, uint32_t id)
{
    const Irs *i = &ref->irs[irs];
    bool has = id >= i->spi_base && id < i->spi_base + i->spi_count;
    if (!has || ref->spi[id].domain != domain) {
        report5(ref, RULE_IRQ_RANGE);
    } else {
        count5(ref, COUNT_SPI_RESAMPLED);
        spi_wire5(ref, &ref->spi[id], ref->spi[id].wire);
        settle5(ref);
    }
}

static void write_baser(Ref *ref, uint32_t irs, uint8_t domain, uint64_t value, uint64_t mask)
{
    Ist *ist = &ref->ist[domain];
    bool valid = mask & 1 ? value & 1 : ist->valid;
    uint64_t addr = (ist->addr & ~mask) | (value & mask & IST_ADDR);
    if (ist->valid) {
        if (addr != ist->addr && valid) {
            report5(ref, RULE_IST_VALID);
        }
    } else {
        ist->addr = addr;
    }
    if (valid != ist->valid) {
        ist_set_valid5(ref, irs, domain, valid);
    }
}

static void write_enable(Ref *ref, IrsDomain *d, bool enable)
{
    if (d->irsen && !enable) {
        count5(ref, COUNT_IRSEN_RECALLS);
    }
    d->irsen = enable;
    settle5(ref);
}

static void clear_error(Ref *ref, Swerr *swerr, uint64_t value)
{
    if (value & 1) {
        if (swerr->v) {
            count5(ref, COUNT_SWERR_CLEARED);
        }
        *swerr = (Swerr){0};
    }
}

static void write_dps(Ref *ref, uint32_t irs, uint8_t domain, bool dps)
{
    Pe *pe = pe_or_report(ref, irs, domain);
    if (pe && ref->one_of_n) {
        pe->dps[domain] = dps;
        settle5(ref);
    }
}

void irs_write5(Ref *ref, uint32_t irs, uint8_t domain, uint32_t offset, uint64_t value,
                uint64_t mask)
{
    IrsDomain *d = &ref->irs[irs].domain[domain];
    Ist *ist = &ref->ist[domain];
    switch (offset) {
    case IRS_CR0:
        write_enable(ref, d, value & 1);
        break;
    case IRS_CR1:
        d->cr1 = value & 0xFFFF;
        break;
    case IRS_SPI_SELR:
        d->spi_sel = value & 0xFFFFFF;
        break;
    case IRS_SPI_DOMAINR:
        write_spi_domain(ref, irs, domain, value);
        break;
    case IRS_SPI_RESAMPLER:
        resample(ref, irs, domain, value & 0xFFFFFF);
        break;
    case IRS_SPI_CFGR:
        write_trigger(ref, irs, domain, value & 1);
        break;
    case IRS_PE_SELR:
        d->pe_sel = value & 0xFFFF;
        break;
    case IRS_PE_CR0:
        write_dps(ref, irs, domain, value & 1);
        break;
    case IRS_IST_BASER:
        write_baser(ref, irs, domain, value, mask);
        break;
    case IRS_IST_CFGR:
        if (ist->valid) {
            report5(ref, RULE_IST_VALID);
        } else {
            ist->cfgr = (uint32_t)(value & ist_mask5(ref));
        }
        break;
    case IRS_MAP_L2_ISTR:
        ist_map5(ref, irs, domain, value & 0xFFFFFF);
        break;
    case IRS_SWERR_STATUSR:
        clear_error(ref, &d->swerr, value & mask);
        break;
    default:
        break;
    }
}

static void set_lpi(Ref *ref, uint32_t irs, uint8_t domain, uint32_t id)
{
    Irq *irq = lpi5(ref, irs, domain, id);
    if (irq) {
        count5(ref, COUNT_SETLPI);
        event5(ref, irq, SET_EDGE);
    }
}

/* What a frame's name says. */
typedef struct Where {
    enum {
        FRAME_IRS,
        FRAME_SETLPI,
        FRAME_ITS,
        FRAME_TRANSLATE,
        FRAME_IWB
    } kind;
    uint32_t number;
    uint8_t domain;
} Where;

static Where where(const char *name)
{
    Where w = {.domain = NONSECURE};
    if (!strncmp(name, "IWB", 3)) {
        w.kind = FRAME_IWB;
    } else if (!strncmp(name, "ITS", 3)) {
        w.kind = strstr(name, "_TRANSLATE") ? FRAME_TRANSLATE : FRAME_ITS;
    } else {
        w.kind = strstr(name, "_SETLPI") ? FRAME_SETLPI : FRAME_IRS;
    }
    w.number = name[3] >= '0' && name[3] <= '9' ? (uint32_t)atoi(name + 3) : 0;
    const char *last = strrchr(name, '_');
    if (last && !strcmp(last, "_S")) {
        w.domain = SECURE;
    } else if (last && !strcmp(last, "_EL3")) {
        w.domain = EL3;
    } else if (last && !strcmp(last, "_RL")) {
        w.domain = REALM;
    }
    return w;
}

/* 8 bytes wide? */
static bool is_wide(const Where *w, uint32_t offset)
{
    if (w->kind == FRAME_IRS) {
        switch (offset & ~7u) {
        case IRS_SPI_VMR:
        case IRS_IST_BASER:
        case IRS_VMT_BASER:
        case IRS_VPE_SELR:
        case IRS_VPE_DBR:
        case IRS_VPE_HPPIR:
        case IRS_VM_DBR:
        case IRS_VMAP_L2_VMTR:
        case IRS_VMAP_VMR:
        case IRS_VMAP_VISTR:
        case IRS_VMAP_L2_VISTR:
        case IRS_VMAP_VPER:
        case IRS_SAVE_VMR:
        case IRS_SWERR_STATUSR:
        case IRS_SWERR_SYNDROMER0:
        case IRS_SWERR_SYNDROMER1:
            return true;
        default:
            return false;
        }
    }
    if (w->kind == FRAME_ITS) {
        switch (offset & ~7u) {
        case ITS_DT_BASER:
        case ITS_DIDR:
        case ITS_READ_EVENT_DATAR:
        case ITS_SYNCR:
        case ITS_GEN_EVENT_DIDR:
        case ITS_SWERR_STATUSR:
        case ITS_SWERR_SYNDROMER0:
        case ITS_SWERR_SYNDROMER1:
            return true;
        default:
            return false;
        }
    }
    return false;
}

/* Is the access one that the frame answers? */
static bool answers(Ref *ref, const Where *w, VgicSpace space, uint32_t offset, uint32_t size)
{
    bool fits = (size == 4 || (size == 8 && is_wide(w, offset))) && offset % size == 0;
    if (!fits) {
        report5(ref, RULE_ACCESS_SIZE);
        return false;
    }
    if (w->kind != FRAME_IWB && space != ref5_space(ref, w->domain)) {
        report5(ref, RULE_SECURE);
        return false;
    }
    return true;
}

static uint64_t read_register(Ref *ref, const Where *w, VgicSpace space, uint32_t offset)
{
    switch (w->kind) {
    case FRAME_IRS:
        return irs_read5(ref, w->number, w->domain, offset);
    case FRAME_ITS:
        return its_read5(ref, w->number, w->domain, offset);
    case FRAME_IWB:
        return iwb_read5(ref, w->number, space, offset);
    default:
        return 0;
    }
}

uint64_t ref5_frame_read(Ref *ref, const char *frame, VgicAttrs attrs, uint64_t offset,
                         uint32_t size)
{
    Where w = where(frame);
    VgicSpace space = (VgicSpace)(attrs & 0xFF);
    if (!answers(ref, &w, space, (uint32_t)offset, size)) {
        return 0;
    }
    uint32_t base = (uint32_t)offset & (is_wide(&w, (uint32_t)offset) ? ~7u : ~3u);
    uint64_t value = read_register(ref, &w, space, base) >> 8 * (offset - base);
    return size == 4 ? (uint32_t)value : value;
}

void ref5_frame_write(Ref *ref, const char *frame, VgicAttrs attrs, uint64_t offset, uint32_t size,
                      uint64_t value)
{
    Where w = where(frame);
    VgicSpace space = (VgicSpace)(attrs & 0xFF);
    if (!answers(ref, &w, space, (uint32_t)offset, size)) {
        return;
    }
    uint32_t base = (uint32_t)offset & (is_wide(&w, (uint32_t)offset) ? ~7u : ~3u);
    uint64_t mask = (size == 8 ? UINT64_MAX : 0xFFFFFFFF) << 8 * (offset - base);
    value <<= 8 * (offset - base);
    switch (w.kind) {
    case FRAME_IRS:
        irs_write5(ref, w.number, w.domain, base, value, mask);
        break;
    case FRAME_SETLPI:
        if (base == IRS_SETLPIR) {
            set_lpi(ref, w.number, w.domain, value & 0xFFFFFF);
        }
        break;
    case FRAME_ITS:
        its_write5(ref, w.number, w.domain, base, value, mask);
        break;
    case FRAME_TRANSLATE:
        if (base == ITS_TRANSLATER) {
            ref5_msi(ref, w.number, w.domain, (uint32_t)(attrs >> 32), (uint32_t)value);
        } else if (base == ITS_RL_TRANSLATER && ref5_has(ref, REALM)) {
            ref5_msi(ref, w.number, REALM, (uint32_t)(attrs >> 32), (uint32_t)value);
        }
        break;
    default:
        iwb_write5(ref, w.number, space, base, (uint32_t)value);
        break;
    }
}
