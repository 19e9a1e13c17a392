/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of the table, a file each. *_time() measures and prints; *_list() prints the operations
 * that *_count() runs alone, for callgrind: "SHORT LONG NAME", numbers of operations that make a
 * good short and a good long run.
 */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include "timing.h"

enum {
    ROUND_OPERATIONS = 100000,
};

void spi_time(void);
void spi_list(void);
bool spi_count(const char *operation, uint32_t n);

void register_time(void);
void register_list(void);
bool register_count(const char *operation, uint32_t n);

void icv_time(void);
void icv_list(void);
bool icv_count(const char *operation, uint32_t n);

void hyp_time(void);
void hyp_list(void);
bool hyp_count(const char *operation, uint32_t n);

void lpi_time(void);
void lpi_list(void);
bool lpi_count(const char *operation, uint32_t n);

void command_time(void);
void command_list(void);
bool command_count(const char *operation, uint32_t n);

void state_time(void);
void state_list(void);
bool state_count(const char *operation, uint32_t n);

/* GICv5: SPIs, LPIs and PPIs; MSIs; registers; the saved state. */
void v5_time(void);
void v5_list(void);
bool v5_count(const char *operation, uint32_t n);

void msi5_time(void);
void msi5_list(void);
bool msi5_count(const char *operation, uint32_t n);

void register5_time(void);
void register5_list(void);
bool register5_count(const char *operation, uint32_t n);

void state5_time(void);
void state5_list(void);
bool state5_count(const char *operation, uint32_t n);

/* The first row's operation, for a reference elsewhere, on the GIC and on the yardstick. */
Loop spi_loop, limit_loop;

/* The same with a lock taken and let go, as often as a GICv5 is called: its deactivation. */
Loop limit5_loop;

/* The yardstick with @p pending of @p lpis in it, the last one of them in the loop; @p priorities:
 * 32 as in its_machine_new(), or 1. */
Subject lpi_yardstick(uint32_t pending, uint32_t lpis, uint32_t priorities);

/* Makes @p pending SPIs pend, the last one of them in the loop. */
Subject spi_injected(Vgic *gic, LimitCpu *limit, Deal deal, uint32_t cpu, uint32_t pending);

#endif
