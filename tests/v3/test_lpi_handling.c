/* SPDX-License-Identifier: BSD-2-Clause */
/* LPIs at the CPU interface: order, priorities, groups, configuration, moving, bounds. */
#include "its.h"
#include "suite.h"

#include <string.h>

/* The means of making LPIs pending that every machine has: its Redistributors or its first ITS,
 * with event i of device 1 in collection i % 4, which is at PE i % 4 (all at 0 and 1 on a dual). */
typedef struct Source {
    Machine *m;
    Its its;
    uint32_t intid[32];
    uint32_t count;
} Source;

static Source open_source(Machine *m)
{
    Source s = {.m = m};

    if (has(m, ITS)) {
        s.its = its_start(m);
    } else {
        start_lpis(m);
    }
    return s;
}

/* Makes @p intid pending at @p cpu. */
static void raise_lpi(Source *s, uint32_t cpu, uint32_t intid)
{
    if (!has(s->m, ITS)) {
        gicr_write64(s->m, cpu, VGIC_NS, GICR_SETLPIR, intid);
        return;
    }
    const uint32_t event = s->count++ % 32;
    ram_put64(&s->m->host.ram, ITT(1) + 8 * event, 0);
    its_do(&s->its, mapti(1, event, intid, cpu));
    its_do(&s->its, command_int(1, event));
    its_do(&s->its, mapd(1, 5, ITT(1)));
    ram_put64(&s->m->host.ram, ITT(1) + 8 * event, 0);
    s->m->host.report_count = 0;
}

static void an_lpi_is_acknowledged_ended_and_never_active(Machine *m)
{
    Source s = open_source(m);

    lpi_byte(m, 8200, OS_PRIORITY, true);
    raise_lpi(&s, 0, 8200);
    assert_true(irq(m, 0));
    assert_int_equal(hppir(m, 0, &m->os, 1), 8200);
    assert_int_equal(ack(m, 0), 8200);
    assert_false(lpi_pending(m, 8200));
    assert_false(info(m, 0, 8200).active);
    assert_false(irq(m, 0));
    assert_int_equal(running_priority(m, 0),
                     lpi_priority(m, OS_PRIORITY) & (0xFF << (8 - machine_preemption_bits(m))));
    eoi(m, 0, 8200);
    assert_int_equal(running_priority(m, 0), 0xFF);
    no_report(m, "an LPI");
}

static void an_lpi_may_pend_again_before_its_end(Machine *m)
{
    Source s = open_source(m);

    lpi_byte(m, 8200, OS_PRIORITY, true);
    raise_lpi(&s, 0, 8200);
    assert_int_equal(ack(m, 0), 8200);
    raise_lpi(&s, 0, 8200);
    raise_lpi(&s, 0, 8200);
    assert_true(lpi_pending(m, 8200));
    assert_false(irq(m, 0)); /* of the running priority */
    eoi(m, 0, 8200);
    assert_true(irq(m, 0));
    assert_true(takes(m, 0, 8200));
}

static void dir_of_an_lpi_is_ignored(Machine *m)
{
    Source s = open_source(m);

    lpi_byte(m, 8200, OS_PRIORITY, true);
    set_eoi_mode(m, 0, true);
    raise_lpi(&s, 0, 8200);
    assert_int_equal(ack(m, 0), 8200);
    eoi(m, 0, 8200);
    assert_int_equal(running_priority(m, 0), 0xFF);
    raise_lpi(&s, 0, 8200);
    host_forget(&m->host);
    dir(m, 0, &m->os, 8200);
    one_report(m, "dir-target", "DIR of an LPI");
    assert_true(lpi_pending(m, 8200));
    assert_true(takes(m, 0, 8200));
}

static void a_disabled_lpi_waits(Machine *m)
{
    Source s = open_source(m);

    lpi_byte(m, 8200, OS_PRIORITY, false);
    raise_lpi(&s, 0, 8200);
    assert_false(irq(m, 0));
    assert_true(lpi_pending(m, 8200));
    assert_false(info(m, 0, 8200).enabled);
    assert_non_null(info(m, 0, 8200).held_by);
    lpi_byte(m, 8200, OS_PRIORITY, true);
    gicr_write64(m, 0, VGIC_NS, GICR_INVLPIR, 8200);
    assert_true(irq(m, 0));
    assert_null(info(m, 0, 8200).held_by);
    assert_true(takes(m, 0, 8200));
}

static void a_changed_byte_counts_after_invlpir_or_invallr(Machine *m)
{
    static const uint32_t registers[] = {GICR_INVLPIR, GICR_INVALLR};
    Source s = open_source(m);

    for (unsigned i = 0; i < 2; i++) {
        lpi_byte(m, 8200, OS_PRIORITY, true);
        gicr_write64(m, 0, VGIC_NS, GICR_INVLPIR, 8200);
        raise_lpi(&s, 0, 8200);
        assert_true(irq(m, 0));
        lpi_byte(m, 8200, OS_PRIORITY, false);
        assert_true(irq(m, 0)); /* cached */
        gicr_write64(m, 0, VGIC_NS, registers[i], 8200);
        assert_false(irq(m, 0));
        assert_true(lpi_pending(m, 8200));
        lpi_byte(m, 8200, 0x40, true);
        gicr_write64(m, 0, VGIC_NS, registers[i], 8200);
        assert_true(irq(m, 0));
        assert_int_equal(info(m, 0, 8200).priority, lpi_priority(m, 0x40));
        assert_true(takes(m, 0, 8200));
    }
    no_report(m, "INVLPIR, INVALLR");
}

static void invallr_reaches_every_lpi_of_the_pe(Machine *m)
{
    Source s = open_source(m);

    for (uint32_t i = 0; i < 200; i++) {
        lpi_byte(m, 8192 + 30 * i, OS_PRIORITY, true);
        raise_lpi(&s, 0, 8192 + 30 * i);
    }
    for (uint32_t i = 0; i < 200; i++) {
        lpi_byte(m, 8192 + 30 * i, OS_PRIORITY, i % 3 == 0);
    }
    gicr_write64(m, 0, VGIC_NS, GICR_INVALLR, 0);
    for (uint32_t i = 0; i < 200; i++) {
        expect(info(m, 0, 8192 + 30 * i).enabled, i % 3 == 0, "LPI %u", i);
        expect(lpi_pending(m, 8192 + 30 * i), true, "LPI %u", i);
    }
}

/* One PE's INVLPIR may be all that software does: the byte is the same for every PE. */
static void an_lpi_is_configured_the_same_everywhere(Machine *m)
{
    Source s = open_source(m);

    lpi_byte(m, 8200, OS_PRIORITY, true);
    raise_lpi(&s, 0, 8200);
    assert_true(takes(m, 0, 8200));
    lpi_byte(m, 8200, OS_HIGHER, true);
    gicr_write64(m, 0, VGIC_NS, GICR_INVLPIR, 8200);
    raise_lpi(&s, 1, 8200);
    assert_int_equal(info(m, 0, 8200).priority, lpi_priority(m, OS_HIGHER));
    assert_true(takes(m, 1, 8200));
}

/* Every priority that the byte can say, in both views. */
static void every_priority_of_the_byte(Machine *m)
{
    Source s = open_source(m);

    for (unsigned value = 0; value < 256; value += 4) {
        const uint8_t stored = lpi_priority(m, (uint8_t)value);
        lpi_byte(m, 8200, (uint8_t)value, true);
        gicr_write64(m, 0, VGIC_NS, GICR_INVLPIR, 8200);
        raise_lpi(&s, 0, 8200);
        expect(info(m, 0, 8200).priority, stored, "byte 0x%02x", value);
        /* It passes masks above it and no other. */
        icc_write(m, 0, &m->top, ICC_PMR_EL1, stored);
        const uint32_t mask = (uint32_t)icc_read(m, 0, &m->top, ICC_PMR_EL1);
        expect(irq(m, 0), stored < mask, "byte 0x%02x at mask 0x%02x", value, mask);
        icc_write(m, 0, &m->top, ICC_PMR_EL1, 0xFF);
        expect(takes(m, 0, 8200), stored < implemented(m, 0xFF), "byte 0x%02x", value);
    }
}

static void the_two_low_bits_are_no_priority(Machine *m)
{
    Source s = open_source(m);

    ram_put8(&m->host.ram, CONFIG_TABLE + 8, 0x43);
    raise_lpi(&s, 0, 8200);
    assert_int_equal(info(m, 0, 8200).priority, lpi_priority(m, 0x40));
    ram_put8(&m->host.ram, CONFIG_TABLE + 9, 0x41); /* RES1 bit clear */
    raise_lpi(&s, 0, 8201);
    assert_int_equal(info(m, 0, 8201).priority, lpi_priority(m, 0x40));
    assert_true(info(m, 0, 8201).enabled);
}

static void lpis_are_non_secure_group_1(Machine *m)
{
    Source s = open_source(m);

    lpi_byte(m, 8200, OS_PRIORITY, true);
    raise_lpi(&s, 0, 8200);
    assert_int_equal(info(m, 0, 8200).group, 2);
    assert_true(irq(m, 0));
    assert_false(fiq(m, 0));
    cpu_group(m, 0, GROUP_1NS, false);
    assert_false(irq(m, 0));
    assert_true(lpi_pending(m, 8200));
    cpu_group(m, 0, GROUP_1NS, true);
    distributor_groups(m, false);
    assert_false(irq(m, 0));
    distributor_groups(m, true);
    assert_true(takes(m, 0, 8200));
}

static void lpis_and_other_interrupts_share_one_order(Machine *m)
{
    Source s = open_source(m);

    lpi_byte(m, 8200, OS_PRIORITY, true);
    lpi_byte(m, 8201, OS_LOWER, true);
    lpi_byte(m, 8202, OS_HIGHER, true);
    os_configure(m, 0, 40, EDGE);
    priority_write(m, VGIC_NS, 0, 40, OS_PRIORITY);
    raise_lpi(&s, 0, 8201);
    pend(m, 0, 40);
    raise_lpi(&s, 0, 8200);
    raise_lpi(&s, 0, 8202);
    const uint32_t order[] = {8202, 40, 8200, 8201};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(ack(m, 0), order[i]);
        eoi(m, 0, order[i]);
    }
    assert_true(takes(m, 0, 0));
}

static void a_higher_lpi_preempts(Machine *m)
{
    Source s = open_source(m);

    lpi_byte(m, 8200, 0xE0, true);
    lpi_byte(m, 8201, 0x20, true);
    raise_lpi(&s, 0, 8200);
    assert_int_equal(ack(m, 0), 8200);
    raise_lpi(&s, 0, 8201);
    assert_true(irq(m, 0));
    assert_int_equal(ack(m, 0), 8201);
    eoi(m, 0, 8201);
    eoi(m, 0, 8200);
    assert_int_equal(running_priority(m, 0), 0xFF);
}

static void an_lpi_is_pending_at_one_pe(Machine *m)
{
    Source s = open_source(m);

    lpi_byte(m, 8200, OS_PRIORITY, true);
    raise_lpi(&s, 0, 8200);
    raise_lpi(&s, 1, 8200);
    assert_false(irq(m, 0));
    assert_true(takes(m, 1, 8200));
    assert_true(takes(m, 0, 0));
}

static void a_sleeping_pe_is_woken(Machine *none)
{
    const VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .lpi_bits = 14, .hold_while_asleep = true);
    Machine *m = machine_new("sleeper", &config, false);

    (void)none;
    start_lpis(m);
    lpi_byte(m, 8200, OS_PRIORITY, true);
    gicr_write(m, 0, VGIC_S, GICR_WAKER, 2);
    gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, 8200);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), VGIC_LINE_WAKE);
    gicr_write(m, 0, VGIC_S, GICR_WAKER, 0);
    assert_true(takes(m, 0, 8200));
    machine_free(m);
}

static void ds_set_by_secure_software_changes_the_view(Machine *m)
{
    if (!has(m, SETTABLE_DS)) {
        return;
    }
    gicd_write(m, VGIC_S, GICD_CTLR, 1 << 6);
    start_lpis(m);
    lpi_byte(m, 8200, 0x40, true);
    Its its = its_open(m, 0);
    its_do(&its, mapc(m, 0, 0));
    its_do(&its, mapd(1, 5, ITT(1)));
    its_do(&its, mapti(1, 0, 8200, 0));
    its_msi(&its, 1, 0);
    assert_int_equal(info(m, 0, 8200).priority, 0x40);
}

/* What a guest can make the library use. */
static void a_limit_bounds_the_records(Machine *none)
{
    const VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .lpi_bits = 24, .lpi_limit = 3000);
    Machine *m = machine_new("limited", &config, false);
    uint32_t taken = 0;

    (void)none;
    assert_non_null(m);
    start_lpis(m);
    /* 3,000 is rounded up to whole chunks of 1,024. */
    for (uint32_t chunk = 0; chunk < 16375; chunk++) {
        const uint32_t intid = FIRST_LPI + 1024 * chunk + chunk % 1024;
        lpi_byte(m, intid, OS_PRIORITY, true);
        host_forget(&m->host);
        gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, intid);
        if (lpi_pending(m, intid)) {
            assert_int_equal(m->host.report_count, 0);
            taken++;
        } else {
            assert_int_equal(m->host.report_count, 1);
            assert_string_equal(m->host.reports[0].rule, "lpi-limit");
            assert_int_equal(m->host.reports[0].report.intid, intid);
        }
    }
    assert_int_equal(taken, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(ack(m, 0), FIRST_LPI + 1024 * i + i);
        eoi(m, 0, FIRST_LPI + 1024 * i + i);
    }
    assert_true(takes(m, 0, 0));
    /* A record that is there may be used for ever. */
    gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, FIRST_LPI);
    assert_true(takes(m, 0, FIRST_LPI));
    /* The next guest may use others. */
    vgic_reset(m->gic, VGIC_RESET_COLD);
    start_lpis(m);
    for (uint32_t i = 0; i < 4; i++) {
        gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, last_lpi(m) - 1024 * i);
        expect(lpi_pending(m, last_lpi(m) - 1024 * i), i < 3, "chunk %u after a reset", i);
    }
    machine_free(m);
}

/* 2^24 LPIs, all pending in the guest's table, with a limit: what fits is taken, reports and time
 * stay bounded. */
static void a_table_with_every_bit_set_is_bounded_by_the_limit(Machine *none)
{
    const VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .lpi_bits = 24, .lpi_limit = 8192);
    Machine *m = machine_new("limited", &config, false);
    static uint8_t ones[65536];

    (void)none;
    memset(ones, 0xFF, sizeof(ones));
    for (uint64_t at = 0; at < 1 << 21; at += sizeof(ones)) {
        ram_write(&m->host.ram, PENDING_TABLE(0) + at, ones, sizeof(ones));
    }
    start(m);
    gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, CONFIG_TABLE | 23);
    gicr_write64(m, 0, VGIC_NS, GICR_PENDBASER, PENDING_TABLE(0));
    host_forget(&m->host);
    enable_lpis(m, 0);
    assert_true(m->host.report_count >= 1 && m->host.report_count <= 16384);
    assert_string_equal(m->host.reports[0].rule, "lpi-limit");
    assert_true(m->host.ram.reads <= 1 << 18);
    uint32_t known = 0;
    for (uint32_t id = vgic_lpi_next(m->gic, 0); id != UINT32_MAX;
         id = vgic_lpi_next(m->gic, id + 1)) {
        assert_true(lpi_pending(m, id));
        known++;
    }
    assert_int_equal(known, 8192);
    disable_lpis(m, 0);
    machine_free(m);
}

/* All that there are, without a limit. */
static void every_lpi_there_is_can_be_pending(Machine *none)
{
    const VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .lpi_bits = 17);
    Machine *m = machine_new("all of 2^17", &config, false);
    static uint8_t bytes[65536];

    (void)none;
    memset(bytes, OS_PRIORITY | 1, sizeof(bytes));
    for (uint64_t at = 0; at < 1 << 17; at += sizeof(bytes)) {
        ram_write(&m->host.ram, CONFIG_TABLE + at, bytes, sizeof(bytes));
    }
    memset(bytes, 0xFF, sizeof(bytes));
    ram_write(&m->host.ram, PENDING_TABLE(0), bytes, (1 << 17) / 8);
    start(m);
    gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, CONFIG_TABLE | 16);
    gicr_write64(m, 0, VGIC_NS, GICR_PENDBASER, PENDING_TABLE(0));
    enable_lpis(m, 0);
    no_report(m, "all of them");
    for (uint32_t intid = FIRST_LPI; intid < 1u << 17; intid++) {
        if (ack(m, 0) != intid) {
            fail_msg("not LPI %u", intid);
        }
        eoi(m, 0, intid);
    }
    assert_true(takes(m, 0, 0));
    machine_free(m);
}

static void no_information_on_what_is_no_lpi(Machine *m)
{
    VgicIrqInfo answer;

    start(m);
    assert_false(vgic_irq_info(m->gic, 0, has(m, LPIS) ? last_lpi(m) + 1 : 8192, &answer));
    assert_false(vgic_irq_info(m->gic, 0, 8191, &answer));
    assert_false(vgic_irq_info(m->gic, 0, UINT32_MAX, &answer));
    assert_int_equal(vgic_lpi_next(m->gic, 0), UINT32_MAX);
    assert_int_equal(m->host.error_count, 0);
}

static void information_tells_all_of_an_lpi(Machine *m)
{
    Source s = open_source(m);

    lpi_byte(m, 8200, OS_HIGHER, true);
    raise_lpi(&s, 1, 8200);
    const VgicIrqInfo i = info(m, 0, 8200);
    assert_int_equal(i.intid, 8200);
    assert_int_equal(i.target, 1);
    assert_int_equal(i.priority, lpi_priority(m, OS_HIGHER));
    assert_int_equal(i.group, 2);
    assert_true(i.enabled && i.pending && i.latch);
    assert_false(i.active || i.level || i.wire || i.one_of_n);
    assert_null(i.held_by);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(an_lpi_is_acknowledged_ended_and_never_active, LPIS),
        TEST(an_lpi_may_pend_again_before_its_end, LPIS),
        TEST(dir_of_an_lpi_is_ignored, LPIS),
        TEST(a_disabled_lpi_waits, LPIS),
        TEST(a_changed_byte_counts_after_invlpir_or_invallr, LPIS),
        TEST(invallr_reaches_every_lpi_of_the_pe, LPIS),
        TEST(an_lpi_is_configured_the_same_everywhere, LPIS | SMP),
        TEST(every_priority_of_the_byte, LPIS),
        TEST(the_two_low_bits_are_no_priority, LPIS),
        TEST(lpis_are_non_secure_group_1, LPIS),
        TEST(lpis_and_other_interrupts_share_one_order, LPIS | SPIS),
        TEST(a_higher_lpi_preempts, LPIS),
        TEST(an_lpi_is_pending_at_one_pe, LPIS | SMP),
        TEST_ALONE(a_sleeping_pe_is_woken),
        TEST(ds_set_by_secure_software_changes_the_view, ITS),
        TEST_ALONE(a_limit_bounds_the_records),
        TEST_ALONE(a_table_with_every_bit_set_is_bounded_by_the_limit),
        TEST_ALONE(every_lpi_there_is_can_be_pending),
        TEST(no_information_on_what_is_no_lpi, 0),
        TEST(information_tells_all_of_an_lpi, LPIS | SMP),
    };
    return RUN(argc, argv, "LPIs at the CPU interface", tests);
}
