/* SPDX-License-Identifier: BSD-2-Clause */
/* What was saved is what is loaded: in every register, in what is told of each interrupt, and in
 * everything that happens afterwards. */
#include "states.h"

#include <stdlib.h>
#include <string.h>

/* Everything that can be read without changing anything. */
static void look_at_frame(Machine *m, const VgicFrame *frame, uint64_t *sum, uint64_t *values)
{
    const VgicRegister *reg;
    const uint64_t stride = strncmp(vgic_frame_name(frame), "GICR", 4) ? 0 : 0x20000;
    const uint64_t copies = stride ? vgic_frame_size(frame) / stride : 1;

    for (uint64_t copy = 0; copy < copies; copy++) {
        for (uint32_t i = 0; (reg = vgic_frame_register(frame, i)); i++) {
            for (uint32_t j = 0; reg->access & VGIC_READABLE && j < reg->count; j++) {
                for (unsigned space = 0; space < 2; space++) {
                    uint64_t value = 0;
                    vgic_frame_read(m->gic, frame, space ? VGIC_NS : VGIC_S,
                                    copy * stride + reg->offset + j * reg->stride, reg->width / 8,
                                    &value);
                    values[(*sum)++] = value;
                }
            }
        }
    }
}

enum {
    ROOM = 400000
};

static uint64_t look(Machine *m, uint64_t *values)
{
    const VgicCpuState states[] = {m->top, m->os, guest_of(m), ns_el2};
    const VgicFrame *frame;
    const VgicSysreg *reg;
    uint64_t count = 0;

    for (uint32_t i = 0; (frame = vgic_frame_at(m->gic, i)); i++) {
        look_at_frame(m, frame, &count, values);
    }
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        values[count++] = vgic_cpu_lines(m->gic, cpu);
        for (uint32_t i = 0; (reg = vgic_sysreg_at(m->gic, i)); i++) {
            /* Reading IAR acknowledges. */
            for (unsigned i = 0; reg->access & VGIC_READABLE && !strstr(reg->name, "IAR") &&
                                 i < sizeof(states) / sizeof(states[0]);
                 i++) {
                uint64_t value = 0;
                vgic_sysreg_read(m->gic, cpu, &states[i], reg->encoding, &value);
                values[count++] = value;
            }
        }
        for (uint32_t intid = 0; intid < FIRST_LPI + 64; intid++) {
            VgicIrqInfo answer;
            if ((cpu && intid == 32) || !vgic_irq_info(m->gic, cpu, intid, &answer)) {
                intid = cpu && intid == 32 ? 1055 : intid;
                continue;
            }
            values[count++] = (uint64_t)answer.target << 32 | answer.priority << 16 |
                              answer.group << 8 | answer.enabled | answer.pending << 1 |
                              answer.active << 2 | answer.level << 3 | answer.latch << 4 |
                              answer.wire << 5 | answer.one_of_n << 6 | answer.nmi << 7;
            values[count++] = answer.held_by ? strlen(answer.held_by) : 0;
        }
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
    uint64_t count = look(m, before); /* once for STATUSR, which notes some of it */
    count = look(m, before);
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

static void saving_changes_nothing(Machine *m)
{
    State first, second;

    make_busy(m, MAKE_STEPS);
    m->host.report_count = 0;
    const uint32_t calls = m->host.line_calls_total;
    first = state_of(m);
    second = state_of(m);
    assert_true(state_equal(&first, &second));
    assert_int_equal(m->host.line_calls_total, calls);
    assert_int_equal(m->host.report_count, 0);
    state_free(&first);
    state_free(&second);
}

/* Two machines do the same, and one of them is moved after every step. */
static void goes_on_as_if_nothing_had_happened(Machine *m)
{
    static uint32_t intids[2][MAX_DRAINED];

    for (unsigned at = 0; at <= MAKE_STEPS; at++) {
        Machine *pair[2] = {m, NULL};
        for (unsigned i = 0; i < machine_type_count; i++) {
            if (!strcmp(machine_types[i].name, m->name)) {
                pair[1] = machine_new_of_type(&machine_types[i]);
            }
        }
        assert_non_null(pair[1]);
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

/* The order of arrival, private, shared and LPIs mixed. */
static void keeps_the_order_of_arrival(Machine *m)
{
    static const uint32_t arrival[] = {40, 25, FIRST_LPI + 1, 3, 41, FIRST_LPI, 7, 33};
    const unsigned count = sizeof(arrival) / sizeof(arrival[0]);

    start(m);
    if (has(m, DIRECT)) {
        lpi_byte(m, FIRST_LPI, 0x40, true);
        lpi_byte(m, FIRST_LPI + 1, 0x40, true);
        lpi_tables(m, 0);
        enable_lpis(m, 0);
    }
    for (unsigned i = 0; i < count; i++) {
        if (arrival[i] < FIRST_LPI) {
            configure(m, 0, arrival[i], GROUP_1NS, lpi_priority(m, 0x40), EDGE);
            pend(m, 0, arrival[i]);
        } else if (has(m, DIRECT)) {
            gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, arrival[i]);
        }
    }
    move(m);
    for (unsigned i = 0; i < count; i++) {
        if (arrival[i] < FIRST_LPI || has(m, DIRECT)) {
            expect(ack(m, 0), arrival[i], "number %u in turn", i);
            eoi(m, 0, arrival[i]);
        }
    }
    expect(ack(m, 0), VGIC_INTID_SPURIOUS, "after the last");
}

static void keeps_where_an_spi_is_active(Machine *m)
{
    start(m);
    os_configure(m, 1, 40, EDGE);
    pend(m, 0, 40);
    assert_int_equal(ack(m, 1), 40);
    route_to(m, 40, 0);
    pend(m, 0, 40);
    move(m);

    assert_true(is_active(m, 0, 40));
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
    eoi(m, 1, 40);
    assert_int_equal(ack(m, 0), 40);
}

static void keeps_the_turn_of_one_of_n(Machine *m)
{
    start(m);
    os_configure(m, 0, 40, EDGE);
    route_write(m, VGIC_S, 40, 1ull << 31);
    for (unsigned i = 0; i < 2 * m->config.cpus; i++) {
        pend(m, 0, 40);
        move(m);
        const uint32_t cpu = i % m->config.cpus;
        expect(info(m, 0, 40).target, cpu, "number %u", i);
        expect(ack(m, cpu), 40, "number %u", i);
        move(m);
        eoi(m, cpu, 40);
        move(m);
    }
}

static void keeps_one_of_n_that_waits_for_a_pe(Machine *m)
{
    start(m);
    os_configure(m, 0, 40, EDGE);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        cpu_group(m, cpu, GROUP_1NS, false);
    }
    route_write(m, VGIC_S, 40, 1ull << 31);
    pend(m, 0, 40);
    move(m);

    assert_int_equal(info(m, 0, 40).target, UINT32_MAX);
    cpu_group(m, 1, GROUP_1NS, true);
    assert_true(irq(m, 1));
    assert_int_equal(ack(m, 1), 40);
}

/* The wire is level, message and latch are apart from each other. */
static void keeps_what_makes_an_interrupt_pending(Machine *m)
{
    start(m);
    for (uint32_t intid = 40; intid < 43; intid++) {
        os_configure(m, 0, intid, LEVEL);
    }
    wire(m, 0, 40, true);
    pend(m, 0, 41);
    gicd_write(m, VGIC_NS, GICD_SETSPI_NSR, 42);
    move(m);

    for (uint32_t intid = 40; intid < 43; intid++) {
        assert_true(is_pending(m, 0, intid));
        bit_write(m, VGIC_S, 0, intid, ICPENDR);
    }
    assert_true(is_pending(m, 0, 40));
    assert_false(is_pending(m, 0, 41));
    assert_true(is_pending(m, 0, 42));
    wire(m, 0, 40, false);
    gicd_write(m, VGIC_NS, GICD_CLRSPI_NSR, 42);
    assert_false(is_pending(m, 0, 40));
    assert_false(is_pending(m, 0, 42));
}

static void keeps_running_priorities(Machine *m)
{
    static const uint8_t priorities[] = {0xC0, 0xA0, 0x80};

    start(m);
    for (uint32_t i = 0; i < 3; i++) {
        configure(m, 0, i, GROUP_1NS, priorities[i], EDGE);
        pend(m, 0, i);
        assert_int_equal(ack(m, 0), i);
    }
    move(m);
    for (uint32_t i = 3; i-- > 0;) {
        expect(running_priority(m, 0), priorities[i], "with %u active", i + 1);
        eoi(m, 0, i);
    }
    expect(running_priority(m, 0), 0xFF, "idle");
}

static void sets_the_lines_anew(Machine *m)
{
    State with, without;

    start(m);
    os_configure(m, 0, 20, LEVEL);
    without = state_of(m);
    wire(m, 0, 20, true);
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
    state_free(&reset);
    state_free(&again);
}

static void keeps_ds(Machine *m)
{
    gicd_write(m, VGIC_S, GICD_CTLR, 1u << 6);
    assert_true(gicd_read(m, VGIC_NS, GICD_CTLR) >> 6 & 1);
    move(m);
    assert_true(gicd_read(m, VGIC_NS, GICD_CTLR) >> 6 & 1);
    start(m);
    os_configure(m, 0, 20, EDGE);
    pend(m, 0, 20);
    assert_true(irq(m, 0));
}

static void keeps_the_state_of_the_pe(Machine *m)
{
    start(m);
    os_configure(m, 0, 20, EDGE);
    pend(m, 0, 20);
    vgic_cpu_set_state(m->gic, 0, &s_el1);
    assert_true(fiq(m, 0));
    move(m);
    assert_true(fiq(m, 0));
    vgic_cpu_set_state(m->gic, 0, &m->os);
    assert_true(irq(m, 0));
}

/* NMIs and virtual interrupts. */

static void keeps_nmis(Machine *m)
{
    start(m);
    os_configure(m, 0, 20, EDGE);
    os_configure(m, 0, 21, EDGE);
    os_configure(m, 0, 40, EDGE);
    priority_write(m, VGIC_S, 0, 40, 0xF0);
    set_nmi(m, 0, 21, true);
    set_nmi(m, 0, 40, true);
    pend(m, 0, 20);
    pend(m, 0, 40);
    pend(m, 0, 21);
    move(m);
    assert_true(vgic_cpu_lines(m->gic, 0) & VGIC_LINE_NMI);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_NMIAR1_EL1), 40); /* it came first */
    move(m);
    assert_true(icc_read(m, 0, &m->os, ICC_AP1R0_EL1) >> 63);
    assert_true(icc_read(m, 0, &m->os, ICC_RPR_EL1) >> 63);
    assert_false(vgic_cpu_lines(m->gic, 0) & (VGIC_LINE_NMI | VGIC_LINE_IRQ));
    eoi(m, 0, 40);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_NMIAR1_EL1), 21);
    eoi(m, 0, 21);
    move(m);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_NMIAR1_EL1), VGIC_INTID_SPURIOUS);
    assert_int_equal(ack(m, 0), 20);
}

/* Of two Security states: each copy of AP1R0 has its own bit. */
static void keeps_nmis_of_each_security_state(Machine *m)
{
    start(m);
    configure(m, 0, 20, GROUP_1NS, OS_PRIORITY, EDGE);
    configure(m, 0, 21, GROUP_1S, OS_PRIORITY, EDGE);
    set_nmi(m, 0, 20, true);
    set_nmi(m, 0, 21, true);
    pend(m, 0, 20);
    assert_int_equal(icc_read(m, 0, &m->os, ICC_NMIAR1_EL1), 20);
    move(m);
    pend(m, 0, 21);
    assert_int_equal(icc_read(m, 0, &s_el1, ICC_NMIAR1_EL1), 21);
    move(m);
    assert_int_equal(icc_read(m, 0, &el3, ICC_RPR_EL1) >> 62, 3);
    assert_int_equal(running_priority(m, 0), 0);
    eoir(m, 0, &el3, 1, 21);
    move(m);
    assert_int_equal(running_priority(m, 0), 0x80);
    assert_int_equal(icc_read(m, 0, &el3, ICC_RPR_EL1) >> 62, 1);
}

/* The guest ends what it began before the move, in every list register. */
static void keeps_list_registers_in_mid_flight(Machine *m)
{
    const VgicCpuState guest = guest_of(m);
    const unsigned count = list_registers(m);
    const uint32_t cpu = last_cpu(m);

    start_guest(m, cpu);
    for (unsigned n = 0; n < count; n++) {
        icc_write(m, cpu, &ns_el2, ICH_LR_EL2(n),
                  list_register(LR_PENDING, FIRST_VINTID + n, 1, (uint8_t)(8 * (count - n))));
        move(m);
        assert_true(vgic_cpu_lines(m->gic, cpu) & VGIC_LINE_VIRQ);
        expect(iar(m, cpu, &guest, 1), FIRST_VINTID + n, "interrupt %u", n);
        move(m);
        assert_false(vgic_cpu_lines(m->gic, cpu) & VGIC_LINE_VIRQ);
    }
    for (unsigned n = count; n-- > 0;) {
        expect(icc_read(m, cpu, &guest, ICC_RPR_EL1), 8 * (count - n), "with %u active", n + 1);
        eoir(m, cpu, &guest, 1, FIRST_VINTID + n);
        move(m);
        expect(icc_read(m, cpu, &ns_el2, ICH_LR_EL2(n)) >> 62, 0, "state of list register %u", n);
    }
    assert_int_equal(icc_read(m, cpu, &guest, ICC_RPR_EL1), 0xFF);
    assert_int_equal(icc_read(m, cpu, &ns_el2, ICH_ELRSR_EL2), (1u << count) - 1);
}

/* EOImode 1, a vINTID that no list register has, and the count of it. */
static void keeps_eoicount(Machine *m)
{
    const VgicCpuState guest = guest_of(m);

    start_guest(m, 0);
    icc_write(m, 0, &ns_el2, ICH_VMCR_EL2, VMCR(0xFF, VMCR_VENG | VMCR_VEOIM));
    icc_write(m, 0, &ns_el2, ICH_HCR_EL2, HCR_EN | HCR_LRENPIE);
    for (unsigned i = 0; i < 40; i++) {
        dir(m, 0, &guest, 100 + i);
        move(m);
        const uint64_t hcr = icc_read(m, 0, &ns_el2, ICH_HCR_EL2);
        const bool line = vgic_cpu_lines(m->gic, 0) & VGIC_LINE_MAINTENANCE;

        expect(hcr >> 27, (i + 1) % 32, "EOIcount after %u", i + 1);
        expect(line, i != 31, "maintenance interrupt after %u", i + 1);
    }
}

static void keeps_virtual_nmis(Machine *m)
{
    const VgicCpuState guest = guest_of(m);

    start_guest(m, 0);
    icc_write(m, 0, &ns_el2, ICH_LR_EL2(0),
              list_register(LR_PENDING, FIRST_VINTID, 1, 0xE0) | LR_NMI);
    move(m);
    assert_true(vgic_cpu_lines(m->gic, 0) & VGIC_LINE_VNMI);
    assert_int_equal(icc_read(m, 0, &guest, ICC_NMIAR1_EL1), FIRST_VINTID);
    move(m);
    assert_true(icc_read(m, 0, &ns_el2, ICH_AP1R0_EL2) >> 63);
    assert_true(icc_read(m, 0, &guest, ICC_RPR_EL1) >> 63);
    eoir(m, 0, &guest, 1, FIRST_VINTID);
    move(m);
    assert_int_equal(icc_read(m, 0, &ns_el2, ICH_LR_EL2(0)) >> 62, 0);
    assert_int_equal(icc_read(m, 0, &ns_el2, ICH_AP1R0_EL2), 0);
}

/* Both kinds at once, at the same priorities. */
static void keeps_virtual_and_physical_apart(Machine *m)
{
    const VgicCpuState guest = guest_of(m);

    start(m);
    start_guest(m, 0);
    os_configure(m, 0, 20, EDGE);
    pend(m, 0, 20);
    assert_int_equal(ack(m, 0), 20);
    move(m);
    assert_int_equal(icc_read(m, 0, &guest, ICC_RPR_EL1), 0xFF);
    icc_write(m, 0, &ns_el2, ICH_LR_EL2(0), list_register(LR_PENDING, 20, 0, 0x40) | LR_HW(20));
    assert_int_equal(iar(m, 0, &guest, 0), 20);
    eoi(m, 0, 20); /* drops the physical priority; the interrupt ends with the virtual one */
    bit_write(m, VGIC_S, 0, 20, ISACTIVER);
    move(m);
    assert_int_equal(running_priority(m, 0), 0xFF);
    assert_int_equal(icc_read(m, 0, &guest, ICC_RPR_EL1), 0x40);
    assert_true(is_active(m, 0, 20));
    eoir(m, 0, &guest, 0, 20);
    assert_false(is_active(m, 0, 20));
}

/* Level-sensitive or edge-triggered: the wire is where it was, and the edge is not seen again. */
static void keeps_the_maintenance_interrupt(Machine *unused)
{
    (void)unused;
    for (unsigned edge = 0; edge < 2; edge++) {
        Machine *m = machine_new_of_type(state_machine("v3-2cpu-el2-ppi25"));

        start(m);
        os_configure(m, 1, 25, edge ? EDGE : LEVEL);
        icc_write(m, 1, &ns_el2, ICH_HCR_EL2, HCR_EN | HCR_UIE);
        move(m);
        assert_true(irq(m, 1));
        assert_true(info(m, 1, 25).wire);
        assert_int_equal(ack(m, 1), 25);
        move(m);
        expect(is_pending(m, 1, 25), !edge, "pending when it was taken");
        icc_write(m, 1, &ns_el2, ICH_HCR_EL2, 0);
        move(m);
        eoi(m, 1, 25);
        assert_false(info(m, 1, 25).wire);
        assert_int_equal(ack(m, 1), VGIC_INTID_SPURIOUS);
        machine_free(m);
    }
}

static void sets_the_virtual_lines_anew(Machine *m)
{
    State with, without;

    start_guest(m, 0);
    without = state_of(m);
    icc_write(m, 0, &ns_el2, ICH_LR_EL2(0), list_register(LR_PENDING, FIRST_VINTID, 0, 0x40));
    icc_write(m, 0, &ns_el2, ICH_HCR_EL2, HCR_EN | HCR_UIE);
    with = state_of(m);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), VGIC_LINE_VFIQ | VGIC_LINE_MAINTENANCE);

    host_forget(&m->host);
    state_load(m, &without);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), 0);
    assert_int_equal(m->host.line_calls_total, 1);
    state_load(m, &with);
    assert_int_equal(vgic_cpu_lines(m->gic, 0), VGIC_LINE_VFIQ | VGIC_LINE_MAINTENANCE);
    assert_int_equal(m->host.line_calls_total, 2);
    state_load(m, &with);
    assert_int_equal(m->host.line_calls_total, 2);
    state_free(&with);
    state_free(&without);
}

/* LPIs and ITSs. */

/* A chunk of LPIs that is idle is in the table nevertheless: disabling clears its bits there. */
static void remembers_lpis_that_were_taken(Machine *m)
{
    start(m);
    lpi_byte(m, FIRST_LPI + 5, OS_PRIORITY, true);
    lpi_tables(m, 0);
    set_table_bit(m, 0, FIRST_LPI + 5, true);
    gicr_write64(m, 0, VGIC_NS, GICR_PENDBASER, PENDING_TABLE(0));
    enable_lpis(m, 0);
    assert_int_equal(ack(m, 0), FIRST_LPI + 5);
    eoi(m, 0, FIRST_LPI + 5);
    move(m);
    disable_lpis(m, 0);
    assert_false(table_bit(m, 0, FIRST_LPI + 5));
    enable_lpis(m, 0);
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
}

/* The configuration that was read stays, until an INV. */
static void keeps_cached_configuration(Machine *m)
{
    start_lpis(m);
    lpi_byte(m, FIRST_LPI, OS_PRIORITY, true);
    gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, FIRST_LPI);
    lpi_byte(m, FIRST_LPI, OS_PRIORITY, false);
    move(m);
    assert_true(irq(m, 0));
    gicr_write64(m, 0, VGIC_NS, GICR_INVLPIR, FIRST_LPI);
    assert_false(irq(m, 0));
    move(m);
    assert_true(lpi_pending(m, FIRST_LPI));
    lpi_byte(m, FIRST_LPI, OS_PRIORITY, true);
    gicr_write64(m, 0, VGIC_NS, GICR_INVALLR, 0);
    assert_int_equal(ack(m, 0), FIRST_LPI);
}

static void translations_are_those_of_guest_memory(Machine *m)
{
    Its its = its_start(m);

    for (uint32_t event = 0; event < 8; event++) {
        its_map(&its, 1, event, FIRST_LPI + event, event % 2);
        its_msi(&its, 1, event);
    }
    move(m);
    for (uint32_t event = 0; event < 8; event++) {
        assert_true(translates(&its, 1, event, FIRST_LPI + event, event % 2, event % 2));
        assert_true(lpi_pending(m, FIRST_LPI + event));
    }
    its_do(&its, discard(1, 3));
    assert_false(lpi_pending(m, FIRST_LPI + 3));
    assert_true(untranslated(&its, 1, 3));
}

static void a_stalled_queue_stays_stalled(Machine *m)
{
    Its its = its_start(m);

    ram_fail(&m->host.ram, QUEUE(0), QUEUE(0) + 0xFFFF, FAIL_READS);
    its_put(&its, mapc(m, 1, 0));
    its_go(&its);
    if (!m->config.its_options.errors) {
        assert_true(its_read(&its, GITS_CREADR) & STALLED);
    }
    move(m);
    assert_true(its_read(&its, GITS_CREADR) & STALLED);
    ram_heal(&m->host.ram);
    its_write64(&its, GITS_CWRITER, its.tail | RETRY);
    its_finish(&its);
    assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
    assert_true(its_read64(&its, GITS_CREADR) == its.tail);
}

/* A host that works in slices is asked to go on where the state was taken. */
static void work_goes_on(Machine *m)
{
    Its its = its_start(m);
    VgicHost callbacks = callbacks_of(m);

    if (!callbacks.work) {
        skip();
    }
    for (uint32_t i = 0; i < 100; i++) {
        its_put(&its, mapti(1, i % 16, FIRST_LPI + i % 16, 0));
    }
    its_put(&its, movall(m, 0, 1));
    for (uint32_t i = 0; i < 5; i++) {
        its_put(&its, command_int(1, i));
    }
    its_go(&its);
    while (vgic_work(m->gic)) {
        m->host.work_calls = 0;
        move(m);
        assert_int_equal(m->host.work_calls, 1);
    }
    assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
    for (uint32_t i = 0; i < 5; i++) {
        assert_true(lpi_pending(m, FIRST_LPI + i));
    }
}

/* The chunks of records that a GIC has do not count against what it loads. */
static void a_limit_is_for_what_is_loaded(Machine *unused)
{
    const VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .lpi_bits = 14, .lpi_limit = 2048);
    Machine *m = machine_new("limited", &config, false);
    State states[3];

    (void)unused;
    for (unsigned i = 0; i < 3; i++) {
        vgic_reset(m->gic, VGIC_RESET_COLD);
        start_lpis(m);
        for (unsigned j = 0; j < 2; j++) {
            const uint32_t intid = FIRST_LPI + 1024 * (2 * i + j);
            lpi_byte(m, intid, OS_PRIORITY, true);
            gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, intid);
            assert_true(lpi_pending(m, intid));
        }
        states[i] = state_of(m);
        if (i == 1) {
            vgic_reset(m->gic, VGIC_RESET_COLD); /* chunks are spare now */
        }
        for (unsigned j = 0; j <= i; j++) {
            state_load(m, &states[j]);
            assert_true(lpi_pending(m, FIRST_LPI + 2048 * j));
            assert_false(lpi_pending(m, FIRST_LPI + 2048 * (j + 1)));
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

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(loads_what_was_saved, FEW_CPUS),
        TEST(saving_changes_nothing, 0),
        TEST(goes_on_as_if_nothing_had_happened, FEW_CPUS),
        TEST(keeps_the_order_of_arrival, SPIS),
        TEST(keeps_where_an_spi_is_active, SPIS | SMP | FEW_CPUS),
        TEST(keeps_the_turn_of_one_of_n, SPIS | ONE_OF_N | FEW_CPUS),
        TEST(keeps_one_of_n_that_waits_for_a_pe, SPIS | ONE_OF_N | SMP | FEW_CPUS),
        TEST(keeps_what_makes_an_interrupt_pending, SPIS | MESSAGES),
        TEST(keeps_running_priorities, 0),
        TEST(sets_the_lines_anew, 0),
        TEST(replaces_everything, 0),
        TEST(keeps_ds, SETTABLE_DS),
        TEST(keeps_the_state_of_the_pe, WORLDS),
        TEST(keeps_nmis, NMIS | SPIS | FEW_CPUS),
        TEST(keeps_nmis_of_each_security_state, NMIS | WORLDS | SETTABLE_DS),
        TEST(keeps_list_registers_in_mid_flight, EL2),
        TEST(keeps_eoicount, EL2),
        TEST(keeps_virtual_nmis, EL2 | NMIS),
        TEST(keeps_virtual_and_physical_apart, EL2),
        TEST_ALONE(keeps_the_maintenance_interrupt),
        TEST(sets_the_virtual_lines_anew, EL2),
        TEST(remembers_lpis_that_were_taken, LPIS),
        TEST(keeps_cached_configuration, DIRECT),
        TEST(translations_are_those_of_guest_memory, ITS | SMP),
        TEST(a_stalled_queue_stays_stalled, ITS),
        TEST(work_goes_on, ITS | SMP),
        TEST_ALONE(a_limit_is_for_what_is_loaded),
        TEST(makes_a_gic_to_look_at, 0),
        TEST(any_alignment_loads, FEW_CPUS),
    };
    return RUN(argc, argv, "round-trip", tests);
}
