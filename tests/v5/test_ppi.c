/* SPDX-License-Identifier: BSD-2-Clause */
/* PPIs: which there are, their registers, level and edge, acknowledge and deactivation. */
#include "suite.h"
#include "v5.h"

#define ALL_PPIS                                                                                   \
    {                                                                                              \
        UINT64_MAX, UINT64_MAX                                                                     \
    }

static unsigned ones(uint64_t bits)
{
    return (unsigned)__builtin_popcountll(bits);
}

static bool ppi_exists(const Machine *m, uint32_t ppi)
{
    return v5_ppis(m, ppi / 64) >> ppi % 64 & 1;
}

static bool ppi_is_edge(const Machine *m, uint32_t ppi)
{
    return v5_edge_ppis(m, ppi / 64) >> ppi % 64 & 1;
}

static uint32_t priority_register(uint32_t ppi)
{
    return ppi < 64 ? ICC_PPI_PRIORITYR0_EL1 + ppi / 8 : ICC_PPI_PRIORITYR8_EL1 + (ppi - 64) / 8;
}

static void handling_modes_are_fixed_and_0_for_absent_ppis(Machine *m)
{
    v5_start(m);
    for (unsigned n = 0; n < 2; n++) {
        uint64_t value;
        expect(v5_icc(m, 0, ICC_PPI_HMR0_EL1 + n), v5_ppis(m, n) & ~v5_edge_ppis(m, n),
               "ICC_PPI_HMR%u_EL1", n);
        assert_int_equal(v5_try_write(m, 0, ICC_PPI_HMR0_EL1 + n, 0), VGIC_UNDEFINED);
        assert_int_equal(v5_try_read(m, 0, ICC_PPI_HMR0_EL1 + n, &value), VGIC_OK);
    }
}

static void the_architected_ppis_are_there_by_default(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1);

    (void)none;
    v5_start(m);
    v5_set_icc(m, 0, ICC_PPI_ENABLER0_EL1, ~0ull);
    v5_set_icc(m, 0, ICC_PPI_ENABLER1_EL1, ~0ull);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_ENABLER0_EL1), 0xFFF88008);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_ENABLER1_EL1), 0);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_HMR0_EL1), 0xFFF88000);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_HMR1_EL1), 0);
    machine_free(m);
}

static void registers_reset_to_0(Machine *m)
{
    v5_enter(m, 0, DOMAIN_NS);
    for (unsigned n = 0; n < 2; n++) {
        expect(v5_icc(m, 0, ICC_PPI_ENABLER0_EL1 + n), 0, "ENABLER%u", n);
        expect(v5_icc(m, 0, ICC_PPI_CACTIVER0_EL1 + n), 0, "CACTIVER%u", n);
        expect(v5_icc(m, 0, ICC_PPI_SACTIVER0_EL1 + n), 0, "SACTIVER%u", n);
        expect(v5_icc(m, 0, ICC_PPI_CPENDR0_EL1 + n), 0, "CPENDR%u", n);
        expect(v5_icc(m, 0, ICC_PPI_SPENDR0_EL1 + n), 0, "SPENDR%u", n);
    }
    for (uint32_t ppi = 0; ppi < 128; ppi += 8) {
        expect(v5_icc(m, 0, priority_register(ppi)), 0, "PRIORITYR%u", ppi / 8);
    }
}

static void enables_of_absent_ppis_are_raz_wi(Machine *m)
{
    v5_start(m);
    for (unsigned n = 0; n < 2; n++) {
        v5_set_icc(m, 0, ICC_PPI_ENABLER0_EL1 + n, ~0ull);
        expect(v5_icc(m, 0, ICC_PPI_ENABLER0_EL1 + n), v5_ppis(m, n), "ENABLER%u", n);
        v5_set_icc(m, 0, ICC_PPI_ENABLER0_EL1 + n, 0);
        expect(v5_icc(m, 0, ICC_PPI_ENABLER0_EL1 + n), 0, "ENABLER%u off", n);
    }
}

static void active_bits_of_absent_ppis_are_raz_wi(Machine *m)
{
    v5_start(m);
    for (unsigned n = 0; n < 2; n++) {
        v5_set_icc(m, 0, ICC_PPI_SACTIVER0_EL1 + n, ~0ull);
        expect(v5_icc(m, 0, ICC_PPI_SACTIVER0_EL1 + n), v5_ppis(m, n), "SACTIVER%u", n);
        expect(v5_icc(m, 0, ICC_PPI_CACTIVER0_EL1 + n), v5_ppis(m, n), "CACTIVER%u", n);
        v5_set_icc(m, 0, ICC_PPI_SACTIVER0_EL1 + n, 0);
        expect(v5_icc(m, 0, ICC_PPI_SACTIVER0_EL1 + n), v5_ppis(m, n), "SACTIVER%u, 0", n);
        v5_set_icc(m, 0, ICC_PPI_CACTIVER0_EL1 + n, 0x5555555555555555);
        expect(v5_icc(m, 0, ICC_PPI_SACTIVER0_EL1 + n), v5_ppis(m, n) & 0xAAAAAAAAAAAAAAAA,
               "SACTIVER%u, half cleared", n);
        v5_set_icc(m, 0, ICC_PPI_CACTIVER0_EL1 + n, ~0ull);
        expect(v5_icc(m, 0, ICC_PPI_CACTIVER0_EL1 + n), 0, "CACTIVER%u, cleared", n);
    }
}

static void only_edge_ppis_can_be_set_and_cleared_pending(Machine *m)
{
    v5_start(m);
    for (unsigned n = 0; n < 2; n++) {
        const uint64_t edge = v5_ppis(m, n) & v5_edge_ppis(m, n);
        v5_set_icc(m, 0, ICC_PPI_SPENDR0_EL1 + n, ~0ull);
        expect(v5_icc(m, 0, ICC_PPI_SPENDR0_EL1 + n), edge, "SPENDR%u", n);
        expect(v5_icc(m, 0, ICC_PPI_CPENDR0_EL1 + n), edge, "CPENDR%u", n);
        v5_set_icc(m, 0, ICC_PPI_CPENDR0_EL1 + n, 0);
        expect(v5_icc(m, 0, ICC_PPI_CPENDR0_EL1 + n), edge, "CPENDR%u, 0", n);
        v5_set_icc(m, 0, ICC_PPI_CPENDR0_EL1 + n, ~0ull);
        expect(v5_icc(m, 0, ICC_PPI_CPENDR0_EL1 + n), 0, "CPENDR%u, cleared", n);
        expect(v5_icc(m, 0, ICC_PPI_SPENDR0_EL1 + n), 0, "SPENDR%u, cleared", n);
    }
}

static void a_level_ppis_pending_is_its_wire(Machine *m)
{
    v5_start(m);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    assert_true(v5_ppi_pending(m, 0, PPI_CNTV));
    v5_set_icc(m, 0, ICC_PPI_CPENDR0_EL1, ~0ull);
    assert_true(v5_ppi_pending(m, 0, PPI_CNTV));
    v5_ppi_wire(m, 0, PPI_CNTV, false);
    assert_false(v5_ppi_pending(m, 0, PPI_CNTV));
    v5_set_icc(m, 0, ICC_PPI_SPENDR0_EL1, 1ull << PPI_CNTV);
    assert_false(v5_ppi_pending(m, 0, PPI_CNTV));
}

static void priority_fields_have_5_bits(Machine *m)
{
    v5_start(m);
    for (uint32_t first = 0; first < 128; first += 8) {
        uint64_t want = 0;
        for (uint32_t ppi = first; ppi < first + 8; ppi++) {
            want |= ppi_exists(m, ppi) ? 0x1Full << 8 * (ppi % 8) : 0;
        }
        v5_set_icc(m, 0, priority_register(first), ~0ull);
        expect(v5_icc(m, 0, priority_register(first)), want, "PRIORITYR%u", first / 8);
        v5_set_icc(m, 0, priority_register(first), 0x1112131415161718);
        expect(v5_icc(m, 0, priority_register(first)), want & 0x1112131415161718,
               "PRIORITYR%u, mixed", first / 8);
    }
}

/* PPI 27: ENABLER0 bit 27, PRIORITYR3 bits [28:24]; PPI 70: ENABLER1 bit 6, PRIORITYR8 bits
 * [52:48]. */
static void each_ppi_has_its_bit_and_its_byte(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1, .v5 = {.ppis = ALL_PPIS});

    (void)none;
    v5_start(m);
    v5_set_icc(m, 0, ICC_PPI_ENABLER0_EL1, 1ull << 27);
    v5_set_icc(m, 0, ICC_PPI_PRIORITYR3_EL1, 9ull << 24);
    assert_int_equal(info(m, 0, VGIC_V5_PPI(27)).priority, 9);
    assert_true(info(m, 0, VGIC_V5_PPI(27)).enabled);
    v5_set_icc(m, 0, ICC_PPI_ENABLER1_EL1, 1ull << 6);
    v5_set_icc(m, 0, ICC_PPI_PRIORITYR8_EL1, 11ull << 48);
    assert_int_equal(info(m, 0, VGIC_V5_PPI(70)).priority, 11);
    assert_true(info(m, 0, VGIC_V5_PPI(70)).enabled);
    for (uint32_t ppi = 0; ppi < 128; ppi++) {
        if (ppi != 27 && ppi != 70) {
            expect(info(m, 0, VGIC_V5_PPI(ppi)).enabled, false, "PPI %u", ppi);
            expect(info(m, 0, VGIC_V5_PPI(ppi)).priority, 0, "PPI %u's priority", ppi);
        }
    }
    machine_free(m);
}

static void every_ppi_is_delivered_and_deactivated_alone(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1, .v5 = {.ppis = ALL_PPIS});

    (void)none;
    v5_start(m);
    v5_set_icc(m, 0, ICC_PPI_SACTIVER0_EL1, ~0ull);
    v5_set_icc(m, 0, ICC_PPI_SACTIVER1_EL1, ~0ull);
    for (uint32_t ppi = 0; ppi < 128; ppi++) {
        const uint32_t intid = VGIC_V5_PPI(ppi);
        v5_cddi(m, 0, intid);
        expect(v5_icc(m, 0, ICC_PPI_SACTIVER0_EL1), ppi < 64 ? ~(1ull << ppi) : ~0ull,
               "SACTIVER0 after CDDI of %u", ppi);
        expect(v5_icc(m, 0, ICC_PPI_SACTIVER1_EL1), ppi < 64 ? ~0ull : ~(1ull << (ppi - 64)),
               "SACTIVER1 after CDDI of %u", ppi);
        v5_configure_ppi(m, 0, ppi, 5);
        if (ppi == SW_PPI) {
            v5_set_icc(m, 0, ICC_PPI_SPENDR0_EL1, 1ull << ppi);
        } else {
            v5_ppi_wire(m, 0, ppi, true);
        }
        expect(v5_hppir(m, 0), INTID_VALID | intid, "HPPIR, PPI %u", ppi);
        expect(irq(m, 0), true, "IRQ, PPI %u", ppi);
        expect(v5_takes_active(m, 0, intid), true, "acknowledge, PPI %u", ppi);
        if (ppi != SW_PPI) {
            v5_ppi_wire(m, 0, ppi, false);
        }
        expect(v5_ppi_active(m, 0, ppi), true, "active, PPI %u", ppi);
        expect(irq(m, 0), false, "IRQ after, PPI %u", ppi);
    }
    machine_free(m);
}

static void deactivating_one_leaves_the_upper_ones_active(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1, .v5 = {.ppis = ALL_PPIS});

    (void)none;
    v5_start(m);
    v5_set_icc(m, 0, ICC_PPI_SACTIVER0_EL1, 1ull << 3 | 1ull << 40);
    v5_set_icc(m, 0, ICC_PPI_SACTIVER1_EL1, 1ull << 3 | 1ull << 40);
    v5_cddi(m, 0, VGIC_V5_PPI(3));
    assert_int_equal(v5_icc(m, 0, ICC_PPI_SACTIVER0_EL1), 1ull << 40);
    assert_int_equal(v5_icc(m, 0, ICC_PPI_SACTIVER1_EL1), 1ull << 3 | 1ull << 40);
    v5_cddi(m, 0, VGIC_V5_PPI(40));
    assert_int_equal(v5_icc(m, 0, ICC_PPI_SACTIVER0_EL1), 0);
    v5_cddi(m, 0, VGIC_V5_PPI(104));
    assert_int_equal(v5_icc(m, 0, ICC_PPI_SACTIVER1_EL1), 1ull << 3);
    machine_free(m);
}

static void a_level_ppi_waits_for_its_deactivation(Machine *m)
{
    const uint32_t intid = VGIC_V5_PPI(PPI_CNTV);

    v5_start(m);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    assert_true(irq(m, 0));
    assert_int_equal(v5_cdia(m, 0), INTID_VALID | intid);
    assert_false(irq(m, 0));
    assert_true(v5_ppi_active(m, 0, PPI_CNTV));
    assert_true(v5_ppi_pending(m, 0, PPI_CNTV));
    v5_cdeoi(m, 0);
    assert_false(irq(m, 0)); /* it is active */
    v5_cddi(m, 0, intid);
    assert_true(irq(m, 0)); /* the wire is still high */
    assert_int_equal(v5_cdia(m, 0), INTID_VALID | intid);
    v5_cdeoi(m, 0);
    v5_ppi_wire(m, 0, PPI_CNTV, false);
    v5_cddi(m, 0, intid);
    assert_false(irq(m, 0));
    assert_int_equal(v5_cdia(m, 0), 0);
}

static void a_level_ppi_that_drops_before_its_acknowledge_is_gone(Machine *m)
{
    v5_start(m);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    v5_ppi_wire(m, 0, PPI_CNTV, false);
    assert_false(irq(m, 0));
    assert_int_equal(v5_cdia(m, 0), 0);
}

static void an_edge_ppi_is_no_longer_pending_when_acknowledged(Machine *m)
{
    const uint32_t intid = VGIC_V5_PPI(SW_PPI);

    v5_start(m);
    v5_configure_ppi(m, 0, SW_PPI, P_MID);
    v5_set_icc(m, 0, ICC_PPI_SPENDR0_EL1, 1ull << SW_PPI);
    assert_true(irq(m, 0));
    assert_int_equal(v5_cdia(m, 0), INTID_VALID | intid);
    assert_false(v5_ppi_pending(m, 0, SW_PPI));
    assert_true(v5_ppi_active(m, 0, SW_PPI));
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 1u << P_MID);
    v5_set_icc(m, 0, ICC_PPI_SPENDR0_EL1, 1ull << SW_PPI); /* again while it is active */
    assert_true(v5_ppi_pending(m, 0, SW_PPI));
    assert_false(irq(m, 0));
    v5_cdeoi(m, 0);
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
    assert_false(irq(m, 0));
    v5_cddi(m, 0, intid);
    assert_true(v5_takes(m, 0, intid));
    assert_true(v5_takes(m, 0, 0)); /* once */
}

static void an_edge_ppi_pends_when_its_wire_rises(Machine *none)
{
    Machine *m = V5_MACHINE(.cpus = 1, .v5 = {.edge_ppis = {1ull << PPI_CTI, 0}});

    (void)none;
    v5_start(m);
    v5_configure_ppi(m, 0, PPI_CTI, P_MID);
    v5_ppi_wire(m, 0, PPI_CTI, true);
    assert_true(v5_ppi_pending(m, 0, PPI_CTI));
    v5_ppi_wire(m, 0, PPI_CTI, false);
    assert_true(v5_ppi_pending(m, 0, PPI_CTI));
    assert_true(v5_takes(m, 0, VGIC_V5_PPI(PPI_CTI)));
    v5_ppi_wire(m, 0, PPI_CTI, true);
    v5_set_icc(m, 0, ICC_PPI_CPENDR0_EL1, 1ull << PPI_CTI);
    assert_false(irq(m, 0));
    v5_ppi_wire(m, 0, PPI_CTI, true); /* it does not rise */
    assert_false(v5_ppi_pending(m, 0, PPI_CTI));
    v5_ppi_wire(m, 0, PPI_CTI, false);
    assert_false(v5_ppi_pending(m, 0, PPI_CTI));
    assert_true(vgic_ppi_pulse(m->gic, 0, PPI_CTI));
    assert_true(v5_takes(m, 0, VGIC_V5_PPI(PPI_CTI)));
    assert_true(v5_takes(m, 0, 0));
    machine_free(m);
}

static void a_pulse_of_a_level_ppi_leaves_nothing(Machine *m)
{
    v5_start(m);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    assert_true(vgic_ppi_pulse(m->gic, 0, PPI_CNTV));
    assert_false(v5_ppi_pending(m, 0, PPI_CNTV));
    assert_false(irq(m, 0));
}

static void a_disabled_ppi_stays_pending_and_active(Machine *m)
{
    const uint32_t intid = VGIC_V5_PPI(PPI_CNTV);

    v5_start(m);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    v5_set_icc(m, 0, ICC_PPI_ENABLER0_EL1, 0);
    assert_false(irq(m, 0));
    assert_int_equal(v5_hppir(m, 0), 0);
    assert_true(v5_ppi_pending(m, 0, PPI_CNTV));
    v5_set_icc(m, 0, ICC_PPI_ENABLER0_EL1, 1ull << PPI_CNTV);
    assert_true(irq(m, 0));
    assert_true(v5_takes_active(m, 0, intid));
    v5_set_icc(m, 0, ICC_PPI_ENABLER0_EL1, 0);
    assert_true(v5_ppi_active(m, 0, PPI_CNTV));
    v5_cddi(m, 0, intid);
    assert_false(v5_ppi_active(m, 0, PPI_CNTV));
    assert_false(irq(m, 0));
}

static void active_bits_hold_a_ppi_back(Machine *m)
{
    v5_start(m);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    v5_set_icc(m, 0, ICC_PPI_SACTIVER0_EL1, 1ull << PPI_CNTV);
    assert_false(irq(m, 0));
    assert_int_equal(v5_cdia(m, 0), 0);
    v5_set_icc(m, 0, ICC_PPI_CACTIVER0_EL1, 1ull << PPI_CNTV);
    assert_true(irq(m, 0));
    assert_true(v5_takes(m, 0, VGIC_V5_PPI(PPI_CNTV)));
}

static void a_new_priority_counts_at_once(Machine *m)
{
    v5_start(m);
    v5_set_icc(m, 0, ICC_PCR_EL1, 15);
    v5_configure_ppi(m, 0, PPI_CNTV, 16);
    v5_configure_ppi(m, 0, PPI_CNTP, 17);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    v5_ppi_wire(m, 0, PPI_CNTP, true);
    assert_false(irq(m, 0));
    v5_configure_ppi(m, 0, PPI_CNTP, 15);
    assert_true(irq(m, 0));
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | VGIC_V5_PPI(PPI_CNTP));
    v5_configure_ppi(m, 0, PPI_CNTV, 14);
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | VGIC_V5_PPI(PPI_CNTV));
    v5_configure_ppi(m, 0, PPI_CNTV, 16);
    v5_configure_ppi(m, 0, PPI_CNTP, 16);
    assert_false(irq(m, 0));
}

static void among_equals_the_lowest_number_is_first(Machine *m)
{
    v5_start(m);
    v5_configure_ppi(m, 0, PPI_CNTP, P_MID);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    v5_configure_ppi(m, 0, SW_PPI, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTP, true);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | VGIC_V5_PPI(PPI_CNTV));
    v5_set_icc(m, 0, ICC_PPI_SPENDR0_EL1, 1ull << SW_PPI);
    assert_int_equal(v5_hppir(m, 0), INTID_VALID | VGIC_V5_PPI(SW_PPI));
}

static void each_pe_has_its_own(Machine *m)
{
    v5_start(m);
    v5_configure_ppi(m, 1, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    assert_false(v5_ppi_enabled(m, 0, PPI_CNTV));
    assert_true(v5_ppi_pending(m, 0, PPI_CNTV));
    assert_false(v5_ppi_pending(m, 1, PPI_CNTV));
    assert_false(irq(m, 0));
    assert_false(irq(m, 1));
    v5_ppi_wire(m, 1, PPI_CNTV, true);
    assert_true(irq(m, 1));
    assert_false(irq(m, 0));
    v5_set_icc(m, 0, ICC_PPI_SACTIVER0_EL1, 1ull << PPI_CNTV);
    assert_false(v5_ppi_active(m, 1, PPI_CNTV));
    assert_true(v5_takes_active(m, 1, VGIC_V5_PPI(PPI_CNTV)));
    v5_cddi(m, 0, VGIC_V5_PPI(PPI_CNTV)); /* of PE 0, not of PE 1 */
    assert_false(v5_ppi_active(m, 0, PPI_CNTV));
    assert_true(v5_ppi_active(m, 1, PPI_CNTV));
}

static void wires_of_absent_ppis_are_the_hosts_mistake(Machine *m)
{
    v5_start(m);
    for (uint32_t ppi = 0; ppi < 130; ppi++) {
        const bool there = ppi < 128 && ppi_exists(m, ppi);
        if (ppi == SW_PPI) {
            continue; /* it has no wire, but hosts may drive it */
        }
        host_forget(&m->host);
        expect(vgic_ppi_set_level(m->gic, 0, ppi, true), there, "PPI %u", ppi);
        expect(m->host.error_count, !there, "host errors, PPI %u", ppi);
        expect(vgic_ppi_pulse(m->gic, 0, ppi), there, "pulse of PPI %u", ppi);
        expect(m->host.error_count, there ? 0 : 2, "host errors of the pulse, PPI %u", ppi);
    }
    host_forget(&m->host);
    assert_false(vgic_ppi_set_level(m->gic, m->config.cpus, PPI_CNTV, true));
    assert_int_equal(m->host.error_count, 1);
    assert_string_equal(host_last_error(&m->host)->function, "vgic_ppi_set_level");
    host_forget(&m->host);
}

static void the_wire_and_the_registers_agree_with_vgic_irq_info(Machine *m)
{
    const uint32_t intid = VGIC_V5_PPI(PPI_CNTV);

    v5_start(m);
    VgicIrqInfo i = info(m, 0, intid);
    assert_int_equal(i.intid, intid);
    assert_int_equal(i.target, 0);
    assert_true(i.level);
    assert_false(i.wire || i.pending || i.active || i.enabled || i.one_of_n);
    assert_int_equal(i.group, DOMAIN_NS);
    v5_configure_ppi(m, 0, PPI_CNTV, 13);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    i = info(m, 0, intid);
    assert_true(i.wire && i.pending && i.enabled && !i.active);
    assert_int_equal(i.priority, 13);
    assert_null(i.held_by);
    v5_cdia(m, 0);
    i = info(m, 0, intid);
    assert_true(i.wire && i.pending && i.active);
    assert_non_null(i.held_by);
    for (uint32_t ppi = 0; ppi < 128; ppi++) {
        VgicIrqInfo other;
        expect(vgic_irq_info(m->gic, 0, VGIC_V5_PPI(ppi), &other), ppi_exists(m, ppi), "PPI %u",
               ppi);
        if (ppi_exists(m, ppi)) {
            expect(other.level, !ppi_is_edge(m, ppi), "level of PPI %u", ppi);
        }
    }
    assert_false(vgic_irq_info(m->gic, 0, VGIC_V5_PPI(128), &i));
    assert_false(vgic_irq_info(m->gic, 0, PPI_CNTV, &i)); /* no type */
    assert_int_equal(m->host.error_count, 0);
    assert_false(vgic_irq_info(m->gic, m->config.cpus, intid, &i));
    assert_int_equal(m->host.error_count, 1);
    host_forget(&m->host);
}

static void cddi_of_an_absent_or_idle_ppi_does_nothing(Machine *m)
{
    v5_start(m);
    v5_set_icc(m, 0, ICC_PPI_SACTIVER0_EL1, ~0ull);
    v5_set_icc(m, 0, ICC_PPI_SACTIVER1_EL1, ~0ull);
    v5_cddi(m, 0, VGIC_V5_PPI(128));
    v5_cddi(m, 0, VGIC_V5_PPI(0xFFFFFF));
    for (uint32_t ppi = 0; ppi < 128; ppi++) {
        if (!ppi_exists(m, ppi)) {
            v5_cddi(m, 0, VGIC_V5_PPI(ppi));
        }
    }
    const unsigned absent = 130 - ones(v5_ppis(m, 0)) - ones(v5_ppis(m, 1));
    assert_int_equal(m->host.report_count, absent);
    for (unsigned i = 0; i < absent; i++) {
        assert_string_equal(m->host.reports[i].rule, "irq-range");
    }
    assert_int_equal(v5_icc(m, 0, ICC_PPI_SACTIVER0_EL1), v5_ppis(m, 0));
    assert_int_equal(v5_icc(m, 0, ICC_PPI_SACTIVER1_EL1), v5_ppis(m, 1));
    v5_set_icc(m, 0, ICC_PPI_CACTIVER0_EL1, ~0ull);
    host_forget(&m->host);
    v5_cddi(m, 0, VGIC_V5_PPI(PPI_CNTV));
    no_report(m, "CDDI of an idle PPI");
    assert_int_equal(v5_icc(m, 0, ICC_PPI_SACTIVER0_EL1), 0);
}

static const Test tests[] = {
    TEST(handling_modes_are_fixed_and_0_for_absent_ppis, 0),
    TEST_ALONE(the_architected_ppis_are_there_by_default),
    TEST(registers_reset_to_0, 0),
    TEST(enables_of_absent_ppis_are_raz_wi, 0),
    TEST(active_bits_of_absent_ppis_are_raz_wi, 0),
    TEST(only_edge_ppis_can_be_set_and_cleared_pending, 0),
    TEST(a_level_ppis_pending_is_its_wire, 0),
    TEST(priority_fields_have_5_bits, 0),
    TEST_ALONE(each_ppi_has_its_bit_and_its_byte),
    TEST_ALONE(every_ppi_is_delivered_and_deactivated_alone),
    TEST_ALONE(deactivating_one_leaves_the_upper_ones_active),
    TEST(a_level_ppi_waits_for_its_deactivation, 0),
    TEST(a_level_ppi_that_drops_before_its_acknowledge_is_gone, 0),
    TEST(an_edge_ppi_is_no_longer_pending_when_acknowledged, 0),
    TEST_ALONE(an_edge_ppi_pends_when_its_wire_rises),
    TEST(a_pulse_of_a_level_ppi_leaves_nothing, 0),
    TEST(a_disabled_ppi_stays_pending_and_active, 0),
    TEST(active_bits_hold_a_ppi_back, 0),
    TEST(a_new_priority_counts_at_once, 0),
    TEST(among_equals_the_lowest_number_is_first, 0),
    TEST(each_pe_has_its_own, V5_SMP),
    TEST(wires_of_absent_ppis_are_the_hosts_mistake, 0),
    TEST(the_wire_and_the_registers_agree_with_vgic_irq_info, 0),
    TEST(cddi_of_an_absent_or_idle_ppi_does_nothing, 0),
};

int main(int argc, char **argv)
{
    return RUN_V5(argc, argv, "ppi", tests);
}
