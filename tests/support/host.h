/* SPDX-License-Identifier: BSD-2-Clause */
/* A host that remembers everything it was told, for tests to ask about. */
#ifndef TESTS_SUPPORT_HOST_H
#define TESTS_SUPPORT_HOST_H

#include <vgic/vgic.h>

#include "ram.h"

/** A guest error that was reported, with its strings copied. */
typedef struct HostReport {
    VgicReport report;
    char rule[48], frame[16], reg[32], message[160], command[16];
    bool has_reg, has_command;
} HostReport;

/** A mistake of the host's own code that was reported. */
typedef struct HostError {
    char function[48], message[240];
} HostError;

/** A trace event, with its strings copied. */
typedef struct HostTrace {
    VgicTrace event;
    char name[16], reg[32];
    bool has_reg;
} HostTrace;

typedef struct Host {
    Vgic *gic; /**< whose lines are looked at in lines_changed */
    /** Lines of each PE as lines_changed last found them: the host's idea of them. */
    uint32_t lines[VGIC_MAX_CPUS];
    uint32_t line_calls[VGIC_MAX_CPUS];
    uint32_t line_calls_total;
    HostReport *reports;
    uint32_t report_count, report_room;
    HostError *errors;
    uint32_t error_count, error_room;
    HostTrace *traces;
    uint32_t trace_count, trace_room;
    Ram ram;
    uint32_t work_calls;
    /** Called in lines_changed, guest_error, trace and before each access to memory, for hosts that
     * call back in. */
    void (*on_lines)(struct Host *host, uint32_t cpu);
    void (*on_report)(struct Host *host, const VgicReport *report);
    void (*on_trace)(struct Host *host, const VgicTrace *event);
    void (*on_memory)(struct Host *host, bool write, uint64_t address, size_t length);
    void *data; /**< of the test that set these */
} Host;

/** The callbacks that record into a Host; without trace, which tests ask for, memory and work. */
VgicHost host_callbacks(bool trace);

/** Gives the GIC the host's memory. */
void host_add_memory(VgicHost *callbacks);

/** Lets the GIC leave work to vgic_work(). */
void host_add_work(VgicHost *callbacks);

void host_clear(Host *host);

/** Forgets reports, errors, traces and counts, not the lines and what is in memory. */
void host_forget(Host *host);

/** The last report, NULL if there is none. */
const HostReport *host_last_report(const Host *host);

/** The last host error, NULL if there is none. */
const HostError *host_last_error(const Host *host);

#endif
