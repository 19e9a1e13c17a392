/* SPDX-License-Identifier: BSD-2-Clause */
/* GIC instructions: operands, which types they take, what they do where there is nothing. */
#include "suite.h"
#include "v5.h"

#include <string.h>

enum {
    SPI = 12
};
#define INTID VGIC_V5_SPI(SPI)

typedef struct Instruction {
    const char *name;
    uint32_t encoding, logical; /**< the CD form, the LD form */
    uint64_t operand;           /**< beside the INTID */
    uint64_t changes;           /**< bits of ICSR that it changes from 0 */
} Instruction;

static const Instruction instructions[] = {
    {"DDIS", GIC_CDDIS, GIC_LDDIS, 0, 0},
    {"DEN", GIC_CDEN, GIC_LDEN, 0, ICSR_ENABLED},
    {"DPRI", GIC_CDPRI, GIC_LDPRI, 24ull << 35, ICSR_PRIORITY(24)},
    {"DAFF", GIC_CDAFF, GIC_LDAFF, 0x155ull << 32, ICSR_IAFFID(0x155)},
    {"DPEND", GIC_CDPEND, GIC_LDPEND, 1ull << 32, ICSR_PENDING},
    {"DHM", GIC_CDHM, GIC_LDHM, 1ull << 32, ICSR_HM},
    {"DRCFG", GIC_CDRCFG, GIC_LDRCFG, 0, 0},
    {"DDI", GIC_CDDI, GIC_LDDI, 0, 0},
};

enum {
    INSTRUCTIONS = sizeof(instructions) / sizeof(instructions[0])
};

static void each_changes_its_field_and_no_other(Machine *m)
{
    const uint32_t intids[] = {INTID, VGIC_V5_LPI(SPI)};

    v5_start(m);
    for (unsigned kind = 0; kind < (has(m, V5_LPIS) ? 2 : 1); kind++) {
        for (unsigned i = 0; i < INSTRUCTIONS; i++) {
            const Instruction *n = &instructions[i];
            /* The bits between ID and TYPE are RES0: but for CDAFF's IRM all ones do no harm. */
            v5_gic(m, 0, n->encoding, n->operand | intids[kind] | 0x0F000000);
            expect(v5_cdrcfg(m, 0, intids[kind]), n->changes, "%s of 0x%x", n->name, intids[kind]);
            v5_cddis(m, 0, intids[kind]);
            v5_cdpri(m, 0, intids[kind], 0);
            v5_cdaff(m, 0, intids[kind], 0);
            v5_cdpend(m, 0, intids[kind], false);
            v5_cdhm(m, 0, intids[kind], false);
            expect(v5_cdrcfg(m, 0, intids[kind]), 0, "0x%x after %s", intids[kind], n->name);
        }
    }
    no_report(m, "instructions");
}

static void bits_above_the_operand_are_ignored(Machine *m)
{
    v5_start(m);
    v5_gic(m, 0, GIC_CDPRI, INTID | 0xFFFFFF0700000000 | 8ull << 35);
    v5_gic(m, 0, GIC_CDAFF, INTID | 0xFFFF000300000000);
    v5_gic(m, 0, GIC_CDEN, INTID | 0xFFFFFFFF00000000);
    assert_int_equal(v5_cdrcfg(m, 0, INTID), ICSR_PRIORITY(8) | ICSR_IAFFID(3) | ICSR_ENABLED);
    v5_gic(m, 0, GIC_CDPEND, INTID | 0xFFFFFFFE00000000);
    v5_gic(m, 0, GIC_CDHM, INTID | 0xFFFFFFFE00000000);
    assert_int_equal(v5_cdrcfg(m, 0, INTID), ICSR_PRIORITY(8) | ICSR_IAFFID(3) | ICSR_ENABLED);
}

static void priorities_lose_the_bits_that_the_irs_lacks(Machine *m)
{
    v5_start(m);
    for (uint32_t priority = 0; priority < 32; priority++) {
        v5_cdpri(m, 0, INTID, priority);
        expect(v5_cdrcfg(m, 0, INTID), ICSR_PRIORITY(v5_priority(m, priority)), "priority %u",
               priority);
    }
}

static void irm_is_res0_without_one_of_n(Machine *m)
{
    v5_start(m);
    v5_gic(m, 0, GIC_CDAFF, INTID | 1u << 28 | 1ull << 32);
    assert_int_equal(v5_cdrcfg(m, 0, INTID), ICSR_IAFFID(1));
}

static void irm_makes_iaffid_0(Machine *m)
{
    v5_start(m);
    v5_gic(m, 0, GIC_CDAFF, INTID | 1u << 28 | 1ull << 32);
    assert_int_equal(v5_cdrcfg(m, 0, INTID), ICSR_IRM);
    v5_cdaff(m, 0, INTID, 1);
    assert_int_equal(v5_cdrcfg(m, 0, INTID), ICSR_IAFFID(1));
}

/* The state of every SPI and PPI, as one number. */
static uint64_t digest(Machine *m)
{
    uint64_t sum = 0;

    for (uint32_t spi = 0; spi < m->config.spis; spi++) {
        const VgicIrqInfo i = info(m, 0, VGIC_V5_SPI(spi));
        sum = sum * 31 + i.enabled + 2u * i.pending + 4u * i.active + 8u * i.level +
              16u * i.one_of_n + 32u * i.priority + 1024u * i.group + ((uint64_t)i.target << 20);
    }
    for (unsigned n = 0; n < 2; n++) {
        sum = sum * 31 + v5_icc(m, 0, ICC_PPI_ENABLER0_EL1 + n);
        sum = sum * 31 + v5_icc(m, 0, ICC_PPI_SACTIVER0_EL1 + n);
        sum = sum * 31 + v5_icc(m, 0, ICC_PPI_SPENDR0_EL1 + n);
    }
    return sum;
}

static void types_that_are_not_accepted_do_nothing(Machine *m)
{
    v5_start(m);
    v5_set_icc(m, 0, ICC_PPI_SACTIVER0_EL1, ~0ull);
    const uint64_t before = digest(m);
    for (uint32_t type = 0; type < 8; type++) {
        for (unsigned i = 0; i < INSTRUCTIONS; i++) {
            const Instruction *n = &instructions[i];
            const bool is_ddi = n->encoding == GIC_CDDI;
            if (type == 2 || type == 3 || (type == 1 && is_ddi)) {
                continue;
            }
            host_forget(&m->host);
            v5_gic(m, 0, n->encoding, n->operand | type << 29 | SW_PPI);
            expect(m->host.report_count, 1, "reports, C%s of type %u", n->name, type);
            if (m->host.report_count == 1) {
                expect(!strcmp(m->host.reports[0].rule, "irq-type"), true,
                       "rule, C%s of type %u: %s", n->name, type, m->host.reports[0].rule);
            }
            expect(digest(m), before, "state after C%s of type %u", n->name, type);
        }
    }
}

static void ids_out_of_range_do_nothing(Machine *m)
{
    const uint32_t bad[] = {m->config.spis, m->config.spis + 1, 0x10000, 0xFFFFFF};

    v5_start(m);
    const uint64_t before = digest(m);
    for (unsigned b = 0; b < 4; b++) {
        for (unsigned i = 0; i < INSTRUCTIONS; i++) {
            const Instruction *n = &instructions[i];
            host_forget(&m->host);
            v5_gic(m, 0, n->encoding, n->operand | VGIC_V5_SPI(bad[b]));
            one_report(m, "irq-range", n->name);
            if (has(m, V5_LPIS)) {
                const uint32_t lpi = (1u << v5_ist_bits(m)) + (bad[b] & 0xFF);
                v5_gic(m, 0, n->encoding, n->operand | VGIC_V5_LPI(lpi));
                one_report(m, "irq-range", n->name);
            }
            expect(digest(m), before, "state after C%s", n->name);
        }
    }
}

static void cdrcfg_fails_with_f_alone(Machine *m)
{
    const uint32_t bad[] = {
        VGIC_V5_SPI(m->config.spis), VGIC_V5_PPI(PPI_CNTV), 0, UINT32_MAX, 0x80000000, 0xA0000005,
        VGIC_V5_LPI(0xFFFFFF)};

    v5_start(m);
    if (has(m, V5_LPIS)) {
        v5_ist_off(m, DOMAIN_NS);
    }
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        expect(v5_cdrcfg(m, 0, bad[i]), ICSR_F, "CDRCFG of 0x%x", bad[i]);
    }
}

static void icsr_is_a_snapshot(Machine *m)
{
    v5_start(m);
    v5_configure(m, 0, INTID, P_MID, 0);
    const uint64_t was = v5_cdrcfg(m, 0, INTID);
    v5_cdpend(m, 0, INTID, true);
    v5_cddis(m, 0, INTID);
    assert_int_equal(v5_icc(m, 0, ICC_ICSR_EL1), was);
    assert_int_equal(v5_cdrcfg(m, 0, INTID), (was | ICSR_PENDING) & ~ICSR_ENABLED);
}

static void cdeoi_ignores_its_operand(Machine *m)
{
    v5_start(m);
    v5_set_icc(m, 0, ICC_APR_EL1, 1u << 4 | 1u << 20 | 1u << 31);
    v5_gic(m, 0, GIC_CDEOI, 20);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 1u << 20 | 1u << 31);
    v5_gic(m, 0, GIC_CDEOI, ~0ull);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 1u << 31);
    v5_gic(m, 0, GIC_CDEOI, INTID);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
    v5_gic(m, 0, GIC_CDEOI, 0);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
}

static void barriers_change_nothing(Machine *m)
{
    v5_start(m);
    v5_configure(m, 0, INTID, P_MID, 0);
    v5_cdpend(m, 0, INTID, true);
    host_forget(&m->host);
    const uint64_t before = digest(m);
    v5_gic(m, 0, GSB_SYS, 0);
    v5_gic(m, 0, GSB_ACK, 0);
    v5_gic(m, 0, GSB_SYS, ~0ull);
    assert_int_equal(digest(m), before);
    assert_int_equal(m->host.line_calls_total, 0);
    no_report(m, "barriers");
}

static void eoi_and_deactivation_come_in_any_order(Machine *m)
{
    v5_start(m);
    v5_configure(m, 0, INTID, P_MID, 0);
    for (unsigned order = 0; order < 2; order++) {
        v5_cdpend(m, 0, INTID, true);
        assert_int_equal(v5_cdia(m, 0), INTID_VALID | INTID);
        for (unsigned step = 0; step < 2; step++) {
            if (step == order) {
                v5_cddi(m, 0, INTID);
                assert_false(v5_cdrcfg(m, 0, INTID) & ICSR_ACTIVE);
                assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), step ? 0 : 1u << P_MID);
            } else {
                v5_cdeoi(m, 0);
                assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
                assert_int_equal(!!(v5_cdrcfg(m, 0, INTID) & ICSR_ACTIVE), !step);
            }
        }
    }
}

static void deactivating_what_is_not_active_does_nothing(Machine *m)
{
    v5_start(m);
    v5_configure(m, 0, INTID, P_MID, 0);
    v5_cdpend(m, 0, INTID, true);
    const uint64_t before = v5_cdrcfg(m, 0, INTID);
    v5_cddi(m, 0, INTID);
    assert_int_equal(v5_cdrcfg(m, 0, INTID), before);
    assert_true(irq(m, 0));
}

/* Instructions at EL1 act on the domain that the PE is in. */
static void an_spi_of_another_domain_does_not_exist(Machine *m)
{
    v5_start_all(m);
    for (V5Domain owner = DOMAIN_S; owner < DOMAINS; owner++) {
        for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
            if (!v5_has_domain(m, d) || !v5_has_domain(m, owner)) {
                continue;
            }
            v5_spi_domain(m, SPI, owner);
            v5_enter(m, 0, d);
            const uint64_t before = digest(m);
            for (unsigned i = 0; i < INSTRUCTIONS && d != owner; i++) {
                const Instruction *n = &instructions[i];
                host_forget(&m->host);
                v5_gic(m, 0, n->encoding, n->operand | INTID);
                one_report(m, "irq-domain", n->name);
                expect(digest(m), before, "C%s of a %s SPI from %s", n->name, v5_domain_name(owner),
                       v5_domain_name(d));
            }
            expect(v5_cdrcfg(m, 0, INTID) & ICSR_F, d != owner, "CDRCFG of a %s SPI from %s",
                   v5_domain_name(owner), v5_domain_name(d));
        }
    }
}

static void ld_instructions_act_on_the_logical_domain(Machine *m)
{
    v5_start_all(m);
    for (V5Domain d = DOMAIN_S; d < DOMAINS; d++) {
        if (d == DOMAIN_EL3 || !v5_has_domain(m, d)) {
            continue;
        }
        v5_spi_domain(m, SPI, d);
        v5_run(m, 0, v5_el3(m, d));
        for (unsigned i = 0; i < INSTRUCTIONS; i++) {
            const Instruction *n = &instructions[i];
            host_forget(&m->host);
            v5_gic(m, 0, n->logical, n->operand | INTID);
            no_report(m, n->name);
            v5_gic(m, 0, GIC_LDRCFG, INTID);
            expect(v5_icc(m, 0, ICC_ICSR_EL1), n->changes, "L%s in %s", n->name, v5_domain_name(d));
            v5_gic(m, 0, n->encoding, n->operand | INTID); /* CD*: the EL3 domain */
            one_report(m, "irq-domain", n->name);
            v5_gic(m, 0, GIC_LDDIS, INTID);
            v5_gic(m, 0, GIC_LDPRI, INTID);
            v5_gic(m, 0, GIC_LDAFF, INTID);
            v5_gic(m, 0, GIC_LDPEND, INTID);
            v5_gic(m, 0, GIC_LDHM, INTID);
        }
        if (has(m, V5_LPIS)) {
            v5_gic(m, 0, GIC_LDEN, VGIC_V5_LPI(3));
            assert_true(info(m, 0, VGIC_V5_LPI_OF(d, 3)).enabled);
        }
    }
}

static void lddi_deactivates_and_ppis_of_the_logical_domain_too(Machine *m)
{
    v5_start_all(m);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    assert_true(v5_takes_active(m, 0, VGIC_V5_PPI(PPI_CNTV)));
    v5_run(m, 0, v5_el3(m, DOMAIN_S));
    v5_gic(m, 0, GIC_LDDI, VGIC_V5_PPI(PPI_CNTV)); /* of the Secure domain */
    v5_run(m, 0, v5_el3(m, DOMAIN_NS));
    assert_true(v5_ppi_active(m, 0, PPI_CNTV));
    v5_gic(m, 0, GIC_LDDI, VGIC_V5_PPI(PPI_CNTV));
    assert_false(v5_ppi_active(m, 0, PPI_CNTV));
}

/* The HPPI of the old and of the new target, for the instructions that can change it. */
static void every_instruction_updates_the_lines_at_once(Machine *m)
{
    v5_start(m);
    v5_cdaff(m, 0, INTID, v5_iaffid(m, 1));
    v5_cdpri(m, 0, INTID, P_MID);
    v5_cdpend(m, 0, INTID, true);
    assert_false(irq(m, 1));
    v5_cden(m, 0, INTID);
    assert_true(irq(m, 1));
    v5_cddis(m, 0, INTID);
    assert_false(irq(m, 1));
    v5_cden(m, 0, INTID);
    v5_set_icc(m, 1, ICC_PCR_EL1, P_MID - 1);
    assert_false(irq(m, 1));
    v5_cdpri(m, 0, INTID, P_HIGH);
    assert_true(irq(m, 1));
    v5_cdpri(m, 0, INTID, P_MID);
    assert_false(irq(m, 1));
    v5_set_icc(m, 1, ICC_PCR_EL1, P_MID);
    assert_true(irq(m, 1));
    v5_cdpend(m, 0, INTID, false);
    assert_false(irq(m, 1));
    v5_cdpend(m, 0, INTID, true);
    v5_cdaff(m, 0, INTID, v5_iaffid(m, 0));
    assert_true(irq(m, 0));
    assert_false(irq(m, 1));
}

static const Test tests[] = {
    TEST(each_changes_its_field_and_no_other, 0),
    TEST(bits_above_the_operand_are_ignored, 0),
    TEST(priorities_lose_the_bits_that_the_irs_lacks, 0),
    TEST(irm_is_res0_without_one_of_n, V5_NO_ONE_OF_N),
    TEST(irm_makes_iaffid_0, V5_ONE_OF_N),
    TEST(types_that_are_not_accepted_do_nothing, 0),
    TEST(ids_out_of_range_do_nothing, 0),
    TEST(cdrcfg_fails_with_f_alone, 0),
    TEST(icsr_is_a_snapshot, 0),
    TEST(cdeoi_ignores_its_operand, 0),
    TEST(barriers_change_nothing, 0),
    TEST(eoi_and_deactivation_come_in_any_order, 0),
    TEST(deactivating_what_is_not_active_does_nothing, 0),
    TEST(an_spi_of_another_domain_does_not_exist, V5_EL3),
    TEST(ld_instructions_act_on_the_logical_domain, V5_EL3),
    TEST(lddi_deactivates_and_ppis_of_the_logical_domain_too, V5_EL3),
    TEST(every_instruction_updates_the_lines_at_once, V5_SMP),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "instructions", tests);
}
