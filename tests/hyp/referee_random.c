/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same random guest twice: on list registers of QEMU's interface, and on the library's own CPU
 * interface. It must see the same. Priorities are all different, it ends in reverse order what it
 * took, and both groups stay enabled: QEMU does not tell of VENG0's fall.
 */
#include <stdlib.h>

#include "referee_scenarios.h"

enum {
    FIRST = 40,
    COUNT = 31,  /* priorities that 5 bits and a mask of 0xF8 let through */
    STATES = 40, /* steps between two comparisons of all states, about */
};

uint64_t referee_seed = 1;
unsigned referee_steps = 2000;

typedef struct Pair {
    Vm *vm;
    Vgic *direct;
    uint64_t random;
    unsigned step;
    bool eoimode, edge[COUNT], wire[COUNT];
    struct {
        uint32_t intid;
        int group;
    } taken[COUNT]; /* the last is the highest */
    unsigned taken_count;
    uint32_t dropped[COUNT]; /* EOImode 1: not yet deactivated */
    unsigned dropped_count;
    unsigned delivered;
} Pair;

static const VgicCpuState el1 = {.el = 1, .space = VGIC_NS};

static uint32_t draw(Pair *pair, uint32_t limit)
{
    pair->random = pair->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(pair->random >> 33) % limit;
}

static void expect_same(const Pair *pair, const char *what, uint64_t got, uint64_t want)
{
    if (got != want) {
        fail_msg("seed %llu, step %u: %s is %#llx on list registers, %#llx without",
                 (unsigned long long)referee_seed, pair->step, what, (unsigned long long)got,
                 (unsigned long long)want);
    }
}

/* Accesses of the guest */

static uint64_t direct_read(Pair *pair, uint32_t encoding)
{
    uint64_t value;

    assert_int_equal(vgic_sysreg_read(pair->direct, 0, &el1, encoding, &value), VGIC_OK);
    return value;
}

static uint64_t read_both(Pair *pair, const char *name, uint32_t encoding)
{
    uint64_t want = direct_read(pair, encoding);

    expect_same(pair, name, vm_read(pair->vm, 0, encoding), want);
    return want;
}

static void write_both(Pair *pair, uint32_t encoding, uint64_t value)
{
    assert_int_equal(vgic_sysreg_write(pair->direct, 0, &el1, encoding, value), VGIC_OK);
    vm_write(pair->vm, 0, encoding, value);
}

static void frame_both(Pair *pair, uint32_t offset, uint32_t size, uint64_t value)
{
    assert_int_equal(vgic_frame_write(pair->direct, vgic_frame(pair->direct, "GICD"), VGIC_NS,
                                      offset, size, value),
                     VGIC_OK);
    vm_frame_write(pair->vm, 0, "GICD", offset, size, value);
}

static void bit_both(Pair *pair, uint32_t offset, uint32_t intid)
{
    frame_both(pair, offset + intid / 32 * 4, 4, 1u << intid % 32);
}

/* Set-up */

/* A word of a register with @p bits for each interrupt. */
static void configure_word(Pair *pair, uint32_t offset, unsigned bits, uint32_t word,
                           uint32_t (*field)(Pair *, uint32_t intid))
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < 32 / bits; i++) {
        value |= field(pair, word * (32 / bits) + i) << i * bits;
    }
    frame_both(pair, offset + word * 4, 4, value);
}

static uint32_t group_field(Pair *pair, uint32_t intid)
{
    (void)intid;
    return draw(pair, 2);
}

static uint32_t trigger_field(Pair *pair, uint32_t intid)
{
    return intid >= FIRST && intid < FIRST + COUNT && pair->edge[intid - FIRST] ? 2 : 0;
}

static void configure_both(Pair *pair)
{
    uint32_t priorities[COUNT];

    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t n = draw(pair, i + 1);

        pair->edge[i] = draw(pair, 2);
        priorities[i] = priorities[n];
        priorities[n] = i * 8;
    }
    for (uint32_t word = FIRST / 32; word <= (FIRST + COUNT) / 32; word++) {
        configure_word(pair, GICD_IGROUPR(0), 1, word, group_field);
    }
    for (uint32_t word = FIRST / 16; word <= (FIRST + COUNT) / 16; word++) {
        configure_word(pair, GICD_ICFGR(0), 2, word, trigger_field);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        frame_both(pair, GICD_IPRIORITYR(0) + FIRST + i, 1, priorities[i]);
        bit_both(pair, GICD_ISENABLER(0), FIRST + i);
    }
}

static void begin_pair(Pair *pair, unsigned list_registers, bool eoimode)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 64);

    *pair = (Pair){.random = referee_seed * 31 + list_registers * 2 + eoimode, .eoimode = eoimode};
    pair->vm = vm_new(&config, referee_interface(list_registers));
    config.priority_bits = 5;
    pair->direct = vgic_new(&config, NULL, NULL, NULL);
    assert_non_null(pair->direct);
    vgic_act_as_firmware(pair->vm->gic);
    vgic_act_as_firmware(pair->direct);
    frame_both(pair, GICD_CTLR, 4, 0x13);
    configure_both(pair);
    vm_enter(pair->vm, 0);
    write_both(pair, ICC_PMR_EL1, 0xF8);
    write_both(pair, ICC_CTLR_EL1, eoimode ? EOIMODE : 0);
    write_both(pair, ICC_IGRPEN1_EL1, 1); /* first: else QEMU's VGrp0D never ends */
    write_both(pair, ICC_IGRPEN0_EL1, 1);
}

/* Steps */

static void drive(Pair *pair)
{
    uint32_t i = draw(pair, COUNT);

    if (pair->edge[i]) {
        vgic_spi_pulse(pair->direct, FIRST + i);
        vm_pulse(pair->vm, 0, FIRST + i);
        return;
    }
    pair->wire[i] = !pair->wire[i];
    vgic_spi_set_level(pair->direct, FIRST + i, pair->wire[i]);
    vm_wire(pair->vm, 0, FIRST + i, pair->wire[i]);
}

static void acknowledge(Pair *pair)
{
    int group = (int)draw(pair, 2);
    uint32_t intid =
        (uint32_t)read_both(pair, group ? "IAR1" : "IAR0", group ? ICC_IAR1_EL1 : ICC_IAR0_EL1);

    if (intid != VGIC_INTID_SPURIOUS) {
        assert_true(pair->taken_count < COUNT);
        pair->taken[pair->taken_count].intid = intid;
        pair->taken[pair->taken_count++].group = group;
        pair->delivered++;
    }
}

static void end_one(Pair *pair)
{
    uint32_t intid;

    if (!pair->taken_count) {
        return;
    }
    intid = pair->taken[--pair->taken_count].intid;
    write_both(pair, pair->taken[pair->taken_count].group ? ICC_EOIR1_EL1 : ICC_EOIR0_EL1, intid);
    if (pair->eoimode) {
        pair->dropped[pair->dropped_count++] = intid;
    }
}

static void deactivate_one(Pair *pair)
{
    uint32_t n;

    if (!pair->dropped_count) {
        return;
    }
    n = draw(pair, pair->dropped_count);
    write_both(pair, ICC_DIR_EL1, pair->dropped[n]);
    pair->dropped[n] = pair->dropped[--pair->dropped_count];
}

static void compare_states(Pair *pair)
{
    for (uint32_t intid = FIRST; intid < FIRST + COUNT; intid++) {
        VgicIrqInfo got = vm_info(pair->vm, 0, intid), want;

        assert_true(vgic_irq_info(pair->direct, 0, intid, &want));
        if (got.active != want.active || got.pending != want.pending) {
            fail_msg("seed %llu, step %u: %u is active %d, pending %d, not %d, %d",
                     (unsigned long long)referee_seed, pair->step, intid, got.active, got.pending,
                     want.active, want.pending);
        }
    }
}

static void compare(Pair *pair)
{
    switch (draw(pair, 3)) {
    case 0:
        read_both(pair, "HPPIR0", ICC_HPPIR0_EL1);
        break;
    case 1:
        read_both(pair, "HPPIR1", ICC_HPPIR1_EL1);
        break;
    default:
        read_both(pair, "RPR", ICC_RPR_EL1);
    }
    expect_same(pair, "AP0R0", vm_ich(pair->vm, 0, ICH_AP0R0_EL2),
                direct_read(pair, ICC_AP0R0_EL1));
    expect_same(pair, "AP1R0", vm_ich(pair->vm, 0, ICH_AP1R0_EL2),
                direct_read(pair, ICC_AP1R0_EL1));
    if (draw(pair, STATES) == 0) {
        compare_states(pair);
    }
}

static void step(Pair *pair)
{
    switch (draw(pair, 16)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
        drive(pair);
        break;
    case 5:
    case 6:
    case 7:
    case 8:
        acknowledge(pair);
        break;
    case 9:
    case 10:
    case 11:
        end_one(pair);
        break;
    case 12:
    case 13:
        deactivate_one(pair);
        break;
    case 14:
        vm_bounce(pair->vm, 0);
        break;
    default:
        bit_both(pair, draw(pair, 3) ? GICD_ISPENDR(0) : GICD_ICPENDR(0),
                 FIRST + draw(pair, COUNT));
    }
    compare(pair);
}

static void finish_pair(Pair *pair)
{
    compare_states(pair);
    vgic_free(pair->direct);
    vm_free(pair->vm);
}

void random_guests_see_what_they_see_without_list_registers(void **state)
{
    uint32_t most = referee_list_registers();
    Pair pair;

    (void)state;
    for (uint32_t list_registers = 1; list_registers <= most; list_registers *= 2) {
        for (unsigned eoimode = 0; eoimode < 2; eoimode++) {
            begin_pair(&pair, list_registers, eoimode);
            for (pair.step = 0; pair.step < referee_steps; pair.step++) {
                step(&pair);
            }
            assert_true(pair.delivered > referee_steps / 32); /* or it tested nothing */
            finish_pair(&pair);
        }
    }
}
