/* SPDX-License-Identifier: BSD-2-Clause */
/* Distributor: control, identification and status registers, and DS at run time. */
#include "guest.h"
#include "suite.h"

enum {
    CTLR_DS = 1 << 6,
    CTLR_E1NWF = 1 << 7
};
enum {
    STATUS_RRD = 1,
    STATUS_WRD = 2,
    STATUS_RWOD = 4,
    STATUS_WROD = 8
};
enum {
    RESERVED_OFFSET = 0x0014
};

static void ctlr_comes_out_of_reset_with_affinity_routing_and_all_groups_off(Machine *m)
{
    if (has(m, ONE_STATE)) {
        assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0x50);
        assert_int_equal(gicd_read(m, VGIC_NS, GICD_CTLR), 0x50);
    } else {
        assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0x30);
        assert_int_equal(gicd_read(m, VGIC_NS, GICD_CTLR), 0x10);
    }
}

static void with_one_state_both_views_have_the_ds_layout(Machine *m)
{
    static const VgicAttrs spaces[] = {VGIC_S, VGIC_NS, VGIC_ROOT, VGIC_REALM};

    for (unsigned i = 0; i < 4; i++) {
        gicd_write(m, spaces[i], GICD_CTLR, 0xFFFFFFFF);
        expect(gicd_read(m, VGIC_S, GICD_CTLR), 0x53 | CTLR_E1NWF, "space %u, ones", i);
        gicd_write(m, spaces[i], GICD_CTLR, 0);
        expect(gicd_read(m, VGIC_NS, GICD_CTLR), 0x50, "space %u, zeros", i);
    }
}

static void the_secure_view_of_ctlr_has_three_group_enables(Machine *m)
{
    for (uint32_t groups = 0; groups < 8; groups++) {
        gicd_write(m, VGIC_S, GICD_CTLR, groups);
        expect(gicd_read(m, VGIC_S, GICD_CTLR), 0x30 | groups, "groups 0x%x", groups);
        expect(gicd_read(m, VGIC_NS, GICD_CTLR), 0x10 | (groups & 2), "NS view of 0x%x", groups);
    }
    gicd_write(m, VGIC_S, GICD_CTLR, 0xFFFFFFFF & ~(uint32_t)CTLR_DS);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0x37 | CTLR_E1NWF);
    gicd_write(m, VGIC_ROOT, GICD_CTLR, 1);
    assert_int_equal(gicd_read(m, VGIC_ROOT, GICD_CTLR), 0x31);
}

static void the_non_secure_view_of_ctlr_enables_only_its_own_group(Machine *m)
{
    gicd_write(m, VGIC_NS, GICD_CTLR, 2);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0x32);
    gicd_write(m, VGIC_S, GICD_CTLR, 0x85);
    assert_int_equal(gicd_read(m, VGIC_NS, GICD_CTLR), 0x10);

    gicd_write(m, VGIC_NS, GICD_CTLR, 0xFFFFFFFF);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0xB7);
    gicd_write(m, VGIC_NS, GICD_CTLR, 0);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0xB5);
    gicd_write(m, VGIC_REALM, GICD_CTLR, 2);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0xB7);
}

/* Bit 0 of the Non-secure view counts only without affinity routing. */
static void bit_0_of_the_non_secure_ctlr_enables_nothing(Machine *m)
{
    gicd_write(m, VGIC_NS, GICD_CTLR, 1);

    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0x30);
    assert_int_equal(gicd_read(m, VGIC_NS, GICD_CTLR), 0x10);
}

static void affinity_routing_cannot_be_switched_off(Machine *m)
{
    host_forget(&m->host);
    gicd_write(m, VGIC_S, GICD_CTLR, 0);

    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR) & 0x30, has(m, ONE_STATE) ? 0x10 : 0x30);
    /* Drivers begin like this: no mistake. */
    assert_int_equal(m->host.report_count, 0);
}

static void rwp_is_always_0(Machine *m)
{
    start(m);
    distributor_groups(m, false);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR) >> 31, 0);
    os_configure(m, 0, 20, EDGE);
    bit_write(m, VGIC_S, 0, 20, ICENABLER);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_CTLR) >> 3 & 1, 0);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_CTLR) >> 31, 0);
}

static void secure_software_may_set_ds_once(Machine *m)
{
    gicd_write(m, VGIC_S, GICD_CTLR, CTLR_DS);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0x50);
    assert_int_equal(gicd_read(m, VGIC_NS, GICD_CTLR), 0x50);

    gicd_write(m, VGIC_S, GICD_CTLR, 0);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0x50);
    gicd_write(m, VGIC_NS, GICD_CTLR, 3);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0x53);

    vgic_reset(m->gic, VGIC_RESET_WARM);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0x30);
}

static void non_secure_software_cannot_set_ds(Machine *m)
{
    gicd_write(m, VGIC_NS, GICD_CTLR, CTLR_DS);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0x30);
}

static void a_fixed_ds_cannot_be_set(Machine *m)
{
    if (has(m, SETTABLE_DS)) {
        return;
    }
    gicd_write(m, VGIC_S, GICD_CTLR, CTLR_DS);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0x30);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_TYPER) >> 10 & 1, 1);
}

static void setting_ds_with_a_group_enabled_works_and_is_reported(Machine *m)
{
    gicd_write(m, VGIC_S, GICD_CTLR, 0x31);
    host_forget(&m->host);

    gicd_write(m, VGIC_S, GICD_CTLR, CTLR_DS | 0x31);

    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR), 0x51);
    assert_int_equal(m->host.report_count, 1);
    assert_string_equal(host_last_report(&m->host)->rule, "ds-enabled");
}

static void setting_ds_makes_secure_group_1_group_0(Machine *m)
{
    set_group(m, 0, 20, GROUP_1S);
    set_group(m, 0, 21, GROUP_1NS);
    priority_write(m, VGIC_S, 0, 20, 0x40);
    /* A PE without EL3 sees it as Group 0 all the time. */
    assert_int_equal(info(m, 0, 20).group, has(m, EL3) ? GROUP_1S : GROUP_0);

    gicd_write(m, VGIC_S, GICD_CTLR, CTLR_DS);

    assert_int_equal(info(m, 0, 20).group, GROUP_0);
    assert_int_equal(info(m, 0, 21).group, GROUP_1NS);
    /* Non-secure software now sees it, and the modifier is RES0. */
    assert_int_equal(priority_read(m, VGIC_NS, 0, 20), 0x40);
    assert_false(bit_read(m, VGIC_S, 0, 20, IGRPMODR));
    bit_write(m, VGIC_S, 0, 22, IGRPMODR);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_IGRPMODR0), 0);
    set_group(m, 0, 22, GROUP_0);
    assert_false(bit_read(m, VGIC_NS, 0, 22, IGROUPR));
    gicr_write(m, 0, VGIC_NS, GICR_IGROUPR0, 1u << 22);
    assert_true(bit_read(m, VGIC_S, 0, 22, IGROUPR));
}

static void setting_ds_moves_a_pending_secure_interrupt_to_group_0(Machine *m)
{
    start(m);
    configure(m, 0, 20, GROUP_1S, 0x40, EDGE);
    pend(m, 0, 20);
    vgic_cpu_set_state(m->gic, 0, &s_el1);
    assert_true(irq(m, 0));

    gicd_write(m, VGIC_S, GICD_CTLR, CTLR_DS | 3);

    assert_false(irq(m, 0));
    assert_true(fiq(m, 0));
    assert_int_equal(iar(m, 0, &ns_el1, 0), 20);
    assert_int_equal(icc_read(m, 0, &m->top, ICC_RPR_EL1), 0x40);
}

static void setting_ds_makes_security_registers_res0(Machine *m)
{
    gicr_write(m, 0, VGIC_S, GICR_NSACR, 0xFFFFFFFF);
    gicd_write(m, VGIC_S, GICD_CTLR, CTLR_DS);

    assert_int_equal(gicd_read(m, VGIC_NS, GICD_TYPER) >> 10 & 1, 0);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_TYPER) >> 10 & 1, 0);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_NSACR), 0);
    gicr_write(m, 0, VGIC_S, GICR_NSACR, 0xFFFFFFFF);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_NSACR), 0);
    if (has(m, SPIS)) {
        gicd_write(m, VGIC_S, GICD_NSACR(2), 0xFFFFFFFF);
        assert_int_equal(gicd_read(m, VGIC_S, GICD_NSACR(2)), 0);
        gicd_write(m, VGIC_S, GICD_IGRPMODR(1), 0xFFFFFFFF);
        assert_int_equal(gicd_read(m, VGIC_S, GICD_IGRPMODR(1)), 0);
    }
    /* The Redistributor's power control is everybody's now. */
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_WAKER), 6);
    gicr_write(m, 0, VGIC_NS, GICR_WAKER, 0);
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_WAKER), 0);
}

static void typer_tells_what_the_distributor_has(Machine *m)
{
    const uint32_t typer = gicd_read(m, VGIC_S, GICD_TYPER);
    const bool extended = has(m, ESPIS) || has(m, EPPIS);
    const uint32_t id_bits = has(m, LPIS) ? m->config.lpi_bits : extended ? 16 : 10;

    assert_int_equal(gicd_read(m, VGIC_NS, GICD_TYPER), typer);
    assert_int_equal(typer & 31, (m->config.spis + 31) / 32);
    assert_int_equal(typer >> 5 & 7, 0);                   /* CPUNumber: ARE only */
    assert_int_equal(typer >> 8 & 1, has(m, ESPIS));       /* ESPI */
    assert_int_equal(typer >> 9 & 1, has(m, NMIS));        /* NMI */
    assert_int_equal(typer >> 10 & 1, has(m, TWO_STATES)); /* SecurityExtn */
    assert_int_equal(typer >> 11 & 31, 0);                 /* num_LPIs */
    assert_int_equal(typer >> 16 & 1, has(m, MESSAGES));   /* MBIS */
    assert_int_equal(typer >> 17 & 1, has(m, LPIS));       /* LPIS */
    assert_int_equal(typer >> 18 & 1, 0);                  /* DVIS */
    assert_int_equal(typer >> 19 & 31, id_bits - 1);       /* IDbits */
    assert_int_equal(typer >> 24 & 1, 1);                  /* A3V */
    assert_int_equal(typer >> 25 & 1, !has(m, ONE_OF_N));  /* No1N */
    assert_int_equal(typer >> 26 & 1, 1);                  /* RSS */
    assert_int_equal(typer >> 27, has(m, ESPIS) ? (m->config.espis + 31) / 32 - 1 : 0);
}

static void read_only_registers_ignore_writes(Machine *m)
{
    static const uint32_t registers[] = {GICD_TYPER, GICD_IIDR,  GICD_TYPER2, GICD_PIDR2,
                                         GICD_CIDR0, GICD_PIDR0, GICD_PIDR7};

    for (unsigned i = 0; i < 7; i++) {
        const uint32_t before = gicd_read(m, VGIC_S, registers[i]);
        host_forget(&m->host);
        gicd_write(m, VGIC_S, registers[i], ~before);
        expect(gicd_read(m, VGIC_S, registers[i]), before, "register 0x%x", registers[i]);
        expect(m->host.report_count, 1, "reports of a write to 0x%x", registers[i]);
    }
}

static void typer2_is_zero_before_v4_1(Machine *m)
{
    assert_int_equal(gicd_read(m, VGIC_S, GICD_TYPER2), 0);
}

static void iidr_is_arm_or_as_configured(Machine *m)
{
    const uint32_t want = m->config.iidr ? m->config.iidr : 0x5600043B;

    assert_int_equal(gicd_read(m, VGIC_S, GICD_IIDR), want);
    assert_int_equal(gicd_read(m, VGIC_NS, GICD_IIDR), want);
    assert_int_equal(gicr_read(m, last_cpu(m), VGIC_NS, GICR_IIDR), want);
}

static void id_registers_say_arm_gicv3(Machine *m)
{
    static const uint32_t offsets[] = {0xFFD0, 0xFFD4, 0xFFD8, 0xFFDC, 0xFFE0, 0xFFE4,
                                       0xFFE8, 0xFFEC, 0xFFF0, 0xFFF4, 0xFFF8, 0xFFFC};
    static const uint32_t values[] = {0x44, 0, 0, 0, 0, 0xB4, 0x3B, 0, 0x0D, 0xF0, 0x05, 0xB1};

    for (unsigned i = 0; i < 12; i++) {
        const uint32_t part = offsets[i] == 0xFFE0;
        expect(gicd_read(m, VGIC_NS, offsets[i]), part ? 0x92 : values[i], "GICD+0x%x", offsets[i]);
        expect(gicr_read(m, last_cpu(m), VGIC_NS, offsets[i]), part ? 0x93 : values[i], "GICR+0x%x",
               offsets[i]);
        if (has(m, GICM)) {
            uint64_t value;
            expect(frame_read(m, "GICM", VGIC_NS, offsets[i], 4, &value), VGIC_OK, "GICM+0x%x",
                   offsets[i]);
            expect(value, part ? 0x97 : values[i], "GICM+0x%x", offsets[i]);
        }
    }
}

static uint32_t status(Machine *m, bool redist, VgicAttrs attrs)
{
    return redist ? gicr_read(m, 0, attrs, GICR_STATUSR) : gicd_read(m, attrs, GICD_STATUSR);
}

static void statusr_collects_what_went_wrong_and_is_cleared_by_ones(Machine *m)
{
    gicd_read(m, VGIC_S, RESERVED_OFFSET);
    assert_int_equal(status(m, false, VGIC_S), STATUS_RRD);
    gicd_write(m, VGIC_S, RESERVED_OFFSET, 0);
    assert_int_equal(status(m, false, VGIC_S), STATUS_RRD | STATUS_WRD);
    gicd_read(m, VGIC_S, GICD_SETSPI_NSR);
    assert_int_equal(status(m, false, VGIC_S), STATUS_RRD | STATUS_WRD | STATUS_RWOD);
    gicd_write(m, VGIC_S, GICD_TYPER, 0);
    assert_int_equal(status(m, false, VGIC_S), 0xF);

    gicd_write(m, VGIC_S, GICD_STATUSR, STATUS_WRD | STATUS_WROD);
    assert_int_equal(status(m, false, VGIC_S), STATUS_RRD | STATUS_RWOD);
    gicd_write(m, VGIC_S, GICD_STATUSR, 0xFFFFFFFF);
    assert_int_equal(status(m, false, VGIC_S), 0);
}

static void the_redistributors_statusr_is_one_of_its_own(Machine *m)
{
    gicr_read(m, 0, VGIC_S, 0x20);
    gicr_write(m, 0, VGIC_S, GICR_TYPER, 0);

    assert_int_equal(status(m, true, VGIC_S), STATUS_RRD | STATUS_WROD);
    assert_int_equal(status(m, false, VGIC_S), 0);
    assert_int_equal(gicr_read(m, 1, VGIC_S, GICR_STATUSR), 0);
    gicr_write(m, 0, VGIC_S, GICR_STATUSR, 0xF);
    assert_int_equal(status(m, true, VGIC_S), 0);
}

static void statusr_is_banked_by_security_state(Machine *m)
{
    gicd_read(m, VGIC_NS, RESERVED_OFFSET);
    gicr_write(m, 0, VGIC_NS, GICR_TYPER, 0);

    assert_int_equal(status(m, false, VGIC_S), 0);
    assert_int_equal(status(m, true, VGIC_S), 0);
    assert_int_equal(status(m, false, VGIC_NS), STATUS_RRD);
    assert_int_equal(status(m, true, VGIC_NS), STATUS_WROD);
    gicd_write(m, VGIC_S, GICD_STATUSR, 0xF);
    assert_int_equal(status(m, false, VGIC_NS), STATUS_RRD);
}

static void statusr_is_cleared_by_reset(Machine *m)
{
    gicd_read(m, VGIC_S, RESERVED_OFFSET);
    vgic_reset(m->gic, VGIC_RESET_WARM);
    assert_int_equal(status(m, false, VGIC_S), 0);
}

static void without_statusr_it_reads_zero(Machine *m)
{
    if (has(m, STATUSR)) {
        return;
    }
    gicd_read(m, VGIC_S, RESERVED_OFFSET);
    assert_int_equal(status(m, false, VGIC_S), 0);
    assert_int_equal(status(m, true, VGIC_S), 0);
}

static void registers_of_legacy_operation_are_res0(Machine *m)
{
    static const uint32_t offsets[] = {GICD_SGIR,         GICD_CPENDSGIR(0), GICD_CPENDSGIR(3),
                                       GICD_SPENDSGIR(0), GICD_SPENDSGIR(3), GICD_ITARGETSR(0),
                                       GICD_ITARGETSR(8), GICD_SEIR};

    for (unsigned i = 0; i < 8; i++) {
        gicd_write(m, VGIC_S, offsets[i], 0xFFFFFFFF);
        expect(gicd_read(m, VGIC_S, offsets[i]), 0, "GICD+0x%x", offsets[i]);
    }
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ISPENDR0) & 0xFFFF, 0);
}

static void the_distributor_holds_no_private_interrupts(Machine *m)
{
    static const uint32_t offsets[] = {
        GICD_IGROUPR(0),    GICD_ISENABLER(0), GICD_ICENABLER(0), GICD_ISPENDR(0),
        GICD_ICPENDR(0),    GICD_ISACTIVER(0), GICD_ICACTIVER(0), GICD_IPRIORITYR(0),
        GICD_IPRIORITYR(7), GICD_ICFGR(0),     GICD_ICFGR(1),     GICD_IGRPMODR(0),
        GICD_NSACR(0),      GICD_NSACR(1),     GICD_INMIR(0),
    };

    gicr_write(m, 0, VGIC_S, GICR_ISENABLER0, 0xFFFFFFFF);
    for (unsigned i = 0; i < 15; i++) {
        gicd_write(m, VGIC_S, offsets[i], 0xFFFFFFFF);
        expect(gicd_read(m, VGIC_S, offsets[i]), 0, "GICD+0x%x", offsets[i]);
    }
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ISENABLER0), 0xFFFFFFFF);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ISPENDR0), 0);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ISACTIVER0), 0);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(ctlr_comes_out_of_reset_with_affinity_routing_and_all_groups_off, 0),
        TEST(with_one_state_both_views_have_the_ds_layout, ONE_STATE),
        TEST(the_secure_view_of_ctlr_has_three_group_enables, TWO_STATES),
        TEST(the_non_secure_view_of_ctlr_enables_only_its_own_group, TWO_STATES),
        TEST(bit_0_of_the_non_secure_ctlr_enables_nothing, TWO_STATES),
        TEST(affinity_routing_cannot_be_switched_off, 0),
        TEST(rwp_is_always_0, 0),
        TEST(secure_software_may_set_ds_once, SETTABLE_DS),
        TEST(non_secure_software_cannot_set_ds, TWO_STATES),
        TEST(a_fixed_ds_cannot_be_set, TWO_STATES),
        TEST(setting_ds_with_a_group_enabled_works_and_is_reported, SETTABLE_DS),
        TEST(setting_ds_makes_secure_group_1_group_0, SETTABLE_DS),
        TEST(setting_ds_moves_a_pending_secure_interrupt_to_group_0, SETTABLE_DS | EL3),
        TEST(setting_ds_makes_security_registers_res0, SETTABLE_DS),
        TEST(typer_tells_what_the_distributor_has, 0),
        TEST(read_only_registers_ignore_writes, 0),
        TEST(typer2_is_zero_before_v4_1, 0),
        TEST(iidr_is_arm_or_as_configured, 0),
        TEST(id_registers_say_arm_gicv3, 0),
        TEST(statusr_collects_what_went_wrong_and_is_cleared_by_ones, STATUSR),
        TEST(the_redistributors_statusr_is_one_of_its_own, STATUSR | SMP),
        TEST(statusr_is_banked_by_security_state, STATUSR | TWO_STATES),
        TEST(statusr_is_cleared_by_reset, STATUSR),
        TEST(without_statusr_it_reads_zero, 0),
        TEST(registers_of_legacy_operation_are_res0, 0),
        TEST(the_distributor_holds_no_private_interrupts, 0),
    };
    return RUN(argc, argv, "GICD registers", tests);
}
