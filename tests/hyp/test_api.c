/* SPDX-License-Identifier: BSD-2-Clause */
/* A vCPU on list registers: the calls of hyp.h, and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hyp.h"

enum {
    TC = 1 << 10,
    TALL1 = 1 << 12,
};

static const VgicCpuState el1 = {.el = 1, .space = VGIC_NS};

static Vm *vm_with(uint32_t cpus, unsigned list_registers)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = cpus, .spis = 64);
    VgicIchOptions options = {.list_registers = list_registers};
    Vm *vm = vm_new(&config, simulated_interface(cpus, &options, false));

    vm_start(vm);
    for (uint32_t i = 0; i < cpus; i++) {
        vm_enter(vm, i);
        vm_write(vm, i, ICC_PMR_EL1, 0xF8);
        vm_write(vm, i, ICC_IGRPEN1_EL1, 1);
    }
    return vm;
}

static void a_guest_takes_and_ends_more_interrupts_than_there_are_list_registers(void **state)
{
    Vm *vm = vm_with(1, 1);

    (void)state;
    for (uint32_t intid = 40; intid < 60; intid++) {
        vm_configure(vm, 0, intid, 1, (uint8_t)(0xF0 - 8 * (intid - 40)), true);
    }
    for (uint32_t intid = 40; intid < 60; intid++) {
        vm_pulse(vm, 0, intid);
    }
    for (uint32_t intid = 59; intid >= 40; intid--) {
        assert_int_equal(vm_iar(vm, 0, 1), intid);
        vm_eoir(vm, 0, 1, intid);
    }
    assert_int_equal(vm_iar(vm, 0, 1), VGIC_INTID_SPURIOUS);
    vm_free(vm);
}

/* Equal priorities go by arrival, in list registers and out of them. */
static void equal_priorities_are_taken_in_order_of_arrival(void **state)
{
    Vm *vm = vm_with(1, 2);

    (void)state;
    for (uint32_t intid = 40; intid < 48; intid++) {
        vm_configure(vm, 0, intid, 1, 0x40, true);
    }
    for (uint32_t i = 0; i < 8; i++) {
        vm_pulse(vm, 0, 40 + i * 3 % 8);
        vm_bounce(vm, 0);
    }
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(vm_iar(vm, 0, 1), 40 + i * 3 % 8);
        vm_eoir(vm, 0, 1, 40 + i * 3 % 8);
    }
    vm_free(vm);
}

/* For a vCPU that waits in WFI: the whole rule of signalling counts. */
static void lines_of_a_vcpu_that_is_put_say_whether_it_would_take_an_interrupt(void **state)
{
    Vm *vm = vm_with(1, 4);

    (void)state;
    vm_configure(vm, 0, 40, 1, 0x40, true);
    vm_configure(vm, 0, 41, 1, 0x80, true);
    vm_pulse(vm, 0, 40);
    assert_int_equal(vm_iar(vm, 0, 1), 40);
    vgic_hyp_put(vm->gic, 0);
    assert_int_equal(vgic_cpu_lines(vm->gic, 0), 0);
    vgic_spi_pulse(vm->gic, 41); /* does not preempt 40 */
    assert_int_equal(vgic_cpu_lines(vm->gic, 0), 0);
    assert_true(vgic_hyp_load(vm->gic, 0, VGIC_HYP_GUEST));
    vm_enter(vm, 0);
    vm_eoir(vm, 0, 1, 40);
    vm_exit(vm, 0);
    vgic_hyp_put(vm->gic, 0);
    assert_int_equal(vgic_cpu_lines(vm->gic, 0), VGIC_LINE_IRQ);
    vm_free(vm);
}

static void a_second_flush_does_nothing_until_a_kick(void **state)
{
    Vm *vm = vm_with(1, 4);
    uint64_t lr;

    (void)state;
    vm_configure(vm, 0, 40, 1, 0x40, true);
    vm_configure(vm, 0, 41, 1, 0x30, true);
    vm_pulse(vm, 0, 40);
    lr = vm_ich(vm, 0, ICH_LR_EL2(0));
    vm_set_ich(vm, 0, ICH_LR_EL2(0), lr ^ 1ull << 62 ^ 2ull << 62); /* pending becomes active */
    assert_int_equal(vgic_hyp_flush(vm->gic, 0), VGIC_HYP_ENTER);
    assert_int_equal(vm_ich(vm, 0, ICH_LR_EL2(0)), lr ^ 3ull << 62);
    vgic_spi_pulse(vm->gic, 41);
    assert_int_equal(vgic_cpu_lines(vm->gic, 0), VGIC_LINE_KICK);
    assert_int_equal(vgic_hyp_flush(vm->gic, 0), VGIC_HYP_ENTER);
    assert_int_equal(vgic_cpu_lines(vm->gic, 0), 0);
    assert_int_equal(vm_ich(vm, 0, ICH_LR_EL2(0)) & 0xFFFF, 41);
    assert_int_equal(vm_ich(vm, 0, ICH_LR_EL2(1)) & 0xFFFF, 40);
    vm_free(vm);
}

/* Without TDIR, and where an erratum wants more, accesses trap and are carried out all the same. */
static void trapped_registers_do_what_they_do_untrapped(void **state)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 64);
    VgicIchOptions options = {.list_registers = 2, .no_tds = true};
    Vm *vm = vm_new_trapping(&config, simulated_interface(1, &options, false), TC | TALL1);

    (void)state;
    vm_start(vm);
    vm_enter(vm, 0);
    vm_write(vm, 0, ICC_PMR_EL1, 0xF0);
    vm_write(vm, 0, ICC_IGRPEN1_EL1, 1);
    assert_int_equal(vm_read(vm, 0, ICC_PMR_EL1), 0xF0);
    assert_int_equal(vm_read(vm, 0, ICC_IGRPEN1_EL1), 1);
    vm_write(vm, 0, ICC_CTLR_EL1, 2);
    vm_configure(vm, 0, 40, 1, 0x40, true);
    vm_pulse(vm, 0, 40);
    assert_int_equal(vm_read(vm, 0, ICC_HPPIR1_EL1), 40);
    assert_int_equal(vm_iar(vm, 0, 1), 40);
    assert_int_equal(vm_read(vm, 0, ICC_RPR_EL1), 0x40);
    assert_int_equal(vm_read(vm, 0, ICC_AP1R0_EL1), 1 << 8);
    vm_eoir(vm, 0, 1, 40);
    assert_int_equal(vm_read(vm, 0, ICC_RPR_EL1), 0xFF);
    assert_true(vm_info(vm, 0, 40).active);
    vm_dir(vm, 0, 40);
    assert_false(vm_info(vm, 0, 40).active);
    assert_true(vm->traps[0] >= 10);
    vm_free(vm);
}

/* What hyp.h refuses */

static uint64_t read_vtr(void *machine, uint32_t cpu, uint32_t encoding)
{
    (void)machine, (void)cpu;
    /* 4 list registers, 5 priority and preemption bits, 24 bits of INTID, TDS */
    return encoding == ICH_VTR_EL2 ? 4ull << 29 | 4ull << 26 | 1ull << 23 | 1ull << 19 | 3 : 0;
}

static uint64_t read_narrow_vtr(void *machine, uint32_t cpu, uint32_t encoding)
{
    return read_vtr(machine, cpu, encoding) & ~(7ull << 23); /* 16 bits of INTID */
}

static uint64_t read_odd_vtr(void *machine, uint32_t cpu, uint32_t encoding)
{
    (void)machine, (void)cpu;
    return encoding == ICH_VTR_EL2 ? 7ull << 29 | 4ull << 26 | 3 : 0; /* 8 priority, 5 preemption */
}

static void write_nothing(void *machine, uint32_t cpu, uint32_t encoding, uint64_t value)
{
    (void)machine, (void)cpu, (void)encoding, (void)value;
}

static bool new_fails(const VgicConfig *config, const VgicHypHost *hyp, VgicErrorCode code,
                      const char *word)
{
    VgicHost host = host_callbacks(false);
    VgicError *error = NULL;
    static Host machine;
    bool good;

    host_add_memory(&host);
    good = !vgic_hyp_new(config, &host, hyp, &machine, &error) && error &&
           vgic_error_code(error) == code && strstr(vgic_error_message(error), word);
    if (!good) {
        print_error("expected an error about '%s', got: %s\n", word,
                    error ? vgic_error_message(error) : "none");
    }
    vgic_error_free(error);
    return good;
}

static void an_interface_that_does_not_fit_is_an_error(void **state)
{
    VgicConfig plain = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 32), config;
    VgicHypHost good = VGIC_HYP_HOST_INIT(.read = read_vtr, .write = write_nothing), hyp;

    (void)state;
    assert_true(new_fails(&plain, NULL, VGIC_ERROR_HOST, "hyp is NULL"));
    hyp = good;
    hyp.size--;
    assert_true(new_fails(&plain, &hyp, VGIC_ERROR_HOST, "VgicHypHost.size"));
    hyp = good;
    hyp.read = NULL;
    assert_true(new_fails(&plain, &hyp, VGIC_ERROR_HOST, "VgicHypHost.read"));
    hyp = good;
    hyp.write = NULL;
    assert_true(new_fails(&plain, &hyp, VGIC_ERROR_HOST, "VgicHypHost.write"));
    hyp = good;
    hyp.read = read_odd_vtr;
    assert_true(new_fails(&plain, &hyp, VGIC_ERROR_UNSUPPORTED, "preemption bits"));
    hyp = good;
    hyp.traps = 1;
    assert_true(new_fails(&plain, &hyp, VGIC_ERROR_HOST, "VgicHypHost.traps is 0x1"));
    hyp = good;
    hyp.read = read_narrow_vtr;
    config = plain;
    config.lpi_bits = 17;
    assert_true(new_fails(&config, &hyp, VGIC_ERROR_CONFIG, "lpi_bits is 17"));
    config = plain;
    config.el2 = true;
    assert_true(new_fails(&config, &hyp, VGIC_ERROR_CONFIG, "intid_bits is 24"));

    config = plain;
    config.single_threaded = true;
    assert_true(new_fails(&config, &good, VGIC_ERROR_HOST, "VgicHypHost.stop"));
    config = plain;
    config.cpus = 0;
    assert_true(new_fails(&config, &good, VGIC_ERROR_CONFIG, "cpus"));
    config = plain;
    config.security_states = 2;
    assert_true(new_fails(&config, &good, VGIC_ERROR_UNSUPPORTED, "security_states"));
    config = plain;
    config.priority_bits = 7;
    assert_true(new_fails(&config, &good, VGIC_ERROR_CONFIG, "priority_bits is 7"));
    config = plain;
    config.el2 = true;
    config.ich_options.list_registers = 5;
    assert_true(new_fails(&config, &good, VGIC_ERROR_CONFIG, "list_registers is 5"));
    config.ich_options.list_registers = 4;
    config.ich_options.priority_bits = 6;
    assert_true(new_fails(&config, &good, VGIC_ERROR_CONFIG, "ich_options.priority_bits is 6"));
    config = (VgicConfig)VGIC_CONFIG_INIT(VGIC_V5, .cpus = 1, .spis = 32);
    assert_true(new_fails(&config, &good, VGIC_ERROR_UNSUPPORTED, "VGIC_V5"));
}

/* The last mistake that the host was told of has @p word in it; forgets it. */
static void assert_mistake(Host *host, const char *word)
{
    const HostError *error = host_last_error(host);

    assert_non_null(error);
    if (!strstr(error->message, word)) {
        fail_msg("expected a mistake about '%s', got: %s", word, error->message);
    }
    host_forget(host);
}

static void calls_in_the_wrong_order_are_told_to_the_host(void **state)
{
    Vm *vm = vm_with(2, 4);
    Vgic *gic = vm->gic;
    VgicError *error = NULL;
    uint64_t value = 0;
    size_t size;

    (void)state;
    vm_exit(vm, 0);
    vgic_hyp_put(gic, 0);
    assert_int_equal(vgic_hyp_flush(gic, 0), VGIC_HYP_NOT_LOADED);
    assert_mistake(&vm->host, "vCPU 0 is not loaded");
    vgic_hyp_sync(gic, 0); /* nothing to do */
    vgic_hyp_put(gic, 0);
    assert_false(vgic_hyp_load(gic, 0, VGIC_HYP_NESTED));
    assert_mistake(&vm->host, "context is 1");
    assert_false(vgic_hyp_load(gic, 2, VGIC_HYP_GUEST));
    assert_mistake(&vm->host, "cpu is 2");
    assert_false(vgic_hyp_set_vncr(gic, 0, NULL));
    assert_mistake(&vm->host, "VgicConfig.el2");
    assert_int_equal(vgic_hyp_trap(gic, 0, NULL, ICC_PMR_EL1, false, &value), VGIC_INVALID);
    assert_mistake(&vm->host, "state is NULL");
    assert_int_equal(vgic_hyp_trap(gic, 0, &el1, ICC_PMR_EL1, false, NULL), VGIC_INVALID);
    assert_mistake(&vm->host, "value is NULL");

    /* vCPU 1 is in its guest. */
    vgic_reset(gic, VGIC_RESET_WARM);
    assert_mistake(&vm->host, "vCPU 1 is loaded");
    vgic_cpu_reset(gic, 1);
    assert_mistake(&vm->host, "vCPU 1 is loaded");
    vgic_cpu_reset(gic, 0);
    assert_null(vgic_save(gic, &size, &error));
    assert_non_null(strstr(vgic_error_message(error), "vCPU 1 is loaded"));
    vgic_error_free(error);
    error = NULL;
    assert_false(vgic_load(gic, &size, sizeof(size), &error));
    assert_non_null(strstr(vgic_error_message(error), "vCPU 1 is loaded"));
    vgic_error_free(error);
    vm_free(vm);
}

static void mappings_that_cannot_be_are_told_to_the_host(void **state)
{
    Vm *vm = vm_with(1, 4);
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 32);
    VgicHypHost hyp = VGIC_HYP_HOST_INIT(.read = read_vtr, .write = write_nothing);
    VgicHost callbacks = host_callbacks(false);
    Host host = {0};
    Vgic *bare = vgic_hyp_new(&config, &callbacks, &hyp, &host, NULL);

    (void)state;
    assert_non_null(bare);
    assert_false(vgic_hyp_map(bare, 0, 27, 27, VGIC_HYP_HW));
    assert_mistake(&host, "VgicHypHost.deactivate");
    assert_false(vgic_hyp_map(vm->gic, 0, 5, 27, VGIC_HYP_HW));
    assert_mistake(&vm->host, "intid is 5");
    assert_false(vgic_hyp_map(vm->gic, 0, 500, 27, VGIC_HYP_HW));
    assert_mistake(&vm->host, "intid is 500");
    assert_false(vgic_hyp_map(vm->gic, 0, 27, 15, VGIC_HYP_HW));
    assert_mistake(&vm->host, "pintid is 15");
    assert_false(vgic_hyp_map(vm->gic, 0, 27, 1020, VGIC_HYP_HW));
    assert_mistake(&vm->host, "pintid is 1020");
    assert_true(vgic_hyp_map(vm->gic, 0, 27, 1019, VGIC_HYP_HW));
    assert_true(vgic_hyp_unmap(vm->gic, 0, 27));
    assert_false(vgic_hyp_unmap(vm->gic, 0, 5));
    assert_mistake(&vm->host, "intid is 5");
    vgic_free(bare);
    host_clear(&host);
    vm_free(vm);
}

/* A mapping is the host's, and outlives what the guest sees of a reset. */
static void a_mapping_ends_with_unmap_and_not_with_a_reset(void **state)
{
    Vm *vm = vm_with(1, 4);

    (void)state;
    vm_exit(vm, 0);
    vgic_hyp_put(vm->gic, 0);
    assert_true(vgic_hyp_map(vm->gic, 0, 27, 300, VGIC_HYP_HW));
    vgic_reset(vm->gic, VGIC_RESET_COLD);
    for (unsigned mapped = 2; mapped-- > 0;) {
        assert_true(vgic_hyp_load(vm->gic, 0, VGIC_HYP_GUEST));
        vm_start(vm);
        vm_enter(vm, 0);
        vm_write(vm, 0, ICC_IGRPEN1_EL1, 1);
        vm_configure(vm, 0, 27, 1, 0x40, false);
        vm_wire(vm, 0, 27, true);
        assert_int_equal(vm_ich(vm, 0, ICH_LR_EL2(0)) >> 61 & 1, mapped);
        assert_int_equal(vm_ich(vm, 0, ICH_LR_EL2(0)) >> 32 & 0x3FF, mapped ? 300 : 1 << 9);
        vm_exit(vm, 0);
        vgic_hyp_put(vm->gic, 0);
        assert_true(vgic_hyp_unmap(vm->gic, 0, 27));
        vgic_ppi_set_level(vm->gic, 0, 27, false);
    }
    vm_free(vm);
}

static void functions_of_this_backend_refuse_a_gic_of_another(void **state)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 32);
    VgicHost callbacks = host_callbacks(false);
    Host host = {0};
    Vgic *tcg = vgic_new(&config, &callbacks, &host, NULL);
    uint64_t value = 0;

    (void)state;
    assert_non_null(tcg);
    assert_false(vgic_hyp_load(tcg, 0, VGIC_HYP_GUEST));
    assert_mistake(&host, "vgic_hyp_new()");
    assert_int_equal(vgic_hyp_flush(tcg, 0), VGIC_HYP_NOT_LOADED);
    assert_mistake(&host, "vgic_hyp_new()");
    vgic_hyp_sync(tcg, 0);
    assert_mistake(&host, "vgic_hyp_new()");
    vgic_hyp_put(tcg, 0);
    assert_mistake(&host, "vgic_hyp_new()");
    assert_false(vgic_hyp_map(tcg, 0, 27, 27, VGIC_HYP_HW));
    assert_mistake(&host, "vgic_hyp_new()");
    assert_false(vgic_hyp_set_vncr(tcg, 0, NULL));
    assert_mistake(&host, "vgic_hyp_new()");
    assert_int_equal(vgic_hyp_trap(tcg, 0, &el1, ICC_PMR_EL1, false, &value), VGIC_INVALID);
    assert_mistake(&host, "vgic_hyp_new()");
    vgic_free(tcg);
    host_clear(&host);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guest_takes_and_ends_more_interrupts_than_there_are_list_registers),
        cmocka_unit_test(equal_priorities_are_taken_in_order_of_arrival),
        cmocka_unit_test(lines_of_a_vcpu_that_is_put_say_whether_it_would_take_an_interrupt),
        cmocka_unit_test(a_second_flush_does_nothing_until_a_kick),
        cmocka_unit_test(trapped_registers_do_what_they_do_untrapped),
        cmocka_unit_test(an_interface_that_does_not_fit_is_an_error),
        cmocka_unit_test(calls_in_the_wrong_order_are_told_to_the_host),
        cmocka_unit_test(mappings_that_cannot_be_are_told_to_the_host),
        cmocka_unit_test(a_mapping_ends_with_unmap_and_not_with_a_reset),
        cmocka_unit_test(functions_of_this_backend_refuse_a_gic_of_another),
    };

    return cmocka_run_group_tests_name("hyp: api", tests, NULL, NULL);
}
