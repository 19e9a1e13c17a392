/* SPDX-License-Identifier: BSD-2-Clause */
/* SPIs: events of their wires, trigger and handling mode, the life of one, where it goes. */
#include "suite.h"
#include "v5.h"

enum {
    SPI = 9
};
#define INTID VGIC_V5_SPI(SPI)

/* Machine with SPI 9 at PE 0, enabled, P_MID. */
static void start_spi(Machine *m)
{
    v5_start(m);
    v5_configure(m, 0, INTID, P_MID, 0);
    host_forget(&m->host);
}

static bool pending(Machine *m)
{
    return v5_cdrcfg(m, 0, INTID) & ICSR_PENDING;
}

static bool level(Machine *m)
{
    return v5_cdrcfg(m, 0, INTID) & ICSR_HM;
}

static bool active(Machine *m)
{
    return v5_cdrcfg(m, 0, INTID) & ICSR_ACTIVE;
}

static void attributes_reset_to_0(Machine *m)
{
    v5_start(m);
    for (uint32_t spi = 0; spi < m->config.spis; spi++) {
        expect(v5_cdrcfg(m, 0, VGIC_V5_SPI(spi)), 0, "SPI %u", spi);
    }
}

/* One event, and what it does to {pending, HM}. */
typedef enum Event {
    RISE,
    FALL,
    TO_LEVEL,
    TO_EDGE,
    RESAMPLE,
    PEND,
    CLEAR,
    HM_LEVEL,
    HM_EDGE,
} Event;
enum {
    KEEP = -1
};

typedef struct EventRow {
    const char *name;
    Trigger trigger;
    bool wire; /**< before the event */
    Event event;
    int pending, hm; /**< after it, KEEP: as before */
} EventRow;

static const EventRow events[] = {
    {"edge, rising", EDGE, false, RISE, 1, 0},
    {"edge, falling", EDGE, true, FALL, KEEP, KEEP},
    {"edge, rising while high", EDGE, true, RISE, KEEP, KEEP},
    {"edge, falling while low", EDGE, false, FALL, KEEP, KEEP},
    {"level, rising", LEVEL, false, RISE, 1, 1},
    {"level, falling", LEVEL, true, FALL, 0, KEEP},
    {"level, rising while high", LEVEL, true, RISE, KEEP, KEEP},
    {"level, falling while low", LEVEL, false, FALL, KEEP, KEEP},
    {"to level, wire high", EDGE, true, TO_LEVEL, 1, 1},
    {"to level, wire low", EDGE, false, TO_LEVEL, 0, KEEP},
    {"to edge, wire high", LEVEL, true, TO_EDGE, 0, KEEP},
    {"to edge, wire low", LEVEL, false, TO_EDGE, KEEP, KEEP},
    {"level again, wire high", LEVEL, true, TO_LEVEL, KEEP, KEEP},
    {"level again, wire low", LEVEL, false, TO_LEVEL, KEEP, KEEP},
    {"edge again, wire high", EDGE, true, TO_EDGE, KEEP, KEEP},
    {"edge again, wire low", EDGE, false, TO_EDGE, KEEP, KEEP},
    {"resample, edge, high", EDGE, true, RESAMPLE, 1, 0},
    {"resample, edge, low", EDGE, false, RESAMPLE, KEEP, KEEP},
    {"resample, level, high", LEVEL, true, RESAMPLE, 1, 1},
    {"resample, level, low", LEVEL, false, RESAMPLE, 0, KEEP},
    {"CDPEND 1", EDGE, false, PEND, 1, KEEP},
    {"CDPEND 0", EDGE, false, CLEAR, 0, KEEP},
    {"CDPEND 1, level", LEVEL, true, PEND, 1, KEEP},
    {"CDPEND 0, level, wire high", LEVEL, true, CLEAR, 0, KEEP},
    {"CDHM 1", EDGE, false, HM_LEVEL, KEEP, 1},
    {"CDHM 0", LEVEL, true, HM_EDGE, KEEP, 0},
};

static void do_event(Machine *m, Event event)
{
    switch (event) {
    case RISE:
    case FALL:
        v5_spi_wire(m, SPI, event == RISE);
        break;
    case TO_LEVEL:
    case TO_EDGE:
        v5_spi_trigger(m, DOMAIN_NS, SPI, event == TO_LEVEL ? LEVEL : EDGE);
        break;
    case RESAMPLE:
        irs_write(m, 0, DOMAIN_NS, IRS_SPI_RESAMPLER, SPI);
        break;
    case PEND:
    case CLEAR:
        v5_cdpend(m, 0, INTID, event == PEND);
        break;
    default:
        v5_cdhm(m, 0, INTID, event == HM_LEVEL);
        break;
    }
}

static void events_change_pending_and_handling_mode(Machine *m)
{
    v5_start(m);
    for (unsigned i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        for (unsigned before = 0; before < 4; before++) {
            const EventRow *row = &events[i];
            const bool was_pending = before & 1, was_level = before & 2;
            v5_spi_trigger(m, DOMAIN_NS, SPI, row->trigger);
            v5_spi_wire(m, SPI, row->wire);
            v5_cdpend(m, 0, INTID, was_pending);
            v5_cdhm(m, 0, INTID, was_level);
            do_event(m, row->event);
            expect(pending(m), row->pending == KEEP ? was_pending : (uint64_t)row->pending,
                   "pending of %u, %s", before, row->name);
            expect(level(m), row->hm == KEEP ? was_level : (uint64_t)row->hm,
                   "handling mode of %u, %s", before, row->name);
        }
    }
}

static void an_edge_is_delivered_once(Machine *m)
{
    start_spi(m);
    v5_spi_wire(m, SPI, true);
    assert_true(irq(m, 0));
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | INTID);
    assert_int_equal(v5_cdia(m, 0), INTID_VALID | INTID);
    assert_false(irq(m, 0));
    assert_false(pending(m));
    assert_true(active(m));
    v5_cdeoi(m, 0);
    v5_cddi(m, 0, INTID);
    assert_false(active(m));
    assert_true(v5_takes(m, 0, 0)); /* though the wire is still high */
}

static void an_edge_while_active_is_delivered_after_deactivation(Machine *m)
{
    start_spi(m);
    v5_spi_wire(m, SPI, true);
    assert_true(v5_takes_active(m, 0, INTID));
    v5_spi_wire(m, SPI, false);
    v5_spi_wire(m, SPI, true);
    assert_true(pending(m));
    assert_false(irq(m, 0));
    v5_cddi(m, 0, INTID);
    assert_true(irq(m, 0));
    assert_true(v5_takes(m, 0, INTID));
    assert_true(v5_takes(m, 0, 0));
}

static void a_level_stays_pending_when_acknowledged(Machine *m)
{
    start_spi(m);
    v5_spi_trigger(m, DOMAIN_NS, SPI, LEVEL);
    v5_spi_wire(m, SPI, true);
    assert_int_equal(v5_cdia(m, 0), INTID_VALID | INTID);
    assert_true(pending(m));
    assert_true(active(m));
    v5_cdeoi(m, 0);
    assert_false(irq(m, 0));
    v5_cddi(m, 0, INTID);
    assert_true(irq(m, 0)); /* still high */
    assert_true(v5_takes_active(m, 0, INTID));
    v5_spi_wire(m, SPI, false);
    v5_cddi(m, 0, INTID);
    assert_false(irq(m, 0));
}

static void a_level_that_drops_before_its_acknowledge_is_gone(Machine *m)
{
    start_spi(m);
    v5_spi_trigger(m, DOMAIN_NS, SPI, LEVEL);
    v5_spi_wire(m, SPI, true);
    assert_true(irq(m, 0));
    v5_spi_wire(m, SPI, false);
    assert_false(irq(m, 0));
    assert_int_equal(v5_cdia(m, 0), 0);
}

static void cdpend_of_a_level_fires_again_until_it_is_cleared(Machine *m)
{
    start_spi(m);
    v5_cdhm(m, 0, INTID, true);
    v5_cdpend(m, 0, INTID, true);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(v5_takes(m, 0, INTID));
    }
    v5_cdpend(m, 0, INTID, false);
    assert_true(v5_takes(m, 0, 0));
}

static void cdpend_0_of_a_high_level_waits_for_the_next_event(Machine *m)
{
    start_spi(m);
    v5_spi_trigger(m, DOMAIN_NS, SPI, LEVEL);
    v5_spi_wire(m, SPI, true);
    v5_cdpend(m, 0, INTID, false);
    assert_false(irq(m, 0));
    v5_spi_wire(m, SPI, true);
    assert_false(irq(m, 0));
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_RESAMPLER, SPI);
    assert_true(irq(m, 0));
    v5_cdpend(m, 0, INTID, false);
    v5_spi_wire(m, SPI, false);
    v5_spi_wire(m, SPI, true);
    assert_true(irq(m, 0));
}

static void cddis_disables_and_keeps_pending_and_active(Machine *m)
{
    start_spi(m);
    v5_cdpend(m, 0, INTID, true);
    assert_true(irq(m, 0));
    v5_cddis(m, 0, INTID);
    assert_false(v5_cdrcfg(m, 0, INTID) & ICSR_ENABLED);
    assert_false(irq(m, 0));
    assert_true(pending(m));
    v5_cden(m, 0, INTID);
    assert_true(v5_takes_active(m, 0, INTID));
    v5_cddis(m, 0, INTID);
    assert_true(active(m));
    v5_cddi(m, 0, INTID);
    assert_false(active(m));
}

static void cdpend_0_clears_pending(Machine *m)
{
    start_spi(m);
    v5_cdpend(m, 0, INTID, true);
    assert_true(pending(m));
    v5_cdpend(m, 0, INTID, false);
    assert_false(pending(m));
    assert_false(irq(m, 0));
}

static void cdrcfg_shows_all_of_it(Machine *m)
{
    start_spi(m);
    v5_spi_trigger(m, DOMAIN_NS, SPI, LEVEL);
    v5_spi_wire(m, SPI, true);
    assert_int_equal(v5_cdrcfg(m, 0, INTID), ICSR_ENABLED | ICSR_PENDING | ICSR_HM |
                                                 ICSR_PRIORITY(P_MID) |
                                                 ICSR_IAFFID(v5_iaffid(m, 0)));
    assert_true(v5_takes_active(m, 0, INTID));
    v5_spi_wire(m, SPI, false);
    assert_int_equal(v5_cdrcfg(m, 0, INTID), ICSR_ENABLED | ICSR_ACTIVE | ICSR_HM |
                                                 ICSR_PRIORITY(P_MID) |
                                                 ICSR_IAFFID(v5_iaffid(m, 0)));
}

static void every_spi_works(Machine *m)
{
    v5_start(m);
    for (uint32_t spi = 0; spi < m->config.spis; spi++) {
        const uint32_t cpu = spi % m->config.cpus, intid = VGIC_V5_SPI(spi);
        v5_configure(m, 0, intid, P_LOW, cpu);
        v5_spi_trigger(m, DOMAIN_NS, spi, spi % 2 ? LEVEL : EDGE);
        v5_spi_wire(m, spi, true);
        expect(irq(m, cpu), true, "SPI %u at PE %u", spi, cpu);
        expect(v5_takes_active(m, cpu, intid), true, "SPI %u", spi);
        v5_spi_wire(m, spi, false);
        v5_cddi(m, cpu, intid);
        expect(irq(m, cpu), false, "SPI %u is over", spi);
    }
    no_report(m, "SPIs");
}

static void cdaff_moves_a_pending_spi(Machine *m)
{
    start_spi(m);
    v5_cdpend(m, 0, INTID, true);
    assert_true(irq(m, 0));
    v5_cdaff(m, 0, INTID, v5_iaffid(m, 1));
    assert_false(irq(m, 0));
    assert_true(irq(m, 1));
    assert_int_equal(v5_hppir(m, 0), 0);
    assert_int_equal(v5_hppir(m, 1), INTID_VALID | INTID);
    assert_true(v5_takes(m, 0, 0));
    assert_true(v5_takes(m, 1, INTID));
}

static void an_active_spi_can_move_and_be_deactivated_anywhere(Machine *m)
{
    start_spi(m);
    v5_cdpend(m, 0, INTID, true);
    assert_true(v5_takes_active(m, 0, INTID));
    v5_cdaff(m, 0, INTID, v5_iaffid(m, 1));
    assert_true(active(m));
    v5_cdpend(m, 0, INTID, true);
    assert_false(irq(m, 1));
    v5_cddi(m, 1, INTID);
    assert_false(active(m));
    assert_false(irq(m, 0));
    assert_true(irq(m, 1));
    assert_true(v5_takes(m, 1, INTID));
}

static void an_iaffid_without_a_pe_delivers_to_nobody(Machine *m)
{
    const uint32_t nobody = 0x2AA;

    start_spi(m);
    v5_cdpend(m, 0, INTID, true);
    v5_cdaff(m, 0, INTID, nobody);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        assert_false(irq(m, cpu));
        assert_true(v5_takes(m, cpu, 0));
    }
    assert_int_equal(v5_cdrcfg(m, 0, INTID) >> 32, nobody);
    assert_true(pending(m));
    assert_int_equal(info(m, 0, INTID).target, UINT32_MAX);
    v5_cdaff(m, 0, INTID, v5_iaffid(m, 0));
    assert_true(v5_takes(m, 0, INTID));
}

static void a_new_priority_reorders_what_is_pending(Machine *m)
{
    start_spi(m);
    v5_configure(m, 0, VGIC_V5_SPI(10), P_LOW, 0);
    v5_cdpend(m, 0, INTID, true);
    v5_cdpend(m, 0, VGIC_V5_SPI(10), true);
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | INTID);
    v5_cdpri(m, 0, VGIC_V5_SPI(10), P_HIGH);
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | VGIC_V5_SPI(10));
    v5_cdpri(m, 0, INTID, 0);
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | INTID);
}

static void irsen_presents_and_recalls(Machine *m)
{
    v5_enter(m, 0, DOMAIN_NS);
    vgic_act_as_firmware(m->gic);
    v5_set_icc(m, 0, ICC_PCR_EL1, 31);
    v5_set_icc(m, 0, ICC_CR0_EL1, CR0_EN);
    v5_configure(m, 0, INTID, P_MID, 0);
    v5_cdpend(m, 0, INTID, true);
    assert_false(irq(m, 0));
    assert_int_equal(v5_hppir(m, 0), 0);
    assert_int_equal(v5_cdia(m, 0), 0);
    assert_true(pending(m));
    /* By the write alone: nobody reads IRS_CR0. */
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        irs_write(m, irs, DOMAIN_NS, IRS_CR0, CR0_EN);
    }
    assert_true(irq(m, 0));
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        irs_write(m, irs, DOMAIN_NS, IRS_CR0, 0);
    }
    assert_false(irq(m, 0));
    assert_int_equal(v5_hppir(m, 0), 0);
    assert_true(pending(m));
    /* Configuration goes on. */
    v5_cdpri(m, 0, INTID, P_HIGH);
    v5_cdpend(m, 0, INTID, false);
    assert_false(pending(m));
    v5_cdpend(m, 0, INTID, true);
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        irs_write(m, irs, DOMAIN_NS, IRS_CR0, CR0_EN);
    }
    assert_true(v5_takes(m, 0, INTID));
}

static void an_spi_that_is_acknowledged_with_irsen_0_is_not(Machine *m)
{
    start_spi(m);
    v5_cdpend(m, 0, INTID, true);
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        irs_write(m, irs, DOMAIN_NS, IRS_CR0, 0);
    }
    assert_true(v5_takes(m, 0, 0));
    assert_true(pending(m));
    assert_false(active(m));
}

/* SPI_BASE of the second IRS is not 0. */
static void spis_of_each_irs_go_to_pes_of_each(Machine *m)
{
    v5_start(m);
    for (unsigned from = 0; from < v5_irs_count(m); from++) {
        const uint32_t first = v5_spi_base(m, from), count = v5_irs_spis(m, from);
        for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
            for (uint32_t spi = first; spi < first + count; spi += count - 1) {
                v5_configure(m, 0, VGIC_V5_SPI(spi), P_MID, cpu);
                assert_true(vgic_spi_pulse(m->gic, spi));
                expect(v5_takes(m, cpu, VGIC_V5_SPI(spi)), true, "SPI %u to PE %u", spi, cpu);
            }
        }
    }
}

static void irsen_counts_at_the_irs_of_the_pe(Machine *m)
{
    start_spi(m);
    const uint32_t other = v5_first_cpu(m, 1);
    irs_write(m, 1, DOMAIN_NS, IRS_CR0, 0);
    v5_cdpend(m, 0, INTID, true);
    assert_true(irq(m, 0));
    v5_cdaff(m, 0, INTID, v5_iaffid(m, other));
    assert_false(irq(m, other));
    irs_write(m, 1, DOMAIN_NS, IRS_CR0, CR0_EN);
    assert_true(v5_takes(m, other, INTID));
}

static void wires_that_do_not_exist_are_the_hosts_mistake(Machine *m)
{
    const uint32_t bad[] = {m->config.spis, m->config.spis + 1, UINT32_MAX, VGIC_V5_SPI(0)};

    v5_start(m);
    for (unsigned i = 0; i < 4; i++) {
        host_forget(&m->host);
        assert_false(vgic_spi_set_level(m->gic, bad[i], true));
        assert_int_equal(m->host.error_count, 1);
        assert_string_equal(host_last_error(&m->host)->function, "vgic_spi_set_level");
        assert_false(vgic_spi_pulse(m->gic, bad[i]));
        assert_int_equal(m->host.error_count, 2);
        assert_string_equal(host_last_error(&m->host)->function, "vgic_spi_pulse");
    }
    no_report(m, "a host's mistake");
    host_forget(&m->host);
}

static void a_pulse_is_an_edge_and_leaves_no_level(Machine *m)
{
    start_spi(m);
    assert_true(vgic_spi_pulse(m->gic, SPI));
    assert_true(v5_takes(m, 0, INTID));
    v5_spi_trigger(m, DOMAIN_NS, SPI, LEVEL);
    assert_true(vgic_spi_pulse(m->gic, SPI));
    assert_false(pending(m));
    assert_false(info(m, 0, INTID).wire);
}

static void vgic_irq_info_tells_the_same(Machine *m)
{
    start_spi(m);
    v5_spi_trigger(m, DOMAIN_NS, SPI, LEVEL);
    v5_spi_wire(m, SPI, true);
    VgicIrqInfo i = info(m, 0, INTID);
    assert_int_equal(i.intid, INTID);
    assert_int_equal(i.target, 0);
    assert_int_equal(i.priority, P_MID);
    assert_int_equal(i.group, DOMAIN_NS);
    assert_true(i.enabled && i.pending && i.level && i.wire && !i.active && !i.one_of_n);
    assert_null(i.held_by);
    v5_cdhm(m, 0, INTID, false);
    assert_false(info(m, 0, INTID).level); /* handling mode, not trigger mode */
    v5_cddis(m, 0, INTID);
    assert_non_null(info(m, 0, INTID).held_by);
    assert_false(vgic_irq_info(m->gic, 0, VGIC_V5_SPI(m->config.spis), &i));
}

/* Why it is not delivered: a reason as long as its PE would not acknowledge it. */
static void held_by_is_null_for_what_can_be_acknowledged(Machine *m)
{
    start_spi(m);
    assert_non_null(info(m, 0, INTID).held_by); /* not pending */
    v5_cdpend(m, 0, INTID, true);
    assert_null(info(m, 0, INTID).held_by);
    v5_set_icc(m, 0, ICC_PCR_EL1, P_MID - 1);
    assert_non_null(info(m, 0, INTID).held_by);
    v5_set_icc(m, 0, ICC_PCR_EL1, 31);
    v5_set_icc(m, 0, ICC_APR_EL1, 1u << P_HIGH);
    assert_non_null(info(m, 0, INTID).held_by);
    v5_set_icc(m, 0, ICC_APR_EL1, 0);
    v5_set_icc(m, 0, ICC_CR0_EL1, 0);
    assert_non_null(info(m, 0, INTID).held_by);
    v5_set_icc(m, 0, ICC_CR0_EL1, 1);
    if (has(m, V5_EL3)) {
        v5_set_icc(m, 0, ICC_CR0_EL1, 32ull << 32 | 1);
    }
    assert_null(info(m, 0, INTID).held_by);
    irs_write(m, 0, DOMAIN_NS, IRS_CR0, 0);
    assert_non_null(info(m, 0, INTID).held_by);
    irs_write(m, 0, DOMAIN_NS, IRS_CR0, 1);
    v5_configure(m, 0, VGIC_V5_SPI(10), P_HIGH, 0);
    v5_cdpend(m, 0, VGIC_V5_SPI(10), true);
    assert_non_null(info(m, 0, INTID).held_by); /* another one comes first */
    assert_null(info(m, 0, VGIC_V5_SPI(10)).held_by);
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(10)));
    assert_null(info(m, 0, INTID).held_by);
    v5_cdaff(m, 0, INTID, 0x2AA);
    assert_non_null(info(m, 0, INTID).held_by);
    v5_cdaff(m, 0, INTID, v5_iaffid(m, 0));
    v5_cddis(m, 0, INTID);
    assert_non_null(info(m, 0, INTID).held_by);
    v5_cden(m, 0, INTID);
    assert_true(v5_takes_active(m, 0, INTID));
    v5_cdpend(m, 0, INTID, true);
    assert_non_null(info(m, 0, INTID).held_by); /* active */
}

static void reports_say_who_did_what(Machine *m)
{
    v5_start(m);
    v5_cden(m, 0, VGIC_V5_SPI(m->config.spis));
    assert_int_equal(m->host.report_count, 1);
    const HostReport *r = host_last_report(&m->host);
    assert_string_equal(r->rule, "irq-range");
    assert_string_equal(r->frame, "ICC");
    assert_int_equal(r->report.cpu, 0);
    assert_int_equal(r->report.offset, GIC_CDEN);
    assert_true(r->report.write);
    assert_int_equal(r->report.value, VGIC_V5_SPI(m->config.spis));
    assert_int_equal(r->report.intid, VGIC_V5_SPI(m->config.spis));
    assert_true(r->message[0]);
}

static void lines_changed_tells_of_changes_alone(Machine *m)
{
    start_spi(m);
    assert_int_equal(m->host.line_calls_total, 0);
    v5_cdpend(m, 0, INTID, true);
    assert_int_equal(m->host.line_calls[0], 1);
    v5_cdpend(m, 0, INTID, true);
    v5_cdhm(m, 0, INTID, true);
    v5_cdpri(m, 0, INTID, P_LOW);
    assert_int_equal(m->host.line_calls[0], 1);
    v5_cdpend(m, 0, INTID, false);
    assert_int_equal(m->host.line_calls[0], 2);
    assert_int_equal(m->host.line_calls_total, 2);
}

static const Test tests[] = {
    TEST(attributes_reset_to_0, 0),
    TEST(events_change_pending_and_handling_mode, 0),
    TEST(an_edge_is_delivered_once, 0),
    TEST(an_edge_while_active_is_delivered_after_deactivation, 0),
    TEST(a_level_stays_pending_when_acknowledged, 0),
    TEST(a_level_that_drops_before_its_acknowledge_is_gone, 0),
    TEST(cdpend_of_a_level_fires_again_until_it_is_cleared, 0),
    TEST(cdpend_0_of_a_high_level_waits_for_the_next_event, 0),
    TEST(cddis_disables_and_keeps_pending_and_active, 0),
    TEST(cdpend_0_clears_pending, 0),
    TEST(cdrcfg_shows_all_of_it, 0),
    TEST(every_spi_works, 0),
    TEST(cdaff_moves_a_pending_spi, V5_SMP),
    TEST(an_active_spi_can_move_and_be_deactivated_anywhere, V5_SMP),
    TEST(an_iaffid_without_a_pe_delivers_to_nobody, 0),
    TEST(a_new_priority_reorders_what_is_pending, 0),
    TEST(irsen_presents_and_recalls, 0),
    TEST(an_spi_that_is_acknowledged_with_irsen_0_is_not, 0),
    TEST(spis_of_each_irs_go_to_pes_of_each, 0),
    TEST(irsen_counts_at_the_irs_of_the_pe, V5_TWO_IRS),
    TEST(wires_that_do_not_exist_are_the_hosts_mistake, 0),
    TEST(a_pulse_is_an_edge_and_leaves_no_level, 0),
    TEST(vgic_irq_info_tells_the_same, 0),
    TEST(reports_say_who_did_what, 0),
    TEST(lines_changed_tells_of_changes_alone, 0),
    TEST(held_by_is_null_for_what_can_be_acknowledged, 0),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "spi", tests);
}
