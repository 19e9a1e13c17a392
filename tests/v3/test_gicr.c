/* SPDX-License-Identifier: BSD-2-Clause */
/* Redistributors: identification, regions, control, and the SGI frame. */
#include "guest.h"
#include "suite.h"

#include <stdio.h>

enum {
    DPG0 = 1 << 24,
    DPG1NS = 1 << 25,
    DPG1S = 1 << 26,
    ALL_DPG = DPG0 | DPG1NS | DPG1S
};

static void typer_names_the_pe_and_what_it_has(Machine *m)
{
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        const uint64_t typer = gicr_read64(m, cpu, VGIC_NS, GICR_TYPER);
        const uint64_t affinity = machine_affinity(m, cpu);
        const uint64_t packed = (affinity >> 32 & 0xFF) << 24 | (affinity & 0xFFFFFF);

        expect(typer >> 32, packed, "affinity of PE %u", cpu);
        expect(typer >> 8 & 0xFFFF, cpu, "Processor_Number of PE %u", cpu);
        expect(typer >> 27 & 31, m->config.eppis / 32, "PPInum of PE %u", cpu);
        expect(typer >> 5 & 1, has(m, ONE_OF_N), "DPGS of PE %u", cpu);
        expect(typer & 0xF, (has(m, LPIS) ? 1 : 0) | (has(m, DIRECT) ? 8 : 0),
               "PLPIS, VLPIS, Dirty, DirectLPI of PE %u", cpu);
        expect(typer >> 6 & 3, 0, "MPAM, RVPEID of PE %u", cpu);
        expect(typer >> 26 & 1, 0, "VSGI of PE %u", cpu);
    }
}

static void typer_is_reached_by_halves(Machine *m)
{
    const uint64_t typer = gicr_read64(m, last_cpu(m), VGIC_S, GICR_TYPER);

    assert_int_equal(gicr_read(m, last_cpu(m), VGIC_S, GICR_TYPER), (uint32_t)typer);
    assert_int_equal(gicr_read(m, last_cpu(m), VGIC_S, GICR_TYPER + 4), (uint32_t)(typer >> 32));
}

/* As software finds its Redistributor: walk each region until Last. */
static void a_walk_finds_every_redistributor_and_last_ends_each_region(Machine *m)
{
    const uint32_t one = m->config.cpus;
    const uint32_t *sizes = m->config.redist_regions ? m->config.redist_regions : &one;
    const uint32_t regions = m->config.redist_regions ? m->config.redist_region_count : 1;
    uint32_t cpu = 0;

    for (uint32_t region = 0; region < regions; region++) {
        char name[16] = "GICR";
        if (region) {
            snprintf(name, sizeof(name), "GICR%u", region);
        }
        const VgicFrame *frame = vgic_frame(m->gic, name);
        assert_non_null(frame);
        assert_int_equal(vgic_frame_size(frame), sizes[region] * 0x20000ull);
        for (uint32_t i = 0; i < sizes[region]; i++, cpu++) {
            uint64_t typer;
            assert_int_equal(frame_read(m, name, VGIC_NS, i * 0x20000ull + GICR_TYPER, 8, &typer),
                             VGIC_OK);
            expect(typer >> 4 & 1, i == sizes[region] - 1, "Last of PE %u", cpu);
            expect(typer >> 8 & 0xFFFF, cpu, "Processor_Number of PE %u", cpu);
        }
    }
    assert_int_equal(cpu, m->config.cpus);
}

static void there_are_no_more_regions_than_configured(Machine *m)
{
    const uint32_t regions = m->config.redist_regions ? m->config.redist_region_count : 1;
    char name[16];

    snprintf(name, sizeof(name), "GICR%u", regions);
    assert_null(vgic_frame(m->gic, name));
}

static void ctlr_stores_the_dpg_bits_only(Machine *m)
{
    gicr_write(m, 0, VGIC_S, GICR_CTLR, 0xFFFFFFFE);
    const uint32_t ones = gicr_read(m, 0, VGIC_S, GICR_CTLR);
    gicr_write(m, 0, VGIC_S, GICR_CTLR, 0);
    const uint32_t zeros = gicr_read(m, 0, VGIC_S, GICR_CTLR);

    /* All RAZ/WI where TYPER.DPGS is 0; DPG1S also with DS = 1. */
    assert_int_equal(ones & ALL_DPG, !has(m, ONE_OF_N)    ? 0
                                     : has(m, TWO_STATES) ? ALL_DPG
                                                          : DPG0 | DPG1NS);
    assert_int_equal(zeros & ALL_DPG, 0);
    /* RWP and UWP are always 0; CES and IR come with LPIs. */
    assert_int_equal(ones & 0x80000009, 0);
    assert_int_equal(ones & ~(uint32_t)ALL_DPG, zeros);
    assert_int_equal(zeros, has(m, LPIS) ? 6 : 0);
}

static void non_secure_software_sees_only_its_own_dpg_bit(Machine *m)
{
    gicr_write(m, 0, VGIC_NS, GICR_CTLR, 0xFFFFFFFE);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_CTLR) & ALL_DPG, DPG1NS);
    gicr_write(m, 0, VGIC_S, GICR_CTLR, ALL_DPG);
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_CTLR) & ALL_DPG, DPG1NS);
    gicr_write(m, 0, VGIC_NS, GICR_CTLR, 0);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_CTLR) & ALL_DPG, DPG0 | DPG1S);
}

static void each_redistributor_has_its_own_registers(Machine *m)
{
    const uint32_t last = last_cpu(m);

    gicr_write(m, 0, VGIC_S, GICR_ISENABLER0, 0x11111111);
    gicr_write(m, last, VGIC_S, GICR_ISENABLER0, 0x22222222);
    gicr_write(m, 0, VGIC_S, GICR_IGROUPR0, 0x33333333);
    gicr_write(m, last, VGIC_S, GICR_IPRIORITYR(3), 0x40404040);

    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_ISENABLER0), 0x11111111);
    assert_int_equal(gicr_read(m, last, VGIC_S, GICR_ISENABLER0), 0x22222222);
    assert_int_equal(gicr_read(m, last, VGIC_S, GICR_IGROUPR0), 0);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_IPRIORITYR(3)), 0);
}

static void what_is_not_modelled_reads_zero(Machine *m)
{
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_MPAMIDR), 0);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_PARTIDR), 0);
}

static void reserved_space_reads_zero_and_is_reported(Machine *m)
{
    static const uint32_t offsets[] = {0x0020, 0x0200, 0x8000, 0x10000, 0x10500, 0x1FFC0};

    for (unsigned i = 0; i < 6; i++) {
        uint64_t value = 1;
        host_forget(&m->host);
        expect(gicr_access(m, 0, VGIC_S, offsets[i], 4, true, &value), VGIC_RAZ_WI, "GICR+0x%x",
               offsets[i]);
        expect(gicr_access(m, 0, VGIC_S, offsets[i], 4, false, &value), VGIC_RAZ_WI, "GICR+0x%x",
               offsets[i]);
        expect(value, 0, "GICR+0x%x", offsets[i]);
        assert_int_equal(m->host.report_count, 2);
        assert_string_equal(m->host.reports[0].rule, "reserved");
        assert_string_equal(m->host.reports[1].rule, "reserved");
        assert_int_equal(m->host.reports[0].report.cpu, 0);
    }
}

static void a_report_names_the_redistributor_and_its_pe(Machine *m)
{
    uint64_t base;

    host_forget(&m->host);
    gicr_read(m, last_cpu(m), VGIC_S, 0x20);

    const HostReport *report = host_last_report(&m->host);
    assert_non_null(report);
    assert_string_equal(report->frame, gicr_frame(m, last_cpu(m), &base));
    assert_int_equal(report->report.cpu, last_cpu(m));
    assert_int_equal(report->report.offset, (uint32_t)base + 0x20);
    assert_int_equal(report->report.size, 4);
    assert_false(report->report.write);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(typer_names_the_pe_and_what_it_has, 0),
        TEST(typer_is_reached_by_halves, 0),
        TEST(a_walk_finds_every_redistributor_and_last_ends_each_region, 0),
        TEST(there_are_no_more_regions_than_configured, 0),
        TEST(ctlr_stores_the_dpg_bits_only, 0),
        TEST(non_secure_software_sees_only_its_own_dpg_bit, TWO_STATES),
        TEST(each_redistributor_has_its_own_registers, SMP),
        TEST(what_is_not_modelled_reads_zero, 0),
        TEST(reserved_space_reads_zero_and_is_reported, 0),
        TEST(a_report_names_the_redistributor_and_its_pe, 0),
    };
    return RUN(argc, argv, "Redistributors", tests);
}
