/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libvgic tells its user: guest-error log, trace events, `info pic`.
 */
#include "qemu/osdep.h"

#include "qemu/error-report.h"
#include "qemu/log.h"
#include "trace/trace-hw_intc.h"
#include "vgic_device.h"

/* INTIDs: those of a GICv5 have a type, and are named by it. */

static const char *intid_type(uint32_t intid, const char *none)
{
    static const char *const types[8] = {[1] = "PPI", [2] = "LPI", [3] = "SPI"};

    return types[intid >> 29] ?: none;
}

/* The number to go with it; -1 if there is none. */
static int intid_number(uint32_t intid)
{
    return intid == UINT32_MAX ? -1 : (int)extract32(intid, 0, 24);
}

/* Reports */

static void append_command(GString *line, const VgicReport *report)
{
    if (report->device != UINT32_MAX) {
        g_string_append_printf(line, ", device 0x%x", report->device);
    }
    if (report->event != UINT32_MAX) {
        g_string_append_printf(line, ", event 0x%x", report->event);
    }
    if (report->command || report->words[0]) {
        g_string_append_printf(line,
                               ", command %s 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64 " 0x%" PRIx64,
                               report->command ? report->command : "-", report->words[0],
                               report->words[1], report->words[2], report->words[3]);
    }
}

void vgic_qemu_guest_error(void *opaque, const VgicReport *report)
{
    g_autoptr(GString) line = NULL;

    if (!qemu_loglevel_mask(LOG_GUEST_ERROR)) {
        return;
    }
    line = g_string_new(NULL);
    g_string_append_printf(
        line,
        "vgic: %s: %s (%s %s, offset 0x%x, %s of %u bytes, value 0x%" PRIx64 ", cpu %d, %s %d",
        report->rule, report->message, report->frame, report->reg ? report->reg : "-",
        report->offset, report->write ? "write" : "read", report->size, report->value,
        (int)report->cpu, intid_type(report->intid, "intid"), intid_number(report->intid));
    append_command(line, report);
    qemu_log("%s)\n", line->str);
}

void vgic_qemu_host_error(void *opaque, const char *function, const char *message)
{
    error_report("vgic: %s: %s", function, message);
}

/* Trace */

static void trace_access(const VgicTrace *t, const char *reg)
{
    switch (t->kind) {
    case VGIC_TRACE_FRAME_READ:
        trace_vgic_frame_read(t->name, reg, t->offset, t->size, t->value);
        break;
    case VGIC_TRACE_FRAME_WRITE:
        trace_vgic_frame_write(t->name, reg, t->offset, t->size, t->value);
        break;
    case VGIC_TRACE_SYSREG_READ:
        trace_vgic_sysreg_read(t->cpu, reg, t->value, t->result);
        break;
    default:
        trace_vgic_sysreg_write(t->cpu, reg, t->value, t->result);
        break;
    }
}

void vgic_qemu_trace_event(void *opaque, const VgicTrace *t)
{
    const char *reg = t->reg ? t->reg : "-";

    switch (t->kind) {
    case VGIC_TRACE_FRAME_READ:
    case VGIC_TRACE_FRAME_WRITE:
    case VGIC_TRACE_SYSREG_READ:
    case VGIC_TRACE_SYSREG_WRITE:
        trace_access(t, reg);
        break;
    case VGIC_TRACE_WIRE:
        trace_vgic_wire((int)t->cpu, intid_type(t->intid, "intid"), intid_number(t->intid),
                        t->value);
        break;
    case VGIC_TRACE_LINES:
        trace_vgic_lines(t->cpu, t->value);
        break;
    case VGIC_TRACE_RESET:
        trace_vgic_reset((int)t->cpu, t->value);
        break;
    case VGIC_TRACE_MSI:
        trace_vgic_msi(t->name, t->device, t->value, intid_type(t->intid, "intid"),
                       intid_number(t->intid), (int)t->cpu);
        break;
    case VGIC_TRACE_COMMAND:
        trace_vgic_command(t->name, reg, t->words[0], t->words[1], t->words[2], t->words[3]);
        break;
    }
}

/* A trace callback costs time on every access, so the library gets one only if it is wanted. */
bool vgic_qemu_trace_wanted(void)
{
    return trace_event_get_state_backends(TRACE_VGIC_FRAME_READ) ||
           trace_event_get_state_backends(TRACE_VGIC_FRAME_WRITE) ||
           trace_event_get_state_backends(TRACE_VGIC_SYSREG_READ) ||
           trace_event_get_state_backends(TRACE_VGIC_SYSREG_WRITE) ||
           trace_event_get_state_backends(TRACE_VGIC_WIRE) ||
           trace_event_get_state_backends(TRACE_VGIC_LINES) ||
           trace_event_get_state_backends(TRACE_VGIC_RESET) ||
           trace_event_get_state_backends(TRACE_VGIC_MSI) ||
           trace_event_get_state_backends(TRACE_VGIC_COMMAND);
}

/* `info pic` */

static bool print_irq(VgicDevice *s, GString *buf, uint32_t cpu, uint32_t intid)
{
    const char *const *groups = VGIC_DEVICE_GET_CLASS(s)->groups;
    VgicIrqInfo info;

    if (!vgic_irq_info(s->gic, cpu, intid, &info) || !(info.pending || info.active)) {
        return false;
    }
    g_string_append_printf(buf, "  %s %4d at CPU %d: priority 0x%02x, %s,%s%s%s%s%s%s\n",
                           intid_type(intid, "INTID"), intid_number(intid), (int)info.target,
                           info.priority, groups[info.group], info.enabled ? " enabled" : "",
                           info.pending ? " pending" : "", info.active ? " active" : "",
                           info.level ? " level" : " edge", info.held_by ? ", held by: " : "",
                           info.held_by ? info.held_by : "");
    return true;
}

static void print_lines(GString *buf, uint32_t cpu, uint32_t lines)
{
    static const char *const names[] = {"IRQ", "FIQ",  "vIRQ",        "vFIQ",
                                        "NMI", "vNMI", "maintenance", "wake"};

    if (!lines) {
        return;
    }
    g_string_append_printf(buf, "  CPU %u lines:", cpu);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (lines & 1u << i) {
            g_string_append_printf(buf, " %s", names[i]);
        }
    }
    g_string_append_c(buf, '\n');
}

/* Of the ranges of INTIDs, those of PEs or the shared ones. */
static void print_irqs(VgicDevice *s, GString *buf, uint32_t cpu, bool of_pe)
{
    for (size_t i = 0; i < ARRAY_SIZE(s->intids); i++) {
        const VgicIntids *range = &s->intids[i];

        for (uint32_t k = 0; range->of_pe == of_pe && k < range->count; k++) {
            print_irq(s, buf, cpu, range->first + k);
        }
    }
}

/* There can be millions of them, and a monitor is for people. */
static void print_lpis(VgicDevice *s, GString *buf)
{
    const uint32_t limit = 64;
    uint32_t known = 0, pending = 0;
    uint32_t intid;

    if (!s->has_lpi) {
        return;
    }
    for (intid = vgic_lpi_next(s->gic, 0); intid != UINT32_MAX;
         intid = vgic_lpi_next(s->gic, intid + 1)) {
        VgicIrqInfo info;

        known++;
        if (pending < limit) {
            pending += print_irq(s, buf, 0, intid);
        } else if (vgic_irq_info(s->gic, 0, intid, &info) && info.pending) {
            pending++;
        }
    }
    g_string_append_printf(buf, "  LPIs: %u in use, %u pending%s\n", known, pending,
                           pending > limit ? ", of which the first 64 are above" : "");
}

void vgic_qemu_print_info(VgicDevice *s, GString *buf)
{
    g_string_append_printf(buf, "%s (libvgic %s): pending and active interrupts\n",
                           object_get_typename(OBJECT(s)), vgic_version());
    for (uint32_t cpu = 0; cpu < s->num_cpu; cpu++) {
        print_lines(buf, cpu, vgic_cpu_lines(s->gic, cpu));
        print_irqs(s, buf, cpu, true);
    }
    print_irqs(s, buf, 0, false);
    print_lpis(s, buf);
}

static void print_register(Vgic *gic, const VgicFrame *frame, const VgicRegister *row, GString *buf)
{
    for (uint32_t i = 0; i < row->count; i++) {
        uint64_t value;

        if (vgic_frame_read(gic, frame, VGIC_NS, row->offset + i * row->stride, row->width / 8,
                            &value) == VGIC_OK &&
            (value || row->count == 1)) {
            g_string_append_printf(buf, "  %04x %s", row->offset + i * row->stride, row->name);
            if (row->count > 1) {
                g_string_append_printf(buf, " n=%u", i);
            }
            g_string_append_printf(buf, ": 0x%" PRIx64 "\n", value);
        }
    }
}

/* Every register that can be read, the ID registers at the end of the frame apart. */
void vgic_qemu_print_frame(Vgic *gic, const VgicFrame *frame, GString *buf)
{
    const VgicRegister *row;

    for (uint32_t i = 0; (row = vgic_frame_register(frame, i)) && row->offset < 0xF000; i++) {
        if ((row->access & VGIC_READABLE) && !(row->access & VGIC_UNMODELLED)) {
            print_register(gic, frame, row, buf);
        }
    }
}
