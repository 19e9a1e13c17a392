/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt Wire Bridges: registers, events of wires, domains. */
#include "suite.h"
#include "v5.h"

#include <string.h>

enum {
    WIRE = 5,
    EVENTS = 7,  /**< EventID bits: 96 wires are the most */
    FIRST = 200, /**< LPI of wire 0 */
};
#define LPI(wire) VGIC_V5_LPI(FIRST + (wire))

/* Who may write IWB_WDOMAINR: Root, Secure or nobody. */
static VgicAttrs owner(const Machine *m)
{
    return has(m, V5_REALM) ? VGIC_ROOT : has(m, V5_EL3) ? VGIC_S : VGIC_NS;
}

static const VgicIwbOptions *options(const Machine *m, unsigned iwb)
{
    return &m->config.v5.iwb[iwb];
}

static const VgicFrame *frame_of(const Machine *m, unsigned iwb)
{
    return v5_frame(m, "IWB", iwb, "", DOMAIN_NS);
}

/* The IWB's events in the domain: wire w is LPI FIRST + w at PE 0, which executes there. */
static void open_wires(Machine *m, unsigned iwb, V5Domain d)
{
    const VgicIwbOptions *o = options(m, iwb);

    v5_its_start(m, o->its, d, 8);
    v5_device(m, o->its, d, o->device, EVENTS, ITT_AT(8 + iwb));
    v5_enter(m, 0, d);
    for (uint32_t wire = 0; wire < o->wires; wire++) {
        v5_event(m, o->its, d, o->device, wire, ITT_AT(8 + iwb), FIRST + wire);
    }
    v5_configure(m, 0, LPI(WIRE), P_MID, 0);
    v5_cdhm(m, 0, LPI(WIRE), false);
}

/* Non-secure domain, wire enabled, of this trigger mode, low. */
static void start_wire(Machine *m, Trigger trigger)
{
    v5_start(m);
    open_wires(m, 0, DOMAIN_NS);
    iwb_write(m, 0, VGIC_NS, IWB_WTMR(0), trigger == LEVEL ? 1u << WIRE : 0);
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 1u << WIRE);
    host_forget(&m->host);
}

static void set_wire(Machine *m, bool level)
{
    assert_true(vgic_iwb_set_level(m->gic, frame_of(m, 0), WIRE, level));
}

static uint64_t state(Machine *m)
{
    return v5_cdrcfg(m, 0, LPI(WIRE)) & (ICSR_PENDING | ICSR_HM);
}

static void set_state(Machine *m, uint64_t value)
{
    v5_cdpend(m, 0, LPI(WIRE), value & ICSR_PENDING);
    v5_cdhm(m, 0, LPI(WIRE), value & ICSR_HM);
}

static void id_registers_tell_the_configuration(Machine *m)
{
    for (unsigned i = 0; i < m->config.v5.iwbs; i++) {
        const uint32_t domains = has(m, V5_REALM) ? 15 : has(m, V5_EL3) ? 7 : 2;
        expect(iwb_read(m, i, owner(m), IWB_IDR0), (options(m, i)->wires / 32 - 1) | domains << 11,
               "IDR0 of IWB %u", i);
        expect(iwb_read(m, i, owner(m), IWB_IIDR), m->config.iidr ? m->config.iidr : 0x0560043B,
               "IIDR of IWB %u", i);
        expect(iwb_read(m, i, owner(m), IWB_AIDR), 0x200, "AIDR of IWB %u", i);
        expect(iwb_read(m, i, owner(m), IWB_DEVARCH), 0x47705A19, "DEVARCH of IWB %u", i);
        expect(iwb_read(m, i, owner(m), IWB_CIDR1), 0xF0, "CIDR1 of IWB %u", i);
        expect(vgic_frame_size(frame_of(m, i)), 0x10000, "size of IWB %u", i);
    }
    assert_null(frame_of(m, m->config.v5.iwbs));
}

static void registers_reset_as_a_kernel_expects(Machine *m)
{
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_CR0), CR0_EN | CR0_IDLE);
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_WENABLE_STATUSR), IDLE);
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_WDOMAIN_STATUSR), IDLE);
    for (unsigned n = 0; n < options(m, 0)->wires / 32; n++) {
        expect(iwb_read(m, 0, owner(m), IWB_WENABLER(n)), 0, "WENABLER%u", n);
        expect(iwb_read(m, 0, owner(m), IWB_WTMR(n)), 0, "WTMR%u", n);
        for (unsigned half = 0; half < 2; half++) {
            expect(iwb_read(m, 0, owner(m), IWB_WDOMAINR(2 * n + half)),
                   has(m, V5_EL3) ? 0 : 0x55555555, "WDOMAINR%u", 2 * n + half);
        }
    }
}

static void a_bridge_can_start_disabled(Machine *none)
{
    static const VgicIwbOptions disabled[] = {{.wires = 32, .starts_disabled = true}};
    Machine *m =
        V5_MACHINE(.cpus = 1, .lpi_bits = 14, .its = 1, .v5 = {.iwbs = 1, .iwb = disabled});

    (void)none;
    assert_int_equal(iwb_read(m, 0, VGIC_NS, IWB_CR0), CR0_IDLE);
    iwb_write(m, 0, VGIC_NS, IWB_CR0, ~0u);
    assert_int_equal(iwb_read(m, 0, VGIC_NS, IWB_CR0), CR0_EN | CR0_IDLE);
    vgic_reset(m->gic, VGIC_RESET_WARM);
    assert_int_equal(iwb_read(m, 0, VGIC_NS, IWB_CR0), CR0_IDLE);
    vgic_act_as_firmware(m->gic);
    assert_int_equal(iwb_read(m, 0, VGIC_NS, IWB_CR0), CR0_EN | CR0_IDLE);
    machine_free(m);
}

static void firmware_gives_all_wires_to_the_non_secure_domain(Machine *m)
{
    vgic_act_as_firmware(m->gic);
    for (unsigned i = 0; i < m->config.v5.iwbs; i++) {
        for (unsigned n = 0; n < options(m, i)->wires / 16; n++) {
            expect(iwb_read(m, i, owner(m), IWB_WDOMAINR(n)), 0x55555555, "WDOMAINR%u of IWB %u", n,
                   i);
        }
    }
}

static void every_wire_has_its_bits(Machine *m)
{
    v5_start(m);
    for (unsigned i = 0; i < m->config.v5.iwbs; i++) {
        for (unsigned n = 0; n < options(m, i)->wires / 32; n++) {
            const uint32_t pattern = 0x80000001u << n;
            iwb_write(m, i, VGIC_NS, IWB_WTMR(n), ~pattern);
            expect(iwb_read(m, i, VGIC_NS, IWB_WTMR(n)), ~pattern, "WTMR%u", n);
            iwb_write(m, i, VGIC_NS, IWB_WENABLER(n), pattern);
            expect(iwb_read(m, i, VGIC_NS, IWB_WENABLER(n)), pattern, "WENABLER%u", n);
            expect(iwb_read(m, i, VGIC_NS, IWB_WENABLE_STATUSR), IDLE, "WENABLE_STATUSR");
        }
    }
}

static void registers_of_wires_that_are_not_there_are_raz_wi(Machine *m)
{
    const unsigned end = options(m, 0)->wires / 32;
    const uint32_t offsets[] = {IWB_WENABLER(end),
                                IWB_WTMR(end),
                                IWB_WDOMAINR(2 * end),
                                IWB_WENABLER(0x7FF),
                                IWB_WTMR(0x7FF),
                                IWB_WDOMAINR(0xFFF),
                                0x4,
                                0x88,
                                0xCC,
                                0xFFB8};

    v5_start(m);
    for (unsigned i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        iwb_write(m, 0, owner(m), offsets[i], ~0u);
        one_report(m, "reserved", "write");
        expect(iwb_read(m, 0, owner(m), offsets[i]), 0, "0x%x", offsets[i]);
        one_report(m, "reserved", "read");
    }
}

static void directions_and_sizes_are_kept(Machine *m)
{
    static const uint32_t read_only[] = {
        IWB_IDR0,    IWB_IIDR, IWB_AIDR, IWB_WENABLE_STATUSR, IWB_WDOMAIN_STATUSR,
        IWB_DEVARCH, IWB_CIDR0};
    uint64_t value;

    v5_start(m);
    for (unsigned i = 0; i < sizeof(read_only) / sizeof(read_only[0]); i++) {
        const uint32_t before = iwb_read(m, 0, owner(m), read_only[i]);
        iwb_write(m, 0, owner(m), read_only[i], ~before);
        one_report(m, "read-only", "write");
        expect(iwb_read(m, 0, owner(m), read_only[i]), before, "0x%x", read_only[i]);
    }
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_WRESAMPLER), 0);
    one_report(m, "write-only", "IWB_WRESAMPLER");
    assert_int_equal(vgic_frame_read(m->gic, frame_of(m, 0), owner(m), IWB_WENABLER(0), 8, &value),
                     VGIC_RAZ_WI);
    one_report(m, "access-size", "8 bytes");
    assert_int_equal(vgic_frame_write(m->gic, frame_of(m, 0), owner(m), IWB_WTMR(0), 1, 0xFF),
                     VGIC_RAZ_WI);
    one_report(m, "access-size", "1 byte");
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_WTMR(0)), 0);
}

typedef enum Event {
    RISE,
    FALL,
    ENABLE,
    DISABLE,
    TO_LEVEL,
    TO_EDGE,
    RESAMPLE,
    BRIDGE_OFF,
    BRIDGE_ON,
} Event;

typedef struct Row {
    const char *name;
    Trigger trigger;
    bool wire, enabled, bridge; /**< before the event */
    Event event;
    int pending, hm; /**< afterwards; -1: as before */
} Row;

static const Row rows[] = {
    {"edge, rising", EDGE, false, true, true, RISE, 1, 0},
    {"edge, falling", EDGE, true, true, true, FALL, -1, -1},
    {"level, rising", LEVEL, false, true, true, RISE, 1, 1},
    {"level, falling", LEVEL, true, true, true, FALL, 0, -1},
    {"edge, rising, disabled", EDGE, false, false, true, RISE, -1, -1},
    {"level, rising, disabled", LEVEL, false, false, true, RISE, -1, -1},
    {"level, falling, disabled", LEVEL, true, false, true, FALL, -1, -1},
    {"edge, rising, bridge off", EDGE, false, true, false, RISE, -1, -1},
    {"level, rising, bridge off", LEVEL, false, true, false, RISE, -1, -1},
    {"level, falling, bridge off", LEVEL, true, true, false, FALL, -1, -1},
    {"edge, high, enabled", EDGE, true, false, true, ENABLE, -1, -1},
    {"edge, low, enabled", EDGE, false, false, true, ENABLE, -1, -1},
    {"level, high, enabled", LEVEL, true, false, true, ENABLE, 1, 1},
    {"level, low, enabled", LEVEL, false, false, true, ENABLE, 0, -1},
    {"level, high, enabled, bridge off", LEVEL, true, false, false, ENABLE, -1, -1},
    {"level, high, disabled", LEVEL, true, true, true, DISABLE, 0, -1},
    {"edge, high, disabled", EDGE, true, true, true, DISABLE, -1, -1},
    {"to level, high", EDGE, true, true, true, TO_LEVEL, 1, 1},
    {"to level, low", EDGE, false, true, true, TO_LEVEL, 0, -1},
    {"to edge, high", LEVEL, true, true, true, TO_EDGE, 0, -1},
    {"to edge, low", LEVEL, false, true, true, TO_EDGE, -1, -1},
    {"level again", LEVEL, true, true, true, TO_LEVEL, -1, -1},
    {"to level, disabled", EDGE, true, false, true, TO_LEVEL, -1, -1},
    {"resample, edge, high", EDGE, true, true, true, RESAMPLE, 1, 0},
    {"resample, edge, low", EDGE, false, true, true, RESAMPLE, -1, -1},
    {"resample, level, high", LEVEL, true, true, true, RESAMPLE, 1, 1},
    {"resample, level, low", LEVEL, false, true, true, RESAMPLE, 0, -1},
    {"resample, disabled", LEVEL, true, false, true, RESAMPLE, -1, -1},
    {"bridge on, level, high", LEVEL, true, true, false, BRIDGE_ON, 1, 1},
    {"bridge on, level, low", LEVEL, false, true, false, BRIDGE_ON, 0, -1},
    {"bridge on, edge, high", EDGE, true, true, false, BRIDGE_ON, -1, -1},
    {"bridge on, level, high, disabled", LEVEL, true, false, false, BRIDGE_ON, -1, -1},
};

static void set_bridge(Machine *m, bool on)
{
    iwb_write(m, 0, owner(m), IWB_CR0, on);
}

static void do_event(Machine *m, Event event)
{
    switch (event) {
    case RISE:
    case FALL:
        set_wire(m, event == RISE);
        break;
    case ENABLE:
    case DISABLE:
        iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), event == ENABLE ? 1u << WIRE : 0);
        break;
    case TO_LEVEL:
    case TO_EDGE:
        iwb_write(m, 0, VGIC_NS, IWB_WTMR(0), event == TO_LEVEL ? 1u << WIRE : 0);
        break;
    case RESAMPLE:
        iwb_write(m, 0, VGIC_NS, IWB_WRESAMPLER, WIRE);
        break;
    default:
        set_bridge(m, event == BRIDGE_ON);
        break;
    }
}

static void wires_make_events(Machine *m)
{
    v5_start(m);
    open_wires(m, 0, DOMAIN_NS);
    host_forget(&m->host);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned before = 0; before < 4; before++) {
            const Row *row = &rows[i];
            set_bridge(m, row->bridge);
            iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 0);
            iwb_write(m, 0, VGIC_NS, IWB_WTMR(0), row->trigger == LEVEL ? 1u << WIRE : 0);
            set_wire(m, row->wire);
            iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), row->enabled ? 1u << WIRE : 0);
            const uint64_t was = (before & 1 ? ICSR_PENDING : 0) | (before & 2 ? ICSR_HM : 0);
            set_state(m, was);
            do_event(m, row->event);
            const uint64_t pending = row->pending < 0 ? was & ICSR_PENDING
                                     : row->pending   ? ICSR_PENDING
                                                      : 0;
            const uint64_t hm = row->hm < 0 ? was & ICSR_HM : row->hm ? ICSR_HM : 0;
            expect(state(m), pending | hm, "%u, %s", before, row->name);
        }
    }
    no_report(m, "events");
}

static void a_level_wire_is_delivered_until_it_drops(Machine *m)
{
    start_wire(m, LEVEL);
    set_wire(m, true);
    assert_true(v5_takes(m, 0, LPI(WIRE)));
    assert_true(v5_takes_active(m, 0, LPI(WIRE)));
    set_wire(m, false);
    v5_cddi(m, 0, LPI(WIRE));
    assert_true(v5_takes(m, 0, 0));
    no_report(m, "a level");
}

static void an_edge_wire_is_delivered_once(Machine *m)
{
    start_wire(m, EDGE);
    set_wire(m, true);
    assert_true(v5_takes(m, 0, LPI(WIRE)));
    assert_true(v5_takes(m, 0, 0));
    set_wire(m, true);
    assert_true(v5_takes(m, 0, 0));
    set_wire(m, false);
    set_wire(m, true);
    assert_true(v5_takes(m, 0, LPI(WIRE)));
}

static void a_masked_level_goes_quiet_and_comes_back(Machine *m)
{
    start_wire(m, LEVEL);
    set_wire(m, true);
    assert_true(v5_takes_active(m, 0, LPI(WIRE)));
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 0); /* a threaded handler */
    v5_cddi(m, 0, LPI(WIRE));
    assert_true(v5_takes(m, 0, 0));
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 1u << WIRE);
    assert_true(v5_takes_active(m, 0, LPI(WIRE)));
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 0);
    set_wire(m, false);
    v5_cddi(m, 0, LPI(WIRE));
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 1u << WIRE);
    assert_true(v5_takes(m, 0, 0));
}

static void every_wire_is_its_event(Machine *m)
{
    v5_start(m);
    for (unsigned i = 0; i < m->config.v5.iwbs; i++) {
        open_wires(m, i, DOMAIN_NS);
        for (unsigned n = 0; n < options(m, i)->wires / 32; n++) {
            iwb_write(m, i, VGIC_NS, IWB_WENABLER(n), ~0u);
        }
        for (uint32_t wire = 0; wire < options(m, i)->wires; wire++) {
            v5_configure(m, 0, LPI(wire), P_MID, wire % m->config.cpus);
            v5_enter(m, wire % m->config.cpus, DOMAIN_NS);
            assert_true(vgic_iwb_set_level(m->gic, frame_of(m, i), wire, true));
            expect(v5_takes(m, wire % m->config.cpus, LPI(wire)), true, "wire %u of IWB %u", wire,
                   i);
        }
    }
    no_report(m, "wires");
}

static void an_event_that_the_its_does_not_translate_is_reported(Machine *m)
{
    start_wire(m, EDGE);
    its5_write(m, options(m, 0)->its, DOMAIN_NS, ITS_CR0, 0);
    set_wire(m, true);
    one_report(m, "its-disabled", "ITSEN = 0");
    its5_write(m, options(m, 0)->its, DOMAIN_NS, ITS_CR0, CR0_EN);
    ram_put64(&m->host.ram, ITT_AT(8) + 8 * WIRE, 0);
    v5_inv_event(m, options(m, 0)->its, DOMAIN_NS, options(m, 0)->device, WIRE);
    set_wire(m, false);
    host_forget(&m->host);
    set_wire(m, true);
    assert_int_equal(m->host.report_count, 1);
    assert_string_equal(m->host.reports[0].rule, "its-msi");
    assert_int_equal(m->host.reports[0].report.device, options(m, 0)->device);
    assert_int_equal(m->host.reports[0].report.event, WIRE);
}

static void resampling_a_wire_that_is_not_there_is_reported(Machine *m)
{
    start_wire(m, LEVEL);
    iwb_write(m, 0, VGIC_NS, IWB_WRESAMPLER, options(m, 0)->wires);
    one_report(m, "iwb-wire", "IWB_WRESAMPLER");
    iwb_write(m, 0, VGIC_NS, IWB_WRESAMPLER, 0xFFFF);
    one_report(m, "iwb-wire", "IWB_WRESAMPLER, the last");
}

static void wires_that_do_not_exist_are_the_hosts_mistake(Machine *m)
{
    const VgicFrame *others[] = {NULL, v5_frame(m, "IRS", 0, "", DOMAIN_NS)};

    v5_start(m);
    assert_false(vgic_iwb_set_level(m->gic, frame_of(m, 0), options(m, 0)->wires, true));
    assert_int_equal(m->host.error_count, 1);
    assert_string_equal(host_last_error(&m->host)->function, "vgic_iwb_set_level");
    host_forget(&m->host);
    for (unsigned i = 0; i < 2; i++) {
        assert_false(vgic_iwb_set_level(m->gic, others[i], 0, true));
        assert_int_equal(m->host.error_count, 1);
        host_forget(&m->host);
    }
}

static void without_el3_wdomainr_is_fixed(Machine *m)
{
    v5_start(m);
    iwb_write(m, 0, VGIC_NS, IWB_WDOMAINR(0), 0);
    assert_int_equal(iwb_read(m, 0, VGIC_NS, IWB_WDOMAINR(0)), 0x55555555);
}

static void only_the_owner_assigns_wires(Machine *m)
{
    v5_start_all(m);
    for (VgicAttrs space = 0; space < 4; space++) {
        const bool is_owner = space == owner(m);
        iwb_write(m, 0, owner(m), IWB_WDOMAINR(0), 0x55555555);
        iwb_write(m, 0, space, IWB_WDOMAINR(0), 0x00000005);
        expect(iwb_read(m, 0, owner(m), IWB_WDOMAINR(0)), is_owner ? 5 : 0x55555555,
               "WDOMAINR0 written from space %u", (unsigned)space);
        expect(iwb_read(m, 0, owner(m), IWB_WDOMAIN_STATUSR), IDLE, "WDOMAIN_STATUSR");
    }
}

static void wires_of_another_domain_cannot_be_written(Machine *m)
{
    v5_start_all(m);
    /* Wires 0 to 15 are Non-secure, 16 to 31 Secure. */
    iwb_write(m, 0, owner(m), IWB_WDOMAINR(0), 0x55555555);
    iwb_write(m, 0, owner(m), IWB_WDOMAINR(1), 0);
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), ~0u);
    iwb_write(m, 0, VGIC_NS, IWB_WTMR(0), ~0u);
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_WENABLER(0)), 0xFFFF);
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_WTMR(0)), 0xFFFF);
    iwb_write(m, 0, owner(m), IWB_WENABLER(0), 0xF0F0F0F0);
    iwb_write(m, 0, owner(m), IWB_WTMR(0), 0x0FF00FF0);
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_WENABLER(0)), 0xF0F0F0F0);
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_WTMR(0)), 0x0FF00FF0);
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 0);
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_WENABLER(0)), 0xF0F00000);
}

static void a_wire_is_an_event_of_its_domain(Machine *m)
{
    v5_start_all(m);
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        if (!v5_has_domain(m, d)) {
            continue;
        }
        open_wires(m, 0, d);
        iwb_write(m, 0, owner(m), IWB_WDOMAINR(0), (uint32_t)d << 2 * WIRE);
        iwb_write(m, 0, owner(m), IWB_WENABLER(0), 1u << WIRE);
        host_forget(&m->host);
        set_wire(m, true);
        expect(v5_takes(m, 0, LPI(WIRE)), true, "%s", v5_domain_name(d));
        no_report(m, v5_domain_name(d));
        set_wire(m, false);
    }
}

static void other_domains_wires_are_raz_and_cannot_be_resampled(Machine *m)
{
    v5_start_all(m);
    iwb_write(m, 0, owner(m), IWB_WDOMAINR(0), 0);
    iwb_write(m, 0, owner(m), IWB_WENABLER(0), ~0u);
    iwb_write(m, 0, owner(m), IWB_WTMR(0), ~0u);
    host_forget(&m->host);
    assert_int_equal(iwb_read(m, 0, VGIC_NS, IWB_WENABLER(0)), 0xFFFF0000);
    assert_int_equal(iwb_read(m, 0, VGIC_NS, IWB_WTMR(0)), 0xFFFF0000);
    no_report(m, "reads");
    iwb_write(m, 0, VGIC_NS, IWB_WRESAMPLER, WIRE);
    one_report(m, "iwb-wire", "IWB_WRESAMPLER of a Secure wire");
}

static void only_the_owner_switches_a_bridge_off(Machine *m)
{
    v5_start_all(m);
    for (VgicAttrs space = 0; space < 4; space++) {
        if (space != owner(m)) {
            iwb_write(m, 0, space, IWB_CR0, 0);
            expect(iwb_read(m, 0, owner(m), IWB_CR0), CR0_EN | CR0_IDLE, "space %u",
                   (unsigned)space);
        }
    }
    iwb_write(m, 0, owner(m), IWB_CR0, 0);
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_CR0), CR0_IDLE);
}

static void a_domain_that_does_not_exist_takes_no_wire(Machine *m)
{
    v5_start_all(m);
    iwb_write(m, 0, owner(m), IWB_WDOMAINR(0), 0x55555557);
    one_report(m, "iwb-wire", "Realm");
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_WDOMAINR(0)), 0x55555555);
}

static void a_level_wire_that_moves_is_pending_in_its_new_domain(Machine *m)
{
    v5_start_all(m);
    open_wires(m, 0, DOMAIN_S);
    open_wires(m, 0, DOMAIN_NS);
    iwb_write(m, 0, owner(m), IWB_WTMR(0), 1u << WIRE);
    iwb_write(m, 0, owner(m), IWB_WENABLER(0), 1u << WIRE);
    set_wire(m, true);
    assert_int_equal(state(m), ICSR_PENDING | ICSR_HM);
    iwb_write(m, 0, owner(m), IWB_WDOMAINR(0), 0x55555555 & ~(3u << 2 * WIRE));
    v5_enter(m, 0, DOMAIN_S);
    assert_int_equal(state(m), ICSR_PENDING | ICSR_HM);
    set_wire(m, false);
    assert_int_equal(state(m) & ICSR_PENDING, 0);
}

static void a_wire_that_stays_in_its_domain_makes_no_event(Machine *m)
{
    v5_start_all(m);
    open_wires(m, 0, DOMAIN_NS);
    iwb_write(m, 0, owner(m), IWB_WTMR(0), 1u << WIRE);
    iwb_write(m, 0, owner(m), IWB_WENABLER(0), 1u << WIRE);
    set_wire(m, true);
    v5_cdpend(m, 0, LPI(WIRE), false);
    iwb_write(m, 0, owner(m), IWB_WDOMAINR(0), 0x55555555);
    assert_int_equal(state(m) & ICSR_PENDING, 0);
    iwb_write(m, 0, owner(m), IWB_WENABLER(0), 1u << WIRE | 1);
    iwb_write(m, 0, owner(m), IWB_CR0, 1);
    assert_int_equal(state(m) & ICSR_PENDING, 0);
}

/* Level wires all over the bridge when it is switched on. */
static void switching_a_bridge_on_sends_every_level(Machine *m)
{
    const uint32_t last = options(m, 0)->wires - 1;
    const uint32_t wires[] = {0, 1, last - 1, last};

    v5_start(m);
    open_wires(m, 0, DOMAIN_NS);
    iwb_write(m, 0, owner(m), IWB_CR0, 0);
    for (unsigned i = 0; i < 4; i++) {
        v5_configure(m, 0, LPI(wires[i]), P_MID, 0);
        assert_true(vgic_iwb_set_level(m->gic, frame_of(m, 0), wires[i], i & 1));
        v5_cdpend(m, 0, LPI(wires[i]), !(i & 1));
    }
    for (unsigned n = 0; n <= last / 32; n++) {
        iwb_write(m, 0, VGIC_NS, IWB_WTMR(n), ~0u);
        iwb_write(m, 0, VGIC_NS, IWB_WENABLER(n), ~0u);
    }
    iwb_write(m, 0, owner(m), IWB_CR0, 1);
    for (unsigned i = 0; i < 4; i++) {
        expect(!!(v5_cdrcfg(m, 0, LPI(wires[i])) & ICSR_PENDING), i & 1, "wire %u", wires[i]);
    }
}

static void a_cold_reset_forgets_wires_and_a_warm_one_does_not(Machine *m)
{
    start_wire(m, LEVEL);
    set_wire(m, true);
    vgic_reset(m->gic, VGIC_RESET_WARM);
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_WENABLER(0)), 0);
    assert_int_equal(iwb_read(m, 0, owner(m), IWB_WTMR(0)), 0);
    start_wire(m, LEVEL); /* enables it: it is still high */
    assert_int_equal(state(m), ICSR_PENDING | ICSR_HM);
    vgic_reset(m->gic, VGIC_RESET_COLD);
    start_wire(m, LEVEL);
    assert_int_equal(state(m) & ICSR_PENDING, 0);
}

static const Test tests[] = {
    TEST(id_registers_tell_the_configuration, V5_IWB),
    TEST(registers_reset_as_a_kernel_expects, V5_IWB),
    TEST_ALONE(a_bridge_can_start_disabled),
    TEST(firmware_gives_all_wires_to_the_non_secure_domain, V5_IWB),
    TEST(every_wire_has_its_bits, V5_IWB),
    TEST(registers_of_wires_that_are_not_there_are_raz_wi, V5_IWB),
    TEST(directions_and_sizes_are_kept, V5_IWB),
    TEST(wires_make_events, V5_IWB),
    TEST(a_level_wire_is_delivered_until_it_drops, V5_IWB),
    TEST(an_edge_wire_is_delivered_once, V5_IWB),
    TEST(a_masked_level_goes_quiet_and_comes_back, V5_IWB),
    TEST(every_wire_is_its_event, V5_IWB),
    TEST(an_event_that_the_its_does_not_translate_is_reported, V5_IWB),
    TEST(resampling_a_wire_that_is_not_there_is_reported, V5_IWB),
    TEST(wires_that_do_not_exist_are_the_hosts_mistake, V5_IWB),
    TEST(without_el3_wdomainr_is_fixed, V5_IWB | V5_NO_EL3),
    TEST(only_the_owner_assigns_wires, V5_IWB | V5_EL3),
    TEST(wires_of_another_domain_cannot_be_written, V5_IWB | V5_EL3),
    TEST(a_wire_is_an_event_of_its_domain, V5_IWB),
    TEST(a_cold_reset_forgets_wires_and_a_warm_one_does_not, V5_IWB),
    TEST(other_domains_wires_are_raz_and_cannot_be_resampled, V5_IWB | V5_EL3),
    TEST(only_the_owner_switches_a_bridge_off, V5_IWB | V5_EL3),
    TEST(a_domain_that_does_not_exist_takes_no_wire, V5_IWB | V5_NO_REALM),
    TEST(a_level_wire_that_moves_is_pending_in_its_new_domain, V5_IWB | V5_EL3),
    TEST(a_wire_that_stays_in_its_domain_makes_no_event, V5_IWB),
    TEST(switching_a_bridge_on_sends_every_level, V5_IWB),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "iwb", tests);
}
