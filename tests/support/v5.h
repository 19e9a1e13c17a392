/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GICv5: named machines, and a guest driver of CPU interface, IRS, ITS and IWB. PEs execute in a
 * state that the machine remembers (v5_run()); instructions and registers are accessed in it.
 */
#ifndef TESTS_SUPPORT_V5_H
#define TESTS_SUPPORT_V5_H

#include "its.h"

#include <vgic/registers5.h>

/** What a GICv5 can do, in place of the Feature bits of the other machines. */
typedef enum V5Feature {
    V5_SMP = 1u << 0,          /**< two PEs or more */
    V5_QUAD = 1u << 1,         /**< four PEs or more */
    V5_EL3 = 1u << 2,          /**< PEs have EL3: Secure and EL3 domains */
    V5_NO_EL3 = 1u << 3,       /**< the opposite */
    V5_REALM = 1u << 4,        /**< there is a Realm domain */
    V5_TWO_IRS = 1u << 5,      /**< at least two IRSs */
    V5_LPIS = 1u << 6,         /**< LPIs */
    V5_NO_LPIS = 1u << 7,      /**< the opposite */
    V5_ITS = 1u << 8,          /**< at least one ITS */
    V5_TWO_ITS = 1u << 9,      /**< at least two */
    V5_IWB = 1u << 10,         /**< at least one IWB */
    V5_ONE_OF_N = 1u << 11,    /**< IRS_IDR0.ONE_N */
    V5_NO_ONE_OF_N = 1u << 12, /**< the opposite */
    V5_NMI = 1u << 13,         /**< VgicConfig.nmi */
    V5_SETLPI = 1u << 14,      /**< SETLPI frames */
    V5_NO_SETLPI = 1u << 15,   /**< LPIs, but no such frames */
    V5_SWERR = 1u << 16,       /**< IRS_IDR0.SWE, with LPIs */
    V5_NO_SWERR = 1u << 17,    /**< the opposite */
    V5_TWO_LEVEL = 1u << 18,   /**< ISTs of two levels, L2 tables of every size, 16 bits or more */
    V5_LINEAR = 1u << 19,      /**< linear ISTs only */
    V5_DT_LEVELS = 1u << 20,   /**< device tables of two levels */
    V5_NO_NMI = 1u << 21,      /**< the opposite of V5_NMI */
    V5_NO_REALM = 1u << 22,    /**< EL3, but no Realm domain */
} V5Feature;

/** Interrupt domains, under the architecture's numbers. */
typedef enum V5Domain {
    DOMAIN_S = 0,
    DOMAIN_NS = 1,
    DOMAIN_EL3 = 2,
    DOMAIN_RL = 3,
    DOMAINS = 4,
} V5Domain;

#define SCR_NSE (1ull << 62)

/** Priorities that every machine has, with 3 priority bits, too. */
enum {
    P_HIGH = 8,
    P_MID = 16,
    P_LOW = 24,
};

/** PPIs that every machine has. */
enum {
    SW_PPI = 3,
    PPI_CTI = 24,
    PPI_CNTV = 27,
    PPI_CNTP = 30,
};

/* Operands and results of instructions. */
#define INTID_VALID (1ull << 32)
#define ICSR_F (1ull << 0)
#define ICSR_ENABLED (1ull << 1)
#define ICSR_PENDING (1ull << 2)
#define ICSR_IRM (1ull << 3)
#define ICSR_ACTIVE (1ull << 4)
#define ICSR_HM (1ull << 5)
#define ICSR_PRIORITY(p) ((uint64_t)(p) << 11)
#define ICSR_IAFFID(a) ((uint64_t)(a) << 32)

/* L2_ISTE */
#define ISTE_PENDING (1u << 0)
#define ISTE_ACTIVE (1u << 1)
#define ISTE_HM (1u << 2)
#define ISTE_ENABLE (1u << 3)
#define ISTE_IRM (1u << 4)
#define ISTE_PRIORITY(p) ((uint32_t)(p) << 11)
#define ISTE_IAFFID(a) ((uint32_t)(a) << 16)

/* Fields of frames. */
#define IDLE 1u        /**< of STATUSR registers */
#define SELECTED 2u    /**< V of STATUSR registers */
#define CR0_EN 1u      /**< IRSEN, ITSEN, IWBEN, ICC_CR0.EN */
#define CR0_IDLE 2u    /**< of IRS_CR0, ITS_CR0, IWB_CR0 */
#define IST_VALID 1ull /**< IRS_IST_BASER, L1_ISTE */
#define IST_TWO_LEVEL (1u << 16)
#define IST_CFGR(bits, l2sz, istsz)                                                                \
    ((uint32_t)(bits) | (uint32_t)(l2sz) << 5 | (uint32_t)(istsz) << 7)

/* Where tables are in the guest's memory, far enough apart for the largest. */
#define IST_AT(domain) (0x100000000ull * (1 + (uint64_t)(domain)))
#define L2_IST_AT(n) (0x800000000ull + 0x100000ull * (n))
#define DT_AT(domain) (0x1000000000ull + 0x10000000ull * (uint64_t)(domain))
#define L2_DT_AT(n) (0x1100000000ull + 0x10000ull * (n))
#define ITT_AT(n) (0x1200000000ull + 0x100000ull * (n))
#define L2_ITT_AT(n) (0x1300000000ull + 0x10000ull * (n))

/** VgicConfig of a GICv5. */
#define V5(...) VGIC_CONFIG_INIT(VGIC_V5, __VA_ARGS__)

extern const MachineType v5_machine_types[];
extern const unsigned v5_machine_type_count;

/** What a GICv5 of this configuration can do, as V5Feature bits. */
uint32_t v5_features(const VgicConfig *config);

/** A machine with this configuration, for tests that make their own; the test ends if there is
 * none. */
Machine *v5_machine(const VgicConfig *config);
#define V5_MACHINE(...) v5_machine(&(const VgicConfig)V5(__VA_ARGS__))

#define RUN_V5(argc, argv, suite, tests)                                                           \
    run_suite_on(argc, argv, suite, tests, sizeof(tests) / sizeof((tests)[0]), v5_machine_types,   \
                 v5_machine_type_count)

/* Domains. */
bool v5_has_domain(const Machine *m, V5Domain domain);
const char *v5_domain_name(V5Domain domain);
/** The address space in which the frames of @p domain answer. */
VgicAttrs v5_space(const Machine *m, V5Domain domain);
/** Software of @p domain: EL1, or EL3 with Secure as the logical domain. */
VgicCpuState v5_state(const Machine *m, V5Domain domain);
/** EL3 with @p logical as the logical domain. */
VgicCpuState v5_el3(const Machine *m, V5Domain logical);

/** PE @p cpu executes in this state from now on. */
void v5_run(Machine *m, uint32_t cpu, VgicCpuState state);
/** The same with v5_state() of @p domain. */
void v5_enter(Machine *m, uint32_t cpu, V5Domain domain);

/* The CPU interface, in the PE's state. */
uint64_t v5_icc(Machine *m, uint32_t cpu, uint32_t reg);
void v5_set_icc(Machine *m, uint32_t cpu, uint32_t reg, uint64_t value);
VgicResult v5_try_read(Machine *m, uint32_t cpu, uint32_t reg, uint64_t *value);
VgicResult v5_try_write(Machine *m, uint32_t cpu, uint32_t reg, uint64_t value);

/* Instructions, in the PE's state. INTIDs have their type. */
void v5_gic(Machine *m, uint32_t cpu, uint32_t instruction, uint64_t operand);
void v5_cden(Machine *m, uint32_t cpu, uint32_t intid);
void v5_cddis(Machine *m, uint32_t cpu, uint32_t intid);
void v5_cdpri(Machine *m, uint32_t cpu, uint32_t intid, uint32_t priority);
/** CDAFF, IRM = 0; @p iaffid is an IAFFID, not a PE's number. */
void v5_cdaff(Machine *m, uint32_t cpu, uint32_t intid, uint32_t iaffid);
/** CDAFF, IRM = 1. */
void v5_cdaff_one_of_n(Machine *m, uint32_t cpu, uint32_t intid);
void v5_cdpend(Machine *m, uint32_t cpu, uint32_t intid, bool pending);
void v5_cdhm(Machine *m, uint32_t cpu, uint32_t intid, bool level);
/** CDRCFG, and what ICC_ICSR_EL1 then is. */
uint64_t v5_cdrcfg(Machine *m, uint32_t cpu, uint32_t intid);
void v5_cdeoi(Machine *m, uint32_t cpu);
void v5_cddi(Machine *m, uint32_t cpu, uint32_t intid);
uint64_t v5_cdia(Machine *m, uint32_t cpu);
uint64_t v5_cdnmia(Machine *m, uint32_t cpu);

/** ICC_HPPIR_EL1 */
uint64_t v5_hppir(Machine *m, uint32_t cpu);
uint16_t v5_iaffid(const Machine *m, uint32_t cpu);
/** A priority as the IRSs of this machine keep it. */
uint32_t v5_priority(const Machine *m, uint32_t priority);
/** VGIC_LINE_NMI of a PE. */
bool v5_nmi(const Machine *m, uint32_t cpu);

/** Priority, target PE and enable of an SPI or LPI, by instructions of PE @p cpu. */
void v5_configure(Machine *m, uint32_t cpu, uint32_t intid, uint32_t priority, uint32_t target);
/** Priority and enable of a PPI of PE @p cpu. */
void v5_configure_ppi(Machine *m, uint32_t cpu, uint32_t ppi, uint32_t priority);
bool v5_ppi_enabled(Machine *m, uint32_t cpu, uint32_t ppi);
bool v5_ppi_pending(Machine *m, uint32_t cpu, uint32_t ppi);
bool v5_ppi_active(Machine *m, uint32_t cpu, uint32_t ppi);
/** The PPIs of this machine's PEs, 64 * @p n to 64 * @p n + 63; those of them that are edge. */
uint64_t v5_ppis(const Machine *m, unsigned n);
uint64_t v5_edge_ppis(const Machine *m, unsigned n);

/** Acknowledges, drops priority and deactivates at @p cpu; tells whether it was @p intid (0: none).
 */
bool v5_takes(Machine *m, uint32_t cpu, uint32_t intid);
/** The same, but leaves it active: CDIA and CDEOI. */
bool v5_takes_active(Machine *m, uint32_t cpu, uint32_t intid);

/* Frames: name, and registers in the space of their domain. */
const VgicFrame *v5_frame(const Machine *m, const char *kind, unsigned number, const char *part,
                          V5Domain domain);
uint64_t v5_frame_read(Machine *m, const VgicFrame *frame, VgicAttrs attrs, uint32_t offset,
                       uint32_t size);
void v5_frame_write(Machine *m, const VgicFrame *frame, VgicAttrs attrs, uint32_t offset,
                    uint32_t size, uint64_t value);
uint32_t irs_read(Machine *m, unsigned irs, V5Domain domain, uint32_t offset);
void irs_write(Machine *m, unsigned irs, V5Domain domain, uint32_t offset, uint32_t value);
uint64_t irs_read64(Machine *m, unsigned irs, V5Domain domain, uint32_t offset);
void irs_write64(Machine *m, unsigned irs, V5Domain domain, uint32_t offset, uint64_t value);
void v5_setlpi(Machine *m, unsigned irs, V5Domain domain, uint32_t id);
uint32_t its5_read(Machine *m, unsigned its, V5Domain domain, uint32_t offset);
void its5_write(Machine *m, unsigned its, V5Domain domain, uint32_t offset, uint32_t value);
uint64_t its5_read64(Machine *m, unsigned its, V5Domain domain, uint32_t offset);
void its5_write64(Machine *m, unsigned its, V5Domain domain, uint32_t offset, uint64_t value);
uint32_t iwb_read(Machine *m, unsigned iwb, VgicAttrs attrs, uint32_t offset);
void iwb_write(Machine *m, unsigned iwb, VgicAttrs attrs, uint32_t offset, uint32_t value);

/* Numbers that follow from the configuration. */
unsigned v5_irs_count(const Machine *m);
uint32_t v5_irs_spis(const Machine *m, unsigned irs);
uint32_t v5_spi_base(const Machine *m, unsigned irs);
unsigned v5_irs_of_spi(const Machine *m, uint32_t spi);
uint32_t v5_irs_cpus(const Machine *m, unsigned irs);
uint32_t v5_first_cpu(const Machine *m, unsigned irs);

/** Selects SPI @p spi at its IRS and sets its trigger mode. */
void v5_spi_trigger(Machine *m, V5Domain domain, uint32_t spi, Trigger trigger);
/** Gives an SPI to a domain, as EL3 software; nothing without EL3. */
void v5_spi_domain(Machine *m, uint32_t spi, V5Domain domain);
/** Gives a PPI of PE @p cpu to a domain, as EL3 software; the PE then executes as before. */
void v5_ppi_domain(Machine *m, uint32_t cpu, uint32_t ppi, V5Domain domain);
void v5_spi_wire(Machine *m, uint32_t spi, bool level);
void v5_ppi_wire(Machine *m, uint32_t cpu, uint32_t ppi, bool level);

/* ISTs. */
/** Bits that the tests' linear table of this machine has. */
unsigned v5_ist_bits(const Machine *m);
/** Makes an IST valid through the registers of IRS 0. */
void v5_ist(Machine *m, V5Domain domain, uint64_t base, uint32_t cfgr);
void v5_ist_off(Machine *m, V5Domain domain);
/** Puts the address of an L2 table into L1_ISTE @p index, VALID = 0, and writes MAP_L2_ISTR. */
void v5_map_l2(Machine *m, V5Domain domain, uint64_t base, uint32_t index, uint64_t table,
               uint32_t id);
/** v5_start(), but with no IST. */
void v5_start_without_ist(Machine *m);
/** Leaves a Non-secure LPI active, level, enabled, P_HIGH, at PE 0: what its entry then has. */
void v5_leave_entry(Machine *m, uint32_t id);
uint32_t v5_left_entry(const Machine *m);
uint32_t v5_iste(const Machine *m, uint64_t address);
void v5_put_iste(Machine *m, uint64_t address, uint32_t iste);

/* An ITS. */
/** A linear device table of @p bits for @p domain, and ITSEN. */
void v5_its_start(Machine *m, unsigned its, V5Domain domain, unsigned bits);
/** L2_DTE of a linear device table: a linear ITT. */
void v5_device(Machine *m, unsigned its, V5Domain domain, uint32_t device, unsigned event_bits,
               uint64_t itt);
/** L2_ITTE: physical LPI @p id, valid; INV_EVENTR. */
void v5_event(Machine *m, unsigned its, V5Domain domain, uint32_t device, uint32_t event,
              uint64_t itt, uint32_t id);
/** A write to ITS_TRANSLATER by a device. */
void v5_msi(Machine *m, unsigned its, V5Domain domain, uint32_t device, uint32_t event);
void v5_inv_device(Machine *m, unsigned its, V5Domain domain, uint32_t device);
void v5_inv_event(Machine *m, unsigned its, V5Domain domain, uint32_t device, uint32_t event);
/** ITS_READ_EVENT_DATAR for an event. */
uint64_t v5_read_event(Machine *m, unsigned its, V5Domain domain, uint32_t device, uint32_t event);

/* Whole machines. */
/** Firmware's work, then v5_start_domain() of the Non-secure domain; PEs execute there. */
void v5_start(Machine *m);
/** EN and PCR = 31 at every PE, IRSEN at every IRS, a linear IST if there are LPIs. PEs execute in
 * the domain then. */
void v5_start_domain(Machine *m, V5Domain domain);
/** Every domain; PEs execute in the Non-secure one. */
void v5_start_all(Machine *m);

#endif
