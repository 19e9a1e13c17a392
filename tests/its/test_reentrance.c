/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Callbacks that call back in: guest memory that is not memory but the GIC's own frames, hosts that
 * act in the middle of a command. Whatever the guest arranges, every call ends and the GIC works
 * afterwards.
 */
#include "its.h"
#include "suite.h"

#include <string.h>

/* Where this host maps the GIC's frames: inside what tables may point to. */
#define GICD_AT 0x08000000ull
#define GITS_AT 0x08080000ull
#define GICR_AT 0x080A0000ull

static VgicHost plain; /* the callbacks behind those of this file */
static uint32_t depth, deepest, accesses;

typedef struct Mapping {
    uint64_t at;
    const char *frame;
} Mapping;

static const Mapping mappings[] = {{GICD_AT, "GICD"}, {GITS_AT, "GITS"}, {GICR_AT, "GICR"}};

/* The frame at an address, and the offset in it. */
static const VgicFrame *frame_at(Vgic *gic, uint64_t address, uint64_t *offset)
{
    for (unsigned i = 0; gic && i < 3; i++) {
        const VgicFrame *frame = vgic_frame(gic, mappings[i].frame);
        if (address >= mappings[i].at && address < mappings[i].at + vgic_frame_size(frame)) {
            *offset = address - mappings[i].at;
            return frame;
        }
    }
    return NULL;
}

static void enter(void)
{
    accesses++;
    deepest = ++depth > deepest ? depth : deepest;
    if (depth > 50) {
        fail_msg("a call within a call within a call ...");
    }
}

/* As a bus does: in pieces of 8 bytes or less. */
static bool read_bus(void *machine, VgicSpace space, uint64_t address, void *buffer, size_t length)
{
    Host *host = machine;
    uint8_t *to = buffer;
    uint64_t offset;
    const VgicFrame *frame = frame_at(host->gic, address, &offset);

    if (!frame) {
        return plain.memory_read(machine, space, address, buffer, length);
    }
    memset(buffer, 0, length);
    enter();
    for (size_t at = 0; at < length && at < 64; at += 8) {
        uint64_t value = 0;
        if (offset + at + 8 <= vgic_frame_size(frame)) {
            vgic_frame_read(host->gic, frame, (VgicAttrs)space, offset + at, 8, &value);
            memcpy(to + at, &value, length - at < 8 ? length - at : 8);
        }
    }
    depth--;
    return true;
}

static bool write_bus(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                      size_t length)
{
    Host *host = machine;
    const uint8_t *from = buffer;
    uint64_t offset;
    const VgicFrame *frame = frame_at(host->gic, address, &offset);

    if (!frame) {
        return plain.memory_write(machine, space, address, buffer, length);
    }
    enter();
    for (size_t at = 0; at + 4 <= length && at < 64; at += 4) {
        uint32_t value;
        memcpy(&value, from + at, 4);
        vgic_frame_write(host->gic, frame, (VgicAttrs)space, offset + at, 4, value);
    }
    depth--;
    return true;
}

static Machine *bus_machine(bool work)
{
    const VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 64, .lpi_bits = 16, .its = 1,
                         .direct_lpi = true, .its_options = {.slice = 8});
    VgicHost host = host_callbacks(false);

    host_add_memory(&host);
    plain = host;
    host.memory_read = read_bus;
    host.memory_write = write_bus;
    if (work) {
        host_add_work(&host);
    }
    Machine *m = machine_new_on("a bus", &config, &host);
    assert_non_null(m);
    depth = deepest = accesses = 0;
    return m;
}

/* Nothing is left that would not work. */
static void still_works(Machine *m)
{
    for (unsigned i = 0; i < 1000 && vgic_work(m->gic); i++) {
    }
    vgic_reset(m->gic, VGIC_RESET_COLD);
    ram_clear(&m->host.ram);
    host_forget(&m->host);
    Its its = its_start(m);
    its_map(&its, 1, 3, 8200, 1);
    its_msi(&its, 1, 3);
    assert_true(takes(m, 1, 8200));
    assert_int_equal(depth, 0);
    assert_true(machine_is_consistent(m));
}

/* Base registers that point at frames, each in turn, with every command run over them. */
static void run_over(Machine *m, Its *its)
{
    static const uint32_t offsets[] = {0, 0x08, 0x80, 0x88, 0x90, 0x100, 0x10000, 0x10040};

    for (unsigned i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        const uint32_t device = offsets[i] / 8;
        its_do(its, mapc(m, device & 0xFF, i % 2));
        its_do(its, mapd(device, 5, GITS_AT + (offsets[i] & ~0xFFu)));
        for (uint32_t event = 0; event < 32; event += 4) {
            its_do(its, mapti(device, event, 8200 + event, 0));
            its_do(its, command_int(device, event));
            its_do(its, inv(device, event));
            its_do(its, movi(device, event, 1));
            its_do(its, clear(device, event));
            its_do(its, discard(device, event));
            its_msi(its, device, event);
        }
        its_do(its, invall(0));
        its_do(its, movall(m, 0, 1));
        its_do(its, unmapd(device));
    }
}

static void tables_on_top_of_frames(bool work)
{
    static const uint64_t places[] = {GITS_AT, GITS_AT + 0x10000, GICD_AT, GICR_AT,
                                      GICR_AT + 0x20000};

    for (unsigned table = 0; table < 3; table++) {
        for (unsigned i = 0; i < 5; i++) {
            Machine *m = bus_machine(work);
            start_lpis(m);
            Its its = its_set_up(m, 0);
            if (table < 2) {
                its_write64(&its, GITS_BASER(table), VALID | places[i] | PAGES_64K);
            }
            its_write(&its, GITS_CTLR, 1);
            run_over(m, &its);
            assert_true(accesses > 0);
            still_works(m);
            machine_free(m);
        }
    }
}

static void tables_may_lie_on_top_of_the_gics_frames(Machine *none)
{
    (void)none;
    tables_on_top_of_frames(false);
    tables_on_top_of_frames(true);
}

/* Where it lies on CREADR, each read of a command works off commands. */
static void a_queue_may_lie_on_top_of_a_frame(Machine *none)
{
    static const uint64_t places[] = {GITS_AT, GITS_AT + 0x10000, GICD_AT, GICR_AT};

    (void)none;
    for (unsigned i = 0; i < 8; i++) {
        Machine *m = bus_machine(i % 2);
        start_lpis(m);
        Its its = its_set_up(m, 0);
        its_write64(&its, GITS_CBASER, VALID | places[i / 2] | 0xF);
        its_write(&its, GITS_CTLR, 1);
        its_write64(&its, GITS_CWRITER, 0xFFE0);
        for (unsigned n = 0; n < 10000 && vgic_work(m->gic); n++) {
            its_read64(&its, GITS_CREADR);
        }
        assert_true(accesses > 0);
        still_works(m);
        machine_free(m);
    }
}

static void lpi_tables_may_lie_on_top_of_frames(Machine *none)
{
    static const uint64_t places[] = {GITS_AT, GICD_AT, GICR_AT, GICR_AT + 0x20000};

    (void)none;
    for (unsigned i = 0; i < 4; i++) {
        Machine *m = bus_machine(false);
        start(m);
        for (uint32_t cpu = 0; cpu < 2; cpu++) {
            gicr_write64(m, cpu, VGIC_NS, GICR_PROPBASER, places[i] | 15);
            gicr_write64(m, cpu, VGIC_NS, GICR_PENDBASER, places[i] & ~0xFFFFull);
            enable_lpis(m, cpu);
        }
        Its its = its_open(m, 0);
        its_do(&its, mapc(m, 0, 0));
        its_do(&its, mapc(m, 1, 1));
        its_do(&its, mapd(1, 5, ITT(1)));
        for (uint32_t event = 0; event < 32; event++) {
            its_do(&its, mapti(1, event, 8192 + 64 * event, event % 2));
            its_msi(&its, 1, event);
            its_do(&its, inv(1, event));
        }
        gicr_write64(m, 0, VGIC_NS, GICR_INVALLR, 0);
        its_do(&its, invall(1));
        disable_lpis(m, 0);
        enable_lpis(m, 0);
        disable_lpis(m, 1);
        assert_true(accesses > 0);
        still_works(m);
        machine_free(m);
    }
}

/* Hosts that act in the middle: what the next test wants to happen, once. */
static Machine *acting;
static unsigned acts;
static void (*act)(Machine *m);

static void act_on_memory(Host *host, bool write, uint64_t address, size_t length)
{
    (void)host, (void)write, (void)address, (void)length;
    if (acts && --acts == 0) {
        act(acting);
    }
}

static void disable_its(Machine *m)
{
    frame_write(m, "GITS", VGIC_NS, GITS_CTLR, 4, 0);
}

static void send_msi(Machine *m)
{
    vgic_msi(m->gic, vgic_frame(m->gic, "GITS"), 1, 0);
}

static void write_cwriter(Machine *m)
{
    frame_write(m, "GITS", VGIC_NS, GITS_CWRITER, 8, 0);
}

static void rewrite_cwriter(Machine *m)
{
    uint64_t now;

    frame_read(m, "GITS", VGIC_NS, GITS_CWRITER, 8, &now);
    frame_write(m, "GITS", VGIC_NS, GITS_CWRITER, 8, now);
}

static void read_creadr(Machine *m)
{
    uint64_t value;

    frame_read(m, "GITS", VGIC_NS, GITS_CREADR, 8, &value);
}

static void reset_all(Machine *m)
{
    vgic_reset(m->gic, VGIC_RESET_COLD);
}

static void toggle_lpis(Machine *m)
{
    disable_lpis(m, 0);
    enable_lpis(m, 0);
}

static void move_tables(Machine *m)
{
    disable_its(m);
    frame_write(m, "GITS", VGIC_NS, GITS_BASER(0), 8, VALID | DEVICES(5) | PAGES_64K);
    frame_write(m, "GITS", VGIC_NS, GITS_CBASER, 8, VALID | QUEUE(5));
    frame_write(m, "GITS", VGIC_NS, GITS_CTLR, 4, 1);
}

static void ask_everything(Machine *m)
{
    VgicTranslation t;
    VgicIrqInfo i;

    vgic_its_translate(m->gic, vgic_frame(m->gic, "GITS"), 1, 0, &t);
    vgic_irq_info(m->gic, 0, 8200, &i);
    vgic_lpi_next(m->gic, 0);
    vgic_work(m->gic);
    vgic_cpu_lines(m->gic, 0);
}

/* Each act at each access to memory that a sequence of commands makes. */
static void memory_callbacks_may_act_at_any_moment(Machine *m)
{
    static void (*const all[])(Machine *) = {disable_its,     send_msi,    write_cwriter,
                                             rewrite_cwriter, read_creadr, reset_all,
                                             toggle_lpis,     move_tables, ask_everything};

    for (unsigned a = 0; a < sizeof(all) / sizeof(all[0]); a++) {
        for (unsigned when = 1; when <= 60; when += when < 20 ? 1 : 5) {
            vgic_reset(m->gic, VGIC_RESET_COLD);
            ram_clear(&m->host.ram);
            host_forget(&m->host);
            Its its = its_start(m);
            its_map(&its, 1, 0, 8200, 0);
            its_put(&its, mapd(2, 5, ITT(2)));
            its_put(&its, mapti(2, 0, 8201, 1));
            its_put(&its, inv(2, 0));
            its_put(&its, command_int(2, 0));
            its_put(&its, movi(2, 0, 0));
            its_put(&its, movall(m, 0, 1));
            its_put(&its, invall(0));
            its_put(&its, clear(2, 0));
            its_put(&its, discard(2, 0));
            its_put(&its, unmapc(1));
            its_put(&its, unmapd(1));
            acting = m;
            act = all[a];
            acts = when;
            m->host.on_memory = act_on_memory;
            its_go(&its);
            its_msi(&its, 1, 0);
            its_finish(&its);
            m->host.on_memory = NULL;
            acts = 0;
        }
    }
    vgic_reset(m->gic, VGIC_RESET_COLD);
    ram_clear(&m->host.ram);
    host_forget(&m->host);
    Its its = its_start(m);
    its_map(&its, 1, 3, 8200, 1);
    its_msi(&its, 1, 3);
    assert_true(takes(m, 1, 8200));
}

static void act_on_report(Host *host, const VgicReport *report)
{
    (void)host, (void)report;
    if (acts && --acts == 0) {
        act(acting);
    }
}

static void guest_error_may_act_in_the_middle_of_a_queue(Machine *m)
{
    static void (*const all[])(Machine *) = {disable_its, send_msi,    write_cwriter, read_creadr,
                                             reset_all,   toggle_lpis, ask_everything};

    for (unsigned a = 0; a < sizeof(all) / sizeof(all[0]); a++) {
        vgic_reset(m->gic, VGIC_RESET_COLD);
        ram_clear(&m->host.ram);
        host_forget(&m->host);
        Its its = its_start(m);
        for (uint32_t i = 0; i < 20; i++) {
            its_put(&its, inv(1, i)); /* not mapped: a report each */
        }
        acting = m;
        act = all[a];
        acts = 5;
        m->host.on_report = act_on_report;
        its_go(&its);
        its_finish(&its);
        m->host.on_report = NULL;
        if (act == disable_its) {
            /* The command at hand is the last one. */
            assert_int_equal(its_read(&its, GITS_CTLR), QUIESCENT);
            assert_in_range(m->host.report_count, 5, 6);
        } else if (act == read_creadr || act == ask_everything) {
            assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
            assert_int_equal(m->host.report_count, 20);
        }
        host_forget(&m->host);
    }
}

static uint32_t taken;

static void take_at_once(Host *host, uint32_t cpu)
{
    Machine *m = acting;

    (void)host;
    if (irq(m, cpu)) {
        taken = ack(m, cpu);
        eoi(m, cpu, taken);
    }
}

static void lines_changed_may_take_the_lpi_of_a_command(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 1);
    acting = m;
    m->host.on_lines = take_at_once;
    taken = 0;
    its_do(&its, command_int(1, 0));
    assert_int_equal(taken, 8200);
    taken = 0;
    its_msi(&its, 1, 0);
    assert_int_equal(taken, 8200);
    m->host.on_lines = NULL;
    assert_true(takes(m, 1, 0));
}

static void change_byte_and_inv(Host *host, bool write, uint64_t address, size_t length)
{
    Machine *m = acting;

    (void)host, (void)length;
    if (!write && acts && address <= CONFIG_TABLE + 8 && address + length > CONFIG_TABLE + 8) {
        acts = 0;
        lpi_byte(m, 8200, OS_PRIORITY, false);
        gicr_write64(m, 0, VGIC_NS, GICR_INVLPIR, 8200);
        lpi_byte(m, 8200, OS_PRIORITY, true); /* seen by the read at hand */
    }
}

/* The byte that was read last is the one that counts. */
static void a_byte_that_changes_while_it_is_read(Machine *m)
{
    Its its = its_start(m);

    its_do(&its, mapti(1, 0, 8200, 0));
    acting = m;
    acts = 1;
    m->host.on_memory = change_byte_and_inv;
    its_msi(&its, 1, 0);
    m->host.on_memory = NULL;
    gicr_write64(m, 0, VGIC_NS, GICR_INVLPIR, 8200);
    assert_true(info(m, 0, 8200).enabled);
    if (lpi_pending(m, 8200)) {
        assert_true(takes(m, 0, 8200));
    }
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST_ALONE(tables_may_lie_on_top_of_the_gics_frames),
        TEST_ALONE(a_queue_may_lie_on_top_of_a_frame),
        TEST_ALONE(lpi_tables_may_lie_on_top_of_frames),
        TEST(memory_callbacks_may_act_at_any_moment, ITS),
        TEST(guest_error_may_act_in_the_middle_of_a_queue, ITS),
        TEST(lines_changed_may_take_the_lpi_of_a_command, ITS),
        TEST(a_byte_that_changes_while_it_is_read, ITS),
    };
    return RUN(argc, argv, "callbacks of an ITS that call back in", tests);
}
