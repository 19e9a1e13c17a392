/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EL2 and NMIs: what the virtual CPU interface costs a guest and its hypervisor, what NMIs cost,
 * and what both cost those who have them and do not use them.
 */
#include "registers.h"
#include "rows.h"

#include <stdio.h>
#include <string.h>
#include <vgic/registers.h>

enum {
    FIRST_VINTID = 100,
    FULL_LRS = 16,
    PENDING = 256,
};

static const uint32_t list_registers[] = {1, 4, FULL_LRS};

enum {
    LRS = sizeof(list_registers) / sizeof(list_registers[0]),
};

/* Virtual interrupts through list registers */

/* A pending interrupt of virtual Group 1, of a priority that changes with each @p turn. */
static uint64_t list_register(uint32_t n, uint32_t turn)
{
    uint64_t priority = (turn * 7 & 15) << 4;

    return 1ull << 62 | 1ull << 60 | priority << 48 | (FIRST_VINTID + n);
}

/* All list registers are pending, but the one that the loop fills next. */
static Subject virtual_subject(uint32_t registers, bool single_threaded)
{
    VgicConfig config = machine_config(1, single_threaded);
    Vgic *gic;

    config.el2 = true;
    config.ich_options.list_registers = registers;
    gic = machine_new_of(&config, DEAL_ONE);
    machine_write(gic, 0, &machine_el2, ICH_HCR_EL2, 1);
    machine_write(gic, 0, &machine_el2, ICH_VMCR_EL2, 0xFFull << 24 | 2); /* VPMR, VENG1 */
    for (uint32_t n = 1; n < registers; n++) {
        machine_write(gic, 0, &machine_el2, ICH_LR_EL2(n), list_register(n, n));
    }
    return (Subject){.gic = gic, .values = {registers, 0}};
}

/* Fills the list register that is free, acknowledges the best, ends it. */
static void icv_loop(Subject *subject, uint32_t n)
{
    Vgic *gic = subject->gic;
    uint32_t next = subject->next, turn = subject->turn;
    uint64_t vintid = 0;

    while (n--) {
        vgic_sysreg_write(gic, 0, &machine_el2, ICH_LR_EL2(next), list_register(next, turn++));
        vgic_sysreg_read(gic, 0, &machine_guest, ICC_IAR1_EL1, &vintid);
        vgic_sysreg_write(gic, 0, &machine_guest, ICC_EOIR1_EL1, vintid);
        next = (uint32_t)vintid - FIRST_VINTID;
        if (next >= FULL_LRS) {
            machine_die("a virtual acknowledge answered %u", (unsigned)vintid);
        }
    }
    subject->next = next;
    subject->turn = turn;
}

/* Fills list registers that are pending already: the first step of the loop above alone. */
static void refill_loop(Subject *subject, uint32_t n)
{
    uint32_t registers = (uint32_t)subject->values[0], next = subject->next, turn = subject->turn;

    while (n--) {
        vgic_sysreg_write(subject->gic, 0, &machine_el2, ICH_LR_EL2(next),
                          list_register(next, turn++));
        next = next + 1 < registers ? next + 1 : 0;
    }
    subject->next = next;
    subject->turn = turn;
}

static void time_virtual(void)
{
    for (uint32_t i = 0; i < LRS; i++) {
        uint32_t registers = list_registers[i];
        LimitCpu *limit = machine_limit();
        Contender contenders[] = {
            {"yardstick", limit_loop, spi_injected(NULL, limit, DEAL_ONE, 0, registers), 0},
            {"libvgic", icv_loop, virtual_subject(registers, false), 0},
            {"refill", refill_loop, virtual_subject(registers, false), 0},
            {"single-threaded", icv_loop, virtual_subject(registers, true), 0},
        };
        char row[64];

        snprintf(row, sizeof(row), "icv, %u list registers", registers);
        contend(row, contenders, 4, ROUND_OPERATIONS);
        limit_free(limit);
        for (uint32_t j = 1; j < 4; j++) {
            vgic_free(contenders[j].subject.gic);
        }
    }
}

/* Physical interrupts: what EL2 and NMIs cost who does not use them, and what an NMI costs. */

typedef enum Extension {
    PLAIN,
    EL2_UNUSED, /* the kernel runs at EL1, and nothing is redirected */
    EL2_HOST,   /* the kernel runs at EL2 itself */
    NMI_UNUSED,
    NMI_USED,
    EXTENSIONS,
} Extension;

static const char *const extensions[EXTENSIONS] = {
    "without", "EL2, not used", "EL2, used by the host", "NMI, not used", "NMI, used",
};

/* As spi_loop, with the NMI's acknowledge. */
static void nmi_loop(Subject *subject, uint32_t n)
{
    Vgic *gic = subject->gic;
    uint32_t next = subject->next;
    uint64_t intid = 0;

    while (n--) {
        vgic_spi_pulse(gic, next);
        vgic_sysreg_read(gic, 0, &machine_el1, ICC_NMIAR1_EL1, &intid);
        vgic_sysreg_write(gic, 0, &machine_el1, ICC_EOIR1_EL1, intid);
        next = (uint32_t)intid;
    }
    subject->next = next;
    if (next >= VGIC_INTID_SECURE && next <= VGIC_INTID_SPURIOUS) {
        machine_die("an NMI's acknowledge answered %u with NMIs pending", next);
    }
}

static void make_nmis(Vgic *gic)
{
    for (uint32_t n = 0; n < 32; n++) {
        if (n > 0) {
            machine_gicd_write(gic, GICD_INMIR(n), 4, UINT32_MAX);
        }
        machine_gicd_write(gic, GICD_INMIRnE(n), 4, UINT32_MAX);
    }
}

static Subject physical_subject(Extension extension)
{
    VgicConfig config = machine_config(1, false);
    Subject subject;
    Vgic *gic;

    config.el2 = extension == EL2_UNUSED || extension == EL2_HOST;
    config.nmi = extension == NMI_UNUSED || extension == NMI_USED;
    gic = machine_new_of(&config, DEAL_ONE);
    if (extension == NMI_USED) {
        make_nmis(gic);
    }
    subject = spi_injected(gic, NULL, DEAL_ONE, 0, PENDING);
    subject.state = extension == EL2_HOST ? &machine_el2 : &machine_el1;
    return subject;
}

static Loop *physical_loop(Extension extension)
{
    return extension == NMI_USED ? nmi_loop : spi_loop;
}

static void time_physical(void)
{
    LimitCpu *limit = machine_limit();
    Contender contenders[EXTENSIONS + 1];

    for (uint32_t i = 0; i < EXTENSIONS; i++) {
        contenders[i] =
            (Contender){extensions[i], physical_loop(i), physical_subject((Extension)i), PLAIN};
    }
    contenders[EXTENSIONS] = (Contender){
        "yardstick", limit_loop, spi_injected(NULL, limit, DEAL_ONE, 0, PENDING), EXTENSIONS};
    contenders[NMI_USED].reference = EXTENSIONS;
    contend("extension", contenders, EXTENSIONS + 1, ROUND_OPERATIONS);
    limit_free(limit);
    for (uint32_t i = 0; i < EXTENSIONS; i++) {
        vgic_free(contenders[i].subject.gic);
    }
}

/* Registers. Nothing is pending, so that no line changes. */

static Vgic *new_virtual_machine(bool single_threaded)
{
    VgicConfig config = machine_config(1, single_threaded);
    Vgic *gic;

    config.el2 = true;
    config.ich_options =
        (VgicIchOptions){.list_registers = FULL_LRS, .priority_bits = 8, .preemption_bits = 7};
    gic = machine_new_of(&config, DEAL_ONE);
    machine_write(gic, 0, &machine_el2, ICH_HCR_EL2, 1);
    machine_write(gic, 0, &machine_el2, ICH_VMCR_EL2, 0xF0ull << 24 | 2);
    return gic;
}

#define ICV(name, access) "ICV_" name "_EL1 " access

static const RegisterOperation icv_operations[] = {
    {"ICC_SRE_EL1 read of a guest", ICC_SRE_EL1, false, {0}, NULL},
    {"ICC_SRE_EL1 write of a guest", ICC_SRE_EL1, true, {7, 7}, NULL},
    {"ICC_SRE_EL1 read", ICC_SRE_EL1, false, {0}, &machine_el1},
    {"ICC_SRE_EL1 write", ICC_SRE_EL1, true, {7, 7}, &machine_el1},
    {ICV("PMR", "read"), ICC_PMR_EL1, false, {0}, NULL},
    {ICV("PMR", "write"), ICC_PMR_EL1, true, {0xF0, 0xA0}, NULL},
    {ICV("RPR", "read"), ICC_RPR_EL1, false, {0}, NULL},
    {ICV("HPPIR1", "read"), ICC_HPPIR1_EL1, false, {0}, NULL},
    {ICV("IAR1", "read, spurious"), ICC_IAR1_EL1, false, {0}, NULL},
    {ICV("BPR1", "read"), ICC_BPR1_EL1, false, {0}, NULL},
    {ICV("BPR1", "write"), ICC_BPR1_EL1, true, {3, 5}, NULL},
    {ICV("CTLR", "read"), ICC_CTLR_EL1, false, {0}, NULL},
    {ICV("CTLR", "write"), ICC_CTLR_EL1, true, {0, 2}, NULL},
    {ICV("IGRPEN1", "read"), ICC_IGRPEN1_EL1, false, {0}, NULL},
    {ICV("IGRPEN1", "write"), ICC_IGRPEN1_EL1, true, {1, 0}, NULL},
    {ICV("AP1R0", "read"), ICC_AP1R0_EL1, false, {0}, NULL},
};

#define ICH(name, access) "ICH_" name "_EL2 " access

static const RegisterOperation ich_operations[] = {
    {"ICC_SRE_EL2 read", ICC_SRE_EL2, false, {0}, NULL},
    {"ICC_SRE_EL2 write", ICC_SRE_EL2, true, {0xF, 0xF}, NULL},
    {ICH("VTR", "read"), ICH_VTR_EL2, false, {0}, NULL},
    {ICH("HCR", "read"), ICH_HCR_EL2, false, {0}, NULL},
    {ICH("HCR", "write"), ICH_HCR_EL2, true, {1, 0}, NULL},
    {ICH("VMCR", "read"), ICH_VMCR_EL2, false, {0}, NULL},
    {ICH("VMCR", "write"), ICH_VMCR_EL2, true, {0xF0000002, 0xA0000202}, NULL},
    {ICH("MISR", "read"), ICH_MISR_EL2, false, {0}, NULL},
    {ICH("EISR", "read"), ICH_EISR_EL2, false, {0}, NULL},
    {ICH("ELRSR", "read"), ICH_ELRSR_EL2, false, {0}, NULL},
    {ICH("LR3", "read"), ICH_LR_EL2(3), false, {0}, NULL},
    /* Active and invalid: neither raises a line. */
    {ICH("LR3", "write"), ICH_LR_EL2(3), true, {0x90A0000000000064, 0}, NULL},
    {ICH("AP1R0", "read"), ICH_AP1R0_EL2, false, {0}, NULL},
    {ICH("AP1R0", "write"), ICH_AP1R0_EL2, true, {0x10000, 0}, NULL},
};

static const RegisterSet register_sets[] = {
    {"icv register", &machine_guest, new_virtual_machine, icv_operations,
     sizeof(icv_operations) / sizeof(icv_operations[0])},
    {"ich register", &machine_el2, new_virtual_machine, ich_operations,
     sizeof(ich_operations) / sizeof(ich_operations[0])},
};

enum {
    SETS = sizeof(register_sets) / sizeof(register_sets[0]),
};

void icv_time(void)
{
    time_virtual();
    time_physical();
    for (uint32_t i = 0; i < SETS; i++) {
        registers_time(&register_sets[i]);
    }
}

static void count_loop(Loop *loop, Subject subject, uint32_t n)
{
    loop(&subject, n);
    vgic_free(subject.gic);
}

static bool count_virtual(const char *operation, uint32_t n)
{
    for (uint32_t i = 0; i < LRS; i++) {
        char loop[64], refill[64];

        snprintf(loop, sizeof(loop), "virtual interrupt, %u list registers", list_registers[i]);
        snprintf(refill, sizeof(refill), "refill, %u list registers", list_registers[i]);
        if (strcmp(operation, loop) == 0 || strcmp(operation, refill) == 0) {
            count_loop(strcmp(operation, loop) == 0 ? icv_loop : refill_loop,
                       virtual_subject(list_registers[i], false), n);
            return true;
        }
    }
    return false;
}

static bool count_queue(const char *operation, uint32_t n)
{
    for (uint32_t i = 0; i < LRS; i++) {
        char name[64];

        snprintf(name, sizeof(name), "yardstick of %u list registers", list_registers[i]);
        if (strcmp(operation, name) == 0) {
            Subject subject = spi_injected(NULL, machine_limit(), DEAL_ONE, 0, list_registers[i]);

            limit_loop(&subject, n);
            limit_free(subject.limit);
            return true;
        }
    }
    return false;
}

static bool count_physical(const char *operation, uint32_t n)
{
    for (uint32_t i = 0; i < EXTENSIONS; i++) {
        char name[64];

        snprintf(name, sizeof(name), "SPI, %s", extensions[i]);
        if (strcmp(operation, name) == 0) {
            count_loop(physical_loop((Extension)i), physical_subject((Extension)i), n);
            return true;
        }
    }
    return false;
}

bool icv_count(const char *operation, uint32_t n)
{
    for (uint32_t i = 0; i < SETS; i++) {
        if (registers_count(&register_sets[i], operation, n)) {
            return true;
        }
    }
    return count_virtual(operation, n) || count_queue(operation, n) || count_physical(operation, n);
}

void icv_list(void)
{
    for (uint32_t i = 0; i < LRS; i++) {
        printf("2000 22000 yardstick of %u list registers\n", list_registers[i]);
        printf("2000 22000 virtual interrupt, %u list registers\n", list_registers[i]);
        printf("2000 22000 refill, %u list registers\n", list_registers[i]);
    }
    for (uint32_t i = 0; i < EXTENSIONS; i++) {
        printf("2000 22000 SPI, %s\n", extensions[i]);
    }
    for (uint32_t i = 0; i < SETS; i++) {
        registers_list(&register_sets[i]);
    }
}
