/* SPDX-License-Identifier: BSD-2-Clause */
/* The control frame of an ITS: identification, base registers, what may be written when. */
#include "its.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

static uint64_t field(uint64_t value, unsigned high, unsigned low)
{
    return value >> low & (UINT64_MAX >> (63 - (high - low)));
}

static void every_its_has_a_frame_of_128_kib_and_there_are_no_more(Machine *m)
{
    char name[16];

    for (unsigned i = 0; i < 18; i++) {
        snprintf(name, sizeof(name), i ? "GITS%u" : "GITS", i);
        const VgicFrame *frame = vgic_frame(m->gic, name);
        expect(frame != NULL, i < m->config.its, "frame %s", name);
        if (frame) {
            expect(vgic_frame_size(frame), 0x20000, "size of %s", name);
            assert_string_equal(vgic_frame_name(frame), name);
        }
    }
}

static void typer_says_what_was_configured(Machine *m)
{
    const VgicItsOptions *o = &m->config.its_options;

    for (unsigned i = 0; i < m->config.its; i++) {
        Its its = its_at(m, i);
        const uint64_t typer = its_read64(&its, GITS_TYPER);
        expect(field(typer, 0, 0), 1, "Physical");
        expect(field(typer, 1, 1), 0, "Virtual");
        expect(field(typer, 7, 4), 7, "ITT_entry_size");
        expect(field(typer, 12, 8), event_bits(m) - 1, "ID_bits");
        expect(field(typer, 17, 13), device_bits(m) - 1, "Devbits");
        expect(field(typer, 18, 18), 0, "SEIS");
        expect(field(typer, 19, 19), o->rdbase_is_address, "PTA");
        expect(field(typer, 31, 24), o->hardware_collections, "HCC");
        expect(field(typer, 36, 36), o->collection_bits != 0, "CIL");
        expect(field(typer, 35, 32), o->collection_bits ? o->collection_bits - 1 : 0, "CIDbits");
        expect(field(typer, 43, 37), 0, "VMOVP, MPAM, VSGI, VMAPP, SVPET, nID");
        expect(field(typer, 44, 44), o->umsi, "UMSI");
        expect(field(typer, 45, 45), 0, "UMSIirq");
        expect(field(typer, 63, 47), 0, "reserved");
        expect(its_read(&its, GITS_TYPER), (uint32_t)typer, "low half");
        expect(its_read(&its, GITS_TYPER + 4), typer >> 32, "high half");
    }
}

static void identification_is_that_of_an_its(Machine *m)
{
    Its its = its_at(m, 0);
    const uint32_t iidr = m->config.its_options.iidr;

    assert_int_equal(its_read(&its, GITS_IIDR), iidr ? iidr : 0x5600043B);
    assert_int_equal(its_read(&its, GITS_PIDR0), 0x94);
    assert_int_equal(its_read(&its, GITS_PIDR1), 0xB4);
    assert_int_equal(its_read(&its, GITS_PIDR2), 0x3B);
    assert_int_equal(its_read(&its, GITS_CIDR0), 0x0D);
    assert_int_equal(its_read(&its, GITS_CIDR1), 0xF0);
    assert_int_equal(its_read(&its, GITS_CIDR2), 0x05);
    assert_int_equal(its_read(&its, GITS_CIDR3), 0xB1);
}

static void reset_leaves_it_disabled_quiescent_and_without_tables(Machine *m)
{
    for (unsigned round = 0; round < 3; round++) {
        Its its = its_at(m, 0);
        assert_int_equal(its_read(&its, GITS_CTLR), QUIESCENT);
        assert_int_equal(its_read64(&its, GITS_CBASER), 0);
        assert_int_equal(its_read64(&its, GITS_CWRITER), 0);
        assert_int_equal(its_read64(&its, GITS_CREADR), 0);
        for (unsigned n = 0; n < 8; n++) {
            const uint64_t type = n == 0 ? 1 : n == 1 ? 4 : 0;
            expect(its_read64(&its, GITS_BASER(n)), type ? type << 56 | 7ull << 48 : 0, "BASER%u",
                   n);
        }
        start_lpis(m);
        its = its_open(m, 0);
        its_do(&its, mapc(m, 0, 0));
        its_do(&its, mapd(1, 5, ITT(1)));
        its_do(&its, mapti(1, 0, 8192, 0));
        assert_true(translates(&its, 1, 0, 8192, 0, 0));
        vgic_reset(m->gic, round ? VGIC_RESET_WARM : VGIC_RESET_COLD);
        assert_true(untranslated(&its, 1, 0));
    }
}

static void ctlr_has_enabled_and_quiescent(Machine *m)
{
    Its its = its_set_up(m, 0);

    its_write(&its, GITS_CTLR, 0xFFFFFFFE);
    assert_int_equal(its_read(&its, GITS_CTLR), QUIESCENT);
    its_write(&its, GITS_CTLR, 0xFFFFFFFF);
    assert_int_equal(its_read(&its, GITS_CTLR), 1);
    its_write(&its, GITS_CTLR, 0);
    assert_int_equal(its_read(&its, GITS_CTLR), QUIESCENT);
}

/* Each writable field with values that stay, and every bit that cannot be set. */
static void cbaser_keeps_what_is_written(Machine *m)
{
    Its its = its_at(m, 0);
    static const uint64_t values[] = {
        VALID | 0x40000000 | 0xFF,
        0x000FFFFFFFFF0000,
        7ull << 59,
        7ull << 53,
        1ull << 10,
        2ull << 10,
        0,
        VALID,
        0x5500000,
        VALID | 5ull << 59 | 2ull << 53 | 1ull << 10 | 0x123450000 | 0x0F,
    };

    for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        its_write64(&its, GITS_CBASER, values[i]);
        expect(its_read64(&its, GITS_CBASER), values[i], "CBASER");
        expect(its_read(&its, GITS_CBASER), (uint32_t)values[i], "CBASER, low half");
        expect(its_read(&its, GITS_CBASER + 4), values[i] >> 32, "CBASER, high half");
    }
    its_write64(&its, GITS_CBASER, UINT64_MAX);
    assert_int_equal(its_read64(&its, GITS_CBASER) & 0x4710000000000300, 0);
    no_report(m, "CBASER while disabled");
}

static void base_registers_are_written_by_halves(Machine *m)
{
    Its its = its_at(m, 0);
    const uint64_t cbaser = VALID | 0x1234560000 | 3;
    const uint64_t baser = VALID | 0x0000234567890000 | PAGES_64K | 5;

    its_write(&its, GITS_CBASER, (uint32_t)cbaser);
    its_write(&its, GITS_CBASER + 4, cbaser >> 32);
    assert_int_equal(its_read64(&its, GITS_CBASER), cbaser);
    its_write(&its, GITS_BASER(0) + 4, baser >> 32);
    its_write(&its, GITS_BASER(0), (uint32_t)baser);
    assert_int_equal(its_read64(&its, GITS_BASER(0)) & ~0x071F000000000000ull, baser);
}

static void baser_types_and_entry_sizes_are_fixed(Machine *m)
{
    Its its = its_at(m, 0);

    for (unsigned n = 0; n < 8; n++) {
        static const uint64_t values[] = {0, UINT64_MAX, 0x071F000000000000};
        for (unsigned i = 0; i < 3; i++) {
            its_write64(&its, GITS_BASER(n), values[i]);
            const uint64_t now = its_read64(&its, GITS_BASER(n));
            expect(field(now, 58, 56), n == 0 ? 1 : n == 1 ? 4 : 0, "type of BASER%u", n);
            expect(field(now, 52, 48), n < 2 ? 7 : 0, "entry size of BASER%u", n);
        }
    }
}

static void unimplemented_basers_are_res0(Machine *m)
{
    Its its = its_at(m, 0);

    for (unsigned n = 2; n < 8; n++) {
        its_write64(&its, GITS_BASER(n), UINT64_MAX);
        expect(its_read64(&its, GITS_BASER(n)), 0, "BASER%u", n);
        its_write(&its, GITS_BASER(n) + 4, UINT32_MAX);
        expect(its_read64(&its, GITS_BASER(n)), 0, "BASER%u", n);
    }
}

static void baser_keeps_attributes_pages_and_address(Machine *m)
{
    Its its = its_at(m, 0);
    const uint64_t fixed = 0x071F000000000000;
    static const uint64_t address_bits[] = {0x0000FFFFFFFFF000, 0x0000FFFFFFFFC000,
                                            0x0000FFFFFFFFF000};

    for (unsigned n = 0; n < 2; n++) {
        for (uint64_t page = 0; page < 3; page++) {
            for (uint64_t cache = 0; cache < 8; cache++) {
                const uint64_t value = VALID | cache << 59 | (7 - cache) << 53 | cache % 3 << 10 |
                                       page << 8 | (cache * 36 + 3) |
                                       (0x0000123456789ABCull * (cache + 1) & address_bits[page]);
                its_write64(&its, GITS_BASER(n), value);
                expect(its_read64(&its, GITS_BASER(n)) & ~fixed, value, "BASER%u page size %u", n,
                       (unsigned)page);
            }
            its_write64(&its, GITS_BASER(n), address_bits[page] | page << 8);
            expect(its_read64(&its, GITS_BASER(n)) & ~fixed, address_bits[page] | page << 8,
                   "BASER%u, all address bits, page size %u", n, (unsigned)page);
        }
    }
}

static void indirect_is_there_unless_tables_are_flat(Machine *m)
{
    Its its = its_at(m, 0);

    for (unsigned n = 0; n < 2; n++) {
        its_write64(&its, GITS_BASER(n), INDIRECT_TABLE | PAGES_64K);
        expect(field(its_read64(&its, GITS_BASER(n)), 62, 62), has(m, INDIRECT), "BASER%u", n);
        its_write64(&its, GITS_BASER(n), 0);
        expect(field(its_read64(&its, GITS_BASER(n)), 62, 62), 0, "BASER%u", n);
    }
}

static void the_reserved_page_size_is_not_taken(Machine *m)
{
    Its its = its_at(m, 0);

    its_write64(&its, GITS_BASER(0), VALID | DEVICES(0) | 3ull << 8);
    assert_int_not_equal(field(its_read64(&its, GITS_BASER(0)), 9, 8), 3);
}

static void cbaser_resets_creadr(Machine *m)
{
    Its its = its_open(m, 0);

    for (unsigned i = 0; i < 3; i++) {
        its_do(&its, mapc(m, 0, 0));
    }
    assert_int_equal(its_read64(&its, GITS_CREADR), 96);
    its_write(&its, GITS_CTLR, 0);
    its_write64(&its, GITS_CBASER, VALID | QUEUE(0));
    assert_int_equal(its_read64(&its, GITS_CREADR), 0);
    no_report(m, "CBASER while disabled");
}

static void base_registers_do_not_change_while_enabled(Machine *m)
{
    static const uint32_t offsets[] = {GITS_CBASER, GITS_BASER(0), GITS_BASER(1)};
    static const char *const names[] = {"GITS_CBASER", "GITS_BASER<n>", "GITS_BASER<n>"};
    Its its = its_open(m, 0);

    no_report(m, "setting up");
    for (unsigned i = 0; i < 3; i++) {
        const uint64_t before = its_read64(&its, offsets[i]);
        its_write64(&its, offsets[i], before ^ 0x8000000000010001);
        expect(m->host.report_count && !strcmp(m->host.reports[0].reg, names[i]), true,
               "register of the report is %s", names[i]);
        one_report(m, "its-base-enabled", "64 bits");
        expect(its_read64(&its, offsets[i]), before, "offset 0x%x, 64 bits", offsets[i]);
        its_write(&its, offsets[i], 0);
        one_report(m, "its-base-enabled", "low half");
        its_write(&its, offsets[i] + 4, 0);
        one_report(m, "its-base-enabled", "high half");
        expect(its_read64(&its, offsets[i]), before, "offset 0x%x, halves", offsets[i]);
    }
}

static void base_registers_change_again_once_it_is_disabled(Machine *m)
{
    Its its = its_open(m, 0);

    its_write(&its, GITS_CTLR, 0);
    assert_int_equal(its_read(&its, GITS_CTLR), QUIESCENT);
    its_write64(&its, GITS_CBASER, VALID | QUEUE(1));
    assert_int_equal(its_read64(&its, GITS_CBASER), VALID | QUEUE(1));
    its_write64(&its, GITS_BASER(0), 0);
    assert_int_equal(its_read64(&its, GITS_BASER(0)), 1ull << 56 | 7ull << 48);
    no_report(m, "base registers of a disabled ITS");
}

static void enabling_without_queue_or_tables_is_reported(Machine *m)
{
    static const uint32_t offsets[] = {GITS_CBASER, GITS_BASER(0), GITS_BASER(1)};

    for (unsigned i = 0; i < 3; i++) {
        vgic_reset(m->gic, VGIC_RESET_COLD);
        host_forget(&m->host);
        Its its = its_set_up(m, 0);
        its_write64(&its, offsets[i], 0);
        no_report(m, "before");
        its_write(&its, GITS_CTLR, 1);
        if (offsets[i] == GITS_BASER(1) && m->config.its_options.hardware_collections) {
            no_report(m, "hardware collections need no table");
        } else {
            one_report(m, "its-enable", "enabled without a base");
        }
        its_put(&its, mapd(1, 5, ITT(1)));
        its_go(&its);
        its_finish(&its);
        assert_true(untranslated(&its, 1, 0));
    }
}

static void enabling_it_again_is_no_news(Machine *m)
{
    Its its = its_open(m, 0);

    its_do(&its, mapc(m, 0, 0));
    its_write(&its, GITS_CTLR, 1);
    assert_int_equal(its_read64(&its, GITS_CREADR), 32);
    assert_int_equal(its_read(&its, GITS_CTLR), 1);
    no_report(m, "Enabled set again");
}

static void cwriter_keeps_its_offset_while_disabled(Machine *m)
{
    Its its = its_at(m, 0);

    its_write64(&its, GITS_CBASER, VALID | QUEUE(0) | 0xFF);
    its_write64(&its, GITS_CWRITER, 0xFFFE0);
    assert_int_equal(its_read64(&its, GITS_CWRITER) & ~1ull, 0xFFFE0);
    its_write(&its, GITS_CWRITER, 0x12340);
    assert_int_equal(its_read(&its, GITS_CWRITER) & ~1u, 0x12340);
    its_write(&its, GITS_CWRITER + 4, UINT32_MAX);
    assert_int_equal(its_read64(&its, GITS_CWRITER) & ~1ull, 0x12340);
    assert_int_equal(its_read64(&its, GITS_CREADR), 0);
}

static void read_only_registers_stay(Machine *m)
{
    static const struct {
        uint32_t offset, size;
    } rows[] = {{GITS_IIDR, 4},  {GITS_TYPER, 8},  {GITS_CREADR, 8},
                {GITS_PIDR0, 4}, {GITS_CREADR, 4}, {GITS_TYPER + 4, 4}};
    Its its = its_at(m, 0);

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t before, after;
        frame_read(m, "GITS", VGIC_NS, rows[i].offset, rows[i].size, &before);
        host_forget(&m->host);
        frame_write(m, "GITS", VGIC_NS, rows[i].offset, rows[i].size, UINT64_MAX);
        one_report(m, "read-only", "write");
        frame_read(m, "GITS", VGIC_NS, rows[i].offset, rows[i].size, &after);
        expect(after, before, "GITS+0x%x", rows[i].offset);
    }
    (void)its;
}

static void accesses_of_other_sizes_are_ignored_and_reported(Machine *m)
{
    static const struct {
        uint32_t offset, size;
    } rows[] = {{GITS_CTLR, 1},          {GITS_CTLR, 2},       {GITS_CTLR, 8},
                {GITS_CBASER, 1},        {GITS_CBASER, 2},     {GITS_CBASER + 2, 4},
                {GITS_CBASER + 4, 8},    {GITS_BASER(0), 2},   {GITS_TYPER, 1},
                {GITS_CWRITER, 2},       {GITS_TRANSLATER, 1}, {GITS_TRANSLATER, 8},
                {GITS_TRANSLATER + 2, 2}};

    (void)its_open(m, 0);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        host_forget(&m->host);
        expect(frame_write(m, "GITS", VGIC_NS, rows[i].offset, rows[i].size, 0), VGIC_RAZ_WI,
               "write of %u bytes at 0x%x", rows[i].size, rows[i].offset);
        one_report(m, "access-size", "write");
    }
    Its its = its_at(m, 0);
    assert_int_equal(its_read(&its, GITS_CTLR), 1);
    assert_int_equal(its_read64(&its, GITS_CBASER), VALID | QUEUE(0));
}

static void translater_is_write_only_and_gaps_are_reserved(Machine *m)
{
    static const uint32_t gaps[] = {0x20, 0x50, 0x98, 0x200, 0x8000, 0x10000, 0x10044, 0x1FFFC};
    uint64_t value;

    assert_int_equal(frame_read(m, "GITS", VGIC_NS, GITS_TRANSLATER, 4, &value), VGIC_RAZ_WI);
    assert_int_equal(value, 0);
    one_report(m, "write-only", "TRANSLATER");
    for (unsigned i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
        expect(frame_read(m, "GITS", VGIC_NS, gaps[i], 4, &value), VGIC_RAZ_WI, "0x%x", gaps[i]);
        one_report(m, "reserved", "read of a gap");
        expect(frame_write(m, "GITS", VGIC_NS, gaps[i], 4, 1), VGIC_RAZ_WI, "0x%x", gaps[i]);
        one_report(m, "reserved", "write of a gap");
    }
}

static void both_security_states_see_the_same(Machine *m)
{
    uint64_t value;

    assert_int_equal(frame_write(m, "GITS", VGIC_S, GITS_CBASER, 8, VALID | QUEUE(0)), VGIC_OK);
    Its its = its_at(m, 0);
    assert_int_equal(its_read64(&its, GITS_CBASER), VALID | QUEUE(0));
    assert_int_equal(frame_read(m, "GITS", VGIC_S, GITS_TYPER, 8, &value), VGIC_OK);
    assert_int_equal(value, its_read64(&its, GITS_TYPER));
    no_report(m, "Secure accesses");
}

static void each_its_has_its_own_registers(Machine *m)
{
    Its first = its_at(m, 0), second = its_at(m, 1);

    its_write64(&second, GITS_CBASER, VALID | QUEUE(1));
    its_write64(&first, GITS_BASER(0), VALID | DEVICES(0));
    assert_int_equal(its_read64(&first, GITS_CBASER), 0);
    assert_int_equal(its_read64(&second, GITS_BASER(0)), 1ull << 56 | 7ull << 48);
    its_write64(&second, GITS_BASER(0), VALID | DEVICES(1) | PAGES_64K);
    its_write64(&second, GITS_BASER(1), VALID | COLLECTIONS(1) | PAGES_64K);
    its_write(&second, GITS_CTLR, 1);
    assert_int_equal(its_read(&first, GITS_CTLR), QUIESCENT);
    assert_int_equal(its_read(&second, GITS_CTLR), 1);
}

static void statusr_notes_odd_accesses_until_ones_are_written(Machine *m)
{
    Its its = its_at(m, 0);
    uint64_t value;

    assert_int_equal(its_read(&its, GITS_STATUSR), 0);
    frame_read(m, "GITS", VGIC_NS, 0x20, 4, &value);
    assert_int_equal(its_read(&its, GITS_STATUSR), 1);
    frame_write(m, "GITS", VGIC_NS, 0x20, 4, 0);
    assert_int_equal(its_read(&its, GITS_STATUSR), 3);
    frame_read(m, "GITS", VGIC_NS, GITS_TRANSLATER, 4, &value);
    assert_int_equal(its_read(&its, GITS_STATUSR), 7);
    frame_write(m, "GITS", VGIC_NS, GITS_IIDR, 4, 0);
    assert_int_equal(its_read(&its, GITS_STATUSR), 15);
    its_write(&its, GITS_STATUSR, 5);
    assert_int_equal(its_read(&its, GITS_STATUSR), 10);
    its_write(&its, GITS_STATUSR, 0);
    assert_int_equal(its_read(&its, GITS_STATUSR), 10);
    its_write(&its, GITS_STATUSR, UINT32_MAX);
    assert_int_equal(its_read(&its, GITS_STATUSR), 0);
}

static void statusr_is_there_only_where_configured(Machine *m)
{
    uint64_t value;

    frame_read(m, "GITS", VGIC_NS, 0x20, 4, &value);
    host_forget(&m->host);
    const VgicResult result = frame_read(m, "GITS", VGIC_NS, GITS_STATUSR, 4, &value);
    if (has(m, STATUSR)) {
        assert_int_equal(result, VGIC_OK);
        assert_int_equal(value, 1);
        no_report(m, "STATUSR");
    } else {
        assert_int_equal(result, VGIC_RAZ_WI);
        assert_int_equal(value, 0);
        assert_int_equal(m->host.report_count, 1);
    }
}

static void umsir_has_the_first_msi_without_a_translation(Machine *m)
{
    Its its = its_start(m);
    const uint64_t first = 0x7ull << 32 | 3;

    its_map(&its, 1, 0, 8192, 0);
    its_msi(&its, 1, 0);
    assert_int_equal(its_read64(&its, GITS_UMSIR), 0);
    its_msi(&its, 7, 3);
    assert_int_equal(its_read64(&its, GITS_UMSIR), first);
    assert_int_equal(its_read(&its, GITS_UMSIR), 3);
    assert_int_equal(its_read(&its, GITS_UMSIR + 4), 7);
    assert_int_equal(its_read(&its, GITS_STATUSR) & 1 << 4, 1 << 4);
    its_msi(&its, 1, 9);
    assert_int_equal(its_read64(&its, GITS_UMSIR), first);

    its_write(&its, GITS_STATUSR, UINT32_MAX);
    assert_int_equal(its_read(&its, GITS_STATUSR), 0);
    its_msi(&its, 1, 9);
    assert_int_equal(its_read64(&its, GITS_UMSIR), 1ull << 32 | 9);
}

static void umsir_is_there_only_where_configured(Machine *m)
{
    uint64_t value;

    Its its = its_start(m);
    its_msi(&its, 7, 3);
    host_forget(&m->host);
    const VgicResult result = frame_read(m, "GITS", VGIC_NS, GITS_UMSIR, 8, &value);
    assert_int_equal(result, has(m, UMSI) ? VGIC_OK : VGIC_RAZ_WI);
    assert_int_equal(value, has(m, UMSI) ? 7ull << 32 | 3 : 0);
    assert_int_equal(m->host.report_count, has(m, UMSI) ? 0 : 1);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(every_its_has_a_frame_of_128_kib_and_there_are_no_more, LPIS),
        TEST(every_its_has_a_frame_of_128_kib_and_there_are_no_more, NO_LPIS | FEW_CPUS),
        TEST(typer_says_what_was_configured, ITS),
        TEST(identification_is_that_of_an_its, ITS),
        TEST(reset_leaves_it_disabled_quiescent_and_without_tables, ITS),
        TEST(ctlr_has_enabled_and_quiescent, ITS),
        TEST(cbaser_keeps_what_is_written, ITS),
        TEST(base_registers_are_written_by_halves, ITS),
        TEST(baser_types_and_entry_sizes_are_fixed, ITS),
        TEST(unimplemented_basers_are_res0, ITS),
        TEST(baser_keeps_attributes_pages_and_address, ITS),
        TEST(indirect_is_there_unless_tables_are_flat, ITS),
        TEST(the_reserved_page_size_is_not_taken, ITS),
        TEST(cbaser_resets_creadr, ITS),
        TEST(base_registers_do_not_change_while_enabled, ITS),
        TEST(base_registers_change_again_once_it_is_disabled, ITS),
        TEST(enabling_without_queue_or_tables_is_reported, ITS),
        TEST(enabling_it_again_is_no_news, ITS),
        TEST(cwriter_keeps_its_offset_while_disabled, ITS),
        TEST(read_only_registers_stay, ITS),
        TEST(accesses_of_other_sizes_are_ignored_and_reported, ITS),
        TEST(translater_is_write_only_and_gaps_are_reserved, ITS),
        TEST(both_security_states_see_the_same, ITS),
        TEST(each_its_has_its_own_registers, TWO_ITS),
        TEST(statusr_notes_odd_accesses_until_ones_are_written, ITS | STATUSR),
        TEST(statusr_is_there_only_where_configured, ITS),
        TEST(umsir_has_the_first_msi_without_a_translation, UMSI | STATUSR),
        TEST(umsir_is_there_only_where_configured, ITS),
    };
    return RUN(argc, argv, "ITS registers", tests);
}
