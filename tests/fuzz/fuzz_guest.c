/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest on the library and on the reference of tests/model at once: registers, system registers
 * and wires in one program; the two must not differ in anything.
 */
#include "input.h"

#include <stdlib.h>
#include <string.h>

#include "operations.h"

static void take_machine(Input *in, Machine *machine)
{
    memset(machine, 0, sizeof(*machine));
    VgicConfig *config = &machine->config;
    vgic_config_init(config, VGIC_V3);
    uint64_t bits = input_take(in, 2);
    config->cpus = 1 + (bits & 3);
    config->spis = bits >> 2 & 1 ? 33 : 9;
    config->espis = bits >> 3 & 1 ? 3 : 0;
    config->eppis = bits >> 4 & 1 ? 32 : 0;
    config->security_states = 1 + (bits >> 5 & 1);
    config->el3 = bits >> 6 & 1;
    config->priority_bits = 5 + (bits >> 7 & 3);
    config->ds_fixed = config->security_states == 2 && (bits >> 9 & 7) == 1;
    config->no_one_of_n = (bits >> 9 & 7) == 2;
    config->hold_while_asleep = (bits >> 9 & 7) == 3;
    config->sre_enable_writable = (bits >> 9 & 7) == 4;
    config->message_frame = (bits >> 9 & 7) == 5;
    config->statusr = (bits >> 9 & 7) == 6;
    config->single_threaded = bits >> 12 & 1;
    config->nmi = bits >> 13 & 1;
    config->el2 = bits >> 14 & 1;
    if (config->el2) {
        uint64_t more = input_take(in, 2);
        config->ich_options.list_registers = more & 1 ? 1 + (more >> 1 & 15) : 3;
        config->ich_options.priority_bits = 5 + (more >> 5 & 3);
        config->ich_options.preemption_bits = more >> 7 & 1 ? 5 : 0;
        config->ich_options.intid_bits = more >> 8 & 1 ? 16 : 24;
        config->ich_options.no_tds = more >> 9 & 1;
        config->ich_options.seis = more >> 10 & 1;
        config->ich_options.dvim = more >> 11 & 1;
        config->maintenance_intid = more >> 12 & 1 ? 25 : 0;
    }
    machine->affinities[0] = UINT64_MAX;
}

/* A state that a PE of this machine can be in. */
static VgicCpuState take_state(Input *in, const VgicConfig *config)
{
    uint64_t bits = input_take(in, 1);
    VgicCpuState state = {.el = (uint8_t)(1 + (bits & 1)), .space = VGIC_NS};
    state.scr_el3 = 1 | (bits >> 3 & 3) << 1;
    state.aarch32 = bits >> 5 & 1;
    state.el2_enabled = state.el == 2 || (bits >> 6 & 1);
    state.hcr_el2 = bits >> 7 ? 0x18 : 0;
    if (config->el2 || config->nmi) {
        uint64_t more = input_take(in, 1);
        state.hcr_el2 ^= (more & 3) << 3 | (more >> 2 & 1) << 42 | (more >> 3 & 1) << 45;
        state.hfgrtr_el2 = (more >> 4 & 1) << 39;
        state.hfgwtr_el2 = (more >> 5 & 1) << 39;
        state.sctlr = state.aarch32 ? 0 : (more >> 6 & 1) << 61;
    }
    if (config->el3 && bits >> 1 & 1) {
        state.space = VGIC_S;
        state.scr_el3 &= ~(uint64_t)1;
        if (bits >> 2 & 1) {
            state.el = 3;
            state.monitor = state.aarch32;
            state.scr_el3 |= bits & 1;
        }
    }
    return state;
}

static void take_frame_access(Input *in, const VgicConfig *config, Operation *op, bool write)
{
    uint32_t count;
    const RefRow *rows = ref_rows(&count);
    const RefRow *row = &rows[input_below(in, count)];
    uint64_t bits = input_take(in, 1);
    op->kind = write ? OP_FRAME_WRITE : OP_FRAME_READ;
    op->attrs = bits & 1;
    op->size = row->stride == 8 && bits >> 1 & 1 ? 8 : 4;
    op->offset = row->offset + (uint64_t)(bits >> 2) % row->count * row->stride;
    strcpy(op->frame, row->frame);
    if (!strcmp(row->frame, "GICR")) {
        op->offset += (uint64_t)(input_below(in, config->cpus)) * 0x20000;
    } else if (!strcmp(row->frame, "GICM") && !config->message_frame) {
        strcpy(op->frame, "GICD");
    }
    if (bits == 0xFF) { /* odd ones */
        op->offset += input_below(in, 16);
        op->size = 1u << input_below(in, 4);
    }
    op->value = write ? input_take(in, op->size) : 0;
}

/* Registers that hardly matter to interrupts take little of the input. */
static void take_sysreg_access(Input *in, const VgicConfig *config, Operation *op, bool write)
{
    uint32_t count, aarch32;
    const uint32_t *encodings = ref_sysregs(&count, &aarch32);
    op->kind = write ? OP_SYSREG_WRITE : OP_SYSREG_READ;
    op->cpu = input_below(in, config->cpus);
    op->state = take_state(in, config);
    op->encoding = encodings[op->state.aarch32 ? aarch32 + input_below(in, count - aarch32)
                                               : input_below(in, aarch32)];
    op->value = write ? input_take(in, 4) : 0;
    if (write && (op->value >> 24 == 0xFF || config->el2)) {
        op->value |= input_take(in, config->el2 ? 4 : 3) << 32;
    }
}

static uint32_t take_intid(Input *in, const VgicConfig *config)
{
    uint32_t number = (uint32_t)input_take(in, 1);
    if (number >= 192) {
        return number >= 224 && config->espis ? 4096 + number % 4 : 1056 + number % 32;
    }
    return number < 128 ? 16 + number % 30 : number;
}

static void take_operation(Input *in, const VgicConfig *config, Operation *op)
{
    memset(op, 0, sizeof(*op));
    uint32_t kind = input_below(in, 16);
    switch (kind) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
        take_frame_access(in, config, op, kind < 4);
        break;
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
        take_sysreg_access(in, config, op, kind < 7);
        break;
    case 10:
        op->kind = OP_STATE;
        op->cpu = input_below(in, config->cpus);
        op->state = take_state(in, config);
        break;
    case 11:
        op->cpu = input_below(in, config->cpus);
        op->kind = OP_CPU_RESET;
        op->reset = input_take(in, 1) & 1 ? VGIC_RESET_WARM : VGIC_RESET_COLD;
        op->kind = input_take(in, 1) & 1 ? OP_RESET : OP_CPU_RESET;
        break;
    case 12:
    case 13:
        op->kind = kind == 12 ? OP_PPI_LEVEL : OP_PPI_PULSE;
        op->cpu = input_below(in, config->cpus);
        op->intid = take_intid(in, config);
        op->level = input_take(in, 1) & 1;
        break;
    default:
        op->kind = kind == 14 ? OP_SPI_LEVEL : OP_SPI_PULSE;
        op->intid = take_intid(in, config);
        op->level = input_take(in, 1) & 1;
        break;
    }
}

/* Prints the input as operations: what a crash of the fuzzer is to be understood by. */
static _Noreturn void print_and_abort(const uint8_t *data, size_t size, const char *why)
{
    Input in = {data, data + size};
    Machine machine;
    Operation op;
    take_machine(&in, &machine);
    machine_print(&machine, stderr);
    while (!input_done(&in)) {
        take_operation(&in, &machine.config, &op);
        operation_print(&op, stderr);
    }
    fprintf(stderr, "=> %s\n", why);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input in = {data, data + size};
    Machine machine;
    uint64_t count[REF_COUNT_END] = {0}, value;
    char why[WHY_SIZE];
    Pair pair;
    take_machine(&in, &machine);
    if (!pair_open(&pair, &machine, count, why)) {
        print_and_abort(data, size, why);
    }
    while (!input_done(&in)) {
        Operation op;
        take_operation(&in, &machine.config, &op);
        if (!pair_run(&pair, &op, &value, why)) {
            print_and_abort(data, (size_t)(in.next - data), why);
        }
    }
    if (!pair_compare_interrupts(&pair, why)) {
        print_and_abort(data, size, why);
    }
    pair_close(&pair);
    return 0;
}
