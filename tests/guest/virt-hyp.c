/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest: smp=1 secure=on virtualization=on
 *
 * AArch32 Hyp mode (below AArch64 EL3): the AArch32 names of the ICH registers, list registers in
 * two halves, what they keep, what is UNDEFINED, SCR_EL3's traps.
 */
#include "rt/a32.h"
#include "rt/virt.h"

enum {
    MODE = A32_HYP | A32_MASKED
};

static u64 get(unsigned crm, unsigned op2)
{
    const u64 how = a32(MODE, a32_mrc(4, 12, crm, op2), 0);
    return how == A32_DONE ? a32_value : how << 32;
}
static u64 put(unsigned crm, unsigned op2, u32 v)
{
    return a32(MODE, a32_mcr(4, 12, crm, op2), v);
}

static void list_register_halves(void)
{
    section("list registers");
    for (unsigned n = 0; n < 4; n++) {
        lr_write(n, 0);
        expect(put(14, n, 0xd0402328), A32_DONE, "ICH_LRC%u written", (u64)n);
        expect(lr_read(n), 0xd040020000000000, "ICH_LR%u_EL2, upper half", (u64)n);
        expect(put(12, n, 0x00abcdef), A32_DONE, "ICH_LR%u written", (u64)n);
        expect(lr_read(n), 0xd040020000abcdef, "ICH_LR%u_EL2, both", (u64)n);
        expect(get(12, n), 0xabcdef, "ICH_LR%u", (u64)n);
        expect(get(14, n), 0xd0400200, "ICH_LRC%u", (u64)n);
        lr_write(n, LR_GROUP1 | LR_HW | LR_PINTID(0x123) | 77);
        expect(get(12, n) | get(14, n) << 32, LR_GROUP1 | LR_HW | LR_PINTID(0x123) | 77,
               "halves of ICH_LR%u_EL2", (u64)n);
        expect(put(14, n, 0), A32_DONE, "ICH_LRC%u zeroed", (u64)n);
        expect(lr_read(n), 77, "ICH_LR%u_EL2, lower half stays", (u64)n);
        lr_write(n, 0);
    }
    for (unsigned n = 4; n < 16; n++) {
        const unsigned crm = 12 + n / 8;
        expect(get(crm, n % 8) >> 32, A32_UNDEFINED, "ICH_LR%u", (u64)n);
        expect(get(crm + 2, n % 8) >> 32, A32_UNDEFINED, "ICH_LRC%u", (u64)n);
    }
}

static void others(void)
{
    section("registers");
    expect(get(11, 1), READ_SYS(ICH_VTR_EL2), "ICH_VTR");
    expect(put(11, 0, 0x90000005), A32_DONE, "ICH_HCR written");
    expect(ich_hcr(), 0x90000005, "ICH_HCR_EL2");
    expect(get(11, 0), 0x90000005, "ICH_HCR");
    expect(get(11, 2), MISR_LRENP, "ICH_MISR");
    expect(put(11, 0, 0), A32_DONE, "ICH_HCR zeroed");
    expect(put(11, 7, 0xa0b40202), A32_DONE, "ICH_VMCR written");
    expect(vmcr(), 0xa0b4020a, "ICH_VMCR_EL2");
    expect(get(11, 7), 0xa0b4020a, "ICH_VMCR");
    expect(put(8, 0, 0xdeadbeef), A32_DONE, "ICH_AP0R0 written");
    expect(put(9, 0, 0x12345678), A32_DONE, "ICH_AP1R0 written");
    expect(ap0r() << 32 | ap1r(), 0xdeadbeef12345678, "ICH_AP0R0_EL2, ICH_AP1R0_EL2");
    expect(get(8, 0) << 32 | get(9, 0), 0xdeadbeef12345678, "ICH_AP0R0, ICH_AP1R0");
    lr_write(1, LR_EOI);
    expect(get(11, 3), 2, "ICH_EISR");
    expect(get(11, 5), 0xd, "ICH_ELRSR");
    expect(get(9, 5), 0xf, "ICC_HSRE");
    vif_reset();

    section("undefined");
    expect(get(8, 1) >> 32, A32_UNDEFINED, "ICH_AP0R1");
    expect(get(9, 1) >> 32, A32_UNDEFINED, "ICH_AP1R1");
    expect(put(11, 1, 0), A32_UNDEFINED, "ICH_VTR written");
    expect(put(11, 2, 0), A32_UNDEFINED, "ICH_MISR written");
    expect(put(11, 3, 0), A32_UNDEFINED, "ICH_EISR written");
    expect(put(11, 5, 0), A32_UNDEFINED, "ICH_ELRSR written");
}

static void icc(void)
{
    section("ICC in Hyp mode");
    hcr(HCR_IMO | HCR_FMO);
    pmr(0xc0);
    vmcr_write(VMCR_OPEN);
    expect(a32(MODE, a32_mrc(0, 4, 6, 0), 0), A32_DONE, "ICC_PMR");
    fact(a32_value, "ICC_PMR, the physical one");
    scr_set(SCR_IRQ | SCR_FIQ, 0);
    expect(a32(MODE, a32_mrc(0, 4, 6, 0), 0), A32_TRAPPED | 3, "ICC_PMR, SCR IRQ FIQ");
    expect(a32(MODE, a32_mrc(0, 12, 12, 0), 0), A32_TRAPPED | 3, "ICC_IAR1, SCR IRQ FIQ");
    expect(a32(MODE, a32_mcrr(0), sgi(1, 0x200, 0, 1)), A32_TRAPPED | 4, "ICC_SGI1R, SCR IRQ FIQ");
    expect(get(11, 1), READ_SYS(ICH_VTR_EL2), "ICH_VTR, SCR IRQ FIQ");
    scr_set(0, SCR_IRQ | SCR_FIQ);
    pmr(0xff);
}

int main(void)
{
    el3_gicd_init();
    el3_pe_init();
    scr_set(SCR_NS, 0);
    vif_reset();
    list_register_halves();
    others();
    icc();
    return 0;
}
