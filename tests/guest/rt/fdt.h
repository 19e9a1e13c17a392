/* SPDX-License-Identifier: BSD-2-Clause */
/* The flattened device tree that QEMU puts at the start of RAM for a program: where things are. */
#ifndef FDT_H
#define FDT_H

#include "rt.h"

/*
 * A node is named by one of its `compatible` strings, or NULL for any. Answers the address that its
 * `reg` has for the name in `reg-names` (two cells each for address and size), the first one if
 * `name` is NULL; 0 if there is none. Of several such nodes the one with the number `which`.
 */
u64 fdt_reg(const char *compatible, const char *name, unsigned which);
/* The cell with that index of a property of such a node, or `otherwise`. */
u32 fdt_cell(const char *compatible, const char *property, unsigned cell, u32 otherwise);

#endif
