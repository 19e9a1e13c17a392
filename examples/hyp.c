/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small VMM: its guest's GICv3 is libvgic's, on the list registers of a virtual CPU interface.
 * The interface is simulated here, by a second GIC with EL2; on hardware read_ich() and write_ich()
 * are MRS and MSR, and run_guest() is the world switch.
 *
 * The guest gets six interrupts on two list registers: five edges, and a serial port that holds its
 * line until it is served.
 */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

enum {
    SERIAL = 33,
    FIRST_EDGE = 40,
    EDGES = 5,
};

typedef struct Machine {
    Vgic *gic; /* the guest's */
    Vgic *cpu; /* stands for the CPU with its virtual CPU interface */
    bool serial_line;
    int exits;
} Machine;

static Machine machine;

/* What libvgic asks of the VMM */

static const VgicCpuState el2 = {.el = 2, .space = VGIC_NS, .el2_enabled = true};

static uint64_t read_ich(void *opaque, uint32_t vcpu, uint32_t encoding)
{
    Machine *m = opaque;
    uint64_t value;

    assert(vgic_sysreg_read(m->cpu, vcpu, &el2, encoding, &value) == VGIC_OK);
    return value;
}

static void write_ich(void *opaque, uint32_t vcpu, uint32_t encoding, uint64_t value)
{
    Machine *m = opaque;

    assert(vgic_sysreg_write(m->cpu, vcpu, &el2, encoding, value) == VGIC_OK);
}

/* The guest ended the serial port's interrupt: does the device still want it? */
static void ended(void *opaque, uint32_t vcpu, uint32_t intid)
{
    Machine *m = opaque;

    (void)vcpu;
    if (intid == SERIAL) {
        vgic_spi_set_level(m->gic, SERIAL, m->serial_line);
    }
}

/* The guest, a few instructions of it */

static const VgicCpuState guest_el1 = {
    .el = 1, .space = VGIC_NS, .el2_enabled = true, .hcr_el2 = 1 << 4 | 1 << 3}; /* IMO, FMO */

static void guest_msr(uint32_t encoding, uint64_t value)
{
    assert(vgic_sysreg_write(machine.cpu, 0, &guest_el1, encoding, value) == VGIC_OK);
}

/* Handles an interrupt; false: it waits for one (WFI). */
static bool guest_handles_one(void)
{
    uint64_t intid;

    assert(vgic_sysreg_read(machine.cpu, 0, &guest_el1, ICC_IAR1_EL1, &intid) == VGIC_OK);
    if (intid == VGIC_INTID_SPURIOUS) {
        return false;
    }
    printf("the guest takes %d\n", (int)intid);
    if (intid == SERIAL) {
        machine.serial_line = false; /* it reads the character */
    }
    guest_msr(ICC_EOIR1_EL1, intid);
    return true;
}

/* The world switch: the guest runs until something makes it exit. */
static bool run_guest(void)
{
    while (guest_handles_one()) {
        if (vgic_cpu_lines(machine.cpu, 0) & VGIC_LINE_MAINTENANCE ||
            vgic_cpu_lines(machine.gic, 0) & VGIC_LINE_KICK) {
            return true;
        }
    }
    return false;
}

/* The VMM */

static void enable(uint32_t intid, uint8_t priority, bool edge)
{
    const VgicFrame *dist = vgic_frame(machine.gic, "GICD");
    uint64_t groups, triggers;

    vgic_frame_read(machine.gic, dist, VGIC_NS, GICD_IGROUPR(intid / 32), 4, &groups);
    vgic_frame_write(machine.gic, dist, VGIC_NS, GICD_IGROUPR(intid / 32), 4,
                     groups | 1u << intid % 32);
    vgic_frame_read(machine.gic, dist, VGIC_NS, GICD_ICFGR(intid / 16), 4, &triggers);
    vgic_frame_write(machine.gic, dist, VGIC_NS, GICD_ICFGR(intid / 16), 4,
                     triggers | (edge ? 2u << intid % 16 * 2 : 0));
    vgic_frame_write(machine.gic, dist, VGIC_NS, GICD_IPRIORITYR(0) + intid, 1, priority);
    vgic_frame_write(machine.gic, dist, VGIC_NS, GICD_ISENABLER(intid / 32), 4, 1u << intid % 32);
}

int main(void)
{
    VgicConfig guest = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 32);
    VgicConfig cpu =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .el2 = true, .ich_options.list_registers = 2);
    VgicHypHost hyp = VGIC_HYP_HOST_INIT(.read = read_ich, .write = write_ich, .ended = ended);

    machine.cpu = vgic_new(&cpu, NULL, NULL, NULL);
    machine.gic = vgic_hyp_new(&guest, NULL, &hyp, &machine, NULL);
    assert(machine.cpu && machine.gic);

    /* What the guest's kernel does at boot: on a real machine by MMIO, after an exit. */
    vgic_frame_write(machine.gic, vgic_frame(machine.gic, "GICD"), VGIC_NS, GICD_CTLR, 4, 0x12);
    enable(SERIAL, 0x40, false);
    for (uint32_t i = 0; i < EDGES; i++) {
        enable(FIRST_EDGE + i, (uint8_t)(0xA0 - 8 * i), true);
    }

    vgic_hyp_load(machine.gic, 0, VGIC_HYP_GUEST);
    guest_msr(ICC_PMR_EL1, 0xF8); /* directly: the guest's registers are the interface's */
    guest_msr(ICC_IGRPEN1_EL1, 1);

    /* Devices. */
    for (uint32_t i = 0; i < EDGES; i++) {
        vgic_spi_pulse(machine.gic, FIRST_EDGE + i);
    }
    machine.serial_line = true;
    vgic_spi_set_level(machine.gic, SERIAL, true);

    for (bool running = true; running; machine.exits++) {
        if (vgic_hyp_flush(machine.gic, 0) == VGIC_HYP_ENTER) {
            running = run_guest();
        }
        vgic_hyp_sync(machine.gic, 0);
    }
    vgic_hyp_put(machine.gic, 0); /* before it blocks */
    assert(!(vgic_cpu_lines(machine.gic, 0) & VGIC_LINE_IRQ));
    printf("%d exits, nothing more to do\n", machine.exits);

    vgic_free(machine.gic);
    vgic_free(machine.cpu);
}
