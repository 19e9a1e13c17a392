/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <vgic/registers.h>
#include <vgic/vgic.h>

int main(void)
{
    VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 32);
    Vgic *gic = vgic_new(&config, NULL, NULL, NULL);
    const VgicFrame *gicd = vgic_frame(gic, "GICD");
    VgicCpuState el1 = {.el = 1, .space = VGIC_NS};
    uint64_t intid;

    vgic_frame_write(gic, gicd, VGIC_NS, GICD_CTLR, 4, 0x12);             /* Group 1 on */
    vgic_frame_write(gic, gicd, VGIC_NS, GICD_IGROUPR(1), 4, 1u << 10);   /* SPI 42: Group 1 */
    vgic_frame_write(gic, gicd, VGIC_NS, GICD_ISENABLER(1), 4, 1u << 10); /* and enabled */
    vgic_sysreg_write(gic, 0, &el1, ICC_PMR_EL1, 0xFF);                   /* all priorities */
    vgic_sysreg_write(gic, 0, &el1, ICC_IGRPEN1_EL1, 1);
    vgic_spi_set_level(gic, 42, true);            /* a device */
    if (vgic_cpu_lines(gic, 0) & VGIC_LINE_IRQ) { /* a CPU */
        vgic_sysreg_read(gic, 0, &el1, ICC_IAR1_EL1, &intid);
        printf("interrupt %d\n", (int)intid);
    }
    vgic_free(gic);
}
