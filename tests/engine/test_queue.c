/* SPDX-License-Identifier: BSD-2-Clause */
/* Pending queues against a plain list that is searched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/cpu.h"

enum {
    IRQS = 96,
    STEPS = 200000,
    BUCKETS = 512,
};

typedef struct Naive {
    bool queued;
    uint16_t key;
    uint64_t arrival;
} Naive;

typedef struct Fixture {
    VgicCpu cpu;
    VgicIrq irqs[IRQS];
    VgicBucket buckets[BUCKETS];
    Naive naive[IRQS];
    uint64_t clock;
} Fixture;

static void init(Fixture *f)
{
    memset(f, 0, sizeof(*f));
    f->cpu.local = f->irqs;
    f->cpu.queues[0].buckets = f->buckets;
    vgic_queue_reset(&f->cpu.queues[0], BUCKETS);
    for (uint32_t i = 0; i < IRQS; i++) {
        f->irqs[i].slot = i;
        f->irqs[i].queue = VGIC_NOT_QUEUED;
    }
}

/* The interrupt with the smallest key, of those the one that came first; IRQS if there is none. */
static uint32_t naive_best(const Fixture *f)
{
    uint32_t best = IRQS;

    for (uint32_t i = 0; i < IRQS; i++) {
        const Naive *one = &f->naive[i], *other = &f->naive[best % IRQS];

        if (one->queued && (best == IRQS || one->key < other->key ||
                            (one->key == other->key && one->arrival < other->arrival))) {
            best = i;
        }
    }
    return best;
}

static void toggle(Fixture *f, uint32_t i, uint16_t key)
{
    if (f->naive[i].queued) {
        vgic_queue_remove(&f->cpu, &f->irqs[i]);
        f->naive[i].queued = false;
    } else {
        vgic_queue_push(&f->cpu, 0, key, &f->irqs[i]);
        f->naive[i] = (Naive){true, key, ++f->clock};
    }
}

static void random_pushes_and_removes_find_the_same_best(void **state)
{
    static Fixture fixture;
    Fixture *f = &fixture;
    unsigned spread[] = {1, 3, 64, 65, BUCKETS};

    (void)state;
    srand(1);
    for (unsigned s = 0; s < sizeof(spread) / sizeof(spread[0]); s++) {
        init(f);
        for (int step = 0; step < STEPS; step++) {
            uint32_t best;

            toggle(f, (uint32_t)rand() % IRQS, (uint16_t)((unsigned)rand() % spread[s]));
            best = naive_best(f);
            if (best == IRQS) {
                assert_int_equal(vgic_queue_best_key(&f->cpu.queues[0]), VGIC_KEY_NONE);
            } else {
                assert_int_equal(vgic_queue_best_key(&f->cpu.queues[0]), f->naive[best].key);
                assert_int_equal(f->buckets[f->naive[best].key].head, best);
            }
        }
    }
}

static void a_key_is_ordered_by_priority_and_then_by_nmi(void **state)
{
    (void)state;
    for (unsigned bits = 4; bits <= 8; bits++) {
        unsigned step = 1u << (8 - bits);
        int last = -1;

        for (unsigned priority = 0; priority < 256; priority += step) {
            uint16_t nmi = vgic_queue_key(bits, (uint8_t)priority, true);
            uint16_t plain = vgic_queue_key(bits, (uint8_t)priority, false);

            assert_true(nmi > last && plain > nmi && plain < 2u << bits);
            assert_int_equal(vgic_queue_key_priority(bits, nmi), priority);
            assert_int_equal(vgic_queue_key_priority(bits, plain), priority);
            last = plain;
        }
    }
}

static void slots_and_intids_are_inverse(void **state)
{
    static const uint32_t ranges[][2] = {{0, 32}, {1056, 1120}, {32, 1020}, {4096, 5120}};
    uint32_t slots = 0;

    (void)state;
    for (unsigned r = 0; r < 4; r++) {
        for (uint32_t intid = ranges[r][0]; intid < ranges[r][1]; intid++) {
            assert_int_equal(vgic_intid_of(vgic_slot_of(intid)), intid);
            assert_true((vgic_slot_of(intid) < VGIC_SLOT_SHARED) == (r < 2));
            slots++;
        }
    }
    assert_int_equal(slots, 32 + 64 + 988 + 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_pushes_and_removes_find_the_same_best),
        cmocka_unit_test(a_key_is_ordered_by_priority_and_then_by_nmi),
        cmocka_unit_test(slots_and_intids_are_inverse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
