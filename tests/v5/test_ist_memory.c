/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt State Tables that software got wrong: memory that does not answer, software errors,
 * tables on top of each other, and registers that change while memory is accessed.
 */
#include "suite.h"
#include "v5.h"

#include <string.h>

#define LPI(id) VGIC_V5_LPI(id)
#define BASE IST_AT(DOMAIN_NS)

/* Every report of this kind since the last host_forget(). */
static bool has_report(const Machine *m, const char *rule)
{
    for (uint32_t i = 0; i < m->host.report_count; i++) {
        if (!strcmp(m->host.reports[i].rule, rule)) {
            return true;
        }
    }
    return false;
}

static void a_table_that_cannot_be_read_gives_no_lpis(Machine *m)
{
    v5_start_without_ist(m);
    ram_fail(&m->host.ram, BASE, BASE + 0xFFFFF, FAIL_ALL);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 0));
    host_forget(&m->host);
    v5_cden(m, 0, LPI(5));
    assert_true(has_report(m, "ist-bus"));
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)), ICSR_F);
    v5_cdpend(m, 0, LPI(5), true);
    assert_false(irq(m, 0));
    v5_ist_off(m, DOMAIN_NS);
    ram_heal(&m->host.ram);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 0));
    v5_leave_entry(m, 5);
}

/* What is pending in a table that becomes valid is taken over: memory that does not let it is told
 * of at once, and the rest of the table is used. */
static void a_table_that_is_half_there_is_reported_when_it_becomes_valid(Machine *m)
{
    const uint32_t pending = 1 | 1 << 3 | 0x10u << 11; /* enabled, priority 16 */

    v5_start_without_ist(m);
    ram_write(&m->host.ram, BASE + 4 * 3, &pending, sizeof(pending));
    ram_fail(&m->host.ram, BASE + 0x1000, BASE + 0xFFFFF, FAIL_READS);
    host_forget(&m->host);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 0));
    assert_true(has_report(m, "ist-bus"));
    ram_heal(&m->host.ram);
    assert_true(info(m, 0, LPI(3)).pending);
    v5_ist_off(m, DOMAIN_NS);
    host_forget(&m->host);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 0));
    assert_false(has_report(m, "ist-bus"));
}

static void a_table_outside_memory_is_harmless(Machine *m)
{
    static const uint64_t bases[] = {0, 0x1000, 0x00FFFFFFFFFFFFC0, RAM_END - 64, RAM_END};

    for (unsigned i = 0; i < 5; i++) {
        for (unsigned structure = 0; structure < 2; structure++) {
            v5_start_without_ist(m);
            irs_write(m, 0, DOMAIN_NS, IRS_IST_CFGR,
                      IST_CFGR(v5_ist_bits(m), 0, 0) | (structure ? IST_TWO_LEVEL : 0));
            irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, bases[i] | IST_VALID);
            const uint32_t last = (1u << v5_ist_bits(m)) - 1;
            v5_cden(m, 0, LPI(last));
            v5_cdpend(m, 0, LPI(last), true);
            expect(v5_cdrcfg(m, 0, LPI(last)), ICSR_F, "IST at 0x%llx",
                   (unsigned long long)bases[i]);
            expect(has_report(m, "ist-bus"), true, "report of the IST at 0x%llx",
                   (unsigned long long)bases[i]);
            irs_write(m, 0, DOMAIN_NS, IRS_MAP_L2_ISTR, last);
            v5_ist_off(m, DOMAIN_NS);
        }
    }
}

static void an_entry_that_cannot_be_written_back_is_reported(Machine *m)
{
    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 0));
    v5_leave_entry(m, 5);
    v5_leave_entry(m, 4000);
    ram_fail(&m->host.ram, BASE, BASE + 63, FAIL_WRITES);
    host_forget(&m->host);
    v5_ist_off(m, DOMAIN_NS);
    assert_true(has_report(m, "ist-bus"));
    assert_int_equal(v5_iste(m, BASE + 4 * 4000), v5_left_entry(m)); /* the others are */
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_IST_BASER) & 1, 0);
}

/* SWERR */
static uint64_t error_status(Machine *m)
{
    return irs_read64(m, 0, DOMAIN_NS, IRS_SWERR_STATUSR);
}

enum {
    SWERR_V = 1,
    SWERR_S0V = 2,
    SWERR_S1V = 4,
    SWERR_OF = 8
};

static unsigned error_code(Machine *m)
{
    return (unsigned)(error_status(m) >> 16 & 0xFF);
}

static void clear_error(Machine *m)
{
    irs_write64(m, 0, DOMAIN_NS, IRS_SWERR_STATUSR, SWERR_V);
    assert_int_equal(error_status(m), 0);
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_SWERR_SYNDROMER0), 0);
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_SWERR_SYNDROMER1), 0);
}

static void software_errors_are_latched_in_swerr(Machine *m)
{
    v5_start_without_ist(m);
    assert_int_equal(error_status(m), 0);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(16, 0, 0) | IST_TWO_LEVEL);
    assert_int_equal(error_status(m), 0);
    /* 1: the L1 entry cannot be read. */
    ram_fail(&m->host.ram, BASE + 8, BASE + 0x7F, FAIL_READS);
    v5_cden(m, 0, LPI(5000));
    assert_int_equal(error_status(m) & (SWERR_V | SWERR_OF), SWERR_V);
    assert_int_equal(error_code(m), 1);
    if (error_status(m) & SWERR_S0V) {
        assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_SWERR_SYNDROMER0),
                         2ull << 60 | 5000ull << 32);
    }
    if (error_status(m) & SWERR_S1V) {
        assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_SWERR_SYNDROMER1), BASE + 8 * 4);
    }
    v5_cden(m, 0, LPI(6000));
    assert_int_equal(error_status(m) & (SWERR_V | SWERR_OF), SWERR_V | SWERR_OF);
    assert_int_equal(error_code(m), 1);
    /* Writing 0 to V clears nothing. */
    ram_heal(&m->host.ram);
    const uint64_t before = error_status(m);
    irs_write64(m, 0, DOMAIN_NS, IRS_SWERR_STATUSR, ~1ull);
    assert_int_equal(error_status(m), before);
    clear_error(m);
    /* 0: MAP_L2_ISTR could not update the L1 entry. */
    ram_fail(&m->host.ram, BASE, BASE + 7, FAIL_WRITES);
    irs_write(m, 0, DOMAIN_NS, IRS_MAP_L2_ISTR, 5);
    assert_int_equal(error_status(m) & SWERR_V, SWERR_V);
    assert_int_equal(error_code(m), 0);
    ram_heal(&m->host.ram);
    clear_error(m);
    /* 2: the L2 entry could not be read. */
    v5_map_l2(m, DOMAIN_NS, BASE, 0, L2_IST_AT(0), 5);
    assert_int_equal(error_status(m), 0);
    ram_fail(&m->host.ram, L2_IST_AT(0), L2_IST_AT(0) + 4095, FAIL_READS);
    v5_cden(m, 0, LPI(7));
    assert_int_equal(error_status(m) & SWERR_V, SWERR_V);
    assert_int_equal(error_code(m), 2);
    ram_heal(&m->host.ram);
    clear_error(m);
}

static void swerr_is_raz_wi_without_swe(Machine *m)
{
    v5_start_without_ist(m);
    if (has(m, V5_LPIS)) {
        ram_fail(&m->host.ram, BASE, BASE + 0xFFFF, FAIL_ALL);
        v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(12, 0, 0));
        v5_cden(m, 0, LPI(5));
    }
    irs_write64(m, 0, DOMAIN_NS, IRS_SWERR_STATUSR, ~0ull);
    assert_int_equal(error_status(m), 0);
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_SWERR_SYNDROMER0), 0);
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_SWERR_SYNDROMER1), 0);
}

/* Tables that overlap: each other, and the tables of another domain. */
static void tables_that_overlap_are_harmless(Machine *m)
{
    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(14, 0, 0) | IST_TWO_LEVEL);
    /* Two L2 tables in one place, and one that is the L1 table itself. */
    v5_map_l2(m, DOMAIN_NS, BASE, 0, L2_IST_AT(0), 0);
    v5_map_l2(m, DOMAIN_NS, BASE, 1, L2_IST_AT(0), 1024);
    v5_map_l2(m, DOMAIN_NS, BASE, 2, BASE, 2048);
    for (uint32_t id = 0; id < 3072; id += 64) {
        v5_configure(m, 0, LPI(id), P_MID, 0);
        v5_cdpend(m, 0, LPI(id), true);
    }
    for (unsigned i = 0; i < 6000 && v5_hppir(m, 0); i++) {
        const uint64_t got = v5_cdia(m, 0);
        assert_true(got & INTID_VALID);
        v5_cdeoi(m, 0);
        v5_cddi(m, 0, (uint32_t)got);
    }
    assert_true(v5_takes(m, 0, 0));
    v5_ist_off(m, DOMAIN_NS);
    ram_clear(&m->host.ram);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 0));
    v5_leave_entry(m, 5);
}

/* Memory that changes registers while an entry is looked up or written back. */
static unsigned depth, calls;

static void toggle_valid(Host *host, bool write, uint64_t address, size_t length)
{
    Machine *m = host->data;

    (void)write;
    (void)address;
    (void)length;
    if (depth || calls > 40) {
        return;
    }
    depth++;
    calls++;
    irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, calls % 2 ? 0 : BASE | IST_VALID);
    v5_cdpend(m, 0, LPI(3), calls & 4);
    v5_cdrcfg(m, 0, LPI(4));
    vgic_spi_pulse(m->gic, 3);
    v5_hppir(m, 0);
    depth--;
}

static void valid_may_change_in_the_middle_of_an_access(Machine *m)
{
    const bool levels[] = {false, has(m, V5_TWO_LEVEL)};

    for (unsigned i = 0; i < 2; i++) {
        vgic_reset(m->gic, VGIC_RESET_COLD);
        v5_start_without_ist(m);
        const unsigned bits = v5_ist_bits(m);
        const uint32_t cfgr = IST_CFGR(bits, 0, 0) | (levels[i] ? IST_TWO_LEVEL : 0);
        v5_ist(m, DOMAIN_NS, BASE, cfgr);
        ram_put64(&m->host.ram, BASE, L2_IST_AT(0) | 1);
        m->host.data = m;
        m->host.on_memory = toggle_valid;
        depth = 0;
        for (unsigned round = 0; round < 12; round++) {
            calls = round % 2;
            v5_configure(m, 0, LPI(round), P_MID, 0);
            v5_cdpend(m, 0, LPI(round), true);
            irs_write(m, 0, DOMAIN_NS, IRS_MAP_L2_ISTR, round);
            if (has(m, V5_SETLPI)) {
                v5_setlpi(m, 0, DOMAIN_NS, round + 1);
            }
            irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, round & 2 ? 0 : BASE | IST_VALID);
        }
        m->host.on_memory = NULL;
        v5_ist_off(m, DOMAIN_NS);
        assert_false(irq(m, 0));
        ram_clear(&m->host.ram);
        v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(bits, 0, 0));
        v5_leave_entry(m, 5);
        v5_cddi(m, 0, LPI(5));
        v5_ist_off(m, DOMAIN_NS);
        assert_int_equal(v5_iste(m, BASE + 20), v5_left_entry(m) & ~ISTE_ACTIVE);
    }
}

/* The same LPI is configured while its entry is read for the first time. */
static void configure_too(Host *host, bool write, uint64_t address, size_t length)
{
    Machine *m = host->data;

    (void)length;
    if (!write && !depth && address <= BASE + 20 && address + length > BASE + 20) {
        depth++;
        v5_cdpri(m, 0, LPI(5), P_LOW);
        v5_cdaff(m, 0, LPI(5), v5_iaffid(m, 0));
    }
}

static void two_that_read_one_entry_both_count(Machine *m)
{
    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 0));
    m->host.data = m;
    m->host.on_memory = configure_too;
    depth = 0;
    v5_cden(m, 0, LPI(5));
    m->host.on_memory = NULL;
    assert_int_equal(depth, 1);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)),
                     ICSR_ENABLED | ICSR_PRIORITY(P_LOW) | ICSR_IAFFID(v5_iaffid(m, 0)));
}

/* The IST goes away, and another takes its place, after an entry was read and before it is used. */
static VgicHost plain;

static bool read_then_replace(void *machine, VgicSpace space, uint64_t address, void *buffer,
                              size_t length)
{
    Host *host = machine;
    Machine *m = host->data;
    const bool good = plain.memory_read(machine, space, address, buffer, length);

    if (m && !depth) {
        depth++;
        irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, 0);
        irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, (BASE + 0x1000000) | IST_VALID);
    }
    return good;
}

static void an_entry_of_a_table_that_went_away_is_not_used(Machine *none)
{
    const VgicConfig config = V5(.cpus = 1, .lpi_bits = 14);
    VgicHost host = host_callbacks(false);

    (void)none;
    host_add_memory(&host);
    plain = host;
    host.memory_read = read_then_replace;
    Machine *m = machine_new_on("own", &config, &host);
    assert_non_null(m);
    v5_start_without_ist(m);
    v5_put_iste(m, BASE + 20, ISTE_PRIORITY(P_HIGH));
    v5_put_iste(m, BASE + 0x1000000 + 20, ISTE_PRIORITY(P_LOW));
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(14, 0, 0));
    m->host.data = m;
    depth = 0;
    v5_cden(m, 0, LPI(5));
    assert_int_equal(depth, 1);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)) & ICSR_PRIORITY(31), ICSR_PRIORITY(P_LOW));
    v5_ist_off(m, DOMAIN_NS);
    assert_int_equal(v5_iste(m, BASE + 20), ISTE_PRIORITY(P_HIGH)); /* as it was */
    machine_free(m);
}

/* While a table becomes valid or is given up IDLE is 0 for others. */
static uint32_t seen;

static void look_at_idle(Host *host, bool write, uint64_t address, size_t length)
{
    Machine *m = host->data;

    (void)write;
    (void)address;
    (void)length;
    seen = irs_read(m, 0, DOMAIN_NS, IRS_IST_STATUSR);
}

static void idle_is_0_while_a_table_changes_hands(Machine *m)
{
    v5_start_without_ist(m);
    m->host.data = m;
    m->host.on_memory = look_at_idle;
    seen = 2;
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 0));
    assert_int_equal(seen, 0);
    v5_cden(m, 0, LPI(5));
    assert_int_equal(seen, IDLE); /* not for an instruction */
    v5_ist_off(m, DOMAIN_NS);
    assert_int_equal(seen, 0);
    m->host.on_memory = NULL;
}

/* Software uses an LPI while the table is written back: it comes too late, and breaks nothing. */
static void use_while_written(Host *host, bool write, uint64_t address, size_t length)
{
    Machine *m = host->data;

    (void)address;
    (void)length;
    if (write && !depth) {
        depth++;
        v5_cdpri(m, 0, LPI(6), P_LOW);
        v5_cden(m, 0, LPI(7));
        v5_cdpend(m, 0, LPI(5), true);
        v5_cdrcfg(m, 0, LPI(5));
    }
}

static void lpis_may_be_used_while_they_are_written_back(Machine *m)
{
    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 0));
    for (uint32_t id = 5; id < 8; id++) {
        v5_configure(m, 0, LPI(id), P_MID, 0);
    }
    m->host.data = m;
    m->host.on_memory = use_while_written;
    depth = 0;
    irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, 0);
    m->host.on_memory = NULL;
    assert_int_equal(depth, 1);
    assert_false(irq(m, 0));
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)), ICSR_F);
    for (uint32_t id = 5; id < 8; id++) {
        expect(v5_iste(m, BASE + 4 * id) & ISTE_ENABLE, ISTE_ENABLE, "LPI %u", id);
    }
    assert_int_equal(vgic_lpi_next(m->gic, 0), UINT32_MAX);
}

static const Test tests[] = {
    TEST(a_table_that_cannot_be_read_gives_no_lpis, V5_LPIS),
    TEST(a_table_that_is_half_there_is_reported_when_it_becomes_valid, V5_LPIS),
    TEST(a_table_outside_memory_is_harmless, V5_LPIS),
    TEST(an_entry_that_cannot_be_written_back_is_reported, V5_LPIS),
    TEST(software_errors_are_latched_in_swerr, V5_SWERR | V5_TWO_LEVEL),
    TEST(swerr_is_raz_wi_without_swe, V5_NO_SWERR),
    TEST(tables_that_overlap_are_harmless, V5_TWO_LEVEL),
    TEST(valid_may_change_in_the_middle_of_an_access, V5_LPIS),
    TEST(two_that_read_one_entry_both_count, V5_LPIS),
    TEST_ALONE(an_entry_of_a_table_that_went_away_is_not_used),
    TEST(lpis_may_be_used_while_they_are_written_back, V5_LPIS),
    TEST(idle_is_0_while_a_table_changes_hands, V5_LPIS),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "ist-memory", tests);
}
