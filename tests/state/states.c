/* SPDX-License-Identifier: BSD-2-Clause */
#include "states.h"

#include "v5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V3(...) VGIC_CONFIG_INIT(VGIC_V3, __VA_ARGS__)

const MachineType state_machines[] = {
    {.name = "v3-2cpu-el2-ppi25",
     .config = V3(.cpus = 2, .spis = 32, .el2 = true, .maintenance_intid = 25,
                  .ich_options = {.list_registers = 5, .priority_bits = 7, .preemption_bits = 6})},
    {.name = "v3-2cpu-el2-nmi-ppi25-secure",
     .config = V3(.cpus = 2, .spis = 32, .eppis = 32, .espis = 32, .el2 = true, .el3 = true,
                  .nmi = true, .security_states = 2, .maintenance_intid = 25,
                  .sre_enable_writable = true, .ich_options = {.list_registers = 16})},
};
const unsigned state_machine_count = sizeof(state_machines) / sizeof(state_machines[0]);

const MachineType *state_machine(const char *name)
{
    for (unsigned i = 0; i < machine_type_count; i++) {
        if (!strcmp(machine_types[i].name, name)) {
            return &machine_types[i];
        }
    }
    for (unsigned i = 0; i < state_machine_count; i++) {
        if (!strcmp(state_machines[i].name, name)) {
            return &state_machines[i];
        }
    }
    for (unsigned i = 0; i < v5_machine_type_count; i++) {
        if (!strcmp(v5_machine_types[i].name, name)) {
            return &v5_machine_types[i];
        }
    }
    fail_msg("there is no machine '%s'", name);
    return NULL;
}

State state_of(Machine *m)
{
    State state = {.bytes = NULL};
    VgicError *error = NULL;
    uint8_t *bytes = vgic_save(m->gic, &state.size, &error);

    if (!bytes) {
        fail_msg("vgic_save: %s", error ? vgic_error_message(error) : "no error");
    }
    state.bytes = malloc(state.size);
    assert_non_null(state.bytes);
    memcpy(state.bytes, bytes, state.size);
    vgic_state_free(bytes);
    return state;
}

void state_free(State *state)
{
    free(state->bytes);
    state->bytes = NULL;
}

bool state_equal(const State *a, const State *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

void state_load(Machine *m, const State *state)
{
    VgicError *error = NULL;

    if (!vgic_load(m->gic, state->bytes, state->size, &error)) {
        fail_msg("vgic_load: %s", error ? vgic_error_message(error) : "no error");
    }
    assert_null(error);
}

VgicHost callbacks_of(const Machine *m)
{
    VgicHost callbacks = host_callbacks(false);

    if (m->config.lpi_bits) {
        host_add_memory(&callbacks);
    }
    for (unsigned i = 0; i < machine_type_count; i++) {
        if (!strcmp(machine_types[i].name, m->name) && machine_types[i].work) {
            host_add_work(&callbacks);
        }
    }
    return callbacks;
}

void move(Machine *m)
{
    VgicHost callbacks = callbacks_of(m);
    State state = state_of(m);
    Vgic *next = vgic_new(&m->config, &callbacks, &m->host, NULL);

    assert_non_null(next);
    vgic_free(m->gic);
    m->gic = next;
    m->host.gic = next;
    memset(m->host.lines, 0, sizeof(m->host.lines));
    state_load(m, &state);
    state_free(&state);
}

static uint32_t last_private(const Machine *m)
{
    return m->config.eppis ? 1055 + m->config.eppis : 31;
}

static void private_interrupts(Machine *m, uint32_t cpu)
{
    configure(m, cpu, 0, GROUP_1NS, OS_PRIORITY, EDGE);
    configure(m, cpu, 3, GROUP_0, OS_HIGHER, EDGE);
    configure(m, cpu, 20, GROUP_1NS, OS_PRIORITY, LEVEL);
    configure(m, cpu, 21, GROUP_1NS, OS_PRIORITY, EDGE);
    configure(m, cpu, last_private(m), GROUP_1NS, OS_LOWER, LEVEL);
    pend(m, cpu, 21);
    pend(m, cpu, 0);
    wire(m, cpu, 20, true);
    wire(m, cpu, last_private(m), true);
    wire(m, cpu, 22, true); /* not enabled */
    nsacr_write(m, cpu, 3, 1);
}

static void shared_interrupts(Machine *m)
{
    for (uint32_t intid = 32; intid < 40; intid++) {
        configure(m, intid % m->config.cpus, intid, intid % 4 ? GROUP_1NS : GROUP_0,
                  intid & 1 ? OS_PRIORITY : OS_LOWER, intid % 3 ? LEVEL : EDGE);
        wire(m, 0, intid, intid & 4);
    }
    pend(m, 0, 39);
    pend(m, 0, 36);
    route_write(m, VGIC_S, 37, 0x00AA00BBCCull); /* no PE is there */
    if (has(m, ONE_OF_N)) {
        route_write(m, VGIC_S, 38, 1ull << 31);
        route_write(m, VGIC_S, 33, 1ull << 31);
    }
    if (has(m, ESPIS)) {
        configure(m, 0, 4096, GROUP_1NS, OS_PRIORITY, EDGE);
        pend(m, 0, 4096);
    }
    if (has(m, MESSAGES)) {
        gicd_write(m, VGIC_S, has(m, TWO_STATES) ? GICD_SETSPI_SR : GICD_SETSPI_NSR, 35);
    }
    if (has(m, TWO_STATES)) {
        nsacr_write(m, 0, 34, 3);
        bit_write(m, VGIC_S, 0, 34, IGRPMODR);
    }
}

/* Something active at every PE, with another one on top of it. */
static void active_interrupts(Machine *m)
{
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        ack(m, cpu);
        configure(m, cpu, 5, GROUP_1NS, 0x80, EDGE);
        pend(m, cpu, 5);
        ack(m, cpu);
    }
}

static void interface_registers(Machine *m)
{
    const uint32_t cpu = last_cpu(m);

    icc_write(m, cpu, &m->os, ICC_BPR1_EL1, 4);
    icc_write(m, cpu, &m->top, ICC_BPR0_EL1, 3);
    icc_write(m, cpu, &m->top, ICC_PMR_EL1, 0xF8);
    set_eoi_mode(m, cpu, true);
    gicr_write(m, cpu, VGIC_S, GICR_CTLR, gicr_read(m, cpu, VGIC_S, GICR_CTLR) | 1u << 25);
    gicr_write(m, cpu, VGIC_S, GICR_WAKER, has(m, SLEEPS) ? 2 : 0);
    frame_read(m, "GICD", VGIC_NS, 0xC, 4, &(uint64_t){0}); /* reserved: noted in STATUSR */
}

static void lpis(Machine *m)
{
    for (uint32_t i = 0; i < 40; i++) {
        lpi_byte(m, FIRST_LPI + i, i % 5 ? OS_PRIORITY : OS_LOWER, i % 7);
    }
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        lpi_tables(m, cpu);
        set_table_bit(m, cpu, FIRST_LPI + 11 * cpu, true);
        /* Without PTZ: the table is read. */
        gicr_write64(m, cpu, VGIC_NS, GICR_PENDBASER, PENDING_TABLE(cpu));
        enable_lpis(m, cpu);
    }
    if (has(m, DIRECT)) {
        gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, FIRST_LPI + 30);
        gicr_write64(m, last_cpu(m), VGIC_NS, GICR_SETLPIR, FIRST_LPI + 29);
        gicr_write64(m, 0, VGIC_NS, GICR_SETLPIR, last_lpi(m));
        gicr_write64(m, 0, VGIC_NS, GICR_INVLPIR, FIRST_LPI + 30);
    }
}

static void its_traffic(Machine *m)
{
    Its its = its_open(m, 0);

    its_do(&its, mapd(1, 5, ITT(1)));
    its_do(&its, mapc(m, 0, 0));
    its_do(&its, mapc(m, 5, last_cpu(m)));
    for (uint32_t event = 0; event < 16; event++) {
        its_do(&its, mapti(1, event, FIRST_LPI + event, event & 1 ? 5 : 0));
        its_msi(&its, 1, event);
    }
    its_do(&its, movi(1, 3, 0));
    its_do(&its, movi(1, 4, 5));
    its_do(&its, clear(1, 6));
    its_do(&its, inv(1, 7));
    its_msi(&its, 1, 31); /* no translation: UMSIR */
}

/* Commands that stay in the queue: it is written while the ITS is disabled. */
static void its_left_over(Machine *m)
{
    Its its = its_set_up(m, m->config.its - 1);

    for (unsigned i = 0; i < 8; i++) {
        its_put(&its, mapc(m, i % 4, i % m->config.cpus));
    }
    its_put(&its, mapd(2, 5, ITT(2)));
    its_put(&its, mapti(2, 1, FIRST_LPI + 20, 3));
    its_put(&its, command_int(2, 1));
    its_go(&its);
    if (has(m, TWO_ITS)) {
        its_write(&its, GITS_CTLR, 1);
    }
}

/* An active NMI at every PE, and others that wait: behind it, in Group 0 where the property means
 * nothing, disabled. */
static void nmis(Machine *m)
{
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        configure(m, cpu, 23, GROUP_1NS, OS_LOWER, EDGE);
        configure(m, cpu, 24, GROUP_1NS, OS_PRIORITY, EDGE);
        configure(m, cpu, 26, GROUP_0, OS_LOWER, EDGE);
        set_nmi(m, cpu, 23, true);
        set_nmi(m, cpu, 24, true);
        set_nmi(m, cpu, 26, true);
        set_nmi(m, cpu, 7, true); /* not enabled */
        pend(m, cpu, 24);
        pend(m, cpu, 26);
        icc_read(m, cpu, &m->os, ICC_NMIAR1_EL1);
        pend(m, cpu, 23);
        pend(m, cpu, 7);
    }
    if (has(m, SPIS)) {
        set_nmi(m, 0, 33, true);
        set_nmi(m, 0, last_spi(m), true);
    }
    if (has(m, ESPIS)) {
        set_nmi(m, 0, 4096, true);
    }
    if (has(m, EPPIS)) {
        set_nmi(m, last_cpu(m), last_private(m), true);
    }
}

VgicCpuState guest_of(const Machine *m)
{
    return with_hcr(m->os, HCR_IMO | HCR_FMO);
}

uint64_t list_register(unsigned state, uint32_t vintid, unsigned group, uint8_t priority)
{
    return (uint64_t)state << 62 | (uint64_t)group << 60 | (uint64_t)priority << 48 | vintid;
}

unsigned list_registers(const Machine *m)
{
    const unsigned count = m->config.ich_options.list_registers;

    return count ? count : 4;
}

void start_guest(Machine *m, uint32_t cpu)
{
    icc_write(m, cpu, &ns_el2, ICH_VMCR_EL2, VMCR(0xFF, VMCR_VENG));
    icc_write(m, cpu, &ns_el2, ICH_HCR_EL2, HCR_EN);
}

/* Every list register is in use, each in another way. */
static void fill_list_registers(Machine *m, uint32_t cpu)
{
    for (unsigned n = 0; n < list_registers(m); n++) {
        uint64_t lr = list_register(n % 8 == 6 ? LR_ACTIVE : LR_PENDING, FIRST_VINTID + n,
                                    n % 4 != 3, (uint8_t)(0x80 - 0x10 * (n % 8)));

        if (n % 4 == 2) {
            lr |= LR_HW(20 + n % 2);
        } else if (n % 5 == 1) {
            lr |= LR_EOI;
        }
        if (m->config.nmi && n % 4 == 0 && n) {
            lr |= LR_NMI;
        }
        icc_write(m, cpu, &ns_el2, ICH_LR_EL2(n), lr);
    }
}

/* The guest of each PE handles two interrupts and ended a third; one list register is pending and
 * active, EOIcount stands, and each maintenance condition is on somewhere. */
static void virtual_interrupts(Machine *m)
{
    const VgicCpuState guest = guest_of(m);

    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        start_guest(m, cpu);
        icc_write(m, cpu, &ns_el2, ICH_LR_EL2(0),
                  list_register(LR_PENDING, FIRST_VINTID + 40, 1, 0x10) | LR_EOI);
        eoir(m, cpu, &guest, 1, iar(m, cpu, &guest, 1));
        for (unsigned i = 0; i < 2; i++) {
            icc_write(
                m, cpu, &ns_el2, ICH_LR_EL2(0),
                list_register(LR_PENDING, FIRST_VINTID + 41 + i, i, (uint8_t)(0xC0 - 0x40 * i)));
            iar(m, cpu, &guest, (int)i);
        }
        fill_list_registers(m, cpu);
        icc_write(m, cpu, &ns_el2, ICH_LR_EL2(list_registers(m) - 1),
                  list_register(LR_ACTIVE | LR_PENDING, FIRST_VINTID + 30, 1, 0x40));
        icc_write(m, cpu, &ns_el2, ICH_HCR_EL2,
                  (cpu % 2 ? HCR_LRENPIE | HCR_UIE : HCR_NPIE | 0x50) | HCR_EN |
                      HCR_EOICOUNT(3 + cpu));
        if (m->config.maintenance_intid) {
            os_configure(m, cpu, m->config.maintenance_intid, LEVEL);
        }
        icc_write(m, cpu, &guest, ICC_BPR1_EL1, 5);
        icc_write(m, cpu, has(m, EL3) ? &el3 : &ns_el2, ICC_SRE_EL2, 0xF);
    }
}

void make_busy(Machine *m, unsigned steps)
{
    if (m->config.model == VGIC_V5) {
        make_busy5(m, steps);
        return;
    }
    if (steps > 0) {
        start(m);
    }
    for (uint32_t cpu = 0; steps > 1 && cpu < m->config.cpus; cpu++) {
        private_interrupts(m, cpu);
    }
    if (steps > 2 && has(m, SPIS)) {
        shared_interrupts(m);
    }
    if (steps > 3 && has(m, LPIS)) {
        lpis(m);
    }
    if (steps > 4) {
        active_interrupts(m);
    }
    if (steps > 5) {
        interface_registers(m);
    }
    if (steps > 6 && has(m, ITS)) {
        its_traffic(m);
    }
    if (steps > 7 && has(m, TWO_ITS)) {
        its_left_over(m);
    }
    if (steps > 8 && has(m, NMIS)) {
        nmis(m);
    }
    if (steps > 9 && has(m, EL2)) {
        virtual_interrupts(m);
    }
}

/* Both groups of a guest; its running priority is whatever the state has. */
static unsigned drain_guest(Machine *m, uint32_t cpu, uint32_t *intids, unsigned room)
{
    const VgicCpuState guest = guest_of(m);
    unsigned count = 0;

    for (unsigned round = 0; round < 20 && count + 1 < room; round++) {
        const int group = (int)round % 2;
        const uint32_t intid = iar(m, cpu, &guest, group);

        intids[count++] = intid;
        if (intid < 1020 || intid > 1023) {
            eoir(m, cpu, &guest, group, intid);
        }
        intids[count++] = (uint32_t)icc_read(m, cpu, &ns_el2, ICH_MISR_EL2);
    }
    return count;
}

unsigned drain(Machine *m, uint32_t *intids, unsigned room)
{
    unsigned count = 0;

    if (m->config.model == VGIC_V5) {
        return drain5(m, intids, room);
    }
    /* Level-sensitive ones come back for ever: a few rounds of each PE. */
    for (unsigned round = 0; round < 40; round++) {
        for (uint32_t cpu = 0; cpu < m->config.cpus && count < room; cpu++) {
            const uint32_t intid = ack(m, cpu);

            intids[count++] = intid;
            if (intid < 1020 || intid > 1023) {
                eoi(m, cpu, intid);
            }
        }
    }
    for (uint32_t cpu = 0; has(m, EL2) && cpu < m->config.cpus; cpu++) {
        count += drain_guest(m, cpu, &intids[count], room - count);
    }
    return count;
}
