/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest on a GICv5 of the library and on the reference of tests/model5 at once: frames, system
 * registers, instructions, wires, MSIs and its own memory in one program; the two must not differ
 * in anything. Tables are where small numbers point, so that a few bytes of input make one.
 */
#include "input.h"

#include <stdlib.h>
#include <string.h>

#include "operations.h"

enum {
    SCR_NS = 1,
};
#define SCR_NSE (1ull << 62)
#define SCTLR_NMI (1ull << 61)

static void take_its(Input *in, Machine *machine, uint64_t bits)
{
    VgicConfig *config = &machine->config;
    config->its = 1 + (bits & 1);
    config->its_options.flat_tables_only = bits >> 1 & 1;
    config->its_options.device_bits = bits >> 2 & 1 ? 12 : 0;
    config->its_options.event_bits = bits >> 3 & 1 ? 11 : 0;
    config->v5.iwbs = bits >> 4 & 3 ? (uint32_t)(bits >> 4 & 1) + 1 : 0;
    for (uint32_t i = 0; i < config->v5.iwbs; i++) {
        uint64_t more = input_take(in, 1);
        machine->iwb[i] = (VgicIwbOptions){.wires = 32 + 32 * (more & 1),
                                           .its = (uint32_t)(more >> 1) % config->its,
                                           .device = 1 + i,
                                           .starts_disabled = more >> 7};
    }
}

static void take_machine(Input *in, Machine *machine)
{
    uint64_t bits = input_take(in, 3);
    VgicConfig *config = &machine->config;
    VgicV5Options *v5 = &config->v5;
    memset(machine, 0, sizeof(*machine));
    machine->name = "fuzzed";
    machine->iaffids[0] = UINT16_MAX;
    vgic_config_init(config, VGIC_V5);
    config->cpus = 1 + (bits & 3);
    config->spis = 8 + (bits >> 2 & 15);
    config->el3 = bits >> 6 & 1;
    config->nmi = bits >> 7 & 1;
    config->no_one_of_n = (bits >> 8 & 3) == 3;
    config->priority_bits = bits >> 10 & 1 ? 3 : 0;
    config->lpi_bits = bits >> 11 & 1 && !(bits >> 20 & 1) ? 24 : 14;
    config->lpi_limit = bits >> 12 & 1 ? 2048 : 0;
    config->single_threaded = bits >> 13 & 1;
    v5->domains = config->el3 && bits >> 14 & 1 ? 15 : 0;
    v5->linear_ist_only = (bits >> 15 & 3) == 1;
    v5->no_setlpi = (bits >> 15 & 3) == 2;
    v5->no_software_errors = (bits >> 15 & 3) == 3;
    v5->irs = config->cpus > 1 && bits >> 17 & 1 ? 2 : 0;
    v5->min_lpi_bits = bits >> 18 & 1 ? 6 : 0;
    v5->ist_l2_sizes = bits >> 19 & 1 ? 2 : 0;
    v5->id_bits = bits >> 20 & 1 ? 16 : 0;
    if (bits >> 21 & 1) {
        v5->ppis[0] = UINT64_C(0x80000000FFF8800F);
        v5->ppis[1] = UINT64_C(0x8000000100000041);
        v5->edge_ppis[0] = UINT64_C(0x8000000001000001);
        v5->edge_ppis[1] = UINT64_C(0x40);
    }
    if (bits >> 22) {
        take_its(in, machine, input_take(in, 1));
    }
    machine_config(machine);
}

/* A state that a PE of this machine can be in. */
static VgicCpuState take_state(Input *in, const VgicConfig *config)
{
    uint64_t bits = input_take(in, 1);
    uint64_t domain = bits & 3;
    VgicCpuState state = {.el = 1, .space = VGIC_NS};
    state.sctlr = config->nmi && bits >> 2 & 1 ? SCTLR_NMI : 0;
    if (!config->el3) {
        return state;
    }
    if (domain == 2 || (domain == 3 && !config->v5.domains)) {
        domain = 1;
    }
    state.scr_el3 = (domain & 1 ? SCR_NS : 0) | (domain & 2 ? SCR_NSE : 0);
    state.space = (uint8_t)domain;
    if ((bits >> 3 & 3) == 3) {
        state.el = 3;
        state.space = config->v5.domains ? VGIC_ROOT : VGIC_S;
    }
    return state;
}

static VgicAttrs space_of(const VgicConfig *config, const char *name)
{
    if (strstr(name, "_RL")) {
        return VGIC_REALM;
    }
    if (strstr(name, "_EL3")) {
        return config->v5.domains ? VGIC_ROOT : VGIC_S;
    }
    return strstr(name, "_S") && !strstr(name, "_SETLPI") ? VGIC_S
           : strstr(name, "_SETLPI_S")                    ? VGIC_S
                                                          : VGIC_NS;
}

/* Has the machine such a space? */
static bool is_space(const VgicConfig *config, VgicAttrs space)
{
    return space == VGIC_NS || (config->el3 && (space == VGIC_S || config->v5.domains));
}

static void take_frame_access(Input *in, const Pair *pair, Operation *op, bool write)
{
    const Vgic *gic = pair->lib->gic;
    uint32_t frames = 0;
    while (vgic_frame_at(gic, frames)) {
        frames++;
    }
    const VgicFrame *frame = vgic_frame_at(gic, input_below(in, frames));
    uint64_t bits = input_take(in, 2);
    const VgicRegister *reg = vgic_frame_register(frame, bits & 63);
    if (!reg) {
        reg = vgic_frame_register(frame, 0);
    }
    op->kind = write ? OP_FRAME_WRITE : OP_FRAME_READ;
    strncpy(op->frame, vgic_frame_name(frame), sizeof(op->frame) - 1);
    op->attrs = space_of(&pair->machine->config, op->frame);
    op->size = bits >> 6 & 1 ? 4 : reg->width / 8;
    op->offset = reg->offset + (bits >> 7 & 7) % reg->count * reg->stride;
    if (op->size == 4 && reg->width == 64) {
        op->offset += bits >> 10 & 1 ? 4 : 0;
    }
    if (strstr(op->frame, "TRANSLATE")) {
        op->attrs |= VGIC_FROM_DEVICE(bits >> 11 & 3);
    }
    if (bits >> 11 == 31) { /* odd ones: which of several rules is told is not compared */
        op->offset += input_below(in, 16);
        op->size = 1u << input_below(in, 4);
        if (op->offset + op->size > vgic_frame_size(frame)) {
            op->offset = 0;
        }
    } else if (bits >> 11 == 30) {
        op->attrs = input_take(in, 1) & 3;
        if (!strncmp(op->frame, "IWB", 3) && !is_space(&pair->machine->config, op->attrs)) {
            op->attrs = VGIC_NS;
        }
    }
    /* Addresses have few bits, so that they are found. */
    op->value = write ? input_take(in, op->size == 8 ? 3 : op->size) : 0;
}

static void take_sysreg_access(Input *in, const Pair *pair, Operation *op)
{
    const Vgic *gic = pair->lib->gic;
    uint32_t count = 0;
    while (vgic_sysreg_at(gic, count)) {
        count++;
    }
    const VgicSysreg *reg = vgic_sysreg_at(gic, input_below(in, count));
    uint64_t bits = input_take(in, 1);
    op->kind = reg->access & VGIC_READABLE && (!(reg->access & VGIC_WRITABLE) || bits & 1)
                   ? OP_SYSREG_READ
                   : OP_SYSREG_WRITE;
    op->encoding = reg->encoding;
    op->cpu = (uint32_t)(bits >> 1) % pair->machine->config.cpus;
    op->state = take_state(in, &pair->machine->config);
    if (op->kind == OP_SYSREG_READ) {
        return;
    }
    if (bits >> 3 & 1) {
        op->value = input_take(in, 8);
    } else { /* an operand */
        op->value = (bits >> 4 & 3) << 29 | input_take(in, 1) |
                    input_take(in, 1) << (bits >> 6 & 1 ? 35 : 32) | bits >> 7 << 28;
    }
}

static void take_operation(Input *in, const Pair *pair, Operation *op)
{
    const VgicConfig *config = &pair->machine->config;
    memset(op, 0, sizeof(*op));
    uint32_t kind = input_below(in, 16);
    switch (kind) {
    case 0:
    case 1:
    case 2:
    case 3:
        take_frame_access(in, pair, op, kind != 3);
        break;
    case 4:
    case 5:
    case 6:
    case 7:
        take_sysreg_access(in, pair, op);
        break;
    case 8:
    case 9: /* an entry of a table */
        op->kind = OP_MEMORY;
        op->space = VGIC_NS;
        op->address = input_take(in, 2) << 3;
        op->value = input_take(in, 4) | input_take(in, 1) << 56;
        if (config->el3 && op->address >> 18) {
            op->space = (VgicSpace)(op->address >> 3 & 3);
        }
        break;
    case 10:
        op->kind = OP_STATE;
        op->cpu = input_below(in, config->cpus);
        op->state = take_state(in, config);
        break;
    case 11:
        op->kind = input_take(in, 1) % 8 ? OP_SAVE : OP_RESET;
        op->reset = input_take(in, 1) & 1 ? VGIC_RESET_WARM : VGIC_RESET_COLD;
        break;
    case 12:
        op->kind = OP_PPI_LEVEL;
        op->cpu = input_below(in, config->cpus);
        op->id = 19 + input_below(in, 13);
        op->level = input_take(in, 1) & 1;
        break;
    case 13:
        op->kind = OP_SPI_LEVEL;
        op->id = input_below(in, config->spis);
        op->level = input_take(in, 1) & 1;
        break;
    case 14:
        op->kind = config->v5.iwbs ? OP_IWB_LEVEL : OP_FIRMWARE;
        strcpy(op->frame, "IWB");
        op->id = input_below(in, 32);
        op->level = input_take(in, 1) & 1;
        break;
    default:
        op->kind = config->its ? OP_MSI : OP_CPU_RESET;
        op->cpu = input_below(in, config->cpus);
        strcpy(op->frame, "ITS");
        op->device = input_below(in, 4);
        op->event = input_below(in, 16);
        break;
    }
}

/* What a crash of the fuzzer is to be understood by. */
static void print_operation(const Operation *op)
{
    fprintf(stderr,
            "%d frame %s attrs %#llx offset %#llx size %u value %#llx encoding %#x cpu %u el %u "
            "space %u scr %#llx id %u level %d address %#llx device %u event %u\n",
            (int)op->kind, op->frame, (unsigned long long)op->attrs, (unsigned long long)op->offset,
            op->size, (unsigned long long)op->value, op->encoding, op->cpu, op->state.el,
            op->state.space, (unsigned long long)op->state.scr_el3, op->id, op->level,
            (unsigned long long)op->address, op->device, op->event);
}

static _Noreturn void print_and_abort(const uint8_t *data, size_t size, const char *why)
{
    Input in = {data, data + size};
    Machine machine;
    uint64_t count[COUNT_END] = {0};
    char unused[WHY_SIZE];
    Pair pair;
    take_machine(&in, &machine);
    machine_print(&machine, stderr);
    if (pair_open(&pair, &machine, count, unused)) {
        while (!input_done(&in)) {
            Operation op;
            take_operation(&in, &pair, &op);
            print_operation(&op);
        }
    }
    fprintf(stderr, "=> %s\n", why);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input in = {data, data + size};
    Machine machine;
    uint64_t count[COUNT_END] = {0};
    char why[WHY_SIZE] = "";
    Pair pair;
    take_machine(&in, &machine);
    if (!pair_open(&pair, &machine, count, why)) {
        print_and_abort(data, size, why);
    }
    while (!input_done(&in)) {
        Operation op;
        take_operation(&in, &pair, &op);
        if (!pair_run(&pair, &op, why)) {
            print_and_abort(data, (size_t)(in.next - data), why);
        }
    }
    if (!pair_compare_interrupts(&pair, why) || !pair_compare_registers(&pair, why)) {
        print_and_abort(data, size, why);
    }
    pair_close(&pair);
    return 0;
}
