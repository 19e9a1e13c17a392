/* SPDX-License-Identifier: BSD-2-Clause */
/* Every register of an IRS's configuration frame: value, fields, reset, direction, size. */
#include "suite.h"
#include "v5.h"

#include <string.h>

typedef enum Kind {
    READ_ONLY,
    READ_WRITE,
    WRITE_ONLY,
    UNMODELLED, /**< RES0: virtualization, MEC, MPAM */
} Kind;

typedef struct Row {
    const char *name;
    uint32_t offset;
    uint8_t width;
    Kind kind;
} Row;

#define ROW(reg, width_, kind_)                                                                    \
    {                                                                                              \
        .name = #reg, .offset = (reg), .width = (width_), .kind = (kind_)                          \
    }

static const Row rows[] = {
    ROW(IRS_IDR0, 32, READ_ONLY),
    ROW(IRS_IDR1, 32, READ_ONLY),
    ROW(IRS_IDR2, 32, READ_ONLY),
    ROW(IRS_IDR3, 32, READ_ONLY),
    ROW(IRS_IDR4, 32, READ_ONLY),
    ROW(IRS_IDR5, 32, READ_ONLY),
    ROW(IRS_IDR6, 32, READ_ONLY),
    ROW(IRS_IDR7, 32, READ_ONLY),
    ROW(IRS_IIDR, 32, READ_ONLY),
    ROW(IRS_AIDR, 32, READ_ONLY),
    ROW(IRS_CR0, 32, READ_WRITE),
    ROW(IRS_CR1, 32, READ_WRITE),
    ROW(IRS_SYNCR, 32, WRITE_ONLY),
    ROW(IRS_SYNC_STATUSR, 32, READ_ONLY),
    ROW(IRS_SPI_VMR, 64, UNMODELLED),
    ROW(IRS_SPI_SELR, 32, READ_WRITE),
    ROW(IRS_SPI_DOMAINR, 32, READ_WRITE),
    ROW(IRS_SPI_RESAMPLER, 32, WRITE_ONLY),
    ROW(IRS_SPI_CFGR, 32, READ_WRITE),
    ROW(IRS_SPI_STATUSR, 32, READ_ONLY),
    ROW(IRS_PE_SELR, 32, READ_WRITE),
    ROW(IRS_PE_STATUSR, 32, READ_ONLY),
    ROW(IRS_PE_CR0, 32, READ_WRITE),
    ROW(IRS_IST_BASER, 64, READ_WRITE),
    ROW(IRS_IST_CFGR, 32, READ_WRITE),
    ROW(IRS_IST_STATUSR, 32, READ_ONLY),
    ROW(IRS_MAP_L2_ISTR, 32, WRITE_ONLY),
    ROW(IRS_VMT_BASER, 64, UNMODELLED),
    ROW(IRS_VMT_CFGR, 32, UNMODELLED),
    ROW(IRS_VMT_STATUSR, 32, UNMODELLED),
    ROW(IRS_VPE_SELR, 64, UNMODELLED),
    ROW(IRS_VPE_DBR, 64, UNMODELLED),
    ROW(IRS_VPE_HPPIR, 64, UNMODELLED),
    ROW(IRS_VPE_CR0, 32, UNMODELLED),
    ROW(IRS_VPE_STATUSR, 32, UNMODELLED),
    ROW(IRS_VM_DBR, 64, UNMODELLED),
    ROW(IRS_VM_SELR, 32, UNMODELLED),
    ROW(IRS_VM_STATUSR, 32, UNMODELLED),
    ROW(IRS_VMAP_L2_VMTR, 64, UNMODELLED),
    ROW(IRS_VMAP_VMR, 64, UNMODELLED),
    ROW(IRS_VMAP_VISTR, 64, UNMODELLED),
    ROW(IRS_VMAP_L2_VISTR, 64, UNMODELLED),
    ROW(IRS_VMAP_VPER, 64, UNMODELLED),
    ROW(IRS_SAVE_VMR, 64, UNMODELLED),
    ROW(IRS_SAVE_VM_STATUSR, 32, UNMODELLED),
    ROW(IRS_MEC_IDR, 32, UNMODELLED),
    ROW(IRS_MEC_MECID_R, 32, UNMODELLED),
    ROW(IRS_MPAM_IDR, 32, UNMODELLED),
    ROW(IRS_MPAM_PARTID_R, 32, UNMODELLED),
    ROW(IRS_SWERR_STATUSR, 64, READ_WRITE),
    ROW(IRS_SWERR_SYNDROMER0, 64, READ_ONLY),
    ROW(IRS_SWERR_SYNDROMER1, 64, READ_ONLY),
    ROW(IRS_DEVARCH, 32, READ_ONLY),
    ROW(IRS_PIDR4, 32, READ_ONLY),
    ROW(IRS_PIDR5, 32, READ_ONLY),
    ROW(IRS_PIDR6, 32, READ_ONLY),
    ROW(IRS_PIDR7, 32, READ_ONLY),
    ROW(IRS_PIDR0, 32, READ_ONLY),
    ROW(IRS_PIDR1, 32, READ_ONLY),
    ROW(IRS_PIDR2, 32, READ_ONLY),
    ROW(IRS_PIDR3, 32, READ_ONLY),
    ROW(IRS_CIDR0, 32, READ_ONLY),
    ROW(IRS_CIDR1, 32, READ_ONLY),
    ROW(IRS_CIDR2, 32, READ_ONLY),
    ROW(IRS_CIDR3, 32, READ_ONLY),
};

enum {
    ROWS = sizeof(rows) / sizeof(rows[0])
};

/* Runs @p check for each IRS and domain of the machine. */
static void for_each_frame(Machine *m, void (*check)(Machine *, unsigned, V5Domain))
{
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
            if (v5_has_domain(m, d)) {
                check(m, irs, d);
            }
        }
    }
}

/* Without software errors there is nothing at their registers. */
static bool exists(const Machine *m, const Row *row)
{
    return row->offset < IRS_SWERR_STATUSR || row->offset > IRS_SWERR_SYNDROMER1 ||
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

static void id_registers_tell_the_configuration(Machine *m, unsigned irs, V5Domain d)
{
    const VgicConfig *c = &m->config;
    const uint32_t bits = c->v5.iaffid_bits ? c->v5.iaffid_bits : 16;
    const uint32_t idr0 = irs_read(m, irs, d, IRS_IDR0);
    const char *name = v5_domain_name(d);

    expect(idr0 & 3, d, "INT_DOM, %s", name);
    expect(idr0 >> 2 & 15, 7, "PA_RANGE, %s", name);
    expect(idr0 >> 6 & 1, 0, "VIRT, %s", name);
    expect(idr0 >> 7 & 1, has(m, V5_ONE_OF_N), "ONE_N, %s", name);
    expect(idr0 >> 8 & 1, 0, "VIRT_ONE_N, %s", name);
    expect(idr0 >> 9 & 1, has(m, V5_SETLPI), "SETLPI, %s", name);
    expect(idr0 >> 10 & 3, 0, "MEC and MPAM, %s", name);
    expect(idr0 >> 12 & 1, !c->v5.no_software_errors, "SWE, %s", name);
    expect(idr0 >> 13 & 7, 0, "IDR0 [15:13], %s", name);
    expect(idr0 >> 16, irs, "IRSID, %s", name);
    expect(irs_read(m, irs, d, IRS_IDR1),
           v5_irs_cpus(m, irs) | (bits - 1) << 16 |
               ((c->priority_bits ? c->priority_bits : 5) - 1) << 20,
           "IDR1, %s", name);
    if (has(m, V5_LPIS)) {
        const uint32_t minimum = c->v5.min_lpi_bits ? c->v5.min_lpi_bits : 1;
        const uint32_t sizes = c->v5.ist_l2_sizes ? c->v5.ist_l2_sizes : 7;
        const uint32_t levels = c->v5.linear_ist_only ? 0 : 1u << 10 | sizes << 11;
        const uint32_t idr2 = irs_read(m, irs, d, IRS_IDR2);
        expect(idr2 & ~(c->v5.linear_ist_only ? 7u << 11 : 0),
               c->lpi_bits | 1u << 5 | minimum << 6 | levels, "IDR2, %s", name);
    } else {
        expect(irs_read(m, irs, d, IRS_IDR2) >> 5 & 1, 0, "IDR2.LPI, %s", name);
    }
    expect(irs_read(m, irs, d, IRS_IDR3), 0, "IDR3, %s", name);
    expect(irs_read(m, irs, d, IRS_IDR4), 0, "IDR4, %s", name);
    expect(irs_read(m, irs, d, IRS_IDR5), c->spis, "IDR5, %s", name);
    expect(irs_read(m, irs, d, IRS_IDR6), v5_irs_spis(m, irs), "IDR6, %s", name);
    expect(irs_read(m, irs, d, IRS_IDR7), v5_spi_base(m, irs), "IDR7, %s", name);
    expect(irs_read(m, irs, d, IRS_IIDR), c->iidr ? c->iidr : 0x0560043B, "IIDR, %s", name);
    expect(irs_read(m, irs, d, IRS_AIDR), 0, "AIDR, %s", name);
    expect(irs_read(m, irs, d, IRS_DEVARCH), 0x47705A19, "DEVARCH, %s", name);
    expect(irs_read(m, irs, d, IRS_CIDR0), 0x0D, "CIDR0, %s", name);
    expect(irs_read(m, irs, d, IRS_CIDR1), 0xF0, "CIDR1, %s", name);
    expect(irs_read(m, irs, d, IRS_CIDR2), 0x05, "CIDR2, %s", name);
    expect(irs_read(m, irs, d, IRS_CIDR3), 0xB1, "CIDR3, %s", name);
    expect(irs_read(m, irs, d, IRS_PIDR4) & 0x0F, 0x04, "PIDR4's JEP106 continuation, %s", name);
}

static void id_registers(Machine *m)
{
    for_each_frame(m, id_registers_tell_the_configuration);
}

static void check_resets(Machine *m, unsigned irs, V5Domain d)
{
    for (unsigned i = 0; i < ROWS; i++) {
        const Row *row = &rows[i];
        if (row->kind == READ_ONLY && row->offset < 0x80) {
            continue; /* ID registers */
        }
        if (row->offset >= IRS_DEVARCH || row->kind == WRITE_ONLY) {
            continue;
        }
        const bool idle = row->offset == IRS_SYNC_STATUSR || row->offset == IRS_IST_STATUSR ||
                          row->offset == IRS_SPI_STATUSR || row->offset == IRS_PE_STATUSR;
        const uint64_t value = row->width == 64 ? irs_read64(m, irs, d, row->offset)
                                                : irs_read(m, irs, d, row->offset);
        if (row->offset == IRS_SPI_STATUSR || row->offset == IRS_PE_STATUSR) {
            expect(value & IDLE, IDLE, "%s after reset", row->name); /* selection 0 may be one */
        } else if (row->offset == IRS_SPI_DOMAINR) {
            continue;
        } else {
            expect(value, row->offset == IRS_CR0 ? CR0_IDLE : idle, "%s after reset", row->name);
        }
    }
}

static void registers_reset_to_0_but_idle(Machine *m)
{
    for_each_frame(m, check_resets);
    irs_write(m, 0, DOMAIN_NS, IRS_CR1, 0xFFFF);
    irs_write(m, 0, DOMAIN_NS, IRS_CR0, 1);
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_SELR, 5);
    irs_write(m, 0, DOMAIN_NS, IRS_PE_SELR, 1);
    irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, IST_AT(DOMAIN_NS) | 1);
    vgic_reset(m->gic, VGIC_RESET_WARM);
    for_each_frame(m, check_resets);
}

static void a_reset_clears_dps_and_software_errors(Machine *m)
{
    v5_start(m);
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        irs_write(m, irs, DOMAIN_NS, IRS_PE_SELR, v5_iaffid(m, v5_first_cpu(m, irs)));
        irs_write(m, irs, DOMAIN_NS, IRS_PE_CR0, 1);
        assert_int_equal(irs_read(m, irs, DOMAIN_NS, IRS_PE_CR0), 1);
    }
    v5_ist_off(m, DOMAIN_NS);
    ram_fail(&m->host.ram, IST_AT(DOMAIN_NS), IST_AT(DOMAIN_NS) + 4095, FAIL_READS);
    v5_ist(m, DOMAIN_NS, IST_AT(DOMAIN_NS), IST_CFGR(12, 0, 0));
    v5_cden(m, 0, VGIC_V5_LPI(5));
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_SWERR_STATUSR) & 1, 1);
    ram_heal(&m->host.ram);
    vgic_reset(m->gic, VGIC_RESET_WARM);
    for_each_frame(m, check_resets);
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        irs_write(m, irs, DOMAIN_NS, IRS_PE_SELR, v5_iaffid(m, v5_first_cpu(m, irs)));
        assert_int_equal(irs_read(m, irs, DOMAIN_NS, IRS_PE_CR0), 0);
    }
}

static void check_cr(Machine *m, unsigned irs, V5Domain d)
{
    irs_write(m, irs, d, IRS_CR0, ~0u);
    expect(irs_read(m, irs, d, IRS_CR0), CR0_EN | CR0_IDLE, "CR0, IRS %u %s", irs,
           v5_domain_name(d));
    irs_write(m, irs, d, IRS_CR1, ~0u);
    expect(irs_read(m, irs, d, IRS_CR1), 0xFFFF, "CR1, IRS %u %s", irs, v5_domain_name(d));
    irs_write(m, irs, d, IRS_CR1, 0xF5D7);
    expect(irs_read(m, irs, d, IRS_CR1), 0xF5D7, "CR1, IRS %u %s", irs, v5_domain_name(d));
    irs_write(m, irs, d, IRS_CR0, 0);
    expect(irs_read(m, irs, d, IRS_CR0), CR0_IDLE, "CR0, IRS %u %s", irs, v5_domain_name(d));
}

static void cr0_and_cr1_have_their_fields(Machine *m)
{
    for_each_frame(m, check_cr);
}

static void registers_are_each_irss_and_domains_own(Machine *m)
{
    static const uint32_t offsets[] = {IRS_CR1, IRS_SPI_SELR, IRS_PE_SELR};

    for (unsigned i = 0; i < 3; i++) {
        for (unsigned round = 0; round < 2; round++) {
            for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
                for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
                    if (!v5_has_domain(m, d)) {
                        continue;
                    }
                    if (round) {
                        expect(irs_read(m, irs, d, offsets[i]), 16 * irs + d + 1,
                               "0x%x of IRS %u, %s", offsets[i], irs, v5_domain_name(d));
                    } else {
                        irs_write(m, irs, d, offsets[i], 16 * irs + d + 1);
                    }
                }
            }
        }
    }
}

static void sync_is_done_at_once(Machine *m)
{
    irs_write(m, 0, DOMAIN_NS, IRS_SYNCR, 1u << 31);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_SYNC_STATUSR), IDLE);
    irs_write(m, 0, DOMAIN_NS, IRS_SYNCR, 0);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_SYNC_STATUSR), IDLE);
}

static void spi_selr_selects_spis_of_this_irs(Machine *m)
{
    v5_start(m);
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        const uint32_t base = v5_spi_base(m, irs), end = base + v5_irs_spis(m, irs);
        const uint32_t ids[] = {0, base - 1, base, base + 5, end - 1, end, 0xFFFFFF};
        for (unsigned i = 0; i < 7; i++) {
            const uint32_t id = ids[i] & 0xFFFFFF;
            const bool there = id >= base && id < end;
            irs_write(m, irs, DOMAIN_NS, IRS_SPI_SELR, id | 0xFF000000);
            expect(irs_read(m, irs, DOMAIN_NS, IRS_SPI_SELR), id, "SPI_SELR of IRS %u", irs);
            expect(irs_read(m, irs, DOMAIN_NS, IRS_SPI_STATUSR), IDLE | (there ? SELECTED : 0),
                   "SPI_STATUSR of IRS %u, SPI %u", irs, id);
            host_forget(&m->host);
            irs_write(m, irs, DOMAIN_NS, IRS_SPI_CFGR, ~0u);
            expect(irs_read(m, irs, DOMAIN_NS, IRS_SPI_CFGR), there, "SPI_CFGR of IRS %u, SPI %u",
                   irs, id);
            expect(m->host.report_count, there ? 0 : 2, "reports, IRS %u, SPI %u", irs, id);
            if (!there && m->host.report_count) {
                assert_string_equal(m->host.reports[0].rule, "irs-select");
            }
            irs_write(m, irs, DOMAIN_NS, IRS_SPI_CFGR, 0);
        }
    }
}

static void spi_cfgr_is_the_selected_spis(Machine *m)
{
    v5_start(m);
    v5_spi_trigger(m, DOMAIN_NS, 3, LEVEL);
    v5_spi_trigger(m, DOMAIN_NS, 4, EDGE);
    for (uint32_t spi = 0; spi < 8; spi++) {
        irs_write(m, 0, DOMAIN_NS, IRS_SPI_SELR, spi);
        expect(irs_read(m, 0, DOMAIN_NS, IRS_SPI_CFGR), spi == 3, "SPI %u", spi);
    }
}

static void resampling_what_is_not_there_does_nothing(Machine *m)
{
    v5_start(m);
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        irs_write(m, irs, DOMAIN_NS, IRS_SPI_RESAMPLER, v5_spi_base(m, irs) + v5_irs_spis(m, irs));
        irs_write(m, irs, DOMAIN_NS, IRS_SPI_RESAMPLER, 0xFFFFFF);
        assert_int_equal(m->host.report_count, 2);
        assert_string_equal(m->host.reports[0].rule, "irq-range");
        host_forget(&m->host);
    }
    /* It acts without SPI_SELR, and leaves that alone. */
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_SELR, 2);
    v5_spi_wire(m, 7, true);
    v5_cdpend(m, 0, VGIC_V5_SPI(7), false);
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_RESAMPLER, 7);
    assert_true(v5_cdrcfg(m, 0, VGIC_V5_SPI(7)) & ICSR_PENDING);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_SPI_SELR), 2);
}

static void pe_selr_selects_pes_of_this_irs(Machine *m)
{
    v5_start(m);
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
            const bool here =
                cpu >= v5_first_cpu(m, irs) && cpu < v5_first_cpu(m, irs) + v5_irs_cpus(m, irs);
            irs_write(m, irs, DOMAIN_NS, IRS_PE_SELR, 0xFFFF0000 | v5_iaffid(m, cpu));
            expect(irs_read(m, irs, DOMAIN_NS, IRS_PE_SELR), v5_iaffid(m, cpu), "PE_SELR");
            expect(irs_read(m, irs, DOMAIN_NS, IRS_PE_STATUSR), here ? 7 : IDLE,
                   "PE_STATUSR of IRS %u, PE %u", irs, cpu);
        }
        irs_write(m, irs, DOMAIN_NS, IRS_PE_SELR, 0x2AA);
        assert_int_equal(irs_read(m, irs, DOMAIN_NS, IRS_PE_STATUSR), IDLE);
        host_forget(&m->host);
        irs_write(m, irs, DOMAIN_NS, IRS_PE_CR0, 1);
        assert_int_equal(irs_read(m, irs, DOMAIN_NS, IRS_PE_CR0), 0);
        assert_int_equal(m->host.report_count, 2);
        assert_string_equal(m->host.reports[0].rule, "irs-select");
    }
}

static void pe_cr0_has_dps_of_the_selected_pe(Machine *m)
{
    v5_start(m);
    const bool there = has(m, V5_ONE_OF_N);
    irs_write(m, 0, DOMAIN_NS, IRS_PE_SELR, v5_iaffid(m, 0));
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_PE_CR0), 0);
    irs_write(m, 0, DOMAIN_NS, IRS_PE_CR0, ~0u);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_PE_CR0), there);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_PE_STATUSR), 7);
    if (v5_irs_cpus(m, 0) > 1) {
        irs_write(m, 0, DOMAIN_NS, IRS_PE_SELR, v5_iaffid(m, 1));
        assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_PE_CR0), 0);
    }
    irs_write(m, 0, DOMAIN_NS, IRS_PE_SELR, v5_iaffid(m, 0));
    irs_write(m, 0, DOMAIN_NS, IRS_PE_CR0, 0);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_PE_CR0), 0);
}

static void check_unmodelled(Machine *m, unsigned irs, V5Domain d)
{
    for (unsigned i = 0; i < ROWS; i++) {
        const Row *row = &rows[i];
        const uint32_t size = row->width / 8;
        const VgicFrame *frame = v5_frame(m, "IRS", irs, "", d);
        if (row->kind != UNMODELLED) {
            continue;
        }
        host_forget(&m->host);
        v5_frame_write(m, frame, v5_space(m, d), row->offset, size, ~0ull);
        one_report(m, "unmodelled", row->name);
        expect(v5_frame_read(m, frame, v5_space(m, d), row->offset, size), 0, "%s", row->name);
        one_report(m, "unmodelled", row->name);
    }
}

static void virtualization_mec_and_mpam_are_res0_and_reported(Machine *m)
{
    v5_start(m);
    irs_write(m, 0, DOMAIN_NS, IRS_SPI_SELR, 1);
    for_each_frame(m, check_unmodelled);
}

static void check_read_only(Machine *m, unsigned irs, V5Domain d)
{
    const VgicFrame *frame = v5_frame(m, "IRS", irs, "", d);

    for (unsigned i = 0; i < ROWS; i++) {
        const Row *row = &rows[i];
        const uint32_t size = row->width / 8;
        if (row->kind == READ_ONLY) {
            const uint64_t before = v5_frame_read(m, frame, v5_space(m, d), row->offset, size);
            host_forget(&m->host);
            v5_frame_write(m, frame, v5_space(m, d), row->offset, size, ~before);
            one_report(m, exists(m, row) ? "read-only" : "reserved", row->name);
            expect(v5_frame_read(m, frame, v5_space(m, d), row->offset, size), before, "%s",
                   row->name);
        } else if (row->kind == WRITE_ONLY) {
            host_forget(&m->host);
            expect(v5_frame_read(m, frame, v5_space(m, d), row->offset, size), 0, "%s", row->name);
            one_report(m, "write-only", row->name);
        }
    }
}

static void directions_are_kept_and_reported(Machine *m)
{
    v5_start_all(m);
    for_each_frame(m, check_read_only);
}

static void sizes_are_4_bytes_and_8_for_64_bit_registers(Machine *m)
{
    const VgicFrame *frame = v5_frame(m, "IRS", 0, "", DOMAIN_NS);

    v5_start(m);
    for (unsigned i = 0; i < ROWS; i++) {
        const Row *row = &rows[i];
        for (uint32_t size = 1; size <= 8; size *= 2) {
            uint64_t value;
            const bool fine = size == 4 || (size == 8 && row->width == 64);
            if (fine || row->offset + size > 0x10000 || !exists(m, row)) {
                continue;
            }
            host_forget(&m->host);
            expect(vgic_frame_read(m->gic, frame, VGIC_NS, row->offset, size, &value), VGIC_RAZ_WI,
                   "read of %s, %u bytes", row->name, size);
            expect(value, 0, "%s, %u bytes", row->name, size);
            one_report(m, "access-size", row->name);
            expect(vgic_frame_write(m->gic, frame, VGIC_NS, row->offset, size, ~0ull), VGIC_RAZ_WI,
                   "write of %s, %u bytes", row->name, size);
            one_report(m, "access-size", row->name);
        }
        if (row->width == 64) {
            uint64_t value;
            expect(vgic_frame_read(m->gic, frame, VGIC_NS, row->offset + 4, 8, &value), VGIC_RAZ_WI,
                   "8 bytes across %s", row->name);
        }
    }
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_CR0), CR0_EN | CR0_IDLE);
}

static void accesses_that_are_not_aligned_are_raz_wi(Machine *m)
{
    static const struct {
        uint32_t offset, size;
    } bad[] = {{IRS_CR1 + 1, 4},      {IRS_CR1 + 2, 4},       {IRS_CR1 + 2, 2},
               {IRS_CR1 + 3, 1},      {IRS_IST_BASER + 2, 4}, {IRS_IST_BASER + 4, 8},
               {IRS_IST_BASER + 1, 8}};
    const VgicFrame *frame = v5_frame(m, "IRS", 0, "", DOMAIN_NS);

    irs_write(m, 0, DOMAIN_NS, IRS_CR1, 0x5A5A);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint64_t value;
        host_forget(&m->host);
        expect(vgic_frame_read(m->gic, frame, VGIC_NS, bad[i].offset, bad[i].size, &value),
               VGIC_RAZ_WI, "read of 0x%x, %u bytes", bad[i].offset, bad[i].size);
        expect(value, 0, "value of 0x%x, %u bytes", bad[i].offset, bad[i].size);
        one_report(m, "access-size", "read");
        expect(vgic_frame_write(m->gic, frame, VGIC_NS, bad[i].offset, bad[i].size, 0), VGIC_RAZ_WI,
               "write of 0x%x, %u bytes", bad[i].offset, bad[i].size);
        one_report(m, "access-size", "write");
    }
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_CR1), 0x5A5A);
    uint64_t value;
    assert_int_equal(vgic_frame_read(m->gic, frame, VGIC_NS, IRS_CR1, 3, &value), VGIC_INVALID);
    assert_int_equal(m->host.error_count, 1); /* no bus has 3 bytes */
    host_forget(&m->host);
}

static void halves_of_64_bit_registers_are_their_halves(Machine *m)
{
    v5_start(m);
    irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, 0);
    irs_write64(m, 0, DOMAIN_NS, IRS_IST_BASER, 0x00123456789ABC80);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IST_BASER), 0x789ABC80);
    assert_int_equal(irs_read(m, 0, DOMAIN_NS, IRS_IST_BASER + 4), 0x00123456);
    irs_write(m, 0, DOMAIN_NS, IRS_IST_BASER + 4, 0xFF654321);
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_IST_BASER), 0x00654321789ABC80);
    irs_write(m, 0, DOMAIN_NS, IRS_IST_BASER, 0x11111140);
    assert_int_equal(irs_read64(m, 0, DOMAIN_NS, IRS_IST_BASER), 0x0065432111111140);
}

static void all_other_offsets_are_raz_wi_and_reported(Machine *m)
{
    const VgicFrame *frame = v5_frame(m, "IRS", 0, "", DOMAIN_NS);

    v5_start(m);
    assert_int_equal(vgic_frame_size(frame), 0x10000);
    for (uint32_t offset = 0; offset < 0x10000;
         offset += offset < 0x400 || offset >= 0xFF00 ? 4 : 0x44) {
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
    uint64_t value;
    assert_int_equal(vgic_frame_read(m->gic, frame, VGIC_NS, 0x10000, 4, &value), VGIC_INVALID);
    assert_int_equal(m->host.error_count, 1);
    host_forget(&m->host);
}

static void the_table_of_the_frame_lists_all_registers(Machine *m)
{
    const VgicFrame *frame = v5_frame(m, "IRS", 0, "", DOMAIN_NS);
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

static void reports_name_frame_and_register(Machine *m)
{
    const unsigned irs = v5_irs_count(m) - 1;

    v5_start(m);
    irs_write(m, irs, DOMAIN_NS, IRS_IDR5, 5);
    assert_int_equal(m->host.report_count, 1);
    const HostReport *r = host_last_report(&m->host);
    assert_string_equal(r->rule, "read-only");
    assert_string_equal(r->frame, irs ? "IRS1" : "IRS");
    assert_string_equal(r->reg, "IRS_IDR5");
    assert_int_equal(r->report.offset, IRS_IDR5);
    assert_int_equal(r->report.size, 4);
    assert_true(r->report.write);
    assert_int_equal(r->report.value, 5);
    assert_int_equal(r->report.intid, UINT32_MAX);
}

static const Test tests[] = {
    TEST(id_registers, 0),
    TEST(registers_reset_to_0_but_idle, 0),
    TEST(cr0_and_cr1_have_their_fields, 0),
    TEST(registers_are_each_irss_and_domains_own, 0),
    TEST(sync_is_done_at_once, 0),
    TEST(spi_selr_selects_spis_of_this_irs, 0),
    TEST(spi_cfgr_is_the_selected_spis, 0),
    TEST(resampling_what_is_not_there_does_nothing, 0),
    TEST(pe_selr_selects_pes_of_this_irs, 0),
    TEST(pe_cr0_has_dps_of_the_selected_pe, 0),
    TEST(virtualization_mec_and_mpam_are_res0_and_reported, 0),
    TEST(directions_are_kept_and_reported, 0),
    TEST(sizes_are_4_bytes_and_8_for_64_bit_registers, 0),
    TEST(halves_of_64_bit_registers_are_their_halves, V5_LPIS),
    TEST(all_other_offsets_are_raz_wi_and_reported, 0),
    TEST(the_table_of_the_frame_lists_all_registers, 0),
    TEST(reports_name_frame_and_register, 0),
    TEST(a_reset_clears_dps_and_software_errors, V5_SWERR | V5_ONE_OF_N),
    TEST(accesses_that_are_not_aligned_are_raz_wi, 0),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "irs-registers", tests);
}
