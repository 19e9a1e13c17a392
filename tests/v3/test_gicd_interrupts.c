/* SPDX-License-Identifier: BSD-2-Clause */
/* Per-interrupt registers of the Distributor and the Redistributors: what each bit does. */
#include "guest.h"
#include "suite.h"

/* INTIDs at the edges of each range that this machine has; returns how many. */
static unsigned edges(const Machine *m, uint32_t intids[16])
{
    unsigned count = 0;

    intids[count++] = 0;
    intids[count++] = 15;
    intids[count++] = 16;
    intids[count++] = 31;
    if (m->config.spis) {
        intids[count++] = 32;
        intids[count++] = last_spi(m);
    }
    if (m->config.eppis) {
        intids[count++] = 1056;
        intids[count++] = 1055 + m->config.eppis;
    }
    if (m->config.espis) {
        intids[count++] = 4096;
        intids[count++] = 4095 + m->config.espis;
    }
    return count;
}

/* Runs @p body for each of these INTIDs, freshly reset. */
static void for_each_edge(Machine *m, void (*body)(Machine *m, uint32_t cpu, uint32_t intid))
{
    uint32_t intids[16];
    const unsigned count = edges(m, intids);

    for (unsigned i = 0; i < count; i++) {
        vgic_reset(m->gic, VGIC_RESET_COLD);
        body(m, last_cpu(m), intids[i]);
    }
}

#define FOR_EACH_EDGE(name)                                                                        \
    static void name##_body(Machine *m, uint32_t cpu, uint32_t intid);                             \
    static void name(Machine *m)                                                                   \
    {                                                                                              \
        for_each_edge(m, name##_body);                                                             \
    }                                                                                              \
    static void name##_body(Machine *m, uint32_t cpu, uint32_t intid)

FOR_EACH_EDGE(an_interrupt_comes_out_of_reset_disabled_in_group_0)
{
    expect(bit_read(m, VGIC_S, cpu, intid, IGROUPR), 0, "IGROUPR of %u", intid);
    expect(bit_read(m, VGIC_S, cpu, intid, IGRPMODR), 0, "IGRPMODR of %u", intid);
    expect(bit_read(m, VGIC_S, cpu, intid, ISENABLER), 0, "ISENABLER of %u", intid);
    expect(bit_read(m, VGIC_S, cpu, intid, ICENABLER), 0, "ICENABLER of %u", intid);
    expect(bit_read(m, VGIC_S, cpu, intid, ISPENDR), 0, "ISPENDR of %u", intid);
    expect(bit_read(m, VGIC_S, cpu, intid, ISACTIVER), 0, "ISACTIVER of %u", intid);
    expect(priority_read(m, VGIC_S, cpu, intid), 0, "IPRIORITYR of %u", intid);
    expect(trigger_read(m, VGIC_S, cpu, intid), intid < 16 ? EDGE : LEVEL, "ICFGR of %u", intid);
    if (!is_private(intid)) {
        expect(route_read(m, VGIC_S, intid), 0, "IROUTER of %u", intid);
    }
}

static void check_set_clear(Machine *m, uint32_t cpu, uint32_t intid, BitRegister set,
                            BitRegister clear, const char *name)
{
    bit_write(m, VGIC_S, cpu, intid, set);
    expect(bit_read(m, VGIC_S, cpu, intid, set), 1, "IS%s of %u after a write of 1", name, intid);
    expect(bit_read(m, VGIC_S, cpu, intid, clear), 1, "IC%s of %u after a write of 1", name, intid);
    bit_write(m, VGIC_S, cpu, intid, clear);
    expect(bit_read(m, VGIC_S, cpu, intid, set), 0, "IS%s of %u after a clear", name, intid);
    expect(bit_read(m, VGIC_S, cpu, intid, clear), 0, "IC%s of %u after a clear", name, intid);
}

FOR_EACH_EDGE(set_and_clear_registers_are_two_views_of_one_bit)
{
    check_set_clear(m, cpu, intid, ISENABLER, ICENABLER, "ENABLER");
    check_set_clear(m, cpu, intid, ISPENDR, ICPENDR, "PENDR");
    check_set_clear(m, cpu, intid, ISACTIVER, ICACTIVER, "ACTIVER");
}

/* The registers of an interrupt leave its neighbours alone. */
FOR_EACH_EDGE(a_write_changes_only_the_interrupt_it_names)
{
    uint32_t intids[16];
    const unsigned count = edges(m, intids);
    static const BitRegister registers[] = {ISENABLER, ISPENDR, ISACTIVER, IGROUPR};

    for (unsigned r = 0; r < 4; r++) {
        bit_write(m, VGIC_S, cpu, intid, registers[r]);
        for (unsigned i = 0; i < count; i++) {
            expect(bit_read(m, VGIC_S, cpu, intids[i], registers[r]), intids[i] == intid,
                   "register %u of %u after a write for %u", registers[r], intids[i], intid);
        }
    }
    priority_write(m, VGIC_S, cpu, intid, 0x50);
    for (unsigned i = 0; i < count; i++) {
        expect(priority_read(m, VGIC_S, cpu, intids[i]), intids[i] == intid ? 0x50 : 0,
               "IPRIORITYR of %u after a write for %u", intids[i], intid);
    }
    if (intid >= 16) {
        trigger_write(m, VGIC_S, cpu, intid, EDGE);
        for (unsigned i = 0; i < count; i++) {
            expect(trigger_read(m, VGIC_S, cpu, intids[i]),
                   intids[i] == intid || intids[i] < 16 ? EDGE : LEVEL,
                   "ICFGR of %u after a write for %u", intids[i], intid);
        }
    }
    assert_int_equal(info(m, cpu, intid).priority, 0x50);
    assert_true(info(m, cpu, intid).enabled);
}

FOR_EACH_EDGE(writes_of_zero_to_set_and_clear_registers_change_nothing)
{
    bit_write(m, VGIC_S, cpu, intid, ISENABLER);
    if (is_private(intid)) {
        gicr_write(m, cpu, VGIC_S, GICR_ISENABLER0, 0);
        gicr_write(m, cpu, VGIC_S, GICR_ICENABLER0, 0);
    } else if (intid < 4096) {
        gicd_write(m, VGIC_S, GICD_ISENABLER(intid / 32), 0);
        gicd_write(m, VGIC_S, GICD_ICENABLER(intid / 32), 0);
    } else {
        gicd_write(m, VGIC_S, GICD_ISENABLERnE((intid - 4096) / 32), 0);
        gicd_write(m, VGIC_S, GICD_ICENABLERnE((intid - 4096) / 32), 0);
    }
    expect(bit_read(m, VGIC_S, cpu, intid, ISENABLER), 1, "ISENABLER of %u", intid);
}

FOR_EACH_EDGE(groups_follow_igroupr_and_igrpmodr)
{
    /* A PE without EL3 sees Secure Group 1 as Group 0. */
    const Group group1s = has(m, EL3) ? GROUP_1S : GROUP_0;
    const Group two_states[4] = {GROUP_0, GROUP_1NS, group1s, GROUP_1NS};

    for (unsigned bits = 0; bits < 4; bits++) {
        vgic_reset(m->gic, VGIC_RESET_COLD);
        if (bits & 1) {
            bit_write(m, VGIC_S, cpu, intid, IGROUPR);
        }
        if (bits & 2) {
            bit_write(m, VGIC_S, cpu, intid, IGRPMODR);
        }
        const Group one_state = bits & 1 ? GROUP_1NS : GROUP_0;
        expect(info(m, cpu, intid).group, has(m, TWO_STATES) ? two_states[bits] : one_state,
               "group of %u, IGRPMODR:IGROUPR %u", intid, bits);
        expect(bit_read(m, VGIC_S, cpu, intid, IGRPMODR), has(m, TWO_STATES) && bits & 2,
               "IGRPMODR of %u", intid);
    }
}

static void sgis_are_edge_for_ever(Machine *m)
{
    gicr_write(m, 0, VGIC_S, GICR_ICFGR0, 0);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ICFGR0), 0xAAAAAAAA);
    gicr_write(m, 0, VGIC_S, GICR_ICFGR0, 0xFFFFFFFF);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ICFGR0), 0xAAAAAAAA);
}

static void the_low_bit_of_each_trigger_field_is_res0(Machine *m)
{
    gicr_write(m, 0, VGIC_S, GICR_ICFGR1, 0xFFFFFFFF);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ICFGR1), 0xAAAAAAAA);
    gicr_write(m, 0, VGIC_S, GICR_ICFGR1, 0x55555555);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ICFGR1), 0);
    if (has(m, SPIS)) {
        gicd_write(m, VGIC_S, GICD_ICFGR(2), 0xFFFFFFFF);
        assert_int_equal(gicd_read(m, VGIC_S, GICD_ICFGR(2)), 0xAAAAAAAA);
    }
}

static void a_priority_register_holds_four_interrupts(Machine *m)
{
    gicr_write(m, 0, VGIC_S, GICR_IPRIORITYR(5), 0x80604020);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(gicr_read8(m, 0, VGIC_S, GICR_IPRIORITYR(5) + i), 0x20 * (i + 1));
        assert_int_equal(info(m, 0, 20 + i).priority, 0x20 * (i + 1));
    }
    gicr_write8(m, 0, VGIC_S, GICR_IPRIORITYR(5) + 2, 0xC0);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_IPRIORITYR(5)), 0x80C04020);
}

/* Bits beyond the SPIs that were configured, even below the limit that TYPER rounds up to. */
static void interrupts_that_do_not_exist_are_raz_wi(Machine *m)
{
    static const uint32_t set_registers[] = {GICD_IGROUPR(0), GICD_ISENABLER(0), GICD_ISPENDR(0),
                                             GICD_ISACTIVER(0)};
    const uint32_t end = 32 + m->config.spis;
    const uint32_t there = end % 32 ? (1u << end % 32) - 1 : 0;

    for (unsigned r = 0; r < 4; r++) {
        for (uint32_t n = end / 32; n < 32; n++) {
            const uint32_t want = n == end / 32 && n ? there : 0;
            gicd_write(m, VGIC_S, set_registers[r] + 4 * n, 0xFFFFFFFF);
            expect(gicd_read(m, VGIC_S, set_registers[r] + 4 * n), want, "GICD+0x%x",
                   set_registers[r] + 4 * n);
        }
    }
    for (uint32_t intid = end; intid < 1020; intid++) {
        gicd_write8(m, VGIC_S, GICD_IPRIORITYR(0) + intid, 0x80);
        expect(gicd_read8(m, VGIC_S, GICD_IPRIORITYR(0) + intid), 0, "IPRIORITYR of %u", intid);
        gicd_write64(m, VGIC_S, GICD_IROUTER(intid), 1);
        expect(gicd_read64(m, VGIC_S, GICD_IROUTER(intid)), 0, "IROUTER of %u", intid);
    }
    for (uint32_t n = (end + 15) / 16; n < 64; n++) {
        gicd_write(m, VGIC_S, GICD_ICFGR(n), 0xFFFFFFFF);
        expect(gicd_read(m, VGIC_S, GICD_ICFGR(n)), 0, "ICFGR%u", n);
    }
}

static void extended_ranges_that_do_not_exist_are_raz_wi(Machine *m)
{
    static const uint32_t registers[] = {0x1000, 0x1200, 0x1600, 0x1A00,
                                         0x2000, 0x3000, 0x3400, 0x3600};

    if (has(m, ESPIS)) {
        return;
    }
    for (unsigned r = 0; r < 8; r++) {
        gicd_write(m, VGIC_S, registers[r], 0xFFFFFFFF);
        expect(gicd_read(m, VGIC_S, registers[r]), 0, "GICD+0x%x", registers[r]);
    }
    gicd_write64(m, VGIC_S, GICD_IROUTERnE(0), 1);
    assert_int_equal(gicd_read64(m, VGIC_S, GICD_IROUTERnE(0)), 0);
}

static void every_spi_can_be_enabled_and_taken(Machine *m)
{
    start(m);
    for (uint32_t intid = 32; intid <= last_spi(m); intid++) {
        const uint32_t cpu = intid % m->config.cpus;
        os_configure(m, cpu, intid, EDGE);
        assert_true(vgic_spi_pulse(m->gic, intid));
        expect(ack(m, cpu), intid, "SPI %u at PE %u", intid, cpu);
        eoi(m, cpu, intid);
    }
}

static void a_pending_register_reads_the_line_of_level_interrupts(Machine *m)
{
    wire(m, 0, 20, true);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ISPENDR0), 1u << 20);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ICPENDR0), 1u << 20);
    wire(m, 0, 20, false);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ISPENDR0), 0);
}

static void sgi_pending_bits_are_writable(Machine *m)
{
    start(m);
    os_configure(m, 0, 7, EDGE);
    gicr_write(m, 0, VGIC_S, GICR_ISPENDR0, 1u << 7);
    assert_true(irq(m, 0));
    gicr_write(m, 0, VGIC_S, GICR_ICPENDR0, 1u << 7);
    assert_false(irq(m, 0));
}

static void interrupts_of_one_write_come_in_the_order_of_their_intids(Machine *m)
{
    start(m);
    gicr_write(m, 0, VGIC_S, GICR_IGROUPR0, 0xFFFFFFFF);
    for (uint32_t n = 0; n < 8; n++) {
        gicr_write(m, 0, VGIC_S, GICR_IPRIORITYR(n), 0xA0A0A0A0);
    }
    gicr_write(m, 0, VGIC_S, GICR_ISENABLER0, 0xFFFFFFFF);
    gicr_write(m, 0, VGIC_S, GICR_ISPENDR0, 0x80018001);

    static const uint32_t order[] = {0, 15, 16, 31};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(ack(m, 0), order[i]);
        eoi(m, 0, order[i]);
    }
}

static void writing_bits_of_no_interrupt_is_reported(Machine *m)
{
    host_forget(&m->host);
    gicd_write(m, VGIC_S, GICD_ISENABLER(31), 0xFFFFFFFF);

    assert_int_equal(m->host.report_count, 1);
    assert_string_equal(host_last_report(&m->host)->rule, "no-interrupt");
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(an_interrupt_comes_out_of_reset_disabled_in_group_0, 0),
        TEST(set_and_clear_registers_are_two_views_of_one_bit, 0),
        TEST(a_write_changes_only_the_interrupt_it_names, 0),
        TEST(writes_of_zero_to_set_and_clear_registers_change_nothing, 0),
        TEST(groups_follow_igroupr_and_igrpmodr, 0),
        TEST(sgis_are_edge_for_ever, 0),
        TEST(the_low_bit_of_each_trigger_field_is_res0, 0),
        TEST(a_priority_register_holds_four_interrupts, 0),
        TEST(interrupts_that_do_not_exist_are_raz_wi, 0),
        TEST(extended_ranges_that_do_not_exist_are_raz_wi, 0),
        TEST(every_spi_can_be_enabled_and_taken, SPIS),
        TEST(a_pending_register_reads_the_line_of_level_interrupts, 0),
        TEST(sgi_pending_bits_are_writable, 0),
        TEST(interrupts_of_one_write_come_in_the_order_of_their_intids, 0),
        TEST(writing_bits_of_no_interrupt_is_reported, 0),
    };
    return RUN(argc, argv, "per-interrupt registers", tests);
}
