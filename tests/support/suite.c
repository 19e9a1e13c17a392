/* SPDX-License-Identifier: BSD-2-Clause */
#include "suite.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Differences noted in the running test; a matrix that is all wrong prints only its first cells. */
static unsigned differences;
enum {
    PRINTED_DIFFERENCES = 40
};

typedef struct Case {
    const Test *test;
    const MachineType *type;
    Machine *machine;
    char name[160];
} Case;

bool expect(uint64_t got, uint64_t want, const char *cell, ...)
{
    if (got == want) {
        return true;
    }
    if (differences++ < PRINTED_DIFFERENCES) {
        char text[256];
        va_list arguments;
        va_start(arguments, cell);
        vsnprintf(text, sizeof(text), cell, arguments);
        va_end(arguments);
        print_error("%s: got 0x%" PRIx64 ", want 0x%" PRIx64 "\n", text, got, want);
    }
    return false;
}

static int set_up(void **state)
{
    Case *c = *state;

    differences = 0;
    if (c->type) {
        c->machine = machine_new_of_type(c->type);
        return c->machine ? 0 : -1;
    }
    return 0;
}

static void run_case(void **state)
{
    Case *c = *state;

    c->test->run(c->machine);
    if (c->machine && !machine_is_consistent(c->machine)) {
        fail_msg("the machine is not consistent (see above)");
    }
    if (differences) {
        fail_msg("%u differences", differences);
    }
}

static int tear_down(void **state)
{
    Case *c = *state;

    machine_free(c->machine);
    c->machine = NULL;
    return 0;
}

static size_t add_cases(Case *cases, struct CMUnitTest *units, size_t used, const Test *test,
                        const MachineType *types, unsigned type_count)
{
    for (unsigned i = 0; i < type_count; i++) {
        const MachineType *type = test->alone ? NULL : &types[i];
        if (type && (machine_features(&type->config) & test->needs) != test->needs) {
            continue;
        }
        Case *c = &cases[used];
        c->test = test;
        c->type = type;
        snprintf(c->name, sizeof(c->name), "%s%s%s", test->name, type ? " @ " : "",
                 type ? type->name : "");
        units[used++] = (struct CMUnitTest){.name = c->name,
                                            .test_func = run_case,
                                            .setup_func = set_up,
                                            .teardown_func = tear_down,
                                            .initial_state = c};
        if (!type) {
            break;
        }
    }
    return used;
}

int run_suite_on(int argc, char **argv, const char *suite, const Test *tests, size_t count,
                 const MachineType *types, unsigned type_count)
{
    Case *cases = calloc(count * type_count, sizeof(*cases));
    struct CMUnitTest *units = calloc(count * type_count, sizeof(*units));
    size_t used = 0;

    if (!cases || !units) {
        abort();
    }
    for (size_t i = 0; i < count; i++) {
        const size_t before = used;
        used = add_cases(cases, units, used, &tests[i], types, type_count);
        if (used == before) {
            fprintf(stderr, "%s: no machine has what it needs\n", tests[i].name);
            abort();
        }
    }
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    const int failed = _cmocka_run_group_tests(suite, units, used, NULL, NULL);
    free(units);
    free(cases);
    return failed != 0;
}

int run_suite(int argc, char **argv, const char *suite, const Test *tests, size_t count)
{
    return run_suite_on(argc, argv, suite, tests, count, machine_types, machine_type_count);
}
