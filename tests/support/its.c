/* SPDX-License-Identifier: BSD-2-Clause */
#include "its.h"

#include "suite.h"

#include <stdio.h>
#include <string.h>

void gicr_write64(Machine *m, uint32_t cpu, VgicAttrs attrs, uint32_t offset, uint64_t value)
{
    assert_int_equal(gicr_access(m, cpu, attrs, offset, 8, true, &value), VGIC_OK);
}

void lpi_tables(Machine *m, uint32_t cpu)
{
    gicr_write64(m, cpu, VGIC_NS, GICR_PROPBASER, CONFIG_TABLE | (lpi_bits(m) - 1));
    gicr_write64(m, cpu, VGIC_NS, GICR_PENDBASER, PENDING_TABLE(cpu) | PTZ);
}

void enable_lpis(Machine *m, uint32_t cpu)
{
    gicr_write(m, cpu, VGIC_NS, GICR_CTLR, gicr_read(m, cpu, VGIC_NS, GICR_CTLR) | ENABLE_LPIS);
}

void disable_lpis(Machine *m, uint32_t cpu)
{
    gicr_write(m, cpu, VGIC_NS, GICR_CTLR,
               gicr_read(m, cpu, VGIC_NS, GICR_CTLR) & ~(uint32_t)ENABLE_LPIS);
}

void start_lpis(Machine *m)
{
    start(m);
    for (uint32_t cpu = 0; cpu < m->config.cpus; cpu++) {
        lpi_tables(m, cpu);
        enable_lpis(m, cpu);
    }
}

void lpi_byte(Machine *m, uint32_t intid, uint8_t priority, bool enable)
{
    ram_put8(&m->host.ram, CONFIG_TABLE + intid - FIRST_LPI, (priority & 0xFC) | 2 | enable);
}

bool table_bit(Machine *m, uint32_t cpu, uint32_t intid)
{
    return ram_get8(&m->host.ram, PENDING_TABLE(cpu) + intid / 8) >> intid % 8 & 1;
}

void set_table_bit(Machine *m, uint32_t cpu, uint32_t intid, bool value)
{
    const uint64_t at = PENDING_TABLE(cpu) + intid / 8;
    const uint8_t bit = (uint8_t)(1u << intid % 8);
    const uint8_t old = ram_get8(&m->host.ram, at);

    ram_put8(&m->host.ram, at, value ? old | bit : old & (uint8_t)~bit);
}

bool lpi_pending(Machine *m, uint32_t intid)
{
    VgicIrqInfo answer;

    return vgic_irq_info(m->gic, 0, intid, &answer) && answer.pending;
}

uint8_t lpi_priority(Machine *m, uint8_t priority)
{
    const uint8_t value = priority & 0xFC;

    return implemented(m, has(m, TWO_STATES) ? value >> 1 | 0x80 : value);
}

bool takes(Machine *m, uint32_t cpu, uint32_t intid)
{
    const uint32_t first = ack(m, cpu);

    if (first == VGIC_INTID_SPURIOUS) {
        return intid == 0;
    }
    eoi(m, cpu, first);
    return first == intid && ack(m, cpu) == VGIC_INTID_SPURIOUS;
}

Command mapd(uint32_t device, unsigned bits, uint64_t itt)
{
    return (Command){{(uint64_t)device << 32 | 0x08, bits - 1, itt | VALID}};
}

Command unmapd(uint32_t device)
{
    return (Command){{(uint64_t)device << 32 | 0x08}};
}

uint64_t rdbase(const Machine *m, uint32_t cpu)
{
    return m->config.its_options.rdbase_is_address ? m->config.redist_addresses[cpu]
                                                   : (uint64_t)cpu << 16;
}

Command mapc(const Machine *m, uint32_t icid, uint32_t cpu)
{
    return (Command){{0x09, 0, VALID | rdbase(m, cpu) | icid}};
}

Command unmapc(uint32_t icid)
{
    return (Command){{0x09, 0, icid}};
}

Command mapti(uint32_t device, uint32_t event, uint32_t intid, uint32_t icid)
{
    return (Command){{(uint64_t)device << 32 | 0x0A, (uint64_t)intid << 32 | event, icid}};
}

Command mapi(uint32_t device, uint32_t event, uint32_t icid)
{
    return (Command){{(uint64_t)device << 32 | 0x0B, event, icid}};
}

Command movi(uint32_t device, uint32_t event, uint32_t icid)
{
    return (Command){{(uint64_t)device << 32 | 0x01, event, icid}};
}

Command movall(const Machine *m, uint32_t from, uint32_t to)
{
    return (Command){{0x0E, 0, rdbase(m, from), rdbase(m, to)}};
}

Command discard(uint32_t device, uint32_t event)
{
    return (Command){{(uint64_t)device << 32 | 0x0F, event}};
}

Command command_int(uint32_t device, uint32_t event)
{
    return (Command){{(uint64_t)device << 32 | 0x03, event}};
}

Command clear(uint32_t device, uint32_t event)
{
    return (Command){{(uint64_t)device << 32 | 0x04, event}};
}

Command inv(uint32_t device, uint32_t event)
{
    return (Command){{(uint64_t)device << 32 | 0x0C, event}};
}

Command invall(uint32_t icid)
{
    return (Command){{0x0D, 0, icid}};
}

Command sync_command(const Machine *m, uint32_t cpu)
{
    return (Command){{0x05, 0, rdbase(m, cpu)}};
}

uint32_t its_read(Its *its, uint32_t offset)
{
    uint64_t value;

    assert_int_equal(frame_read(its->m, its->frame, VGIC_NS, offset, 4, &value), VGIC_OK);
    return (uint32_t)value;
}

void its_write(Its *its, uint32_t offset, uint32_t value)
{
    assert_int_equal(frame_write(its->m, its->frame, VGIC_NS, offset, 4, value), VGIC_OK);
}

uint64_t its_read64(Its *its, uint32_t offset)
{
    uint64_t value;

    assert_int_equal(frame_read(its->m, its->frame, VGIC_NS, offset, 8, &value), VGIC_OK);
    return value;
}

void its_write64(Its *its, uint32_t offset, uint64_t value)
{
    assert_int_equal(frame_write(its->m, its->frame, VGIC_NS, offset, 8, value), VGIC_OK);
}

unsigned device_bits(const Machine *m)
{
    return m->config.its_options.device_bits ? m->config.its_options.device_bits : 16;
}

unsigned event_bits(const Machine *m)
{
    return m->config.its_options.event_bits ? m->config.its_options.event_bits : 16;
}

unsigned collection_bits(const Machine *m)
{
    return m->config.its_options.collection_bits ? m->config.its_options.collection_bits : 16;
}

Its its_at(Machine *m, unsigned number)
{
    Its its = {.m = m, .number = number, .bytes = 4096};

    snprintf(its.frame, sizeof(its.frame), number ? "GITS%u" : "GITS", number);
    assert_non_null(vgic_frame(m->gic, its.frame));
    return its;
}

Its its_set_up(Machine *m, unsigned number)
{
    Its its = its_at(m, number);

    its_write64(&its, GITS_CBASER, VALID | QUEUE(number));
    its_write64(&its, GITS_CWRITER, 0);
    its_write64(&its, GITS_BASER(0), VALID | DEVICES(number) | PAGES_64K | 7);
    its_write64(&its, GITS_BASER(1), VALID | COLLECTIONS(number) | PAGES_64K);
    return its;
}

Its its_open(Machine *m, unsigned number)
{
    Its its = its_set_up(m, number);

    its_write(&its, GITS_CTLR, 1);
    return its;
}

Its its_start(Machine *m)
{
    start_lpis(m);
    Its its = its_open(m, 0);
    for (uint32_t cpu = 0; cpu < m->config.cpus && cpu < 4; cpu++) {
        its_do(&its, mapc(m, cpu, cpu));
    }
    its_do(&its, mapd(1, 5, ITT(1)));
    no_report(m, "setting up");
    return its;
}

void its_put(Its *its, Command command)
{
    for (unsigned i = 0; i < 4; i++) {
        ram_put64(&its->m->host.ram, QUEUE(its->number) + its->tail + 8 * i, command.word[i]);
    }
    its->tail = (its->tail + 32) % its->bytes;
}

void its_go(Its *its)
{
    its_write64(its, GITS_CWRITER, its->tail);
}

void its_finish(Its *its)
{
    for (uint32_t slices = 0; vgic_work(its->m->gic); slices++) {
        if (slices > 1u << 20) {
            fail_msg("%s: work without an end", its->frame);
        }
    }
}

void its_do(Its *its, Command command)
{
    its_put(its, command);
    its_go(its);
    its_finish(its);
}

void its_msi(Its *its, uint32_t device, uint32_t event)
{
    assert_int_equal(frame_write(its->m, its->frame, VGIC_NS | VGIC_FROM_DEVICE(device),
                                 GITS_TRANSLATER, 4, event),
                     VGIC_OK);
}

void its_map(Its *its, uint32_t device, uint32_t event, uint32_t intid, uint32_t icid)
{
    lpi_byte(its->m, intid, OS_PRIORITY, true);
    its_do(its, mapti(device, event, intid, icid));
    its_do(its, inv(device, event));
}

bool translates(Its *its, uint32_t device, uint32_t event, uint32_t intid, uint32_t icid,
                uint32_t cpu)
{
    VgicTranslation t = {.intid = 0xAAAAAAAA};

    return vgic_its_translate(its->m->gic, vgic_frame(its->m->gic, its->frame), device, event,
                              &t) &&
           t.intid == intid && t.collection == icid && t.cpu == cpu;
}

bool untranslated(Its *its, uint32_t device, uint32_t event)
{
    VgicTranslation t = {.intid = 0xAAAAAAAA};
    const bool found =
        vgic_its_translate(its->m->gic, vgic_frame(its->m->gic, its->frame), device, event, &t);

    return !found && t.intid == 0xAAAAAAAA;
}

static void print_reports(const Machine *m)
{
    for (uint32_t i = 0; i < m->host.report_count && i < 10; i++) {
        const HostReport *r = &m->host.reports[i];
        print_error("  report %s: %s (%s%s%s, %s)\n", r->rule, r->message, r->frame,
                    r->has_reg ? "+" : "", r->reg, r->has_command ? r->command : "no command");
    }
}

void no_report(Machine *m, const char *when)
{
    if (!expect(m->host.report_count, 0, "reports: %s", when)) {
        print_reports(m);
    }
    m->host.report_count = 0;
}

void one_report(Machine *m, const char *rule, const char *when)
{
    const bool right = m->host.report_count == 1 && !strcmp(m->host.reports[0].rule, rule);

    if (!expect(right, true, "one report of %s: %s", rule, when)) {
        print_reports(m);
    }
    m->host.report_count = 0;
}

void command_report(Its *its, const char *rule, const char *name, const Command *command,
                    int64_t device, int64_t event)
{
    Machine *m = its->m;

    if (!expect(m->host.report_count, 1, "reports of %s of %s", rule, name)) {
        print_reports(m);
        m->host.report_count = 0;
        return;
    }
    const HostReport *r = &m->host.reports[0];
    expect(strcmp(r->rule, rule), 0, "%s: rule of the report is %s, not %s", name, r->rule, rule);
    expect(strcmp(r->frame, its->frame), 0, "%s: %s: frame %s", name, rule, r->frame);
    expect(strcmp(r->command, name), 0, "%s: %s: command %s", name, rule, r->command);
    for (unsigned i = 0; i < 4; i++) {
        expect(r->report.words[i], command->word[i], "%s: %s: word %u", name, rule, i);
    }
    expect(r->report.device, (uint32_t)device, "%s: %s: device", name, rule);
    expect(r->report.event, (uint32_t)event, "%s: %s: event", name, rule);
    expect(r->report.cpu, UINT32_MAX, "%s: %s: PE", name, rule);
    m->host.report_count = 0;
}
