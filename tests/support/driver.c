/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest driver's upper half: interrupts and the CPU interface. */
#include "guest.h"
#include "suite.h"

const char *group_name(Group group)
{
    static const char *const names[] = {"Group 0", "Secure Group 1", "Non-secure Group 1"};

    return names[group];
}

bool is_private(uint32_t intid)
{
    return intid < 32 || (intid >= 1024 && intid < 4096);
}

/* Offsets of a per-interrupt register: for SPIs, extended SPIs, and in the Redistributor. */
typedef struct Array {
    uint32_t spi, espi, redist;
} Array;

static const Array bit_arrays[] = {
    [IGROUPR] = {GICD_IGROUPR(0), GICD_IGROUPRnE(0), GICR_IGROUPR0},
    [IGRPMODR] = {GICD_IGRPMODR(0), GICD_IGRPMODRnE(0), GICR_IGRPMODR0},
    [ISENABLER] = {GICD_ISENABLER(0), GICD_ISENABLERnE(0), GICR_ISENABLER0},
    [ICENABLER] = {GICD_ICENABLER(0), GICD_ICENABLERnE(0), GICR_ICENABLER0},
    [ISPENDR] = {GICD_ISPENDR(0), GICD_ISPENDRnE(0), GICR_ISPENDR0},
    [ICPENDR] = {GICD_ICPENDR(0), GICD_ICPENDRnE(0), GICR_ICPENDR0},
    [ISACTIVER] = {GICD_ISACTIVER(0), GICD_ISACTIVERnE(0), GICR_ISACTIVER0},
    [ICACTIVER] = {GICD_ICACTIVER(0), GICD_ICACTIVERnE(0), GICR_ICACTIVER0},
    [INMIR] = {GICD_INMIR(0), GICD_INMIRnE(0), GICR_INMIR0},
};
static const Array priorities = {GICD_IPRIORITYR(0), GICD_IPRIORITYRnE(0), GICR_IPRIORITYR(0)};
static const Array triggers = {GICD_ICFGR(0), GICD_ICFGRnE(0), GICR_ICFGR0};

/* Bit position of an interrupt in an array with @p width bits for each. */
static uint32_t array_bit(const Array *array, uint32_t intid, uint32_t width, uint32_t *offset)
{
    const uint32_t index = intid >= 4096 ? intid - 4096 : intid >= 1056 ? intid - 1056 + 32 : intid;
    const uint32_t bit = index * width;

    *offset = (is_private(intid) ? array->redist
               : intid >= 4096   ? array->espi
                                 : array->spi) +
              bit / 32 * 4;
    return bit % 32;
}

static uint32_t read32(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid, uint32_t offset)
{
    return is_private(intid) ? gicr_read(m, cpu, attrs, offset) : gicd_read(m, attrs, offset);
}

static void write32(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid, uint32_t offset,
                    uint32_t value)
{
    if (is_private(intid)) {
        gicr_write(m, cpu, attrs, offset, value);
    } else {
        gicd_write(m, attrs, offset, value);
    }
}

/* Read-modify-write of one interrupt's field. */
static void write_field(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid,
                        const Array *array, uint32_t width, uint32_t value)
{
    uint32_t offset;
    const uint32_t bit = array_bit(array, intid, width, &offset);
    const uint32_t mask = ((1u << width) - 1) << bit;
    const uint32_t old = read32(m, attrs, cpu, intid, offset);

    write32(m, attrs, cpu, intid, offset, (old & ~mask) | value << bit);
}

bool bit_read(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid, BitRegister reg)
{
    uint32_t offset;
    const uint32_t bit = array_bit(&bit_arrays[reg], intid, 1, &offset);

    return read32(m, attrs, cpu, intid, offset) >> bit & 1;
}

void bit_write(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid, BitRegister reg)
{
    uint32_t offset;
    const uint32_t bit = array_bit(&bit_arrays[reg], intid, 1, &offset);

    write32(m, attrs, cpu, intid, offset, 1u << bit);
}

uint8_t priority_read(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid)
{
    uint32_t offset;
    const uint32_t bit = array_bit(&priorities, intid, 8, &offset);

    return (uint8_t)(read32(m, attrs, cpu, intid, offset) >> bit);
}

void priority_write(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid, uint8_t priority)
{
    uint32_t offset;
    const uint32_t byte = array_bit(&priorities, intid, 8, &offset) / 8;

    if (is_private(intid)) {
        gicr_write8(m, cpu, attrs, offset + byte, priority);
    } else {
        gicd_write8(m, attrs, offset + byte, priority);
    }
}

Trigger trigger_read(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid)
{
    uint32_t offset;
    const uint32_t bit = array_bit(&triggers, intid, 2, &offset);

    return read32(m, attrs, cpu, intid, offset) >> bit & 2 ? EDGE : LEVEL;
}

void trigger_write(Machine *m, VgicAttrs attrs, uint32_t cpu, uint32_t intid, Trigger trigger)
{
    write_field(m, attrs, cpu, intid, &triggers, 2, trigger == EDGE ? 2 : 0);
}

static uint32_t route_offset(uint32_t intid)
{
    return intid >= 4096 ? GICD_IROUTERnE(intid - 4096) : GICD_IROUTER(intid);
}

uint64_t route_read(Machine *m, VgicAttrs attrs, uint32_t intid)
{
    return gicd_read64(m, attrs, route_offset(intid));
}

void route_write(Machine *m, VgicAttrs attrs, uint32_t intid, uint64_t route)
{
    gicd_write64(m, attrs, route_offset(intid), route);
}

void nsacr_write(Machine *m, uint32_t cpu, uint32_t intid, unsigned value)
{
    static const Array nsacr = {GICD_NSACR(0), GICD_NSACRnE(0), GICR_NSACR};

    write_field(m, VGIC_S, cpu, intid, &nsacr, 2, value);
}

void set_group(Machine *m, uint32_t cpu, uint32_t intid, Group group)
{
    write_field(m, VGIC_S, cpu, intid, &bit_arrays[IGROUPR], 1, group == GROUP_1NS);
    write_field(m, VGIC_S, cpu, intid, &bit_arrays[IGRPMODR], 1, group == GROUP_1S);
}

void route_to(Machine *m, uint32_t intid, uint32_t cpu)
{
    route_write(m, VGIC_S, intid, machine_affinity(m, cpu));
}

void configure(Machine *m, uint32_t cpu, uint32_t intid, Group group, uint8_t priority,
               Trigger trigger)
{
    set_group(m, cpu, intid, group);
    priority_write(m, VGIC_S, cpu, intid, priority);
    if (intid >= 16) {
        trigger_write(m, VGIC_S, cpu, intid, trigger);
    }
    if (!is_private(intid)) {
        route_to(m, intid, cpu);
    }
    bit_write(m, VGIC_S, cpu, intid, ISENABLER);
}

void set_nmi(Machine *m, uint32_t cpu, uint32_t intid, bool nmi)
{
    write_field(m, VGIC_S, cpu, intid, &bit_arrays[INMIR], 1, nmi);
}

void wire(Machine *m, uint32_t cpu, uint32_t intid, bool level)
{
    const bool there = is_private(intid) ? vgic_ppi_set_level(m->gic, cpu, intid, level)
                                         : vgic_spi_set_level(m->gic, intid, level);
    assert_true(there);
}

void pend(Machine *m, uint32_t cpu, uint32_t intid)
{
    bit_write(m, VGIC_S, cpu, intid, ISPENDR);
}

void distributor_groups(Machine *m, bool enable)
{
    /* With DS = 1 there are two enables, with DS = 0 three; the other bits keep their values. */
    const uint32_t all = has(m, ONE_STATE) || gicd_read(m, VGIC_S, GICD_CTLR) & 1u << 6 ? 3 : 7;
    const uint32_t other = gicd_read(m, VGIC_S, GICD_CTLR) & ~7u;

    gicd_write(m, VGIC_S, GICD_CTLR, other | (enable ? all : 0));
}

void cpu_group(Machine *m, uint32_t cpu, Group group, bool enable)
{
    if (group == GROUP_0) {
        icc_write(m, cpu, &m->top, ICC_IGRPEN0_EL1, enable);
    } else if (has(m, EL3)) {
        const uint64_t bit = group == GROUP_1S ? 2 : 1;
        const uint64_t old = icc_read(m, cpu, &el3, ICC_IGRPEN1_EL3);
        icc_write(m, cpu, &el3, ICC_IGRPEN1_EL3, enable ? old | bit : old & ~bit);
    } else {
        icc_write(m, cpu, &m->top, ICC_IGRPEN1_EL1, enable);
    }
}

void set_eoi_mode(Machine *m, uint32_t cpu, bool split)
{
    if (has(m, EL3)) {
        const uint64_t other = icc_read(m, cpu, &el3, ICC_CTLR_EL3) & ~0x1Cull;
        icc_write(m, cpu, &el3, ICC_CTLR_EL3, other | (split ? 0x1C : 0));
    } else {
        icc_write(m, cpu, &m->os, ICC_CTLR_EL1, split ? 2 : 0);
    }
}

void allow_sre(Machine *m, uint32_t cpu)
{
    if (has(m, EL3)) {
        icc_write(m, cpu, &el3, ICC_SRE_EL3, 0xF);
    }
}

void start(Machine *m)
{
    distributor_groups(m, true);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        gicr_write(m, cpu, VGIC_S, GICR_WAKER, 0);
        icc_write(m, cpu, &m->top, ICC_PMR_EL1, 0xFF);
        cpu_group(m, cpu, GROUP_0, true);
        cpu_group(m, cpu, GROUP_1NS, true);
        if (has(m, WORLDS)) {
            cpu_group(m, cpu, GROUP_1S, true);
        }
        vgic_cpu_set_state(m->gic, cpu, &m->os);
    }
}

void restart(Machine *m)
{
    vgic_reset(m->gic, VGIC_RESET_COLD);
    start(m);
}

uint32_t iar(Machine *m, uint32_t cpu, const VgicCpuState *state, int group)
{
    return (uint32_t)icc_read(m, cpu, state, group ? ICC_IAR1_EL1 : ICC_IAR0_EL1);
}

uint32_t hppir(Machine *m, uint32_t cpu, const VgicCpuState *state, int group)
{
    return (uint32_t)icc_read(m, cpu, state, group ? ICC_HPPIR1_EL1 : ICC_HPPIR0_EL1);
}

void eoir(Machine *m, uint32_t cpu, const VgicCpuState *state, int group, uint32_t intid)
{
    icc_write(m, cpu, state, group ? ICC_EOIR1_EL1 : ICC_EOIR0_EL1, intid);
}

void dir(Machine *m, uint32_t cpu, const VgicCpuState *state, uint32_t intid)
{
    icc_write(m, cpu, state, ICC_DIR_EL1, intid);
}

uint8_t running_priority(Machine *m, uint32_t cpu)
{
    return (uint8_t)icc_read(m, cpu, &m->top, ICC_RPR_EL1);
}

uint32_t take(Machine *m, uint32_t cpu, Group group)
{
    return iar(m, cpu, &m->top, group != GROUP_0);
}

void finish(Machine *m, uint32_t cpu, Group group, uint32_t intid)
{
    eoir(m, cpu, &m->top, group != GROUP_0, intid);
}

void os_configure(Machine *m, uint32_t cpu, uint32_t intid, Trigger trigger)
{
    configure(m, cpu, intid, GROUP_1NS, OS_PRIORITY, trigger);
}

uint32_t ack(Machine *m, uint32_t cpu)
{
    return iar(m, cpu, &m->os, 1);
}

void eoi(Machine *m, uint32_t cpu, uint32_t intid)
{
    eoir(m, cpu, &m->os, 1, intid);
}
