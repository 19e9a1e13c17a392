/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the host (emulator, VMM, hypervisor, test) supplies: a table of callbacks.
 *
 * Every callback runs in the thread that made the call into the library, before that call returns,
 * and with no lock of the library held: it may call back into the library. Callbacks of one
 * instance run in several threads at once if several threads call in. All callbacks are optional
 * unless their comment says otherwise.
 *
 * Thread-safety: a VgicHost is copied by vgic_new().
 */
#ifndef VGIC_HOST_H
#define VGIC_HOST_H

#include <vgic/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Something that the guest did that the architecture calls a mistake, or that this version does
 * not model. */
typedef struct VgicReport {
    /** Stable name of the rule that was broken, e.g. "access-size"; docs/guest-errors.md lists them
     * all. */
    const char *rule;
    /** One sentence for a person, without a final newline. */
    const char *message;
    /** Frame of the access ("GICD", "GICR", ...); "ICC" for system registers, "ICV" where HCR_EL2
     * redirects the access to the virtual CPU interface. */
    const char *frame;
    /** The register's architected name, NULL where there is none. */
    const char *reg;
    /** The PE: whose Redistributor or CPU interface it was; UINT32_MAX where none is involved. */
    uint32_t cpu;
    /** Byte offset in the frame, or the encoding of the system register (sysreg.h). */
    uint32_t offset;
    /** Access size in bytes. */
    uint32_t size;
    /** The guest wrote (true) or read (false). */
    bool write;
    /** The value written; 0 for reads. */
    uint64_t value;
    /** The interrupt concerned; UINT32_MAX where none is. */
    uint32_t intid;
    /** The ITS command that broke the rule ("MAPTI"); NULL if it was none. */
    const char *command;
    /** The words of that command, or of one that no name is known for; else 0. */
    uint64_t words[4];
    /** ITS: the DeviceID; UINT32_MAX where none is involved (which is also a DeviceID of 32 bits).
     */
    uint32_t device;
    /** ITS: the EventID; UINT32_MAX where none is involved. */
    uint32_t event;
} VgicReport;

/** Kinds of trace event. */
typedef enum VgicTraceKind {
    VGIC_TRACE_FRAME_READ = 1,   /**< `name` frame, `reg`, `offset`, `size`, `value` read */
    VGIC_TRACE_FRAME_WRITE = 2,  /**< the same for a write */
    VGIC_TRACE_SYSREG_READ = 3,  /**< `name` "ICC" or, in the virtual CPU interface, "ICV", `reg`,
                                    `cpu`, `offset` = encoding, `value` read, `result` */
    VGIC_TRACE_SYSREG_WRITE = 4, /**< the same for a write */
    VGIC_TRACE_WIRE = 5,  /**< a wire: `cpu` (UINT32_MAX for SPIs), `intid`, `value` = level; of an
                             IWB: `name` frame, `intid` its number there */
    VGIC_TRACE_LINES = 6, /**< output lines changed: `cpu`, `value` = lines, as VgicLine bits */
    VGIC_TRACE_RESET = 7, /**< a reset: `cpu` (UINT32_MAX for the GIC), `value` = VgicReset */
    VGIC_TRACE_MSI = 8,   /**< an MSI at an ITS: `name` frame, `device`, `value` = EventID, `intid`
                             and   `cpu` of the LPI or UINT32_MAX if it was dropped */
    VGIC_TRACE_COMMAND =
        9, /**< an ITS is done with a command: `name` frame, `reg` its name, `words` */
} VgicTraceKind;

/** One trace event; members that a kind does not name are 0 or NULL. */
typedef struct VgicTrace {
    VgicTraceKind kind; /**< what happened */
    const char *name;   /**< frame, or CPU interface */
    const char *reg;    /**< register, NULL where there is none */
    uint32_t cpu;       /**< the PE, UINT32_MAX where none is involved */
    uint32_t intid;     /**< the interrupt */
    uint32_t offset;    /**< offset or encoding */
    uint32_t size;      /**< access size in bytes */
    uint64_t value;     /**< value read, written, or the level */
    VgicResult result;  /**< how the access ended */
    uint32_t device;    /**< DeviceID */
    uint64_t words[4];  /**< words of an ITS command */
} VgicTrace;

/**
 * The table of callbacks; every one gets the `machine` pointer that was given to vgic_new(). Make
 * it with VGIC_HOST_INIT, or set `size` by hand.
 */
typedef struct VgicHost {
    /** sizeof(VgicHost) of the caller. */
    size_t size;
    /**
     * Reads @p length bytes of guest memory at physical address @p address of @p space into @p
     * buffer; false on a bus error. Mandatory, together with memory_write, for a GIC that has
     * tables in memory (LPIs, an ITS, GICv5); one without the other is refused.
     */
    bool (*memory_read)(void *machine, VgicSpace space, uint64_t address, void *buffer,
                        size_t length);
    /** Writes guest memory; the mirror of memory_read. */
    bool (*memory_write)(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                         size_t length);
    /**
     * The output lines of PE @p cpu are no longer what they were: read them with vgic_cpu_lines().
     * Two threads may report the same PE at once; whoever reads the lines last reads the newest.
     * Without this callback the host polls.
     */
    void (*lines_changed)(void *machine, uint32_t cpu);
    /** The guest broke a rule. @p report is valid during the call. Default: nothing happens. */
    void (*guest_error)(void *machine, const VgicReport *report);
    /**
     * The host's own code called @p function with something that does not exist; nothing was
     * changed. @p message names the argument, its value and what is allowed. Default: one line on
     * stderr.
     */
    void (*host_error)(void *machine, const char *function, const char *message);
    /** A trace event; NULL (the default) costs one predictable branch for each event. */
    void (*trace)(void *machine, const VgicTrace *event);
    /**
     * There is more to do than one call should take (a long ITS command queue): call vgic_work()
     * soon, from any thread, but not from this callback, until it returns false. May be called
     * again before that. Without this callback everything is worked off in the call that causes it.
     */
    void (*work)(void *machine);
} VgicHost;

/** A table with the callbacks that follow, and defaults for all others (C only). */
#define VGIC_HOST_INIT(...)                                                                        \
    {                                                                                              \
        .size = sizeof(VgicHost), __VA_ARGS__                                                      \
    }

#ifdef __cplusplus
}
#endif

#endif
