/* SPDX-License-Identifier: BSD-2-Clause */
/* Every register of an ITS's frames: value, fields, reset, direction, size; the operations. */
#include "suite.h"
#include "v5.h"

#include <string.h>

typedef enum Kind {
    READ_ONLY,
    READ_WRITE,
    WRITE_ONLY,
    UNMODELLED, /**< RES0: MEC, MPAM */
} Kind;

typedef struct Row {
    const char *name;
    uint32_t offset;
    uint8_t width;
    Kind kind;
    uint64_t fields; /**< writable bits */
} Row;

#define ROW(reg, width_, kind_, fields_)                                                           \
    {                                                                                              \
        .name = #reg, .offset = (reg), .width = (width_), .kind = (kind_), .fields = (fields_)     \
    }

static const Row rows[] = {
    ROW(ITS_IDR0, 32, READ_ONLY, 0),
    ROW(ITS_IDR1, 32, READ_ONLY, 0),
    ROW(ITS_IDR2, 32, READ_ONLY, 0),
    ROW(ITS_IIDR, 32, READ_ONLY, 0),
    ROW(ITS_AIDR, 32, READ_ONLY, 0),
    ROW(ITS_CR0, 32, READ_WRITE, 1),
    ROW(ITS_CR1, 32, READ_WRITE, 0xFF),
    ROW(ITS_DT_BASER, 64, READ_WRITE, 0x00FFFFFFFFFFFFF8),
    ROW(ITS_DT_CFGR, 32, READ_WRITE, 0x100FF),
    ROW(ITS_DIDR, 64, READ_WRITE, 0xFFFFFFFF),
    ROW(ITS_EIDR, 32, READ_WRITE, 0xFFFFFFFF),
    ROW(ITS_INV_EVENTR, 32, WRITE_ONLY, 0),
    ROW(ITS_INV_DEVICER, 32, WRITE_ONLY, 0),
    ROW(ITS_READ_EVENTR, 32, WRITE_ONLY, 0),
    ROW(ITS_READ_EVENT_DATAR, 64, READ_ONLY, 0),
    ROW(ITS_STATUSR, 32, READ_ONLY, 0),
    ROW(ITS_SYNCR, 64, WRITE_ONLY, 0),
    ROW(ITS_SYNC_STATUSR, 32, READ_ONLY, 0),
    ROW(ITS_GEN_EVENT_DIDR, 64, READ_WRITE, 0xFFFFFFFF),
    ROW(ITS_GEN_EVENT_EIDR, 32, READ_WRITE, 0xFFFFFFFF),
    ROW(ITS_GEN_EVENTR, 32, WRITE_ONLY, 0),
    ROW(ITS_GEN_EVENT_STATUSR, 32, READ_ONLY, 0),
    ROW(ITS_MEC_IDR, 32, UNMODELLED, 0),
    ROW(ITS_MEC_MECID_R, 32, UNMODELLED, 0),
    ROW(ITS_MPAM_IDR, 32, UNMODELLED, 0),
    ROW(ITS_MPAM_PARTID_R, 32, UNMODELLED, 0),
    ROW(ITS_SWERR_STATUSR, 64, READ_WRITE, 0),
    ROW(ITS_SWERR_SYNDROMER0, 64, READ_ONLY, 0),
    ROW(ITS_SWERR_SYNDROMER1, 64, READ_ONLY, 0),
    ROW(ITS_DEVARCH, 32, READ_ONLY, 0),
    ROW(ITS_PIDR4, 32, READ_ONLY, 0),
    ROW(ITS_PIDR5, 32, READ_ONLY, 0),
    ROW(ITS_PIDR6, 32, READ_ONLY, 0),
    ROW(ITS_PIDR7, 32, READ_ONLY, 0),
    ROW(ITS_PIDR0, 32, READ_ONLY, 0),
    ROW(ITS_PIDR1, 32, READ_ONLY, 0),
    ROW(ITS_PIDR2, 32, READ_ONLY, 0),
    ROW(ITS_PIDR3, 32, READ_ONLY, 0),
    ROW(ITS_CIDR0, 32, READ_ONLY, 0),
    ROW(ITS_CIDR1, 32, READ_ONLY, 0),
    ROW(ITS_CIDR2, 32, READ_ONLY, 0),
    ROW(ITS_CIDR3, 32, READ_ONLY, 0),
};

enum {
    ROWS = sizeof(rows) / sizeof(rows[0]),
    EVENTS = 5, /**< EventID bits of the test's devices */
};

/* Without software errors there is nothing at their registers. */
static bool exists(const Machine *m, const Row *row)
{
    return row->offset < ITS_SWERR_STATUSR || row->offset > ITS_SWERR_SYNDROMER1 ||
           !m->config.v5.no_software_errors;
}

static const Row *row_at(uint32_t offset)
{
    for (unsigned i = 0; i < ROWS; i++) {
        if (offset >= rows[i].offset && offset < rows[i].offset + rows[i].width / 8) {
            return &rows[i];
        }
    }
    return NULL;
}

static void for_each_frame(Machine *m, void (*check)(Machine *, unsigned, V5Domain))
{
    for (unsigned its = 0; its < m->config.its; its++) {
        for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
            if (v5_has_domain(m, d)) {
                check(m, its, d);
            }
        }
    }
}

static uint64_t reg_read(Machine *m, unsigned its, V5Domain d, const Row *row)
{
    return row->width == 64 ? its5_read64(m, its, d, row->offset)
                            : its5_read(m, its, d, row->offset);
}

static void reg_write(Machine *m, unsigned its, V5Domain d, const Row *row, uint64_t value)
{
    if (row->width == 64) {
        its5_write64(m, its, d, row->offset, value);
    } else {
        its5_write(m, its, d, row->offset, (uint32_t)value);
    }
}

static void check_ids(Machine *m, unsigned its, V5Domain d)
{
    const VgicConfig *c = &m->config;
    const VgicItsOptions *o = &c->its_options;
    const uint32_t idr0 = its5_read(m, its, d, ITS_IDR0);
    const bool flat = o->flat_tables_only;

    expect(idr0 & 3, d, "INT_DOM");
    expect(idr0 >> 2 & 15, 7, "PA_RANGE");
    expect(idr0 >> 6 & 3, 0, "MEC and MPAM");
    expect(idr0 >> 8 & 1, !c->v5.no_software_errors, "SWE");
    expect(idr0 >> 9 & 0x7F, 0, "IDR0 [15:9]");
    expect(idr0 >> 16, its, "ITSID");
    expect(its5_read(m, its, d, ITS_IDR1) & ~(flat ? 7u << 8 : 0),
           (o->device_bits ? o->device_bits : 16) | (flat ? 0 : 1u << 6 | 7u << 8), "IDR1");
    expect(its5_read(m, its, d, ITS_IDR2), o->event_bits ? o->event_bits : 16, "IDR2");
    expect(its5_read(m, its, d, ITS_IIDR), c->iidr ? c->iidr : 0x0560043B, "IIDR");
    expect(its5_read(m, its, d, ITS_AIDR), 0x100, "AIDR");
    expect(its5_read(m, its, d, ITS_DEVARCH), 0x47705A19, "DEVARCH");
    expect(its5_read(m, its, d, ITS_CIDR0), 0x0D, "CIDR0");
    expect(its5_read(m, its, d, ITS_CIDR1), 0xF0, "CIDR1");
    expect(its5_read(m, its, d, ITS_CIDR2), 0x05, "CIDR2");
    expect(its5_read(m, its, d, ITS_CIDR3), 0xB1, "CIDR3");
}

static void id_registers_tell_the_configuration(Machine *m)
{
    for_each_frame(m, check_ids);
}

static void check_resets(Machine *m, unsigned its, V5Domain d)
{
    for (unsigned i = 0; i < ROWS; i++) {
        const Row *row = &rows[i];
        if (row->offset < ITS_CR0 || row->offset >= ITS_DEVARCH || row->kind == WRITE_ONLY) {
            continue;
        }
        const bool idle = row->offset == ITS_STATUSR || row->offset == ITS_SYNC_STATUSR ||
                          row->offset == ITS_GEN_EVENT_STATUSR;
        expect(reg_read(m, its, d, row), row->offset == ITS_CR0 ? CR0_IDLE : idle,
               "%s of ITS %u, %s", row->name, its, v5_domain_name(d));
    }
}

static void check_fields(Machine *m, unsigned its, V5Domain d)
{
    for (unsigned i = 0; i < ROWS; i++) {
        const Row *row = &rows[i];
        if (row->kind != READ_WRITE || row->offset == ITS_SWERR_STATUSR) {
            continue;
        }
        const uint64_t idle = row->offset == ITS_CR0 ? CR0_IDLE : 0;
        const uint64_t structure =
            row->offset == ITS_DT_CFGR && m->config.its_options.flat_tables_only ? 1u << 16 : 0;
        reg_write(m, its, d, row, ~0ull);
        expect(reg_read(m, its, d, row) & ~structure, (row->fields & ~structure) | idle,
               "%s, all ones", row->name);
        reg_write(m, its, d, row, 0);
        expect(reg_read(m, its, d, row), idle, "%s, all zeros", row->name);
        reg_write(m, its, d, row, row->fields & 0xA5A5A5A5A5A5A5A5);
        expect(reg_read(m, its, d, row) & ~structure,
               (row->fields & 0xA5A5A5A5A5A5A5A5 & ~structure) | idle, "%s, a pattern", row->name);
    }
}

static void registers_reset_to_0_but_idle_and_have_their_fields(Machine *m)
{
    for_each_frame(m, check_resets);
    for_each_frame(m, check_fields);
    vgic_reset(m->gic, VGIC_RESET_WARM);
    for_each_frame(m, check_resets);
}

static void check_others(Machine *m, unsigned its, V5Domain d)
{
    for (unsigned i = 0; i < ROWS; i++) {
        const Row *row = &rows[i];
        const uint64_t before = row->kind == WRITE_ONLY ? 0 : reg_read(m, its, d, row);
        host_forget(&m->host);
        switch (row->kind) {
        case READ_WRITE:
            continue;
        case READ_ONLY:
            reg_write(m, its, d, row, ~before);
            one_report(m, exists(m, row) ? "read-only" : "reserved", row->name);
            expect(reg_read(m, its, d, row), before, "%s", row->name);
            continue;
        case WRITE_ONLY:
            expect(reg_read(m, its, d, row), 0, "%s", row->name);
            one_report(m, "write-only", row->name);
            continue;
        case UNMODELLED:
            reg_write(m, its, d, row, ~0ull);
            one_report(m, "unmodelled", row->name);
            expect(reg_read(m, its, d, row), 0, "%s", row->name);
            one_report(m, "unmodelled", row->name);
            continue;
        }
    }
}

static void directions_are_kept_and_reported(Machine *m)
{
    for_each_frame(m, check_others);
}

static void registers_are_each_itss_and_domains_own(Machine *m)
{
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned its = 0; its < m->config.its; its++) {
            for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
                const uint32_t value = 16 * its + d + 1;
                if (!v5_has_domain(m, d)) {
                    continue;
                }
                if (!round) {
                    its5_write(m, its, d, ITS_EIDR, value);
                    its5_write64(m, its, d, ITS_DIDR, value);
                    its5_write64(m, its, d, ITS_DT_BASER, 8 * value);
                    its5_write(m, its, d, ITS_DT_CFGR, value);
                } else {
                    expect(its5_read(m, its, d, ITS_EIDR), value, "EIDR");
                    expect(its5_read64(m, its, d, ITS_DIDR), value, "DIDR");
                    expect(its5_read64(m, its, d, ITS_DT_BASER), 8 * value, "DT_BASER");
                    expect(its5_read(m, its, d, ITS_DT_CFGR), value, "DT_CFGR");
                }
            }
        }
    }
}

static void sizes_are_4_bytes_and_8_for_64_bit_registers(Machine *m)
{
    const VgicFrame *frame = v5_frame(m, "ITS", 0, "", DOMAIN_NS);

    for (unsigned i = 0; i < ROWS; i++) {
        const Row *row = &rows[i];
        for (uint32_t size = 1; size <= 8; size *= 2) {
            uint64_t value;
            if (size == 4 || (size == 8 && row->width == 64) || row->offset + size > 0x10000 ||
                !exists(m, row)) {
                continue;
            }
            host_forget(&m->host);
            expect(vgic_frame_read(m->gic, frame, VGIC_NS, row->offset, size, &value), VGIC_RAZ_WI,
                   "read of %s, %u bytes", row->name, size);
            one_report(m, "access-size", row->name);
            expect(vgic_frame_write(m->gic, frame, VGIC_NS, row->offset, size, ~0ull), VGIC_RAZ_WI,
                   "write of %s, %u bytes", row->name, size);
            one_report(m, "access-size", row->name);
        }
    }
    its5_write64(m, 0, DOMAIN_NS, ITS_DT_BASER, 0x00123456789ABCD8);
    assert_int_equal(its5_read(m, 0, DOMAIN_NS, ITS_DT_BASER), 0x789ABCD8);
    assert_int_equal(its5_read(m, 0, DOMAIN_NS, ITS_DT_BASER + 4), 0x00123456);
    its5_write(m, 0, DOMAIN_NS, ITS_DT_BASER + 4, 0x00654321);
    assert_int_equal(its5_read64(m, 0, DOMAIN_NS, ITS_DT_BASER), 0x00654321789ABCD8);
}

static void all_other_offsets_are_raz_wi_and_reported(Machine *m)
{
    const VgicFrame *frame = v5_frame(m, "ITS", 0, "", DOMAIN_NS);

    assert_int_equal(vgic_frame_size(frame), 0x10000);
    for (uint32_t offset = 0; offset < 0x10000;
         offset += offset < 0x300 || offset >= 0xFF00 ? 4 : 0x44) {
        uint64_t value;
        if (row_at(offset)) {
            continue;
        }
        host_forget(&m->host);
        expect(vgic_frame_read(m->gic, frame, VGIC_NS, offset, 4, &value), VGIC_RAZ_WI,
               "read of 0x%x", offset);
        one_report(m, "reserved", "read");
        expect(vgic_frame_write(m->gic, frame, VGIC_NS, offset, 4, ~0u), VGIC_RAZ_WI,
               "write of 0x%x", offset);
        one_report(m, "reserved", "write");
    }
}

static void the_table_of_the_frame_lists_all_registers(Machine *m)
{
    const VgicFrame *frame = v5_frame(m, "ITS", 0, "", DOMAIN_NS);
    unsigned found = 0;

    for (uint32_t i = 0; vgic_frame_register(frame, i); i++) {
        const VgicRegister *reg = vgic_frame_register(frame, i);
        const Row *row = row_at(reg->offset);
        assert_non_null(row);
        found += reg->count;
        expect(reg->width, row->width, "width of %s", row->name);
        if (row->kind != UNMODELLED) {
            expect(!!(reg->access & VGIC_READABLE), row->kind != WRITE_ONLY, "%s is read",
                   row->name);
            expect(!!(reg->access & VGIC_WRITABLE), row->kind != READ_ONLY, "%s is written",
                   row->name);
        }
        expect(!!(reg->access & VGIC_UNMODELLED), row->kind == UNMODELLED, "%s is modelled",
               row->name);
    }
    unsigned want = 0;
    for (unsigned i = 0; i < ROWS; i++) {
        want += exists(m, &rows[i]);
    }
    assert_int_equal(found, want);
}

/* An ITS with device 1, its events 0 to 31 at ITT_AT(1), event i LPI 32 + i for the first four. */
static void start_device(Machine *m)
{
    v5_start(m);
    v5_its_start(m, 0, DOMAIN_NS, 5);
    v5_device(m, 0, DOMAIN_NS, 1, EVENTS, ITT_AT(1));
    for (uint32_t event = 0; event < 4; event++) {
        v5_event(m, 0, DOMAIN_NS, 1, event, ITT_AT(1), 32 + event);
        v5_configure(m, 0, VGIC_V5_LPI(32 + event), P_MID, 0);
    }
    host_forget(&m->host);
}

static void sync_is_done_at_once_in_any_width(Machine *m)
{
    start_device(m);
    v5_msi(m, 0, DOMAIN_NS, 1, 2);
    its5_write64(m, 0, DOMAIN_NS, ITS_SYNCR, 1ull << 63 | 1);
    assert_int_equal(its5_read(m, 0, DOMAIN_NS, ITS_SYNC_STATUSR), IDLE);
    its5_write64(m, 0, DOMAIN_NS, ITS_SYNCR, 1ull << 63 | 1ull << 32);
    assert_int_equal(its5_read(m, 0, DOMAIN_NS, ITS_SYNC_STATUSR), IDLE);
    its5_write(m, 0, DOMAIN_NS, ITS_SYNCR, 1);
    its5_write(m, 0, DOMAIN_NS, ITS_SYNCR + 4, 1u << 31);
    assert_int_equal(its5_read(m, 0, DOMAIN_NS, ITS_SYNC_STATUSR), IDLE);
    no_report(m, "SYNC");
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(34)));
}

static void read_event_tells_the_translation(Machine *m)
{
    start_device(m);
    assert_int_equal(v5_read_event(m, 0, DOMAIN_NS, 1, 3), 1u << 31 | 35);
    assert_int_equal(v5_read_event(m, 0, DOMAIN_NS, 1, 4), 0); /* ITTE not valid */
    assert_int_equal(v5_read_event(m, 0, DOMAIN_NS, 1, 1u << EVENTS), 0);
    assert_int_equal(v5_read_event(m, 0, DOMAIN_NS, 2, 3), 0);  /* DTE not valid */
    assert_int_equal(v5_read_event(m, 0, DOMAIN_NS, 32, 3), 0); /* beyond the table */
    assert_int_equal(v5_read_event(m, 0, DOMAIN_NS, 1, 3), 1u << 31 | 35);
    its5_write(m, 0, DOMAIN_NS, ITS_EIDR, 4);
    its5_write(m, 0, DOMAIN_NS, ITS_READ_EVENTR, 0); /* R = 0 starts nothing */
    assert_int_equal(its5_read64(m, 0, DOMAIN_NS, ITS_READ_EVENT_DATAR), 1u << 31 | 35);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), 0); /* and nothing was delivered */
}

static void gen_event_is_an_event(Machine *m)
{
    start_device(m);
    its5_write64(m, 0, DOMAIN_NS, ITS_GEN_EVENT_DIDR, 1);
    its5_write(m, 0, DOMAIN_NS, ITS_GEN_EVENT_EIDR, 3);
    its5_write(m, 0, DOMAIN_NS, ITS_GEN_EVENTR, DOMAIN_NS);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), 0); /* R = 0 */
    its5_write(m, 0, DOMAIN_NS, ITS_GEN_EVENTR, 1u << 31 | DOMAIN_NS);
    assert_int_equal(its5_read(m, 0, DOMAIN_NS, ITS_GEN_EVENT_STATUSR), IDLE);
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(35)));
    no_report(m, "GEN_EVENT");
    its5_write(m, 0, DOMAIN_NS, ITS_GEN_EVENT_EIDR, 9);
    its5_write(m, 0, DOMAIN_NS, ITS_GEN_EVENTR, 1u << 31 | DOMAIN_NS);
    one_report(m, "its-msi", "GEN_EVENT of an event that is not valid");
}

static void gen_event_does_not_cross_into_another_domain(Machine *m)
{
    v5_start_all(m);
    v5_its_start(m, 0, DOMAIN_S, 5);
    v5_device(m, 0, DOMAIN_S, 1, EVENTS, ITT_AT(1));
    v5_event(m, 0, DOMAIN_S, 1, 3, ITT_AT(1), 35);
    v5_enter(m, 0, DOMAIN_S);
    v5_configure(m, 0, VGIC_V5_LPI(35), P_MID, 0);
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, 1);
    its5_write64(m, 0, DOMAIN_NS, ITS_GEN_EVENT_DIDR, 1);
    its5_write(m, 0, DOMAIN_NS, ITS_GEN_EVENT_EIDR, 3);
    its5_write(m, 0, DOMAIN_NS, ITS_GEN_EVENTR, 1u << 31 | DOMAIN_S);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), 0);
    assert_false(info(m, 0, VGIC_V5_LPI_OF(VGIC_S, 35)).pending);
}

static void gen_event_in_another_domain_is_reported(Machine *m)
{
    start_device(m);
    its5_write64(m, 0, DOMAIN_NS, ITS_GEN_EVENT_DIDR, 1);
    its5_write(m, 0, DOMAIN_NS, ITS_GEN_EVENT_EIDR, 3);
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        if (d != DOMAIN_NS) {
            host_forget(&m->host);
            its5_write(m, 0, DOMAIN_NS, ITS_GEN_EVENTR, 1u << 31 | d);
            one_report(m, "irq-domain", v5_domain_name(d));
            expect(vgic_cpu_lines(m->gic, 0), 0, "lines, %s", v5_domain_name(d));
        }
    }
}

enum {
    SWERR_V = 1,
    SWERR_S0V = 2,
    SWERR_S1V = 4,
    SWERR_OF = 8,
    EC_DEVICE_TABLE = 1,
    EC_EVENT_TABLE = 2,
};

static uint64_t error_status(Machine *m)
{
    return its5_read64(m, 0, DOMAIN_NS, ITS_SWERR_STATUSR);
}

static void software_errors_are_latched_in_swerr(Machine *m)
{
    start_device(m);
    assert_int_equal(error_status(m), 0);
    ram_fail(&m->host.ram, ITT_AT(1), ITT_AT(1) + 255, FAIL_READS);
    v5_msi(m, 0, DOMAIN_NS, 1, 9);
    const uint64_t first = error_status(m);
    assert_int_equal(first, SWERR_V | SWERR_S0V | SWERR_S1V | EC_EVENT_TABLE << 16);
    assert_int_equal(its5_read64(m, 0, DOMAIN_NS, ITS_SWERR_SYNDROMER0), 1ull << 32 | 9);
    assert_int_equal(its5_read64(m, 0, DOMAIN_NS, ITS_SWERR_SYNDROMER1), ITT_AT(1) + 8 * 9);
    ram_fail(&m->host.ram, DT_AT(DOMAIN_NS), DT_AT(DOMAIN_NS) + 255, FAIL_READS);
    v5_msi(m, 0, DOMAIN_NS, 7, 10);
    assert_int_equal(error_status(m), first | SWERR_OF);
    assert_int_equal(its5_read64(m, 0, DOMAIN_NS, ITS_SWERR_SYNDROMER0), 1ull << 32 | 9);
    its5_write64(m, 0, DOMAIN_NS, ITS_SWERR_STATUSR, ~(uint64_t)SWERR_V);
    assert_int_equal(error_status(m), first | SWERR_OF);
    its5_write64(m, 0, DOMAIN_NS, ITS_SWERR_STATUSR, SWERR_V);
    assert_int_equal(error_status(m), 0);
    assert_int_equal(its5_read64(m, 0, DOMAIN_NS, ITS_SWERR_SYNDROMER0), 0);
    assert_int_equal(its5_read64(m, 0, DOMAIN_NS, ITS_SWERR_SYNDROMER1), 0);
    v5_msi(m, 0, DOMAIN_NS, 7, 10);
    assert_int_equal(error_status(m), SWERR_V | SWERR_S0V | SWERR_S1V | EC_DEVICE_TABLE << 16);
    assert_int_equal(its5_read64(m, 0, DOMAIN_NS, ITS_SWERR_SYNDROMER1), DT_AT(DOMAIN_NS) + 56);
    ram_heal(&m->host.ram);
}

static void a_reset_clears_software_errors_and_what_was_read(Machine *m)
{
    start_device(m);
    assert_int_equal(v5_read_event(m, 0, DOMAIN_NS, 1, 3), 1u << 31 | 35);
    ram_fail(&m->host.ram, ITT_AT(1), ITT_AT(1) + 255, FAIL_READS);
    v5_msi(m, 0, DOMAIN_NS, 1, 9);
    assert_int_equal(error_status(m) & SWERR_V, SWERR_V);
    ram_heal(&m->host.ram);
    vgic_reset(m->gic, VGIC_RESET_WARM);
    for_each_frame(m, check_resets);
}

static void swerr_is_raz_wi_without_swe(Machine *m)
{
    start_device(m);
    ram_fail(&m->host.ram, ITT_AT(1), ITT_AT(1) + 255, FAIL_READS);
    v5_msi(m, 0, DOMAIN_NS, 1, 9);
    its5_write64(m, 0, DOMAIN_NS, ITS_SWERR_STATUSR, ~0ull);
    assert_int_equal(error_status(m), 0);
    assert_int_equal(its5_read64(m, 0, DOMAIN_NS, ITS_SWERR_SYNDROMER0), 0);
    assert_int_equal(its5_read64(m, 0, DOMAIN_NS, ITS_SWERR_SYNDROMER1), 0);
}

static void the_translate_frame_has_its_registers_to_write(Machine *m)
{
    const VgicFrame *frame = v5_frame(m, "ITS", 0, "_TRANSLATE", DOMAIN_NS);
    const VgicAttrs from = VGIC_NS | VGIC_FROM_DEVICE(1);
    uint64_t value;

    start_device(m);
    assert_non_null(frame);
    assert_int_equal(vgic_frame_size(frame), 0x10000);
    assert_int_equal(v5_frame_read(m, frame, from, ITS_TRANSLATER, 4), 0);
    one_report(m, "write-only", "ITS_TRANSLATER");
    assert_int_equal(vgic_frame_read(m->gic, frame, from, 0x10, 4, &value), VGIC_RAZ_WI);
    one_report(m, "reserved", "beside it");
    assert_int_equal(vgic_frame_write(m->gic, frame, from, ITS_TRANSLATER, 8, 2), VGIC_RAZ_WI);
    one_report(m, "access-size", "64 bits");
    assert_int_equal(vgic_frame_write(m->gic, frame, from, ITS_TRANSLATER, 1, 2), VGIC_RAZ_WI);
    one_report(m, "access-size", "8 bits");
    assert_int_equal(vgic_cpu_lines(m->gic, 0), 0);
    assert_int_equal(vgic_frame_write(m->gic, frame, from, ITS_TRANSLATER, 4, 2), VGIC_OK);
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(34)));
}

static const Test tests[] = {
    TEST(id_registers_tell_the_configuration, V5_ITS),
    TEST(registers_reset_to_0_but_idle_and_have_their_fields, V5_ITS),
    TEST(directions_are_kept_and_reported, V5_ITS),
    TEST(registers_are_each_itss_and_domains_own, V5_ITS),
    TEST(sizes_are_4_bytes_and_8_for_64_bit_registers, V5_ITS),
    TEST(all_other_offsets_are_raz_wi_and_reported, V5_ITS),
    TEST(the_table_of_the_frame_lists_all_registers, V5_ITS),
    TEST(sync_is_done_at_once_in_any_width, V5_ITS),
    TEST(read_event_tells_the_translation, V5_ITS),
    TEST(gen_event_is_an_event, V5_ITS),
    TEST(gen_event_does_not_cross_into_another_domain, V5_ITS | V5_EL3),
    TEST(software_errors_are_latched_in_swerr, V5_ITS | V5_SWERR),
    TEST(swerr_is_raz_wi_without_swe, V5_ITS | V5_NO_SWERR),
    TEST(the_translate_frame_has_its_registers_to_write, V5_ITS),
    TEST(gen_event_in_another_domain_is_reported, V5_ITS),
    TEST(a_reset_clears_software_errors_and_what_was_read, V5_ITS | V5_SWERR),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "its-registers", tests);
}
