/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any call of the API with any argument, on any configuration: nothing may crash, and every answer
 * must keep what the headers promise.
 */
#include "input.h"

#include <stdlib.h>
#include <string.h>

#include <vgic/registers.h>
#include <vgic/registers5.h>
#include <vgic/state.h>
#include <vgic/vgic.h>

enum {
    MAX_CPUS = 20,
    MAX_IRS = 4,
    MAX_IWBS = 2,
    RAM_SIZE = 1 << 16
};

typedef struct Target {
    Vgic *gic;
    uint32_t cpus, frames;
    uint32_t depth;        /* callbacks that call back in */
    bool lpis, virtual;    /* EL2 or NMIs: states of a PE have more that counts */
    bool v5;               /* a GICv5 */
    uint8_t ram[RAM_SIZE]; /* from address 0; beyond it are bus errors */
    Input input;
    /* the configuration, and its arrays */
    VgicConfig config;
    uint64_t affinities[MAX_CPUS];
    uint32_t regions[4], irs_cpus[MAX_IRS], irs_spis[MAX_IRS];
    uint16_t iaffids[MAX_CPUS];
    VgicIwbOptions iwb[MAX_IWBS];
} Target;

static bool memory_read(void *machine, VgicSpace space, uint64_t address, void *buffer,
                        size_t length)
{
    Target *t = machine;
    if (length == 0 || address >= RAM_SIZE || length > RAM_SIZE - address) {
        return false;
    }
    (void)space;
    memcpy(buffer, t->ram + address, length);
    return true;
}

static bool memory_write(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                         size_t length)
{
    Target *t = machine;
    if (length == 0 || address >= RAM_SIZE || length > RAM_SIZE - address) {
        return false;
    }
    (void)space;
    memcpy(t->ram + address, buffer, length);
    return true;
}

/* What a host would do: look, and sometimes act at once. */
static void on_lines_changed(void *machine, uint32_t cpu)
{
    Target *t = machine;
    if (cpu >= t->cpus) {
        abort();
    }
    if (t->depth++ == 0) {
        VgicCpuState state = {.el = 1, .space = VGIC_NS, .scr_el3 = 1};
        uint64_t value;
        if (vgic_cpu_lines(t->gic, cpu) & VGIC_LINE_IRQ) {
            vgic_sysreg_read(t->gic, cpu, &state, t->v5 ? GICR_CDIA : ICC_IAR1_EL1, &value);
        }
        if (vgic_cpu_lines(t->gic, cpu) & VGIC_LINE_VIRQ) {
            state.el2_enabled = true;
            state.hcr_el2 = 0x18;
            vgic_sysreg_read(t->gic, cpu, &state, ICC_IAR1_EL1, &value);
        }
    }
    t->depth--;
}

static void on_guest_error(void *machine, const VgicReport *report)
{
    (void)machine;
    if (!report->rule || !report->rule[0] || !report->message || !report->frame) {
        abort();
    }
}

static void on_host_error(void *machine, const char *function, const char *message)
{
    (void)machine;
    if (!function || !message || !message[0]) {
        abort();
    }
}

static void on_trace(void *machine, const VgicTrace *event)
{
    (void)machine;
    if (event->kind < VGIC_TRACE_FRAME_READ || event->kind > VGIC_TRACE_COMMAND) {
        abort();
    }
}

static void check_result(VgicResult result, VgicResult last, uint64_t value)
{
    if ((unsigned)result > (unsigned)last || (result != VGIC_OK && value != 0)) {
        abort();
    }
}

static void take_lpis(Input *in, VgicConfig *config)
{
    uint64_t bits = input_take(in, 3);
    config->lpi_bits = 13 + (bits & 15);
    config->lpi_limit = bits >> 4 & 1 ? 0 : 1 + (bits >> 5 & 7) * 500;
    config->its = bits >> 8 & 3;
    config->direct_lpi = bits >> 10 & 1;
    if (bits >> 11 & 1) {
        config->its_options.device_bits = bits >> 12 & 63;
        config->its_options.event_bits = bits >> 18 & 63;
        config->its_options.cache_entries = 64;
        config->its_options.umsi = bits >> 14 & 1;
        config->its_options.flat_tables_only = bits >> 15 & 1;
    }
}

static void take_virtual(Input *in, VgicConfig *config)
{
    uint64_t bits = input_take(in, 3);
    config->el2 = bits & 7;
    config->nmi = bits >> 3 & 1;
    if (bits >> 4 & 1) {
        config->ich_options.list_registers = bits >> 5 & 31;
        config->ich_options.priority_bits = 5 + (bits >> 10 & 3);
        config->ich_options.preemption_bits = bits >> 12 & 1 ? 5 + (bits >> 13 & 3) : 0;
        config->ich_options.intid_bits = bits >> 15 & 1 ? 16 : 0;
        config->ich_options.no_tds = bits >> 16 & 1;
        config->ich_options.seis = bits >> 17 & 1;
    }
    config->maintenance_intid = bits >> 18 & 1 ? bits >> 19 & 31 : 0;
}

static void take_irs(Input *in, Target *t)
{
    VgicV5Options *v5 = &t->config.v5;
    v5->irs = input_below(in, MAX_IRS + 1) % (t->config.cpus + 1);
    uint64_t bits = input_take(in, 1);
    for (uint32_t i = 0; i < v5->irs && bits & 3; i++) {
        t->irs_cpus[i] = input_below(in, 4);
        t->irs_spis[i] = input_below(in, 32);
    }
    v5->irs_cpus = (bits & 17) == 17 ? t->irs_cpus : NULL; /* hardly ever right */
    v5->irs_spis = (bits & 34) == 34 ? t->irs_spis : NULL;
    for (uint32_t i = 0; i < t->config.cpus && i < MAX_CPUS && bits & 4; i++) {
        t->iaffids[i] = (uint16_t)(16 * i + input_below(in, 17));
    }
    v5->iaffids = bits & 4 ? t->iaffids : NULL;
    v5->iaffid_bits = bits & 8 ? input_below(in, 18) : 0;
}

static void take_iwbs(Input *in, Target *t)
{
    VgicV5Options *v5 = &t->config.v5;
    v5->iwbs = input_below(in, MAX_IWBS + 1);
    v5->iwb = v5->iwbs ? t->iwb : NULL;
    for (uint32_t i = 0; i < v5->iwbs; i++) {
        uint64_t bits = input_take(in, 1);
        t->iwb[i] = (VgicIwbOptions){.wires = 32 * (1 + (bits & 3)),
                                     .its = (bits >> 2 & 1) % t->config.its,
                                     .device = bits >> 3 & 7,
                                     .starts_disabled = bits >> 6 & 1};
    }
}

static void take_ppis(Input *in, VgicV5Options *v5)
{
    for (unsigned i = 0; i < 2; i++) {
        v5->ppis[i] = input_take(in, 5) << 24 * i;
        v5->edge_ppis[i] = v5->ppis[i] & input_take(in, 4);
    }
}

/* What no GICv5 can be. */
static void make_wild(Input *in, Target *t)
{
    uint64_t bits = input_take(in, 4);
    VgicConfig *config = &t->config;
    config->priority_bits = bits & 7;
    config->lpi_bits = bits >> 3 & 31;
    config->lpi_limit = bits >> 8 & 1;
    config->its = bits >> 9 & 31;
    config->v5.domains = bits >> 14 & 31;
    config->v5.min_lpi_bits = bits >> 19 & 31;
    config->v5.id_bits = bits >> 24 & 31;
}

static void take_configuration5(Input *in, Target *t)
{
    VgicConfig *config = &t->config;
    VgicV5Options *v5 = &config->v5;
    config->cpus = 1 + input_below(in, 5);
    config->spis = (uint32_t)input_take(in, 1);
    uint64_t bits = input_take(in, 4);
    config->el3 = bits & 1;
    config->nmi = bits >> 1 & 1;
    config->no_one_of_n = bits >> 2 & 1;
    config->single_threaded = bits >> 3 & 1;
    config->priority_bits = (bits >> 4 & 7) % 6;
    config->lpi_bits = bits >> 7 & 3 ? (bits >> 9 & 1 ? 14 : 10 + (bits >> 10 & 7)) : 0;
    config->lpi_limit = config->lpi_bits && bits >> 13 & 1 ? 1 + (bits >> 14 & 7) * 500 : 0;
    config->its = config->lpi_bits ? bits >> 17 & 3 : 0;
    if (bits >> 19 & 1 && config->el3) {
        v5->domains = 1u << VGIC_NS | 1u << VGIC_ROOT | (bits >> 20 & 1) | (bits >> 21 & 1) << 3;
    }
    v5->linear_ist_only = bits >> 22 & 1;
    v5->no_setlpi = bits >> 23 & 1;
    v5->no_software_errors = bits >> 24 & 1;
    v5->ist_l2_sizes = bits >> 25 & 7;
    v5->id_bits = bits >> 28 & 1 && config->lpi_bits <= 16 ? 16 : 0;
    config->its_options.flat_tables_only = config->its && bits >> 29 & 1;
    if (bits >> 30 & 1 && config->its) {
        take_iwbs(in, t);
    }
    if (bits >> 31) {
        uint64_t more = input_take(in, 1);
        v5->min_lpi_bits = more & 7;
        if (more >> 3 & 1) {
            take_ppis(in, v5);
        }
        if (more >> 4 & 1) {
            take_irs(in, t);
        }
        if (more >> 5 == 7) {
            make_wild(in, t);
        }
    }
}

static void take_configuration(Input *in, VgicConfig *config, uint64_t *affinities,
                               uint32_t *regions)
{
    config->cpus = input_below(in, MAX_CPUS + 1);
    config->spis = (uint32_t)input_take(in, 2) % (VGIC_MAX_SPIS + 2);
    uint64_t bits = input_take(in, 2);
    config->espis = bits & 1 ? (uint32_t)input_take(in, 2) % (VGIC_MAX_ESPIS + 2) : 0;
    config->eppis = (bits >> 1 & 3) * 32;
    config->security_states = bits >> 3 & 3;
    config->el3 = bits >> 5 & 1;
    config->ds_fixed = bits >> 6 & 1;
    config->priority_bits = bits >> 7 & 1 ? input_below(in, 11) : 0;
    config->no_one_of_n = bits >> 8 & 1;
    config->no_message_spis = bits >> 9 & 1;
    config->message_frame = bits >> 10 & 1;
    config->statusr = bits >> 11 & 1;
    config->hold_while_asleep = bits >> 12 & 1;
    config->sre_enable_writable = bits >> 13 & 1;
    config->single_threaded = bits >> 14 & 1;
    uint64_t more = bits >> 15 & 1 ? input_take(in, 1) : 0;
    for (uint32_t i = 0; i < config->cpus && more & 1; i++) {
        affinities[i] = input_take(in, 2) | input_take(in, 1) << 32;
        config->affinities = affinities;
    }
    for (uint32_t i = 0; i < 4 && more & 2; i++) {
        regions[i] = input_below(in, MAX_CPUS);
        config->redist_regions = regions;
        config->redist_region_count = i + 1;
    }
    if (more & 4) {
        config->message_frame_base = (uint32_t)input_take(in, 2);
        config->message_frame_spis = (uint32_t)input_take(in, 2);
    }
    if (more & 16) {
        take_lpis(in, config);
    }
    if (more & 32) {
        take_virtual(in, config);
    }
    if (more & 8) {
        /* Up to what there really is: a size that lies is no configuration. */
        config->size = input_take(in, 1) % (sizeof(*config) + 1);
    }
}

static const VgicHost host =
    VGIC_HOST_INIT(.lines_changed = on_lines_changed, .guest_error = on_guest_error,
                   .host_error = on_host_error, .trace = on_trace, .memory_read = memory_read,
                   .memory_write = memory_write);

static bool open_target(Target *t)
{
    VgicConfig *config = &t->config;
    Input *in = &t->input;
    vgic_config_init(config, input_below(in, 16) ? VGIC_V3 : (VgicModel)input_take(in, 1));
    t->v5 = config->model == VGIC_V5;
    if (t->v5) {
        take_configuration5(in, t);
    } else {
        take_configuration(in, config, t->affinities, t->regions);
    }
    VgicError *error = NULL;
    t->gic = vgic_new(config, &host, t, &error);
    if (!t->gic) {
        if (!error || !vgic_error_message(error) || !vgic_error_message(error)[0] ||
            !vgic_error_code(error)) {
            abort();
        }
        vgic_error_free(error);
        return false;
    }
    t->cpus = vgic_cpu_count(t->gic);
    t->lpis = config->lpi_bits != 0;
    t->virtual = config->el2 || config->nmi;
    while (vgic_frame_at(t->gic, t->frames)) {
        t->frames++;
    }
    return true;
}

static uint32_t take_cpu(Target *t)
{
    uint32_t cpu = (uint32_t)input_take(&t->input, 1);
    return cpu >= 250 ? cpu : cpu % t->cpus;
}

/* Mostly INTIDs that can be. */
static uint32_t take_intid(Target *t)
{
    uint32_t intid = (uint32_t)input_take(&t->input, 2);
    if (t->v5) {
        return intid >> 8 ? intid % 256 : intid;
    }
    switch (intid >> 14) {
    case 0:
        return intid % 1024;
    case 1:
        return 1024 + intid % 128;
    case 2:
        return 4096 + intid % 1032;
    default:
        return intid;
    }
}

static VgicCpuState take_state(Target *t)
{
    uint64_t bits = input_take(&t->input, 2), more = t->virtual ? input_take(&t->input, 1) : 0;
    return (VgicCpuState){
        .el = bits & 3,
        .space = bits >> 2 & 3,
        .aarch32 = bits >> 4 & 1,
        .monitor = bits >> 5 & 1,
        .el2_enabled = bits >> 6 & 1,
        .scr_el3 = bits >> 7 & 7,
        .hcr_el2 = (bits >> 10 & 3) << 3 | (more & 1) << 42 | (more >> 1 & 1) << 45,
        .sctlr = (more >> 2 & 1) << 61,
        .hfgrtr_el2 = (more >> 3 & 1) << 39,
        .hfgwtr_el2 = (more >> 4 & 1) << 39,
    };
}

/* Mostly what SCR_EL3 and the space say together. */
static VgicCpuState take_state5(Target *t)
{
    uint64_t bits = input_take(&t->input, 1);
    VgicCpuState state = {.el = bits & 3, .space = bits >> 2 & 3};
    const uint64_t domain = bits >> 4 & 1 ? bits >> 5 & 3 : state.space;
    state.scr_el3 = (domain & 1) | (domain >> 1) << 62;
    state.sctlr = bits >> 7 << 61;
    return state;
}

static uint32_t take_encoding(Target *t)
{
    uint32_t number = (uint32_t)input_take(&t->input, 1);
    const VgicSysreg *row = vgic_sysreg_at(t->gic, number);
    return row ? row->encoding : (uint32_t)input_take(&t->input, 3);
}

static void call_frame(Target *t, bool write)
{
    Input *in = &t->input;
    uint32_t number = input_below(in, t->frames + 1);
    const VgicFrame *frame = vgic_frame_at(t->gic, number);
    VgicAttrs attrs = (VgicAttrs)input_take(in, 1) & 3;
    uint64_t offset = input_take(in, 3);
    uint32_t size = 1u << (offset >> 20 & 3);
    if (offset >> 22 == 3) {
        size = (uint32_t)input_take(in, 1);
    }
    offset &= 0xFFFFF;
    uint64_t value = 0;
    if (write) {
        VgicResult result =
            vgic_frame_write(t->gic, frame, attrs, offset, size, input_take(in, size & 8 ? 8 : 4));
        check_result(result, VGIC_INVALID, 0);
    } else {
        VgicResult result = vgic_frame_read(t->gic, frame, attrs, offset, size, &value);
        check_result(result, VGIC_INVALID, value);
        if (size < 8 && value >> (8 * size)) {
            abort(); /* zero-extended */
        }
    }
}

/* A register of the frame, mostly whole, in a space that it mostly answers. */
static void call_frame5(Target *t, bool write)
{
    Input *in = &t->input;
    const VgicFrame *frame = vgic_frame_at(t->gic, input_below(in, t->frames));
    const char *name = vgic_frame_name(frame);
    uint64_t bits = input_take(in, 2), value = 0;
    const VgicRegister *reg = vgic_frame_register(frame, bits & 63);
    VgicAttrs attrs = strstr(name, "_RL")   ? VGIC_REALM
                      : strstr(name, "_S")  ? VGIC_S
                      : strstr(name, "_EL") ? (bits >> 6 & 1 ? VGIC_ROOT : VGIC_S)
                                            : VGIC_NS;
    if (!reg) {
        reg = vgic_frame_register(frame, 0);
    }
    uint32_t size = bits >> 7 & 1 ? 4 : reg->width / 8;
    uint64_t offset = reg->offset + (bits >> 8 & 7) % reg->count * reg->stride;
    if (bits >> 11 == 31) { /* odd ones */
        attrs = (VgicAttrs)input_take(in, 1) & 3;
        offset += input_below(in, 16);
        size = 1u << input_below(in, 4);
    }
    if (strstr(name, "TRANSLATE")) {
        attrs |= VGIC_FROM_DEVICE(bits >> 11 & 7);
    }
    if (write) {
        value = input_take(in, size == 8 ? 3 : size);
        check_result(vgic_frame_write(t->gic, frame, attrs, offset, size, value), VGIC_INVALID, 0);
    } else {
        check_result(vgic_frame_read(t->gic, frame, attrs, offset, size, &value), VGIC_INVALID,
                     value);
    }
}

/* What software writes: an operand with an INTID that can be, or any number. */
static uint64_t take_value5(Target *t)
{
    uint64_t bits = input_take(&t->input, 1);
    if (bits & 1) {
        return input_take(&t->input, 8);
    }
    return (bits >> 1 << 29 & 0xE0000000) | (bits >> 4 & 1) << 28 | input_take(&t->input, 1) |
           input_take(&t->input, 1) << (bits >> 5 & 1 ? 35 : 32);
}

static void call_sysreg(Target *t, bool write)
{
    uint32_t cpu = take_cpu(t), encoding = take_encoding(t);
    VgicCpuState state = t->v5 ? take_state5(t) : take_state(t);
    uint64_t value = 0;
    VgicResult check = vgic_sysreg_check(t->gic, cpu, &state, encoding, write);
    VgicResult result;
    if (write) {
        if (t->v5) {
            value = take_value5(t);
        } else {
            value = input_take(&t->input, 4) | input_take(&t->input, 1) << 40;
            value |= t->virtual ? input_take(&t->input, 2) << 48 : 0; /* list registers */
        }
        result = vgic_sysreg_write(t->gic, cpu, &state, encoding, value);
        value = 0;
    } else {
        result = vgic_sysreg_read(t->gic, cpu, &state, encoding, &value);
    }
    check_result(result, VGIC_VNCR, value);
    if (result != check || result == VGIC_RAZ_WI) {
        abort();
    }
}

static void call_wire(Target *t, uint32_t kind)
{
    uint32_t cpu = take_cpu(t), intid = take_intid(t);
    switch (kind) {
    case 0:
        vgic_spi_set_level(t->gic, intid, true);
        break;
    case 1:
        vgic_spi_set_level(t->gic, intid, false);
        break;
    case 2:
        vgic_spi_pulse(t->gic, intid);
        break;
    case 3:
        vgic_ppi_set_level(t->gic, cpu, intid, true);
        break;
    case 4:
        vgic_ppi_set_level(t->gic, cpu, intid, false);
        break;
    default:
        vgic_ppi_pulse(t->gic, cpu, intid);
        break;
    }
}

/* Calls that are about LPIs and ITSs. */
static void call_lpis(Target *t)
{
    Input *in = &t->input;
    uint32_t kind = input_below(in, 8), number = input_below(in, t->frames + 1);
    const VgicFrame *frame = vgic_frame_at(t->gic, number);
    uint32_t device = (uint32_t)input_take(in, 1), event = (uint32_t)input_take(in, 1);
    VgicTranslation answer;
    switch (kind) {
    case 0:
        vgic_msi(t->gic, frame, device, event);
        break;
    case 1:
        if (vgic_its_translate(t->gic, frame, device, event, &answer) &&
            (t->v5 ? answer.intid >> 26 != 16 : answer.intid < 8192)) {
            abort();
        }
        break;
    case 2:
        vgic_work(t->gic);
        break;
    case 3:
        for (uint32_t id = vgic_lpi_next(t->gic, device << 8); id != UINT32_MAX;
             id = vgic_lpi_next(t->gic, id + 1)) {
            if (t->v5 ? id >> 26 != 16 : id < 8192 || id >= 1 << 24) {
                abort();
            }
        }
        break;
    case 4:
        vgic_export_tables(t->gic);
        break;
    case 5:
        vgic_import_tables(t->gic);
        break;
    default:
        for (unsigned i = 0; i < 32; i++) {
            t->ram[(device << 8 | event) % (RAM_SIZE - 32) + i] = (uint8_t)input_take(in, 1);
        }
        break;
    }
}

static void *save(Vgic *gic, size_t *size)
{
    void *bytes = vgic_save(gic, size, NULL);
    if (!bytes) {
        abort();
    }
    return bytes;
}

/* Whatever happened before: the state loads into another instance, and is the same there. */
static void call_state(Target *t)
{
    Target other = {.cpus = t->cpus, .depth = 1};
    size_t size, size2;
    void *bytes = save(t->gic, &size), *again;
    other.gic = vgic_new(&t->config, &host, &other, NULL);
    if (!other.gic || !vgic_load(other.gic, bytes, size, NULL)) {
        abort();
    }
    again = save(other.gic, &size2);
    if (size != size2 || memcmp(bytes, again, size)) {
        abort();
    }
    for (uint32_t cpu = 0; cpu < t->cpus; cpu++) {
        if (vgic_cpu_lines(t->gic, cpu) != vgic_cpu_lines(other.gic, cpu)) {
            abort();
        }
    }
    vgic_state_free(bytes);
    vgic_state_free(again);
    vgic_free(other.gic);
}

static void call_other5(Target *t, uint32_t kind, uint32_t cpu)
{
    Input *in = &t->input;
    VgicIrqInfo info;
    switch (kind) {
    case 4:
        vgic_irq_info(t->gic, cpu, (uint32_t)input_take(in, 4), &info);
        break;
    case 5:
        call_state(t);
        break;
    case 6: {
        const VgicFrame *frame = vgic_frame_at(t->gic, t->frames - 1 - input_below(in, 2));
        uint64_t wire = input_take(in, 1);
        vgic_iwb_set_level(t->gic, frame, (uint32_t)wire >> 1, wire & 1);
        break;
    }
    default:
        call_lpis(t);
        break;
    }
}

static void call_other(Target *t)
{
    uint32_t cpu = take_cpu(t), kind = input_below(&t->input, 8);
    VgicIrqInfo info;
    if (t->v5 && kind > 3) {
        call_other5(t, kind, cpu);
        return;
    }
    switch (kind) {
    case 0:
        vgic_reset(t->gic, VGIC_RESET_COLD);
        break;
    case 1:
        vgic_reset(t->gic, VGIC_RESET_WARM);
        break;
    case 2:
        vgic_cpu_reset(t->gic, cpu);
        break;
    case 3:
        vgic_act_as_firmware(t->gic);
        break;
    case 4:
        if (vgic_irq_info(t->gic, cpu, take_intid(t), &info) && info.group > 2) {
            abort();
        }
        break;
    default:
        if (t->lpis) {
            call_lpis(t);
        } else {
            VgicCpuState state = take_state(t);
            vgic_cpu_set_state(t->gic, cpu, &state);
        }
        break;
    }
}

static void call_something(Target *t)
{
    uint32_t kind = input_below(&t->input, 16);
    if (t->v5 && kind < 4) {
        call_frame5(t, kind < 3);
    } else if (t->v5 && kind == 9) { /* PEs of a GICv5 change their state more often */
        VgicCpuState state = take_state5(t);
        vgic_cpu_set_state(t->gic, take_cpu(t), &state);
    } else if (kind < 3) {
        call_frame(t, true);
    } else if (kind < 4) {
        call_frame(t, false);
    } else if (kind < 7) {
        call_sysreg(t, true);
    } else if (kind < 9) {
        call_sysreg(t, false);
    } else if (kind < 15) {
        call_wire(t, kind - 9);
    } else {
        call_other(t);
    }
    for (uint32_t cpu = 0; cpu < t->cpus; cpu++) {
        uint32_t allowed = VGIC_LINE_IRQ | VGIC_LINE_FIQ | VGIC_LINE_WAKE;
        if (t->virtual) {
            allowed |= VGIC_LINE_VIRQ | VGIC_LINE_VFIQ | VGIC_LINE_NMI | VGIC_LINE_VNMI |
                       VGIC_LINE_MAINTENANCE;
        }
        if (vgic_cpu_lines(t->gic, cpu) & ~allowed) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Target target = {.input = {data, data + size}};
    if (open_target(&target)) {
        while (!input_done(&target.input)) {
            call_something(&target);
        }
        vgic_free(target.gic);
    }
    return 0;
}
