/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host is told: guest errors with stable rule names, and trace events. */
#include "guest.h"
#include "suite.h"
#include "virt.h"

#include <string.h>

enum {
    PPI = 20,
    SPI = 40,
    SGI = 5
};

/* The one report of what was just done; then forgotten. */
static HostReport only_report(Machine *m)
{
    assert_int_equal(m->host.report_count, 1);
    const HostReport report = m->host.reports[0];
    host_forget(&m->host);
    return report;
}

static void expect_rule(Machine *m, const char *rule)
{
    if (expect(m->host.report_count, 1, "reports for %s", rule)) {
        const HostReport *report = host_last_report(&m->host);
        expect(strcmp(report->rule, rule) == 0, 1, "'%s' for %s", report->rule, rule);
        expect(report->message[0] != 0, 1, "message of %s", rule);
        expect(report->message[strlen(report->message) - 1] != '\n', 1, "newline in %s", rule);
    }
    host_forget(&m->host);
}

static void a_report_tells_all_about_the_access(Machine *m)
{
    gicd_write(m, VGIC_S, GICD_TYPER, 0x12345678);

    const HostReport r = only_report(m);
    assert_string_equal(r.rule, "read-only");
    assert_string_equal(r.frame, "GICD");
    assert_string_equal(r.reg, "GICD_TYPER");
    assert_int_equal(r.report.offset, GICD_TYPER);
    assert_int_equal(r.report.size, 4);
    assert_true(r.report.write);
    assert_int_equal(r.report.value, 0x12345678);
    assert_int_equal(r.report.cpu, UINT32_MAX);
    assert_int_equal(r.report.intid, UINT32_MAX);
}

static void a_report_where_nothing_is_names_no_register(Machine *m)
{
    gicd_read(m, VGIC_NS, 0x0014);

    const HostReport r = only_report(m);
    assert_string_equal(r.rule, "reserved");
    assert_false(r.has_reg);
    assert_int_equal(r.report.offset, 0x14);
    assert_false(r.report.write);
    assert_int_equal(r.report.value, 0);
}

static void a_report_of_a_system_register_names_pe_and_encoding(Machine *m)
{
    start(m);
    host_forget(&m->host);
    icc_write(m, last_cpu(m), &m->os, ICC_EOIR1_EL1, 1023);

    const HostReport r = only_report(m);
    assert_string_equal(r.rule, "eoi-special");
    assert_string_equal(r.frame, "ICC");
    assert_string_equal(r.reg, "ICC_EOIR1_EL1");
    assert_int_equal(r.report.cpu, last_cpu(m));
    assert_int_equal(r.report.offset, ICC_EOIR1_EL1);
    assert_true(r.report.write);
    assert_int_equal(r.report.value, 1023);
}

static void mistakes_in_accesses_have_their_rules(Machine *m)
{
    gicd_read(m, VGIC_S, 0x0014);
    expect_rule(m, "reserved");
    gicd_write(m, VGIC_S, 0xC000, 1);
    expect_rule(m, "reserved");
    gicd_write(m, VGIC_S, GICD_IIDR, 1);
    expect_rule(m, "read-only");
    gicd_read(m, VGIC_S, GICD_SETSPI_NSR);
    expect_rule(m, "write-only");
    gicd_read8(m, VGIC_S, GICD_CTLR);
    expect_rule(m, "access-size");
    if (has(m, NO_NMIS)) {
        gicd_read(m, VGIC_S, GICD_INMIR(1));
        expect_rule(m, "reserved");
    }
    gicr_write(m, 0, VGIC_S, GICR_PARTIDR, 1);
    expect_rule(m, "unmodelled");
    gicd_write(m, VGIC_S, GICD_ISENABLER(31), 0x80000000);
    expect_rule(m, "no-interrupt");
    if (has(m, TWO_STATES)) {
        gicd_write(m, VGIC_NS, GICD_IGROUPR(1), 1);
        expect_rule(m, "secure");
        gicr_read(m, 0, VGIC_NS, GICR_NSACR);
        expect_rule(m, "secure");
    }
}

static void mistakes_in_handling_have_their_rules(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    host_forget(&m->host);

    eoi(m, 0, PPI);
    expect_rule(m, "eoi-idle");
    pend(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
    eoir(m, 0, &m->top, 0, PPI);
    expect_rule(m, "eoi-group");
    eoi(m, 0, 1020);
    expect_rule(m, "eoi-special");
    dir(m, 0, &m->os, PPI);
    expect_rule(m, "dir-eoimode");
    set_eoi_mode(m, 0, true);
    dir(m, 0, &m->os, 1023);
    expect_rule(m, "dir-target");
    dir(m, 0, &m->os, 8192);
    expect_rule(m, "dir-target");
    dir(m, 0, &m->os, 21);
    assert_true(m->host.report_count == 1);
    host_forget(&m->host);
    set_group(m, 0, 21, GROUP_1NS);
    dir(m, 0, &m->os, 21);
    expect_rule(m, "dir-inactive");
    eoi(m, 0, PPI);
    dir(m, 0, &m->os, PPI);
    assert_int_equal(m->host.report_count, 0);
}

static void a_denied_deactivation_is_reported(Machine *m)
{
    start(m);
    set_eoi_mode(m, 0, true);
    configure(m, 0, PPI, GROUP_1S, 0x40, EDGE);
    bit_write(m, VGIC_S, 0, PPI, ISACTIVER);
    host_forget(&m->host);
    dir(m, 0, &ns_el1, PPI);
    expect_rule(m, "dir-denied");
}

static void mistakes_with_sgis_have_their_rules(Machine *m)
{
    start(m);
    host_forget(&m->host);
    icc_write(m, 0, &m->os, ICC_SGI1R_EL1, 0x77ull << 48 | SGI << 24 | 1);
    expect_rule(m, "sgi-no-target");
    if (has(m, WORLDS)) {
        configure(m, 0, SGI, GROUP_1S, 0x40, EDGE);
        const uint64_t affinity = machine_affinity(m, 0);
        icc_write(m, 0, &m->os, ICC_SGI1R_EL1,
                  1ull << (affinity & 15) | (affinity >> 8 & 0xFF) << 16 | SGI << 24);
        expect_rule(m, "sgi-denied");
    }
}

static void mistakes_in_configuration_have_their_rules(Machine *m)
{
    start(m);
    host_forget(&m->host);
    os_configure(m, 0, SPI, LEVEL);
    assert_int_equal(m->host.report_count, 0);
    trigger_write(m, VGIC_S, 0, SPI, EDGE);
    expect_rule(m, "trigger-enabled");
    route_write(m, VGIC_S, SPI, 0x7700000000);
    expect_rule(m, "route-nowhere");
    if (has(m, MESSAGES)) {
        gicd_write(m, VGIC_S, GICD_SETSPI_NSR, 31);
        expect_rule(m, "message-target");
        if (has(m, TWO_STATES)) {
            set_group(m, 0, SPI, GROUP_0);
            host_forget(&m->host);
            gicd_write(m, VGIC_NS, GICD_SETSPI_NSR, SPI);
            expect_rule(m, "message-target");
        }
    }
}

static void enabling_a_group_without_affinity_routing_is_reported(Machine *m)
{
    gicd_write(m, VGIC_S, GICD_CTLR, 1);
    expect_rule(m, "are-cleared");
    gicd_write(m, VGIC_S, GICD_CTLR, 0);
    assert_int_equal(m->host.report_count, 0);
}

/* The golden path of section "correct driver sequences" breaks no rule. */
static void a_correct_driver_is_never_reported(Machine *m)
{
    const uint32_t groups = has(m, ONE_STATE) ? 3 : 7, are = has(m, ONE_STATE) ? 0x10 : 0x30;

    gicd_write(m, VGIC_S, GICD_CTLR, 0);
    for (uint32_t intid = 32; intid <= last_spi(m) && intid < 64; intid++) {
        set_group(m, 0, intid, GROUP_1NS);
        trigger_write(m, VGIC_S, 0, intid, LEVEL);
        priority_write(m, VGIC_S, 0, intid, OS_PRIORITY);
        bit_write(m, VGIC_S, 0, intid, ICENABLER);
        bit_write(m, VGIC_S, 0, intid, ICACTIVER);
    }
    gicd_write(m, VGIC_S, GICD_CTLR, are);
    gicd_write(m, VGIC_S, GICD_CTLR, are | groups);
    for (uint32_t intid = 32; intid <= last_spi(m) && intid < 64; intid++) {
        route_to(m, intid, 0);
    }
    gicr_write(m, 0, VGIC_S, GICR_WAKER, 0);
    gicr_write(m, 0, VGIC_S, GICR_IGROUPR0, 0xFFFFFFFF);
    gicr_write(m, 0, VGIC_S, GICR_ICACTIVER0, 0xFFFFFFFF);
    gicr_write(m, 0, VGIC_S, GICR_ICENABLER0, 0xFFFF0000);
    gicr_write(m, 0, VGIC_S, GICR_ISENABLER0, 0x0000FFFF);
    allow_sre(m, 0);
    icc_write(m, 0, &m->os, ICC_SRE_EL1, 7);
    icc_write(m, 0, &m->os, ICC_PMR_EL1, 0xF0);
    icc_write(m, 0, &m->os, ICC_BPR1_EL1, 0);
    icc_write(m, 0, &m->os, ICC_CTLR_EL1, 0);
    icc_write(m, 0, &m->os, ICC_IGRPEN1_EL1, 1);
    os_configure(m, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);
    assert_int_equal(m->host.report_count, 0);
}

/* A machine of the same kind with a trace sink. */
static Machine *traced(const Machine *m)
{
    Machine *t = machine_new(m->name, &m->config, true);

    assert_non_null(t);
    host_forget(&t->host);
    return t;
}

static unsigned count_kind(const Machine *t, VgicTraceKind kind)
{
    unsigned count = 0;

    for (uint32_t i = 0; i < t->host.trace_count; i++) {
        count += t->host.traces[i].event.kind == kind;
    }
    return count;
}

static const HostTrace *last_of_kind(const Machine *t, VgicTraceKind kind)
{
    for (uint32_t i = t->host.trace_count; i-- > 0;) {
        if (t->host.traces[i].event.kind == kind) {
            return &t->host.traces[i];
        }
    }
    return NULL;
}

static void expect_trace(Machine *t, VgicTraceKind kind, const char *name, const char *reg,
                         uint32_t offset, uint64_t value)
{
    const HostTrace *trace = last_of_kind(t, kind);

    expect(trace != NULL, 1, "trace of kind %d", (int)kind);
    if (trace) {
        expect(strcmp(trace->name, name), 0, "name '%s' for '%s'", trace->name, name);
        expect(strcmp(trace->reg, reg), 0, "register '%s' for '%s'", trace->reg, reg);
        expect(trace->event.offset, offset, "offset, kind %d", (int)kind);
        expect(trace->event.value, value, "value, kind %d", (int)kind);
        expect(trace->event.result, VGIC_OK, "result, kind %d", (int)kind);
    }
    host_forget(&t->host);
}

static void accesses_are_traced(Machine *m)
{
    Machine *t = traced(m);
    uint64_t value;

    gicd_write(t, VGIC_S, GICD_CTLR, 0x13);
    expect_trace(t, VGIC_TRACE_FRAME_WRITE, "GICD", "GICD_CTLR", GICD_CTLR, 0x13);
    const uint32_t ctlr = gicd_read(t, VGIC_S, GICD_CTLR);
    expect_trace(t, VGIC_TRACE_FRAME_READ, "GICD", "GICD_CTLR", GICD_CTLR, ctlr);
    icc_write(t, 0, &t->top, ICC_PMR_EL1, 0xF0);
    expect(last_of_kind(t, VGIC_TRACE_SYSREG_WRITE) != NULL, 1, "system register write");
    expect_trace(t, VGIC_TRACE_SYSREG_WRITE, "ICC", "ICC_PMR_EL1", ICC_PMR_EL1, 0xF0);
    icc_read(t, 0, &t->top, ICC_PMR_EL1);
    expect_trace(t, VGIC_TRACE_SYSREG_READ, "ICC", "ICC_PMR_EL1", ICC_PMR_EL1, 0xF0);
    icc_try_write(t, 0, &t->top, ICC_IAR1_EL1, 0);
    const HostTrace *refused = last_of_kind(t, VGIC_TRACE_SYSREG_WRITE);
    if (refused) {
        expect(refused->event.result, VGIC_UNDEFINED, "result of a refused write");
    }
    icc_try_read(t, 0, &t->top, ICC_PMR_EL1, &value);
    machine_free(t);
}

/* Behind HCR_EL2.IMO the same encoding is another register. */
static void accesses_to_the_virtual_interface_are_traced_as_such(Machine *m)
{
    Machine *t = traced(m);

    start_vm(t, 0, 0);
    set_icv(t, ICC_PMR_EL1, 0xF0);
    expect_trace(t, VGIC_TRACE_SYSREG_WRITE, "ICV", "ICC_PMR_EL1", ICC_PMR_EL1, 0xF0);
    icv(t, ICC_PMR_EL1);
    expect_trace(t, VGIC_TRACE_SYSREG_READ, "ICV", "ICC_PMR_EL1", ICC_PMR_EL1, 0xF0);
    set_ich(t, ICH_LR_EL2(0), 0);
    expect_trace(t, VGIC_TRACE_SYSREG_WRITE, "ICC", "ICH_LR0_EL2", ICH_LR_EL2(0), 0);
    machine_free(t);
}

/* The rules of a guest's end of interrupts are in v3/test_icv_eoi.c. */
static void mistakes_with_list_registers_have_their_rules(Machine *m)
{
    start_vm(m, 0, 0);
    host_forget(&m->host);
    set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_BOTH, 1, 0x10, 40, PPI));
    expect_rule(m, "lr-hw-state");
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0x10, 1023));
    viar(m, 1);
    expect_rule(m, "lr-special");
    set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_PENDING, 1, 0x10, 40, 1023));
    viar(m, 1);
    veoir(m, 1, 40);
    expect_rule(m, "lr-hw-pintid");
    set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_PENDING, 1, 0x10, 40, PPI));
    viar(m, 1);
    veoir(m, 1, 40);
    if (m->config.security_states == 2) {
        expect_rule(m, "dir-denied"); /* the PPI is Secure, the guest is not */
    } else {
        assert_int_equal(m->host.report_count, 0);
    }
}

static void wires_lines_and_resets_are_traced(Machine *m)
{
    Machine *t = traced(m);

    start(t);
    os_configure(t, 0, PPI, LEVEL);
    host_forget(&t->host);
    wire(t, 0, PPI, true);
    const HostTrace *w = last_of_kind(t, VGIC_TRACE_WIRE);
    expect(w && w->event.intid == PPI && w->event.cpu == 0 && w->event.value == 1, 1, "PPI wire");
    const HostTrace *l = last_of_kind(t, VGIC_TRACE_LINES);
    expect(l && l->event.cpu == 0 && l->event.value == VGIC_LINE_IRQ, 1, "lines");
    if (has(t, SPIS)) {
        wire(t, 0, SPI, true);
        const HostTrace *s = last_of_kind(t, VGIC_TRACE_WIRE);
        expect(s && s->event.intid == SPI && s->event.cpu == UINT32_MAX, 1, "SPI wire");
    }
    vgic_reset(t->gic, VGIC_RESET_WARM);
    const HostTrace *r = last_of_kind(t, VGIC_TRACE_RESET);
    expect(r && r->event.cpu == UINT32_MAX && r->event.value == VGIC_RESET_WARM, 1, "reset");
    vgic_cpu_reset(t->gic, 0);
    r = last_of_kind(t, VGIC_TRACE_RESET);
    expect(r && r->event.cpu == 0, 1, "reset of a PE");
    machine_free(t);
}

static void looking_is_not_traced(Machine *m)
{
    Machine *t = traced(m);

    vgic_cpu_lines(t->gic, 0);
    info(t, 0, PPI);
    vgic_sysreg_check(t->gic, 0, &t->os, ICC_IAR1_EL1, false);
    expect(t->host.trace_count, 0, "traces");
    expect(count_kind(t, VGIC_TRACE_WIRE), 0, "wires");
    machine_free(t);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(a_report_tells_all_about_the_access, 0),
        TEST(a_report_where_nothing_is_names_no_register, 0),
        TEST(a_report_of_a_system_register_names_pe_and_encoding, 0),
        TEST(mistakes_in_accesses_have_their_rules, MESSAGES),
        TEST(mistakes_in_handling_have_their_rules, 0),
        TEST(a_denied_deactivation_is_reported, WORLDS),
        TEST(mistakes_with_sgis_have_their_rules, 0),
        TEST(mistakes_in_configuration_have_their_rules, SPIS),
        TEST(enabling_a_group_without_affinity_routing_is_reported, 0),
        TEST(a_correct_driver_is_never_reported, 0),
        TEST(accesses_are_traced, 0),
        TEST(accesses_to_the_virtual_interface_are_traced_as_such, EL2),
        TEST(mistakes_with_list_registers_have_their_rules, EL2),
        TEST(wires_lines_and_resets_are_traced, 0),
        TEST(looking_is_not_traced, 0),
    };
    return RUN(argc, argv, "reports and traces", tests);
}
