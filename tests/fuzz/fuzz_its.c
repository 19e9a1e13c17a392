/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ITSs and LPIs under a hostile guest: commands, tables and registers of any content, memory that
 * fails, memory that is the ITS's own frame. Nothing may crash, no call may take longer than its
 * bound, and after a reset everything works.
 */
#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

enum {
    RAM_SIZE = 1 << 18,
    /* Where the guest's memory has what; nothing keeps the input from using it otherwise. */
    QUEUE = 0x00000,
    DEVICE_TABLE = 0x10000,
    COLLECTION_TABLE = 0x14000,
    LEVEL_2 = 0x18000,
    ITTS = 0x1C000,
    CONFIG_TABLE = 0x20000,
    PENDING_TABLES = 0x30000,
    GITS_AT = 0x80000, /* the bus has the ITS here */
    CPUS = 2,
    LIMIT = 2048,
};

typedef struct Target {
    Vgic *gic;
    VgicConfig config;
    Input input;
    uint32_t tail, depth;
    uint64_t calls;     /* memory callbacks in the API call at hand */
    uint64_t fail_from; /* addresses from here on fail */
    bool bus;           /* the ITS's frame is in memory */
    bool work;
    uint8_t ram[RAM_SIZE];
} Target;

static const uint64_t redist_addresses[CPUS] = {0x90000, 0xB0000};

/* Nothing that is bounded makes that many accesses: a pass over all tables that fit in memory. */
enum {
    MOST_CALLS = 200000
};

static bool on_frame(Target *t, uint64_t address, void *buffer, size_t length, bool write)
{
    const VgicFrame *frame = vgic_frame(t->gic, "GITS");
    uint64_t value = 0;

    if (!t->bus || !frame || t->depth > 3 || length > 8) {
        return false;
    }
    t->depth++;
    if (write) {
        memcpy(&value, buffer, length);
        vgic_frame_write(t->gic, frame, VGIC_NS, address, (uint32_t)length, value);
    } else {
        vgic_frame_read(t->gic, frame, VGIC_NS, address, (uint32_t)length, &value);
        memcpy(buffer, &value, length);
    }
    t->depth--;
    return true;
}

static bool access_memory(Target *t, uint64_t address, void *buffer, size_t length, bool write)
{
    if (++t->calls > MOST_CALLS) {
        fprintf(stderr, "a call without an end\n");
        abort();
    }
    if (length == 0 || length > RAM_SIZE) {
        abort();
    }
    if (address >= t->fail_from) {
        return false;
    }
    if (address >= GITS_AT && address < GITS_AT + 0x20000) {
        return on_frame(t, address - GITS_AT, buffer, length, write);
    }
    if (address > RAM_SIZE || length > RAM_SIZE - address) {
        return false;
    }
    if (write) {
        memcpy(t->ram + address, buffer, length);
    } else {
        memcpy(buffer, t->ram + address, length);
    }
    return true;
}

static bool memory_read(void *machine, VgicSpace space, uint64_t address, void *buffer,
                        size_t length)
{
    (void)space;
    memset(buffer, 0xEE, length);
    return access_memory(machine, address, buffer, length, false);
}

static bool memory_write(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                         size_t length)
{
    uint8_t copy[RAM_SIZE];

    (void)space;
    if (length <= RAM_SIZE) {
        memcpy(copy, buffer, length);
    }
    return access_memory(machine, address, copy, length, true);
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
    fprintf(stderr, "%s: %s\n", function, message);
    abort(); /* this host makes no mistakes */
}

static void on_work(void *machine)
{
    (void)machine;
}

static void on_trace(void *machine, const VgicTrace *event)
{
    (void)machine;
    if ((event->kind == VGIC_TRACE_COMMAND || event->kind == VGIC_TRACE_MSI) && !event->name) {
        abort();
    }
}

static void open_target(Target *t)
{
    const uint64_t bits = input_take(&t->input, 2);
    VgicItsOptions *its = &t->config.its_options;

    vgic_config_init(&t->config, VGIC_V3);
    t->config.cpus = CPUS;
    t->config.spis = 32;
    t->config.lpi_bits = bits & 1 ? 16 : 14 + (bits >> 8 & 7);
    t->config.lpi_limit = LIMIT;
    t->config.its = 1 + (bits >> 1 & 1);
    t->config.direct_lpi = bits >> 2 & 1;
    t->config.statusr = bits >> 3 & 1;
    t->config.security_states = 1 + (bits >> 4 & 1);
    t->config.single_threaded = bits >> 5 & 1;
    its->device_bits = bits >> 6 & 1 ? 32 : 0;
    its->event_bits = bits >> 7 & 1 ? 32 : 0;
    its->hardware_collections = bits >> 11 & 1 ? 2 : 0;
    its->flat_tables_only = bits >> 12 & 1;
    its->umsi = bits >> 13 & 1;
    its->errors = (VgicItsErrors)(bits >> 14 & 3) % 3;
    its->cache_entries = 64;
    its->slice = 4;
    if (input_take(&t->input, 1) & 1) {
        its->rdbase_is_address = true;
        t->config.redist_addresses = redist_addresses;
    }
    t->work = input_take(&t->input, 1) & 1;
    t->fail_from = UINT64_MAX;
    VgicHost host = VGIC_HOST_INIT(.memory_read = memory_read, .memory_write = memory_write,
                                   .guest_error = on_guest_error, .host_error = on_host_error,
                                   .trace = on_trace);
    host.work = t->work ? on_work : NULL;
    t->gic = vgic_new(&t->config, &host, t, NULL);
    if (!t->gic) {
        abort();
    }
}

static void gits_write(Target *t, uint32_t offset, uint32_t size, uint64_t value)
{
    vgic_frame_write(t->gic, vgic_frame(t->gic, "GITS"), VGIC_NS, offset, size, value);
}

static void gicr_write(Target *t, uint32_t cpu, uint32_t offset, uint32_t size, uint64_t value)
{
    vgic_frame_write(t->gic, vgic_frame(t->gic, "GICR"), VGIC_NS, 0x20000ull * cpu + offset, size,
                     value);
}

/* What a driver does: without it the fuzzer would take long to get anywhere. */
static void set_up(Target *t)
{
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        gicr_write(t, cpu, GICR_PROPBASER, 8, CONFIG_TABLE | (t->config.lpi_bits - 1));
        gicr_write(t, cpu, GICR_PENDBASER, 8, PENDING_TABLES);
        gicr_write(t, cpu, GICR_CTLR, 4, 1);
    }
    gits_write(t, GITS_CBASER, 8, UINT64_C(1) << 63 | QUEUE | 3);
    gits_write(t, GITS_BASER(0), 8, UINT64_C(1) << 63 | DEVICE_TABLE | 3);
    gits_write(t, GITS_BASER(1), 8, UINT64_C(1) << 63 | COLLECTION_TABLE);
    gits_write(t, GITS_CTLR, 4, 1);
    t->tail = 0;
}

static void put_command(Target *t, const uint64_t words[4])
{
    for (unsigned i = 0; i < 32; i++) {
        t->ram[QUEUE + t->tail + i] = (uint8_t)(words[i / 8] >> i % 8 * 8);
    }
    t->tail = (t->tail + 32) % 0x4000;
}

/* A number that is mostly one of few, so that commands meet, and sometimes any. */
static uint32_t take_number(Target *t, uint32_t base, uint32_t few)
{
    const uint32_t byte = (uint32_t)input_take(&t->input, 1);

    return byte >= 0xF0 ? (uint32_t)input_take(&t->input, 4) : base + byte % few;
}

static void call_command(Target *t)
{
    static const uint8_t opcodes[] = {0x08, 0x09, 0x0A, 0x0B, 0x01, 0x0E, 0x0F, 0x03,
                                      0x04, 0x0C, 0x0D, 0x05, 0x0A, 0x08, 0x09, 0x29};
    const uint8_t kind = (uint8_t)input_take(&t->input, 1);
    const uint32_t device = take_number(t, 0, 4), event = take_number(t, 0, 8);
    const uint32_t icid = take_number(t, 0, 4), cpu = take_number(t, 0, 2);
    const uint64_t rdbase =
        t->config.redist_addresses && cpu < CPUS ? redist_addresses[cpu] : (uint64_t)cpu << 16;
    const uint64_t valid = kind & 0x40 ? 0 : UINT64_C(1) << 63;
    uint64_t words[4] = {opcodes[kind & 15] | (uint64_t)device << 32, event,
                         valid | (icid & 0xFFFF)};

    switch (opcodes[kind & 15]) {
    case 0x08:
        words[1] = event & 31;
        words[2] = valid | (ITTS + 0x100 * (uint64_t)icid);
        break;
    case 0x09:
        words[2] |= rdbase;
        break;
    case 0x0A:
        words[1] |= (uint64_t)take_number(t, 8192, 64) << 32;
        break;
    case 0x0E:
        words[2] = rdbase;
        words[3] = (uint64_t)(icid % 2) << 16;
        break;
    case 0x05:
        words[2] = rdbase;
        break;
    default:
        break;
    }
    put_command(t, words);
    if (kind & 0x80) {
        return; /* with the next one */
    }
    gits_write(t, GITS_CWRITER, 8, t->tail);
}

static void call_raw_command(Target *t)
{
    uint64_t words[4];

    for (unsigned i = 0; i < 4; i++) {
        words[i] = input_take(&t->input, 8);
    }
    put_command(t, words);
    gits_write(t, GITS_CWRITER, 8, t->tail);
}

static void call_register(Target *t)
{
    static const uint16_t gits[] = {GITS_CTLR,     GITS_CBASER, GITS_CWRITER, GITS_BASER(0),
                                    GITS_BASER(1), GITS_UMSIR,  GITS_STATUSR, GITS_CREADR};
    static const uint16_t gicr[] = {GICR_CTLR,    GICR_PROPBASER, GICR_PENDBASER, GICR_SETLPIR,
                                    GICR_CLRLPIR, GICR_INVLPIR,   GICR_INVALLR,   GICR_SYNCR};
    const uint32_t which = (uint32_t)input_take(&t->input, 1);
    const uint32_t size = which & 0x40 ? 4 : 8;
    const uint32_t high = which & 0x20 && size == 4 ? 4 : 0;
    uint64_t value = 0;

    if (which & 0x80) {
        if (which & 0x10) {
            vgic_frame_read(t->gic, vgic_frame(t->gic, "GITS"), VGIC_NS, gits[which & 7] + high,
                            size, &value);
        } else {
            gits_write(t, gits[which & 7] + high, size, input_take(&t->input, size));
        }
    } else if (which & 0x10) {
        vgic_frame_read(t->gic, vgic_frame(t->gic, "GICR"), VGIC_NS, gicr[which & 7] + high, size,
                        &value);
    } else {
        gicr_write(t, which >> 3 & 1, gicr[which & 7] + high, size, input_take(&t->input, size));
    }
}

static void call_memory(Target *t)
{
    const uint32_t at = (uint32_t)input_take(&t->input, 2) * 8 % (RAM_SIZE - 8);

    for (unsigned i = 0; i < 8; i++) {
        t->ram[at + i] = (uint8_t)input_take(&t->input, 1);
    }
}

static void call_cpu(Target *t)
{
    const VgicCpuState state = {.el = 1, .space = VGIC_NS, .scr_el3 = 1};
    const uint32_t cpu = input_below(&t->input, CPUS);
    uint64_t intid;

    vgic_sysreg_write(t->gic, cpu, &state, ICC_PMR_EL1, 0xFF);
    vgic_sysreg_write(t->gic, cpu, &state, ICC_IGRPEN1_EL1, 1);
    vgic_frame_write(t->gic, vgic_frame(t->gic, "GICD"), VGIC_S, GICD_CTLR, 4, 7);
    if (vgic_sysreg_read(t->gic, cpu, &state, ICC_IAR1_EL1, &intid) == VGIC_OK && intid >= 8192 &&
        intid < UINT64_C(1) << t->config.lpi_bits) {
        vgic_sysreg_write(t->gic, cpu, &state, ICC_EOIR1_EL1, intid);
    }
}

/* What must hold at any moment. */
static void look(Target *t)
{
    const uint32_t device = take_number(t, 0, 4), event = take_number(t, 0, 8);
    VgicTranslation answer;
    VgicIrqInfo info;
    uint32_t known = 0;

    if (vgic_its_translate(t->gic, vgic_frame(t->gic, "GITS"), device, event, &answer)) {
        if (answer.intid < 8192 || answer.intid >> t->config.lpi_bits ||
            (answer.cpu >= CPUS && answer.cpu != UINT32_MAX)) {
            abort();
        }
    }
    for (uint32_t id = vgic_lpi_next(t->gic, 0); id != UINT32_MAX;
         id = vgic_lpi_next(t->gic, id + 1)) {
        if (!vgic_irq_info(t->gic, 0, id, &info) || info.active || ++known > LIMIT) {
            abort();
        }
    }
}

static void call_something(Target *t)
{
    const uint32_t kind = input_below(&t->input, 24);

    t->calls = 0;
    if (kind < 10) {
        call_command(t);
    } else if (kind < 12) {
        call_raw_command(t);
    } else if (kind < 15) {
        const uint32_t device = take_number(t, 0, 4);
        vgic_msi(t->gic, vgic_frame(t->gic, "GITS"), device, take_number(t, 0, 8));
    } else if (kind < 17) {
        call_register(t);
    } else if (kind == 17) {
        call_memory(t);
    } else if (kind == 18) {
        call_cpu(t);
    } else if (kind == 19) {
        vgic_work(t->gic);
    } else if (kind == 20) {
        t->fail_from = input_take(&t->input, 1) << 12;
        t->fail_from = t->fail_from >= RAM_SIZE ? UINT64_MAX : t->fail_from;
    } else if (kind == 21) {
        look(t);
    } else if (kind == 22) {
        t->bus = !t->bus;
    } else if (input_take(&t->input, 1) & 1) {
        vgic_export_tables(t->gic);
        vgic_import_tables(t->gic);
    } else {
        vgic_reset(t->gic, VGIC_RESET_WARM);
        set_up(t);
    }
}

/* One MSI from a fresh start. */
static void check_that_it_works(Target *t)
{
    const VgicCpuState state = {.el = 1, .space = VGIC_NS, .scr_el3 = 1};
    const uint64_t one = UINT64_C(1) << 63;
    uint64_t intid = 0;

    t->calls = 0;
    t->fail_from = UINT64_MAX;
    t->bus = false;
    vgic_reset(t->gic, VGIC_RESET_COLD);
    memset(t->ram, 0, sizeof(t->ram));
    set_up(t);
    t->ram[CONFIG_TABLE + 8] = 0x41;
    put_command(
        t, (uint64_t[4]){9, 0, one | (t->config.redist_addresses ? redist_addresses[1] : 1 << 16)});
    put_command(t, (uint64_t[4]){8 | UINT64_C(1) << 32, 4, one | ITTS});
    put_command(t, (uint64_t[4]){10 | UINT64_C(1) << 32, UINT64_C(8200) << 32 | 3, 0});
    gits_write(t, GITS_CWRITER, 8, t->tail);
    while (vgic_work(t->gic)) {
    }
    vgic_msi(t->gic, vgic_frame(t->gic, "GITS"), 1, 3);
    vgic_frame_write(t->gic, vgic_frame(t->gic, "GICD"), VGIC_S, GICD_CTLR, 4, 7);
    vgic_sysreg_write(t->gic, 1, &state, ICC_PMR_EL1, 0xFF);
    vgic_sysreg_write(t->gic, 1, &state, ICC_IGRPEN1_EL1, 1);
    vgic_sysreg_read(t->gic, 1, &state, ICC_IAR1_EL1, &intid);
    if (intid != 8200) {
        fprintf(stderr, "it does not work any more: %u\n", (unsigned)intid);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Target target;
    Target *t = &target;

    memset(t, 0, sizeof(*t));
    t->input = (Input){data, data + size};
    open_target(t);
    set_up(t);
    while (!input_done(&t->input)) {
        call_something(t);
    }
    check_that_it_works(t);
    vgic_free(t->gic);
    return 0;
}
