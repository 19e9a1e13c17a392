/* SPDX-License-Identifier: BSD-2-Clause */
/* Every register of every frame in every size and alignment: what is legal works, the rest is
 * RAZ/WI and reported, and nothing but the call's own arguments makes an access invalid. */
#include "guest.h"
#include "suite.h"

#include <string.h>

/* Legal sizes of a register, ORed: [1.5]. */
typedef struct Row {
    const char *frame;
    uint32_t offset;
    uint8_t sizes;
} Row;

static const Row rows[] = {
    {"GICD", GICD_CTLR, 4},          {"GICD", GICD_TYPER, 4},
    {"GICD", GICD_IIDR, 4},          {"GICD", GICD_TYPER2, 4},
    {"GICD", GICD_STATUSR, 4},       {"GICD", GICD_IGROUPR(1), 4},
    {"GICD", GICD_ISENABLER(1), 4},  {"GICD", GICD_ICENABLER(1), 4},
    {"GICD", GICD_ISPENDR(1), 4},    {"GICD", GICD_ICPENDR(1), 4},
    {"GICD", GICD_ISACTIVER(1), 4},  {"GICD", GICD_ICACTIVER(1), 4},
    {"GICD", GICD_IPRIORITYR(8), 5}, {"GICD", GICD_ITARGETSR(8), 5},
    {"GICD", GICD_ICFGR(2), 4},      {"GICD", GICD_IGRPMODR(1), 4},
    {"GICD", GICD_NSACR(2), 4},      {"GICD", GICD_CPENDSGIR(0), 5},
    {"GICD", GICD_SPENDSGIR(0), 5},  {"GICD", GICD_IROUTER(32), 12},
    {"GICD", GICD_PIDR2, 4},         {"GICD", GICD_CIDR0, 4},
    {"GICR", GICR_CTLR, 4},          {"GICR", GICR_IIDR, 4},
    {"GICR", GICR_TYPER, 12},        {"GICR", GICR_STATUSR, 4},
    {"GICR", GICR_WAKER, 4},         {"GICR", GICR_PIDR2, 4},
    {"GICR", GICR_IGROUPR0, 4},      {"GICR", GICR_ISENABLER0, 4},
    {"GICR", GICR_ICENABLER0, 4},    {"GICR", GICR_ISPENDR0, 4},
    {"GICR", GICR_ICPENDR0, 4},      {"GICR", GICR_ISACTIVER0, 4},
    {"GICR", GICR_ICACTIVER0, 4},    {"GICR", GICR_IPRIORITYR(5), 5},
    {"GICR", GICR_ICFGR0, 4},        {"GICR", GICR_ICFGR1, 4},
    {"GICR", GICR_IGRPMODR0, 4},     {"GICR", GICR_NSACR, 4},
};
enum {
    ROWS = sizeof(rows) / sizeof(rows[0])
};

static const uint32_t sizes[] = {1, 2, 4, 8};

static void check_read(Machine *m, const Row *row, uint32_t at, uint32_t size)
{
    const uint32_t offset = row->offset + at;
    const bool legal = row->sizes & size && offset % size == 0;
    uint64_t value;

    host_forget(&m->host);
    const VgicResult result = frame_read(m, row->frame, VGIC_S, offset, size, &value);
    expect(result, legal ? VGIC_OK : VGIC_RAZ_WI, "%s+0x%x, read of %u", row->frame, offset, size);
    expect(m->host.report_count, !legal, "reports of %s+0x%x, read of %u", row->frame, offset,
           size);
    if (!legal) {
        expect(value, 0, "%s+0x%x, value read", row->frame, offset);
        const HostReport *report = host_last_report(&m->host);
        expect(report && !strcmp(report->rule, "access-size"), 1, "rule of %s+0x%x, read of %u",
               row->frame, offset, size);
        expect(report ? report->report.size : 0, size, "size in the report");
        expect(report ? report->report.write : 1, 0, "direction in the report");
    }
}

static void legal_reads_work_and_others_are_zero_and_reported(Machine *m)
{
    for (unsigned r = 0; r < ROWS; r++) {
        const uint32_t width = rows[r].sizes & 8 ? 8 : 4;
        for (unsigned s = 0; s < 4; s++) {
            for (uint32_t at = 0; at < width; at++) {
                check_read(m, &rows[r], at, sizes[s]);
            }
        }
    }
}

/* Registers that keep what is written, and a pattern for them. */
static const Row stored[] = {
    {"GICD", GICD_IGROUPR(1), 4},    {"GICD", GICD_IPRIORITYR(8), 5}, {"GICD", GICD_ICFGR(2), 4},
    {"GICD", GICD_IROUTER(32), 12},  {"GICR", GICR_IGROUPR0, 4},      {"GICR", GICR_ISENABLER0, 4},
    {"GICR", GICR_IPRIORITYR(5), 5}, {"GICR", GICR_ICFGR1, 4},
};

static uint64_t whole(Machine *m, const Row *row)
{
    uint64_t value;

    assert_int_equal(frame_read(m, row->frame, VGIC_S, row->offset, row->sizes & 8 ? 8 : 4, &value),
                     VGIC_OK);
    return value;
}

static void check_illegal_write(Machine *m, const Row *row, uint32_t at, uint32_t size)
{
    const uint32_t offset = row->offset + at;

    if (row->sizes & size && offset % size == 0) {
        return;
    }
    const uint64_t before = whole(m, row);
    host_forget(&m->host);
    expect(frame_write(m, row->frame, VGIC_S, offset, size, 0xAAAAAAAAAAAAAAAA), VGIC_RAZ_WI,
           "%s+0x%x, write of %u", row->frame, offset, size);
    expect(m->host.report_count, 1, "reports of %s+0x%x, write of %u", row->frame, offset, size);
    expect(whole(m, row), before, "%s+0x%x after a write of %u", row->frame, offset, size);
}

static void illegal_writes_change_nothing_and_are_reported(Machine *m)
{
    for (unsigned r = 0; r < sizeof(stored) / sizeof(stored[0]); r++) {
        for (unsigned s = 0; s < 4; s++) {
            for (uint32_t at = 0; at < 8; at++) {
                check_illegal_write(m, &stored[r], at, sizes[s]);
            }
        }
    }
}

static void bytes_of_a_write_beyond_its_size_are_ignored(Machine *m)
{
    assert_int_equal(frame_write(m, "GICR", VGIC_S, GICR_IPRIORITYR(5), 1, 0xFFFFFFFFFFFFFF40),
                     VGIC_OK);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_IPRIORITYR(5)), 0x40);
    assert_int_equal(frame_write(m, "GICR", VGIC_S, GICR_IGROUPR0, 4, 0xFFFFFFFF00000010), VGIC_OK);
    assert_int_equal(gicr_read(m, 0, VGIC_S, GICR_IGROUPR0), 0x10);
}

static void an_access_past_the_end_of_a_frame_is_the_hosts_mistake(Machine *m)
{
    static const uint64_t past[] = {0, 1, 4, 0x10000, UINT64_MAX};
    const VgicFrame *frame;

    for (uint32_t f = 0; (frame = vgic_frame_at(m->gic, f)); f++) {
        const uint64_t size = vgic_frame_size(frame);
        for (unsigned i = 0; i < 5; i++) {
            const uint64_t offset = past[i] == UINT64_MAX ? UINT64_MAX - 3 : size + past[i];
            uint64_t value = 1;
            host_forget(&m->host);
            expect(vgic_frame_read(m->gic, frame, VGIC_S, offset, 4, &value), VGIC_INVALID,
                   "read of %s+0x%llx", vgic_frame_name(frame), (unsigned long long)offset);
            expect(value, 0, "value of %s+0x%llx", vgic_frame_name(frame),
                   (unsigned long long)offset);
            expect(vgic_frame_write(m->gic, frame, VGIC_S, offset, 4, 0), VGIC_INVALID,
                   "write of %s+0x%llx", vgic_frame_name(frame), (unsigned long long)offset);
            expect(m->host.error_count, 2, "host errors");
            expect(m->host.report_count, 0, "guest reports");
        }
    }
    host_forget(&m->host);
}

static void a_size_that_no_bus_has_is_the_hosts_mistake(Machine *m)
{
    static const uint32_t wrong[] = {0, 3, 5, 6, 7, 9, 16, UINT32_MAX};

    for (unsigned i = 0; i < 8; i++) {
        uint64_t value = 1;
        host_forget(&m->host);
        expect(frame_read(m, "GICD", VGIC_S, GICD_TYPER, wrong[i], &value), VGIC_INVALID, "size %u",
               wrong[i]);
        expect(value, 0, "value, size %u", wrong[i]);
        expect(frame_write(m, "GICD", VGIC_S, GICD_CTLR, wrong[i], 1), VGIC_INVALID, "size %u",
               wrong[i]);
        expect(m->host.error_count, 2, "host errors, size %u", wrong[i]);
    }
    host_forget(&m->host);
    assert_int_equal(gicd_read(m, VGIC_S, GICD_CTLR) & 7, 0);
}

static void an_access_across_the_end_of_a_frame_does_not_leave_it(Machine *m)
{
    uint64_t value;

    assert_int_not_equal(frame_read(m, "GICD", VGIC_S, 0xFFFE, 4, &value), VGIC_OK);
    assert_int_equal(value, 0);
    assert_int_not_equal(frame_read(m, "GICD", VGIC_S, 0xFFFC, 8, &value), VGIC_OK);
    assert_int_equal(value, 0);
    host_forget(&m->host);
}

/* Every word of the Distributor in every size, aligned and not: only documented results. */
static void the_whole_distributor_can_be_read_in_every_size(Machine *m)
{
    const VgicFrame *frame = vgic_frame(m->gic, "GICD");

    for (unsigned s = 0; s < 4; s++) {
        for (uint32_t offset = 0; offset + sizes[s] <= 0x10000; offset += offset % 4 ? 3 : 1) {
            uint64_t value;
            const VgicResult result =
                vgic_frame_read(m->gic, frame, VGIC_NS, offset, sizes[s], &value);
            if (result != VGIC_OK) {
                expect(result, VGIC_RAZ_WI, "GICD+0x%x, size %u", offset, sizes[s]);
                expect(value, 0, "GICD+0x%x, size %u", offset, sizes[s]);
            }
            if (offset % 4096 == 0) {
                host_forget(&m->host);
            }
        }
    }
    host_forget(&m->host);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(legal_reads_work_and_others_are_zero_and_reported, STATUSR),
        TEST(illegal_writes_change_nothing_and_are_reported, SPIS),
        TEST(bytes_of_a_write_beyond_its_size_are_ignored, 0),
        TEST(an_access_past_the_end_of_a_frame_is_the_hosts_mistake, 0),
        TEST(a_size_that_no_bus_has_is_the_hosts_mistake, 0),
        TEST(an_access_across_the_end_of_a_frame_does_not_leave_it, 0),
        TEST(the_whole_distributor_can_be_read_in_every_size, GICM | FEW_CPUS),
    };
    return RUN(argc, argv, "access sizes", tests);
}
