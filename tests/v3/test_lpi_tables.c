/* SPDX-License-Identifier: BSD-2-Clause */
/* LPI tables in guest memory: when they are read and written, and what if they cannot be. */
#include "its.h"
#include "suite.h"

#include <string.h>

/* A pending LPI at a PE, whatever this machine has to make one. */
static void pend_lpi(Machine *m, uint32_t cpu, uint32_t intid)
{
    if (has(m, DIRECT)) {
        gicr_write64(m, cpu, VGIC_NS, GICR_SETLPIR, intid);
        return;
    }
    Its its = its_at(m, 0);
    if (its_read(&its, GITS_CTLR) & QUIESCENT) {
        its = its_open(m, 0);
    } else {
        its.tail = (uint32_t)its_read64(&its, GITS_CWRITER);
    }
    its_do(&its, mapd(2, 5, ITT(20)));
    its_do(&its, mapc(m, 4, cpu));
    its_do(&its, mapti(2, 0, intid, 4));
    its_msi(&its, 2, 0);
    its_write64(&its, GITS_CWRITER, its.tail);
    ram_put64(&m->host.ram, ITT(20), 0); /* for the next time */
}

/* Tables and EnableLPIs with the table's content counting. */
static void enable_with_table(Machine *m, uint32_t cpu)
{
    gicr_write64(m, cpu, VGIC_NS, GICR_PROPBASER, CONFIG_TABLE | (lpi_bits(m) - 1));
    gicr_write64(m, cpu, VGIC_NS, GICR_PENDBASER, PENDING_TABLE(cpu));
    enable_lpis(m, cpu);
}

static void disabling_writes_the_pending_bits(Machine *m)
{
    const uint32_t intids[] = {8192, 8199, 8200, 10001, last_lpi(m)};

    start_lpis(m);
    for (unsigned i = 0; i < 5; i++) {
        lpi_byte(m, intids[i], OS_PRIORITY, i % 2);
        pend_lpi(m, 0, intids[i]);
    }
    pend_lpi(m, 1, 8300);
    host_forget(&m->host);
    disable_lpis(m, 0);
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_CTLR) & (ENABLE_LPIS | 8), 0);
    assert_false(irq(m, 0));
    for (uint32_t intid = 8192; intid < 16384; intid++) {
        bool want = false;
        for (unsigned i = 0; i < 5; i++) {
            want |= intids[i] == intid;
        }
        expect(table_bit(m, 0, intid), want, "bit %u", intid);
    }
    assert_true(table_bit(m, 0, last_lpi(m)));
    assert_false(table_bit(m, 1, 8300));
    assert_true(lpi_pending(m, 8300));
    assert_false(lpi_pending(m, 8200));
    no_report(m, "EnableLPIs 1 -> 0");
}

static void enabling_again_reads_them_back(Machine *m)
{
    start_lpis(m);
    for (uint32_t intid = 8192; intid < 8192 + 300; intid += 7) {
        lpi_byte(m, intid, OS_PRIORITY, true);
        pend_lpi(m, 0, intid);
    }
    for (unsigned round = 0; round < 3; round++) {
        disable_lpis(m, 0);
        assert_false(irq(m, 0));
        enable_with_table(m, 0);
        assert_true(irq(m, 0));
        for (uint32_t intid = 8192; intid < 8192 + 300; intid++) {
            expect(lpi_pending(m, intid), (intid - 8192) % 7 == 0, "LPI %u", intid);
        }
    }
    for (uint32_t intid = 8192; intid < 8192 + 300; intid += 7) {
        assert_int_equal(ack(m, 0), intid);
        eoi(m, 0, intid);
    }
    assert_true(takes(m, 0, 0));
    no_report(m, "and back");
}

static void the_first_kib_is_left_alone(Machine *m)
{
    for (uint32_t byte = 0; byte < 1024; byte += 8) {
        ram_put64(&m->host.ram, PENDING_TABLE(0) + byte, 0x1122334455667788);
    }
    start(m);
    enable_with_table(m, 0);
    assert_true(takes(m, 0, 0));
    for (uint32_t i = 1; i < m->config.cpus; i++) {
        lpi_tables(m, i);
    }
    pend_lpi(m, 0, 8192);
    disable_lpis(m, 0);
    for (uint32_t byte = 0; byte < 1024; byte += 8) {
        assert_int_equal(ram_get64(&m->host.ram, PENDING_TABLE(0) + byte), 0x1122334455667788);
    }
    assert_true(table_bit(m, 0, 8192));
}

static void bits_that_the_guest_set_are_pending_at_enable(Machine *m)
{
    const uint32_t intids[] = {8192, 8207, 12345, last_lpi(m)};

    start(m);
    for (unsigned i = 0; i < 4; i++) {
        lpi_byte(m, intids[i], (uint8_t)(OS_LOWER - 16 * i), true);
        set_table_bit(m, 1, intids[i], true);
    }
    enable_with_table(m, 1);
    for (unsigned i = 4; i-- > 0;) {
        assert_int_equal(ack(m, 1), intids[i]);
        eoi(m, 1, intids[i]);
    }
    assert_true(takes(m, 1, 0));
    no_report(m, "bits of the guest");
}

static void ptz_says_that_there_is_nothing_to_read(Machine *m)
{
    start(m);
    set_table_bit(m, 0, 8200, true);
    lpi_byte(m, 8200, OS_PRIORITY, true);
    lpi_tables(m, 0);
    ram_fail(&m->host.ram, PENDING_TABLE(0), PENDING_TABLE(0) + 0x1FFFFF, FAIL_READS);
    enable_lpis(m, 0);
    assert_false(lpi_pending(m, 8200));
    assert_true(takes(m, 0, 0));
    no_report(m, "PTZ");
}

/* PTZ is of the write that set it: the next enable without a new write reads the table. */
static void ptz_holds_for_one_enable(Machine *m)
{
    start_lpis(m);
    lpi_byte(m, 8200, OS_PRIORITY, true);
    pend_lpi(m, 0, 8200);
    disable_lpis(m, 0);
    assert_true(table_bit(m, 0, 8200));
    enable_lpis(m, 0);
    assert_true(takes(m, 0, 8200));
}

static void bits_beyond_propbaser_idbits_do_not_count(Machine *m)
{
    if (lpi_bits(m) < 15) {
        return; /* IDbits cannot be less than all */
    }
    start(m);
    set_table_bit(m, 0, 0x3FFF, true);
    set_table_bit(m, 0, 0x4000, true);
    lpi_byte(m, 0x3FFF, OS_PRIORITY, true);
    lpi_byte(m, 0x4000, OS_PRIORITY, true);
    gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, CONFIG_TABLE | 13);
    gicr_write64(m, 0, VGIC_NS, GICR_PENDBASER, PENDING_TABLE(0));
    enable_lpis(m, 0);
    assert_true(takes(m, 0, 0x3FFF));
    pend_lpi(m, 0, 0x4000);
    one_report(m, "lpi-range", "an LPI beyond PROPBASER.IDbits");
    assert_false(lpi_pending(m, 0x4000));
    assert_true(takes(m, 0, 0));
}

static void idbits_below_13_mean_no_lpi(Machine *m)
{
    start(m);
    gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, CONFIG_TABLE | 12);
    gicr_write64(m, 0, VGIC_NS, GICR_PENDBASER, PENDING_TABLE(0));
    set_table_bit(m, 0, 8192, true);
    lpi_byte(m, 8192, OS_PRIORITY, true);
    enable_lpis(m, 0);
    host_forget(&m->host);
    assert_true(takes(m, 0, 0));
    pend_lpi(m, 0, 8192);
    one_report(m, "lpi-range", "IDbits 12");
    assert_false(lpi_pending(m, 8192));
}

static void an_lpi_for_a_pe_with_lpis_off_is_dropped(Machine *m)
{
    start_lpis(m);
    lpi_byte(m, 8200, OS_PRIORITY, true);
    disable_lpis(m, 1);
    host_forget(&m->host);
    pend_lpi(m, 1, 8200);
    one_report(m, "lpi-disabled", "EnableLPIs is 0");
    assert_false(lpi_pending(m, 8200));
    assert_false(table_bit(m, 1, 8200));
    enable_lpis(m, 1);
    assert_true(takes(m, 1, 0));
}

static void tables_may_move_while_disabled(Machine *m)
{
    start_lpis(m);
    lpi_byte(m, 8200, OS_PRIORITY, true);
    pend_lpi(m, 0, 8200);
    disable_lpis(m, 0);
    gicr_write64(m, 0, VGIC_NS, GICR_PENDBASER, PENDING_TABLE(6));
    set_table_bit(m, 6, 8201, true);
    ram_put8(&m->host.ram, 0x58000000 + 8201 - 8192, OS_PRIORITY | 1);
    gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, 0x58000000 | (lpi_bits(m) - 1));
    enable_lpis(m, 0);
    assert_true(takes(m, 0, 8201));
    assert_true(table_bit(m, 0, 8200));
}

static void a_bus_error_of_the_pending_table_is_reported(Machine *m)
{
    start(m);
    set_table_bit(m, 0, 8200, true);
    gicr_write64(m, 0, VGIC_NS, GICR_PROPBASER, CONFIG_TABLE | (lpi_bits(m) - 1));
    gicr_write64(m, 0, VGIC_NS, GICR_PENDBASER, 0x10000);
    no_report(m, "PENDBASER outside memory");
    enable_lpis(m, 0);
    assert_true(m->host.report_count >= 1);
    assert_string_equal(m->host.reports[0].rule, "lpi-table");
    assert_int_equal(m->host.reports[0].report.cpu, 0);
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_CTLR) & ENABLE_LPIS, ENABLE_LPIS);
    lpi_byte(m, 8300, OS_PRIORITY, true);
    pend_lpi(m, 0, 8300);
    assert_true(lpi_pending(m, 8300));
    host_forget(&m->host);
    disable_lpis(m, 0);
    assert_true(m->host.report_count >= 1);
    assert_string_equal(m->host.reports[0].rule, "lpi-table");
    assert_int_equal(gicr_read(m, 0, VGIC_NS, GICR_CTLR) & ENABLE_LPIS, 0);
    assert_false(irq(m, 0));
}

static void a_bus_error_of_the_configuration_table_means_disabled(Machine *m)
{
    start_lpis(m);
    lpi_byte(m, 8200, OS_PRIORITY, true);
    ram_fail(&m->host.ram, CONFIG_TABLE, CONFIG_TABLE + 0xFFFF, FAIL_READS);
    pend_lpi(m, 0, 8200);
    assert_true(m->host.report_count >= 1);
    assert_string_equal(m->host.reports[0].rule, "lpi-table");
    assert_true(lpi_pending(m, 8200));
    assert_false(irq(m, 0));
    ram_heal(&m->host.ram);
    gicr_write64(m, 0, VGIC_NS, GICR_INVLPIR, 8200);
    assert_true(takes(m, 0, 8200));
}

static void tables_are_in_non_secure_memory(Machine *m)
{
    host_forget(&m->host);
    start_lpis(m);
    disable_lpis(m, 0);
    enable_lpis(m, 0);
    lpi_byte(m, 8200, OS_PRIORITY, true);
    pend_lpi(m, 0, 8200);
    disable_lpis(m, 0);
    assert_int_equal(m->host.ram.spaces, 1u << VGIC_NS);
}

/* The time of a call: tables are read in blocks, and at most once. */
static void reading_a_table_takes_few_accesses(Machine *m)
{
    start_lpis(m);
    disable_lpis(m, 0);
    host_forget(&m->host);
    enable_lpis(m, 0);
    const uint64_t bytes = (1ull << lpi_bits(m)) / 8;
    expect(m->host.ram.reads <= bytes / 256 + 1, true, "%u reads of a table of %u bytes",
           (unsigned)m->host.ram.reads, (unsigned)bytes);
    expect(m->host.ram.longest <= 1 << 16, true, "%u bytes at once", (unsigned)m->host.ram.longest);
    host_forget(&m->host);
    disable_lpis(m, 0);
    expect(m->host.ram.reads + m->host.ram.writes <= bytes / 128 + 2, true,
           "%u accesses to write it", (unsigned)(m->host.ram.reads + m->host.ram.writes));
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(disabling_writes_the_pending_bits, LPIS),
        TEST(enabling_again_reads_them_back, LPIS),
        TEST(the_first_kib_is_left_alone, LPIS),
        TEST(bits_that_the_guest_set_are_pending_at_enable, LPIS),
        TEST(ptz_says_that_there_is_nothing_to_read, LPIS),
        TEST(ptz_holds_for_one_enable, LPIS),
        TEST(bits_beyond_propbaser_idbits_do_not_count, LPIS),
        TEST(idbits_below_13_mean_no_lpi, LPIS),
        TEST(an_lpi_for_a_pe_with_lpis_off_is_dropped, LPIS),
        TEST(tables_may_move_while_disabled, LPIS),
        TEST(a_bus_error_of_the_pending_table_is_reported, LPIS),
        TEST(a_bus_error_of_the_configuration_table_means_disabled, LPIS),
        TEST(tables_are_in_non_secure_memory, LPIS),
        TEST(reading_a_table_takes_few_accesses, LPIS),
    };
    return RUN(argc, argv, "LPI tables", tests);
}
