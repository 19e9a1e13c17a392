/* SPDX-License-Identifier: BSD-2-Clause */
/* Device and collection tables and ITTs in guest memory: levels, page sizes, bounds, layout. */
#include "its.h"
#include "suite.h"

#include <string.h>

static const unsigned page_bits[] = {12, 14, 16};

static uint64_t entry(Machine *m, uint64_t at)
{
    return ram_get64(&m->host.ram, at);
}

static void entries_have_kvms_layout_and_are_written_by_each_command(Machine *m)
{
    Its its = its_start(m);

    assert_int_equal(entry(m, DEVICES(0) + 8), VALID | 1ull << 49 | (ITT(1) >> 8) << 5 | 4);
    its_do(&its, mapti(1, 3, 8200, 1));
    assert_int_equal(entry(m, ITT(1) + 3 * 8), 1ull << 48 | 8200ull << 16 | 1);
    its_do(&its, mapti(1, 31, 8201, 0));
    /* The last possible event has no next one. */
    assert_int_equal(entry(m, ITT(1) + 31 * 8), 8201ull << 16);
    its_do(&its, movi(1, 3, 0));
    assert_int_equal(entry(m, ITT(1) + 3 * 8), 1ull << 48 | 8200ull << 16);
    its_do(&its, discard(1, 3));
    assert_int_equal(entry(m, ITT(1) + 3 * 8), 0);
    its_do(&its, unmapd(1));
    assert_int_equal(entry(m, DEVICES(0) + 8) & VALID, 0);
}

/* Those that need no table come first (GITS_TYPER.CCT is 1). */
static uint32_t index_of(const Machine *m, uint32_t icid)
{
    return icid - m->config.its_options.hardware_collections;
}

static void collections_stand_at_their_index(Machine *m)
{
    Its its = its_start(m);
    const uint32_t icid = 5;
    const uint64_t at = COLLECTIONS(0) + index_of(m, icid) * 8;

    its_do(&its, mapc(m, icid, 1));
    expect(entry(m, at), VALID | 1ull << 16 | icid, "CTE");
    its_do(&its, unmapc(icid));
    assert_int_equal(entry(m, at) & VALID, 0);
}

static void the_last_device_of_all_has_no_next_one(Machine *m)
{
    Its its = its_start(m);
    const uint32_t last = device_bits(m) <= 16 ? (1u << device_bits(m)) - 1 : 0xFFFF;

    its_do(&its, mapd(last, 2, ITT(2)));
    const uint64_t dte = entry(m, DEVICES(0) + 8ull * last);
    expect(dte & ~(0x3FFFull << 49), VALID | (ITT(2) >> 8) << 5 | 1, "DTE");
    if (device_bits(m) <= 16) {
        expect(dte >> 49 & 0x3FFF, 0, "next of device 0x%x", last);
    }
}

/* Sets BASER<n> of a disabled ITS and enables it. */
static Its with_table(Machine *m, unsigned n, uint64_t baser)
{
    vgic_reset(m->gic, VGIC_RESET_COLD);
    ram_clear(&m->host.ram);
    start_lpis(m);
    Its its = its_set_up(m, 0);
    its_write64(&its, GITS_BASER(n), baser);
    its_write(&its, GITS_CTLR, 1);
    host_forget(&m->host);
    return its;
}

/* Device @p device can be mapped, or is out of range. */
static void try_device(Its *its, uint32_t device, bool fits, const char *what)
{
    Machine *m = its->m;
    const Command command = mapd(device, 2, ITT(7));

    if (fits) {
        its_do(its, command);
        no_report(m, what);
        its_do(its, mapti(device, 1, 8200, 0));
        no_report(m, what);
        expect(translates(its, device, 1, 8200, 0, 0), true, "%s: device 0x%x", what, device);
        its_do(its, discard(device, 1));
        its_do(its, unmapd(device));
        no_report(m, what);
    } else {
        its_do(its, command);
        command_report(its, "its-device", "MAPD", &command, device, NOT_GIVEN);
        its_do(its, mapti(device, 1, 8200, 0));
        one_report(m, "its-device", what);
        expect(untranslated(its, device, 1), true, "%s: device 0x%x", what, device);
    }
}

static void a_flat_table_holds_what_fits_in_its_pages(Machine *m)
{
    for (unsigned page = 0; page < 3; page++) {
        for (uint32_t pages = 1; pages <= 256; pages = pages < 3 ? pages + 1 : pages * 4 + 61) {
            const uint64_t held = ((uint64_t)pages << page_bits[page]) / 8;
            const uint64_t devices = 1ull << device_bits(m);
            const uint64_t most = held < devices ? held : devices;
            Its its = with_table(m, 0, VALID | DEVICES(0) | (uint64_t)page << 8 | (pages - 1));
            its_do(&its, mapc(m, 0, 0));
            try_device(&its, 0, true, "flat");
            try_device(&its, (uint32_t)(most - 1), true, "flat, last");
            if (most < 1ull << 32) {
                try_device(&its, (uint32_t)most, false, "flat, beyond");
                try_device(&its, UINT32_MAX, false, "flat, far beyond");
            }
            expect(entry(m, DEVICES(0) + most * 8), 0, "no byte beyond the table");
        }
    }
}

static void an_indirect_table_finds_its_second_level(Machine *m)
{
    for (unsigned page = 0; page < 3; page++) {
        const uint32_t in_page = (1u << page_bits[page]) / 8;
        Its its = with_table(m, 0, VALID | INDIRECT_TABLE | DEVICES(0) | (uint64_t)page << 8 | 1);
        const uint64_t held = 2ull * in_page * in_page;
        const uint64_t devices = 1ull << device_bits(m);
        const uint64_t most = held < devices ? held : devices;
        const uint32_t last = (uint32_t)(most - 1);

        its_do(&its, mapc(m, 0, 0));
        for (unsigned i = 0; i < 3; i++) {
            /* Before software gives it a page, at the beginning, at the end of a page. */
            const uint32_t device = i == 0 ? 0 : i == 1 ? in_page - 1 : last;
            ram_put64(&m->host.ram, DEVICES(0) + device / in_page * 8ull, 0);
            try_device(&its, device, false, "no second level");
            ram_put64(&m->host.ram, DEVICES(0) + device / in_page * 8ull,
                      VALID | LEVEL_2(1 + device / in_page % 50));
            try_device(&its, device, true, "second level");
            its_do(&its, mapd(device, 2, ITT(3)));
            expect(entry(m, LEVEL_2(1 + device / in_page % 50) + device % in_page * 8ull) >> 63, 1,
                   "entry of device 0x%x", device);
        }
        if (most < 1ull << 32) {
            try_device(&its, (uint32_t)most, false, "beyond both levels");
        }
    }
}

static void a_second_level_that_is_invalid_again_takes_its_devices_along(Machine *m)
{
    Its its = with_table(m, 0, VALID | INDIRECT_TABLE | DEVICES(0) | PAGES_4K);

    its_do(&its, mapc(m, 0, 0));
    ram_put64(&m->host.ram, DEVICES(0) + 8, VALID | LEVEL_2(1));
    its_do(&its, mapd(513, 2, ITT(3)));
    ram_put64(&m->host.ram, DEVICES(0) + 8, 0);
    its_do(&its, mapti(513, 0, 8200, 0));
    one_report(m, "its-device", "no second level any more");
    assert_true(untranslated(&its, 513, 0));
}

static void a_flat_only_its_ignores_indirect(Machine *m)
{
    if (has(m, INDIRECT)) {
        return; /* the machine has both levels */
    }
    Its its = with_table(m, 0, VALID | INDIRECT_TABLE | DEVICES(0) | PAGES_64K);
    its_do(&its, mapc(m, 0, 0));
    try_device(&its, 200, true, "flat although asked for levels");
}

static void a_64_kib_page_may_be_above_48_bits(Machine *m)
{
    /* [15:12] of the address field are [51:48]: this is where no memory is. */
    Its its = with_table(m, 0, VALID | DEVICES(0) | 0x1000 | PAGES_64K);
    const Command command = mapd(1, 5, ITT(1));

    its_do(&its, command);
    command_report(&its, "its-bus", "MAPD", &command, 1, NOT_GIVEN);
    assert_int_equal(entry(m, DEVICES(0) + 8), 0);
}

/* The number of collections follows from HCC, CCT and the table. */
static uint32_t collections(const Machine *m, Its *its, uint64_t table_bytes)
{
    const uint64_t typer = its_read64(its, GITS_TYPER);
    const uint32_t hardware = typer >> 24 & 0xFF;
    const uint64_t held = table_bytes / 8;
    const uint64_t sum = typer >> 2 & 1 ? hardware + held : held > hardware ? held : hardware;
    const uint64_t all = 1ull << collection_bits(m);

    return (uint32_t)(sum < all ? sum : all);
}

static void a_collection_table_holds_what_fits(Machine *m)
{
    for (unsigned page = 0; page < 3; page++) {
        Its its = with_table(m, 1, VALID | COLLECTIONS(0) | (uint64_t)page << 8);
        const uint32_t most = collections(m, &its, 1ull << page_bits[page]);
        its_do(&its, mapd(1, 5, ITT(1)));
        no_report(m, "MAPD");
        for (unsigned i = 0; i < 3; i++) {
            const uint32_t icid = i == 0 ? 0 : i == 1 ? most / 2 : most - 1;
            its_do(&its, mapc(m, icid, i % 2));
            its_do(&its, mapti(1, i, 8200 + i, icid));
            expect(translates(&its, 1, i, 8200 + i, icid, i % 2), true, "collection %u", icid);
            no_report(m, "collection");
        }
        if (most <= 0xFFFF) {
            const Command command = mapc(m, most, 0);
            its_do(&its, command);
            command_report(&its, "its-collection", "MAPC", &command, NOT_GIVEN, NOT_GIVEN);
            its_do(&its, mapti(1, 9, 8209, most));
            one_report(m, "its-collection", "MAPTI");
        }
    }
}

static void an_indirect_collection_table_works_too(Machine *m)
{
    Its its = with_table(m, 1, VALID | INDIRECT_TABLE | COLLECTIONS(0) | PAGES_4K);
    const uint32_t icid = 200;

    its_do(&its, mapd(1, 5, ITT(1)));
    ram_put64(&m->host.ram, COLLECTIONS(0), VALID | LEVEL_2(3));
    its_do(&its, mapc(m, icid, 1));
    no_report(m, "MAPC");
    expect(entry(m, LEVEL_2(3) + index_of(m, icid) * 8), VALID | 1ull << 16 | icid, "CTE");
    its_do(&its, mapti(1, 0, 8200, icid));
    assert_true(translates(&its, 1, 0, 8200, icid, 1));
    if (collection_bits(m) > 9) {
        const Command command = mapc(m, 512, 1);
        its_do(&its, command);
        command_report(&its, "its-collection", "MAPC", &command, NOT_GIVEN, NOT_GIVEN);
    }
}

static void hardware_collections_need_no_memory(Machine *m)
{
    Its its = with_table(m, 1, 0);
    const uint32_t held = m->config.its_options.hardware_collections;

    its_do(&its, mapd(1, 5, ITT(1)));
    for (uint32_t icid = 0; icid < held; icid++) {
        its_do(&its, mapc(m, icid, icid % m->config.cpus));
        its_do(&its, mapti(1, icid, 8200 + icid, icid));
        assert_true(translates(&its, 1, icid, 8200 + icid, icid, icid % m->config.cpus));
    }
    no_report(m, "hardware collections");
    const Command command = mapc(m, held, 0);
    its_do(&its, command);
    command_report(&its, "its-collection", "MAPC", &command, NOT_GIVEN, NOT_GIVEN);
    assert_int_equal(entry(m, COLLECTIONS(0)), 0);
}

static void without_a_device_table_nothing_maps(Machine *m)
{
    Its its = with_table(m, 0, DEVICES(0) | PAGES_64K | 7);

    host_forget(&m->host);
    its_do(&its, mapc(m, 0, 0));
    try_device(&its, 0, false, "no device table");
    try_device(&its, 5, false, "no device table");
}

static void device_ids_of_32_bits_are_all_there(Machine *m)
{
    static const uint32_t devices[] = {0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF};

    if (device_bits(m) != 32) {
        return;
    }
    /* 64 KiB pages: 8192 entries each, 64 pages of level 1 for 2^32 devices. */
    Its its = with_table(m, 0, VALID | INDIRECT_TABLE | DEVICES(0) | PAGES_64K | 63);
    its_do(&its, mapc(m, 0, 0));
    for (unsigned i = 0; i < 5; i++) {
        const uint32_t device = devices[i];
        ram_put64(&m->host.ram, DEVICES(0) + device / 8192 * 8ull, VALID | LEVEL_2(i / 2));
        lpi_byte(m, 8200 + i, OS_PRIORITY, true);
        its_do(&its, mapd(device, 5, ITT(i)));
        its_do(&its, mapti(device, 4, 8200 + i, 0));
        no_report(m, "32-bit device");
        expect(translates(&its, device, 4, 8200 + i, 0, 0), true, "device 0x%x", device);
        its_msi(&its, device, 4);
        expect(takes(m, 0, 8200 + i), true, "MSI of device 0x%x", device);
        expect(untranslated(&its, device ^ 0x20000, 4), true, "not device 0x%x", device ^ 0x20000);
    }
}

static void event_ids_of_32_bits_are_all_there(Machine *m)
{
    static const uint32_t events[] = {0, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};

    if (event_bits(m) != 32) {
        return;
    }
    Its its = its_start(m);
    its_do(&its, mapd(2, 32, 0x1000000000));
    for (unsigned i = 0; i < 5; i++) {
        its_map(&its, 2, events[i], 8200 + i, 0);
        expect(translates(&its, 2, events[i], 8200 + i, 0, 0), true, "event 0x%x", events[i]);
        expect(entry(m, 0x1000000000 + 8ull * events[i]) >> 16 & UINT32_MAX, 8200 + i,
               "entry of event 0x%x", events[i]);
        its_msi(&its, 2, events[i]);
        expect(takes(m, 0, 8200 + i), true, "MSI 0x%x", events[i]);
    }
    no_report(m, "32-bit events");
}

static void an_itt_keeps_to_its_size(Machine *m)
{
    Its its = its_start(m);

    ram_put64(&m->host.ram, ITT(2) + 4 * 8, 0x1111111111111111);
    its_do(&its, mapd(2, 2, ITT(2)));
    host_forget(&m->host);
    for (uint32_t event = 4; event; event *= 2) {
        its_do(&its, mapti(2, event, 8200, 0));
        one_report(m, "its-event", "beyond the ITT");
        its_msi(&its, 2, event);
        one_report(m, "its-msi", "MSI beyond the ITT");
    }
    assert_int_equal(entry(m, ITT(2) + 4 * 8), 0x1111111111111111);
}

/* Software's way out of a stall. */
static void drain(Its *its)
{
    if (its_read64(its, GITS_CREADR) & STALLED) {
        its_write(its, GITS_CTLR, 0);
        its_write64(its, GITS_CBASER, VALID | QUEUE(0));
        its_write64(its, GITS_CWRITER, 0);
        its->tail = 0;
        its_write(its, GITS_CTLR, 1);
    }
}

static void do_anyway(Its *its, Command command)
{
    its_do(its, command);
    drain(its);
}

static void entries_that_the_guest_wrote_do_no_harm(Machine *m)
{
    static const uint64_t junk[] = {
        UINT64_MAX,      VALID | 1023ull << 16, 0x0000FFFFFFFF0000,     8191ull << 16,
        1ull << 40 << 7, 0xAAAAAAAAAAAAAAAA,    8200ull << 16 | 0xFFFF,
    };
    Its its = its_start(m);

    for (unsigned i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
        ram_put64(&m->host.ram, ITT(1) + 5 * 8, junk[i]);
        host_forget(&m->host);
        its_msi(&its, 1, 5);
        expect(m->host.report_count, 1, "junk event 0x%llx", (unsigned long long)junk[i]);
        expect(lpi_pending(m, 8200), false, "junk event 0x%llx", (unsigned long long)junk[i]);
        do_anyway(&its, command_int(1, 5));
        do_anyway(&its, clear(1, 5));
        do_anyway(&its, inv(1, 5));
        do_anyway(&its, movi(1, 5, 1));
        do_anyway(&its, discard(1, 5));
        ram_put64(&m->host.ram, DEVICES(0) + 4 * 8, junk[i]);
        do_anyway(&its, mapti(4, 5, 8200, 0));
        do_anyway(&its, discard(4, 5));
        do_anyway(&its, unmapd(4));
        ram_put64(&m->host.ram, COLLECTIONS(0) + 7 * 8, junk[i]);
        do_anyway(&its, invall(7));
        do_anyway(&its, unmapc(7));
    }
    /* And it still works. */
    its_map(&its, 1, 6, 8300, 0);
    its_msi(&its, 1, 6);
    assert_true(takes(m, 0, 8300));
}

/* What a guest gets from tables where no memory is: a report for each access, nothing else. */
static void tables_outside_memory_are_reported(Machine *m)
{
    static const uint64_t nowhere[] = {0, 0x10000, RAM_START - 0x10000};

    for (unsigned i = 0; i < 3; i++) {
        for (unsigned n = 0; n < 2; n++) {
            Its its = with_table(m, n, VALID | nowhere[i] | PAGES_64K);
            no_report(m, "BASER outside memory");
            const Command command = n ? mapc(m, 5, 0) : mapd(1, 5, ITT(1));
            its_do(&its, command);
            command_report(&its, "its-bus", n ? "MAPC" : "MAPD", &command, n ? NOT_GIVEN : 1,
                           NOT_GIVEN);
            expect(untranslated(&its, 1, 0), true, "nothing is mapped");
            its_msi(&its, 1, 0);
            expect(m->host.report_count, 1, "reports of an MSI");
        }
    }
}

static void a_level_2_page_outside_memory_is_reported(Machine *m)
{
    Its its = with_table(m, 0, VALID | INDIRECT_TABLE | DEVICES(0) | PAGES_4K);
    const Command command = mapd(3, 5, ITT(1));

    ram_put64(&m->host.ram, DEVICES(0), VALID | 0x10000);
    its_do(&its, command);
    command_report(&its, "its-bus", "MAPD", &command, 3, NOT_GIVEN);
    ram_put64(&m->host.ram, DEVICES(0), VALID | LEVEL_2(0));
    ram_fail(&m->host.ram, DEVICES(0), DEVICES(0) + 7, FAIL_READS);
    its_write64(&its, GITS_CWRITER, its.tail | RETRY);
    its_finish(&its);
    command_report(&its, "its-bus", "MAPD", &command, 3, NOT_GIVEN);
    ram_heal(&m->host.ram);
    its_write64(&its, GITS_CWRITER, its.tail | RETRY);
    its_finish(&its);
    no_report(m, "repaired");
    assert_true(entry(m, LEVEL_2(0) + 24) >> 63);
}

static void an_itt_outside_memory_is_reported(Machine *m)
{
    Its its = its_start(m);
    const Command command = mapti(2, 3, 8200, 0);

    its_do(&its, mapd(2, 5, 0x10000));
    no_report(m, "MAPD");
    its_msi(&its, 2, 3);
    one_report(m, "its-bus", "MSI");
    its_do(&its, command);
    command_report(&its, "its-bus", "MAPTI", &command, 2, 3);
    its_msi(&its, 2, 3);
    one_report(m, "its-bus", "MSI");
}

/* Tables on top of each other: whatever comes of it, it stays inside them and ends. */
static void overlapping_tables_end_in_reports_at_worst(Machine *m)
{
    const uint64_t everything[] = {QUEUE(0), ITT(1), CONFIG_TABLE, PENDING_TABLE(0)};

    for (unsigned i = 0; i < 4; i++) {
        Its its = with_table(m, 0, VALID | everything[i] | PAGES_64K);
        its_do(&its, mapc(m, 0, 0));
        for (uint32_t device = 0; device < 200; device++) {
            its_do(&its, mapd(device, 5, everything[i]));
            its_do(&its, mapti(device, device % 32, 8192 + device, 0));
            its_do(&its, inv(device, device % 32));
            its_msi(&its, device, device % 32);
        }
        its_write(&its, GITS_CTLR, 0);
        assert_int_equal(its_read(&its, GITS_CTLR), QUIESCENT);
    }
    Its its = with_table(m, 0, VALID | DEVICES(0) | PAGES_64K);
    its_do(&its, mapc(m, 0, 0));
    its_do(&its, mapd(1, 5, ITT(1)));
    its_do(&its, mapti(1, 0, 8200, 0));
    assert_true(translates(&its, 1, 0, 8200, 0, 0));
    no_report(m, "afterwards");
}

static void two_tables_in_one_place_change_each_other(Machine *m)
{
    Its its = with_table(m, 1, VALID | DEVICES(0) | PAGES_64K);

    its_do(&its, mapc(m, 1, 0));
    its_do(&its, mapd(1, 5, ITT(1)));
    its_do(&its, mapti(1, 0, 8200, 1));
    its_do(&its, unmapc(1));
    its_do(&its, mapti(1, 1, 8201, 1));
    assert_int_equal(its_read64(&its, GITS_CREADR) & QUEUE_OFFSET, its.tail);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(entries_have_kvms_layout_and_are_written_by_each_command, ITS),
        TEST(collections_stand_at_their_index, ITS),
        TEST(the_last_device_of_all_has_no_next_one, ITS),
        TEST(a_flat_table_holds_what_fits_in_its_pages, ITS),
        TEST(an_indirect_table_finds_its_second_level, INDIRECT),
        TEST(a_second_level_that_is_invalid_again_takes_its_devices_along, INDIRECT),
        TEST(a_flat_only_its_ignores_indirect, ITS),
        TEST(a_64_kib_page_may_be_above_48_bits, ITS),
        TEST(a_collection_table_holds_what_fits, ITS),
        TEST(an_indirect_collection_table_works_too, INDIRECT),
        TEST(hardware_collections_need_no_memory, ITS),
        TEST(without_a_device_table_nothing_maps, ITS),
        TEST(device_ids_of_32_bits_are_all_there, ITS),
        TEST(event_ids_of_32_bits_are_all_there, ITS),
        TEST(an_itt_keeps_to_its_size, ITS),
        TEST(entries_that_the_guest_wrote_do_no_harm, ITS),
        TEST(tables_outside_memory_are_reported, ITS),
        TEST(a_level_2_page_outside_memory_is_reported, INDIRECT),
        TEST(an_itt_outside_memory_is_reported, ITS),
        TEST(overlapping_tables_end_in_reports_at_worst, ITS),
        TEST(two_tables_in_one_place_change_each_other, ITS),
    };
    return RUN(argc, argv, "ITS tables", tests);
}
