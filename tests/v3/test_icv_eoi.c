/* SPDX-License-Identifier: BSD-2-Clause */
/* ICV_EOIR and ICV_DIR: priority drop, deactivation of list registers and of what is behind them.
 */
#include "suite.h"
#include "virt.h"

#include <stdio.h>
#include <string.h>

enum {
    ID = 40,
    LPI = 9000,
    PPI = 20,
    SPI = 33,
    PRIORITY = 0x80
};

/* What the guest writes. */
typedef enum Write {
    EOIR0,
    EOIR1,
    DIR,
    WRITES
} Write;

/* What is active when it does, in the AP registers: nothing, the list register's priority in Group
 * 0, in Group 1, in both, a higher one in Group 0 or 1, a lower one of the other group beside it.
 */
typedef enum Active {
    NOTHING,
    SAME_0,
    SAME_1,
    SAME_BOTH,
    HIGHER_0,
    HIGHER_1,
    LOWER_1_SAME_0,
    LOWER_0_SAME_1,
    ACTIVES
} Active;

typedef struct Case {
    Write write;
    LrState state;
    int group;
    bool veoim, hw, eoi;
    Active active;
    uint32_t held, written; /* vINTID in the list register, and in the write */
} Case;

typedef struct Outcome {
    LrState state;
    uint32_t ap[2]; /* bits of the priorities 0x40, 0x80, 0xC0, as 1, 2 and 4 */
    unsigned count;
    bool physical; /* the physical interrupt was deactivated */
} Outcome;

static const uint32_t ap_before[ACTIVES][2] = {
    [SAME_0] = {2, 0},   [SAME_1] = {0, 2},         [SAME_BOTH] = {2, 2},      [HIGHER_0] = {1, 0},
    [HIGHER_1] = {0, 1}, [LOWER_1_SAME_0] = {2, 4}, [LOWER_0_SAME_1] = {4, 2},
};

static bool is_special(uint32_t id)
{
    return id >= 1020 && id < 1024;
}

static void deactivate(const Case *c, Outcome *o)
{
    o->state = (LrState)(o->state & ~LR_ACTIVE);
    o->physical = c->hw;
}

/* The rules, written down as simply as they can be. */
static Outcome oracle(const Case *c)
{
    Outcome o = {.state = c->state, .ap = {ap_before[c->active][0], ap_before[c->active][1]}};
    const bool found = c->state & LR_ACTIVE && c->held == c->written;
    const bool lpi = c->written >= 8192;

    if (is_special(c->written)) {
        return o;
    }
    if (c->write == DIR) {
        if (!c->veoim || lpi) {
            return o;
        }
        if (found) {
            deactivate(c, &o);
        } else {
            o.count = 1;
        }
        return o;
    }
    const uint32_t all = o.ap[0] | o.ap[1], dropped = all & ~(all - 1);
    if (!all) {
        return o;
    }
    o.ap[o.ap[0] & dropped ? 0 : 1] &= ~dropped; /* Group 0 first */
    if (!found) {
        o.count = !c->veoim && !lpi;
    } else if (c->group == (int)c->write && dropped == 2 && (!c->veoim || lpi)) {
        deactivate(c, &o);
    }
    return o;
}

static const uint32_t ap_names[2][4] = {
    {ICH_AP0R0_EL2, ICH_AP0R1_EL2, ICH_AP0R2_EL2, ICH_AP0R3_EL2},
    {ICH_AP1R0_EL2, ICH_AP1R1_EL2, ICH_AP1R2_EL2, ICH_AP1R3_EL2}};

/* Sets or compares the active priorities; with more than 5 bits they are in several registers. */
static void active_priorities(Machine *m, unsigned group, uint32_t bits, const char *compare)
{
    uint32_t words[4] = {0};

    for (unsigned i = 0; i < 3; i++) {
        const unsigned index = (0x40u * (i + 1)) >> (8 - vpreemption_bits(m));
        words[index / 32] |= (bits >> i & 1) << index % 32;
    }
    for (unsigned n = 0; n < 1u << (vpreemption_bits(m) - 5); n++) {
        if (compare) {
            expect(ich(m, ap_names[group][n]), words[n], "AP%uR%u, %s", group, n, compare);
        } else {
            set_ich(m, ap_names[group][n], words[n]);
        }
    }
}

static void check_case(Machine *m, const Case *c)
{
    const Outcome want = oracle(c);
    char what[160];

    snprintf(what, sizeof(what),
             "%s of %u, LR state %d group %d id %u HW %d EOI %d, VEOIM %d, "
             "active %d",
             c->write == DIR     ? "DIR"
             : c->write == EOIR0 ? "EOIR0"
                                 : "EOIR1",
             c->written, c->state, c->group, c->held, c->hw, c->eoi, c->veoim, c->active);
    set_ich(m, ICH_HCR_EL2, ICH_EN);
    set_ich(m, ICH_VMCR_EL2, 0xFF000000 | VENG0 | VENG1 | (c->veoim ? VEOIM : 0));
    const uint64_t lr =
        c->hw ? hw_list_register(c->state, c->group, PRIORITY, c->held, SPI)
              : list_register(c->state, c->group, PRIORITY, c->held) | (c->eoi ? LR_EOI : 0);
    set_ich(m, ICH_LR_EL2(0), lr);
    active_priorities(m, 0, ap_before[c->active][0], NULL);
    active_priorities(m, 1, ap_before[c->active][1], NULL);
    bit_write(m, VGIC_S, 0, SPI, ISACTIVER);

    if (c->write == DIR) {
        vdir(m, c->written);
    } else {
        veoir(m, c->write == EOIR1, c->written);
    }
    expect(state_of_lr(m, 0), want.state, "State, %s", what);
    expect(ich(m, ICH_LR_EL2(0)) << 2, lr << 2, "LR, %s", what);
    active_priorities(m, 0, want.ap[0], what);
    active_priorities(m, 1, want.ap[1], what);
    expect(eoi_count(m), want.count, "EOIcount, %s", what);
    expect(is_active(m, 0, SPI), !want.physical, "physical interrupt, %s", what);
    expect(ich(m, ICH_EISR_EL2), want.state == LR_INVALID && !c->hw && c->eoi, "EISR, %s", what);
}

/* Every combination; 3 x 4 x 2 x 2 x 3 x 8 x 5 cases. */
static void every_write_does_what_the_rules_say(Machine *m)
{
    static const uint32_t pairs[][2] = {{ID, ID}, {ID, ID + 1}, {LPI, LPI}, {ID, LPI}, {ID, 1023}};

    start(m);
    configure(m, 0, SPI, GROUP_1NS, 0xA0, EDGE);
    for (unsigned bits = 0; bits < WRITES * 4 * 2 * 2 * 3; bits++) {
        const unsigned kind = bits / (WRITES * 16);
        Case c = {.write = (Write)(bits % WRITES),
                  .state = (LrState)(bits / WRITES % 4),
                  .group = (int)(bits / WRITES / 4 % 2),
                  .veoim = bits / WRITES / 8 % 2,
                  .hw = kind == 1,
                  .eoi = kind == 2};
        if (c.hw && c.state == LR_BOTH) {
            continue;
        }
        for (unsigned active = 0; active < ACTIVES; active++) {
            for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
                c.active = (Active)active;
                c.held = pairs[i][0];
                c.written = pairs[i][1];
                check_case(m, &c);
            }
        }
    }
}

static void each_end_of_what_no_list_register_holds_counts_once_and_wraps(Machine *m)
{
    start_vm(m, 0, 0);
    for (unsigned i = 1; i <= 70; i++) {
        set_ich(m, ICH_AP1R0_EL2, 1);
        veoir(m, 1, ID);
        expect(eoi_count(m), i % 32, "EOIcount after %u ends", i);
    }
    set_ich(m, ICH_HCR_EL2, ICH_EN | 0xF8000000);
    set_icv(m, ICC_CTLR_EL1, 2);
    vdir(m, ID);
    assert_int_equal(eoi_count(m), 0);
    assert_int_equal(ich(m, ICH_HCR_EL2), ICH_EN);
}

static void an_end_in_two_steps_counts_once(Machine *m)
{
    start_vm(m, 0, VEOIM);
    set_ich(m, ICH_AP1R0_EL2, 1);
    veoir(m, 1, ID);
    assert_int_equal(eoi_count(m), 0);
    vdir(m, ID);
    assert_int_equal(eoi_count(m), 1);
}

static void lpis_begin_at_8192(Machine *m)
{
    start_vm(m, 0, 0);
    set_ich(m, ICH_AP1R0_EL2, 3);
    veoir(m, 1, 8192);
    assert_int_equal(eoi_count(m), 0);
    veoir(m, 1, 8191);
    assert_int_equal(eoi_count(m), 1);
    set_icv(m, ICC_CTLR_EL1, 2);
    vdir(m, 8192);
    assert_int_equal(eoi_count(m), 1);
    vdir(m, 8191);
    assert_int_equal(eoi_count(m), 2);
    for (uint32_t id = 8191; id <= 8192; id++) { /* only an LPI ends by its EOIR alone */
        set_ich(m, ICH_AP1R0_EL2, 1);
        set_ich(m, ICH_LR_EL2(0), list_register(LR_ACTIVE, 1, 0, id));
        veoir(m, 1, id);
        assert_int_equal(state_of_lr(m, 0), id == 8192 ? LR_INVALID : LR_ACTIVE);
    }
}

static void the_list_register_that_is_active_is_found_behind_others(Machine *m)
{
    const unsigned last = list_registers(m) - 1;

    if (last == 0) {
        return;
    }
    start_vm(m, 0, VEOIM);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_INVALID, 1, PRIORITY, ID));
    set_ich(m, ICH_LR_EL2(last), list_register(LR_ACTIVE, 1, PRIORITY, ID));
    vdir(m, ID);
    assert_int_equal(state_of_lr(m, last), LR_INVALID);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, PRIORITY, ID));
    set_ich(m, ICH_LR_EL2(last), list_register(LR_ACTIVE, 1, PRIORITY, ID));
    vdir(m, ID);
    assert_int_equal(state_of_lr(m, last), LR_INVALID);
    assert_int_equal(state_of_lr(m, 0), LR_PENDING);
}

/* Two list registers with one number are a mistake of the hypervisor; the first of them ends. */
static void of_two_that_are_active_the_first_ends(Machine *m)
{
    const unsigned last = list_registers(m) - 1;

    for (unsigned split = 0; split < 2 && last; split++) {
        start_vm(m, 0, split ? VEOIM : 0);
        set_ich(m, ICH_AP1R0_EL2, 1);
        set_ich(m, ICH_LR_EL2(last), list_register(LR_ACTIVE, 1, 0, ID));
        set_ich(m, ICH_LR_EL2(0), list_register(LR_ACTIVE, 1, 0, ID));
        if (split) {
            vdir(m, ID);
        } else {
            veoir(m, 1, ID);
        }
        assert_int_equal(state_of_lr(m, 0), LR_INVALID);
        assert_int_equal(state_of_lr(m, last), LR_ACTIVE);
    }
}

static void list_registers_end_in_any_order_in_two_steps(Machine *m)
{
    const unsigned count = list_registers(m);

    start_vm(m, 0, VEOIM);
    for (unsigned n = 0; n < count; n++) {
        set_ich(m, ICH_LR_EL2(n), list_register(LR_PENDING, 1, (uint8_t)(0xF0 - n * 8), 100 + n));
        assert_int_equal(viar(m, 1), 100 + n);
    }
    assert_int_equal(vrpr(m), 0xF0 - (count - 1) * 8);
    for (unsigned n = count; n-- > 0;) {
        veoir(m, 1, 100 + n);
    }
    assert_int_equal(vrpr(m), 0xFF);
    for (unsigned n = 0; n < count; n++) {
        const unsigned end = n * 7 % count; /* 7 and a power of two, or a prime above it */
        vdir(m, 100 + end);
        expect(state_of_lr(m, end), LR_INVALID, "LR%u of %u", end, count);
    }
    assert_int_equal(ich(m, ICH_ELRSR_EL2), (1u << count) - 1);
    assert_int_equal(eoi_count(m), 0);
}

/* The group priority of the list register is that of the binary point when the guest ends it. */
static void a_changed_binary_point_drops_the_priority_and_may_leave_the_interrupt(Machine *none)
{
    Machine *m = machine_with_ich((VgicIchOptions){0});
    (void)none;

    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0xA0, ID));
    viar(m, 1);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 1u << 20);
    set_icv(m, ICC_BPR1_EL1, 5);
    veoir(m, 1, ID);
    assert_int_equal(vrpr(m), 0xFF);
    assert_int_equal(state_of_lr(m, 0), LR_INVALID);

    set_icv(m, ICC_BPR1_EL1, 3);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, 0xA8, ID));
    viar(m, 1);
    assert_int_equal(ich(m, ICH_AP1R0_EL2), 1u << 21);
    set_icv(m, ICC_BPR1_EL1, 5);
    veoir(m, 1, ID);
    assert_int_equal(vrpr(m), 0xFF);
    assert_int_equal(state_of_lr(m, 0), LR_ACTIVE);
    assert_int_equal(eoi_count(m), 0);
    machine_free(m);
}

static void expect_report(const Machine *m, const char *rule, const char *reg, uint32_t intid)
{
    const HostReport *report = host_last_report(&m->host);

    assert_non_null(report);
    assert_string_equal(report->rule, rule);
    assert_string_equal(report->frame, "ICV");
    assert_string_equal(report->reg, reg);
    assert_true(report->report.write);
    assert_int_equal(report->report.cpu, 0);
    assert_int_equal(report->report.value, intid);
}

static void mistakes_of_the_guest_are_reported(Machine *m)
{
    start_vm(m, 0, 0);
    host_forget(&m->host);
    veoir(m, 1, 1023);
    expect_report(m, "eoi-special", "ICC_EOIR1_EL1", 1023);
    veoir(m, 0, ID);
    expect_report(m, "eoi-idle", "ICC_EOIR0_EL1", ID);
    vdir(m, ID);
    expect_report(m, "dir-eoimode", "ICC_DIR_EL1", ID);
    set_icv(m, ICC_CTLR_EL1, 2);
    vdir(m, LPI);
    expect_report(m, "dir-target", "ICC_DIR_EL1", LPI);
    vdir(m, 1022);
    expect_report(m, "dir-target", "ICC_DIR_EL1", 1022);
    assert_int_equal(m->host.report_count, 5);
    assert_int_equal(eoi_count(m), 0);

    host_forget(&m->host); /* what hypervisors count on is no mistake */
    vdir(m, ID);
    set_ich(m, ICH_AP1R0_EL2, 1);
    veoir(m, 1, ID);
    assert_int_equal(m->host.report_count, 0);
}

/* The physical interrupt behind a list register. */

/* Makes @p pintid active at PE @p cpu and lets the guest of PE 0 end a list register that names it.
 */
static bool ends_physical(Machine *m, uint32_t cpu, uint32_t pintid, bool split)
{
    start_vm(m, 0, split ? VEOIM : 0);
    bit_write(m, VGIC_S, cpu, pintid, ISACTIVER);
    set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_PENDING, 1, PRIORITY, ID, pintid));
    assert_int_equal(viar(m, 1), ID);
    assert_true(is_active(m, cpu, pintid));
    veoir(m, 1, ID);
    if (split) {
        assert_true(is_active(m, cpu, pintid));
        vdir(m, ID);
    }
    assert_int_equal(state_of_lr(m, 0), LR_INVALID);
    assert_int_equal(ich(m, ICH_EISR_EL2), 0);
    return !is_active(m, cpu, pintid);
}

static void the_end_of_a_list_register_ends_its_physical_interrupt(Machine *m)
{
    start(m);
    for (unsigned split = 0; split < 2; split++) {
        for (uint32_t ppi = 16; ppi < 32; ppi++) {
            os_configure(m, 0, ppi, LEVEL);
            expect(ends_physical(m, 0, ppi, split), true, "PPI %u", ppi);
        }
        os_configure(m, 0, SPI, LEVEL);
        expect(ends_physical(m, 0, SPI, split), true, "SPI");
    }
}

static void extended_interrupts_are_ended_too(Machine *m)
{
    const uint32_t espi = 4095 + m->config.espis, eppi = 1055 + m->config.eppis;

    start(m);
    os_configure(m, 0, espi, EDGE);
    os_configure(m, 0, eppi, EDGE);
    assert_true(ends_physical(m, 0, espi, false));
    assert_true(ends_physical(m, 0, eppi, true));
}

static void an_spi_that_another_pe_took_is_ended(Machine *m)
{
    start(m);
    os_configure(m, 1, SPI, EDGE);
    pend(m, 1, SPI);
    assert_int_equal(ack(m, 1), SPI);
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_PENDING, 1, PRIORITY, ID, SPI));
    viar(m, 1);
    veoir(m, 1, ID);
    assert_false(is_active(m, 1, SPI));
    assert_true(running_priority(m, 1) != 0xFF); /* the drop is the hypervisor's */
    eoi(m, 1, SPI);
    assert_int_equal(running_priority(m, 1), 0xFF);
}

static void a_ppi_is_that_of_the_pe_that_ends_it(Machine *m)
{
    start(m);
    os_configure(m, 0, PPI, EDGE);
    os_configure(m, 1, PPI, EDGE);
    bit_write(m, VGIC_S, 1, PPI, ISACTIVER);
    assert_true(ends_physical(m, 0, PPI, false));
    assert_true(is_active(m, 1, PPI));
}

static void a_level_that_is_still_high_comes_again(Machine *m)
{
    for (uint32_t id = PPI; id <= SPI; id += SPI - PPI) {
        restart(m);
        set_eoi_mode(m, 0, true);
        os_configure(m, 0, id, LEVEL);
        wire(m, 0, id, true);
        assert_int_equal(ack(m, 0), id);
        eoi(m, 0, id);
        assert_false(irq(m, 0));
        start_vm(m, 0, 0);
        set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_PENDING, 1, PRIORITY, ID, id));
        assert_int_equal(viar(m, 1), ID);
        assert_false(irq(m, 0));
        host_forget(&m->host);
        veoir(m, 1, ID);
        assert_false(is_active(m, 0, id));
        assert_true(irq(m, 0));
        assert_true(m->host.line_calls[0] >= 1);
        assert_int_equal(ack(m, 0), id);
    }
}

static void a_level_of_another_pe_comes_again_there(Machine *m)
{
    start(m);
    set_eoi_mode(m, 1, true);
    os_configure(m, 1, SPI, LEVEL);
    wire(m, 1, SPI, true);
    assert_int_equal(ack(m, 1), SPI);
    eoi(m, 1, SPI);
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_PENDING, 1, PRIORITY, ID, SPI));
    viar(m, 1);
    host_forget(&m->host);
    veoir(m, 1, ID);
    assert_false(irq(m, 0));
    assert_true(irq(m, 1));
    assert_int_equal(m->host.line_calls[1], 1);
    assert_int_equal(ack(m, 1), SPI);
}

static void a_level_that_fell_does_not_come_again(Machine *m)
{
    start(m);
    set_eoi_mode(m, 0, true);
    os_configure(m, 0, PPI, LEVEL);
    wire(m, 0, PPI, true);
    ack(m, 0);
    eoi(m, 0, PPI);
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_PENDING, 1, PRIORITY, ID, PPI));
    viar(m, 1);
    wire(m, 0, PPI, false);
    veoir(m, 1, ID);
    assert_false(irq(m, 0));
    assert_false(is_active(m, 0, PPI));
}

static void a_physical_interrupt_that_is_not_active_is_left_alone(Machine *m)
{
    start(m);
    os_configure(m, 0, SPI, EDGE);
    pend(m, 0, SPI);
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_PENDING, 1, PRIORITY, ID, SPI));
    viar(m, 1);
    veoir(m, 1, ID);
    assert_int_equal(state_of_lr(m, 0), LR_INVALID);
    assert_true(is_pending(m, 0, SPI));
    assert_int_equal(ack(m, 0), SPI);
}

/* SGIs, LPIs, special numbers, and interrupts that this GIC does not have. */
static void what_is_no_ppi_or_spi_is_reported_and_not_ended(Machine *m)
{
    const uint32_t odd[] = {0,
                            15,
                            1020,
                            1023,
                            1024,
                            8191,
                            32 + m->config.spis,
                            1056 + m->config.eppis,
                            4096 + m->config.espis};

    start(m);
    bit_write(m, VGIC_S, 0, 0, ISACTIVER);
    bit_write(m, VGIC_S, 0, 15, ISACTIVER);
    for (unsigned i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        start_vm(m, 0, 0);
        set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_PENDING, 1, PRIORITY, ID, odd[i]));
        viar(m, 1);
        host_forget(&m->host);
        veoir(m, 1, ID);
        expect(state_of_lr(m, 0), LR_INVALID, "State, pINTID %u", odd[i]);
        expect(m->host.report_count, 1, "reports, pINTID %u", odd[i]);
        expect(host_last_report(&m->host) &&
                   !strcmp(host_last_report(&m->host)->rule, "lr-hw-pintid"),
               true, "report, pINTID %u", odd[i]);
    }
    assert_true(is_active(m, 0, 0));
    assert_true(is_active(m, 0, 15));
}

static void a_secure_interrupt_is_not_ended_by_non_secure_software(Machine *m)
{
    const VgicCpuState secure = with_hcr(s_el1, HCR_IMO | HCR_FMO);

    start(m);
    for (int group = GROUP_0; group <= GROUP_1S; group++) {
        configure(m, 0, SPI, (Group)group, 0x40, EDGE);
        assert_false(ends_physical(m, 0, SPI, false));
        assert_false(ends_physical(m, 0, SPI, true));

        set_ich(m, ICH_LR_EL2(0), hw_list_register(LR_PENDING, 1, PRIORITY, ID, SPI));
        set_icv(m, ICC_CTLR_EL1, 0);
        assert_int_equal(iar(m, 0, &secure, 1), ID);
        eoir(m, 0, &secure, 1, ID);
        assert_false(is_active(m, 0, SPI));
    }
}

static void an_emulated_interrupt_ends_no_physical_one(Machine *m)
{
    start(m);
    os_configure(m, 0, SPI, EDGE);
    bit_write(m, VGIC_S, 0, SPI, ISACTIVER);
    start_vm(m, 0, 0);
    set_ich(m, ICH_LR_EL2(0), list_register(LR_PENDING, 1, PRIORITY, SPI));
    assert_int_equal(viar(m, 1), SPI);
    veoir(m, 1, SPI);
    assert_true(is_active(m, 0, SPI));
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(every_write_does_what_the_rules_say, EL2 | SPIS),
        TEST(each_end_of_what_no_list_register_holds_counts_once_and_wraps, EL2),
        TEST(an_end_in_two_steps_counts_once, EL2),
        TEST(lpis_begin_at_8192, EL2),
        TEST(the_list_register_that_is_active_is_found_behind_others, EL2),
        TEST(of_two_that_are_active_the_first_ends, EL2),
        TEST(list_registers_end_in_any_order_in_two_steps, EL2),
        TEST_ALONE(a_changed_binary_point_drops_the_priority_and_may_leave_the_interrupt),
        TEST(mistakes_of_the_guest_are_reported, EL2),
        TEST(the_end_of_a_list_register_ends_its_physical_interrupt, EL2 | SPIS),
        TEST(extended_interrupts_are_ended_too, EL2 | ESPIS | EPPIS),
        TEST(an_spi_that_another_pe_took_is_ended, EL2 | SPIS | SMP),
        TEST(a_ppi_is_that_of_the_pe_that_ends_it, EL2 | SMP),
        TEST(a_level_that_is_still_high_comes_again, EL2 | SPIS),
        TEST(a_level_of_another_pe_comes_again_there, EL2 | SPIS | SMP),
        TEST(a_level_that_fell_does_not_come_again, EL2),
        TEST(a_physical_interrupt_that_is_not_active_is_left_alone, EL2 | SPIS),
        TEST(what_is_no_ppi_or_spi_is_reported_and_not_ended, EL2),
        TEST(a_secure_interrupt_is_not_ended_by_non_secure_software, EL2 | WORLDS | SPIS),
        TEST(an_emulated_interrupt_ends_no_physical_one, EL2 | SPIS),
    };
    return RUN(argc, argv, "ICV end of interrupt", tests);
}
