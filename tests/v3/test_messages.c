/* SPDX-License-Identifier: BSD-2-Clause */
/* Message-based SPIs: SETSPI and CLRSPI in all four forms, in GICD and in the frame of their own.
 */
#include "guest.h"
#include "suite.h"

enum {
    SPI = 41
};

/* An SPI of the OS that messages drive, at the last PE. */
static uint32_t message_spi(Machine *m, Trigger trigger)
{
    start(m);
    os_configure(m, last_cpu(m), SPI, trigger);
    return last_cpu(m);
}

static void a_message_makes_an_edge_spi_pending(Machine *m)
{
    const uint32_t cpu = message_spi(m, EDGE);

    gicd_write(m, VGIC_NS, GICD_SETSPI_NSR, SPI);

    assert_true(irq(m, cpu));
    assert_int_equal(ack(m, cpu), SPI);
    assert_false(is_pending(m, cpu, SPI));
    eoi(m, cpu, SPI);
    assert_int_equal(ack(m, cpu), VGIC_INTID_SPURIOUS);
}

static void a_clear_message_makes_an_edge_spi_not_pending(Machine *m)
{
    const uint32_t cpu = message_spi(m, EDGE);

    gicd_write(m, VGIC_NS, GICD_SETSPI_NSR, SPI);
    gicd_write(m, VGIC_NS, GICD_CLRSPI_NSR, SPI);

    assert_false(is_pending(m, cpu, SPI));
    assert_false(irq(m, cpu));
    pend(m, cpu, SPI);
    gicd_write(m, VGIC_NS, GICD_CLRSPI_NSR, SPI);
    assert_false(is_pending(m, cpu, SPI));
}

static void a_level_message_stays_until_it_is_cleared(Machine *m)
{
    const uint32_t cpu = message_spi(m, LEVEL);

    gicd_write(m, VGIC_NS, GICD_SETSPI_NSR, SPI);
    assert_int_equal(ack(m, cpu), SPI);
    assert_true(is_pending(m, cpu, SPI));
    eoi(m, cpu, SPI);
    assert_true(irq(m, cpu));

    gicd_write(m, VGIC_NS, GICD_CLRSPI_NSR, SPI);
    assert_false(irq(m, cpu));
    assert_false(is_pending(m, cpu, SPI));
}

static void icpendr_does_not_clear_a_level_message(Machine *m)
{
    const uint32_t cpu = message_spi(m, LEVEL);

    gicd_write(m, VGIC_NS, GICD_SETSPI_NSR, SPI);
    bit_write(m, VGIC_S, cpu, SPI, ICPENDR);

    assert_true(is_pending(m, cpu, SPI));
    assert_true(irq(m, cpu));
}

static void a_level_message_and_the_wire_are_ored(Machine *m)
{
    const uint32_t cpu = message_spi(m, LEVEL);

    gicd_write(m, VGIC_NS, GICD_SETSPI_NSR, SPI);
    wire(m, cpu, SPI, true);
    wire(m, cpu, SPI, false);
    assert_true(irq(m, cpu));

    wire(m, cpu, SPI, true);
    gicd_write(m, VGIC_NS, GICD_CLRSPI_NSR, SPI);
    assert_true(irq(m, cpu));
    wire(m, cpu, SPI, false);
    assert_false(irq(m, cpu));
}

static void messages_are_16_or_32_bits_wide(Machine *m)
{
    const uint32_t cpu = message_spi(m, LEVEL);

    assert_int_equal(frame_write(m, "GICD", VGIC_NS, GICD_SETSPI_NSR, 2, SPI), VGIC_OK);
    assert_true(is_pending(m, cpu, SPI));
    assert_int_equal(frame_write(m, "GICD", VGIC_NS, GICD_CLRSPI_NSR, 2, SPI), VGIC_OK);
    assert_false(is_pending(m, cpu, SPI));
    assert_int_equal(frame_write(m, "GICD", VGIC_S, GICD_SETSPI_NSR, 4, SPI), VGIC_OK);
    assert_true(is_pending(m, cpu, SPI));

    assert_int_equal(frame_write(m, "GICD", VGIC_S, GICD_CLRSPI_NSR, 1, SPI), VGIC_RAZ_WI);
    assert_int_equal(frame_write(m, "GICD", VGIC_S, GICD_CLRSPI_NSR, 8, SPI), VGIC_RAZ_WI);
    assert_int_equal(frame_write(m, "GICD", VGIC_S, GICD_CLRSPI_NSR + 2, 2, SPI), VGIC_RAZ_WI);
    assert_true(is_pending(m, cpu, SPI));
}

/* Form by Security state of the access and group of the SPI, NSACR 0. */
static void the_secure_form_and_secure_accesses_reach_every_spi(Machine *m)
{
    static const struct {
        const char *name;
        uint32_t set, clear;
        VgicAttrs attrs;
        bool reaches[3];
    } forms[] = {
        {"NSR from NS", GICD_SETSPI_NSR, GICD_CLRSPI_NSR, VGIC_NS, {false, false, true}},
        {"NSR from S", GICD_SETSPI_NSR, GICD_CLRSPI_NSR, VGIC_S, {true, true, true}},
        {"SR from NS", GICD_SETSPI_SR, GICD_CLRSPI_SR, VGIC_NS, {false, false, false}},
        {"SR from S", GICD_SETSPI_SR, GICD_CLRSPI_SR, VGIC_S, {true, true, true}},
    };

    for (unsigned f = 0; f < 4; f++) {
        for (int group = 0; group < 3; group++) {
            vgic_reset(m->gic, VGIC_RESET_COLD);
            set_group(m, 0, SPI, (Group)group);
            gicd_write(m, forms[f].attrs, forms[f].set, SPI);
            expect(is_pending(m, 0, SPI), forms[f].reaches[group], "SETSPI, %s, %s", forms[f].name,
                   group_name((Group)group));
            gicd_write(m, VGIC_S, GICD_SETSPI_SR, SPI);
            gicd_write(m, forms[f].attrs, forms[f].clear, SPI);
            expect(is_pending(m, 0, SPI), !forms[f].reaches[group], "CLRSPI, %s, %s", forms[f].name,
                   group_name((Group)group));
        }
    }
}

static void with_one_state_the_secure_form_is_wi_and_the_other_reaches_every_spi(Machine *m)
{
    for (int secure = 0; secure < 2; secure++) {
        const VgicAttrs attrs = secure ? VGIC_S : VGIC_NS;
        for (int group = 0; group < 3; group += 2) {
            set_group(m, 0, SPI, (Group)group);
            gicd_write(m, attrs, GICD_SETSPI_SR, SPI);
            expect(is_pending(m, 0, SPI), 0, "SETSPI_SR");
            gicd_write(m, attrs, GICD_SETSPI_NSR, SPI);
            expect(is_pending(m, 0, SPI), 1, "SETSPI_NSR");
            gicd_write(m, attrs, GICD_CLRSPI_SR, SPI);
            expect(is_pending(m, 0, SPI), 1, "CLRSPI_SR");
            gicd_write(m, attrs, GICD_CLRSPI_NSR, SPI);
            expect(is_pending(m, 0, SPI), 0, "CLRSPI_NSR");
        }
    }
}

static void a_message_for_no_spi_is_ignored_and_reported(Machine *m)
{
    const uint32_t intids[] = {0, 15, 16, 31, last_spi(m) + 1, 1020, 1023, 1056, 2000, 5120, 8191};

    start(m);
    for (unsigned i = 0; i < 11; i++) {
        if (intids[i] >= 1020 && intids[i] < 1024 && last_spi(m) == 1019 && intids[i] != 1020) {
            continue;
        }
        host_forget(&m->host);
        gicd_write(m, VGIC_NS, GICD_SETSPI_NSR, intids[i]);
        gicd_write(m, VGIC_NS, GICD_CLRSPI_NSR, intids[i]);
        expect(m->host.report_count, 2, "reports for INTID %u", intids[i]);
        expect(m->host.report_count && host_last_report(&m->host)->rule[0] == 'm', 1,
               "rule for INTID %u", intids[i]);
    }
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ISPENDR0), 0);
}

static void every_spi_takes_messages(Machine *m)
{
    for (uint32_t intid = 32; intid <= last_spi(m); intid++) {
        gicd_write(m, VGIC_S, GICD_SETSPI_NSR, intid);
        expect(is_pending(m, 0, intid), 1, "SPI %u", intid);
        gicd_write(m, VGIC_S, GICD_CLRSPI_NSR, intid);
        expect(is_pending(m, 0, intid), 0, "SPI %u", intid);
    }
}

static void extended_spis_take_messages(Machine *m)
{
    const uint32_t intids[] = {4096, 4095 + m->config.espis};

    for (unsigned i = 0; i < 2; i++) {
        gicd_write(m, VGIC_S, GICD_SETSPI_NSR, intids[i]);
        expect(is_pending(m, 0, intids[i]), 1, "extended SPI %u", intids[i]);
        gicd_write(m, VGIC_S, GICD_CLRSPI_NSR, intids[i]);
        expect(is_pending(m, 0, intids[i]), 0, "extended SPI %u", intids[i]);
    }
}

static void message_registers_read_as_zero(Machine *m)
{
    static const uint32_t registers[] = {GICD_SETSPI_NSR, GICD_CLRSPI_NSR, GICD_SETSPI_SR,
                                         GICD_CLRSPI_SR};

    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(gicd_read(m, VGIC_S, registers[i]), 0);
    }
}

static void without_message_spis_the_registers_are_res0(Machine *m)
{
    if (has(m, MESSAGES)) {
        return;
    }
    gicd_write(m, VGIC_S, GICD_SETSPI_NSR, SPI);
    gicd_write(m, VGIC_S, GICD_SETSPI_SR, SPI);
    assert_false(is_pending(m, 0, SPI));
    assert_null(vgic_frame(m->gic, "GICM"));
}

static uint32_t gicm_read(Machine *m, VgicAttrs attrs, uint32_t offset)
{
    uint64_t value;

    assert_int_equal(frame_read(m, "GICM", attrs, offset, 4, &value), VGIC_OK);
    return (uint32_t)value;
}

static void the_message_frame_names_its_spis(Machine *m)
{
    const bool all = !m->config.message_frame_base && !m->config.message_frame_spis;
    const uint32_t base = all ? 32 : m->config.message_frame_base;
    const uint32_t count = all ? m->config.spis : m->config.message_frame_spis;
    const uint32_t typer = gicm_read(m, VGIC_S, GICM_TYPER);

    assert_int_equal(typer >> 31, 1);
    assert_int_equal(typer >> 30 & 1, 1);
    assert_int_equal(typer >> 16 & 0x1FFF, base);
    assert_int_equal(typer & 0x7FF, count);
    if (has(m, TWO_STATES)) {
        assert_int_equal(typer >> 29 & 1, 1);
    }
    assert_int_equal(gicm_read(m, VGIC_NS, GICM_IIDR),
                     m->config.iidr ? m->config.iidr : 0x5600043B);
}

static void the_message_frame_does_what_the_distributor_does(Machine *m)
{
    const uint32_t cpu = message_spi(m, LEVEL);

    assert_int_equal(frame_write(m, "GICM", VGIC_NS, GICM_SETSPI_NSR, 4, SPI), VGIC_OK);
    assert_true(irq(m, cpu));
    assert_int_equal(frame_write(m, "GICM", VGIC_NS, GICM_CLRSPI_NSR, 2, SPI), VGIC_OK);
    assert_false(irq(m, cpu));
    assert_int_equal(frame_write(m, "GICM", VGIC_NS, GICM_SETSPI_NSR, 2, SPI), VGIC_OK);
    gicd_write(m, VGIC_NS, GICD_CLRSPI_NSR, SPI);
    assert_false(irq(m, cpu));
}

static void the_secure_registers_of_the_message_frame_are_secure(Machine *m)
{
    set_group(m, 0, SPI, GROUP_0);

    frame_write(m, "GICM", VGIC_NS, GICM_SETSPI_NSR, 4, SPI);
    assert_false(is_pending(m, 0, SPI));
    frame_write(m, "GICM", VGIC_NS, GICM_SETSPI_SR, 4, SPI);
    assert_false(is_pending(m, 0, SPI));
    assert_int_equal(frame_write(m, "GICM", VGIC_S, GICM_SETSPI_SR, 4, SPI), VGIC_OK);
    assert_true(is_pending(m, 0, SPI));
    frame_write(m, "GICM", VGIC_NS, GICM_CLRSPI_SR, 4, SPI);
    frame_write(m, "GICM", VGIC_NS, GICM_CLRSPI_NSR, 4, SPI);
    assert_true(is_pending(m, 0, SPI));
    assert_int_equal(frame_write(m, "GICM", VGIC_S, GICM_CLRSPI_SR, 4, SPI), VGIC_OK);
    assert_false(is_pending(m, 0, SPI));
}

/* Also for an SPI that Non-secure software could reach by the other form. */
static void the_secure_registers_of_the_message_frame_refuse_non_secure_writes(Machine *m)
{
    set_group(m, 0, SPI, GROUP_1NS);
    host_forget(&m->host);

    assert_int_equal(frame_write(m, "GICM", VGIC_NS, GICM_SETSPI_SR, 4, SPI), VGIC_RAZ_WI);
    assert_false(is_pending(m, 0, SPI));
    assert_int_equal(frame_write(m, "GICM", VGIC_NS, GICM_SETSPI_NSR, 4, SPI), VGIC_OK);
    assert_int_equal(frame_write(m, "GICM", VGIC_NS, GICM_CLRSPI_SR, 4, SPI), VGIC_RAZ_WI);
    assert_true(is_pending(m, 0, SPI));
    assert_int_equal(m->host.report_count, 2);
    assert_string_equal(host_last_report(&m->host)->rule, "secure");
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(a_message_makes_an_edge_spi_pending, MESSAGES | SPIS),
        TEST(a_clear_message_makes_an_edge_spi_not_pending, MESSAGES | SPIS),
        TEST(a_level_message_stays_until_it_is_cleared, MESSAGES | SPIS),
        TEST(icpendr_does_not_clear_a_level_message, MESSAGES | SPIS),
        TEST(a_level_message_and_the_wire_are_ored, MESSAGES | SPIS),
        TEST(messages_are_16_or_32_bits_wide, MESSAGES | SPIS),
        TEST(the_secure_form_and_secure_accesses_reach_every_spi, MESSAGES | SPIS | TWO_STATES),
        TEST(with_one_state_the_secure_form_is_wi_and_the_other_reaches_every_spi,
             MESSAGES | SPIS | ONE_STATE),
        TEST(a_message_for_no_spi_is_ignored_and_reported, MESSAGES | SPIS),
        TEST(every_spi_takes_messages, MESSAGES | SPIS),
        TEST(extended_spis_take_messages, MESSAGES | ESPIS),
        TEST(message_registers_read_as_zero, MESSAGES),
        TEST(without_message_spis_the_registers_are_res0, SPIS),
        TEST(the_message_frame_names_its_spis, GICM),
        TEST(the_message_frame_does_what_the_distributor_does, GICM | SPIS),
        TEST(the_secure_registers_of_the_message_frame_are_secure, GICM | TWO_STATES),
        TEST(the_secure_registers_of_the_message_frame_refuse_non_secure_writes, GICM | TWO_STATES),
    };
    return RUN(argc, argv, "message-based SPIs", tests);
}
