/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a machine asks for: the configuration of one GIC.
 *
 * Thread-safety: a VgicConfig is read during vgic_new() and not kept; neither are the arrays that
 * it points to.
 */
#ifndef VGIC_CONFIG_H
#define VGIC_CONFIG_H

#include <vgic/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Limits of this version. */
enum {
    VGIC_MAX_CPUS = 512,          /**< PEs of one GIC */
    VGIC_MAX_SPIS = 988,          /**< SPIs, INTIDs 32 to 1019 */
    VGIC_MAX_ESPIS = 1024,        /**< Extended SPIs, INTIDs 4096 to 5119 (GICv3.1) */
    VGIC_MAX_EPPIS = 64,          /**< Extended PPIs of a PE, INTIDs 1056 to 1119 (GICv3.1) */
    VGIC_MIN_LPI_BITS = 14,       /**< The smallest VgicConfig.lpi_bits but 0 */
    VGIC_MAX_LPI_BITS = 24,       /**< The largest VgicConfig.lpi_bits */
    VGIC_MAX_ITS = 16,            /**< ITSs of one GIC */
    VGIC_MAX_LIST_REGISTERS = 16, /**< List registers of a PE */
    VGIC_V5_MAX_SPIS = 1 << 20,   /**< GICv5: SPIs in all */
    VGIC_V5_MAX_IRS = 64,         /**< GICv5: Interrupt Routing Services */
    VGIC_V5_MAX_IWBS = 64,        /**< GICv5: Interrupt Wire Bridges */
    VGIC_V5_MAX_WIRES = 65536,    /**< GICv5: wires of an Interrupt Wire Bridge */
    VGIC_V5_PPIS = 128,           /**< GICv5: PPIs of a PE, present or not */
};

/** What an ITS does with a command that it cannot carry out; it is reported in any case. */
typedef enum VgicItsErrors {
    /** Ignores a command whose parameters are wrong; stalls (GITS_CREADR.Stalled) if memory of the
     * queue or of a table cannot be accessed. */
    VGIC_ITS_ERRORS_DEFAULT = 0,
    VGIC_ITS_ERRORS_CONTINUE = 1, /**< Ignores every such command and goes on. */
    VGIC_ITS_ERRORS_STALL = 2,    /**< Stalls at every such command until GITS_CWRITER.Retry. */
} VgicItsErrors;

/** Options of the ITSs (GITS_TYPER); all ITSs of a GIC are alike. Zero means the default. */
typedef struct VgicItsOptions {
    /** Width of a DeviceID, 1 to 32 bits (GITS_TYPER.Devbits). 0 means 16. */
    uint32_t device_bits;
    /** Width of an EventID, 1 to 32 bits (GITS_TYPER.ID_bits). 0 means 16. */
    uint32_t event_bits;
    /** Width of a collection's number, 1 to 16 bits: GITS_TYPER.CIL is 1. 0: CIL is 0, 16 bits. */
    uint32_t collection_bits;
    /** Collections that need no table in memory, 0 to 255 (GITS_TYPER.HCC). */
    uint32_t hardware_collections;
    /**
     * Commands name a Redistributor by its address (GITS_TYPER.PTA is 1), which is
     * VgicConfig.redist_addresses[PE]. Default: by its GICR_TYPER.Processor_Number.
     */
    bool rdbase_is_address;
    /** GITS_BASER<n>.Indirect is RAZ/WI: flat tables only. */
    bool flat_tables_only;
    /** GITS_UMSIR records the first MSI that no translation exists for (GITS_TYPER.UMSI). */
    bool umsi;
    /** Room for options of later releases: all false. */
    bool reserved_bools[5];
    /** What happens to a command with an error. */
    VgicItsErrors errors;
    /** GITS_IIDR. 0 means 0x5600043B; its Revision [15:12] must be 0, the layout of the tables. */
    uint32_t iidr;
    /** Translations that are cached at most, 64 to 2^24; the cache grows with use. 0 means 2^18,
     * about 5.6 MB an ITS. */
    uint32_t cache_entries;
    /** Commands that one call works off at most before it leaves the rest to vgic_work(), if
     * VgicHost.work is given. 0 means 64. */
    uint32_t slice;
    /** Room for options of later releases: all 0. */
    uint32_t reserved[6];
} VgicItsOptions;

/** Options of the virtual CPU interface (ICH_VTR_EL2); all PEs are alike. Zero means the default.
 */
typedef struct VgicIchOptions {
    /** List registers, 1 to 16 (ICH_VTR_EL2.ListRegs + 1). 0 means 4. */
    uint32_t list_registers;
    /** Virtual priority bits, 5 to 8 (ICH_VTR_EL2.PRIbits + 1). 0 means 5. */
    uint32_t priority_bits;
    /** Virtual preemption bits, 5 to 7 and not more than the priority bits (ICH_VTR_EL2.PREbits +
     * 1). 0 means the smaller of those and 7. */
    uint32_t preemption_bits;
    /** Width of a virtual INTID, 16 or 24 bits (ICH_VTR_EL2.IDbits). 0 means 24. */
    uint32_t intid_bits;
    /** ICH_VTR_EL2.A3V is 0, and with it ICV_CTLR_EL1.A3V: a guest's SGIs have no Aff3. */
    bool no_a3v;
    /** ICH_VTR_EL2.TDS is 0, and ICH_HCR_EL2.TDIR is RES0. */
    bool no_tds;
    /** ICH_VTR_EL2.SEIS is 1, and ICH_HCR_EL2.TSEI exists. The library never makes an SError. */
    bool seis;
    /** ICH_VTR_EL2.DVIM is 1, and ICH_HCR_EL2.DVIM exists. It masks nothing before GICv4, whose
     * interrupts are injected directly. */
    bool dvim;
    /** Room for options of later releases: all false. */
    bool reserved_bools[4];
    /** Room for options of later releases: all 0. */
    uint32_t reserved[4];
} VgicIchOptions;

/** An Interrupt Wire Bridge of a GICv5: its wires become events of an ITS. */
typedef struct VgicIwbOptions {
    /** Wires, a multiple of 32 up to VGIC_V5_MAX_WIRES (IWB_IDR0.IW_RANGE). */
    uint32_t wires;
    /** The ITS that translates its events: 0 to VgicConfig.its - 1. */
    uint32_t its;
    /** Its DeviceID at that ITS; the EventID is the number of the wire. */
    uint32_t device;
    /** IWB_CR0.IWBEN resets to 0, for firmware to set. Default: to 1, as a kernel that is started
     * without firmware expects. */
    bool starts_disabled;
    /** Room for options of later releases: all false. */
    bool reserved_bools[3];
} VgicIwbOptions;

/** Options of a GICv5; allowed with VGIC_V5 only. Zero means the default. */
typedef struct VgicV5Options {
    /**
     * The interrupt domains, as bits 1 << VgicSpace; VGIC_ROOT stands for the EL3 domain. Must have
     * Non-secure, and the EL3 domain exactly if VgicConfig.el3 is set. 0: Non-secure, and with EL3
     * also Secure and EL3.
     */
    uint32_t domains;
    /** Number of IRSs, 1 to VGIC_V5_MAX_IRS and not more than PEs. 0 means 1. */
    uint32_t irs;
    /** How many PEs each IRS has, in PE order, `irs` entries that add up to VgicConfig.cpus, none
     * of them 0. NULL: spread evenly, the first ones one more. */
    const uint32_t *irs_cpus;
    /** How many SPIs each IRS has (IRS_IDR6, IRS_IDR7), in the order of their IDs, `irs` entries
     * that add up to VgicConfig.spis. NULL: spread evenly. */
    const uint32_t *irs_spis;
    /** The IAFFID of each PE (ICC_IAFFIDR_EL1), `cpus` entries, no two alike. NULL: PE i has i. */
    const uint16_t *iaffids;
    /** Width of an IAFFID, 1 to 16 bits (IRS_IDR1.IAFFID_BITS + 1). 0 means 16. */
    uint32_t iaffid_bits;
    /** Width of the ID of an interrupt in the CPU interface, 16 or 24 bits (ICC_IDR0_EL1.ID_BITS).
     * 0 means 24. */
    uint32_t id_bits;
    /** The narrowest table of LPIs, 1 to 14 bits (IRS_IDR2.MIN_LPI_ID_BITS). 0 means 1. */
    uint32_t min_lpi_bits;
    /** Sizes of level 2 tables that may be used (IRS_IDR2.IST_L2SZ): bit 0 4 KiB, bit 1 16 KiB, bit
     * 2 64 KiB. 0 means all. */
    uint32_t ist_l2_sizes;
    /** Tables of LPIs have one level only: IRS_IDR2.IST_LEVELS is 0. */
    bool linear_ist_only;
    /** No SETLPI frames: IRS_IDR0.SETLPI is 0. */
    bool no_setlpi;
    /** No reporting of software errors in registers: IRS_IDR0.SWE and ITS_IDR0.SWE are 0. */
    bool no_software_errors;
    /** Room for options of later releases: all false. */
    bool reserved_bools[5];
    /**
     * The PPIs that the PEs have: bit n % 64 of element n / 64 for PPI n. All zero: SW_PPI (3) and
     * those of the architecture from HACDBSIRQ (15) and CNTHVS (19) to TRBIRQ (31).
     */
    uint64_t ppis[2];
    /** Those of them that are edge-triggered (ICC_PPI_HMR<n>_EL1 is 0), SW_PPI (3) always. */
    uint64_t edge_ppis[2];
    /** Number of Interrupt Wire Bridges, each a frame of its own: "IWB", "IWB1", ... */
    uint32_t iwbs;
    /** Room for options of later releases: 0. */
    uint32_t reserved[7];
    /** What each of them is like, `iwbs` entries. */
    const VgicIwbOptions *iwb;
} VgicV5Options;

/**
 * The configuration of a GIC. In every member but `size`, `model` and `cpus`, zero means the
 * default, so that a machine names only what it wants otherwise:
 *
 *     VgicConfig config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 4, .spis = 256);
 *
 * C++ and other languages call vgic_config_init() and then set members.
 */
typedef struct VgicConfig {
    /** sizeof(VgicConfig) of the caller. Members that a later release adds are read only if the
     * size covers them. */
    size_t size;
    /** The generation: VGIC_V3 or VGIC_V5 in this version. A GICv5 has of the members below cpus,
     * spis, el3, nmi, priority_bits, no_one_of_n, lpi_bits, lpi_limit, its, iidr, single_threaded,
     * its_options.device_bits, event_bits, flat_tables_only and cache_entries, and v5; others must
     * be zero. */
    VgicModel model;
    /** Number of PEs, 1 to VGIC_MAX_CPUS. */
    uint32_t cpus;
    /**
     * The affinity of each PE, `cpus` entries laid out as MPIDR_EL1 ([39:32] Aff3, [23:16] Aff2,
     * [15:8] Aff1, [7:0] Aff0; all other bits are ignored), no two alike. NULL: PE i has Aff0 = i %
     * 16, Aff1 = i / 16.
     */
    const uint64_t *affinities;
    /** Number of SPIs, 0 to VGIC_MAX_SPIS: INTIDs 32 to 31 + spis. GICD_TYPER.ITLinesNumber is this
     * rounded up to 32. GICv5: 0 to VGIC_V5_MAX_SPIS, IDs 0 to spis - 1 (IRS_IDR5.SPI_RANGE). */
    uint32_t spis;
    /** Number of extended SPIs, 0 to VGIC_MAX_ESPIS: INTIDs 4096 to 4095 + espis
     * (GICD_TYPER.ESPI_range rounds up). */
    uint32_t espis;
    /** Number of extended PPIs of each PE: 0, 32 or 64 (GICR_TYPER.PPInum). */
    uint32_t eppis;
    /**
     * Security states of the GIC: 1 (GICD_CTLR.DS is RAO/WI) or 2 (groups 0, 1 Secure and 1
     * Non-secure; Secure software may set DS once). 0 means 1.
     */
    uint32_t security_states;
    /**
     * The PEs implement EL3: ICC_CTLR_EL3, ICC_SRE_EL3 and ICC_IGRPEN1_EL3 exist. PEs without EL3
     * on a GIC with two Security states are Non-secure, and Secure Group 1 is presented to them as
     * Group 0.
     */
    bool el3;
    /**
     * The PEs implement EL2, and with it the virtual CPU interface: ICC_SRE_EL2, the ICH registers,
     * ICV registers behind the names of the ICC registers as HCR_EL2.IMO and FMO say.
     */
    bool el2;
    /** What the virtual CPU interface is like; allowed with `el2` only. */
    VgicIchOptions ich_options;
    /**
     * PPI, 16 to 31, to which each PE's maintenance interrupt is wired inside the GIC (25 by the
     * Arm base system architecture); VGIC_LINE_MAINTENANCE shows it all the same. Nobody else may
     * drive that PPI. 0: the host wires VGIC_LINE_MAINTENANCE. Needs `el2`.
     */
    uint32_t maintenance_intid;
    /**
     * Non-maskable interrupts (FEAT_GICv3_NMI): GICD_TYPER.NMI, GICD_INMIR<n>, GICR_INMIR0,
     * ICC_NMIAR1_EL1, superpriority. The PEs implement FEAT_NMI: the host takes VGIC_LINE_NMI and
     * VGIC_LINE_VNMI as IRQ and virtual IRQ with superpriority, and fills in VgicCpuState.sctlr.
     */
    bool nmi;
    /** Two Security states: GICD_CTLR.DS is RAZ/WI and ICC_CTLR_EL3.nDS reads 1. */
    bool ds_fixed;
    /**
     * Implemented priority bits: 4 to 8, with two Security states 5 to 8. 0 means 5. Preemption
     * bits of the CPU interface are the smaller of this and 7. GICv5: those of the IRSs, 1 to 5
     * (IRS_IDR1.PRI_BITS + 1); the CPU interface has 5.
     */
    uint32_t priority_bits;
    /**
     * How many PEs each Redistributor region holds, in PE order, `redist_region_count` entries that
     * add up to `cpus`, none of them 0. NULL: one region. Each region is a frame of its own,
     * "GICR", "GICR1", "GICR2", ...
     */
    const uint32_t *redist_regions;
    /** Entries in `redist_regions`, 0 if that is NULL. */
    uint32_t redist_region_count;
    /** No 1-of-N distribution of SPIs: GICD_TYPER.No1N reads 1 and GICD_IROUTER<n>.IRM is RES0. */
    bool no_one_of_n;
    /** No message-based SPIs: GICD_TYPER.MBIS reads 0 and SETSPI and CLRSPI registers are RES0. */
    bool no_message_spis;
    /** The optional frame of message-based SPIs ("GICM") exists beside the registers in GICD. */
    bool message_frame;
    /** First INTID that the GICM frame names in its TYPER; 0, together with the number: all SPIs.
     */
    uint32_t message_frame_base;
    /** Number of SPIs that the GICM frame names in its TYPER. */
    uint32_t message_frame_spis;
    /**
     * Width of an INTID with LPIs, 14 to 24 bits (GICD_TYPER.IDbits + 1): LPIs are 8192 to
     * 2^lpi_bits - 1. 0: no LPIs. Needs VgicHost.memory_read and memory_write. GICv5: the width of
     * an LPI's ID, v5.min_lpi_bits to 24 (IRS_IDR2.ID_BITS); LPIs are 0 to 2^lpi_bits - 1 of each
     * domain.
     */
    uint32_t lpi_bits;
    /**
     * LPIs that may have a record (24 bytes, in chunks of 1,024 made when an LPI of the chunk is
     * first used), rounded up to whole chunks: bounds the memory that a guest can make the library
     * use. An LPI beyond it is dropped and reported. 0 means 2^20.
     */
    uint32_t lpi_limit;
    /** Number of ITSs, 0 to VGIC_MAX_ITS, each a frame of its own: "GITS", "GITS1", ... Needs
     * lpi_bits. The frames of a GICv5 are named in frame.h. */
    uint32_t its;
    /** What the ITSs are like; allowed with `its` only. */
    VgicItsOptions its_options;
    /** Physical address of each PE's RD_base frame, `cpus` entries, multiples of 64 KiB; for
     * VgicItsOptions.rdbase_is_address, else NULL. */
    const uint64_t *redist_addresses;
    /** GICR_SETLPIR and GICR_CLRLPIR work although there is an ITS (GICR_TYPER.DirectLPI). Without
     * an ITS they always do. */
    bool direct_lpi;
    /** GICD_STATUSR, GICR_STATUSR and GITS_STATUSR are implemented. */
    bool statusr;
    /**
     * A PE whose GICR_WAKER.ProcessorSleep is 1 gets no interrupts, as in silicon. Off by default:
     * a guest that is started without firmware never writes GICR_WAKER.
     */
    bool hold_while_asleep;
    /** ICC_SRE_EL3.Enable and ICC_SRE_EL2.Enable can be cleared, so that accesses to ICC_SRE_EL1
     * (and ICC_SRE_EL2) trap to EL3 or EL2. Default: RAO/WI. */
    bool sre_enable_writable;
    /** GICD_IIDR and GICR_IIDR. 0 means 0x5600043B: product 0x56, revision 0, implementer Arm.
     * GICv5: IRS_IIDR, ITS_IIDR and IWB_IIDR, 0 means 0x0560043B. */
    uint32_t iidr;
    /** What a GICv5 is like. */
    VgicV5Options v5;
    /**
     * All calls on this instance come from one thread at a time, with the host's own ordering
     * between them: the library then takes no locks.
     */
    bool single_threaded;
    /** Room for options of later releases: all false. */
    bool reserved[7];
} VgicConfig;

/** A configuration of @p model_ with the members that follow, and defaults for all others (C only).
 */
#define VGIC_CONFIG_INIT(model_, ...)                                                              \
    {                                                                                              \
        .size = sizeof(VgicConfig), .model = (model_), __VA_ARGS__                                 \
    }

/** Sets @p config to the defaults of @p model: all zero but size, model, and one CPU. */
VGIC_API void vgic_config_init(VgicConfig *config, VgicModel model);

#ifdef __cplusplus
}
#endif

#endif
