/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 virtualization=on
 *
 * A PE without FEAT_NMI: nothing of FEAT_GICv3_NMI is there.
 */
#include "rt/nmi.h"
#include "rt/virt.h"

int main(void)
{
    el2_init();
    section("absent");
    expect(READ_SYS("id_aa64pfr1_el1") >> 36 & 0xf, 0, "ID_AA64PFR1_EL1.NMI");
    expect(read32(GICD + GICD_TYPER) >> 9 & 1, 0, "GICD_TYPER.NMI");
    expect(TRAP_OF(nmiar1()), 0x200, "ICC_NMIAR1_EL1 at EL2");
    write32(SGI_BASE(0) + INMIR, ~0u);
    expect(read32(SGI_BASE(0) + INMIR), 0, "GICR_INMIR0");
    for (unsigned n = 0; n < 32; n++) {
        write32(GICD + INMIR + 4 * n, ~0u);
        expect(read32(GICD + INMIR + 4 * n), 0, "GICD_INMIR%u", (u64)n);
    }
    WRITE_SYS(ICC_AP1R0_EL1, AP1R0_NMI | 1);
    expect(ap1r0(), 1, "ICC_AP1R0_EL1[63]");
    WRITE_SYS(ICC_AP1R0_EL1, 0);
    ap1r_write(AP1R0_NMI | 1);
    expect(ap1r(), 1, "ICH_AP1R0_EL2[63]");
    ap1r_write(0);
    lr_write(0, lr(1, 0x90, 40) | LR_NMI);
    expect(lr_read(0), lr(1, 0x90, 40), "ICH_LR0_EL2.NMI");
    expect(guest(f_hppir1, 0), 40, "HPPIR1 of the guest");
    expect(guest(f_iar1, 0), 40, "IAR1 of the guest");
    expect(guest(f_rpr, 0), 0x90, "RPR of the guest");
    guest(f_eoi1, 40);
    expect(lr_read(0), lr(1, 0x90, 40) & ~LR_STATE, "ICH_LR0_EL2 after the end");
    return 0;
}
