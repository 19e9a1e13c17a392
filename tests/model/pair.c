/* SPDX-License-Identifier: BSD-2-Clause */
/* The library and the reference, side by side. */
#include "operations.h"

#include <inttypes.h>
#include <string.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

static const char *result_name(VgicResult result)
{
    static const char *const names[] = {"OK",       "UNDEFINED", "TRAP_EL1", "TRAP_EL2",
                                        "TRAP_EL3", "RAZ_WI",    "INVALID"};
    return (unsigned)result < sizeof(names) / sizeof(names[0]) ? names[result] : "?";
}

static void on_lines_changed(void *machine, uint32_t cpu)
{
    Pair *pair = machine;
    pair->told |= 1u << cpu;
}

static void on_guest_error(void *machine, const VgicReport *report)
{
    Pair *pair = machine;
    pair->reports += report->rule && report->message && report->frame;
}

static void on_host_error(void *machine, const char *function, const char *message)
{
    (void)machine;
    (void)function;
    (void)message;
}

bool pair_open(Pair *pair, Machine *machine, uint64_t *count, char *why)
{
    const VgicHost host =
        VGIC_HOST_INIT(.lines_changed = on_lines_changed, .guest_error = on_guest_error,
                       .host_error = on_host_error);
    VgicError *error = NULL;
    memset(pair, 0, sizeof(*pair));
    pair->gic = vgic_new(machine_config(machine), &host, pair, &error);
    if (!pair->gic) {
        snprintf(why, WHY_SIZE, "vgic_new: %s", vgic_error_message(error));
        vgic_error_free(error);
        return false;
    }
    pair->ref = ref_new(machine_config(machine), count);
    return true;
}

void pair_close(Pair *pair)
{
    vgic_free(pair->gic);
    ref_free(pair->ref);
}

static bool same_result(const char *what, VgicResult want, uint64_t want_value, VgicResult got,
                        uint64_t got_value, char *why)
{
    if (want == got && want_value == got_value) {
        return true;
    }
    snprintf(why, WHY_SIZE, "%s: expected %s 0x%" PRIx64 ", got %s 0x%" PRIx64, what,
             result_name(want), want_value, result_name(got), got_value);
    return false;
}

static bool run_frame(Pair *pair, const Operation *op, uint64_t *value, char *why)
{
    const VgicFrame *frame = vgic_frame(pair->gic, op->frame);
    uint64_t want_value = 0, got_value = 0;
    VgicResult want, got;
    if (op->kind == OP_FRAME_READ) {
        want = ref_frame_read(pair->ref, op->frame, op->attrs, op->offset, op->size, &want_value);
        got = vgic_frame_read(pair->gic, frame, op->attrs, op->offset, op->size, &got_value);
    } else {
        want = ref_frame_write(pair->ref, op->frame, op->attrs, op->offset, op->size, op->value);
        got = vgic_frame_write(pair->gic, frame, op->attrs, op->offset, op->size, op->value);
    }
    *value = want_value;
    return same_result("access", want, want_value, got, got_value, why);
}

static bool run_sysreg(Pair *pair, const Operation *op, uint64_t *value, char *why)
{
    bool write = op->kind == OP_SYSREG_WRITE;
    uint64_t want_value = 0, got_value = 0;
    VgicResult check = vgic_sysreg_check(pair->gic, op->cpu, &op->state, op->encoding, write);
    VgicResult want, got;
    if (!write) {
        want = ref_sysreg_read(pair->ref, op->cpu, &op->state, op->encoding, &want_value);
        got = vgic_sysreg_read(pair->gic, op->cpu, &op->state, op->encoding, &got_value);
    } else {
        want = ref_sysreg_write(pair->ref, op->cpu, &op->state, op->encoding, op->value);
        got = vgic_sysreg_write(pair->gic, op->cpu, &op->state, op->encoding, op->value);
    }
    *value = want_value;
    return same_result("access", want, want_value, got, got_value, why) &&
           same_result("vgic_sysreg_check", want, 0, check, 0, why);
}

static bool run_wire(Pair *pair, const Operation *op, char *why)
{
    bool want, got;
    switch (op->kind) {
    case OP_SPI_LEVEL:
        want = ref_spi_set_level(pair->ref, op->intid, op->level);
        got = vgic_spi_set_level(pair->gic, op->intid, op->level);
        break;
    case OP_SPI_PULSE:
        want = ref_spi_pulse(pair->ref, op->intid);
        got = vgic_spi_pulse(pair->gic, op->intid);
        break;
    case OP_PPI_LEVEL:
        want = ref_ppi_set_level(pair->ref, op->cpu, op->intid, op->level);
        got = vgic_ppi_set_level(pair->gic, op->cpu, op->intid, op->level);
        break;
    default:
        want = ref_ppi_pulse(pair->ref, op->cpu, op->intid);
        got = vgic_ppi_pulse(pair->gic, op->cpu, op->intid);
        break;
    }
    return same_result("wire", VGIC_OK, want, VGIC_OK, got, why);
}

static bool run_operation(Pair *pair, const Operation *op, uint64_t *value, char *why)
{
    switch (op->kind) {
    case OP_FRAME_READ:
    case OP_FRAME_WRITE:
        return run_frame(pair, op, value, why);
    case OP_SYSREG_READ:
    case OP_SYSREG_WRITE:
        return run_sysreg(pair, op, value, why);
    case OP_STATE:
        ref_cpu_set_state(pair->ref, op->cpu, &op->state);
        vgic_cpu_set_state(pair->gic, op->cpu, &op->state);
        return true;
    case OP_RESET:
        ref_reset(pair->ref, op->reset);
        vgic_reset(pair->gic, op->reset);
        return true;
    case OP_CPU_RESET:
        ref_cpu_reset(pair->ref, op->cpu);
        vgic_cpu_reset(pair->gic, op->cpu);
        return true;
    case OP_FIRMWARE:
        ref_act_as_firmware(pair->ref);
        vgic_act_as_firmware(pair->gic);
        return true;
    default:
        return run_wire(pair, op, why);
    }
}

bool pair_run(Pair *pair, const Operation *op, uint64_t *value, char *why)
{
    uint32_t before[REF_MAX_CPUS];
    for (uint32_t i = 0; i < pair->ref->cpus; i++) {
        before[i] = vgic_cpu_lines(pair->gic, i);
    }
    pair->told = 0;
    *value = 0;
    if (!run_operation(pair, op, value, why)) {
        return false;
    }
    for (uint32_t i = 0; i < pair->ref->cpus; i++) {
        uint32_t want = ref_cpu_lines(pair->ref, i), got = vgic_cpu_lines(pair->gic, i);
        pair->ref->count[REF_LINE_IRQ] += want == VGIC_LINE_IRQ;
        pair->ref->count[REF_LINE_FIQ] += want == VGIC_LINE_FIQ;
        pair->ref->count[REF_WAKE_REQUEST] += want == VGIC_LINE_WAKE;
        if (want != got) {
            snprintf(why, WHY_SIZE, "lines of PE %u: expected 0x%x, got 0x%x", i, want, got);
            return false;
        }
        if (got != before[i] && !(pair->told >> i & 1)) {
            snprintf(why, WHY_SIZE, "lines of PE %u went from 0x%x to 0x%x untold", i, before[i],
                     got);
            return false;
        }
    }
    return true;
}

static bool compare_interrupt(Pair *pair, const RefIrq *irq, char *why)
{
    VgicIrqInfo want = {0}, got = {0};
    uint32_t cpu = irq->owner == REF_NO_CPU ? 0 : (uint32_t)irq->owner;
    if (!vgic_irq_info(pair->gic, cpu, irq->intid, &got)) {
        snprintf(why, WHY_SIZE, "vgic_irq_info: PE %u has no INTID %u", cpu, irq->intid);
        return false;
    }
    ref_irq_info(pair->ref, cpu, irq->intid, &want);
    const struct {
        const char *name;
        uint32_t want, got;
    } fields[] = {
        {"intid", want.intid, got.intid},
        /* 1-of-N has a target only while it is to be delivered */
        {"target", irq->candidate || !want.one_of_n ? want.target : got.target, got.target},
        {"priority", want.priority, got.priority},
        {"group", want.group, got.group},
        {"enabled", want.enabled, got.enabled},
        {"pending", want.pending, got.pending},
        {"active", want.active, got.active},
        {"level", want.level, got.level},
        {"latch", want.latch, got.latch},
        {"wire", want.wire, got.wire},
        {"one_of_n", want.one_of_n, got.one_of_n},
        {"held_by", want.held_by != NULL, got.held_by != NULL},
    };
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (fields[i].want != fields[i].got) {
            snprintf(why, WHY_SIZE, "vgic_irq_info(%u, %u).%s: expected %u, got %u (held_by: %s)",
                     cpu, irq->intid, fields[i].name, fields[i].want, fields[i].got,
                     got.held_by ? got.held_by : "NULL");
            return false;
        }
    }
    return true;
}

bool pair_compare_interrupts(Pair *pair, char *why)
{
    for (uint32_t i = 0; i < pair->ref->irq_count; i++) {
        if (!compare_interrupt(pair, &pair->ref->irqs[i], why)) {
            return false;
        }
    }
    return true;
}

static bool compare_register(Pair *pair, const char *name, const RefRow *row, uint64_t offset,
                             char *why)
{
    const VgicFrame *frame = vgic_frame(pair->gic, name);
    for (VgicAttrs space = VGIC_S; space <= VGIC_NS; space++) {
        uint64_t want_value, got_value;
        VgicResult want = ref_frame_read(pair->ref, name, space, offset, row->stride, &want_value);
        VgicResult got = vgic_frame_read(pair->gic, frame, space, offset, row->stride, &got_value);
        char what[80];
        snprintf(what, sizeof(what), "%s + 0x%" PRIx64 " (%s)", name, offset,
                 space == VGIC_S ? "S" : "NS");
        if (!same_result(what, want, want_value, got, got_value, why)) {
            return false;
        }
    }
    return true;
}

static bool compare_row(Pair *pair, const RefRow *row, char *why)
{
    if (!vgic_frame(pair->gic, row->frame) || !row->read) {
        return true;
    }
    bool redist = !strcmp(row->frame, "GICR");
    const VgicConfig *config = &pair->ref->config;
    uint32_t regions = redist && config->redist_region_count ? config->redist_region_count : 1;
    for (uint32_t region = 0; region < regions; region++) {
        char name[16];
        snprintf(name, sizeof(name), region ? "%s%u" : "%s", row->frame, region);
        uint32_t copies = !redist                       ? 1
                          : config->redist_region_count ? config->redist_regions[region]
                                                        : pair->ref->cpus;
        for (uint32_t i = 0; i < copies * row->count; i++) {
            uint64_t offset = row->offset + (uint64_t)(i % row->count) * row->stride +
                              (uint64_t)(i / row->count) * 0x20000;
            if (!compare_register(pair, name, row, offset, why)) {
                return false;
            }
        }
    }
    return true;
}

static bool compare_sysregs(Pair *pair, uint32_t cpu, const VgicCpuState *state, char *why)
{
    uint32_t count;
    const uint32_t *encodings = ref_sysregs(&count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t base = encodings[i];
        if (base == ICC_IAR0_EL1 || base == ICC_IAR1_EL1 || base == ICC_IAR0 || base == ICC_IAR1) {
            continue;
        }
        uint64_t want_value, got_value;
        VgicResult want = ref_sysreg_read(pair->ref, cpu, state, base, &want_value);
        VgicResult got = vgic_sysreg_read(pair->gic, cpu, state, base, &got_value);
        char what[80];
        snprintf(what, sizeof(what), "PE %u el %u space %u scr %" PRIx64 " aarch32 %d sysreg 0x%x",
                 cpu, state->el, state->space, state->scr_el3, state->aarch32, base);
        if (!same_result(what, want, want_value, got, got_value, why)) {
            return false;
        }
    }
    return true;
}

static bool compare_registers(Pair *pair, char *why)
{
    static const VgicCpuState states[] = {
        {.el = 3, .space = VGIC_S},
        {.el = 3, .space = VGIC_S, .scr_el3 = 1},
        {.el = 1, .space = VGIC_S, .aarch32 = true},
        {.el = 1, .space = VGIC_S},
        {.el = 1, .space = VGIC_NS, .scr_el3 = 1},
        {.el = 2, .space = VGIC_NS, .scr_el3 = 5, .el2_enabled = true},
    };
    uint32_t count;
    const RefRow *rows = ref_rows(&count);
    for (uint32_t i = 0; i < count; i++) {
        if (!compare_row(pair, &rows[i], why)) {
            return false;
        }
    }
    for (uint32_t cpu = 0; cpu < pair->ref->cpus; cpu++) {
        for (size_t i = pair->ref->config.el3 ? 0 : 2; i < sizeof(states) / sizeof(states[0]);
             i++) {
            if (!compare_sysregs(pair, cpu, &states[i], why)) {
                return false;
            }
        }
    }
    return true;
}

bool pair_compare_registers(Pair *pair, char *why)
{
    uint64_t saved[REF_COUNT_END]; /* looking is not testing */
    memcpy(saved, pair->ref->count, sizeof(saved));
    bool equal = compare_registers(pair, why);
    memcpy(pair->ref->count, saved, sizeof(saved));
    return equal;
}

static void print_state(const VgicCpuState *s, FILE *out)
{
    static const char *const spaces[] = {"S", "NS", "ROOT", "REALM"};
    fprintf(out, "el %u %s%s%s%s scr 0x%" PRIx64 " hcr 0x%" PRIx64, s->el, spaces[s->space & 3],
            s->aarch32 ? " aarch32" : "", s->monitor ? " monitor" : "",
            s->el2_enabled ? " el2" : "", s->scr_el3, s->hcr_el2);
}

/* Names come from the library's own tables: printing needs no second list. */
static void print_sysreg(const Operation *op, FILE *out)
{
    const char *name = "?";
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .el3 = true, .priority_bits = 8);
    Vgic *gic = vgic_new(&config, NULL, NULL, NULL);
    const VgicSysreg *row;
    for (uint32_t i = 0; gic && (row = vgic_sysreg_at(gic, i)); i++) {
        name = row->encoding == op->encoding ? row->name : name;
    }
    fprintf(out, "PE %u %s %s (0x%x)", op->cpu, op->kind == OP_SYSREG_READ ? "reads" : "writes",
            name, op->encoding);
    vgic_free(gic);
}

void operation_print(const Operation *op, FILE *out)
{
    switch (op->kind) {
    case OP_FRAME_READ:
    case OP_FRAME_WRITE:
        fprintf(out, "%s %s + 0x%" PRIx64 " size %u attrs 0x%x", op->frame,
                op->kind == OP_FRAME_READ ? "read" : "write", op->offset, op->size, op->attrs);
        break;
    case OP_SYSREG_READ:
    case OP_SYSREG_WRITE:
        print_sysreg(op, out);
        fprintf(out, " at ");
        print_state(&op->state, out);
        break;
    case OP_SPI_LEVEL:
        fprintf(out, "SPI %u wire %s", op->intid, op->level ? "high" : "low");
        break;
    case OP_SPI_PULSE:
        fprintf(out, "SPI %u pulse", op->intid);
        break;
    case OP_PPI_LEVEL:
        fprintf(out, "PPI %u of PE %u wire %s", op->intid, op->cpu, op->level ? "high" : "low");
        break;
    case OP_PPI_PULSE:
        fprintf(out, "PPI %u of PE %u pulse", op->intid, op->cpu);
        break;
    case OP_STATE:
        fprintf(out, "PE %u is now at ", op->cpu);
        print_state(&op->state, out);
        break;
    case OP_RESET:
        fprintf(out, "reset, %s", op->reset == VGIC_RESET_COLD ? "cold" : "warm");
        break;
    case OP_CPU_RESET:
        fprintf(out, "reset of PE %u", op->cpu);
        break;
    default:
        fprintf(out, "act as firmware");
        break;
    }
    if (op->kind == OP_FRAME_WRITE || op->kind == OP_SYSREG_WRITE) {
        fprintf(out, ", value 0x%" PRIx64, op->value);
    }
    fprintf(out, "\n");
}
