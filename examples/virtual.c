/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hypervisor's code for list registers, tested on the host: it gives its guest an interrupt, the
 * guest takes and ends it, and the maintenance interrupt tells the hypervisor.
 */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>

#include <vgic/registers.h>
#include <vgic/vgic.h>

enum {
    TIMER = 27,       /* the guest's virtual timer */
    MAINTENANCE = 25, /* the PPI of the maintenance interrupt */
    GROUP1_ON = 0x2,  /* ICH_VMCR_EL2.VENG1 */
    UNMASKED = 0xF8,  /* ICH_VMCR_EL2.VPMR */
    EOI = 1,          /* ICH_MISR_EL2.EOI */
};

/* The hypervisor runs at EL2; its guest at EL1 with HCR_EL2.IMO and FMO set, and so finds the
 * virtual CPU interface behind the names of the ICC registers. */
static const VgicCpuState el2 = {.el = 2, .space = VGIC_NS, .el2_enabled = true};
static const VgicCpuState guest = {
    .el = 1, .space = VGIC_NS, .el2_enabled = true, .hcr_el2 = 1 << 4 | 1 << 3};

static Vgic *gic;

static uint64_t read_sysreg(const VgicCpuState *state, uint32_t encoding)
{
    uint64_t value;

    assert(vgic_sysreg_read(gic, 0, state, encoding, &value) == VGIC_OK);
    return value;
}

static void write_sysreg(const VgicCpuState *state, uint32_t encoding, uint64_t value)
{
    assert(vgic_sysreg_write(gic, 0, state, encoding, value) == VGIC_OK);
}

/* The code under test: a pending interrupt of Group 1 that asks to be told of its end. */
static void inject(unsigned n, uint32_t intid, uint8_t priority)
{
    uint64_t pending = UINT64_C(1) << 62, group1 = UINT64_C(1) << 60, eoi = UINT64_C(1) << 41;

    write_sysreg(&el2, ICH_LR_EL2(n), pending | group1 | eoi | (uint64_t)priority << 48 | intid);
}

int main(void)
{
    VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .el2 = true, .maintenance_intid = MAINTENANCE);
    VgicIrqInfo info;

    gic = vgic_new(&config, NULL, NULL, NULL);
    assert(gic);
    write_sysreg(&el2, ICH_VMCR_EL2, (uint64_t)UNMASKED << 24 | GROUP1_ON);
    write_sysreg(&el2, ICH_HCR_EL2, 1); /* En */

    inject(0, TIMER, 0x80);
    assert(vgic_cpu_lines(gic, 0) == VGIC_LINE_VIRQ);

    printf("the guest takes %d\n", (int)read_sysreg(&guest, ICC_IAR1_EL1));
    write_sysreg(&guest, ICC_EOIR1_EL1, TIMER);

    assert(read_sysreg(&el2, ICH_MISR_EL2) == EOI && read_sysreg(&el2, ICH_EISR_EL2) == 1);
    assert(vgic_cpu_lines(gic, 0) == VGIC_LINE_MAINTENANCE);
    assert(vgic_irq_info(gic, 0, MAINTENANCE, &info) && info.pending);
    printf("the hypervisor hears of its end\n");
    vgic_free(gic);
}
