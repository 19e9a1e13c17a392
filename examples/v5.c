/* SPDX-License-Identifier: BSD-2-Clause */
/* A GICv5 without memory: an SPI and a PPI, what a driver writes, what a device does, and a PE that
 * takes what is pending. */
#include <stdio.h>
#include <stdlib.h>

#include <vgic/registers5.h>
#include <vgic/vgic.h>

enum {
    DISK = VGIC_V5_SPI(10), /* an SPI: TYPE 3, ID 10 */
    TIMER = 27,             /* the PPI of the virtual timer, by its ID */
    LEVEL = 1,              /* IRS_SPI_CFGR.TM */
};

static const VgicCpuState el1 = {.el = 1, .space = VGIC_NS};

/* The guest's driver. Instructions are system registers to the library. */
static void start(Vgic *gic)
{
    const VgicFrame *irs = vgic_frame(gic, "IRS");

    vgic_frame_write(gic, irs, VGIC_NS, IRS_CR0, 4, 1); /* IRSEN */
    vgic_frame_write(gic, irs, VGIC_NS, IRS_SPI_SELR, 4, 10);
    vgic_frame_write(gic, irs, VGIC_NS, IRS_SPI_CFGR, 4, LEVEL);
    vgic_sysreg_write(gic, 0, &el1, GIC_CDPRI, DISK | UINT64_C(8) << 35);
    vgic_sysreg_write(gic, 0, &el1, GIC_CDAFF, DISK | UINT64_C(0) << 32); /* IAFFID 0 */
    vgic_sysreg_write(gic, 0, &el1, GIC_CDEN, DISK);
    vgic_sysreg_write(gic, 0, &el1, ICC_PPI_PRIORITYR3_EL1, UINT64_C(16) << 24); /* PPI 27 */
    vgic_sysreg_write(gic, 0, &el1, ICC_PPI_ENABLER0_EL1, 1u << TIMER);
    vgic_sysreg_write(gic, 0, &el1, ICC_PCR_EL1, 31); /* all priorities */
    vgic_sysreg_write(gic, 0, &el1, ICC_CR0_EL1, 1);  /* EN */
}

/* One interrupt from acknowledge to deactivation; 0: there was none. */
static uint64_t handle(Vgic *gic)
{
    uint64_t interrupt = 0;

    if (vgic_cpu_lines(gic, 0) & VGIC_LINE_IRQ) {
        vgic_sysreg_read(gic, 0, &el1, GICR_CDIA, &interrupt); /* VALID is bit 32 */
        vgic_sysreg_write(gic, 0, &el1, GIC_CDEOI, 0);
        vgic_sysreg_write(gic, 0, &el1, GIC_CDDI, interrupt);
    }
    return interrupt;
}

int main(void)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V5, .cpus = 1, .spis = 32);
    Vgic *gic = vgic_new(&config, NULL, NULL, NULL);
    unsigned taken = 0;
    uint64_t interrupt;

    if (!gic) {
        return EXIT_FAILURE;
    }
    start(gic);
    vgic_ppi_set_level(gic, 0, TIMER, true); /* the timer */
    vgic_spi_set_level(gic, 10, true);       /* a device, whose priority is the higher one */
    while ((interrupt = handle(gic))) {
        bool spi = (uint32_t)interrupt == DISK;

        printf("%s %u\n", spi ? "SPI" : "PPI", (unsigned)interrupt & 0xFFFFFF);
        if (spi) { /* the handlers made their sources quiet */
            vgic_spi_set_level(gic, 10, false);
        } else {
            vgic_ppi_set_level(gic, 0, TIMER, false);
        }
        taken++;
    }
    vgic_free(gic);
    return taken == 2 ? EXIT_SUCCESS : EXIT_FAILURE;
}
