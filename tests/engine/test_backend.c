/* SPDX-License-Identifier: BSD-2-Clause */
/* The backend interface, driven by a backend with one list register a PE. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

#include "slot_backend.h"

static const VgicCpuState el1 = {.el = 1, .space = VGIC_NS};

typedef struct Fixture {
    SlotMachine machine;
    Vgic *gic;
    const VgicFrame *dist;
} Fixture;

static void write32(Fixture *f, uint32_t offset, uint64_t value)
{
    assert_int_equal(vgic_frame_write(f->gic, f->dist, VGIC_NS, offset, 4, value), VGIC_OK);
}

/* Two PEs; SPIs 40 and 41 are enabled edges of Group 1 at PE 0, 42 is level-sensitive; 41 is better
 * than the others. */
static int set_up(void **state)
{
    static Fixture fixture;
    Fixture *f = &fixture;
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32);

    *f = (Fixture){0};
    f->gic = slot_gic_new(&f->machine, &config, NULL, NULL);
    assert_non_null(f->gic);
    f->dist = vgic_frame(f->gic, "GICD");
    write32(f, GICD_CTLR, 0x12);
    write32(f, GICD_IGROUPR(1), UINT32_MAX);
    write32(f, GICD_ICFGR(2), 0x000A0000);
    write32(f, GICD_IPRIORITYR(10), 0x00805080);
    write32(f, GICD_ISENABLER(1), 7 << 8);
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        vgic_sysreg_write(f->gic, cpu, &el1, ICC_PMR_EL1, 0xFF);
        vgic_sysreg_write(f->gic, cpu, &el1, ICC_IGRPEN1_EL1, 1);
    }
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *f = *state;

    vgic_free(f->gic);
    return f->machine.stopped ? 0 : -1;
}

static VgicIrqInfo info_of(Fixture *f, uint32_t intid)
{
    VgicIrqInfo info;

    assert_true(vgic_irq_info(f->gic, 0, intid, &info));
    return info;
}

static void the_best_interrupt_goes_into_the_list_register(void **state)
{
    Fixture *f = *state;

    vgic_spi_pulse(f->gic, 40);
    vgic_spi_pulse(f->gic, 41);
    assert_true(f->machine.kicks[0] > 0);
    slot_enter(f->gic, 0);
    assert_int_equal(slot_acknowledge(f->gic, 0), 41);
    slot_end(f->gic, 0);
    slot_exit(f->gic, 0);
    slot_enter(f->gic, 0);
    assert_int_equal(slot_acknowledge(f->gic, 0), 40);
    slot_end(f->gic, 0);
    slot_exit(f->gic, 0);
    slot_enter(f->gic, 0);
    assert_int_equal(slot_acknowledge(f->gic, 0), VGIC_INTID_SPURIOUS);
}

static void an_entry_without_guest_instructions_changes_nothing(void **state)
{
    Fixture *f = *state;

    vgic_spi_pulse(f->gic, 40);
    vgic_spi_set_level(f->gic, 42, true);
    for (int i = 0; i < 3; i++) {
        VgicIrqInfo edge = info_of(f, 40), level = info_of(f, 42);

        assert_true(edge.pending && edge.latch && !edge.active);
        assert_true(level.pending && !level.latch && !level.active);
        slot_enter(f->gic, 0);
        slot_exit(f->gic, 0);
    }
}

static void an_edge_while_in_the_list_register_is_not_lost_and_not_recalled(void **state)
{
    Fixture *f = *state;

    vgic_spi_pulse(f->gic, 40);
    slot_enter(f->gic, 0);
    assert_int_equal(slot_acknowledge(f->gic, 0), 40);
    vgic_spi_pulse(f->gic, 40);
    assert_int_equal(f->machine.recalls, 0);
    slot_end(f->gic, 0);
    slot_exit(f->gic, 0);
    slot_enter(f->gic, 0);
    assert_int_equal(slot_acknowledge(f->gic, 0), 40);
}

static void a_register_read_recalls_what_is_in_a_list_register(void **state)
{
    Fixture *f = *state;
    uint64_t active, pending;

    vgic_spi_pulse(f->gic, 40);
    slot_enter(f->gic, 0);
    assert_int_equal(slot_acknowledge(f->gic, 0), 40);
    vgic_frame_read(f->gic, f->dist, VGIC_NS, GICD_ISACTIVER(1), 4, &active);
    assert_int_equal(active, 1 << 8);
    assert_true(f->machine.recalls > 0);
    vgic_frame_read(f->gic, f->dist, VGIC_NS, GICD_ISPENDR(1), 4, &pending);
    assert_int_equal(pending, 0);
}

static void clearing_pending_takes_it_out_of_the_list_register(void **state)
{
    Fixture *f = *state;

    vgic_spi_pulse(f->gic, 40);
    slot_enter(f->gic, 0);
    write32(f, GICD_ICPENDR(1), 1 << 8);
    assert_int_equal(slot_acknowledge(f->gic, 0), VGIC_INTID_SPURIOUS);
    assert_false(info_of(f, 40).pending);
}

static void a_new_route_takes_it_out_of_the_list_register(void **state)
{
    Fixture *f = *state;

    vgic_spi_pulse(f->gic, 40);
    slot_enter(f->gic, 0);
    assert_int_equal(vgic_frame_write(f->gic, f->dist, VGIC_NS, GICD_IROUTER(40), 8, 1), VGIC_OK);
    assert_int_equal(slot_acknowledge(f->gic, 0), VGIC_INTID_SPURIOUS);
    slot_exit(f->gic, 0);
    slot_enter(f->gic, 1);
    assert_int_equal(slot_acknowledge(f->gic, 1), 40);
}

static void a_backend_may_keep_the_wires(void **state)
{
    Fixture *f = *state;

    f->machine.keep_wires = true;
    vgic_spi_pulse(f->gic, 40);
    assert_int_equal(f->machine.drives, 2);
    assert_false(info_of(f, 40).pending);
}

static void a_backend_that_cannot_start_is_an_error_and_nothing_remains(void **state)
{
    SlotMachine machine = {.fail_start = true};
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32);
    VgicError *error = NULL;

    (void)state;
    assert_null(slot_gic_new(&machine, &config, NULL, &error));
    assert_int_equal(vgic_error_code(error), VGIC_ERROR_UNSUPPORTED);
    vgic_error_free(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_best_interrupt_goes_into_the_list_register, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_entry_without_guest_instructions_changes_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            an_edge_while_in_the_list_register_is_not_lost_and_not_recalled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_register_read_recalls_what_is_in_a_list_register, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(clearing_pending_takes_it_out_of_the_list_register, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_new_route_takes_it_out_of_the_list_register, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_backend_may_keep_the_wires, set_up, tear_down),
        cmocka_unit_test(a_backend_that_cannot_start_is_an_error_and_nothing_remains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
