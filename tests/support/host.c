/* SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *grown(void *array, uint32_t count, uint32_t *room, size_t element)
{
    if (count < *room) {
        return array;
    }
    *room = *room ? *room * 2 : 16;
    array = realloc(array, *room * element);
    if (!array) {
        abort();
    }
    return array;
}

static void keep(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text ? text : "");
}

static void lines_changed(void *machine, uint32_t cpu)
{
    Host *host = machine;

    if (cpu >= VGIC_MAX_CPUS) {
        abort();
    }
    if (host->gic) {
        host->lines[cpu] = vgic_cpu_lines(host->gic, cpu);
    }
    host->line_calls[cpu]++;
    host->line_calls_total++;
    if (host->on_lines) {
        host->on_lines(host, cpu);
    }
}

static void guest_error(void *machine, const VgicReport *report)
{
    Host *host = machine;

    host->reports =
        grown(host->reports, host->report_count, &host->report_room, sizeof(*host->reports));
    HostReport *copy = &host->reports[host->report_count++];
    copy->report = *report;
    copy->has_reg = report->reg != NULL;
    keep(copy->rule, sizeof(copy->rule), report->rule);
    keep(copy->frame, sizeof(copy->frame), report->frame);
    keep(copy->reg, sizeof(copy->reg), report->reg);
    keep(copy->message, sizeof(copy->message), report->message);
    copy->has_command = report->command != NULL;
    keep(copy->command, sizeof(copy->command), report->command);
    if (host->on_report) {
        host->on_report(host, report);
    }
}

static void host_error(void *machine, const char *function, const char *message)
{
    Host *host = machine;

    host->errors = grown(host->errors, host->error_count, &host->error_room, sizeof(*host->errors));
    HostError *copy = &host->errors[host->error_count++];
    keep(copy->function, sizeof(copy->function), function);
    keep(copy->message, sizeof(copy->message), message);
}

static void trace(void *machine, const VgicTrace *event)
{
    Host *host = machine;

    host->traces = grown(host->traces, host->trace_count, &host->trace_room, sizeof(*host->traces));
    HostTrace *copy = &host->traces[host->trace_count++];
    copy->event = *event;
    copy->has_reg = event->reg != NULL;
    keep(copy->name, sizeof(copy->name), event->name);
    keep(copy->reg, sizeof(copy->reg), event->reg);
    if (host->on_trace) {
        host->on_trace(host, event);
    }
}

static bool memory_access(Host *host, VgicSpace space, uint64_t address, size_t length, bool write)
{
    Ram *ram = &host->ram;

    ram->spaces |= 1u << space;
    *(write ? &ram->writes : &ram->reads) += 1;
    ram->longest = length > ram->longest ? length : ram->longest;
    if (host->on_memory) {
        host->on_memory(host, write, address, length);
    }
    if (!ram_answers(ram, address, length, write ? FAIL_WRITES : FAIL_READS)) {
        ram->failed++;
        return false;
    }
    return true;
}

static bool memory_read(void *machine, VgicSpace space, uint64_t address, void *buffer,
                        size_t length)
{
    Host *host = machine;

    if (!memory_access(host, space, address, length, false)) {
        memset(buffer, 0xEE, length); /* what a bus error leaves is nobody's data */
        return false;
    }
    ram_read(&host->ram, address, buffer, length);
    return true;
}

static bool memory_write(void *machine, VgicSpace space, uint64_t address, const void *buffer,
                         size_t length)
{
    Host *host = machine;

    if (!memory_access(host, space, address, length, true)) {
        return false;
    }
    ram_write(&host->ram, address, buffer, length);
    return true;
}

static void work(void *machine)
{
    Host *host = machine;

    host->work_calls++;
}

void host_add_memory(VgicHost *callbacks)
{
    callbacks->memory_read = memory_read;
    callbacks->memory_write = memory_write;
}

void host_add_work(VgicHost *callbacks)
{
    callbacks->work = work;
}

VgicHost host_callbacks(bool with_trace)
{
    VgicHost callbacks = VGIC_HOST_INIT(.lines_changed = lines_changed, .guest_error = guest_error,
                                        .host_error = host_error);

    if (with_trace) {
        callbacks.trace = trace;
    }
    return callbacks;
}

void host_forget(Host *host)
{
    host->report_count = 0;
    host->error_count = 0;
    host->trace_count = 0;
    host->line_calls_total = 0;
    host->work_calls = 0;
    ram_forget(&host->ram);
    memset(host->line_calls, 0, sizeof(host->line_calls));
}

void host_clear(Host *host)
{
    free(host->reports);
    free(host->errors);
    free(host->traces);
    ram_clear(&host->ram);
    memset(host, 0, sizeof(*host));
}

const HostReport *host_last_report(const Host *host)
{
    return host->report_count ? &host->reports[host->report_count - 1] : NULL;
}

const HostError *host_last_error(const Host *host)
{
    return host->error_count ? &host->errors[host->error_count - 1] : NULL;
}
