/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables in the form of KVM's save ABI, revision 0: values that Linux's kernel wrote for the same
 * commands, and back.
 */
#include "its.h"
#include "suite.h"

#include <string.h>

/* The addresses of the recorded machine. */
enum {
    DEVICE_TABLE = 0x40100000,
    COLLECTION_TABLE = 0x40110000,
    COMMANDS = 0x40120000,
    ITT_OF_5 = 0x40130000,
    ITT_OF_40 = 0x40140000,
    PENDING_OF_0 = 0x40210000,
    PENDING_OF_1 = 0x40220000,
};

static Machine *kvm_machine(void)
{
    const VgicConfig config =
        VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 64, .lpi_bits = 16, .its = 1);
    Machine *m = machine_new("KVM's", &config, false);

    assert_non_null(m);
    return m;
}

static void command(Its *its, Command c)
{
    for (unsigned i = 0; i < 4; i++) {
        ram_put64(&its->m->host.ram, COMMANDS + its->tail + 8 * i, c.word[i]);
    }
    its->tail += 32;
    its_write64(its, GITS_CWRITER, its->tail);
}

static void set_registers(Machine *m, Its *its, bool valid)
{
    static const uint64_t pending[] = {PENDING_OF_0, PENDING_OF_1};

    start(m);
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        gicr_write64(m, cpu, VGIC_NS, GICR_PROPBASER, CONFIG_TABLE | 15);
        gicr_write64(m, cpu, VGIC_NS, GICR_PENDBASER, pending[cpu]);
        enable_lpis(m, cpu);
    }
    *its = its_at(m, 0);
    its_write64(its, GITS_CBASER, 0x980000004012000F);
    its_write64(its, GITS_BASER(0), 0x9907000040100200);
    its_write64(its, GITS_BASER(1), 0x9c07000040110200);
    if (valid) {
        its_write(its, GITS_CTLR, 1);
    }
}

/* What was done to Linux before it saved. */
static Its recorded(Machine *m)
{
    Its its;

    ram_put8(&m->host.ram, PENDING_OF_0 + 7, 0x5A);
    ram_put8(&m->host.ram, PENDING_OF_1 + 0x402, 0x04);
    lpi_byte(m, 8200, OS_PRIORITY, true);
    lpi_byte(m, 8201, OS_PRIORITY, true);
    lpi_byte(m, 8210, OS_PRIORITY, true);
    set_registers(m, &its, true);
    command(&its, mapc(m, 3, 0));
    command(&its, mapc(m, 7, 1));
    command(&its, mapd(5, 5, ITT_OF_5));
    command(&its, mapd(40, 3, ITT_OF_40));
    command(&its, mapti(5, 3, 8200, 3));
    command(&its, mapti(5, 20, 8210, 7));
    command(&its, mapti(40, 1, 8201, 3));
    its_msi(&its, 5, 3);
    its_msi(&its, 40, 1);
    no_report(m, "recorded commands");
    return its;
}

static uint64_t at(Machine *m, uint64_t address)
{
    return ram_get64(&m->host.ram, address);
}

/* The values of the kernel. */
static void golden(Machine *m)
{
    expect(at(m, DEVICE_TABLE + 5 * 8), 0x8046000008026004, "DTE 5");
    expect(at(m, DEVICE_TABLE + 40 * 8), 0x8000000008028002, "DTE 40");
    expect(at(m, ITT_OF_5 + 3 * 8), 0x0011000020080003, "ITE 5/3");
    expect(at(m, ITT_OF_5 + 20 * 8), 0x0000000020120007, "ITE 5/20");
    expect(at(m, ITT_OF_40 + 8), 0x0000000020090003, "ITE 40/1");
    expect(at(m, COLLECTION_TABLE), 0x8000000000000003, "CTE 0");
    expect(at(m, COLLECTION_TABLE + 8), 0x8000000000010007, "CTE 1");
    expect(at(m, COLLECTION_TABLE + 16), 0, "CTE 2");
    expect(ram_get8(&m->host.ram, PENDING_OF_0 + 0x401), 0x03, "pending 8200, 8201");
    expect(ram_get8(&m->host.ram, PENDING_OF_1 + 0x402), 0x04, "pending 8210");
    expect(ram_get8(&m->host.ram, PENDING_OF_0 + 7), 0x5A, "the first KiB");
}

/* Exactly what was pending in the recording. */
static void all_three_are_taken(Machine *m)
{
    uint64_t seen = 0;

    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        for (uint32_t intid; (intid = ack(m, cpu)) != VGIC_INTID_SPURIOUS;) {
            assert_true(intid >= 8200 && intid < 8220);
            seen |= 1ull << (intid - 8200 + 32 * cpu);
            eoi(m, cpu, intid);
        }
    }
    assert_int_equal(seen, 3 | 1ull << (10 + 32));
}

static void export_writes_what_the_kernel_writes(Machine *none)
{
    Machine *m = kvm_machine();

    (void)none;
    recorded(m);
    assert_true(vgic_export_tables(m->gic));
    golden(m);
    no_report(m, "export");
    machine_free(m);
}

static void registers_read_as_the_kernels_do(Machine *none)
{
    Machine *m = kvm_machine();
    Its its = recorded(m);

    (void)none;
    assert_int_equal(its_read64(&its, GITS_BASER(0)), 0x9907000040100200);
    assert_int_equal(its_read64(&its, GITS_BASER(1)), 0x9c07000040110200);
    assert_int_equal(its_read64(&its, GITS_CBASER), 0x980000004012000F);
    machine_free(m);
}

static void the_gic_goes_on_after_an_export_and_import(Machine *none)
{
    Machine *m = kvm_machine();
    Its its = recorded(m);

    (void)none;
    assert_true(vgic_export_tables(m->gic));
    assert_true(vgic_import_tables(m->gic));
    all_three_are_taken(m);
    assert_true(translates(&its, 5, 3, 8200, 3, 0));
    assert_true(translates(&its, 5, 20, 8210, 7, 1));
    assert_true(translates(&its, 40, 1, 8201, 3, 0));
    command(&its, mapti(5, 4, 8300, 7));
    assert_true(translates(&its, 5, 4, 8300, 7, 1));
    assert_true(vgic_export_tables(m->gic));
    expect(at(m, ITT_OF_5 + 3 * 8), 0x0001000020080003, "ITE 5/3, the next one is nearer");
    expect(ram_get8(&m->host.ram, PENDING_OF_0 + 0x401), 0, "nothing pending any more");
    machine_free(m);
}

/* Memory as the kernel left it, in a GIC that has only its registers. */
static void copy_tables(Machine *from, Machine *to)
{
    static const uint64_t ranges[][2] = {{DEVICE_TABLE, 0x10000}, {COLLECTION_TABLE, 0x10000},
                                         {ITT_OF_5, 0x1000},      {ITT_OF_40, 0x1000},
                                         {PENDING_OF_0, 0x2000},  {PENDING_OF_1, 0x2000},
                                         {CONFIG_TABLE, 0x1000}};
    static uint8_t bytes[0x10000];

    for (unsigned i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        ram_read(&from->host.ram, ranges[i][0], bytes, ranges[i][1]);
        ram_write(&to->host.ram, ranges[i][0], bytes, ranges[i][1]);
    }
}

static Machine *loaded(Its *its)
{
    Machine *m = kvm_machine();
    Ram *ram = &m->host.ram;

    ram_put64(ram, DEVICE_TABLE + 5 * 8, 0x8046000008026004);
    ram_put64(ram, DEVICE_TABLE + 40 * 8, 0x8000000008028002);
    ram_put64(ram, ITT_OF_5 + 3 * 8, 0x0011000020080003);
    ram_put64(ram, ITT_OF_5 + 20 * 8, 0x0000000020120007);
    ram_put64(ram, ITT_OF_40 + 8, 0x0000000020090003);
    ram_put64(ram, COLLECTION_TABLE, 0x8000000000000003);
    ram_put64(ram, COLLECTION_TABLE + 8, 0x8000000000010007);
    lpi_byte(m, 8200, OS_PRIORITY, true);
    lpi_byte(m, 8201, OS_PRIORITY, true);
    lpi_byte(m, 8210, OS_PRIORITY, true);
    set_registers(m, its, false);
    /* Pending tables are read by the import, not by EnableLPIs, which came before them. */
    ram_put8(ram, PENDING_OF_0 + 0x401, 0x03);
    ram_put8(ram, PENDING_OF_1 + 0x402, 0x04);
    return m;
}

static void import_takes_over_what_the_kernel_wrote(Machine *none)
{
    Its its;
    Machine *m = loaded(&its);

    (void)none;
    /* An entry that is not valid is none, whatever else is in it. */
    ram_put64(&m->host.ram, DEVICE_TABLE + 7 * 8, 0x7FFFFFFFFFFFFFFF);
    assert_true(vgic_import_tables(m->gic));
    no_report(m, "import");
    assert_int_equal(ram_get8(&m->host.ram, PENDING_OF_0 + 0x401), 0);
    assert_int_equal(ram_get8(&m->host.ram, PENDING_OF_1 + 0x402), 0);
    its_write(&its, GITS_CTLR, 1);
    assert_true(translates(&its, 5, 3, 8200, 3, 0));
    assert_true(translates(&its, 5, 20, 8210, 7, 1));
    assert_true(translates(&its, 40, 1, 8201, 3, 0));
    assert_int_equal(at(m, COLLECTION_TABLE + 3 * 8), 0x8000000000000003);
    assert_int_equal(at(m, COLLECTION_TABLE + 7 * 8), 0x8000000000010007);
    assert_int_equal(at(m, COLLECTION_TABLE) & VALID, 0);
    all_three_are_taken(m);
    its_msi(&its, 40, 1);
    assert_true(takes(m, 0, 8201));
    assert_true(vgic_export_tables(m->gic));
    expect(at(m, DEVICE_TABLE + 5 * 8), 0x8046000008026004, "exported again");
    expect(at(m, COLLECTION_TABLE), 0x8000000000000003, "exported again");
    machine_free(m);
}

static void import_takes_over_the_librarys_own_tables(Machine *none)
{
    Machine *from = kvm_machine(), *to = kvm_machine();
    Its its;

    (void)none;
    recorded(from);
    copy_tables(from, to);
    set_registers(to, &its, false);
    assert_true(vgic_import_tables(to->gic));
    its_write(&its, GITS_CTLR, 1);
    assert_true(translates(&its, 5, 3, 8200, 3, 0));
    assert_true(translates(&its, 5, 20, 8210, 7, 1));
    assert_true(translates(&its, 40, 1, 8201, 3, 0));
    machine_free(from);
    machine_free(to);
}

/* What Linux's RESTORE_TABLES answers EINVAL or EEXIST to. */
static void import_refuses_what_the_kernel_refuses(Machine *none)
{
    static const struct {
        const char *what;
        uint64_t address, value;
    } cases[] = {
        {"no LPI", ITT_OF_5 + 3 * 8, 0x0011000000050003},
        {"an unknown collection", ITT_OF_5 + 3 * 8, 0x0011000020080009},
        {"an event beyond the ITT", ITT_OF_5 + 3 * 8, 0x0020000020080003},
        {"no such PE", COLLECTION_TABLE + 8, 0x8000000000020007},
        {"a collection twice", COLLECTION_TABLE + 8, 0x8000000000010003},
        {"too many EventID bits", DEVICE_TABLE + 40 * 8, 0x8000000008028010},
    };

    (void)none;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Its its;
        Machine *m = loaded(&its);
        ram_put64(&m->host.ram, cases[i].address, cases[i].value);
        host_forget(&m->host);
        expect(vgic_import_tables(m->gic), false, "%s: refused", cases[i].what);
        expect(m->host.report_count > 0, true, "%s: reported", cases[i].what);
        /* What is right was taken over. */
        its_write(&its, GITS_CTLR, 1);
        if (cases[i].address == COLLECTION_TABLE + 8) {
            expect(translates(&its, 5, 3, 8200, 3, 0), true, "%s: the rest", cases[i].what);
        } else {
            expect(translates(&its, 5, 20, 8210, 7, 1), true, "%s: the rest", cases[i].what);
        }
        machine_free(m);
    }
}

static void bus_errors_are_told_by_both(Machine *none)
{
    static const uint64_t places[] = {DEVICE_TABLE + 5 * 8, COLLECTION_TABLE, ITT_OF_5 + 3 * 8,
                                      PENDING_OF_0 + 0x401, PENDING_OF_1 + 0x402};

    (void)none;
    for (unsigned i = 0; i < 5; i++) {
        Its its;
        Machine *m = loaded(&its);
        ram_fail(&m->host.ram, places[i], places[i], FAIL_ALL);
        host_forget(&m->host);
        expect(vgic_import_tables(m->gic), false, "import, place %u", i);
        expect(m->host.report_count > 0, true, "import, place %u: reports", i);
        machine_free(m);

        m = kvm_machine();
        recorded(m);
        if (i == 4) {
            /* Something of PE 1 that it has to write. */
            assert_true(lpi_pending(m, 8210));
        }
        ram_fail(&m->host.ram, places[i], places[i], FAIL_WRITES);
        host_forget(&m->host);
        expect(vgic_export_tables(m->gic), false, "export, place %u", i);
        expect(m->host.report_count > 0, true, "export, place %u: reports", i);
        machine_free(m);
    }
}

static void unmapped_collections_are_saved_as_the_kernel_does(Machine *none)
{
    Machine *m = kvm_machine();
    Its its = recorded(m);

    (void)none;
    command(&its, unmapc(3));
    assert_true(vgic_export_tables(m->gic));
    expect(at(m, COLLECTION_TABLE), 0x8000000000010007, "the only collection");
    expect(at(m, COLLECTION_TABLE + 8), 0, "no second one");
    expect(at(m, ITT_OF_5 + 3 * 8), 0, "ITE 5/3");
    expect(at(m, ITT_OF_40 + 8), 0, "ITE 40/1");
    expect(ram_get8(&m->host.ram, PENDING_OF_0 + 0x401), 0x03, "still pending");
    machine_free(m);
}

static void far_entries_have_a_distance_that_fits(Machine *none)
{
    Machine *m = kvm_machine();
    Its its = recorded(m);

    (void)none;
    command(&its, unmapd(40));
    its_write(&its, GITS_CTLR, 0);
    its_write64(&its, GITS_BASER(0), VALID | DEVICES(0) | PAGES_64K | 7);
    its_write(&its, GITS_CTLR, 1);
    command(&its, mapd(0, 5, ITT_OF_5));
    command(&its, mapd(0xFFFF, 16, ITT(3)));
    command(&its, mapti(0xFFFF, 0, 8201, 3));
    command(&its, mapti(0xFFFF, 0xFFFF, 8202, 3));
    assert_true(vgic_export_tables(m->gic));
    expect(at(m, DEVICES(0)) >> 49 & 0x3FFF, 0x3FFF, "distance of devices is capped");
    expect(at(m, DEVICES(0) + 8 * 0xFFFF) >> 49 & 0x3FFF, 0, "the last");
    expect(at(m, ITT(3)) >> 48, 0xFFFF, "distance of events");
    assert_true(vgic_import_tables(m->gic));
    assert_true(translates(&its, 0xFFFF, 0xFFFF, 8202, 3, 0));
    machine_free(m);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST_ALONE(export_writes_what_the_kernel_writes),
        TEST_ALONE(registers_read_as_the_kernels_do),
        TEST_ALONE(the_gic_goes_on_after_an_export_and_import),
        TEST_ALONE(import_takes_over_what_the_kernel_wrote),
        TEST_ALONE(import_takes_over_the_librarys_own_tables),
        TEST_ALONE(import_refuses_what_the_kernel_refuses),
        TEST_ALONE(bus_errors_are_told_by_both),
        TEST_ALONE(unmapped_collections_are_saved_as_the_kernel_does),
        TEST_ALONE(far_entries_have_a_distance_that_fits),
    };
    return RUN(argc, argv, "KVM's table layout", tests);
}
