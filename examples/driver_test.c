/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A unit test of a guest driver: the driver is compiled for the host, its accessors call the
 * library, and the test plays the device and the CPU.
 */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

/* The driver under test. In a real project it is a file of its own, and reaches hardware by these
 * three functions. */
void mmio_write32(uint64_t address, uint32_t value);
uint64_t read_sysreg(uint32_t encoding);
void write_sysreg(uint32_t encoding, uint64_t value);

enum {
    DRIVER_GICD = 0x08000000,
};

static void driver_init(void)
{
    mmio_write32(DRIVER_GICD + GICD_CTLR, 0x12);
    write_sysreg(ICC_PMR_EL1, 0xF0);
    write_sysreg(ICC_IGRPEN1_EL1, 1);
}

static void driver_enable(unsigned intid)
{
    mmio_write32(DRIVER_GICD + GICD_IGROUPR(intid / 32), 1u << intid % 32);
    mmio_write32(DRIVER_GICD + GICD_ISENABLER(intid / 32), 1u << intid % 32);
}

static unsigned driver_handle(void (*handler)(unsigned intid))
{
    unsigned intid = (unsigned)read_sysreg(ICC_IAR1_EL1);

    if (intid < 1020) {
        handler(intid);
        write_sysreg(ICC_EOIR1_EL1, intid);
    }
    return intid;
}

/* The test's side of the accessors. */
static Vgic *gic;
static const VgicCpuState el1 = {.el = 1, .space = VGIC_NS};

void mmio_write32(uint64_t address, uint32_t value)
{
    assert(vgic_frame_write(gic, vgic_frame(gic, "GICD"), VGIC_NS, address - DRIVER_GICD, 4,
                            value) == VGIC_OK);
}

uint64_t read_sysreg(uint32_t encoding)
{
    uint64_t value;

    assert(vgic_sysreg_read(gic, 0, &el1, encoding, &value) == VGIC_OK);
    return value;
}

void write_sysreg(uint32_t encoding, uint64_t value)
{
    assert(vgic_sysreg_write(gic, 0, &el1, encoding, value) == VGIC_OK);
}

/* Whatever the architecture calls a mistake fails the test. */
static void no_mistakes(void *machine, const VgicReport *report)
{
    (void)machine;
    fprintf(stderr, "the driver broke rule '%s': %s\n", report->rule, report->message);
    assert(0);
}

static unsigned handled;

static void handler(unsigned intid)
{
    handled = intid;
    vgic_spi_set_level(gic, intid, false); /* a real handler quiets its device */
}

int main(void)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 64);
    VgicHost host = VGIC_HOST_INIT(.guest_error = no_mistakes);

    gic = vgic_new(&config, &host, NULL, NULL);
    assert(gic);

    /* Given a driver that enabled interrupt 50, when the device raises it, its handler runs. */
    driver_init();
    driver_enable(50);
    vgic_spi_set_level(gic, 50, true);
    assert(vgic_cpu_lines(gic, 0) == VGIC_LINE_IRQ);
    assert(driver_handle(handler) == 50 && handled == 50);
    assert(vgic_cpu_lines(gic, 0) == 0);
    assert(driver_handle(handler) == VGIC_INTID_SPURIOUS);

    /* Interrupt 51 was not enabled. */
    vgic_spi_set_level(gic, 51, true);
    assert(vgic_cpu_lines(gic, 0) == 0);

    vgic_free(gic);
    puts("all well");
}
