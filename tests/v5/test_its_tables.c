/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Translation: where entries are, every step that can fail, what is cached and what invalidates it,
 * tables that software got wrong.
 */
#include "suite.h"
#include "v5.h"

#include <string.h>

#include <vgic/its.h>

enum {
    DEVICE = 3,
    EVENTS = 5, /**< EventID bits of the test's device */
    LPI_OF = 100,
};
#define DT DT_AT(DOMAIN_NS)
#define VALID_DTE 1ull
#define VALID_ITTE (1ull << 31)
#define SPAN(n) ((uint64_t)(n) << 60)
#define EVENTID_BITS(n) ((uint64_t)(n) << 59)
#define ITT_TWO_LEVEL (1ull << 58)
#define DT_TWO_LEVEL (1u << 16)
#define TABLE ITT_AT(1)

static void put(Machine *m, uint64_t address, uint64_t value)
{
    ram_put64(&m->host.ram, address, value);
}

/* The ITS with a device table as given, and the LPI at PE 0. */
static void open_table(Machine *m, uint32_t cfgr)
{
    v5_start(m);
    its5_write(m, 0, DOMAIN_NS, ITS_DT_CFGR, cfgr);
    its5_write64(m, 0, DOMAIN_NS, ITS_DT_BASER, DT);
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, CR0_EN);
    v5_configure(m, 0, VGIC_V5_LPI(LPI_OF), P_MID, 0);
    host_forget(&m->host);
}

/* The same with a linear table and DEVICE, whose event 7 is LPI_OF. */
static void open_device(Machine *m)
{
    open_table(m, 5);
    put(m, DT + 8 * DEVICE, TABLE | EVENTID_BITS(EVENTS) | VALID_DTE);
    put(m, TABLE + 8 * 7, VALID_ITTE | LPI_OF);
}

/* Whether an event arrives as LPI_OF. */
static bool arrives(Machine *m, uint32_t device, uint32_t event)
{
    v5_msi(m, 0, DOMAIN_NS, device, event);
    if (!irq(m, 0)) {
        return false;
    }
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(LPI_OF)));
    return true;
}

static bool dropped(Machine *m, uint32_t device, uint32_t event, const char *rule, const char *when)
{
    host_forget(&m->host);
    const bool got = arrives(m, device, event);
    one_report(m, rule, when);
    return !got;
}

static void an_event_becomes_its_lpi(Machine *m)
{
    open_device(m);
    v5_cdhm(m, 0, VGIC_V5_LPI(LPI_OF), true);
    v5_msi(m, 0, DOMAIN_NS, DEVICE, 7);
    assert_false(v5_cdrcfg(m, 0, VGIC_V5_LPI(LPI_OF)) & ICSR_HM); /* SET_EDGE */
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(LPI_OF)));
    assert_true(vgic_msi(m->gic, v5_frame(m, "ITS", 0, "", DOMAIN_NS), DEVICE, 7));
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(LPI_OF)));
    assert_true(vgic_msi(m->gic, v5_frame(m, "ITS", 0, "_TRANSLATE", DOMAIN_NS), DEVICE, 7));
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(LPI_OF)));
    no_report(m, "events");
}

static void every_step_that_is_not_valid_drops_the_event(Machine *m)
{
    open_device(m);
    assert_true(dropped(m, 32, 7, "its-msi", "DeviceID beyond the table"));
    assert_true(dropped(m, DEVICE + 1, 7, "its-msi", "DTE not valid"));
    assert_true(dropped(m, DEVICE, 8, "its-msi", "ITTE not valid"));
    assert_true(dropped(m, DEVICE, 1u << EVENTS, "its-msi", "EventID beyond the ITT"));
    assert_true(dropped(m, DEVICE, UINT32_MAX, "its-msi", "EventID far beyond"));
    assert_true(arrives(m, DEVICE, 7));
    const HostReport *r = host_last_report(&m->host);
    assert_null(r);
    v5_msi(m, 0, DOMAIN_NS, DEVICE, 8);
    r = host_last_report(&m->host);
    assert_int_equal(r->report.device, DEVICE);
    assert_int_equal(r->report.event, 8);
    host_forget(&m->host);
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, 0);
    assert_true(dropped(m, DEVICE, 7, "its-disabled", "ITSEN = 0"));
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, CR0_EN);
    assert_true(arrives(m, DEVICE, 7));
}

static void a_device_with_one_event_needs_8_bytes(Machine *m)
{
    open_table(m, 5);
    put(m, DT + 8 * DEVICE, (TABLE + 8) | EVENTID_BITS(0) | VALID_DTE);
    put(m, TABLE + 8, VALID_ITTE | LPI_OF);
    put(m, TABLE + 16, VALID_ITTE | LPI_OF);
    assert_true(arrives(m, DEVICE, 0));
    assert_true(dropped(m, DEVICE, 1, "its-msi", "EventID 1 of 1"));
}

/* Device tables: DEVICEID_BITS 16. */
typedef struct DeviceExample {
    const char *name;
    uint32_t cfgr, device;
    uint64_t l1; /**< offset of the L1 entry, UINT64_MAX: none */
    uint64_t l1_entry, dte;
    bool found;
} DeviceExample;

static const DeviceExample device_examples[] = {
    {"linear", 16, 776, UINT64_MAX, 0, 0x1840, true},
    {"two levels, 4K", 16 | DT_TWO_LEVEL, 776, 8, SPAN(9) | 1, 0x840, true},
    {"two levels, 4K, SPAN 8", 16 | DT_TWO_LEVEL, 776, 8, SPAN(8) | 1, 0x840, false},
    {"two levels, 4K, SPAN 8, last", 16 | DT_TWO_LEVEL, 512 + 255, 8, SPAN(8) | 1, 0x7F8, true},
    {"two levels, 4K, SPAN 15", 16 | DT_TWO_LEVEL, 776, 8, SPAN(15) | 1, 0x840, true},
    {"two levels, 4K, SPAN 0, first", 16 | DT_TWO_LEVEL, 512, 8, SPAN(0) | 1, 0, true},
    {"two levels, 4K, SPAN 0, second", 16 | DT_TWO_LEVEL, 513, 8, SPAN(0) | 1, 8, false},
    {"two levels, 4K, not valid", 16 | DT_TWO_LEVEL, 776, 8, SPAN(9), 0x840, false},
    {"two levels, 16K", 16 | 1 << 6 | DT_TWO_LEVEL, 0x1388, 0x10, SPAN(11) | 1, 904 * 8, true},
    {"two levels, 64K", 16 | 2 << 6 | DT_TWO_LEVEL, 0x3388, 8, SPAN(13) | 1, 0x1388 * 8, true},
    {"two levels, L2SZ 3 is 4K", 16 | 3 << 6 | DT_TWO_LEVEL, 776, 8, SPAN(9) | 1, 0x840, true},
    {"two levels, one L1 entry", 9 | DT_TWO_LEVEL, 511, 0, SPAN(9) | 1, 511 * 8, true},
    {"two levels, fewer IDs than an L2 table", 4 | DT_TWO_LEVEL, 15, 0, SPAN(4) | 1, 15 * 8, true},
    {"two levels, beyond DEVICEID_BITS", 4 | DT_TWO_LEVEL, 16, 0, SPAN(9) | 1, 16 * 8, false},
};

static void device_tables_are_where_they_should(Machine *m)
{
    for (unsigned i = 0; i < sizeof(device_examples) / sizeof(device_examples[0]); i++) {
        const DeviceExample *e = &device_examples[i];
        const bool levels = e->l1 != UINT64_MAX;
        vgic_reset(m->gic, VGIC_RESET_COLD);
        ram_clear(&m->host.ram);
        open_table(m, e->cfgr);
        if (levels) {
            put(m, DT + e->l1, e->l1_entry | L2_DT_AT(5));
        }
        put(m, (levels ? L2_DT_AT(5) : DT) + e->dte, TABLE | EVENTID_BITS(EVENTS) | VALID_DTE);
        put(m, TABLE + 8 * 7, VALID_ITTE | LPI_OF);
        expect(arrives(m, e->device, 7), e->found, "%s", e->name);
        expect(m->host.report_count, !e->found, "reports, %s", e->name);
    }
}

/* ITTs: EVENTID_BITS and L2SZ in the DTE. */
typedef struct EventExample {
    const char *name;
    unsigned bits, l2sz;
    bool levels;
    uint32_t event;
    uint64_t l1, l1_entry, itte;
    bool found;
} EventExample;

static const EventExample event_examples[] = {
    {"linear, 32 events", 5, 0, false, 17, 0, 0, 0x88, true},
    {"linear, L2SZ does not matter", 5, 2, false, 17, 0, 0, 0x88, true},
    {"two levels, 4K", 11, 0, true, 1300, 0x10, SPAN(9) | 1, 0x8A0, true},
    {"two levels, 4K, SPAN 8", 11, 0, true, 1300, 0x10, SPAN(8) | 1, 0x8A0, false},
    {"two levels, 4K, not valid", 11, 0, true, 1300, 0x10, SPAN(9), 0x8A0, false},
    {"two levels, 16K", 13, 1, true, 5000, 0x10, SPAN(11) | 1, 904 * 8, true},
    {"two levels, 64K", 14, 2, true, 13192, 8, SPAN(13) | 1, 5000 * 8, true},
    {"two levels, L2SZ 3 is 4K", 11, 3, true, 1300, 0x10, SPAN(9) | 1, 0x8A0, true},
    {"two levels, one L1 entry", 9, 0, true, 511, 0, SPAN(9) | 1, 0xFF8, true},
    {"two levels, beyond EVENTID_BITS", 9, 0, true, 512, 8, SPAN(9) | 1, 0, false},
};

static void interrupt_translation_tables_are_where_they_should(Machine *m)
{
    for (unsigned i = 0; i < sizeof(event_examples) / sizeof(event_examples[0]); i++) {
        const EventExample *e = &event_examples[i];
        vgic_reset(m->gic, VGIC_RESET_COLD);
        ram_clear(&m->host.ram);
        open_table(m, 5);
        put(m, DT + 8 * DEVICE,
            TABLE | EVENTID_BITS(e->bits) | (e->levels ? ITT_TWO_LEVEL : 0) |
                (uint64_t)e->l2sz << 1 | VALID_DTE);
        if (e->levels) {
            put(m, TABLE + e->l1, e->l1_entry | L2_ITT_AT(7));
        }
        put(m, (e->levels ? L2_ITT_AT(7) : TABLE) + e->itte, VALID_ITTE | LPI_OF);
        expect(arrives(m, DEVICE, e->event), e->found, "%s", e->name);
        expect(v5_read_event(m, 0, DOMAIN_NS, DEVICE, e->event), e->found ? VALID_ITTE | LPI_OF : 0,
               "READ_EVENT, %s", e->name);
    }
}

/* 0x5C00_0004_8000_1001: 2^11 events in two levels of 4K, at 0x4_8000_1000. */
static void the_examples_of_entries_are_read_as_such(Machine *m)
{
    open_table(m, 5);
    put(m, DT + 8 * DEVICE, 0x5C00000480001001);
    put(m, 0x480001010, L2_ITT_AT(7) | SPAN(9) | 1);
    put(m, L2_ITT_AT(7) + 0x8A0, 0x80000000 | LPI_OF);
    assert_true(arrives(m, DEVICE, 1300));
}

static void a_virtual_event_is_dropped_and_reported(Machine *m)
{
    open_device(m);
    put(m, TABLE + 8 * 7, 0x0000012CC0000000 | LPI_OF);
    assert_false(arrives(m, DEVICE, 7));
    assert_int_equal(m->host.report_count, 1);
}

static void dac_is_ignored(Machine *m)
{
    open_device(m);
    put(m, TABLE + 8 * 7, VALID_ITTE | 3u << 28 | LPI_OF);
    assert_true(arrives(m, DEVICE, 7));
}

static void an_lpi_that_is_not_there_drops_the_event(Machine *m)
{
    open_device(m);
    put(m, TABLE + 8 * 8, VALID_ITTE | 1u << v5_ist_bits(m));
    assert_true(dropped(m, DEVICE, 8, "irq-range", "LPI beyond the IST"));
    v5_ist_off(m, DOMAIN_NS);
    host_forget(&m->host);
    assert_true(dropped(m, DEVICE, 7, "ist-invalid", "no IST"));
}

static void a_translation_is_cached(Machine *m)
{
    open_device(m);
    assert_true(arrives(m, DEVICE, 7));
    ram_forget(&m->host.ram);
    assert_true(arrives(m, DEVICE, 7));
    assert_int_equal(m->host.ram.reads, 0);
}

/* Changes of tables count after the invalidation that belongs to them. */
typedef enum Invalidation {
    INV_EVENT,
    INV_EVENTS_L1,
    INV_DEVICE,
    INV_DEVICES_L1,
} Invalidation;

static void invalidate(Machine *m, Invalidation how, uint32_t device, uint32_t event)
{
    its5_write64(m, 0, DOMAIN_NS, ITS_DIDR, device);
    its5_write(m, 0, DOMAIN_NS, ITS_EIDR, event);
    switch (how) {
    case INV_EVENT:
        its5_write(m, 0, DOMAIN_NS, ITS_INV_EVENTR, 1u << 31);
        break;
    case INV_EVENTS_L1:
        its5_write(m, 0, DOMAIN_NS, ITS_INV_EVENTR, 1u << 31 | 1);
        break;
    case INV_DEVICE:
        its5_write(m, 0, DOMAIN_NS, ITS_INV_DEVICER, 1u << 31 | EVENTS << 1);
        break;
    case INV_DEVICES_L1:
        its5_write(m, 0, DOMAIN_NS, ITS_INV_DEVICER, 1u << 31 | EVENTS << 1 | 1);
        break;
    }
    assert_int_equal(its5_read(m, 0, DOMAIN_NS, ITS_STATUSR), IDLE);
}

static void every_invalidation_reaches_the_event(Machine *m)
{
    for (Invalidation how = INV_EVENT; how <= INV_DEVICES_L1; how++) {
        vgic_reset(m->gic, VGIC_RESET_COLD);
        open_device(m);
        assert_true(arrives(m, DEVICE, 7));
        put(m, TABLE + 8 * 7, 0);
        invalidate(m, how, DEVICE, 7);
        no_report(m, "INV");
        expect(arrives(m, DEVICE, 7), false, "after invalidation %u", how);
        /* What was not valid is valid again: no matter whether that was cached. */
        put(m, TABLE + 8 * 7, VALID_ITTE | LPI_OF);
        invalidate(m, how, DEVICE, 7);
        expect(arrives(m, DEVICE, 7), true, "valid again after invalidation %u", how);
    }
}

static void without_i_nothing_is_invalidated_nor_reported(Machine *m)
{
    open_device(m);
    assert_true(arrives(m, DEVICE, 7));
    its5_write64(m, 0, DOMAIN_NS, ITS_DIDR, DEVICE);
    its5_write(m, 0, DOMAIN_NS, ITS_EIDR, 7);
    its5_write(m, 0, DOMAIN_NS, ITS_INV_EVENTR, 0);
    its5_write(m, 0, DOMAIN_NS, ITS_INV_DEVICER, EVENTS << 1);
    ram_forget(&m->host.ram);
    assert_true(arrives(m, DEVICE, 7));
    assert_int_equal(m->host.ram.reads, 0);
    no_report(m, "I = 0");
}

static void inv_device_reaches_all_its_events(Machine *m)
{
    open_device(m);
    for (uint32_t event = 0; event < 1u << EVENTS; event++) {
        put(m, TABLE + 8 * event, VALID_ITTE | LPI_OF);
        assert_true(arrives(m, DEVICE, event));
    }
    /* The device gets another ITT, where nothing is. */
    put(m, DT + 8 * DEVICE, ITT_AT(2) | EVENTID_BITS(EVENTS) | VALID_DTE);
    invalidate(m, INV_DEVICE, DEVICE, 0);
    for (uint32_t event = 0; event < 1u << EVENTS; event++) {
        expect(arrives(m, DEVICE, event), false, "event %u", event);
    }
}

static void inv_of_one_leaves_others_right(Machine *m)
{
    open_device(m);
    put(m, DT + 8 * 4, ITT_AT(2) | EVENTID_BITS(EVENTS) | VALID_DTE);
    put(m, ITT_AT(2) + 8 * 7, VALID_ITTE | LPI_OF);
    put(m, TABLE + 8 * 6, VALID_ITTE | LPI_OF);
    assert_true(arrives(m, DEVICE, 7));
    assert_true(arrives(m, DEVICE, 6));
    assert_true(arrives(m, 4, 7));
    put(m, TABLE + 8 * 7, 0);
    invalidate(m, INV_EVENT, DEVICE, 7);
    assert_false(arrives(m, DEVICE, 7));
    assert_true(arrives(m, DEVICE, 6));
    assert_true(arrives(m, 4, 7));
    put(m, DT + 8 * DEVICE, 0);
    invalidate(m, INV_DEVICE, DEVICE, 0);
    assert_false(arrives(m, DEVICE, 6));
    assert_true(arrives(m, 4, 7));
}

static void l1_invalidations_reach_what_an_l1_entry_covers(Machine *m)
{
    open_table(m, 12 | DT_TWO_LEVEL);
    put(m, DT + 8, L2_DT_AT(1) | SPAN(9) | 1);
    for (uint32_t i = 0; i < 512; i += 73) {
        put(m, L2_DT_AT(1) + 8 * i, TABLE | EVENTID_BITS(11) | ITT_TWO_LEVEL | VALID_DTE);
    }
    put(m, TABLE + 8, L2_ITT_AT(1) | SPAN(9) | 1);
    for (uint32_t i = 0; i < 512; i += 73) {
        put(m, L2_ITT_AT(1) + 8 * i, VALID_ITTE | LPI_OF);
    }
    for (uint32_t i = 0; i < 512; i += 73) {
        assert_true(arrives(m, 512 + i, 512 + i));
        assert_true(arrives(m, 512, 512 + i));
    }
    /* The L1_ITTE goes away: named by any of its events. */
    put(m, TABLE + 8, 0);
    its5_write64(m, 0, DOMAIN_NS, ITS_DIDR, 512);
    its5_write(m, 0, DOMAIN_NS, ITS_EIDR, 512 + 300);
    its5_write(m, 0, DOMAIN_NS, ITS_INV_EVENTR, 1u << 31 | 1);
    for (uint32_t i = 0; i < 512; i += 73) {
        expect(arrives(m, 512, 512 + i), false, "event %u", 512 + i);
    }
    put(m, TABLE + 8, L2_ITT_AT(1) | SPAN(9) | 1);
    for (uint32_t i = 0; i < 512; i += 73) {
        assert_true(arrives(m, 512 + i, 512 + i));
    }
    /* And the L1_DTE: named by any of its devices. */
    put(m, DT + 8, 0);
    its5_write64(m, 0, DOMAIN_NS, ITS_DIDR, 512 + 300);
    its5_write(m, 0, DOMAIN_NS, ITS_INV_DEVICER, 1u << 31 | 11u << 1 | 1);
    for (uint32_t i = 0; i < 512; i += 73) {
        expect(arrives(m, 512 + i, 512 + i), false, "device %u", 512 + i);
    }
}

static void domains_and_itss_translate_apart(Machine *m)
{
    v5_start_all(m);
    for (unsigned its = 0; its < m->config.its; its++) {
        for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
            if (v5_has_domain(m, d)) {
                v5_its_start(m, its, d, 5);
            }
        }
    }
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        if (!v5_has_domain(m, d)) {
            continue;
        }
        v5_device(m, 0, d, DEVICE, EVENTS, ITT_AT(4 + d));
        v5_event(m, 0, d, DEVICE, 7, ITT_AT(4 + d), 100 + d);
        v5_enter(m, 0, d);
        v5_configure(m, 0, VGIC_V5_LPI(100 + d), P_MID, 0);
    }
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        if (v5_has_domain(m, d)) {
            v5_enter(m, 0, d);
            host_forget(&m->host);
            v5_msi(m, 0, d, DEVICE, 7);
            no_report(m, v5_domain_name(d));
            expect(v5_takes(m, 0, VGIC_V5_LPI(100 + d)), true, "%s", v5_domain_name(d));
            assert_true(vgic_msi(m->gic, v5_frame(m, "ITS", 0, "", d), DEVICE, 7));
            expect(v5_takes(m, 0, VGIC_V5_LPI(100 + d)), true, "vgic_msi, %s", v5_domain_name(d));
            expect(m->host.ram.spaces & ~(1u << v5_space(m, d)), 0, "space of tables, %s",
                   v5_domain_name(d));
        }
    }
    /* An entry that changed in one domain: the other's cached one is right. */
    v5_event(m, 0, DOMAIN_NS, DEVICE, 7, ITT_AT(4 + DOMAIN_NS), 0);
    v5_enter(m, 0, DOMAIN_NS);
    v5_msi(m, 0, DOMAIN_NS, DEVICE, 7);
    assert_true(info(m, 0, VGIC_V5_LPI(0)).pending);
}

static void two_itss_have_tables_of_their_own(Machine *m)
{
    v5_start(m);
    v5_configure(m, 0, VGIC_V5_LPI(LPI_OF), P_MID, 0);
    v5_its_start(m, 0, DOMAIN_NS, 5);
    v5_device(m, 0, DOMAIN_NS, DEVICE, EVENTS, TABLE);
    v5_event(m, 0, DOMAIN_NS, DEVICE, 7, TABLE, LPI_OF);
    assert_true(arrives(m, DEVICE, 7));
    v5_msi(m, 1, DOMAIN_NS, DEVICE, 7);
    one_report(m, "its-disabled", "the second ITS");
    assert_int_equal(vgic_cpu_lines(m->gic, 0), 0);
    its5_write(m, 1, DOMAIN_NS, ITS_DT_CFGR, 5);
    its5_write64(m, 1, DOMAIN_NS, ITS_DT_BASER, DT + 0x10000);
    its5_write(m, 1, DOMAIN_NS, ITS_CR0, CR0_EN);
    v5_msi(m, 1, DOMAIN_NS, DEVICE, 7);
    one_report(m, "its-msi", "the second ITS");
}

static void rl_translater_is_an_event_of_the_realm_domain(Machine *m)
{
    v5_start_all(m);
    v5_its_start(m, 0, DOMAIN_RL, 5);
    v5_device(m, 0, DOMAIN_RL, DEVICE, EVENTS, TABLE);
    v5_event(m, 0, DOMAIN_RL, DEVICE, 7, TABLE, LPI_OF);
    v5_enter(m, 0, DOMAIN_RL);
    v5_configure(m, 0, VGIC_V5_LPI(LPI_OF), P_MID, 0);
    v5_frame_write(m, v5_frame(m, "ITS", 0, "_TRANSLATE", DOMAIN_RL),
                   VGIC_REALM | VGIC_FROM_DEVICE(DEVICE), ITS_RL_TRANSLATER, 4, 7);
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(LPI_OF)));
}

static void a_table_that_cannot_be_read_is_reported(Machine *m)
{
    open_device(m);
    ram_fail(&m->host.ram, DT + 8 * DEVICE, DT + 8 * DEVICE + 7, FAIL_READS);
    assert_true(dropped(m, DEVICE, 7, "its-bus", "DTE"));
    ram_heal(&m->host.ram);
    ram_fail(&m->host.ram, TABLE + 8 * 7, TABLE + 8 * 7 + 7, FAIL_READS);
    assert_true(dropped(m, DEVICE, 7, "its-bus", "ITTE"));
    ram_heal(&m->host.ram);
    assert_true(arrives(m, DEVICE, 7));
    put(m, DT + 8 * 4, RAM_END | EVENTID_BITS(EVENTS) | VALID_DTE);
    assert_true(dropped(m, 4, 7, "its-bus", "ITT outside memory"));
    assert_int_equal(v5_read_event(m, 0, DOMAIN_NS, 4, 7), 0);
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, 0);
    its5_write64(m, 0, DOMAIN_NS, ITS_DT_BASER, 0x1000);
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, CR0_EN);
    v5_inv_device(m, 0, DOMAIN_NS, 5);
    assert_true(dropped(m, 5, 7, "its-bus", "device table outside memory"));
}

static void tables_that_overlap_are_harmless(Machine *m)
{
    open_table(m, 5);
    /* The ITT of each device is the device table: its valid entries are no valid ITTEs or are. */
    for (uint32_t device = 0; device < 32; device++) {
        put(m, DT + 8 * device, DT | EVENTID_BITS(5) | (uint64_t)device << 31 | VALID_DTE);
    }
    for (uint32_t device = 0; device < 32; device++) {
        for (uint32_t event = 0; event < 32; event++) {
            v5_msi(m, 0, DOMAIN_NS, device, event);
            v5_read_event(m, 0, DOMAIN_NS, device, event);
        }
    }
    ram_clear(&m->host.ram);
    v5_inv_device(m, 0, DOMAIN_NS, DEVICE);
    vgic_reset(m->gic, VGIC_RESET_COLD);
    open_device(m);
    assert_true(arrives(m, DEVICE, 7));
}

static void many_events_go_on_past_the_cache(Machine *m)
{
    open_table(m, 5);
    for (uint32_t device = 0; device < 16; device++) {
        put(m, DT + 8 * device, ITT_AT(device) | EVENTID_BITS(5) | VALID_DTE);
        for (uint32_t event = 0; event < 32; event++) {
            put(m, ITT_AT(device) + 8 * event, VALID_ITTE | LPI_OF);
        }
    }
    for (unsigned round = 0; round < 2; round++) {
        for (uint32_t device = 0; device < 16; device++) {
            for (uint32_t event = 0; event < 32; event++) {
                assert_true(arrives(m, device, event));
            }
        }
    }
    /* What was cached is gone when its device is. */
    for (uint32_t device = 0; device < 16; device++) {
        put(m, DT + 8 * device, 0);
        v5_inv_device(m, 0, DOMAIN_NS, device);
        for (uint32_t event = 0; event < 32; event++) {
            assert_false(arrives(m, device, event));
        }
    }
}

static unsigned depth, calls;

static void change_tables(Host *host, bool write, uint64_t address, size_t length)
{
    Machine *m = host->data;

    (void)address;
    (void)length;
    if (write || depth || calls > 30) {
        return;
    }
    depth++;
    calls++;
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, calls & 1);
    its5_write64(m, 0, DOMAIN_NS, ITS_DT_BASER, calls & 2 ? DT : TABLE);
    its5_write(m, 0, DOMAIN_NS, ITS_DT_CFGR, calls & 4 ? 5 : 16 | DT_TWO_LEVEL);
    v5_inv_device(m, 0, DOMAIN_NS, DEVICE);
    v5_msi(m, 0, DOMAIN_NS, DEVICE, 7);
    irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, calls & 8 ? 0 : IST_AT(DOMAIN_NS) | 1);
    depth--;
}

static void registers_may_change_in_the_middle_of_a_translation(Machine *m)
{
    open_device(m);
    m->host.data = m;
    m->host.on_memory = change_tables;
    depth = 0;
    for (unsigned i = 0; i < 60; i++) {
        calls = i % 4;
        v5_msi(m, 0, DOMAIN_NS, i % 8, i % 32);
        v5_read_event(m, 0, DOMAIN_NS, DEVICE, 7);
    }
    m->host.on_memory = NULL;
    vgic_reset(m->gic, VGIC_RESET_COLD);
    ram_clear(&m->host.ram);
    open_device(m);
    assert_true(arrives(m, DEVICE, 7));
}

/* A bus that reads the event's entry, and then, before the ITS has it, software invalidates it. */
static VgicHost plain;

static bool read_then_invalidate(void *machine, VgicSpace space, uint64_t address, void *buffer,
                                 size_t length)
{
    Host *host = machine;
    Machine *m = host->data;
    const bool good = plain.memory_read(machine, space, address, buffer, length);

    if (m && !depth && address == TABLE + 8 * 7) {
        depth++;
        put(m, TABLE + 8 * 7, 0);
        v5_inv_event(m, 0, DOMAIN_NS, DEVICE, 7);
    }
    return good;
}

static void an_entry_read_before_an_invalidation_is_not_cached(Machine *none)
{
    const VgicConfig config = V5(.cpus = 1, .lpi_bits = 14, .its = 1);
    VgicHost host = host_callbacks(false);

    (void)none;
    host_add_memory(&host);
    plain = host;
    host.memory_read = read_then_invalidate;
    Machine *m = machine_new_on("own", &config, &host);
    assert_non_null(m);
    open_device(m);
    m->host.data = m;
    depth = 0;
    v5_msi(m, 0, DOMAIN_NS, DEVICE, 7);
    assert_int_equal(depth, 1);
    v5_cdpend(m, 0, VGIC_V5_LPI(LPI_OF), false); /* the event itself may have come first */
    assert_true(dropped(m, DEVICE, 7, "its-msi", "after the invalidation"));
    machine_free(m);
}

static void vgic_its_translate_tells_and_does_nothing(Machine *m)
{
    VgicTranslation t = {.intid = 0xAAAAAAAA};

    open_device(m);
    const VgicFrame *frames[] = {v5_frame(m, "ITS", 0, "", DOMAIN_NS),
                                 v5_frame(m, "ITS", 0, "_TRANSLATE", DOMAIN_NS)};
    for (unsigned i = 0; i < 2; i++) {
        assert_true(vgic_its_translate(m->gic, frames[i], DEVICE, 7, &t));
        assert_int_equal(t.intid, VGIC_V5_LPI(LPI_OF));
        assert_int_equal(t.cpu, 0);
        assert_int_equal(t.collection, 0);
        t.intid = 0xAAAAAAAA;
        assert_false(vgic_its_translate(m->gic, frames[i], DEVICE, 8, &t));
        assert_false(vgic_its_translate(m->gic, frames[i], DEVICE + 1, 7, &t));
        assert_false(vgic_its_translate(m->gic, frames[i], DEVICE, 1u << EVENTS, &t));
        assert_false(vgic_its_translate(m->gic, frames[i], 32, 7, &t));
        assert_int_equal(t.intid, 0xAAAAAAAA);
    }
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, 0); /* whether it is enabled or not */
    assert_true(vgic_its_translate(m->gic, frames[0], DEVICE, 7, &t));
    v5_cdaff(m, 0, VGIC_V5_LPI(LPI_OF), 0x2AA);
    assert_true(vgic_its_translate(m->gic, frames[0], DEVICE, 7, &t));
    assert_int_equal(t.cpu, UINT32_MAX);
    assert_false(irq(m, 0));
    no_report(m, "vgic_its_translate");
    assert_false(vgic_its_translate(m->gic, v5_frame(m, "IRS", 0, "", DOMAIN_NS), DEVICE, 7, &t));
    assert_int_equal(m->host.error_count, 1);
    host_forget(&m->host);
}

static void vgic_its_translate_names_the_domain(Machine *m)
{
    VgicTranslation t;

    v5_start_all(m);
    v5_its_start(m, 0, DOMAIN_S, 5);
    v5_device(m, 0, DOMAIN_S, DEVICE, EVENTS, TABLE);
    v5_event(m, 0, DOMAIN_S, DEVICE, 7, TABLE, LPI_OF);
    assert_true(vgic_its_translate(m->gic, v5_frame(m, "ITS", 0, "", DOMAIN_S), DEVICE, 7, &t));
    assert_int_equal(t.intid, VGIC_V5_LPI_OF(VGIC_S, LPI_OF));
    assert_false(vgic_its_translate(m->gic, v5_frame(m, "ITS", 0, "", DOMAIN_NS), DEVICE, 7, &t));
}

static void an_msi_to_what_is_no_its_is_the_hosts_mistake(Machine *m)
{
    const VgicFrame *frames[] = {NULL, v5_frame(m, "IRS", 0, "", DOMAIN_NS)};

    for (unsigned i = 0; i < 2; i++) {
        assert_false(vgic_msi(m->gic, frames[i], 1, 0));
        assert_int_equal(m->host.error_count, 1);
        assert_string_equal(host_last_error(&m->host)->function, "vgic_msi");
        host_forget(&m->host);
    }
}

static const Test tests[] = {
    TEST(an_event_becomes_its_lpi, V5_ITS),
    TEST(every_step_that_is_not_valid_drops_the_event, V5_ITS),
    TEST(a_device_with_one_event_needs_8_bytes, V5_ITS),
    TEST(device_tables_are_where_they_should, V5_DT_LEVELS),
    TEST(interrupt_translation_tables_are_where_they_should, V5_DT_LEVELS),
    TEST(the_examples_of_entries_are_read_as_such, V5_DT_LEVELS),
    TEST(a_virtual_event_is_dropped_and_reported, V5_ITS),
    TEST(dac_is_ignored, V5_ITS),
    TEST(an_lpi_that_is_not_there_drops_the_event, V5_ITS),
    TEST(a_translation_is_cached, V5_ITS),
    TEST(every_invalidation_reaches_the_event, V5_ITS),
    TEST(without_i_nothing_is_invalidated_nor_reported, V5_ITS),
    TEST(inv_device_reaches_all_its_events, V5_ITS),
    TEST(inv_of_one_leaves_others_right, V5_ITS),
    TEST(l1_invalidations_reach_what_an_l1_entry_covers, V5_DT_LEVELS),
    TEST(domains_and_itss_translate_apart, V5_ITS),
    TEST(two_itss_have_tables_of_their_own, V5_TWO_ITS),
    TEST(rl_translater_is_an_event_of_the_realm_domain, V5_ITS | V5_REALM),
    TEST(a_table_that_cannot_be_read_is_reported, V5_ITS),
    TEST(tables_that_overlap_are_harmless, V5_ITS),
    TEST(many_events_go_on_past_the_cache, V5_ITS),
    TEST(registers_may_change_in_the_middle_of_a_translation, V5_ITS),
    TEST_ALONE(an_entry_read_before_an_invalidation_is_not_cached),
    TEST(an_msi_to_what_is_no_its_is_the_hosts_mistake, V5_ITS),
    TEST(vgic_its_translate_tells_and_does_nothing, V5_ITS),
    TEST(vgic_its_translate_names_the_domain, V5_ITS | V5_EL3),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "its-tables", tests);
}
