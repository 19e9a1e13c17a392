/* SPDX-License-Identifier: BSD-2-Clause */
/* The command queue: a ring in guest memory, worked off in slices if the host can. */
#include "its.h"
#include "suite.h"

#include <string.h>

static void commands_are_carried_out_in_order(Machine *m)
{
    Its its = its_start(m);

    its_put(&its, mapti(1, 0, 8200, 0));
    its_put(&its, mapti(1, 1, 8201, 0));
    its_put(&its, movi(1, 0, 1));
    its_put(&its, discard(1, 1));
    its_put(&its, mapti(1, 1, 8202, 1));
    assert_true(untranslated(&its, 1, 0));
    its_go(&its);
    its_finish(&its);
    no_report(m, "five commands");
    assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
    assert_true(translates(&its, 1, 0, 8200, 1, 1));
    assert_true(translates(&its, 1, 1, 8202, 1, 1));
}

static void the_ring_wraps(Machine *m)
{
    Its its = its_start(m);

    for (uint32_t i = 0; i < 300; i++) {
        its_do(&its, mapti(1, i % 32, 8200 + i, 0));
        assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
        assert_true(translates(&its, 1, i % 32, 8200 + i, 0, 0));
        its_do(&its, discard(1, i % 32));
    }
    no_report(m, "300 times");
}

static void a_batch_may_cross_the_end_of_the_ring(Machine *m)
{
    Its its = its_start(m);

    while (its.tail != its.bytes - 64) {
        its_do(&its, sync_command(m, 0));
    }
    for (uint32_t i = 0; i < 5; i++) {
        its_put(&its, mapti(1, i, 8200 + i, 0));
    }
    assert_int_equal(its.tail, 96);
    its_go(&its);
    its_finish(&its);
    assert_int_equal(its_read64(&its, GITS_CREADR), 96);
    for (uint32_t i = 0; i < 5; i++) {
        assert_true(translates(&its, 1, i, 8200 + i, 0, 0));
    }
}

static void a_full_ring_is_worked_off_to_its_end(Machine *m)
{
    Its its = its_start(m);

    for (uint32_t i = 0; i < 127; i++) {
        its_put(&its, mapti(1, i % 32, 8200 + i, 0));
    }
    its_go(&its);
    its_finish(&its);
    assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
    for (uint32_t i = 0; i < 31; i++) {
        assert_true(translates(&its, 1, i, 8200 + 96 + i, 0, 0));
    }
    assert_true(translates(&its, 1, 31, 8200 + 95, 0, 0));
}

static void cwriter_where_it_was_does_nothing(Machine *m)
{
    Its its = its_start(m);

    its_go(&its);
    host_forget(&m->host);
    its_go(&its);
    its_finish(&its);
    assert_int_equal(m->host.ram.reads + m->host.ram.writes, 0);
    no_report(m, "an empty queue");
}

static void cwriter_beyond_the_ring_is_reported_and_does_nothing(Machine *m)
{
    static const uint32_t beyond[] = {0x1000, 0x1020, 0xFFFE0};
    Its its = its_start(m);

    for (unsigned i = 0; i < 3; i++) {
        const uint64_t creadr = its_read64(&its, GITS_CREADR);
        host_forget(&m->host);
        its_write64(&its, GITS_CWRITER, beyond[i]);
        its_finish(&its);
        one_report(m, "its-cwriter", "CWRITER beyond the ring");
        expect(m->host.ram.reads, 0, "reads of memory");
        expect(its_read64(&its, GITS_CREADR) & QUEUE_OFFSET, creadr, "CREADR");
    }
    its_go(&its);
    its_do(&its, mapti(1, 0, 8200, 0));
    assert_true(translates(&its, 1, 0, 8200, 0, 0));
}

static void only_the_low_half_of_cwriter_is_needed(Machine *m)
{
    Its its = its_start(m);

    its_put(&its, mapti(1, 0, 8200, 0));
    its_write(&its, GITS_CWRITER, its.tail);
    its_finish(&its);
    assert_true(translates(&its, 1, 0, 8200, 0, 0));
    assert_int_equal(its_read(&its, GITS_CREADR), its.tail);
    assert_int_equal(its_read(&its, GITS_CREADR + 4), 0);
}

static void commands_wait_for_enabled(Machine *m)
{
    start_lpis(m);
    Its its = its_set_up(m, 0);

    its_put(&its, mapc(m, 0, 0));
    its_put(&its, mapd(1, 5, ITT(1)));
    its_put(&its, mapti(1, 0, 8200, 0));
    its_go(&its);
    its_finish(&its);
    assert_int_equal(its_read64(&its, GITS_CREADR), 0);
    assert_true(untranslated(&its, 1, 0));
    its_write(&its, GITS_CTLR, 1);
    its_finish(&its);
    assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
    assert_true(translates(&its, 1, 0, 8200, 0, 0));
    no_report(m, "enabled");
}

static void disabled_and_enabled_again_it_goes_on_where_it_was(Machine *m)
{
    Its its = its_start(m);

    its_do(&its, mapti(1, 0, 8200, 0));
    its_write(&its, GITS_CTLR, 0);
    its_put(&its, mapti(1, 1, 8201, 0));
    its_go(&its);
    its_finish(&its);
    assert_true(untranslated(&its, 1, 1));
    its_write(&its, GITS_CTLR, 1);
    its_finish(&its);
    assert_true(translates(&its, 1, 0, 8200, 0, 0));
    assert_true(translates(&its, 1, 1, 8201, 0, 0));
}

static void the_queue_is_read_in_non_secure_memory(Machine *m)
{
    Its its = its_start(m);

    host_forget(&m->host);
    its_do(&its, mapti(1, 0, 8200, 0));
    assert_int_equal(m->host.ram.spaces, 1u << VGIC_NS);
}

static void every_size_of_ring_can_be_used(Machine *m)
{
    for (uint32_t pages = 1; pages <= 256; pages = pages < 4 ? pages + 1 : pages * 4) {
        vgic_reset(m->gic, VGIC_RESET_COLD);
        ram_clear(&m->host.ram);
        start_lpis(m);
        Its its = its_set_up(m, 0);
        its_write64(&its, GITS_CBASER, VALID | QUEUE(0) | (pages - 1));
        its.bytes = pages * 4096;
        its_write(&its, GITS_CTLR, 1);
        its_do(&its, mapc(m, 0, 0));
        its_do(&its, mapd(1, 5, ITT(1)));
        /* To the last command of the ring in as many writes as it takes. */
        while (its.tail != its.bytes - 32) {
            its_put(&its, sync_command(m, 0));
        }
        its_go(&its);
        its_finish(&its);
        assert_int_equal(its_read64(&its, GITS_CREADR), its.bytes - 32);
        its_do(&its, mapti(1, 3, 8200, 0));
        assert_int_equal(its_read64(&its, GITS_CREADR), 0);
        assert_true(translates(&its, 1, 3, 8200, 0, 0));
        no_report(m, "a ring");
    }
}

/* A GIC whose host works in slices, with a queue of a MiB, full of MAPTI. */
enum {
    BURST = 32767
};

static Its burst(Machine *m)
{
    start_lpis(m);
    Its its = its_set_up(m, 0);
    its_write64(&its, GITS_CBASER, VALID | QUEUE(0) | 0xFF);
    its.bytes = 1 << 20;
    its_write(&its, GITS_CTLR, 1);
    its_put(&its, mapc(m, 0, 0));
    its_put(&its, mapd(1, 16, ITT(1)));
    for (uint32_t i = 2; i < BURST; i++) {
        its_put(&its, mapti(1, i, 8192 + i, 0));
    }
    host_forget(&m->host);
    return its;
}

static Machine *slicing_machine(uint32_t slice, bool work)
{
    const MachineType type = {
        .name = "slices",
        .config = VGIC_CONFIG_INIT(VGIC_V3, .cpus = 2, .spis = 32, .lpi_bits = 16, .its = 2,
                                   .its_options = {.slice = slice}),
        .work = work,
    };
    Machine *m = machine_new_of_type(&type);

    assert_non_null(m);
    return m;
}

/* Commands done in one call, by what the ITS wrote. */
static uint32_t done(Machine *m, uint32_t slice)
{
    /* A command reads itself and a few entries, and writes one. */
    expect(m->host.ram.reads <= 8ull * slice + 8, true, "%u reads in a slice of %u",
           (unsigned)m->host.ram.reads, slice);
    expect(m->host.ram.writes <= 4ull * slice + 4, true, "%u writes in a slice of %u",
           (unsigned)m->host.ram.writes, slice);
    expect(m->host.ram.longest <= 1 << 16, true, "%u bytes in one access",
           (unsigned)m->host.ram.longest);
    return (uint32_t)m->host.ram.writes;
}

static void a_burst_is_worked_off_in_slices(Machine *none)
{
    static const uint32_t slices[] = {0, 1, 7, 1000};

    (void)none;
    for (unsigned i = 0; i < 4; i++) {
        const uint32_t slice = slices[i] ? slices[i] : 64;
        Machine *m = slicing_machine(slices[i], true);
        Its its = burst(m);
        uint32_t calls = 0;

        its_go(&its);
        done(m, slice);
        assert_true(m->host.work_calls >= 1);
        assert_true(untranslated(&its, 1, slice + 2));
        for (bool more = true; more; calls++) {
            host_forget(&m->host);
            more = vgic_work(m->gic);
            done(m, slice);
            assert_true(calls <= BURST);
        }
        assert_true(calls >= BURST / slice - 1 && calls <= BURST / slice + 2);
        assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
        assert_true(translates(&its, 1, BURST - 1, 8192 + BURST - 1, 0, 0));
        assert_false(vgic_work(m->gic));
        no_report(m, "a burst");
        machine_free(m);
    }
}

static void polling_creadr_or_ctlr_makes_progress(Machine *none)
{
    (void)none;
    for (unsigned which = 0; which < 2; which++) {
        Machine *m = slicing_machine(0, true);
        Its its = burst(m);
        uint64_t before = 0;
        uint32_t polls = 0;

        its_go(&its);
        for (; before != its.tail; polls++) {
            host_forget(&m->host);
            if (which) {
                /* Each read of CTLR does a slice, and so does that of CREADR. */
                its_read(&its, GITS_CTLR);
                done(m, 64);
            }
            host_forget(&m->host);
            const uint64_t now = its_read64(&its, GITS_CREADR);
            done(m, 64);
            /* The write of CWRITER did one slice, too. */
            assert_true(now > before);
            assert_true(now - before <= ((which ? 2u : 1u) + (before == 0)) * 64 * 32);
            before = now;
        }
        /* Twice as fast if CTLR is read as often. */
        assert_true(polls <= (which ? 256u : 512u) + 2);
        assert_true(translates(&its, 1, BURST - 1, 8192 + BURST - 1, 0, 0));
        assert_false(vgic_work(m->gic));
        machine_free(m);
    }
}

static void without_work_a_burst_is_done_at_once(Machine *none)
{
    Machine *m = slicing_machine(0, false);
    Its its = burst(m);

    (void)none;
    its_go(&its);
    assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
    assert_true(translates(&its, 1, BURST - 1, 8192 + BURST - 1, 0, 0));
    assert_false(vgic_work(m->gic));
    machine_free(m);
}

static void a_burst_does_not_stop_the_other_its(Machine *none)
{
    Machine *m = slicing_machine(0, true);
    Its its = burst(m), second = its_open(m, 1);

    (void)none;
    its_go(&its);
    its_put(&second, mapc(m, 0, 1));
    its_put(&second, mapd(1, 5, ITT(2)));
    its_put(&second, mapti(1, 0, 60000, 0));
    its_go(&second);
    vgic_work(m->gic);
    assert_true(translates(&second, 1, 0, 60000, 0, 1));
    assert_true(untranslated(&its, 1, BURST - 1));
    its_finish(&its);
    assert_true(translates(&its, 1, BURST - 1, 8192 + BURST - 1, 0, 0));
    machine_free(m);
}

static void msis_are_translated_in_the_middle_of_a_burst(Machine *none)
{
    Machine *m = slicing_machine(0, true);
    Its its = burst(m);

    (void)none;
    lpi_byte(m, 8192 + 3, OS_PRIORITY, true);
    its_go(&its);
    assert_true(translates(&its, 1, 3, 8192 + 3, 0, 0));
    its_msi(&its, 1, 3);
    assert_true(takes(m, 0, 8192 + 3));
    its_finish(&its);
    machine_free(m);
}

static void disabling_stops_a_burst_at_a_command(Machine *none)
{
    Machine *m = slicing_machine(0, true);
    Its its = burst(m);

    (void)none;
    its_go(&its);
    its_write(&its, GITS_CTLR, 0);
    its_finish(&its);
    assert_int_equal(its_read(&its, GITS_CTLR), QUIESCENT);
    const uint64_t at = its_read64(&its, GITS_CREADR);
    assert_true(at < its.tail);
    its_finish(&its);
    assert_int_equal(its_read64(&its, GITS_CREADR), at);
    assert_true(untranslated(&its, 1, (uint32_t)at / 32));
    its_write(&its, GITS_CTLR, 1);
    its_finish(&its);
    assert_int_equal(its_read64(&its, GITS_CREADR), its.tail);
    assert_true(translates(&its, 1, BURST - 1, 8192 + BURST - 1, 0, 0));
    machine_free(m);
}

static void a_reset_forgets_what_was_left_of_a_burst(Machine *none)
{
    Machine *m = slicing_machine(0, true);
    Its its = burst(m);

    (void)none;
    its_go(&its);
    vgic_reset(m->gic, VGIC_RESET_COLD);
    host_forget(&m->host);
    while (vgic_work(m->gic)) {
    }
    assert_int_equal(m->host.ram.reads + m->host.ram.writes, 0);
    assert_int_equal(its_read64(&its, GITS_CREADR), 0);
    machine_free(m);
}

static void cwriter_during_a_burst_moves_its_end(Machine *none)
{
    Machine *m = slicing_machine(0, true);
    Its its = burst(m);

    (void)none;
    its_go(&its);
    vgic_work(m->gic);
    its_put(&its, mapti(1, 40000, 50000, 0)); /* wraps to the start of the ring */
    assert_int_equal(its.tail, 0);
    its_go(&its);
    its_finish(&its);
    assert_int_equal(its_read64(&its, GITS_CREADR), 0);
    assert_true(translates(&its, 1, 40000, 50000, 0, 0));
    machine_free(m);
}

int main(int argc, char **argv)
{
    static const Test tests[] = {
        TEST(commands_are_carried_out_in_order, ITS),
        TEST(the_ring_wraps, ITS),
        TEST(a_batch_may_cross_the_end_of_the_ring, ITS),
        TEST(a_full_ring_is_worked_off_to_its_end, ITS),
        TEST(cwriter_where_it_was_does_nothing, ITS),
        TEST(cwriter_beyond_the_ring_is_reported_and_does_nothing, ITS),
        TEST(only_the_low_half_of_cwriter_is_needed, ITS),
        TEST(commands_wait_for_enabled, ITS),
        TEST(disabled_and_enabled_again_it_goes_on_where_it_was, ITS),
        TEST(the_queue_is_read_in_non_secure_memory, ITS),
        TEST(every_size_of_ring_can_be_used, ITS),
        TEST_ALONE(a_burst_is_worked_off_in_slices),
        TEST_ALONE(polling_creadr_or_ctlr_makes_progress),
        TEST_ALONE(without_work_a_burst_is_done_at_once),
        TEST_ALONE(a_burst_does_not_stop_the_other_its),
        TEST_ALONE(msis_are_translated_in_the_middle_of_a_burst),
        TEST_ALONE(disabling_stops_a_burst_at_a_command),
        TEST_ALONE(a_reset_forgets_what_was_left_of_a_burst),
        TEST_ALONE(cwriter_during_a_burst_moves_its_end),
    };
    return RUN(argc, argv, "ITS queue", tests);
}
