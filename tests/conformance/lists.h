/* SPDX-License-Identifier: BSD-2-Clause */
/* The architecture's register lists as this test and the table in docs/conformance.md use them. */
#ifndef CONFORMANCE_LISTS_H
#define CONFORMANCE_LISTS_H

#include <glib.h>

#include <vgic/vgic.h>

/** A frame of the full configuration, and where the architecture lists its registers. */
typedef struct ListedFrame {
    const char *frame; /* its name in the library */
    const char *file;
    const char *part;  /* rows whose note begins with "frame=PART"; NULL: those without */
    const char *title; /* of its chapter; NULL: it has the registers of a frame before it */
    VgicAttrs attrs;   /* of software that it answers in full */
} ListedFrame;

/** A file of system registers or instructions. */
typedef struct ListedFile {
    const char *file, *title;
} ListedFile;

/** A generation of the architecture. */
typedef struct Generation {
    const char *name;
    /** The configuration in which every register exists. */
    void (*full_config)(VgicConfig *config);
    const ListedFrame *frames;
    guint frame_count;
    const ListedFile *sysregs;
    guint sysreg_count;
    const char *missing, *resets; /* files beside the lists */
} Generation;

/** All ranges, two Security states, EL2 and EL3, 7 preemption bits, 16 list registers, NMIs, LPIs,
 * an ITS. */
extern const Generation gicv3;
/** All domains, 24 bits of LPIs, an ITS, an IWB with all wires. */
extern const Generation gicv5;

/** One row of a list of a frame. */
typedef struct ListedRegister {
    char *name;
    guint32 offset, count, stride;
    guint8 width, sizes, access; /* as in VgicRegister, VGIC_SECURE_ONLY included */
    char *fields;                /* as fields_text() has them; NULL: the list has none */
    char *since, *note;
} ListedRegister;

/** One row of a list of system registers or instructions. */
typedef struct ListedSysreg {
    char *name;
    guint32 encoding;
    guint8 width, access, min_el; /* as in VgicSysreg */
    char *fields;                 /* as in ListedRegister */
    char *since, *note;
    char *icv; /* HCR_EL2 bits that turn it into its virtual form, "trap" where that is missing */
} ListedSysreg;

/** Reads the list of a frame: an array of ListedRegister in offset order. */
GArray *listed_registers(const char *folder, const ListedFrame *frame);

/** Reads a list of system registers: an array of ListedSysreg. */
GArray *listed_sysregs(const char *folder, const char *file);

/** "EN[0] IPPT[37:32]", in the order of bits. To be freed. */
char *fields_text(const VgicField *fields, guint count);

/** Reads the generation's missing.csv: reasons by name. */
GHashTable *missing_registers(const char *folder, const Generation *generation);

/** Reads the generation's resets.csv: guint64 by name. */
GHashTable *reset_values(const char *folder, const Generation *generation);

/** Reads differences.csv: what libvgic has, and the reason, by "NAME what" as in "ICC_PMR_EL1
 * min_el". */
GHashTable *documented_differences(const char *folder);

/** Is what libvgic has of a register the same as in the list, or the documented difference? A
 * difference that is documented must be one. */
bool is_as_documented(GHashTable *differences, const char *name, const char *what, const char *ours,
                      const char *theirs);

/** The reason of a documented difference; NULL: there is none. */
const char *reason_of_difference(GHashTable *differences, const char *name, const char *what);

/** The host that a full configuration needs: memory, every access to which is a bus error. */
void full_host(VgicHost *host);

#endif
