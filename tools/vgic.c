/* SPDX-License-Identifier: BSD-2-Clause */
/* vgic: what the library knows about registers, and what is in a saved state, on the command line.
 */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const char description[] =
    "Commands:\n"
    "  registers [FRAME]      list the registers of a frame (GICD, GICR, IRS, ITS, ...) or of the "
    "CPU\n"
    "                         interface (ICC); without FRAME all\n"
    "  decode REGISTER VALUE  split a value into its fields: vgic decode GICD_TYPER 0x37a0007\n"
    "  show FILE              a saved state: configuration, PEs, ITSs, and each interrupt that is\n"
    "                         pending, active or has its wire high, with why it is not delivered\n"
    "  diff A B               what differs between two saved states; the exit status is 0 if\n"
    "                         nothing does, 1 if something does, 2 if one cannot be read\n";

typedef struct Command {
    const char *name;
    int least, most; /* arguments */
    int (*run)(char **arguments, const Options *options);
} Command;

static int run_registers(char **arguments, const Options *options)
{
    (void)options;
    return command_registers(arguments[0]);
}

static int run_decode(char **arguments, const Options *options)
{
    (void)options;
    return command_decode(arguments[0], arguments[1]);
}

static int run_show(char **arguments, const Options *options)
{
    return command_show(arguments[0], options);
}

static int run_diff(char **arguments, const Options *options)
{
    (void)options;
    return command_diff(arguments[0], arguments[1]);
}

static const Command commands[] = {
    {"registers", 0, 1, run_registers},
    {"decode", 2, 2, run_decode},
    {"show", 1, 1, run_show},
    {"diff", 2, 2, run_diff},
};

/* Exit status 2, as diff(1) has it: 1 says that two states differ. */
static int run(int count, char **arguments, const Options *options)
{
    for (size_t i = 0; count && i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(arguments[0], commands[i].name) == 0) {
            if (count - 1 >= commands[i].least && count - 1 <= commands[i].most) {
                return commands[i].run(arguments + 1, options);
            }
            fprintf(stderr, "vgic: wrong number of arguments for '%s': see 'vgic --help'\n",
                    arguments[0]);
            return 2;
        }
    }
    fprintf(stderr, "vgic: no such command: see 'vgic --help'\n");
    return 2;
}

int main(int argc, char **argv)
{
    gboolean version = FALSE;
    int status;
    Options options = {.cpu = -1, .irq = -1};
    const GOptionEntry entries[] = {
        {"version", 0, 0, G_OPTION_ARG_NONE, &version, "print the version", NULL},
        {"all", 'a', 0, G_OPTION_ARG_NONE, &options.all,
         "show: every interrupt, and all registers of the PEs", NULL},
        {"cpu", 'c', 0, G_OPTION_ARG_INT, &options.cpu, "show: this PE only, with all registers",
         "N"},
        {"irq", 'i', 0, G_OPTION_ARG_INT64, &options.irq, "show: this INTID only", "N"},
        {"memory", 'm', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.memory,
         "show: guest memory from ADDRESS on, for the tables of ITSs; may be repeated",
         "FILE@ADDRESS"},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("COMMAND");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_description(context, description);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "vgic: %s\n", error->message);
        return 2;
    }
    if (version) {
        printf("vgic %s\n", vgic_version());
        return EXIT_SUCCESS;
    }
    status = run(argc - 1, argv + 1, &options);
    g_strfreev(options.memory);
    return status;
}
