/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands of the tool share. They know the library by its public headers alone. */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H

#include <glib.h>
#include <stdio.h>

#include <vgic/vgic.h>

/** What the command line asks for. */
typedef struct Options {
    gboolean all;  /* --all */
    gint cpu;      /* --cpu; -1: not given */
    gint64 irq;    /* --irq; -1: not given */
    char **memory; /* --memory, each FILE@ADDRESS; NULL: not given */
} Options;

/* The commands: each returns the exit status. */
int command_registers(const char *frame);
int command_decode(const char *name, const char *text);
int command_show(const char *file, const Options *options);
int command_diff(const char *a, const char *b);

/* Registers (registers.c). */

/** The fields of a register: `fields` is NULL if it is one number. */
typedef struct Fields {
    const VgicField *fields;
    uint32_t count;
    uint8_t width;
} Fields;

/** Finds the register @p name: "GICD_IROUTER42", "gicd_irouter<n>". */
bool find_register(const Vgic *gic, const char *name, Fields *found);

uint64_t field_value(const VgicField *field, uint64_t value);

/** Is field @p i there in this value? In a list register, HW says whether pINTID or EOI is. */
bool field_applies(const Fields *fields, uint32_t i, uint64_t value);

/** The field @p name of a value; 0 if there is no such field. */
uint64_t named_field(const Fields *fields, const char *name, uint64_t value);

/* Printing (show.c). */

/** Words that are wrapped: "a 1, b 2". */
typedef struct Words {
    const char *indent;
    size_t column; /* 0: at the beginning of a line */
} Words;

void G_GNUC_PRINTF(2, 3) word(Words *words, const char *format, ...);
void end_words(Words *words);
/** One value of a dictionary: "PMR_EL1 0xf0"; of an array of registers those that are not 0. */
void print_value(Words *words, const char *name, GVariant *value);
/** Output lines, each after a blank. */
void print_lines(uint32_t lines);

/* Guest memory (memory.c). */

typedef struct Memory Memory;

/** Maps the files of --memory, none if @p files is NULL; says on stderr what is wrong. */
Memory *memory_new(char **files);
void memory_free(Memory *memory);

/** VgicHost.memory_read: what no file has is 0. */
bool memory_read(void *machine, VgicSpace space, uint64_t address, void *buffer, size_t length);

/* Saved states (state.c, show5.c). */

/** The list registers of a virtual CPU interface. */
#define STATE_LRS "ICH_LR<n>_EL2"

typedef struct State {
    const char *file;
    size_t size;
    Memory *memory;
    Vgic *gic;            /* an instance with this state and this memory */
    GVariant *dictionary; /* the same as values by name */
} State;

/** Reads and checks a state; says on stderr in one sentence what is wrong with it. @p memory: as in
 * Options. */
bool state_open(State *state, const char *file, char **memory);
void state_close(State *state);

/** The registers of a dictionary, those in arrays too; not what is there for each interrupt. */
void print_registers(const Vgic *gic, const char *part, GVariant *dictionary);

/** `vgic show` for a GICv5, after its configuration: returns the exit status. */
int show_v5(const State *state, const Options *options);

/** Is it the state of a GICv5? */
bool state_is_v5(GVariant *dictionary);

/** The name of an INTID of a GICv5: "SPI 5", "LPI 7 (S)". */
typedef struct IntidName {
    char text[24];
} IntidName;

IntidName intid_name(uint32_t intid);

/** The number of @p key in a dictionary, 0 if there is none. */
uint64_t state_number(GVariant *dictionary, const char *key);

/**
 * Is the array @p key of the dictionary @p part ("GICD", "GICR", "SPI", "IWB") about interrupts or
 * wires? Then @p first is the number of its first field, and @p bits the width of a field, 0: a
 * field is an element.
 */
bool state_is_property(const char *part, const char *key, uint32_t *first, unsigned *bits);

/** Element @p i of an array of numbers of one type. */
uint64_t state_element(GVariant *array, size_t i);

/** "GITS_BASER1", "ICC_AP0R0_EL1": the name of element @p i of the array @p key; to be freed. */
char *state_element_name(const char *key, size_t i);

/** The name of the register whose copy @p key is: "ICC_BPR1_EL1" of "ICC_BPR1_EL1(NS)"; to be
 * freed. */
char *state_register_name(const char *key);

/** Prints what the tables of ITS @p number in guest memory have (memory.c). */
void show_tables(const State *state, size_t number, GVariant *its);

/** One LPI of a state, of type (uqyy). */
typedef struct StateLpi {
    uint32_t intid;
    uint16_t cpu;
    uint8_t priority;
    uint8_t flags; /* STATE_LPI_* */
} StateLpi;

enum {
    STATE_LPI_PENDING = 1,
    STATE_LPI_ENABLED = 2,
    STATE_LPI_CONFIGURED = 4,
    STATE_NO_CPU = 0xFFFF, /* of arrays of PEs */
};

/** LPI @p i of the array. Little-endian, whatever the machine. */
StateLpi state_lpi(GVariant *array, size_t i);

/** One LPI of a GICv5, of type (uuqq). */
typedef struct StateLpi5 {
    uint32_t intid, iste;
    uint16_t cpu, chosen;
} StateLpi5;

StateLpi5 state_lpi5(GVariant *array, size_t i);

#endif
