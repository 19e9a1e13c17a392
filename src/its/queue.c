/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command queue [6.3]. One thread at a time carries out commands, and leaves when the queue is
 * empty, the ITS is disabled or stalled, or its share is done. Even without a host that does the
 * rest later there is a bound, as many commands as a queue can hold: commands can write to memory
 * that the queue is in.
 */
#include <glib.h>

#include "core/report.h"
#include "its/its.h"

enum {
    LARGEST_QUEUE = 256 * 0x1000 / GITS_COMMAND_SIZE,
};

bool vgic_its_has_work(const VgicIts *its)
{
    return (its->enabled || its->step) && !its->stalled &&
           VGIC_GET(its->cbaser, gits_cbaser, Valid) && its->cwriter < vgic_its_queue_bytes(its) &&
           its->creadr != its->cwriter;
}

static bool read_command(const VgicIts *its, uint64_t address, uint64_t *dw)
{
    bool good = vgic_read_memory(its->gic, address, dw, GITS_COMMAND_SIZE);

    for (unsigned i = 0; i < 4; i++) {
        dw[i] = good ? GUINT64_FROM_LE(dw[i]) : 0;
    }
    return good;
}

static bool stalls_at(const VgicIts *its, VgicRule rule)
{
    switch (its->errors) {
    case VGIC_ITS_ERRORS_CONTINUE:
        return false;
    case VGIC_ITS_ERRORS_STALL:
        return rule != VGIC_RULE_NONE;
    default:
        return rule == VGIC_RULE_ITS_BUS;
    }
}

static void trace_command(const VgicItsCommand *command)
{
    const VgicIts *its = command->its;
    VgicTrace trace = {
        .kind = VGIC_TRACE_COMMAND,
        .name = its->name,
        .reg = command->name,
        .cpu = UINT32_MAX,
        .words = {command->dw[0], command->dw[1], command->dw[2], command->dw[3]},
    };

    its->gic->host.trace(its->gic->machine, &trace);
}

/* After a command, or a step of it: the next step, 0 if it is done. The lock is held. */
static void advance(VgicIts *its, VgicRule rule, uint32_t step)
{
    its->step = step;
    if (stalls_at(its, rule)) {
        its->stalled = true;
    } else if (!step) {
        its->creadr = (its->creadr + GITS_COMMAND_SIZE) % vgic_its_queue_bytes(its);
    }
}

/* The command at the head of the queue, or a step of it: true if it is done. No lock is held; the
 * ITS is this thread's.
 */
static bool do_command(VgicIts *its, VgicItsCommand *command, uint64_t address)
{
    VgicRule rule = VGIC_RULE_ITS_BUS;

    if (read_command(its, address, command->dw)) {
        rule = vgic_its_execute(command);
    }
    vgic_lock(&its->lock);
    if (its->epoch == command->epoch) {
        advance(its, rule, command->more ? command->step : 0);
    }
    vgic_unlock(&its->lock);
    if (rule || command->remark) {
        vgic_its_report(command, rule ? rule : command->remark, command->intid);
    }
    if (G_UNLIKELY(its->gic->host.trace) && !command->more) {
        trace_command(command);
    }
    return !command->more;
}

/*
 * Carries out commands, up to those that take the time of @p share, or as many as the largest queue
 * holds; true if there are more.
 */
static bool work_off(VgicIts *its, uint64_t share)
{
    uint64_t spent = 0;
    uint32_t done = 0;
    bool more;

    vgic_lock(&its->lock);
    if (its->busy) {
        vgic_unlock(&its->lock);
        return false; /* that thread sees what there is to do */
    }
    its->busy = true;
    while (vgic_its_has_work(its) && spent < share && done < LARGEST_QUEUE) {
        uint64_t address = (its->cbaser & VGIC_MASK(gits_cbaser, Physical_Address)) + its->creadr;
        VgicItsCommand command = {
            .its = its, .epoch = its->epoch, .step = its->step, .cost = 1, .intid = UINT32_MAX};

        vgic_unlock(&its->lock);
        done += do_command(its, &command, address);
        spent += command.cost;
        vgic_lock(&its->lock);
    }
    more = vgic_its_has_work(its);
    if (!more && !its->stalled) {
        its->step = 0; /* the guest took the command back */
    }
    its->busy = false;
    vgic_unlock(&its->lock);
    return more;
}

bool vgic_its_run_slice(VgicIts *its)
{
    return work_off(its, its->slice);
}

void vgic_its_run(VgicIts *its)
{
    const VgicHost *host = &its->gic->host;

    if (work_off(its, host->work ? its->slice : UINT64_MAX) && host->work) {
        host->work(its->gic->machine);
    }
}

void vgic_its_report(const VgicItsCommand *command, VgicRule rule, uint32_t intid)
{
    const uint64_t *dw = command->dw;
    VgicReport report = {
        .rule = vgic_rule_name(rule),
        .frame = command->its->name,
        .reg = "GITS_CWRITER",
        .cpu = UINT32_MAX,
        .offset = GITS_CWRITER,
        .size = 8,
        .write = true,
        .value = 0,
        .intid = intid,
        .command = command->name,
        .words = {dw[0], dw[1], dw[2], dw[3]},
        .device = UINT32_MAX,
        .event = UINT32_MAX,
    };

    if (command->has_device) {
        report.device = (uint32_t)VGIC_GET(dw[0], gits_dw0, DeviceID);
    }
    if (command->has_event) {
        report.event = (uint32_t)VGIC_GET(dw[1], gits_dw1, EventID);
    }
    vgic_report(command->its->gic, &report, vgic_rule_text(rule));
}
