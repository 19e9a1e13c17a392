/* SPDX-License-Identifier: BSD-2-Clause */
/* The architecture's register lists as this test and the table in docs/conformance.md use them. */
#ifndef CONFORMANCE_LISTS_H
#define CONFORMANCE_LISTS_H

#include <glib.h>

#include <vgic/vgic.h>

/** One row of gicd.csv, gicr.csv or gicm.csv. */
typedef struct ListedRegister {
    char *name;
    guint32 offset, count, stride;
    guint8 width, sizes, access; /* as in VgicRegister, VGIC_SECURE_ONLY included */
    char *since, *note;
} ListedRegister;

/** One row of icc.csv, ich.csv or their AArch32 lists. */
typedef struct ListedSysreg {
    char *name;
    guint32 encoding;
    guint8 width, access, min_el; /* as in VgicSysreg */
    char *since, *note;
    char *icv; /* HCR_EL2 bits that turn it into its virtual form, "trap" where that is missing */
} ListedSysreg;

/** Reads a list of a frame: an array of ListedRegister in offset order. */
GArray *listed_registers(const char *folder, const char *file);

/** Reads a list of system registers: an array of ListedSysreg. */
GArray *listed_sysregs(const char *folder, const char *file);

/** Reads missing.csv: reasons by name. */
GHashTable *missing_registers(const char *folder);

/** Reads differences.csv: reasons by "NAME what value", as in "ICC_PMR_EL1 min_el 2". */
GHashTable *documented_differences(const char *folder);

/** The configuration in which every register exists: all ranges, two Security states, EL2 and EL3,
 * 7 preemption bits, 16 list registers, NMIs, LPIs, an ITS. */
void full_config(VgicConfig *config);

/** The host that it needs: memory, every access to which is a bus error. */
void full_host(VgicHost *host);

#endif
