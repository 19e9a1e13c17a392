/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of the host's own code with something that does not exist: nothing changes, host_error
 * names the argument, and the answer is the documented one. */
#include "guest.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

/* The one host error of the last call, which must name @p value; then forgotten. */
static void expect_error(Machine *m, const char *function, uint64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    expect(m->host.error_count, 1, "host errors of %s(%s)", function, text);
    expect(m->host.report_count, 0, "guest reports of %s(%s)", function, text);
    if (m->host.error_count) {
        const HostError *error = host_last_error(&m->host);
        expect(strcmp(error->function, function) == 0, 1, "function '%s' for %s", error->function,
               function);
        expect(strstr(error->message, text) != NULL, 1, "value %s in \"%s\"", text, error->message);
    }
    host_forget(&m->host);
}

static void spis_that_do_not_exist_cannot_be_driven(Machine *m)
{
    const uint32_t intids[] = {
        0,    15,   16,        31, last_spi(m) + 1, 1020, 1023, 1056, 4096 + m->config.espis,
        5120, 8192, UINT32_MAX};

    for (unsigned i = 0; i < 12; i++) {
        expect(vgic_spi_set_level(m->gic, intids[i], true), 0, "level of %u", intids[i]);
        expect_error(m, "vgic_spi_set_level", intids[i]);
        expect(vgic_spi_set_level(m->gic, intids[i], false), 0, "level of %u", intids[i]);
        expect_error(m, "vgic_spi_set_level", intids[i]);
        expect(vgic_spi_pulse(m->gic, intids[i]), 0, "pulse of %u", intids[i]);
        expect_error(m, "vgic_spi_pulse", intids[i]);
    }
}

static void ppis_that_do_not_exist_cannot_be_driven(Machine *m)
{
    const uint32_t intids[] = {0, 15, 32, 1023, 1055, 1056 + m->config.eppis, 1120, UINT32_MAX};

    for (unsigned i = 0; i < 8; i++) {
        expect(vgic_ppi_set_level(m->gic, 0, intids[i], true), 0, "level of %u", intids[i]);
        expect_error(m, "vgic_ppi_set_level", intids[i]);
        expect(vgic_ppi_pulse(m->gic, 0, intids[i]), 0, "pulse of %u", intids[i]);
        expect_error(m, "vgic_ppi_pulse", intids[i]);
    }
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ISPENDR0), 0);
}

static void the_message_names_the_range_that_is_allowed(Machine *m)
{
    char last[16];

    assert_false(vgic_ppi_set_level(m->gic, 0, 1120, true));
    snprintf(last, sizeof(last), "%u", 1055 + m->config.eppis);
    assert_non_null(strstr(host_last_error(&m->host)->message, last));
    assert_false(vgic_spi_set_level(m->gic, 5120, true));
    snprintf(last, sizeof(last), "%u", 4095 + m->config.espis);
    assert_non_null(strstr(host_last_error(&m->host)->message, last));
    snprintf(last, sizeof(last), "%u", last_spi(m));
    assert_non_null(strstr(host_last_error(&m->host)->message, last));
    assert_int_equal(vgic_sysreg_check(m->gic, 600, &m->os, ICC_PMR_EL1, false), VGIC_INVALID);
    snprintf(last, sizeof(last), "%u", last_cpu(m));
    assert_non_null(strstr(host_last_error(&m->host)->message, last));
    host_forget(&m->host);
}

static void pes_that_do_not_exist_are_refused_everywhere(Machine *m)
{
    const uint32_t cpus[] = {m->config.cpus, m->config.cpus + 1, 512, 513, UINT32_MAX};

    for (unsigned i = 0; i < 5; i++) {
        const uint32_t cpu = cpus[i];
        uint64_t value = 1;
        VgicIrqInfo answer;

        if (cpu < m->config.cpus) {
            continue;
        }
        host_forget(&m->host);
        expect(vgic_ppi_set_level(m->gic, cpu, 20, true), 0, "PE %u", cpu);
        expect_error(m, "vgic_ppi_set_level", cpu);
        expect(vgic_ppi_pulse(m->gic, cpu, 20), 0, "PE %u", cpu);
        expect_error(m, "vgic_ppi_pulse", cpu);
        expect(vgic_sysreg_read(m->gic, cpu, &m->os, ICC_PMR_EL1, &value), VGIC_INVALID, "PE %u",
               cpu);
        expect(value, 0, "value at PE %u", cpu);
        expect_error(m, "vgic_sysreg_read", cpu);
        expect(vgic_sysreg_write(m->gic, cpu, &m->os, ICC_PMR_EL1, 1), VGIC_INVALID, "PE %u", cpu);
        expect_error(m, "vgic_sysreg_write", cpu);
        expect(vgic_sysreg_check(m->gic, cpu, &m->os, ICC_PMR_EL1, false), VGIC_INVALID, "PE %u",
               cpu);
        expect_error(m, "vgic_sysreg_check", cpu);
        vgic_cpu_set_state(m->gic, cpu, &m->os);
        expect_error(m, "vgic_cpu_set_state", cpu);
        vgic_cpu_reset(m->gic, cpu);
        expect_error(m, "vgic_cpu_reset", cpu);
        expect(vgic_cpu_lines(m->gic, cpu), 0, "lines of PE %u", cpu);
        expect_error(m, "vgic_cpu_lines", cpu);
        expect(vgic_irq_info(m->gic, cpu, 20, &answer), 0, "info of PE %u", cpu);
        expect_error(m, "vgic_irq_info", cpu);
    }
}

static void interrupts_that_do_not_exist_have_no_info(Machine *m)
{
    const uint32_t intids[] = {
        last_spi(m) + 1,        1020, 1023,      1024, 1056 + m->config.eppis,
        4096 + m->config.espis, 8192, UINT32_MAX};
    VgicIrqInfo answer, before;

    memset(&answer, 0x5A, sizeof(answer));
    before = answer;
    for (unsigned i = 0; i < 8; i++) {
        /* A monitor may ask about every INTID: no mistake of the host. */
        expect(vgic_irq_info(m->gic, 0, intids[i], &answer), 0, "INTID %u", intids[i]);
        expect(m->host.error_count, 0, "host errors, INTID %u", intids[i]);
        expect(memcmp(&answer, &before, sizeof(answer)), 0, "answer unchanged, INTID %u",
               intids[i]);
    }
}

static void frames_of_another_name_do_not_exist(Machine *m)
{
    static const char *const names[] = {"",       "gicd",  "GICD ", "GICC",
                                        "GITS16", "GICR3", "GICR0", "GICR999999999999"};

    for (unsigned i = 0; i < 8; i++) {
        expect(vgic_frame(m->gic, names[i]) == NULL, 1, "frame '%s'", names[i]);
    }
    assert_null(vgic_frame_at(m->gic, 100));
    assert_null(vgic_frame_at(m->gic, UINT32_MAX));
    assert_null(vgic_frame_register(vgic_frame(m->gic, "GICD"), UINT32_MAX));
    assert_null(vgic_sysreg_at(m->gic, UINT32_MAX));
    host_forget(&m->host);
}

static void null_pointers_do_no_harm(Machine *m)
{
    const VgicFrame *frame = vgic_frame(m->gic, "GICD");
    uint64_t value = 1;

    assert_int_equal(vgic_frame_read(m->gic, NULL, VGIC_S, 0, 4, &value), VGIC_INVALID);
    assert_int_equal(value, 0);
    assert_int_equal(m->host.error_count, 1);
    assert_int_equal(vgic_frame_write(m->gic, NULL, VGIC_S, 0, 4, 0), VGIC_INVALID);
    assert_int_equal(vgic_frame_read(m->gic, frame, VGIC_S, 0, 4, NULL), VGIC_INVALID);
    assert_int_equal(vgic_sysreg_read(m->gic, 0, NULL, ICC_PMR_EL1, &value), VGIC_INVALID);
    assert_int_equal(vgic_sysreg_read(m->gic, 0, &m->os, ICC_IAR1_EL1, NULL), VGIC_INVALID);
    assert_int_equal(vgic_sysreg_write(m->gic, 0, NULL, ICC_PMR_EL1, 1), VGIC_INVALID);
    assert_int_equal(vgic_sysreg_check(m->gic, 0, NULL, ICC_PMR_EL1, true), VGIC_INVALID);
    vgic_cpu_set_state(m->gic, 0, NULL);
    assert_false(vgic_irq_info(m->gic, 0, 20, NULL));
    assert_null(vgic_frame(m->gic, NULL));
    assert_int_equal(m->host.report_count, 0);
    assert_true(m->host.error_count >= 9);
    host_forget(&m->host);
    assert_int_equal(icc_read(m, 0, &m->top, ICC_PMR_EL1), 0);
}

/* With no instance there is no host to tell: a line on stderr. */
static void without_an_instance_everything_is_refused(Machine *m)
{
    uint64_t value = 1;
    VgicIrqInfo answer;
    VgicTranslation translation;

    assert_false(vgic_spi_set_level(NULL, 40, true));
    assert_false(vgic_spi_pulse(NULL, 40));
    assert_false(vgic_ppi_set_level(NULL, 0, 20, true));
    assert_false(vgic_ppi_pulse(NULL, 0, 20));
    assert_int_equal(vgic_sysreg_read(NULL, 0, &m->os, ICC_PMR_EL1, &value), VGIC_INVALID);
    assert_int_equal(value, 0);
    assert_int_equal(vgic_sysreg_write(NULL, 0, &m->os, ICC_PMR_EL1, 0), VGIC_INVALID);
    assert_int_equal(vgic_sysreg_check(NULL, 0, &m->os, ICC_PMR_EL1, false), VGIC_INVALID);
    value = 1;
    assert_int_equal(
        vgic_frame_read(NULL, vgic_frame(m->gic, "GICD"), VGIC_S, GICD_CTLR, 4, &value),
        VGIC_INVALID);
    assert_int_equal(value, 0);
    assert_int_equal(vgic_frame_write(NULL, vgic_frame(m->gic, "GICD"), VGIC_S, GICD_CTLR, 4, 3),
                     VGIC_INVALID);
    assert_null(vgic_frame(NULL, "GICD"));
    assert_null(vgic_frame_at(NULL, 0));
    assert_null(vgic_sysreg_at(NULL, 0));
    assert_null(vgic_frame_name(NULL));
    assert_int_equal(vgic_frame_size(NULL), 0);
    assert_null(vgic_frame_register(NULL, 0));
    assert_int_equal(vgic_cpu_count(NULL), 0);
    assert_int_equal(vgic_cpu_lines(NULL, 0), 0);
    assert_false(vgic_irq_info(NULL, 0, 20, &answer));
    assert_int_equal(vgic_lpi_next(NULL, 0), UINT32_MAX);
    assert_false(vgic_msi(NULL, vgic_frame(m->gic, "GICD"), 0, 0));
    assert_false(vgic_its_translate(NULL, vgic_frame(m->gic, "GICD"), 0, 0, &translation));
    assert_false(vgic_work(NULL));
    assert_false(vgic_export_tables(NULL));
    assert_false(vgic_import_tables(NULL));
    vgic_reset(NULL, VGIC_RESET_COLD);
    vgic_cpu_reset(NULL, 0);
    vgic_cpu_set_state(NULL, 0, &m->os);
    vgic_act_as_firmware(NULL);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR) & 7, 0);
}

static void a_read_without_a_place_for_the_value_acknowledges_nothing(Machine *m)
{
    start(m);
    os_configure(m, 0, 20, EDGE);
    pend(m, 0, 20);

    assert_int_equal(vgic_sysreg_read(m->gic, 0, &m->os, ICC_IAR1_EL1, NULL), VGIC_INVALID);

    host_forget(&m->host);
    assert_true(irq(m, 0));
    assert_int_equal(ack(m, 0), 20);
}

static void an_unknown_kind_of_reset_is_refused(Machine *m)
{
    start(m);
    icc_write(m, 0, &m->top, ICC_PMR_EL1, 0xF0);

    vgic_reset(m->gic, (VgicReset)7);

    assert_int_equal(m->host.error_count, 1);
    host_forget(&m->host);
    assert_int_equal(icc_read(m, 0, &m->top, ICC_PMR_EL1), 0xF0);
}

static void a_frame_of_another_instance_is_refused(Machine *m)
{
    Machine *other = machine_new("other", &m->config, false);
    uint64_t value = 1;

    assert_non_null(other);
    const VgicFrame *foreign = vgic_frame(other->gic, "GICD");
    const VgicResult got = vgic_frame_write(m->gic, foreign, VGIC_S, GICD_CTLR, 4, 3);
    const VgicResult read = vgic_frame_read(m->gic, foreign, VGIC_S, GICD_CTLR, 4, &value);
    const uint32_t ctlr = gicd_read(m, VGIC_S, GICD_CTLR) & 7;
    const uint32_t other_ctlr = gicd_read(other, VGIC_S, GICD_CTLR) & 7;
    machine_free(other);

    assert_int_equal(got, VGIC_INVALID);
    assert_int_equal(read, VGIC_INVALID);
    assert_int_equal(value, 0);
    assert_int_equal(ctlr, 0);
    assert_int_equal(other_ctlr, 0);
    host_forget(&m->host);
}

/* Attributes with bits that mean nothing in a GICv3 do not matter. */
static void other_attribute_bits_do_not_matter(Machine *m)
{
    uint64_t value;

    assert_int_equal(frame_read(m, "GICD", VGIC_S | VGIC_FROM_CPU(0), GICD_CTLR, 4, &value),
                     VGIC_OK);
    assert_int_equal(value, gicd_read(m, VGIC_S, GICD_CTLR));
}

/* After all of the above at once: everything is as after reset. */
static void nothing_changes(Machine *m)
{
    spis_that_do_not_exist_cannot_be_driven(m);
    ppis_that_do_not_exist_cannot_be_driven(m);
    pes_that_do_not_exist_are_refused_everywhere(m);

    for (uint32_t n = 1; n < 32; n++) {
        assert_int_equal(gicd_read(m, VGIC_S, GICD_ISPENDR(n)), 0);
        assert_int_equal(gicd_read(m, VGIC_S, GICD_ISENABLER(n)), 0);
    }
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        assert_int_equal(gicr_read(m, cpu, VGIC_S, GICR_ISPENDR0), 0);
        assert_int_equal(vgic_cpu_lines(m->gic, cpu), 0);
    }
    assert_int_equal(m->host.line_calls_total, 0);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(spis_that_do_not_exist_cannot_be_driven, 0),
        TEST(ppis_that_do_not_exist_cannot_be_driven, 0),
        TEST(the_message_names_the_range_that_is_allowed, ESPIS | EPPIS),
        TEST(pes_that_do_not_exist_are_refused_everywhere, 0),
        TEST(interrupts_that_do_not_exist_have_no_info, 0),
        TEST(frames_of_another_name_do_not_exist, 0),
        TEST(null_pointers_do_no_harm, 0),
        TEST(without_an_instance_everything_is_refused, SLEEPS),
        TEST(a_read_without_a_place_for_the_value_acknowledges_nothing, 0),
        TEST(an_unknown_kind_of_reset_is_refused, 0),
        TEST(a_frame_of_another_instance_is_refused, FEW_CPUS),
        TEST(other_attribute_bits_do_not_matter, 0),
        TEST(nothing_changes, 0),
    };
    return RUN(argc, argv, "misuse", tests);
}
