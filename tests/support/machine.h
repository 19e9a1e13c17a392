/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Named machines. A machine is a configuration with a name; what it can do follows from the
 * configuration, and a test runs on every machine that can do what the test needs.
 */
#ifndef TESTS_SUPPORT_MACHINE_H
#define TESTS_SUPPORT_MACHINE_H

#include "host.h"

/** What a machine can do, ORed together in a test's needs. */
typedef enum Feature {
    ONE_STATE = 1u << 0,    /**< one Security state: GICD_CTLR.DS is RAO/WI */
    TWO_STATES = 1u << 1,   /**< DS is 0 after reset */
    EL3 = 1u << 2,          /**< PEs have EL3 */
    NO_EL3 = 1u << 3,       /**< PEs have no EL3 */
    SMP = 1u << 4,          /**< two PEs or more */
    QUAD = 1u << 5,         /**< four PEs or more */
    SPIS = 1u << 6,         /**< INTIDs 32 to 63 */
    ESPIS = 1u << 7,        /**< extended SPIs */
    EPPIS = 1u << 8,        /**< extended PPIs */
    MESSAGES = 1u << 9,     /**< SETSPI and CLRSPI */
    GICM = 1u << 10,        /**< the frame of message-based SPIs */
    ONE_OF_N = 1u << 11,    /**< IROUTER.IRM */
    STATUSR = 1u << 12,     /**< GICD_STATUSR, GICR_STATUSR */
    SLEEPS = 1u << 13,      /**< hold_while_asleep */
    NEVER_HOLDS = 1u << 14, /**< the opposite */
    SRE_TRAPS = 1u << 15,   /**< sre_enable_writable */
    SETTABLE_DS = 1u << 16, /**< Secure software may set DS */
    REGIONS = 1u << 17,     /**< several Redistributor regions */
    FEW_CPUS = 1u << 18,    /**< 16 PEs or fewer: for tests that do much for each */
    LPIS = 1u << 19,        /**< LPIs, of a Redistributor or an ITS */
    NO_LPIS = 1u << 20,     /**< the opposite */
    DIRECT = 1u << 21,      /**< SETLPIR and CLRLPIR */
    ITS = 1u << 22,         /**< at least one */
    TWO_ITS = 1u << 23,     /**< at least two */
    INDIRECT = 1u << 24,    /**< ITS tables of two levels */
    UMSI = 1u << 25,        /**< GITS_UMSIR */
    EL2 = 1u << 26,         /**< PEs have EL2: the virtual CPU interface */
    NO_EL2 = 1u << 27,      /**< the opposite */
    NMIS = 1u << 28,        /**< FEAT_GICv3_NMI */
    NO_NMIS = 1u << 29,     /**< the opposite */
    WORLDS = TWO_STATES | EL3,
} Feature;

typedef struct MachineType {
    const char *name;
    VgicConfig config;
    bool work; /**< its host does long work in slices */
} MachineType;

typedef struct Machine {
    const char *name;
    VgicConfig config;
    uint32_t features;
    Vgic *gic;
    Host host;
    /** How its operating system runs: EL1, Non-secure if there are two Security states, with
     * SCR_EL3.FIQ set if there is an EL3 to take Group 0. */
    VgicCpuState os;
    /** Its most privileged state: EL3, or else the operating system's. */
    VgicCpuState top;
    /** GICv5: as what each PE executes (v5_run()). */
    VgicCpuState current[VGIC_MAX_CPUS];
} Machine;

/** All named machines. */
extern const MachineType machine_types[];
extern const unsigned machine_type_count;

/** What a machine of this configuration can do, as Feature bits (GICv5: V5Feature bits). */
uint32_t machine_features(const VgicConfig *config);

/** Makes a machine; the test ends if that does not work. */
Machine *machine_new(const char *name, const VgicConfig *config, bool trace);
/** The same with these callbacks, which get the machine's `host`. */
Machine *machine_new_on(const char *name, const VgicConfig *config, const VgicHost *callbacks);
Machine *machine_new_of_type(const MachineType *type);
void machine_free(Machine *m);

/** Tells whether the host's idea of all lines is what they are, and the host made no mistake. */
bool machine_is_consistent(const Machine *m);

uint64_t machine_affinity(const Machine *m, uint32_t cpu);

/** Minimum BPR0, which follows from the number of preemption bits. */
unsigned machine_preemption_bits(const Machine *m);

/** The last PE. */
static inline uint32_t last_cpu(const Machine *m)
{
    return m->config.cpus - 1;
}

/** The last SPI that is not extended. */
static inline uint32_t last_spi(const Machine *m)
{
    return 31 + m->config.spis;
}

static inline unsigned priority_bits(const Machine *m)
{
    return m->config.priority_bits ? m->config.priority_bits : 5;
}

/** A priority with the bits that this machine does not implement cleared. */
static inline uint8_t implemented(const Machine *m, uint32_t priority)
{
    return (uint8_t)(priority & 0xFFu << (8 - priority_bits(m)));
}

static inline bool has(const Machine *m, uint32_t features)
{
    return (m->features & features) == features;
}

#endif
