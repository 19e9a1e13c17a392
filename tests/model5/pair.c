/* SPDX-License-Identifier: BSD-2-Clause */
/* The library and the reference, side by side. */
#include "operations.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SCR_NS 1u
#define SCR_NSE (UINT64_C(1) << 62)

static const char *result_name(VgicResult result)
{
    static const char *const names[] = {"OK",       "UNDEFINED", "TRAP_EL1", "TRAP_EL2",
                                        "TRAP_EL3", "RAZ_WI",    "INVALID",  "VNCR"};
    return (unsigned)result < sizeof(names) / sizeof(names[0]) ? names[result] : "?";
}

/* The host */

static void on_lines_changed(void *machine, uint32_t cpu)
{
    Side *side = machine;
    if (side->gic) {
        side->lines[cpu] = vgic_cpu_lines(side->gic, cpu);
    }
}

static void on_guest_error(void *machine, const VgicReport *report)
{
    Side *side = machine;
    for (uint32_t i = 0; i < RULE_END; i++) {
        if (!strcmp(report->rule, rule_name((Rule)i))) {
            side->rules |= 1u << i;
            return;
        }
    }
    snprintf(side->unknown, sizeof(side->unknown), "%s", report->rule);
}

static void on_host_error(void *machine, const char *function, const char *message)
{
    Side *side = machine;
    snprintf(side->mistake, sizeof(side->mistake), "%s: %s", function, message);
}

static bool on_memory_read(void *machine, VgicSpace space, uint64_t address, void *buffer,
                           size_t length)
{
    const Side *side = machine;
    return memory_read(side->memory[space], address, buffer, length);
}

static bool on_memory_write(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                            size_t length)
{
    const Side *side = machine;
    return memory_write(side->memory[space], address, buffer, length);
}

static Side *side_new(Machine *machine, Memory *const *content, char *why)
{
    static const VgicHost host =
        VGIC_HOST_INIT(.memory_read = on_memory_read, .memory_write = on_memory_write,
                       .lines_changed = on_lines_changed, .guest_error = on_guest_error,
                       .host_error = on_host_error);
    VgicError *error = NULL;
    Side *side = calloc(1, sizeof(*side));
    if (!side) {
        abort();
    }
    for (uint32_t i = 0; i < R5_SPACES; i++) {
        side->memory[i] = content ? memory_copy(content[i]) : memory_new();
    }
    side->gic = vgic_new(machine_config(machine), &host, side, &error);
    if (!side->gic) {
        snprintf(why, WHY_SIZE, "vgic_new: %s", vgic_error_message(error));
        vgic_error_free(error);
    }
    return side;
}

static void side_free(Side *side)
{
    vgic_free(side->gic);
    for (uint32_t i = 0; i < R5_SPACES; i++) {
        memory_free(side->memory[i]);
    }
    free(side);
}

bool pair_open(Pair *pair, Machine *machine, uint64_t *count, char *why)
{
    memset(pair, 0, sizeof(*pair));
    pair->machine = machine;
    pair->count = count;
    pair->lib = side_new(machine, NULL, why);
    for (uint32_t i = 0; i < R5_SPACES; i++) {
        pair->memory[i] = memory_new();
    }
    pair->ref = ref5_new(machine_config(machine), pair->memory, count);
    if (!pair->lib->gic) {
        pair_close(pair);
        return false;
    }
    return true;
}

void pair_close(Pair *pair)
{
    side_free(pair->lib);
    ref5_free(pair->ref);
    for (uint32_t i = 0; i < R5_SPACES; i++) {
        memory_free(pair->memory[i]);
    }
}

/* What the table that a frame gives out says about an access; true: nothing against it. */
static bool is_legal(const VgicFrame *frame, uint64_t offset, uint32_t size, bool write, Rule *rule)
{
    const VgicRegister *reg = NULL;
    for (uint32_t i = 0; (reg = vgic_frame_register(frame, i)); i++) {
        uint32_t stride = reg->count > 1 ? reg->stride : reg->width / 8u;
        uint64_t word = offset & ~UINT64_C(3);
        if (word >= reg->offset && word < reg->offset + (uint64_t)stride * reg->count &&
            (word - reg->offset) % stride < reg->width / 8u) {
            break;
        }
    }
    *rule = !reg                                                                ? RULE_RESERVED
            : !(reg->sizes & size) || offset % size                             ? RULE_ACCESS_SIZE
            : reg->access & VGIC_UNMODELLED                                     ? RULE_UNMODELLED
            : !(reg->access & (write ? VGIC_WRITABLE : VGIC_READABLE)) && write ? RULE_READ_ONLY
            : !(reg->access & (write ? VGIC_WRITABLE : VGIC_READABLE))          ? RULE_WRITE_ONLY
                                                                                : RULE_END;
    return *rule == RULE_END;
}

/* Saves, makes a new GIC of the same configuration, loads, and goes on with that one. */
static bool save_and_load(Pair *pair, char *why)
{
    VgicError *error = NULL;
    size_t size, size2 = 0;
    void *bytes = vgic_save(pair->lib->gic, &size, &error), *again = NULL;
    if (!bytes) {
        snprintf(why, WHY_SIZE, "vgic_save: %s", vgic_error_message(error));
        vgic_error_free(error);
        return false;
    }
    Side *fresh = side_new(pair->machine, pair->lib->memory, why);
    bool good = fresh->gic && vgic_load(fresh->gic, bytes, size, &error);
    if (fresh->gic && !good) {
        snprintf(why, WHY_SIZE, "vgic_load: %s", vgic_error_message(error));
        vgic_error_free(error);
    }
    again = good ? vgic_save(fresh->gic, &size2, NULL) : NULL;
    if (good && (size != size2 || memcmp(bytes, again, size) != 0)) {
        snprintf(why, WHY_SIZE, "what was loaded saves as other bytes");
        good = false;
    }
    for (uint32_t i = 0; i < pair->machine->config.cpus && good; i++) {
        fresh->lines[i] = vgic_cpu_lines(fresh->gic, i);
    }
    vgic_state_free(bytes);
    vgic_state_free(again);
    if (good) {
        side_free(pair->lib);
        pair->lib = fresh;
        pair->count[COUNT_STATES_LOADED]++;
    } else {
        side_free(fresh);
    }
    return good;
}

/* Bits that are the implementation's own, and which the reference therefore does not know. */
static uint64_t unknown_bits(const char *frame, uint64_t offset)
{
    bool its_error = offset >= ITS_SWERR_STATUSR && offset <= ITS_SWERR_SYNDROMER1;
    if (offset >= IRS_PIDR4 || (!strncmp(frame, "ITS", 3) && its_error)) {
        return UINT64_MAX;
    }
    if (strncmp(frame, "IWB", 3) != 0 && offset == IRS_IDR0) {
        return 0xFFFF003C; /* PA_RANGE, IRSID or ITSID */
    }
    return 0;
}

/* What came of an operation. */
typedef struct Answer {
    VgicResult result;
    uint64_t value;
} Answer;

static Answer run_library(Side *side, const Operation *op)
{
    Vgic *gic = side->gic;
    Answer a = {0};
    switch (op->kind) {
    case OP_FRAME_READ:
        vgic_frame_read(gic, vgic_frame(gic, op->frame), op->attrs, op->offset, op->size, &a.value);
        break;
    case OP_FRAME_WRITE:
        vgic_frame_write(gic, vgic_frame(gic, op->frame), op->attrs, op->offset, op->size,
                         op->value);
        break;
    case OP_SYSREG_READ:
        a.result = vgic_sysreg_read(gic, op->cpu, &op->state, op->encoding, &a.value);
        break;
    case OP_SYSREG_WRITE:
        a.result = vgic_sysreg_write(gic, op->cpu, &op->state, op->encoding, op->value);
        break;
    case OP_SPI_LEVEL:
        a.value = vgic_spi_set_level(gic, op->id, op->level);
        break;
    case OP_SPI_PULSE:
        a.value = vgic_spi_pulse(gic, op->id);
        break;
    case OP_PPI_LEVEL:
        a.value = vgic_ppi_set_level(gic, op->cpu, op->id, op->level);
        break;
    case OP_PPI_PULSE:
        a.value = vgic_ppi_pulse(gic, op->cpu, op->id);
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
    case OP_MEMORY:
        memory_write64(side->memory[op->space], op->address, op->value);
        break;
    case OP_FAULT:
        memory_fault(side->memory[op->space], op->address, op->faults);
        break;
    case OP_HEAL:
        for (uint32_t i = 0; i < R5_SPACES; i++) {
            memory_heal(side->memory[i]);
        }
        break;
    case OP_MSI:
        a.value = vgic_msi(gic, vgic_frame(gic, op->frame), op->device, op->event);
        break;
    case OP_IWB_LEVEL:
        a.value = vgic_iwb_set_level(gic, vgic_frame(gic, op->frame), op->id, op->level);
        break;
    default:
        break;
    }
    return a;
}

/* The number and the domain that a frame's name says. */
static uint32_t number_of(const char *frame)
{
    return frame[3] >= '0' && frame[3] <= '9' ? (uint32_t)atoi(frame + 3) : 0;
}

static uint8_t domain_of(const char *frame)
{
    const char *last = strrchr(frame, '_');
    return !last                   ? NONSECURE
           : !strcmp(last, "_S")   ? SECURE
           : !strcmp(last, "_EL3") ? EL3
           : !strcmp(last, "_RL")  ? REALM
                                   : NONSECURE;
}

static Answer run_frame(Pair *pair, const Operation *op)
{
    Ref *ref = pair->ref;
    Answer a = {0};
    Rule rule;
    bool write = op->kind == OP_FRAME_WRITE;
    if (!is_legal(vgic_frame(pair->lib->gic, op->frame), op->offset, op->size, write, &rule)) {
        report5(ref, rule);
    } else if (write) {
        ref5_frame_write(ref, op->frame, op->attrs, op->offset, op->size, op->value);
    } else {
        a.value = ref5_frame_read(ref, op->frame, op->attrs, op->offset, op->size);
    }
    return a;
}

static Answer run_reference(Pair *pair, const Operation *op)
{
    Ref *ref = pair->ref;
    Answer a = {0};
    switch (op->kind) {
    case OP_FRAME_READ:
    case OP_FRAME_WRITE:
        return run_frame(pair, op);
    case OP_SYSREG_READ:
        a.result = ref5_sysreg_read(ref, op->cpu, &op->state, op->encoding, &a.value);
        break;
    case OP_SYSREG_WRITE:
        a.result = ref5_sysreg_write(ref, op->cpu, &op->state, op->encoding, op->value);
        break;
    case OP_SPI_LEVEL:
        a.value = ref5_spi_set_level(ref, op->id, op->level);
        break;
    case OP_SPI_PULSE:
        a.value = ref5_spi_pulse(ref, op->id);
        break;
    case OP_PPI_LEVEL:
        a.value = ref5_ppi_set_level(ref, op->cpu, op->id, op->level);
        break;
    case OP_PPI_PULSE:
        a.value = ref5_ppi_pulse(ref, op->cpu, op->id);
        break;
    case OP_STATE:
        ref5_set_state(ref, op->cpu, &op->state);
        break;
    case OP_RESET:
        count5(ref, COUNT_RESETS);
        ref5_reset(ref, op->reset);
        break;
    case OP_CPU_RESET:
        count5(ref, COUNT_CPU_RESETS);
        ref5_cpu_reset(ref, op->cpu);
        break;
    case OP_FIRMWARE:
        ref5_act_as_firmware(ref);
        break;
    case OP_MEMORY:
        memory_write64(pair->memory[op->space], op->address, op->value);
        break;
    case OP_FAULT:
        memory_fault(pair->memory[op->space], op->address, op->faults);
        break;
    case OP_HEAL:
        for (uint32_t i = 0; i < R5_SPACES; i++) {
            memory_heal(pair->memory[i]);
        }
        break;
    case OP_MSI:
        a.value = 1;
        ref5_msi(ref, number_of(op->frame), domain_of(op->frame), op->device, op->event);
        break;
    case OP_IWB_LEVEL:
        a.value = ref5_iwb_set_level(ref, number_of(op->frame), op->id, op->level);
        break;
    default:
        break;
    }
    return a;
}

static bool compare_lines(Pair *pair, char *why)
{
    for (uint32_t i = 0; i < pair->machine->config.cpus; i++) {
        uint32_t want = ref5_lines(pair->ref, i), got = vgic_cpu_lines(pair->lib->gic, i);
        if (want != got) {
            snprintf(why, WHY_SIZE, "lines of PE %u: expected 0x%x, got 0x%x", i, want, got);
            return false;
        }
        if (pair->lib->lines[i] != got) {
            snprintf(why, WHY_SIZE, "lines of PE %u: 0x%x, but the host knows of 0x%x", i, got,
                     pair->lib->lines[i]);
            return false;
        }
    }
    return true;
}

static void print_rules(uint32_t rules, char *text, size_t size)
{
    size_t used = 0;
    text[0] = 0;
    for (uint32_t i = 0; i < RULE_END && used < size; i++) {
        if (rules >> i & 1) {
            used += (size_t)snprintf(text + used, size - used, " %s", rule_name((Rule)i));
        }
    }
}

static bool compare_reports(Pair *pair, char *why)
{
    const Side *lib = pair->lib;
    char want[100], got[100];
    if (lib->mistake[0]) {
        snprintf(why, WHY_SIZE, "host error: %.400s", lib->mistake);
        return false;
    }
    if (lib->unknown[0] || lib->rules != pair->ref->rules) {
        print_rules(pair->ref->rules, want, sizeof(want));
        print_rules(lib->rules, got, sizeof(got));
        snprintf(why, WHY_SIZE, "reports: expected:%s, got:%s %s", want, got, lib->unknown);
        return false;
    }
    return true;
}

static bool compare_memory(Pair *pair, char *why)
{
    bool same = true;
    for (uint32_t i = 0; i < R5_SPACES && same; i++) {
        char text[MEMORY_WHY];
        same = memory_same(pair->memory[i], pair->lib->memory[i], text);
        if (!same) {
            snprintf(why, WHY_SIZE, "space %u: %s", i, text);
        }
        memory_forget(pair->memory[i]);
        memory_forget(pair->lib->memory[i]);
    }
    return same;
}

/* An access in the wrong space may break another rule as well, which either may tell of. */
static bool is_doubly_wrong(const Pair *pair, const Operation *op)
{
    return (op->kind == OP_FRAME_READ || op->kind == OP_FRAME_WRITE) &&
           strncmp(op->frame, "IWB", 3) != 0 &&
           (op->attrs & 0xFF) != ref5_space(pair->ref, domain_of(op->frame)) && pair->lib->rules &&
           pair->ref->rules;
}

bool pair_run(Pair *pair, const Operation *operation, char *why)
{
    pair->lib->rules = pair->ref->rules = 0;
    pair->lib->unknown[0] = 0;
    if (operation->kind == OP_SAVE) {
        for (uint32_t i = 0; i < pair->ref->its_count; i++) {
            pair->ref->its[i].count = 0; /* what is cached is not saved */
        }
        return save_and_load(pair, why) && compare_lines(pair, why);
    }
    Answer want = run_reference(pair, operation);
    Answer got = run_library(pair->lib, operation);
    uint64_t mask = operation->kind == OP_FRAME_READ
                        ? ~unknown_bits(operation->frame, operation->offset)
                        : UINT64_MAX;
    if (want.result != got.result || (want.value & mask) != (got.value & mask)) {
        snprintf(why, WHY_SIZE, "expected %s 0x%" PRIx64 ", got %s 0x%" PRIx64,
                 result_name(want.result), want.value, result_name(got.result), got.value);
        return false;
    }
    if (!compare_memory(pair, why) || !compare_lines(pair, why)) {
        return false;
    }
    return is_doubly_wrong(pair, operation) || compare_reports(pair, why);
}

/* What is told of interrupts */

static bool same_info(const VgicIrqInfo *want, const VgicIrqInfo *got)
{
    /* where one that is distributed 1-of-N would go is told of candidates only */
    bool target = want->target == got->target || (want->one_of_n && want->target == UINT32_MAX);
    return want->intid == got->intid && target && want->priority == got->priority &&
           want->group == got->group && want->enabled == got->enabled &&
           want->pending == got->pending && want->active == got->active &&
           want->level == got->level && want->wire == got->wire && want->one_of_n == got->one_of_n;
}

static void print_info(char *text, size_t size, bool there, const VgicIrqInfo *info)
{
    if (!there) {
        snprintf(text, size, "nothing");
        return;
    }
    snprintf(text, size, "pe %d prio %u dom %u%s%s%s%s%s%s", (int)info->target, info->priority,
             info->group, info->enabled ? " en" : "", info->pending ? " pend" : "",
             info->active ? " act" : "", info->level ? " lvl" : "", info->wire ? " wire" : "",
             info->one_of_n ? " 1ofn" : "");
}

static bool compare_interrupt(Pair *pair, uint32_t cpu, uint32_t intid, char *why)
{
    VgicIrqInfo want, got;
    char wants[100], gets[100];
    memset(&got, 0, sizeof(got));
    bool is = ref5_irq_info(pair->ref, cpu, intid, &want);
    bool told = vgic_irq_info(pair->lib->gic, cpu, intid, &got);
    if (is == told && (!is || same_info(&want, &got))) {
        return true;
    }
    print_info(wants, sizeof(wants), is, &want);
    print_info(gets, sizeof(gets), told, &got);
    snprintf(why, WHY_SIZE, "vgic_irq_info PE %u INTID 0x%x: expected %s; got %s", cpu, intid,
             wants, gets);
    return false;
}

/* The LPIs that are known, in the order of their INTIDs with the domain in them. */
static bool compare_lpis(Pair *pair, char *why)
{
    static const uint8_t order[] = {NONSECURE, SECURE, REALM, EL3};
    uint32_t got = vgic_lpi_next(pair->lib->gic, 0);
    for (uint32_t n = 0; n < R5_DOMAINS; n++) {
        const Ist *ist = &pair->ref->ist[order[n]];
        for (uint32_t i = 0; i < ist->count; i++) {
            uint32_t want = VGIC_V5_LPI_OF(order[n], ist->lpi[i].id);
            if (got != want) {
                snprintf(why, WHY_SIZE, "vgic_lpi_next: expected 0x%x, got 0x%x", want, got);
                return false;
            }
            bool last = ist->lpi[i].id == 0xFFFFFF;
            if (!compare_interrupt(pair, 0, want, why) ||
                (!last && !compare_interrupt(pair, 0, want + 1, why))) {
                return false;
            }
            got = vgic_lpi_next(pair->lib->gic, got + 1);
        }
    }
    if (got != UINT32_MAX) {
        snprintf(why, WHY_SIZE, "vgic_lpi_next: expected no more, got 0x%x", got);
    }
    return got == UINT32_MAX;
}

bool pair_compare_interrupts(Pair *pair, char *why)
{
    const Ref *ref = pair->ref;
    for (uint32_t cpu = 0; cpu < ref->cpus; cpu++) {
        for (uint32_t i = 0; i < R5_PPIS; i++) {
            if (!compare_interrupt(pair, cpu, VGIC_V5_PPI(i), why)) {
                return false;
            }
        }
    }
    for (uint32_t i = 0; i <= ref->spi_count; i++) {
        if (!compare_interrupt(pair, 0, VGIC_V5_SPI(i), why)) {
            return false;
        }
    }
    return compare_lpis(pair, why);
}

/* Registers */

static bool compare_register(Pair *pair, const char *name, VgicSpace space, uint32_t offset,
                             uint32_t size, char *why)
{
    uint64_t got;
    uint64_t mask = ~unknown_bits(name, offset);
    uint64_t want = ref5_frame_read(pair->ref, name, space, offset, size) & mask;
    vgic_frame_read(pair->lib->gic, vgic_frame(pair->lib->gic, name), space, offset, size, &got);
    if (want == (got & mask)) {
        return true;
    }
    snprintf(why, WHY_SIZE, "%s + 0x%x in space %d: expected 0x%" PRIx64 ", got 0x%" PRIx64, name,
             offset, space, want, got & mask);
    return false;
}

static bool compare_frame(Pair *pair, const VgicFrame *frame, char *why)
{
    const char *name = vgic_frame_name(frame);
    const VgicRegister *reg;
    bool shared = !strncmp(name, "IWB", 3);
    for (uint32_t i = 0; (reg = vgic_frame_register(frame, i)); i++) {
        if (!(reg->access & VGIC_READABLE) || reg->access & VGIC_UNMODELLED) {
            continue;
        }
        for (uint32_t n = 0; n < reg->count; n++) {
            uint32_t offset = reg->offset + n * reg->stride;
            for (uint8_t domain = 0; domain < R5_DOMAINS; domain++) {
                bool looks = shared ? ref5_has(pair->ref, domain) : domain == domain_of(name);
                if (looks && !compare_register(pair, name, ref5_space(pair->ref, domain), offset,
                                               reg->width / 8u, why)) {
                    return false;
                }
            }
        }
    }
    return true;
}

static bool compare_sysregs(Pair *pair, uint32_t cpu, const VgicCpuState *state, char *why)
{
    const VgicSysreg *reg;
    for (uint32_t i = 0; (reg = vgic_sysreg_at(pair->lib->gic, i)); i++) {
        uint64_t want, got;
        if (!(reg->access & VGIC_READABLE) || reg->encoding == GICR_CDIA ||
            reg->encoding == GICR_CDNMIA) {
            continue;
        }
        VgicResult wanted = ref5_sysreg_read(pair->ref, cpu, state, reg->encoding, &want);
        VgicResult result = vgic_sysreg_read(pair->lib->gic, cpu, state, reg->encoding, &got);
        VgicResult check = vgic_sysreg_check(pair->lib->gic, cpu, state, reg->encoding, false);
        if (want != got || wanted != result || wanted != check) {
            snprintf(why, WHY_SIZE,
                     "%s of PE %u at EL%u in space %u: expected %s 0x%" PRIx64
                     ", got %s 0x%" PRIx64,
                     reg->name, cpu, state->el, state->space, result_name(wanted), want,
                     result_name(result), got);
            return false;
        }
    }
    return true;
}

static VgicCpuState state_in(const Ref *ref, uint8_t domain)
{
    VgicCpuState state = {.el = domain == EL3 ? 3 : 1, .space = domain};
    if (domain == EL3) {
        state.space = ref5_has(ref, REALM) ? VGIC_ROOT : VGIC_S;
    }
    return state;
}

static bool compare_configuration(Pair *pair, uint8_t domain, uint32_t intid, char *why)
{
    VgicCpuState state = state_in(pair->ref, domain);
    uint64_t want, got;
    ref5_sysreg_write(pair->ref, 0, &state, GIC_CDRCFG, intid);
    ref5_sysreg_read(pair->ref, 0, &state, ICC_ICSR_EL1, &want);
    vgic_sysreg_write(pair->lib->gic, 0, &state, GIC_CDRCFG, intid);
    vgic_sysreg_read(pair->lib->gic, 0, &state, ICC_ICSR_EL1, &got);
    if (want != got) {
        snprintf(why, WHY_SIZE,
                 "CDRCFG of 0x%x in domain %u: expected 0x%" PRIx64 ", got 0x%" PRIx64, intid,
                 domain, want, got);
    }
    return want == got;
}

static bool compare_configurations(Pair *pair, char *why)
{
    Ref *ref = pair->ref;
    for (uint32_t i = 0; i < ref->spi_count; i++) {
        if (!compare_configuration(pair, ref->spi[i].domain, VGIC_V5_SPI(i), why)) {
            return false;
        }
    }
    for (uint8_t domain = 0; domain < R5_DOMAINS; domain++) {
        for (uint32_t i = 0; i < ref->ist[domain].count; i++) {
            uint32_t id = ref->ist[domain].lpi[i].id;
            if (!compare_configuration(pair, domain, VGIC_V5_LPI(id), why)) {
                return false;
            }
        }
    }
    return true;
}

static bool compare_registers(Pair *pair, char *why)
{
    const VgicFrame *frame;
    for (uint32_t i = 0; (frame = vgic_frame_at(pair->lib->gic, i)); i++) {
        if (!compare_frame(pair, frame, why)) {
            return false;
        }
    }
    for (uint32_t cpu = 0; cpu < pair->ref->cpus; cpu++) {
        for (uint8_t domain = 0; domain < R5_DOMAINS; domain++) {
            VgicCpuState state = state_in(pair->ref, domain), el3 = state_in(pair->ref, EL3);
            if (!ref5_has(pair->ref, domain) || domain == EL3) {
                continue;
            }
            el3.scr_el3 = (domain & 1 ? SCR_NS : 0) | (domain & 2 ? SCR_NSE : 0);
            if (!compare_sysregs(pair, cpu, &state, why) ||
                (pair->ref->el3 && !compare_sysregs(pair, cpu, &el3, why))) {
                return false;
            }
        }
    }
    return compare_configurations(pair, why);
}

bool pair_compare_registers(Pair *pair, char *why)
{
    static uint64_t not_counted[COUNT_END];
    pair->ref->count = not_counted;
    bool same = compare_registers(pair, why);
    pair->ref->count = pair->count;
    return same;
}
