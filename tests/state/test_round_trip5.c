/* SPDX-License-Identifier: BSD-2-Clause */
/* GICv5: what was saved is what is loaded, in every register, in what is told of each interrupt,
 * and in everything that happens afterwards. */
#include "states.h"

#include "v5.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROOM = 400000
};

static VgicIrqInfo info5(Machine *m, uint32_t cpu, uint32_t intid)
{
    VgicIrqInfo answer;

    assert_true(vgic_irq_info(m->gic, cpu, intid, &answer));
    return answer;
}

/* Everything that can be read without changing anything. */
static void look_at_frame(Machine *m, const VgicFrame *frame, uint64_t *sum, uint64_t *values)
{
    const VgicRegister *reg;

    for (uint32_t i = 0; (reg = vgic_frame_register(frame, i)); i++) {
        for (uint32_t j = 0; reg->access & VGIC_READABLE && j < reg->count; j++) {
            for (VgicAttrs space = 0; space < 4; space++) {
                uint64_t value = 0;
                vgic_frame_read(m->gic, frame, space, reg->offset + j * reg->stride, reg->width / 8,
                                &value);
                values[(*sum)++] = value;
            }
        }
    }
}

static void look_at_irq(Machine *m, uint32_t cpu, uint32_t intid, uint64_t *sum, uint64_t *values)
{
    VgicIrqInfo answer;

    if (vgic_irq_info(m->gic, cpu, intid, &answer)) {
        values[(*sum)++] = (uint64_t)answer.target << 32 | answer.priority << 16 |
                           answer.group << 8 | answer.enabled | answer.pending << 1 |
                           answer.active << 2 | answer.level << 3 | answer.latch << 4 |
                           answer.wire << 5 | answer.one_of_n << 6 | answer.nmi << 7;
        values[(*sum)++] = answer.held_by ? strlen(answer.held_by) : 0;
        values[(*sum)++] = intid;
    }
}

static void look_at_cpu(Machine *m, uint32_t cpu, uint64_t *sum, uint64_t *values)
{
    const VgicSysreg *reg;

    values[(*sum)++] = vgic_cpu_lines(m->gic, cpu);
    for (uint32_t i = 0; (reg = vgic_sysreg_at(m->gic, i)); i++) {
        /* GICR CDIA acknowledges. */
        for (V5Domain d = 0;
             reg->access & VGIC_READABLE && strncmp(reg->name, "GICR", 4) != 0 && d < DOMAINS;
             d++) {
            const VgicCpuState state = v5_state(m, d);
            uint64_t value = 0;
            vgic_sysreg_read(m->gic, cpu, &state, reg->encoding, &value);
            values[(*sum)++] = value;
        }
    }
    for (uint32_t ppi = 0; ppi < VGIC_V5_PPIS; ppi++) {
        look_at_irq(m, cpu, VGIC_V5_PPI(ppi), sum, values);
    }
}

static uint64_t look(Machine *m, uint64_t *values)
{
    const VgicFrame *frame;
    uint64_t count = 0;

    for (uint32_t i = 0; (frame = vgic_frame_at(m->gic, i)); i++) {
        look_at_frame(m, frame, &count, values);
    }
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        look_at_cpu(m, cpu, &count, values);
    }
    for (uint32_t spi = 0; spi < m->config.spis; spi++) {
        look_at_irq(m, 0, VGIC_V5_SPI(spi), &count, values);
    }
    for (uint32_t id = vgic_lpi_next(m->gic, 0); id != UINT32_MAX;
         id = vgic_lpi_next(m->gic, id + 1)) {
        look_at_irq(m, 0, id, &count, values);
    }
    assert_true(count < ROOM);
    return count;
}

static void loads_what_was_saved(Machine *m)
{
    uint64_t *before = calloc(ROOM, sizeof(*before)), *after = calloc(ROOM, sizeof(*after));
    State first, second;

    assert_true(before && after);
    make_busy(m, MAKE_STEPS);
    const uint64_t count = look(m, before);
    first = state_of(m);
    move(m);
    second = state_of(m);
    assert_true(state_equal(&first, &second));
    assert_int_equal(look(m, after), count);
    for (uint64_t i = 0; i < count; i++) {
        expect(after[i], before[i], "value %u of all that can be read", (unsigned)i);
    }
    state_free(&first);
    state_free(&second);
    free(before);
    free(after);
}

static void no_memory(Host *host, bool write, uint64_t address, size_t length)
{
    (void)host;
    fail_msg("%s of %zu bytes at 0x%llx", write ? "write" : "read", length,
             (unsigned long long)address);
}

static void saving_changes_nothing(Machine *m)
{
    State first, second;

    make_busy(m, MAKE_STEPS);
    m->host.report_count = 0;
    m->host.on_memory = no_memory;
    const uint32_t calls = m->host.line_calls_total;
    first = state_of(m);
    second = state_of(m);
    assert_true(state_equal(&first, &second));
    assert_int_equal(m->host.line_calls_total, calls);
    assert_int_equal(m->host.report_count, 0);
    state_load(m, &first); /* nor does loading look at memory */
    m->host.on_memory = NULL;
    state_free(&first);
    state_free(&second);
}

/* Two machines do the same, and one of them is moved after every step. */
static void goes_on_as_if_nothing_had_happened(Machine *m)
{
    static uint32_t intids[2][MAX_DRAINED];

    for (unsigned at = 0; at <= MAKE_STEPS; at++) {
        Machine *pair[2] = {m, machine_new_of_type(state_machine(m->name))};
        unsigned count[2];

        for (unsigned i = 0; i < 2; i++) {
            vgic_reset(pair[i]->gic, VGIC_RESET_COLD);
            ram_clear(&pair[i]->host.ram);
            make_busy(pair[i], at);
            if (i) {
                move(pair[i]);
            }
            count[i] = drain(pair[i], intids[i], MAX_DRAINED);
        }
        expect(count[1], count[0], "after step %u: interrupts taken", at);
        for (unsigned i = 0; i < count[0]; i++) {
            expect(intids[1][i], intids[0][i], "after step %u: interrupt %u in turn", at, i);
        }
        State states[2] = {state_of(pair[0]), state_of(pair[1])};
        assert_true(state_equal(&states[0], &states[1]));
        state_free(&states[0]);
        state_free(&states[1]);
        assert_true(machine_is_consistent(pair[1]));
        machine_free(pair[1]);
    }
}

/* The order of arrival, SPIs and LPIs mixed; a PPI comes first. */
static void keeps_the_order_of_arrival(Machine *m)
{
    const uint32_t spi = VGIC_V5_SPI(0), lpi = VGIC_V5_LPI(0);
    const uint32_t arrival[] = {spi + 20, lpi + 9, spi + 3, lpi + 2, lpi + 1100, spi + 11, lpi + 3};
    const unsigned count = sizeof(arrival) / sizeof(arrival[0]);

    v5_start(m);
    for (unsigned i = 0; i < count; i++) {
        if (arrival[i] >> 29 == 3 || has(m, V5_LPIS)) {
            v5_configure(m, 0, arrival[i], P_MID, 0);
            v5_cdpend(m, 0, arrival[i], true);
        }
    }
    v5_configure_ppi(m, 0, PPI_CNTP, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTP, true);
    move(m);
    assert_true(v5_takes_active(m, 0, VGIC_V5_PPI(PPI_CNTP)));
    for (unsigned i = 0; i < count; i++) {
        if (arrival[i] >> 29 == 3 || has(m, V5_LPIS)) {
            move(m);
            assert_true(v5_takes(m, 0, arrival[i]));
        }
    }
    assert_true(v5_takes(m, 0, 0));
}

/* Active at one PE, routed to another one meanwhile. */
static void keeps_where_an_interrupt_is_active(Machine *m)
{
    const uint32_t intids[] = {VGIC_V5_SPI(9), VGIC_V5_LPI(9)};

    v5_start(m);
    for (unsigned i = 0; i < (has(m, V5_LPIS) ? 2 : 1); i++) {
        v5_configure(m, 0, intids[i], P_MID, 1);
        v5_cdpend(m, 0, intids[i], true);
        assert_true(v5_takes_active(m, 1, intids[i]));
        v5_cdaff(m, 0, intids[i], v5_iaffid(m, 0));
        v5_cdpend(m, 0, intids[i], true);
        move(m);
        assert_true(info5(m, 0, intids[i]).active);
        assert_true(v5_takes(m, 0, 0));
        v5_cddi(m, 1, intids[i]);
        move(m);
        assert_true(v5_takes(m, 0, intids[i]));
    }
}

static void keeps_the_turn_of_one_of_n(Machine *m)
{
    const uint32_t intids[] = {VGIC_V5_SPI(9), VGIC_V5_LPI(9)};

    v5_start(m);
    for (unsigned i = 0; i < (has(m, V5_LPIS) ? 2 : 1); i++) {
        v5_configure(m, 0, intids[i], P_MID, last_cpu(m));
        v5_cdaff_one_of_n(m, 0, intids[i]);
        v5_cdpend(m, 0, intids[i], true);
        uint32_t cpu = info5(m, 0, intids[i]).target;
        for (unsigned round = 0; round < 2 * m->config.cpus; round++) {
            move(m);
            expect(info5(m, 0, intids[i]).target, cpu, "number %u", round);
            assert_true(v5_takes_active(m, cpu, intids[i]));
            move(m);
            v5_cddi(m, cpu, intids[i]);
            move(m);
            v5_cdpend(m, 0, intids[i], true);
            cpu = (cpu + 1) % m->config.cpus;
        }
        v5_cdpend(m, 0, intids[i], false);
    }
}

static void keeps_one_of_n_that_waits_for_a_pe(Machine *m)
{
    v5_start(m);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        v5_set_icc(m, cpu, ICC_CR0_EL1, 0);
    }
    v5_configure(m, 0, VGIC_V5_SPI(9), P_MID, 0);
    v5_cdaff_one_of_n(m, 0, VGIC_V5_SPI(9));
    v5_cdpend(m, 0, VGIC_V5_SPI(9), true);
    move(m);
    assert_int_equal(info5(m, 0, VGIC_V5_SPI(9)).target, UINT32_MAX);
    v5_set_icc(m, 1, ICC_CR0_EL1, CR0_EN);
    assert_true(irq(m, 1));
    assert_true(v5_takes(m, 1, VGIC_V5_SPI(9)));
}

/* Of a PE that is not chosen, and of one that is. */
static void keeps_dps(Machine *m)
{
    const uint32_t spi = VGIC_V5_SPI(9);

    v5_start(m);
    for (unsigned irs = 0; irs < v5_irs_count(m); irs++) {
        for (uint32_t i = 0; i < v5_irs_cpus(m, irs); i++) {
            const uint32_t cpu = v5_first_cpu(m, irs) + i;
            irs_write(m, irs, DOMAIN_NS, IRS_PE_SELR, v5_iaffid(m, cpu));
            irs_write(m, irs, DOMAIN_NS, IRS_PE_CR0, cpu != 1);
        }
    }
    v5_configure(m, 0, spi, P_MID, 0);
    v5_cdaff_one_of_n(m, 0, spi);
    move(m);
    for (unsigned i = 0; i < 3; i++) {
        v5_cdpend(m, 0, spi, true);
        assert_true(v5_takes(m, 1, spi));
    }
}

/* The wire, the trigger mode, the handling mode and Pending are apart from each other. */
static void keeps_what_makes_an_interrupt_pending(Machine *m)
{
    static const uint32_t arrival[] = {8, 10, 11, 9};

    v5_start(m);
    for (uint32_t spi = 8; spi < 12; spi++) {
        v5_spi_trigger(m, DOMAIN_NS, spi, spi < 10 ? LEVEL : EDGE);
        v5_configure(m, 0, VGIC_V5_SPI(spi), P_MID, 0);
        v5_spi_wire(m, spi, true);
    }
    v5_cdpend(m, 0, VGIC_V5_SPI(9), false);
    v5_cdhm(m, 0, VGIC_V5_SPI(10), true);
    move(m);
    assert_true(info5(m, 0, VGIC_V5_SPI(8)).pending);
    assert_false(info5(m, 0, VGIC_V5_SPI(9)).pending);
    v5_spi_wire(m, 9, true); /* it is high already */
    assert_false(info5(m, 0, VGIC_V5_SPI(9)).pending);
    irs_write(m, v5_irs_of_spi(m, 9), DOMAIN_NS, IRS_SPI_RESAMPLER, 9);
    assert_true(info5(m, 0, VGIC_V5_SPI(9)).pending);
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t spi = arrival[i];

        assert_true(v5_takes_active(m, 0, VGIC_V5_SPI(spi)));
        expect(info5(m, 0, VGIC_V5_SPI(spi)).pending, spi != 11, "SPI %u when it was taken", spi);
        move(m);
        v5_spi_wire(m, spi, false);
        expect(info5(m, 0, VGIC_V5_SPI(spi)).pending, spi == 10, "SPI %u when its wire fell", spi);
    }
}

static void keeps_running_priorities(Machine *m)
{
    static const uint32_t priorities[] = {P_LOW, P_MID, P_HIGH};

    v5_start(m);
    for (uint32_t i = 0; i < 3; i++) {
        v5_configure(m, 0, VGIC_V5_SPI(i), priorities[i], 0);
        v5_cdpend(m, 0, VGIC_V5_SPI(i), true);
        assert_true(v5_cdia(m, 0) == (INTID_VALID | VGIC_V5_SPI(i)));
    }
    for (uint32_t i = 3; i-- > 0;) {
        move(m);
        expect(v5_icc(m, 0, ICC_APR_EL1),
               0x01010100u & ((2ull << priorities[0]) - 1) & ~((1ull << priorities[i]) - 1),
               "with %u active", i + 1);
        v5_cdeoi(m, 0);
    }
    assert_int_equal(v5_icc(m, 0, ICC_APR_EL1), 0);
}

static void sets_the_lines_anew(Machine *m)
{
    State with, without;

    v5_start(m);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    without = state_of(m);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    with = state_of(m);

    host_forget(&m->host);
    state_load(m, &without);
    assert_false(irq(m, 0));
    assert_int_equal(m->host.line_calls[0], 1);
    assert_int_equal(m->host.line_calls_total, 1);
    state_load(m, &without);
    assert_int_equal(m->host.line_calls_total, 1);
    state_load(m, &with);
    assert_true(irq(m, 0));
    assert_int_equal(m->host.line_calls_total, 2);
    state_free(&with);
    state_free(&without);
}

/* What was there before is gone, whatever it was. */
static void replaces_everything(Machine *m)
{
    vgic_reset(m->gic, VGIC_RESET_COLD);
    State reset = state_of(m), again;

    make_busy(m, MAKE_STEPS);
    state_load(m, &reset);
    again = state_of(m);
    assert_true(state_equal(&reset, &again));
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        assert_int_equal(vgic_cpu_lines(m->gic, cpu), 0);
    }
    if (has(m, V5_LPIS)) {
        assert_int_equal(vgic_lpi_next(m->gic, 0), UINT32_MAX);
    }
    state_free(&reset);
    state_free(&again);
}

/* An interrupt of a domain in which the PE does not execute is an FIQ. */
static void keeps_the_state_of_the_pe(Machine *m)
{
    v5_start(m);
    v5_configure_ppi(m, 0, PPI_CNTV, P_MID);
    v5_ppi_wire(m, 0, PPI_CNTV, true);
    v5_enter(m, 0, DOMAIN_S);
    assert_true(fiq(m, 0));
    move(m);
    assert_true(fiq(m, 0));
    assert_false(irq(m, 0));
    v5_enter(m, 0, DOMAIN_NS);
    assert_true(irq(m, 0));
}

/* Each domain has its own registers, PPIs, SPIs and LPIs. */
static void keeps_domains_apart(Machine *m)
{
    v5_start_all(m);
    for (V5Domain domain = DOMAIN_S; domain < DOMAINS; domain++) {
        if (v5_has_domain(m, domain)) {
            v5_spi_domain(m, 20 + domain, domain);
            v5_enter(m, 0, domain);
            v5_configure(m, 0, VGIC_V5_SPI(20 + domain), P_LOW, 0);
            v5_configure(m, 0, VGIC_V5_LPI(5), P_MID, 0);
            v5_cdpend(m, 0, VGIC_V5_SPI(20 + domain), true);
            v5_cdpend(m, 0, VGIC_V5_LPI(5), true);
        }
    }
    move(m);
    for (V5Domain domain = DOMAIN_S; domain < DOMAINS; domain++) {
        if (v5_has_domain(m, domain)) {
            v5_enter(m, 0, domain);
            assert_true(v5_takes(m, 0, VGIC_V5_LPI(5)));
            assert_true(v5_takes(m, 0, VGIC_V5_SPI(20 + domain)));
            assert_true(v5_takes(m, 0, 0));
        }
    }
}

/* LPIs and ITSs. */

/* What was read of a table stays read, and goes back when the table becomes invalid. */
static void keeps_cached_entries(Machine *m)
{
    const uint64_t entry = IST_AT(DOMAIN_NS) + 4 * 77;
    const uint32_t before = ISTE_ENABLE | ISTE_PRIORITY(P_HIGH) | ISTE_IAFFID(v5_iaffid(m, 0));

    v5_start(m);
    v5_put_iste(m, entry, before);
    v5_cdpend(m, 0, VGIC_V5_LPI(77), true);
    v5_put_iste(m, entry, 0xFFFFFFFF);
    move(m);
    assert_int_equal(v5_iste(m, entry), 0xFFFFFFFF);
    assert_true(v5_takes_active(m, 0, VGIC_V5_LPI(77)));
    v5_ist_off(m, DOMAIN_NS);
    assert_int_equal(v5_iste(m, entry), before | ISTE_ACTIVE);
}

/* What was not read yet is read from memory as it is then. */
static void reads_the_other_entries(Machine *m)
{
    v5_start(m);
    v5_cden(m, 0, VGIC_V5_LPI(1));
    move(m);
    v5_put_iste(m, IST_AT(DOMAIN_NS) + 4 * 2,
                ISTE_PENDING | ISTE_ENABLE | ISTE_PRIORITY(P_MID) | ISTE_IAFFID(v5_iaffid(m, 0)));
    v5_cdrcfg(m, 0, VGIC_V5_LPI(2));
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(2)));
    v5_cdrcfg(m, 0, VGIC_V5_LPI((1u << v5_ist_bits(m)) - 1));
    assert_false(v5_icc(m, 0, ICC_ICSR_EL1) & ICSR_F);
    v5_cdrcfg(m, 0, VGIC_V5_LPI(1u << v5_ist_bits(m)));
    assert_true(v5_icc(m, 0, ICC_ICSR_EL1) & ICSR_F);
}

/* A table of level 2 is there after the move, and another one can come. */
static void keeps_two_level_tables(Machine *m)
{
    const uint64_t base = IST_AT(DOMAIN_NS);

    v5_start(m);
    v5_ist_off(m, DOMAIN_NS);
    v5_ist(m, DOMAIN_NS, base, IST_CFGR(16, 1, 1) | IST_TWO_LEVEL);
    v5_map_l2(m, DOMAIN_NS, base, 1, L2_IST_AT(1), 2048);
    v5_configure(m, 0, VGIC_V5_LPI(2050), P_MID, 0);
    move(m);
    v5_cdpend(m, 0, VGIC_V5_LPI(2050), true);
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(2050)));
    v5_cdrcfg(m, 0, VGIC_V5_LPI(4096));
    assert_true(v5_icc(m, 0, ICC_ICSR_EL1) & ICSR_F);
    v5_map_l2(m, DOMAIN_NS, base, 2, L2_IST_AT(2), 4096);
    v5_configure(m, 0, VGIC_V5_LPI(4097), P_MID, 0);
    move(m);
    v5_ist_off(m, DOMAIN_NS);
    assert_int_equal(v5_iste(m, L2_IST_AT(1) + 8 * 2) & ISTE_ENABLE, ISTE_ENABLE);
    assert_int_equal(v5_iste(m, L2_IST_AT(2) + 8) & ISTE_ENABLE, ISTE_ENABLE);
}

static void keeps_software_errors(Machine *m)
{
    const uint64_t entry = IST_AT(DOMAIN_NS) + 4 * 900;

    v5_start(m);
    ram_fail(&m->host.ram, entry, entry + 3, FAIL_READS);
    v5_cden(m, 0, VGIC_V5_LPI(900));
    ram_heal(&m->host.ram);
    const unsigned irs = irs_read64(m, 0, DOMAIN_NS, IRS_SWERR_STATUSR) ? 0 : v5_irs_count(m) - 1;
    const uint64_t status = irs_read64(m, irs, DOMAIN_NS, IRS_SWERR_STATUSR);
    move(m);
    assert_true(status & 1);
    assert_true(irs_read64(m, irs, DOMAIN_NS, IRS_SWERR_STATUSR) == status);
    assert_true(irs_read64(m, irs, DOMAIN_NS, IRS_SWERR_SYNDROMER1) == (entry & ~7ull));
    irs_write64(m, irs, DOMAIN_NS, IRS_SWERR_STATUSR, 1);
    move(m);
    assert_true(irs_read64(m, irs, DOMAIN_NS, IRS_SWERR_STATUSR) == 0);
}

static void translations_are_those_of_guest_memory(Machine *m)
{
    v5_start(m);
    v5_its_start(m, 0, DOMAIN_NS, 8);
    v5_device(m, 0, DOMAIN_NS, 1, 4, ITT_AT(0));
    for (uint32_t event = 0; event < 4; event++) {
        v5_event(m, 0, DOMAIN_NS, 1, event, ITT_AT(0), event);
        v5_configure(m, 0, VGIC_V5_LPI(event), P_MID, 0);
        v5_msi(m, 0, DOMAIN_NS, 1, event);
        assert_true(v5_takes(m, 0, VGIC_V5_LPI(event)));
    }
    State state = state_of(m);
    ram_put64(&m->host.ram, ITT_AT(0) + 8, 1ull << 31 | 2); /* not known to the cache */
    v5_msi(m, 0, DOMAIN_NS, 1, 1);
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(1)));
    state_load(m, &state);
    v5_msi(m, 0, DOMAIN_NS, 1, 1);
    assert_true(v5_takes(m, 0, VGIC_V5_LPI(2)));
    move(m);
    assert_true((v5_read_event(m, 0, DOMAIN_NS, 1, 3) & 0xFFFFFF) == 3);
    its5_write(m, 0, DOMAIN_NS, ITS_CR0, 0);
    move(m);
    v5_msi(m, 0, DOMAIN_NS, 1, 3);
    assert_true(v5_takes(m, 0, 0));
    state_free(&state);
}

/* Levels, trigger modes and enables of wires; nothing is sent by loading. */
static void keeps_wires(Machine *m)
{
    const VgicIwbOptions *iwb = &m->config.v5.iwb[0];

    v5_start(m);
    v5_its_start(m, iwb->its, DOMAIN_NS, 8);
    v5_device(m, iwb->its, DOMAIN_NS, iwb->device, 5, ITT_AT(8));
    for (uint32_t wire = 0; wire < 4; wire++) {
        v5_event(m, iwb->its, DOMAIN_NS, iwb->device, wire, ITT_AT(8), wire);
        v5_configure(m, 0, VGIC_V5_LPI(wire), P_MID, 0);
    }
    iwb_write(m, 0, VGIC_NS, IWB_WTMR(0), 0xA);
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 0xC);
    for (uint32_t wire = 0; wire < 4; wire++) {
        vgic_iwb_set_level(m->gic, vgic_frame(m->gic, "IWB"), wire, true);
    }
    assert_true(v5_takes_active(m, 0, VGIC_V5_LPI(2)));
    assert_true(v5_takes_active(m, 0, VGIC_V5_LPI(3)));
    move(m);
    assert_false(info5(m, 0, VGIC_V5_LPI(2)).pending);
    assert_true(info5(m, 0, VGIC_V5_LPI(3)).pending);
    vgic_iwb_set_level(m->gic, vgic_frame(m->gic, "IWB"), 2, true); /* it is high already */
    vgic_iwb_set_level(m->gic, vgic_frame(m->gic, "IWB"), 3, false);
    assert_false(info5(m, 0, VGIC_V5_LPI(2)).pending);
    assert_false(info5(m, 0, VGIC_V5_LPI(3)).pending);
    iwb_write(m, 0, VGIC_NS, IWB_WENABLER(0), 0xF);
    assert_false(info5(m, 0, VGIC_V5_LPI(0)).pending);
    assert_true(info5(m, 0, VGIC_V5_LPI(1)).pending);
}

/* The chunks of records that a GIC has do not count against what it loads. */
static void a_limit_is_for_what_is_loaded(Machine *unused)
{
    Machine *m = V5_MACHINE(.cpus = 1, .lpi_bits = 14, .lpi_limit = 2048);
    State states[3];

    (void)unused;
    for (unsigned i = 0; i < 3; i++) {
        vgic_reset(m->gic, VGIC_RESET_COLD);
        v5_start(m);
        for (unsigned j = 0; j < 2; j++) {
            v5_configure(m, 0, VGIC_V5_LPI(1024 * (2 * i + j)), P_MID, 0);
        }
        states[i] = state_of(m);
        if (i == 1) {
            vgic_reset(m->gic, VGIC_RESET_COLD); /* chunks are spare now */
        }
        for (unsigned j = 0; j <= i; j++) {
            VgicIrqInfo answer;
            state_load(m, &states[j]);
            assert_true(vgic_irq_info(m->gic, 0, VGIC_V5_LPI(2048 * j), &answer));
            assert_false(vgic_irq_info(m->gic, 0, VGIC_V5_LPI(2048 * (j + 1)), &answer));
        }
    }
    for (unsigned i = 0; i < 3; i++) {
        state_free(&states[i]);
    }
    machine_free(m);
}

/* Looking. */

static void makes_a_gic_to_look_at(Machine *m)
{
    VgicError *error = NULL;

    make_busy(m, MAKE_STEPS);
    State first = state_of(m), second = {.size = 0};
    Vgic *gic = vgic_new_from_state(first.bytes, first.size, NULL, NULL, &error);

    if (!gic) {
        fail_msg("%s", vgic_error_message(error));
    }
    second.bytes = vgic_save(gic, &second.size, NULL);
    assert_true(state_equal(&first, &second));
    assert_int_equal(vgic_cpu_count(gic), m->config.cpus);
    vgic_state_free(second.bytes);
    vgic_free(gic);
    state_free(&first);
}

static void any_alignment_loads(Machine *m)
{
    make_busy(m, MAKE_STEPS);
    State state = state_of(m);
    uint8_t *room = malloc(state.size + 16);

    assert_non_null(room);
    for (size_t shift = 0; shift < 16; shift++) {
        State shifted = {.bytes = memcpy(room + shift, state.bytes, state.size),
                         .size = state.size};
        vgic_reset(m->gic, VGIC_RESET_COLD);
        state_load(m, &shifted);
        State again = state_of(m);
        assert_true(state_equal(&state, &again));
        state_free(&again);
    }
    free(room);
    state_free(&state);
}

/* What is the default may also be said: the state is the same. */
static void defaults_may_be_said(Machine *unused)
{
    static const uint32_t cpus[] = {2, 1}, spis[] = {17, 16};
    static const uint16_t iaffids[] = {0, 1, 2};
    Machine *machines[2] = {
        V5_MACHINE(.cpus = 3, .spis = 33, .el3 = true, .lpi_bits = 14, .v5 = {.irs = 2}),
        V5_MACHINE(.cpus = 3, .spis = 33, .el3 = true, .lpi_bits = 14, .priority_bits = 5,
                   .iidr = 0x0560043B,
                   .v5 = {.domains = 7,
                          .irs = 2,
                          .irs_cpus = cpus,
                          .irs_spis = spis,
                          .iaffids = iaffids,
                          .iaffid_bits = 16,
                          .id_bits = 24,
                          .min_lpi_bits = 1,
                          .ist_l2_sizes = 7,
                          .ppis = {0xFFF88008, 0},
                          .edge_ppis = {8, 0}}),
    };
    State states[2] = {state_of(machines[0]), state_of(machines[1])};

    (void)unused;
    assert_true(state_equal(&states[0], &states[1]));
    state_load(machines[0], &states[1]);
    for (unsigned i = 0; i < 2; i++) {
        state_free(&states[i]);
        machine_free(machines[i]);
    }
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(loads_what_was_saved, 0),
        TEST(saving_changes_nothing, 0),
        TEST(goes_on_as_if_nothing_had_happened, 0),
        TEST(keeps_the_order_of_arrival, 0),
        TEST(keeps_where_an_interrupt_is_active, V5_SMP),
        TEST(keeps_the_turn_of_one_of_n, V5_ONE_OF_N | V5_SMP),
        TEST(keeps_one_of_n_that_waits_for_a_pe, V5_ONE_OF_N | V5_SMP),
        TEST(keeps_dps, V5_ONE_OF_N | V5_SMP),
        TEST(keeps_what_makes_an_interrupt_pending, 0),
        TEST(keeps_running_priorities, 0),
        TEST(sets_the_lines_anew, 0),
        TEST(replaces_everything, 0),
        TEST(keeps_the_state_of_the_pe, V5_EL3),
        TEST(keeps_domains_apart, V5_EL3 | V5_LPIS),
        TEST(keeps_cached_entries, V5_LPIS),
        TEST(reads_the_other_entries, V5_LPIS),
        TEST(keeps_two_level_tables, V5_TWO_LEVEL),
        TEST(keeps_software_errors, V5_SWERR),
        TEST(translations_are_those_of_guest_memory, V5_ITS),
        TEST(keeps_wires, V5_IWB),
        TEST_ALONE(a_limit_is_for_what_is_loaded),
        TEST(makes_a_gic_to_look_at, 0),
        TEST(any_alignment_loads, 0),
        TEST_ALONE(defaults_may_be_said),
    };
    return RUN_V5(argc, argv, "round-trip5", tests);
}
