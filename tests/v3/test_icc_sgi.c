/* SPDX-License-Identifier: BSD-2-Clause */
/* Software-generated interrupts: targets, range selector, and who may send which group. */
#include "guest.h"
#include "suite.h"

enum {
    SGI = 5
};

static const uint32_t registers[] = {ICC_SGI0R_EL1, ICC_SGI1R_EL1, ICC_ASGI1R_EL1};
static const char *const register_names[] = {"SGI0R", "SGI1R", "ASGI1R"};

/* An SGI register value for one PE by its affinity. */
static uint64_t to_affinity(uint64_t affinity, uint32_t intid)
{
    return 1ull << (affinity & 15) | (affinity >> 8 & 0xFF) << 16 | (uint64_t)intid << 24 |
           (affinity >> 16 & 0xFF) << 32 | (affinity >> 4 & 15) << 44 |
           (affinity >> 32 & 0xFF) << 48;
}

static const uint64_t to_all_others = 1ull << 40;

static void check_permission(Machine *m, const VgicCpuState *writer, unsigned reg, Group group,
                             unsigned nsacr, bool want)
{
    const uint32_t target = last_cpu(m);

    vgic_reset(m->gic, VGIC_RESET_COLD);
    set_group(m, target, SGI, group);
    nsacr_write(m, target, SGI, nsacr);
    icc_write(m, 0, writer, registers[reg], to_affinity(machine_affinity(m, target), SGI));
    expect(is_pending(m, target, SGI), want, "%s at %s to %s, NSACR %u", register_names[reg],
           state_name(writer), group_name(group), nsacr);

    bit_write(m, VGIC_S, target, SGI, ICPENDR);
    icc_write(m, 0, writer, registers[reg], to_all_others | SGI << 24);
    expect(is_pending(m, target, SGI), want && target != 0, "%s at %s to %s, NSACR %u, all others",
           register_names[reg], state_name(writer), group_name(group), nsacr);
}

static void who_may_send_which_group_with_two_states(Machine *m)
{
    static const VgicCpuState *const secure[] = {&el3, &el3_ns, &s_el1, &s_el2};
    static const VgicCpuState *const non_secure[] = {&ns_el1, &ns_el2};
    /* Secure writers: by register and target group. */
    static const bool from_secure[3][3] = {
        {true, false, false}, {false, true, false}, {false, false, true}};
    /* Non-secure writers: the least NSACR that allows it; 4 is never. */
    static const unsigned from_non_secure[3][3] = {{1, 4, 4}, {1, 2, 0}, {1, 2, 4}};

    for (unsigned reg = 0; reg < 3; reg++) {
        for (int group = 0; group < 3; group++) {
            for (unsigned nsacr = 0; nsacr < 4; nsacr++) {
                for (unsigned w = 0; w < 4; w++) {
                    check_permission(m, secure[w], reg, (Group)group, nsacr,
                                     from_secure[reg][group]);
                }
                for (unsigned w = 0; w < 2; w++) {
                    check_permission(m, non_secure[w], reg, (Group)group, nsacr,
                                     nsacr >= from_non_secure[reg][group]);
                }
            }
        }
    }
}

/* Without EL3 only the Non-secure rows exist. */
static void who_may_send_which_group_without_el3(Machine *m)
{
    static const unsigned from_non_secure[3][3] = {{1, 4, 4}, {1, 2, 0}, {1, 2, 4}};

    for (unsigned reg = 0; reg < 3; reg++) {
        for (int group = 0; group < 3; group++) {
            for (unsigned nsacr = 0; nsacr < 4; nsacr++) {
                check_permission(m, &ns_el1, reg, (Group)group, nsacr,
                                 nsacr >= from_non_secure[reg][group]);
            }
        }
    }
}

static void who_may_send_which_group_with_one_state(Machine *m)
{
    static const VgicCpuState *const writers[] = {&ns_el1, &ns_el2, &el3, &s_el1};
    static const bool allowed[3][2] = {{true, false}, {true, true}, {true, false}};

    for (unsigned w = 0; w < (has(m, EL3) ? 4 : 2); w++) {
        for (unsigned reg = 0; reg < 3; reg++) {
            check_permission(m, writers[w], reg, GROUP_0, 0, allowed[reg][0]);
            check_permission(m, writers[w], reg, GROUP_1NS, 0, allowed[reg][1]);
        }
    }
}

static void clear_pending_sgis(Machine *m)
{
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        gicr_write(m, cpu, VGIC_S, GICR_ICPENDR0, 0xFFFF);
    }
}

static void an_sgi_reaches_the_pe_with_its_affinity_and_no_other(Machine *m)
{
    const uint32_t step = m->config.cpus > 16 ? 37 : 1;

    start(m);
    for (uint32_t target = 0; target < m->config.cpus; target += step) {
        gicr_write(m, target, VGIC_S, GICR_IGROUPR0, 0xFFFFFFFF);
        icc_write(m, 0, &m->os, ICC_SGI1R_EL1, to_affinity(machine_affinity(m, target), SGI));
        for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
            expect(gicr_read(m, cpu, VGIC_S, GICR_ISPENDR0), cpu == target ? 1u << SGI : 0,
                   "PE %u, SGI to PE %u", cpu, target);
        }
        gicr_write(m, target, VGIC_S, GICR_ICPENDR0, 0xFFFF);
    }
}

static void every_intid_of_an_sgi_works(Machine *m)
{
    start(m);
    gicr_write(m, last_cpu(m), VGIC_S, GICR_IGROUPR0, 0xFFFFFFFF);
    for (uint32_t intid = 0; intid < 16; intid++) {
        os_configure(m, last_cpu(m), intid, EDGE);
        icc_write(m, 0, &m->os, ICC_SGI1R_EL1,
                  to_affinity(machine_affinity(m, last_cpu(m)), intid));
        assert_int_equal(ack(m, last_cpu(m)), intid);
        eoi(m, last_cpu(m), intid);
        assert_int_equal(ack(m, last_cpu(m)), VGIC_INTID_SPURIOUS);
    }
}

static void a_target_list_names_several_pes(Machine *m)
{
    start(m);
    for (uint32_t cpu = 0; cpu < 4; cpu++) {
        set_group(m, cpu, SGI, GROUP_1NS);
    }
    if (m->config.affinities) {
        return; /* no four PEs of one cluster */
    }

    icc_write(m, 0, &m->os, ICC_SGI1R_EL1, SGI << 24 | 0xD);

    assert_true(is_pending(m, 0, SGI));
    assert_false(is_pending(m, 1, SGI));
    assert_true(is_pending(m, 2, SGI));
    assert_true(is_pending(m, 3, SGI));
}

static void a_target_list_names_a_whole_cluster(Machine *m)
{
    const uint32_t cluster = 9;

    if (m->config.cpus < 16 * (cluster + 1)) {
        return;
    }
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        set_group(m, cpu, SGI, GROUP_1NS);
    }

    icc_write(m, 0, &m->os, ICC_SGI1R_EL1, SGI << 24 | cluster << 16 | 0x7FFF);

    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        expect(is_pending(m, cpu, SGI), cpu / 16 == cluster && cpu % 16 != 15, "PE %u", cpu);
    }
}

static void an_sgi_to_all_others_spares_the_sender(Machine *m)
{
    const uint32_t sender = last_cpu(m);

    start(m);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        gicr_write(m, cpu, VGIC_S, GICR_IGROUPR0, 0xFFFFFFFF);
    }
    /* Affinity, range and target list do not count. */
    icc_write(m, sender, &m->os, ICC_SGI1R_EL1, to_all_others | SGI << 24 | 0xFF00000000ull | 0xF);

    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        expect(is_pending(m, cpu, SGI), cpu != sender, "PE %u", cpu);
    }
}

static void an_sgi_to_nobody_changes_nothing(Machine *m)
{
    const uint64_t nowhere[] = {
        SGI << 24,                      /* an empty list */
        to_affinity(0x7700000000, SGI), /* Aff3 */
        to_affinity(0x0000770000, SGI), /* Aff2 */
        to_affinity(0x0000007700, SGI), /* Aff1 */
        to_affinity(0x00000000E7, SGI), /* range selector */
    };

    start(m);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        gicr_write(m, cpu, VGIC_S, GICR_IGROUPR0, 0xFFFFFFFF);
    }
    for (unsigned i = 0; i < 5; i++) {
        icc_write(m, 0, &m->os, ICC_SGI1R_EL1, nowhere[i]);
        for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
            expect(is_pending(m, cpu, SGI), false, "PE %u, row %u", cpu, i);
        }
    }
    clear_pending_sgis(m);
}

static void sgis_merge_before_the_acknowledge(Machine *m)
{
    start(m);
    os_configure(m, 0, SGI, EDGE);
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        icc_write(m, cpu, &m->os, ICC_SGI1R_EL1, to_affinity(machine_affinity(m, 0), SGI));
    }

    assert_int_equal(ack(m, 0), SGI);
    eoi(m, 0, SGI);
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);
}

static void an_sgi_to_itself_while_active_comes_again(Machine *m)
{
    const uint64_t self = to_affinity(machine_affinity(m, 0), SGI);

    start(m);
    os_configure(m, 0, SGI, EDGE);
    icc_write(m, 0, &m->os, ICC_SGI1R_EL1, self);
    assert_int_equal(ack(m, 0), SGI);

    icc_write(m, 0, &m->os, ICC_SGI1R_EL1, self);
    assert_true(is_active(m, 0, SGI));
    assert_true(is_pending(m, 0, SGI));
    assert_int_equal(ack(m, 0), VGIC_INTID_SPURIOUS);

    eoi(m, 0, SGI);
    assert_int_equal(ack(m, 0), SGI);
}

static void a_disabled_sgi_becomes_pending_and_waits(Machine *m)
{
    start(m);
    set_group(m, 0, SGI, GROUP_1NS);
    icc_write(m, 0, &m->os, ICC_SGI1R_EL1, to_affinity(machine_affinity(m, 0), SGI));

    assert_true(is_pending(m, 0, SGI));
    assert_false(irq(m, 0));
    bit_write(m, VGIC_S, 0, SGI, ISENABLER);
    assert_true(irq(m, 0));
}

static void an_sgi_changes_the_line_of_its_target(Machine *m)
{
    start(m);
    os_configure(m, last_cpu(m), SGI, EDGE);
    host_forget(&m->host);

    icc_write(m, 0, &m->os, ICC_SGI1R_EL1, to_affinity(machine_affinity(m, last_cpu(m)), SGI));

    assert_int_equal(m->host.line_calls_total, 1);
    assert_int_equal(m->host.line_calls[last_cpu(m)], 1);
    assert_true(irq(m, last_cpu(m)));
}

static void monitor_mode_sends_a_secure_sgi_by_mcrr(Machine *m)
{
    start(m);
    set_group(m, 0, SGI, GROUP_1S);

    icc_write(m, 0, &monitor_ns, ICC_SGI1R, to_affinity(machine_affinity(m, 0), SGI));

    assert_true(is_pending(m, 0, SGI));
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(who_may_send_which_group_with_two_states, WORLDS),
        TEST(who_may_send_which_group_without_el3, TWO_STATES | NO_EL3),
        TEST(who_may_send_which_group_with_one_state, ONE_STATE),
        TEST(an_sgi_reaches_the_pe_with_its_affinity_and_no_other, 0),
        TEST(every_intid_of_an_sgi_works, 0),
        TEST(a_target_list_names_several_pes, QUAD),
        TEST(a_target_list_names_a_whole_cluster, REGIONS),
        TEST(an_sgi_to_all_others_spares_the_sender, 0),
        TEST(an_sgi_to_nobody_changes_nothing, 0),
        TEST(sgis_merge_before_the_acknowledge, SMP),
        TEST(an_sgi_to_itself_while_active_comes_again, 0),
        TEST(a_disabled_sgi_becomes_pending_and_waits, 0),
        TEST(an_sgi_changes_the_line_of_its_target, SMP),
        TEST(monitor_mode_sends_a_secure_sgi_by_mcrr, WORLDS),
    };
    return RUN(argc, argv, "SGIs", tests);
}
