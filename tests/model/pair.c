/* SPDX-License-Identifier: BSD-2-Clause */
/* The library and the reference, side by side. */
#include "operations.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

static const char *result_name(VgicResult result)
{
    static const char *const names[] = {"OK",       "UNDEFINED", "TRAP_EL1", "TRAP_EL2",
                                        "TRAP_EL3", "RAZ_WI",    "INVALID",  "VNCR"};
    return (unsigned)result < sizeof(names) / sizeof(names[0]) ? names[result] : "?";
}

static void on_lines_changed(void *machine, uint32_t cpu)
{
    Side *side = machine;
    side->told |= 1u << cpu;
}

/* Only rules of LPIs, ITSs and the virtual interface are compared, by name. */
static void on_guest_error(void *machine, const VgicReport *report)
{
    Side *side = machine;
    side->reports += report->rule && report->message && report->frame;
    bool compared = !strncmp(report->rule, "its-", 4) || !strncmp(report->rule, "lpi-", 4) ||
                    !strncmp(report->rule, "lr-", 3) || !strcmp(report->frame, "ICV");
    if (compared && side->rule_count < REF_MAX_RULES) {
        side->rules[side->rule_count++] = report->rule;
    }
}

static void on_host_error(void *machine, const char *function, const char *message)
{
    (void)machine;
    (void)function;
    (void)message;
}

static bool on_memory_read(void *machine, VgicSpace space, uint64_t address, void *buffer,
                           size_t length)
{
    const Side *side = machine;
    (void)space;
    return memory_read(side->memory, address, buffer, length);
}

static bool on_memory_write(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                            size_t length)
{
    const Side *side = machine;
    (void)space;
    return memory_write(side->memory, address, buffer, length);
}

static void on_work(void *machine)
{
    Side *side = machine;
    side->work = true;
}

static void on_trace(void *machine, const VgicTrace *event)
{
    Side *side = machine;
    side->commands += event->kind == VGIC_TRACE_COMMAND;
}

static VgicHost host_of(const Machine *machine)
{
    return (VgicHost)VGIC_HOST_INIT(.memory_read = on_memory_read, .memory_write = on_memory_write,
                                    .lines_changed = on_lines_changed,
                                    .guest_error = on_guest_error, .host_error = on_host_error,
                                    .trace = machine->config.its ? on_trace : NULL,
                                    .work = machine->sliced ? on_work : NULL);
}

/* The side becomes a new GIC with a saved state, and keeps its memory. */
static bool side_revive(Side *side, const Machine *machine, const void *bytes, size_t size,
                        char *why)
{
    const VgicHost host = host_of(machine);
    VgicError *error = NULL;
    Vgic *fresh = vgic_new_from_state(bytes, size, &host, side, &error);
    if (!fresh) {
        snprintf(why, WHY_SIZE, "vgic_new_from_state: %s", vgic_error_message(error));
        vgic_error_free(error);
        return false;
    }
    vgic_free(side->gic);
    side->gic = fresh;
    return true;
}

static bool side_open(Side *side, const char *name, Machine *machine, Memory *memory, char *why)
{
    const VgicHost host = host_of(machine);
    VgicError *error = NULL;
    *side = (Side){.name = name, .memory = memory};
    side->gic = vgic_new(machine_config(machine), &host, side, &error);
    if (!side->gic) {
        snprintf(why, WHY_SIZE, "vgic_new: %s", vgic_error_message(error));
        vgic_error_free(error);
    }
    return side->gic != NULL;
}

static void side_close(Side *side)
{
    vgic_free(side->gic);
    memory_free(side->memory);
    *side = (Side){0};
}

static bool make_twin(Pair *pair, char *why);

bool pair_open(Pair *pair, Machine *machine, uint64_t *count, char *why)
{
    memset(pair, 0, sizeof(*pair));
    pair->machine = machine;
    if (!side_open(&pair->lib, "library", machine, memory_new(), why)) {
        side_close(&pair->lib);
        return false;
    }
    pair->ref = ref_new(machine_config(machine), memory_new(), count);
    if (machine->saved_each_step && !make_twin(pair, why)) {
        pair_close(pair);
        return false;
    }
    return true;
}

void pair_close(Pair *pair)
{
    side_close(&pair->lib);
    if (pair->twin.gic) {
        side_close(&pair->twin);
    }
    memory_free(pair->ref->memory);
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

/* What the reference says about an operation. */
typedef struct Answer {
    VgicResult result, check;
    uint64_t value;
} Answer;

static bool run_wire(Vgic *gic, const Operation *op)
{
    switch (op->kind) {
    case OP_SPI_LEVEL:
        return vgic_spi_set_level(gic, op->intid, op->level);
    case OP_SPI_PULSE:
        return vgic_spi_pulse(gic, op->intid);
    case OP_PPI_LEVEL:
        return vgic_ppi_set_level(gic, op->cpu, op->intid, op->level);
    default:
        return vgic_ppi_pulse(gic, op->cpu, op->intid);
    }
}

static bool run_ref_wire(RefGic *gic, const Operation *op)
{
    switch (op->kind) {
    case OP_SPI_LEVEL:
        return ref_spi_set_level(gic, op->intid, op->level);
    case OP_SPI_PULSE:
        return ref_spi_pulse(gic, op->intid);
    case OP_PPI_LEVEL:
        return ref_ppi_set_level(gic, op->cpu, op->intid, op->level);
    default:
        return ref_ppi_pulse(gic, op->cpu, op->intid);
    }
}

static bool write_words(Memory *memory, const Operation *op)
{
    uint8_t bytes[32];
    for (uint32_t i = 0; i < 32; i++) {
        bytes[i] = (uint8_t)(op->words[i / 8] >> (i % 8 * 8));
    }
    return memory_write(memory, op->address, bytes, op->size);
}

static void its_name(uint32_t its, char *name, size_t size)
{
    snprintf(name, size, its ? "GITS%u" : "GITS", its);
}

static bool run_msi(Vgic *gic, const Operation *op)
{
    char name[16];
    its_name(op->its, name, sizeof(name));
    const VgicFrame *its = vgic_frame(gic, name);
    return its && vgic_msi(gic, its, op->device, op->event);
}

static Answer run_library(Side *side, const Operation *op)
{
    Vgic *gic = side->gic;
    Answer a = {0};
    switch (op->kind) {
    case OP_FRAME_READ:
        a.result = vgic_frame_read(gic, vgic_frame(gic, op->frame), op->attrs, op->offset, op->size,
                                   &a.value);
        break;
    case OP_FRAME_WRITE:
        a.result = vgic_frame_write(gic, vgic_frame(gic, op->frame), op->attrs, op->offset,
                                    op->size, op->value);
        break;
    case OP_SYSREG_READ:
        a.check = vgic_sysreg_check(gic, op->cpu, &op->state, op->encoding, false);
        a.result = vgic_sysreg_read(gic, op->cpu, &op->state, op->encoding, &a.value);
        break;
    case OP_SYSREG_WRITE:
        a.check = vgic_sysreg_check(gic, op->cpu, &op->state, op->encoding, true);
        a.result = vgic_sysreg_write(gic, op->cpu, &op->state, op->encoding, op->value);
        break;
    case OP_STATE:
        vgic_cpu_set_state(gic, op->cpu, &op->state);
        break;
    case OP_RESET:
        vgic_reset(gic, op->reset);
        break;
    case OP_CPU_RESET:
        vgic_cpu_reset(gic, op->cpu);
        break;
    case OP_FIRMWARE:
        vgic_act_as_firmware(gic);
        break;
    case OP_MSI:
        a.value = run_msi(gic, op);
        break;
    case OP_MEMORY:
        a.value = write_words(side->memory, op);
        break;
    case OP_FAULT:
        memory_fault(side->memory, op->address, op->faults);
        break;
    case OP_HEAL:
        memory_heal(side->memory);
        break;
    case OP_SAVE:
        break;
    default:
        a.value = run_wire(gic, op);
        break;
    }
    return a;
}

static Answer run_reference(RefGic *gic, const Operation *op)
{
    Answer a = {0};
    switch (op->kind) {
    case OP_FRAME_READ:
        a.result = ref_frame_read(gic, op->frame, op->attrs, op->offset, op->size, &a.value);
        break;
    case OP_FRAME_WRITE:
        a.result = ref_frame_write(gic, op->frame, op->attrs, op->offset, op->size, op->value);
        break;
    case OP_SYSREG_READ:
        a.result = ref_sysreg_read(gic, op->cpu, &op->state, op->encoding, &a.value);
        a.check = a.result;
        break;
    case OP_SYSREG_WRITE:
        a.result = ref_sysreg_write(gic, op->cpu, &op->state, op->encoding, op->value);
        a.check = a.result;
        break;
    case OP_STATE:
        ref_cpu_set_state(gic, op->cpu, &op->state);
        break;
    case OP_RESET:
        ref_reset(gic, op->reset);
        break;
    case OP_CPU_RESET:
        ref_cpu_reset(gic, op->cpu);
        break;
    case OP_FIRMWARE:
        ref_act_as_firmware(gic);
        break;
    case OP_MSI:
        a.value = ref_msi(gic, op->its, op->device, op->event);
        break;
    case OP_MEMORY:
        a.value = write_words(gic->memory, op);
        break;
    case OP_FAULT:
        memory_fault(gic->memory, op->address, op->faults);
        break;
    case OP_HEAL:
        memory_heal(gic->memory);
        break;
    case OP_SAVE:
        gic->count[REF_STATES_LOADED]++;
        break;
    default:
        a.value = run_ref_wire(gic, op);
        break;
    }
    return a;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In the order that they came; slices put a register's own report between those of commands. */
static bool same_rules(RefGic *ref, Side *side, bool sliced, char *why)
{
    if (sliced) {
        qsort(ref->rules, ref->rule_count, sizeof(ref->rules[0]), by_name);
        qsort(side->rules, side->rule_count, sizeof(side->rules[0]), by_name);
    }
    for (uint32_t i = 0; i < ref->rule_count || i < side->rule_count; i++) {
        const char *want = i < ref->rule_count ? ref->rules[i] : "none";
        const char *got = i < side->rule_count ? side->rules[i] : "none";
        if (strcmp(want, got) != 0) {
            snprintf(why, WHY_SIZE, "report %u of the %s: expected %s, got %s", i, side->name, want,
                     got);
            return false;
        }
    }
    return true;
}

static bool same_lines(const RefGic *ref, const Side *side, const uint32_t *before, char *why)
{
    for (uint32_t i = 0; i < ref->cpus; i++) {
        uint32_t want = ref_cpu_lines(ref, i), got = vgic_cpu_lines(side->gic, i);
        if (want != got) {
            snprintf(why, WHY_SIZE, "lines of PE %u of the %s: expected 0x%x, got 0x%x", i,
                     side->name, want, got);
            return false;
        }
        if (got != before[i] && !(side->told >> i & 1)) {
            snprintf(why, WHY_SIZE, "lines of PE %u of the %s went from 0x%x to 0x%x untold", i,
                     side->name, before[i], got);
            return false;
        }
    }
    return true;
}

/* Works off what the host was told to, a slice at a time. */
static bool drain(Pair *pair, Side *side, char *why)
{
    uint32_t slice = pair->ref->config.its_options.slice * pair->ref->config.its;
    uint64_t before;
    bool more;
    do {
        before = side->commands;
        more = vgic_work(side->gic);
        pair->ref->count[REF_ITS_SLICED] += more;
        if (side->commands - before > slice) {
            snprintf(why, WHY_SIZE, "%s: vgic_work() carried out %" PRIu64 " commands", side->name,
                     side->commands - before);
            return false;
        }
        if (!side->work && (more || side->commands != before)) {
            snprintf(why, WHY_SIZE, "%s: commands were left, but VgicHost.work was not called",
                     side->name);
            return false;
        }
    } while (more);
    side->work = false;
    return true;
}

static bool work_off(Pair *pair, Side *side, const Operation *op, char *why)
{
    if (!pair->machine->sliced || !pair->ref->config.its) {
        return true;
    }
    if (op->save_midway && side->work && side == &pair->lib) {
        pair->ref->count[REF_STATES_MIDWAY]++;
        return make_twin(pair, why) && drain(pair, side, why);
    }
    return drain(pair, side, why);
}

/* Runs an operation that the reference answered with @p want. */
static bool run_side(Pair *pair, Side *side, const Operation *op, const Answer *want, char *why)
{
    uint32_t before[REF_MAX_CPUS];
    for (uint32_t i = 0; i < pair->ref->cpus; i++) {
        before[i] = vgic_cpu_lines(side->gic, i);
    }
    if (side != &pair->twin || !pair->twin_is_new) {
        side->told = 0;
        side->rule_count = 0;
        side->commands = 0;
    }
    bool taken = side == &pair->twin && pair->twin_is_new;
    Answer got = taken ? *want : run_library(side, op);
    if (!work_off(pair, side, op, why)) {
        return false;
    }
    char what[32], difference[MEMORY_WHY];
    snprintf(what, sizeof(what), "access, %s", side->name);
    if (!same_result(what, want->result, want->value, got.result, got.value, why) ||
        !same_result("vgic_sysreg_check", want->check, 0, got.check, 0, why) ||
        !same_rules(pair->ref, side, pair->machine->sliced, why) ||
        !same_lines(pair->ref, side, before, why)) {
        return false;
    }
    if (!memory_same(pair->ref->memory, side->memory, difference)) {
        snprintf(why, WHY_SIZE, "%s: %s", side->name, difference);
        return false;
    }
    if (pair->ref->commands != side->commands) {
        snprintf(why, WHY_SIZE, "commands of the %s: expected %" PRIu64 ", got %" PRIu64,
                 side->name, pair->ref->commands, side->commands);
        return false;
    }
    return true;
}

/* ---- States ---- */

static bool save(const Side *side, void **bytes, size_t *size, char *why)
{
    VgicError *error = NULL;
    *bytes = vgic_save(side->gic, size, &error);
    if (!*bytes) {
        snprintf(why, WHY_SIZE, "vgic_save, %s: %s", side->name, vgic_error_message(error));
        vgic_error_free(error);
    }
    return *bytes != NULL;
}

bool pair_compare_states(Pair *pair, char *why)
{
    void *lib = NULL, *twin = NULL;
    size_t lib_size = 0, twin_size = 0;
    bool same = true;
    if (pair->twin.gic) {
        same = save(&pair->lib, &lib, &lib_size, why) && save(&pair->twin, &twin, &twin_size, why);
    }
    if (pair->twin.gic && same) {
        same = lib_size == twin_size && !memcmp(lib, twin, lib_size);
        if (!same) {
            snprintf(why, WHY_SIZE, "the states of library and twin differ (%zu, %zu bytes)",
                     lib_size, twin_size);
        }
    }
    vgic_state_free(lib);
    vgic_state_free(twin);
    return same;
}

/* A new GIC with the state of the old one goes along from now on. */
static bool make_twin(Pair *pair, char *why)
{
    void *bytes;
    size_t size;
    if (pair->twin.gic) {
        side_close(&pair->twin);
    }
    if (!save(&pair->lib, &bytes, &size, why)) {
        return false;
    }
    Memory *memory = memory_copy(pair->lib.memory);
    if (!side_open(&pair->twin, "twin", pair->machine, memory, why)) {
        memory_free(memory);
        vgic_state_free(bytes);
        return false;
    }
    VgicError *error = NULL;
    bool loaded = vgic_load(pair->twin.gic, bytes, size, &error);
    vgic_state_free(bytes);
    if (!loaded) {
        snprintf(why, WHY_SIZE, "vgic_load: %s", vgic_error_message(error));
        vgic_error_free(error);
        return false;
    }
    /* what happened before the state was saved happened to both */
    pair->twin_is_new = true;
    pair->twin.told = UINT32_MAX;
    pair->twin.commands = pair->lib.commands;
    pair->twin.rule_count = pair->lib.rule_count;
    memcpy(pair->twin.rules, pair->lib.rules, sizeof(pair->lib.rules));
    return pair_compare_states(pair, why);
}

/* The twin becomes a new GIC, made of the twin's own state. */
static bool renew_twin(Pair *pair, char *why)
{
    void *bytes;
    size_t size;
    if (!save(&pair->twin, &bytes, &size, why)) {
        return false;
    }
    bool made = side_revive(&pair->twin, pair->machine, bytes, size, why);
    vgic_state_free(bytes);
    pair->ref->count[REF_STATES_LOADED] += made;
    return made;
}

/* ---- Steps ---- */

static void note_place(Pair *pair, uint32_t its, uint32_t device, uint32_t event)
{
    for (uint32_t i = 0; i < pair->place_count && i < MAX_PLACES; i++) {
        const Place *p = &pair->places[i];
        if (p->its == its && p->device == device && p->event == event) {
            return;
        }
    }
    pair->places[pair->place_count++ % MAX_PLACES] = (Place){its, device, event};
}

static const struct {
    uint32_t line;
    RefCount count;
} counted[] = {
    {VGIC_LINE_IRQ, REF_LINE_IRQ},   {VGIC_LINE_FIQ, REF_LINE_FIQ},
    {VGIC_LINE_NMI, REF_LINE_NMI},   {VGIC_LINE_WAKE, REF_WAKE_REQUEST},
    {VGIC_LINE_VIRQ, REF_LINE_VIRQ}, {VGIC_LINE_VFIQ, REF_LINE_VFIQ},
    {VGIC_LINE_VNMI, REF_LINE_VNMI}, {VGIC_LINE_MAINTENANCE, REF_LINE_MAINTENANCE},
};

static void count_lines(Pair *pair)
{
    for (uint32_t i = 0; i < pair->ref->cpus; i++) {
        uint32_t lines = ref_cpu_lines(pair->ref, i);
        for (size_t j = 0; j < sizeof(counted) / sizeof(counted[0]); j++) {
            pair->ref->count[counted[j].count] += (lines & counted[j].line) != 0;
        }
        const RefIrq *best = ref_hppi(pair->ref, i);
        pair->ref->count[REF_NMI_AS_FIQ] +=
            (lines & VGIC_LINE_FIQ) && best && ref_is_nmi(pair->ref, best);
        uint32_t misr = lines & VGIC_LINE_MAINTENANCE ? ref_virtual_misr(pair->ref, i) : 0;
        for (int bit = 0; bit < 8; bit++) {
            pair->ref->count[REF_MISR_EOI + bit] += misr >> bit & 1;
        }
    }
}

bool pair_run(Pair *pair, const Operation *op, uint64_t *value, char *why)
{
    pair->ref->rule_count = 0;
    pair->ref->commands = 0;
    pair->twin_is_new = false;
    Answer want = run_reference(pair->ref, op);
    *value = want.value;
    if (!run_side(pair, &pair->lib, op, &want, why) ||
        (pair->twin.gic && !run_side(pair, &pair->twin, op, &want, why))) {
        return false;
    }
    memory_forget(pair->ref->memory);
    memory_forget(pair->lib.memory);
    if (pair->twin.gic) {
        memory_forget(pair->twin.memory);
    }
    count_lines(pair);
    if (op->kind == OP_MSI || (op->kind == OP_MEMORY && op->size == 32)) {
        note_place(pair, op->its, op->device, op->event);
    }
    pair->faulty = op->kind == OP_FAULT || (pair->faulty && op->kind != OP_HEAL);
    const uint32_t none[REF_MAX_CPUS] = {0};
    if (op->kind == OP_SAVE) {
        for (uint32_t i = 0; i < pair->ref->cpus && pair->ref->config.el2; i++) {
            pair->ref->count[REF_STATES_WITH_LRS_FULL] += ref_lrs_full(pair->ref, i);
        }
        return make_twin(pair, why) && same_lines(pair->ref, &pair->twin, none, why);
    }
    if (pair->machine->saved_each_step) {
        pair->twin.told = UINT32_MAX;
        return renew_twin(pair, why) && same_lines(pair->ref, &pair->twin, none, why);
    }
    return true;
}

static bool compare_interrupt_of(Pair *pair, const Side *side, const RefIrq *irq, char *why)
{
    VgicIrqInfo want = {0}, got = {0};
    uint32_t cpu = irq->owner == REF_NO_CPU ? 0 : (uint32_t)irq->owner;
    if (!vgic_irq_info(side->gic, cpu, irq->intid, &got)) {
        snprintf(why, WHY_SIZE, "vgic_irq_info: PE %u has no INTID %u", cpu, irq->intid);
        return false;
    }
    ref_irq_info(pair->ref, cpu, irq->intid, &want);
    bool settled = !irq->lpi || irq->latch; /* the rest of an LPI is known while it is pending */
    const struct {
        const char *name;
        uint32_t want, got;
    } fields[] = {
        {"intid", want.intid, got.intid},
        /* 1-of-N has a target only while it is to be delivered */
        {"target", settled && (irq->candidate || !want.one_of_n) ? want.target : got.target,
         got.target},
        {"priority", settled ? want.priority : got.priority, got.priority},
        {"group", want.group, got.group},
        {"enabled", settled ? want.enabled : got.enabled, got.enabled},
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
            snprintf(why, WHY_SIZE,
                     "%s: vgic_irq_info(%u, %u).%s: expected %u, got %u (held_by: %s)", side->name,
                     cpu, irq->intid, fields[i].name, fields[i].want, fields[i].got,
                     got.held_by ? got.held_by : "NULL");
            return false;
        }
    }
    return true;
}

/* An LPI that the reference never saw is not pending. */
static bool compare_other_lpis(Pair *pair, const Side *side, char *why)
{
    for (uint32_t id = vgic_lpi_next(side->gic, 0); id != UINT32_MAX;
         id = vgic_lpi_next(side->gic, id + 1)) {
        VgicIrqInfo info = {0};
        vgic_irq_info(side->gic, 0, id, &info);
        const RefIrq *irq = ref_lpi(pair->ref, id);
        if (info.pending && (!irq || !irq->latch)) {
            snprintf(why, WHY_SIZE, "%s: LPI %u is pending unexpectedly", side->name, id);
            return false;
        }
    }
    return true;
}

bool pair_compare_interrupts(Pair *pair, char *why)
{
    const RefIrq *irq;
    for (uint32_t i = 0; (irq = ref_irq_at(pair->ref, i)); i++) {
        if (!compare_interrupt_of(pair, &pair->lib, irq, why) ||
            (pair->twin.gic && !compare_interrupt_of(pair, &pair->twin, irq, why))) {
            return false;
        }
    }
    return !pair->ref->config.lpi_bits || compare_other_lpis(pair, &pair->lib, why);
}

static bool compare_place(Pair *pair, const Side *side, const Place *place, char *why)
{
    char name[16];
    VgicTranslation want = {0}, got = {0};
    its_name(place->its, name, sizeof(name));
    bool mapped = ref_its_translate(pair->ref, place->its, place->device, place->event, &want);
    bool found = vgic_its_translate(side->gic, vgic_frame(side->gic, name), place->device,
                                    place->event, &got);
    if (mapped == found && !memcmp(&want, &got, sizeof(want))) {
        return true;
    }
    snprintf(why, WHY_SIZE,
             "%s: %s, device 0x%x, event 0x%x: expected %d INTID %u ICID %u PE %d, got %d INTID %u "
             "ICID %u PE %d",
             side->name, name, place->device, place->event, mapped, want.intid, want.collection,
             (int)want.cpu, found, got.intid, got.collection, (int)got.cpu);
    return false;
}

/* Not while memory fails: what the library still has in its cache is its own business. */
bool pair_compare_translations(Pair *pair, char *why)
{
    uint32_t places = pair->place_count < MAX_PLACES ? pair->place_count : MAX_PLACES;
    uint64_t saved[REF_COUNT_END];
    memcpy(saved, pair->ref->count, sizeof(saved));
    bool same = true;
    for (uint32_t i = 0; i < places && same && !pair->faulty && pair->ref->config.its; i++) {
        same = compare_place(pair, &pair->lib, &pair->places[i], why) &&
               (!pair->twin.gic || compare_place(pair, &pair->twin, &pair->places[i], why));
    }
    memcpy(pair->ref->count, saved, sizeof(saved));
    return same;
}

static bool compare_register(Pair *pair, const char *name, const RefRow *row, uint64_t offset,
                             char *why)
{
    const VgicFrame *frame = vgic_frame(pair->lib.gic, name);
    for (VgicAttrs space = VGIC_S; space <= VGIC_NS; space++) {
        uint64_t want_value, got_value, ignored;
        VgicResult want = ref_frame_read(pair->ref, name, space, offset, row->stride, &want_value);
        VgicResult got =
            vgic_frame_read(pair->lib.gic, frame, space, offset, row->stride, &got_value);
        if (pair->twin.gic) {
            vgic_frame_read(pair->twin.gic, vgic_frame(pair->twin.gic, name), space, offset,
                            row->stride, &ignored);
        }
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
    if (!vgic_frame(pair->lib.gic, row->frame) || !row->read) {
        return true;
    }
    bool redist = !strcmp(row->frame, "GICR");
    const VgicConfig *config = &pair->ref->config;
    uint32_t regions = redist && config->redist_region_count ? config->redist_region_count
                       : !strcmp(row->frame, "GITS")         ? config->its
                                                             : 1;
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
    uint32_t count, aarch32;
    const uint32_t *encodings = ref_sysregs(&count, &aarch32);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t base = encodings[i];
        if (base == ICC_IAR0_EL1 || base == ICC_IAR1_EL1 || base == ICC_NMIAR1_EL1 ||
            base == ICC_IAR0 || base == ICC_IAR1) {
            continue;
        }
        uint64_t want_value, got_value;
        VgicResult want = ref_sysreg_read(pair->ref, cpu, state, base, &want_value);
        VgicResult got = vgic_sysreg_read(pair->lib.gic, cpu, state, base, &got_value);
        char what[80];
        snprintf(what, sizeof(what),
                 "PE %u el %u space %u scr %" PRIx64 " hcr %" PRIx64 " aarch32 %d sysreg 0x%x", cpu,
                 state->el, state->space, state->scr_el3, state->hcr_el2, state->aarch32, base);
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
        {.el = 1, .space = VGIC_NS, .scr_el3 = 5, .el2_enabled = true, .hcr_el2 = 0x18},
        {.el = 2, .space = VGIC_NS, .scr_el3 = 1, .el2_enabled = true, .aarch32 = true},
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
    if (s->sctlr || s->hfgrtr_el2 || s->hfgwtr_el2) {
        fprintf(out, " sctlr 0x%" PRIx64 " hfgrtr 0x%" PRIx64 " hfgwtr 0x%" PRIx64, s->sctlr,
                s->hfgrtr_el2, s->hfgwtr_el2);
    }
}

/* Names come from the library's own tables: printing needs no second list. */
static void print_sysreg(const Operation *op, FILE *out)
{
    const char *name = "?";
    VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .el3 = true, .el2 = true, .priority_bits = 8,
                         .nmi = true, .ich_options = {.list_registers = 16, .priority_bits = 7});
    Vgic *gic = vgic_new(&config, NULL, NULL, NULL);
    const VgicSysreg *row;
    for (uint32_t i = 0; gic && (row = vgic_sysreg_at(gic, i)); i++) {
        name = row->encoding == op->encoding ? row->name : name;
    }
    fprintf(out, "PE %u %s %s (0x%x)", op->cpu, op->kind == OP_SYSREG_READ ? "reads" : "writes",
            name, op->encoding);
    vgic_free(gic);
}

static const char *command_name(uint64_t word)
{
    static const char *const names[256] = {
        [0x01] = "MOVI", [0x03] = "INT",    [0x04] = "CLEAR",  [0x05] = "SYNC",
        [0x08] = "MAPD", [0x09] = "MAPC",   [0x0A] = "MAPTI",  [0x0B] = "MAPI",
        [0x0C] = "INV",  [0x0D] = "INVALL", [0x0E] = "MOVALL", [0x0F] = "DISCARD",
    };
    return names[word & 0xFF] ? names[word & 0xFF] : "?";
}

static void print_lpis(const Operation *op, FILE *out)
{
    switch (op->kind) {
    case OP_MSI:
        fprintf(out, "MSI at ITS %u, device 0x%x, event 0x%x", op->its, op->device, op->event);
        break;
    case OP_MEMORY:
        fprintf(out, "memory at 0x%" PRIx64 " = 0x%" PRIx64, op->address, op->words[0]);
        if (op->size == 32) {
            fprintf(out, " 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " (%s for ITS %u)", op->words[1],
                    op->words[2], op->words[3], command_name(op->words[0]), op->its);
        } else {
            fprintf(out, ", %u bytes", op->size);
        }
        break;
    case OP_FAULT:
        fprintf(out, "memory at 0x%" PRIx64 " fails%s%s", op->address,
                op->faults & MEMORY_NO_READ ? " reads" : "",
                op->faults & MEMORY_NO_WRITE ? " writes" : "");
        break;
    case OP_HEAL:
        fprintf(out, "no memory fails any more");
        break;
    default:
        fprintf(out, "save, and load into another");
        break;
    }
}

void operation_print(const Operation *op, FILE *out)
{
    switch (op->kind) {
    case OP_FRAME_READ:
    case OP_FRAME_WRITE:
        fprintf(out, "%s %s + 0x%" PRIx64 " size %u attrs 0x%" PRIx64, op->frame,
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
    case OP_FIRMWARE:
        fprintf(out, "act as firmware");
        break;
    default:
        print_lpis(op, out);
        break;
    }
    if (op->kind == OP_FRAME_WRITE || op->kind == OP_SYSREG_WRITE) {
        fprintf(out, ", value 0x%" PRIx64, op->value);
    }
    fprintf(out, "\n");
}
