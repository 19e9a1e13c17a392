/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any call of the API with any argument, on any configuration: nothing may crash, and every answer
 * must keep what the headers promise.
 */
#include "input.h"

#include <stdlib.h>
#include <string.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

enum {
    MAX_CPUS = 20,
    RAM_SIZE = 1 << 16
};

typedef struct Target {
    Vgic *gic;
    uint32_t cpus, frames;
    uint32_t depth;        /* callbacks that call back in */
    bool lpis, virtual;    /* EL2 or NMIs: states of a PE have more that counts */
    uint8_t ram[RAM_SIZE]; /* from address 0; beyond it are bus errors */
    Input input;
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
            vgic_sysreg_read(t->gic, cpu, &state, ICC_IAR1_EL1, &value);
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

static void take_configuration(Input *in, VgicConfig *config, uint64_t *affinities,
                               uint32_t *regions)
{
    vgic_config_init(config, input_below(in, 16) ? VGIC_V3 : (VgicModel)input_take(in, 1));
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

static bool open_target(Target *t)
{
    VgicConfig config;
    uint64_t affinities[MAX_CPUS];
    uint32_t regions[4];
    take_configuration(&t->input, &config, affinities, regions);
    const VgicHost host =
        VGIC_HOST_INIT(.lines_changed = on_lines_changed, .guest_error = on_guest_error,
                       .host_error = on_host_error, .trace = on_trace, .memory_read = memory_read,
                       .memory_write = memory_write);
    VgicError *error = NULL;
    t->gic = vgic_new(&config, &host, t, &error);
    if (!t->gic) {
        if (!error || !vgic_error_message(error) || !vgic_error_message(error)[0] ||
            !vgic_error_code(error)) {
            abort();
        }
        vgic_error_free(error);
        return false;
    }
    t->cpus = vgic_cpu_count(t->gic);
    t->lpis = config.lpi_bits != 0;
    t->virtual = config.el2 || config.nmi;
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

static void call_sysreg(Target *t, bool write)
{
    uint32_t cpu = take_cpu(t), encoding = take_encoding(t);
    VgicCpuState state = take_state(t);
    uint64_t value = 0;
    VgicResult check = vgic_sysreg_check(t->gic, cpu, &state, encoding, write);
    VgicResult result;
    if (write) {
        value = input_take(&t->input, 4) | input_take(&t->input, 1) << 40;
        value |= t->virtual ? input_take(&t->input, 2) << 48 : 0; /* list registers */
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
        if (vgic_its_translate(t->gic, frame, device, event, &answer) && answer.intid < 8192) {
            abort();
        }
        break;
    case 2:
        vgic_work(t->gic);
        break;
    case 3:
        for (uint32_t id = vgic_lpi_next(t->gic, device << 8); id != UINT32_MAX;
             id = vgic_lpi_next(t->gic, id + 1)) {
            if (id < 8192 || id >= 1 << 24) {
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

static void call_other(Target *t)
{
    uint32_t cpu = take_cpu(t);
    VgicIrqInfo info;
    switch (input_below(&t->input, 8)) {
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
    if (kind < 3) {
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
