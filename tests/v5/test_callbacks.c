/* SPDX-License-Identifier: BSD-2-Clause */
/* Hosts that call back in, guest memory that is the GIC itself, traces. */
#include "suite.h"
#include "v5.h"

#include <string.h>

enum {
    SPI = 5
};
#define INTID VGIC_V5_SPI(SPI)

static unsigned depth, taken;

/* A host that takes each interrupt as soon as it hears of the line. */
static void take_at_once(Host *host, uint32_t cpu)
{
    Machine *m = host->data;

    if (depth > 8 || !(vgic_cpu_lines(m->gic, cpu) & VGIC_LINE_IRQ)) {
        return;
    }
    depth++;
    const uint64_t got = v5_cdia(m, cpu);
    if (got & INTID_VALID) {
        taken++;
        v5_cdeoi(m, cpu);
        v5_cddi(m, cpu, (uint32_t)got);
    }
    depth--;
}

static void lines_changed_may_handle_the_interrupt(Machine *m)
{
    v5_start(m);
    m->host.data = m;
    m->host.on_lines = take_at_once;
    depth = taken = 0;
    v5_configure(m, 0, INTID, P_MID, 0);
    for (unsigned i = 0; i < 10; i++) {
        assert_true(vgic_spi_pulse(m->gic, SPI));
        assert_int_equal(taken, i + 1);
    }
    v5_cdpend(m, 0, INTID, true);
    assert_int_equal(taken, 11);
    if (has(m, V5_LPIS)) {
        v5_configure(m, 0, VGIC_V5_LPI(5), P_MID, 0);
        v5_cdpend(m, 0, VGIC_V5_LPI(5), true);
        assert_int_equal(taken, 12);
        if (has(m, V5_SETLPI)) {
            v5_setlpi(m, 0, DOMAIN_NS, 5);
            assert_int_equal(taken, 13);
        }
    }
    m->host.on_lines = NULL;
    assert_int_equal(vgic_cpu_lines(m->gic, 0), 0);
}

/* Moves the interrupt on to the next PE from the callback of the one that got it. */
static void pass_on(Host *host, uint32_t cpu)
{
    Machine *m = host->data;

    if (taken < 20 && vgic_cpu_lines(m->gic, cpu) & VGIC_LINE_IRQ) {
        taken++;
        v5_cdaff(m, cpu, INTID, v5_iaffid(m, (cpu + 1) % m->config.cpus));
    }
}

static void lines_changed_may_send_it_to_another_pe(Machine *m)
{
    v5_start(m);
    m->host.data = m;
    m->host.on_lines = pass_on;
    taken = 0;
    v5_configure(m, 0, INTID, P_MID, 0);
    v5_cdpend(m, 0, INTID, true);
    m->host.on_lines = NULL;
    assert_int_equal(taken, 20);
    unsigned lines = 0;
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        m->host.lines[cpu] = vgic_cpu_lines(m->gic, cpu);
        lines += irq(m, cpu);
    }
    assert_int_equal(lines, 1);
}

/* A report's callback that does the same mistake again, once. */
static void err_again(Host *host, const VgicReport *report)
{
    Machine *m = host->data;

    (void)report;
    if (depth++ < 3) {
        v5_cden(m, 0, VGIC_V5_SPI(m->config.spis));
        irs_read(m, 0, DOMAIN_NS, IRS_SYNCR);
    }
}

static void guest_error_may_call_back_in(Machine *m)
{
    v5_start(m);
    m->host.data = m;
    m->host.on_report = err_again;
    depth = 0;
    v5_cden(m, 0, VGIC_V5_SPI(m->config.spis));
    m->host.on_report = NULL;
    assert_true(m->host.report_count >= 4);
}

/* Tables on the GIC's own frames: a bus that maps the IRS at IRS_AT. */
#define IRS_AT 0x0A000000ull

static VgicHost plain;
static unsigned entered;

static bool on_irs(uint64_t address, size_t length)
{
    return address >= IRS_AT && address + length <= IRS_AT + 0x10000;
}

static bool read_bus(void *machine, VgicSpace space, uint64_t address, void *buffer, size_t length)
{
    Host *host = machine;
    uint8_t *to = buffer;

    if (!host->gic || !on_irs(address, length)) {
        return plain.memory_read(machine, space, address, buffer, length);
    }
    if (entered > 50) {
        return false;
    }
    entered++;
    for (size_t at = 0; at + 4 <= length; at += 4) {
        uint64_t value = 0;
        vgic_frame_read(host->gic, vgic_frame(host->gic, "IRS"), space, address - IRS_AT + at, 4,
                        &value);
        memcpy(to + at, &value, 4);
    }
    return true;
}

static bool write_bus(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                      size_t length)
{
    Host *host = machine;

    if (!host->gic || !on_irs(address, length)) {
        return plain.memory_write(machine, space, address, buffer, length);
    }
    if (entered > 50) {
        return false;
    }
    entered++;
    for (size_t at = 0; at + 4 <= length; at += 4) {
        uint32_t value;
        memcpy(&value, (const uint8_t *)buffer + at, 4);
        vgic_frame_write(host->gic, vgic_frame(host->gic, "IRS"), space, address - IRS_AT + at, 4,
                         value);
    }
    return true;
}

static void tables_on_top_of_the_irs_are_harmless(Machine *none)
{
    const VgicConfig config = V5(.cpus = 1, .spis = 32, .lpi_bits = 16, .its = 1);
    VgicHost host = host_callbacks(false);

    (void)none;
    host_add_memory(&host);
    plain = host;
    host.memory_read = read_bus;
    host.memory_write = write_bus;
    Machine *m = machine_new_on("a bus", &config, &host);
    assert_non_null(m);
    for (unsigned levels = 0; levels < 2; levels++) {
        for (uint32_t offset = 0; offset < 0x400; offset += 0x40) {
            v5_start(m);
            v5_ist_off(m, DOMAIN_NS);
            entered = 0;
            irs_write(m, 0, DOMAIN_NS, IRS_IST_CFGR,
                      IST_CFGR(10, 0, 0) | (levels ? IST_TWO_LEVEL : 0));
            irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, (IRS_AT + offset) | IST_VALID);
            for (uint32_t id = 0; id < 256; id += 5) {
                v5_cden(m, 0, VGIC_V5_LPI(id));
                v5_cdpend(m, 0, VGIC_V5_LPI(id), true);
                irs_write(m, 0, DOMAIN_NS, IRS_MAP_L2_ISTR, id);
            }
            irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, 0);
            entered = 0;
            v5_its_start(m, 0, DOMAIN_NS, 5);
            its5_write64(m, 0, DOMAIN_NS, ITS_DT_BASER, IRS_AT + offset);
            v5_inv_device(m, 0, DOMAIN_NS, 1);
            v5_msi(m, 0, DOMAIN_NS, 1, 1);
            vgic_reset(m->gic, VGIC_RESET_COLD);
        }
    }
    ram_clear(&m->host.ram);
    v5_start(m);
    v5_configure(m, 0, VGIC_V5_LPI(5), P_MID, 0);
    v5_cdpend(m, 0, VGIC_V5_LPI(5), true);
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(5)));
    assert_true(machine_is_consistent(m));
    machine_free(m);
}

static bool traced(const Machine *m, VgicTraceKind kind, const char *reg, uint64_t value)
{
    for (uint32_t i = 0; i < m->host.trace_count; i++) {
        const HostTrace *t = &m->host.traces[i];
        if (t->event.kind == kind && (!reg || !strcmp(t->reg, reg)) && t->event.value == value) {
            return true;
        }
    }
    return false;
}

static void everything_is_traced(Machine *none)
{
    const VgicConfig config = V5(.cpus = 1, .spis = 32, .lpi_bits = 14, .its = 1);
    Machine *m = machine_new("traced", &config, true);

    (void)none;
    assert_non_null(m);
    v5_start(m);
    irs_write(m, 0, DOMAIN_NS, IRS_CR1, 5);
    assert_true(traced(m, VGIC_TRACE_FRAME_WRITE, "IRS_CR1", 5));
    irs_read(m, 0, DOMAIN_NS, IRS_IDR5);
    assert_true(traced(m, VGIC_TRACE_FRAME_READ, "IRS_IDR5", 32));
    v5_set_icc(m, 0, ICC_PCR_EL1, 17);
    assert_true(traced(m, VGIC_TRACE_SYSREG_WRITE, "ICC_PCR_EL1", 17));
    v5_configure(m, 0, INTID, P_HIGH, 0);
    v5_spi_wire(m, SPI, true);
    assert_true(traced(m, VGIC_TRACE_WIRE, NULL, 1));
    assert_true(traced(m, VGIC_TRACE_LINES, NULL, VGIC_LINE_IRQ));
    v5_cdia(m, 0);
    assert_true(traced(m, VGIC_TRACE_SYSREG_READ, NULL, INTID_VALID | INTID));
    v5_msi(m, 0, DOMAIN_NS, 1, 6);
    assert_true(traced(m, VGIC_TRACE_MSI, NULL, 6));
    vgic_reset(m->gic, VGIC_RESET_WARM);
    assert_true(traced(m, VGIC_TRACE_RESET, NULL, VGIC_RESET_WARM));
    machine_free(m);
}

/* The library works without any callback but memory. */
static void callbacks_are_optional(Machine *none)
{
    const VgicConfig config = V5(.cpus = 1, .spis = 32);
    const VgicCpuState state = {.el = 1, .space = VGIC_NS};
    Vgic *gic = vgic_new(&config, NULL, NULL, NULL);
    uint64_t value;

    (void)none;
    assert_non_null(gic);
    vgic_frame_write(gic, vgic_frame(gic, "IRS"), VGIC_NS, IRS_CR0, 4, 1);
    vgic_sysreg_write(gic, 0, &state, ICC_PCR_EL1, 31);
    vgic_sysreg_write(gic, 0, &state, ICC_CR0_EL1, 1);
    vgic_sysreg_write(gic, 0, &state, GIC_CDEN, INTID);
    vgic_sysreg_write(gic, 0, &state, GIC_CDEN, VGIC_V5_SPI(100));
    assert_true(vgic_spi_set_level(gic, SPI, true));
    assert_int_equal(vgic_cpu_lines(gic, 0), VGIC_LINE_IRQ);
    assert_int_equal(vgic_sysreg_read(gic, 0, &state, GICR_CDIA, &value), VGIC_OK);
    assert_int_equal(value, INTID_VALID | INTID);
    vgic_free(gic);
}

static const Test tests[] = {
    TEST(lines_changed_may_handle_the_interrupt, 0),
    TEST(lines_changed_may_send_it_to_another_pe, V5_SMP),
    TEST(guest_error_may_call_back_in, 0),
    TEST_ALONE(tables_on_top_of_the_irs_are_harmless),
    TEST_ALONE(everything_is_traced),
    TEST_ALONE(callbacks_are_optional),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "callbacks", tests);
}
