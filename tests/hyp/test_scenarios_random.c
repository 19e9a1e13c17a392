/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scenario E41: many interrupts, a random guest, and the direct CPU interface for comparison: what
 * it acknowledges, its active priorities, the state of all interrupts, and who is told of how many
 * ends of levels. Every entry is checked (scenario.h).
 */
#include "scenario.h"

enum {
    LOCAL_COUNT = 32, /* SGIs and PPIs */
    SPI_COUNT = 96,
    LPI_COUNT = 64,
    IRQ_COUNT = LOCAL_COUNT + SPI_COUNT + LPI_COUNT,
    STEPS = 3000,
    SEEDS = 4,
};

typedef struct Taken {
    uint32_t intid;
    int group;
} Taken;

typedef struct Pair {
    uint64_t random, seed, step;
    Vgic *direct;
    Host host; /* of direct */
    Vm *vm;
    bool eoimode;
    bool is_level[IRQ_COUNT];
    Taken taken[IRQ_COUNT]; /* the last has the highest priority */
    unsigned taken_count;
    uint32_t dropped[IRQ_COUNT];
    unsigned dropped_count;
    unsigned ends; /* of level-sensitive SPIs, at the direct interface */
} Pair;

static const VgicCpuState el1 = {.el = 1, .space = VGIC_NS};

static uint32_t below(Pair *p, uint32_t limit)
{
    p->random = p->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(p->random >> 33) % limit;
}

static uint32_t intid_of(uint32_t number)
{
    return number < LOCAL_COUNT + SPI_COUNT ? number : FIRST_LPI + number - LOCAL_COUNT - SPI_COUNT;
}

static void same(const Pair *p, const char *what, uint64_t direct, uint64_t lists)
{
    if (direct != lists) {
        fail_msg("%s: %#llx directly, %#llx through %u list registers (seed %llu, step %llu)", what,
                 (unsigned long long)direct, (unsigned long long)lists,
                 watch_of(p->vm)->list_registers, (unsigned long long)p->seed,
                 (unsigned long long)p->step);
    }
}

/* Both at once */

static uint64_t read_both(Pair *p, uint32_t encoding, const char *name)
{
    uint64_t value;

    assert_int_equal(vgic_sysreg_read(p->direct, 0, &el1, encoding, &value), VGIC_OK);
    same(p, name, value, vm_read(p->vm, 0, encoding));
    return value;
}

static void write_both(Pair *p, uint32_t encoding, uint64_t value)
{
    assert_int_equal(vgic_sysreg_write(p->direct, 0, &el1, encoding, value), VGIC_OK);
    vm_write(p->vm, 0, encoding, value);
}

static void write_frames(Pair *p, const char *frame, uint32_t offset, uint32_t size, uint64_t value)
{
    assert_int_equal(
        vgic_frame_write(p->direct, vgic_frame(p->direct, frame), VGIC_NS, offset, size, value),
        VGIC_OK);
    vm_frame_write(p->vm, 0, frame, offset, size, value);
}

/* A bit of a register that SGIs and PPIs have at the Redistributor, SPIs at the Distributor. */
static void write_bit(Pair *p, uint32_t intid, uint32_t local, uint32_t shared)
{
    write_frames(p, intid < LOCAL_COUNT ? "GICR" : "GICD",
                 intid < LOCAL_COUNT ? local : shared + intid / 32 * 4, 4, 1u << intid % 32);
}

static void drive(Pair *p, uint32_t intid, bool high)
{
    if (intid < LOCAL_COUNT) {
        vgic_ppi_set_level(p->direct, 0, intid, high);
    } else {
        vgic_spi_set_level(p->direct, intid, high);
    }
    vm_wire(p->vm, 0, intid, high);
}

static void pulse(Pair *p, uint32_t intid)
{
    if (intid < LOCAL_COUNT) {
        vgic_ppi_pulse(p->direct, 0, intid);
    } else {
        vgic_spi_pulse(p->direct, intid);
    }
    vm_pulse(p->vm, 0, intid);
}

/* Steps */

static void raise_one(Pair *p)
{
    uint32_t number = below(p, IRQ_COUNT), intid = intid_of(number);

    if (intid >= FIRST_LPI) {
        write_frames(p, "GICR", GICR_SETLPIR, 8, intid);
    } else if (intid < 16) {
        write_bit(p, intid, GICR_ISPENDR0, GICD_ISPENDR(0));
    } else if (p->is_level[number]) {
        drive(p, intid, true);
    } else {
        pulse(p, intid);
    }
}

static void lower_one(Pair *p)
{
    uint32_t number = 16 + below(p, LOCAL_COUNT + SPI_COUNT - 16);

    if (p->is_level[number]) {
        drive(p, intid_of(number), false);
    }
}

static bool is_active_level_spi(Pair *p, uint32_t intid)
{
    VgicIrqInfo info;

    return intid >= LOCAL_COUNT && intid < FIRST_LPI && vgic_irq_info(p->direct, 0, intid, &info) &&
           info.level && info.active;
}

/* EOIR or DIR; counts the end of a level-sensitive SPI. */
static void end_at_both(Pair *p, uint32_t encoding, uint32_t intid)
{
    bool was = is_active_level_spi(p, intid);

    write_both(p, encoding, intid);
    p->ends += was && !is_active_level_spi(p, intid);
}

static void acknowledge(Pair *p)
{
    int group = (int)below(p, 4) != 0;
    uint32_t intid;

    if (p->taken_count == IRQ_COUNT || p->dropped_count == IRQ_COUNT) {
        return;
    }
    intid = (uint32_t)read_both(p, group ? ICC_IAR1_EL1 : ICC_IAR0_EL1, "ICC_IAR");
    if (intid != SPURIOUS) {
        p->taken[p->taken_count++] = (Taken){intid, group};
    }
}

static void drop(Pair *p)
{
    Taken it;

    if (!p->taken_count) {
        return;
    }
    it = p->taken[--p->taken_count];
    end_at_both(p, it.group ? ICC_EOIR1_EL1 : ICC_EOIR0_EL1, it.intid);
    if (p->eoimode && it.intid < FIRST_LPI) {
        p->dropped[p->dropped_count++] = it.intid;
    }
}

static void deactivate(Pair *p)
{
    uint32_t i, intid;

    if (!p->dropped_count) {
        return;
    }
    i = below(p, p->dropped_count);
    intid = p->dropped[i];
    p->dropped[i] = p->dropped[--p->dropped_count];
    end_at_both(p, ICC_DIR_EL1, intid);
}

static void step(Pair *p)
{
    uint32_t what = below(p, 100), intid = below(p, LOCAL_COUNT + SPI_COUNT);

    if (what < 30) {
        raise_one(p);
    } else if (what < 40) {
        lower_one(p);
    } else if (what < 44) {
        write_bit(p, intid, GICR_ISPENDR0, GICD_ISPENDR(0));
    } else if (what < 48) {
        write_bit(p, intid, GICR_ICPENDR0, GICD_ICPENDR(0));
    } else if (what < 70) {
        acknowledge(p);
    } else if (what < 85) {
        drop(p);
    } else if (what < 97) {
        deactivate(p);
    } else {
        write_both(p, below(p, 2) ? ICC_IGRPEN1_EL1 : ICC_IGRPEN0_EL1, below(p, 3) != 0);
    }
}

/* Comparison */

static void compare_interface(Pair *p)
{
    read_both(p, ICC_HPPIR0_EL1, "ICC_HPPIR0_EL1");
    read_both(p, ICC_HPPIR1_EL1, "ICC_HPPIR1_EL1");
    for (uint32_t n = 0; n < 4; n++) {
        read_both(p, ICC_AP0R0_EL1 + n, "ICC_AP0R<n>_EL1");
        read_both(p, ICC_AP1R0_EL1 + n, "ICC_AP1R<n>_EL1");
    }
    same(p, "notifications", p->ends, p->vm->ended_count);
}

static void compare_interrupts(Pair *p)
{
    for (uint32_t number = 0; number < IRQ_COUNT; number++) {
        VgicIrqInfo direct = {0}, lists = {0};

        same(p, "vgic_irq_info()", vgic_irq_info(p->direct, 0, intid_of(number), &direct),
             vgic_irq_info(p->vm->gic, 0, intid_of(number), &lists));
        same(p, "pending", direct.pending, lists.pending);
        same(p, "active", direct.active, lists.active);
    }
}

/* Life */

/* LPIs have 6 bits of priority; none has another's. */
static void configure_all(Pair *p)
{
    uint8_t multiples[64], others[191];
    unsigned lpis = 0, rest = 0;

    for (uint32_t i = 0; i < 255; i++) {
        if (i % 4) {
            others[rest++] = (uint8_t)i;
        } else {
            multiples[lpis++] = (uint8_t)i;
        }
    }
    for (uint32_t number = 0; number < LOCAL_COUNT + SPI_COUNT; number++) {
        uint32_t pick = below(p, rest);
        bool is_edge = number < 16 || below(p, 2);
        int group = below(p, 4) != 0;

        p->is_level[number] = !is_edge;
        vm_configure(p->vm, 0, number, group, others[pick], is_edge);
        others[pick] = others[--rest];
    }
    for (uint32_t number = LOCAL_COUNT + SPI_COUNT; number < IRQ_COUNT; number++) {
        uint32_t pick = below(p, lpis);

        lpi(p->vm, intid_of(number), multiples[pick]);
        multiples[pick] = multiples[--lpis];
    }
}

/* The direct interface begins as the VM stands. */
static void copy_to_direct(Pair *p)
{
    size_t size;
    void *bytes;

    vgic_hyp_put(p->vm->gic, 0);
    bytes = vgic_save(p->vm->gic, &size, NULL);
    assert_non_null(bytes);
    assert_true(vgic_load(p->direct, bytes, size, NULL));
    vgic_state_free(bytes);
    for (uint32_t i = 0; i < LPI_COUNT; i++) {
        ram_put8(&p->host.ram, CONFIG_TABLE + i, ram_get8(&p->vm->host.ram, CONFIG_TABLE + i));
    }
    assert_true(vgic_hyp_load(p->vm->gic, 0, VGIC_HYP_GUEST));
}

static void start_both(Pair *p, unsigned list_registers)
{
    VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = SPI_COUNT, .lpi_bits = 16, .priority_bits = 8);
    VgicHost callbacks = host_callbacks(false);

    host_add_memory(&callbacks);
    p->direct = vgic_new(&config, &callbacks, &p->host, NULL);
    assert_non_null(p->direct);
    p->host.gic = p->direct;
    p->vm = scenario(SETUP(.list_registers = list_registers, .eoimode = p->eoimode, .lpis = true,
                           .priority_bits = 8));
    configure_all(p);
    copy_to_direct(p);
    vm_enter(p->vm, 0);
    write_both(p, ICC_IGRPEN0_EL1, 1);
    vm_forget(p->vm);
}

static void run(unsigned list_registers, uint64_t seed)
{
    static Pair pair;
    Pair *p = &pair;

    *p = (Pair){.seed = seed, .random = seed * 0x9E3779B97F4A7C15u, .eoimode = seed & 1};
    start_both(p, list_registers);
    for (p->step = 0; p->step < STEPS; p->step++) {
        step(p);
        compare_interface(p);
        if (below(p, 16) == 0) {
            compare_interrupts(p);
        }
    }
    compare_interrupts(p);
    assert_true(p->ends > 0);
    assert_int_equal(p->host.error_count, 0);
    vm_free(p->vm);
    vgic_free(p->direct);
    host_clear(&p->host);
}

static void with(unsigned list_registers)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        run(list_registers, seed + 16 * list_registers);
    }
}

static void e41_1_list_register_gives_what_the_direct_interface_does(void **state)
{
    (void)state;
    with(1);
}

static void e41_2_list_registers_give_what_the_direct_interface_does(void **state)
{
    (void)state;
    with(2);
}

static void e41_4_list_registers_give_what_the_direct_interface_does(void **state)
{
    (void)state;
    with(4);
}

static void e41_16_list_registers_give_what_the_direct_interface_does(void **state)
{
    (void)state;
    with(16);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(e41_1_list_register_gives_what_the_direct_interface_does),
        cmocka_unit_test(e41_2_list_registers_give_what_the_direct_interface_does),
        cmocka_unit_test(e41_4_list_registers_give_what_the_direct_interface_does),
        cmocka_unit_test(e41_16_list_registers_give_what_the_direct_interface_does),
    };

    return cmocka_run_group_tests_name("hyp: random scenario", tests, NULL, NULL);
}
