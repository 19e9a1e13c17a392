/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of the CPU interface: presence, direction, exception levels, fields, reset, banks. */
#include "suite.h"
#include "v5.h"

#include <string.h>

/* One register, what it is at Non-secure EL1 and what an all-ones write leaves. */
typedef struct Row {
    const char *name;
    uint32_t encoding;
    uint8_t access; /**< VGIC_READABLE, VGIC_WRITABLE */
    uint8_t min_el;
} Row;

enum {
    RO = VGIC_READABLE,
    WO = VGIC_WRITABLE,
    RW = VGIC_READABLE | VGIC_WRITABLE,
};

#define ROW(reg, access_, el_)                                                                     \
    {                                                                                              \
        .name = #reg, .encoding = (reg), .access = (access_), .min_el = (el_)                      \
    }

static const Row rows[] = {
    ROW(ICC_APR_EL1, RW, 1),
    ROW(ICC_CR0_EL1, RW, 1),
    ROW(ICC_PCR_EL1, RW, 1),
    ROW(ICC_PPI_HMR0_EL1, RO, 1),
    ROW(ICC_PPI_HMR1_EL1, RO, 1),
    ROW(ICC_IDR0_EL1, RO, 1),
    ROW(ICC_HPPIR_EL1, RO, 1),
    ROW(ICC_ICSR_EL1, RW, 1),
    ROW(ICC_IAFFIDR_EL1, RO, 1),
    ROW(ICC_PPI_ENABLER0_EL1, RW, 1),
    ROW(ICC_PPI_ENABLER1_EL1, RW, 1),
    ROW(ICC_PPI_CACTIVER0_EL1, RW, 1),
    ROW(ICC_PPI_CACTIVER1_EL1, RW, 1),
    ROW(ICC_PPI_SACTIVER0_EL1, RW, 1),
    ROW(ICC_PPI_SACTIVER1_EL1, RW, 1),
    ROW(ICC_PPI_CPENDR0_EL1, RW, 1),
    ROW(ICC_PPI_CPENDR1_EL1, RW, 1),
    ROW(ICC_PPI_SPENDR0_EL1, RW, 1),
    ROW(ICC_PPI_SPENDR1_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR0_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR1_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR2_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR3_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR4_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR5_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR6_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR7_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR8_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR9_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR10_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR11_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR12_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR13_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR14_EL1, RW, 1),
    ROW(ICC_PPI_PRIORITYR15_EL1, RW, 1),
    ROW(ICC_APR_EL3, RW, 3),
    ROW(ICC_PCR_EL3, RW, 3),
    ROW(ICC_DOMHPPIR_EL3, RO, 3),
    ROW(ICC_PPI_DOMAINR0_EL3, RW, 3),
    ROW(ICC_PPI_DOMAINR1_EL3, RW, 3),
    ROW(ICC_PPI_DOMAINR2_EL3, RW, 3),
    ROW(ICC_PPI_DOMAINR3_EL3, RW, 3),
    ROW(ICC_CR0_EL3, RW, 3),
    ROW(ICC_HPPIR_EL3, RO, 3),
    ROW(GSB_SYS, WO, 1),
    ROW(GSB_ACK, WO, 1),
    ROW(GIC_CDDIS, WO, 1),
    ROW(GIC_CDEN, WO, 1),
    ROW(GIC_CDPRI, WO, 1),
    ROW(GIC_CDAFF, WO, 1),
    ROW(GIC_CDPEND, WO, 1),
    ROW(GIC_CDRCFG, WO, 1),
    ROW(GIC_CDEOI, WO, 1),
    ROW(GIC_CDDI, WO, 1),
    ROW(GIC_CDHM, WO, 1),
    ROW(GICR_CDIA, RO, 1),
    ROW(GICR_CDNMIA, RO, 1),
    ROW(GIC_LDDIS, WO, 3),
    ROW(GIC_LDEN, WO, 3),
    ROW(GIC_LDPRI, WO, 3),
    ROW(GIC_LDAFF, WO, 3),
    ROW(GIC_LDPEND, WO, 3),
    ROW(GIC_LDRCFG, WO, 3),
    ROW(GIC_LDDI, WO, 3),
    ROW(GIC_LDHM, WO, 3),
};

enum {
    ROWS = sizeof(rows) / sizeof(rows[0])
};

static const Row *row_of(uint32_t encoding)
{
    for (unsigned i = 0; i < ROWS; i++) {
        if (rows[i].encoding == encoding) {
            return &rows[i];
        }
    }
    return NULL;
}

static void access_follows_exception_level_and_direction(Machine *m)
{
    for (unsigned el = 0; el <= 3; el++) {
        if (el == 3 && !has(m, V5_EL3)) {
            continue;
        }
        VgicCpuState state = v5_state(m, DOMAIN_NS);
        if (el == 3) {
            state = v5_el3(m, DOMAIN_NS);
        }
        state.el = (uint8_t)el;
        state.el2_enabled = el == 2;
        for (unsigned i = 0; i < ROWS; i++) {
            const Row *row = &rows[i];
            const bool there = el >= row->min_el;
            uint64_t value;
            expect(vgic_sysreg_check(m->gic, 0, &state, row->encoding, false),
                   there && row->access & RO ? VGIC_OK : VGIC_UNDEFINED, "check, read of %s, EL%u",
                   row->name, el);
            expect(vgic_sysreg_check(m->gic, 0, &state, row->encoding, true),
                   there && row->access & WO ? VGIC_OK : VGIC_UNDEFINED, "check, write of %s, EL%u",
                   row->name, el);
            expect(vgic_sysreg_read(m->gic, 0, &state, row->encoding, &value),
                   there && row->access & RO ? VGIC_OK : VGIC_UNDEFINED, "read of %s, EL%u",
                   row->name, el);
            expect(vgic_sysreg_write(m->gic, 0, &state, row->encoding, 0),
                   there && row->access & WO ? VGIC_OK : VGIC_UNDEFINED, "write of %s, EL%u",
                   row->name, el);
        }
    }
}

/* ICC_HAPR_EL1 was dropped; GICv3's registers are not those of a GICv5; virtualization is not
 * there. */
static void everything_else_is_undefined(Machine *m)
{
    static const struct {
        const char *name;
        uint32_t encoding;
    } others[] = {
        {"ICC_HAPR_EL1", VGIC_SYSREG(3, 1, 12, 0, 3)},
        {"ICC_PMR_EL1", ICC_PMR_EL1},
        {"ICC_IAR1_EL1", ICC_IAR1_EL1},
        {"ICC_EOIR1_EL1", ICC_EOIR1_EL1},
        {"ICC_CTLR_EL1", ICC_CTLR_EL1},
        {"ICC_IGRPEN1_EL1", ICC_IGRPEN1_EL1},
        {"ICC_SGI1R_EL1", ICC_SGI1R_EL1},
        {"ICC_SRE_EL3", ICC_SRE_EL3},
        {"ICC_CTLR_EL3", ICC_CTLR_EL3},
        {"ICH_HCR_EL2", ICH_HCR_EL2},
        {"ICH_LR0_EL2", VGIC_SYSREG(3, 4, 12, 12, 0)},
        {"ICH_APR_EL2", VGIC_SYSREG(3, 4, 12, 8, 4)},
        {"ICH_HPPIR_EL2", VGIC_SYSREG(3, 4, 12, 8, 5)},
        {"ICH_HFGRTR_EL2", VGIC_SYSREG(3, 4, 12, 9, 4)},
        {"ICH_HFGITR_EL2", VGIC_SYSREG(3, 4, 12, 9, 7)},
        {"ICH_PPI_DVIR0_EL2", VGIC_SYSREG(3, 4, 12, 10, 0)},
        {"ICH_VCTLR_EL2", VGIC_SYSREG(3, 4, 12, 11, 4)},
        {"ICH_CONTEXTR_EL2", VGIC_SYSREG(3, 4, 12, 11, 6)},
        {"ICH_VMCR_EL2", VGIC_SYSREG(3, 4, 12, 11, 7)},
        {"VDDIS", GIC_VDDIS},
        {"VDEN", GIC_VDEN},
        {"VDPRI", GIC_VDPRI},
        {"VDAFF", GIC_VDAFF},
        {"VDPEND", GIC_VDPEND},
        {"VDRCFG", GIC_VDRCFG},
        {"VDDI", GIC_VDDI},
        {"VDHM", GIC_VDHM},
        {"reserved beside CDRCFG", VGIC_SYSREG(1, 0, 12, 1, 6)},
        {"reserved beside CDHM", VGIC_SYSREG(1, 0, 12, 2, 2)},
        {"reserved beside CDNMIA", VGIC_SYSREG(1, 0, 12, 3, 2)},
        {"reserved beside ICC_DOMHPPIR_EL3", VGIC_SYSREG(3, 6, 12, 8, 3)},
        {"reserved beside ICC_HPPIR_EL3", VGIC_SYSREG(3, 6, 12, 9, 2)},
    };
    const unsigned tops = has(m, V5_EL3) ? 2 : 1;

    for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        for (unsigned top = 0; top < tops; top++) {
            const VgicCpuState state = top ? v5_el3(m, DOMAIN_NS) : v5_state(m, DOMAIN_NS);
            uint64_t value = 1;
            expect(vgic_sysreg_read(m->gic, 0, &state, others[i].encoding, &value), VGIC_UNDEFINED,
                   "read of %s", others[i].name);
            expect(value, 0, "value of %s", others[i].name);
            expect(vgic_sysreg_write(m->gic, 0, &state, others[i].encoding, 0), VGIC_UNDEFINED,
                   "write of %s", others[i].name);
        }
    }
}

static void without_el3_its_registers_and_instructions_are_undefined(Machine *m)
{
    const VgicCpuState state = {.el = 2, .space = VGIC_NS, .el2_enabled = true};

    for (unsigned i = 0; i < ROWS; i++) {
        if (rows[i].min_el == 3) {
            expect(vgic_sysreg_check(m->gic, 0, &state, rows[i].encoding, rows[i].access & WO),
                   VGIC_UNDEFINED, "%s", rows[i].name);
        }
    }
}

static void aarch32_has_none_of_them(Machine *m)
{
    VgicCpuState state = v5_state(m, DOMAIN_NS);

    state.aarch32 = true;
    for (unsigned i = 0; i < ROWS; i++) {
        uint64_t value;
        expect(vgic_sysreg_read(m->gic, 0, &state, rows[i].encoding, &value), VGIC_UNDEFINED,
               "read of %s", rows[i].name);
        expect(vgic_sysreg_write(m->gic, 0, &state, rows[i].encoding, 0), VGIC_UNDEFINED,
               "write of %s", rows[i].name);
    }
}

static void a_check_of_an_acknowledge_acknowledges_nothing(Machine *m)
{
    const VgicCpuState state = v5_state(m, DOMAIN_NS);

    v5_start(m);
    v5_configure(m, 0, VGIC_V5_SPI(3), P_MID, 0);
    v5_cdpend(m, 0, VGIC_V5_SPI(3), true);
    assert_int_equal(vgic_sysreg_check(m->gic, 0, &state, GICR_CDIA, false), VGIC_OK);
    assert_int_equal(vgic_sysreg_check(m->gic, 0, &state, GIC_CDDIS, true), VGIC_OK);
    assert_true(irq(m, 0));
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
    assert_true(v5_takes(m, 0, VGIC_V5_SPI(3)));
}

/* What the table calls stateless is, in each state that the header names. */
static void stateless_registers_do_not_ask_for_the_state(Machine *m)
{
    for (uint32_t i = 0; vgic_sysreg_at(m->gic, i); i++) {
        const VgicSysreg *sysreg = vgic_sysreg_at(m->gic, i);
        if (!sysreg->stateless) {
            continue;
        }
        for (unsigned el = sysreg->min_el; el <= (has(m, V5_EL3) ? 3 : 2); el++) {
            VgicCpuState state = v5_el3(m, DOMAIN_NS);
            state.el = (uint8_t)el;
            state.space = el == 3 ? state.space : VGIC_NS;
            expect(vgic_sysreg_check(m->gic, 0, &state, sysreg->encoding,
                                     !(sysreg->access & VGIC_READABLE)),
                   VGIC_OK, "%s at EL%u", sysreg->name, el);
        }
    }
}

static void the_table_lists_them_all_and_no_others(Machine *m)
{
    unsigned found = 0;

    for (uint32_t i = 0; vgic_sysreg_at(m->gic, i); i++) {
        const VgicSysreg *sysreg = vgic_sysreg_at(m->gic, i);
        const Row *row = row_of(sysreg->encoding);
        if (!row) {
            expect(sysreg->encoding, 0, "%s is in the table", sysreg->name);
            continue;
        }
        found++;
        expect(sysreg->access & RW, row->access, "direction of %s", sysreg->name);
        expect(sysreg->min_el, row->min_el, "EL of %s", sysreg->name);
        expect(sysreg->width, 64, "width of %s", sysreg->name);
        if (row->encoding >> 14 == 3) {
            expect(strcmp(sysreg->name, row->name) == 0, true, "name of %s", row->name);
        }
    }
    for (unsigned i = 0; i < ROWS; i++) {
        found -= rows[i].min_el == 3 && has(m, V5_EL3) ? 1 : rows[i].min_el == 1;
    }
    assert_int_equal(found, 0);
}

static void idr0_tells_5_priority_bits_and_the_width_of_an_id(Machine *m)
{
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(v5_icc(m, 0, ICC_IDR0_EL1), m->config.v5.id_bits == 16 ? 0x40 : 0x41);
}

static void iaffidr_is_the_pes(Machine *m)
{
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        v5_enter(m, cpu, DOMAIN_NS);
        expect(v5_icc(m, cpu, ICC_IAFFIDR_EL1), v5_iaffid(m, cpu), "PE %u", cpu);
    }
}

/* The link to the IRS is always there. */
#define LINK 6ull

static void registers_have_their_fields_and_no_more(Machine *m)
{
    const bool el3_there = has(m, V5_EL3);

    v5_enter(m, 0, DOMAIN_NS);
    v5_set_icc(m, 0, ICC_CR0_EL1, ~0ull);
    assert_int_equal(v5_icc(m, 0, ICC_CR0_EL1), (el3_there ? 0x7F00000000 : 0) | LINK | 1);
    v5_set_icc(m, 0, ICC_CR0_EL1, 0);
    assert_int_equal(v5_icc(m, 0, ICC_CR0_EL1), LINK);
    v5_set_icc(m, 0, ICC_PCR_EL1, ~0ull);
    assert_int_equal(v5_icc(m, 0, ICC_PCR_EL1), 0x1F);
    v5_set_icc(m, 0, ICC_APR_EL1, ~0ull);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0xFFFFFFFF);
    v5_set_icc(m, 0, ICC_APR_EL1, 0x80000001);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0x80000001);
    v5_set_icc(m, 0, ICC_ICSR_EL1, ~0ull);
    const uint64_t irm = has(m, V5_ONE_OF_N) ? ICSR_IRM : 0; /* RES0 without */
    assert_int_equal(v5_icc(m, 0, ICC_ICSR_EL1), 0xFFFF0000F837 | irm);
    v5_set_icc(m, 0, ICC_ICSR_EL1, 0x123400005816);
    assert_int_equal(v5_icc(m, 0, ICC_ICSR_EL1), 0x123400005816);
}

static void registers_reset_to_their_values(Machine *m)
{
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(v5_icc(m, 0, ICC_CR0_EL1), LINK | (has(m, V5_EL3) ? 32ull << 32 : 0));
    assert_int_equal(v5_icc(m, 0, ICC_PCR_EL1), 0);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
    assert_int_equal(v5_icc(m, 0, ICC_ICSR_EL1), 0);
    assert_int_equal(v5_icc(m, 0, ICC_HPPIR_EL1), 0);
}

static void el3_registers_have_their_fields_and_resets(Machine *m)
{
    v5_run(m, 0, v5_el3(m, DOMAIN_NS));
    assert_int_equal(v5_icc(m, 0, ICC_CR0_EL3), LINK);
    assert_int_equal(v5_icc(m, 0, ICC_PCR_EL3), 0);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL3), 0);
    assert_int_equal(v5_icc(m, 0, ICC_HPPIR_EL3), 0);
    assert_int_equal(v5_icc(m, 0, ICC_DOMHPPIR_EL3), 0);
    v5_set_icc(m, 0, ICC_CR0_EL3, ~0ull);
    assert_int_equal(v5_icc(m, 0, ICC_CR0_EL3), 3ull << 32 | LINK | 1);
    v5_set_icc(m, 0, ICC_PCR_EL3, ~0ull);
    assert_int_equal(v5_icc(m, 0, ICC_PCR_EL3), 0x1F);
    v5_set_icc(m, 0, ICC_APR_EL3, ~0ull);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL3), 0xFFFFFFFF);
    /* They are not those of the lower exception levels. */
    assert_int_equal(v5_icc(m, 0, ICC_PCR_EL1), 0);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
    assert_int_equal(v5_icc(m, 0, ICC_CR0_EL1) & 1, 0);
}

static void cr0_pcr_and_apr_are_banked_by_logical_domain(Machine *m)
{
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        if (d != DOMAIN_EL3 && v5_has_domain(m, d)) {
            v5_run(m, 0, v5_el3(m, d));
            v5_set_icc(m, 0, ICC_PCR_EL1, 8 + d);
            v5_set_icc(m, 0, ICC_APR_EL1, 1u << d);
            v5_set_icc(m, 0, ICC_CR0_EL1, (uint64_t)(20 + d) << 32 | (d & 1));
        }
    }
    v5_set_icc(m, 0, ICC_PCR_EL3, 3);
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        for (unsigned high = 0; high < 2; high++) {
            if (d != DOMAIN_EL3 && v5_has_domain(m, d)) {
                v5_run(m, 0, high ? v5_el3(m, d) : v5_state(m, d));
                expect(v5_icc(m, 0, ICC_PCR_EL1), 8 + d, "PCR, %s, EL3 %u", v5_domain_name(d),
                       high);
                expect(v5_icc(m, 0, ICC_APR_EL1), 1u << d, "APR, %s, EL3 %u", v5_domain_name(d),
                       high);
                expect(v5_icc(m, 0, ICC_CR0_EL1), (uint64_t)(20 + d) << 32 | LINK | (d & 1),
                       "CR0, %s, EL3 %u", v5_domain_name(d), high);
            }
        }
    }
}

static void icsr_is_one_for_all_domains(Machine *m)
{
    v5_enter(m, 0, DOMAIN_S);
    v5_set_icc(m, 0, ICC_ICSR_EL1, 0x123400000802);
    v5_enter(m, 0, DOMAIN_NS);
    assert_int_equal(v5_icc(m, 0, ICC_ICSR_EL1), 0x123400000802);
    v5_run(m, 0, v5_el3(m, DOMAIN_S));
    assert_int_equal(v5_icc(m, 0, ICC_ICSR_EL1), 0x123400000802);
}

static void registers_are_each_pes_own(Machine *m)
{
    v5_enter(m, 0, DOMAIN_NS);
    v5_enter(m, 1, DOMAIN_NS);
    v5_set_icc(m, 0, ICC_PCR_EL1, 17);
    v5_set_icc(m, 0, ICC_APR_EL1, 0x100);
    v5_set_icc(m, 0, ICC_CR0_EL1, 1);
    v5_set_icc(m, 0, ICC_ICSR_EL1, 2);
    assert_int_equal(v5_icc(m, 1, ICC_PCR_EL1), 0);
    assert_int_equal(v5_icc(m, 1, ICC_APR_EL1), 0);
    assert_int_equal(v5_icc(m, 1, ICC_CR0_EL1) & 1, 0);
    assert_int_equal(v5_icc(m, 1, ICC_ICSR_EL1), 0);
}

static void domainr_takes_domains_that_exist(Machine *m)
{
    v5_run(m, 0, v5_el3(m, DOMAIN_NS));
    for (unsigned n = 0; n < 4; n++) {
        const uint32_t reg = ICC_PPI_DOMAINR0_EL3 + n;
        expect(v5_icc(m, 0, reg), 0, "DOMAINR%u", n);
        for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
            const uint64_t before = v5_icc(m, 0, reg);
            uint64_t want = 0;
            for (unsigned ppi = 32 * n; ppi < 32 * n + 32; ppi++) {
                if (v5_ppis(m, ppi / 64) >> ppi % 64 & 1) {
                    want |= v5_has_domain(m, d) ? (uint64_t)d << 2 * (ppi % 32)
                                                : before & 3ull << 2 * (ppi % 32);
                }
            }
            v5_set_icc(m, 0, reg, 0x5555555555555555ull * d);
            expect(v5_icc(m, 0, reg), want, "DOMAINR%u, %s", n, v5_domain_name(d));
        }
    }
}

static void a_pe_that_does_not_exist_is_the_hosts_mistake(Machine *m)
{
    const VgicCpuState state = v5_state(m, DOMAIN_NS);
    uint64_t value;

    assert_int_equal(vgic_sysreg_read(m->gic, m->config.cpus, &state, ICC_PCR_EL1, &value),
                     VGIC_INVALID);
    assert_int_equal(m->host.error_count, 1);
    assert_int_equal(vgic_sysreg_write(m->gic, UINT32_MAX, &state, GIC_CDEOI, 0), VGIC_INVALID);
    assert_int_equal(m->host.error_count, 2);
    host_forget(&m->host);
}

static const Test tests[] = {
    TEST(access_follows_exception_level_and_direction, 0),
    TEST(everything_else_is_undefined, 0),
    TEST(without_el3_its_registers_and_instructions_are_undefined, V5_NO_EL3),
    TEST(the_table_lists_them_all_and_no_others, 0),
    TEST(idr0_tells_5_priority_bits_and_the_width_of_an_id, 0),
    TEST(iaffidr_is_the_pes, 0),
    TEST(registers_have_their_fields_and_no_more, 0),
    TEST(registers_reset_to_their_values, 0),
    TEST(el3_registers_have_their_fields_and_resets, V5_EL3),
    TEST(cr0_pcr_and_apr_are_banked_by_logical_domain, V5_EL3),
    TEST(icsr_is_one_for_all_domains, V5_EL3),
    TEST(registers_are_each_pes_own, V5_SMP),
    TEST(domainr_takes_domains_that_exist, V5_EL3),
    TEST(a_pe_that_does_not_exist_is_the_hosts_mistake, 0),
    TEST(aarch32_has_none_of_them, 0),
    TEST(a_check_of_an_acknowledge_acknowledges_nothing, 0),
    TEST(stateless_registers_do_not_ask_for_the_state, 0),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "icc-registers", tests);
}
