/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt State Tables: where an entry is in each format, becoming valid and invalid, what is
 * read and written back.
 */
#include "suite.h"
#include "v5.h"

#define LPI(id) VGIC_V5_LPI(id)
#define BASE IST_AT(DOMAIN_NS)

static unsigned l2_bits(unsigned l2sz, unsigned istsz)
{
    return 10 - istsz + 2 * l2sz;
}

/* A worked example: where LPI 5000 is. */
typedef struct Example {
    unsigned bits, l2sz, istsz;
    bool two_level;
    uint32_t cfgr;
    uint32_t l1_index, offset; /**< of the L1 entry's number; in the L2 or linear table */
} Example;

static const Example examples[] = {
    {24, 0, 0, true, 0x10018, 4, 0xE20},   {24, 1, 1, true, 0x100B8, 2, 0x1C40},
    {24, 2, 2, true, 0x10158, 1, 0x3880},  {14, 0, 0, false, 0x0000E, 0, 0x4E20},
    {14, 0, 1, false, 0x0008E, 0, 0x9C40}, {14, 0, 2, false, 0x0010E, 0, 0x13880},
};

static void the_worked_examples_are_where_they_should(Machine *none)
{
    (void)none;
    for (unsigned i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        const Example *e = &examples[i];
        const uint64_t table = e->two_level ? L2_IST_AT(e->l1_index) : BASE;
        Machine *m = V5_MACHINE(.cpus = 1, .lpi_bits = 24);
        v5_start_without_ist(m);
        const uint32_t cfgr =
            IST_CFGR(e->bits, e->l2sz, e->istsz) | (e->two_level ? IST_TWO_LEVEL : 0);
        expect(cfgr, e->cfgr, "IRS_IST_CFGR, example %u", i);
        v5_ist(m, DOMAIN_NS, BASE, cfgr);
        if (e->two_level) {
            v5_map_l2(m, DOMAIN_NS, BASE, e->l1_index, table, 5000);
            expect(ram_get64(&m->host.ram, BASE + 8 * e->l1_index), table | IST_VALID,
                   "L1 entry, example %u", i);
        }
        v5_leave_entry(m, 5000);
        v5_ist_off(m, DOMAIN_NS);
        expect(v5_iste(m, table + e->offset), v5_left_entry(m), "ISTE, example %u", i);
        machine_free(m);
    }
}

/* ISTE 0x00030806: Active, HM level, priority 1, IAFFID 3, not enabled. */
static void the_fields_of_an_entry_are_where_they_should(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 4, .lpi_bits = 16);
    static const struct {
        uint32_t iste;
        uint64_t icsr;
    } rows[] = {
        {0x00030806, ICSR_ACTIVE | ICSR_HM | ICSR_PRIORITY(1) | ICSR_IAFFID(3)},
        {0x00000000, 0},
        {0x00000008, ICSR_ENABLED},
        {0x00000002, ICSR_ACTIVE},
        {0x00000004, ICSR_HM},
        {0x00000001, ICSR_PENDING},
        {0x0000F800, ICSR_PRIORITY(31)},
        {0xFFFF0000, ICSR_IAFFID(0xFFFF)},
        {0x000007E0, 0}, /* RES0 and HWU */
        {0x00000010, ICSR_IRM},
        {0x00AB0010, ICSR_IRM}, /* its IAFFID is 0 then */
    };

    (void)none;
    v5_start_without_ist(m);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        v5_put_iste(m, BASE + 4 * i, rows[i].iste);
    }
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(10, 0, 0));
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        expect(v5_cdrcfg(m, 0, LPI(i)), rows[i].icsr, "ICSR of 0x%08x", rows[i].iste);
        v5_cdpri(m, 0, LPI(i), (uint32_t)(rows[i].icsr >> 11 & 31)); /* it is cached now */
    }
    v5_ist_off(m, DOMAIN_NS);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const uint32_t kept = rows[i].iste & ISTE_IRM ? ISTE_IRM : rows[i].iste & 0xFFFFF80Fu;
        expect(v5_iste(m, BASE + 4 * i), kept, "0x%08x written back", rows[i].iste);
    }
    machine_free(m);
}

static void low_bits_that_the_irs_lacks_are_dropped_on_the_way_in(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1, .lpi_bits = 16, .priority_bits = 2);

    (void)none;
    v5_start_without_ist(m);
    v5_put_iste(m, BASE + 4, ISTE_PRIORITY(31) | ISTE_ENABLE);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(10, 0, 0));
    assert_int_equal(v5_cdrcfg(m, 0, LPI(1)), ICSR_PRIORITY(24) | ICSR_ENABLED);
    machine_free(m);
}

/* Every table of two levels: entries at the borders of L2 tables, each in its own. */
static void check_two_levels(Machine *m, unsigned l2sz, unsigned istsz)
{
    const unsigned b2 = l2_bits(l2sz, istsz), bits = b2 + 2 > 16 ? 16 : b2 + 2;
    const uint32_t per_table = 1u << b2, esz = 4u << istsz;

    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(bits, l2sz, istsz) | IST_TWO_LEVEL);
    const uint32_t tables = 1u << (bits - b2);
    for (uint32_t i = 0; i < tables; i++) {
        /* Any ID of the table will do: the first, the last, one between. */
        const uint32_t id = i * per_table + (i == 0 ? 0 : i == 1 ? per_table - 1 : 77);
        expect(v5_cdrcfg(m, 0, LPI(id)), ICSR_F, "table %u before, L2SZ %u ISTSZ %u", i, l2sz,
               istsz);
        host_forget(&m->host);
        v5_map_l2(m, DOMAIN_NS, BASE, i, L2_IST_AT(i), id);
        no_report(m, "MAP_L2_ISTR");
        v5_leave_entry(m, i * per_table);
        v5_leave_entry(m, (i + 1) * per_table - 1);
        for (uint32_t other = i + 1; other < tables; other++) {
            expect(ram_get64(&m->host.ram, BASE + 8 * other), 0, "L1 entry %u", other);
        }
    }
    v5_ist_off(m, DOMAIN_NS);
    for (uint32_t i = 0; i < tables; i++) {
        expect(v5_iste(m, L2_IST_AT(i)), v5_left_entry(m), "first of table %u, L2SZ %u ISTSZ %u", i,
               l2sz, istsz);
        expect(v5_iste(m, L2_IST_AT(i) + (per_table - 1) * esz), v5_left_entry(m),
               "last of table %u, L2SZ %u ISTSZ %u", i, l2sz, istsz);
        expect(v5_iste(m, L2_IST_AT(i) + esz), 0, "second of table %u", i);
        expect(v5_iste(m, L2_IST_AT(i) + per_table * esz), 0, "after table %u", i);
    }
}

static void every_l2sz_and_istsz_has_its_borders(Machine *m)
{
    for (unsigned l2sz = 0; l2sz < 3; l2sz++) {
        for (unsigned istsz = 0; istsz < 3; istsz++) {
            vgic_reset(m->gic, VGIC_RESET_COLD);
            ram_clear(&m->host.ram);
            check_two_levels(m, l2sz, istsz);
        }
    }
}

static void every_istsz_of_a_linear_table_has_its_stride(Machine *m)
{
    const unsigned bits = v5_ist_bits(m);

    for (unsigned istsz = 0; istsz < 3; istsz++) {
        const uint32_t last = (1u << bits) - 1;
        vgic_reset(m->gic, VGIC_RESET_COLD);
        ram_clear(&m->host.ram);
        v5_start_without_ist(m);
        v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(bits, 0, istsz));
        v5_leave_entry(m, 0);
        v5_leave_entry(m, 1);
        v5_leave_entry(m, last);
        v5_ist_off(m, DOMAIN_NS);
        for (uint32_t i = 0; i < 3; i++) {
            const uint32_t id = i < 2 ? i : last;
            expect(v5_iste(m, BASE + ((uint64_t)id << (2 + istsz))), v5_left_entry(m),
                   "LPI %u, ISTSZ %u", id, istsz);
        }
        expect(v5_iste(m, BASE + (2u << (2 + istsz))), 0, "LPI 2, ISTSZ %u", istsz);
    }
}

static void words_of_an_entry_beyond_the_first_are_left_alone(Machine *m)
{
    v5_start_without_ist(m);
    for (unsigned i = 0; i < 32; i++) {
        v5_put_iste(m, BASE + 4 * i, i % 4 ? 0xA5A5A500 + i : 0);
    }
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 2));
    v5_leave_entry(m, 1);
    v5_ist_off(m, DOMAIN_NS);
    for (unsigned i = 0; i < 32; i++) {
        expect(v5_iste(m, BASE + 4 * i),
               i == 4  ? v5_left_entry(m)
               : i % 4 ? 0xA5A5A500 + i
                       : 0,
               "word %u", i);
    }
}

static void cfgr_is_clamped_when_the_ist_becomes_valid(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1, .lpi_bits = 16,
                            .v5 = {.min_lpi_bits = 5, .ist_l2_sizes = 2 /* 16 KiB */});

    (void)none;
    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(31, 0, 0));
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IST_CFGR) & 0x1F, 31); /* as written */
    assert_int_equal(v5_cdrcfg(m, 0, LPI(0xFFFF)), 0);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(0x10000)), ICSR_F);
    v5_ist_off(m, DOMAIN_NS);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(3, 0, 0));
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IST_CFGR) & 0x1F, 3);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(31)), 0);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(32)), ICSR_F);
    v5_ist_off(m, DOMAIN_NS);
    /* ISTSZ 3 is 4 bytes; an L2SZ that is not offered is the smallest that is. */
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(16, 3, 3) | IST_TWO_LEVEL);
    v5_map_l2(m, DOMAIN_NS, BASE, 1, L2_IST_AT(0), 4096);
    v5_leave_entry(m, 4096 + 5);
    v5_ist_off(m, DOMAIN_NS);
    assert_int_equal(v5_iste(m, L2_IST_AT(0) + 4 * 5), v5_left_entry(m));
    machine_free(m);
}

static void structure_is_res0_without_levels(Machine *m)
{
    v5_start_without_ist(m);
    irs_write(m, 0, DOMAIN_NS, IRS_IST_CFGR, IST_CFGR(12, 0, 0) | IST_TWO_LEVEL);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IST_CFGR), IST_CFGR(12, 0, 0));
    irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, BASE | IST_VALID);
    v5_leave_entry(m, 7);
    v5_ist_off(m, DOMAIN_NS);
    assert_int_equal(v5_iste(m, BASE + 4 * 7), v5_left_entry(m));
}

static void cfgr_and_addr_are_fixed_while_valid(Machine *m)
{
    const unsigned bits = v5_ist_bits(m);

    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(bits, 0, 0));
    no_report(m, "a valid IST");
    irs_write(m, 0, DOMAIN_NS, IRS_IST_CFGR, IST_CFGR(bits - 1, 0, 1));
    one_report(m, "ist-valid", "IRS_IST_CFGR while VALID is 1");
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IST_CFGR), IST_CFGR(bits, 0, 0));
    irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, (BASE + 0x100000) | IST_VALID);
    one_report(m, "ist-valid", "IRS_IST_BASER.ADDR while VALID is 1");
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_IST_BASER), BASE | IST_VALID);
    irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, BASE | IST_VALID);
    no_report(m, "IRS_IST_BASER as it is");
    v5_leave_entry(m, 3);
    v5_ist_off(m, DOMAIN_NS);
    assert_int_equal(v5_iste(m, BASE + 12), v5_left_entry(m));
}

static void baser_has_addr_and_valid_only(Machine *m)
{
    v5_start_without_ist(m);
    irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, ~1ull);
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_IST_BASER), 0x00FFFFFFFFFFFFC0);
    irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, 0);
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_IST_BASER), 0);
    irs_write(m, 0, DOMAIN_NS, IRS_IST_CFGR, ~0u);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IST_CFGR) & ~0x101FFu, 0);
}

static void baser_can_be_written_in_halves(Machine *m)
{
    v5_start_without_ist(m);
    irs_write(m, 0, DOMAIN_NS, IRS_IST_CFGR, IST_CFGR(v5_ist_bits(m), 0, 0));
    irs_write(m, 0, DOMAIN_NS, IRS_IST_BASER + 4, (uint32_t)(BASE >> 32));
    assert_int_equal(v5_cdrcfg(m, 0, LPI(3)), ICSR_F);
    irs_write(m, 0, DOMAIN_NS, IRS_IST_BASER, (uint32_t)BASE | 1);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IST_BASER + 4), (uint32_t)(BASE >> 32));
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IST_BASER), (uint32_t)BASE | 1);
    v5_leave_entry(m, 3);
    irs_write(m, 0, DOMAIN_NS, IRS_IST_BASER, 0);
    assert_int_equal(v5_iste(m, BASE + 12), v5_left_entry(m));
    assert_int_equal(v5_cdrcfg(m, 0, LPI(3)), ICSR_F);
}

static void every_irs_shows_the_same_ist(Machine *m)
{
    v5_start_without_ist(m);
    irs_write(m, 1, DOMAIN_NS, IRS_IST_CFGR, IST_CFGR(v5_ist_bits(m), 0, 0));
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IST_CFGR), IST_CFGR(v5_ist_bits(m), 0, 0));
    irs_write64(m, 1, DOMAIN_NS, IRS_IST_BASER, BASE | IST_VALID);
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_IST_BASER), BASE | IST_VALID);
    v5_configure(m, 0, LPI(1), P_MID, 0);
    v5_configure(m, 0, LPI(2), P_MID, v5_first_cpu(m, 1));
    v5_cdpend(m, 0, LPI(1), true);
    v5_cdpend(m, 0, LPI(2), true);
    assert_true(v5_takes(m, 0, LPI(1)));
    assert_true(v5_takes(m, v5_first_cpu(m, 1), LPI(2)));
    irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, 0);
    assert_int_equal(irs_read64(m, 1, DOMAIN_NS, IRS_IST_BASER) & IST_VALID, 0);
}

static void candidates_vanish_with_the_ist_and_are_written_back(Machine *m)
{
    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 0));
    v5_configure(m, 0, LPI(9), P_MID, 0);
    v5_cdpend(m, 0, LPI(9), true);
    assert_true(irq(m, 0));
    v5_ist_off(m, DOMAIN_NS);
    assert_false(irq(m, 0));
    assert_int_equal(v5_hppir(m, 0), 0);
    assert_true(v5_takes(m, 0, 0));
    assert_int_equal(v5_iste(m, BASE + 36), ISTE_PENDING | ISTE_ENABLE | ISTE_PRIORITY(P_MID) |
                                                ISTE_IAFFID(v5_iaffid(m, 0)));
    /* And are there again with it. */
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 0));
    assert_true(irq(m, 0));
    assert_true(v5_takes(m, 0, LPI(9)));
}

static void pending_and_active_entries_in_memory_are_taken_over(Machine *m)
{
    const unsigned bits = v5_ist_bits(m);
    const uint32_t last = (1u << bits) - 1;
    const uint32_t iste = ISTE_ENABLE | ISTE_PRIORITY(P_MID) | ISTE_IAFFID(v5_iaffid(m, 0));

    v5_start_without_ist(m);
    v5_put_iste(m, BASE, iste | ISTE_PENDING);
    v5_put_iste(m, BASE + 4 * 70, iste | ISTE_ACTIVE | ISTE_PENDING);
    v5_put_iste(m, BASE + 4 * (uint64_t)last, iste | ISTE_PENDING);
    v5_put_iste(m, BASE + 4 * 71, iste);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(bits, 0, 0));
    assert_true(irq(m, 0));
    assert_true(v5_takes(m, 0, LPI(0)));
    assert_true(v5_takes(m, 0, LPI(last)));
    assert_true(v5_takes(m, 0, 0));
    v5_cddi(m, 0, LPI(70));
    assert_true(v5_takes(m, 0, LPI(70)));
    v5_cdpend(m, 0, LPI(71), true); /* configured in memory */
    assert_true(v5_takes(m, 0, LPI(71)));
}

static void what_is_behind_the_table_is_not_taken(Machine *m)
{
    const unsigned bits = v5_ist_bits(m) - 1;
    const uint32_t iste = ISTE_PENDING | ISTE_ENABLE | ISTE_IAFFID(v5_iaffid(m, 0));

    v5_start_without_ist(m);
    v5_put_iste(m, BASE + (4ull << bits), iste);
    v5_put_iste(m, BASE - 4, iste);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(bits, 0, 0));
    assert_true(v5_takes(m, 0, 0));
    v5_ist_off(m, DOMAIN_NS);
    ram_clear(&m->host.ram);
    v5_put_iste(m, BASE + 4, iste); /* words of entry 0 that are the IRS's own */
    v5_put_iste(m, BASE + 8, iste);
    v5_put_iste(m, BASE + 12, iste);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(bits, 0, 2));
    assert_true(v5_takes(m, 0, 0));
}

static void an_l2_table_is_scanned_when_it_is_mapped(Machine *m)
{
    const uint32_t iste = ISTE_ENABLE | ISTE_PRIORITY(P_MID) | ISTE_IAFFID(v5_iaffid(m, 0));

    v5_start_without_ist(m);
    v5_put_iste(m, L2_IST_AT(0) + 4 * 1023, iste | ISTE_PENDING);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(16, 0, 0) | IST_TWO_LEVEL);
    assert_false(irq(m, 0));
    v5_map_l2(m, DOMAIN_NS, BASE, 2, L2_IST_AT(0), 2048);
    assert_true(v5_takes(m, 0, LPI(3071)));
}

static void l2_tables_valid_beforehand_count_without_map(Machine *m)
{
    const uint32_t iste = ISTE_ENABLE | ISTE_PRIORITY(P_MID) | ISTE_IAFFID(v5_iaffid(m, 0));

    v5_start_without_ist(m);
    ram_put64(&m->host.ram, BASE + 8, L2_IST_AT(0) | IST_VALID);
    v5_put_iste(m, L2_IST_AT(0) + 16, iste | ISTE_PENDING);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(16, 0, 0) | IST_TWO_LEVEL);
    assert_true(v5_takes(m, 0, LPI(1028)));
    v5_leave_entry(m, 1029);
    v5_ist_off(m, DOMAIN_NS);
    assert_int_equal(v5_iste(m, L2_IST_AT(0) + 20), v5_left_entry(m));
}

static void map_l2_sets_valid_and_nothing_else(Machine *m)
{
    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(16, 0, 0) | IST_TWO_LEVEL);
    for (uint32_t i = 0; i < 4; i++) {
        ram_put64(&m->host.ram, BASE + 8 * i, L2_IST_AT(i));
    }
    irs_write(m, 0, DOMAIN_NS, IRS_MAP_L2_ISTR, 1024 + 512);
    for (uint32_t i = 0; i < 4; i++) {
        expect(ram_get64(&m->host.ram, BASE + 8 * i), L2_IST_AT(i) | (i == 1), "entry %u", i);
    }
    no_report(m, "MAP_L2_ISTR");
    irs_write(m, 0, DOMAIN_NS, IRS_MAP_L2_ISTR, 1024);
    assert_int_equal(ram_get64(&m->host.ram, BASE + 8), L2_IST_AT(1) | 1);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_MAP_L2_ISTR), 0);
}

static void mapping_again_keeps_what_is_cached(Machine *m)
{
    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(16, 0, 0) | IST_TWO_LEVEL);
    v5_map_l2(m, DOMAIN_NS, BASE, 0, L2_IST_AT(0), 0);
    v5_leave_entry(m, 5);
    irs_write(m, 0, DOMAIN_NS, IRS_MAP_L2_ISTR, 5);
    assert_true(v5_cdrcfg(m, 0, LPI(5)) & ICSR_ACTIVE);
    v5_ist_off(m, DOMAIN_NS);
    assert_int_equal(v5_iste(m, L2_IST_AT(0) + 20), v5_left_entry(m));
}

static void map_l2_out_of_range_writes_nothing(Machine *m)
{
    v5_start_without_ist(m);
    irs_write(m, 0, DOMAIN_NS, IRS_MAP_L2_ISTR, 0);
    one_report(m, "ist-map", "MAP_L2_ISTR without an IST");
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(11, 0, 0) | IST_TWO_LEVEL);
    host_forget(&m->host);
    irs_write(m, 0, DOMAIN_NS, IRS_MAP_L2_ISTR, 1u << 11);
    one_report(m, "ist-map", "MAP_L2_ISTR beyond the IST");
    irs_write(m, 0, DOMAIN_NS, IRS_MAP_L2_ISTR, 0xFFFFFF);
    one_report(m, "ist-map", "MAP_L2_ISTR far beyond");
    assert_int_equal(m->host.ram.writes, 0);
    assert_int_equal(ram_get64(&m->host.ram, BASE + 16), 0);
    v5_ist_off(m, DOMAIN_NS);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(11, 0, 0));
    host_forget(&m->host);
    irs_write(m, 0, DOMAIN_NS, IRS_MAP_L2_ISTR, 0);
    one_report(m, "ist-map", "MAP_L2_ISTR of a linear IST");
    assert_int_equal(m->host.ram.writes, 0);
}

static void an_l1_table_with_one_entry_is_fine(Machine *m)
{
    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(9, 0, 0) | IST_TWO_LEVEL);
    v5_map_l2(m, DOMAIN_NS, BASE, 0, L2_IST_AT(0), 511);
    v5_leave_entry(m, 511);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(512)), ICSR_F);
    v5_ist_off(m, DOMAIN_NS);
    assert_int_equal(v5_iste(m, L2_IST_AT(0) + 4 * 511), v5_left_entry(m));
}

static void an_lpi_without_an_l2_table_is_reported(Machine *m)
{
    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(16, 0, 0) | IST_TWO_LEVEL);
    host_forget(&m->host);
    v5_cden(m, 0, LPI(5));
    one_report(m, "ist-entry", "CDEN without an L2 table");
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)), ICSR_F);
    one_report(m, "ist-entry", "CDRCFG without an L2 table");
    /* A table that was not there may be there later. */
    v5_map_l2(m, DOMAIN_NS, BASE, 0, L2_IST_AT(0), 5);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)), 0);
}

static void an_lpi_without_an_ist_is_reported(Machine *m)
{
    v5_start_without_ist(m);
    v5_cden(m, 0, LPI(5));
    one_report(m, "ist-invalid", "CDEN without an IST");
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)), ICSR_F);
    one_report(m, "ist-invalid", "CDRCFG without an IST");
    assert_int_equal(m->host.ram.reads + m->host.ram.writes, 0);
}

static void reserved_bits_of_an_l1_entry_are_left_alone_and_ignored(Machine *m)
{
    const uint64_t reserved = 0xFF00000000000FFE;

    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(16, 0, 0) | IST_TWO_LEVEL);
    v5_map_l2(m, DOMAIN_NS, BASE, 1, L2_IST_AT(3) | reserved, 1024);
    assert_int_equal(ram_get64(&m->host.ram, BASE + 8), L2_IST_AT(3) | reserved | IST_VALID);
    v5_leave_entry(m, 1030);
    v5_ist_off(m, DOMAIN_NS);
    assert_int_equal(v5_iste(m, L2_IST_AT(3) + 24), v5_left_entry(m));
}

static void tables_are_in_the_space_of_their_domain(Machine *m)
{
    v5_start_all(m);
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        if (v5_has_domain(m, d)) {
            ram_forget(&m->host.ram);
            v5_enter(m, 0, d);
            v5_configure(m, 0, LPI(100), P_MID, 0);
            v5_ist_off(m, d);
            expect(m->host.ram.spaces, 1u << v5_space(m, d), "space of the %s IST",
                   v5_domain_name(d));
            expect(v5_iste(m, IST_AT(d) + 400) & ISTE_ENABLE, ISTE_ENABLE, "ISTE, %s",
                   v5_domain_name(d));
        }
    }
}

static void the_domains_ists_are_apart(Machine *m)
{
    v5_start_all(m);
    v5_ist_off(m, DOMAIN_S);
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_IST_BASER), IST_AT(DOMAIN_NS) | 1);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)), 0);
    v5_enter(m, 0, DOMAIN_S);
    assert_int_equal(v5_cdrcfg(m, 0, LPI(5)), ICSR_F);
}

static void a_reset_forgets_the_ist_and_writes_nothing(Machine *m)
{
    v5_start_without_ist(m);
    v5_ist(m, DOMAIN_NS, BASE, IST_CFGR(v5_ist_bits(m), 0, 0));
    v5_configure(m, 0, LPI(5), P_MID, 0);
    v5_cdpend(m, 0, LPI(5), true);
    host_forget(&m->host);
    vgic_reset(m->gic, VGIC_RESET_WARM);
    assert_int_equal(m->host.ram.writes, 0);
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_IST_BASER), 0);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IST_CFGR), 0);
    assert_false(irq(m, 0));
    assert_int_equal(vgic_lpi_next(m->gic, 0), UINT32_MAX);
}

static const Test tests[] = {
    TEST_ALONE(the_worked_examples_are_where_they_should),
    TEST_ALONE(the_fields_of_an_entry_are_where_they_should),
    TEST_ALONE(low_bits_that_the_irs_lacks_are_dropped_on_the_way_in),
    TEST(every_l2sz_and_istsz_has_its_borders, V5_TWO_LEVEL),
    TEST(every_istsz_of_a_linear_table_has_its_stride, V5_LPIS),
    TEST(words_of_an_entry_beyond_the_first_are_left_alone, V5_LPIS),
    TEST_ALONE(cfgr_is_clamped_when_the_ist_becomes_valid),
    TEST(structure_is_res0_without_levels, V5_LINEAR),
    TEST(cfgr_and_addr_are_fixed_while_valid, V5_LPIS),
    TEST(baser_has_addr_and_valid_only, V5_LPIS),
    TEST(baser_can_be_written_in_halves, V5_LPIS),
    TEST(every_irs_shows_the_same_ist, V5_LPIS | V5_TWO_IRS),
    TEST(candidates_vanish_with_the_ist_and_are_written_back, V5_LPIS),
    TEST(pending_and_active_entries_in_memory_are_taken_over, V5_LPIS),
    TEST(an_l2_table_is_scanned_when_it_is_mapped, V5_TWO_LEVEL),
    TEST(l2_tables_valid_beforehand_count_without_map, V5_TWO_LEVEL),
    TEST(map_l2_sets_valid_and_nothing_else, V5_TWO_LEVEL),
    TEST(mapping_again_keeps_what_is_cached, V5_TWO_LEVEL),
    TEST(map_l2_out_of_range_writes_nothing, V5_TWO_LEVEL),
    TEST(an_l1_table_with_one_entry_is_fine, V5_TWO_LEVEL),
    TEST(an_lpi_without_an_l2_table_is_reported, V5_TWO_LEVEL),
    TEST(an_lpi_without_an_ist_is_reported, V5_LPIS),
    TEST(tables_are_in_the_space_of_their_domain, V5_LPIS),
    TEST(the_domains_ists_are_apart, V5_LPIS | V5_EL3),
    TEST(a_reset_forgets_the_ist_and_writes_nothing, V5_LPIS),
    TEST(reserved_bits_of_an_l1_entry_are_left_alone_and_ignored, V5_TWO_LEVEL),
    TEST(what_is_behind_the_table_is_not_taken, V5_LPIS),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "ist", tests);
}
