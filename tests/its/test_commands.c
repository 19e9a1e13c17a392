/* SPDX-License-Identifier: BSD-2-Clause */
/* What each ITS command does when nothing is wrong with it. */
#include "its.h"
#include "suite.h"

#include <string.h>

static void mapd_makes_a_device_of_so_many_events(Machine *m)
{
    Its its = its_start(m);
    const unsigned most = event_bits(m) < 16 ? event_bits(m) : 16;

    for (unsigned bits = 1; bits <= most; bits++) {
        const uint32_t last = (1u << bits) - 1;
        its_do(&its, mapd(2, bits, ITT(2)));
        its_do(&its, mapti(2, last, 8200, 0));
        expect(translates(&its, 2, last, 8200, 0, 0), true, "last of %u bits", bits);
        no_report(m, "last event");
        its_do(&its, mapti(2, last + 1, 8201, 0));
        expect(untranslated(&its, 2, last + 1), true, "one more than %u bits", bits);
        one_report(m, "its-event", "one event more");
        its_do(&its, discard(2, last));
        its_do(&its, unmapd(2));
        no_report(m, "unmapped");
    }
}

static void mapd_without_valid_removes_the_device_and_its_events(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 3, 8200, 0);
    its_do(&its, unmapd(1));
    assert_true(untranslated(&its, 1, 3));
    its_msi(&its, 1, 3);
    assert_false(lpi_pending(m, 8200));
    its_do(&its, unmapd(1));
    its_do(&its, unmapd(2));
}

static void mapd_again_with_another_table_forgets_the_old_translations(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 3, 8200, 0);
    its_msi(&its, 1, 3);
    assert_true(takes(m, 0, 8200));
    its_do(&its, mapd(1, 5, ITT(9)));
    assert_true(untranslated(&its, 1, 3));
    its_msi(&its, 1, 3);
    assert_false(lpi_pending(m, 8200));
    its_map(&its, 1, 3, 8201, 0);
    assert_true(translates(&its, 1, 3, 8201, 0, 0));
    its_msi(&its, 1, 3);
    assert_true(takes(m, 0, 8201));
}

static void a_device_of_another_number_is_another_device(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 3, 8200, 0);
    for (uint32_t device = 0; device < 256; device++) {
        if (device != 1) {
            expect(untranslated(&its, device, 3), true, "device %u", device);
        }
    }
    its_do(&its, mapd(0xFF, 5, ITT(2)));
    its_map(&its, 0xFF, 3, 8201, 0);
    assert_true(translates(&its, 1, 3, 8200, 0, 0));
    assert_true(translates(&its, 0xFF, 3, 8201, 0, 0));
}

static void mapti_makes_an_msi_an_lpi_of_any_number(Machine *m)
{
    Its its = its_start(m);
    const uint32_t intids[] = {8192, 8193, 10000, last_lpi(m)};

    for (unsigned i = 0; i < 4; i++) {
        const uint32_t intid = intids[i];
        its_map(&its, 1, i, intid, 0);
        assert_true(translates(&its, 1, i, intid, 0, 0));
        its_msi(&its, 1, i);
        assert_true(lpi_pending(m, intid));
        assert_true(irq(m, 0));
        assert_true(takes(m, 0, intid));
        assert_false(irq(m, 0));
    }
    no_report(m, "MAPTI");
}

static void mapi_makes_the_event_the_lpi(Machine *m)
{
    Its its = its_start(m);

    if (event_bits(m) < 14) {
        return; /* no EventID is an LPI */
    }
    its_do(&its, mapd(2, 14, ITT(2)));
    lpi_byte(m, 8195, OS_PRIORITY, true);
    its_do(&its, mapi(2, 8195, 0));
    assert_true(translates(&its, 2, 8195, 8195, 0, 0));
    its_msi(&its, 2, 8195);
    assert_true(takes(m, 0, 8195));
    no_report(m, "MAPI");
}

static void the_collection_decides_the_pe(Machine *m)
{
    Its its = its_start(m);

    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        its_map(&its, 1, cpu, 8200 + cpu, cpu);
        assert_true(translates(&its, 1, cpu, 8200 + cpu, cpu, cpu));
        its_msi(&its, 1, cpu);
        for (uint32_t other = 0; other < m->config.cpus; other++) {
            expect(irq(m, other), other == cpu, "PE %u gets PE %u's", other, cpu);
        }
        assert_true(takes(m, cpu, 8200 + cpu));
    }
}

static void an_event_of_an_unmapped_collection_goes_nowhere_until_mapc(Machine *m)
{
    Its its = its_start(m);
    const uint32_t icid = 5;

    its_map(&its, 1, 0, 8200, 0);
    host_forget(&m->host);
    its_do(&its, mapti(1, 1, 8201, icid));
    no_report(m, "MAPTI to an unmapped collection");
    assert_true(translates(&its, 1, 1, 8201, icid, UINT32_MAX));
    its_msi(&its, 1, 1);
    assert_false(lpi_pending(m, 8201));
    one_report(m, "its-msi", "MSI of an unmapped collection");

    lpi_byte(m, 8201, OS_PRIORITY, true);
    its_do(&its, mapc(m, icid, 1));
    assert_true(translates(&its, 1, 1, 8201, icid, 1));
    assert_false(lpi_pending(m, 8201));
    its_msi(&its, 1, 1);
    assert_true(takes(m, 1, 8201));
}

static void mapc_without_valid_lets_its_msis_vanish(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 1);
    its_msi(&its, 1, 0);
    assert_true(takes(m, 1, 8200));
    its_do(&its, unmapc(1));
    no_report(m, "MAPC V=0");
    assert_true(translates(&its, 1, 0, 8200, 1, UINT32_MAX));
    its_msi(&its, 1, 0);
    assert_false(lpi_pending(m, 8200));
    its_do(&its, unmapc(1));
}

static void mapc_to_another_pe_takes_new_msis_there_and_leaves_pending_ones(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 0);
    its_map(&its, 1, 1, 8201, 0);
    its_msi(&its, 1, 0);
    its_do(&its, mapc(m, 0, 1));
    assert_true(translates(&its, 1, 0, 8200, 0, 1));
    assert_true(irq(m, 0));
    assert_false(irq(m, 1));
    its_msi(&its, 1, 1);
    assert_true(takes(m, 1, 8201));
    assert_true(takes(m, 0, 8200));

    /* One that is pending at the old PE and comes again goes to the new one. */
    its_do(&its, mapc(m, 0, 0));
    its_msi(&its, 1, 0);
    its_do(&its, mapc(m, 0, 1));
    its_msi(&its, 1, 0);
    assert_false(irq(m, 0));
    assert_true(takes(m, 1, 8200));
}

static void movi_moves_the_event_and_a_pending_lpi(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 0);
    its_msi(&its, 1, 0);
    assert_true(irq(m, 0));
    its_do(&its, movi(1, 0, 1));
    assert_true(translates(&its, 1, 0, 8200, 1, 1));
    assert_false(irq(m, 0));
    assert_true(irq(m, 1));
    assert_int_equal(info(m, 0, 8200).target, 1);
    assert_true(takes(m, 1, 8200));
    its_msi(&its, 1, 0);
    assert_true(takes(m, 1, 8200));
    its_do(&its, movi(1, 0, 1));
    assert_true(translates(&its, 1, 0, 8200, 1, 1));
    no_report(m, "MOVI");
}

static void movi_of_a_quiet_event_pends_nothing(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 0);
    its_do(&its, movi(1, 0, 1));
    assert_false(lpi_pending(m, 8200));
    assert_false(irq(m, 0) || irq(m, 1));
}

static void movall_moves_every_pending_lpi_and_no_mapping(Machine *m)
{
    Its its = its_start(m);

    for (uint32_t i = 0; i < 20; i++) {
        its_map(&its, 1, i, 8200 + 50 * i, i == 19);
        if (i % 2 || i == 19) {
            its_msi(&its, 1, i);
        }
    }
    its_do(&its, movall(m, 0, 1));
    assert_false(irq(m, 0));
    /* In the order of their number, as they came: that of PE 1 came before the move. */
    assert_int_equal(ack(m, 1), 8200 + 50 * 19);
    eoi(m, 1, 8200 + 50 * 19);
    uint64_t seen = 0;
    for (uint32_t i = 0; i < 9; i++) {
        const uint32_t intid = ack(m, 1);
        assert_true(intid >= 8200 && intid < 8200 + 50 * 20);
        seen |= 1ull << (intid - 8200) / 50;
        eoi(m, 1, intid);
    }
    assert_int_equal(seen, 0x2AAAA);
    assert_true(takes(m, 1, 0));
    for (uint32_t i = 0; i < 19; i++) {
        assert_true(translates(&its, 1, i, 8200 + 50 * i, 0, 0));
    }
    its_msi(&its, 1, 4);
    assert_true(takes(m, 0, 8400));
    no_report(m, "MOVALL");
}

static void movall_to_the_same_pe_changes_nothing(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 0);
    its_msi(&its, 1, 0);
    its_do(&its, movall(m, 0, 0));
    its_do(&its, movall(m, 1, 1));
    no_report(m, "MOVALL");
    assert_true(takes(m, 0, 8200));
}

static void movall_after_mapc_brings_the_pending_ones_along(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 0);
    its_msi(&its, 1, 0);
    its_do(&its, mapc(m, 0, 1));
    its_do(&its, movall(m, 0, 1));
    assert_false(irq(m, 0));
    assert_true(takes(m, 1, 8200));
}

static void discard_removes_the_event_and_clears_pending(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 0);
    its_map(&its, 1, 1, 8201, 0);
    its_msi(&its, 1, 0);
    its_msi(&its, 1, 1);
    its_do(&its, discard(1, 0));
    assert_true(untranslated(&its, 1, 0));
    assert_false(lpi_pending(m, 8200));
    assert_true(takes(m, 0, 8201));
    no_report(m, "DISCARD");
    its_map(&its, 1, 0, 8300, 1);
    its_msi(&its, 1, 0);
    assert_true(takes(m, 1, 8300));
}

static void int_does_what_the_msi_would(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 7, 8200, 1);
    its_do(&its, command_int(1, 7));
    assert_true(lpi_pending(m, 8200));
    assert_true(takes(m, 1, 8200));
    no_report(m, "INT");
}

static void clear_takes_pending_back(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 7, 8200, 1);
    its_map(&its, 1, 8, 8201, 1);
    its_do(&its, clear(1, 7));
    its_msi(&its, 1, 7);
    its_msi(&its, 1, 8);
    its_do(&its, clear(1, 7));
    assert_false(lpi_pending(m, 8200));
    assert_true(takes(m, 1, 8201));
    assert_true(translates(&its, 1, 7, 8200, 1, 1));
    its_msi(&its, 1, 7);
    assert_true(takes(m, 1, 8200));
    no_report(m, "CLEAR");
}

static void inv_makes_a_changed_byte_count(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 0);
    its_msi(&its, 1, 0);
    assert_true(irq(m, 0));
    lpi_byte(m, 8200, OS_PRIORITY, false);
    its_do(&its, inv(1, 0));
    assert_false(irq(m, 0));
    assert_true(lpi_pending(m, 8200));
    assert_false(info(m, 0, 8200).enabled);
    lpi_byte(m, 8200, 0x40, true);
    its_do(&its, inv(1, 0));
    assert_true(irq(m, 0));
    assert_int_equal(info(m, 0, 8200).priority, lpi_priority(m, 0x40));
    assert_true(takes(m, 0, 8200));
    no_report(m, "INV");
}

static void inv_of_one_leaves_the_others(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 0);
    its_map(&its, 1, 1, 8201, 0);
    its_msi(&its, 1, 0);
    its_msi(&its, 1, 1);
    lpi_byte(m, 8200, OS_PRIORITY, false);
    lpi_byte(m, 8201, OS_PRIORITY, false);
    its_do(&its, inv(1, 1));
    assert_true(info(m, 0, 8200).enabled);
    assert_false(info(m, 0, 8201).enabled);
}

static void invall_makes_all_changed_bytes_count(Machine *m)
{
    Its its = its_start(m);

    for (uint32_t i = 0; i < 32; i++) {
        its_map(&its, 1, i, 8192 + 97 * i, 0);
        its_msi(&its, 1, i);
    }
    for (uint32_t i = 0; i < 32; i++) {
        lpi_byte(m, 8192 + 97 * i, (uint8_t)(0xF8 - 4 * i), i % 2);
    }
    its_do(&its, invall(0));
    for (uint32_t i = 0; i < 32; i++) {
        expect(info(m, 0, 8192 + 97 * i).enabled, i % 2, "LPI %u", i);
        expect(info(m, 0, 8192 + 97 * i).priority, lpi_priority(m, (uint8_t)(0xF8 - 4 * i)),
               "priority of LPI %u", i);
    }
    no_report(m, "INVALL");
}

static void sync_does_nothing_that_shows(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 0);
    its_msi(&its, 1, 0);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        its_do(&its, sync_command(m, cpu));
    }
    no_report(m, "SYNC");
    assert_true(takes(m, 0, 8200));
}

static void reserved_bits_of_commands_are_ignored(Machine *m)
{
    Its its = its_start(m);
    Command command = mapti(1, 2, 8200, 0);

    command.word[0] |= 0xFFFFFF00;
    command.word[2] |= 0x7FFFFFFFFFFF0000;
    command.word[3] = UINT64_MAX;
    its_do(&its, command);
    assert_true(translates(&its, 1, 2, 8200, 0, 0));
    command = mapd(3, 5, ITT(3));
    command.word[0] |= 0xFFFFFF00;
    command.word[1] |= 0xFFFFFFFFFFFFFFE0;
    command.word[3] = UINT64_MAX;
    its_do(&its, command);
    its_do(&its, mapti(3, 31, 8201, 0));
    assert_true(translates(&its, 3, 31, 8201, 0, 0));
    no_report(m, "reserved bits");
}

static void an_lpi_mapped_twice_is_one_interrupt(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 0, 8200, 0);
    its_map(&its, 1, 1, 8200, 1);
    its_msi(&its, 1, 0);
    assert_true(irq(m, 0));
    its_msi(&its, 1, 1);
    assert_false(irq(m, 0));
    assert_true(takes(m, 1, 8200));
    assert_true(takes(m, 0, 0));
}

static void a_mapped_lpi_is_known(Machine *m)
{
    Its its = its_start(m);

    assert_int_equal(vgic_lpi_next(m->gic, 0), UINT32_MAX);
    its_map(&its, 1, 0, 8205, 0);
    its_map(&its, 1, 1, last_lpi(m), 0);
    its_msi(&its, 1, 0);
    its_msi(&its, 1, 1);
    assert_int_equal(vgic_lpi_next(m->gic, 0), 8205);
    assert_int_equal(vgic_lpi_next(m->gic, 8205), 8205);
    assert_int_equal(vgic_lpi_next(m->gic, 8206), last_lpi(m));
    assert_int_equal(vgic_lpi_next(m->gic, last_lpi(m) + 1), UINT32_MAX);
    assert_int_equal(vgic_lpi_next(m->gic, UINT32_MAX), UINT32_MAX);
    vgic_reset(m->gic, VGIC_RESET_COLD);
    assert_int_equal(vgic_lpi_next(m->gic, 0), UINT32_MAX);
}

static void a_trace_tells_of_commands_and_msis(Machine *none)
{
    const VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32, .lpi_bits = 16, .its = 1);
    Machine *m = machine_new("traced", &config, true);
    unsigned commands = 0, msis = 0;

    (void)none;
    assert_non_null(m);
    Its its = its_start(m);
    its_map(&its, 1, 0, 8200, 1);
    host_forget(&m->host);
    const Command command = command_int(1, 0);
    its_do(&its, command);
    its_msi(&its, 1, 0);
    its_msi(&its, 9, 4);
    for (uint32_t i = 0; i < m->host.trace_count; i++) {
        const HostTrace *t = &m->host.traces[i];
        if (t->event.kind == VGIC_TRACE_COMMAND) {
            commands++;
            assert_string_equal(t->name, "GITS");
            assert_string_equal(t->reg, "INT");
            assert_memory_equal(t->event.words, command.word, sizeof(command.word));
        } else if (t->event.kind == VGIC_TRACE_MSI) {
            assert_string_equal(t->name, "GITS");
            assert_int_equal(t->event.device, msis ? 9 : 1);
            assert_int_equal(t->event.value, msis ? 4 : 0);
            assert_int_equal(t->event.intid, msis ? UINT32_MAX : 8200);
            assert_true(msis || t->event.cpu == 1);
            msis++;
        }
    }
    assert_int_equal(commands, 1);
    assert_int_equal(msis, 2);
    machine_free(m);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(mapd_makes_a_device_of_so_many_events, ITS),
        TEST(mapd_without_valid_removes_the_device_and_its_events, ITS),
        TEST(mapd_again_with_another_table_forgets_the_old_translations, ITS),
        TEST(a_device_of_another_number_is_another_device, ITS),
        TEST(mapti_makes_an_msi_an_lpi_of_any_number, ITS),
        TEST(mapi_makes_the_event_the_lpi, ITS),
        TEST(the_collection_decides_the_pe, ITS),
        TEST(an_event_of_an_unmapped_collection_goes_nowhere_until_mapc, ITS),
        TEST(mapc_without_valid_lets_its_msis_vanish, ITS),
        TEST(mapc_to_another_pe_takes_new_msis_there_and_leaves_pending_ones, ITS),
        TEST(movi_moves_the_event_and_a_pending_lpi, ITS),
        TEST(movi_of_a_quiet_event_pends_nothing, ITS),
        TEST(movall_moves_every_pending_lpi_and_no_mapping, ITS),
        TEST(movall_to_the_same_pe_changes_nothing, ITS),
        TEST(movall_after_mapc_brings_the_pending_ones_along, ITS),
        TEST(discard_removes_the_event_and_clears_pending, ITS),
        TEST(int_does_what_the_msi_would, ITS),
        TEST(clear_takes_pending_back, ITS),
        TEST(inv_makes_a_changed_byte_count, ITS),
        TEST(inv_of_one_leaves_the_others, ITS),
        TEST(invall_makes_all_changed_bytes_count, ITS),
        TEST(sync_does_nothing_that_shows, ITS),
        TEST(reserved_bits_of_commands_are_ignored, ITS),
        TEST(an_lpi_mapped_twice_is_one_interrupt, ITS),
        TEST(a_mapped_lpi_is_known, ITS),
        TEST_ALONE(a_trace_tells_of_commands_and_msis),
    };
    return RUN(argc, argv, "ITS commands", tests);
}
