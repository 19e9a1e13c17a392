/* SPDX-License-Identifier: BSD-2-Clause */
/* The AArch32 forms: the same registers under other encodings, 32 bits wide. */
#include "guest.h"
#include "suite.h"

enum {
    PPI = 20,
    SGI = 5
};

static void a_register_is_the_same_in_both_execution_states(Machine *m)
{
    static const struct {
        const char *name;
        uint32_t reg64, reg32;
        uint64_t value;
    } pairs[] = {
        {"PMR", ICC_PMR_EL1, ICC_PMR, 0x90},          {"BPR0", ICC_BPR0_EL1, ICC_BPR0, 6},
        {"BPR1", ICC_BPR1_EL1, ICC_BPR1, 5},          {"AP0R0", ICC_AP0R0_EL1, ICC_AP0R0, 0x100},
        {"AP1R0", ICC_AP1R0_EL1, ICC_AP1R0, 0x200},   {"IGRPEN0", ICC_IGRPEN0_EL1, ICC_IGRPEN0, 1},
        {"IGRPEN1", ICC_IGRPEN1_EL1, ICC_IGRPEN1, 1},
    };

    for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (pairs[i].reg32 == ICC_AP1R0 && has(m, WORLDS)) {
            continue; /* Non-secure writes below priority 0x80 are ignored */
        }
        icc_write(m, 0, &ns_svc32, pairs[i].reg32, pairs[i].value);
        expect(icc_read(m, 0, &ns_el1, pairs[i].reg64), pairs[i].value, "%s written in AArch32",
               pairs[i].name);
        icc_write(m, 0, &ns_el1, pairs[i].reg64, 0);
        const uint64_t cleared = icc_read(m, 0, &ns_el1, pairs[i].reg64);
        expect(icc_read(m, 0, &ns_svc32, pairs[i].reg32), cleared, "%s written in AArch64",
               pairs[i].name);
    }
    icc_write(m, 0, &ns_svc32, ICC_CTLR, 2);
    assert_int_equal(icc_read(m, 0, &ns_svc32, ICC_CTLR), icc_read(m, 0, &ns_el1, ICC_CTLR_EL1));
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_CTLR_EL1) & 2, 2);
    assert_int_equal(icc_read(m, 0, &ns_svc32, ICC_RPR), icc_read(m, 0, &ns_el1, ICC_RPR_EL1));
    assert_int_equal(icc_read(m, 0, &ns_svc32, ICC_RPR) & ~0xFFull, 0);
}

static void an_interrupt_is_handled_in_aarch32(Machine *m)
{
    start(m);
    set_eoi_mode(m, 0, true);
    os_configure(m, 0, PPI, EDGE);
    pend(m, 0, PPI);

    assert_int_equal(icc_read(m, 0, &ns_svc32, ICC_HPPIR1), PPI);
    assert_int_equal(icc_read(m, 0, &ns_svc32, ICC_IAR1), PPI);
    assert_true(is_active(m, 0, PPI));
    icc_write(m, 0, &ns_svc32, ICC_EOIR1, PPI);
    assert_int_equal(icc_read(m, 0, &ns_svc32, ICC_RPR), 0xFF);
    assert_true(is_active(m, 0, PPI));
    icc_write(m, 0, &ns_svc32, ICC_DIR, PPI);
    assert_false(is_active(m, 0, PPI));
}

static void a_group_0_interrupt_is_handled_in_aarch32(Machine *m)
{
    const VgicCpuState *state = has(m, EL3) ? &monitor : &ns_svc32;

    start(m);
    configure(m, 0, PPI, GROUP_0, OS_PRIORITY, EDGE);
    pend(m, 0, PPI);

    assert_int_equal(icc_read(m, 0, state, ICC_HPPIR0), PPI);
    assert_int_equal(icc_read(m, 0, state, ICC_IAR0), PPI);
    icc_write(m, 0, state, ICC_EOIR0, PPI);
    assert_false(is_active(m, 0, PPI));
}

static void sgis_are_sent_by_mcrr(Machine *m)
{
    const uint64_t affinity = machine_affinity(m, 0);
    const uint64_t self = 1ull << (affinity & 15) | (affinity >> 8 & 0xFF) << 16 | SGI << 24 |
                          (affinity >> 16 & 0xFF) << 32 | (affinity >> 4 & 15) << 44 |
                          (affinity >> 32 & 0xFF) << 48;

    start(m);
    set_group(m, 0, SGI, GROUP_1NS);
    icc_write(m, 0, &ns_svc32, ICC_SGI1R, self);
    assert_true(is_pending(m, 0, SGI));

    bit_write(m, VGIC_S, 0, SGI, ICPENDR);
    set_group(m, 0, SGI, GROUP_0);
    nsacr_write(m, 0, SGI, 1);
    icc_write(m, 0, &ns_svc32, ICC_SGI0R, self);
    assert_true(is_pending(m, 0, SGI));
    bit_write(m, VGIC_S, 0, SGI, ICPENDR);
    icc_write(m, 0, &ns_svc32, ICC_ASGI1R, self);
    assert_true(is_pending(m, 0, SGI));
}

static void monitor_registers_are_those_of_el3(Machine *m)
{
    icc_write(m, 0, &monitor, ICC_MCTLR, 0x1F);
    assert_int_equal(icc_read(m, 0, &el3, ICC_CTLR_EL3) & 0x1F, 0x1F);
    assert_int_equal(icc_read(m, 0, &monitor, ICC_MCTLR), icc_read(m, 0, &el3, ICC_CTLR_EL3));
    icc_write(m, 0, &monitor, ICC_MGRPEN1, 1);
    assert_int_equal(icc_read(m, 0, &el3, ICC_IGRPEN1_EL3), 1);
    icc_write(m, 0, &monitor, ICC_MSRE, 0xF);
    assert_int_equal(icc_read(m, 0, &monitor, ICC_MSRE), 0xF);
}

static void banked_registers_in_monitor_mode_follow_scr_ns(Machine *m)
{
    icc_write(m, 0, &monitor, ICC_BPR1, 5);
    icc_write(m, 0, &monitor_ns, ICC_BPR1, 6);
    icc_write(m, 0, &monitor, ICC_IGRPEN1, 1);

    assert_int_equal(icc_read(m, 0, &s_el1, ICC_BPR1_EL1), 5);
    assert_int_equal(icc_read(m, 0, &ns_el1, ICC_BPR1_EL1), 6);
    assert_int_equal(icc_read(m, 0, &el3, ICC_IGRPEN1_EL3), 2);
    assert_int_equal(icc_read(m, 0, &svc32_el3, ICC_BPR1), 5);
}

static void sre_is_all_ones_in_aarch32(Machine *m)
{
    allow_sre(m, 0);
    assert_int_equal(icc_read(m, 0, &ns_svc32, ICC_SRE), 7);
}

static void a_64_bit_form_cannot_be_read(Machine *m)
{
    static const uint32_t registers[] = {ICC_SGI0R, ICC_SGI1R, ICC_ASGI1R};
    uint64_t value;

    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(icc_try_read(m, 0, &ns_svc32, registers[i], &value), VGIC_UNDEFINED);
        assert_int_equal(value, 0);
    }
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(a_register_is_the_same_in_both_execution_states, 0),
        TEST(an_interrupt_is_handled_in_aarch32, 0),
        TEST(a_group_0_interrupt_is_handled_in_aarch32, EL3),
        TEST(a_group_0_interrupt_is_handled_in_aarch32, ONE_STATE | NO_EL3),
        TEST(sgis_are_sent_by_mcrr, 0),
        TEST(monitor_registers_are_those_of_el3, EL3),
        TEST(banked_registers_in_monitor_mode_follow_scr_ns, WORLDS),
        TEST(sre_is_all_ones_in_aarch32, 0),
        TEST(a_64_bit_form_cannot_be_read, 0),
    };
    return RUN(argc, argv, "AArch32", tests);
}
