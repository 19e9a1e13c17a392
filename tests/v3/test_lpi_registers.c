/* SPDX-License-Identifier: BSD-2-Clause */
/* LPI registers of the Redistributor: what reads back, when they may be written, direct LPIs. */
#include "its.h"
#include "suite.h"

#include <string.h>

enum {
    CES = 1 << 1,
    IR = 1 << 2,
    RWP = 1 << 3,
};

static void typers_say_whether_there_are_lpis(Machine *m)
{
    const uint32_t typer = gicd_read(m, VGIC_NS, GICD_TYPER);
    const unsigned extended = has(m, ESPIS) || has(m, EPPIS);

    assert_int_equal(typer >> 17 & 1, has(m, LPIS));
    assert_int_equal(typer >> 18 & 1, 0);
    assert_int_equal(typer >> 11 & 31, 0); /* num_LPIs: as many as IDbits says */
    if (has(m, LPIS)) {
        assert_int_equal((typer >> 19 & 31) + 1, lpi_bits(m));
    } else {
        assert_true((typer >> 19 & 31) + 1 == (extended ? 16 : 10));
    }
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        const uint64_t redist = gicr_read64(m, cpu, VGIC_NS, GICR_TYPER);
        expect(redist & 1, has(m, LPIS), "PLPIS of PE %u", cpu);
        expect(redist >> 3 & 1, has(m, DIRECT), "DirectLPI of PE %u", cpu);
        expect(redist >> 24 & 3, 0, "CommonLPIAff of PE %u", cpu);
    }
}

static void icc_ctlr_has_room_for_lpis(Machine *m)
{
    start(m);
    const uint64_t ctlr = icc_read(m, 0, &m->os, ICC_CTLR_EL1);
    assert_int_equal(ctlr >> 11 & 7, lpi_bits(m) > 16 ? 1 : 0);
}

static void ctlr_shows_ces_and_ir(Machine *m)
{
    start(m);
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_CTLR) & 0xF, CES | IR);
    lpi_tables(m, 0);
    enable_lpis(m, 0);
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_CTLR) & 0xF, CES | IR | ENABLE_LPIS);
    assert_int_equal(gicr_read(m, last_cpu(m), VGIC_NS, GICR_CTLR) & ENABLE_LPIS, last_cpu(m) == 0);
    disable_lpis(m, 0);
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_CTLR) & 0xF, CES | IR);
    no_report(m, "EnableLPIs");
}

static void enable_lpis_and_dpg_do_not_disturb_each_other(Machine *m)
{
    start_lpis(m);
    gicr_write(m, 0, VGIC_NS, GICR_CTLR, 1 << 25 | ENABLE_LPIS);
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_CTLR) & (1 << 25 | ENABLE_LPIS),
                     1 << 25 | ENABLE_LPIS);
    gicr_write(m, 0, VGIC_NS, GICR_CTLR, 1 << 25);
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_CTLR) & (1 << 25 | ENABLE_LPIS), 1 << 25);
    gicr_write(m, 0, VGIC_S, GICR_CTLR, ENABLE_LPIS);
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_CTLR) & (1 << 25 | ENABLE_LPIS), ENABLE_LPIS);
}

static void bases_keep_what_is_written(Machine *m)
{
    static const uint64_t propbasers[] = {
        0,          0x000FFFFFFFFFF000, 0x1F,       7ull << 7,
        7ull << 56, 1ull << 10,         2ull << 10, 0x0300000012345393 & ~0x60ull};
    static const uint64_t pendbasers[] = {
        0, 0x000FFFFFFFFF0000, 7ull << 7, 7ull << 56, 1ull << 10, 2ull << 10, 0x0300000012340380};

    for (unsigned i = 0; i < sizeof(propbasers) / sizeof(propbasers[0]); i++) {
        gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, propbasers[i]);
        expect(gicr_read64(m, 0, VGIC_NS, GICR_PROPBASER), propbasers[i], "PROPBASER");
        expect(gicr_read(m, 0, VGIC_S, GICR_PROPBASER), (uint32_t)propbasers[i], "low half");
        expect(gicr_read(m, 0, VGIC_S, GICR_PROPBASER + 4), propbasers[i] >> 32, "high half");
    }
    for (unsigned i = 0; i < sizeof(pendbasers) / sizeof(pendbasers[0]); i++) {
        gicr_write64(m, 0, VGIC_NS, GICR_PENDBASER, pendbasers[i]);
        expect(gicr_read64(m, 0, VGIC_NS, GICR_PENDBASER), pendbasers[i], "PENDBASER");
    }
    gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, UINT64_MAX);
    expect(gicr_read64(m, 0, VGIC_NS, GICR_PROPBASER) & ~0x070FFFFFFFFFFF9Full, 0, "RES0 bits");
    gicr_write64(m, 0, VGIC_NS, GICR_PENDBASER, UINT64_MAX);
    expect(gicr_read64(m, 0, VGIC_NS, GICR_PENDBASER) & ~0x070FFFFFFFFF0F80ull, 0,
           "RES0 bits and PTZ");
    no_report(m, "bases");
}

static void bases_are_written_by_halves(Machine *m)
{
    gicr_write(m, 0, VGIC_NS, GICR_PROPBASER, 0x5000000F);
    gicr_write(m, 0, VGIC_NS, GICR_PROPBASER + 4, 0x12);
    assert_int_equal(gicr_read64(m, 0, VGIC_NS, GICR_PROPBASER), 0x125000000F);
    gicr_write(m, 0, VGIC_NS, GICR_PENDBASER + 4, 0x40000034);
    gicr_write(m, 0, VGIC_NS, GICR_PENDBASER, 0x60000000);
    assert_int_equal(gicr_read64(m, 0, VGIC_NS, GICR_PENDBASER), 0x3460000000);
}

static void bases_are_each_pes_own(Machine *m)
{
    gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, 0x5000000F);
    gicr_write64(m, 1, VGIC_NS, GICR_PENDBASER, 0x60000000);
    assert_int_equal(gicr_read64(m, 1, VGIC_NS, GICR_PROPBASER), 0);
    assert_int_equal(gicr_read64(m, 0, VGIC_NS, GICR_PENDBASER), 0);
}

static void bases_do_not_change_while_lpis_are_enabled(Machine *m)
{
    static const uint32_t offsets[] = {GICR_PROPBASER, GICR_PENDBASER};

    start_lpis(m);
    for (unsigned i = 0; i < 2; i++) {
        const uint64_t before = gicr_read64(m, 0, VGIC_NS, offsets[i]);
        gicr_write64(m, 0, VGIC_NS, offsets[i], before ^ 0x10000);
        assert_true(m->host.report_count && m->host.reports[0].report.cpu == 0);
        one_report(m, "lpi-base-enabled", "64 bits");
        gicr_write(m, 0, VGIC_NS, offsets[i], 0);
        one_report(m, "lpi-base-enabled", "low half");
        expect(gicr_read64(m, 0, VGIC_NS, offsets[i]), before, "GICR+0x%x", offsets[i]);
    }
    disable_lpis(m, 0);
    gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, 0x51000000 | (lpi_bits(m) - 1));
    assert_int_equal(gicr_read64(m, 0, VGIC_NS, GICR_PROPBASER), 0x51000000 | (lpi_bits(m) - 1));
    no_report(m, "disabled");
}

static void idbits_that_cannot_be_are_reported_at_enable(Machine *m)
{
    static const unsigned too_few[] = {0, 5, 12};

    start(m);
    for (unsigned i = 0; i < 3; i++) {
        gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, CONFIG_TABLE | too_few[i]);
        gicr_write64(m, 0, VGIC_NS, GICR_PENDBASER, PENDING_TABLE(0) | PTZ);
        no_report(m, "PROPBASER");
        enable_lpis(m, 0);
        one_report(m, "lpi-idbits", "IDbits below 13");
        disable_lpis(m, 0);
    }
    gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, CONFIG_TABLE | lpi_bits(m));
    enable_lpis(m, 0);
    one_report(m, "lpi-idbits", "IDbits above GICD_TYPER.IDbits");
    disable_lpis(m, 0);
    for (unsigned bits = 13; bits < lpi_bits(m); bits++) {
        gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, CONFIG_TABLE | bits);
        enable_lpis(m, 0);
        no_report(m, "IDbits");
        disable_lpis(m, 0);
    }
}

static void syncr_is_never_busy(Machine *m)
{
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_SYNCR), 0);
    start_lpis(m);
    gicr_write64(m, 0, VGIC_NS, GICR_INVALLR, 0);
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_SYNCR), 0);
    no_report(m, "SYNCR");
}

static void setlpir_pends_and_clrlpir_takes_it_back(Machine *m)
{
    const uint32_t intids[] = {8192, 9000, last_lpi(m)};

    start_lpis(m);
    for (unsigned i = 0; i < 3; i++) {
        lpi_byte(m, intids[i], OS_PRIORITY, true);
        gicr_write64(m, 1, VGIC_NS, GICR_SETLPIR, intids[i]);
        assert_true(lpi_pending(m, intids[i]));
        assert_true(irq(m, 1));
        assert_false(irq(m, 0));
        assert_int_equal(info(m, 0, intids[i]).target, 1);
        gicr_write64(m, 1, VGIC_NS, GICR_CLRLPIR, intids[i]);
        assert_false(lpi_pending(m, intids[i]));
        assert_false(irq(m, 1));
        /* The low half alone, as AArch32 writes it. */
        gicr_write(m, 1, VGIC_NS, GICR_SETLPIR, intids[i]);
        assert_true(takes(m, 1, intids[i]));
    }
    no_report(m, "SETLPIR");
}

static void direct_registers_without_effect(Machine *m)
{
    start_lpis(m);
    lpi_byte(m, 8200, OS_PRIORITY, true);
    gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, 8200);
    gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, 8200); /* already pending */
    assert_true(takes(m, 0, 8200));
    gicr_write64(m, 0, VGIC_NS, GICR_CLRLPIR, 8200); /* not pending */
    assert_true(takes(m, 0, 0));
    gicr_write64(m, 0, VGIC_NS, GICR_CLRLPIR, 8300); /* never seen */
    host_forget(&m->host);

    static const uint32_t none[] = {0, 31, 32, 1023, 4096, 8191, 1u << 24, UINT32_MAX};
    for (unsigned i = 0; i < 8; i++) {
        gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, none[i]);
        one_report(m, "lpi-range", "SETLPIR of no LPI");
        gicr_write64(m, 0, VGIC_NS, GICR_CLRLPIR, none[i]);
        one_report(m, "lpi-range", "CLRLPIR of no LPI");
        gicr_write64(m, 0, VGIC_NS, GICR_INVLPIR, none[i]);
        one_report(m, "lpi-range", "INVLPIR of no LPI");
    }
    disable_lpis(m, 0);
    gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, 8200);
    one_report(m, "lpi-disabled", "SETLPIR");
    assert_false(lpi_pending(m, 8200));
    enable_lpis(m, 0);
    assert_true(takes(m, 0, 0));
}

static void direct_registers_of_an_its_gic_do_nothing(Machine *m)
{
    if (has(m, DIRECT)) {
        return; /* they work */
    }
    start_lpis(m);
    lpi_byte(m, 8200, OS_PRIORITY, true);
    uint64_t value = 8200;
    gicr_access(m, 0, VGIC_NS, GICR_SETLPIR, 8, true, &value);
    assert_int_equal(m->host.report_count, 1);
    assert_false(lpi_pending(m, 8200));
}

static void lpi_registers_are_res0_without_lpis(Machine *m)
{
    static const uint32_t offsets[] = {GICR_SETLPIR,   GICR_CLRLPIR, GICR_PROPBASER,
                                       GICR_PENDBASER, GICR_INVLPIR, GICR_INVALLR};

    for (unsigned i = 0; i < 6; i++) {
        uint64_t value = UINT64_MAX;
        host_forget(&m->host);
        expect(gicr_access(m, 0, VGIC_S, offsets[i], 8, true, &value), VGIC_RAZ_WI, "write 0x%x",
               offsets[i]);
        expect(m->host.report_count, 1, "reports of a write to 0x%x", offsets[i]);
        gicr_access(m, 0, VGIC_S, offsets[i], 8, false, &value);
        expect(value, 0, "GICR+0x%x", offsets[i]);
        expect(m->host.report_count, 2, "reports of a read of 0x%x", offsets[i]);
    }
    gicr_write(m, 0, VGIC_S, GICR_CTLR, ENABLE_LPIS);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_CTLR) & 0xF, 0);
}

static void reset_disables_lpis_and_forgets_them(Machine *m)
{
    for (unsigned round = 0; round < 2; round++) {
        start_lpis(m);
        lpi_byte(m, 8200, OS_PRIORITY, true);
        Its its = {0};
        if (has(m, ITS)) {
            its = its_open(m, 0);
            its_do(&its, mapc(m, 0, 0));
            its_do(&its, mapd(1, 5, ITT(1)));
            its_map(&its, 1, 0, 8200, 0);
            its_msi(&its, 1, 0);
        } else {
            gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, 8200);
        }
        assert_true(irq(m, 0));
        vgic_reset(m->gic, round ? VGIC_RESET_WARM : VGIC_RESET_COLD);
        assert_int_equal(vgic_cpu_lines(m->gic, 0) & ~(uint32_t)VGIC_LINE_WAKE, 0);
        assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_CTLR) & ENABLE_LPIS, 0);
        assert_int_equal(gicr_read64(m, 0, VGIC_NS, GICR_PROPBASER), 0);
        assert_int_equal(gicr_read64(m, 0, VGIC_NS, GICR_PENDBASER), 0);
        assert_int_equal(vgic_lpi_next(m->gic, 0), UINT32_MAX);
        start_lpis(m);
        assert_true(takes(m, 0, 0));
        vgic_reset(m->gic, VGIC_RESET_COLD);
        ram_clear(&m->host.ram);
    }
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(typers_say_whether_there_are_lpis, 0),
        TEST(icc_ctlr_has_room_for_lpis, LPIS),
        TEST(ctlr_shows_ces_and_ir, LPIS),
        TEST(enable_lpis_and_dpg_do_not_disturb_each_other, LPIS),
        TEST(bases_keep_what_is_written, LPIS),
        TEST(bases_are_written_by_halves, LPIS),
        TEST(bases_are_each_pes_own, LPIS | SMP),
        TEST(bases_do_not_change_while_lpis_are_enabled, LPIS),
        TEST(idbits_that_cannot_be_are_reported_at_enable, LPIS),
        TEST(syncr_is_never_busy, LPIS),
        TEST(setlpir_pends_and_clrlpir_takes_it_back, DIRECT | SMP),
        TEST(direct_registers_without_effect, DIRECT),
        TEST(direct_registers_of_an_its_gic_do_nothing, LPIS),
        TEST(lpi_registers_are_res0_without_lpis, NO_LPIS),
        TEST(reset_disables_lpis_and_forgets_them, LPIS),
    };
    return RUN(argc, argv, "LPI registers", tests);
}
