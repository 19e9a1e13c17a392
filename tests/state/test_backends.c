/* SPDX-License-Identifier: BSD-2-Clause */
/* A state is the same whoever runs the CPU interface: saved under a backend with list registers, it
 * loads under one without, and the other way round. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <vgic/registers.h>
#include <vgic/state.h>
#include <vgic/vgic.h>

#include "slot_backend.h"

static const VgicCpuState el1 = {.el = 1, .space = VGIC_NS};
static const VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32);

static void write32(Vgic *gic, uint32_t offset, uint64_t value)
{
    assert_int_equal(vgic_frame_write(gic, vgic_frame(gic, "GICD"), VGIC_NS, offset, 4, value),
                     VGIC_OK);
}

/* SPIs 40 to 43 are enabled edges of Group 1 at PE 0, all pending, 41 the best. */
static void use(Vgic *gic)
{
    write32(gic, GICD_CTLR, 0x12);
    write32(gic, GICD_IGROUPR(1), UINT32_MAX);
    write32(gic, GICD_ICFGR(2), 0x00AA0000);
    write32(gic, GICD_IPRIORITYR(10), 0x80805080);
    write32(gic, GICD_ISENABLER(1), 0xF << 8);
    vgic_sysreg_write(gic, 0, &el1, ICC_PMR_EL1, 0xFF);
    vgic_sysreg_write(gic, 0, &el1, ICC_IGRPEN1_EL1, 1);
    for (uint32_t intid = 40; intid < 44; intid++) {
        vgic_spi_pulse(gic, intid);
    }
}

static void move(Vgic *from, Vgic *to)
{
    size_t size;
    VgicError *error = NULL;
    void *bytes = vgic_save(from, &size, NULL);

    assert_non_null(bytes);
    if (!vgic_load(to, bytes, size, &error)) {
        fail_msg("%s", vgic_error_message(error));
    }
    vgic_state_free(bytes);
}

static bool is_active(Vgic *gic, uint32_t intid)
{
    VgicIrqInfo info;

    assert_true(vgic_irq_info(gic, 0, intid, &info));
    return info.active;
}

static void what_is_in_a_list_register_is_saved(void **state)
{
    SlotMachine machine = {.recalls = 0};
    Vgic *slots = slot_gic_new(&machine, &config, NULL, NULL);
    Vgic *tcg = vgic_new(&config, NULL, NULL, NULL);
    uint64_t intid;

    (void)state;
    use(slots);
    slot_enter(slots, 0);
    move(slots, tcg);
    assert_int_equal(machine.recalls, 1);
    assert_true(vgic_cpu_lines(tcg, 0) & VGIC_LINE_IRQ);
    vgic_sysreg_read(tcg, 0, &el1, ICC_IAR1_EL1, &intid);
    assert_int_equal(intid, 41);
    vgic_sysreg_write(tcg, 0, &el1, ICC_EOIR1_EL1, 41);
    vgic_sysreg_read(tcg, 0, &el1, ICC_IAR1_EL1, &intid);
    assert_int_equal(intid, 40);
    vgic_free(slots);
    vgic_free(tcg);
}

static void what_is_active_in_a_list_register_is_saved(void **state)
{
    SlotMachine machine = {.recalls = 0};
    Vgic *slots = slot_gic_new(&machine, &config, NULL, NULL);
    Vgic *tcg = vgic_new(&config, NULL, NULL, NULL);

    (void)state;
    use(slots);
    slot_enter(slots, 0);
    assert_int_equal(slot_acknowledge(slots, 0), 41);
    move(slots, tcg);
    assert_true(is_active(tcg, 41));
    assert_false(is_active(tcg, 40));
    vgic_free(slots);
    vgic_free(tcg);
}

/* Loading takes everything out of the list registers first. */
static void loading_leaves_nothing_in_list_registers(void **state)
{
    SlotMachine machine = {.recalls = 0};
    Vgic *slots = slot_gic_new(&machine, &config, NULL, NULL);
    Vgic *tcg = vgic_new(&config, NULL, NULL, NULL);

    (void)state;
    use(slots);
    slot_enter(slots, 0);
    use(tcg);
    write32(tcg, GICD_ICPENDR(1), 1 << 9);
    move(tcg, slots);
    assert_int_equal(machine.slots[0].state, SLOT_INVALID);
    for (uint32_t intid = 40; intid < 44; intid++) {
        if (intid != 41) {
            slot_enter(slots, 0);
            assert_int_equal(slot_acknowledge(slots, 0), intid);
            slot_end(slots, 0);
            slot_exit(slots, 0);
        }
    }
    slot_enter(slots, 0);
    assert_int_equal(slot_acknowledge(slots, 0), VGIC_INTID_SPURIOUS);
    vgic_free(slots);
    vgic_free(tcg);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_in_a_list_register_is_saved),
        cmocka_unit_test(what_is_active_in_a_list_register_is_saved),
        cmocka_unit_test(loading_leaves_nothing_in_list_registers),
    };

    return cmocka_run_group_tests_name("backends", tests, NULL, NULL);
}
