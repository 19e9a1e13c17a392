/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hypervisor on the backend hyp, and its guest. The virtual CPU interface is behind a small
 * table: the library's own on the backend tcg (simulated_interface()), or another one far away.
 * Interrupts of the guest come from and go to `gic`; what the guest does to its CPU interface it
 * does to the table's.
 *
 * The hypervisor's loop is played by vm_settle(): whatever asks for an exit gets it.
 */
#ifndef TESTS_SUPPORT_HYP_H
#define TESTS_SUPPORT_HYP_H

#include "host.h"

#include <vgic/registers.h>

enum {
    VM_MAX_CPUS = 8,
    VM_LOG = 64,
};

/** A virtual CPU interface, with a physical CPU for each vCPU. */
typedef struct Interface {
    void *data;
    /** At EL2: ICH registers. */
    uint64_t (*read)(void *data, uint32_t cpu, uint32_t encoding);
    void (*write)(void *data, uint32_t cpu, uint32_t encoding, uint64_t value);
    /** At EL1 with HCR_EL2.IMO and FMO: the guest's ICC registers. VGIC_OK or VGIC_TRAP_EL2. */
    VgicResult (*guest_read)(void *data, uint32_t cpu, uint32_t encoding, uint64_t *value);
    VgicResult (*guest_write)(void *data, uint32_t cpu, uint32_t encoding, uint64_t value);
    /** The maintenance interrupt. */
    bool (*maintenance)(void *data, uint32_t cpu);
    /** VgicHypHost.deactivate and level, beside what Vm records; optional: Vm.level is the level.
     */
    void (*deactivate)(void *data, uint32_t cpu, uint32_t pintid);
    bool (*level)(void *data, uint32_t cpu, uint32_t pintid);
    void (*free)(void *data);
} Interface;

/** The library's own on tcg, with these options; @p nmi: VgicConfig.nmi. */
Interface simulated_interface(uint32_t cpus, const VgicIchOptions *options, bool nmi);

/** The library's own on tcg, of a GIC of this configuration, which has EL2. */
Interface simulated_interface_of(const VgicConfig *config);

/** Something that the library told the hypervisor. */
typedef struct VmEvent {
    uint32_t cpu, intid;
} VmEvent;

typedef struct Vm {
    Vgic *gic; /**< on the backend hyp */
    Host host; /**< its host: reports, memory, lines */
    Interface hw;
    uint32_t cpus;
    bool in_guest[VM_MAX_CPUS];  /**< flushed and not synchronised */
    bool nested[VM_MAX_CPUS];    /**< loaded for its guest's guest */
    uint64_t *vncr[VM_MAX_CPUS]; /**< vm_use_vncr() */
    uint32_t place[VM_MAX_CPUS]; /**< the physical CPU of each vCPU */
    bool maintenance_off;        /**< the hypervisor ignores maintenance interrupts */
    /* what happened since vm_forget() */
    unsigned exits[VM_MAX_CPUS]; /**< because of a kick or a maintenance interrupt */
    unsigned stops[VM_MAX_CPUS]; /**< because somebody else wanted an interrupt of it */
    unsigned traps[VM_MAX_CPUS]; /**< accesses that trapped */
    VmEvent ended[VM_LOG], deactivated[VM_LOG];
    unsigned ended_count, deactivated_count;
    bool level[1020];                                            /**< of physical interrupts */
    void (*on_ended)(struct Vm *, uint32_t cpu, uint32_t intid); /**< called in VgicHypHost.ended */
    void *data;                                                  /**< of the test that set it */
    VgicHypEntry entry[VM_MAX_CPUS];                             /**< what the last flush said */
} Vm;

/**
 * A VM of this configuration on @p hw, which it takes over; all vCPUs loaded, none in its guest.
 * priority_bits and ich_options.priority_bits are set to the interface's. The test ends if it does
 * not work.
 */
Vm *vm_new(const VgicConfig *config, Interface hw);
/** The same with VgicHypHost.traps. */
Vm *vm_new_trapping(const VgicConfig *config, Interface hw, uint64_t traps);
void vm_free(Vm *vm);
void vm_forget(Vm *vm);

/** Enters the guest of a vCPU (flush), or comes out of it (sync). */
void vm_enter(Vm *vm, uint32_t cpu);
void vm_exit(Vm *vm, uint32_t cpu);

/** Exit, and entry again. */
void vm_bounce(Vm *vm, uint32_t cpu);

/** Lets every vCPU that is in its guest and was kicked, or has a maintenance interrupt (unless
 * maintenance_off), exit and enter again, until none has. The test ends if that takes more than 100
 * exits of a vCPU. */
void vm_settle(Vm *vm);

/** The guest's access to a register of its CPU interface, traps included, and vm_settle(). */
uint64_t vm_read(Vm *vm, uint32_t cpu, uint32_t encoding);
void vm_write(Vm *vm, uint32_t cpu, uint32_t encoding, uint64_t value);
uint32_t vm_iar(Vm *vm, uint32_t cpu, int group);
void vm_eoir(Vm *vm, uint32_t cpu, int group, uint32_t intid);
void vm_dir(Vm *vm, uint32_t cpu, uint32_t intid);

/** A frame of the GIC, as the guest on @p cpu accesses it: an exit, the access, and an entry if it
 * was in its guest; @p offset in the Redistributor region is that of @p cpu itself for "GICR". */
uint64_t vm_frame_read(Vm *vm, uint32_t cpu, const char *frame, uint64_t offset, uint32_t size);
void vm_frame_write(Vm *vm, uint32_t cpu, const char *frame, uint64_t offset, uint32_t size,
                    uint64_t value);

/** Group, priority, trigger, enable; SPIs go to @p cpu. Done as the guest on @p cpu. */
void vm_configure(Vm *vm, uint32_t cpu, uint32_t intid, int group, uint8_t priority, bool edge);

/** Drives a wire, and vm_settle(). SPIs ignore @p cpu. */
void vm_wire(Vm *vm, uint32_t cpu, uint32_t intid, bool level);
void vm_pulse(Vm *vm, uint32_t cpu, uint32_t intid);

/** The distributor on (both groups), every vCPU awake. */
void vm_start(Vm *vm);

/** ICH registers of the interface under @p cpu. */
uint64_t vm_ich(Vm *vm, uint32_t cpu, uint32_t encoding);
void vm_set_ich(Vm *vm, uint32_t cpu, uint32_t encoding, uint64_t value);

/** vgic_irq_info(): the truth as others see it; stops a vCPU if need be. */
VgicIrqInfo vm_info(Vm *vm, uint32_t cpu, uint32_t intid);

/* The guest is a hypervisor, L1, with a guest of its own, L2. */

/** Makes a vCPU resident for its guest or for that one's guest, or takes it off; it is in neither
 * then. */
void vm_load(Vm *vm, uint32_t cpu, VgicHypContext context);
void vm_put(Vm *vm, uint32_t cpu);

/** L1's ICH registers are in memory from now on. */
void vm_use_vncr(Vm *vm, uint32_t cpu);

/** L1's access to a register at its EL2: it traps, or goes to memory. While L2 is loaded it is
 * behind the back of the library, which does not expect L1 to run then. */
uint64_t vm_l1_read(Vm *vm, uint32_t cpu, uint32_t encoding);
void vm_l1_write(Vm *vm, uint32_t cpu, uint32_t encoding, uint64_t value);

/** L2's access to its CPU interface, traps that are not for L1 included, and vm_settle().
 * VGIC_TRAP_EL2: L1 wants it; L2 is left. */
VgicResult vm_l2_access(Vm *vm, uint32_t cpu, uint32_t encoding, bool write, uint64_t *value);
uint64_t vm_l2_read(Vm *vm, uint32_t cpu, uint32_t encoding);
void vm_l2_write(Vm *vm, uint32_t cpu, uint32_t encoding, uint64_t value);

#endif
