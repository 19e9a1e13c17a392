/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of ITSs and bridges as hosts see them: translations, the cache, traces. */
#include "suite.h"
#include "v5.h"

#include <string.h>

#include <vgic/its.h>

enum {
    DEVICE = 3,
    EVENT = 4,
    EVENT_BITS = 5,
    ID = 300,
};

static const VgicFrame *its_frame(const Machine *m, const char *part)
{
    return v5_frame(m, "ITS", 0, part, DOMAIN_NS);
}

static void start_event(Machine *m)
{
    v5_start(m);
    v5_its_start(m, 0, DOMAIN_NS, 5);
    v5_device(m, 0, DOMAIN_NS, DEVICE, EVENT_BITS, ITT_AT(1));
    v5_event(m, 0, DOMAIN_NS, DEVICE, EVENT, ITT_AT(1), ID);
    v5_configure(m, 0, VGIC_V5_LPI(ID), P_MID, 0);
    host_forget(&m->host);
}

/* vgic_its_translate() */

static void a_translation_can_be_asked_for(Machine *m)
{
    VgicTranslation t;

    start_event(m);
    v5_cdaff(m, 0, VGIC_V5_LPI(ID), v5_iaffid(m, last_cpu(m)));
    for (unsigned on = 0; on < 2; on++) {
        memset(&t, 0xFF, sizeof(t));
        its5_write(m, 0, DOMAIN_NS, ITS_CR0, on);
        assert_true(
            vgic_its_translate(m->gic, its_frame(m, on ? "" : "_TRANSLATE"), DEVICE, EVENT, &t));
        assert_int_equal(t.intid, VGIC_V5_LPI(ID));
        assert_int_equal(t.collection, 0);
        assert_int_equal(t.cpu, last_cpu(m));
        for (unsigned i = 0; i < 5; i++) {
            assert_int_equal(t.reserved[i], 0);
        }
    }
    v5_cdaff(m, 0, VGIC_V5_LPI(ID), 0xFEDC);
    assert_true(vgic_its_translate(m->gic, its_frame(m, ""), DEVICE, EVENT, &t));
    assert_int_equal(t.cpu, UINT32_MAX);
    assert_int_equal(m->host.report_count, 0);
    assert_true(v5_takes(m, 0, 0));
}

static void a_translation_that_there_is_not_is_told_and_not_reported(Machine *m)
{
    VgicTranslation t = {.intid = 7}, same = t;

    start_event(m);
    assert_false(vgic_its_translate(m->gic, its_frame(m, ""), DEVICE, EVENT + 1, &t));
    assert_false(vgic_its_translate(m->gic, its_frame(m, ""), DEVICE + 1, EVENT, &t));
    ram_put64(&m->host.ram, ITT_AT(1) + 8 * EVENT, 1ull << 31 | 1ull << 30 | ID);
    assert_false(vgic_its_translate(m->gic, its_frame(m, ""), DEVICE, EVENT, &t));
    ram_fail(&m->host.ram, ITT_AT(1), ITT_AT(1) + 255, FAIL_READS);
    assert_false(vgic_its_translate(m->gic, its_frame(m, ""), DEVICE, EVENT, &t));
    assert_memory_equal(&t, &same, sizeof(t));
    assert_int_equal(m->host.report_count, 0);
    if (has(m, V5_SWERR)) {
        assert_int_equal(its5_read64(m, 0, DOMAIN_NS, ITS_SWERR_STATUSR), 0);
    }
}

static void a_translation_of_another_domain_tells_it(Machine *m)
{
    VgicTranslation t;

    v5_start_all(m);
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        if (!v5_has_domain(m, d)) {
            continue;
        }
        v5_its_start(m, 0, d, 5);
        v5_device(m, 0, d, DEVICE, EVENT_BITS, ITT_AT(d));
        v5_event(m, 0, d, DEVICE, EVENT, ITT_AT(d), ID + d);
        assert_true(vgic_its_translate(m->gic, v5_frame(m, "ITS", 0, "", d), DEVICE, EVENT, &t));
        expect(t.intid, VGIC_V5_LPI_OF(d, ID + d), "%s", v5_domain_name(d));
    }
}

static void frames_of_no_its_are_the_hosts_mistake(Machine *m)
{
    VgicTranslation t;

    assert_false(vgic_its_translate(m->gic, vgic_frame(m->gic, "IRS"), 0, 0, &t));
    assert_int_equal(m->host.error_count, 1);
    assert_false(vgic_its_translate(m->gic, its_frame(m, ""), 0, 0, NULL));
    assert_int_equal(m->host.error_count, 2);
    m->host.error_count = 0;
}

/* READ_EVENT of what the ITS itself drops. */
static void read_event_tells_of_virtual_lpis(Machine *m)
{
    const uint64_t itte = 0x12Cull << 32 | 1ull << 31 | 1ull << 30 | ID;

    start_event(m);
    ram_put64(&m->host.ram, ITT_AT(1) + 8 * EVENT, itte);
    v5_inv_event(m, 0, DOMAIN_NS, DEVICE, EVENT);
    assert_int_equal(v5_read_event(m, 0, DOMAIN_NS, DEVICE, EVENT),
                     1ull << 63 | 0x12Cull << 32 | 1ull << 31 | ID);
}

/* The cache grows with use. */

enum {
    DEVICES = 8,
    EVENTS_BITS = 9, /* of each: far more than the cache begins with, where the ITS has so many */
};

static uint32_t events_of(const Machine *m)
{
    const unsigned bits = m->config.its_options.event_bits;

    return 1u << (bits && bits < EVENTS_BITS ? bits : EVENTS_BITS);
}

static unsigned reads;

static void count_reads(Host *host, bool write, uint64_t address, size_t length)
{
    (void)host;
    (void)length;
    reads += !write && address >= DT_AT(0);
}

/* True if each event came to its LPI. */
static bool send_all(Machine *m, uint32_t first)
{
    const uint32_t events = events_of(m);
    bool good = true;

    for (uint32_t i = 0; i < DEVICES * events; i++) {
        v5_msi(m, 0, DOMAIN_NS, i / events, i % events);
        good &= v5_takes(m, 0, VGIC_V5_LPI(first + i));
    }
    return good;
}

static void map_all(Machine *m, uint32_t first)
{
    const uint32_t events = events_of(m);

    for (uint32_t i = 0; i < DEVICES * events; i++) {
        ram_put64(&m->host.ram, ITT_AT(i / events) + 8 * (i % events), 1ull << 31 | (first + i));
    }
}

static void thousands_of_events_are_cached_and_invalidated(Machine *m)
{
    const bool small = m->config.its_options.cache_entries;
    const uint32_t all = DEVICES * events_of(m);

    v5_start(m);
    v5_its_start(m, 0, DOMAIN_NS, 5);
    map_all(m, 0);
    for (uint32_t device = 0; device < DEVICES; device++) {
        v5_device(m, 0, DOMAIN_NS, device, 9, ITT_AT(device));
    }
    for (uint32_t i = 0; i < 2 * all; i++) {
        v5_configure(m, 0, VGIC_V5_LPI(i), P_MID, 0);
    }
    m->host.on_memory = count_reads;
    for (unsigned round = 0; round < 4; round++) {
        assert_true(send_all(m, 0));
    }
    reads = 0;
    assert_true(send_all(m, 0));
    /* Sets of three fill unevenly: a few events are always read anew. */
    assert_true(small || reads < all / 8);
    m->host.on_memory = NULL;
    map_all(m, all);
    for (uint32_t device = 0; device < DEVICES; device++) {
        v5_inv_device(m, 0, DOMAIN_NS, device);
    }
    assert_true(send_all(m, all));
    assert_int_equal(m->host.report_count, 0);
}

/* Traces */

static const VgicTrace *find_trace(const Machine *m, VgicTraceKind kind, const char *name)
{
    for (uint32_t i = 0; i < m->host.trace_count; i++) {
        if (m->host.traces[i].event.kind == kind && strcmp(m->host.traces[i].name, name) == 0) {
            return &m->host.traces[i].event;
        }
    }
    fail_msg("no trace of kind %d of %s", kind, name);
    return NULL;
}

static void expect_event(const Machine *m, uint32_t device, uint32_t event, uint32_t intid,
                         uint32_t cpu)
{
    const VgicTrace *t = find_trace(m, VGIC_TRACE_MSI, "ITS");

    expect(t->device, device, "event %u: device", event);
    expect(t->value, event, "event %u: EventID", event);
    expect(t->intid, intid, "event %u: INTID", event);
    expect(t->cpu, cpu, "event %u: PE", event);
}

static void events_and_wires_are_traced(Machine *none)
{
    static const VgicIwbOptions iwb = {.wires = 32, .device = DEVICE};
    const VgicConfig config =
        V5(.cpus = 2, .lpi_bits = 14, .its = 1, .v5 = {.iwbs = 1, .iwb = &iwb});
    VgicHost host = host_callbacks(true);

    (void)none;
    host_add_memory(&host);
    Machine *m = machine_new_on("traced", &config, &host);
    assert_non_null(m);
    start_event(m);
    v5_cdaff(m, 0, VGIC_V5_LPI(ID), 1);
    host_forget(&m->host);
    assert_true(vgic_msi(m->gic, its_frame(m, ""), DEVICE, EVENT));
    expect_event(m, DEVICE, EVENT, VGIC_V5_LPI(ID), 1);
    host_forget(&m->host);
    assert_true(vgic_msi(m->gic, its_frame(m, ""), DEVICE, EVENT + 1));
    expect_event(m, DEVICE, EVENT + 1, UINT32_MAX, UINT32_MAX);
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 1u << EVENT);
    host_forget(&m->host);
    assert_true(vgic_iwb_set_level(m->gic, vgic_frame(m->gic, "IWB"), EVENT, true));
    expect_event(m, DEVICE, EVENT, VGIC_V5_LPI(ID), 1);
    const VgicTrace *t = find_trace(m, VGIC_TRACE_WIRE, "IWB");
    assert_int_equal(t->intid, EVENT);
    assert_int_equal(t->value, 1);
    assert_int_equal(t->cpu, UINT32_MAX);
    machine_free(m);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(a_translation_can_be_asked_for, V5_ITS),
        TEST(a_translation_that_there_is_not_is_told_and_not_reported, V5_ITS),
        TEST(a_translation_of_another_domain_tells_it, V5_ITS),
        TEST(frames_of_no_its_are_the_hosts_mistake, V5_ITS),
        TEST(read_event_tells_of_virtual_lpis, V5_ITS),
        TEST(thousands_of_events_are_cached_and_invalidated, V5_ITS),
        TEST_ALONE(events_and_wires_are_traced),
    };
    return RUN_V5(argc, argv, "GICv5: events as hosts see them", tests);
}
