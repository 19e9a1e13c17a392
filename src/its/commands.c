/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands [6.4, 6.5]: each a function that does its whole work, or breaks a rule and does
 * nothing. */
#include <glib.h>

#include "its/its.h"
#include "v3/lpi.h"

/* Fields, by their architected names. */

static uint32_t device_of(const VgicItsCommand *command)
{
    return (uint32_t)VGIC_GET(command->dw[0], gits_dw0, DeviceID);
}

static uint32_t event_of(const VgicItsCommand *command)
{
    return (uint32_t)VGIC_GET(command->dw[1], gits_dw1, EventID);
}

static uint32_t icid_of(const VgicItsCommand *command)
{
    return (uint32_t)VGIC_GET(command->dw[2], gits_dw2, ICID);
}

static bool is_valid(const VgicItsCommand *command)
{
    return VGIC_GET(command->dw[2], gits_dw2, V);
}

/* Something that the guest should know, although the command is carried out. */
static void remark(VgicItsCommand *command, VgicRule rule, uint32_t intid)
{
    if (rule && !command->remark) {
        command->remark = rule;
        command->intid = intid;
    }
}

enum {
    DROPS_A_COMMAND = 64, /* cache look-ups that take about the time of a command */
};

/* MSIs that began earlier see that their translation is none any more; later ones find the new one.
 */
static void drop_event(VgicIts *its, uint32_t device, uint32_t event)
{
    vgic_its_count(its);
    vgic_lock(&its->lock); /* the cache does not grow meanwhile */
    vgic_cache_drop(&its->cache, device, event);
    vgic_unlock(&its->lock);
    vgic_its_count(its);
}

/* Forgets what is cached of a device that was mapped as @p old says. */
static void drop_device(VgicItsCommand *command, const VgicDte *old)
{
    VgicIts *its = command->its;

    vgic_its_count(its);
    vgic_lock(&its->lock);
    command->cost +=
        vgic_cache_drop_device(&its->cache, device_of(command), UINT64_C(1) << old->event_bits) /
        DROPS_A_COMMAND;
    vgic_unlock(&its->lock);
    vgic_its_count(its);
}

static VgicRule do_mapd(VgicItsCommand *command)
{
    VgicIts *its = command->its;
    uint32_t device = device_of(command);
    VgicDte dte = {
        .itt = VGIC_GET(command->dw[2], gits_dw2, ITT_addr) << gits_dw2_ITT_addr_lsb,
        .event_bits = (uint32_t)VGIC_GET(command->dw[1], gits_dw1, Size) + 1,
    };
    VgicDte old;
    VgicRule rule, was;

    if (is_valid(command) && dte.event_bits > its->event_bits) {
        return VGIC_RULE_ITS_ITT_SIZE;
    }
    was = vgic_its_read_device(its, device, &old);
    if (was == VGIC_RULE_ITS_BUS) {
        return was;
    }
    rule = vgic_its_write_device(its, device, is_valid(command) ? &dte : NULL);
    /* Nothing is cached of a device that was not mapped, but an MSI may be looking at it now. */
    if (!rule && was) {
        vgic_its_count(its);
    } else if (!rule) {
        drop_device(command, &old);
    }
    return rule;
}

static VgicRule do_mapc(VgicItsCommand *command)
{
    VgicIts *its = command->its;
    uint32_t icid = icid_of(command);
    VgicCpu *cpu = vgic_its_redistributor(its, VGIC_GET(command->dw[2], gits_dw2, RDbase));
    VgicRule rule = vgic_its_check_collection(its, icid);

    if (rule) {
        return rule;
    }
    if (is_valid(command) && !cpu) {
        return VGIC_RULE_ITS_RDBASE;
    }
    return vgic_its_map_collection(its, icid, is_valid(command) ? cpu : NULL, command->epoch);
}

/* MAPTI, and MAPI, whose INTID is the EventID. */
static VgicRule map_event(VgicItsCommand *command, uint32_t intid)
{
    VgicIts *its = command->its;
    uint32_t device = device_of(command), event = event_of(command);
    VgicIte ite = {.intid = intid, .collection = icid_of(command)}, old;
    VgicDte dte;
    VgicRule rule = vgic_its_find(its, device, event, &dte, &old);

    /* It is no mistake that the event is not mapped, if there is a place for it. */
    if (rule && (rule != VGIC_RULE_ITS_EVENT || (uint64_t)event >> dte.event_bits)) {
        return rule;
    }
    if (!rule) {
        remark(command, VGIC_RULE_ITS_REMAPPED, old.intid);
    }
    if (intid < VGIC_INTID_LPI || intid >> its->gic->lpis.bits) {
        command->intid = intid;
        return VGIC_RULE_ITS_INTID;
    }
    rule = vgic_its_check_collection(its, ite.collection);
    if (!rule) {
        rule = vgic_its_write_event(its, &dte, event, &ite);
    }
    if (!rule) {
        drop_event(its, device, event);
    }
    return rule;
}

static VgicRule do_mapti(VgicItsCommand *command)
{
    return map_event(command, (uint32_t)VGIC_GET(command->dw[1], gits_dw1, pINTID));
}

static VgicRule do_mapi(VgicItsCommand *command)
{
    return map_event(command, event_of(command));
}

/* The event that a command names, and the PE that it goes to. */
static VgicRule find_event(VgicItsCommand *command, VgicDte *dte, VgicIte *ite, VgicCpu **cpu)
{
    VgicIts *its = command->its;
    VgicRule rule = vgic_its_find(its, device_of(command), event_of(command), dte, ite);

    return rule ? rule : vgic_its_collection(its, ite->collection, cpu);
}

static VgicRule do_movi(VgicItsCommand *command)
{
    VgicIts *its = command->its;
    VgicDte dte;
    VgicIte ite;
    VgicCpu *from, *to;
    VgicRule rule = find_event(command, &dte, &ite, &from);

    if (!rule) {
        rule = vgic_its_collection(its, icid_of(command), &to);
    }
    if (rule) {
        return rule;
    }
    ite.collection = icid_of(command);
    rule = vgic_its_write_event(its, &dte, event_of(command), &ite);
    if (rule) {
        return rule;
    }
    drop_event(its, device_of(command), event_of(command));
    remark(command, vgic_lpi_rule(vgic_lpi_move(to, ite.intid)), ite.intid);
    return VGIC_RULE_NONE;
}

/* The next chunk of LPIs for a command that is about all of a PE; true while there are more. */
static bool next_chunk(VgicItsCommand *command, uint32_t *number)
{
    const VgicLpis *lpis = &command->its->gic->lpis;

    *number = command->step ? command->step : vgic_lpi_first_chunk();
    command->step = *number + 1;
    while (command->step < lpis->chunk_count &&
           !vgic_lpi_find(lpis, command->step << VGIC_LPI_CHUNK_BITS)) {
        command->step++; /* no LPI of it was ever used */
    }
    return command->step < lpis->chunk_count;
}

static VgicRule do_movall(VgicItsCommand *command)
{
    VgicIts *its = command->its;
    VgicCpu *from = vgic_its_redistributor(its, VGIC_GET(command->dw[2], gits_dw2, RDbase));
    VgicCpu *to = vgic_its_redistributor(its, VGIC_GET(command->dw[3], gits_dw3, RDbase2));
    VgicLpiResult result;
    uint32_t number;

    if (!from || !to) {
        return VGIC_RULE_ITS_RDBASE;
    }
    if (from != to) {
        command->more = next_chunk(command, &number);
        result = vgic_lpi_move_chunk(from, to, number);
        remark(command, vgic_lpi_rule(result), UINT32_MAX);
        command->more &= result != VGIC_LPI_DISABLED;
    }
    return VGIC_RULE_NONE;
}

static VgicRule do_discard(VgicItsCommand *command)
{
    VgicIts *its = command->its;
    VgicDte dte;
    VgicIte ite;
    VgicCpu *cpu;
    VgicRule rule = find_event(command, &dte, &ite, &cpu);

    if (!rule) {
        rule = vgic_its_write_event(its, &dte, event_of(command), NULL);
    }
    if (rule) {
        return rule;
    }
    drop_event(its, device_of(command), event_of(command));
    vgic_lpi_unpend(its->gic, NULL, ite.intid);
    return VGIC_RULE_NONE;
}

static VgicRule do_int(VgicItsCommand *command)
{
    VgicDte dte;
    VgicIte ite;
    VgicCpu *cpu;
    VgicRule rule = find_event(command, &dte, &ite, &cpu);

    if (!rule) {
        remark(command, vgic_lpi_rule(vgic_lpi_pend(cpu, ite.intid, NULL)), ite.intid);
    }
    return rule;
}

static VgicRule do_clear(VgicItsCommand *command)
{
    VgicDte dte;
    VgicIte ite;
    VgicCpu *cpu;
    VgicRule rule = find_event(command, &dte, &ite, &cpu);

    if (!rule) {
        vgic_lpi_unpend(command->its->gic, NULL, ite.intid);
    }
    return rule;
}

static VgicRule do_inv(VgicItsCommand *command)
{
    VgicDte dte;
    VgicIte ite;
    VgicCpu *cpu;
    VgicRule rule = find_event(command, &dte, &ite, &cpu);

    if (!rule) {
        VgicLpiResult result = vgic_lpi_invalidate(command->its->gic, ite.intid);

        remark(command, vgic_lpi_rule(result), ite.intid);
    }
    return rule;
}

static VgicRule do_invall(VgicItsCommand *command)
{
    VgicIts *its = command->its;
    VgicCpu *cpu;
    VgicRule rule = vgic_its_collection(its, icid_of(command), &cpu);
    uint32_t number;

    if (rule) {
        return rule;
    }
    command->more = next_chunk(command, &number);
    remark(command, vgic_lpi_rule(vgic_lpi_invalidate_chunk(cpu, number)), UINT32_MAX);
    return VGIC_RULE_NONE;
}

/* Commands are carried out one after the other, so nothing is outstanding. */
static VgicRule do_sync(VgicItsCommand *command)
{
    return vgic_its_redistributor(command->its, VGIC_GET(command->dw[2], gits_dw2, RDbase))
               ? VGIC_RULE_NONE
               : VGIC_RULE_ITS_RDBASE;
}

enum {
    HAS_DEVICE = 1,
    HAS_EVENT = 2,
    EVENT = HAS_DEVICE | HAS_EVENT,
};

/* clang-format off */
static const struct {
    const char *name;
    unsigned names; /* HAS_DEVICE, HAS_EVENT: which fields it has */
    VgicRule (*execute)(VgicItsCommand *command);
} commands[] = {
    [GITS_MAPD] = {"MAPD", HAS_DEVICE, do_mapd},
    [GITS_MAPC] = {"MAPC", 0, do_mapc},
    [GITS_MAPTI] = {"MAPTI", EVENT, do_mapti},
    [GITS_MAPI] = {"MAPI", EVENT, do_mapi},
    [GITS_MOVI] = {"MOVI", EVENT, do_movi},
    [GITS_MOVALL] = {"MOVALL", 0, do_movall},
    [GITS_DISCARD] = {"DISCARD", EVENT, do_discard},
    [GITS_INT] = {"INT", EVENT, do_int},
    [GITS_CLEAR] = {"CLEAR", EVENT, do_clear},
    [GITS_INV] = {"INV", EVENT, do_inv},
    [GITS_INVALL] = {"INVALL", 0, do_invall},
    [GITS_SYNC] = {"SYNC", 0, do_sync},
};
/* clang-format on */

VgicRule vgic_its_execute(VgicItsCommand *command)
{
    uint64_t opcode = VGIC_GET(command->dw[0], gits_dw0, Opcode);

    if (opcode >= G_N_ELEMENTS(commands) || !commands[opcode].name) {
        return VGIC_RULE_ITS_UNKNOWN_COMMAND;
    }
    command->name = commands[opcode].name;
    command->has_device = commands[opcode].names & HAS_DEVICE;
    command->has_event = commands[opcode].names & HAS_EVENT;
    return commands[opcode].execute(command);
}
