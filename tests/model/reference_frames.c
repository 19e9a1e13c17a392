/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference: registers of the Distributor, the Redistributors and the message frame. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

/* What a register is, whatever frame it stands in. */
enum {
    RES0,
    UNMODELLED, /* a register of a part of the architecture that comes later */
    CONSTANT,
    D_CTLR,
    D_TYPER,
    D_STATUSR,
    R_CTLR,
    R_TYPER,
    R_STATUSR,
    R_WAKER,
    R_LPI,
    R_DIRECT,
    ITS,
    M_TYPER,
    IIDR,
    SETSPI,
    CLRSPI,
    SETSPI_S,
    CLRSPI_S,
    /* one bit an interrupt */
    GROUP,
    GROUP_MODIFIER,
    SET_ENABLE,
    CLEAR_ENABLE,
    SET_PENDING,
    CLEAR_PENDING,
    SET_ACTIVE,
    CLEAR_ACTIVE,
    NMI,
    /* two bits */
    TRIGGER,
    NSACR,
    /* a byte */
    PRIORITY,
    /* 64 bits */
    ROUTE,
};

typedef struct Register {
    RefRow row;
    uint32_t intid; /* of the first bit, for registers of interrupts */
    uint32_t value; /* of a CONSTANT */
} Register;

#define R true
#define W true
#define NO false
/* clang-format off */
#define ID(frame, part)                                                                     \
    {{frame, 0xFFD0, 1, 4, 4, R, NO, false, CONSTANT}, 0, 0x44},                      \
    {{frame, 0xFFD4, 3, 4, 4, R, NO, false, CONSTANT}, 0, 0},                         \
    {{frame, 0xFFE0, 1, 4, 4, R, NO, false, CONSTANT}, 0, part},                      \
    {{frame, 0xFFE4, 1, 4, 4, R, NO, false, CONSTANT}, 0, 0xB4},                      \
    {{frame, 0xFFE8, 1, 4, 4, R, NO, false, CONSTANT}, 0, 0x3B},                      \
    {{frame, 0xFFEC, 1, 4, 4, R, NO, false, CONSTANT}, 0, 0},                         \
    {{frame, 0xFFF0, 1, 4, 4, R, NO, false, CONSTANT}, 0, 0x0D},                      \
    {{frame, 0xFFF4, 1, 4, 4, R, NO, false, CONSTANT}, 0, 0xF0},                      \
    {{frame, 0xFFF8, 1, 4, 4, R, NO, false, CONSTANT}, 0, 0x05},                      \
    {{frame, 0xFFFC, 1, 4, 4, R, NO, false, CONSTANT}, 0, 0xB1}

static const Register registers[] = {
    {{"GICD", 0x0000, 1, 4, 4, R, W, false, D_CTLR}, 0, 0},
    {{"GICD", 0x0004, 1, 4, 4, R, NO, false, D_TYPER}, 0, 0},
    {{"GICD", 0x0008, 1, 4, 4, R, NO, false, IIDR}, 0, 0},
    {{"GICD", 0x000C, 1, 4, 4, R, NO, false, CONSTANT}, 0, 0}, /* TYPER2 */
    {{"GICD", 0x0010, 1, 4, 4, R, W, false, D_STATUSR}, 0, 0},
    {{"GICD", 0x0040, 1, 4, 2 | 4, NO, W, false, SETSPI}, 0, 0},
    {{"GICD", 0x0048, 1, 4, 2 | 4, NO, W, false, CLRSPI}, 0, 0},
    {{"GICD", 0x0050, 1, 4, 2 | 4, NO, W, true, SETSPI_S}, 0, 0},
    {{"GICD", 0x0058, 1, 4, 2 | 4, NO, W, true, CLRSPI_S}, 0, 0},
    {{"GICD", 0x0068, 1, 4, 4, NO, W, false, RES0}, 0, 0}, /* SEIR */
    {{"GICD", 0x0080, 32, 4, 4, R, W, true, GROUP}, 0, 0},
    {{"GICD", 0x0100, 32, 4, 4, R, W, false, SET_ENABLE}, 0, 0},
    {{"GICD", 0x0180, 32, 4, 4, R, W, false, CLEAR_ENABLE}, 0, 0},
    {{"GICD", 0x0200, 32, 4, 4, R, W, false, SET_PENDING}, 0, 0},
    {{"GICD", 0x0280, 32, 4, 4, R, W, false, CLEAR_PENDING}, 0, 0},
    {{"GICD", 0x0300, 32, 4, 4, R, W, false, SET_ACTIVE}, 0, 0},
    {{"GICD", 0x0380, 32, 4, 4, R, W, false, CLEAR_ACTIVE}, 0, 0},
    {{"GICD", 0x0400, 255, 4, 1 | 4, R, W, false, PRIORITY}, 0, 0},
    {{"GICD", 0x0800, 255, 4, 1 | 4, R, W, false, RES0}, 0, 0}, /* ITARGETSR */
    {{"GICD", 0x0C00, 64, 4, 4, R, W, false, TRIGGER}, 0, 0},
    {{"GICD", 0x0D00, 32, 4, 4, R, W, true, GROUP_MODIFIER}, 0, 0},
    {{"GICD", 0x0E00, 64, 4, 4, R, W, true, NSACR}, 0, 0},
    {{"GICD", 0x0F00, 1, 4, 4, NO, W, false, RES0}, 0, 0}, /* SGIR */
    {{"GICD", 0x0F10, 8, 4, 1 | 4, R, W, false, RES0}, 0, 0}, /* C/SPENDSGIR */
    {{"GICD", 0x0F80, 32, 4, 4, R, W, false, NMI}, 0, 0},
    {{"GICD", 0x1000, 32, 4, 4, R, W, true, GROUP}, 4096, 0},
    {{"GICD", 0x1200, 32, 4, 4, R, W, false, SET_ENABLE}, 4096, 0},
    {{"GICD", 0x1400, 32, 4, 4, R, W, false, CLEAR_ENABLE}, 4096, 0},
    {{"GICD", 0x1600, 32, 4, 4, R, W, false, SET_PENDING}, 4096, 0},
    {{"GICD", 0x1800, 32, 4, 4, R, W, false, CLEAR_PENDING}, 4096, 0},
    {{"GICD", 0x1A00, 32, 4, 4, R, W, false, SET_ACTIVE}, 4096, 0},
    {{"GICD", 0x1C00, 32, 4, 4, R, W, false, CLEAR_ACTIVE}, 4096, 0},
    {{"GICD", 0x2000, 256, 4, 1 | 4, R, W, false, PRIORITY}, 4096, 0},
    {{"GICD", 0x3000, 64, 4, 4, R, W, false, TRIGGER}, 4096, 0},
    {{"GICD", 0x3400, 32, 4, 4, R, W, true, GROUP_MODIFIER}, 4096, 0},
    {{"GICD", 0x3600, 64, 4, 4, R, W, true, NSACR}, 4096, 0},
    {{"GICD", 0x3B00, 32, 4, 4, R, W, false, NMI}, 4096, 0},
    {{"GICD", 0x6100, 988, 8, 4 | 8, R, W, false, ROUTE}, 32, 0},
    {{"GICD", 0x8000, 1024, 8, 4 | 8, R, W, false, ROUTE}, 4096, 0},
    ID("GICD", 0x92),
    {{"GICR", 0x0000, 1, 4, 4, R, W, false, R_CTLR}, 0, 0},
    {{"GICR", 0x0004, 1, 4, 4, R, NO, false, IIDR}, 0, 0},
    {{"GICR", 0x0008, 1, 8, 4 | 8, R, NO, false, R_TYPER}, 0, 0},
    {{"GICR", 0x0010, 1, 4, 4, R, W, false, R_STATUSR}, 0, 0},
    {{"GICR", 0x0014, 1, 4, 4, R, W, true, R_WAKER}, 0, 0},
    {{"GICR", 0x0018, 1, 4, 4, R, NO, false, UNMODELLED}, 0, 0}, /* MPAMIDR */
    {{"GICR", 0x001C, 1, 4, 4, R, W, false, UNMODELLED}, 0, 0}, /* PARTIDR */
    {{"GICR", 0x0040, 1, 8, 4 | 8, NO, W, false, R_DIRECT}, 0, 0}, /* SETLPIR */
    {{"GICR", 0x0048, 1, 8, 4 | 8, NO, W, false, R_DIRECT}, 0, 0}, /* CLRLPIR */
    {{"GICR", 0x0070, 2, 8, 4 | 8, R, W, false, R_LPI}, 0, 0}, /* PROP-, PENDBASER */
    {{"GICR", 0x00A0, 1, 8, 4 | 8, NO, W, false, R_LPI}, 0, 0}, /* INVLPIR */
    {{"GICR", 0x00B0, 1, 8, 4 | 8, NO, W, false, R_LPI}, 0, 0}, /* INVALLR */
    {{"GICR", 0x00C0, 1, 4, 4, R, NO, false, R_LPI}, 0, 0}, /* SYNCR */
    ID("GICR", 0x93),
    {{"GICR", 0x10080, 1, 4, 4, R, W, true, GROUP}, 0, 0},
    {{"GICR", 0x10084, 2, 4, 4, R, W, true, GROUP}, 1056, 0},
    {{"GICR", 0x10100, 1, 4, 4, R, W, false, SET_ENABLE}, 0, 0},
    {{"GICR", 0x10104, 2, 4, 4, R, W, false, SET_ENABLE}, 1056, 0},
    {{"GICR", 0x10180, 1, 4, 4, R, W, false, CLEAR_ENABLE}, 0, 0},
    {{"GICR", 0x10184, 2, 4, 4, R, W, false, CLEAR_ENABLE}, 1056, 0},
    {{"GICR", 0x10200, 1, 4, 4, R, W, false, SET_PENDING}, 0, 0},
    {{"GICR", 0x10204, 2, 4, 4, R, W, false, SET_PENDING}, 1056, 0},
    {{"GICR", 0x10280, 1, 4, 4, R, W, false, CLEAR_PENDING}, 0, 0},
    {{"GICR", 0x10284, 2, 4, 4, R, W, false, CLEAR_PENDING}, 1056, 0},
    {{"GICR", 0x10300, 1, 4, 4, R, W, false, SET_ACTIVE}, 0, 0},
    {{"GICR", 0x10304, 2, 4, 4, R, W, false, SET_ACTIVE}, 1056, 0},
    {{"GICR", 0x10380, 1, 4, 4, R, W, false, CLEAR_ACTIVE}, 0, 0},
    {{"GICR", 0x10384, 2, 4, 4, R, W, false, CLEAR_ACTIVE}, 1056, 0},
    {{"GICR", 0x10400, 8, 4, 1 | 4, R, W, false, PRIORITY}, 0, 0},
    {{"GICR", 0x10420, 16, 4, 1 | 4, R, W, false, PRIORITY}, 1056, 0},
    {{"GICR", 0x10C00, 2, 4, 4, R, W, false, TRIGGER}, 0, 0},
    {{"GICR", 0x10C08, 4, 4, 4, R, W, false, TRIGGER}, 1056, 0},
    {{"GICR", 0x10D00, 1, 4, 4, R, W, true, GROUP_MODIFIER}, 0, 0},
    {{"GICR", 0x10D04, 2, 4, 4, R, W, true, GROUP_MODIFIER}, 1056, 0},
    {{"GICR", 0x10E00, 1, 4, 4, R, W, true, NSACR}, 0, 0},
    {{"GICR", 0x10F80, 1, 4, 4, R, W, false, NMI}, 0, 0},
    {{"GICR", 0x10F84, 2, 4, 4, R, W, false, NMI}, 1056, 0},
    {{"GICM", 0x0008, 1, 4, 4, R, NO, false, M_TYPER}, 0, 0},
    {{"GICM", 0x0040, 1, 4, 2 | 4, NO, W, false, SETSPI}, 0, 0},
    {{"GICM", 0x0048, 1, 4, 2 | 4, NO, W, false, CLRSPI}, 0, 0},
    {{"GICM", 0x0050, 1, 4, 2 | 4, NO, W, true, SETSPI_S}, 0, 0},
    {{"GICM", 0x0058, 1, 4, 2 | 4, NO, W, true, CLRSPI_S}, 0, 0},
    {{"GICM", 0x0FCC, 1, 4, 4, R, NO, false, IIDR}, 0, 0},
    ID("GICM", 0x97),
    {{"GITS", 0x0000, 1, 4, 4, R, W, false, ITS}, 0, 0}, /* CTLR */
    {{"GITS", 0x0004, 1, 4, 4, R, NO, false, ITS}, 0, 0}, /* IIDR */
    {{"GITS", 0x0008, 1, 8, 4 | 8, R, NO, false, ITS}, 0, 0}, /* TYPER */
    {{"GITS", 0x0010, 1, 4, 4, R, NO, false, UNMODELLED}, 0, 0}, /* MPAMIDR */
    {{"GITS", 0x0014, 1, 4, 4, R, W, false, UNMODELLED}, 0, 0}, /* PARTIDR */
    {{"GITS", 0x0018, 1, 4, 4, R, NO, false, UNMODELLED}, 0, 0}, /* MPIDR */
    {{"GITS", 0x0040, 1, 4, 4, R, W, false, ITS}, 0, 0}, /* STATUSR */
    {{"GITS", 0x0048, 1, 8, 4 | 8, R, NO, false, ITS}, 0, 0}, /* UMSIR */
    {{"GITS", 0x0080, 1, 8, 4 | 8, R, W, false, ITS}, 0, 0}, /* CBASER */
    {{"GITS", 0x0088, 1, 8, 4 | 8, R, W, false, ITS}, 0, 0}, /* CWRITER */
    {{"GITS", 0x0090, 1, 8, 4 | 8, R, NO, false, ITS}, 0, 0}, /* CREADR */
    {{"GITS", 0x0100, 8, 8, 4 | 8, R, W, false, ITS}, 0, 0}, /* BASER */
    ID("GITS", 0x94),
    {{"GITS", 0x10040, 1, 4, 2 | 4, NO, W, false, ITS}, 0, 0}, /* TRANSLATER */
};
/* clang-format on */

/* An access, taken apart. */
typedef struct Access {
    const Register *reg;
    uint32_t cpu; /* of the Redistributor */
    uint32_t its;
    VgicAttrs attrs;
    bool last; /* of its region */
    bool secure;
    uint32_t byte; /* offset in the register array */
    uint32_t size;
} Access;

const RefRow *ref_rows(uint32_t *count)
{
    enum {
        N = sizeof(registers) / sizeof(registers[0])
    };
    static RefRow rows[N];
    for (uint32_t i = 0; i < N; i++) {
        rows[i] = registers[i].row;
    }
    *count = N;
    return rows;
}

/* The size of a frame; its first PE if it is one of Redistributors. 0: no such frame. */
static uint64_t frame_size(const RefGic *gic, const char *frame, uint32_t *first, uint32_t *cpus)
{
    const VgicConfig *config = &gic->config;
    *first = *cpus = 0;
    if (!strcmp(frame, "GICD") || (!strcmp(frame, "GICM") && config->message_frame)) {
        return 0x10000;
    }
    if (!strncmp(frame, "GITS", 4)) {
        return strtoul(frame + 4, NULL, 10) < config->its ? 0x20000 : 0;
    }
    if (strncmp(frame, "GICR", 4) != 0) {
        return 0;
    }
    uint32_t region = (uint32_t)strtoul(frame + 4, NULL, 10);
    uint32_t regions = config->redist_region_count ? config->redist_region_count : 1;
    if (region >= regions) {
        return 0;
    }
    for (uint32_t i = 0; i < region; i++) {
        *first += config->redist_regions[i];
    }
    *cpus = config->redist_region_count ? config->redist_regions[region] : gic->cpus;
    return (uint64_t)*cpus * 0x20000;
}

static const Register *find_register(const char *frame, uint64_t offset)
{
    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
        const RefRow *row = &registers[i].row;
        if (!strcmp(row->frame, frame) && offset >= row->offset &&
            offset < row->offset + row->count * row->stride) {
            return &registers[i];
        }
    }
    return NULL;
}

static void note_status(RefGic *gic, const Access *access, const char *frame, int bit)
{
    if (!gic->config.statusr || !strcmp(frame, "GICM")) {
        return;
    }
    if (!strcmp(frame, "GITS")) {
        gic->its[access->its].statusr |= (uint8_t)(1 << bit);
        return;
    }
    int bank = access->secure || gic->ds ? REF_BANK_S : REF_BANK_NS;
    uint8_t *status = strcmp(frame, "GICR") ? gic->statusr : gic->cpu[access->cpu].statusr;
    status[bank] |= (uint8_t)(1 << bit);
}

/* Finds what an access means; anything but VGIC_OK ends it. */
static VgicResult decode(RefGic *gic, const char *name, VgicAttrs attrs, uint64_t offset,
                         uint32_t size, bool write, Access *access)
{
    uint32_t first, cpus;
    uint64_t end = frame_size(gic, name, &first, &cpus);
    bool size_exists = size == 1 || size == 2 || size == 4 || size == 8;
    if (!size_exists || offset >= end || size > end - offset) {
        return VGIC_INVALID;
    }
    bool its = !strncmp(name, "GITS", 4);
    const char *frame = cpus ? "GICR" : its ? "GITS" : name;
    access->its = its ? (uint32_t)strtoul(name + 4, NULL, 10) : 0;
    access->attrs = attrs;
    access->cpu = first + (uint32_t)(offset / 0x20000);
    access->last = cpus && access->cpu == first + cpus - 1;
    access->secure = !(attrs & 1);
    access->size = size;
    offset = cpus ? offset % 0x20000 : offset;
    access->reg = find_register(frame, offset);
    if (!access->reg) {
        note_status(gic, access, frame, write ? 1 : 0);
        return VGIC_RAZ_WI;
    }
    const RefRow *row = &access->reg->row;
    bool lpi = row->kind == R_LPI || row->kind == R_DIRECT;
    if ((row->kind == NMI && !gic->config.nmi) || (lpi && !gic->config.lpi_bits)) {
        note_status(gic, access, frame, write ? 1 : 0);
        return VGIC_RAZ_WI;
    }
    access->byte = (uint32_t)offset - row->offset;
    if (!(row->sizes & size) || offset % size) {
        return VGIC_RAZ_WI;
    }
    if (size < 4 && !(row->sizes & 1) && offset % 4) {
        return VGIC_RAZ_WI; /* the upper half of SETSPI */
    }
    if (row->kind == UNMODELLED || (its && !ref_its_has(gic, row->offset))) {
        note_status(gic, access, frame, write ? 1 : 0);
        return VGIC_RAZ_WI;
    }
    if (write ? !row->write : !row->read) {
        note_status(gic, access, frame, write ? 3 : 2);
        return VGIC_RAZ_WI;
    }
    if (row->secure && !access->secure && !gic->ds) {
        gic->count[REF_NS_REFUSED]++;
        return VGIC_RAZ_WI;
    }
    return VGIC_OK;
}

/* ---- Registers of interrupts ---- */

static uint32_t bits_per_irq(int kind)
{
    switch (kind) {
    case TRIGGER:
    case NSACR:
        return 2;
    case PRIORITY:
        return 8;
    case ROUTE:
        return 64;
    default:
        return 1;
    }
}

/* Non-secure software may see or change this property of this interrupt. */
static bool allowed(const RefGic *gic, const Access *access, const RefIrq *irq, bool write)
{
    if (gic->ds || access->secure || irq->group_bit) {
        return true;
    }
    uint8_t nsacr = irq->owner == REF_NO_CPU ? irq->nsacr : 0;
    bool yes = false;
    switch (access->reg->row.kind) {
    case SET_PENDING:
        yes = nsacr >= 1;
        break;
    case CLEAR_PENDING:
        yes = nsacr >= 2;
        break;
    case SET_ACTIVE:
    case CLEAR_ACTIVE:
        yes = nsacr >= 2 && !write;
        break;
    case ROUTE:
        yes = nsacr == 3;
        break;
    default:
        break;
    }
    gic->count[REF_NS_BY_NSACR] += yes;
    return yes;
}

static uint64_t read_field(const RefGic *gic, const Access *access, const RefIrq *irq)
{
    switch (access->reg->row.kind) {
    case GROUP:
        return irq->group_bit;
    case GROUP_MODIFIER:
        return gic->ds ? 0 : irq->mod_bit;
    case SET_ENABLE:
    case CLEAR_ENABLE:
        return irq->enabled;
    case SET_PENDING:
    case CLEAR_PENDING:
        return ref_pending(irq);
    case SET_ACTIVE:
    case CLEAR_ACTIVE:
        return irq->active;
    case NMI:
        return irq->nmi;
    case TRIGGER:
        return irq->edge ? 2 : 0;
    case NSACR:
        return gic->ds || (irq->intid >= 16 && irq->intid < 32) ? 0 : irq->nsacr;
    case PRIORITY:
        return access->secure || gic->ds ? irq->priority : (uint8_t)(irq->priority << 1);
    default:
        return irq->route;
    }
}

static void write_priority(const RefGic *gic, const Access *access, RefIrq *irq, uint8_t value)
{
    if (!access->secure && !gic->ds) {
        value = (uint8_t)(value >> 1 | 0x80);
    }
    irq->priority = value & ref_priority_mask(gic);
}

static void write_route(const RefGic *gic, const Access *access, RefIrq *irq, uint64_t value)
{
    uint64_t mask = gic->config.no_one_of_n ? 0xFF00FFFFFF : 0xFF80FFFFFF;
    uint64_t old = irq->route;
    if (access->size == 4) {
        value = access->byte % 8 ? value << 32 | (old & 0xFFFFFFFF)
                                 : (old & ~(uint64_t)0xFFFFFFFF) | (value & 0xFFFFFFFF);
    }
    irq->route = value & mask;
}

static void write_field(RefGic *gic, const Access *access, RefIrq *irq, uint64_t value)
{
    bool sgi = irq->intid < 16;
    switch (access->reg->row.kind) {
    case GROUP:
        irq->group_bit = value;
        break;
    case GROUP_MODIFIER:
        irq->mod_bit = gic->ds ? irq->mod_bit : value;
        break;
    case SET_ENABLE:
        irq->enabled |= value;
        break;
    case CLEAR_ENABLE:
        irq->enabled &= !value;
        break;
    case SET_PENDING:
        irq->latch |= value;
        break;
    case CLEAR_PENDING:
        irq->latch &= !value;
        break;
    case SET_ACTIVE:
        irq->active |= value;
        break;
    case CLEAR_ACTIVE:
        irq->active &= !value;
        break;
    case NMI:
        irq->nmi = value;
        break;
    case TRIGGER:
        gic->count[REF_TRIGGER_CHANGED_PENDING] +=
            !sgi && irq->edge != (value >> 1) && ref_pending(irq);
        irq->edge = sgi || value >> 1;
        break;
    case NSACR:
        irq->nsacr = gic->ds ? irq->nsacr : (uint8_t)value;
        break;
    case PRIORITY:
        write_priority(gic, access, irq, (uint8_t)value);
        break;
    default:
        write_route(gic, access, irq, value);
        break;
    }
}

/* Of a Distributor register of INTIDs 0 to 31, none: they live in the Redistributors. */
static RefIrq *irq_of(const RefGic *gic, const Access *access, uint32_t intid)
{
    bool dist = !strcmp(access->reg->row.frame, "GICD");
    RefIrq *irq = ref_irq(gic, dist ? REF_NO_CPU : (int)access->cpu, intid);
    return irq && (irq->owner == REF_NO_CPU) == dist ? irq : NULL;
}

static uint64_t read_irqs(const RefGic *gic, const Access *access)
{
    uint32_t bits = bits_per_irq(access->reg->row.kind);
    uint32_t first = access->reg->intid + access->byte * 8 / bits;
    uint32_t count = bits == 64 ? 1 : access->size * 8 / bits;
    uint64_t value = 0;
    for (uint32_t i = 0; i < count; i++) {
        const RefIrq *irq = irq_of(gic, access, first + i);
        if (irq && allowed(gic, access, irq, false)) {
            value |= read_field(gic, access, irq) << (i * bits);
        }
    }
    if (bits == 64 && access->size == 4) {
        value = access->byte % 8 ? value >> 32 : value & 0xFFFFFFFF;
    }
    return value;
}

static void write_irqs(RefGic *gic, const Access *access, uint64_t value)
{
    uint32_t bits = bits_per_irq(access->reg->row.kind);
    uint32_t first = access->reg->intid + access->byte * 8 / bits;
    uint32_t count = bits == 64 ? 1 : access->size * 8 / bits;
    for (uint32_t i = 0; i < count; i++) {
        RefIrq *irq = irq_of(gic, access, first + i);
        if (irq && allowed(gic, access, irq, true)) {
            uint64_t mask = bits == 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
            write_field(gic, access, irq, value >> (i * bits) & mask);
        }
    }
}

/* ---- Registers of frames ---- */

static uint64_t read_dist_ctlr(const RefGic *gic, const Access *access)
{
    uint64_t g0 = gic->enable[REF_G0], g1s = gic->enable[REF_G1S], g1ns = gic->enable[REF_G1NS];
    if (gic->ds) {
        return g0 | g1ns << 1 | 1 << 4 | 1 << 6 | (uint64_t)gic->e1nwf << 7;
    }
    if (!access->secure) {
        return g1ns << 1 | 1 << 4;
    }
    return g0 | g1ns << 1 | g1s << 2 | 3 << 4 | (uint64_t)gic->e1nwf << 7;
}

static void write_dist_ctlr(RefGic *gic, const Access *access, uint64_t value)
{
    gic->enable[REF_G1NS] = value >> 1 & 1;
    if (!gic->ds && !access->secure) {
        return;
    }
    gic->enable[REF_G0] = value & 1;
    gic->e1nwf = value >> 7 & 1;
    if (!gic->ds) {
        gic->enable[REF_G1S] = value >> 2 & 1;
        gic->ds = (value >> 6 & 1) && !gic->config.ds_fixed;
        gic->count[REF_DS_SET] += gic->ds;
        for (uint32_t i = 0; i < gic->cpus && gic->ds && gic->config.lpi_bits; i++) {
            ref_lpi_invalidate_all(gic, i); /* priorities are another scale now */
        }
    }
}

static uint64_t read_dist_typer(const RefGic *gic)
{
    const VgicConfig *config = &gic->config;
    uint64_t value = (config->spis + 31) / 32;
    if (config->espis) {
        value |= 1 << 8 | (uint64_t)((config->espis + 31) / 32 - 1) << 27;
    }
    value |= (uint64_t)config->nmi << 9 | (uint64_t)!gic->ds << 10;
    value |= (uint64_t)!config->no_message_spis << 16;
    uint64_t bits = config->lpi_bits ? config->lpi_bits : ref_extended(gic) ? 16 : 10;
    value |= (uint64_t)(config->lpi_bits != 0) << 17 | (bits - 1) << 19;
    value |= 1 << 24 | (uint64_t)config->no_one_of_n << 25 | 1 << 26;
    return value;
}

static uint64_t read_redist_ctlr(const RefGic *gic, const Access *access)
{
    const RefCpu *cpu = &gic->cpu[access->cpu];
    uint64_t value = (uint64_t)cpu->dpg[REF_G1NS] << 25 | cpu->lpis;
    value |= gic->config.lpi_bits ? 6 : 0; /* CES, IR */
    if (gic->ds || access->secure) {
        value |= (uint64_t)cpu->dpg[REF_G0] << 24;
    }
    if (!gic->ds && access->secure) {
        value |= (uint64_t)cpu->dpg[REF_G1S] << 26;
    }
    return value;
}

static void write_redist_ctlr(RefGic *gic, const Access *access, uint64_t value)
{
    RefCpu *cpu = &gic->cpu[access->cpu];
    if (gic->config.lpi_bits) {
        ref_lpi_enable(gic, access->cpu, value & 1);
    }
    if (gic->config.no_one_of_n) {
        return;
    }
    cpu->dpg[REF_G1NS] = value >> 25 & 1;
    if (gic->ds || access->secure) {
        cpu->dpg[REF_G0] = value >> 24 & 1;
    }
    if (!gic->ds && access->secure) {
        cpu->dpg[REF_G1S] = value >> 26 & 1;
    }
}

static uint64_t read_redist_typer(const RefGic *gic, const Access *access)
{
    uint64_t affinity = gic->cpu[access->cpu].affinity;
    uint64_t value = (affinity & 0xFFFFFF) << 32 | (affinity >> 32 & 0xFF) << 56;
    value |= (uint64_t)(gic->config.lpi_bits != 0) | (uint64_t)ref_direct_lpi(gic) << 3;
    value |= (uint64_t)access->last << 4 | (uint64_t)!gic->config.no_one_of_n << 5;
    value |= (uint64_t)access->cpu << 8 | (uint64_t)(gic->config.eppis / 32) << 27;
    if (access->size == 4) {
        value = access->byte ? value >> 32 : value & 0xFFFFFFFF;
    }
    return value;
}

static uint64_t read_message_typer(const RefGic *gic)
{
    uint32_t base = gic->config.message_frame_base, spis = gic->config.message_frame_spis;
    if (!base && !spis) {
        base = 32;
        spis = gic->config.spis;
    }
    return 1u << 31 | 1 << 30 | (uint32_t)(!gic->ds) << 29 | base << 16 | spis;
}

static void write_message(RefGic *gic, const Access *access, uint64_t value)
{
    int kind = access->reg->row.kind;
    bool set = kind == SETSPI || kind == SETSPI_S;
    bool secure_form = kind == SETSPI_S || kind == CLRSPI_S;
    uint32_t intid = value & 0x1FFF;
    RefIrq *irq = ref_irq(gic, REF_NO_CPU, intid);
    if (!irq || gic->config.no_message_spis || (secure_form && gic->ds)) {
        return;
    }
    if (!gic->ds && !access->secure && !irq->group_bit && irq->nsacr < (set ? 1 : 2)) {
        return;
    }
    if (irq->edge) {
        irq->latch = set;
    } else {
        irq->message = set;
    }
    gic->count[irq->edge ? REF_MESSAGE_EDGE : REF_MESSAGE_LEVEL]++;
}

/* ---- Dispatch ---- */

static uint8_t *statusr(RefGic *gic, const Access *access)
{
    int bank = access->secure || gic->ds ? REF_BANK_S : REF_BANK_NS;
    return access->reg->row.kind == D_STATUSR ? &gic->statusr[bank]
                                              : &gic->cpu[access->cpu].statusr[bank];
}

static uint64_t read_register(RefGic *gic, const Access *access)
{
    switch (access->reg->row.kind) {
    case RES0:
        return 0;
    case CONSTANT:
        return access->reg->value;
    case IIDR:
        return gic->config.iidr;
    case D_CTLR:
        return read_dist_ctlr(gic, access);
    case D_TYPER:
        return read_dist_typer(gic);
    case D_STATUSR:
    case R_STATUSR:
        return gic->config.statusr ? *statusr(gic, access) : 0;
    case R_CTLR:
        return read_redist_ctlr(gic, access);
    case R_TYPER:
        return read_redist_typer(gic, access);
    case R_WAKER:
        return gic->cpu[access->cpu].asleep ? 6 : 0;
    case R_LPI:
        return ref_lpi_read(gic, access->cpu, access->reg->row.offset + access->byte, access->size);
    case ITS:
        return ref_its_read(gic, access->its, access->reg->row.offset + access->byte, access->size);
    case M_TYPER:
        return read_message_typer(gic);
    default:
        return read_irqs(gic, access);
    }
}

static void write_register(RefGic *gic, const Access *access, uint64_t value)
{
    switch (access->reg->row.kind) {
    case RES0:
        break;
    case D_CTLR:
        write_dist_ctlr(gic, access, value);
        break;
    case D_STATUSR:
    case R_STATUSR:
        *statusr(gic, access) &= (uint8_t)~value;
        break;
    case R_CTLR:
        write_redist_ctlr(gic, access, value);
        break;
    case R_WAKER:
        gic->cpu[access->cpu].asleep = value >> 1 & 1;
        break;
    case R_LPI:
    case R_DIRECT:
        ref_lpi_write(gic, access->cpu, access->reg->row.offset + access->byte, access->size,
                      value);
        break;
    case ITS:
        ref_its_write(gic, access->its, access->attrs, access->reg->row.offset + access->byte,
                      access->size, value);
        break;
    case SETSPI:
    case CLRSPI:
    case SETSPI_S:
    case CLRSPI_S:
        write_message(gic, access, value);
        break;
    default:
        write_irqs(gic, access, value);
        break;
    }
}

VgicResult ref_frame_read(RefGic *gic, const char *frame, VgicAttrs attrs, uint64_t offset,
                          uint32_t size, uint64_t *value)
{
    Access access = {0};
    VgicResult result = decode(gic, frame, attrs, offset, size, false, &access);
    *value = result == VGIC_OK ? read_register(gic, &access) : 0;
    gic->count[REF_RAZ_WI] += result == VGIC_RAZ_WI;
    return result;
}

VgicResult ref_frame_write(RefGic *gic, const char *frame, VgicAttrs attrs, uint64_t offset,
                           uint32_t size, uint64_t value)
{
    Access access = {0};
    VgicResult result = decode(gic, frame, attrs, offset, size, true, &access);
    gic->count[REF_RAZ_WI] += result == VGIC_RAZ_WI;
    if (result == VGIC_OK) {
        write_register(gic, &access, size < 8 ? value & (((uint64_t)1 << size * 8) - 1) : value);
        ref_look(gic);
    }
    return result;
}
