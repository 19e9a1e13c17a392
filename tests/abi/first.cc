/* SPDX-License-Identifier: BSD-2-Clause */
/* A C++ program on the library: the same interrupt as in examples/first.c, without the macros that are for C only. */
#include <vgic/registers.h>
#include <vgic/vgic.h>

int main()
{
    VgicConfig config;
    vgic_config_init(&config, VGIC_V3);
    config.spis = 32;
    Vgic *gic = vgic_new(&config, nullptr, nullptr, nullptr);
    if (!gic) {
        return 1;
    }
    const VgicFrame *gicd = vgic_frame(gic, "GICD");
    VgicCpuState el1 = {};
    el1.el = 1;
    el1.space = VGIC_NS;
    bool ok = vgic_frame_write(gic, gicd, VGIC_NS, GICD_CTLR, 4, 0x12) == VGIC_OK &&
              vgic_frame_write(gic, gicd, VGIC_NS, GICD_IGROUPR(1), 4, 1u << 10) == VGIC_OK &&
              vgic_frame_write(gic, gicd, VGIC_NS, GICD_ISENABLER(1), 4, 1u << 10) == VGIC_OK &&
              vgic_sysreg_write(gic, 0, &el1, ICC_PMR_EL1, 0xFF) == VGIC_OK &&
              vgic_sysreg_write(gic, 0, &el1, ICC_IGRPEN1_EL1, 1) == VGIC_OK;
    uint64_t intid = 0;
    ok = ok && vgic_spi_set_level(gic, 42, true) && vgic_cpu_lines(gic, 0) == VGIC_LINE_IRQ &&
         vgic_sysreg_read(gic, 0, &el1, ICC_IAR1_EL1, &intid) == VGIC_OK && intid == 42;
    vgic_free(gic);
    return ok ? 0 : 1;
}
