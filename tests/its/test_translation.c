/* SPDX-License-Identifier: BSD-2-Clause */
/* The way of an MSI: who wrote it, to which ITS, and that what commands say holds at once. */
#include "its.h"
#include "suite.h"

#include <string.h>

static void the_device_and_the_value_name_the_event(Machine *m)
{
    Its its = its_start(m);

    its_do(&its, mapd(2, 5, ITT(2)));
    its_map(&its, 1, 3, 8200, 0);
    its_map(&its, 2, 3, 8201, 0);
    its_map(&its, 2, 4, 8202, 0);
    its_msi(&its, 1, 3);
    assert_true(takes(m, 0, 8200));
    its_msi(&its, 2, 3);
    assert_true(takes(m, 0, 8201));
    its_msi(&its, 2, 4);
    assert_true(takes(m, 0, 8202));
    no_report(m, "three MSIs");
}

static void sixteen_bits_are_enough(Machine *m)
{
    Its its = its_start(m);
    const uint32_t event = event_bits(m) >= 16 ? 0xFFFE : 0x1E;

    its_do(&its, mapd(2, event_bits(m) >= 16 ? 16 : 5, ITT(2)));
    its_map(&its, 2, event, 8200, 0);
    assert_int_equal(frame_write(m, "GITS", VGIC_NS | VGIC_FROM_DEVICE(2), GITS_TRANSLATER, 2,
                                 event | 0xABCD0000),
                     VGIC_OK);
    assert_true(takes(m, 0, 8200));
    no_report(m, "16 bits");
}

static void an_access_without_a_device_is_one_of_device_0(Machine *m)
{
    Its its = its_start(m);

    its_do(&its, mapd(0, 5, ITT(2)));
    its_map(&its, 0, 3, 8200, 0);
    assert_int_equal(frame_write(m, "GITS", VGIC_NS, GITS_TRANSLATER, 4, 3), VGIC_OK);
    assert_true(takes(m, 0, 8200));
    assert_int_equal(frame_write(m, "GITS", VGIC_S | VGIC_FROM_CPU(1), GITS_TRANSLATER, 4, 3),
                     VGIC_OK);
    assert_true(takes(m, 0, 8200));
}

static void vgic_msi_is_a_write_to_translater(Machine *m)
{
    Its its = its_start(m);
    const VgicFrame *frame = vgic_frame(m->gic, "GITS");

    its_map(&its, 1, 3, 8200, 0);
    assert_true(vgic_msi(m->gic, frame, 1, 3));
    assert_true(takes(m, 0, 8200));
    no_report(m, "vgic_msi");
    assert_true(vgic_msi(m->gic, frame, 1, 4));
    one_report(m, "its-msi", "vgic_msi of an unmapped event");
}

static void vgic_msi_to_what_is_no_its_is_the_hosts_mistake(Machine *m)
{
    const VgicFrame *frames[] = {NULL, vgic_frame(m->gic, "GICD"), vgic_frame(m->gic, "GICR")};

    for (unsigned i = 0; i < 3; i++) {
        VgicTranslation t;
        assert_false(vgic_msi(m->gic, frames[i], 1, 0));
        assert_int_equal(m->host.error_count, 1);
        assert_string_equal(m->host.errors[0].function, "vgic_msi");
        m->host.error_count = 0;
        assert_false(vgic_its_translate(m->gic, frames[i], 1, 0, &t));
        assert_int_equal(m->host.error_count, 1);
        assert_string_equal(m->host.errors[0].function, "vgic_its_translate");
        m->host.error_count = 0;
    }
    no_report(m, "no ITS");
}

static void a_frame_of_another_gic_is_no_its_of_this_one(Machine *m)
{
    Machine *other = machine_new("other", &m->config, false);
    VgicTranslation t;

    const VgicFrame *foreign = vgic_frame(other->gic, "GITS");
    assert_false(vgic_msi(m->gic, foreign, 1, 0));
    assert_false(vgic_its_translate(m->gic, foreign, 1, 0, &t));
    assert_int_equal(m->host.error_count, 2);
    m->host.error_count = 0;
    assert_false(vgic_its_translate(m->gic, vgic_frame(m->gic, "GITS"), 1, 0, NULL));
    m->host.error_count = 0;
    machine_free(other);
}

static void a_gic_without_tables_has_nothing_to_export(Machine *m)
{
    assert_true(vgic_export_tables(m->gic));
    assert_true(vgic_import_tables(m->gic));
    assert_false(vgic_work(m->gic));
    no_report(m, "no tables");
}

static void an_untranslated_msi_is_reported_with_device_and_event(Machine *m)
{
    Its its = its_start(m);
    static const struct {
        uint32_t device, event;
    } msis[] = {{1, 3}, {1, 32}, {7, 0}, {1, UINT32_MAX}};

    for (unsigned i = 0; i < 4; i++) {
        host_forget(&m->host);
        its_msi(&its, msis[i].device, msis[i].event);
        assert_int_equal(m->host.report_count, 1);
        const HostReport *r = &m->host.reports[0];
        assert_string_equal(r->rule, "its-msi");
        assert_string_equal(r->frame, "GITS");
        assert_string_equal(r->reg, "GITS_TRANSLATER");
        assert_false(r->has_command);
        assert_int_equal(r->report.device, msis[i].device);
        assert_int_equal(r->report.event, msis[i].event);
        assert_int_equal(r->report.words[0], 0);
        assert_int_equal(r->report.intid, UINT32_MAX);
    }
    assert_int_equal(vgic_lpi_next(m->gic, 0), UINT32_MAX);
}

static void devices_beyond_the_tables_are_untranslated(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 3, 8200, 0);
    for (unsigned bit = 8; bit < 32; bit++) {
        if (bit >= device_bits(m)) {
            its_msi(&its, 1u << bit | 1, 3);
            one_report(m, "its-msi", "a device beyond the tables");
        }
        expect(untranslated(&its, 1u << bit | 1, 3), true, "bit %u", bit);
    }
    for (unsigned bit = 5; bit < 32; bit++) {
        its_msi(&its, 1, 1u << bit | 3);
        one_report(m, "its-msi", "an event beyond the ITT");
    }
    assert_false(lpi_pending(m, 8200));
}

static void a_disabled_its_drops_msis(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 3, 8200, 0);
    its_write(&its, GITS_CTLR, 0);
    its_msi(&its, 1, 3);
    assert_true(m->host.report_count && m->host.reports[0].report.device == 1);
    one_report(m, "its-disabled", "MSI");
    assert_false(lpi_pending(m, 8200));
    assert_true(translates(&its, 1, 3, 8200, 0, 0));
    its_write(&its, GITS_CTLR, 1);
    assert_false(lpi_pending(m, 8200));
    its_msi(&its, 1, 3);
    assert_true(takes(m, 0, 8200));
    no_report(m, "enabled again");
}

static void an_its_that_never_was_enabled_drops_msis(Machine *m)
{
    Its its = its_at(m, 0);

    its_msi(&its, 0, 0);
    one_report(m, "its-disabled", "MSI");
}

static void an_msi_of_a_pe_without_lpis_is_dropped(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 3, 8200, 1);
    disable_lpis(m, 1);
    host_forget(&m->host);
    its_msi(&its, 1, 3);
    if (m->host.report_count) {
        expect(m->host.reports[0].report.intid, 8200, "INTID of the report");
        expect(m->host.reports[0].report.device, 1, "DeviceID of the report");
        expect(m->host.reports[0].report.event, 3, "EventID of the report");
        expect(m->host.reports[0].report.cpu, 1, "PE of the report");
    }
    one_report(m, "lpi-disabled", "MSI");
    enable_lpis(m, 1);
    assert_false(lpi_pending(m, 8200));
    its_msi(&its, 1, 3);
    assert_true(takes(m, 1, 8200));
}

static void each_its_has_its_own_devices(Machine *m)
{
    Its first = its_start(m), second = its_open(m, 1);

    its_do(&second, mapc(m, 0, 1));
    its_do(&second, mapd(1, 5, ITT(9)));
    its_map(&first, 1, 3, 8200, 0);
    its_map(&second, 1, 3, 8201, 0);
    assert_true(translates(&first, 1, 3, 8200, 0, 0));
    assert_true(translates(&second, 1, 3, 8201, 0, 1));
    its_msi(&second, 1, 3);
    assert_true(takes(m, 1, 8201));
    its_msi(&first, 1, 3);
    assert_true(takes(m, 0, 8200));
    its_do(&first, unmapd(1));
    assert_true(untranslated(&first, 1, 3));
    assert_true(translates(&second, 1, 3, 8201, 0, 1));
    its_write(&first, GITS_CTLR, 0);
    its_msi(&second, 1, 3);
    assert_true(takes(m, 1, 8201));
    no_report(m, "two ITSs");
}

static void one_lpi_may_come_from_two_itss(Machine *m)
{
    Its first = its_start(m), second = its_open(m, 1);

    its_do(&second, mapc(m, 0, 1));
    its_do(&second, mapd(1, 5, ITT(9)));
    its_map(&first, 1, 3, 8200, 0);
    its_map(&second, 1, 3, 8200, 0);
    its_msi(&first, 1, 3);
    assert_true(irq(m, 0));
    its_msi(&second, 1, 3);
    assert_false(irq(m, 0));
    assert_true(takes(m, 1, 8200));
}

/* After each command an MSI that was translated before, so that a cache would know it, must go
 * where the command says. */
static void each_command_holds_for_the_next_msi(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 3, 8200, 0);
    its_map(&its, 1, 4, 8201, 0);
    for (unsigned i = 0; i < 10; i++) {
        its_msi(&its, 1, 3);
        assert_true(takes(m, 0, 8200));
    }
    its_do(&its, movi(1, 3, 1));
    its_msi(&its, 1, 3);
    assert_true(takes(m, 1, 8200));

    its_do(&its, mapc(m, 1, 0));
    its_msi(&its, 1, 3);
    assert_true(takes(m, 0, 8200));
    its_do(&its, mapc(m, 1, 1));
    its_msi(&its, 1, 3);
    assert_true(takes(m, 1, 8200));
    its_do(&its, unmapc(1));
    its_msi(&its, 1, 3);
    assert_false(lpi_pending(m, 8200));
    its_do(&its, mapc(m, 1, 1));
    its_msi(&its, 1, 3);
    assert_true(takes(m, 1, 8200));

    its_do(&its, discard(1, 3));
    its_msi(&its, 1, 3);
    assert_false(lpi_pending(m, 8200));
    its_map(&its, 1, 3, 8300, 0);
    its_msi(&its, 1, 3);
    assert_true(takes(m, 0, 8300));
    its_do(&its, mapti(1, 3, 8200, 1)); /* over a mapped event */
    its_msi(&its, 1, 3);
    assert_true(takes(m, 1, 8200));

    its_do(&its, mapd(1, 3, ITT(5)));
    its_msi(&its, 1, 3);
    its_msi(&its, 1, 4);
    assert_false(lpi_pending(m, 8200) || lpi_pending(m, 8201));
    its_do(&its, mapd(1, 5, ITT(1)));
    its_msi(&its, 1, 4);
    assert_true(takes(m, 0, 8201));
    its_do(&its, unmapd(1));
    its_msi(&its, 1, 4);
    assert_false(lpi_pending(m, 8201));
}

static void a_smaller_device_forgets_its_last_events(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 1, 8200, 0);
    its_map(&its, 1, 30, 8201, 0);
    its_msi(&its, 1, 30);
    assert_true(takes(m, 0, 8201));
    its_do(&its, mapd(1, 4, ITT(1)));
    its_msi(&its, 1, 30);
    assert_false(lpi_pending(m, 8201));
    its_msi(&its, 1, 1);
    assert_true(takes(m, 0, 8200));
}

static void configuration_changes_hold_after_inv_and_invall(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 3, 8200, 0);
    for (unsigned i = 0; i < 4; i++) {
        const bool all = i % 2;
        lpi_byte(m, 8200, OS_PRIORITY, false);
        its_do(&its, all ? invall(0) : inv(1, 3));
        its_msi(&its, 1, 3);
        assert_false(irq(m, 0));
        assert_true(lpi_pending(m, 8200));
        lpi_byte(m, 8200, OS_PRIORITY, true);
        assert_false(irq(m, 0));
        its_do(&its, all ? invall(0) : inv(1, 3));
        assert_true(takes(m, 0, 8200));
    }
}

static void tables_of_another_place_count_from_enable(Machine *m)
{
    Its its = its_start(m);

    its_map(&its, 1, 3, 8200, 0);
    its_msi(&its, 1, 3);
    assert_true(takes(m, 0, 8200));
    its_write(&its, GITS_CTLR, 0);
    its_write64(&its, GITS_BASER(0), VALID | DEVICES(3) | PAGES_64K);
    its_write(&its, GITS_CTLR, 1);
    its_msi(&its, 1, 3);
    assert_false(lpi_pending(m, 8200));
    its_write(&its, GITS_CTLR, 0);
    its_write64(&its, GITS_BASER(0), VALID | DEVICES(0) | PAGES_64K);
    its_write64(&its, GITS_BASER(1), VALID | COLLECTIONS(3) | PAGES_64K);
    its_write(&its, GITS_CTLR, 1);
    assert_int_equal(translates(&its, 1, 3, 8200, 0, UINT32_MAX),
                     m->config.its_options.hardware_collections == 0);
}

/* More translations than a cache may hold, in an order that no cache likes. */
static void more_events_than_the_cache_holds(Machine *none)
{
    const VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32, .lpi_bits = 16,
                                               .its = 1, .its_options = {.cache_entries = 64});
    Machine *m = machine_new("small cache", &config, false);
    Its its = its_start(m);
    enum {
        DEVICES_ = 40,
        EVENTS = 32
    };

    (void)none;
    for (uint32_t d = 0; d < DEVICES_; d++) {
        its_do(&its, mapd(100 * d, 5, ITT(10 + d)));
        for (uint32_t e = 0; e < EVENTS; e++) {
            its_map(&its, 100 * d, e, 8192 + d * EVENTS + e, (d + e) % 2);
        }
    }
    for (uint32_t i = 0; i < 3 * DEVICES_ * EVENTS; i++) {
        const uint32_t n = i * 7 % (DEVICES_ * EVENTS), d = n / EVENTS, e = n % EVENTS;
        its_msi(&its, 100 * d, e);
        expect(takes(m, (d + e) % 2, 8192 + n), true, "event %u of device %u", e, 100 * d);
        if (i % 100 == 0) {
            its_do(&its, discard(100 * d, e));
            its_msi(&its, 100 * d, e);
            expect(lpi_pending(m, 8192 + n), false, "discarded event %u of device %u", e, 100 * d);
            its_map(&its, 100 * d, e, 8192 + n, (d + e) % 2);
        }
    }
    machine_free(m);
}

static void bus_errors_on_the_way_of_an_msi_are_reported(Machine *m)
{
    const uint64_t places[] = {DEVICES(0) + 8, ITT(1) + 8 * 3};

    for (unsigned i = 0; i < 2; i++) {
        vgic_reset(m->gic, VGIC_RESET_COLD);
        ram_heal(&m->host.ram);
        ram_clear(&m->host.ram);
        Its its = its_start(m);
        its_map(&its, 1, 3, 8200, 0);
        /* Caches must not help: they are empty after this. */
        its_write(&its, GITS_CTLR, 0);
        its_write64(&its, GITS_BASER(0), its_read64(&its, GITS_BASER(0)));
        its_write64(&its, GITS_BASER(1), its_read64(&its, GITS_BASER(1)));
        its_write(&its, GITS_CTLR, 1);
        ram_fail(&m->host.ram, places[i], places[i], FAIL_READS);
        host_forget(&m->host);
        its_msi(&its, 1, 3);
        assert_true(m->host.report_count && m->host.reports[0].report.device == 1 &&
                    m->host.reports[0].report.event == 3);
        one_report(m, "its-bus", "MSI");
        assert_false(lpi_pending(m, 8200));
        assert_int_equal(its_read64(&its, GITS_CREADR) & STALLED, 0);
        ram_heal(&m->host.ram);
        its_msi(&its, 1, 3);
        assert_true(takes(m, 0, 8200));
    }
}

static void translate_tells_nothing_to_the_guest(Machine *m)
{
    Its its = its_start(m);
    VgicTranslation t;

    memset(&t, 0x5A, sizeof(t));
    its_map(&its, 1, 3, 8200, 1);
    assert_true(vgic_its_translate(m->gic, vgic_frame(m->gic, "GITS"), 1, 3, &t));
    assert_int_equal(t.intid, 8200);
    assert_int_equal(t.collection, 1);
    assert_int_equal(t.cpu, 1);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(t.reserved[i], 0);
    }
    assert_true(untranslated(&its, 1, 4));
    assert_true(untranslated(&its, UINT32_MAX, UINT32_MAX));
    assert_false(lpi_pending(m, 8200));
    no_report(m, "vgic_its_translate");
    if (has(m, UMSI)) {
        assert_int_equal(its_read64(&its, GITS_UMSIR), 0);
    }
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(the_device_and_the_value_name_the_event, ITS),
        TEST(sixteen_bits_are_enough, ITS),
        TEST(an_access_without_a_device_is_one_of_device_0, ITS),
        TEST(vgic_msi_is_a_write_to_translater, ITS),
        TEST(vgic_msi_to_what_is_no_its_is_the_hosts_mistake, 0),
        TEST(a_frame_of_another_gic_is_no_its_of_this_one, ITS),
        TEST(a_gic_without_tables_has_nothing_to_export, 0),
        TEST(an_untranslated_msi_is_reported_with_device_and_event, ITS),
        TEST(devices_beyond_the_tables_are_untranslated, ITS),
        TEST(a_disabled_its_drops_msis, ITS),
        TEST(an_its_that_never_was_enabled_drops_msis, ITS),
        TEST(an_msi_of_a_pe_without_lpis_is_dropped, ITS),
        TEST(each_its_has_its_own_devices, TWO_ITS),
        TEST(one_lpi_may_come_from_two_itss, TWO_ITS),
        TEST(each_command_holds_for_the_next_msi, ITS),
        TEST(a_smaller_device_forgets_its_last_events, ITS),
        TEST(configuration_changes_hold_after_inv_and_invall, ITS),
        TEST(tables_of_another_place_count_from_enable, ITS),
        TEST_ALONE(more_events_than_the_cache_holds),
        TEST(bus_errors_on_the_way_of_an_msi_are_reported, ITS),
        TEST(translate_tells_nothing_to_the_guest, ITS),
    };
    return RUN(argc, argv, "MSIs through an ITS", tests);
}
