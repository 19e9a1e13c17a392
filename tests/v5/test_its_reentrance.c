/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hosts that call back in while an event is on its way: in the middle of reading its tables, of the
 * table of LPIs, or from lines_changed. What they do there is what another PE could do at the same
 * time; these tests do it at the one place that matters.
 */
#include "suite.h"
#include "v5.h"

enum {
    DEVICE = 3,
    EVENT = 4,
    EVENTS = 7, /**< EventID bits: 96 wires are the most */
    OLD = 300,
    NEW = 301,
    FIRST = 200, /**< LPI of wire 0 */
    WIRE = 5,
};
#define OLD_LPI VGIC_V5_LPI(OLD)
#define NEW_LPI VGIC_V5_LPI(NEW)
#define WIRE_LPI VGIC_V5_LPI(FIRST + WIRE)
#define ITTE (ITT_AT(1) + 8 * EVENT)
#define IST_ENTRY(id) (IST_AT(DOMAIN_NS) + 4ull * (id))

/* What happens before the read of the 8 bytes at `at`, so often. */
static uint64_t at;
static unsigned times;
static void (*meanwhile)(Machine *m);

static void on_memory(Host *host, bool write, uint64_t address, size_t length)
{
    Machine *m = host->data;

    if (!write && at >= address && at < address + length && times) {
        times--;
        meanwhile(m);
    }
}

static void during_read(Machine *m, uint64_t address, unsigned count, void (*what)(Machine *m))
{
    at = address;
    times = count;
    meanwhile = what;
    m->host.data = m;
    m->host.on_memory = on_memory;
}

/* The event leads to OLD; both LPIs are enabled. */
static void start_event(Machine *m)
{
    v5_start(m);
    v5_its_start(m, 0, DOMAIN_NS, 5);
    v5_device(m, 0, DOMAIN_NS, DEVICE, EVENTS, ITT_AT(1));
    v5_event(m, 0, DOMAIN_NS, DEVICE, EVENT, ITT_AT(1), OLD);
    v5_configure(m, 0, OLD_LPI, P_MID, 0);
    v5_configure(m, 0, NEW_LPI, P_MID, 0);
    host_forget(&m->host);
}

static void send(Machine *m)
{
    v5_msi(m, 0, DOMAIN_NS, DEVICE, EVENT);
}

/* The read that goes on sees the new entry, but a translation of before it must not count. */
static void map_to_new(Machine *m)
{
    v5_event(m, 0, DOMAIN_NS, DEVICE, EVENT, ITT_AT(1), NEW);
}

static void an_event_follows_a_change_of_its_table(Machine *m)
{
    start_event(m);
    during_read(m, ITTE, 1, map_to_new);
    send(m);
    assert_int_equal(times, 0);
    assert_true(v5_takes(m, 0, NEW_LPI));
    assert_true(v5_takes(m, 0, 0));
    send(m);
    assert_true(v5_takes(m, 0, NEW_LPI));
    assert_int_equal(m->host.report_count, 0);
}

/* Not even if the change comes when the ITS has done its work, and the LPI is looked up. */
static void forget_device(Machine *m)
{
    v5_device(m, 0, DOMAIN_NS, DEVICE, EVENTS, ITT_AT(2));
}

static void an_event_that_was_invalidated_does_not_arrive(Machine *m)
{
    start_event(m);
    v5_ist_off(m, DOMAIN_NS);
    v5_ist(m, DOMAIN_NS, IST_AT(DOMAIN_NS), IST_CFGR(v5_ist_bits(m), 0, 0));
    during_read(m, IST_ENTRY(OLD), 1, forget_device);
    send(m);
    assert_int_equal(times, 0);
    assert_true(v5_takes(m, 0, 0));
    assert_int_equal(m->host.report_count, 1);
    assert_string_equal(host_last_report(&m->host)->rule, "its-msi");
    assert_int_equal(m->host.reports[0].report.device, DEVICE);
    assert_int_equal(m->host.reports[0].report.event, EVENT);
}

static void switch_off(Machine *m)
{
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, 0);
}

static void an_event_does_not_arrive_after_itsen_is_0(Machine *m)
{
    start_event(m);
    during_read(m, ITTE, 1, switch_off);
    send(m);
    assert_true(v5_takes(m, 0, 0));
    assert_string_equal(host_last_report(&m->host)->rule, "its-disabled");
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, CR0_EN);
    assert_true(v5_takes(m, 0, 0));
    send(m);
    assert_true(v5_takes(m, 0, OLD_LPI));
}

static void invalidate(Machine *m)
{
    v5_inv_event(m, 0, DOMAIN_NS, DEVICE, EVENT);
}

/* Whoever invalidates all the time keeps nobody from an end. */
static void an_event_arrives_however_often_it_is_invalidated(Machine *m)
{
    start_event(m);
    during_read(m, ITTE, UINT32_MAX, invalidate);
    send(m);
    m->host.on_memory = NULL;
    assert_true(v5_takes(m, 0, OLD_LPI));
    assert_true(v5_takes(m, 0, 0));
}

static void reset(Machine *m)
{
    vgic_reset(m->gic, VGIC_RESET_WARM);
}

static void a_reset_in_the_middle_drops_the_event(Machine *m)
{
    start_event(m);
    during_read(m, ITTE, 1, reset);
    send(m);
    m->host.on_memory = NULL;
    assert_string_equal(host_last_report(&m->host)->rule, "its-disabled");
    start_event(m);
    assert_true(v5_takes(m, 0, 0));
    send(m);
    assert_true(v5_takes(m, 0, OLD_LPI));
}

/* ITS_READ_EVENTR reads, too. */
static void read_event_tells_what_is_there_when_it_is_done(Machine *m)
{
    start_event(m);
    during_read(m, ITTE, 1, map_to_new);
    assert_int_equal(v5_read_event(m, 0, DOMAIN_NS, DEVICE, EVENT), 1ull << 31 | NEW);
    assert_int_equal(v5_read_event(m, 0, DOMAIN_NS, DEVICE, EVENT), 1ull << 31 | NEW);
}

/* Wires: WIRE of bridge 0, whose LPI is enabled. */

static void start_wire(Machine *m, Trigger trigger)
{
    const VgicIwbOptions *iwb = &m->config.v5.iwb[0];

    v5_start(m);
    v5_its_start(m, iwb->its, DOMAIN_NS, 8);
    v5_device(m, iwb->its, DOMAIN_NS, iwb->device, EVENTS, ITT_AT(1));
    v5_event(m, iwb->its, DOMAIN_NS, iwb->device, WIRE, ITT_AT(1), FIRST + WIRE);
    v5_configure(m, 0, WIRE_LPI, P_MID, 0);
    iwb_write(m, 0, VGIC_NS, IWB_WTMR(0), trigger == LEVEL ? 1u << WIRE : 0);
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 1u << WIRE);
    v5_inv_event(m, iwb->its, DOMAIN_NS, iwb->device, WIRE);
    host_forget(&m->host);
}

static void set_wire(Machine *m, bool level)
{
    assert_true(vgic_iwb_set_level(m->gic, v5_frame(m, "IWB", 0, "", DOMAIN_NS), WIRE, level));
}

#define WIRE_ITTE (ITT_AT(1) + 8 * WIRE)

static bool wire_pends(Machine *m)
{
    return v5_cdrcfg(m, 0, WIRE_LPI) & ICSR_PENDING;
}

static void lower(Machine *m)
{
    set_wire(m, false);
}

static void disable(Machine *m)
{
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 0);
}

static void to_edge(Machine *m)
{
    iwb_write(m, 0, VGIC_NS, IWB_WTMR(0), 0);
}

/* An event that comes late says what the wire is, not what it was. */
static void a_level_that_went_meanwhile_is_not_pending(Machine *m)
{
    static void (*const how[])(Machine *) = {lower, disable, to_edge};

    for (unsigned i = 0; i < 3; i++) {
        start_wire(m, LEVEL);
        during_read(m, WIRE_ITTE, 1, how[i]);
        set_wire(m, true);
        assert_int_equal(times, 0);
        m->host.on_memory = NULL;
        assert_false(wire_pends(m));
        set_wire(m, false);
        assert_false(wire_pends(m));
        vgic_reset(m->gic, VGIC_RESET_COLD);
    }
}

static void an_edge_that_fell_meanwhile_is_pending_once(Machine *m)
{
    start_wire(m, EDGE);
    during_read(m, WIRE_ITTE, 1, lower);
    set_wire(m, true);
    m->host.on_memory = NULL;
    assert_true(v5_takes(m, 0, WIRE_LPI));
    assert_true(v5_takes(m, 0, 0));
}

static void an_edge_that_was_disabled_meanwhile_is_none(Machine *m)
{
    start_wire(m, EDGE);
    during_read(m, WIRE_ITTE, 1, disable);
    set_wire(m, true);
    m->host.on_memory = NULL;
    assert_false(wire_pends(m));
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 1u << WIRE);
    assert_false(wire_pends(m));
}

/* What software did with the LPI meanwhile is newer than an event that another thread has sent. */
static void lower_and_pend(Machine *m)
{
    set_wire(m, false);
    v5_cdpend(m, 0, WIRE_LPI, true);
}

static void an_event_is_not_sent_twice(Machine *m)
{
    start_wire(m, LEVEL);
    during_read(m, WIRE_ITTE, 1, lower_and_pend);
    set_wire(m, true);
    m->host.on_memory = NULL;
    assert_true(wire_pends(m));
}

static void switch_bridge_off(Machine *m)
{
    iwb_write(m, 0, has(m, V5_EL3) ? v5_space(m, DOMAIN_EL3) : VGIC_NS, IWB_CR0, 0);
}

static void no_event_comes_after_iwben_is_0(Machine *m)
{
    start_wire(m, LEVEL);
    during_read(m, WIRE_ITTE, 1, switch_bridge_off);
    set_wire(m, true);
    m->host.on_memory = NULL;
    assert_false(wire_pends(m));
    iwb_write(m, 0, has(m, V5_EL3) ? v5_space(m, DOMAIN_EL3) : VGIC_NS, IWB_CR0, CR0_EN);
    assert_true(wire_pends(m));
}

/* A wire that goes to another domain meanwhile is an event of that one, if of any. */
static void to_secure(Machine *m)
{
    const uint32_t others = 0x55555555u & ~(3u << 2 * WIRE);

    iwb_write(m, 0, v5_space(m, DOMAIN_EL3), IWB_WDOMAINR(0), others | DOMAIN_S << 2 * WIRE);
}

static void an_event_does_not_go_to_a_domain_that_has_lost_the_wire(Machine *m)
{
    const VgicIwbOptions *iwb = &m->config.v5.iwb[0];

    for (unsigned trigger = EDGE; trigger <= LEVEL; trigger++) {
        v5_start_all(m);
        start_wire(m, trigger);
        v5_its_start(m, iwb->its, DOMAIN_S, 8);
        v5_device(m, iwb->its, DOMAIN_S, iwb->device, EVENTS, ITT_AT(2));
        v5_event(m, iwb->its, DOMAIN_S, iwb->device, WIRE, ITT_AT(2), NEW);
        during_read(m, WIRE_ITTE, 1, to_secure);
        set_wire(m, true);
        m->host.on_memory = NULL;
        assert_int_equal(times, 0);
        assert_false(wire_pends(m));
        v5_enter(m, 0, DOMAIN_S);
        assert_int_equal(!!(v5_cdrcfg(m, 0, NEW_LPI) & ICSR_PENDING), trigger == LEVEL);
        vgic_reset(m->gic, VGIC_RESET_COLD);
        v5_enter(m, 0, DOMAIN_NS);
    }
}

/* A device that lowers its wire as soon as a PE hears of it. */
static void lower_at_once(Host *host, uint32_t cpu)
{
    Machine *m = host->data;

    if (vgic_cpu_lines(m->gic, cpu)) {
        set_wire(m, false);
    }
}

static void lines_changed_may_change_the_wire(Machine *m)
{
    start_wire(m, LEVEL);
    m->host.data = m;
    m->host.on_lines = lower_at_once;
    for (unsigned i = 0; i < 3; i++) {
        set_wire(m, true);
        assert_false(wire_pends(m));
        assert_int_equal(vgic_cpu_lines(m->gic, 0), 0);
    }
    m->host.on_lines = NULL;
    set_wire(m, true);
    assert_true(v5_takes_active(m, 0, WIRE_LPI));
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(an_event_follows_a_change_of_its_table, V5_ITS),
        TEST(an_event_that_was_invalidated_does_not_arrive, V5_ITS),
        TEST(an_event_does_not_arrive_after_itsen_is_0, V5_ITS),
        TEST(an_event_arrives_however_often_it_is_invalidated, V5_ITS),
        TEST(a_reset_in_the_middle_drops_the_event, V5_ITS),
        TEST(read_event_tells_what_is_there_when_it_is_done, V5_ITS),
        TEST(a_level_that_went_meanwhile_is_not_pending, V5_IWB),
        TEST(an_edge_that_fell_meanwhile_is_pending_once, V5_IWB),
        TEST(an_edge_that_was_disabled_meanwhile_is_none, V5_IWB),
        TEST(an_event_is_not_sent_twice, V5_IWB),
        TEST(no_event_comes_after_iwben_is_0, V5_IWB),
        TEST(an_event_does_not_go_to_a_domain_that_has_lost_the_wire, V5_IWB | V5_EL3),
        TEST(lines_changed_may_change_the_wire, V5_IWB),
    };
    return RUN_V5(argc, argv, "GICv5: events and hosts that call back in", tests);
}
