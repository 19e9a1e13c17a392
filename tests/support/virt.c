/* SPDX-License-Identifier: BSD-2-Clause */
#include "virt.h"

#include "suite.h"

const VgicCpuState vm_el1 = {.el = 1,
                             .space = VGIC_NS,
                             .scr_el3 = SCR_NS,
                             .el2_enabled = true,
                             .hcr_el2 = HCR_IMO | HCR_FMO};
const VgicCpuState vm_svc32 = {.el = 1,
                               .space = VGIC_NS,
                               .aarch32 = true,
                               .scr_el3 = SCR_NS,
                               .el2_enabled = true,
                               .hcr_el2 = HCR_IMO | HCR_FMO};

uint64_t list_register(LrState state, int group, uint8_t priority, uint32_t vintid)
{
    return (uint64_t)state << 62 | (group ? LR_GROUP1 : 0) | (uint64_t)priority << 48 | vintid;
}

uint64_t hw_list_register(LrState state, int group, uint8_t priority, uint32_t vintid,
                          uint32_t pintid)
{
    return list_register(state, group, priority, vintid) | LR_HW | (uint64_t)pintid << 32;
}

uint64_t ich(Machine *m, uint32_t reg)
{
    return icc_read(m, 0, &ns_el2, reg);
}

void set_ich(Machine *m, uint32_t reg, uint64_t value)
{
    icc_write(m, 0, &ns_el2, reg, value);
}

LrState state_of_lr(Machine *m, unsigned n)
{
    return lr_state(ich(m, ICH_LR_EL2(n)));
}

unsigned eoi_count(Machine *m)
{
    return (unsigned)(ich(m, ICH_HCR_EL2) >> 27);
}

uint64_t icv(Machine *m, uint32_t reg)
{
    return icc_read(m, 0, &vm_el1, reg);
}

void set_icv(Machine *m, uint32_t reg, uint64_t value)
{
    icc_write(m, 0, &vm_el1, reg, value);
}

uint32_t viar(Machine *m, int group)
{
    return iar(m, 0, &vm_el1, group);
}

uint32_t vhppir(Machine *m, int group)
{
    return hppir(m, 0, &vm_el1, group);
}

void veoir(Machine *m, int group, uint32_t vintid)
{
    eoir(m, 0, &vm_el1, group, vintid);
}

void vdir(Machine *m, uint32_t vintid)
{
    dir(m, 0, &vm_el1, vintid);
}

uint8_t vrpr(Machine *m)
{
    return (uint8_t)icv(m, ICC_RPR_EL1);
}

uint32_t vlines(const Machine *m)
{
    return vgic_cpu_lines(m->gic, 0) & (VGIC_LINE_VIRQ | VGIC_LINE_VFIQ | VGIC_LINE_VNMI);
}

bool maintenance(const Machine *m)
{
    return vgic_cpu_lines(m->gic, 0) & VGIC_LINE_MAINTENANCE;
}

unsigned list_registers(const Machine *m)
{
    const uint32_t count = m->config.ich_options.list_registers;

    return count ? count : 4;
}

unsigned vpriority_bits(const Machine *m)
{
    const uint32_t bits = m->config.ich_options.priority_bits;

    return bits ? bits : 5;
}

unsigned vpreemption_bits(const Machine *m)
{
    const uint32_t bits = m->config.ich_options.preemption_bits;

    return bits ? bits : vpriority_bits(m) < 7 ? vpriority_bits(m) : 7;
}

uint8_t vpriority(const Machine *m, uint32_t priority)
{
    return (uint8_t)(priority & 0xFFu << (8 - vpriority_bits(m)));
}

unsigned minimum_vbpr(const Machine *m)
{
    return 7 - vpreemption_bits(m);
}

void start_vm(Machine *m, uint32_t hcr, uint32_t vmcr)
{
    static const uint32_t priorities[2][4] = {
        {ICH_AP0R0_EL2, ICH_AP0R1_EL2, ICH_AP0R2_EL2, ICH_AP0R3_EL2},
        {ICH_AP1R0_EL2, ICH_AP1R1_EL2, ICH_AP1R2_EL2, ICH_AP1R3_EL2}};
    const uint32_t bpr = minimum_vbpr(m);

    for (unsigned n = 0; n < list_registers(m); n++) {
        set_ich(m, ICH_LR_EL2(n), 0);
    }
    for (unsigned n = 0; n < 1u << (vpreemption_bits(m) - 5); n++) {
        set_ich(m, priorities[0][n], 0);
        set_ich(m, priorities[1][n], 0);
    }
    set_ich(m, ICH_VMCR_EL2,
            0xFFu << VPMR_SHIFT | bpr << VBPR0_SHIFT | (bpr + 1) << VBPR1_SHIFT | VFIQEN | VENG0 |
                VENG1 | vmcr);
    set_ich(m, ICH_HCR_EL2, ICH_EN | hcr);
}

Machine *machine_with_ich(VgicIchOptions options)
{
    const VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 1, .spis = 32, .el2 = true,
                                               .nmi = true, .ich_options = options);
    Machine *m = machine_new("virtual CPU interface", &config, false);

    assert_non_null(m);
    return m;
}
