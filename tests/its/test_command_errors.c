/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every mistake that a command can have: it is reported once, with the command's name and words,
 * changes nothing, and the queue goes on, or stalls where the machine is configured so.
 */
#include "its.h"
#include "suite.h"

#include <string.h>

/* A mistake: event 0 of device 1 is LPI 8200 of collection 0, event 1 is LPI 8201 of collection 6,
 * which is not mapped; the device has 32 events. */
typedef struct Mistake {
    const char *rule, *name;
    Command command;
    int64_t device, event;
} Mistake;

enum {
    MOST = 96,
    NO_COLLECTION = 6, /* not mapped */
};

typedef struct Mistakes {
    Mistake list[MOST];
    unsigned count;
} Mistakes;

static void add(Mistakes *all, const char *rule, const char *name, Command command, int64_t device,
                int64_t event)
{
    assert_true(all->count < MOST);
    all->list[all->count++] = (Mistake){rule, name, command, device, event};
}

/* Commands that name an event. */
static Command of_event(unsigned which, uint32_t device, uint32_t event)
{
    switch (which) {
    case 0:
        return mapti(device, event, 8300, 0);
    case 1:
        return movi(device, event, 1);
    case 2:
        return discard(device, event);
    case 3:
        return command_int(device, event);
    case 4:
        return clear(device, event);
    default:
        return inv(device, event);
    }
}

static void add_events(const Machine *m, Mistakes *all)
{
    static const char *const names[] = {"MAPTI", "MOVI", "DISCARD", "INT", "CLEAR", "INV"};

    for (unsigned i = 0; i < 6; i++) {
        add(all, "its-device", names[i], of_event(i, 2, 0), 2, 0);
        add(all, "its-event", names[i], of_event(i, 1, 32), 1, 32);
        add(all, "its-event", names[i], of_event(i, 1, UINT32_MAX), 1, UINT32_MAX);
        if (device_bits(m) < 32) {
            const uint32_t device = 1u << device_bits(m);
            add(all, "its-device", names[i], of_event(i, device, 3), device, 3);
            add(all, "its-device", names[i], of_event(i, UINT32_MAX, 3), UINT32_MAX, 3);
        }
        if (i) {
            add(all, "its-event", names[i], of_event(i, 1, 9), 1, 9);
        }
    }
    for (unsigned i = 3; i < 6; i++) {
        add(all, "its-collection", names[i], of_event(i, 1, 1), 1, 1);
    }
}

static Mistakes mistakes(const Machine *m)
{
    Mistakes all = {.count = 0};
    const uint64_t no_pe = m->config.its_options.rdbase_is_address ? 0x00000F000000ull
                                                                   : (uint64_t)m->config.cpus << 16;
    const uint32_t no_icid = 1u << collection_bits(m);
    const Command map_bad_rdbase = {{0x09, 0, VALID | no_pe | 2}};
    const Command sync_bad_rdbase = {{0x05, 0, no_pe}};
    const Command movall_from = {{0x0E, 0, no_pe, rdbase(m, 0)}};
    const Command movall_to = {{0x0E, 0, rdbase(m, 0), no_pe}};

    add_events(m, &all);
    if (device_bits(m) < 32) {
        const uint32_t device = 1u << device_bits(m);
        add(&all, "its-device", "MAPD", mapd(device, 5, ITT(2)), device, NOT_GIVEN);
        add(&all, "its-device", "MAPD", unmapd(UINT32_MAX), UINT32_MAX, NOT_GIVEN);
    }
    if (event_bits(m) < 32) {
        add(&all, "its-itt-size", "MAPD", mapd(2, event_bits(m) + 1, ITT(2)), 2, NOT_GIVEN);
        add(&all, "its-itt-size", "MAPD", mapd(2, 32, ITT(2)), 2, NOT_GIVEN);
    }
    if (no_icid <= 0xFFFF) {
        add(&all, "its-collection", "MAPC", mapc(m, no_icid, 0), NOT_GIVEN, NOT_GIVEN);
        add(&all, "its-collection", "MAPC", unmapc(0xFFFF), NOT_GIVEN, NOT_GIVEN);
        add(&all, "its-collection", "MAPTI", mapti(1, 9, 8300, no_icid), 1, 9);
        add(&all, "its-collection", "MOVI", movi(1, 0, no_icid), 1, 0);
        add(&all, "its-collection", "INVALL", invall(no_icid), NOT_GIVEN, NOT_GIVEN);
    }
    add(&all, "its-rdbase", "MAPC", map_bad_rdbase, NOT_GIVEN, NOT_GIVEN);
    add(&all, "its-intid", "MAPTI", mapti(1, 9, 8191, 0), 1, 9);
    add(&all, "its-intid", "MAPTI", mapti(1, 9, 0, 0), 1, 9);
    add(&all, "its-intid", "MAPTI", mapti(1, 9, 1023, 0), 1, 9);
    add(&all, "its-intid", "MAPTI", mapti(1, 9, last_lpi(m) + 1, 0), 1, 9);
    add(&all, "its-intid", "MAPTI", mapti(1, 9, UINT32_MAX, 0), 1, 9);
    add(&all, "its-intid", "MAPI", mapi(1, 9, 0), 1, 9);
    add(&all, "its-device", "MAPI", mapi(2, 9, 0), 2, 9);
    add(&all, "its-event", "MAPI", mapi(1, 8200, 0), 1, 8200);
    add(&all, "its-collection", "MOVI", movi(1, 0, NO_COLLECTION), 1, 0);
    add(&all, "its-collection", "MOVI", movi(1, 1, 0), 1, 1);
    add(&all, "its-collection", "INVALL", invall(NO_COLLECTION), NOT_GIVEN, NOT_GIVEN);
    add(&all, "its-rdbase", "MOVALL", movall_from, NOT_GIVEN, NOT_GIVEN);
    add(&all, "its-rdbase", "MOVALL", movall_to, NOT_GIVEN, NOT_GIVEN);
    add(&all, "its-rdbase", "SYNC", sync_bad_rdbase, NOT_GIVEN, NOT_GIVEN);
    return all;
}

static Its with_two_events(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 0);
    its_do(&its, mapti(1, 1, 8201, NO_COLLECTION));
    no_report(m, "two events");
    return its;
}

static void nothing_changed(Its *its, const char *name)
{
    Machine *m = its->m;

    expect(translates(its, 1, 0, 8200, 0, 0), true, "%s: event 0", name);
    expect(translates(its, 1, 1, 8201, NO_COLLECTION, UINT32_MAX), true, "%s: event 1", name);
    expect(untranslated(its, 1, 9), true, "%s: event 9", name);
    expect(untranslated(its, 2, 0), true, "%s: device 2", name);
    expect(lpi_pending(m, 8200), true, "%s: 8200", name);
    expect(lpi_pending(m, 8201) || lpi_pending(m, 8300), false, "%s: 8201, 8300", name);
    expect(info(m, 0, 8200).target, 0, "%s: PE of 8200", name);
}

static void a_mistake_is_reported_changes_nothing_and_the_queue_goes_on(Machine *m)
{
    Its its = with_two_events(m);
    const Mistakes all = mistakes(m);

    its_msi(&its, 1, 0);
    for (unsigned i = 0; i < all.count; i++) {
        const Mistake *mistake = &all.list[i];
        host_forget(&m->host);
        its_do(&its, mistake->command);
        command_report(&its, mistake->rule, mistake->name, &mistake->command, mistake->device,
                       mistake->event);
        nothing_changed(&its, mistake->name);
        expect(its_read64(&its, GITS_CREADR), its.tail, "%s: CREADR", mistake->name);
    }
}

static void a_mistake_in_a_batch_does_not_touch_its_neighbours(Machine *m)
{
    Its its = with_two_events(m);
    const Mistakes all = mistakes(m);

    for (unsigned i = 0; i < all.count; i++) {
        host_forget(&m->host);
        its_put(&its, mapti(1, 20, 8400, 1));
        its_put(&its, all.list[i].command);
        its_put(&its, mapti(1, 21, 8401, 1));
        its_go(&its);
        its_finish(&its);
        one_report(m, all.list[i].rule, all.list[i].name);
        expect(translates(&its, 1, 20, 8400, 1, 1), true, "before %s", all.list[i].name);
        expect(translates(&its, 1, 21, 8401, 1, 1), true, "after %s", all.list[i].name);
        its_do(&its, discard(1, 20));
        its_do(&its, discard(1, 21));
    }
}

static void mapti_over_a_mapped_event_takes_its_place_and_is_reported(Machine *m)
{
    Its its = with_two_events(m);
    const Command again = mapti(1, 0, 8300, 1);

    lpi_byte(m, 8300, OS_PRIORITY, true);
    its_do(&its, again);
    command_report(&its, "its-remapped", "MAPTI", &again, 1, 0);
    assert_true(translates(&its, 1, 0, 8300, 1, 1));
    its_msi(&its, 1, 0);
    assert_true(takes(m, 1, 8300));
}

static void unknown_commands_are_skipped(Machine *m)
{
    Its its = with_two_events(m);

    its_msi(&its, 1, 0);
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        /* MOVI INT CLEAR SYNC MAPD MAPC MAPTI MAPI INV INVALL MOVALL DISCARD */
        static const uint8_t known[] = {1, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};
        if (memchr(known, (int)opcode, sizeof(known))) {
            continue;
        }
        const Command command = {{1ull << 32 | opcode, 0x1234, 0x8000000000000000, UINT64_MAX}};
        host_forget(&m->host);
        its_do(&its, command);
        expect(m->host.report_count == 1 &&
                   !memcmp(m->host.reports[0].report.words, command.word, sizeof(command.word)),
               true, "words of command 0x%02x", opcode);
        one_report(m, "its-unknown-command", "unknown command");
        nothing_changed(&its, "unknown");
        expect(its_read64(&its, GITS_CREADR), its.tail, "CREADR after 0x%02x", opcode);
    }
}

/* Machines that stall at every mistake, and at none. */
static Machine *machine_with(VgicItsErrors errors, bool work)
{
    const MachineType type = {
        .name = "errors",
        .config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32, .lpi_bits = 16, .its = 1,
                                   .its_options = {.errors = errors}),
        .work = work,
    };
    Machine *m = machine_new_of_type(&type);

    assert_non_null(m);
    return m;
}

static void stall_at_each(bool work)
{
    Machine *m = machine_with(VGIC_ITS_ERRORS_STALL, work);
    Its its = with_two_events(m);
    const Mistakes all = mistakes(m);

    its_msi(&its, 1, 0);
    for (unsigned i = 0; i < all.count; i++) {
        const Mistake *mistake = &all.list[i];
        const uint32_t at = its.tail;
        host_forget(&m->host);
        its_put(&its, mistake->command);
        its_put(&its, mapti(1, 20, 8400, 1));
        its_go(&its);
        its_finish(&its);
        command_report(&its, mistake->rule, mistake->name, &mistake->command, mistake->device,
                       mistake->event);
        expect(its_read64(&its, GITS_CREADR), at | STALLED, "%s: CREADR", mistake->name);
        nothing_changed(&its, mistake->name);
        expect(untranslated(&its, 1, 20), true, "%s: not past it", mistake->name);

        /* Without Retry it stays; with it the same mistake again; repaired it goes on. */
        its_write64(&its, GITS_CWRITER, its.tail);
        its_finish(&its);
        no_report(m, "CWRITER without Retry");
        its_write64(&its, GITS_CWRITER, its.tail | RETRY);
        its_finish(&its);
        one_report(m, mistake->rule, "retried");
        expect(its_read64(&its, GITS_CREADR), at | STALLED, "%s: retried", mistake->name);
        const uint32_t end = its.tail;
        its.tail = at;
        its_put(&its, sync_command(m, 0));
        its.tail = end;
        its_write64(&its, GITS_CWRITER, its.tail | RETRY);
        its_finish(&its);
        no_report(m, "repaired");
        expect(its_read64(&its, GITS_CREADR), its.tail, "%s: repaired", mistake->name);
        expect(translates(&its, 1, 20, 8400, 1, 1), true, "%s: on it goes", mistake->name);
        its_do(&its, discard(1, 20));
    }
    assert_true(machine_is_consistent(m));
    machine_free(m);
}

static void an_its_that_stalls_waits_for_retry(Machine *none)
{
    (void)none;
    stall_at_each(false);
    stall_at_each(true);
}

static void a_remapped_event_is_no_reason_to_stall(Machine *none)
{
    Machine *m = machine_with(VGIC_ITS_ERRORS_STALL, false);
    Its its = with_two_events(m);

    (void)none;
    its_do(&its, mapti(1, 0, 8300, 1));
    assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
    assert_true(translates(&its, 1, 0, 8300, 1, 1));
    machine_free(m);
}

static void disabling_ends_a_stall(Machine *none)
{
    Machine *m = machine_with(VGIC_ITS_ERRORS_STALL, false);
    Its its = with_two_events(m);

    (void)none;
    its_do(&its, inv(1, 9));
    assert_int_equal(its_read64(&its, GITS_CREADR) & STALLED, STALLED);
    its_write(&its, GITS_CTLR, 0);
    assert_int_equal(its_read(&its, GITS_CTLR), QUIESCENT);
    its_write64(&its, GITS_CBASER, VALID | QUEUE(0));
    assert_int_equal(its_read64(&its, GITS_CREADR), 0);
    its.tail = 0;
    its_write64(&its, GITS_CWRITER, 0);
    its_write(&its, GITS_CTLR, 1);
    its_do(&its, mapti(1, 20, 8400, 1));
    assert_true(translates(&its, 1, 20, 8400, 1, 1));
    machine_free(m);
}

/* What fails when memory at an address fails, in commands that touch it. */
typedef struct BusError {
    const char *what, *name;
    Command command;
    uint64_t address;
    RamFaultKind kind;
} BusError;

static void bus_errors(const Machine *m, BusError list[16], unsigned *count)
{
    const BusError all[] = {
        {"device table", "MAPD", mapd(3, 5, ITT(3)), DEVICES(0) + 3 * 8, FAIL_WRITES},
        {"device table", "MAPTI", mapti(3, 0, 8300, 0), DEVICES(0) + 3 * 8, FAIL_READS},
        {"collection table", "MAPC", mapc(m, 5, 0), COLLECTIONS(0) + 5 * 8, FAIL_WRITES},
        {"ITT", "MAPTI", mapti(1, 7, 8300, 0), ITT(1) + 7 * 8, FAIL_WRITES},
        {"ITT", "MOVI", movi(1, 0, 1), ITT(1), FAIL_WRITES},
        {"ITT", "DISCARD", discard(1, 0), ITT(1), FAIL_WRITES},
        {"ITT", "INT", command_int(1, 30), ITT(1) + 30 * 8, FAIL_READS},
        {"ITT", "INV", inv(1, 30), ITT(1) + 30 * 8, FAIL_READS},
        {"ITT", "CLEAR", clear(1, 30), ITT(1) + 30 * 8, FAIL_READS},
        {"ITT", "DISCARD", discard(1, 30), ITT(1) + 30 * 8, FAIL_READS},
        {"ITT", "MOVI", movi(1, 30, 1), ITT(1) + 30 * 8, FAIL_READS},
    };

    *count = sizeof(all) / sizeof(all[0]);
    memcpy(list, all, sizeof(all));
}

static void a_bus_error(VgicItsErrors errors, const BusError *error)
{
    Machine *m = machine_with(errors, false);
    Its its = with_two_events(m);
    const bool stalls = errors != VGIC_ITS_ERRORS_CONTINUE;
    const uint32_t at = its.tail;

    its_msi(&its, 1, 0);
    ram_fail(&m->host.ram, error->address, error->address + 7, error->kind);
    host_forget(&m->host);
    its_put(&its, error->command);
    its_put(&its, mapti(1, 20, 8400, 1));
    its_go(&its);
    expect(m->host.report_count, 1, "%s: %s: reports", error->what, error->name);
    expect(m->host.report_count && !strcmp(m->host.reports[0].command, error->name), true,
           "%s: report names %s", error->what, error->name);
    one_report(m, "its-bus", error->what);
    expect(its_read64(&its, GITS_CREADR), stalls ? at | STALLED : its.tail, "%s: %s: CREADR",
           error->what, error->name);
    expect(untranslated(&its, 1, 20), stalls, "%s: %s: the next command", error->what, error->name);
    expect(untranslated(&its, 1, 7), true, "%s: %s: half an event", error->what, error->name);

    ram_heal(&m->host.ram);
    nothing_changed(&its, error->name);
    host_forget(&m->host);
    if (stalls) {
        its_write64(&its, GITS_CWRITER, its.tail | RETRY);
        expect(its_read64(&its, GITS_CREADR) & ~1ull,
               errors == VGIC_ITS_ERRORS_STALL && m->host.report_count ? at : its.tail,
               "%s: %s: retried", error->what, error->name);
    } else {
        expect(translates(&its, 1, 20, 8400, 1, 1), true, "on it goes");
    }
    expect(m->host.report_count && !strcmp(m->host.reports[0].rule, "its-bus"), false,
           "%s: %s: no bus error any more", error->what, error->name);
    machine_free(m);
}

static void a_bus_error_at_a_table_stalls_unless_configured_otherwise(Machine *none)
{
    static const VgicItsErrors all[] = {VGIC_ITS_ERRORS_DEFAULT, VGIC_ITS_ERRORS_CONTINUE,
                                        VGIC_ITS_ERRORS_STALL};
    Machine *m = machine_with(VGIC_ITS_ERRORS_DEFAULT, false);
    BusError list[16];
    unsigned count;

    (void)none;
    bus_errors(m, list, &count);
    for (unsigned i = 0; i < count; i++) {
        for (unsigned e = 0; e < 3; e++) {
            a_bus_error(all[e], &list[i]);
        }
    }
    machine_free(m);
}

static void a_bus_error_at_the_queue_stalls_at_that_command(Machine *m)
{
    Its its = its_start(m);
    const uint32_t at = its.tail + 32;

    ram_fail(&m->host.ram, QUEUE(0) + at + 16, QUEUE(0) + at + 16, FAIL_READS);
    its_put(&its, mapti(1, 1, 8201, 0));
    its_put(&its, mapti(1, 2, 8202, 0));
    its_put(&its, mapti(1, 3, 8203, 0));
    its_go(&its);
    its_finish(&its);
    assert_true(m->host.report_count == 1 && !m->host.reports[0].has_command);
    one_report(m, "its-bus", "queue");
    assert_int_equal(its_read64(&its, GITS_CREADR), at | STALLED);
    assert_true(translates(&its, 1, 1, 8201, 0, 0));
    assert_true(untranslated(&its, 1, 2));
    assert_true(untranslated(&its, 1, 3));
    ram_heal(&m->host.ram);
    its_write64(&its, GITS_CWRITER, its.tail | RETRY);
    its_finish(&its);
    assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
    assert_true(translates(&its, 1, 2, 8202, 0, 0));
    assert_true(translates(&its, 1, 3, 8203, 0, 0));
    no_report(m, "retried");
}

static void a_bus_error_at_the_queue_is_skipped_by_one_that_continues(Machine *none)
{
    Machine *m = machine_with(VGIC_ITS_ERRORS_CONTINUE, false);
    Its its = its_start(m);
    const uint32_t at = its.tail;

    (void)none;
    ram_fail(&m->host.ram, QUEUE(0) + at, QUEUE(0) + at, FAIL_READS);
    its_put(&its, mapti(1, 1, 8201, 0));
    its_put(&its, mapti(1, 2, 8202, 0));
    its_go(&its);
    assert_true(m->host.report_count >= 1);
    assert_string_equal(m->host.reports[0].rule, "its-bus");
    assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
    assert_true(untranslated(&its, 1, 1));
    assert_true(translates(&its, 1, 2, 8202, 0, 0));
    machine_free(m);
}

static void a_queue_outside_memory_stalls(Machine *m)
{
    Its its = its_set_up(m, 0);

    its_write64(&its, GITS_CBASER, VALID | 0x10000);
    its_write(&its, GITS_CTLR, 1);
    no_report(m, "CBASER outside memory");
    its_write64(&its, GITS_CWRITER, 64);
    its_finish(&its);
    one_report(m, "its-bus", "queue outside memory");
    assert_int_equal(its_read64(&its, GITS_CREADR), STALLED);
    its_write(&its, GITS_CTLR, 0);
    assert_int_equal(its_read(&its, GITS_CTLR), QUIESCENT);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(a_mistake_is_reported_changes_nothing_and_the_queue_goes_on, ITS),
        TEST(a_mistake_in_a_batch_does_not_touch_its_neighbours, ITS),
        TEST(mapti_over_a_mapped_event_takes_its_place_and_is_reported, ITS),
        TEST(unknown_commands_are_skipped, ITS),
        TEST_ALONE(an_its_that_stalls_waits_for_retry),
        TEST_ALONE(a_remapped_event_is_no_reason_to_stall),
        TEST_ALONE(disabling_ends_a_stall),
        TEST_ALONE(a_bus_error_at_a_table_stalls_unless_configured_otherwise),
        TEST(a_bus_error_at_the_queue_stalls_at_that_command, ITS),
        TEST_ALONE(a_bus_error_at_the_queue_is_skipped_by_one_that_continues),
        TEST(a_queue_outside_memory_stalls, ITS),
    };
    return RUN(argc, argv, "ITS command errors", tests);
}
