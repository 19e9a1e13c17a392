/* SPDX-License-Identifier: BSD-2-Clause */
/* Two Security states: what Non-secure accesses see and change, and what NSACR adds. */
#include "guest.h"
#include "suite.h"

enum {
    SECURE_SPI = 40,
    NS_SPI = 41
};

static const Group secure_groups[] = {GROUP_0, GROUP_1S};

/* Registers that are RAZ/WI for Non-secure accesses as a whole. */
static void secure_registers_are_raz_wi_for_non_secure_accesses(Machine *m)
{
    static const uint32_t spi_registers[] = {GICD_IGROUPR(1), GICD_IGRPMODR(1), GICD_NSACR(2)};
    static const uint32_t private_registers[] = {GICR_IGROUPR0, GICR_IGRPMODR0, GICR_NSACR,
                                                 GICR_WAKER};

    for (unsigned i = 0; i < 3; i++) {
        gicd_write(m, VGIC_S, spi_registers[i], 0x55555555);
        gicd_write(m, VGIC_NS, spi_registers[i], 0xFFFFFFFF);
        expect(gicd_read(m, VGIC_NS, spi_registers[i]), 0, "GICD+0x%x", spi_registers[i]);
        expect(gicd_read(m, VGIC_S, spi_registers[i]), 0x55555555, "GICD+0x%x", spi_registers[i]);
    }
    for (unsigned i = 0; i < 4; i++) {
        const bool waker = private_registers[i] == GICR_WAKER;
        gicr_write(m, 0, VGIC_S, private_registers[i], waker ? 2 : 0x55555555);
        gicr_write(m, 0, VGIC_NS, private_registers[i], waker ? 0 : 0xFFFFFFFF);
        expect(gicr_read(m, 0, VGIC_NS, private_registers[i]), 0, "GICR+0x%x",
               private_registers[i]);
        expect(gicr_read(m, 0, VGIC_S, private_registers[i]), waker ? 6 : 0x55555555, "GICR+0x%x",
               private_registers[i]);
    }
}

static void a_realm_access_is_a_non_secure_one_and_a_root_access_a_secure_one(Machine *m)
{
    gicd_write(m, VGIC_ROOT, GICD_IGROUPR(1), 0xFF);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_IGROUPR(1)), 0xFF);
    gicd_write(m, VGIC_REALM, GICD_IGROUPR(1), 0);
    assert_int_equal(gicd_read(m, VGIC_ROOT, GICD_IGROUPR(1)), 0xFF);
    assert_int_equal(gicd_read(m, VGIC_REALM, GICD_IGROUPR(1)), 0);
}

static const BitRegister set_registers[] = {ISENABLER, ISPENDR, ISACTIVER};
static const BitRegister clear_registers[] = {ICENABLER, ICPENDR, ICACTIVER};

static void check_hidden(Machine *m, uint32_t cpu, uint32_t intid, Group group)
{
    vgic_reset(m->gic, VGIC_RESET_COLD);
    set_group(m, cpu, intid, group);
    priority_write(m, VGIC_S, cpu, intid, 0x40);
    for (unsigned r = 0; r < 3; r++) {
        bit_write(m, VGIC_NS, cpu, intid, set_registers[r]);
        expect(bit_read(m, VGIC_S, cpu, intid, set_registers[r]), 0, "set register %u of %u, %s", r,
               intid, group_name(group));
        bit_write(m, VGIC_S, cpu, intid, set_registers[r]);
        expect(bit_read(m, VGIC_NS, cpu, intid, set_registers[r]), 0,
               "set register %u of %u, %s, read", r, intid, group_name(group));
        expect(bit_read(m, VGIC_NS, cpu, intid, clear_registers[r]), 0,
               "clear register %u of %u, %s, read", r, intid, group_name(group));
        bit_write(m, VGIC_NS, cpu, intid, clear_registers[r]);
        expect(bit_read(m, VGIC_S, cpu, intid, set_registers[r]), 1, "clear register %u of %u, %s",
               r, intid, group_name(group));
    }
    priority_write(m, VGIC_NS, cpu, intid, 0xE0);
    expect(priority_read(m, VGIC_S, cpu, intid), 0x40, "IPRIORITYR of %u, %s", intid,
           group_name(group));
    expect(priority_read(m, VGIC_NS, cpu, intid), 0, "IPRIORITYR of %u, %s, read", intid,
           group_name(group));
    if (intid >= 16) {
        bit_write(m, VGIC_S, cpu, intid, ICENABLER);
        trigger_write(m, VGIC_NS, cpu, intid, EDGE);
        expect(trigger_read(m, VGIC_S, cpu, intid), LEVEL, "ICFGR of %u, %s", intid,
               group_name(group));
        trigger_write(m, VGIC_S, cpu, intid, EDGE);
        expect(trigger_read(m, VGIC_NS, cpu, intid), LEVEL, "ICFGR of %u, %s, read", intid,
               group_name(group));
    }
    if (!is_private(intid)) {
        route_write(m, VGIC_S, intid, machine_affinity(m, 1));
        route_write(m, VGIC_NS, intid, 0);
        expect(route_read(m, VGIC_S, intid), machine_affinity(m, 1), "IROUTER of %u, %s", intid,
               group_name(group));
        expect(route_read(m, VGIC_NS, intid), 0, "IROUTER of %u, %s, read", intid,
               group_name(group));
    }
}

static void secure_interrupts_are_raz_wi_for_non_secure_accesses(Machine *m)
{
    const uint32_t intids[] = {3, 20, SECURE_SPI, 1060, 4100};

    for (unsigned i = 0; i < 5; i++) {
        if ((intids[i] == 1060 && !has(m, EPPIS)) || (intids[i] == 4100 && !has(m, ESPIS))) {
            continue;
        }
        for (unsigned g = 0; g < 2; g++) {
            check_hidden(m, 1, intids[i], secure_groups[g]);
        }
    }
}

static void non_secure_interrupts_are_open_to_non_secure_accesses(Machine *m)
{
    const uint32_t intids[] = {3, 20, NS_SPI, 1060, 4100};

    for (unsigned i = 0; i < 5; i++) {
        const uint32_t intid = intids[i];
        if ((intid == 1060 && !has(m, EPPIS)) || (intid == 4100 && !has(m, ESPIS))) {
            continue;
        }
        set_group(m, 1, intid, GROUP_1NS);
        for (unsigned r = 0; r < 3; r++) {
            bit_write(m, VGIC_NS, 1, intid, set_registers[r]);
            expect(bit_read(m, VGIC_S, 1, intid, set_registers[r]), 1, "set %u of %u", r, intid);
            expect(bit_read(m, VGIC_NS, 1, intid, set_registers[r]), 1, "set %u of %u", r, intid);
            bit_write(m, VGIC_NS, 1, intid, clear_registers[r]);
            expect(bit_read(m, VGIC_S, 1, intid, set_registers[r]), 0, "clear %u of %u", r, intid);
        }
        priority_write(m, VGIC_NS, 1, intid, 0x40);
        expect(priority_read(m, VGIC_S, 1, intid), 0xA0, "IPRIORITYR of %u", intid);
        if (intid >= 16) {
            trigger_write(m, VGIC_NS, 1, intid, EDGE);
            expect(trigger_read(m, VGIC_S, 1, intid), EDGE, "ICFGR of %u", intid);
        }
        if (!is_private(intid)) {
            route_write(m, VGIC_NS, intid, machine_affinity(m, 1));
            expect(route_read(m, VGIC_NS, intid), machine_affinity(m, 1), "IROUTER of %u", intid);
        }
    }
}

static void a_non_secure_write_of_a_whole_register_spares_secure_interrupts(Machine *m)
{
    gicd_write(m, VGIC_S, GICD_IGROUPR(1), 0x0000FF00);

    gicd_write(m, VGIC_NS, GICD_ISENABLER(1), 0xFFFFFFFF);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_ISENABLER(1)), 0x0000FF00);
    gicd_write(m, VGIC_S, GICD_ISENABLER(1), 0xFFFFFFFF);
    assert_int_equal(gicd_read(m, VGIC_NS, GICD_ISENABLER(1)), 0x0000FF00);
    gicd_write(m, VGIC_NS, GICD_ICENABLER(1), 0xFFFFFFFF);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_ISENABLER(1)), 0xFFFF00FF);

    gicd_write(m, VGIC_S, GICD_IPRIORITYR(10), 0x40404040);
    gicd_write(m, VGIC_S, GICD_IGROUPR(1), 0x00000200);
    gicd_write(m, VGIC_NS, GICD_IPRIORITYR(10), 0xE0E0E0E0);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_IPRIORITYR(10)), 0x4040F040);
    assert_int_equal(gicd_read(m, VGIC_NS, GICD_IPRIORITYR(10)), 0x0000E000);
}

/* One cell of the NSACR table: does a Non-secure read see, a Non-secure write change? */
static void check_nsacr_bits(Machine *m, Group group, unsigned nsacr)
{
    vgic_reset(m->gic, VGIC_RESET_COLD);
    set_group(m, 0, SECURE_SPI, group);
    trigger_write(m, VGIC_S, 0, SECURE_SPI, EDGE);
    nsacr_write(m, 0, SECURE_SPI, nsacr);

    bit_write(m, VGIC_NS, 0, SECURE_SPI, ISPENDR);
    expect(is_pending(m, 0, SECURE_SPI), nsacr >= 1, "%s, NSACR %u: ISPENDR write",
           group_name(group), nsacr);
    pend(m, 0, SECURE_SPI);
    expect(bit_read(m, VGIC_NS, 0, SECURE_SPI, ISPENDR), nsacr >= 1, "%s, NSACR %u: ISPENDR read",
           group_name(group), nsacr);
    expect(bit_read(m, VGIC_NS, 0, SECURE_SPI, ICPENDR), nsacr >= 2, "%s, NSACR %u: ICPENDR read",
           group_name(group), nsacr);
    bit_write(m, VGIC_NS, 0, SECURE_SPI, ICPENDR);
    expect(is_pending(m, 0, SECURE_SPI), nsacr < 2, "%s, NSACR %u: ICPENDR write",
           group_name(group), nsacr);

    bit_write(m, VGIC_NS, 0, SECURE_SPI, ISACTIVER);
    expect(is_active(m, 0, SECURE_SPI), 0, "%s, NSACR %u: ISACTIVER write", group_name(group),
           nsacr);
    bit_write(m, VGIC_S, 0, SECURE_SPI, ISACTIVER);
    expect(bit_read(m, VGIC_NS, 0, SECURE_SPI, ISACTIVER), nsacr >= 2,
           "%s, NSACR %u: ISACTIVER read", group_name(group), nsacr);
    expect(bit_read(m, VGIC_NS, 0, SECURE_SPI, ICACTIVER), nsacr >= 2,
           "%s, NSACR %u: ICACTIVER read", group_name(group), nsacr);
    bit_write(m, VGIC_NS, 0, SECURE_SPI, ICACTIVER);
    expect(is_active(m, 0, SECURE_SPI), 1, "%s, NSACR %u: ICACTIVER write", group_name(group),
           nsacr);
}

static void check_nsacr_route(Machine *m, Group group, unsigned nsacr)
{
    const uint64_t secure_route = machine_affinity(m, 1), ns_route = machine_affinity(m, 0);

    route_write(m, VGIC_S, SECURE_SPI, secure_route);
    expect(route_read(m, VGIC_NS, SECURE_SPI), nsacr == 3 ? secure_route : 0,
           "%s, NSACR %u: IROUTER read", group_name(group), nsacr);
    route_write(m, VGIC_NS, SECURE_SPI, ns_route);
    expect(route_read(m, VGIC_S, SECURE_SPI), nsacr == 3 ? ns_route : secure_route,
           "%s, NSACR %u: IROUTER write", group_name(group), nsacr);
}

static void check_nsacr_nothing_else(Machine *m, Group group, unsigned nsacr)
{
    bit_write(m, VGIC_NS, 0, SECURE_SPI, ISENABLER);
    expect(bit_read(m, VGIC_S, 0, SECURE_SPI, ISENABLER), 0, "%s, NSACR %u: ISENABLER",
           group_name(group), nsacr);
    priority_write(m, VGIC_NS, 0, SECURE_SPI, 0xE0);
    expect(priority_read(m, VGIC_S, 0, SECURE_SPI), 0, "%s, NSACR %u: IPRIORITYR",
           group_name(group), nsacr);
    trigger_write(m, VGIC_NS, 0, SECURE_SPI, LEVEL);
    expect(trigger_read(m, VGIC_S, 0, SECURE_SPI), EDGE, "%s, NSACR %u: ICFGR", group_name(group),
           nsacr);
}

static void check_nsacr_messages(Machine *m, Group group, unsigned nsacr)
{
    bit_write(m, VGIC_S, 0, SECURE_SPI, ICPENDR);
    gicd_write(m, VGIC_NS, GICD_SETSPI_NSR, SECURE_SPI);
    expect(is_pending(m, 0, SECURE_SPI), nsacr >= 1, "%s, NSACR %u: SETSPI_NSR", group_name(group),
           nsacr);
    pend(m, 0, SECURE_SPI);
    gicd_write(m, VGIC_NS, GICD_CLRSPI_NSR, SECURE_SPI);
    expect(is_pending(m, 0, SECURE_SPI), nsacr < 2, "%s, NSACR %u: CLRSPI_NSR", group_name(group),
           nsacr);
}

static void nsacr_opens_secure_spis_step_by_step(Machine *m)
{
    for (unsigned g = 0; g < 2; g++) {
        for (unsigned nsacr = 0; nsacr < 4; nsacr++) {
            check_nsacr_bits(m, secure_groups[g], nsacr);
            check_nsacr_route(m, secure_groups[g], nsacr);
            check_nsacr_nothing_else(m, secure_groups[g], nsacr);
            check_nsacr_messages(m, secure_groups[g], nsacr);
        }
    }
}

static void nsacr_does_not_matter_for_non_secure_interrupts(Machine *m)
{
    for (unsigned nsacr = 0; nsacr < 4; nsacr++) {
        vgic_reset(m->gic, VGIC_RESET_COLD);
        set_group(m, 0, NS_SPI, GROUP_1NS);
        nsacr_write(m, 0, NS_SPI, nsacr);
        bit_write(m, VGIC_NS, 0, NS_SPI, ISPENDR);
        expect(is_pending(m, 0, NS_SPI), 1, "NSACR %u", nsacr);
        bit_write(m, VGIC_NS, 0, NS_SPI, ICPENDR);
        expect(is_pending(m, 0, NS_SPI), 0, "NSACR %u", nsacr);
        bit_write(m, VGIC_NS, 0, NS_SPI, ISACTIVER);
        expect(is_active(m, 0, NS_SPI), 1, "NSACR %u", nsacr);
        gicd_write(m, VGIC_NS, GICD_SETSPI_NSR, NS_SPI);
        expect(is_pending(m, 0, NS_SPI), 1, "NSACR %u", nsacr);
    }
}

static void a_field_of_nsacr_is_two_bits_an_interrupt(Machine *m)
{
    gicd_write(m, VGIC_S, GICD_NSACR(2), 0xE4E4E4E4);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_NSACR(2)), 0xE4E4E4E4);
    gicr_write(m, 0, VGIC_S, GICR_NSACR, 0x1B1B1B1B);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_NSACR), 0x1B1B1B1B);
    assert_int_equal(gicr_read(m, 1, VGIC_S, GICR_NSACR), 0);
}

static void with_one_state_the_security_registers_are_res0(Machine *m)
{
    static const VgicAttrs spaces[] = {VGIC_S, VGIC_NS};

    for (unsigned i = 0; i < 2; i++) {
        gicr_write(m, 0, spaces[i], GICR_IGRPMODR0, 0xFFFFFFFF);
        expect(gicr_read(m, 0, spaces[i], GICR_IGRPMODR0), 0, "IGRPMODR0");
        gicr_write(m, 0, spaces[i], GICR_NSACR, 0xFFFFFFFF);
        expect(gicr_read(m, 0, spaces[i], GICR_NSACR), 0, "GICR_NSACR");
        gicd_write(m, spaces[i], GICD_IGRPMODR(1), 0xFFFFFFFF);
        expect(gicd_read(m, spaces[i], GICD_IGRPMODR(1)), 0, "GICD_IGRPMODR1");
        gicd_write(m, spaces[i], GICD_NSACR(2), 0xFFFFFFFF);
        expect(gicd_read(m, spaces[i], GICD_NSACR(2)), 0, "GICD_NSACR2");
    }
}

static void with_one_state_every_access_sees_everything(Machine *m)
{
    for (int group = 0; group <= 1; group++) {
        gicr_write(m, 0, VGIC_NS, GICR_IGROUPR0, group ? 0xFFFFFFFF : 0);
        assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_IGROUPR0), group ? 0xFFFFFFFF : 0);
        priority_write(m, VGIC_NS, 0, 20, 0x50);
        assert_int_equal(priority_read(m, VGIC_NS, 0, 20), 0x50);
        assert_int_equal(priority_read(m, VGIC_S, 0, 20), 0x50);
        bit_write(m, VGIC_NS, 0, 20, ISPENDR);
        assert_true(bit_read(m, VGIC_NS, 0, 20, ISPENDR));
        bit_write(m, VGIC_NS, 0, 20, ICPENDR);
        assert_false(is_pending(m, 0, 20));
    }
}

static void a_non_secure_access_to_a_secure_register_is_reported(Machine *m)
{
    uint64_t value;

    host_forget(&m->host);
    assert_int_equal(frame_read(m, "GICD", VGIC_NS, GICD_NSACR(2), 4, &value), VGIC_RAZ_WI);
    assert_int_equal(value, 0);
    assert_int_equal(frame_write(m, "GICD", VGIC_NS, GICD_IGROUPR(1), 4, 1), VGIC_RAZ_WI);
    assert_int_equal(m->host.report_count, 2);
    assert_string_equal(m->host.reports[0].rule, "secure");
    assert_string_equal(m->host.reports[1].rule, "secure");
    assert_true(m->host.reports[1].report.write);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(secure_registers_are_raz_wi_for_non_secure_accesses, TWO_STATES | SPIS),
        TEST(a_realm_access_is_a_non_secure_one_and_a_root_access_a_secure_one, TWO_STATES | SPIS),
        TEST(secure_interrupts_are_raz_wi_for_non_secure_accesses, TWO_STATES | SPIS | SMP),
        TEST(non_secure_interrupts_are_open_to_non_secure_accesses, TWO_STATES | SPIS | SMP),
        TEST(a_non_secure_write_of_a_whole_register_spares_secure_interrupts, TWO_STATES | SPIS),
        TEST(nsacr_opens_secure_spis_step_by_step, TWO_STATES | SPIS | SMP),
        TEST(nsacr_does_not_matter_for_non_secure_interrupts, TWO_STATES | SPIS),
        TEST(a_field_of_nsacr_is_two_bits_an_interrupt, TWO_STATES | SPIS | SMP),
        TEST(with_one_state_the_security_registers_are_res0, ONE_STATE | SPIS),
        TEST(with_one_state_every_access_sees_everything, ONE_STATE),
        TEST(a_non_secure_access_to_a_secure_register_is_reported, TWO_STATES | SPIS),
    };
    return RUN(argc, argv, "GICD security", tests);
}
