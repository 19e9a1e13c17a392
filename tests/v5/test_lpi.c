/* SPDX-License-Identifier: BSD-2-Clause */
/* LPIs: the life of one, IPIs, SETLPI frames, moving, what they cost. */
#include "suite.h"
#include "v5.h"

#define LPI(id) VGIC_V5_LPI(id)

/* As an operating system prepares an IPI: CDPRI, CDHM, CDPEND 0, CDAFF, CDEN. */
static void start_lpi(Machine *m, uint32_t id, uint32_t target)
{
    v5_cdpri(m, 0, LPI(id), P_MID);
    v5_cdhm(m, 0, LPI(id), false);
    v5_cdpend(m, 0, LPI(id), false);
    v5_cdaff(m, 0, LPI(id), v5_iaffid(m, target));
    v5_cden(m, 0, LPI(id));
}

static void an_lpi_of_a_new_ist_has_nothing_set(Machine *m)
{
    v5_start(m);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(0)), 0);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)), 0);
    assert_int_equal(v5_cdrcfg(m, 0, LPI((1u << v5_ist_bits(m)) - 1)), 0);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(1u << v5_ist_bits(m))), ICSR_F);
}

static void an_ipi_goes_to_its_pe(Machine *m)
{
    v5_start(m);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        start_lpi(m, 8 * cpu + 1, cpu);
    }
    for (uint32_t from = 0; from < m->config.cpus; from++) {
        for (uint32_t to = 0; to < m->config.cpus; to++) {
            v5_cdpend(m, from, LPI(8 * to + 1), true);
            for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
                expect(irq(m, cpu), cpu == to, "IRQ of PE %u, IPI from %u to %u", cpu, from, to);
            }
            assert_true(v5_takes(m, to, LPI(8 * to + 1)));
        }
    }
    no_report(m, "IPIs");
}

static void an_edge_lpi_is_active_and_no_longer_pending(Machine *m)
{
    v5_start(m);
    start_lpi(m, 5, 0);
    v5_cdpend(m, 0, LPI(5), true);
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | LPI(5));
    assert_int_equal(v5_cdia(m, 0), INTID_VALID | LPI(5));
    const uint64_t config = ICSR_ENABLED | ICSR_PRIORITY(P_MID) | ICSR_IAFFID(v5_iaffid(m, 0));
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)), config | ICSR_ACTIVE);
    v5_cdpend(m, 0, LPI(5), true);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)), config | ICSR_ACTIVE | ICSR_PENDING);
    v5_cdeoi(m, 0);
    assert_false(irq(m, 0));
    v5_cddi(m, 0, LPI(5));
    assert_true(v5_takes(m, 0, LPI(5)));
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)), config);
}

static void a_level_lpi_fires_until_it_is_cleared(Machine *m)
{
    v5_start(m);
    start_lpi(m, 5, 0);
    v5_cdhm(m, 0, LPI(5), true);
    v5_cdpend(m, 0, LPI(5), true);
    assert_true(v5_takes(m, 0, LPI(5)));
    assert_true(v5_takes(m, 0, LPI(5)));
    v5_cdpend(m, 0, LPI(5), false);
    assert_true(v5_takes(m, 0, 0));
}

static void setlpi_is_an_edge(Machine *m)
{
    v5_start(m);
    start_lpi(m, 5, 0);
    v5_cdhm(m, 0, LPI(5), true);
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        v5_setlpi(m, irs, DOMAIN_NS, 5);
        assert_false(v5_cdrcfg(m, 0, LPI(5)) & ICSR_HM);
        assert_true(v5_takes(m, 0, LPI(5)));
        assert_true(v5_takes(m, 0, 0));
    }
    no_report(m, "SETLPI");
}

static void setlpi_of_no_lpi_does_nothing(Machine *m)
{
    v5_start(m);
    v5_setlpi(m, 0, DOMAIN_NS, 1u << v5_ist_bits(m));
    one_report(m, "irq-range", "SETLPI beyond the IST");
    v5_ist_off(m, DOMAIN_NS);
    v5_setlpi(m, 0, DOMAIN_NS, 5);
    one_report(m, "ist-invalid", "SETLPI without an IST");
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        assert_false(irq(m, cpu));
    }
}

static void the_setlpi_frame_has_one_register_to_write(Machine *m)
{
    const VgicFrame *frame = v5_frame(m, "IRS", 0, "_SETLPI", DOMAIN_NS);
    uint64_t value;

    v5_start(m);
    assert_non_null(frame);
    assert_int_equal(vgic_frame_size(frame), 0x10000);
    assert_int_equal(v5_frame_read(m, frame, VGIC_NS, IRS_SETLPIR, 4), 0);
    one_report(m, "write-only", "read of IRS_SETLPIR");
    assert_int_equal(vgic_frame_write(m->gic, frame, VGIC_NS, 4, 4, 5), VGIC_RAZ_WI);
    one_report(m, "reserved", "write beside IRS_SETLPIR");
    assert_int_equal(vgic_frame_read(m->gic, frame, VGIC_NS, 0xFFFC, 4, &value), VGIC_RAZ_WI);
    one_report(m, "reserved", "read at the end");
    assert_int_equal(vgic_frame_write(m->gic, frame, VGIC_NS, IRS_SETLPIR, 2, 5), VGIC_RAZ_WI);
    one_report(m, "access-size", "16 bits");
    assert_int_equal(vgic_frame_write(m->gic, frame, VGIC_NS, IRS_SETLPIR, 8, 5), VGIC_RAZ_WI);
    one_report(m, "access-size", "64 bits");
    start_lpi(m, 5, 0);
    v5_setlpi(m, 0, DOMAIN_NS, 5 | 0xFF000000); /* RES0 bits above the ID */
    assert_true(v5_takes(m, 0, LPI(5)));
}

static void there_is_no_setlpi_frame_without_setlpi(Machine *m)
{
    assert_null(v5_frame(m, "IRS", 0, "_SETLPI", DOMAIN_NS));
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IDR0) >> 9 & 1, 0);
}

static void a_pending_lpi_moves(Machine *m)
{
    v5_start(m);
    start_lpi(m, 5, 0);
    v5_cdpend(m, 0, LPI(5), true);
    v5_cdaff(m, 0, LPI(5), v5_iaffid(m, 1));
    assert_false(irq(m, 0));
    assert_true(irq(m, 1));
    assert_int_equal(v5_hppir(m, 0), 0);
    assert_int_equal(v5_hppir(m, 1), INTID_VALID | LPI(5));
    assert_true(v5_takes(m, 1, LPI(5)));
}

static void an_active_lpi_is_deactivated_by_any_pe(Machine *m)
{
    v5_start(m);
    start_lpi(m, 5, 0);
    v5_cdpend(m, 0, LPI(5), true);
    assert_true(v5_takes_active(m, 0, LPI(5)));
    v5_cddi(m, 1, LPI(5));
    assert_false(v5_cdrcfg(m, 0, LPI(5)) & ICSR_ACTIVE);
}

static void disabling_keeps_pending(Machine *m)
{
    v5_start(m);
    start_lpi(m, 5, 0);
    v5_cdpend(m, 0, LPI(5), true);
    v5_cddis(m, 0, LPI(5));
    assert_false(irq(m, 0));
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)) & (ICSR_PENDING | ICSR_ENABLED), ICSR_PENDING);
    v5_cden(m, 0, LPI(5));
    assert_true(v5_takes(m, 0, LPI(5)));
}

static void equals_are_taken_in_the_order_of_arrival(Machine *m)
{
    static const uint32_t order[] = {7, 5, 6};

    v5_start(m);
    v5_configure(m, 0, VGIC_V5_SPI(1), P_MID, 0);
    for (unsigned i = 0; i < 3; i++) {
        start_lpi(m, order[i], 0);
        v5_cdpend(m, 0, LPI(order[i]), true);
    }
    v5_cdpend(m, 0, VGIC_V5_SPI(1), true);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(v5_takes(m, 0, LPI(order[i])));
    }
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(1)));
}

static void many_lpis_come_by_priority(Machine *m)
{
    enum {
        MANY = 300
    };

    v5_start(m);
    for (uint32_t id = 0; id < MANY; id++) {
        v5_configure(m, 0, LPI(id), id % 32, 0);
        v5_cdpend(m, 0, LPI(id), true);
    }
    uint32_t last = 0;
    for (unsigned i = 0; i < MANY; i++) {
        const uint64_t got = v5_cdia(m, 0);
        assert_true(got & INTID_VALID);
        const uint32_t priority = v5_priority(m, (uint32_t)(got & 0xFFFFFF) % 32);
        assert_true(priority >= last);
        last = priority;
        v5_cdeoi(m, 0);
        v5_cddi(m, 0, (uint32_t)got);
    }
    assert_true(v5_takes(m, 0, 0));
}

static void lpis_beyond_the_limit_have_no_effect_and_are_reported(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1, .lpi_bits = 24, .lpi_limit = 2048);

    (void)none;
    v5_start_domain(m, DOMAIN_NS);
    v5_ist_off(m, DOMAIN_NS);
    v5_ist(m, DOMAIN_NS, IST_AT(DOMAIN_NS), IST_CFGR(24, 0, 0));
    host_forget(&m->host);
    /* Two chunks of 1,024 are there. */
    start_lpi(m, 5, 0);
    start_lpi(m, 0x800000, 0);
    no_report(m, "two LPIs");
    v5_cdpend(m, 0, LPI(5), true);
    v5_cden(m, 0, LPI(0xFFFFFF));
    one_report(m, "lpi-limit", "a third chunk");
    assert_int_equal(v5_cdrcfg(m, 0, LPI(0xFFFFFF)), ICSR_F);
    one_report(m, "lpi-limit", "CDRCFG of it");
    v5_setlpi(m, 0, DOMAIN_NS, 0x123456);
    one_report(m, "lpi-limit", "SETLPI of it");
    assert_true(v5_takes(m, 0, LPI(5)));
    v5_cdpend(m, 0, LPI(0x800000), true);
    assert_true(v5_takes(m, 0, LPI(0x800000)));
    machine_free(m);
}

/* 2^24 LPIs, of which a guest touches one in each chunk: memory stays bounded, nothing breaks. */
static void all_2_to_the_24_lpis_fit_a_small_limit(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1, .lpi_bits = 24, .lpi_limit = 4096);
    uint32_t known = 0, chunks = 0, last = UINT32_MAX;

    (void)none;
    v5_start_domain(m, DOMAIN_NS);
    v5_ist_off(m, DOMAIN_NS);
    v5_ist(m, DOMAIN_NS, IST_AT(DOMAIN_NS), IST_CFGR(24, 0, 0));
    host_forget(&m->host);
    for (uint32_t id = 0; id < 1u << 24; id += 1024) {
        v5_configure(m, 0, LPI(id), P_MID, 0);
        v5_cdpend(m, 0, LPI(id), true);
    }
    for (uint32_t id = vgic_lpi_next(m->gic, 0); id != UINT32_MAX;
         id = vgic_lpi_next(m->gic, id + 1)) {
        known++;
        chunks += (id & 0xFFFFFF) / 1024 != last;
        last = (id & 0xFFFFFF) / 1024;
    }
    assert_true(known >= 4 && known <= 4096);
    assert_int_equal(chunks, 4);
    assert_int_equal(m->host.report_count, 4 * (16384 - 4));
    for (unsigned i = 0; i < 4; i++) {
        assert_true(v5_takes(m, 0, LPI(1024 * i)));
    }
    assert_true(v5_takes(m, 0, 0));
    /* What an IST that goes away leaves is free for the next. */
    v5_ist_off(m, DOMAIN_NS);
    v5_ist(m, DOMAIN_NS, IST_AT(DOMAIN_NS), IST_CFGR(24, 0, 0));
    host_forget(&m->host);
    v5_cdpend(m, 0, LPI(0xABC000), true);
    no_report(m, "a new IST");
    machine_free(m);
}

static void without_lpis_their_instructions_do_nothing(Machine *m)
{
    v5_start(m);
    v5_cden(m, 0, LPI(0));
    assert_int_equal(m->host.report_count, 1);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(0)), ICSR_F);
    v5_cddi(m, 0, LPI(0));
    assert_int_equal(m->host.report_count, 3);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IDR2) >> 5 & 1, 0);
    assert_null(v5_frame(m, "IRS", 0, "_SETLPI", DOMAIN_NS));
    assert_int_equal(m->host.ram.reads + m->host.ram.writes, 0);
}

static void vgic_irq_info_and_lpi_next_know_them(Machine *m)
{
    VgicIrqInfo i;

    v5_start(m);
    assert_int_equal(vgic_lpi_next(m->gic, 0), UINT32_MAX);
    start_lpi(m, 5, 0);
    v5_cdpend(m, 0, LPI(5), true);
    uint32_t id = vgic_lpi_next(m->gic, 0);
    while (id != UINT32_MAX && id != LPI(5)) {
        id = vgic_lpi_next(m->gic, id + 1);
    }
    assert_int_equal(id, LPI(5));
    i = info(m, 0, LPI(5));
    assert_int_equal(i.intid, LPI(5));
    assert_int_equal(i.target, 0);
    assert_int_equal(i.priority, P_MID);
    assert_int_equal(i.group, DOMAIN_NS);
    assert_true(i.enabled && i.pending && !i.active && !i.level && !i.one_of_n && !i.wire);
    v5_ist_off(m, DOMAIN_NS);
    assert_false(vgic_irq_info(m->gic, 0, LPI(5), &i));
    assert_int_equal(vgic_lpi_next(m->gic, 0), UINT32_MAX);
}

/* Each domain has LPI 5. */
static void each_domain_has_its_own(Machine *m)
{
    v5_start_all(m);
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        if (v5_has_domain(m, d)) {
            v5_enter(m, 0, d);
            v5_configure(m, 0, LPI(5), 4 + 4 * d, 0);
        }
    }
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        if (!v5_has_domain(m, d)) {
            continue;
        }
        const uint32_t intid = VGIC_V5_LPI_OF(d, 5);
        v5_enter(m, 0, d);
        expect((v5_cdrcfg(m, 0, LPI(5)) >> 11) & 0x1F, 4 + 4 * d, "priority, %s",
               v5_domain_name(d));
        expect(info(m, 0, intid).group, d, "group, %s", v5_domain_name(d));
        expect(info(m, 0, intid).priority, 4 + 4 * d, "info's priority, %s", v5_domain_name(d));
        v5_setlpi(m, 0, d, 5);
        for (V5Domain other = DOMAIN_S; other < DOMAINS; other++) {
            if (v5_has_domain(m, other)) {
                expect(info(m, 0, VGIC_V5_LPI_OF(other, 5)).pending, other == d,
                       "pending in %s after SETLPI in %s", v5_domain_name(other),
                       v5_domain_name(d));
            }
        }
        expect(v5_takes(m, 0, LPI(5)), true, "acknowledge, %s", v5_domain_name(d));
    }
}

static const Test tests[] = {
    TEST(an_lpi_of_a_new_ist_has_nothing_set, V5_LPIS),
    TEST(an_ipi_goes_to_its_pe, V5_LPIS),
    TEST(an_edge_lpi_is_active_and_no_longer_pending, V5_LPIS),
    TEST(a_level_lpi_fires_until_it_is_cleared, V5_LPIS),
    TEST(setlpi_is_an_edge, V5_SETLPI),
    TEST(setlpi_of_no_lpi_does_nothing, V5_SETLPI),
    TEST(the_setlpi_frame_has_one_register_to_write, V5_SETLPI),
    TEST(there_is_no_setlpi_frame_without_setlpi, V5_NO_SETLPI),
    TEST(a_pending_lpi_moves, V5_LPIS | V5_SMP),
    TEST(an_active_lpi_is_deactivated_by_any_pe, V5_LPIS | V5_SMP),
    TEST(disabling_keeps_pending, V5_LPIS),
    TEST(equals_are_taken_in_the_order_of_arrival, V5_LPIS),
    TEST(many_lpis_come_by_priority, V5_LPIS),
    TEST_ALONE(lpis_beyond_the_limit_have_no_effect_and_are_reported),
    TEST_ALONE(all_2_to_the_24_lpis_fit_a_small_limit),
    TEST(without_lpis_their_instructions_do_nothing, V5_NO_LPIS),
    TEST(vgic_irq_info_and_lpi_next_know_them, V5_LPIS),
    TEST(each_domain_has_its_own, V5_LPIS | V5_SETLPI),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "lpi", tests);
}
