/* SPDX-License-Identifier: BSD-2-Clause */
/* Several instances in one process, single-threaded ones, and callbacks that call back in. */
#include "guest.h"
#include "suite.h"

enum {
    PPI = 20,
    SPI = 40,
    SGI = 5
};

static void two_instances_know_nothing_of_each_other(Machine *m)
{
    Machine *other = machine_new("other", &m->config, false);

    assert_non_null(other);
    start(m);
    start(other);
    os_configure(m, 0, PPI, LEVEL);
    os_configure(other, 0, PPI, LEVEL);
    host_forget(&other->host);
    wire(m, 0, PPI, true);

    const bool other_irq = irq(other, 0), other_pending = is_pending(other, 0, PPI);
    const uint32_t other_calls = other->host.line_calls_total;
    const uint32_t mine = ack(m, 0), theirs = ack(other, 0);
    const uint8_t other_running = running_priority(other, 0);
    machine_free(other);

    assert_false(other_irq);
    assert_false(other_pending);
    assert_int_equal(other_calls, 0);
    assert_int_equal(mine, PPI);
    assert_int_equal(theirs, VGIC_INTID_SPURIOUS);
    assert_int_equal(other_running, 0xFF);
    /* And the first one lives on without the second. */
    eoi(m, 0, PPI);
    assert_int_equal(ack(m, 0), PPI);
}

static void instances_of_different_kinds_live_together(Machine *none)
{
    Machine *machines[64] = {NULL};

    (void)none;
    for (unsigned i = 0; i < machine_type_count; i++) {
        machines[i] = machine_new(machine_types[i].name, &machine_types[i].config, false);
        assert_non_null(machines[i]);
        start(machines[i]);
        os_configure(machines[i], 0, PPI, LEVEL);
    }
    for (unsigned i = 0; i < machine_type_count; i += 2) {
        wire(machines[i], 0, PPI, true);
    }
    for (unsigned i = 0; i < machine_type_count; i++) {
        expect(ack(machines[i], 0), i % 2 ? VGIC_INTID_SPURIOUS : PPI, "%s", machines[i]->name);
        machine_free(machines[i]);
    }
}

/* A host that drops the device's line as soon as the interrupt is signalled. */
static void lower_the_wire(Host *host, uint32_t cpu)
{
    if (host->lines[cpu] & VGIC_LINE_IRQ) {
        vgic_ppi_set_level(host->gic, cpu, PPI, false);
    }
}

static void lines_changed_may_drive_wires(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    m->host.on_lines = lower_the_wire;

    wire(m, 0, PPI, true);

    m->host.on_lines = NULL;
    assert_false(irq(m, 0));
    assert_false(info(m, 0, PPI).wire);
}

/* A host that runs the CPU in lines_changed: acknowledge, quieten the device, end. */
static void handle_interrupt(Host *host, uint32_t cpu)
{
    Machine *m = host->data;
    uint64_t intid;

    if (!(host->lines[cpu] & VGIC_LINE_IRQ)) {
        return;
    }
    assert_int_equal(vgic_sysreg_read(host->gic, cpu, &m->os, ICC_IAR1_EL1, &intid), VGIC_OK);
    if (intid < 1020) {
        if (intid >= 32) {
            vgic_spi_set_level(host->gic, (uint32_t)intid, false);
        } else if (intid >= 16) {
            vgic_ppi_set_level(host->gic, cpu, (uint32_t)intid, false);
        }
        vgic_sysreg_write(host->gic, cpu, &m->os, ICC_EOIR1_EL1, intid);
    }
}

static void lines_changed_may_acknowledge_and_end_the_interrupt(Machine *m)
{
    start(m);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        os_configure(m, cpu, PPI, LEVEL);
        os_configure(m, cpu, SGI, EDGE);
    }
    m->host.on_lines = handle_interrupt;
    m->host.data = m;

    wire(m, last_cpu(m), PPI, true);
    const bool wire_after = info(m, last_cpu(m), PPI).wire;
    /* All PEs are interrupted by one call. */
    icc_write(m, 0, &m->os, ICC_SGI1R_EL1, 1ull << 40 | SGI << 24);

    m->host.on_lines = NULL;
    assert_false(wire_after);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        assert_false(irq(m, cpu));
        assert_false(is_pending(m, cpu, SGI));
        assert_false(is_active(m, cpu, SGI));
        assert_false(is_active(m, cpu, PPI));
    }
}

static void disable_the_interrupt(Host *host, const VgicReport *report)
{
    (void)report;
    vgic_frame_write(host->gic, vgic_frame(host->gic, "GICR"), VGIC_S, GICR_ICENABLER0, 4,
                     1u << PPI);
}

static void guest_error_may_call_back_in(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);
    m->host.on_report = disable_the_interrupt;

    gicd_write(m, VGIC_S, GICD_TYPER, 0);

    m->host.on_report = NULL;
    assert_false(irq(m, 0));
    assert_true(is_pending(m, 0, PPI));
}

static void look_around(Host *host, const VgicTrace *event)
{
    VgicIrqInfo i;
    uint64_t value;

    (void)event;
    if (!host->gic || host->data) {
        return;
    }
    host->data = host; /* once a call: these are traced too */
    vgic_irq_info(host->gic, 0, PPI, &i);
    vgic_cpu_lines(host->gic, 0);
    vgic_frame_read(host->gic, vgic_frame(host->gic, "GICD"), VGIC_S, GICD_CTLR, 4, &value);
    vgic_sysreg_read(host->gic, 0, &el3, ICC_PMR_EL1, &value);
    host->data = NULL;
}

static void trace_may_call_back_in(Machine *m)
{
    Machine *t = machine_new(m->name, &m->config, true);

    assert_non_null(t);
    t->host.on_trace = look_around;
    start(t);
    os_configure(t, 0, PPI, LEVEL);
    wire(t, 0, PPI, true);
    const uint32_t taken = ack(t, 0);
    wire(t, 0, PPI, false);
    eoi(t, 0, PPI);
    vgic_reset(t->gic, VGIC_RESET_WARM);
    t->host.on_trace = NULL;
    const bool consistent = machine_is_consistent(t);
    machine_free(t);

    assert_int_equal(taken, PPI);
    assert_true(consistent);
}

static void reset_in_lines(Host *host, uint32_t cpu)
{
    (void)cpu;
    host->on_lines = NULL;
    vgic_reset(host->gic, VGIC_RESET_COLD);
}

static void lines_changed_may_reset_the_gic(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, LEVEL);
    m->host.on_lines = reset_in_lines;

    wire(m, 0, PPI, true);

    assert_int_equal(vgic_cpu_lines(m->gic, 0), 0);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR) & 7, 0);
}

/* The same steps on a locking and on a single-threaded instance give the same traces. */
static void run_steps(Machine *m)
{
    start(m);
    for (uint32_t i = 0; i < 200; i++) {
        const uint32_t cpu = i % m->config.cpus, intid = 32 + i * 7 % 32;
        os_configure(m, cpu, intid, i % 3 ? EDGE : LEVEL);
        priority_write(m, VGIC_S, cpu, intid, (uint8_t)(0x80 + i * 16 % 0x70));
        wire(m, cpu, intid, i % 2);
        icc_write(m, cpu, &m->os, ICC_SGI1R_EL1, 1ull << 40 | (i % 16) << 24);
        gicr_write(m, cpu, VGIC_S, GICR_ISENABLER0, 0xFFFF);
        gicr_write(m, cpu, VGIC_S, GICR_IGROUPR0, 0xFFFFFFFF);
        const uint32_t taken = ack(m, cpu);
        if (i % 5) {
            eoi(m, cpu, taken);
        }
    }
}

static void a_single_threaded_instance_does_the_same(Machine *m)
{
    VgicConfig config = m->config;
    config.single_threaded = !config.single_threaded;
    Machine *one = machine_new("one", &m->config, true);
    Machine *two = machine_new("two", &config, true);

    assert_non_null(one);
    assert_non_null(two);
    run_steps(one);
    run_steps(two);
    expect(one->host.trace_count, two->host.trace_count, "traces");
    for (uint32_t i = 0; i < one->host.trace_count && i < two->host.trace_count; i++) {
        const VgicTrace *a = &one->host.traces[i].event, *b = &two->host.traces[i].event;
        expect(a->kind, b->kind, "kind of trace %u", i);
        expect(a->value, b->value, "value of trace %u", i);
        expect(a->cpu, b->cpu, "PE of trace %u", i);
    }
    machine_free(one);
    machine_free(two);
}

/* Pulses too, on what is edge and level, with one target and 1-of-N. */
static void pulse_all(Machine *m)
{
    static const uint32_t intids[] = {SPI, SPI + 1, SPI + 2, SPI + 3};

    start(m);
    for (uint32_t i = 0; i < 4; i++) {
        os_configure(m, 0, intids[i], i & 1 ? EDGE : LEVEL);
        if (i & 2 && has(m, ONE_OF_N)) {
            route_write(m, VGIC_S, intids[i], 1ull << 31);
        }
    }
    os_configure(m, 0, PPI, LEVEL);
    os_configure(m, 0, PPI + 1, EDGE);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 4; i++) {
            vgic_spi_pulse(m->gic, intids[i]);
        }
        vgic_ppi_pulse(m->gic, 0, PPI);
        vgic_ppi_pulse(m->gic, 0, PPI + 1);
        for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
            uint32_t intid;
            while ((intid = ack(m, cpu)) < 1020) {
                eoi(m, cpu, intid);
            }
        }
    }
}

static void a_trace_sink_changes_nothing(Machine *m)
{
    Machine *traced = machine_new(m->name, &m->config, true);

    assert_non_null(traced);
    pulse_all(m);
    pulse_all(traced);
    run_steps(m);
    run_steps(traced);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        expect(traced->host.line_calls[cpu], m->host.line_calls[cpu], "line changes of PE %u", cpu);
        expect(vgic_cpu_lines(traced->gic, cpu), vgic_cpu_lines(m->gic, cpu), "lines of PE %u",
               cpu);
        expect(running_priority(traced, cpu), running_priority(m, cpu), "running at PE %u", cpu);
    }
    for (uint32_t intid = 32; intid < 64; intid++) {
        expect(info(traced, 0, intid).target, info(m, 0, intid).target, "target of %u", intid);
    }
    machine_free(traced);
}

static void a_gic_without_a_host_works(Machine *m)
{
    Vgic *gic = vgic_new(&m->config, NULL, NULL, NULL);
    uint64_t value = 1;

    assert_non_null(gic);
    const VgicFrame *frame = vgic_frame(gic, "GICD");
    assert_int_equal(vgic_frame_read(gic, frame, VGIC_S, 0x14, 4, &value), VGIC_RAZ_WI);
    assert_int_equal(vgic_frame_write(gic, frame, VGIC_S, GICD_CTLR, 4, 0x33), VGIC_OK);
    assert_true(vgic_ppi_set_level(gic, 0, PPI, true));
    assert_int_equal(vgic_cpu_lines(gic, 0), 0);
    vgic_reset(gic, VGIC_RESET_COLD);
    vgic_free(gic);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(two_instances_know_nothing_of_each_other, 0),
        TEST_ALONE(instances_of_different_kinds_live_together),
        TEST(lines_changed_may_drive_wires, 0),
        TEST(lines_changed_may_acknowledge_and_end_the_interrupt, 0),
        TEST(guest_error_may_call_back_in, 0),
        TEST(trace_may_call_back_in, 0),
        TEST(lines_changed_may_reset_the_gic, 0),
        TEST(a_single_threaded_instance_does_the_same, SPIS | FEW_CPUS),
        TEST(a_trace_sink_changes_nothing, SPIS | FEW_CPUS),
        TEST(a_gic_without_a_host_works, NO_LPIS),
    };
    return RUN(argc, argv, "instances", tests);
}
